//! Which native tables of Microsoft Sentinel hold what happens on machines: Windows' own log, and Sysmon's?
//!
//! Security events: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/securityevent>; the events themselves:
//! <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/security-auditing-overview>.

use ir::{EventClass as E, Field as F, Platform};

use super::{Answer, Column, Entity, Numbers, Others, Source, computed, computed_number, directory, extension, last_part, number, text};

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

/// Who caused an event, and on which machine, behind the event's own columns.
macro_rules! by_subject {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            UserName: [text("SubjectUserName")],
            UserDomain: [text("SubjectDomainName")],
            UserAccount: [SUBJECT],
            HostName: [text("Computer")],
        }
    };
}

/// Who caused an event, with the domain.
const SUBJECT: Column = Column {
    name: "SubjectAccount",
    from: "strcat(SubjectDomainName, @\"\\\", SubjectUserName)",
    answer: Answer::Pair { parts: ["SubjectDomainName", "SubjectUserName"], hives: false },
};

const START: Fields = by_subject! {
    ProcessPath: [text("NewProcessName")],
    ProcessName: [computed("ProcessFile", last_part!("NewProcessName"))],
    ProcessCommandLine: [text("CommandLine")],
    ProcessPid: [computed_number("ProcessNumber", "tolong(NewProcessId)")],
    ProcessIntegrity: [computed(
        "ProcessIntegrity",
        "case(MandatoryLabel == \"S-1-16-0\", \"untrusted\", MandatoryLabel == \"S-1-16-4096\", \"low\", MandatoryLabel in (\"S-1-16-8192\", \
\"S-1-16-8448\"), \"medium\", MandatoryLabel == \"S-1-16-12288\", \"high\", MandatoryLabel == \"S-1-16-16384\", \"system\", \"\")"
    )],
    ParentPath: [text("ParentProcessName")],
    ParentName: [computed("ParentFile", last_part!("ParentProcessName"))],
    ParentPid: [computed_number("ParentNumber", "tolong(ProcessId)")],
};

/// Object access, where auditing of the file is on.
const FILE: Fields = by_subject! {
    FilePath: [text("ObjectName")],
    FileName: [computed("FileName", last_part!("ObjectName"))],
    FileDirectory: [computed("FileDirectory", directory!("ObjectName"))],
    FileExtension: [computed("FileExtension", extension!("ObjectName"))],
    ProcessPath: [text("ProcessName")],
    ProcessName: [computed("ProcessFile", last_part!("ProcessName"))],
    ProcessPid: [computed_number("ProcessNumber", "tolong(ProcessId)")],
};

/// The event's codes for types of values.
const NUMBERS: Numbers = Numbers { dword: "%%1876", qword: "%%1883", binary: "%%1875" };

const REGISTRY: Fields = by_subject! {
    RegistryKey: [computed(
        "RegistryPath",
        "replace_regex(replace_regex(replace_regex(ObjectName, @\"(?i)^\\\\REGISTRY\\\\USER\\\\S-1-5-21-[0-9-]+(\\\\|$)\", @\"HKCU\\1\"), \
@\"(?i)^\\\\REGISTRY\\\\MACHINE(\\\\|$)\", @\"HKLM\\1\"), @\"(?i)^\\\\REGISTRY\\\\USER(\\\\|$)\", @\"HKU\\1\")"
    )],
    RegistryPath: [computed(
        "TargetObject",
        "replace_regex(replace_regex(strcat(ObjectName, @\"\\\", ObjectValueName), @\"(?i)^\\\\REGISTRY\\\\MACHINE\", \"HKLM\"), \
@\"(?i)^\\\\REGISTRY\\\\USER\", \"HKU\")"
    )],
    RegistryValueName: [text("ObjectValueName")],
    RegistryData: [Column { name: "NewValue", from: "", answer: Answer::Registry { kind: "NewValueType", numbers: NUMBERS } }],
    RegistryType: [computed(
        "RegistryType",
        "case(NewValueType == \"%%1873\", \"REG_SZ\", NewValueType == \"%%1874\", \"REG_EXPAND_SZ\", NewValueType == \"%%1875\", \"REG_BINARY\", \
NewValueType == \"%%1876\", \"REG_DWORD\", NewValueType == \"%%1879\", \"REG_MULTI_SZ\", NewValueType == \"%%1883\", \"REG_QWORD\", NewValueType)"
    )],
    ProcessPath: [text("ProcessName")],
    ProcessName: [computed("ProcessFile", last_part!("ProcessName"))],
    ProcessPid: [computed_number("ProcessNumber", "tolong(ProcessId)")],
};

const SERVICE: Fields = by_subject! {
    ServiceName: [text("ServiceName")],
    ServicePath: [text("ServiceFileName")],
    ServiceStart: [computed(
        "ServiceStart",
        "case(ServiceStartType == 0, \"boot start\", ServiceStartType == 1, \"system start\", ServiceStartType == 2, \"auto start\", \
ServiceStartType == 3, \"demand start\", ServiceStartType == 4, \"disabled\", \"\")"
    )],
    ServiceAccount: [text("ServiceAccount")],
};

const SERVICE_MANAGER: Fields = fields! {
    ServiceName: [computed("InstalledName", data!("ServiceName"))],
    ServicePath: [computed("InstalledPath", data!("ImagePath"))],
    ServiceStart: [computed("InstalledStart", data!("StartType"))],
    ServiceAccount: [computed("InstalledAccount", data!("AccountName"))],
    HostName: [text("Computer")],
};

/// What a task runs is XML inside XML.
const TASK: Fields = by_subject! {
    TaskName: [computed("TaskName", data!("TaskName"))],
    TaskContent: [computed("TaskContent", data!("TaskContent"))],
    TaskCommand: [computed(
        "TaskCommand",
        concat!(
            "trim_end(\" \", strcat(unxml(extract(@\"<Command>([^<]*)\", 1, ", data!("TaskContent"), ")), \" \", unxml(extract(@\"<Arguments>([^<]*)\", 1, ",
            data!("TaskContent"), "))))"
        )
    )],
};

const SCRIPT: Fields = fields! {
    ScriptText: [computed("ScriptText", data!("ScriptBlockText"))],
    ScriptPath: [computed("ScriptPath", data!("Path"))],
    HostName: [text("Computer")],
};

const LOGON: Fields = fields! {
    Outcome: [computed("Outcome", "iff(EventID == 4624, \"success\", \"failure\")")],
    LogonType: [number("LogonType")],
    LogonProcess: [computed("LogonProcess", "trim(\" \", LogonProcessName)")],
    UserName: [text("TargetUserName")],
    UserDomain: [text("TargetDomainName")],
    SourceIp: [text("IpAddress")],
    SourcePort: [computed_number("SourcePort", "tolong(IpPort)")],
    HostName: [text("Computer")],
};

const HOST: &[Entity] = &[("Host", "FullName", "Computer"), ("Account", "Name", "SubjectUserName")];

const fn security(class: E, rows: &'static str, fields: Fields, entities: &'static [Entity]) -> Source {
    let connector = "SecurityEvents";
    Source {
        class,
        label: "windows",
        table: "SecurityEvent",
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector,
        fields,
        open: &[],
        beside: "",
        others: Others::Nowhere,
        entities,
    }
}

const fn event(class: E, label: &'static str, rows: &'static str, fields: Fields) -> Source {
    let entities = &[("Host", "FullName", "Computer")];
    Source {
        class,
        label,
        table: "Event",
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: "",
        fields,
        open: &[],
        beside: "",
        others: Others::Named(&["MessageNumber", "MessageTotal", "ScriptBlockId"]),
        entities,
    }
}

/// What a rule calls by the event's own names, which Sysmon has not.
const OF_4688: &[(&str, &[Column])] = &[
    ("LogonId", &[text("SubjectLogonId")]),
    ("EventID", &[number("EventID")]),
    ("Channel", &[text("Channel")]),
    ("NewProcessName", &[text("NewProcessName")]),
    ("NewProcessId", &[text("NewProcessId")]),
    ("ParentProcessName", &[text("ParentProcessName")]),
    ("SubjectUserSid", &[text("SubjectUserSid")]),
    ("SubjectUserName", &[text("SubjectUserName")]),
    ("SubjectDomainName", &[text("SubjectDomainName")]),
    ("SubjectLogonId", &[text("SubjectLogonId")]),
    ("TargetUserName", &[text("TargetUserName")]),
    ("TargetDomainName", &[text("TargetDomainName")]),
    ("MandatoryLabel", &[text("MandatoryLabel")]),
    ("TokenElevationType", &[text("TokenElevationType")]),
];

pub(super) const PROCESS_START: Source = Source {
    open: OF_4688,
    ..security(
        E::ProcessStart,
        "EventID == 4688",
        START,
        &[("Host", "FullName", "Computer"), ("Account", "Name", "SubjectUserName"), ("Process", "CommandLine", "CommandLine")],
    )
};
pub(super) const FILE_WRITE: Source =
    security(E::FileModify, "EventID == 4663 and ObjectType =~ \"File\" and AccessList has_any (\"%%4417\", \"%%4418\")", FILE, HOST);
pub(super) const FILE_REMOVE: Source =
    security(E::FileDelete, "EventID == 4663 and ObjectType =~ \"File\" and AccessList has \"%%1537\"", FILE, HOST);
pub(super) const FILE_ACCESS: Source =
    security(E::FileAccess, "EventID == 4663 and ObjectType =~ \"File\" and AccessList has \"%%4416\"", FILE, HOST);
pub(super) const REGISTRY_SET: Source = security(E::RegistrySet, "EventID == 4657 and OperationType in (\"%%1904\", \"%%1905\")", REGISTRY, HOST);
pub(super) const REGISTRY_REMOVE: Source = security(E::RegistryDelete, "EventID == 4657 and OperationType == \"%%1906\"", REGISTRY, HOST);
pub(super) const SERVICE_INSTALL: Source = security(E::ServiceInstall, "EventID == 4697", SERVICE, HOST);
pub(super) const SERVICE_LOG: Source =
    event(E::ServiceInstall, "system", "Source == \"Service Control Manager\" and EventID == 7045", SERVICE_MANAGER);
pub(super) const TASK_CREATE: Source = security(E::TaskCreate, "EventID == 4698", TASK, HOST);
pub(super) const SCRIPT_BLOCK: Source = event(E::ScriptBlock, "powershell", "Source == \"Microsoft-Windows-PowerShell\" and EventID == 4104", SCRIPT);
pub(super) const AUTH_LOGON: Source = security(
    E::AuthLogon,
    "EventID in (4624, 4625)",
    LOGON,
    &[("Host", "FullName", "Computer"), ("Account", "Name", "TargetUserName"), ("IP", "Address", "IpAddress")],
);
