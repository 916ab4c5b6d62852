//! How does an expression read somewhere else: in lower case, or on a text of which the value is a part?

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Look};

use super::tree::{Literal, Node, is_without_case};
use crate::Case;

/// Where the value that an expression speaks of stands in a longer text.
#[derive(Clone, Debug)]
pub struct PartOf {
    /// What stands before the value, from where the search may begin.
    pub start: Node,
    /// What stands before a match that may begin anywhere in the value, from where the search may begin.
    pub lead: Node,
    /// The characters that the value can hold.
    pub inside: ClassUnicode,
    /// What stands behind a match that may end anywhere in the value.
    pub trail: Node,
    /// What stands behind the value.
    pub end: Node,
}

impl PartOf {
    /// What stands behind the last of the separators: a file's name in a path.
    #[must_use]
    pub fn last(separators: &[char]) -> Self {
        let ranges: Vec<(char, char)> = separators.iter().map(|char| (*char, *char)).collect();
        let mut inside = ClassUnicode::new(ranges.iter().map(|(from, to)| ClassUnicodeRange::new(*from, *to)));
        inside.negate();
        let rest = Node::repeat(Node::Class(Class::Unicode(inside.clone())), 0, None, true);
        Self {
            start: Node::either([Node::Look(Look::Start), Node::class(&ranges)]),
            lead: Node::Empty,
            inside,
            trail: Node::concat([rest, Node::Look(Look::End)]),
            end: Node::Look(Look::End),
        }
    }
}

impl Node {
    /// The expression for a text of which the value is a part: it fits the text where `self` fits the value. `None` where anchors
    /// stand too deep for that.
    #[must_use]
    pub fn on_part_of(&self, part: &PartOf) -> Option<Node> {
        let inner = self.confined(&part.inside);
        let alternatives = match inner {
            Node::Either(list) => list,
            other => vec![other],
        };
        let placed: Option<Vec<Node>> = alternatives.iter().map(|node| tail(&head(node, part)?, part)).collect();
        placed.map(Node::either)
    }

    /// The expression on the part behind the last separator as one on the whole.
    #[must_use]
    pub fn as_last_part(&self, separators: &[char]) -> Option<Node> {
        self.on_part_of(&PartOf::last(separators))
    }

    /// The expression for texts that hold these characters only.
    #[must_use]
    pub fn confined(&self, inside: &ClassUnicode) -> Node {
        let holds = |char: char| inside.ranges().iter().any(|range| range.start() <= char && char <= range.end());
        self.map(&mut |node| match node {
            Node::Literal(literal) if !std::str::from_utf8(&literal.bytes).is_ok_and(|text| text.chars().all(holds)) => Node::never(),
            Node::Class(Class::Unicode(class)) => {
                let mut class = class.clone();
                class.intersect(inside);
                Node::set(class)
            }
            other => other.clone(),
        })
    }

    /// The expression for texts whose letters of ASCII were made lower-case: it fits where `self` fits in some spelling. Case that
    /// counts is lost, so [`Node::asks_for_case`] tells beforehand whether the two are the same.
    #[must_use]
    pub fn lower_cased(&self) -> Node {
        self.map(&mut |node| match node {
            Node::Literal(literal) => Node::Literal(Literal { bytes: literal.bytes.to_ascii_lowercase(), case: Case::Sensitive }),
            Node::Class(Class::Unicode(class)) => {
                let mut class = class.clone();
                for upper in 'A'..='Z' {
                    if class.ranges().iter().any(|range| range.start() <= upper && upper <= range.end()) {
                        let lower = upper.to_ascii_lowercase();
                        class.push(ClassUnicodeRange::new(lower, lower));
                    }
                }
                class.difference(&ClassUnicode::new([ClassUnicodeRange::new('A', 'Z')]));
                Node::set(class)
            }
            Node::Class(Class::Bytes(class)) => {
                let mut class = class.clone();
                class.case_fold_simple();
                class.difference(&ClassBytes::new([ClassBytesRange::new(b'A', b'Z')]));
                Node::Class(Class::Bytes(class))
            }
            other => other.clone(),
        })
    }

    /// The expression for bytes of which each has a zero behind it, as UTF-16 has them in small text. `None` where it speaks of
    /// places, which are not those of single bytes, or of whole characters.
    #[must_use]
    pub fn widened(&self) -> Option<Node> {
        let mut sayable = true;
        let zero = || Node::Literal(Literal { bytes: vec![0], case: Case::Sensitive });
        let wide = self.map(&mut |node| match node {
            Node::Literal(literal) => {
                Node::Literal(Literal { bytes: literal.bytes.iter().flat_map(|byte| [*byte, 0]).collect(), case: literal.case })
            }
            Node::Class(class @ Class::Bytes(_)) => Node::concat([Node::Class(class.clone()), zero()]),
            other => {
                sayable &= matches!(other, Node::Empty | Node::Look(Look::Start));
                other.clone()
            }
        });
        sayable.then_some(wide)
    }

    /// Whether a part of it tells letters of ASCII by their case.
    #[must_use]
    pub fn asks_for_case(&self) -> bool {
        let mut found = false;
        self.visit(&mut |node| {
            found |= match node {
                Node::Literal(literal) => literal.case == Case::Sensitive && literal.has_case(),
                Node::Class(class) => !is_without_case(class),
                _ => false,
            };
        });
        found
    }
}

/// The expression with what stands before it: anchors become the value's start, and where there is none the match may begin anywhere.
fn head(node: &Node, part: &PartOf) -> Option<Node> {
    let starts = |node: &Node| node.has_look(|look| matches!(look, Look::Start | Look::StartLF | Look::StartCRLF));
    match node {
        Node::Look(Look::Start) => Some(part.start.clone()),
        Node::Either(list) => list.iter().map(|node| head(node, part)).collect::<Option<Vec<_>>>().map(Node::either),
        Node::Concat(list) => {
            let (first, rest) = list.split_first()?;
            if rest.iter().any(starts) {
                return None;
            }
            head(first, part).map(|first| Node::concat(std::iter::once(first).chain(rest.iter().cloned())))
        }
        other if starts(other) => None,
        other => Some(Node::concat([part.lead.clone(), other.clone()])),
    }
}

/// The expression with what stands behind it.
fn tail(node: &Node, part: &PartOf) -> Option<Node> {
    let ends = |node: &Node| node.has_look(|look| matches!(look, Look::End | Look::EndLF | Look::EndCRLF));
    match node {
        Node::Look(Look::End) => Some(part.end.clone()),
        Node::Either(list) => list.iter().map(|node| tail(node, part)).collect::<Option<Vec<_>>>().map(Node::either),
        Node::Concat(list) => {
            let (last, rest) = list.split_last()?;
            if rest.iter().any(ends) {
                return None;
            }
            tail(last, part).map(|last| Node::concat(rest.iter().cloned().chain(std::iter::once(last))))
        }
        other if ends(other) => None,
        other => Some(Node::concat([other.clone(), part.trail.clone()])),
    }
}
