//! The same pages in Markdown, for places that show that.

use std::fmt::Write as _;

use backend::one_line;

use crate::page::{Page, TESTED, place};

/// The index.
pub(crate) fn index<'a>(title: &str, version: &str, pages: impl Iterator<Item = &'a Page<'a>>) -> String {
    let mut out = format!("# {} {}\n\n| Detection | Advisory | Severity | Meaning |\n| --- | --- | --- | --- |\n", plain(title), plain(version));
    for page in pages {
        let meta = &page.detection.meta;
        let _ = writeln!(
            out,
            "| [{}](rules/{}.md) | {} | {} | {} |",
            plain(&page.detection.title),
            page.name,
            plain(&meta.advisory),
            meta.severity.name(),
            page.outcome()
        );
    }
    out
}

/// The page of a detection.
pub(crate) fn page(page: &Page<'_>) -> String {
    let detection = page.detection;
    let meta = &detection.meta;
    let mut out = format!("# {}\n", plain(&detection.title));
    let mut say = |text: String| {
        out.push('\n');
        out.push_str(&text);
        out.push('\n');
    };
    if !detection.description.trim().is_empty() {
        say(plain(&detection.description));
    }
    let mut facts =
        vec![format!("- Key: {}", code(&detection.key)), format!("- {}", plain(&meta.origin())), format!("- Severity: {}", meta.severity.name())];
    facts.extend(meta.tlp.map(|tlp| format!("- Marking: TLP:{}", tlp.name().to_uppercase())));
    if let Some(rule) = page.first() {
        if !rule.techniques.is_empty() {
            facts.push(format!("- Techniques: {}", rule.techniques.join(", ")));
        }
        facts.extend(rule.expires.as_deref().map(|day| format!("- Holds until: {day}")));
    }
    say(facts.join("\n"));
    if !meta.citations.is_empty() {
        say("## Where it comes from".to_owned());
        for citation in &meta.citations {
            say(format!("> {}\n\n{}", plain(&citation.quote), plain(&place(citation))));
        }
    }
    if !meta.references.is_empty() {
        say(list(&meta.references));
    }
    say("## When it fires".to_owned());
    say(list(&page.triage()));
    if !meta.false_positives.is_empty() {
        say("## Ordinary activity that also matches".to_owned());
        say(list(&meta.false_positives));
    }
    for (finds, title) in TESTED {
        let (shown, more) = page.tests(finds);
        if !shown.is_empty() {
            say(format!("## {title}"));
            shown.iter().for_each(|text| say(fenced(text)));
        }
        if more > 0 {
            say(format!("{more} more stand in the description."));
        }
    }
    for (rule, text) in &page.rules {
        say(format!("## {}: {}", plain(&rule.profile), plain(&rule.title)));
        say(format!("Id {}. Meaning: {}.", code(&rule.id), rule.outcome));
        if !rule.logs.is_empty() {
            say(rule.logs.iter().map(|(log, outcome)| format!("- {}: {outcome}", plain(log))).collect::<Vec<_>>().join("\n"));
        }
        if !rule.losses.is_empty() {
            let line = |loss: &crate::Loss| format!("- {}: {} ({})", loss.direction, plain(&loss.message), code(&loss.code));
            say(rule.losses.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
        say(fenced(text));
    }
    out
}

fn list(items: &[String]) -> String {
    items.iter().map(|item| format!("- {}", plain(item))).collect::<Vec<_>>().join("\n")
}

/// Text that means nothing but itself, on one line.
fn plain(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len() + 8);
    for char in line.chars() {
        if matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '&') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// The longest run of backticks.
fn ticks(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

/// A name in a line.
fn code(text: &str) -> String {
    let line = one_line(text);
    let fence = "`".repeat(ticks(&line) + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// Text in lines of its own.
fn fenced(text: &str) -> String {
    let fence = "`".repeat((ticks(text) + 1).max(3));
    format!("{fence}\n{}\n{fence}", source::legible_lines(text).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_itself() {
        assert_eq!(plain("a *b* <script>\n# c | d"), "a \\*b\\* \\<script\\> \\# c \\| d");
        assert_eq!((code("a`b").as_str(), code("`").as_str()), ("``a`b``", "`` ` ``"));
        assert_eq!(fenced("x\n```\ny\n"), "````\nx\n```\ny\n````");
    }
}
