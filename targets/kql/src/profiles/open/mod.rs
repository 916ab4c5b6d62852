//! Which tables hold a log source in Sigma's words, and what are its fields called there?
//!
//! A log source that the catalogue has no class for keeps the names that its product gives to fields. Each file here is the
//! table of one vendor: for each profile the tables, which of their rows, and each of the product's names with its columns. A
//! name that is in no table is absent, with a reason; it never becomes a column by guessing.

use ir::{EventSelector, LogSource};

use super::platform::Told;
use super::schema::Schema;
use super::source::{Others, Source};

pub(super) mod applications;
pub(super) mod asim;
pub(super) mod aws;
pub(super) mod azure;
#[cfg(test)]
mod book;
pub(super) mod fields;
pub(super) mod google;
pub(super) mod identity;
pub(super) mod kubernetes;
pub(super) mod linux;
pub(super) mod m365;
pub(super) mod network;
pub(super) mod source;
pub(super) mod web;

pub(super) use fields::names;
pub(crate) use fields::{Found, Names, OpenFields, found};
pub(crate) use source::{Absent, OpenSource};

use fields::NONE;
use source::table;

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
        beside: Told::ALL,
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

#[cfg(test)]
mod tests {
    use crate::columns;
    use crate::profiles::{Product, schema};

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
