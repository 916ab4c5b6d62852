//! Which text fits a regular expression?

use ir::regex::{Class, Look, Node};
use ir::{Case, Regex};

/// A text that a test asks for, and whether it stands at an end of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The text.
    pub(super) text: String,
    /// It begins the value.
    pub(super) start: bool,
    /// It ends the value.
    pub(super) end: bool,
}

/// How often something is repeated at most in a sample.
const OFTEN: u32 = 200;
/// How long a sample may become, in bytes.
const LONG: usize = 4_000;

/// A text that the expression finds something in; `pick` turns at alternatives. `None` when none was found.
pub(super) fn sample(regex: &Regex, pick: usize) -> Option<Piece> {
    let node = regex.node().ok()?;
    // What may be left out is left out first, then taken once; a boundary of words may need a blank.
    for (often, blank) in [(0, ""), (1, ""), (0, " "), (1, " ")] {
        let mut out = Vec::new();
        if !write(&node, pick, often, blank, &mut out) {
            continue;
        }
        let text = String::from_utf8(out).ok()?;
        let piece = Piece { text, start: begins(&node), end: ends(&node) };
        if regex.is_match(piece.text.as_bytes()) {
            return Some(piece);
        }
    }
    None
}

/// Bytes that the expression finds something in, in a file.
pub(super) fn sample_of_bytes(regex: &Regex, nocase: bool) -> Option<Vec<u8>> {
    let node = regex.node_of_bytes(nocase).ok()?;
    for (often, blank) in [(0, ""), (1, ""), (0, " "), (1, " ")] {
        let mut out = Vec::new();
        if write(&node, 0, often, blank, &mut out) && regex.over_bytes(nocase).is_some_and(|search| search.is_match(&out)) {
            return Some(out);
        }
    }
    None
}

fn write(node: &Node, pick: usize, often: u32, blank: &str, out: &mut Vec<u8>) -> bool {
    if out.len() > LONG {
        return false;
    }
    match node {
        Node::Empty => true,
        Node::Literal(literal) => {
            out.extend(&literal.bytes);
            true
        }
        Node::Class(class) => one(class, out),
        Node::Look(look) => {
            if !matches!(look, Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF) {
                out.extend(blank.as_bytes());
            }
            true
        }
        Node::Repeat { inner, min, max, .. } => {
            let times = (*min).max(often).min(max.unwrap_or(u32::MAX));
            times <= OFTEN && (0..times).all(|_| write(inner, pick, often, blank, out))
        }
        Node::Concat(list) => list.iter().all(|inner| write(inner, pick, often, blank, out)),
        Node::Either(list) => {
            let at = if pick == usize::MAX { list.len().saturating_sub(1) } else { pick % list.len().max(1) };
            list.get(at).is_some_and(|inner| write(inner, pick, often, blank, out))
        }
    }
}

/// A character of a set, one that people write where there is a choice.
fn one(class: &Class, out: &mut Vec<u8>) -> bool {
    const LIKED: &str = "xabkqz0179ABX -_./:=,+\\";
    match class {
        Class::Unicode(class) => {
            let fits = |char: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char));
            let found = LIKED.chars().find(|char| fits(*char)).or_else(|| class.ranges().first().map(|range| range.start()));
            out.extend(found.into_iter().flat_map(|char| char.to_string().into_bytes()));
            found.is_some()
        }
        Class::Bytes(class) => {
            let fits = |byte: u8| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte));
            let found = LIKED.bytes().find(|byte| fits(*byte)).or_else(|| class.ranges().first().map(|range| range.start()));
            out.extend(found);
            found.is_some()
        }
    }
}

fn begins(node: &Node) -> bool {
    match node {
        Node::Look(look) => *look == Look::Start,
        Node::Concat(list) => list.first().is_some_and(begins),
        Node::Either(list) => list.iter().all(begins),
        _ => false,
    }
}

fn ends(node: &Node) -> bool {
    match node {
        Node::Look(look) => *look == Look::End,
        Node::Concat(list) => list.last().is_some_and(ends),
        Node::Either(list) => list.iter().all(ends),
        _ => false,
    }
}

/// Whether case counts in an expression that has letters.
pub(super) fn is_cased(regex: &Regex) -> bool {
    regex.case() == Case::Sensitive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_have_samples() {
        for text in [
            r"^/o/[0-9a-f]{32}\.(gif|png)$",
            r"(?i)\\Users\\[^\\]+\\AppData\\.*\.exe$",
            r"\bwhoami\b\s+/priv",
            r"^(?:[a-z]{3}|[0-9]{2,4})-x?$",
            r"[^\x00-\x7f]{3}",
            r"(a|b|)c+",
        ] {
            for case in [Case::Sensitive, Case::Insensitive] {
                let regex = Regex::parse(text, case).unwrap();
                for pick in [0, 1, usize::MAX] {
                    let piece = sample(&regex, pick).unwrap_or_else(|| panic!("{text} has a sample"));
                    assert!(regex.is_match(piece.text.as_bytes()), "{text}: {}", piece.text);
                }
            }
        }
        assert!(sample(&Regex::parse("a{900}", Case::Sensitive).unwrap(), 0).is_none(), "what is too long is said");
    }
}
