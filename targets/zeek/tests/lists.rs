//! Do lists of values become the same file in any order, and does each keep its detection?

use std::sync::Arc;

use backend::{Compiled, Job, Outcome, Overlay, Section, Target};
use ir::{Detection, Direction, EventClass, EventRule, EventSelector, Field, Indicator, Kind, Meta, Observable, Op, Predicate, Role, Tlp};
use source::{Sources, Span};
use zeek::Zeek;

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

fn indicator(observable: Observable, direction: Direction) -> Indicator {
    Indicator {
        observable,
        role: Role::C2,
        direction,
        valid: None,
        confidence: None,
        tlp: None,
        techniques: Vec::new(),
        size: None,
        note: None,
        origins: Vec::new(),
        citations: Vec::new(),
    }
}

fn detection(block: &str, class: EventClass, field: Field, op: Op, indicators: Vec<Indicator>) -> Detection {
    let meta = Meta {
        advisory: "A-1".to_owned(),
        advisory_title: "A title".to_owned(),
        folder: "A-1".to_owned(),
        tlp: Some(Tlp::Green),
        references: vec!["https://cert.example/1".to_owned()],
        ..Meta::default()
    };
    Detection {
        key: format!("A-1/{block}"),
        id: ir::id::of("A-1", block),
        title: "A title".to_owned(),
        description: String::new(),
        meta: Arc::new(meta),
        kind: Kind::Event(EventRule { event: EventSelector::of(class), predicate: Predicate::test(field, op, span()) }),
        indicators: indicators.into(),
        span: span(),
    }
}

fn compile(detections: &[Detection]) -> Compiled {
    let detections: Vec<&Detection> = detections.iter().collect();
    let profile = Target::about(&Zeek).profiles.first().expect("there is one");
    let overlay = Overlay::default();
    let job = Job {
        profile,
        detections: &detections,
        overlay: &overlay,
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    };
    let compiled = Zeek.compile(job);
    assert!(compiled.findings.is_empty(), "{:?}", compiled.findings);
    assert_eq!(compiled.refused().count(), 0);
    compiled
}

fn names(block: &str, class: EventClass, field: Field, names: impl Iterator<Item = String>) -> Detection {
    let domains: Vec<ir::Domain> = names.map(|name| ir::Domain::parse(&name).expect("it is a name")).collect();
    let indicators = domains.iter().map(|domain| indicator(Observable::Domain(domain.clone()), Direction::Destination)).collect();
    detection(block, class, field, Op::Domain(domains), indicators)
}

#[test]
fn many_values_of_several_detections_stand_once_in_any_order() {
    const COUNT: usize = 20_000;
    let all = |number: usize| format!("n{number}.evil.example");
    let dns = names("names.dns-query", EventClass::DnsQuery, Field::DnsName, (0..COUNT).map(all));
    let tls = names("names.tls-handshake", EventClass::TlsHandshake, Field::TlsSni, (0..COUNT).rev().map(all));
    let compiled = compile(&[dns.clone(), tls.clone()]);
    let [file] = compiled.artefacts.as_slice() else { panic!("{} files", compiled.artefacts.len()) };
    assert_eq!(file.path, "A-1.intel");
    assert_eq!(file.text.lines().count(), COUNT + 1);
    assert!(file.text.contains("\nn7.evil.example\tIntel::DOMAIN\tA-1\tA title: c2 domain, TLP:GREEN\thttps://cert.example/1\tT\n"));
    let rules: Vec<(usize, &str)> = compiled.rules.iter().map(|rule| (rule.detection, rule.artefact.as_str())).collect();
    assert_eq!(rules, [(0, "A-1.intel"), (1, "A-1.intel")]);
    assert!(compiled.rules.iter().all(|rule| rule.text == file.text));
    assert!(compiled.entries.iter().all(|entry| entry.outcome == Outcome::Narrower && entry.diagnostics.len() == 1));
    assert_eq!(compile(&[tls, dns]).artefacts, compiled.artefacts);
}

#[test]
fn an_address_that_is_meant_at_one_end_is_said_to_match_at_both() {
    let address = |direction| {
        let text = "192.0.2.1";
        let observable = Observable::Ip(ir::observable::AddressPort::parse(text).expect("it is an address"));
        let op = Op::Address(vec![text.parse::<std::net::IpAddr>().expect("it is an address").into()]);
        detection("a.network-flow", EventClass::NetworkFlow, Field::DestinationIp, op, vec![indicator(observable, direction)])
    };
    let codes = |direction| -> Vec<&'static str> {
        let compiled = compile(&[address(direction)]);
        compiled.entries.iter().flat_map(|entry| &entry.diagnostics).map(|said| said.code.slug).collect()
    };
    assert_eq!(codes(Direction::Either), ["zeek.established"]);
    assert_eq!(codes(Direction::Destination), ["zeek.established", "zeek.either-end"]);
}
