//! What does a platform for threat intelligence import? A STIX 2.1 bundle: indicators with patterns, behaviours as Sigma rules, the reports they
//! come from, and who may read them (<https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html>).
//!
//! Ids follow from the advisory and the value, so that the next version of a bundle changes objects instead of adding others
//! ([`succession`]).

use std::collections::{BTreeMap, BTreeSet};

use backend::{Packed, PackedFile, PackedRule, Packing, slug};
use ir::{Confidence, Date, Detection, Indicator, Meta, Scope, Tlp, Verdict};
use serde_json::{Map, Value, json};
use source::{Code, Diagnostic};
use uuid::Uuid;

use super::{stix_pattern, succession};

pub(super) static BEFORE: Code = Code::error("sigma.bundle-before", "the bundle of the package before cannot be read");

/// The bundle of everything.
const BUNDLE: &str = "bundle.json";

/// When nobody says when something was published. A bundle needs a day.
const NO_DAY: Date = Date::constant(1970, 1, 1);
/// Definitions of the markings of TLP 2.0, with the extension that holds their words (OASIS, `tlp-2.0`).
const MARKINGS: [(Tlp, &str); 5] = [
    (Tlp::Clear, "94868c89-83c2-464b-929b-a1a8aa3c8487"),
    (Tlp::Green, "bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    (Tlp::Amber, "55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    (Tlp::AmberStrict, "939a9414-2ddd-4d32-a0cd-375ea402b003"),
    (Tlp::Red, "e828b379-4e03-4974-9ac4-e53a884c97c1"),
];
const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// The files of the package: a bundle of everything, and one for each advisory.
pub(super) fn pack(packing: &Packing<'_>) -> Packed {
    let mut advisories: BTreeMap<&str, Objects> = BTreeMap::new();
    for detection in packing.sent() {
        let objects = advisories.entry(&detection.meta.advisory).or_insert_with(|| Objects::of(packing, &detection.meta));
        detection.indicators.iter().for_each(|indicator| objects.value(detection, indicator));
    }
    for (at, printed, detection) in packing.rules() {
        let Some(objects) = advisories.get_mut(detection.meta.advisory.as_str()) else { continue };
        objects.rules.insert(at);
        // The values of a list of indicators stand as such.
        if detection.indicators.is_empty() {
            objects.behaviour(detection, &printed.text);
        }
    }
    let mut whole: BTreeMap<String, Value> = BTreeMap::new();
    let mut rules = Vec::new();
    let mut parts: Vec<(&str, Vec<String>, Vec<PackedRule>)> = Vec::new();
    for (advisory, objects) in advisories {
        let (objects, held) = objects.finish();
        parts.push((advisory, objects.keys().cloned().collect(), held.clone()));
        whole.extend(objects);
        rules.extend(held);
    }
    let mut diagnostics = Vec::new();
    if let Some(bytes) = packing.before.and_then(|before| before.file(BUNDLE)) {
        match serde_json::from_slice(&bytes) {
            Ok(before) => succession::run(&before, &mut whole),
            Err(why) => diagnostics.push(Diagnostic::new(&BEFORE, format!("the bundle of the package before cannot be read: {why}"))),
        }
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = Vec::new();
    for (advisory, ids, held) in parts {
        let name = slug(advisory);
        let count = taken.entry(name.to_lowercase()).or_default();
        *count += 1;
        let name = if *count == 1 { name } else { format!("{name}-{count}") };
        let objects = ids.iter().filter_map(|id| whole.get(id));
        files.push(PackedFile::of(format!("advisories/{name}.json"), bundle(ir::id::of(advisory, "stix bundle"), objects), held));
    }
    let id = ir::id::of(&packing.label.name, "stix bundle");
    files.push(PackedFile::of(BUNDLE, bundle(id, whole.values()), rules));
    Packed { files, diagnostics }
}

fn bundle<'o>(id: Uuid, objects: impl Iterator<Item = &'o Value>) -> String {
    let bundle = json!({ "type": "bundle", "id": format!("bundle--{id}"), "objects": objects.collect::<Vec<_>>() });
    backend::json(&bundle)
}

/// The objects of one advisory, by id.
struct Objects {
    all: BTreeMap<String, Value>,
    advisory: String,
    author: String,
    created: String,
    modified: String,
    marking: Option<Tlp>,
    report: Value,
    rules: BTreeSet<PackedRule>,
}

impl Objects {
    fn of(packing: &Packing<'_>, meta: &Meta) -> Self {
        let published = meta.published.unwrap_or(NO_DAY);
        let (created, modified) = (midnight(published), midnight(meta.modified.unwrap_or(published).max(published)));
        let name = meta.author.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| packing.label.author.clone());
        let author = format!("identity--{}", ir::id::of(&name, "stix identity"));
        let mut out = Self {
            all: BTreeMap::new(),
            advisory: meta.advisory.clone(),
            author: author.clone(),
            created: created.clone(),
            modified,
            marking: meta.tlp,
            report: Value::Null,
            rules: BTreeSet::new(),
        };
        // Whoever writes several advisories is one and the same in all of them, on whatever day they were published.
        let identity = json!({
            "type": "identity", "spec_version": "2.1", "id": author, "created": midnight(NO_DAY), "modified": midnight(NO_DAY),
            "name": name, "identity_class": "organization",
        });
        out.all.insert(author, identity);
        let title = if meta.advisory_title.is_empty() { &meta.advisory } else { &meta.advisory_title };
        let mut report = out.head("report", "report", meta.tlp);
        report.insert("name".to_owned(), title.as_str().into());
        report.insert("report_types".to_owned(), json!(["threat-report"]));
        report.insert("published".to_owned(), created.into());
        let mut references = vec![json!({ "source_name": "advisory", "external_id": meta.advisory })];
        references.extend(meta.references.iter().filter(|link| !link.trim().is_empty()).map(|link| reference(link)));
        report.insert("external_references".to_owned(), references.into());
        out.report = Value::Object(report);
        out
    }

    /// What every object has.
    fn head(&mut self, kind: &str, word: &str, tlp: Option<Tlp>) -> Map<String, Value> {
        let mut out = Map::new();
        out.insert("type".to_owned(), kind.into());
        out.insert("spec_version".to_owned(), "2.1".into());
        out.insert("id".to_owned(), format!("{kind}--{}", ir::id::of(&self.advisory, &format!("stix {word}"))).into());
        out.insert("created_by_ref".to_owned(), self.author.as_str().into());
        out.insert("created".to_owned(), self.created.as_str().into());
        out.insert("modified".to_owned(), self.modified.as_str().into());
        if let Some(marking) = tlp.or(self.marking).and_then(|tlp| self.marking(tlp)) {
            out.insert("object_marking_refs".to_owned(), json!([marking]));
        }
        out
    }

    /// The definition of a marking, which comes along.
    fn marking(&mut self, tlp: Tlp) -> Option<String> {
        let (_, uuid) = MARKINGS.iter().find(|(known, _)| *known == tlp)?;
        let id = format!("marking-definition--{uuid}");
        let definition = json!({
            "type": "marking-definition", "spec_version": "2.1", "id": id, "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{}", tlp.name().to_uppercase()),
            "extensions": { TLP_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": tlp.name() } },
        });
        self.all.insert(id.clone(), definition);
        Some(id)
    }

    /// A value, once for each advisory.
    fn value(&mut self, detection: &Detection, indicator: &Indicator) {
        let Some(pattern) = stix_pattern::of(&indicator.observable, indicator.direction, indicator.role) else { return };
        let meta = &detection.meta;
        let mut object = self.head("indicator", &pattern, indicator.tlp.or(meta.tlp));
        let id = text(&object, "id");
        if self.all.contains_key(&id) {
            return;
        }
        object.insert("name".to_owned(), indicator.observable.to_string().into());
        let quote = indicator.citation(meta).map(|citation| citation.quote.clone());
        let words: Vec<String> = [indicator.note.clone(), quote].into_iter().flatten().collect();
        let words = if words.is_empty() { meta.origin() } else { words.join(" ") };
        object.insert("description".to_owned(), words.into());
        object.insert("indicator_types".to_owned(), json!([kind(meta)]));
        object.insert("pattern".to_owned(), pattern.into());
        object.insert("pattern_type".to_owned(), "stix".into());
        object.insert("pattern_version".to_owned(), "2.1".into());
        self.window(
            &mut object,
            indicator.valid.and_then(|valid| valid.from),
            indicator.valid.and_then(|valid| valid.until).or(meta.valid.and_then(|valid| valid.until)),
        );
        self.confidence(&mut object, indicator.confidence.or(meta.confidence));
        object.insert("labels".to_owned(), json!([indicator.role.name()]));
        self.put(object, meta);
    }

    /// A behaviour, as the Sigma rule that it became.
    fn behaviour(&mut self, detection: &Detection, rule: &str) {
        let meta = &detection.meta;
        let mut object = self.head("indicator", &detection.key, meta.tlp);
        object.insert("name".to_owned(), detection.title.as_str().into());
        if !detection.description.trim().is_empty() {
            object.insert("description".to_owned(), detection.description.as_str().into());
        }
        object.insert("indicator_types".to_owned(), json!([kind(meta)]));
        object.insert("pattern".to_owned(), rule.into());
        object.insert("pattern_type".to_owned(), "sigma".into());
        object.insert("pattern_version".to_owned(), "2.1".into());
        self.window(&mut object, None, meta.valid.and_then(|valid| valid.until));
        self.confidence(&mut object, meta.confidence);
        self.put(object, meta);
    }

    fn window(&self, object: &mut Map<String, Value>, from: Option<Date>, until: Option<Date>) {
        let from = from.map_or_else(|| self.created.clone(), midnight);
        // The last day is a day on which it holds; the end of a pattern's time is the first moment on which it does not.
        let until = until.and_then(|day| day.tomorrow().ok()).map(midnight).filter(|until| *until > from);
        object.insert("valid_from".to_owned(), from.into());
        object.extend(until.map(|until| ("valid_until".to_owned(), until.into())));
    }

    fn confidence(&self, object: &mut Map<String, Value>, confidence: Option<Confidence>) {
        // Appendix A of the standard: low, medium and high of a scale of words.
        let number = confidence.map(|confidence| match confidence {
            Confidence::Low => 15,
            Confidence::Medium => 50,
            Confidence::High => 85,
        });
        object.extend(number.map(|number| ("confidence".to_owned(), number.into())));
    }

    /// Adds an indicator, and what it indicates.
    fn put(&mut self, object: Map<String, Value>, meta: &Meta) {
        let id = text(&object, "id");
        self.all.insert(id.clone(), Value::Object(object));
        for technique in &meta.techniques {
            let mut pattern = self.head("attack-pattern", technique.as_str(), meta.tlp);
            pattern.insert("name".to_owned(), technique.as_str().into());
            let url = format!("https://attack.mitre.org/techniques/{}/", technique.as_str().replace('.', "/"));
            pattern
                .insert("external_references".to_owned(), json!([{ "source_name": "mitre-attack", "external_id": technique.as_str(), "url": url }]));
            self.indicates(&id, pattern, meta);
        }
        for name in &meta.malware {
            let mut malware = self.head("malware", &format!("malware {name}"), meta.tlp);
            malware.insert("name".to_owned(), name.as_str().into());
            malware.insert("is_family".to_owned(), true.into());
            self.indicates(&id, malware, meta);
        }
        // Background says nothing about who did it.
        if let (Some((name, others)), true) = (meta.actors.split_first(), meta.scope != Scope::Context) {
            let mut actor = self.head("intrusion-set", &format!("actor {name}"), meta.tlp);
            actor.insert("name".to_owned(), name.as_str().into());
            if !others.is_empty() {
                actor.insert("aliases".to_owned(), json!(others));
            }
            self.indicates(&id, actor, meta);
        }
    }

    fn indicates(&mut self, indicator: &str, object: Map<String, Value>, meta: &Meta) {
        let target = text(&object, "id");
        self.all.insert(target.clone(), Value::Object(object));
        let mut relation = self.head("relationship", &format!("{indicator} indicates {target}"), meta.tlp);
        relation.insert("relationship_type".to_owned(), "indicates".into());
        relation.insert("source_ref".to_owned(), indicator.into());
        relation.insert("target_ref".to_owned(), target.into());
        self.all.insert(text(&relation, "id"), Value::Object(relation));
    }

    /// Every object, the report last to be made: it names all others.
    fn finish(mut self) -> (BTreeMap<String, Value>, Vec<PackedRule>) {
        let named: Vec<&String> = self.all.keys().filter(|id| !id.starts_with("marking-definition")).collect();
        self.report["object_refs"] = json!(named);
        if let Some(id) = self.report["id"].as_str().map(str::to_owned) {
            self.all.insert(id, self.report);
        }
        (self.all, self.rules.into_iter().collect())
    }
}

fn text(object: &Map<String, Value>, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What somebody refers to: an address, or words for what has none.
fn reference(text: &str) -> Value {
    let is_address = text.split_once("://").is_some_and(|(scheme, rest)| {
        // RFC 3986: brackets stand around an address of version 6 alone, `%` before two digits, `#` once.
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let plain = |char: char| char.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(char);
        let escaped = |text: &str| text.split('%').skip(1).all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2);
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !host.is_empty()
            && host.chars().all(|char| plain(char) || matches!(char, '[' | ']'))
            && path.chars().all(plain)
            && path.matches('#').count() < 2
            && escaped(rest)
    });
    if is_address { json!({ "source_name": "reference", "url": text }) } else { json!({ "source_name": "reference", "description": text }) }
}

/// What a hit is, in the words of the standard's `indicator-type-ov`.
fn kind(meta: &Meta) -> &'static str {
    if meta.verdict == Verdict::Lead { "anomalous-activity" } else { "malicious-activity" }
}

/// The first moment of a day.
fn midnight(day: Date) -> String {
    format!("{day}T00:00:00.000Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_is_written_as_one() {
        for text in ["https://a.example/b?c=d#e", "http://[2001:db8::1]/x"] {
            assert_eq!(reference(text)["url"], text);
        }
        for text in [
            "Internal Research",
            "a.example",
            "https://a b",
            "1x://y",
            "https://",
            "https://a.example/|x",
            "https://a.example/?a[0]=b",
            "https://a.example/%zz",
        ] {
            assert_eq!(reference(text)["description"], text, "{text}");
            assert!(reference(text).get("url").is_none(), "{text}");
        }
    }
}
