//! What changed since the package before?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::manifest::{Manifest, Rule};

/// The contents of `CHANGES.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// `vigie`.
    pub tool: &'static str,
    /// This version.
    pub version: String,
    /// The version before; none for a package that was compared with nothing.
    pub previous: Option<String>,
    /// Rules that are new.
    pub added: Vec<Named>,
    /// Rules that are gone; the package may hold them once more, switched off.
    pub retired: Vec<Named>,
    /// Rules that differ, and in what.
    pub changed: Vec<Changed>,
    /// Files that are new.
    pub files_added: Vec<String>,
    /// Files that are gone.
    pub files_removed: Vec<String>,
    /// Files that hold something else.
    pub files_changed: Vec<String>,
}

/// A rule, by its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The detection's key.
    pub key: String,
    /// The rule's own id.
    pub id: String,
    /// The profile.
    pub profile: String,
    /// Its title.
    pub title: String,
}

/// A rule that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Which.
    #[serde(flatten)]
    pub rule: Named,
    /// In what, by the names of the manifest.
    pub what: Vec<&'static str>,
}

impl Changes {
    /// What is different in `now`.
    #[must_use]
    pub fn between(before: Option<&Manifest>, now: &Manifest) -> Self {
        let mut out = Self { tool: "vigie", version: now.package.version.clone(), ..Self::default() };
        let Some(before) = before else { return out };
        out.previous = Some(before.package.version.clone());
        let live = |manifest: &'_ Manifest| -> BTreeMap<(String, String), Rule> {
            let rules = manifest.rules.iter().filter(|rule| !rule.retired);
            rules.map(|rule| ((rule.profile.clone(), rule.id.clone()), rule.clone())).collect()
        };
        let (old, new) = (live(before), live(now));
        out.added = new.iter().filter(|(id, _)| !old.contains_key(*id)).map(|(_, rule)| Named::of(rule)).collect();
        out.retired = old.iter().filter(|(id, _)| !new.contains_key(*id)).map(|(_, rule)| Named::of(rule)).collect();
        for (id, rule) in &new {
            let what = old.get(id).map(|old| differences(old, rule)).unwrap_or_default();
            if !what.is_empty() {
                out.changed.push(Changed { rule: Named::of(rule), what });
            }
        }
        let paths: BTreeSet<&String> = before.artefacts.keys().chain(now.artefacts.keys()).collect();
        for path in paths {
            match (before.artefacts.get(path), now.artefacts.get(path)) {
                (None, Some(_)) => out.files_added.push(path.clone()),
                (Some(_), None) => out.files_removed.push(path.clone()),
                (Some(old), Some(new)) if old.sha256 != new.sha256 => out.files_changed.push(path.clone()),
                _ => {}
            }
        }
        out
    }
}

impl Named {
    fn of(rule: &Rule) -> Self {
        Self { key: rule.key.clone(), id: rule.id.clone(), profile: rule.profile.clone(), title: rule.title.clone() }
    }
}

/// In what two rules differ.
fn differences(old: &Rule, new: &Rule) -> Vec<&'static str> {
    let all = [
        ("text", old.sha256 == new.sha256),
        ("meaning", old.meaning == new.meaning || old.meaning.is_none() || new.meaning.is_none()),
        ("title", old.title == new.title),
        ("severity", old.severity == new.severity),
        ("verdict", old.verdict == new.verdict),
        ("techniques", old.techniques == new.techniques),
        ("sentences", old.sentences == new.sentences),
        ("outcome", old.outcome == new.outcome && old.logs == new.logs),
        ("losses", old.losses == new.losses),
        ("expires", old.expires == new.expires),
        ("artefacts", old.artefacts == new.artefacts),
    ];
    all.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect()
}
