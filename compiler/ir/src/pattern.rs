//! Literal text with holes: the only form of wildcard the IR knows.

use std::sync::Arc;

use memchr::memmem;
use serde::{Serialize, Serializer};

/// Whether letters must agree in case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// `A` is `a`, by Unicode simple lower-casing.
    #[default]
    Insensitive,
    /// `A` is not `a`.
    Sensitive,
}

/// One piece of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Part {
    /// These characters, whatever they are: `*`, `?` and `\` mean themselves.
    Literal(String),
    /// Any run of characters, also none.
    Run,
    /// Exactly one character.
    One,
}

/// What a pattern amounts to, for printers that have words for the simple forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// The whole text is this.
    Exact(&'a str),
    /// The text starts with this.
    Starts(&'a str),
    /// The text ends with this.
    Ends(&'a str),
    /// The text holds this.
    Contains(&'a str),
    /// Any text, also none.
    Anything,
    /// Holes in the middle, or single-character holes.
    General(&'a [Part]),
}

/// Text with holes, matched against the whole of a value. A copy shares the text: one value is asked of many kinds of event.
///
/// **Invariant:** no two literals and no two runs stand next to each other, and no literal is empty, except that the
/// empty text is one empty literal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Arc<[Part]>);

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("Pattern", self.parts())
    }
}

impl Pattern {
    /// Builds a pattern from parts, joining neighbours.
    #[must_use]
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        let parts = parts.into_iter();
        let mut out: Vec<Part> = Vec::with_capacity(parts.size_hint().0);
        for part in parts {
            match (out.last_mut(), part) {
                (_, Part::Literal(text)) if text.is_empty() => {}
                (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(&text),
                (Some(Part::Run), Part::Run) => {}
                (_, part) => out.push(part),
            }
        }
        if out.is_empty() {
            out.push(Part::Literal(String::new()));
        }
        Self(out.into())
    }

    /// The whole text is `text`.
    #[must_use]
    pub fn exact(text: impl Into<String>) -> Self {
        Self(Arc::new([Part::Literal(text.into())]))
    }

    /// The text starts with `text`.
    #[must_use]
    pub fn starts(text: impl Into<String>) -> Self {
        Self::new([Part::Literal(text.into()), Part::Run])
    }

    /// The text ends with `text`.
    #[must_use]
    pub fn ends(text: impl Into<String>) -> Self {
        Self::new([Part::Run, Part::Literal(text.into())])
    }

    /// The text holds `text`.
    #[must_use]
    pub fn contains(text: impl Into<String>) -> Self {
        Self::new([Part::Run, Part::Literal(text.into()), Part::Run])
    }

    /// Reads a glob: `*` is any run, `?` is one character, `\*`, `\?` and `\\` are the characters themselves; any other
    /// backslash is a backslash.
    ///
    /// ```
    /// # use ir::{Part, Pattern};
    /// let pattern = Pattern::glob(r"C:\tmp\*.ex?");
    /// assert_eq!(pattern.parts(), &[Part::Literal(r"C:\tmp*.ex".into()), Part::One]);
    /// ```
    #[must_use]
    pub fn glob(text: &str) -> Self {
        if memchr::memchr3(b'*', b'?', b'\\', text.as_bytes()).is_none() {
            return Self::exact(text);
        }
        let mut parts = Vec::with_capacity(3);
        let mut literal = String::with_capacity(text.len());
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '\\' => match chars.next_if(|next| matches!(next, '*' | '?' | '\\')) {
                    Some(escaped) => literal.push(escaped),
                    None => literal.push('\\'),
                },
                '*' | '?' => {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                    parts.push(if char == '*' { Part::Run } else { Part::One });
                }
                other => literal.push(other),
            }
        }
        parts.push(Part::Literal(literal));
        Self::new(parts)
    }

    /// The pattern as [`Self::glob`] reads it.
    #[must_use]
    pub fn to_glob(&self) -> String {
        let mut out = String::new();
        for part in self.parts() {
            match part {
                Part::Run => out.push('*'),
                Part::One => out.push('?'),
                Part::Literal(text) => {
                    for char in text.chars() {
                        if matches!(char, '*' | '?' | '\\') {
                            out.push('\\');
                        }
                        out.push(char);
                    }
                }
            }
        }
        out
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The simplest description of the pattern.
    #[must_use]
    pub fn shape(&self) -> Shape<'_> {
        match &*self.0 {
            [Part::Literal(text)] => Shape::Exact(text),
            [Part::Literal(text), Part::Run] => Shape::Starts(text),
            [Part::Run, Part::Literal(text)] => Shape::Ends(text),
            [Part::Run, Part::Literal(text), Part::Run] => Shape::Contains(text),
            [Part::Run] => Shape::Anything,
            parts => Shape::General(parts),
        }
    }

    /// The text, when the pattern has no holes.
    #[must_use]
    pub fn as_exact(&self) -> Option<&str> {
        match self.shape() {
            Shape::Exact(text) => Some(text),
            _ => None,
        }
    }

    /// The literal pieces, in order.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text.as_str()),
            Part::Run | Part::One => None,
        })
    }

    /// The pattern with another literal put before it; it then matches texts that start with `text`.
    #[must_use]
    pub fn after(&self, text: &str) -> Self {
        Self::new(std::iter::once(Part::Literal(text.to_owned())).chain(self.0.iter().cloned()))
    }

    /// The pattern with another literal put behind it.
    #[must_use]
    pub fn before(&self, text: &str) -> Self {
        Self::new(self.0.iter().cloned().chain(std::iter::once(Part::Literal(text.to_owned()))))
    }

    /// The pattern with any run allowed before it.
    #[must_use]
    pub fn anywhere_before(&self) -> Self {
        Self::new(std::iter::once(Part::Run).chain(self.0.iter().cloned()))
    }

    /// The pattern with any run allowed behind it.
    #[must_use]
    pub fn open_end(&self) -> Self {
        Self::new(self.0.iter().cloned().chain(std::iter::once(Part::Run)))
    }

    /// Whether the whole of `text` fits, in time proportional to the product of both lengths at worst.
    #[must_use]
    pub fn matches(&self, text: &str, case: Case) -> bool {
        match (self.shape(), case) {
            (Shape::Anything, _) => true,
            (Shape::Exact(wanted), Case::Sensitive) => text == wanted,
            (Shape::Starts(wanted), Case::Sensitive) => text.starts_with(wanted),
            (Shape::Ends(wanted), Case::Sensitive) => text.ends_with(wanted),
            (Shape::Contains(wanted), Case::Sensitive) => memmem::find(text.as_bytes(), wanted.as_bytes()).is_some(),
            (Shape::General(parts), Case::Sensitive) => general(parts, text, |char| char),
            // Folding changes ASCII into ASCII alone, byte for byte; so text of nothing else needs no characters. A literal with
            // others may still fit: the Kelvin sign folds to `k`.
            (shape, Case::Insensitive) if text.is_ascii() && self.literals().all(str::is_ascii) => ascii(shape, text.as_bytes()),
            (_, Case::Insensitive) => general(&self.0, text, lower),
        }
    }
}

/// Whether ASCII text fits, without case.
fn ascii(shape: Shape<'_>, text: &[u8]) -> bool {
    let same = |is: Option<&[u8]>, wanted: &str| is.is_some_and(|is| is.eq_ignore_ascii_case(wanted.as_bytes()));
    match shape {
        Shape::Anything => true,
        Shape::Exact(wanted) => same(Some(text), wanted),
        Shape::Starts(wanted) => same(text.get(..wanted.len()), wanted),
        Shape::Ends(wanted) => same(text.len().checked_sub(wanted.len()).and_then(|from| text.get(from..)), wanted),
        Shape::Contains(wanted) => ascii_find(text, wanted.as_bytes()),
        Shape::General(parts) => ascii_general(parts, text),
    }
}

/// Whether ASCII text holds other ASCII text, without case.
fn ascii_find(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else { return true };
    let Some(last) = text.len().checked_sub(wanted.len()) else { return false };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let starts = text.get(..=last).unwrap_or_default();
    memchr::memchr2_iter(lower, upper, starts).any(|at| text.get(at..at + wanted.len()).is_some_and(|is| is.eq_ignore_ascii_case(wanted)))
}

/// Whether ASCII text fits parts of ASCII, without case.
fn ascii_general(parts: &[Part], text: &[u8]) -> bool {
    // On a mismatch, the last run swallows one character more; what came before it fits in the only place that matters, its first.
    let (mut at, mut with, mut retry) = (0, 0, None);
    loop {
        let fits = match parts.get(with) {
            None => at == text.len(),
            Some(Part::Run) => {
                with += 1;
                retry = Some((with, at));
                if with == parts.len() {
                    return true;
                }
                continue;
            }
            Some(Part::One) => {
                at += 1;
                at <= text.len()
            }
            Some(Part::Literal(literal)) => {
                let is = text.get(at..at + literal.len());
                at += literal.len();
                is.is_some_and(|is| is.eq_ignore_ascii_case(literal.as_bytes()))
            }
        };
        if fits && with == parts.len() {
            return true;
        }
        if fits {
            with += 1;
        } else if let Some((after, from)) = retry
            && from < text.len()
        {
            retry = Some((after, from + 1));
            (with, at) = (after, from + 1);
        } else {
            return false;
        }
    }
}

/// Whether text fits parts, character by character, each folded.
fn general(parts: &[Part], text: &str, fold: impl Fn(char) -> char) -> bool {
    // The rest of the text where the last run began to swallow, and the parts after that run.
    let mut retry: Option<(&[Part], std::str::Chars<'_>)> = None;
    let (mut with, mut rest) = (parts, text.chars());
    loop {
        let fits = match with {
            [] => rest.as_str().is_empty(),
            [Part::Run, after @ ..] => {
                if after.is_empty() {
                    return true;
                }
                with = after;
                retry = Some((after, rest.clone()));
                continue;
            }
            [Part::One, ..] => rest.next().is_some(),
            [Part::Literal(literal), ..] => literal.chars().all(|wanted| rest.next().is_some_and(|is| fold(is) == fold(wanted))),
        };
        match (fits, with, &mut retry) {
            (true, [], _) => return true,
            (true, [_, after @ ..], _) => with = after,
            (false, _, Some((after, from))) => {
                if from.next().is_none() {
                    return false;
                }
                (with, rest) = (after, from.clone());
            }
            (false, _, None) => return false,
        }
    }
}

/// Characters in lower case, one for one, so that lengths and single-character holes keep their meaning.
pub fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(lower)
}

/// Writes text as [`fold`] has it, over what was there.
pub fn fold_into(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        out.extend(fold(text));
    }
}

fn lower(char: char) -> char {
    if char.is_ascii() {
        return char.to_ascii_lowercase();
    }
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn holes_match_what_they_say() {
        let glob = Pattern::glob("a*b?d");
        assert!(glob.matches("a--b-bcd", Case::Sensitive));
        assert!(glob.matches("AB.D", Case::Insensitive));
        assert!(!glob.matches("ab.D", Case::Sensitive));
        assert!(!glob.matches("abd", Case::Sensitive));
        assert!(Pattern::exact("").matches("", Case::Sensitive));
        assert!(!Pattern::exact("").matches("x", Case::Sensitive));
        assert!(Pattern::contains(r"*\?").matches(r"x*\?y", Case::Sensitive));
    }

    #[test]
    fn neighbours_join() {
        assert_eq!(Pattern::exact("b").after("a"), Pattern::exact("ab"));
        assert_eq!(Pattern::ends("b").anywhere_before(), Pattern::ends("b"));
        assert_eq!(Pattern::glob("***").shape(), Shape::Anything);
    }

    /// The definition: all characters in a row, holes among them.
    fn slowly(pattern: &Pattern, text: &str, case: Case) -> bool {
        let fold = |text: &str| -> Vec<char> {
            match case {
                Case::Sensitive => text.chars().collect(),
                Case::Insensitive => fold(text).collect(),
            }
        };
        fn fits(parts: &[Part], text: &[char], fold: &dyn Fn(&str) -> Vec<char>) -> bool {
            match parts {
                [] => text.is_empty(),
                [Part::Run, rest @ ..] => (0..=text.len()).any(|skip| fits(rest, &text[skip..], fold)),
                [Part::One, rest @ ..] => !text.is_empty() && fits(rest, &text[1..], fold),
                [Part::Literal(literal), rest @ ..] => {
                    let literal = fold(literal);
                    text.starts_with(&literal) && fits(rest, &text[literal.len()..], fold)
                }
            }
        }
        fits(pattern.parts(), &fold(text), &fold)
    }

    fn letters() -> impl Strategy<Value = String> {
        // Few letters, so that things fit; among them ones that fold to ASCII, that fold to two, and that have two lower cases.
        "[aAbBkK\u{212A}\u{130}\u{DF}\u{1E9E}\u{3A3}\u{3C2}\u{E9}\u{C9}\\\\.]{0,6}"
    }

    proptest! {
        #[test]
        fn matching_is_what_it_is_defined_as(
            parts in prop::collection::vec(prop_oneof![letters().prop_map(Part::Literal), Just(Part::Run), Just(Part::One)], 0..6),
            text in prop::collection::vec(letters(), 0..4),
        ) {
            let (pattern, text) = (Pattern::new(parts), text.concat());
            for case in [Case::Sensitive, Case::Insensitive] {
                prop_assert_eq!(pattern.matches(&text, case), slowly(&pattern, &text, case), "{:?} on {:?}, {:?}", pattern, text, case);
            }
        }

        #[test]
        fn ascii_is_no_different(
            parts in prop::collection::vec(prop_oneof!["[abAB]{0,3}".prop_map(Part::Literal), Just(Part::Run), Just(Part::One)], 0..7),
            text in "[abAB]{0,9}",
        ) {
            let pattern = Pattern::new(parts);
            for case in [Case::Sensitive, Case::Insensitive] {
                prop_assert_eq!(pattern.matches(&text, case), slowly(&pattern, &text, case), "{:?} on {:?}, {:?}", pattern, text, case);
            }
        }
    }
}
