//! The `test` block: which events and bytes must match, and which must not?

use std::sync::Arc;
use std::time::Duration;

use ir::observable::{parse_address, refang};
use ir::{EventClass, EventSelector, Expectation, Field, FieldKind, FieldRef, FieldValue, Record, Stimulus, Test, TestCase};
use nom::Parser;
use source::{Code, Diagnostic, Span};

use super::cursor::{Broken, Cursor, Parse, Spanned};
use super::{behavior, field, literal, token};
use crate::quote;
use source::suggest;

/// More events than a test should need.
pub(crate) static TOO_MANY: Code = Code::error("check.too-many-events", "a test case holds too many events");

/// The most events in one case.
const MAX_EVENTS: usize = 10_000;

/// Reads `SUBJECT { cases }`, behind the word `test`. Broken cases are left out.
pub(crate) fn test(cursor: &mut Cursor<'_>) -> Parse<Test> {
    let subject = cursor.need("the name of a block or facet", token::path)?;
    let mut cases = Vec::new();
    // A block without an end is reported; the cases before the end still count.
    let _ = cursor.block(|cursor| {
        let (start, before) = (cursor.at(), cursor.errors());
        let expect = if cursor.keyword("match").is_some() {
            Expectation::Match
        } else if cursor.keyword("no_match").is_some() {
            Expectation::NoMatch
        } else {
            return Err(cursor.expected("`match` or `no_match`"));
        };
        if let Some(stimulus) = stimulus(cursor)?.filter(|_| cursor.errors() == before) {
            cases.push(TestCase { expect, stimulus, span: cursor.since(start) });
        }
        Ok(())
    });
    Ok(Test { subject: subject.value.to_owned(), cases, span: subject.span })
}

fn stimulus(cursor: &mut Cursor<'_>) -> Parse<Option<Stimulus>> {
    if cursor.keyword("bytes").is_some() {
        return Ok(bytes(cursor)?.map(Stimulus::Event));
    }
    if cursor.keyword("events").is_some() {
        return Ok(Some(Stimulus::Events(events(cursor)?)));
    }
    Ok(record(cursor)?.map(Stimulus::Event))
}

/// Reads `hex "4d5a" { name: "a.exe" }` or `text "..." { ... }`.
fn bytes(cursor: &mut Cursor<'_>) -> Parse<Option<Record>> {
    let bytes = if cursor.keyword("hex").is_some() {
        let text = cursor.string("hex digits in quotes")?;
        hex(cursor, &text)
    } else if cursor.keyword("text").is_some() {
        Some(match cursor.attempt(token::byte_string)? {
            Some(bytes) => bytes.value,
            None => cursor.string("a text in quotes")?.value.into_bytes(),
        })
    } else {
        return Err(cursor.expected("`hex \"...\"` or `text \"...\"`"));
    };
    let mut record = Record::new(EventSelector::of(EventClass::FileContent));
    if cursor.sees("{") {
        fields(cursor, Some(EventClass::FileContent), &mut record)?;
    }
    record.bytes = bytes.map(Arc::from);
    Ok(record.bytes.is_some().then_some(record))
}

fn hex(cursor: &mut Cursor<'_>, text: &Spanned<String>) -> Option<Vec<u8>> {
    let digits: Vec<char> = text.value.chars().filter(|char| !char.is_whitespace()).collect();
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high.to_digit(16)? << 4 | low.to_digit(16)?).ok(),
            _ => None,
        })
        .collect();
    if bytes.is_none() {
        let message = "the text is not made of pairs of hex digits";
        cursor.report(Diagnostic::new(&token::LITERAL, message).at(text.span, "here").help("bytes are written as `\"4d5a90\"`"));
    }
    bytes
}

/// Reads `{ 0s EVENT { ... } x 3 every 10s   5m EVENT { ... } }`.
fn events(cursor: &mut Cursor<'_>) -> Parse<Vec<(Duration, Record)>> {
    let mut out: Vec<(Duration, Record)> = Vec::new();
    cursor.block(|cursor| {
        let start = cursor.need("a time such as `0s` or `5m`", token::duration)?;
        let record = record(cursor)?;
        let (mut count, mut every) = (1, Duration::ZERO);
        if cursor.keyword("x").is_some() {
            let times = cursor.need("a number of events", token::number)?;
            if times.value as usize > MAX_EVENTS.saturating_sub(out.len()) {
                let message = format!("a case holds at most {MAX_EVENTS} events");
                cursor.report(Diagnostic::new(&TOO_MANY, message).at(times.span, "too many").help("a smaller number shows the same"));
                return Err(Broken);
            }
            count = times.value;
            if cursor.keyword("every").is_some() {
                every = cursor.need("a time such as `10s`", token::duration)?.value;
            }
        }
        let Some(record) = record else { return Ok(()) };
        out.extend((0..count).map(|turn| (start.value.saturating_add(every.saturating_mul(turn)), record.clone())));
        Ok(())
    })?;
    Ok(out)
}

/// Reads `EVENT (qualifiers) { field: value ... }`.
fn record(cursor: &mut Cursor<'_>) -> Parse<Option<Record>> {
    let event = behavior::event(cursor)?;
    let class = event.as_ref().and_then(EventSelector::class);
    let mut record = Record::new(event.clone().unwrap_or_else(|| EventSelector::of(EventClass::CloudAudit)));
    fields(cursor, class, &mut record)?;
    Ok(event.is_some().then_some(record))
}

/// The name of a field and its colon: `path:`, `url.path:`.
fn field_key(input: &str) -> token::Token<'_, &str> {
    let (rest, name) = token::path(input)?;
    let (rest, _) = (nom::character::complete::space0, nom::character::complete::char(':')).parse(rest)?;
    Ok((rest, name))
}

/// Reads `{ field: value ... }` into an event.
fn fields(cursor: &mut Cursor<'_>, class: Option<EventClass>, record: &mut Record) -> Parse<()> {
    let mut places: std::collections::BTreeMap<FieldRef, Span> = std::collections::BTreeMap::new();
    cursor.block(|cursor| {
        let (name, field) = match cursor.attempt(field_key)? {
            Some(key) => {
                let start = key.span.range().start;
                let name = Spanned { value: key.value.to_owned(), span: cursor.span(start, start + key.value.len()) };
                let field = class.and_then(|class| field::short(cursor, class, &name.value, name.span));
                (name, field)
            }
            None => {
                let name = cursor.string("a field such as `path:`")?;
                cursor.expect(":")?;
                let field = field::open(cursor, None, &name.value, name.span);
                (name, field)
            }
        };
        let values = cursor.list_or_one(|cursor| value(cursor, field.as_ref()))?;
        let Some(field) = field else { return Ok(()) };
        if let Some(first) = places.insert(field.clone(), name.span) {
            cursor.duplicate_key(&Spanned { value: name.value.as_str(), span: name.span }, first);
        }
        let value = match <[FieldValue; 1]>::try_from(values) {
            Ok([only]) => only,
            Err(values) => FieldValue::List(values),
        };
        record.fields.insert(field, value);
        Ok(())
    })
}

/// A value in the one spelling that events have here, whichever log's spelling it was written in.
fn as_in_events(field: Option<Field>, text: &str) -> String {
    match field {
        Some(Field::PipeName) => ir::observable::pipe(text).to_owned(),
        Some(Field::RegistryKey) => ir::RegistryKey::parse(text).map_or_else(|_| text.to_owned(), |key| key.as_str().to_owned()),
        _ => text.to_owned(),
    }
}

/// Reads one value of an event. A quoted text stands for itself; a bare one may be defanged.
fn value(cursor: &mut Cursor<'_>, field: Option<&FieldRef>) -> Parse<Option<FieldValue>> {
    let known = field.and_then(FieldRef::known);
    let kind = known.map(Field::kind);
    let quoted = cursor.attempt(token::string)?;
    let (text, span, bare) = match quoted {
        Some(text) => (text.value, text.span, false),
        None => {
            let bare = cursor.need("a value", token::bare)?;
            (bare.value.to_owned(), bare.span, true)
        }
    };
    if field.is_none() {
        return Ok(None);
    }
    let flag = || match text.as_str() {
        "true" => Some(FieldValue::Flag(true)),
        "false" => Some(FieldValue::Flag(false)),
        _ => None,
    };
    let number = || token::quantity(&text).map(FieldValue::Number);
    let (found, help) = match kind {
        Some(FieldKind::Flag) => (flag().filter(|_| bare), "the words are `true` and `false`, without quotes".to_owned()),
        Some(FieldKind::Number) => (number().filter(|_| bare), "a number is written as `42`, a size as `200KB`".to_owned()),
        Some(FieldKind::Address) => {
            let address = parse_address(&text).ok().map(|address| FieldValue::Text(address.to_string()));
            (address, "an address is written as `198.51.100.23`".to_owned())
        }
        Some(FieldKind::Domain | FieldKind::Url | FieldKind::Hash) if bare => (Some(FieldValue::Text(refang(&text).into_owned())), String::new()),
        None if bare => (flag().or_else(number), format!("it might be written as `{}`", quote::string(&text))),
        _ if bare && known.and_then(Field::words).is_none() => (None, format!("it might be written as `{}`", quote::string(&text))),
        _ => (Some(FieldValue::Text(as_in_events(known, &text))), String::new()),
    };
    let never = known.and_then(Field::words).filter(|words| !words.contains(&text.to_ascii_lowercase().as_str()));
    let (found, help) = match never {
        Some(words) => (None, suggest::help(&text, words.iter().copied()).unwrap_or_default()),
        None => (found, help),
    };
    if found.is_none() {
        let what = kind.map_or("text in quotes, a number, true or false", |kind| match kind {
            FieldKind::Text | FieldKind::Path | FieldKind::UrlPath => "text in quotes",
            other => literal::kind_words(other),
        });
        let message = format!("`{text}` does not fit `{}`, which holds {what}", field.map_or("", FieldRef::name));
        cursor.report(Diagnostic::new(&literal::LITERAL, message).at(span, "does not fit").help(help));
    }
    Ok(found)
}
