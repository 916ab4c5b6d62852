//! The `behavior` block: one thing the attacker does, and how does each sensor see it?

use std::collections::BTreeMap;

use ir::{Behavior, EventClass, EventSelector, Facet, Flow, LogSource, Platform};
use source::{Code, Diagnostic, Span};

use super::block::{self, Attributes, Quote};
use super::cursor::{Broken, Cursor, Parse, Spanned, UNKNOWN_WORD};
use super::{expression, foreign, token};

/// An event that the catalogue does not have.
pub(crate) static UNKNOWN_EVENT: Code = Code::error("check.unknown-event", "there is no such event");
/// A qualifier that means nothing on this event.
pub(crate) static QUALIFIER: Code = Code::error("check.qualifier", "a qualifier means nothing on this event");
/// Nothing in it.
pub(crate) static EMPTY: Code = Code::warn("check.empty", "a behaviour has no facet, or a facet tests nothing");
/// A name given twice.
pub(crate) static DUPLICATE_NAME: Code = Code::error("check.duplicate-name", "a name is given twice");

/// A behaviour with citations that were not looked up yet.
pub(crate) struct Draft {
    pub(crate) behavior: Behavior,
    pub(crate) quotes: Vec<Quote>,
    /// Every facet with its event, the broken ones included: tests may name them.
    pub(crate) declared: BTreeMap<String, Option<EventClass>>,
    /// Whether the behaviour can be used; a broken facet does not count.
    pub(crate) good: bool,
}

/// Reads `"title" { ... }`, behind `behavior NAME`. Broken facets are left out.
pub(crate) fn behavior(cursor: &mut Cursor<'_>, name: &Spanned<&str>) -> Parse<Draft> {
    let mut attributes = Attributes::default();
    if let Some(title) = cursor.attempt(token::string)? {
        attributes.title = Some(title.value);
    }
    let mut facets: Vec<Facet> = Vec::new();
    let mut declared: BTreeMap<String, Option<EventClass>> = BTreeMap::new();
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    let mut good = true;
    let end = cursor.block(|cursor| {
        if !cursor.peek_key() && cursor.keyword("facet").is_some() {
            let name = cursor.name("the name of the facet")?;
            let twice = places.insert(name.value.to_owned(), name.span);
            if let Some(first) = twice {
                duplicate(cursor, &name, first);
            }
            declared.insert(name.value.to_owned(), None);
            cursor.expect_keyword("on")?;
            let event = event(cursor)?;
            declared.insert(name.value.to_owned(), event.as_ref().and_then(EventSelector::class));
            let (body, empty) = (expression::body(cursor, event.as_ref().and_then(EventSelector::class))?, "the facet tests nothing");
            if let (Some(predicate), Some(event), None) = (body, event, twice) {
                if predicate == ir::Predicate::All(Vec::new()) {
                    cursor.report(Diagnostic::new(&EMPTY, empty).at(name.span, "fits every event").help("a test might be added between the braces"));
                }
                facets.push(Facet { name: name.value.to_owned(), event, predicate, span: name.span });
            }
            return Ok(());
        }
        let before = cursor.errors();
        let read = statement(cursor, &mut attributes, "`facet`, `because` or a key such as `attack:`");
        good &= cursor.errors() == before;
        read
    });
    if end.is_ok() && declared.is_empty() && good {
        let message = format!("`{}` has no facet", name.value);
        cursor.report(Diagnostic::new(&EMPTY, message).at(name.span, "empty").help("a facet is written as `facet NAME on EVENT { ... }`"));
    }
    let behavior = Behavior { head: attributes.head(name), facets };
    let good = good && end.is_ok() && !behavior.facets.is_empty();
    Ok(Draft { behavior, quotes: attributes.because, declared, good })
}

/// Reads `because` or a key that every block has.
fn statement(cursor: &mut Cursor<'_>, attributes: &mut Attributes, what: &str) -> Parse<()> {
    if attributes.read(cursor)? {
        return Ok(());
    }
    let Some(key) = cursor.key()? else { return Err(cursor.expected(what)) };
    if attributes.key(cursor, &key)? { Ok(()) } else { cursor.unknown_key(&key, &block::KEYS) }
}

/// Reports a name that is given for the second time.
pub(crate) fn duplicate(cursor: &mut Cursor<'_>, name: &Spanned<&str>, first: Span) {
    cursor.report(
        Diagnostic::new(&DUPLICATE_NAME, format!("the name `{}` is given twice", name.value))
            .at(name.span, "again here")
            .also(first, "first here")
            .help("one of the two might get another name"),
    );
}

/// Reads `EVENT (qualifiers)`; `None` when the event or a qualifier is not known.
pub(crate) fn event(cursor: &mut Cursor<'_>) -> Parse<Option<EventSelector>> {
    let name = cursor.need("an event such as `process.start`", token::path)?;
    let class = EventClass::parse(name.value);
    if let (None, Some(meant)) = (class, foreign::event(name.value)) {
        let unknown = Diagnostic::new(&UNKNOWN_EVENT, format!("`{}` is not an event", name.value)).at(name.span, "not known here");
        cursor.report(unknown.help(format!("what Sigma calls so is `{meant}` here")));
    } else if class.is_none() {
        cursor.unknown(&UNKNOWN_EVENT, "an event", name.value, name.span, EventClass::ALL.iter().map(|(_, name, _)| *name));
    }
    let (mut platform, mut flow, mut good) = (None, None, true);
    if cursor.eat("(").is_some() {
        while cursor.eat(")").is_none() {
            if cursor.sees("{") || cursor.done() {
                return Err(cursor.expected("`)`"));
            }
            good &= qualifier(cursor, class, &mut platform, &mut flow)?;
            cursor.eat(",");
        }
    }
    Ok(class.filter(|_| good).map(|class| EventSelector { source: LogSource::Known(class), platform, flow, sensor: None }))
}

fn qualifier(cursor: &mut Cursor<'_>, class: Option<EventClass>, platform: &mut Option<Platform>, flow: &mut Option<Flow>) -> Parse<bool> {
    let word = cursor.name("a qualifier such as `inbound` or `windows`")?;
    let twice = if let Some((found, _)) = Platform::ALL.iter().find(|(_, name)| *name == word.value) {
        platform.replace(*found).is_some()
    } else if let Some((found, _)) = Flow::ALL.iter().find(|(_, name)| *name == word.value) {
        if let Some(class) = class.filter(|class| !class.on_network()) {
            let message = format!("`{}` means nothing on `{class}`: no network sensor sees it", word.value);
            cursor.report(Diagnostic::new(&QUALIFIER, message).at(word.span, "no direction here").help("the qualifier might be left out"));
            return Ok(false);
        }
        flow.replace(*found).is_some()
    } else {
        let known: Vec<&str> = Flow::ALL.iter().map(|row| row.1).chain(Platform::ALL.iter().map(|row| row.1)).collect();
        cursor.unknown(&UNKNOWN_WORD, "a qualifier of an event", word.value, word.span, known);
        return Ok(false);
    };
    if twice {
        let message = format!("`{}` is the second qualifier of its kind", word.value);
        cursor.report(Diagnostic::new(&QUALIFIER, message).at(word.span, "second of its kind").help("one facet might be written for each"));
        return Err(Broken);
    }
    Ok(true)
}
