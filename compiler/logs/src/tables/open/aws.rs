//! Which tables hold the audit trail of Amazon Web Services?
//!
//! Sentinel: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/awscloudtrail>; Defender:
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudauditevents-table>. Names:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.

use super::{NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{text, within};
use crate::tables::made::Made::{Own, Vendor};
use crate::tables::rows::Rows;

static CLOUD_TRAIL: OpenFields = OpenFields {
    names: names! {
        "eventName": [text("EventName")],
        "eventSource": [text("EventSource")],
        "eventType": [text("EventTypeName")],
        "eventVersion": [text("EventVersion")],
        "eventID": [text("AwsEventId")],
        "eventCategory": [text("Category")],
        "requestID": [text("AwsRequestId")],
        "userAgent": [text("UserAgent")],
        "errorCode": [text("ErrorCode")],
        "errorMessage": [text("ErrorMessage")],
        "sourceIPAddress": [text("SourceIpAddress")],
        "awsRegion": [text("AWSRegion")],
        "recipientAccountId": [text("RecipientAccountId")],
        "apiVersion": [text("APIVersion")],
        "sharedEventID": [text("SharedEventId")],
        "vpcEndpointId": [text("VpcEndpointId")],
        "tlsDetails.tlsVersion": [text("TlsVersion")],
        "tlsDetails.cipherSuite": [text("CipherSuite")],
        "tlsDetails.clientProvidedHostHeader": [text("ClientProvidedHostHeader")],
        "userIdentity.type": [text("UserIdentityType")],
        "userIdentity.arn": [text("UserIdentityArn")],
        "userIdentity.principalId": [text("UserIdentityPrincipalid")],
        "userIdentity.accountId": [text("UserIdentityAccountId")],
        "userIdentity.accessKeyId": [text("UserIdentityAccessKeyId")],
        "userIdentity.userName": [text("UserIdentityUserName")],
        "userIdentity.invokedBy": [text("UserIdentityInvokedBy")],
        "userIdentity.sessionContext.sessionIssuer.type": [text("SessionIssuerType")],
        "userIdentity.sessionContext.sessionIssuer.arn": [text("SessionIssuerArn")],
        "userIdentity.sessionContext.sessionIssuer.principalId": [text("SessionIssuerPrincipalId")],
        "userIdentity.sessionContext.sessionIssuer.accountId": [text("SessionIssuerAccountId")],
        "userIdentity.sessionContext.sessionIssuer.userName": [text("SessionIssuerUserName")],
        "requestParameters": [text("RequestParameters")],
        "requestParameters.containerDefinitions.command": [within("RequestParameters", Own, "command")],
        "responseElements": [text("ResponseElements")],
        "additionalEventData": [text("AdditionalEventData")],
        "resources": [text("Resources")],
        "serviceEventDetails": [text("ServiceEventDetails")],
    },
    members: &[
        ("requestParameters", "parse_json(RequestParameters)"),
        ("responseElements", "parse_json(ResponseElements)"),
        ("additionalEventData", "parse_json(AdditionalEventData)"),
        ("serviceEventDetails", "parse_json(ServiceEventDetails)"),
    ],
    columns: true,
    ..NONE
};

static RAW: OpenFields = OpenFields {
    names: names! { "requestParameters.containerDefinitions.command": [within("RawEventText", Vendor("tostring(RawEventData)"), "command")] },
    members: &[("", "RawEventData")],
    ..NONE
};

pub(in super::super) static SENTINEL: &[OpenSource] = &[OpenSource {
    connector: "AWS",
    entities: &[("IP", "Address", "SourceIpAddress"), ("Account", "Name", "UserIdentityUserName")],
    ..table("aws", "cloudtrail", "AWSCloudTrail", &CLOUD_TRAIL)
}];

pub(in super::super) static DEFENDER_XDR: &[OpenSource] =
    &[OpenSource { rows: Rows::Is("DataSource", &["AWS"]), ..table("aws", "cloudtrail", "CloudAuditEvents", &RAW) }];
