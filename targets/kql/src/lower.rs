//! How does a detection become rules: which tables, one query or several, lists inside or outside?

use backend::{Cx, Refusal, slug};
use ir::{Detection, EventRule, EventSelector, Flow, Kind, LogSource, Predicate};
use source::Code;

use crate::ast::{Condition, From, Let, Query, Rows, Rule, Step, Watchlist};
use crate::lower_correlation;
use crate::lower_events;
use crate::lower_split;
use crate::lower_test::{Leg, Lists};
use crate::print;
use crate::profiles::{self, Schema, Source};

pub(crate) static NO_TABLE: Code = Code::warn("kql.no-table", "no single table has all the fields that a rule needs");
pub(crate) static TOO_LONG: Code = Code::error("kql.too-long", "a query is longer than the product takes, and cannot be divided");
pub(crate) static HUNTING_ONLY: Code = Code::note("kql.hunting-only", "a list is too long for rules that run by themselves");

/// Characters in the query of a rule that runs by itself: Sentinel's limit
/// (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>), kept for custom detections too.
pub(crate) const RULE: usize = 10_000;
/// Characters in a query that a person runs.
const HUNT: usize = 1_000_000;
/// Rules that one detection may become before it is a query for a person.
const RULES: usize = 20;
/// Bytes in one watchlist file (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>).
const WATCHLIST: usize = 3_800_000;

/// Turns a detection into rules.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let schema = profiles::schema(cx.profile.id);
    match &detection.kind {
        Kind::Event(rule) => event(detection, rule, schema, cx),
        Kind::Correlation(correlation) => lower_correlation::lower(detection, correlation, schema, cx),
        Kind::Native { file, .. } => Err(cx.unsupported(&NO_TABLE, detection.span, format!("`{file}` is in another language"))),
    }
}

/// A query, and the tables it reads.
pub(crate) struct Asked {
    pub(crate) query: Query,
    pub(crate) sources: Vec<Source>,
    pub(crate) watchlists: Vec<Watchlist>,
    pub(crate) reach: u64,
    /// A word for the file name.
    pub(crate) label: &'static str,
}

fn event(detection: &Detection, rule: &EventRule, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let sources = sources(&rule.event, &rule.predicate, schema, cx)?;
    let mut asked = ask(&sources, &rule.predicate, schema, detection, RULE, cx)?;
    if asked.iter().any(|one| print::query(&one.query).chars().count() > RULE) {
        let size = asked.iter().map(|one| print::query(&one.query).chars().count()).max().unwrap_or(0);
        // Rules that differ in their values only say together what one would say.
        let parts = lower_split::parts(&rule.predicate, size.div_ceil(RULE - 2_000)).unwrap_or_default();
        let (parts, limit) = if parts.is_empty() {
            return Err(Refusal {
                help: Some("fewer values, or values without wildcards, might fit".to_owned()),
                ..cx.unsupported(&TOO_LONG, detection.span, format!("the query has {size} characters, more than {RULE}"))
            });
        } else if parts.len() > RULES && schema.id == "defender-xdr" {
            let parts = lower_split::parts(&rule.predicate, size.div_ceil(HUNT - 100_000)).unwrap_or_default();
            cx.note(
                &HUNTING_ONLY,
                format!("the list would need more than {RULES} custom detections of {RULE} characters"),
                "the query is for hunting by hand; Defender's own indicators, or a Sentinel watchlist, watch long lists",
            );
            (parts, HUNT)
        } else {
            (parts, RULE)
        };
        asked = Vec::new();
        for part in &parts {
            asked.extend(divided(&sources, part, schema, detection, limit, 3, cx)?);
        }
    }
    Ok(finish(detection, asked, schema))
}

/// The queries for a part of a rule, divided further where one is too long still: parts are not all as long as they look.
fn divided(
    sources: &[Source],
    part: &Predicate,
    schema: &'static Schema,
    detection: &Detection,
    limit: usize,
    times: u32,
    cx: &mut Cx<'_>,
) -> Result<Vec<Asked>, Refusal> {
    let asked = ask(sources, part, schema, detection, limit, cx)?;
    let Some(long) = asked.iter().map(|one| print::query(&one.query).chars().count()).find(|size| *size > limit) else { return Ok(asked) };
    match lower_split::parts(part, 2) {
        Some(halves) if times > 0 && halves.len() > 1 => {
            let mut out = Vec::new();
            for half in &halves {
                out.extend(divided(sources, half, schema, detection, limit, times - 1, cx)?);
            }
            Ok(out)
        }
        _ => Err(cx.unsupported(&TOO_LONG, detection.span, format!("a part of the query has {long} characters, more than {limit}"))),
    }
}

/// The tables that hold these events.
pub(crate) fn sources(event: &EventSelector, predicate: &Predicate, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Source>, Refusal> {
    let found: Vec<Source> = match &event.source {
        LogSource::Known(class) => schema
            .sources
            .iter()
            .filter(|source| source.fits(event, *class))
            .map(|source| match (source.ways, event.flow) {
                (Some([inbound, _]), Some(Flow::Inbound)) => Source { rows: inbound, ..*source },
                (Some([_, outbound]), Some(Flow::Outbound)) => Source { rows: outbound, ..*source },
                _ => *source,
            })
            .collect(),
        LogSource::Open { service: Some(service), .. } if profiles::by_number(schema, event) => {
            lower_events::sources(service, predicate, schema, cx)?
        }
        LogSource::Open { .. } => profiles::open_sources(schema, event),
    };
    if found.is_empty() {
        return Err(cx.unsupported(&NO_TABLE, cx.span(), format!("{} has no table for `{event}`", schema.id)));
    }
    Ok(found)
}

/// One query over all tables, or one for each where the product wants the rows of one table.
fn ask(
    sources: &[Source],
    predicate: &Predicate,
    schema: &'static Schema,
    detection: &Detection,
    limit: usize,
    cx: &mut Cx<'_>,
) -> Result<Vec<Asked>, Refusal> {
    let mut out = Vec::new();
    if schema.id == "defender-xdr" {
        let mut rest = sources;
        while let Some(first) = rest.first() {
            let here = rest.iter().take_while(|source| source.table == first.table).count();
            let (table, behind) = rest.split_at(here);
            rest = behind;
            if let Some(one) = one_table(table, predicate, schema, cx)? {
                out.push(one);
                continue;
            }
            for source in table {
                out.extend(union(std::slice::from_ref(source), predicate, schema, cx)?.map(|one| Asked { label: source.label, ..one }));
            }
        }
    } else {
        out.extend(union(sources, predicate, schema, cx)?.map(|one| watch(one, detection, limit)));
    }
    if out.is_empty() {
        let message = format!("{} keeps the fields of this rule in different tables, or never in one row", schema.id);
        return Err(cx.unsupported(&NO_TABLE, detection.span, message));
    }
    Ok(out)
}

/// One query over several tables; `None` when no row of any can fit.
fn union(sources: &[Source], predicate: &Predicate, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Option<Asked>, Refusal> {
    let mut lists = Lists::default();
    let (mut used, mut legs) = (Vec::new(), Vec::new());
    let mut vendor = false;
    for source in sources {
        let mut leg = Leg::new(schema, *source, cx.overlay);
        if let Some(rows) = leg.rows(predicate, &mut lists, cx)? {
            vendor |= leg.computed.iter().any(|(_, from)| from.contains("unxml("));
            used.push(*source);
            legs.push(rows);
        }
    }
    Ok((!legs.is_empty()).then(|| Asked {
        query: Query { lets: definitions(&lists, vendor), rows: together(legs) },
        sources: used,
        watchlists: Vec::new(),
        reach: 0,
        label: "",
    }))
}

/// Several kinds of rows of one table in one condition, where no column has to be computed: what runs continuously may
/// hold no `union`.
fn one_table(sources: &[Source], predicate: &Predicate, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Option<Asked>, Refusal> {
    let Some(asked) = union(sources, predicate, schema, cx)? else { return Ok(None) };
    let label = asked.sources.first().map_or("", |source| source.label);
    let From::Union(legs) = &asked.query.rows.from else { return Ok(Some(Asked { label, ..asked })) };
    let mut any = Vec::new();
    for leg in legs {
        let conditions: Option<Vec<Condition>> = leg
            .steps
            .iter()
            .map(|step| match step {
                Step::Where(condition) => Some(condition.clone()),
                _ => None,
            })
            .collect();
        let Some(conditions) = conditions else { return Ok(None) };
        any.push(Condition::all(conditions));
    }
    let Some(from) = legs.first().map(|leg| leg.from.clone()) else { return Ok(None) };
    let rows = Rows { from, steps: vec![Step::Where(Condition::any(any))] };
    Ok(Some(Asked { query: Query { lets: asked.query.lets, rows }, label, ..asked }))
}

/// Rows of several tables as one.
pub(crate) fn together(mut legs: Vec<Rows>) -> Rows {
    if legs.len() == 1 { legs.swap_remove(0) } else { Rows { from: From::Union(legs), steps: Vec::new() } }
}

/// What stands before the query.
pub(crate) fn definitions(lists: &Lists, vendor: bool) -> Vec<Let> {
    let vendor = vendor.then_some(Let::Vendor(profiles::UNXML));
    vendor
        .into_iter()
        .chain(lists.named.iter().map(|list| Let::Texts { name: list.name.clone(), values: list.values.clone(), array: list.array }))
        .collect()
}

/// Moves lists out of a query that is too long, the longest first.
pub(crate) fn watch(mut asked: Asked, detection: &Detection, limit: usize) -> Asked {
    while print::query(&asked.query).chars().count() > limit {
        let longest = asked
            .query
            .lets
            .iter()
            .enumerate()
            .filter_map(|(at, definition)| match definition {
                Let::Texts { values, .. } => Some((values.iter().map(String::len).sum::<usize>(), at)),
                Let::Watched { .. } | Let::Rows { .. } | Let::Vendor(_) => None,
            })
            .max_by_key(|(size, at)| (*size, std::cmp::Reverse(*at)));
        let Some((_, at)) = longest else { break };
        let Some(definition) = asked.query.lets.get_mut(at) else { break };
        let Let::Texts { name, values, array } = definition.clone() else { break };
        let mut aliases = Vec::new();
        for part in files(values) {
            let alias = alias(detection, asked.watchlists.len());
            aliases.push(alias.clone());
            asked.watchlists.push(Watchlist { alias, values: part });
        }
        *definition = Let::Watched { name, aliases, array };
    }
    asked
}

/// Values in files no longer than a watchlist may be.
fn files(values: Vec<String>) -> Vec<Vec<String>> {
    let mut out = vec![Vec::new()];
    let mut size = 0;
    for value in values {
        // Quotes are doubled at worst.
        size += value.len() * 2 + 4;
        if size > WATCHLIST {
            out.push(Vec::new());
            size = value.len() * 2 + 4;
        }
        if let Some(last) = out.last_mut() {
            last.push(value);
        }
    }
    out
}

/// A watchlist's alias: letters, digits and dashes, at most 64; the id's first digits keep it unique.
fn alias(detection: &Detection, at: usize) -> String {
    let name: String = name(detection).chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).take(40).collect();
    let id = detection.id.simple().to_string();
    let number = if at == 0 { String::new() } else { format!("-{}", at + 1) };
    format!("vigie-{}-{}{number}", name.trim_matches('-'), id.get(..8).unwrap_or_default())
}

/// The detection's name without its advisory.
fn name(detection: &Detection) -> String {
    let key = detection.key.strip_prefix(&detection.meta.advisory).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&detection.key);
    slug(key)
}

/// Gives each query its id, its file and its words.
pub(crate) fn finish(detection: &Detection, asked: Vec<Asked>, schema: &Schema) -> Vec<Rule> {
    let several = asked.len() > 1;
    let labels: Vec<&str> = asked.iter().map(|one| one.label).collect();
    let mut out = Vec::with_capacity(asked.len());
    for (at, one) in asked.into_iter().enumerate() {
        let before = labels.iter().take(at).filter(|label| **label == one.label).count();
        let mut part = if several { one.label.to_owned() } else { String::new() };
        if before > 0 {
            part = format!("{part}{}{}", if part.is_empty() { "" } else { "-" }, before + 1);
        }
        // The first rule of a detection carries the detection's own id.
        let id = if at == 0 { detection.id } else { ir::id::part(detection.id, &format!("kql.{part}")) };
        let title = if part.is_empty() || at == 0 { detection.title.clone() } else { format!("{} ({part})", detection.title) };
        let file = if part.is_empty() { name(detection) } else { format!("{}-{part}", name(detection)) };
        out.push(rule(detection, one, schema, id, title, file));
    }
    out
}

fn rule(detection: &Detection, asked: Asked, schema: &Schema, id: uuid::Uuid, title: String, file: String) -> Rule {
    let meta = &detection.meta;
    let mut entities: Vec<(&'static str, Vec<(&'static str, &'static str)>)> = Vec::new();
    let mut connectors: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for source in &asked.sources {
        for (kind, identifier, column) in source.entities {
            let entity = (*kind, vec![(*identifier, *column)]);
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        if source.connector.is_empty() {
            continue;
        }
        let table = source.table.trim_start_matches("_Im_");
        match connectors.iter_mut().find(|(connector, _)| *connector == source.connector) {
            Some((_, tables)) if tables.contains(&table) => {}
            Some((_, tables)) => tables.push(table),
            None => connectors.push((source.connector, vec![table])),
        }
    }
    entities.truncate(10);
    let mut tags = match &meta.sigma {
        Some(rule) => rule.tags.clone(),
        None => vec![format!("tlp.{}", meta.tlp.name()), format!("advisory.{}", meta.advisory)],
    };
    if meta.scope != ir::Scope::Context {
        tags.extend(meta.actors.iter().map(|actor| format!("actor.{actor}")));
    }
    if meta.sigma.is_none() {
        tags.extend(meta.cves.iter().cloned());
    }
    Rule {
        id,
        title,
        description: detection.description.clone(),
        severity: meta.severity,
        file,
        folder: meta.folder.clone(),
        query: asked.query,
        watchlists: asked.watchlists,
        reach: asked.reach,
        entities,
        connectors,
        remarks: remarks(detection, asked.reach, schema),
        techniques: meta.techniques.clone(),
        tags,
    }
}

/// What a person should read beside the query.
fn remarks(detection: &Detection, reach: u64, schema: &Schema) -> Vec<String> {
    let meta = &detection.meta;
    let mut out = vec![meta.origin()];
    out.extend(meta.citations.iter().map(|citation| {
        let place = [citation.file.clone(), citation.line.map(|line| format!("line {line}")), citation.url.clone()];
        let place: Vec<String> = place.into_iter().flatten().collect();
        format!("Cites {}: \"{}\" ({})", citation.source, citation.quote, place.join(", "))
    }));
    out.extend(meta.references.iter().map(|link| format!("See {link}")));
    out.extend(meta.false_positives.iter().map(|activity| format!("Also matches: {activity}")));
    out.extend(meta.report.iter().map(|address| format!("Report hits to {address}")));
    if reach > 0 && schema.id == "defender-xdr" {
        // Lookback of a custom detection by its frequency: <https://learn.microsoft.com/defender-xdr/custom-detection-rules>.
        let every = match reach {
            0..=14_400 => "hour",
            14_401..=43_200 => "3 hours",
            43_201..=172_800 => "12 hours",
            _ => "24 hours",
        };
        out.push(format!("Run every {every}: events up to {} apart belong together.", print::duration(reach)));
    }
    out
}
