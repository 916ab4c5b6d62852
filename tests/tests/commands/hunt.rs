//! Does a hunt find what rules mean, and say what stood in its way?
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::tree;

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("hunt"), name)
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    vigie(VIGIE, folder, arguments)
}

fn put(folder: &Path, path: &str, text: &str) {
    tree::write(folder, &[(path.to_owned(), text.as_bytes().to_vec())].into());
}

/// Each hit as title, log and line.
fn hits(ran: &Ran) -> Vec<(String, String, u64)> {
    let mut out = Vec::new();
    for line in ran.stdout.lines() {
        let hit: Value = serde_json::from_str(line).expect("each line is JSON");
        let keys: Vec<&String> = hit.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["rule_id", "title", "source", "log", "line", "event"]);
        assert!(hit["event"].is_object());
        out.push((
            hit["title"].as_str().expect("a title").to_owned(),
            hit["log"].as_str().expect("a log").to_owned(),
            hit["line"].as_u64().expect("a line"),
        ));
    }
    out
}

const DESCRIPTION: &str = r#"vigie 1

advisory "HUNT-1" {
  title: "Things to look for"
  tlp: clear
  published: 2024-01-10
  hunt: 2024-01-01 .. 2024-12-31
}

iocs control : domain {
  role: c2   direction: destination
  - evil-corp.example
}

behavior runner "Program in a public folder" {
  facet start on process.start (windows) { process.path under 'C:\Users\Public' }
}

correlate guess "Three failed logons, then a success" {
  by: [user.name]   within: 10m
  seq {
    fail on auth.logon { outcome == "failure" } x 3..
    then ok on auth.logon { outcome == "success" }
  }
}
"#;

const RULE: &str = r"title: Script host starts a shell
id: 5f2b8a1e-0c3d-4e5f-8a9b-0c1d2e3f4a5b
status: test
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        ParentImage|endswith: '\wscript.exe'
        Image|endswith:
            - '\cmd.exe'
            - '\powershell.exe'
    filter:
        CommandLine|contains: 'expected'
    condition: selection and not filter
level: high
";

fn start(image: &str, parent: &str, command: &str, time: &str) -> String {
    let channel = "Microsoft-Windows-Sysmon/Operational";
    serde_json::json!({"EventID": 1, "Channel": channel, "UtcTime": time, "Image": image, "ParentImage": parent, "CommandLine": command}).to_string()
        + "\n"
}

fn logon(id: u32, user: &str, time: &str) -> String {
    serde_json::json!({"Event": {"System": {"EventID": id, "Channel": "Security", "TimeCreated": {"#attributes": {"SystemTime": time}}},
        "EventData": {"TargetUserName": user, "LogonType": 3}}})
    .to_string()
        + "\n"
}

#[test]
fn descriptions_and_sigma_rules_find_their_events_in_the_order_of_the_logs() {
    let here = folder("order");
    put(&here, "rules/hunt.vigie", DESCRIPTION);
    put(&here, "sigma/shell.yml", RULE);
    let cmd = r"C:\Windows\System32\cmd.exe";
    let host = r"C:\Windows\System32\wscript.exe";
    let starts = start(cmd, host, "cmd /c dir", "2024-03-01 12:00:00.000")
        + &start(cmd, host, "cmd /c expected", "2024-03-01 12:00:01.000")
        + "\n"
        + &start(r"C:\Users\Public\cmd.exe", host, "cmd", "2024-03-01 12:00:02.000")
        + &start(r"C:\Users\Publicity\a.exe", cmd, "a", "2024-03-01 12:00:03.000");
    put(&here, "logs/b.jsonl", &starts);
    put(
        &here,
        "logs/a.ndjson",
        "{\"_path\": \"dns\", \"ts\": 1709294400.5, \"query\": \"www.evil-corp.example\"}\n{\"_path\": \"dns\", \"query\": \"notevil-corp.example\"}\n",
    );
    // Out of order, and over two files: what counts is the time.
    put(&here, "logs/c.json", &(logon(4624, "analyst", "2024-03-01T12:05:00Z") + &logon(4625, "analyst", "2024-03-01T12:00:00Z")));
    put(&here, "logs/d.log", &(logon(4625, "Analyst", "2024-03-01T12:01:00Z") + &logon(4625, "analyst", "2024-03-01T12:02:00Z")));
    put(&here, "logs/ignored.txt", "no log\n");
    let ran = run(&here, &["hunt", "rules", "sigma", "--logs", "logs", "--format", "jsonl"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let hit = |title: &str, log: &str, line: u64| (title.to_owned(), format!("logs/{log}"), line);
    let found = hits(&ran);
    assert_eq!(
        found,
        [
            hit("HUNT-1: c2 domain in a DNS query", "a.ndjson", 1),
            hit("Script host starts a shell", "b.jsonl", 1),
            hit("Script host starts a shell", "b.jsonl", 4),
            hit("HUNT-1: Program in a public folder", "b.jsonl", 4),
            hit("HUNT-1: Three failed logons, then a success", "c.json", 1),
        ]
    );
    let id = ran.stdout.lines().find(|line| line.contains("Script host")).expect("a hit");
    assert!(id.contains("5f2b8a1e-0c3d-4e5f-8a9b-0c1d2e3f4a5b") && id.contains("sigma/shell.yml"), "{id}");
    assert!(ran.stderr.contains("4 logs") && ran.stderr.contains("10 events") && ran.stderr.contains("5 hits"), "{}", ran.stderr);
    let other = run(&here, &["hunt", "sigma", "rules", "--format", "jsonl", "--logs", "logs/d.log", "logs/c.json", "logs/b.jsonl", "logs/a.ndjson"]);
    assert_eq!(other.stdout, ran.stdout, "the order of arguments changes nothing");
}

#[test]
fn the_window_of_an_advisory_decides_which_times_count() {
    let here = folder("window");
    put(&here, "hunt.vigie", DESCRIPTION);
    let public = r"C:\Users\Public\a.exe";
    let untimed = "{\"EventID\": 1, \"Channel\": \"Microsoft-Windows-Sysmon/Operational\", \"Image\": \"C:\\\\Users\\\\Public\\\\a.exe\"}\n";
    let all = start(public, "", "", "2023-12-31 23:59:59")
        + &start(public, "", "", "2024-12-31 23:59:59")
        + &start(public, "", "", "2025-01-01 00:00:00")
        + untimed;
    put(&here, "log.jsonl", &all);
    let lines = |more: &[&str]| -> Vec<u64> {
        let arguments = [&["hunt", "hunt.vigie", "--logs", "log.jsonl", "--format", "jsonl"], more].concat();
        hits(&run(&here, &arguments)).into_iter().map(|(_, _, line)| line).collect()
    };
    assert_eq!(lines(&[]), [2, 4]);
    assert_eq!(lines(&["--any-time"]), [1, 2, 3, 4]);
}

#[test]
fn what_stands_in_the_way_is_said_and_costs_itself_alone() {
    let here = folder("broken");
    put(&here, "hunt.vigie", DESCRIPTION);
    let good = start(r"C:\Users\Public\a.exe", "", "", "2024-03-01 12:00:00");
    let mut log = b"{\"a\": \n\xff\xfe\n[1]\n\"text\"\n{\"a\": 1e999}\n{\"hello\": \"world\"}\n".to_vec();
    log.extend("[".repeat(5000).into_bytes());
    log.push(b'\n');
    log.extend(good.into_bytes());
    log.extend(b"{\"EventID\": 4625, \"Channel\": \"Security\", \"TargetUserName\": \"analyst\"}\n");
    // The first line makes a file of lines or a document; here it is whole.
    let log = [b"{\"EventID\": 5, \"Channel\": \"Security\"}\n".to_vec(), log].concat();
    tree::write(&here, &[("log.jsonl".to_owned(), log)].into());
    let ran = run(&here, &["hunt", "hunt.vigie", "--logs", "log.jsonl", "missing.jsonl", "--format", "jsonl", "--verbose"]);
    assert_eq!(ran.exit, 2, "a log is missing");
    assert_eq!(hits(&ran), [("HUNT-1: Program in a public folder".to_owned(), "log.jsonl".to_owned(), 9)]);
    for words in ["hunt.broken-line", "log.jsonl:2", "log.jsonl:3", "log.jsonl:4", "log.jsonl:5", "log.jsonl:6", "log.jsonl:8", "number out of range"]
    {
        assert!(ran.stderr.contains(words), "`{words}` is not in:\n{}", ran.stderr);
    }
    for words in ["hunt.no-source", "1 event of `log.jsonl`", "hunt.no-time", "input.unreadable", "missing.jsonl"] {
        assert!(ran.stderr.contains(words), "`{words}` is not in:\n{}", ran.stderr);
    }
    let many = "{broken\n".repeat(50);
    put(&here, "many.jsonl", &("{}\n".to_owned() + &many));
    let ran = run(&here, &["hunt", "hunt.vigie", "--logs", "many.jsonl", "--format", "jsonl", "--verbose"]);
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains("40 more lines of `many.jsonl`"), "{}", ran.stderr);
}

#[test]
fn a_source_can_be_stated_and_logs_piped_in() {
    let here = folder("stated");
    put(&here, "shell.yml", RULE);
    let event = r#"{"Image": "C:\\cmd.exe", "ParentImage": "C:\\wscript.exe", "CommandLine": "cmd"}"#;
    put(&here, "log.jsonl", event);
    assert_eq!(hits(&run(&here, &["hunt", "shell.yml", "--logs", "log.jsonl", "--format", "jsonl"])).len(), 0);
    let arguments = ["hunt", "shell.yml", "--logs", "-", "--format", "jsonl", "--source", "windows/process_creation"];
    let mut child = Command::new(VIGIE)
        .args(arguments)
        .current_dir(&here)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    // Three events spread over lines, as a pretty printer leaves them.
    let spread = event.replace(", ", ",\n  ").replace('{', "{\n  ");
    child.stdin.take().expect("a pipe").write_all(format!("{spread}\n{spread}\n{spread}\n").as_bytes()).expect("it reads");
    let out = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    let lines: Vec<u64> = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["line"].as_u64().expect("a line")).collect();
    assert_eq!(lines, [1, 5, 9], "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn exit_codes_tell_a_search_from_a_failure() {
    let here = folder("exit");
    put(&here, "shell.yml", RULE);
    put(&here, "hit.jsonl", &start(r"C:\cmd.exe", r"C:\wscript.exe", "", "2024-03-01 12:00:00"));
    put(&here, "miss.jsonl", &start(r"C:\cmd.exe", r"C:\explorer.exe", "", "2024-03-01 12:00:00"));
    put(&here, "empty/readme.txt", "");
    let exit = |arguments: &[&str]| run(&here, &[&["hunt"], arguments].concat()).exit;
    assert_eq!(exit(&["shell.yml", "--logs", "hit.jsonl"]), 0);
    assert_eq!(exit(&["shell.yml", "--logs", "hit.jsonl", "--fail-on-hit"]), 1);
    assert_eq!(exit(&["shell.yml", "--logs", "miss.jsonl", "--fail-on-hit"]), 0);
    assert_eq!(exit(&["shell.yml", "--logs", "none.jsonl"]), 2);
    assert_eq!(exit(&["shell.yml", "--logs", "empty"]), 2);
    assert_eq!(exit(&["shell.yml", "--logs", "hit.jsonl", "--source", "a/b/c/d"]), 2);
    let stix = run(&here, &["hunt", "shell.yml", "--logs", "hit.jsonl", "--format", "stix"]);
    assert!(stix.exit == 2 && stix.stderr.contains("human, jsonl, md, html"), "{}", stix.stderr);
}

#[test]
fn logs_that_are_no_json_are_named_and_packed_ones_are_read() {
    let here = folder("forms");
    put(&here, "shell.yml", RULE);
    let hit = start(r"C:\cmd.exe", r"C:\wscript.exe", "", "2024-03-01 12:00:00");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(hit.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(hit.as_bytes()).expect("a list takes everything");
    let packed = packed.finish().expect("a list takes everything");
    let files: [(&str, Vec<u8>, &str); 8] = [
        ("Security.evtx", b"ElfFile\0\0\0".to_vec(), "EVTX"),
        ("log.csv", b"EventID,Image\n1,C:\\cmd.exe\n".to_vec(), "CSV"),
        ("log.tsv", b"EventID\tImage\n1\tC:\\cmd.exe\n".to_vec(), "tabs"),
        ("log.xml", b"<?xml version=\"1.0\"?>\n<Events><Event/></Events>\n".to_vec(), "XML"),
        ("log.zip", b"PK\x03\x04\x14\0".to_vec(), "ZIP"),
        ("messages.log", b"Mar  1 12:00:00 host sshd[1]: failed\n".to_vec(), "text without JSON"),
        ("wide.json", wide, "UTF-16"),
        ("data.log", b"abc\0\x01\x02".to_vec(), "binary"),
    ];
    for (name, bytes, words) in &files {
        tree::write(&here, &[((*name).to_owned(), bytes.clone())].into());
        let ran = run(&here, &["hunt", "shell.yml", "--logs", name]);
        assert_eq!(ran.exit, 2, "{name}: {}", ran.stderr);
        for words in [*words, *name, "input.unreadable", "help:"] {
            assert!(ran.stderr.contains(words), "{name}: `{words}` is not in:\n{}", ran.stderr);
        }
        assert!(!ran.stderr.contains("0 hits") && ran.stderr.contains("nothing was searched"), "{}", ran.stderr);
    }
    // In a folder too, and what can be read is searched.
    put(&here, "logs/a.jsonl", &hit);
    tree::write(&here, &[("logs/b.json.gz".to_owned(), packed.clone()), ("logs/c.evtx".to_owned(), b"ElfFile\0".to_vec())].into());
    let ran = run(&here, &["hunt", "shell.yml", "--logs", "logs", "--format", "jsonl"]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert_eq!(hits(&ran).into_iter().map(|(_, log, _)| log).collect::<Vec<_>>(), ["logs/a.jsonl", "logs/b.json.gz"], "{}", ran.stderr);
    // One broken line among good ones, and an empty log, are no reason to fail.
    put(&here, "good.jsonl", &format!("{hit}{{broken\n"));
    put(&here, "empty.jsonl", "");
    tree::write(&here, &[("good.gz".to_owned(), packed)].into());
    let ran = run(&here, &["hunt", "shell.yml", "--logs", "good.jsonl", "empty.jsonl", "good.gz", "--format", "jsonl"]);
    assert_eq!((ran.exit, hits(&ran).len()), (0, 2), "{}", ran.stderr);
}

#[test]
fn a_hit_shows_what_was_asked_for() {
    let here = folder("why");
    let text = DESCRIPTION.replace(
        "process.path under 'C:\\Users\\Public'",
        "process.path under 'C:\\Users\\Public' and process.command_line contains \"berth77\" and not process.name == \"b.exe\"",
    );
    put(&here, "hunt.vigie", &text);
    put(
        &here,
        "words.yml",
        &RULE.replace("        ParentImage|endswith: '\\wscript.exe'\n", "").replace(
            "    selection:\n        Image|endswith:\n            - '\\cmd.exe'\n            - '\\powershell.exe'\n",
            "    selection:\n        - 'berth77'\n",
        ),
    );
    let command = format!("a.exe {} http://cdn.control-one.example/berth77.hta {}", "x".repeat(2000), "y".repeat(2000));
    put(&here, "log.jsonl", &start(r"C:\Users\Public\a.exe", "", &command, "2024-03-01 12:00:00"));
    let ran = run(&here, &["hunt", "hunt.vigie", "--logs", "log.jsonl"]);
    let shown: Vec<&str> = ran.stdout.lines().map(str::trim).collect();
    assert!(shown.contains(&r"process.path: C:\Users\Public\a.exe"), "{}", ran.stdout);
    let line = shown.iter().find(|line| line.starts_with("process.command_line: ...")).unwrap_or_else(|| panic!("{}", ran.stdout));
    assert!(line.contains("/berth77.hta") && line.ends_with("...") && line.len() < 300, "{line}");
    assert!(!ran.stdout.contains("process.name"), "what an event must not have is no reason: {}", ran.stdout);
    let ran = run(&here, &["hunt", "words.yml", "--logs", "log.jsonl"]);
    assert!(ran.stdout.contains("berth77.hta"), "words anywhere are shown: {}", ran.stdout);
    for format in ["md", "html"] {
        let ran = run(&here, &["hunt", "hunt.vigie", "--logs", "log.jsonl", "--format", format]);
        assert!(ran.stdout.replace('\\', "").contains("process.path: C:UsersPublica.exe"), "{}", ran.stdout);
    }
}

#[test]
fn reports_show_what_a_log_holds_as_text() {
    let here = folder("reports");
    let bad = "<script>alert(1)</script> ``` | \u{1b}[31m";
    put(&here, "shell.yml", &RULE.replace("Script host starts a shell", "\"<b>Bold</b> | *rule* \\u001B[31m\""));
    put(&here, "log.jsonl", &start(r"C:\cmd.exe", r"C:\wscript.exe", bad, "2024-03-01 12:00:00").repeat(25));
    let report = |format: &str| {
        let ran = run(&here, &["hunt", "shell.yml", "--logs", "log.jsonl", "--format", format]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "a log reaches the terminal: {}", ran.stdout);
        ran.stdout
    };
    let human = report("human");
    assert!(human.contains("high") && human.contains("25") && human.contains("and 22 more"), "{human}");
    let markdown = report("md");
    assert!(markdown.contains("````json") && markdown.contains("&lt;b&gt;Bold") && !markdown.contains("<b>"), "{markdown}");
    assert!(markdown.contains("and 5 more"));
    let html = report("html");
    assert!(!html.contains("<script") && !html.contains("<b>") && html.contains("&lt;script&gt;"), "{html}");
    let addresses: BTreeSet<&str> = html.split('"').filter(|part| part.contains("://")).collect();
    assert!(addresses.is_empty(), "the page loads something: {addresses:?}");
    let written = run(&here, &["hunt", "shell.yml", "--logs", "log.jsonl", "--format", "html", "-o", "report.html"]);
    assert!(written.stdout.is_empty());
    assert_eq!(std::fs::read_to_string(here.join("report.html")).expect("a report"), html);
}

#[test]
fn lists_of_the_site_and_decimal_bounds_are_asked_for() {
    let folder = folder("site");
    let rule = "title: High score\nlogsource:\n    product: example\n    service: audit\ndetection:\n    s:\n        user|expand: '%Administrators%'\n        score|gte: 0.75\n    condition: s\n";
    put(&folder, "rules/score.yml", rule);
    put(&folder, "site.toml", "[placeholders]\nAdministrators = [\"adm-*\"]\n");
    let events = [("adm-a", "0.75"), ("adm-a", "0.7"), ("user", "0.9"), ("adm-b", "1"), ("adm-b", "\"0.8\"")];
    let lines: String = events.iter().map(|(user, score)| format!("{{\"user\":\"{user}\",\"score\":{score}}}\n")).collect();
    put(&folder, "events.jsonl", &lines);
    let ask = ["hunt", "rules", "--logs", "events.jsonl", "--source", "example//audit", "--format", "jsonl"];
    let found = run(&folder, &[&ask[..], &["--config", "site.toml"]].concat());
    assert_eq!(hits(&found).iter().map(|(_, _, line)| *line).collect::<Vec<_>>(), [1, 4, 5], "{}", found.stderr);
    let without = run(&folder, &ask);
    assert_ne!(without.exit, 0);
    assert!(without.stderr.contains("%Administrators%") && without.stderr.contains("vigie.toml"), "{}", without.stderr);
}
