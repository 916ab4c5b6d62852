//! What can a stranger's description do? Links, pipes, long lists and files that are not what they are said to be.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::tree;

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");
const HEAD: &str = "vigie 1\n\nadvisory \"OTHERS-1\" {\n  title: \"Of others\"\n  tlp: clear\n  published: 2024-01-10\n}\n\n";

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("untrusted"), name)
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
}

/// Everything that was said and written.
fn all(here: &Path, ran: &Ran) -> String {
    let mut out = format!("{}{}", ran.stdout, ran.stderr);
    for (path, bytes) in tree::read(&here.join("out")) {
        let _ = writeln!(out, "{path}\n{}", String::from_utf8_lossy(&bytes));
    }
    out
}

fn list(name: &str) -> String {
    format!("{HEAD}iocs names : domain {{\n  role: c2   direction: destination\n  load list \"{name}\"\n  - relay.example\n}}\n")
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder_and_no_word_from_there_is_shown() {
    use std::os::unix::fs::symlink;
    let here = folder("links");
    put(&here, "outside.txt", "outside-name.example\n");
    put(&here, "outside.rules", "alert ip any any -> any any (msg:\"outside-name\"; sid:1; rev:1;)\n");
    put(&here, "desc/load.vigie", &list("sub/more.txt"));
    put(&here, "desc/native.vigie", &format!("{HEAD}native site suricata \"site.rules\"\n").replace("OTHERS-1", "OTHERS-2"));
    put(&here, "desc/source.vigie", &format!("{HEAD}source s {{ file: \"sub/more.txt\" }}\n").replace("OTHERS-1", "OTHERS-3"));
    std::fs::create_dir_all(here.join("desc/sub")).expect("a folder can be made");
    symlink("../../outside.txt", here.join("desc/sub/more.txt")).expect("a link can be made");
    symlink(here.join("outside.rules"), here.join("desc/site.rules")).expect("a link can be made");
    let ran = vigie(VIGIE, &here, &["build", "desc", "-o", "out", "--no-engine"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let said = all(&here, &ran);
    assert!(!said.contains("outside-name"), "{said}");
    assert!(said.contains("only files below the description's own folder are read") && said.contains("relay.example"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_built_as_a_whole_keeps_to_itself() {
    use std::os::unix::fs::symlink;
    let here = folder("walk");
    put(&here, "outside.csv", "value,type\noutside-name.example,domain\n");
    put(&here, "feeds/a.csv", "value,type\nrelay.example,domain\n");
    symlink("../outside.csv", here.join("feeds/b.csv")).expect("a link can be made");
    symlink("a.csv", here.join("feeds/c.csv")).expect("a link can be made");
    let ran = vigie(VIGIE, &here, &["build", "feeds", "-o", "out", "--no-engine"]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    let said = all(&here, &ran);
    assert!(!said.contains("outside-name") && said.contains("relay.example") && said.contains("2 inputs"), "{said}");
    // Who names it means it.
    let ran = vigie(VIGIE, &here, &["build", "feeds/b.csv", "-o", "out", "--no-engine"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(all(&here, &ran).contains("outside-name"));
}

#[cfg(unix)]
#[test]
fn a_pipe_beside_a_description_is_not_waited_for() {
    let here = folder("pipe");
    for name in ["more.txt", "doc.md", "a.rules"] {
        assert!(std::process::Command::new("mkfifo").arg(here.join(name)).status().expect("mkfifo runs").success());
    }
    put(&here, "in.vigie", &format!("{}source s {{ file: \"doc.md\" }}\nnative n suricata \"a.rules\"\n", list("more.txt")));
    let ran = vigie(VIGIE, &here, &["build", "in.vigie", "-o", "out", "--no-engine"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert!(all(&here, &ran).contains("pipes and devices are not read") && all(&here, &ran).contains("relay.example"));
}

#[test]
fn a_list_may_be_long() {
    let here = folder("long");
    let mut feed = String::from("value,type\nrelay.example,domain\n");
    for at in 0..10_000 {
        let _ = writeln!(feed, "Global\\kestrel-{at},mutex");
    }
    put(&here, "feed.csv", &feed);
    let strings: String = (0..10_001).map(|at| format!("\"kestrel-{at}\", ")).collect();
    let facet = |need: &str| format!("facet f on file.content {{ {need} of [{strings}] }}");
    let behaviors = format!("behavior many \"many\" {{ {} }}\nbehavior any \"any\" {{ {} }}\n", facet("3"), facet("any"));
    put(&here, "in.vigie", &format!("{HEAD}{behaviors}"));
    let ran = vigie(VIGIE, &here, &["build", "feed.csv", "in.vigie", "-t", "suricata", "-t", "yara", "-o", "out", "--no-engine", "--verbose"]);
    assert!((0..=1).contains(&ran.exit), "{}", ran.stderr);
    let files = tree::read(&here.join("out"));
    let text = |wanted: fn(&str) -> bool| -> String {
        files.iter().filter(|(path, _)| wanted(path)).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
    };
    assert!(text(|path| path.ends_with(".rules")).contains("relay.example"));
    // No rule has more strings than classic YARA takes, and the one that would is named.
    assert!(all(&here, &ran).contains("yara.many-strings"));
    let yara = text(|path| path.ends_with(".yar"));
    let most = yara.split("\nrule ").map(|rule| rule.lines().filter(|line| line.trim_start().starts_with('$')).count()).max();
    assert!(yara.contains("kestrel-10000") && most.is_some_and(|most| most <= 10_000), "{most:?}");
}
