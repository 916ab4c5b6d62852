//! How a regular expression of the description is said in PCRE.
//!
//! The engine compares bytes, so classes are those of ASCII and a hole is a byte. Structure is taken from the
//! expression's tree, never from its text: nothing that was written can become syntax.

use backend::Refusal;
use ir::{Case, Regex};
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use source::{Code, Span};

use super::pattern::either;
use super::{Choice, Lowering, Options};
use crate::ast::{Content, Item, Pcre, Re, Sign};

pub(crate) static REGEX: Code = Code::warn("suricata.regex", "a regular expression asks for characters outside ASCII");

impl Lowering<'_, '_> {
    /// The expression's tree, for bytes.
    pub(super) fn expression(&self, regex: &Regex, span: Span) -> Result<Re, Refusal> {
        let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex.as_str());
        match parsed.ok().and_then(|hir| tree(&hir)) {
            Some(re) => Ok(re),
            None => {
                self.refuse(&REGEX, span, format!("`/{}/` asks for classes of characters outside ASCII, and PCRE sees bytes here", regex.as_str()))
            }
        }
    }

    /// Any of the expressions in a buffer.
    pub(super) fn matches(&self, buffer: Option<&'static str>, list: &[Regex], span: Span) -> Result<Options, Refusal> {
        let mut choices = Vec::new();
        let mut joined = Vec::new();
        for regex in list {
            let expression = self.expression(regex, span)?;
            let nocase = regex.case() == Case::Insensitive;
            joined.push(expression.clone());
            let mut items: Vec<Item> = buffer.map(Item::Buffer).into_iter().collect();
            items.extend(literal(regex).map(|bytes| Item::Content(Content { bytes, nocase, ..Content::default() })));
            items.push(Item::Pcre(Pcre { sign: Sign::Is, expression, nocase, lines: false }));
            choices.push(Choice { label: if list.len() > 1 { regex.as_str().to_owned() } else { String::new() }, items });
        }
        let same_case = list.iter().all(|regex| Some(regex.case()) == list.first().map(Regex::case));
        let joined = (list.len() > 1 && same_case).then(|| {
            let nocase = list.first().is_some_and(|regex| regex.case() == Case::Insensitive);
            let pcre = Item::Pcre(Pcre { sign: Sign::Is, expression: either(joined), nocase, lines: false });
            buffer.map(Item::Buffer).into_iter().chain([pcre]).collect()
        });
        Ok(Options { choices, joined, to_client: false })
    }

    /// None of the expressions in a buffer that is there.
    pub(super) fn matches_not(&self, buffer: &'static str, optional: bool, list: &[Regex], span: Span) -> Result<Vec<Item>, Refusal> {
        let mut items = vec![Item::Buffer(buffer)];
        items.extend(self.absent_or_else(optional));
        for regex in list {
            let expression = self.expression(regex, span)?;
            items.push(Item::Pcre(Pcre { sign: Sign::Not, expression, nocase: regex.case() == Case::Insensitive, lines: false }));
        }
        Ok(items)
    }
}

/// A run of bytes that every match holds, as a fast pattern.
fn literal(regex: &Regex) -> Option<Vec<u8>> {
    let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex.as_str()).ok()?;
    let mut longest: Vec<u8> = Vec::new();
    required(&hir, &mut longest);
    (longest.len() >= 3).then_some(longest)
}

fn required(hir: &Hir, longest: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() > longest.len() && literal.0.is_ascii() => *longest = literal.0.to_vec(),
        HirKind::Concat(list) => list.iter().for_each(|inner| required(inner, longest)),
        HirKind::Capture(capture) => required(&capture.sub, longest),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub, longest),
        _ => {}
    }
}

fn tree(hir: &Hir) -> Option<Re> {
    Some(match hir.kind() {
        HirKind::Empty => Re::Seq(Vec::new()),
        HirKind::Literal(literal) => Re::Bytes(literal.0.to_vec()),
        HirKind::Class(Class::Bytes(class)) => Re::Class(class.ranges().iter().map(|range| (range.start(), range.end())).collect()),
        HirKind::Class(Class::Unicode(class)) => {
            Re::Class(class.ranges().iter().map(|range| Some((ascii(range.start())?, ascii(range.end())?))).collect::<Option<_>>()?)
        }
        HirKind::Look(look) => Re::Raw(match look {
            Look::Start => "\\A",
            Look::End => "\\z",
            Look::StartLF => "(?m:^)",
            Look::EndLF => "(?m:$)",
            Look::WordAscii => "\\b",
            Look::WordAsciiNegate => "\\B",
            _ => return None,
        }),
        HirKind::Repetition(repetition) => {
            // PCRE counts to 65,535.
            if repetition.min > 65_535 || repetition.max.is_some_and(|max| max > 65_535) {
                return None;
            }
            Re::Repeat { inner: Box::new(tree(&repetition.sub)?), min: repetition.min, max: repetition.max, greedy: repetition.greedy }
        }
        HirKind::Capture(capture) => Re::Seq(vec![tree(&capture.sub)?]),
        HirKind::Concat(list) => Re::Seq(list.iter().map(tree).collect::<Option<_>>()?),
        HirKind::Alternation(list) => Re::Either(list.iter().map(tree).collect::<Option<_>>()?),
    })
}

fn ascii(char: char) -> Option<u8> {
    u8::try_from(char).ok().filter(u8::is_ascii)
}
