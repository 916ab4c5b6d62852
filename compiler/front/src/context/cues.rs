//! Which set wordings does a text use: for the time to search back to, for confidence, for direction, for a group?

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use ir::{Confidence, Direction};

use super::fold::Folded;

/// What a wording is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cue {
    /// A day to search back to follows.
    Hunt,
    /// How sure the authors are.
    Confidence(Confidence),
    /// Who connects to whom.
    Direction(Direction),
    /// What stands before it is a group.
    Group,
}

/// The wordings, as folded text has them.
pub(crate) static WORDINGS: [(&str, Cue); 52] = [
    ("searches should start", Cue::Hunt),
    ("search should start", Cue::Hunt),
    ("searches should begin", Cue::Hunt),
    ("search should begin", Cue::Hunt),
    ("searches should go back", Cue::Hunt),
    ("hunting should start", Cue::Hunt),
    ("hunting should begin", Cue::Hunt),
    ("hunts should start", Cue::Hunt),
    ("start searching", Cue::Hunt),
    ("hunt window", Cue::Hunt),
    ("hunting window", Cue::Hunt),
    ("search window", Cue::Hunt),
    ("search logs from", Cue::Hunt),
    ("review logs from", Cue::Hunt),
    ("review logs since", Cue::Hunt),
    ("logs back to", Cue::Hunt),
    ("recherches peuvent être effectuées", Cue::Hunt),
    ("high confidence", Cue::Confidence(Confidence::High)),
    ("high degree of confidence", Cue::Confidence(Confidence::High)),
    ("highly confident", Cue::Confidence(Confidence::High)),
    ("near certain", Cue::Confidence(Confidence::High)),
    ("moderate confidence", Cue::Confidence(Confidence::Medium)),
    ("medium confidence", Cue::Confidence(Confidence::Medium)),
    ("moderately confident", Cue::Confidence(Confidence::Medium)),
    ("moderate degree of confidence", Cue::Confidence(Confidence::Medium)),
    ("low confidence", Cue::Confidence(Confidence::Low)),
    ("low degree of confidence", Cue::Confidence(Confidence::Low)),
    ("limited confidence", Cue::Confidence(Confidence::Low)),
    ("cannot be confirmed", Cue::Confidence(Confidence::Low)),
    ("inbound connections from", Cue::Direction(Direction::Source)),
    ("inbound traffic from", Cue::Direction(Direction::Source)),
    ("scanning from", Cue::Direction(Direction::Source)),
    ("source of the attacks", Cue::Direction(Direction::Source)),
    ("sources of attacks", Cue::Direction(Direction::Source)),
    ("source ip", Cue::Direction(Direction::Source)),
    ("logins from", Cue::Direction(Direction::Source)),
    ("logons from", Cue::Direction(Direction::Source)),
    ("operational relay boxes", Cue::Direction(Direction::Either)),
    ("connections to and from", Cue::Direction(Direction::Either)),
    ("command and control", Cue::Direction(Direction::Destination)),
    ("beacons to", Cue::Direction(Direction::Destination)),
    ("outbound connections to", Cue::Direction(Direction::Destination)),
    ("connects to", Cue::Direction(Direction::Destination)),
    ("destination ip", Cue::Direction(Direction::Destination)),
    ("c2 server", Cue::Direction(Direction::Destination)),
    ("intrusion set", Cue::Group),
    ("hacking group", Cue::Group),
    ("threat group", Cue::Group),
    ("apt group", Cue::Group),
    ("espionage group", Cue::Group),
    ("cyberespionage group", Cue::Group),
    ("threat actor group", Cue::Group),
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(WORDINGS.iter().map(|(words, _)| words)).ok());

/// A wording in a folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) cue: Cue,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The wordings in a text, in reading order, none inside another.
pub(crate) fn read(folded: &Folded) -> Vec<Said> {
    let Some(automaton) = AUTOMATON.as_ref() else { return Vec::new() };
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(found) = automaton.find(Input::new(&folded.text).range(at..)) {
        let (start, end) = (found.start(), found.end());
        match WORDINGS.get(found.pattern().as_usize()).filter(|_| folded.edge(start) && folded.edge(end)) {
            Some((_, cue)) => {
                out.push(Said { cue: *cue, start, end });
                at = end;
            }
            None => at = start + 1,
        }
    }
    out
}
