//! Which events of Windows' own channels does Defender XDR record, and where?
//!
//! The sensor reads some of the events that Windows audits and gives each an `ActionType` of its own. A rule that names event
//! numbers is asked of these tables when they hold all the fields it uses.
//! Tables: <https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceevents-table>.

use super::made::Made::{Additional, Own};
use super::rows::Rows;
use ir::{EventClass, Platform};

use super::platform::Told;
use super::{Answer, Column, OBJECT_NAME, Others, Source, always, computed, number, path, text, time, words};

type Open = &'static [(&'static str, &'static [Column])];

/// One event of one service, and the table that holds it.
pub struct Event {
    /// Sigma's `service`.
    pub service: &'static str,
    /// The event's number.
    pub id: i64,
    /// The table.
    pub source: Source,
}

/// Fields of one event, with those that every row has.
macro_rules! event {
    ($id:literal: $($name:literal [$($column:expr),+])*) => {
        &[
            ("EventID", &[always($id)]),
            ("Computer", &[text("DeviceName")]),
            ("TimeCreated", &[time("Timestamp")]),
            $(($name, &[$($column),+])),*
        ]
    };
}

const ACTOR: Column = text("InitiatingProcessAccountName");
const ACTOR_DOMAIN: Column = text("InitiatingProcessAccountDomain");
const ACTOR_SID: Column = text("InitiatingProcessAccountSid");
const REMOTE: Column = Column { name: "RemoteIP", from: Own, answer: Answer::MappedAddress };
const SECURITY: Column = always("Microsoft-Windows-Security-Auditing");
const AUDIT_LOG: Column = always("Security");

const SERVICE_NAME: Column = computed("ServiceName", Additional("ServiceName"));
const SERVICE_ACCOUNT: Column = computed("ServiceAccount", Additional("ServiceAccount"));
const SERVICE_START: Column = computed("ServiceStartType", Additional("ServiceStartType"));
const SERVICE_TYPE: Column = computed("ServiceType", Additional("ServiceType"));

const INSTALLED: Open = event! { "4697":
    "Provider_Name" [SECURITY]
    "Channel" [AUDIT_LOG]
    "ServiceName" [SERVICE_NAME]
    "ServiceFileName" [text("FolderPath"), text("ProcessCommandLine")]
    "ServiceAccount" [SERVICE_ACCOUNT]
    "ServiceStartType" [SERVICE_START]
    "ServiceType" [SERVICE_TYPE]
    "SubjectUserName" [ACTOR]
    "SubjectDomainName" [ACTOR_DOMAIN]
    "SubjectUserSid" [ACTOR_SID]
};

const INSTALLED_BY_MANAGER: Open = event! { "7045":
    "Provider_Name" [always("Service Control Manager")]
    "Channel" [always("System")]
    "ServiceName" [SERVICE_NAME]
    "ImagePath" [text("FolderPath"), text("ProcessCommandLine")]
    "AccountName" [SERVICE_ACCOUNT]
};

const LOGON_TYPE: Column = words(
    "LogonType",
    &[
        ("2", "Interactive"),
        ("3", "Network"),
        ("4", "Batch"),
        ("5", "Service"),
        ("7", "Unlock"),
        ("8", "NetworkCleartext"),
        ("9", "NewCredentials"),
        ("10", "RemoteInteractive"),
        ("11", "CachedInteractive"),
    ],
);

macro_rules! logon {
    ($id:literal) => {
        event! { $id:
                "Provider_Name" [SECURITY]
        "Channel" [AUDIT_LOG]
                "LogonType" [LOGON_TYPE]
                "TargetUserName" [text("AccountName")]
                "TargetDomainName" [text("AccountDomain")]
                "TargetUserSid" [text("AccountSid")]
                "IpAddress" [REMOTE]
                "IpPort" [number("RemotePort")]
                "WorkstationName" [text("RemoteDeviceName")]
                "AuthenticationPackageName" [text("Protocol")]
                "ProcessName" [path("InitiatingProcessFolderPath", "InitiatingProcessFileName")]
                "SubjectUserName" [ACTOR]
                "SubjectDomainName" [ACTOR_DOMAIN]
                "SubjectUserSid" [ACTOR_SID]
            }
    };
}

macro_rules! task {
    ($id:literal, $content:literal) => {
        event! { $id:
                "Provider_Name" [SECURITY]
        "Channel" [AUDIT_LOG]
                "TaskName" [computed("TaskName", Additional("TaskName"))]
                $content [computed($content, Additional($content))]
                "SubjectUserName" [ACTOR]
                "SubjectDomainName" [ACTOR_DOMAIN]
                "SubjectUserSid" [ACTOR_SID]
            }
    };
}

macro_rules! account {
    ($id:literal) => {
        event! { $id:
                "Provider_Name" [SECURITY]
        "Channel" [AUDIT_LOG]
                "TargetUserName" [text("AccountName")]
                "TargetDomainName" [text("AccountDomain")]
                "TargetSid" [text("AccountSid")]
                "SamAccountName" [text("AccountName")]
                "SubjectUserName" [ACTOR]
                "SubjectDomainName" [ACTOR_DOMAIN]
                "SubjectUserSid" [ACTOR_SID]
            }
    };
}

const MEMBER: Open = event! { "4732":
    "Provider_Name" [SECURITY]
    "Channel" [AUDIT_LOG]
    "MemberSid" [text("AccountSid")]
    "TargetUserName" [computed("GroupName", Additional("GroupName"))]
    "TargetSid" [computed("GroupSid", Additional("GroupSid"))]
    "SubjectUserName" [ACTOR]
    "SubjectDomainName" [ACTOR_DOMAIN]
    "SubjectUserSid" [ACTOR_SID]
};

const VALUE_SET: Open = event! { "4657":
    "Provider_Name" [SECURITY]
    "Channel" [AUDIT_LOG]
    "ObjectName" [OBJECT_NAME]
    "ObjectValueName" [text("RegistryValueName")]
    "NewValue" [text("RegistryValueData")]
    "OldValue" [text("PreviousRegistryValueData")]
    "ProcessName" [path("InitiatingProcessFolderPath", "InitiatingProcessFileName")]
    "SubjectUserName" [ACTOR]
    "SubjectDomainName" [ACTOR_DOMAIN]
    "SubjectUserSid" [ACTOR_SID]
};

const DEVICE: Open = event! { "6416":
    "Provider_Name" [SECURITY]
    "Channel" [AUDIT_LOG]
    "ClassName" [computed("ClassName", Additional("ClassName"))]
    "DeviceDescription" [computed("DeviceDescription", Additional("DeviceDescription"))]
    "DeviceId" [computed("PnpDevice", Additional("DeviceId"))]
};

const CLEARED: Open = event! { "1102": "Provider_Name" [always("Microsoft-Windows-Eventlog")] "Channel" [AUDIT_LOG] "SubjectUserName" [ACTOR] };

const LDAP: Open = event! { "30":
    "SearchFilter" [computed("SearchFilter", Additional("SearchFilter"))]
    "DistinguishedName" [computed("DistinguishedName", Additional("DistinguishedName"))]
    "ScopeOfSearch" [computed("ScopeOfSearch", Additional("ScopeOfSearch"))]
};

/// Attack surface reduction: the file, and the process that was stopped.
/// A rule for reducing the attack surface, or a controlled folder, that blocked or audited
/// (<https://learn.microsoft.com/defender-endpoint/attack-surface-reduction>, <https://learn.microsoft.com/defender-endpoint/controlled-folders>).
macro_rules! reduction {
    ($id:literal) => {
        event! { $id:
            "Channel" [always("Microsoft-Windows-Windows Defender/Operational")]
            "Path" [path("FolderPath", "FileName")]
            "ProcessName" [path("InitiatingProcessFolderPath", "InitiatingProcessFileName")]
        }
    };
}

const fn on(service: &'static str, id: i64, table: &'static str, rows: Rows, open: Open) -> Event {
    let source = Source {
        class: EventClass::CloudAudit,
        label: service,
        table,
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: "MicrosoftThreatProtection",
        fields: &[],
        log: None,
        open,
        beside: Told::ALL,
        others: Others::Nowhere,
        entities: &[],
    };
    Event { service, id, source }
}

macro_rules! plain {
    ($service:literal $id:literal $number:literal $action:literal) => {
        on($service, $number, "DeviceEvents", Rows::Is("ActionType", &[$action]), event! { $id: })
    };
}

const SERVICES: Rows = Rows::Is("ActionType", &["ServiceInstalled"]);

/// The events that a table holds.
pub static EVENTS: [Event; 34] = [
    on("system", 7045, "DeviceEvents", SERVICES, INSTALLED_BY_MANAGER),
    on("security", 4697, "DeviceEvents", SERVICES, INSTALLED),
    on("security", 4624, "DeviceLogonEvents", Rows::Is("ActionType", &["LogonSuccess"]), logon!("4624")),
    on("security", 4625, "DeviceLogonEvents", Rows::Is("ActionType", &["LogonFailed"]), logon!("4625")),
    on("security", 4657, "DeviceRegistryEvents", Rows::Is("ActionType", &["RegistryValueSet"]), VALUE_SET),
    on("security", 4698, "DeviceEvents", Rows::Is("ActionType", &["ScheduledTaskCreated"]), task!("4698", "TaskContent")),
    on("security", 4699, "DeviceEvents", Rows::Is("ActionType", &["ScheduledTaskDeleted"]), task!("4699", "TaskContent")),
    on("security", 4700, "DeviceEvents", Rows::Is("ActionType", &["ScheduledTaskEnabled"]), task!("4700", "TaskContent")),
    on("security", 4701, "DeviceEvents", Rows::Is("ActionType", &["ScheduledTaskDisabled"]), task!("4701", "TaskContent")),
    on("security", 4702, "DeviceEvents", Rows::Is("ActionType", &["ScheduledTaskUpdated"]), task!("4702", "TaskContentNew")),
    on("security", 4720, "DeviceEvents", Rows::Is("ActionType", &["UserAccountCreated"]), account!("4720")),
    on("security", 4726, "DeviceEvents", Rows::Is("ActionType", &["UserAccountDeleted"]), account!("4726")),
    on("security", 4738, "DeviceEvents", Rows::Is("ActionType", &["UserAccountModified"]), account!("4738")),
    on("security", 4731, "DeviceEvents", Rows::Is("ActionType", &["SecurityGroupCreated"]), event! { "4731": "SubjectUserName" [ACTOR] }),
    on("security", 4732, "DeviceEvents", Rows::Is("ActionType", &["UserAccountAddedToLocalGroup"]), MEMBER),
    on("security", 4734, "DeviceEvents", Rows::Is("ActionType", &["SecurityGroupDeleted"]), event! { "4734": "SubjectUserName" [ACTOR] }),
    on("security", 6416, "DeviceEvents", Rows::Is("ActionType", &["PnpDeviceConnected"]), DEVICE),
    on("security", 1102, "DeviceEvents", Rows::Is("ActionType", &["SecurityLogCleared"]), CLEARED),
    on("ldap", 30, "DeviceEvents", Rows::Is("ActionType", &["LdapSearch"]), LDAP),
    on("ldap_debug", 30, "DeviceEvents", Rows::Is("ActionType", &["LdapSearch"]), LDAP),
    on("windefend", 1121, "DeviceEvents", Rows::Every(&[Rows::Starts("ActionType", "Asr"), Rows::Ends("ActionType", "Blocked")]), reduction!("1121")),
    on("windefend", 1122, "DeviceEvents", Rows::Every(&[Rows::Starts("ActionType", "Asr"), Rows::Ends("ActionType", "Audited")]), reduction!("1122")),
    on("windefend", 1123, "DeviceEvents", Rows::Is("ActionType", &["ControlledFolderAccessViolationBlocked"]), reduction!("1123")),
    on("windefend", 1124, "DeviceEvents", Rows::Is("ActionType", &["ControlledFolderAccessViolationAudited"]), reduction!("1124")),
    plain!("windefend" "1116" 1116 "AntivirusDetection"),
    plain!("windefend" "1117" 1117 "AntivirusMalwareBlocked"),
    plain!("windefend" "1118" 1118 "AntivirusMalwareActionFailed"),
    plain!("windefend" "1119" 1119 "AntivirusError"),
    plain!("windefend" "2001" 2001 "AntivirusDefinitionsUpdateFailed"),
    plain!("applocker" "8003" 8003 "AppControlExecutableAudited"),
    plain!("applocker" "8004" 8004 "AppControlExecutableBlocked"),
    plain!("applocker" "8006" 8006 "AppControlScriptAudited"),
    plain!("applocker" "8007" 8007 "AppControlScriptBlocked"),
    plain!("windefend" "2000" 2000 "AntivirusDefinitionsUpdated"),
];

/// The tables that hold events of a service with these numbers, and the numbers that none holds.
pub fn sources(service: &str, ids: &[i64]) -> (Vec<Source>, Vec<i64>) {
    let of_service = || EVENTS.iter().filter(|event| event.service.eq_ignore_ascii_case(service));
    let found = of_service().filter(|event| ids.contains(&event.id)).map(|event| event.source).collect();
    let missing = ids.iter().copied().filter(|id| !of_service().any(|event| event.id == *id)).collect();
    (found, missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::columns;

    #[test]
    fn every_column_is_one_of_its_table() {
        for event in &EVENTS {
            for (name, list) in event.source.open {
                for column in *list {
                    let plain = column.from.is_own() && !matches!(column.answer, Answer::Always(_));
                    assert!(
                        !plain || columns::find(crate::tables::Product::DefenderXdr, event.source.table, column.name).is_some(),
                        "{} {name}",
                        event.id
                    );
                }
            }
        }
    }

    #[test]
    fn numbers_without_a_table_are_named() {
        let (found, missing) = sources("Security", &[4624, 4662]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].table, "DeviceLogonEvents");
        assert_eq!(missing, [4662]);
    }
}
