//! What does a MISP event say? Attributes, objects, tags and galaxies of one event or many.
//!
//! <https://www.misp-standard.org/rfc/misp-standard-core.html>. Only what is marked `to_ids` and neither deleted nor merely
//! proposed becomes an indicator.

use std::collections::BTreeMap;

use ir::{ObservableKind, Technique};
use source::Diagnostic;

use super::collect::{Collector, Facts, TECHNIQUES};
use super::json::{Broken, Node};
use super::tags::{self, Tags};
use super::text::Text;
use super::walk::{self, Frame, Visit, Way};
use super::want::Want;
use super::window::Page;
use super::{Input, codes, misp_type, verdict, words};

/// Reads events: first what each says of all its attributes, which may stand behind them, then the attributes.
pub(super) fn read(input: &dyn Input, out: &mut Collector<'_>) {
    let mut events = Events { events: BTreeMap::new(), attributes: false, out };
    let broken = walk_input(input, &mut events);
    let Events { mut events, attributes, .. } = events;
    let cut = broken.is_some();
    say_broken(broken, out);
    events.retain(|_, event| event.is());
    header(&events, out);
    let found = attributes || !events.is_empty();
    let many = events.len() > 1;
    let broken = walk_input(input, &mut Attributes { events: &events, many, out });
    if !cut {
        say_broken(broken, out);
    }
    if !found && out.count() == 0 {
        let place = out.place(0, 0);
        out.say(
            Diagnostic::new(&codes::BROKEN, "the JSON text holds no MISP event")
                .at(place, "no `Event` and no `Attribute`")
                .help("it might be read as STIX: `load stix`"),
        );
    }
}

/// Walks over an input; one that cannot be opened breaks off at its beginning.
pub(super) fn walk_input(input: &dyn Input, visitor: &mut dyn Visit) -> Option<Broken> {
    match input.open() {
        Ok(reader) => walk::walk(reader, visitor),
        Err(why) => Some(Broken { at: 0, why: why.into(), deep: false }),
    }
}

/// Says where a JSON text breaks off.
pub(super) fn say_broken(broken: Option<Broken>, out: &mut Collector<'_>) {
    if let Some(broken) = broken {
        let code = if broken.deep { &codes::TOO_DEEP } else { &codes::BROKEN };
        let place = out.place(broken.at, broken.at);
        out.say(
            Diagnostic::new(code, format!("the JSON text breaks off: {}", broken.why))
                .at(place, "here")
                .help("what stands before this place is read; the file might have been cut"),
        );
    }
}

/// The object that attributes belong to: the innermost one that was entered.
fn owner(frames: &[Frame]) -> usize {
    frames.iter().rev().find(|frame| !frame.list).map_or(0, |frame| frame.number)
}

/// Which lists and objects lead to events and attributes, behind whatever wrapper a server uses.
fn leads_on(frames: &[Frame], key: &str, first: u8) -> bool {
    match first {
        b'[' => matches!(key, "" | "response" | "Event" | "Attribute" | "Object" | "ShadowAttribute"),
        b'{' => match frames.last() {
            None => true,
            // The members of these are given whole.
            Some(frame) if frame.list => !matches!(&*frame.key, "Attribute" | "Object" | "ShadowAttribute"),
            Some(_) => matches!(key, "response" | "Event"),
        },
        _ => false,
    }
}

/// What events say of all their attributes.
struct Events<'o, 'c> {
    events: BTreeMap<usize, Context>,
    /// Whether attributes are there, in an event or without one.
    attributes: bool,
    out: &'o mut Collector<'c>,
}

impl Visit for Events<'_, '_> {
    fn way(&mut self, frames: &[Frame], key: &str, first: u8) -> Way {
        let holds = matches!(key, "Attribute" | "Object" | "ShadowAttribute");
        if holds {
            self.attributes |= key == "Attribute";
            self.events.entry(owner(frames)).or_default().holds = true;
            return Way::Skip;
        }
        self.attributes |= key == "response";
        if leads_on(frames, key, first) {
            return Way::Enter;
        }
        match key {
            "info" | "uuid" | "date" | "timestamp" | "Orgc" | "Tag" | "Galaxy" => Way::Whole,
            _ => Way::Skip,
        }
    }

    fn entered(&mut self, frames: &[Frame]) {
        if let Some(frame) = frames.last().filter(|frame| !frame.list) {
            // An event stands under its own name, or in a list under that name.
            let named = frames.iter().rev().find(|frame| !frame.key.is_empty()).is_some_and(|frame| frame.key == "Event");
            self.events.insert(frame.number, Context { named, ..Context::default() });
        }
    }

    fn value(&mut self, frames: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>) {
        if frames.last().is_none_or(|frame| frame.list) {
            return;
        }
        let Some(event) = self.events.get_mut(&owner(frames)) else { return };
        let words = || node.as_text().map(|text| text.as_str().to_owned());
        match key {
            "info" => {
                event.info = words();
                if let Some(title) = event.info.as_deref().filter(|title| verdict::in_title(title)) {
                    event.refused = Some(format!("its event is called `{}`", words::short(title)));
                }
            }
            "uuid" => event.id = words(),
            "date" => event.date = words().as_deref().and_then(words::day),
            "timestamp" => event.changed = words().and_then(|second| second.parse().ok()),
            "Orgc" => event.author = node.str("name").map(str::to_owned),
            _ => {
                self.out.turn(page);
                event.read_tags(key, node, self.out);
            }
        }
    }
}

/// Reads attributes.
struct Attributes<'e, 'o, 'c> {
    events: &'e BTreeMap<usize, Context>,
    many: bool,
    out: &'o mut Collector<'c>,
}

impl Visit for Attributes<'_, '_, '_> {
    fn way(&mut self, frames: &[Frame], key: &str, first: u8) -> Way {
        if leads_on(frames, key, first) {
            return Way::Enter;
        }
        let inside = frames.last().filter(|frame| frame.list).map_or(key, |frame| &frame.key);
        if matches!(inside, "Attribute" | "Object" | "ShadowAttribute") { Way::Whole } else { Way::Skip }
    }

    fn entered(&mut self, _: &[Frame]) {}

    fn value(&mut self, frames: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>) {
        self.out.turn(page);
        let none = Context::default();
        let context = self.events.get(&owner(frames)).unwrap_or(&none);
        match frames.last().filter(|frame| frame.list).map_or(key, |frame| &frame.key) {
            "Attribute" => {
                let comment = context.info.as_deref().filter(|_| self.many).map(words::remark);
                read_attribute(node, context, &Around { comment, ..Around::default() }, self.out);
            }
            "Object" => {
                let around = around(node);
                let deleted = node.truth("deleted") == Some(true);
                for attribute in node.items("Attribute") {
                    if deleted {
                        list(attribute, "its object is deleted in the event", self.out);
                    } else {
                        read_attribute(attribute, context, &around, self.out);
                    }
                }
            }
            _ => list(node, "it is proposed and not accepted", self.out),
        }
    }
}

/// What an event says of all its attributes.
#[derive(Default)]
struct Context {
    /// Whether it stands under the name `Event`.
    named: bool,
    /// Whether it has attributes or objects.
    holds: bool,
    info: Option<String>,
    id: Option<String>,
    date: Option<ir::Date>,
    changed: Option<i64>,
    author: Option<String>,
    tags: Tags,
    techniques: Vec<Technique>,
    /// Why none of its values is an indicator.
    refused: Option<String>,
}

impl Context {
    /// Whether this is an event, as opposed to a wrapper.
    fn is(&self) -> bool {
        self.named || (self.holds && self.info.is_some())
    }

    fn read_tags(&mut self, key: &str, node: &Node<'_>, out: &mut Collector<'_>) {
        let (tags, galaxies) = if key == "Tag" { (node.list(), [].as_slice()) } else { ([].as_slice(), node.list()) };
        read_tags(tags, galaxies, &mut self.tags, &mut self.techniques, out);
        if let Some(tag) = tags.iter().filter_map(|tag| tag.str("name")).find(|tag| verdict::in_event_tag(tag)) {
            self.refused = Some(format!("the tags of its event say `{}`", words::short(tag)));
        }
        self.techniques.sort();
        self.techniques.dedup();
        if self.techniques.len() > TECHNIQUES {
            let place = match node {
                Node::Object(_, at) => out.place(*at, *at),
                _ => out.place(0, 0),
            };
            let message = format!("an event names {} techniques; {TECHNIQUES} are kept", self.techniques.len());
            out.say(Diagnostic::new(&codes::UNKNOWN_WORD, message).at(place, "this feed").help("techniques might be given to single attributes"));
            self.techniques.truncate(TECHNIQUES);
        }
    }
}

/// What stands around an attribute inside its object.
#[derive(Default)]
struct Around {
    object: String,
    size: Option<u64>,
    port: Option<u16>,
    /// Whether a digest that becomes an indicator stands beside it.
    digest: bool,
    file: Option<String>,
    comment: Option<String>,
}

fn header(events: &BTreeMap<usize, Context>, out: &mut Collector<'_>) {
    let Some(first) = events.values().next() else { return };
    let one = events.len() == 1;
    out.header.title = first.info.clone().filter(|_| one);
    out.header.id = first.id.clone().filter(|_| one);
    out.header.published = events.values().filter_map(|event| event.date).max();
    out.header.author = first.author.clone();
    out.header.modified = events
        .values()
        .filter_map(|event| event.changed)
        .max()
        .and_then(|second| jiff::Timestamp::from_second(second).ok())
        .map(|moment| moment.to_zoned(jiff::tz::TimeZone::UTC).date());
    // The strictest marking holds for a file with several events.
    out.header.tlp = events.values().filter_map(|event| event.tags.tlp).max();
    for event in events.values() {
        out.header.techniques.extend(event.techniques.iter().cloned());
        out.header.actors.extend(event.tags.actors.iter().cloned());
        out.header.malware.extend(event.tags.malware.iter().cloned());
    }
    out.header.techniques.sort();
    out.header.techniques.dedup();
    out.header.techniques.truncate(TECHNIQUES);
}

fn around(object: &Node<'_>) -> Around {
    let attributes = object.items("Attribute");
    let value = |relations: &[&str]| {
        let mut found = attributes.iter().filter(|attribute| attribute.str("object_relation").is_some_and(|name| relations.contains(&name)));
        let first = found.next().and_then(|attribute| attribute.str("value"));
        // With two ports it is not said which belongs to which address.
        if found.next().is_some() { None } else { first }
    };
    let digests = ["md5", "sha1", "sha256", "sha512"];
    Around {
        object: object.str("name").unwrap_or_default().to_owned(),
        size: value(&["size-in-bytes"]).and_then(|size| size.parse().ok()),
        port: value(&["dst-port", "port"]).and_then(|port| port.parse().ok()).filter(|port| *port != 0),
        digest: attributes.iter().any(|attribute| {
            attribute.str("type").is_some_and(|name| digests.contains(&name))
                && attribute.truth("to_ids") == Some(true)
                && attribute.truth("deleted") != Some(true)
        }),
        file: value(&["filename"]).map(words::remark),
        comment: object.str("comment").filter(|words| !words.is_empty()).map(words::remark),
    }
}

fn list(attribute: &Node<'_>, reason: &str, out: &mut Collector<'_>) {
    if let (Some(name), Some(value)) = (attribute.str("type"), attribute.text("value")) {
        misp_type::list(name, value, reason, out);
    }
}

fn read_attribute(attribute: &Node<'_>, context: &Context, around: &Around, out: &mut Collector<'_>) {
    let (Some(name), Some(value)) = (attribute.str("type"), attribute.text("value").filter(|value| !value.as_str().trim().is_empty())) else {
        let place = match attribute {
            Node::Object(_, at) => out.place(*at, *at + 1),
            _ => out.place(0, 0),
        };
        out.say(Diagnostic::new(&codes::NOT_A_VALUE, "an attribute has no type or no value").at(place, "this attribute"));
        return;
    };
    for proposal in attribute.items("ShadowAttribute") {
        list(proposal, "it is proposed and not accepted", out);
    }
    let subject = subject(name, value, out);
    if attribute.truth("deleted") == Some(true) {
        return list(attribute, "it is deleted in the event", out);
    }
    if attribute.truth("to_ids") != Some(true) {
        let reason = if subject { "it describes the event and is no indicator" } else { "it is not marked for detection (`to_ids`)" };
        return list(attribute, reason, out);
    }
    if let Some(reason) = context.refused.clone().or_else(|| refused(attribute, around)) {
        return list(attribute, &reason, out);
    }
    let mut tags = Tags::default();
    let mut facts = Facts { size: around.size, ..Facts::default() };
    read_tags(attribute.items("Tag"), attribute.items("Galaxy"), &mut tags, &mut facts.techniques, out);
    let category = attribute.str("category").unwrap_or_default();
    let comment = attribute.str("comment").map(str::trim).filter(|words| !words.is_empty());
    facts.tlp = tags.tlp.filter(|tlp| context.tags.tlp.is_none_or(|event| *tlp > event)).or(context.tags.tlp);
    facts.role = out
        .role(category)
        .filter(|role| *role != ir::Role::Persistence || !matches!(name, "md5" | "sha1" | "sha256"))
        .or_else(|| comment.and_then(|words| out.role_in_remark(words)))
        .or_else(|| around.comment.as_deref().and_then(|words| out.role_in_remark(words)))
        // Malware named for the very attribute: the address is the one that the malware talks to.
        .or_else(|| (name.starts_with("ip-dst") && !tags.malware.is_empty()).then_some(ir::Role::C2));
    facts.note = [comment, around.comment.as_deref(), around.file.as_deref().filter(|_| name != "filename")]
        .into_iter()
        .flatten()
        .chain(tags.malware.iter().map(String::as_str))
        .fold(None, |note: Option<String>, more| Some(words::joined(note.as_deref(), more)));
    if !read_in_object(name, value, &facts, around, attribute, out) && !misp_type::add(name, value, &facts, out) {
        out.understood::<()>(None, value.trimmed(), &format!("of a type that MISP describes (`{name}`)"), "the attribute is listed");
        out.list(name, value.trimmed(), "its type is not one that MISP describes");
    }
}

/// Why an attribute says that it is no indicator, or none any more: its tags, comments, sightings and hits on warning lists.
fn refused(attribute: &Node<'_>, around: &Around) -> Option<String> {
    let tags = attribute.items("Tag").iter().filter_map(|tag| tag.str("name"));
    if let Some(tag) = tags.filter_map(verdict::in_tags).next() {
        return Some(format!("its tags say `{}`", words::short(tag)));
    }
    let comments = [attribute.str("comment"), around.comment.as_deref()];
    if let Some(comment) = comments.into_iter().flatten().find(|comment| verdict::in_remark(comment)) {
        return Some(format!("its comment says `{}`", words::short(comment)));
    }
    let moment = |sighting: &Node<'_>| sighting.str("date_sighting").and_then(|second| second.parse::<u64>().ok()).unwrap_or(0);
    // https://www.misp-standard.org/rfc/misp-standard-core.html, section 2.9: 0 seen, 1 false positive, 2 expiration.
    match attribute.items("Sighting").iter().max_by_key(|sighting| moment(sighting)).and_then(|sighting| sighting.str("type")) {
        Some("1") => return Some("its last sighting calls it a false positive".to_owned()),
        Some("2") => return Some("its last sighting says that it expired".to_owned()),
        _ => {}
    }
    let harmless = |warning: &&Node<'_>| warning.str("warninglist_category") == Some("false_positive");
    let warning = attribute.items("warnings").iter().find(harmless)?;
    Some(format!("it is on the warning list `{}`", words::short(warning.str("warninglist_name").unwrap_or_default())))
}

/// Attributes whose object says more than their type does.
fn read_in_object(name: &str, value: &Text<'_>, facts: &Facts, around: &Around, attribute: &Node<'_>, out: &mut Collector<'_>) -> bool {
    let relation = attribute.str("object_relation").unwrap_or_default();
    let piece = value.trimmed();
    match (&*around.object, relation, name) {
        ("file", "filename", "filename") if around.digest => {
            out.list(name, piece, "the digest beside it tells the file; the name alone would also match others")
        }
        ("ip-port", _, "ip-dst" | "ip-src" | "ip") => {
            let facts = Facts { direction: words::direction(name), ..facts.clone() };
            match (around.port, ir::Observable::parse(ObservableKind::Ip, piece.value)) {
                (Some(port), Ok(ir::Observable::Ip(mut address))) if address.is_single() && address.port.is_none() => {
                    address.port = Some(port);
                    out.push(name, piece, ir::Observable::Ip(address), &facts);
                }
                _ => {
                    out.add(name, Want::Kind(ObservableKind::Ip), piece, &facts);
                }
            }
        }
        (_, "serial-number", "text") if around.object == "x509" => {
            out.add("serial-number", Want::Kind(ObservableKind::CertSerial), piece, facts);
        }
        (_, "ja3s" | "ja3s-fingerprint-md5", "ja3-fingerprint-md5") => {
            out.add("ja3s", Want::Kind(ObservableKind::Ja3s), piece, facts);
        }
        (_, "ja4" | "ja4-fingerprint", _) => {
            out.add("ja4", Want::Kind(ObservableKind::Ja4), piece, facts);
        }
        (_, "command-line", "text") => {
            out.add("command-line", Want::Kind(ObservableKind::CommandLine), piece, facts);
        }
        _ => return false,
    }
    true
}

/// Attributes that describe the event go into the header as well; returns whether this is one.
fn subject(name: &str, value: &Text<'_>, out: &mut Collector<'_>) -> bool {
    let words = value.as_str().trim();
    match name {
        "vulnerability" => out.header.cves.extend(words::cve(words)),
        "threat-actor" => out.header.actors.push(words.to_owned()),
        "link" if words.starts_with("http") => out.header.references.push(words.to_owned()),
        "campaign-name" | "malware-type" => {}
        _ => return false,
    }
    name != "link"
}

/// Reads tags and galaxies of an event or attribute.
fn read_tags(named: &[Node<'_>], galaxies: &[Node<'_>], tags: &mut Tags, techniques: &mut Vec<Technique>, out: &mut Collector<'_>) {
    for tag in named {
        let Some(name) = tag.text("name") else { continue };
        let words = name.as_str();
        if let Some(marking) = words.get(..4).filter(|head| head.eq_ignore_ascii_case("tlp:")).and_then(|_| words.get(4..)) {
            if let Some(tlp) = out.tlp(name.slice(marking)) {
                tags.tlp = Some(tags.tlp.map_or(tlp, |known| known.max(tlp)));
            }
            continue;
        }
        tags::read_tag(words, tags);
        if words.contains("attack-pattern") {
            techniques.extend(words::techniques(words));
        }
    }
    for galaxy in galaxies {
        for cluster in galaxy.items("GalaxyCluster") {
            let kind = cluster.str("type").or(galaxy.str("type")).unwrap_or_default();
            let value = cluster.str("value").unwrap_or_default();
            if kind.contains("attack-pattern") {
                techniques.extend(words::techniques(value));
                for id in cluster.get("meta").map(|meta| meta.items("external_id")).unwrap_or_default() {
                    techniques.extend(id.as_text().and_then(|id| Technique::parse(id.as_str())));
                }
            } else {
                tags::read_cluster(kind, value, tags);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::trial::{listed, try_out};
    use ir::Technique;

    const EVENT: &str = r#"{"response": [{"Event": {
        "uuid": "00000000-0000-4000-8000-000000000001", "info": "Evil \u0026 friends", "date": "2021-07-20", "timestamp": "1626825600",
        "Orgc": {"name": "Example CERT"},
        "Tag": [{"name": "tlp:white"}, {"name": "misp-galaxy:mitre-attack-pattern=\"Phishing - T1566\""}],
        "Galaxy": [{"type": "threat-actor", "GalaxyCluster": [{"type": "threat-actor", "value": "APT0"}]}],
        "Attribute": [
            {"type": "ip-dst", "category": "Network activity", "to_ids": true, "value": "198.51.100.7", "comment": "C2 server"},
            {"type": "ip-src", "category": "Network activity", "to_ids": true, "value": "198.51.100.8", "Tag": [{"name": "tlp:amber"}]},
            {"type": "ip-dst|port", "category": "Network activity", "to_ids": "1", "value": "198.51.100.9|443"},
            {"type": "domain|ip", "category": "Network activity", "to_ids": true, "value": "evil.example|198.51.100.10"},
            {"type": "filename|md5", "category": "Payload delivery", "to_ids": true, "value": "a|b.exe|d41d8cd98f00b204e9800998ecf8427e"},
            {"type": "regkey|value", "category": "Persistence mechanism", "to_ids": true, "value": "HKLM\\Software\\Evil|C:\\evil.exe"},
            {"type": "hostname|port", "category": "Network activity", "to_ids": true, "value": "www.evil.example|8080"},
            {"type": "email-src", "category": "Payload delivery", "to_ids": true, "value": "a@evil.example"},
            {"type": "filename", "category": "Artifacts dropped", "to_ids": true, "value": "%TEMP%\\evil.txt"},
            {"type": "domain", "category": "Network activity", "to_ids": false, "value": "seen.example"},
            {"type": "domain", "category": "Network activity", "to_ids": true, "deleted": true, "value": "gone.example"},
            {"type": "vulnerability", "category": "Payload delivery", "to_ids": false, "value": "CVE-2021-0001"},
            {"type": "link", "category": "External analysis", "to_ids": false, "value": "https://blog.example/1"},
            {"type": "domain", "to_ids": true, "value": "own.example", "comment": "False positive"},
            {"type": "domain", "to_ids": true, "value": "hole.example", "Tag": [{"name": "adversary:infrastructure-action=\"sinkholed\""}]},
            {"type": "domain", "to_ids": true, "value": "doubt.example", "Sighting": [{"type": "0", "date_sighting": "1"}, {"type": "1", "date_sighting": "2"}]},
            {"type": "domain", "to_ids": true, "value": "big.example",
                "warnings": [{"warninglist_name": "Well-known names", "warninglist_category": "false_positive"}]},
            {"type": "flux-capacitor", "category": "Other", "to_ids": true, "value": "1.21"}
        ],
        "Object": [
            {"name": "file", "Attribute": [
                {"type": "filename", "object_relation": "filename", "to_ids": true, "value": "c.exe"},
                {"type": "size-in-bytes", "object_relation": "size-in-bytes", "to_ids": false, "value": "1024"},
                {"type": "sha1", "object_relation": "sha1", "to_ids": true, "value": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}]},
            {"name": "ip-port", "Attribute": [
                {"type": "ip-dst", "object_relation": "ip", "to_ids": true, "value": "198.51.100.11"},
                {"type": "port", "object_relation": "dst-port", "to_ids": false, "value": "4444"}]}
        ]}}]}"#;

    #[test]
    fn an_event_becomes_indicators_and_a_header() {
        let (lines, read) = try_out(Format::Misp, EVENT);
        assert_eq!(
            lines,
            [
                "ip 198.51.100.7 c2 destination",
                "ip 198.51.100.8 unknown source",
                "ip 198.51.100.9:443 unknown destination",
                "domain evil.example unknown either",
                "ip 198.51.100.10 unknown destination",
                "md5 d41d8cd98f00b204e9800998ecf8427e payload either",
                "registry HKLM\\Software\\Evil persistence either",
                "host www.evil.example unknown either",
                "email a@evil.example sender either",
                "path *\\\\Temp\\\\evil.txt payload either",
                "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 unknown either",
                "ip 198.51.100.11:4444 unknown destination",
            ]
        );
        assert_eq!(
            listed(&read),
            [
                "filename a|b.exe: the digest beside it tells the file; the name alone would also match others",
                "value C:\\evil.exe: the data of a registry value is not looked for",
                "domain seen.example: it is not marked for detection (`to_ids`)",
                "domain gone.example: it is deleted in the event",
                "vulnerability CVE-2021-0001: it describes the event and is no indicator",
                "link https://blog.example/1: it is not marked for detection (`to_ids`)",
                "domain own.example: its comment says `False positive`",
                "domain hole.example: its tags say `adversary:infrastructure-action=\"sinkholed\"`",
                "domain doubt.example: its last sighting calls it a false positive",
                "domain big.example: it is on the warning list `Well-known names`",
                "flux-capacitor 1.21: its type is not one that MISP describes",
                "filename c.exe: the digest beside it tells the file; the name alone would also match others",
                "size-in-bytes 1024: it is not marked for detection (`to_ids`)",
                "port 4444: it is not marked for detection (`to_ids`)",
            ]
        );
        let said: Vec<_> = read.diagnostics.iter().map(|said| said.code.slug).collect();
        assert_eq!(said, ["feed.taken-apart", "feed.unknown-word"]);
        let header = &read.header;
        assert_eq!((header.title.as_deref(), header.tlp), (Some("Evil & friends"), Some(ir::Tlp::Clear)));
        assert_eq!((header.actors.as_slice(), header.cves.as_slice()), (["APT0".to_owned()].as_slice(), ["CVE-2021-0001".to_owned()].as_slice()));
        assert_eq!((header.published, header.modified), ("2021-07-20".parse().ok(), "2021-07-21".parse().ok()));
        assert_eq!(header.references, ["https://blog.example/1"]);
        assert_eq!(read.indicators[1].tlp, Some(ir::Tlp::Amber));
        assert_eq!(read.indicators[0].tlp, None);
        assert_eq!(read.indicators[10].size, Some(1024));
        assert_eq!(header.techniques, [Technique::parse("T1566").unwrap()]);
        assert!(read.indicators.iter().all(|indicator| indicator.techniques.is_empty()), "what the event says is said once");
    }

    #[test]
    fn a_cut_event_gives_what_stands_before_the_cut() {
        let cut = &EVENT[..EVENT.find("ip-dst|port").unwrap()];
        let (lines, read) = try_out(Format::Misp, cut);
        assert_eq!(lines.len(), 2);
        assert_eq!(read.diagnostics.last().map(|said| said.code.slug), Some("feed.not-a-value"));
        assert!(read.diagnostics.iter().any(|said| said.code.slug == "feed.broken"));
        let (_, read) = try_out(Format::Misp, "{\"a\": 1}");
        assert_eq!(read.diagnostics[0].message, "the JSON text holds no MISP event");
    }
}
