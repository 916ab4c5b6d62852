//! Do the rules find what the descriptions say? Every case of every detection, judged by the text of every artefact.
//!
//! Cases come from [`crate::cases`] and from the descriptions' own tests; what has to be found is said by [`ir::eval`] alone. Each target judges
//! its own texts ([`backend::Target::judge`]). The outcome of a detection says which way a judgement may differ: a rule that is `wider` may find
//! more, one that is `narrower` may miss, one that has lost both ways may do both. Everything else that differs is a fault of a table, a printer
//! or a claim, and an error.
//!
//! Where the rules of a target read several logs, each log has an outcome and judgements of its own. A log that does not hold an event is not asked
//! about it.

use std::collections::BTreeMap;

use backend::{Finding, Forgets, Hearing, Judgement, Outcome, Overlay, PrintedRule, Profile, Programs, Question, Reader, Target, Trial};
use ir::{Advisory, Detection, Expectation, Stimulus};
use rayon::prelude::*;
use source::{Code, Diagnostic, Loss, Span};

use crate::cases::{self, Case, Uncovered};
use crate::{Compilation, Output, Row};

pub(crate) static DISAGREES: Code = Code::error("test.disagrees", "a rule finds other events than its outcome says");

/// How a judgement stands to what had to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the same.
    Agrees,
    /// It differs as the outcome says.
    AsSaid,
    /// It differs, and nothing said so.
    Differs,
    /// The log holds no such event; why.
    NoSuchEvent(String),
    /// Nobody can tell; why.
    Unjudged(String),
}

/// One case and one artefact.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Index in [`Compilation::detections`].
    pub detection: usize,
    /// Index in the detection's cases.
    pub case: usize,
    /// The target's id.
    pub target: &'static str,
    /// The profile's id.
    pub profile: &'static str,
    /// The log, where the rules read several.
    pub log: Option<String>,
    /// What became of the detection there.
    pub outcome: Outcome,
    /// Whether the text has to find it, by the evaluator: [`Case::fires`], or what it says of the events as the log tells them.
    pub wanted: bool,
    /// How it stands.
    pub standing: Standing,
    /// What decided: the file, and a part of its text.
    pub decided: Option<(String, String)>,
    /// The events as the log holds them. Only where the judgement differs.
    pub rows: Vec<String>,
    /// A capture of their packets, where [`Matrix::captures`] asks for it and the target reads a network.
    pub capture: Option<Vec<u8>>,
    /// Whether an installed engine finds them, where one was asked ([`Matrix::programs`]).
    pub engine: Option<bool>,
}

impl Cell {
    /// Whether the text finds the events, where that can be told.
    #[must_use]
    pub fn found(&self) -> Option<bool> {
        match self.standing {
            Standing::Agrees => Some(self.wanted),
            Standing::AsSaid | Standing::Differs => Some(!self.wanted),
            Standing::NoSuchEvent(_) | Standing::Unjudged(_) => None,
        }
    }

    /// Whether an installed engine says something else.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.engine.is_some_and(|engine| self.found().is_some_and(|found| found != engine))
    }
}

/// A target and a profile, by their ids.
pub type Place = (&'static str, &'static str);

/// An engine that was asked, such as `suricata 7.0.10`, or why none was.
pub type Engine = Result<String, String>;

/// The cases of every detection, and what became of them.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The cases of each detection, as in [`Compilation::detections`]; none for one that is withheld.
    pub cases: Vec<Vec<Case>>,
    /// What has no case, with the detection it is about.
    pub uncovered: Vec<(usize, Uncovered)>,
    /// Every judgement, by detection, target, case and log.
    pub cells: Vec<Cell>,
    /// Captures of what a network sees of the cases are wanted.
    pub captures: bool,
    /// The door to installed engines, which are put the same events; without it none is.
    pub programs: Option<&'static dyn Programs>,
    /// What each engine was, or why none was asked, by target and profile.
    pub engines: BTreeMap<Place, Engine>,
}

/// The number of cells of each standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// [`Standing::Agrees`].
    pub agree: usize,
    /// [`Standing::AsSaid`].
    pub as_said: usize,
    /// [`Standing::Differs`].
    pub differ: usize,
    /// [`Standing::NoSuchEvent`].
    pub no_such_event: usize,
    /// [`Standing::Unjudged`].
    pub unjudged: usize,
}

impl Tally {
    /// Counts cells.
    #[must_use]
    pub fn of<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> Self {
        let mut out = Self::default();
        for cell in cells {
            *match cell.standing {
                Standing::Agrees => &mut out.agree,
                Standing::AsSaid => &mut out.as_said,
                Standing::Differs => &mut out.differ,
                Standing::NoSuchEvent(_) => &mut out.no_such_event,
                Standing::Unjudged(_) => &mut out.unjudged,
            } += 1;
        }
        out
    }
}

/// The cases of a compilation: those of [`cases::derive`], and those that descriptions state for the detection.
#[must_use]
pub fn cases_of(compilation: &Compilation, advisories: &[Advisory]) -> Matrix {
    let mut stated: BTreeMap<usize, Vec<Case>> = BTreeMap::new();
    for advisory in advisories {
        for test in &advisory.tests {
            for (at, detection) in compilation.detections.iter().enumerate() {
                if !is_about(&detection.key, &advisory.header.id, &test.subject) {
                    continue;
                }
                let list = stated.entry(at).or_default();
                list.extend(test.cases.iter().map(|case| written(detection, &case.stimulus, case.expect, case.span)));
            }
        }
    }
    let derived: Vec<cases::Cases> = compilation.detections.par_iter().map(cases::derive).collect();
    let mut out = Matrix::default();
    for (at, derived) in derived.into_iter().enumerate() {
        let mut list = derived.list;
        for case in stated.remove(&at).unwrap_or_default() {
            if !list.iter().any(|known| known.events == case.events) {
                list.push(case);
            }
        }
        out.cases.push(list);
        out.uncovered.extend(derived.uncovered.into_iter().map(|uncovered| (at, uncovered)));
    }
    out
}

/// Whether a test of an advisory is about the detection with this key: a block, or a block's detection for one kind of event.
fn is_about(key: &str, advisory: &str, subject: &str) -> bool {
    let Some(own) = key.strip_prefix(advisory).and_then(|rest| rest.strip_prefix('/')) else { return false };
    own == subject || own.strip_prefix(subject).is_some_and(|rest| rest.starts_with('.'))
}

/// A case that an author wrote, with the verdict of the evaluator for this one detection.
fn written(detection: &Detection, stimulus: &Stimulus, expect: Expectation, span: Span) -> Case {
    let events: Trial = match stimulus {
        Stimulus::Event(record) => vec![(std::time::Duration::ZERO, cases::completed(detection, record))],
        Stimulus::Events(list) => list.iter().map(|(at, record)| (*at, cases::completed(detection, record))).collect(),
    };
    let fires = fires(detection, &events);
    let what = match expect {
        Expectation::Match => "a test that expects a match",
        Expectation::NoMatch => "a test that expects none",
    };
    Case { what: what.to_owned(), span: Some(span), events, fires }
}

/// Judges the cases of a compilation by what was written for each target.
pub fn judge(
    compilation: &Compilation,
    matrix: &mut Matrix,
    targets: &[(&dyn Target, &'static Profile)],
    overlays: &BTreeMap<String, Overlay>,
    reader: Option<&dyn Reader>,
) {
    let none = Overlay::default();
    let trials: Vec<Vec<&Trial>> = matrix.cases.iter().map(|list| list.iter().map(|case| &case.events).collect()).collect();
    let judged: Vec<(Vec<Cell>, Option<_>)> = compilation
        .outputs
        .par_iter()
        .filter_map(|output| {
            let (target, profile) = targets.iter().find(|(target, profile)| target.about().id == output.target && profile.id == output.profile)?;
            let overlay = overlays.get(&format!("{}/{}", output.target, output.profile)).unwrap_or(&none);
            Some(of_output(compilation, output, (*target, profile), overlay, &*matrix, &trials, reader))
        })
        .collect();
    let (cells, engines): (Vec<Vec<Cell>>, Vec<_>) = judged.into_iter().unzip();
    matrix.cells = cells.into_iter().flatten().collect();
    matrix.engines = engines.into_iter().flatten().collect();
    matrix.cells.sort_by(|one, other| {
        (one.detection, one.target, one.profile, one.case, &one.log).cmp(&(other.detection, other.target, other.profile, other.case, &other.log))
    });
}

fn of_output(
    compilation: &Compilation,
    output: &Output,
    (target, profile): (&dyn Target, &'static Profile),
    overlay: &Overlay,
    Matrix { cases, captures, programs, .. }: &Matrix,
    trials: &[Vec<&Trial>],
    reader: Option<&dyn Reader>,
) -> (Vec<Cell>, Option<(Place, Engine)>) {
    let mut rules: BTreeMap<usize, Vec<&PrintedRule>> = BTreeMap::new();
    for rule in output.rules.iter().filter(|rule| !rule.carried) {
        rules.entry(rule.detection).or_default().push(rule);
    }
    let rows: BTreeMap<usize, &Row> =
        compilation.rows.iter().filter(|row| row.target == output.target && row.profile == output.profile).map(|row| (row.detection, row)).collect();
    let mut asked = Vec::new();
    let mut questions = Vec::new();
    for (detection, rules) in rules {
        let (Some(known), Some(trials)) = (compilation.detections.get(detection), trials.get(detection)) else { continue };
        asked.push(detection);
        questions.push(Question { detection: known, rules, trials: trials.clone() });
    }
    let hearing = Hearing { profile, overlay, artefacts: &output.artefacts, questions, reader, captures: *captures };
    let mut judgements = target.judge(&hearing);
    let asked_engine = programs.and_then(|programs| target.replay(&hearing, &mut judgements, programs));
    let mut out = Vec::new();
    for Judgement { question, trial, log, finding, told, forgets, decided, rows: shown, capture, engine } in judgements {
        let Some(detection) = asked.get(question).copied() else { continue };
        let (Some(row), Some(case)) = (rows.get(&detection), cases.get(detection).and_then(|list| list.get(trial))) else { continue };
        let Some(known) = compilation.detections.get(detection) else { continue };
        let events = told.as_ref().unwrap_or(&case.events);
        let wanted = if told.is_some() { fires(known, events) } else { case.fires };
        let wanted = wanted || (finding == Finding::Finds && forgets != Forgets::default() && fires_without(known, events, forgets));
        let apart = target.capabilities(profile).tells_empty || tells_apart(known, events);
        let finding =
            if apart { finding } else { Finding::NoSuchEvent("the log does not tell an empty field from one that is not there".to_owned()) };
        // What only forgets the platform finds what the detection does when it forgets it, and nothing else.
        let explained = || {
            let platform = Forgets { platform: true, way: false };
            let of_platform = row.diagnostics.iter().filter(|said| said.loss == Some(Loss::Wider)).all(|said| said.code == &backend::PLATFORM);
            !of_platform || fires_without(known, events, platform)
        };
        let standing = stands(row, log.as_deref(), wanted, finding, &explained);
        let differs = standing == Standing::Differs;
        let outcome = log.as_ref().and_then(|log| row.logs.get(log)).copied().unwrap_or(row.outcome);
        let mut cell = Cell {
            detection,
            case: trial,
            target: output.target,
            profile: output.profile,
            log,
            outcome,
            wanted,
            standing,
            decided,
            rows: if differs { shown } else { Vec::new() },
            capture,
            engine,
        };
        if !differs && !cell.is_contradicted() {
            cell.decided = None;
        }
        out.push(cell);
    }
    (out, asked_engine.map(|engine| ((output.target, output.profile), engine)))
}

/// Whether a detection fires on events that do not say what a log forgets.
fn fires_without(detection: &Detection, events: &Trial, forgets: Forgets) -> bool {
    let mut events = events.clone();
    for (_, record) in &mut events {
        record.event.flow = record.event.flow.filter(|_| !forgets.way);
        record.event.platform = record.event.platform.filter(|_| !forgets.platform);
    }
    fires(detection, &events)
}

/// The referee.
fn fires(detection: &Detection, events: &Trial) -> bool {
    let timed: Vec<ir::eval::Timed<'_>> = events.iter().map(|(at, record)| (*at, record)).collect();
    ir::eval::fires(detection, &timed)
}

/// Whether a detection says the same of events when their empty fields are left out, and those that are not there are empty.
fn tells_apart(detection: &Detection, events: &Trial) -> bool {
    let ir::Kind::Event(rule) = &detection.kind else { return true };
    let asked: Vec<&ir::FieldTest> = rule.predicate.tests().into_iter().filter(|test| matches!(test.op, ir::Op::Empty | ir::Op::Missing)).collect();
    asked.is_empty()
        || events.iter().all(|(_, record)| {
            let (mut without, mut empty) = (record.clone(), record.clone());
            for field in asked.iter().map(|test| &test.field).filter(|field| record.get(field).is_none()) {
                without.fields.remove(field);
                empty.fields.insert((*field).clone(), ir::FieldValue::Text(String::new()));
            }
            ir::eval::matches(rule, &without) == ir::eval::matches(rule, &empty)
        })
}

/// How a finding stands beside a verdict. `explained` says whether the rule's losses account for a case that it should not find.
fn stands(row: &Row, log: Option<&str>, fires: bool, finding: Finding, explained: &dyn Fn() -> bool) -> Standing {
    let found = match finding {
        Finding::NoSuchEvent(why) => return Standing::NoSuchEvent(why),
        Finding::Unjudged(why) => return Standing::Unjudged(why),
        Finding::Finds => true,
        Finding::Misses => false,
    };
    let lost = |loss| row.diagnostics.iter().any(|said| said.loss == Some(loss));
    let (more, less) = match log.and_then(|log| row.logs.get(log)).unwrap_or(&row.outcome) {
        // What was lost before any log was asked is in the outcome of each.
        Outcome::Exact => (false, false),
        Outcome::Wider => (true, false),
        Outcome::Narrower => (lost(Loss::Wider), true),
        Outcome::Unsupported | Outcome::Withheld => (true, true),
    };
    match (found, fires) {
        (true, true) | (false, false) => Standing::Agrees,
        (true, false) if more && explained() => Standing::AsSaid,
        (false, true) if less => Standing::AsSaid,
        _ => Standing::Differs,
    }
}

/// A diagnostic for each rule that differs, with the first case that shows it.
#[must_use]
pub fn disagreements(compilation: &Compilation, matrix: &Matrix) -> Vec<Diagnostic> {
    let mut out = contradictions(compilation, matrix);
    let mut first: BTreeMap<(usize, &str, &str), (&Cell, usize)> = BTreeMap::new();
    for cell in matrix.cells.iter().filter(|cell| cell.standing == Standing::Differs) {
        first.entry((cell.detection, cell.target, cell.profile)).and_modify(|(_, more)| *more += 1).or_insert((cell, 0));
    }
    for ((detection, target, profile), (cell, more)) in first {
        let (Some(detection), Some(case)) =
            (compilation.detections.get(detection), matrix.cases.get(cell.detection).and_then(|list| list.get(cell.case)))
        else {
            continue;
        };
        let verb = if cell.wanted { "misses" } else { "finds" };
        let claim = cell.outcome.name();
        let log = cell.log.as_ref().map(|log| format!(" in `{log}`")).unwrap_or_default();
        let besides = if more > 0 { format!(", and {} more", source::count(more, "case")) } else { String::new() };
        let message = format!("the {claim} rule for `{}` {verb} an event{log}: {}{besides}", detection.key, case.what);
        let mut said =
            Diagnostic::new(&DISAGREES, message).at(detection.span, if cell.wanted { "this has to be found" } else { "this must not be found" });
        if let Some(span) = case.span.filter(|span| *span != detection.span) {
            said = said.also(span, "the event differs in this");
        }
        if let Some((file, text)) = &cell.decided {
            said = said.help(format!("`{file}` decides it by: {text}"));
        }
        said.target = Some(format!("{target}/{profile}"));
        said.detection = Some(detection.key.clone());
        out.push(said);
    }
    out
}

/// A diagnostic for each case in which an installed engine finds something else than the rule's text does here.
fn contradictions(compilation: &Compilation, matrix: &Matrix) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for cell in matrix.cells.iter().filter(|cell| cell.is_contradicted()) {
        let (Some(detection), Some(case)) =
            (compilation.detections.get(cell.detection), matrix.cases.get(cell.detection).and_then(|list| list.get(cell.case)))
        else {
            continue;
        };
        let engine = matrix.engines.get(&(cell.target, cell.profile)).and_then(|engine| engine.as_deref().ok()).unwrap_or("the installed engine");
        let verb = if cell.engine == Some(true) { "finds" } else { "does not find" };
        let message =
            format!("{engine} {verb} an event with the rule for `{}`, against the rule's text as it is read here: {}", detection.key, case.what);
        let mut said = Diagnostic::new(&DISAGREES, message).at(case.span.unwrap_or(detection.span), "the event is about this");
        if let Some((file, text)) = &cell.decided {
            said = said.help(format!("`{file}` decides it by: {text}"));
        }
        said.target = Some(format!("{}/{}", cell.target, cell.profile));
        said.detection = Some(detection.key.clone());
        out.push(said);
    }
    out
}
