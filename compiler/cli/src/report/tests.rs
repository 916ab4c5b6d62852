//! Can a text of an input become more than text on a page, and does a page stay within its bounds?

use backend::Outcome;
use ir::Date;
use proptest::prelude::*;
use source::Severity;

use super::overview::{CodeLine, Column, Expiring, Overview, RuleLine};
use super::{html, markdown};

fn overview(rules: usize, text: &str) -> Overview {
    let line = |at: usize| RuleLine {
        key: format!("{at} {text}"),
        title: text.to_owned(),
        place: text.to_owned(),
        outcomes: vec![if at == rules - 1 { Outcome::Narrower } else { Outcome::Exact }],
    };
    let code = |severity| CodeLine {
        severity,
        code: "guard.common-name",
        count: 1,
        targets: vec![],
        place: Some(text.to_owned()),
        message: text.to_owned(),
        help: Some(text.to_owned()),
    };
    Overview {
        columns: vec![Column { name: "kql/sentinel".to_owned(), rules, files: 1, totals: [rules, 0, 0, 0, 0], size: None }],
        rules: (0..rules).map(line).collect(),
        expiring: Some(Expiring {
            from: Date::constant(2024, 1, 20),
            days: 30,
            values: [(Date::constant(2024, 2, 1), text.to_owned(), text.to_owned())].into(),
        }),
        codes: [Severity::Warning, Severity::Note].into_iter().map(code).collect(),
        ..Overview::default()
    }
}

/// The cells of a line of a table, as GFM divides it: at bars that no backslash stands before.
fn cells(line: &str) -> usize {
    let mut escaped = false;
    let mut bars = 0;
    for char in line.chars() {
        bars += usize::from(char == '|' && !escaped);
        escaped = char == '\\' && !escaped;
    }
    bars.saturating_sub(1)
}

/// Whether a line holds a sign of markup that no backslash stands before.
fn is_marked(line: &str) -> bool {
    let mut escaped = false;
    line.chars().any(|char| {
        let marks = !escaped && matches!(char, '`' | '*' | '_' | '[' | ']' | '!' | '~' | '$');
        escaped = char == '\\' && !escaped;
        marks
    })
}

proptest! {
    #[test]
    fn text_stays_text(text in "([ -~\n\r\u{202e}é@#|<`\\\\]|@team|!\\[a\\]\\(b\\)|\\| x \\||<img src=x>|-->|:tada:){0,30}") {
        let page = markdown::page(&overview(2, &text), None);
        prop_assert!(page.starts_with("<!-- vigie -->\n"));
        let lines = page.lines().filter(|line| line.starts_with('|'));
        let widths: Vec<usize> = lines.map(cells).collect();
        prop_assert_eq!(widths, [7, 7, 7, 5, 5, 5, 5, 5, 5, 3, 3, 3, 2, 2, 2, 2]);
        prop_assert_eq!(page.matches('<').count(), 9 + 2, "{}", page);
        let shown = page.replace("&#8203;", "\u{200b}");
        for sign in ['@', '#', '~', ':'] {
            let refers = shown.match_indices(sign).any(|(at, _)| shown[at + 1..].starts_with(char::is_alphanumeric));
            prop_assert!(!refers, "{}", page);
        }
        prop_assert!(!page.lines().filter(|line| line.starts_with('|')).any(is_marked), "{}", page);
        prop_assert!(!page.chars().any(|char| source::unseen(char) && char != '\n'));

        let page = html::page(&overview(2, &text));
        prop_assert_eq!(page.matches('<').count(), html::page(&overview(2, "")).matches('<').count());
        prop_assert!(!page.chars().any(|char| source::unseen(char) && char != '\n'));
    }
}

#[test]
fn a_comment_is_no_longer_than_github_takes_and_keeps_what_asks_to_be_looked_at() {
    let page = markdown::page(&overview(5_000, "a | b @team"), None);
    assert!((60_000..=markdown::LONGEST).contains(&page.len()), "{}", page.len());
    assert!(page.contains("rules of 5000 left out"));
    assert!(page.contains("4999 a") && page.contains("| narrower |") && page.contains("<br>0 a"));
    assert!(page.trim_end().ends_with("</details>"));
    assert!(!markdown::page(&overview(3, "a"), None).contains("left out"));
}
