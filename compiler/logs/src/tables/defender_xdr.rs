//! Which tables and columns of Defender XDR's advanced hunting hold an event?
//!
//! Tables: <https://learn.microsoft.com/defender-xdr/advanced-hunting-schema-tables>. What `AdditionalFields` holds for each
//! `ActionType` is in the schema reference of the portal. `FolderPath` is the full path, file name included.

use super::made::Made::{self, Additional, First, Own, Pieces, Vendor};
use super::made::Part::{AccountDomain, AccountName, Directory, Extension, ShortHive, UrlHost, UrlPath, UrlPort, UrlQuery};
use super::open;
use super::platform::Told;
use super::rows::Rows;
use super::{Answer, Column, Fields, Numbers, Others, Product, Schema, Source, always, computed, computed_number, number, path, text, words};
use ir::{EventClass as E, Field as F, Flow, Platform, field};

type Open = &'static [(&'static str, &'static [Column])];

macro_rules! fields {
    ($($field:ident: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$((F::$field, &[$($column),+])),*] };
}

/// Events that the sensor records on Windows alone.
const fn on_windows(class: E, rows: Rows, fields: Fields) -> Source {
    Source { platform: Some(Platform::Windows), ..device(class, "DeviceEvents", rows, fields) }
}

const fn device(class: E, table: &'static str, rows: Rows, fields: Fields) -> Source {
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
        log: None,
        open: BY_OPEN,
        beside: Told::ALL,
        others: Others::of(class),
        entities: &[],
    }
}

const PROCESS: Fields = fields! {
    ProcessPath: [path("FolderPath", "FileName")],
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
    ParentPath: [path("InitiatingProcessFolderPath", "InitiatingProcessFileName")],
    ParentName: [text("InitiatingProcessFileName")],
    ParentCommandLine: [text("InitiatingProcessCommandLine")],
    ParentPid: [number("InitiatingProcessId")],
    UserName: [text("AccountName")],
    UserDomain: [text("AccountDomain")],
    UserAccount: [account_of("Account", Made::Path(&[Made::Column("AccountDomain"), Made::Column("AccountName")]), ["AccountDomain", "AccountName"])],
    HostName: [text("DeviceName")],
};

/// What Sigma asks of a new process beyond the catalogue.
const PROCESS_OPEN: Open =
    &[("ParentUser", &[BY]), ("LogonId", &[number("LogonId")]), ("ParentIntegrityLevel", &[text("InitiatingProcessIntegrityLevel")])];

/// An account with its domain.
const fn account_of(name: &'static str, from: Made, parts: [&'static str; 2]) -> Column {
    Column { name, from, answer: Answer::Pair { parts, hives: false } }
}

/// The account of the process that caused an event.
const BY: Column = account_of(
    "InitiatingAccount",
    Made::Path(&[Made::Column("InitiatingProcessAccountDomain"), Made::Column("InitiatingProcessAccountName")]),
    ["InitiatingProcessAccountDomain", "InitiatingProcessAccountName"],
);

/// The parent of the process that caused an event, by file name alone.
const GRANDPARENT: Column = Column { name: "InitiatingProcessParentFileName", from: Own, answer: Answer::LastPart };

/// What Sigma asks of any event beyond the catalogue.
const BY_OPEN: Open = &[
    ("CommandLine", &[text("InitiatingProcessCommandLine")]),
    ("ParentImage", &[GRANDPARENT]),
    ("SourceParentImage", &[GRANDPARENT]),
    ("IntegrityLevel", &[text("InitiatingProcessIntegrityLevel")]),
];

/// Columns about the process that caused an event, and its machine, followed by the event's own.
macro_rules! caused_by_process {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            ProcessPath: [path("InitiatingProcessFolderPath", "InitiatingProcessFileName")],
            ProcessName: [text("InitiatingProcessFileName")],
            ProcessCommandLine: [text("InitiatingProcessCommandLine")],
            ProcessPid: [number("InitiatingProcessId")],
            UserName: [text("InitiatingProcessAccountName")],
            UserDomain: [text("InitiatingProcessAccountDomain")],
            UserAccount: [BY],
            HostName: [text("DeviceName")],
        }
    };
}

const FILE: Fields = caused_by_process! {
    FilePath: [path("FolderPath", "FileName")],
    FileName: [text("FileName")],
    FileDirectory: [computed("FileDirectory", Directory.of(&Made::Column("FolderPath")))],
    FileExtension: [computed("FileExtension", Extension.of(&Made::Column("FileName")))],
    FileSize: [number("FileSize")],
    FileMd5: [text("MD5")],
    FileSha1: [text("SHA1")],
    FileSha256: [text("SHA256")],
};

/// `FileSource` is the folder and the name from before.
const FILE_RENAME: Fields = caused_by_process! {
    FilePath: [path("FolderPath", "FileName")],
    FileName: [text("FileName")],
    FileDirectory: [computed("FileDirectory", Directory.of(&Made::Column("FolderPath")))],
    FileExtension: [computed("FileExtension", Extension.of(&Made::Column("FileName")))],
    FileSource: [Column {
        name: "PreviousPath",
        from: Made::Path(&[Made::Column("PreviousFolderPath"), Made::Column("PreviousFileName")]),
        answer: Answer::Pair { parts: ["PreviousFolderPath", "PreviousFileName"], hives: false },
    }],
    FileSize: [number("FileSize")],
    FileMd5: [text("MD5")],
    FileSha1: [text("SHA1")],
    FileSha256: [text("SHA256")],
};

/// Key and value name as Sysmon writes them, in one text.
const fn target(from: Made, parts: [&'static str; 2]) -> Column {
    Column { name: "TargetObject", from, answer: Answer::Pair { parts, hives: true } }
}

/// The table's words for types of values.
const NUMBERS: Numbers = Numbers { dword: "Dword", qword: "Qword", binary: "Binary" };

const DATA: Column = Column { name: "RegistryValueData", from: Own, answer: Answer::Registry { kind: "RegistryValueType", numbers: NUMBERS } };

/// Sysmon's words for what happens to keys and values.
const REGISTRY_CHANGES: Column = words(
    "ActionType",
    &[
        ("CreateKey", "RegistryKeyCreated"),
        ("DeleteKey", "RegistryKeyDeleted"),
        ("DeleteValue", "RegistryValueDeleted"),
        ("SetValue", "RegistryValueSet"),
        ("RenameKey", "RegistryKeyRenamed"),
    ],
);

const REGISTRY_OPEN: Open =
    &[("EventType", &[REGISTRY_CHANGES]), ("CommandLine", &[text("InitiatingProcessCommandLine")]), ("ParentImage", &[GRANDPARENT])];

const REGISTRY_PARTS: [&str; 2] = ["RegistryKey", "RegistryValueName"];

const REGISTRY: Fields = caused_by_process! {
    RegistryKey: [computed("RegistryKeyShort", ShortHive.of(&Made::Column("RegistryKey")))],
    RegistryPath: [target(Made::Path(&[Made::Column("RegistryKey"), Made::Column("RegistryValueName")]), REGISTRY_PARTS)],
    RegistryValueName: [text("RegistryValueName")],
    RegistryData: [DATA],
};

/// Keys by themselves have no value's name behind them.
const REGISTRY_CREATE: Fields = caused_by_process! {
    RegistryKey: [computed("RegistryKeyShort", ShortHive.of(&Made::Column("RegistryKey")))],
    RegistryPath: [hive_only(Made::Column("RegistryKey"))],
};

/// A key as Sysmon writes it.
const fn hive_only(from: Made) -> Column {
    Column { name: "TargetObject", from, answer: Answer::Key }
}

/// Keys and values.
const REGISTRY_CHANGE: Fields = caused_by_process! {
    RegistryKey: [computed("RegistryKeyShort", ShortHive.of(&First(&[Made::Column("RegistryKey"), Made::Column("PreviousRegistryKey")])))],
    RegistryPath: [hive_only(
        Vendor("trim_end(@\"\\\\\", strcat(coalesce(RegistryKey, PreviousRegistryKey), @\"\\\", coalesce(RegistryValueName, PreviousRegistryValueName)))")
    )],
    RegistryValueName: [computed("ValueName", First(&[Made::Column("RegistryValueName"), Made::Column("PreviousRegistryValueName")]))],
    RegistryData: [DATA],
};

const REGISTRY_DELETE: Fields = caused_by_process! {
    RegistryKey: [computed("RegistryKeyShort", ShortHive.of(&First(&[Made::Column("RegistryKey"), Made::Column("PreviousRegistryKey")])))],
    RegistryPath: [hive_only(
        Vendor("trim_end(@\"\\\\\", strcat(coalesce(RegistryKey, PreviousRegistryKey), @\"\\\", coalesce(RegistryValueName, PreviousRegistryValueName)))")
    )],
    RegistryValueName: [computed("DeletedValueName", First(&[Made::Column("RegistryValueName"), Made::Column("PreviousRegistryValueName")]))],
    RegistryData: [computed("DeletedValueData", First(&[Made::Column("RegistryValueData"), Made::Column("PreviousRegistryValueData")]))],
};

const IMAGE: Fields = caused_by_process! {
    ImagePath: [path("FolderPath", "FileName")],
    ImageName: [text("FileName")],
    ImageMd5: [text("MD5")],
    ImageSha1: [text("SHA1")],
    ImageSha256: [text("SHA256")],
};

const DRIVER: Fields = fields! {
    ImagePath: [path("FolderPath", "FileName")],
    ImageName: [text("FileName")],
    ImageMd5: [text("MD5")],
    ImageSha1: [text("SHA1")],
    ImageSha256: [text("SHA256")],
    HostName: [text("DeviceName")],
};

const ACCESS: Fields = caused_by_process! {
    TargetProcessPath: [path("FolderPath", "FileName")],
    TargetProcessName: [text("FileName")],
    AccessMask: [computed("GrantedAccess", Pieces(&[Vendor("strcat(\"0x\", tohex(tolong("), Additional("DesiredAccess"), Vendor(")))")]))],
};

const REMOTE_THREAD: Fields = caused_by_process! {
    TargetProcessPath: [path("FolderPath", "FileName")],
    TargetProcessName: [text("FileName")],
};

const PIPE: Fields = caused_by_process! {
    PipeName: [computed("PipeName", Pieces(&[Vendor("replace_regex("), Additional("PipeName"), Vendor(", @\"(?i)^\\\\Device\\\\NamedPipe\\\\\", \"\")")]))],
};

const SERVICE: Fields = fields! {
    ServiceName: [computed("ServiceName", Additional("ServiceName"))],
    ServicePath: [text("FolderPath"), text("ProcessCommandLine")],
    ServiceAccount: [computed("ServiceAccount", Additional("ServiceAccount"))],
    ServiceStart: [computed(
        "ServiceStart",
        Pieces(&[Vendor("case("), Additional("ServiceStartType"), Vendor(" in (\"0\"), \"boot start\", "), Additional("ServiceStartType"), Vendor(" in (\"1\"), \"system start\", "), Additional("ServiceStartType"), Vendor(" in (\"2\"), \"auto start\", "), Additional("ServiceStartType"), Vendor(" in (\"3\"), \"demand start\", "), Additional("ServiceStartType"), Vendor(" in (\"4\"), \"disabled\", "), Additional("ServiceStartType"), Vendor(")")])
    )],
    UserName: [text("InitiatingProcessAccountName")],
    UserDomain: [text("InitiatingProcessAccountDomain")],
    HostName: [text("DeviceName")],
};

const TASK: Fields = caused_by_process! {
    TaskName: [computed("TaskName", Additional("TaskName"))],
    TaskContent: [computed("TaskContent", Additional("TaskContent"))],
    TaskCommand: [computed(
        "TaskCommand",
        Pieces(&[Vendor("trim_end(\" \", strcat(extract(@\"<Command>([^<]*)\", 1, "), Additional("TaskContent"), Vendor("), \" \", extract(@\"<Arguments>([^<]*)\", 1, "), Additional("TaskContent"), Vendor(")))")])
    )],
};

const SCRIPT: Fields = caused_by_process! {
    ScriptText: [computed("ScriptText", Additional("ScriptContent"))],
};

const REMOTE: Column = Column { name: "RemoteIP", from: Own, answer: Answer::MappedAddress };
const LOCAL: Column = Column { name: "LocalIP", from: Own, answer: Answer::MappedAddress };

const FLOW_OUT: Fields = caused_by_process! {
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
    DestinationDomain: [computed("RemoteHost", UrlHost.of(&Made::Column("RemoteUrl")))],
    Transport: [computed("Transport", Vendor("replace_regex(tolower(Protocol), \"v[46]$\", \"\")"))],
};

const FLOW_IN: Fields = caused_by_process! {
    SourceIp: [REMOTE],
    SourcePort: [number("RemotePort")],
    DestinationIp: [LOCAL],
    DestinationPort: [number("LocalPort")],
    Transport: [computed("Transport", Vendor("replace_regex(tolower(Protocol), \"v[46]$\", \"\")"))],
};

const DNS_ANSWER: Fields = caused_by_process! {
    DnsName: [computed("DnsName", Pieces(&[Vendor("trim_end(@\"\\.\", "), Additional("DnsQueryString"), Vendor(")")]))],
};

const DNS_PACKET: Fields = caused_by_process! {
    DnsName: [computed("DnsName", Pieces(&[Vendor("trim_end(@\"\\.\", "), Additional("query"), Vendor(")")]))],
    DnsType: [computed("DnsType", Additional("qtype_name"))],
    DnsRcode: [computed("DnsRcode", Additional("rcode_name"))],
    DnsAnswer: [Column { name: "DnsAnswer", from: Additional("answers"), answer: Answer::Joined }],
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
            HttpMethod: [computed("HttpMethod", Additional("method"))],
            UrlFull: [computed("Url", Pieces(&[Vendor("strcat(\"http://\", "), Additional("host"), Vendor(", "), Additional("uri"), Vendor(")")]))],
            UrlHost: [computed("UrlHost", Pieces(&[Vendor("extract(@\"^(\\[[^\\]]*\\]|[^:]*)\", 1, "), Additional("host"), Vendor(")")]))],
            UrlPort: [computed_number("UrlPort", Pieces(&[Vendor("tolong(extract(@\":([0-9]+)$\", 1, replace_regex("), Additional("host"), Vendor(", \":80$\", \"\")))")]))],
            UrlPath: [computed("UrlPath", Pieces(&[Vendor("extract(@\"^([^?#]*)\", 1, "), Additional("uri"), Vendor(")")]))],
            UrlQuery: [computed("UrlQuery", Pieces(&[Vendor("extract(@\"^[^?#]*\\?([^#]*)\", 1, "), Additional("uri"), Vendor(")")]))],
            UserAgent: [computed("UserAgent", Additional("user_agent"))],
            HttpReferrer: [computed("HttpReferrer", Additional("referrer"))],
            HttpStatus: [computed_number("HttpStatus", Pieces(&[Vendor("tolong("), Additional("status_code"), Vendor(")")]))],
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
    UrlHost: [computed("UrlHost", UrlHost.of(&Made::Column("RemoteUrl")))],
    UrlPort: [computed_number("UrlPort", UrlPort.of(&Made::Column("RemoteUrl")))],
    UrlPath: [computed("UrlPath", UrlPath.of(&Made::Column("RemoteUrl")))],
    UrlQuery: [computed("UrlQuery", UrlQuery.of(&Made::Column("RemoteUrl")))],
    SourceIp: [LOCAL],
    SourcePort: [number("LocalPort")],
    DestinationIp: [REMOTE],
    DestinationPort: [number("RemotePort")],
};

const TLS: Fields = fields! {
    TlsSni: [computed("TlsServerName", Additional("server_name"))],
    TlsJa4: [computed("TlsJa4", Additional("ja4"))],
    TlsCertSubject: [computed("TlsSubject", Additional("subject"))],
    TlsCertIssuer: [computed("TlsIssuer", Additional("issuer"))],
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
    EmailAttachmentName: [Column { name: "FileName", from: Own, answer: Answer::Other { table: "EmailAttachmentInfo", key: "NetworkMessageId" } }],
    EmailAttachmentSha256: [Column { name: "SHA256", from: Own, answer: Answer::Other { table: "EmailAttachmentInfo", key: "NetworkMessageId" } }],
    EmailUrl: [Column { name: "Url", from: Own, answer: Answer::Other { table: "EmailUrlInfo", key: "NetworkMessageId" } }],
    EmailUrlHost: [Column { name: "UrlDomain", from: Own, answer: Answer::Other { table: "EmailUrlInfo", key: "NetworkMessageId" } }],
    EmailSourceIp: [text("SenderIPv4"), text("SenderIPv6")],
};

/// The Windows logon type that a word for it stands for.
const LOGON_TYPE: &str = "case(LogonType =~ \"Interactive\", 2, LogonType =~ \"Network\", 3, LogonType =~ \"Batch\", 4, LogonType =~ \"Service\", 5, \
LogonType =~ \"Unlock\", 7, LogonType =~ \"NetworkCleartext\", 8, LogonType =~ \"NewCredentials\", 9, LogonType =~ \"RemoteInteractive\", 10, \
LogonType =~ \"CachedInteractive\", 11, int(null))";

const OUTCOME: Column =
    computed("Outcome", Vendor("case(ActionType == \"LogonSuccess\", \"success\", ActionType == \"LogonFailed\", \"failure\", \"\")"));

const LOGON: Fields = fields! {
    Outcome: [OUTCOME],
    LogonType: [computed_number("LogonTypeNumber", Vendor(LOGON_TYPE))],
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
    UserName: [text("AccountName"), computed("AccountUpnName", AccountName.of(&Made::Column("AccountUpn")))],
    UserDomain: [text("AccountDomain"), computed("AccountUpnDomain", AccountDomain.of(&Made::Column("AccountUpn")))],
    SourceIp: [text("IPAddress")],
    SourcePort: [number("Port")],
    DestinationIp: [text("DestinationIPAddress")],
    DestinationPort: [number("DestinationPort")],
    HostName: [text("DestinationDeviceName")],
};

const CLOUD: Fields = fields! {
    CloudProvider: [computed(
        "CloudProvider",
        Vendor("case(Application has_any (\"Microsoft 365\", \"Office 365\") or Application startswith \"Microsoft \", iff(Application =~ \"Microsoft Azure\", \
\"azure\", \"m365\"), Application has \"Amazon Web Services\", \"aws\", Application has \"Google Cloud Platform\", \"gcp\", Application has \"GitHub\", \
\"github\", Application has \"Okta\", \"okta\", \"\")")
    )],
    CloudService: [text("Application")],
    CloudOperation: [text("ActionType")],
    CloudUserAgent: [text("UserAgent")],
    UserName: [text("AccountDisplayName"), text("AccountId")],
    SourceIp: [text("IPAddress")],
};

const fn identity(class: E, label: &'static str, table: &'static str, rows: Rows, fields: Fields) -> Source {
    Source { label, ..device(class, table, rows, fields) }
}

const fn registry(class: E, rows: Rows, fields: Fields) -> Source {
    Source { open: REGISTRY_OPEN, ..device(class, "DeviceRegistryEvents", rows, fields) }
}

const OUT_OPEN: Open = &[("Initiated", &[always("true")]), ("ParentImage", &[GRANDPARENT])];
const IN_OPEN: Open = &[("Initiated", &[always("false")]), ("ParentImage", &[GRANDPARENT])];

/// Connections that somebody else opened.
const INBOUND: Rows = Rows::Is("ActionType", &["InboundConnectionAccepted", "InboundConnectionAttempt", "InboundInternetScanInspected"]);
/// Every other connection; what inspection adds to one is a request or a session of its own.
const OUTBOUND: Rows = Rows::Not(&Rows::Is(
    "ActionType",
    &["InboundConnectionAccepted", "InboundConnectionAttempt", "InboundInternetScanInspected", "ListeningConnectionCreated"],
));

pub(super) static SCHEMA: Schema = Schema {
    product: Product::DefenderXdr,
    time: "Timestamp",
    sources: &[
        Source { open: PROCESS_OPEN, ..device(E::ProcessStart, "DeviceProcessEvents", Rows::Is("ActionType", &["ProcessCreated"]), PROCESS) },
        on_windows(E::ProcessAccess, Rows::Is("ActionType", &["OpenProcessApiCall"]), ACCESS),
        on_windows(E::RemoteThread, Rows::Is("ActionType", &["CreateRemoteThreadApiCall"]), REMOTE_THREAD),
        device(E::FileCreate, "DeviceFileEvents", Rows::Is("ActionType", &["FileCreated"]), FILE),
        device(E::FileModify, "DeviceFileEvents", Rows::Is("ActionType", &["FileModified", "FileRenamed"]), FILE),
        device(E::FileRename, "DeviceFileEvents", Rows::Is("ActionType", &["FileRenamed"]), FILE_RENAME),
        device(E::FileDelete, "DeviceFileEvents", Rows::Is("ActionType", &["FileDeleted"]), FILE),
        registry(E::RegistrySet, Rows::Is("ActionType", &["RegistryValueSet"]), REGISTRY),
        registry(E::RegistryCreate, Rows::Is("ActionType", &["RegistryKeyCreated"]), REGISTRY_CREATE),
        registry(E::RegistryDelete, Rows::Is("ActionType", &["RegistryKeyDeleted", "RegistryValueDeleted"]), REGISTRY_DELETE),
        registry(E::RegistryChange, Rows::All, REGISTRY_CHANGE),
        device(E::ImageLoad, "DeviceImageLoadEvents", Rows::All, IMAGE),
        on_windows(E::DriverLoad, Rows::Is("ActionType", &["DriverLoad"]), DRIVER),
        on_windows(E::Pipe, Rows::Is("ActionType", &["NamedPipeEvent"]), PIPE),
        on_windows(E::ServiceInstall, Rows::Is("ActionType", &["ServiceInstalled"]), SERVICE),
        on_windows(E::TaskCreate, Rows::Is("ActionType", &["ScheduledTaskCreated"]), TASK),
        on_windows(E::ScriptBlock, Rows::Is("ActionType", &["AmsiScriptContent"]), SCRIPT),
        Source { label: "out", flow: Some(Flow::Outbound), open: OUT_OPEN, ..device(E::NetworkFlow, "DeviceNetworkEvents", OUTBOUND, FLOW_OUT) },
        Source { label: "in", flow: Some(Flow::Inbound), open: IN_OPEN, ..device(E::NetworkFlow, "DeviceNetworkEvents", INBOUND, FLOW_IN) },
        on_windows(E::DnsQuery, Rows::Is("ActionType", &["DnsQueryResponse"]), DNS_ANSWER),
        identity(E::DnsQuery, "packets", "DeviceNetworkEvents", Rows::Is("ActionType", &["DnsConnectionInspected"]), DNS_PACKET),
        Source {
            label: "out",
            flow: Some(Flow::Outbound),
            open: open::web::INSPECTED,
            ..device(
                E::HttpRequest,
                "DeviceNetworkEvents",
                Rows::Every(&[Rows::Is("ActionType", &["HttpConnectionInspected"]), Rows::Not(&Rows::Is("AdditionalFields.direction", &["In"]))]),
                HTTP_OUT,
            )
        },
        Source {
            label: "in",
            flow: Some(Flow::Inbound),
            open: open::web::INSPECTED,
            ..device(
                E::HttpRequest,
                "DeviceNetworkEvents",
                Rows::Every(&[Rows::Is("ActionType", &["HttpConnectionInspected"]), Rows::Is("AdditionalFields.direction", &["In"])]),
                HTTP_IN,
            )
        },
        Source {
            label: "url",
            flow: Some(Flow::Outbound),
            open: open::web::REMOTE_URL,
            ..device(
                E::HttpRequest,
                "DeviceNetworkEvents",
                Rows::Every(&[Rows::Not(&Rows::Is("ActionType", &["HttpConnectionInspected"])), Rows::Filled("RemoteUrl")]),
                HTTP_URL,
            )
        },
        device(E::TlsHandshake, "DeviceNetworkEvents", Rows::Is("ActionType", &["SslConnectionInspected"]), TLS),
        identity(E::EmailMessage, "mail", "EmailEvents", Rows::All, EMAIL),
        device(E::AuthLogon, "DeviceLogonEvents", Rows::All, LOGON),
        identity(E::AuthLogon, "identity", "IdentityLogonEvents", Rows::All, IDENTITY_LOGON),
        identity(E::CloudAudit, "cloud", "CloudAppEvents", Rows::All, CLOUD),
    ],
    absent: &[
        (&[E::ProcessStart], &[F::ProcessImphash], "the sensor keeps no import hashes"),
        (&[E::ImageLoad], &[F::ImageImphash], "the sensor keeps no import hashes"),
        (&[E::ImageLoad], &[F::ImageSigned, F::ImageSigner], "signatures stand in DeviceFileCertificateInfo, once for each file"),
        (&[E::DriverLoad], &[F::ImageImphash], "the sensor keeps no import hashes"),
        (&[E::DriverLoad], &[F::ImageSigned, F::ImageSigner], "signatures stand in DeviceFileCertificateInfo, once for each file"),
        (&[E::ProcessStart], &[F::ProcessDirectory], "the sensor keeps no current directories"),
        (&[E::ProcessAccess], &[F::CallTrace], "the sensor keeps no call stacks"),
        (&[E::RemoteThread], &[F::ThreadModule, F::ThreadFunction, F::ThreadAddress], "the sensor does not say where threads start"),
        (&[E::FileCreate], &[F::FileSha512], "the sensor keeps no SHA-512"),
        (&[E::NetworkFlow], &[F::SourceAs, F::DestinationAs], "events carry no autonomous system numbers"),
        (&[E::NetworkFlow], &[F::BytesIn, F::BytesOut], "events carry no byte counts"),
        (&[E::HttpRequest], &[F::HttpBody, F::HttpContentType], "bodies are not kept"),
        (&[E::TlsHandshake], &[F::TlsCertSha1, F::TlsCertSha256, F::TlsCertSerial], "certificates of sessions are kept by subject and issuer only"),
        (&[E::TlsHandshake], &[F::TlsJa3, F::TlsJa3s], "sessions are fingerprinted by JA4 only"),
        (&[E::TlsHandshake], &[F::TlsVersion], "versions are spelled in many ways"),
        (&[E::EmailMessage], &[F::EmailAttachmentMd5, F::EmailAttachmentSha1], "attachments are kept by SHA-256 only"),
        (&[E::CloudAudit], &[F::CloudOutcome], "outcomes stand in the raw event, a different place for each service"),
        (&[E::FileModify, E::FileDelete, E::FileRename], &[F::FileSha512], "the sensor keeps no SHA-512"),
        (
            &[E::RegistrySet, E::RegistryCreate, E::RegistryDelete, E::RegistryChange],
            &[F::RegistryType],
            "types are spelled in the sensor's own words",
        ),
        (&[E::RegistryCreate], &[F::RegistryValueName, F::RegistryData], "a new key has no value"),
        (&[E::ServiceInstall, E::AuthLogon], &[F::UserAccount], "an account's name and domain stand in two columns"),
        (&[E::ScriptBlock], &[F::ScriptPath], "the sensor keeps the text of a script, not its file"),
        (&[E::TlsHandshake], &[F::TlsAlpn, F::TlsCertSan], "the inspection of a session does not keep it"),
        (&[E::TlsHandshake], field::PROCESS, "the inspection of a session names no program"),
        (&[E::CloudAudit], &[F::UserDomain, F::UserAccount], "an account is an identifier or a display name"),
        (&[E::CloudAudit], &[F::SourcePort, F::DestinationIp, F::DestinationPort], "a record has the caller's address alone"),
    ],
    partly: &[],
    absent_open: &[
        (E::ProcessStart, &["FileVersion"], "DeviceProcessEvents has the version of the product, not of the file"),
        (E::ProcessStart, &["Hashes"], "DeviceProcessEvents has a column for each digest, and none for import hashes"),
        (E::ImageLoad, &["OriginalFileName", "Description", "Product", "Company", "FileVersion"], "DeviceImageLoadEvents has no version resources"),
        (E::ImageLoad, &["SignatureStatus"], "signatures stand in DeviceFileCertificateInfo, once for each file"),
        (E::RegistryChange, &["NewName"], "DeviceRegistryEvents has a renamed key under one of its names"),
    ],
    absent_events: &[
        (E::FileContent, "the tables hold events, not the bytes of files"),
        (E::FileAccess, "DeviceFileEvents holds no files that are only read"),
        (E::FileStream, "DeviceFileEvents holds no streams of files"),
    ],
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
    unfilled: &[],
    no_source: &[
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
