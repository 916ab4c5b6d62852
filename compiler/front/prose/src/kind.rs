//! Of which type can a value in prose be?

use ir::ObservableKind;

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A network.
    Cidr,
    /// A host name.
    Domain,
    /// A URL.
    Url,
    /// An e-mail address.
    Email,
    /// MD5 of a file.
    Md5,
    /// SHA-1 of a file.
    Sha1,
    /// SHA-256 of a file.
    Sha256,
    /// SHA-512 of a file.
    Sha512,
    /// An import hash of a PE file.
    Imphash,
    /// A JA3 fingerprint.
    Ja3,
    /// A JA3S fingerprint.
    Ja3s,
    /// A number of the catalogue of vulnerabilities.
    Cve,
    /// An id of ATT&CK's catalogue of techniques.
    Attack,
    /// A wallet of a crypto currency.
    Btc,
    /// A registry key.
    Registry,
    /// A file's path.
    FilePath,
    /// A file's name.
    FileName,
    /// A mutex.
    Mutex,
    /// A named pipe.
    Pipe,
    /// A User-Agent header.
    UserAgent,
    /// SHA-1 of a certificate.
    CertSha1,
    /// SHA-256 of a certificate.
    CertSha256,
    /// The serial number of a certificate.
    CertSerial,
    /// A service.
    Service,
    /// A scheduled task.
    Task,
    /// A command with its arguments.
    CommandLine,
    /// The name of a running process.
    Process,
}

impl Kind {
    /// Every type with its name.
    pub const ALL: [(Self, &'static str); 29] = [
        (Self::Ipv4, "ipv4"),
        (Self::Ipv6, "ipv6"),
        (Self::Cidr, "cidr"),
        (Self::Domain, "domain"),
        (Self::Url, "url"),
        (Self::Email, "email"),
        (Self::Md5, "md5"),
        (Self::Sha1, "sha1"),
        (Self::Sha256, "sha256"),
        (Self::Sha512, "sha512"),
        (Self::Imphash, "imphash"),
        (Self::Ja3, "ja3"),
        (Self::Ja3s, "ja3s"),
        (Self::Cve, "cve"),
        (Self::Attack, "attack"),
        (Self::Btc, "btc"),
        (Self::Registry, "registry"),
        (Self::FilePath, "path"),
        (Self::FileName, "filename"),
        (Self::Mutex, "mutex"),
        (Self::Pipe, "pipe"),
        (Self::UserAgent, "useragent"),
        (Self::CertSha1, "cert-sha1"),
        (Self::CertSha256, "cert-sha256"),
        (Self::CertSerial, "cert-serial"),
        (Self::Service, "service"),
        (Self::Task, "task"),
        (Self::CommandLine, "command-line"),
        (Self::Process, "process"),
    ];

    /// The type's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The type of observable that a sensor can look for; `None` for what no sensor sees.
    #[must_use]
    pub fn observable(self) -> Option<ObservableKind> {
        Some(match self {
            Self::Ipv4 | Self::Ipv6 | Self::Cidr => ObservableKind::Ip,
            Self::Domain => ObservableKind::Domain,
            Self::Url => ObservableKind::Url,
            Self::Email => ObservableKind::Email,
            Self::Md5 => ObservableKind::Md5,
            Self::Sha1 => ObservableKind::Sha1,
            Self::Sha256 => ObservableKind::Sha256,
            Self::Sha512 => ObservableKind::Sha512,
            Self::Imphash => ObservableKind::Imphash,
            Self::Ja3 => ObservableKind::Ja3,
            Self::Ja3s => ObservableKind::Ja3s,
            Self::Registry => ObservableKind::Registry,
            Self::FilePath => ObservableKind::FilePath,
            Self::FileName => ObservableKind::FileName,
            Self::Mutex => ObservableKind::Mutex,
            Self::Pipe => ObservableKind::Pipe,
            Self::UserAgent => ObservableKind::UserAgent,
            Self::CertSha1 => ObservableKind::CertSha1,
            Self::CertSha256 => ObservableKind::CertSha256,
            Self::CertSerial => ObservableKind::CertSerial,
            Self::Service => ObservableKind::Service,
            Self::Task => ObservableKind::Task,
            Self::CommandLine => ObservableKind::CommandLine,
            Self::Process => ObservableKind::Process,
            Self::Cve | Self::Attack | Self::Btc => return None,
        })
    }
}
