//! What does a run say of itself? `report.json` and the coverage table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use backend::Outcome;
use serde_json::{Value, json};
use source::Sources;

use crate::{Compilation, Options};

/// The contents of `report.json`: one row for each detection and target, the values that were withheld, and totals that
/// add up to the rows.
#[must_use]
pub fn report(compilation: &Compilation, sources: &Sources, options: &Options) -> Value {
    let mut totals: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let folders: BTreeMap<(&str, &str), &str> =
        compilation.outputs.iter().map(|output| ((output.target, output.profile), output.folder.as_str())).collect();
    let rows: Vec<Value> = compilation
        .rows
        .iter()
        .map(|row| {
            let detection = &compilation.detections[row.detection];
            *totals.entry(folders[&(row.target, row.profile)]).or_default().entry(row.outcome.name()).or_default() += 1;
            let (line, column) = sources.position(detection.span);
            let folder = folders[&(row.target, row.profile)];
            let codes: BTreeSet<&str> = row.diagnostics.iter().map(|said| said.code.slug).collect();
            json!({
                "key": detection.key,
                "id": detection.id.to_string(),
                "title": detection.title,
                "source": { "file": sources.file(detection.span.file).name, "line": line, "column": column, "start": detection.span.start, "end": detection.span.end },
                "target": row.target,
                "profile": row.profile,
                "outcome": row.outcome.name(),
                "files": row.files.iter().map(|file| format!("{folder}/{file}")).collect::<Vec<_>>(),
                "codes": codes,
                "reasons": row.diagnostics.iter().map(|said| said.message.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let withheld: Vec<Value> = compilation
        .withheld
        .iter()
        .map(|held| {
            let origins: Vec<Value> = held
                .indicator
                .origins
                .iter()
                .map(|origin| {
                    let (line, column) = sources.position(origin.span);
                    json!({ "file": sources.file(origin.span.file).name, "line": line, "column": column, "raw": origin.raw })
                })
                .collect();
            json!({
                "advisory": held.advisory,
                "block": held.block,
                "type": held.indicator.observable.kind().name(),
                "value": held.indicator.observable.to_string(),
                "code": held.code.slug,
                "reason": held.reason,
                "origins": origins,
            })
        })
        .collect();
    json!({
        "version": 1,
        "as_of": options.as_of.map(|day| day.to_string()),
        "max_tlp": options.max_tlp.map(ir::Tlp::name),
        "detections": compilation.detections.len(),
        "totals": totals,
        "rows": rows,
        "withheld": withheld,
    })
}

/// The coverage table: one line for each detection, one column for each target and profile.
#[must_use]
pub fn coverage(compilation: &Compilation) -> String {
    let columns: Vec<String> = compilation.outputs.iter().map(|output| output.folder.clone()).collect();
    let width = compilation.detections.iter().map(|detection| detection.key.chars().count()).max().unwrap_or(0).max("detection".len());
    let mut out = format!("{:width$}", "detection");
    for column in &columns {
        let _ = write!(out, "  {column}");
    }
    out.push('\n');
    let mut rows = compilation.rows.iter().peekable();
    for (at, detection) in compilation.detections.iter().enumerate() {
        let _ = write!(out, "{:width$}", detection.key);
        let mut cells: BTreeMap<String, Outcome> = BTreeMap::new();
        while let Some(row) = rows.next_if(|row| row.detection == at) {
            let output = compilation.outputs.iter().find(|output| output.target == row.target && output.profile == row.profile);
            cells.insert(output.map_or_else(String::new, |output| output.folder.clone()), row.outcome);
        }
        for column in &columns {
            let mark = match cells.get(column) {
                Some(Outcome::Exact) => "exact",
                Some(Outcome::Wider) => "wider",
                Some(Outcome::Narrower) => "narrower",
                Some(Outcome::Withheld) => "withheld",
                Some(Outcome::Unsupported) | None => "-",
            };
            let _ = write!(out, "  {mark:<width$}", width = column.len());
        }
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
    }
    out
}
