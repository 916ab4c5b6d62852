//! How well are groups and techniques found in the labelled advisories? Measured when the corpus is beside the repository.

#![allow(clippy::disallowed_methods, reason = "the corpus is read from the disk")]

use std::collections::{BTreeMap, BTreeSet};

use source::Sources;

use super::*;

fn rows(folder: &std::path::Path, name: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn document(folder: &std::path::Path, name: &str) -> Context {
    let text = std::fs::read_to_string(folder.join("docs").join(format!("{name}.txt"))).unwrap();
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    read(&sources, file)
}

#[test]
fn techniques_of_the_labelled_advisories() {
    let Some(folder) = shared::path("corpora/advisories") else { return };
    let mut gold: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    for row in rows(&folder, "ttps.jsonl").iter().filter(|row| row["kind"] == "technique") {
        let document = gold.entry(row["doc"].as_str().unwrap().to_owned()).or_default();
        document.insert(row["id"].as_str().unwrap().to_owned(), row["explicit"].as_bool().unwrap());
    }
    let (mut explicit, mut explicit_found, mut right, mut implied, mut beside) = (0, 0, 0, 0, 0);
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for (name, ids) in &gold {
        let context = document(&folder, name);
        let given: BTreeSet<String> = context.techniques.iter().filter(|found| found.explicit).map(|found| found.technique.to_string()).collect();
        for (id, _) in ids.iter().filter(|(_, explicit)| **explicit) {
            explicit += 1;
            explicit_found += usize::from(given.contains(id));
            assert!(given.contains(id), "{name}: {id} is written in the text");
        }
        for found in context.techniques.iter().filter(|found| !found.explicit) {
            implied += 1;
            if ids.contains_key(found.technique.as_str()) {
                right += 1;
            } else {
                *wrong.entry(format!("{} `{}`", found.technique, found.phrase)).or_default() += 1;
            }
        }
        // The same names and wordings where the id is written as well: what they are worth without the id.
        let text = std::fs::read_to_string(folder.join("docs").join(format!("{name}.txt"))).unwrap();
        let hits = index::index().hits(&Folded::of(&text));
        let said: BTreeSet<&str> = hits
            .iter()
            .flat_map(|hit| hit.entry.meanings)
            .filter_map(|meaning| match meaning {
                index::Meaning::Phrase(id) | index::Meaning::Name(id) => Some(*id),
                _ => None,
            })
            .collect();
        beside += said.iter().filter(|id| given.contains(**id)).count();
    }
    println!("explicit: {explicit_found} of {explicit}");
    println!("names and wordings without an id: {right} right of {implied}; beside an id of the text: {beside}");
    println!("precision {:.3}, with those that an id confirms {:.3}", share(right, implied), share(right + beside, implied + beside));
    for (what, count) in &wrong {
        println!("  not labelled: {count} {what}");
    }
    assert_eq!(explicit_found, explicit);
    assert!(share(right + beside, implied + beside) >= 0.7, "{right} {implied} {beside}");
    assert!(right > 0);
}

#[allow(clippy::cast_precision_loss, reason = "counts of a small corpus")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[test]
fn context_of_the_labelled_advisories() {
    let Some(folder) = shared::path("corpora/advisories") else { return };
    for row in rows(&folder, "context.jsonl") {
        let context = document(&folder, row["doc"].as_str().unwrap());
        let text = |key: &str| row[key].as_str();
        assert_eq!(context.published.map(|(date, _)| date.to_string()).as_deref(), text("published"));
        assert_eq!(context.hunt.and_then(|(window, _)| window.from).map(|date| date.to_string()).as_deref(), text("hunt_from"));
        assert_eq!(context.report.as_ref().map(|(address, _)| address.as_str()), text("report_to"));
        assert_eq!(context.tlp.map(|(tlp, _)| tlp.name().to_ascii_uppercase()).as_deref(), text("tlp"));
        let groups: BTreeSet<&str> = context.actors.iter().filter_map(|named| named.id).collect();
        let wanted: BTreeSet<&str> = row["groups"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
        assert_eq!(groups, wanted);
        let names: BTreeSet<&str> = context.actors.iter().flat_map(|named| &named.names).map(String::as_str).collect();
        let aliases: BTreeSet<&str> = row["aliases"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
        assert_eq!(names, aliases);
        let slips: Vec<&str> = context.actors.iter().flat_map(|named| &named.misspelled).map(|slip| slip.written.as_str()).collect();
        assert_eq!(slips.first().copied(), text("typo_alias"));
    }
}

/// Not a judgement: what is found in each document, to be read by a person (`--nocapture`).
#[test]
fn names_of_the_labelled_advisories() {
    let Some(folder) = shared::path("corpora/advisories") else { return };
    let mut documents: Vec<String> = std::fs::read_dir(folder.join("docs"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    documents.sort();
    let (mut wanted, mut found) = (0, 0);
    for row in rows(&folder, "ttps.jsonl").iter().filter(|row| row["kind"] == "software") {
        let context = document(&folder, row["doc"].as_str().unwrap());
        wanted += 1;
        found += usize::from(context.software.iter().any(|named| named.id == row["id"].as_str()));
    }
    println!("software: {found} of {wanted}");
    for name in documents {
        let context = document(&folder, &name);
        let list = |all: &[Named]| {
            let names = all.iter().map(|named| format!("{} {:?} x{} ({})", named.id.unwrap_or("-"), named.names, named.mentions, named.reason));
            names.collect::<Vec<_>>().join("; ")
        };
        println!(
            "{name}\n  title {:?} published {:?}",
            context.title.as_ref().map(|(title, _)| title),
            context.published.map(|(date, _)| date.to_string())
        );
        println!("  actors {}\n  software {}", list(&context.actors), list(&context.software));
        println!("  bulletins {:?} report {:?}", context.bulletins.iter().map(|one| (&one.number, &one.note)).collect::<Vec<_>>(), context.report);
    }
    assert_eq!(found, wanted);
}
