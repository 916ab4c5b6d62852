//! How generated files are read back: each rule by a reader of our own, each list line by line.
//!
//! The engine itself is run by the binary when it is installed; this reader is stricter than the engine where a printed
//! rule has only one right form.

pub(crate) mod reader;

use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, ArtefactKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use reader::Rule;

/// What is wrong with the files, one line each.
pub(crate) fn verify(artefacts: &[Artefact]) -> Vec<String> {
    let lists: BTreeMap<&str, &Artefact> =
        artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::List).map(|artefact| (artefact.path.as_str(), artefact)).collect();
    let mut findings = Vec::new();
    let mut paths = BTreeSet::new();
    for path in artefacts.iter().map(|artefact| &artefact.path).filter(|path| !paths.insert(path.to_lowercase())) {
        findings.push(format!("{path}: another file of the run has this name, and holds something else"));
    }
    let mut sids: BTreeMap<String, String> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for artefact in artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules) {
        for line in reader::lines(&artefact.text) {
            let place = format!("{}:{}", artefact.path, line.number);
            if line.text.len() > crate::print::MAX_LINE {
                findings.push(format!("{place}: the rule has {} bytes, more than {}", line.text.len(), crate::print::MAX_LINE));
            }
            match reader::rule(&line.text) {
                Ok(None) => {}
                Ok(Some(rule)) => {
                    for option in rule
                        .options
                        .iter()
                        .filter(|option| matches!(option.name.as_str(), "filemd5" | "filesha1" | "filesha256" | "dataset" | "datarep"))
                    {
                        match list_of(&rule, option, &lists, &mut named) {
                            Ok(()) => {}
                            Err(why) => findings.push(format!("{place}: {why}")),
                        }
                    }
                    match rule.value("sid") {
                        Some(sid) => {
                            if let Some(before) = sids.insert(sid.to_owned(), place.clone()) {
                                findings.push(format!("{place}: sid {sid} is also the number of the rule at {before}"));
                            }
                        }
                        None => findings.push(format!("{place}: the rule has no sid")),
                    }
                }
                Err(why) => findings.push(format!("{place}: {why}")),
            }
        }
    }
    for path in lists.keys().filter(|path| !named.contains(**path)) {
        findings.push(format!("{path}: no rule names this list"));
    }
    findings
}

/// Checks the list that an option names: that it is there, and that each line is what the option wants.
fn list_of(rule: &Rule, option: &reader::RuleOption, lists: &BTreeMap<&str, &Artefact>, named: &mut BTreeSet<String>) -> Result<(), String> {
    let value = option.value.as_deref().unwrap_or_default();
    let ours = rule.value("metadata").is_some_and(|value| value.contains("vigie_id "));
    let (path, check): (&str, fn(&str) -> bool) = if matches!(option.name.as_str(), "dataset" | "datarep") {
        let part = |word: &str| value.split(',').map(str::trim).find_map(|part| part.strip_prefix(word)).map(str::trim);
        let Some(path) = part("load ").or_else(|| part("state ")) else { return Ok(()) };
        let check: fn(&str) -> bool = match part("type ") {
            Some("string") => |line| STANDARD.decode(line).is_ok_and(|bytes| !bytes.is_empty()),
            Some("ip" | "ipv4" | "ipv6") => |line| line.parse::<std::net::IpAddr>().is_ok(),
            _ if !ours => |_| true,
            _ => return Err(format!("`dataset:{value}` has no type that is known here")),
        };
        (path, check)
    } else {
        let check: fn(&str) -> bool = match option.name.as_str() {
            "filemd5" => |line| digest(line, 32),
            "filesha1" => |line| digest(line, 40),
            _ => |line| digest(line, 64),
        };
        (value.trim_start_matches('!').trim(), check)
    };
    let Some(list) = lists.get(path) else {
        // A rule that travels along may name a file of the site.
        return if ours { Err(format!("the list `{path}` is not there")) } else { Ok(()) };
    };
    named.insert(path.to_owned());
    if !ours {
        // What somebody else's list may hold was asked before it was taken along.
        return Ok(());
    }
    match list.text.lines().enumerate().find(|(_, line)| !check(line)) {
        Some((at, line)) => Err(format!("line {} of `{path}` is `{line}`, which `{}` does not take", at + 1, option.name)),
        None if list.text.is_empty() => Err(format!("the list `{path}` is empty")),
        None => Ok(()),
    }
}

fn digest(line: &str, digits: usize) -> bool {
    line.len() == digits && line.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
