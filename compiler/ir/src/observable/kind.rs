//! Which types of observables are there?

use serde::Serialize;

/// The type of an [`Observable`], as the language and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObservableKind {
    /// See [`super::Observable::Ip`].
    Ip,
    /// See [`super::Observable::Domain`].
    Domain,
    /// See [`super::Observable::Host`].
    Host,
    /// See [`super::Observable::Url`].
    Url,
    /// See [`super::Observable::Email`].
    Email,
    /// See [`super::Observable::EmailSubject`].
    EmailSubject,
    /// See [`super::Observable::Attachment`].
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
    /// See [`super::Observable::Imphash`].
    Imphash,
    /// See [`super::Observable::FileName`].
    FileName,
    /// See [`super::Observable::FilePath`].
    FilePath,
    /// See [`super::Observable::Registry`].
    Registry,
    /// See [`super::Observable::Mutex`].
    Mutex,
    /// See [`super::Observable::Pipe`].
    Pipe,
    /// See [`super::Observable::Service`].
    Service,
    /// See [`super::Observable::Task`].
    Task,
    /// See [`super::Observable::UserAgent`].
    UserAgent,
    /// See [`super::Observable::Ja3`].
    Ja3,
    /// See [`super::Observable::Ja3s`].
    Ja3s,
    /// See [`super::Observable::Ja4`].
    Ja4,
    /// See [`super::Observable::CertSha1`].
    CertSha1,
    /// See [`super::Observable::CertSha256`].
    CertSha256,
    /// See [`super::Observable::CertSerial`].
    CertSerial,
    /// See [`super::Observable::Asn`].
    Asn,
    /// See [`super::Observable::CommandLine`].
    CommandLine,
    /// See [`super::Observable::Process`].
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
