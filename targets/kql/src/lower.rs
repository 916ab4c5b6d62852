//! How does a detection become rules: which tables, one query or several, lists inside or outside?

use std::cell::Cell;

use backend::{Cx, Refusal};
use ir::{Detection, EventRule, EventSelector, FieldTest, Kind, Predicate};

use crate::ast::{Condition, Query, Rows, Rule, Step, Value};
use crate::lower_codes::{HUNTING_ONLY, NO_TABLE, TOO_LONG};
use crate::lower_correlation;
use crate::lower_draft::{Asked, Draft, RULE, definitions, finish, together};
use crate::lower_leg::Leg;
use crate::lower_lists::Lists;
use crate::lower_logs::{self, Read};
use crate::lower_shown;
use crate::lower_sources::sources;
use crate::lower_split;
use crate::profiles;
use logs::tables::{self, Product, Schema, Source};

/// Characters in a query that a person runs.
const HUNT: usize = 1_000_000;
/// Rules that one detection may become before it is a query for a person.
const RULES: usize = 20;
/// Characters that every part of a rule repeats, roughly.
const REPEATED: usize = 2_000;
/// How often a part of a rule is divided in two at most.
const HALVINGS: u32 = 6;

/// Turns a detection into rules.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let schema = tables::schema(profiles::product(cx.profile.id));
    match &detection.kind {
        Kind::Event(rule) => event(detection, rule, schema, cx),
        Kind::Correlation(correlation) => lower_correlation::lower(detection, correlation, schema, cx),
        Kind::Native { file, .. } => Err(cx.unsupported(&NO_TABLE, detection.span, format!("`{file}` is in another language"))),
    }
}

fn event(detection: &Detection, rule: &EventRule, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let sources = sources(rule, schema, cx)?;
    let asker = Asker { schema, detection, event: &rule.event, watchlists: Cell::new(0) };
    let asked = asker.ask(&sources, &rule.predicate, RULE, cx)?;
    let size = asked.iter().map(|one| one.size).max().unwrap_or(0);
    if size <= RULE {
        return Ok(finish(detection, asked, schema, None));
    }
    // What the parts say about meaning, the whole has said.
    let mut quiet = Cx::new(cx.target, cx.profile, cx.capabilities, cx.overlay, detection);
    let by_hand = schema.product == Product::DefenderXdr && size.div_ceil(RULE - REPEATED) > RULES;
    let parts = if by_hand { None } else { asker.divided(&sources, &rule.predicate, size, &mut quiet)? };
    let (parts, limit) = match parts {
        Some(parts) if schema.product != Product::DefenderXdr || parts.len() <= RULES => (Some(parts), RULE),
        None if !by_hand => (None, RULE),
        _ => {
            cx.note(
                &HUNTING_ONLY,
                format!("the list would need more than {RULES} custom detections of {RULE} characters"),
                "the query is for hunting by hand; Defender's own indicators, or a Sentinel watchlist, watch long lists",
            );
            (asker.by_value(&sources, &rule.predicate, size, HUNT, &mut quiet)?, HUNT)
        }
    };
    let parts = parts.filter(|parts| !parts.is_empty()).ok_or_else(|| Refusal {
        help: Some("fewer values, or values without wildcards, might fit".to_owned()),
        ..cx.unsupported(&TOO_LONG, detection.span, format!("the query has {size} characters, more than {RULE}, and cannot be divided"))
    })?;
    Ok(finish(detection, parts, schema, Some(limit)))
}

/// Asks one detection's question.
struct Asker<'a> {
    schema: &'static Schema,
    detection: &'a Detection,
    /// Which events it asks for.
    event: &'a EventSelector,
    /// How many watchlists there are: the parts of a question have lists of their own.
    watchlists: Cell<usize>,
}

impl Asker<'_> {
    /// Queries within the limit that together find what the whole finds: by value or by table, whichever needs fewer.
    fn divided(&self, sources: &[Source], of: &Predicate, size: usize, cx: &mut Cx<'_>) -> Result<Option<Vec<Asked>>, Refusal> {
        self.watchlists.set(0);
        let by_value = self.by_value(sources, of, size, RULE, cx)?;
        if sources.len() < 2 || by_value.as_ref().is_some_and(|parts| parts.len() == 2) {
            return Ok(by_value);
        }
        self.watchlists.set(0);
        let by_table = self.by_table(sources, of, RULE, cx)?;
        Ok([by_value, by_table].into_iter().flatten().min_by_key(Vec::len))
    }

    /// The tables apart, and each by value where it needs that.
    fn by_table(&self, sources: &[Source], of: &Predicate, limit: usize, cx: &mut Cx<'_>) -> Result<Option<Vec<Asked>>, Refusal> {
        let mut out = Vec::new();
        for source in sources {
            let one = std::slice::from_ref(source);
            let asked = self.queries(one, of, limit, cx)?;
            match asked.iter().map(|one| one.size).max() {
                Some(size) if size > limit => match self.by_value(one, of, size, limit, cx)? {
                    Some(parts) => out.extend(parts),
                    None => return Ok(None),
                },
                _ => out.extend(asked),
            }
        }
        Ok(Some(out))
    }

    /// The values in several lists; `None` when that does not help.
    fn by_value(&self, sources: &[Source], of: &Predicate, size: usize, limit: usize, cx: &mut Cx<'_>) -> Result<Option<Vec<Asked>>, Refusal> {
        let Some(parts) = lower_split::parts(of, size.div_ceil(limit - REPEATED)) else { return Ok(None) };
        let mut out = Vec::new();
        for part in &parts {
            match self.halved(sources, part, limit, HALVINGS, cx)? {
                Some(asked) => out.extend(asked),
                None => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// The queries for a part of a rule, divided further where one is too long still: parts are not all as long as they look.
    fn halved(&self, sources: &[Source], part: &Predicate, limit: usize, times: u32, cx: &mut Cx<'_>) -> Result<Option<Vec<Asked>>, Refusal> {
        let asked = self.queries(sources, part, limit, cx)?;
        if asked.iter().all(|one| one.size <= limit) {
            return Ok(Some(asked));
        }
        let halves = lower_split::parts(part, 2).filter(|halves| times > 0 && halves.len() > 1);
        let mut out = Vec::new();
        for half in &halves.unwrap_or_default() {
            match self.halved(sources, half, limit, times - 1, cx)? {
                Some(asked) => out.extend(asked),
                None => return Ok(None),
            }
        }
        Ok((!out.is_empty()).then_some(out))
    }

    /// The queries, where some table can answer.
    fn ask(&self, sources: &[Source], predicate: &Predicate, limit: usize, cx: &mut Cx<'_>) -> Result<Vec<Asked>, Refusal> {
        let out = self.queries(sources, predicate, limit, cx)?;
        if !out.is_empty() {
            return Ok(out);
        }
        // The table that lacks least tells most.
        let lacking = |source: &Source| -> Vec<&FieldTest> {
            predicate.tests().into_iter().filter(|test| !source.answers(self.schema.product, &test.field)).collect()
        };
        let least = sources.iter().map(|source| (source, lacking(source))).filter(|(_, list)| !list.is_empty()).min_by_key(|(_, list)| list.len());
        let Some((source, list)) = least else {
            let message = format!("{} keeps the fields of this rule in different tables, or never in one row", self.schema.product);
            return Err(cx.unsupported(&NO_TABLE, self.detection.span, message));
        };
        let mut names: Vec<String> = list.iter().map(|test| format!("`{}`", test.field)).collect();
        names.dedup();
        let tables = if sources.len() == 1 { "the only table of these events" } else { "the table that has most of its fields" };
        let message = format!("{}, {tables}, has no column for {}", source.table, names.join(", "));
        Err(cx.unsupported(&NO_TABLE, list.first().map_or(self.detection.span, |test| test.span), message))
    }

    /// One query over all tables, or one for each where the product wants the rows of one table; none for tables that lack a field.
    fn queries(&self, sources: &[Source], predicate: &Predicate, limit: usize, cx: &mut Cx<'_>) -> Result<Vec<Asked>, Refusal> {
        let mut out = Vec::new();
        let mut read = Vec::new();
        if self.schema.product == Product::DefenderXdr {
            for table in sources.chunk_by(|one, next| one.table == next.table) {
                let before = read.len();
                if let Some(one) = one_table(table, (self.event, predicate), self.schema, &mut read, cx)? {
                    out.push(one.written(limit));
                    continue;
                }
                read.truncate(before);
                for source in table {
                    let one = union(std::slice::from_ref(source), (self.event, predicate), self.schema, &mut read, cx)?;
                    out.extend(one.map(|one| Draft { label: source.label, ..one }.written(limit)));
                }
            }
        } else {
            let one = union(sources, (self.event, predicate), self.schema, &mut read, cx)?;
            out.extend(one.map(|one| one.watched(self.detection, limit, &self.watchlists)));
        }
        if !out.is_empty() {
            lower_logs::tell(self.schema, &lower_logs::asked(predicate), &read, cx);
        }
        Ok(out)
    }
}

/// The tables whose rows can fit, each with its rows.
fn legs<'a>(
    sources: &[Source],
    predicate: &Predicate,
    schema: &'static Schema,
    (lists, read): (&mut Lists, &mut Vec<Read>),
    cx: &mut Cx<'a>,
) -> Result<Vec<(Leg<'a>, Rows)>, Refusal> {
    let mut out = Vec::new();
    for source in sources {
        let mut leg = Leg::new(schema, *source, cx.overlay);
        let (rows, lost) = cx.in_a_log(|cx| leg.rows(predicate, lists, cx));
        let rows = rows?;
        read.push(Read { source: *source, fits: rows.is_some(), lacks: std::mem::take(&mut leg.lacks), lost });
        out.extend(rows.map(|rows| (leg, rows)));
    }
    Ok(out)
}

/// One query over several tables; `None` when no row of any can fit.
fn union(
    sources: &[Source],
    (event, predicate): (&EventSelector, &Predicate),
    schema: &'static Schema,
    read: &mut Vec<Read>,
    cx: &mut Cx<'_>,
) -> Result<Option<Draft>, Refusal> {
    let mut lists = Lists::default();
    let legs = legs(sources, predicate, schema, (&mut lists, read), cx)?;
    if legs.is_empty() {
        return Ok(None);
    }
    let answered = lower_shown::answered(&legs, event, predicate, legs.len() == 1);
    let lets = definitions(lists);
    let used = legs.iter().map(|(leg, _)| leg.source).collect();
    let mut rows: Vec<Rows> = legs.into_iter().map(|(_, rows)| rows).collect();
    for (rows, columns) in rows.iter_mut().zip(answered.columns) {
        rows.steps.push(Step::Project(columns));
    }
    Ok(Some(Draft {
        query: Query { lets, rows: together(rows) },
        sources: used,
        entities: answered.entities,
        seen: answered.seen,
        reach: 0,
        label: "",
    }))
}

/// Several kinds of rows of one table in one condition, where no column has to be computed: what runs continuously may
/// hold no `union`.
fn one_table(
    sources: &[Source],
    (event, predicate): (&EventSelector, &Predicate),
    schema: &'static Schema,
    read: &mut Vec<Read>,
    cx: &mut Cx<'_>,
) -> Result<Option<Draft>, Refusal> {
    let mut lists = Lists::default();
    let legs = legs(sources, predicate, schema, (&mut lists, read), cx)?;
    if legs.len() > 1 && legs.iter().flat_map(|(_, rows)| &rows.steps).any(|step| !matches!(step, Step::Where(_))) {
        return Ok(None);
    }
    let Some(from) = legs.first().map(|(_, rows)| rows.from.clone()) else { return Ok(None) };
    let answered = lower_shown::answered(&legs, event, predicate, true);
    let lets = definitions(lists);
    let used: Vec<Source> = legs.iter().map(|(leg, _)| leg.source).collect();
    let mut rows = if legs.len() == 1 {
        legs.into_iter().next().map_or_else(|| Rows { from, steps: Vec::new() }, |(_, rows)| rows)
    } else {
        let conditions =
            |rows: Rows| rows.steps.into_iter().filter_map(|step| if let Step::Where(condition) = step { Some(condition) } else { None });
        let any = Condition::any(legs.into_iter().map(|(_, rows)| Condition::all(conditions(rows))));
        Rows { from, steps: vec![Step::Where(any)] }
    };
    let mut columns: Vec<(String, Value)> = Vec::new();
    for (name, value) in answered.columns.into_iter().flatten() {
        if !columns.iter().any(|(known, _)| *known == name) {
            columns.push((name, value));
        }
    }
    if !columns.is_empty() {
        rows.steps.push(Step::Project(columns));
    }
    let label = used.first().map_or("", |source| source.label);
    Ok(Some(Draft { query: Query { lets, rows }, sources: used, entities: answered.entities, seen: answered.seen, reach: 0, label }))
}
