//! Which rows does a query in KQL give?
//!
//! A query is read from its letters ([`Query::read`]) and run over tables ([`Query::run`]), by what
//! <https://learn.microsoft.com/kusto/query/> says about the part of the language that is read here. It has fixed types, so a name that is not
//! there and a type that does not fit are a [`Fault`] whatever the rows are. Where the pages leave something open, the run is a [`Fault`] too,
//! with two exceptions, in which an answer that the product may give is given: of rows with the same largest value, `arg_max` and `top` keep
//! the first, and `join` without a kind keeps the first row of each key of the left side.
//!
//! Read on in `parse.rs`, then `bind.rs`, `run.rs` and `evaluate.rs`; what they hand on is in `batch.rs` and `scope.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::Fault;

mod address;
mod batch;
mod bind;
mod bind_special;
mod evaluate;
mod expressions;
mod figure;
mod functions;
mod parse;
mod parse_value;
mod parsers;
mod rows;
mod run;
mod scope;
mod summarize;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod tokens;
mod tree;
mod value;

pub use table::{Row, Table, World};
pub use value::Type;

/// Regular expressions that queries share.
#[derive(Clone, Debug, Default)]
pub struct Expressions(BTreeMap<String, Arc<expressions::Readings>>);

/// A query, read.
///
/// ```
/// use std::collections::BTreeMap;
/// use evaluate::kql::{Query, Row, Table, Type, World};
///
/// let row = Row::from_iter([("Name".to_owned(), "cmd.exe".into())]);
/// let table = Table::new(vec![("Name".to_owned(), Type::String), ("Port".to_owned(), Type::Int)], [&row])?;
/// let world = World { tables: BTreeMap::from([("Events".to_owned(), table)]), watchlists: BTreeMap::new(), now: jiff::Timestamp::UNIX_EPOCH };
/// let query = Query::read("Events | where Name endswith '.EXE' and isnull(Port) | project Name")?;
/// assert_eq!(query.run(&world)?, [row]);
/// assert!(Query::read("Events | where Name like 'cmd'").is_err());
/// # Ok::<(), evaluate::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Query(parse::Read);

impl Query {
    /// Reads a text whole.
    ///
    /// # Errors
    ///
    /// What is not of the language, as far as it is read here.
    pub fn read(text: &str) -> Result<Self, Fault> {
        Self::read_with(text, &mut Expressions::default())
    }

    /// Reads a text whole; its regular expressions are compiled once for all queries that are read with the same.
    ///
    /// # Errors
    ///
    /// As [`Query::read`].
    pub fn read_with(text: &str, expressions: &mut Expressions) -> Result<Self, Fault> {
        parse::read(text, &mut expressions.0).map(Self)
    }

    /// The rows that the query gives.
    ///
    /// # Errors
    ///
    /// What has no meaning here: a name that is not there, a type that does not fit, a function that is not known, a question that the
    /// vendor's pages leave open.
    pub fn run(&self, world: &World) -> Result<Vec<Row>, Fault> {
        let rows = run::answer(&self.0, world)?;
        let mut out = Vec::with_capacity(rows.lines.len());
        for line in &rows.lines {
            if let Some(value::Value::Open(what)) =
                rows.columns.iter().map(|column| line.cell(column.slot)).find(|cell| matches!(cell, value::Value::Open(_)))
            {
                return Err(Fault::Unknown((*what).to_owned()));
            }
            out.push(rows.columns.iter().map(|column| (column.name.to_string(), line.cell(column.slot).to_json())).collect());
        }
        Ok(out)
    }

    /// How many rows the query gives.
    ///
    /// # Errors
    ///
    /// As [`Query::run`].
    pub fn count(&self, world: &World) -> Result<usize, Fault> {
        run::answer(&self.0, world).map(|rows| rows.lines.len())
    }

    /// The names of the tables and parsers that the query reads.
    #[must_use]
    pub fn tables(&self) -> BTreeSet<&str> {
        self.0.sources.iter().map(String::as_str).collect()
    }
}
