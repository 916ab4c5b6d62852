//! The executable meaning of detections: the referee of every test.
//!
//! A test on a missing field is false; its negation is true. Text compares without case unless the test says otherwise.
//! A list holds a test when any of its values does.

mod correlation;
mod one;
#[cfg(test)]
mod tests_of_fields;
mod timed;

use crate::{Correlation, Detection, Kind};

pub use one::{holds, matches};
pub use timed::Timed;

/// Whether a detection fires on events. Rules that travel along are opaque and never fire here.
#[must_use]
pub fn fires(detection: &Detection, events: &[Timed<'_>]) -> bool {
    match &detection.kind {
        Kind::Event(rule) => events.iter().any(|(_, record)| matches(rule, record)),
        Kind::Correlation(correlation) => correlation::fires(correlation, events),
        Kind::Native { .. } => false,
    }
}

/// The places, in events in order of time, at which a correlation is complete.
#[must_use]
pub fn completions(correlation: &Correlation, events: &[Timed<'_>]) -> Vec<usize> {
    correlation::completions(correlation, events).into_iter().collect()
}
