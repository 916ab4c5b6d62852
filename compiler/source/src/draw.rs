//! How a diagnostic looks on a page: drawn by miette, the same for terminals, files and tests.

use std::fmt::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::{Diagnostic, Sources, unseen};

/// Widest line drawn, in columns.
const WIDTH: usize = 120;

/// Draws one diagnostic as several lines; `colour` adds terminal escapes. What would not be seen of the input is shown as an escape, or
/// as a mark in the lines of a file.
#[must_use]
pub fn draw(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH).with_links(false);
    let mut out = String::new();
    let report = diagnostic.report(sources);
    if handler.render_report(&mut out, &report).is_err() {
        let _ = writeln!(out, "{}: {}", diagnostic.code.slug, diagnostic.message);
    }
    let out = if colour { out } else { out.chars().map(|char| if unseen(char) && char != '\n' && char != '\t' { '?' } else { char }).collect() };
    let mut lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let mut drawn = lines.join("\n");
    drawn.push('\n');
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Loss, Span};

    static CODE: Code = Code::warn("test.code", "a code for this test");

    #[test]
    fn drawings_show_place_and_next_step() {
        let mut sources = Sources::default();
        let file = sources.add("a.vigie", "one\ntwo \u{1b}[31m three\nfour\n");
        let said = Diagnostic::new(&CODE, "a fact").at(Span::new(file, 4, 7), "here").loss(Loss::Wider).help("a step");
        let drawn = draw(&said, &sources, false);
        assert!(drawn.contains("a.vigie:2:1"), "{drawn}");
        assert!(drawn.contains("two ?[31m three"), "{drawn}");
        assert!(drawn.contains("the rule is wider than the description. a step"), "{drawn}");
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }

    #[test]
    fn a_line_of_any_length_is_drawn() {
        let mut sources = Sources::default();
        let file = sources.add("a.json", format!("{}é{}", "x".repeat(100_000), "y".repeat(100_000)));
        for (start, end) in [(0, 200_002), (100_000, 100_002), (100_002, 190_000), (200_002, 200_002)] {
            let said = Diagnostic::new(&CODE, "a fact").at(Span::new(file, start, end), "here").also(Span::new(file, 3, 7), "there");
            let drawn = draw(&said, &sources, false);
            assert!((start > 190_000 || drawn.contains("here")) && drawn.len() < 20_000, "{start}: {}", drawn.len());
            assert!(start == 0 || start > 190_000 || drawn.contains(&format!("a.json:1:{}", start + 1)), "{drawn}");
        }
    }
}
