//! On which events does a detection have to be tried? Witnesses that fulfil it, and near misses that fulfil all of it but one thing.
//!
//! A witness is made of what the tests of a predicate ask for, one branch of each alternative at a time, and filled up to an event that a log
//! could hold. A near miss is a witness with one thing changed: a character at an end, the case, a character that is a wildcard somewhere, the
//! address behind a network, a label, a bound, an absent field, another platform or way. For a correlation they are sequences of events: inside
//! and just outside of the window, one event short, with another key. For a file they are bytes.
//!
//! What an event is, a witness or a miss, is never assumed: [`ir::eval`] says so for each one, and a change that makes no difference is one more
//! witness. What has no case, such as an expression whose text was not found, is listed in [`Cases::uncovered`].
//!
//! **Invariant:** the same detection has the same cases, and at most [`MOST`] of them.

mod bytes;
mod case;
mod expression;
mod near;
mod numbers;
mod piece;
mod several;
mod single;
mod solve;
mod sound;
mod ways;
mod whole;

use ir::{Detection, FieldRef, Kind, Record, eval};

pub use case::{Case, Cases, MOST, Uncovered};
use single::single;

/// The cases of a detection. A rule that travels along has none.
#[must_use]
pub fn derive(detection: &Detection) -> Cases {
    let mut out = Cases::default();
    match &detection.kind {
        Kind::Event(rule) => {
            out = single(rule);
            if out.list.is_empty() && out.uncovered.is_empty() {
                out.uncovered.push(Uncovered { span: detection.span, why: "no event was found that fulfils it".to_owned() });
            }
        }
        Kind::Correlation(correlation) => several::derive(correlation, detection.span, &mut out),
        Kind::Native { .. } => {
            out.uncovered.push(Uncovered { span: detection.span, why: "a rule that travels along says what it means in its own words".to_owned() });
        }
    }
    out
}

/// An event that an author wrote, filled up to one that a log could hold, when that changes nothing about the detection.
#[must_use]
pub fn completed(detection: &Detection, record: &Record) -> Record {
    let Kind::Event(rule) = &detection.kind else { return record.clone() };
    let mut asked: Vec<FieldRef> = Vec::new();
    for test in rule.predicate.tests() {
        asked.push(test.field.clone());
        if let ir::Op::Same { other, .. } = &test.op {
            asked.push(other.clone());
        }
    }
    let mut full = record.clone();
    full.event.platform = full.event.platform.or(rule.event.platform);
    full.event.flow = full.event.flow.or(rule.event.flow);
    full.event.sensor = full.event.sensor.or(rule.event.sensor);
    // Each part once more, so that its whole follows.
    for (field, value) in &record.fields {
        let part_alone =
            field.known().is_some_and(|known| whole::root(known) != known && !record.fields.contains_key(&FieldRef::Known(whole::root(known))));
        if part_alone {
            whole::put(&mut full, field, Some(value.clone()));
        }
    }
    whole::fill(&mut full, &asked);
    if eval::matches(rule, &full) == eval::matches(rule, record) { full } else { record.clone() }
}

#[cfg(test)]
mod tests;
