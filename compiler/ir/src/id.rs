//! Stable ids: the same words give the same id, on any machine, on any day.

use uuid::Uuid;

/// The namespace of every id that vigie makes: UUIDv5 of `vigie` in the DNS namespace of RFC 9562.
fn root() -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"vigie")
}

/// The id of a block: UUIDv5 of its name in the namespace of its advisory.
///
/// ```
/// let id = ir::id::of("CERTFR-2021-IOC-003", "relays");
/// assert_eq!(id, ir::id::of("CERTFR-2021-IOC-003", "relays"));
/// assert_ne!(id, ir::id::of("CERTFR-2021-IOC-003", "relays.source"));
/// ```
#[must_use]
pub fn of(advisory: &str, block: &str) -> Uuid {
    Uuid::new_v5(&Uuid::new_v5(&root(), advisory.as_bytes()), block.as_bytes())
}

/// The id of something made from a detection, such as one of several rules for one target.
#[must_use]
pub fn part(detection: Uuid, part: &str) -> Uuid {
    Uuid::new_v5(&detection, part.as_bytes())
}
