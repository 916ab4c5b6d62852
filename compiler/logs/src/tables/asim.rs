//! Which unifying parsers of the Advanced Security Information Model hold an event?
//!
//! Schemas: <https://learn.microsoft.com/azure/sentinel/normalization-about-schemas>. Built-in parsers begin with `_Im_`.

use super::made::Made::{self, First, Own, Vendor};
use super::made::Part::{
    AccountDomain, AccountName, Directory, Extension, LastName, Number, ShortHive, Unrooted, UrlHost, UrlPath, UrlPort, UrlQuery,
};
use super::rows::Rows;
use ir::{EventClass as E, Field as F};

use super::open::{self, Names, names};
use super::platform::Told;
use super::{Answer, Column, Entity, Fields, Numbers, Others, Product, Schema, Source, computed, computed_number, number};
use super::{text, words};

macro_rules! fields {
    ($($field:ident: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$((F::$field, &[$($column),+])),*] };
}

const PROCESS: Fields = fields! {
    ProcessPath: [text("TargetProcessName")],
    ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("TargetProcessName")))],
    ProcessCommandLine: [text("TargetProcessCommandLine")],
    ProcessPid: [computed_number("ProcessNumber", Number.of(&Made::Column("TargetProcessId")))],
    ProcessDirectory: [text("TargetProcessCurrentDirectory")],
    // The parser of Sysmon puts it where others have the file's own name.
    ProcessOriginalName: [
        text("TargetProcessFileOriginalName"),
        computed("OriginalName", Vendor("iff(EventProduct startswith \"Sysmon\", TargetProcessFilename, \"\")")),
    ],
    ProcessCompany: [text("TargetProcessFileCompany")],
    ProcessProduct: [text("TargetProcessFileProduct")],
    ProcessDescription: [text("TargetProcessFileDescription")],
    ProcessIntegrity: [text("TargetProcessIntegrityLevel")],
    ProcessMd5: [text("TargetProcessMD5")],
    ProcessSha1: [text("TargetProcessSHA1")],
    ProcessSha256: [text("TargetProcessSHA256")],
    ProcessImphash: [text("TargetProcessIMPHASH")],
    ParentPath: [text("ActingProcessName")],
    ParentName: [computed("ParentFile", LastName.of(&Made::Column("ActingProcessName")))],
    ParentCommandLine: [text("ActingProcessCommandLine")],
    ParentPid: [computed_number("ParentNumber", Number.of(&Made::Column("ActingProcessId")))],
    // The parser of Windows' audit leaves the target empty where a process runs as its creator.
    UserName: [computed("ActorName", AccountName.of(&First(&[Made::Column("TargetUsername"), Made::Column("ActorUsername")])))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&First(&[Made::Column("TargetUsername"), Made::Column("ActorUsername")])))],
    UserAccount: [computed("Actor", First(&[Made::Column("TargetUsername"), Made::Column("ActorUsername")]))],
    HostName: [text("DvcHostname"), text("DvcFQDN")],
};

/// What Sigma asks of a new process beyond the catalogue.
const PROCESS_OPEN: Names = names! {
    "FileVersion": [text("TargetProcessFileVersion")],
    "ParentUser": [text("ActorUsername")],
    "ParentIntegrityLevel": [text("ActingProcessIntegrityLevel")],
    "ParentOriginalFileName": [text("ActingProcessFileOriginalName")],
    "GrandParentImage": [text("ParentProcessName")],
    "ProcessGuid": [text("TargetProcessGuid")],
    "ParentProcessGuid": [text("ActingProcessGuid")],
    "LogonId": [text("TargetUserSessionId")],
};

/// The process that caused an event, its user and machine, behind the event's own columns.
macro_rules! by_acting_process {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            ProcessPath: [text("ActingProcessName")],
            ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("ActingProcessName")))],
            ProcessCommandLine: [text("ActingProcessCommandLine")],
            ProcessPid: [computed_number("ProcessNumber", Number.of(&Made::Column("ActingProcessId")))],
            UserName: [computed("ActorName", AccountName.of(&Made::Column("ActorUsername")))],
            UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("ActorUsername")))],
            UserAccount: [text("ActorUsername")],
            // The parser of Sysmon's registry events fills `Dvc` alone.
            HostName: [text("DvcHostname"), text("DvcFQDN"), text("Dvc")],
        }
    };
}

/// What Sigma asks of an event beyond the catalogue.
const ACTED_OPEN: Names = names! {
    "CommandLine": [text("ActingProcessCommandLine")],
    "ProcessGuid": [text("ActingProcessGuid")],
};

/// A path without the file's name that Defender's parser repeats behind it.
macro_rules! once {
    () => {
        "iff(TargetFilePath endswith strcat(@\"\\\", TargetFileName, @\"\\\", TargetFileName), \
substring(TargetFilePath, 0, strlen(TargetFilePath) - strlen(TargetFileName) - 1), TargetFilePath)"
    };
}

const FILE: Fields = by_acting_process! {
    FilePath: [text("TargetFilePath")],
    FileName: [computed("FileLastPart", LastName.of(&Made::Column("TargetFilePath")))],
    FileDirectory: [computed("FileFolder", Directory.of(&Vendor(once!())))],
    FileExtension: [computed("FileEnding", Extension.of(&Made::Column("TargetFilePath")))],
    FileSize: [number("TargetFileSize")],
    FileMd5: [text("TargetFileMD5")],
    FileSha1: [text("TargetFileSHA1")],
    FileSha256: [text("TargetFileSHA256")],
    FileSha512: [text("TargetFileSHA512")],
};

const RENAMED: Fields = by_acting_process! {
    FilePath: [text("TargetFilePath")],
    FileSource: [text("SrcFilePath")],
    FileName: [computed("FileLastPart", LastName.of(&Made::Column("TargetFilePath")))],
    FileDirectory: [computed("FileFolder", Directory.of(&Made::Column("TargetFilePath")))],
    FileExtension: [computed("FileEnding", Extension.of(&Made::Column("TargetFilePath")))],
};

/// The schema's words for types of values.
const NUMBERS: Numbers = Numbers { dword: "Reg_DWord", qword: "Reg_QWord", binary: "Reg_Binary" };

/// Some parsers keep a number as Sysmon writes it, others in decimal beside its type.
const DATA: [Column; 2] = [
    text("RegistryValueData"),
    Column { name: "RegistryValueData", from: Own, answer: Answer::Registry { kind: "RegistryValueType", numbers: NUMBERS } },
];

const KEY: Column = computed("ShortKey", ShortHive.of(&Made::Column("RegistryKey")));

/// A key and a value's name.
const VALUE_PATH: Column = Column {
    name: "TargetObject",
    from: Made::Path(&[Made::Column("RegistryKey"), Made::Column("RegistryValue")]),
    answer: Answer::Pair { parts: ["RegistryKey", "RegistryValue"], hives: true },
};

const REGISTRY: Fields = by_acting_process! {
    RegistryKey: [KEY],
    RegistryPath: [VALUE_PATH],
    RegistryValueName: [text("RegistryValue")],
    RegistryData: [DATA[0], DATA[1]],
    RegistryType: [computed("ValueType", Vendor("replace_regex(toupper(RegistryValueType), \"^(?:REG_)?\", \"REG_\")"))],
};

/// Keys, with a value's name behind them where there is one.
const REGISTRY_CHANGE: Fields = by_acting_process! {
    RegistryKey: [KEY],
    RegistryPath: [Column { name: "TargetObject", from: Vendor("trim_end(@\"\\\\\", strcat(RegistryKey, @\"\\\", RegistryValue))"), answer: Answer::Key }],
    RegistryValueName: [text("RegistryValue")],
    RegistryData: [DATA[0], DATA[1]],
};

const REGISTRY_OPEN: Names = names! {
    "EventType": [words("EventType", &[
        ("CreateKey", "RegistryKeyCreated"),
        ("DeleteKey", "RegistryKeyDeleted"),
        ("DeleteValue", "RegistryValueDeleted"),
        ("SetValue", "RegistryValueSet"),
        ("RenameKey", "RegistryKeyRenamed"),
    ])],
    "CommandLine": [text("ActingProcessCommandLine")],
    "ProcessGuid": [text("ActingProcessGuid")],
};

/// Both ends of a connection, and the machine that saw it, behind the event's own columns.
macro_rules! ends {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            SourceIp: [text("SrcIpAddr")],
            SourcePort: [number("SrcPortNumber")],
            DestinationIp: [text("DstIpAddr")],
            DestinationPort: [number("DstPortNumber")],
            HostName: [text("DvcHostname"), text("DvcFQDN")],
        }
    };
}

const FLOW: Fields = ends! {
    DestinationDomain: [text("DstFQDN"), text("DstHostname")],
    Transport: [text("NetworkProtocol")],
    BytesOut: [number("SrcBytes")],
    BytesIn: [number("DstBytes")],
    // Our own end is the source of what goes out and the destination of what comes in, and the parsers fill the program of our own end
    // alone. Defender's parser knows its name alone.
    ProcessPath: [computed("Program", First(&[Made::Column("SrcProcessName"), Made::Column("DstProcessName")])), ALONE],
    ProcessName: [computed("ProgramFile", LastName.of(&First(&[Made::Column("SrcProcessName"), Made::Column("DstProcessName")])))],
    ProcessPid: [computed_number("ProgramNumber", Number.of(&First(&[Made::Column("SrcProcessId"), Made::Column("DstProcessId")])))],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("SrcUsername")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("SrcUsername")))],
    UserAccount: [text("SrcUsername")],
};

/// The name of a program where the parser knows no folder.
const ALONE: Column =
    Column { name: "Program", from: First(&[Made::Column("SrcProcessName"), Made::Column("DstProcessName")]), answer: Answer::LastPart };

const DNS: Fields = ends! {
    DnsName: [computed("DnsName", Unrooted.of(&Made::Column("DnsQuery")))],
    DnsType: [text("DnsQueryTypeName")],
    DnsAnswer: [Column { name: "DnsResponseName", from: Own, answer: Answer::Joined }],
    DnsRcode: [text("DnsResponseCodeName")],
    ProcessPath: [text("SrcProcessName")],
    ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("SrcProcessName")))],
    ProcessPid: [computed_number("ProcessNumber", Number.of(&Made::Column("SrcProcessId")))],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("SrcUsername")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("SrcUsername")))],
    UserAccount: [text("SrcUsername")],
};

const HTTP: Fields = ends! {
    HttpMethod: [text("HttpRequestMethod")],
    UrlFull: [text("Url")],
    UrlHost: [computed("UrlHost", UrlHost.of(&Made::Column("Url")))],
    UrlPort: [computed_number("UrlPort", UrlPort.of(&Made::Column("Url")))],
    UrlPath: [computed("UrlPath", UrlPath.of(&Made::Column("Url")))],
    UrlQuery: [computed("UrlQuery", UrlQuery.of(&Made::Column("Url")))],
    UserAgent: [text("HttpUserAgent")],
    HttpReferrer: [text("HttpReferrer")],
    HttpStatus: [computed_number("HttpStatus", Number.of(&First(&[Made::Column("HttpStatusCode"), Made::Column("EventResultDetails")])))],
    HttpContentType: [text("HttpContentType")],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("SrcUsername")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("SrcUsername")))],
    UserAccount: [text("SrcUsername")],
};

const LOGON: Fields = fields! {
    Outcome: [computed("Outcome", Vendor("case(EventResult == \"Success\", \"success\", EventResult == \"Failure\", \"failure\", \"\")"))],
    LogonType: [computed_number(
        "LogonTypeNumber",
        Vendor("case(EventSubType =~ \"Interactive\", 2, EventSubType in~ (\"Network\", \"Remote\"), 3, EventSubType =~ \"Batch\", 4, EventSubType =~ \"Service\", 5, \
EventSubType =~ \"Unlock\", 7, EventSubType =~ \"NetworkCleartext\", 8, EventSubType =~ \"NewCredentials\", 9, EventSubType =~ \"RemoteInteractive\", 10, \
EventSubType =~ \"CachedInteractive\", 11, int(null))")
    )],
    LogonProcess: [text("ActingAppName"), text("TargetAppName")],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("TargetUsername")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("TargetUsername")))],
    UserAccount: [text("TargetUsername")],
    SourceIp: [text("SrcIpAddr")],
    SourcePort: [number("SrcPortNumber")],
    DestinationIp: [text("TargetIpAddr"), text("DstIpAddr")],
    HostName: [text("DvcHostname"), text("DvcFQDN")],
};

const AUDIT: Fields = fields! {
    CloudProvider: [computed(
        "CloudProvider",
        Vendor("case(EventVendor =~ \"AWS\", \"aws\", EventProduct has_any (\"Azure\", \"Entra\"), \"azure\", EventVendor =~ \"Microsoft\" and \
EventProduct has_any (\"Exchange\", \"SharePoint\", \"Office\", \"M365\"), \"m365\", EventVendor =~ \"Google\", \"gcp\", EventVendor =~ \"Okta\", \"okta\", \
EventVendor =~ \"GitHub\", \"github\", \"\")")
    )],
    CloudService: [text("TargetAppName")],
    CloudOperation: [text("Operation")],
    CloudOutcome: [computed("CloudOutcome", Vendor("case(EventResult == \"Success\", \"success\", EventResult == \"Failure\", \"failure\", \"\")"))],
    CloudUserAgent: [text("HttpUserAgent")],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("ActorUsername")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("ActorUsername")))],
    UserAccount: [text("ActorUsername")],
    SourceIp: [text("SrcIpAddr")],
    SourcePort: [number("SrcPortNumber")],
};

const ACTED: &[Entity] = &[("Host", "FullName", "Dvc"), ("Account", "FullName", "ActorUsername")];
const LINKS: &[Entity] = &[("IP", "Address", "SrcIpAddr"), ("IP", "Address", "DstIpAddr"), ("URL", "Url", "Url")];
const PEERS: &[Entity] = &[("IP", "Address", "SrcIpAddr"), ("IP", "Address", "DstIpAddr")];

const fn parser(class: E, table: &'static str, rows: Rows, fields: Fields, entities: &'static [Entity]) -> Source {
    Source {
        class,
        label: "",
        table,
        rows,
        ways: None,
        data: "",
        platform: None,
        flow: None,
        connector: "",
        fields,
        log: None,
        open: &[],
        beside: Told::ALL,
        others: Others::of(class),
        entities,
    }
}

const fn registry(class: E, rows: Rows, fields: Fields) -> Source {
    Source { open: REGISTRY_OPEN, ..parser(class, "_Im_RegistryEvent", rows, fields, ACTED) }
}

/// Sensors that know which way a connection goes say so: rows that may be inbound, rows that may be outbound.
const FLOWS: [Rows; 2] =
    [Rows::Not(&Rows::Is("NetworkDirection", &["Outbound", "Listen"])), Rows::Not(&Rows::Is("NetworkDirection", &["Inbound", "Listen"]))];
const REQUESTS: [Rows; 2] = [
    Rows::Either(&[Rows::Is("EventType", &["WebServerSession"]), Rows::Is("NetworkDirection", &["Inbound"])]),
    Rows::Every(&[Rows::Not(&Rows::Is("EventType", &["WebServerSession"])), Rows::Not(&Rows::Is("NetworkDirection", &["Inbound"]))]),
];

pub(super) static SCHEMA: Schema = Schema {
    product: Product::Asim,
    time: "TimeGenerated",
    sources: &[
        Source {
            open: PROCESS_OPEN,
            ..parser(
                E::ProcessStart,
                "_Im_ProcessCreate",
                Rows::All,
                PROCESS,
                &[("Host", "FullName", "Dvc"), ("Account", "FullName", "TargetUsername"), ("Process", "CommandLine", "TargetProcessCommandLine")],
            )
        },
        // The parser of Windows' own audit has words of its own: `ObjectAccessed`, `ObjectModified`, `ObjectDeleted`.
        Source { open: ACTED_OPEN, ..parser(E::FileCreate, "_Im_FileEvent", Rows::Is("EventType", &["FileCreated"]), FILE, ACTED) },
        Source {
            open: ACTED_OPEN,
            ..parser(
                E::FileModify,
                "_Im_FileEvent",
                Rows::Is("EventType", &["FileModified", "FileRenamed", "FileCreatedOrModified", "ObjectModified"]),
                FILE,
                ACTED,
            )
        },
        Source { open: ACTED_OPEN, ..parser(E::FileDelete, "_Im_FileEvent", Rows::Is("EventType", &["FileDeleted", "ObjectDeleted"]), FILE, ACTED) },
        parser(E::FileRename, "_Im_FileEvent", Rows::Is("EventType", &["FileRenamed"]), RENAMED, ACTED),
        parser(E::FileAccess, "_Im_FileEvent", Rows::Is("EventType", &["FileAccessed", "ObjectAccessed"]), FILE, ACTED),
        registry(E::RegistrySet, Rows::Is("EventType", &["RegistryValueSet"]), REGISTRY),
        registry(E::RegistryCreate, Rows::Is("EventType", &["RegistryKeyCreated"]), REGISTRY_CHANGE),
        registry(E::RegistryDelete, Rows::Is("EventType", &["RegistryKeyDeleted", "RegistryValueDeleted"]), REGISTRY_CHANGE),
        registry(
            E::RegistryChange,
            Rows::Is("EventType", &["RegistryKeyCreated", "RegistryKeyDeleted", "RegistryKeyRenamed", "RegistryValueSet", "RegistryValueDeleted"]),
            REGISTRY_CHANGE,
        ),
        Source {
            ways: Some(FLOWS),
            open: open::web::ASIM_CONNECTION,
            ..parser(E::NetworkFlow, "_Im_NetworkSession", Rows::Not(&Rows::Is("NetworkDirection", &["Listen"])), FLOW, PEERS)
        },
        parser(E::DnsQuery, "_Im_Dns", Rows::All, DNS, &[("IP", "Address", "SrcIpAddr"), ("DNS", "DomainName", "DnsQuery")]),
        Source { ways: Some(REQUESTS), open: open::web::ASIM_REQUEST, ..parser(E::HttpRequest, "_Im_WebSession", Rows::All, HTTP, LINKS) },
        parser(
            E::AuthLogon,
            "_Im_Authentication",
            Rows::Is("EventType", &["Logon"]),
            LOGON,
            &[("Account", "FullName", "TargetUsername"), ("IP", "Address", "SrcIpAddr")],
        ),
        parser(E::CloudAudit, "_Im_AuditEvent", Rows::All, AUDIT, &[("Account", "FullName", "ActorUsername"), ("IP", "Address", "SrcIpAddr")]),
    ],
    absent: &[
        (&[E::NetworkFlow], &[F::SourceAs, F::DestinationAs], "the schema has no autonomous system numbers"),
        (&[E::HttpRequest], &[F::HttpBody], "the schema has no bodies"),
        (&[E::FileRename], &[F::FileSize, F::FileMd5, F::FileSha1, F::FileSha256, F::FileSha512], "the parsers fill no digests of renamed files"),
        (&[E::RegistryCreate, E::RegistryDelete, E::RegistryChange], &[F::RegistryType], "the parsers say a type where a value is written alone"),
        (&[E::NetworkFlow, E::DnsQuery, E::HttpRequest], &[F::ProcessCommandLine], "the schema has no command line of a connection's program"),
        (&[E::HttpRequest], &[F::ProcessPath, F::ProcessPid], "the parsers of requests name no program"),
        (&[E::AuthLogon], &[F::DestinationPort], "the parsers of logons fill no port of the machine"),
        (&[E::CloudAudit], &[F::DestinationIp, F::DestinationPort], "a record has the caller's address alone"),
    ],
    partly: &[
        (
            E::ProcessStart,
            &[F::ProcessOriginalName, F::ProcessCompany, F::ProcessProduct, F::ProcessDescription, F::ProcessImphash, F::ProcessDirectory],
            &["M365 Defender for Endpoint", "Security Events"],
        ),
        (E::ProcessStart, &[F::ProcessMd5, F::ProcessSha1, F::ProcessSha256, F::ProcessIntegrity, F::ParentCommandLine], &["Security Events"]),
        (E::FileCreate, &[F::ProcessCommandLine], &["Sysmon"]),
        (E::RegistrySet, &[F::ProcessCommandLine], &["Security Events", "Sysmon"]),
    ],
    absent_open: &[],
    absent_events: &[
        (E::FileContent, "the schemas describe events, not the bytes of files"),
        (E::ProcessAccess, "the schema knows starts and ends of processes only"),
        (E::ImageLoad, "there is no schema for it"),
        (E::DriverLoad, "there is no schema for it"),
        (E::Pipe, "there is no schema for it"),
        (E::ServiceInstall, "there is no schema for it"),
        (E::TaskCreate, "there is no schema for it"),
        (E::ScriptBlock, "there is no schema for it"),
        (E::TlsHandshake, "there is no schema for it"),
        (E::EmailMessage, "there is no schema for it"),
    ],
    otherwise: "the schema has no field for it",
    open: &[open::asim::ASIM],
    no_source: &[open::asim::WINDOWS_LOGS, open::applications::OPENCANARY],
    unfilled: &[
        (["*", "okta", "*"], "Microsoft's parsers of audit events read none of Okta's System Log; a site's own parser has to"),
        (["*", "gcp", "*"], "Microsoft's parsers of audit events read none of Google's logs; a site's own parser has to"),
    ],
};
