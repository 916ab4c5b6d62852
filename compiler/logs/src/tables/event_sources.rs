//! Which rows of Sentinel's tables keep the events of Windows' logs and of Sysmon as XML?

use crate::{Log, sysmon, windows};
use ir::Platform;

use super::column::{Column, Entity, number, text};
use super::platform::Told;
use super::rows::Rows;
use super::source::{Others, Source};

/// The connector that brings Windows' event logs into `Event`, by its name in the rules of <https://github.com/Azure/Azure-Sentinel>.
pub(super) const EVENT_LOGS: &str = "AzureMonitor(WindowsEventLogs)";

const ENTITIES: &[Entity] = &[("Host", "FullName", "Computer")];

/// What every row of Sysmon's says of its log.
const LOG: &[(&str, &[Column])] = &[("EventID", &[number("EventID")]), ("Provider_Name", &[text("Source")]), ("Channel", &[text("EventLog")])];

/// A log whose events are rows of `Event`.
const fn event(log: &'static Log, label: &'static str) -> Source {
    Source {
        class: log.class,
        label,
        table: "Event",
        rows: Rows::Of(log),
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: EVENT_LOGS,
        fields: &[],
        log: Some(log),
        open: &[],
        beside: Told::ALL,
        others: Others::Named(log.beyond),
        entities: ENTITIES,
    }
}

const fn of_sysmon(log: &'static Log) -> Source {
    Source { open: LOG, ..event(log, "sysmon") }
}

/// One for each kind of event that Sysmon writes.
pub(super) const PROCESS_START: Source = of_sysmon(&sysmon::PROCESS_START);
pub(super) const PROCESS_ACCESS: Source = of_sysmon(&sysmon::PROCESS_ACCESS);
pub(super) const FILE_CREATE: Source = of_sysmon(&sysmon::FILE_CREATE);
pub(super) const FILE_CHANGE: Source = of_sysmon(&sysmon::FILE_MODIFY);
pub(super) const FILE_STREAM: Source = of_sysmon(&sysmon::FILE_STREAM);
pub(super) const REMOTE_THREADS: Source = of_sysmon(&sysmon::REMOTE_THREAD);
pub(super) const REGISTRY_CREATE: Source = of_sysmon(&sysmon::REGISTRY_CREATE);
pub(super) const REGISTRY_CHANGE: Source = of_sysmon(&sysmon::REGISTRY_CHANGE);
pub(super) const FILE_REMOVE: Source = of_sysmon(&sysmon::FILE_DELETE);
pub(super) const REGISTRY_SET: Source = of_sysmon(&sysmon::REGISTRY_SET);
pub(super) const REGISTRY_REMOVE: Source = of_sysmon(&sysmon::REGISTRY_DELETE);
pub(super) const IMAGE_LOAD: Source = of_sysmon(&sysmon::IMAGE_LOAD);
pub(super) const DRIVER_LOAD: Source = of_sysmon(&sysmon::DRIVER_LOAD);
pub(super) const PIPE_CREATE: Source = of_sysmon(&sysmon::PIPE);
pub(super) const NETWORK_FLOW: Source = of_sysmon(&sysmon::NETWORK_FLOW);
pub(super) const DNS_QUERY: Source = of_sysmon(&sysmon::DNS_QUERY);

/// What the channels hold that the agent does not parse.
pub(super) const SERVICE_LOG: Source = event(&windows::SERVICE_INSTALL, "system");
pub(super) const SCRIPT_BLOCK: Source = event(&windows::SCRIPT_BLOCK, "powershell");

pub(super) const TASK_REGISTERED: Source = event(&windows::TASK_REGISTERED, "taskscheduler");

/// Sysmon for Linux writes the same XML to syslog (<https://github.com/microsoft/SysmonForLinux>).
const fn linux(log: &'static Log, rows: Rows) -> Source {
    Source { label: "linux", table: "Syslog", data: "SyslogMessage", platform: Some(Platform::Linux), connector: "Syslog", rows, ..event(log, "") }
}

pub(super) const LINUX_PROCESS_START: Source =
    linux(&sysmon::PROCESS_START, Rows::Every(&[Rows::Alike("ProcessName", &["sysmon"]), Rows::Contains("SyslogMessage", "<EventID>1</EventID>")]));
pub(super) const LINUX_FILE_CREATE: Source =
    linux(&sysmon::FILE_CREATE, Rows::Every(&[Rows::Alike("ProcessName", &["sysmon"]), Rows::Contains("SyslogMessage", "<EventID>11</EventID>")]));
pub(super) const LINUX_FILE_REMOVE: Source =
    linux(&sysmon::FILE_DELETE, Rows::Every(&[Rows::Alike("ProcessName", &["sysmon"]), Rows::Contains("SyslogMessage", "<EventID>23</EventID>")]));
pub(super) const LINUX_NETWORK_FLOW: Source =
    linux(&sysmon::NETWORK_FLOW, Rows::Every(&[Rows::Alike("ProcessName", &["sysmon"]), Rows::Contains("SyslogMessage", "<EventID>3</EventID>")]));
