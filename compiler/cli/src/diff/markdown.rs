//! How are differences shown in a pull request?

use std::fmt::Write as _;

use super::differences::{Differences, Indicator, Rule};
use super::human::{another, headline, of_target};
use crate::markdown::{cut, plain};

/// The longest text, in bytes, but for what stands behind a list; a comment on GitHub may have 65,536 characters.
pub(super) const LONGEST: usize = 60_000;

/// The differences in so many bytes, but for what stands behind a list.
pub(super) fn text(differences: &Differences, room: usize) -> String {
    let mut out = format!("### What changes in meaning\n\n{}\n", headline(differences));
    if !differences.rules.is_empty() {
        out.push_str("\n| Rule | Finds | Targets |\n|---|---|---|\n");
    }
    cut(differences.rules.iter().map(row), room.saturating_sub(out.len()), "rule", &mut out);
    for (what, list) in [("New values", &differences.indicators_added), ("Values that are gone", &differences.indicators_removed)] {
        if list.is_empty() {
            continue;
        }
        let _ = write!(out, "\n<details><summary>{what}: {}</summary>\n\n", list.len());
        let line = |value: &Indicator| {
            let why = value.withheld.map(|code| format!(" ({code})")).unwrap_or_default();
            format!("- {} {}: {}{why}\n", plain(&value.advisory), value.kind, code(&value.value))
        };
        cut(list.iter().map(line), room.saturating_sub(out.len()), "value", &mut out);
        out.push_str("\n</details>\n");
    }
    out
}

fn row(rule: &Rule) -> String {
    let mut finds = format!("**{}**", rule.meaning);
    for (what, shown) in [("now", &rule.gained), ("no more", &rule.lost)] {
        if let Some(shown) = shown {
            let lines: Vec<String> = shown.words.iter().map(|line| code(line)).collect();
            let _ = write!(finds, "<br>{what}: {}", lines.join("<br>"));
        }
    }
    for side in &rule.unknown {
        let _ = write!(finds, "<br>{side}: not known");
    }
    for said in &rule.said {
        let _ = match (said.old.as_str(), said.new.as_str()) {
            ("", "") => write!(finds, "<br>{}", another(said.what)),
            (old, new) => write!(finds, "<br>{}: {} → {}", said.what, plain(old), plain(new)),
        };
    }
    let targets: Vec<String> = rule.targets.iter().map(|(target, on)| format!("{target}: {}", of_target(on))).collect();
    format!("| {}<br>{} | {finds} | {} |\n", code(&rule.key), plain(&rule.title), targets.join("<br>"))
}

/// Text as code. GitHub looks for no mention and no link in it, so the signs alone are escaped, and what is copied from it is what was there.
fn code(text: &str) -> String {
    let mut out = String::from("<code>");
    for char in source::legible(text).chars() {
        match char {
            ' ' | '.' | ',' | ';' | '-' | '/' | '%' => out.push(char),
            char if char.is_alphanumeric() => out.push(char),
            char => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
        }
    }
    // What would become a link by itself.
    out.replace("www.", "www&#46;") + "</code>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_means_nothing_to_markdown() {
        let hostile = "a|b\n# c @team `x` <img src=x> [l](http://example.com) **b** www.example.com";
        let shown = code(hostile);
        let inside = shown.trim_start_matches("<code>").trim_end_matches("</code>");
        for mark in ["|", "\n", "@", "`", "<", ">", "[", "]", "(", "*", "://", "www."] {
            assert!(!inside.contains(mark), "{mark}: {inside}");
        }
    }
}
