//! Does a search for a description find what a search for its own Sigma rule finds, and what the matrix says of it? Over what is shipped, the golden
//! inputs, and rules of the Sigma corpus.
//!
//! Disagreements that are known are listed with their number, so that none comes to them unseen.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::io::Read as _;

use backend::{Outcome, Reader};
use ir::{Detection, eval};
use pipeline::matrix::{Standing, Tally};
use source::Sources;
use vigie::ReadBack;
use vigie_tests::judged::{self, Judged};
use vigie_tests::{case, root, tree};

/// How many rules of the corpus are taken: every sixth.
const RULES: usize = 500;

/// The detections of the Sigma rules that came out, by their ids; only of rules whose outcome is exact.
fn own_sigma(judged: &Judged) -> BTreeMap<usize, Detection> {
    let Some(output) = judged.compilation.outputs.iter().find(|output| output.target == "sigma") else { return BTreeMap::new() };
    let files: Vec<(&str, &str)> = output.artefacts.iter().map(|artefact| (artefact.path.as_str(), artefact.text.as_str())).collect();
    let read: BTreeMap<String, Detection> = ReadBack.read(&files).expect("what was written is read").into_iter().collect();
    let exact = |detection: usize| {
        judged.compilation.rows.iter().any(|row| row.target == "sigma" && row.detection == detection && row.outcome == Outcome::Exact)
    };
    output.rules.iter().filter(|rule| exact(rule.detection)).filter_map(|rule| Some((rule.detection, read.get(&rule.id)?.clone()))).collect()
}

/// Puts every case to a description and to its own Sigma rule, as a search for either would: on the events as the log source has them.
fn equal(judged: &Judged) -> (usize, Vec<String>) {
    let (mut tried, mut wrong) = (0, Vec::new());
    for (at, read) in own_sigma(judged) {
        let detection = &judged.compilation.detections[at];
        let sigma = detection.meta.sigma.is_none();
        for case in &judged.matrix.cases[at] {
            let events: Vec<(std::time::Duration, ir::Record)> = case
                .events
                .iter()
                .flat_map(|(time, record)| sigma::rows::rows(record, sigma).into_iter().map(move |record| (*time, record)))
                .collect();
            if events.is_empty() {
                continue;
            }
            let timed: Vec<eval::Timed<'_>> = events.iter().map(|(time, record)| (*time, record)).collect();
            let found = eval::fires(&read, &timed);
            // The verdict of the matrix for the same case is the evaluator's on the event itself; a log that does not say its way holds either.
            let forgotten = case.events.iter().any(|(_, record)| record.event.flow.is_some());
            tried += 1;
            if found != case.fires && !forgotten {
                wrong.push(format!("{}: {} (the description {}, its Sigma rule {found})", detection.key, case.what, case.fires));
            }
        }
    }
    (tried, wrong)
}

/// Says how the judgements stand, and calls `differs` with the key of each rule that differs.
fn report(name: &str, judged: &Judged, differs: &mut dyn FnMut(&str)) -> Tally {
    let cells = judged.cells();
    let tally = Tally::of(&cells);
    println!(
        "{name}: {} detections, {} cases, {} judgements: {} agree, {} as said, {} differ, {} of no such event, {} not judged",
        judged.compilation.detections.len(),
        judged.matrix.cases.iter().map(Vec::len).sum::<usize>(),
        cells.len(),
        tally.agree,
        tally.as_said,
        tally.differ,
        tally.no_such_event,
        tally.unjudged
    );
    for cell in cells.iter().filter(|cell| cell.standing == Standing::Differs) {
        differs(&judged.compilation.detections[cell.detection].key);
        println!("{}", judged.shown(cell).lines().next().unwrap_or_default());
    }
    tally
}

const WISHES: &[&str] = &["sigma", "splunk", "kql", "yara"];
const WITHOUT_FILES: &[&str] = &["sigma", "splunk", "kql"];

#[test]
fn what_is_shipped_means_the_same_in_every_language() {
    let (sources, advisories) = judged::descriptions(&tree::read(&root().join("rules")));
    let judged = judged::compile(sources, advisories, WISHES);
    let (tried, wrong) = equal(&judged);
    println!("rules/: {tried} cases of descriptions and of their own Sigma rules");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 800, "{tried}");
    let tally = report("rules/", &judged, &mut |_| ());
    assert_eq!(tally.differ, 0);
    assert!(tally.agree > 9_000, "{tally:?}");
}

/// Areas of golden inputs whose descriptions are about what rules mean; the others are about files, feeds and broken texts.
const JUDGED: &[&str] = &["behavior/", "correlate/", "ioc/", "loss/", "role/", "sensor/"];

#[test]
fn golden_inputs_mean_the_same_in_every_language() {
    let mut differ = Vec::new();
    let mut all = Tally::default();
    for case in case::all().into_iter().filter(|case| case.settings.command == case::Command::Build) {
        if !JUDGED.iter().any(|area| case.name.starts_with(area)) || !case.input.keys().any(|path| path.ends_with(".vigie")) {
            continue;
        }
        let (sources, advisories) = judged::descriptions(&case.input);
        let judged = judged::compile(sources, advisories, WITHOUT_FILES);
        let (_, wrong) = equal(&judged);
        differ.extend(wrong.into_iter().map(|wrong| format!("{} sigma again: {wrong}", case.name)));
        let cells = judged.cells();
        let tally = Tally::of(&cells);
        (all.agree, all.as_said, all.unjudged) = (all.agree + tally.agree, all.as_said + tally.as_said, all.unjudged + tally.unjudged);
        differ.extend(cells.iter().filter(|cell| cell.standing == Standing::Differs).map(|cell| format!("{}: {}", case.name, judged.shown(cell))));
    }
    println!("golden inputs: {} agree, {} as said, {} differ, {} not judged", all.agree, all.as_said, differ.len(), all.unjudged);
    println!("{}", differ.join("\n"));
    assert!(differ.is_empty(), "{} differ", differ.len());
}

/// Disagreements of rules of the corpus that are known: a part of the rule's key, how many, and why.
const KNOWN: &[(&str, usize, &str)] = &[
    ("external_remote_rdp_logon_from_public_ip", 2, "`IpAddress: ''` is `isempty` in Defender, which holds for a logon without the column, too"),
    ("successful_account_login_via_wmi", 1, "a path of the log's own that is a name alone; Defender keeps the name"),
    ("syskey_registry_keys_access", 1, "an audited key of the registry is laid out among the files of the model, too"),
    ("office_macro_file_creation_from_suspicious_process", 1, "a path of the log's own that is a name alone; Defender keeps the name"),
];

#[test]
fn rules_of_the_corpus_mean_the_same_in_every_language() {
    let Some(archive) = shared::path("corpora/sigma/sigmahq-rules.tar.gz") else { return };
    let file = std::fs::File::open(archive).expect("the archive can be opened");
    let mut texts = BTreeMap::new();
    for entry in tar::Archive::new(flate2::read::GzDecoder::new(file)).entries().expect("it is an archive") {
        let mut entry = entry.expect("an entry can be read");
        let path = entry.path().expect("a path").to_string_lossy().into_owned();
        if path.ends_with(".yml") {
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("rules are UTF-8");
            texts.insert(path, text);
        }
    }
    let mut sources = Sources::default();
    let mut collection = front::sigma::Collection::default();
    for (path, text) in texts.iter().skip(5).step_by(6).take(RULES) {
        let file = sources.add(path.clone(), text.clone());
        collection.add(&sources, file);
    }
    let judged = judged::compile(sources, collection.finish().advisories, &["sigma", "splunk", "kql"]);
    let (tried, wrong) = equal(&judged);
    println!("corpus: {tried} cases of rules and of their own Sigma rules");
    println!("{}", wrong.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let tally = report("corpus", &judged, &mut |key| {
        let known = KNOWN.iter().find(|(part, ..)| key.ends_with(part)).map_or("one that nobody knows", |(part, ..)| part);
        if known == "one that nobody knows" {
            println!("nobody knows: {key}");
        }
        *found.entry(known).or_default() += 1;
    });
    let known: BTreeMap<&str, usize> = KNOWN.iter().map(|(part, count, _)| (*part, *count)).collect();
    assert_eq!(found, known, "{} differ", tally.differ);
}
