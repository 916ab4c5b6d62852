//! Which single events fulfil a rule, and which miss it by one thing?

use std::time::Duration;

use ir::{EventRule, Record, eval};
use source::Span;

use super::case::{Case, Cases, MOST, Uncovered};
use super::{near, solve, sound, ways};

/// Events that are tried for one test, in turn with those for others.
type Queue = (Option<Span>, std::vec::IntoIter<(String, Record)>);

/// The cases of a rule about single events.
pub(super) fn single(rule: &EventRule) -> Cases {
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
    let mut queues: Vec<Queue> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    for (way, record) in &solved {
        if queues.is_empty() {
            queues.push((None, near::elsewhere(rule, record, way).into_iter()));
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
                && sound::is_sound(&record)
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
