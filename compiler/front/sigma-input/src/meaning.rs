//! What can one value of a rule ask for?

use ir::{FieldRef, IpNet, Op, Pattern, Regex};

/// What one value asks for.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// The text of a field fits one of these.
    Text(FieldRef, Vec<Pattern>),
    /// An expression is found in the text of a field.
    Regex(FieldRef, Regex),
    /// A field is this number.
    Number(FieldRef, i64),
    /// A field's address lies in this network.
    Address(FieldRef, IpNet),
    /// A field is there, with or without something in it.
    Present(FieldRef),
    /// A field is not there.
    Missing(FieldRef),
    /// A field is an empty text.
    Empty(FieldRef),
    /// Something else.
    Other(FieldRef, Op),
    /// Several of these; any is enough.
    Any(Vec<Meaning>),
}

impl Meaning {
    /// How many values it has, one at least.
    pub(super) fn spellings(&self) -> usize {
        match self {
            Self::Text(_, patterns) => patterns.len().max(1),
            Self::Any(list) => list.iter().map(Self::spellings).sum::<usize>().max(1),
            _ => 1,
        }
    }
}
