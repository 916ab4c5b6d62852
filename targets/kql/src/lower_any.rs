//! How is a text looked for in whichever field holds it, or in whichever member of a JSON value?
//!
//! `where * operator "text"` asks every column (<https://learn.microsoft.com/kusto/query/where-operator>). Lists cannot be asked
//! that way, nor can a column be changed before it is asked, so each text is asked for itself and letters beyond ASCII by an
//! expression without case.

use backend::{Cx, Refusal};
use ir::{Case, FieldTest, NumberTest, Op, Pattern, Shape};

use crate::ast::{Condition, Value};
use crate::lower_codes::JOINED;
use crate::lower_regex::regular;
use crate::print_regex;

/// Some column of the row fits.
pub(crate) fn anywhere(op: &Op, test: &FieldTest, cx: &Cx<'_>) -> Result<Condition, Refusal> {
    match op {
        Op::Text { patterns, case } => Ok(Condition::any(patterns.iter().map(|pattern| in_any(pattern, *case)))),
        Op::Regex(list) => {
            let each: Result<Vec<Condition>, Refusal> = list.iter().map(|regex| regular(&Value::AnyColumn, regex, test, cx)).collect();
            Ok(Condition::any(each?))
        }
        Op::Number(NumberTest::In(list)) => {
            Ok(Condition::any(list.iter().map(|number| in_any(&Pattern::exact(number.to_string()), Case::Sensitive))))
        }
        Op::Exists => Ok(Condition::Always(true)),
        _ => Err(cx.unsupported(&JOINED, test.span, "only texts can be looked for in every column at once")),
    }
}

fn in_any(pattern: &Pattern, case: Case) -> Condition {
    let ascii = pattern.literals().all(str::is_ascii);
    let say = |operators: [&'static str; 2], text: &str| {
        if case == Case::Insensitive && !ascii {
            return expression(pattern, case);
        }
        Condition::Compare(Value::AnyColumn, operators[usize::from(case == Case::Sensitive)], Value::text(text))
    };
    match pattern.shape() {
        Shape::Exact("") => Condition::Always(false),
        Shape::Exact(text) => say(["=~", "=="], text),
        Shape::Starts(text) => say(["startswith", "startswith_cs"], text),
        Shape::Ends(text) => say(["endswith", "endswith_cs"], text),
        Shape::Contains(text) => say(["contains", "contains_cs"], text),
        Shape::Anything => Condition::Always(true),
        Shape::General(_) => expression(pattern, case),
    }
}

fn expression(pattern: &Pattern, case: Case) -> Condition {
    Condition::Compare(Value::AnyColumn, "matches regex", Value::Text(print_regex::whole(pattern.parts(), case)))
}

/// Some member with this key fits, wherever it stands in a JSON text.
pub(crate) fn within(value: &Value, key: &str, op: &Op, test: &FieldTest, cx: &Cx<'_>) -> Result<Condition, Refusal> {
    let found = |expression: String| Condition::Compare(value.clone(), "matches regex", Value::Text(expression));
    let fits = |pattern: &Pattern, case: Case| found(print_regex::member(key, pattern.parts(), case));
    match op {
        Op::Text { patterns, case } => Ok(Condition::any(patterns.iter().filter(|one| one.as_exact() != Some("")).map(|one| match one.shape() {
            Shape::Anything => found(print_regex::filled_member(key)),
            _ => fits(one, *case),
        }))),
        Op::Number(NumberTest::In(list)) => Ok(Condition::any(list.iter().map(|number| fits(&Pattern::exact(number.to_string()), Case::Sensitive)))),
        Op::Flag(flag) => Ok(fits(&Pattern::exact(flag.to_string()), Case::Insensitive)),
        Op::Exists => Ok(found(print_regex::filled_member(key))),
        _ => Err(cx.unsupported(
            &JOINED,
            test.span,
            format!("`{}` may stand several times in an event; it can be compared with texts only", test.field),
        )),
    }
}

/// The value behind a key in a text of `key=value` pairs; a value with spaces stands in quotes.
pub(crate) fn pair(text: &Value, key: &str) -> Value {
    let behind = |expression: String| Value::Call("extract", vec![Value::Text(expression), Value::Number(1), text.clone()]);
    Value::Call("coalesce", print_regex::pair(key).map(behind).to_vec())
}
