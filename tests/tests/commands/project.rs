//! Does `vigie.toml` decide what is built, for whom, and what holds where? Runs the binary in folders of a project.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::path::{Path, PathBuf};

use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::tree;

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

/// An empty folder that ends the search for `vigie.toml`.
fn folder(name: &str) -> PathBuf {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("project"), name);
    std::fs::create_dir(here.join(".git")).expect("a folder can be made");
    here
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
}

/// A description with one behaviour.
fn description(id: &str, more: &str) -> String {
    format!(
        "vigie 1\nadvisory \"{id}\" {{ title: \"t\" tlp: clear published: 2024-01-10 }}\n\
         behavior gate \"A gate\" {{ facet use on http.request {{ url.path == \"/{id}-gate\" }} }}\n{more}"
    )
}

#[test]
fn a_project_needs_no_path_from_any_folder_in_it() {
    let here = folder("inputs");
    put(&here, "rules/a.vigie", &description("PROJECT-A", ""));
    put(&here, "more/b.vigie", &description("PROJECT-B", ""));
    put(&here, "vigie.toml", "[project]\ninputs = [\"rules\", \"more/b.vigie\"]\ntargets = [\"suricata\", \"sigma\"]\noutput = \"made\"\n");
    let built = run(&here, &["build", "--no-engine"]);
    assert_eq!(built.exit, 0, "{}", built.stderr);
    assert!(built.stderr.contains("2 inputs") && built.stderr.contains("written to made"), "{}", built.stderr);
    let files = tree::read(&here.join("made"));
    assert!(files.keys().all(|path| ["suricata", "sigma", "report.json"].iter().any(|start| path.starts_with(start))), "{:?}", files.keys());
    assert!(here.join("vigie.lock").is_file(), "the lock lies beside vigie.toml");

    // From a folder below, the same file, the same lock, the same output.
    let below = here.join("rules");
    let again = run(&below, &["build", "--no-engine"]);
    assert_eq!(again.exit, 0, "{}", again.stderr);
    assert!(again.stderr.contains("written to ../made"), "{}", again.stderr);
    let differ: Vec<String> =
        tree::read(&here.join("made")).into_iter().filter(|(path, text)| files.get(path) != Some(text)).map(|(path, _)| path).collect();
    assert_eq!(differ, ["report.json"], "it names inputs as they were reached");
    for command in [&["check", "--no-engine"][..], &["test"], &["package", "--for", "sigma", "-o", "out", "--no-engine"], &["lock"]] {
        assert_eq!(run(&below, command).exit, 0, "{command:?}");
    }
    assert!(run(&here, &["lock", "--prune"]).stdout.contains("0 rows removed"));
    put(&here, "log.jsonl", "{\"Channel\":\"x\"}\n");
    assert!(!run(&here, &["hunt", "--logs", "log.jsonl"]).stderr.contains("PATH"));

    // What is given goes before what the file says.
    let one = run(&here, &["build", "--no-engine", "rules", "-t", "sigma", "-o", "other"]);
    assert!(one.exit == 0 && one.stderr.contains("1 input,") && !here.join("other/suricata").exists(), "{}", one.stderr);
}

#[test]
fn a_path_is_missing_only_where_nobody_says_one() {
    let here = folder("none");
    let bare = run(&here, &["check"]);
    assert!(bare.exit == 2 && bare.stderr.contains("there is no PATH, and no `vigie.toml`"), "{}", bare.stderr);
    put(&here, "vigie.toml", "[project]\ntargets = [\"sigma\"]\n");
    let without = run(&here, &["build"]);
    assert!(without.exit == 2 && without.stderr.contains("has no `inputs` below `[project]`"), "{}", without.stderr);
    // The search ends where the repository does.
    put(&here, "sub/.git/x", "");
    assert!(run(&here.join("sub"), &["build"]).stderr.contains("no `vigie.toml` in this folder"));
}

#[test]
fn what_fails_and_what_is_asked_of_descriptions_is_the_project_s() {
    let here = folder("policy");
    put(&here, "a.vigie", &description("PROJECT-A", ""));
    put(&here, "vigie.toml", "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"sigma\"]\nrequire_tests = true\ndeny = \"warnings\"\n");
    let untested = run(&here, &["check"]);
    assert!(untested.exit == 1 && untested.stderr.contains("denied here: 1 test.missing"), "{}", untested.stderr);
    assert_eq!(run(&here, &["check", "--deny", "errors"]).exit, 0, "the command line goes before the file");
    let settings = "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"sigma\"]\nrequire_tests = true\n";
    for (more, exit) in [("deny = \"warnings\"\nallow_codes = [\"test.missing\"]\n", 0), ("deny_codes = [\"test\"]\n", 1), ("", 0)] {
        put(&here, "vigie.toml", &format!("{settings}{more}"));
        assert_eq!(run(&here, &["check"]).exit, exit, "{more}");
    }
    put(&here, "a.vigie", &description("PROJECT-A", "").replace("tlp: clear", "tlp: red"));
    for (more, exit) in [("", 4), ("allow_codes = [\"gate\"]\n", 0), ("deny_codes = [\"gate.tlp\"]\n", 1)] {
        put(&here, "vigie.toml", &format!("{settings}{more}"));
        assert_eq!(run(&here, &["check", "--max-tlp", "green"]).exit, exit, "{more}");
    }
    put(&here, "a.vigie", &description("PROJECT-A", "test gate { match http.request { url.path: \"/PROJECT-A-gate\" } }\n"));
    assert_eq!(run(&here, &["check"]).exit, 0);
}

#[test]
fn targets_of_the_project_are_asked_for_and_others_are_not_missed() {
    let here = folder("asked");
    let text = "vigie 1\nadvisory \"PROJECT-L\" { title: \"t\" tlp: clear published: 2024-01-10 }\n\
        behavior run \"Run\" { facet use on process.start { process.command_line contains \"kestrel-run\" } }\n";
    put(&here, "a.vigie", text);
    put(&here, "vigie.toml", "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"suricata\"]\n");
    let ran = run(&here, &["check", "--format", "json"]);
    assert!(ran.exit == 0 && ran.stdout.contains("ledger.no-rule") && !ran.stdout.contains("\"severity\":\"error\""), "{}", ran.stdout);
}

#[test]
fn each_channel_has_what_may_go_there_and_a_package_what_all_its_channels_let_through() {
    let here = folder("channels");
    let text = "vigie 1\nadvisory \"PROJECT-C\" { title: \"t\" tlp: clear published: 2024-01-10 }\n\
        iocs names : domain { role: c2 direction: destination\n  - open.evil-corp.example\n  - closed.evil-corp.example { tlp: amber }\n}\n\
        behavior gate \"A gate\" { tlp: red facet use on http.request { url.path == \"/secret-gate\" } }\n";
    put(&here, "c.vigie", text);
    put(
        &here,
        "vigie.toml",
        "[project]\ninputs = [\"c.vigie\"]\ntargets = [\"sigma\", \"suricata\", \"splunk/raw\", \"splunk/cim\"]\n\
         [channel.partners]\ntargets = [\"sigma\", \"splunk/cim\"]\nmax_tlp = \"green\"\n[channel.all]\ntargets = [\"sigma\", \"suricata\"]\nmax_tlp = \"amber\"\n",
    );
    let ran = run(&here, &["build", "--no-engine", "--verbose"]);
    assert_eq!(ran.exit, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("`partners`") && ran.stderr.contains("the channel `all`"), "{}", ran.stderr);
    let files = tree::read(&here.join("dist"));
    let report: serde_json::Value = serde_json::from_slice(&files["report.json"]).expect("report.json is JSON");
    assert_eq!(report["channels"], serde_json::json!({ "all": "amber", "partners": "green" }));
    assert_eq!(report["withheld"][0]["reason"], "it is TLP:AMBER, and at most TLP:GREEN may leave through the channel `partners`");
    let holds = |folder: &str, word: &str| files.iter().any(|(path, text)| path.starts_with(folder) && String::from_utf8_lossy(text).contains(word));
    assert!(holds("sigma/", "open.evil-corp") && !holds("sigma/", "closed.evil-corp") && !holds("sigma/", "secret-gate"));
    assert!(holds("suricata/", "closed.evil-corp") && !holds("suricata/", "secret-gate"));
    assert!(holds("splunk/raw/", "closed.evil-corp") && holds("splunk/raw/", "secret-gate"), "no channel holds it");
    assert!(!holds("splunk/cim/", "closed.evil-corp") && !holds("splunk/cim/", "secret-gate"));

    let packed = run(&here, &["package", "--for", "splunk", "-o", "app", "--no-engine"]);
    assert_eq!(packed.exit, 4, "{}", packed.stderr);
    let app = tree::read(&here.join("app"));
    let told: Vec<&String> = app
        .iter()
        .filter(|(path, text)| *path != "report.json" && String::from_utf8_lossy(text).contains("closed.evil-corp"))
        .map(|(path, _)| path)
        .collect();
    assert!(told.is_empty(), "{told:?}");

    // With a ceiling for the whole run, the stricter of the two holds.
    let strict = run(&here, &["build", "--no-engine", "--max-tlp", "clear", "-o", "strict"]);
    assert!(strict.exit == 4 && !strict.stderr.contains("through the channel"), "{}", strict.stderr);
}

#[test]
fn an_environment_is_chosen_by_name() {
    let here = folder("environment");
    put(&here, "a.vigie", &description("PROJECT-E", ""));
    put(
        &here,
        "vigie.toml",
        "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"splunk/raw\", \"sigma\"]\n[profile.\"splunk/raw\".\"http.request\"]\n\"url.path\" = \"everywhere\"\n\
         [environment.lab.profile.\"splunk/raw\".\"http.request\"]\n\"url.path\" = \"there\"\n\
         [environment.lab.severity]\n\"PROJECT-E/gate\" = \"critical\"\n[environment.quiet]\nexclude = [\"PROJECT-E\"]\n",
    );
    let text = |out: &str| -> String { tree::read(&here.join(out)).into_values().map(|text| String::from_utf8_lossy(&text).into_owned()).collect() };
    assert_eq!(run(&here, &["build", "--no-engine", "-o", "plain"]).exit, 0);
    assert_eq!(run(&here, &["build", "--no-engine", "-o", "lab", "--environment", "lab"]).exit, 0);
    assert!(text("plain").contains("everywhere") && text("lab").contains("there") && !text("lab").contains("everywhere"));
    assert!(text("lab").contains("level: critical") && !text("plain").contains("level: critical"));
    let quiet = run(&here, &["build", "--no-engine", "-o", "quiet", "--environment", "quiet"]);
    assert!(
        quiet.exit == 0 && quiet.stderr.contains("1 withheld") && text("quiet").contains("the environment `quiet` leaves it out"),
        "{}",
        quiet.stderr
    );
    let wrong = run(&here, &["build", "--environment", "lap"]);
    assert!(wrong.exit == 3 && wrong.stderr.contains("did you mean `lab`?"), "{}", wrong.stderr);
}

#[test]
fn a_file_that_cannot_be_meant_ends_every_command() {
    let here = folder("wrong");
    put(&here, "a.vigie", &description("PROJECT-W", ""));
    put(&here, "vigie.toml", "[project]\n\ninput = [\"a.vigie\"]\n");
    for command in [
        &["build", "a.vigie"][..],
        &["check", "a.vigie"],
        &["test", "a.vigie"],
        &["hunt", "a.vigie", "--logs", "x"],
        &["lock"],
        &["package", "--for", "sigma", "-o", "x", "a.vigie"],
    ] {
        let ran = run(&here, command);
        assert_eq!(
            (ran.exit, ran.stderr.trim()),
            (3, "error: `vigie.toml`: line 3: `input` is no key of `[project]`; did you mean `inputs`?"),
            "{command:?}"
        );
    }
}

#[test]
fn a_project_that_was_begun_is_checked_tested_and_built_without_a_path() {
    for (ci, file) in [("github", ".github/workflows/vigie.yml"), ("gitlab", ".gitlab-ci.yml")] {
        let here = folder(&format!("init-{ci}"));
        let ran = run(&here, &["init", "new", "--ci", ci]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        let new = here.join("new");
        let first = tree::read(&new);
        assert_eq!(
            first.keys().cloned().collect::<std::collections::BTreeSet<_>>(),
            [".gitignore", "rules/first.vigie", "vigie.toml", file].map(str::to_owned).into()
        );
        let pipeline = String::from_utf8_lossy(&first[file]).into_owned();
        assert!(pipeline.contains("vigie-pull-request\n"), "{pipeline}");
        // What the file runs needs the lock that a first build writes.
        assert_eq!(run(&new, &["build", "--locked", "--no-engine"]).exit, 1);
        for command in
            [&["check", "--no-engine", "--deny", "warnings"][..], &["test"], &["build", "--no-engine"], &["build", "--no-engine", "--locked"]]
        {
            let ran = run(&new, command);
            assert_eq!(ran.exit, 0, "{command:?}: {}", ran.stderr);
        }
        assert!(run(&new, &["test"]).stdout.contains("2 passed, 0 failed"));
        assert!(new.join("dist/suricata").is_dir() && new.join("vigie.lock").is_file());

        put(&new, "vigie.toml", "# mine\n");
        put(&new, ".gitignore", "x\n");
        let again = run(&here, &["init", "new", "--ci", ci]);
        assert!(again.exit == 0 && again.stdout.contains("kept     new/vigie.toml") && again.stdout.contains("a line `/dist/`"), "{}", again.stdout);
        assert_eq!(tree::read(&new)["vigie.toml"], b"# mine\n");
    }
}

#[test]
fn a_locked_run_writes_nothing_when_a_row_would_be_new_or_change() {
    let here = folder("locked");
    put(&here, "a.vigie", &description("PROJECT-L", ""));
    put(&here, "vigie.toml", "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"suricata/7\", \"suricata/8\"]\n");
    let locked: [&[&str]; 3] = [
        &["build", "--no-engine", "--locked"],
        &["check", "--no-engine", "--locked"],
        &["package", "--for", "suricata", "-o", "pack", "--no-engine", "--locked"],
    ];
    for command in locked {
        let ran = run(&here, command);
        assert!(ran.exit == 1 && ran.stderr.contains("new: suricata 1") && ran.stderr.contains("PROJECT-L/gate.use"), "{command:?}: {}", ran.stderr);
        let left: Vec<String> = tree::read(&here).into_keys().filter(|path| !path.starts_with(".git/")).collect();
        assert_eq!(left, ["a.vigie", "vigie.toml"], "{command:?}");
    }
    assert_eq!(run(&here, &["build", "--no-engine"]).exit, 0);
    let before = tree::read(&here);
    for command in locked {
        let ran = run(&here, command);
        assert_eq!(ran.exit, 0, "{command:?}: {}", ran.stderr);
    }
    put(&here, "a.vigie", &description("PROJECT-L", "").replace("-gate\"", "-other-gate\""));
    let ran = run(&here, &["build", "--no-engine", "--locked"]);
    assert!(ran.exit == 1 && ran.stderr.contains("revision 1 becomes 2: suricata"), "{}", ran.stderr);
    let after = tree::read(&here);
    assert!(before.iter().filter(|(path, _)| path.starts_with("dist/") || *path == "vigie.lock").all(|(path, text)| after.get(path) == Some(text)));
}

#[test]
fn a_lock_that_a_merge_left_is_settled_by_a_command_of_its_own() {
    let here = folder("settle");
    let row = |sid: u32, rev: u32, digit: char, key: &str| format!("suricata {sid} {rev} {} {key}\n", digit.to_string().repeat(32));
    put(&here, "a.vigie", &description("PROJECT-S", ""));
    put(&here, "vigie.toml", "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"suricata\"]\n");
    let sides = [
        format!("{}{}", row(1_000_001, 3, 'a', "PROJECT-S/gate.use"), row(1_000_002, 1, 'a', "PROJECT-S/new.use")),
        format!("{}{}", row(1_000_001, 2, 'b', "PROJECT-S/gate.use"), row(1_000_002, 1, 'b', "PROJECT-S/other.use")),
    ];
    let mut made = Vec::new();
    for (ours, theirs) in [(0, 1), (1, 0)] {
        put(&here, "vigie.lock", &format!("# vigie.lock\n<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n", sides[ours], sides[theirs]));
        let stopped = run(&here, &["build", "--no-engine"]);
        assert!(stopped.exit == 3 && stopped.stderr.contains("`vigie lock --settle`"), "{}", stopped.stderr);
        assert!(!here.join("dist/suricata").exists());
        let settled = run(&here, &["lock", "--settle"]);
        assert_eq!(settled.exit, 0, "{}", settled.stderr);
        for words in [
            "1000001 revision 3 stays for PROJECT-S/gate.use",
            "1000002 stays with PROJECT-S/new.use; the next build gives PROJECT-S/other.use another number",
        ] {
            assert!(settled.stdout.contains(words), "{}", settled.stdout);
        }
        made.push(std::fs::read(here.join("vigie.lock")).expect("the lock is there"));
        assert!(run(&here, &["lock", "--settle"]).stdout.contains("nothing to settle"));
        assert_eq!(std::fs::read(here.join("vigie.lock")).ok().as_ref(), made.last());
    }
    assert_eq!(made[0], made[1], "both branches settle to the same bytes");
    assert_eq!(run(&here, &["build", "--no-engine"]).exit, 0);
    let text = std::fs::read_to_string(here.join("vigie.lock")).expect("the lock is there");
    assert!(text.contains("suricata 1000001 4 ") && text.lines().count() == 3, "{text}");

    // A merge by `union` leaves rows of both sides and no marks.
    put(&here, "vigie.lock", &sides.concat());
    assert!(run(&here, &["check"]).stderr.contains("`vigie lock --settle`"));
    assert_eq!(run(&here, &["lock", "--settle"]).exit, 0);
    assert_eq!(run(&here, &["lock"]).exit, 0);
}

#[test]
fn a_block_with_another_name_keeps_ids_numbers_and_revisions() {
    let here = folder("renamed");
    put(&here, "vigie.toml", "[project]\ninputs = [\"a.vigie\"]\ntargets = [\"suricata\", \"sigma\", \"kql/sentinel\"]\n");
    let text = |name: &str, former: &[&str], path: &str| {
        let claim = |end: &str| {
            let names: Vec<String> = former.iter().map(|name| format!("\"{name}{end}\"")).collect();
            if names.is_empty() { String::new() } else { format!("renamed_from: [{}]", names.join(", ")) }
        };
        format!(
            "vigie 1\nadvisory \"PROJECT-R\" {{ title: \"t\" tlp: clear published: 2024-01-10 }}\n\
             behavior {name} \"A gate\" {{ {} facet use on http.request {{ url.path == \"{path}\" }} }}\n\
             iocs {name}_names : domain {{ role: c2 direction: destination {}\n - evil-corp.example\n}}\n",
            claim(""),
            claim("_names")
        )
    };
    let build = |text: String| {
        put(&here, "a.vigie", &text);
        let ran = run(&here, &["build", "--no-engine", "--prune"]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        let report: serde_json::Value = serde_json::from_slice(&tree::read(&here.join("dist"))["report.json"]).expect("report.json is JSON");
        let rows = report["rows"].as_array().expect("a list").clone();
        let ids: Vec<String> = rows.iter().map(|row| format!("{} {}", row["target"], row["id"])).collect();
        let lock = std::fs::read_to_string(here.join("vigie.lock")).expect("the lock is there");
        let numbers: Vec<String> = lock.lines().skip(1).map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
        (ids, numbers, lock)
    };
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    let (ids, numbers, _) = build(text("old", &[], "/gate"));
    let (same, kept, lock) = build(text("new", &["old"], "/gate"));
    assert_eq!((sorted(same), sorted(kept)), (sorted(ids.clone()), sorted(numbers)));
    assert!(lock.contains("PROJECT-R/new.use") && !lock.contains("PROJECT-R/old"), "{lock}");
    // Another meaning is another revision of the same rule, and a further name is the same rule still.
    let (third, risen, _) = build(text("third", &["new", "old"], "/other-gate"));
    assert_eq!(sorted(third), sorted(ids.clone()));
    assert_eq!(risen.iter().filter(|number| number.ends_with(" 2")).count(), 1, "{risen:?}");
    let (fresh, ..) = build(text("fresh", &[], "/gate"));
    assert!(fresh.iter().all(|id| !ids.contains(id)), "without the line it is another rule");
}
