//! Which sensor on the way wrote an event: Zeek, Suricata, a proxy, a web server?

use ir::{EventClass, Field, Sensor};
use logs::taxonomy::Category;

use super::flat::{Flat, text};
use super::known::Told;

/// Tells network logs by the keys that only they have.
pub(super) fn tell(fields: &Flat, told: &mut Vec<Told>) {
    let has = |key: &str| fields.contains_key(key);
    if let (Some(kind), true) = (text(fields, "event_type"), has("src_ip") && has("proto")) {
        told.push(Told::named(None, Some("suricata"), Some(kind)));
        told.extend(class(kind, SURICATA));
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

fn class(kind: &str, table: &[Kind]) -> Option<Told> {
    let (_, class, names) = table.iter().find(|(name, ..)| *name == kind)?;
    Some(Told::class(*class, names).sensor(Sensor::Network))
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

type Kind = (&'static str, EventClass, &'static [(&'static str, Field)]);

const ZEEK: &[Kind] = &[
    (
        "dns",
        EventClass::DnsQuery,
        &[
            ("query", Field::DnsName),
            ("qtype_name", Field::DnsType),
            ("answers", Field::DnsAnswer),
            ("rcode_name", Field::DnsRcode),
            ("id.orig_h", Field::SourceIp),
            ("id.orig_p", Field::SourcePort),
            ("id.resp_h", Field::DestinationIp),
            ("id.resp_p", Field::DestinationPort),
        ],
    ),
    (
        "http",
        EventClass::HttpRequest,
        &[
            ("method", Field::HttpMethod),
            ("host", Field::UrlHost),
            ("uri", Field::UrlPath),
            ("user_agent", Field::UserAgent),
            ("referrer", Field::HttpReferrer),
            ("status_code", Field::HttpStatus),
            ("resp_mime_types", Field::HttpContentType),
            ("id.orig_h", Field::SourceIp),
            ("id.orig_p", Field::SourcePort),
            ("id.resp_h", Field::DestinationIp),
            ("id.resp_p", Field::DestinationPort),
        ],
    ),
    (
        "ssl",
        EventClass::TlsHandshake,
        &[
            ("server_name", Field::TlsSni),
            ("ja3", Field::TlsJa3),
            ("ja3s", Field::TlsJa3s),
            ("ja4", Field::TlsJa4),
            ("subject", Field::TlsCertSubject),
            ("issuer", Field::TlsCertIssuer),
            ("version", Field::TlsVersion),
            ("id.orig_h", Field::SourceIp),
            ("id.orig_p", Field::SourcePort),
            ("id.resp_h", Field::DestinationIp),
            ("id.resp_p", Field::DestinationPort),
        ],
    ),
    (
        "conn",
        EventClass::NetworkFlow,
        &[
            ("proto", Field::Transport),
            ("orig_bytes", Field::BytesOut),
            ("resp_bytes", Field::BytesIn),
            ("id.orig_h", Field::SourceIp),
            ("id.orig_p", Field::SourcePort),
            ("id.resp_h", Field::DestinationIp),
            ("id.resp_p", Field::DestinationPort),
        ],
    ),
];

const SURICATA: &[Kind] = &[
    (
        "dns",
        EventClass::DnsQuery,
        &[
            ("dns.rrname", Field::DnsName),
            ("dns.queries.rrname", Field::DnsName),
            ("dns.rrtype", Field::DnsType),
            ("dns.queries.rrtype", Field::DnsType),
            ("dns.answers.rdata", Field::DnsAnswer),
            ("dns.rcode", Field::DnsRcode),
            ("src_ip", Field::SourceIp),
            ("src_port", Field::SourcePort),
            ("dest_ip", Field::DestinationIp),
            ("dest_port", Field::DestinationPort),
        ],
    ),
    (
        "http",
        EventClass::HttpRequest,
        &[
            ("http.http_method", Field::HttpMethod),
            ("http.hostname", Field::UrlHost),
            ("http.url", Field::UrlPath),
            ("http.http_user_agent", Field::UserAgent),
            ("http.http_refer", Field::HttpReferrer),
            ("http.status", Field::HttpStatus),
            ("http.http_content_type", Field::HttpContentType),
            ("src_ip", Field::SourceIp),
            ("src_port", Field::SourcePort),
            ("dest_ip", Field::DestinationIp),
            ("dest_port", Field::DestinationPort),
        ],
    ),
    (
        "tls",
        EventClass::TlsHandshake,
        &[
            ("tls.sni", Field::TlsSni),
            ("tls.ja3.hash", Field::TlsJa3),
            ("tls.ja3s.hash", Field::TlsJa3s),
            ("tls.ja4", Field::TlsJa4),
            ("tls.subject", Field::TlsCertSubject),
            ("tls.issuerdn", Field::TlsCertIssuer),
            ("tls.version", Field::TlsVersion),
            ("src_ip", Field::SourceIp),
            ("src_port", Field::SourcePort),
            ("dest_ip", Field::DestinationIp),
            ("dest_port", Field::DestinationPort),
        ],
    ),
    (
        "flow",
        EventClass::NetworkFlow,
        &[
            ("proto", Field::Transport),
            ("flow.bytes_toserver", Field::BytesOut),
            ("flow.bytes_toclient", Field::BytesIn),
            ("src_ip", Field::SourceIp),
            ("src_port", Field::SourcePort),
            ("dest_ip", Field::DestinationIp),
            ("dest_port", Field::DestinationPort),
        ],
    ),
];
