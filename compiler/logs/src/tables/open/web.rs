//! Which tables hold what web servers and proxies log beside the requests that the catalogue knows?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/syslog>,
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/commonsecuritylog>,
//! <https://learn.microsoft.com/azure/sentinel/normalization-schema-web>. Names: the extended log file format of
//! <https://www.w3.org/TR/WD-logfile.html>.

use super::{Absent, NONE, Names, OpenFields, OpenSource, names, table};
use crate::tables::column::{computed, text, words};
use crate::tables::made::Made::Vendor;
use crate::tables::rows::Rows;

/// What follows the last dot of a URL's path.
macro_rules! ending {
    ($column:literal) => {
        concat!("extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^?#]*\\.([^./?#]*)(?:[?#]|$)\", 1, ", $column, ")")
    };
}

/// A request through a proxy or a firewall.
pub(in super::super) const REQUEST: Names = names! {
        "c-uri-extension": [computed("UrlEnding", Vendor(ending!("RequestURL")))],
        "cs-cookie": [text("RequestCookies")],
        "cs-username": [text("SourceUserName")],
        "action": [text("DeviceAction")],
};

/// A request that network inspection sees.
pub(in super::super) const INSPECTED: Names =
    names! { "c-uri-extension": [computed("UrlEnding", Vendor(ending!("tostring(parse_json(AdditionalFields).uri)")))] };

/// A request that is known by its URL.
pub(in super::super) const REMOTE_URL: Names = names! { "c-uri-extension": [computed("UrlEnding", Vendor(ending!("RemoteUrl")))] };

/// A connection through a firewall.
pub(in super::super) const CONNECTION: Names = names! {
        "action": [text("DeviceAction")],
        "blocked": [computed("Blocked", Vendor("case(DeviceAction in~ (\"deny\", \"denied\", \"drop\", \"dropped\", \"block\", \"blocked\", \"reject\", \
    \"reset\"), \"true\", isnotempty(DeviceAction), \"false\", \"\")"))],
};

/// The same in the unifying parsers.
pub(in super::super) const ASIM_REQUEST: Names = names! {
        "c-uri-extension": [computed("UrlEnding", Vendor(ending!("Url")))],
        "cs-username": [text("SrcUsername")],
    "action": [words("DvcAction", ACTIONS)],
};

/// What became of a connection: words of firewalls, and the parsers' own
/// (<https://learn.microsoft.com/azure/sentinel/normalization-schema-network>).
const ACTIONS: &[(&str, &str)] = &[
    ("allow", "Allow"),
    ("allowed", "Allow"),
    ("accept", "Allow"),
    ("accepted", "Allow"),
    ("permit", "Allow"),
    ("permitted", "Allow"),
    ("pass", "Allow"),
    ("passed", "Allow"),
    ("deny", "Deny"),
    ("denied", "Deny"),
    ("reject", "Deny"),
    ("rejected", "Deny"),
    ("block", "Deny"),
    ("blocked", "Deny"),
    ("block", "Drop"),
    ("blocked", "Drop"),
    ("drop", "Drop"),
    ("dropped", "Drop"),
    ("discard", "Drop"),
    ("reset", "Reset"),
];

/// The same of connections.
pub(in super::super) const ASIM_CONNECTION: Names = names! {
    // The parser of Sysmon says no direction; it puts the program of what goes out at the destination, and of what comes in at the source.
    "Initiated": [computed(
        "Initiated",
        Vendor("case(NetworkDirection == \"Outbound\", \"true\", NetworkDirection == \"Inbound\", \"false\", isnotempty(DstProcessName), \"true\", \
isnotempty(SrcProcessName), \"false\", \"\")")
    )],
    "action": [words("DvcAction", ACTIONS)],
        "blocked": [computed("Blocked", Vendor("case(DvcAction startswith \"Allow\", \"false\", isnotempty(DvcAction), \"true\", \"\")"))],
};

/// A line of text.
static LINE: OpenFields = OpenFields { text: &[text("SyslogMessage")], ..NONE };

const fn server(service: &'static str, rows: Rows) -> OpenSource {
    OpenSource { rows, connector: "Syslog", entities: &[("Host", "FullName", "Computer")], ..table("*", service, "Syslog", &LINE) }
}

pub(in super::super) static SENTINEL: &[OpenSource] =
    &[server("apache", Rows::Is("ProcessName", &["httpd", "apache", "apache2"])), server("nginx", Rows::Is("ProcessName", &["nginx"]))];

pub(in super::super) const APACHE: Absent = (["*", "*", "apache"], "its tables keep no logs of web servers");
pub(in super::super) const NGINX: Absent = (["*", "*", "nginx"], "its tables keep no logs of web servers");
