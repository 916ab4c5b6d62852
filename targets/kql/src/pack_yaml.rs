//! How is a rule or a hunting query written in the layout of <https://github.com/Azure/Azure-Sentinel>?

use std::collections::BTreeMap;

use ir::Tactic;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::card::Card;
use crate::limits::HOUR;
use crate::pack_arm::{self, Running};
use crate::pack_parts::Packable;
use crate::pack_words;
use crate::print;

/// An analytics rule: <https://github.com/Azure/Azure-Sentinel/wiki/Query-Style-Guide>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    name: String,
    description: String,
    severity: &'a str,
    status: &'static str,
    required_data_connectors: Vec<Connector<'a>>,
    #[serde(flatten)]
    schedule: Option<Schedule>,
    tactics: Vec<&'static str>,
    relevant_techniques: &'a [String],
    query: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    entity_mappings: Value,
    #[serde(skip_serializing_if = "Map::is_empty")]
    custom_details: Map<String, Value>,
    #[serde(skip_serializing_if = "Value::is_null")]
    alert_details_override: Value,
    event_grouping_settings: BTreeMap<&'static str, &'static str>,
    incident_configuration: Value,
    tags: &'a [String],
    version: &'static str,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Schedule {
    query_frequency: String,
    query_period: String,
    trigger_operator: &'static str,
    trigger_threshold: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connector<'a> {
    connector_id: &'a str,
    data_types: &'a [String],
}

/// A hunting query.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hunt<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
    required_data_connectors: Vec<Connector<'a>>,
    tactics: Vec<&'static str>,
    relevant_techniques: &'a [String],
    query: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    entity_mappings: Value,
    tags: &'a [String],
    version: &'static str,
}

/// The first version of a file. [`crate::pack_versions`] gives later ones: they follow no package's, and rise when the rule changes.
pub(crate) const VERSION: &str = "1.0.0";

/// An analytics rule.
pub(crate) fn rule(rule: &Packable<'_>, running: Running) -> String {
    let card = &rule.card;
    let schedule = Schedule {
        query_frequency: print::duration(HOUR),
        query_period: print::duration(pack_arm::period(card)),
        trigger_operator: "gt",
        trigger_threshold: 0,
    };
    text(&Rule {
        id: &card.id,
        name: pack_words::name(card),
        description: pack_words::description(rule),
        severity: &card.severity,
        status: "Available",
        required_data_connectors: connectors(card),
        schedule: (!running.near_real_time).then_some(schedule),
        tactics: tactics(card),
        relevant_techniques: &card.techniques,
        query: &card.query,
        entity_mappings: pack_arm::entities(card),
        custom_details: pack_arm::details(card),
        alert_details_override: pack_words::alert_name(rule).map_or(Value::Null, |name| pack_arm::overridden(name, rule)),
        event_grouping_settings: BTreeMap::from([("aggregationKind", pack_arm::grouping(rule))]),
        incident_configuration: pack_arm::incidents(rule, running),
        tags: &card.tags,
        version: VERSION,
        kind: pack_arm::kind(running),
    })
}

/// A hunting query, under its own id and name.
pub(crate) fn hunt(card: &Card, (id, name, description, query): (&str, &str, &str, &str)) -> String {
    text(&Hunt {
        id,
        name,
        description,
        required_data_connectors: connectors(card),
        tactics: tactics(card),
        relevant_techniques: &card.techniques,
        query,
        entity_mappings: pack_arm::entities(card),
        tags: &card.tags,
        version: VERSION,
    })
}

fn connectors(card: &Card) -> Vec<Connector<'_>> {
    card.connectors.iter().map(|(connector, tables)| Connector { connector_id: connector, data_types: tables }).collect()
}

fn tactics(card: &Card) -> Vec<&'static str> {
    card.tactics().into_iter().map(Tactic::word).collect()
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

fn text(rule: &impl Serialize) -> String {
    // Texts, numbers and lists of them are YAML.
    serde_yaml::to_string(rule).unwrap_or_default()
}
