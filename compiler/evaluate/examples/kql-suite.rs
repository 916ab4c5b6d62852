//! Do queries in KQL find the rows that a suite says they find?
//!
//! `cargo run -p evaluate --example kql-suite -- SCHEMA SUITE...`: `SCHEMA` is a file with the columns of all tables and the parsers of ASIM, a
//! suite `{"env","now","tables","fixtures","cases":[{"name","query","ids"|"rows"}]}` or, line by line, `{"id","query","env","now","tables",
//! "fixtures","expect"}`. Each case without the right answer is a line of JSON. With `--partial`, a query that has no meaning here is counted and
//! does not fail; with `--time`, the time of a query is told. Ends with `N passed, N failed`.

#![allow(clippy::disallowed_methods, reason = "an example reads files and a clock")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use evaluate::Fault;
use evaluate::kql::{Expressions, Query, Row, Table, Type, World};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// What came out of the cases of a suite.
#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    faults: usize,
    read: Duration,
    run: Duration,
}

fn main() -> Result<(), Failure> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let [schema, suites @ ..] = files.as_slice() else { return Err("usage: kql-suite [--partial] [--time] SCHEMA SUITE...".into()) };
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema)?)?;
    let (mut passed, mut failed) = (0, 0);
    for path in suites {
        let text = std::fs::read_to_string(path)?;
        let mut tally = Tally::default();
        if path.ends_with(".jsonl") {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let suite: Value = serde_json::from_str(line)?;
                judge(&schema, &suite, std::slice::from_ref(&suite), &mut tally)?;
            }
        } else {
            let suite: Value = serde_json::from_str(&text)?;
            let cases = suite["cases"].as_array().cloned().unwrap_or_default();
            judge(&schema, &suite, &cases, &mut tally)?;
        }
        let count = tally.right + tally.wrong + tally.faults;
        println!("{path}: {} of {count} right, {} wrong, {} without a verdict", tally.right, tally.wrong, tally.faults);
        if has("--time") {
            let each = |time: Duration| time / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
            println!("{path}: {:?} to read a query, {:?} to run it", each(tally.read), each(tally.run));
        }
        passed += tally.right;
        failed += tally.wrong + if has("--partial") { 0 } else { tally.faults };
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 { Err("not every query finds what it should".into()) } else { Ok(()) }
}

/// Runs cases in the world of their suite.
fn judge(schema: &Value, suite: &Value, cases: &[Value], tally: &mut Tally) -> Result<(), Failure> {
    let start = Instant::now();
    let mut expressions = Expressions::default();
    let read = |case: &Value| Query::read_with(case["query"].as_str().unwrap_or_default(), &mut expressions);
    let queries: Vec<Result<Query, Fault>> = cases.iter().map(read).collect();
    tally.read += start.elapsed();
    let names: BTreeSet<&str> = queries.iter().flatten().flat_map(Query::tables).collect();
    let world = world(schema, suite, &names)?;
    for (case, query) in cases.iter().zip(&queries) {
        let start = Instant::now();
        let found = query.as_ref().map_err(Clone::clone).and_then(|query| query.run(&world));
        tally.run += start.elapsed();
        let name = case.get("name").or_else(|| case.get("id"));
        match (&found, case["refused"].as_bool()) {
            (Err(_), Some(true)) => tally.right += 1,
            (Err(fault), _) => {
                tally.faults += 1;
                println!("{}", json!({"id": name, "fault": fault.to_string()}));
            }
            (Ok(rows), refused) => {
                if refused != Some(true) && fits(case, rows) {
                    tally.right += 1;
                } else {
                    tally.wrong += 1;
                    println!(
                        "{}",
                        json!({"id": name, "got": rows.iter().take(10).collect::<Vec<_>>(), "want": case.get("ids").or_else(|| case.get("rows")).or_else(|| case.get("expect"))})
                    );
                }
            }
        }
    }
    Ok(())
}

/// Whether rows are those that a case wants.
fn fits(case: &Value, rows: &[Row]) -> bool {
    let sorted = |list: Vec<String>| {
        let mut list = list;
        list.sort();
        list
    };
    let texts = |value: &Value| value.as_array().into_iter().flatten().map(ToString::to_string).collect::<Vec<String>>();
    if let Some(ids) = case.get("ids") {
        let found = rows.iter().filter_map(|row| row.values().next()).map(ToString::to_string);
        return sorted(found.collect()) == sorted(texts(ids));
    }
    if let Some(wanted) = case.get("rows") {
        let found = rows.iter().map(|row| Value::Array(row.values().cloned().collect()).to_string());
        return sorted(found.collect()) == sorted(texts(wanted));
    }
    match &case["expect"] {
        Value::Null => true,
        Value::String(word) => rows.is_empty() == (word == "quiet"),
        Value::Number(count) => count.as_u64() == u64::try_from(rows.len()).ok(),
        _ => false,
    }
}

/// The tables, parsers and watchlists of a suite, and those without rows that its queries name.
fn world(schema: &Value, suite: &Value, names: &BTreeSet<&str>) -> Result<World, Failure> {
    let env = suite["env"].as_str().unwrap_or("sentinel");
    let mut tables = BTreeMap::new();
    let known = |name: &str| {
        let sides = [("sentinel", env != "xdr"), ("xdr", env != "sentinel")];
        let mut columns: BTreeMap<String, Type> = BTreeMap::new();
        for (side, _) in sides.into_iter().filter(|(_, asked)| *asked) {
            columns.extend(types(&schema[side][name]));
        }
        (!columns.is_empty()).then(|| columns.into_iter().collect::<Vec<_>>())
    };
    for (name, table) in suite["tables"].as_object().into_iter().flatten() {
        let own = types(&table["columns"]);
        let columns = if own.is_empty() { known(name).ok_or_else(|| format!("no columns for {name}"))? } else { own };
        tables.insert(name.clone(), filled(columns, table.get("rows").unwrap_or(table))?);
    }
    for name in names {
        if let Some(columns) = known(name).filter(|_| !tables.contains_key(*name)) {
            tables.insert((*name).to_owned(), Table::new(columns, [])?);
        }
    }
    let fixtures = &suite["fixtures"];
    for (family, about) in schema["asim_functions"].as_object().into_iter().flatten().filter(|_| env != "xdr") {
        let parsers: Vec<&str> =
            ["functions", "unfiltered"].iter().flat_map(|key| about[*key].as_array()).flatten().filter_map(Value::as_str).collect();
        let given = parsers.iter().chain([&family.as_str()]).map(|name| &fixtures["asim"][*name]).find(|rows| rows.is_array());
        for parser in parsers.iter().filter(|parser| names.contains(*parser)) {
            tables.insert((*parser).to_owned(), filled(types(&schema["asim"][family]), given.unwrap_or(&Value::Null))?);
        }
    }
    let mut watchlists = BTreeMap::new();
    for (alias, list) in fixtures["watchlists"].as_object().into_iter().flatten() {
        let mut columns = types(&list["columns"]);
        for (name, kind) in types(&schema["functions"]["_GetWatchlist"]["columns"]).into_iter().chain([("SearchKey".to_owned(), Type::String)]) {
            if !columns.iter().any(|(known, _)| *known == name) {
                columns.push((name, kind));
            }
        }
        watchlists.insert(alias.clone(), filled(columns, &list["rows"])?);
    }
    let now = suite["now"].as_str().unwrap_or("1970-01-01T00:00:00Z").parse()?;
    Ok(World { tables, watchlists, now })
}

fn types(columns: &Value) -> Vec<(String, Type)> {
    let named = |(name, kind): (&String, &Value)| Some((name.clone(), Type::named(kind.as_str()?)?));
    columns.as_object().into_iter().flatten().filter_map(named).collect()
}

/// A table whose rows are objects, or lists in the order of the columns.
fn filled(columns: Vec<(String, Type)>, rows: &Value) -> Result<Table, Failure> {
    let row = |row: &Value| match row {
        Value::Array(cells) => columns.iter().map(|(name, _)| name.clone()).zip(cells.iter().cloned()).collect(),
        other => other.as_object().cloned().unwrap_or_default(),
    };
    let rows: Vec<Row> = rows.as_array().into_iter().flatten().map(row).collect();
    Ok(Table::new(columns, &rows)?)
}
