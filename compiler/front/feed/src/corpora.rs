//! Are real feeds read as their publishers meant them?
//!
//! The files stand beside the repository; where they are not, each test says so and passes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use source::{Severity, Sources};

use super::{Defaults, Format, Read, advisory, pattern, read, stix_rules};

#[allow(clippy::disallowed_methods)]
fn open(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Every file below `feeds` and `apt31` that is a feed, by its path.
#[allow(clippy::disallowed_methods)]
fn feeds(shared: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["feeds", "apt31"] {
        let mut folders = vec![shared.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(shared).unwrap().to_string_lossy().replace('\\', "/");
                let about = ["README.md", "expected.jsonl", "stix_patterns.jsonl", "generate.py", "PROVENANCE.json"];
                if !about.iter().any(|about| name.ends_with(about)) && !name.ends_with(".md") && !name.ends_with(".yar") {
                    found.insert(name, open(&path));
                }
            }
        }
    }
    found
}

fn read_one(name: &str, text: &str) -> (Sources, Read, Format) {
    // A list of keywords looks like prose; whoever loads it names the format.
    let format = Format::detect(name, text).or_else(|| name.ends_with("keywords.txt").then_some(Format::List));
    let format = format.unwrap_or_else(|| panic!("{name}: its format is not told"));
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    let read = read(&sources, file, format, &Defaults::default());
    (sources, read, format)
}

#[test]
fn the_advisory_that_started_the_project_has_161_addresses() {
    let Some(shared) = shared::path("corpora") else { return };
    let name = "CERTFR-2021-IOC-003-IOC.csv";
    let (sources, read, format) = read_one(name, &open(&shared.join("apt31").join(name)));
    assert_eq!(format, Format::Csv);
    assert_eq!((read.indicators.len(), read.listed.len()), (161, 0));
    assert_eq!(read.diagnostics, []);
    let values: BTreeSet<String> = read.indicators.iter().map(|indicator| indicator.observable.to_string()).collect();
    assert_eq!(values.len(), 161);
    for indicator in &read.indicators {
        assert_eq!(indicator.observable.kind(), ir::ObservableKind::Ip);
        assert_eq!((indicator.role, indicator.direction), (ir::Role::Unknown, ir::Direction::Destination));
        assert_eq!(sources.words(indicator.origins[0].span), indicator.observable.to_string());
    }
    assert_eq!(read.header.tlp, Some(ir::Tlp::Clear));
    assert_eq!(read.header.title.as_deref(), Some("Publication maqueurs APT31"));
    assert_eq!(read.header.published, "2021-07-20".parse().ok());
    assert_eq!(read.header.actors, ["APT31"]);
    let (file, _) = sources.iter().next().unwrap();
    let built = advisory(&sources, file, read);
    assert_eq!(built.header.id, "60f6ea57-5534-4866-9677-44650abe1822");
    assert_eq!(built.indicators.iter().map(|block| (&*block.head.name, block.indicators.len())).collect::<Vec<_>>(), [("ip-destination", 161)]);
}

#[test]
fn every_real_feed_is_read_with_exact_places() {
    let Some(shared) = shared::path("corpora") else { return };
    let mut table = String::new();
    for (name, text) in feeds(&shared) {
        let (sources, read, format) = read_one(&name, &text);
        for indicator in &read.indicators {
            for origin in &indicator.origins {
                assert_eq!(sources.words(origin.span), &*origin.raw, "{name}");
                assert!(!origin.raw.is_empty(), "{name}: {:?}", indicator.observable);
            }
        }
        for listed in &read.listed {
            assert!(!sources.words(listed.span).is_empty(), "{name}: {listed:?}");
        }
        let errors = read.diagnostics.iter().filter(|said| said.severity == Severity::Error).count();
        let refused = name.contains("stix1_xml");
        assert_eq!(errors > 0, refused, "{name}: {:?}", read.diagnostics);
        let said = read.diagnostics.len();
        table.push_str(&format!("{name}\t{}\t{}\t{}\t{said}\n", format.name(), read.indicators.len(), read.listed.len()));
    }
    println!("{table}");
}

/// One expected row: file, type, value, and whether it is meant for detection.
struct Row {
    file: String,
    kind: String,
    value: String,
    active: bool,
    condition: String,
}

fn expected(shared: &Path) -> Vec<Row> {
    let lines = open(&shared.join("feeds/expected.jsonl"));
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let active = row["to_ids"].as_bool().unwrap_or(true) && !row["revoked"].as_bool().unwrap_or(false);
        let value = if row["value"].is_string() && !word("value").is_empty() { word("value") } else { word("empty_content_id") };
        Row { file: word("file"), kind: word("type"), value, active, condition: word("condition") }
    };
    lines.lines().map(row).collect()
}

#[test]
fn every_expected_row_is_found_and_only_what_is_meant_becomes_an_indicator() {
    let Some(shared) = shared::path("corpora") else { return };
    let mut by_file: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in expected(&shared) {
        by_file.entry(row.file.clone()).or_default().push(row);
    }
    let mut missing = Vec::new();
    let mut passive = Vec::new();
    let mut kept: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, rows) in by_file {
        let (_, read, _) = read_one(&name, &open(&shared.join("feeds").join(&name)));
        let mut indicators: BTreeSet<String> = BTreeSet::new();
        for indicator in &read.indicators {
            indicators.insert(indicator.observable.to_string().to_lowercase());
            indicators.insert(indicator.origins[0].raw.replace("\\\\", "\\").to_lowercase());
        }
        let listed: BTreeSet<String> = read.listed.iter().map(|listed| listed.value.replace('\r', "").to_lowercase()).collect();
        let active: BTreeSet<String> = rows.iter().filter(|row| row.active).map(|row| row.value.trim().to_lowercase()).collect();
        for row in &rows {
            let value = row.value.replace('\r', "").trim().to_lowercase();
            let count = kept.entry(format!("{} {} {}", name.split('/').next().unwrap_or_default(), row.kind, row.condition)).or_default();
            if indicators.contains(&value) {
                count.0 += 1;
                if !active.contains(&value) {
                    passive.push(format!("{name}: {} {}", row.kind, row.value));
                }
            } else if listed.contains(&value) {
                count.1 += 1;
            } else {
                missing.push(format!("{name}: {} {}", row.kind, row.value));
            }
        }
    }
    for (kind, (kept, listed)) in &kept {
        println!("{kind}: {kept} become indicators, {listed} are listed");
    }
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(passive, Vec::<String>::new());
}

#[test]
fn patterns_are_accepted_and_refused_as_the_validator_does() {
    let Some(shared) = shared::path("corpora") else { return };
    let mut wrong = Vec::new();
    let lines = open(&shared.join("feeds/stix_patterns.jsonl"));
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = row["pattern"].as_str().unwrap();
        let version = stix_rules::Version::of(row["version"].as_str());
        let valid = pattern::parse(text).is_ok_and(|observation| stix_rules::fault(&observation, version).is_none());
        if valid != row["valid"].as_bool().unwrap() {
            wrong.push(format!("{} {} {text}", row["version"], row["valid"]));
        }
    }
    println!("{} verdicts, {} wrong", lines.lines().count(), wrong.len());
    assert!(lines.lines().count() >= 473);
    assert_eq!(wrong, Vec::<String>::new());
}
