//! Which events belong together? Counts, different values and sequences in a sliding window.
//!
//! Every answer is found at the event that completes it: `streamstats` looks back from each event over as many events of its
//! group as are asked for, and a `where` asks whether they lie close enough. That is the sliding window itself, not an
//! approximation by fixed buckets.

use std::time::Duration;

use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, FieldRef, Step};
use source::{Code, Loss};

use crate::ast::{Aggregate, Compare, Expr, Query, Rule, Search, SiteMacro, Stage};
use crate::lower::{self, Origin, accelerated, dedupe, missing_again};
use crate::lower_predicate::Lowering;

pub(crate) static WINDOW: Code = Code::warn("splunk.window", "a count is larger than the events Splunk looks back over");
pub(crate) static SECONDS: Code = Code::warn("splunk.whole-seconds", "times are known to the second only");
pub(crate) static TWO_MODELS: Code = Code::warn("splunk.two-models", "one search reads one data model");

/// `max_stream_window` (<https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf>).
const FARTHEST: u32 = 10_000;

/// Lowers one correlation.
pub(crate) fn run(detection: &Detection, correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Rule, Refusal> {
    if correlation.steps().iter().any(|step| step.rule().is_none() || step.times.except.is_some()) {
        return Err(cx.unsupported(&WINDOW, cx.span(), "the steps of this correlation are more than single events"));
    }
    for step in correlation.steps() {
        if step.times.min > FARTHEST {
            let message = format!("`{}` is asked for {} times; `streamstats` looks back over {FARTHEST} events", step.name, step.times.min);
            return Err(cx.unsupported(&WINDOW, step.span, message));
        }
    }
    let mut work = Work { detection, correlation, macros: Vec::new(), lookups: Vec::new(), shown: Vec::new() };
    let mut stages = work.gather(cx)?;
    let by: Vec<String> = (1..=correlation.by.len()).map(|at| format!("vigie_by_{at}")).collect();
    if !by.is_empty() {
        stages.push(Stage::Where(Expr::all(by.iter().map(|name| there(name)).collect())));
    }
    if accelerated(cx) {
        // `tstats` gives one row for each second; each row stands for `count` events.
        let rows = Expr::Call("mvrange", vec![Expr::Number(0), Expr::field("count")]);
        stages.push(Stage::Eval(vec![("vigie_row".to_owned(), rows)]));
        stages.push(Stage::Expand("vigie_row".to_owned()));
        let message = "`tstats` gives whole seconds, so events of one second have no order and a window is up to a second longer";
        // Rounded times change both ways how regular events look.
        let loss = if correlation.jitter.is_some() { Loss::Narrower } else { Loss::Wider };
        cx.loss(&SECONDS, loss, detection.span, message, "the profile `raw` keeps the times of events");
    }
    stages.push(Stage::Sort(vec!["_time".to_owned()]));
    let within = seconds(correlation.within) + u64::from(accelerated(cx));
    match &correlation.kind {
        CorrelationKind::Sequence(steps) => sequence(steps, within, &by, &mut stages),
        CorrelationKind::Count(step) if correlation.jitter.is_some() => regular(step, correlation.jitter.unwrap_or(0), within, &by, &mut stages),
        CorrelationKind::Count(step) => {
            // Where times are whole seconds, an event surely lies in the window when it seems a second nearer.
            let sure = seconds(correlation.within) - u64::from(accelerated(cx));
            count(step, within, sure, &by, &mut stages);
        }
        CorrelationKind::Distinct { step, .. } => distinct(step, within, &by, &mut stages),
        CorrelationKind::Together { .. } | CorrelationKind::Measure { .. } => {
            return Err(cx.unsupported(&WINDOW, cx.span(), "this kind of correlation has no search yet"));
        }
    }
    let mut columns = vec!["_time".to_owned(), "vigie_first_time".to_owned()];
    columns.extend(by.iter().cloned());
    columns.extend(work.shown.iter().cloned());
    dedupe(&mut columns);
    stages.push(Stage::Table(columns));
    work.macros.sort();
    work.macros.dedup();
    Ok(Rule { query: Query(stages), lookups: work.lookups, macros: work.macros, span_seconds: seconds(correlation.within), same: by })
}

/// Whole seconds, at least one: windows shorter than a second are rounded up.
fn seconds(within: Duration) -> u64 {
    (within.as_secs() + u64::from(within.subsec_nanos() > 0)).max(1)
}

fn there(name: &str) -> Expr {
    // An empty text is a missing field.
    Expr::compare(Expr::Call("len", vec![Expr::field(name)]), Compare::More, Expr::Number(0))
}

fn flag(at: usize) -> String {
    format!("vigie_step_{}", at + 1)
}

struct Work<'a> {
    detection: &'a Detection,
    correlation: &'a Correlation,
    macros: Vec<SiteMacro>,
    lookups: Vec<crate::ast::Lookup>,
    shown: Vec<String>,
}

impl Work<'_> {
    /// Commands that bring the events of all steps together, each with its step marked and its groups named.
    fn gather(&mut self, cx: &mut Cx<'_>) -> Result<Vec<Stage>, Refusal> {
        let correlation = self.correlation;
        let steps: Vec<(&Step, &ir::EventRule)> = correlation.steps().iter().filter_map(|step| Some((step, step.rule()?))).collect();
        let extra = self.extra();
        let one_stream = steps.iter().all(|(_, rule)| Some(&rule.event) == steps.first().map(|(_, first)| &first.event));
        if let (Some((_, first)), true) = (steps.first(), one_stream) {
            let mut needed: Vec<FieldRef> = steps.iter().flat_map(|(_, rule)| lower::fields(rule)).collect();
            needed.extend(extra);
            let origin = lower::origin(&first.event, &needed, cx)?;
            return self.stream(&origin, &steps.iter().enumerate().map(|(at, (_, rule))| (at, *rule)).collect::<Vec<_>>(), &needed, cx);
        }
        if accelerated(cx) {
            let message = "the steps read different data models, which one `tstats` cannot";
            return Err(Refusal {
                help: Some("the profile `raw` reads them side by side".to_owned()),
                ..cx.unsupported(&TWO_MODELS, cx.span(), message)
            });
        }
        // Steps of one stream share one search, so that an event that fits two steps is still one event.
        let mut groups: Vec<(&ir::EventSelector, Vec<(usize, &ir::EventRule)>)> = Vec::new();
        for (at, (_, rule)) in steps.iter().enumerate() {
            match groups.iter_mut().find(|(event, _)| *event == &rule.event) {
                Some((_, list)) => list.push((at, rule)),
                None => groups.push((&rule.event, vec![(at, rule)])),
            }
        }
        let mut searches = Vec::with_capacity(groups.len());
        for (event, list) in groups {
            let mut needed: Vec<FieldRef> = list.iter().flat_map(|(_, rule)| lower::fields(rule)).collect();
            needed.extend(self.extra());
            let origin = lower::origin(event, &needed, cx)?;
            searches.push(Query(self.stream(&origin, &list, &needed, cx)?));
        }
        Ok(vec![Stage::Multisearch(searches)])
    }

    /// Fields read besides those that steps test.
    fn extra(&self) -> Vec<FieldRef> {
        let mut out = self.correlation.by.clone();
        if let CorrelationKind::Distinct { field, .. } = &self.correlation.kind {
            out.push(field.clone());
        }
        out
    }

    /// The events of some steps, out of one stream.
    fn stream(&mut self, origin: &Origin, steps: &[(usize, &ir::EventRule)], needed: &[FieldRef], cx: &mut Cx<'_>) -> Result<Vec<Stage>, Refusal> {
        self.macros.extend(origin.macros.iter().cloned());
        let mut lowering = Lowering::new(cx, origin.stream, origin.dataset, self.detection);
        let mut names = Vec::new();
        for field in needed {
            let (name, _) = lowering.name(field, self.detection.span)?;
            names.push(name);
        }
        dedupe(&mut names);
        let mut conditions = origin.conditions.clone();
        let mut marks: Vec<(String, Expr)> = Vec::new();
        let mut kept = None;
        if let [(at, rule)] = steps {
            let (search, rest) = lowering.split(&rule.predicate)?;
            conditions.extend(search);
            kept = rest;
            if matches!(self.correlation.kind, CorrelationKind::Sequence(_)) {
                marks.push((flag(*at), Expr::Number(1)));
            }
        } else {
            let mut alternatives = Some(Vec::new());
            for (at, rule) in steps {
                let (search, holds) = lowering.flag(&rule.predicate)?;
                alternatives = alternatives.zip(search).map(|(mut list, search): (Vec<Search>, Search)| {
                    list.push(search);
                    list
                });
                marks.push((flag(*at), Expr::Call("if", vec![holds, Expr::Number(1), Expr::Call("null", Vec::new())])));
            }
            conditions.extend(alternatives.map(Search::any));
            kept = kept.or_else(|| Some(Expr::any(marks.iter().map(|(name, _)| Expr::Call("isnotnull", vec![Expr::field(name)])).collect())));
        }
        let mut groups = Vec::new();
        for (at, field) in self.correlation.by.iter().enumerate() {
            let (name, spelling) = lowering.name(field, self.detection.span)?;
            let value = lowering.value(&name, spelling);
            groups.push((format!("vigie_by_{}", at + 1), Expr::Call("lower", vec![Expr::field(value)])));
        }
        if let CorrelationKind::Distinct { field, .. } = &self.correlation.kind {
            let (name, spelling) = lowering.name(field, self.detection.span)?;
            let value = lowering.value(&name, spelling);
            groups.push(("vigie_counted".to_owned(), Expr::Call("lower", vec![Expr::field(value)])));
        }
        let Lowering { made, read, lookups, .. } = lowering;
        self.lookups.extend(lookups);
        let mut stages = Vec::new();
        if let (Some(model), Some(dataset)) = (origin.model, origin.dataset) {
            let filter = (!conditions.is_empty()).then(|| Search::all(conditions));
            let by = names.iter().map(|name| format!("{dataset}.{name}")).collect();
            stages.push(Stage::Tstats { model: model.to_owned(), filter, by, seconds: true });
            stages.push(Stage::DropPrefix(dataset.to_owned()));
            stages.extend(missing_again(&read));
        } else {
            stages.push(Stage::Search(Search::all(conditions)));
        }
        stages.extend(made);
        let marked = marks.len() > 1;
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
}

/// `_time - start <= within`.
fn close(start: &str, within: u64) -> Expr {
    let apart = Expr::arithmetic(Expr::field("_time"), '-', Expr::field(start));
    Expr::compare(apart, Compare::AtMost, number(within))
}

fn number(value: u64) -> Expr {
    Expr::Number(i64::try_from(value).unwrap_or(i64::MAX))
}

fn looking_back(window: u32, what: Vec<(Aggregate, Option<String>, String)>, by: &[String]) -> Stage {
    Stage::Streamstats { current: true, window: Some(window), seconds: None, what, by: by.to_vec() }
}

/// So many events: the one that many places back lies in the window. With an upper bound, one more place back does not.
fn count(step: &Step, within: u64, sure: u64, by: &[String], stages: &mut Vec<Stage>) {
    let least = step.times.min.max(1);
    let oldest = |name: &str| (Aggregate::Min, Some("_time".to_owned()), name.to_owned());
    let counted = |name: &str| (Aggregate::Count, None, name.to_owned());
    stages.push(looking_back(least, vec![counted("vigie_count"), oldest("vigie_first_time")], by));
    let mut all =
        vec![Expr::compare(Expr::field("vigie_count"), Compare::AtLeast, Expr::Number(i64::from(least))), close("vigie_first_time", within)];
    if let Some(most) = step.times.max.filter(|most| *most < FARTHEST) {
        let over = most.saturating_add(1);
        stages.push(looking_back(over, vec![counted("vigie_over_count"), oldest("vigie_over_time")], by));
        let fewer = Expr::compare(Expr::field("vigie_over_count"), Compare::Less, Expr::Number(i64::from(over)));
        all.push(Expr::any(vec![fewer, Expr::Not(Box::new(close("vigie_over_time", sure)))]));
    }
    stages.push(Stage::Where(Expr::All(all)));
}

/// So many different values in the window that ends with each event.
fn distinct(step: &Step, within: u64, by: &[String], stages: &mut Vec<Stage>) {
    let what = vec![
        (Aggregate::Distinct, Some("vigie_counted".to_owned()), "vigie_count".to_owned()),
        (Aggregate::Min, Some("_time".to_owned()), "vigie_first_time".to_owned()),
    ];
    stages.push(Stage::Where(there("vigie_counted")));
    stages.push(Stage::Streamstats { current: true, window: None, seconds: Some(within), what, by: by.to_vec() });
    stages.push(Stage::Where(in_range(step)));
}

fn in_range(step: &Step) -> Expr {
    let least = Expr::compare(Expr::field("vigie_count"), Compare::AtLeast, Expr::Number(i64::from(step.times.min.max(1))));
    match step.times.max {
        None => least,
        Some(most) => Expr::All(vec![least, Expr::compare(Expr::field("vigie_count"), Compare::AtMost, Expr::Number(i64::from(most)))]),
    }
}

/// So many events at regular times. The intervals of a window are the gaps before each of its events but the first; their
/// squares are summed over the window and the first one's taken away again.
fn regular(step: &Step, percent: u32, within: u64, by: &[String], stages: &mut Vec<Stage>) {
    let owned = |name: &str| name.to_owned();
    let before = vec![(Aggregate::Last, Some(owned("_time")), owned("vigie_before"))];
    stages.push(Stage::Streamstats { current: false, window: Some(1), seconds: None, what: before, by: by.to_vec() });
    let gap = Expr::Call("coalesce", vec![Expr::arithmetic(Expr::field("_time"), '-', Expr::field("vigie_before")), Expr::Number(0)]);
    stages.push(Stage::Eval(vec![(owned("vigie_gap"), gap)]));
    let what = vec![
        (Aggregate::Count, None, owned("vigie_count")),
        (Aggregate::Min, Some(owned("_time")), owned("vigie_first_time")),
        (Aggregate::First, Some(owned("vigie_gap")), owned("vigie_first_gap")),
        (Aggregate::SumOfSquares, Some(owned("vigie_gap")), owned("vigie_squares")),
    ];
    stages.push(Stage::Streamstats { current: true, window: None, seconds: Some(within), what, by: by.to_vec() });
    let field = |name: &str| Expr::field(name);
    let times = |left, right| Expr::arithmetic(left, '*', right);
    let intervals = Expr::arithmetic(field("vigie_count"), '-', Expr::Number(1));
    let mean = Expr::arithmetic(Expr::arithmetic(field("_time"), '-', field("vigie_first_time")), '/', field("vigie_intervals"));
    let squares = Expr::arithmetic(field("vigie_squares"), '-', times(field("vigie_first_gap"), field("vigie_first_gap")));
    let spread = Expr::arithmetic(squares, '-', times(field("vigie_intervals"), times(field("vigie_mean"), field("vigie_mean"))));
    let degrees = Expr::arithmetic(field("vigie_intervals"), '-', Expr::Number(1));
    let variance = Expr::arithmetic(Expr::Call("max", vec![spread, Expr::Number(0)]), '/', degrees);
    stages.push(Stage::Eval(vec![
        (owned("vigie_intervals"), intervals),
        (owned("vigie_mean"), mean),
        (owned("vigie_deviation"), Expr::Call("sqrt", vec![variance])),
    ]));
    let few = Expr::compare(field("vigie_intervals"), Compare::Less, Expr::Number(2));
    let limit = times(Expr::Number(i64::from(percent)), field("vigie_mean"));
    let steady = Expr::compare(times(field("vigie_deviation"), Expr::Number(100)), Compare::AtMost, limit);
    stages.push(Stage::Where(Expr::All(vec![in_range(step), Expr::any(vec![few, steady])])));
}

/// Steps in order. At each event of a step, `vigie_start_N` is the latest time at which the steps up to it can have begun; the
/// latest start leaves the most room, so the rule fires exactly when some start does.
fn sequence(steps: &[Step], within: u64, by: &[String], stages: &mut Vec<Stage>) {
    let last = steps.len().saturating_sub(1);
    for (at, step) in steps.iter().enumerate() {
        let mark = flag(at);
        let need = step.times.min.max(1);
        let start = if at == last { "vigie_first_time".to_owned() } else { format!("vigie_start_{}", at + 1) };
        let from = if at == 0 {
            "_time".to_owned()
        } else {
            let begun = format!("vigie_begun_{}", at + 1);
            let what = vec![(Aggregate::Last, Some(format!("vigie_start_{at}")), begun.clone())];
            stages.push(Stage::Streamstats { current: false, window: None, seconds: None, what, by: by.to_vec() });
            begun
        };
        let there = Expr::Call("isnotnull", vec![Expr::field(&mark)]);
        let null = || Expr::Call("null", Vec::new());
        if need == 1 {
            let value = Expr::Call("if", vec![there, Expr::field(&from), null()]);
            stages.push(Stage::Eval(vec![(start, value)]));
            continue;
        }
        // Only events of the step have its mark, so grouping by it counts them alone. Starts never fall, so the oldest of
        // the last `need` is the least, and it is there when all of them are.
        let (count, oldest) = (format!("vigie_count_{}", at + 1), format!("vigie_oldest_{}", at + 1));
        let what = vec![(Aggregate::Count, Some(from.clone()), count.clone()), (Aggregate::Min, Some(from), oldest.clone())];
        let mut groups = by.to_vec();
        groups.push(mark);
        stages.push(looking_back(need, what, &groups));
        let enough = Expr::compare(Expr::field(&count), Compare::AtLeast, Expr::Number(i64::from(need)));
        let value = Expr::Call("if", vec![Expr::All(vec![there, enough]), Expr::field(&oldest), null()]);
        stages.push(Stage::Eval(vec![(start, value)]));
    }
    stages.push(Stage::Where(Expr::All(vec![Expr::Call("isnotnull", vec![Expr::field("vigie_first_time")]), close("vigie_first_time", within)])));
}
