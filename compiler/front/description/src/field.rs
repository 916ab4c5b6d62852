//! Which field is meant, and does the event carry it?

use ir::{EventClass, Field, FieldRef};
use source::{Code, Diagnostic, Span};

use super::cursor::Cursor;
use super::foreign;
use crate::quote;
use source::suggest;

/// A field that the catalogue does not have.
pub(crate) static UNKNOWN_FIELD: Code = Code::error("check.unknown-field", "there is no such field");
/// A field of other events.
pub(crate) static NOT_IN_EVENT: Code = Code::error("check.field-not-in-event", "a field does not belong to this event");
/// A short name that fits several fields.
pub(crate) static AMBIGUOUS: Code = Code::error("check.ambiguous-field", "a short name fits several fields");

/// A name in quotes that the catalogue has another for.
pub(crate) static FOREIGN: Code = Code::warn("check.foreign-field", "a field in quotes has a name of the catalogue");

/// The field with this full name; `None`, and a report, when the event does not carry it.
pub(crate) fn known(cursor: &mut Cursor<'_>, class: Option<EventClass>, name: &str, span: Span) -> Option<FieldRef> {
    let Some(field) = Field::parse(name) else {
        unknown(cursor, class, name, span);
        return None;
    };
    let Some(class) = class else { return Some(field.into()) };
    if class.fields().any(|has| has == field) {
        return Some(field.into());
    }
    let mut diagnostic = Diagnostic::new(&NOT_IN_EVENT, format!("`{name}` is not a field of `{class}`")).at(span, "not in this event");
    let last = name.rsplit('.').next().unwrap_or(name);
    let same_end = class.fields().map(Field::name).find(|other| other.rsplit('.').next() == Some(last));
    let events: Vec<&str> = EventClass::ALL.iter().filter(|(class, ..)| class.fields().any(|has| has == field)).map(|(_, name, _)| *name).collect();
    diagnostic.help = Some(match same_end {
        Some(other) => format!("`{class}` has `{other}`; `{name}` belongs to {}", suggest::list(&events)),
        None => format!("it belongs to {}", suggest::list(&events)),
    });
    cursor.report(diagnostic);
    None
}

fn unknown(cursor: &mut Cursor<'_>, class: Option<EventClass>, name: &str, span: Span) {
    let mut diagnostic = Diagnostic::new(&UNKNOWN_FIELD, format!("`{name}` is not a field")).at(span, "not known");
    let of_event = class.and_then(|class| suggest::nearest(name, class.fields().map(Field::name)));
    let near = of_event.or_else(|| suggest::nearest(name, Field::ALL.iter().map(|field| field.name())));
    let otherwise = foreign::said_otherwise(class, name);
    let meaning = foreign::meaning(class, name);
    diagnostic = diagnostic.instead(name, meaning.map(Field::name).or(near.filter(|_| otherwise.is_none())));
    diagnostic.help = Some(match (meaning, near) {
        (Some(field), _) => format!("it is called `{}` here", field.name()),
        (None, _) if otherwise.is_some() => otherwise.unwrap_or_default(),
        (None, Some(near)) => format!("a similar name is `{near}`"),
        (None, None) => format!("a field that only the log knows is written in quotes: `{}`", quote::string(name)),
    });
    cursor.report(diagnostic);
}

/// A field that only the log knows, written in quotes.
pub(crate) fn open(cursor: &mut Cursor<'_>, class: Option<EventClass>, name: &str, span: Span) -> Option<FieldRef> {
    if name.trim().is_empty() {
        cursor.report(Diagnostic::new(&UNKNOWN_FIELD, "the name of the field is empty").at(span, "a name is expected here"));
        return None;
    }
    if Field::parse(name).is_some() {
        let message = format!("`{name}` is a field of the catalogue, and those are written without quotes");
        cursor.report(Diagnostic::new(&UNKNOWN_FIELD, message).at(span, "quoted").help(format!("it might be written as `{name}`")));
        return None;
    }
    if let Some(field) = class.and_then(|class| foreign::of_sigma(class, name)) {
        let message = format!("`{name}` is what Sigma calls `{}`", field.name());
        let help = format!("in quotes it is looked for under that very name alone; `{}` is looked for in every log", field.name());
        cursor.report(Diagnostic::new(&FOREIGN, message).at(span, "a name of Sigma").help(help));
    }
    Some(FieldRef::Open(name.into()))
}

/// The field of an event that a test means with a full or a short name. The event's own fields come before those that many
/// events have: in `http.request`, `path` is `url.path`, not `process.path`.
pub(crate) fn short(cursor: &mut Cursor<'_>, class: EventClass, name: &str, span: Span) -> Option<FieldRef> {
    if Field::parse(name).is_some() {
        return known(cursor, Some(class), name, span);
    }
    let ends = |field: Field| field.name().strip_suffix(name).is_some_and(|head| head.ends_with('.'));
    for group in class.field_groups() {
        let fits: Vec<Field> = group.iter().copied().filter(|field| ends(*field)).collect();
        // `file.hash.md5` and `file.name` differ in depth: the shallowest field with the name is meant.
        let depth = |field: &Field| field.name().matches('.').count();
        let least = fits.iter().map(depth).min();
        let fits: Vec<&str> = fits.iter().filter(|field| Some(depth(field)) == least).map(|field| field.name()).collect();
        match fits.as_slice() {
            [] => {}
            [only] => return Field::parse(only).map(FieldRef::Known),
            [..] => {
                let message = format!("`{name}` fits several fields of `{class}`");
                cursor.report(Diagnostic::new(&AMBIGUOUS, message).at(span, "which one?").help(format!("it might be {}", suggest::list(&fits))));
                return None;
            }
        }
    }
    let last = |field: Field| field.name().rsplit('.').next().unwrap_or_default();
    match suggest::nearest(name, class.fields().map(last)).filter(|_| !name.contains('.')) {
        Some(near) => cursor.report(
            Diagnostic::new(&UNKNOWN_FIELD, format!("`{name}` is not a field of `{class}`"))
                .at(span, "not known")
                .help(format!("a similar name is `{near}`")),
        ),
        None => unknown(cursor, Some(class), name, span),
    }
    None
}
