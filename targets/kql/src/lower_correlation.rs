//! How do events that belong together become one query?
//!
//! The events of all steps are one stream of rows: each has the keys of its group, flags that say which steps it fits, and the value
//! that is counted. [`crate::lower_window`] finds the rows that complete a window. A correlation inside another one is a stream
//! too: its completing rows, which carry what the outer correlation groups by.

use backend::correlation::{CorrelationPlan, Key, Planned, PlannedStream, alike};
use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, EventRule, FieldRef, Predicate};
use source::{Code, Loss, Span};

use crate::ast::{Columns, Condition, Let, Query, Rows, Rule, Step, Value};
use crate::lower_codes::{NO_TABLE, TOO_LONG};
use crate::lower_draft::{Draft, RULE, definitions, finish, together};
use crate::lower_leg::Leg;
use crate::lower_lists::Lists;
use crate::lower_logs::{self, Read};
use crate::lower_shown;
use crate::lower_sources::sources;
use crate::lower_window::Window;
use crate::print;
use logs::tables::Product;
use logs::tables::{Schema, Source};

pub(crate) static WINDOW: Code = Code::warn("kql.window", "events lie further apart than the product looks back");

/// Turns a correlation into a rule.
pub(crate) fn lower(detection: &Detection, correlation: &Correlation, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    const DAY: u64 = 86_400;
    // Sentinel: at most 14 days, of which the last hour is new. Defender: a daily rule looks back 30 days.
    let most = if schema.product == Product::DefenderXdr { 30 * DAY } else { 14 * DAY - 3_600 };
    let plan = CorrelationPlan::of(correlation);
    let whole = plan.reach();
    if whole > most {
        let message = format!("events up to {} apart belong together; the product sees {} at most", print::duration(whole), print::duration(most));
        cx.loss(&WINDOW, Loss::Narrower, cx.span(), message, "a shorter `within` says what the rule does");
    }
    let mut stream = Streams { detection, schema, most, plan: &plan, lists: Lists::default(), lets: Vec::new(), kept: 0, sources: Vec::new() };
    let (mut rows, window) = stream.completions(0, cx)?;
    rows.steps.push(window.latest());
    let mut lets = definitions(std::mem::take(&mut stream.lists));
    lets.append(&mut stream.lets);
    let entities = lower_shown::entities(&stream.sources);
    let seen = Columns { shown: lower_shown::of_sources(schema.product, stream.sources.iter()), asked: Vec::new() };
    let draft = Draft { query: Query { lets, rows }, sources: stream.sources, entities, seen, reach: whole.min(most), label: "" };
    let asked = if schema.product == Product::DefenderXdr { draft.written(RULE) } else { draft.watched(detection, RULE, &std::cell::Cell::new(0)) };
    if asked.size > RULE {
        return Err(cx.unsupported(&TOO_LONG, detection.span, format!("the query has {} characters, more than {RULE}", asked.size)));
    }
    Ok(finish(detection, vec![asked], schema, None))
}

/// What is made on the way from the outermost correlation to its events.
struct Streams<'p> {
    detection: &'p Detection,
    schema: &'static Schema,
    /// The longest window that the product sees.
    most: u64,
    plan: &'p CorrelationPlan<'p>,
    lists: Lists,
    lets: Vec<Let>,
    /// How many streams have been kept under a name.
    kept: usize,
    sources: Vec<Source>,
}

/// A stream of single events: what they have to fit, and which step they are.
type Wanted<'p> = (usize, &'p EventRule);

impl<'p> Streams<'p> {
    /// The rows that complete a correlation, and the window they complete.
    fn completions(&mut self, part: usize, cx: &mut Cx<'_>) -> Result<(Rows, Window), Refusal> {
        let planned = self.plan.part(part);
        let correlation = planned.correlation;
        let rows = self.stream(part, cx)?;
        let flat = matches!(correlation.kind, CorrelationKind::Count(_)) && correlation.jitter.is_none();
        if !flat {
            self.kept += 1;
        }
        let events = if self.kept > 1 { format!("events{}", self.kept) } else { "events".to_owned() };
        let nested = self.holds_others(part);
        let window = Window { time: self.schema.time, keys: keys(correlation), nested, within: planned.within.min(self.most), events };
        let lets = &mut self.lets;
        let rows = match &correlation.kind {
            CorrelationKind::Count(step) if correlation.jitter.is_none() => window.count(rows, step.times),
            CorrelationKind::Count(step) => window.regular(rows, step.times, correlation.jitter, lets),
            CorrelationKind::Distinct { step, .. } => window.distinct(rows, step.times, lets),
            CorrelationKind::Measure { figure, bounds, .. } => window.measure(rows, *figure, bounds, lets),
            CorrelationKind::Together { steps, needs } => {
                window.together(rows, &steps.iter().map(|step| step.times).collect::<Vec<_>>(), needs, lets)
            }
            CorrelationKind::Sequence(steps) => {
                let counts: Vec<u32> = steps.iter().map(|step| step.times.min.max(1)).collect();
                window.sequence(rows, &counts, planned.carried.is_empty(), lets)
            }
        };
        Ok((rows, window))
    }

    /// Whether a correlation holds another one, whose completions stand behind their events.
    fn holds_others(&self, part: usize) -> bool {
        self.plan.streams_of(part).any(|stream| stream.rule().is_none())
    }

    /// All events of all steps: with the keys of their group, and which steps they fit.
    fn stream(&mut self, part: usize, cx: &mut Cx<'_>) -> Result<Rows, Refusal> {
        let planned = self.plan.part(part);
        let plan = self.plan;
        let correlation = planned.correlation;
        let steps = correlation.steps();
        let flags = self.flags(part);
        let mut reads: Vec<(Vec<(Span, &FieldRef)>, Read)> = Vec::new();
        let mut covered = vec![false; steps.len()];
        let mut legs = Vec::new();
        let mut wanted: Vec<(Source, &'p PlannedStream<'p>)> = Vec::new();
        for stream in plan.streams_of(part) {
            match stream.what {
                Planned::Events(rule) => wanted.extend(sources(rule, self.schema, cx)?.into_iter().map(|source| (source, stream))),
                Planned::Completions(inner) => {
                    if let Some(covered) = covered.get_mut(stream.step) {
                        *covered = true;
                    }
                    let fits: Vec<Condition> = (0..flags).map(|other| Condition::Always(other == stream.step)).collect();
                    legs.push(self.inside(stream, inner, &fits, cx)?);
                }
            }
        }
        let id = |source: &Source| (source.class, source.label, source.table, source.rows, source.beside);
        for (source, streams) in alike(wanted, |one, other| id(one) == id(other)) {
            let Some(first) = streams.first() else { continue };
            let rules: Vec<Wanted<'p>> = streams.iter().filter_map(|stream| Some((stream.step, stream.rule()?))).collect();
            let mut leg = Leg::new(self.schema, source, cx.overlay);
            let span = plan.step(first).span;
            let mut asked: Vec<(Span, &FieldRef)> = rules.iter().flat_map(|(_, rule)| lower_logs::asked(&rule.predicate)).collect();
            asked.extend(plan.wanted(first).map(|key| (span, key.field)));
            let (rows, lost) = cx.in_a_log(|cx| self.leg(&mut leg, first, &rules, cx));
            let rows = rows?;
            let lacks = std::mem::take(&mut leg.lacks);
            reads.push((asked, Read { source, fits: rows.is_some(), lacks, lost }));
            let Some((rows, fits)) = rows else { continue };
            for (at, covered) in covered.iter_mut().enumerate() {
                *covered |= rules.iter().any(|(step, _)| *step == at) && fits.get(at) != Some(&Condition::Always(false));
            }
            legs.push(rows);
            self.sources.push(source);
        }
        // Where a table lacks a field that is carried outwards, what is completed there is nothing for the correlation outside.
        let carries = |(_, read): &(_, Read)| read.fits && planned.carried.iter().all(|key| read.lacks.iter().all(|(_, field)| field != key.field));
        let carried = planned.carried.is_empty() || self.holds_others(part) || reads.iter().any(carries);
        if legs.is_empty() || covered.contains(&false) || !carried {
            let fields = plan.streams_of(part).take(1).flat_map(|stream| plan.wanted(stream)).map(|key| key.field.name());
            let names: Vec<&str> =
                if carried { correlation.by.iter().chain(correlation.counted()).map(FieldRef::name).collect() } else { fields.collect() };
            let message = if names.is_empty() {
                format!("{} has no table for one of the steps", self.schema.product)
            } else {
                format!("{} has no table that has `{}` for each of the steps", self.schema.product, names.join("`, `"))
            };
            return Err(cx.unsupported(&NO_TABLE, cx.span(), message));
        }
        for (asked, read) in &reads {
            lower_logs::tell(self.schema, asked, std::slice::from_ref(read), cx);
        }
        if self.schema.product == Product::DefenderXdr
            && self.sources.iter().any(|source| Some(source.table) != self.sources.first().map(|first| first.table))
        {
            // A number in some tables, a text in others: a union would make two columns of it.
            for leg in &mut legs {
                leg.steps.push(Step::Extend(vec![("ReportId".to_owned(), Value::Call("tostring", vec![Value::name("ReportId")]))]));
            }
        }
        Ok(together(legs))
    }

    /// How many steps are told apart.
    fn flags(&self, part: usize) -> usize {
        let planned = self.plan.part(part);
        if planned.tells_steps() { planned.correlation.steps().len() } else { 0 }
    }

    /// The events of one table that fit some rules, with what they carry, and which steps they fit; `None` when none can.
    fn leg(
        &mut self,
        leg: &mut Leg<'_>,
        stream: &PlannedStream<'p>,
        rules: &[Wanted<'p>],
        cx: &mut Cx<'_>,
    ) -> Result<Option<(Rows, Vec<Condition>)>, Refusal> {
        let planned = self.plan.part(stream.part);
        let mut values = Vec::new();
        for key in &stream.keys {
            match leg.key(key.field) {
                Some(value) => values.push(value),
                None => leg.lacks.push((self.plan.step(stream).span, key.field.clone())),
            }
        }
        let any = match rules {
            [(_, one)] => one.predicate.clone(),
            many => Predicate::Any(many.iter().map(|(_, one)| one.predicate.clone()).collect()),
        };
        if values.len() < stream.keys.len() {
            // A table that holds no such events lacks nothing.
            let mut other = Leg::new(self.schema, leg.source, leg.overlay);
            let mut quiet = Cx::new(cx.target, cx.profile, cx.capabilities, cx.overlay, self.detection);
            if other.rows(&any, &mut Lists::default(), &mut quiet)?.is_none() && other.lacks.is_empty() {
                leg.lacks.clear();
            }
            return Ok(None);
        }
        let mut fits = Vec::new();
        for at in 0..self.flags(stream.part) {
            let mut own = Vec::new();
            for (_, rule) in rules.iter().filter(|(step, _)| *step == at) {
                let alone = rules.iter().all(|(step, _)| *step == at);
                own.push(if alone { Condition::Always(true) } else { leg.alone(&rule.predicate, &mut self.lists, cx)? });
            }
            fits.push(Condition::any(own));
        }
        let mut columns = Vec::new();
        for key in &planned.carried {
            // Such an event counts inside; completed by it, the correlation is in no group outside.
            let value = leg.key(key.field).unwrap_or_else(|| {
                leg.lacks.push((self.plan.step(stream).span, key.field.clone()));
                Value::text("")
            });
            columns.push((column(key), value));
        }
        columns.extend(self.columns(stream.part, values, &fits, 0));
        let Some(mut rows) = leg.rows(&any, &mut self.lists, cx)? else { return Ok(None) };
        rows.steps.push(Step::Extend(columns));
        rows.steps.extend(there(planned.correlation));
        Ok(Some((rows, fits)))
    }

    /// The rows that complete a correlation inside another one, with the outer one's keys.
    fn inside(&mut self, stream: &PlannedStream<'p>, inner: usize, fits: &[Condition], cx: &mut Cx<'_>) -> Result<Rows, Refusal> {
        // Even without fields to carry, each row that completes the inner correlation is one event of the outer.
        let (mut rows, _) = self.completions(inner, cx)?;
        let values = stream.keys.iter().map(|key| Value::Name(column(key))).collect();
        rows.steps.push(Step::Extend(self.columns(stream.part, values, fits, 1)));
        rows.steps.extend(there(self.plan.part(stream.part).correlation));
        Ok(rows)
    }

    /// The columns that a window reads: keys, the value that is counted, and which steps a row fits.
    fn columns(&self, part: usize, mut values: Vec<Value>, fits: &[Condition], after: i64) -> Vec<(String, Value)> {
        let correlation = self.plan.part(part).correlation;
        let counted = values.split_off(correlation.by.len().min(values.len()));
        if correlation.by.is_empty() {
            values.push(Value::text("all"));
        }
        let mut out: Vec<(String, Value)> = keys(correlation).into_iter().zip(values).collect();
        out.extend(combined(counted).map(|value| match correlation.kind {
            CorrelationKind::Measure { .. } => ("Number".to_owned(), Value::Call("tolong", vec![value])),
            _ => ("Distinct".to_owned(), value),
        }));
        if self.holds_others(part) {
            out.push(("After".to_owned(), Value::Number(after)));
        }
        out.extend(fits.iter().enumerate().map(|(at, fits)| (format!("Step{}", at + 1), Value::Condition(Box::new(fits.clone())))));
        out
    }
}

/// The column that carries a value out of a correlation.
fn column(key: &Key<'_>) -> String {
    format!("Carried{}", key.carried.unwrap_or_default())
}

/// The columns by which events are grouped.
fn keys(correlation: &Correlation) -> Vec<String> {
    (1..=correlation.by.len().max(1)).map(|at| format!("Key{at}")).collect()
}

/// One value, or several as one text; empty when one of them is.
fn combined(mut values: Vec<Value>) -> Option<Value> {
    if values.len() < 2 {
        return values.pop();
    }
    let there = Condition::all(values.iter().map(|value| Condition::Is(Value::Call("isnotempty", vec![value.clone()]))));
    let text = Value::Call("tostring", vec![Value::Call("pack_array", values)]);
    Some(Value::Call("iff", vec![Value::Condition(Box::new(there)), text, Value::text("")]))
}

/// Rows without a key, or without what is counted, stand in no group.
fn there(correlation: &Correlation) -> Vec<Step> {
    let is = |function: &'static str, name: &str| Step::Where(Condition::Is(Value::Call(function, vec![Value::name(name)])));
    let keys = if correlation.by.is_empty() { Vec::new() } else { keys(correlation) };
    let mut out: Vec<Step> = keys.iter().map(|key| is("isnotempty", key)).collect();
    match correlation.kind {
        CorrelationKind::Distinct { .. } => out.push(is("isnotempty", "Distinct")),
        CorrelationKind::Measure { .. } => out.push(is("isnotnull", "Number")),
        CorrelationKind::Count(_) | CorrelationKind::Sequence(_) | CorrelationKind::Together { .. } => {}
    }
    out
}
