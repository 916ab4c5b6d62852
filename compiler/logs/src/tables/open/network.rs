//! Which tables hold the logs of network devices?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/commonsecuritylog>,
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/syslog>. How FortiGate fills the common event format:
//! <https://docs.fortinet.com/document/fortigate/latest/fortios-log-message-reference/357866/cef-support>.

use super::{Absent, NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{computed, text};
use crate::tables::made::Made::Vendor;
use crate::tables::rows::Rows;

/// A line of text.
static LINE: OpenFields = OpenFields { text: &[text("SyslogMessage")], ..NONE };

/// A field that the common event format has no name for stands among the extensions, behind the vendor's prefix.
macro_rules! extension {
    ($key:literal) => {
        concat!("extract(@\"(?:^|;)(?:ad\\.)?FTNTFGT", $key, "=([^;]*)\", 1, AdditionalExtensions)")
    };
}

static FORTIGATE: OpenFields = OpenFields {
    names: names! {
        "action": [text("DeviceAction")],
        "msg": [text("Message")],
        "user": [text("DestinationUserName"), text("SourceUserName")],
        "logid": [text("DeviceEventClassID")],
        "logdesc": [computed("LogDescription", Vendor(extension!("logdesc")))],
        "subtype": [computed("Subtype", Vendor(extension!("subtype")))],
        "level": [computed("Level", Vendor(extension!("level")))],
        "cfgpath": [computed("ConfigurationPath", Vendor(extension!("cfgpath")))],
        "cfgattr": [computed("ConfigurationAttribute", Vendor(extension!("cfgattr")))],
        "cfgobj": [computed("ConfigurationObject", Vendor(extension!("cfgobj")))],
    },
    columns: true,
    ..NONE
};

/// Devices log to one of the facilities that are free for use.
const fn device(product: &'static str, service: &'static str) -> OpenSource {
    OpenSource {
        rows: Rows::Starts("Facility", "local"),
        connector: "Syslog",
        entities: &[("Host", "FullName", "Computer")],
        ..table(product, service, "Syslog", &LINE)
    }
}

pub(in super::super) static SENTINEL: &[OpenSource] = &[
    device("cisco", "aaa"),
    device("cisco", "bgp"),
    device("cisco", "ldp"),
    device("juniper", "bgp"),
    device("huawei", "bgp"),
    OpenSource {
        rows: Rows::Every(&[Rows::Is("DeviceVendor", &["Fortinet"]), Rows::Starts("DeviceProduct", "FortiGate")]),
        connector: "CefAma",
        ..table("fortigate", "*", "CommonSecurityLog", &FORTIGATE)
    },
];

pub(in super::super) const DUO: Absent = (["*", "cisco", "duo"], "no table of Microsoft's holds the logs of Duo");
pub(in super::super) const ZEEK: Absent = (["*", "zeek", "*"], "the logs of Zeek come in tables that each site makes for itself");
pub(in super::super) const CISCO: Absent = (["*", "cisco", "*"], "its tables keep no logs of network devices");
pub(in super::super) const JUNIPER: Absent = (["*", "juniper", "*"], "its tables keep no logs of network devices");
pub(in super::super) const HUAWEI: Absent = (["*", "huawei", "*"], "its tables keep no logs of network devices");
pub(in super::super) const FORTINET: Absent = (["*", "fortigate", "*"], "its tables keep no logs of network devices");
