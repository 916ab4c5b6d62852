//! What do names stand for while a query runs, and how much may it still do?

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::batch::Batch;
use super::expressions::Readings;
use super::parse::Read;
use super::table::World;
use super::tree::{Definition, Expression, Source};
use super::value::{Type, Value};
use crate::Fault;

/// How many names and values may be bound in one run, those of functions each time that they are called.
const BOUND: usize = 4_000_000;

/// What a `let` names, once it is known.
#[derive(Clone, Debug)]
pub(super) enum Entry<'a> {
    Value(Value, Type),
    Rows(Rc<Batch<'a>>),
    Function(&'a Definition),
}

/// One run of a query.
pub(super) struct Run<'a> {
    pub(super) world: &'a World,
    pub(super) read: &'a Read,
    pub(super) now: i64,
    pub(super) lets: Vec<(&'a str, Entry<'a>)>,
    pub(super) bound: Cell<usize>,
}

impl<'a> Run<'a> {
    /// What a `let` names; the last of one name.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry<'a>> {
        self.lets.iter().rev().find(|(known, _)| *known == name).map(|(_, entry)| entry)
    }

    /// Counts what is bound.
    pub(super) fn spend(&self) -> Result<(), Fault> {
        let bound = self.bound.get() + 1;
        self.bound.set(bound);
        if bound > BOUND { Err(Fault::Unknown("a query of this size".to_owned())) } else { Ok(()) }
    }

    /// A regular expression, from those of the query when it stands there.
    pub(super) fn readings(&self, text: &str) -> Result<Arc<Readings>, Fault> {
        match self.read.expressions.get(text) {
            Some(readings) => Ok(readings.clone()),
            None => Readings::new(text).map(Arc::new),
        }
    }

    /// Whether an expression stands for rows.
    pub(super) fn is_rows(&self, of: &Expression) -> bool {
        match of {
            Expression::Rows(_) => true,
            Expression::Name(name) => match self.entry(name) {
                Some(entry) => matches!(entry, Entry::Rows(_)),
                None => self.world.tables.contains_key(name),
            },
            Expression::Call(name, _) => matches!(name.as_str(), "materialize" | "_GetWatchlist") || self.world.tables.contains_key(name),
            _ => false,
        }
    }

    /// Whether rows begin with a table that is not there.
    pub(super) fn lacks(&self, of: &Expression) -> bool {
        match of {
            Expression::Name(name) => self.entry(name).is_none() && !self.world.tables.contains_key(name),
            Expression::Call(name, _) => !self.is_rows(of) && self.entry(name).is_none(),
            Expression::Rows(pipe) => match &pipe.from {
                Source::Expression(from) => self.lacks(from),
                Source::Union(_) | Source::Table(..) | Source::Print(_) => false,
            },
            _ => false,
        }
    }
}
