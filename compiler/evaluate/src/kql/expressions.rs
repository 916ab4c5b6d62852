//! What does a regular expression find?
//!
//! The vendor listed the syntax of RE2 (<https://learn.microsoft.com/azure/data-explorer/kusto/query/re2>) and lists a larger one since
//! (<https://learn.microsoft.com/kusto/query/regex>). In the first, `\d`, `\w`, `\s` and `\b` know ASCII alone, in the second more. Both readings
//! are kept: where they differ on a text, nothing is found but a [`Fault`]. What only one of the two has is a [`Fault`] when it is read.

use std::sync::OnceLock;

use regex::Regex;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, ClassUnicodeKind, Flag, Flags, FlagsItemKind, print::Printer,
};

use crate::Fault;

/// How deep groups may stand in each other.
const NEST: u32 = 50;

/// A regular expression, in both readings.
#[derive(Debug)]
pub(super) struct Readings {
    /// Compiled when they are first asked: many are never, since rows are filtered before.
    narrow: Compiled,
    /// The expression as it stands, when the readings may differ.
    wide: Option<Compiled>,
    groups: usize,
    /// Whether only texts of ASCII have one meaning.
    ascii_only: bool,
}

/// An expression that is compiled when it is needed.
#[derive(Debug)]
struct Compiled {
    text: String,
    regex: OnceLock<Option<Regex>>,
}

impl Compiled {
    fn new(text: String) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    fn get(&self) -> Result<&Regex, Fault> {
        self.regex.get_or_init(|| Regex::new(&self.text).ok()).as_ref().ok_or_else(|| foreign(&self.text))
    }
}

/// Which argument of a function is a regular expression.
pub(super) fn argument(function: &str) -> Option<usize> {
    match function {
        "extract" | "extract_all" | "trim" | "trim_start" | "trim_end" => Some(0),
        "replace_regex" => Some(1),
        _ => None,
    }
}

/// The expressions that a function makes of its own.
pub(super) fn compiled(function: &str, pattern: &str) -> Vec<String> {
    let ends = |start: bool| at_end(pattern, start).to_vec();
    match function {
        "trim" => [ends(true), ends(false)].concat(),
        "trim_start" => ends(true),
        "trim_end" => ends(false),
        _ => vec![pattern.to_owned()],
    }
}

/// What is removed by `trim_start` and `trim_end`: the expression at one end, and there repeatedly.
pub(super) fn at_end(of: &str, start: bool) -> [String; 2] {
    if start { [format!("^(?:{of})"), format!("^(?:{of})+")] } else { [format!("(?:{of})$"), format!("(?:{of})+$")] }
}

fn foreign(pattern: &str) -> Fault {
    Fault::Unknown(format!("the regular expression `{pattern}`"))
}

impl Readings {
    /// Compiles an expression.
    pub(super) fn new(pattern: &str) -> Result<Self, Fault> {
        let wrong = || foreign(pattern);
        // One of the two reads it as a repetition, the other as letters.
        if pattern.contains("{,") {
            return Err(wrong());
        }
        let mut ast = ParserBuilder::new().nest_limit(NEST).build().parse(pattern).map_err(|_| wrong())?;
        let mut found = Found::default();
        narrow(&mut ast, &mut found, pattern)?;
        let mut text = String::with_capacity(pattern.len());
        if found.differs {
            Printer::new().print(&ast, &mut text).map_err(|_| wrong())?;
        } else {
            text.push_str(pattern);
        }
        Ok(Self {
            narrow: Compiled::new(text),
            wide: found.differs.then(|| Compiled::new(pattern.to_owned())),
            groups: found.groups + 1,
            ascii_only: found.ascii_only,
        })
    }

    /// How many groups it has, the whole included.
    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// What both readings say about a text.
    pub(super) fn ask<T: PartialEq>(&self, text: &str, answer: impl Fn(&Regex) -> T) -> Result<T, Fault> {
        let narrow = answer(self.narrow.get()?);
        if (self.wide.is_some() || self.ascii_only) && (!text.is_ascii() || text.contains('\u{b}')) {
            let differs = || Fault::Unknown(format!("the regular expression `{}` on text beyond ASCII", self.narrow.text));
            if self.ascii_only {
                return Err(differs());
            }
            if let Some(wide) = &self.wide
                && answer(wide.get()?) != narrow
            {
                return Err(differs());
            }
        }
        Ok(narrow)
    }

    /// Replaces every match.
    pub(super) fn replace(&self, text: &str, rewrite: &[Piece]) -> Result<String, Fault> {
        self.ask(text, |regex| {
            let mut out = String::with_capacity(text.len());
            let mut from = 0;
            for captures in regex.captures_iter(text) {
                let Some(whole) = captures.get(0) else { continue };
                out.push_str(text.get(from..whole.start()).unwrap_or_default());
                for piece in rewrite {
                    match piece {
                        Piece::Text(text) => out.push_str(text),
                        Piece::Group(group) => out.push_str(captures.get(*group).map_or("", |group| group.as_str())),
                    }
                }
                from = whole.end();
            }
            out.push_str(text.get(from..).unwrap_or_default());
            out
        })
    }
}

/// A piece of what a match is replaced by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Group(usize),
}

/// What a match is replaced by: `\1` stands for a group.
pub(super) fn rewrite(text: &str, groups: usize) -> Result<Vec<Piece>, Fault> {
    let wrong = || Fault::Unknown(format!("the replacement `{text}`"));
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at_checked(at).ok_or_else(wrong)?;
        out.push(Piece::Text(before.to_owned()));
        let digit = escape.as_bytes().get(1).filter(|byte| byte.is_ascii_digit()).ok_or_else(wrong)?;
        let group = usize::from(digit - b'0');
        if group >= groups {
            return Err(wrong());
        }
        out.push(Piece::Group(group));
        rest = escape.get(2..).unwrap_or_default();
    }
    out.push(Piece::Text(rest.to_owned()));
    Ok(out)
}

/// What an expression has.
#[derive(Default)]
struct Found {
    /// Classes that are wider in one reading.
    differs: bool,
    ascii_only: bool,
    groups: usize,
}

/// Narrows classes to ASCII; what is not in both syntaxes is a fault.
fn narrow(ast: &mut Ast, found: &mut Found, pattern: &str) -> Result<(), Fault> {
    let wrong = || foreign(pattern);
    match ast {
        Ast::Empty(_) | Ast::Literal(_) | Ast::Dot(_) => Ok(()),
        Ast::Flags(set) => flags(&set.flags).then_some(()).ok_or_else(wrong),
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::StartLine | AssertionKind::EndLine | AssertionKind::StartText | AssertionKind::EndText => Ok(()),
            AssertionKind::WordBoundary => {
                found.differs = true;
                *ast = parsed(r"(?-u:\b)").ok_or_else(wrong)?;
                Ok(())
            }
            AssertionKind::NotWordBoundary => {
                found.ascii_only = true;
                Ok(())
            }
            _ => Err(wrong()),
        },
        Ast::ClassUnicode(class) => named(&class.kind).then_some(()).ok_or_else(wrong),
        Ast::ClassPerl(class) => {
            found.differs = true;
            *ast = parsed(ascii(class)).ok_or_else(wrong)?;
            Ok(())
        }
        Ast::ClassBracketed(class) => match &mut class.kind {
            ClassSet::Item(item) => narrow_item(item, found, pattern),
            ClassSet::BinaryOp(_) => Err(wrong()),
        },
        Ast::Repetition(repetition) => narrow(&mut repetition.ast, found, pattern),
        Ast::Group(group) => {
            if group.flags().is_some_and(|set| !flags(set)) {
                return Err(wrong());
            }
            found.groups += usize::from(group.is_capturing());
            narrow(&mut group.ast, found, pattern)
        }
        Ast::Alternation(list) => list.asts.iter_mut().try_for_each(|ast| narrow(ast, found, pattern)),
        Ast::Concat(list) => list.asts.iter_mut().try_for_each(|ast| narrow(ast, found, pattern)),
    }
}

fn narrow_item(item: &mut ClassSetItem, found: &mut Found, pattern: &str) -> Result<(), Fault> {
    let wrong = || foreign(pattern);
    match item {
        ClassSetItem::Empty(_) | ClassSetItem::Literal(_) | ClassSetItem::Range(_) | ClassSetItem::Ascii(_) => Ok(()),
        ClassSetItem::Unicode(class) => named(&class.kind).then_some(()).ok_or_else(wrong),
        ClassSetItem::Perl(class) => {
            found.differs = true;
            let Some(Ast::ClassBracketed(class)) = &parsed(ascii(class)) else { return Err(wrong()) };
            *item = ClassSetItem::Bracketed(class.clone());
            Ok(())
        }
        ClassSetItem::Bracketed(_) => Err(wrong()),
        ClassSetItem::Union(union) => union.items.iter_mut().try_for_each(|item| narrow_item(item, found, pattern)),
    }
}

/// Whether both know a class of this name: a general category by its letters, or a script.
fn named(kind: &ClassUnicodeKind) -> bool {
    match kind {
        ClassUnicodeKind::OneLetter(_) => true,
        ClassUnicodeKind::Named(name) => {
            name.len() <= 2 || (name.starts_with(|first: char| first.is_ascii_uppercase()) && Regex::new(&format!(r"\p{{sc={name}}}")).is_ok())
        }
        ClassUnicodeKind::NamedValue { .. } => false,
    }
}

fn flags(set: &Flags) -> bool {
    set.items.iter().all(|item| {
        matches!(
            item.kind,
            FlagsItemKind::Negation | FlagsItemKind::Flag(Flag::CaseInsensitive | Flag::MultiLine | Flag::DotMatchesNewLine | Flag::SwapGreed)
        )
    })
}

fn ascii(class: &ClassPerl) -> &'static str {
    match (&class.kind, class.negated) {
        (ClassPerlKind::Digit, false) => "[0-9]",
        (ClassPerlKind::Digit, true) => "[^0-9]",
        (ClassPerlKind::Space, false) => r"[\t\n\f\r ]",
        (ClassPerlKind::Space, true) => r"[^\t\n\f\r ]",
        (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
        (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
    }
}

fn parsed(text: &str) -> Option<Ast> {
    ParserBuilder::new().build().parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readings_have_to_agree() {
        let word = Readings::new(r"^\w+$").unwrap();
        assert_eq!(word.ask("abc", |regex| regex.is_match("abc")), Ok(true));
        assert!(word.ask("é", |regex| regex.is_match("é")).is_err());
        let class = Readings::new(r"[^\s/]+\b").unwrap();
        assert_eq!(class.ask("a é", |regex| regex.find("a é").map(|found| found.end())), Ok(Some(1)));
        for foreign in [r"a{,2}", r"[a[b]]", r"[a&&b]", r"(?x)a", r"\b{start}a", r"(a", r"\p{Alphabetic}", r"(?=a)"] {
            assert!(Readings::new(foreign).is_err(), "{foreign}");
        }
    }

    #[test]
    fn matches_are_replaced() {
        let regex = Readings::new(r"(?i)^HKU\\S-1-5-21-[0-9-]+(\\|$)").unwrap();
        let pieces = rewrite(r"HKCU\1", regex.groups()).unwrap();
        assert_eq!(regex.replace(r"HKU\S-1-5-21-1-2\x", &pieces), Ok(r"HKCU\x".to_owned()));
        assert!(rewrite(r"\2", 2).is_err());
        assert!(rewrite(r"\n", 2).is_err());
    }
}
