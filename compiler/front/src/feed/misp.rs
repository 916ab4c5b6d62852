//! What does a MISP event say? Attributes, objects, tags and galaxies of one event or many.
//!
//! <https://www.misp-standard.org/rfc/misp-standard-core.html>. Only what is marked `to_ids` and neither deleted nor merely
//! proposed becomes an indicator.

use ir::{ObservableKind, Technique, Tlp};
use source::Diagnostic;

use super::collect::{Collector, Facts};
use super::csv::Tags;
use super::json::{self, Node};
use super::kind::Want;
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
        let around = Around { comment: event.str("info").filter(|_| many).map(str::to_owned), ..Around::default() };
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
            attribute.str("type").is_some_and(|name| digests.contains(&name)) && attribute.truth("to_ids") == Some(true) && attribute.truth("deleted") != Some(true)
        }),
        file: value(&["filename"]).map(str::to_owned),
        comment: object.str("comment").filter(|words| !words.is_empty()).map(str::to_owned),
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
        .fold(None, |note: Option<String>, words| Some(misp_type::joined(note.as_deref(), words)));
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
        ("file", "filename", "filename") if around.digest => out.list(name, piece, "the digest beside it tells the file; the name alone would also match others"),
        ("ip-port", _, "ip-dst" | "ip-src" | "ip") => {
            let facts = Facts { direction: words::direction(name), ..facts.clone() };
            match (around.port, ir::Observable::parse(ObservableKind::Ip, piece.value)) {
                (Some(port), Ok(ir::Observable::Ip(mut address))) if address.is_single() && address.port.is_none() => {
                    address.port = Some(port);
                    let span = out.span(piece);
                    out.push(ir::Observable::Ip(address), span, &facts);
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
        read_tag(words, tags);
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
                read_cluster(kind, value, tags);
            }
        }
    }
}

/// Reads one machine tag.
pub(super) fn read_tag(tag: &str, found: &mut Tags) {
    let (name, value) = match tag.split_once('=') {
        Some((name, value)) => (name.trim(), value.trim().trim_matches('"')),
        None => match tag.rsplit_once(':') {
            Some((name, value)) => (name, value),
            None => return,
        },
    };
    if name.eq_ignore_ascii_case("tlp") || name.to_ascii_lowercase().ends_with(":tlp") {
        if let Some(tlp) = Tlp::parse(value) {
            found.tlp = Some(found.tlp.map_or(tlp, |known| known.max(tlp)));
        }
    } else if let Some(kind) = name.strip_prefix("misp-galaxy:") {
        read_cluster(kind, value, found);
    }
}

/// A galaxy's cluster: an actor or a malware family; ATT&CK's own id behind the name is cut off.
fn read_cluster(kind: &str, value: &str, found: &mut Tags) {
    let name = match value.rsplit_once(" - ") {
        Some((name, id)) if id.len() == 5 && id.starts_with(['G', 'S']) => name,
        _ => value,
    };
    let kind = kind.trim_start_matches("mitre-").trim_start_matches("enterprise-attack-").trim_start_matches("mobile-attack-");
    match kind {
        "threat-actor" | "intrusion-set" | "microsoft-activity-group" | "360net-threat-actor" => found.actors.push(name.to_owned()),
        "malware" | "tool" | "malpedia" | "rat" | "ransomware" | "banker" | "botnet" | "stealer" | "backdoor" | "exploit-kit" | "android" | "cryptominers" => {
            found.malware.push(name.to_owned());
        }
        _ => {}
    }
}
