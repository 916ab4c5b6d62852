//! How generated files are read back: each rule by a reader of our own, each list line by line.
//!
//! The engine itself is asked when it is installed (`engine.rs`); this reader is stricter than the engine where a printed
//! rule has only one right form.

pub(crate) mod reader;

use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, ArtefactKind, Fault, Printed, Profile};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::profiles::Version;
use crate::variables;
use reader::{BLOCK, Line, Reading, Rule};

/// What is refused. The k-th rule of a file is the k-th that was meant to be in it: a file with more or fewer rules goes as a whole.
pub(crate) fn verify(printed: &Printed, profile: &'static Profile) -> Vec<Fault> {
    let lists: BTreeMap<&str, &Artefact> =
        printed.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::List).map(|artefact| (artefact.path.as_str(), artefact)).collect();
    let meant = printed.by_artefact();
    let mut faults = Vec::new();
    let mut sids: BTreeMap<String, String> = BTreeMap::new();
    let mut named = BTreeSet::new();
    let taken = taken(printed);
    let mut claims = Vec::new();
    for artefact in printed.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules) {
        let lines: Vec<Line> = reader::lines(&artefact.text).into_iter().filter(Line::is_rule).collect();
        let rules = meant.get(artefact.path.as_str()).map(Vec::as_slice).unwrap_or_default();
        if lines.len() != rules.len() {
            faults.push(Fault::of_file(&*artefact.path, format!("{} rules stand in it instead of {}", lines.len(), rules.len())));
            continue;
        }
        for (line, at) in lines.iter().zip(rules) {
            let carried = printed.rules.get(*at).is_some_and(|rule| rule.carried);
            let mut refuse = |why: String| faults.push(Fault::of_rule(&*artefact.path, Some(*at), format!("line {}: {why}", line.number)));
            if line.cut || line.text.len() > BLOCK {
                refuse(format!("the rule has more than {BLOCK} bytes"));
                continue;
            }
            let rule = match reader::rule(&line.text, if carried { Reading::Carried } else { Reading::Ours }) {
                Ok(rule) => rule,
                Err(why) => {
                    refuse(why);
                    continue;
                }
            };
            if let Some(why) = wrong(&rule, profile, carried, &lists, &mut named) {
                refuse(why);
                continue;
            }
            for path in taken.iter().filter(|path| rule.options.iter().any(|option| names(option, path))) {
                claims.push(Claim { rule: *at, carried, artefact: &artefact.path, path });
            }
            match rule.value("sid") {
                Some(sid) => {
                    if let Some(before) = sids.get(sid) {
                        refuse(format!("sid {sid} is also the number of the rule at {before}"));
                    } else {
                        sids.insert(sid.to_owned(), format!("{}:{}", artefact.path, line.number));
                    }
                }
                None => refuse("the rule has no sid".to_owned()),
            }
        }
    }
    faults.extend(settle(&claims));
    if faults.is_empty() {
        faults.extend(lists.keys().filter(|path| !named.contains(**path)).map(|path| Fault::of_file(*path, "no rule names this list")));
    }
    faults
}

/// Whether an option names a file.
pub(crate) fn names(option: &reader::RuleOption, path: &str) -> bool {
    let value = option.value.as_deref().unwrap_or_default();
    let mut words = value.split(',').map(str::trim);
    match option.name.as_str() {
        "dataset" | "datarep" => {
            words.any(|word| word.strip_prefix("load ").or_else(|| word.strip_prefix("state ")).is_some_and(|file| file.trim() == path))
        }
        "filemd5" | "filesha1" | "filesha256" | "lua" | "luaxform" => words.next().is_some_and(|file| file.trim_start_matches('!').trim() == path),
        _ => false,
    }
}

/// A rule that names a file of which the run has two: where it stands, whether it travels along, and the file.
struct Claim<'p> {
    rule: usize,
    carried: bool,
    artefact: &'p str,
    path: &'p str,
}

/// The files that two parts of a run mean to hold something else.
fn taken(printed: &Printed) -> BTreeSet<&str> {
    let mut first = BTreeSet::new();
    printed.artefacts.iter().filter(|artefact| !first.insert(artefact.path.to_lowercase())).map(|artefact| artefact.path.as_str()).collect()
}

/// A file belongs to our own rules, else to the file of rules that names it first; the rules of others go.
fn settle(claims: &[Claim<'_>]) -> Vec<Fault> {
    let holder = |path: &str| claims.iter().filter(|claim| claim.path == path).min_by_key(|claim| claim.carried).map(|claim| claim.artefact);
    let lost = claims.iter().filter(|claim| claim.carried && holder(claim.path) != Some(claim.artefact));
    lost.map(|claim| Fault::of_rule(claim.artefact, Some(claim.rule), format!("`{}`, which it names, is another file of the run", claim.path)))
        .collect()
}

/// What is wrong with a rule beyond its form: its variables, and the lists it names.
fn wrong(rule: &Rule, profile: &Profile, carried: bool, lists: &BTreeMap<&str, &Artefact>, named: &mut BTreeSet<String>) -> Option<String> {
    if let [_, _, source, source_ports, arrow, destination, destination_ports] = rule.header.as_slice() {
        if arrow == "=>" && Version::of(profile) < Version::Eight {
            return Some("`=>` is new in version 8".to_owned());
        }
        let addresses = [source, destination].into_iter().find_map(|word| variables::unknown(word, &variables::ADDRESSES));
        let ports = [source_ports, destination_ports].into_iter().find_map(|word| variables::unknown(word, variables::ports(profile)));
        if let Some(name) = addresses.or(ports) {
            let kind = if addresses.is_some() { "addresses" } else { "ports" };
            return Some(format!("`${name}` is no group of {kind} of the stock suricata.yaml"));
        }
    }
    let mut options =
        rule.options.iter().filter(|option| matches!(option.name.as_str(), "filemd5" | "filesha1" | "filesha256" | "dataset" | "datarep"));
    options.find_map(|option| list_of(option, carried, lists, named).err())
}

/// Checks the list that an option names: that it is there, and that each line is what the option wants.
fn list_of(option: &reader::RuleOption, carried: bool, lists: &BTreeMap<&str, &Artefact>, named: &mut BTreeSet<String>) -> Result<(), String> {
    let value = option.value.as_deref().unwrap_or_default();
    let (path, check): (&str, fn(&str) -> bool) = if matches!(option.name.as_str(), "dataset" | "datarep") {
        let part = |word: &str| value.split(',').map(str::trim).find_map(|part| part.strip_prefix(word)).map(str::trim);
        let Some(path) = part("load ").or_else(|| part("state ")) else { return Ok(()) };
        let check: fn(&str) -> bool = match part("type ") {
            Some("string") => |line| STANDARD.decode(line).is_ok_and(|bytes| !bytes.is_empty()),
            Some("ip" | "ipv4" | "ipv6") => |line| line.parse::<std::net::IpAddr>().is_ok(),
            _ if carried => return Ok(()),
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
        return if carried { Ok(()) } else { Err(format!("the list `{path}` is not there")) };
    };
    named.insert(path.to_owned());
    if carried {
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
