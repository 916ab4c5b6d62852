//! Which saved searches does an app hold? Each rule, with what the site says of when it runs; each hunt; and each rule that is gone, switched off.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use backend::{PackedRule, Packing};
use ir::Detection;

use crate::ast::Stage;
use crate::description::description;
use crate::print::{self, conf_value, one_line};
use crate::stanza::Timed;
use crate::{conf, security, verify, verify_spl};

use super::site::Site;

/// A saved search.
pub(super) struct Stanza<'t> {
    /// Its name.
    pub(super) name: String,
    /// Whether it runs, is run by hand, or stands there switched off.
    pub(super) runs: Runs,
    settings: Vec<(Cow<'t, str>, Cow<'t, str>)>,
}

impl Stanza<'_> {
    /// The value of a setting.
    pub(super) fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == key).map(|(_, value)| &**value)
    }
}

/// Whether a saved search runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// On its schedule.
    Scheduled,
    /// When the site switches it on.
    Off,
    /// When somebody starts it.
    ByHand,
    /// Never again.
    Retired,
}

/// Every saved search, by name.
pub(super) fn stanzas<'t>(packing: &Packing<'t>, site: &Site, shared: &BTreeMap<String, String>) -> Vec<Stanza<'t>> {
    let mut profiles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (at, _, detection) in packing.rules() {
        profiles.entry(&detection.key).or_default().push(packing.parts[at.part].profile.id);
    }
    let mut out = Vec::new();
    for (at, part) in packing.parts.iter().enumerate() {
        for artefact in part.artefacts.iter().filter(|artefact| artefact.path.ends_with("savedsearches.conf")) {
            let Ok(mut conf) = verify::conf(&artefact.text) else { continue };
            for PackedRule { rule, .. } in packing.rules_in(at, &artefact.path) {
                let Some((rule, detection)) = part.rules.get(rule).and_then(|rule| Some((rule, packing.detections.get(rule.detection)?))) else {
                    continue;
                };
                // What does not read back was refused before.
                let Some(mut settings) = conf.swap_remove(rule.id.as_str()) else { continue };
                let columns = settings.get_mut("search").map(|search| settle(search, shared)).unwrap_or_default();
                let runs = site.runs(detection, part.profile.id, profiles.get(detection.key.as_str()).map(Vec::as_slice).unwrap_or_default());
                let search = settings.get("search").cloned().unwrap_or_default();
                out.push(rule_stanza(&rule.id, settings, &columns, detection, part.profile.id, runs, site));
                out.extend(site.hunts.then(|| hunt(&rule.id, search, detection)).flatten());
            }
        }
    }
    out.extend(packing.retired.iter().map(|rule| retired(&rule.id, &rule.title)));
    out.sort_by(|one, other| one.name.cmp(&other.name));
    out
}

/// Gives the tables of a search the names that hold in the app, and says which columns it shows.
fn settle(search: &mut Cow<'_, str>, shared: &BTreeMap<String, String>) -> Vec<String> {
    let Ok(mut query) = verify_spl::read(search) else { return Vec::new() };
    if verify::tables(&query).iter().any(|table| shared.contains_key(table)) {
        conf::rename(&mut query, shared);
        *search = print::query(&query).into();
    }
    match query.0.into_iter().next_back() {
        Some(Stage::Table(columns)) => columns,
        _ => Vec::new(),
    }
}

fn rule_stanza<'t>(
    name: &str,
    settings: verify::Settings<'t>,
    columns: &[String],
    detection: &Detection,
    profile: &str,
    runs: bool,
    site: &Site,
) -> Stanza<'t> {
    let metadata = settings.get(security::METADATA).map(ToString::to_string);
    let timed = Timed::of(detection, &settings, &site.timing);
    let mut out: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    for (key, value) in settings {
        let value = match key {
            action if action.starts_with("action.") => continue,
            "disabled" => if runs { "0" } else { "1" }.into(),
            "cron_schedule" => timed.cron.clone().into(),
            "dispatch.earliest_time" => timed.earliest.clone().into(),
            "dispatch.latest_time" => timed.latest.clone().into(),
            "alert.suppress.period" => timed.throttle.clone().into(),
            _ => value,
        };
        out.push((key.into(), value));
    }
    let known = security::settings(detection, profile, columns, &site.policy);
    // What can be told of nobody stays out of Enterprise Security once it runs.
    let acts = known.iter().any(|(key, _)| matches!(*key, "action.notable" | "action.risk"));
    if site.enterprise_security && (acts || !runs) {
        out.extend(known.into_iter().map(|(key, value)| (key.into(), value.into())));
        out.extend(metadata.map(|metadata| (security::METADATA.into(), metadata.into())));
    }
    Stanza { name: name.to_owned(), runs: if runs { Runs::Scheduled } else { Runs::Off }, settings: out }
}

/// The same question once, over the days that the advisory names.
fn hunt<'t>(name: &str, search: Cow<'t, str>, detection: &Detection) -> Option<Stanza<'t>> {
    let window = detection.meta.hunt.as_ref()?;
    // `dispatch.time_format` of savedsearches.conf, as it is when nobody sets it.
    let moment = |day: ir::Date| format!("{day}T00:00:00.000+00:00");
    let earliest = window.from.map_or_else(|| "0".to_owned(), moment);
    let latest = window.until.and_then(|day| day.tomorrow().ok()).map_or_else(|| "now".to_owned(), moment);
    let settings = vec![
        ("description".into(), format!("Run once, by hand: it reads everything since the day the advisory names. {}", description(detection)).into()),
        ("search".into(), search),
        ("dispatch.earliest_time".into(), earliest.into()),
        ("dispatch.latest_time".into(), latest.into()),
        ("enableSched".into(), "0".into()),
    ];
    Some(Stanza { name: format!("Hunt: {name}"), runs: Runs::ByHand, settings })
}

/// What stands in place of a rule that is gone, for one version: a site that has switched the rule on finds it switched off, and why.
fn retired<'t>(name: &str, title: &str) -> Stanza<'t> {
    let settings = vec![
        ("description".into(), format!("Retired: this version of the app has no rule `{}` any more. Nothing is searched.", one_line(title)).into()),
        ("search".into(), "| makeresults | where false()".into()),
        ("disabled".into(), "1".into()),
        ("enableSched".into(), "0".into()),
        ("action.correlationsearch.enabled".into(), "0".into()),
        ("action.notable".into(), "0".into()),
        ("action.risk".into(), "0".into()),
    ];
    Stanza { name: name.to_owned(), runs: Runs::Retired, settings }
}

/// The text of `savedsearches.conf`.
pub(super) fn text(stanzas: &[Stanza<'_>]) -> String {
    let mut out = String::from("# Made by vigie. What a site changes goes into local/savedsearches.conf, which outlives the next version.\n");
    for stanza in stanzas {
        let _ = writeln!(out, "\n[{}]", stanza.name);
        for (key, value) in &stanza.settings {
            let _ = writeln!(out, "{key} = {}", conf_value(value));
        }
    }
    out
}

/// Which rules look values up in a table, by the table's name.
pub(super) fn users(packing: &Packing<'_>, shared: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<PackedRule>> {
    let mut out: BTreeMap<String, BTreeSet<PackedRule>> = BTreeMap::new();
    for (at, rule, _) in packing.rules() {
        let Ok(query) = verify_spl::read(&rule.text) else { continue };
        for table in verify::tables(&query) {
            out.entry(shared.get(&table).cloned().unwrap_or(table)).or_default().insert(at);
        }
    }
    out
}

/// The version by which Enterprise Security knows each rule, by the rule's id.
pub(super) fn versions(packing: &Packing<'_>) -> BTreeMap<String, u64> {
    let mut out = BTreeMap::new();
    for artefact in packing.parts.iter().flat_map(|part| part.artefacts).filter(|artefact| artefact.path.ends_with("savedsearches.conf")) {
        for (name, settings) in verify::conf(&artefact.text).unwrap_or_default() {
            let metadata = settings.get(security::METADATA).and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
            let version = metadata.and_then(|metadata| metadata.get("detection_version")?.as_str()?.parse().ok());
            out.extend(version.map(|version| (name.to_owned(), version)));
        }
    }
    out
}
