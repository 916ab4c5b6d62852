//! Which of many rules does an event fit?
//!
//! Asking each rule about each event is slow where there are thousands of rules. Most rules hold only when some text or number
//! stands in some field ([`Anchor`]); an [`Index`] looks for the texts of all rules in one pass over a field's value, and asks
//! the evaluator about those rules alone whose text it found, and about rules that have no such text.
//!
//! **Invariant:** the answer is the evaluator's, for every event; a property test compares the two.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::pattern::fold_into;
use crate::{EventRule, FieldRef, FieldTest, FieldValue, LogSource, NumberTest, Op, Part, Pattern, Predicate, Record, eval};

/// Rules, ready to be asked about events.
#[derive(Debug)]
pub struct Index<'a> {
    rules: Vec<&'a EventRule>,
    streams: Vec<(&'a LogSource, Stream<'a>)>,
}

/// The rules of one log source.
#[derive(Debug, Default)]
struct Stream<'a> {
    /// Rules that no text or number has to be there for.
    always: Vec<usize>,
    fields: Vec<(&'a FieldRef, Anchors)>,
}

/// What is looked for in a field, with the rules that hold only where something of it is found.
#[derive(Debug, Default)]
struct Anchors {
    texts: Option<AhoCorasick>,
    /// For each text, in the order of the search.
    owners: Vec<Vec<usize>>,
    numbers: BTreeMap<i64, Vec<usize>>,
}

/// Something that must be found in a field for a rule to hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Anchor<'a> {
    /// The folded value holds this folded text, which is not empty.
    Text(&'a FieldRef, String),
    /// The value is this number.
    Number(&'a FieldRef, i64),
}

impl Anchor<'_> {
    /// How seldom it will be found, roughly.
    fn worth(&self) -> usize {
        match self {
            // A number is compared as a whole.
            Self::Number(..) => 10,
            Self::Text(FieldRef::Any, text) => text.len() / 2,
            Self::Text(_, text) => text.len(),
        }
    }
}

impl<'a> Index<'a> {
    /// Takes rules; answers are places in this list.
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = &'a EventRule>) -> Self {
        let rules: Vec<&EventRule> = rules.into_iter().collect();
        let mut sources: BTreeMap<&LogSource, Vec<usize>> = BTreeMap::new();
        for (at, rule) in rules.iter().enumerate() {
            sources.entry(&rule.event.source).or_default().push(at);
        }
        let streams = sources.into_iter().map(|(source, own)| (source, Stream::new(&rules, &own))).collect();
        Self { rules, streams }
    }

    /// The rules that an event fits, in order.
    #[must_use]
    pub fn matches(&self, record: &Record) -> Vec<usize> {
        let mut found = Vec::new();
        for (source, stream) in &self.streams {
            if source.covers(&record.event.source) {
                stream.candidates(record, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|at| self.rules.get(*at).is_some_and(|rule| eval::matches(rule, record)));
        found
    }
}

impl<'a> Stream<'a> {
    fn new(rules: &[&'a EventRule], own: &[usize]) -> Self {
        let mut stream = Self::default();
        let mut texts: BTreeMap<&FieldRef, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        let mut numbers: BTreeMap<&FieldRef, BTreeMap<i64, Vec<usize>>> = BTreeMap::new();
        for &at in own {
            let Some(rule) = rules.get(at) else { continue };
            let Some(anchors) = anchors(&rule.predicate) else {
                stream.always.push(at);
                continue;
            };
            for anchor in anchors {
                match anchor {
                    Anchor::Text(field, text) => texts.entry(field).or_default().entry(text).or_default().push(at),
                    Anchor::Number(field, number) => numbers.entry(field).or_default().entry(number).or_default().push(at),
                }
            }
        }
        let mut fields: BTreeMap<&FieldRef, Anchors> = BTreeMap::new();
        for (field, texts) in texts {
            // Overlapping finds need this kind of search. Texts too many for one search are asked about always.
            match AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts.keys()) {
                Ok(search) => {
                    let anchors = fields.entry(field).or_default();
                    anchors.texts = Some(search);
                    anchors.owners = texts.into_values().collect();
                }
                Err(_) => stream.always.extend(texts.into_values().flatten()),
            }
        }
        for (field, numbers) in numbers {
            fields.entry(field).or_default().numbers = numbers;
        }
        stream.fields = fields.into_iter().collect();
        stream
    }

    fn candidates(&self, record: &Record, found: &mut Vec<usize>) {
        found.extend(&self.always);
        let mut folded = String::new();
        for (field, anchors) in &self.fields {
            if **field == FieldRef::Any {
                for value in record.fields.values() {
                    anchors.find(value, &mut folded, found);
                }
                if let Some(message) = &record.message {
                    anchors.find_text(message, &mut folded, found);
                }
            } else if let Some(value) = record.get(field) {
                anchors.find(&value, &mut folded, found);
            }
        }
    }
}

impl Anchors {
    fn find(&self, value: &FieldValue, folded: &mut String, found: &mut Vec<usize>) {
        value.any(&mut |value| {
            if !self.numbers.is_empty()
                && let Some(owners) = value.number().and_then(|number| self.numbers.get(&number))
            {
                found.extend(owners);
            }
            if let Some(text) = value.text() {
                self.find_text(&text, folded, found);
            }
            false
        });
    }

    fn find_text(&self, text: &str, folded: &mut String, found: &mut Vec<usize>) {
        let Some(search) = &self.texts else { return };
        fold_into(text, folded);
        for hit in search.find_overlapping_iter(folded.as_str()) {
            if let Some(owners) = self.owners.get(hit.pattern().as_usize()) {
                found.extend(owners);
            }
        }
    }
}

/// Anchors of which one must be found for a predicate to hold; `None` when there are none such. An empty list is a predicate that
/// never holds.
fn anchors(predicate: &Predicate) -> Option<Vec<Anchor<'_>>> {
    match predicate {
        Predicate::All(list) => list.iter().filter_map(anchors).max_by_key(|anchors| worth(anchors)),
        Predicate::Any(list) => {
            let mut out = Vec::new();
            for inner in list {
                out.append(&mut anchors(inner)?);
            }
            Some(out)
        }
        Predicate::Test(test) => of_test(test),
        Predicate::Not(_) | Predicate::Bytes(_) => None,
    }
}

/// The worth of the most common anchor, then how few there are. No anchor at all is the best: the predicate never holds.
fn worth(anchors: &[Anchor<'_>]) -> (usize, std::cmp::Reverse<usize>) {
    // Beyond a dozen characters a longer text is no rarer, and the number of texts decides.
    (anchors.iter().map(Anchor::worth).min().unwrap_or(usize::MAX).min(12), std::cmp::Reverse(anchors.len()))
}

fn of_test(test: &FieldTest) -> Option<Vec<Anchor<'_>>> {
    let text = |text: &str| {
        let mut folded = String::new();
        fold_into(text, &mut folded);
        (!folded.is_empty()).then_some(Anchor::Text(&test.field, folded))
    };
    match &test.op {
        Op::Text { patterns, .. } => patterns.iter().map(|pattern| text(longest(pattern)?)).collect(),
        Op::Domain(domains) => domains.iter().map(|domain| text(domain.as_str())).collect(),
        Op::Under(trees) => trees.iter().map(|tree| text(&tree.root)).collect(),
        // Numbers of any field may stand in the whole message too, where numbers are not looked up.
        Op::Number(NumberTest::In(_)) if test.field == FieldRef::Any => None,
        Op::Number(NumberTest::In(numbers)) => Some(numbers.iter().map(|number| Anchor::Number(&test.field, *number)).collect()),
        Op::Number(NumberTest::Less(_) | NumberTest::AtMost(_) | NumberTest::More(_) | NumberTest::AtLeast(_) | NumberTest::Decimal(..))
        | Op::Exists
        | Op::Empty
        | Op::Missing
        | Op::Regex(_)
        | Op::Address(_)
        | Op::Url(_)
        | Op::Flag(_)
        | Op::Time { .. }
        | Op::Same { .. } => None,
    }
}

fn longest(pattern: &Pattern) -> Option<&str> {
    let literals = pattern.parts().iter().filter_map(|part| match part {
        Part::Literal(text) => Some(text.as_str()),
        Part::Run | Part::One => None,
    });
    literals.max_by_key(|text| text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, Domain, EventClass, EventSelector, Field, Platform, Tree};
    use proptest::prelude::*;
    use source::{Sources, Span};

    fn span() -> Span {
        Span::new(Sources::default().add("test", ""), 0, 0)
    }

    fn open(product: Option<&str>, service: Option<&str>) -> LogSource {
        LogSource::Open { category: None, product: product.map(str::to_owned), service: service.map(str::to_owned) }
    }

    fn source() -> impl Strategy<Value = LogSource> {
        prop_oneof![
            Just(LogSource::Known(EventClass::ProcessStart)),
            Just(LogSource::Known(EventClass::DnsQuery)),
            Just(open(Some("a"), None)),
            Just(open(Some("a"), Some("b"))),
            Just(open(Some("c"), Some("b"))),
            Just(open(None, Some("b"))),
        ]
    }

    fn field() -> impl Strategy<Value = FieldRef> {
        prop_oneof![
            Just(Field::ProcessPath.into()),
            Just(Field::ProcessName.into()),
            Just(Field::DnsName.into()),
            Just(FieldRef::Open("own".into())),
            Just(FieldRef::Any),
        ]
    }

    fn word() -> impl Strategy<Value = String> {
        "[abKk\\u{212A}\\u{E9}.\\\\\\\\1]{0,3}"
    }

    fn op() -> impl Strategy<Value = Op> {
        let pattern =
            prop::collection::vec(prop_oneof![word().prop_map(Part::Literal), Just(Part::Run), Just(Part::One)], 0..4).prop_map(Pattern::new);
        let case = prop_oneof![Just(Case::Sensitive), Just(Case::Insensitive)];
        prop_oneof![
            (prop::collection::vec(pattern, 1..3), case).prop_map(|(patterns, case)| Op::Text { patterns, case }),
            Just(Op::Exists),
            Just(Op::Empty),
            Just(Op::Missing),
            prop::collection::vec(0..3_i64, 1..3).prop_map(|numbers| Op::Number(NumberTest::In(numbers))),
            Just(Op::Number(NumberTest::AtLeast(1))),
            Just(Op::Domain(vec![Domain::parse("a.b").expect("a domain")])),
            Just(Op::Under(vec![Tree::parse("a\\").expect("a place")])),
        ]
    }

    fn predicate() -> impl Strategy<Value = Predicate> {
        let leaf = (field(), op()).prop_map(|(field, op)| Predicate::test(field, op, span()));
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::All),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::Any),
                inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
            ]
        })
    }

    fn value() -> impl Strategy<Value = FieldValue> {
        let single = prop_oneof![
            prop::collection::vec(word(), 0..4).prop_map(|words| FieldValue::Text(words.concat())),
            (0..3_i64).prop_map(FieldValue::Number),
            any::<bool>().prop_map(FieldValue::Flag),
        ];
        prop_oneof![single.clone(), prop::collection::vec(single, 0..3).prop_map(FieldValue::List)]
    }

    fn event(source: LogSource) -> EventSelector {
        EventSelector { source, platform: None, flow: None, sensor: None }
    }

    fn record() -> impl Strategy<Value = Record> {
        let fields = prop::collection::btree_map(field().prop_filter("a name", |field| *field != FieldRef::Any), value(), 0..4);
        (source(), fields, prop::option::of(word())).prop_map(|(source, fields, message)| {
            let mut record = Record::new(event(source));
            record.fields = fields;
            record.message = message.map(Into::into);
            record
        })
    }

    proptest! {
        #[test]
        fn the_answer_is_the_evaluators(
            rules in prop::collection::vec((source(), predicate()).prop_map(|(source, predicate)| EventRule { event: event(source), predicate }), 1..12),
            records in prop::collection::vec(record(), 1..8),
        ) {
            let index = Index::new(&rules);
            for record in &records {
                let slowly: Vec<usize> = (0..rules.len()).filter(|at| eval::matches(&rules[*at], record)).collect();
                prop_assert_eq!(index.matches(record), slowly);
            }
        }
    }

    #[test]
    fn a_number_of_any_field_is_found_in_the_message_too() {
        let rule = EventRule {
            event: EventSelector::of(EventClass::ProcessStart),
            predicate: Predicate::test(FieldRef::Any, Op::Number(NumberTest::In(vec![1])), span()),
        };
        let mut record = Record::new(EventSelector::of(EventClass::ProcessStart));
        record.message = Some("1".into());
        assert_eq!(Index::new([&rule]).matches(&record), [0]);
    }

    #[test]
    fn a_rule_is_tried_only_where_its_text_is() {
        let rule = |text: &str| EventRule {
            event: EventSelector { platform: Some(Platform::Windows), ..EventSelector::of(EventClass::ProcessStart) },
            predicate: Predicate::All(vec![
                Predicate::test(Field::ProcessCommandLine, Op::Text { patterns: vec![Pattern::contains(text)], case: Case::Insensitive }, span()),
                Predicate::is(Field::ProcessName, "a.exe", span()).negate(),
            ]),
        };
        let rules = [rule("whoami"), rule("/all")];
        let index = Index::new(&rules);
        let mut record = Record::new(EventSelector::of(EventClass::ProcessStart));
        record.fields.insert(Field::ProcessCommandLine.into(), FieldValue::Text("cmd /c WHOAMI".to_owned()));
        let mut found = Vec::new();
        index.streams[0].1.candidates(&record, &mut found);
        assert_eq!(found, [0]);
        assert_eq!(index.matches(&record), [0]);
    }

    #[test]
    fn the_best_anchor_is_taken() {
        let is = |field: Field, text: &str| Predicate::is(field, text, span());
        let all = Predicate::All(vec![
            is(Field::ProcessName, "a"),
            is(Field::ProcessPath, "something long"),
            Predicate::Not(Box::new(Predicate::All(vec![]))),
        ]);
        assert_eq!(anchors(&all), Some(vec![Anchor::Text(&Field::ProcessPath.into(), "something long".to_owned())]));
        assert_eq!(anchors(&Predicate::Any(vec![])), Some(vec![]), "it never holds");
        assert_eq!(anchors(&Predicate::Any(vec![is(Field::ProcessName, "a"), Predicate::All(vec![])])), None);
    }
}
