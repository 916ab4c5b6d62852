//! How is a tree written again as an expression? In the common subset of RE2 and PCRE, so that reading it gives the same tree.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Look};

use super::tree::{Node, without_signs};
use super::{MAX_REGEX, Regex};
use crate::Case;

impl Regex {
    /// The expression that a tree of characters means.
    ///
    /// # Errors
    ///
    /// Says in one line what the common subset has no words for (single bytes, ends of lines, halves of boundaries), or that it is too large.
    pub fn of(node: &Node) -> Result<Self, String> {
        let (mut with, mut without) = (false, false);
        node.visit(&mut |node| {
            if let Node::Literal(literal) = node {
                // Only letters of ASCII can be without case in a literal; those of other scripts keep theirs.
                let foreign = String::from_utf8_lossy(&literal.bytes).chars().any(foreign);
                with |= foreign || literal.case == Case::Sensitive && literal.has_case();
                without |= literal.case == Case::Insensitive && literal.has_case();
            }
        });
        // A set is written with both cases of its letters, so the whole may be without case only where every set is.
        let all = without && !with && {
            let mut sets = true;
            node.visit(&mut |node| sets &= !matches!(node, Node::Class(class) if !is_folded(class)));
            sets
        };
        let mut writer = Writer { out: String::new(), nocase: all };
        writer.node(node)?;
        if writer.out.len() > MAX_REGEX {
            return Err(format!("written anew, the expression has more than {MAX_REGEX} bytes"));
        }
        Self::parse(&writer.out, if all { Case::Insensitive } else { Case::Sensitive })
    }
}

/// Whether a set means the same under an expression that is without case, where letters of other scripts are folded too.
fn is_folded(class: &Class) -> bool {
    let Class::Unicode(class) = class else { return super::is_without_case(class) };
    let mut folded = class.clone();
    folded.case_fold_simple();
    without_signs(&mut folded, class);
    folded == *class
}

/// A letter of another script that has case.
fn foreign(char: char) -> bool {
    !char.is_ascii() && (char.is_lowercase() || char.is_uppercase())
}

struct Writer {
    out: String,
    /// Whether the whole is without case.
    nocase: bool,
}

impl Writer {
    fn node(&mut self, node: &Node) -> Result<(), String> {
        match node {
            Node::Empty => self.out.push_str("(?:)"),
            Node::Literal(literal) => {
                let text = std::str::from_utf8(&literal.bytes).map_err(|_| "it asks for single bytes".to_owned())?;
                let without = literal.case == Case::Insensitive && !self.nocase;
                let mut open = false;
                for char in text.chars() {
                    // Beside what is a letter beyond ASCII, which keeps its case, a group ends; it begins at the first that has none.
                    if open && foreign(char) {
                        self.out.push(')');
                        open = false;
                    } else if without && !open && char.is_ascii_alphabetic() {
                        self.out.push_str("(?i:");
                        open = true;
                    }
                    self.char(char);
                }
                if open {
                    self.out.push(')');
                }
            }
            Node::Class(Class::Unicode(class)) => self.class(class),
            Node::Class(Class::Bytes(_)) => return Err("it asks for single bytes".to_owned()),
            Node::Look(look) => self.out.push_str(match look {
                Look::Start => "^",
                Look::End => "$",
                Look::WordUnicode | Look::WordAscii => "\\b",
                Look::WordUnicodeNegate | Look::WordAsciiNegate => "\\B",
                _ => return Err("it asks for ends of lines, or for the start or end of a word".to_owned()),
            }),
            Node::Repeat { inner, min, max, greedy } => {
                self.whole(inner)?;
                match (min, max) {
                    (0, None) => self.out.push('*'),
                    (1, None) => self.out.push('+'),
                    (0, Some(1)) => self.out.push('?'),
                    (min, None) => drop(write!(self.out, "{{{min},}}")),
                    (min, Some(max)) if min == max => drop(write!(self.out, "{{{min}}}")),
                    (min, Some(max)) => drop(write!(self.out, "{{{min},{max}}}")),
                }
                if !greedy {
                    self.out.push('?');
                }
            }
            Node::Concat(list) => {
                for node in list {
                    match node {
                        Node::Either(_) => self.group(node)?,
                        node => self.node(node)?,
                    }
                }
            }
            Node::Either(list) => {
                for (at, node) in list.iter().enumerate() {
                    if at > 0 {
                        self.out.push('|');
                    }
                    // An alternative may be empty.
                    if *node != Node::Empty {
                        self.node(node)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn group(&mut self, node: &Node) -> Result<(), String> {
        self.out.push_str("(?:");
        self.node(node)?;
        self.out.push(')');
        Ok(())
    }

    /// A piece that something behind it speaks of as a whole.
    fn whole(&mut self, node: &Node) -> Result<(), String> {
        let one = matches!(node, Node::Literal(literal) if std::str::from_utf8(&literal.bytes).is_ok_and(|text| text.chars().count() == 1));
        if one || matches!(node, Node::Class(_)) { self.node(node) } else { self.group(node) }
    }

    fn char(&mut self, char: char) {
        match char {
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            char if char.is_control() => drop(write!(self.out, "\\x{{{:x}}}", u32::from(char))),
            char => {
                if regex_syntax::is_meta_character(char) && !matches!(char, '#' | '&' | '-' | '~') {
                    self.out.push('\\');
                }
                self.out.push(char);
            }
        }
    }

    fn class(&mut self, class: &ClassUnicode) {
        let named = NAMED.iter().find(|(_, named)| named == class);
        if let Some((name, _)) = named {
            self.out.push_str(name);
            return;
        }
        let mut missing = class.clone();
        missing.negate();
        let plain = |class: &ClassUnicode| {
            let mut class = class.clone();
            if self.nocase {
                // The small letters stand for both.
                class.difference(&ClassUnicode::new([ClassUnicodeRange::new('A', 'Z')]));
            }
            members(&class)
        };
        let (holds, lacks) = (plain(class), plain(&missing));
        // What is shorter to say.
        let negative =
            lacks.len() < holds.len() || class.ranges().last().is_some_and(|range| range.end() == char::MAX) && !missing.ranges().is_empty();
        self.out.push_str(if negative { "[^" } else { "[" });
        self.out.push_str(if negative { &lacks } else { &holds });
        self.out.push(']');
    }
}

/// What stands in the brackets of a set.
fn members(class: &ClassUnicode) -> String {
    let (mut out, mut left) = (String::new(), class.clone());
    for (name, named) in NAMED.iter().filter(|(name, _)| name.len() == 2) {
        let mut held = named.clone();
        held.intersect(&left);
        if held == *named {
            out.push_str(name);
            left.difference(named);
        }
    }
    for range in left.ranges() {
        member(&mut out, range.start());
        if range.start() != range.end() {
            if u32::from(range.end()) - u32::from(range.start()) > 1 {
                out.push('-');
            }
            member(&mut out, range.end());
        }
    }
    out
}

/// A character in the brackets of a set.
fn member(out: &mut String, char: char) {
    match char {
        '\\' | ']' | '[' | '^' | '-' | '&' | '~' => out.extend(['\\', char]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        char if char.is_ascii_graphic() || char == ' ' || char.is_alphanumeric() => out.push(char),
        char => drop(write!(out, "\\x{{{:x}}}", u32::from(char))),
    }
}

/// Sets that have a name: any character, any but the end of a line, digits, words, blanks, and what none of them is.
static NAMED: LazyLock<Vec<(&'static str, ClassUnicode)>> = LazyLock::new(|| {
    let names = [".", "(?s:.)", "\\w", "\\d", "\\s", "\\W", "\\D", "\\S"];
    let class = |name: &'static str| match Regex::parse(name, Case::Sensitive).and_then(|regex| regex.node()) {
        Ok(Node::Class(Class::Unicode(class))) => Some((name, class)),
        _ => None,
    };
    names.into_iter().filter_map(class).collect()
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::regex::Literal;

    #[test]
    fn trees_are_written_as_people_write_them() {
        for (text, wanted) in [
            (r"^a\.exe$", r"^a\.exe$"),
            (r"(?:a|bc)+?x{2,3}", r"(?:a|bc)+?x{2,3}"),
            (r"\d+\s*[\w.]", r"\d+\s*[\w.]"),
            (r"[^\\/]*", r"[^/\\]*"),
            (r"a(?i:b)c.", r"a(?i:b)c."),
            (r"[[:alpha:]_-]", r"[\-A-Z_a-z]"),
            (r"(?s).x", r"(?s:.)x"),
            ("é|\u{1}", "[\\x{1}é]"),
            (r"(?:(?:a+)?b)?", r"(?:(?:a+)?b)?"),
            (r"w|w|[w]", "w"),
        ] {
            let node = Regex::parse(text, Case::Sensitive).unwrap().node().unwrap();
            assert_eq!(Regex::of(&node).unwrap().written(), wanted, "{text}");
        }
        let nocase = Regex::of(&Regex::parse("ab[c]", Case::Insensitive).unwrap().node().unwrap()).unwrap();
        assert_eq!((nocase.written(), nocase.case()), ("ab[c]", Case::Insensitive));
        let foreign = Regex::of(&Regex::parse("(?i:a)|É|/é", Case::Sensitive).unwrap().node().unwrap()).unwrap();
        assert_eq!((foreign.written(), foreign.case()), ("(?i:a)|É|/é", Case::Sensitive));
        let beside = Regex::of(&Regex::parse("(?i:1ab)é(?i:c2)", Case::Sensitive).unwrap().node().unwrap()).unwrap();
        assert_eq!((beside.written(), beside.case()), ("1(?i:ab)é(?i:c2)", Case::Sensitive));
        assert!(Regex::of(&Regex::parse("(?m)^a", Case::Sensitive).unwrap().node().unwrap()).is_err());
    }

    proptest! {
        /// What is written reads as the same tree.
        #[test]
        fn what_is_written_means_the_same(text in "[ab.*+?()\\[\\]^$|\\\\dws{}1-3é-]{1,14}", nocase: bool) {
            let case = if nocase { Case::Insensitive } else { Case::Sensitive };
            let Ok(node) = Regex::parse(&text, case).and_then(|regex| regex.node()) else { return Ok(()) };
            let Ok(again) = Regex::of(&node) else { return Ok(()) };
            // Without letters, case says nothing.
            let plain = |node: &Node| node.map(&mut |node| match node {
                Node::Literal(literal) if !literal.has_case() => Node::Literal(Literal { case: Case::Sensitive, ..literal.clone() }),
                other => other.clone(),
            });
            prop_assert_eq!(plain(&again.node().unwrap()), plain(&node), "{} as {:?}", text, again);
        }
    }
}
