//! The only thing a target sees: one question to one stream of events.

use std::sync::Arc;

use source::Span;
use uuid::Uuid;

use crate::{Companion, Correlation, EventRule, Indicator, Meta, NativeLanguage};

/// One question to put to events, with everything a rule says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The stable name: `ADVISORY/block`, `ADVISORY/behavior.facet`, `ADVISORY/block.event`. Unique in a run.
    pub key: String,
    /// UUIDv5 of the advisory's id and the rest of the key.
    pub id: Uuid,
    /// One line for lists of alerts.
    pub title: String,
    /// A few sentences for the person who gets the alert.
    pub description: String,
    /// Who says so, how sure, who may read it.
    pub meta: Arc<Meta>,
    /// The question.
    pub kind: Kind,
    /// The indicators behind the question's values, for lists with columns; empty for behaviours.
    pub indicators: Arc<[Indicator]>,
    /// Where it was written.
    pub span: Span,
}

/// The form of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One event is enough. A question about a file's bytes is one on [`crate::EventClass::FileContent`].
    Event(EventRule),
    /// Several events belong together.
    Correlation(Correlation),
    /// An existing rule, carried along as it is.
    Native {
        /// Its language.
        language: NativeLanguage,
        /// The file it came from.
        file: String,
        /// Its text.
        text: Arc<str>,
        /// The files that its rules name.
        companions: Vec<Companion>,
    },
}

/// The advisory that a key begins with: that of a detection, of one of its rules, or of a row of the lock.
#[must_use]
pub fn advisory_of(key: &str) -> &str {
    key.split_once('/').map_or(key, |(advisory, _)| advisory)
}

/// Whether an entry of a site's settings is about a detection: it is its key, or the beginning of it up to a stroke or a dot, as in `ADVISORY`,
/// `ADVISORY/name` and `ADVISORY/name.part`.
#[must_use]
pub fn is_about(entry: &str, key: &str) -> bool {
    key.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

impl Detection {
    /// The event rule, for the most common kind.
    #[must_use]
    pub fn event(&self) -> Option<&EventRule> {
        match &self.kind {
            Kind::Event(rule) => Some(rule),
            Kind::Correlation(_) | Kind::Native { .. } => None,
        }
    }
}
