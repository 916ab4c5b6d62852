//! What does an event say, and what does its traffic say besides?
//!
//! A request has a method whether an event names it or not. What traffic always has is noted here, so that an event that means something else
//! without it is known to be none that a sensor sees.

use std::borrow::Cow;

use backend::Finding;
use ir::{Field, FieldRef, FieldValue, Record};

/// What there is to say about an event that has no traffic.
pub(crate) type Sent<T> = Result<T, Finding>;

/// An event whose fields are being sent.
pub(super) struct Telling<'r> {
    pub(super) record: &'r Record,
    /// What the traffic says and the event does not.
    pub(super) told: Vec<(Field, FieldValue)>,
    /// What stands in the rules, and what has to stand there instead, because nobody finds what has a given digest.
    pub(super) swaps: Vec<(String, String)>,
}

/// There is no such event on a network.
pub(super) fn none<T>(why: impl Into<String>) -> Sent<T> {
    Err(Finding::NoSuchEvent(why.into()))
}

/// Nobody can tell.
pub(super) fn open<T>(why: impl Into<String>) -> Sent<T> {
    Err(Finding::Unjudged(why.into()))
}

impl<'r> Telling<'r> {
    pub(super) fn of(record: &'r Record) -> Self {
        Self { record, told: Vec::new(), swaps: Vec::new() }
    }

    /// Whether the event says anything of a field.
    pub(super) fn says(&self, field: Field) -> bool {
        self.record.get(&FieldRef::Known(field)).is_some()
    }

    /// Every value of a field.
    pub(super) fn all(&self, field: Field) -> Vec<String> {
        let mut out = Vec::new();
        if let Some(value) = self.record.get(&FieldRef::Known(field)) {
            let _ = value.any(&mut |value| {
                out.extend(value.text().map(Cow::into_owned));
                false
            });
        }
        out
    }

    /// The value of a field that an event on a network has once.
    pub(super) fn text(&self, field: Field) -> Sent<Option<String>> {
        let mut all = self.all(field);
        let first = (!all.is_empty()).then(|| all.remove(0));
        if all.is_empty() { Ok(first) } else { none(format!("one `{}` is all that it has", field.name())) }
    }

    /// The same, where an empty text is sent as one.
    pub(super) fn written(&self, field: Field) -> Sent<Option<String>> {
        match self.text(field)? {
            Some(text) => Ok(Some(text)),
            None => Ok(self.record.written(&FieldRef::Known(field)).and_then(|value| value.text().map(Cow::into_owned))),
        }
    }

    /// A number between two bounds.
    pub(super) fn number(&self, field: Field, most: u64) -> Sent<Option<u64>> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        match text.trim().parse().ok().filter(|number| *number <= most) {
            Some(number) => Ok(Some(number)),
            None => none(format!("`{}` cannot be `{text}`", field.name())),
        }
    }

    /// Says what the traffic says of a field, where the event does not.
    pub(super) fn tell(&mut self, field: Field, value: impl Into<String>) {
        if !self.says(field) {
            self.told.push((field, FieldValue::Text(value.into())));
        }
    }

    pub(super) fn tell_number(&mut self, field: Field, value: u64) {
        if !self.says(field) {
            self.told.push((field, FieldValue::Number(i64::try_from(value).unwrap_or(i64::MAX))));
        }
    }
}

/// Text that stands in a line of a protocol.
pub(super) fn in_a_line(field: Field, text: &str) -> Sent<()> {
    if text.contains(['\r', '\n', '\0']) {
        return none(format!("`{}` stands in one line", field.name()));
    }
    if text.trim_matches([' ', '\t']) != text {
        return none(format!("blanks around `{}` belong to the line, not to it", field.name()));
    }
    Ok(())
}
