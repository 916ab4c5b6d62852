//! Do rules for behaviours fire where the description holds? Writes cases with flows for an independent judge.
//!
//! `cargo run -p suricata --example behaviors -- OUT [PROFILE]` writes `OUT/cases.json` and a folder of rules for each case, in the
//! form that a judge with the real engine reads: flows that must fire, flows that must not.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use backend::{Job, Overlay, Section, Target};
use ir::{
    ByteKind, BytePattern, BytesTest, Case, Correlation, CorrelationKind, Detection, Domain, EventClass, EventRule, EventSelector, Field, Flow,
    HexToken, IpNet, Kind, Meta, Need, NumberTest, Op, Pattern, Predicate, Regex, Step, Times, Tree, Url,
};
use serde_json::{Value, json};
use source::{Sources, Span};

struct Example {
    name: &'static str,
    kind: Kind,
    fire: Vec<Value>,
    quiet: Vec<Value>,
}

fn span() -> Span {
    Span::new(Sources::default().add("case", ""), 0, 0)
}

fn text(field: Field, patterns: &[Pattern]) -> Predicate {
    Predicate::text(field, patterns.to_vec(), Case::Insensitive, span())
}

fn on(class: EventClass, flow: Option<Flow>, predicate: Predicate) -> Kind {
    Kind::Event(EventRule { event: EventSelector { flow, ..EventSelector::of(class) }, predicate })
}

fn all(list: Vec<Predicate>) -> Predicate {
    Predicate::All(list)
}

fn any(list: Vec<Predicate>) -> Predicate {
    Predicate::Any(list)
}

fn number(field: Field, test: NumberTest) -> Predicate {
    Predicate::test(field, Op::Number(test), span())
}

fn http(uri: &str) -> Value {
    json!({"type": "http", "request": {"method": "GET", "host": "a.test", "uri": uri, "user_agent": "UA/1"}})
}

fn inbound(method: &str, uri: &str) -> Value {
    json!({"type": "http", "src": "198.51.100.9", "dst": "192.168.1.80", "request": {"method": method, "host": "a.test", "uri": uri, "user_agent": "UA/1"}})
}

fn body(method: &str, body: &str) -> Value {
    json!({"type": "http", "request": {"method": method, "host": "a.test", "uri": "/", "body": body}})
}

fn served(data: &str) -> Value {
    json!({"type": "http", "request": {"host": "a.test", "uri": "/f.bin"}, "response": {"body": data}})
}

fn mail(from: &str, subject: &str, text: &str) -> Value {
    json!({"type": "smtp", "src": "198.51.100.20", "dst": "192.168.1.25", "mail_from": from, "subject": subject, "body": text})
}

fn examples() -> Vec<Example> {
    use EventClass::{DnsQuery, EmailMessage, FileContent, HttpRequest, NetworkFlow, TlsHandshake};
    let regex = |text: &str| Regex::parse(text, Case::Insensitive).unwrap();
    let byte = |value| HexToken::Byte { value, mask: 0xff };
    let bytes = |need, patterns: Vec<BytePattern>| Predicate::Bytes(BytesTest { need, patterns, span: span() });
    let step = |name: &str, event: EventClass, predicate: Predicate, min| Step {
        name: name.to_owned(),
        rule: EventRule { event: EventSelector::of(event), predicate },
        times: Times { min, max: None },
        span: span(),
    };
    vec![
        Example {
            name: "web-shell",
            kind: on(
                HttpRequest,
                Some(Flow::Inbound),
                all(vec![
                    text(Field::HttpMethod, &[Pattern::exact("POST")]),
                    text(Field::UrlPath, &[Pattern::starts("/aspnet_client/")]),
                    text(Field::UrlPath, &[Pattern::ends(".aspx")]),
                ]),
            ),
            fire: vec![inbound("POST", "/aspnet_client/a.aspx"), inbound("POST", "/ASPNET_client/x/a.ASPX?q=1")],
            quiet: vec![
                inbound("GET", "/aspnet_client/a.aspx"),
                inbound("POST", "/x/aspnet_client/a.aspx"),
                inbound("POST", "/aspnet_client/a.txt?x=.aspx"),
            ],
        },
        Example {
            name: "path-forms",
            kind: on(
                HttpRequest,
                None,
                text(Field::UrlPath, &[Pattern::exact("/one;two\"x"), Pattern::contains("ev|il"), Pattern::glob("/g?te/*/end")]),
            ),
            fire: vec![http("/one;two\"x"), http("/ONE;two\"x?q"), http("/a/ev|il/b"), http("/gate/a/b/end"), http("/gAte/x/end?x")],
            quiet: vec![http("/one;two\"xy"), http("/?ev|il"), http("/gaate/a/end"), http("/gte/a/end")],
        },
        Example {
            name: "path-under",
            kind: on(HttpRequest, None, Predicate::test(Field::UrlPath, Op::Under(vec![Tree::parse("/owa/auth/").unwrap()]), span())),
            fire: vec![http("/owa/auth"), http("/OWA/auth/x.js"), http("/owa/auth?x")],
            quiet: vec![http("/owa/authx"), http("/x/owa/auth/")],
        },
        Example {
            name: "query",
            kind: on(HttpRequest, None, text(Field::UrlQuery, &[Pattern::starts("cmd="), Pattern::exact("id=1&x=%41"), Pattern::ends("&z")])),
            fire: vec![http("/a?cmd=whoami"), http("/a?id=1&x=%41"), http("/a?b&z")],
            quiet: vec![http("/cmd=whoami"), http("/a?xcmd=1"), http("/a?id=1&x=%412"), http("/a?b&zz")],
        },
        Example {
            name: "negated-path",
            kind: on(
                HttpRequest,
                None,
                all(vec![
                    text(Field::UrlPath, &[Pattern::starts("/gate/")]),
                    text(Field::UrlPath, &[Pattern::exact("/gate/good"), Pattern::ends(".css")]).negate(),
                ]),
            ),
            fire: vec![http("/gate/bad"), http("/gate/good/x"), http("/gate/a.cssx")],
            quiet: vec![http("/gate/good"), http("/gate/good?x=1"), http("/gate/a.css"), http("/other")],
        },
        Example {
            name: "body-and-agent",
            kind: on(
                HttpRequest,
                None,
                all(vec![
                    text(Field::HttpBody, &[Pattern::contains("eval(Request[\"x\"]);")]),
                    text(Field::HttpMethod, &[Pattern::exact("PUT"), Pattern::exact("POST")]),
                ]),
            ),
            fire: vec![body("POST", "a eval(request[\"x\"]); b"), body("PUT", "eval(Request[\"x\"]);")],
            quiet: vec![body("POST", "eval(Request['x']);"), body("PATCH", "eval(Request[\"x\"]);")],
        },
        Example {
            name: "no-agent",
            kind: on(
                HttpRequest,
                None,
                all(vec![text(Field::UrlPath, &[Pattern::exact("/beacon")]), Predicate::test(Field::UserAgent, Op::Exists, span()).negate()]),
            ),
            fire: vec![json!({"type": "http", "request": {"host": "a.test", "uri": "/beacon"}})],
            quiet: vec![http("/beacon")],
        },
        Example {
            name: "regex",
            kind: on(
                HttpRequest,
                None,
                all(vec![
                    Predicate::test(Field::UserAgent, Op::Regex(vec![regex(r#"^bot[\d;"/]{2,4}\z"#)]), span()),
                    text(Field::UrlHost, &[Pattern::ends(".Test")]),
                ]),
            ),
            fire: vec![json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "Bot1;\"/"}})],
            quiet: vec![
                json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "xBot1;"}}),
                json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "Bot1"}}),
            ],
        },
        Example {
            name: "path-regex",
            kind: on(
                HttpRequest,
                None,
                all(vec![
                    Predicate::test(Field::UrlPath, Op::Regex(vec![regex(r"^/[a-z]{4}\.php$"), regex("/ev.*il")]), span()),
                    Predicate::test(Field::UrlPath, Op::Regex(vec![regex("good")]), span()).negate(),
                ]),
            ),
            fire: vec![http("/gate.php"), http("/GATE.php?good"), http("/x/ev/il/")],
            quiet: vec![http("/gate.phpx"), http("/a/gate.php"), http("/ev?il"), http("/ev-good-il")],
        },
        Example {
            name: "query-regex",
            kind: on(HttpRequest, None, Predicate::test(Field::UrlQuery, Op::Regex(vec![regex("^id=[0-9]{4}$")]), span())),
            fire: vec![http("/a?id=1234")],
            quiet: vec![http("/a?id=12345"), http("/id=1234"), http("/a?xid=1234")],
        },
        Example {
            name: "unicode-agent",
            kind: on(HttpRequest, None, text(Field::UserAgent, &[Pattern::contains("ÉVIL-agent")])),
            fire: vec![
                json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "x évil-AGENT"}}),
                json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "ÉVIL-agent"}}),
            ],
            quiet: vec![json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "evil-agent"}})],
        },
        Example {
            name: "host-parts",
            kind: on(
                HttpRequest,
                None,
                all(vec![
                    Predicate::test(
                        Field::UrlHost,
                        Op::Domain(vec![Domain::parse("evil.example").unwrap(), Domain::parse("bad.example").unwrap()]),
                        span(),
                    ),
                    text(Field::HttpMethod, &[Pattern::exact("POST")]),
                ]),
            ),
            fire: vec![json!({"type": "http", "request": {"method": "POST", "host": "a.BAD.example", "uri": "/"}})],
            quiet: vec![
                json!({"type": "http", "request": {"method": "GET", "host": "a.bad.example", "uri": "/"}}),
                json!({"type": "http", "request": {"method": "POST", "host": "xbad.example", "uri": "/"}}),
            ],
        },
        Example {
            name: "status",
            kind: on(
                HttpRequest,
                None,
                all(vec![number(Field::HttpStatus, NumberTest::AtLeast(500)), text(Field::HttpContentType, &[Pattern::contains("evil-type")])]),
            ),
            fire: vec![
                json!({"type": "http", "request": {"host": "a.test", "uri": "/"}, "response": {"status": 503, "headers": {"Content-Type": "x/evil-type"}, "body": "x"}}),
            ],
            quiet: vec![
                json!({"type": "http", "request": {"host": "a.test", "uri": "/"}, "response": {"status": 200, "headers": {"Content-Type": "x/evil-type"}, "body": "x"}}),
            ],
        },
        Example {
            name: "ports",
            kind: on(
                NetworkFlow,
                Some(Flow::Outbound),
                all(vec![
                    text(Field::Transport, &[Pattern::exact("tcp")]),
                    number(Field::DestinationPort, NumberTest::In(vec![4444, 8443])),
                    Predicate::test(Field::DestinationIp, Op::Address(vec!["203.0.113.64/28".parse::<IpNet>().unwrap()]), span()).negate(),
                ]),
            ),
            fire: vec![json!({"type": "tcp", "dst": "203.0.113.10", "dport": 4444, "payloads": [{"data": "x"}]})],
            quiet: vec![
                json!({"type": "tcp", "dst": "203.0.113.66", "dport": 4444, "payloads": [{"data": "x"}]}),
                json!({"type": "udp", "dst": "203.0.113.10", "dport": 4444, "payloads": [{"data": "x"}]}),
                json!({"type": "tcp", "dst": "203.0.113.10", "dport": 443, "payloads": [{"data": "x"}]}),
            ],
        },
        Example {
            name: "not-ports",
            kind: on(
                NetworkFlow,
                Some(Flow::Outbound),
                all(vec![
                    Predicate::test(
                        Field::DestinationIp,
                        Op::Address(vec!["203.0.113.0/24".parse::<IpNet>().unwrap(), "2001:db8:bad::/48".parse::<IpNet>().unwrap()]),
                        span(),
                    ),
                    number(Field::DestinationPort, NumberTest::In(vec![80, 443])).negate(),
                    number(Field::DestinationPort, NumberTest::Less(1000)),
                ]),
            ),
            fire: vec![
                json!({"type": "tcp", "dst": "203.0.113.10", "dport": 444, "payloads": [{"data": "x"}]}),
                json!({"type": "udp", "src": "fd00::10", "dst": "2001:db8:bad::9", "dport": 53, "payloads": [{"data": "x"}]}),
            ],
            quiet: vec![
                json!({"type": "tcp", "dst": "203.0.113.10", "dport": 443, "payloads": [{"data": "x"}]}),
                json!({"type": "tcp", "dst": "203.0.113.10", "dport": 1000, "payloads": [{"data": "x"}]}),
            ],
        },
        Example {
            name: "dns-pattern",
            kind: on(
                DnsQuery,
                None,
                all(vec![
                    Predicate::test(Field::DnsName, Op::Regex(vec![regex(r"^[a-z0-9]{30,63}\.[a-z0-9-]+\.example$")]), span()),
                    Predicate::test(Field::DnsName, Op::Domain(vec![Domain::parse("good.example").unwrap()]), span()).negate(),
                ]),
            ),
            fire: vec![json!({"type": "dns", "qname": "abcdefghijabcdefghijabcdefghij01.tunnel.example"})],
            quiet: vec![
                json!({"type": "dns", "qname": "abcdefghij.tunnel.example"}),
                json!({"type": "dns", "qname": "abcdefghijabcdefghijabcdefghij01.good.example"}),
            ],
        },
        Example {
            name: "tls",
            kind: on(
                TlsHandshake,
                None,
                all(vec![text(Field::TlsSni, &[Pattern::contains("-evil-")]), text(Field::TlsVersion, &[Pattern::exact("TLS 1.2")])]),
            ),
            fire: vec![json!({"type": "tls", "sni": "a-Evil-b.test", "version": "1.2"})],
            quiet: vec![json!({"type": "tls", "sni": "a-evil-b.test", "version": "1.3"}), json!({"type": "tls", "sni": "a.test", "version": "1.2"})],
        },
        Example {
            name: "tls-cert",
            kind: on(
                TlsHandshake,
                None,
                all(vec![
                    text(Field::TlsCertSubject, &[Pattern::contains("CN=evil; corp")]),
                    text(Field::TlsCertSerial, &[Pattern::exact("2BA2F5")]),
                ]),
            ),
            fire: vec![json!({"type": "tls", "sni": "a.test", "cert": {"subject": {"CN": "evil; corp"}, "serial": "2ba2f5"}})],
            quiet: vec![json!({"type": "tls", "sni": "a.test", "cert": {"subject": {"CN": "evil; corp"}, "serial": "2ba2f6"}})],
        },
        Example {
            name: "file-bytes",
            kind: on(
                FileContent,
                None,
                all(vec![
                    text(Field::FileType, &[Pattern::exact("pe"), Pattern::exact("elf")]),
                    bytes(
                        Need::AtLeast(2),
                        vec![
                            BytePattern { wide: true, ..BytePattern::text("Evil;Mutex") },
                            BytePattern {
                                kind: ByteKind::Hex(vec![
                                    byte(0x41),
                                    HexToken::Byte { value: 0x40, mask: 0xf0 },
                                    HexToken::Jump { min: 1, max: Some(3) },
                                    byte(0x5a),
                                    byte(0x5a),
                                ]),
                                ..BytePattern::text("")
                            },
                            BytePattern { nocase: true, fullword: true, ..BytePattern::text("needle") },
                        ],
                    ),
                ]),
            ),
            fire: vec![
                served("MZ..Evil;Mutex..ABxxZZ"),
                served("MZ..E\0v\0i\0l\0;\0M\0u\0t\0e\0x\0 NEEDLE x"),
                json!({"type": "smtp", "attachments": [{"filename": "a.exe", "data": "\u{7f}ELF ABxxxZZ needle"}]}),
            ],
            quiet: vec![served("xMZ..Evil;Mutex..ABxxZZ"), served("MZ Evil;Mutex"), served("MZ Evil;Mutex needles ABZZ")],
        },
        Example {
            name: "file-size",
            kind: on(
                FileContent,
                None,
                all(vec![
                    bytes(Need::All, vec![BytePattern::text("<%@ Page"), BytePattern { at: Some(2), ..BytePattern::text("evil") }]),
                    number(Field::FileSize, NumberTest::Less(40)),
                ]),
            ),
            fire: vec![served("..evil <%@ Page")],
            quiet: vec![served(".evil <%@ Page"), served("..evil <%@ Page aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")],
        },
        Example {
            name: "file-name",
            kind: on(
                FileContent,
                None,
                all(vec![
                    text(Field::FileExtension, &[Pattern::exact("exe"), Pattern::exact("scr")]),
                    text(Field::FileName, &[Pattern::starts("Invoice")]),
                ]),
            ),
            fire: vec![json!({"type": "smtp", "attachments": [{"filename": "invoice 1.EXE", "data": "x"}]})],
            quiet: vec![
                json!({"type": "smtp", "attachments": [{"filename": "invoice.exe.txt", "data": "x"}]}),
                json!({"type": "smtp", "attachments": [{"filename": "a.exe", "data": "x"}]}),
            ],
        },
        Example {
            name: "mail-subject",
            kind: on(
                EmailMessage,
                None,
                text(Field::EmailSubject, &[Pattern::exact("Your \"invoice\"; please pay"), Pattern::glob("Re: order *42")]),
            ),
            fire: vec![mail("a@b.test", "Your \"invoice\"; please pay", "x\r\n"), mail("a@b.test", "re: ORDER no 42", "x\r\n")],
            quiet: vec![
                mail("a@b.test", "Your \"invoice\"; please pay now", "x\r\n"),
                mail("a@b.test", "Fwd: Re: order 42", "x\r\n"),
                mail("a@b.test", "x", "Your \"invoice\"; please pay\r\n"),
            ],
        },
        Example {
            name: "mail-domain",
            kind: on(EmailMessage, None, Predicate::test(Field::EmailFromDomain, Op::Domain(vec![Domain::parse("evil.example").unwrap()]), span())),
            fire: vec![mail("x@evil.example", "a", "x\r\n"), mail("x@A.Evil.example", "a", "x\r\n")],
            quiet: vec![mail("x@devil.example", "a", "x\r\n"), mail("x@evil.example.test", "a", "x\r\n"), mail("evil.example@b.test", "a", "x\r\n")],
        },
        Example {
            name: "mail-links",
            kind: on(
                EmailMessage,
                None,
                any(vec![
                    Predicate::test(Field::EmailUrl, Op::Url(vec![Url::parse("https://evil.example/a?b=1").unwrap()]), span()),
                    Predicate::test(Field::EmailUrlHost, Op::Domain(vec![Domain::parse("lure.example").unwrap()]), span()),
                    text(Field::EmailUrl, &[Pattern::contains("/track?id=")]),
                ]),
            ),
            fire: vec![
                mail("a@b.test", "a", "go https://Evil.example/a?b=1 now\r\n"),
                mail("a@b.test", "a", "see http://x.lure.example:8080/ now\r\n"),
                mail("a@b.test", "a", "see http://n.test/x/track?id=7 now\r\n"),
            ],
            quiet: vec![
                mail("a@b.test", "a", "go https://evil.example/a?b=12 now\r\n"),
                mail("a@b.test", "a", "see http://xlure.example/ now\r\n"),
                mail("a@b.test", "a", "lure.example\r\n"),
            ],
        },
        Example {
            name: "mail-to",
            kind: on(EmailMessage, None, text(Field::EmailTo, &[Pattern::exact("drop@evil.example")])),
            fire: vec![json!({"type": "smtp", "rcpt_to": ["x@b.test", "Drop@evil.example"]})],
            quiet: vec![json!({"type": "smtp", "rcpt_to": ["backdrop@evil.example"]})],
        },
        Example {
            name: "urls",
            kind: on(
                HttpRequest,
                None,
                Predicate::test(
                    Field::UrlFull,
                    Op::Url(
                        [
                            "http://evil.example/Gate.php?a=1",
                            "http://evil.example/",
                            "http://evil.example/a/../b",
                            "https://evil.example/tls",
                            "http://evil.example:8081/p",
                        ]
                        .iter()
                        .map(|url| Url::parse(url).unwrap())
                        .collect(),
                    ),
                    span(),
                ),
            ),
            fire: vec![
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/gate.php?A=1"}}),
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/"}}),
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/a/../b"}}),
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/tls"}}),
                json!({"type": "http", "dport": 8081, "request": {"host": "evil.example:8081", "uri": "/p"}}),
                json!({"type": "http", "dport": 3128, "request": {"host": "evil.example:8081", "uri": "http://evil.example:8081/p"}}),
            ],
            quiet: vec![
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/gate.php"}}),
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/b"}}),
                json!({"type": "http", "request": {"host": "evil.example", "uri": "/p"}}),
            ],
        },
        Example {
            name: "beacon",
            kind: Kind::Correlation(Correlation {
                kind: CorrelationKind::Count(step("ask", HttpRequest, text(Field::UrlPath, &[Pattern::exact("/ping")]), 3)),
                by: vec![Field::SourceIp.into()],
                within: Duration::from_secs(600),
                jitter: None,
            }),
            fire: vec![
                json!({"type": "http", "exchanges": [{"request": {"host": "a.test", "uri": "/ping"}}, {"request": {"host": "a.test", "uri": "/ping"}}, {"request": {"host": "a.test", "uri": "/ping"}}]}),
            ],
            quiet: vec![
                json!({"type": "http", "exchanges": [{"request": {"host": "a.test", "uri": "/ping"}}, {"request": {"host": "a.test", "uri": "/ping"}}, {"request": {"host": "a.test", "uri": "/pong"}}]}),
            ],
        },
        Example {
            name: "sequence",
            kind: Kind::Correlation(Correlation {
                kind: CorrelationKind::Sequence(vec![
                    step("probe", HttpRequest, text(Field::UrlPath, &[Pattern::exact("/probe")]), 1),
                    step("post", HttpRequest, text(Field::UrlPath, &[Pattern::exact("/post")]), 1),
                ]),
                by: vec![Field::SourceIp.into()],
                within: Duration::from_secs(600),
                jitter: None,
            }),
            fire: vec![
                json!({"type": "http", "exchanges": [{"request": {"host": "a.test", "uri": "/probe"}}, {"request": {"host": "a.test", "uri": "/post"}}]}),
            ],
            quiet: vec![
                json!({"type": "http", "exchanges": [{"request": {"host": "a.test", "uri": "/post"}}, {"request": {"host": "a.test", "uri": "/probe"}}]}),
                http("/post"),
            ],
        },
        Example {
            name: "connections",
            kind: Kind::Correlation(Correlation {
                kind: CorrelationKind::Count(step(
                    "try",
                    NetworkFlow,
                    all(vec![text(Field::Transport, &[Pattern::exact("tcp")]), number(Field::DestinationPort, NumberTest::In(vec![22]))]),
                    1,
                )),
                by: vec![Field::SourceIp.into(), Field::DestinationIp.into()],
                within: Duration::from_secs(60),
                jitter: None,
            }),
            fire: vec![json!({"type": "tcp", "dport": 22, "payloads": [{"data": "x"}]})],
            quiet: vec![
                json!({"type": "tcp", "dport": 23, "payloads": [{"data": "x"}]}),
                json!({"type": "tcp", "dport": 22, "handshake": "none", "payloads": [{"data": "x"}]}),
            ],
        },
        Example {
            name: "many-names",
            kind: on(
                DnsQuery,
                None,
                Predicate::test(
                    Field::DnsName,
                    Op::Domain((0..600).map(|at| Domain::parse(&format!("n{at}.{}example", if at % 2 == 0 { "x." } else { "" })).unwrap()).collect()),
                    span(),
                ),
            ),
            fire: vec![
                json!({"type": "dns", "qname": "N4.x.Example"}),
                json!({"type": "dns", "qname": "a.b.n4.x.example"}),
                json!({"type": "dns", "qname": "c.n5.example"}),
                json!({"type": "dns", "qname": "n5.example"}),
            ],
            quiet: vec![
                json!({"type": "dns", "qname": "xn5.example"}),
                json!({"type": "dns", "qname": "n4.example"}),
                json!({"type": "dns", "qname": "example"}),
            ],
        },
        Example {
            name: "many-hosts",
            kind: on(HttpRequest, None, text(Field::UrlHost, &(0..600).map(|at| Pattern::exact(format!("H{at}.example"))).collect::<Vec<_>>())),
            fire: vec![json!({"type": "http", "request": {"host": "H7.Example", "uri": "/"}})],
            quiet: vec![json!({"type": "http", "request": {"host": "a.h7.example", "uri": "/"}})],
        },
        Example {
            name: "many-agents",
            kind: on(HttpRequest, None, text(Field::UserAgent, &(0..600).map(|at| Pattern::exact(format!("Agent {at}; x"))).collect::<Vec<_>>())),
            fire: vec![json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "agent 7; X"}})],
            quiet: vec![json!({"type": "http", "request": {"host": "a.test", "uri": "/", "user_agent": "agent 7"}})],
        },
        Example {
            name: "many-addresses",
            kind: on(
                NetworkFlow,
                Some(Flow::Outbound),
                Predicate::test(
                    Field::DestinationIp,
                    Op::Address(
                        (0..6000_u32)
                            .map(|at| IpNet::from(std::net::IpAddr::from(std::net::Ipv4Addr::from(0xCB00_0000 + at))))
                            .chain(["2001:db8:bad::/48".parse().unwrap()])
                            .collect(),
                    ),
                    span(),
                ),
            ),
            fire: vec![
                json!({"type": "udp", "dst": "203.0.1.9", "payloads": [{"data": "x"}]}),
                json!({"type": "udp", "src": "fd00::10", "dst": "2001:db8:bad::9", "payloads": [{"data": "x"}]}),
            ],
            quiet: vec![json!({"type": "udp", "dst": "203.1.1.9", "payloads": [{"data": "x"}]})],
        },
        Example {
            name: "some-addresses",
            kind: on(
                NetworkFlow,
                Some(Flow::Inbound),
                Predicate::test(
                    Field::SourceIp,
                    Op::Address((0..250_u32).map(|at| IpNet::from(std::net::IpAddr::from(std::net::Ipv4Addr::from(0xCB00_7100 + at)))).collect()),
                    span(),
                ),
            ),
            fire: vec![
                json!({"type": "tcp", "src": "203.0.113.150", "dst": "192.168.1.80", "payloads": [{"data": "x"}]}),
                json!({"type": "icmp", "src": "203.0.113.1", "dst": "192.168.1.80"}),
            ],
            quiet: vec![json!({"type": "tcp", "src": "203.0.113.251", "dst": "192.168.1.80", "payloads": [{"data": "x"}]})],
        },
    ]
}

fn main() {
    let mut args = std::env::args().skip(1);
    let out = std::path::PathBuf::from(args.next().unwrap());
    let profile = args.next().unwrap_or_else(|| "7".to_owned());
    let target = suricata::Suricata;
    let profile = Target::about(&target).profiles.iter().find(|known| known.id == profile).unwrap();
    let overlay = Overlay::default();
    let mut numbers = Section::default();
    let mut cases = Vec::new();
    for example in examples() {
        let meta = Arc::new(Meta { advisory: example.name.to_owned(), ..Meta::default() });
        let key = format!("{0}/{0}.facet", example.name);
        let detection = Detection {
            id: ir::id::of(example.name, &key),
            key,
            title: format!("Behaviour {}", example.name),
            description: String::new(),
            meta,
            kind: example.kind,
            indicators: Arc::new([]),
            span: span(),
        };
        let compiled = target.compile(Job { profile, detections: std::slice::from_ref(&detection), overlay: &overlay, numbers: numbers.clone() });
        numbers = compiled.numbers;
        let folder = out.join(example.name);
        std::fs::create_dir_all(&folder).unwrap();
        for artefact in compiled.artefacts {
            std::fs::write(folder.join(artefact.path), artefact.text).unwrap();
        }
        for said in compiled.entries.iter().flat_map(|entry| &entry.diagnostics).chain(&compiled.findings) {
            eprintln!("{}: {} {:?} {}", example.name, said.code.slug, said.loss, said.message);
        }
        cases.push(json!({"name": example.name, "ioc": {"type": "behaviour", "value": example.name}, "fire": example.fire, "quiet": example.quiet}));
    }
    std::fs::write(out.join("cases.json"), json!({"cases": cases}).to_string()).unwrap();
}
