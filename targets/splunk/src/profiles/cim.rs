//! What does the Common Information Model call things? Names of the data models of version 6
//! (<https://docs.splunk.com/Documentation/CIM/latest/User/Overview>), without the dataset before them.

use std::sync::LazyLock;

use backend::Capabilities;
use ir::EventClass as E;
use ir::Field as F;
use ir::{EventClass, Field};

use super::{Digest, DigestOrBare, HostOfUrls, Many, RegistryPath, Spelling, Stream, capabilities, plain, source};

const HOST: (Field, &str, Spelling) = plain(F::HostName, "dest");
const USER: (Field, &str, Spelling) = plain(F::UserName, "user");

/// Every dataset, in order of preference within a class.
pub(crate) static STREAMS: &[Stream] = &[
    Stream {
        class: E::ProcessStart,
        sources: &[source("Endpoint.Processes")],
        condition: &[],
        fields: &[
            plain(F::ProcessPath, "process_path"),
            plain(F::ProcessName, "process_name"),
            plain(F::ProcessCommandLine, "process"),
            plain(F::ProcessPid, "process_id"),
            plain(F::ProcessDirectory, "process_current_directory"),
            plain(F::ProcessOriginalName, "original_file_name"),
            plain(F::ProcessIntegrity, "process_integrity_level"),
            (F::ProcessMd5, "process_hash", DigestOrBare("MD5")),
            (F::ProcessSha1, "process_hash", DigestOrBare("SHA1")),
            (F::ProcessSha256, "process_hash", DigestOrBare("SHA256")),
            (F::ProcessImphash, "process_hash", Digest("IMPHASH")),
            plain(F::ParentPath, "parent_process_path"),
            plain(F::ParentName, "parent_process_name"),
            plain(F::ParentCommandLine, "parent_process"),
            plain(F::ParentPid, "parent_process_id"),
            USER,
            HOST,
        ],
        shown: &["dest", "user", "process_path", "process", "parent_process_path"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::FileCreate,
        sources: &[source("Endpoint.Filesystem")],
        condition: &[("action", &["created"])],
        fields: FILESYSTEM,
        shown: &["dest", "user", "file_path"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::FileModify,
        sources: &[source("Endpoint.Filesystem")],
        condition: &[("action", &["modified"])],
        fields: FILESYSTEM,
        shown: &["dest", "user", "file_path"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::FileDelete,
        sources: &[source("Endpoint.Filesystem")],
        condition: &[("action", &["deleted"])],
        fields: FILESYSTEM,
        shown: &["dest", "user", "file_path"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::RegistrySet,
        sources: &[source("Endpoint.Registry")],
        condition: &[("action", &["created", "modified"])],
        fields: REGISTRY,
        shown: &["dest", "user", "registry_path", "registry_value_data"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::RegistryDelete,
        sources: &[source("Endpoint.Registry")],
        condition: &[("action", &["deleted"])],
        fields: REGISTRY,
        shown: &["dest", "user", "registry_path"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::ServiceInstall,
        sources: &[source("Endpoint.Services")],
        condition: &[],
        fields: &[plain(F::ServiceName, "service_name"), plain(F::ServicePath, "service_path"), plain(F::ServiceStart, "start_mode"), USER, HOST],
        shown: &["dest", "user", "service_name", "service_path"],
        direction: None,
        also: Some("the dataset holds every state of a service, not only its installation"),
        only: None,
    },
    Stream {
        class: E::NetworkFlow,
        sources: &[source("Network_Traffic.All_Traffic")],
        condition: &[],
        fields: &[
            plain(F::SourceIp, "src_ip"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationIp, "dest_ip"),
            plain(F::DestinationPort, "dest_port"),
            // An address or a name, whichever the sensor knew.
            plain(F::DestinationDomain, "dest"),
            plain(F::Transport, "transport"),
            plain(F::BytesOut, "bytes_out"),
            plain(F::BytesIn, "bytes_in"),
            USER,
        ],
        shown: &["src_ip", "dest_ip", "dest_port", "action"],
        direction: Some(("direction", "inbound", "outbound")),
        also: None,
        only: None,
    },
    Stream {
        class: E::DnsQuery,
        sources: &[source("Network_Resolution.DNS")],
        condition: &[],
        fields: &[
            plain(F::DnsName, "query"),
            plain(F::DnsType, "record_type"),
            (F::DnsAnswer, "answer", Many),
            plain(F::DnsRcode, "reply_code"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationPort, "dest_port"),
        ],
        shown: &["src", "query", "answer"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::HttpRequest,
        sources: &[source("Web.Web")],
        condition: &[],
        fields: &[
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
        ],
        shown: &["src", "dest", "user", "http_method", "url", "status"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::TlsHandshake,
        sources: &[source("Certificates.SSL")],
        condition: &[],
        fields: &[
            plain(F::TlsCertSha1, "ssl_hash"),
            plain(F::TlsCertSha256, "ssl_hash"),
            plain(F::TlsCertSerial, "ssl_serial"),
            plain(F::TlsCertSubject, "ssl_subject"),
            plain(F::TlsCertIssuer, "ssl_issuer"),
        ],
        shown: &["src", "dest", "ssl_subject", "ssl_issuer"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::EmailMessage,
        sources: &[source("Email.All_Email")],
        condition: &[],
        fields: &[
            plain(F::EmailFrom, "src_user"),
            (F::EmailTo, "recipient", Many),
            plain(F::EmailSubject, "subject"),
            (F::EmailAttachmentName, "file_name", Many),
            (F::EmailAttachmentMd5, "file_hash", Many),
            (F::EmailAttachmentSha1, "file_hash", Many),
            (F::EmailAttachmentSha256, "file_hash", Many),
            (F::EmailUrl, "url", Many),
            (F::EmailUrlHost, "url", HostOfUrls),
        ],
        shown: &["src", "src_user", "recipient", "subject"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::AuthLogon,
        sources: &[source("Authentication.Authentication")],
        condition: &[],
        fields: &[plain(F::Outcome, "action"), plain(F::SourceIp, "src"), plain(F::LogonProcess, "app"), USER, HOST],
        shown: &["src", "dest", "user", "app", "action"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::CloudAudit,
        sources: &[source("Change.All_Changes")],
        condition: &[],
        fields: &[plain(F::CloudOperation, "command"), plain(F::CloudOutcome, "status"), plain(F::SourceIp, "src"), USER],
        shown: &["src", "user", "vendor_product", "command", "object", "status"],
        direction: None,
        also: None,
        only: None,
    },
];

const FILESYSTEM: &[(Field, &str, Spelling)] = &[
    plain(F::FilePath, "file_path"),
    plain(F::FileName, "file_name"),
    plain(F::FileSize, "file_size"),
    (F::FileMd5, "file_hash", DigestOrBare("MD5")),
    (F::FileSha1, "file_hash", DigestOrBare("SHA1")),
    (F::FileSha256, "file_hash", DigestOrBare("SHA256")),
    USER,
    HOST,
];

const REGISTRY: &[(Field, &str, Spelling)] = &[
    (F::RegistryKey, "registry_path", RegistryPath),
    plain(F::RegistryValueName, "registry_value_name"),
    plain(F::RegistryData, "registry_value_data"),
    plain(F::RegistryType, "registry_value_type"),
    USER,
    HOST,
];

const ABSENT_EVENTS: &[(EventClass, &str)] = &[
    (E::FileContent, "logs hold what happened to a file, not its bytes"),
    (E::ProcessAccess, "the model has no dataset for one process opening another"),
    (E::ImageLoad, "the model has no dataset for loaded libraries"),
    (E::DriverLoad, "the model has no dataset for loaded drivers"),
    (E::Pipe, "the model has no dataset for named pipes"),
    (E::TaskCreate, "the model has no dataset for scheduled tasks"),
    (E::ScriptBlock, "the model has no dataset for script blocks"),
];

const ABSENT_FIELDS: &[(EventClass, Field, &str)] = &[
    (E::FileCreate, F::ProcessPath, "the dataset names a process by a number only"),
    (E::RegistrySet, F::ProcessPath, "the dataset names a process by a number only"),
    (E::NetworkFlow, F::SourceAs, "the model has no numbers of autonomous systems"),
    (E::NetworkFlow, F::DestinationAs, "the model has no numbers of autonomous systems"),
    (E::DnsQuery, F::SourceIp, "the dataset's `src` holds an address or a name"),
    (E::TlsHandshake, F::TlsSni, "the model describes certificates, not handshakes"),
    (E::TlsHandshake, F::TlsJa3, "the model describes certificates, not handshakes"),
    (E::TlsHandshake, F::TlsJa3s, "the model describes certificates, not handshakes"),
    (E::TlsHandshake, F::TlsJa4, "the model describes certificates, not handshakes"),
    (E::AuthLogon, F::LogonType, "the model has no type of logon"),
    (E::AuthLogon, F::UserDomain, "the model's `user` holds the account alone"),
    (E::EmailMessage, F::EmailSourceIp, "the dataset's `src` holds an address or a name"),
    (E::CloudAudit, F::CloudProvider, "products spell their own names in `vendor_product`"),
];

static CAPABILITIES: LazyLock<Capabilities> =
    LazyLock::new(|| capabilities(STREAMS, ABSENT_EVENTS, ABSENT_FIELDS, "the data models of this profile do not hold it", false));

/// What this profile can say.
pub(crate) fn table() -> &'static Capabilities {
    &CAPABILITIES
}

/// The options of `tstats` that a site may choose: also rows that are not summarised yet, also summaries of older models.
pub(crate) const SUMMARIES: &str = "summariesonly=false allow_old_summaries=true";
