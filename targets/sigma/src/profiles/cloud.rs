//! What do audit trails of cloud services call things? The provider decides which trail is read.

use super::source::{Product, Source, rows, source};

pub(super) static SOURCES: &[&Source] = &[
    source!(CloudAudit "cloudtrail", rows!(CloudAudit;
        CloudProvider "product" CloudService "eventSource" CloudOperation "eventName" CloudOutcome "errorCode"
        CloudUserAgent "userAgent" SourceIp "sourceIPAddress" UserName "userIdentity.userName";
    ), product: Product::Is("aws"), service: Some("cloudtrail")),
    source!(CloudAudit "activitylogs", rows!(CloudAudit;
        CloudProvider "product" CloudOperation "operationName" SourceIp "callerIpAddress" UserName "caller";
        CloudOutcome: "activity logs spell outcomes differently for each service"
    ), product: Product::Is("azure"), service: Some("activitylogs")),
    source!(CloudAudit "gcp.audit", rows!(CloudAudit;
        CloudProvider "product" CloudOperation "gcp.audit.method_name" CloudService "gcp.audit.service_name"
        SourceIp "gcp.audit.request_metadata.caller_ip" CloudUserAgent "gcp.audit.request_metadata.caller_supplied_user_agent"
        UserName "gcp.audit.authentication_info.principal_email";
    ), product: Product::Is("gcp"), service: Some("gcp.audit")),
    source!(CloudAudit "audit", rows!(CloudAudit;
        CloudProvider "product" CloudService "Workload" CloudOperation "Operation" SourceIp "ClientIP" UserName "UserId" CloudUserAgent "UserAgent";
        CloudOutcome: "the audit log spells outcomes differently for each workload"
    ), product: Product::Is("m365"), service: Some("audit")),
    source!(CloudAudit "okta", rows!(CloudAudit;
        CloudProvider "product" CloudOperation "eventType" CloudOutcome "outcome.result"
        SourceIp "client.ipAddress" CloudUserAgent "client.userAgent.rawUserAgent" UserName "actor.alternateId";
    ), product: Product::Is("okta"), service: Some("okta")),
    source!(CloudAudit "github", rows!(CloudAudit;
        CloudProvider "product" CloudOperation "action" SourceIp "actor_ip" CloudUserAgent "user_agent" UserName "actor";
        CloudOutcome: "the audit log holds what succeeded"
    ), product: Product::Is("github"), service: Some("audit")),
];

/// The provider whose trail a log source is.
pub(super) fn provider(source: &Source) -> &'static str {
    match source.product {
        Product::Is(product) => product,
        Product::Platform | Product::None => "",
    }
}
