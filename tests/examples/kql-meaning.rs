//! On which events does each KQL query have to fire? Writes the question down for an engine that runs queries.
//!
//! `cargo run -p vigie-tests --example kql-meaning -- RULES EVENTS FOLDER`: `RULES` is a folder of Sigma rules, `EVENTS` a file of JSON
//! lines, each an event or an object with one under `event`. `FOLDER` gets `queries.jsonl` with every query of `defender-xdr`,
//! `sentinel` and `asim` (`{"id","query","env"}`), and for each profile a file with the rows of all events and, for every query that reads a table
//! with rows, the events that [`ir::eval`] finds: `{"env","now","tables","cases":[{"name","query","ids"}]}`. A row is known by its time.

#![allow(clippy::disallowed_methods, reason = "an example of the tests reads rules and events and writes files")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use front::events;
use front::sigma::Collection;
use ir::{Kind, Record};
use serde_json::{Map, Value, json};
use source::Sources;

/// The moment the queries run at.
const NOW: &str = "2026-01-03T00:00:00Z";

/// One event: what it is to rules, and its rows in a profile.
struct Event {
    records: Vec<Record>,
    rows: BTreeMap<&'static str, Vec<kql::Row>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [rules, events, folder] = arguments.as_slice() else { return Err("usage: kql-meaning RULES EVENTS FOLDER".into()) };
    let mut sources = Sources::default();
    let mut collection = Collection::default();
    for path in files(rules)? {
        let file = sources.add(path.display().to_string(), std::fs::read_to_string(&path)?);
        collection.add(&sources, file);
    }
    let profiles = ["defender-xdr", "sentinel", "asim"];
    let wanted: Vec<_> = profiles.iter().flat_map(|profile| registry::select(&format!("kql/{profile}")).unwrap_or_default()).collect();
    let compiled = pipeline::compile(&sources, collection.finish().advisories, &wanted, &pipeline::Options::default());
    let events = read(&std::fs::read_to_string(events)?, &profiles)?;
    std::fs::create_dir_all(folder)?;
    let mut all = BufWriter::new(std::fs::File::create(folder.join("queries.jsonl"))?);
    for output in &compiled.outputs {
        let (env, time) = if output.profile == "defender-xdr" { ("xdr", "Timestamp") } else { ("sentinel", "TimeGenerated") };
        let mut tables: BTreeMap<&str, Vec<Map<String, Value>>> = BTreeMap::new();
        for (at, event) in events.iter().enumerate() {
            for (table, row) in &event.rows[output.profile] {
                let mut row = row.clone();
                row.insert(time.to_owned(), json!(moment(at)));
                tables.entry(table).or_default().push(row);
            }
        }
        let mut queries: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for rule in &output.rules {
            writeln!(all, "{}", json!({"id": format!("{}/{}", output.profile, rule.artefact), "query": rule.text, "env": env}))?;
            queries.entry(rule.detection).or_default().push(&rule.text);
        }
        let mut cases = Vec::new();
        for (detection, queries) in queries {
            let detection = &compiled.detections[detection];
            let Kind::Event(rule) = &detection.kind else { continue };
            let found = |event: &Event| event.records.iter().any(|record| ir::eval::matches(rule, record));
            let ids: Vec<String> = events.iter().enumerate().filter(|(_, event)| found(event)).map(|(at, _)| moment(at)).collect();
            let query = union(&queries);
            let words: BTreeSet<&str> = query.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').collect();
            if !ids.is_empty() || tables.keys().any(|table| words.contains(table)) {
                let query = format!("{query}\n| project Event = tostring({time})");
                cases.push(json!({"name": format!("{}/{}", output.profile, detection.key), "query": query, "ids": ids}));
            }
        }
        let lists: Map<String, Value> = output.artefacts.iter().filter_map(|artefact| watchlist(&artefact.path, &artefact.text)).collect();
        let mut fixtures = json!({"watchlists": lists});
        if output.profile == "asim" {
            // Parsers are functions; the engine has their rows from fixtures.
            fixtures["asim"] = json!(std::mem::take(&mut tables));
        }
        let suite = json!({"env": env, "now": NOW, "tables": tables, "fixtures": fixtures, "cases": cases});
        std::fs::write(folder.join(format!("{}.json", output.profile)), suite.to_string())?;
    }
    Ok(())
}

/// A watchlist's alias, and what it holds.
fn watchlist(path: &str, text: &str) -> Option<(String, Value)> {
    let alias = Path::new(path).file_name()?.to_str()?.strip_suffix(".csv")?;
    let value =
        |line: &str| line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).map_or(line.to_owned(), |line| line.replace("\"\"", "\""));
    let rows: Vec<Value> = text.lines().skip(1).map(|line| json!({"SearchKey": value(line)})).collect();
    Some((alias.to_owned(), json!({"columns": {"SearchKey": "string"}, "rows": rows})))
}

/// The time of an event, by which it is known: one second for each, as the product writes it.
fn moment(at: usize) -> String {
    format!("2026-01-02T{:02}:{:02}:{:02}.0000000Z", at / 3_600, at / 60 % 60, at % 60)
}

/// Several queries as one; definitions of the same name are the same text in each.
fn union(queries: &[&str]) -> String {
    let [one] = queries else {
        let (mut lets, mut rows) = (Vec::new(), Vec::new());
        for (number, query) in queries.iter().enumerate() {
            let query = query.replace("indicators", &format!("part{number}indicators"));
            let at = query.rfind(";\n").map_or(0, |at| at + 2);
            let (before, behind) = query.split_at(at);
            if !lets.iter().any(|known| known == before) {
                lets.push(before.to_owned());
            }
            rows.push(format!("({behind})"));
        }
        return format!("{}union {}", lets.concat(), rows.join(",\n"));
    };
    (*one).to_owned()
}

/// The Sigma files of a folder, sorted.
fn files(folder: &Path) -> std::io::Result<BTreeSet<PathBuf>> {
    let mut out = BTreeSet::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml") {
                out.insert(path);
            }
        }
    }
    Ok(out)
}

fn read(text: &str, profiles: &[&'static str]) -> Result<Vec<Event>, serde_json::Error> {
    let mut out = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line)?;
        let records = events::records(value.get("event").unwrap_or(&value));
        let rows = profiles.iter().map(|profile| {
            let mut rows: Vec<kql::Row> = Vec::new();
            for row in records.iter().flat_map(|record| kql::rows(profile, record)) {
                // An event of several log sources is one row.
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
            (*profile, rows)
        });
        let rows = rows.collect();
        out.push(Event { records, rows });
    }
    Ok(out)
}
