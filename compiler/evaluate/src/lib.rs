//! What does the text of a rule find? Readers that run printed rules: a query over rows, a search over events.
//!
//! Each language has a module that reads a text from its letters and runs it by what the vendor's manual says. Nothing here knows a target, a
//! profile or a log: a rule is judged by the text that a product would be given, so a fault in a table or in a printer shows.
//!
//! What this crate does not do: guess. A text that is not read whole, and a function whose meaning is not written here, are a [`Fault`].

pub mod suricata;

use std::fmt;

pub mod kql;

/// Why a text has no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text is not of the language, as far as it is read here.
    Unread {
        /// Where, in bytes of the text.
        at: usize,
        /// What should stand there.
        why: String,
    },
    /// The text is read, and something in it has no meaning here.
    Unknown(String),
    /// The text is read, and asks for a name that nothing has: the product refuses it.
    Unnamed(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread { at, why } => write!(out, "byte {at}: {why}"),
            Self::Unnamed(name) => write!(out, "nothing is called `{name}`"),
            Self::Unknown(what) => write!(out, "{what} has no meaning here"),
        }
    }
}

impl std::error::Error for Fault {}
