//! What does a saved search say besides its search?

use std::borrow::Cow;

use ir::{Detection, SeverityLevel};

use crate::ast::{Rule, Stage};
use crate::description::description;
use crate::security::{self, Policy};

/// The settings in the order in which they are written. A search is switched off until the site switches it on: what is scheduled on a site
/// that has not said where its logs are costs much and finds nothing.
pub(crate) fn settings<'s>(rule: &Rule, detection: &Detection, profile: &str, search: &'s str) -> Vec<(&'static str, Cow<'s, str>)> {
    let meta = &detection.meta;
    let schedule = Schedule::of(rule, detection);
    let mut out = vec![
        ("description", description(detection).into()),
        ("search", search.into()),
        ("disabled", "1".into()),
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
    let columns = match rule.query.0.last() {
        Some(Stage::Table(columns)) => columns.as_slice(),
        _ => &[],
    };
    out.extend(security::settings(detection, profile, columns, &Policy::default()).into_iter().map(|(key, value)| (key, value.into())));
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
