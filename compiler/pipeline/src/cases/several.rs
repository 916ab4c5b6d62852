//! Which events make a correlation complete, and which fall short of it by one thing: an event, a second, a key, the order?

use std::time::Duration;

use ir::{Correlation, CorrelationKind, Field, FieldKind, FieldRef, FieldValue, Happening, Needs, Record, Step, Stream, eval};

use super::case::{Case, Cases, Uncovered};
use super::single::single;
use super::{solve, whole};

/// How many events a case has at most.
const MANY: usize = 300;

type Events = Vec<(Duration, Record)>;

/// Cases of a correlation.
pub(super) fn derive(correlation: &Correlation, span: source::Span, out: &mut Cases) {
    let Some(base) = timeline(correlation) else {
        out.uncovered.push(Uncovered { span, why: "no events were found that complete it".to_owned() });
        return;
    };
    let mut push = |what: &str, events: Events| {
        if !events.is_empty() && events.iter().all(|(_, record)| super::sound::is_sound(record)) {
            let fires = complete(correlation, &events);
            out.push(Case { what: what.to_owned(), span: None, events, fires });
        }
    };
    push("events that complete it", base.clone());
    let within = correlation.within;
    let second = Duration::from_secs(1);
    push("the last event at the end of the window", stretched(&base, within));
    push("the last event a second behind the window", stretched(&base, within + second));
    push("the last event a second before the end of the window", stretched(&base, within.saturating_sub(second)));
    push("the last event is missing", base.iter().take(base.len().saturating_sub(1)).cloned().collect());
    push("the first event is missing", base.iter().skip(1).cloned().collect());
    let mut reversed = base.clone();
    let times: Vec<Duration> = base.iter().map(|(at, _)| *at).collect();
    reversed.reverse();
    reversed.iter_mut().zip(times).for_each(|(event, at)| event.0 = at);
    push("the events in the opposite order", reversed);
    let mut more = base.clone();
    if let Some((at, last)) = base.last().cloned() {
        more.push((at + second, last));
        push("one event more", more);
    }
    for field in &correlation.by {
        for (name, change) in [("another value", Some(())), ("no value", None)] {
            let mut other = base.clone();
            let Some((_, last)) = other.last_mut() else { continue };
            for own in names_of(correlation, field) {
                let value = change.map(|()| another(last, &own));
                if last.get(&own).is_some() {
                    whole::put(last, &own, value);
                }
            }
            push(&format!("the last event has {name} in `{field}`"), other);
        }
    }
    for field in correlation.by.iter().chain(correlation.counted()) {
        let mut others = base.clone();
        let names = names_of(correlation, field);
        others.iter_mut().for_each(|(_, record)| names.iter().for_each(|own| whole::put(record, own, None)));
        push(&format!("no event has a value in `{field}`"), others);
    }
    for step in correlation.steps() {
        for rule in step.rules().take(2) {
            // Events just beside those of the step.
            let cases = single(rule);
            for case in cases.list.iter().filter(|case| !case.fires).take(6) {
                let Some((_, near)) = case.events.first() else { continue };
                let mut changed = base.clone();
                let fits = |record: &Record| eval::matches(rule, record);
                let Some((_, place)) = changed.iter_mut().find(|(_, record)| fits(record)) else { continue };
                let mut near = near.clone();
                for field in correlation.by.iter().flat_map(|field| names_of(correlation, field)) {
                    if let Some(value) = place.get(&field) {
                        let value = value.into_owned();
                        if near.get(&field).is_some() || near.event.source == place.event.source {
                            let before = near.clone();
                            whole::put(&mut near, &field, Some(value));
                            if eval::matches(rule, &near) {
                                near = before;
                            }
                        }
                    }
                }
                *place = near;
                push(&format!("in `{}`, {}", step.name, case.what), changed);
            }
        }
    }
}

/// What the streams of a correlation call a field.
fn names_of(correlation: &Correlation, field: &FieldRef) -> Vec<FieldRef> {
    let mut out: Vec<FieldRef> = correlation.streams().map(|stream| stream.field(field).clone()).collect();
    out.sort();
    out.dedup();
    out
}

/// A value that the field does not have.
fn another(record: &Record, field: &FieldRef) -> FieldValue {
    let is = whole::text(record, field).unwrap_or_default();
    match field.known().map(Field::kind) {
        Some(FieldKind::Address) => FieldValue::Text(if is == "192.0.2.99" { "192.0.2.98" } else { "192.0.2.99" }.to_owned()),
        Some(FieldKind::Number) => FieldValue::Number(is.parse().unwrap_or(0) + 1),
        Some(FieldKind::Domain) => FieldValue::Text("other.plain.example".to_owned()),
        _ => FieldValue::Text(format!("{is}-other")),
    }
}

/// The same events from the beginning to a moment, at even distances.
fn stretched(events: &Events, until: Duration) -> Events {
    let gaps = u32::try_from(events.len().saturating_sub(1)).unwrap_or(u32::MAX);
    if gaps == 0 {
        return Vec::new();
    }
    let step = Duration::from_secs(until.as_secs() / u64::from(gaps));
    let last = events.len() - 1;
    events
        .iter()
        .enumerate()
        .map(|(at, (_, record))| (if at == last { until } else { step * u32::try_from(at).unwrap_or(u32::MAX) }, record.clone()))
        .collect()
}

/// Events that complete a correlation, a second apart.
fn timeline(correlation: &Correlation) -> Option<Events> {
    let mut records: Vec<Record> = Vec::new();
    let steps = correlation.steps();
    let wanted: Vec<usize> = match &correlation.kind {
        CorrelationKind::Together { needs, .. } => needed(needs, steps.len()),
        _ => (0..steps.len()).collect(),
    };
    match &correlation.kind {
        CorrelationKind::Measure { step, field, bounds, .. } => {
            let stream = step.streams.first()?;
            let own = stream.field(field).clone();
            let record = of_stream(correlation, stream)?.pop()?;
            // One event, or a few, with numbers around the bounds.
            for (_, bound) in &bounds.0 {
                for often in [1_usize, 2, 5] {
                    let each = bound.floor() / i64::try_from(often).ok()?;
                    for number in [each, each + 1, each - 1] {
                        let mut record = record.clone();
                        whole::put(&mut record, &own, Some(FieldValue::Number(number)));
                        let events = spaced(vec![record; often]);
                        if complete(correlation, &events) {
                            return Some(events);
                        }
                    }
                }
            }
            return None;
        }
        CorrelationKind::Distinct { step, fields } => {
            let stream = step.streams.first()?;
            let record = of_stream(correlation, stream)?.pop()?;
            let count = step.times.min.max(1) as usize;
            if count > MANY {
                return None;
            }
            for at in 0..count {
                let mut record = record.clone();
                for field in fields {
                    let own = stream.field(field).clone();
                    let value = numbered(&record, &own, at);
                    whole::put(&mut record, &own, Some(value));
                }
                records.push(record);
            }
        }
        CorrelationKind::Sequence(_) | CorrelationKind::Together { .. } | CorrelationKind::Count(_) => {
            for step in wanted.iter().filter_map(|at| steps.get(*at)) {
                let one = of_step(correlation, step)?;
                let count = step.times.min.max(1) as usize;
                if count.saturating_mul(one.len()) > MANY {
                    return None;
                }
                for _ in 0..count {
                    records.extend(one.iter().cloned());
                }
            }
        }
    }
    let events = spaced(records);
    complete(correlation, &events).then_some(events)
}

fn complete(correlation: &Correlation, events: &Events) -> bool {
    let timed: Vec<eval::Timed<'_>> = events.iter().map(|(at, record)| (*at, record)).collect();
    !eval::completions(correlation, &timed).is_empty()
}

fn spaced(records: Vec<Record>) -> Events {
    (0..).zip(records).map(|(at, record)| (Duration::from_secs(at), record)).collect()
}

/// Steps that are enough.
fn needed(needs: &Needs, count: usize) -> Vec<usize> {
    let all: Vec<usize> = (0..count).collect();
    if needs.hold(count, &|_| true) {
        return all;
    }
    // Each alone, then each left out.
    let alone = (0..count).map(|at| vec![at]);
    let without = (0..count).map(|at| all.iter().copied().filter(|other| *other != at).collect::<Vec<usize>>());
    alone.chain(without).find(|list| needs.hold(count, &|at| list.contains(&at))).unwrap_or(all)
}

fn of_step(correlation: &Correlation, step: &Step) -> Option<Vec<Record>> {
    step.streams.iter().find_map(|stream| of_stream(correlation, stream))
}

/// Events of a stream that stand in the correlation's group.
fn of_stream(correlation: &Correlation, stream: &Stream) -> Option<Vec<Record>> {
    match &stream.what {
        Happening::Event(rule) => {
            let ways = super::ways::ways(&rule.predicate);
            let mut record = ways.iter().find_map(|way| solve::event(rule, way, 0))?;
            for field in &correlation.by {
                let own = stream.field(field).clone();
                let value = key(correlation, field, &record, &own);
                let before = record.clone();
                whole::put(&mut record, &own, Some(value));
                if !eval::matches(rule, &record) {
                    record = before;
                }
                record.get(&own)?;
            }
            for field in correlation.counted() {
                let own = stream.field(field).clone();
                if record.get(&own).is_none() {
                    let value = numbered(&record, &own, 0);
                    whole::put(&mut record, &own, Some(value));
                }
            }
            Some(vec![record])
        }
        Happening::Correlation(inner) => {
            let mut events = timeline(inner)?;
            for (_, record) in &mut events {
                for field in &correlation.by {
                    let own = stream.field(field).clone();
                    if record.get(&own).is_none() {
                        let value = key(correlation, field, record, &own);
                        whole::put(record, &own, Some(value));
                    }
                }
            }
            Some(events.into_iter().map(|(_, record)| record).collect())
        }
    }
}

/// The value that all events of a group have: what some stream asks for, else an ordinary one.
fn key(correlation: &Correlation, field: &FieldRef, record: &Record, own: &FieldRef) -> FieldValue {
    for stream in correlation.streams() {
        let name = stream.field(field);
        let Some(rule) = stream.rule() else { continue };
        let asked = rule.predicate.tests().iter().any(|test| test.field == *name);
        if asked
            && let Some(record) = super::ways::ways(&rule.predicate).iter().find_map(|way| solve::event(rule, way, 0))
            && let Some(text) = whole::text(&record, name)
        {
            return FieldValue::Text(text);
        }
    }
    let kind = correlation.streams().find_map(|stream| stream.field(field).known());
    match own.known().or(kind) {
        Some(known) => whole::ordinary(known, record),
        None => FieldValue::Text("plainkey".to_owned()),
    }
}

/// A value of its own for each number.
fn numbered(record: &Record, field: &FieldRef, at: usize) -> FieldValue {
    match field.known() {
        Some(known) => match known.kind() {
            FieldKind::Address => FieldValue::Text(format!("192.0.2.{}", 1 + at % 250)),
            FieldKind::Number => FieldValue::Number(i64::try_from(at).unwrap_or_default() + 1),
            FieldKind::Domain => FieldValue::Text(format!("n{at}.plain.example")),
            FieldKind::Hash => FieldValue::Text(format!("{at:032x}")),
            FieldKind::Path => FieldValue::Text(format!("{}{}n{at}", whole::folder(record), whole::separator(record))),
            FieldKind::Text | FieldKind::UrlPath | FieldKind::Url | FieldKind::Flag => FieldValue::Text(format!("n{at}")),
        },
        None => FieldValue::Text(format!("n{at}")),
    }
}
