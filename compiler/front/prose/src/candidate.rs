//! What was seen in the text? A value with its place, its spelling and what its own shape says.

use super::kind::Kind;
use super::label::Label;
use super::normal::{Defang, Normal};

/// A value that was seen.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) kind: Kind,
    /// Its bytes in the new text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: String,
    /// How the value, or its host, was spelled.
    pub(super) defang: Defang,
    /// What its own shape says.
    pub(super) form: Form,
    /// For URLs and mail addresses: the host.
    pub(super) host: String,
    /// For runs of hex digits: what their label says.
    pub(super) label: Option<Label>,
    /// For addresses and hosts: the ports behind them.
    pub(super) ports: Vec<u16>,
    /// For the targets of a page's links, which are read behind its text: where the link stands.
    pub(super) anchor: Option<usize>,
}

/// What a value's own shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing against it.
    Plain,
    /// A URL without a scheme, a key without a hive.
    Bare,
    /// A name with dots that more likely is a file's.
    File,
    /// A name that an antivirus gives.
    Detection,
    /// A part of a program's text or a product's name.
    Code,
    /// A file's name with an ending that is not known.
    Odd,
    /// It belongs to a URL that is listed itself.
    Derived,
    /// A run of hex digits that is no digest alone.
    Piece,
    /// It may go on in the next line.
    Cut,
    /// The name of a package of an app.
    Package,
    /// The row of a table tells its type.
    Told,
}

impl Candidate {
    pub(super) fn new(kind: Kind, start: usize, end: usize, value: impl Into<String>, normal: &Normal) -> Self {
        Self {
            kind,
            start,
            end,
            value: value.into(),
            defang: normal.defanged(start..end),
            form: Form::Plain,
            host: String::new(),
            label: None,
            ports: Vec::new(),
            anchor: None,
        }
    }
}
