//! What are rows on their way from one step of a query to the next?

use std::borrow::Cow;

use super::evaluate::{Line, Place};
use super::table::Table;
use super::value::Type;
use crate::Fault;

/// A column: its name, its type, and where rows have it.
#[derive(Clone, Debug)]
pub(super) struct Column<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) kind: Type,
    pub(super) slot: usize,
}

impl Column<'_> {
    /// Whether it has a name. Tables have hundreds of columns, so the names of most are told apart by their lengths and last letters.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.len() == name.len() && self.name.as_bytes().last() == name.as_bytes().last() && self.name == name
    }
}

/// Rows on their way.
#[derive(Clone, Debug)]
pub(super) struct Batch<'a> {
    pub(super) columns: Vec<Column<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    /// How many cells a line has, those that no column names any more included.
    pub(super) width: usize,
    /// Whether the lines have an order: <https://learn.microsoft.com/kusto/query/window-functions>.
    pub(super) ordered: bool,
}

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

impl<'a> From<&'a Table> for Batch<'a> {
    fn from(table: &'a Table) -> Self {
        let columns = table.columns.iter().enumerate().map(|(slot, (name, kind))| Column { name: Cow::Borrowed(name.as_str()), kind: *kind, slot });
        let lines = table.rows.iter().map(|row| Line::of(row));
        Self { columns: columns.collect(), lines: lines.collect(), width: table.columns.len(), ordered: false }
    }
}

impl<'a> Batch<'a> {
    /// Only the rows for which something holds.
    pub(super) fn filter(mut self, holds: impl Fn(Place<'_>) -> Result<bool, Fault>) -> Result<Self, Fault> {
        let mut kept = Vec::with_capacity(self.lines.len());
        for at in 0..self.lines.len() {
            kept.push(holds(Place { lines: &self.lines, at })?);
        }
        let mut kept = kept.into_iter();
        self.lines.retain(|_| kept.next() == Some(true));
        Ok(self)
    }

    /// The column of a name.
    pub(super) fn column(&self, name: &str) -> Result<&Column<'a>, Fault> {
        match self.columns.iter().find(|column| column.is(name)) {
            Some(column) => Ok(column),
            None => unknown(format!("the column `{name}`")),
        }
    }

    /// The rows without some columns.
    pub(super) fn columns_without(mut self, names: &[String]) -> Result<Self, Fault> {
        for name in names {
            self.column(name)?;
        }
        self.columns.retain(|column| !names.iter().any(|name| column.name == *name));
        Ok(self)
    }

    /// The rows with some columns alone.
    pub(super) fn columns_among(mut self, names: &[String]) -> Result<Self, Fault> {
        for name in names {
            self.column(name)?;
        }
        self.columns.retain(|column| names.iter().any(|name| column.name == *name));
        Ok(self)
    }

    /// The rows with other names of columns.
    pub(super) fn renamed(mut self, names: &'a [(String, String)]) -> Result<Self, Fault> {
        for (new, old) in names {
            self.column(old)?;
            if self.column(new).is_ok() {
                return unknown(format!("two columns with the name `{new}`"));
            }
            for column in self.columns.iter_mut().filter(|column| column.name == *old) {
                column.name = Cow::Borrowed(new);
            }
        }
        Ok(self)
    }
}
