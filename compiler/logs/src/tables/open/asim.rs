//! Which unifying parsers hold a log source in Sigma's words, and where do they put the source's own names?
//!
//! Schemas: <https://learn.microsoft.com/azure/sentinel/normalization-schema-audit>, and `-alert`, `-authentication`, `-dns`,
//! `-user-management` beside it. What each built-in parser puts where:
//! <https://github.com/Azure/Azure-Sentinel/tree/master/Parsers>. Only fields that a parser copies unchanged are
//! here; of a source that has no built-in parser, those that the schema itself defines: the operation as the source reports it, who
//! asked for it, from where, and how it ended.

use super::{Absent, NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{Answer, Column, OBJECT_NAME, always, among, computed, computed_number, number, text, within, words};
use crate::tables::made::Made::{Own, Vendor};
use crate::tables::rows::Rows;

/// The words of `EventResult` (<https://learn.microsoft.com/azure/sentinel/normalization-common-fields>).
const RESULTS: &[&str] = &["Success", "Partial", "Failure", "NA"];

static AWS: OpenFields = OpenFields {
    names: names! {
        "eventName": [text("Operation")],
        "eventSource": [text("TargetAppName")],
        "eventType": [text("EventSubType")],
        "eventVersion": [text("EventProductVersion")],
        "eventID": [text("EventUid")],
        "errorMessage": [text("EventMessage")],
        "userAgent": [text("HttpUserAgent")],
        "sourceIPAddress": [text("SrcIpAddr")],
        "awsRegion": [computed("Region", Vendor("tostring(AdditionalFields.AWSRegion)"))],
        "requestParameters": [computed("RequestText", Vendor("tostring(AdditionalFields.RequestParameters)"))],
        "requestParameters.containerDefinitions.command": [within("RequestText", Vendor("tostring(AdditionalFields.RequestParameters)"), "command")],
        "userIdentity.type": [text("ActorOriginalUserType")],
        "userIdentity.accountId": [text("ActorUserId")],
        "userIdentity.userName": [text("ActorUsername")],
        "userIdentity.arn": [computed("ActorArn", Vendor("tostring(AdditionalFields.ActorARN)"))],
        "userIdentity.accessKeyId": [computed("ActorKey", Vendor("tostring(AdditionalFields.ActorAccessKeyId)"))],
    },
    members: &[("requestParameters", "parse_json(tostring(AdditionalFields.RequestParameters))")],
    ..NONE
};

static ACTIVITY: OpenFields = OpenFields {
    names: names! {
        "operationName": [text("Operation")],
        "OperationNameValue": [text("Operation")],
        "properties.message": [text("Operation")],
        "category": [text("EventOriginalType")],
        "CategoryValue": [text("EventOriginalType")],
        "callerIpAddress": [text("SrcIpAddr")],
    },
    ..NONE
};

/// Details are pairs of a key and a value.
const DETAILS: &str = "replace_regex(tostring(AdditionalFields.AdditionalDetails), @'\"key\":(\"(?:[^\"\\\\]|\\\\.)*\"),\"value\":', @'\\1:')";

const CATEGORY: Column = computed("Category", Vendor("tostring(AdditionalFields.Category)"));

static DIRECTORY: OpenFields = OpenFields {
    names: names! {
        "properties.message": [text("Operation")],
        "operationName": [text("EventOriginalType")],
        "ActivityDisplayName": [text("Operation")],
        "activityType": [text("Operation")],
        "LoggedByService": [text("TargetAppName")],
        "Category": [CATEGORY],
        "Status": [among("EventResult", RESULTS)],
        "Result": [among("EventResult", RESULTS)],
        "properties.result": [among("EventResult", RESULTS)],
        "ResultReason": [text("EventOriginalResultDetails")],
        "failure_status_reason": [text("EventOriginalResultDetails")],
        "additionalDetails.additionalInfo": [within("Details", Vendor(DETAILS), "additionalInfo")],
    },
    ..NONE
};

static EXCHANGE: OpenFields = OpenFields {
    names: names! {
        "eventSource": [always("Exchange")],
        "eventName": [text("Operation")],
        "Operation": [text("Operation")],
        "Parameters": [text("NewValue")],
        "UserId": [text("ActorUsername")],
        "status": [among("EventResult", RESULTS)],
    },
    ..NONE
};

static GITHUB: OpenFields = OpenFields { names: names! { "action": [text("EventOriginalResultDetails")] }, ..NONE };

static ALERTS: OpenFields = OpenFields {
    names: names! {
        "eventSource": [always("SecurityComplianceCenter")],
        "eventName": [text("AlertName")],
        "status": [always("success")],
    },
    ..NONE
};

static SCANNER: OpenFields = OpenFields {
    names: names! {
        "Signature": [text("ThreatName")],
        "Filename": [text("FilePath"), text("FileName")],
    },
    ..NONE
};

static OKTA: OpenFields = OpenFields {
    names: names! {
        "eventType": [text("Operation")],
        "displayMessage": [text("EventMessage")],
        "outcome.result": [text("EventResult")],
        "outcome.reason": [text("EventOriginalResultDetails")],
        "client.ipAddress": [text("SrcIpAddr")],
        "client.userAgent.rawUserAgent": [text("HttpUserAgent")],
        "actor.alternateId": [text("ActorUsername")],
        "uuid": [text("EventOriginalUid")],
    },
    ..NONE
};

static GOOGLE: OpenFields = OpenFields {
    names: names! {
        "gcp.audit.method_name": [text("Operation")],
        "gcp.audit.service_name": [text("TargetAppName")],
        "gcp.audit.authentication_info.principal_email": [text("ActorUsername")],
        "data.protoPayload.methodName": [text("Operation")],
        "data.protoPayload.serviceName": [text("TargetAppName")],
        "data.protoPayload.authenticationInfo.principalEmail": [text("ActorUsername")],
        "data.protoPayload.requestMetadata.callerIp": [text("SrcIpAddr")],
        "eventName": [text("Operation")],
        "eventService": [text("TargetAppName")],
        "new_value": [text("NewValue")],
        "old_value": [text("OldValue")],
        "protoPayload.serviceName": [text("TargetAppName")],
        "protoPayload.metadata.event.eventName": [text("Operation")],
        "protoPayload.authenticationInfo.principalEmail": [text("ActorUsername")],
    },
    ..NONE
};

/// The parser has words of its own for reasons; these stand for one code each.
static SIGN_IN: OpenFields = OpenFields {
    names: names! {
        "ResultType": [words("EventResultDetails", &[
            ("0", "Success"),
            ("50053", "User locked"),
            ("50056", "Incorrect password"),
            ("50057", "User disabled"),
        ])],
        "Status": [among("EventResult", RESULTS)],
        "ResultDescription": [text("EventOriginalResultDetails")],
        "userAgent": [text("HttpUserAgent")],
        "Username": [text("TargetUsername")],
        "UserPrincipalName": [text("TargetUsername")],
        "AppDisplayName": [text("TargetAppName")],
        "AppId": [text("TargetAppId")],
        "IPAddress": [text("SrcIpAddr")],
        "ClientApp": [text("ActingOriginalAppType")],
        "ClientAppUsed": [text("ActingOriginalAppType")],
        "ActivityDetails": [always("Sign-ins")],
        "DeviceDetail.deviceId": [text("SrcDvcId")],
        "AuthenticationRequirement": [words("LogonMethod", &[
            ("singleFactorAuthentication", "Username & Password"),
            ("multiFactorAuthentication", "Multi factor authentication"),
        ])],
    },
    ..NONE
};

static ZEEK_DNS: OpenFields = OpenFields {
    names: names! {
        "query": [text("DnsQuery")],
        "qtype_name": [text("DnsQueryTypeName")],
        "rcode_name": [text("DnsResponseCodeName")],
        "answers": [Column { name: "DnsResponseName", from: Own, answer: Answer::Joined }],
        "Z": [computed_number("DnsFlagZ", Vendor("toint(DnsFlagsZ)"))],
        "id.orig_h": [text("SrcIpAddr")],
        "id.orig_p": [number("SrcPortNumber")],
        "id.resp_h": [text("DstIpAddr")],
        "id.resp_p": [number("DstPortNumber")],
    },
    ..NONE
};

/// An account name that Windows writes with its domain.
macro_rules! name_of {
    ($column:literal) => {
        concat!("extract(@\"([^\\\\]*)$\", 1, ", $column, ")")
    };
}

const SUBJECT: Column = computed("SubjectName", Vendor(name_of!("ActorUsername")));
const SUBJECT_DOMAIN: Column = computed("SubjectDomain", Vendor("extract(@\"^([^\\\\]*)\\\\\", 1, ActorUsername)"));
const TARGET: Column = computed("TargetName", Vendor(name_of!("TargetUsername")));
const PROVIDER: Column = always("Microsoft-Windows-Security-Auditing");

/// Who asked for it, behind the event's own names.
macro_rules! by_subject {
    ($($more:tt)*) => {
        names! {
            $($more)*
            "SubjectUserName": [SUBJECT],
            "SubjectDomainName": [SUBJECT_DOMAIN],
            "SubjectUserSid": [text("ActorUserId")],
            "SubjectLogonId": [text("ActorSessionId")],
        }
    };
}

/// The process that touched an object which is audited, and who ran it, behind the event's own names.
macro_rules! by_audited_process {
    ($($more:tt)*) => {
        by_subject! {
            $($more)*
            "ObjectServer": [always("Security")],
            "ProcessName": [text("ActingProcessName")],
            "ProcessId": [text("ActingProcessId")],
        }
    };
}

/// Why a logon failed: the code of the event, and the parser's word for it, which is the name of the code
/// (<https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55>).
const LOGON_STATUS: &[(&str, &str)] = &[
    ("0xc0000064", "STATUS_NO_SUCH_USER"),
    ("0xc000006a", "STATUS_WRONG_PASSWORD"),
    ("0xc000006d", "STATUS_LOGON_FAILURE"),
    ("0xc000006e", "STATUS_ACCOUNT_RESTRICTION"),
    ("0xc000006f", "STATUS_INVALID_LOGON_HOURS"),
    ("0xc0000070", "STATUS_INVALID_WORKSTATION"),
    ("0xc0000071", "STATUS_PASSWORD_EXPIRED"),
    ("0xc0000072", "STATUS_ACCOUNT_DISABLED"),
    ("0xc0000133", "STATUS_TIME_DIFFERENCE_AT_DC"),
    ("0xc000010b", "STATUS_INVALID_LOGON_TYPE"),
    ("0xc000015b", "STATUS_LOGON_TYPE_NOT_GRANTED"),
    ("0xc000018b", "STATUS_NO_TRUST_SAM_ACCOUNT"),
    ("0xc000018d", "STATUS_TRUSTED_RELATIONSHIP_FAILURE"),
    ("0xc0000193", "STATUS_ACCOUNT_EXPIRED"),
    ("0xc0000224", "STATUS_PASSWORD_MUST_CHANGE"),
    ("0xc0000234", "STATUS_ACCOUNT_LOCKED_OUT"),
    ("0xc000005e", "STATUS_NO_LOGON_SERVERS"),
    ("0xc0000022", "STATUS_ACCESS_DENIED"),
    ("0xc0000380", "STATUS_SMARTCARD_WRONG_PIN"),
    ("0xc0000381", "STATUS_SMARTCARD_CARD_BLOCKED"),
    ("0xc0000073", "STATUS_NONE_MAPPED"),
    ("0xc00002ee", "STATUS_UNFINISHED_CONTEXT_DELETED"),
];

/// Logons, and their ends.
static WINDOWS_LOGON: OpenFields = OpenFields {
    names: by_subject! {
        "EventID": [among("EventOriginalType", &["4624", "4625", "4634", "4647"])],
        "Provider_Name": [PROVIDER],
        "IpAddress": [text("SrcIpAddr")],
        "LogonType": [words("EventSubType", &[
            ("2", "Interactive"),
            ("3", "Network"),
            ("4", "Batch"),
            ("5", "Service"),
            ("7", "Unlock"),
            ("8", "NetworkCleartext"),
            ("9", "NewCredentials"),
            ("10", "RemoteInteractive"),
            ("11", "CachedInteractive"),
        ])],
        // The parser looks up the code of the reason, and the status only where no reason is given.
        "SubStatus": [words("EventOriginalResultDetails", LOGON_STATUS)],
        "WorkstationName": [text("SrcHostname")],
        "Workstation": [text("SrcHostname")],
        "AuthenticationPackageName": [text("LogonProtocol")],
        "ProcessName": [text("ActingProcessName")],
        "TargetUserName": [TARGET],
        "TargetUserSid": [text("TargetUserId")],
        "TargetLogonId": [text("TargetSessionId")],
    },
    ..NONE
};

/// What happens to accounts and groups.
static WINDOWS_ACCOUNTS: OpenFields = OpenFields {
    names: by_subject! {
        "EventID": [among("EventOriginalType", &[
            "4720", "4722", "4723", "4724", "4725", "4726", "4727", "4728", "4729", "4730", "4731", "4732", "4733", "4734", "4738", "4740", "4744",
            "4748", "4749", "4753", "4754", "4756", "4757", "4758", "4759", "4763", "4767", "4781",
        ])],
        "Provider_Name": [PROVIDER],
        "TargetUserName": [TARGET, computed("GroupPart", Vendor(name_of!("GroupName")))],
        "TargetSid": [text("TargetUserId"), text("GroupId")],
        "MemberName": [text("TargetUsername")],
        "MemberSid": [text("TargetUserId")],
        "NewTargetUserName": [text("NewPropertyValue")],
        "OldTargetUserName": [text("PreviousPropertyValue")],
    },
    ..NONE
};

/// Tasks, the firewall, the directory, and the log itself.
static WINDOWS_AUDIT: OpenFields = OpenFields {
    names: by_subject! {
        "EventID": [among("EventOriginalType", &[
            "1102", "4698", "4699", "4700", "4701", "4702", "4929", "5025", "5027", "5028", "5029", "5030", "5034", "5035", "5037", "5136",
        ])],
        "Provider_Name": [computed("Provider", Vendor("iff(EventOriginalType == \"1102\", \"Microsoft-Windows-Eventlog\", \"Microsoft-Windows-Security-Auditing\")"))],
        "TaskName": [text("Object")],
        "TaskContent": [text("NewValue")],
        "TaskContentNew": [text("NewValue")],
        "ObjectDN": [text("Object")],
        "AttributeValue": [text("NewValue")],
    },
    ..NONE
};

/// Files that are opened while their folder is audited.
static WINDOWS_FILES: OpenFields = OpenFields {
    names: by_audited_process! {
        "EventID": [among("EventOriginalType", &["4663"])],
        "Provider_Name": [PROVIDER],
        "ObjectName": [text("TargetFilePath")],
        "ObjectType": [always("File")],
    },
    ..NONE
};

/// Registry values that are written, and keys that are opened, while they are audited.
static WINDOWS_REGISTRY: OpenFields = OpenFields {
    names: by_audited_process! {
        "EventID": [among("EventOriginalType", &["4657", "4663"])],
        "Provider_Name": [PROVIDER],
        "ObjectType": [always("Key")],
        "ObjectName": [OBJECT_NAME],
        "ObjectValueName": [text("RegistryValue")],
        "NewValue": [text("RegistryValueData")],
        "OldValue": [text("RegistryPreviousValueData")],
    },
    ..NONE
};

/// Connections that the filtering platform let through or not.
static WINDOWS_CONNECTIONS: OpenFields = OpenFields {
    names: names! {
        "EventID": [among("EventOriginalType", &["5150", "5151", "5152", "5153", "5154", "5155", "5156", "5157", "5158", "5159"])],
        "Provider_Name": [PROVIDER],
        "DestPort": [number("DstPortNumber")],
        "SourcePort": [number("SrcPortNumber")],
        "DestAddress": [text("DstIpAddr")],
        "SourceAddress": [text("SrcIpAddr")],
        "Application": [text("SrcProcessName"), text("DstProcessName")],
    },
    ..NONE
};

const WINDOWS: Rows =
    Rows::Every(&[Rows::Is("EventVendor", &["Microsoft"]), Rows::Is("EventProduct", &["Security Events", "SecurityEvents", "Windows Event"])]);

const fn windows(label: &'static str, parser: &'static str, rows: Rows, fields: &'static OpenFields) -> OpenSource {
    OpenSource { category: "", label, rows, ..table("windows", "security", parser, fields) }
}

const ALERTING: Rows = Rows::Is("EventProduct", &["Microsoft Defender for Cloud Apps", "Microsoft Defender for Office 365"]);
const OPERATIONS: &[super::super::Entity] = &[("Account", "FullName", "ActorUsername"), ("IP", "Address", "SrcIpAddr")];

/// Operations that a product's audit log records.
const fn operations(product: &'static str, service: &'static str, rows: Rows, fields: &'static OpenFields) -> OpenSource {
    OpenSource { rows, entities: OPERATIONS, ..table(product, service, "_Im_AuditEvent", fields) }
}

const fn google(service: &'static str) -> OpenSource {
    operations("gcp", service, Rows::Is("EventVendor", &["Google", "GCP"]), &GOOGLE)
}

pub(in super::super) static ASIM: &[OpenSource] = &[
    operations("aws", "cloudtrail", Rows::Every(&[Rows::Is("EventVendor", &["AWS"]), Rows::Is("EventProduct", &["CloudTrail"])]), &AWS),
    operations("azure", "activitylogs", Rows::Every(&[Rows::Is("EventVendor", &["Microsoft"]), Rows::Is("EventProduct", &["Azure"])]), &ACTIVITY),
    operations(
        "azure",
        "auditlogs",
        Rows::Every(&[Rows::Is("EventVendor", &["Microsoft"]), Rows::Is("EventProduct", &["Microsoft Entra ID"])]),
        &DIRECTORY,
    ),
    OpenSource {
        rows: Rows::Every(&[
            Rows::Is("EventVendor", &["Microsoft"]),
            Rows::Is("EventProduct", &["AAD", "Microsoft Entra ID"]),
            Rows::Is("EventType", &["Logon"]),
        ]),
        entities: &[("Account", "FullName", "TargetUsername"), ("IP", "Address", "SrcIpAddr")],
        ..table("azure", "signinlogs", "_Im_Authentication", &SIGN_IN)
    },
    operations("m365", "exchange", Rows::Every(&[Rows::Is("EventVendor", &["Microsoft"]), Rows::Is("EventProduct", &["Exchange 365"])]), &EXCHANGE),
    OpenSource { rows: ALERTING, ..table("m365", "threat_management", "_Im_AlertEvent", &ALERTS) },
    OpenSource { rows: ALERTING, ..table("m365", "threat_detection", "_Im_AlertEvent", &ALERTS) },
    OpenSource { rows: Rows::Is("EventProduct", &["Github"]), ..table("github", "audit", "_Im_AuditEvent", &GITHUB) },
    OpenSource { category: "antivirus", ..table("*", "*", "_Im_AlertEvent", &SCANNER) },
    operations("okta", "okta", Rows::Is("EventVendor", &["Okta"]), &OKTA),
    google("gcp.audit"),
    google("google_workspace.admin"),
    google("google_workspace.login"),
    OpenSource { rows: Rows::Is("EventProduct", &["Zeek"]), ..table("zeek", "dns", "_Im_Dns", &ZEEK_DNS) },
    windows("logon", "_Im_Authentication", WINDOWS, &WINDOWS_LOGON),
    windows("accounts", "_Im_UserManagement", WINDOWS, &WINDOWS_ACCOUNTS),
    windows("audit", "_Im_AuditEvent", WINDOWS, &WINDOWS_AUDIT),
    windows("files", "_Im_FileEvent", WINDOWS, &WINDOWS_FILES),
    windows("registry", "_Im_RegistryEvent", WINDOWS, &WINDOWS_REGISTRY),
    windows(
        "connections",
        "_Im_NetworkSession",
        Rows::Every(&[Rows::Is("EventVendor", &["Microsoft"]), Rows::Is("EventProduct", &["Windows Firewall"])]),
        &WINDOWS_CONNECTIONS,
    ),
];

pub(in super::super) const WINDOWS_LOGS: Absent = (["*", "windows", "*"], "the parsers read none of this log's events");
