//! Which tables hold what web servers and proxies log beside the requests that the catalogue knows?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/syslog>,
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/commonsecuritylog>,
//! <https://learn.microsoft.com/azure/sentinel/normalization-schema-web>. Names: the extended log file format of
//! <https://www.w3.org/TR/WD-logfile.html>.

use super::super::{computed, text};
use super::{Absent, NONE, OpenFields, OpenSource, names, table};

/// What follows the last dot of a URL's path.
macro_rules! ending {
    ($column:literal) => {
        concat!("extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^?#]*\\.([^./?#]*)(?:[?#]|$)\", 1, ", $column, ")")
    };
}

/// A request through a proxy or a firewall.
pub(in super::super) static REQUEST: OpenFields = OpenFields {
    names: names! {
        "c-uri-extension": [computed("UrlEnding", ending!("RequestURL"))],
        "cs-cookie": [text("RequestCookies")],
        "cs-username": [text("SourceUserName")],
        "action": [text("DeviceAction")],
    },
    columns: true,
    ..NONE
};

/// A connection through a firewall.
pub(in super::super) static CONNECTION: OpenFields = OpenFields {
    names: names! {
        "action": [text("DeviceAction")],
        "blocked": [computed("Blocked", "case(DeviceAction in~ (\"deny\", \"denied\", \"drop\", \"dropped\", \"block\", \"blocked\", \"reject\", \
    \"reset\"), \"true\", isnotempty(DeviceAction), \"false\", \"\")")],
    },
    columns: true,
    ..NONE
};

/// The same in the unifying parsers.
pub(in super::super) static ASIM_REQUEST: OpenFields = OpenFields {
    names: names! {
        "c-uri-extension": [computed("UrlEnding", ending!("Url"))],
        "cs-username": [text("SrcUsername")],
        "action": [text("DvcAction")],
    },
    columns: true,
    ..NONE
};

/// The same in the unifying parsers.
pub(in super::super) static ASIM_CONNECTION: OpenFields = OpenFields {
    names: names! {
        "action": [text("DvcAction")],
        "blocked": [computed("Blocked", "case(DvcAction startswith \"Allow\", \"false\", isnotempty(DvcAction), \"true\", \"\")")],
    },
    columns: true,
    ..NONE
};

/// A line of text.
static LINE: OpenFields = OpenFields { text: &[text("SyslogMessage")], ..NONE };

const fn server(service: &'static str, rows: &'static str) -> OpenSource {
    OpenSource { rows, connector: "Syslog", entities: &[("Host", "FullName", "Computer")], ..table("*", service, "Syslog", &LINE) }
}

pub(in super::super) static SENTINEL: &[OpenSource] =
    &[server("apache", "ProcessName in (\"httpd\", \"apache\", \"apache2\")"), server("nginx", "ProcessName == \"nginx\"")];

pub(in super::super) const APACHE: Absent = (["*", "*", "apache"], "its tables keep no logs of web servers");
pub(in super::super) const NGINX: Absent = (["*", "*", "nginx"], "its tables keep no logs of web servers");
