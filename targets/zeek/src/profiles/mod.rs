//! Which type does a field's value have in the framework?

use backend::{Absence, Capabilities, Form, Name, Profile};
use ir::EventClass::{AuthLogon, DnsQuery, EmailMessage, FileContent, HttpRequest, NetworkFlow, TlsHandshake};
use ir::{Field, field};

/// The only profile. It is built when it is asked for: a site without Zeek has no use for it, and what is built without `-t` stays as it was.
pub(crate) const ZEEK: Profile = Profile { id: "zeek", title: "Zeek Intelligence Framework", default: false };

const ADDR: Name = Name::Is("Intel::ADDR");
const DOMAIN: Name = Name::Is("Intel::DOMAIN");
const EMAIL: Name = Name::Is("Intel::EMAIL");
const FILE_HASH: Name = Name::Is("Intel::FILE_HASH");
const FILE_NAME: Name = Name::Is("Intel::FILE_NAME");
const URL: Name = Name::Is("Intel::URL");

const ONE_VALUE: Name = Name::Absent { why: "a line holds one value and nothing beside it" };
const NO_FINGERPRINT: Name = Name::Absent { why: "the scripts that Zeek comes with know no JA3 and no JA4" };
const WHOLE_ADDRESSES: Name = Name::Absent { why: "addresses of mail are compared whole" };

/// What the framework has no type for.
const ABSENT: &[Absence] = &[
    (&[NetworkFlow, DnsQuery, HttpRequest, TlsHandshake], field::PROCESS, "a packet does not say which program sent it"),
    (&[NetworkFlow, DnsQuery, HttpRequest, TlsHandshake], field::ACTOR, "a packet does not say for which account it was sent"),
    (&[NetworkFlow, DnsQuery, HttpRequest, TlsHandshake], field::HOST, "a packet has addresses, not the names of machines"),
    (&[DnsQuery, HttpRequest, TlsHandshake], field::ENDPOINTS, "an address is an indicator of any connection, not of one protocol"),
    (&[NetworkFlow], &[Field::Transport, Field::BytesOut, Field::BytesIn], "the framework compares addresses of connections alone"),
    (&[DnsQuery], &[Field::DnsType, Field::DnsRcode], "the framework compares names of queries alone"),
    (
        &[HttpRequest],
        &[Field::HttpMethod, Field::HttpReferrer, Field::HttpStatus, Field::HttpBody, Field::HttpContentType],
        "the framework compares URLs, hosts and user agents of requests alone",
    ),
    (
        &[TlsHandshake],
        &[Field::TlsCertSubject, Field::TlsCertIssuer, Field::TlsVersion, Field::TlsAlpn, Field::TlsCertSan],
        "the framework compares server names and digests of certificates alone",
    ),
    (&[FileContent], &[Field::FilePath, Field::FileDirectory, Field::FileExtension], "a file in transit has a name, not a path"),
    (&[EmailMessage], &[Field::EmailSourceIp], "an address is an indicator of any connection, not of one protocol"),
    (&[FileContent], &[Field::FileType], "the framework has no type for kinds of files"),
];

/// What the framework can say. Holes in text are let through, because `lower` leaves out the value that has one.
pub(crate) static CAPABILITIES: Capabilities = Capabilities {
    events: &[
        (NetworkFlow, Name::Is("Conn")),
        (DnsQuery, Name::Is("DNS")),
        (HttpRequest, Name::Is("HTTP")),
        (TlsHandshake, Name::Is("SSL")),
        (EmailMessage, Name::Is("SMTP")),
        (FileContent, Name::Is("Files")),
        (AuthLogon, Name::Absent { why: "no script compares addresses of logons" }),
    ],
    fields: &[
        (NetworkFlow, Field::DestinationIp, ADDR),
        (NetworkFlow, Field::SourceIp, ADDR),
        (NetworkFlow, Field::DestinationPort, ONE_VALUE),
        (NetworkFlow, Field::SourcePort, ONE_VALUE),
        (NetworkFlow, Field::DestinationDomain, Name::Absent { why: "a connection has addresses; names are seen in DNS, HTTP and TLS" }),
        (NetworkFlow, Field::DestinationAs, Name::Absent { why: "it has no type for autonomous systems" }),
        (NetworkFlow, Field::SourceAs, Name::Absent { why: "it has no type for autonomous systems" }),
        (DnsQuery, Field::DnsName, DOMAIN),
        (DnsQuery, Field::DnsAnswer, Name::Absent { why: "`seen/dns.zeek` looks at requests alone" }),
        (HttpRequest, Field::UrlFull, URL),
        (HttpRequest, Field::UrlHost, DOMAIN),
        (HttpRequest, Field::UserAgent, Name::Is("Intel::SOFTWARE")),
        (TlsHandshake, Field::TlsSni, DOMAIN),
        (TlsHandshake, Field::TlsCertSha1, Name::Is("Intel::CERT_HASH")),
        // A certificate is a file whose digests are compared as those of any other.
        (TlsHandshake, Field::TlsCertSha256, FILE_HASH),
        (TlsHandshake, Field::TlsCertSerial, Name::Absent { why: "certificates are compared by their digests and names" }),
        (TlsHandshake, Field::TlsJa3, NO_FINGERPRINT),
        (TlsHandshake, Field::TlsJa3s, NO_FINGERPRINT),
        (TlsHandshake, Field::TlsJa4, NO_FINGERPRINT),
        (EmailMessage, Field::EmailFrom, EMAIL),
        (EmailMessage, Field::EmailTo, EMAIL),
        (EmailMessage, Field::EmailFromDomain, WHOLE_ADDRESSES),
        (EmailMessage, Field::EmailSubject, Name::Absent { why: "it has no type for subjects" }),
        (EmailMessage, Field::EmailUrl, URL),
        (EmailMessage, Field::EmailUrlHost, Name::Absent { why: "links in mail are compared whole" }),
        (EmailMessage, Field::EmailAttachmentName, FILE_NAME),
        (EmailMessage, Field::EmailAttachmentMd5, FILE_HASH),
        (EmailMessage, Field::EmailAttachmentSha1, FILE_HASH),
        (EmailMessage, Field::EmailAttachmentSha256, FILE_HASH),
        (FileContent, Field::FileName, FILE_NAME),
        (FileContent, Field::FileMd5, FILE_HASH),
        (FileContent, Field::FileSha1, FILE_HASH),
        (FileContent, Field::FileSha256, FILE_HASH),
        (FileContent, Field::FileSha512, Name::Absent { why: "Zeek computes no SHA-512" }),
        (FileContent, Field::FileImphash, Name::Absent { why: "Zeek computes no import hash" }),
        (FileContent, Field::FileSize, ONE_VALUE),
    ],
    absent: ABSENT,
    otherwise: "the framework compares single values that are seen on the network",
    regex: false,
    negation: false,
    exists: false,
    field_to_field: false,
    under: Form::Native,
    url: Form::Native,
    open_source: None,
    open_field: backend::no_field,
    tells_empty: false,
    time_parts: false,
    bytes: false,
};
