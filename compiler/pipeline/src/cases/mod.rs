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
mod expression;
mod near;
mod piece;
mod several;
mod solve;
mod ways;
mod whole;

use std::time::Duration;

use ir::{Detection, EventRule, FieldRef, Kind, Record, eval};
use source::Span;

/// The most cases of a detection.
pub const MOST: usize = 40;

/// Something that may happen, and whether a detection has to find it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is, as a clause.
    pub what: String,
    /// What it is about: the test that it lies beside, or the block that states it.
    pub span: Option<Span>,
    /// The events, in order of time. A file is one event with bytes.
    pub events: Vec<(Duration, Record)>,
    /// Whether the detection fires, by the evaluator.
    pub fires: bool,
}

/// What has no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// What it is about.
    pub span: Span,
    /// Why.
    pub why: String,
}

/// The cases of a detection.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// Witnesses first.
    pub list: Vec<Case>,
    /// What has none.
    pub uncovered: Vec<Uncovered>,
}

impl Cases {
    fn push(&mut self, case: Case) {
        if self.list.len() < MOST && !self.list.iter().any(|known| known.events == case.events) {
            self.list.push(case);
        }
    }
}

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
        if field.known().is_some_and(|known| whole::root(known) != known)
            && record.fields.get(&FieldRef::Known(whole::root(field.known().unwrap_or(ir::Field::HostName)))).is_none()
        {
            whole::put(&mut full, field, Some(value.clone()));
        }
    }
    whole::fill(&mut full, &asked);
    if eval::matches(rule, &full) == eval::matches(rule, record) { full } else { record.clone() }
}

/// The cases of a rule about single events.
fn single(rule: &EventRule) -> Cases {
    let mut out = Cases::default();
    let ways = ways::ways(&rule.predicate);
    let (mut solved, mut others) = (Vec::new(), Vec::new());
    for (number, way) in ways.iter().enumerate() {
        // Of a list with many values, the first, the second and the last.
        let picks: &[usize] = if number == 0 { &[0, 1, usize::MAX] } else { &[0] };
        let mut found = None;
        for pick in picks {
            let Some(record) = solve::event(rule, way, *pick) else { continue };
            let what =
                if number == 0 && *pick == 0 { "all of it holds".to_owned() } else { format!("all of it holds, in way {}", out.list.len() + 1) };
            out.push(Case { what, span: None, events: vec![(Duration::ZERO, record.clone())], fires: true });
            if found.is_some() {
                others.push((way, record.clone()));
            }
            found.get_or_insert(record);
        }
        match found {
            Some(record) => solved.push((way, record)),
            None => {
                // Some ways contradict themselves; what nothing at all was found for is said.
                if let Some(span) = way.iter().rev().find_map(ways::Goal::span) {
                    out.uncovered.push(Uncovered { span, why: "no event was found that fulfils this part together with the others".to_owned() });
                }
            }
        }
    }
    // Each test once, in turn, so that none takes all the room.
    let mut queues: Vec<(Option<Span>, std::vec::IntoIter<(String, Record)>)> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    for (way, record) in &solved {
        if queues.is_empty() {
            queues.push((None, near::elsewhere(rule, record).into_iter()));
        }
        for goal in way.iter() {
            let address = std::ptr::from_ref(goal.leaf).addr();
            if !seen.contains(&address) && seen.len() < MOST {
                seen.push(address);
                queues.push((goal.span(), near::of_goal(rule, record, goal).into_iter()));
            }
        }
    }
    // Other values of a list have neighbours of their own.
    for (way, record) in &others {
        for goal in way.iter().filter(|goal| goal.holds && goal.test().is_some_and(|test| values(&test.op) > 1)) {
            let near: Vec<(String, Record)> = near::of_goal(rule, record, goal).into_iter().take(3).collect();
            queues.push((goal.span(), near.into_iter()));
        }
    }
    while out.list.len() < MOST {
        let before = queues.iter().map(|(_, queue)| queue.len()).sum::<usize>();
        for (span, queue) in &mut queues {
            if let Some((what, record)) = queue.next()
                && near::is_sound(&record)
            {
                let fires = eval::matches(rule, &record);
                out.push(Case { what, span: *span, events: vec![(Duration::ZERO, record)], fires });
            }
        }
        if before == 0 {
            break;
        }
    }
    out
}

/// How many values a test has.
fn values(op: &ir::Op) -> usize {
    match op {
        ir::Op::Text { patterns, .. } => patterns.len(),
        ir::Op::Regex(list) => list.len(),
        ir::Op::Address(list) => list.len(),
        ir::Op::Domain(list) => list.len(),
        ir::Op::Under(list) => list.len(),
        ir::Op::Url(list) => list.len(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
