//! Does a Sigma rule that is read and written again mean the same?
//!
//! Every rule of the golden inputs, and of the public collection where it stands beside the repository, is read, written for Sigma,
//! and read again. What it asks is the same tree, or gives the same verdict on events made of its own values: hits and near misses.
#![allow(clippy::disallowed_methods, reason = "checks read the disk; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ir::{Advisory, Case, EventRule, FieldRef, FieldTest, FieldValue, Happening, NumberTest, Op, Part, Pattern, Predicate, Record};
use source::{Severity, Sources, Span};
use vigie_tests::root;

/// Every file below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut folders, mut out) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

fn read(texts: &[(String, String)]) -> (Sources, Vec<Advisory>, Vec<String>) {
    let mut sources = Sources::default();
    let ids: Vec<source::FileId> = texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
    let mut collection = front::sigma::Collection::default();
    ids.iter().for_each(|id| collection.add(&sources, *id));
    let parsed = collection.finish();
    let said = parsed.diagnostics.iter().filter(|said| said.severity >= Severity::Error).map(|said| source::draw(said, &sources, false)).collect();
    (sources, parsed.advisories, said)
}

/// What came of a set of rules.
#[derive(Debug, Default)]
struct Tally {
    same: usize,
    alike: usize,
    refused: usize,
    different: Vec<String>,
}

/// Reads, writes, reads, and compares.
fn round_trip(texts: &[(String, String)]) -> Tally {
    let (sources, before, _) = read(texts);
    let sigma = registry::select("sigma").expect("Sigma is a target");
    let compiled = pipeline::compile(&sources, before, &sigma, &pipeline::Options::default());
    let written: Vec<(String, String)> =
        compiled.outputs.iter().flat_map(|output| &output.artefacts).map(|file| (file.path.clone(), file.text.clone())).collect();
    let (again, after, said) = read(&written);
    let mut out = Tally { different: said, ..Tally::default() };
    let second = pipeline::compile(&again, after, &[], &pipeline::Options::default());
    let after: BTreeMap<String, &ir::Detection> = second.detections.iter().map(|one| (one.id.to_string(), one)).collect();
    for (at, before) in compiled.detections.iter().enumerate() {
        let row = compiled.rows.iter().find(|row| row.detection == at);
        if row.is_none_or(|row| row.files.is_empty()) {
            out.refused += 1;
            println!("not written: {} {:?}", before.title, row.map(|row| &row.diagnostics));
            continue;
        }
        let Some(after) = after.get(&before.id.to_string()) else {
            out.different.push(format!("{} is not there any more", before.title));
            continue;
        };
        match compare(before, after) {
            Verdict::Same => out.same += 1,
            Verdict::Alike => out.alike += 1,
            Verdict::Different(why) => out.different.push(format!("{}: {why}", before.title)),
        }
    }
    out
}

enum Verdict {
    Same,
    Alike,
    Different(String),
}

fn compare(before: &ir::Detection, after: &ir::Detection) -> Verdict {
    let mut verdict = Verdict::Same;
    if about(before) != about(after) {
        return Verdict::Different(format!("it says something else of itself:\n{:#?}\n{:#?}", about(before), about(after)));
    }
    let (left, right) = (rules(&before.kind), rules(&after.kind));
    if shape(&before.kind) != shape(&after.kind) || left.len() != right.len() {
        return Verdict::Different(format!("another question:\n{}\n{}", shape(&before.kind), shape(&after.kind)));
    }
    for (left, right) in left.iter().zip(&right) {
        if left.event != right.event {
            return Verdict::Different(format!("other events: {} and {}", left.event, right.event));
        }
        if normal(&left.predicate) == normal(&right.predicate) {
            continue;
        }
        verdict = Verdict::Alike;
        for record in records(left, right) {
            if ir::eval::holds(&left.predicate, &record) != ir::eval::holds(&right.predicate, &record) {
                return Verdict::Different(format!("{record:#?}\n{:#?}\n{:#?}", normal(&left.predicate), normal(&right.predicate)));
            }
        }
    }
    verdict
}

/// What must be kept besides the question.
fn about(detection: &ir::Detection) -> impl PartialEq + std::fmt::Debug + use<> {
    let meta = &detection.meta;
    let mut sigma = meta.sigma.as_deref().cloned().unwrap_or_default();
    sigma.status.get_or_insert_with(|| "experimental".to_owned());
    for list in [&mut sigma.tags, &mut sigma.fields, &mut sigma.scope] {
        let mut seen = BTreeSet::new();
        list.retain(|text| seen.insert(text.clone()));
    }
    (detection.title.clone(), detection.description.clone(), sigma, meta.author.clone(), meta.published, meta.modified, meta.severity, meta.tlp)
}

fn rules(kind: &ir::Kind) -> Vec<EventRule> {
    fn of(correlation: &ir::Correlation, out: &mut Vec<EventRule>) {
        for stream in correlation.streams() {
            match &stream.what {
                Happening::Event(rule) => out.push(rule.clone()),
                Happening::Correlation(inner) => of(inner, out),
            }
        }
    }
    let mut out = Vec::new();
    match kind {
        ir::Kind::Event(rule) => out.push(rule.clone()),
        ir::Kind::Correlation(correlation) => of(correlation, &mut out),
        ir::Kind::Native { .. } => {}
    }
    out
}

/// Everything of a correlation but its events and places.
fn shape(kind: &ir::Kind) -> String {
    fn of(correlation: &ir::Correlation) -> String {
        let steps: Vec<String> = correlation
            .steps()
            .iter()
            .map(|step| {
                let streams: Vec<String> = step
                    .streams
                    .iter()
                    .map(|stream| {
                        let inner = match &stream.what {
                            Happening::Event(_) => String::new(),
                            Happening::Correlation(inner) => of(inner),
                        };
                        let fields: Vec<String> =
                            correlation.by.iter().chain(correlation.counted()).map(|field| stream.field(field).to_string()).collect();
                        format!("{fields:?} {inner}")
                    })
                    .collect();
                format!("{:?} {streams:?}", step.times)
            })
            .collect();
        let kind = match &correlation.kind {
            ir::CorrelationKind::Sequence(_) => "sequence".to_owned(),
            ir::CorrelationKind::Together { needs, .. } => format!("{needs:?}"),
            ir::CorrelationKind::Count(_) => "count".to_owned(),
            ir::CorrelationKind::Distinct { .. } => "distinct".to_owned(),
            ir::CorrelationKind::Measure { figure, bounds, .. } => format!("{figure:?} {bounds:?}"),
        };
        format!("{kind} {:?} {steps:?}", correlation.within)
    }
    match kind {
        ir::Kind::Correlation(correlation) => of(correlation),
        ir::Kind::Event(_) | ir::Kind::Native { .. } => String::new(),
    }
}

/// A predicate without places, in an order of its own.
fn normal(predicate: &Predicate) -> Predicate {
    fn list(list: &[Predicate]) -> Vec<Predicate> {
        let mut out: Vec<Predicate> = list.iter().map(normal).collect();
        out.sort();
        out.dedup();
        out
    }
    fn nowhere() -> Span {
        Span::new(Sources::default().add("nowhere", ""), 0, 0)
    }
    match predicate.clone().flat() {
        Predicate::All(all) => Predicate::All(list(&all)).flat(),
        Predicate::Any(any) => {
            let mut tests: Vec<FieldTest> = Vec::new();
            let mut others = Vec::new();
            for part in list(&any) {
                match part {
                    Predicate::Test(test) => {
                        match (tests.iter_mut().find(|known| known.field == test.field).map(|known| &mut known.op), test.op.clone()) {
                            (Some(Op::Text { patterns, case }), Op::Text { patterns: more, case: of }) if *case == of => patterns.extend(more),
                            (Some(Op::Regex(list)), Op::Regex(more)) => list.extend(more),
                            (Some(Op::Number(NumberTest::In(list))), Op::Number(NumberTest::In(more))) => list.extend(more),
                            _ => tests.push(test),
                        }
                    }
                    other => others.push(other),
                }
            }
            others.extend(tests.into_iter().map(|test| normal(&Predicate::Test(test))));
            others.sort();
            others.dedup();
            Predicate::Any(others).flat()
        }
        Predicate::Not(inner) => Predicate::Not(Box::new(normal(&inner))),
        Predicate::Test(FieldTest { field, mut op, .. }) => {
            match &mut op {
                Op::Text { patterns, case } => {
                    if !patterns.iter().flat_map(Pattern::literals).any(|text| text.chars().any(char::is_alphabetic)) {
                        *case = Case::Insensitive;
                    }
                    patterns.sort();
                    patterns.dedup();
                }
                Op::Regex(list) => list.sort(),
                Op::Number(NumberTest::In(list)) => list.sort_unstable(),
                Op::Address(list) => list.sort(),
                _ => {}
            }
            Predicate::Test(FieldTest { field, op, span: nowhere() })
        }
        Predicate::Bytes(bytes) => Predicate::Bytes(bytes),
    }
}

/// Values to try for a test.
fn values(op: &Op) -> Vec<FieldValue> {
    let text = |text: String| FieldValue::Text(text);
    match op {
        Op::Text { patterns, .. } => patterns
            .iter()
            .take(24)
            .flat_map(|pattern| {
                let fill = |run: &str| -> String {
                    pattern
                        .parts()
                        .iter()
                        .map(|part| match part {
                            Part::Literal(text) => text.clone(),
                            Part::Run => run.to_owned(),
                            Part::One => "q".to_owned(),
                        })
                        .collect()
                };
                let (bare, long) = (fill(""), fill("zz"));
                let shorter: String = bare.chars().skip(1).collect();
                [bare.clone(), long, bare.to_uppercase(), format!("{bare}x"), format!("x{bare}"), shorter].map(text)
            })
            .collect(),
        Op::Regex(list) => list.iter().map(|regex| text(regex.written().to_owned())).chain([text("a".to_owned())]).collect(),
        Op::Number(number) | Op::Time { number, .. } => match number {
            NumberTest::Decimal(_, than) => [than.floor(), than.floor().saturating_add(1)]
                .map(FieldValue::Number)
                .into_iter()
                .chain([FieldValue::Text(than.to_string())])
                .collect(),
            NumberTest::In(list) => list.iter().take(24).flat_map(|number| [*number, number.wrapping_add(1)]).map(FieldValue::Number).collect(),
            NumberTest::Less(than) | NumberTest::AtMost(than) | NumberTest::More(than) | NumberTest::AtLeast(than) => {
                [than.wrapping_sub(1), *than, than.wrapping_add(1)].map(FieldValue::Number).to_vec()
            }
        },
        Op::Address(nets) => nets.iter().take(24).flat_map(|net| [net.network().to_string(), net.broadcast().to_string()]).map(text).collect(),
        Op::Flag(_) => vec![FieldValue::Flag(true), FieldValue::Flag(false)],
        Op::Exists | Op::Empty | Op::Missing | Op::Domain(_) | Op::Under(_) | Op::Url(_) | Op::Same { .. } => vec![text("x".to_owned())],
    }
}

/// Events made of the values of two rules: hits, near misses, and mixtures.
fn records(left: &EventRule, right: &EventRule) -> Vec<Record> {
    let mut fields: BTreeMap<FieldRef, Vec<FieldValue>> = BTreeMap::new();
    for test in left.predicate.tests().into_iter().chain(right.predicate.tests()) {
        let field = if test.field == FieldRef::Any { FieldRef::Open("Message".into()) } else { test.field.clone() };
        let known = fields.entry(field).or_default();
        known.extend(values(&test.op));
        known.push(FieldValue::Text(String::new()));
        if let Op::Same { other, .. } = &test.op {
            fields.entry(other.clone()).or_default().push(FieldValue::Text("x".to_owned()));
        }
    }
    let mut state = 0x9e37_79b9_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below.max(1)
    };
    (0..300)
        .map(|round| {
            let mut record = Record::new(left.event.clone());
            for (field, values) in &fields {
                // Some fields are missing in some events.
                let at = if round < values.len() { round } else { next(values.len() + 1) };
                if let Some(value) = values.get(at) {
                    record.fields.insert(field.clone(), value.clone());
                }
            }
            record
        })
        .collect()
}

#[test]
fn keys_of_a_site_come_back() {
    let text = "title: Kept\nid: 6c2f4b63-9b6e-4a4b-8d46-2a3b6b1d2f10\ntaxonomy: house\nlogsource:\n    product: windows\n    service: security\n    tier: [1, null, {a: 'x: y'}]\ndetection:\n    selection:\n        EventID: 1\n    condition: selection\nowner:\n    team: 'on'\n    since: 2026\n    keys: []\n";
    let tally = round_trip(&[("kept.yml".to_owned(), text.to_owned())]);
    assert_eq!((tally.same, tally.different), (1, Vec::<String>::new()));
}

#[test]
fn golden_rules_come_back() {
    let golden = root().join("tests/golden");
    let mut cases: Vec<PathBuf> =
        ["sigma-correlation", "sigma-writer", "sigma"].iter().map(|area| golden.join(area)).flat_map(|area| files(&area)).collect();
    cases.retain(|path| path.components().any(|part| part.as_os_str() == "input"));
    let mut folders: BTreeMap<PathBuf, Vec<(String, String)>> = BTreeMap::new();
    for path in cases {
        let text = std::fs::read_to_string(&path).expect("it is text");
        let folder = path.ancestors().find(|folder| folder.ends_with("input")).expect("it lies below one").to_owned();
        folders.entry(folder).or_default().push((path.to_string_lossy().into_owned(), text));
    }
    assert!(!folders.is_empty());
    for (folder, texts) in folders {
        let tally = round_trip(&texts);
        assert!(tally.different.is_empty(), "{}:\n{}", folder.display(), tally.different.join("\n"));
    }
}

#[test]
fn public_rules_come_back() {
    let Some(archive) = shared::path("corpora/sigma/sigmahq-rules.tar.gz") else { return };
    let folder = vigie_tests::run::scratch(Path::new(env!("CARGO_TARGET_TMPDIR")), "sigma-writer");
    let unpacked = std::process::Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&folder).status();
    if !unpacked.is_ok_and(|status| status.success()) {
        return shared::skip("tar, to unpack the rules");
    }
    let texts: Vec<(String, String)> =
        files(&folder).iter().filter_map(|path| Some((path.to_string_lossy().into_owned(), std::fs::read_to_string(path).ok()?))).collect();
    let tally = round_trip(&texts);
    println!("{} the same, {} alike, {} not written, {} different", tally.same, tally.alike, tally.refused, tally.different.len());
    let shown: Vec<String> = tally.different.iter().take(8).cloned().collect();
    assert!(tally.different.is_empty() && tally.refused == 0, "{}", shown.join("\n"));
    assert!(tally.same + tally.alike > 3000);
}
