//! What do the logs themselves call things? Sysmon and Windows event logs ([`host`]), proxies, resolvers, firewalls and mail
//! gateways in the names that their add-ons extract ([`network`]), and every other log source that has an add-on ([`sources`]).

mod host;
mod network;
pub(crate) mod open;
pub(crate) mod sources;

use std::sync::LazyLock;

use backend::Capabilities;
use ir::EventClass as E;
use ir::Field as F;
use ir::{EventClass, Field, Sensor};

use crate::ast::SiteMacro;

use super::{Open, Stream, capabilities};

/// Every log, in order of preference within a class. A connection on the network is preferred to one seen on a machine, unless
/// the rule says who saw it.
pub(crate) fn streams() -> impl Iterator<Item = &'static Stream> {
    network::STREAMS.iter().chain(host::STREAMS)
}

/// Who writes a log.
pub(crate) fn sensor(stream: &Stream) -> Sensor {
    if host::STREAMS.iter().any(|known| std::ptr::eq(known, stream)) { Sensor::Host } else { Sensor::Network }
}

const ABSENT_EVENTS: &[(EventClass, &str)] = &[(E::FileContent, "logs hold what happened to a file, not its bytes")];

const ABSENT_FIELDS: &[(EventClass, Field, &str)] = &[
    (E::FileCreate, F::FileSha512, "Sysmon computes no SHA-512"),
    (E::FileCreate, F::FileSize, "Sysmon logs no sizes"),
    (E::FileCreate, F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
    (E::ImageLoad, F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
    (E::NetworkFlow, F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
    (E::RemoteThread, F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
    (E::RegistrySet, F::RegistryType, "Sysmon logs the data as text, without its type"),
    (E::TaskCreate, F::TaskCommand, "event 4698 holds the command inside the task's XML; `task.content` is there"),
    (E::HttpRequest, F::HttpBody, "proxies and web servers do not log bodies"),
    (E::TlsHandshake, F::TlsVersion, "add-ons spell versions in several ways"),
];

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let open = Open { source: backend::named_source, field: backend::every_field };
    capabilities(streams(), ABSENT_EVENTS, ABSENT_FIELDS, "the logs of this profile do not hold it", &open)
});

/// What this profile can say.
pub(crate) fn table() -> &'static Capabilities {
    &CAPABILITIES
}

/// The macro of a site's index. What an index is called is a site's own, so without a definition all are read.
pub(crate) fn site_macro(name: &str) -> SiteMacro {
    let definition = match name.strip_prefix(UNKNOWN).filter(|_| !sources::SITES.contains(&name)) {
        Some(words) => format!("sourcetype=\"{}*\"", words.replace('_', "*")),
        None => "index=\"*\"".to_owned(),
    };
    SiteMacro { name: name.to_owned(), definition }
}

/// How the macros of logs begin that no add-on is known for.
pub(crate) const UNKNOWN: &str = "vigie_source_";
