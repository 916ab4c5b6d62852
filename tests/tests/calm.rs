//! Is a run calm? What is printed is short, counts everything once, and says each place when it is asked for.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

/// The most lines of a build of what is shipped.
const SHIPPED: usize = 40;
/// The most lines of a build of the public collection of Sigma rules.
const COLLECTION: usize = 60;

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("calm"), name)
}

fn printed(ran: &Ran) -> usize {
    ran.stdout.lines().count() + ran.stderr.lines().count()
}

/// How often each code occurred, by severity, as `report.json` has it.
fn reported(dist: &Path) -> BTreeMap<(String, String), usize> {
    let report: Value = serde_json::from_slice(&tree::read(dist)["report.json"]).expect("report.json is JSON");
    let codes = report["codes"].as_object().expect("codes are a map");
    let each = |(code, by): (&String, &Value)| {
        let by = by.as_object().expect("numbers by severity").clone();
        let code = code.clone();
        by.into_iter().map(move |(severity, number)| ((code.clone(), severity), number.as_u64().expect("a number") as usize))
    };
    codes.iter().flat_map(each).collect()
}

/// How often each code is counted in what is printed: in the line of the notes, in its own line, or by being drawn.
fn counted(text: &str) -> BTreeMap<(String, String), usize> {
    let mut out: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut add = |code: &str, severity: &str, number: usize| *out.entry((code.to_owned(), severity.to_owned())).or_default() += number;
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |word: &str| word.parse::<usize>().unwrap_or_else(|_| panic!("no number in {line}"));
        match words.as_slice() {
            ["☞", _, _, rest @ ..] => {
                for pair in rest.join(" ").split(", ") {
                    let (often, code) = pair.split_once(' ').expect("a number and a code");
                    add(code, "note", number(often));
                }
            }
            ["⚠", often, code, ..] if line.starts_with('⚠') => add(code, "warning", number(often)),
            ["×", often, "more", code, ..] if line.starts_with('×') => add(code, "error", number(often)),
            // A drawing begins with its code on a line of its own.
            [code] if code.contains('.') && lines.get(at + 1) == Some(&"") => {
                let targets =
                    lines.iter().skip(at).find_map(|line| line.strip_prefix("  target: ").or((line.is_empty()).then_some(""))).unwrap_or("");
                let sign = lines.get(at + 2).map_or("", |line| line.trim_start());
                let severity = if sign.starts_with('×') { "error" } else { "warning" };
                let drawn = lines.iter().skip(at + 2).take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("  target: "));
                add(code, severity, drawn.unwrap_or(targets).split(", ").count());
            }
            _ => {}
        }
    }
    out
}

#[test]
fn a_build_of_what_is_shipped_is_short_and_warns_of_nothing() {
    let here = folder("shipped");
    let dist = here.join("dist");
    let ran = vigie(VIGIE, &root(), &["build", "rules/", "-o", dist.to_str().expect("a path")]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(printed(&ran) <= SHIPPED, "{} lines:\n{}", printed(&ran), ran.stderr);
    println!("{} lines for rules/", printed(&ran));
    let said = reported(&dist);
    assert_eq!(counted(&ran.stderr), said, "{}", ran.stderr);
    let loud: Vec<_> = said.iter().filter(|((_, severity), _)| severity != "note").collect();
    assert!(loud.is_empty(), "a shipped description has a loss that it does not accept: {loud:?}");
}

#[test]
fn everything_is_counted_once_and_each_place_is_shown_when_asked_for() {
    let here = folder("counted");
    let facets: String = (0..9).map(|at| format!("  facet f{at} on process.start (windows) {{ process.path == \"*\\\\tool{at}.exe\" }}\n")).collect();
    let broken: String = (0..12).map(|at| format!("  facet g{at} on process.start (windows) {{ process.nmae == \"tool{at}.exe\" }}\n")).collect();
    let text = format!(
        "vigie 1\nadvisory \"CALM-1\" {{ title: \"Calm\"  tlp: clear  published: 2024-01-10 }}\n\
         iocs c : domain {{ role: c2\n  - control-one.example\n  - control-two.example\n}}\n\
         behavior b \"Tools\" {{\n{facets}  facet two on process.start (windows) {{ process.name == \"a.exe\" and process.name == \"b.exe\" }}\n}}\n\
         behavior d \"Broken\" {{\n{broken}}}\n"
    );
    tree::write(&here, &[("in/calm.vigie".to_owned(), text.into_bytes())].into());
    let ran = vigie(VIGIE, &here, &["build", "in", "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 1);
    let said = reported(&here.join("dist"));
    assert_eq!(counted(&ran.stderr), said, "{}", ran.stderr);
    assert_eq!(said[&("check.wildcard".to_owned(), "warning".to_owned())], 9);
    assert!(ran.stderr.contains("×     9 more check.unknown-field") && ran.stderr.contains("a similar name is `process.name`"), "{}", ran.stderr);
    // One place is drawn, several are a line with the first of them.
    assert!(ran.stderr.contains("⚠     9 check.wildcard from in/calm.vigie:8:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("no event passes both tests of `process.name`\n"), "{}", ran.stderr);
    let last = ran.stderr.rfind("check.unknown-field").expect("errors are printed");
    assert!(last > ran.stderr.rfind("check.contradiction").expect("warnings are printed"), "errors come last");
    let long = vigie(VIGIE, &here, &["build", "in", "-o", "dist2", "--no-engine", "--verbose"]);
    let drawn = |code: &str| long.stderr.lines().filter(|line| *line == code).count();
    assert_eq!((drawn("check.wildcard"), drawn("check.unknown-field")), (9, 12));
    assert_eq!(tree::read(&here.join("dist")).get("report.json"), tree::read(&here.join("dist2")).get("report.json"));
    let without_notes = vigie(VIGIE, &here, &["check", "in", "--no-engine", "--verbose=warnings"]);
    assert!(without_notes.stderr.contains("check.wildcard") && !without_notes.stderr.contains('☞'), "{}", without_notes.stderr);
}

#[test]
fn one_is_no_plural() {
    let here = folder("one");
    let text =
        "vigie 1\nadvisory \"ONE-1\" { title: \"One\"  tlp: clear  published: 2024-01-10 }\niocs c : domain { role: c2\n  - control-one.example\n}\n";
    tree::write(&here, &[("one.vigie".to_owned(), text.as_bytes().to_vec())].into());
    let ran = vigie(VIGIE, &here, &["check", "one.vigie", "--no-engine", "-t", "suricata"]);
    assert!(ran.stdout.starts_with("1 input, "), "{}", ran.stdout);
    assert!(!format!(" {}{}", ran.stdout, ran.stderr).contains(" 1 inputs") && !ran.stdout.contains(" 1 errors"), "{}", ran.stdout);
}

#[test]
fn the_public_collection_of_sigma_rules_is_summed_up() {
    let Some(archive) = shared::path("corpora/sigma/sigmahq-rules.tar.gz") else { return };
    let here = folder("collection");
    let archive = std::fs::File::open(archive).expect("the archive can be read");
    tar::Archive::new(flate2::read::GzDecoder::new(archive)).unpack(here.join("rules")).expect("the archive can be unpacked");
    let ran = vigie(VIGIE, &here, &["build", "rules", "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(printed(&ran) <= COLLECTION, "{} lines:\n{}", printed(&ran), ran.stderr);
    println!("{} lines for the collection", printed(&ran));
    let said = reported(&here.join("dist"));
    assert_eq!(counted(&ran.stderr), said, "{}", ran.stderr);
    // Words of the taxonomy are no slips of the pen.
    for code in ["sigma-in.unknown-source", "sigma-in.unknown-field"] {
        assert_eq!(said.get(&(code.to_owned(), "warning".to_owned())), None, "{}", ran.stderr);
    }
    let _ = std::fs::remove_dir_all(&here);
}
