//! Can a name or a text leave its place? Hostile ones in every form, read back.

use proptest::prelude::*;
use serde_json::Value;
use source::{Code, Diagnostic, Loss, Severity, Sources, Span};

use super::{concise, finding, github, gitlab, sarif};

/// A code with a page.
fn code() -> &'static Code {
    crate::codes::codes().into_iter().find(|code| code.slug == "guard.common-name").expect("there is one")
}

/// What a stranger could write.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n::error::x".to_owned()),
        Just("\r\n".to_owned()),
        Just("%0A%2C".to_owned()),
        Just("\",\"level\":\"none".to_owned()),
        Just("[a](https://evil.example)".to_owned()),
        Just("a:1:2: error[x]: b".to_owned()),
        Just("\u{202e}\u{1b}[31m\u{2028}".to_owned()),
        Just("😀é".to_owned()),
        "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// A finding in a file of that name, about a part of a text.
fn run(name: &str, words: &str, message: &str, severity: Severity, check: impl FnOnce(&[finding::Finding<'_>])) {
    let mut sources = Sources::default();
    let file = sources.add(name, format!("é😀 {words} tail\nlast"));
    let said = [Diagnostic {
        severity,
        help: Some(message.to_owned()),
        loss: Some(Loss::Wider),
        detection: Some(message.to_owned()),
        target: Some("kql/asim".to_owned()),
        ..Diagnostic::new(code(), message).at(Span::new(file, 7, 7 + words.len()), words).also(Span::new(file, 0, 2), message)
    }];
    check(&finding::of(&said, &sources, &[], &[], None));
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a list takes everything");
    let text = String::from_utf8(out).expect("what is written is UTF-8");
    assert!(!text.chars().any(|char| source::unseen(char) && char != '\n'), "{text:?}");
    text
}

/// Reads a command back as a runner does: its name, its properties, its text.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let unescape = |text: &str| text.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let (head, data) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a line is a command");
    let (name, properties) = head.split_once(' ').expect("a command has properties");
    let properties = properties.split(',').map(|pair| pair.split_once('=').expect("a property has a value"));
    (name.to_owned(), properties.map(|(name, value)| (name.to_owned(), unescape(value))).collect(), unescape(data))
}

proptest! {
    #[test]
    fn a_text_stays_in_its_place(name in text(), words in text(), message in text()) {
        run(&name, &words, &message, Severity::Error, |findings| {
            let shown = source::legible_lines(&message).into_owned();
            let lines = written(|out| concise::write(findings, out));
            assert_eq!(lines.lines().count(), 1, "{lines}");
            assert!(lines.contains(": error[guard.common-name]: "));

            let commands = written(|out| github::write(findings, out));
            assert_eq!(commands.lines().count(), 1, "{commands}");
            let (kind, properties, data) = command(commands.trim_end_matches('\n'));
            assert_eq!(kind, "error");
            let names: Vec<&str> = properties.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!((names.first(), names.last()), (Some(&"file"), Some(&"title")));
            assert_eq!(properties.first().map(|(_, file)| file.as_str()), Some(&*source::legible(&findings[0].file.path)));
            assert!(data.starts_with(&shown), "{data}");

            let list: Value = serde_json::from_str(&written(|out| gitlab::write(findings, out))).expect("it is JSON");
            assert_eq!(list[0]["location"]["path"], findings[0].file.path.as_str());
            assert!(list[0]["description"].as_str().is_some_and(|text| text.starts_with(message.as_str())));

            let log: Value = serde_json::from_str(&written(|out| sarif::write(findings, true, 1, out))).expect("it is JSON");
            let result = &log["runs"][0]["results"][0];
            assert_eq!(result["level"], "error");
            assert!(!result["message"]["text"].as_str().is_some_and(|text| text.contains("](")));
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a place has a file");
            assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%:".contains(&byte)), "{uri}");
            assert!(!uri.contains(':') || uri.starts_with("file://"), "{uri}");
            assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(1));
        });
    }
}

#[test]
fn columns_count_units_of_utf_16() {
    run("a.vigie", "x😀", "a fact", Severity::Warning, |findings| {
        let log: Value = serde_json::from_str(&written(|out| sarif::write(findings, true, 0, out))).expect("it is JSON");
        let run = &log["runs"][0];
        let region = &run["results"][0]["locations"][0]["physicalLocation"]["region"];
        assert_eq!(*region, serde_json::json!({ "startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 8 }));
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        assert!(run["tool"]["driver"]["rules"][0]["help"]["text"].as_str().is_some_and(|text| text.starts_with("# guard.common-name")));
        let lines = written(|out| concise::write(findings, out));
        assert_eq!(lines, "a.vigie:1:4: warning[guard.common-name]: a fact (kql/asim)\n");
    });
}

/// So many findings of each severity, each at a place of its own.
fn many(errors: usize, warnings: usize, notes: usize, check: impl FnOnce(&[finding::Finding<'_>])) {
    let mut sources = Sources::default();
    let number = errors + warnings + notes;
    let file = sources.add("a.vigie", "x".repeat(number + 1));
    let severity = |at| {
        if at < notes {
            Severity::Note
        } else if at < notes + warnings {
            Severity::Warning
        } else {
            Severity::Error
        }
    };
    let said: Vec<Diagnostic> = (0..number)
        .map(|at| Diagnostic { severity: severity(at), ..Diagnostic::new(code(), "a fact").at(Span::new(file, at, at + 1), "here") })
        .collect();
    check(&finding::of(&said, &sources, &[], &[], None));
}

#[test]
fn what_github_would_not_show_is_counted() {
    let kinds = |text: &str| ["error", "warning", "notice"].map(|kind| text.lines().filter(|line| line.starts_with(&format!("::{kind} "))).count());
    many(12, 3, 30, |findings| {
        let text = written(|out| github::write(findings, out));
        assert_eq!(kinds(&text), [10, 3, 10]);
        assert!(text.starts_with("::error "), "{text}");
        let last = text.lines().last().expect("there is a line");
        assert!(last.starts_with("::notice title=vigie::2 errors, 21 notes more"), "{last}");
    });
    many(10, 10, 10, |findings| {
        let text = written(|out| github::write(findings, out));
        assert_eq!((kinds(&text), text.contains("more")), ([10, 10, 10], false));
    });
}

#[test]
fn a_log_holds_what_a_scanner_takes_and_says_what_it_does_not() {
    let log = |limits, findings: &[finding::Finding<'_>]| -> (Vec<String>, String) {
        let log: Value = serde_json::from_str(&written(|out| sarif::write_within(limits, findings, true, 0, out))).expect("it is JSON");
        let run = &log["runs"][0];
        let levels = run["results"].as_array().expect("a list").iter().filter_map(|result| result["level"].as_str()).map(str::to_owned).collect();
        (levels, run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap_or_default().to_owned())
    };
    many(5, 5, 100, |findings| {
        let (levels, said) = log((100, usize::MAX), findings);
        assert_eq!((levels.len(), levels[4].as_str(), levels[5].as_str(), levels[10].as_str()), (100, "error", "warning", "note"));
        assert!(said.starts_with("10 notes left out"), "{said}");
        assert_eq!(log((1_000, usize::MAX), findings).1, "");
        let (levels, said) = log((1_000, 4_000), findings);
        assert!((5..60).contains(&levels.len()) && levels[0] == "error" && said.contains("notes left out"), "{} {said}", levels.len());
    });
}
