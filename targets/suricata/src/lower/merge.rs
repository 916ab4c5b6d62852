//! Which alternatives are one list: values of one field are joined before they become rules.

use std::collections::BTreeMap;

use ir::{Field, FieldTest, NumberTest, Op, Predicate};

/// Joins tests of the same field and operator under an `Any`, and leaves sizes out beside digests, so that a block of
/// indicators is one test with many values.
pub(super) fn values(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::All(list) => {
            let list: Vec<Predicate> = list.into_iter().map(values).collect();
            let hashed = list.iter().any(super::file::is_hash);
            let keep = |inner: &Predicate| !(hashed && matches!(inner, Predicate::Test(test) if super::file::is_size(test)));
            Predicate::All(list.into_iter().filter(keep).collect()).flat()
        }
        Predicate::Any(list) => {
            let mut out: Vec<Predicate> = Vec::new();
            for inner in Predicate::Any(list.into_iter().map(values).collect()).flat().into_list() {
                let joined = out.iter_mut().rev().take(8).any(|before| join(before, &inner));
                if !joined {
                    out.push(inner);
                }
            }
            Predicate::Any(out).flat()
        }
        Predicate::Not(inner) => values(*inner).negate(),
        leaf @ (Predicate::Test(_) | Predicate::Bytes(_)) => leaf,
    }
}

trait IntoList {
    fn into_list(self) -> Vec<Predicate>;
}

impl IntoList for Predicate {
    fn into_list(self) -> Vec<Predicate> {
        match self {
            Predicate::Any(list) => list,
            other => vec![other],
        }
    }
}

/// Adds the values of `other` to `into` when both ask the same of the same field.
fn join(into: &mut Predicate, other: &Predicate) -> bool {
    let (Predicate::Test(FieldTest { field, op, .. }), Predicate::Test(FieldTest { field: other_field, op: other_op, .. })) = (into, other) else {
        return false;
    };
    if field != other_field {
        return false;
    }
    match (op, other_op) {
        (Op::Text { patterns, case }, Op::Text { patterns: more, case: other_case }) if case == other_case => patterns.extend(more.iter().cloned()),
        (Op::Address(list), Op::Address(more)) => list.extend(more),
        (Op::Domain(list), Op::Domain(more)) => list.extend(more.iter().cloned()),
        (Op::Url(list), Op::Url(more)) => list.extend(more.iter().cloned()),
        (Op::Under(list), Op::Under(more)) => list.extend(more.iter().cloned()),
        (Op::Number(NumberTest::In(list)), Op::Number(NumberTest::In(more))) => list.extend(more),
        _ => return false,
    }
    true
}

/// Joins the tests of a status code in a conjunction: `>= 500` and `< 600` are one range. A test that must hold says that there is a
/// code, so those that must not hold join it. `None` where there is nothing to join.
pub(super) fn codes(literals: &[Predicate]) -> Option<Vec<Predicate>> {
    let of = |literal: &Predicate| match literal {
        Predicate::Test(FieldTest { field, op: Op::Number(number), .. }) if field.known() == Some(Field::HttpStatus) => Some((number.clone(), true)),
        Predicate::Not(inner) => match &**inner {
            Predicate::Test(FieldTest { field, op: Op::Number(number), .. }) if field.known() == Some(Field::HttpStatus) => {
                Some((number.clone(), false))
            }
            _ => None,
        },
        _ => None,
    };
    let tests: Vec<(NumberTest, bool)> = literals.iter().filter_map(of).collect();
    if tests.len() < 2 {
        return None;
    }
    let first = literals.iter().position(|literal| of(literal).is_some_and(|(_, wanted)| wanted))?;
    let codes: Vec<i64> =
        (0..=super::web::LAST_CODE).filter(|code| tests.iter().all(|(number, wanted)| number.fits((*code).into()) == *wanted)).collect();
    let kept = literals.iter().enumerate().filter(|(at, literal)| *at == first || of(literal).is_none());
    let rewritten = kept.map(|(at, literal)| match literal {
        Predicate::Test(test) if at == first => Predicate::Test(FieldTest { op: Op::Number(NumberTest::In(codes.clone())), ..test.clone() }),
        other => other.clone(),
    });
    Some(rewritten.collect())
}

/// Joins conjunctions that differ in the addresses of one test only: addresses with the same port share a rule.
pub(super) fn addresses(conjunctions: Vec<Vec<Predicate>>) -> Vec<Vec<Predicate>> {
    let mut out: Vec<Vec<Predicate>> = Vec::with_capacity(conjunctions.len());
    let mut seen: BTreeMap<Vec<String>, (usize, usize)> = BTreeMap::new();
    for conjunction in conjunctions {
        let lists: Vec<usize> =
            (0..conjunction.len()).filter(|at| matches!(conjunction.get(*at), Some(Predicate::Test(FieldTest { op: Op::Address(_), .. })))).collect();
        let [at] = lists.as_slice() else {
            out.push(conjunction);
            continue;
        };
        let key = conjunction.iter().enumerate().map(|(place, literal)| shape(literal, place == *at)).collect();
        let Some((row, column)) = seen.get(&key) else {
            seen.insert(key, (out.len(), *at));
            out.push(conjunction);
            continue;
        };
        if let (Some(into), Some(other)) = (out.get_mut(*row).and_then(|row| row.get_mut(*column)), conjunction.get(*at)) {
            join(into, other);
        }
    }
    out
}

/// Puts conjunctions in an order that does not depend on the order of the input.
pub(super) fn sort(conjunctions: &mut [Vec<Predicate>]) {
    conjunctions.sort_by_cached_key(|conjunction| conjunction.iter().map(|literal| shape(literal, false)).collect::<Vec<_>>());
}

/// A literal without its place, and without its addresses where they are to be joined.
fn shape(literal: &Predicate, open: bool) -> String {
    match literal {
        Predicate::Test(test) if open => format!("{} in", test.field),
        Predicate::Test(test) => format!("{} {:?}", test.field, test.op),
        Predicate::Not(inner) => format!("not {}", shape(inner, false)),
        Predicate::Bytes(test) => format!("{:?} {:?}", test.need, test.patterns),
        Predicate::All(list) | Predicate::Any(list) => format!("{list:?}"),
    }
}
