//! How does a finding look on one line? As compilers write it, so that editors and problem matchers read it:
//! `file:line:column: severity[code]: message` (<https://www.gnu.org/prep/standards/html_node/Errors.html>).

use std::io::{self, Write};

use source::legible;

use super::finding::Finding;

/// Writes a line for each finding, in reading order. Columns count characters.
pub(crate) fn write(findings: &[Finding<'_>], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        let (line, column) = finding.region.map_or((1, 1), |region| region.start);
        let part = finding.file.part.as_ref().map(|part| format!("#{part}")).unwrap_or_default();
        let (file, said) = (format!("{}{part}", finding.file.path), finding.diagnostic);
        let target = said.target.as_ref().map(|target| format!(" ({target})")).unwrap_or_default();
        let text = format!("{}{target}", said.message);
        writeln!(out, "{}:{line}:{column}: {}[{}]: {}", legible(&file), said.severity.name(), said.code.slug, legible(&text))?;
    }
    Ok(())
}
