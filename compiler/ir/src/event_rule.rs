//! Which events of one kind are meant?

use crate::{EventSelector, Predicate};

/// Events of one kind for which a predicate holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRule {
    /// The stream.
    pub event: EventSelector,
    /// What must hold.
    pub predicate: Predicate,
}
