//! How is a fixed word, a part of a time or another field compared?

use ir::{Case, Decimal, Op, Place, TimePart};

use crate::ast::{Condition, Value};
use logs::tables::Answer;

/// Whether a text that is always the same fits.
pub(crate) fn fixed(op: &Op, word: &str) -> bool {
    match op {
        Op::Exists => true,
        Op::Text { patterns, case } => patterns.iter().any(|pattern| pattern.matches(word, *case)),
        Op::Regex(list) => list.iter().any(|regex| regex.is_match(word.as_bytes())),
        Op::Flag(flag) => word.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
        Op::Number(test) => Decimal::parse(word).is_some_and(|number| test.fits(number)),
        _ => false,
    }
}

/// A part of a point in time, in UTC: <https://learn.microsoft.com/kusto/query/datetime-part-function>.
pub(crate) fn part_of(time: Value, part: TimePart) -> Value {
    let name = match part {
        TimePart::Minute => "Minute",
        TimePart::Hour => return Value::Call("hourofday", vec![time]),
        TimePart::Day => "Day",
        // The function for weeks counts by ISO 8601: <https://learn.microsoft.com/kusto/query/week-of-year-function>.
        TimePart::Week => return Value::Call("week_of_year", vec![time]),
        TimePart::Month => "Month",
        TimePart::Year => "Year",
    };
    Value::Call("datetime_part", vec![Value::text(name), time])
}

/// One column's text stands in another's.
pub(crate) fn same(left: (&Value, Answer), right: (&Value, Answer), place: Place, case: Case) -> Condition {
    let text = |(value, answer): (&Value, Answer)| match answer {
        Answer::Always(word) => Value::text(word),
        Answer::Number | Answer::Flag | Answer::Time => Value::Call("tostring", vec![value.clone()]),
        _ => value.clone(),
    };
    let (left, right) = (text(left), text(right));
    let folded = |value| if case == Case::Insensitive { Value::Call("tolower", vec![value]) } else { value };
    let operator = match place {
        Place::Whole => "==",
        Place::Start => "startswith_cs",
        Place::End => "endswith_cs",
        Place::Anywhere => "contains_cs",
    };
    // A missing text is an empty one, and stands in every other.
    let there = if place == Place::Whole { &left } else { &right };
    Condition::all([
        Condition::Is(Value::Call("isnotempty", vec![there.clone()])),
        Condition::Compare(folded(left.clone()), operator, folded(right.clone())),
    ])
}
