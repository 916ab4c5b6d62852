//! Would Splunk load what we wrote? Reads the configuration files, tables and searches back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, Fault, Printed};
use indexmap::IndexMap;

use crate::ast::{Query, Search, Stage};
use crate::print::{SUMMARIES, TABLE};
use crate::security::{JSON, METADATA, TYPE};
use crate::verify_spl;

/// A configuration file: its stanzas, each with its settings, in the file's own words.
type Conf<'t> = IndexMap<&'t str, Settings<'t>>;
/// Settings, in the order in which they are written.
pub(crate) type Settings<'t> = IndexMap<&'t str, Cow<'t, str>>;

/// Reads every file and says what is refused. What is wrong with a table or a macro is a fault of every search that stands on it.
pub(crate) fn files(printed: &Printed) -> Vec<Fault> {
    let mut wrong = Vec::new();
    let (mut macros, mut transforms) = (Conf::new(), Conf::new());
    let mut tables: BTreeMap<&str, Result<&str, String>> = BTreeMap::new();
    for Artefact { path, text, .. } in &printed.artefacts {
        let name = path.rsplit('/').next().unwrap_or(path);
        let of = match name {
            // Looked at below, one file after the other: they hold nearly everything.
            "savedsearches.conf" => continue,
            "macros.conf" => &mut macros,
            "transforms.conf" => &mut transforms,
            table if table.ends_with(".csv") => {
                let read =
                    if tables.contains_key(table) { Err("two tables have this name".to_owned()) } else { table_of(text).map(|()| text.as_str()) };
                tables.insert(table, read);
                continue;
            }
            _ => {
                wrong.push(Fault::of_file(path, "this is no file of a Splunk app"));
                continue;
            }
        };
        match conf(text) {
            Ok(read) => of.extend(read),
            Err(why) => wrong.push(Fault::of_file(path, why)),
        }
    }
    let empty = |settings: &Settings<'_>| settings.get("definition").is_none_or(|definition| definition.is_empty());
    let stands = Stands {
        macros: macros
            .iter()
            .map(|(name, settings)| (*name, if empty(settings) { Err("there is no definition".to_owned()) } else { named(settings, &macros) }))
            .collect(),
        lookups: transforms.iter().map(|(name, settings)| (*name, lookup(settings, &tables))).collect(),
    };
    let meant = printed.by_artefact();
    for Artefact { path, text, .. } in printed.artefacts.iter().filter(|artefact| artefact.path.ends_with("savedsearches.conf")) {
        let read = match conf(text) {
            Ok(read) => read,
            Err(why) => {
                wrong.push(Fault::of_file(path, why));
                continue;
            }
        };
        let rules: BTreeMap<&str, usize> =
            meant.get(path.as_str()).into_iter().flatten().filter_map(|at| Some((printed.rules.get(*at)?.id.as_str(), *at))).collect();
        let (there, wanted): (BTreeSet<&str>, BTreeSet<&str>) = (read.keys().copied().collect(), rules.keys().copied().collect());
        if let Some(name) = there.symmetric_difference(&wanted).next() {
            let why = if there.contains(name) { "was not meant to be there" } else { "is not there" };
            wrong.push(Fault::of_file(path, format!("[{name}] {why}")));
            continue;
        }
        for (name, settings) in &read {
            let rule = rules.get(name).copied();
            wrong.extend(search(settings, &stands).into_iter().map(|why| Fault::of_rule(path, rule, why)));
        }
    }
    wrong
}

/// What searches stand on, by name, and whether it is sound.
struct Stands<'t> {
    macros: BTreeMap<&'t str, Result<(), String>>,
    lookups: BTreeMap<&'t str, Result<(), String>>,
}

/// Whether the macros that a macro's definition names are there.
fn named(settings: &Settings<'_>, macros: &Conf<'_>) -> Result<(), String> {
    let definition = settings.get("definition").map(|text| &**text).unwrap_or_default();
    let unknown = definition.split('`').skip(1).step_by(2).find(|name| !macros.contains_key(name));
    unknown.map_or(Ok(()), |name| Err(format!("it names `{name}`, which is not defined")))
}

/// Whether a lookup's table is there and holds what its definition says.
fn lookup(settings: &Settings<'_>, tables: &BTreeMap<&str, Result<&str, String>>) -> Result<(), String> {
    let file = settings.get("filename").map(|file| &**file).unwrap_or_default();
    let text = tables.get(file).ok_or_else(|| format!("`{file}` is not there"))?.as_ref().map_err(|why| format!("{file}: {why}"))?;
    if settings.get("match_type").is_some_and(|kind| kind == "CIDR(value)") {
        let bad = text.lines().skip(1).map(|line| line.split(',').next().unwrap_or_default()).find(|value| value.parse::<ir::IpNet>().is_err());
        return bad.map_or(Ok(()), |value| Err(format!("{file}: `{value}` is no network")));
    }
    Ok(())
}

/// Reads a configuration file (<https://docs.splunk.com/Documentation/Splunk/latest/Admin/Howtoeditaconfigurationfile>).
pub(crate) fn conf(text: &str) -> Result<Conf<'_>, String> {
    let mut out = Conf::new();
    let mut stanza: Option<&str> = None;
    let mut lines = text.split('\n');
    while let Some(first) = lines.next() {
        let trimmed = first.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if out.insert(name, Settings::new()).is_some() {
                return Err(format!("[{name}] stands twice"));
            }
            stanza = Some(name);
            continue;
        }
        let (key, value) = first.split_once('=').ok_or_else(|| format!("`{trimmed}` is no setting"))?;
        let key = key.trim();
        if key.is_empty() || !key.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.')) {
            return Err(format!("`{}` is no name of a setting", key.escape_debug()));
        }
        let value = if value.ends_with('\\') { Cow::Owned(continued(value, &mut lines)?) } else { Cow::Borrowed(value.trim()) };
        let settings = stanza.and_then(|name| out.get_mut(name)).ok_or("a setting stands before the first stanza")?;
        if settings.insert(key, value).is_some() {
            return Err(format!("`{key}` is set twice"));
        }
    }
    Ok(out)
}

/// A value whose lines end in a backslash, as one text.
fn continued<'t>(first: &str, lines: &mut impl Iterator<Item = &'t str>) -> Result<String, String> {
    let mut value = first.to_owned();
    while value.ends_with('\\') {
        value.pop();
        value.push('\n');
        value.push_str(lines.next().ok_or("the last line continues")?);
    }
    Ok(value.trim().to_owned())
}

/// Reads a table, a row at a time: whether it has the columns, as many in each row, and a line for each.
fn table_of(text: &str) -> Result<(), String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let (mut row, mut rows) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut row).map_err(|error| error.to_string())? {
        rows += 1;
        if rows == 1 && !row.iter().eq(TABLE) {
            return Err("the first line does not name the columns".to_owned());
        }
    }
    match rows {
        0 => Err("the first line does not name the columns".to_owned()),
        _ if rows != text.lines().count() => Err("a value spans lines".to_owned()),
        _ => Ok(()),
    }
}

fn search(settings: &Settings<'_>, stands: &Stands<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let setting = |key: &str| settings.get(key).map(|value| &**value).unwrap_or_default();
    match verify_spl::read(setting("search")) {
        Err(why) => wrong.push(why),
        Ok(query) => {
            let mut used = Used::default();
            used.query(&query);
            for (kind, names, known) in [("macro", &used.macros, &stands.macros), ("lookup", &used.tables, &stands.lookups)] {
                wrong.extend(names.iter().filter_map(|name| match known.get(name.as_str()) {
                    None => Some(format!("the {kind} `{name}` is not defined")),
                    Some(Err(why)) => Some(format!("the {kind} `{name}`: {why}")),
                    Some(Ok(())) => None,
                }));
            }
        }
    }
    if !cron(setting("cron_schedule")) {
        wrong.push(format!("`{}` is no schedule", setting("cron_schedule")));
    }
    let back = setting("dispatch.earliest_time").strip_prefix('-').and_then(|text| text.strip_suffix("m@m"));
    if back.and_then(|minutes| minutes.parse::<u64>().ok()).is_none() {
        wrong.push(format!("`{}` is no time to begin at", setting("dispatch.earliest_time")));
    }
    if settings.contains_key(METADATA) != settings.contains_key(TYPE) {
        wrong.push(format!("`{METADATA}` and `{TYPE}` stand together or not at all"));
    }
    for key in JSON {
        if settings.contains_key(key) && serde_json::from_str::<serde::de::IgnoredAny>(setting(key)).is_err() {
            wrong.push(format!("`{key}` is not JSON"));
        }
    }
    wrong
}

/// Whether a schedule has five fields, each `*` or numbers in its range.
fn cron(text: &str) -> bool {
    let ranges = [0..=59, 0..=23, 1..=31, 1..=12, 0..=7];
    let fields: Vec<&str> = text.split(' ').collect();
    fields.len() == ranges.len()
        && fields
            .iter()
            .zip(ranges)
            .all(|(field, range)| *field == "*" || field.split(',').all(|part| part.parse::<u32>().is_ok_and(|number| range.contains(&number))))
}

/// The tables that a search looks values up in.
pub(crate) fn tables(query: &Query) -> BTreeSet<String> {
    let mut used = Used::default();
    used.query(query);
    used.tables
}

/// Macros and tables that a search uses.
#[derive(Default)]
struct Used {
    macros: BTreeSet<String>,
    tables: BTreeSet<String>,
}

impl Used {
    fn query(&mut self, query: &Query) {
        for stage in &query.0 {
            match stage {
                Stage::Search(search) => self.search(search),
                Stage::Multisearch(list) => list.iter().for_each(|query| self.query(query)),
                Stage::Tstats { filter, .. } => {
                    self.macros.insert(SUMMARIES.to_owned());
                    filter.iter().for_each(|filter| self.search(filter));
                }
                Stage::Lookup { table, .. } => {
                    self.tables.insert(table.clone());
                }
                Stage::Filter(name) => {
                    self.macros.insert(name.clone());
                }
                Stage::DropPrefix(_)
                | Stage::Extract { .. }
                | Stage::Eval(_)
                | Stage::Where(_)
                | Stage::Sort(_)
                | Stage::Expand(_)
                | Stage::Streamstats { .. }
                | Stage::Table(_) => {}
            }
        }
    }

    fn search(&mut self, search: &Search) {
        match search {
            Search::All(list) | Search::Any(list) => list.iter().for_each(|inner| self.search(inner)),
            Search::Not(inner) => self.search(inner),
            Search::Macro(name) => {
                self.macros.insert(name.clone());
            }
            Search::Log(log) => {
                self.macros.insert(log.own.name.clone());
            }
            Search::Term { .. } | Search::Indexed(_) | Search::Nothing => {}
        }
    }
}
