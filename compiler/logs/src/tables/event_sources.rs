//! Which rows of Sentinel's tables keep the events of Windows' logs and of Sysmon as XML?

use crate::{Log, sysmon, windows};
use ir::Platform;

use super::column::{Column, Entity, number, text};
use super::platform::Told;
use super::source::{Others, Source};

const ENTITIES: &[Entity] = &[("Host", "FullName", "Computer")];

/// What every row of Sysmon's says of its log.
const LOG: &[(&str, &[Column])] = &[("EventID", &[number("EventID")]), ("Provider_Name", &[text("Source")]), ("Channel", &[text("EventLog")])];

/// A log whose events are rows of `Event`.
const fn event(log: &'static Log, label: &'static str, rows: &'static str) -> Source {
    Source {
        class: log.class,
        label,
        table: "Event",
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: "",
        fields: &[],
        log: Some(log),
        open: &[],
        beside: Told::ALL,
        others: Others::Named(log.beyond),
        entities: ENTITIES,
    }
}

const fn of_sysmon(log: &'static Log, rows: &'static str) -> Source {
    Source { open: LOG, ..event(log, "sysmon", rows) }
}

/// One for each kind of event that Sysmon writes.
pub(super) const PROCESS_START: Source = of_sysmon(&sysmon::PROCESS_START, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 1");
pub(super) const PROCESS_ACCESS: Source = of_sysmon(&sysmon::PROCESS_ACCESS, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 10");
pub(super) const FILE_CREATE: Source = of_sysmon(&sysmon::FILE_CREATE, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 11");
pub(super) const FILE_CHANGE: Source = of_sysmon(&sysmon::FILE_MODIFY, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 2");
pub(super) const FILE_STREAM: Source = of_sysmon(&sysmon::FILE_STREAM, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 15");
pub(super) const REMOTE_THREADS: Source = of_sysmon(&sysmon::REMOTE_THREAD, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 8");
pub(super) const REGISTRY_CREATE: Source =
    of_sysmon(&sysmon::REGISTRY_CREATE, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 12 and EventData has \"CreateKey\"");
pub(super) const REGISTRY_CHANGE: Source = of_sysmon(&sysmon::REGISTRY_CHANGE, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (12, 13, 14)");
pub(super) const FILE_REMOVE: Source = of_sysmon(&sysmon::FILE_DELETE, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (23, 26)");
pub(super) const REGISTRY_SET: Source = of_sysmon(&sysmon::REGISTRY_SET, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 13");
pub(super) const REGISTRY_REMOVE: Source = of_sysmon(
    &sysmon::REGISTRY_DELETE,
    "Source == \"Microsoft-Windows-Sysmon\" and EventID == 12 and EventData has_any (\"DeleteKey\", \"DeleteValue\")",
);
pub(super) const IMAGE_LOAD: Source = of_sysmon(&sysmon::IMAGE_LOAD, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 7");
pub(super) const DRIVER_LOAD: Source = of_sysmon(&sysmon::DRIVER_LOAD, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 6");
pub(super) const PIPE_CREATE: Source = of_sysmon(&sysmon::PIPE, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (17, 18)");
pub(super) const NETWORK_FLOW: Source = of_sysmon(&sysmon::NETWORK_FLOW, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 3");
pub(super) const DNS_QUERY: Source = of_sysmon(&sysmon::DNS_QUERY, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 22");

/// What the channels hold that the agent does not parse.
pub(super) const SERVICE_LOG: Source = event(&windows::SERVICE_INSTALL, "system", "Source == \"Service Control Manager\" and EventID == 7045");
pub(super) const SCRIPT_BLOCK: Source = event(&windows::SCRIPT_BLOCK, "powershell", "Source == \"Microsoft-Windows-PowerShell\" and EventID == 4104");

pub(super) const TASK_REGISTERED: Source =
    event(&windows::TASK_REGISTERED, "taskscheduler", "Source == \"Microsoft-Windows-TaskScheduler\" and EventID == 106");

/// Sysmon for Linux writes the same XML to syslog (<https://github.com/microsoft/SysmonForLinux>).
const fn linux(log: &'static Log, rows: &'static str) -> Source {
    Source { label: "linux", table: "Syslog", data: "SyslogMessage", platform: Some(Platform::Linux), connector: "Syslog", ..event(log, "", rows) }
}

pub(super) const LINUX_PROCESS_START: Source =
    linux(&sysmon::PROCESS_START, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>1</EventID>\"");
pub(super) const LINUX_FILE_CREATE: Source =
    linux(&sysmon::FILE_CREATE, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>11</EventID>\"");
pub(super) const LINUX_FILE_REMOVE: Source =
    linux(&sysmon::FILE_DELETE, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>23</EventID>\"");
pub(super) const LINUX_NETWORK_FLOW: Source =
    linux(&sysmon::NETWORK_FLOW, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>3</EventID>\"");
