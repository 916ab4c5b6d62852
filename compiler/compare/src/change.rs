//! How does a detection differ from another one, and on which events?

use std::time::Duration;

use ir::Record;

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
    pub(crate) const NONE: Self = Self { gained: Side::Nothing, lost: Side::Nothing };

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
