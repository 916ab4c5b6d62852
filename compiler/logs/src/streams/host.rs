//! What do logs of machines call things? Sysmon (<https://splunkbase.splunk.com/app/5709>) and the event log of Windows
//! (<https://splunkbase.splunk.com/app/742>), both rendered as XML: their add-ons keep the names that the events have.

use crate::{Log, sysmon, windows};
use ir::EventClass as E;
use ir::Field as F;
use ir::Platform;

use super::sources::{LINUX, MACOS, WINDOWS};
use super::{Named, Source, Stream, Told, plain};
use crate::Encoding::{AccountDomain, AccountName, Same};
use crate::Row;

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
const SCHEDULER: &[Source] = &[channel(&[("source", &["XmlWinEventLog:Microsoft-Windows-TaskScheduler/Operational"])])];
const POWERSHELL: &[Source] =
    &[channel(&[("source", &["XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "XmlWinEventLog:PowerShellCore/Operational"])])];

/// What the add-on calls fields that the events call otherwise.
const NAMES: &[Named] = super::sources::WINDOWS_NAMES;

/// What Security's event of a new process calls fields of Sysmon.
const BY_4688: &[Named] = &[("EventID", "EventCode", Same), ("Provider_Name", "Name", Same), ("LogonId", "SubjectLogonId", Same)];

/// What happened to a key.
const KIND: &[&str] = &["EventType"];

/// A file under a new name, in Sysmon's words.
const RENAMED: &[Row] = &[
    plain(F::FilePath, "TargetFilename"),
    plain(F::FileSource, "SourceFilename"),
    plain(F::ProcessPath, "Image"),
    plain(F::ProcessPid, "ProcessId"),
    plain(F::UserAccount, "User"),
    (F::UserName, "User", AccountName),
    (F::UserDomain, "User", AccountDomain),
    plain(F::HostName, "Computer"),
];

/// A log of Windows and its sources.
const fn stream(log: &'static Log, sources: &'static [Source]) -> Stream {
    Stream { open: NAMES, ..Stream::log(log, sources) }
}

/// Every log of machines, in order of preference within a class.
pub(super) static STREAMS: &[Stream] = &[
    stream(&sysmon::PROCESS_START, SYSMONS_AND_MACOS),
    // For rules that ask for the number of the Security log.
    Stream { open: BY_4688, ..Stream::log(&windows::PROCESS_START, SECURITY) },
    stream(&sysmon::PROCESS_ACCESS, SYSMON),
    stream(&sysmon::REMOTE_THREAD, SYSMON),
    stream(&sysmon::FILE_CREATE, SYSMONS_AND_MACOS),
    stream(&sysmon::FILE_EXECUTABLE, SYSMON),
    stream(&sysmon::FILE_MODIFY, SYSMON),
    stream(&sysmon::FILE_DELETE, SYSMONS),
    Stream { besides: &["Hash"], ..stream(&sysmon::FILE_STREAM, SYSMON) },
    stream(&windows::FILE_ACCESS, SECURITY),
    Stream {
        // Sysmon logs no new names of files; a site that records them says where.
        sources: &[Source::new("vigie_source_file_rename", &[])],
        fields: &[RENAMED],
        open: NAMES,
        ..Stream::of(E::FileRename)
    },
    stream(&sysmon::REGISTRY_SET, SYSMON),
    Stream { besides: KIND, ..stream(&sysmon::REGISTRY_CREATE, SYSMON) },
    Stream { besides: KIND, ..stream(&sysmon::REGISTRY_DELETE, SYSMON) },
    Stream { besides: KIND, ..stream(&sysmon::REGISTRY_CHANGE, SYSMON) },
    stream(&sysmon::IMAGE_LOAD, SYSMON),
    stream(&sysmon::DRIVER_LOAD, SYSMON),
    stream(&sysmon::PIPE, SYSMON),
    stream(&windows::SERVICE_INSTALL, SYSTEM),
    stream(&windows::SERVICE_AUDIT, SECURITY),
    stream(&windows::TASK_CREATE, SECURITY),
    stream(&windows::TASK_REGISTERED, SCHEDULER),
    stream(&windows::SCRIPT_BLOCK, POWERSHELL),
    stream(&windows::LOGON, SECURITY),
    Stream { direction: Some(("Initiated", "false", "true")), besides: &["DestinationHostname"], ..stream(&sysmon::NETWORK_FLOW, SYSMONS) },
    stream(&sysmon::DNS_QUERY, SYSMON),
];
