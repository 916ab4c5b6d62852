//! What a test becomes, and what is said about it.

use std::sync::Arc;

use backend::{Compiled, Job, Outcome, Overlay, Section, Target};
use ir::{
    Case, Detection, Domain, EventClass, EventRule, EventSelector, Field, Flow, IpNet, Kind, Meta, NativeLanguage, NumberTest, Op, Pattern,
    Predicate, Url,
};
use source::{Sources, Span};

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

fn compile(kind: Kind, profile: usize) -> Compiled {
    let meta = Arc::new(Meta { advisory: "A-1".to_owned(), folder: "A-1".to_owned(), ..Meta::default() });
    let detection = Detection {
        key: "A-1/b.f".to_owned(),
        id: ir::id::of("A-1", "b.f"),
        title: "Title".to_owned(),
        description: String::new(),
        meta,
        kind,
        indicators: Arc::new([]),
        span: span(),
    };
    let target = crate::Suricata;
    let profile = &Target::about(&target).profiles[profile];
    target.compile(Job {
        profile,
        detections: &[&detection],
        overlay: &Overlay::default(),
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    })
}

fn on(class: EventClass, predicate: Predicate) -> Kind {
    Kind::Event(EventRule { event: EventSelector::of(class), predicate })
}

/// Header and deciding options of each rule.
fn bodies(compiled: &Compiled) -> Vec<String> {
    assert_eq!(compiled.refused().next(), None);
    let body = |text: &str| {
        let (header, options) = text.split_once(" (msg:").unwrap();
        let options = options.split_once(';').unwrap().1;
        format!("{header} |{}", options.split(" classtype:").next().unwrap())
    };
    compiled.rules.iter().map(|rule| body(&rule.text)).collect()
}

fn codes(compiled: &Compiled) -> Vec<&'static str> {
    compiled.entries[0].diagnostics.iter().map(|said| said.code.slug).collect()
}

fn text(field: Field, patterns: &[Pattern]) -> Predicate {
    Predicate::text(field, patterns.to_vec(), Case::Insensitive, span())
}

#[test]
fn a_domain_is_a_name_behind_a_dot() {
    let domain = Domain::parse("evil.example").unwrap();
    let test = |field| Predicate::test(field, Op::Domain(vec![domain.clone()]), span());
    let dns = compile(on(EventClass::DnsQuery, test(Field::DnsName)), 0);
    assert_eq!(bodies(&dns), ["alert dns any any -> any any | dns.query; dotprefix; content:\".evil.example\"; endswith; nocase;"]);
    let http = compile(on(EventClass::HttpRequest, test(Field::UrlHost)), 0);
    let want = "alert http any any -> any any | flow:established,to_server; http.host; to_lowercase; dotprefix; content:\".evil.example\"; endswith;";
    assert_eq!(bodies(&http), [want]);
    // Suricata 8 keeps no capitals.
    let http = compile(on(EventClass::HttpRequest, test(Field::UrlHost)), 1);
    assert_eq!(bodies(&http), [want.replace(" to_lowercase;", "")]);
}

#[test]
fn a_url_is_host_and_uri_and_https_is_named() {
    let urls = vec![Url::parse("http://Evil.example/Gate;1").unwrap(), Url::parse("https://evil.example/a%20b").unwrap()];
    let compiled = compile(on(EventClass::HttpRequest, Predicate::test(Field::UrlFull, Op::Url(urls), span())), 0);
    assert_eq!(codes(&compiled), ["suricata.encrypted-url", "suricata.normalised-uri"]);
    let bodies = bodies(&compiled);
    assert!(
        bodies[0].ends_with("http.host; to_lowercase; content:\"evil.example\"; bsize:12; http.uri; content:\"/Gate|3B|1\"; nocase; bsize:7;"),
        "{}",
        bodies[0]
    );
    assert!(bodies[1].contains("http.uri.raw; content:\"/a%20b\"; endswith; nocase;"), "{}", bodies[1]);
}

#[test]
fn bare_addresses_have_no_flow_and_long_lists_are_divided() {
    let nets = |count: u32| (0..count).map(|at| IpNet::from(std::net::IpAddr::from(std::net::Ipv4Addr::from(0xC633_6400 + at)))).collect::<Vec<_>>();
    let rule = |count| {
        let event = EventSelector { flow: Some(Flow::Inbound), ..EventSelector::of(EventClass::NetworkFlow) };
        Kind::Event(EventRule { event, predicate: Predicate::test(Field::SourceIp, Op::Address(nets(count)), span()) })
    };
    let few = compile(rule(2), 0);
    assert_eq!(bodies(&few), ["alert ip [198.51.100.0,198.51.100.1] any -> $HOME_NET any |"]);
    assert_eq!(compile(rule(201), 0).rules.len(), 3);
    let many = compile(rule(5001), 0);
    assert_eq!(many.rules.len(), 1);
    let body = &bodies(&many)[0];
    assert!(body.contains("ip.src; dataset:isset,") && body.ends_with("threshold:type limit, track by_both, count 1, seconds 60;"), "{body}");
}

#[test]
fn everything_but_an_address_is_of_both_families() {
    let not = |text: &str| Predicate::Not(Box::new(Predicate::test(Field::DestinationIp, Op::Address(vec![text.parse().unwrap()]), span())));
    let sni = text(Field::TlsSni, &[Pattern::exact("evil.example")]);
    let body = bodies(&compile(on(EventClass::TlsHandshake, Predicate::All(vec![sni, not("192.0.2.0/28"), not("2001:db8::1/128")])), 0));
    assert!(body[0].starts_with("alert tls any any -> [any,!192.0.2.0/28,!2001:db8::1] any |"), "{}", body[0]);
}

#[test]
fn a_serial_number_whose_first_bit_is_set_has_a_byte_more() {
    let body = |serial: &str| bodies(&compile(on(EventClass::TlsHandshake, text(Field::TlsCertSerial, &[Pattern::exact(serial)])), 0));
    assert!(body("8a0102")[0].ends_with("tls.cert_serial; content:\"00|3A|8A|3A|01|3A|02\"; bsize:11;"), "{:?}", body("8a0102"));
    assert!(body("7A01")[0].ends_with("tls.cert_serial; content:\"7A|3A|01\"; bsize:5;"), "{:?}", body("7A01"));
}

#[test]
fn an_end_that_must_not_be_there_is_looked_for_at_the_end_alone() {
    let name = text(Field::EmailAttachmentName, &[Pattern::ends(".txt")]);
    let url = Predicate::All(vec![text(Field::UrlPath, &[Pattern::starts("/a")]), text(Field::UserAgent, &[Pattern::ends("/1.0")]).negate()]);
    let compiled = compile(on(EventClass::HttpRequest, url), 0);
    assert!(bodies(&compiled)[0].contains("http.user_agent; pcre:!\"/\\/1\\.0$/i\";"), "{:?}", bodies(&compiled));
    assert!(bodies(&compile(on(EventClass::EmailMessage, name), 0))[0].contains("content:\".txt\"; endswith; nocase;"));
}

#[test]
fn lists_join_and_one_of_them_is_spread() {
    let methods = text(Field::HttpMethod, &[Pattern::exact("GET"), Pattern::exact("POST")]);
    let paths = Predicate::Any(vec![text(Field::UrlPath, &[Pattern::starts("/gate/")]), text(Field::UrlPath, &[Pattern::starts("/panel/")])]);
    let compiled = compile(on(EventClass::HttpRequest, Predicate::All(vec![methods, paths])), 0);
    let bodies = bodies(&compiled);
    assert_eq!(bodies.len(), 2);
    assert!(bodies[0].ends_with("http.method; pcre:\"/^(?:GET|POST)$/i\"; http.uri; content:\"/gate/\"; startswith; nocase;"), "{}", bodies[0]);
}

#[test]
fn a_missing_buffer_is_named_on_7_and_said_on_8() {
    let predicate =
        Predicate::All(vec![text(Field::UrlPath, &[Pattern::starts("/beacon")]), text(Field::UserAgent, &[Pattern::contains("Mozilla")]).negate()]);
    let seven = compile(on(EventClass::HttpRequest, predicate.clone()), 0);
    assert_eq!(codes(&seven), ["suricata.normalised-uri", "suricata.missing-buffer"]);
    assert_eq!(seven.entries[0].outcome, Outcome::Narrower);
    let eight = compile(on(EventClass::HttpRequest, predicate), 1);
    assert_eq!((codes(&eight), eight.entries[0].outcome), (vec!["suricata.normalised-uri"], Outcome::Wider));
    assert!(bodies(&eight)[0].ends_with("http.user_agent; absent:or_else; content:!\"Mozilla\"; nocase;"));
}

#[test]
fn request_and_answer_do_not_meet_in_a_rule() {
    let status = Predicate::test(Field::HttpStatus, Op::Number(NumberTest::In(vec![200])), span());
    let both = compile(on(EventClass::HttpRequest, Predicate::All(vec![text(Field::UrlPath, &[Pattern::starts("/gate/")]), status.clone()])), 0);
    assert_eq!((codes(&both), both.entries[0].outcome), (vec!["suricata.normalised-uri", "suricata.both-directions"], Outcome::Wider));
    assert!(!bodies(&both)[0].contains("stat_code"));
    let weak = compile(on(EventClass::HttpRequest, Predicate::All(vec![text(Field::HttpMethod, &[Pattern::exact("GET")]), status])), 0);
    assert_eq!(weak.entries[0].outcome, Outcome::Unsupported);
}

#[test]
fn a_digest_says_the_size_too() {
    let digest = text(Field::FileMd5, &[Pattern::exact("D41D8CD98F00B204E9800998ECF8427E")]);
    let size = Predicate::test(Field::FileSize, Op::Number(NumberTest::In(vec![7])), span());
    let compiled = compile(on(EventClass::FileContent, Predicate::All(vec![digest, size])), 0);
    // One of the whole file, of which the engine keeps a part.
    assert_eq!((compiled.entries[0].outcome, codes(&compiled)), (Outcome::Narrower, vec!["suricata.file-window"]));
    assert_eq!(bodies(&compiled).len(), 2);
    assert!(bodies(&compiled)[0].starts_with("alert tcp any any -> any any | flow:established,to_client; filemd5:A-1-b-f-filemd5-"));
    let list = compiled.artefacts.iter().find(|artefact| artefact.path.ends_with(".lst")).unwrap();
    assert_eq!(list.text, "d41d8cd98f00b204e9800998ecf8427e\n");
}

#[test]
fn names_are_cut_to_labels_for_tls_and_quic() {
    let domains: Vec<Domain> = (0..501).map(|at| Domain::parse(&format!("n{at}.{}example", if at == 0 { "a." } else { "" })).unwrap()).collect();
    let predicate = Predicate::test(Field::TlsSni, Op::Domain(domains), span());
    let compiled = compile(on(EventClass::TlsHandshake, predicate.clone()), 0);
    assert_eq!(compiled.artefacts.iter().filter(|artefact| artefact.kind == backend::ArtefactKind::List).count(), 2, "both protocols ask one list");
    let seven = bodies(&compiled);
    assert_eq!(seven.len(), 4);
    assert!(seven[1].starts_with("alert quic any any -> any any | flow:to_server; quic.sni; to_lowercase; pcrexform:"), "{}", seven[1]);
    assert!(seven[0].contains("tls.sni; to_lowercase; pcrexform:\"((?:[^.]+\\.){1}[^.]+)$\"; dataset:isset,"), "{}", seven[0]);
    assert_eq!(seven, bodies(&compile(on(EventClass::TlsHandshake, predicate), 1)), "`match subdomain` is not in every release of 8");
}

#[test]
fn rules_that_travel_along_keep_their_text_and_numbers() {
    let text = "# ours\nalert http any any -> any any (msg:\"a \\\"b\\\"\"; content:\"x|3a|\\;\"; \\\n  sid:7; rev:2;)\nalert ip any any -> any any (sid:7;)\n";
    let compiled =
        compile(Kind::Native { language: NativeLanguage::Suricata, file: "x/orb.rules".to_owned(), text: text.into(), companions: Vec::new() }, 0);
    assert_eq!(compiled.artefacts[0].path, "A-1-native-orb.rules");
    let kept = text.replace("alert ip any any -> any any (sid:7;)\n", "\n");
    assert_eq!(compiled.artefacts[0].text, kept, "the number stands twice");
    assert_eq!(compiled.rules.iter().map(|rule| (rule.id.as_str(), rule.title.as_str())).collect::<Vec<_>>(), [("7", "a \"b\"")]);
    assert_eq!(compiled.entries[0].outcome, Outcome::Narrower);
    let refused: Vec<&str> = compiled.refused().map(|said| said.message.as_str()).collect();
    assert_eq!(refused, ["7 in `x/orb.rules`: line 4: sid 7 is also the number of the rule at A-1-native-orb.rules:2"]);
}

#[test]
fn the_same_job_gives_the_same_bytes_and_numbers_stay() {
    let kind = || on(EventClass::HttpRequest, text(Field::UserAgent, &[Pattern::exact("b"), Pattern::exact("a")]));
    let turned = on(EventClass::HttpRequest, text(Field::UserAgent, &[Pattern::exact("a"), Pattern::exact("b")]));
    let first = compile(kind(), 0);
    assert_eq!(first.artefacts, compile(kind(), 0).artefacts);
    assert_eq!(first.artefacts, compile(turned, 0).artefacts);
}
