//! Does a printed rule mean what the evaluator says? Random predicates and events; the rule is read back from its text.

use std::collections::BTreeMap;
use std::sync::Arc;

use backend::{Job, Outcome, Overlay, Section, Target as _};
use ir::{
    Case, Detection, EventClass, EventRule, EventSelector, Field, FieldRef, FieldValue, Kind, Meta, Op, Part, Pattern, Platform, Predicate, Record,
    Regex, Tree,
};
use proptest::prelude::*;
use serde_yaml::Value;
use source::{Sources, Span};

use crate::verify::read_sigma_string;
use crate::{PROFILES, Sigma};

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

/// A log line: what Sysmon would write of an event.
type Log = BTreeMap<&'static str, String>;

fn log(record: &Record) -> Log {
    let text = |field: Field| record.fields.get(&FieldRef::Known(field)).and_then(|value| value.text().map(|text| text.into_owned()));
    let mut out = Log::new();
    let plain = [
        (Field::ProcessPath, "Image"),
        (Field::ProcessCommandLine, "CommandLine"),
        (Field::ParentPath, "ParentImage"),
        (Field::RegistryData, "Details"),
    ];
    out.extend(plain.iter().filter_map(|(field, name)| Some((*name, text(*field)?))));
    if let (Some(domain), Some(user)) = (text(Field::UserDomain), text(Field::UserName)) {
        out.insert("User", format!("{domain}\\{user}"));
    }
    if let (Some(key), Some(value)) = (text(Field::RegistryKey), text(Field::RegistryValueName)) {
        out.insert("TargetObject", format!("{key}\\{value}"));
    }
    if let (Some(md5), Some(sha1)) = (text(Field::ProcessMd5), text(Field::ProcessSha1)) {
        out.insert("Hashes", format!("SHA1={},MD5={}", sha1.to_uppercase(), md5.to_uppercase()));
    }
    out
}

/// Whether a selection holds.
fn selection(body: &Value, log: &Log) -> bool {
    match body {
        Value::Sequence(maps) => maps.iter().any(|map| selection(map, log)),
        Value::Mapping(items) => items.iter().all(|(key, value)| item(key.as_str().unwrap_or_default(), value, log)),
        _ => panic!("{body:?} is no selection"),
    }
}

fn item(key: &str, value: &Value, log: &Log) -> bool {
    let mut modifiers: Vec<&str> = key.split('|').collect();
    let field = modifiers.remove(0);
    let Some(text) = log.get(field) else { return false };
    let values: Vec<&Value> = value.as_sequence().map_or_else(|| vec![value], |list| list.iter().collect());
    let case = if modifiers.contains(&"cased") { Case::Sensitive } else { Case::Insensitive };
    let fits = |value: &&Value| match (modifiers.first(), value) {
        (Some(&"exists"), Value::Bool(is)) => *is,
        (Some(&"re"), Value::String(regex)) => {
            let case = if modifiers.contains(&"i") { Case::Insensitive } else { Case::Sensitive };
            Regex::parse(regex, case).expect("it was printed").is_match(text.as_bytes())
        }
        (first, Value::String(value)) => {
            let pattern = read_sigma_string(value);
            let open = |before: bool, after: bool| {
                let run = |on: bool| on.then_some(Part::Run);
                Pattern::new(run(before).into_iter().chain(pattern.parts().iter().cloned()).chain(run(after)))
            };
            let pattern = match first {
                Some(&"contains") => open(true, true),
                Some(&"startswith") => open(false, true),
                Some(&"endswith") => open(true, false),
                _ => open(false, false),
            };
            pattern.matches(text, case)
        }
        other => panic!("{other:?}"),
    };
    if modifiers.contains(&"all") { values.iter().all(fits) } else { values.iter().any(fits) }
}

/// Whether a condition holds: `or` binds least, then `and`, then `not`.
fn condition(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>, detection: &serde_yaml::Mapping, log: &Log) -> bool {
    let mut any = false;
    loop {
        let mut all = true;
        loop {
            all &= operand(words, detection, log);
            if words.next_if(|word| word == "and").is_none() {
                break;
            }
        }
        any |= all;
        if words.next_if(|word| word == "or").is_none() {
            return any;
        }
    }
}

fn operand(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>, detection: &serde_yaml::Mapping, log: &Log) -> bool {
    let word = words.next().expect("an operand");
    match word.as_str() {
        "not" => !operand(words, detection, log),
        "(" => {
            let inside = condition(words, detection, log);
            assert_eq!(words.next().as_deref(), Some(")"));
            inside
        }
        "1" | "all" => {
            words.next();
            let pattern = words.next().expect("a pattern");
            let prefix = pattern.trim_end_matches('*');
            let mut found = detection.iter().filter(|(name, _)| name.as_str().is_some_and(|name| name.starts_with(prefix)));
            if word == "1" { found.any(|(_, body)| selection(body, log)) } else { found.all(|(_, body)| selection(body, log)) }
        }
        name => selection(detection.get(name).expect("a selection"), log),
    }
}

/// The rule for a predicate, when it means exactly the same.
fn compiled(class: EventClass, predicate: &Predicate) -> Option<Value> {
    let event = EventSelector { platform: Some(Platform::Windows), ..EventSelector::of(class) };
    let detection = Detection {
        key: "A/b".to_owned(),
        id: ir::id::of("A", "b"),
        title: "t".to_owned(),
        description: "d".to_owned(),
        meta: Arc::new(Meta { advisory: "A".to_owned(), ..Meta::default() }),
        kind: Kind::Event(EventRule { event, predicate: predicate.clone() }),
        indicators: Arc::new([]),
        span: span(),
    };
    let overlay = Overlay::default();
    let compiled = Sigma.compile(Job {
        profile: &PROFILES[0],
        detections: &[&detection],
        overlay: &overlay,
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    });
    assert!(compiled.refused().next().is_none(), "{:?}\n{}", compiled.entries, compiled.artefacts[0].text);
    (compiled.entries[0].outcome == Outcome::Exact).then(|| serde_yaml::from_str(&compiled.artefacts[0].text).expect("it is YAML"))
}

fn sigma_holds(rule: &Value, log: &Log) -> bool {
    let detection = rule.get("detection").and_then(Value::as_mapping).expect("a detection");
    let text = detection.get("condition").and_then(Value::as_str).expect("a condition");
    let words: Vec<String> = text.replace('(', "( ").replace(')', " )").split_whitespace().map(ToOwned::to_owned).collect();
    condition(&mut words.into_iter().peekable(), detection, log)
}

fn literal() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof![Just("a"), Just("B"), Just("*"), Just("?"), Just("x.exe"), Just("'")], 1..3).prop_map(|list| list.concat())
}

fn pattern(literal: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Pattern> {
    let part = prop_oneof![3 => literal.clone().prop_map(Part::Literal), 1 => Just(Part::Run), 1 => Just(Part::One)];
    prop_oneof![literal.prop_map(Pattern::exact), proptest::collection::vec(part, 1..4).prop_map(Pattern::new)]
}

fn text_test(field: Field, patterns: impl Strategy<Value = Pattern>) -> impl Strategy<Value = Predicate> {
    let case = prop_oneof![3 => Just(Case::Insensitive), 1 => Just(Case::Sensitive)];
    (proptest::collection::vec(patterns, 1..3), case).prop_map(move |(patterns, case)| Predicate::text(field, patterns, case, span()))
}

fn path() -> impl Strategy<Value = String> + Clone {
    proptest::collection::vec(prop_oneof![Just("C:"), Just("a"), Just("B*"), Just("x.exe"), Just("Run")], 1..4).prop_map(|list| list.join("\\"))
}

fn key() -> impl Strategy<Value = String> + Clone {
    path().prop_map(|path| format!("HKLM\\{path}"))
}

fn tree(predicate: impl Strategy<Value = Predicate> + 'static) -> impl Strategy<Value = Predicate> {
    predicate.prop_recursive(3, 12, 4, |inner| {
        let list = proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![list.clone().prop_map(Predicate::All), list.prop_map(Predicate::Any), inner.prop_map(Predicate::negate)]
    })
}

fn process_predicate() -> impl Strategy<Value = Predicate> {
    let digest = prop_oneof![Just("0".repeat(32)), Just("ab".repeat(16))];
    tree(prop_oneof![
        text_test(Field::ProcessCommandLine, pattern(literal().boxed())),
        text_test(Field::ProcessPath, pattern(path().boxed())),
        text_test(Field::ProcessName, pattern(literal().boxed())),
        text_test(Field::UserName, pattern(literal().boxed())),
        text_test(Field::UserDomain, pattern(literal().boxed())),
        digest.prop_map(|digest| Predicate::is(Field::ProcessMd5, digest, span())),
        Just(Predicate::test(Field::ProcessCommandLine, Op::Exists, span())),
        path().prop_filter_map("a place", |path| Some(Predicate::test(Field::ProcessPath, Op::Under(vec![Tree::parse(&path)?]), span()))),
        prop_oneof![Just("^a|b$"), Just("(?i)a[a-b]"), Just(r"x\.e.e$")].prop_map(|text| Predicate::test(
            Field::ProcessCommandLine,
            Op::Regex(vec![Regex::parse(text, Case::Sensitive).unwrap()]),
            span()
        )),
    ])
}

fn registry_predicate() -> impl Strategy<Value = Predicate> {
    let value = prop_oneof![Just("a".to_owned()), Just("Run".to_owned()), Just("B*".to_owned())];
    let together = (key(), value.clone()).prop_map(|(key, value)| {
        Predicate::All(vec![Predicate::is(Field::RegistryKey, key, span()), Predicate::is(Field::RegistryValueName, value, span())])
    });
    let below = (key(), value.clone()).prop_map(|(key, value)| {
        let below = Op::Under(Tree::parse(&key).into_iter().collect());
        Predicate::All(vec![Predicate::test(Field::RegistryKey, below, span()), Predicate::is(Field::RegistryValueName, value, span())])
    });
    tree(prop_oneof![
        together,
        below,
        text_test(Field::RegistryKey, pattern(key().boxed())),
        text_test(Field::RegistryValueName, pattern(value.boxed())),
        key().prop_map(|key| Predicate::test(Field::RegistryKey, Op::Under(Tree::parse(&key).into_iter().collect()), span())),
    ])
}

fn record(class: EventClass, fields: Vec<(Field, Option<String>)>) -> Record {
    let mut record = Record::new(EventSelector::of(class));
    record.fields = fields.into_iter().filter_map(|(field, value)| Some((FieldRef::Known(field), FieldValue::Text(value?)))).collect();
    record
}

fn process() -> impl Strategy<Value = Record> {
    let digest = prop_oneof![Just("0".repeat(32)), Just("ab".repeat(16))];
    let account = proptest::option::of((literal(), literal()));
    (proptest::option::of(path()), proptest::option::of(literal()), account, digest).prop_map(|(path, line, account, digest)| {
        let (domain, user) = account.unzip();
        // A full path has a directory.
        let path = path.map(|path| format!("C:\\{path}"));
        let fields = vec![
            (Field::ProcessPath, path),
            (Field::ProcessCommandLine, line),
            (Field::UserDomain, domain),
            (Field::UserName, user),
            (Field::ProcessMd5, Some(digest)),
            (Field::ProcessSha1, Some("c".repeat(40))),
        ];
        record(EventClass::ProcessStart, fields)
    })
}

fn registry() -> impl Strategy<Value = Record> {
    let value = prop_oneof![Just("a".to_owned()), Just("Run".to_owned()), Just("b*".to_owned())];
    (key(), value)
        .prop_map(|(key, value)| record(EventClass::RegistrySet, vec![(Field::RegistryKey, Some(key)), (Field::RegistryValueName, Some(value))]))
}

fn same(class: EventClass, predicate: &Predicate, records: &[Record]) -> Result<(), TestCaseError> {
    let Some(rule) = compiled(class, predicate) else { return Ok(()) };
    for record in records {
        let expected = ir::eval::holds(predicate, record);
        let text = serde_yaml::to_string(&rule).unwrap_or_default();
        prop_assert_eq!(sigma_holds(&rule, &log(record)), expected, "{:?}\n{}", log(record), text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn process_rules_mean_what_was_asked(predicate in process_predicate(), records in proptest::collection::vec(process(), 1..12)) {
        same(EventClass::ProcessStart, &predicate, &records)?;
    }

    #[test]
    fn registry_rules_mean_what_was_asked(predicate in registry_predicate(), records in proptest::collection::vec(registry(), 1..12)) {
        same(EventClass::RegistrySet, &predicate, &records)?;
    }
}
