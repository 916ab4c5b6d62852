//! Which sensor on the way wrote an event: Zeek, Suricata, a proxy, a web server?

use logs::sensors::{EVE, Kind, ZEEK};
use logs::taxonomy::Category;

use super::flat::{Flat, text};
use super::known::Told;

/// Tells network logs by the keys that only they have.
pub(super) fn tell(fields: &Flat, told: &mut Vec<Told>) {
    let has = |key: &str| fields.contains_key(key);
    if let (Some(kind), true) = (text(fields, "event_type"), has("src_ip") && has("proto")) {
        told.push(Told::named(None, Some("suricata"), Some(kind)));
        told.extend(class(kind, EVE));
    } else if has("uid") && has("id.orig_h") || (has("_path") && has("ts")) {
        let path = text(fields, "_path").or_else(|| text(fields, "@path")).or_else(|| guess(fields));
        told.push(Told::named(None, Some("zeek"), path));
        if let Some(path) = path {
            told.extend(class(path, ZEEK));
        }
    } else {
        web(fields, told);
    }
}

fn class(kind: &str, table: &'static [Kind]) -> Option<Told> {
    let kind = table.iter().find(|known| known.name == kind)?;
    Some(Told::kind(kind))
}

/// The Zeek log that an event without a path is from.
fn guess(fields: &Flat) -> Option<&'static str> {
    const KEYS: [(&str, &[&str]); 8] = [
        ("dns", &["query", "qtype_name"]),
        ("http", &["method", "uri"]),
        ("ssl", &["cipher", "version"]),
        ("smb_files", &["action", "path"]),
        ("dce_rpc", &["endpoint", "operation"]),
        ("kerberos", &["request_type"]),
        ("rdp", &["cookie", "security_protocol"]),
        ("conn", &["conn_state"]),
    ];
    KEYS.iter().find(|(_, keys)| keys.iter().all(|key| fields.contains_key(*key))).map(|(path, _)| *path)
}

/// Logs in the names of the W3C's extended log format. Both a proxy and a web server write them; one that says which host was
/// asked for, or whole URLs, is a proxy unless it is a server's.
fn web(fields: &Flat, told: &mut Vec<Told>) {
    let has = |key: &str| fields.contains_key(key);
    let server = ["cs-uri-stem", "s-ip", "s-sitename", "cs-uri-query"].iter().any(|key| has(key));
    let proxy = ["c-uri", "cs-host", "r-dns", "cs-uri", "c-uri-query", "c-uri-extension"].iter().any(|key| has(key));
    for (name, told_by) in [("webserver", server), ("proxy", proxy && !(server && has("s-ip")))] {
        if let (true, Some(category)) = (told_by, Category::find(name)) {
            told.push(Told::category(category, None));
            told.push(Told::named(Some(name), None, None));
        }
    }
}
