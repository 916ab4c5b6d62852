//! Do detections of every kind become searches that mean the same and that nothing breaks out of?

use std::sync::Arc;
use std::time::Duration;

use backend::{Compiled, Job, Outcome, Overlay, Profile, Section, Target};
use ir::EventClass as E;
use ir::Field as F;
use ir::{
    Case, Correlation, CorrelationKind, Detection, Domain, EventClass, EventRule, EventSelector, FieldRef, Flow, Kind, LogSource, Meta, NumberTest,
    Op, Part, Pattern, Predicate, Regex, Step, Technique, Times, Tree, Url,
};
use source::{Sources, Span};

use crate::Splunk;

pub(crate) fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

pub(crate) fn profile(id: &str) -> &'static Profile {
    Target::about(&Splunk).profiles.iter().find(|profile| profile.id == id).expect("known")
}

pub(crate) fn detection(name: &str, kind: Kind) -> Detection {
    let meta = Meta {
        advisory: "TEST-1".to_owned(),
        folder: "TEST-1".to_owned(),
        advisory_title: "A test".to_owned(),
        techniques: vec![Technique::parse("T1059.001").expect("fine")],
        ..Meta::default()
    };
    Detection {
        key: format!("TEST-1/{name}"),
        id: ir::id::of("TEST-1", name),
        title: format!("Test of {name}"),
        description: "Says what it is.\nTwo lines \\".to_owned(),
        meta: Arc::new(meta),
        kind,
        indicators: Arc::from([]),
        span: span(),
    }
}

pub(crate) fn rule(class: EventClass, predicate: Predicate) -> EventRule {
    EventRule { event: EventSelector::of(class), predicate }
}

pub(crate) fn compile(profile_id: &str, detections: &[Detection]) -> Compiled {
    let detections: Vec<&Detection> = detections.iter().collect();
    let overlay = Overlay::default();
    let job = Job {
        profile: profile(profile_id),
        detections: &detections,
        overlay: &overlay,
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    };
    let compiled = Splunk.compile(job);
    assert_eq!(compiled.refused().next(), None, "{:#?}", compiled.artefacts);
    compiled
}

fn text(field: F, patterns: Vec<Pattern>) -> Predicate {
    Predicate::text(field, patterns, Case::Insensitive, span())
}

fn number(field: F, test: NumberTest) -> Predicate {
    Predicate::test(field, Op::Number(test), span())
}

fn step(name: &str, class: EventClass, predicate: Predicate, min: u32) -> Step {
    Step::new(name, rule(class, predicate), Times::at_least(min), span())
}

fn correlation(kind: CorrelationKind, by: Vec<FieldRef>, jitter: Option<u32>) -> Kind {
    Kind::Correlation(Correlation { kind, by, within: Duration::from_secs(600), jitter })
}

fn many<T>(count: u32, make: impl Fn(u32) -> T) -> Vec<T> {
    (0..count).map(make).collect()
}

/// One detection for each thing a search has to say.
fn samples() -> Vec<Detection> {
    let net = |text: &str| text.parse().expect("a network");
    let domain = |text: &str| Domain::parse(text).expect("a domain");
    let url = |text: &str| Url::parse(text).expect("a url");
    let regex = |text: &str| Regex::parse(text, Case::Insensitive).expect("a regex");
    let event = |name: &str, class, predicate| detection(name, Kind::Event(rule(class, predicate)));
    let inbound = EventRule {
        event: EventSelector { flow: Some(Flow::Inbound), ..EventSelector::of(E::NetworkFlow) },
        predicate: Predicate::test(F::SourceIp, Op::Address(vec![net("198.51.100.23/32"), net("203.0.113.0/28"), net("2001:db8::1/128")]), span()),
    };
    let open = EventRule {
        event: EventSelector {
            source: LogSource::Open { category: None, product: Some("aws".to_owned()), service: Some("cloudtrail".to_owned()) },
            platform: None,
            flow: None,
            sensor: None,
        },
        predicate: Predicate::text(FieldRef::Open("requestParameters{}.user name".into()), vec![Pattern::starts("a\"b")], Case::Insensitive, span()),
    };
    vec![
        event("process-name", E::ProcessStart, Predicate::is(F::ProcessName, "cmd.exe", span())),
        event(
            "process-mixed",
            E::ProcessStart,
            Predicate::All(vec![
                text(F::ProcessCommandLine, vec![Pattern::contains(r#"a*b "c" \d?`x`"#), Pattern::contains("é\n")]),
                Predicate::Not(Box::new(Predicate::Any(vec![
                    Predicate::is(F::UserName, "alice", span()),
                    Predicate::text(F::ParentPath, vec![Pattern::ends(r"\Cmd.exe")], Case::Sensitive, span()),
                ]))),
            ]),
        ),
        event("one", E::FileCreate, text(F::FilePath, vec![Pattern::new([Part::Literal(r"C:\x".into()), Part::One, Part::Run])])),
        event("under", E::FileCreate, Predicate::test(F::FilePath, Op::Under(vec![Tree::parse(r"C:\inetpub\wwwroot\").expect("fine")]), span())),
        event("hash", E::ProcessStart, text(F::ProcessSha256, vec![Pattern::exact("ab".repeat(32))])),
        event("hashes", E::ProcessStart, text(F::ProcessSha256, many(150, |at| Pattern::exact(format!("{at:064x}"))))),
        event("file-hash", E::FileCreate, text(F::FileMd5, vec![Pattern::exact("ab".repeat(16))])),
        event("key", E::RegistrySet, Predicate::test(F::RegistryKey, Op::Under(vec![Tree::parse(r"HKLM\Software\X").expect("fine")]), span())),
        event("user-key", E::RegistrySet, Predicate::test(F::RegistryKey, Op::Under(vec![Tree::parse(r"HKCU\Software\X").expect("fine")]), span())),
        event(
            "value",
            E::RegistrySet,
            Predicate::All(vec![Predicate::is(F::RegistryKey, r"HKCU\Software\X", span()), Predicate::is(F::RegistryValueName, "Run", span())]),
        ),
        event("deleted", E::RegistryDelete, Predicate::is(F::RegistryKey, r"HKLM\Software\X", span())),
        event("pipe", E::Pipe, text(F::PipeName, vec![Pattern::exact("evil"), Pattern::starts("ev-")])),
        event("service", E::ServiceInstall, Predicate::is(F::ServiceName, "Evil", span())),
        event("task", E::TaskCreate, Predicate::is(F::TaskName, r"\Evil", span())),
        event("script", E::ScriptBlock, text(F::ScriptText, vec![Pattern::contains("IEX")])),
        event("access", E::ProcessAccess, Predicate::is(F::TargetProcessName, "lsass.exe", span())),
        event(
            "image",
            E::ImageLoad,
            Predicate::All(vec![Predicate::is(F::ImageName, "a.dll", span()), Predicate::test(F::ImageSigned, Op::Flag(false), span())]),
        ),
        event("driver", E::DriverLoad, Predicate::is(F::ImageName, "a.sys", span())),
        detection("inbound", Kind::Event(inbound)),
        event(
            "endpoint",
            E::NetworkFlow,
            Predicate::All(vec![
                Predicate::test(F::DestinationIp, Op::Address(vec![net("198.51.100.23/32")]), span()),
                number(F::DestinationPort, NumberTest::In(vec![443])),
            ]),
        ),
        event(
            "addresses",
            E::NetworkFlow,
            Predicate::test(
                F::DestinationIp,
                Op::Address(many(300, |at| net(&format!("10.0.{}.{}/{}", at / 250, at % 250, if at % 9 == 0 { 31 } else { 32 })))),
                span(),
            ),
        ),
        event("domain", E::DnsQuery, Predicate::test(F::DnsName, Op::Domain(vec![domain("evil.example")]), span())),
        event("domains", E::DnsQuery, Predicate::test(F::DnsName, Op::Domain(many(200, |at| domain(&format!("d{at}.example")))), span())),
        event(
            "url",
            E::HttpRequest,
            Predicate::test(F::UrlFull, Op::Url(vec![url("http://evil.example:8080/a?b=*"), url("https://198.51.100.7/")]), span()),
        ),
        event("urls", E::HttpRequest, Predicate::test(F::UrlFull, Op::Url(many(200, |at| url(&format!("http://d{at}.example/x")))), span())),
        event("agent", E::HttpRequest, Predicate::is(F::UserAgent, "Mozilla/4.0 (compatible; *)", span())),
        event(
            "path",
            E::HttpRequest,
            Predicate::All(vec![text(F::UrlPath, vec![Pattern::starts("/aspnet_client/")]), number(F::HttpStatus, NumberTest::Less(400))]),
        ),
        event("regex", E::HttpRequest, Predicate::test(F::UrlQuery, Op::Regex(vec![regex(r#"^id=\d{3,}["\\x]+(a|b)$"#)]), span())),
        event("ja3", E::TlsHandshake, Predicate::is(F::TlsJa3, "ab".repeat(16), span())),
        event("certificate", E::TlsHandshake, Predicate::is(F::TlsCertSha1, "ab".repeat(20), span())),
        event(
            "mail",
            E::EmailMessage,
            Predicate::All(vec![
                Predicate::test(F::EmailFromDomain, Op::Domain(vec![domain("evil.example")]), span()),
                Predicate::is(F::EmailSubject, "Invoice?", span()),
            ]),
        ),
        event("mail-host", E::EmailMessage, Predicate::test(F::EmailUrlHost, Op::Domain(vec![domain("evil.example")]), span())),
        event("mail-urls", E::EmailMessage, Predicate::test(F::EmailUrl, Op::Url(many(150, |at| url(&format!("http://d{at}.example/x")))), span())),
        event("attachment", E::EmailMessage, Predicate::Not(Box::new(text(F::EmailAttachmentName, vec![Pattern::exact("a*b.iso")])))),
        event(
            "logon",
            E::AuthLogon,
            Predicate::All(vec![
                Predicate::is(F::Outcome, "success", span()),
                Predicate::Not(Box::new(Predicate::test(F::SourceIp, Op::Exists, span()))),
            ]),
        ),
        event(
            "logon-type",
            E::AuthLogon,
            Predicate::All(vec![Predicate::is(F::Outcome, "failure", span()), number(F::LogonType, NumberTest::In(vec![3, 10]))]),
        ),
        event(
            "cloud",
            E::CloudAudit,
            Predicate::All(vec![Predicate::is(F::CloudProvider, "aws", span()), Predicate::is(F::CloudOperation, "CreateUser", span())]),
        ),
        event("asns", E::NetworkFlow, number(F::SourceAs, NumberTest::In((0..120).collect()))),
        event(
            "same",
            E::ProcessStart,
            Predicate::test(F::ProcessPath, Op::Same { other: F::ParentPath.into(), place: ir::Place::Whole, case: Case::Insensitive }, span()),
        ),
        detection("open", Kind::Event(open)),
        detection(
            "sequence",
            correlation(
                CorrelationKind::Sequence(vec![
                    step("fail", E::AuthLogon, Predicate::is(F::Outcome, "failure", span()), 10),
                    step("ok", E::AuthLogon, Predicate::is(F::Outcome, "success", span()), 1),
                ]),
                vec![F::SourceIp.into(), F::UserName.into()],
                None,
            ),
        ),
        detection(
            "two-streams",
            correlation(
                CorrelationKind::Sequence(vec![
                    step("ask", E::DnsQuery, Predicate::test(F::DnsName, Op::Domain(vec![domain("evil.example")]), span()), 1),
                    step("connect", E::NetworkFlow, number(F::DestinationPort, NumberTest::In(vec![8443])), 2),
                ]),
                vec![F::SourceIp.into()],
                None,
            ),
        ),
        detection(
            "count",
            correlation(
                CorrelationKind::Count(Step {
                    times: Times::between(20, 40),
                    ..step("beat", E::NetworkFlow, number(F::DestinationPort, NumberTest::In(vec![443])), 20)
                }),
                vec![F::DestinationIp.into()],
                None,
            ),
        ),
        detection(
            "jitter",
            correlation(
                CorrelationKind::Count(step("beat", E::NetworkFlow, number(F::DestinationPort, NumberTest::In(vec![443])), 20)),
                vec![F::DestinationIp.into()],
                Some(10),
            ),
        ),
        detection(
            "distinct",
            correlation(
                CorrelationKind::Distinct {
                    step: step("ask", E::DnsQuery, text(F::DnsName, vec![Pattern::ends(".evil.example")]), 50),
                    fields: vec![F::DnsName.into()],
                },
                Vec::new(),
                None,
            ),
        ),
    ]
}

#[test]
fn searches_for_the_same_values_share_a_table() {
    let list = || Predicate::test(F::DestinationIp, Op::Address(many(120, |at| format!("198.51.100.{at}/32").parse().expect("a network"))), span());
    let detections = [("a", E::NetworkFlow), ("b", E::HttpRequest)].map(|(name, class)| detection(name, Kind::Event(rule(class, list()))));
    let compiled = compile("raw", &detections);
    let tables = |compiled: &Compiled| compiled.artefacts.iter().filter(|artefact| artefact.path.ends_with(".csv")).count();
    assert_eq!(tables(&compiled), 1);
    assert_eq!(compiled.rules.len(), 2);
    // A hit names the advisory of its own rule, also where two share a folder.
    let [first, mut other] = detections;
    other.meta = Arc::new(Meta { advisory: "TEST-2".to_owned(), ..(*other.meta).clone() });
    assert_eq!(tables(&compile("raw", &[first, other])), 2);
}

#[test]
fn commands_that_the_inspection_of_apps_refuses_are_never_written() {
    let mut rule = detection(
        "x",
        Kind::Event(rule(
            E::ProcessStart,
            Predicate::Any(vec![
                text(F::ProcessCommandLine, vec![Pattern::contains("rm -rf /evil"), Pattern::contains("rm  -f x")]),
                Predicate::test(F::ParentCommandLine, Op::Regex(vec![Regex::parse("rm -rf .*evil", Case::Sensitive).expect("a regex")]), span()),
            ]),
        )),
    );
    rule.title = "About rm -rf".to_owned();
    rule.description = "It runs rm -rf here.".to_owned();
    let compiled = compile("raw", &[rule]);
    assert_eq!(compiled.entries[0].outcome, Outcome::Exact);
    for artefact in compiled.artefacts.iter().filter(|artefact| artefact.path.ends_with(".conf")) {
        assert!(!artefact.text.contains("rm -") && !artefact.text.contains("rm  -"), "{}", artefact.text);
    }
}

#[test]
fn events_are_grouped_by_a_part_that_the_log_does_not_name() {
    let kind = CorrelationKind::Count(step("start", E::ProcessStart, Predicate::is(F::ParentName, "w3wp.exe", span()), 3));
    let compiled = compile("raw", &[detection("x", correlation(kind, vec![F::ProcessName.into()], None))]);
    assert_eq!(compiled.entries[0].outcome, Outcome::Exact);
    assert!(compiled.rules[0].text.contains(r#"vigie_image_name=replace(Image, "(?s)^.*[\x5c/]", "")"#), "{}", compiled.rules[0].text);
}

/// Shows every search with `--nocapture`.
#[test]
fn every_sample_has_an_outcome_and_every_rule_a_search() {
    let samples = samples();
    for profile in ["raw", "cim"] {
        let compiled = compile(profile, &samples);
        assert_eq!(compiled.entries.len(), samples.len());
        for (entry, sample) in compiled.entries.iter().zip(&samples) {
            let rules = compiled.rules.iter().filter(|rule| rule.detection == entry.detection).count();
            assert_eq!(rules == 0, entry.outcome == Outcome::Unsupported, "{profile} {}", sample.key);
            let codes: Vec<_> = entry.diagnostics.iter().map(|said| said.code.slug).collect();
            println!("OUT {profile} {} {:?} {codes:?}", sample.key, entry.outcome);
        }
        for rule in &compiled.rules {
            println!("SPL {}", serde_json::json!({"id": format!("{profile} {}", rule.title), "query": rule.text}));
        }
        for artefact in &compiled.artefacts {
            println!("ART {}", serde_json::json!({"profile": profile, "path": artefact.path, "text": artefact.text}));
        }
    }
}

#[test]
fn a_sign_of_nothing_is_no_address() {
    let there = Predicate::test(F::SourceIp, Op::Exists, span());
    let compiled = compile("raw", &[detection("x", Kind::Event(rule(E::AuthLogon, there)))]);
    assert!(compiled.rules[0].text.contains("IpAddress=\"*\" (NOT IpAddress=\"\") (NOT IpAddress=\"-\")"), "{}", compiled.rules[0].text);
}

#[test]
fn each_log_that_a_search_reads_has_an_outcome() {
    const SYSMON: &str = "vigie_windows (XmlWinEventLog:Microsoft-Windows-Sysmon/Operational)";
    const SYSMON_LINUX: &str = "vigie_linux (Syslog:Linux-Sysmon/Operational)";
    let logs = |compiled: &Compiled| compiled.entries[0].logs.iter().map(|(log, outcome)| (log.clone(), *outcome)).collect::<Vec<_>>();
    let exact = |log: &str| (log.to_owned(), Outcome::Exact);
    let start = rule(E::ProcessStart, Predicate::is(F::ProcessName, "a.exe", span()));
    let single = detection("x", Kind::Event(start));
    assert_eq!(logs(&compile("raw", std::slice::from_ref(&single))), [exact(SYSMON_LINUX), exact(SYSMON)]);
    assert_eq!(logs(&compile("cim", &[single])), [exact("Endpoint.Processes")]);
    let steps = vec![
        step("start", E::ProcessStart, Predicate::is(F::ProcessName, "a.exe", span()), 1),
        step("logon", E::AuthLogon, Predicate::is(F::UserName, "eve", span()), 1),
    ];
    let both = compile("raw", &[detection("y", correlation(CorrelationKind::Sequence(steps), vec![F::HostName.into()], None))]);
    assert_eq!(logs(&both), [exact(SYSMON_LINUX), exact(SYSMON), exact("vigie_windows (XmlWinEventLog:Security)")]);
    // One search of a data model knows whole seconds: the same loss in its one log and in all.
    let kind = CorrelationKind::Count(step("start", E::ProcessStart, Predicate::is(F::ProcessName, "a.exe", span()), 3));
    let counted = compile("cim", &[detection("z", correlation(kind, vec![F::HostName.into()], None))]);
    assert_eq!((logs(&counted), counted.entries[0].outcome), (vec![("Endpoint.Processes".to_owned(), Outcome::Wider)], Outcome::Wider));
}
