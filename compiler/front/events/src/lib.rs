//! Which events does a log hold, in the words that rules use?
//!
//! A JSON object of a log becomes one [`Record`] for each log source that it belongs to: Sysmon's event 1 is `process_creation`
//! with the catalogue's fields, and an event of Windows' Sysmon channel with the log's own fields. Rules of either kind then
//! find what they look for without knowing how the log was shipped.
//!
//! Read as they come: Windows events flattened, nested as in the XML, or shipped by Winlogbeat; Sysmon for Linux; CloudTrail,
//! Azure, Google Cloud, Microsoft 365, Okta, GitHub and Kubernetes audit; Zeek, Suricata's EVE, auditd, syslog and journald,
//! proxies and web servers in the W3C's names, and ECS. Whatever cannot be told from its keys can be [`Stated`].
//!
//! Start with [`event`]; [`line()`] and [`document`] find the JSON in a file.

mod cloud;
mod ecs;
mod flat;
mod known;
mod lines;
mod network;
#[cfg(test)]
mod tests;
mod time;
mod unix;
mod windows;

use ir::{LogSource, Platform, Record};
use logs::taxonomy::Category;
use serde_json::Value;

pub use lines::{Line, MAX_LINE, NotAnEvent, document, is_spread, line};

use flat::Flat;
use known::Told;

/// One event of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// One record for each log source that it belongs to. Empty when nothing tells which.
    pub records: Vec<Record>,
    /// When it happened, where it says so.
    pub time: Option<jiff::Timestamp>,
}

/// The log source of a log that does not tell by itself, in Sigma's words.
///
/// ```
/// # use events::Stated;
/// let stated = Stated::parse("windows/process_creation").unwrap();
/// assert_eq!((stated.product.as_deref(), stated.category.as_deref(), stated.service), (Some("windows"), Some("process_creation"), None));
/// assert_eq!(Stated::parse("aws//cloudtrail").unwrap().service.as_deref(), Some("cloudtrail"));
/// assert!(Stated::parse("//").is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// For instance `windows`.
    pub product: Option<String>,
    /// For instance `process_creation`.
    pub category: Option<String>,
    /// For instance `security`.
    pub service: Option<String>,
}

impl Stated {
    /// Reads `product/category/service`; parts may be empty, and those at the end may be left out. `None` when nothing is stated.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/').map(|part| Some(part.trim().to_ascii_lowercase()).filter(|part| !part.is_empty()));
        let stated = Self { product: parts.next().flatten(), category: parts.next().flatten(), service: parts.next().flatten() };
        (parts.next().is_none() && stated != Self::default()).then_some(stated)
    }
}

/// The records of an event, one for each log source that it belongs to.
#[must_use]
pub fn records(value: &Value) -> Vec<Record> {
    event(value, None).records
}

/// Reads one event. What is stated counts instead of what its keys tell.
#[must_use]
pub fn event(value: &Value, stated: Option<&Stated>) -> Event {
    let value = unwrapped(value);
    if let Some(fields) = windows::normal(value) {
        let time = time::of(&fields);
        let records = match stated {
            Some(stated) => as_stated(stated, &fields),
            None => windows::records(&fields),
        };
        return Event { records, time };
    }
    let mut fields = flat::flatten(value);
    let time = time::of(&fields);
    if let Some(stated) = stated {
        return Event { records: as_stated(stated, &fields), time };
    }
    let mut told = Vec::new();
    cloud::tell(value, &mut fields, &mut told);
    if told.is_empty() {
        network::tell(&fields, &mut told);
    }
    if told.is_empty() {
        unix::tell(&fields, &mut told);
    }
    if told.is_empty() {
        ecs::tell(&fields, &mut told);
    }
    let records = told.into_iter().map(|told| told.record(&fields)).collect();
    Event { records, time }
}

/// An event that a shipper put into an envelope: Splunk's `result` and `event`, EventBridge's `detail`.
#[must_use]
pub fn unwrapped(value: &Value) -> &Value {
    let inner = |key: &str| value.get(key).filter(|inner| inner.is_object());
    let has = |key: &str| value.get(key).is_some();
    if let Some(result) = inner("result").filter(|_| has("preview") || has("offset")) {
        return result;
    }
    // ECS has an object of this name too; it says what kind of event this is, and nothing of Windows or Splunk.
    let is_whole = |event: &Value| ["EventID", "Event", "winlog"].iter().any(|key| event.get(*key).is_some());
    if let Some(event) = inner("event").filter(|event| has("sourcetype") || is_whole(event)) {
        return event;
    }
    inner("detail").filter(|_| has("detail-type")).unwrap_or(value)
}

fn as_stated(stated: &Stated, fields: &Flat) -> Vec<Record> {
    let platform =
        stated.product.as_deref().and_then(|product| Platform::ALL.iter().find(|(_, name)| *name == product)).map(|(platform, _)| *platform);
    let category = stated.category.as_deref().and_then(Category::find);
    let mut out = Vec::new();
    if let Some(category) = category {
        out.push(Told::category(category, platform).record(fields));
    }
    let source = LogSource::Open { category: stated.category.clone(), product: stated.product.clone(), service: stated.service.clone() };
    out.push(Told::open(source, platform).record(fields));
    out
}
