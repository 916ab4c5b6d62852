//! Which tests of a rule cannot hold together?
//!
//! Only what is certain and easy to see: two tests of one field in one conjunction that leave no value. A field that holds several
//! values at once could satisfy both, which a text or number of a log line does not.

use std::collections::BTreeMap;

use ir::taxonomy::EVENT_IDS;
use ir::{Case, FieldRef, FieldTest, NumberTest, Op, Predicate, SigmaLogSource};
use source::Diagnostic;

use super::codes::CONTRADICTION;

/// The most comparisons of one pair of tests.
const MAX_PAIRS: usize = 10_000;
/// The most tests of one field that are looked at.
const MAX_TESTS: usize = 50;

/// Reports conjunctions that no event fits.
pub(super) fn contradictions(predicate: &Predicate, said: &mut Vec<Diagnostic>) {
    predicate.visit(&mut |node| {
        let Predicate::All(list) = node else { return };
        let mut tests: BTreeMap<&FieldRef, Vec<&FieldTest>> = BTreeMap::new();
        for inner in list {
            if let Predicate::Test(test) = inner
                && test.field != FieldRef::Any
            {
                tests.entry(&test.field).or_default().push(test);
            }
        }
        for (field, tests) in tests.iter().filter(|(_, tests)| tests.len() <= MAX_TESTS) {
            for (at, one) in tests.iter().enumerate() {
                for other in tests.iter().skip(at + 1).filter(|other| never(&one.op, &other.op)) {
                    let message = format!("two tests of `{field}` cannot both hold");
                    said.push(Diagnostic::new(&CONTRADICTION, message).at(other.span, "this one").also(one.span, "and this one"));
                }
            }
        }
    });
}

/// Reports a test for the number of an event that no known log has for the category.
pub(super) fn numbers(source: &SigmaLogSource, predicate: &Predicate, said: &mut Vec<Diagnostic>) {
    let (Some(category), None) = (&source.category, &source.service) else { return };
    let rows: Vec<&(&str, &str, &[i64])> = EVENT_IDS.iter().filter(|(name, ..)| name.eq_ignore_ascii_case(category)).collect();
    if rows.is_empty() || !source.product.as_deref().is_some_and(|product| product.eq_ignore_ascii_case("windows")) {
        return;
    }
    let conjuncts = match predicate {
        Predicate::All(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    for conjunct in conjuncts {
        if let Predicate::Test(FieldTest { field, op: Op::Number(NumberTest::In(asked)), span, .. }) = conjunct
            && field.name() == "EventID"
            && !asked.iter().any(|number| rows.iter().any(|(.., own)| own.contains(number)))
        {
            let asked = asked.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let own = rows.iter().flat_map(|(_, service, own)| own.iter().map(move |number| format!("{number} ({service})")));
            let message = format!("no known log has events of `{category}` numbered {asked}");
            let said_of = Diagnostic::new(&CONTRADICTION, message).at(*span, "no event has this number");
            let help = format!("the numbers are {}; `service` instead of `category` might name another log", own.collect::<Vec<_>>().join(", "));
            said.push(said_of.help(help));
        }
    }
}

/// Whether no single value fits both.
fn never(one: &Op, other: &Op) -> bool {
    match (one, other) {
        (Op::Text { patterns: left, .. }, Op::Text { patterns: right, .. }) => apart(left, right) || apart(right, left),
        (Op::Number(NumberTest::In(left)), Op::Number(NumberTest::In(right))) => {
            left.len().saturating_mul(right.len()) <= MAX_PAIRS && !left.iter().any(|number| right.contains(number))
        }
        (Op::Missing, other) | (other, Op::Missing) => !matches!(other, Op::Missing),
        (Op::Empty, other) | (other, Op::Empty) => matches!(other, Op::Exists | Op::Number(_) | Op::Address(_)),
        _ => false,
    }
}

/// Whether the left patterns are all whole texts, and none of them fits the right ones.
fn apart(left: &[ir::Pattern], right: &[ir::Pattern]) -> bool {
    if left.len().saturating_mul(right.len()) > MAX_PAIRS {
        return false;
    }
    let texts: Option<Vec<&str>> = left.iter().map(ir::Pattern::as_exact).collect();
    // Without case, whatever the tests say: only what no reading fits is certain.
    texts.is_some_and(|texts| !texts.iter().any(|text| right.iter().any(|pattern| pattern.matches(text, Case::Insensitive))))
}
