//! What a rule says about itself besides what it matches, in Emerging Threats' keys.
//!
//! Keys: <https://docs.suricata.io/en/latest/rules/meta.html#metadata>. Dates come from the advisory; there is no clock here.

use ir::{Confidence, Detection, Meta, SeverityLevel, Verdict};

use super::{link, word};
use crate::ast::Alert;

/// So many references are enough in an alert.
const MAX_REFERENCES: usize = 5;
/// A longer link is left out: it would not be opened from an alert either.
const MAX_LINK: usize = 400;

/// The `reference` options: links first, then CVE ids without their prefix, as the stock `reference.config` wants them.
pub(super) fn references(meta: &Meta) -> Vec<String> {
    let links = meta.references.iter().filter(|url| url.starts_with("http://") || url.starts_with("https://")).map(|url| link(url));
    let links = links.filter(|link| !link.is_empty() && link.len() <= MAX_LINK).take(MAX_REFERENCES);
    let cves = meta.cves.iter().map(|cve| word(cve.strip_prefix("CVE-").unwrap_or(cve))).take(MAX_REFERENCES);
    links.map(|link| format!("reference:url,{link};")).chain(cves.map(|cve| format!("reference:cve,{cve};"))).collect()
}

/// The pairs of `metadata`, the most important first.
pub(super) fn pairs(detection: &Detection, alert: &Alert) -> Vec<String> {
    let meta = &detection.meta;
    let mut out = vec![format!("attack_target {}", alert.attacked)];
    if let Some(day) = meta.published {
        out.push(format!("created_at {}", date(day)));
    }
    out.push(format!("signature_severity {}", severity(meta.severity)));
    if let Some(confidence) = meta.confidence {
        out.push(format!("confidence {}", degree(confidence)));
    }
    out.push(format!("tlp {}", word(meta.tlp.name())));
    if meta.verdict == Verdict::Lead {
        out.push("verdict lead".to_owned());
    }
    if let Some(day) = meta.modified.or(meta.published) {
        out.push(format!("updated_at {}", date(day)));
    }
    out.extend(meta.techniques.iter().map(|technique| format!("mitre_technique_id {}", word(technique.as_str()))));
    out.extend(meta.malware.iter().map(|name| format!("malware_family {}", word(name))));
    out.push(format!("vigie_id {}", detection.id));
    out
}

fn date(day: ir::Date) -> String {
    day.to_string().replace('-', "_")
}

fn severity(level: SeverityLevel) -> &'static str {
    match level {
        SeverityLevel::Informational => "Informational",
        SeverityLevel::Low | SeverityLevel::Medium => "Minor",
        SeverityLevel::High => "Major",
        SeverityLevel::Critical => "Critical",
    }
}

fn degree(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "Low",
        Confidence::Medium => "Medium",
        Confidence::High => "High",
    }
}
