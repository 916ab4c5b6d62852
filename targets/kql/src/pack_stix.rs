//! How does Sentinel take indicators? As STIX objects in the body of its upload API, a hundred at a time
//! (<https://learn.microsoft.com/azure/sentinel/stix-objects-api>).

use std::collections::BTreeMap;

use ir::{Confidence, Detection, Indicator, IpNet, Observable, Tlp};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use backend::{PackedFile, Packing};

use crate::{pack_parts, print};

/// Objects of one request.
const OBJECTS: usize = 100;

/// The markings that STIX 2.1 defines, and those of TLP 2.0 for what it does not
/// (<https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_yd3ar14ekwrs>, <https://github.com/oasis-open/cti-stix-common-objects>).
const fn marking(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
        Tlp::Green => "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
        Tlp::Amber => "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
        Tlp::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp::Red => "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    }
}

/// How STIX writes degrees of confidence: <https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_1v6elyto0uqg>.
const fn confidence(degree: Confidence) -> u8 {
    match degree {
        Confidence::Low => 15,
        Confidence::Medium => 50,
        Confidence::High => 85,
    }
}

/// Every indicator that may leave, each once, with the detection that names it first.
pub(crate) fn indicators<'a>(packing: &Packing<'a>) -> BTreeMap<(&'a str, &'a Observable), (&'a Detection, &'a Indicator)> {
    let mut out = BTreeMap::new();
    for detection in packing.sent() {
        for indicator in detection.indicators.iter() {
            out.entry((detection.meta.advisory.as_str(), &indicator.observable)).or_insert((detection, indicator));
        }
    }
    out
}

/// The id of an indicator.
pub(crate) fn id(advisory: &str, observable: &Observable) -> uuid::Uuid {
    ir::id::of(advisory, &format!("indicator/{}/{observable}", observable.kind().name()))
}

/// The bodies of requests.
pub(crate) fn files(packing: &Packing<'_>) -> Vec<PackedFile> {
    let objects = indicators(packing).into_iter().filter_map(|((advisory, observable), (detection, indicator))| {
        let id = id(advisory, observable);
        Some((id, object(id, detection, indicator)?))
    });
    let bodies = pack_parts::parts(objects.collect(), OBJECTS);
    let file = |(name, objects): (String, Vec<Value>)| {
        let body = json!({ "sourcesystem": packing.label.title, "stixobjects": objects });
        PackedFile::json(format!("threat-intelligence/upload-{name}.json"), &body, [])
    };
    bodies.into_iter().map(file).collect()
}

fn object(id: uuid::Uuid, detection: &Detection, indicator: &Indicator) -> Option<Value> {
    let meta = &detection.meta;
    let pattern = pattern(&indicator.observable)?;
    // What nobody dated holds since ever.
    let published = meta.published.unwrap_or(Date::constant(1970, 1, 1));
    let valid = indicator.valid.or(meta.valid).unwrap_or_default();
    let from = valid.from.unwrap_or(published);
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| drop(out.insert(key.to_owned(), value));
    put("type", json!("indicator"));
    put("spec_version", json!("2.1"));
    put("id", json!(format!("indicator--{id}")));
    put("created", json!(start(published)));
    put("modified", json!(start(meta.modified.unwrap_or(published).max(published))));
    put("name", json!(format!("{}: {}", meta.advisory, indicator.observable)));
    let quote = indicator.citation(meta).map(|citation| citation.quote.as_str()).or(indicator.note.as_deref());
    put("description", json!(print::visible(quote.unwrap_or(&detection.description))));
    put("indicator_types", json!(["malicious-activity"]));
    put("pattern", json!(pattern));
    put("pattern_type", json!("stix"));
    put("valid_from", json!(start(from)));
    // It holds until the end of its last day.
    if let Some(until) = valid.until.filter(|until| *until >= from).and_then(|until| until.tomorrow().ok()) {
        put("valid_until", json!(start(until)));
    }
    if let Some(degree) = indicator.confidence.or(meta.confidence) {
        put("confidence", json!(confidence(degree)));
    }
    if let Some(tlp) = indicator.tlp.max(meta.tlp) {
        put("object_marking_refs", json!([marking(tlp)]));
    }
    put("labels", json!([format!("advisory:{}", meta.advisory), format!("role:{}", indicator.role.name())]));
    let mut references = vec![json!({ "source_name": meta.advisory, "description": meta.advisory_title })];
    references.extend(meta.references.iter().map(|link| json!({ "source_name": meta.advisory, "url": link })));
    put("external_references", json!(references));
    Some(Value::Object(out))
}

fn start(day: Date) -> String {
    format!("{day}T00:00:00.000Z")
}

/// The pattern of an observable; `None` for what the service does not match
/// (<https://learn.microsoft.com/azure/sentinel/understand-threat-intelligence>): rules look for it.
fn pattern(observable: &Observable) -> Option<String> {
    let is = |path: &str, value: &str| Some(print::stix(path, value));
    match observable {
        Observable::Ip(address) => {
            let kind = if matches!(address.net, IpNet::V4(_)) { "ipv4-addr:value" } else { "ipv6-addr:value" };
            let value = if address.is_single() { address.net.addr().to_string() } else { address.net.to_string() };
            is(kind, &value)
        }
        Observable::Domain(name) | Observable::Host(name) => is("domain-name:value", name.as_str()),
        Observable::Url(url) => is("url:value", &url.to_string()),
        Observable::Email(_) => is("email-addr:value", &observable.to_string()),
        Observable::Hash(hash) => {
            let name = match hash.algorithm().name() {
                "md5" => "MD5",
                "sha1" => "'SHA-1'",
                "sha256" => "'SHA-256'",
                "sha512" => "'SHA-512'",
                _ => return None,
            };
            is(&format!("file:hashes.{name}"), hash.hex())
        }
        _ => None,
    }
}
