//! An indicator: a value with a role, a direction, a time and the words it came from.

use serde::Serialize;
use source::Span;

use crate::{Citation, Confidence, Meta, Observable, Technique, Tlp, Window};

/// What the value was to the attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Implants talk to it.
    C2,
    /// The attacker goes through it: a proxy, a home router, a VPN exit.
    Relay,
    /// Malware is fetched from it, or arrives under this name.
    Delivery,
    /// It is the malware.
    Payload,
    /// People are lured to it.
    Phishing,
    /// Mail comes from it.
    Sender,
    /// Data leaves to it.
    Exfiltration,
    /// It probes from outside.
    Scanner,
    /// It was left on a machine: a key, a mutex, a task.
    Persistence,
    /// A tool that the attacker also uses.
    Tool,
    /// Nobody said.
    Unknown,
}

impl Role {
    /// Every role with its name and what it means.
    pub const ALL: [(Self, &'static str, &'static str); 11] = [
        (Self::C2, "c2", "implants talk to it"),
        (Self::Relay, "relay", "the attacker goes through it"),
        (Self::Delivery, "delivery", "malware is fetched from it, or arrives under this name"),
        (Self::Payload, "payload", "it is the malware"),
        (Self::Phishing, "phishing", "people are lured to it"),
        (Self::Sender, "sender", "mail comes from it"),
        (Self::Exfiltration, "exfiltration", "data leaves to it"),
        (Self::Scanner, "scanner", "it probes from outside"),
        (Self::Persistence, "persistence", "it was left on a machine"),
        (Self::Tool, "tool", "a tool that the attacker also uses"),
        (Self::Unknown, "unknown", "nobody said"),
    ];

    /// The role's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, ..)| *role == self).map_or("unknown", |(_, name, _)| name)
    }

    /// The role with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name, _)| *name == text).map(|(role, ..)| *role)
    }
}

/// On which end of a connection the value stands, seen from the defended network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It connects to us.
    Source,
    /// We connect to it.
    Destination,
    /// Both happen.
    Either,
}

impl Direction {
    /// Every direction with its name.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Source, "source"), (Self::Destination, "destination"), (Self::Either, "either")];

    /// The direction's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(direction, _)| *direction == self).map_or("either", |(_, name)| name)
    }

    /// Whether hits as a source are wanted.
    #[must_use]
    pub fn source(self) -> bool {
        self != Self::Destination
    }

    /// Whether hits as a destination are wanted.
    #[must_use]
    pub fn destination(self) -> bool {
        self != Self::Source
    }
}

/// Where a value was written, and how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The words.
    pub span: Span,
    /// The spelling as written, before refanging.
    pub raw: Box<str>,
}

/// When an indicator held.
pub type Validity = Window;

/// One typed value that points at the attacker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Indicator {
    /// The value.
    pub observable: Observable,
    /// What it was to the attacker.
    pub role: Role,
    /// Which end of a connection it stands on.
    pub direction: Direction,
    /// When it held.
    pub valid: Option<Validity>,
    /// How sure the author is.
    pub confidence: Option<Confidence>,
    /// A marking stricter than the advisory's.
    pub tlp: Option<Tlp>,
    /// ATT&CK techniques, sorted.
    pub techniques: Vec<Technique>,
    /// Size of the file in bytes, for hashes.
    pub size: Option<u64>,
    /// A remark.
    pub note: Option<String>,
    /// Every place it was written, in reading order.
    pub origins: Vec<Origin>,
    /// The sentences it rests on.
    pub citations: Vec<Citation>,
}

impl Indicator {
    /// The sentence it rests on: its own, or the first of what it is listed under.
    #[must_use]
    pub fn citation<'a>(&'a self, meta: &'a Meta) -> Option<&'a Citation> {
        self.citations.first().or(meta.citations.first())
    }
}
