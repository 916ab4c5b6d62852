//! What does a saved search say besides its search?

use std::borrow::Cow;

use ir::{Detection, SeverityLevel};

use crate::ast::{Rule, Stage};
use crate::description::description;
use crate::security::{self, Policy};
use crate::verify::Settings;

/// The settings in the order in which they are written. A search is switched off until the site switches it on: what is scheduled on a site
/// that has not said where its logs are costs much and finds nothing.
pub(crate) fn settings<'s>(rule: &Rule, detection: &Detection, profile: &str, search: &'s str) -> Vec<(&'static str, Cow<'s, str>)> {
    let meta = &detection.meta;
    let timed = Timed::new(detection, rule.span_seconds.div_ceil(60), &Timing::default());
    let mut out = vec![
        ("description", description(detection).into()),
        ("search", search.into()),
        ("disabled", "1".into()),
        ("cron_schedule", timed.cron.into()),
        ("dispatch.earliest_time", timed.earliest.into()),
        ("dispatch.latest_time", timed.latest.into()),
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
        out.push(("alert.suppress.period", timed.throttle.into()));
    }
    let columns = match rule.query.0.last() {
        Some(Stage::Table(columns)) => columns.as_slice(),
        _ => &[],
    };
    out.extend(security::settings(detection, profile, columns, &Policy::default()).into_iter().map(|(key, value)| (key, value.into())));
    out
}

/// How often searches run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// Minutes from one run to the next.
    pub(crate) every: u64,
    /// Minutes that events may be on their way.
    pub(crate) delay: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Self { every: 60, delay: 5 }
    }
}

impl Timing {
    /// What fits an hour or a day without a remainder.
    pub(crate) const EVERY: [u64; 12] = [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440];
}

/// When a search runs, and over what.
pub(crate) struct Timed {
    /// The schedule.
    pub(crate) cron: String,
    /// The beginning of what it reads.
    pub(crate) earliest: String,
    /// The end.
    pub(crate) latest: String,
    /// How long the same answer is not given again.
    pub(crate) throttle: String,
}

impl Timed {
    /// At a minute that follows from the id, so that searches spread, over what came since the run before; correlations over the window more,
    /// and daily when their window is longer than six hours.
    fn new(detection: &Detection, window: u64, timing: &Timing) -> Self {
        let byte = |at: usize| u64::from(detection.id.as_bytes().get(at).copied().unwrap_or(0));
        let every = if window > 6 * 60 { 24 * 60 } else { timing.every };
        let minute = (byte(0) * 256 + byte(1)) % 60;
        let list = |first: u64, step: u64, end: u64| {
            (first % step..end).step_by(usize::try_from(step).unwrap_or(1)).map(|at| at.to_string()).collect::<Vec<_>>()
        };
        let (minutes, hours) = match every {
            ..60 => (list(minute, every.max(1), 60).join(","), "*".to_owned()),
            60 => (minute.to_string(), "*".to_owned()),
            _ => (minute.to_string(), list(byte(2) % 24, every / 60, 24).join(",")),
        };
        Self {
            cron: format!("{minutes} {hours} * * *"),
            earliest: format!("-{}m@m", every + window + timing.delay),
            latest: format!("-{}m@m", timing.delay),
            throttle: format!("{}m", every + window),
        }
    }

    /// The same for a search that was written with the usual timing.
    pub(crate) fn of(detection: &Detection, settings: &Settings<'_>, timing: &Timing) -> Self {
        let setting = |key: &str| settings.get(key).map(|value| &**value).unwrap_or_default();
        let back = setting("dispatch.earliest_time").trim_start_matches('-').trim_end_matches("m@m").parse::<u64>().unwrap_or(0);
        let usual = Timing::default();
        let daily = !setting("cron_schedule").ends_with(" * * * *");
        let every = if daily { 24 * 60 } else { usual.every };
        Self::new(detection, back.saturating_sub(every + usual.delay), timing)
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
