//! What do the logs say together?

use ir::{EventClass, Field};

use crate::log::Log;
use crate::{sysmon, windows};

/// Every log that is declared.
pub fn all() -> impl Iterator<Item = &'static Log> {
    sysmon::ALL.into_iter().chain(windows::ALL)
}

/// Names of Windows' logs, besides those of the catalogue's fields, under which they write [`NOTHING`](crate::NOTHING): who asked for a logon, and
/// from which machine (<https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4624>).
const SIGNED: [&str; 3] = ["WorkstationName", "SubjectUserName", "SubjectDomainName"];

/// Whether some log writes [`NOTHING`](crate::NOTHING) under a name of its own where an event has nothing there.
#[must_use]
pub fn signs_name(name: &str) -> bool {
    SIGNED.contains(&name) || all().any(|log| log.rows().any(|(field, own, _)| *own == name && log.signs(*field)))
}

/// Whether some log of a class writes [`NOTHING`](crate::NOTHING) where an event has nothing in a field.
#[must_use]
pub fn signs(class: EventClass, field: Field) -> bool {
    all().any(|log| log.class == class && log.signs(field))
}
