//! Which characters does an expression name, and what is it without the flag for case before it?

use regex_syntax::ast::{Ast, ClassSetItem, Flag, FlagsItemKind, Visitor, visit};

use super::Regex;
use crate::Case;

impl Regex {
    /// Whether no character outside ASCII is named. Sets such as `\w` and `[^a]` hold such characters and name none.
    ///
    /// ```
    /// # use ir::{Case, Regex};
    /// assert!(Regex::parse(r"\w+[^a]\.exe", Case::Insensitive)?.is_ascii());
    /// assert!(!Regex::parse(r"caf(?:é|e)", Case::Insensitive)?.is_ascii());
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        !self.names(|char| !char.is_ascii())
    }

    /// Whether this character is named: it stands in the expression for itself, or as one, or as the first or the last, of a set.
    ///
    /// ```
    /// # use ir::{Case, Regex};
    /// assert!(Regex::parse("/a[%+]20b", Case::Sensitive)?.may_hold('%'));
    /// assert!(!Regex::parse("/a.{3}b", Case::Sensitive)?.may_hold('%'));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn may_hold(&self, wanted: char) -> bool {
        self.names(|char| char == wanted)
    }

    /// Roughly how many bytes it has where it is written, to tell beforehand what becomes too long.
    #[must_use]
    pub fn length_hint(&self) -> usize {
        self.text.len()
    }

    /// The expression without the flag for case that may stand before everything else, as one in which case counts. `None` when nothing is left
    /// that can be read.
    ///
    /// ```
    /// # use ir::{Case, Regex};
    /// let bare = Regex::parse("(?is)ab.c", Case::Sensitive)?.without_case_flag().ok_or("it can be read")?;
    /// assert!(bare.is_match(b"ab\nc") && !bare.is_match(b"AB\nc"));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn without_case_flag(&self) -> Option<Self> {
        let first = match &self.ast {
            Ast::Concat(list) => list.asts.first().unwrap_or(&self.ast),
            other => other,
        };
        let Ast::Flags(set) = first else { return Self::parse(&self.text, Case::Sensitive).ok() };
        let items = &set.flags.items;
        if items.iter().any(|item| item.kind == FlagsItemKind::Negation) {
            return Self::parse(&self.text, Case::Sensitive).ok();
        }
        let kept = items.iter().filter(|item| item.kind != FlagsItemKind::Flag(Flag::CaseInsensitive));
        let kept: String = kept.filter_map(|item| self.text.get(item.span.start.offset..item.span.end.offset)).collect();
        let rest = self.text.get(set.span.end.offset..)?;
        Self::parse(&if kept.is_empty() { rest.to_owned() } else { format!("(?{kept}){rest}") }, Case::Sensitive).ok()
    }

    fn names(&self, wanted: impl Fn(char) -> bool) -> bool {
        visit(&self.ast, Named { wanted, found: false }).unwrap_or(false)
    }
}

/// Looks at each character that is named.
struct Named<W> {
    wanted: W,
    found: bool,
}

impl<W: Fn(char) -> bool> Visitor for Named<W> {
    type Output = bool;
    type Err = std::convert::Infallible;

    fn finish(self) -> Result<bool, Self::Err> {
        Ok(self.found)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        if let Ast::Literal(literal) = ast {
            self.found |= (self.wanted)(literal.c);
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Self::Err> {
        self.found |= match item {
            ClassSetItem::Literal(literal) => (self.wanted)(literal.c),
            ClassSetItem::Range(range) => (self.wanted)(range.start.c) || (self.wanted)(range.end.c),
            _ => false,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Regex {
        Regex::parse(text, Case::Insensitive).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    #[test]
    fn characters_are_named_by_themselves_and_at_the_ends_of_sets() {
        for (text, ascii, percent) in [
            ("", true, false),
            ("a%20", true, true),
            (r"[^%]\w\p{L}.", true, true),
            (r"[!-~]", true, false),
            (r"(?:x|(?P<name>é+))?", false, false),
            (r"[a-ü]", false, false),
            (r"[[:alpha:]&&[^é]]", false, false),
            (r"\x25", true, true),
            (r"(?x) a # caf\x{e9} %", true, false),
        ] {
            assert_eq!((read(text).is_ascii(), read(text).may_hold('%')), (ascii, percent), "{text}");
        }
    }

    #[test]
    fn the_flag_for_case_goes_and_others_stay() {
        for (text, wanted) in [
            ("abc", "abc"),
            ("(?i)abc", "abc"),
            ("(?is)a.c", "(?s)a.c"),
            ("(?s)a.c", "(?s)a.c"),
            ("(?i-s)abc", "(?i-s)abc"),
            ("(?i:abc)d", "(?i:abc)d"),
            ("a(?i)b", "a(?i)b"),
            ("(?i)", ""),
        ] {
            assert_eq!(read(text).without_case_flag(), Regex::parse(wanted, Case::Sensitive).ok(), "{text}");
        }
    }
}
