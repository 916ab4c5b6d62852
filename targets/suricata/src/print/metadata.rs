//! What a rule says about itself besides what it matches, in Emerging Threats' keys.
//!
//! Keys: <https://docs.suricata.io/en/latest/rules/meta.html#metadata>, <https://community.emergingthreats.net/t/signature-metadata/96>. Dates come from the advisory; there is no clock here.

use std::collections::BTreeSet;

use ir::{Confidence, Detection, Meta, Scope, SeverityLevel, Tactic, Verdict};

use super::plain::{link, word};
use crate::ast::{Address, Alert, Side};

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

/// Every key that is written, and what its value says. Those without a note are Emerging Threats' own.
pub(crate) const KEYS: [(&str, &str); 15] = [
    ("attack_target", "the kind of machine that is attacked, from the event and its direction"),
    ("confidence", "`confidence` of the block, where it is given"),
    ("created_at", "`published` of the advisory"),
    ("cve", "each of the advisory's CVE ids"),
    ("deployment", "`Perimeter`; also `Internal` where neither side is the outside, `SSLDecrypt` for URLs with `https`"),
    ("malware_family", "each of the advisory's `malware`"),
    ("mitre_tactic_id", "each tactic that the techniques serve"),
    ("mitre_tactic_name", "its name"),
    ("mitre_technique_id", "each technique of the block"),
    ("signature_severity", "`severity` of the block: `Informational`, `Minor`, `Major`, `Critical`"),
    ("tag", "the advisory's first `actor`, except in a block of context"),
    ("tlp", "the marking; a key of ours"),
    ("updated_at", "`modified` of the advisory, else `published`"),
    ("verdict", "`lead`, where a hit opens an investigation; a key of ours"),
    ("vigie_id", "the detection's id in every language; a key of ours"),
];

/// The pairs of `metadata`, the most important first.
pub(super) fn pairs(detection: &Detection, alert: &Alert) -> Vec<String> {
    let meta = &detection.meta;
    let mut out = Vec::new();
    let mut say = |key: &'static str, value: &str| {
        debug_assert!(KEYS.iter().any(|(known, _)| *known == key), "a key without a row in the table");
        // A key needs a value, and one without a letter says nothing.
        if value.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            out.push(format!("{key} {value}"));
        }
    };
    say("attack_target", alert.attacked);
    if let Some(day) = meta.published {
        say("created_at", &date(day));
    }
    for place in deployments(detection, alert) {
        say("deployment", place);
    }
    say("signature_severity", severity(meta.severity));
    if let Some(confidence) = meta.confidence {
        say("confidence", degree(confidence));
    }
    if let Some(tlp) = meta.tlp {
        say("tlp", &word(tlp.name()));
    }
    if meta.verdict == Verdict::Lead {
        say("verdict", "lead");
    }
    if let Some(day) = meta.modified.or(meta.published) {
        say("updated_at", &date(day));
    }
    for technique in &meta.techniques {
        say("mitre_technique_id", &word(technique.as_str()));
    }
    for name in &meta.malware {
        say("malware_family", &word(name));
    }
    say("vigie_id", &detection.id.to_string());
    for cve in &meta.cves {
        say("cve", &word(cve).replace('-', "_"));
    }
    if let Some(actor) = meta.actors.first().filter(|_| meta.scope != Scope::Context) {
        say("tag", &word(actor));
    }
    let tactics: BTreeSet<Tactic> = meta.techniques.iter().flat_map(ir::Technique::tactics).collect();
    for tactic in tactics {
        say("mitre_tactic_id", tactic.id());
        say("mitre_tactic_name", &capitals(tactic.name()));
    }
    out
}

/// Where a sensor has to stand to see it.
fn deployments(detection: &Detection, alert: &Alert) -> Vec<&'static str> {
    let crosses = |side: &Side| side.addresses.iter().any(|address| matches!(address, Address::External | Address::Net(..)));
    let named = !detection.indicators.is_empty();
    let mut out = vec!["Perimeter"];
    if !named && !crosses(&alert.source) && !crosses(&alert.destination) {
        out.push("Internal");
    }
    if alert.protocol == "http" && alert.encrypted {
        out.push("SSLDecrypt");
    }
    out
}

/// `command-and-control` as Emerging Threats writes it: `Command_And_Control`.
fn capitals(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    name.split('-').map(capital).collect::<Vec<_>>().join("_")
}

/// Text in which no name of a host can be followed by mistake: Emerging Threats puts a blank before the last dot.
pub(super) fn defanged(text: &str) -> String {
    /// Endings of files that could be taken for a domain's last label.
    const FILES: [&str; 35] = [
        "asp", "aspx", "bat", "bin", "cmd", "css", "dat", "dll", "doc", "docx", "exe", "gif", "hta", "htm", "html", "ini", "iso", "jar", "jpg", "js",
        "jsp", "jspx", "lnk", "pdf", "php", "png", "ps1", "sys", "txt", "vbs", "xls", "xml", "zip", "rar", "gz",
    ];
    let part = |char: char| char.is_alphanumeric() || matches!(char, '.' | '-' | '_');
    let mut out = String::with_capacity(text.len() + 4);
    let mut rest = text;
    while let Some(at) = rest.find(part) {
        let (before, from) = rest.split_at(at);
        let (name, after) = from.split_at(from.find(|char| !part(char)).unwrap_or(from.len()));
        out.push_str(before);
        rest = after;
        let trimmed = name.trim_end_matches('.');
        match trimmed.rsplit_once('.') {
            Some((front, last)) if is_label(last) && !front.is_empty() && !FILES.contains(&last.to_ascii_lowercase().as_str()) => {
                out.push_str(front);
                out.push_str(" .");
                out.push_str(last);
                out.push_str(name.get(trimmed.len()..).unwrap_or_default());
            }
            _ => out.push_str(name),
        }
    }
    out.push_str(rest);
    out
}

/// Whether it can be the last label of a domain.
fn is_label(text: &str) -> bool {
    text.starts_with("xn--") || (text.chars().count() > 1 && text.chars().all(char::is_alphabetic))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_cannot_be_followed() {
        for (text, shown) in [
            ("C2 domain (www.evil.example)", "C2 domain (www.evil .example)"),
            ("(evil.example/a/gate.php?x=b.example, QUIC)", "(evil .example/a/gate.php?x=b .example, QUIC)"),
            ("Asks v1.2 and 192.0.2.7 for evil.example.", "Asks v1.2 and 192.0.2.7 for evil .example."),
            ("stage2.exe in (a@mail.evil.example)", "stage2.exe in (a@mail.evil .example)"),
            ("xn--9ca.xn--p1ai ... e.g", "xn--9ca .xn--p1ai ... e.g"),
            ("", ""),
        ] {
            assert_eq!(defanged(text), shown);
        }
    }

    #[test]
    fn the_book_lists_every_key() {
        let book = include_str!("../../../../book/src/targets.md");
        for (key, says) in KEYS {
            assert!(book.contains(&format!("| `{key}` | {says} |")), "| `{key}` | {says} |");
        }
    }
}
