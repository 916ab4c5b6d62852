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
#[cfg(test)]
mod tests;
pub(super) mod web;

pub(super) use fields::names;
pub use fields::{Found, Names, OpenFields, found};
pub use source::{Absent, OpenSource};

use fields::NONE;
use source::table;

/// Whether the words of a row fit the words of a rule.
fn fits(row: [&str; 3], event: &EventSelector) -> bool {
    let LogSource::Open { category, product, service } = &event.source else { return false };
    let word = |of: &Option<String>| of.as_deref().unwrap_or_default().to_ascii_lowercase();
    [category, product, service].into_iter().zip(row).all(|(asked, row)| row == "*" || row == word(asked))
}

/// The tables that hold these events.
pub fn sources(schema: &'static Schema, event: &EventSelector) -> Vec<Source> {
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
pub fn absent(schema: &'static Schema, event: &EventSelector) -> &'static str {
    schema.no_source.iter().find(|(words, _)| fits(*words, event)).map_or("no table holds this log source", |(_, why)| *why)
}

/// Why nothing of the vendor's fills the tables of these events, where that is so.
pub fn unfilled(schema: &'static Schema, event: &EventSelector) -> Option<&'static str> {
    schema.unfilled.iter().find(|(words, _)| fits(*words, event)).map(|(_, why)| *why)
}
