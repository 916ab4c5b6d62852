//! Why can something not be sent?

use std::fmt;

/// Why a description has no packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// One address is of IPv4 and the other of IPv6.
    Families,
    /// A datagram, a name or a message is longer than its protocol can say.
    TooLong(&'static str),
}

impl fmt::Display for Unsendable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Families => out.write_str("the two addresses are of different families"),
            Self::TooLong(what) => write!(out, "{what} is longer than its protocol can say"),
        }
    }
}

impl std::error::Error for Unsendable {}
