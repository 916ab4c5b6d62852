//! How is a rule, a hunting query or a watchlist written as a resource of Azure's Resource Manager?
//!
//! The form is that of the portal's export, with the workspace as the one parameter
//! (<https://learn.microsoft.com/azure/sentinel/import-export-analytics-rules>,
//! <https://learn.microsoft.com/azure/templates/microsoft.securityinsights/alertrules>).

use std::collections::BTreeSet;

use ir::{Tactic, Verdict};
use serde_json::{Map, Value, json};

use crate::card::Card;
use crate::limits::HOUR;
use crate::pack_parts::{List, Packable};
use crate::pack_words;

/// The versions of the services that take the resources.
const RULES: &str = "2023-12-01-preview";
const SEARCHES: &str = "2020-08-01";
const WATCHLISTS: &str = "2023-02-01";
/// The schema of templates.
pub(crate) const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
/// Bytes of one resource (<https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices>).
const RESOURCE: usize = 1_000_000;

/// How a rule is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    /// Whether it is switched on.
    pub(crate) enabled: bool,
    /// Whether it runs every minute.
    pub(crate) near_real_time: bool,
    /// Whether its alerts become incidents.
    pub(crate) incidents: bool,
}

/// A template of resources for a workspace.
pub(crate) fn template(resources: Vec<Value>) -> Value {
    json!({
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {
            "workspace": { "type": "string", "metadata": { "description": "The name of the Log Analytics workspace that Microsoft Sentinel runs on" } }
        },
        "resources": resources,
    })
}

/// An analytics rule.
pub(crate) fn rule(rule: &Packable<'_>, running: Running) -> Value {
    let id = &rule.card.id;
    json!({
        "id": format!(
            "[concat(resourceId('Microsoft.OperationalInsights/workspaces/providers', parameters('workspace'), 'Microsoft.SecurityInsights'), '/alertRules/{id}')]"
        ),
        "name": format!("[concat(parameters('workspace'), '/Microsoft.SecurityInsights/{id}')]"),
        "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules",
        "apiVersion": RULES,
        "kind": kind(running),
        "properties": plain(Value::Object(rule_properties(rule, running))),
    })
}

/// The service's word for how a rule runs.
pub(crate) fn kind(running: Running) -> &'static str {
    if running.near_real_time { "NRT" } else { "Scheduled" }
}

/// What a rule says.
pub(crate) fn rule_properties(rule: &Packable<'_>, running: Running) -> Map<String, Value> {
    let card = &rule.card;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| drop(out.insert(key.to_owned(), value));
    put("displayName", json!(pack_words::name(card)));
    put("description", json!(pack_words::description(rule)));
    put("severity", json!(card.severity));
    put("enabled", json!(running.enabled));
    put("query", json!(card.query));
    put("suppressionDuration", json!("PT5H"));
    put("suppressionEnabled", json!(false));
    let tactics: BTreeSet<&str> = card.tactics().into_iter().map(Tactic::word).collect();
    put("tactics", json!(tactics));
    let (techniques, parts) = techniques(card);
    put("techniques", json!(techniques));
    put("subTechniques", json!(parts));
    if !running.near_real_time {
        put("queryFrequency", json!(iso(HOUR)));
        put("queryPeriod", json!(iso(period(card))));
        put("triggerOperator", json!("GreaterThan"));
        put("triggerThreshold", json!(0));
    }
    put("eventGroupingSettings", json!({ "aggregationKind": grouping(rule) }));
    put("incidentConfiguration", incidents(rule, running));
    if !card.entities.is_empty() {
        put("entityMappings", entities(card));
    }
    let details = details(card);
    if !details.is_empty() {
        put("customDetails", Value::Object(details));
    }
    if let Some(name) = pack_words::alert_name(rule) {
        put("alertDetailsOverride", overridden(name, rule));
    }
    out
}

/// What an alert is called and says, in place of what the rule is called and says.
pub(crate) fn overridden(name: String, rule: &Packable<'_>) -> Value {
    let mut out = Map::from_iter([("alertDisplayNameFormat".to_owned(), json!(name))]);
    if let Some(text) = pack_words::alert_description(rule) {
        out.insert("alertDescriptionFormat".to_owned(), json!(text));
    }
    Value::Object(out)
}

/// What an alert names.
pub(crate) fn entities(card: &Card) -> Value {
    let list = pack_words::entities(card).iter().map(|(kind, fields)| {
        let fields: Vec<Value> = fields.iter().map(|(identifier, column)| json!({ "identifier": identifier, "columnName": column })).collect();
        json!({ "entityType": kind, "fieldMappings": fields })
    });
    list.collect()
}

/// What an alert shows.
pub(crate) fn details(card: &Card) -> Map<String, Value> {
    pack_words::details(card).into_iter().map(|(name, column)| (name, json!(column))).collect()
}

/// Each hit on an indicator is an alert of its own, so that it bears the value's name.
pub(crate) fn grouping(rule: &Packable<'_>) -> &'static str {
    if rule.detection.indicators.is_empty() || rule.detection.meta.verdict == Verdict::Lead { "SingleAlert" } else { "AlertPerResult" }
}

/// Which alerts become an incident, and which of them one: those of a rule that name the same entities, within a day.
pub(crate) fn incidents(rule: &Packable<'_>, running: Running) -> Value {
    let named = !rule.card.entities.is_empty();
    json!({
        "createIncident": running.incidents && rule.detection.meta.verdict == Verdict::Alert,
        "groupingConfiguration": {
            "enabled": named,
            "reopenClosedIncident": false,
            "lookbackDuration": "P1D",
            "matchingMethod": "AllEntities",
            "groupByEntities": [],
            "groupByAlertDetails": [],
            "groupByCustomDetails": [],
        },
    })
}

/// How far back a rule looks: as far as events may lie apart, and the hour since it ran before.
pub(crate) fn period(card: &Card) -> u64 {
    if card.reach == 0 { HOUR } else { (card.reach + HOUR).div_ceil(60) * 60 }
}

/// A length of time of whole minutes, by ISO 8601.
pub(crate) fn iso(seconds: u64) -> String {
    match seconds {
        _ if seconds > 0 && seconds.is_multiple_of(86_400) => format!("P{}D", seconds / 86_400),
        _ if seconds > 0 && seconds.is_multiple_of(3_600) => format!("PT{}H", seconds / 3_600),
        _ => format!("PT{}M", seconds / 60),
    }
}

/// Techniques, and the parts of techniques: the whole of a part is named, too.
pub(crate) fn techniques(card: &Card) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let whole = card.techniques.iter().filter_map(|id| id.split('.').next()).collect();
    (whole, card.techniques.iter().map(String::as_str).filter(|id| id.contains('.')).collect())
}

/// A hunting query: <https://learn.microsoft.com/azure/templates/microsoft.operationalinsights/workspaces/savedsearches>.
pub(crate) fn search(id: &str, properties: Value) -> Value {
    json!({
        "name": format!("[concat(parameters('workspace'), '/{id}')]"),
        "type": "Microsoft.OperationalInsights/workspaces/savedSearches",
        "apiVersion": SEARCHES,
        "properties": plain(properties),
    })
}

/// A watchlist; `None` when it is too large for a template.
pub(crate) fn watchlist(list: &List<'_>, title: &str) -> Option<Value> {
    let alias = list.alias;
    let resource = json!({
        "name": format!("[concat(parameters('workspace'), '/Microsoft.SecurityInsights/{alias}')]"),
        "type": "Microsoft.OperationalInsights/workspaces/providers/watchlists",
        "apiVersion": WATCHLISTS,
        "properties": plain(json!({
            "displayName": if title.is_empty() { alias } else { title },
            "watchlistAlias": alias,
            "description": "Values that detections made by vigie look up; each names its advisory and until when it holds.",
            "provider": "vigie",
            "source": "Local file",
            "itemsSearchKey": crate::ast::INDICATOR,
            "contentType": "text/csv",
            "numberOfLinesToSkip": 0,
            "rawContent": list.text,
        })),
    });
    (resource.to_string().len() <= RESOURCE).then_some(resource)
}

/// A rule that an earlier version held, switched off. Nothing but its id and its title is known.
pub(crate) fn switched_off(id: &str, title: &str) -> Value {
    json!({
        "name": format!("[concat(parameters('workspace'), '/Microsoft.SecurityInsights/{id}')]"),
        "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules",
        "apiVersion": RULES,
        "kind": "Scheduled",
        "properties": plain(json!({
            "displayName": pack_words::cut(&format!("Retired: {title}"), crate::limits::NAME),
            "description": "This rule is no part of its package any more and can be deleted.",
            "severity": "Informational",
            "enabled": false,
            "query": "Heartbeat\n| take 0",
            "queryFrequency": "P1D",
            "queryPeriod": "P1D",
            "triggerOperator": "GreaterThan",
            "triggerThreshold": 0,
            "suppressionDuration": "PT5H",
            "suppressionEnabled": false,
        })),
    })
}

/// Texts that stand for themselves: one in brackets would be an expression
/// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions#escape-characters>).
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('[') && text.ends_with(']') => Value::String(format!("[{text}")),
        // As deep as this file writes.
        Value::Array(list) => list.into_iter().map(plain).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, plain(value))).collect(),
        other => other,
    }
}
