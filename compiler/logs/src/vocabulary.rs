//! Which words does Sigma have for log sources and fields, and which of them was nearly written?
//!
//! The specification's taxonomy (<https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md>), and the
//! fields that logs have beside it.
//! A word that is far from all of these is a log or a field of somebody's own, and nothing is said about it.

use crate::logged_fields::{EVENT_FIELDS, HOST_FIELDS, NETWORK_FIELDS, SERVICE_FIELDS};
use crate::taxonomy::{CATEGORIES, CHANNELS, EVENT_IDS};
use ir::{Sensor, SigmaLogSource};

/// Categories beside those of [`CATEGORIES`] and [`EVENT_IDS`].
const MORE_CATEGORIES: &[&str] = &["antivirus", "application", "database", "network", "file_delete_detected"];

/// Products, each with its services; those of Windows are in [`CHANNELS`] too.
const PRODUCTS: &[(&str, &[&str])] = &[
    ("windows", &[]),
    ("linux", &["auditd", "auth", "clamav", "cron", "guacamole", "sudo", "sshd", "syslog", "vsftpd", "sysmon"]),
    ("macos", &[]),
    ("antivirus", &[]),
    ("apache", &["access", "error"]),
    ("aws", &["cloudtrail"]),
    ("azure", &["activitylogs", "auditlogs", "pim", "riskdetection", "signinlogs"]),
    ("bitbucket", &["audit"]),
    ("cisco", &["aaa", "bgp", "duo", "ldp"]),
    ("django", &[]),
    ("fortigate", &["event"]),
    ("gcp", &["gcp.audit", "google_workspace.admin", "google_workspace.login"]),
    ("github", &["audit"]),
    ("huawei", &["bgp", "ldp"]),
    ("juniper", &["bgp", "ldp"]),
    ("jvm", &[]),
    ("kubernetes", &["audit"]),
    ("m365", &["audit", "exchange", "threat_detection", "threat_management"]),
    ("modsecurity", &[]),
    ("nginx", &[]),
    ("nodejs", &[]),
    ("okta", &["okta"]),
    ("onelogin", &["onelogin.events"]),
    ("opencanary", &[]),
    ("python", &[]),
    ("rpc_firewall", &[]),
    ("ruby_on_rails", &[]),
    ("spring", &[]),
    ("sql", &[]),
    ("velocity", &[]),
    (
        "zeek",
        &[
            "conn",
            "dce_rpc",
            "dhcp",
            "dnp3",
            "dns",
            "files",
            "ftp",
            "http",
            "irc",
            "kerberos",
            "ldap",
            "modbus",
            "mqtt",
            "mysql",
            "notice",
            "ntlm",
            "ntp",
            "ocsp",
            "quic",
            "radius",
            "rdp",
            "rfb",
            "sip",
            "smb_cmd",
            "smb_files",
            "smb_mapping",
            "smtp",
            "snmp",
            "socks",
            "software",
            "ssh",
            "ssl",
            "syslog",
            "tunnel",
            "weird",
            "x509",
        ],
    ),
];

/// Services that stand without a product.
const MORE_SERVICES: &[&str] = &["apache", "nginx", "connection"];

/// The category that was nearly written; `None` for one that is known, and for one that nobody knows.
#[must_use]
pub fn similar_category(word: &str) -> Option<&'static str> {
    let known = CATEGORIES.iter().map(|category| category.name).chain(EVENT_IDS.iter().map(|(name, ..)| *name));
    similar(word, known.chain(MORE_CATEGORIES.iter().copied()), Exactness::AnyCase)
}

/// The product that was nearly written.
#[must_use]
pub fn similar_product(word: &str) -> Option<&'static str> {
    similar(word, PRODUCTS.iter().map(|(name, _)| *name), Exactness::AnyCase)
}

/// The service that was nearly written, among those of the product where one is named. A product that nobody knows has services of its own.
#[must_use]
pub fn similar_service(product: Option<&str>, word: &str) -> Option<&'static str> {
    let of = |name: &str| product.is_none_or(|product| product.eq_ignore_ascii_case(name));
    let windows = CHANNELS.iter().map(|(name, _)| *name).filter(|_| of("windows"));
    let others = PRODUCTS.iter().filter(|(name, _)| of(name)).flat_map(|(_, services)| services.iter().copied());
    let alone = MORE_SERVICES.iter().copied().filter(|_| product.is_none());
    similar(word, windows.chain(others).chain(alone), Exactness::AnyCase)
}

/// The field that was nearly written in a rule with this log source. Only for log sources whose fields are listed.
#[must_use]
pub fn similar_field(source: &SigmaLogSource, word: &str) -> Option<&'static str> {
    if source.category.is_none() {
        // An event log has more names than are listed here, so letters count and their case does not.
        let fields = service_fields(source)?;
        let trimmed = word.trim();
        let near = fields.iter().find(|known| known.eq_ignore_ascii_case(trimmed)).copied();
        return near.filter(|_| !fields.contains(&word));
    }
    let name = category_of(source)?;
    let product = source.product.as_deref();
    let known = CATEGORIES.iter().find(|category| category.name.eq_ignore_ascii_case(name));
    let host = match known {
        Some(category) => {
            category.selector(product)?;
            category.sensor == Some(Sensor::Host)
        }
        None => EVENT_IDS.iter().any(|(known, ..)| known.eq_ignore_ascii_case(name)),
    };
    if !host && known.is_none() {
        return None;
    }
    let of_sensor = |own: bool| CATEGORIES.iter().filter(move |category| (category.sensor == Some(Sensor::Host)) == own);
    // The category's own names first; a name of another event is no slip of the pen.
    let own = known.into_iter().flat_map(|category| category.fields.iter().map(|(name, _)| *name));
    let others = of_sensor(host).flat_map(|category| category.fields.iter().map(|(name, _)| *name));
    let more = if host { HOST_FIELDS } else { NETWORK_FIELDS };
    similar(word, own.chain(others).chain(more.iter().copied()), Exactness::Case)
}

/// The field of this log source that a word names, as it is spelt or nearly so.
#[must_use]
pub fn known_field(source: &SigmaLogSource, word: &str) -> Option<&'static str> {
    let listed = |fields: &[&'static str]| fields.iter().find(|known| **known == word).copied();
    similar_field(source, word).or_else(|| match category_of(source) {
        None if source.category.is_none() => listed(&service_fields(source)?),
        None => None,
        Some(name) => {
            let category = CATEGORIES.iter().find(|category| category.name.eq_ignore_ascii_case(name));
            let known = match category {
                Some(category) => category.selector(source.product.as_deref()).is_some(),
                None => EVENT_IDS.iter().any(|(known, ..)| known.eq_ignore_ascii_case(name)),
            };
            let all = CATEGORIES.iter().flat_map(|category| category.fields.iter().map(|(name, _)| *name));
            all.chain(HOST_FIELDS.iter().chain(NETWORK_FIELDS).copied()).find(|field| known && *field == word)
        }
    })
}

/// The category, where the fields of its events are those that Sigma lists: alone, or beside a service of Windows that holds it.
fn category_of(source: &SigmaLogSource) -> Option<&str> {
    let category = source.category.as_deref()?;
    let holds = |service: &str| EVENT_IDS.iter().any(|(name, of, _)| name.eq_ignore_ascii_case(category) && of.eq_ignore_ascii_case(service));
    source.service.as_deref().is_none_or(holds).then_some(category)
}

/// The listed fields of a service; those of all of Windows' where a rule reads the whole event log.
fn service_fields(source: &SigmaLogSource) -> Option<Vec<&'static str>> {
    let (product, service) = (source.product.as_deref(), source.service.as_deref());
    let windows = product.is_some_and(|product| product.eq_ignore_ascii_case("windows"));
    let same = |wanted: Option<&str>, name: &str, without: bool| wanted.map_or(without, |wanted| wanted.eq_ignore_ascii_case(name));
    let rows = SERVICE_FIELDS.iter().filter(|(of, name, _)| same(product, of, false) && same(service, name, windows));
    let mut out: Vec<&'static str> = rows.flat_map(|(.., fields)| fields.iter().copied()).collect();
    if out.is_empty() {
        return None;
    }
    if windows {
        out.extend(EVENT_FIELDS);
        let sysmon = CATEGORIES.iter().filter(|category| same(service, "sysmon", true) && category.sensor == Some(Sensor::Host));
        out.extend(sysmon.flat_map(|category| category.fields.iter().map(|(name, _)| *name)));
    }
    Some(out)
}

/// How a known word is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exactness {
    AnyCase,
    Case,
}

/// The shortest word that is compared, in characters: shorter ones are near to too many.
const SHORTEST: usize = 4;
/// From this length on, two slips are forgiven where case does not count.
const LONG: usize = 10;

fn similar(word: &str, known: impl Iterator<Item = &'static str> + Clone, exactness: Exactness) -> Option<&'static str> {
    // Nearly every word is a known one.
    if known.clone().any(|name| name == word || exactness == Exactness::AnyCase && name.eq_ignore_ascii_case(word)) {
        return None;
    }
    let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let wanted = letters(word);
    let mut best: Option<(usize, &'static str)> = None;
    for name in known {
        // Signs between letters do not count, and few names have many.
        if name.len().abs_diff(word.len()) > 5 {
            continue;
        }
        let own = letters(name);
        let most = if exactness == Exactness::AnyCase && own.len() >= LONG { 2 } else { 1 };
        if own.len().min(wanted.len()) < SHORTEST && own != wanted || own.len().abs_diff(wanted.len()) > most {
            continue;
        }
        let distance = strsim::osa_distance(&wanted, &own);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(category: &str, product: Option<&str>) -> SigmaLogSource {
        SigmaLogSource { category: Some(category.to_owned()), product: product.map(str::to_owned), ..SigmaLogSource::default() }
    }

    #[test]
    fn slips_of_the_pen_are_told_from_words_of_others() {
        assert_eq!(similar_category("process_creaton"), Some("process_creation"));
        assert_eq!(similar_category("processcreation"), Some("process_creation"));
        assert_eq!(similar_category("Process_Creation"), None);
        assert_eq!(similar_category("door_opened"), None);
        assert_eq!(similar_product("windws"), Some("windows"));
        assert_eq!(similar_product("gatekeeper"), None);
        assert_eq!(similar_service(Some("windows"), "secruity"), Some("security"));
        assert_eq!(similar_service(Some("gatekeeper"), "securty"), None);
        assert_eq!(similar_service(Some("zeek"), "ssh"), None);
        let start = source("process_creation", Some("windows"));
        assert_eq!(similar_field(&start, "Imge"), Some("Image"));
        assert_eq!(similar_field(&start, "commandline"), Some("CommandLine"));
        assert_eq!(similar_field(&start, "ParentImgae"), Some("ParentImage"));
        assert_eq!(similar_field(&start, "LogonId"), None);
        assert_eq!(similar_field(&start, "site_tag"), None);
        assert_eq!(similar_field(&source("proxy", None), "c-urI-stm"), Some("c-uri-stem"));
        assert_eq!(similar_field(&source("process_creation", Some("gatekeeper")), "Imge"), None);
    }

    #[test]
    fn an_event_log_forgives_no_letter_but_its_case() {
        let of = |service: Option<&str>| SigmaLogSource {
            product: Some("windows".to_owned()),
            service: service.map(str::to_owned),
            ..SigmaLogSource::default()
        };
        let cases = [
            (Some("security"), "Commandline", Some("CommandLine")),
            (Some("security"), "IPAddress", Some("IpAddress")),
            (Some("security"), "SubjectUsername", Some("SubjectUserName")),
            (Some("security"), "ProcessID", None),
            (Some("security"), "ProcessId", None),
            (Some("security"), "SubjectUserNam", None),
            (Some("sysmon"), "OriginalFilename", Some("OriginalFileName")),
            (Some("sysmon"), "Image", None),
            (Some("powershell"), "scriptblocktext", Some("ScriptBlockText")),
            (Some("system"), "eventid", Some("EventID")),
            (None, "TargetFileName", Some("TargetFilename")),
            (Some("ntlm"), "targetname", None),
            (Some("gate"), "commandline", None),
        ];
        for (service, word, near) in cases {
            assert_eq!(similar_field(&of(service), word), near, "{service:?} {word}");
        }
        let trail = SigmaLogSource { product: Some("aws".to_owned()), service: Some("cloudtrail".to_owned()), ..SigmaLogSource::default() };
        assert_eq!(similar_field(&trail, "sourceIpAddress"), Some("sourceIPAddress"));
        assert_eq!(similar_field(&trail, "requestParameters.Name"), None);
        assert_eq!(known_field(&of(Some("security")), "CommandLine"), Some("CommandLine"));
        assert_eq!(known_field(&source("process_creation", Some("windows")), "ParentImage"), Some("ParentImage"));
        assert_eq!(known_field(&source("door", Some("gatekeeper")), "ParentImage"), None);
    }

    #[test]
    fn no_known_word_is_called_a_slip() {
        for category in CATEGORIES {
            assert_eq!(similar_category(category.name), None);
            for (name, _) in category.fields {
                assert_eq!(similar_field(&source(category.name, None), name), None, "{name} of {}", category.name);
            }
        }
        for (product, services) in PRODUCTS {
            assert_eq!(similar_product(product), None);
            assert!(services.iter().all(|service| similar_service(Some(product), service).is_none()), "{product}");
        }
    }
}
