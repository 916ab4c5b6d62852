//! What do the logs themselves call things? Sysmon, Windows event logs, and the names of the Common Information Model for
//! proxies, resolvers, firewalls and mail gateways, which their add-ons extract.

use std::sync::LazyLock;

use backend::Capabilities;
use ir::EventClass as E;
use ir::Field as F;
use ir::{EventClass, Field, Flow, Platform};

use crate::ast::SiteMacro;

use super::{
    Account, AccountDomain, Backslash, Digest, HostOfUrls, Many, RegistryDeletedKey, RegistryKey, RegistryValueName, Source, Spelling, Stream, Words,
    capabilities, of_flow, of_platform, plain, source,
};

const SYSMON: &[Source] = &[of_platform("vigie_sysmon", Platform::Windows), of_platform("vigie_sysmon_linux", Platform::Linux)];
const SYSMON_WINDOWS: &[Source] = &[of_platform("vigie_sysmon", Platform::Windows)];
const SECURITY: &[Source] = &[of_platform("vigie_wineventlog_security", Platform::Windows)];

const USER: (Field, &str, Spelling) = (F::UserName, "User", Account);
const USER_DOMAIN: (Field, &str, Spelling) = (F::UserDomain, "User", AccountDomain);
const HOST: (Field, &str, Spelling) = plain(F::HostName, "host");
const IMAGE: (Field, &str, Spelling) = plain(F::ProcessPath, "Image");
const PID: (Field, &str, Spelling) = plain(F::ProcessPid, "ProcessId");

/// Every log, in order of preference within a class.
pub(crate) static STREAMS: &[Stream] = &[
    Stream {
        class: E::ProcessStart,
        sources: SYSMON,
        condition: &[("EventCode", &["1"])],
        fields: &[
            IMAGE,
            plain(F::ProcessCommandLine, "CommandLine"),
            PID,
            plain(F::ProcessDirectory, "CurrentDirectory"),
            plain(F::ProcessOriginalName, "OriginalFileName"),
            plain(F::ProcessCompany, "Company"),
            plain(F::ProcessProduct, "Product"),
            plain(F::ProcessDescription, "Description"),
            plain(F::ProcessIntegrity, "IntegrityLevel"),
            (F::ProcessMd5, "Hashes", Digest("MD5")),
            (F::ProcessSha1, "Hashes", Digest("SHA1")),
            (F::ProcessSha256, "Hashes", Digest("SHA256")),
            (F::ProcessImphash, "Hashes", Digest("IMPHASH")),
            plain(F::ParentPath, "ParentImage"),
            plain(F::ParentCommandLine, "ParentCommandLine"),
            plain(F::ParentPid, "ParentProcessId"),
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "CommandLine", "ParentImage"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::ProcessAccess,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["10"])],
        fields: &[
            plain(F::ProcessPath, "SourceImage"),
            plain(F::ProcessPid, "SourceProcessId"),
            plain(F::TargetProcessPath, "TargetImage"),
            plain(F::AccessMask, "GrantedAccess"),
            plain(F::CallTrace, "CallTrace"),
            (F::UserName, "SourceUser", Account),
            (F::UserDomain, "SourceUser", AccountDomain),
            HOST,
        ],
        shown: &["SourceImage", "TargetImage", "GrantedAccess"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::FileCreate,
        sources: SYSMON,
        condition: &[("EventCode", &["11"])],
        fields: &[plain(F::FilePath, "TargetFilename"), IMAGE, PID, USER, USER_DOMAIN, HOST],
        shown: &["User", "Image", "TargetFilename"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::FileCreate,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["29"])],
        fields: &[
            plain(F::FilePath, "TargetFilename"),
            (F::FileMd5, "Hashes", Digest("MD5")),
            (F::FileSha1, "Hashes", Digest("SHA1")),
            (F::FileSha256, "Hashes", Digest("SHA256")),
            IMAGE,
            PID,
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "TargetFilename"],
        direction: None,
        also: None,
        only: Some("Sysmon logs digests of new files only for programs (event 29)"),
    },
    Stream {
        class: E::FileModify,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["2"])],
        fields: &[plain(F::FilePath, "TargetFilename"), IMAGE, PID, USER, USER_DOMAIN, HOST],
        shown: &["User", "Image", "TargetFilename"],
        direction: None,
        also: None,
        only: Some("Sysmon logs only changes of a file's creation time (event 2)"),
    },
    Stream {
        class: E::FileDelete,
        sources: SYSMON,
        condition: &[("EventCode", &["23", "26"])],
        fields: &[
            plain(F::FilePath, "TargetFilename"),
            (F::FileMd5, "Hashes", Digest("MD5")),
            (F::FileSha1, "Hashes", Digest("SHA1")),
            (F::FileSha256, "Hashes", Digest("SHA256")),
            IMAGE,
            PID,
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "TargetFilename"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::RegistrySet,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["13"])],
        fields: &[
            (F::RegistryKey, "TargetObject", RegistryKey),
            (F::RegistryValueName, "TargetObject", RegistryValueName),
            plain(F::RegistryData, "Details"),
            IMAGE,
            PID,
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "TargetObject", "Details"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::RegistryDelete,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["12"]), ("EventType", &["DeleteKey", "DeleteValue"])],
        fields: &[
            (F::RegistryKey, "TargetObject", RegistryDeletedKey),
            (F::RegistryValueName, "TargetObject", RegistryValueName),
            IMAGE,
            PID,
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "EventType", "TargetObject"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::ImageLoad,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["7"])],
        fields: &[
            plain(F::ImagePath, "ImageLoaded"),
            (F::ImageMd5, "Hashes", Digest("MD5")),
            (F::ImageSha1, "Hashes", Digest("SHA1")),
            (F::ImageSha256, "Hashes", Digest("SHA256")),
            (F::ImageImphash, "Hashes", Digest("IMPHASH")),
            plain(F::ImageSigned, "Signed"),
            plain(F::ImageSigner, "Signature"),
            IMAGE,
            PID,
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "ImageLoaded"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::DriverLoad,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["6"])],
        fields: &[
            plain(F::ImagePath, "ImageLoaded"),
            (F::ImageMd5, "Hashes", Digest("MD5")),
            (F::ImageSha1, "Hashes", Digest("SHA1")),
            (F::ImageSha256, "Hashes", Digest("SHA256")),
            (F::ImageImphash, "Hashes", Digest("IMPHASH")),
            plain(F::ImageSigned, "Signed"),
            plain(F::ImageSigner, "Signature"),
            HOST,
        ],
        shown: &["ImageLoaded", "Signature"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::Pipe,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["17", "18"])],
        fields: &[(F::PipeName, "PipeName", Backslash), IMAGE, PID, USER, USER_DOMAIN, HOST],
        shown: &["User", "Image", "PipeName"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::ServiceInstall,
        sources: &[of_platform("vigie_wineventlog_system", Platform::Windows)],
        condition: &[("EventCode", &["7045"])],
        fields: &[
            plain(F::ServiceName, "ServiceName"),
            plain(F::ServicePath, "ImagePath"),
            plain(F::ServiceStart, "StartType"),
            plain(F::ServiceAccount, "AccountName"),
            HOST,
        ],
        shown: &["ServiceName", "ImagePath", "AccountName"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::ServiceInstall,
        sources: SECURITY,
        condition: &[("EventCode", &["4697"])],
        fields: &[
            plain(F::ServiceName, "ServiceName"),
            plain(F::ServicePath, "ServiceFileName"),
            plain(F::ServiceAccount, "ServiceAccount"),
            plain(F::UserName, "SubjectUserName"),
            plain(F::UserDomain, "SubjectDomainName"),
            HOST,
        ],
        shown: &["SubjectUserName", "ServiceName", "ServiceFileName"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::TaskCreate,
        sources: SECURITY,
        condition: &[("EventCode", &["4698"])],
        fields: &[
            plain(F::TaskName, "TaskName"),
            plain(F::TaskContent, "TaskContent"),
            plain(F::UserName, "SubjectUserName"),
            plain(F::UserDomain, "SubjectDomainName"),
            HOST,
        ],
        shown: &["SubjectUserName", "TaskName"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::ScriptBlock,
        sources: &[of_platform("vigie_powershell", Platform::Windows)],
        condition: &[("EventCode", &["4104"])],
        fields: &[plain(F::ScriptText, "ScriptBlockText"), plain(F::ScriptPath, "Path"), HOST],
        shown: &["Path", "ScriptBlockText"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::NetworkFlow,
        sources: &[source("vigie_firewall")],
        condition: &[],
        fields: &[
            plain(F::SourceIp, "src_ip"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationIp, "dest_ip"),
            plain(F::DestinationPort, "dest_port"),
            plain(F::DestinationDomain, "dest_host"),
            plain(F::Transport, "transport"),
            plain(F::SourceAs, "src_asn"),
            plain(F::DestinationAs, "dest_asn"),
            plain(F::BytesOut, "bytes_out"),
            plain(F::BytesIn, "bytes_in"),
            plain(F::UserName, "user"),
            HOST,
        ],
        shown: &["src_ip", "dest_ip", "dest_port", "action"],
        direction: Some(("direction", "inbound", "outbound")),
        also: None,
        only: None,
    },
    Stream {
        class: E::NetworkFlow,
        sources: SYSMON,
        condition: &[("EventCode", &["3"])],
        fields: &[
            plain(F::SourceIp, "SourceIp"),
            plain(F::SourcePort, "SourcePort"),
            plain(F::DestinationIp, "DestinationIp"),
            plain(F::DestinationPort, "DestinationPort"),
            plain(F::DestinationDomain, "DestinationHostname"),
            plain(F::Transport, "Protocol"),
            IMAGE,
            PID,
            USER,
            USER_DOMAIN,
            HOST,
        ],
        shown: &["User", "Image", "DestinationIp", "DestinationPort", "DestinationHostname"],
        direction: Some(("Initiated", "false", "true")),
        also: None,
        only: None,
    },
    Stream {
        class: E::DnsQuery,
        sources: &[source("vigie_dns")],
        condition: &[],
        fields: &[
            plain(F::DnsName, "query"),
            plain(F::DnsType, "record_type"),
            (F::DnsAnswer, "answer", Many),
            plain(F::DnsRcode, "reply_code"),
            plain(F::SourceIp, "src_ip"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationIp, "dest_ip"),
            plain(F::DestinationPort, "dest_port"),
            HOST,
        ],
        shown: &["src", "query", "answer"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::DnsQuery,
        sources: SYSMON_WINDOWS,
        condition: &[("EventCode", &["22"])],
        fields: &[plain(F::DnsName, "QueryName"), IMAGE, PID, USER, USER_DOMAIN, HOST],
        shown: &["User", "Image", "QueryName", "QueryResults"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::HttpRequest,
        sources: &[of_flow("vigie_proxy", Flow::Outbound), of_flow("vigie_webserver", Flow::Inbound)],
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
            plain(F::SourceIp, "src_ip"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationIp, "dest_ip"),
            plain(F::DestinationPort, "dest_port"),
            plain(F::UserName, "user"),
            HOST,
        ],
        shown: &["src", "user", "http_method", "url", "status"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::TlsHandshake,
        sources: &[source("vigie_tls")],
        condition: &[],
        fields: &[
            plain(F::TlsSni, "server_name"),
            plain(F::TlsJa3, "ja3"),
            plain(F::TlsJa3s, "ja3s"),
            plain(F::TlsJa4, "ja4"),
            plain(F::TlsCertSha1, "ssl_hash"),
            plain(F::TlsCertSha256, "ssl_hash"),
            plain(F::TlsCertSerial, "ssl_serial"),
            plain(F::TlsCertSubject, "ssl_subject"),
            plain(F::TlsCertIssuer, "ssl_issuer"),
            plain(F::SourceIp, "src_ip"),
            plain(F::SourcePort, "src_port"),
            plain(F::DestinationIp, "dest_ip"),
            plain(F::DestinationPort, "dest_port"),
            HOST,
        ],
        shown: &["src_ip", "dest_ip", "dest_port", "server_name", "ja3"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::EmailMessage,
        sources: &[source("vigie_email")],
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
            plain(F::EmailSourceIp, "src_ip"),
        ],
        shown: &["src_user", "recipient", "subject", "file_name", "url"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::AuthLogon,
        sources: SECURITY,
        condition: &[("EventCode", &["4624", "4625"])],
        fields: &[
            (F::Outcome, "EventCode", Words(&[("success", &["4624"]), ("failure", &["4625"])])),
            plain(F::LogonType, "LogonType"),
            plain(F::LogonProcess, "LogonProcessName"),
            plain(F::UserName, "TargetUserName"),
            plain(F::UserDomain, "TargetDomainName"),
            plain(F::SourceIp, "IpAddress"),
            plain(F::SourcePort, "IpPort"),
            HOST,
        ],
        shown: &["TargetUserName", "IpAddress", "LogonType"],
        direction: None,
        also: None,
        only: None,
    },
    Stream {
        class: E::CloudAudit,
        sources: &[source("vigie_cloud")],
        condition: &[],
        fields: &[
            (
                F::CloudProvider,
                "sourcetype",
                Words(&[
                    ("aws", &["aws:cloudtrail"]),
                    ("azure", &["mscs:azure:audit", "azure:monitor:activity", "azure:monitor:aad"]),
                    ("gcp", &["google:gcp:pubsub:message", "google:gcp:pubsub:audit:admin_activity"]),
                    ("m365", &["o365:management:activity"]),
                    ("okta", &["OktaIM2:log"]),
                    ("github", &["github:cloud:audit", "github:enterprise:audit"]),
                ]),
            ),
            plain(F::CloudService, "eventSource"),
            plain(F::CloudOperation, "command"),
            plain(F::CloudOutcome, "status"),
            plain(F::CloudUserAgent, "user_agent"),
            plain(F::UserName, "user"),
            plain(F::SourceIp, "src_ip"),
        ],
        shown: &["user", "src_ip", "command", "status"],
        direction: None,
        also: None,
        only: None,
    },
];

const ABSENT_EVENTS: &[(EventClass, &str)] = &[(E::FileContent, "logs hold what happened to a file, not its bytes")];

const ABSENT_FIELDS: &[(EventClass, Field, &str)] = &[
    (E::FileCreate, F::FileSha512, "Sysmon computes no SHA-512"),
    (E::FileCreate, F::FileSize, "Sysmon logs no sizes"),
    (E::RegistrySet, F::RegistryType, "Sysmon logs the data as text, without its type"),
    (E::TaskCreate, F::TaskCommand, "event 4698 holds the command inside the task's XML; `task.content` is there"),
    (E::HttpRequest, F::HttpBody, "proxies and web servers do not log bodies"),
    (E::TlsHandshake, F::TlsVersion, "add-ons spell versions in several ways"),
];

static CAPABILITIES: LazyLock<Capabilities> =
    LazyLock::new(|| capabilities(STREAMS, ABSENT_EVENTS, ABSENT_FIELDS, "the logs of this profile do not hold it", true));

/// What this profile can say.
pub(crate) fn table() -> &'static Capabilities {
    &CAPABILITIES
}

/// The macros, with what they stand for on a site with the usual add-ons. `index` is left out on purpose: it is a site's own.
pub(crate) static MACROS: &[(&str, &str)] = &[
    ("vigie_sysmon", r#"(source IN ("XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "WinEventLog:Microsoft-Windows-Sysmon/Operational"))"#),
    ("vigie_sysmon_linux", r#"(sourcetype="sysmon:linux")"#),
    ("vigie_wineventlog_security", r#"(source IN ("XmlWinEventLog:Security", "WinEventLog:Security"))"#),
    ("vigie_wineventlog_system", r#"(source IN ("XmlWinEventLog:System", "WinEventLog:System"))"#),
    (
        "vigie_powershell",
        r#"(source IN ("XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "WinEventLog:Microsoft-Windows-PowerShell/Operational"))"#,
    ),
    ("vigie_firewall", "(tag=network tag=communicate)"),
    ("vigie_dns", "(tag=network tag=resolution tag=dns)"),
    ("vigie_proxy", "(tag=web tag=proxy)"),
    ("vigie_webserver", "(tag=web (NOT tag=proxy))"),
    ("vigie_tls", r#"(sourcetype IN ("bro:ssl:json", "zeek:ssl:json") OR (tag=ssl OR tag=tls))"#),
    ("vigie_email", "(tag=email)"),
    ("vigie_cloud", "((tag=change tag=audit) OR (tag=change tag=cloud))"),
];

/// The macro of a source.
pub(crate) fn site_macro(name: &str) -> Option<SiteMacro> {
    MACROS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(name, definition)| SiteMacro { name: (*name).to_owned(), definition: (*definition).to_owned() })
}

/// The macro of a log source that the catalogue does not know, by its words. Where Windows names an event log so, it stands
/// for that; else for the source type that add-ons usually make of the words (`aws:cloudtrail`).
pub(crate) fn open_source(words: &[&str]) -> SiteMacro {
    let clean = |text: &str| -> String {
        let mapped: String = text.chars().take(40).map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' }).collect();
        mapped.trim_matches('_').to_owned()
    };
    let words: Vec<String> = words.iter().map(|word| clean(word)).filter(|word| !word.is_empty()).collect();
    let known = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["windows", "security"] => site_macro("vigie_wineventlog_security"),
        ["windows", "system"] => site_macro("vigie_wineventlog_system"),
        ["windows", "sysmon"] => site_macro("vigie_sysmon"),
        ["windows", "powershell" | "powershell_classic", ..] | ["windows", "ps_script" | "ps_module"] => site_macro("vigie_powershell"),
        ["webserver"] => site_macro("vigie_webserver"),
        ["proxy"] => site_macro("vigie_proxy"),
        ["dns"] => site_macro("vigie_dns"),
        ["firewall"] => site_macro("vigie_firewall"),
        _ => None,
    };
    known.unwrap_or_else(|| {
        let name = if words.is_empty() { "any".to_owned() } else { words.join("_") };
        let definition = match words.as_slice() {
            [product, service, ..] if product == "windows" => format!("(source IN (\"XmlWinEventLog:*{service}*\", \"WinEventLog:*{service}*\"))"),
            [] => "(sourcetype=\"*\")".to_owned(),
            words => format!("(sourcetype=\"{}*\")", words.join(":")),
        };
        SiteMacro { name: format!("vigie_source_{name}"), definition }
    })
}
