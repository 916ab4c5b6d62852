//! Can a text of an input steer what a person reads? Every command, on inputs full of marks that turn, hide or end lines.

use std::path::Path;

use vigie_tests::{run, tree};

/// What no person should have to read: a terminal obeys it, it turns the line, or it is not seen.
const MARKS: &str =
    "\u{1b}[31m\u{7}\u{85}\u{9b}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2028}\u{2029}\u{2066}\u{2069}\u{feff}\u{fdd0}\u{ffff}\u{1fffe}";

/// Letters that stay as they are.
const LETTERS: &str = "Commande étrange Ωмега 日本 می\u{200c}خواهم 👩\u{200d}💻";

fn clean(what: &str, text: &str) {
    let found = text.chars().find(|char| source::unseen(*char) && *char != '\n');
    assert_eq!(found, None, "{what}: {text:?}");
}

#[test]
fn nothing_that_is_read_holds_what_is_not_seen() {
    let here = run::scratch(Path::new(env!("CARGO_TARGET_TMPDIR")), "legible");
    let escaped: String = MARKS.chars().map(|char| format!("\\u{{{:x}}}", u32::from(char))).collect();
    let description = format!(
        "vigie 1\nadvisory \"MARKS-1\" {{ title: \"{LETTERS} {escaped}\" tlp: clear published: 2024-01-10 }}\n\
         iocs d : domain {{ role: c2 direction: destination\n  - \"bad{MARKS}.example\"\n  - good.example\n}}\n\
         behavior b \"{LETTERS} {escaped}\" {{ attack: [T1059] severity: high\n  facet f on process.start {{ process.command_line contains \"kestrel{escaped}\" }}\n}}\n\
         test b.f {{ match process.start {{ command_line: \"nothing{escaped}\" }} }}\n"
    );
    let log = serde_json::json!({
        "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "CommandLine": format!("a kestrel{MARKS} b"), "UtcTime": "2024-01-10 10:00:00",
    });
    let name = format!("in{}.vigie", &MARKS[..4]);
    let write = |name: &str, text: &str| tree::write(&here, &[(name.to_owned(), text.as_bytes().to_vec())].into());
    write(&name, &description);
    write("log.jsonl", &format!("{log}\n"));
    write("advisory.md", &format!("# Kestrel {LETTERS}\n\nThe host evil{MARKS}-relay[.]com was used, see {MARKS} 198.51.100[.]23.\n"));
    write("bad.toml", &format!("[pro{MARKS}file.\"x\"]\n"));
    let vigie = |arguments: &[&str]| run::vigie(env!("CARGO_BIN_EXE_vigie-under-test"), &here, arguments);
    let mut shown = String::new();
    for arguments in [
        &["check", name.as_str(), "--no-engine", "-v"][..],
        &["check", &name, "--no-engine", "--format", "json"],
        &["check", &name, "--no-engine", "--format", "concise"],
        &["check", &name, "--no-engine", "--format", "sarif"],
        &["check", &name, "--no-engine", "--format", "github"],
        &["check", &name, "--no-engine", "--format", "gitlab"],
        &["report", &name, "--no-engine"],
        &["report", &name, "--no-engine", "--format", "html"],
        &["report", &name, "--no-engine", "--format", "navigator"],
        &["build", &name, "--no-engine", "-v", "-o", "out"],
        &["build", &name, "--no-engine", "--emit", "jsonl", "-o", "none"],
        &["test", &name, "-v"],
        &["hunt", &name, "--logs", "log.jsonl"],
        &["hunt", &name, "--logs", "log.jsonl", "--format", "jsonl"],
        &["hunt", &name, "--logs", "log.jsonl", "--format", "md"],
        &["hunt", &name, "--logs", "log.jsonl", "--format", "html"],
        &["import", "advisory.md"],
        &["import", "advisory.md", "--format", "jsonl"],
        &["check", &name, "--config", "bad.toml", "--no-engine"],
        &["check", &format!("gone{}", &MARKS[..5]), "--no-engine"],
        &["check", &format!("--wrong{}", &MARKS[..5])],
        &["explain", &MARKS[..5]],
        &["build", &name, "-t", &MARKS[..5]],
    ] {
        let ran = vigie(arguments);
        clean(&format!("{arguments:?}"), &ran.stdout);
        clean(&format!("{arguments:?}"), &ran.stderr);
        shown += &ran.stdout;
        shown += &ran.stderr;
    }
    assert!(shown.contains(LETTERS) && shown.contains("\\u{202e}") && shown.contains("\\u202e"), "{shown}");
    let files = tree::read(&here.join("out"));
    clean("report.json", &String::from_utf8_lossy(files.get("report.json").expect("a build writes report.json")));
}
