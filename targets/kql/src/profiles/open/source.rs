//! Which table holds a log source in Sigma's words?

use super::fields::OpenFields;
use crate::profiles::column::Entity;

/// A log source in Sigma's words and a table that holds it.
#[derive(Debug)]
pub(crate) struct OpenSource {
    /// Sigma's category; empty for none, `*` for any and none.
    pub(crate) category: &'static str,
    /// Sigma's product; empty for none, `*` for any and none.
    pub(crate) product: &'static str,
    /// Sigma's service; empty for none, `*` for any and none.
    pub(crate) service: &'static str,
    /// A word for file names, when the source stands in several tables.
    pub(crate) label: &'static str,
    /// The table.
    pub(crate) table: &'static str,
    /// Which of its rows, in the vendor's language; empty for all.
    pub(crate) rows: &'static str,
    /// Sentinel's data connector.
    pub(crate) connector: &'static str,
    /// Its fields.
    pub(crate) fields: &'static OpenFields,
    /// What an alert can name.
    pub(crate) entities: &'static [Entity],
}

/// A log source in Sigma's words that no table holds: category, product, service as in [`OpenSource`], and why.
pub(crate) type Absent = ([&'static str; 3], &'static str);

/// A table for a product's service.
pub(super) const fn table(product: &'static str, service: &'static str, table: &'static str, fields: &'static OpenFields) -> OpenSource {
    OpenSource { category: "*", product, service, label: "", table, rows: "", connector: "", fields, entities: &[] }
}
