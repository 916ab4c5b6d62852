//! Observables: typed values that can be looked for. One file for each family; constructors make values canonical.

mod address;
mod domain;
mod email;
mod hash;
mod open;
mod registry;
mod registry_places;
mod url;

use std::fmt;

use ipnet::IpNet;
use serde::Serialize;

use crate::Pattern;

pub use address::{AddressPort, parse_address};
pub use domain::Domain;
pub use email::EmailAddress;
pub use hash::{FileHash, HashAlgorithm};
pub use open::is_everyday_part;
pub use registry::{RegistryKey, is_windows_service};
pub use url::{Url, UrlHost};

/// Why a text is not a value of the wanted type; one line, no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnObservable(pub String);

impl fmt::Display for NotAnObservable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAnObservable {}

pub(crate) fn not(what: impl Into<String>) -> NotAnObservable {
    NotAnObservable(what.into())
}

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

/// The type of an [`Observable`], as the language and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObservableKind {
    /// See [`Observable::Ip`].
    Ip,
    /// See [`Observable::Domain`].
    Domain,
    /// See [`Observable::Host`].
    Host,
    /// See [`Observable::Url`].
    Url,
    /// See [`Observable::Email`].
    Email,
    /// See [`Observable::EmailSubject`].
    EmailSubject,
    /// See [`Observable::Attachment`].
    Attachment,
    /// Any file digest; the length tells which.
    Hash,
    /// MD5 alone.
    Md5,
    /// SHA-1 alone.
    Sha1,
    /// SHA-256 alone.
    Sha256,
    /// SHA-512 alone.
    Sha512,
    /// See [`Observable::Imphash`].
    Imphash,
    /// See [`Observable::FileName`].
    FileName,
    /// See [`Observable::FilePath`].
    FilePath,
    /// See [`Observable::Registry`].
    Registry,
    /// See [`Observable::Mutex`].
    Mutex,
    /// See [`Observable::Pipe`].
    Pipe,
    /// See [`Observable::Service`].
    Service,
    /// See [`Observable::Task`].
    Task,
    /// See [`Observable::UserAgent`].
    UserAgent,
    /// See [`Observable::Ja3`].
    Ja3,
    /// See [`Observable::Ja3s`].
    Ja3s,
    /// See [`Observable::Ja4`].
    Ja4,
    /// See [`Observable::CertSha1`].
    CertSha1,
    /// See [`Observable::CertSha256`].
    CertSha256,
    /// See [`Observable::CertSerial`].
    CertSerial,
    /// See [`Observable::Asn`].
    Asn,
    /// See [`Observable::CommandLine`].
    CommandLine,
    /// See [`Observable::Process`].
    Process,
}

impl ObservableKind {
    /// Every type with its name in the language and what it is.
    pub const ALL: [(Self, &'static str, &'static str); 30] = [
        (Self::Ip, "ip", "an IPv4 or IPv6 address or network, optionally with a port"),
        (Self::Domain, "domain", "a domain and everything below it"),
        (Self::Host, "host", "one host name, nothing below it"),
        (Self::Url, "url", "a URL"),
        (Self::Email, "email", "an e-mail address"),
        (Self::EmailSubject, "email-subject", "the subject of a mail"),
        (Self::Attachment, "attachment", "the name of a mail's attachment"),
        (Self::Hash, "hash", "a file digest of any kind; its length tells which"),
        (Self::Md5, "md5", "MD5 of a file"),
        (Self::Sha1, "sha1", "SHA-1 of a file"),
        (Self::Sha256, "sha256", "SHA-256 of a file"),
        (Self::Sha512, "sha512", "SHA-512 of a file"),
        (Self::Imphash, "imphash", "import hash of a PE file"),
        (Self::FileName, "filename", "a file's name"),
        (Self::FilePath, "path", "a file's full path"),
        (Self::Registry, "registry", "a registry key, with a value's name behind a colon"),
        (Self::Mutex, "mutex", "a mutex"),
        (Self::Pipe, "pipe", "a named pipe"),
        (Self::Service, "service", "a service"),
        (Self::Task, "task", "a scheduled task"),
        (Self::UserAgent, "useragent", "a whole User-Agent header"),
        (Self::Ja3, "ja3", "a JA3 fingerprint of a TLS client"),
        (Self::Ja3s, "ja3s", "a JA3S fingerprint of a TLS server"),
        (Self::Ja4, "ja4", "a JA4 fingerprint of a TLS client"),
        (Self::CertSha1, "cert-sha1", "SHA-1 of a certificate"),
        (Self::CertSha256, "cert-sha256", "SHA-256 of a certificate"),
        (Self::CertSerial, "cert-serial", "serial number of a certificate"),
        (Self::Asn, "asn", "an autonomous system number"),
        (Self::CommandLine, "command-line", "a part of a command line"),
        (Self::Process, "process", "the name of a running process"),
    ];

    /// The type's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// The type with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name, _)| *name == text).map(|(kind, ..)| *kind)
    }
}

impl Serialize for ObservableKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
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

/// A pipe's name without the folder that programs (`\\.\pipe\`), the kernel (`\Device\NamedPipe\`) and Sysmon (`\`) write before it.
#[must_use]
pub fn pipe(text: &str) -> &str {
    ["\\\\.\\pipe\\", "\\\\?\\pipe\\", "\\\\*\\pipe\\", "pipe\\", "\\??\\pipe\\", "\\pipe\\", "\\Device\\NamedPipe\\"]
        .iter()
        .find_map(|prefix| text.split_at_checked(prefix.len()).filter(|(head, _)| head.eq_ignore_ascii_case(prefix)).map(|(_, name)| name))
        .unwrap_or(text)
        .trim_start_matches('\\')
}

/// Undoes the spellings that keep a value from being clicked: `[.]`, `(.)`, `{.}`, `[dot]`, `(dot)`, `[d]`, `[:]`,
/// `[://]`, `[at]`, `[@]`, `hxxp`, full-width and ideographic dots, zero-width characters.
///
/// Only for a text that is already known to be one value; prose needs more care.
///
/// ```
/// assert_eq!(ir::observable::refang("hxxps[://]evil[.]example/a[.]b"), "https://evil.example/a.b");
/// ```
#[must_use]
pub fn refang(text: &str) -> std::borrow::Cow<'_, str> {
    const SPELLINGS: &[(&str, &str)] = &[
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[.", "."),
        (".]", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("{dot}", "."),
        // German, French, Spanish and Italian, Portuguese, Dutch and Polish.
        ("[punkt]", "."),
        ("(punkt)", "."),
        ("[point]", "."),
        ("(point)", "."),
        ("[punto]", "."),
        ("(punto)", "."),
        ("[ponto]", "."),
        ("(ponto)", "."),
        ("[punt]", "."),
        ("[kropka]", "."),
        ("[точка]", "."),
        ("[点]", "."),
        ("[ドット]", "."),
        ("[arobase]", "@"),
        ("[arroba]", "@"),
        ("[chiocciola]", "@"),
        ("[d]", "."),
        ("[://]", "://"),
        ("[:]", ":"),
        ("(:)", ":"),
        ("[/]", "/"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("(@)", "@"),
        ("\\.", "."),
        ("[//]", "//"),
    ];
    let suspicious = text.contains(['[', '(', '{', '\\'])
        || !text.is_ascii()
        || text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("hxx"))
        || text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("fxp"));
    if !suspicious {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // An IPv6 host in a URL keeps its brackets: `[2001:db8::1]`.
    'next: while let Some(char) = rest.chars().next() {
        for (spelling, meaning) in SPELLINGS {
            if rest.get(..spelling.len()).is_some_and(|head| head.eq_ignore_ascii_case(spelling)) {
                out.push_str(meaning);
                rest = &rest[spelling.len()..];
                continue 'next;
            }
        }
        match char {
            '\u{ff0e}' | '\u{3002}' | '\u{ff61}' => out.push('.'),
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            other => out.push(other),
        }
        rest = &rest[char.len_utf8()..];
    }
    for (spelling, meaning) in [("hxxps", "https"), ("hxxp", "http"), ("hxtps", "https"), ("fxp", "ftp")] {
        if out.get(..spelling.len()).is_some_and(|head| head.eq_ignore_ascii_case(spelling)) {
            out.replace_range(..spelling.len(), meaning);
            break;
        }
    }
    out.into()
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
