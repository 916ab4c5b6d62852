//! Is what `vigie package --for splunk` makes an app that Splunk takes? The book's page is followed, and a checker that knows nothing of us reads it.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and start an installed program; nothing here reaches a rule")]

use std::path::{Path, PathBuf};
use std::process::Command;

use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

/// A folder with our own descriptions.
fn folder(name: &str) -> PathBuf {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-splunk"), name);
    let rules = tree::read(&root().join("rules")).into_iter().map(|(path, bytes)| (format!("rules/{path}"), bytes)).collect();
    tree::write(&here, &rules);
    here
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

/// Makes a package below `output`.
fn package(folder: &Path, output: &str, more: &[&str]) {
    let ran = run(folder, &[&["package", "--for", "splunk", "rules", "-o", output], more].concat());
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}

/// Has the checker read an app; without the checker, says that it is skipped.
fn check(app: &Path) {
    let Some(checker) = shared::path("oracles/splunk/check_app.py") else { return };
    let ran = Command::new("python3").arg(checker).arg("--no-appinspect").arg(app).output().expect("python3 can be started");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}

/// The blocks of a page in one language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    page.split(open.as_str()).skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect()
}

#[test]
fn which_log_a_search_reads_is_a_macro_s_to_say() {
    let here = folder("logs");
    put(
        &here,
        "rules/own/own.vigie",
        "vigie 1\nadvisory \"LOGS-1\" { title: \"t\" tlp: clear published: 2024-01-10 }\n\
        behavior run \"Run\" { facet start on process.start (windows) { process.command_line contains \"kestrel-run\" } }\n",
    );
    package(&here, "app", &[]);
    let app = here.join("app/vigie-detections/default");
    let read = |name: &str| std::fs::read_to_string(app.join(name)).expect(name);
    let (searches, macros) = (read("savedsearches.conf"), read("macros.conf"));
    let lines: Vec<&str> = searches.lines().filter(|line| line.starts_with("search = ")).collect();
    assert!(lines.len() > 100);
    // What a rule asks of a cloud's provider is a source type there.
    for line in lines.iter().filter(|line| !line.contains("`vigie_cloud`")) {
        assert!(!line.contains("sourcetype") && !line.contains("source="), "{line}");
    }
    assert!(lines.iter().any(|line| line.contains("`vigie_windows_sysmon` EventCode=\"1\"") && line.contains("kestrel-run")), "{searches}");
    let sysmon = macros.split("[vigie_windows_sysmon]\n").nth(1).and_then(|rest| rest.lines().next());
    assert!(sysmon.is_some_and(|line| line.starts_with("definition = `vigie_windows` source IN (")), "{sysmon:?}");
    check(&here.join("app/vigie-detections"));
}

#[test]
fn the_book_s_page_is_followed() {
    let page = std::fs::read_to_string(root().join("book/src/products/splunk.md")).expect("the page can be read");
    let here = folder("book");
    for toml in blocks(&page, "toml") {
        put(&here, "vigie.toml", &toml);
    }
    let commands: Vec<String> = blocks(&page, "console").iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(!commands.is_empty());
    for command in commands {
        if command.contains("--previous") {
            // The next version is one where something differs.
            std::fs::remove_dir_all(here.join("rules/linux-implant")).expect("it is there");
        }
        let words: Vec<&str> = command.strip_prefix("$ vigie ").expect("a command of ours").split(' ').collect();
        let ran = run(&here, &words);
        assert_eq!(ran.exit, 0, "{command}\n{}", ran.stderr);
    }
    for archive in ["splunk-app/example_detections-1.0.0.tgz", "splunk-app-next/example_detections-1.0.1.tgz"] {
        check(&here.join(archive));
    }
}

#[test]
fn an_app_in_which_everything_runs_is_taken_too() {
    let here = folder("all-on");
    put(&here, "vigie.toml", "[package.splunk]\nenable = [\"all\"]\nprefer = \"cim\"\nevery_minutes = 15\nfindings_from = \"low\"\n");
    package(&here, "app", &[]);
    check(&here.join("app/vigie-detections"));
}

#[test]
fn the_same_rules_make_the_same_app_and_one_indicator_more_changes_what_holds_it() {
    let here = folder("versions");
    package(&here, "one", &["--lock", "one.lock"]);
    package(&here, "two", &["--lock", "two.lock"]);
    assert_eq!(tree::read(&here.join("one")), tree::read(&here.join("two")));

    let list: String = (1..=150).map(|at| format!("  - host{at}.example\n")).collect();
    let advisory = |more: &str| {
        format!(
            "vigie 1\n\nadvisory \"LISTS-1\" {{\n  title: \"Lists\"\n  tlp: clear\n  published: 2024-01-10\n}}\n\n\
             iocs names : domain {{\n  role: c2   direction: destination\n{list}{more}}}\n"
        )
    };
    let app = |name: &str| tree::read(&here.join(name).join("vigie-detections"));
    put(&here, "rules/lists.vigie", &advisory(""));
    package(&here, "three", &["--lock", "the.lock"]);
    put(&here, "rules/lists.vigie", &advisory("  - another-host.example\n"));
    package(&here, "four", &["--lock", "the.lock", "--previous", "three"]);
    let (before, after) = (app("three"), app("four"));
    let changed: Vec<&str> = after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).map(|(path, _)| path.as_str()).collect();
    let expected =
        |path: &&str| path.starts_with("lookups/vigie_names_") || ["README.md", "default/app.conf", "default/savedsearches.conf"].contains(path);
    assert!(changed.iter().all(expected), "{changed:?}");
    assert!(changed.iter().any(|path| path.starts_with("lookups/")), "{changed:?}");
    let searches = |files: &std::collections::BTreeMap<String, Vec<u8>>| String::from_utf8_lossy(&files["default/savedsearches.conf"]).into_owned();
    let (old, new) = (searches(&before), searches(&after));
    for (old, new) in old.split("\n[").zip(new.split("\n[")) {
        let ours = new.contains("LISTS-1");
        assert_eq!(old != new, ours && new.contains("detection_version"), "{new}");
        assert!(old == new || new.contains(r#""detection_version":"2""#), "{new}");
    }
    check(&here.join("four/vigie-detections"));
}
