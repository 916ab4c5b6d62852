//! What do code scanners read? SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), within what GitHub takes
//! (<https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit>): 25,000 results in a
//! run, of which it shows 5,000, the worst first; 1,000 locations of a result, of which it shows 100; 10 MB when compressed. There are fewer codes than
//! it takes rules, 25,000.
//!
//! GitHub knows a finding again by `primaryLocationLineHash`, which its own action `upload-sarif` makes of the line and warns about when somebody else
//! made it; so it is left to that. `vigie/v1` is our own digest.

use std::collections::BTreeMap;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use source::{Code, Severity, count, legible, legible_json, legible_lines};

use super::finding::{File, Finding, Region, worst_first};
use super::uri;
use crate::explain;

/// Results of a run.
const RESULTS: usize = 25_000;
/// Other places of a result: the first of its hundred is its own.
const RELATED: usize = 99;
/// The size of the file when it is compressed, in bytes.
const COMPRESSED: usize = 10_000_000;
/// The longest text of a result, in characters: a value of an input may fill pages.
const LONGEST: usize = 2_000;

/// Writes the log of a run. `read` says whether every input could be read, `status` is the exit code.
pub(crate) fn write(findings: &[Finding<'_>], read: bool, status: u8, out: &mut dyn Write) -> io::Result<()> {
    write_within((RESULTS, COMPRESSED), findings, read, status, out)
}

/// The same within other limits: of the number of results, and of the size when compressed, in bytes.
pub(crate) fn write_within((results, size): (usize, usize), findings: &[Finding<'_>], read: bool, status: u8, out: &mut dyn Write) -> io::Result<()> {
    let sorted = worst_first(findings);
    let mut most = results;
    loop {
        let kept = sorted.get(..most).unwrap_or(&sorted);
        let text = serde_json::to_string_pretty(&log(kept, &left_out(&sorted, kept.len()), read, status))?;
        let text = legible_json(&text);
        if kept.is_empty() || compressed(text.as_bytes(), size)? <= size {
            return writeln!(out, "{text}");
        }
        most = kept.len() / 2;
    }
}

/// The size of a text when it is compressed; of one that is small enough as it is, its own.
fn compressed(text: &[u8], enough: usize) -> io::Result<usize> {
    if text.len() <= enough {
        return Ok(text.len());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text)?;
    Ok(encoder.finish()?.len())
}

/// What of the findings is not in the log, in words.
fn left_out(sorted: &[&Finding<'_>], kept: usize) -> Vec<String> {
    let rest = sorted.get(kept..).unwrap_or_default();
    let of = |severity| rest.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let counts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning"), (of(Severity::Note), "note")];
    let counts: Vec<String> = counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word)).collect();
    let mut out = Vec::new();
    if !counts.is_empty() {
        out.push(format!("{} left out: a code scanner takes no more. `vigie check --format json` has every finding.", counts.join(", ")));
    }
    let cut = sorted.iter().take(kept).filter(|finding| finding.related.len() > RELATED).count();
    if cut > 0 {
        out.push(format!("{} of more than {} places with the first of them alone.", count(cut, "finding"), RELATED + 1));
    }
    out
}

fn log(kept: &[&Finding<'_>], left_out: &[String], read: bool, status: u8) -> Value {
    let codes: BTreeMap<&str, &'static Code> = kept.iter().map(|finding| (finding.diagnostic.code.slug, finding.diagnostic.code)).collect();
    let index: BTreeMap<&str, usize> = codes.keys().enumerate().map(|(at, slug)| (*slug, at)).collect();
    let results: Vec<Value> = kept.iter().map(|finding| result(finding, &index)).collect();
    let notes: Vec<Value> = left_out.iter().map(|text| json!({ "level": "warning", "message": { "text": text } })).collect();
    let mut driver = json!({
        "name": "vigie",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": codes.values().map(|code| rule(code)).collect::<Vec<_>>(),
    });
    let home = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")].into_iter().find(|home| !home.is_empty());
    if let (Some(driver), Some(home)) = (driver.as_object_mut(), home) {
        driver.insert("informationUri".to_owned(), home.into());
    }
    let mut invocation = json!({ "executionSuccessful": read, "exitCode": status });
    if let (Some(invocation), false) = (invocation.as_object_mut(), notes.is_empty()) {
        invocation.insert("toolExecutionNotifications".to_owned(), notes.into());
    }
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "invocations": [invocation], "columnKind": "utf16CodeUnits", "results": results }],
    })
}

/// A code, with its page in the book.
fn rule(code: &Code) -> Value {
    let mut out = json!({
        "id": code.slug,
        "shortDescription": { "text": code.summary },
        "defaultConfiguration": { "level": code.severity.name() },
        "properties": { "tags": [code.slug.split('.').next().unwrap_or_default()] },
    });
    if let (Some(out), Some(page)) = (out.as_object_mut(), explain::page(code.slug)) {
        let first = page.split("\n\n").map(str::trim).find(|paragraph| !paragraph.is_empty() && !paragraph.starts_with('#'));
        out.insert("fullDescription".to_owned(), json!({ "text": first.unwrap_or(code.summary).replace('\n', " ") }));
        out.insert("help".to_owned(), json!({ "text": page.trim_end(), "markdown": page.trim_end() }));
    }
    out
}

fn result(finding: &Finding<'_>, index: &BTreeMap<&str, usize>) -> Value {
    let said = finding.diagnostic;
    let label = said.label.as_ref().map(|(_, label)| label.as_str()).unwrap_or_default();
    let mut out = json!({
        "ruleId": said.code.slug,
        "ruleIndex": index.get(said.code.slug),
        "level": said.severity.name(),
        "message": { "text": plain(&finding.text()) },
        "locations": [location(&finding.file, finding.region, label)],
        "partialFingerprints": { "vigie/v1": finding.fingerprint },
    });
    let mut more = Map::new();
    more.extend(said.target.as_ref().map(|target| ("target".to_owned(), target.as_str().into())));
    more.extend(said.detection.as_ref().map(|detection| ("detection".to_owned(), legible(detection).into_owned().into())));
    more.extend(said.loss.map(|loss| ("loss".to_owned(), json!(loss))));
    if let Some(out) = out.as_object_mut() {
        if !finding.related.is_empty() {
            let places = finding.related.iter().take(RELATED).map(|(file, region, words)| location(file, Some(*region), words));
            out.insert("relatedLocations".to_owned(), places.collect());
        }
        if let (Some(text), Some(region), None) = (&said.instead, finding.region, &finding.file.part) {
            let replaced = json!({ "deletedRegion": lines(region), "insertedContent": { "text": text } });
            let change = json!({ "artifactLocation": { "uri": uri::of(&finding.file.path) }, "replacements": [replaced] });
            let words = json!({ "text": plain(&format!("`{text}` is probably meant")) });
            out.insert("fixes".to_owned(), json!([{ "description": words, "artifactChanges": [change] }]));
        }
        if !more.is_empty() {
            out.insert("properties".to_owned(), more.into());
        }
    }
    out
}

fn lines(region: Region) -> Value {
    let ((line, column), (end_line, end_column)) = (region.start_utf16, region.end_utf16);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

fn location(file: &File, region: Option<Region>, words: &str) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri::of(&file.path) } });
    // The lines of a sheet are none of the file's.
    if let (Some(physical), Some(region), None) = (physical.as_object_mut(), region, &file.part) {
        physical.insert("region".to_owned(), lines(region));
    }
    let mut out = json!({ "physicalLocation": physical });
    if let Some(out) = out.as_object_mut() {
        if !words.is_empty() {
            out.insert("message".to_owned(), json!({ "text": plain(words) }));
        }
        if let Some(part) = &file.part {
            out.insert("logicalLocations".to_owned(), json!([{ "name": legible(part) }]));
        }
    }
    out
}

/// A message that is words alone: SARIF knows links in messages, `[words](address)`.
fn plain(text: &str) -> String {
    let text = legible_lines(text).replace("](", "] (");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
