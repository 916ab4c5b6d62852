//! How are differences shown in a pull request?

use std::fmt::Write as _;

use source::count;

use super::differences::{Differences, Rule};
use super::human::{headline, of_target};

/// The longest text, in characters; a comment on GitHub may have 65,536.
const LONGEST: usize = 60_000;

pub(super) fn text(differences: &Differences) -> String {
    let mut out = format!("### What changes in meaning\n\n{}\n", escaped(&headline(differences)));
    if !differences.rules.is_empty() {
        out.push_str("\n| Rule | Finds | Targets |\n|---|---|---|\n");
    }
    let mut left = differences.rules.len();
    for rule in &differences.rules {
        let line = row(rule);
        if out.len() + line.len() > LONGEST {
            break;
        }
        out.push_str(&line);
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(out, "\n{} more differ; `vigie diff` lists each.", count(left, "rule"));
    }
    for (what, list) in [("New values", &differences.indicators_added), ("Values that are gone", &differences.indicators_removed)] {
        if list.is_empty() {
            continue;
        }
        let _ = write!(out, "\n<details><summary>{what}: {}</summary>\n\n", list.len());
        for value in list {
            let why = value.withheld.map(|code| format!(" ({code})")).unwrap_or_default();
            let line = format!("- {} {}: {}{why}\n", escaped(&value.advisory), value.kind, code(&value.value));
            if out.len() + line.len() > LONGEST {
                out.push_str("- and more\n");
                break;
            }
            out.push_str(&line);
        }
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
            ("", "") => write!(finds, "<br>another {}", said.what),
            (old, new) => write!(finds, "<br>{}: {} → {}", said.what, escaped(old), escaped(new)),
        };
    }
    let targets: Vec<String> = rule.targets.iter().map(|(target, on)| format!("{target}: {}", escaped(&of_target(on)))).collect();
    format!("| {}<br>{} | {finds} | {} |\n", code(&rule.key), escaped(&rule.title), targets.join("<br>"))
}

/// Text in which nothing means anything to Markdown or HTML: no table, no link, no mention, no tag.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in source::legible(text).chars() {
        match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ',' | ';' | '-' | '/' | '%' => out.push(char),
            char if char.is_alphanumeric() => out.push(char),
            char => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
        }
    }
    // What would become a link by itself.
    out.replace("www.", "www&#46;")
}

/// The same, as code.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
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
