//! Does each option mean what the manual says, and is what has no meaning refused?

use std::time::Duration;

use packets::certificate::Certificate;
use packets::dns::{Data, Dns};
use packets::http::{Exchange, Request, Response};
use packets::smtp::Session;
use packets::tls::{Hello, Tls};
use packets::{Flow, Icmp, Said, Side, What};
use proptest::prelude::*;

use super::*;

fn flow(what: What) -> Flow {
    let port = packets::usual_port(&what);
    Flow { client: "10.0.0.7:40000".parse().unwrap(), server: format!("203.0.113.80:{port}").parse().unwrap(), at: Duration::ZERO, what }
}

fn seen(what: What) -> Traffic {
    seen::traffic(&flow(what), seen::Version::Eight).unwrap()
}

fn fires(rule: &str, traffic: &Traffic) -> bool {
    Rule::read(rule).unwrap_or_else(|fault| panic!("{rule}: {fault}")).fires(traffic, &site()).unwrap_or_else(|fault| panic!("{rule}: {fault}"))
}

fn site() -> Site {
    let mut site = Site::stock();
    site.lists.insert("agents.lst".to_owned(), "a2VzdHJlbC8x\n".to_owned());
    site.lists.insert("hosts.lst".to_owned(), "203.0.113.80\n2001:db8::1\n".to_owned());
    // The digests of `MZ payload`.
    site.lists.insert("a.md5".to_owned(), "# head\n7d0c7b0f6a0b9b8f0e1d2c3b4a596877\nB81CA3A0C5C7B0E8C64A04F7D5F7FA1D\n".to_owned());
    site
}

/// A table of rules about one URI: options, URI, whether they hold.
fn about_uris(rows: &[(&str, &str, bool)]) {
    for (options, uri, holds) in rows {
        let traffic = seen(What::Http(vec![Exchange::of(Request::get("www.example", uri))]));
        let rule = format!("alert http any any -> any any (http.uri; {options} sid:1;)");
        assert_eq!(fires(&rule, &traffic), *holds, "{options} on {uri}");
    }
}

/// <https://docs.suricata.io/en/latest/rules/payload-keywords.html#content>, `nocase`, `depth`, `startswith`, `endswith`, `offset`.
#[test]
fn contents_stand_where_they_are_asked_for() {
    about_uris(&[
        (r#"content:"bc";"#, "/abcd", true),
        (r#"content:"BC";"#, "/abcd", false),
        (r#"content:"BC"; nocase;"#, "/abcd", true),
        (r#"content:"|2F|a|62|";"#, "/abcd", true),
        (r#"content:!"bc";"#, "/abcd", false),
        (r#"content:!"bx";"#, "/abcd", true),
        (r#"content:"/ab"; startswith;"#, "/abcd", true),
        (r#"content:"ab"; startswith;"#, "/abcd", false),
        (r#"content:"cd"; endswith;"#, "/abcd", true),
        (r#"content:"bc"; endswith;"#, "/abcd", false),
        (r#"content:"cd"; endswith;"#, "/cdcd", true),
        (r#"content:"bc"; depth:3;"#, "/abcd", false),
        (r#"content:"bc"; depth:4;"#, "/abcd", true),
        (r#"content:"bc"; offset:2; depth:2;"#, "/abcd", true),
        (r#"content:"bc"; offset:3;"#, "/abcd", false),
        (r#"content:"ab"; content:"cd";"#, "/cdab", true),
        (r#"content:"ab"; fast_pattern;"#, "/ab", true),
        (r#"content:"a\;b\:\\c";"#, "/xa;b:%5cc", false),
    ]);
}

/// `distance` and `within` on the same page, with their drawings.
#[test]
fn contents_go_on_from_each_other() {
    about_uris(&[
        (r#"content:"abc"; content:"def"; distance:1; within:4;"#, "/abcxdef", true),
        (r#"content:"abc"; content:"def"; distance:1;"#, "/abcdef", false),
        (r#"content:"abc"; content:"def"; within:3;"#, "/abcdef", true),
        (r#"content:"abc"; content:"def"; within:3;"#, "/abcxdef", false),
        (r#"content:"def"; content:"abc"; distance:-6; within:3;"#, "/abcdef", true),
        // Another place of the first helps the second.
        (r#"content:"a"; content:"b"; within:1;"#, "/axab", true),
        (r#"content:"a"; content:!"b"; within:1;"#, "/abax", true),
        (r#"content:"a"; content:!"b"; within:1;"#, "/abab", false),
        (r#"content:"ab"; isdataat:2,relative;"#, "/abcd", true),
        (r#"content:"ab"; isdataat:3,relative;"#, "/abcd", false),
        (r#"content:"ab"; isdataat:!3,relative;"#, "/abcd", true),
        (r#"content:"/"; isdataat:4;"#, "/abcd", true),
        (r#"content:"/"; isdataat:5;"#, "/abcd", false),
        (r#"content:"/ab"; byte_test:1,=,0x63,0,relative;"#, "/abcd", true),
        (r#"content:"/ab"; byte_test:2,>,25188,3;"#, "/abcd", true),
        (r#"content:"/ab"; byte_test:2,!=,25444,0,relative,big;"#, "/abcd", false),
    ]);
}

/// <https://docs.suricata.io/en/latest/rules/payload-keywords.html#pcre-perl-compatible-regular-expressions> and `bsize` above it.
#[test]
fn expressions_and_sizes() {
    about_uris(&[
        (r#"pcre:"/^\/ab+c$/";"#, "/abbc", true),
        (r#"pcre:"/^\/AB+C$/i";"#, "/abbc", true),
        (r#"pcre:!"/b{3}/";"#, "/abbc", true),
        (r#"content:"ab"; pcre:"/^cd/R";"#, "/abcd", true),
        (r#"content:"ab"; pcre:"/^d/R";"#, "/abcd", false),
        (r#"pcre:"/b/A";"#, "/abc", false),
        (r#"pcre:"/a.*?c/G"; content:"d"; within:1;"#, "/abcd", true),
        (r#"bsize:5; content:"/";"#, "/abcd", true),
        (r#"bsize:>5; content:"/";"#, "/abcd", false),
        (r#"bsize:<6; content:"/";"#, "/abcd", true),
        (r#"bsize:4<>6; content:"/";"#, "/abcd", true),
        (r#"bsize:5<>9; content:"/";"#, "/abcd", false),
        (r#"bsize:>=5; content:"/";"#, "/abcd", true),
    ]);
}

/// <https://docs.suricata.io/en/latest/rules/transforms.html>
#[test]
fn buffers_are_changed_before_they_are_looked_at() {
    about_uris(&[
        (r#"dotprefix; content:"./abcd"; startswith;"#, "/abcd", true),
        (r#"to_lowercase; content:"/abcd";"#, "/ABcd", true),
        (r#"to_uppercase; content:"/ABCD";"#, "/ABcd", true),
        (r#"strip_whitespace; content:"/abcd"; bsize:5;"#, "/ab%20cd", true),
        (r#"compress_whitespace; content:"/ab cd";"#, "/ab%20%20cd", true),
        (r#"url_decode; content:"/ab cd";"#, "/ab+cd", true),
        (r#"pcrexform:"^\/([a-z]+)"; content:"abcd"; bsize:4;"#, "/abcd/efg", true),
        (r#"pcrexform:"^\/([0-9]+)"; content:"/abcd"; bsize:5;"#, "/abcd", true),
        (r#"to_md5; content:"|66|"; offset:0;"#, "/abcd", false),
    ]);
}

/// <https://docs.suricata.io/en/latest/rules/http-keywords.html>, <https://docs.suricata.io/en/latest/rules/file-keywords.html>
#[test]
fn requests_and_responses_fill_their_buffers() {
    let request = Request::post("WWW.Example", "/a/../b%2fc?x=1", "MZ payload").with("User-Agent", "kestrel/1").with("Referer", "http://a.example/");
    let response = Response::ok("MZ payload").with("Content-Type", "text/plain").with("Content-Disposition", "attachment; filename=\"b.exe\"");
    let traffic = seen(What::Http(vec![Exchange { request, response: Some(response) }]));
    for (options, holds) in [
        (r#"http.method; content:"POST"; bsize:4;"#, true),
        (r#"http.host; content:"www.example"; bsize:11;"#, true),
        (r#"http.host.raw; content:"WWW.Example";"#, true),
        (r#"http.uri; content:"/b/c?x=1"; bsize:8;"#, true),
        (r#"urilen:8;"#, true),
        (r#"http.uri.raw; content:"/a/../b%2fc?x=1"; bsize:15;"#, true),
        (r#"http.user_agent; content:"kestrel/1"; bsize:9;"#, true),
        (r#"http.user_agent; dataset:isset,agents,type string,load agents.lst;"#, true),
        (r#"http.user_agent; dataset:isnotset,agents,type string,load agents.lst;"#, false),
        (r#"http.referer; content:"a.example";"#, true),
        (r#"http.request_body; content:"MZ"; startswith;"#, true),
        (r#"http.stat_code; content:"200"; bsize:3;"#, true),
        (r#"flow:to_server; http.content_type; content:"text";"#, false),
        (r#"flow:to_client; http.content_type; content:"text/plain";"#, true),
        (r#"flow:to_client; file.data; content:"MZ"; startswith;"#, true),
        (r#"flow:to_client; file.name; content:"b.exe"; bsize:5;"#, true),
        (r#"flow:to_server; file.name; content:"/b/c"; bsize:4;"#, true),
        (r#"flow:established,to_client; filesize:10;"#, true),
        (r#"flow:established,to_client; filesize:>10;"#, false),
        (r#"flow:not_established; http.method; content:"POST";"#, false),
        (r#"http.accept; content:"a";"#, false),
        (r#"http.accept; content:!"a";"#, false),
        (r#"http.accept; absent:or_else; content:!"a";"#, true),
        (r#"http.user_agent; absent:or_else; content:!"kestrel";"#, false),
        // Both must hold of one message.
        (r#"http.method; content:"POST"; http.user_agent; content:"merlin";"#, false),
    ] {
        assert_eq!(fires(&format!("alert http any any -> any any ({options} sid:1;)"), &traffic), holds, "{options}");
        assert!(!fires(&format!("alert tls any any -> any any ({options} sid:1;)"), &traffic), "{options}");
    }
    for (header, holds) in
        [("$HOME_NET any -> $EXTERNAL_NET $HTTP_PORTS", true), ("any any -> $HOME_NET any", false), ("any any <> $HOME_NET any", true)]
    {
        assert_eq!(fires(&format!("alert http {header} (http.method; content:\"POST\"; sid:1;)"), &traffic), holds, "{header}");
    }
}

/// <https://docs.suricata.io/en/latest/rules/file-keywords.html#filemd5>
#[test]
fn digests_are_those_of_whole_files() {
    let traffic =
        seen(What::Smtp(Session::of("a@evil.example", "b@home.example", "invoice", "see http://evil.example/x\r\n").attach("b.exe", "MZ payload")));
    let mut site = site();
    site.lists.insert("a.md5".to_owned(), "# head\n1bfed0c5e6e0ad3ee2ca0b1de4c8e9b7\n".to_owned());
    let digest = {
        use md5::{Digest as _, Md5};
        hex::encode(Md5::digest("MZ payload"))
    };
    let rule = |options: &str| Rule::read(&format!("alert smtp any any -> any any ({options} sid:1;)")).unwrap();
    assert_eq!(rule("filemd5:a.md5;").fires(&traffic, &site), Ok(false));
    assert_eq!(rule("filemd5:!a.md5;").fires(&traffic, &site), Ok(true));
    site.lists.insert("a.md5".to_owned(), format!("# head\n{}  b.exe\n", digest.to_uppercase()));
    assert_eq!(rule("filemd5:a.md5;").fires(&traffic, &site), Ok(true));
    assert!(matches!(rule("filesha1:b.sha1;").fires(&traffic, &site), Err(Fault::Unknown(_))));
    for (options, holds) in [
        (r#"file.name; content:".exe"; endswith;"#, true),
        (r#"file.data; content:"MZ"; startswith;"#, true),
        // <https://docs.suricata.io/en/latest/rules/smtp-keywords.html>, <https://docs.suricata.io/en/latest/rules/email-keywords.html>
        (r#"smtp.mail_from; content:"a@evil.example";"#, true),
        (r#"smtp.rcpt_to; content:"b@home.example";"#, true),
        (r#"smtp.helo; content:"client.example";"#, true),
        (r#"email.from; content:"a@evil.example";"#, true),
        (r#"email.to; content:"b@home.example";"#, true),
        (r#"email.subject; content:"invoice"; bsize:7;"#, true),
        (r#"email.url; content:"evil.example/x"; bsize:14;"#, true),
        (r#"content:"MAIL FROM";"#, true),
        (r#"content:"Subject|3A| invoice";"#, true),
    ] {
        assert_eq!(rule(options).fires(&traffic, &site), Ok(holds), "{options}");
    }
    assert!(matches!(rule(r#"content:"MAIL FROM"; content:"Subject";"#).fires(&traffic, &site), Err(Fault::Unknown(_))));
}

/// <https://docs.suricata.io/en/latest/rules/tls-keywords.html>, <https://docs.suricata.io/en/latest/rules/ja-keywords.html>
#[test]
fn handshakes_fill_their_buffers() {
    let mut tls = Tls::to("evil.example");
    tls.hello.protocols = vec!["h2".to_owned()];
    let certificate =
        Certificate { names: vec!["a.example".to_owned(), "b.example".to_owned()], serial: vec![0x8a, 1], ..Certificate::of("evil.example") };
    tls.server.as_mut().unwrap().certificates = vec![certificate];
    let ja3 = packets::fingerprint::ja3(&tls.hello).unwrap();
    let traffic = seen(What::Tls(tls.clone()));
    for (options, holds) in [
        (r#"tls.sni; content:"evil.example"; bsize:12;"#, true),
        (r#"tls.version:1.2;"#, true),
        (r#"tls.version:!1.2;"#, false),
        (r#"tls.cert_subject; content:"CN=evil.example";"#, true),
        (r#"tls.cert_issuer; content:"CN=evil.example";"#, true),
        (r#"tls.cert_serial; content:"00:8A:01"; bsize:8;"#, true),
        (r#"tls.cert_fingerprint; bsize:59;"#, true),
        (r#"tls.subjectaltname; content:"b.example"; bsize:9;"#, true),
        (r#"flow:to_server; tls.alpn; content:"h2"; bsize:2;"#, true),
        (r#"ja4.hash; content:"t12d100"; startswith;"#, true),
        (r#"ja3s.hash; bsize:32;"#, true),
    ] {
        assert_eq!(fires(&format!("alert tls any any -> any any ({options} sid:1;)"), &traffic), holds, "{options}");
    }
    assert!(fires(&format!("alert tls any any -> any any (ja3.hash; content:\"{ja3}\"; sid:1;)"), &traffic));
    let traffic = seen(What::Quic(Hello::to("evil.example").modern()));
    assert!(fires(r#"alert quic any any -> any any (quic.sni; content:"evil.example"; ja4.hash; content:"q13d"; startswith; sid:1;)"#, &traffic));
}

/// <https://docs.suricata.io/en/latest/rules/dns-keywords.html>
#[test]
fn names_are_asked_for_and_answered() {
    let traffic = seen(What::Dns(Dns::query("www.evil.example").answered(3, [Data::Cname("relay.example".to_owned())])));
    for (options, holds) in [
        (r#"dns.query; dotprefix; content:".evil.example"; endswith; nocase;"#, true),
        (r#"dns.query; content:"evil.example"; bsize:12;"#, false),
        (r#"dns.rrtype:1;"#, true),
        (r#"dns.rcode:3;"#, true),
        (r#"dns.rcode:!0; dns.rcode:!3;"#, false),
        (r#"flow:to_client; dns.queries.rrname; content:"evil";"#, true),
        (r#"dns.response.rrname; content:"relay.example"; bsize:13;"#, true),
    ] {
        assert_eq!(fires(&format!("alert dns any any -> any any ({options} sid:1;)"), &traffic), holds, "{options}");
    }
}

/// <https://docs.suricata.io/en/latest/rules/flow-keywords.html>, <https://docs.suricata.io/en/latest/rules/header-keywords.html>
#[test]
fn packets_are_asked_about_by_themselves() {
    let tcp = seen(What::Tcp(vec![Said::client("kestrel"), Said::server("merlin"), Said::client("rook")]));
    let udp = seen(What::Udp(vec![Said::client("kestrel"), Said::server("merlin")]));
    let echo = |from, kind| Icmp { from, kind, code: 0, rest: [0; 4], bytes: b"kestrel".to_vec() };
    let icmp = seen(What::Icmp(vec![echo(Side::Client, 8), echo(Side::Server, 0)]));
    for (rule, traffic, holds) in [
        (r#"tcp any any -> any any (content:"kestrel";"#, &tcp, true),
        (r#"tcp any any -> any any (flow:to_client; content:"kestrel";"#, &tcp, false),
        (r#"tcp any any -> any any (flow:established,to_client; content:"merlin";"#, &tcp, true),
        (r#"tcp any any -> any any (content:"kestrel"; content:"merlin";"#, &tcp, false),
        (r#"tcp any any -> any any (dsize:7; content:"kestrel";"#, &tcp, true),
        (r#"tcp any any -> any any (flags:S; flow:to_server;"#, &tcp, true),
        (r#"tcp any any -> any any (flags:S,CE; flow:established;"#, &tcp, false),
        (r#"tcp any any -> any any (flags:F+; flow:to_client;"#, &tcp, true),
        (r#"tcp any any -> any any (flags:*RU;"#, &tcp, false),
        (r#"tcp any any -> any any (flow.bytes_toserver:>100; flow:to_server;"#, &tcp, true),
        (r#"tcp any any -> any any (flow.pkts_toserver:>100;"#, &tcp, false),
        (r#"tcp any any -> 203.0.113.80 4444 ("#, &tcp, true),
        (r#"tcp any any -> 203.0.113.80 4445 ("#, &tcp, false),
        (r#"udp any any -> any any (content:"kestrel"; startswith;"#, &udp, true),
        (r#"udp any any -> any any (flow:established; content:"kestrel";"#, &udp, false),
        (r#"udp any any -> any any (flow:established; content:"merlin";"#, &udp, true),
        (r#"ip any any -> any any (ip_proto:17;"#, &udp, true),
        (r#"ip any any -> any any (ip_proto:!udp;"#, &udp, false),
        (r#"icmp any any -> any any (itype:8; icode:0;"#, &icmp, true),
        (r#"icmp any any -> any any (itype:3;"#, &icmp, false),
        (r#"icmpv6 any any -> any any (itype:8;"#, &icmp, false),
        (r#"ip any any -> any any (ip.dst; dataset:isset,hosts,type ip,load hosts.lst;"#, &tcp, true),
        (r#"ip any any -> any any (ip.src; dataset:isnotset,hosts,type ip,load hosts.lst; flow:to_client;"#, &tcp, false),
        (r#"ip 203.0.113.80 any <> any any (flow:to_server;"#, &tcp, true),
    ] {
        assert_eq!(fires(&format!("alert {rule} sid:1;)"), traffic), holds, "{rule}");
    }
}

/// <https://docs.suricata.io/en/latest/rules/thresholding.html>, <https://docs.suricata.io/en/latest/rules/xbits.html>
#[test]
fn rules_leave_marks_for_each_other() {
    let rules = Rules::read(
        "# two steps\n\
         alert http any any -> any any (http.uri; content:\"/two\"; xbits:isset,step,track ip_src; sid:2;)\n\
         alert http any any -> any any (http.uri; content:\"/one\"; xbits:set,step,track ip_src,expire 10; noalert; sid:1;)\n\
         alert http any any -> any any (http.uri; content:\"/\"; threshold:type both, track by_src, count 3, seconds 60; sid:3;)\n",
    )
    .unwrap();
    let get = |uri: &str, second| Flow { at: Duration::from_secs(second), ..flow(What::Http(vec![Exchange::of(Request::get("www.example", uri))])) };
    let traffic: Vec<Traffic> = [get("/two", 0), get("/one", 1), get("/two", 5), get("/two", 30)]
        .iter()
        .map(|flow| seen::traffic(flow, seen::Version::Eight).unwrap())
        .collect();
    let found: Vec<(u64, usize)> = rules.run(&traffic, &site()).unwrap().alerts.into_iter().map(|alert| (alert.sid, alert.traffic)).collect();
    assert_eq!(found, [(3, 2), (2, 2)]);
    let other = Rules::read("alert http any any -> any any (http.method; content:\"GET\"; sid:1;)\npass ip any any -> any any (sid:2;)").unwrap();
    assert!(other.run(&traffic, &site()).is_err());
}

#[test]
fn what_has_no_meaning_is_a_fault() {
    for options in [
        r#"http.uri; content:"a"; http_uri;"#,
        r#"http.frobnicate; content:"a";"#,
        r#"http.uri; content:"a"; luajit:x.lua;"#,
        r#"content:"a"; http.uri; content:"b";"#,
        r#"http.uri; content:"a"; http.stat_code; content:"200";"#,
        r#"http.uri; pcre:"/a/U";"#,
        r#"http.uri; pcre:"/(*LIMIT_MATCH=1)a/";"#,
        r#"http.uri; pcre:"/(/";"#,
        r#"http.uri; content:"a"; distance:x;"#,
        r#"http.uri; content:"a"; http.uri; content:"b";"#,
        r#"http.uri;"#,
        r#"http.uri; nocase;"#,
        r#"http.uri; content:"a"; depth:0;"#,
        r#"http.uri; content:"a"; startswith; offset:3;"#,
        r#"http.user_agent; dataset:set,a,type string,save a.lst;"#,
        r#"threshold:type limit, track by_src, count 0, seconds 1;"#,
        r#"flow:to_client,to_server; http.uri; content:"a";"#,
        r#"flow:to_client; http.uri; content:"a";"#,
        r#"http.uri; content:"a"; absent;"#,
        r#"http.uri; content:"a"; dotprefix;"#,
        r#"bsize:4;"#,
        r#"sid:x;"#,
        r#"tls.version:"2.0";"#,
    ] {
        assert!(Rule::read(&format!("alert http any any -> any any ({options} sid:1;)")).is_err(), "{options}");
    }
    let much = Rule::read(r#"alert http any any -> any any (http.request_body; content:"a"; content:"a"; distance:0; content:"a"; distance:0; content:"b"; distance:0; sid:1;)"#).unwrap();
    let traffic = seen(What::Http(vec![Exchange::of(Request::post("www.example", "/", "a".repeat(400)))]));
    assert!(matches!(much.fires(&traffic, &site()), Err(Fault::Unknown(_))));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = Rule::read(&text);
        let _ = Rules::read(&text);
    }

    #[test]
    fn any_options_are_read_or_refused(options in proptest::collection::vec(any_option(), 0..8)) {
        let text = format!("alert http [$HOME_NET,!192.0.2.0/24] any -> any [80:90,!85] ({} sid:1;)", options.concat());
        if let Ok(rule) = Rule::read(&text) {
            let traffic = seen(What::Http(vec![Exchange::of(Request::post("www.example", "/abc?x=1", "abc"))]));
            let _ = rule.fires(&traffic, &site());
        }
    }
}

fn any_option() -> impl Strategy<Value = String> {
    let names = proptest::sample::select(vec![
        "content",
        "pcre",
        "bsize",
        "depth",
        "offset",
        "distance",
        "within",
        "isdataat",
        "byte_test",
        "http.uri",
        "file.data",
        "nocase",
        "startswith",
        "endswith",
        "dotprefix",
        "pcrexform",
        "dataset",
        "filemd5",
        "flow",
        "flags",
        "threshold",
        "xbits",
        "absent",
        "urilen",
        "tls.version",
        "dsize",
    ]);
    let values = prop_oneof![
        Just(String::new()),
        "[0-9<>!=,-]{1,6}".prop_map(|value| format!(":{value}")),
        "\\PC{0,12}".prop_map(|value| format!(":{value}")),
        "[a-c|0-9 ^$.*+()/]{1,8}".prop_map(|value| format!(":\"{value}\"")),
        "[a-c^$.*+?()]{1,8}".prop_map(|value| format!(":\"/{value}/Ri\"")),
    ];
    (names, values).prop_map(|(name, value)| format!("{name}{value}; "))
}
