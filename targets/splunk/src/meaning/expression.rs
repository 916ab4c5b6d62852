//! What does an expression of `eval` and `where` mean?

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};

use super::row::{Ran, Row, compares, contains};
use crate::ast::Expr;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum V {
    Null,
    Bool(bool),
    Number(f64),
    Text(Vec<String>),
}

/// Where the person who searches is: hours and minutes away from UTC, so that a time that forgets its zone is found out.
const HERE: tz::Offset = tz::offset(5);

/// The expression for Rust's engine, which reads `[[` as a class inside a class.
pub(super) fn regex_of(text: &str) -> Ran<regex::Regex> {
    regex::Regex::new(&text.replace("[[]", "\\[")).map_err(|error| format!("{text}: {error}"))
}

fn regex_argument(expr: &Expr) -> Ran<String> {
    match expr {
        Expr::Regex(parts) => Ok(crate::print::regex(parts)),
        Expr::Text(text) => Ok(text.clone()),
        other => Err(format!("{other:?} is no expression")),
    }
}

fn truth(value: &V) -> Option<bool> {
    match value {
        V::Bool(is) => Some(*is),
        _ => None,
    }
}

fn number(value: &V) -> Option<f64> {
    match value {
        V::Number(number) => Some(*number),
        V::Text(values) => values.first().and_then(|text| text.parse().ok()),
        V::Null | V::Bool(_) => None,
    }
}

/// The value of an expression on one row.
pub(super) fn eval(expr: &Expr, row: &Row) -> Ran<V> {
    Ok(match expr {
        Expr::All(list) | Expr::Any(list) => {
            let decides = matches!(expr, Expr::Any(_));
            let mut null = false;
            for inner in list {
                match truth(&eval(inner, row)?) {
                    Some(is) if is == decides => return Ok(V::Bool(decides)),
                    Some(_) => {}
                    None => null = true,
                }
            }
            if null { V::Null } else { V::Bool(!decides) }
        }
        Expr::Not(inner) => truth(&eval(inner, row)?).map_or(V::Null, |is| V::Bool(!is)),
        Expr::Compare(left, compare, right) => {
            let (left, right) = (eval(left, row)?, eval(right, row)?);
            let order = match (&left, &right) {
                (V::Null, _) | (_, V::Null) => None,
                (V::Text(left), V::Text(right)) => Some(left.cmp(right)),
                (left, right) => number(left).zip(number(right)).and_then(|(left, right)| left.partial_cmp(&right)),
            };
            order.map_or(V::Null, |order| V::Bool(compares(order, *compare)))
        }
        Expr::Arithmetic(left, sign, right) => match (number(&eval(left, row)?), number(&eval(right, row)?)) {
            (Some(_), Some(0.0)) if matches!(sign, '/' | '%') => V::Null,
            (Some(left), Some(right)) => V::Number(match sign {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                '%' => left % right,
                _ => left / right,
            }),
            _ => V::Null,
        },
        Expr::Field(name) => row.get(name).map_or(V::Null, |values| V::Text(values.clone())),
        Expr::Text(text) => V::Text(vec![text.clone()]),
        #[allow(clippy::cast_precision_loss, reason = "numbers in searches are small")]
        Expr::Number(number) => V::Number(*number as f64),
        Expr::Decimal(number) => V::Number(number.to_string().parse().map_err(|_| format!("`{number}` is no number"))?),
        Expr::Regex(_) => return Err("a regular expression stands alone".to_owned()),
        Expr::Call(name, arguments) => call(name, arguments, row)?,
    })
}

/// The arguments of a function, each asked for when it is needed.
struct Arguments<'a> {
    name: &'a str,
    list: &'a [Expr],
    row: &'a Row,
}

impl<'a> Arguments<'a> {
    fn expr(&self, at: usize) -> Ran<&'a Expr> {
        self.list.get(at).ok_or_else(|| format!("`{}` has too few arguments", self.name))
    }

    fn value(&self, at: usize) -> Ran<V> {
        eval(self.expr(at)?, self.row)
    }

    /// One text; null has none.
    fn text(&self, at: usize) -> Ran<Option<String>> {
        match self.value(at)? {
            V::Null => Ok(None),
            V::Number(number) => Ok(Some(number.to_string())),
            V::Text(mut values) if values.len() == 1 => Ok(values.pop()),
            other => Err(format!("`{}` of {other:?}", self.name)),
        }
    }

    fn number(&self, at: usize) -> Ran<Option<f64>> {
        Ok(number(&self.value(at)?))
    }
}

fn call(name: &str, list: &[Expr], row: &Row) -> Ran<V> {
    let is = Arguments { name, list, row };
    let one = |text: String| V::Text(vec![text]);
    let on_text = |say: &dyn Fn(String) -> V| Ok::<V, String>(is.text(0)?.map_or(V::Null, say));
    let on_number = |say: &dyn Fn(f64) -> f64| Ok::<V, String>(is.number(0)?.map_or(V::Null, |number| V::Number(say(number))));
    #[allow(clippy::cast_precision_loss, reason = "texts are short")]
    let count = |number: usize| V::Number(number as f64);
    Ok(match name {
        "match" => {
            let regex = regex_of(&regex_argument(is.expr(1)?)?)?;
            on_text(&|text| V::Bool(regex.is_match(&text)))?
        }
        "replace" => {
            let regex = regex_of(&regex_argument(is.expr(1)?)?)?;
            let mut with = regex_argument(is.expr(2)?)?.replace('$', "$$");
            for group in 1..=4 {
                with = with.replace(&format!("\\{group}"), &format!("${{{group}}}"));
            }
            on_text(&|text| one(regex.replace_all(&text, with.as_str()).into_owned()))?
        }
        "mvappend" => {
            let texts = (0..list.len()).map(|at| is.text(at)).collect::<Ran<Vec<Option<String>>>>()?;
            V::Text(texts.into_iter().flatten().collect())
        }
        "mvjoin" => match is.value(0)? {
            V::Text(values) => one(values.join(&is.text(1)?.unwrap_or_default())),
            other => other,
        },
        "coalesce" => {
            for at in 0..list.len() {
                let value = is.value(at)?;
                if value != V::Null {
                    return Ok(value);
                }
            }
            V::Null
        }
        "sqrt" => on_number(&f64::sqrt)?,
        "floor" => on_number(&f64::floor)?,
        "max" => is.number(0)?.zip(is.number(1)?).map_or(V::Null, |(left, right)| V::Number(left.max(right))),
        "lower" => on_text(&|text| one(ir::pattern::fold(&text).collect()))?,
        "rtrim" => on_text(&|text| one(text.trim_end_matches('.').to_owned()))?,
        "len" => on_text(&|text| count(text.chars().count()))?,
        "isnull" => V::Bool(is.value(0)? == V::Null),
        "isnotnull" => V::Bool(is.value(0)? != V::Null),
        "null" => V::Null,
        "nullif" => {
            let value = is.value(0)?;
            if value == is.value(1)? { V::Null } else { value }
        }
        "if" => is.value(if is.value(0)? == V::Bool(true) { 1 } else { 2 })?,
        "case" => {
            for at in (0..list.len()).step_by(2) {
                if is.value(at)? == V::Bool(true) {
                    return is.value(at + 1);
                }
            }
            V::Null
        }
        "tonumber" => on_text(&|text| text.parse().map_or(V::Null, V::Number))?,
        "cidrmatch" => match (is.text(0)?, is.text(1)?) {
            (Some(net), Some(address)) => V::Bool(contains(&net, &address)),
            _ => V::Null,
        },
        "substr" => {
            let length = if list.len() > 2 { is.number(2)? } else { None };
            match (is.text(0)?, is.number(1)?) {
                (Some(text), Some(start)) => one(part(&text, start, length)),
                _ => V::Null,
            }
        }
        "split" => match (is.text(0)?, is.text(1)?) {
            (Some(text), Some(at)) if !at.is_empty() => V::Text(text.split(&at).map(str::to_owned).collect()),
            _ => V::Null,
        },
        "mvcount" => match is.value(0)? {
            V::Text(values) => count(values.len()),
            V::Number(_) => count(1),
            V::Null | V::Bool(_) => V::Null,
        },
        "mvrange" => match (is.number(0)?, is.number(1)?) {
            #[allow(clippy::cast_possible_truncation, reason = "counts of events are small")]
            (Some(from), Some(to)) if from < to => V::Text((from as i64..to as i64).map(|number| number.to_string()).collect()),
            _ => V::Null,
        },
        "strptime" => {
            let format = is.text(1)?.unwrap_or_default();
            #[allow(clippy::cast_precision_loss, reason = "seconds of our time are exact")]
            on_text(&|text| Timestamp::strptime(&format, &text).map_or(V::Null, |time| V::Number(time.as_second() as f64)))?
        }
        "strftime" => {
            let format = is.text(1)?.unwrap_or_default();
            #[allow(clippy::cast_possible_truncation, reason = "only whole seconds are asked for")]
            let time = is.number(0)?.and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
            time.map_or(V::Null, |time| one(time.to_zoned(TimeZone::fixed(HERE)).strftime(&format).to_string()))
        }
        "mvfilter" | "mvmap" => {
            let field = field(is.expr(0)?)?;
            let each = list.last().ok_or("there is no expression")?;
            let mut out = Vec::new();
            for value in row.get(field).into_iter().flatten() {
                let alone: Row = std::iter::once((field.to_owned(), vec![value.clone()])).collect();
                match eval(each, &alone)? {
                    V::Bool(true) => out.push(value.clone()),
                    V::Text(values) => out.extend(values),
                    _ => {}
                }
            }
            if out.is_empty() { V::Null } else { V::Text(out) }
        }
        other => return Err(format!("`{other}` has no meaning here")),
    })
}

/// Some characters of a text; the first is number one.
fn part(text: &str, start: f64, length: Option<f64>) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lengths of texts are small and not negative")]
    let whole = |number: f64| number.max(0.0) as usize;
    let rest = text.chars().skip(whole(start - 1.0));
    match length {
        Some(length) => rest.take(whole(length)).collect(),
        None => rest.collect(),
    }
}

/// The field that an expression is about.
fn field(expr: &Expr) -> Ran<&str> {
    match expr {
        Expr::Field(name) => Ok(name),
        Expr::Call(_, arguments) => field(arguments.first().ok_or("there is no field")?),
        other => Err(format!("there is no field in {other:?}")),
    }
}
