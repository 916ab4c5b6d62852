//! Which native tables of Microsoft Sentinel hold what happens on machines: Windows' own log, and Sysmon's?
//!
//! Security events: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/securityevent>; the events themselves:
//! <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/security-auditing-overview>.

use super::made::Made::{self, Data, Own, Pieces, Vendor};
use super::made::Part::{Directory, Extension, LastName, Number};
use super::rows::Rows;
use ir::{EventClass as E, Field as F, Platform};

use super::platform::Told;
use super::{Answer, Column, Entity, Fields, Numbers, Others, Source, computed, computed_number, number, text};

macro_rules! fields {
    ($($field:ident: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$((F::$field, &[$($column),+])),*] };
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
    from: Made::Path(&[Made::Column("SubjectDomainName"), Made::Column("SubjectUserName")]),
    answer: Answer::Pair { parts: ["SubjectDomainName", "SubjectUserName"], hives: false },
};

const START: Fields = by_subject! {
    ProcessPath: [text("NewProcessName")],
    ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("NewProcessName")))],
    ProcessCommandLine: [text("CommandLine")],
    ProcessPid: [computed_number("ProcessNumber", Number.of(&Made::Column("NewProcessId")))],
    ProcessIntegrity: [computed(
        "ProcessIntegrity",
        Vendor("case(MandatoryLabel == \"S-1-16-0\", \"untrusted\", MandatoryLabel == \"S-1-16-4096\", \"low\", MandatoryLabel in (\"S-1-16-8192\", \
\"S-1-16-8448\"), \"medium\", MandatoryLabel == \"S-1-16-12288\", \"high\", MandatoryLabel == \"S-1-16-16384\", \"system\", \"\")")
    )],
    ParentPath: [text("ParentProcessName")],
    ParentName: [computed("ParentFile", LastName.of(&Made::Column("ParentProcessName")))],
    ParentPid: [computed_number("ParentNumber", Number.of(&Made::Column("ProcessId")))],
};

/// Object access, where auditing of the file is on.
const FILE: Fields = by_subject! {
    FilePath: [text("ObjectName")],
    FileName: [computed("FileName", LastName.of(&Made::Column("ObjectName")))],
    FileDirectory: [computed("FileDirectory", Directory.of(&Made::Column("ObjectName")))],
    FileExtension: [computed("FileExtension", Extension.of(&Made::Column("ObjectName")))],
    ProcessPath: [text("ProcessName")],
    ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("ProcessName")))],
    ProcessPid: [computed_number("ProcessNumber", Number.of(&Made::Column("ProcessId")))],
};

/// The event's codes for types of values.
const NUMBERS: Numbers = Numbers { dword: "%%1876", qword: "%%1883", binary: "%%1875" };

const REGISTRY: Fields = by_subject! {
    RegistryKey: [computed(
        "RegistryPath",
        Vendor("replace_regex(replace_regex(replace_regex(ObjectName, @\"(?i)^\\\\REGISTRY\\\\USER\\\\S-1-5-21-[0-9-]+(\\\\|$)\", @\"HKCU\\1\"), \
@\"(?i)^\\\\REGISTRY\\\\MACHINE(\\\\|$)\", @\"HKLM\\1\"), @\"(?i)^\\\\REGISTRY\\\\USER(\\\\|$)\", @\"HKU\\1\")")
    )],
    RegistryPath: [computed(
        "TargetObject",
        Vendor("replace_regex(replace_regex(strcat(ObjectName, @\"\\\", ObjectValueName), @\"(?i)^\\\\REGISTRY\\\\MACHINE\", \"HKLM\"), \
@\"(?i)^\\\\REGISTRY\\\\USER\", \"HKU\")")
    )],
    RegistryValueName: [text("ObjectValueName")],
    RegistryData: [Column { name: "NewValue", from: Own, answer: Answer::Registry { kind: "NewValueType", numbers: NUMBERS } }],
    RegistryType: [computed(
        "RegistryType",
        Vendor("case(NewValueType == \"%%1873\", \"REG_SZ\", NewValueType == \"%%1874\", \"REG_EXPAND_SZ\", NewValueType == \"%%1875\", \"REG_BINARY\", \
NewValueType == \"%%1876\", \"REG_DWORD\", NewValueType == \"%%1879\", \"REG_MULTI_SZ\", NewValueType == \"%%1883\", \"REG_QWORD\", NewValueType)")
    )],
    ProcessPath: [text("ProcessName")],
    ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("ProcessName")))],
    ProcessPid: [computed_number("ProcessNumber", Number.of(&Made::Column("ProcessId")))],
};

const SERVICE: Fields = by_subject! {
    ServiceName: [text("ServiceName")],
    ServicePath: [text("ServiceFileName")],
    ServiceStart: [computed(
        "ServiceStart",
        Vendor("case(ServiceStartType == 0, \"boot start\", ServiceStartType == 1, \"system start\", ServiceStartType == 2, \"auto start\", \
ServiceStartType == 3, \"demand start\", ServiceStartType == 4, \"disabled\", \"\")")
    )],
    ServiceAccount: [text("ServiceAccount")],
};

/// What a task runs is XML inside XML.
const TASK: Fields = by_subject! {
    TaskName: [computed("TaskName", Data("TaskName"))],
    TaskContent: [computed("TaskContent", Data("TaskContent"))],
    TaskCommand: [computed(
        "TaskCommand",
        Pieces(&[Vendor("trim_end(\" \", strcat(unxml(extract(@\"<Command>([^<]*)\", 1, "), Data("TaskContent"), Vendor(")), \" \", unxml(extract(@\"<Arguments>([^<]*)\", 1, "), Data("TaskContent"), Vendor("))))")])
    )],
};

const LOGON: Fields = fields! {
    Outcome: [computed("Outcome", Vendor("iff(EventID == 4624, \"success\", \"failure\")"))],
    LogonType: [number("LogonType")],
    LogonProcess: [computed("LogonProcess", Vendor("trim(\" \", LogonProcessName)"))],
    UserName: [text("TargetUserName")],
    UserDomain: [text("TargetDomainName")],
    SourceIp: [text("IpAddress")],
    SourcePort: [computed_number("SourcePort", Number.of(&Made::Column("IpPort")))],
    HostName: [text("Computer")],
};

const HOST: &[Entity] = &[("Host", "FullName", "Computer"), ("Account", "Name", "SubjectUserName")];

const fn security(class: E, rows: Rows, fields: Fields, entities: &'static [Entity]) -> Source {
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
        log: None,
        open: &[],
        beside: Told::ALL,
        others: Others::Nowhere,
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
        Rows::Number("EventID", &[4688]),
        START,
        &[("Host", "FullName", "Computer"), ("Account", "Name", "SubjectUserName"), ("Process", "CommandLine", "CommandLine")],
    )
};
pub(super) const FILE_WRITE: Source = security(
    E::FileModify,
    Rows::Every(&[Rows::Number("EventID", &[4663]), Rows::Alike("ObjectType", &["File"]), Rows::Has("AccessList", &["%%4417", "%%4418"])]),
    FILE,
    HOST,
);
pub(super) const FILE_REMOVE: Source = security(
    E::FileDelete,
    Rows::Every(&[Rows::Number("EventID", &[4663]), Rows::Alike("ObjectType", &["File"]), Rows::Has("AccessList", &["%%1537"])]),
    FILE,
    HOST,
);
pub(super) const FILE_ACCESS: Source = security(
    E::FileAccess,
    Rows::Every(&[Rows::Number("EventID", &[4663]), Rows::Alike("ObjectType", &["File"]), Rows::Has("AccessList", &["%%4416"])]),
    FILE,
    HOST,
);
pub(super) const REGISTRY_SET: Source =
    security(E::RegistrySet, Rows::Every(&[Rows::Number("EventID", &[4657]), Rows::Is("OperationType", &["%%1904", "%%1905"])]), REGISTRY, HOST);
pub(super) const REGISTRY_REMOVE: Source =
    security(E::RegistryDelete, Rows::Every(&[Rows::Number("EventID", &[4657]), Rows::Is("OperationType", &["%%1906"])]), REGISTRY, HOST);
pub(super) const SERVICE_INSTALL: Source = security(E::ServiceInstall, Rows::Number("EventID", &[4697]), SERVICE, HOST);
pub(super) const TASK_CREATE: Source = security(E::TaskCreate, Rows::Number("EventID", &[4698]), TASK, HOST);
pub(super) const AUTH_LOGON: Source = security(
    E::AuthLogon,
    Rows::Number("EventID", &[4624, 4625]),
    LOGON,
    &[("Host", "FullName", "Computer"), ("Account", "Name", "TargetUserName"), ("IP", "Address", "IpAddress")],
);
