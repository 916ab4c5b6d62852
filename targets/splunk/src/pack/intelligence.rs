//! What is given to the threat intelligence of Enterprise Security, which looks for indicators in everything? One table for each of its collections,
//! with the columns that it asks for
//! (<https://docs.splunk.com/Documentation/ES/5.1.1/Admin/Supportedthreatinteltypes>).

use std::collections::BTreeMap;

use backend::Packing;
use ir::{Detection, Indicator, Observable};

use crate::conf::prose;
use crate::security::Policy;

/// A collection, and the columns of its table between the description and the weight.
type Collection = (&'static str, &'static [&'static str]);

const IP: Collection = ("ip_intel", &["ip"]);
const DOMAIN: Collection = ("domain_intel", &["domain"]);
const FILE: Collection = ("file_intel", &["file_hash", "file_name"]);
const HTTP: Collection = ("http_intel", &["http_referrer", "http_user_agent", "url"]);
const EMAIL: Collection = ("email_intel", &["src_user", "subject"]);
const REGISTRY: Collection = ("registry_intel", &["registry_path", "registry_value_name", "registry_value_text"]);
const SERVICE: Collection = ("service_intel", &["service", "service_file_hash", "service_dll_file_hash"]);
const PROCESS: Collection = ("process_intel", &["process", "process_file_name"]);

/// The tables, by the name of the look-up: each indicator once, of every detection that may leave.
pub(super) fn tables(packing: &Packing<'_>, policy: &Policy) -> BTreeMap<String, String> {
    let mut rows: BTreeMap<Collection, BTreeMap<Vec<String>, (String, u8)>> = BTreeMap::new();
    for detection in packing.sent() {
        for indicator in detection.indicators.iter() {
            let Some((collection, column, value)) = place(&indicator.observable) else { continue };
            let cells = collection.1.iter().map(|name| if *name == column { value.clone() } else { String::new() }).collect();
            let weight = policy.score(detection.meta.severity).max(1);
            rows.entry(collection).or_default().entry(cells).or_insert_with(|| (description(detection, indicator), weight));
        }
    }
    rows.into_iter().map(|((name, columns), rows)| (format!("vigie_{name}"), table(columns, &rows))).collect()
}

/// The collection that an indicator belongs to, the column it stands in, and how it is written there.
fn place(observable: &Observable) -> Option<(Collection, &'static str, String)> {
    Some(match observable {
        Observable::Ip(address) if address.is_single() => (IP, "ip", address.net.addr().to_string()),
        Observable::Ip(address) => (IP, "ip", address.net.to_string()),
        Observable::Domain(name) => (DOMAIN, "domain", name.as_str().to_owned()),
        Observable::Hash(hash) => (FILE, "file_hash", hash.hex().to_owned()),
        Observable::FileName(name) | Observable::Attachment(name) => (FILE, "file_name", name.clone()),
        Observable::Url(url) => (HTTP, "url", url.to_string()),
        Observable::UserAgent(agent) => (HTTP, "http_user_agent", agent.clone()),
        Observable::Email(address) => (EMAIL, "src_user", address.as_str().to_owned()),
        Observable::EmailSubject(subject) => (EMAIL, "subject", subject.clone()),
        Observable::Registry { key, value: None } => (REGISTRY, "registry_path", key.as_str().to_owned()),
        Observable::Service(name) => (SERVICE, "service", name.clone()),
        Observable::Process(name) => (PROCESS, "process_file_name", name.clone()),
        _ => return None,
    })
}

/// What an analyst reads beside a match: the advisory, the remark, the sentence, the day on which it expires.
fn description(detection: &Detection, indicator: &Indicator) -> String {
    let meta = &detection.meta;
    let quote = indicator.citation(meta).map(|citation| format!("{:?}", citation.quote));
    let until = indicator.valid.and_then(|valid| valid.until).map(|day| format!("valid until {day}"));
    let parts = [Some(meta.advisory.clone()), indicator.note.clone(), quote, until];
    prose(&parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

fn table(columns: &[&str], rows: &BTreeMap<Vec<String>, (String, u8)>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let mut write = |row: Vec<&str>| writer.write_record(row).expect("writing to memory does not fail");
    write(std::iter::once("description").chain(columns.iter().copied()).chain(["weight"]).collect());
    for (cells, (description, weight)) in rows {
        let weight = weight.to_string();
        write(std::iter::once(description.as_str()).chain(cells.iter().map(String::as_str)).chain([weight.as_str()]).collect());
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("only text was written")
}
