//! What is found? Events are judged in parallel, and what they show is taken in the order of the logs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::Duration;

use front::events::{Line, Stated, event, line, unwrapped};
use ir::{Kind, LogSource, Record, eval};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use serde_json::{Value, json};
use source::{Diagnostic, Sources, count};

use super::codes::{BROKEN_LINE, NO_SOURCE, NO_TIME};
use super::other;
use super::rules::{Owner, Rules};
use crate::args::HuntFormat;
use crate::inputs::UNREADABLE;

/// How many broken lines of a log are shown one by one.
const SHOWN_LINES: usize = 10;
/// How many events of a rule are kept for a report.
const KEPT_EVENTS: usize = 20;

/// One hit.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// The log, by its place in [`Found::logs`].
    pub(crate) log: usize,
    /// The line the event begins on.
    pub(crate) line: usize,
    pub(crate) time: Option<Timestamp>,
    /// The event as JSON.
    pub(crate) event: String,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Found<'r> {
    /// The names of the logs.
    pub(crate) logs: Vec<String>,
    pub(crate) events: usize,
    pub(crate) hits: usize,
    /// For each detection with hits, how many, and the first of them.
    pub(crate) rules: BTreeMap<usize, (usize, Vec<Hit>)>,
    /// For each detection with hits, where it was written.
    pub(crate) places: BTreeMap<usize, String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) unreadable: usize,
    /// How many of the logs that are named could not be read: no line of them is an event.
    pub(crate) refused: usize,
    /// The log sources that were asked about and had events.
    pub(crate) seen: BTreeSet<&'r LogSource>,
}

/// A search under way.
pub(crate) struct Search<'r, 'o> {
    rules: &'r Rules<'r>,
    sources: &'r Sources,
    stated: Option<&'r Stated>,
    format: HuntFormat,
    out: &'o mut dyn Write,
    pub(crate) found: Found<'r>,
    /// Events that are part of some correlation.
    parts: Vec<Part>,
    broken: usize,
    unknown: usize,
    /// How many events that are part of a correlation have no time.
    timeless: usize,
    /// The beginning of the log that is being read.
    start: Vec<u8>,
    /// How many events, and how many diagnostics, there were before it.
    before: (usize, usize),
}

/// An event that is part of a correlation.
struct Part {
    detection: usize,
    time: Timestamp,
    record: Record,
    hit: Hit,
}

/// What one line shows.
#[derive(Default)]
struct Judged<'r> {
    line: usize,
    why: Option<front::events::NotAnEvent>,
    events: usize,
    unknown: usize,
    time: Option<Timestamp>,
    hits: Vec<usize>,
    parts: Vec<(usize, Record)>,
    event: String,
    seen: BTreeSet<&'r LogSource>,
}

impl<'r, 'o> Search<'r, 'o> {
    pub(crate) fn new(rules: &'r Rules<'r>, sources: &'r Sources, stated: Option<&'r Stated>, format: HuntFormat, out: &'o mut dyn Write) -> Self {
        Self {
            rules,
            sources,
            stated,
            format,
            out,
            found: Found::default(),
            parts: Vec::new(),
            broken: 0,
            unknown: 0,
            timeless: 0,
            start: Vec::new(),
            before: (0, 0),
        }
    }

    /// Goes on with another log, which begins like this.
    pub(crate) fn open(&mut self, name: &str, start: &[u8]) {
        self.close();
        self.found.logs.push(name.to_owned());
        self.start = start.get(..other::SAMPLE).unwrap_or(start).to_vec();
        self.before = (self.found.events, self.found.diagnostics.len());
    }

    /// Says what there is to say about the log that was read.
    fn close(&mut self) {
        let Some(name) = self.found.logs.last() else { return };
        let (broken, unknown) = (std::mem::take(&mut self.broken), std::mem::take(&mut self.unknown));
        if broken > 0 && self.found.events == self.before.0 {
            // Nothing of it was searched: a log in another form, and no search without a hit.
            let message = match other::text(&self.start) {
                Some(format) => {
                    self.found.diagnostics.truncate(self.before.1);
                    Diagnostic::new(&UNREADABLE, format!("`{name}` cannot be read: it is {}", format.is)).help(format.help)
                }
                None => Diagnostic::new(&UNREADABLE, format!("no event can be read from `{name}`")).help("the rest is searched without it"),
            };
            self.found.diagnostics.push(message);
            self.found.unreadable += 1;
            self.found.refused += 1;
            return;
        }
        if broken > SHOWN_LINES {
            let message = format!("no event on {} of `{name}`", count(broken - SHOWN_LINES, "more line"));
            self.found.diagnostics.push(Diagnostic::new(&BROKEN_LINE, message).help("the rest of the log is searched without them"));
        }
        if unknown > 0 {
            let message = format!("no rule was asked about {} of `{name}`: nothing tells which log they are from", count(unknown, "event"));
            let help = "the log source might be stated: `--source product/category/service`, such as `--source linux/process_creation`";
            self.found.diagnostics.push(Diagnostic::new(&NO_SOURCE, message).help(help));
        }
    }

    /// Searches whole lines; `number` is the number of the first, and of the one after the last.
    pub(crate) fn batch(&mut self, bytes: &[u8], number: &mut usize) {
        let mut lines: Vec<(usize, &[u8])> = Vec::new();
        for text in bytes.split_inclusive(|byte| *byte == b'\n') {
            lines.push((*number, text));
            *number += 1;
        }
        let (rules, stated) = (self.rules, self.stated);
        let judged: Vec<Judged<'_>> = lines
            .par_iter()
            .with_min_len(64)
            .flat_map_iter(|(number, text)| line(text, *number).into_iter().map(|line| judge(rules, stated, line)))
            .collect();
        judged.into_iter().for_each(|judged| self.take(judged));
    }

    /// Searches events that were read.
    pub(crate) fn lines(&mut self, lines: Vec<Line>) {
        let (rules, stated) = (self.rules, self.stated);
        let judged: Vec<Judged<'_>> = lines.into_par_iter().map(|line| judge(rules, stated, line)).collect();
        judged.into_iter().for_each(|judged| self.take(judged));
    }

    fn take(&mut self, judged: Judged<'r>) {
        let log = self.found.logs.len().saturating_sub(1);
        if let Some(why) = judged.why {
            self.broken += 1;
            if self.broken <= SHOWN_LINES {
                let place = if why.column == 0 { String::new() } else { format!(":{}", why.column) };
                let name = self.found.logs.last().map(String::as_str).unwrap_or_default();
                let message = format!("`{name}:{}{place}` holds no event: {}", judged.line, why.why);
                self.found.diagnostics.push(Diagnostic::new(&BROKEN_LINE, message).help("the rest of the log is searched without it"));
            }
        }
        self.found.events += judged.events;
        self.unknown += judged.unknown;
        self.found.seen.extend(judged.seen);
        let hit = Hit { log, line: judged.line, time: judged.time, event: judged.event };
        for detection in judged.hits {
            self.hit(detection, &hit);
        }
        for (detection, record) in judged.parts {
            match judged.time {
                Some(time) => self.parts.push(Part { detection, time, record, hit: hit.clone() }),
                None => self.timeless += 1,
            }
        }
    }

    fn hit(&mut self, detection: usize, hit: &Hit) {
        let Some(asked) = self.rules.detections.get(detection) else { return };
        self.found.hits += 1;
        let place = self.found.places.entry(detection).or_insert_with(|| self.sources.file(asked.span.file).name.clone());
        if self.format == HuntFormat::Jsonl {
            let name = self.found.logs.get(hit.log).map(String::as_str).unwrap_or_default();
            let head = json!({ "rule_id": asked.id.to_string(), "title": asked.title, "source": place, "log": name, "line": hit.line }).to_string();
            // The event is JSON already; parsing it again would only spend time.
            let line = format!("{},\"event\":{}}}", head.strip_suffix('}').unwrap_or(&head), hit.event);
            let _ = writeln!(self.out, "{}", source::legible_json(&line));
        }
        let (count, kept) = self.found.rules.entry(detection).or_default();
        *count += 1;
        if kept.len() < KEPT_EVENTS {
            kept.push(hit.clone());
        }
    }

    /// Judges correlations over everything that was read, and says what is left to say.
    pub(crate) fn finish(mut self) -> Found<'r> {
        self.close();
        if self.timeless > 0 {
            let message = format!("no time in {} that correlations ask about", count(self.timeless, "event"));
            let help = "times are read from fields such as `UtcTime`, `TimeCreated`, `@timestamp`, `eventTime` and `ts`";
            self.found.diagnostics.push(Diagnostic::new(&NO_TIME, message).help(help));
        }
        let mut parts = std::mem::take(&mut self.parts);
        // By time; at the same time in the order of the logs, which is the order they came in.
        parts.sort_by_key(|part| (part.detection, part.time));
        for own in parts.chunk_by(|one, other| one.detection == other.detection) {
            let Some((first, detection)) = own.first().and_then(|first| Some((first, self.rules.detections.get(first.detection)?))) else { continue };
            let Kind::Correlation(correlation) = &detection.kind else { continue };
            let since = |time: Timestamp| Duration::try_from(time.duration_since(first.time)).unwrap_or_default();
            let events: Vec<eval::Timed<'_>> = own.iter().map(|part| (since(part.time), &part.record)).collect();
            for at in eval::completions(correlation, &events) {
                let Some(part) = own.get(at) else { continue };
                if self.rules.in_window(part.detection, Some(day(part.time))) {
                    self.hit(part.detection, &part.hit);
                }
            }
        }
        self.found
    }
}

fn day(time: Timestamp) -> ir::Date {
    time.to_zoned(TimeZone::UTC).date()
}

fn judge<'r>(rules: &'r Rules<'r>, stated: Option<&Stated>, line: Line) -> Judged<'r> {
    let mut judged = Judged { line: line.line, ..Judged::default() };
    let value: Value = match line.event {
        Ok(value) => value,
        Err(why) => return Judged { why: Some(why), ..judged },
    };
    let read = event(&value, stated);
    judged.events = 1;
    judged.unknown = usize::from(read.records.is_empty());
    judged.time = read.time;
    judged.seen.extend(rules.asked(&read.records));
    let today = read.time.map(day);
    let mut owners: BTreeSet<Owner> = BTreeSet::new();
    for record in read.records {
        // An event has a record for each log source; the same part of a correlation is one thing that happened, not several.
        let new: Vec<Owner> = rules.owners(&record).into_iter().filter(|owner| owners.insert(*owner)).collect();
        let correlated: BTreeSet<usize> =
            new.iter().filter_map(|owner| if let Owner::Part(detection, _) = owner { Some(*detection) } else { None }).collect();
        judged.parts.extend(correlated.into_iter().map(|detection| (detection, record.clone())));
    }
    judged.hits = owners
        .into_iter()
        .filter_map(|owner| match owner {
            Owner::Event(detection) if rules.in_window(detection, today) => Some(detection),
            Owner::Event(_) | Owner::Part(..) => None,
        })
        .collect();
    if !judged.hits.is_empty() || !judged.parts.is_empty() {
        judged.event = unwrapped(&value).to_string();
    }
    judged
}

impl Found<'_> {
    /// The run in a line.
    pub(crate) fn summary(&self, rules: &Rules<'_>) -> String {
        let unread = count(self.unreadable, "log");
        if self.events == 0 && self.unreadable > 0 {
            return format!("{}, nothing was searched: {unread} could not be read", count(rules.detections.len(), "rule"));
        }
        let mut line = format!(
            "{}, {}, {}: {} of {}",
            count(rules.detections.len(), "rule"),
            count(self.logs.len().saturating_sub(self.refused), "log"),
            count(self.events, "event"),
            count(self.hits, "hit"),
            count(self.rules.len(), "rule")
        );
        if self.unreadable > 0 {
            line += &format!("; {unread} could not be read");
        }
        let idle = rules.detections.len() - rules.asked_of(&self.seen);
        if idle > 0 {
            line += &format!("; these logs do not hold the events of {}", count(idle, "rule"));
        }
        if rules.opaque > 0 {
            line += &format!("; not asked because carried along: {}", count(rules.opaque, "rule"));
        }
        line
    }
}
