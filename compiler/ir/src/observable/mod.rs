//! Observables: typed values that can be looked for. One file for each family; constructors make values canonical.

mod address;
mod domain;
mod email;
mod hash;
mod kind;
mod open;
mod refused;
mod registry;
mod registry_places;
mod spelling;
mod url;

use std::fmt;

use crate::Pattern;
use ipnet::IpNet;

pub use address::{AddressPort, parse_address};
pub use domain::Domain;
pub use email::EmailAddress;
pub use hash::{FileHash, HashAlgorithm};
pub use kind::ObservableKind;
pub use open::is_everyday_part;
pub use refused::NotAnObservable;
pub use registry::{RegistryKey, is_windows_service};
pub use spelling::{pipe, refang};
pub use url::{Url, UrlHost};

use refused::not;

/// The longest value accepted, in bytes.
pub const MAX_VALUE: usize = 8192;

/// A typed value that can be looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observable {
    /// An IPv4 or IPv6 address or network, optionally with a port.
    Ip(AddressPort),
    /// A domain and everything below it.
    Domain(Domain),
    /// One host name, nothing below it.
    Host(Domain),
    /// A URL.
    Url(Url),
    /// An e-mail address.
    Email(EmailAddress),
    /// The subject of a mail.
    EmailSubject(String),
    /// The name of a mail's attachment.
    Attachment(String),
    /// A digest of a file.
    Hash(FileHash),
    /// An import hash of a PE file, 32 hex digits in lower case.
    Imphash(String),
    /// A file's name.
    FileName(String),
    /// A file's full path.
    FilePath(String),
    /// A registry key, optionally with a value's name.
    Registry {
        /// The key.
        key: RegistryKey,
        /// The value's name.
        value: Option<String>,
    },
    /// A mutex.
    Mutex(String),
    /// A named pipe, without `\\.\pipe\`.
    Pipe(String),
    /// A service.
    Service(String),
    /// A scheduled task.
    Task(String),
    /// A User-Agent header, whole.
    UserAgent(String),
    /// A JA3 fingerprint, 32 hex digits in lower case.
    Ja3(String),
    /// A JA3S fingerprint, 32 hex digits in lower case.
    Ja3s(String),
    /// A JA4 fingerprint, lower case.
    Ja4(String),
    /// SHA-1 of a certificate, 40 hex digits in lower case.
    CertSha1(String),
    /// SHA-256 of a certificate, 64 hex digits in lower case.
    CertSha256(String),
    /// Serial number of a certificate, hex in upper case without separators.
    CertSerial(String),
    /// An autonomous system number.
    Asn(u32),
    /// A part of a command line.
    CommandLine(String),
    /// The name of a running process.
    Process(String),
    /// A value of a type of which a part is not known: a user's folder, a random name.
    Glob {
        /// The type.
        kind: ObservableKind,
        /// What is known, with holes.
        pattern: Pattern,
    },
}

impl Observable {
    /// Reads a value of a type, refanging and canonicalising it.
    ///
    /// ```
    /// # use ir::{Observable, ObservableKind};
    /// let value = Observable::parse(ObservableKind::Ip, "198.51.100[.]23:443")?;
    /// assert_eq!(value.to_string(), "198.51.100.23:443");
    /// # Ok::<(), ir::NotAnObservable>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Says why the text is not a value of this type.
    pub fn parse(kind: ObservableKind, text: &str) -> Result<Self, NotAnObservable> {
        let text = text.trim();
        if text.is_empty() {
            return Err(not("the value is empty"));
        }
        if text.len() > MAX_VALUE {
            return Err(not(format!("the value has {} bytes, more than {MAX_VALUE}", text.len())));
        }
        let words = || text.to_owned();
        Ok(match kind {
            ObservableKind::Ip => Self::Ip(AddressPort::parse(text)?),
            ObservableKind::Domain => Self::Domain(Domain::parse(text)?),
            ObservableKind::Host => Self::Host(Domain::parse_host(text)?),
            ObservableKind::Url => Self::Url(Url::parse(text)?),
            ObservableKind::Email => Self::Email(EmailAddress::parse(text)?),
            ObservableKind::EmailSubject => Self::EmailSubject(words()),
            ObservableKind::Attachment => Self::Attachment(words()),
            ObservableKind::Hash => Self::Hash(FileHash::parse(text)?),
            ObservableKind::Md5 => Self::Hash(FileHash::parse_as(HashAlgorithm::Md5, text)?),
            ObservableKind::Sha1 => Self::Hash(FileHash::parse_as(HashAlgorithm::Sha1, text)?),
            ObservableKind::Sha256 => Self::Hash(FileHash::parse_as(HashAlgorithm::Sha256, text)?),
            ObservableKind::Sha512 => Self::Hash(FileHash::parse_as(HashAlgorithm::Sha512, text)?),
            ObservableKind::Imphash => Self::Imphash(hash::hex_digits(text, 32, "an import hash")?),
            ObservableKind::FileName => {
                if text.contains(['/', '\\']) {
                    return Err(not("a file name holds no `/` or `\\`; the type `path` does"));
                }
                Self::FileName(words())
            }
            ObservableKind::FilePath => Self::FilePath(words()),
            ObservableKind::Registry => {
                let (key, value) = registry::split(text);
                let key = RegistryKey::parse(key)?;
                match (value, key.as_value()) {
                    (None, Some((key, value))) => Self::Registry { key, value: Some(value.to_owned()) },
                    _ => Self::Registry { key, value: value.map(str::to_owned) },
                }
            }
            ObservableKind::Mutex => Self::Mutex(words()),
            ObservableKind::Pipe => {
                let name = pipe(text);
                if name.is_empty() {
                    return Err(not("the pipe has no name"));
                }
                Self::Pipe(name.to_owned())
            }
            ObservableKind::Service => Self::Service(words()),
            ObservableKind::Task => Self::Task(words()),
            ObservableKind::UserAgent => Self::UserAgent(words()),
            ObservableKind::Ja3 => Self::Ja3(hash::hex_digits(text, 32, "a JA3 fingerprint")?),
            ObservableKind::Ja3s => Self::Ja3s(hash::hex_digits(text, 32, "a JA3S fingerprint")?),
            ObservableKind::Ja4 => Self::Ja4(hash::ja4(text)?),
            ObservableKind::CertSha1 => Self::CertSha1(hash::hex_digits(text, 40, "SHA-1 of a certificate")?),
            ObservableKind::CertSha256 => Self::CertSha256(hash::hex_digits(text, 64, "SHA-256 of a certificate")?),
            ObservableKind::CertSerial => Self::CertSerial(hash::serial(text)?),
            ObservableKind::Asn => {
                let digits = text.trim_start_matches(['A', 'a', 'S', 's']);
                Self::Asn(digits.parse().map_err(|_| not("an autonomous system is written as `AS64496`"))?)
            }
            ObservableKind::CommandLine => Self::CommandLine(words()),
            ObservableKind::Process => {
                if text.contains(['/', '\\']) {
                    return Err(not("a process's name holds no `/` or `\\`; the type `path` does"));
                }
                Self::Process(words())
            }
        })
    }

    /// Reads a value with an unknown part, written as [`Pattern::glob`] has it. Without a hole it is the value itself.
    ///
    /// # Errors
    ///
    /// Says why the text is no value of this type, or that what is known would also match what everybody has.
    pub fn glob(kind: ObservableKind, text: &str) -> Result<Self, NotAnObservable> {
        let text = text.trim();
        if text.len() > MAX_VALUE {
            return Err(not(format!("the value has {} bytes, more than {MAX_VALUE}", text.len())));
        }
        Self::open(kind, Pattern::glob(text))
    }

    /// A value with unknown parts, made canonical. Without a hole it is the value itself.
    ///
    /// # Errors
    ///
    /// As [`Self::glob`].
    pub fn open(kind: ObservableKind, pattern: Pattern) -> Result<Self, NotAnObservable> {
        if let Some(text) = pattern.as_exact() {
            return Self::parse(kind, text);
        }
        if !open::can_be_open(kind) {
            return Err(not(format!("a value of the type `{}` is known as a whole or not at all", kind.name())));
        }
        let pattern = open::canonical(kind, pattern);
        open::check(kind, &pattern)?;
        Ok(Self::Glob { kind, pattern })
    }

    /// The value's type; a file digest has the type of its algorithm.
    #[must_use]
    pub fn kind(&self) -> ObservableKind {
        match self {
            Self::Ip(_) => ObservableKind::Ip,
            Self::Domain(_) => ObservableKind::Domain,
            Self::Host(_) => ObservableKind::Host,
            Self::Url(_) => ObservableKind::Url,
            Self::Email(_) => ObservableKind::Email,
            Self::EmailSubject(_) => ObservableKind::EmailSubject,
            Self::Attachment(_) => ObservableKind::Attachment,
            Self::Hash(hash) => match hash.algorithm() {
                HashAlgorithm::Md5 => ObservableKind::Md5,
                HashAlgorithm::Sha1 => ObservableKind::Sha1,
                HashAlgorithm::Sha256 => ObservableKind::Sha256,
                HashAlgorithm::Sha512 => ObservableKind::Sha512,
            },
            Self::Imphash(_) => ObservableKind::Imphash,
            Self::FileName(_) => ObservableKind::FileName,
            Self::FilePath(_) => ObservableKind::FilePath,
            Self::Registry { .. } => ObservableKind::Registry,
            Self::Mutex(_) => ObservableKind::Mutex,
            Self::Pipe(_) => ObservableKind::Pipe,
            Self::Service(_) => ObservableKind::Service,
            Self::Task(_) => ObservableKind::Task,
            Self::UserAgent(_) => ObservableKind::UserAgent,
            Self::Ja3(_) => ObservableKind::Ja3,
            Self::Ja3s(_) => ObservableKind::Ja3s,
            Self::Ja4(_) => ObservableKind::Ja4,
            Self::CertSha1(_) => ObservableKind::CertSha1,
            Self::CertSha256(_) => ObservableKind::CertSha256,
            Self::CertSerial(_) => ObservableKind::CertSerial,
            Self::Asn(_) => ObservableKind::Asn,
            Self::CommandLine(_) => ObservableKind::CommandLine,
            Self::Process(_) => ObservableKind::Process,
            Self::Glob { kind, .. } => *kind,
        }
    }

    /// The network, for addresses.
    #[must_use]
    pub fn network(&self) -> Option<IpNet> {
        match self {
            Self::Ip(address) => Some(address.net),
            _ => None,
        }
    }
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Domain(domain) | Self::Host(domain) => f.write_str(domain.as_str()),
            Self::Url(url) => url.fmt(f),
            Self::Email(address) => f.write_str(address.as_str()),
            Self::Hash(hash) => f.write_str(hash.hex()),
            Self::Registry { key, value: None } => f.write_str(key.as_str()),
            Self::Registry { key, value: Some(value) } => write!(f, "{}:{value}", key.as_str()),
            Self::Asn(number) => write!(f, "AS{number}"),
            Self::EmailSubject(text)
            | Self::Attachment(text)
            | Self::Imphash(text)
            | Self::FileName(text)
            | Self::FilePath(text)
            | Self::Mutex(text)
            | Self::Pipe(text)
            | Self::Service(text)
            | Self::Task(text)
            | Self::UserAgent(text)
            | Self::Ja3(text)
            | Self::Ja3s(text)
            | Self::Ja4(text)
            | Self::CertSha1(text)
            | Self::CertSha256(text)
            | Self::CertSerial(text)
            | Self::CommandLine(text)
            | Self::Process(text) => f.write_str(text),
            Self::Glob { pattern, .. } => f.write_str(&pattern.to_glob()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(kind: ObservableKind, text: &str) -> String {
        Observable::parse(kind, text).map_or_else(|why| format!("error: {why}"), |value| value.to_string())
    }

    #[test]
    fn values_are_canonical() {
        let cases = [
            (ObservableKind::Ip, "203.0.113[.]9", "203.0.113.9"),
            (ObservableKind::Ip, "203.0.113.77/28", "203.0.113.64/28"),
            (ObservableKind::Ip, "2001:DB8::0:1", "2001:db8::1"),
            (ObservableKind::Ip, "[2001:db8::1]:443", "[2001:db8::1]:443"),
            (ObservableKind::Ip, "203.0.113.9|4443", "203.0.113.9:4443"),
            (ObservableKind::Domain, "Bücher[.]EXAMPLE.", "xn--bcher-kva.example"),
            (ObservableKind::Url, "hxxp://Evil[.]example:80/A?b#c", "http://evil.example/A?b"),
            (ObservableKind::Url, "evil.example/gate", "http://evil.example/gate"),
            (ObservableKind::Email, "Evil[@]Mail[.]Example", "evil@mail.example"),
            (ObservableKind::Hash, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
            (ObservableKind::Registry, r"HKEY_LOCAL_MACHINE\Software\X:Run", r"HKLM\Software\X:Run"),
            (ObservableKind::Pipe, r"\\.\pipe\evil", "evil"),
            (ObservableKind::CertSerial, "0x2b:a2:f5", "2BA2F5"),
            (ObservableKind::Asn, "AS64496", "AS64496"),
        ];
        for (kind, raw, want) in cases {
            assert_eq!(canonical(kind, raw), want, "{raw}");
            assert_eq!(canonical(kind, want), want, "{want} is canonical already");
        }
    }
}
