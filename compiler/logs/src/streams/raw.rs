//! Which logs are read as their add-ons extract them, and what do all of them lack?

use ir::EventClass as E;
use ir::Field as F;
use ir::{EventClass, Sensor, field};

use super::{Stream, host, network};
use crate::Absence;

/// Every log, in order of preference within a class. A connection on the network is preferred to one seen on a machine, unless
/// the rule says who saw it.
pub fn streams() -> impl Iterator<Item = &'static Stream> + Clone {
    network::STREAMS.iter().chain(host::STREAMS)
}

/// Who writes a log.
pub fn sensor(stream: &Stream) -> Sensor {
    if host::STREAMS.iter().any(|known| std::ptr::eq(known, stream)) { Sensor::Host } else { Sensor::Network }
}

/// Classes that no log holds, and why.
pub const ABSENT_EVENTS: &[(EventClass, &str)] = &[(E::FileContent, "logs hold what happened to a file, not its bytes")];

/// What the logs lack, and why.
pub const ABSENT_FIELDS: &[Absence] = &[
    (&[E::TaskCreate], &[F::TaskCommand], "event 4698 holds the command inside the task's XML; `task.content` is there"),
    (&[E::TaskCreate, E::FileAccess, E::ServiceInstall, E::AuthLogon], &[F::UserAccount], "the audit has an account's name and domain in two fields"),
    (&[E::TaskCreate], field::PROCESS, "event 4698 names no program"),
    (&[E::ScriptBlock], field::PROCESS, "event 4104 names no program"),
    (&[E::ScriptBlock], field::ACTOR, "event 4104 has the account's number only"),
    (
        &[E::FileRename, E::FileAccess],
        &[F::FileSize, F::FileMd5, F::FileSha1, F::FileSha256, F::FileSha512, F::ProcessCommandLine],
        "the event has the file's name and the program's alone",
    ),
    (&[E::FileAccess], &[F::ProcessPid], "event 4663 has the program's number in hexadecimal digits"),
    (&[E::RegistryCreate], &[F::RegistryValueName, F::RegistryData], "a new key has no value"),
    (&[E::HttpRequest], &[F::HttpBody], "proxies and web servers do not log bodies"),
    (&[E::HttpRequest], field::PROCESS, "proxies and web servers see requests, not programs"),
    (&[E::NetworkFlow, E::HttpRequest, E::DnsQuery], &[F::UserDomain, F::UserAccount], "add-ons of the network extract an account's name alone"),
    (&[E::HttpRequest, E::TlsHandshake], field::HOST, "sensors of the network see addresses, not the names of machines"),
    (&[E::CloudAudit], &[F::UserDomain, F::UserAccount], "an account is a principal name or an identifier, without a domain of Windows"),
    (&[E::CloudAudit], &[F::SourcePort, F::DestinationIp, F::DestinationPort], "a record has the caller's address alone"),
    (&[E::TlsHandshake], &[F::TlsVersion], "add-ons spell versions in several ways"),
    (&[E::TlsHandshake], &[F::TlsAlpn, F::TlsCertSan], "add-ons extract no field for it"),
    (&[E::TlsHandshake], field::PROCESS, "a sensor sees packets, not programs"),
];
