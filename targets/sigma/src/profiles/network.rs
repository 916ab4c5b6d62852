//! What do logs of connections, names and requests call things?
//!
//! `firewall`, `proxy`, `webserver` and `network` are categories of the Sigma taxonomy; `network_connection` and
//! `dns_query` are Sysmon 3 and 22; `zeek` is the only product of the taxonomy that logs TLS
//! (<https://docs.zeek.org/en/master/logs/ssl.html>).

use std::sync::LazyLock;

use ir::{EventClass, Field, Flow};
use logs::sensors::ZEEK;
use logs::sysmon;

use super::endpoint::{leaked, of};
use super::source::{Product, Source, rows, source};
use backend::{Capabilities, Form, Name};

pub(super) static SOURCES: LazyLock<Vec<&'static Source>> = LazyLock::new(|| {
    vec![
        source!(NetworkFlow "firewall", rows!(NetworkFlow;
        SourceIp "src_ip" SourcePort "src_port" DestinationIp "dst_ip" DestinationPort "dst_port" UserName "username";
        DestinationDomain: "firewalls log addresses" Transport: "the category `firewall` has no name for it"
        SourceAs: "no log source of the taxonomy knows autonomous systems" DestinationAs: "no log source of the taxonomy knows autonomous systems"
        ProcessPath: "a firewall sees packets, not programs" HostName: "a firewall sees packets, not hosts"
    ), category: Some("firewall")),
        leaked(Source { opened: Some("Initiated"), ..of(&sysmon::NETWORK_FLOW) }),
        source!(NetworkFlow "network", rows!(NetworkFlow;
        SourceIp "source.ip" SourcePort "source.port" DestinationIp "destination.ip" DestinationPort "destination.port"
        Transport "network.transport" BytesOut "source.bytes" BytesIn "destination.bytes";
        ProcessPath: "the sensor sees packets, not programs"
    ), category: Some("network"), service: Some("connection")),
        source!(DnsQuery "dns", rows!(DnsQuery;
        DnsName "query" DnsType "record_type" DnsAnswer "answer";
        DnsRcode: "the category `dns` has no name for it" ProcessPath: "a resolver sees names, not programs"
    ), category: Some("dns")),
        source!(DnsQuery "network", rows!(DnsQuery;
        DnsName "dns.question.name" DnsType "dns.question.type" DnsAnswer "dns.answers.data" DnsRcode "dns.response.code"
        SourceIp "source.ip" SourcePort "source.port" DestinationIp "destination.ip" DestinationPort "destination.port";
        ProcessPath: "the sensor sees packets, not programs"
    ), category: Some("network"), service: Some("dns")),
        leaked(of(&sysmon::DNS_QUERY)),
        source!(HttpRequest "proxy", rows!(HttpRequest;
        UrlFull "c-uri" UrlHost "cs-host" UrlPath "c-uri-stem" UrlQuery "c-uri-query" HttpMethod "cs-method"
        UserAgent "c-useragent" HttpReferrer "cs-referrer" HttpStatus "sc-status"
        SourceIp "src_ip" DestinationIp "dst_ip" UserName "cs-username";
        HttpBody: "access logs do not hold bodies" HttpContentType: "the category `proxy` has no name for it"
        ProcessPath: "a proxy sees requests, not programs"
    ), category: Some("proxy"), nothing: Some("-")),
        &Source {
            category: Some("webserver"),
            flow: Some(Flow::Inbound),
            nothing: Some("-"),
            capabilities: Capabilities { url: Form::Parts, ..WEBSERVER.capabilities },
            ..WEBSERVER
        },
        leaked(Source {
            service: Some("ssl"),
            definition: Some("Requirements: ja3, ja3s and ja4 come from Zeek packages of these names"),
            ..zeek("ssl", &[(Field::TlsCertSha1, "Zeek writes SHA-256 fingerprints"), (Field::ProcessPath, "Zeek sees packets, not programs")])
        }),
        source!(TlsHandshake "x509", rows!(TlsHandshake;
        TlsCertSha256 "fingerprint" TlsCertSerial "certificate.serial" TlsCertSubject "certificate.subject" TlsCertIssuer "certificate.issuer";
        TlsCertSha1: "Zeek writes SHA-256 fingerprints"
    ), product: Product::Is("zeek"), service: Some("x509"), nothing: Some("-")),
    ]
});

/// A log of Zeek's, and what it has no name for.
fn zeek(path: &'static str, absent: &[(Field, &'static str)]) -> Source {
    let kind = ZEEK.iter().find(|kind| kind.name == path);
    let (class, names) = kind.map_or((EventClass::NetworkFlow, [].as_slice()), |kind| (kind.class, kind.names));
    let absent = absent.iter().map(|(field, why)| (class, *field, Name::Absent { why }));
    let fields: Vec<_> = Source::first_names(class, names).into_iter().chain(absent).collect();
    let source = Source::new(class, vec![(class, Name::Is(path))].leak(), fields.leak());
    let encodings = kind.map_or([].as_slice(), |kind| kind.encodings);
    Source { product: Product::Is("zeek"), nothing: Some("-"), encodings, ..source }
}

const WEBSERVER: Source = Source::new(
    ir::EventClass::HttpRequest,
    &[(ir::EventClass::HttpRequest, backend::Name::Is("webserver"))],
    rows!(HttpRequest;
        UrlHost "cs-host" UrlPath "cs-uri-stem" UrlQuery "cs-uri-query" UrlPort "s-port" HttpMethod "cs-method"
        UserAgent "cs-user-agent" HttpReferrer "cs-referer" HttpStatus "sc-status"
        SourceIp "c-ip" DestinationIp "s-ip" DestinationPort "s-port" UserName "cs-username" HostName "s-computername";
        HttpBody: "access logs do not hold bodies" ProcessPath: "access logs do not name programs"
    ),
);
