//! Which rules do single indicators become? Reads cases with indicators and writes a folder of rules for each.
//!
//! `cargo run -p suricata --example indicators -- CASES.json OUT [PROFILE]`, where each case is
//! `{"name", "ioc": {"type", "value"}}` or `{"name", "indicators": [{"type", "value", "port"}]}`. The expansion is the one of
//! the pipeline, in small: this program is for looking at rules while working on this crate.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::sync::Arc;

use backend::{Job, Overlay, Section, Target};
use ir::{
    Case, Detection, Direction, EventClass, EventRule, EventSelector, Field, Flow, Indicator, Kind, Meta, NumberTest, Observable, ObservableKind, Op,
    Pattern, Predicate, Role,
};
use source::{Sources, Span};

fn main() {
    let mut args = std::env::args().skip(1);
    let (cases, out) = (args.next().unwrap(), args.next().unwrap());
    let profile = args.next().unwrap_or_else(|| "7".to_owned());
    let cases: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(cases).unwrap()).unwrap();
    let mut numbers = Section::default();
    for case in cases["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let list = match case["indicators"].as_array() {
            Some(list) => list.clone(),
            None => vec![case["ioc"].clone()],
        };
        let mut detections = Vec::new();
        for (at, entry) in list.iter().enumerate() {
            detections.extend(expand(&format!("{name}/i{at}"), entry["type"].as_str().unwrap(), entry["value"].as_str().unwrap()));
        }
        let target = suricata::Suricata;
        let profile = Target::about(&target).profiles.iter().find(|known| known.id == profile).unwrap();
        let overlay = Overlay::default();
        let compiled = target.compile(Job { profile, detections: &detections, overlay: &overlay, numbers: numbers.clone() });
        numbers = compiled.numbers;
        let folder = std::path::Path::new(&out).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for artefact in compiled.artefacts {
            std::fs::write(folder.join(artefact.path), artefact.text).unwrap();
        }
        for said in compiled.entries.iter().flat_map(|entry| &entry.diagnostics).chain(&compiled.findings) {
            eprintln!("{name}: {} {:?} {}", said.code.slug, said.loss, said.message);
        }
    }
}

/// The detections of one indicator.
fn expand(key: &str, word: &str, value: &str) -> Vec<Detection> {
    let span = Span::new(Sources::default().add("case", ""), 0, 0);
    let kind = match word {
        "hostname" => ObservableKind::Host,
        "domain" => ObservableKind::Domain,
        "url" => ObservableKind::Url,
        "ip" | "ip-port" => ObservableKind::Ip,
        "user-agent" | "user_agent" => ObservableKind::UserAgent,
        "ja3" => ObservableKind::Ja3,
        "ja3s" => ObservableKind::Ja3s,
        "ja4" => ObservableKind::Ja4,
        "cert_sha1" | "cert-sha1" => ObservableKind::CertSha1,
        "cert_serial" | "cert-serial" => ObservableKind::CertSerial,
        "md5" => ObservableKind::Md5,
        "sha1" => ObservableKind::Sha1,
        "sha256" => ObservableKind::Sha256,
        "email" | "email-src" => ObservableKind::Email,
        "email-attachment" => ObservableKind::Attachment,
        other => panic!("no type {other}"),
    };
    let observable = Observable::parse(kind, value).unwrap();
    let text = |field: Field, text: &str| Predicate::is(field, text, span);
    let mut rules: Vec<(EventClass, Option<Flow>, Predicate)> = Vec::new();
    let mut say = |class, predicate| rules.push((class, None, predicate));
    match &observable {
        Observable::Host(host) => {
            for (class, field) in NAMES {
                say(class, text(field, host.as_str()));
            }
        }
        Observable::Domain(domain) => {
            for (class, field) in NAMES {
                say(class, Predicate::test(field, Op::Domain(vec![domain.clone()]), span));
            }
        }
        Observable::Url(url) => say(EventClass::HttpRequest, Predicate::test(Field::UrlFull, Op::Url(vec![url.clone()]), span)),
        Observable::Ip(address) => {
            let mut all = vec![Predicate::test(Field::DestinationIp, Op::Address(vec![address.net]), span)];
            if let Some(port) = address.port {
                all.push(Predicate::test(Field::DestinationPort, Op::Number(NumberTest::In(vec![i64::from(port)])), span));
            }
            say(EventClass::NetworkFlow, Predicate::All(all));
            rules.push((EventClass::NetworkFlow, Some(Flow::Inbound), Predicate::test(Field::SourceIp, Op::Address(vec![address.net]), span)));
            if address.port.is_some() {
                rules.pop();
            }
        }
        Observable::UserAgent(agent) => say(EventClass::HttpRequest, text(Field::UserAgent, agent)),
        Observable::Ja3(hash) => say(EventClass::TlsHandshake, text(Field::TlsJa3, hash)),
        Observable::Ja3s(hash) => say(EventClass::TlsHandshake, text(Field::TlsJa3s, hash)),
        Observable::Ja4(hash) => say(EventClass::TlsHandshake, text(Field::TlsJa4, hash)),
        Observable::CertSha1(hash) => say(EventClass::TlsHandshake, text(Field::TlsCertSha1, hash)),
        Observable::CertSerial(serial) => say(EventClass::TlsHandshake, text(Field::TlsCertSerial, serial)),
        Observable::Hash(hash) => {
            let field = match kind {
                ObservableKind::Md5 => Field::FileMd5,
                ObservableKind::Sha1 => Field::FileSha1,
                _ => Field::FileSha256,
            };
            say(EventClass::FileContent, text(field, hash.hex()));
        }
        Observable::Email(address) => say(EventClass::EmailMessage, text(Field::EmailFrom, address.as_str())),
        Observable::Attachment(name) => {
            let predicate = Predicate::text(Field::EmailAttachmentName, vec![Pattern::exact(name)], Case::Insensitive, span);
            say(EventClass::EmailMessage, predicate);
        }
        other => panic!("{other} is not expanded here"),
    }
    let indicator = Indicator {
        observable,
        role: Role::C2,
        direction: Direction::Either,
        valid: None,
        confidence: None,
        tlp: None,
        techniques: Vec::new(),
        size: None,
        note: None,
        origins: Vec::new(),
        citations: Vec::new(),
    };
    let advisory = key.split('/').next().unwrap().to_owned();
    let meta = Arc::new(Meta { advisory, advisory_title: "Case".to_owned(), ..Meta::default() });
    let indicators: Arc<[Indicator]> = Arc::new([indicator]);
    rules
        .into_iter()
        .map(|(class, flow, predicate)| {
            let block = format!("{}{}", class.name().replace('.', "-"), if flow.is_some() { "-source" } else { "" });
            let key = format!("{key}.{block}");
            Detection {
                id: ir::id::of(&meta.advisory, &key),
                title: format!("{word} in {class}"),
                description: String::new(),
                meta: Arc::clone(&meta),
                kind: Kind::Event(EventRule { event: EventSelector { flow, ..EventSelector::of(class) }, predicate }),
                indicators: Arc::clone(&indicators),
                span,
                key,
            }
        })
        .collect()
}

const NAMES: [(EventClass, Field); 3] =
    [(EventClass::DnsQuery, Field::DnsName), (EventClass::TlsHandshake, Field::TlsSni), (EventClass::HttpRequest, Field::UrlHost)];
