//! Are all of SigmaHQ's rules read, and do they match the events that they should?
//!
//! The files stand beside the repository; where they are not, each test says so and passes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use ir::{FieldRef, FieldValue, LogSource, Platform, Record};
use logs::taxonomy::{self, Category};
use source::{Severity, Sources};

use crate::Collection;
use ir::Parsed;

/// The files of a packed folder, by name.
fn unpack(archive: &Path) -> Option<Vec<(String, String)>> {
    let output = Command::new("gzip").arg("-dc").arg(archive).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        shared::skip("gzip");
        return None;
    };
    let (bytes, mut at, mut files, mut long) = (output.stdout, 0, Vec::new(), None);
    let field = |block: &[u8], from: usize, to: usize| String::from_utf8_lossy(&block[from..to]).trim_end_matches('\0').to_owned();
    while let Some(block) = bytes.get(at..at + 512).filter(|block| block[0] != 0) {
        let (front, name) = (field(block, 345, 500), field(block, 0, 100));
        let name = long.take().unwrap_or(if front.is_empty() || block[257..263] != *b"ustar\0" { name } else { format!("{front}/{name}") });
        let size = usize::from_str_radix(field(block, 124, 136).trim(), 8).unwrap();
        let text = &bytes[at + 512..at + 512 + size];
        // A name of more than 100 bytes is the content of an entry before its file.
        if block[156] == b'L' {
            long = Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned());
        } else if name.ends_with(".yml") {
            files.push((name, String::from_utf8(text.to_vec()).unwrap()));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    Some(files)
}

fn rules(shared: &Path) -> Option<(Sources, Parsed)> {
    let mut sources = Sources::default();
    let mut collection = Collection::default();
    for (name, text) in unpack(&shared.join("sigmahq-rules.tar.gz"))? {
        assert!(crate::looks_like(&text), "{name}");
        let file = sources.add(name, text);
        collection.add(&sources, file);
    }
    Some((sources, collection.finish()))
}

#[test]
fn every_rule_is_read() {
    let Some((sources, parsed)) = shared::path("corpora/sigma").and_then(|shared| rules(&shared)) else { return };
    assert_eq!(parsed.advisories.len(), 3141);
    let errors: Vec<String> =
        parsed.diagnostics.iter().filter(|said| said.severity == Severity::Error).map(|said| source::draw(said, &sources, false)).collect();
    assert_eq!(errors, Vec::<String>::new());
    println!("{} warnings", parsed.diagnostics.len());
    let known = parsed.advisories.iter().filter(|advisory| advisory.behaviors[0].facets[0].event.class().is_some()).count();
    println!("{known} read a class of the catalogue, {} an open log source", parsed.advisories.len() - known);
}

/// An event as a rule's log source sees it, when it is one of its events: the names of the log, and those of the catalogue.
fn record(event: &serde_json::Map<String, serde_json::Value>, source: &LogSource, category: Option<&Category>) -> Option<Record> {
    let text = |key: &str| event.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
    let number: i64 = event.get("EventID").and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok()))?;
    let in_service = |service: &str| taxonomy::channels(service).contains(&text("Channel"));
    let in_category = |name: &str| {
        // The corpus has Sysmon's own events for what its table gives a number of Sysmon.
        taxonomy::EVENT_IDS.iter().any(|(known, service, ids)| {
            let kind = text("EventType");
            let sort = match (name, number) {
                ("registry_add", 12) => kind == "CreateKey",
                ("registry_delete", 12) => kind.starts_with("Delete"),
                _ => true,
            };
            *known == name && in_service(service) && ids.contains(&number) && sort
        })
    };
    let fits = match source {
        LogSource::Known(_) => category.is_some_and(|category| in_category(category.name)),
        LogSource::Open { category, product, service } => {
            product.as_deref().is_none_or(|product| product == "windows")
                && category.as_deref().is_none_or(in_category)
                && service.as_deref().is_none_or(in_service)
        }
    };
    if !fits {
        return None;
    }
    let mut record = Record::new(ir::EventSelector { source: source.clone(), platform: Some(Platform::Windows), flow: None, sensor: None });
    for (name, value) in event {
        let value = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::Bool(flag) => FieldValue::Flag(*flag),
            serde_json::Value::Number(number) => number.as_i64().map_or_else(|| FieldValue::Text(number.to_string()), FieldValue::Number),
            serde_json::Value::String(text) => FieldValue::Text(text.clone()),
            other => FieldValue::Text(other.to_string()),
        };
        if let (Some(category), "Hashes", FieldValue::Text(text)) = (category, name.as_str(), &value) {
            for (name, digest) in text.split(',').filter_map(|pair| pair.split_once('=')) {
                let field = category.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
                if let Some(field) = field {
                    record.fields.insert(field.into(), FieldValue::Text(digest.to_lowercase()));
                }
            }
        }
        if let Some(field) = category.and_then(|category| category.field(name, Some(Platform::Windows))) {
            let value = match (&value, field) {
                (FieldValue::Text(text), ir::Field::PipeName) => FieldValue::Text(text.strip_prefix('\\').unwrap_or(text).to_owned()),
                _ => value.clone(),
            };
            record.fields.insert(field.into(), value);
        }
        record.fields.insert(FieldRef::Open(name.as_str().into()), value);
    }
    Some(record)
}

#[test]
#[allow(clippy::disallowed_methods)]
fn rules_match_the_events_that_they_should_and_no_other() {
    let Some(shared) = shared::path("corpora/sigma") else { return };
    let Some((_, parsed)) = rules(&shared) else { return };
    let lines = |name: &str| -> Vec<serde_json::Value> {
        std::fs::read_to_string(shared.join(name)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut wanted: BTreeSet<(i64, String)> = BTreeSet::new();
    for row in lines("regression-expected.jsonl") {
        wanted.insert((row["event_index"].as_i64().unwrap(), row["rule_id"].as_str().unwrap().to_owned()));
    }
    let mut found: BTreeSet<(i64, String)> = BTreeSet::new();
    let by_name: BTreeMap<ir::EventClass, Vec<&Category>> = taxonomy::CATEGORIES.iter().fold(BTreeMap::new(), |mut map, category| {
        map.entry(category.class).or_default().push(category);
        map
    });
    // Rules with one log source see the same events.
    let mut by_source: BTreeMap<&ir::EventSelector, Vec<&ir::Advisory>> = BTreeMap::new();
    for advisory in &parsed.advisories {
        let selector = &advisory.behaviors[0].facets[0].event;
        if selector.platform.is_none_or(|platform| platform == Platform::Windows) {
            by_source.entry(selector).or_default().push(advisory);
        }
    }
    for row in lines("regression-events.jsonl") {
        let (event, index) = (row["event"].as_object().unwrap(), row["event_index"].as_i64().unwrap());
        for (selector, advisories) in &by_source {
            let category = selector.class().and_then(|class| by_name.get(&class)?.iter().find(|category| category.sensor == selector.sensor));
            let Some(record) = record(event, &selector.source, category.copied()) else { continue };
            let hits = advisories.iter().filter(|advisory| ir::eval::holds(&advisory.behaviors[0].facets[0].predicate, &record));
            found.extend(hits.map(|advisory| (index, advisory.header.id.clone())));
        }
    }
    let missing: Vec<_> = wanted.difference(&found).collect();
    let more: Vec<_> = found.difference(&wanted).collect();
    println!("{} of {} pairs, {} more", wanted.len() - missing.len(), wanted.len(), more.len());
    assert!(missing.is_empty() && more.is_empty(), "missing {missing:?}\nmore {more:?}");
}
