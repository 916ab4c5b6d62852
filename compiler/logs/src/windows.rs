//! What do the channels of Windows' event log hold, besides Sysmon's?
//!
//! The audit: <https://learn.microsoft.com/windows/security/threat-protection/auditing/basic-security-audit-policies>. The service manager's event
//! 7045 and PowerShell's 4104 have no page of their own; their data are in the providers' manifests (`wevtutil gp`).

use ir::{EventClass as E, Field as F, Platform};

use crate::form::Encoding::{TaskXml, Words};
use crate::form::{self, Row};
use crate::log::{Log, same};

const HOST: &[Row] = &[same(F::HostName, "Computer")];
const SUBJECT: &[Row] = &[same(F::UserName, "SubjectUserName"), same(F::UserDomain, "SubjectDomainName")];

/// The mandatory labels of Windows and the levels that they mean
/// (<https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688>).
pub const LEVELS: form::Words = &[
    ("Untrusted", &["S-1-16-0"]),
    ("Low", &["S-1-16-4096"]),
    ("Medium", &["S-1-16-8192"]),
    ("High", &["S-1-16-12288"]),
    ("System", &["S-1-16-16384"]),
];

const fn log(class: E, service: &'static str, provider: &'static str, numbers: &'static [i64], fields: &'static [&'static [Row]]) -> Log {
    Log {
        class,
        service,
        provider,
        category: None,
        numbers,
        told: &[],
        platforms: &[Platform::Windows],
        fields,
        absent: &[],
        nothing: &[],
        beyond: &[],
        partial: None,
    }
}

const fn audit(class: E, numbers: &'static [i64], fields: &'static [&'static [Row]]) -> Log {
    log(class, "security", "Microsoft-Windows-Security-Auditing", numbers, fields)
}

/// A program starts: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688>.
pub const PROCESS_START: Log = Log {
    nothing: &[F::ParentPath],
    category: Some("process_creation"),
    absent: &[
        (F::ProcessDirectory, "event 4688 has no current directory"),
        (F::ProcessOriginalName, "event 4688 has nothing of the file's version"),
        (F::ProcessCompany, "event 4688 has nothing of the file's version"),
        (F::ProcessProduct, "event 4688 has nothing of the file's version"),
        (F::ProcessDescription, "event 4688 has nothing of the file's version"),
        (F::ProcessMd5, "event 4688 has no digests"),
        (F::ProcessSha1, "event 4688 has no digests"),
        (F::ProcessSha256, "event 4688 has no digests"),
        (F::ProcessImphash, "event 4688 has no digests"),
        (F::ParentCommandLine, "event 4688 has the parent's file alone"),
    ],
    ..audit(
        E::ProcessStart,
        &[4688],
        &[
            &[
                same(F::ProcessPath, "NewProcessName"),
                same(F::ProcessCommandLine, "CommandLine"),
                same(F::ProcessPid, "NewProcessId"),
                (F::ProcessIntegrity, "MandatoryLabel", Words(LEVELS)),
                same(F::ParentPath, "ParentProcessName"),
                same(F::ParentPid, "ProcessId"),
            ],
            SUBJECT,
            HOST,
        ],
    )
};

/// A file is opened: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4663>.
pub const FILE_ACCESS: Log = Log {
    told: &[("ObjectType", &["File"])],
    partial: Some("Windows logs access only to files whose audit list asks for it (event 4663)"),
    ..audit(E::FileAccess, &[4663], &[&[same(F::FilePath, "ObjectName"), same(F::ProcessPath, "ProcessName")], SUBJECT, HOST])
};

/// How a service starts, in the words of the service manager's event and by the number of the audit's.
const STARTS: form::Words =
    &[("boot start", &["0"]), ("system start", &["1"]), ("auto start", &["2"]), ("demand start", &["3"]), ("disabled", &["4"])];

/// A service is installed, as the audit has it: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4697>.
pub const SERVICE_AUDIT: Log = audit(
    E::ServiceInstall,
    &[4697],
    &[
        &[
            same(F::ServiceName, "ServiceName"),
            same(F::ServicePath, "ServiceFileName"),
            (F::ServiceStart, "ServiceStartType", Words(STARTS)),
            same(F::ServiceAccount, "ServiceAccount"),
        ],
        SUBJECT,
        HOST,
    ],
);

/// A service is installed, as the service manager has it. It does not say by whom.
pub const SERVICE_INSTALL: Log = Log {
    absent: &[
        (F::UserName, "event 7045 does not say who installed the service"),
        (F::UserDomain, "event 7045 does not say who installed the service"),
    ],
    ..log(
        E::ServiceInstall,
        "system",
        "Service Control Manager",
        &[7045],
        &[
            &[
                same(F::ServiceName, "ServiceName"),
                same(F::ServicePath, "ImagePath"),
                same(F::ServiceStart, "StartType"),
                same(F::ServiceAccount, "AccountName"),
            ],
            HOST,
        ],
    )
};

/// A task is registered: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4698>.
pub const TASK_CREATE: Log = Log {
    absent: &[(F::ProcessPath, "event 4698 names no program")],
    ..audit(
        E::TaskCreate,
        &[4698],
        &[&[same(F::TaskName, "TaskName"), (F::TaskCommand, "TaskContent", TaskXml), same(F::TaskContent, "TaskContent")], SUBJECT, HOST],
    )
};

/// A task is registered, as the task scheduler has it (event 106). It says neither what it runs nor with what definition.
pub const TASK_REGISTERED: Log = log(
    E::TaskCreate,
    "taskscheduler",
    "Microsoft-Windows-TaskScheduler",
    &[106],
    &[&[same(F::TaskName, "TaskName"), same(F::UserAccount, "UserContext")], HOST],
);

/// A block of script runs.
pub const SCRIPT_BLOCK: Log = Log {
    category: Some("ps_script"),
    absent: &[(F::ProcessPath, "event 4104 names no program"), (F::UserName, "event 4104 has the account's number only")],
    beyond: &["MessageNumber", "MessageTotal", "ScriptBlockId"],
    ..log(
        E::ScriptBlock,
        "powershell",
        "Microsoft-Windows-PowerShell",
        &[4104],
        &[&[same(F::ScriptText, "ScriptBlockText"), same(F::ScriptPath, "Path")], HOST],
    )
};

/// Somebody logs on, or fails to: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4624>, `event-4625`.
pub const LOGON: Log = Log {
    absent: &[(F::DestinationIp, "a logon is logged on the machine itself"), (F::DestinationPort, "a logon is logged on the machine itself")],
    nothing: &[F::SourceIp, F::SourcePort, F::UserName, F::UserDomain],
    ..audit(
        E::AuthLogon,
        &[4624, 4625],
        &[
            &[
                (F::Outcome, "EventID", Words(&[("success", &["4624"]), ("failure", &["4625"])])),
                same(F::LogonType, "LogonType"),
                same(F::LogonProcess, "LogonProcessName"),
                same(F::UserName, "TargetUserName"),
                same(F::UserDomain, "TargetDomainName"),
                same(F::SourceIp, "IpAddress"),
                same(F::SourcePort, "IpPort"),
            ],
            HOST,
        ],
    )
};

/// Every such log.
pub static ALL: [&Log; 8] = [&PROCESS_START, &FILE_ACCESS, &SERVICE_AUDIT, &SERVICE_INSTALL, &TASK_CREATE, &TASK_REGISTERED, &SCRIPT_BLOCK, &LOGON];
