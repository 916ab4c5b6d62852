//! What does a person read who gets an alert?

use std::fmt::Write as _;

use ir::{Detection, Verdict};

use crate::print::one_line;

/// Everything a person who gets the alert should know, on one line, each thing once: an advisory's detections say much of it in their own words.
pub(crate) fn description(detection: &Detection) -> String {
    let meta = &detection.meta;
    let mut out = one_line(&detection.description);
    // Says a sentence unless its key word was said before.
    let mut say = |key: &str, text: String| {
        let (key, text) = (one_line(key), one_line(&text));
        let said = key.len() > 2 && out.contains(&key);
        if !said && !text.is_empty() {
            let _ = write!(out, "{}{text}", if out.is_empty() { "" } else { " " });
        }
    };
    if meta.verdict == Verdict::Lead {
        say("it is no proof", "A hit is a lead that opens an investigation; it is no proof.".to_owned());
    }
    if meta.sigma.is_some() {
        say("", format!("{}.", meta.origin()));
    } else {
        let title = if meta.advisory_title.is_empty() { String::new() } else { format!(" ({})", meta.advisory_title) };
        say(&meta.advisory, format!("Advisory: {}{title}.", meta.advisory));
    }
    if let Some(tlp) = meta.tlp {
        say("", format!("TLP:{}.", tlp.name().to_uppercase()));
    }
    for citation in &meta.citations {
        let place = match (&citation.file, citation.line) {
            (Some(file), Some(line)) => format!("{file}:{line}"),
            _ => citation.source.clone(),
        };
        say(&citation.quote, format!("Source: \"{}\" ({place}).", citation.quote));
    }
    if let Some(hunt) = &meta.hunt {
        let day = |date: Option<ir::Date>, open: &str| date.map_or_else(|| open.to_owned(), |date| date.to_string());
        say("Search back from", format!("Search back from {} to {}.", day(hunt.from, "any time"), day(hunt.until, "now")));
    }
    if let Some(until) = meta.valid.and_then(|valid| valid.until) {
        say("", format!("Indicators valid until {until}."));
    }
    if !meta.false_positives.is_empty() {
        say("", format!("Ordinary activity that also matches: {}.", meta.false_positives.join("; ")));
    }
    if let Some(report) = &meta.report {
        say(report, format!("Hits are reported to {report}."));
    }
    if !meta.references.is_empty() {
        say("", format!("References: {}", meta.references.join(" ")));
    }
    out
}
