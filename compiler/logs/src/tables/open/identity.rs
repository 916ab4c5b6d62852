//! Which tables hold the logs of identity providers and code platforms?
//!
//! Sentinel: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/oktasystemlogs>. What Defender for Cloud Apps reads
//! from a connected application keeps the application's own event whole:
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table>,
//! <https://learn.microsoft.com/defender-cloud-apps/enable-instant-visibility-protection-and-governance-actions-for-your-apps>. Names:
//! <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/>,
//! <https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization>.

use super::{Absent, NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{Answer, Column, text, within};
use crate::tables::made::Made::{Own, Vendor};
use crate::tables::rows::Rows;

static OKTA: OpenFields = OpenFields {
    names: names! {
        "eventType": [text("EventOriginalType")],
        "legacyEventType": [text("LegacyEventType")],
        "displayMessage": [text("EventMessage")],
        "severity": [text("OriginalSeverity")],
        "uuid": [text("EventOriginalUid")],
        "outcome.reason": [text("EventOriginalResultDetails")],
        "outcome.result": [text("OriginalOutcomeResult")],
        "actor.id": [text("OriginalUserId"), text("ActorUserId")],
        "actor.type": [text("OriginalUserType")],
        "actor.alternateId": [text("OriginalActorAlternateId"), text("ActorUsername")],
        "actor.displayName": [text("ActorDisplayName")],
        "client.ipAddress": [text("SrcIpAddr")],
        "client.device": [text("OriginalClientDevice")],
        "client.zone": [text("SrcZone")],
        "client.userAgent.rawUserAgent": [text("HttpUserAgent")],
        "client.userAgent.os": [text("SrcDvcOs")],
        "client.userAgent.browser": [text("ActingAppName")],
        "client.geographicalContext.country": [text("SrcGeoCountry")],
        "client.geographicalContext.city": [text("SrcGeoCity")],
        "client.geographicalContext.state": [text("SrcGeoRegion")],
        "securityContext.isProxy": [Column { name: "SecurityContextIsProxy", from: Own, answer: Answer::Flag }],
        "securityContext.isp": [text("SrcIsp")],
        "securityContext.asOrg": [text("SecurityContextAsOrg")],
        "securityContext.domain": [text("SecurityContextDomain")],
        "authenticationContext.externalSessionId": [text("ActorSessionId")],
        "transaction.id": [text("TransactionId")],
        "transaction.type": [text("TransactionType")],
        "target.displayName": [within("Targets", Vendor("tostring(OriginalTarget)"), "displayName")],
        "target.alternateId": [within("Targets", Vendor("tostring(OriginalTarget)"), "alternateId")],
        "target.type": [within("Targets", Vendor("tostring(OriginalTarget)"), "type")],
    },
    members: &[("debugContext.debugData", "DebugData"), ("transaction.detail", "TransactionDetail"), ("request", "Request")],
    columns: true,
    ..NONE
};

/// The application's own event; what stands in lists is looked for by its key.
static RAW: OpenFields = OpenFields {
    names: names! {
        "target.displayName": [within("Targets", Vendor("tostring(RawEventData.target)"), "displayName")],
        "target.alternateId": [within("Targets", Vendor("tostring(RawEventData.target)"), "alternateId")],
        "target.type": [within("Targets", Vendor("tostring(RawEventData.target)"), "type")],
    },
    members: &[("", "RawEventData")],
    ..NONE
};

const fn application(product: &'static str, service: &'static str, rows: Rows) -> OpenSource {
    OpenSource {
        rows,
        connector: "MicrosoftThreatProtection",
        entities: &[("IP", "Address", "IPAddress")],
        ..table(product, service, "CloudAppEvents", &RAW)
    }
}

pub(in super::super) static SENTINEL: &[OpenSource] = &[
    OpenSource {
        entities: &[("IP", "Address", "SrcIpAddr"), ("Account", "FullName", "ActorUsername")],
        ..table("okta", "okta", "OktaSystemLogs", &OKTA)
    },
    application("github", "audit", Rows::Is("Application", &["GitHub"])),
    application("onelogin", "onelogin.events", Rows::Is("Application", &["OneLogin"])),
];

pub(in super::super) static DEFENDER_XDR: &[OpenSource] = &[
    application("okta", "okta", Rows::Is("Application", &["Okta"])),
    application("github", "audit", Rows::Is("Application", &["GitHub"])),
    application("onelogin", "onelogin.events", Rows::Is("Application", &["OneLogin"])),
];

pub(in super::super) const BITBUCKET: Absent = (["*", "bitbucket", "*"], "no connector of Microsoft's brings the audit log of Bitbucket");
