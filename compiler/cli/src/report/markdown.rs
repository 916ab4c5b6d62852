//! How does a run look in a comment on a pull request? One comment that a step of CI finds by its first line and replaces.
//!
//! GitHub takes 65,536 characters, and some places count bytes, so that many bytes are never passed. Each list has its share of them; what
//! is cut is counted in a line.

use source::{Severity, count, legible};

use crate::markdown::{cut, plain};
use crate::show::withheld;

use super::overview::{CodeLine, Expiring, OUTCOMES, Overview, RuleLine};

/// The line by which the comment is found.
pub(crate) const MARKER: &str = "<!-- vigie -->";
/// The longest comment, in bytes.
pub(crate) const LONGEST: usize = 65_536;
/// The share of what changed in meaning, in bytes.
pub(super) const SHARE_OF_CHANGES: usize = 24_000;
/// The share of what asks to be looked at, in bytes, of notes, and of what stops to hold; what is left is for the rules.
const SHARE_OF_CODES: usize = 16_000;
const SHARE_OF_NOTES: usize = 8_000;
const SHARE_OF_EXPIRING: usize = 6_000;
/// What is kept for what stands behind the table of rules, in bytes.
const TAIL: usize = 1_000;
/// The longest text in a cell, in characters.
const CELL: usize = 160;

/// The comment, with what changed in meaning where that is known.
pub(crate) fn page(overview: &Overview, changes: Option<&str>) -> String {
    let (errors, warnings, notes) = overview.found;
    let mut out = format!(
        "{MARKER}\n## vigie: {}, {}, {}\n\n{}, {}",
        count(errors, "error"),
        count(warnings, "warning"),
        count(notes, "note"),
        count(overview.inputs, "input"),
        count(overview.rules.len(), "detection"),
    );
    out += &withheld(overview.withheld);
    let (passed, failed) = overview.tests;
    if passed + failed > 0 {
        out += &format!("; tests: {passed} passed, {failed} failed");
    }
    out.push('\n');
    if let Some(changes) = changes {
        out.push('\n');
        out += changes;
    }
    targets(overview, &mut out);
    codes(&overview.codes, &mut out);
    if let Some(expiring) = &overview.expiring {
        soon(expiring, &mut out);
    }
    rules(overview, &mut out);
    out
}

fn targets(overview: &Overview, out: &mut String) {
    if overview.columns.is_empty() {
        return;
    }
    let heads: Vec<&str> = OUTCOMES.iter().map(|(outcome, _)| outcome.name()).collect();
    let sized = overview.columns.iter().any(|column| column.size.is_some());
    *out += &format!("\n| Target | Rules | {} |{}\n", heads.join(" | "), if sized { " Longest rule |" } else { "" });
    *out += &format!("|---|--:|{}{}\n", "--:|".repeat(heads.len()), if sized { "---|" } else { "" });
    for column in &overview.columns {
        let totals: Vec<String> = column.totals.iter().map(ToString::to_string).collect();
        *out += &format!("| {} | {} | {} |", text(&column.name), column.rules, totals.join(" | "));
        if sized {
            let size = column.size.as_ref().map(|size| {
                let longer = if size.longer > 0 { format!("; {} longer, for searches alone", size.longer) } else { String::new() };
                format!("{} of {} {}{longer}", size.largest, size.most, size.unit)
            });
            *out += &format!(" {} |", size.unwrap_or_default());
        }
        out.push('\n');
    }
    let legend: Vec<String> = OUTCOMES.iter().map(|(outcome, meaning)| format!("**{}**: {meaning}", outcome.name())).collect();
    *out += &format!("\n{}.\n", legend.join("; "));
}

/// What was found, by code; notes are folded.
fn codes(codes: &[CodeLine], out: &mut String) {
    let (notes, loud): (Vec<&CodeLine>, Vec<&CodeLine>) = codes.iter().partition(|line| line.severity == Severity::Note);
    if !loud.is_empty() {
        *out += "\n### Found\n\n";
        table_of_codes(&loud, SHARE_OF_CODES, out);
    }
    if !notes.is_empty() {
        let number = notes.iter().map(|line| line.count).sum();
        *out += &format!("\n<details><summary>{}</summary>\n\n", count(number, "note"));
        table_of_codes(&notes, SHARE_OF_NOTES, out);
        *out += "\n</details>\n";
    }
}

fn table_of_codes(codes: &[&CodeLine], share: usize, out: &mut String) {
    *out += "| | Code | Number | First place | What |\n|---|---|--:|---|---|\n";
    let lines = codes.iter().map(|line| {
        let severity = line.severity.name();
        let targets = if line.targets.is_empty() { String::new() } else { format!(" ({})", line.targets.join(", ")) };
        let help = line.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let place = line.place.as_deref().map(text).unwrap_or_default();
        format!("| {severity} | {} | {} | {place} | {}{}{} |\n", text(line.code), line.count, text(&line.message), text(&targets), text(&help))
    });
    cut(lines, share, "code", out);
}

fn soon(expiring: &Expiring, out: &mut String) {
    let days = count(usize::from(expiring.days), "day");
    *out += &format!("\n### Stop to hold within {days} of {}\n\n", expiring.from);
    if expiring.values.is_empty() {
        *out += "No value does.\n";
        return;
    }
    *out += "| Last day | Value | Written at |\n|---|---|---|\n";
    let lines = expiring.values.iter().map(|(day, value, place)| format!("| {day} | {} | {} |\n", text(value), text(place)));
    cut(lines, SHARE_OF_EXPIRING, "value", out);
}

/// The table of rules, folded. Where there is no room for all, those that ask to be looked at stay.
fn rules(overview: &Overview, out: &mut String) {
    if overview.rules.is_empty() || overview.columns.is_empty() {
        return;
    }
    let names: Vec<String> = overview.columns.iter().map(|column| text(&column.name)).collect();
    *out +=
        &format!("\n<details><summary>What became of each rule</summary>\n\n| Rule | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let line = |rule: &RuleLine| {
        let cells: Vec<&str> = rule.outcomes.iter().map(|outcome| outcome.name()).collect();
        format!("| {}<br>{} | {} |\n", text(&rule.title), text(&rule.key), cells.join(" | "))
    };
    let mut order: Vec<(usize, &RuleLine)> = overview.rules.iter().enumerate().collect();
    order.sort_by_key(|(at, rule)| (std::cmp::Reverse(rule.weight()), *at));
    let mut room = LONGEST.saturating_sub(TAIL + out.len());
    let mut kept: Vec<(usize, String)> = Vec::new();
    for (at, rule) in order {
        let line = line(rule);
        let Some(left) = room.checked_sub(line.len()) else { break };
        room = left;
        kept.push((at, line));
    }
    kept.sort_unstable();
    let left = overview.rules.len() - kept.len();
    out.extend(kept.into_iter().map(|(_, line)| line));
    if left > 0 {
        *out += &format!(
            "\n{} of {} left out, those that ask for nothing first; `vigie report --format html` has them all.\n",
            count(left, "rule"),
            overview.rules.len()
        );
    }
    *out += "\n</details>\n";
}

/// The same, no longer than a cell takes.
pub(crate) fn text(text: &str) -> String {
    let text = legible(text);
    match text.char_indices().nth(CELL) {
        Some((at, _)) => plain(text.get(..at).unwrap_or_default()) + "...",
        None => plain(&text),
    }
}
