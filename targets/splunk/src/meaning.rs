//! Does a search find exactly the events that the detection means? A small reader of SPL's meaning judges searches as they
//! were printed, against the IR's evaluator.
//!
//! What it takes for granted, from the manual: `search` compares without case, `*` is any run, a network stands for its
//! addresses, `NOT field=value` holds without the field; in expressions, comparisons with null are null.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use ir::EventClass as E;
use ir::Field as F;
use ir::{
    Case, Correlation, CorrelationKind, Domain, EventSelector, FieldRef, FieldValue, Kind, NumberTest, Op, Part, Pattern, Predicate, Record, Regex,
    Step, Times, Tree, Url,
};
use proptest::prelude::*;

use crate::ast::{Aggregate, Compare, Expr, Matching, Piece, Query, RegexPart, Search, Stage, Value};
use crate::profiles::{Spelling, cim, raw};
use crate::tests::{compile, detection, rule, span};
use crate::verify_spl;

type Row = BTreeMap<String, Vec<String>>;
type Tables = BTreeMap<String, (Matching, bool, Vec<String>)>;

#[derive(Clone, Debug, PartialEq)]
enum V {
    Null,
    Bool(bool),
    Number(f64),
    Text(Vec<String>),
}

fn finds(query: &Query, row: Row, tables: &Tables) -> bool {
    !run(query, vec![row], tables).is_empty()
}

fn run(query: &Query, mut rows: Vec<Row>, tables: &Tables) -> Vec<Row> {
    for stage in &query.0 {
        rows = match stage {
            Stage::Multisearch(list) => list.iter().flat_map(|query| run(query, rows.clone(), tables)).collect(),
            Stage::Sort(fields) => {
                assert_eq!(fields, &["_time"]);
                rows.sort_by(|left, right| time(left).total_cmp(&time(right)));
                rows
            }
            Stage::Streamstats { current, window, seconds, what, by } => streamstats(rows, *current, *window, *seconds, what, by),
            _ => rows.into_iter().filter_map(|row| step(stage, row, tables)).collect(),
        };
    }
    rows
}

fn time(row: &Row) -> f64 {
    row["_time"][0].parse().expect("a time")
}

fn streamstats(
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

fn step(stage: &Stage, mut row: Row, tables: &Tables) -> Option<Row> {
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
fn glob(text: &str) -> Pattern {
    Pattern::new(text.split('*').flat_map(|literal| [Part::Run, Part::Literal(literal.to_owned())]).skip(1))
}

fn holds(search: &Search, row: &Row) -> bool {
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

fn fits(have: &str, compare: Compare, value: &Value) -> bool {
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

fn compares(order: std::cmp::Ordering, compare: Compare) -> bool {
    match compare {
        Compare::Equal => order.is_eq(),
        Compare::Less => order.is_lt(),
        Compare::AtMost => order.is_le(),
        Compare::More => order.is_gt(),
        Compare::AtLeast => order.is_ge(),
    }
}

/// The expression for Rust's engine, which reads `[[` as a class inside a class.
fn regex_of(text: &str) -> regex::Regex {
    regex::Regex::new(&text.replace("[[]", "\\[")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn regex_argument(expr: &Expr) -> String {
    match expr {
        Expr::Regex(parts) => crate::print::regex(parts),
        Expr::Text(text) => text.clone(),
        other => panic!("{other:?} is no expression"),
    }
}

fn eval(expr: &Expr, row: &Row) -> V {
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

fn number(value: V) -> Option<f64> {
    match value {
        V::Number(number) => Some(number),
        V::Text(values) => values.first().and_then(|text| text.parse().ok()),
        V::Null | V::Bool(_) => None,
    }
}

fn call(name: &str, arguments: &[Expr], row: &Row) -> V {
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

/// The event as the log of a profile holds it.
fn logged(profile: &str, record: &Record) -> Row {
    let class = record.event.class().expect("a class of the catalogue");
    let streams = if profile == "cim" { cim::STREAMS } else { raw::STREAMS };
    let stream = streams.iter().find(|stream| stream.class == class).expect("a log");
    let prefix = if profile == "cim" { format!("{}.", stream.sources[0].name.rsplit('.').next().expect("a dataset")) } else { String::new() };
    let text = |field: F| record.get(&FieldRef::Known(field)).and_then(|value| value.text().map(std::borrow::Cow::into_owned));
    let mut row = Row::new();
    for (name, words) in stream.condition {
        row.insert(format!("{prefix}{name}"), vec![words[0].to_owned()]);
    }
    for (field, name, spelling) in stream.fields {
        let Some(value) = record.get(&FieldRef::Known(*field)) else { continue };
        let values = match &*value {
            FieldValue::List(list) => list.iter().filter_map(|value| value.text().map(std::borrow::Cow::into_owned)).collect(),
            other => vec![other.text().expect("text").into_owned()],
        };
        let first = values[0].clone();
        let values = match spelling {
            Spelling::Plain | Spelling::Many => values,
            Spelling::HostOfUrls => continue,
            Spelling::Backslash => vec![format!("\\{first}")],
            Spelling::Account | Spelling::AccountDomain => vec![match (text(F::UserDomain), text(F::UserName)) {
                (Some(domain), Some(user)) => format!("{domain}\\{user}"),
                (_, user) => user.unwrap_or_default(),
            }],
            Spelling::Digest(digest) | Spelling::DigestOrBare(digest) => vec![format!("MD5=00112233445566778899aabbccddeeff,{digest}={first},X=1")],
            Spelling::RegistryKey | Spelling::RegistryPath | Spelling::RegistryValueName => {
                let key = text(F::RegistryKey).expect("a key");
                let key = key.strip_prefix("HKCU").map_or(key.clone(), |rest| format!("HKU\\S-1-5-21-7{rest}"));
                vec![format!("{key}\\{}", text(F::RegistryValueName).unwrap_or_else(|| "(Default)".to_owned()))]
            }
            Spelling::RegistryDeletedKey | Spelling::Words(_) => panic!("not tried here"),
        };
        row.insert(format!("{prefix}{name}"), values);
    }
    row
}

fn check(profile: &str, class: ir::EventClass, predicate: &Predicate, record: &Record) {
    let compiled = compile(profile, &[detection("x", Kind::Event(rule(class, predicate.clone())))]);
    // Only rules that claim to be exact are held to it.
    if compiled.entries[0].outcome != backend::Outcome::Exact {
        return;
    }
    let text = &compiled.rules[0].text;
    let query = verify_spl::read(text).expect("reads");
    let tables: Tables = compiled
        .artefacts
        .iter()
        .filter(|artefact| artefact.path.ends_with("transforms.conf"))
        .flat_map(|artefact| crate::verify::conf(&artefact.text).expect("reads"))
        .map(|(name, settings)| {
            let matching = match settings.get("match_type").map(String::as_str) {
                Some("WILDCARD(value)") => Matching::Wildcard,
                Some("CIDR(value)") => Matching::Network,
                _ => Matching::Exact,
            };
            let path = format!("TEST-1/lookups/{}", settings["filename"]);
            let file = compiled.artefacts.iter().find(|artefact| artefact.path == path).expect("a table");
            let rows = csv::Reader::from_reader(file.text.as_bytes()).records().map(|row| row.expect("a row")[0].to_owned()).collect();
            (name, (matching, settings["case_sensitive_match"] == "true", rows))
        })
        .collect();
    let row = logged(profile, record);
    let wanted = ir::eval::holds(predicate, record);
    assert_eq!(finds(&query, row.clone(), &tables), wanted, "{text}\n{row:?}\n{predicate:?}");
}

fn record(class: ir::EventClass, fields: Vec<(F, Option<FieldValue>)>) -> Record {
    let mut record = Record::new(EventSelector::of(class));
    record.fields = fields.into_iter().filter_map(|(field, value)| Some((FieldRef::Known(field), value?))).collect();
    record
}

/// Short texts out of characters that mean something somewhere.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a", "A", "b", "é", "É", "\\", "*", "?", "\"", ".", "`", "$", "|", "[", "]", "(", "^", "\n", "/", " ", "%", "_", "'", "AND", "{",
        ]),
        0..5,
    )
    .prop_map(|list| list.concat())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    prop::collection::vec(prop_oneof![3 => text().prop_map(Part::Literal), 1 => Just(Part::Run), 1 => Just(Part::One)], 1..4).prop_map(Pattern::new)
}

fn case() -> impl Strategy<Value = Case> {
    prop_oneof![3 => Just(Case::Insensitive), 1 => Just(Case::Sensitive)]
}

fn test_on(field: F) -> impl Strategy<Value = Predicate> {
    prop_oneof![
        6 => (prop::collection::vec(pattern(), 1..4), case()).prop_map(move |(patterns, case)| Predicate::test(field, Op::Text { patterns, case }, span())),
        1 => (prop::collection::vec(pattern(), 101..104), case()).prop_map(move |(patterns, case)| Predicate::test(field, Op::Text { patterns, case }, span())),
        1 => Just(Predicate::test(field, Op::Exists, span())),
        1 => text().prop_filter_map("a tree", move |text| Some(Predicate::test(field, Op::Under(vec![Tree::parse(&text)?]), span()))),
        1 => text().prop_filter_map("a regex", move |text| Some(Predicate::test(field, Op::Regex(vec![Regex::parse(&text, Case::Insensitive).ok()?]), span()))),
    ]
}

fn tree(leaf: BoxedStrategy<Predicate>) -> impl Strategy<Value = Predicate> {
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::Any),
            inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
        ]
    })
}

fn value() -> impl Strategy<Value = Option<FieldValue>> {
    prop::option::weighted(0.8, text().prop_filter("not empty", |text| !text.is_empty()).prop_map(FieldValue::Text))
}

/// A correlation over events at whole seconds, judged by the search and by the evaluator.
fn check_correlation(correlation: &Correlation, events: &[(u64, Record)]) {
    let detection = detection("x", Kind::Correlation(correlation.clone()));
    let compiled = compile("raw", std::slice::from_ref(&detection));
    assert_eq!(compiled.entries[0].outcome, backend::Outcome::Exact);
    let query = verify_spl::read(&compiled.rules[0].text).expect("reads");
    let rows = events
        .iter()
        .map(|(time, record)| {
            let mut row = logged("raw", record);
            row.insert("_time".to_owned(), vec![time.to_string()]);
            let from = if record.event.class() == Some(E::DnsQuery) { "vigie_dns" } else { "vigie_firewall" };
            row.insert("_from".to_owned(), vec![from.to_owned()]);
            row
        })
        .collect();
    let timed: Vec<ir::eval::Timed<'_>> = events.iter().map(|(time, record)| (Duration::from_secs(*time), record)).collect();
    let found = !run(&query, rows, &Tables::new()).is_empty();
    assert_eq!(found, ir::eval::fires(&detection, &timed), "{}\n{events:#?}", compiled.rules[0].text);
}

/// Events at rising times: two kinds of connection and a name asked for, from two machines or from nowhere.
fn events() -> impl Strategy<Value = Vec<(u64, Record)>> {
    prop::collection::vec((0_u64..6, 0..4_usize, prop::option::weighted(0.9, prop::sample::select(vec!["10.0.0.1", "10.0.0.2"])), 0..3_u32), 0..14)
        .prop_map(|list| {
            let mut now = 0;
            list.into_iter()
                .map(|(gap, kind, from, to)| {
                    now += gap;
                    let text = |text: String| Some(FieldValue::Text(text));
                    let mut fields = vec![(F::SourceIp, from.and_then(|from| text(from.to_owned())))];
                    let class = if kind == 3 { E::DnsQuery } else { E::NetworkFlow };
                    if kind == 3 {
                        fields.push((F::DnsName, text("evil.example".to_owned())));
                    } else {
                        fields.push((F::DestinationPort, Some(FieldValue::Number([80, 443, 8080][kind]))));
                        fields.push((F::DestinationIp, text(format!("198.51.100.{to}"))));
                    }
                    (now, record(class, fields))
                })
                .collect()
        })
}

fn port(ports: &[i64]) -> Predicate {
    Predicate::test(F::DestinationPort, Op::Number(NumberTest::In(ports.to_vec())), span())
}

fn one_step(class: ir::EventClass, predicate: Predicate, min: u32, max: Option<u32>) -> Step {
    Step { name: "s".to_owned(), rule: rule(class, predicate), times: Times { min, max }, span: span() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_means_the_same(
        predicate in tree(prop_oneof![test_on(F::ProcessCommandLine), test_on(F::ProcessPath), test_on(F::ParentCommandLine)].boxed()),
        (line, path, parent) in (value(), value(), value()),
    ) {
        let record = record(E::ProcessStart, vec![(F::ProcessCommandLine, line), (F::ProcessPath, path), (F::ParentCommandLine, parent)]);
        check("raw", E::ProcessStart, &predicate, &record);
        check("cim", E::ProcessStart, &predicate, &record);
    }

    #[test]
    fn many_values_mean_the_same(
        predicate in tree(prop_oneof![test_on(F::EmailTo), test_on(F::EmailAttachmentName), test_on(F::EmailSubject)].boxed()),
        (to, names, subject) in (prop::collection::vec(text().prop_map(FieldValue::Text), 1..4), prop::collection::vec(text().prop_map(FieldValue::Text), 1..3), value()),
    ) {
        let full = |list: Vec<FieldValue>| Some(FieldValue::List(list)).filter(|list| !list.any(&mut |value| *value == FieldValue::Text(String::new())));
        let record = record(E::EmailMessage, vec![(F::EmailTo, full(to)), (F::EmailAttachmentName, full(names)), (F::EmailSubject, subject)]);
        check("raw", E::EmailMessage, &predicate, &record);
    }

    #[test]
    fn accounts_and_digests_mean_the_same(
        predicate in tree(prop_oneof![
            prop::sample::select(vec!["alice", "ALICE", "bob", "lab"]).prop_map(|name| Predicate::is(F::UserName, name, span())),
            prop::sample::select(vec!["lab", "LAB", "alice"]).prop_map(|name| Predicate::is(F::UserDomain, name, span())),
            Just(Predicate::text(F::UserName, vec![Pattern::contains("li"), Pattern::starts("b")], Case::Insensitive, span())),
            prop::sample::select(vec!['a', 'b']).prop_map(|digit| Predicate::is(F::ProcessSha256, digit.to_string().repeat(64), span())),
        ].boxed()),
        (user, domain, hash) in (prop::sample::select(vec!["alice", "Bob", "lab"]), prop::option::of(Just("LAB")), prop::option::of(prop::sample::select(vec!["A", "b", "c"]))),
    ) {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let record = record(E::ProcessStart, vec![(F::UserName, text(user)), (F::UserDomain, domain.and_then(text)), (F::ProcessSha256, hash.and_then(|digit| text(&digit.repeat(64))))]);
        check("raw", E::ProcessStart, &predicate, &record);
    }

    #[test]
    fn registry_keys_mean_the_same(
        predicate in tree(prop_oneof![
            prop::sample::select(vec![r"HKLM\Software\X", r"HKCU\Software\X", r"HKCU\Software"]).prop_map(|key| Predicate::is(F::RegistryKey, key, span())),
            prop::sample::select(vec![r"HKLM\Software", r"HKCU\Software\X", r"HKCU"]).prop_filter_map("a tree", |key| Some(Predicate::test(F::RegistryKey, Op::Under(vec![Tree::parse(key)?]), span()))),
            prop::sample::select(vec!["Run", "X", "(Default)"]).prop_map(|name| Predicate::is(F::RegistryValueName, name, span())),
            Just(Predicate::text(F::RegistryKey, vec![Pattern::contains(r"\software"), Pattern::ends("X")], Case::Insensitive, span())),
            Just(Predicate::All(vec![Predicate::is(F::RegistryKey, r"HKCU\Software\X", span()), Predicate::is(F::RegistryValueName, "run", span())])),
        ].boxed()),
        key in prop::sample::select(vec![r"HKLM\SOFTWARE\X", r"HKLM\Software\X\Y", r"HKCU\Software\X", r"HKCU\Software", r"HKCU\Software\X\Software\X"]),
        name in prop::sample::select(vec!["Run", "X"]),
    ) {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let record = record(E::RegistrySet, vec![(F::RegistryKey, text(key)), (F::RegistryValueName, text(name))]);
        check("raw", E::RegistrySet, &predicate, &record);
        check("cim", E::RegistrySet, &predicate, &record);
    }

    #[test]
    fn networks_and_numbers_mean_the_same(
        predicate in tree(prop_oneof![
            prop::collection::vec(prop::sample::select(vec!["198.51.100.23/32", "203.0.113.0/28", "203.0.112.0/23", "2001:db8::/64", "2001:db8::1/128"]), 1..4)
                .prop_map(|list| Predicate::test(F::DestinationIp, Op::Address(list.iter().map(|net| net.parse().expect("a network")).collect()), span())),
            (0_u32..3).prop_map(|start| Predicate::test(F::SourceIp, Op::Address((0..120).map(|at| format!("10.{start}.0.{at}/{}", 31 + (at % 2)).parse().expect("a network")).collect()), span())),
            prop::sample::select(vec![NumberTest::In(vec![80, 443]), NumberTest::Less(100), NumberTest::AtLeast(443)]).prop_map(|test| Predicate::test(F::DestinationPort, Op::Number(test), span())),
            Just(Predicate::test(F::DestinationPort, Op::Number(NumberTest::In((0..300).collect())), span())),
        ].boxed()),
        to in prop::option::of(prop::sample::select(vec!["198.51.100.23", "203.0.113.15", "203.0.113.16", "2001:DB8:0:0::1", "2001:db8:1::"])),
        from in prop::option::of(prop::sample::select(vec!["10.0.0.2", "10.1.0.3", "10.2.0.119", "10.2.0.121"])),
        port in prop::option::of(prop::sample::select(vec![80_i64, 443, 8443])),
    ) {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let fields = vec![(F::DestinationIp, to.and_then(text)), (F::SourceIp, from.and_then(text)), (F::DestinationPort, port.map(FieldValue::Number))];
        let record = record(E::NetworkFlow, fields);
        check("raw", E::NetworkFlow, &predicate, &record);
        check("cim", E::NetworkFlow, &predicate, &record);
    }

    #[test]
    fn names_and_urls_mean_the_same(
        (count, negated) in (prop::sample::select(vec![1_u32, 3, 120]), any::<bool>()),
        name in prop::sample::select(vec!["d1.example", "A.D1.example.", "xd1.example", "d1.example.test", "d0.example", "D2.EXAMPLE"]),
        url in prop::sample::select(vec![
            "http://d1.example/x?y", "https://D1.example:443/x?y", "d1.example/x?y", "http://u@d1.example./X?Y#z", "http://d1.example:8080/x?y", "http://d1.example/x",
            "http://d1.example:8081/x?y", "http://d0.example", "http://d0.example/", "http://d0.example:81?", "http://[2001:db8::1]:80/a", "http://a/d1.example/x?y",
        ]),
    ) {
        let domains = Op::Domain((0..count).map(|at| Domain::parse(&format!("d{at}.example")).expect("a domain")).collect());
        let urls: Vec<Url> = (0..count)
            .flat_map(|at| [format!("http://d{at}.example/x?y"), format!("http://d{at}.example:8081/x"), format!("https://d{at}.example/"), "http://[2001:db8::1]/a".to_owned()])
            .map(|url| Url::parse(&url).expect("a url"))
            .collect();
        let turn = |predicate: Predicate| if negated { predicate.negate() } else { predicate };
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let query = record(E::DnsQuery, vec![(F::DnsName, text(name))]);
        let request = record(E::HttpRequest, vec![(F::UrlFull, text(url))]);
        let mail = record(E::EmailMessage, vec![(F::EmailUrl, Some(FieldValue::List(vec![FieldValue::Text("http://ordinary.example/".to_owned()), FieldValue::Text(url.to_owned())])))]);
        for profile in ["raw", "cim"] {
            check(profile, E::DnsQuery, &turn(Predicate::test(F::DnsName, domains.clone(), span())), &query);
            check(profile, E::HttpRequest, &turn(Predicate::test(F::UrlFull, Op::Url(urls.clone()), span())), &request);
        }
        check("raw", E::EmailMessage, &turn(Predicate::test(F::EmailUrl, Op::Url(urls), span())), &mail);
        check("raw", E::EmailMessage, &turn(Predicate::test(F::EmailUrlHost, domains, span())), &mail);
    }

    #[test]
    fn correlations_mean_the_same(
        events in events(),
        (kind, first, second) in (0..6_u8, 1_u32..4, 1_u32..3),
        (grouped, jitter, within) in (any::<bool>(), prop::option::of(0_u32..60), 1_u64..15),
    ) {
        let flow = |ports: &[i64], least, most| one_step(E::NetworkFlow, port(ports), least, most);
        let kind = match kind {
            0 => CorrelationKind::Count(flow(&[80, 443], first, None)),
            1 => CorrelationKind::Count(flow(&[80, 443], first, Some(first + 1))),
            2 => CorrelationKind::Distinct { step: flow(&[80, 443], first.min(3), None), field: F::DestinationIp.into() },
            3 => CorrelationKind::Sequence(vec![flow(&[80], first, None), flow(&[443, 80], second, None)]),
            4 => CorrelationKind::Sequence(vec![flow(&[80], first, None), flow(&[443], 1, None), flow(&[80, 8080], second, None)]),
            _ => CorrelationKind::Sequence(vec![one_step(E::DnsQuery, Predicate::is(F::DnsName, "evil.example", span()), first.min(2), None), flow(&[80, 443], second, None)]),
        };
        let jitter = jitter.filter(|_| matches!(kind, CorrelationKind::Count(_)));
        let by = if grouped { vec![F::SourceIp.into()] } else { Vec::new() };
        check_correlation(&Correlation { kind, by, within: Duration::from_secs(within), jitter }, &events);
    }

    #[test]
    fn a_literal_in_a_regular_expression_means_itself_under_any_unescaping(text in ".{0,12}", other in ".{0,12}") {
        let printed = crate::print::regex(&[RegexPart::syntax("^"), RegexPart::Literal(text.clone()), RegexPart::syntax("\\z")]);
        prop_assert!(!printed.contains(['"', '`']) && !printed.contains("\\\\") && !printed.chars().any(char::is_control));
        let regex = regex_of(&printed);
        prop_assert!(regex.is_match(&text));
        prop_assert_eq!(regex.is_match(&other), text == other);
    }

    #[test]
    fn a_setting_reads_back(lines in prop::collection::vec("[^\\p{C}\\p{Z}]([^\\p{C}\\p{Zl}\\p{Zp}]{0,10}[^\\p{C}\\p{Z}\\\\])?", 1..4), hostile in any::<String>()) {
        let text = lines.join("\n");
        let file = format!("[x]\na = {}\nb = {}\nc = 1\n", crate::print::conf_value(&text), crate::print::conf_value(&hostile));
        let conf = crate::verify::conf(&file).expect("reads");
        let settings = &conf["x"];
        prop_assert_eq!(conf.len(), 1);
        prop_assert_eq!(settings.len(), 3);
        prop_assert_eq!(&settings["c"], "1");
        let ends_plain = lines.iter().all(|line| !line.ends_with('\\'));
        prop_assert!(!ends_plain || settings["a"] == text);
    }

    #[test]
    fn nothing_breaks_out(value in any::<String>(), title in any::<String>(), key in "[a-z]{1,5}") {
        let mut detection = detection(&key, Kind::Event(rule(E::ProcessStart, Predicate::All(vec![
            Predicate::text(F::ProcessCommandLine, vec![Pattern::contains(value.as_str())], Case::Sensitive, span()),
            Predicate::is(F::ProcessOriginalName, value.as_str(), span()),
        ]))));
        detection.title.clone_from(&title);
        detection.description = value;
        let compiled = compile("raw", &[detection]);
        let conf = crate::verify::conf(&compiled.artefacts.iter().find(|file| file.path.ends_with("savedsearches.conf")).expect("a file").text).expect("reads");
        prop_assert_eq!(conf.len(), 1);
        let settings = conf.values().next().expect("one");
        prop_assert_eq!(settings.len(), 16);
        prop_assert_eq!(&settings["search"], &compiled.rules[0].text);
    }
}
