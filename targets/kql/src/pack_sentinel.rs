//! What does Sentinel import? Rules and hunting queries as templates and in the layout of its repository, watchlists, indicators, a solution.

use std::collections::{BTreeMap, BTreeSet};

use backend::{Packed, PackedFile, PackedRule, Packing};
use serde_json::{Value, json};
use source::{Diagnostic, count};

use crate::pack_arm::{self, Running};
use crate::pack_codes::{LIST_BY_HAND, MANY_DEPLOYMENTS, MANY_RULES};
use crate::pack_hunts::Hunt;
use crate::pack_parts::{self, List, Packable};
use crate::pack_settings::{self, NearRealTime, Sentinel};
use crate::{pack_solution, pack_stix, pack_versions, pack_words, pack_yaml};

/// Rules that a workspace runs at once (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>).
const SCHEDULED: usize = 512;
const SCHEDULED_DEDICATED: usize = 1_024;
const NEAR_REAL_TIME: usize = 50;
/// Deployments that a resource group keeps, each of one template (the same page).
const DEPLOYMENTS: usize = 800;
/// Rules of a folder that share a template where there would be more.
const TOGETHER: usize = 100;

/// Packs rules for Sentinel.
pub(crate) fn pack(rules: &[Packable<'_>], lists: &[List<'_>], packing: &Packing<'_>) -> Packed {
    let (settings, mut diagnostics) = pack_settings::read::<Sentinel>(packing, |settings| &settings.enabled);
    let running: Vec<(&Packable<'_>, Running)> = rules.iter().map(|rule| (rule, running(rule, &settings))).collect();
    diagnostics.extend(too_many(&running, &settings));
    diagnostics.extend(rules.iter().filter_map(pack_words::shortened));
    let hunts: Vec<Hunt<'_>> = rules.iter().filter_map(|rule| Hunt::of(rule, "TimeGenerated")).collect();

    let mut files: Vec<PackedFile> = running
        .iter()
        .map(|(rule, how)| PackedFile::of(format!("analytics-rules/{}.yaml", rule.stem), pack_yaml::rule(rule, *how), [rule.at]))
        .collect();
    files.extend(hunts.iter().map(|hunt| {
        let words = (hunt.id.as_str(), hunt.name.as_str(), hunt.description.as_str(), hunt.query.as_str());
        PackedFile::of(format!("hunting-queries/{}.yaml", hunt.rule.stem), pack_yaml::hunt(&hunt.rule.card, words), [hunt.rule.at])
    }));
    pack_versions::succeed(&mut files, packing.before);
    let mut templates: Vec<Template<'_>> = running
        .iter()
        .map(|(rule, how)| Template { folder: "rules", stem: rule.stem, resource: pack_arm::rule(rule, *how), rule: Some(rule.at) })
        .collect();
    templates.extend(hunts.iter().map(|hunt| Template {
        folder: "hunting",
        stem: hunt.rule.stem,
        resource: pack_arm::search(&hunt.id, hunt.properties()),
        rule: Some(hunt.rule.at),
    }));
    let titles = titles(rules);
    let watched = watchlists(lists, &titles, &mut files, &mut diagnostics);
    let others = watched.len() + usize::from(!packing.retired.is_empty());
    files.extend(deployed(templates, others, &mut diagnostics));
    files.extend(watched);
    files.extend(retired(packing));
    files.extend(pack_stix::files(packing));
    files.extend(pack_solution::files(&running, &hunts, packing.label));
    files.push(repository(&files));
    Packed { files, diagnostics }
}

fn running(rule: &Packable<'_>, settings: &Sentinel) -> Running {
    let wanted = match settings.near_real_time {
        NearRealTime::None => false,
        NearRealTime::High => rule.card.severity == "High",
        NearRealTime::All => true,
    };
    Running { enabled: settings.enabled.holds(rule.detection), near_real_time: wanted && can_be_near_real_time(rule), incidents: settings.incidents }
}

/// Whether a rule reads one table, and no more than the minute before: <https://learn.microsoft.com/azure/sentinel/near-real-time-rules>.
fn can_be_near_real_time(rule: &Packable<'_>) -> bool {
    let one_table = rule.card.tables().len() == 1 && !["union ", "join ", "lookup "].iter().any(|word| rule.card.query.contains(word));
    one_table && rule.card.reach == 0
}

/// What is said when more rules would run than a workspace runs.
fn too_many(rules: &[(&Packable<'_>, Running)], settings: &Sentinel) -> Vec<Diagnostic> {
    let on = |near: bool| rules.iter().filter(|(_, how)| how.enabled && how.near_real_time == near).count();
    let scheduled = if settings.dedicated_cluster { SCHEDULED_DEDICATED } else { SCHEDULED };
    let checks = [(on(false), scheduled, "scheduled"), (on(true), NEAR_REAL_TIME, "near-real-time")];
    checks
        .into_iter()
        .filter(|(found, most, _)| found > most)
        .map(|(found, most, what)| {
            Diagnostic::new(&MANY_RULES, format!("{found} {what} rules would be switched on, and a workspace runs {most}"))
                .help("`enabled` in `[package.sentinel]` might name the advisories whose rules are to run")
        })
        .collect()
}

/// A resource on its way into a template.
struct Template<'a> {
    folder: &'static str,
    stem: &'a str,
    resource: Value,
    rule: Option<PackedRule>,
}

/// Templates, one for each resource, or for those of a folder together where they would be too many.
fn deployed(templates: Vec<Template<'_>>, others: usize, diagnostics: &mut Vec<Diagnostic>) -> Vec<PackedFile> {
    let file = |path: String, resources: Vec<Value>, rules: Vec<PackedRule>| PackedFile::json(path, &pack_arm::template(resources), rules);
    if templates.len() + others <= DEPLOYMENTS {
        let one = |one: Template<'_>| file(format!("arm/{}/{}.json", one.folder, one.stem), vec![one.resource], one.rule.into_iter().collect());
        return templates.into_iter().map(one).collect();
    }
    let alone = templates.len();
    let mut folders: BTreeMap<String, Vec<Template<'_>>> = BTreeMap::new();
    for template in templates {
        let folder = template.stem.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(format!("arm/{}/{folder}", template.folder)).or_default().push(template);
    }
    let mut out = Vec::new();
    for (path, templates) in folders {
        let keyed = templates.into_iter().map(|template| (ir::id::of("template", template.stem), template)).collect();
        for (name, templates) in pack_parts::parts(keyed, TOGETHER) {
            let rules = templates.iter().filter_map(|template| template.rule).collect();
            out.push(file(format!("{path}/{name}.json"), templates.into_iter().map(|template| template.resource).collect(), rules));
        }
    }
    diagnostics.push(
        Diagnostic::new(
            &MANY_DEPLOYMENTS,
            format!(
                "{alone} templates would be more than the {DEPLOYMENTS} deployments that a resource group keeps; {} hold them",
                count(out.len(), "file")
            ),
        )
        .help("a package for each advisory would have a template for each rule"),
    );
    out
}

/// The title of each watchlist: that of the first rule that asks it.
fn titles<'r>(rules: &'r [Packable<'_>]) -> BTreeMap<&'r str, &'r str> {
    let mut out = BTreeMap::new();
    for rule in rules {
        for alias in &rule.card.watchlists {
            out.entry(alias.as_str()).or_insert(rule.card.title.as_str());
        }
    }
    out
}

/// The watchlists: each a file for people, and a template where it fits into one. Gives the templates.
fn watchlists(lists: &[List<'_>], titles: &BTreeMap<&str, &str>, files: &mut Vec<PackedFile>, diagnostics: &mut Vec<Diagnostic>) -> Vec<PackedFile> {
    let mut out = Vec::new();
    for list in lists {
        let title = titles.get(list.alias).copied().unwrap_or_default();
        let about = json!({ "alias": list.alias, "displayName": title, "provider": "vigie", "itemsSearchKey": crate::ast::INDICATOR, "numberOfLinesToSkip": 0 });
        files.push(PackedFile::new(format!("watchlists/{}.csv", list.alias), list.text));
        files.push(PackedFile::json(format!("watchlists/{}.watchlist.json", list.alias), &about, []));
        match pack_arm::watchlist(list, title) {
            Some(resource) => out.push(PackedFile::json(format!("arm/watchlists/{}.json", list.alias), &pack_arm::template(vec![resource]), [])),
            None => diagnostics.push(
                Diagnostic::new(&LIST_BY_HAND, format!("the watchlist `{}` has {} bytes", list.alias, list.text.len()))
                    .help(format!("`watchlists/{}.csv` is imported in the portal, under this alias", list.alias)),
            ),
        }
    }
    out
}

/// What switches off the rules that an earlier version held, and their list.
fn retired(packing: &Packing<'_>) -> Vec<PackedFile> {
    let Some(list) = pack_parts::retired(packing) else { return Vec::new() };
    let resources = packing.retired.iter().map(|rule| pack_arm::switched_off(&rule.id, &rule.title)).collect();
    vec![list, PackedFile::json("arm/retired.json", &pack_arm::template(resources), [])]
}

/// What a repository that is connected to the workspace leaves alone: it takes rules and hunting queries in templates, and no watchlists
/// (<https://learn.microsoft.com/azure/sentinel/ci-cd-custom-deploy>).
fn repository(files: &[PackedFile]) -> PackedFile {
    let deployed = files.iter().filter(|file| file.path.ends_with(".json") || file.path.ends_with(".bicep"));
    let first = deployed.filter_map(|file| file.path.split('/').next()).filter(|first| *first != "arm");
    let excluded: BTreeSet<&str> = first.chain(["arm/watchlists", "manifest.json", "CHANGES.json", "report.json"]).collect();
    let config = json!({ "prioritizedcontentfiles": [], "excludecontentfiles": excluded, "parameterfilemappings": {} });
    PackedFile::new("sentinel-deployment.config", backend::json(&config))
}
