//! What do sensors on the network call things, in the logs that they write themselves?

use ir::{EventClass, Field};

use crate::form::{Encoding, Words};

/// One kind of record.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// How the sensor names it.
    pub name: &'static str,
    /// The kind of event.
    pub class: EventClass,
    /// The sensor's names for fields. Several names may mean one field; the first is the one to write, and the first that is there is read.
    pub names: &'static [(&'static str, Field)],
    /// How it writes fields, where it does not write them as the catalogue does.
    pub encodings: &'static [(Field, Encoding)],
}

impl Kind {
    /// How it writes a field.
    #[must_use]
    pub fn encoding(&self, field: Field) -> Encoding {
        self.encodings.iter().find(|(known, _)| *known == field).map_or(Encoding::Same, |(_, encoding)| *encoding)
    }
}

/// Versions as Zeek names them: <https://docs.zeek.org/en/master/scripts/base/protocols/ssl/consts.zeek.html>.
const ZEEK_VERSIONS: Words = &[
    ("TLS 1.3", &["TLSv13"]),
    ("TLS 1.2", &["TLSv12"]),
    ("TLS 1.1", &["TLSv11"]),
    ("TLS 1.0", &["TLSv10"]),
    ("SSL 3.0", &["SSLv3"]),
    ("SSL 2.0", &["SSLv2"]),
];

/// Versions as Suricata names them: <https://docs.suricata.io/en/latest/output/eve/eve-json-format.html#event-type-tls>.
const EVE_VERSIONS: Words = &[
    ("TLS 1.3", &["TLS 1.3"]),
    ("TLS 1.2", &["TLS 1.2"]),
    ("TLS 1.1", &["TLS 1.1"]),
    ("TLS 1.0", &["TLSv1"]),
    ("SSL 3.0", &["SSLv3"]),
    ("SSL 2.0", &["SSLv2"]),
];

/// Zeek's logs by their paths: <https://docs.zeek.org/en/master/script-reference/log-files.html>.
pub const ZEEK: &[Kind] = &[
    Kind {
        name: "dns",
        class: EventClass::DnsQuery,
        names: &[
            ("query", Field::DnsName),
            ("qtype_name", Field::DnsType),
            ("answers", Field::DnsAnswer),
            ("rcode_name", Field::DnsRcode),
            ("id.orig_h", Field::SourceIp),
            ("id.orig_p", Field::SourcePort),
            ("id.resp_h", Field::DestinationIp),
            ("id.resp_p", Field::DestinationPort),
        ],
        encodings: &[],
    },
    Kind {
        name: "http",
        class: EventClass::HttpRequest,
        names: &[
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
        encodings: &[],
    },
    Kind {
        name: "ssl",
        class: EventClass::TlsHandshake,
        names: &[
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
        encodings: &[(Field::TlsVersion, Encoding::Words(ZEEK_VERSIONS))],
    },
    Kind {
        name: "conn",
        class: EventClass::NetworkFlow,
        names: &[
            ("proto", Field::Transport),
            ("orig_bytes", Field::BytesOut),
            ("resp_bytes", Field::BytesIn),
            ("id.orig_h", Field::SourceIp),
            ("id.orig_p", Field::SourcePort),
            ("id.resp_h", Field::DestinationIp),
            ("id.resp_p", Field::DestinationPort),
        ],
        encodings: &[],
    },
];

/// Suricata's events by their types: <https://docs.suricata.io/en/latest/output/eve/eve-json-format.html>.
pub const EVE: &[Kind] = &[
    Kind {
        name: "dns",
        class: EventClass::DnsQuery,
        names: &[
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
        encodings: &[],
    },
    Kind {
        name: "http",
        class: EventClass::HttpRequest,
        names: &[
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
        encodings: &[],
    },
    Kind {
        name: "tls",
        class: EventClass::TlsHandshake,
        names: &[
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
        encodings: &[(Field::TlsVersion, Encoding::Words(EVE_VERSIONS))],
    },
    Kind {
        name: "flow",
        class: EventClass::NetworkFlow,
        names: &[
            ("proto", Field::Transport),
            ("flow.bytes_toserver", Field::BytesOut),
            ("flow.bytes_toclient", Field::BytesIn),
            ("src_ip", Field::SourceIp),
            ("src_port", Field::SourcePort),
            ("dest_ip", Field::DestinationIp),
            ("dest_port", Field::DestinationPort),
        ],
        encodings: &[],
    },
];
