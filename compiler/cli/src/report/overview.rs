//! What is there to say of a run? Counts, what became of each rule in each target, what stops to hold, how long rules are, what was found.

use std::collections::{BTreeMap, BTreeSet};

use backend::Outcome;
use ir::Date;
use pipeline::{Compilation, Proof};
use source::{Severity, Sources, by_code};

use crate::run::Run;
use crate::show::counts;

/// Everything that a page says.
#[derive(Debug, Default)]
pub(crate) struct Overview {
    pub(crate) inputs: usize,
    /// Values that no rule holds.
    pub(crate) withheld: usize,
    /// Errors, warnings, notes.
    pub(crate) found: (usize, usize, usize),
    /// Tests of the descriptions: passed, failed.
    pub(crate) tests: (usize, usize),
    pub(crate) columns: Vec<Column>,
    /// By key.
    pub(crate) rules: Vec<RuleLine>,
    /// Where a day was given.
    pub(crate) expiring: Option<Expiring>,
    /// The worst first, then by code.
    pub(crate) codes: Vec<CodeLine>,
}

/// A target and a profile.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its folder, such as `kql/sentinel`.
    pub(crate) name: String,
    pub(crate) rules: usize,
    pub(crate) files: usize,
    /// How many detections have each outcome, in the order of [`OUTCOMES`].
    pub(crate) totals: [usize; 5],
    /// Where the product has a limit.
    pub(crate) size: Option<Size>,
}

/// The longest rule, and how long one may be.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) largest: usize,
    pub(crate) most: usize,
    /// What is counted.
    pub(crate) unit: &'static str,
    /// How many rules are longer than that: what a product only searches with when a person asks for it.
    pub(crate) longer: usize,
}

/// Every outcome, with what it means.
pub(crate) const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Exact, "finds what is described"),
    (Outcome::Wider, "finds more: more alarms"),
    (Outcome::Narrower, "finds less: missed attacks"),
    (Outcome::Unsupported, "no rule: the target does not see it"),
    (Outcome::Withheld, "no rule: a policy kept it back, or it was refused when it was read back"),
];

/// A detection, and what became of it.
#[derive(Debug)]
pub(crate) struct RuleLine {
    pub(crate) key: String,
    pub(crate) title: String,
    /// File and line.
    pub(crate) place: String,
    /// For each column.
    pub(crate) outcomes: Vec<Outcome>,
}

impl RuleLine {
    /// How much it asks to be looked at: the most where something may be missed, nothing where all is exact or not seen there.
    pub(crate) fn weight(&self) -> usize {
        let weight = |outcome: &Outcome| match outcome {
            Outcome::Narrower | Outcome::Withheld => 3,
            Outcome::Wider => 2,
            Outcome::Exact | Outcome::Unsupported => 0,
        };
        // A detection without any rule weighs the most.
        let any = self.outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Unsupported | Outcome::Withheld));
        if any { self.outcomes.iter().map(weight).max().unwrap_or(0) } else { 4 }
    }
}

/// Values that stop to hold soon.
#[derive(Debug)]
pub(crate) struct Expiring {
    pub(crate) from: Date,
    pub(crate) days: u16,
    /// The last day, the value, and where it is written.
    pub(crate) values: BTreeSet<(Date, String, String)>,
}

/// Everything under one code.
#[derive(Debug)]
pub(crate) struct CodeLine {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) count: usize,
    pub(crate) targets: Vec<String>,
    /// The first place: file, line and column.
    pub(crate) place: Option<String>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Gathers what there is to say. `days` is how soon a value stops to hold to be listed.
pub(crate) fn of(run: &Run, proofs: &[Proof], days: u16) -> Overview {
    let (compilation, sources) = (&run.compilation, &run.inputs.sources);
    let passed = proofs.iter().filter(|proof| proof.passed).count();
    Overview {
        inputs: run.inputs.read,
        withheld: compilation.withheld.len(),
        found: counts(&run.diagnostics),
        tests: (passed, proofs.len() - passed),
        columns: columns(compilation),
        rules: rules(compilation, sources),
        expiring: run.options.as_of.map(|from| expiring(compilation, sources, from, days)),
        codes: codes(run),
    }
}

fn columns(compilation: &Compilation) -> Vec<Column> {
    let mut totals: BTreeMap<(&str, &str), [usize; 5]> = BTreeMap::new();
    for row in &compilation.rows {
        let of = totals.entry((row.target, row.profile)).or_default();
        if let Some(at) = OUTCOMES.iter().position(|(outcome, _)| *outcome == row.outcome) {
            of[at] += 1;
        }
    }
    let limit = |id: &str| registry::all().iter().find(|target| target.about().id == id).and_then(|target| target.about().rule_limit);
    let column = |output: &pipeline::Output| {
        let size = limit(output.target).map(|limit| {
            let (most, unit) = limit.most();
            let sizes: Vec<usize> = output.rules.iter().filter(|rule| !rule.carried).map(|rule| limit.size(rule.text.trim_end())).collect();
            let largest = sizes.iter().copied().filter(|size| *size <= most).max().unwrap_or(0);
            Size { largest, most, unit, longer: sizes.iter().filter(|size| **size > most).count() }
        });
        Column {
            name: output.folder.clone(),
            rules: output.rules.len(),
            files: output.artefacts.len(),
            totals: totals.get(&(output.target, output.profile)).copied().unwrap_or_default(),
            size: size.filter(|size| size.largest > 0 || size.longer > 0),
        }
    };
    compilation.outputs.iter().map(column).collect()
}

fn rules(compilation: &Compilation, sources: &Sources) -> Vec<RuleLine> {
    let at: BTreeMap<(&str, &str), usize> =
        compilation.outputs.iter().enumerate().map(|(at, output)| ((output.target, output.profile), at)).collect();
    let line = |detection: &ir::Detection| RuleLine {
        key: detection.key.clone(),
        title: detection.title.clone(),
        place: format!("{}:{}", sources.file(detection.span.file).name, sources.position(detection.span).0),
        outcomes: vec![Outcome::Unsupported; compilation.outputs.len()],
    };
    let mut out: Vec<RuleLine> = compilation.detections.iter().map(line).collect();
    for row in &compilation.rows {
        let cell = at.get(&(row.target, row.profile)).and_then(|at| out.get_mut(row.detection)?.outcomes.get_mut(*at));
        if let Some(cell) = cell {
            *cell = row.outcome;
        }
    }
    out
}

fn expiring(compilation: &Compilation, sources: &Sources, from: Date, days: u16) -> Expiring {
    let last = from.saturating_add(jiff::Span::new().days(i64::from(days)));
    let mut values = BTreeSet::new();
    for detection in &compilation.detections {
        for indicator in detection.indicators.iter() {
            let Some(until) = indicator.valid.and_then(|valid| valid.until).filter(|until| (from..=last).contains(until)) else { continue };
            let place = indicator.origins.first().map(|origin| place(origin.span, sources)).unwrap_or_default();
            values.insert((until, indicator.observable.to_string(), place));
        }
    }
    Expiring { from, days, values }
}

fn codes(run: &Run) -> Vec<CodeLine> {
    let sources = &run.inputs.sources;
    let mut out: Vec<CodeLine> = by_code(&run.diagnostics)
        .iter()
        .map(|group| {
            let first = group.first();
            CodeLine {
                severity: group.severity,
                code: group.code.slug,
                count: group.members.len(),
                targets: group.targets().into_iter().map(str::to_owned).collect(),
                place: first.and_then(|said| said.label.as_ref()).map(|(span, _)| {
                    let (_, column) = sources.position(*span);
                    format!("{}:{column}", place(*span, sources))
                }),
                message: first.map(|said| said.message.clone()).unwrap_or_default(),
                help: first.and_then(|said| said.help.clone()).filter(|help| !help.is_empty()),
            }
        })
        .collect();
    out.sort_by_key(|line| (std::cmp::Reverse(line.severity), line.code));
    out
}

/// File and line.
fn place(span: source::Span, sources: &Sources) -> String {
    format!("{}:{}", sources.file(span.file).name, sources.position(span).0)
}
