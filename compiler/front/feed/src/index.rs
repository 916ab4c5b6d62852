//! What do the objects of a STIX file say of each other?

use std::collections::{BTreeMap, BTreeSet};

use ir::{Technique, Tlp};

use super::collect::{Collector, TECHNIQUES};
use super::json::Node;
use super::text::Text;
use super::{Header, words};

/// Marking definitions that STIX and TLP fix by id (STIX 2.1, section 7.2.1.4; TLP 2.0 extension of OASIS).
const MARKINGS: [(&str, Tlp); 9] = [
    ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::Clear),
    ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::Green),
    ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::Amber),
    ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::Red),
    ("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", Tlp::Clear),
    ("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Tlp::Green),
    ("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", Tlp::Amber),
    ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp::AmberStrict),
    ("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", Tlp::Red),
];

/// Whether a value stands for itself or around others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// An object.
    Object,
    /// A bundle or an envelope; of one that is entered, this is one member alone.
    Wrapper,
}

/// An object's id, kept small: nearly all end in a UUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Id {
    Uuid(u128),
    Words(Box<str>),
}

impl Id {
    fn new(id: &str) -> Self {
        let digits = id.strip_prefix("indicator--").filter(|uuid| uuid.len() == 36);
        let mut number = 0_u128;
        for byte in digits.into_iter().flat_map(str::bytes).filter(|byte| *byte != b'-') {
            let Some(digit) = char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase()) else { return Self::Words(id.into()) };
            number = (number << 4) | u128::from(digit);
        }
        let plain = digits.is_some_and(|uuid| uuid.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 8 | 13 | 18 | 23)));
        if plain { Self::Uuid(number) } else { Self::Words(id.into()) }
    }
}

/// What objects say of each other.
#[derive(Default)]
pub(super) struct Index {
    markings: BTreeMap<String, Tlp>,
    techniques: BTreeMap<String, Vec<Technique>>,
    /// Indicator to what it indicates.
    indicates: BTreeMap<String, BTreeSet<String>>,
    names: BTreeMap<String, String>,
    /// The newest version of each indicator.
    newest: BTreeMap<Id, Option<jiff::Timestamp>>,
    /// How many objects there are.
    objects: usize,
    /// The ids of bundles, none for one without.
    bundles: Vec<Option<String>>,
    reports: Vec<Report>,
    header: Header,
}

/// A report or a grouping.
struct Report {
    about: Header,
    author: Option<String>,
    markings: Vec<String>,
}

fn version(object: &Node<'_>) -> Option<jiff::Timestamp> {
    object.str("modified").or(object.str("created"))?.parse().ok()
}

pub(super) fn markings<'n>(object: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    object.items("object_marking_refs").iter().filter_map(|id| id.as_text().map(Text::as_str))
}

impl Index {
    /// Knows only what the standard fixes.
    pub(super) fn new() -> Self {
        Self { markings: MARKINGS.into_iter().map(|(id, tlp)| (id.to_owned(), tlp)).collect(), ..Self::default() }
    }

    /// Whether no object was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.objects == 0
    }

    /// Whether the file has a newer version of an indicator.
    pub(super) fn has_newer(&self, indicator: &Node<'_>) -> bool {
        self.newest.get(&Id::new(indicator.str("id").unwrap_or_default())).copied().flatten() > version(indicator)
    }

    /// The techniques that an indicator is said to indicate.
    pub(super) fn indicated_by(&self, indicator: &Node<'_>) -> impl Iterator<Item = &Technique> {
        let targets = self.indicates.get(indicator.str("id").unwrap_or_default());
        targets.into_iter().flatten().filter_map(|target| self.techniques.get(target)).flatten()
    }

    /// Takes in one object.
    pub(super) fn see(&mut self, object: &Node<'_>, own: Own) {
        if own == Own::Wrapper {
            let id = object.as_text().map(Text::as_str).or(object.str("id"));
            return self.bundles.push(id.map(str::to_owned));
        }
        self.objects += 1;
        let id = object.str("id").unwrap_or_default();
        let name = || object.str("name").map(str::to_owned);
        match object.str("type").unwrap_or_default() {
            "indicator" => {
                let newest = self.newest.entry(Id::new(id)).or_default();
                *newest = (*newest).max(version(object));
            }
            "marking-definition" => {
                let word = object
                    .get("definition")
                    .and_then(|definition| definition.str("tlp"))
                    .or_else(|| extension(object, "tlp_2_0"))
                    .or_else(|| object.str("name").filter(|name| name.to_ascii_lowercase().starts_with("tlp:")));
                if let Some(tlp) = word.and_then(Tlp::parse) {
                    self.markings.insert(id.to_owned(), tlp);
                }
            }
            "attack-pattern" => {
                self.techniques.insert(id.to_owned(), techniques(object));
            }
            "relationship" if object.str("relationship_type") == Some("indicates") && object.truth("revoked") != Some(true) => {
                let (from, to) = (object.str("source_ref").unwrap_or_default(), object.str("target_ref").unwrap_or_default());
                self.indicates.entry(from.to_owned()).or_default().insert(to.to_owned());
            }
            "intrusion-set" | "threat-actor" => {
                self.header.actors.extend(name());
                self.header.actors.extend(object.items("aliases").iter().filter_map(|alias| Some(alias.as_text()?.as_str().to_owned())));
            }
            "malware" => self.header.malware.extend(name()),
            "vulnerability" => self.header.cves.extend(name().as_deref().and_then(words::cve)),
            "identity" => {
                self.names.insert(id.to_owned(), name().unwrap_or_default());
            }
            "report" | "grouping" => self.reports.push(Report {
                about: Header {
                    id: Some(id.to_owned()),
                    title: name(),
                    published: object.str("published").or(object.str("created")).and_then(words::day),
                    modified: object.str("modified").and_then(words::day),
                    references: object.items("external_references").iter().filter_map(|reference| reference.str("url").map(str::to_owned)).collect(),
                    ..Header::default()
                },
                author: object.str("created_by_ref").map(str::to_owned),
                markings: markings(object).map(str::to_owned).collect(),
            }),
            _ => {}
        }
    }

    /// The strictest of markings.
    pub(super) fn tlp<'i>(&self, mut ids: impl Iterator<Item = &'i str>) -> Option<Tlp> {
        let first = ids.find_map(|id| self.markings.get(id).copied());
        ids.filter_map(|id| self.markings.get(id).copied()).chain(first).max()
    }

    /// What the file says of itself.
    pub(super) fn header(&mut self, out: &mut Collector<'_>) {
        out.header = std::mem::take(&mut self.header);
        // A bundle is a wrapper whose id changes with every download (STIX 2.1, section 8); a report's id stays.
        match (self.reports.as_slice(), self.bundles.as_slice()) {
            ([report], _) => {
                let about = &report.about;
                out.header.id.clone_from(&about.id);
                out.header.title.clone_from(&about.title);
                (out.header.published, out.header.modified) = (about.published, about.modified);
                out.header.tlp = self.tlp(report.markings.iter().map(String::as_str));
                out.header.author = report.author.as_ref().and_then(|id| self.names.get(id)).cloned();
                out.header.references.clone_from(&about.references);
            }
            (_, [bundle]) => out.header.id.clone_from(bundle),
            _ => {}
        }
    }
}

/// A word inside any of an object's extensions.
fn extension<'n>(object: &'n Node<'_>, key: &str) -> Option<&'n str> {
    match object.get("extensions") {
        Some(Node::Object(pairs, _)) => pairs.iter().find_map(|(_, extension)| extension.str(key)),
        _ => None,
    }
}

/// The techniques that an object names: by reference, or in its name as MISP writes it.
pub(super) fn techniques(object: &Node<'_>) -> Vec<Technique> {
    let references = object.items("external_references").iter();
    let mut found: Vec<Technique> = references
        .filter(|reference| reference.str("source_name").is_some_and(|name| name.contains("attack")))
        .filter_map(|reference| Technique::parse(reference.str("external_id")?))
        .collect();
    if found.is_empty() && object.str("type") == Some("attack-pattern") {
        found.extend(object.str("name").and_then(|name| name.rsplit_once(" - ")).and_then(|(_, id)| Technique::parse(id)));
    }
    found.truncate(TECHNIQUES);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_differ_stay_apart() {
        let uuid = "indicator--00000000-0000-4000-8000-00000000000a";
        assert!(matches!(Id::new(uuid), Id::Uuid(0x4000_8000_0000_0000_000a)));
        for other in ["", "indicator--1", "indicator--00000000-0000-4000-8000-00000000000A", "indicator--00000000000-0000-4000-8000-0000000000a"] {
            assert!(matches!(Id::new(other), Id::Words(_)), "{other}");
        }
    }
}
