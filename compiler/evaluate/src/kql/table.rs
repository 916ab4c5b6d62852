//! Over what does a query run? Tables with typed columns.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::value::{Type, Value};
use crate::Fault;

/// A row: cells by the names of columns. Times and lengths of time are texts in the engine's form.
pub type Row = serde_json::Map<String, Json>;

/// Everything that a query can read.
#[derive(Clone, Debug)]
pub struct World {
    /// Tables and parsers, by name. A parser's rows are those that it gives without parameters.
    pub tables: BTreeMap<String, Table>,
    /// Watchlists, by alias.
    pub watchlists: BTreeMap<String, Table>,
    /// The moment at which the query runs.
    pub now: jiff::Timestamp,
}

/// Rows with typed columns.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) columns: Vec<(String, Type)>,
    pub(super) rows: Vec<Vec<Value>>,
}

impl Table {
    /// A table of rows; a cell that a row lacks is an empty text, or null in columns of other types.
    ///
    /// # Errors
    ///
    /// A cell whose column is not there, or does not hold such a value.
    pub fn new<'r>(columns: Vec<(String, Type)>, rows: impl IntoIterator<Item = &'r Row>) -> Result<Self, Fault> {
        let mut out = Vec::new();
        for row in rows {
            if let Some(name) = row.keys().find(|name| !columns.iter().any(|(known, _)| known == *name)) {
                return Err(Fault::Unknown(format!("a cell of the column `{name}`, which the table lacks,")));
            }
            out.push(columns.iter().map(|(name, kind)| Value::cell(row.get(name), *kind)).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self { columns, rows: out })
    }

    /// The names of the columns and their types, in order.
    #[must_use]
    pub fn columns(&self) -> &[(String, Type)] {
        &self.columns
    }
}
