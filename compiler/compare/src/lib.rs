//! Which of two detections finds more? The same, wider, narrower or another one: each difference with events that prove it.
//!
//! Three steps, each dearer than the one before. Predicates of one [form](form) mean the same, whatever order and brackets they were written in. Then
//! the events that either detection would be tried on ([`pipeline::cases`]) are put to both. What is left is searched for: alternatives are chosen one
//! after the other, and what must hold of the value of one field is asked together, of texts by walking the automata of all its tests at once.
//!
//! **Invariant:** what is called the same or one-sided is proven over every event in which parts agree with their wholes, and each witness was
//! put to [`ir::eval`] with both detections. What is neither proven nor shown is said to be unknown.

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

use std::time::Duration;

use ir::eval::{self, Timed};
use ir::{Detection, Kind, Record};

/// Events that one detection finds and the other does not, with the time since the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// In order of time.
    pub events: Vec<(Duration, Record)>,
}

/// What one detection finds that the other does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Side {
    /// Nothing: that is proven.
    Nothing,
    /// These events, for instance.
    Witness(Witness),
    /// It was not found out.
    Unknown,
}

/// How a detection changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What the new one finds and the old one missed.
    pub gained: Side,
    /// What the old one found and the new one misses.
    pub lost: Side,
}

/// A change in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// They find the same.
    Same,
    /// The new one finds what the old one found, and more.
    Wider,
    /// The new one finds only some of what the old one found.
    Narrower,
    /// The new one finds other events. Where only one side has a witness, the other one is unknown.
    Changed,
    /// Neither a difference nor that there is none was found.
    Undecided,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Changed => "changed",
            Self::Undecided => "undecided",
        }
    }
}

impl Change {
    const NONE: Self = Self { gained: Side::Nothing, lost: Side::Nothing };

    /// The change in a word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (&self.gained, &self.lost) {
            (Side::Nothing, Side::Nothing) => Verdict::Same,
            (Side::Witness(_), Side::Nothing) => Verdict::Wider,
            (Side::Nothing, Side::Witness(_)) => Verdict::Narrower,
            (Side::Witness(_), _) | (_, Side::Witness(_)) => Verdict::Changed,
            (Side::Unknown, _) | (_, Side::Unknown) => Verdict::Undecided,
        }
    }
}

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
