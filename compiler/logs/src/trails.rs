//! What do the audit trails of clouds and services call things?
//!
//! A trail has one name to write for a field, its first, and others under which collectors and tables keep the same.

use ir::Field;

/// The audit trail of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// Sigma's `product`, which is the catalogue's word for the provider.
    pub product: &'static str,
    /// Sigma's `service`.
    pub service: &'static str,
    /// The trail's names for fields. Several names may mean one field; the first is the one to write, and the first that is there is read.
    pub names: &'static [(&'static str, Field)],
}

/// AWS: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
pub const AWS: Trail = Trail {
    product: "aws",
    service: "cloudtrail",
    names: &[
        ("eventSource", Field::CloudService),
        ("eventName", Field::CloudOperation),
        ("userAgent", Field::CloudUserAgent),
        ("sourceIPAddress", Field::SourceIp),
        ("userIdentity.userName", Field::UserName),
        ("userIdentity.arn", Field::UserAccount),
    ],
};

/// Google Cloud, in the names of Filebeat, which Sigma took over, and in its own
/// (<https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog>).
pub const GOOGLE: Trail = Trail {
    product: "gcp",
    service: "gcp.audit",
    names: &[
        ("gcp.audit.service_name", Field::CloudService),
        ("protoPayload.serviceName", Field::CloudService),
        ("gcp.audit.method_name", Field::CloudOperation),
        ("protoPayload.methodName", Field::CloudOperation),
        ("gcp.audit.request_metadata.caller_supplied_user_agent", Field::CloudUserAgent),
        ("protoPayload.requestMetadata.callerSuppliedUserAgent", Field::CloudUserAgent),
        ("gcp.audit.request_metadata.caller_ip", Field::SourceIp),
        ("protoPayload.requestMetadata.callerIp", Field::SourceIp),
        ("gcp.audit.authentication_info.principal_email", Field::UserName),
        ("protoPayload.authenticationInfo.principalEmail", Field::UserName),
    ],
};

/// Azure's activity, and Entra's sign-ins and changes, as Azure Monitor streams them and as its tables keep them
/// (<https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema>).
pub const AZURE: Trail = Trail {
    product: "azure",
    service: "activitylogs",
    names: &[
        ("resourceProviderName.value", Field::CloudService),
        ("loggedByService", Field::CloudService),
        ("LoggedByService", Field::CloudService),
        ("operationName", Field::CloudOperation),
        ("OperationName", Field::CloudOperation),
        ("OperationNameValue", Field::CloudOperation),
        ("activityDisplayName", Field::CloudOperation),
        ("properties.userAgent", Field::CloudUserAgent),
        ("userAgent", Field::CloudUserAgent),
        ("UserAgent", Field::CloudUserAgent),
        ("callerIpAddress", Field::SourceIp),
        ("CallerIpAddress", Field::SourceIp),
        ("ipAddress", Field::SourceIp),
        ("IPAddress", Field::SourceIp),
        ("caller", Field::UserName),
        ("properties.userPrincipalName", Field::UserName),
        ("userPrincipalName", Field::UserName),
        ("UserPrincipalName", Field::UserName),
        ("Caller", Field::UserName),
    ],
};

/// Microsoft 365: <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema>.
pub const M365: Trail = Trail {
    product: "m365",
    service: "audit",
    names: &[
        ("Workload", Field::CloudService),
        ("Operation", Field::CloudOperation),
        ("UserAgent", Field::CloudUserAgent),
        ("ClientIP", Field::SourceIp),
        ("UserId", Field::UserName),
    ],
};

/// Okta: <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/>.
pub const OKTA: Trail = Trail {
    product: "okta",
    service: "okta",
    names: &[
        ("eventType", Field::CloudOperation),
        ("client.userAgent.rawUserAgent", Field::CloudUserAgent),
        ("client.ipAddress", Field::SourceIp),
        ("actor.alternateId", Field::UserName),
    ],
};

/// GitHub: <https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization>.
pub const GITHUB: Trail = Trail {
    product: "github",
    service: "audit",
    names: &[("action", Field::CloudOperation), ("user_agent", Field::CloudUserAgent), ("actor_ip", Field::SourceIp), ("actor", Field::UserName)],
};
