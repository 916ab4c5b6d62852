//! Do packages for Sentinel and Defender hold what the products take, and the same on every day? Judged by the checker of `../shared/oracles/sentinel`.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use vigie_tests::run::{scratch, vigie};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");
const PRODUCTS: [&str; 3] = ["sentinel", "sentinel-asim", "defender"];

/// Files that the checker knows.
fn is_judged(path: &str) -> bool {
    let ends = |ending: &str| path.ends_with(ending);
    match path.split('/').next().unwrap_or_default() {
        "analytics-rules" | "arm" | "threat-intelligence" | "custom-detections" => ends(".yaml") || ends(".json"),
        "watchlists" => ends(".csv"),
        "mainTemplate.json" | "sentinel-deployment.config" => true,
        folder => folder.starts_with("part-") && ends("mainTemplate.json"),
    }
}

/// A package of some inputs, made twice.
fn packed(here: &Path, product: &str, input: &str) -> PathBuf {
    let folders = ["one", "two"].map(|turn| here.join(format!("{product}-{turn}")));
    for folder in &folders {
        let ran = vigie(VIGIE, &root(), &["package", "--for", product, input, "-o", folder.to_str().expect("a path"), "--no-engine"]);
        assert_eq!(ran.exit, 0, "{product}: {}", ran.stderr);
    }
    let [one, two] = folders;
    let (files, again) = (tree::read(&one), tree::read(&two));
    assert_eq!(files.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    assert!(files.iter().all(|(path, bytes)| again.get(path) == Some(bytes)), "{product}: the same package is not the same bytes");
    one
}

/// What the checker says of packages; `None` where it is not there.
fn judged(folders: &[PathBuf]) -> Option<String> {
    let checker = shared::path("oracles/sentinel/check.py")?;
    let tools = root().join("target/oracles");
    let python = tools.join("sentinel/bin/python");
    if !python.exists() {
        shared::skip("target/oracles/sentinel, which .ci/run installs");
        return None;
    }
    let files = |folder: &PathBuf| tree::read(folder).into_keys().filter(|path| is_judged(path)).map(|path| folder.join(path)).collect::<Vec<_>>();
    let names: Vec<PathBuf> = folders.iter().flat_map(files).collect();
    assert!(names.len() > 60, "{} files are judged", names.len());
    let ran = Command::new(python).arg(checker).arg("--kql").args(&names).env("KQL_MODULES", tools.join("kql")).output().expect("the checker starts");
    let said = String::from_utf8(ran.stdout).expect("findings are UTF-8");
    assert!(matches!(ran.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(said.lines().filter(|line| line.contains("\"Error\"")).collect::<Vec<_>>().join("\n"))
}

/// Packs for every product, and asks the checker.
fn all(name: &str, input: &str) {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-sentinel"), name);
    let folders = PRODUCTS.map(|product| packed(&here, product, input));
    if let Some(errors) = judged(&folders) {
        assert_eq!(errors, "");
    }
}

#[test]
fn packages_of_our_rules_are_taken() {
    all("rules", "rules/");
}

#[test]
fn packages_of_a_long_feed_are_taken() {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-sentinel"), "input");
    let mut feed = "value,type,comment\n".to_owned();
    for number in 0..2_000 {
        let _ = writeln!(feed, "host{number}.bad{}.example,domain,\"=seen, once\"", number % 97);
        let _ = writeln!(feed, "2001:db8::{:x},ip,-relay", number + 1);
    }
    for number in 0..1_000 {
        let _ = writeln!(feed, "{number:064x},sha256,");
    }
    let path = here.join("feed.csv");
    tree::write(&here, &BTreeMap::from([("feed.csv".to_owned(), feed.into_bytes())]));
    all("feed", path.to_str().expect("a path"));
}

/// An input that is not understood would retire its rules; what the product cannot say hinders nobody.
#[test]
fn a_damaged_input_writes_no_package() {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-sentinel"), "damaged");
    let text = "vigie 1\n\nadvisory \"EXAMPLE-1\" {\n  title: \"Example\"\n  tlp: clear\n  published: 2024-01-10\n}\n\n\
                iocs a : domain {\n  role: c2   direction: destination\n  - a.example\n}\n\niocs b : mutex {\n  role: payload\n  - abc\n}\n";
    tree::write(&here, &BTreeMap::from([("a.vigie".to_owned(), text.as_bytes().to_vec()), ("b.vigie".to_owned(), b"vigie 1\n\nadvisory".to_vec())]));
    let package = |input: &str, out: &str| vigie(VIGIE, &here, &["package", "--for", "sentinel", input, "-o", out]);
    let good = package("a.vigie", "good");
    assert_eq!((good.exit, here.join("good/manifest.json").exists()), (0, true), "{}", good.stderr);
    let bad = package(".", "bad");
    assert!(bad.exit != 0 && bad.stderr.contains("nothing is written") && !here.join("bad/manifest.json").exists(), "{}", bad.stderr);
}

/// What is retired is switched off for one version, and gone after it.
#[test]
fn a_rule_that_is_gone_is_switched_off_once() {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-sentinel"), "retired");
    let text = |names: &[&str]| {
        let blocks: String =
            names.iter().map(|name| format!("iocs {name} : domain {{\n  role: c2   direction: destination\n  - {name}.example\n}}\n")).collect();
        format!("vigie 1\n\nadvisory \"EXAMPLE-1\" {{\n  title: \"Example\"\n  tlp: clear\n  published: 2024-01-10\n}}\n\n{blocks}").into_bytes()
    };
    let package = |names: &[&str], out: &str, previous: Option<&str>| {
        tree::write(&here, &BTreeMap::from([("in/a.vigie".to_owned(), text(names))]));
        let mut arguments = vec!["package", "--for", "sentinel", "in", "-o", out];
        arguments.extend(previous.into_iter().flat_map(|previous| ["--previous", previous]));
        let ran = vigie(VIGIE, &here, &arguments);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        tree::read(&here.join(out))
    };
    let one = package(&["kestrel", "falcon"], "one", None);
    let two = package(&["kestrel"], "two", Some("one"));
    let three = package(&["kestrel"], "three", Some("two"));
    let has = |files: &BTreeMap<String, Vec<u8>>| ["arm/retired.json", "retired.json"].map(|path| files.contains_key(path));
    assert_eq!([has(&one), has(&two), has(&three)], [[false; 2], [true; 2], [false; 2]]);
    let retired: serde_json::Value = serde_json::from_slice(&two["arm/retired.json"]).expect("it is JSON");
    let resources = retired["resources"].as_array().expect("it has resources");
    assert!(!resources.is_empty() && resources.iter().all(|rule| rule["properties"]["enabled"] == false));
}
