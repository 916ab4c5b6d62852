//! Does every Sigma rule find exactly the events that it is known to find, and none besides?
//!
//! The rules and the Windows events stand beside the repository; where they are not, each test says so and passes.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use front::{events, sigma};
use ir::{EventRule, Index};
use serde_json::Value;
use source::Sources;
use vigie_tests::run::{scratch, vigie};

/// A rule's id and an event's number.
type Pair = (String, i64);

/// Every rule of the archive, by its path.
fn rules(corpus: &Path) -> BTreeMap<String, String> {
    let file = std::fs::File::open(corpus.join("sigmahq-rules.tar.gz")).expect("the archive can be opened");
    let mut out = BTreeMap::new();
    for entry in tar::Archive::new(flate2::read::GzDecoder::new(file)).entries().expect("it is an archive") {
        let mut entry = entry.expect("an entry can be read");
        let path = entry.path().expect("a path").to_string_lossy().into_owned();
        if path.ends_with(".yml") {
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("rules are UTF-8");
            out.insert(path, text);
        }
    }
    out
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the corpus can be read");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn expected(corpus: &Path) -> BTreeSet<Pair> {
    lines(&corpus.join("regression-expected.jsonl"))
        .iter()
        .map(|line| (line["rule_id"].as_str().expect("an id").to_owned(), line["event_index"].as_i64().expect("a number")))
        .collect()
}

fn compare(found: &BTreeSet<Pair>, wanted: &BTreeSet<Pair>) {
    let missing: Vec<&Pair> = wanted.difference(found).collect();
    let more: Vec<&Pair> = found.difference(wanted).collect();
    assert!(missing.is_empty() && more.is_empty(), "{} missing: {missing:#?}\n{} more: {more:#?}", missing.len(), more.len());
    println!("{} pairs, none missing, none more", found.len());
}

#[test]
fn the_evaluator_finds_exactly_the_known_pairs() {
    let Some(corpus) = shared::path("corpora/sigma") else { return };
    let texts = rules(&corpus);
    assert_eq!(texts.len(), 3141);
    let mut sources = Sources::default();
    let mut collection = sigma::Collection::default();
    for (path, text) in &texts {
        let file = sources.add(path, text.as_str());
        collection.add(&sources, file);
    }
    let (planned, _) = pipeline::detections(&sources, collection.finish().advisories);
    let rules: Vec<(&str, &EventRule)> = planned
        .iter()
        .filter_map(|planned| {
            let detection = &planned.detection;
            let id = detection.meta.sigma.as_ref().and_then(|sigma| sigma.id).map(|id| id.to_string());
            assert_eq!(id, Some(detection.id.to_string()), "{}: a rule keeps its id", detection.key);
            detection.event().map(|rule| (detection.key.as_str(), rule))
        })
        .collect();
    let ids: BTreeMap<&str, String> = planned.iter().map(|planned| (planned.detection.key.as_str(), planned.detection.id.to_string())).collect();
    assert_eq!(ids.values().collect::<BTreeSet<_>>().len(), 3141, "every rule is a detection");
    let index = Index::new(rules.iter().map(|(_, rule)| *rule));
    let mut found = BTreeSet::new();
    for line in lines(&corpus.join("regression-events.jsonl")) {
        let event = events::event(&line["event"], None);
        assert!(event.time.is_some() || line["event"].get("UtcTime").is_none());
        for record in &event.records {
            let hits = index.matches(record);
            let slowly: Vec<usize> = (0..rules.len()).filter(|at| ir::eval::matches(rules[*at].1, record)).collect();
            assert_eq!(hits, slowly, "the index and the evaluator agree");
            found.extend(hits.iter().map(|hit| (ids[rules[*hit].0].clone(), line["event_index"].as_i64().expect("a number"))));
        }
    }
    compare(&found, &expected(&corpus));
}

#[test]
fn the_binary_finds_exactly_the_known_pairs() {
    let Some(corpus) = shared::path("corpora/sigma") else { return };
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("sigma-regression"), "hunt");
    for (path, text) in rules(&corpus) {
        let path = here.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
    // As they stand in the corpus, alone, and as the XML has them.
    let events = lines(&corpus.join("regression-events.jsonl"));
    let write = |name: &str, shape: &dyn Fn(&Value) -> Value| {
        let text: String = events.iter().map(|line| shape(line).to_string() + "\n").collect();
        std::fs::write(here.join(name), text).expect("a file can be written");
    };
    write("wrapped.jsonl", &Value::clone);
    write("flat.jsonl", &|line| line["event"].clone());
    write("nested.jsonl", &|line| {
        let event = &line["event"];
        let system = serde_json::json!({
            "Provider": {"#attributes": {"Name": event["Provider_Name"]}}, "EventID": event["EventID"], "Channel": event["Channel"],
            "Computer": event["Computer"], "Level": event["Level"],
        });
        let mut data = event.as_object().expect("an object").clone();
        data.retain(|key, _| !matches!(key.as_str(), "Provider_Name" | "EventID" | "Channel" | "Computer" | "Level"));
        serde_json::json!({"Event": {"System": system, "EventData": data}})
    });
    let numbers: Vec<i64> = events.iter().map(|line| line["event_index"].as_i64().expect("a number")).collect();
    let logs = ["wrapped.jsonl", "flat.jsonl", "nested.jsonl"];
    let arguments = [&["hunt", "rules", "--format", "jsonl", "--logs"], logs.as_slice()].concat();
    let ran = vigie(env!("CARGO_BIN_EXE_vigie-under-test"), &here, &arguments);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let mut found: BTreeMap<String, BTreeSet<Pair>> = BTreeMap::new();
    for line in ran.stdout.lines() {
        let hit: Value = serde_json::from_str(line).expect("each line is JSON");
        let line = usize::try_from(hit["line"].as_u64().expect("a line")).expect("a line");
        let pair = (hit["rule_id"].as_str().expect("an id").to_owned(), numbers[line - 1]);
        let new = found.entry(hit["log"].as_str().expect("a log").to_owned()).or_default().insert(pair);
        assert!(new, "a hit is listed twice: {hit}");
    }
    for log in logs {
        compare(&found[log], &expected(&corpus));
    }
    let _ = std::fs::remove_dir_all(&here);
}
