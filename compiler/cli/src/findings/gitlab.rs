//! What does GitLab's Code Quality read? A list of objects, with what it asks for and nothing it leaves alone
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::io::{self, Write};

use serde_json::{Value, json};
use source::{Severity, legible_json};

use super::finding::Finding;

/// Writes the report.
pub(crate) fn write(findings: &[Finding<'_>], out: &mut dyn Write) -> io::Result<()> {
    let list: Vec<Value> = findings.iter().map(entry).collect();
    let text = serde_json::to_string_pretty(&list)?;
    writeln!(out, "{}", legible_json(&text))
}

/// Of two findings with one fingerprint GitLab shows the first alone; a finding's is its own.
fn entry(finding: &Finding<'_>) -> Value {
    let said = finding.diagnostic;
    let target = said.target.as_ref().map(|target| format!(" ({target})")).unwrap_or_default();
    let line = if finding.file.part.is_some() { 1 } else { finding.region.map_or(1, |region| region.start.0) };
    json!({
        "description": format!("{}{target}", finding.text()),
        "check_name": said.code.slug,
        "fingerprint": finding.fingerprint,
        "severity": match said.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        "location": { "path": finding.file.path, "lines": { "begin": line } },
    })
}
