//! The only thing a target sees: one question to one stream of events.

use std::sync::Arc;
use std::time::Duration;

use source::Span;
use uuid::Uuid;

use crate::{EventSelector, FieldRef, Indicator, Meta, NativeLanguage, Predicate};

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
    },
}

/// Events of one kind for which a predicate holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRule {
    /// The stream.
    pub event: EventSelector,
    /// What must hold.
    pub predicate: Predicate,
}

/// Several events that agree in some fields and lie close in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// What is counted or in which order.
    pub kind: CorrelationKind,
    /// The fields that all events must have and agree in, without case. Empty: no grouping.
    pub by: Vec<FieldRef>,
    /// First and last event lie at most this far apart. The window slides.
    pub within: Duration,
    /// Only for counts: how regular the events are. The sample standard deviation of the times between neighbours,
    /// divided by their mean, is at most this many percent. Fewer than two intervals fit any.
    pub jitter: Option<u32>,
}

/// What a correlation counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// Each step happens, in this order. A step with `x 10..` happens that often before the next one starts.
    Sequence(Vec<Step>),
    /// The step happens this often.
    Count(Step),
    /// The step happens with this many different values of a field (see [`Step::times`]); events without it do not count.
    Distinct {
        /// The events.
        step: Step,
        /// The field whose values are counted, without case.
        field: FieldRef,
    },
}

impl Correlation {
    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        match &self.kind {
            CorrelationKind::Sequence(steps) => steps,
            CorrelationKind::Count(step) | CorrelationKind::Distinct { step, .. } => std::slice::from_ref(step),
        }
    }
}

/// One kind of event in a correlation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name in the block.
    pub name: String,
    /// Which events.
    pub rule: EventRule,
    /// How often.
    pub times: Times,
    /// Where it was written.
    pub span: Span,
}

/// How often something happens; both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// At least this often, 1 or more.
    pub min: u32,
    /// At most this often in the window; `None` is without bound. Only for counts and distinct values.
    pub max: Option<u32>,
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
