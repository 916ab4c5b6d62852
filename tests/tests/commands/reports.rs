//! Can a pipeline rely on it? Exit codes as the book lists them, and reports as files.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::{root, tree};

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports"), name)
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(env!("CARGO_BIN_EXE_vigie-under-test"), folder, arguments)
}

const GOOD: &str = r#"vigie 1

advisory "GOOD-1" {
  title: "Good"
  tlp: clear
  published: 2024-01-10
}

iocs control : domain {
  role: c2   direction: destination
  - evil-corp.example
}

behavior loader "A loader runs" {
  attack: [T1059]   severity: high
  facet run on process.start { process.command_line contains "kestrel-loader" }
}

test loader.run {
  match process.start { command_line: "kestrel-loader -x" }
}
"#;

/// A folder with the files that the book's examples name.
fn examples(name: &str) -> PathBuf {
    let here = folder(name);
    let log = r#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"CommandLine":"kestrel-loader -x","UtcTime":"2024-01-10 10:00:00"}"#;
    for (path, text) in [
        ("good.vigie", GOOD.to_owned()),
        ("local.vigie", GOOD.replace("  - evil-corp.example", "  - evil-corp.example\n  - localhost")),
        ("broken.vigie", GOOD.replace("role: c2", "roel: c2")),
        ("wrong.vigie", GOOD.replace("command_line: \"kestrel", "command_line: \"other")),
        ("red.vigie", GOOD.replace("tlp: clear", "tlp: red")),
        ("ended.vigie", GOOD.replace("- evil-corp.example", "- evil-corp.example { valid: ..2024-02-01 }")),
        ("empty.txt", "Nothing is said here.\n".to_owned()),
        ("log.jsonl", format!("{log}\n")),
        ("wrong.toml", "[profil]\n".to_owned()),
        ("wrong.lock", "[suricata\n".to_owned()),
    ] {
        tree::write(&here, &[(path.to_owned(), text.into_bytes())].into());
    }
    here
}

#[test]
fn a_fix_is_applied_where_it_says_and_the_finding_is_gone() {
    let here = folder("fixes");
    let good = "vigie 1\nadvisory \"FIX-1\" { title: \"t\" tlp: clear published: 2024-01-10 }\n\
        behavior run \"Ré😀un\" { severity: high facet use on process.start (windows) { process.command_line contains \"kestrel-run\" } }\n";
    for (right, wrong) in [
        ("process.command_line", "process.comand_line"),
        ("process.command_line", "CommandLine"),
        ("severity: high", "severty: high"),
        ("high", "hihg"),
    ] {
        let mut text = good.replace(right, wrong);
        tree::write(&here, &[("a.vigie".to_owned(), text.as_bytes().to_vec())].into());
        let ran = run(&here, &["check", "a.vigie", "-t", "sigma", "--format", "sarif"]);
        let all: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr));
        let results = all["runs"][0]["results"].as_array().expect("results");
        let fixes: Vec<&Value> = results.iter().filter_map(|result| result.get("fixes")).collect();
        assert_eq!(fixes.len(), 1, "{wrong}: {all:#}");
        let change = &fixes[0][0]["artifactChanges"][0];
        assert_eq!(change["artifactLocation"]["uri"], "a.vigie");
        let replaced = &change["replacements"][0];
        let column = |name: &str| usize::try_from(replaced["deletedRegion"][name].as_u64().expect("a number")).expect("small");
        let line = text.lines().nth(column("startLine") - 1).expect("the line").to_owned();
        let units: Vec<u16> = line.encode_utf16().collect();
        let part = |units: &[u16]| String::from_utf16(units).expect("whole characters");
        let meant = replaced["insertedContent"]["text"].as_str().expect("a text");
        let mended = part(&units[..column("startColumn") - 1]) + meant + &part(&units[column("endColumn") - 1..]);
        text = text.replace(&line, &mended);
        assert_eq!(text, good, "{wrong}");
    }
}

#[test]
fn every_exit_code_of_the_book_is_what_its_examples_end_with() {
    let page = std::fs::read_to_string(root().join("book/src/ci.md")).expect("there is a page");
    let table = page.split("\n## Exit codes\n").nth(1).expect("the page has a table of exit codes");
    let here = examples("exit-codes");
    let (mut codes, mut ran) = (BTreeSet::new(), 0);
    for line in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Code")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [code, _, examples] = cells.as_slice() else { panic!("a line of three cells: {line}") };
        let code: i32 = code.parse().expect("a code is a number");
        assert!(codes.insert(code), "{code} stands twice");
        let before = ran;
        for example in examples.split('`').skip(1).step_by(2) {
            let mut arguments: Vec<&str> = example.split(' ').skip(1).collect();
            if ["check", "build", "report"].contains(&arguments[0]) {
                arguments.push("--no-engine");
            }
            let result = run(&here, &arguments);
            assert_eq!(result.exit, code, "`{example}`\n{}{}", result.stdout, result.stderr);
            ran += 1;
        }
        assert!(ran > before, "{code} has no example");
    }
    // The program has no other one.
    let source = std::fs::read_to_string(root().join("compiler/cli/src/exit.rs")).expect("a file can be read");
    let known: BTreeSet<i32> = source.lines().filter_map(|line| line.split_once(": u8 = ")?.1.strip_suffix(';')?.parse().ok()).collect();
    assert_eq!(codes, known);
    assert_eq!(GOOD, std::fs::read_to_string(here.join("good.vigie")).expect("an input is left alone"));
}

#[test]
fn a_report_is_the_same_on_the_terminal_and_in_a_file_and_in_any_order() {
    let here = examples("files");
    for format in ["concise", "json", "sarif", "github", "gitlab"] {
        let (one, other) = (["good.vigie", "broken.vigie"], ["broken.vigie", "good.vigie"]);
        let printed = run(&here, &[&["check", "--no-engine", "--format", format], &one[..]].concat());
        let again = run(&here, &[&["check", "--no-engine", "--format", format], &other[..]].concat());
        assert_eq!((printed.exit, &printed.stdout, printed.stderr.as_str()), (1, &again.stdout, ""), "{format}");
        assert!(printed.stdout.contains("check.unknown-key") && printed.stdout.contains("broken.vigie"), "{}", printed.stdout);
        let written = run(&here, &[&["check", "--no-engine", "--format", format, "-o", format], &one[..]].concat());
        assert_eq!(written.exit, 1);
        assert!(written.stderr.contains("roel"), "a person sees it too: {}", written.stderr);
        assert_eq!(std::fs::read_to_string(here.join(format)).expect("a file was written"), printed.stdout);
        assert_eq!(run(&here, &["check", "--no-engine", "--format", format, "-o", format, "good.vigie"]).exit, 2, "a file that is there stays");
    }
    for format in ["markdown", "html", "navigator"] {
        let printed = run(&here, &["report", "--no-engine", "--format", format, "good.vigie", "broken.vigie"]);
        let again = run(&here, &["report", "--no-engine", "--format", format, "broken.vigie", "good.vigie"]);
        assert_eq!((printed.exit, &printed.stdout), (1, &again.stdout), "{format}");
        assert!(printed.stdout.contains("GOOD-1/loader.run"), "{}", printed.stdout);
    }
}

#[test]
fn a_comment_lists_what_stops_to_hold_when_a_day_is_given() {
    let here = examples("soon");
    let report = |arguments: &[&str]| run(&here, &[&["report", "--no-engine", "ended.vigie"], arguments].concat()).stdout;
    assert!(report(&["--as-of", "2024-01-20"]).contains("| 2024-02-01 | evil-corp.example | ended.vigie:"));
    assert!(report(&["--as-of", "2024-01-20", "--expiring-within", "5"]).contains("No value does."));
    assert!(!report(&[]).contains("hold"));
}

#[test]
fn results_of_tests_are_written_over_earlier_ones_and_never_over_an_input() {
    let here = examples("junit");
    for _ in 0..2 {
        assert_eq!(run(&here, &["test", "good.vigie", "--junit", "results.xml"]).exit, 0);
        let text = std::fs::read_to_string(here.join("results.xml")).expect("a file was written");
        assert!(text.contains("classname=\"GOOD-1/loader.run\"") && text.ends_with("</testsuites>\n"), "{text}");
    }
    let ran = run(&here, &["test", "good.vigie", "--junit", "good.vigie"]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(here.join("good.vigie")).expect("an input is left alone"), GOOD);
}
