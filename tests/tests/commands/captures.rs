//! Are the captures of `vigie test --pcap` whole, the same each time, and what an installed Suricata finds the same in?
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use pcap_file::pcap::PcapReader;
use vigie_tests::run::{Ran, scratch, vigie};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

fn folder(name: &str) -> PathBuf {
    scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures"), name)
}

/// The cases of one description, with these further arguments; its captures come into `out`.
fn test(folder: &Path, more: &[&str]) -> (Ran, BTreeMap<String, Vec<u8>>) {
    let rules = root().join("rules/phishing-kit");
    let arguments = [&["test", rules.to_str().expect("a path"), "-t", "suricata/7,suricata/8", "--pcap", "out"], more].concat();
    let ran = vigie(VIGIE, folder, &arguments);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    (ran, tree::read(&folder.join("out")))
}

#[test]
fn captures_are_whole_and_the_same_each_time() {
    let (ran, captures) = test(&folder("once"), &["--no-engine"]);
    assert!(ran.stdout.contains(&format!("{} captures", captures.len())) && !ran.stdout.contains("finds the same"), "{}", ran.stdout);
    assert_eq!(captures, test(&folder("again"), &["--no-engine"]).1);
    for wanted in ["landing.http-request", "kit_domains.tls-handshake", "kit_domains.dns-query", "landing.email-message", "kit_pages.page"] {
        let own = |kind: &str| captures.keys().any(|name| name.contains(&format!("/{wanted}-")) && name.ends_with(&format!("-{kind}.pcap")));
        assert!(own("found") && own("not-found"), "{wanted}: {:?}", captures.keys());
    }
    for (name, bytes) in &captures {
        assert!(name.starts_with("PHISHKIT-2024-06/"), "{name}");
        let mut reader = PcapReader::new(bytes.as_slice()).unwrap_or_else(|why| panic!("{name}: {why}"));
        let mut times = Vec::new();
        while let Some(packet) = reader.next_packet() {
            let packet = packet.unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(usize::try_from(packet.orig_len).ok(), Some(packet.data.len()), "{name}");
            times.push(packet.timestamp);
        }
        assert!(times.is_sorted() && times.first().is_some_and(|first| *first >= packets::BEGIN), "{name}: {times:?}");
    }
}

#[test]
fn an_installed_engine_finds_what_is_found_here() {
    let (ran, captures) = test(&folder("engine"), &[]);
    if Command::new("suricata").arg("-V").output().is_err() {
        println!("suricata: skipped, it is not installed");
        assert!(ran.stdout.contains("suricata/7: no engine was asked: suricata is not installed"), "{}", ran.stdout);
        return;
    }
    let line = ran.stdout.lines().find(|line| line.starts_with("suricata/7: suricata ")).unwrap_or_else(|| panic!("{}", ran.stdout));
    let (same, all) = line.split_once("the same in ").and_then(|(_, rest)| rest.split_once(" of ")).unwrap_or_else(|| panic!("{line}"));
    assert_eq!(format!("{same} captures"), all);
    assert!(!captures.is_empty());
}
