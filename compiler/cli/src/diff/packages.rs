//! What differs between two packages? They hold texts of rules, and no descriptions: that a text differs is said, and not how its meaning does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use compare::Verdict;
use package::{Changes, Manifest};

use super::differences::{ADDED, Differences, OnTarget, REMOVED, REWORDED, Rule, SAME, Said};
use crate::earlier;

/// The differences of two packages; nothing where neither side is one.
///
/// # Errors
///
/// Only one side is a package, or they are for different products.
pub(super) fn both(old: &str, new: &str) -> Result<Option<Differences>, String> {
    let is_one = |folder: &str| Path::new(folder).join(package::MANIFEST).is_file();
    match (is_one(old), is_one(new)) {
        (false, false) => return Ok(None),
        (true, true) => {}
        (one, _) => {
            let (package, other) = if one { (old, new) } else { (new, old) };
            return Err(format!("`{package}` is a package and `{other}` is none; two packages can be compared, or two states of descriptions"));
        }
    }
    let (before, now) = (earlier::manifest(Path::new(old))?, earlier::manifest(Path::new(new))?);
    if before.package.r#for != now.package.r#for {
        return Err(format!("`{old}` is a package for {}, and `{new}` is one for {}", before.package.r#for, now.package.r#for));
    }
    Ok(Some(between(old, new, &before, &now)))
}

fn between(old: &str, new: &str, before: &Manifest, now: &Manifest) -> Differences {
    let changes = Changes::between(Some(before), now);
    let outcomes = |manifest: &Manifest| -> BTreeMap<(String, String), &'static str> {
        let word = |text: &str| ["exact", "wider", "narrower", "unsupported", "withheld"].into_iter().find(|known| *known == text).unwrap_or("none");
        manifest.rules.iter().map(|rule| ((rule.profile.clone(), rule.id.clone()), word(&rule.outcome))).collect()
    };
    let (was, is) = (outcomes(before), outcomes(now));
    let has_meaning = |manifest: &'_ Manifest| -> BTreeSet<(String, String)> {
        let rules = manifest.rules.iter().filter(|rule| rule.meaning.is_some());
        rules.map(|rule| (rule.profile.clone(), rule.id.clone())).collect()
    };
    let [had, has] = [has_meaning(before), has_meaning(now)];
    let numbered: BTreeSet<(&String, &String)> = had.intersection(&has).map(|(profile, id)| (profile, id)).collect();
    let mut rules: BTreeMap<(String, String), Rule> = BTreeMap::new();
    let mut put = |named: &package::Named, meaning: &'static str, change: &'static str, what: &[&'static str]| {
        let id = (named.profile.clone(), named.id.clone());
        let on = OnTarget { change, old: was.get(&id).copied().unwrap_or("none"), new: is.get(&id).copied().unwrap_or("none") };
        let place = rules.entry((named.key.clone(), named.title.clone())).or_insert_with(|| Rule {
            key: named.key.clone(),
            title: named.title.clone(),
            meaning,
            gained: None,
            lost: None,
            unknown: Vec::new(),
            said: Vec::new(),
            targets: BTreeMap::new(),
        });
        for what in what {
            if !place.said.iter().any(|said| said.what == *what) {
                place.said.push(Said { what, old: String::new(), new: String::new() });
            }
        }
        if meaning == Verdict::Undecided.name() {
            place.meaning = meaning;
        }
        place.targets.insert(format!("{}/{}", now.package.r#for, named.profile), on);
    };
    for rule in &changes.added {
        put(rule, ADDED, ADDED, &[]);
    }
    for rule in &changes.retired {
        put(rule, REMOVED, REMOVED, &[]);
    }
    for changed in &changes.changed {
        let what = |what: &str| changed.what.contains(&what);
        // A rule with a number has the digest of its meaning, which counts its lists too; of the others the text alone is known.
        let finds = what("meaning") || what("text") && !numbered.contains(&(&changed.rule.profile, &changed.rule.id));
        let (meaning, change) = match (finds, what("text")) {
            (true, _) => (Verdict::Undecided.name(), Verdict::Undecided.name()),
            (false, true) => (SAME, REWORDED),
            (false, false) => (SAME, SAME),
        };
        put(&changed.rule, meaning, change, &changed.what);
    }
    let rules: Vec<Rule> = rules.into_values().collect();
    let compared = before.rules.iter().chain(&now.rules).map(|rule| &rule.key).collect::<BTreeSet<_>>().len();
    let differ = rules.iter().map(|rule| &rule.key).collect::<BTreeSet<_>>().len();
    Differences {
        tool: pipeline::TOOL,
        version: 1,
        old: old.to_owned(),
        new: new.to_owned(),
        compared,
        unchanged: compared - differ,
        rules,
        ..Differences::default()
    }
}
