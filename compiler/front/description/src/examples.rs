//! Does the whole language say what it should, and does a broken file give every error at its place?

use std::sync::Arc;
use std::time::Duration;

use ir::{
    ByteKind, CorrelationKind, Direction, EventClass, Expectation, Field, FieldValue, Flow, Need, NumberTest, Observable, Op, Platform, Predicate,
    Role, Scope, SeverityLevel, Stimulus, Times, Tlp, Verdict,
};
use source::{Diagnostic, Sources};

use ir::Parsed;

use crate::Files;

/// Documents beside the examples.
struct Beside;

impl Files for Beside {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        let text = match path {
            "advisories/bulletin.md" => {
                "# Bulletin\n\nThe Microsoft Exchange\nhacking campaign. It used compromised home\n  routers as operational relay boxes.\n"
            }
            "advisories/relays.txt" => "192.0.2.77\n192.0.2.78\n",
            "advisories/orb.yar" => "rule orb { condition: false }\n",
            "advisories/orb.rules" => "alert ip any any -> any any (msg:\"orb\"; sid:1;)\n",
            _ => return Err("there is no such file".to_owned()),
        };
        Ok(text.as_bytes().into())
    }
}

pub(super) fn read(text: &str) -> (Sources, Parsed) {
    let mut sources = Sources::default();
    let file = sources.add("rules/a.vigie", text);
    let parsed = crate::parse(&mut sources, file, &Beside);
    (sources, parsed)
}

/// One line for each diagnostic: place, words, code, message, help.
fn said(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (span, _) = diagnostic.label.as_ref().expect("every diagnostic of the language has a place");
        let (line, column) = sources.position(*span);
        let help = diagnostic.help.as_deref().unwrap_or("-");
        out += &format!("{line}:{column} `{}` {}: {} | {help}\n", sources.words(*span), diagnostic.code.slug, diagnostic.message);
    }
    out
}

pub(super) const COMPLETE: &str = include_str!("examples/complete.vigie");

#[test]
fn the_complete_example_is_understood() {
    let (sources, parsed) = read(COMPLETE);
    assert_eq!(said(&sources, &parsed.diagnostics), "");
    let [advisory] = parsed.advisories.as_slice() else { panic!("one advisory") };
    let header = &advisory.header;
    assert_eq!((header.id.as_str(), header.tlp, header.verdict), ("EXAMPLE-2021-003", Some(Tlp::Clear), Verdict::Lead));
    assert_eq!(header.hunt.and_then(|hunt| hunt.from).map(|day| day.to_string()).as_deref(), Some("2021-01-01"));
    assert_eq!(header.cves, ["CVE-2021-26855", "CVE-2021-27065"]);
    assert_eq!(header.report.as_deref(), Some("cert@cert.example"));
    assert_eq!(header.actors, ["Example Lynx", "EX31"]);

    let values = |at: usize| advisory.indicators[at].indicators.iter().map(|one| one.observable.to_string()).collect::<Vec<_>>();
    assert_eq!(values(0), ["198.51.100.23", "203.0.113.0/28", "192.0.2.77", "192.0.2.78"]);
    assert!(advisory.indicators[0].indicators.iter().all(|one| one.role == Role::Relay && one.direction == Direction::Either));
    assert!(advisory.indicators[0].indicators.iter().all(|one| one.techniques.len() == 2 && one.valid.is_some()));
    assert_eq!(&*advisory.indicators[0].indicators[0].origins[0].raw, "198.51.100[.]23");
    assert_eq!(sources.words(advisory.indicators[0].indicators[0].origins[0].span), "198.51.100[.]23");
    let because = &advisory.indicators[0].head.because[0].citation;
    assert_eq!((because.line, because.file.as_deref()), (Some(4), Some("advisories/bulletin.md")));
    assert_eq!(because.url.as_deref(), Some("https://cert.example/ioc/3/"));
    assert_eq!(advisory.indicators[1].head.severity, Some(SeverityLevel::Critical));
    assert_eq!(advisory.indicators[1].head.scope, Scope::Actor);
    assert_eq!(advisory.indicators[1].indicators[0].tlp, Some(Tlp::AmberStrict));
    let sample = &advisory.indicators[2].indicators[0];
    assert_eq!((sample.size, sample.techniques[0].as_str()), (Some(2048), "T1204.002"));
    assert!(matches!(advisory.indicators[3].indicators[1].observable, Observable::Registry { .. }));
    assert_eq!(values(3), ["evil.example", r"HKLM\Software\Grelot:Run", "d41d8cd98f00b204e9800998ecf8427e"]);

    let behavior = &advisory.behaviors[0];
    assert_eq!(behavior.facets.len(), 7);
    assert_eq!(behavior.facets[0].event.platform, Some(Platform::Windows));
    assert_eq!(behavior.facets[2].event.flow, Some(Flow::Inbound));
    let Predicate::All(drop) = &behavior.facets[0].predicate else { panic!("a conjunction") };
    let Predicate::Test(under) = &drop[0] else { panic!("a test") };
    let Op::Under(trees) = &under.op else { panic!("a tree") };
    assert_eq!(trees[0].root, r"C:\inetpub\wwwroot\aspnet_client");
    assert_eq!(sources.words(under.span), r"file.path under ['C:\inetpub\wwwroot\aspnet_client\']");
    let Predicate::All(body) = &behavior.facets[3].predicate else { panic!("a conjunction") };
    assert!(matches!(&body[0], Predicate::Test(test) if test.op == Op::Number(NumberTest::Less(200 << 10))));
    assert!(matches!(&body[1], Predicate::Bytes(test) if test.patterns[0].kind == ByteKind::Bytes(b"<%@ Page".to_vec())));
    assert!(matches!(&body[2], Predicate::Bytes(test) if test.need == Need::Any && test.patterns.len() == 2));

    let [brute, beacon, spread] = advisory.correlations.as_slice() else { panic!("three correlations") };
    assert_eq!(brute.correlation.within, Duration::from_secs(600));
    assert_eq!(brute.correlation.steps()[0].times, Times::at_least(10));
    assert_eq!(brute.correlation.by, [Field::SourceIp.into(), Field::UserName.into()]);
    assert_eq!((beacon.correlation.jitter, beacon.correlation.within), (Some(10), Duration::from_secs(5400)));
    assert!(matches!(&spread.correlation.kind, CorrelationKind::Distinct { fields, .. } if *fields == [Field::HostName.into()]));

    assert_eq!(advisory.natives.len(), 2);
    assert!(advisory.natives[0].text.starts_with("rule orb"));
    assert_eq!(advisory.natives[1].because[0].citation.line, Some(5));

    let [using, body, brute] = advisory.tests.as_slice() else { panic!("three tests") };
    let Stimulus::Event(record) = &using.cases[1].stimulus else { panic!("one event") };
    assert_eq!(using.cases[1].expect, Expectation::NoMatch);
    assert_eq!(record.fields.get(&Field::UrlHost.into()), Some(&FieldValue::Text("mail.example.org".to_owned())));
    let Stimulus::Event(record) = &body.cases[0].stimulus else { panic!("one event") };
    assert_eq!(record.bytes.as_deref().map(<[u8]>::len), Some(21));
    assert_eq!(record.event.class(), Some(EventClass::FileContent));
    let Stimulus::Events(events) = &brute.cases[0].stimulus else { panic!("several events") };
    assert_eq!(events.len(), 11);
    assert_eq!(events[9].0, Duration::from_secs(45));
    assert_eq!(advisory.accepts[1].target, "suricata/v7");
}

#[test]
fn the_complete_example_means_what_its_tests_say() {
    let (_, parsed) = read(COMPLETE);
    let advisory = &parsed.advisories[0];
    let mut tried = 0;
    for test in &advisory.tests {
        for case in &test.cases {
            let fires = match (test.subject.split_once('.'), &case.stimulus) {
                (Some((_, facet)), Stimulus::Event(record)) => {
                    let facet = advisory.behaviors[0].facets.iter().find(|one| one.name == facet).expect("the facet is declared");
                    ir::eval::matches(&ir::EventRule { event: facet.event.clone(), predicate: facet.predicate.clone() }, record)
                }
                (None, Stimulus::Events(events)) => {
                    let kind = ir::Kind::Correlation(advisory.correlations[0].correlation.clone());
                    let detection = ir::Detection {
                        key: "EXAMPLE-2021-003/brute_then_logon".to_owned(),
                        id: ir::id::of("EXAMPLE-2021-003", "brute_then_logon"),
                        title: String::new(),
                        description: String::new(),
                        meta: Arc::new(ir::Meta::default()),
                        kind,
                        indicators: Arc::from([]),
                        span: test.span,
                    };
                    ir::eval::fires(&detection, &events.iter().map(|(time, record)| (*time, record)).collect::<Vec<_>>())
                }
                _ => panic!("no other forms are in the example"),
            };
            assert_eq!(fires, case.expect == Expectation::Match, "{} {:?}", test.subject, case.expect);
            tried += 1;
        }
    }
    assert_eq!(tried, 5);
}

const BROKEN: &str = include_str!("examples/broken.vigie");

#[test]
fn a_broken_file_gives_every_error_at_its_place_and_keeps_the_good_blocks() {
    let (sources, parsed) = read(BROKEN);
    let said = said(&sources, &parsed.diagnostics);
    assert_eq!(said, include_str!("examples/broken.txt"), "\n{said}\n");
    let [advisory] = parsed.advisories.as_slice() else { panic!("one advisory") };
    assert_eq!(advisory.header.tlp, Some(Tlp::Red), "a marking that cannot be read lets nothing out");
    let names: Vec<&str> = advisory.indicators.iter().map(|block| block.head.name.as_str()).collect();
    assert_eq!(names, ["names", "behind"]);
    let values: Vec<String> = advisory.indicators[0].indicators.iter().map(|one| one.observable.to_string()).collect();
    assert_eq!(values, ["evil.example"]);
    let facets: Vec<(&str, &str)> =
        advisory.behaviors.iter().flat_map(|block| block.facets.iter().map(|facet| (block.head.name.as_str(), facet.name.as_str()))).collect();
    assert_eq!(facets, [("tests", "good")]);
    // The tests of good facets are kept, without the cases that are broken; those of broken ones are not.
    let cases: Vec<(&str, usize)> = advisory.tests.iter().map(|test| (test.subject.as_str(), test.cases.len())).collect();
    assert_eq!(cases, [("tests.good", 1), ("tests.good", 1)]);
}
