//! Can a person use it? Commands replayed as a person types them.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::{report, root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli"), name)
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
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
"#;

#[test]
fn the_main_job_gives_rules_for_every_product() {
    let here = folder("main-job");
    let ran = run(&root(), &["build", "rules/", "-o", here.join("dist").to_str().expect("a path"), "--no-engine"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let files = tree::read(&here.join("dist"));
    for target in ["sigma/", "suricata/", "yara/", "kql/", "splunk/"] {
        assert!(files.keys().any(|path| path.starts_with(target)), "nothing was written for {target}");
    }
    let report = report::read(&files);
    let listed: BTreeSet<&String> = report.rows.iter().flat_map(|row| &row.files).collect();
    assert!(listed.iter().all(|file| files.contains_key(*file)), "report.json names a file that is not there");
    assert!(files.contains_key("vigie.lock"));
}

#[test]
fn the_same_build_gives_the_same_bytes_for_any_order_of_inputs() {
    let here = folder("same-bytes");
    let mut names: Vec<String> = std::fs::read_dir(root().join("rules"))
        .expect("rules/ can be listed")
        .map(|entry| format!("rules/{}", entry.expect("a folder can be listed").file_name().to_str().expect("names are UTF-8")))
        .collect();
    names.sort();
    let mut built: Vec<BTreeMap<String, Vec<u8>>> = Vec::new();
    for turn in 0..3 {
        let out = here.join(format!("dist{turn}"));
        let mut arguments = vec!["build", "--no-engine", "-o", out.to_str().expect("a path")];
        match turn {
            0 => arguments.push("rules/"),
            1 => arguments.extend(names.iter().map(String::as_str)),
            _ => arguments.extend(names.iter().rev().map(String::as_str)),
        }
        let ran = run(&root(), &arguments);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        built.push(tree::read(&out));
    }
    for (path, bytes) in &built[0] {
        for other in &built[1..] {
            assert!(other.get(path) == Some(bytes), "`{path}` differs between two runs");
        }
    }
    assert!(built.iter().all(|files| files.len() == built[0].len()));
}

#[test]
fn building_again_changes_nothing_and_a_new_rule_leaves_the_numbers_alone() {
    let here = folder("again");
    put(&here, "in/good.vigie", GOOD);
    assert_eq!(run(&here, &["build", "in", "-o", "dist", "--no-engine"]).exit, 0);
    let first = tree::read(&here.join("dist"));
    assert_eq!(run(&here, &["build", "in", "-o", "dist", "--no-engine"]).exit, 0);
    assert_eq!(first, tree::read(&here.join("dist")));
    put(&here, "in/second.vigie", &GOOD.replace("GOOD-1", "GOOD-2").replace("evil-corp", "evil-too"));
    assert_eq!(run(&here, &["build", "in", "-o", "dist", "--no-engine"]).exit, 0);
    let second = tree::read(&here.join("dist"));
    let lines =
        |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> { String::from_utf8_lossy(&files["vigie.lock"]).lines().map(str::to_owned).collect() };
    let (before, after) = (lines(&first), lines(&second));
    assert!(before.iter().all(|line| after.contains(line)), "a number was changed: {before:?} {after:?}");
    assert!(after.len() > before.len());
}

#[test]
fn a_broken_description_says_all_its_errors_and_still_gives_the_rules_of_its_good_blocks() {
    let here = folder("broken");
    let text = GOOD.to_owned()
        + "\niocs wrong : ip {\n  role: c2   direction: destination\n  - 192.0.2.300\n  - 192.0.2.1\n}\n\nbehavior unknown_field {\n  facet run on process.start { process.nmae == \"x\" }\n}\n\niocs misspelt : domain {\n  roel: c2\n  - evil.example\n}\n";
    put(&here, "in/broken.vigie", &text);
    let ran = run(&here, &["build", "in", "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    for words in ["192.0.2.300", "process.nmae", "roel", "process.name", "role"] {
        assert!(ran.stderr.contains(words), "`{words}` is not in:\n{}", ran.stderr);
    }
    let check = run(&here, &["check", "in", "--format", "json", "--no-engine"]);
    assert_eq!(check.exit, 1);
    let mut places = BTreeSet::new();
    for line in check.stdout.lines() {
        let said: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        if said["severity"] == "error" {
            let place = &said["place"];
            let span = place["start"].as_u64().expect("a start") as usize..place["end"].as_u64().expect("an end") as usize;
            places.insert(text[span].to_owned());
        }
    }
    assert_eq!(places, ["192.0.2.300", "process.nmae", "roel"].map(str::to_owned).into());
    let files = tree::read(&here.join("dist"));
    let all: String = report::artefacts(&files).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert!(all.contains("evil-corp"), "the good block has no rule");
    assert!(all.contains("192.0.2.1"), "the good value of a block has no rule");
    assert!(!all.contains("192.0.2.300"));
}

#[test]
fn an_unreadable_file_costs_itself_alone() {
    let here = folder("unreadable");
    put(&here, "in/good.vigie", GOOD);
    tree::write(&here, &[("in/bad.vigie".to_owned(), b"vigie 1\n\0\x01\xff\xfe".to_vec())].into());
    let ran = run(&here, &["build", "in", "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("input.unreadable") && ran.stderr.contains("bad.vigie"), "{}", ran.stderr);
    assert!(tree::read(&here.join("dist")).keys().any(|path| path.starts_with("suricata/")));
    let ran = run(&here, &["build", "in", "missing", "-o", "dist2", "--no-engine"]);
    assert_eq!(ran.exit, 2);
    assert!(tree::read(&here.join("dist2")).keys().any(|path| path.starts_with("suricata/")));
}

#[test]
fn inputs_that_are_nothing_are_said() {
    let here = folder("nothing");
    std::fs::create_dir_all(here.join("empty")).expect("a folder can be made");
    let ran = run(&here, &["build", "empty", "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("input.nothing"), "{}", ran.stderr);
    put(&here, "odd.bin", "\u{1}\u{2} nothing known \u{3}\n");
    let ran = run(&here, &["build", "odd.bin", "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("input.unknown-format"), "{}", ran.stderr);
}

#[test]
fn an_example_that_does_not_hold_fails_the_descriptions_tests() {
    let here = folder("examples");
    let text = GOOD.to_owned()
        + "\ntest control {\n  match dns.query { dns.name: \"a.evil-corp.example\" }\n  no_match dns.query { dns.name: \"evil-corp.example\" }\n}\n";
    put(&here, "good.vigie", &text);
    let ran = run(&here, &["test", "good.vigie"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stdout.contains("1 passed, 1 failed"), "{}", ran.stdout);
    let code = "test.failed";
    assert!(ran.stderr.contains(code) && ran.stderr.contains("good.vigie:16:3"), "{}", ran.stderr);
    assert_eq!(run(&here, &["build", "good.vigie", "-o", "dist", "--no-engine"]).exit, 0, "an example is no part of a build");
}

#[test]
fn wrong_usage_says_what_is_there() {
    let here = folder("usage");
    put(&here, "good.vigie", GOOD);
    let ran = run(&here, &["build", "good.vigie", "-t", "qradar"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("qradar") && ran.stderr.contains("suricata"), "{}", ran.stderr);
    assert_eq!(run(&here, &["explain", "no.such-code"]).exit, 2);
    put(&here, "bad.lock", "nonsense\n");
    assert_eq!(run(&here, &["build", "good.vigie", "--lock", "bad.lock", "--no-engine"]).exit, 3);
    assert!(!here.join("dist").exists(), "a refused run writes nothing");
}

#[test]
fn every_code_can_be_explained() {
    let here = folder("explain");
    for code in vigie::codes() {
        let ran = run(&here, &["explain", code.slug]);
        assert_eq!(ran.exit, 0);
        assert!(ran.stdout.starts_with(&format!("# {}\n", code.slug)), "{}", ran.stdout);
    }
}

#[test]
fn rules_as_lines_are_the_rules_in_the_files() {
    let here = folder("lines");
    put(&here, "good.vigie", GOOD);
    assert_eq!(run(&here, &["build", "good.vigie", "-o", "dist", "--no-engine"]).exit, 0);
    let ran = run(&here, &["build", "good.vigie", "-o", "dist", "--emit", "jsonl", "--no-engine"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let files = tree::read(&here.join("dist"));
    let rules: String = files
        .iter()
        .filter(|(path, _)| path.starts_with("suricata/") && path.ends_with(".rules"))
        .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
        .collect();
    let mut seen = 0;
    for line in ran.stdout.lines() {
        let rule: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        for key in ["key", "id", "title", "source", "target", "profile", "outcome", "codes", "text"] {
            assert!(rule.get(key).is_some(), "`{key}` is missing in {line}");
        }
        if rule["target"] == "suricata" && rule["text"].is_string() {
            seen += 1;
            assert!(rules.contains(rule["text"].as_str().expect("text")), "{line} is in no file");
            assert!(rules.contains(&format!("sid:{};", rule["id"].as_str().expect("an id"))));
        }
    }
    assert!(seen > 0);
}

#[test]
fn the_feed_that_started_it_gives_its_161_addresses_everywhere() {
    let Some(feed) = shared::path("corpora/apt31/CERTFR-2021-IOC-003-IOC.csv") else { return };
    let text = std::fs::read_to_string(&feed).expect("the feed can be read");
    // The feed's values stand in its 19th column; no field of it holds a line break.
    let wanted: BTreeSet<String> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').rev().nth(1))
        .filter(|value| value.parse::<std::net::Ipv4Addr>().is_ok())
        .map(str::to_owned)
        .collect();
    assert_eq!(wanted.len(), 161);
    let here = folder("certfr");
    let ran = run(&here, &["build", feed.to_str().expect("a path"), "-o", "dist", "--no-engine"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let files = tree::read(&here.join("dist"));
    for target in ["suricata/", "sigma/", "kql/defender-xdr/", "kql/sentinel/", "kql/asim/", "splunk/raw/", "splunk/cim/"] {
        let all: String =
            files.iter().filter(|(path, _)| path.starts_with(target)).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned() + "\n").collect();
        assert_eq!(addresses(&all), wanted, "{target}");
        assert!(!all.contains("signature_component"), "{target} has a column's name as a value");
    }
}

/// Every IPv4 address that stands alone in a text.
fn addresses(text: &str) -> BTreeSet<String> {
    text.split(|char: char| !(char.is_ascii_digit() || char == '.'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| word.parse::<std::net::Ipv4Addr>().is_ok())
        .map(str::to_owned)
        .collect()
}
