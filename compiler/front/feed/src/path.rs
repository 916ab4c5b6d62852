//! What does an object path of STIX point at?
//!
//! Paths as in STIX 2.1, part 6, and the spellings that tools write for them.

use ir::{Direction, ObservableKind as K, Role};

use super::group::{self, Part};
use super::want::Want;

/// What a path points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) part: Part,
    pub(super) direction: Option<Direction>,
    pub(super) role: Option<Role>,
}

const NO_SENSOR: &str = "no sensor that rules are made for shows this property";
const FUZZY: &str = "a fuzzy digest is compared by likeness, which rules cannot do";

/// The target of a path.
pub(super) fn target(object: &str, steps: &[impl AsRef<str>]) -> Target {
    let steps: Vec<&str> = steps.iter().map(AsRef::as_ref).filter(|step| *step != "[*]").collect();
    let plain = |part| Target { part, direction: None, role: None };
    let kind = |kind| plain(Part::Value(Want::Kind(kind)));
    match (object, steps.as_slice()) {
        ("domain-name", ["value"]) => kind(K::Domain),
        ("ipv4-addr" | "ipv6-addr", ["value"]) => kind(K::Ip),
        ("domain-name", ["resolves_to_refs", "value"]) => Target { direction: Some(Direction::Destination), ..kind(K::Ip) },
        ("url", ["value"]) => kind(K::Url),
        ("email-addr", ["value"]) => kind(K::Email),
        ("email-message", ["from_ref" | "sender_ref", "value"]) => Target { role: Some(Role::Sender), ..kind(K::Email) },
        ("email-message", ["to_refs" | "cc_refs" | "bcc_refs", "value"]) => plain(Part::Nothing("the recipient of a mail is usually the victim")),
        ("email-message", ["subject"]) => kind(K::EmailSubject),
        ("email-message", ["body_multipart", "body_raw_ref", "name"]) => kind(K::Attachment),
        ("file", ["hashes"]) => kind(K::Hash),
        ("file" | "artifact", ["hashes", name]) => plain(digest(name)),
        ("file", ["name"]) => plain(Part::Value(Want::File)),
        ("file", ["path" | "full_path"]) => plain(Part::Value(Want::File)),
        ("file", ["size"]) => plain(Part::Size),
        ("file", ["parent_directory_ref", "path"]) | ("directory", ["path"]) => plain(Part::Folder),
        ("file", ["extensions", "windows-pebinary-ext", "imphash"]) => kind(K::Imphash),
        ("network-traffic", ["dst_ref", "value"]) => Target { direction: Some(Direction::Destination), ..plain(Part::Value(Want::Kind(K::Ip))) },
        ("network-traffic", ["src_ref", "value"]) => Target { direction: Some(Direction::Source), ..plain(Part::Value(Want::Kind(K::Ip))) },
        ("network-traffic", ["dst_ip" | "dst_ipv4" | "dst_ipv6"]) => Target { direction: Some(Direction::Destination), ..kind(K::Ip) },
        ("network-traffic", ["src_ip"]) => Target { direction: Some(Direction::Source), ..kind(K::Ip) },
        ("network-traffic", ["dst_ref" | "src_ref", "type"]) => plain(Part::Tag),
        ("network-traffic", ["dst_port"]) => plain(Part::Port),
        ("network-traffic", ["protocols"]) => plain(Part::Nothing(group::PROTOCOL)),
        ("network-traffic", ["extensions", "http-request-ext", "request_header", name]) if name.eq_ignore_ascii_case("user-agent") => {
            kind(K::UserAgent)
        }
        ("network-traffic", ["extensions", "http-request-ext", "request_header", name]) if name.eq_ignore_ascii_case("host") => kind(K::Host),
        ("mutex", ["name"]) => kind(K::Mutex),
        ("windows-registry-key", ["key"]) => kind(K::Registry),
        ("windows-registry-key", ["values", "name"]) => plain(Part::ValueName),
        ("windows-registry-key", ["values", "data"]) => plain(Part::Nothing("the data of a registry value is not looked for")),
        ("process", ["command_line"]) => kind(K::CommandLine),
        ("process", ["name"]) => kind(K::Process),
        ("process", ["image_ref" | "binary_ref", "name"]) => kind(K::Process),
        ("process", ["image_ref" | "binary_ref", "hashes", name]) => plain(digest(name)),
        ("process", ["extensions", "windows-service-ext", "service_name"]) => kind(K::Service),
        ("x509-certificate", ["serial_number"]) => kind(K::CertSerial),
        ("x509-certificate", ["hashes", name]) => match &*letters(name) {
            "sha1" => kind(K::CertSha1),
            "sha256" => kind(K::CertSha256),
            _ => plain(Part::Nothing(NO_SENSOR)),
        },
        ("autonomous-system", ["number"]) => kind(K::Asn),
        _ => plain(Part::Nothing(NO_SENSOR)),
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

fn digest(name: &str) -> Part {
    Part::Value(Want::Kind(match &*letters(name) {
        "md5" => K::Md5,
        "sha1" => K::Sha1,
        "sha256" => K::Sha256,
        "sha512" => K::Sha512,
        "imphash" => K::Imphash,
        "ssdeep" | "tlsh" => return Part::Nothing(FUZZY),
        _ => return Part::Nothing("no target matches files by this digest"),
    }))
}
