//! Why is a text no value of a type?

use std::fmt;

/// Why a text is not a value of the wanted type; one line, no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnObservable(pub String);

impl fmt::Display for NotAnObservable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAnObservable {}

pub(crate) fn not(what: impl Into<String>) -> NotAnObservable {
    NotAnObservable(what.into())
}
