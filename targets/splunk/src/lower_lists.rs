//! How is a long list of values looked up?

use std::borrow::Cow;

use backend::Refusal;
use ir::{Case, FieldTest, Indicator, IpNet, NumberTest, Observable, Op, Part, Pattern, Url};

use crate::ast::{Cell, Expr, Lookup, Matching, Piece, Row, Stage};
use crate::lower_url;
use crate::lower_values::sayable;
use crate::lowering::Lowering;
use crate::naming::own_name;
use crate::profiles::Encoding;

/// How many values a test has.
pub(crate) fn values(op: &Op) -> usize {
    match op {
        Op::Text { patterns, .. } => patterns.len(),
        Op::Address(list) => list.len(),
        Op::Domain(list) => list.len(),
        Op::Under(list) => list.len(),
        Op::Url(list) => list.len(),
        Op::Number(NumberTest::In(list)) => list.len(),
        Op::Regex(_) | Op::Number(_) | Op::Exists | Op::Empty | Op::Missing | Op::Flag(_) | Op::Time { .. } | Op::Same { .. } => 0,
    }
}

/// A value as indicators and tests share it, so that a row finds its indicator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'v> {
    Text(Cow<'v, str>),
    Net(IpNet),
    Url(&'v Url),
    Number(i64),
}

/// Rows for one table, and what they are compared with.
struct Table<'v> {
    suffix: &'static str,
    matching: Matching,
    cased: bool,
    rows: Vec<(Cell, Key<'v>)>,
    field: String,
    prepare: Vec<Stage>,
}

/// A test with a long list as an expression on what lookups found; adds the lookups.
pub(crate) fn expression(lowering: &mut Lowering<'_, '_>, test: &FieldTest, name: &str, spelling: Encoding, negated: bool) -> Result<Expr, Refusal> {
    let mut left: Vec<Pattern> = Vec::new();
    let tables = tables(lowering, test, name, spelling, &mut left);
    let at = lowering.looked_up;
    lowering.looked_up += 1;
    let into = if at == 0 { "vigie_value".to_owned() } else { format!("vigie_value_{}", at + 1) };
    let list = std::sync::Arc::clone(&lowering.detection.indicators);
    let by_value = indicators(&list);
    let mut found = Vec::new();
    for table in tables.into_iter().filter(|table| !table.rows.is_empty()) {
        let name = table_name(lowering, at, table.suffix);
        for stage in table.prepare {
            if !lowering.made.contains(&stage) {
                lowering.made.push(stage);
            }
        }
        lowering.made.push(Stage::Lookup { table: name.clone(), field: table.field, into: into.clone(), columns: at == 0 });
        // Values and indicators mostly come in one order: the next one is looked at first.
        let mut next = 0;
        let mut of = |key: &Key<'_>| {
            let at = match by_value.get(next).filter(|(known, _)| known == key) {
                Some(_) => next,
                None => by_value.binary_search_by(|(known, _)| known.cmp(key)).ok()?,
            };
            next = at + 1;
            by_value.get(at).map(|(_, one)| *one)
        };
        let mut rows: Vec<Row> = table.rows.into_iter().map(|(value, key)| row(value, of(&key))).collect();
        rows.sort();
        rows.dedup_by(|later, first| later.value == first.value);
        let advisory = lowering.detection.meta.advisory.clone();
        let quote = lowering.detection.meta.citations.first().map(|citation| citation.quote.clone()).unwrap_or_default();
        lowering.lookups.push(Lookup { name, matching: table.matching, cased: table.cased, advisory, quote, rows });
        if found.is_empty() {
            let function = if negated { "isnull" } else { "isnotnull" };
            found.push(Expr::Call(function, vec![Expr::field(&into)]));
        }
    }
    if !left.is_empty() {
        let case = match &test.op {
            Op::Text { case, .. } => *case,
            _ => Case::Insensitive,
        };
        found.push(lowering.inline(test, &Op::Text { patterns: left, case }, name, spelling, negated)?);
    }
    Ok(if negated { Expr::all(found) } else { Expr::any(found) })
}

fn tables<'t>(lowering: &mut Lowering<'_, '_>, test: &'t FieldTest, name: &str, spelling: Encoding, left: &mut Vec<Pattern>) -> Vec<Table<'t>> {
    let plain =
        |suffix, matching, field: &str| Table { suffix, matching, cased: false, rows: Vec::new(), field: field.to_owned(), prepare: Vec::new() };
    match &test.op {
        Op::Address(nets) => {
            lowering.reads(name);
            let mut single = plain("", Matching::Exact, name);
            let mut wide = plain("_networks", Matching::Network, name);
            for net in nets {
                // An IPv6 address has several spellings; as a network it matches them all.
                if net.prefix_len() == net.max_prefix_len() && net.addr().is_ipv4() {
                    single.rows.push((Cell::Whole(net.addr().to_string().into()), Key::Net(*net)));
                } else {
                    wide.rows.push((Cell::Whole(net.to_string().into()), Key::Net(*net)));
                }
            }
            vec![single, wide]
        }
        Op::Domain(domains) => {
            let field = lowering.value(name, spelling);
            let mut exact = plain("", Matching::Exact, "vigie_host");
            let dot = Expr::Call("rtrim", vec![Expr::Call("lower", vec![Expr::field(&field)]), Expr::Text(".".to_owned())]);
            let dot =
                if matches!(spelling, Encoding::Several | Encoding::HostOfUrls) { Expr::Call("mvmap", vec![Expr::field(&field), dot]) } else { dot };
            exact.prepare.push(Stage::Eval(vec![("vigie_host".to_owned(), dot)]));
            let mut below = plain("_below", Matching::Wildcard, "vigie_host");
            for domain in domains {
                let key = Key::Text(domain.as_str().into());
                exact.rows.push((Cell::Whole(domain.as_str().into()), key.clone()));
                below.rows.push((Cell::Ending(format!(".{}", domain.as_str()).into()), key));
            }
            vec![exact, below]
        }
        Op::Url(urls) => {
            lowering.reads(name);
            let table = |suffix, port| {
                let (field, prepare) = lower_url::normalise(name, port, spelling == Encoding::Several);
                Table { prepare, ..plain(suffix, Matching::Exact, &field) }
            };
            let (mut with, mut without) = (table("_ports", true), table("", false));
            for url in urls {
                let side = if url.port().is_some() { &mut with } else { &mut without };
                side.rows.push((Cell::Whole(lower_url::key(url).to_lowercase().into()), Key::Url(url)));
            }
            vec![without, with]
        }
        Op::Number(NumberTest::In(numbers)) => {
            let field = lowering.value(name, spelling);
            let mut exact = plain("", Matching::Exact, &field);
            exact.rows = numbers.iter().map(|number| (Cell::Whole(number.to_string().into()), Key::Number(*number))).collect();
            vec![exact]
        }
        op => {
            let (patterns, case) = match op {
                Op::Text { patterns, case } => (Cow::Borrowed(patterns.as_slice()), *case),
                Op::Under(trees) => (trees.iter().flat_map(ir::Tree::patterns).collect(), Case::Insensitive),
                _ => (Cow::Borrowed(&[][..]), Case::Insensitive),
            };
            let key_of_registry = matches!(spelling, Encoding::RegistryKey | Encoding::AnyRegistryKey | Encoding::RegistryKeyByKind);
            let field = lowering.value(name, spelling);
            let mut exact = plain("", Matching::Exact, &field);
            let mut wild = plain("_patterns", Matching::Wildcard, &field);
            (exact.cased, wild.cased) = (case == Case::Sensitive, case == Case::Sensitive);
            for pattern in patterns.iter() {
                let hive = key_of_registry.then(|| logs::hive::hives(pattern, spelling));
                let spelled = match hive {
                    Some((_, false)) => None,
                    Some((list, true)) => Some(list),
                    None => Some(vec![pattern.clone()]),
                };
                match spelled.filter(|list| list.iter().all(tabular)) {
                    None => left.push(pattern.clone()),
                    Some(list) => {
                        let key = Key::Text(pattern.literals().collect::<String>().into());
                        for one in list {
                            match one.as_exact() {
                                Some(text) => exact.rows.push((Cell::Whole(text.into()), key.clone())),
                                None => wild.rows.push((Cell::Pattern(pieces(&one)), key.clone())),
                            }
                        }
                    }
                }
            }
            vec![exact, wild]
        }
    }
}

/// Whether a table can hold the pattern and mean it: among patterns `*` is always a hole, blanks at the ends may be lost,
/// and a control character would break the line.
fn tabular(pattern: &Pattern) -> bool {
    match pattern.as_exact() {
        Some(text) => !text.is_empty() && text.trim() == text && text.chars().all(|char| sayable(char) || matches!(char, '*' | '`')),
        None => !pattern.parts().contains(&Part::One) && pattern.literals().all(|text| text.chars().all(sayable)),
    }
}

fn pieces(pattern: &Pattern) -> Vec<Piece> {
    pattern
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => Piece::Literal(text.clone()),
            Part::Run | Part::One => Piece::Any,
        })
        .collect()
}

/// Each indicator with its value, as tests spell it, sorted by it; the first of those that share one.
fn indicators(list: &[Indicator]) -> Vec<(Key<'_>, &Indicator)> {
    fn key(indicator: &Indicator) -> Key<'_> {
        match &indicator.observable {
            Observable::Asn(number) => Key::Number(i64::from(*number)),
            Observable::Ip(address) => Key::Net(address.net),
            Observable::Url(url) => Key::Url(url),
            Observable::Domain(name) | Observable::Host(name) => Key::Text(name.as_str().into()),
            Observable::Hash(hash) => Key::Text(hash.hex().into()),
            other => Key::Text(other.to_string().into()),
        }
    }
    let mut out: Vec<(Key<'_>, &Indicator)> = list.iter().map(|indicator| (key(indicator), indicator)).collect();
    out.sort_by(|(a, _), (b, _)| a.cmp(b));
    out.dedup_by(|(later, _), (first, _)| later == first);
    out
}

fn row(value: Cell, indicator: Option<&Indicator>) -> Row {
    let note = indicator.and_then(|indicator| indicator.note.as_deref()).map(crate::print::one_line).unwrap_or_default();
    let valid_until = indicator.and_then(|indicator| indicator.valid?.until);
    let quote = indicator.and_then(|indicator| indicator.citations.first()).map(|citation| citation.quote.as_str()).unwrap_or_default();
    Row { value, note: note.into(), role: indicator.map_or("", |indicator| indicator.role.name()), valid_until, quote: quote.into() }
}

/// A table's name, unique in an app.
fn table_name(lowering: &Lowering<'_, '_>, at: usize, suffix: &str) -> String {
    format!("{}{suffix}", own_name(lowering.detection, lowering.cx.profile.id, &format!("splunk lookup {at}")))
}
