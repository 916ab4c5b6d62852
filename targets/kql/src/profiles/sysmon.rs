//! Where does Sysmon write what, when its log reaches the `Event` table as XML?
//!
//! Event ids and their data: <https://learn.microsoft.com/sysinternals/downloads/sysmon>. Values are XML, so `&` and `<`
//! stand as escapes; `unxml` takes them out.

use ir::{EventClass as E, Field as F, Platform};

use super::{Answer, Column, Entity, Others, Source, account, account_domain, computed, computed_number, number, text};

type Fields = &'static [(F, &'static [Column])];

macro_rules! fields {
    ($($field:ident: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$((F::$field, &[$($column),+])),*] };
}

/// The text under a name in the event's data.
macro_rules! data {
    ($name:literal) => {
        concat!("unxml(extract(@'<Data Name=\"", $name, "\">([^<]*)', 1, EventData))")
    };
}

/// The last part of a path in the event's data.
macro_rules! data_name {
    ($name:literal) => {
        concat!("unxml(extract(@'<Data Name=\"", $name, "\">(?:[^<]*[\\\\/])?([^<\\\\/]*)<', 1, EventData))")
    };
}

/// A digest in the list of digests.
macro_rules! digest {
    ($name:literal) => {
        concat!("extract(@'<Data Name=\"Hashes\">[^<]*\\b", $name, "=([0-9A-Fa-f]+)', 1, EventData)")
    };
}

/// A whole number in the event's data.
macro_rules! data_number {
    ($name:literal) => {
        concat!("tolong(extract(@'<Data Name=\"", $name, "\">([0-9]+)', 1, EventData))")
    };
}

/// Columns about the process that caused an event, its user and machine, behind the event's own.
macro_rules! caused_by_process {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            ProcessPath: [computed("ProcessPath", data!("Image"))],
            ProcessName: [computed("ProcessFile", data_name!("Image"))],
            ProcessPid: [computed_number("ProcessNumber", data_number!("ProcessId"))],
            UserName: [computed("ActorName", account!("unxml(extract(@'<Data Name=\"User\">([^<]*)', 1, EventData))"))],
            UserDomain: [computed("ActorDomain", account_domain!("unxml(extract(@'<Data Name=\"User\">([^<]*)', 1, EventData))"))],
            UserAccount: [computed("User", data!("User"))],
            HostName: [text("Computer")],
        }
    };
}

const START: Fields = caused_by_process! {
    ProcessCommandLine: [computed("ProcessCommandLine", data!("CommandLine"))],
    ProcessDirectory: [computed("ProcessDirectory", data!("CurrentDirectory"))],
    ProcessOriginalName: [computed("ProcessOriginalName", data!("OriginalFileName"))],
    ProcessCompany: [computed("ProcessCompany", data!("Company"))],
    ProcessProduct: [computed("ProcessProduct", data!("Product"))],
    ProcessDescription: [computed("ProcessDescription", data!("Description"))],
    ProcessIntegrity: [computed("ProcessIntegrity", data!("IntegrityLevel"))],
    ProcessMd5: [computed("ProcessMD5", digest!("MD5"))],
    ProcessSha1: [computed("ProcessSHA1", digest!("SHA1"))],
    ProcessSha256: [computed("ProcessSHA256", digest!("SHA256"))],
    ProcessImphash: [computed("ProcessIMPHASH", digest!("IMPHASH"))],
    ParentPath: [computed("ParentPath", data!("ParentImage"))],
    ParentName: [computed("ParentFile", data_name!("ParentImage"))],
    ParentCommandLine: [computed("ParentCommandLine", data!("ParentCommandLine"))],
    ParentPid: [computed_number("ParentNumber", data_number!("ParentProcessId"))],
};

const ACCESS: Fields = fields! {
    ProcessPath: [computed("ProcessPath", data!("SourceImage"))],
    ProcessName: [computed("ProcessFile", data_name!("SourceImage"))],
    ProcessPid: [computed_number("ProcessNumber", data_number!("SourceProcessId"))],
    TargetProcessPath: [computed("TargetPath", data!("TargetImage"))],
    TargetProcessName: [computed("TargetFile", data_name!("TargetImage"))],
    AccessMask: [computed("AccessMask", data!("GrantedAccess"))],
    CallTrace: [computed("CallTrace", data!("CallTrace"))],
    UserName: [computed("ActorName", account!("unxml(extract(@'<Data Name=\"SourceUser\">([^<]*)', 1, EventData))"))],
    UserDomain: [computed("ActorDomain", account_domain!("unxml(extract(@'<Data Name=\"SourceUser\">([^<]*)', 1, EventData))"))],
    UserAccount: [computed("SourceUser", data!("SourceUser"))],
    HostName: [text("Computer")],
};

const REMOTE_THREAD: Fields = fields! {
    ProcessPath: [computed("ProcessPath", data!("SourceImage"))],
    ProcessName: [computed("ProcessFile", data_name!("SourceImage"))],
    ProcessPid: [computed_number("ProcessNumber", data_number!("SourceProcessId"))],
    TargetProcessPath: [computed("TargetPath", data!("TargetImage"))],
    TargetProcessName: [computed("TargetFile", data_name!("TargetImage"))],
    ThreadModule: [computed("StartModule", data!("StartModule"))],
    ThreadFunction: [computed("StartFunction", data!("StartFunction"))],
    ThreadAddress: [computed("StartAddress", data!("StartAddress"))],
    UserName: [computed("ActorName", account!("unxml(extract(@'<Data Name=\"SourceUser\">([^<]*)', 1, EventData))"))],
    UserDomain: [computed("ActorDomain", account_domain!("unxml(extract(@'<Data Name=\"SourceUser\">([^<]*)', 1, EventData))"))],
    UserAccount: [computed("SourceUser", data!("SourceUser"))],
    HostName: [text("Computer")],
};

const FILE: Fields = caused_by_process! {
    FilePath: [computed("FilePath", data!("TargetFilename"))],
    FileName: [computed("FileName", data_name!("TargetFilename"))],
    FileDirectory: [computed("FileDirectory", "unxml(extract(@'<Data Name=\"TargetFilename\">([^<]*)[\\\\/][^<\\\\/]*<', 1, EventData))")],
    FileExtension: [computed("FileExtension", "unxml(extract(@'<Data Name=\"TargetFilename\">[^<]*\\.([^<.\\\\/]*)<', 1, EventData))")],
};

const FILE_DELETE: Fields = caused_by_process! {
    FilePath: [computed("FilePath", data!("TargetFilename"))],
    FileName: [computed("FileName", data_name!("TargetFilename"))],
    FileDirectory: [computed("FileDirectory", "unxml(extract(@'<Data Name=\"TargetFilename\">([^<]*)[\\\\/][^<\\\\/]*<', 1, EventData))")],
    FileExtension: [computed("FileExtension", "unxml(extract(@'<Data Name=\"TargetFilename\">[^<]*\\.([^<.\\\\/]*)<', 1, EventData))")],
    FileMd5: [computed("FileMD5", digest!("MD5"))],
    FileSha1: [computed("FileSHA1", digest!("SHA1"))],
    FileSha256: [computed("FileSHA256", digest!("SHA256"))],
};

/// What is in the stream has no digest of its own in the catalogue: Sysmon's is in `Hash`, which stays open.
const FILE_STREAMS: Fields = caused_by_process! {
    FilePath: [computed("FilePath", data!("TargetFilename"))],
    FileName: [computed("FileName", data_name!("TargetFilename"))],
};

/// Sysmon names a user's hive by the user's identifier; the last part of the target is the value's name.
const REGISTRY: Fields = caused_by_process! {
    RegistryKey: [computed(
        "RegistryPath",
        "replace_regex(unxml(extract(@'<Data Name=\"TargetObject\">([^<]*)\\\\[^<\\\\]*<', 1, EventData)), @\"(?i)^HKU\\\\S-1-5-21-[0-9-]+(\\\\|$)\", @\"HKCU\\1\")"
    )],
    RegistryPath: [computed("TargetObject", data!("TargetObject"))],
    RegistryValueName: [computed("RegistryValue", "unxml(extract(@'<Data Name=\"TargetObject\">[^<]*\\\\([^<\\\\]*)<', 1, EventData))")],
    RegistryData: [computed("RegistryData", data!("Details"))],
};

/// A removed key stands whole in the target; a removed value stands behind its key.
const REGISTRY_DELETE: Fields = caused_by_process! {
    RegistryKey: [computed(
        "RegistryPath",
        "replace_regex(unxml(iff(EventData has \"DeleteKey\", extract(@'<Data Name=\"TargetObject\">([^<]*)<', 1, EventData), \
extract(@'<Data Name=\"TargetObject\">([^<]*)\\\\[^<\\\\]*<', 1, EventData))), @\"(?i)^HKU\\\\S-1-5-21-[0-9-]+(\\\\|$)\", @\"HKCU\\1\")"
    )],
    RegistryPath: [computed("TargetObject", data!("TargetObject"))],
    RegistryData: [computed("RegistryData", data!("Details"))],
    RegistryValueName: [computed(
        "RegistryValue",
        "unxml(iff(EventData has \"DeleteKey\", \"\", extract(@'<Data Name=\"TargetObject\">[^<]*\\\\([^<\\\\]*)<', 1, EventData)))"
    )],
};

macro_rules! image {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            ImagePath: [computed("ImagePath", data!("ImageLoaded"))],
            ImageName: [computed("ImageFile", data_name!("ImageLoaded"))],
            ImageMd5: [computed("ImageMD5", digest!("MD5"))],
            ImageSha1: [computed("ImageSHA1", digest!("SHA1"))],
            ImageSha256: [computed("ImageSHA256", digest!("SHA256"))],
            ImageImphash: [computed("ImageIMPHASH", digest!("IMPHASH"))],
            ImageSigned: [computed("ImageSigned", data!("Signed"))],
            ImageSigner: [computed("ImageSigner", data!("Signature"))],
            HostName: [text("Computer")],
        }
    };
}

const REGISTRY_CREATES: Fields = caused_by_process! {
    RegistryKey: [computed(
        "RegistryPath",
        "replace_regex(unxml(extract(@'<Data Name=\"TargetObject\">([^<]*)<', 1, EventData)), @\"(?i)^HKU\\\\S-1-5-21-[0-9-]+(\\\\|$)\", @\"HKCU\\1\")"
    )],
    RegistryPath: [computed("TargetObject", data!("TargetObject"))],
};

const IMAGE: Fields = image! {
    ProcessPath: [computed("ProcessPath", data!("Image"))],
    ProcessName: [computed("ProcessFile", data_name!("Image"))],
    ProcessPid: [computed_number("ProcessNumber", data_number!("ProcessId"))],
    UserName: [computed("ActorName", account!("unxml(extract(@'<Data Name=\"User\">([^<]*)', 1, EventData))"))],
    UserDomain: [computed("ActorDomain", account_domain!("unxml(extract(@'<Data Name=\"User\">([^<]*)', 1, EventData))"))],
    UserAccount: [computed("User", data!("User"))],
};

const DRIVER: Fields = image! {};

const PIPE: Fields = caused_by_process! {
    PipeName: [computed("PipeName", "trim_start(@\"\\\\\", unxml(extract(@'<Data Name=\"PipeName\">([^<]*)', 1, EventData)))")],
};

const FLOW: Fields = caused_by_process! {
    SourceIp: [computed("SourceAddress", data!("SourceIp"))],
    SourcePort: [computed_number("SourcePort", data_number!("SourcePort"))],
    DestinationIp: [computed("DestinationAddress", data!("DestinationIp"))],
    DestinationPort: [computed_number("DestinationPort", data_number!("DestinationPort"))],
    DestinationDomain: [computed("DestinationHostName", data!("DestinationHostname"))],
    Transport: [computed("Transport", data!("Protocol"))],
};

const DNS: Fields = caused_by_process! {
    DnsName: [computed("DnsName", "trim_end(@\"\\.\", unxml(extract(@'<Data Name=\"QueryName\">([^<]*)', 1, EventData)))")],
    DnsAnswer: [Column { name: "DnsAnswer", from: "replace_string(unxml(extract(@'<Data Name=\"QueryResults\">([^<]*)', 1, EventData)), \"::ffff:\", \"\")", answer: Answer::Joined }],
};

const ENTITIES: &[Entity] = &[("Host", "FullName", "Computer")];

/// What the events hold beyond the catalogue.
const fn data_names(class: E) -> &'static [&'static str] {
    match class {
        E::ProcessStart => &["FileVersion", "Hashes", "LogonId", "LogonGuid", "TerminalSessionId", "ParentUser", "ProcessGuid", "ParentProcessGuid"],
        E::ProcessAccess => &["TargetUser", "SourceThreadId", "TargetProcessId", "SourceProcessGUID", "TargetProcessGUID"],
        E::RemoteThread => &["TargetUser", "NewThreadId", "TargetProcessId", "SourceProcessGuid", "TargetProcessGuid"],
        E::FileCreate | E::FileModify => &["CreationUtcTime", "PreviousCreationUtcTime", "ProcessGuid"],
        E::FileDelete => &["Hashes", "IsExecutable", "Archived", "ProcessGuid"],
        E::FileStream => &["Hash", "Contents", "CreationUtcTime", "ProcessGuid"],
        E::RegistrySet | E::RegistryCreate | E::RegistryDelete => &["EventType", "ProcessGuid"],
        E::RegistryChange => &["EventType", "NewName", "ProcessGuid"],
        E::ImageLoad => &["OriginalFileName", "Description", "Product", "Company", "FileVersion", "Hashes", "SignatureStatus", "ProcessGuid"],
        E::DriverLoad => &["Hashes", "SignatureStatus"],
        E::Pipe => &["EventType", "ProcessGuid"],
        E::NetworkFlow => {
            &["Initiated", "SourceIsIpv6", "SourceHostname", "SourcePortName", "DestinationIsIpv6", "DestinationPortName", "ProcessGuid"]
        }
        E::DnsQuery => &["QueryStatus", "ProcessGuid"],
        _ => &[],
    }
}

/// What every row says of its log.
const LOG: &[(&str, &[Column])] = &[("EventID", &[number("EventID")]), ("Provider_Name", &[text("Source")]), ("Channel", &[text("EventLog")])];

const fn event(class: E, rows: &'static str, fields: Fields) -> Source {
    Source {
        class,
        label: "sysmon",
        table: "Event",
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: "",
        fields,
        open: LOG,
        beside: "",
        others: Others::Named(data_names(class)),
        entities: ENTITIES,
    }
}

/// One for each kind of event that Sysmon writes.
pub(super) const PROCESS_START: Source = event(E::ProcessStart, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 1", START);
pub(super) const PROCESS_ACCESS: Source = event(E::ProcessAccess, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 10", ACCESS);
pub(super) const FILE_CREATE: Source = event(E::FileCreate, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 11", FILE);
pub(super) const FILE_CHANGE: Source = event(E::FileModify, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 2", FILE);
pub(super) const FILE_STREAM: Source = event(E::FileStream, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 15", FILE_STREAMS);
pub(super) const REMOTE_THREADS: Source = event(E::RemoteThread, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 8", REMOTE_THREAD);
pub(super) const REGISTRY_CREATE: Source =
    event(E::RegistryCreate, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 12 and EventData has \"CreateKey\"", REGISTRY_CREATES);
pub(super) const REGISTRY_CHANGE: Source =
    event(E::RegistryChange, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (12, 13, 14)", REGISTRY_DELETE);
pub(super) const FILE_REMOVE: Source = event(E::FileDelete, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (23, 26)", FILE_DELETE);
pub(super) const REGISTRY_SET: Source = event(E::RegistrySet, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 13", REGISTRY);
pub(super) const REGISTRY_REMOVE: Source = event(
    E::RegistryDelete,
    "Source == \"Microsoft-Windows-Sysmon\" and EventID == 12 and EventData has_any (\"DeleteKey\", \"DeleteValue\")",
    REGISTRY_DELETE,
);
pub(super) const IMAGE_LOAD: Source = event(E::ImageLoad, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 7", IMAGE);
pub(super) const DRIVER_LOAD: Source = event(E::DriverLoad, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 6", DRIVER);
pub(super) const PIPE_CREATE: Source = event(E::Pipe, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (17, 18)", PIPE);
pub(super) const NETWORK_FLOW: Source = event(E::NetworkFlow, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 3", FLOW);
pub(super) const DNS_QUERY: Source = event(E::DnsQuery, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 22", DNS);

/// Sysmon for Linux writes the same XML to syslog (<https://github.com/microsoft/SysmonForLinux>).
const fn linux(class: E, rows: &'static str, fields: Fields) -> Source {
    Source {
        label: "linux",
        table: "Syslog",
        open: &[],
        data: "SyslogMessage",
        platform: Some(Platform::Linux),
        connector: "Syslog",
        ..event(class, rows, fields)
    }
}

pub(super) const LINUX_PROCESS_START: Source =
    linux(E::ProcessStart, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>1</EventID>\"", START);
pub(super) const LINUX_FILE_CREATE: Source =
    linux(E::FileCreate, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>11</EventID>\"", FILE);
pub(super) const LINUX_FILE_REMOVE: Source =
    linux(E::FileDelete, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>23</EventID>\"", FILE_DELETE);
pub(super) const LINUX_NETWORK_FLOW: Source =
    linux(E::NetworkFlow, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>3</EventID>\"", FLOW);
