//! What do both versions see and say?

use backend::{Absence, Capabilities, Form, Name};
use ir::{EventClass, Field, field};

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

pub(super) const NO_CERT_SHA256: &str = "Suricata hashes certificates with SHA-1 only";

pub(super) const NO_AS: &str = "a packet carries addresses, not autonomous systems";

/// Capabilities that both versions share, around a table of fields.
pub(super) const fn of(fields: &'static [(EventClass, Field, Name)]) -> Capabilities {
    Capabilities {
        events: EVENTS,
        fields,
        absent: ABSENT,
        otherwise: OTHERWISE,
        regex: true,
        negation: true,
        exists: true,
        field_to_field: false,
        under: Form::Native,
        url: Form::Native,
        open_field: backend::no_field,
        open_source: None,
        tells_empty: false,
        time_parts: false,
        bytes: true,
    }
}
