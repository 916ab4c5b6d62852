//! What do the world's logs look like? Which events each holds, what it calls their fields, and how it spells their values.
//!
//! Such a fact belongs to the log, not to a product that reads it: it stands here once, and every target, the readers of logs and the front ends
//! use it in the direction that they need.
//!
//! What this crate does not do: say how a product addresses a name of a log. That is a target's profile.

pub mod encoding;
pub mod form;
pub mod hive;
pub mod log;
mod logged_fields;
pub mod read;
pub mod sysmon;
pub mod taxonomy;
pub mod vocabulary;
pub mod windows;
pub mod write;

pub use encoding::Encoded;
pub use form::{Encoding, Row};
pub use log::{Log, NOTHING};

use ir::{EventClass, Field};

/// Whether some log of a class writes [`NOTHING`] where an event has nothing in a field.
#[must_use]
pub fn signs(class: EventClass, field: Field) -> bool {
    sysmon::ALL.into_iter().chain(windows::ALL).any(|log| log.class == class && log.signs(field))
}
