//! What do the queries find, as they stand in the files? Each is read from its file, with the watchlists beside it, and run over the rows that
//! events become, one log after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use backend::{Artefact, ArtefactKind, Finding, Hearing, Judgement, Question, Trial};
use evaluate::Fault;
use evaluate::kql::{Query, Row as Cells, Table, Type, World};
use ir::{FieldRef, Kind, Op};
use serde_json::json;

use crate::logged::{self, Logged};
use crate::rows::Row;
use logs::tables::columns::{self, Holds};
use logs::tables::{Answer, Schema, Source, platform};

/// When the first event of a trial happens, in seconds since the epoch: a Tuesday.
const START: i64 = 1_709_632_800;

/// A query that was read from a file.
struct Read<'a> {
    file: &'a str,
    text: String,
    query: Query,
}

/// Judges every question.
pub(crate) fn run(hearing: &Hearing<'_>) -> Vec<Judgement> {
    let schema = logged::schema(hearing.profile.id);
    let lists = watchlists(hearing.artefacts);
    let files: BTreeMap<&str, &Artefact> = hearing.artefacts.iter().map(|artefact| (artefact.path.as_str(), artefact)).collect();
    let mut out = Vec::new();
    for (at, question) in hearing.questions.iter().enumerate() {
        let queries: Result<Vec<Read<'_>>, String> = question
            .rules
            .iter()
            .map(|rule| {
                let artefact = files.get(rule.artefact.as_str()).ok_or("the file is not there")?;
                let text = text_of(artefact)?;
                let query = Query::read(&text).map_err(|why| format!("the query cannot be read: {why}"))?;
                Ok(Read { file: &artefact.path, text, query })
            })
            .collect();
        for (number, trial) in question.trials.iter().enumerate() {
            match &queries {
                Ok(queries) => judge(schema, question, (at, number), queries, trial, &lists, &mut out),
                Err(why) => out.push(Judgement::new(at, number, Finding::Unjudged(why.clone()))),
            }
        }
    }
    out
}

/// The query in a file.
fn text_of(artefact: &Artefact) -> Result<String, String> {
    if artefact.path.ends_with(".kql") {
        return Ok(artefact.text.clone());
    }
    let rule: BTreeMap<String, serde_yaml::Value> = serde_yaml::from_str(&artefact.text).map_err(|why| why.to_string())?;
    rule.get("query").and_then(serde_yaml::Value::as_str).map(str::to_owned).ok_or_else(|| "the rule has no query".to_owned())
}

fn judge(
    schema: &'static Schema,
    question: &Question<'_>,
    (at, number): (usize, usize),
    queries: &[Read<'_>],
    trial: &Trial,
    lists: &BTreeMap<String, Table>,
    out: &mut Vec<Judgement>,
) {
    let asked = asked(question);
    let events: Vec<(Duration, Vec<Logged>)> = trial.iter().map(|(time, record)| (*time, logged::logged(schema, record))).collect();
    let before = out.len();
    if let ([(time, logs)], Kind::Event(rule)) = (events.as_slice(), &question.detection.kind) {
        for log in logs {
            // What every row of a table says, an event that does not say it is none of.
            let always = |field: &&FieldRef| match (field, log.source) {
                (FieldRef::Open(name), Some(source)) => {
                    let fixed =
                        source.open_columns(name).is_some_and(|columns| columns.iter().any(|column| matches!(column.answer, Answer::Always(_))));
                    fixed && trial.iter().all(|(_, record)| record.get(field).is_none())
                }
                _ => false,
            };
            if let Some(field) = asked.iter().find(always) {
                let mut judgement = Judgement::new(at, number, Finding::NoSuchEvent(format!("every row of the log says `{field}`")));
                judgement.log = log.source.as_ref().map(name);
                out.push(judgement);
                continue;
            }
            let lacks = log.source.and_then(|source| asked.iter().find(|field| !source.answers(schema.product, field)));
            let mut judgement = Judgement::new(at, number, Finding::Misses);
            judgement.log = log.source.as_ref().map(name);
            // A sensor on the network does not answer for a machine; a table that lacks a field is not read.
            let read = log.rows.first().is_some_and(|(table, _)| queries.iter().any(|read| read.query.tables().contains(table.as_str())));
            if let Some(field) = lacks.filter(|_| !read || rule.event.class().is_some_and(ir::EventClass::on_network)) {
                judgement.finding = Finding::NoSuchEvent(format!("the log has no `{field}`"));
                out.push(judgement);
                continue;
            }
            judgement.forgets.way = log.source.is_some_and(|source| source.ways.is_none() && source.flow.is_none());
            judgement.forgets.platform = log.source.is_some_and(|source| source.platform.is_none() && (source.class.on_network() || is_silent(log)));
            decide(schema, queries, &[(*time, log.rows.clone())], lists, &mut judgement);
            out.push(judgement);
        }
    } else {
        // Of several logs that hold an event, one is read: the first that has every field.
        let whole = |log: &&Logged| log.source.is_none_or(|source| asked.iter().all(|field| source.answers(schema.product, field)));
        let read = |log: &&Logged| log.rows.first().is_some_and(|(table, _)| queries.iter().any(|read| read.query.tables().contains(table.as_str())));
        let rows: Vec<(Duration, Vec<Row>)> = events
            .iter()
            .filter_map(|(time, logs)| {
                let log = logs.iter().find(|log| whole(log) && read(log)).or_else(|| logs.iter().find(read)).or(logs.first())?;
                Some((*time, log.rows.clone()))
            })
            .collect();
        let mut judgement = Judgement::new(at, number, Finding::Misses);
        if rows.is_empty() {
            judgement.finding = Finding::NoSuchEvent("no table of the profile holds it".to_owned());
        } else {
            decide(schema, queries, &rows, lists, &mut judgement);
        }
        out.push(judgement);
    }
    if out.len() == before {
        out.push(Judgement::new(at, number, Finding::NoSuchEvent("no table of the profile holds it".to_owned())));
    }
}

/// Whether a row does not say whose it is: it lacks the path that tells the platform.
fn is_silent(log: &Logged) -> bool {
    let lacks =
        |row: &serde_json::Map<String, serde_json::Value>, column| row.get(column).and_then(serde_json::Value::as_str).is_none_or(str::is_empty);
    log.rows.first().is_some_and(|(table, row)| platform::path(table).is_some_and(|column| lacks(row, column)))
}

/// What a log is called in outcomes: its table, and which of the logs in it.
fn name(source: &Source) -> String {
    if source.table == "Event" && !source.label.is_empty() { format!("{} ({})", source.table, source.label) } else { source.table.to_owned() }
}

/// The fields that a detection's rules ask for.
fn asked(question: &Question<'_>) -> Vec<FieldRef> {
    let mut out = Vec::new();
    let mut add = |rule: &ir::EventRule| {
        for test in rule.predicate.tests() {
            out.push(test.field.clone());
            if let Op::Same { other, .. } = &test.op {
                out.push(other.clone());
            }
        }
    };
    match &question.detection.kind {
        Kind::Event(rule) => add(rule),
        Kind::Correlation(_) | Kind::Native { .. } => {}
    }
    out
}

/// Runs the queries over rows.
fn decide(schema: &Schema, queries: &[Read<'_>], events: &[(Duration, Vec<Row>)], lists: &BTreeMap<String, Table>, judgement: &mut Judgement) {
    judgement.rows =
        events.iter().flat_map(|(_, rows)| rows).map(|(table, row)| format!("{table}: {}", serde_json::Value::Object(row.clone()))).collect();
    for read in queries {
        let found = world(schema, read, events, lists).and_then(|world| match read.query.run(&world) {
            // What the product refuses finds nothing.
            Err(Fault::Unnamed(_)) => Ok(Vec::new()),
            found => found.map_err(|why| why.to_string()),
        });
        match found {
            Ok(found) if !found.is_empty() => {
                judgement.finding = Finding::Finds;
                judgement.decided = Some((read.file.to_owned(), read.text.clone()));
                return;
            }
            Ok(_) => {
                judgement.decided.get_or_insert((read.file.to_owned(), read.text.clone()));
            }
            Err(why) => {
                judgement.finding = Finding::Unjudged(why);
                return;
            }
        }
    }
}

/// The tables that a query reads, with the rows of events.
fn world(schema: &Schema, read: &Read<'_>, events: &[(Duration, Vec<Row>)], lists: &BTreeMap<String, Table>) -> Result<World, String> {
    let mut tables = BTreeMap::new();
    for table in read.query.tables() {
        let Some(known) = columns::all(schema.product, table) else { continue };
        let columns: Vec<(String, Type)> = known.map(|(name, holds)| (name.to_owned(), kind(holds))).collect();
        let mut rows: Vec<Cells> = Vec::new();
        for (time, own) in events {
            for (_, cells) in own.iter().filter(|(of, _)| of == table) {
                let mut cells = cells.clone();
                cells.insert(schema.time.to_owned(), json!(moment(*time)?.to_string()));
                rows.push(cells);
            }
        }
        tables.insert(table.to_owned(), Table::new(columns, &rows).map_err(|why| why.to_string())?);
    }
    let last = events.iter().map(|(time, _)| *time).max().unwrap_or_default();
    Ok(World { tables, watchlists: lists.clone(), now: moment(last + Duration::from_secs(60))? })
}

fn moment(time: Duration) -> Result<jiff::Timestamp, String> {
    let seconds = i64::try_from(time.as_secs()).map_err(|why| why.to_string())?;
    jiff::Timestamp::from_second(START.saturating_add(seconds)).map_err(|why| why.to_string())
}

pub(crate) fn kind(holds: Holds) -> Type {
    match holds {
        Holds::Text => Type::String,
        Holds::Number => Type::Long,
        Holds::Flag => Type::Bool,
        Holds::Time => Type::DateTime,
        Holds::Json => Type::Dynamic,
    }
}

/// Watchlists, by alias.
pub(crate) fn watchlists(artefacts: &[Artefact]) -> BTreeMap<String, Table> {
    let mut out = BTreeMap::new();
    for artefact in artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::List) {
        let name = artefact.path.rsplit('/').next().unwrap_or_default();
        let Some(alias) = name.strip_suffix(".csv") else { continue };
        let mut reader = csv::Reader::from_reader(artefact.text.as_bytes());
        let names: Vec<String> = reader.headers().map(|head| head.iter().map(str::to_owned).collect()).unwrap_or_default();
        let cells = |record: &csv::StringRecord| {
            let key = ("SearchKey".to_owned(), json!(record.get(0).unwrap_or_default()));
            names.iter().zip(record).map(|(name, value)| (name.clone(), json!(value))).chain([key]).collect::<Cells>()
        };
        let rows: Vec<Cells> = reader.records().filter_map(Result::ok).map(|record| cells(&record)).collect();
        let columns = names.iter().map(String::as_str).chain(["SearchKey"]).map(|name| (name.to_owned(), Type::String)).collect();
        if let Ok(table) = Table::new(columns, &rows) {
            out.insert(alias.to_owned(), table);
        }
    }
    out
}
