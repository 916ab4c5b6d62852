//! What do the logs say together?

use ir::{EventClass, Field};

use crate::log::Log;
use crate::{sysmon, windows};

/// Every log that is declared.
pub fn all() -> impl Iterator<Item = &'static Log> {
    sysmon::ALL.into_iter().chain(windows::ALL)
}

/// Whether some log of a class writes [`NOTHING`](crate::NOTHING) where an event has nothing in a field.
#[must_use]
pub fn signs(class: EventClass, field: Field) -> bool {
    all().any(|log| log.class == class && log.signs(field))
}
