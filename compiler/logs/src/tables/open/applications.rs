//! Which tables hold what applications write: error texts, database statements, what a virus scanner found?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces>, and `appexceptions`, `appserviceconsolelogs`,
//! `sqlsecurityauditevents`, `mysqlauditlogs`, `pgsqlserverlogs` beside it;
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceevents-table>.

use super::{Absent, NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::{computed, text};
use crate::tables::made::Made::{Additional, Vendor};
use crate::tables::rows::Rows;

static TRACES: OpenFields = OpenFields { text: &[text("Message")], ..NONE };
static EXCEPTIONS: OpenFields = OpenFields {
    text: &[text("ExceptionType"), text("OuterMessage"), text("InnermostMessage"), computed("Detail", Vendor("tostring(Details)"))],
    ..NONE
};
static CONSOLE: OpenFields = OpenFields { text: &[text("ResultDescription")], ..NONE };

static SQL_SERVER: OpenFields = OpenFields { text: &[text("Statement")], ..NONE };
static MYSQL: OpenFields = OpenFields { text: &[text("SqlText")], ..NONE };
static POSTGRES: OpenFields = OpenFields { text: &[text("Message"), text("Statement")], ..NONE };

static SCANNER: OpenFields = OpenFields {
    names: names! {
        "Signature": [computed("ThreatName", Additional("ThreatName"))],
        "Filename": [computed("Infected", Vendor("iff(FolderPath endswith FileName, FolderPath, strcat(FolderPath, @\"\\\", FileName))"))],
    },
    columns: true,
    ..NONE
};

const fn traces(product: &'static str) -> [OpenSource; 3] {
    [
        OpenSource { category: "application", label: "traces", ..table(product, "", "AppTraces", &TRACES) },
        OpenSource { category: "application", label: "exceptions", ..table(product, "", "AppExceptions", &EXCEPTIONS) },
        OpenSource { category: "application", label: "console", ..table(product, "", "AppServiceConsoleLogs", &CONSOLE) },
    ]
}

pub(in super::super) static DJANGO: &[OpenSource] = &traces("django");
pub(in super::super) static JVM: &[OpenSource] = &traces("jvm");
pub(in super::super) static NODEJS: &[OpenSource] = &traces("nodejs");
pub(in super::super) static PYTHON: &[OpenSource] = &traces("python");
pub(in super::super) static RUBY: &[OpenSource] = &traces("ruby_on_rails");
pub(in super::super) static SPRING: &[OpenSource] = &traces("spring");
pub(in super::super) static SQL: &[OpenSource] = &traces("sql");
pub(in super::super) static VELOCITY: &[OpenSource] = &traces("velocity");

pub(in super::super) static DATABASE: &[OpenSource] = &[
    OpenSource { category: "database", label: "sql-server", ..table("*", "*", "SQLSecurityAuditEvents", &SQL_SERVER) },
    OpenSource { category: "database", label: "mysql", ..table("*", "*", "MySqlAuditLogs", &MYSQL) },
    OpenSource { category: "database", label: "postgresql", ..table("*", "*", "PGSQLServerLogs", &POSTGRES) },
];

pub(in super::super) static ANTIVIRUS: &[OpenSource] = &[OpenSource {
    category: "antivirus",
    rows: Rows::Is("ActionType", &["AntivirusDetection"]),
    connector: "MicrosoftThreatProtection",
    ..table("*", "*", "DeviceEvents", &SCANNER)
}];

pub(in super::super) const OPENCANARY: Absent = (["*", "opencanary", "*"], "no table of Microsoft's holds the log of OpenCanary");
pub(in super::super) const RPC_FIREWALL: Absent =
    (["*", "rpc_firewall", "*"], "the firewall's events reach the table of Windows events as one text without names for their parts");
pub(in super::super) const TEXTS: Absent = (["application", "*", "*"], "its tables keep no logs of applications");
pub(in super::super) const STATEMENTS: Absent = (["database", "*", "*"], "its tables keep no statements of databases");
