//! The same rules as Splunk's own content is kept: one YAML file for each detection, story, macro and table, for a repository that `contentctl-ng`
//! builds an app of (contentctl-ng 1.1.1, `objects/searches/detection.py` and what it names).

use std::collections::BTreeMap;

use backend::{PackedFile, Packing, PrintedRule};
use ir::{Date, Detection, EventClass, LogSource, Meta};
use serde_json::{Value, json};

use crate::ast::Stage;
use crate::description::description;
use crate::naming::detection_id;
use crate::print::{self, one_line};
use crate::security::{self, Policy};
use crate::verify::Settings;
use crate::verify_spl;

use super::searches::Stanza;

/// The longest name of a detection. A stanza may have 81 characters and is called `PREFIX - NAME - Rule` (`objects/searches/search.py`), so a prefix
/// may have [`LONGEST_PREFIX`].
const LONGEST: usize = 50;
const LONGEST_PREFIX: usize = 20;
const PRODUCTS: [&str; 3] = ["Splunk Enterprise", "Splunk Enterprise Security", "Splunk Cloud"];

/// Macros, tables and searches of an app.
pub(super) struct Ground<'t> {
    pub(super) macros: &'t BTreeMap<String, String>,
    pub(super) transforms: &'t BTreeMap<&'t str, Settings<'t>>,
    pub(super) table: &'t dyn Fn(&str) -> Option<&'t str>,
    /// The version of each rule that has one, by its id.
    pub(super) versions: &'t BTreeMap<String, u64>,
    pub(super) stanzas: &'t [Stanza<'t>],
}

/// Every file, below `escu/`. Rules of no day are not among them: the tool takes none.
pub(super) fn files(packing: &Packing<'_>, policy: &Policy, shared: &BTreeMap<String, String>, ground: &Ground<'_>) -> Vec<PackedFile> {
    let stanzas: BTreeMap<&str, &Stanza<'_>> = ground.stanzas.iter().map(|stanza| (stanza.name.as_str(), stanza)).collect();
    let mut all: Option<Days> = None;
    let mut stories: BTreeMap<String, (Days, &Detection)> = BTreeMap::new();
    let mut out = Vec::new();
    for (at, rule, detection) in packing.rules() {
        let (Some(days), Some(stanza)) = (Days::of(&detection.meta), stanzas.get(rule.id.as_str())) else { continue };
        let Some((name, mut written)) = written(rule, detection, packing.parts[at.part].profile.id, policy, shared, stanza) else { continue };
        let story = if detection.meta.sigma.is_some() { "Sigma rules".to_owned() } else { plain(&detection.meta.advisory) };
        written["analytic_story"] = json!([story]);
        written["author"] = json!(packing.label.author);
        written["version"] = ground.versions.get(&rule.id).copied().unwrap_or(1).into();
        days.write(&mut written);
        stories.entry(story).or_insert((days, detection)).0.widen(days);
        all.get_or_insert(days).widen(days);
        let folder = written["category"].as_str().unwrap_or_default();
        out.push(PackedFile::of(format!("escu/detections/{folder}/{}.yml", stem(&name)), yaml(&written), [at]));
    }
    let Some(all) = all else { return out };
    let mut part = |path: &str, days: Days, mut value: Value, rows: Option<&str>| {
        value["author"] = json!(packing.label.author);
        follow(packing, &format!("escu/{path}"), days, &mut value, rows);
        out.push(PackedFile::new(format!("escu/{path}.yml"), yaml(&value)));
        out.extend(rows.map(|rows| PackedFile::new(format!("escu/{path}.csv"), rows)));
    };
    for (name, (days, detection)) in &stories {
        part(&format!("stories/{}", stem(name)), *days, story(name, detection), None);
    }
    for (name, definition) in ground.macros.iter().filter(|(name, _)| !name.ends_with("_filter")) {
        let text = "Where logs are, or how data models are read; a site says it.";
        let id = ir::id::of("splunk macro", name).to_string();
        part(&format!("macros/{name}"), all, json!({"name": name, "id": id, "definition": definition, "description": text}), None);
    }
    for (name, settings) in ground.transforms {
        let setting = |key: &str| settings.get(key).map(|value| value.to_string());
        let Some(text) = setting("filename").and_then(|file| (ground.table)(&file)) else { continue };
        let mut table = json!({
            "name": name,
            "id": ir::id::of("splunk lookup", name).to_string(),
            "lookup_type": "csv",
            "description": "Values that detections look up.",
            "case_sensitive_match": setting("case_sensitive_match").is_some_and(|cased| cased == "true"),
            "max_matches": 1,
        });
        if let Some(kind) = setting("match_type") {
            table["match_type"] = json!([kind]);
        }
        part(&format!("lookups/csv/{name}"), all, table, Some(text));
    }
    out.push(PackedFile::new("escu/build.yml", yaml(&build(packing.label))));
    out
}

/// Since when a thing is there, and when it last changed.
#[derive(Clone, Copy, Debug)]
struct Days {
    first: Date,
    last: Date,
}

impl Days {
    fn of(meta: &Meta) -> Option<Self> {
        let last = security::day(meta)?;
        Some(Self { first: meta.published.filter(|day| day.year() > 1970).map_or(last, |day| day.min(last)), last })
    }

    fn widen(&mut self, other: Self) {
        *self = Self { first: self.first.min(other.first), last: self.last.max(other.last) };
    }

    fn write(self, into: &mut Value) {
        into["creation_date"] = self.first.to_string().into();
        into["modification_date"] = self.last.to_string().into();
    }
}

/// Gives a thing that no lock remembers its days and its version: those of the package before, and one more where it or its rows differ.
fn follow(packing: &Packing<'_>, path: &str, days: Days, value: &mut Value, rows: Option<&str>) {
    days.write(value);
    value["version"] = 1.into();
    let file = |kind: &str| packing.before.and_then(|before| before.file(&format!("{path}.{kind}")));
    let Some(before) = file("yml").and_then(|bytes| serde_yaml::from_slice::<Value>(&bytes).ok()) else { return };
    let Some(version) = before.get("version").and_then(Value::as_u64) else { return };
    for key in ["version", "creation_date", "modification_date"] {
        value[key] = before[key].clone();
    }
    if before != *value || rows.is_some_and(|rows| file("csv").as_deref() != Some(rows.as_bytes())) {
        let created = before["creation_date"].as_str().and_then(|day| day.parse().ok()).unwrap_or(days.first);
        Days { first: created, last: days.last.max(created) }.write(value);
        value["version"] = version.saturating_add(1).into();
    }
}

fn yaml(value: &Value) -> String {
    serde_yaml::to_string(value).unwrap_or_default()
}

/// `build.yml`: what the app is called that the tool builds (`objects/app.py`).
fn build(label: &backend::Label) -> Value {
    let prefix: String = label.name.chars().take(LONGEST_PREFIX).collect();
    json!({
        "author": label.author,
        "author_email": "",
        "id": label.name,
        "content_prefix": prefix.trim_end_matches(['-', '_']),
        "label": label.title,
        "description": label.title,
        "app_version": label.version,
        "external_app_content": [],
    })
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

/// The kind of thing that is watched, as a folder and as a word of the tool.
fn watched(detection: &Detection) -> (&'static str, &'static str) {
    match security::event(detection).map(|event| (event.class(), &event.source)) {
        Some((Some(EventClass::CloudAudit), _)) => ("cloud", "Infrastructure"),
        Some((Some(EventClass::AuthLogon), _)) => ("application", "Identity"),
        Some((Some(EventClass::EmailMessage), _)) => ("application", "Infrastructure"),
        Some((Some(class), _)) if class.on_network() => ("network", "Network"),
        Some((Some(_), _)) => ("endpoint", "Endpoint"),
        Some((None, LogSource::Open { product: Some(product), .. })) => match product.as_str() {
            "windows" | "linux" | "macos" => ("endpoint", "Endpoint"),
            "aws" => ("cloud", "AWS Account"),
            "azure" => ("cloud", "Azure Tenant"),
            "gcp" => ("cloud", "GCP Account"),
            "m365" => ("cloud", "O365 Tenant"),
            "okta" => ("cloud", "Okta Tenant"),
            "github" => ("cloud", "GitHub"),
            "kubernetes" => ("cloud", "Kubernetes"),
            "zeek" | "cisco" | "fortigate" | "juniper" | "huawei" => ("network", "Network"),
            _ => ("application", "Infrastructure"),
        },
        _ => ("application", "Infrastructure"),
    }
}

/// A detection's name, and the contents of its file.
fn written(
    rule: &PrintedRule,
    detection: &Detection,
    profile: &str,
    policy: &Policy,
    shared: &BTreeMap<String, String>,
    stanza: &Stanza<'_>,
) -> Option<(String, Value)> {
    let mut query = verify_spl::read(&rule.text).ok()?;
    crate::conf::rename(&mut query, shared);
    // What tells rules apart stands at the end, and is kept.
    let (title, end) = rule.id.rsplit_once(" - ").unwrap_or(("", &rule.id));
    let mut name = plain(title);
    let most = LONGEST.saturating_sub(end.len() + 1);
    if name.len() > most {
        // Letters and digits of ASCII with blanks between them; a word is kept whole where there is a blank.
        name.truncate(most + 1);
        name.truncate(name.rfind(' ').unwrap_or(most));
    }
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
    let entity = |entry: &Value| {
        let (field, kind, score) = (entry.get("risk_object_field")?, entry.get("risk_object_type")?, entry.get("risk_score")?);
        let mut out = json!({"field": field, "type": kind, "score": score});
        if let Some(message) = entry.get("risk_message") {
            out["message"] = message.clone();
        }
        Some(out)
    };
    let risk = list("action.risk.param._risk");
    let scored: Vec<Value> = risk.iter().filter_map(entity).collect();
    let threat = |entry: &Value| Some(json!({"field": entry.get("threat_object_field")?, "type": entry.get("threat_object_type")?}));
    let threats: Vec<Value> = risk.iter().filter_map(threat).collect();
    let finding = list("action.notable.param._entities").first().and_then(entity);
    let (category, asset) = watched(detection);
    let meta = &detection.meta;
    let positives = Some(one_line(&meta.false_positives.join("; "))).filter(|text| !text.is_empty()).unwrap_or_else(|| "None are known.".to_owned());
    let mut out = json!({
        "name": name,
        "id": detection_id(detection, profile),
        "status": "experimental",
        "type": match (&finding, scored.as_slice()) {
            (Some(_), _) => "TTP",
            (None, []) => "Hunting",
            (None, _) => "Anomaly",
        },
        "description": description(detection),
        "category": category,
        "security_domain": security::domain(detection),
        "asset_type": asset,
        "data_source": [],
        "search": print::query(&query),
        "custom_schedule": {
            "cron_schedule": stanza.setting("cron_schedule")?,
            "schedule_window": stanza.setting("schedule_window")?,
            "earliest_time": stanza.setting("dispatch.earliest_time")?,
            "latest_time": stanza.setting("dispatch.latest_time")?,
        },
        "how_to_implement": "Define the macros of the logs that the search names.",
        "known_false_positives": positives,
        "references": links(meta),
        "mitre_attack_id": techniques(meta),
        "product": PRODUCTS,
        "tests": [{
            "name": "No recorded data",
            "test_type": "experimental",
            "description": "It is made from a description, and no recorded data comes with it.",
        }],
    });
    if let Some(entity) = finding {
        out["finding"] = json!({"title": settings.get("action.notable.param.rule_title")?, "entity": entity});
    }
    if !scored.is_empty() {
        out["intermediate_findings"] = json!({"entities": scored});
    }
    if !threats.is_empty() {
        out["threat_objects"] = threats.into();
    }
    let numbered: Vec<&str> = meta.cves.iter().map(String::as_str).filter(|cve| known_cve(cve)).collect();
    if !numbered.is_empty() {
        out["cve"] = json!(numbered);
    }
    Some((name, out))
}

/// A number as the tool takes it: four digits of a year, and four to seven more.
fn known_cve(text: &str) -> bool {
    let digits = |text: &str, fits: std::ops::RangeInclusive<usize>| fits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| digits(year, 4..=4) && digits(number, 4..=7))
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

fn story(name: &str, detection: &Detection) -> Value {
    let meta = &detection.meta;
    let title = if meta.sigma.is_some() || meta.advisory_title.is_empty() { name.to_owned() } else { one_line(&meta.advisory_title) };
    json!({
        "name": name,
        "id": ir::id::of("splunk story", name).to_string(),
        "status": "production",
        "description": title,
        "narrative": title,
        "references": if meta.sigma.is_some() { Vec::new() } else { links(meta) },
        "category": ["Adversary Tactics"],
        "product": PRODUCTS,
        "usecase": "Advanced Threat Detection",
    })
}
