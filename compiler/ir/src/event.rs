//! The catalogue of events: what sensors see, independent of how they call it.

use std::fmt;

use serde::Serialize;

use crate::Field;
use crate::field::{self as f};

/// A kind of event that the catalogue knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventClass {
    /// A program starts. Sysmon 1, Security 4688, Linux execve.
    ProcessStart,
    /// A process opens another with rights. Sysmon 10.
    ProcessAccess,
    /// A process starts a thread in another. Sysmon 8.
    RemoteThread,
    /// A file appears. Sysmon 11.
    FileCreate,
    /// A file's content, name or attributes change.
    FileModify,
    /// A file disappears. Sysmon 23 and 26.
    FileDelete,
    /// A file gets another name.
    FileRename,
    /// A file is opened. Kernel-File events, Security 4663.
    FileAccess,
    /// A named stream of a file appears. Sysmon 15.
    FileStream,
    /// A file as bytes: on disk, in memory, in a mail, carried over the network.
    FileContent,
    /// A registry value is written. Sysmon 13.
    RegistrySet,
    /// A registry key is made. Sysmon 12 with `CreateKey`.
    RegistryCreate,
    /// A registry key or value is removed. Sysmon 12.
    RegistryDelete,
    /// Anything happens to a registry key or value: made, written, removed, renamed. Sysmon 12 to 14.
    RegistryChange,
    /// A library is loaded into a process. Sysmon 7.
    ImageLoad,
    /// A driver is loaded. Sysmon 6.
    DriverLoad,
    /// A named pipe is created or connected to. Sysmon 17 and 18.
    Pipe,
    /// A service is installed. System 7045, Security 4697.
    ServiceInstall,
    /// A scheduled task is registered. Security 4698.
    TaskCreate,
    /// A block of script runs. PowerShell 4104.
    ScriptBlock,
    /// A connection, or an attempt at one. Firewall, NetFlow, Sysmon 3.
    NetworkFlow,
    /// A name is asked for. Resolver logs, Sysmon 22.
    DnsQuery,
    /// An HTTP request. Proxy and web server logs.
    HttpRequest,
    /// The start of a TLS session.
    TlsHandshake,
    /// An e-mail passes.
    EmailMessage,
    /// Somebody logs on, or fails to. Security 4624 and 4625, sign-in logs.
    AuthLogon,
    /// An entry in a cloud service's audit trail; its fields are open.
    CloudAudit,
}

impl EventClass {
    /// Every class with its name in the language and what it means.
    pub const ALL: [(Self, &'static str, &'static str); 27] = [
        (Self::ProcessStart, "process.start", "a program starts"),
        (Self::ProcessAccess, "process.access", "a process opens another process"),
        (Self::RemoteThread, "thread.remote", "a process starts a thread in another process"),
        (Self::FileCreate, "file.create", "a file appears"),
        (Self::FileModify, "file.modify", "a file changes"),
        (Self::FileDelete, "file.delete", "a file disappears"),
        (Self::FileRename, "file.rename", "a file gets another name"),
        (Self::FileAccess, "file.access", "a file is opened"),
        (Self::FileStream, "file.stream", "a named stream of a file appears"),
        (Self::FileContent, "file.content", "a file as bytes, on disk or in transit"),
        (Self::RegistrySet, "registry.set", "a registry value is written"),
        (Self::RegistryCreate, "registry.create", "a registry key is made"),
        (Self::RegistryDelete, "registry.delete", "a registry key or value is removed"),
        (Self::RegistryChange, "registry.change", "anything happens to a registry key or value"),
        (Self::ImageLoad, "image.load", "a library is loaded"),
        (Self::DriverLoad, "driver.load", "a driver is loaded"),
        (Self::Pipe, "pipe.create", "a named pipe is created or connected to"),
        (Self::ServiceInstall, "service.install", "a service is installed"),
        (Self::TaskCreate, "task.create", "a scheduled task is registered"),
        (Self::ScriptBlock, "script.block", "a block of script runs"),
        (Self::NetworkFlow, "network.flow", "a connection, or an attempt at one"),
        (Self::DnsQuery, "dns.query", "a name is asked for"),
        (Self::HttpRequest, "http.request", "an HTTP request"),
        (Self::TlsHandshake, "tls.handshake", "the start of a TLS session"),
        (Self::EmailMessage, "email.message", "an e-mail passes"),
        (Self::AuthLogon, "auth.logon", "somebody logs on, or fails to"),
        (Self::CloudAudit, "cloud.audit", "an entry in a cloud audit trail"),
    ];

    /// The class's name in the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(class, ..)| *class == self).map_or("", |(_, name, _)| name)
    }

    /// The class with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name, _)| *name == text).map(|(class, ..)| *class)
    }

    /// The fields that events of this class can carry, in groups. [`EventClass::CloudAudit`] has open fields besides.
    #[must_use]
    pub fn field_groups(self) -> &'static [&'static [Field]] {
        match self {
            Self::ProcessStart => &[f::PROCESS, f::PROCESS_IMAGE, f::PARENT, f::ACTOR, f::HOST],
            Self::ProcessAccess => &[f::PROCESS, f::TARGET_PROCESS, f::ACCESS, f::ACTOR, f::HOST],
            Self::RemoteThread => &[f::PROCESS, f::TARGET_PROCESS, f::THREAD, f::ACTOR, f::HOST],
            Self::FileRename => &[f::FILE, f::FILE_BEFORE, f::FILE_HASH, f::PROCESS, f::ACTOR, f::HOST],
            Self::FileCreate | Self::FileModify | Self::FileDelete | Self::FileAccess | Self::FileStream => {
                &[f::FILE, f::FILE_HASH, f::PROCESS, f::ACTOR, f::HOST]
            }
            Self::FileContent => &[f::FILE, f::FILE_HASH, f::FILE_CONTENT],
            Self::RegistrySet | Self::RegistryCreate | Self::RegistryDelete | Self::RegistryChange => &[f::REGISTRY, f::PROCESS, f::ACTOR, f::HOST],
            Self::ImageLoad => &[f::IMAGE, f::PROCESS, f::ACTOR, f::HOST],
            Self::DriverLoad => &[f::IMAGE, f::HOST],
            Self::Pipe => &[f::PIPE, f::PROCESS, f::ACTOR, f::HOST],
            Self::ServiceInstall => &[f::SERVICE, f::ACTOR, f::HOST],
            Self::TaskCreate => &[f::TASK, f::PROCESS, f::ACTOR, f::HOST],
            Self::ScriptBlock => &[f::SCRIPT, f::PROCESS, f::ACTOR, f::HOST],
            Self::NetworkFlow => &[f::ENDPOINTS, f::FLOW, f::PROCESS, f::ACTOR, f::HOST],
            Self::DnsQuery => &[f::DNS, f::ENDPOINTS, f::PROCESS, f::ACTOR, f::HOST],
            Self::HttpRequest => &[f::HTTP, f::ENDPOINTS, f::PROCESS, f::ACTOR, f::HOST],
            Self::TlsHandshake => &[f::TLS, f::ENDPOINTS, f::PROCESS, f::HOST],
            Self::EmailMessage => &[f::EMAIL],
            Self::AuthLogon => &[f::LOGON, f::ACTOR, f::ENDPOINTS, f::HOST],
            Self::CloudAudit => &[f::CLOUD, f::ACTOR, f::ENDPOINTS],
        }
    }

    /// Every field that events of this class can carry.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        self.field_groups().iter().flat_map(|group| group.iter().copied())
    }

    /// Whether a packet sensor or proxy sees events of this class, so that `inbound` and `outbound` mean something.
    #[must_use]
    pub fn on_network(self) -> bool {
        matches!(self, Self::NetworkFlow | Self::DnsQuery | Self::HttpRequest | Self::TlsHandshake | Self::EmailMessage)
    }
}

impl fmt::Display for EventClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for EventClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Which stream of events a detection reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogSource {
    /// A class of the catalogue.
    Known(EventClass),
    /// A log source in Sigma's words that the catalogue has no class for. A profile names it, or says that it does not.
    Open {
        /// For instance `webserver`.
        category: Option<String>,
        /// For instance `aws`.
        product: Option<String>,
        /// For instance `cloudtrail`.
        service: Option<String>,
    },
}

impl LogSource {
    /// Whether a rule on this log source reads events of another: the same class, or the same words as far as this one says
    /// any. A rule on `windows` reads `windows/security` too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let says = |word: &Option<String>, is: &Option<String>| word.is_none() || word == is;
        match (self, other) {
            (Self::Known(class), Self::Known(other)) => class == other,
            (Self::Open { category, product, service }, Self::Open { category: other, product: by, service: of }) => {
                says(category, other) && says(product, by) && says(service, of)
            }
            (Self::Known(_), Self::Open { .. }) | (Self::Open { .. }, Self::Known(_)) => false,
        }
    }
}

/// The operating system an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Microsoft Windows.
    Windows,
    /// Linux.
    Linux,
    /// Apple macOS.
    Macos,
}

impl Platform {
    /// Every platform with its name (Sigma's `product`).
    pub const ALL: [(Self, &'static str); 3] = [(Self::Windows, "windows"), (Self::Linux, "linux"), (Self::Macos, "macos")];

    /// The platform's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(platform, _)| *platform == self).map_or("", |(_, name)| name)
    }
}

/// Which way a connection was opened, seen from the defended network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// From outside to us.
    Inbound,
    /// From us to outside.
    Outbound,
}

impl Flow {
    /// Both ways with their names.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Inbound, "inbound"), (Self::Outbound, "outbound")];

    /// The other way.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Inbound => Self::Outbound,
            Self::Outbound => Self::Inbound,
        }
    }

    /// The way's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(flow, _)| *flow == self).map_or("", |(_, name)| name)
    }
}

/// Where an event was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensor {
    /// On the machine that did it, with the process: Sysmon, an EDR agent.
    Host,
    /// On the way: a firewall, a resolver, a proxy, a network sensor.
    Network,
}

/// A log source, narrowed by platform, by which way connections go, or by who saw it.
///
/// An event that does not say its platform, way or sensor fits any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventSelector {
    /// The stream.
    pub source: LogSource,
    /// Only this operating system.
    pub platform: Option<Platform>,
    /// Only connections opened this way.
    pub flow: Option<Flow>,
    /// Only what this kind of sensor saw. The language has no word for it; Sigma's categories imply it (`dns_query` is
    /// seen on the host, `dns` on the network).
    pub sensor: Option<Sensor>,
}

impl EventSelector {
    /// Every event of a class.
    #[must_use]
    pub fn of(class: EventClass) -> Self {
        Self { source: LogSource::Known(class), platform: None, flow: None, sensor: None }
    }

    /// The class, when the catalogue knows it.
    #[must_use]
    pub fn class(&self) -> Option<EventClass> {
        match &self.source {
            LogSource::Known(class) => Some(*class),
            LogSource::Open { .. } => None,
        }
    }
}

impl fmt::Display for EventSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            LogSource::Known(class) => f.write_str(class.name())?,
            LogSource::Open { category, product, service } => {
                let words: Vec<&str> = [product, service, category].into_iter().filter_map(Option::as_deref).collect();
                f.write_str(&words.join("/"))?;
            }
        }
        let narrowed: Vec<&str> = self.platform.map(Platform::name).into_iter().chain(self.flow.map(Flow::name)).collect();
        if narrowed.is_empty() { Ok(()) } else { write!(f, " ({})", narrowed.join(", ")) }
    }
}
