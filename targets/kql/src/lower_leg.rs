//! What is one table of a query, and what has been asked of it so far?

use std::borrow::Cow;
use std::collections::BTreeSet;

use backend::Overlay;
use ir::FieldRef;
use source::Span;

use crate::ast::Value;
use logs::tables::{Column, Schema, Source};

/// One table, and what has been asked of it so far.
#[derive(Debug)]
pub(crate) struct Leg<'a> {
    pub(crate) schema: &'static Schema,
    pub(crate) source: Source,
    pub(crate) overlay: &'a Overlay,
    /// Computed columns in use, in order of first use.
    pub(crate) computed: Vec<(Cow<'static, str>, Value)>,
    /// Those of them that are cut out of an event's XML.
    pub(crate) from_data: BTreeSet<String>,
    /// A negated test asks for a column that the table lacks.
    pub(crate) blind: bool,
    /// The tests that ask for a field that the table lacks: where they stand, and the field.
    pub(crate) lacks: Vec<(Span, FieldRef)>,
    /// The last condition uses a computed column.
    pub(crate) touched: bool,
}

impl<'a> Leg<'a> {
    pub(crate) fn new(schema: &'static Schema, source: Source, overlay: &'a Overlay) -> Self {
        Self { schema, source, overlay, computed: Vec::new(), from_data: BTreeSet::new(), blind: false, lacks: Vec::new(), touched: false }
    }

    /// Makes a column as its profile says.
    pub(crate) fn make(&mut self, column: &Column) {
        if column.from.is_in_data() {
            self.from_data.insert(column.name.to_owned());
        }
        self.compute(column.name.into(), Value::Made(column.from));
    }

    pub(crate) fn compute(&mut self, name: Cow<'static, str>, from: Value) {
        self.touched = true;
        if !self.computed.iter().any(|(known, _)| *known == name) {
            self.computed.push((name, from));
        }
    }
}
