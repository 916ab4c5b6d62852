//! The `correlate` block: which events belong together, and how close in time?

use std::time::Duration;

use ir::{CorrelateBlock, Correlation, CorrelationKind, EventClass, EventRule, EventSelector, FieldRef, LogSource, Step, Times};
use source::{Code, Diagnostic, Span};

use super::block::{Attributes, Quote};
use super::cursor::{Cursor, Parse, Spanned};
use super::indicators::MISSING_KEY;
use super::{behavior, expression, field, token};

/// A number of events that cannot be asked for.
pub(crate) static TIMES: Code = Code::error("check.times", "a number of events cannot be asked for");
/// More than one question in a block.
pub(crate) static QUESTION: Code = Code::error("check.question", "a `correlate` block asks exactly one question");

const KEYS: [&str; 11] = ["by", "within", "jitter", "title", "attack", "severity", "scope", "confidence", "tlp", "false_positives", "renamed_from"];
const QUESTIONS: [&str; 3] = ["seq", "count", "distinct"];

/// A `correlate` block with citations that were not looked up yet.
pub(crate) struct Draft {
    pub(crate) block: CorrelateBlock,
    pub(crate) quotes: Vec<Quote>,
}

/// What was read of a block so far.
#[derive(Default)]
struct Parts {
    by: Vec<Spanned<String>>,
    within: Option<Duration>,
    jitter: Option<(u32, Span)>,
    /// The word of the question, its events, and the field that `distinct` counts.
    questions: Vec<Question>,
    attributes: Attributes,
}

struct Question {
    word: Span,
    name: &'static str,
    steps: Vec<Step>,
    field: Option<Spanned<String>>,
}

/// Reads `"title" { ... }`, behind `correlate NAME`. `None` when something in it is broken.
pub(crate) fn correlate(cursor: &mut Cursor<'_>, name: &Spanned<&str>) -> Parse<Option<Draft>> {
    let before = cursor.errors();
    let mut parts = Parts::default();
    if let Some(title) = cursor.attempt(token::string)? {
        parts.attributes.title = Some(title.value);
    }
    cursor.block(|cursor| statement(cursor, &mut parts))?;
    let read_well = cursor.errors() == before;
    let Parts { by, within, jitter, mut questions, attributes } = parts;
    if within.is_none() && read_well {
        let message = format!("`{}` has no `within`", name.value);
        cursor.report(Diagnostic::new(&MISSING_KEY, message).at(name.span, "how close in time?").help("a line `within: 10m` might be added"));
    }
    if let [_, second, ..] = questions.as_slice() {
        let message = "the block asks a second question";
        cursor.report(Diagnostic::new(&QUESTION, message).at(second.word, "second question").help("it might become a block of its own"));
    }
    if questions.is_empty() && read_well {
        let message = format!("`{}` asks no question", name.value);
        let help = "a question is one of `seq { ... }`, `count { ... }` and `distinct FIELD { ... }`";
        cursor.report(Diagnostic::new(&QUESTION, message).at(name.span, "no question").help(help));
    }
    let Some(question) = questions.drain(..).next() else { return Ok(None) };
    let by = fields(cursor, &by, &question.steps);
    if let Some((_, span)) = jitter.filter(|_| question.name != "count") {
        let message = format!("`jitter` says nothing on `{}`", question.name);
        cursor.report(Diagnostic::new(&TIMES, message).at(span, "not on this question").help("only `count` looks at how regular events are"));
    }
    if !read_well && question.steps.is_empty() {
        return Ok(None);
    }
    let kind = kind(cursor, question);
    let (Some(kind), Some(within)) = (kind, within) else { return Ok(None) };
    if cursor.errors() != before {
        return Ok(None);
    }
    let block =
        CorrelateBlock { head: attributes.head(name), correlation: Correlation { kind, by, within, jitter: jitter.map(|(percent, _)| percent) } };
    Ok(Some(Draft { block, quotes: attributes.because }))
}

fn statement(cursor: &mut Cursor<'_>, parts: &mut Parts) -> Parse<()> {
    if !cursor.peek_key()
        && let Some(name) = QUESTIONS.iter().copied().find(|name| cursor.peek_word() == Some(*name))
    {
        let word = cursor.expect_keyword(name)?;
        let field = if name == "distinct" { Some(field_name(cursor)?) } else { None };
        let mut steps: Vec<Step> = Vec::new();
        cursor.block(|cursor| {
            let then = cursor.keyword("then");
            match (then, steps.is_empty()) {
                (Some(span), true) => {
                    cursor.report(
                        Diagnostic::new(&QUESTION, "`then` stands before the first step").at(span, "nothing before it").help("it might be left out"),
                    );
                }
                (None, false) if name == "seq" => {
                    cursor.expected("`then` between two steps");
                }
                _ => {}
            }
            if let Some(step) = step(cursor)? {
                if let Some(first) = steps.iter().find(|before| before.name == step.name) {
                    let again =
                        Spanned { value: step.name.as_str(), span: cursor.span(step.span.range().start, step.span.range().start + step.name.len()) };
                    behavior::duplicate(cursor, &again, first.span);
                }
                steps.push(step);
            }
            Ok(())
        })?;
        parts.questions.push(Question { word, name, steps, field });
        return Ok(());
    }
    if parts.attributes.read(cursor)? {
        return Ok(());
    }
    let Some(key) = cursor.key()? else { return Err(cursor.expected("`seq`, `count`, `distinct`, `because` or a key such as `within:`")) };
    if parts.attributes.key(cursor, &key)? {
        return Ok(());
    }
    if !KEYS.contains(&key.value) {
        return cursor.unknown_key(&key, &KEYS);
    }
    parts.attributes.seen(cursor, &key);
    match key.value {
        "by" => parts.by = cursor.list_or_one(|cursor| field_name(cursor).map(Some))?,
        "within" => {
            let within = cursor.need("a time such as `10m`", token::duration)?;
            if within.value.is_zero() {
                cursor.report(Diagnostic::new(&token::LITERAL, "the time is zero").at(within.span, "here").help("a time is written as `10m`"));
            }
            parts.within = Some(within.value);
        }
        _ => {
            let percent = cursor.need("a percentage such as `10%`", token::number)?;
            cursor.expect("%")?;
            parts.jitter = Some((percent.value, percent.span));
        }
    }
    Ok(())
}

/// The name of a field; one that only the log knows is in quotes.
fn field_name(cursor: &mut Cursor<'_>) -> Parse<Spanned<String>> {
    if let Some(open) = cursor.attempt(token::string)? {
        return Ok(Spanned { value: format!("\"{}", open.value), span: open.span });
    }
    let name = cursor.need("a field such as `source.ip`", token::path)?;
    Ok(Spanned { value: name.value.to_owned(), span: name.span })
}

/// Reads `NAME on EVENT { ... } x 10..`; `None` when it is broken.
fn step(cursor: &mut Cursor<'_>) -> Parse<Option<Step>> {
    let start = cursor.at();
    let name = cursor.name("the name of a step")?;
    cursor.expect_keyword("on")?;
    let event = behavior::event(cursor)?;
    let predicate = expression::body(cursor, event.as_ref().and_then(EventSelector::class))?;
    let times = match cursor.peek_word() {
        Some("x") => {
            cursor.expect_keyword("x")?;
            times(cursor)?
        }
        _ => Some(Times::at_least(1)),
    };
    let (Some(event), Some(predicate), Some(times)) = (event, predicate, times) else { return Ok(None) };
    Ok(Some(Step::new(name.value, EventRule { event, predicate }, times, cursor.since(start))))
}

/// Reads `10..`, `10..20`, `..20` or `10`, which is exactly ten.
fn times(cursor: &mut Cursor<'_>) -> Parse<Option<Times>> {
    let start = cursor.at();
    let min = cursor.attempt(token::number)?;
    let open = cursor.eat("..").is_some();
    let max = if open && (cursor.on_same_line() || min.is_none()) { cursor.attempt(token::number)? } else { None };
    let span = cursor.since(start);
    let times = match (min.map(|min| min.value), open, max.map(|max| max.value)) {
        (Some(min), true, max) => Times { min, max, except: None },
        (Some(count), false, _) => Times::between(count, count),
        (None, true, Some(max)) => Times::between(1, max),
        (None, ..) => return Err(cursor.expected("a number of events such as `10..`")),
    };
    if times.min == 0 || times.max.is_some_and(|max| max < times.min) {
        let message = "the number of events is zero, or its end lies before its start";
        cursor.report(Diagnostic::new(&TIMES, message).at(span, "here").help("ten or more is written as `x 10..`, three to five as `x 3..5`"));
        return Ok(None);
    }
    Ok(Some(times))
}

/// The fields that all events must agree in; each step must carry them.
fn fields(cursor: &mut Cursor<'_>, names: &[Spanned<String>], steps: &[Step]) -> Vec<FieldRef> {
    let mut out: Vec<FieldRef> = Vec::new();
    for name in names {
        let found = carried(cursor, name, steps);
        if let Some(field) = found.as_ref().filter(|field| out.contains(field)) {
            let message = format!("`{field}` stands twice in `by`");
            cursor.report(Diagnostic::new(&behavior::DUPLICATE_NAME, message).at(name.span, "again here").help("one of the two might be removed"));
        }
        out.extend(found);
    }
    out
}

/// A field that each step carries.
fn carried(cursor: &mut Cursor<'_>, name: &Spanned<String>, steps: &[Step]) -> Option<FieldRef> {
    if let Some(open) = name.value.strip_prefix('"') {
        return field::open(cursor, None, open, name.span);
    }
    let classes: std::collections::BTreeSet<EventClass> = steps
        .iter()
        .flat_map(Step::rules)
        .filter_map(|rule| match rule.event.source {
            LogSource::Known(class) => Some(class),
            LogSource::Open { .. } => None,
        })
        .collect();
    if classes.is_empty() {
        return field::known(cursor, None, &name.value, name.span);
    }
    let mut found = None;
    for class in classes {
        // One step that lacks the field is enough to say so.
        found = Some(field::known(cursor, Some(class), &name.value, name.span)?);
    }
    found
}

fn kind(cursor: &mut Cursor<'_>, question: Question) -> Option<CorrelationKind> {
    let Question { word, name, mut steps, field } = question;
    let distinct = field.and_then(|field| carried(cursor, &field, &steps));
    if name == "seq" {
        if let Some(step) = steps.iter().find(|step| step.times.max.is_some()) {
            let message = format!("in a sequence, `{}` can only have a least number", step.name);
            let help = format!("at least {} is written as `x {}..`", step.times.min, step.times.min);
            cursor.report(Diagnostic::new(&TIMES, message).at(step.span, "has an end").help(help));
        }
        if steps.len() < 2 {
            let message = "a sequence has at least two steps";
            cursor.report(Diagnostic::new(&QUESTION, message).at(word, "too short").help("one kind of event is counted with `count { ... }`"));
        }
        return Some(CorrelationKind::Sequence(steps));
    }
    if steps.len() != 1 {
        let message = format!("`{name}` has exactly one step, and this one has {}", steps.len());
        cursor.report(
            Diagnostic::new(&QUESTION, message).at(word, "one step is expected").help("several kinds of event in order are written with `seq`"),
        );
        return None;
    }
    let step = steps.pop()?;
    if name == "count" { Some(CorrelationKind::Count(step)) } else { Some(CorrelationKind::Distinct { step, fields: vec![distinct?] }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_every_block_are_among_the_keys() {
        assert!(super::super::block::KEYS.iter().all(|key| KEYS.contains(key)));
    }
}
