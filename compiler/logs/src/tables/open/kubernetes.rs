//! Which tables hold the audit log of a Kubernetes API server?
//!
//! Sentinel: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/aksaudit>; Defender:
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudauditevents-table>. Names:
//! <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>.

use super::{NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{computed, text, within};
use crate::tables::made::Made::Vendor;
use crate::tables::rows::Rows;

static AKS: OpenFields = OpenFields {
    names: names! {
        "verb": [text("Verb")],
        "requestURI": [text("RequestUri")],
        "userAgent": [text("UserAgent")],
        "auditID": [text("AuditId")],
        "level": [text("Level")],
        "stage": [text("Stage")],
        "apiGroup": [computed("ApiGroup", Vendor("tostring(ObjectRef.apiGroup)"))],
        "hostPath": [within("RequestText", Vendor("tostring(RequestObject)"), "hostPath")],
        "capabilities": [within("RequestText", Vendor("tostring(RequestObject)"), "capabilities")],
    },
    members: &[
        ("objectRef", "ObjectRef"),
        ("responseStatus", "ResponseStatus"),
        ("user", "User"),
        ("annotations", "Annotations"),
        ("requestObject", "RequestObject"),
        ("responseObject", "ResponseObject"),
        ("sourceIPs", "SourceIps"),
    ],
    ..NONE
};

static RAW: OpenFields = OpenFields {
    names: names! {
        "apiGroup": [computed("ApiGroup", Vendor("tostring(RawEventData.objectRef.apiGroup)"))],
        "hostPath": [within("RequestText", Vendor("tostring(RawEventData.requestObject)"), "hostPath")],
        "capabilities": [within("RequestText", Vendor("tostring(RawEventData.requestObject)"), "capabilities")],
    },
    members: &[("", "RawEventData")],
    ..NONE
};

pub(in super::super) static SENTINEL: &[OpenSource] = &[table("kubernetes", "audit", "AKSAudit", &AKS)];

/// Clusters of several clouds have names of their own, each with the word.
pub(in super::super) static DEFENDER_XDR: &[OpenSource] =
    &[OpenSource { rows: Rows::Contains("DataSource", "Kubernetes"), ..table("kubernetes", "audit", "CloudAuditEvents", &RAW) }];
