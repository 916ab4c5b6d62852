//! Which tables hold the audit logs of Google Cloud and Google Workspace?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/gcpauditlogs>,
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/googleworkspacereports>,
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudauditevents-table>. Names:
//! <https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog>.

use super::{NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{always, computed, text, within};
use crate::tables::made::Made::Vendor;
use crate::tables::rows::Rows;

static AUDIT: OpenFields = OpenFields {
    names: names! {
        "gcp.audit.method_name": [text("MethodName")],
        "gcp.audit.service_name": [text("ServiceName")],
        "gcp.audit.resource_name": [text("GCPResourceName")],
        "gcp.audit.authentication_info.principal_email": [text("PrincipalEmail")],
        "data.protoPayload.methodName": [text("MethodName")],
        "data.protoPayload.serviceName": [text("ServiceName")],
        "data.protoPayload.resourceName": [text("GCPResourceName")],
        "data.protoPayload.resource.type": [text("GCPResourceType")],
        "data.protoPayload.logName": [text("LogName")],
        "data.protoPayload.authenticationInfo.principalEmail": [text("PrincipalEmail")],
        "data.protoPayload.authorizationInfo.permission": [within("Permissions", Vendor("tostring(AuthorizationInfo)"), "permission")],
        "data.protoPayload.authorizationInfo.granted": [within("Permissions", Vendor("tostring(AuthorizationInfo)"), "granted")],
    },
    members: &[
        ("data.protoPayload.authenticationInfo", "AuthenticationInfo"),
        ("data.protoPayload.metadata", "Metadata"),
        ("data.protoPayload.request", "Request"),
        ("data.protoPayload.requestMetadata", "RequestMetadata"),
        ("data.protoPayload.response", "Response"),
        ("data.protoPayload.serviceData", "ServiceData"),
        ("data.protoPayload.status", "Status"),
    ],
    columns: true,
    ..NONE
};

static RAW: OpenFields = OpenFields {
    names: names! {
        "gcp.audit.method_name": [computed("MethodName", Vendor("tostring(RawEventData.protoPayload.methodName)"))],
        "gcp.audit.service_name": [computed("ServiceName", Vendor("tostring(RawEventData.protoPayload.serviceName)"))],
        "gcp.audit.resource_name": [computed("ResourceName", Vendor("tostring(RawEventData.protoPayload.resourceName)"))],
        "gcp.audit.authentication_info.principal_email": [computed("PrincipalEmail", Vendor("tostring(RawEventData.protoPayload.authenticationInfo.principalEmail)"))],
        "data.protoPayload.resource.type": [computed("ResourceType", Vendor("tostring(RawEventData.resource.type)"))],
        "data.protoPayload.logName": [computed("LogName", Vendor("tostring(RawEventData.logName)"))],
        "data.protoPayload.authorizationInfo.permission": [within("Permissions", Vendor("tostring(RawEventData.protoPayload.authorizationInfo)"), "permission")],
        "data.protoPayload.authorizationInfo.granted": [within("Permissions", Vendor("tostring(RawEventData.protoPayload.authorizationInfo)"), "granted")],
    },
    members: &[("data", "RawEventData"), ("", "RawEventData")],
    ..NONE
};

/// Parameters of an event are pairs of a name and a value.
const SETTINGS: &str =
    "replace_regex(tostring(EventParameters), @'\"name\":(\"(?:[^\"\\\\]|\\\\.)*\"),\"(?:value|intValue|boolValue|multiValue)\":', @'\\1:')";

macro_rules! workspace {
    ($service:literal) => {
        OpenFields {
            names: names! {
                "eventName": [text("EventName")],
                "eventType": [text("EventType")],
                "eventService": [always($service)],
                "protoPayload.serviceName": [always($service)],
                "protoPayload.metadata.event.eventName": [text("EventName")],
                "protoPayload.authenticationInfo.principalEmail": [text("ActorEmail")],
                "setting_name": [within("Settings", Vendor(SETTINGS), "SETTING_NAME")],
                "new_value": [text("NewValue")],
                "old_value": [text("OldValue")],
            },
            columns: true,
            ..NONE
        }
    };
}

static ADMIN: OpenFields = workspace!("admin.googleapis.com");
static LOGIN: OpenFields = workspace!("login.googleapis.com");

pub(in super::super) static SENTINEL: &[OpenSource] = &[
    OpenSource {
        connector: "GCPAuditLogsDefinition",
        entities: &[("Account", "FullName", "PrincipalEmail")],
        ..table("gcp", "gcp.audit", "GCPAuditLogs", &AUDIT)
    },
    OpenSource { rows: Rows::Is("IdApplicationName", &["admin"]), ..table("gcp", "google_workspace.admin", "GoogleWorkspaceReports", &ADMIN) },
    OpenSource { rows: Rows::Is("IdApplicationName", &["login"]), ..table("gcp", "google_workspace.login", "GoogleWorkspaceReports", &LOGIN) },
];

pub(in super::super) static DEFENDER_XDR: &[OpenSource] =
    &[OpenSource { rows: Rows::Is("DataSource", &["GCP"]), ..table("gcp", "gcp.audit", "CloudAuditEvents", &RAW) }];
