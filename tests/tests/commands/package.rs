//! Is a package what its manifest says, the same each time, and does it say what changed?
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("package"), name)
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

/// A description of two lists and a behaviour, with these names in the first list.
fn description(names: &[&str], behaviour: bool) -> String {
    let list: String = names.iter().map(|name| format!("  - {name}\n")).collect();
    let spawned = if behaviour {
        "behavior shell \"Office starts a shell\" {\n  severity: high\n  facet spawn on process.start (windows) {\n    process.name == \"cmd.exe\" and process.parent.name == \"winword.exe\"\n  }\n}\n"
    } else {
        ""
    };
    format!(
        "vigie 1\n\nadvisory \"PACK-1\" {{\n  title: \"Packed\"\n  tlp: green\n  published: 2026-01-10\n}}\n\n\
         iocs control : domain {{\n  role: c2   direction: destination\n{list}}}\n\n\
         iocs files : sha256 {{\n  role: payload\n  - {}\n}}\n\n{spawned}",
        "a1".repeat(32)
    )
}

fn put(folder: &Path, text: &str) {
    tree::write(folder, &[("in.vigie".to_owned(), text.as_bytes().to_vec())].into());
}

fn products() -> Vec<&'static str> {
    registry::packages().map(|(_, package)| package.id).collect()
}

fn packed(folder: &Path, product: &str, output: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["package", "--for", product, "in.vigie", "-o", output, "--no-engine"];
    arguments.extend(more);
    run(folder, &arguments)
}

fn json(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Value {
    serde_json::from_slice(&files[path]).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The parts of a folder that a run keeps for itself, and the numbers that it carries on.
fn ours(path: &str) -> bool {
    path == "report.json" || path == "vigie.lock" || path.starts_with(".vigie-build")
}

#[test]
fn a_package_is_the_same_each_time_and_holds_what_its_manifest_says() {
    for product in products() {
        let here = folder(&format!("same-{product}"));
        let mut all = Vec::new();
        for (at, order) in [["rules/apt31-relays", "rules/linux-implant"], ["rules/linux-implant", "rules/apt31-relays"]].iter().enumerate() {
            let out = here.join(at.to_string());
            let out = out.to_str().expect("a path");
            let ran = run(&root(), &["package", "--for", product, order[0], order[1], "-o", out, "--no-engine"]);
            assert_eq!(ran.exit, 0, "{product}: {}", ran.stderr);
            all.push(tree::read(Path::new(out)));
        }
        let differ: Vec<&String> = all[0].keys().filter(|path| *path != "report.json" && all[1].get(*path) != all[0].get(*path)).collect();
        assert!(differ.is_empty() && all[0].len() == all[1].len(), "{product}: {differ:?}");
        let files = &all[0];
        let sums = String::from_utf8(files["SHA256SUMS"].clone()).expect("it is text");
        let listed: BTreeMap<&str, &str> = sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, path)| (path, sum)).collect();
        for (path, bytes) in files.iter().filter(|(path, _)| !ours(path) && *path != "SHA256SUMS") {
            assert_eq!(listed.get(path.as_str()), Some(&hex::encode(Sha256::digest(bytes)).as_str()), "{product}: {path}");
        }
        let manifest = json(files, "manifest.json");
        let artefacts = manifest["artefacts"].as_object().expect("a map");
        for path in files.keys().filter(|path| !ours(path) && !["SHA256SUMS", "manifest.json", "CHANGES.json"].contains(&path.as_str())) {
            assert!(artefacts.contains_key(path), "{product}: the manifest does not list {path}");
        }
        let rules = manifest["rules"].as_array().expect("a list");
        assert!(!rules.is_empty(), "{product}: there is no rule");
        for rule in rules {
            let standing: Vec<&str> = rule["artefacts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            assert!(standing.iter().all(|path| files.contains_key(*path)), "{product}: {rule}");
            for key in ["key", "id", "title", "advisory", "severity", "verdict", "outcome", "sha256"] {
                assert!(rule[key].as_str().is_some_and(|text| !text.is_empty()), "{product}: a rule without `{key}`: {rule}");
            }
        }
        let text = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
        let page = files.keys().find(|path| path.starts_with("docs/rules/") && path.ends_with(".html")).expect("a page");
        assert!(text("docs/index.html").contains(page.trim_start_matches("docs/")), "{product}: the index does not lead to {page}");
        assert!(!text(page).contains("http-equiv") && !text(page).contains("src=\"http"), "{product}: a page loads something");
    }
}

#[test]
fn one_more_value_changes_what_holds_it_and_nothing_else() {
    for product in products() {
        let here = folder(&format!("more-{product}"));
        put(&here, &description(&["evil-corp.example", "other-corp.example"], true));
        assert_eq!(packed(&here, product, "old", &[]).exit, 0, "{product}");
        // Numbers go on where they were.
        if here.join("old/vigie.lock").is_file() {
            std::fs::create_dir_all(here.join("new")).expect("a folder can be made");
            std::fs::copy(here.join("old/vigie.lock"), here.join("new/vigie.lock")).expect("a file can be copied");
        }
        put(&here, &description(&["evil-corp.example", "other-corp.example", "third-corp.example"], true));
        let ran = packed(&here, product, "new", &["--previous", "old"]);
        assert_eq!(ran.exit, 0, "{product}: {}", ran.stderr);
        let (old, new) = (tree::read(&here.join("old")), tree::read(&here.join("new")));
        let manifest = json(&new, "manifest.json");
        let of_list: BTreeSet<&str> = manifest["rules"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|rule| rule["key"].as_str().is_some_and(|key| key.contains("control")))
            .filter_map(|rule| rule["id"].as_str())
            .collect();
        for (path, bytes) in &new {
            if old.get(path) == Some(bytes)
                || ours(path)
                || path.starts_with("docs/")
                || ["SHA256SUMS", "manifest.json", "CHANGES.json"].contains(&path.as_str())
            {
                continue;
            }
            let rules: BTreeSet<&str> = manifest["artefacts"][path]["rules"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            // An archive or a list names no rule; a file that several share names one of the list.
            assert!(rules.is_empty() || !rules.is_disjoint(&of_list), "{product}: {path} changed and holds nothing of the list");
        }
        let changes = json(&new, "CHANGES.json");
        let said = |key: &str| changes[key].as_array().map_or(0, Vec::len);
        assert_eq!((said("retired"), changes["previous"].as_str()), (0, Some("1.0.0")), "{product}: {changes}");
        // A sensor may have a rule for each name.
        for changed in ["changed", "added"].iter().flat_map(|key| changes[key].as_array().into_iter().flatten()) {
            assert!(changed["key"].as_str().is_some_and(|key| key.contains("control")), "{product}: {changed}");
        }
        // A scanner of files knows no names of domains, and a bundle has values that stand in no rule.
        assert!(product == "yara" || said("changed") + said("added") > 0, "{product}: {changes}");
        assert!(product == "yara" || said("files_changed") > 0, "{product}: {changes}");
    }
}

#[test]
fn a_rule_that_goes_is_named_and_one_that_cannot_be_read_stops_everything() {
    for product in products().into_iter().filter(|product| *product != "yara") {
        let here = folder(&format!("retired-{product}"));
        put(&here, &description(&["evil-corp.example"], true));
        assert_eq!(packed(&here, product, "old", &[]).exit, 0, "{product}");
        put(&here, &description(&["evil-corp.example"], false));
        let ran = packed(&here, product, "new", &["--previous", "old"]);
        assert_eq!(ran.exit, 0, "{product}: {}", ran.stderr);
        let new = tree::read(&here.join("new"));
        let manifest = json(&new, "manifest.json");
        let retired: Vec<&str> = json(&new, "CHANGES.json")["retired"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|rule| rule["key"].as_str().map(str::to_owned))
            .map(|key| if key.contains("shell") { "shell" } else { "other" })
            .collect();
        let had = json(&tree::read(&here.join("old")), "manifest.json")["rules"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|rule| rule["key"].as_str().is_some_and(|key| key.contains("shell")));
        assert_eq!(!retired.is_empty(), had, "{product}");
        assert_eq!(manifest["package"]["version"], if had { "1.0.1" } else { "1.0.0" }, "{product}");
        assert!(retired.iter().all(|what| *what == "shell"), "{product}");

        let before = tree::read(&here.join("new"));
        put(&here, "vigie 1\n\nadvisory \"PACK-1\" { titel: 7 }\n");
        let ran = packed(&here, product, "new", &["--previous", "old"]);
        assert_eq!(ran.exit, 1, "{product}: {}", ran.stderr);
        assert_eq!(tree::read(&here.join("new")), before, "{product}: something was written");
    }
}

#[test]
fn numbers_and_versions_follow_those_of_the_package_before() {
    let here = folder("follow");
    let version = |output: &str| json(&tree::read(&here.join(output)), "manifest.json")["package"]["version"].as_str().unwrap_or_default().to_owned();
    let revisions = |output: &str| {
        let rules = std::fs::read_to_string(here.join(output).join("suricata-8/rules/PACK-1.rules")).expect("there are rules");
        (rules.matches("rev:1;").count(), rules.matches("rev:2;").count())
    };
    // Some addresses are one rule, which means something else with one more.
    let relays = |last: &str| {
        put(
            &here,
            &format!(
                "vigie 1\n\nadvisory \"PACK-1\" {{\n  title: \"Packed\"\n  tlp: green\n  published: 2026-01-10\n}}\n\niocs relays : ip {{\n  role: relay   direction: destination\n  - 192.0.2.1\n  - {last}\n}}\n"
            ),
        );
    };
    relays("192.0.2.2");
    assert_eq!(packed(&here, "suricata", "old", &[]).exit, 0);
    let (rules, _) = revisions("old");
    relays("192.0.2.3");
    assert_eq!(packed(&here, "suricata", "new", &["--previous", "old"]).exit, 0);
    assert_eq!((version("old").as_str(), version("new").as_str(), revisions("new")), ("1.0.0", "1.0.1", (0, rules)));
    assert_eq!(packed(&here, "suricata", "same", &["--previous", "new"]).exit, 0);
    assert_eq!((version("same").as_str(), revisions("same")), ("1.0.1", (0, rules)), "nothing is new");
    for (asked, why) in [("1.0.1", "and this one differs"), ("1.0.0", "lies before")] {
        relays("192.0.2.4");
        let ran = packed(&here, "suricata", "wrong", &["--previous", "new", "--package-version", asked]);
        assert!(ran.exit == 2 && ran.stderr.contains(why), "{asked}: {} {}", ran.exit, ran.stderr);
        assert!(!here.join("wrong/manifest.json").exists(), "{asked}");
    }
}

#[test]
fn a_lock_that_went_back_makes_no_package() {
    let here = folder("older");
    let put = |path: &str, text: &str| tree::write(&here, &[(path.to_owned(), text.as_bytes().to_vec())].into());
    put("vigie.toml", "[package]\nname = \"pack\"\n");
    let relays = |id: &str, addresses: &str| {
        let head = "title: \"Packed\"\n  tlp: green\n  published: 2026-01-10";
        put(
            "in.vigie",
            &format!("vigie 1\n\nadvisory \"{id}\" {{\n  {head}\n}}\n\niocs relays : ip {{\n  role: relay   direction: destination\n{addresses}}}\n"),
        );
    };
    let pack = |output: &str, previous: &[&str]| {
        let ran = packed(&here, "suricata", output, &[&["--profile", "8"], previous].concat());
        let _ = std::fs::remove_dir_all(here.join("wrong"));
        ran
    };
    let lock = || std::fs::read_to_string(here.join("vigie.lock")).expect("the lock is there");
    relays("PACK-1", "  - 192.0.2.1\n");
    assert_eq!(pack("one", &[]).exit, 0);
    let first = lock();
    relays("PACK-1", "  - 192.0.2.1\n  - 192.0.2.2\n");
    assert_eq!(pack("two", &["--previous", "one"]).exit, 0);
    let rule = |output: &str| json(&tree::read(&here.join(output)), "manifest.json")["rules"][0].clone();
    assert_eq!((&rule("one")["revision"], &rule("two")["revision"]), (&Value::from(1), &Value::from(2)));
    let sid = rule("two")["id"].as_str().expect("a number").to_owned();

    // The lock goes back: with the rule of then, with another one, with another rule's number.
    let of_other = first.replace("PACK-1/", "PACK-2/");
    for (id, addresses, lock, why) in [
        ("PACK-1", "  - 192.0.2.1\n", &first, "had revision 2 in the package before, and has 1 now"),
        ("PACK-1", "  - 192.0.2.9\n", &first, "means something else than in the package before, by the same revision 2"),
        ("PACK-2", "  - 192.0.2.1\n", &of_other, "is a number of `PACK-1/relays"),
    ] {
        relays(id, addresses);
        put("vigie.lock", lock);
        let ran = pack("wrong", &["--previous", "two"]);
        assert!(ran.exit == 1 && ran.stderr.contains("package.older-numbers") && ran.stderr.contains(&sid), "{}: {}", ran.exit, ran.stderr);
        let said: String = ran.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(said.contains(why) && said.contains("nothing is written: sensors know these numbers"), "{said}");
    }

    // The rule goes back alone, and the lock stays.
    relays("PACK-1", "  - 192.0.2.1\n");
    put("vigie.lock", &first);
    assert_eq!(pack("one", &[]).exit, 0);
    relays("PACK-1", "  - 192.0.2.1\n  - 192.0.2.2\n");
    assert_eq!(pack("two", &["--previous", "one"]).exit, 0);
    relays("PACK-1", "  - 192.0.2.1\n");
    assert_eq!(pack("three", &["--previous", "two"]).exit, 0);
    assert_eq!(
        (&rule("three")["id"], &rule("three")["revision"], &rule("three")["meaning"]),
        (&rule("one")["id"], &Value::from(3), &rule("one")["meaning"])
    );
}

#[test]
fn a_feed_that_came_empty_retires_nothing() {
    for product in ["splunk", "sentinel", "suricata", "stix"] {
        let here = folder(&format!("emptied-{product}"));
        let feed = |text: &str| tree::write(&here, &[("feed.csv".to_owned(), text.as_bytes().to_vec())].into());
        let run = |output: &str, more: &[&str]| {
            let mut arguments = vec!["package", "--for", product, "feed.csv", "-o", output, "--no-engine"];
            arguments.extend(more);
            run(&here, &arguments)
        };
        feed("value,type\nevil-corp.example,domain\n");
        assert_eq!(run("old", &[]).exit, 0, "{product}");
        for text in ["", "value,type\n"] {
            feed(text);
            let ran = run("new", &["--previous", "old"]);
            assert!(ran.exit == 1 && ran.stderr.contains("nothing is written"), "{product}: {} {}", ran.exit, ran.stderr);
            assert!(!here.join("new/manifest.json").exists(), "{product}");
        }
    }
}

#[test]
fn another_title_is_another_rule_where_rules_are_known_by_it() {
    let here = folder("renamed");
    let text = description(&["evil-corp.example"], true);
    put(&here, &text);
    assert_eq!(packed(&here, "splunk", "old", &[]).exit, 0);
    put(&here, &text.replace("Office starts a shell", "An editor starts a shell"));
    let ran = packed(&here, "splunk", "new", &["--previous", "old"]);
    assert!(ran.exit == 0 && ran.stderr.contains("package.renamed"), "{}: {}", ran.exit, ran.stderr);
    // A sensor has a rule for each name, and one of them goes.
    put(&here, &description(&["evil-corp.example", "other-corp.example"], true));
    assert_eq!(packed(&here, "suricata", "sensor", &[]).exit, 0);
    put(&here, &text);
    let ran = packed(&here, "suricata", "next", &["--previous", "sensor"]);
    assert!(ran.stderr.contains("retired") && !ran.stderr.contains("package.renamed"), "{}", ran.stderr);
}

#[test]
fn objects_of_a_bundle_are_later_when_they_change_and_revoked_when_they_go() {
    let here = folder("succession");
    put(&here, &description(&["evil-corp.example", "other-corp.example"], true));
    assert_eq!(packed(&here, "stix", "old", &[]).exit, 0);
    put(&here, &description(&["other-corp.example"], true));
    assert_eq!(packed(&here, "stix", "new", &["--previous", "old"]).exit, 0);
    let (old, new) = (json(&tree::read(&here.join("old")), "bundle.json"), json(&tree::read(&here.join("new")), "bundle.json"));
    let find = |bundle: &Value, name: &str| {
        bundle["objects"].as_array().into_iter().flatten().find(|object| object["name"] == name).cloned().unwrap_or_else(|| panic!("no {name}"))
    };
    let (gone, stays) = (find(&new, "evil-corp.example"), find(&new, "other-corp.example"));
    assert_eq!((&gone["revoked"], stays.get("revoked")), (&Value::Bool(true), None));
    assert_eq!(stays["modified"], find(&old, "other-corp.example")["modified"]);
    assert!(gone["modified"].as_str() > find(&old, "evil-corp.example")["modified"].as_str());

    std::fs::write(here.join("new/bundle.json"), "{").expect("a file can be written");
    let ran = packed(&here, "stix", "broken", &["--previous", "new"]);
    assert!(ran.exit != 0 && ran.stderr.contains("sigma.bundle-before"), "{}: {}", ran.exit, ran.stderr);
    assert!(!here.join("broken/manifest.json").exists());
}

#[test]
fn what_is_asked_for_wrongly_is_refused_kindly() {
    let here = folder("wrong");
    put(&here, &description(&["evil-corp.example"], true));
    let ran = packed(&here, "excel", "out", &[]);
    assert!(ran.exit == 2 && ran.stderr.contains("known are") && ran.stderr.contains("suricata"), "{}: {}", ran.exit, ran.stderr);
    let ran = packed(&here, "suricata", "out", &["-t", "kql"]);
    assert!(ran.exit == 2 && ran.stderr.contains("targets of its product"), "{}: {}", ran.exit, ran.stderr);
    let ran = packed(&here, "suricata", "out", &["--package-version", "new"]);
    assert!(ran.exit == 2 && ran.stderr.contains("three numbers"), "{}: {}", ran.exit, ran.stderr);
    let ran = packed(&here, "suricata", "out", &["--previous", "nothing"]);
    assert!(ran.exit == 3 && ran.stderr.contains("manifest.json"), "{}: {}", ran.exit, ran.stderr);
    assert_eq!(packed(&here, "yara", "other", &[]).exit, 0);
    let ran = packed(&here, "suricata", "out", &["--previous", "other"]);
    assert!(ran.exit == 3 && ran.stderr.contains("a package for yara"), "{}: {}", ran.exit, ran.stderr);
    tree::write(&here, &[("none.csv".to_owned(), b"value,type\nevil-corp.example,domain\n".to_vec())].into());
    let ran = run(&here, &["package", "--for", "yara", "none.csv", "-o", "none", "--no-engine"]);
    assert!(ran.exit == 0 && ran.stderr.contains("package.empty"), "{}: {}", ran.exit, ran.stderr);
    let before = tree::read(&here.join("other"));
    let ran = packed(&here, "suricata", "other", &[]);
    assert!(ran.exit == 3 && ran.stderr.contains("holds a package for yara"), "{}: {}", ran.exit, ran.stderr);
    assert_eq!(tree::read(&here.join("other")), before, "a package for another product is what a site goes back to");
    tree::write(&here, &[("vigie.toml".to_owned(), b"[package.suricata]\nurl = \"rules.example\"\n".to_vec())].into());
    let ran = packed(&here, "suricata", "out", &[]);
    assert!(ran.exit == 1 && ran.stderr.contains("suricata.package-settings"), "{}: {}", ran.exit, ran.stderr);
    assert!(!here.join("out/manifest.json").exists(), "a package was written");
}
