//! At which events is a correlation complete?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::pattern::fold;
use crate::{Bounds, Correlation, CorrelationKind, FieldRef, Figure, Happening, Record, Step};

use super::one::matches;
use super::timed::Timed;

/// Whether a correlation is complete at any event.
pub(super) fn fires(correlation: &Correlation, events: &[Timed<'_>]) -> bool {
    let mut events: Vec<Timed<'_>> = events.to_vec();
    events.sort_by_key(|(time, _)| *time);
    !completions(correlation, &events).is_empty()
}

/// The places, in events in order of time, at which a correlation is complete.
pub(super) fn completions(correlation: &Correlation, events: &[Timed<'_>]) -> BTreeSet<usize> {
    let groups = groups(correlation, events);
    let within = correlation.within;
    let mut out = BTreeSet::new();
    for group in groups.values() {
        match &correlation.kind {
            CorrelationKind::Sequence(steps) => sequence(steps, group, within, &mut out),
            CorrelationKind::Together { steps, needs } => {
                let complete = |window: &[Occurrence]| {
                    needs.hold(steps.len(), &|at| {
                        let often = window.iter().filter(|one| one.fits(at)).count();
                        steps.get(at).is_some_and(|step| step.times.fit(often))
                    })
                };
                windows(group, within, complete, &mut out);
            }
            CorrelationKind::Count(step) => {
                let complete = |window: &[Occurrence]| step.times.fit(window.len()) && regular(window, correlation.jitter);
                windows(group, within, complete, &mut out);
            }
            CorrelationKind::Distinct { step, .. } => {
                let complete = |window: &[Occurrence]| {
                    let values: BTreeSet<&[String]> = window.iter().filter_map(|one| one.text.as_deref()).collect();
                    step.times.fit(values.len())
                };
                windows(group, within, complete, &mut out);
            }
            CorrelationKind::Measure { figure, bounds, .. } => {
                let complete = |window: &[Occurrence]| measured(*figure, bounds, window.iter().filter_map(|one| one.number).collect());
                windows(group, within, complete, &mut out);
            }
        }
    }
    out
}

/// An event as it stands in a group.
struct Occurrence {
    /// Its place among all events.
    at: usize,
    time: Duration,
    /// The steps that it fits.
    steps: Vec<usize>,
    /// The values that are counted, folded.
    text: Option<Vec<String>>,
    /// The number that is measured.
    number: Option<i128>,
}

impl Occurrence {
    fn fits(&self, step: usize) -> bool {
        self.steps.contains(&step)
    }
}

/// How an event stands in a group: whether it is there as the completion of a correlation, and through which fields.
type Standing<'a> = (bool, Vec<&'a FieldRef>);

/// The events of each group in order: once for each list of fields through which an event stands in it.
fn groups(correlation: &Correlation, events: &[Timed<'_>]) -> BTreeMap<Vec<String>, Vec<Occurrence>> {
    let mut found: BTreeMap<Vec<String>, BTreeMap<(usize, Standing<'_>), Occurrence>> = BTreeMap::new();
    for (step, stream) in correlation.steps().iter().enumerate().flat_map(|(at, step)| step.streams.iter().map(move |stream| (at, stream))) {
        let fields: Vec<&FieldRef> = correlation.by.iter().map(|field| stream.field(field)).collect();
        let counted: Vec<&FieldRef> = correlation.counted().iter().map(|field| stream.field(field)).collect();
        let completing = matches!(stream.what, Happening::Correlation(_));
        let hits: Vec<usize> = match &stream.what {
            Happening::Event(rule) => (0..events.len()).filter(|at| events.get(*at).is_some_and(|(_, record)| matches(rule, record))).collect(),
            Happening::Correlation(inner) => completions(inner, events).into_iter().collect(),
        };
        for at in hits {
            let Some((time, record)) = events.get(at) else { continue };
            let Some(key) = fields.iter().map(|field| text(record, field)).collect::<Option<Vec<String>>>() else { continue };
            let number = counted.first().and_then(|field| record.get(field)?.number()).map(i128::from);
            let value = counted.iter().map(|field| text(record, field)).collect::<Option<Vec<String>>>();
            let there = match correlation.kind {
                CorrelationKind::Distinct { .. } => value.is_some(),
                CorrelationKind::Measure { .. } => number.is_some(),
                CorrelationKind::Sequence(_) | CorrelationKind::Together { .. } | CorrelationKind::Count(_) => true,
            };
            if there {
                let mut all = fields.clone();
                all.extend(counted.iter().copied());
                let new = Occurrence { at, time: *time, steps: Vec::new(), text: value, number };
                found.entry(key).or_default().entry((at, (completing, all))).or_insert(new).steps.push(step);
            }
        }
    }
    found.into_iter().map(|(key, group)| (key, group.into_values().collect())).collect()
}

fn text(record: &Record, field: &FieldRef) -> Option<String> {
    record.get(field).and_then(|value| value.text().map(|text| fold(&text).collect()))
}

/// Adds each event with which a window ends that is complete.
fn windows(group: &[Occurrence], within: Duration, complete: impl Fn(&[Occurrence]) -> bool, out: &mut BTreeSet<usize>) {
    for (last, end) in group.iter().enumerate() {
        let first = group.partition_point(|one| one.time + within < end.time);
        if group.get(first..=last).is_some_and(&complete) {
            out.insert(end.at);
        }
    }
}

fn regular(window: &[Occurrence], jitter: Option<u32>) -> bool {
    let Some(percent) = jitter else { return true };
    let intervals: Vec<f64> =
        window.iter().zip(window.iter().skip(1)).map(|(earlier, later)| later.time.saturating_sub(earlier.time).as_secs_f64()).collect();
    if intervals.len() < 2 {
        return true;
    }
    let count = f64::from(u32::try_from(intervals.len()).unwrap_or(u32::MAX));
    let mean = intervals.iter().sum::<f64>() / count;
    let variance = intervals.iter().map(|interval| (interval - mean).powi(2)).sum::<f64>() / (count - 1.0);
    variance.sqrt() * 100.0 <= f64::from(percent) * mean
}

/// Whether a figure made of numbers lies within bounds; there is none of no numbers.
fn measured(figure: Figure, bounds: &Bounds, mut numbers: Vec<i128>) -> bool {
    let count = numbers.len();
    if count == 0 {
        return false;
    }
    numbers.sort_unstable();
    let at = |index: usize| numbers.get(index).copied().unwrap_or_default();
    let many = i128::try_from(count).unwrap_or(i128::MAX);
    let (over, under) = match figure {
        Figure::Sum => (numbers.iter().sum(), 1),
        Figure::Average => (numbers.iter().sum(), many),
        Figure::Median | Figure::Percentile(_) => {
            let rank = usize::from(figure.rank().unwrap_or(50)) * count;
            (at(rank.div_ceil(100).max(1) - 1), 1)
        }
    };
    bounds.fit(over, under)
}

/// For each event of a step, the latest moment at which the steps up to it can have begun; the latest leaves the most room.
/// The sequence is complete at events of the last step whose beginning lies in the window.
fn sequence(steps: &[Step], group: &[Occurrence], within: Duration, out: &mut BTreeSet<usize>) {
    let mut begun: Vec<Option<Duration>> = group.iter().map(|one| Some(one.time)).collect();
    for (at, step) in steps.iter().enumerate() {
        let need = step.times.min.max(1) as usize;
        let own: Vec<usize> = (0..group.len()).filter(|index| group.get(*index).is_some_and(|one| one.fits(at))).collect();
        let mut starts: Vec<Option<Duration>> = vec![None; group.len()];
        for run in own.windows(need) {
            if let (Some(first), Some(last)) = (run.first(), run.last())
                && let (Some(start), Some(slot)) = (begun.get(*first), starts.get_mut(*last))
            {
                *slot = *start;
            }
        }
        if at + 1 == steps.len() {
            let complete = group.iter().zip(&starts).filter(|(one, start)| start.is_some_and(|start| one.time <= start + within));
            out.extend(complete.map(|(one, _)| one.at));
        }
        // What the next step finds before it: the latest start at an earlier event.
        let mut latest = None;
        begun = starts
            .iter()
            .map(|start| {
                let before = latest;
                latest = start.or(latest);
                before
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decimal;
    use crate::{Comparison, EventClass, EventRule, EventSelector, Field, FieldValue, Needs, Predicate, Stream, Times};
    use source::{Sources, Span};

    fn span() -> Span {
        Span::new(Sources::default().add("test", ""), 0, 0)
    }

    fn rule(outcome: &str) -> EventRule {
        EventRule { event: EventSelector::of(EventClass::AuthLogon), predicate: Predicate::is(Field::Outcome, outcome, span()) }
    }

    fn step(outcome: &str, min: u32) -> Step {
        Step::new(outcome, rule(outcome), Times::at_least(min), span())
    }

    fn logon(outcome: &str, user: &str, source: &str, kind: i64) -> Record {
        let mut record = Record::new(EventSelector::of(EventClass::AuthLogon));
        let text = |text: &str| FieldValue::Text(text.to_owned());
        record.fields.insert(Field::Outcome.into(), text(outcome));
        record.fields.insert(Field::UserName.into(), text(user));
        record.fields.insert(Field::SourceIp.into(), text(source));
        record.fields.insert(Field::LogonType.into(), FieldValue::Number(kind));
        record
    }

    /// Events as `(second, outcome, user, source, number)`.
    fn at(kind: CorrelationKind, by: &[Field], events: &[(u64, &str, &str, &str, i64)]) -> Vec<usize> {
        let by = by.iter().map(|field| FieldRef::Known(*field)).collect();
        let correlation = Correlation { kind, by, within: Duration::from_mins(1), jitter: None };
        complete(&correlation, events)
    }

    fn complete(correlation: &Correlation, events: &[(u64, &str, &str, &str, i64)]) -> Vec<usize> {
        let records: Vec<(Duration, Record)> =
            events.iter().map(|(at, outcome, user, source, kind)| (Duration::from_secs(*at), logon(outcome, user, source, *kind))).collect();
        let events: Vec<Timed<'_>> = records.iter().map(|(time, record)| (*time, record)).collect();
        completions(correlation, &events).into_iter().collect()
    }

    #[test]
    fn a_sequence_needs_order_number_and_time() {
        let steps = || CorrelationKind::Sequence(vec![step("failure", 3), step("success", 1)]);
        let by = [Field::UserName];
        let (fail, pass) = ("failure", "success");
        let event = |at, outcome| (at, outcome, "a", "192.0.2.1", 3);
        assert_eq!(at(steps(), &by, &[event(0, fail), event(100, fail), event(110, fail), event(120, fail), event(130, pass)]), [4]);
        assert!(at(steps(), &by, &[event(0, fail), event(1, fail), event(2, fail), event(61, pass)]).is_empty());
        assert!(at(steps(), &by, &[event(0, pass), event(1, fail), event(2, fail), event(3, fail)]).is_empty());
    }

    #[test]
    fn steps_happen_together_in_any_order() {
        let together = |needs| CorrelationKind::Together { steps: vec![step("a", 1), step("b", 1), step("c", 1)], needs };
        let event = |at, outcome| (at, outcome, "u", "192.0.2.1", 3);
        let by = [Field::UserName];
        assert_eq!(at(together(Needs::every(3)), &by, &[event(0, "c"), event(10, "a"), event(60, "b"), event(61, "b")]), [2]);
        assert_eq!(at(together(Needs::Steps(Times::at_least(2))), &by, &[event(0, "c"), event(10, "c"), event(20, "a"), event(90, "b")]), [2]);
        let without = Needs::All(vec![Needs::Step(0), Needs::Not(Box::new(Needs::Step(1)))]);
        assert_eq!(at(together(without), &by, &[event(0, "b"), event(10, "a"), event(100, "a"), event(101, "b")]), [2]);
    }

    #[test]
    fn counts_have_ranges_and_streams() {
        let mut both = step("a", 1);
        both.streams.extend(step("b", 1).streams);
        both.times = Times { min: 2, max: Some(4), except: Some(3) };
        let event = |at, outcome| (at, outcome, "u", "192.0.2.1", 3);
        let events = [event(0, "a"), event(1, "b"), event(2, "a"), event(3, "b"), event(4, "a")];
        assert_eq!(at(CorrelationKind::Count(both), &[], &events), [1, 3]);
    }

    #[test]
    fn figures_are_exact() {
        let measure = |figure, comparison, bound| CorrelationKind::Measure {
            step: step("a", 1),
            field: Field::LogonType.into(),
            figure,
            bounds: Bounds::whole([(comparison, bound)]),
        };
        let events: Vec<(u64, &str, &str, &str, i64)> = [4, 1, 2, 8].iter().zip(0..).map(|(number, at)| (at, "a", "u", "", *number)).collect();
        let by = [Field::UserName];
        assert_eq!(at(measure(Figure::Sum, Comparison::AtLeast, 7), &by, &events), [2, 3]);
        assert_eq!(at(measure(Figure::Average, Comparison::More, 3), &by, &events), [0, 3], "of 4; 2.5; 2.33; 3.75");
        let mean = |bound| match measure(Figure::Average, Comparison::AtLeast, 0) {
            CorrelationKind::Measure { step, field, figure, .. } => CorrelationKind::Measure {
                step,
                field,
                figure,
                bounds: Bounds(vec![(Comparison::AtLeast, Decimal::parse(bound).expect("a number"))]),
            },
            other => other,
        };
        assert_eq!(at(mean("2.5"), &by, &events), [0, 1, 3]);
        assert_eq!(at(mean("2.51"), &by, &events), [0, 3]);
        assert_eq!(at(measure(Figure::Median, Comparison::AtLeast, 2), &by, &events), [0, 2, 3], "of 4; 1; 2; 2");
        assert_eq!(at(measure(Figure::Percentile(75), Comparison::Equal, 4), &by, &events), [0, 1, 2, 3]);
        assert_eq!(at(measure(Figure::Percentile(76), Comparison::Equal, 8), &by, &events), [3]);
    }

    #[test]
    fn combinations_of_values_are_counted() {
        let events = [(0, "a", "u", "192.0.2.1", 3), (1, "a", "U", "192.0.2.2", 3), (2, "a", "v", "192.0.2.1", 3), (3, "a", "v", "192.0.2.1", 3)];
        let distinct =
            |fields: &[Field], min| CorrelationKind::Distinct { step: step("a", min), fields: fields.iter().map(|field| (*field).into()).collect() };
        assert_eq!(at(distinct(&[Field::UserName], 3), &[], &events), [] as [usize; 0]);
        assert_eq!(at(distinct(&[Field::UserName, Field::SourceIp], 3), &[], &events), [2, 3]);
    }

    #[test]
    fn streams_call_fields_by_other_names() {
        let renamed = |outcome: &str, own: Field| {
            let mut step = step(outcome, 1);
            step.streams[0].aliases = vec![(FieldRef::Open("who".into()), own.into())];
            step
        };
        let steps = vec![renamed("a", Field::UserName), renamed("b", Field::SourceIp)];
        let kind = CorrelationKind::Together { needs: Needs::every(2), steps };
        let correlation = Correlation { kind, by: vec![FieldRef::Open("who".into())], within: Duration::from_mins(1), jitter: None };
        let events = [(0, "a", "X", "y", 1), (1, "b", "x", "z", 1), (2, "b", "z", "x", 1)];
        assert_eq!(complete(&correlation, &events), [2]);
    }

    #[test]
    fn a_correlation_happens_where_it_is_complete() {
        let inner = Correlation {
            kind: CorrelationKind::Count(step("failure", 3)),
            by: vec![Field::SourceIp.into()],
            within: Duration::from_secs(10),
            jitter: None,
        };
        let stream =
            Stream { name: "many".to_owned(), title: String::new(), what: Happening::Correlation(Box::new(inner)), aliases: Vec::new(), sigma: None };
        let many = Step { name: "many".to_owned(), streams: vec![stream], times: Times::at_least(1), span: span() };
        let kind = CorrelationKind::Sequence(vec![many, step("success", 1)]);
        let (fail, pass) = ("failure", "success");
        // The user of the last failure is the one that has to succeed.
        let events = [(0, fail, "a", "x", 1), (5, fail, "b", "x", 1), (9, fail, "c", "x", 1), (20, pass, "a", "x", 1), (60, pass, "c", "y", 1)];
        assert_eq!(at(kind, &[Field::UserName], &events), [4]);
    }

    #[test]
    fn a_completion_stands_behind_its_event() {
        let inner = Correlation { kind: CorrelationKind::Count(step("a", 2)), by: Vec::new(), within: Duration::from_secs(10), jitter: None };
        let what = Happening::Correlation(Box::new(inner));
        let stream = Stream { name: "two".to_owned(), title: String::new(), what, aliases: Vec::new(), sigma: None };
        let two = Step { name: "two".to_owned(), streams: vec![stream], times: Times::at_least(1), span: span() };
        let event = |at| (at, "a", "u", "192.0.2.1", 3);
        assert_eq!(at(CorrelationKind::Sequence(vec![two.clone(), step("a", 1)]), &[], &[event(0), event(1), event(2)]), [2]);
        assert_eq!(at(CorrelationKind::Sequence(vec![step("a", 2), two]), &[], &[event(0), event(1)]), [1]);
    }

    #[test]
    fn bounds_become_times() {
        let times = |list: &[(Comparison, i64)]| Bounds::whole(list.iter().copied()).times();
        assert_eq!(times(&[(Comparison::Less, 5)]), Some(Times::between(1, 4)));
        assert_eq!(times(&[(Comparison::NotEqual, 1)]), Some(Times::at_least(2)));
        assert_eq!(times(&[(Comparison::NotEqual, 3)]), Some(Times { min: 1, max: None, except: Some(3) }));
        assert_eq!(times(&[(Comparison::AtLeast, 5), (Comparison::Less, 5)]), None);
        assert_eq!(times(&[(Comparison::Equal, -1)]), None);
        let half = |comparison| Bounds(Decimal::parse("2.5").map(|bound| (comparison, bound)).into_iter().collect()).times();
        assert_eq!((half(Comparison::More), half(Comparison::AtLeast)), (Some(Times::at_least(3)), Some(Times::at_least(3))));
        assert_eq!((half(Comparison::Less), half(Comparison::AtMost)), (Some(Times::between(1, 2)), Some(Times::between(1, 2))));
        assert_eq!((half(Comparison::Equal), half(Comparison::NotEqual)), (None, Some(Times::at_least(1))));
    }
}
