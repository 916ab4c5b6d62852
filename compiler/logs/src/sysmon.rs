//! What does Sysmon log?
//!
//! Events and their data: <https://learn.microsoft.com/sysinternals/downloads/sysmon>. Sysmon for Linux writes the same names
//! (<https://github.com/microsoft/SysmonForLinux>).

use ir::{EventClass as E, Field as F, Platform};

use crate::form::Encoding::{AccountDomain, AccountName, Answers, Digest, Folder, RegistryKey, RegistryKeyByKind, RegistryValueName, Rooted};
use crate::form::Row;
use crate::log::{Log, same};

/// Who did it, and with which program.
const ACTOR: &[Row] = &[
    same(F::ProcessPath, "Image"),
    same(F::ProcessPid, "ProcessId"),
    same(F::UserAccount, "User"),
    (F::UserName, "User", AccountName),
    (F::UserDomain, "User", AccountDomain),
];
/// A process that acts on another.
const SOURCE_PROCESS: &[Row] = &[
    same(F::ProcessPath, "SourceImage"),
    same(F::ProcessPid, "SourceProcessId"),
    same(F::TargetProcessPath, "TargetImage"),
    same(F::UserAccount, "SourceUser"),
    (F::UserName, "SourceUser", AccountName),
    (F::UserDomain, "SourceUser", AccountDomain),
];
const HOST: &[Row] = &[same(F::HostName, "Computer")];
const FILE: &[Row] = &[same(F::FilePath, "TargetFilename")];
const FILE_DIGESTS: &[Row] =
    &[(F::FileMd5, "Hashes", Digest("MD5")), (F::FileSha1, "Hashes", Digest("SHA1")), (F::FileSha256, "Hashes", Digest("SHA256"))];
const IMAGE: &[Row] = &[
    same(F::ImagePath, "ImageLoaded"),
    (F::ImageMd5, "Hashes", Digest("MD5")),
    (F::ImageSha1, "Hashes", Digest("SHA1")),
    (F::ImageSha256, "Hashes", Digest("SHA256")),
    (F::ImageImphash, "Hashes", Digest("IMPHASH")),
    same(F::ImageSigned, "Signed"),
    same(F::ImageSigner, "Signature"),
];
const KEY_AND_VALUE: &[Row] = &[
    same(F::RegistryPath, "TargetObject"),
    (F::RegistryKey, "TargetObject", RegistryKey),
    (F::RegistryValueName, "TargetObject", RegistryValueName),
];

const NO_COMMAND_LINE: &[(F, &str)] = &[(F::ProcessCommandLine, "Sysmon logs command lines only where a process starts")];
const NO_FILE: &[(F, &str)] = &[
    (F::FileMd5, "Sysmon logs no digest of such a file"),
    (F::FileSha1, "Sysmon logs no digest of such a file"),
    (F::FileSha256, "Sysmon logs no digest of such a file"),
    (F::FileSha512, "Sysmon computes no SHA-512"),
    (F::FileSize, "Sysmon logs no sizes"),
    (F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
];
const NO_SIZE: &[(F, &str)] = &[
    (F::FileSha512, "Sysmon computes no SHA-512"),
    (F::FileSize, "Sysmon logs no sizes"),
    (F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
];
const NO_TYPE: &[(F, &str)] = &[
    (F::RegistryType, "Sysmon logs the data as text, without its type"),
    (F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
];
const NOT_WRITTEN: &[(F, &str)] = &[
    (F::RegistryData, "Sysmon does not log what was there before"),
    (F::RegistryType, "Sysmon does not log what was there before"),
    (F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
];

const NO_BYTES: &[(F, &str)] = &[
    (F::BytesOut, "Sysmon counts no bytes"),
    (F::BytesIn, "Sysmon counts no bytes"),
    (F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
];
const NO_RECORD: &[(F, &str)] = &[
    (F::DnsType, "Sysmon does not say which record was asked for"),
    (F::DnsRcode, "Sysmon has an error number of Windows instead"),
    (F::ProcessCommandLine, "Sysmon logs command lines only where a process starts"),
];

const WINDOWS: &[Platform] = &[Platform::Windows];
const BOTH: &[Platform] = &[Platform::Windows, Platform::Linux];

const fn event(class: E, category: &'static str, numbers: &'static [i64], fields: &'static [&'static [Row]]) -> Log {
    Log {
        class,
        service: "sysmon",
        provider: "Microsoft-Windows-Sysmon",
        category: Some(category),
        numbers,
        told: &[],
        platforms: WINDOWS,
        fields,
        absent: NO_COMMAND_LINE,
        nothing: &[],
        beyond: &[],
        partial: None,
    }
}

/// A program starts.
pub const PROCESS_START: Log = Log {
    platforms: BOTH,
    absent: &[],
    nothing: &[F::ProcessOriginalName, F::ProcessCompany, F::ProcessProduct, F::ProcessDescription, F::ParentPath, F::ParentCommandLine],
    beyond: &["FileVersion", "Hashes", "LogonId", "LogonGuid", "TerminalSessionId", "ParentUser", "ProcessGuid", "ParentProcessGuid"],
    ..event(
        E::ProcessStart,
        "process_creation",
        &[1],
        &[
            ACTOR,
            &[
                same(F::ProcessCommandLine, "CommandLine"),
                (F::ProcessDirectory, "CurrentDirectory", Folder),
                same(F::ProcessOriginalName, "OriginalFileName"),
                same(F::ProcessCompany, "Company"),
                same(F::ProcessProduct, "Product"),
                same(F::ProcessDescription, "Description"),
                same(F::ProcessIntegrity, "IntegrityLevel"),
                (F::ProcessMd5, "Hashes", Digest("MD5")),
                (F::ProcessSha1, "Hashes", Digest("SHA1")),
                (F::ProcessSha256, "Hashes", Digest("SHA256")),
                (F::ProcessImphash, "Hashes", Digest("IMPHASH")),
                same(F::ParentPath, "ParentImage"),
                same(F::ParentCommandLine, "ParentCommandLine"),
                same(F::ParentPid, "ParentProcessId"),
            ],
            HOST,
        ],
    )
};

/// A process opens another.
pub const PROCESS_ACCESS: Log = Log {
    beyond: &["TargetUser", "SourceThreadId", "TargetProcessId", "SourceProcessGUID", "TargetProcessGUID"],
    ..event(
        E::ProcessAccess,
        "process_access",
        &[10],
        &[SOURCE_PROCESS, &[same(F::AccessMask, "GrantedAccess"), same(F::CallTrace, "CallTrace")], HOST],
    )
};

/// A process starts a thread in another.
pub const REMOTE_THREAD: Log = Log {
    beyond: &["TargetUser", "NewThreadId", "TargetProcessId", "SourceProcessGuid", "TargetProcessGuid"],
    ..event(
        E::RemoteThread,
        "create_remote_thread",
        &[8],
        &[
            SOURCE_PROCESS,
            &[same(F::ThreadModule, "StartModule"), same(F::ThreadFunction, "StartFunction"), same(F::ThreadAddress, "StartAddress")],
            HOST,
        ],
    )
};

/// A file appears.
pub const FILE_CREATE: Log = Log {
    platforms: BOTH,
    absent: NO_FILE,
    beyond: &["CreationUtcTime", "PreviousCreationUtcTime", "ProcessGuid"],
    ..event(E::FileCreate, "file_event", &[11], &[FILE, ACTOR, HOST])
};

/// A program file appears, with its digests.
pub const FILE_EXECUTABLE: Log = Log {
    absent: NO_SIZE,
    partial: Some("Sysmon logs digests of new files only for programs (event 29)"),
    ..event(E::FileCreate, "file_executable_detected", &[29], &[FILE, FILE_DIGESTS, ACTOR, HOST])
};

/// The time of a file's creation changes.
pub const FILE_MODIFY: Log = Log {
    absent: NO_FILE,
    beyond: &["CreationUtcTime", "PreviousCreationUtcTime", "ProcessGuid"],
    partial: Some("Sysmon logs only changes of a file's creation time (event 2)"),
    ..event(E::FileModify, "file_change", &[2], &[FILE, ACTOR, HOST])
};

/// A file disappears.
pub const FILE_DELETE: Log = Log {
    platforms: BOTH,
    absent: NO_SIZE,
    beyond: &["Hashes", "IsExecutable", "Archived", "ProcessGuid"],
    ..event(E::FileDelete, "file_delete", &[23, 26], &[FILE, FILE_DIGESTS, ACTOR, HOST])
};

/// A named stream of a file appears. `Hash` is of what is in the stream.
pub const FILE_STREAM: Log = Log {
    absent: NO_SIZE,
    beyond: &["Hash", "Contents", "CreationUtcTime", "ProcessGuid"],
    ..event(
        E::FileStream,
        "create_stream_hash",
        &[15],
        &[
            FILE,
            &[(F::FileMd5, "Hash", Digest("MD5")), (F::FileSha1, "Hash", Digest("SHA1")), (F::FileSha256, "Hash", Digest("SHA256"))],
            ACTOR,
            HOST,
        ],
    )
};

/// A registry value is written.
pub const REGISTRY_SET: Log = Log {
    absent: NO_TYPE,
    beyond: &["EventType", "ProcessGuid"],
    ..event(E::RegistrySet, "registry_set", &[13], &[KEY_AND_VALUE, &[same(F::RegistryData, "Details")], ACTOR, HOST])
};

/// A registry key is made.
pub const REGISTRY_CREATE: Log = Log {
    absent: NO_TYPE,
    beyond: &["EventType", "ProcessGuid"],
    told: &[("EventType", &["CreateKey", "CreateValue"])],
    ..event(E::RegistryCreate, "registry_add", &[12], &[&[same(F::RegistryPath, "TargetObject"), same(F::RegistryKey, "TargetObject")], ACTOR, HOST])
};

/// A registry key or value is removed. A key stands alone, a value behind its key.
pub const REGISTRY_DELETE: Log = Log {
    absent: NOT_WRITTEN,
    beyond: &["EventType", "ProcessGuid"],
    told: &[("EventType", &["DeleteKey", "DeleteValue"])],
    ..event(
        E::RegistryDelete,
        "registry_delete",
        &[12],
        &[
            &[
                same(F::RegistryPath, "TargetObject"),
                (F::RegistryKey, "TargetObject", RegistryKeyByKind),
                (F::RegistryValueName, "TargetObject", RegistryValueName),
            ],
            ACTOR,
            HOST,
        ],
    )
};

/// Anything happens to a key or a value. What stands behind the last backslash depends on what happened.
pub const REGISTRY_CHANGE: Log = Log {
    absent: NO_TYPE,
    beyond: &["EventType", "NewName", "ProcessGuid"],
    ..event(
        E::RegistryChange,
        "registry_event",
        &[12, 13, 14],
        &[
            &[
                same(F::RegistryPath, "TargetObject"),
                (F::RegistryKey, "TargetObject", RegistryKeyByKind),
                (F::RegistryValueName, "TargetObject", RegistryValueName),
                same(F::RegistryData, "Details"),
            ],
            ACTOR,
            HOST,
        ],
    )
};

/// A library is loaded.
pub const IMAGE_LOAD: Log = Log {
    nothing: &[F::ImageSigner],
    beyond: &["OriginalFileName", "Description", "Product", "Company", "FileVersion", "Hashes", "SignatureStatus", "ProcessGuid"],
    ..event(E::ImageLoad, "image_load", &[7], &[IMAGE, ACTOR, HOST])
};

/// A driver is loaded. Nobody is named who did it.
pub static DRIVER_LOAD: Log = Log {
    absent: &[],
    nothing: &[F::ImageSigner],
    beyond: &["Hashes", "SignatureStatus"],
    ..event(E::DriverLoad, "driver_load", &[6], &[IMAGE, HOST])
};

/// A pipe is made or connected to.
pub static PIPE: Log =
    Log { beyond: &["EventType", "ProcessGuid"], ..event(E::Pipe, "pipe_created", &[17, 18], &[&[(F::PipeName, "PipeName", Rooted)], ACTOR, HOST]) };

/// A connection of a program's.
pub const NETWORK_FLOW: Log = Log {
    platforms: BOTH,
    absent: NO_BYTES,
    nothing: &[F::DestinationDomain],
    beyond: &["Initiated", "SourceIsIpv6", "SourceHostname", "SourcePortName", "DestinationIsIpv6", "DestinationPortName", "ProcessGuid"],
    ..event(
        E::NetworkFlow,
        "network_connection",
        &[3],
        &[
            &[
                same(F::SourceIp, "SourceIp"),
                same(F::SourcePort, "SourcePort"),
                same(F::DestinationIp, "DestinationIp"),
                same(F::DestinationPort, "DestinationPort"),
                same(F::DestinationDomain, "DestinationHostname"),
                same(F::Transport, "Protocol"),
            ],
            ACTOR,
            HOST,
        ],
    )
};

/// A program asks for a name.
pub const DNS_QUERY: Log = Log {
    absent: NO_RECORD,
    nothing: &[F::DnsAnswer],
    beyond: &["QueryStatus", "ProcessGuid"],
    ..event(E::DnsQuery, "dns_query", &[22], &[&[same(F::DnsName, "QueryName"), (F::DnsAnswer, "QueryResults", Answers)], ACTOR, HOST])
};

/// Every event of Sysmon's that the catalogue has a class for.
pub static ALL: [&Log; 17] = [
    &PROCESS_START,
    &PROCESS_ACCESS,
    &REMOTE_THREAD,
    &FILE_CREATE,
    &FILE_EXECUTABLE,
    &FILE_MODIFY,
    &FILE_DELETE,
    &FILE_STREAM,
    &REGISTRY_SET,
    &REGISTRY_CREATE,
    &REGISTRY_DELETE,
    &REGISTRY_CHANGE,
    &IMAGE_LOAD,
    &DRIVER_LOAD,
    &PIPE,
    &NETWORK_FLOW,
    &DNS_QUERY,
];
