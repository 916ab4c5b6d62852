//! What does a MISP attribute type mean? <https://www.misp-project.org/datamodels/> lists the types.

use ir::{Direction, ObservableKind as K, Role};

use super::collect::{Collector, Facts};
use super::text::{Piece, Text};
use super::want::Want;
use super::words;

/// What the value of a type is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// One value.
    One(Want),
    /// An address on one end of a connection.
    Address(Direction),
    /// Address and port.
    AddressPort(Direction),
    /// Host name and port.
    HostPort,
    /// A domain and its address; both stand on their own.
    DomainAddress,
    /// The sender of a mail.
    Sender,
    /// A file's name and a digest: the digest tells the file, the name alone would also match others.
    Named(Want),
    /// A registry key and the data of its value.
    RegistryData,
}

const NO_SENSOR: &str = "no sensor that rules are made for shows this type";
const OTHER_RULE: &str = "it is a rule of another tool, not a value";
const REFERENCE: &str = "it is a reference";
const SUBJECT: &str = "it describes the event and is no indicator";
const RECIPIENT: &str = "the recipient of a mail is usually the victim";
const FUZZY: &str = "a fuzzy digest is compared by likeness, which rules cannot do";
const DIGEST: &str = "no target matches files by this digest";
const NAME_OF_DIGEST: &str = "the digest beside it tells the file; the name alone would also match others";

/// The shape of a type; `None` when MISP has no such type.
fn shape(name: &str) -> Option<Shape> {
    let one = |kind| Some(Shape::One(Want::Kind(kind)));
    let nothing = |reason| Some(Shape::One(Want::Nothing(reason)));
    match name {
        "md5" => one(K::Md5),
        "sha1" => one(K::Sha1),
        "sha256" => one(K::Sha256),
        "sha512" => one(K::Sha512),
        "imphash" => one(K::Imphash),
        "filename|md5" | "malware-sample" => Some(Shape::Named(Want::Kind(K::Md5))),
        "filename|sha1" => Some(Shape::Named(Want::Kind(K::Sha1))),
        "filename|sha256" => Some(Shape::Named(Want::Kind(K::Sha256))),
        "filename|sha512" => Some(Shape::Named(Want::Kind(K::Sha512))),
        "filename|imphash" => Some(Shape::Named(Want::Kind(K::Imphash))),
        "filename" => Some(Shape::One(Want::File)),
        "email-attachment" => one(K::Attachment),
        "ip-dst" => Some(Shape::Address(Direction::Destination)),
        "ip-src" => Some(Shape::Address(Direction::Source)),
        "ip-dst|port" => Some(Shape::AddressPort(Direction::Destination)),
        "ip-src|port" => Some(Shape::AddressPort(Direction::Source)),
        "ip" => one(K::Ip),
        "domain" => one(K::Domain),
        "hostname" => one(K::Host),
        "hostname|port" => Some(Shape::HostPort),
        "domain|ip" => Some(Shape::DomainAddress),
        "url" | "uri" => one(K::Url),
        "email" | "email-src" | "email-reply-to" => Some(Shape::Sender),
        "email-dst" | "target-email" => nothing(RECIPIENT),
        "email-subject" => one(K::EmailSubject),
        "mutex" => one(K::Mutex),
        "named pipe" => one(K::Pipe),
        "windows-service-name" => one(K::Service),
        "windows-scheduled-task" => one(K::Task),
        "regkey" => one(K::Registry),
        "regkey|value" => Some(Shape::RegistryData),
        "user-agent" | "http-user-agent" => one(K::UserAgent),
        "ja3-fingerprint-md5" => one(K::Ja3),
        "x509-fingerprint-sha1" => one(K::CertSha1),
        "x509-fingerprint-sha256" => one(K::CertSha256),
        "AS" => one(K::Asn),
        "ssdeep" | "tlsh" | "impfuzzy" | "vhash" | "telfhash" | "filename|ssdeep" | "filename|tlsh" | "filename|impfuzzy" | "filename|vhash" => {
            nothing(FUZZY)
        }
        "sha224"
        | "sha384"
        | "sha512/224"
        | "sha512/256"
        | "sha3-224"
        | "sha3-256"
        | "sha3-384"
        | "sha3-512"
        | "authentihash"
        | "pehash"
        | "cdhash"
        | "filename|sha224"
        | "filename|sha384"
        | "filename|sha512/224"
        | "filename|sha512/256"
        | "filename|authentihash"
        | "filename|pehash"
        | "filename|sha3-224"
        | "filename|sha3-256"
        | "filename|sha3-384"
        | "filename|sha3-512"
        | "x509-fingerprint-md5" => nothing(DIGEST),
        "yara" | "sigma" | "snort" | "bro" | "zeek" | "stix2-pattern" | "pattern-in-file" | "pattern-in-traffic" | "pattern-in-memory"
        | "pattern-filename" | "filename-pattern" | "kusto-query" | "pgp-public-key" | "pgp-private-key" => nothing(OTHER_RULE),
        "link" | "attachment" | "gene" | "text" | "comment" | "other" | "github-repository" | "github-username" => nothing(REFERENCE),
        "threat-actor"
        | "campaign-name"
        | "campaign-id"
        | "malware-type"
        | "vulnerability"
        | "cpe"
        | "weakness"
        | "datetime"
        | "counter"
        | "boolean"
        | "float"
        | "integer"
        | "size-in-bytes"
        | "mime-type"
        | "identity-card-number"
        | "whois-registrant-email"
        | "whois-registrant-name"
        | "whois-registrant-org"
        | "whois-registrant-phone"
        | "whois-registrar"
        | "whois-creation-date"
        | "target-user"
        | "target-machine"
        | "target-org"
        | "target-location"
        | "target-external" => nothing(SUBJECT),
        "mac-address"
        | "mac-eui-64"
        | "port"
        | "jarm-fingerprint"
        | "hassh-md5"
        | "hasshserver-md5"
        | "favicon-mmh3"
        | "pdb"
        | "btc"
        | "xmr"
        | "dash"
        | "iban"
        | "bic"
        | "bank-account-nr"
        | "phone-number"
        | "process-state"
        | "windows-service-displayname"
        | "email-body"
        | "email-header"
        | "email-x-mailer"
        | "email-message-id"
        | "email-mime-boundary"
        | "email-thread-index"
        | "email-src-display-name"
        | "email-dst-display-name"
        | "http-method"
        | "dns-soa-email"
        | "hex"
        | "cookie"
        | "ssh-fingerprint"
        | "mobile-application-id"
        | "chrome-extension-id"
        | "git-commit-id"
        | "onion-address"
        | "eppn"
        | "jabber-id"
        | "twitter-id"
        | "telegram"
        | "dom-hash"
        | "community-id"
        | "azure-application-id"
        | "dkim"
        | "dkim-signature"
        | "prtn"
        | "cc-number" => nothing(NO_SENSOR),
        _ => None,
    }
}

/// Whether MISP has such a type.
pub(super) fn known(name: &str) -> bool {
    shape(name).is_some()
}

/// The parts of a composite value with the names of their types, as the type's own name has them.
pub(super) fn parts<'t>(name: &'t str, text: &'t Text<'_>) -> Vec<(&'t str, Piece<'t>)> {
    let whole = text.trimmed();
    let composite = name.split_once('|').or((name == "malware-sample").then_some(("filename", "md5")));
    let Some((left_name, right_name)) = composite else { return vec![(name, whole)] };
    // A file's name may hold the bar; a digest, an address and a port cannot. Registry data may, a key cannot.
    let cut = if left_name == "regkey" { whole.value.split_once('|') } else { whole.value.rsplit_once('|') };
    match cut {
        Some((left, right)) => vec![(left_name, text.slice(left.trim())), (right_name, text.slice(right.trim()))],
        None => vec![(name, whole)],
    }
}

/// Lists a value, composite values part by part.
pub(super) fn list(name: &str, text: &Text<'_>, reason: &str, out: &mut Collector<'_>) {
    for (part, piece) in parts(name, text) {
        out.list(part, piece, reason);
    }
}

/// Adds a value of a MISP type; `false` when MISP has no such type.
pub(super) fn add(name: &str, text: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
    let Some(shape) = shape(name) else { return false };
    let parts = parts(name, text);
    let address = |direction| facts.towards(Some(direction));
    match (shape, parts.as_slice()) {
        (Shape::One(want), [(_, whole)]) => {
            out.add(name, want, *whole, facts);
        }
        (Shape::One(Want::Nothing(reason)), _) => list(name, text, reason, out),
        (Shape::Address(direction), [(_, whole)]) => {
            out.add(name, Want::Kind(K::Ip), *whole, &address(direction));
        }
        // Both `198.51.100.1|443` and the addresses of lists that leave the port out.
        (Shape::AddressPort(direction), _) => {
            out.add(name, Want::Kind(K::Ip), text.trimmed(), &address(direction));
        }
        (Shape::Sender, [(_, whole)]) => {
            out.add(name, Want::Kind(K::Email), *whole, &Facts { role: facts.role.or(Some(Role::Sender)), ..facts.clone() });
        }
        (Shape::HostPort, [(_, host), (_, port)]) => {
            if out.add("hostname", Want::Kind(K::Host), *host, &facts.remarked(&format!("port {}", port.value))) {
                out.taken_apart(*host, format!("`{}` is looked for on every port, not only {}", words::short(host.value), words::short(port.value)));
            }
        }
        (Shape::DomainAddress, [(_, domain), (_, ip)]) => {
            out.add("domain", Want::Kind(K::Domain), *domain, facts);
            out.add("ip", Want::Kind(K::Ip), *ip, &address(Direction::Destination));
        }
        (Shape::Named(want), [(_, file), (digest, hash)]) => {
            out.list("filename", *file, NAME_OF_DIGEST);
            out.add(digest, want, *hash, &facts.remarked(file.value));
        }
        (Shape::RegistryData, [(_, key), (_, data)]) => {
            out.add("regkey", Want::Kind(K::Registry), *key, facts);
            out.list("value", *data, "the data of a registry value is not looked for");
        }
        (Shape::HostPort | Shape::DomainAddress | Shape::Named(_) | Shape::RegistryData | Shape::Address(_) | Shape::Sender | Shape::One(_), _) => {
            out.not_a_value(name, text.trimmed(), "its two parts are not there; they are written with `|` between them");
        }
    }
    true
}
