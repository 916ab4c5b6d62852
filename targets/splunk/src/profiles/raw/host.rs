//! What do logs of machines call things? Sysmon (<https://splunkbase.splunk.com/app/5709>) and the event log of Windows
//! (<https://splunkbase.splunk.com/app/742>), both rendered as XML: their add-ons keep the names that the events have.

use ir::EventClass as E;
use ir::Field as F;
use ir::Platform;

use super::sources::{LINUX, MACOS, WINDOWS};
use crate::profiles::{
    Account, AccountDomain, Backslash, Digest, Named, Plain, RegistryDeletedKey, RegistryKey, RegistryValueName, Row, Source, Stream, Told, Words,
    plain,
};

/// A channel of Windows' event log, as its add-on names the source.
const fn channel(told: Told) -> Source {
    Source::new(WINDOWS, told).on(Platform::Windows)
}

const SYSMON_WINDOWS: Source =
    channel(&[("source", &["XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "WinEventLog:Microsoft-Windows-Sysmon/Operational"])]);
const SYSMON_LINUX: Source =
    Source::new(LINUX, &[("source", &["Syslog:Linux-Sysmon/Operational"]), ("sourcetype", &["sysmon:linux"])]).on(Platform::Linux);
/// No add-on is known; a site that records such events in Sysmon's names says where.
const LIKE_SYSMON: Source = Source::new(MACOS, &[]).on(Platform::Macos);

const SYSMON: &[Source] = &[SYSMON_WINDOWS];
const SYSMONS: &[Source] = &[SYSMON_WINDOWS, SYSMON_LINUX];
const SYSMONS_AND_MACOS: &[Source] = &[SYSMON_WINDOWS, SYSMON_LINUX, LIKE_SYSMON];
const SECURITY: &[Source] = &[channel(&[("source", &["XmlWinEventLog:Security"])])];
const SYSTEM: &[Source] = &[channel(&[("source", &["XmlWinEventLog:System"])])];
const POWERSHELL: &[Source] =
    &[channel(&[("source", &["XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "XmlWinEventLog:PowerShellCore/Operational"])])];

const HOST: &[Row] = &[plain(F::HostName, "Computer")];
/// Who did it, and with which program.
const ACTOR: &[Row] = &[
    plain(F::ProcessPath, "Image"),
    plain(F::ProcessPid, "ProcessId"),
    plain(F::UserAccount, "User"),
    (F::UserName, "User", Account),
    (F::UserDomain, "User", AccountDomain),
];
/// A process that acts on another.
const SOURCE_PROCESS: &[Row] = &[
    plain(F::ProcessPath, "SourceImage"),
    plain(F::ProcessPid, "SourceProcessId"),
    plain(F::TargetProcessPath, "TargetImage"),
    plain(F::UserAccount, "SourceUser"),
    (F::UserName, "SourceUser", Account),
    (F::UserDomain, "SourceUser", AccountDomain),
];
const FILE: &[Row] = &[plain(F::FilePath, "TargetFilename")];
const FILE_HASHES: &[Row] =
    &[(F::FileMd5, "Hashes", Digest("MD5")), (F::FileSha1, "Hashes", Digest("SHA1")), (F::FileSha256, "Hashes", Digest("SHA256"))];
const STREAM_HASHES: &[Row] =
    &[(F::FileMd5, "Hash", Digest("MD5")), (F::FileSha1, "Hash", Digest("SHA1")), (F::FileSha256, "Hash", Digest("SHA256"))];
const IMAGE: &[Row] = &[
    plain(F::ImagePath, "ImageLoaded"),
    (F::ImageMd5, "Hashes", Digest("MD5")),
    (F::ImageSha1, "Hashes", Digest("SHA1")),
    (F::ImageSha256, "Hashes", Digest("SHA256")),
    (F::ImageImphash, "Hashes", Digest("IMPHASH")),
    plain(F::ImageSigned, "Signed"),
    plain(F::ImageSigner, "Signature"),
];
const REGISTRY: &[Row] = &[plain(F::RegistryPath, "TargetObject")];
const SUBJECT: &[Row] = &[plain(F::UserName, "SubjectUserName"), plain(F::UserDomain, "SubjectDomainName")];

/// Sysmon's names where Sigma's differ.
const NAMES: &[Named] = super::sources::WINDOWS_NAMES;

/// What Security's event of a new process calls fields of Sysmon.
const BY_4688: &[Named] = &[("EventID", "EventCode", Plain), ("Provider_Name", "Name", Plain), ("LogonId", "SubjectLogonId", Plain)];

const FILE_SHOWN: &[&str] = &["User", "Image", "TargetFilename"];
const KEY_SHOWN: &[&str] = &["User", "Image", "EventType", "TargetObject"];

/// Events of one number, in Sysmon's names.
const fn numbered(class: E, condition: Told) -> Stream {
    Stream { sources: SYSMON, condition, open: NAMES, ..Stream::of(class) }
}

/// Every log of machines, in order of preference within a class.
pub(crate) static STREAMS: &[Stream] = &[
    Stream {
        sources: SYSMONS_AND_MACOS,
        fields: &[
            ACTOR,
            &[
                plain(F::ProcessCommandLine, "CommandLine"),
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
            ],
            HOST,
        ],
        shown: &["User", "Image", "CommandLine", "ParentImage"],
        ..numbered(E::ProcessStart, &[("EventCode", &["1"])])
    },
    // For rules that ask for the number of the Security log.
    Stream {
        sources: SECURITY,
        condition: &[("EventCode", &["4688"])],
        fields: &[
            &[
                plain(F::ProcessPath, "NewProcessName"),
                plain(F::ProcessCommandLine, "CommandLine"),
                plain(F::ParentPath, "ParentProcessName"),
                plain(F::HostName, "Computer"),
            ],
            SUBJECT,
        ],
        open: BY_4688,
        shown: &["SubjectUserName", "NewProcessName", "CommandLine", "ParentProcessName"],
        ..Stream::of(E::ProcessStart)
    },
    Stream {
        fields: &[SOURCE_PROCESS, &[plain(F::AccessMask, "GrantedAccess"), plain(F::CallTrace, "CallTrace")], HOST],
        shown: &["SourceImage", "TargetImage", "GrantedAccess"],
        ..numbered(E::ProcessAccess, &[("EventCode", &["10"])])
    },
    Stream {
        fields: &[
            SOURCE_PROCESS,
            &[plain(F::ThreadModule, "StartModule"), plain(F::ThreadFunction, "StartFunction"), plain(F::ThreadAddress, "StartAddress")],
            HOST,
        ],
        shown: &["SourceImage", "TargetImage", "StartModule", "StartFunction"],
        ..numbered(E::RemoteThread, &[("EventCode", &["8"])])
    },
    Stream { sources: SYSMONS_AND_MACOS, fields: &[FILE, ACTOR, HOST], shown: FILE_SHOWN, ..numbered(E::FileCreate, &[("EventCode", &["11"])]) },
    Stream {
        fields: &[FILE, FILE_HASHES, ACTOR, HOST],
        shown: FILE_SHOWN,
        only: Some("Sysmon logs digests of new files only for programs (event 29)"),
        ..numbered(E::FileCreate, &[("EventCode", &["29"])])
    },
    Stream {
        fields: &[FILE, ACTOR, HOST],
        shown: FILE_SHOWN,
        only: Some("Sysmon logs only changes of a file's creation time (event 2)"),
        ..numbered(E::FileModify, &[("EventCode", &["2"])])
    },
    Stream {
        sources: SYSMONS,
        fields: &[FILE, FILE_HASHES, ACTOR, HOST],
        shown: FILE_SHOWN,
        ..numbered(E::FileDelete, &[("EventCode", &["23", "26"])])
    },
    Stream {
        fields: &[FILE, STREAM_HASHES, ACTOR, HOST],
        shown: &["User", "Image", "TargetFilename", "Hash"],
        ..numbered(E::FileStream, &[("EventCode", &["15"])])
    },
    Stream {
        sources: SECURITY,
        condition: &[("EventCode", &["4663"]), ("ObjectType", &["File"])],
        fields: &[&[plain(F::FilePath, "ObjectName"), plain(F::ProcessPath, "ProcessName")], SUBJECT, HOST],
        open: NAMES,
        shown: &["SubjectUserName", "ProcessName", "ObjectName"],
        only: Some("Windows logs access only to files whose audit list asks for it (event 4663)"),
        ..Stream::of(E::FileAccess)
    },
    Stream {
        // Sysmon logs no new names of files; a site that records them says where.
        sources: &[Source::new("vigie_source_file_rename", &[])],
        fields: &[FILE, &[plain(F::FileSource, "SourceFilename")], ACTOR, HOST],
        open: NAMES,
        shown: &["User", "Image", "SourceFilename", "TargetFilename"],
        ..Stream::of(E::FileRename)
    },
    Stream {
        fields: &[
            REGISTRY,
            &[
                (F::RegistryKey, "TargetObject", RegistryKey),
                (F::RegistryValueName, "TargetObject", RegistryValueName),
                plain(F::RegistryData, "Details"),
            ],
            ACTOR,
            HOST,
        ],
        shown: &["User", "Image", "TargetObject", "Details"],
        ..numbered(E::RegistrySet, &[("EventCode", &["13"])])
    },
    Stream {
        fields: &[REGISTRY, &[(F::RegistryKey, "TargetObject", Plain)], ACTOR, HOST],
        shown: KEY_SHOWN,
        ..numbered(E::RegistryCreate, &[("EventCode", &["12"]), ("EventType", &["CreateKey", "CreateValue"])])
    },
    Stream {
        fields: &[
            REGISTRY,
            &[(F::RegistryKey, "TargetObject", RegistryDeletedKey), (F::RegistryValueName, "TargetObject", RegistryValueName)],
            ACTOR,
            HOST,
        ],
        shown: KEY_SHOWN,
        ..numbered(E::RegistryDelete, &[("EventCode", &["12"]), ("EventType", &["DeleteKey", "DeleteValue"])])
    },
    Stream {
        fields: &[REGISTRY, &[plain(F::RegistryData, "Details")], ACTOR, HOST],
        shown: &["User", "Image", "EventType", "TargetObject", "Details"],
        ..numbered(E::RegistryChange, &[("EventCode", &["12", "13", "14"])])
    },
    Stream { fields: &[IMAGE, ACTOR, HOST], shown: &["User", "Image", "ImageLoaded"], ..numbered(E::ImageLoad, &[("EventCode", &["7"])]) },
    Stream { fields: &[IMAGE, HOST], shown: &["ImageLoaded", "Signature"], ..numbered(E::DriverLoad, &[("EventCode", &["6"])]) },
    Stream {
        fields: &[&[(F::PipeName, "PipeName", Backslash)], ACTOR, HOST],
        shown: &["User", "Image", "PipeName"],
        ..numbered(E::Pipe, &[("EventCode", &["17", "18"])])
    },
    Stream {
        sources: SYSTEM,
        condition: &[("EventCode", &["7045"])],
        fields: &[
            &[
                plain(F::ServiceName, "ServiceName"),
                plain(F::ServicePath, "ImagePath"),
                plain(F::ServiceStart, "StartType"),
                plain(F::ServiceAccount, "AccountName"),
            ],
            HOST,
        ],
        open: NAMES,
        shown: &["ServiceName", "ImagePath", "AccountName"],
        ..Stream::of(E::ServiceInstall)
    },
    Stream {
        sources: SECURITY,
        condition: &[("EventCode", &["4697"])],
        fields: &[
            &[plain(F::ServiceName, "ServiceName"), plain(F::ServicePath, "ServiceFileName"), plain(F::ServiceAccount, "ServiceAccount")],
            SUBJECT,
            HOST,
        ],
        open: NAMES,
        shown: &["SubjectUserName", "ServiceName", "ServiceFileName"],
        ..Stream::of(E::ServiceInstall)
    },
    Stream {
        sources: SECURITY,
        condition: &[("EventCode", &["4698"])],
        fields: &[&[plain(F::TaskName, "TaskName"), plain(F::TaskContent, "TaskContent")], SUBJECT, HOST],
        open: NAMES,
        shown: &["SubjectUserName", "TaskName"],
        ..Stream::of(E::TaskCreate)
    },
    Stream {
        sources: POWERSHELL,
        condition: &[("EventCode", &["4104"])],
        fields: &[&[plain(F::ScriptText, "ScriptBlockText"), plain(F::ScriptPath, "Path")], HOST],
        open: NAMES,
        shown: &["Path", "ScriptBlockText"],
        ..Stream::of(E::ScriptBlock)
    },
    Stream {
        sources: SECURITY,
        condition: &[("EventCode", &["4624", "4625"])],
        fields: &[
            &[
                (F::Outcome, "EventCode", Words(&[("success", &["4624"]), ("failure", &["4625"])])),
                plain(F::LogonType, "LogonType"),
                plain(F::LogonProcess, "LogonProcessName"),
                plain(F::UserName, "TargetUserName"),
                plain(F::UserDomain, "TargetDomainName"),
                plain(F::SourceIp, "IpAddress"),
                plain(F::SourcePort, "IpPort"),
            ],
            HOST,
        ],
        open: NAMES,
        shown: &["TargetUserName", "IpAddress", "LogonType"],
        ..Stream::of(E::AuthLogon)
    },
    Stream {
        sources: SYSMONS,
        fields: &[
            &[
                plain(F::SourceIp, "SourceIp"),
                plain(F::SourcePort, "SourcePort"),
                plain(F::DestinationIp, "DestinationIp"),
                plain(F::DestinationPort, "DestinationPort"),
                plain(F::DestinationDomain, "DestinationHostname"),
                plain(F::Transport, "Protocol"),
            ],
            ACTOR,
            HOST,
        ],
        shown: &["User", "Image", "DestinationIp", "DestinationPort", "DestinationHostname"],
        direction: Some(("Initiated", "false", "true")),
        ..numbered(E::NetworkFlow, &[("EventCode", &["3"])])
    },
    Stream {
        fields: &[&[plain(F::DnsName, "QueryName"), plain(F::DnsAnswer, "QueryResults")], ACTOR, HOST],
        shown: &["User", "Image", "QueryName", "QueryResults"],
        ..numbered(E::DnsQuery, &[("EventCode", &["22"])])
    },
];
