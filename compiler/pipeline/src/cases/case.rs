//! What is a case: what may happen, and whether a detection has to find it?

use std::time::Duration;

use ir::Record;
use source::Span;

/// The most cases of a detection.
pub const MOST: usize = 40;

/// Something that may happen, and whether a detection has to find it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is, as a clause.
    pub what: String,
    /// What it is about: the test that it lies beside, or the block that states it.
    pub span: Option<Span>,
    /// The events, in order of time. A file is one event with bytes.
    pub events: Vec<(Duration, Record)>,
    /// Whether the detection fires, by the evaluator.
    pub fires: bool,
}

/// What has no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// What it is about.
    pub span: Span,
    /// Why.
    pub why: String,
}

/// The cases of a detection.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// Witnesses first.
    pub list: Vec<Case>,
    /// What has none.
    pub uncovered: Vec<Uncovered>,
}

impl Cases {
    pub(super) fn push(&mut self, case: Case) {
        if self.list.len() < MOST && !self.list.iter().any(|known| known.events == case.events) {
            self.list.push(case);
        }
    }
}
