//! What does a case's `report.snap` hold? Diagnostics as printed, the coverage table, the list of files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;
use sha2::Digest as _;

use crate::case::{Case, Command, Keep};
use crate::run::Ran;

/// The part of `report.json` that checks read.
#[derive(Debug, Deserialize)]
pub struct Report {
    /// One for each detection and target.
    pub rows: Vec<Row>,
    /// Values that no rule holds.
    pub withheld: Vec<Withheld>,
    /// By folder and outcome.
    pub totals: BTreeMap<String, BTreeMap<String, usize>>,
    /// How many detections there are.
    pub detections: usize,
}

/// One detection in one profile of one target.
#[derive(Debug, Deserialize)]
pub struct Row {
    /// The detection.
    pub key: String,
    /// The target.
    pub target: String,
    /// The profile.
    pub profile: String,
    /// What became of it.
    pub outcome: String,
    /// The files its rules stand in.
    pub files: Vec<String>,
    /// The codes that were raised for it.
    pub codes: Vec<String>,
}

/// A value that no rule holds.
#[derive(Debug, Deserialize)]
pub struct Withheld {
    /// The block.
    pub block: String,
    /// The value.
    pub value: String,
    /// The policy.
    pub code: String,
}

/// Reads `report.json`.
///
/// # Panics
///
/// When it is not there or has another form.
#[must_use]
pub fn read(files: &BTreeMap<String, Vec<u8>>) -> Report {
    let bytes = files.get("report.json").expect("a build writes report.json");
    serde_json::from_slice(bytes).expect("report.json has its form")
}

/// The files that hold rules and what rules need: all but the two that list them.
pub fn artefacts(files: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&String, &Vec<u8>)> {
    files.iter().filter(|(path, _)| !matches!(path.as_str(), "report.json" | "vigie.lock"))
}

/// The text of `report.snap`.
#[must_use]
pub fn text(case: &Case, ran: &Ran, files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut out = format!("exit {}\n", ran.exit);
    let mut section = |title: &str, body: &str| {
        let _ = write!(out, "\n## {title}\n\n{}\n", body.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
    };
    section("diagnostics", &ran.stderr);
    if matches!(case.settings.command, Command::Test | Command::Hunt) && !ran.stdout.trim().is_empty() {
        section("output", &ran.stdout);
    }
    if files.contains_key("report.json") {
        let report = read(files);
        section("coverage", &coverage(&report));
        section("codes", &codes(&report));
        if !report.withheld.is_empty() {
            let lines: Vec<String> = report.withheld.iter().map(|held| format!("{} {} {}", held.block, held.value, held.code)).collect();
            section("withheld", &lines.join("\n"));
        }
    }
    let lines: Vec<String> = artefacts(files)
        .map(|(path, bytes)| match case.settings.keep {
            Keep::Files => path.clone(),
            Keep::Digests => {
                let lines = bytes.split(|byte| *byte == b'\n').count() - 1;
                format!("{path} {lines} lines {} bytes {}", bytes.len(), &hex::encode(sha2::Sha256::digest(bytes))[..16])
            }
        })
        .collect();
    section("files", &lines.join("\n"));
    out
}

/// The words that stand in a `report.snap` where a code is raised: above a diagnostic, in the line of notes, as the code of a detection, and as that of
/// a value that was withheld. A code that is only mentioned, in a message or in an input that is shown, is not among them.
#[must_use]
pub fn raised(snapshot: &str) -> BTreeSet<&str> {
    let mut section = "";
    let mut out = BTreeSet::new();
    for line in snapshot.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
            continue;
        }
        match section {
            "diagnostics" if line.starts_with('\u{261e}') => out.extend(line.split_whitespace().map(|word| word.trim_end_matches(','))),
            "diagnostics" => drop(out.insert(line)),
            "codes" => out.extend(line.split_whitespace().next()),
            "withheld" => out.extend(line.split_whitespace().next_back()),
            _ => {}
        }
    }
    out
}

/// One line for each detection: how often each outcome, and where it is not exact.
fn coverage(report: &Report) -> String {
    let mut by_key: BTreeMap<&str, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for row in &report.rows {
        let place = if row.target == row.profile { row.target.clone() } else { format!("{}/{}", row.target, row.profile) };
        by_key.entry(&row.key).or_default().entry(&row.outcome).or_default().push(place);
    }
    let mut out = String::new();
    for (key, outcomes) in by_key {
        let _ = writeln!(out, "{key}");
        for (outcome, places) in outcomes {
            let _ = writeln!(out, "  {outcome:<11} {}", places.join(" "));
        }
    }
    out
}

/// Which codes were raised for which detection, and where.
fn codes(report: &Report) -> String {
    let mut places: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for row in &report.rows {
        for code in &row.codes {
            places.entry((code, &row.key)).or_default().push(format!("{}/{}", row.target, row.profile));
        }
    }
    let mut out = String::new();
    for ((code, key), places) in places {
        let _ = writeln!(out, "{code}  {key}  {}", places.join(" "));
    }
    out
}
