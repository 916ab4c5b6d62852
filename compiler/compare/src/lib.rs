//! Which of two detections finds more? The same, wider, narrower or another one: each difference with events that prove it.
//!
//! Three steps, each dearer than the one before. Predicates of one [form](form) mean the same, whatever order and brackets they were written in. Then
//! the events that either detection would be tried on ([`pipeline::cases`]) are put to both. What is left is searched for: alternatives are chosen one
//! after the other, and what must hold of the value of one field is asked together, of texts by walking the automata of all its tests at once.
//!
//! **Invariant:** what is called the same or one-sided is proven over every event in which parts agree with their wholes, and each witness was
//! put to [`ir::eval`] with both detections. What is neither proven nor shown is said to be unknown.

mod asked;
mod change;
mod events;
mod form;
mod group;
mod language;
mod product;
mod search;
mod several;
#[cfg(test)]
mod tests;
mod value;

use ir::eval::{self, Timed};
use ir::{Detection, Kind};

pub use change::{Change, Side, Verdict, Witness};

/// Compares what two detections find.
#[must_use]
pub fn compare(old: &Detection, new: &Detection) -> Change {
    let alike = match (&old.kind, &new.kind) {
        (Kind::Event(one), Kind::Event(other)) => events::alike(one, other),
        (Kind::Correlation(one), Kind::Correlation(other)) => several::alike(one, other),
        (Kind::Native { language, text, companions, .. }, Kind::Native { language: of, text: other, companions: more, .. }) => {
            language == of && text == other && companions == more
        }
        _ => false,
    };
    if alike {
        return Change::NONE;
    }
    let mut out = tried(old, new);
    match (&old.kind, &new.kind) {
        (Kind::Event(one), Kind::Event(other)) => {
            if out.gained == Side::Unknown {
                out.gained = events::side((new, other), (old, one));
            }
            if out.lost == Side::Unknown {
                out.lost = events::side((old, one), (new, other));
            }
        }
        (Kind::Correlation(one), Kind::Correlation(other)) => {
            let may = several::may_differ((old, one), (new, other));
            for (side, may) in [(&mut out.gained, may.map(|(gained, _)| gained)), (&mut out.lost, may.map(|(_, lost)| lost))] {
                if (&*side, may) == (&Side::Unknown, Some(false)) {
                    *side = Side::Nothing;
                }
            }
        }
        _ => {}
    }
    out
}

/// Puts the cases of both to both.
fn tried(old: &Detection, new: &Detection) -> Change {
    let mut out = Change { gained: Side::Unknown, lost: Side::Unknown };
    for case in pipeline::cases::derive(new).list.into_iter().chain(pipeline::cases::derive(old).list) {
        let side = {
            let events: Vec<Timed<'_>> = case.events.iter().map(|(at, record)| (*at, record)).collect();
            match (eval::fires(old, &events), eval::fires(new, &events)) {
                (false, true) => &mut out.gained,
                (true, false) => &mut out.lost,
                _ => continue,
            }
        };
        if *side == Side::Unknown {
            *side = Side::Witness(Witness { events: case.events });
        }
        if !matches!((&out.gained, &out.lost), (Side::Unknown, _) | (_, Side::Unknown)) {
            break;
        }
    }
    out
}
