//! Do the passes hold together? A small target that sees connections only, and descriptions made by hand.

use backend::{
    About, Artefact, ArtefactKind, Capabilities, Cx as Lowering, Fault, Form, Job, Language, Lowered, Name, Outcome, Printed, PrintedRule, Profile,
    Refusal, Section, Target,
};
use ir::{
    Accept, Advisory, Because, Behavior, Citation, Date, Detection, Direction, EventClass, EventSelector, Expectation, Facet, Field, FieldRef,
    FieldValue, Head, Header, Indicator, IndicatorBlock, Observable, ObservableKind, Origin, Predicate, Record, Role, SeverityLevel, Stimulus, Test,
    TestCase, Tlp, Verdict, Window,
};
use source::{FileId, Severity, Sources, Span};

use crate::{Ceiling, Compilation, Options, compile, prove};

/// Sees connections and nothing else; prints a detection's key.
struct Wire;

static ABOUT: About =
    About { id: "wire", title: "Wire", profiles: &[Profile { id: "wire", title: "Wire", default: true }], codes: &[], rule_limit: None };
static CAPABILITIES: Capabilities = Capabilities {
    events: &[(EventClass::NetworkFlow, Name::Is("flow"))],
    fields: &[
        (EventClass::NetworkFlow, Field::DestinationIp, Name::Is("dst")),
        (EventClass::NetworkFlow, Field::SourceIp, Name::Is("src")),
        (EventClass::NetworkFlow, Field::DestinationPort, Name::Absent { why: "it counts addresses only" }),
    ],
    absent: &[],
    otherwise: "it sees connections only",
    regex: true,
    negation: true,
    exists: true,
    field_to_field: true,
    under: Form::Native,
    url: Form::Native,
    open_field: backend::no_field,
    open_source: None,
    tells_empty: false,
    time_parts: false,
    bytes: false,
};

impl Language for Wire {
    type Tree = String;
    type Text = String;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, _: &'static Profile) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn lower(&self, detection: &Detection, _: &mut Lowering<'_>) -> Result<Vec<String>, Refusal> {
        Ok(vec![format!("{} {:?}", detection.key, detection.event().map(|rule| rule.predicate.tests().len()))])
    }

    fn render(&self, tree: String, _: &Detection, _: &Job<'_>) -> String {
        tree
    }

    fn assemble(&self, rules: Vec<Lowered<String>>, _: &Job<'_>, numbers: &mut Section) -> Printed {
        let mut printed = Printed::default();
        for Lowered { detection, item, rule } in rules {
            let Ok(number) = numbers.number(&rule, &rule) else { continue };
            printed.rules.push(PrintedRule {
                detection,
                item,
                id: number.sid.to_string(),
                title: rule.clone(),
                artefact: "all.wire".to_owned(),
                text: rule.clone(),
                revision: None,
                carried: false,
            });
        }
        let text = printed.rules.iter().map(|rule| rule.text.clone() + "\n").collect();
        printed.artefacts.push(Artefact { path: "all.wire".to_owned(), kind: ArtefactKind::Rules, text });
        printed
    }

    fn verify_native(&self, _: &'static Profile, _: &Printed) -> Vec<Fault> {
        Vec::new()
    }
}

/// A file to point into.
fn file() -> (Sources, FileId) {
    let mut sources = Sources::default();
    let file = sources.add("test.vigie", "0123456789");
    (sources, file)
}

fn indicator(kind: ObservableKind, text: &str, file: FileId) -> Indicator {
    Indicator {
        observable: Observable::parse(kind, text).expect("the test writes good values"),
        role: Role::C2,
        direction: Direction::Either,
        valid: None,
        confidence: None,
        tlp: None,
        techniques: Vec::new(),
        size: None,
        note: None,
        origins: vec![Origin { span: Span::new(file, 0, 1), raw: text.into() }],
        citations: Vec::new(),
    }
}

fn block(name: &str, indicators: Vec<Indicator>, file: FileId) -> IndicatorBlock {
    IndicatorBlock {
        head: Head {
            severity: Some(SeverityLevel::High),
            because: vec![Because {
                citation: Citation {
                    quote: "words".into(),
                    source: "bulletin".into(),
                    file: None,
                    line: Some(3),
                    url: Some("https://cert.example/1".into()),
                },
                span: Span::new(file, 1, 2),
            }],
            ..Head::new(name, Span::new(file, 2, 3))
        },
        kind: None,
        indicators,
    }
}

fn advisory(id: &str, file: FileId) -> Advisory {
    Advisory {
        header: Header {
            id: id.to_owned(),
            title: "A title".to_owned(),
            tlp: None,
            published: None,
            modified: None,
            actors: vec!["ACTOR".to_owned()],
            malware: Vec::new(),
            cves: Vec::new(),
            hunt: None,
            verdict: Verdict::Lead,
            report: Some("cert@cert.example".to_owned()),
            references: Vec::new(),
            author: None,
            span: Span::new(file, 0, 1),
        },
        sources: Vec::new(),
        indicators: Vec::new(),
        behaviors: Vec::new(),
        correlations: Vec::new(),
        natives: Vec::new(),
        tests: Vec::new(),
        accepts: Vec::new(),
    }
}

fn run(sources: &Sources, advisories: Vec<Advisory>, options: &Options) -> Compilation {
    let target: &dyn Target = &Wire;
    compile(sources, advisories, &[(target, &ABOUT.profiles[0])], &Options { every_target: true, ..options.clone() })
}

fn keys(compilation: &Compilation) -> Vec<(&str, Outcome)> {
    compilation.rows.iter().map(|row| (compilation.detections[row.detection].key.as_str(), row.outcome)).collect()
}

fn slugs(compilation: &Compilation) -> Vec<(&str, Severity)> {
    compilation.diagnostics.iter().map(|said| (said.code.slug, said.severity)).collect()
}

#[test]
fn direction_decides_which_questions_are_asked_and_the_ledger_balances() {
    let (sources, file) = file();
    let mut one = advisory("A-1", file);
    one.indicators.push(block("relays", vec![indicator(ObservableKind::Ip, "198.51.100.23", file)], file));
    let compilation = run(&sources, vec![one], &Options::default());
    assert_eq!(
        keys(&compilation),
        [
            ("A-1/relays.auth-logon-source", Outcome::Unsupported),
            ("A-1/relays.network-flow-destination", Outcome::Exact),
            ("A-1/relays.network-flow-source", Outcome::Exact)
        ]
    );
    // Another sensor covers the block, so what this one does not see is a note.
    assert_eq!(slugs(&compilation), [("legalise.absent-event", Severity::Note)]);
    let about = &compilation.detections[1];
    assert_eq!(about.meta.severity, SeverityLevel::Medium, "a lead is at most medium");
    assert!(about.description.contains("\"words\" (bulletin, line 3)"), "{}", about.description);
    assert!(about.description.contains("it is no proof"), "{}", about.description);
}

#[test]
fn a_value_written_twice_is_one_indicator_with_both_origins() {
    let (sources, file) = file();
    let mut one = advisory("A-1", file);
    let mut second = indicator(ObservableKind::Ip, "198.51.100[.]23", file);
    second.origins[0].span = Span::new(file, 4, 5);
    one.indicators.push(block("relays", vec![indicator(ObservableKind::Ip, "198.51.100.23", file), second], file));
    let compilation = run(&sources, vec![one], &Options::default());
    assert_eq!(compilation.detections[0].indicators.len(), 1);
    assert_eq!(compilation.detections[0].indicators[0].origins.len(), 2);
}

#[test]
fn what_would_fire_everywhere_is_withheld_and_listed() {
    let (sources, file) = file();
    let cases = [
        (ObservableKind::Ip, "10.1.2.3", "guard.reserved-address"),
        (ObservableKind::Ip, "fe80::1", "guard.reserved-address"),
        (ObservableKind::Ip, "8.8.8.8", "guard.shared-address"),
        (ObservableKind::Ip, "64.0.0.0/7", "guard.wide-network"),
        (ObservableKind::Domain, "co.uk", "guard.public-suffix"),
        (ObservableKind::Domain, "www.google.com", "guard.popular-domain"),
        (ObservableKind::Host, "printer.local", "guard.reserved-name"),
        (ObservableKind::Hash, "d41d8cd98f00b204e9800998ecf8427e", "guard.empty-file"),
        (ObservableKind::FileName, "SVCHOST.exe", "guard.common-name"),
        (ObservableKind::Url, "http://192.168.0.1/a", "guard.reserved-address"),
    ];
    for (kind, value, slug) in cases {
        let mut one = advisory("A-1", file);
        one.indicators.push(block("values", vec![indicator(kind, value, file)], file));
        let compilation = run(&sources, vec![one.clone()], &Options::default());
        assert_eq!(compilation.withheld.iter().map(|held| held.code.slug).collect::<Vec<_>>(), [slug], "{value}");
        assert!(compilation.rows.iter().all(|row| row.outcome == Outcome::Withheld), "{value}");

        one.accepts.push(Accept {
            code: slug.into(),
            subject: "values".into(),
            target: "all".into(),
            because: "ours".into(),
            span: Span::new(file, 0, 1),
        });
        let compilation = run(&sources, vec![one], &Options::default());
        assert!(compilation.withheld.is_empty(), "a waiver keeps {value}");
        assert!(!slugs(&compilation).iter().any(|(slug, _)| *slug == "accept.unused"), "{value}");
    }
    for (kind, value) in
        [(ObservableKind::Ip, "198.51.100.1"), (ObservableKind::Domain, "evil.co.uk"), (ObservableKind::Url, "https://github.com/a/b")]
    {
        let mut one = advisory("A-1", file);
        one.indicators.push(block("values", vec![indicator(kind, value, file)], file));
        assert!(run(&sources, vec![one], &Options::default()).withheld.is_empty(), "{value}");
    }
}

#[test]
fn expiry_and_markings_withhold_what_they_say_and_nothing_else() {
    let (sources, file) = file();
    let mut one = advisory("A-1", file);
    let until = Window { from: None, until: Some(Date::constant(2021, 12, 31)) };
    let old = Indicator { valid: Some(until), ..indicator(ObservableKind::Ip, "198.51.100.1", file) };
    let closed = Indicator { tlp: Some(Tlp::Red), ..indicator(ObservableKind::Ip, "198.51.100.2", file) };
    one.indicators.push(block("relays", vec![old, closed, indicator(ObservableKind::Ip, "198.51.100.3", file)], file));
    let values = |options: &Options| -> Vec<String> {
        let compilation = run(&sources, vec![one.clone()], options);
        compilation.withheld.iter().map(|held| format!("{} {}", held.indicator.observable, held.code.slug)).collect()
    };
    assert_eq!(values(&Options::default()), Vec::<String>::new());
    let options = Options { as_of: Some(Date::constant(2021, 12, 31)), ..Options::default() };
    assert_eq!(values(&options), Vec::<String>::new(), "the last day counts");
    let options = Options {
        as_of: Some(Date::constant(2022, 1, 1)),
        ceiling: Ceiling { max: Some(Tlp::Amber), unmarked: Some(Tlp::Clear) },
        ..Options::default()
    };
    assert_eq!(values(&options), ["198.51.100.1 expire.expired", "198.51.100.2 gate.tlp"]);
}

#[test]
fn a_waiver_for_what_is_kept_back_is_not_idle() {
    let (sources, file) = file();
    let mut one = advisory("A-1", file);
    let until = Window { from: None, until: Some(Date::constant(2021, 12, 31)) };
    let old = Indicator { valid: Some(until), ..indicator(ObservableKind::Ip, "198.51.100.1", file) };
    one.indicators.push(block("relays", vec![old], file));
    let span = Span::new(file, 0, 1);
    one.accepts.push(Accept { code: "legalise.empty".into(), subject: "relays".into(), target: "all".into(), because: "x".into(), span });
    for (day, idle) in [(Date::constant(2021, 12, 31), true), (Date::constant(2022, 1, 1), false)] {
        let options = Options { as_of: Some(day), every_target: true, ..Options::default() };
        let compilation = run(&sources, vec![one.clone()], &options);
        assert_eq!(slugs(&compilation).iter().any(|(slug, _)| *slug == "accept.unused"), idle, "{day}: {:#?}", compilation.diagnostics);
    }
}

#[test]
fn a_block_that_nothing_detects_is_an_error_and_an_idle_waiver_a_warning() {
    let (sources, file) = file();
    let mut one = advisory("A-1", file);
    let facet = Facet {
        name: "start".into(),
        event: EventSelector::of(EventClass::ProcessStart),
        predicate: Predicate::is(Field::ProcessName, "a.exe", Span::new(file, 5, 6)),
        span: Span::new(file, 5, 6),
    };
    one.behaviors.push(Behavior { head: Head::new("odd", Span::new(file, 4, 5)), facets: vec![facet] });
    one.accepts.push(Accept {
        code: "legalise.empty".into(),
        subject: "odd.start".into(),
        target: "wire".into(),
        because: "x".into(),
        span: Span::new(file, 7, 8),
    });
    let event = |name: &str| {
        let mut record = Record::new(EventSelector::of(EventClass::ProcessStart));
        record.fields.insert(FieldRef::Known(Field::ProcessName), FieldValue::Text(name.into()));
        record
    };
    let case = |expect, name| TestCase { expect, stimulus: Stimulus::Event(event(name)), span: Span::new(file, 8, 9) };
    let cases = vec![case(Expectation::Match, "A.EXE"), case(Expectation::NoMatch, "b.exe"), case(Expectation::Match, "b.exe")];
    one.tests.push(Test { subject: "odd.start".into(), cases, span: Span::new(file, 8, 9) });
    let compilation = run(&sources, vec![one.clone()], &Options::default());
    assert_eq!(
        slugs(&compilation),
        [("ledger.no-rule", Severity::Error), ("legalise.absent-event", Severity::Note), ("accept.unused", Severity::Warning)],
        "{:#?}",
        compilation.diagnostics
    );
    let (proofs, failures) = prove(&sources, &[one]);
    assert_eq!(proofs.iter().map(|proof| proof.passed).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(failures.len(), 1);
}

#[test]
fn inputs_in_another_order_give_the_same_output() {
    let (mut sources, file) = file();
    let other = sources.add("other.vigie", "0123456789");
    let with = |id: &str, file, values: &[&str]| {
        let mut one = advisory(id, file);
        one.indicators.push(block("relays", values.iter().map(|value| indicator(ObservableKind::Ip, value, file)).collect(), file));
        one
    };
    let (a, b) = (with("A-1", file, &["198.51.100.1", "198.51.100.2"]), with("B-1", other, &["203.0.113.9"]));
    let turned = with("A-1", file, &["198.51.100.2", "198.51.100.1"]);
    let first = run(&sources, vec![a.clone(), b.clone()], &Options::default());
    let second = run(&sources, vec![b.clone(), turned], &Options::default());
    assert_eq!(first.outputs[0].artefacts, second.outputs[0].artefacts);
    assert_eq!(first.lock, second.lock);
    assert_eq!(crate::coverage(&first), crate::coverage(&second));

    // One id for two descriptions is an error; the first by file name stays.
    let clash = with("A-1", other, &["203.0.113.9"]);
    let compilation = run(&sources, vec![a, clash], &Options::default());
    assert!(slugs(&compilation).contains(&("validate.duplicate-advisory", Severity::Error)));
    assert_eq!(compilation.detections[0].span.file, other);
}
