//! What can be told of an expression without running it?

use regex_syntax::hir::{Class, Look};

use super::tree::Node;

impl Node {
    /// Whether every match begins where the text begins.
    #[must_use]
    pub fn anchored_start(&self) -> bool {
        match self {
            Self::Look(Look::Start) => true,
            Self::Concat(list) => {
                let past = list.iter().position(|node| !matches!(node, Self::Look(look) if *look != Look::Start));
                past.and_then(|at| list.get(at)).is_some_and(Self::anchored_start)
            }
            Self::Either(list) => list.iter().all(Self::anchored_start),
            Self::Repeat { inner, min, .. } => *min > 0 && inner.anchored_start(),
            Self::Empty | Self::Literal(_) | Self::Class(_) | Self::Look(_) => false,
        }
    }

    /// Whether every match ends where the text ends.
    #[must_use]
    pub fn anchored_end(&self) -> bool {
        match self {
            Self::Look(Look::End) => true,
            Self::Concat(list) => {
                let past = list.iter().rposition(|node| !matches!(node, Self::Look(look) if *look != Look::End));
                past.and_then(|at| list.get(at)).is_some_and(Self::anchored_end)
            }
            Self::Either(list) => list.iter().all(Self::anchored_end),
            Self::Repeat { inner, min, .. } => *min > 0 && inner.anchored_end(),
            Self::Empty | Self::Literal(_) | Self::Class(_) | Self::Look(_) => false,
        }
    }

    /// Bytes of the longest match; `None` is without bound.
    #[must_use]
    pub fn longest(&self) -> Option<usize> {
        match self {
            Self::Empty | Self::Look(_) => Some(0),
            Self::Literal(literal) => Some(literal.bytes.len()),
            Self::Class(Class::Unicode(class)) => Some(class.maximum_len().unwrap_or(0)),
            Self::Class(Class::Bytes(class)) => Some(class.maximum_len().unwrap_or(0)),
            Self::Repeat { inner, max, .. } => match (inner.longest()?, max) {
                (0, _) => Some(0),
                (length, Some(max)) => length.checked_mul(usize::try_from(*max).ok()?),
                (_, None) => None,
            },
            Self::Concat(list) => list.iter().map(Self::longest).try_fold(0_usize, |sum, length| sum.checked_add(length?)),
            Self::Either(list) => list.iter().map(Self::longest).try_fold(0, |most, length| Some(most.max(length?))),
        }
    }

    /// How many letters and digits stand together, at least, in what every match holds; of alternatives, the fewest.
    #[must_use]
    pub fn longest_word(&self) -> usize {
        match self {
            Self::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.bytes);
                text.split(|char: char| !char.is_alphanumeric()).map(|word| word.chars().count()).max().unwrap_or(0)
            }
            Self::Repeat { inner, min, .. } if *min > 0 => inner.longest_word(),
            Self::Concat(list) => list.iter().map(Self::longest_word).max().unwrap_or(0),
            Self::Either(list) => list.iter().map(Self::longest_word).min().unwrap_or(0),
            Self::Empty | Self::Class(_) | Self::Look(_) | Self::Repeat { .. } => 0,
        }
    }

    /// Whether it can match without a character.
    #[must_use]
    pub fn matches_empty(&self) -> bool {
        match self {
            Self::Empty | Self::Look(_) => true,
            Self::Literal(_) | Self::Class(_) => false,
            Self::Repeat { inner, min, .. } => *min == 0 || inner.matches_empty(),
            Self::Concat(list) => list.iter().all(Self::matches_empty),
            Self::Either(list) => list.iter().any(Self::matches_empty),
        }
    }

    /// Whether it is found in every text that is not empty, so that it asks nothing: `.*`, `(name)?`, `^`, `[\s\S]`. What only leaves
    /// line breaks out asks something.
    #[must_use]
    pub fn matches_everything(&self) -> bool {
        reached(self, Places { start: true, middle: true, end: true }).any()
    }

    /// Whether a text of ASCII is among what it spells out, whatever their case.
    #[must_use]
    pub fn spells(&self, text: &str) -> bool {
        let mut found = false;
        self.visit(&mut |node| {
            let Self::Literal(literal) = node else { return };
            found |= literal.bytes.windows(text.len().max(1)).any(|window| window.eq_ignore_ascii_case(text.as_bytes()));
        });
        found
    }

    /// Whether a match can hold the character.
    #[must_use]
    pub fn crosses(&self, char: char) -> bool {
        let mut found = false;
        self.visit(&mut |node| {
            found |= match node {
                Self::Literal(literal) => {
                    let mut buffer = [0; 4];
                    let wanted = char.encode_utf8(&mut buffer).as_bytes();
                    literal.bytes.windows(wanted.len()).any(|window| window == wanted)
                }
                Self::Class(Class::Unicode(class)) => class.ranges().iter().any(|range| range.start() <= char && char <= range.end()),
                Self::Class(Class::Bytes(class)) => {
                    u8::try_from(char).is_ok_and(|byte| class.ranges().iter().any(|range| range.start() <= byte && byte <= range.end()))
                }
                _ => false,
            };
        });
        found
    }

    /// Whether it asks for a place of this kind anywhere.
    #[must_use]
    pub fn has_look(&self, wanted: impl Fn(Look) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |node| found |= matches!(node, Self::Look(look) if wanted(*look)));
        found
    }
}

/// Where in a text something surely gets to, whatever the text is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Places {
    start: bool,
    middle: bool,
    end: bool,
}

impl Places {
    const NONE: Self = Self { start: false, middle: false, end: false };

    fn any(self) -> bool {
        self.start || self.middle || self.end
    }

    fn or(self, other: Self) -> Self {
        Self { start: self.start || other.start, middle: self.middle || other.middle, end: self.end || other.end }
    }
}

/// Where a match that is at some of the places surely gets to.
fn reached(node: &Node, from: Places) -> Places {
    if !from.any() {
        return Places::NONE;
    }
    match node {
        Node::Empty => from,
        Node::Look(Look::Start) => Places { start: from.start, ..Places::NONE },
        Node::Look(Look::End) => Places { end: from.end, ..Places::NONE },
        Node::Look(Look::StartLF | Look::StartCRLF) => Places { start: from.start, ..Places::NONE },
        Node::Look(Look::EndLF | Look::EndCRLF) => Places { end: from.end, ..Places::NONE },
        Node::Literal(_) | Node::Look(_) => Places::NONE,
        // There is a first character, and there need not be a second.
        Node::Class(class) if from.start && holds_all(class) => Places { middle: true, ..Places::NONE },
        Node::Class(_) => Places::NONE,
        Node::Concat(list) => list.iter().fold(from, |from, node| reached(node, from)),
        Node::Either(list) => list.iter().fold(Places::NONE, |places, node| places.or(reached(node, from))),
        Node::Repeat { inner, min, max, .. } => match &**inner {
            Node::Class(class) if holds_all(class) && max.is_none() && (*min == 0 || *min == 1 && from.start) => {
                let zero = if *min == 0 { from } else { Places::NONE };
                zero.or(Places { start: false, middle: true, end: true })
            }
            inner => {
                let once = reached(inner, from);
                match min {
                    0 => from.or(once),
                    1 => once,
                    _ if inner.matches_empty() => once,
                    _ => Places::NONE,
                }
            }
        },
    }
}

/// Whether a set holds every character.
fn holds_all(class: &Class) -> bool {
    match class {
        Class::Unicode(class) => {
            let mut missing = class.clone();
            missing.negate();
            missing.ranges().is_empty()
        }
        Class::Bytes(class) => {
            let mut missing = class.clone();
            missing.negate();
            missing.ranges().is_empty()
        }
    }
}
