//! The catalogue of fields: what events carry, in the words of ECS and OCSF.

use std::fmt;

/// What kind of value a field holds; decides which operators and literals fit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A file path or a registry key; `under` respects its separators.
    Path,
    /// A path on a web server; `under` respects its slashes.
    UrlPath,
    /// A host name; `under` respects its labels. May also hold an address where a URL does.
    Domain,
    /// A URL.
    Url,
    /// An IPv4 or IPv6 address.
    Address,
    /// A whole number.
    Number,
    /// A digest in hex; compared without case.
    Hash,
    /// True or false.
    Flag,
}

impl FieldKind {
    /// The kind in a word or two, for tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Path => "path",
            Self::UrlPath => "URL path",
            Self::Domain => "host name",
            Self::Url => "URL",
            Self::Address => "address",
            Self::Number => "number",
            Self::Hash => "digest",
            Self::Flag => "true/false",
        }
    }
}

macro_rules! fields {
    ($($group:ident: [$($variant:ident $name:literal $kind:ident $doc:literal,)*])*) => {
        /// A field that the catalogue knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[doc = $doc] $variant,)*)*
        }

        impl Field {
            /// Every field, in catalogue order.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The field's name in the language.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $($(Self::$variant => $name,)*)*
                }
            }

            /// What kind of value it holds.
            #[must_use]
            pub fn kind(self) -> FieldKind {
                match self {
                    $($(Self::$variant => FieldKind::$kind,)*)*
                }
            }

            /// What it means, in one line.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $($(Self::$variant => $doc,)*)*
                }
            }
        }

        $(
            /// The fields of a group.
            pub const $group: &[Field] = &[$(Field::$variant,)*];
        )*
    };
}

fields! {
    PROCESS: [
        ProcessPath "process.path" Path "full path of the program",
        ProcessName "process.name" Text "file name of the program, the last part of `process.path`",
        ProcessCommandLine "process.command_line" Text "the command line as started",
        ProcessPid "process.pid" Number "process id",
    ]
    PROCESS_IMAGE: [
        ProcessDirectory "process.working_directory" Path "the current directory at the start",
        ProcessOriginalName "process.original_name" Text "OriginalFileName in the program's version resource",
        ProcessCompany "process.company" Text "CompanyName in the version resource",
        ProcessProduct "process.product" Text "ProductName in the version resource",
        ProcessDescription "process.description" Text "FileDescription in the version resource",
        ProcessIntegrity "process.integrity" Text "Windows integrity level: low, medium, high, system",
        ProcessMd5 "process.hash.md5" Hash "MD5 of the program",
        ProcessSha1 "process.hash.sha1" Hash "SHA-1 of the program",
        ProcessSha256 "process.hash.sha256" Hash "SHA-256 of the program",
        ProcessImphash "process.hash.imphash" Hash "import hash of the program",
    ]
    PARENT: [
        ParentPath "process.parent.path" Path "full path of the parent's program",
        ParentName "process.parent.name" Text "file name of the parent's program",
        ParentCommandLine "process.parent.command_line" Text "the parent's command line",
        ParentPid "process.parent.pid" Number "the parent's process id",
    ]
    TARGET_PROCESS: [
        TargetProcessPath "target.process.path" Path "full path of the opened process's program",
        TargetProcessName "target.process.name" Text "file name of the opened process's program",
    ]
    ACCESS: [
        AccessMask "process.access.mask" Text "rights granted, as the log spells them (`0x1010`)",
        CallTrace "process.access.call_trace" Text "stack of the call",
    ]
    THREAD: [
        ThreadModule "thread.start_module" Path "full path of the library that the thread starts in",
        ThreadFunction "thread.start_function" Text "function that the thread starts with",
        ThreadAddress "thread.start_address" Text "address that the thread starts at, as the log spells it (`0x7FF0`)",
    ]
    ACTOR: [
        UserName "user.name" Text "account name without domain",
        UserDomain "user.domain" Text "domain or machine of the account",
        UserAccount "user.account" Text "account with its domain, as Windows writes it: `DOMAIN\\name`",
    ]
    HOST: [
        HostName "host.name" Text "name of the machine that logged the event",
    ]
    FILE: [
        FilePath "file.path" Path "full path of the file",
        FileName "file.name" Text "last part of `file.path`",
        FileDirectory "file.directory" Path "`file.path` without its last part and without a separator at the end",
        FileExtension "file.extension" Text "what follows the last dot of `file.name`, without the dot",
        FileSize "file.size" Number "size in bytes",
    ]
    FILE_BEFORE: [
        FileSource "file.source" Path "full path of the file before it got its name",
    ]
    FILE_HASH: [
        FileMd5 "file.hash.md5" Hash "MD5 of the content",
        FileSha1 "file.hash.sha1" Hash "SHA-1 of the content",
        FileSha256 "file.hash.sha256" Hash "SHA-256 of the content",
        FileSha512 "file.hash.sha512" Hash "SHA-512 of the content",
    ]
    FILE_CONTENT: [
        FileImphash "file.hash.imphash" Hash "import hash of a PE file",
        FileType "file.type" Text "kind of file by its first bytes: pe, elf, macho, zip, ole, pdf, script, text",
    ]
    REGISTRY: [
        RegistryKey "registry.key" Path "key with a short hive name (`HKLM\\Software\\X`), without the value's name",
        RegistryPath "registry.path" Path "key and, where there is one, the value's name, as Sysmon writes them: `HKLM\\Software\\X\\Value`, `HKU\\S-1-5-21-...`",
        RegistryValueName "registry.value_name" Text "name of the value",
        RegistryData "registry.data" Text "what is stored in the value, as Sysmon writes it: text, or `DWORD (0x00000001)`",
        RegistryType "registry.type" Text "type of the value: REG_SZ, REG_DWORD, ...",
    ]
    IMAGE: [
        ImagePath "image.path" Path "full path of the library or driver",
        ImageName "image.name" Text "last part of `image.path`",
        ImageMd5 "image.hash.md5" Hash "MD5 of the library or driver",
        ImageSha1 "image.hash.sha1" Hash "SHA-1 of the library or driver",
        ImageSha256 "image.hash.sha256" Hash "SHA-256 of the library or driver",
        ImageImphash "image.hash.imphash" Hash "import hash of the library or driver",
        ImageSigned "image.signed" Flag "whether it carries a signature",
        ImageSigner "image.signer" Text "who signed it",
    ]
    PIPE: [
        PipeName "pipe.name" Text "name of the pipe, without the leading `\\\\.\\pipe` and without a backslash before it",
    ]
    SERVICE: [
        ServiceName "service.name" Text "name of the service",
        ServicePath "service.path" Text "the command that the service runs",
        ServiceStart "service.start_type" Text "when it starts: auto start, demand start, ...",
        ServiceAccount "service.account" Text "the account it runs as",
    ]
    TASK: [
        TaskName "task.name" Text "path of the task in the task library",
        TaskCommand "task.command" Text "what the task runs",
        TaskContent "task.content" Text "the task's definition in XML",
    ]
    SCRIPT: [
        ScriptText "script.text" Text "the script",
        ScriptPath "script.path" Path "the file the script came from",
    ]
    ENDPOINTS: [
        SourceIp "source.ip" Address "address that opened the connection",
        SourcePort "source.port" Number "port it came from",
        DestinationIp "destination.ip" Address "address connected to",
        DestinationPort "destination.port" Number "port connected to",
    ]
    FLOW: [
        DestinationDomain "destination.domain" Domain "name of the destination, when the sensor knows it",
        Transport "network.transport" Text "tcp, udp, icmp",
        SourceAs "source.as" Number "autonomous system number of the source",
        DestinationAs "destination.as" Number "autonomous system number of the destination",
        BytesOut "network.bytes_out" Number "bytes sent by the side that opened the connection",
        BytesIn "network.bytes_in" Number "bytes sent back",
    ]
    DNS: [
        DnsName "dns.name" Domain "the name asked for",
        DnsType "dns.type" Text "type of record asked for: A, AAAA, TXT, ...",
        DnsAnswer "dns.answer" Text "any answer given",
        DnsRcode "dns.rcode" Text "NOERROR, NXDOMAIN, ...",
    ]
    HTTP: [
        HttpMethod "http.method" Text "GET, POST, ...",
        UrlFull "url.full" Url "the whole URL",
        UrlHost "url.host" Domain "host name or address asked for, without port",
        UrlPort "url.port" Number "port in the URL",
        UrlPath "url.path" UrlPath "path, from its first slash, without query",
        UrlQuery "url.query" Text "query, without the question mark",
        UserAgent "http.user_agent" Text "User-Agent header",
        HttpReferrer "http.referrer" Text "Referer header",
        HttpStatus "http.status" Number "status code of the answer",
        HttpBody "http.request.body" Text "body of the request",
        HttpContentType "http.response.content_type" Text "Content-Type of the answer",
    ]
    TLS: [
        TlsSni "tls.sni" Domain "server name asked for",
        TlsJa3 "tls.ja3" Hash "JA3 fingerprint of the client",
        TlsJa3s "tls.ja3s" Hash "JA3S fingerprint of the server",
        TlsJa4 "tls.ja4" Text "JA4 fingerprint of the client",
        TlsCertSha1 "tls.certificate.sha1" Hash "SHA-1 of the server's certificate",
        TlsCertSha256 "tls.certificate.sha256" Hash "SHA-256 of the server's certificate",
        TlsCertSerial "tls.certificate.serial" Text "serial number in upper-case hex without separators",
        TlsCertSubject "tls.certificate.subject" Text "subject of the server's certificate",
        TlsCertIssuer "tls.certificate.issuer" Text "issuer of the server's certificate",
        TlsVersion "tls.version" Text "TLS 1.2, TLS 1.3, ...",
        TlsAlpn "tls.alpn" Text "any application protocol offered: h2, http/1.1, ...",
        TlsCertSan "tls.certificate.san" Domain "any further name of the server's certificate (SubjectAltName)",
    ]
    EMAIL: [
        EmailFrom "email.from" Text "address of the sender, envelope or header",
        EmailFromDomain "email.from.domain" Domain "domain of the sender's address",
        EmailTo "email.to" Text "address of any recipient",
        EmailSubject "email.subject" Text "subject line",
        EmailAttachmentName "email.attachment.name" Text "file name of any attachment",
        EmailAttachmentMd5 "email.attachment.hash.md5" Hash "MD5 of any attachment",
        EmailAttachmentSha1 "email.attachment.hash.sha1" Hash "SHA-1 of any attachment",
        EmailAttachmentSha256 "email.attachment.hash.sha256" Hash "SHA-256 of any attachment",
        EmailUrl "email.url" Url "any link in the body",
        EmailUrlHost "email.url.host" Domain "host of any link in the body",
        EmailSourceIp "email.source_ip" Address "address that delivered the mail",
    ]
    LOGON: [
        Outcome "outcome" Text "success or failure",
        LogonType "logon.type" Number "Windows logon type: 2 interactive, 3 network, 10 remote interactive",
        LogonProcess "logon.process" Text "process or application that asked for the logon",
    ]
    CLOUD: [
        CloudProvider "cloud.provider" Text "aws, azure, gcp, m365, okta, github",
        CloudService "cloud.service" Text "service called, such as `iam.amazonaws.com`",
        CloudOperation "cloud.operation" Text "operation called, such as `CreateUser`",
        CloudOutcome "cloud.outcome" Text "success or failure",
        CloudUserAgent "cloud.user_agent" Text "the caller's client",
    ]
}

impl Field {
    /// The field with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == text)
    }

    /// The only words the field can hold, lower case, when they are few and fixed.
    #[must_use]
    pub fn words(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Outcome | Self::CloudOutcome => Some(&["success", "failure"]),
            Self::Transport => Some(&["tcp", "udp", "icmp", "icmpv6", "sctp"]),
            Self::ProcessIntegrity => Some(&["untrusted", "low", "medium", "high", "system"]),
            Self::FileType => Some(&["pe", "elf", "macho", "zip", "ole", "pdf", "script", "text"]),
            _ => None,
        }
    }

    /// Whether an event may hold several values of the field: recipients, attachments, answers, names of a certificate, and keys of a user's hive, which stand under
    /// two names. Tests that contradict each other can then both hold.
    #[must_use]
    pub fn holds_many(self) -> bool {
        matches!(
            self,
            Self::DnsAnswer
                | Self::EmailTo
                | Self::EmailAttachmentName
                | Self::EmailAttachmentMd5
                | Self::EmailAttachmentSha1
                | Self::EmailAttachmentSha256
                | Self::EmailUrl
                | Self::EmailUrlHost
                | Self::TlsAlpn
                | Self::TlsCertSan
                | Self::RegistryKey
                | Self::RegistryPath
        )
    }

    /// Characters that no value of the field holds, because what they separate stands in another field; and that field.
    #[must_use]
    pub fn never_holds(self) -> Option<(&'static [char], Self)> {
        const SEPARATORS: &[char] = &['\\', '/'];
        Some(match self {
            Self::ProcessName => (SEPARATORS, Self::ProcessPath),
            Self::ParentName => (SEPARATORS, Self::ParentPath),
            Self::TargetProcessName => (SEPARATORS, Self::TargetProcessPath),
            Self::ImageName => (SEPARATORS, Self::ImagePath),
            Self::FileName => (SEPARATORS, Self::FilePath),
            Self::FileExtension => (&['.', '\\', '/'], Self::FileName),
            Self::UserName | Self::UserDomain => (&['\\'], Self::UserAccount),
            Self::UrlPath => (&['?', '#'], Self::UrlQuery),
            Self::UrlHost => (&['/', '?', '#', '@'], Self::UrlFull),
            Self::EmailFromDomain => (&['@'], Self::EmailFrom),
            Self::EmailUrlHost => (&['/', '?', '#', '@'], Self::EmailUrl),
            _ => return None,
        })
    }

    /// The field this one is a part of, when a log that lacks this one usually has the other: `file.name` is the last
    /// part of `file.path`. See [`Derivation`].
    #[must_use]
    pub fn derived_from(self) -> Option<(Self, Derivation)> {
        Some(match self {
            Self::ProcessName => (Self::ProcessPath, Derivation::LastPart),
            Self::ParentName => (Self::ParentPath, Derivation::LastPart),
            Self::TargetProcessName => (Self::TargetProcessPath, Derivation::LastPart),
            Self::ImageName => (Self::ImagePath, Derivation::LastPart),
            Self::FileName => (Self::FilePath, Derivation::LastPart),
            Self::FileDirectory => (Self::FilePath, Derivation::Directory),
            Self::FileExtension => (Self::FilePath, Derivation::Extension),
            Self::EmailFromDomain => (Self::EmailFrom, Derivation::MailDomain),
            Self::UrlHost => (Self::UrlFull, Derivation::UrlHost),
            Self::UrlPort => (Self::UrlFull, Derivation::UrlPort),
            Self::UrlPath => (Self::UrlFull, Derivation::UrlPath),
            Self::UrlQuery => (Self::UrlFull, Derivation::UrlQuery),
            Self::EmailUrlHost => (Self::EmailUrl, Derivation::UrlHost),
            _ => return None,
        })
    }
}

/// How a field follows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// What follows the last `\` or `/`.
    LastPart,
    /// What stands before the last `\` or `/`.
    Directory,
    /// What follows the last dot of the last part.
    Extension,
    /// What follows the `@`.
    MailDomain,
    /// The host of a URL.
    UrlHost,
    /// The port of a URL.
    UrlPort,
    /// The path of a URL.
    UrlPath,
    /// The query of a URL.
    UrlQuery,
}

/// A field of the catalogue, or one that only the log knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldRef {
    /// A field of the catalogue.
    Known(Field),
    /// A field by the name the log gives it.
    Open(Box<str>),
    /// Any field of the event, whatever it is called: what Sigma calls keywords. A test on it holds when it holds for the value of
    /// some field, or for the whole event as the log writes it.
    Any,
}

impl FieldRef {
    /// The name, in the language or in the log.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Known(field) => field.name(),
            Self::Open(name) => name,
            Self::Any => "*",
        }
    }

    /// The field, when the catalogue knows it.
    #[must_use]
    pub fn known(&self) -> Option<Field> {
        match self {
            Self::Known(field) => Some(*field),
            Self::Open(_) | Self::Any => None,
        }
    }
}

impl From<Field> for FieldRef {
    fn from(field: Field) -> Self {
        Self::Known(field)
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
