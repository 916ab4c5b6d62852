//! How does a detection become rules: which tables, one query or several, lists inside or outside?

use std::cell::Cell;

use backend::{Cx, Refusal, slug};
use ir::{Detection, EventRule, EventSelector, FieldTest, Flow, Kind, LogSource, Platform, Predicate};
use source::{Code, Loss};

use crate::ast::{Condition, From, Let, Query, Rows, Rule, Step, Watchlist};
use crate::columns;
use crate::lower_correlation;
use crate::lower_events;
use crate::lower_logs;
use crate::lower_split;
use crate::lower_test::{Leg, Lists, NamedList};
use crate::print;
use crate::print_tree::{self, Layout, characters};
use crate::profiles::Product;
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
/// Characters that every part of a rule repeats, roughly.
const REPEATED: usize = 2_000;
/// How often a part of a rule is divided in two at most.
const HALVINGS: u32 = 6;
/// Bytes in one watchlist file (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>).
const WATCHLIST: usize = 3_800_000;

/// Turns a detection into rules.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let schema = profiles::schema(Product::of(cx.profile.id));
    match &detection.kind {
        Kind::Event(rule) => event(detection, rule, schema, cx),
        Kind::Correlation(correlation) => lower_correlation::lower(detection, correlation, schema, cx),
        Kind::Native { file, .. } => Err(cx.unsupported(&NO_TABLE, detection.span, format!("`{file}` is in another language"))),
    }
}

/// A query that can still change, and the tables it reads.
pub(crate) struct Draft {
    pub(crate) query: Query,
    pub(crate) sources: Vec<Source>,
    pub(crate) reach: u64,
    /// A word for the file name.
    pub(crate) label: &'static str,
}

/// A query as it is written.
pub(crate) struct Asked {
    text: String,
    /// Its characters.
    pub(crate) size: usize,
    sources: Vec<Source>,
    watchlists: Vec<Watchlist>,
    reach: u64,
    label: &'static str,
}

impl Draft {
    /// Writes the query, more tightly when it would be too long for a person's layout.
    pub(crate) fn written(self, limit: usize) -> Asked {
        let (text, size) = written(&self.query, limit);
        self.asked(text, size, Vec::new())
    }

    /// Writes the query; lists move out of one that is too long, the longest first.
    pub(crate) fn watched(mut self, detection: &Detection, limit: usize, taken: &Cell<usize>) -> Asked {
        let mut watchlists = Vec::new();
        loop {
            // What is too long for certain need not be written to know it.
            let (text, size) = if listed(&self.query) > limit { (String::new(), usize::MAX) } else { written(&self.query, limit) };
            if size <= limit {
                return self.asked(text, size, watchlists);
            }
            let size_of = |values: &[String]| values.iter().map(String::len).sum::<usize>();
            let longest = self.query.lets.iter_mut().rev().filter(|definition| matches!(definition, Let::Texts { .. }));
            let longest = longest.max_by_key(|definition| if let Let::Texts { values, .. } = definition { size_of(values) } else { 0 });
            let Some(definition) = longest else { return self.asked(text, size, watchlists) };
            let Let::Texts { name, values, array } = definition else { return self.asked(text, size, watchlists) };
            let mut aliases = Vec::new();
            for part in files(std::mem::take(values)) {
                let alias = alias(detection, taken.replace(taken.get() + 1));
                aliases.push(alias.clone());
                watchlists.push(Watchlist { alias, values: part });
            }
            *definition = Let::Watched { name: std::mem::take(name), aliases, array: *array };
        }
    }

    fn asked(self, text: String, size: usize, watchlists: Vec<Watchlist>) -> Asked {
        Asked { text, size, sources: self.sources, watchlists, reach: self.reach, label: self.label }
    }
}

/// The characters that a query's lists have at least, however it is laid out: each value has its quotes and a comma.
fn listed(query: &Query) -> usize {
    let of = |values: &[String]| values.iter().map(|value| characters(value) + 3).sum::<usize>().saturating_sub(1);
    query.lets.iter().map(|definition| if let Let::Texts { values, .. } = definition { of(values) } else { 0 }).sum()
}

/// A query's text and its characters; no text when it is too long for certain.
fn written(query: &Query, limit: usize) -> (String, usize) {
    if listed(query) > limit {
        return (String::new(), print_tree::size(query, Layout::Tight));
    }
    let text = print_tree::query(query, Layout::Wide);
    let size = characters(&text);
    if size <= limit {
        return (text, size);
    }
    let text = print_tree::query(query, Layout::Tight);
    let size = characters(&text);
    (text, size)
}

fn event(detection: &Detection, rule: &EventRule, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let sources = sources(&rule.event, &rule.predicate, schema, cx)?;
    let asker = Asker { schema, detection, watchlists: Cell::new(0) };
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
        if self.schema.product != Product::DefenderXdr {
            out.extend(union(sources, predicate, self.schema, cx)?.map(|one| one.watched(self.detection, limit, &self.watchlists)));
            return Ok(out);
        }
        for table in sources.chunk_by(|one, next| one.table == next.table) {
            if let Some(one) = one_table(table, predicate, self.schema, cx)? {
                out.push(one.written(limit));
                continue;
            }
            for source in table {
                let one = union(std::slice::from_ref(source), predicate, self.schema, cx)?;
                out.extend(one.map(|one| Draft { label: source.label, ..one }.written(limit)));
            }
        }
        Ok(out)
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
            .map(|source| match event.platform {
                Some(Platform::Linux | Platform::Macos) => Source { beside: profiles::of_unix(source.table), ..source },
                _ => source,
            })
            .collect(),
        LogSource::Open { service: Some(service), .. } if profiles::by_number(schema, event) => {
            lower_events::sources(service, predicate, schema, cx)?
        }
        LogSource::Open { .. } => {
            profiles::open_sources(schema, event).into_iter().map(|source| of_numbered(source, event, predicate, schema)).collect()
        }
    };
    if found.is_empty() {
        return Err(cx.unsupported(&NO_TABLE, cx.span(), format!("{} has no table for `{event}`", schema.product)));
    }
    if let Some(why) = profiles::open::unfilled(schema, event) {
        cx.loss(&NO_TABLE, Loss::Narrower, cx.span(), why.to_owned(), "the profile `sentinel` reads the product's own table");
    }
    Ok(found)
}

/// The table of a log, with the entities that its events have by their category where a rule names them by number.
fn of_numbered(source: Source, event: &EventSelector, predicate: &Predicate, schema: &'static Schema) -> Source {
    let LogSource::Open { category: None, service: Some(service), .. } = &event.source else { return source };
    let class = logs::taxonomy::numbers(predicate).and_then(|numbers| logs::taxonomy::class(service, &numbers));
    let known = schema.sources.iter().find(|known| Some(known.class) == class && known.table == source.table);
    let native = |known: &&Source| known.entities.iter().all(|(.., column)| columns::find(schema.product, known.table, column).is_some());
    known.filter(native).map_or(source, |known| Source { entities: known.entities, ..source })
}

/// One query over several tables; `None` when no row of any can fit.
fn union(sources: &[Source], predicate: &Predicate, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Option<Draft>, Refusal> {
    let mut lists = Lists::default();
    let (mut used, mut legs, mut logs) = (Vec::new(), Vec::new(), Vec::new());
    let mut vendor = false;
    for source in sources {
        let mut leg = Leg::new(schema, *source, cx.overlay);
        let rows = leg.rows(predicate, &mut lists, cx)?;
        logs.push((*source, rows.is_some(), std::mem::take(&mut leg.lacks)));
        if let Some(rows) = rows {
            vendor |= leg.computed.iter().any(|(_, from)| from.contains("unxml("));
            used.push(*source);
            legs.push(rows);
        }
    }
    if !legs.is_empty() {
        lower_logs::tell(schema, predicate, &logs, cx);
    }
    Ok((!legs.is_empty()).then(|| Draft {
        query: Query { lets: definitions(lists, vendor), rows: together(legs) },
        sources: used,
        reach: 0,
        label: "",
    }))
}

/// Several kinds of rows of one table in one condition, where no column has to be computed: what runs continuously may
/// hold no `union`.
fn one_table(sources: &[Source], predicate: &Predicate, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Option<Draft>, Refusal> {
    let Some(mut draft) = union(sources, predicate, schema, cx)? else { return Ok(None) };
    draft.label = draft.sources.first().map_or("", |source| source.label);
    let From::Union(legs) = &mut draft.query.rows.from else { return Ok(Some(draft)) };
    if legs.iter().flat_map(|leg| &leg.steps).any(|step| !matches!(step, Step::Where(_))) {
        return Ok(None);
    }
    let legs = std::mem::take(legs);
    let Some(from) = legs.first().map(|leg| leg.from.clone()) else { return Ok(None) };
    let any =
        Condition::any(legs.into_iter().map(|leg| {
            Condition::all(leg.steps.into_iter().filter_map(|step| if let Step::Where(condition) = step { Some(condition) } else { None }))
        }));
    draft.query.rows = Rows { from, steps: vec![Step::Where(any)] };
    Ok(Some(draft))
}

/// Rows of several tables as one.
pub(crate) fn together(mut legs: Vec<Rows>) -> Rows {
    if legs.len() == 1 { legs.swap_remove(0) } else { Rows { from: From::Union(legs), steps: Vec::new() } }
}

/// What stands before the query.
pub(crate) fn definitions(lists: Lists, vendor: bool) -> Vec<Let> {
    let vendor = vendor.then_some(Let::Vendor(profiles::UNXML));
    let texts = |list: NamedList| Let::Texts { name: list.name, values: list.values, array: list.array };
    vendor.into_iter().chain(lists.named.into_iter().map(texts)).collect()
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

/// Gives each query its id, its file and its words. `parted` is the limit that made one question several queries.
pub(crate) fn finish(detection: &Detection, asked: Vec<Asked>, schema: &Schema, parted: Option<usize>) -> Vec<Rule> {
    let count = asked.len();
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
        let parted = parted.filter(|_| several);
        let title = match parted {
            Some(_) => format!("{} (part {} of {count})", detection.title, at + 1),
            None if part.is_empty() || at == 0 => detection.title.clone(),
            None => format!("{} ({part})", detection.title),
        };
        let file = if part.is_empty() { name(detection) } else { format!("{}-{part}", name(detection)) };
        let mut rule = rule(detection, one, schema, id, title, file);
        if let Some(limit) = parted {
            let number = at + 1;
            rule.remarks.insert(
                0,
                format!("Part {number} of {count}: one query would have more than {limit} characters. All parts together find what it would find."),
            );
        }
        out.push(rule);
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
        None => meta.tlp.map(|tlp| format!("tlp.{}", tlp.name())).into_iter().chain([format!("advisory.{}", meta.advisory)]).collect(),
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
        query: asked.text,
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
    if reach > 0 && schema.product == Product::DefenderXdr {
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
