//! Literal text with holes: the only form of wildcard the IR knows.

use serde::Serialize;

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

/// Text with holes, matched against the whole of a value.
///
/// **Invariant:** no two literals and no two runs stand next to each other, and no literal is empty, except that the
/// empty text is one empty literal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Pattern(Vec<Part>);

impl Pattern {
    /// Builds a pattern from parts, joining neighbours.
    #[must_use]
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut out: Vec<Part> = Vec::new();
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
        Self(out)
    }

    /// The whole text is `text`.
    #[must_use]
    pub fn exact(text: impl Into<String>) -> Self {
        Self::new([Part::Literal(text.into())])
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
        let mut parts = Vec::new();
        let mut literal = String::new();
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

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The simplest description of the pattern.
    #[must_use]
    pub fn shape(&self) -> Shape<'_> {
        match self.0.as_slice() {
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

    /// Whether the whole of `text` fits, in time proportional to the product of both lengths at worst.
    #[must_use]
    pub fn matches(&self, text: &str, case: Case) -> bool {
        let fold = |text: &str| -> Vec<char> {
            match case {
                Case::Sensitive => text.chars().collect(),
                Case::Insensitive => fold(text).collect(),
            }
        };
        let text = fold(text);
        let mut pattern: Vec<Option<char>> = Vec::new();
        let mut holes: Vec<bool> = Vec::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => {
                    for char in fold(literal) {
                        pattern.push(Some(char));
                        holes.push(false);
                    }
                }
                Part::One => {
                    pattern.push(None);
                    holes.push(false);
                }
                Part::Run => {
                    pattern.push(None);
                    holes.push(true);
                }
            }
        }
        // The usual two-pointer glob match: on a mismatch, let the last run swallow one character more.
        let (mut at, mut with, mut retry) = (0, 0, None);
        while at < text.len() {
            if holes.get(with) == Some(&true) {
                retry = Some((with, at));
                with += 1;
            } else if with < pattern.len() && pattern[with].is_none_or(|char| char == text[at]) {
                at += 1;
                with += 1;
            } else if let Some((run, from)) = retry {
                retry = Some((run, from + 1));
                at = from + 1;
                with = run + 1;
            } else {
                return false;
            }
        }
        holes[with..].iter().all(|hole| *hole)
    }
}

/// Characters in lower case, one for one, so that lengths and single-character holes keep their meaning.
pub fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|char| {
        let mut lower = char.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ => char,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
