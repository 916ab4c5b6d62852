//! What does a MISP event say? Attributes, objects, tags and galaxies of one event or many.
//!
//! <https://www.misp-standard.org/rfc/misp-standard-core.html>. Only what is marked `to_ids` and neither deleted nor merely
//! proposed becomes an indicator.

use ir::{ObservableKind, Technique};
use source::Diagnostic;

use super::collect::{Collector, Facts, TECHNIQUES};
use super::json::{self, Node};
use super::kind::Want;
use super::tags::{self, Tags};
use super::text::Text;
use super::{codes, misp_type, words};

/// Reads events.
pub(super) fn read(text: &str, out: &mut Collector<'_>) {
    let (nodes, broken) = json::read(text);
    say_broken(broken, out);
    let mut events = Vec::new();
    let mut loose = Vec::new();
    for node in &nodes {
        find(node, 0, &mut events, &mut loose);
    }
    let many = events.len() > 1;
    let contexts: Vec<Context> = events.iter().map(|event| Context::read(event, out)).collect();
    header(&events, &contexts, out);
    for (event, context) in events.iter().zip(&contexts) {
        read_event(event, context, many, out);
    }
    for attribute in loose {
        read_attribute(attribute, &Context::default(), &Around::default(), out);
    }
    if events.is_empty() && out.count() == 0 && nodes.iter().all(|node| node.get("Attribute").is_none() && node.get("response").is_none()) {
        let place = out.place(0, 0);
        out.say(
            Diagnostic::new(&codes::BROKEN, "the JSON text holds no MISP event")
                .at(place, "no `Event` and no `Attribute`")
                .help("it might be read as STIX: `load stix`"),
        );
    }
}

/// Says where a JSON text breaks off.
pub(super) fn say_broken(broken: Option<json::Broken>, out: &mut Collector<'_>) {
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

/// Finds events and loose attributes behind the wrappers that servers use.
fn find<'n, 'a>(node: &'n Node<'a>, depth: usize, events: &mut Vec<&'n Node<'a>>, loose: &mut Vec<&'n Node<'a>>) {
    match node {
        Node::Array(items) if depth < 8 => items.iter().for_each(|item| find(item, depth + 1, events, loose)),
        Node::Object(..) => {
            if let Some(event @ Node::Object(..)) = node.get("Event") {
                // The attributes of a search carry a short `Event` of their own.
                if node.get("type").is_none() {
                    events.push(event);
                }
            } else if let Some(response) = node.get("response") {
                find(response, depth + 1, events, loose);
            } else if node.get("info").is_some() && (node.get("Attribute").is_some() || node.get("Object").is_some()) {
                events.push(node);
            } else {
                loose.extend(node.items("Attribute"));
                for object in node.items("Object") {
                    loose.extend(object.items("Attribute"));
                }
            }
        }
        _ => {}
    }
}

/// What an event says of all its attributes.
#[derive(Default)]
struct Context {
    tags: Tags,
    techniques: Vec<Technique>,
}

impl Context {
    fn read(event: &Node<'_>, out: &mut Collector<'_>) -> Self {
        let mut context = Self::default();
        read_tags(event, &mut context.tags, &mut context.techniques, out);
        context.techniques.sort();
        context.techniques.dedup();
        if context.techniques.len() > TECHNIQUES {
            let place = out.place(0, 0);
            let message = format!("an event names {} techniques; {TECHNIQUES} are kept", context.techniques.len());
            out.say(Diagnostic::new(&codes::UNKNOWN_WORD, message).at(place, "this feed").help("techniques might be given to single attributes"));
            context.techniques.truncate(TECHNIQUES);
        }
        context
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

fn header(events: &[&Node<'_>], contexts: &[Context], out: &mut Collector<'_>) {
    let Some(first) = events.first() else { return };
    let one = events.len() == 1;
    out.header.title = first.str("info").map(str::to_owned).filter(|_| one);
    out.header.id = first.str("uuid").map(str::to_owned).filter(|_| one);
    out.header.published = events.iter().filter_map(|event| words::day(event.str("date")?)).max();
    out.header.author = first.get("Orgc").and_then(|org| org.str("name")).map(str::to_owned);
    out.header.modified = events
        .iter()
        .filter_map(|event| event.str("timestamp")?.parse::<i64>().ok())
        .max()
        .and_then(|second| jiff::Timestamp::from_second(second).ok())
        .map(|moment| moment.to_zoned(jiff::tz::TimeZone::UTC).date());
    // The strictest marking holds for a file with several events.
    out.header.tlp = contexts.iter().filter_map(|context| context.tags.tlp).max();
    for context in contexts {
        out.header.actors.extend(context.tags.actors.iter().cloned());
        out.header.malware.extend(context.tags.malware.iter().cloned());
    }
}

fn read_event(event: &Node<'_>, context: &Context, many: bool, out: &mut Collector<'_>) {
    for attribute in event.items("Attribute") {
        let around = Around { comment: event.str("info").filter(|_| many).map(words::remark), ..Around::default() };
        read_attribute(attribute, context, &around, out);
    }
    for object in event.items("Object") {
        let around = around(object);
        for attribute in object.items("Attribute") {
            if object.truth("deleted") == Some(true) {
                list(attribute, "its object is deleted in the event", out);
            } else {
                read_attribute(attribute, context, &around, out);
            }
        }
    }
    for proposal in event.items("ShadowAttribute") {
        list(proposal, "it is proposed and not accepted", out);
    }
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
    let mut tags = Tags::default();
    let mut facts = Facts { techniques: context.techniques.clone(), size: around.size, ..Facts::default() };
    read_tags(attribute, &mut tags, &mut facts.techniques, out);
    let category = attribute.str("category").unwrap_or_default();
    let comment = attribute.str("comment").map(str::trim).filter(|words| !words.is_empty());
    facts.tlp = tags.tlp.filter(|tlp| context.tags.tlp.is_none_or(|event| *tlp > event)).or(context.tags.tlp);
    facts.role = words::role(category)
        .filter(|role| *role != ir::Role::Persistence || !matches!(name, "md5" | "sha1" | "sha256"))
        .or_else(|| comment.and_then(words::role_in_remark))
        .or_else(|| around.comment.as_deref().and_then(words::role_in_remark))
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
fn read_tags(node: &Node<'_>, tags: &mut Tags, techniques: &mut Vec<Technique>, out: &mut Collector<'_>) {
    for tag in node.items("Tag") {
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
    for galaxy in node.items("Galaxy") {
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
                "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 unknown either",
                "ip 198.51.100.11:4444 unknown destination",
            ]
        );
        assert_eq!(
            listed(&read),
            [
                "filename a|b.exe: the digest beside it tells the file; the name alone would also match others",
                "value C:\\evil.exe: the data of a registry value is not looked for",
                "filename %TEMP%\\evil.txt: it holds an environment variable, which logs show expanded",
                "domain seen.example: it is not marked for detection (`to_ids`)",
                "domain gone.example: it is deleted in the event",
                "vulnerability CVE-2021-0001: it describes the event and is no indicator",
                "link https://blog.example/1: it is not marked for detection (`to_ids`)",
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
        assert_eq!(read.indicators[9].size, Some(1024));
        assert!(read.indicators.iter().all(|indicator| indicator.techniques.len() == 1));
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
