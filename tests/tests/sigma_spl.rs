//! Do the searches that Sigma rules become find what the evaluator finds? Every rule of the corpus on every event beside it, as
//! Splunk's add-ons extract them.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::path::Path;

use backend::Outcome;
use ir::{Kind, Record};
use serde_json::{Map, Value};
use source::Sources;
use splunk::meaning::{Matching, Meaning, Row, Site, Table};

/// Every rule of the archive: path and text.
fn rules(folder: &Path) -> BTreeMap<String, String> {
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sigmahq");
    std::fs::create_dir_all(&unpacked).expect("a folder can be made");
    let done = std::process::Command::new("tar")
        .arg("xzf")
        .arg(folder.join("sigmahq-rules.tar.gz"))
        .arg("-C")
        .arg(&unpacked)
        .status()
        .expect("tar can be started");
    assert!(done.success(), "the archive can be unpacked");
    let (mut folders, mut out) = (vec![unpacked], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml") {
                out.insert(path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).expect("a rule is text"));
            }
        }
    }
    out
}

/// One event of the corpus.
struct Event {
    json: Map<String, Value>,
    records: Vec<Record>,
}

fn events(folder: &Path) -> Vec<Event> {
    let text = std::fs::read_to_string(folder.join("regression-events.jsonl")).expect("events are text");
    let line = |line: &str| -> Event {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let records = front::events::records(&line["event"]);
        Event { json: line["event"].as_object().expect("an event is an object").clone(), records }
    };
    text.lines().map(line).collect()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn text<'e>(event: &'e Map<String, Value>, name: &str) -> &'e str {
    event.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The event as the add-on for Windows and the one for Sysmon extract it from XML; an empty element makes no field.
fn extracted(event: &Map<String, Value>) -> Row {
    let mut row = Row::new();
    let mut raw = String::from("<Event>");
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for (name, value) in event {
        let values = texts(value);
        raw.extend(values.iter().map(|text| format!("<Data Name='{name}'>{}</Data>", escaped(text))));
        let name = match name.as_str() {
            "EventID" => "EventCode",
            "Provider_Name" => "Name",
            other => other,
        };
        let values: Vec<String> = values.into_iter().filter(|text| !text.is_empty()).collect();
        if !values.is_empty() {
            row.insert(name.to_owned(), values);
        }
    }
    raw.push_str("</Event>");
    row.insert("source".to_owned(), vec![format!("XmlWinEventLog:{}", text(event, "Channel"))]);
    row.insert("sourcetype".to_owned(), vec!["XmlWinEventLog".to_owned()]);
    row.insert("index".to_owned(), vec!["windows".to_owned()]);
    row.insert("EventData_Xml".to_owned(), vec![raw.clone()]);
    row.insert("_raw".to_owned(), vec![raw]);
    row
}

/// What the add-on for Sysmon puts into the data models: the dataset, and its fields.
fn modelled(event: &Map<String, Value>) -> Option<(&'static str, Row)> {
    const PROCESS: &[(&str, &str)] = &[
        ("Image", "process_path"),
        ("CommandLine", "process"),
        ("ProcessId", "process_id"),
        ("CurrentDirectory", "process_current_directory"),
        ("OriginalFileName", "original_file_name"),
        ("IntegrityLevel", "process_integrity_level"),
        ("Hashes", "process_hash"),
        ("ParentImage", "parent_process_path"),
        ("ParentCommandLine", "parent_process"),
        ("ParentProcessId", "parent_process_id"),
        ("Computer", "dest"),
    ];
    const FILE: &[(&str, &str)] = &[("TargetFilename", "file_path"), ("ProcessId", "process_id"), ("Computer", "dest")];
    const REGISTRY: &[(&str, &str)] = &[("TargetObject", "registry_path"), ("Details", "registry_value_data"), ("Computer", "dest")];
    if text(event, "Channel") != "Microsoft-Windows-Sysmon/Operational" {
        return None;
    }
    let (model, fields, action) = match (event["EventID"].as_i64()?, text(event, "EventType")) {
        (1, _) => ("Endpoint.Processes", PROCESS, "allowed"),
        (11, _) => ("Endpoint.Filesystem", FILE, "created"),
        (12, "CreateKey") => ("Endpoint.Registry", REGISTRY, "created"),
        (12, _) => ("Endpoint.Registry", REGISTRY, "deleted"),
        (13, _) => ("Endpoint.Registry", REGISTRY, "modified"),
        _ => return None,
    };
    let dataset = model.rsplit('.').next()?;
    let mut row = Row::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            row.insert(format!("{dataset}.{name}"), vec![value.to_owned()]);
        }
    };
    let last = |path: &str| path.rsplit(['\\', '/']).next().unwrap_or_default().to_owned();
    put("action", action);
    for (from, to) in fields {
        let value = event.get(*from).map(texts).unwrap_or_default().concat();
        put(to, &value);
        match *to {
            "process_path" => put("process_name", &last(&value)),
            "parent_process_path" => put("parent_process_name", &last(&value)),
            "file_path" => put("file_name", &last(&value)),
            "registry_path" => put("registry_value_name", &last(&value)),
            _ => {}
        }
    }
    Some((model, row))
}

/// Tables and macros that stand beside the searches.
fn site(artefacts: &[backend::Artefact]) -> Site {
    let mut site = Site::default();
    let file = |name: &str| artefacts.iter().find(|artefact| artefact.path.rsplit('/').next() == Some(name)).map(|artefact| artefact.text.as_str());
    for artefact in artefacts {
        let mut stanza = String::new();
        let mut table = Table { matching: Matching::Exact, cased: false, rows: Vec::new() };
        for line in artefact.text.lines() {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut stanza);
            }
            let Some((key, value)) = line.split_once(" = ") else { continue };
            if artefact.path.ends_with("macros.conf") && key == "definition" {
                site.macros.insert(stanza.clone(), value.to_owned());
            }
            if artefact.path.ends_with("transforms.conf") {
                match (key, value) {
                    ("filename", name) => {
                        let mut rows = csv::Reader::from_reader(file(name).unwrap_or_default().as_bytes());
                        table.rows = rows.records().filter_map(|row| row.ok()?.get(0).map(str::to_owned)).collect();
                        table.matching = Matching::Exact;
                    }
                    ("case_sensitive_match", cased) => table.cased = cased == "true",
                    ("match_type", "WILDCARD(value)") => table.matching = Matching::Wildcard,
                    ("match_type", "CIDR(value)") => table.matching = Matching::Network,
                    _ => {}
                }
                site.tables.insert(stanza.clone(), table.clone());
            }
        }
    }
    site
}

/// How often search and evaluator agree.
#[derive(Debug, Default)]
struct Tally {
    searches: usize,
    pairs: usize,
    hits: usize,
    /// Pairs that differ although the search claims to mean the same, or differ the other way than it says.
    wrong: Vec<String>,
    /// Pairs that differ as the search says.
    said: usize,
}

#[test]
fn searches_find_what_the_evaluator_finds() {
    let Some(folder) = shared::path("corpora/sigma") else { return };
    let events = events(&folder);
    let rows: Vec<Row> = events.iter().map(|event| extracted(&event.json)).collect();
    let models: Vec<Option<(&str, Row)>> = events.iter().map(|event| modelled(&event.json)).collect();
    let mut sources = Sources::default();
    let mut collection = front::sigma::Collection::default();
    for (path, text) in rules(&folder) {
        let file = sources.add(path, text);
        collection.add(&sources, file);
    }
    let advisories = collection.finish().advisories;
    assert!(advisories.len() > 3000, "{} rules are read", advisories.len());
    let targets = registry::select("splunk").expect("it is there");
    let compilation = pipeline::compile(&sources, advisories, &targets, &pipeline::Options::default());
    for output in &compilation.outputs {
        let site = site(&output.artefacts);
        let outcomes: BTreeMap<usize, Outcome> = compilation
            .rows
            .iter()
            .filter(|row| row.target == output.target && row.profile == output.profile)
            .map(|row| (row.detection, row.outcome))
            .collect();
        let mut tally = Tally::default();
        for rule in &output.rules {
            let detection = &compilation.detections[rule.detection];
            let Kind::Event(wanted) = &detection.kind else { continue };
            let meaning = Meaning::read(&rule.text).unwrap_or_else(|why| panic!("{}: {why}\n{}", detection.key, rule.text));
            tally.searches += 1;
            for (at, event) in events.iter().enumerate() {
                let row = match (output.profile, &models[at]) {
                    ("cim", Some((model, row))) if rule.text.contains(&format!("datamodel={model}")) => row,
                    ("cim", _) => continue,
                    _ => &rows[at],
                };
                let found = meaning.finds(row.clone(), &site).unwrap_or_else(|why| panic!("{}: {why}\n{}", detection.key, rule.text));
                let fires = event.records.iter().any(|record| ir::eval::matches(wanted, record));
                tally.pairs += 1;
                tally.hits += usize::from(fires && found);
                let outcome = outcomes.get(&rule.detection).copied();
                let said = match outcome {
                    Some(Outcome::Wider) => found,
                    // Rules that are both wider and narrower count as narrower.
                    Some(Outcome::Narrower) => true,
                    _ => false,
                };
                match (found == fires, said) {
                    (true, _) => {}
                    (false, true) => tally.said += 1,
                    (false, false) => {
                        tally.wrong.push(format!("{} on event {at}: search {found}, evaluator {fires} ({outcome:?})\n{}", detection.key, rule.text))
                    }
                }
            }
        }
        let Tally { searches, pairs, hits, wrong, said } = &tally;
        println!("splunk/{}: {searches} searches, {pairs} pairs, {hits} hits in both, {said} differ as said, {} differ", output.profile, wrong.len());
        assert!(*hits > 50, "{hits} hits");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
