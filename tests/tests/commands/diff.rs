//! Is it told what changed in meaning, with an event that only one of the two finds?
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::tree;

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff"), name)
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
}

/// A description with a list, a behaviour and a correlation.
fn description(names: &[&str], asked: &str, times: u32) -> String {
    let list: String = names.iter().map(|name| format!("  - {name}\n")).collect();
    format!(
        "vigie 1\n\nadvisory \"DIFF-1\" {{\n  title: \"Differs\"\n  tlp: green\n  published: 2026-01-10\n}}\n\n\
         iocs control : domain {{\n  role: c2   direction: destination\n{list}}}\n\n\
         behavior shell \"Office starts a shell\" {{\n  severity: high\n  facet spawn on process.start (windows) {{\n    {asked}\n  }}\n}}\n\n\
         correlate guessing \"Many failed logons\" {{\n  severity: medium\n  by: [source.ip]   within: 5m\n  \
         count {{ fail on auth.logon {{ outcome == \"failure\" }} x {times}.. }}\n}}\n"
    )
}

const ASKED: &str = r#"process.name in ["cmd.exe", "powershell.exe"] and process.parent.name == "winword.exe""#;

fn compared(name: &str, old: &str, new: &str, more: &[&str]) -> Ran {
    let here = folder(name);
    put(&here, "old.vigie", old);
    put(&here, "new.vigie", new);
    let mut arguments = vec!["diff", "old.vigie", "new.vigie"];
    arguments.extend(more);
    run(&here, &arguments)
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr))
}

fn rule<'v>(all: &'v Value, key: &str) -> &'v Value {
    all["rules"].as_array().expect("a list").iter().find(|rule| rule["key"] == key).unwrap_or_else(|| panic!("{key}: {all:#}"))
}

#[test]
fn other_words_for_the_same_are_no_change() {
    let old = description(&["one.example", "two.example"], ASKED, 10);
    let other = r#"not (process.parent.name != "WINWORD.EXE" or not process.name == "powershell.exe" and process.name != "cmd.exe")"#;
    let new = description(&["two.example", "one.example"], other, 10);
    let ran = compared("same", &old, &new, &["-t", "sigma,kql/sentinel", "--fail-on", "added,removed,wider,narrower,changed,undecided"]);
    assert_eq!(ran.exit, 0, "{} {}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("reworded   DIFF-1/shell.spawn"), "{}", ran.stdout);
    let same = compared("identical", &old, &old, &["--fail-on", "reworded,changed,undecided"]);
    assert_eq!((same.exit, same.stdout.lines().count()), (0, 1), "{}", same.stdout);
    assert!(same.stdout.contains("none differs in what it finds"), "{}", same.stdout);
}

#[test]
fn each_change_has_an_event_that_only_one_side_finds() {
    let old = description(&["one.example", "two.example"], ASKED, 10);
    let wider =
        description(&["one.example", "two.example", "three.example"], &ASKED.replace(r#""powershell.exe""#, r#""powershell.exe", "pwsh.exe""#), 8);
    let ran = compared("wider", &old, &wider, &["--format", "json", "--fail-on", "narrower,changed"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let all = json(&ran);
    let spawn = rule(&all, "DIFF-1/shell.spawn");
    assert_eq!((&spawn["meaning"], &spawn["lost"]), (&Value::from("wider"), &Value::Null), "{spawn:#}");
    let path = spawn["gained"]["events"][0]["fields"]["process.path"].as_str().expect("a path");
    assert!(path.ends_with("pwsh.exe"), "{path}");
    assert_eq!(spawn["targets"]["sigma"]["change"], "wider");
    let guessing = rule(&all, "DIFF-1/guessing");
    let events = guessing["gained"]["events"].as_array().expect("events").len();
    assert!((8..10).contains(&events), "{guessing:#}");
    assert_eq!(all["indicators_added"][0]["value"], "three.example");
    assert_eq!(all["indicators_removed"], Value::Array(Vec::new()));

    let back = compared("narrower", &wider, &old, &["--format", "json", "--fail-on", "narrower"]);
    assert_eq!(back.exit, 1);
    let all = json(&back);
    assert_eq!((&rule(&all, "DIFF-1/shell.spawn")["meaning"], &all["indicators_removed"][0]["value"]), (&"narrower".into(), &"three.example".into()));

    let other = description(&["one.example", "two.example"], &ASKED.replace("winword.exe", "excel.exe"), 10);
    let changed = compared("changed", &old, &other, &["-t", "sigma"]);
    let lines: Vec<&str> = changed.stdout.lines().collect();
    let parent = |line: &&str, name: &str| line.contains("process.start (windows) {") && line.contains(name);
    assert!(lines[0].starts_with("changed    DIFF-1/shell.spawn"), "{}", changed.stdout);
    assert!(lines.iter().any(|line| line.contains("finds now") && parent(line, "excel.exe")), "{}", changed.stdout);
    assert!(lines.iter().any(|line| line.contains("finds no more") && parent(line, "winword.exe")), "{}", changed.stdout);
}

#[test]
fn what_is_new_gone_or_called_otherwise_is_listed() {
    let old = description(&["one.example"], ASKED, 10);
    let new = old.replace("behavior shell", "behavior other").replace("severity: medium", "severity: high");
    let all = json(&compared("renamed", &old, &new, &["--format", "json", "-t", "sigma"]));
    assert_eq!(rule(&all, "DIFF-1/shell.spawn")["meaning"], "removed");
    assert_eq!(rule(&all, "DIFF-1/other.spawn")["meaning"], "added");
    assert_eq!(rule(&all, "DIFF-1/other.spawn")["targets"]["sigma"]["new"], "exact");
    let said = &rule(&all, "DIFF-1/guessing")["said"][0];
    assert_eq!((&said["what"], &said["old"], &said["new"]), (&"severity".into(), &"medium".into(), &"high".into()));
}

#[test]
fn a_rule_that_kept_its_identity_is_compared_under_its_new_name() {
    let old = description(&["one.example"], ASKED, 10);
    let new = old.replace("behavior shell \"Office starts a shell\" {\n", "behavior other \"Office starts a shell\" {\n  renamed_from: \"shell\"\n");
    let all = json(&compared("kept", &old, &new, &["--format", "json", "-t", "sigma"]));
    let spawn = rule(&all, "DIFF-1/other.spawn");
    assert_eq!((&spawn["meaning"], &spawn["said"][0]["old"]), (&"same".into(), &"DIFF-1/shell.spawn".into()), "{all:#}");
    assert_eq!(all["rules"].as_array().map(Vec::len), Some(1), "{all:#}");
}

/// Git in a folder, as somebody who is not asked for a name.
fn git(here: &Path, arguments: &[&str]) {
    let ran = Command::new("git").arg("-C").arg(here).args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments).output();
    let ran = ran.expect("git is installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn commit(here: &Path, tag: &str) {
    git(here, &["init", "-q"]);
    git(here, &["add", "-A"]);
    git(here, &["commit", "-q", "-m", tag]);
    git(here, &["tag", tag]);
}

#[test]
fn a_revision_of_the_repository_is_a_state() {
    let here = folder("revisions");
    put(&here, "rules/in.vigie", &description(&["one.example"], ASKED, 10));
    commit(&here, "v1");
    put(&here, "rules/in.vigie", &description(&["one.example"], &ASKED.replace("cmd.exe", "wscript.exe"), 10));
    for (old, new) in [("v1", "rules"), ("HEAD:rules", "rules/in.vigie"), ("v1:rules/in.vigie", "rules")] {
        let ran = run(&here, &["diff", old, new, "-t", "sigma"]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert!(ran.stdout.starts_with("changed    DIFF-1/shell.spawn"), "{old} {new}: {}", ran.stdout);
    }
    for path in ["in.vigie", "../rules", "."] {
        let inside = run(&here.join("rules"), &["diff", "v1", path, "-t", "sigma"]);
        assert!(inside.stdout.starts_with("changed    DIFF-1/shell.spawn"), "{path}: {} {}", inside.stdout, inside.stderr);
    }
    for (word, said) in
        [("nowhere", "no revision"), ("v1:elsewhere", "has no `elsewhere`"), ("v1:../a", "no path below"), ("--all", "unexpected argument")]
    {
        let ran = run(&here, &["diff", word, "rules"]);
        assert!(ran.exit == 2 && ran.stderr.contains(said), "{word}: {}", ran.stderr);
    }
    let alone = run(&here, &["diff", "v1"]);
    assert!(alone.exit == 2 && alone.stderr.contains("`vigie diff OLD NEW` names both sides"), "{}", alone.stderr);
    git(&here, &["diff", "--quiet", "--cached"]);
}

#[test]
fn a_revision_alone_is_compared_with_the_project() {
    let here = folder("project");
    put(&here, "rules/in.vigie", &description(&["one.example"], ASKED, 10));
    put(&here, "drafts/other.vigie", "what nobody asked for");
    commit(&here, "bare");
    // What the project reads now, where it had no settings then.
    put(&here, "vigie.toml", "[project]\ninputs = [\"rules\"]\ntargets = [\"sigma\"]\n");
    put(&here, "rules/in.vigie", &description(&["one.example"], &ASKED.replace("cmd.exe", "wscript.exe"), 10));
    let ran = run(&here, &["diff", "bare"]);
    assert!(ran.exit == 0 && ran.stdout.starts_with("changed    DIFF-1/shell.spawn"), "{} {}", ran.stdout, ran.stderr);
    commit(&here, "v1");
    // Each side has its own settings: another folder is read now.
    put(&here, "vigie.toml", "[project]\ninputs = [\"feeds\", \"rules\"]\ntargets = [\"sigma\"]\n");
    put(&here, "feeds/two.csv", "type,value,role\ndomain,relay.example,c2\n");
    for (folder, arguments) in [(here.clone(), vec!["diff", "v1"]), (here.join("rules"), vec!["diff", "v1", "--config", "../vigie.toml"])] {
        let ran = run(&folder, &arguments);
        assert!(ran.exit == 0 && ran.stdout.contains("relay.example"), "{arguments:?}: {} {}", ran.stdout, ran.stderr);
        assert!(!ran.stdout.contains("DIFF-1/shell.spawn"), "{}", ran.stdout);
    }
    commit(&here, "v2");
    let between = run(&here, &["diff", "v1", "v2"]);
    assert!(between.exit == 0 && between.stdout.contains("relay.example"), "{} {}", between.stdout, between.stderr);

    // The other branch went on.
    git(&here, &["checkout", "-q", "-b", "ours", "v1"]);
    put(&here, "rules/ours.vigie", &description(&["ours.example"], ASKED, 10).replace("DIFF-1", "OURS-1"));
    let (tip, left) = (run(&here, &["diff", "v2"]), run(&here, &["diff", "v2..."]));
    assert!(tip.stdout.contains("relay.example") && !left.stdout.contains("relay.example"), "{} {}", tip.stdout, left.stdout);
    assert!(left.exit == 0 && left.stdout.contains("added      OURS-1/shell.spawn"), "{} {}", left.stdout, left.stderr);

    let report = run(&here, &["report", "--against", "bare"]);
    assert_eq!(report.exit, 0, "{}", report.stderr);
    let lines: Vec<&str> = report.stdout.lines().collect();
    assert_eq!(lines[0], "<!-- vigie -->");
    assert!(lines.contains(&"### What changes in meaning") && lines.iter().any(|line| line.contains("wscript")), "{}", report.stdout);
    let page = run(&here, &["report", "--against", "bare", "--format", "html"]);
    assert!(page.exit == 2 && page.stderr.contains("`--format markdown`"), "{}", page.stderr);
}

/// A Sigma rule about a program's name.
fn sigma(id: u32, name: &str, image: &str) -> String {
    format!(
        "title: Rule {name}\nid: 00000000-0000-4000-8000-{id:012}\nname: {name}\nstatus: test\nlogsource:\n  category: process_creation\n  product: windows\n\
         detection:\n  selection:\n    Image|endswith: '\\{image}'\n  condition: selection\nlevel: high\n"
    )
}

fn correlation(times: u32) -> String {
    format!(
        "title: Often\nid: 00000000-0000-4000-8000-000000000009\nstatus: test\ncorrelation:\n  type: event_count\n  rules:\n    - one\n  \
         group-by:\n    - User\n  timespan: 5m\n  condition:\n    gte: {times}\nlevel: high\n"
    )
}

#[test]
fn inputs_that_are_the_same_are_left_out_unless_one_that_differs_speaks_of_them() {
    let here = folder("left-out");
    let filter = "title: Not there\nid: 00000000-0000-4000-8000-000000000008\nlogsource:\n  category: process_creation\n  product: windows\n\
                  filter:\n  rules: any\n  selection:\n    User: admin\n  condition: not selection\n";
    for (path, text) in
        [("one", sigma(1, "one", "a.exe")), ("two", sigma(2, "two", "b.exe")), ("three", sigma(3, "three", "c.exe")), ("often", correlation(10))]
    {
        put(&here, &format!("rules/{path}.yml"), &text);
    }
    put(&here, "vigie.toml", "[project]\ninputs = [\"rules\"]\ntargets = [\"sigma\", \"suricata\"]\n");
    put(
        &here,
        "rules/odd.yml",
        &sigma(4, "four", "d.exe").replace("process_creation\n  product: windows", "dns").replace("Image|endswith: '\\d.exe'", "query: four.example"),
    );
    assert_eq!(run(&here, &["build", "-o", "dist", "--no-engine"]).exit, 0);
    commit(&here, "v1");
    let lock = std::fs::read_to_string(here.join("vigie.lock")).expect("a lock");
    let changed: [(&str, &str, String, &[&str], u64); 6] = [
        ("nothing", "rules/three.yml", sigma(3, "three", "c.exe"), &[], 3),
        ("a rule", "rules/three.yml", sigma(3, "three", "x.exe"), &["Rule three"], 2),
        ("a rule that a correlation names", "rules/one.yml", sigma(1, "one", "x.exe"), &["Often"], 3),
        ("a correlation", "rules/often.yml", correlation(20), &["Often"], 3),
        ("a filter of every rule", "rules/filter.yml", filter.to_owned(), &["Often", "Rule three", "Rule two"], 0),
        ("a row of the lock", "vigie.lock", lock.replace(" 1 ", " 2 "), &["Rule four"], 2),
    ];
    for (what, path, text, titles, left_out) in changed {
        let before = std::fs::read_to_string(here.join(path)).ok();
        put(&here, path, &text);
        let ran = run(&here, &["diff", "v1", "--format", "json"]);
        assert_eq!(ran.exit, 0, "{what}: {}", ran.stderr);
        let all = json(&ran);
        let mut found: Vec<&str> = all["rules"].as_array().expect("a list").iter().filter_map(|rule| rule["title"].as_str()).collect();
        found.sort_unstable();
        assert_eq!((found.as_slice(), &all["inputs_left_out"]), (titles, &Value::from(left_out)), "{what}: {all:#}");
        match before {
            Some(before) => put(&here, path, &before),
            None => std::fs::remove_file(here.join(path)).expect("it is there"),
        }
    }
    // Another setting could make another rule of each input.
    put(&here, "vigie.toml", "[project]\ninputs = [\"rules\"]\ntargets = [\"suricata\", \"sigma\"]\n");
    assert_eq!(json(&run(&here, &["diff", "v1", "--format", "json"]))["inputs_left_out"], 0);
}

#[test]
fn what_a_channel_holds_back_is_compared_where_it_holds() {
    let here = folder("channel");
    put(&here, "vigie.toml", "[project]\ntargets = [\"sigma\", \"kql/sentinel\"]\n[channel.partners]\ntargets = [\"sigma\"]\nmax_tlp = \"green\"\n");
    let old = description(&["one.example", "two.example"], ASKED, 10);
    put(&here, "old.vigie", &old);
    put(&here, "new.vigie", &old.replace("  - two.example", "  - two.example { tlp: amber }"));
    let all = json(&run(&here, &["diff", "old.vigie", "new.vigie", "--format", "json"]));
    let names = rule(&all, "DIFF-1/control.dns-query");
    // Nothing goes from our own rules, and partners have one name less.
    assert_eq!((&names["meaning"], &names["targets"]["sigma"]["change"]), (&"same".into(), &"narrower".into()), "{names:#}");
    assert_ne!(names["targets"]["kql/sentinel"]["change"], "narrower", "{names:#}");
    let back = json(&run(&here, &["diff", "new.vigie", "old.vigie", "--format", "json"]));
    assert_eq!(rule(&back, "DIFF-1/control.dns-query")["targets"]["sigma"]["change"], "wider");
}

#[test]
fn packages_say_which_texts_differ_and_not_how() {
    let here = folder("packages");
    put(&here, "in.vigie", &description(&["one.example"], ASKED, 10));
    assert_eq!(run(&here, &["package", "--for", "sigma", "in.vigie", "-o", "one", "--no-engine"]).exit, 0);
    put(&here, "in.vigie", &description(&["one.example"], &ASKED.replace("cmd.exe", "wscript.exe"), 10));
    assert_eq!(run(&here, &["package", "--for", "sigma", "in.vigie", "-o", "two", "--no-engine", "--previous", "one"]).exit, 0);
    let all = json(&run(&here, &["diff", "one", "two", "--format", "json"]));
    let spawn = rule(&all, "DIFF-1/shell.spawn");
    assert_eq!((&spawn["meaning"], &spawn["said"][0]["what"]), (&"undecided".into(), &"text".into()), "{all:#}");
    assert_eq!(all["rules"].as_array().map(Vec::len), Some(1));
    // A rule in a file of another name is no other rule, and one with a number says whether it means the same.
    let names = "iocs names : domain {\n  renamed_from: \"control\"\n";
    for (product, names) in [("sigma", names.to_owned()), ("suricata", format!("{names}  severity: high\n"))] {
        let text = description(&["one.example"], ASKED, 10);
        for (output, text) in [("five", text.clone()), ("six", text.replace("iocs control : domain {\n", &names))] {
            put(&here, "in.vigie", &text);
            let folder = format!("{output}-{product}");
            assert_eq!(run(&here, &["package", "--for", product, "in.vigie", "-o", &folder, "--no-engine", "--lock", "vigie.lock"]).exit, 0);
        }
        let ran = run(&here, &["diff", &format!("five-{product}"), &format!("six-{product}")]);
        assert!(ran.exit == 0 && ran.stdout.contains("DIFF-1/names.dns-query") && !ran.stdout.contains("undecided"), "{product}: {}", ran.stdout);
    }
    let mixed = run(&here, &["diff", "one", "in.vigie"]);
    assert!(mixed.exit == 2 && mixed.stderr.contains("is a package"), "{}", mixed.stderr);
}

#[test]
fn what_is_not_understood_is_no_change() {
    let old = description(&["one.example"], ASKED, 10);
    let broken = old.replace("behavior shell", "behaviour shell");
    let ran = compared("broken", &old, &broken, &["-t", "sigma"]);
    assert_eq!(ran.exit, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("missing from the comparison") && ran.stdout.contains("parts were not understood"), "{} {}", ran.stderr, ran.stdout);
    let here = folder("missing");
    put(&here, "new.vigie", &old);
    let over = run(&here, &["diff", "new.vigie", "new.vigie", "-o", "new.vigie", "--force"]);
    assert!(over.exit == 2 && over.stderr.contains("is an input of this run"), "{}", over.stderr);
    put(&here, "old.vigie", &old);
    assert_eq!(run(&here, &["diff", "old.vigie", "nothing"]).exit, 2);
}
