//! Which tables hold a log source in Sigma's words, and what are its fields called there?
//!
//! A log source that the catalogue has no class for keeps the names that its product gives to fields. Each file here is the
//! table of one vendor: for each profile the tables, which of their rows, and each of the product's names with its columns. A
//! name that is in no table is absent, with a reason; it never becomes a column by guessing.

use ir::{EventSelector, LogSource};

use super::{Column, Entity, Others, Product, Schema, Source};
use crate::columns::{self, Holds};

pub(super) mod applications;
pub(super) mod asim;
pub(super) mod aws;
pub(super) mod azure;
#[cfg(test)]
mod book;
pub(super) mod google;
pub(super) mod identity;
pub(super) mod kubernetes;
pub(super) mod linux;
pub(super) mod m365;
pub(super) mod network;
pub(super) mod web;

/// Names that a product gives to fields, each with the columns that answer for it; any of them is enough.
pub(crate) type Names = &'static [(&'static str, &'static [Column])];

/// How a table answers for fields that the catalogue does not know.
#[derive(Debug)]
pub(crate) struct OpenFields {
    /// The product's names.
    pub(crate) names: Names,
    /// JSON values whose members have the product's names: what a name begins with, and the value in the vendor's language. An
    /// empty beginning is the whole event.
    pub(crate) members: &'static [(&'static str, &'static str)],
    /// A column of `key=value` pairs whose keys are the product's names.
    pub(crate) pairs: &'static str,
    /// Whether other names are those of columns.
    pub(crate) columns: bool,
    /// What stands before a name where the product's events come in an envelope: `properties.x` is the table's `x`.
    pub(crate) envelope: &'static str,
    /// The columns that are searched when any field may hold a text; none for all.
    pub(crate) text: &'static [Column],
}

impl PartialEq for OpenFields {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for OpenFields {}

/// A table that holds none of the product's names.
const NONE: OpenFields = OpenFields { names: &[], members: &[], pairs: "", columns: false, envelope: "", text: &[] };

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
const fn table(product: &'static str, service: &'static str, table: &'static str, fields: &'static OpenFields) -> OpenSource {
    OpenSource { category: "*", product, service, label: "", table, rows: "", connector: "", fields, entities: &[] }
}

/// Columns under a product's names.
macro_rules! names {
    ($($name:literal: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$(($name, &[$($column),+])),*] };
}

pub(super) use names;

/// Whether the words of a row fit the words of a rule.
fn fits(row: [&str; 3], event: &EventSelector) -> bool {
    let LogSource::Open { category, product, service } = &event.source else { return false };
    let word = |of: &Option<String>| of.as_deref().unwrap_or_default().to_ascii_lowercase();
    [category, product, service].into_iter().zip(row).all(|(asked, row)| row == "*" || row == word(asked))
}

/// The tables that hold these events.
pub(super) fn sources(schema: &'static Schema, event: &EventSelector) -> Vec<Source> {
    let rows = schema.open.iter().copied().flatten().filter(|open| fits([open.category, open.product, open.service], event));
    rows.map(|open| Source {
        class: ir::EventClass::CloudAudit,
        label: open.label,
        table: open.table,
        rows: open.rows,
        ways: None,
        data: "",
        platform: None,
        flow: None,
        connector: open.connector,
        fields: &[],
        log: None,
        open: &[],
        beside: "",
        others: Others::Open(open.fields),
        entities: open.entities,
    })
    .collect()
}

/// Why no table holds these events.
pub(super) fn absent(schema: &'static Schema, event: &EventSelector) -> &'static str {
    schema.no_source.iter().find(|(words, _)| fits(*words, event)).map_or("no table holds this log source", |(_, why)| *why)
}

/// Why nothing of the vendor's fills the tables of these events, where that is so.
pub(crate) fn unfilled(schema: &'static Schema, event: &EventSelector) -> Option<&'static str> {
    schema.unfilled.iter().find(|(words, _)| fits(*words, event)).map(|(_, why)| *why)
}

/// What answers for a product's name.
pub(crate) enum Found {
    /// These columns.
    Columns(&'static [Column]),
    /// A column of the table.
    Column(&'static str, Holds),
    /// A member of a JSON value in the vendor's language, by its path; the value itself when the path is empty.
    Member(&'static str, Vec<String>),
    /// A value in a column of `key=value` pairs: the column and the key.
    Pair(&'static str, String),
    /// A member of a column, by its path: the column, and whether it holds JSON already.
    MemberOf(&'static str, bool, Vec<String>),
}

/// What answers for a product's name in one table.
pub(crate) fn found(product: Product, table: &str, open: &'static OpenFields, name: &str) -> Option<Found> {
    named(product, table, open, name).or_else(|| {
        let (head, rest) = name.split_once('.')?;
        if open.envelope.is_empty() || !head.eq_ignore_ascii_case(open.envelope) {
            return None;
        }
        named(product, table, open, rest)
    })
}

fn named(product: Product, table: &str, open: &'static OpenFields, name: &str) -> Option<Found> {
    if let Some((_, columns)) = open.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(Found::Columns(columns));
    }
    let path = |rest: &str| rest.split('.').map(ToOwned::to_owned).collect::<Vec<_>>();
    for (head, value) in open.members {
        if head.is_empty() {
            return Some(Found::Member(value, path(name)));
        }
        match name.get(..head.len()).filter(|start| start.eq_ignore_ascii_case(head)).and_then(|_| name.get(head.len()..)) {
            Some("") => return Some(Found::Member(value, Vec::new())),
            Some(rest) => {
                if let Some(rest) = rest.strip_prefix('.') {
                    return Some(Found::Member(value, path(rest)));
                }
            }
            None => {}
        }
    }
    if open.columns
        && let Some((column, holds)) = columns::find(product, table, name)
    {
        return Some(Found::Column(column, holds));
    }
    if !open.pairs.is_empty() && !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-')) {
        return Some(Found::Pair(open.pairs, name.to_owned()));
    }
    if !open.columns {
        return None;
    }
    let (head, rest) = name.split_once('.')?;
    let (column, holds) = columns::find(product, table, head)?;
    matches!(holds, Holds::Json | Holds::Text).then(|| Found::MemberOf(column, holds == Holds::Json, path(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::schema;

    #[test]
    fn every_table_is_known_and_every_plain_column_is_one_of_its_own() {
        for product in Product::ALL {
            let schema = schema(product);
            for open in schema.open.iter().copied().flatten() {
                assert!(columns::known(product, open.table), "{product:?}: {}", open.table);
                let columns = open.fields.names.iter().flat_map(|(_, columns)| columns.iter()).chain(open.fields.text);
                for column in columns.filter(|column| column.from.is_own() && !column.name.is_empty()) {
                    assert!(columns::find(product, open.table, column.name).is_some(), "{product:?}: {} has no {}", open.table, column.name);
                }
            }
        }
    }

    #[test]
    fn what_a_table_holds_is_not_said_to_be_absent() {
        for product in Product::ALL {
            let schema = schema(product);
            for open in schema.open.iter().copied().flatten() {
                let same = schema.no_source.iter().find(|(words, _)| *words == [open.category, open.product, open.service]);
                assert!(same.is_none(), "{product:?}: {}/{}", open.product, open.service);
            }
        }
    }
}
