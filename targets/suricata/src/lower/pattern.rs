//! How a text pattern is looked for in a buffer that holds a whole value.

use backend::Refusal;
use ir::{Case, Part as Hole, Pattern, Shape};
use source::Span;

use super::buffer::{Buffer, Fold};
use super::lowering::{Choice, Lowering, MAX_CONTENT, Options, TOO_LONG};
use crate::ast::{Content, Item, Number, Pcre, Re, Sign};

/// More exact values than this go into a data set.
pub(super) const DATASET: usize = 500;

impl Lowering<'_, '_> {
    /// Any of the patterns, in a buffer that holds the whole value.
    pub(super) fn whole(&mut self, buffer: &'static str, fold: Fold, patterns: &[Pattern], case: Case, span: Span) -> Result<Options, Refusal> {
        let patterns: Vec<Pattern> = canonical(patterns, fold);
        let case = if fold == Fold::Lower { Case::Sensitive } else { case };
        let exact: Option<Vec<&str>> = patterns.iter().map(Pattern::as_exact).collect();
        if let Some(values) = exact.filter(|values| values.len() > DATASET) {
            return Ok(Options::one(self.string_dataset(buffer, fold, &values, case, Sign::Is)));
        }
        let mut choices = Vec::with_capacity(patterns.len());
        for pattern in &patterns {
            let mut items = vec![Item::Buffer(buffer)];
            items.extend(self.single(pattern, case, span)?);
            choices.push(Choice { label: label(pattern), items });
        }
        let joined = (patterns.len() > 1).then(|| {
            let nocase = case == Case::Insensitive;
            vec![Item::Buffer(buffer), Item::Pcre(Pcre { sign: Sign::Is, expression: whole_value(&patterns), nocase, lines: false })]
        });
        Ok(Options { choices, joined, to_client: false })
    }

    /// None of the patterns, in a buffer that is there.
    pub(super) fn none_of(&mut self, buffer: Buffer, patterns: &[Pattern], case: Case) -> Vec<Item> {
        let Buffer { name: buffer, fold, optional, .. } = buffer;
        let patterns = canonical(patterns, fold);
        let case = if fold == Fold::Lower { Case::Sensitive } else { case };
        let exact: Option<Vec<&str>> = patterns.iter().map(Pattern::as_exact).collect();
        if let Some(values) = exact.filter(|values| values.len() > DATASET) {
            return self.string_dataset(buffer, fold, &values, case, Sign::Not);
        }
        let nocase = case == Case::Insensitive;
        let mut items = vec![Item::Buffer(buffer)];
        items.extend(self.absent_or_else(optional));
        match patterns.as_slice() {
            [one] if is_plain(one, case) && one.as_exact().is_none() => match one.shape() {
                Shape::Starts(text) | Shape::Contains(text) => items.push(Item::Content(Content {
                    bytes: text.as_bytes().to_vec(),
                    negated: true,
                    nocase,
                    starts: matches!(one.shape(), Shape::Starts(_)),
                    ..Content::default()
                })),
                // Of a negated content at the end the engine looks at the first occurrence alone: `a.txt.txt` would not end in `.txt`.
                Shape::Ends(text) => {
                    let expression = Re::Seq(vec![Re::Text(text.to_owned()), Re::Raw("$")]);
                    items.push(Item::Pcre(Pcre { sign: Sign::Not, expression, nocase, lines: false }));
                }
                _ => items.push(Item::Pcre(Pcre { sign: Sign::Not, expression: whole_value(&patterns), nocase, lines: false })),
            },
            _ => items.push(Item::Pcre(Pcre { sign: Sign::Not, expression: whole_value(&patterns), nocase, lines: false })),
        }
        items
    }

    /// In Suricata 8 a negated test can hold where the buffer is missing, as it does in the description.
    pub(super) fn absent_or_else(&self, optional: bool) -> Option<Item> {
        (self.eight && optional).then_some(Item::AbsentOrElse)
    }

    /// One pattern, after its buffer.
    pub(super) fn single(&self, pattern: &Pattern, case: Case, span: Span) -> Result<Vec<Item>, Refusal> {
        let nocase = case == Case::Insensitive;
        if let Some(long) = pattern.literals().find(|text| text.len() > MAX_CONTENT) {
            return self.refuse(&TOO_LONG, span, format!("the value has {} bytes, and a content {MAX_CONTENT} at most", long.len()));
        }
        let content = |text: &str| Content {
            bytes: text.as_bytes().to_vec(),
            nocase: nocase && text.bytes().any(|byte| byte.is_ascii_alphabetic()),
            ..Content::default()
        };
        if is_plain(pattern, case) {
            match pattern.shape() {
                Shape::Exact(text) => return Ok(vec![Item::Content(content(text)), Item::Size(Number::Is(text.len() as u64))]),
                Shape::Starts(text) => return Ok(vec![Item::Content(Content { starts: true, ..content(text) })]),
                Shape::Ends(text) => return Ok(vec![Item::Content(Content { ends: true, ..content(text) })]),
                Shape::Contains(text) => return Ok(vec![Item::Content(content(text))]),
                Shape::Anything => return Ok(vec![Item::Size(Number::More(0))]),
                Shape::General(_) => {}
            }
        }
        let mut items: Vec<Item> = anchor(pattern, case).map(|text| Item::Content(content(text))).into_iter().collect();
        items.push(Item::Pcre(Pcre { sign: Sign::Is, expression: whole_value(std::slice::from_ref(pattern)), nocase, lines: false }));
        Ok(items)
    }
}

/// Patterns that can match something, without duplicates, in the case that the buffer holds.
fn canonical(patterns: &[Pattern], fold: Fold) -> Vec<Pattern> {
    let mut out: Vec<Pattern> = patterns
        .iter()
        .filter(|pattern| pattern.as_exact() != Some(""))
        .map(|pattern| if fold == Fold::Lower { lower(pattern) } else { pattern.clone() })
        .collect();
    out.sort();
    out.dedup();
    out
}

fn lower(pattern: &Pattern) -> Pattern {
    Pattern::new(pattern.parts().iter().map(|part| match part {
        Hole::Literal(text) => Hole::Literal(text.to_lowercase()),
        hole => hole.clone(),
    }))
}

/// Whether `content` compares the literals as the description does: letters outside ASCII have no case there.
pub(super) fn is_plain(pattern: &Pattern, case: Case) -> bool {
    case == Case::Sensitive || pattern.literals().all(|text| text.is_ascii() || !text.chars().any(|char| !char.is_ascii() && char.is_alphabetic()))
}

/// The longest piece of a pattern that `content` can look for, as a fast pattern in front of an expression.
pub(super) fn anchor(pattern: &Pattern, case: Case) -> Option<&str> {
    let pieces = pattern.literals().flat_map(|text| {
        let split: Box<dyn Iterator<Item = &str>> = match case {
            Case::Sensitive => Box::new(std::iter::once(text)),
            Case::Insensitive => Box::new(text.split(|char: char| !char.is_ascii())),
        };
        split
    });
    pieces.filter(|text| !text.is_empty() && text.len() <= MAX_CONTENT).max_by_key(|text| text.len())
}

/// An expression that fits whole values.
pub(super) fn whole_value(patterns: &[Pattern]) -> Re {
    let list: Vec<Re> = patterns.iter().map(|pattern| parts(pattern, || Re::Run)).collect();
    Re::Seq(vec![Re::Raw("^"), either(list), Re::Raw("$")])
}

/// The parts of a pattern, with a given meaning of a run.
pub(super) fn parts(pattern: &Pattern, run: impl Fn() -> Re) -> Re {
    Re::Seq(
        pattern
            .parts()
            .iter()
            .map(|part| match part {
                Hole::Literal(text) => Re::Text(text.clone()),
                Hole::Run => run(),
                Hole::One => Re::One,
            })
            .collect(),
    )
}

/// One of the expressions; a single one needs no group.
pub(super) fn either(mut list: Vec<Re>) -> Re {
    match (list.len(), list.pop()) {
        (1, Some(one)) => one,
        (_, Some(last)) => {
            list.push(last);
            Re::Either(list)
        }
        (_, None) => Re::Class(Vec::new()),
    }
}

/// A pattern for people.
pub(super) fn label(pattern: &Pattern) -> String {
    pattern
        .parts()
        .iter()
        .map(|part| match part {
            Hole::Literal(text) => text.as_str(),
            Hole::Run => "*",
            Hole::One => "?",
        })
        .collect()
}
