//! Which tables and columns of Defender XDR's advanced hunting hold an event?
//!
//! Tables: <https://learn.microsoft.com/defender-xdr/advanced-hunting-schema-tables>. What `AdditionalFields` holds for each
//! `ActionType` is in the schema reference of the portal. `FolderPath` is the full path, file name included.

use super::open::{self, BY_COLUMN};
use super::{
    Answer, Column, Schema, Source, account, account_domain, computed, computed_number, directory, extension, number, short_hive, text, url_host,
    url_path, url_port, url_query,
};
use ir::{EventClass as E, Field as F, Flow};

type Fields = &'static [(F, &'static [Column])];

macro_rules! fields {
    ($($field:ident: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$((F::$field, &[$($column),+])),*] };
}

/// A value of the JSON in `AdditionalFields`.
macro_rules! additional {
    ($name:literal) => {
        concat!("tostring(parse_json(AdditionalFields).", $name, ")")
    };
}

const fn device(class: E, table: &'static str, rows: &'static str, fields: Fields) -> Source {
    Source {
        class,
        label: "device",
        table,
        rows,
        ways: None,
        data: "",
        platform: None,
        flow: None,
        connector: "MicrosoftThreatProtection",
        fields,
        entities: &[],
        open: &BY_COLUMN,
    }
}

const PROCESS: Fields = fields! {
    ProcessPath: [text("FolderPath")],
    ProcessName: [text("FileName")],
    ProcessCommandLine: [text("ProcessCommandLine")],
    ProcessPid: [number("ProcessId")],
    ProcessOriginalName: [text("ProcessVersionInfoOriginalFileName")],
    ProcessCompany: [text("ProcessVersionInfoCompanyName")],
    ProcessProduct: [text("ProcessVersionInfoProductName")],
    ProcessDescription: [text("ProcessVersionInfoFileDescription")],
    ProcessIntegrity: [text("ProcessIntegrityLevel")],
    ProcessMd5: [text("MD5")],
    ProcessSha1: [text("SHA1")],
    ProcessSha256: [text("SHA256")],
    ParentPath: [text("InitiatingProcessFolderPath")],
    ParentName: [text("InitiatingProcessFileName")],
    ParentCommandLine: [text("InitiatingProcessCommandLine")],
    ParentPid: [number("InitiatingProcessId")],
    UserName: [text("AccountName")],
    UserDomain: [text("AccountDomain")],
    HostName: [text("DeviceName")],
};

/// Columns about the process that caused an event, and its machine, followed by the event's own.
macro_rules! caused_by_process {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            ProcessPath: [text("InitiatingProcessFolderPath")],
            ProcessName: [text("InitiatingProcessFileName")],
            ProcessCommandLine: [text("InitiatingProcessCommandLine")],
            ProcessPid: [number("InitiatingProcessId")],
            UserName: [text("InitiatingProcessAccountName")],
            UserDomain: [text("InitiatingProcessAccountDomain")],
            HostName: [text("DeviceName")],
        }
    };
}

const FILE: Fields = caused_by_process! {
    FilePath: [text("FolderPath")],
    FileName: [text("FileName")],
    FileDirectory: [computed("FileDirectory", directory!("FolderPath"))],
    FileExtension: [computed("FileExtension", extension!("FileName"))],
    FileSize: [number("FileSize")],
    FileMd5: [text("MD5")],
    FileSha1: [text("SHA1")],
    FileSha256: [text("SHA256")],
};

const REGISTRY: Fields = caused_by_process! {
    RegistryKey: [computed("RegistryKeyShort", short_hive!("RegistryKey"))],
    RegistryValueName: [text("RegistryValueName")],
    RegistryData: [text("RegistryValueData")],
};

const REGISTRY_DELETE: Fields = caused_by_process! {
    RegistryKey: [computed("RegistryKeyShort", short_hive!("coalesce(RegistryKey, PreviousRegistryKey)"))],
    RegistryValueName: [computed("DeletedValueName", "coalesce(RegistryValueName, PreviousRegistryValueName)")],
    RegistryData: [computed("DeletedValueData", "coalesce(RegistryValueData, PreviousRegistryValueData)")],
};

const IMAGE: Fields = caused_by_process! {
    ImagePath: [text("FolderPath")],
    ImageName: [text("FileName")],
    ImageMd5: [text("MD5")],
    ImageSha1: [text("SHA1")],
    ImageSha256: [text("SHA256")],
};

const DRIVER: Fields = fields! {
    ImagePath: [text("FolderPath")],
    ImageName: [text("FileName")],
    ImageMd5: [text("MD5")],
    ImageSha1: [text("SHA1")],
    ImageSha256: [text("SHA256")],
    HostName: [text("DeviceName")],
};

const ACCESS: Fields = caused_by_process! {
    TargetProcessPath: [text("FolderPath")],
    TargetProcessName: [text("FileName")],
};

const PIPE: Fields = caused_by_process! {
    PipeName: [computed("PipeName", concat!("replace_regex(", additional!("PipeName"), ", @\"(?i)^\\\\Device\\\\NamedPipe\\\\\", \"\")"))],
};

const SERVICE: Fields = fields! {
    ServiceName: [computed("ServiceName", additional!("ServiceName"))],
    ServicePath: [text("FolderPath"), text("ProcessCommandLine")],
    ServiceAccount: [computed("ServiceAccount", additional!("ServiceAccount"))],
    ServiceStart: [computed(
        "ServiceStart",
        concat!(
            "case(", additional!("ServiceStartType"), " in (\"0\"), \"boot start\", ", additional!("ServiceStartType"), " in (\"1\"), \"system start\", ",
            additional!("ServiceStartType"), " in (\"2\"), \"auto start\", ", additional!("ServiceStartType"), " in (\"3\"), \"demand start\", ",
            additional!("ServiceStartType"), " in (\"4\"), \"disabled\", ", additional!("ServiceStartType"), ")"
        )
    )],
    UserName: [text("InitiatingProcessAccountName")],
    UserDomain: [text("InitiatingProcessAccountDomain")],
    HostName: [text("DeviceName")],
};

const TASK: Fields = caused_by_process! {
    TaskName: [computed("TaskName", additional!("TaskName"))],
    TaskContent: [computed("TaskContent", additional!("TaskContent"))],
    TaskCommand: [computed(
        "TaskCommand",
        concat!(
            "trim_end(\" \", strcat(extract(@\"<Command>([^<]*)\", 1, ", additional!("TaskContent"), "), \" \", extract(@\"<Arguments>([^<]*)\", 1, ",
            additional!("TaskContent"), ")))"
        )
    )],
};

const SCRIPT: Fields = caused_by_process! {
    ScriptText: [computed("ScriptText", additional!("Command"))],
};

const REMOTE: Column = Column { name: "RemoteIP", from: "", answer: Answer::MappedAddress };
const LOCAL: Column = Column { name: "LocalIP", from: "", answer: Answer::MappedAddress };

const FLOW_OUT: Fields = caused_by_process! {
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
    DestinationDomain: [computed("RemoteHost", url_host!("RemoteUrl"))],
    Transport: [computed("Transport", "replace_regex(tolower(Protocol), \"v[46]$\", \"\")")],
};

const FLOW_IN: Fields = caused_by_process! {
    SourceIp: [REMOTE],
    SourcePort: [number("RemotePort")],
    DestinationIp: [LOCAL],
    DestinationPort: [number("LocalPort")],
    Transport: [computed("Transport", "replace_regex(tolower(Protocol), \"v[46]$\", \"\")")],
};

const DNS_ANSWER: Fields = caused_by_process! {
    DnsName: [computed("DnsName", concat!("trim_end(@\"\\.\", ", additional!("DnsQueryString"), ")"))],
};

const DNS_PACKET: Fields = caused_by_process! {
    DnsName: [computed("DnsName", concat!("trim_end(@\"\\.\", ", additional!("query"), ")"))],
    DnsType: [computed("DnsType", additional!("qtype_name"))],
    DnsRcode: [computed("DnsRcode", additional!("rcode_name"))],
    DnsAnswer: [Column { name: "DnsAnswer", from: additional!("answers"), answer: Answer::Joined }],
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
};

/// The parts of a request that network inspection writes down; the whole URL follows from host and path.
macro_rules! inspected_request {
    ($($more:tt)*) => {
        caused_by_process! {
            $($more)*
            HttpMethod: [computed("HttpMethod", additional!("method"))],
            UrlFull: [computed("Url", concat!("strcat(\"http://\", ", additional!("host"), ", ", additional!("uri"), ")"))],
            UrlHost: [computed("UrlHost", concat!("extract(@\"^(\\[[^\\]]*\\]|[^:]*)\", 1, ", additional!("host"), ")"))],
            UrlPort: [computed_number("UrlPort", concat!("tolong(extract(@\":([0-9]+)$\", 1, replace_regex(", additional!("host"), ", \":80$\", \"\")))"))],
            UrlPath: [computed("UrlPath", concat!("extract(@\"^([^?#]*)\", 1, ", additional!("uri"), ")"))],
            UrlQuery: [computed("UrlQuery", concat!("extract(@\"^[^?#]*\\?([^#]*)\", 1, ", additional!("uri"), ")"))],
            UserAgent: [computed("UserAgent", additional!("user_agent"))],
            HttpReferrer: [computed("HttpReferrer", additional!("referrer"))],
            HttpStatus: [computed_number("HttpStatus", concat!("tolong(", additional!("status_code"), ")"))],
        }
    };
}

const HTTP_OUT: Fields = inspected_request! {
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
};

const HTTP_IN: Fields = inspected_request! {
    SourceIp: [REMOTE],
    SourcePort: [number("RemotePort")],
    DestinationIp: [LOCAL],
    DestinationPort: [number("LocalPort")],
};

const HTTP_URL: Fields = caused_by_process! {
    UrlFull: [text("RemoteUrl")],
    UrlHost: [computed("UrlHost", url_host!("RemoteUrl"))],
    UrlPort: [computed_number("UrlPort", url_port!("RemoteUrl"))],
    UrlPath: [computed("UrlPath", url_path!("RemoteUrl"))],
    UrlQuery: [computed("UrlQuery", url_query!("RemoteUrl"))],
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
};

const TLS: Fields = fields! {
    TlsSni: [computed("TlsServerName", additional!("server_name"))],
    TlsJa4: [computed("TlsJa4", additional!("ja4"))],
    TlsCertSubject: [computed("TlsSubject", additional!("subject"))],
    TlsCertIssuer: [computed("TlsIssuer", additional!("issuer"))],
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
    HostName: [text("DeviceName")],
};

pub(super) const EMAIL: Fields = fields! {
    EmailFrom: [text("SenderFromAddress"), text("SenderMailFromAddress")],
    EmailFromDomain: [text("SenderFromDomain"), text("SenderMailFromDomain")],
    EmailTo: [text("RecipientEmailAddress")],
    EmailSubject: [text("Subject")],
    EmailAttachmentName: [Column { name: "FileName", from: "", answer: Answer::Other { table: "EmailAttachmentInfo", key: "NetworkMessageId" } }],
    EmailAttachmentSha256: [Column { name: "SHA256", from: "", answer: Answer::Other { table: "EmailAttachmentInfo", key: "NetworkMessageId" } }],
    EmailUrl: [Column { name: "Url", from: "", answer: Answer::Other { table: "EmailUrlInfo", key: "NetworkMessageId" } }],
    EmailUrlHost: [Column { name: "UrlDomain", from: "", answer: Answer::Other { table: "EmailUrlInfo", key: "NetworkMessageId" } }],
    EmailSourceIp: [text("SenderIPv4"), text("SenderIPv6")],
};

/// The Windows logon type that a word for it stands for.
const LOGON_TYPE: &str = "case(LogonType =~ \"Interactive\", 2, LogonType =~ \"Network\", 3, LogonType =~ \"Batch\", 4, LogonType =~ \"Service\", 5, \
LogonType =~ \"Unlock\", 7, LogonType =~ \"NetworkCleartext\", 8, LogonType =~ \"NewCredentials\", 9, LogonType =~ \"RemoteInteractive\", 10, \
LogonType =~ \"CachedInteractive\", 11, int(null))";

const OUTCOME: Column = computed("Outcome", "case(ActionType == \"LogonSuccess\", \"success\", ActionType == \"LogonFailed\", \"failure\", \"\")");

const LOGON: Fields = fields! {
    Outcome: [OUTCOME],
    LogonType: [computed_number("LogonTypeNumber", LOGON_TYPE)],
    LogonProcess: [text("InitiatingProcessFileName")],
    UserName: [text("AccountName")],
    UserDomain: [text("AccountDomain")],
    SourceIp: [REMOTE],
    SourcePort: [number("RemotePort")],
    HostName: [text("DeviceName")],
};

const IDENTITY_LOGON: Fields = fields! {
    Outcome: [OUTCOME],
    LogonProcess: [text("Application")],
    UserName: [text("AccountName"), computed("AccountUpnName", account!("AccountUpn"))],
    UserDomain: [text("AccountDomain"), computed("AccountUpnDomain", account_domain!("AccountUpn"))],
    SourceIp: [text("IPAddress")],
    SourcePort: [number("Port")],
    DestinationIp: [text("DestinationIPAddress")],
    DestinationPort: [number("DestinationPort")],
    HostName: [text("DestinationDeviceName")],
};

const CLOUD: Fields = fields! {
    CloudProvider: [computed(
        "CloudProvider",
        "case(Application has_any (\"Microsoft 365\", \"Office 365\") or Application startswith \"Microsoft \", iff(Application =~ \"Microsoft Azure\", \
\"azure\", \"m365\"), Application has \"Amazon Web Services\", \"aws\", Application has \"Google Cloud Platform\", \"gcp\", Application has \"GitHub\", \
\"github\", Application has \"Okta\", \"okta\", \"\")"
    )],
    CloudService: [text("Application")],
    CloudOperation: [text("ActionType")],
    CloudUserAgent: [text("UserAgent")],
    UserName: [text("AccountDisplayName"), text("AccountId")],
    SourceIp: [text("IPAddress")],
};

const fn identity(class: E, label: &'static str, table: &'static str, rows: &'static str, fields: Fields) -> Source {
    Source { label, ..device(class, table, rows, fields) }
}

/// Connections that somebody else opened.
const INBOUND: &str = "ActionType in (\"InboundConnectionAccepted\", \"InboundConnectionAttempt\", \"InboundInternetScanInspected\")";
/// Every other connection; what inspection adds to one is a request or a session of its own.
const OUTBOUND: &str = "ActionType !in (\"InboundConnectionAccepted\", \"InboundConnectionAttempt\", \"InboundInternetScanInspected\", \
\"ListeningConnectionCreated\")";

pub(super) static SCHEMA: Schema = Schema {
    id: "defender-xdr",
    time: "Timestamp",
    sources: &[
        device(E::ProcessStart, "DeviceProcessEvents", "ActionType == \"ProcessCreated\"", PROCESS),
        device(E::ProcessAccess, "DeviceEvents", "ActionType == \"OpenProcessApiCall\"", ACCESS),
        device(E::FileCreate, "DeviceFileEvents", "ActionType == \"FileCreated\"", FILE),
        device(E::FileModify, "DeviceFileEvents", "ActionType in (\"FileModified\", \"FileRenamed\")", FILE),
        device(E::FileDelete, "DeviceFileEvents", "ActionType == \"FileDeleted\"", FILE),
        device(E::RegistrySet, "DeviceRegistryEvents", "ActionType == \"RegistryValueSet\"", REGISTRY),
        device(E::RegistryDelete, "DeviceRegistryEvents", "ActionType in (\"RegistryKeyDeleted\", \"RegistryValueDeleted\")", REGISTRY_DELETE),
        device(E::ImageLoad, "DeviceImageLoadEvents", "", IMAGE),
        device(E::DriverLoad, "DeviceEvents", "ActionType == \"DriverLoad\"", DRIVER),
        device(E::Pipe, "DeviceEvents", "ActionType == \"NamedPipeEvent\"", PIPE),
        device(E::ServiceInstall, "DeviceEvents", "ActionType == \"ServiceInstalled\"", SERVICE),
        device(E::TaskCreate, "DeviceEvents", "ActionType == \"ScheduledTaskCreated\"", TASK),
        device(E::ScriptBlock, "DeviceEvents", "ActionType == \"PowerShellCommand\"", SCRIPT),
        Source { label: "out", flow: Some(Flow::Outbound), ..device(E::NetworkFlow, "DeviceNetworkEvents", OUTBOUND, FLOW_OUT) },
        Source { label: "in", flow: Some(Flow::Inbound), ..device(E::NetworkFlow, "DeviceNetworkEvents", INBOUND, FLOW_IN) },
        device(E::DnsQuery, "DeviceEvents", "ActionType == \"DnsQueryResponse\"", DNS_ANSWER),
        identity(E::DnsQuery, "packets", "DeviceNetworkEvents", "ActionType == \"DnsConnectionInspected\"", DNS_PACKET),
        Source {
            label: "out",
            flow: Some(Flow::Outbound),
            ..device(
                E::HttpRequest,
                "DeviceNetworkEvents",
                "ActionType == \"HttpConnectionInspected\" and tostring(parse_json(AdditionalFields).direction) != \"In\"",
                HTTP_OUT,
            )
        },
        Source {
            label: "in",
            flow: Some(Flow::Inbound),
            ..device(
                E::HttpRequest,
                "DeviceNetworkEvents",
                "ActionType == \"HttpConnectionInspected\" and tostring(parse_json(AdditionalFields).direction) == \"In\"",
                HTTP_IN,
            )
        },
        Source {
            label: "url",
            flow: Some(Flow::Outbound),
            ..device(E::HttpRequest, "DeviceNetworkEvents", "ActionType != \"HttpConnectionInspected\" and isnotempty(RemoteUrl)", HTTP_URL)
        },
        device(E::TlsHandshake, "DeviceNetworkEvents", "ActionType == \"SslConnectionInspected\"", TLS),
        identity(E::EmailMessage, "mail", "EmailEvents", "", EMAIL),
        device(E::AuthLogon, "DeviceLogonEvents", "", LOGON),
        identity(E::AuthLogon, "identity", "IdentityLogonEvents", "", IDENTITY_LOGON),
        identity(E::CloudAudit, "cloud", "CloudAppEvents", "", CLOUD),
    ],
    absent: &[
        (E::ProcessStart, &[F::ProcessImphash], "the sensor keeps no import hashes"),
        (E::ImageLoad, &[F::ImageImphash], "the sensor keeps no import hashes"),
        (E::ImageLoad, &[F::ImageSigned, F::ImageSigner], "signatures stand in DeviceFileCertificateInfo, once for each file"),
        (E::DriverLoad, &[F::ImageImphash], "the sensor keeps no import hashes"),
        (E::FileCreate, &[F::FileSha512], "the sensor keeps no SHA-512"),
        (E::NetworkFlow, &[F::SourceAs, F::DestinationAs], "events carry no autonomous system numbers"),
        (E::NetworkFlow, &[F::BytesIn, F::BytesOut], "events carry no byte counts"),
        (E::HttpRequest, &[F::HttpBody, F::HttpContentType], "bodies are not kept"),
        (E::TlsHandshake, &[F::TlsCertSha1, F::TlsCertSha256, F::TlsCertSerial], "certificates of sessions are kept by subject and issuer only"),
        (E::TlsHandshake, &[F::TlsJa3, F::TlsJa3s], "sessions are fingerprinted by JA4 only"),
        (E::TlsHandshake, &[F::TlsVersion], "versions are spelled in many ways"),
        (E::EmailMessage, &[F::EmailAttachmentMd5, F::EmailAttachmentSha1], "attachments are kept by SHA-256 only"),
        (E::CloudAudit, &[F::CloudOutcome], "outcomes stand in the raw event, a different place for each service"),
    ],
    absent_events: &[(E::FileContent, "the tables hold events, not the bytes of files")],
    otherwise: "the tables have no column for it",
    open: &[
        open::aws::DEFENDER_XDR,
        open::azure::DEFENDER_XDR,
        open::google::DEFENDER_XDR,
        open::identity::DEFENDER_XDR,
        open::kubernetes::DEFENDER_XDR,
        open::m365::DEFENDER_XDR,
        open::applications::ANTIVIRUS,
    ],
    open_absent: &[
        open::azure::PIM,
        open::azure::RISK,
        open::identity::BITBUCKET,
        open::linux::LINES,
        open::network::CISCO,
        open::network::FORTINET,
        open::network::HUAWEI,
        open::network::JUNIPER,
        open::network::ZEEK,
        open::web::APACHE,
        open::web::NGINX,
        open::applications::OPENCANARY,
        open::applications::RPC_FIREWALL,
        open::applications::STATEMENTS,
        open::applications::TEXTS,
    ],
};
