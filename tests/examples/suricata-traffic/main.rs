//! Does our reading of Suricata rules agree with the engine's? Every golden rule, on traffic that hits it and traffic that nearly does.
//!
//! `cargo run -p vigie-tests --example suricata-traffic`: the rules of `tests/golden` are loaded into each engine that is there, with one
//! capture of all flows of `flows.rs` and `made.rs`; a pair of rule and flow passes when `evaluate::suricata` and the engine say the same. An engine
//! that is not there is skipped, which is said and counted. `SURICATA8` names an engine of version 8.

#![allow(clippy::disallowed_methods, reason = "an example of the tests reads rules, writes captures and asks an engine")]

mod flows;
mod made;
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use evaluate::Fault;
use evaluate::suricata::seen::{self, Version};
use evaluate::suricata::{Rule, Rules, Site, Traffic};
use packets::Flow;
use serde_json::Value;
use vigie_tests::{root, tree};

/// The networks of the oracle's configuration.
const HOME: &str = "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12,fd00::/8,2001:db8:1::/48]";
/// From one flow to the next.
const STEP: Duration = Duration::from_millis(200);

/// A flow with a name for reports.
pub(crate) struct Named {
    /// What it is for.
    pub(crate) name: String,
    /// What happens in it.
    pub(crate) flow: Flow,
}

/// A rule with a number of its own.
struct Loaded {
    from: String,
    text: String,
    rule: Rule,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(oracle) = shared::path("oracles/suricata/replay.sh") else {
        println!("suricata: skipped, there is no oracle");
        println!("0 passed, 0 failed, 2 skipped");
        return Ok(());
    };
    let eight = std::env::var_os("SURICATA8").map_or_else(|| root().join("target/oracles/suricata8/suricata8"), PathBuf::from);
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (version, engine) in [(7, PathBuf::from("suricata")), (8, eight)] {
        let there = Command::new(&engine)
            .arg("-V")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(&format!("version {version}")));
        if !there {
            println!("suricata {version}: skipped, it is not installed");
            skipped += 1;
            continue;
        }
        let (good, bad) = compare(version, &engine, &oracle)?;
        passed += good;
        failed += bad;
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 { Err("the engine and our reading disagree".into()) } else { Ok(()) }
}

fn compare(version: u32, engine: &Path, oracle: &Path) -> Result<(usize, usize), Box<dyn Error>> {
    let folder = root().join(format!("target/suricata-traffic-{version}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut site = Site::stock();
    site.addresses.insert("HOME_NET".to_owned(), HOME.to_owned());
    let (loaded, unread) = rules(version, &folder, &mut site)?;
    let mut named = flows::all();
    named.extend(made::from(loaded.iter().map(|loaded| loaded.text.as_str())));
    let seen_by = if version == 7 { Version::Seven } else { Version::Eight };
    let (named, traffic, unseen) = apart(named, seen_by);

    std::fs::write(folder.join("all.rules"), loaded.iter().map(|loaded| format!("{}\n", loaded.text)).collect::<String>())?;
    let flows: Vec<Flow> = named.iter().map(|named| named.flow.clone()).collect();
    std::fs::write(folder.join("all.pcap"), packets::capture(&flows)?)?;
    let output = Command::new(oracle)
        .env("SURICATA", engine)
        .arg("--eve")
        .arg("--datasets")
        .arg(&folder)
        .arg(folder.join("all.rules"))
        .arg(folder.join("all.pcap"))
        .output()?;
    let said: Value = serde_json::from_slice(&output.stdout)?;
    if let Some(errors) = said.get("errors") {
        return Err(format!("suricata {version}: {errors}").into());
    }
    std::fs::write(folder.join("engine.json"), said.to_string())?;
    let theirs = fired(&said, &flows);
    let rules: Rules = loaded.iter().map(|loaded| loaded.rule.clone()).collect();
    let run = rules.run(&traffic, &site)?;
    let ours: BTreeSet<(u64, usize)> = run.alerts.iter().map(|alert| (alert.sid, alert.traffic)).collect();
    let faults: BTreeMap<(u64, usize), Fault> = run.open.into_iter().map(|open| ((open.sid, open.traffic), open.fault)).collect();
    let mut failed = 0;
    let mut shown: BTreeMap<u64, usize> = BTreeMap::new();
    for (sid, flow) in ours.symmetric_difference(&theirs).filter(|pair| !faults.contains_key(pair)) {
        failed += 1;
        let count = shown.entry(*sid).or_default();
        *count += 1;
        if *count <= 3 {
            let loaded = loaded.get(usize::try_from(*sid)? - 1).ok_or("an alert has the number of a rule")?;
            let who = if ours.contains(&(*sid, *flow)) { "we say yes, the engine no" } else { "the engine says yes, we no" };
            println!("FAIL suricata {version}: {who}: {} ({}) on `{}`", loaded.text, loaded.from, named.get(*flow).map_or("", |named| &named.name));
        }
    }
    let pairs = loaded.len() * named.len();
    let without = faults.len();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for fault in faults.values() {
        let text = fault.to_string();
        *reasons.entry(text.split('`').step_by(2).collect::<Vec<_>>().join("..")).or_default() += 1;
    }
    for (reason, count) in reasons {
        println!("suricata {version}: {count} pairs without verdict: {reason}");
    }
    let hits = theirs.len();
    let hit: BTreeSet<u64> = theirs.iter().map(|(sid, _)| *sid).collect();
    println!(
        "suricata {version}: {} rules on {} flows, {hits} alerts of {} rules; {without} pairs without verdict, {unread} rules not read, {unseen} flows not seen; the same verdict {} times, another {failed} times",
        loaded.len(),
        named.len(),
        hit.len(),
        pairs - failed - without,
    );
    if std::env::var_os("SILENT_RULES").is_some() {
        for (at, loaded) in loaded.iter().enumerate().filter(|(at, _)| !hit.contains(&(*at as u64 + 1))) {
            println!("never fired: {} {} {}", at + 1, loaded.from, loaded.text);
        }
    }
    Ok((pairs - failed - without, failed))
}

/// The golden rules of a version, each once, with lists of their own.
fn rules(version: u32, folder: &Path, site: &mut Site) -> Result<(Vec<Loaded>, usize), Box<dyn Error>> {
    let (mut out, mut seen, mut unread) = (Vec::new(), BTreeSet::new(), 0);
    let golden = tree::read(&root().join("tests/golden"));
    let is_of = |path: &str| path.split('/').nth(2).is_some_and(|part| part == "suricata" || part == "suricata-8" && version == 8);
    for (path, bytes) in golden.iter().filter(|(path, _)| is_of(path) && path.ends_with(".rules")) {
        let folder_of = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let text = String::from_utf8_lossy(bytes).replace("\\\n", "");
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            add(line, path, folder_of, &golden, folder, site, &mut seen, &mut out, &mut unread)?;
        }
    }
    let digests = flows::digests();
    let own = flows::RULES.iter().copied().chain(digests.iter().map(String::as_str));
    for line in own.chain(flows::RULES_OF_EIGHT.iter().copied().filter(|_| version == 8)) {
        add(line, "flows.rs", "", &golden, folder, site, &mut seen, &mut out, &mut unread)?;
    }
    Ok((out, unread))
}

#[allow(clippy::too_many_arguments, reason = "what a rule is loaded with")]
fn add(
    line: &str,
    path: &str,
    beside: &str,
    golden: &BTreeMap<String, Vec<u8>>,
    folder: &Path,
    site: &mut Site,
    seen: &mut BTreeSet<String>,
    out: &mut Vec<Loaded>,
    unread: &mut usize,
) -> Result<(), Box<dyn Error>> {
    let (Some(open), Some(close)) = (line.find('('), line.rfind(')')) else { return Ok(()) };
    let mut header = line.get(..open).unwrap_or_default().to_owned();
    // A rule that lets traffic pass would hide the others.
    for action in ["pass ", "drop "] {
        if let Some(rest) = header.strip_prefix(action) {
            header = format!("alert {rest}");
        }
    }
    let number = out.len() + 1;
    let mut options = String::new();
    for option in split(line.get(open + 1..close).unwrap_or_default()) {
        let (name, value) = option.split_once(':').map_or((option.as_str(), ""), |(name, value)| (name, value));
        match name {
            "msg" | "sid" | "rev" | "metadata" | "classtype" | "reference" | "target" | "bypass" => continue,
            "filemd5" | "filesha1" | "filesha256" | "dataset" => {
                let file = value.split("load ").nth(1).unwrap_or(value).split(',').next().unwrap_or_default().trim_start_matches('!');
                let own = format!("{:03}-{}", site.lists.len(), file.rsplit('/').next().unwrap_or(file));
                let text = match golden.get(&format!("{beside}/{file}")) {
                    Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    None => {
                        flows::LISTS.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned()).ok_or(format!("{path}: {file}"))?
                    }
                };
                let text = with_ours(name, text);
                std::fs::write(folder.join(&own), &text)?;
                // The engine knows a set by its name alone.
                let known = site.lists.iter().find(|(_, known)| **known == text).map(|(name, _)| name.clone());
                let own = known.unwrap_or(own);
                site.lists.insert(own.clone(), text);
                options.push_str(&format!("{}; ", option.replace(file, &own)));
            }
            _ => options.push_str(&format!("{option}; ")),
        }
    }
    if !seen.insert(format!("{header}{options}")) {
        return Ok(());
    }
    let text = format!("{}({options}sid:{number}; rev:1;)", header.trim_start());
    match Rule::read(&text) {
        Ok(rule) => out.push(Loaded { from: path.to_owned(), text, rule }),
        Err(fault) => {
            *unread += 1;
            println!("not read: {text} ({path}): {fault}");
        }
    }
    Ok(())
}

/// A list of digests with one more, of a file that some flows carry: nobody knows files of the others.
fn with_ours(keyword: &str, mut text: String) -> String {
    if let Some((_, digest)) = flows::DIGESTS.iter().find(|(name, _)| *name == keyword) {
        text.push_str(&format!("{digest}\n"));
    }
    text
}

/// Options, without the semicolons between them.
fn split(body: &str) -> Vec<String> {
    let (mut out, mut option, mut escaped) = (Vec::new(), String::new(), false);
    for char in body.chars() {
        if char == ';' && !escaped {
            out.push(std::mem::take(&mut option).trim().to_owned());
            continue;
        }
        escaped = char == '\\' && !escaped;
        option.push(char);
    }
    out.retain(|option| !option.is_empty());
    out
}

/// The same flows one after the other, each with a client of its own, as what an engine sees of them.
fn apart(named: Vec<Named>, version: Version) -> (Vec<Named>, Vec<Traffic>, usize) {
    let (mut out, mut traffic, mut unseen) = (Vec::new(), Vec::new(), 0);
    for mut named in named {
        let number = u16::try_from(out.len()).unwrap_or(u16::MAX);
        named.flow.at = STEP * u32::from(number);
        let [high, low] = number.to_be_bytes();
        for end in [&mut named.flow.client, &mut named.flow.server] {
            if end.ip() == flows::NEAR {
                end.set_ip([10, high, low, 7].into());
            }
        }
        named.flow.client.set_port(10_000 + number);
        match seen::traffic(&named.flow, version) {
            Ok(seen) => {
                traffic.push(seen);
                out.push(named);
            }
            Err(_) => unseen += 1,
        }
    }
    (out, traffic, unseen)
}

/// Which rule fired on which flow: no two flows have the same client, which has no port where there is ICMP alone.
fn fired(said: &Value, flows: &[Flow]) -> BTreeSet<(u64, usize)> {
    let is_icmp = |flow: &Flow| matches!(flow.what, packets::What::Icmp(_));
    let client = |flow: &Flow| (flow.client.ip(), (!is_icmp(flow)).then_some(u64::from(flow.client.port())));
    let clients: BTreeMap<(IpAddr, Option<u64>), usize> = flows.iter().enumerate().map(|(at, flow)| (client(flow), at)).collect();
    let mut out = BTreeSet::new();
    for alert in said["alerts"].as_array().into_iter().flatten() {
        let end = |address: &str, port: &str| clients.get(&(alert[address].as_str()?.parse().ok()?, alert[port].as_u64()));
        out.extend(alert["sid"].as_u64().zip(end("src", "sport").or_else(|| end("dst", "dport")).copied()));
    }
    out
}
