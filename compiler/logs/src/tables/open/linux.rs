//! Which tables hold what Linux machines log beside the events that the catalogue knows?
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/syslog>,
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/linuxauditlog>. Names of audit records:
//! <https://github.com/linux-audit/audit-documentation/blob/main/specs/fields/field-dictionary.csv>.

use super::{Absent, NONE, OpenFields, OpenSource, names, table};
use crate::tables::column::text;
use crate::tables::rows::Rows;

/// A record as the daemon writes it: pairs of key and value.
static AUDIT: OpenFields = OpenFields { pairs: "SyslogMessage", text: &[text("SyslogMessage")], ..NONE };

static AUDIT_COLUMNS: OpenFields = OpenFields {
    names: names! {
        "type": [text("RecordType")],
        "SYSCALL": [text("syscall")],
        "euid": [super::super::number("euid")],
        "uid": [super::super::number("uid")],
        "auid": [super::super::number("auid")],
    },
    columns: true,
    text: &[text("RawRecord")],
    ..NONE
};

/// A line of text.
static LINE: OpenFields = OpenFields { text: &[text("SyslogMessage")], ..NONE };

const fn syslog(service: &'static str, rows: Rows) -> OpenSource {
    OpenSource { rows, connector: "Syslog", entities: &[("Host", "FullName", "Computer")], ..table("linux", service, "Syslog", &LINE) }
}

pub(in super::super) static SENTINEL: &[OpenSource] = &[
    OpenSource {
        label: "syslog",
        rows: Rows::Is("ProcessName", &["audispd", "audisp-syslog", "auditd"]),
        connector: "Syslog",
        entities: &[("Host", "FullName", "Computer")],
        ..table("linux", "auditd", "Syslog", &AUDIT)
    },
    OpenSource { label: "audit", ..table("linux", "auditd", "LinuxAuditLog", &AUDIT_COLUMNS) },
    syslog("syslog", Rows::All),
    OpenSource { category: "", ..syslog("", Rows::All) },
    syslog("auth", Rows::Is("Facility", &["auth", "authpriv"])),
    syslog("sshd", Rows::Is("ProcessName", &["sshd", "sshd-session"])),
    syslog("sudo", Rows::Is("ProcessName", &["sudo"])),
    syslog("cron", Rows::Alike("ProcessName", &["cron", "crond", "anacron", "crontab"])),
    syslog("clamav", Rows::Is("ProcessName", &["clamd", "freshclam", "clamav", "clamscan", "clamonacc"])),
    syslog("guacamole", Rows::Starts("ProcessName", "guac")),
    syslog("vsftpd", Rows::Is("ProcessName", &["vsftpd"])),
];

pub(in super::super) const LINES: Absent = (["*", "linux", "*"], "its tables keep no lines of Linux logs");
