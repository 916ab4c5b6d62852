//! How do the documents of many files belong together?

use std::collections::BTreeMap;

use ir::{Advisory, Behavior, Facet, Predicate};
use source::Diagnostic;

use super::advisory::{Ids, empty};
use super::codes::{OTHER_SOURCE, TOO_LARGE, UNKNOWN_RULE};
use super::document::{Documents, Filter, Rule};
use super::growth::{self, Growth};
use super::stream::Stream;
use super::{about, correlated, detection};
use ir::Parsed;

/// Applies filters, builds correlations, and makes an advisory of each rule.
pub(super) fn run(files: Vec<Documents>) -> Parsed {
    let mut out = Parsed::default();
    let count = files.iter().map(|file| file.rules.len()).sum();
    let (mut rules, mut stems): (Vec<Rule>, Vec<String>) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut filters, mut correlations) = (Vec::new(), Vec::new());
    for mut file in files {
        out.diagnostics.append(&mut file.diagnostics);
        let stem = file.stem;
        stems.extend(std::iter::repeat_n(stem.clone(), file.rules.len()));
        rules.append(&mut file.rules);
        filters.append(&mut file.filters);
        correlations.extend(file.correlations.into_iter().map(|correlation| (correlation, stem.clone())));
    }
    let needed = !filters.is_empty() || !correlations.is_empty();
    let known: BTreeMap<String, usize> = if needed { index(&rules) } else { BTreeMap::new() };
    filter(&filters, &mut rules, &known, &mut out.diagnostics);
    let mut taken = Ids::default();
    taken.add(rules.iter().map(|rule| &rule.about));
    let built = if correlations.is_empty() {
        Vec::new()
    } else {
        let linked = correlated::link(correlations, &rules, &known, &mut taken, &mut out.diagnostics);
        // Rules that only serve a correlation are no detections of their own.
        let quiet = linked.served;
        let mut at = 0;
        stems.retain(|_| {
            at += 1;
            !quiet.contains(&(at - 1))
        });
        at = 0;
        rules.retain(|_| {
            at += 1;
            !quiet.contains(&(at - 1))
        });
        linked.advisories
    };
    out.advisories.reserve(rules.len() + built.len());
    for (rule, stem) in rules.into_iter().zip(stems) {
        let advisory = advisory(rule, &stem, &mut taken);
        out.advisories.push(advisory);
    }
    out.advisories.extend(built);
    out
}

/// The rules by id and name, without case. The first one that has a name keeps it.
fn index(rules: &[Rule]) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        for name in rule.names() {
            out.entry(name.to_lowercase()).or_insert(at);
        }
    }
    out
}

fn advisory(rule: Rule, stem: &str, taken: &mut Ids) -> Advisory {
    let Rule { about, stream, predicate, .. } = rule;
    let mut advisory = empty(about, stem, taken);
    let (head, span) = (advisory.1, advisory.0.header.span);
    let facet = Facet { name: "event".to_owned(), event: stream.selector, predicate, span };
    advisory.0.behaviors = vec![Behavior { head, facets: vec![facet] }];
    advisory.0
}

/// Takes away from rules what filters name.
fn filter(filters: &[Filter], rules: &mut [Rule], known: &BTreeMap<String, usize>, said: &mut Vec<Diagnostic>) {
    let mut growth = Growth::of_filters();
    for filter in filters {
        let mut targets: Vec<usize> = Vec::new();
        match &filter.rules {
            None => targets.extend((0..rules.len()).filter(|at| rules.get(*at).is_some_and(|rule| fits(filter, rule)))),
            Some(names) => {
                for (name, span) in names {
                    match known.get(&name.to_lowercase()).and_then(|at| Some((*at, rules.get(*at)?))) {
                        Some((at, rule)) if fits(filter, rule) => targets.push(at),
                        Some((_, rule)) => {
                            let message = format!(
                                "the filter `{}` reads other logs than `{}`, and does not apply to it",
                                filter.title, rule.about.header.title
                            );
                            said.push(Diagnostic::new(&OTHER_SOURCE, message).at(*span, "this rule").also(filter.span, "the filter"));
                        }
                        None => {
                            let message = format!("no rule that was read is called `{name}`");
                            let mut unknown = Diagnostic::new(&UNKNOWN_RULE, message).at(*span, "the filter does nothing for it");
                            unknown.help = about::titled(name, rules.iter().map(|rule| &rule.about));
                            said.push(unknown);
                        }
                    }
                }
            }
        }
        targets.sort_unstable();
        targets.dedup();
        // The same field means the same in each log source, so what is asked is built once for each.
        let mut built: Vec<(Stream, Option<Predicate>)> = Vec::new();
        for at in targets {
            let Some(rule) = rules.get_mut(at) else { continue };
            let predicate = match built.iter().find(|(stream, _)| *stream == rule.stream) {
                Some((_, predicate)) => predicate.clone(),
                None => {
                    let predicate = detection::lower(&filter.detection, &rule.stream, "", &mut Growth::default(), &mut Vec::new());
                    built.push((rule.stream.clone(), predicate.clone()));
                    predicate
                }
            };
            if let Some(predicate) = predicate {
                if !growth.take(growth::values(&predicate)) {
                    let message = format!("filters would add more than {} values to rules", growth::MAX_OF_FILTERS);
                    said.push(Diagnostic::new(&TOO_LARGE, message).at(filter.span, "this filter and those behind it are left out"));
                    return;
                }
                let before = std::mem::replace(&mut rule.predicate, Predicate::All(Vec::new()));
                rule.predicate = Predicate::All(vec![before, predicate]).flat();
            }
        }
    }
}

/// Whether a filter's log source is the rule's, or a wider one.
fn fits(filter: &Filter, rule: &Rule) -> bool {
    let agrees = |wanted: &Option<String>, is: &Option<String>| match (wanted, is) {
        (None, _) => true,
        (Some(wanted), Some(is)) => wanted.eq_ignore_ascii_case(is),
        (Some(_), None) => false,
    };
    let (filter, rule) = (&filter.source, &rule.source);
    agrees(&filter.category, &rule.category) && agrees(&filter.product, &rule.product) && agrees(&filter.service, &rule.service)
}
