//! What does a search need besides itself?

use std::collections::BTreeMap;

use crate::ast::Matching;

/// A table that searches look values up in.
#[derive(Clone, Debug)]
pub struct Table {
    /// How its rows are compared.
    pub matching: Matching,
    /// Whether case counts.
    pub cased: bool,
    /// The values, one for each row.
    pub rows: Vec<String>,
}

/// What a search needs besides itself.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Tables by name.
    pub tables: BTreeMap<String, Table>,
    /// Macros by name, with their definitions; one that is not here holds for every event.
    pub macros: BTreeMap<String, String>,
}
