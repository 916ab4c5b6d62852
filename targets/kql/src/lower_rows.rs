//! Which condition selects the rows of a table that are meant?

use ir::Case;
use logs::tables::Rows;
use logs::tables::made::Made;

use crate::ast::{Condition, List, Value};

/// The condition for rows; [`Condition::Always`] when all are meant.
pub(crate) fn condition(rows: &Rows) -> Condition {
    match rows {
        Rows::All => Condition::Always(true),
        Rows::Every(list) => Condition::all(list.iter().map(condition)),
        Rows::Either(list) => Condition::any(list.iter().map(condition)),
        Rows::Not(inner) => other(inner),
        Rows::Is(column, words) => one_of(column, Case::Sensitive, words.iter().copied().map(Value::text)),
        Rows::Alike(column, words) => one_of(column, Case::Insensitive, words.iter().copied().map(Value::text)),
        Rows::Number(column, numbers) => one_of(column, Case::Sensitive, numbers.iter().copied().map(Value::Number)),
        Rows::Has(column, terms) => Condition::Has(value(column), terms.iter().map(|term| (*term).to_owned()).collect()),
        Rows::Starts(column, text) => compare(column, "startswith", text),
        Rows::Ends(column, text) => compare(column, "endswith", text),
        Rows::Contains(column, text) => compare(column, "contains", text),
        Rows::Filled(column) => Condition::Is(Value::Call("isnotempty", vec![value(column)])),
        Rows::Of(log) => {
            let told =
                log.told.iter().map(|(_, words)| Condition::Has(Value::name("EventData"), words.iter().map(|word| (*word).to_owned()).collect()));
            let number = one_of("EventID", Case::Sensitive, log.numbers.iter().copied().map(Value::Number));
            Condition::all([Condition::Compare(Value::name("Source"), "==", Value::text(log.provider)), number].into_iter().chain(told))
        }
    }
}

/// The condition for the other rows, by an operator of its own where there is one.
fn other(rows: &Rows) -> Condition {
    let negative = |operator: &str| match operator {
        "==" => Some("!="),
        "=~" => Some("!~"),
        "startswith" => Some("!startswith"),
        "endswith" => Some("!endswith"),
        "contains" => Some("!contains"),
        _ => None,
    };
    match condition(rows) {
        Condition::Compare(left, operator, right) if let Some(operator) = negative(operator) => Condition::Compare(left, operator, right),
        Condition::In(left, case, list) => Condition::NotIn(left, case, list),
        other => other.negate(),
    }
}

fn one_of(column: &'static str, case: Case, values: impl Iterator<Item = Value>) -> Condition {
    let values: Vec<Value> = values.collect();
    match <[Value; 1]>::try_from(values) {
        Ok([only]) => Condition::Compare(value(column), if case == Case::Sensitive { "==" } else { "=~" }, only),
        Err(values) => Condition::In(value(column), case, List::Values(values)),
    }
}

fn compare(column: &'static str, operator: &'static str, text: &str) -> Condition {
    Condition::Compare(value(column), operator, Value::text(text))
}

/// A column, or a member of one.
fn value(column: &'static str) -> Value {
    match column.split_once('.') {
        None => Value::name(column),
        Some(("AdditionalFields", member)) => Value::Made(Made::Additional(member)),
        Some(_) => Value::Made(Made::Column(column)),
    }
}
