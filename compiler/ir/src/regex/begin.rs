//! What does an expression ask for behind a text that the value begins with? The answer lets the beginning be spelled otherwise.

use regex_syntax::hir::{Class, Look};

use super::tree::{Literal, Node};
use crate::Case;

impl Node {
    /// What must stand right behind `text`, at the start of a value, for a match that begins inside of it. [`Node::never`] when no match
    /// begins there that could not begin behind it as well, and [`Node::Empty`] when one ends there. `None` when it cannot be told: where
    /// the expression asks for boundaries of words or for the ends of lines inside of it.
    ///
    /// ```
    /// # use ir::{Case, Regex};
    /// let key = Regex::parse(r"^HK(?:CU|LM)\\Software\\", Case::Insensitive)?.node()?;
    /// let spelled = key.begun("HKCU", &ir::regex::Node::literal(r"HKU\S-1-5-21", Case::Insensitive)).ok_or("it can be told")?;
    /// let regex = Regex::of(&spelled)?;
    /// assert!(regex.is_match(br"HKU\S-1-5-21\Software\x") && regex.is_match(br"HKLM\SOFTWARE\x") && !regex.is_match(br"HKU\Software\x"));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn behind(&self, text: &str) -> Option<Node> {
        let mut out = Vec::new();
        for (at, _) in text.char_indices() {
            if passes(self, at == 0)? {
                return Some(Node::Empty);
            }
            let mut rest = self.clone();
            for (nth, char) in text.get(at..).unwrap_or_default().chars().enumerate() {
                rest = after(&rest, char, at == 0 && nth == 0)?;
                if passes(&rest, false)? {
                    return Some(Node::Empty);
                }
            }
            if rest != *self && !out.contains(&rest) {
                out.push(rest);
            }
        }
        Some(Node::either(out))
    }

    /// The expression for values that may begin with `spelled` where those that it speaks of begin with `text`; those are found as well.
    /// `None` as for [`Node::behind`].
    #[must_use]
    pub fn begun(&self, text: &str, spelled: &Node) -> Option<Node> {
        let behind = self.behind(text)?;
        if behind.is_never() || self.matches_everything() {
            return Some(self.clone());
        }
        Some(Node::either([self.clone(), Node::concat([Node::Look(Look::Start), spelled.clone(), behind])]))
    }
}

/// The expression for what stands behind a character that it begins with; `first` says whether that is the value's first.
fn after(node: &Node, char: char, first: bool) -> Option<Node> {
    let rest = derived(node, char, first)?;
    // Behind a character no value begins.
    Some(rest.map(&mut |node| if matches!(node, Node::Look(Look::Start)) { Node::never() } else { node.clone() }))
}

fn derived(node: &Node, char: char, first: bool) -> Option<Node> {
    Some(match node {
        Node::Empty | Node::Look(_) => Node::never(),
        Node::Literal(literal) => {
            let text = std::str::from_utf8(&literal.bytes).ok()?;
            let same = |other: char| other == char || literal.case == Case::Insensitive && other.eq_ignore_ascii_case(&char);
            let behind = text.chars().next().filter(|other| same(*other)).and_then(|other| text.get(other.len_utf8()..));
            match behind {
                None => Node::never(),
                Some("") => Node::Empty,
                Some(rest) => Node::Literal(Literal { bytes: rest.as_bytes().to_vec(), case: literal.case }),
            }
        }
        Node::Class(Class::Unicode(class)) => {
            let holds = class.ranges().iter().any(|range| range.start() <= char && char <= range.end());
            if holds { Node::Empty } else { Node::never() }
        }
        Node::Class(Class::Bytes(_)) => return None,
        Node::Repeat { inner, min, max, greedy } => {
            let again = Node::repeat((**inner).clone(), min.saturating_sub(1), max.map(|max| max.saturating_sub(1)), *greedy);
            Node::concat([derived(inner, char, first)?, again])
        }
        Node::Concat(list) => {
            let mut out = Vec::new();
            for (at, node) in list.iter().enumerate() {
                let rest = list.get(at + 1..).unwrap_or_default().iter().cloned();
                out.push(Node::concat(std::iter::once(derived(node, char, first)?).chain(rest.clone())));
                match passes(node, first) {
                    Some(true) => {}
                    Some(false) => break,
                    // Whether it passes matters only where what stands behind it could go on.
                    None if derived(&Node::concat(rest), char, first)?.is_never() => break,
                    None => return None,
                }
            }
            Node::either(out)
        }
        Node::Either(list) => Node::either(list.iter().map(|node| derived(node, char, first)).collect::<Option<Vec<_>>>()?),
    })
}

/// Whether a piece can fit the empty text in front of a character; `first` says whether that is the value's first. `None` when that
/// depends on the characters around it.
fn passes(node: &Node, first: bool) -> Option<bool> {
    match node {
        Node::Empty => Some(true),
        Node::Look(Look::Start) => Some(first),
        Node::Literal(_) | Node::Class(_) | Node::Look(Look::End) => Some(false),
        Node::Look(_) => None,
        Node::Repeat { min: 0, .. } => Some(true),
        Node::Repeat { inner, .. } => passes(inner, first),
        Node::Concat(list) => settled(list, first, false),
        Node::Either(list) => settled(list, first, true),
    }
}

/// `word` when one of the pieces says so, whatever cannot be told of the others; the other word when all of them say that.
fn settled(list: &[Node], first: bool, word: bool) -> Option<bool> {
    let mut all = Some(!word);
    for node in list {
        match passes(node, first) {
            Some(said) if said == word => return Some(word),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Regex;

    fn spelled(text: &str, beginning: &str, other: &str) -> Option<Regex> {
        let node = Regex::parse(text, Case::Sensitive).unwrap().node().unwrap();
        Some(Regex::of(&node.begun(beginning, &Node::literal(other, Case::Sensitive))?).unwrap())
    }

    #[test]
    fn a_beginning_is_spelled_otherwise() {
        for text in [r"^HKCU\\a", r"^HK(?:CU|LM)\\a", r"^[H]K[A-Z]{2}\\a", r"HKCU\\a", r"CU\\a", r"(?:^|x)HKCU\\a", r"^.{4}\\a"] {
            let regex = spelled(text, "HKCU", "HKU\\S-1").unwrap();
            assert!(regex.is_match(b"HKU\\S-1\\a") && regex.is_match(b"HKCU\\a") && !regex.is_match(b"HKU\\S-1\\b"), "{text}");
        }
        for text in [r"^HKLM\\a", r"\\a", r".*\\a$", "^$", r"\\S-1\\a"] {
            let node = Regex::parse(text, Case::Sensitive).unwrap().node().unwrap();
            assert_eq!(node.begun("HKCU", &Node::literal("x", Case::Sensitive)), Some(node.clone()), "{text}");
        }
        assert!(spelled(r"\bHKCU\\a", "HKCU", "x").is_none() && spelled(r"HKCU\b", "HKCU", "x").is_none());
        assert!(spelled(r"\b^", "HKCU", "?").is_none());
        assert!(spelled(r"\bRun\b", "HKCU", "x").is_some_and(|regex| regex.written() == r"\bRun\b"));
        assert!(spelled(r"^HKCU\\a\b", "HKCU", "x").is_some_and(|regex| regex.is_match(b"x\\a-")));
    }

    proptest! {
        /// Found in a value that begins with the text exactly when found in the other spelling, or found there already.
        #[test]
        fn both_spellings_are_found(text in "(\\^|\\.\\*)?(a|b|ab|\\[ab\\]|\\(a\\|b\\)|\\(ab\\)\\?|c\\*){1,4}\\$?", rest in "[abc]{0,4}") {
            let Ok(regex) = Regex::parse(&text, Case::Sensitive) else { return Ok(()) };
            let Some(both) = spelled(&text, "ab", "XY") else { return Ok(()) };
            let wanted = regex.is_match(format!("ab{rest}").as_bytes()) || regex.is_match(format!("XY{rest}").as_bytes());
            prop_assert_eq!(both.is_match(format!("XY{rest}").as_bytes()), wanted, "{} as {:?} on {}", text, both, rest);
            prop_assert_eq!(both.is_match(rest.as_bytes()), regex.is_match(rest.as_bytes()) || both.is_match(rest.as_bytes()));
        }
    }
}
