//! What does Enterprise Security know of a search? Whether a hit is a finding that an analyst takes up, or an intermediate finding that only raises
//! somebody's risk; about whom; and by which id and version it knows the rule again.
//!
//! Keys, words and lengths are those of Splunk's own tool, contentctl-ng 1.1.1 (`objects/searches/detection.py` and `search.py`,
//! `objects/detection_metadata.py`). Enterprise Security 7 reads the same, and from keys of its own what 8 reads from entries: both stand.

use ir::{Detection, EventClass, EventSelector, Field, FieldRef, Flow, Kind, LogSource, Meta, ObservableKind, SeverityLevel, Verdict};
use serde_json::{Value, json};

use crate::description::description;
use crate::naming::{detection_id, saved_search};
use crate::print::{drilldown, one_line, token};

/// What a site says of hits.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// From which severity on an alert is a finding.
    pub(crate) findings_from: SeverityLevel,
    /// What a hit adds to the risk of whom it is about, by severity, from the least.
    pub(crate) scores: [u8; 5],
}

impl Default for Policy {
    fn default() -> Self {
        Self { findings_from: SeverityLevel::High, scores: [10, 20, 40, 60, 80] }
    }
}

impl Policy {
    /// What a hit of a severity adds.
    pub(crate) fn score(&self, level: SeverityLevel) -> u8 {
        let [informational, low, medium, high, critical] = self.scores;
        match level {
            SeverityLevel::Informational => informational,
            SeverityLevel::Low => low,
            SeverityLevel::Medium => medium,
            SeverityLevel::High => high,
            SeverityLevel::Critical => critical,
        }
    }
}

/// What a detection makes of a hit, as `type` among its annotations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Analytics {
    /// A finding, and intermediate ones for whoever else it is about.
    Ttp,
    /// Intermediate findings alone.
    Anomaly,
    /// Nothing: its answer does not say whom it is about. It stays switched off.
    Hunting,
}

impl Analytics {
    fn name(self) -> &'static str {
        match self {
            Self::Ttp => "TTP",
            Self::Anomaly => "Anomaly",
            Self::Hunting => "Hunting",
        }
    }
}

/// Everything but the metadata; nothing for what was published on no day, which then is an ordinary search.
pub(crate) fn settings(detection: &Detection, profile: &str, columns: &[String], policy: &Policy) -> Vec<(&'static str, String)> {
    let meta = &detection.meta;
    if day(meta).is_none() {
        return Vec::new();
    }
    let entities = entities(detection, columns);
    let finds = meta.verdict == Verdict::Alert && meta.severity >= policy.findings_from;
    let kind = match entities.as_slice() {
        [] => Analytics::Hunting,
        _ if finds => Analytics::Ttp,
        _ => Analytics::Anomaly,
    };
    let name = saved_search(detection, profile);
    let mut out = vec![
        ("action.correlationsearch.enabled", "1".to_owned()),
        ("action.correlationsearch.label", name.clone()),
        ("action.correlationsearch.annotations", annotations(meta, kind)),
        (TYPE, "ebd".to_owned()),
    ];
    let score = policy.score(meta.severity);
    let message = message(detection, columns, &entities);
    let entry = |entity: &Entity| json!({"risk_object_field": entity.field, "risk_object_type": entity.kind, "risk_score": score});
    let mut scored = entities.as_slice();
    if let (Analytics::Ttp, [first, rest @ ..]) = (kind, entities.as_slice()) {
        scored = rest;
        out.push(("action.notable", "1".to_owned()));
        out.push(("action.notable.param.rule_title", message.clone()));
        out.push(("action.notable.param.rule_description", without_tokens(&description(detection))));
        out.push(("action.notable.param.security_domain", domain(detection).to_owned()));
        out.push(("action.notable.param.severity", meta.severity.name().to_owned()));
        out.push(("action.notable.param._entities", Value::Array(vec![entry(first)]).to_string()));
        out.push(("action.notable.param.nes_fields", first.field.to_owned()));
        out.push(("action.notable.param.drilldown_searches", drilldown(&name, first.field)));
    }
    if kind != Analytics::Hunting && !scored.is_empty() {
        let mut risk: Vec<Value> = scored
            .iter()
            .map(|entity| {
                let mut entry = entry(entity);
                entry["risk_message"] = message.clone().into();
                entry
            })
            .collect();
        risk.extend(threats(detection, columns, &entities).map(|(field, kind)| json!({"threat_object_field": field, "threat_object_type": kind})));
        out.push(("action.risk", "1".to_owned()));
        out.push(("action.risk.param._risk", Value::Array(risk).to_string()));
        out.push(("action.risk.param._risk_message", message));
        out.push(("action.risk.param._risk_score", "0".to_owned()));
        out.push(("action.risk.param.verbose", "0".to_owned()));
    }
    out
}

/// Which kind of detection it is.
pub(crate) const TYPE: &str = "action.correlationsearch.detection_type";
/// The settings that hold JSON.
pub(crate) const JSON: [&str; 5] = [
    "action.correlationsearch.annotations",
    METADATA,
    "action.notable.param._entities",
    "action.notable.param.drilldown_searches",
    "action.risk.param._risk",
];
/// The setting that stands beside the type of a detection, or neither does.
pub(crate) const METADATA: &str = "action.correlationsearch.metadata";

/// By what a version of a detection is known; numbers are written as Splunk's own content writes them.
pub(crate) fn metadata(detection: &Detection, profile: &str, version: u32) -> Option<String> {
    const EPOCH: ir::Date = ir::Date::constant(1970, 1, 1);
    let seconds = day(&detection.meta)?.duration_since(EPOCH).as_secs();
    let id = detection_id(detection, profile);
    Some(json!({"deprecated": "0", "detection_id": id, "detection_version": version.to_string(), "publish_time": seconds}).to_string())
}

/// When what a detection rests on was published or last changed, where that is after 1970.
pub(crate) fn day(meta: &Meta) -> Option<ir::Date> {
    meta.modified.or(meta.published).filter(|day| day.year() > 1970)
}

/// ATT&CK and the rest in the form that Enterprise Security reads, which has no blanks between its parts.
fn annotations(meta: &Meta, kind: Analytics) -> String {
    let mut out = serde_json::Map::new();
    if meta.sigma.is_none() && !meta.advisory.is_empty() {
        out.insert("analytic_story".to_owned(), json!([one_line(&meta.advisory)]));
    }
    if !meta.cves.is_empty() {
        out.insert("cve".to_owned(), meta.cves.iter().map(|cve| one_line(cve)).collect());
    }
    if let Some(confidence) = meta.confidence {
        out.insert("confidence".to_owned(), confidence.name().into());
    }
    if !meta.techniques.is_empty() {
        out.insert("mitre_attack".to_owned(), meta.techniques.iter().map(|technique| technique.as_str().to_owned()).collect());
    }
    if let Some(tlp) = meta.tlp {
        out.insert("tlp".to_owned(), tlp.name().into());
    }
    out.insert("type".to_owned(), kind.name().into());
    Value::Object(out).to_string()
}

/// Text in which no `$` begins a token.
fn without_tokens(text: &str) -> String {
    text.chars().filter(|char| *char != '$').collect()
}

/// What an analyst reads first: what was found, the value that hit, and on what.
fn message(detection: &Detection, columns: &[String], entities: &[Entity]) -> String {
    let mut out = without_tokens(&one_line(&detection.title));
    if columns.iter().any(|column| column == VALUE) {
        out = format!("{out}: {}", token(VALUE));
    }
    match entities.first() {
        Some(entity) => format!("{out} on {}", token(entity.field)),
        None => out,
    }
}

/// The column with the value of a list that hit.
const VALUE: &str = "vigie_value";

/// Somebody or something that a hit is about.
struct Entity {
    field: &'static str,
    kind: &'static str,
}

const SYSTEM: &str = "system";
const USER: &str = "user";

/// Machines of ours, the surest first: where it happened, and who opened or took a connection.
const MACHINES: &[&str] = &["dest", "Computer", "host"];
const OPENS: &[&str] = &["src", "src_ip", "SourceIp", "src_host", "dest", "dest_ip", "DestinationIp", "dest_host", "host"];
const TAKES: &[&str] = &["dest", "dest_ip", "DestinationIp", "dest_host", "src", "src_ip", "SourceIp", "host"];
const ACCOUNTS: &[&str] = &["user", "User", "TargetUserName", "SubjectUserName", "src_user"];

/// Whom a hit is about: at most one machine and one account, of which the first is the one that a finding names.
fn entities(detection: &Detection, columns: &[String]) -> Vec<Entity> {
    let first = |names: &'static [&'static str], kind| {
        let field = names.iter().copied().find(|name| columns.iter().any(|column| column == name))?;
        Some(Entity { field, kind })
    };
    let event = event(detection);
    let class = event.and_then(EventSelector::class);
    let account = first(ACCOUNTS, USER);
    let order = match class {
        // Whoever sent a mail is the attacker, and the gateway's name says nothing.
        Some(EventClass::EmailMessage) => [first(&["recipient"], USER), None],
        Some(EventClass::CloudAudit | EventClass::AuthLogon) => [account, first(TAKES, SYSTEM)],
        Some(class) if class.on_network() && comes_from_outside(detection) => [first(TAKES, SYSTEM), account],
        Some(class) if class.on_network() => [first(OPENS, SYSTEM), account],
        Some(_) => [first(MACHINES, SYSTEM), account],
        None => [first(MACHINES, SYSTEM).or_else(|| first(OPENS, SYSTEM)), account],
    };
    order.into_iter().flatten().collect()
}

/// Whether ours is the end that a connection was opened to: the rule says so, or it looks for indicators at the other end.
fn comes_from_outside(detection: &Detection) -> bool {
    let Some(rule) = detection.event() else { return false };
    let tested = |field: Field| rule.predicate.tests().iter().any(|test| test.field == FieldRef::Known(field));
    rule.event.flow == Some(Flow::Inbound)
        || !detection.indicators.is_empty() && tested(Field::SourceIp) && !tested(Field::DestinationIp) && !tested(Field::DestinationDomain)
}

/// The events that a detection, or the first step of one, asks for.
pub(crate) fn event(detection: &Detection) -> Option<&EventSelector> {
    match &detection.kind {
        Kind::Event(rule) => Some(&rule.event),
        Kind::Correlation(correlation) => correlation.steps().iter().flat_map(|step| &step.streams).find_map(|stream| match &stream.what {
            ir::Happening::Event(rule) => Some(&rule.event),
            ir::Happening::Correlation(_) => None,
        }),
        Kind::Native { .. } => None,
    }
}

/// Which part of the house a hit is about, in the words of Enterprise Security.
pub(crate) fn domain(detection: &Detection) -> &'static str {
    if !detection.indicators.is_empty() {
        return "threat";
    }
    let event = event(detection);
    match event.and_then(EventSelector::class) {
        Some(EventClass::AuthLogon) => "access",
        Some(EventClass::CloudAudit) => "audit",
        Some(class) if class.on_network() => "network",
        Some(_) => "endpoint",
        None => match event.map(|event| &event.source) {
            Some(LogSource::Open { product: Some(product), .. }) if matches!(product.as_str(), "windows" | "linux" | "macos") => "endpoint",
            _ => "audit",
        },
    }
}

/// What the attacker left in a hit, and what Enterprise Security calls such a thing (contentctl-ng 1.1.1, `ThreatObjectType`).
const THREATS: &[(&str, &str)] = &[
    ("url", "url"),
    ("url_domain", "domain"),
    ("query", "dns_query"),
    ("QueryName", "dns_query"),
    ("server_name", "domain"),
    ("DestinationHostname", "domain"),
    ("process", "process"),
    ("CommandLine", "process"),
    ("process_path", "process_path"),
    ("Image", "process_path"),
    ("process_hash", "process_hash"),
    ("file_hash", "file_hash"),
    ("file_path", "file_path"),
    ("TargetFilename", "file_path"),
    ("file_name", "file_name"),
    ("ImageLoaded", "loaded_file"),
    ("registry_path", "registry_path"),
    ("TargetObject", "registry_path"),
    ("registry_value_data", "registry_value_data"),
    ("Details", "registry_value_data"),
    ("PipeName", "pipe_name"),
    ("service_name", "service"),
    ("subject", "email_subject"),
    ("ja3", "tls_hash"),
    ("http_user_agent", "http_user_agent"),
    ("dest_ip", "ip_address"),
    ("DestinationIp", "ip_address"),
    ("src_ip", "ip_address"),
];

/// The value of a list that hit; without lists, the first things that the answer shows.
fn threats(detection: &Detection, columns: &[String], entities: &[Entity]) -> impl Iterator<Item = (&'static str, &'static str)> {
    const MOST: usize = 3;
    let of_list = columns.iter().any(|column| column == VALUE).then(|| detection.indicators.first().and_then(|first| kind(first.observable.kind())));
    let listed = of_list.flatten().map(|kind| (VALUE, kind));
    let shown = |(field, _): &(&str, &str)| columns.iter().any(|column| column == field) && !entities.iter().any(|entity| entity.field == *field);
    let rest: Vec<_> = if listed.is_some() { Vec::new() } else { THREATS.iter().copied().filter(shown).take(MOST).collect() };
    listed.into_iter().chain(rest)
}

/// What Enterprise Security calls an indicator of a kind.
fn kind(of: ObservableKind) -> Option<&'static str> {
    Some(match of {
        ObservableKind::Ip => "ip_address",
        ObservableKind::Domain => "domain",
        ObservableKind::Host => "system",
        ObservableKind::Url => "url",
        ObservableKind::Email => "email_address",
        ObservableKind::EmailSubject => "email_subject",
        ObservableKind::Hash | ObservableKind::Md5 | ObservableKind::Sha1 | ObservableKind::Sha256 | ObservableKind::Sha512 => "file_hash",
        ObservableKind::FileName | ObservableKind::Attachment => "file_name",
        ObservableKind::FilePath => "file_path",
        _ => return None,
    })
}
