//! Do files and numbers outlive what happens to them? Builds are stopped, run at once, and run against what somebody else laid there.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::tree;

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("files"), name)
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

/// Builds into `out`, without asking an engine.
fn build(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, &[&["build", "--no-engine", "-o", "out"], arguments].concat())
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
}

fn out(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    tree::read(&folder.join("out"))
}

fn lock(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("out/vigie.lock")).expect("a build writes the lock")
}

/// A description with so many behaviours, each of which asks for `word` in a URL.
fn description(id: &str, behaviours: usize, word: &str) -> String {
    let mut text = format!("vigie 1\nadvisory \"{id}\" {{\n  title: \"t\"\n  tlp: clear\n  published: 2024-01-10\n}}\n");
    for at in 0..behaviours {
        let _ = writeln!(text, "behavior b{at} \"A gate\" {{ facet f on http.request {{ url.path == \"/{word}-{at}\" }} }}");
    }
    text
}

/// The files that `report.json` lists.
fn listed(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let report: serde_json::Value = serde_json::from_slice(&files["report.json"]).expect("report.json is JSON");
    let files = report["files"].as_array().expect("a list");
    files.iter().map(|file| file["path"].as_str().expect("a path").to_owned()).collect()
}

/// Everything but the report and the lock.
fn rules(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    files.keys().filter(|path| !matches!(path.as_str(), "report.json" | "vigie.lock")).cloned().collect()
}

#[test]
fn a_build_that_is_killed_leaves_old_files_or_new_ones_and_the_next_one_ends_it() {
    let here = folder("killed");
    put(&here, "old.vigie", &description("MANY-1", 60, "kestrel"));
    put(&here, "new.vigie", &description("MANY-1", 60, "kestrel-next"));
    let into = |arguments: &[&str], folder: &str| run(&here, &[&["build", "--no-engine", "-o", folder], arguments].concat());
    assert_eq!(into(&["old.vigie"], "old").exit, 0);
    assert_eq!(into(&["old.vigie"], "both").exit, 0);
    let began = std::time::Instant::now();
    assert_eq!(into(&["new.vigie"], "both").exit, 0);
    let whole = began.elapsed();
    let (old, new) = (tree::read(&here.join("old")), tree::read(&here.join("both")));
    for turn in 0..8_u32 {
        let _ = std::fs::remove_dir_all(here.join("out"));
        tree::write(&here.join("out"), &old);
        let mut child = Command::new(VIGIE)
            .args(["build", "--no-engine", "-o", "out", "new.vigie"])
            .current_dir(&here)
            .env_clear()
            .stderr(Stdio::null())
            .spawn()
            .expect("the compiler can be started");
        // Most of them towards the end, where files are written.
        std::thread::sleep(whole * (87 + turn * 3) / 110);
        child.kill().expect("a child can be killed");
        child.wait().expect("a child ends");
        for (path, bytes) in out(&here).iter().filter(|(path, _)| !path.starts_with(".vigie-build/") && *path != "report.json") {
            assert!(old.get(path) == Some(bytes) || new.get(path) == Some(bytes), "turn {turn}: `{path}` is neither old nor new");
        }
        assert!(out(&here).contains_key("vigie.lock"));
        let ran = build(&here, &["new.vigie"]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        let files = out(&here);
        assert!(rules(&files).iter().all(|path| files[path] == new[path]) && files.len() == new.len(), "turn {turn}");
        assert_eq!(files["vigie.lock"], new["vigie.lock"], "turn {turn}");
    }
}

#[test]
fn builds_at_once_into_one_folder_take_turns() {
    let here = folder("at-once");
    let names: Vec<String> = (0..4).map(|at| format!("RACE-{at}")).collect();
    for name in &names {
        put(&here, &format!("{name}.vigie"), &description(name, 20, name));
    }
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            let start = ["build", "--no-engine", "-o", "out", &format!("{name}.vigie")].map(str::to_owned);
            Command::new(VIGIE).args(start).current_dir(&here).env_clear().stderr(Stdio::null()).spawn().expect("the compiler can be started")
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().expect("a child ends").code(), Some(0));
    }
    let files = out(&here);
    for name in &names {
        assert_eq!(lock(&here).lines().filter(|line| line.starts_with("suricata ") && line.contains(&format!(" {name}/b"))).count(), 20, "{name}");
        let rules = String::from_utf8_lossy(&files[&format!("suricata/{name}.rules")]).into_owned();
        assert_eq!(rules.matches("sid:").count(), 20);
    }
    assert_eq!(listed(&files), rules(&files), "the report lists what is there");
}

#[test]
fn a_build_does_not_wait_for_ever() {
    let here = folder("waiting");
    put(&here, "a.vigie", &description("A", 1, "a"));
    std::fs::create_dir_all(here.join("out/.vigie-build")).expect("a folder can be made");
    let held = std::fs::File::create(here.join("out/.vigie-build/busy")).expect("a file can be made");
    held.lock().expect("the file can be locked");
    let ran = build(&here, &["a.vigie", "--wait", "0"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("another build writes to"), "{}", ran.stderr);
    drop(held);
    assert_eq!(build(&here, &["a.vigie", "--wait", "0"]).exit, 0, "a file that nobody holds blocks nothing");
    assert!(!here.join("out/.vigie-build").exists());
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_changes_nothing() {
    let here = folder("full");
    put(&here, "old.vigie", &description("MANY-1", 200, "kestrel"));
    put(&here, "new.vigie", &description("MANY-1", 200, "kestrel-next"));
    put(&here, "one.vigie", &description("ONE", 1, "kestrel"));
    assert_eq!(build(&here, &["old.vigie", "-t", "suricata"]).exit, 0);
    let before = out(&here);
    for (limit, input) in [(16, "new.vigie"), (16, "one.vigie"), (60, "new.vigie"), (1, "one.vigie")] {
        let script = format!("ulimit -f {limit}; exec \"$0\" build --no-engine -t suricata -o out {input}");
        let ran = Command::new("sh").args(["-c", &script, VIGIE]).current_dir(&here).output().expect("a shell can be started");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{said}");
        assert!(said.contains("cannot be written"), "{said}");
        assert!(out(&here) == before, "{limit} {input}");
    }
    assert_eq!(build(&here, &["one.vigie", "-t", "suricata"]).exit, 0);
    assert!(lock(&here).contains(" MANY-1/b199.f"));
}

#[test]
fn files_leave_only_when_their_inputs_are_built_and_make_them_no_longer() {
    let here = folder("leave");
    put(&here, "in/first.vigie", &description("FIRST", 1, "one"));
    // With so many values that rules look them up in files of their own.
    let many: String = (0..400).map(|at| format!("  - h{at}.evil-corp.example\n  - \"kestrel-agent/{at}\"\n")).collect();
    let lists = ["domain", "useragent"].map(|kind| {
        let values: String = many.lines().filter(|line| line.contains('"') == (kind == "useragent")).map(|line| format!("{line}\n")).collect();
        format!("iocs {kind}s : {kind} {{\n  role: c2   direction: destination\n{values}}}\n")
    });
    put(&here, "in/second.vigie", &(description("SECOND", 1, "two") + &lists.concat()));
    assert_eq!(build(&here, &["in"]).exit, 0);
    let all = out(&here);
    assert!(rules(&all).iter().any(|path| path.contains("SECOND/lookups/")), "{:?}", rules(&all));
    // A path that is not there changes nothing at all.
    let ran = build(&here, &["ni"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("nothing is written"), "{}", ran.stderr);
    assert!(out(&here) == all);
    // Nor do other targets; and the report still lists them.
    assert_eq!(build(&here, &["in", "-t", "suricata"]).exit, 0);
    assert_eq!((rules(&out(&here)), listed(&out(&here))), (rules(&all), rules(&all)));
    // What other inputs made is kept and said, and leaves when asked.
    let ran = build(&here, &["in/first.vigie"]);
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains("kept (rules of inputs that are not in this run"), "{}", ran.stderr);
    assert_eq!((rules(&out(&here)), listed(&out(&here))), (rules(&all), rules(&all)));
    // Also when an input cannot be read, or not be understood.
    put(&here, "in/second.vigie", "vigie 1\nadvisory \"SECOND\" {\n");
    let ran = build(&here, &["in"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("so nothing is removed"), "{}", ran.stderr);
    assert_eq!((rules(&out(&here)), listed(&out(&here))), (rules(&all), rules(&all)));
    // An input that is gone from a folder that was read takes its files along.
    std::fs::remove_file(here.join("in/second.vigie")).expect("a file can be removed");
    let ran = build(&here, &["in"]);
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains(" files removed ("), "{}", ran.stderr);
    let left = out(&here);
    assert!(rules(&left).len() < rules(&all).len() && rules(&left).iter().all(|path| !path.contains("SECOND")), "{:?}", rules(&left));
    assert_eq!(listed(&left), rules(&left));
    let report = String::from_utf8_lossy(&left["report.json"]).into_owned();
    assert!(report.contains("\"removed\": [\n    \""), "{report}");
    // The numbers stay.
    assert!(lock(&here).contains(" SECOND/b0.f"));
}

#[test]
fn what_a_policy_keeps_back_leaves_the_folder() {
    let here = folder("policy");
    let text = "vigie 1\nadvisory \"OLD\" {\n  title: \"t\"\n  tlp: amber\n  published: 2024-01-10\n}\niocs c : domain {\n  role: c2   direction: destination\n  valid: .. 2024-06-01\n  - evil-corp.example\n}\n";
    put(&here, "a.vigie", text);
    assert_eq!(build(&here, &["a.vigie"]).exit, 0);
    let all = out(&here);
    for (more, named) in [(["--max-tlp", "green"], "gated"), (["--as-of", "2025-01-01"], "expired")] {
        let ran = build(&here, &[&["a.vigie"], &more[..]].concat());
        assert_eq!(ran.exit, 4, "{named}: {}", ran.stderr);
        assert!(ran.stderr.contains("files removed ("), "{named}: {}", ran.stderr);
        assert_eq!(rules(&out(&here)), BTreeSet::new(), "{named}");
        assert_eq!(build(&here, &["a.vigie"]).exit, 0);
        assert!(rules(&out(&here)) == rules(&all) && out(&here)["vigie.lock"] == all["vigie.lock"]);
    }
}

#[test]
fn prune_removes_what_is_proven_and_nothing_else() {
    let here = folder("prune");
    put(&here, "a.vigie", &description("A", 1, "one"));
    put(&here, "b.vigie", &description("B", 1, "two"));
    assert_eq!(build(&here, &["a.vigie", "b.vigie"]).exit, 0);
    put(&here, "out/suricata/local.rules", "# ours\n");
    put(&here, "out/suricata/B.rules", "# edited\n");
    let ran = build(&here, &["a.vigie", "--prune"]);
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains("changed since they were written"), "{}", ran.stderr);
    let left = rules(&out(&here));
    assert!(left.contains("suricata/local.rules") && left.contains("suricata/B.rules"));
    assert!(!left.iter().any(|path| path.contains("/B/")), "{left:?}");
}

#[test]
fn inputs_that_share_a_file_do_not_push_each_other_out() {
    let here = folder("shared");
    let rule = |title: &str, id: u32, word: &str| {
        format!(
            "title: {title}\nid: 0000000{id}-0000-4000-8000-000000000000\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  a:\n    Image|endswith: '\\{word}.exe'\n  condition: a\n"
        )
    };
    put(&here, "in/one.yml", &rule("The first", 1, "kestrel-one"));
    put(&here, "in/two.yml", &rule("The second", 2, "kestrel-two"));
    let search = "out/splunk/raw/windows-process_creation/savedsearches.conf";
    let searches = || std::fs::read_to_string(here.join(search)).expect("the searches are there");
    assert_eq!(build(&here, &["in"]).exit, 0);
    put(&here, "in/one.yml", &rule("The first", 1, "kestrel-new"));
    let ran = build(&here, &["in/one.yml"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("shared (they hold rules of inputs"), "{}", ran.stderr);
    let now = searches();
    assert!(now.contains("kestrel-new") && now.contains("kestrel-two") && !now.contains("kestrel-one"), "{now}");
    // Also the next time, and the other way round.
    assert_eq!(build(&here, &["in/two.yml"]).exit, 0);
    let now = searches();
    assert!(now.contains("kestrel-new") && now.contains("kestrel-two"), "{now}");
    std::fs::remove_file(here.join("in/two.yml")).expect("a file can be removed");
    assert_eq!(build(&here, &["in"]).exit, 0);
    assert!(!searches().contains("kestrel-two"));
    put(&here, "in/two.yml", &rule("The second", 2, "kestrel-two"));
    assert_eq!(build(&here, &["in"]).exit, 0);
    assert_eq!(build(&here, &["in/one.yml", "--prune"]).exit, 0);
    assert!(!searches().contains("kestrel-two"));
}

#[test]
fn an_input_is_never_written_over() {
    let here = folder("over-input");
    let rule = "title: The first\nid: 00000001-0000-4000-8000-000000000000\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  a:\n    Image: 'C:\\kestrel.exe'\n  condition: a\n";
    put(&here, "sigma/windows-process_creation/the_first.yml", rule);
    let made = run(&here, &["build", "sigma", "-o", "other", "-t", "sigma", "--no-engine"]);
    assert_eq!(made.exit, 0, "{}", made.stderr);
    let name = rules(&tree::read(&here.join("other"))).into_iter().next().expect("a rule is written");
    std::fs::rename(here.join("sigma/windows-process_creation/the_first.yml"), here.join(&name)).expect("a file can be renamed");
    let ran = run(&here, &["build", "sigma", "-o", ".", "-t", "sigma", "--no-engine"]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("is an input of this run"), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(here.join(&name)).expect("the input is there"), rule);
}

#[test]
fn numbers_lie_beside_the_settings_and_are_taken_over_once() {
    let here = folder("place");
    put(&here, "a.vigie", &description("A", 2, "one"));
    let built = |more: &[&str]| build(&here, &[&["a.vigie", "-t", "suricata"], more].concat());
    assert_eq!(built(&[]).exit, 0);
    let numbers = lock(&here);
    put(&here, "vigie.toml", "");
    let ran = built(&[]);
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains("are taken over"), "{}", ran.stderr);
    assert!(!here.join("out/vigie.lock").exists());
    assert_eq!(std::fs::read_to_string(here.join("vigie.lock")).expect("the lock is there"), numbers);
    let ran = built(&[]);
    assert!(ran.exit == 0 && !ran.stderr.contains("taken over"), "{}", ran.stderr);
    // Again one in the output's folder: one that says the same goes, one that does not stops the build.
    put(&here, "out/vigie.lock", &numbers);
    let ran = built(&[]);
    assert!(ran.exit == 0 && ran.stderr.contains("goes"), "{}", ran.stderr);
    assert!(!here.join("out/vigie.lock").exists());
    put(&here, "out/vigie.lock", &numbers.replace(" 1 ", " 2 "));
    let before = tree::read(&here);
    let ran = built(&[]);
    assert_eq!(ran.exit, 3);
    assert!(ran.stderr.contains("disagree"), "{}", ran.stderr);
    assert!(tree::read(&here) == before);
}

#[test]
fn a_lock_that_cannot_be_read_stops_the_build_before_anything_is_written() {
    let here = folder("unreadable");
    put(&here, "a.vigie", &description("A", 1, "one"));
    std::fs::create_dir(here.join("folder.lock")).expect("a folder can be made");
    tree::write(&here, &[("bytes.lock".to_owned(), b"# x\n\xff\n".to_vec())].into());
    for (name, text) in [
        ("row.lock", "# x\nsuricata 1 nonsense\n"),
        ("zero.lock", "suricata 0 1 0123456789abcdef A/b0\n"),
        ("large.lock", "suricata 4294967295 1 0123456789abcdef A/b0\n"),
        ("revision.lock", "suricata 1 0 0123456789abcdef A/b0\n"),
        ("twice.lock", "suricata 1 1 0123456789abcdef A/b0\nsuricata 1 1 0123456789abcdef A/b1\n"),
        ("cut.lock", "suricata 1 1 0123456789abcdef A/b"),
        ("merge.lock", "<<<<<<< ours\nsuricata 1 1 0123456789abcdef A/b0\n=======\n>>>>>>> theirs\n"),
        ("empty.lock", ""),
    ] {
        put(&here, name, text);
    }
    let names = ["folder", "bytes", "row", "zero", "large", "revision", "twice", "cut", "merge", "empty"];
    for name in names.map(|name| format!("{name}.lock")).iter().map(String::as_str).chain(cfg!(unix).then_some("/dev/null")) {
        let ran = build(&here, &["a.vigie", "--lock", name]);
        assert_eq!(ran.exit, 3, "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(name), "{name}: {}", ran.stderr);
        assert!(!here.join("out").exists(), "{name}: a refused run writes nothing");
        assert_eq!(run(&here, &["check", "a.vigie", "--no-engine", "--lock", name]).exit, 3, "{name}");
        assert_eq!(run(&here, &["lock", "--lock", name]).exit, 3, "{name}");
    }
}

#[test]
fn a_rule_without_a_number_is_refused_and_leaves() {
    let here = folder("numbers");
    put(&here, "vigie.toml", "[suricata]\nsid = \"3100000..3100001\"\n");
    put(&here, "a.vigie", &description("A", 2, "one"));
    assert_eq!(build(&here, &["a.vigie", "-t", "suricata"]).exit, 0);
    let path = here.join("vigie.lock");
    let numbers = || std::fs::read_to_string(&path).expect("the lock is there");
    assert!(numbers().contains("suricata 3100000 1 ") && numbers().contains("suricata 3100001 1 "), "{}", numbers());
    put(&here, "b.vigie", &description("B", 1, "two"));
    let ran = build(&here, &["a.vigie", "b.vigie", "-t", "suricata"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("lock.range-full") && ran.stderr.contains("every number from 3100000 to 3100001 is given"), "{}", ran.stderr);
    assert_eq!(rules(&out(&here)), ["suricata/A.rules".to_owned()].into());
    // Rows of rules that are gone are freed when asked.
    put(&here, "a.vigie", &description("A", 1, "one"));
    assert_eq!(run(&here, &["lock", "--prune"]).exit, 2);
    let ran = run(&here, &["lock", "--prune", "a.vigie", "b.vigie"]);
    assert!(ran.exit == 0 && ran.stdout.contains("1 rows removed"), "{} {}", ran.stdout, ran.stderr);
    assert_eq!(build(&here, &["a.vigie", "b.vigie", "-t", "suricata"]).exit, 0);
    // A revision does not begin again after the last one.
    put(&here, "vigie.lock", &numbers().replace(" 1 ", " 4294967294 "));
    put(&here, "a.vigie", &description("A", 1, "three"));
    let ran = build(&here, &["a.vigie", "b.vigie", "-t", "suricata"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("lock.last-revision"), "{}", ran.stderr);
    assert_eq!(rules(&out(&here)), ["suricata/B.rules".to_owned()].into());
    assert!(ran.stderr.contains("1 file removed"), "{}", ran.stderr);
}

#[test]
fn numbers_of_the_first_version_are_kept() {
    let here = folder("first-version");
    put(&here, "a.vigie", &description("A", 2, "one"));
    assert_eq!(build(&here, &["a.vigie", "-t", "suricata"]).exit, 0);
    let rows = lock(&here);
    // 0.1 wrote the first half of the digest, and another first line.
    let old: String = rows
        .lines()
        .skip(1)
        .map(|line| {
            let words: Vec<&str> = line.splitn(5, ' ').collect();
            format!("{} {} 7 {} {}\n", words[0], words[1], &words[3][..16], words[4])
        })
        .collect();
    put(&here, "out/vigie.lock", &format!("# Numbers of generated rules.\n{old}"));
    assert_eq!(build(&here, &["a.vigie", "-t", "suricata"]).exit, 0);
    assert_eq!(lock(&here), rows.replace(" 1 ", " 7 "));
}

#[test]
fn an_id_of_any_letters_has_one_row_and_a_name_on_every_system() {
    let here = folder("letters");
    let ids =
        ["CON", "aux.nul", "A-B", "a b", "a-b", "x\\nsuricata 1234567 1 e58ef3c170834767 FT-1/b0.f", "x\\u{202e}y", "CERT 2024/01 é", "trailing. "];
    for (at, id) in ids.iter().enumerate() {
        put(&here, &format!("in/{at}.vigie"), &description(id, 1, "one"));
    }
    let ran = build(&here, &["in"]);
    assert!(ran.exit < 2, "{}", ran.stderr);
    let files = out(&here);
    let mut lower = BTreeSet::new();
    for path in files.keys() {
        assert!(backend::portable(path), "{path}");
        assert!(lower.insert(path.to_lowercase()), "{path}");
    }
    let first = lock(&here);
    assert!(!first.contains("\nsuricata 1234567 "), "{first}");
    assert_eq!(build(&here, &["in"]).exit, ran.exit);
    assert!(out(&here) == files);
}

#[test]
fn what_other_inputs_made_is_not_replaced_without_a_word() {
    let here = folder("replaced");
    put(&here, "a/x.vigie", &description("X-1", 1, "one"));
    put(&here, "b/x.vigie", &description("X-1", 1, "two"));
    put(&here, "b/y.vigie", &description("x 1", 1, "three"));
    assert_eq!(build(&here, &["a/x.vigie"]).exit, 0);
    let ran = build(&here, &["b/x.vigie"]);
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains("replaced (other inputs"), "{}", ran.stderr);
    // The same path from another folder is another input.
    let before = out(&here);
    let there = run(&here.join("a"), &["build", "x.vigie", "-o", "../out", "--no-engine"]);
    assert!(there.exit == 0 && there.stderr.contains("replaced (other inputs"), "{}", there.stderr);
    let again = run(&here.join("b"), &["build", "x.vigie", "-o", "../out", "--no-engine"]);
    assert!(again.exit == 0 && again.stderr.contains("replaced (other inputs"), "{}", again.stderr);
    let same = build(&here, &["b/x.vigie"]);
    assert!(same.exit == 0 && !same.stderr.contains("replaced"), "{}", same.stderr);
    assert_eq!(rules(&out(&here)), rules(&before));
    // A name that differs only in case is the same file elsewhere.
    let before = out(&here);
    let ran = build(&here, &["b/y.vigie"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains("would be one file on some systems"), "{}", ran.stderr);
    assert!(out(&here) == before);
    assert_eq!(build(&here, &["b"]).exit, 0);
}

#[test]
fn output_that_was_asked_for_by_name_is_never_an_input_and_never_an_edited_file() {
    let here = folder("by-name");
    put(&here, "feed.csv", "value,type\nevil-corp.example,domain\n");
    put(&here, "a.vigie", &description("A", 1, "one"));
    put(&here, "log.jsonl", "{\"a\":1}\n");
    put(&here, "mine.txt", "edited\n");
    std::fs::hard_link(here.join("log.jsonl"), here.join("other-name.jsonl")).expect("a link can be made");
    let before = tree::read(&here);
    for (arguments, words) in [
        (vec!["import", "feed.csv", "-o", "mine.txt"], "--force"),
        (vec!["import", "feed.csv", "-o", "feed.csv", "--force"], "is an input"),
        (vec!["import", "feed.csv", "--format", "jsonl", "-o", "feed.csv", "--force"], "is an input"),
        (vec!["hunt", "a.vigie", "--logs", "log.jsonl", "-o", "mine.txt"], "--force"),
        (vec!["hunt", "a.vigie", "--logs", "log.jsonl", "-o", "log.jsonl", "--force"], "is an input"),
        (vec!["hunt", "a.vigie", "--logs", "log.jsonl", "-o", "other-name.jsonl", "--force"], "is an input"),
        (vec!["hunt", "a.vigie", "--logs", "log.jsonl", "-o", "a.vigie", "--force"], "is an input"),
        (vec!["hunt", "a.vigie", "--logs", ".", "-o", "log.jsonl", "--force"], "is an input"),
        (vec!["import", "missing.csv", "-o", "new.txt"], "missing.csv"),
    ] {
        let ran = run(&here, &arguments);
        assert_eq!(ran.exit, 2, "{arguments:?}");
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert!(tree::read(&here) == before, "{arguments:?}");
    }
    assert_eq!(run(&here, &["import", "feed.csv", "-o", "mine.txt", "--force"]).exit, 0);
    assert!(std::fs::read_to_string(here.join("mine.txt")).expect("the draft is there").contains("evil-corp"));
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_an_error_for_every_command() {
    let here = folder("stdout");
    put(&here, "feed.csv", "value,type\nevil-corp.example,domain\n");
    put(&here, "a.vigie", &description("A", 1, "one"));
    put(&here, "log.jsonl", "{\"a\":1}\n");
    for arguments in [
        "build a.vigie --emit jsonl --no-engine",
        "import feed.csv",
        "import feed.csv --format jsonl",
        "check a.vigie --no-engine",
        "test a.vigie",
        "hunt a.vigie --logs log.jsonl --format md",
        "explain all",
        "targets",
        "fields",
        "--help",
        "lock",
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("the device is there");
        let ran = Command::new(VIGIE).args(arguments.split(' ')).current_dir(&here).stdout(full).output().expect("the compiler can be started");
        assert_eq!(ran.status.code(), Some(2), "{arguments}");
        assert!(String::from_utf8_lossy(&ran.stderr).contains("standard output cannot be written"), "{arguments}");
        // A reader that has seen enough is none.
        let mut child = Command::new(VIGIE)
            .args(arguments.split(' '))
            .current_dir(&here)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the compiler can be started");
        drop(child.stdout.take());
        assert!(child.wait().expect("a child ends").code() < Some(2), "{arguments}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_to_remove_nor_written_through_to_a_file() {
    use std::os::unix::fs::symlink;

    let here = folder("links");
    put(&here, "in/a.vigie", &description("A", 1, "one"));
    put(&here, "in/b.vigie", &description("B", 1, "two"));
    assert_eq!(build(&here, &["in"]).exit, 0);
    // The folder of a target, and a file, are links to somewhere else by now.
    std::fs::rename(here.join("out/suricata"), here.join("elsewhere")).expect("a folder can be renamed");
    symlink(here.join("elsewhere"), here.join("out/suricata")).expect("a link can be made");
    put(&here, "victim", "mine\n");
    let query = rules(&out(&here)).into_iter().find(|path| path.starts_with("kql/") && path.contains("/A/")).expect("a query is there");
    std::fs::remove_file(here.join("out").join(&query)).expect("a file can be removed");
    symlink(here.join("victim"), here.join("out").join(&query)).expect("a link can be made");
    std::fs::remove_file(here.join("in/b.vigie")).expect("a file can be removed");
    let ran = build(&here, &["in"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(here.join("elsewhere/B.rules").exists(), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(here.join("victim")).expect("the file is there"), "mine\n");
    assert!(here.join("out").join(&query).symlink_metadata().expect("the query is there").is_file());
    // What waits is kept in a folder, not behind a link.
    symlink(here.join("elsewhere"), here.join("out/.vigie-build")).expect("a link can be made");
    let ran = build(&here, &["in"]);
    assert_eq!(ran.exit, 2);
    assert!(here.join("elsewhere/B.rules").exists());
}
