//! Which Linux log does an event come from: auditd, the journal, syslog?

use ir::Platform;

use super::flat::{Flat, text};
use super::known::Told;

/// Names of programs whose log Sigma calls otherwise.
const PROGRAMS: [(&str, &str); 6] =
    [("clamd", "clamav"), ("freshclam", "clamav"), ("clamscan", "clamav"), ("guacd", "guacamole"), ("crond", "cron"), ("systemd-logind", "auth")];

/// Tells Linux logs by the keys that only they have.
pub(super) fn tell(fields: &Flat, told: &mut Vec<Told>) {
    let has = |key: &str| fields.contains_key(key);
    let kind = text(fields, "type").unwrap_or_default();
    let audited = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
    let marked = ["auid", "ses", "a0", "syscall", "SYSCALL", "nametype", "argc", "unit", "proctitle"].iter().any(|key| has(key));
    if audited && (marked || text(fields, "msg").is_some_and(|text| text.contains("audit("))) {
        told.push(Told::named(None, Some("linux"), Some("auditd")).message(text(fields, "message")));
        return;
    }
    let program = ["SYSLOG_IDENTIFIER", "log.syslog.appname", "syslog_program", "program", "ident", "appname", "app_name", "process.name"];
    let message = ["MESSAGE", "message", "msg", "content"].iter().find_map(|key| text(fields, key));
    let journal = has("__REALTIME_TIMESTAMP") || has("_TRANSPORT");
    let syslog =
        ["facility", "syslog_facility", "log.syslog.priority", "pri", "priority", "log.syslog.appname", "severity"].iter().any(|key| has(key));
    let Some(message) = message.filter(|_| journal || syslog) else { return };
    let program = program.iter().find_map(|key| text(fields, key)).map(str::to_ascii_lowercase);
    let mut services: Vec<&str> = vec!["syslog"];
    if let Some(program) = program.as_deref() {
        // `sshd[812]`, `/usr/sbin/cron`.
        let program = program.split('[').next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        services.push(PROGRAMS.iter().find(|(name, _)| *name == program).map_or(program, |(_, service)| service));
        if matches!(program, "sshd" | "sudo" | "su" | "login" | "polkitd" | "pkexec") {
            services.push("auth");
        }
    }
    services.dedup();
    for service in services {
        told.push(Told::named(None, Some("linux"), Some(service)).platform(Some(Platform::Linux)).message(Some(message)));
    }
}
