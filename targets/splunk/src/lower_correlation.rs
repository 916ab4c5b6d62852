//! Which events belong together? One stream of rows, each with its groups and the steps it fits.
//!
//! [`crate::lower_window`] asks at each row whether it completes a window. A correlation inside another one reads rows of its own;
//! those that complete it are marked, and the mark is a step of the outer one. Its rows stand behind rows of the same moment.

use backend::correlation::{CorrelationPlan, Key, Planned, PlannedCorrelation, PlannedStream, alike};
use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, EventRule, EventSelector, FieldRef, Times};
use source::{Code, Loss};

use crate::ast::{Expr, Query, Rule, Search, SiteMacro, Stage};
use crate::lower_fields::{dedupe, fields, missing_again};
use crate::lower_values::{is_marked, there};
use crate::lower_window::{FARTHEST, Window};
use crate::lowering::Lowering;
use crate::naming::own_filter;
use crate::origin::{Origin, origin};
use crate::profiles::{accelerated, cim};

pub(crate) static WINDOW: Code = Code::warn("splunk.window", "a count is larger than the events Splunk looks back over");
pub(crate) static SECONDS: Code = Code::warn("splunk.whole-seconds", "times are known to the second only");
pub(crate) static TWO_MODELS: Code = Code::warn("splunk.two-models", "one search reads one data model");

/// Lowers one correlation.
pub(crate) fn run(detection: &Detection, correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Rule, Refusal> {
    let plan = CorrelationPlan::of(correlation);
    countable(&plan, cx)?;
    let mut work = Work { detection, plan: &plan, macros: Vec::new(), lookups: Vec::new(), shown: Vec::new() };
    let nested = plan.nested();
    let mut stages = work.gather(cx)?;
    let by = work.by(0);
    if !nested && !by.is_empty() {
        stages.push(Stage::Where(Expr::all(by.iter().map(|name| there(name)).collect())));
    }
    if accelerated(cx) {
        // `tstats` gives one row for each second; each row stands for `count` events.
        let rows = Expr::Call("mvrange", vec![Expr::Number(0), Expr::field("count")]);
        stages.push(Stage::Eval(vec![("vigie_row".to_owned(), rows)]));
        stages.push(Stage::Expand("vigie_row".to_owned()));
        let help = "the profile `raw` keeps the times of events";
        let message = "`tstats` gives whole seconds, so events of one second have no order and a window is up to a second longer";
        cx.loss(&SECONDS, Loss::Wider, detection.span, message, help);
        // Rounded times change both ways how regular events look, and larger windows both ways what a figure is.
        if correlation.jitter.is_some() || matches!(correlation.kind, CorrelationKind::Measure { .. } | CorrelationKind::Together { .. }) {
            let message = "`tstats` gives whole seconds, so how regular events look, and what is counted in a window, may come out otherwise";
            cx.loss(&SECONDS, Loss::Narrower, detection.span, message, help);
        }
    }
    let sort = ["_time", "vigie_depth"].into_iter().take(1 + usize::from(nested)).map(str::to_owned).collect();
    stages.push(Stage::Sort(sort));
    work.complete(0, accelerated(cx), &mut stages);
    let mut columns = vec!["_time".to_owned(), "vigie_first_time".to_owned()];
    columns.extend(by.iter().cloned());
    columns.extend(work.shown.iter().cloned());
    dedupe(&mut columns);
    let filter = own_filter(detection, cx.profile);
    stages.push(Stage::Filter(filter.name.clone()));
    stages.push(Stage::Table(columns));
    work.macros.push(filter);
    work.macros.sort();
    work.macros.dedup();
    Ok(Rule { query: Query(stages), lookups: work.lookups, macros: work.macros, span_seconds: plan.reach(), same: by })
}

/// Refuses counts that reach further back than Splunk looks.
fn countable(plan: &CorrelationPlan<'_>, cx: &Cx<'_>) -> Result<(), Refusal> {
    for (at, part) in plan.parts.iter().enumerate() {
        for step in part.correlation.steps() {
            let Times { min, max, except } = step.times;
            if min > FARTHEST || except.is_some_and(|except| except >= FARTHEST) {
                let message = format!("`{}` is asked for {min} times; `streamstats` looks back over {FARTHEST} events", step.name);
                return Err(cx.unsupported(&WINDOW, step.span, message));
            }
            if max.is_some_and(|max| max >= FARTHEST) && at > 0 {
                return Err(cx.unsupported(&WINDOW, step.span, format!("`streamstats` looks back over {FARTHEST} events")));
            }
        }
    }
    Ok(())
}

fn mark(when: Expr) -> Expr {
    Expr::Call("if", vec![when, Expr::Number(1), Expr::Call("null", Vec::new())])
}

/// A stream of single events, and what they have to fit.
type Leaf<'p> = (&'p PlannedStream<'p>, &'p EventRule);

struct Work<'p> {
    detection: &'p Detection,
    plan: &'p CorrelationPlan<'p>,
    macros: Vec<SiteMacro>,
    lookups: Vec<crate::ast::Lookup>,
    shown: Vec<String>,
}

/// What the fields of a correlation begin with.
fn prefix(part: usize) -> String {
    if part == 0 { "vigie_".to_owned() } else { format!("vigie_in_{part}_") }
}

/// The field that marks rows that are a step.
fn step_field(part: usize, step: usize) -> String {
    format!("{}step_{}", prefix(part), step + 1)
}

/// The field that marks rows that complete a correlation.
fn done_field(part: usize) -> String {
    format!("{}done", prefix(part))
}

/// The field that marks rows that stand in one of a correlation's groups.
fn own_field(part: usize) -> String {
    format!("{}own", prefix(part))
}

impl<'p> Work<'p> {
    /// The fields that tell a correlation's groups apart.
    fn by(&self, part: usize) -> Vec<String> {
        (1..=self.plan.part(part).correlation.by.len()).map(|at| format!("{}by_{at}", prefix(part))).collect()
    }

    /// What a correlation counts: one field, or each of several.
    fn counted(&self, part: usize) -> Vec<String> {
        let whole = format!("{}counted", prefix(part));
        match self.plan.part(part).correlation.counted().len() {
            0 => Vec::new(),
            1 => vec![whole],
            many => (1..=many).map(|at| format!("{whole}_{at}")).collect(),
        }
    }

    /// The field that holds a value for a correlation.
    fn field(&self, key: &Key<'_>) -> String {
        self.by(key.part).into_iter().chain(self.counted(key.part)).nth(key.at).unwrap_or_default()
    }

    /// Commands that bring the events of all steps together, each with its step marked and its groups named.
    fn gather(&mut self, cx: &mut Cx<'_>) -> Result<Vec<Stage>, Refusal> {
        let leaves = self.plan.streams.iter().filter_map(|stream| Some((&stream.rule()?.event, stream)));
        let groups: Vec<(&EventSelector, Vec<&PlannedStream<'p>>)> = alike(leaves, |one, other| one == other);
        if groups.len() > 1 && accelerated(cx) {
            let alike = groups.iter().all(|(event, _)| Some(event) == groups.first().map(|(first, _)| first));
            let message = if alike {
                "the events of one data model are read in several ways, which one `tstats` cannot"
            } else {
                "the steps read different data models, which one `tstats` cannot"
            };
            return Err(Refusal {
                help: Some("the profile `raw` reads them side by side".to_owned()),
                ..cx.unsupported(&TWO_MODELS, cx.span(), message)
            });
        }
        let mut searches = Vec::with_capacity(groups.len());
        for (event, list) in groups {
            let leaves: Vec<Leaf<'p>> = list.iter().filter_map(|stream| Some((*stream, stream.rule()?))).collect();
            let mut needed: Vec<FieldRef> = leaves.iter().flat_map(|(_, rule)| fields(rule)).collect();
            needed.extend(list.iter().take(1).flat_map(|stream| self.plan.wanted(stream)).map(|key| key.field.clone()));
            let (found, lost) = cx.in_a_log(|cx| {
                let origin = origin(event, &needed, None, cx)?;
                origin.say_platform(leaves.iter().map(|(_, rule)| *rule), cx);
                let stages = self.stream(&origin, &leaves, &needed, cx)?;
                Ok::<_, Refusal>((origin, stages))
            });
            let (origin, stages) = found?;
            origin.logs.into_iter().for_each(|log| cx.log(log, lost));
            searches.push(Query(stages));
        }
        Ok(if searches.len() == 1 { searches.swap_remove(0).0 } else { vec![Stage::Multisearch(searches)] })
    }

    /// The events of some steps, out of one stream.
    fn stream(&mut self, origin: &Origin, leaves: &[Leaf<'p>], needed: &[FieldRef], cx: &mut Cx<'_>) -> Result<Vec<Stage>, Refusal> {
        self.macros.extend(origin.macros.iter().cloned());
        let nested = self.plan.nested();
        let flags = nested || self.plan.part(0).tells_steps();
        let mut lowering = Lowering::new(cx, origin, self.detection);
        let mut names = Vec::new();
        for field in needed {
            let (name, _) = lowering.name(field, self.detection.span)?;
            names.push(name);
        }
        dedupe(&mut names);
        let mut conditions = origin.conditions.clone();
        let mut marks: Vec<(String, Expr)> = Vec::new();
        let mut kept = None;
        let name_of = |stream: &PlannedStream<'_>| step_field(stream.part, stream.step);
        if let [(stream, rule)] = leaves {
            let (search, rest) = lowering.split(&rule.predicate)?;
            conditions.extend(search);
            kept = rest;
            if flags {
                marks.push((name_of(stream), Expr::Number(1)));
            }
        } else {
            let mut alternatives = Some(Vec::new());
            let mut fits: Vec<(String, Vec<Expr>)> = Vec::new();
            for (stream, rule) in leaves {
                let (search, holds) = lowering.flag(&rule.predicate)?;
                alternatives = alternatives.zip(search).map(|(mut list, search): (Vec<Search>, Search)| {
                    list.push(search);
                    list
                });
                match fits.iter_mut().find(|(name, _)| *name == name_of(stream)) {
                    Some((_, list)) => list.push(holds),
                    None => fits.push((name_of(stream), vec![holds])),
                }
            }
            marks.extend(fits.into_iter().map(|(name, list)| (name, mark(Expr::any(list)))));
            conditions.extend(alternatives.map(Search::any));
            kept = kept.or_else(|| Some(Expr::any(marks.iter().map(|(name, _)| is_marked(name)).collect())));
        }
        let mut groups = Vec::new();
        for (stream, _) in leaves.iter().take(1) {
            let span = self.plan.step(stream).span;
            for key in self.plan.wanted(stream) {
                let (name, spelling) = lowering.name(key.field, span)?;
                let value = lowering.value(&name, spelling);
                groups.push((self.field(key), lowering.group(Expr::field(value), key.field)));
            }
            if nested {
                let depth = i64::try_from(self.plan.part(stream.part).depth).unwrap_or(i64::MAX);
                groups.push(("vigie_depth".to_owned(), Expr::Number(depth)));
            }
        }
        let Lowering { made, read, lookups, .. } = lowering;
        self.lookups.extend(lookups);
        let mut stages = Vec::new();
        if let (Some(model), Some(dataset)) = (origin.model, origin.dataset) {
            let filter = (!conditions.is_empty()).then(|| Search::all(conditions));
            let by = names.iter().map(|name| cim::qualified(dataset, name)).collect();
            stages.push(Stage::Tstats { model: model.to_owned(), filter, by, seconds: true });
            stages.extend(cim::prefixes(dataset).map(Stage::DropPrefix));
            stages.extend(missing_again(dataset, &read));
        } else {
            stages.push(Stage::Search(Search::all(conditions)));
        }
        stages.extend(made);
        let marked = leaves.len() > 1;
        let marks = (!marks.is_empty()).then_some(Stage::Eval(marks));
        let kept = kept.map(Stage::Where);
        // With several steps the `where` reads the marks; with one it stands alone.
        stages.extend(if marked { [marks, kept] } else { [kept, marks] }.into_iter().flatten());
        if !groups.is_empty() {
            stages.push(Stage::Eval(groups));
        }
        self.shown.extend(names.into_iter().filter(|name| name != "_time"));
        Ok(stages)
    }

    /// Keeps or marks the rows that complete a correlation.
    fn complete(&self, part: usize, rounded: bool, stages: &mut Vec<Stage>) {
        let PlannedCorrelation { correlation, within, .. } = *self.plan.part(part);
        let steps = correlation.steps();
        let mut marks: Vec<(usize, Vec<Expr>)> = Vec::new();
        for stream in self.plan.streams_of(part) {
            let Planned::Completions(inner) = stream.what else { continue };
            self.complete(inner, rounded, stages);
            let done = is_marked(&done_field(inner));
            match marks.iter_mut().find(|(known, _)| *known == stream.step) {
                Some((_, list)) => list.push(done),
                None => marks.push((stream.step, vec![is_marked(&step_field(part, stream.step)), done])),
            }
        }
        let by = self.by(part);
        let mut there: Vec<Expr> = by.iter().map(|name| self::there(name)).collect();
        let mut groups = by;
        if self.plan.nested() {
            if !marks.is_empty() {
                stages.push(Stage::Eval(marks.into_iter().map(|(step, list)| (step_field(part, step), mark(Expr::any(list)))).collect()));
            }
            there.push(Expr::any((0..steps.len()).map(|step| is_marked(&step_field(part, step))).collect()));
            there.extend(self.counted(part).iter().map(|name| self::there(name)));
            if part == 0 {
                stages.push(Stage::Where(Expr::all(there)));
            } else {
                stages.push(Stage::Eval(vec![(own_field(part), mark(Expr::all(there)))]));
                groups.push(own_field(part));
            }
        }
        let window = Window {
            prefix: &prefix(part),
            by: &groups,
            // Where times are whole seconds, an event surely lies in the window when it seems a second nearer.
            within: within + u64::from(rounded),
            sure: within - u64::from(rounded),
        };
        let complete = match &correlation.kind {
            CorrelationKind::Sequence(steps) => window.sequence(steps, stages),
            CorrelationKind::Together { steps, needs } => window.together(steps, needs, stages),
            CorrelationKind::Count(step) if correlation.jitter.is_some() => window.regular(step.times, correlation.jitter.unwrap_or(0), stages),
            CorrelationKind::Count(step) => window.count(step.times, stages),
            CorrelationKind::Distinct { step, .. } => window.distinct(step.times, &self.counted(part), part == 0, stages),
            CorrelationKind::Measure { figure, bounds, .. } => window.measure(*figure, bounds, part == 0, stages),
        };
        if part == 0 {
            stages.push(Stage::Where(complete));
        } else {
            // Rows of other correlations have no value here, and nothing that is compared with it holds.
            let complete = Expr::all(vec![is_marked(&own_field(part)), complete]);
            stages.push(Stage::Eval(vec![(done_field(part), mark(complete))]));
        }
    }
}
