//! What does a run say of itself? `report.json` and the coverage table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use backend::Outcome;
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};
use source::{Diagnostic, Sources, Span};

use crate::{Compilation, Options, Row, Withheld};

/// The mark by which a report is known as ours.
pub const TOOL: &str = "vigie";

/// A file in the output's folder, with what proves that it was written by a build: only such a file is ever removed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct WrittenFile {
    /// Its path, relative to the folder.
    pub path: String,
    /// The digest of its text.
    pub sha256: String,
    /// The target and profile, as their folder.
    pub target: String,
    /// The inputs it was made of, relative to the folder.
    pub inputs: Vec<String>,
    /// Where several inputs share the file: its rules, each with its input.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, String>,
    /// Whether an earlier build wrote it, and this one left it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub earlier: bool,
}

/// The contents of `report.json`: one row for each detection and target, the values that were withheld, totals that add up to the rows, how often each
/// code occurred,
/// and the files that were written. Rows are made as they are serialised: a run may have a hundred thousand.
#[derive(Debug)]
pub struct Report<'a> {
    /// The run.
    pub compilation: &'a Compilation,
    /// What it read.
    pub sources: &'a Sources,
    /// What it was asked for.
    pub options: &'a Options,
    /// Everything that was said, what front ends and engines found included.
    pub diagnostics: &'a [Diagnostic],
    /// The files in the output's folder.
    pub files: &'a [WrittenFile],
    /// Files of an earlier build that this one removed.
    pub removed: &'a [String],
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { compilation, sources, options, diagnostics, files, removed } = self;
        let folders: BTreeMap<(&str, &str), &str> =
            compilation.outputs.iter().map(|output| ((output.target, output.profile), output.folder.as_str())).collect();
        let mut totals: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for row in &compilation.rows {
            *totals.entry(folders[&(row.target, row.profile)]).or_default().entry(row.outcome.name()).or_default() += 1;
        }
        let mut out = serializer.serialize_struct("Report", 11)?;
        out.serialize_field("tool", TOOL)?;
        out.serialize_field("version", &2)?;
        out.serialize_field("as_of", &options.as_of.map(|day| day.to_string()))?;
        out.serialize_field("max_tlp", &options.ceiling.max.map(ir::Tlp::name))?;
        if !options.channels.is_empty() {
            let channels: BTreeMap<&str, &str> =
                options.channels.values().flatten().map(|channel| (channel.name.as_str(), channel.max.name())).collect();
            out.serialize_field("channels", &channels)?;
        }
        if let Some(environment) = &options.environment {
            out.serialize_field("environment", &environment.name)?;
        }
        out.serialize_field("detections", &compilation.detections.len())?;
        out.serialize_field("totals", &totals)?;
        out.serialize_field("codes", &source::totals(diagnostics))?;
        let row = |row| RowLine::of(row, compilation, sources, folders[&(row.target, row.profile)]);
        out.serialize_field("rows", &Each(compilation.rows.iter().map(row)))?;
        out.serialize_field("withheld", &Each(compilation.withheld.iter().map(|held| WithheldLine::of(held, sources))))?;
        out.serialize_field("files", files)?;
        out.serialize_field("removed", removed)?;
        out.end()
    }
}

/// A list whose elements are made one after the other.
struct Each<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Each<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

#[derive(Serialize)]
struct RowLine<'a> {
    key: &'a str,
    id: String,
    title: &'a str,
    source: Place<'a>,
    target: &'a str,
    profile: &'a str,
    outcome: Outcome,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    logs: &'a BTreeMap<String, Outcome>,
    files: Vec<String>,
    codes: BTreeSet<&'a str>,
    reasons: Vec<&'a str>,
}

impl<'a> RowLine<'a> {
    fn of(row: &'a Row, compilation: &'a Compilation, sources: &'a Sources, folder: &str) -> Self {
        let detection = &compilation.detections[row.detection];
        let span = detection.span;
        Self {
            key: &detection.key,
            id: detection.id.to_string(),
            title: &detection.title,
            source: Place { start: Some(span.start), end: Some(span.end), ..Place::of(span, sources) },
            target: row.target,
            profile: row.profile,
            outcome: row.outcome,
            logs: &row.logs,
            files: row.files.iter().map(|file| format!("{folder}/{file}")).collect(),
            codes: row.diagnostics.iter().map(|said| said.code.slug).collect(),
            reasons: row.diagnostics.iter().map(|said| said.message.as_str()).collect(),
        }
    }
}

#[derive(Serialize)]
struct WithheldLine<'a> {
    advisory: &'a str,
    block: &'a str,
    r#type: &'a str,
    value: String,
    code: &'a str,
    reason: &'a str,
    origins: Vec<Place<'a>>,
}

impl<'a> WithheldLine<'a> {
    fn of(held: &'a Withheld, sources: &'a Sources) -> Self {
        let origins = held.indicator.origins.iter();
        Self {
            advisory: &held.advisory,
            block: &held.block,
            r#type: held.indicator.observable.kind().name(),
            value: held.indicator.observable.to_string(),
            code: held.code.slug,
            reason: &held.reason,
            origins: origins.map(|origin| Place { raw: Some(&origin.raw), ..Place::of(origin.span, sources) }).collect(),
        }
    }
}

/// Where something was written: lines and columns count from one, `start` and `end` are bytes.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(span: Span, sources: &'a Sources) -> Self {
        let (line, column) = sources.position(span);
        Self { file: &sources.file(span.file).name, line, column, start: None, end: None, raw: None }
    }
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
