//! Which tables hold the logs of Azure and Microsoft Entra ID?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity>, and `auditlogs`, `signinlogs`,
//! `aadnoninteractiveusersigninlogs`, `aaduserriskevents` beside it;
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudauditevents-table>,
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-entraidsigninevents-table>,
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table>.

use super::{Absent, NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{Answer, Column, always, computed, number, text, within};
use crate::tables::made::Made::{self, Vendor};
use crate::tables::made::Part::Unrooted;
use crate::tables::rows::Rows;

/// Event Hub and Splunk's add-on hand a record on as it is, with its own fields below `properties`; the tables have them as columns.
const ENVELOPE: &str = "properties";

static ACTIVITY: OpenFields = OpenFields {
    names: names! {
        "operationName": [text("OperationNameValue")],
        "category": [text("CategoryValue")],
        "status": [text("ActivityStatusValue")],
        "resultType": [text("ActivityStatusValue")],
        "subStatus": [text("ActivitySubstatusValue")],
        "resourceProvider": [text("ResourceProviderValue")],
        "callerIpAddress": [text("CallerIpAddress")],
        "properties.message": [text("OperationNameValue")],
    },
    members: &[("properties", "Properties_d"), ("claims", "Claims_d"), ("authorization", "Authorization_d")],
    columns: true,
    ..NONE
};

static ACTIVITY_RAW: OpenFields = OpenFields {
    names: names! {
        "operationName": [text("OperationName")],
        "OperationNameValue": [text("OperationName")],
        "properties.message": [text("OperationName")],
        "callerIpAddress": [text("IPAddress")],
        "ResourceId": [text("ResourceId")],
    },
    members: &[("", "RawEventData")],
    ..NONE
};

/// What was changed, each list of changes of each target.
const CHANGES: &str =
    "strcat_array(extract_all(@'\"modifiedProperties\":(\\[(?:[^\"\\]]|\"(?:[^\"\\\\]|\\\\.)*\")*\\])', tostring(TargetResources)), \"\\n\")";
/// The same with each property's name as the key of its new value, without the quotes that values carry inside.
const NEW_VALUES: &str = "replace_string(replace_regex(tostring(TargetResources), \
@'\"displayName\":(\"(?:[^\"\\\\]|\\\\.)*\"),\"oldValue\":(?:null|\"(?:[^\"\\\\]|\\\\.)*\"),\"newValue\":', @'\\1:'), @'\\\"', \"\")";
/// Details are pairs of a key and a value.
const DETAILS: &str = "replace_regex(tostring(AdditionalDetails), @'\"key\":(\"(?:[^\"\\\\]|\\\\.)*\"),\"value\":', @'\\1:')";

const TARGETS: Column = computed("Targets", Vendor("tostring(TargetResources)"));

static AUDIT: OpenFields = OpenFields {
    names: names! {
        "properties.message": [text("OperationName"), TARGETS],
        "operationName": [text("OperationName")],
        "activityType": [text("OperationName")],
        "Status": [text("Result")],
        "properties.result": [text("Result")],
        "failure_status_reason": [text("ResultReason")],
        "properties.targetResources": [TARGETS],
        "TargetResources": [TARGETS],
        "Target": [TARGETS],
        "TargetResources.type": [within("Targets", Vendor("tostring(TargetResources)"), "type")],
        "TargetResources.displayName": [within("Targets", Vendor("tostring(TargetResources)"), "displayName")],
        "TargetResources.modifiedProperties": [computed("Changes", Vendor(CHANGES))],
        "TargetResources.modifiedProperties.displayName": [within("Changes", Vendor(CHANGES), "displayName")],
        "TargetResources.modifiedProperties.newValue": [within("Changes", Vendor(CHANGES), "newValue")],
        "TargetResources.modifiedProperties.oldValue": [within("Changes", Vendor(CHANGES), "oldValue")],
        "ConsentContext.IsAdminConsent": [within("NewValues", Vendor(NEW_VALUES), "ConsentContext.IsAdminConsent")],
        "additionalDetails.additionalInfo": [within("Details", Vendor(DETAILS), "additionalInfo")],
        "InitiatedBy": [computed("Initiator", Vendor("tostring(InitiatedBy)"))],
    },
    columns: true,
    envelope: ENVELOPE,
    ..NONE
};

/// Cloud apps end the name of an operation with a full stop.
const OPERATION: Column = computed("Operation", Unrooted.of(&Made::Column("ActionType")));
const RAW_TARGETS: Column = computed("Targets", Vendor("tostring(RawEventData.Target)"));
const RAW_CHANGES: Column = computed("Changes", Vendor("tostring(RawEventData.ModifiedProperties)"));
const RAW_RESULT: Column = computed("Result", Vendor("tostring(RawEventData.ResultStatus)"));

static AUDIT_RAW: OpenFields = OpenFields {
    names: names! {
        "properties.message": [OPERATION, RAW_TARGETS],
        "operationName": [OPERATION],
        "ActivityDisplayName": [OPERATION],
        "activityType": [OPERATION],
        "Status": [RAW_RESULT],
        "Result": [RAW_RESULT],
        "properties.result": [RAW_RESULT],
        "properties.targetResources": [RAW_TARGETS, RAW_CHANGES],
        "TargetResources": [RAW_TARGETS, RAW_CHANGES],
        "Target": [RAW_TARGETS],
        "TargetResources.modifiedProperties": [RAW_CHANGES],
        "TargetResources.modifiedProperties.displayName": [within("Changes", Vendor("tostring(RawEventData.ModifiedProperties)"), "Name")],
        "TargetResources.modifiedProperties.newValue": [within("Changes", Vendor("tostring(RawEventData.ModifiedProperties)"), "NewValue")],
        "TargetResources.modifiedProperties.oldValue": [within("Changes", Vendor("tostring(RawEventData.ModifiedProperties)"), "OldValue")],
        "InitiatedBy": [computed("Initiator", Vendor("tostring(RawEventData.Actor)")), text("AccountDisplayName")],
    },
    envelope: ENVELOPE,
    ..NONE
};

/// How a sign-in ended, in the portal's words, and why: the codes are those of
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
const STATUS: &str = "strcat(iff(ResultType == \"0\", \"Success\", \"Failure\"), iff(isempty(Status.additionalDetails), \"\", \
strcat(\"; \", Status.additionalDetails)))";
const STATUS_TEXT: &str = "strcat(iff(ResultType == \"0\", \"Success\", \"Failure\"), iff(isempty(parse_json(Status).additionalDetails), \"\", \
strcat(\"; \", parse_json(Status).additionalDetails)))";

macro_rules! sign_in {
    ($status:expr, $device:literal) => {
        OpenFields {
            names: names! {
                "ResultType": [computed_result()],
                "Status": [Column { name: "Ended", from: Vendor($status), answer: Answer::Joined }],
                "ActivityDetails": [always("Sign-ins")],
                "ClientApp": [text("ClientAppUsed")],
                "Username": [text("UserPrincipalName")],
                "properties.message": [text("ResultDescription"), text("AuthenticationProtocol")],
                "DeviceDetail.trusttype": [computed("TrustType", Vendor(concat!("tostring(", $device, ".trustType)")))],
                "DeviceDetail.isCompliant": [computed("IsCompliant", Vendor(concat!("tostring(", $device, ".isCompliant)")))],
                "DeviceDetail.deviceId": [computed("DeviceId", Vendor(concat!("tostring(", $device, ".deviceId)")))],
            },
            columns: true,
            envelope: ENVELOPE,
            ..NONE
        }
    };
}

/// The code is kept as text.
const fn computed_result() -> Column {
    text("ResultType")
}

static SIGN_IN: OpenFields = sign_in!(STATUS, "DeviceDetail");
static SIGN_IN_TEXT: OpenFields = sign_in!(STATUS_TEXT, "parse_json(DeviceDetail)");

static SIGN_IN_EVENTS: OpenFields = OpenFields {
    names: names! {
        "ResultType": [number("ErrorCode")],
        "Status": [computed("Ended", Vendor("iff(ErrorCode == 0, \"Success\", \"Failure\")"))],
        "ActivityDetails": [always("Sign-ins")],
        "ClientApp": [text("ClientAppUsed")],
        "Username": [text("AccountUpn")],
        "UserPrincipalName": [text("AccountUpn")],
        "AppDisplayName": [text("Application")],
        "AppId": [text("ApplicationId")],
        "conditionalAccessStatus": [computed(
            "AccessStatus",
            Vendor("case(ConditionalAccessStatus == 0, \"success\", ConditionalAccessStatus == 1, \"failure\", ConditionalAccessStatus == 2, \"notApplied\", \"\")")
        )],
        "RiskState": [computed(
            "Risk",
            Vendor("case(RiskState == 0, \"none\", RiskState == 1, \"confirmedSafe\", RiskState == 2, \"remediated\", RiskState == 3, \"dismissed\", \
    RiskState == 4, \"atRisk\", RiskState == 5, \"confirmedCompromised\", \"\")")
        )],
        "DeviceDetail.trusttype": [text("DeviceTrustType")],
        "DeviceDetail.isCompliant": [computed("Compliant", Vendor("case(IsCompliant == 1, \"true\", IsCompliant == 0, \"false\", \"\")"))],
        "DeviceDetail.deviceId": [text("EntraIdDeviceId")],
        "DeviceDetail.displayName": [text("DeviceName")],
        "DeviceDetail.operatingSystem": [text("OSPlatform")],
        "DeviceDetail.browser": [text("Browser")],
    },
    columns: true,
    envelope: ENVELOPE,
    ..NONE
};

static RISKS: OpenFields = OpenFields { columns: true, envelope: ENVELOPE, ..NONE };

const PERSON: &[super::super::Entity] = &[("Account", "FullName", "UserPrincipalName"), ("IP", "Address", "IPAddress")];

pub(in super::super) static SENTINEL: &[OpenSource] = &[
    OpenSource {
        connector: "AzureActivity",
        entities: &[("IP", "Address", "CallerIpAddress"), ("Account", "FullName", "Caller")],
        ..table("azure", "activitylogs", "AzureActivity", &ACTIVITY)
    },
    OpenSource { connector: "AzureActiveDirectory", ..table("azure", "auditlogs", "AuditLogs", &AUDIT) },
    OpenSource { label: "interactive", connector: "AzureActiveDirectory", entities: PERSON, ..table("azure", "signinlogs", "SigninLogs", &SIGN_IN) },
    OpenSource {
        label: "tokens",
        connector: "AzureActiveDirectory",
        entities: PERSON,
        ..table("azure", "signinlogs", "AADNonInteractiveUserSignInLogs", &SIGN_IN_TEXT)
    },
    OpenSource {
        connector: "AzureActiveDirectory",
        entities: &[("Account", "FullName", "UserPrincipalName"), ("IP", "Address", "IpAddress")],
        ..table("azure", "riskdetection", "AADUserRiskEvents", &RISKS)
    },
];

pub(in super::super) static DEFENDER_XDR: &[OpenSource] = &[
    OpenSource { rows: Rows::Is("DataSource", &["Azure"]), ..table("azure", "activitylogs", "CloudAuditEvents", &ACTIVITY_RAW) },
    OpenSource { rows: Rows::Is("RawEventData.Workload", &["AzureActiveDirectory"]), ..table("azure", "auditlogs", "CloudAppEvents", &AUDIT_RAW) },
    table("azure", "signinlogs", "EntraIdSignInEvents", &SIGN_IN_EVENTS),
];

pub(in super::super) const PIM: Absent =
    (["*", "azure", "pim"], "alerts of Privileged Identity Management are kept under titles, not under the names of their kinds");
pub(in super::super) const RISK: Absent = (["*", "azure", "riskdetection"], "the kinds of detected risk are no column of its tables");
