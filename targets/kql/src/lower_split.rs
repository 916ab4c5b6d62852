//! How is one question divided into several that together ask the same?

use ir::{FieldTest, NumberTest, Op, Predicate};

/// Divides a predicate into about `count` alternatives: some event fits one of them exactly when it fits the whole.
/// `None` when nothing in it can be divided.
pub(crate) fn parts(predicate: &Predicate, count: usize) -> Option<Vec<Predicate>> {
    if count < 2 {
        return Some(vec![predicate.clone()]);
    }
    match predicate {
        Predicate::Test(test) => Some(ops(&test.op, count)?.into_iter().map(|op| Predicate::Test(FieldTest { op, ..test.clone() })).collect()),
        Predicate::Any(list) if list.len() > 1 => {
            let whole = weight(predicate).max(1);
            Some(
                list.chunks(list.len().div_ceil(count))
                    .flat_map(|chunk| match chunk {
                        // One alternative may be most of the whole.
                        [one] => parts(one, (count * weight(one)).div_ceil(whole)).unwrap_or_else(|| vec![one.clone()]),
                        many => vec![Predicate::Any(many.to_vec())],
                    })
                    .collect(),
            )
        }
        Predicate::All(list) => {
            let (at, heaviest) =
                list.iter().enumerate().filter(|(_, inner)| divisible(inner)).max_by_key(|(at, inner)| (weight(inner), std::cmp::Reverse(*at)))?;
            Some(
                parts(heaviest, count)?
                    .into_iter()
                    .map(|part| {
                        let mut list = list.clone();
                        if let Some(place) = list.get_mut(at) {
                            *place = part;
                        }
                        Predicate::All(list)
                    })
                    .collect(),
            )
        }
        Predicate::Any(_) | Predicate::Not(_) | Predicate::Bytes(_) => None,
    }
}

/// Whether [`parts`] finds something to divide, told without dividing it.
fn divisible(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Test(test) => match &test.op {
            Op::Text { patterns, .. } => patterns.len() > 1,
            Op::Regex(list) => list.len() > 1,
            Op::Address(list) => list.len() > 1,
            Op::Domain(list) => list.len() > 1,
            Op::Under(list) => list.len() > 1,
            Op::Url(list) => list.len() > 1,
            Op::Number(NumberTest::In(list)) => list.len() > 1,
            Op::Number(_) | Op::Flag(_) | Op::Same { .. } | Op::Time { .. } | Op::Exists | Op::Empty | Op::Missing => false,
        },
        Predicate::Any(list) => list.len() > 1,
        Predicate::All(list) => list.iter().any(divisible),
        Predicate::Not(_) | Predicate::Bytes(_) => false,
    }
}

/// Roughly how long a predicate is when it is written.
fn weight(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::All(list) | Predicate::Any(list) => list.iter().map(weight).sum(),
        Predicate::Not(inner) => weight(inner),
        Predicate::Bytes(_) => 1,
        Predicate::Test(test) => match &test.op {
            Op::Text { patterns, .. } => patterns.iter().flat_map(|pattern| pattern.literals()).map(|text| text.len() + 4).sum(),
            Op::Regex(list) => list.iter().map(|regex| regex.length_hint() + 20).sum(),
            Op::Address(list) => list.len() * 20,
            Op::Domain(list) => list.iter().map(|domain| domain.as_str().len() + 4).sum(),
            Op::Under(list) => list.iter().map(|tree| tree.root.len() * 2).sum(),
            Op::Url(list) => list.iter().map(|url| url.path().len() + 40).sum(),
            Op::Number(NumberTest::In(list)) => list.len() * 8,
            Op::Number(_) | Op::Flag(_) | Op::Same { .. } | Op::Time { .. } | Op::Exists | Op::Empty | Op::Missing => 1,
        },
    }
}

fn ops(op: &Op, count: usize) -> Option<Vec<Op>> {
    fn cut<T: Clone>(list: &[T], count: usize, make: impl Fn(Vec<T>) -> Op) -> Option<Vec<Op>> {
        (list.len() > 1).then(|| list.chunks(list.len().div_ceil(count)).map(|chunk| make(chunk.to_vec())).collect())
    }
    match op {
        Op::Text { patterns, case } => cut(patterns, count, |patterns| Op::Text { patterns, case: *case }),
        Op::Regex(list) => cut(list, count, Op::Regex),
        Op::Address(list) => cut(list, count, Op::Address),
        Op::Domain(list) => cut(list, count, Op::Domain),
        Op::Under(list) => cut(list, count, Op::Under),
        Op::Url(list) => cut(list, count, Op::Url),
        Op::Number(NumberTest::In(list)) => cut(list, count, |list| Op::Number(NumberTest::In(list))),
        Op::Number(_) | Op::Flag(_) | Op::Same { .. } | Op::Time { .. } | Op::Exists | Op::Empty | Op::Missing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::{Case, Field, Pattern};

    #[test]
    fn parts_hold_every_value_once() {
        let span = source::Span::new(source::Sources::default().add("test", ""), 0, 0);
        let names: Vec<Pattern> = (0..10).map(|number| Pattern::exact(format!("{number}.exe"))).collect();
        let list = Predicate::text(Field::ProcessName, names.clone(), Case::Insensitive, span);
        let whole = Predicate::All(vec![Predicate::is(Field::UserName, "a", span), list]);
        let parts = parts(&whole, 3).unwrap();
        assert_eq!(parts.len(), 3);
        let values: Vec<Pattern> = parts
            .iter()
            .flat_map(|part| match part {
                Predicate::All(list) => match &list[1] {
                    Predicate::Test(FieldTest { op: Op::Text { patterns, .. }, .. }) => patterns.clone(),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(values, names);
        assert!(super::parts(&whole.negate(), 2).is_none());
    }
}
