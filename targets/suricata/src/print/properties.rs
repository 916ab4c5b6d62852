//! Whether what is printed reads back as what it was, and can end neither its option nor its rule.

use std::sync::Arc;

use backend::{Artefact, ArtefactKind, Compiled, Job, Overlay, Section, Target};
use ir::{Case, Detection, EventClass, EventRule, EventSelector, Field, Indicator, Kind, Meta, Pattern, Predicate};
use proptest::prelude::*;
use source::{Sources, Span};

use super::plain::{link, word};
use super::{comment, content, pcre, quoted};
use crate::ast::Re;
use crate::verify::reader;

/// Text that an attacker would choose.
fn hostile() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        3 => "[ -~]{1,6}".prop_map(String::from),
        3 => prop::sample::select(vec![
            "\"; drop", "\";", ";)", ")\nalert ip any any -> any any (sid:1;)", "\\", "\\\"", "|", "|3b|", "!", "\r\n", "\0", "/", "/i\"", "*", "?", "é", "\u{2028}", "sid:1;", ",", "#", "%3b", "$HOME_NET", "[", "'", "`",
        ]).prop_map(String::from),
    ];
    prop::collection::vec(bit, 1..8).prop_map(|bits| bits.concat())
}

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

fn detection(title: String, meta: Meta, class: EventClass, predicate: Predicate) -> Detection {
    let indicators: Arc<[Indicator]> = Arc::new([]);
    let kind = Kind::Event(EventRule { event: EventSelector::of(class), predicate });
    Detection {
        key: "a/b".to_owned(),
        id: ir::id::of("a", "b"),
        title,
        description: String::new(),
        meta: Arc::new(meta),
        kind,
        indicators,
        span: span(),
    }
}

fn compile(detection: &Detection, profile: usize) -> Compiled {
    let target = crate::Suricata;
    let profile = &Target::about(&target).profiles[profile];
    target.compile(Job {
        profile,
        detections: std::slice::from_ref(&detection),
        overlay: &Overlay::default(),
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    })
}

/// The only rules in the files, read back.
fn read(artefacts: &[Artefact]) -> Vec<reader::Rule> {
    let rules = artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules);
    let lines = rules.flat_map(|artefact| reader::lines(&artefact.text)).filter(reader::Line::is_rule);
    lines.map(|line| reader::rule(&line.text, reader::Reading::Ours).expect("a printed rule reads back")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn contents_read_back(bytes in prop::collection::vec(any::<u8>(), 1..60)) {
        let text = format!("\"{}\"", content(&bytes));
        prop_assert!(text.is_ascii() && !text.contains(';') && !text.contains('\\'));
        prop_assert_eq!(text.matches('"').count(), 2);
        prop_assert_eq!(reader::content(&text), Ok(bytes));
    }

    #[test]
    fn messages_read_back(text in hostile()) {
        let want: String = text.chars().map(|char| if source::unseen(char) { ' ' } else { char }).collect();
        prop_assert_eq!(reader::message(&format!("\"{}\"", quoted(&text))), Ok(want));
    }

    #[test]
    fn comments_stay_one_line(text in hostile()) {
        let line = comment(&text);
        prop_assert!(!line.chars().any(source::unseen) && !line.ends_with('\\'));
    }

    #[test]
    fn no_words_around_a_rule_become_a_line(words in hostile(), fill in 0usize..9000) {
        let long = format!("{}alert ip any any -> any any (msg:\"x\"; sid:1;) {words}", "a".repeat(fill));
        let meta = Meta {
            advisory: long.clone(), advisory_title: long.clone(), report: Some(long.clone()),
            citations: vec![ir::Citation { quote: long.clone(), source: long.clone(), file: None, line: None, url: None }],
            ..Meta::default()
        };
        let predicate = Predicate::text(Field::UserAgent, vec![Pattern::exact("kestrel")], Case::Insensitive, span());
        let compiled = compile(&detection(long, meta, EventClass::HttpRequest, predicate), 0);
        prop_assert_eq!(compiled.refused().collect::<Vec<_>>(), Vec::<&source::Diagnostic>::new());
        prop_assert_eq!(read(&compiled.artefacts).len(), 1);
    }

    #[test]
    fn words_and_links_hold_no_syntax(text in hostile()) {
        prop_assert!(word(&text).bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.+-".contains(&byte)));
        let link = link(&text);
        prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && !b"\";\\|,".contains(&byte)));
        let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        prop_assert_eq!(percent_decoded(&link), percent_decoded(rest));
    }

    #[test]
    fn expressions_match_what_they_say(text in hostile(), other in hostile(), nocase in any::<bool>()) {
        let printed = pcre::expression(&Re::Seq(vec![Re::Raw("^"), Re::Text(text.clone()), Re::Raw("$")]), nocase);
        prop_assert!(printed.is_ascii() && !printed.contains(['"', ';', '\n']));
        let value = format!("\"/{printed}/i\"");
        prop_assert_eq!(reader::pattern(&value), Ok((printed.clone(), "i".to_owned())));
        let regex = regex::bytes::RegexBuilder::new(&printed).unicode(false).case_insensitive(nocase).build().unwrap();
        prop_assert!(regex.is_match(text.as_bytes()));
        let same = Pattern::exact(text).matches(&other, if nocase { Case::Insensitive } else { Case::Sensitive });
        prop_assert!(same || !regex.is_match(other.as_bytes()));
    }

    #[test]
    fn no_value_breaks_out_of_a_rule(value in hostile(), title in hostile(), at in 0usize..8, profile in 0usize..2) {
        use EventClass::{DnsQuery, EmailMessage, FileContent, HttpRequest, TlsHandshake};
        let (class, field) = [
            (HttpRequest, Field::UserAgent), (HttpRequest, Field::UrlPath), (HttpRequest, Field::UrlQuery), (DnsQuery, Field::DnsName),
            (TlsHandshake, Field::TlsCertSubject), (EmailMessage, Field::EmailSubject), (EmailMessage, Field::EmailFrom), (FileContent, Field::FileName),
        ][at];
        let meta = Meta {
            advisory: title.clone(), advisory_title: value.clone(), actors: vec![value.clone()], malware: vec![value.clone()],
            references: vec![format!("https://a.example/{value}")], cves: vec![format!("CVE-{value}")], report: Some(value.clone()),
            citations: vec![ir::Citation { quote: value.clone(), source: title.clone(), file: None, line: None, url: None }],
            ..Meta::default()
        };
        let predicate = Predicate::text(field, vec![Pattern::exact(&value), Pattern::contains(format!("{value}~x"))], Case::Insensitive, span());
        let compiled = compile(&detection(title, meta, class, predicate), profile);
        prop_assert_eq!(compiled.refused().collect::<Vec<_>>(), Vec::<&source::Diagnostic>::new());
        let rules = read(&compiled.artefacts);
        prop_assert_eq!(rules.len(), compiled.rules.len());
        for (rule, printed) in rules.iter().zip(&compiled.rules) {
            prop_assert_eq!(rule.header[0].as_str(), "alert");
            prop_assert_eq!(rule.value("sid"), Some(printed.id.as_str()));
            prop_assert!(printed.text.len() <= super::MAX_LINE);
            for option in &rule.options {
                const KNOWN: [&str; 30] = [
                    "msg", "flow", "content", "nocase", "startswith", "endswith", "bsize", "pcre", "classtype", "reference", "metadata", "sid", "rev", "target",
                    "http.user_agent", "http.uri", "http.uri.raw", "dns.query", "tls.cert_subject", "email.subject", "smtp.mail_from", "email.from",
                    "file.name", "offset", "depth", "http.host", "dotprefix", "fast_pattern", "absent", "pcrexform",
                ];
                prop_assert!(KNOWN.contains(&option.name.as_str()), "{}", option.name);
            }
        }
        if matches!(field, Field::UserAgent | Field::FileName) && value.is_ascii() {
            let wanted = value.as_bytes().to_vec();
            let found = rules.iter().any(|rule| rule.options.iter().any(|option| {
                option.name == "content" && reader::content(option.value.as_deref().unwrap_or_default()).is_ok_and(|bytes| bytes == wanted)
            }));
            prop_assert!(found);
        }
    }

    #[test]
    fn data_set_lines_read_back(value in hostile()) {
        let values: Vec<Pattern> = (0..600).map(|at| Pattern::exact(format!("{value}{at}"))).collect();
        let predicate = Predicate::text(Field::UserAgent, values, Case::Sensitive, span());
        let compiled = compile(&detection("t".to_owned(), Meta { advisory: "a".to_owned(), ..Meta::default() }, EventClass::HttpRequest, predicate), 0);
        prop_assert_eq!(compiled.refused().collect::<Vec<_>>(), Vec::<&source::Diagnostic>::new());
        let list = compiled.artefacts.iter().find(|artefact| artefact.kind == ArtefactKind::List).unwrap();
        let wanted = format!("{value}7");
        prop_assert_eq!(list.text.lines().count(), 600);
        prop_assert!(list.text.lines().any(|line| base64::Engine::decode(&base64::engine::general_purpose::STANDARD, line).unwrap() == wanted.as_bytes()));
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes().peekable();
    let mut rest = text.as_bytes();
    while let Some(byte) = bytes.next() {
        rest = &rest[1..];
        let escaped =
            (byte == b'%').then(|| rest.get(..2)).flatten().and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match escaped {
            Some(value) if !rest[..2].contains(&b'+') => {
                out.push(value);
                bytes.next();
                bytes.next();
                rest = &rest[2..];
            }
            _ => out.push(byte),
        }
    }
    out
}
