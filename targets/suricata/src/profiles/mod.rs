//! Which events and fields Suricata has words for, one table for each version.

mod eight;
mod seven;

use backend::{Absence, Capabilities, Form, Name, Profile};
use ir::{EventClass, Field, field};

pub(crate) static PROFILES: [Profile; 2] =
    [Profile { id: "7", title: "Suricata 7, also good for 8", default: true }, Profile { id: "8", title: "Suricata 8", default: false }];

/// The oldest engine that loads the rules of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Version 7.
    Seven = 7,
    /// Version 8.
    Eight = 8,
}

impl Version {
    /// The version of a profile.
    pub(crate) fn of(profile: &Profile) -> Self {
        if profile.id == PROFILES[1].id { Self::Eight } else { Self::Seven }
    }
}

/// The capabilities of a profile.
pub(crate) fn capabilities(profile: &Profile) -> &'static Capabilities {
    match Version::of(profile) {
        Version::Eight => &eight::CAPABILITIES,
        Version::Seven => &seven::CAPABILITIES,
    }
}

const OTHERWISE: &str = "the sensor sees packets, not what happens on a machine";

/// The classes are the same in both versions.
const EVENTS: &[(EventClass, Name)] = &[
    (EventClass::NetworkFlow, Name::Is("ip")),
    (EventClass::DnsQuery, Name::Is("dns")),
    (EventClass::HttpRequest, Name::Is("http")),
    (EventClass::TlsHandshake, Name::Is("tls")),
    (EventClass::EmailMessage, Name::Is("smtp")),
    (EventClass::FileContent, Name::Is("file")),
    (EventClass::AuthLogon, Name::Absent { why: "logons stand in logs, not in packets" }),
];

/// What packets do not carry.
const ABSENT: &[Absence] = &[
    (NETWORK, field::PROCESS, "a packet does not say which program sent it"),
    (NETWORK, field::ACTOR, "a packet does not say for which account it was sent"),
    (NETWORK, field::HOST, "a packet has addresses, not the names of machines"),
];

const NETWORK: &[EventClass] = &[EventClass::NetworkFlow, EventClass::DnsQuery, EventClass::HttpRequest, EventClass::TlsHandshake];

const NO_CERT_SHA256: &str = "Suricata hashes certificates with SHA-1 only";
const NO_AS: &str = "a packet carries addresses, not autonomous systems";

/// Capabilities that both versions share, around a table of fields.
const fn of(fields: &'static [(EventClass, Field, Name)]) -> Capabilities {
    Capabilities {
        events: EVENTS,
        fields,
        absent: ABSENT,
        otherwise: OTHERWISE,
        case_sensitive: true,
        regex: true,
        single_character: true,
        negation: true,
        exists: true,
        field_to_field: false,
        field_in_field: false,
        domain: Form::Native,
        under: Form::Native,
        url: Form::Native,
        open_field: backend::no_field,
        open_source: None,
        tells_empty: false,
        time_parts: false,
        bytes: true,
    }
}
