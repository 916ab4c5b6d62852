//! Which value of one field fits these tests and none of those?

use std::collections::BTreeMap;

use ir::{
    Case, Comparison, Decimal, EventClass, EventSelector, Field, FieldKind, FieldRef, FieldValue, IpNet, NumberTest, Op, Part, Pattern, Predicate,
    Record, eval,
};

use source::{Sources, Span};

use crate::asked::{Held, Literal, Outcome};
use crate::language;
use crate::product::{self, Answer};

/// The most values of a list that are tried one by one.
const MOST_TRIED: usize = 400;

/// Something that a field can hold for the literals, which are all about it.
pub(crate) fn held(field: &FieldRef, literals: &[Literal<'_>]) -> Outcome<Held> {
    for nothing in [Held::Missing, Held::Empty] {
        if literals.iter().all(|literal| without(&nothing, literal.op) == literal.holds) {
            return Outcome::Possible(nothing);
        }
    }
    let mut asked = Vec::new();
    for literal in literals {
        match (literal.op, literal.holds) {
            (Op::Missing | Op::Empty, true) | (Op::Exists, false) => return Outcome::Impossible,
            (Op::Missing | Op::Empty, false) | (Op::Exists, true) => {}
            _ => asked.push(*literal),
        }
    }
    if !field.known().is_some_and(Field::holds_many) {
        return match one(field, &asked) {
            Outcome::Possible(value) => Outcome::Possible(Held::Value(value)),
            Outcome::Impossible => Outcome::Impossible,
            Outcome::Unknown => Outcome::Unknown,
        };
    }
    // Each test may be fulfilled by a value of its own, and none of them may fit what must not hold.
    let (wanted, others): (Vec<Literal<'_>>, Vec<Literal<'_>>) = asked.into_iter().partition(|literal| literal.holds);
    let ways: Vec<Vec<Literal<'_>>> = match wanted.as_slice() {
        [] => vec![others],
        wanted => wanted.iter().map(|literal| std::iter::once(*literal).chain(others.iter().copied()).collect()).collect(),
    };
    let mut values = Vec::new();
    let mut unknown = false;
    for way in ways {
        match one(field, &way) {
            Outcome::Possible(value) if values.contains(&value) => {}
            Outcome::Possible(value) => values.push(value),
            Outcome::Impossible => return Outcome::Impossible,
            Outcome::Unknown => unknown = true,
        }
    }
    match (unknown, values.len()) {
        (true, _) => Outcome::Unknown,
        (_, 1) => Outcome::Possible(Held::Value(values.swap_remove(0))),
        _ => Outcome::Possible(Held::Value(FieldValue::List(values))),
    }
}

/// Whether a test fits a field that holds nothing.
pub(crate) fn without(nothing: &Held, op: &Op) -> bool {
    match nothing {
        Held::Missing => *op == Op::Missing,
        Held::Empty => *op == Op::Empty,
        Held::Value(_) => false,
    }
}

/// A single value that is there.
fn one(field: &FieldRef, literals: &[Literal<'_>]) -> Outcome<FieldValue> {
    let Some(literals) = less(literals) else { return Outcome::Impossible };
    let refs: Vec<Literal<'_>> = literals.iter().map(|(op, holds)| Literal { op, holds: *holds }).collect();
    let ask = Asker::new(field, &refs);
    let mut values = candidates(field, &refs);
    values.truncate(MOST_TRIED);
    if let Some(value) = values.into_iter().find(|value| ask.fits(value)) {
        return Outcome::Possible(value);
    }
    let all = |kind: fn(&Op) -> bool| refs.iter().all(|literal| kind(literal.op));
    let number = field.known().is_some_and(|field| field.kind() == FieldKind::Number);
    if all(|op| matches!(op, Op::Text { .. } | Op::Regex(_) | Op::Domain(_))) && !number {
        return texts(&ask, &refs);
    }
    // Between the bounds that were tried, nothing changes.
    let decided =
        all(|op| matches!(op, Op::Number(_))) && apart(&refs) || all(|op| matches!(op, Op::Flag(_))) || all(|op| matches!(op, Op::Address(_)));
    if decided && refs.iter().map(|literal| size(literal.op)).sum::<usize>() * 4 < MOST_TRIED { Outcome::Impossible } else { Outcome::Unknown }
}

/// Whether no two bounds of numbers lie so close that none was tried between them.
fn apart(literals: &[Literal<'_>]) -> bool {
    let mut bounds: Vec<Decimal> =
        literals.iter().flat_map(|literal| if let Op::Number(number) = literal.op { bounds_of(number) } else { Vec::new() }).collect();
    bounds.sort();
    bounds.dedup();
    bounds.windows(2).all(|pair| !matches!(pair, [one, other] if one.floor() == other.floor()))
}

/// Whether every value that fits the one test fits the other, as far as their letters tell.
pub(crate) fn implies(one: &Op, other: &Op) -> bool {
    fn inside<T: Ord>(list: &[T], of: &[T]) -> bool {
        list.iter().all(|item| of.binary_search(item).is_ok())
    }
    match (one, other) {
        (Op::Text { patterns, case }, Op::Text { patterns: of, case: by }) if case == by => {
            patterns.len().saturating_mul(of.len()) < MOST_PAIRS && patterns.iter().all(|pattern| of.iter().any(|of| covers(of, pattern)))
        }
        (Op::Regex(list), Op::Regex(of)) => inside(list, of),
        (Op::Address(list), Op::Address(of)) => inside(list, of),
        (Op::Domain(list), Op::Domain(of)) => inside(list, of),
        (Op::Url(list), Op::Url(of)) => inside(list, of),
        (Op::Missing | Op::Empty, _) => false,
        (_, Op::Exists) => true,
        _ => one == other,
    }
}

/// The most pairs of patterns that are compared letter by letter.
const MOST_PAIRS: usize = 20_000;

/// Whether a pattern fits every text that another one fits, as far as their letters tell. Both are folded, or case counts in both.
fn covers(pattern: &Pattern, other: &Pattern) -> bool {
    let (first, last) = (other.parts().first(), other.parts().last());
    match pattern.parts() {
        [Part::Run] => true,
        [Part::Literal(text), Part::Run] => matches!(first, Some(Part::Literal(start)) if start.starts_with(text.as_str())),
        [Part::Run, Part::Literal(text)] => matches!(last, Some(Part::Literal(end)) if end.ends_with(text.as_str())),
        [Part::Run, Part::Literal(text), Part::Run] => other.literals().any(|literal| literal.contains(text.as_str())),
        _ => pattern == other,
    }
}

/// Tests without the values that another test excludes, letter by letter. `None` where a test has none left.
fn less(literals: &[Literal<'_>]) -> Option<Vec<(Op, bool)>> {
    let mut out = Vec::with_capacity(literals.len());
    for literal in literals {
        let mut op = literal.op.clone();
        if literal.holds {
            for other in literals.iter().filter(|other| !other.holds) {
                match (&mut op, other.op) {
                    (Op::Text { patterns, case }, Op::Text { patterns: excluded, case: of }) if case == of => {
                        patterns.retain(|pattern| excluded.binary_search(pattern).is_err());
                    }
                    (Op::Regex(list), Op::Regex(excluded)) => list.retain(|item| excluded.binary_search(item).is_err()),
                    (Op::Address(list), Op::Address(excluded)) => list.retain(|item| excluded.binary_search(item).is_err()),
                    (Op::Domain(list), Op::Domain(excluded)) => list.retain(|item| excluded.binary_search(item).is_err()),
                    (Op::Url(list), Op::Url(excluded)) => list.retain(|item| excluded.binary_search(item).is_err()),
                    _ => {}
                }
            }
            if size(&op) == 0 {
                return None;
            }
        }
        out.push((op, literal.holds));
    }
    Some(out)
}

/// How many values a test has.
fn size(op: &Op) -> usize {
    match op {
        Op::Text { patterns, .. } => patterns.len(),
        Op::Regex(list) => list.len(),
        Op::Address(list) => list.len(),
        Op::Domain(list) => list.len(),
        Op::Url(list) => list.len(),
        Op::Number(NumberTest::In(list)) => list.len(),
        _ => 1,
    }
}

/// A text in the languages of the tests.
fn texts(ask: &Asker, literals: &[Literal<'_>]) -> Outcome<FieldValue> {
    let wanted: Option<Vec<_>> = literals.iter().map(|literal| Some((vec![language::of(literal.op)?], literal.holds))).collect();
    let Some(wanted) = wanted else { return Outcome::Unknown };
    match product::find(&wanted) {
        Answer::Text(text) => {
            let value = FieldValue::Text(text);
            if ask.fits(&value) { Outcome::Possible(value) } else { Outcome::Unknown }
        }
        Answer::Nothing => Outcome::Impossible,
        Answer::Unknown => Outcome::Unknown,
    }
}

/// Asks the evaluator about one value.
struct Asker {
    field: FieldRef,
    record: Record,
    tests: Vec<(Predicate, bool)>,
}

impl Asker {
    fn new(field: &FieldRef, literals: &[Literal<'_>]) -> Self {
        let span = Span::new(Sources::default().add("", ""), 0, 0);
        let test = |literal: &Literal<'_>| (Predicate::test(field.clone(), literal.op.clone(), span), literal.holds);
        Self { field: field.clone(), record: Record::new(EventSelector::of(EventClass::ProcessStart)), tests: literals.iter().map(test).collect() }
    }

    fn fits(&self, value: &FieldValue) -> bool {
        let mut record = self.record.clone();
        match (&self.field, value) {
            (FieldRef::Any, FieldValue::Text(text)) => record.message = Some(text.as_str().into()),
            _ => record.fields = BTreeMap::from([(self.field.clone(), value.clone())]),
        }
        self.tests.iter().all(|(test, holds)| eval::holds(test, &record) == *holds)
    }
}

/// Values that tests speak of, and those beside them.
fn candidates(field: &FieldRef, literals: &[Literal<'_>]) -> Vec<FieldValue> {
    let whole = field.known().is_some_and(|field| field.kind() == FieldKind::Number);
    let text = |text: String| FieldValue::Text(text);
    let mut out = Vec::new();
    let mut bounds: Vec<Decimal> = Vec::new();
    for literal in literals {
        match literal.op {
            Op::Text { patterns, case } => {
                for pattern in patterns.iter().take(MOST_TRIED / 8) {
                    out.extend(["", "x"].map(|filler| text(filled(pattern, filler))));
                    if *case == Case::Insensitive {
                        out.push(text(filled(pattern, "x").to_uppercase()));
                    }
                }
            }
            Op::Domain(list) => out.extend(
                list.iter().take(MOST_TRIED / 8).flat_map(|domain| [text(domain.as_str().to_owned()), text(format!("x.{}", domain.as_str()))]),
            ),
            Op::Url(list) => out.extend(list.iter().take(MOST_TRIED / 8).map(|url| text(url.to_string()))),
            Op::Address(list) => out.extend(list.iter().flat_map(beside).map(text)),
            Op::Flag(_) => out.extend([FieldValue::Flag(true), FieldValue::Flag(false)]),
            Op::Number(number) => bounds.extend(bounds_of(number)),
            _ => {}
        }
    }
    bounds.sort();
    bounds.dedup();
    out.extend(numbers(&bounds, whole));
    out.extend(joined(literals).map(text));
    // What no test speaks of.
    out.extend(match field.known().map(Field::kind) {
        Some(FieldKind::Number) => vec![FieldValue::Number(7)],
        Some(FieldKind::Address) => vec![text("192.0.2.77".to_owned()), text("2001:db8::77".to_owned()), text("-".to_owned())],
        Some(FieldKind::Flag) => vec![FieldValue::Flag(true), FieldValue::Flag(false)],
        _ => vec![text("plain".to_owned()), text("-".to_owned()), FieldValue::Number(7)],
    });
    out
}

fn filled(pattern: &Pattern, filler: &str) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Run => filler.to_owned(),
        Part::One => "x".to_owned(),
    };
    pattern.parts().iter().map(part).collect()
}

/// One text made of the first pattern of each test that must hold: beginnings first, ends last.
fn joined(literals: &[Literal<'_>]) -> Option<String> {
    let (mut start, mut middle, mut end) = (String::new(), String::new(), String::new());
    for literal in literals.iter().filter(|literal| literal.holds) {
        let Op::Text { patterns, .. } = literal.op else { continue };
        let Some(pattern) = patterns.first() else { continue };
        let text: String = pattern.literals().collect::<Vec<_>>().join("x");
        match pattern.parts() {
            [Part::Run, .., Part::Run] => middle.push_str(&format!(" {text} ")),
            [Part::Run, ..] => end.push_str(&text),
            _ => start.push_str(&text),
        }
    }
    let out = format!("{start}{middle}{end}");
    (!out.is_empty()).then_some(out)
}

/// The first and the last address of a network, and those on either side of it.
fn beside(net: &IpNet) -> Vec<String> {
    let (first, last) = (net.network(), net.broadcast());
    let mut out = vec![first.to_string(), last.to_string()];
    let moved = |address: std::net::IpAddr, up: bool| match address {
        std::net::IpAddr::V4(four) => {
            let bits = four.to_bits();
            (if up { bits.checked_add(1) } else { bits.checked_sub(1) }).map(|bits| std::net::Ipv4Addr::from_bits(bits).to_string())
        }
        std::net::IpAddr::V6(six) => {
            let bits = six.to_bits();
            (if up { bits.checked_add(1) } else { bits.checked_sub(1) }).map(|bits| std::net::Ipv6Addr::from_bits(bits).to_string())
        }
    };
    out.extend(moved(first, false));
    out.extend(moved(last, true));
    out
}

fn bounds_of(number: &NumberTest) -> Vec<Decimal> {
    match number {
        NumberTest::In(list) => list.iter().copied().map(Decimal::from).collect(),
        NumberTest::Less(bound) | NumberTest::AtMost(bound) | NumberTest::More(bound) | NumberTest::AtLeast(bound) => vec![Decimal::from(*bound)],
        NumberTest::Decimal(
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast | Comparison::Equal | Comparison::NotEqual,
            bound,
        ) => {
            vec![*bound]
        }
    }
}

/// The bounds, and numbers on either side of each; halves too, where numbers need not be whole.
fn numbers(bounds: &[Decimal], whole: bool) -> Vec<FieldValue> {
    let mut out = Vec::new();
    for bound in bounds.iter().take(MOST_TRIED / 8) {
        let below = bound.floor();
        for number in [below, below.saturating_add(1), below.saturating_sub(1)] {
            out.push(FieldValue::Number(number));
        }
        if !whole {
            out.push(FieldValue::Text(bound.to_string()));
            out.extend(["01", "99"].map(|part| FieldValue::Text(format!("{below}.{part}"))));
        }
    }
    out
}
