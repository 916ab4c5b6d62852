//! Do queries for correlations mean what the evaluator says? Cases for an engine that runs them.
//!
//! `cargo test -p kql correlations_for_an_engine -- --nocapture` prints each case on a line behind `EXEC`; `.ci/kql-correlations`
//! has them executed.

use std::sync::Arc;
use std::time::Duration;

use backend::{Job, Outcome, Overlay, Section, Target};
use ir::{
    Bounds, Comparison, Correlation, CorrelationKind, Detection, EventClass, EventRule, EventSelector, Field, FieldRef, FieldValue, Figure,
    Happening, Kind, Meta, Needs, Predicate, Record, Step, Stream, Times,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use source::Span;

use super::{Kql, PROFILES};

fn span() -> Span {
    Span::new(source::Sources::default().add("test", ""), 0, 0)
}

fn detection(correlation: Correlation) -> Detection {
    Detection {
        key: "ADV-1/block".to_owned(),
        id: ir::id::of("ADV-1", "block"),
        title: "A block".to_owned(),
        description: String::new(),
        meta: Arc::new(Meta { advisory: "ADV-1".to_owned(), folder: "ADV-1".to_owned(), ..Meta::default() }),
        kind: Kind::Correlation(correlation),
        indicators: Arc::new([]),
        span: span(),
    }
}

/// A step on programs (`a.exe`, `b.exe`) or on a file (`c.exe`).
fn step(name: &str, least: u32) -> Step {
    let (class, field) = if name == "c.exe" { (EventClass::FileCreate, Field::FileName) } else { (EventClass::ProcessStart, Field::ProcessName) };
    Step::new(name, EventRule { event: EventSelector::of(class), predicate: Predicate::is(field, name, span()) }, Times::at_least(least), span())
}

fn either(names: &[&str], times: Times) -> Step {
    Step { name: "any".to_owned(), streams: names.iter().flat_map(|name| step(name, 1).streams).collect(), times, span: span() }
}

/// What happens: the second, which program or file, the machine, the user, the process number.
type Event = (u64, &'static str, &'static str, &'static str, i64);

fn events() -> impl Strategy<Value = Vec<Event>> {
    let one = (
        1..4_u64,
        prop::sample::select(vec!["a.exe", "b.exe", "c.exe", "d.exe"]),
        prop::sample::select(vec!["m1", "m2"]),
        prop::sample::select(vec!["m1", "u1"]),
        1..6_i64,
    );
    prop::collection::vec(one, 0..12).prop_map(|list| {
        let mut now = 0;
        list.into_iter()
            .map(|(gap, name, machine, user, number)| {
                now += gap;
                (now, name, machine, user, number)
            })
            .collect()
    })
}

fn record((_, name, machine, user, number): &Event) -> Record {
    let (class, field) = if *name == "c.exe" { (EventClass::FileCreate, Field::FilePath) } else { (EventClass::ProcessStart, Field::ProcessPath) };
    let mut record = Record::new(EventSelector::of(class));
    let text = |text: &str| FieldValue::Text(text.to_owned());
    record.fields.insert(field.into(), text(&format!("C:\\x\\{name}")));
    record.fields.insert(Field::HostName.into(), text(machine));
    record.fields.insert(Field::UserName.into(), text(user));
    if class == EventClass::ProcessStart {
        record.fields.insert(Field::ProcessPid.into(), FieldValue::Number(*number));
    }
    record
}

/// The same event as a row of Defender's tables.
fn row((at, name, machine, user, number): &Event) -> (&'static str, serde_json::Value) {
    let time = format!("2026-01-02T00:00:{at:02}Z");
    if *name == "c.exe" {
        let row = serde_json::json!({"Timestamp": time, "ActionType": "FileCreated", "FileName": name, "FolderPath": format!("C:\\x\\{name}"), "DeviceName": machine, "InitiatingProcessAccountName": user, "ReportId": at});
        return ("DeviceFileEvents", row);
    }
    let row = serde_json::json!({"Timestamp": time, "ActionType": "ProcessCreated", "FileName": name, "FolderPath": format!("C:\\x\\{name}"), "DeviceName": machine, "AccountName": user, "ProcessId": number, "ReportId": at});
    ("DeviceProcessEvents", row)
}

fn kinds() -> Vec<(&'static str, CorrelationKind)> {
    let measure = |figure, list: &[(Comparison, i64)]| CorrelationKind::Measure {
        step: either(&["a.exe", "b.exe"], Times::at_least(1)),
        field: Field::ProcessPid.into(),
        figure,
        bounds: Bounds::whole(list.iter().copied()),
    };
    let together = |needs| CorrelationKind::Together { steps: vec![step("a.exe", 1), step("b.exe", 2), step("c.exe", 1)], needs };
    let inner = Correlation {
        kind: CorrelationKind::Count(either(&["a.exe", "b.exe"], Times::at_least(2))),
        by: vec![Field::HostName.into()],
        within: Duration::from_secs(5),
        jitter: None,
    };
    let deep = Correlation { kind: CorrelationKind::Sequence(vec![step("a.exe", 1), step("c.exe", 1)]), ..inner.clone() };
    let nested = |inner: &Correlation| Step {
        name: "many".to_owned(),
        streams: vec![Stream {
            name: "many".to_owned(),
            title: String::new(),
            what: Happening::Correlation(Box::new(inner.clone())),
            aliases: Vec::new(),
            sigma: None,
        }],
        times: Times::at_least(1),
        span: span(),
    };
    let renamed = |name: &str, own: Field| {
        let mut step = step(name, 1);
        for stream in &mut step.streams {
            stream.aliases = vec![(Field::HostName.into(), own.into())];
        }
        step
    };
    vec![
        ("count", CorrelationKind::Count(either(&["a.exe", "c.exe"], Times { min: 2, max: Some(5), except: Some(3) }))),
        ("distinct", CorrelationKind::Distinct { step: either(&["a.exe", "b.exe"], Times::between(2, 3)), fields: vec![Field::UserName.into()] }),
        (
            "combinations",
            CorrelationKind::Distinct {
                step: either(&["a.exe", "b.exe"], Times::between(2, 3)),
                fields: vec![Field::UserName.into(), Field::ProcessName.into()],
            },
        ),
        ("sum", measure(Figure::Sum, &[(Comparison::More, 7), (Comparison::AtMost, 12)])),
        ("average", measure(Figure::Average, &[(Comparison::AtLeast, 4)])),
        ("median", measure(Figure::Median, &[(Comparison::Equal, 3)])),
        ("percentile", measure(Figure::Percentile(75), &[(Comparison::Less, 4), (Comparison::NotEqual, 2)])),
        ("together", together(Needs::every(3))),
        ("two of three", together(Needs::Steps(Times::between(2, 2)))),
        ("expression", together(Needs::All(vec![Needs::Any(vec![Needs::Step(0), Needs::Step(1)]), Needs::Not(Box::new(Needs::Step(2)))]))),
        (
            "aliases",
            CorrelationKind::Together { steps: vec![renamed("a.exe", Field::HostName), renamed("b.exe", Field::UserName)], needs: Needs::every(2) },
        ),
        ("count, then", CorrelationKind::Sequence(vec![nested(&inner), step("c.exe", 1)])),
        ("count, then one of them", CorrelationKind::Sequence(vec![nested(&inner), step("a.exe", 1)])),
        ("one of them, then count", CorrelationKind::Sequence(vec![step("a.exe", 1), nested(&inner)])),
        ("sequences twice", CorrelationKind::Count(Step { times: Times::at_least(2), ..nested(&deep) })),
        ("together inside", CorrelationKind::Together { steps: vec![nested(&deep), step("b.exe", 1)], needs: Needs::every(2) }),
    ]
}

#[test]
fn correlations_for_an_engine() {
    let mut runner = TestRunner::deterministic();
    let profile = PROFILES.iter().find(|known| known.id == "defender-xdr").expect("it is in the list");
    let mut verdicts = [0, 0];
    for round in 0..12 {
        for (name, kind) in kinds() {
            let events = events().new_tree(&mut runner).expect("it has values").current();
            let by: Vec<FieldRef> = if round % 4 == 3 && name != "aliases" { Vec::new() } else { vec![Field::HostName.into()] };
            let within = if round % 2 == 0 { 8 } else { 20 };
            let detection = detection(Correlation { kind, by, within: Duration::from_secs(within), jitter: None });
            let compiled = Target::compile(
                &Kql,
                Job {
                    profile,
                    detections: &[&detection],
                    overlay: &Overlay::default(),
                    numbers: Section::default(),
                    rule_texts: true,
                    made_for: backend::For::Folder,
                    programs: None,
                },
            );
            assert_eq!(compiled.entries[0].outcome, Outcome::Exact, "{name}: {:?}", compiled.entries[0].diagnostics);
            assert!(compiled.refused().next().is_none(), "{:?}", compiled.entries);
            let records: Vec<(Duration, Record)> = events.iter().map(|event| (Duration::from_secs(event.0), record(event))).collect();
            let timed: Vec<ir::eval::Timed<'_>> = records.iter().map(|(time, record)| (*time, record)).collect();
            let fires = ir::eval::fires(&detection, &timed);
            verdicts[usize::from(fires)] += 1;
            let mut tables = serde_json::json!({"DeviceProcessEvents": [], "DeviceFileEvents": []});
            for event in &events {
                let (table, row) = row(event);
                tables[table].as_array_mut().expect("it is one").push(row);
            }
            let expect = if fires { "fires" } else { "quiet" };
            let case = serde_json::json!({"id": format!("{name} {round}"), "env": "xdr", "now": "2026-01-03T00:00:00Z", "query": compiled.rules[0].text, "tables": tables, "expect": expect});
            println!("EXEC {case}");
        }
    }
    assert!(verdicts.iter().all(|count| *count > 20), "hits and misses: {verdicts:?}");
}
