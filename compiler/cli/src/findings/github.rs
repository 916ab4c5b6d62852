//! How are findings shown beside a change on GitHub? As commands of a workflow, one on each line
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest without a word
//! (<https://github.com/orgs/community/discussions/26680>), so the worst come first and a last notice counts what is left out.

use std::collections::BTreeMap;
use std::io::{self, Write};

use source::{Diagnostic, Severity, Span, count, legible, legible_lines};

use super::finding::{Finding, worst_first};

/// So many of each kind are shown for a step.
const SHOWN: usize = 10;

/// Writes the commands. What several targets say of one place is one command.
pub(crate) fn write(findings: &[Finding<'_>], out: &mut dyn Write) -> io::Result<()> {
    let groups = together(findings);
    let of = |severity| groups.iter().filter(move |group| group.severity() == severity);
    let members = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let is_cut = [Severity::Error, Severity::Warning, Severity::Note].iter().any(|severity| of(*severity).count() > SHOWN);
    let mut left = Vec::new();
    for (severity, word) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")] {
        // The last notice is one of ten.
        let most = if severity == Severity::Note && is_cut { SHOWN - 1 } else { SHOWN };
        let mut written = 0;
        for group in of(severity).take(most) {
            writeln!(out, "{}", command(group))?;
            written += group.members.len();
        }
        if members(severity) > written {
            left.push(count(members(severity) - written, word));
        }
    }
    if !left.is_empty() {
        let text = format!("{} more, which GitHub would not show beside these; `vigie check --format sarif` has them all", left.join(", "));
        writeln!(out, "::notice title=vigie::{}", data(&text))?;
    }
    Ok(())
}

/// The findings that differ in their target alone.
struct Group<'f> {
    members: Vec<&'f Finding<'f>>,
}

impl Group<'_> {
    fn severity(&self) -> Severity {
        self.members.first().map_or(Severity::Note, |finding| finding.diagnostic.severity)
    }
}

/// What findings of one group have in common: severity, code, place, message, detection.
type Key<'f> = (Severity, &'f str, Option<Span>, &'f str, Option<&'f str>);

fn together<'f>(findings: &'f [Finding<'f>]) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    let mut known: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for finding in worst_first(findings) {
        let Diagnostic { severity, code, message, label, detection, .. } = finding.diagnostic;
        let key = (*severity, code.slug, label.as_ref().map(|(span, _)| *span), message.as_str(), detection.as_deref());
        let at = *known.entry(key).or_insert_with(|| {
            groups.push(Group { members: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.members.push(finding);
        }
    }
    groups
}

fn command(group: &Group<'_>) -> String {
    let Some(finding) = group.members.first() else { return String::new() };
    let name = match group.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = vec![format!("file={}", property(&legible(&finding.file.path)))];
    if let (Some(region), None) = (finding.region, &finding.file.part) {
        let ((line, column), (end_line, end_column)) = (region.start_utf16, region.end_utf16);
        properties.push(format!("line={line}"));
        // Columns are taken where the line is one (<https://docs.github.com/en/rest/checks/runs>).
        if end_line == line {
            properties.push(format!("col={column}"));
            properties.extend((end_column > column).then(|| format!("endColumn={end_column}")));
        } else {
            properties.push(format!("endLine={end_line}"));
        }
    }
    properties.push(format!("title={}", property(finding.diagnostic.code.slug)));
    let targets: Vec<&str> = group.members.iter().filter_map(|finding| finding.diagnostic.target.as_deref()).collect();
    let targets = if targets.is_empty() { String::new() } else { format!(" ({})", targets.join(", ")) };
    format!("::{name} {}::{}", properties.join(","), data(&legible_lines(&format!("{}{targets}", finding.text()))))
}

/// Text behind the command, as GitHub's toolkit escapes it (`escapeData` in <https://github.com/actions/toolkit>).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property (`escapeProperty` there).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a text back as the runner does.
    fn read(text: &str) -> String {
        let text = text.replace("%3A", ":").replace("%2C", ",");
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    }

    #[test]
    fn text_stays_in_its_place() {
        for text in ["a,b::error::c", "100%\r\n::set-env name=x::y", "%0A%3A%25", "::", ""] {
            let (in_data, in_property) = (data(text), property(text));
            assert!(!in_data.contains(['\n', '\r']) && !in_property.contains(['\n', '\r', ',', ':']), "{text}");
            assert_eq!((read(&in_data).as_str(), read(&in_property).as_str()), (text, text));
        }
    }
}
