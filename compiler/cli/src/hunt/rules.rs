//! What is asked of events: detections by log source, and the steps of correlations.

use std::collections::BTreeSet;

use ir::{Correlation, Date, Detection, EventRule, Happening, Index, Kind, LogSource, Record, Window};
use pipeline::Planned;

/// The questions of a run.
#[derive(Debug)]
pub(crate) struct Rules<'a> {
    /// The detections, sorted by key.
    pub(crate) detections: Vec<&'a Detection>,
    /// How many detections cannot be put to a log: rules that travel along.
    pub(crate) opaque: usize,
    index: Index<'a>,
    /// For each rule in the index, whose it is.
    owners: Vec<Owner>,
    sources: BTreeSet<&'a LogSource>,
    any_time: bool,
}

/// Whose a rule in the index is; the number is the detection's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// One event is enough.
    Event(usize),
    /// A part of a correlation, and which.
    Part(usize, usize),
}

impl<'a> Rules<'a> {
    /// Takes what was planned, but not what a policy keeps back.
    pub(crate) fn new(planned: &'a [Planned], any_time: bool) -> Self {
        let (mut detections, mut opaque, mut rules, mut owners) = (Vec::new(), 0, Vec::new(), Vec::new());
        for detection in planned.iter().filter(|planned| planned.withheld.is_none()).map(|planned| &planned.detection) {
            let at = detections.len();
            match &detection.kind {
                Kind::Event(rule) => {
                    rules.push(rule);
                    owners.push(Owner::Event(at));
                }
                Kind::Correlation(correlation) => {
                    let mut parts = Vec::new();
                    collect(correlation, &mut parts);
                    owners.extend((0..parts.len()).map(|part| Owner::Part(at, part)));
                    rules.append(&mut parts);
                }
                Kind::Native { .. } => {
                    opaque += 1;
                    continue;
                }
            }
            detections.push(detection);
        }
        let sources = rules.iter().map(|rule| &rule.event.source).collect();
        Self { detections, opaque, index: Index::new(rules), owners, sources, any_time }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.detections.is_empty()
    }

    /// Whose rules an event fits.
    pub(crate) fn owners(&self, record: &Record) -> Vec<Owner> {
        self.index.matches(record).into_iter().filter_map(|rule| self.owners.get(rule).copied()).collect()
    }

    /// The log sources that are asked about, among those that an event belongs to.
    pub(crate) fn asked<'s>(&'s self, records: &'s [Record]) -> impl Iterator<Item = &'a LogSource> + 's {
        self.sources.iter().copied().filter(|source| records.iter().any(|record| source.covers(&record.event.source)))
    }

    /// Whether a detection looks back as far as this day. An event without a time is always looked at.
    pub(crate) fn in_window(&self, detection: usize, day: Option<Date>) -> bool {
        let window = self.detections.get(detection).and_then(|detection| detection.meta.hunt);
        match (window, day) {
            (Some(Window { from, until }), Some(day)) if !self.any_time => {
                from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
            }
            _ => true,
        }
    }

    /// How many detections ask about any of these log sources.
    pub(crate) fn asked_of(&self, seen: &BTreeSet<&LogSource>) -> usize {
        let of = |detection: &&&Detection| {
            let mut parts = Vec::new();
            match &detection.kind {
                Kind::Event(rule) => parts.push(rule),
                Kind::Correlation(correlation) => collect(correlation, &mut parts),
                Kind::Native { .. } => {}
            }
            parts.iter().any(|rule| seen.contains(&rule.event.source))
        };
        self.detections.iter().filter(of).count()
    }
}

/// The event rules of a correlation, those of correlations inside it too.
pub(super) fn collect<'a>(correlation: &'a Correlation, out: &mut Vec<&'a EventRule>) {
    for stream in correlation.streams() {
        match &stream.what {
            Happening::Event(rule) => out.push(rule),
            Happening::Correlation(inner) => collect(inner, out),
        }
    }
}
