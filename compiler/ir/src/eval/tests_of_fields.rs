//! What do tests of fields that are missing, empty, many or unnamed come to?

use source::{Sources, Span};

use super::{holds, matches};
use crate::{Case, EventRule, EventSelector, FieldRef, FieldValue, LogSource, NumberTest, Op, Pattern, Place, Predicate, Record, TimePart};

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

fn own(name: &str) -> FieldRef {
    FieldRef::Open(name.into())
}

fn open(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> EventSelector {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let source = LogSource::Open { category: text(category), product: text(product), service: text(service) };
    EventSelector { source, platform: None, flow: None, sensor: None }
}

fn record(fields: &[(&str, FieldValue)]) -> Record {
    let mut record = Record::new(open(None, Some("product"), None));
    record.fields = fields.iter().map(|(name, value)| (own(name), value.clone())).collect();
    record
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

/// Whether a test holds, and that its negation is the opposite.
fn tested(field: FieldRef, op: Op, record: &Record) -> bool {
    let test = Predicate::test(field, op, span());
    let is = holds(&test, record);
    assert_ne!(is, holds(&test.negate(), record));
    is
}

#[test]
fn missing_empty_and_there_are_three_things() {
    let event = record(&[
        ("full", text("x")),
        ("empty", text("")),
        ("list", FieldValue::List(vec![text(""), text("x")])),
        ("none", FieldValue::List(vec![])),
    ]);
    let of = |name: &str| [Op::Exists, Op::Empty, Op::Missing].map(|op| tested(own(name), op, &event));
    assert_eq!(of("full"), [true, false, false]);
    assert_eq!(of("empty"), [false, true, false]);
    assert_eq!(of("list"), [true, true, false], "a list holds what any of its values does");
    assert_eq!(of("none"), [false, false, false]);
    assert_eq!(of("other"), [false, false, true]);
    let nothing = Op::Text { patterns: vec![Pattern::exact("")], case: Case::Insensitive };
    assert!(!tested(own("empty"), nothing, &event), "a test on an empty field is false like one on a missing field; `Empty` asks for it");
}

#[test]
fn keywords_look_into_every_value_and_the_whole_line() {
    let mut event = record(&[("a", text("one two")), ("b", FieldValue::List(vec![FieldValue::Number(42), text("three")]))]);
    let word =
        |word: &str, event: &Record| tested(FieldRef::Any, Op::Text { patterns: vec![Pattern::contains(word)], case: Case::Insensitive }, event);
    assert!(word("TWO", &event) && word("42", &event) && word("three", &event));
    assert!(!word("one two three", &event), "values are not joined");
    assert!(!word("b", &event), "names are no values");
    event.message = Some("sshd[1]: Failed password".into());
    assert!(word("failed PASSWORD", &event));
    assert!(!word("anything", &record(&[])));
}

#[test]
fn parts_of_times_are_utc() {
    let event = record(&[("at", text("2024-03-01T23:30:00-02:00")), ("odd", text("soon")), ("day", FieldValue::Number(20240301))]);
    let part = |name: &str, part: TimePart, number: NumberTest| tested(own(name), Op::Time { part, number }, &event);
    assert!(part("at", TimePart::Hour, NumberTest::In(vec![1])) && part("at", TimePart::Day, NumberTest::AtLeast(2)));
    assert!(part("at", TimePart::Week, NumberTest::In(vec![9])) && !part("at", TimePart::Year, NumberTest::Less(2024)));
    assert!(!part("odd", TimePart::Year, NumberTest::More(0)) && !part("gone", TimePart::Year, NumberTest::More(0)));
}

#[test]
fn another_field_stands_somewhere_as_it_is() {
    let event = record(&[("a", text("C:\\X*y\\Tool.EXE")), ("b", text("x*Y")), ("c", text("x?y")), ("n", FieldValue::Number(7)), ("m", text("17"))]);
    let same = |field: &str, other: &str, place: Place, case: Case| tested(own(field), Op::Same { other: own(other), place, case }, &event);
    assert!(same("a", "b", Place::Anywhere, Case::Insensitive) && !same("a", "b", Place::Anywhere, Case::Sensitive));
    assert!(!same("a", "c", Place::Anywhere, Case::Insensitive), "what looks like a wildcard is a character");
    assert!(!same("a", "b", Place::Start, Case::Insensitive) && !same("a", "b", Place::End, Case::Insensitive));
    assert!(same("m", "n", Place::End, Case::Insensitive) && !same("m", "n", Place::Whole, Case::Insensitive));
    assert!(same("n", "n", Place::Whole, Case::Sensitive));
    assert!(!same("a", "gone", Place::Anywhere, Case::Insensitive) && !same("gone", "a", Place::Anywhere, Case::Insensitive));
}

#[test]
fn a_rule_reads_what_its_words_cover() {
    let reads =
        |rule: EventSelector, event: EventSelector| matches(&EventRule { event: rule, predicate: Predicate::All(vec![]) }, &Record::new(event));
    let security = || open(None, Some("windows"), Some("security"));
    assert!(reads(open(None, Some("windows"), None), security()) && reads(open(None, None, Some("security")), security()));
    assert!(!reads(security(), open(None, Some("windows"), None)), "an event that says less is not known to fit");
    assert!(!reads(open(None, Some("linux"), Some("security")), security()) && !reads(open(Some("proxy"), Some("windows"), None), security()));
    assert!(!reads(EventSelector::of(crate::EventClass::ProcessStart), security()));
}
