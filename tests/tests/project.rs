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
    assert!(untested.exit == 1 && untested.stderr.contains("test.missing"), "{}", untested.stderr);
    assert_eq!(run(&here, &["check", "--deny", "errors"]).exit, 0, "the command line goes before the file");
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
