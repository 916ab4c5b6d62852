//! Regular expressions as trees.
//!
//! [`Regex`] is an expression as written. Its [`Node`] is what it means, with every flag worked in: questions are asked of it
//! ([`Node::required_literals`], [`Node::anchored_start`], [`Node::matches_everything`]) and it is rewritten
//! ([`Node::lower_cased`], [`Node::on_part_of`], [`Node::begun`]) for a printer to write in a dialect, or by [`Regex::of`] in the common one.

mod begin;
mod literals;
mod named;
mod numbers;
mod print;
mod questions;
mod rewrite;
#[cfg(test)]
mod tests_of_trees;
mod tree;

use std::fmt;
use std::sync::{Arc, OnceLock};

use regex_automata::nfa::thompson::{NFA, WhichCaptures};
use regex_syntax::ast::Ast;
use regex_syntax::hir::{Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use crate::Case;

pub use literals::Required;
pub use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Look};
pub use rewrite::PartOf;
pub use tree::{Literal, Node, ascii_of, is_without_case};

/// The longest regular expression accepted, in bytes.
pub const MAX_REGEX: usize = 4096;
/// The deepest nesting accepted.
const MAX_DEPTH: u32 = 64;
/// The largest compiled form accepted, in bytes.
const MAX_COMPILED: usize = 8 << 20;

/// A regular expression in the common subset of RE2 and PCRE (the syntax of the `regex` crate), searched for anywhere
/// in a value unless it is anchored.
#[derive(Clone)]
pub struct Regex {
    text: Box<str>,
    ast: Ast,
    case: Case,
    /// Bytes of the shortest text that it can match.
    shortest: usize,
    /// Made when something is first searched for: most expressions are only read and printed, and compiling one takes longer than both.
    compiled: Compiled,
    /// The same for the bytes of a file: as its case says, and without case.
    over_bytes: [Compiled; 2],
}

/// A compiled form, once it was needed; copies of an expression share it.
type Compiled = Arc<OnceLock<Option<::regex::bytes::Regex>>>;

impl Regex {
    /// Parses a regular expression.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, in one line, when it does not parse or is too large.
    pub fn parse(text: &str, case: Case) -> Result<Self, String> {
        if text.len() > MAX_REGEX {
            return Err(format!("the expression has {} bytes, more than {MAX_REGEX}", text.len()));
        }
        let ast =
            regex_syntax::ast::parse::ParserBuilder::new().nest_limit(MAX_DEPTH).build().parse(text).map_err(|error| error.kind().to_string())?;
        let hir = regex_syntax::hir::translate::TranslatorBuilder::new()
            .utf8(false)
            .case_insensitive(case == Case::Insensitive)
            .build()
            .translate(text, &ast)
            .map_err(|error| error.kind().to_string())?;
        let fits = |size: u64| size <= MAX_COMPILED as u64;
        if !fits(size(&hir, &spelt)) && !fits(size(&hir, &measured)) {
            // Whether it is too large is only known when it is compiled.
            compile(text, case).map_err(|error| match error {
                ::regex::Error::CompiledTooBig(_) => format!("compiled, the expression is larger than {MAX_COMPILED} bytes"),
                other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
            })?;
        }
        let shortest = hir.properties().minimum_len().unwrap_or(usize::MAX);
        Ok(Self { text: text.into(), ast, case, shortest, compiled: Arc::default(), over_bytes: Default::default() })
    }

    /// The expression as written: for printers, and for messages to people. What an expression means is asked of its tree.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.text
    }

    /// The tree, for printers that re-print it in another dialect.
    #[must_use]
    pub fn ast(&self) -> &Ast {
        &self.ast
    }

    /// Whether case counts.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// Whether it matches anywhere in `text`.
    #[must_use]
    pub fn is_match(&self, text: &[u8]) -> bool {
        if text.len() < self.shortest {
            return false;
        }
        self.compiled.get_or_init(|| compile(&self.text, self.case).ok()).as_ref().is_some_and(|compiled| compiled.is_match(text))
    }

    /// Whether whatever it matches holds one of these characters.
    ///
    /// ```
    /// # use ir::{Case, Regex};
    /// let regex = Regex::parse(r"(^|\\)a\.exe|[\\/]b", Case::Insensitive)?;
    /// assert!(!regex.asks_for(&['\\', '/']));
    /// assert!(Regex::parse(r"[\\/](a|b)\.exe$", Case::Insensitive)?.asks_for(&['\\', '/']));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn asks_for(&self, chars: &[char]) -> bool {
        let translated = regex_syntax::hir::translate::TranslatorBuilder::new().utf8(false).build().translate(&self.text, &self.ast);
        translated.is_ok_and(|hir| asks_for(&hir, chars))
    }

    /// The expression as it is searched for in the bytes of a file: `.` is one byte, `\w` and case are ASCII's. `None` when
    /// it cannot be said of bytes.
    #[must_use]
    pub fn over_bytes(&self, nocase: bool) -> Option<&::regex::bytes::Regex> {
        // Not by way of the tree's text: the library writes what is repeated twice, `(?:a+)?`, as the lazy `a+?`.
        let nocase = nocase || self.case == Case::Insensitive;
        let compile = || {
            let mut builder = ::regex::bytes::RegexBuilder::new(&self.text);
            builder.unicode(false).case_insensitive(nocase).nest_limit(MAX_DEPTH).size_limit(MAX_COMPILED).build().ok()
        };
        let [cased, without_case] = &self.over_bytes;
        (if nocase { without_case } else { cased }).get_or_init(compile).as_ref()
    }

    /// What the expression means on text: characters, with every flag of its own worked in.
    ///
    /// # Errors
    ///
    /// Says in one line what cannot be said of characters: single bytes (`(?-u:\xFF)`).
    pub fn node(&self) -> Result<Node, String> {
        tree::read(&self.text, &self.ast, tree::Setting::new(true, self.case == Case::Insensitive), true)
    }

    /// What the expression means on the bytes of a file: `.` is one byte, `\w` and case are ASCII's; `nocase` is taken instead of its case.
    ///
    /// # Errors
    ///
    /// Says in one line what cannot be said of bytes.
    pub fn node_of_bytes(&self, nocase: bool) -> Result<Node, String> {
        tree::read(&self.text, &self.ast, tree::Setting::new(false, nocase), false)
    }

    /// The expression as a tree over bytes, with every flag of its own worked in; `nocase` is taken instead of its case.
    ///
    /// # Errors
    ///
    /// Says in one line what cannot be said of bytes: a class of characters beyond ASCII, for instance.
    pub fn bytes_tree(&self, nocase: bool) -> Result<Hir, String> {
        regex_syntax::hir::translate::TranslatorBuilder::new()
            .unicode(false)
            .utf8(false)
            .case_insensitive(nocase)
            .build()
            .translate(&self.text, &self.ast)
            .map_err(|error| error.kind().to_string())
    }
}

fn asks_for(hir: &Hir, chars: &[char]) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| text.contains(chars)),
        HirKind::Class(Class::Unicode(class)) => {
            let among = |range: &ClassUnicodeRange| (range.start()..=range.end()).take(chars.len() + 1).all(|char| chars.contains(&char));
            !class.ranges().is_empty() && class.iter().all(among)
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => repetition.min > 0 && asks_for(&repetition.sub, chars),
        HirKind::Capture(capture) => asks_for(&capture.sub, chars),
        HirKind::Concat(list) => list.iter().any(|part| asks_for(part, chars)),
        HirKind::Alternation(list) => list.iter().all(|part| asks_for(part, chars)),
    }
}

fn compile(text: &str, case: Case) -> Result<::regex::bytes::Regex, ::regex::Error> {
    ::regex::bytes::RegexBuilder::new(text).case_insensitive(case == Case::Insensitive).nest_limit(MAX_DEPTH).size_limit(MAX_COMPILED).build()
}

/// What a state of the compiled form takes at most, in bytes.
const STATE: u64 = 70;

/// How large the compiled form is at most, in bytes: every part as often as it is repeated. `of` tells it for a class of characters.
fn size(hir: &Hir, of: &dyn Fn(&ClassUnicode) -> u64) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len() as u64 * STATE,
        HirKind::Class(Class::Unicode(class)) => of(class),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() as u64 * STATE,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            // Each time may be the last, which is a state of its own, with one where the ways meet again.
            size(&repetition.sub, of).saturating_add(2 * STATE).saturating_mul(u64::from(times)).saturating_add(STATE)
        }
        HirKind::Capture(capture) => size(&capture.sub, of).saturating_add(2 * STATE),
        HirKind::Concat(list) | HirKind::Alternation(list) => list.iter().map(|part| size(part, of)).fold(STATE, u64::saturating_add),
    }
}

/// How large a class is when nothing in it is shared: a state for each range of bytes that spells its characters in UTF-8.
fn spelt(class: &ClassUnicode) -> u64 {
    let mut sequences = Utf8Sequences::new('a', 'a');
    let mut states = |range: &ClassUnicodeRange| {
        if range.end().is_ascii() {
            return 1;
        }
        sequences.reset(range.start(), range.end());
        sequences.by_ref().map(|sequence| sequence.len() as u64).sum::<u64>()
    };
    class.iter().map(&mut states).sum::<u64>().saturating_mul(STATE)
}

/// How large a class is when it is compiled alone, read forwards or backwards, with as much again for the way there.
fn measured(class: &ClassUnicode) -> u64 {
    let hir = Hir::class(Class::Unicode(class.clone()));
    let of = |reverse| {
        let config = NFA::config().reverse(reverse).which_captures(WhichCaptures::None).utf8(false).nfa_size_limit(Some(MAX_COMPILED));
        NFA::compiler().configure(config).build_from_hir(&hir).map_or(u64::MAX, |nfa| nfa.memory_usage() as u64)
    };
    of(false).max(of(true)).saturating_mul(2)
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.text, if self.case == Case::Insensitive { "i" } else { "" })
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.case == other.case
    }
}

impl Eq for Regex {}

impl PartialOrd for Regex {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Regex {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.text, self.case).cmp(&(&other.text, other.case))
    }
}

impl std::hash::Hash for Regex {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.text, self.case).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_refused_when_it_is_read() {
        for text in ["(a{1,999}){1,999}", r"\w{999}", "(?i)(é{1,99}){1,99}x{999}{99}"] {
            let why = Regex::parse(text, Case::Sensitive).err().unwrap_or_default();
            assert!(why.contains("larger than"), "{text}: {why}");
        }
        assert!(Regex::parse("a(", Case::Sensitive).is_err());
        assert!(Regex::parse(r"\p{Nothing}", Case::Sensitive).is_err());
    }

    #[test]
    fn what_is_light_can_always_be_compiled() {
        // As often as is still light, in several ways of being heavy.
        let pieces = [
            "a",
            "a?",
            "[ab]*",
            "ab|c",
            "(a|bc)+",
            r"\w",
            r"\W?",
            r"\d",
            ".",
            "[^a]",
            r"\p{L}",
            "[é-ü]",
            "[\u{10000}-\u{10ffff}]",
            "(?:a?b?){3}",
            "(x(y(z)?)?)?",
            r"\b",
            r"\s|\w",
        ];
        for piece in pieces {
            for case in [Case::Sensitive, Case::Insensitive] {
                for of in [spelt, measured] {
                    let text = |times: u64| format!("(?:{piece}){{{times}}}");
                    let heavy = |times: u64| translate(&text(times), case).is_ok_and(|hir| size(&hir, &of) > MAX_COMPILED as u64);
                    let one = translate(&text(1), case).map_or(STATE, |hir| size(&hir, &of));
                    assert!(one < 1 << 20, "{piece} is of size {one}");
                    let mut times = (MAX_COMPILED as u64 / one.max(1)).clamp(1, 60_000);
                    while times > 1 && heavy(times) {
                        times -= (times / 50).max(1);
                    }
                    assert!(compile(&text(times), case).is_ok(), "{} of size {one}", text(times));
                }
            }
        }
        assert!(Regex::parse("^b+$", Case::Insensitive).is_ok_and(|regex| regex.is_match(b"BB") && regex.clone().is_match(b"b")));
    }

    #[test]
    fn what_is_too_short_is_told_without_compiling() {
        for text in ["", "a", "é", "ab", "\u{212a}"] {
            for regex in ["^$", "a?", "b", r"\b", "é|ab", "k", "(?:ab){1,2}", "..", r"a*$"] {
                let read = Regex::parse(regex, Case::Insensitive).unwrap_or_else(|why| panic!("{regex}: {why}"));
                let wanted = compile(regex, Case::Insensitive).is_ok_and(|compiled| compiled.is_match(text.as_bytes()));
                assert_eq!(read.is_match(text.as_bytes()), wanted, "{regex} on {text}");
            }
        }
        let read = Regex::parse("abc+", Case::Insensitive).unwrap_or_else(|why| panic!("{why}"));
        assert!(!read.is_match(b"ab") && read.compiled.get().is_none());
    }

    fn translate(text: &str, case: Case) -> Result<Hir, String> {
        let ast = regex_syntax::ast::parse::Parser::new().parse(text).map_err(|error| error.to_string())?;
        let mut translator = regex_syntax::hir::translate::TranslatorBuilder::new().utf8(false).case_insensitive(case == Case::Insensitive).build();
        translator.translate(text, &ast).map_err(|error| error.to_string())
    }
}
