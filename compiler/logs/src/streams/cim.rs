//! What does the Common Information Model call things? Names of the data models of version 6
//! (<https://docs.splunk.com/Documentation/CIM/latest/User/Overview>), without the dataset before them. What Sysmon's events
//! become in them is in the data sources of Splunk's own content (<https://github.com/splunk/security_content>).

use ir::EventClass as E;
use ir::Field as F;
use ir::{EventClass, field};

use super::{REPLY_CODES, Source, Stream, Told, plain};
use crate::Absence;
use crate::Encoding::{self, AnyRegistryKey, Digest, DigestOrAlone, HostOfUrls, RegistryData, Same, Several, Words};
use crate::Row;

const HOST: Row = plain(F::HostName, "dest");
const USER: Row = plain(F::UserName, "user");

/// A class that one dataset holds.
const fn dataset(class: E, sources: &'static [Source], condition: Told) -> Stream {
    Stream { sources, condition, ..Stream::of(class) }
}

const PROCESSES: &[Source] = &[Source::new("Endpoint.Processes", &[])];
const FILES: &[Source] = &[Source::new("Endpoint.Filesystem", &[])];
const KEYS: &[Source] = &[Source::new("Endpoint.Registry", &[])];
const SERVICES: &[Source] = &[Source::new("Endpoint.Services", &[])];
const TRAFFIC: &[Source] = &[Source::new("Network_Traffic.All_Traffic", &[])];
const NAMES_ASKED: &[Source] = &[Source::new("Network_Resolution.DNS", &[])];
const WEB: &[Source] = &[Source::new("Web.Web", &[])];
const CERTIFICATES: &[Source] = &[Source::new("Certificates.All_Certificates", &[])];
const MAIL: &[Source] = &[Source::new("Email.All_Email", &[])];
const LOGONS: &[Source] = &[Source::new("Authentication.Authentication", &[])];
const CHANGES: &[Source] = &[Source::new("Change.All_Changes", &[])];

/// Every dataset, in order of preference within a class.
pub static STREAMS: &[Stream] = &[
    Stream {
        fields: &[&[
            plain(F::ProcessPath, "process_path"),
            plain(F::ProcessName, "process_name"),
            plain(F::ProcessCommandLine, "process"),
            plain(F::ProcessPid, "process_id"),
            plain(F::ProcessDirectory, "process_current_directory"),
            plain(F::ProcessOriginalName, "original_file_name"),
            plain(F::ProcessIntegrity, "process_integrity_level"),
            (F::ProcessMd5, "process_hash", DigestOrAlone("MD5")),
            (F::ProcessSha1, "process_hash", DigestOrAlone("SHA1")),
            (F::ProcessSha256, "process_hash", DigestOrAlone("SHA256")),
            (F::ProcessImphash, "process_hash", Digest("IMPHASH")),
            plain(F::ParentPath, "parent_process_path"),
            plain(F::ParentName, "parent_process_name"),
            plain(F::ParentCommandLine, "parent_process"),
            plain(F::ParentPid, "parent_process_id"),
            USER,
            HOST,
        ]],
        ..dataset(E::ProcessStart, PROCESSES, &[])
    },
    Stream { fields: &[FILESYSTEM], ..dataset(E::FileCreate, FILES, &[("action", &["created"])]) },
    Stream { fields: &[FILESYSTEM], ..dataset(E::FileModify, FILES, &[("action", &["modified"])]) },
    Stream { fields: &[FILESYSTEM], ..dataset(E::FileDelete, FILES, &[("action", &["deleted"])]) },
    Stream {
        fields: &[FILESYSTEM],
        also: Some("the dataset does not tell a stream from its file"),
        ..dataset(E::FileStream, FILES, &[("action", &["created"])])
    },
    Stream { fields: &[REGISTRY], ..dataset(E::RegistrySet, KEYS, &[("action", &["created", "modified"])]) },
    Stream {
        fields: &[REGISTRY],
        also: Some("the dataset tells new keys from new values no more than Windows does"),
        ..dataset(E::RegistryCreate, KEYS, &[("action", &["created"])])
    },
    Stream { fields: &[REGISTRY], ..dataset(E::RegistryChange, KEYS, &[]) },
    Stream { fields: &[REGISTRY], ..dataset(E::RegistryDelete, KEYS, &[("action", &["deleted"])]) },
    Stream {
        fields: &[&[plain(F::ServiceName, "service_name"), plain(F::ServicePath, "service_path"), plain(F::ServiceStart, "start_mode"), USER, HOST]],
        also: Some("the dataset holds every state of a service, not only its installation"),
        ..dataset(E::ServiceInstall, SERVICES, &[])
    },
    Stream {
        fields: &[&[
            plain(F::SourceIp, "src_ip"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationIp, "dest_ip"),
            plain(F::DestinationPort, "dest_port"),
            // Sysmon's add-on puts the program here.
            plain(F::ProcessPath, "app"),
            plain(F::ProcessPid, "process_id"),
            // An address or a name, whichever the sensor knew.
            plain(F::DestinationDomain, "dest"),
            plain(F::Transport, "transport"),
            plain(F::BytesOut, "bytes_out"),
            plain(F::BytesIn, "bytes_in"),
            USER,
        ]],
        besides: &["action"],
        direction: Some(("direction", "inbound", "outbound")),
        open: &[("action", "action", ACTIONS), ("Initiated", "direction", Words(&[("true", &["outbound"]), ("false", &["inbound"])]))],
        ..dataset(E::NetworkFlow, TRAFFIC, &[])
    },
    Stream {
        fields: &[&[
            plain(F::DnsName, "query"),
            plain(F::DnsType, "record_type"),
            (F::DnsAnswer, "answer", Several),
            (F::DnsRcode, "reply_code", REPLY_CODES),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationPort, "dest_port"),
        ]],
        besides: &["src"],
        ..dataset(E::DnsQuery, NAMES_ASKED, &[])
    },
    Stream {
        fields: &[&[
            plain(F::HttpMethod, "http_method"),
            plain(F::UrlFull, "url"),
            plain(F::UrlHost, "url_domain"),
            plain(F::UrlPath, "uri_path"),
            plain(F::UrlQuery, "uri_query"),
            plain(F::UserAgent, "http_user_agent"),
            plain(F::HttpReferrer, "http_referrer"),
            plain(F::HttpStatus, "status"),
            plain(F::HttpContentType, "http_content_type"),
            plain(F::DestinationPort, "dest_port"),
            USER,
        ]],
        open: &[("cs-cookie", "cookie", Same), ("cs-bytes", "bytes_out", Same), ("sc-bytes", "bytes_in", Same)],
        besides: &["src", "dest"],
        ..dataset(E::HttpRequest, WEB, &[])
    },
    Stream {
        fields: &[&[
            plain(F::TlsCertSha1, "ssl_hash"),
            plain(F::TlsCertSha256, "ssl_hash"),
            plain(F::TlsCertSerial, "ssl_serial"),
            plain(F::TlsCertSubject, "ssl_subject"),
            plain(F::TlsCertIssuer, "ssl_issuer"),
        ]],
        besides: &["src", "dest", "ssl_subject", "ssl_issuer"],
        ..dataset(E::TlsHandshake, CERTIFICATES, &[])
    },
    Stream {
        fields: &[&[
            plain(F::EmailFrom, "src_user"),
            (F::EmailTo, "recipient", Several),
            plain(F::EmailSubject, "subject"),
            (F::EmailAttachmentName, "file_name", Several),
            (F::EmailAttachmentMd5, "file_hash", Several),
            (F::EmailAttachmentSha1, "file_hash", Several),
            (F::EmailAttachmentSha256, "file_hash", Several),
            (F::EmailUrl, "url", Several),
            (F::EmailUrlHost, "url", HostOfUrls),
        ]],
        besides: &["src"],
        ..dataset(E::EmailMessage, MAIL, &[])
    },
    Stream {
        fields: &[&[plain(F::Outcome, "action"), plain(F::SourceIp, "src"), USER, HOST]],
        besides: &["app"],
        ..dataset(E::AuthLogon, LOGONS, &[])
    },
    Stream {
        fields: &[&[plain(F::CloudOperation, "command"), plain(F::CloudOutcome, "status"), plain(F::SourceIp, "src"), USER]],
        besides: &["vendor_product", "object"],
        ..dataset(E::CloudAudit, CHANGES, &[])
    },
];

/// What became of a connection: words of firewalls, and the model's
/// (<https://docs.splunk.com/Documentation/CIM/latest/User/NetworkTraffic>).
const ACTIONS: Encoding = Words(&[
    ("allow", &["allowed"]),
    ("accept", &["allowed"]),
    ("accepted", &["allowed"]),
    ("forward", &["allowed"]),
    ("permit", &["allowed"]),
    ("permitted", &["allowed"]),
    ("pass", &["allowed"]),
    ("passed", &["allowed"]),
    ("allowed", &["allowed"]),
    ("deny", &["blocked"]),
    ("denied", &["blocked"]),
    ("reject", &["blocked"]),
    ("rejected", &["blocked"]),
    ("block", &["blocked"]),
    ("drop", &["blocked"]),
    ("dropped", &["blocked"]),
    ("discard", &["blocked"]),
    ("blocked", &["blocked"]),
    ("teardown", &["teardown"]),
]);

const FILESYSTEM: &[Row] = &[
    plain(F::FilePath, "file_path"),
    plain(F::FileName, "file_name"),
    (F::FileMd5, "file_hash", DigestOrAlone("MD5")),
    (F::FileSha1, "file_hash", DigestOrAlone("SHA1")),
    (F::FileSha256, "file_hash", DigestOrAlone("SHA256")),
    USER,
    HOST,
];

const REGISTRY: &[Row] = &[
    plain(F::RegistryPath, "registry_path"),
    (F::RegistryKey, "registry_path", AnyRegistryKey),
    plain(F::RegistryValueName, "registry_value_name"),
    (F::RegistryData, "registry_value_data", RegistryData),
    plain(F::RegistryType, "registry_value_type"),
    USER,
    HOST,
];

/// Classes that no dataset holds, and why.
pub const ABSENT_EVENTS: &[(EventClass, &str)] = &[
    (E::FileContent, "logs hold what happened to a file, not its bytes"),
    (E::FileRename, "the dataset does not say what a file was called before"),
    (E::FileAccess, "the dataset holds changes of files, not their reading"),
    (E::ProcessAccess, "the model has no dataset for one process opening another"),
    (E::RemoteThread, "the model has no dataset for threads"),
    (E::ImageLoad, "the model has no dataset for loaded libraries"),
    (E::DriverLoad, "the model has no dataset for loaded drivers"),
    (E::Pipe, "the model has no dataset for named pipes"),
    (E::TaskCreate, "the model has no dataset for scheduled tasks"),
    (E::ScriptBlock, "the model has no dataset for script blocks"),
];

const KILOBYTES: &str = "the model's `file_size` is in kilobytes, which tell no number of bytes";
const BY_NUMBER: &str = "the dataset names a process by a number only";
const ACCOUNT_ALONE: &str = "the model's `user` holds the account alone";
const NO_VERSION: &str = "the dataset has one field of the version resource, the original file name";

const FILES_CHANGED: &[E] = &[E::FileCreate, E::FileModify, E::FileStream, E::FileDelete];
const KEYS_CHANGED: &[E] = &[E::RegistrySet, E::RegistryCreate, E::RegistryDelete, E::RegistryChange];

/// What the datasets lack, and why.
pub const ABSENT_FIELDS: &[Absence] = &[
    (
        &[E::ProcessStart, E::ServiceInstall, E::NetworkFlow, E::HttpRequest, E::AuthLogon, E::CloudAudit],
        &[F::UserAccount, F::UserDomain],
        ACCOUNT_ALONE,
    ),
    (FILES_CHANGED, &[F::UserAccount, F::UserDomain], ACCOUNT_ALONE),
    (KEYS_CHANGED, &[F::UserAccount, F::UserDomain], ACCOUNT_ALONE),
    (&[E::ProcessStart], &[F::ProcessCompany, F::ProcessProduct, F::ProcessDescription], NO_VERSION),
    (FILES_CHANGED, &[F::FileSize], KILOBYTES),
    (FILES_CHANGED, &[F::FileSha512], "the add-ons that fill the dataset compute no SHA-512"),
    (FILES_CHANGED, &[F::ProcessPath, F::ProcessPid, F::ProcessCommandLine], BY_NUMBER),
    (KEYS_CHANGED, &[F::ProcessPath, F::ProcessPid, F::ProcessCommandLine], BY_NUMBER),
    (&[E::RegistryCreate], &[F::RegistryData, F::RegistryType], "a new key has no value"),
    (&[E::ServiceInstall], &[F::ServiceAccount], "the dataset does not say under which account a service runs"),
    (&[E::NetworkFlow], &[F::ProcessCommandLine], "the model has no command lines"),
    (&[E::NetworkFlow], &[F::SourceAs, F::DestinationAs], "the model has no numbers of autonomous systems"),
    (&[E::NetworkFlow], field::HOST, "the model's `dvc` is the sensor, not the machine"),
    (&[E::DnsQuery], field::PROCESS, "the model has no processes"),
    (&[E::DnsQuery], field::ACTOR, "the model has no accounts"),
    (&[E::DnsQuery], field::HOST, "the model's `dest` is the resolver"),
    (&[E::DnsQuery], &[F::SourceIp, F::DestinationIp], "the dataset's `src` and `dest` hold an address or a name"),
    (&[E::HttpRequest], &[F::HttpBody], "the model has no bodies"),
    (&[E::HttpRequest], &[F::SourceIp, F::DestinationIp], "the dataset's `src` and `dest` hold an address or a name"),
    (&[E::HttpRequest], &[F::SourcePort], "the model has no port of the client"),
    (&[E::HttpRequest], field::PROCESS, "the model has no processes"),
    (&[E::HttpRequest], field::HOST, "the model's `dest` is the server"),
    (&[E::TlsHandshake], &[F::TlsSni, F::TlsJa3, F::TlsJa3s, F::TlsJa4, F::TlsAlpn], "the model describes certificates, not handshakes"),
    (&[E::TlsHandshake], &[F::TlsVersion, F::SourcePort, F::DestinationPort], "the model describes certificates, not handshakes"),
    (&[E::TlsHandshake], &[F::TlsCertSan], "the model has no further names of a certificate"),
    (&[E::TlsHandshake], field::PROCESS, "the model has no processes"),
    (&[E::TlsHandshake], field::HOST, "the model's `dest` holds an address or a name"),
    (&[E::TlsHandshake], &[F::SourceIp, F::DestinationIp], "the dataset's `src` and `dest` hold an address or a name"),
    (&[E::AuthLogon], &[F::LogonType], "the model has no type of logon"),
    (&[E::AuthLogon], &[F::LogonProcess], "the model's `app` is what was logged on to, not the process that asked for it"),
    (&[E::AuthLogon], &[F::SourceIp, F::DestinationIp], "the dataset's `src` and `dest` hold an address or a name"),
    (&[E::AuthLogon], &[F::SourcePort, F::DestinationPort], "the model has no ports of a logon"),
    (&[E::EmailMessage], &[F::EmailSourceIp], "the dataset's `src` holds an address or a name"),
    (&[E::CloudAudit], &[F::CloudService, F::CloudUserAgent], "the dataset of changes has no field for it"),
    (&[E::CloudAudit], &[F::CloudProvider], "products spell their own names in `vendor_product`"),
    (&[E::CloudAudit], &[F::SourcePort, F::DestinationIp, F::DestinationPort], "a change has the caller's address alone"),
];

/// A data set below the one that `tstats` reads: the root, the child, and how the child's own fields begin. `tstats` takes a root alone, and
/// calls a child's fields by both names (<https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Tstats>).
const CHILDREN: &[(&str, &str, &str)] = &[("All_Certificates", "SSL", "ssl_")];

/// What a model writes where an event has nothing.
pub const FILL: &str = "unknown";

/// The fields that a model fills with `unknown` where an event has nothing: they are always there, and never empty. From the evaluated fields of
/// the models' own definitions, as their reference pages list them (<https://docs.splunk.com/Documentation/CIM/latest/User/Overview>).
const FILLED: &[(&str, &[&str])] = &[
    ("Authentication", &["action", "dest", "result", "src", "src_user", "user"]),
    ("All_Certificates", &["ssl_hash", "ssl_issuer", "ssl_subject"]),
    ("All_Changes", &["action", "command", "dest", "object", "src", "src_user", "status", "user"]),
    ("All_Email", &["action", "dest", "recipient", "src", "src_user"]),
    ("Processes", &["dest", "original_file_name", "parent_process", "process", "user"]),
    ("Services", &["dest", "service_name", "start_mode", "status", "user"]),
    ("Filesystem", &["action", "dest", "file_hash", "file_name", "file_path", "parent_process", "process", "user"]),
    (
        "Registry",
        &[
            "action",
            "dest",
            "parent_process",
            "process",
            "registry_path",
            "registry_value_data",
            "registry_value_name",
            "registry_value_type",
            "user",
        ],
    ),
    ("Malware_Attacks", &["action", "dest", "signature", "user"]),
    ("DNS", &["answer", "dest", "query"]),
    ("All_Traffic", &["action", "dest", "src", "transport", "user"]),
    ("Web", &["action", "dest", "http_content_type", "http_method", "http_referrer", "http_user_agent", "src", "status", "url", "user"]),
];

/// Whether a model fills a field of a dataset where an event has nothing.
pub fn is_filled(dataset: &str, name: &str) -> bool {
    FILLED.iter().any(|(known, names)| *known == dataset && names.contains(&name))
}

/// What `tstats` calls a field of a dataset.
pub fn qualified(dataset: &str, name: &str) -> String {
    match CHILDREN.iter().find(|(root, _, begin)| *root == dataset && name.starts_with(begin)) {
        Some((root, child, _)) => format!("{root}.{child}.{name}"),
        None => format!("{dataset}.{name}"),
    }
}

/// What stands before the names of a dataset's fields, the longest first.
pub fn prefixes(dataset: &str) -> impl Iterator<Item = String> + '_ {
    let below = CHILDREN.iter().filter(move |(root, ..)| *root == dataset).map(|(root, child, _)| format!("{root}.{child}"));
    below.chain(std::iter::once(dataset.to_owned()))
}
