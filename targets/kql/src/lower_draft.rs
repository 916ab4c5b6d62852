//! What is a query before it is written, and which rule does it become: its lists, its name, its words?

use std::cell::Cell;

use backend::slug;
use ir::Detection;

use crate::ast::{Columns, From, Let, Query, Rows, Rule, Watchlist};
use crate::lower_context::{self, Contexts, with_context};
use crate::lower_lists::{Lists, NamedList};
use crate::lower_shown::Mapped;
use crate::print;
use crate::print_tree::{self, Layout, characters};
use logs::tables::{Product, Schema, Source};

/// Characters in the query of a rule that runs by itself: Sentinel's limit
/// (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>), kept for custom detections too.
pub(crate) const RULE: usize = 10_000;
/// Bytes in one watchlist file (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>).
const WATCHLIST: usize = 3_800_000;
/// Bytes of a watchlist that stands in a template of Azure's Resource Manager, where a resource has one megabyte at most
/// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices>).
const INLINE: usize = 950_000;
/// Lists of that size that a query names before it names fewer, larger ones.
const INLINE_LISTS: usize = 8;

/// A query that can still change, and the tables it reads.
pub(crate) struct Draft {
    pub(crate) query: Query,
    pub(crate) sources: Vec<Source>,
    pub(crate) entities: Vec<Mapped>,
    pub(crate) seen: Columns,
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
    entities: Vec<Mapped>,
    seen: Columns,
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
        let mut contexts = None;
        loop {
            // What is too long for certain need not be written to know it.
            let (text, size) = if listed(&self.query) > limit { (String::new(), usize::MAX) } else { written(&self.query, limit) };
            if size <= limit {
                let with_context = (!watchlists.is_empty()).then(|| with_context(&self.query)).flatten();
                let told = with_context.map(|query| written(&query, limit)).filter(|(_, size)| *size <= limit);
                let Some((text, size)) = told else { return self.asked(text, size, watchlists) };
                // First, so that an alert has room for them.
                self.seen.asked.splice(0..0, lower_context::columns());
                self.seen.shown.extend(lower_context::columns());
                return self.asked(text, size, watchlists);
            }
            let size_of = |values: &[String]| values.iter().map(String::len).sum::<usize>();
            let longest = self.query.lets.iter_mut().rev().filter(|definition| matches!(definition, Let::Texts { .. }));
            let longest = longest.max_by_key(|definition| if let Let::Texts { values, .. } = definition { size_of(values) } else { 0 });
            let Some(definition) = longest else { return self.asked(text, size, watchlists) };
            let Let::Texts { name, values, array } = definition else { return self.asked(text, size, watchlists) };
            let mut aliases = Vec::new();
            let contexts = contexts.get_or_insert_with(|| Contexts::of(detection));
            for part in files(std::mem::take(values), contexts) {
                let alias = alias(detection, taken.replace(taken.get() + 1));
                aliases.push(alias.clone());
                watchlists.push(Watchlist { alias, values: part, contexts: contexts.all().to_vec() });
            }
            *definition = Let::Watched { name: std::mem::take(name), aliases, array: *array };
        }
    }

    fn asked(self, text: String, size: usize, watchlists: Vec<Watchlist>) -> Asked {
        Asked { text, size, sources: self.sources, entities: self.entities, seen: self.seen, watchlists, reach: self.reach, label: self.label }
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

/// Rows of several tables as one.
pub(crate) fn together(mut legs: Vec<Rows>) -> Rows {
    if legs.len() == 1 { legs.swap_remove(0) } else { Rows { from: From::Union(legs), steps: Vec::new() } }
}

/// What stands before the query.
pub(crate) fn definitions(lists: Lists) -> Vec<Let> {
    let texts = |list: NamedList| Let::Texts { name: list.name, values: list.values, array: list.array };
    lists.named.into_iter().map(texts).collect()
}

/// Values in files no longer than a watchlist may be, each with what is known of it.
fn files(values: Vec<String>, contexts: &Contexts) -> Vec<Vec<(String, usize)>> {
    // Quotes are doubled at worst.
    let size_of = |(value, number): &(String, usize)| value.len() * 2 + 4 + contexts.bytes(*number);
    let values: Vec<(String, usize)> = values
        .into_iter()
        .map(|value| {
            let number = contexts.number(&value);
            (value, number)
        })
        .collect();
    let whole: usize = values.iter().map(size_of).sum();
    let most = if whole <= INLINE * INLINE_LISTS { INLINE } else { WATCHLIST };
    let mut out = vec![Vec::new()];
    let mut size = 0;
    for value in values {
        let bytes = size_of(&value);
        size += bytes;
        if size > most {
            out.push(Vec::new());
            size = bytes;
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
    let mut connectors: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for source in &asked.sources {
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
    let entities = asked.entities.into_iter().map(|(kind, identifier, column)| (kind, vec![(identifier, column)])).collect();
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
        columns: asked.seen,
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
