//! Would a rule fire on what happens everywhere all day? The evaluator is asked, on a few events that are as ordinary as can be.
//!
//! A sensor and a scanner try a rule on everything that passes or lies there, so a rule that one of these events fulfils buries its
//! reader: every session over TCP, every file without some word, every request by `GET`. A search is narrowed by who asks it, and
//! keeps what was written.

use std::sync::LazyLock;

use ir::{EventClass, EventRule, EventSelector, Field, FieldRef, FieldValue, LogSource, Record};
use source::Code;

pub(crate) static ORDINARY: Code = Code::warn("legalise.ordinary", "a rule would match ordinary activity");

/// What an ordinary event is called, and the event.
type Witness = (&'static str, Record);

/// The ordinary event that fulfils the rule's predicate, if one does.
pub(crate) fn fulfils(rule: &EventRule) -> Option<&'static str> {
    let LogSource::Known(class) = rule.event.source else { return None };
    let witnesses: &[Witness] = match class {
        EventClass::NetworkFlow => &CONNECTIONS,
        EventClass::DnsQuery => &QUERIES,
        EventClass::HttpRequest => &REQUESTS,
        EventClass::TlsHandshake => &SESSIONS,
        EventClass::EmailMessage => &MAILS,
        EventClass::FileContent => &FILES,
        _ => &[],
    };
    witnesses.iter().find(|(_, record)| ir::eval::matches(rule, record)).map(|(name, _)| *name)
}

const CLIENT: &str = "10.20.30.40";
const SERVER: &str = "198.35.26.96";
const HOST: &str = "www.wikipedia.org";
const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

fn event(class: EventClass, name: &'static str, fields: Vec<(Field, FieldValue)>) -> Witness {
    let mut record = Record::new(EventSelector::of(class));
    record.fields = fields.into_iter().map(|(field, value)| (FieldRef::Known(field), value)).collect();
    (name, record)
}

/// A connection of the inside to a port.
fn ends(port: i64) -> Vec<(Field, FieldValue)> {
    vec![
        (Field::SourceIp, text(CLIENT)),
        (Field::SourcePort, FieldValue::Number(51_234)),
        (Field::DestinationIp, text(SERVER)),
        (Field::DestinationPort, FieldValue::Number(port)),
    ]
}

static CONNECTIONS: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let kinds = [("a connection to a web server", "tcp", 443), ("a connection to a web server", "tcp", 80), ("a query of a resolver", "udp", 53)];
    let one = |(name, transport, port): (&'static str, &str, i64)| {
        let mut fields = ends(port);
        fields.extend([
            (Field::Transport, text(transport)),
            (Field::DestinationDomain, text(HOST)),
            (Field::BytesOut, FieldValue::Number(2_000)),
            (Field::BytesIn, FieldValue::Number(40_000)),
        ]);
        event(EventClass::NetworkFlow, name, fields)
    };
    kinds.into_iter().map(one).collect()
});

static QUERIES: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let one = |kind: &str| {
        let mut fields = ends(53);
        let rest = [(Field::DnsName, HOST), (Field::DnsType, kind), (Field::DnsRcode, "NOERROR"), (Field::DnsAnswer, SERVER)];
        fields.extend(rest.map(|(field, value)| (field, text(value))));
        event(EventClass::DnsQuery, "a query for a common name", fields)
    };
    ["A", "AAAA", "HTTPS"].map(one).into()
});

static REQUESTS: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let one = |(method, path, body): (&str, &str, &str)| {
        let mut fields = ends(80);
        let rest = [
            (Field::HttpMethod, method),
            (Field::UrlHost, HOST),
            (Field::UrlPath, path),
            (Field::UrlQuery, "title=Home&action=view"),
            (Field::UserAgent, AGENT),
            (Field::HttpReferrer, "http://www.wikipedia.org/"),
            (Field::HttpContentType, "text/html; charset=utf-8"),
            (Field::HttpBody, body),
        ];
        fields.extend(rest.map(|(field, value)| (field, text(value))));
        let url = format!("http://{HOST}{path}?title=Home&action=view");
        fields.extend([(Field::UrlFull, text(&url)), (Field::HttpStatus, FieldValue::Number(200))]);
        event(EventClass::HttpRequest, "a request by a browser", fields)
    };
    [("GET", "/", ""), ("GET", "/wiki/index.html", ""), ("POST", "/wiki/search", "search=home&go=Go")].map(one).into()
});

static SESSIONS: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let one = |(version, certificate): (&str, bool)| {
        let mut fields = ends(443);
        let hello = [
            (Field::TlsSni, HOST),
            (Field::TlsVersion, version),
            (Field::TlsJa3, "579ccef312d18482fc42e2b822ca2430"),
            (Field::TlsJa3s, "eb1d94daa7e0344597e756a1fb6e7054"),
            (Field::TlsJa4, "t13d1516h2_8daaf6152771_02713d6af862"),
            (Field::TlsAlpn, "h2"),
        ];
        fields.extend(hello.map(|(field, value)| (field, text(value))));
        if certificate {
            let seen = [
                (Field::TlsCertSubject, "CN=*.wikipedia.org"),
                (Field::TlsCertSan, "*.wikipedia.org"),
                (Field::TlsCertIssuer, "C=US, O=Let's Encrypt, CN=R3"),
                (Field::TlsCertSerial, "04A1B2C3D4E5F60718293A4B5C6D7E8F9A0B"),
                (Field::TlsCertSha1, "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"),
                (Field::TlsCertSha256, "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"),
            ];
            fields.extend(seen.map(|(field, value)| (field, text(value))));
        }
        event(EventClass::TlsHandshake, "a session with a common name", fields)
    };
    [("TLS 1.2", true), ("TLS 1.3", false)].map(one).into()
});

static MAILS: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let fields = [
        (Field::EmailFrom, "newsletter@wikipedia.org"),
        (Field::EmailFromDomain, "wikipedia.org"),
        (Field::EmailTo, "reader@gmail.com"),
        (Field::EmailSubject, "Your weekly digest"),
        (Field::EmailAttachmentName, "digest.pdf"),
        (Field::EmailAttachmentMd5, "00112233445566778899aabbccddeeff"),
        (Field::EmailAttachmentSha1, "00112233445566778899aabbccddeeff00112233"),
        (Field::EmailAttachmentSha256, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
        (Field::EmailUrl, "https://www.wikipedia.org/"),
        (Field::EmailUrlHost, HOST),
        (Field::EmailSourceIp, SERVER),
    ];
    vec![event(EventClass::EmailMessage, "a newsletter", fields.map(|(field, value)| (field, text(value))).into())]
});

static FILES: LazyLock<Vec<Witness>> = LazyLock::new(|| {
    let program: &[u8] = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00\x00\x00\x00\x00@\x00\
        \x0e\x1f\xba\x0e\x00\xb4\x09\xcd!\xb8\x01L\xcd!This program cannot be run in DOS mode.\r\r\n$\x00\x00\x00PE\x00\x00L\x01\x05\x00\
        .text\x00\x00\x00.rdata\x00\x00.data\x00\x00\x00KERNEL32.dll\x00GetProcAddress\x00LoadLibraryA\x00";
    let kinds: [(&str, &str, &[u8]); 7] = [
        ("a note", "notes.txt", b"Meeting notes\nThe quick brown fox jumps over the lazy dog.\n"),
        ("a program", "setup.exe", program),
        ("a program", "server", b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00\x01\x00\x00\x00libc.so.6\x00main\x00"),
        ("a document", "report.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"),
        ("an archive", "report.docx", b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml"),
        ("a document", "report.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\x00\x00\x00\x00\x00\x00>\x00\x03\x00\xfe\xff\x09\x00"),
        ("a script", "build.sh", b"#!/bin/sh\nset -e\necho done\n"),
    ];
    let sizes = [400, 60_000, 3_000_000, 60_000_000];
    let one = |(name, file, bytes): (&'static str, &str, &[u8]), size: i64| {
        let mut fields = vec![(Field::FileName, text(file)), (Field::FileSize, FieldValue::Number(size))];
        fields.extend(file.rsplit_once('.').map(|(_, extension)| (Field::FileExtension, text(extension))));
        let (name, mut record) = event(EventClass::FileContent, name, fields);
        record.bytes = Some(bytes.into());
        (name, record)
    };
    kinds.into_iter().flat_map(|kind| sizes.map(|size| one(kind, size))).collect()
});

#[cfg(test)]
mod tests {
    use ir::{BytePattern, BytesTest, Case, Need, NumberTest, Op, Pattern, Predicate};
    use source::{Sources, Span};

    use super::*;

    fn span() -> Span {
        Span::new(Sources::default().add("test", ""), 0, 0)
    }

    fn ordinary(class: EventClass, predicate: Predicate) -> Option<&'static str> {
        fulfils(&EventRule { event: EventSelector::of(class), predicate })
    }

    #[test]
    fn what_everything_fulfils_is_ordinary() {
        let bytes = |text: &str| Predicate::Bytes(BytesTest { need: Need::Any, patterns: vec![BytePattern::text(text)], span: span() });
        let small = Predicate::test(Field::FileSize, Op::Number(NumberTest::Less(200_000)), span());
        let tcp = Predicate::is(Field::Transport, "tcp", span());
        let port = |port| Predicate::test(Field::DestinationPort, Op::Number(NumberTest::In(vec![port])), span());
        let agent = Predicate::text(Field::UserAgent, vec![Pattern::contains("Windows")], Case::Insensitive, span());
        for (class, predicate, expected) in [
            (EventClass::NetworkFlow, tcp.clone(), Some("a connection to a web server")),
            (EventClass::NetworkFlow, Predicate::All(vec![tcp.clone(), port(443)]), Some("a connection to a web server")),
            (EventClass::NetworkFlow, Predicate::All(vec![tcp, port(4_433)]), None),
            (EventClass::FileContent, bytes("goodstring").negate(), Some("a note")),
            (EventClass::FileContent, Predicate::All(vec![small.clone(), bytes("badstring")]), None),
            (EventClass::FileContent, small, Some("a note")),
            (EventClass::FileContent, bytes("DOS mode"), Some("a program")),
            (EventClass::HttpRequest, agent.clone(), Some("a request by a browser")),
            (EventClass::HttpRequest, agent.negate(), None),
            (EventClass::HttpRequest, Predicate::test(Field::UserAgent, Op::Exists, span()).negate(), None),
            (EventClass::TlsHandshake, Predicate::test(Field::TlsCertSubject, Op::Exists, span()).negate(), Some("a session with a common name")),
            (EventClass::ProcessStart, Predicate::All(Vec::new()), None),
        ] {
            assert_eq!(ordinary(class, predicate.clone()), expected, "{predicate:?}");
        }
    }
}
