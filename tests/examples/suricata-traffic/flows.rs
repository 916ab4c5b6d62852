//! Which traffic is worth asking about? Flows by name, and rules for options that golden rules do not use.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use evaluate::suricata::seen;
use packets::certificate::{Attribute, Certificate};
use packets::dns::{Data, Dns, Kind, Over};
use packets::http::{Exchange, Request, Response};
use packets::smtp::Session;
use packets::tls::{Answer, Hello, Tls, Version};
use packets::{Flow, Icmp, Said, Side, What};

use super::Named;

/// A machine outside.
pub(crate) const FAR: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 80));
/// A machine inside, whose last bytes are those of the flow's number.
pub(crate) const NEAR: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0));
const FAR6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xff, 0, 0, 0, 0, 0x80));
const NEAR6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x10));

/// Something between a machine inside and one outside.
pub(crate) fn flow(to: IpAddr, port: u16, what: What) -> Flow {
    Flow { client: SocketAddr::new(if to.is_ipv6() { NEAR6 } else { NEAR }, 0), server: SocketAddr::new(to, port), at: Duration::ZERO, what }
}

/// Files that rules here name.
pub(crate) const LISTS: [(&str, &str); 3] = [
    ("agents.lst", "a2VzdHJlbC8x\nbWVybGlu\n"),
    ("hosts.lst", "203.0.113.80\n2001:db8:ff::80\n"),
    ("payload.md5", "# a comment\n00000000000000000000000000000000\n"),
];

/// Digests of `MZ kestrel payload`.
pub(crate) const DIGESTS: [(&str, &str); 3] = [
    ("filemd5", "833e02112d67d0fc46a61f3e94b90fff"),
    ("filesha1", "f8a760296ae706afa52cdf4833b333dc4b47ca8e"),
    ("filesha256", "d293aae9b57302a9d2013ec959fad94f017b635f6662e6d1193fdc8ed3a598a1"),
];

/// Rules for options that golden rules do not use.
pub(crate) const RULES: &[&str] = &[
    // Contents and their places, <https://docs.suricata.io/en/latest/rules/payload-keywords.html>.
    r#"alert http any any -> any any (http.uri; content:"abc"; offset:2; depth:5; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; content:"def"; distance:1; within:5; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; content:"def"; distance:0; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; content:"def"; distance:-6; within:6; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; content:!"def"; distance:0; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; content:!"def"; within:4; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"a"; content:"b"; within:1; content:"d"; distance:1; within:1; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; pcre:"/^def/R"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcre:"/ab/"; content:"c"; within:1; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; isdataat:3,relative; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; isdataat:!1,relative; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/"; isdataat:8; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/"; isdataat:!8; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"abc"; endswith; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:!"abc"; endswith; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:!"/abc"; startswith; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:!"abc"; offset:4; depth:3; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/abc"; startswith; endswith; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; bsize:>8; content:"/"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; bsize:<8; content:"/"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; bsize:4<>8; content:"/"; sid:1;)"#,
    r#"alert http any any -> any any (urilen:7; http.method; content:"GET"; sid:1;)"#,
    r#"alert http any any -> any any (urilen:>9; http.method; content:"GET"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/abc"; byte_test:1,=,100,0,relative; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/abc"; byte_test:2,>,25700,4; sid:1;)"#,
    // Transformations, <https://docs.suricata.io/en/latest/rules/transforms.html>.
    r#"alert http any any -> any any (http.user_agent; to_lowercase; content:"kestrel"; startswith; sid:1;)"#,
    r#"alert http any any -> any any (http.user_agent; strip_whitespace; content:"kestrelloader"; sid:1;)"#,
    r#"alert http any any -> any any (http.user_agent; compress_whitespace; content:"kestrel loader"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri.raw; url_decode; content:"/old files/"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^([^?]*)"; content:"/abc"; bsize:4; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^[^?]*\??(.*)$"; bsize:0; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^[^?]*\??(.*)$"; content:"x=1"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^[^?]*\??(.*)$"; content:!"zzz"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^[^?]*\??(.*)$"; content:"/abc"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^[^?]*\??(.*)$"; pcre:!"/zzz/"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; pcrexform:"^[^?]*\??(.*)$"; bsize:4; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:!"abc"; endswith; content:"/"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:!"b"; endswith; sid:1;)"#,
    // Buffers, <https://docs.suricata.io/en/latest/rules/http-keywords.html>.
    r#"alert http any any -> any any (http.user_agent; dataset:isset,agents,type string,load agents.lst; sid:1;)"#,
    r#"alert http any any -> any any (http.user_agent; dataset:isnotset,agents,type string,load agents.lst; sid:1;)"#,
    r#"alert ip any any -> any any (ip.dst; dataset:isset,hosts,type ip,load hosts.lst; threshold:type limit, track by_both, count 1, seconds 60; sid:1;)"#,
    r#"alert http any any -> any any (flow:to_server; http.header; content:"User-Agent|3A 20|kestrel|0D 0A|"; sid:1;)"#,
    r#"alert http any any -> any any (flow:to_server; http.header.raw; content:"Cookie"; sid:1;)"#,
    r#"alert http any any -> any any (flow:to_server; http.header; content:"Cookie"; sid:1;)"#,
    r#"alert http any any -> any any (flow:to_server; http.cookie; content:"sid=1"; sid:1;)"#,
    r#"alert http any any -> any any (http.request_line; content:"GET /abc HTTP/1.1"; bsize:17; sid:1;)"#,
    r#"alert http any any -> any any (http.response_line; content:"HTTP/1.1 404 Not Found"; sid:1;)"#,
    r#"alert http any any -> any any (http.stat_msg; content:"Not Found"; sid:1;)"#,
    r#"alert http any any -> any any (http.response_body; content:"nothing"; sid:1;)"#,
    r#"alert http any any -> any any (http.accept; content:"*/*"; sid:1;)"#,
    r#"alert http any any -> any any (http.accept_lang; content:"fr"; sid:1;)"#,
    r#"alert http any any -> any any (http.accept_enc; content:"gzip"; sid:1;)"#,
    r#"alert http any any -> any any (flow:to_server; http.connection; content:"close"; nocase; sid:1;)"#,
    r#"alert http any any -> any any (flow:to_server; http.content_len; content:"12"; bsize:2; sid:1;)"#,
    r#"alert http any any -> any any (http.location; content:"evil.example"; sid:1;)"#,
    r#"alert http any any -> any any (http.server; content:"nginx"; sid:1;)"#,
    r#"alert http any any -> any any (http.host; content:"evil.example"; bsize:12; sid:1;)"#,
    r#"alert http any any -> any any (http.host.raw; content:"evil.example|3A|8080"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/a/c"; bsize:4; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/a/b?x=%41"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/a/b?x=A"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"+"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"|5C|"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"//"; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"%zz"; sid:1;)"#,
    r#"alert http any any -> any any (http.user_agent; bsize:0; sid:1;)"#,
    r#"alert http any any -> any any (http.user_agent; content:!"kestrel"; sid:1;)"#,
    r#"alert http any any -> any any (flow:established,to_client; file.data; content:"MZ"; startswith; sid:1;)"#,
    r#"alert http any any -> any any (filesize:>15; file.name; content:"/"; sid:1;)"#,
    r#"alert tcp any any -> any any (filemd5:!payload.md5; sid:1;)"#,
    // TLS, <https://docs.suricata.io/en/latest/rules/tls-keywords.html>.
    r#"alert tls any any -> any any (tls.cert_subject; content:"CN=evil.example"; sid:1;)"#,
    r#"alert tls any any -> any any (tls.cert_subject; content:"C=FR, ST=Ile, L=Paris, O=Evil, OU=Unit, CN=evil.example"; bsize:55; sid:1;)"#,
    r#"alert tls any any -> any any (tls.cert_issuer; content:"CN=Evil CA"; sid:1;)"#,
    r#"alert tls any any -> any any (tls.cert_serial; content:"8A:01:02"; bsize:8; sid:1;)"#,
    r#"alert tls any any -> any any (tls.cert_serial; content:"01:02:03:04"; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_server; tls.version:1.0; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_server; tls.version:1.2; tls.sni; content:"evil.example"; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_server; tls.version:1.3; tls.sni; content:"evil.example"; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_client; tls.version:1.2; tls.cert_subject; content:"evil.example"; sid:1;)"#,
    r#"alert tls any any -> any any (ja3.hash; content:"33caca9cd70a54711ca5d0f4e3a4a0b7"; sid:1;)"#,
    r#"alert tls any any -> any any (ja3.hash; bsize:32; sid:1;)"#,
    r#"alert tls any any -> any any (ja3s.hash; bsize:32; sid:1;)"#,
    r#"alert dns any any -> any any (dns.query; content:"evil.example"; sid:1;)"#,
    r#"alert dns any any -> any any (flow:to_client; content:"evil"; sid:1;)"#,
    // Packets, <https://docs.suricata.io/en/latest/rules/header-keywords.html>.
    r#"alert icmp any any -> any any (itype:8; icode:0; sid:1;)"#,
    r#"alert icmp any any -> any any (itype:128; sid:1;)"#,
    r#"alert icmp any any -> any any (content:"kestrel"; sid:1;)"#,
    r#"alert udp any any -> any any (content:"kestrel"; depth:7; sid:1;)"#,
    r#"alert udp any any -> any any (dsize:>20; content:"kestrel"; sid:1;)"#,
    r#"alert udp any any -> any any (flow:to_client; content:"kestrel"; sid:1;)"#,
    r#"alert udp any any -> any any (flow:established; content:"kestrel"; sid:1;)"#,
    r#"alert tcp any any -> any any (flow:established,to_server; content:"kestrel"; content:"merlin"; sid:1;)"#,
    r#"alert tcp any any -> any any (flow:established,to_client; content:"kestrel"; startswith; sid:1;)"#,
    r#"alert tcp any any -> any any (flow:to_server; flags:S,CE; sid:1;)"#,
    r#"alert tcp any any -> any any (flags:SA; sid:1;)"#,
    r#"alert tcp any any -> any any (flags:F+; sid:1;)"#,
    r#"alert tcp any any -> any any (dsize:7; content:"kestrel"; sid:1;)"#,
    r#"alert ip any any -> any any (ip_proto:17; flow:to_server; sid:1;)"#,
    r#"alert tcp any any -> 203.0.113.80 4444 (sid:1;)"#,
    r#"alert tcp $HOME_NET any -> $EXTERNAL_NET [22,443] (flow:to_server; sid:1;)"#,
    r#"alert ip any any -> 2001:db8:ff::/48 any (sid:1;)"#,
    r#"alert http any any <> any 8080 (http.method; content:"GET"; sid:1;)"#,
    r#"alert ssh any any -> any any (content:"OpenSSH"; sid:1;)"#,
    r#"alert ftp any any -> any any (content:"USER kestrel"; sid:1;)"#,
    // Marks and counts, <https://docs.suricata.io/en/latest/rules/xbits.html>.
    r#"alert http any any -> any any (http.uri; content:"/step-one"; xbits:set,step,track ip_dst,expire 100; noalert; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/step-two"; xbits:isset,step,track ip_dst; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/flow-one"; flowbits:set,one; flowbits:noalert; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/flow-two"; flowbits:isset,one; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/thrice"; threshold:type both, track by_dst, count 3, seconds 60; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/thrice"; threshold:type limit, track by_dst, count 2, seconds 60; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/thrice"; threshold:type threshold, track by_dst, count 2, seconds 60; sid:1;)"#,
    r#"alert http any any -> any any (http.uri; content:"/thrice"; detection_filter:track by_dst, count 2, seconds 60; sid:1;)"#,
    r#"alert smtp any any -> any any (flow:established,to_server; file.data; content:"MZ"; startswith; sid:1;)"#,
    r#"alert smtp any any -> any any (flow:established,to_server; file.name; content:".exe"; endswith; nocase; sid:1;)"#,
    r#"alert smtp any any -> any any (flow:established,to_server; content:"Subject|3A 20|invoice"; sid:1;)"#,
    r#"alert smtp any any -> any any (flow:established,to_server; content:"MAIL FROM"; sid:1;)"#,
];

/// Rules for options of version 8 alone.
pub(crate) const RULES_OF_EIGHT: &[&str] = &[
    r#"alert dns any any -> any any (dns.rrtype:16; dns.query; content:"evil.example"; sid:1;)"#,
    r#"alert dns any any -> any any (flow:to_client; dns.rcode:3; dns.queries.rrname; content:"evil.example"; sid:1;)"#,
    r#"alert dns any any -> any any (flow:to_client; dns.response.rrname; content:"relay.example"; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_client; tls.subjectaltname; content:"two.example"; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_server; tls.alpn; content:"h2"; bsize:2; sid:1;)"#,
    r#"alert tls any any -> any any (flow:established,to_client; tls.alpn; content:"h2"; bsize:2; sid:1;)"#,
    r#"alert smtp any any -> any any (smtp.mail_from; content:"a@evil.example"; bsize:14; sid:1;)"#,
    r#"alert smtp any any -> any any (smtp.rcpt_to; content:"b@home.example"; bsize:14; sid:1;)"#,
    r#"alert smtp any any -> any any (smtp.helo; content:"client.example"; bsize:14; sid:1;)"#,
    r#"alert smtp any any -> any any (email.from; content:"a@evil.example"; sid:1;)"#,
    r#"alert smtp any any -> any any (email.to; content:"b@home.example"; sid:1;)"#,
    r#"alert smtp any any -> any any (email.subject; content:"invoice"; bsize:7; sid:1;)"#,
    r#"alert smtp any any -> any any (email.url; content:"evil.example/a"; startswith; sid:1;)"#,
    r#"alert http any any -> any any (http.user_agent; absent:or_else; content:!"kestrel"; sid:1;)"#,
    r#"alert tcp any any -> any any (flow.bytes_toserver:>600; flow:to_server; sid:1;)"#,
    r#"alert tcp any any -> any any (flow.pkts_toclient:>5; flow:to_server; sid:1;)"#,
];

/// Rules that ask for the digests of the flows here, as we compute them.
pub(crate) fn digests() -> Vec<String> {
    let mut out = BTreeSet::new();
    for named in all() {
        let protocol = match named.flow.what {
            What::Tls(_) => "tls",
            What::Quic(_) => "quic",
            _ => continue,
        };
        let Ok(traffic) = seen::traffic(&named.flow, seen::Version::Eight) else { continue };
        for transaction in &traffic.transactions {
            for part in [&transaction.client, &transaction.server] {
                for name in ["ja3.hash", "ja3s.hash", "ja4.hash", "tls.cert_fingerprint"] {
                    for value in part.buffers.get(name).into_iter().flatten() {
                        let value = String::from_utf8_lossy(value).replace(':', "|3A|");
                        out.insert(format!("alert {protocol} any any -> any any ({name}; content:\"{value}\"; sid:1;)"));
                    }
                }
            }
        }
    }
    out.into_iter().collect()
}

/// All flows by name.
pub(crate) fn all() -> Vec<Named> {
    let mut out = Vec::new();
    let mut add = |name: &str, flow: Flow| out.push(Named { name: name.to_owned(), flow });
    for target in [
        // An engine that has not yet copied anything into a transformed buffer takes an empty result for none at all, so the first flow has a query.
        "/first?with=a-query",
        "/abc",
        "/abcd",
        "/xabc",
        "/abc-def",
        "/abcdef",
        "/abcxdef",
        "/def-abc",
        "/defabc",
        "/abxabd",
        "/abc/abc",
        "/aabd",
        "/abxd",
        "/ab-abxd",
        "/abce",
        "/abc?x=1",
        "/abc?",
        "/a/b/../c",
        "/a/./c",
        "/a//c",
        "/a%2fc",
        "/a%2Fc",
        "/a\\c",
        "/%61/c",
        "/a/b?x=%41",
        "/a/b?x=%2e%2e/",
        "/a/b?x=a+b",
        "/a+b",
        "/a/b?x=//y",
        "/%zz",
        "/%",
        "/a/..",
        "/..",
        "/a/b/..",
        "/../a/c",
        "//a/c",
        "/old%20files/x",
        "/old+files/",
        "/step-two",
        "/step-one",
        "/step-two",
        "/flow-two",
        "/thrice",
        "/thrice",
        "/thrice",
        "/thrice",
        "/thrice",
        "http://evil.example/abc",
        "http://evil.example:8080/abc",
        "http://www.example",
        "http://evil.example?x=1",
        "/gate.php",
        "/x/gate.php?id=1",
        "/gate.phpx",
        "/%2e%2e/etc/passwd",
        "/a?b=c%20d",
        "/a?b=%zz",
        "*",
    ] {
        add(
            &format!("GET {target}"),
            flow(FAR, 80, What::Http(vec![Exchange::of(Request::get("www.example", target).with("User-Agent", "kestrel"))])),
        );
    }
    for agent in ["kestrel", "kestrel/1", "Kestrel/1", "merlin", "KESTREL", "kestrel  loader", "kes trel loader", "", "x kestrel", " kestrel "] {
        add(&format!("agent `{agent}`"), flow(FAR, 80, What::Http(vec![Exchange::of(Request::get("evil.example", "/").with("User-Agent", agent))])));
    }
    for host in
        ["evil.example", "EVIL.example", "evil.example:8080", "evil.example.", "www.evil.example", "evilxexample", "notevil.example", "192.0.2.1:81"]
    {
        add(&format!("host {host}"), flow(FAR, 8080, What::Http(vec![Exchange::of(Request::get(host, "/abc"))])));
    }
    let mut bare = Request::get("x", "/gate.php");
    bare.headers.clear();
    add("no headers", flow(FAR, 80, What::Http(vec![Exchange::of(bare)])));
    let rich = Request::get("www.example", "/")
        .with("Accept", "*/*")
        .with("Accept-Language", "fr, en")
        .with("Accept-Encoding", "gzip")
        .with("Connection", "Close")
        .with("Cookie", "sid=1")
        .with("Referer", "http://www.example/kestrel/9");
    let mut missing =
        Response::ok("nothing here").with("Server", "nginx").with("Location", "http://evil.example/").with("Set-Cookie", "sid=1; path=/");
    missing.status = 404;
    "Not Found".clone_into(&mut missing.reason);
    add("many headers", flow(FAR, 80, What::Http(vec![Exchange { request: rich, response: Some(missing) }])));
    add(
        "two requests",
        flow(
            FAR,
            80,
            What::Http(vec![Exchange::of(Request::get("www.example", "/flow-one")), Exchange::of(Request::get("www.example", "/flow-two"))]),
        ),
    );
    for (count, method) in [(2, "GET"), (3, "GET"), (12, "GET"), (25, "POST")] {
        let poll = Request { method: method.to_owned(), ..Request::post("www.example", "/poll.php", if method == "POST" { "a=b" } else { "" }) };
        add(&format!("{count} polls"), flow(FAR, 80, What::Http(vec![Exchange::of(poll); count])));
    }
    add("no answer", flow(FAR, 80, What::Http(vec![Exchange { request: Request::get("www.example", "/abc"), response: None }])));
    for (name, disposition) in
        [("plain", None), ("named", Some("attachment; filename=\"setup.exe\"")), ("bare", Some("attachment; filename=setup.exe"))]
    {
        let mut response = Response::ok("MZ kestrel payload");
        response.headers.extend(disposition.map(|value| ("Content-Disposition".to_owned(), value.to_owned())));
        add(
            &format!("download, {name}"),
            flow(FAR, 80, What::Http(vec![Exchange { request: Request::get("www.example", "/d/a.bin?x=1"), response: Some(response) }])),
        );
    }
    add("upload", flow(FAR, 80, What::Http(vec![Exchange::of(Request::post("www.example", "/up/a.exe", "MZ kestrel payload"))])));
    let mut put = Request::post("www.example", "/up/a.exe", "MZ kestrel payload");
    "PUT".clone_into(&mut put.method);
    add("upload, put", flow(FAR, 80, What::Http(vec![Exchange::of(put)])));
    let mut body = Request::post("www.example", "/up/a.exe", "MZ kestrel payload");
    "GET".clone_into(&mut body.method);
    add("upload, get", flow(FAR, 80, What::Http(vec![Exchange::of(body)])));
    add("http over v6", flow(FAR6, 80, What::Http(vec![Exchange::of(Request::get("evil.example", "/abc"))])));

    for name in ["evil.example", "www.evil.example", "notevil.example", "EVIL.example", "relay7.example", "evil.example."] {
        add(&format!("asks {name}"), flow(FAR, 53, What::Dns(Dns::query(name))));
        let answers = [Data::Cname("relay.example".to_owned()), Data::A([192, 0, 2, 1].into()), Data::Aaaa(Ipv6Addr::LOCALHOST)];
        add(&format!("asks {name}, answered"), flow(FAR, 53, What::Dns(Dns::query(name).answered(0, answers))));
        add(&format!("asks {name}, none"), flow(FAR, 53, What::Dns(Dns::query(name).answered(3, []))));
        add(&format!("asks {name}, refused"), flow(FAR, 53, What::Dns(Dns::query(name).answered(5, []))));
        let text = Dns { kind: Kind::Txt, ..Dns::query(name).answered(0, [Data::Txt(b"relay.example".to_vec())]) };
        add(&format!("asks {name}, text"), flow(FAR, 53, What::Dns(text)));
        add(
            &format!("asks {name}, mail"),
            flow(FAR, 53, What::Dns(Dns { kind: Kind::Mx, ..Dns::query(name).answered(0, [Data::Mx(10, "relay.example".to_owned())]) })),
        );
        add(
            &format!("asks {name}, tcp"),
            flow(FAR, 53, What::Dns(Dns { over: Over::Tcp, ..Dns::query(name).answered(0, [Data::A([192, 0, 2, 1].into())]) })),
        );
        add(&format!("asks {name} over v6"), flow(FAR6, 53, What::Dns(Dns::query(name))));
    }
    add("asks elsewhere", flow(FAR, 5353, What::Dns(Dns::query("evil.example").answered(0, []))));

    let certificate = Certificate {
        subject: [
            (Attribute::Country, "FR"),
            (Attribute::State, "Ile"),
            (Attribute::Place, "Paris"),
            (Attribute::Organisation, "Evil"),
            (Attribute::Unit, "Unit"),
            (Attribute::Common, "evil.example"),
        ]
        .map(|(attribute, value)| (attribute, value.to_owned()))
        .to_vec(),
        issuer: vec![(Attribute::Common, "Evil CA".to_owned())],
        serial: vec![0x8a, 0x01, 0x02],
        names: vec!["one.example".to_owned(), "two.example".to_owned()],
    };
    for version in [Version::One, Version::OneOne, Version::OneTwo, Version::OneThree] {
        for name in [Some("evil.example"), Some("www.evil.example"), Some("relay7.example"), None] {
            let mut hello = Hello { version, name: name.map(str::to_owned), ..Hello::to("") };
            if version == Version::OneThree {
                hello = hello.modern();
            }
            let answer = Answer { certificates: vec![certificate.clone()], ..Answer::with(certificate.clone()) };
            let answer = if version == Version::OneThree { Answer { cipher: 0x1301, ..answer } } else { answer };
            for port in [443, 4433] {
                add(
                    &format!("tls {version:?} {name:?} {port}"),
                    flow(FAR, port, What::Tls(Tls { hello: hello.clone(), server: Some(answer.clone()) })),
                );
            }
        }
    }
    let mut spoken = Tls::to("evil.example");
    spoken.hello.protocols = vec!["h2".to_owned(), "http/1.1".to_owned()];
    if let Some(answer) = &mut spoken.server {
        answer.protocol = Some("h2".to_owned());
    }
    add("tls with protocols", flow(FAR, 443, What::Tls(spoken.clone())));
    add("tls over v6", flow(FAR6, 443, What::Tls(spoken)));
    let mut greased = Tls::to("evil.example");
    greased.hello.ciphers.insert(0, 0x2a2a);
    greased.hello.groups.insert(0, 0x3a3a);
    greased.hello.more = vec![(0x4a4a, Vec::new()), (23, Vec::new())];
    add("tls with grease", flow(FAR, 443, What::Tls(greased)));
    add("tls without answer", flow(FAR, 443, What::Tls(Tls { server: None, ..Tls::to("evil.example") })));
    for name in ["evil.example", "www.evil.example", "kestrel-9.example", "Relay7.example"] {
        for port in [443, 4433] {
            let hello = Hello { protocols: vec!["h3".to_owned()], ..Hello::to(name).modern() };
            add(&format!("quic {name} {port}"), flow(FAR, port, What::Quic(hello)));
        }
    }
    add("quic over v6", flow(FAR6, 443, What::Quic(Hello::to("evil.example").modern())));

    for (from, subject, file) in [
        ("a@evil.example", "invoice", Some("setup.exe")),
        ("a@evil.example", "Re: invoice 7", Some("SETUP.EXE")),
        ("a@client.example", "invoice", Some("invoice.pdf")),
        ("a@www.evil.example", "hello", None),
    ] {
        let mut session = Session::of(from, "b@home.example", subject, "see http://evil.example/a?b and https://www.example/ now\r\n.\r\nbye\r\n");
        if let Some(file) = file {
            session = session.attach(file, "MZ kestrel payload");
        }
        add(&format!("mail {from} {subject} {file:?}"), flow(FAR, 25, What::Smtp(session.clone())));
        add(&format!("mail {from} {subject} {file:?} over v6"), flow(FAR6, 25, What::Smtp(session)));
    }

    let tcp = |said: Vec<Said>| What::Tcp(said);
    add("tcp, kestrel", flow(FAR, 4444, tcp(vec![Said::client("kestrel")])));
    add("tcp, merlin", flow(FAR, 4444, tcp(vec![Said::client("kestrel merlin"), Said::server("kestrel")])));
    add("tcp, answers", flow(FAR, 4444, tcp(vec![Said::client("a"), Said::server("kestrel"), Said::client("b")])));
    add("tcp, long", flow(FAR, 4444, tcp(vec![Said::client("kestrel".repeat(600)), Said::server("x".repeat(4000)), Said::client("y".repeat(3000))])));
    add("tcp over v6", flow(FAR6, 4444, tcp(vec![Said::client("kestrel merlin")])));
    add("tcp, unanswered", flow(FAR, 4444, What::Unanswered));
    for (address, port) in [
        ([192, 0, 2, 1], 8443),
        ([192, 0, 2, 1], 443),
        ([192, 0, 2, 2], 4444),
        ([192, 0, 2, 2], 443),
        ([192, 0, 2, 4], 443),
        ([198, 51, 100, 7], 5432),
        ([203, 0, 113, 7], 8443),
    ] {
        add(&format!("tcp to {address:?} {port}"), flow(address.into(), port, tcp(vec![Said::client("hi"), Said::server("ho")])));
        add(&format!("udp to {address:?} {port}"), flow(address.into(), port, What::Udp(vec![Said::client("hi"), Said::server("ho")])));
        add(
            &format!("asked by {address:?} {port}"),
            Flow { client: SocketAddr::new(address.into(), 0), server: SocketAddr::new(NEAR, port), ..flow(FAR, 0, tcp(vec![Said::client("hi")])) },
        );
    }
    for (address, port) in [("2001:db8::1", 8443), ("2001:db8::a", 443), ("2001:db8:bad::1", 443), ("2001:db9::1", 443)] {
        if let Ok(address) = address.parse() {
            add(&format!("tcp to {address} {port}"), flow(address, port, tcp(vec![Said::client("hi")])));
        }
    }
    for port in [22, 80, 1521] {
        let to_us = Flow { client: SocketAddr::new(FAR, 0), server: SocketAddr::new(NEAR, port), ..flow(FAR, 0, tcp(vec![Said::client("kestrel")])) };
        add(&format!("kestrel from outside to {port}"), to_us);
    }
    for port in [502, 20_000] {
        let inside = Flow {
            client: SocketAddr::new(NEAR, 0),
            server: SocketAddr::new([192, 168, 1, 1].into(), port),
            ..flow(FAR, 0, tcp(vec![Said::client("kestrel")]))
        };
        add(&format!("kestrel inside to {port}"), inside);
    }
    add(
        "asks inside",
        Flow {
            client: SocketAddr::new(NEAR, 0),
            server: SocketAddr::new([192, 168, 1, 1].into(), 53),
            ..flow(FAR, 0, What::Dns(Dns::query("kestrel.example")))
        },
    );
    add(
        "probe from outside",
        Flow {
            client: SocketAddr::new(FAR, 0),
            server: SocketAddr::new(NEAR, 80),
            ..flow(FAR, 0, What::Http(vec![Exchange::of(Request::get("www.example", "/kestrel-probe"))]))
        },
    );
    add("udp, kestrel", flow(FAR, 4444, What::Udp(vec![Said::client("kestrel")])));
    add("udp, late", flow(FAR, 4444, What::Udp(vec![Said::client("x kestrel and so much more"), Said::server("kestrel")])));
    add("udp over v6", flow(FAR6, 4444, What::Udp(vec![Said::client("kestrel")])));
    for (name, to, kind) in [("icmp", FAR, 8), ("icmp over v6", FAR6, 128)] {
        let echo = |from, kind| Icmp { from, kind, code: 0, rest: [0, 1, 0, 1], bytes: b"kestrel".to_vec() };
        add(name, flow(to, 0, What::Icmp(vec![echo(Side::Client, kind), echo(Side::Server, if kind == 8 { 0 } else { 129 })])));
    }
    add("ssh", flow(FAR, 22, What::Ssh { client: "SSH-2.0-OpenSSH_9.6".to_owned(), server: "SSH-2.0-kestrel".to_owned() }));
    let commands = [("USER kestrel", "331 go on"), ("PASS x", "230 in"), ("QUIT", "221 bye")];
    add("ftp", flow(FAR, 21, What::Ftp(commands.map(|(command, answer)| (command.to_owned(), answer.to_owned())).to_vec())));
    out
}
