//! What does Defender XDR import? Custom detection rules in the form that Microsoft Graph takes since 2026, queries for people, indicators.
//!
//! The rule: <https://learn.microsoft.com/graph/api/resources/security-detectionrule>; what its query has to answer and how often it runs:
//! <https://learn.microsoft.com/defender-xdr/custom-detection-rules>.

use std::collections::BTreeMap;

use backend::{Packed, PackedFile, Packing};
use ir::{Technique, Window};
use serde_json::{Map, Value, json};
use source::{Diagnostic, Loss};

use crate::card::Card;
use crate::lower_draft::RULE;
use crate::pack_codes::{HUNT_WINDOW, NO_ENTITY};
use crate::pack_hunts::{self, Hunt};
use crate::pack_parts::{self, Packable};
use crate::pack_settings::{self, Defender, NearRealTime};
use crate::{pack_indicators, pack_words, print};

/// Days that advanced hunting keeps (<https://learn.microsoft.com/defender-xdr/advanced-hunting-limits>).
const DAYS: i64 = 30;

/// How often a rule runs, and the seconds that it then looks back.
const FREQUENCIES: [(&str, u64); 4] = [("PT1H", 4 * 3_600), ("PT3H", 12 * 3_600), ("PT12H", 48 * 3_600), ("P1D", 30 * 86_400)];

/// Tables that a continuous rule may read, one of them
/// (<https://learn.microsoft.com/defender-xdr/custom-detection-rules#tables-that-support-continuous-nrt-frequency>).
const CONTINUOUS: [&str; 20] = [
    "AlertEvidence",
    "CloudAppEvents",
    "DeviceEvents",
    "DeviceFileCertificateInfo",
    "DeviceFileEvents",
    "DeviceImageLoadEvents",
    "DeviceLogonEvents",
    "DeviceNetworkEvents",
    "DeviceNetworkInfo",
    "DeviceInfo",
    "DeviceProcessEvents",
    "DeviceRegistryEvents",
    "EmailAttachmentInfo",
    "EmailEvents",
    "EmailPostDeliveryEvents",
    "EmailUrlInfo",
    "IdentityDirectoryEvents",
    "IdentityLogonEvents",
    "IdentityQueryEvents",
    "UrlClickEvents",
];

/// What an alert names: Graph's list, and the property of each column that a query may answer with.
type Entity = (&'static str, &'static [(&'static str, &'static str)]);

/// Assets first: a rule names at least one.
const ASSETS: [Entity; 4] = [
    ("hosts", &[("deviceIdColumn", "DeviceId"), ("nameColumn", "DeviceName")]),
    (
        "accounts",
        &[
            ("sidColumn", "AccountSid"),
            ("upnColumn", "AccountUpn"),
            ("aadUserIdColumn", "AccountObjectId"),
            ("ntDomainColumn", "AccountDomain"),
            ("nameColumn", "AccountName"),
        ],
    ),
    ("accounts", &[("sidColumn", "InitiatingProcessAccountSid"), ("nameColumn", "InitiatingProcessAccountName")]),
    ("mailboxes", &[("primaryAddressColumn", "RecipientEmailAddress")]),
];
/// Evidence, after them.
const EVIDENCE: [Entity; 7] = [
    (
        "mailMessages",
        &[
            ("networkMessageIdColumn", "NetworkMessageId"),
            ("recipientColumn", "RecipientEmailAddress"),
            ("senderColumn", "SenderFromAddress"),
            ("subjectColumn", "Subject"),
        ],
    ),
    ("ips", &[("addressColumn", "RemoteIP")]),
    ("ips", &[("addressColumn", "IPAddress")]),
    ("urls", &[("addressColumn", "RemoteUrl")]),
    ("files", &[("nameColumn", "FileName"), ("sha1Column", "SHA1"), ("sha256Column", "SHA256")]),
    ("processes", &[("sha1Column", "InitiatingProcessSHA1"), ("sha256Column", "InitiatingProcessSHA256")]),
    ("registryValues", &[("keyColumn", "RegistryKey"), ("valueNameColumn", "RegistryValueName")]),
];

/// Packs rules for Defender.
pub(crate) fn pack(rules: &[Packable<'_>], packing: &Packing<'_>) -> Packed {
    let (settings, mut diagnostics) = pack_settings::read::<Defender>(packing, |settings| &settings.enabled);
    let mut files = Vec::new();
    let mut index = Vec::new();
    for rule in rules {
        let by_hand = rule.card.query.chars().count() > RULE;
        match entities(&rule.card) {
            Some(entities) if !by_hand => {
                diagnostics.extend(pack_words::shortened(rule));
                let path = format!("custom-detections/{}.json", rule.stem);
                index.push(json!({ "id": rule.card.id, "file": path, "displayName": pack_words::name(&rule.card) }));
                files.push(PackedFile::json(path, &detection(rule, entities, &settings), [rule.at]));
            }
            found => {
                if found.is_none() && !by_hand {
                    let why = format!("`{}` names no device, account or mailbox", rule.card.title);
                    let help = "the query is among those for people, in the folder `hunting`";
                    diagnostics.push(Diagnostic::new(&NO_ENTITY, why).at(rule.detection.span, "this rule").help(help));
                }
                files.push(PackedFile::of(format!("hunting/{}.kql", rule.stem), for_people(&rule.card, &rule.card.query), [rule.at]));
            }
        }
        if let Some(hunt) = Hunt::of(rule, "Timestamp").filter(|_| rule.detection.meta.hunt.is_some()) {
            diagnostics.extend(rule.detection.meta.hunt.and_then(|window| too_old(rule, window)));
            let text = for_people(&rule.card, &hunt.query);
            files.push(PackedFile::of(format!("hunting/{}-past.kql", rule.stem), text, [rule.at]));
        }
    }
    // A rule's id is no part of what a client writes of it; whoever deploys needs it all the same.
    files.push(PackedFile::json("custom-detections.json", &Value::Array(index), []));
    let (lists, said) = pack_indicators::files(packing, settings.action);
    files.extend(lists);
    diagnostics.extend(said);
    files.extend(pack_parts::retired(packing));
    Packed { files, diagnostics }
}

/// A query for people, with what they should know in front.
fn for_people(card: &Card, query: &str) -> String {
    let about = std::iter::once(card.title.as_str()).chain(card.description.lines()).chain(card.notes.iter().map(String::as_str));
    let lines: Vec<String> = about.map(print::comment).collect();
    format!("{}\n{query}\n", lines.join("\n"))
}

/// What is said when a hunt asks for more than is kept.
fn too_old(rule: &Packable<'_>, window: Window) -> Option<Diagnostic> {
    let message = match pack_hunts::days(window) {
        Some(days) if days <= DAYS => return None,
        Some(days) => format!("the advisory asks for {days} days, and advanced hunting keeps {DAYS}: at most {DAYS} of them are seen"),
        None => format!("the advisory asks for all days {}, and advanced hunting keeps {DAYS}: the last {DAYS} are seen", since(window)),
    };
    let help = "a workspace of Microsoft Sentinel that keeps the tables for longer sees all of them";
    Some(Diagnostic::new(&HUNT_WINDOW, message).at(rule.detection.span, "this rule").loss(Loss::Narrower).help(help))
}

fn since(window: Window) -> String {
    match (window.from, window.until) {
        (Some(from), _) => format!("since {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "there are".to_owned(),
    }
}

/// A custom detection rule.
fn detection(rule: &Packable<'_>, entities: Value, settings: &Defender) -> Value {
    let card = &rule.card;
    let mut alert = Map::new();
    let mut put = |key: &str, value: Value| drop(alert.insert(key.to_owned(), value));
    put("title", json!(pack_words::alert_name(rule).unwrap_or_else(|| pack_words::literal_name(card))));
    put("description", json!(pack_words::literal_description(rule)));
    put("severity", json!(card.severity.to_lowercase()));
    put("entityMappings", entities);
    let tactics = tactics(rule);
    if !tactics.is_empty() {
        put("tactics", json!(tactics));
    }
    let details: Map<String, Value> = pack_words::details(card).into_iter().map(|(name, column)| (name, json!(column))).collect();
    if !details.is_empty() {
        put("customDetails", Value::Object(details));
    }
    if let Some(what) = recommended(rule) {
        put("recommendedActions", json!(pack_words::literal(&what)));
    }
    json!({
        "displayName": pack_words::name(card),
        "status": if settings.enabled.holds(rule.detection) { "enabled" } else { "disabled" },
        "queryCondition": { "queryText": card.query },
        "schedule": { "frequency": frequency(card, settings.near_real_time) },
        "detectionAction": { "alertTemplate": alert },
    })
}

/// What to do about an alert, where the description says it.
fn recommended(rule: &Packable<'_>) -> Option<String> {
    let meta = &rule.detection.meta;
    let others = meta.false_positives.iter().map(|activity| format!("Rule out: {activity}"));
    let report = meta.report.iter().map(|address| format!("Report hits to {address}"));
    let lines: Vec<String> = others.chain(report).collect();
    (!lines.is_empty()).then(|| print::visible(&lines.join("; ")).into_owned())
}

/// Tactics, each with its techniques; without a technique, what the roles of the indicators say.
fn tactics(rule: &Packable<'_>) -> Vec<Value> {
    let mut out: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    if rule.card.techniques.is_empty() {
        out.extend(rule.detection.indicators.iter().filter_map(|one| Some((pack_indicators::tactic(one.role)?.word(), BTreeMap::new()))));
    }
    for id in &rule.card.techniques {
        for tactic in Technique::parse(id).map(|technique| technique.tactics()).unwrap_or_default() {
            let techniques = out.entry(tactic.word()).or_default();
            let parts = techniques.entry(id.split('.').next().unwrap_or(id)).or_default();
            if id.contains('.') {
                parts.push(id);
            }
        }
    }
    let technique = |(id, parts): (&str, Vec<&str>)| {
        if parts.is_empty() { json!({ "technique": id }) } else { json!({ "technique": id, "subTechniques": parts }) }
    };
    out.into_iter()
        .map(|(tactic, techniques)| json!({ "tactic": tactic, "techniques": techniques.into_iter().map(technique).collect::<Vec<_>>() }))
        .collect()
}

/// What an alert names of the columns of the answer; `None` without an asset.
fn entities(card: &Card) -> Option<Value> {
    let has = |column: &str| card.shown.iter().any(|shown| shown == column);
    let of = |(list, fields): &Entity| {
        let fields: Map<String, Value> =
            fields.iter().filter(|(_, column)| has(column)).map(|(name, column)| ((*name).to_owned(), json!(column))).collect();
        (!fields.is_empty()).then_some((*list, Value::Object(fields)))
    };
    let assets: Vec<(&str, Value)> = ASSETS.iter().filter_map(of).collect();
    if assets.is_empty() {
        return None;
    }
    let mut out: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (list, entity) in assets.into_iter().chain(EVIDENCE.iter().filter_map(of)) {
        out.entry(list).or_default().push(entity);
    }
    Some(json!(out))
}

/// How often a rule runs: continuously where it is wanted and can be, or else as often as it may and still see all that belongs together.
fn frequency(card: &Card, wanted: NearRealTime) -> &'static str {
    let wanted = match wanted {
        NearRealTime::None => false,
        NearRealTime::High => card.severity == "High",
        NearRealTime::All => true,
    };
    if wanted && card.reach == 0 && can_be_continuous(&card.query) {
        return "PT0S";
    }
    FREQUENCIES.iter().find(|(_, lookback)| card.reach <= *lookback).map_or("P1D", |(frequency, _)| frequency)
}

/// Whether a query reads one table that is watched continuously, and joins nothing.
fn can_be_continuous(query: &str) -> bool {
    let words: Vec<&str> = query.split(|char: char| !char.is_ascii_alphanumeric()).collect();
    let tables: Vec<&&str> = CONTINUOUS.iter().filter(|table| words.contains(*table)).collect();
    tables.len() == 1 && !["join", "union", "externaldata"].iter().any(|word| words.contains(word)) && !query.contains("//")
}
