//! Which tables hold what Microsoft 365 audits, and the alerts of its security portals?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/officeactivity>,
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/securityalert>,
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table>,
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-alertinfo-table>. Names:
//! <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema>.

use super::{NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{always, computed, text, within};
use crate::tables::made::Made::Vendor;
use crate::tables::rows::Rows;

/// What a service says of an operation's outcome, in the word that rules use for it.
macro_rules! status {
    ($column:literal) => {
        concat!(
            "case(",
            $column,
            " in~ (\"Success\", \"Succeeded\", \"PartiallySucceeded\", \"True\"), \"success\", ",
            $column,
            " in~ (\"Failed\", \"Failure\", \"False\"), \"failure\", \"\")"
        )
    };
}

static OFFICE: OpenFields = OpenFields {
    names: names! {
        "Workload": [text("OfficeWorkload")],
        "ObjectId": [text("OfficeObjectId")],
        "CreationTime": [text("Start_Time")],
        "eventSource": [text("OfficeWorkload")],
        "eventName": [text("Operation")],
        "status": [computed("Outcome", Vendor(status!("ResultStatus")))],
    },
    columns: true,
    ..NONE
};

/// Properties of an audited operation are pairs of a name and a value.
const PROPERTIES: &str = "replace_regex(tostring(RawEventData.ExtendedProperties), @'\"Name\":(\"(?:[^\"\\\\]|\\\\.)*\"),\"Value\":', @'\\1:')";

static RAW: OpenFields = OpenFields {
    names: names! {
        "RequestType": [within("Properties", Vendor(PROPERTIES), "RequestType")],
        "eventSource": [computed("Workload", Vendor("tostring(RawEventData.Workload)"))],
        "eventName": [computed("Operation", Vendor("tostring(RawEventData.Operation)"))],
        "status": [computed("Outcome", Vendor(status!("tostring(RawEventData.ResultStatus)")))],
    },
    members: &[("", "RawEventData")],
    ..NONE
};

/// Alerts say what was seen, not who audited it: each of them is one that the portal raised.
macro_rules! alerts {
    ($($title:literal),+) => {
        OpenFields {
            names: names! {
                "eventSource": [always("SecurityComplianceCenter")],
                "eventName": [$(text($title)),+],
                "status": [always("success")],
            },
            ..NONE
        }
    };
}

static ALERTS: OpenFields = alerts!("DisplayName", "AlertName");
static ALERT_INFO: OpenFields = alerts!("Title");

const SENTINEL_ROWS: Rows = Rows::Is("ProviderName", &["MCAS", "OATP"]);
const DEFENDER_ROWS: Rows = Rows::Is("ServiceSource", &["Microsoft Defender for Cloud Apps", "Microsoft Defender for Office 365"]);
const AUDITED: Rows = Rows::Filled("RawEventData.Workload");

pub(in super::super) static SENTINEL: &[OpenSource] = &[
    OpenSource {
        label: "office",
        connector: "Office365",
        entities: &[("Account", "FullName", "UserId"), ("IP", "Address", "ClientIP")],
        ..table("m365", "audit", "OfficeActivity", &OFFICE)
    },
    OpenSource { label: "apps", rows: AUDITED, connector: "MicrosoftThreatProtection", ..table("m365", "audit", "CloudAppEvents", &RAW) },
    OpenSource { rows: Rows::Is("OfficeWorkload", &["Exchange"]), connector: "Office365", ..table("m365", "exchange", "OfficeActivity", &OFFICE) },
    OpenSource { rows: SENTINEL_ROWS, ..table("m365", "threat_management", "SecurityAlert", &ALERTS) },
    OpenSource { rows: SENTINEL_ROWS, ..table("m365", "threat_detection", "SecurityAlert", &ALERTS) },
];

pub(in super::super) static DEFENDER_XDR: &[OpenSource] = &[
    OpenSource { rows: AUDITED, ..table("m365", "audit", "CloudAppEvents", &RAW) },
    OpenSource { rows: Rows::Is("RawEventData.Workload", &["Exchange"]), ..table("m365", "exchange", "CloudAppEvents", &RAW) },
    OpenSource { rows: DEFENDER_ROWS, ..table("m365", "threat_management", "AlertInfo", &ALERT_INFO) },
    OpenSource { rows: DEFENDER_ROWS, ..table("m365", "threat_detection", "AlertInfo", &ALERT_INFO) },
];
