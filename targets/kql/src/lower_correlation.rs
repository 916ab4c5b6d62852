//! How do events that belong together become one query?
//!
//! Windows slide: they end with each event and reach back as far as the description says, as [`ir::eval`] has it. A count
//! compares an event with the n-th before it in its group (`prev`). Regularity and distinct values need the whole window:
//! each event is joined with those of its group that lie in its window. A sequence joins runs of steps, each later run
//! with the runs that end before it. Rows are numbered once, so events of the same moment have one order.

use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, EventRule, FieldRef, Predicate, Times};
use source::{Code, Loss};

use crate::ast::{Condition, From, Let, List, Query, Rows, Rule, Step, Value};
use crate::lower::{self, Asked, NO_TABLE, RULE, TOO_LONG};
use crate::lower_test::{Leg, Lists};
use crate::print;
use crate::profiles::{Schema, Source};

pub(crate) static WINDOW: Code = Code::warn("kql.window", "events lie further apart than the product looks back");

/// Turns a correlation into a rule.
pub(crate) fn lower(detection: &Detection, correlation: &Correlation, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    if correlation.steps().iter().any(|step| step.rule().is_none() || step.times.except.is_some()) {
        return Err(cx.unsupported(&NO_TABLE, cx.span(), "the steps of this correlation are more than single events"));
    }
    let reach = reach(correlation, schema, cx);
    let mut lists = Lists::default();
    let stream = stream(correlation, schema, &mut lists, cx)?;
    let window = Window { time: schema.time, keys: stream.keys.clone(), within: reach };
    let mut lets = lower::definitions(&lists, stream.vendor);
    let rows = match &correlation.kind {
        CorrelationKind::Count(step) if correlation.jitter.is_none() => window.count(stream.rows, step.times),
        CorrelationKind::Count(step) => window.regular(stream.rows, step.times, correlation.jitter, &mut lets),
        CorrelationKind::Distinct { step, .. } => window.distinct(stream.rows, step.times, &mut lets),
        CorrelationKind::Together { .. } | CorrelationKind::Measure { .. } => {
            return Err(cx.unsupported(&NO_TABLE, cx.span(), "this kind of correlation has no query yet"));
        }
        CorrelationKind::Sequence(steps) => {
            let needs: Vec<u32> = steps.iter().map(|step| step.times.min.max(1)).collect();
            window.sequence(stream.rows, &needs, &mut lets)
        }
    };
    let asked = Asked { query: Query { lets, rows }, sources: stream.sources, watchlists: Vec::new(), reach, label: "" };
    let asked = if schema.id == "defender-xdr" { asked } else { lower::watch(asked, detection, RULE) };
    let size = print::query(&asked.query).chars().count();
    if size > RULE {
        return Err(cx.unsupported(&TOO_LONG, detection.span, format!("the query has {size} characters, more than {RULE}")));
    }
    Ok(lower::finish(detection, vec![asked], schema))
}

/// How far apart first and last event may lie, in seconds.
fn reach(correlation: &Correlation, schema: &Schema, cx: &mut Cx<'_>) -> u64 {
    const DAY: u64 = 86_400;
    // Sentinel: at most 14 days, of which the last hour is new. Defender: a daily rule looks back 30 days.
    let most = if schema.id == "defender-xdr" { 30 * DAY } else { 14 * DAY - 3_600 };
    let within = correlation.within.as_secs().max(1);
    if within > most {
        let message = format!("events up to {} apart belong together; the product sees {} at most", print::duration(within), print::duration(most));
        cx.loss(&WINDOW, Loss::Narrower, cx.span(), message, "a shorter `within` says what the rule does");
        return most;
    }
    within
}

/// All events of all steps: with the keys of their group, and which steps they fit.
struct Stream {
    rows: Rows,
    keys: Vec<String>,
    sources: Vec<Source>,
    vendor: bool,
}

fn stream(correlation: &Correlation, schema: &'static Schema, lists: &mut Lists, cx: &mut Cx<'_>) -> Result<Stream, Refusal> {
    let steps: Vec<&EventRule> = correlation.steps().iter().filter_map(ir::Step::rule).collect();
    let mut wanted: Vec<(Source, Vec<usize>)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        for source in lower::sources(&step.event, schema, cx)? {
            let id = |source: &Source| (source.class, source.label, source.table, source.rows);
            match wanted.iter_mut().find(|(known, _)| id(known) == id(&source)) {
                Some((_, steps)) => steps.push(at),
                None => wanted.push((source, vec![at])),
            }
        }
    }
    let keys: Vec<String> =
        if correlation.by.is_empty() { vec!["Key1".to_owned()] } else { (1..=correlation.by.len()).map(|at| format!("Key{at}")).collect() };
    let mut legs = Vec::new();
    let mut sources = Vec::new();
    let mut covered = vec![false; steps.len()];
    let mut vendor = false;
    for (source, here) in wanted {
        let mut leg = Leg::new(schema, source, cx.overlay);
        let Some(group) = correlation.by.iter().map(|field| leg.key(field)).collect::<Option<Vec<Value>>>() else { continue };
        let mut extra: Vec<(String, Value)> =
            if group.is_empty() { vec![("Key1".to_owned(), Value::text("all"))] } else { keys.iter().cloned().zip(group).collect() };
        if let CorrelationKind::Distinct { field, .. } = &correlation.kind {
            let Some(value) = leg.key(field) else { continue };
            extra.push(("Distinct".to_owned(), value));
        }
        let predicates: Vec<&Predicate> = here.iter().filter_map(|at| steps.get(*at)).map(|step| &step.predicate).collect();
        let any = match predicates.as_slice() {
            [one] => (*one).clone(),
            many => Predicate::Any(many.iter().map(|one| (*one).clone()).collect()),
        };
        if steps.len() > 1 {
            for at in 0..steps.len() {
                let fits = match (here.contains(&at), steps.get(at)) {
                    (true, Some(step)) if here.len() > 1 => leg.alone(&step.predicate, lists, cx)?,
                    (fits, _) => Condition::Always(fits),
                };
                if let (true, Some(covered)) = (fits != Condition::Always(false), covered.get_mut(at)) {
                    *covered = true;
                }
                extra.push((format!("Step{}", at + 1), Value::Condition(Box::new(fits))));
            }
        }
        let Some(mut rows) = leg.rows(&any, lists, cx)? else { continue };
        if steps.len() == 1 {
            covered.fill(true);
        }
        let there = |name: &String| Condition::Is(Value::Call("isnotempty", vec![Value::name(name.as_str())]));
        let mut all: Vec<Condition> = if correlation.by.is_empty() { Vec::new() } else { keys.iter().map(there).collect() };
        if matches!(correlation.kind, CorrelationKind::Distinct { .. }) {
            all.push(there(&"Distinct".to_owned()));
        }
        rows.steps.push(Step::Extend(extra));
        rows.steps.extend(all.into_iter().map(Step::Where));
        vendor |= leg.computed.iter().any(|(_, from)| from.contains("unxml("));
        legs.push(rows);
        sources.push(source);
    }
    if legs.is_empty() || covered.contains(&false) {
        let names: Vec<&str> = correlation.by.iter().map(FieldRef::name).collect();
        let message = if names.is_empty() {
            format!("{} has no table for one of the steps", schema.id)
        } else {
            format!("{} has no table that has `{}` for each of the steps", schema.id, names.join("`, `"))
        };
        return Err(cx.unsupported(&NO_TABLE, cx.span(), message));
    }
    if schema.id == "defender-xdr" && sources.iter().any(|source| Some(source.table) != sources.first().map(|first| first.table)) {
        // A number in some tables, a text in others: a union would make two columns of it.
        for leg in &mut legs {
            leg.steps.push(Step::Extend(vec![("ReportId".to_owned(), Value::Call("tostring", vec![Value::name("ReportId")]))]));
        }
    }
    Ok(Stream { rows: lower::together(legs), keys, sources, vendor })
}

/// The columns that a window is about.
struct Window {
    time: &'static str,
    keys: Vec<String>,
    within: u64,
}

const EVENTS: &str = "events";

fn prev(column: &str, back: u32) -> Value {
    Value::Call("prev", vec![Value::name(column), Value::Number(i64::from(back))])
}

fn table(name: &str, steps: Vec<Step>) -> Rows {
    Rows { from: From::Table(name.to_owned()), steps }
}

impl Window {
    /// `later - earlier <= within`.
    fn close(&self, later: &str, earlier: &str) -> Condition {
        let apart = Value::Operator(Box::new(Value::name(later)), "-", Box::new(Value::name(earlier)));
        Condition::Compare(apart, "<=", Value::Seconds(self.within))
    }

    fn ordered(&self) -> Step {
        Step::Sort(self.keys.iter().cloned().chain([self.time.to_owned()]).collect())
    }

    /// The keys of the row `back` rows before, under names with a prefix, and that they are this row's.
    fn behind(&self, prefix: &str, back: u32) -> (Vec<(String, Value)>, Condition) {
        let names: Vec<String> = self.keys.iter().map(|key| format!("{prefix}{key}")).collect();
        let same = self.keys.iter().zip(&names).map(|(key, name)| Condition::Compare(Value::name(name.as_str()), "==", Value::name(key.as_str())));
        let same = Condition::all(same.collect::<Vec<_>>());
        (names.iter().cloned().zip(self.keys.iter().map(|key| prev(key, back))).collect(), same)
    }

    fn latest(&self) -> Step {
        Step::Latest(self.time.to_owned(), self.keys.clone())
    }

    fn count(&self, mut rows: Rows, times: Times) -> Rows {
        let mut columns = Vec::new();
        let mut conditions = Vec::new();
        if times.min > 1 {
            let (keys, same) = self.behind("First", times.min - 1);
            columns.push(("FirstTime".to_owned(), prev(self.time, times.min - 1)));
            columns.extend(keys);
            conditions.push(Condition::all([same, self.close(self.time, "FirstTime")]));
        }
        if let Some(max) = times.max {
            let (keys, same) = self.behind("Over", max);
            columns.push(("OverTime".to_owned(), prev(self.time, max)));
            columns.extend(keys);
            let over =
                Condition::all([same, Condition::Is(Value::Call("isnotnull", vec![Value::name("OverTime")])), self.close(self.time, "OverTime")]);
            conditions.push(over.negate());
        }
        if !columns.is_empty() {
            rows.steps.extend([self.ordered(), Step::Extend(columns)]);
            rows.steps.extend(conditions.into_iter().map(Step::Where));
        }
        rows.steps.push(self.latest());
        rows
    }

    /// Keeps the stream under a name, in order and numbered.
    fn keep(&self, mut rows: Rows, more: Vec<(String, Value)>, lets: &mut Vec<Let>) {
        rows.steps.push(self.ordered());
        let number = ("Row".to_owned(), Value::Call("row_number", vec![]));
        rows.steps.push(Step::Extend(std::iter::once(number).chain(more).collect()));
        lets.push(Let::Rows { name: EVENTS.to_owned(), rows, kept: true });
    }

    /// Each event with every event of the window that ends with it.
    fn windows(&self) -> Rows {
        let mut columns: Vec<(String, Value)> = self.keys.iter().map(|key| (key.clone(), Value::name(key.as_str()))).collect();
        columns.extend([("EndRow".to_owned(), Value::name("Row")), ("End".to_owned(), Value::name(self.time))]);
        let ends = table(EVENTS, vec![Step::Project(columns)]);
        let before = Condition::Compare(Value::name("Row"), "<=", Value::name("EndRow"));
        table(EVENTS, vec![Step::Join(ends, self.keys.clone()), Step::Where(before), Step::Where(self.close("End", self.time))])
    }

    /// The events with which a window ends that fits.
    fn ending(&self, mut windows: Rows, column: &str) -> Rows {
        windows.steps.push(Step::Project(vec![(column.to_owned(), Value::name(column))]));
        let hit = Condition::In(Value::name("Row"), ir::Case::Sensitive, List::Rows(Box::new(windows)));
        table(EVENTS, vec![Step::Where(hit), self.latest()])
    }

    fn often(times: Times, column: &str) -> Condition {
        let least = Condition::Compare(Value::name(column), ">=", Value::Number(i64::from(times.min)));
        let most = times.max.map(|max| Condition::Compare(Value::name(column), "<=", Value::Number(i64::from(max))));
        Condition::all(std::iter::once(least).chain(most))
    }

    fn regular(&self, rows: Rows, times: Times, jitter: Option<u32>, lets: &mut Vec<Let>) -> Rows {
        let (keys, same) = self.behind("Previous", 1);
        let mut more = vec![("PreviousTime".to_owned(), prev(self.time, 1))];
        more.extend(keys);
        self.keep(rows, more, lets);
        // An interval counts when both its ends lie in the window.
        let apart = Value::Operator(Box::new(Value::name(self.time)), "-", Box::new(Value::name("PreviousTime")));
        let seconds = Value::Operator(Box::new(apart), "/", Box::new(Value::Seconds(1)));
        let inside = Condition::all([same, self.close("End", "PreviousTime")]);
        let interval = Value::Call("iff", vec![Value::Condition(Box::new(inside)), seconds, Value::Vendor("real(null)".into())]);
        let mut windows = self.windows();
        windows.steps.push(Step::Extend(vec![("Interval".to_owned(), interval)]));
        let keys: Vec<String> = self.keys.iter().cloned().chain(["EndRow".to_owned()]).collect();
        windows.steps.push(Step::Summarize(
            vec![
                ("Events".to_owned(), Value::Call("count", vec![])),
                ("Intervals".to_owned(), Value::Vendor("countif(isnotnull(Interval))".into())),
                ("Spread".to_owned(), Value::Vendor("stdev(Interval)".into())),
                ("Mean".to_owned(), Value::Vendor("avg(Interval)".into())),
            ],
            keys,
        ));
        windows.steps.push(Step::Where(Self::often(times, "Events")));
        if let Some(percent) = jitter {
            let few = Condition::Compare(Value::name("Intervals"), "<", Value::Number(2));
            let spread = Value::Operator(Box::new(Value::name("Spread")), "*", Box::new(Value::Number(100)));
            let mean = Value::Operator(Box::new(Value::Number(i64::from(percent))), "*", Box::new(Value::name("Mean")));
            windows.steps.push(Step::Where(Condition::any([few, Condition::Compare(spread, "<=", mean)])));
        }
        self.ending(windows, "EndRow")
    }

    fn distinct(&self, rows: Rows, times: Times, lets: &mut Vec<Let>) -> Rows {
        self.keep(rows, Vec::new(), lets);
        let mut windows = self.windows();
        let keys: Vec<String> = self.keys.iter().cloned().chain(["EndRow".to_owned()]).collect();
        windows.steps.push(Step::Summarize(vec![("Values".to_owned(), Value::Vendor("count_distinct(Distinct)".into()))], keys));
        windows.steps.push(Step::Where(Self::often(times, "Values")));
        self.ending(windows, "EndRow")
    }

    /// Runs of a step: `need` of its events next to each other, among its own events.
    fn runs(&self, step: usize, need: u32) -> Rows {
        let mut steps = vec![Step::Where(Condition::Is(Value::name(format!("Step{step}"))))];
        let (first_row, first_time, conditions) = if need > 1 {
            let (keys, same) = self.behind("First", need - 1);
            let mut columns = vec![("FirstRow".to_owned(), prev("Row", need - 1)), ("FirstTime".to_owned(), prev(self.time, need - 1))];
            columns.extend(keys);
            steps.extend([Step::Sort(vec!["Row".to_owned()]), Step::Extend(columns)]);
            ("FirstRow", "FirstTime", vec![same, self.close(self.time, "FirstTime")])
        } else {
            ("Row", self.time, Vec::new())
        };
        steps.extend(conditions.into_iter().map(Step::Where));
        let mut columns: Vec<(String, Value)> = self.keys.iter().map(|key| (key.clone(), Value::name(key.as_str()))).collect();
        if step == 1 {
            columns.push(("Start".to_owned(), Value::name(first_time)));
        } else {
            columns.push((format!("First{step}"), Value::name(first_row)));
            columns.push((format!("End{step}"), Value::name(self.time)));
        }
        columns.push((format!("Last{step}"), Value::name("Row")));
        steps.push(Step::Project(columns));
        table(EVENTS, steps)
    }

    fn sequence(&self, rows: Rows, needs: &[u32], lets: &mut Vec<Let>) -> Rows {
        let rows = if needs.len() == 1 {
            // A sequence of one step has no flags to tell steps apart.
            let mut rows = rows;
            rows.steps.push(Step::Extend(vec![("Step1".to_owned(), Value::Flag(true))]));
            rows
        } else {
            rows
        };
        self.keep(rows, Vec::new(), lets);
        let mut chain = self.runs(1, needs.first().copied().unwrap_or(1));
        for (at, need) in needs.iter().enumerate().skip(1) {
            let step = at + 1;
            chain.steps.push(Step::Join(self.runs(step, *need), self.keys.clone()));
            let after = Condition::Compare(Value::name(format!("First{step}")), ">", Value::name(format!("Last{at}")));
            chain.steps.extend([Step::Where(after), Step::Where(self.close(&format!("End{step}"), "Start"))]);
            // The run that ends first leaves the most room for the next step.
            let keys = self.keys.iter().cloned().chain(["Start".to_owned()]).collect();
            let last = format!("Last{step}");
            chain.steps.push(Step::Summarize(vec![(last.clone(), Value::Call("min", vec![Value::Name(last)]))], keys));
        }
        self.ending(chain, &format!("Last{}", needs.len()))
    }
}
