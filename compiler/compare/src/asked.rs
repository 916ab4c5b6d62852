//! What is asked of fields, and what was found out about them?

use ir::{FieldRef, FieldValue, Op};

/// A test that must hold, or must not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Literal<'o> {
    /// The test.
    pub(crate) op: &'o Op,
    /// Whether it must hold.
    pub(crate) holds: bool,
}

/// What fields hold.
pub(crate) type Fields = Vec<(FieldRef, Held)>;

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    /// It is not there.
    Missing,
    /// It is there, and empty.
    Empty,
    /// This.
    Value(FieldValue),
}

/// What was found out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome<T> {
    /// It is possible so.
    Possible(T),
    /// It is impossible.
    Impossible,
    /// It was not found out.
    Unknown,
}
