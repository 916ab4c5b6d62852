//! Which tables hold the Windows events that a rule asks for by number, where the product records only some of them?

use backend::{Cx, Refusal};
use ir::{FieldRef, Op, Predicate};
use source::Loss;

use crate::lower_codes::NO_TABLE;
use crate::{lower_rows, print_tree};
use logs::tables::{Schema, Source, defender_events};

/// The tables for a service of Windows.
pub(crate) fn sources(service: &str, predicate: &Predicate, schema: &Schema, cx: &mut Cx<'_>) -> Result<Vec<Source>, Refusal> {
    let none = |cx: &Cx<'_>, what: String| Err(cx.unsupported(&NO_TABLE, cx.span(), what));
    let Some(ids) = logs::taxonomy::numbers(predicate) else {
        return none(cx, format!("{} records single events of `{service}`, and the rule does not name them by `EventID`", schema.product));
    };
    let ids: Vec<i64> = ids.into_iter().collect();
    let (found, missing) = defender_events::sources(service, &ids);
    let list = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if found.is_empty() {
        return none(cx, format!("no table of {} holds event {list} of `{service}`", schema.product));
    }
    for source in &found {
        for test in predicate.tests() {
            let other = if let Op::Same { other, .. } = &test.op { Some(other) } else { None };
            for field in std::iter::once(&test.field).chain(other) {
                if let FieldRef::Open(name) = field
                    && source.open_columns(name).is_none()
                {
                    return none(
                        cx,
                        format!(
                            "{} has no column for `{name}` where `{}`",
                            source.table,
                            print_tree::condition(&lower_rows::condition(&source.rows))
                        ),
                    );
                }
            }
        }
    }
    if !missing.is_empty() {
        let message = format!("no table of {} holds event {list} of `{service}`", schema.product);
        cx.loss(&NO_TABLE, Loss::Narrower, cx.span(), message, "the other events are watched");
    }
    Ok(found)
}
