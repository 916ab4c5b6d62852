//! Which table holds a log source in Sigma's words?

use super::fields::OpenFields;
use crate::tables::column::Entity;
use crate::tables::rows::Rows;

/// A log source in Sigma's words and a table that holds it.
#[derive(Debug)]
pub struct OpenSource {
    /// Sigma's category; empty for none, `*` for any and none.
    pub category: &'static str,
    /// Sigma's product; empty for none, `*` for any and none.
    pub product: &'static str,
    /// Sigma's service; empty for none, `*` for any and none.
    pub service: &'static str,
    /// A word for file names, when the source stands in several tables.
    pub label: &'static str,
    /// The table.
    pub table: &'static str,
    /// Which of its rows, all of them for most.
    pub rows: Rows,
    /// Sentinel's data connector.
    pub connector: &'static str,
    /// Its fields.
    pub fields: &'static OpenFields,
    /// What an alert can name.
    pub entities: &'static [Entity],
}

/// A log source in Sigma's words that no table holds: category, product, service as in [`OpenSource`], and why.
pub type Absent = ([&'static str; 3], &'static str);

/// A table for a product's service.
pub(super) const fn table(product: &'static str, service: &'static str, table: &'static str, fields: &'static OpenFields) -> OpenSource {
    OpenSource { category: "*", product, service, label: "", table, rows: Rows::All, connector: "", fields, entities: &[] }
}
