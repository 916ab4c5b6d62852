//! Which texts does every match of an expression hold?

use regex_syntax::hir::Look;

use super::tree::{Literal, Node};
use crate::{Case, Place};

/// A text that every match holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// The text, or bytes.
    pub literal: Literal,
    /// Where in the searched text it stands.
    pub place: Place,
}

impl Node {
    /// The texts that every match holds, the longest first; of alternatives, what they have in common.
    #[must_use]
    pub fn required_literals(&self) -> Vec<Required> {
        let mut out = Vec::new();
        collect(self, Edges { start: false, end: false }, &mut out);
        // A stable sort: of two that are equally long, the one at an end of the text, then the earlier.
        out.sort_by_key(|found| (std::cmp::Reverse(found.literal.bytes.len()), found.place == Place::Anywhere));
        out
    }
}

/// Whether a piece stands right at an end of the text.
#[derive(Clone, Copy)]
struct Edges {
    start: bool,
    end: bool,
}

fn collect(node: &Node, edges: Edges, out: &mut Vec<Required>) {
    match node {
        Node::Literal(literal) => {
            let place = match (edges.start, edges.end) {
                (true, true) => Place::Whole,
                (true, false) => Place::Start,
                (false, true) => Place::End,
                (false, false) => Place::Anywhere,
            };
            out.push(Required { literal: literal.clone(), place });
        }
        Node::Concat(list) => {
            let literal = |at: usize| if let Some(Node::Literal(literal)) = list.get(at) { Some(literal) } else { None };
            let here = |first: usize, last: usize| Edges {
                start: if first == 0 { edges.start } else { matches!(list.get(first - 1), Some(Node::Look(Look::Start))) },
                end: list.get(last + 1).map_or(edges.end, |after| matches!(after, Node::Look(Look::End))),
            };
            for (at, inner) in list.iter().enumerate() {
                collect(inner, here(at, at), out);
                // Texts that differ in what case means to them are one text without case.
                if literal(at).is_some() && at.checked_sub(1).is_none_or(|before| literal(before).is_none()) {
                    let last = (at..).take_while(|at| literal(*at).is_some()).last().unwrap_or(at);
                    if last > at {
                        let bytes = (at..=last).filter_map(literal).flat_map(|literal| literal.bytes.iter().copied()).collect();
                        collect(&Node::Literal(Literal { bytes, case: Case::Insensitive }), here(at, last), out);
                    }
                }
            }
        }
        Node::Repeat { inner, min, max, .. } if *min > 0 => {
            let once = *max == Some(1);
            collect(inner, Edges { start: edges.start && once, end: edges.end && once }, out);
        }
        Node::Either(list) => out.extend(common(list, edges)),
        Node::Empty | Node::Class(_) | Node::Look(_) | Node::Repeat { .. } => {}
    }
}

/// What all alternatives hold: the start or the end that they share, and whole texts of the first that stand in all others.
fn common(list: &[Node], edges: Edges) -> Vec<Required> {
    let mut out = Vec::new();
    let shared = |of: &dyn Fn(&Node) -> Option<Literal>, backwards: bool| -> Option<Literal> {
        let mut alternatives = list.iter().map(of);
        let first = alternatives.next()??;
        alternatives.try_fold(first, |before, next| overlap(&before, &next?, backwards))
    };
    let start = shared(&|node| first_of(node), false);
    let end = shared(&|node| last_of(node), true);
    out.extend(start.map(|literal| Required { literal, place: if edges.start { Place::Start } else { Place::Anywhere } }));
    out.extend(end.map(|literal| Required { literal, place: if edges.end { Place::End } else { Place::Anywhere } }));
    let mut each = list.iter().map(Node::required_literals);
    if let Some(first) = each.next() {
        let others: Vec<Vec<Required>> = each.collect();
        out.extend(first.into_iter().filter_map(|found| {
            let everywhere = others.iter().all(|other| other.iter().any(|other| holds(&other.literal, &found.literal)));
            everywhere.then_some(Required { place: Place::Anywhere, ..found })
        }));
    }
    out
}

/// The literal that a piece begins with.
fn first_of(node: &Node) -> Option<Literal> {
    match node {
        Node::Literal(literal) => Some(literal.clone()),
        Node::Concat(list) => list.first().and_then(first_of),
        _ => None,
    }
}

/// The literal that a piece ends with.
fn last_of(node: &Node) -> Option<Literal> {
    match node {
        Node::Literal(literal) => Some(literal.clone()),
        Node::Concat(list) => list.last().and_then(last_of),
        _ => None,
    }
}

/// What two literals have in common at their starts, or at their ends.
fn overlap(one: &Literal, other: &Literal, backwards: bool) -> Option<Literal> {
    let case = if one.case == Case::Insensitive && one.has_case() || other.case == Case::Insensitive && other.has_case() {
        Case::Insensitive
    } else {
        Case::Sensitive
    };
    let same = |(one, other): &(&u8, &u8)| one == other || case == Case::Insensitive && one.eq_ignore_ascii_case(other);
    let bytes: Vec<u8> = if backwards {
        let mut bytes: Vec<u8> = one.bytes.iter().rev().zip(other.bytes.iter().rev()).take_while(same).map(|(byte, _)| *byte).collect();
        bytes.reverse();
        bytes
    } else {
        one.bytes.iter().zip(&other.bytes).take_while(same).map(|(byte, _)| *byte).collect()
    };
    (!bytes.is_empty()).then_some(Literal { bytes, case })
}

/// Whether wherever `whole` stands, `part` stands too.
fn holds(whole: &Literal, part: &Literal) -> bool {
    let nocase = part.case == Case::Insensitive;
    (nocase || whole.case == Case::Sensitive || !whole.has_case())
        && whole.bytes.windows(part.bytes.len()).any(|window| if nocase { window.eq_ignore_ascii_case(&part.bytes) } else { window == part.bytes })
}
