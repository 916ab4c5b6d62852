//! What differs, rule by rule and target by target?

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use compare::{Change, Side, Verdict, Witness};
use ir::Detection;
use pipeline::Compilation;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::events;
use super::unchanged::Unchanged;
use crate::inputs::shown;
use crate::run::Run;

/// Everything that differs.
#[derive(Debug, Default, Serialize)]
pub(super) struct Differences {
    pub(super) tool: &'static str,
    /// The version of this form.
    pub(super) version: u32,
    /// The sides, as they were asked for.
    pub(super) old: String,
    pub(super) new: String,
    /// Whether a part of either side was not understood, so that something may be missing here.
    pub(super) incomplete: bool,
    /// How many rules there are on either side, and how many of them are the same in everything.
    pub(super) compared: usize,
    pub(super) unchanged: usize,
    /// How many inputs are the same on both sides and were not compiled for that.
    pub(super) inputs_left_out: usize,
    /// Rules that differ, by key.
    pub(super) rules: Vec<Rule>,
    /// Values that some rule holds and none did.
    pub(super) indicators_added: Vec<Indicator>,
    /// Values that no rule holds any more.
    pub(super) indicators_removed: Vec<Indicator>,
}

/// A rule that differs.
#[derive(Debug, Serialize)]
pub(super) struct Rule {
    pub(super) key: String,
    pub(super) title: String,
    /// `added`, `removed`, `same`, `wider`, `narrower`, `changed` or `undecided`: what it finds.
    pub(super) meaning: &'static str,
    /// Events that the new one finds and the old one missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gained: Option<Shown>,
    /// Events that the old one found and the new one misses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lost: Option<Shown>,
    /// Of what it is not known whether there is any: `gained`, `lost`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unknown: Vec<&'static str>,
    /// What it says of itself otherwise than before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) said: Vec<Said>,
    /// What became of it, by target, where that differs.
    pub(super) targets: BTreeMap<String, OnTarget>,
}

/// A witness, whole and in short.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub(super) events: Vec<Value>,
    /// As a test in a description has them, with what either rule asks about.
    #[serde(skip)]
    pub(super) words: Vec<String>,
}

/// Something that a rule says of itself.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    pub(super) what: &'static str,
    pub(super) old: String,
    pub(super) new: String,
}

/// A rule on one target.
#[derive(Debug, Serialize)]
pub(super) struct OnTarget {
    /// `added`, `removed`, `reworded`, `wider`, `narrower`, `changed` or `undecided`.
    pub(super) change: &'static str,
    /// What the rule means there, before and now.
    pub(super) old: &'static str,
    pub(super) new: &'static str,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Indicator {
    pub(super) advisory: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) value: String,
    /// Why it is gone, where a policy keeps it back: the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) withheld: Option<&'static str>,
}

impl Differences {
    /// How many rules there are of each kind of difference, by its word.
    pub(super) fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut out = BTreeMap::new();
        for rule in &self.rules {
            *out.entry(rule.meaning).or_insert(0) += 1;
            if rule.meaning == SAME && rule.targets.values().any(|on| on.change == REWORDED) {
                *out.entry(REWORDED).or_insert(0) += 1;
            }
        }
        out
    }
}

pub(super) const ADDED: &str = "added";
pub(super) const REMOVED: &str = "removed";
pub(super) const REWORDED: &str = "reworded";
pub(super) const SAME: &str = "same";

/// Whether a part of an input was not understood: an error that is about no detection.
pub(super) fn not_understood(said: &source::Diagnostic) -> bool {
    said.severity == source::Severity::Error && said.detection.is_none()
}

/// What differs between two runs, in what is not left out.
pub(super) fn between(old: &Run, new: &Run, left_out: &Unchanged) -> Differences {
    let (before, now) = (State::of(old, &left_out.old), State::of(new, &left_out.new));
    let called = renamed(&before, &now);
    let gone: BTreeSet<&str> = called.values().copied().collect();
    let keys: BTreeSet<&str> = before.by_key.keys().filter(|key| !gone.contains(*key)).chain(now.by_key.keys()).copied().collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let rules: Vec<Rule> = keys.par_iter().filter_map(|key| rule(called.get(key).unwrap_or(key), key, &before, &now)).collect();
    let (were, are) = (before.values(), now.values());
    let lists = |one: &BTreeSet<Indicator>, all: &BTreeSet<Indicator>, other: &State<'_>| {
        let mut out: Vec<Indicator> = one.difference(all).cloned().collect();
        for value in &mut out {
            value.withheld = other.withheld.get(&(value.advisory.as_str(), value.value.clone())).copied();
        }
        out
    };
    let errors = |run: &Run| run.diagnostics.iter().any(not_understood);
    Differences {
        tool: pipeline::TOOL,
        version: 1,
        incomplete: errors(old) || errors(new),
        compared: keys.len(),
        unchanged: keys.len() - rules.len(),
        inputs_left_out: left_out.new.len(),
        indicators_added: lists(&are, &were, &before),
        indicators_removed: lists(&were, &are, &now),
        rules,
        ..Differences::default()
    }
}

/// What rules are called now that kept their id under another name, and what they were called.
fn renamed<'c>(before: &State<'c>, now: &State<'c>) -> BTreeMap<&'c str, &'c str> {
    let only = |one: &State<'c>, other: &State<'c>| -> BTreeMap<String, &'c str> {
        let left = one.by_key.keys().filter(|key| !other.by_key.contains_key(*key));
        left.filter_map(|key| Some((one.detection(key)?.1.id.to_string(), *key))).collect()
    };
    let (gone, fresh) = (only(before, now), only(now, before));
    fresh.into_iter().filter_map(|(id, key)| Some((key, *gone.get(&id)?))).collect()
}

/// One side, by key.
struct State<'c> {
    compilation: &'c Compilation,
    /// Detections by key, without those whose input is left out.
    by_key: BTreeMap<&'c str, usize>,
    /// What became of a detection, by its index and the target's folder.
    rows: BTreeMap<(usize, &'c str), &'static str>,
    /// The texts of a detection's rules, by the same.
    texts: BTreeMap<(usize, &'c str), Vec<&'c str>>,
    /// Lists that rules look values up in, by the target's folder and their names.
    lists: BTreeMap<&'c str, BTreeMap<&'c str, &'c str>>,
    /// What a detection asks for where a channel lets less through, by the same.
    narrowed: BTreeMap<(usize, &'c str), &'c Detection>,
    /// Why a value is kept back, by advisory and value.
    withheld: BTreeMap<(&'c str, String), &'static str>,
}

impl<'c> State<'c> {
    fn of(run: &'c Run, left_out: &BTreeSet<PathBuf>) -> Self {
        let compilation = &run.compilation;
        let left_out: BTreeSet<String> = left_out.iter().map(|path| shown(path)).collect();
        let is_left_out = |detection: &Detection| !left_out.is_empty() && left_out.contains(&*run.inputs.sources.file(detection.span.file).name);
        let folders: BTreeMap<(&str, &str), &str> =
            compilation.outputs.iter().map(|output| ((output.target, output.profile), output.folder.as_str())).collect();
        let mut rows = BTreeMap::new();
        for row in &compilation.rows {
            if let Some(folder) = folders.get(&(row.target, row.profile)) {
                rows.insert((row.detection, *folder), row.outcome.name());
            }
        }
        let mut texts: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
        let mut lists: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        let mut narrowed = BTreeMap::new();
        for output in &compilation.outputs {
            narrowed.extend(output.narrowed.iter().map(|(at, detection)| ((*at, output.folder.as_str()), detection)));
            for rule in &output.rules {
                texts.entry((rule.detection, output.folder.as_str())).or_default().push(&rule.text);
            }
            let named = output.artefacts.iter().filter(|artefact| artefact.kind == backend::ArtefactKind::List);
            let stem = |path: &'c str| path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(path);
            lists.insert(&output.folder, named.map(|artefact| (stem(&artefact.path), artefact.text.as_str())).collect());
        }
        let withheld =
            compilation.withheld.iter().map(|held| ((held.advisory.as_str(), held.indicator.observable.to_string()), held.code.slug)).collect();
        let kept = compilation.detections.iter().enumerate().filter(|(_, detection)| !is_left_out(detection));
        let by_key = kept.map(|(at, detection)| (detection.key.as_str(), at)).collect();
        Self { compilation, by_key, rows, texts, lists, narrowed, withheld }
    }

    fn detection(&self, key: &str) -> Option<(usize, &'c Detection)> {
        let at = *self.by_key.get(key)?;
        Some((at, self.compilation.detections.get(at)?))
    }

    /// The values of all rules.
    fn values(&self) -> BTreeSet<Indicator> {
        let of = |detection: &Detection| {
            let advisory = detection.meta.advisory.clone();
            let value = move |indicator: &ir::Indicator| Indicator {
                advisory: advisory.clone(),
                kind: indicator.observable.kind().name(),
                value: indicator.observable.to_string(),
                withheld: None,
            };
            detection.indicators.iter().map(value).collect::<Vec<_>>()
        };
        self.by_key.values().filter_map(|at| self.compilation.detections.get(*at)).flat_map(of).collect()
    }
}

/// What differs in one rule, which may have had another key; nothing where nothing does.
fn rule(old_key: &str, key: &str, before: &State<'_>, now: &State<'_>) -> Option<Rule> {
    let folders: BTreeSet<&str> = before.lists.keys().chain(now.lists.keys()).copied().collect();
    let (old, new) = match (before.detection(old_key), now.detection(key)) {
        (Some(old), Some(new)) => (old, new),
        (one, other) => {
            let meaning = if one.is_none() { ADDED } else { REMOVED };
            let (state, (at, detection)) = (if one.is_none() { now } else { before }, one.or(other)?);
            let targets = folders.iter().filter_map(|folder| {
                state.texts.get(&(at, *folder))?;
                let outcome = state.rows.get(&(at, *folder)).copied()?;
                let (old, new) = if one.is_none() { (NONE, outcome) } else { (outcome, NONE) };
                Some(((*folder).to_owned(), OnTarget { change: meaning, old, new }))
            });
            let targets = targets.collect();
            let (key, title) = (key.to_owned(), detection.title.clone());
            return Some(Rule { key, title, meaning, gained: None, lost: None, unknown: Vec::new(), said: Vec::new(), targets });
        }
    };
    let change = compare::compare(old.1, new.1);
    let verdict = change.verdict();
    let mut targets = BTreeMap::new();
    for folder in folders {
        // Where a channel lets less through, what is asked there is compared, and not what is asked elsewhere.
        let narrowed = (before.narrowed.get(&(old.0, folder)), now.narrowed.get(&(new.0, folder)));
        let verdict = match narrowed {
            (None, None) => verdict,
            (one, other) => compare::compare(one.unwrap_or(&old.1), other.unwrap_or(&new.1)).verdict(),
        };
        if let Some(on) = on_target(folder, (before, old.0), (now, new.0), verdict) {
            targets.insert(folder.to_owned(), on);
        }
    }
    let said = said(old.1, new.1);
    if verdict == Verdict::Same && targets.is_empty() && said.is_empty() {
        return None;
    }
    let asked = events::asked([old.1, new.1]);
    let shown = |side: &Side| match side {
        Side::Witness(Witness { events }) => Some(Shown { events: events.iter().map(events::json).collect(), words: events::words(events, &asked) }),
        Side::Nothing | Side::Unknown => None,
    };
    let Change { gained, lost } = &change;
    let unknown = [("gained", gained), ("lost", lost)].into_iter().filter(|(_, side)| **side == Side::Unknown).map(|(name, _)| name).collect();
    let (key, title, meaning) = (key.to_owned(), new.1.title.clone(), verdict.name());
    Some(Rule { key, title, meaning, gained: shown(gained), lost: shown(lost), unknown, said, targets })
}

const NONE: &str = "none";

/// What differs on one target. Where both rules mean what was written, the detections say how; else what the target says of itself does.
fn on_target(folder: &str, (before, old): (&State<'_>, usize), (now, new): (&State<'_>, usize), verdict: Verdict) -> Option<OnTarget> {
    let outcome = |state: &State<'_>, at: usize| state.rows.get(&(at, folder)).copied().unwrap_or(NONE);
    let (was, is) = (outcome(before, old), outcome(now, new));
    let (text, other) = (before.texts.get(&(old, folder)), now.texts.get(&(new, folder)));
    let change = match (text, other) {
        (None, None) if was == is => return None,
        (None, None) => SAME,
        (None, Some(_)) => ADDED,
        (Some(_), None) => REMOVED,
        (Some(text), Some(other)) => {
            // A list is named in the text, and lies beside it.
            let names = |text: &[&str], state: &State<'_>| -> Vec<String> {
                let named = |name: &&str| text.iter().any(|text| text.contains(*name));
                state.lists.get(folder).into_iter().flatten().filter(|(name, _)| named(name)).map(|(_, list)| (*list).to_owned()).collect()
            };
            let same = text == other && names(text, before) == names(other, now);
            match (same, verdict, was == is) {
                (true, _, true) => return None,
                // What the target cannot say differs, and its rule does not.
                (true, _, false) => SAME,
                (false, Verdict::Same, true) => REWORDED,
                (false, Verdict::Same, false) => direction(was, is),
                (false, verdict, _) => verdict.name(),
            }
        }
    };
    Some(OnTarget { change, old: was, new: is })
}

/// Which way a rule went that means the same and is said otherwise: from what it meant beside that.
fn direction(was: &str, is: &str) -> &'static str {
    match (was, is) {
        ("exact", "wider") | ("narrower", "exact") => Verdict::Wider.name(),
        ("exact", "narrower") | ("wider", "exact") => Verdict::Narrower.name(),
        _ => Verdict::Changed.name(),
    }
}

/// What two detections say of themselves.
fn said(old: &Detection, new: &Detection) -> Vec<Said> {
    let (one, other) = (&old.meta, &new.meta);
    let words = |list: Vec<String>| list.join(", ");
    let tlp = |meta: &ir::Meta| meta.tlp.map_or_else(|| "unmarked".to_owned(), |tlp| tlp.name().to_owned());
    let techniques = |meta: &ir::Meta| words(meta.techniques.iter().map(|technique| technique.as_str().to_owned()).collect());
    let all = [
        ("key", old.key.clone(), new.key.clone()),
        ("title", old.title.clone(), new.title.clone()),
        ("severity", one.severity.name().to_owned(), other.severity.name().to_owned()),
        ("verdict", worth(one).to_owned(), worth(other).to_owned()),
        ("tlp", tlp(one), tlp(other)),
        ("techniques", techniques(one), techniques(other)),
    ];
    all.into_iter().filter(|(_, old, new)| old != new).map(|(what, old, new)| Said { what, old, new }).collect()
}

/// What a hit is worth, in the word of the language.
fn worth(meta: &ir::Meta) -> &'static str {
    match meta.verdict {
        ir::Verdict::Alert => "alert",
        ir::Verdict::Lead => "lead",
    }
}
