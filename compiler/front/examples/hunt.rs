//! How long does it take to put a folder of Sigma rules to the events of a log, again and again until there are many?
#![allow(clippy::disallowed_methods, reason = "an example reads the disk and the clock")]

use std::time::Instant;

use front::{events, sigma};
use ir::{EventRule, Index};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, log, times] = arguments.as_slice() else { return println!("usage: hunt FOLDER LOG TIMES") };
    let times: usize = times.parse().unwrap_or(1);
    let (mut folders, mut files) = (vec![std::path::PathBuf::from(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut sources = source::Sources::default();
    let mut collection = sigma::Collection::default();
    for path in &files {
        let file = sources.add(path.to_string_lossy(), std::fs::read_to_string(path).unwrap_or_default());
        collection.add(&sources, file);
    }
    let parsed = collection.finish();
    let facets = parsed.advisories.iter().flat_map(|advisory| &advisory.behaviors).flat_map(|behavior| &behavior.facets);
    let rules: Vec<EventRule> = facets.map(|facet| EventRule { event: facet.event.clone(), predicate: facet.predicate.clone() }).collect();
    let start = Instant::now();
    let index = Index::new(&rules);
    println!("{} rules, the index took {:?}", rules.len(), start.elapsed());
    let text = std::fs::read(log).unwrap_or_default();
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let (mut events, mut hits) = (0, 0);
    let (mut parsing, mut recording, mut matching) = (std::time::Duration::ZERO, std::time::Duration::ZERO, std::time::Duration::ZERO);
    for _ in 0..times {
        for line in &lines {
            let start = Instant::now();
            let read = events::line(line, 1);
            parsing += start.elapsed();
            for line in read {
                let Ok(event) = line.event else { continue };
                let start = Instant::now();
                let event = events::event(&event, None);
                recording += start.elapsed();
                let start = Instant::now();
                hits += event.records.iter().map(|record| index.matches(record).len()).sum::<usize>();
                matching += start.elapsed();
                events += 1;
            }
        }
    }
    println!("{events} events, {hits} hits: JSON {parsing:?}, records {recording:?}, rules {matching:?}");
}
