//! What does a search mean? A small reader of SPL's meaning, for tests: it runs a search over rows of fields.
//!
//! What it takes for granted, from the manual: `search` compares without case, `*` is any run, a network stands for its
//! addresses, `NOT field=value` holds without the field; in expressions, comparisons with null are null; `streamstats` leaves
//! rows without a group alone.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ir::{Case, Part, Pattern};

use crate::ast::{Aggregate, Compare, Expr, Matching, Piece, Query, Search, Stage, Value};

pub(crate) type Row = BTreeMap<String, Vec<String>>;
pub(crate) type Tables = BTreeMap<String, (Matching, bool, Vec<String>)>;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum V {
    Null,
    Bool(bool),
    Number(f64),
    Text(Vec<String>),
}

pub(crate) fn finds(query: &Query, row: Row, tables: &Tables) -> bool {
    !run(query, vec![row], tables).is_empty()
}

pub(crate) fn run(query: &Query, mut rows: Vec<Row>, tables: &Tables) -> Vec<Row> {
    for stage in &query.0 {
        rows = match stage {
            Stage::Multisearch(list) => list.iter().flat_map(|query| run(query, rows.clone(), tables)).collect(),
            Stage::Sort(fields) => {
                let number = |row: &Row, name: &String| row.get(name).map_or(0.0, |values| values[0].parse::<f64>().expect("a number"));
                rows.sort_by(|left, right| {
                    let orders = fields.iter().map(|name| number(left, name).total_cmp(&number(right, name)));
                    orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                });
                rows
            }
            Stage::Streamstats { current, window, seconds, what, by } => streamstats(rows, *current, *window, *seconds, what, by),
            _ => rows.into_iter().filter_map(|row| step(stage, row, tables)).collect(),
        };
    }
    rows
}

pub(crate) fn time(row: &Row) -> f64 {
    row["_time"][0].parse().expect("a time")
}

pub(crate) fn streamstats(
    rows: Vec<Row>,
    current: bool,
    window: Option<u32>,
    seconds: Option<u64>,
    what: &[(Aggregate, Option<String>, String)],
    by: &[String],
) -> Vec<Row> {
    let mut groups: BTreeMap<Vec<Vec<String>>, Vec<Row>> = BTreeMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for mut row in rows {
        let key: Option<Vec<Vec<String>>> = by.iter().map(|name| row.get(name).cloned()).collect();
        if let Some(key) = key {
            let group = groups.entry(key).or_default();
            let mut seen: Vec<Row> = group.clone();
            if current {
                seen.push(row.clone());
            }
            if let Some(window) = window {
                seen.drain(..seen.len().saturating_sub(window as usize));
            }
            if let Some(seconds) = seconds {
                seen.retain(|other| time(other) >= time(&row) - seconds as f64);
            }
            group.push(row.clone());
            for (function, field, name) in what {
                let values: Vec<String> = field
                    .as_ref()
                    .map_or_else(Vec::new, |field| seen.iter().filter_map(|row| row.get(field)).map(|values| values[0].clone()).collect());
                let numbers = || values.iter().map(|value| value.parse::<f64>().expect("a number"));
                let value = match function {
                    Aggregate::Count => Some(if field.is_some() { values.len() } else { seen.len() }.to_string()),
                    Aggregate::Distinct => Some(values.iter().collect::<std::collections::BTreeSet<_>>().len().to_string()),
                    Aggregate::Min => numbers().min_by(f64::total_cmp).map(|least| least.to_string()),
                    Aggregate::First => values.first().cloned(),
                    Aggregate::Last => values.last().cloned(),
                    Aggregate::Sum => (!values.is_empty()).then(|| numbers().sum::<f64>().to_string()),
                    Aggregate::SumOfSquares => Some(numbers().map(|number| number * number).sum::<f64>().to_string()),
                };
                match value {
                    Some(value) => row.insert(name.clone(), vec![value]),
                    None => row.remove(name),
                };
            }
        }
        out.push(row);
    }
    out
}

pub(crate) fn step(stage: &Stage, mut row: Row, tables: &Tables) -> Option<Row> {
    match stage {
        Stage::Search(search) => return holds(search, &row).then_some(row),
        Stage::Tstats { filter, by, .. } => {
            if filter.as_ref().is_some_and(|filter| !holds(filter, &row)) {
                return None;
            }
            for name in by {
                row.entry(name.clone()).or_insert_with(|| vec![crate::print::MISSING.to_owned()]);
            }
        }
        Stage::DropPrefix(dataset) => {
            let prefix = format!("{dataset}.");
            row = row.into_iter().map(|(name, values)| (name.strip_prefix(&prefix).unwrap_or(&name).to_owned(), values)).collect();
        }
        Stage::Extract { field, into, before, capture } => {
            let regex = regex_of(&format!("{}({})", crate::print::regex(before), crate::print::regex(capture)));
            if let Some(found) = row.get(field).and_then(|values| values.iter().find_map(|value| regex.captures(value))) {
                row.insert(into.clone(), vec![found[1].to_owned()]);
            }
        }
        Stage::Eval(list) => {
            for (name, expr) in list {
                match eval(expr, &row) {
                    V::Text(values) => row.insert(name.clone(), values),
                    V::Number(number) => row.insert(name.clone(), vec![number.to_string()]),
                    V::Null | V::Bool(_) => row.remove(name),
                };
            }
        }
        Stage::Lookup { table, field, into, .. } => {
            let Some((matching, cased, rows)) = tables.get(table) else { panic!("no table {table}") };
            let fits = |value: &String, wanted: &String| match matching {
                Matching::Exact if *cased => value == wanted,
                Matching::Exact => value.to_lowercase() == wanted.to_lowercase(),
                Matching::Wildcard => glob(wanted).matches(value, if *cased { Case::Sensitive } else { Case::Insensitive }),
                Matching::Network => value.parse::<IpAddr>().is_ok_and(|address| wanted.parse::<ir::IpNet>().expect("a network").contains(&address)),
            };
            let found = row.get(field).and_then(|values| rows.iter().find(|wanted| values.iter().any(|value| fits(value, wanted))).cloned());
            if let Some(found) = found.filter(|_| !row.contains_key(into)) {
                row.insert(into.clone(), vec![found]);
            }
        }
        Stage::Where(condition) => return (eval(condition, &row) == V::Bool(true)).then_some(row),
        Stage::Table(_) => {}
        Stage::Multisearch(_) | Stage::Sort(_) | Stage::Expand(_) | Stage::Streamstats { .. } => panic!("{stage:?} is not for one row"),
    }
    Some(row)
}

/// A text in which `*` is a hole and nothing else is.
pub(crate) fn glob(text: &str) -> Pattern {
    Pattern::new(text.split('*').flat_map(|literal| [Part::Run, Part::Literal(literal.to_owned())]).skip(1))
}

pub(crate) fn holds(search: &Search, row: &Row) -> bool {
    match search {
        Search::All(list) => list.iter().all(|inner| holds(inner, row)),
        Search::Any(list) => list.iter().any(|inner| holds(inner, row)),
        Search::Not(inner) => !holds(inner, row),
        Search::Macro(name) => row.get("_from").is_none_or(|from| from.contains(name)),
        Search::Nothing => false,
        Search::Term { field, compare, values } => {
            row.get(field).is_some_and(|have| have.iter().any(|have| values.iter().any(|value| fits(have, *compare, value))))
        }
    }
}

pub(crate) fn fits(have: &str, compare: Compare, value: &Value) -> bool {
    match value {
        Value::Number(number) => have.parse::<i64>().is_ok_and(|have| compares(have.cmp(number), compare)),
        Value::Text(pieces) => {
            let pattern = Pattern::new(pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => Part::Literal(text.clone()),
                Piece::Any => Part::Run,
            }));
            let net = pattern.as_exact().filter(|text| text.contains('/')).and_then(|text| text.parse::<ir::IpNet>().ok());
            pattern.matches(have, Case::Insensitive) || net.is_some_and(|net| have.parse::<IpAddr>().is_ok_and(|address| net.contains(&address)))
        }
    }
}

pub(crate) fn compares(order: std::cmp::Ordering, compare: Compare) -> bool {
    match compare {
        Compare::Equal => order.is_eq(),
        Compare::Less => order.is_lt(),
        Compare::AtMost => order.is_le(),
        Compare::More => order.is_gt(),
        Compare::AtLeast => order.is_ge(),
    }
}

/// The expression for Rust's engine, which reads `[[` as a class inside a class.
pub(crate) fn regex_of(text: &str) -> regex::Regex {
    regex::Regex::new(&text.replace("[[]", "\\[")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn regex_argument(expr: &Expr) -> String {
    match expr {
        Expr::Regex(parts) => crate::print::regex(parts),
        Expr::Text(text) => text.clone(),
        other => panic!("{other:?} is no expression"),
    }
}

pub(crate) fn eval(expr: &Expr, row: &Row) -> V {
    let truth = |value: V| match value {
        V::Bool(is) => Some(is),
        _ => None,
    };
    match expr {
        Expr::All(list) | Expr::Any(list) => {
            let decides = matches!(expr, Expr::Any(_));
            let values: Vec<Option<bool>> = list.iter().map(|inner| truth(eval(inner, row))).collect();
            if values.contains(&Some(decides)) {
                V::Bool(decides)
            } else if values.contains(&None) {
                V::Null
            } else {
                V::Bool(!decides)
            }
        }
        Expr::Not(inner) => truth(eval(inner, row)).map_or(V::Null, |is| V::Bool(!is)),
        Expr::Compare(left, compare, right) => match (eval(left, row), eval(right, row)) {
            (V::Null, _) | (_, V::Null) => V::Null,
            (V::Number(left), V::Number(right)) => left.partial_cmp(&right).map_or(V::Null, |order| V::Bool(compares(order, *compare))),
            (V::Text(left), V::Text(right)) => V::Bool(compares(left.cmp(&right), *compare)),
            (left, right) => match (number(left), number(right)) {
                (Some(left), Some(right)) => left.partial_cmp(&right).map_or(V::Null, |order| V::Bool(compares(order, *compare))),
                _ => V::Null,
            },
        },
        Expr::Arithmetic(left, sign, right) => match (number(eval(left, row)), number(eval(right, row))) {
            (Some(_), Some(0.0)) if *sign == '/' => V::Null,
            (Some(left), Some(right)) => V::Number(match sign {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                _ => left / right,
            }),
            _ => V::Null,
        },
        Expr::Field(name) => row.get(name).map_or(V::Null, |values| V::Text(values.clone())),
        Expr::Text(text) => V::Text(vec![text.clone()]),
        Expr::Number(number) => V::Number(*number as f64),
        Expr::Regex(_) => panic!("an expression stands alone"),
        Expr::Call(name, arguments) => call(name, arguments, row),
    }
}

pub(crate) fn number(value: V) -> Option<f64> {
    match value {
        V::Number(number) => Some(number),
        V::Text(values) => values.first().and_then(|text| text.parse().ok()),
        V::Null | V::Bool(_) => None,
    }
}

pub(crate) fn call(name: &str, arguments: &[Expr], row: &Row) -> V {
    let value = |at: usize| eval(&arguments[at], row);
    let one = |value: V| match value {
        V::Text(values) if values.len() == 1 => Some(values[0].clone()),
        V::Null => None,
        other => panic!("{name} of {other:?}"),
    };
    match name {
        "match" => one(value(0)).map_or(V::Null, |text| V::Bool(regex_of(&regex_argument(&arguments[1])).is_match(&text))),
        "replace" => one(value(0)).map_or(V::Null, |text| {
            let with = regex_argument(&arguments[2]).replace('$', "$$").replace("\\1", "${1}").replace("\\2", "${2}");
            V::Text(vec![regex_of(&regex_argument(&arguments[1])).replace_all(&text, with.as_str()).into_owned()])
        }),
        "coalesce" => arguments.iter().map(|argument| eval(argument, row)).find(|value| *value != V::Null).unwrap_or(V::Null),
        "sqrt" => number(value(0)).map_or(V::Null, |number| V::Number(number.sqrt())),
        "max" => number(value(0)).zip(number(value(1))).map_or(V::Null, |(left, right)| V::Number(left.max(right))),
        "lower" => one(value(0)).map_or(V::Null, |text| V::Text(vec![ir::pattern::fold(&text).collect()])),
        "rtrim" => one(value(0)).map_or(V::Null, |text| V::Text(vec![text.trim_end_matches('.').to_owned()])),
        "len" => one(value(0)).map_or(V::Null, |text| V::Number(text.chars().count() as f64)),
        "isnull" => V::Bool(value(0) == V::Null),
        "isnotnull" => V::Bool(value(0) != V::Null),
        "null" => V::Null,
        "nullif" => {
            if value(0) == value(1) {
                V::Null
            } else {
                value(0)
            }
        }
        "if" => {
            if value(0) == V::Bool(true) {
                value(1)
            } else {
                value(2)
            }
        }
        "case" => arguments.chunks(2).find(|pair| eval(&pair[0], row) == V::Bool(true)).map_or(V::Null, |pair| eval(&pair[1], row)),
        "tonumber" => one(value(0)).and_then(|text| text.parse().ok()).map_or(V::Null, V::Number),
        "cidrmatch" => match (one(value(0)), one(value(1))) {
            (Some(net), Some(address)) => {
                V::Bool(address.parse::<IpAddr>().is_ok_and(|address| net.parse::<ir::IpNet>().expect("a network").contains(&address)))
            }
            _ => V::Null,
        },
        "mvfilter" | "mvmap" => {
            fn field(expr: &Expr) -> &str {
                match expr {
                    Expr::Field(name) => name,
                    Expr::Call(_, arguments) => field(&arguments[0]),
                    other => panic!("no field in {other:?}"),
                }
            }
            let (field, each) = (field(&arguments[0]), &arguments[arguments.len() - 1]);
            let mut out = Vec::new();
            for value in row.get(field).into_iter().flatten() {
                let alone: Row = std::iter::once((field.to_owned(), vec![value.clone()])).collect();
                match eval(each, &alone) {
                    V::Bool(true) => out.push(value.clone()),
                    V::Text(values) => out.extend(values),
                    _ => {}
                }
            }
            if out.is_empty() { V::Null } else { V::Text(out) }
        }
        other => panic!("{other} has no meaning here"),
    }
}
