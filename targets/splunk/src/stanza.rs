//! What does a saved search say besides its search?

use std::borrow::Cow;
use std::fmt::Write as _;

use ir::{Detection, Meta, SeverityLevel, Verdict};

use crate::ast::Rule;
use crate::print::{one_line, stanza_name};

/// Enterprise Security names a correlation search `Domain - NAME - Rule` and allows 99 characters.
const LONGEST_NAME: usize = 80;

/// The stanza's name: the title, made unique by a part of the id.
pub(crate) fn name(detection: &Detection) -> String {
    let id = detection.id.simple().to_string();
    let short = id.get(..8).unwrap_or_default();
    let title = stanza_name(&detection.title, LONGEST_NAME - short.len() - 3);
    if title.is_empty() { short.to_owned() } else { format!("{title} - {short}") }
}

/// The settings in the order in which they are written.
pub(crate) fn settings<'s>(rule: &Rule, detection: &Detection, search: &'s str) -> Vec<(&'static str, Cow<'s, str>)> {
    let meta = &detection.meta;
    let schedule = Schedule::of(rule, detection);
    let mut out = vec![
        ("description", description(detection).into()),
        ("search", search.into()),
        ("cron_schedule", schedule.cron.into()),
        ("dispatch.earliest_time", schedule.earliest.into()),
        ("dispatch.latest_time", "-5m@m".into()),
        ("enableSched", "1".into()),
        ("schedule_window", "auto".into()),
        ("counttype", "number of events".into()),
        ("relation", "greater than".into()),
        ("quantity", "0".into()),
        ("alert.track", "1".into()),
        ("alert.severity", severity(meta.severity).into()),
    ];
    if rule.span_seconds > 0 && !rule.same.is_empty() {
        // A window that slides is seen by more than one run.
        out.push(("alert.digest_mode", "0".into()));
        out.push(("alert.suppress", "1".into()));
        out.push(("alert.suppress.fields", rule.same.join(",").into()));
        out.push(("alert.suppress.period", format!("{}m", schedule.throttle).into()));
    }
    out.push(("action.correlationsearch.enabled", "1".into()));
    out.push(("action.correlationsearch.label", one_line(&detection.title).into()));
    out.extend(annotations(meta).map(|annotations| ("action.correlationsearch.annotations", annotations.into())));
    if let Some(metadata) = metadata(detection) {
        out.push(("action.correlationsearch.detection_type", "ebd".into()));
        out.push(("action.correlationsearch.metadata", metadata.into()));
    }
    out
}

struct Schedule {
    cron: String,
    earliest: String,
    /// Minutes for which the same answer is not given again.
    throttle: u64,
}

impl Schedule {
    /// Runs hourly over the hour before, at a minute that follows from the id so that searches spread; correlations over the
    /// window more, and daily when their window is longer than six hours.
    fn of(rule: &Rule, detection: &Detection) -> Self {
        // Events of the last minutes may still be on their way.
        const LATE: u64 = 5;
        let byte = |at: usize| u64::from(detection.id.as_bytes().get(at).copied().unwrap_or(0));
        let minute = (byte(0) * 256 + byte(1)) % 60;
        let window = rule.span_seconds.div_ceil(60);
        let (cron, period) = if window > 6 * 60 { (format!("{minute} {} * * *", byte(2) % 24), 24 * 60) } else { (format!("{minute} * * * *"), 60) };
        Self { cron, earliest: format!("-{}m@m", period + window + LATE), throttle: period + window }
    }
}

fn severity(level: SeverityLevel) -> &'static str {
    match level {
        SeverityLevel::Informational => "1",
        SeverityLevel::Low => "2",
        SeverityLevel::Medium => "3",
        SeverityLevel::High => "4",
        SeverityLevel::Critical => "5",
    }
}

/// Everything a person who gets the alert should know, on one line.
fn description(detection: &Detection) -> String {
    let meta = &detection.meta;
    let mut out = one_line(&detection.description);
    let mut say = |text: String| {
        let text = one_line(&text);
        if !text.is_empty() {
            let _ = write!(out, "{}{text}", if out.is_empty() { "" } else { " " });
        }
    };
    if meta.verdict == Verdict::Lead {
        say("A hit opens an investigation; it is not proof.".to_owned());
    }
    if meta.sigma.is_some() {
        say(format!("{}.", meta.origin()));
    } else {
        let title = if meta.advisory_title.is_empty() { String::new() } else { format!(" ({})", meta.advisory_title) };
        say(format!("Advisory: {}{title}.", meta.advisory));
    }
    if let Some(tlp) = meta.tlp {
        say(format!("TLP:{}.", tlp.name().to_uppercase()));
    }
    for citation in &meta.citations {
        let place = match (&citation.file, citation.line) {
            (Some(file), Some(line)) => format!("{file}:{line}"),
            _ => citation.source.clone(),
        };
        say(format!("Source: \"{}\" ({place}).", citation.quote));
    }
    if let Some(hunt) = &meta.hunt {
        let day = |date: Option<ir::Date>, open: &str| date.map_or_else(|| open.to_owned(), |date| date.to_string());
        say(format!("Hunt: {} to {}.", day(hunt.from, "any time"), day(hunt.until, "now")));
    }
    if let Some(until) = meta.valid.and_then(|valid| valid.until) {
        say(format!("Indicators valid until {until}."));
    }
    if !meta.false_positives.is_empty() {
        say(format!("Ordinary activity that also matches: {}.", meta.false_positives.join("; ")));
    }
    if let Some(report) = &meta.report {
        say(format!("Report a hit to {report}"));
    }
    if !meta.references.is_empty() {
        say(format!("References: {}", meta.references.join(" ")));
    }
    out
}

/// ATT&CK in the form that Enterprise Security reads; `None` when there is nothing to say.
fn annotations(meta: &Meta) -> Option<String> {
    let mut out = serde_json::Map::new();
    if !meta.techniques.is_empty() {
        out.insert("mitre_attack".to_owned(), meta.techniques.iter().map(|technique| technique.as_str().to_owned()).collect());
    }
    if !meta.cves.is_empty() {
        out.insert("cve".to_owned(), meta.cves.iter().map(|cve| one_line(cve)).collect());
    }
    if let Some(confidence) = meta.confidence {
        out.insert("confidence".to_owned(), confidence.name().into());
    }
    if let Some(tlp) = meta.tlp {
        out.insert("tlp".to_owned(), tlp.name().into());
    }
    (!out.is_empty()).then(|| serde_json::Value::Object(out).to_string())
}

/// What Enterprise Security 8 knows of a detection that is based on events, in the keys that Splunk's own content has
/// (<https://github.com/splunk/contentctl>); none for what was published on no day, which then is an ordinary search.
fn metadata(detection: &Detection) -> Option<String> {
    const EPOCH: ir::Date = ir::Date::constant(1970, 1, 1);
    let date = detection.meta.modified.or(detection.meta.published)?;
    let mut out = serde_json::Map::new();
    out.insert("deprecated".to_owned(), "0".into());
    out.insert("detection_id".to_owned(), detection.id.to_string().into());
    out.insert("detection_key".to_owned(), one_line(&detection.key).into());
    out.insert("detection_version".to_owned(), "1".into());
    out.insert("publish_date".to_owned(), date.to_string().into());
    out.insert("publish_time".to_owned(), date.duration_since(EPOCH).as_secs().into());
    Some(serde_json::Value::Object(out).to_string())
}
