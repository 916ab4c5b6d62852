//! Which tables hold the Windows events that a rule asks for by number, where the product records only some of them?

use std::collections::BTreeSet;

use backend::{Cx, Refusal};
use ir::{FieldRef, NumberTest, Op, Predicate};
use source::Loss;

use crate::lower::NO_TABLE;
use crate::profiles::{Schema, Source, defender_events};

/// The tables for a service of Windows.
pub(crate) fn sources(service: &str, predicate: &Predicate, schema: &Schema, cx: &mut Cx<'_>) -> Result<Vec<Source>, Refusal> {
    let none = |cx: &Cx<'_>, what: String| Err(cx.unsupported(&NO_TABLE, cx.span(), what));
    let Some(ids) = selected(predicate) else {
        return none(cx, format!("{} records single events of `{service}`, and the rule does not name them by `EventID`", schema.id));
    };
    let ids: Vec<i64> = ids.into_iter().collect();
    let (found, missing) = defender_events::sources(service, &ids);
    let list = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if found.is_empty() {
        return none(cx, format!("no table of {} holds event {list} of `{service}`", schema.id));
    }
    for source in &found {
        for test in predicate.tests() {
            let other = if let Op::Same { other, .. } = &test.op { Some(other) } else { None };
            for field in std::iter::once(&test.field).chain(other) {
                if let FieldRef::Open(name) = field
                    && source.open_columns(name).is_none()
                {
                    return none(cx, format!("{} has no column for `{name}` where {}", source.table, source.rows));
                }
            }
        }
    }
    if !missing.is_empty() {
        let message = format!("no table of {} holds event {list} of `{service}`", schema.id);
        cx.loss(&NO_TABLE, Loss::Narrower, cx.span(), message, "the other events are watched");
    }
    Ok(found)
}

/// The event numbers that a predicate can hold for; `None` when it names none.
pub(crate) fn selected(predicate: &Predicate) -> Option<BTreeSet<i64>> {
    match predicate {
        Predicate::All(list) => list.iter().filter_map(selected).reduce(|left, right| left.intersection(&right).copied().collect()),
        Predicate::Any(list) => list.iter().map(selected).try_fold(BTreeSet::new(), |mut all, some| {
            all.extend(some?);
            Some(all)
        }),
        Predicate::Test(test) if test.field.name() == "EventID" => match &test.op {
            Op::Number(NumberTest::In(list)) => Some(list.iter().copied().collect()),
            Op::Text { patterns, .. } => patterns.iter().map(|pattern| pattern.as_exact()?.parse().ok()).collect(),
            _ => None,
        },
        Predicate::Not(_) | Predicate::Test(_) | Predicate::Bytes(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_where_they_must_hold() {
        let span = source::Span::new(source::Sources::default().add("test", ""), 0, 0);
        let id = |list: &[i64]| Predicate::test(FieldRef::Open("EventID".into()), Op::Number(NumberTest::In(list.to_vec())), span);
        let name = Predicate::is(FieldRef::Open("ServiceName".into()), "x", span);
        let set = |list: &[i64]| Some(list.iter().copied().collect::<BTreeSet<i64>>());
        assert_eq!(selected(&Predicate::All(vec![id(&[7045]), name.clone()])), set(&[7045]));
        assert_eq!(selected(&Predicate::Any(vec![id(&[1]), Predicate::All(vec![id(&[2, 3]), name.clone()])])), set(&[1, 2, 3]));
        assert_eq!(selected(&Predicate::Any(vec![id(&[1]), name])), None);
        assert_eq!(selected(&id(&[1]).negate()), None);
    }
}
