//! The same rules as Splunk's own content is kept: one YAML file for each detection, story, macro and table, for a repository that `contentctl` builds an
//! app of (contentctl 5.6.2, `objects/abstract_security_content_objects/detection_abstract.py` and what it names).

use std::collections::BTreeMap;

use backend::{PackedFile, PackedRule, Packing, PrintedRule};
use ir::{Detection, Meta};
use serde::Serialize;
use serde_json::{Value, json};

use crate::ast::Stage;
use crate::description::description;
use crate::naming::detection_id;
use crate::print::{self, one_line};
use crate::security::{self, Policy};
use crate::verify::Settings;
use crate::verify_spl;

/// The longest name of a detection. A stanza may have 81 characters and is called `LABEL - NAME - Rule` (`objects/constants.py`), so a label may
/// have 20.
const LONGEST: usize = 50;
/// The kinds of threat objects that the tool knows; the other ones are said by Enterprise Security alone (`objects/rba.py`).
const THREATS: [&str; 13] = [
    "domain",
    "email_address",
    "email_subject",
    "file_hash",
    "file_name",
    "file_path",
    "http_user_agent",
    "ip_address",
    "process",
    "process_hash",
    "registry_path",
    "service",
    "url",
];
const PRODUCTS: [&str; 3] = ["Splunk Enterprise", "Splunk Enterprise Security", "Splunk Cloud"];

/// Macros and tables of an app.
pub(super) struct Ground<'t> {
    pub(super) macros: &'t BTreeMap<String, String>,
    pub(super) transforms: &'t BTreeMap<&'t str, Settings<'t>>,
    pub(super) table: &'t dyn Fn(&str) -> Option<&'t str>,
    /// The version of each rule that has one, by its id.
    pub(super) versions: &'t BTreeMap<String, u64>,
}

/// Every file, below `escu/`. Rules of no day and rules about nobody are not among them: the tool takes neither.
pub(super) fn files(packing: &Packing<'_>, policy: &Policy, shared: &BTreeMap<String, String>, ground: &Ground<'_>) -> Vec<PackedFile> {
    let mut out = Vec::new();
    let mut stories: BTreeMap<String, Value> = BTreeMap::new();
    for (at, rule, detection) in packing.rules() {
        let profile = packing.parts[at.part].profile.id;
        let author = &packing.label.author;
        let story = if detection.meta.sigma.is_some() { "Sigma rules".to_owned() } else { plain(&detection.meta.advisory) };
        let Some((name, mut written)) = written(rule, detection, profile, policy, shared, author, &story) else { continue };
        written["version"] = ground.versions.get(&rule.id).copied().unwrap_or(1).into();
        stories.entry(story.clone()).or_insert_with(|| self::story(&story, detection, author));
        out.push(yaml(&format!("detections/{}/{}", folder(detection), stem(&name)), &written, [at]));
    }
    for (name, story) in &stories {
        out.push(yaml(&format!("stories/{}", stem(name)), story, []));
    }
    for (name, definition) in ground.macros.iter().filter(|(name, _)| !name.ends_with("_filter")) {
        let text = "Where logs are, or how data models are read; a site says it.";
        out.push(yaml(&format!("macros/{name}"), &json!({"name": name, "definition": definition, "description": text}), []));
    }
    for (name, settings) in ground.transforms {
        let setting = |key: &str| settings.get(key).map(|value| value.to_string());
        let Some(text) = setting("filename").and_then(|file| (ground.table)(&file)) else { continue };
        let mut table = json!({
            "name": name,
            "date": "2024-01-01",
            "version": 1,
            "id": ir::id::of("splunk lookup", name).to_string(),
            "author": packing.label.author,
            "lookup_type": "csv",
            "description": "Values that detections look up.",
            "case_sensitive_match": setting("case_sensitive_match").is_some_and(|cased| cased == "true"),
            "max_matches": 1,
        });
        if let Some(kind) = setting("match_type") {
            table["match_type"] = json!([kind]);
        }
        out.push(yaml(&format!("lookups/{name}"), &table, []));
        out.push(PackedFile::new(format!("escu/lookups/{name}.csv"), text));
    }
    out
}

fn yaml(path: &str, value: &impl Serialize, rules: impl IntoIterator<Item = PackedRule>) -> PackedFile {
    PackedFile::of(format!("escu/{path}.yml"), serde_yaml::to_string(value).unwrap_or_default(), rules)
}

/// A name of letters, digits and blanks: file names, macros and stanzas are made of it.
fn plain(text: &str) -> String {
    let words = text.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The file's name that belongs to a name.
fn stem(name: &str) -> String {
    name.replace(' ', "_").to_ascii_lowercase()
}

fn folder(detection: &Detection) -> &'static str {
    match security::domain(detection) {
        "network" | "threat" => "network",
        "endpoint" => "endpoint",
        _ => "application",
    }
}

/// A detection's name, and the contents of its file.
fn written(
    rule: &PrintedRule,
    detection: &Detection,
    profile: &str,
    policy: &Policy,
    shared: &BTreeMap<String, String>,
    author: &str,
    story: &str,
) -> Option<(String, Value)> {
    let day = security::day(&detection.meta)?;
    let mut query = verify_spl::read(&rule.text).ok()?;
    crate::conf::rename(&mut query, shared);
    // What tells rules apart stands at the end, and is kept.
    let (title, end) = rule.id.rsplit_once(" - ").unwrap_or(("", &rule.id));
    let mut name = plain(title);
    name.truncate(LONGEST - end.len() - 1);
    name = format!("{} {end}", name.trim_end()).trim_start().to_owned();
    let filter = format!("{}_filter", stem(&name));
    let mut columns = Vec::new();
    for stage in &mut query.0 {
        match stage {
            Stage::Filter(macro_name) => macro_name.clone_from(&filter),
            Stage::Table(list) => columns.clone_from(list),
            _ => {}
        }
    }
    let settings: BTreeMap<&str, String> = security::settings(detection, profile, &columns, policy).into_iter().collect();
    let list = |key: &str| settings.get(key).and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok()).unwrap_or_default();
    let entries: Vec<Value> = list("action.notable.param._entities").into_iter().chain(list("action.risk.param._risk")).collect();
    let objects = entries.iter().filter_map(|entry| {
        Some(json!({"field": entry.get("risk_object_field")?, "type": entry.get("risk_object_type")?, "score": entry.get("risk_score")?.as_u64()?.max(1)}))
    });
    let objects: Vec<Value> = objects.collect();
    if objects.is_empty() {
        return None;
    }
    let threats = entries.iter().filter_map(|entry| {
        let kind = entry.get("threat_object_type")?.as_str().filter(|kind| THREATS.contains(kind))?;
        Some(json!({"field": entry.get("threat_object_field")?, "type": kind}))
    });
    let finds = settings.contains_key("action.notable");
    let message = settings.get("action.notable.param.rule_title").or(settings.get("action.risk.param._risk_message"))?;
    let meta = &detection.meta;
    // The tool takes no shorter answer.
    let positives = Some(one_line(&meta.false_positives.join("; "))).filter(|text| text.len() >= 4).unwrap_or_else(|| "None are known.".to_owned());
    let domain = security::domain(detection);
    let asset = if domain == "endpoint" { "Endpoint" } else { "Network" };
    let mut out = json!({
        "name": name,
        "id": detection_id(detection, profile),
        "version": 1,
        "date": day.to_string(),
        "author": author,
        "status": "experimental",
        "type": if finds { "TTP" } else { "Anomaly" },
        "description": description(detection),
        "data_source": [],
        "search": print::query(&query),
        "how_to_implement": "Define the macros of the logs that the search names.",
        "known_false_positives": positives,
        "references": links(meta),
        "rba": {"message": message, "risk_objects": objects, "threat_objects": threats.collect::<Vec<_>>()},
        "tags": {
            "analytic_story": [story],
            "asset_type": asset,
            "mitre_attack_id": techniques(meta),
            "product": PRODUCTS,
            "security_domain": domain,
        },
    });
    if !meta.cves.is_empty() {
        out["tags"]["cve"] = json!(meta.cves);
    }
    Some((out["name"].as_str()?.to_owned(), out))
}

/// Techniques; one of which a part is named does not stand beside it.
fn techniques(meta: &Meta) -> Vec<&str> {
    let all = || meta.techniques.iter().map(|technique| technique.as_str());
    let part_named = |whole: &str| all().any(|other| other.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.')));
    all().filter(|technique| !part_named(technique)).collect()
}

/// References that lead somewhere: the tool takes addresses alone.
fn links(meta: &Meta) -> Vec<&str> {
    let leads = |text: &&str| (text.starts_with("https://") || text.starts_with("http://")) && !text.contains(char::is_whitespace);
    meta.references.iter().map(String::as_str).filter(leads).collect()
}

fn story(name: &str, detection: &Detection, author: &str) -> Value {
    let meta = &detection.meta;
    let title = if meta.sigma.is_some() || meta.advisory_title.is_empty() { name.to_owned() } else { one_line(&meta.advisory_title) };
    let day = if meta.sigma.is_some() { None } else { security::day(meta) };
    json!({
        "name": name,
        "id": ir::id::of("splunk story", name).to_string(),
        "version": 1,
        "date": day.map_or_else(|| "2024-01-01".to_owned(), |day| day.to_string()),
        "author": author,
        "status": "production",
        "description": title,
        "narrative": title,
        "references": if meta.sigma.is_some() { Vec::new() } else { links(meta) },
        "tags": {"category": ["Adversary Tactics"], "product": PRODUCTS, "usecase": "Advanced Threat Detection"},
    })
}
