//! Is what was written sound? Every file is read back by [`crate::engine`], one reader for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use backend::{Artefact, ArtefactKind, Fault, Printed};
use yara_x_parser::ast::{AST, Item, RuleFlags};

use crate::carried;
use crate::engine::Reader;

/// Reads all files back: warnings count for those that we wrote, errors for all.
pub(crate) fn verify(printed: &Printed) -> Vec<Fault> {
    let mut out = Vec::new();
    let mut reader = Reader::new();
    let meant = printed.by_artefact();
    for Artefact { path, kind, text } in &printed.artefacts {
        match kind {
            ArtefactKind::Rules => {
                let rules = meant.get(path.as_str()).map(Vec::as_slice).unwrap_or_default();
                let carried = rules.first().and_then(|at| printed.rules.get(*at)).is_some_and(|rule| rule.carried);
                let found = reader.read(path, text);
                let faults: Vec<_> = found.errors.into_iter().chain(found.warnings.into_iter().filter(|_| !carried)).collect();
                if faults.is_empty() {
                    continue;
                }
                let places = carried::rules(text);
                out.extend(faults.into_iter().map(|(why, at)| Fault::of_rule(path, at.and_then(|at| rule_at(at, &places, rules)), why)));
            }
            ArtefactKind::List => {
                let digest = |line: &&str| !line.is_empty() && line.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let lines: Vec<&str> = text.lines().collect();
                if let Some(line) = lines.iter().find(|line| !digest(line)) {
                    out.push(Fault::of_file(path, format!("`{line}` is no digest in lower case")));
                }
                if lines.iter().collect::<BTreeSet<_>>().len() != lines.len() {
                    out.push(Fault::of_file(path, "a digest stands there twice"));
                }
            }
            ArtefactKind::Support => {}
        }
    }
    out.extend(named_twice(printed));
    out
}

/// Carried rules whose name a rule of another file has: rules that are given to a scanner together share one namespace, where a name
/// stands once (<https://yara.readthedocs.io/en/stable/writingrules.html>).
fn named_twice(printed: &Printed) -> Vec<Fault> {
    if !printed.rules.iter().any(|rule| rule.carried) {
        return Vec::new();
    }
    let carried: BTreeSet<&str> = printed.rules.iter().filter(|rule| rule.carried).map(|rule| rule.artefact.as_str()).collect();
    let ours = printed.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules && !carried.contains(artefact.path.as_str()));
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for artefact in ours {
        names.extend(carried::names(&artefact.text).into_iter().map(|name| (name, artefact.path.as_str())));
    }
    let mut out = Vec::new();
    for (at, rule) in printed.rules.iter().enumerate().filter(|(_, rule)| rule.carried && !rule.id.is_empty()) {
        match names.get(&rule.id) {
            Some(other) if *other != rule.artefact => {
                out.push(Fault::of_rule(&*rule.artefact, Some(at), format!("a rule in `{other}` has the name `{}` already", rule.id)));
            }
            Some(_) => {}
            None => {
                names.insert(rule.id.clone(), &rule.artefact);
            }
        }
    }
    out
}

/// The rule that holds a byte. The k-th rule of a file is the k-th that was meant to be in it; else it cannot be told.
fn rule_at(at: usize, places: &[Range<usize>], rules: &[usize]) -> Option<usize> {
    let place = places.iter().position(|place| place.contains(&at)).filter(|_| places.len() == rules.len())?;
    rules.get(place).copied()
}

/// What the engine warns about in a file that travels along.
pub(crate) fn warnings(text: &str) -> Vec<String> {
    Reader::new().read("native", text).warnings.into_iter().map(|(what, _)| what).collect()
}

/// The global rules of a file.
pub(crate) fn globals(text: &str) -> Vec<String> {
    let global = |item: &Item<'_>| match item {
        Item::Rule(rule) if rule.flags.contains(RuleFlags::Global) => Some(rule.identifier.name.to_owned()),
        _ => None,
    };
    AST::from(text).items.iter().filter_map(global).collect()
}
