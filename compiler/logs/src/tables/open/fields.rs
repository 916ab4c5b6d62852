//! What answers for the names that a product gives to fields?

use crate::tables::column::Column;
use crate::tables::columns::{self, Holds};
use crate::tables::product::Product;

/// Names that a product gives to fields, each with the columns that answer for it; any of them is enough.
pub type Names = &'static [(&'static str, &'static [Column])];

/// How a table answers for fields that the catalogue does not know.
#[derive(Debug)]
pub struct OpenFields {
    /// The product's names.
    pub names: Names,
    /// JSON values whose members have the product's names: what a name begins with, and the value in the vendor's language. An
    /// empty beginning is the whole event.
    pub members: &'static [(&'static str, &'static str)],
    /// A column of `key=value` pairs whose keys are the product's names.
    pub pairs: &'static str,
    /// Whether other names are those of columns.
    pub columns: bool,
    /// What stands before a name where the product's events come in an envelope: `properties.x` is the table's `x`.
    pub envelope: &'static str,
    /// The columns that are searched when any field may hold a text; none for all.
    pub text: &'static [Column],
}

impl PartialEq for OpenFields {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for OpenFields {}

/// A table that holds none of the product's names.
pub(super) const NONE: OpenFields = OpenFields { names: &[], members: &[], pairs: "", columns: false, envelope: "", text: &[] };

/// Columns under a product's names.
macro_rules! names {
    ($($name:literal: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$(($name, &[$($column),+])),*] };
}

/// What answers for a product's name.
pub enum Found {
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
pub fn found(product: Product, table: &str, open: &'static OpenFields, name: &str) -> Option<Found> {
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

pub(in crate::tables) use names;
