//! Would Splunk load what we wrote? Reads the configuration files, tables and searches back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, Profile};

use crate::ast::{Query, Search, Stage};
use crate::print::SUMMARIES;
use crate::verify_spl;

/// A configuration file: its stanzas, each with its settings, in the file's own words.
type Conf<'t> = BTreeMap<&'t str, Settings<'t>>;
type Settings<'t> = BTreeMap<&'t str, Cow<'t, str>>;

/// Reads every file and says what is wrong, one line each.
pub(crate) fn files(profile: &'static Profile, artefacts: &[Artefact]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (mut macros, mut transforms) = (Conf::new(), Conf::new());
    let mut tables: BTreeMap<&str, &str> = BTreeMap::new();
    for Artefact { path, text, .. } in artefacts {
        let name = path.rsplit('/').next().unwrap_or(path);
        let of = match name {
            // Looked at below, one file after the other: they hold nearly everything.
            "savedsearches.conf" => continue,
            "macros.conf" => &mut macros,
            "transforms.conf" => &mut transforms,
            table if table.ends_with(".csv") => {
                match table_of(text).map(|()| tables.insert(name, text)) {
                    Ok(None) => {}
                    Ok(Some(_)) => wrong.push(format!("{path}: two tables have this name")),
                    Err(why) => wrong.push(format!("{path}: {why}")),
                }
                continue;
            }
            _ => {
                wrong.push(format!("{path}: this is no file of a Splunk app"));
                continue;
            }
        };
        match conf(text) {
            Ok(read) => of.extend(read),
            Err(why) => wrong.push(format!("{path}: {why}")),
        }
    }
    for (name, settings) in &macros {
        if settings.get("definition").is_none_or(|definition| definition.is_empty()) {
            wrong.push(format!("macros.conf [{name}]: there is no definition"));
        }
    }
    for (name, settings) in &transforms {
        let file = settings.get("filename").map(|file| &**file).unwrap_or_default();
        match tables.get(file) {
            None => wrong.push(format!("transforms.conf [{name}]: `{file}` is not there")),
            Some(text) if settings.get("match_type").is_some_and(|kind| kind == "CIDR(value)") => {
                let values = text.lines().skip(1).map(|line| line.split(',').next().unwrap_or_default());
                let bad = values.into_iter().find(|value| value.parse::<ir::IpNet>().is_err());
                wrong.extend(bad.map(|value| format!("{file}: `{value}` is no network")));
            }
            Some(_) => {}
        }
    }
    for Artefact { path, text, .. } in artefacts.iter().filter(|artefact| artefact.path.ends_with("savedsearches.conf")) {
        match conf(text) {
            Ok(read) => {
                for (name, settings) in &read {
                    for why in search(settings, &macros, &transforms) {
                        wrong.push(format!("{path} [{name}] ({}): {why}", profile.id));
                    }
                }
            }
            Err(why) => wrong.push(format!("{path}: {why}")),
        }
    }
    wrong
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
        if rows == 1 && !row.iter().eq(["value", "note", "role", "valid_until", "advisory"]) {
            return Err("the first line does not name the columns".to_owned());
        }
    }
    match rows {
        0 => Err("the first line does not name the columns".to_owned()),
        _ if rows != text.lines().count() => Err("a value spans lines".to_owned()),
        _ => Ok(()),
    }
}

fn search(settings: &Settings<'_>, macros: &Conf<'_>, tables: &Conf<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let setting = |key: &str| settings.get(key).map(|value| &**value).unwrap_or_default();
    match verify_spl::read(setting("search")) {
        Err(why) => wrong.push(why),
        Ok(query) => {
            let mut used = Used::default();
            used.query(&query);
            wrong.extend(
                used.macros.iter().filter(|name| !macros.contains_key(name.as_str())).map(|name| format!("the macro `{name}` is not defined")),
            );
            wrong.extend(
                used.tables.iter().filter(|name| !tables.contains_key(name.as_str())).map(|name| format!("the lookup `{name}` is not defined")),
            );
        }
    }
    if !cron(setting("cron_schedule")) {
        wrong.push(format!("`{}` is no schedule", setting("cron_schedule")));
    }
    let back = setting("dispatch.earliest_time").strip_prefix('-').and_then(|text| text.strip_suffix("m@m"));
    if back.and_then(|minutes| minutes.parse::<u64>().ok()).is_none() {
        wrong.push(format!("`{}` is no time to begin at", setting("dispatch.earliest_time")));
    }
    for key in ["action.correlationsearch.annotations", "action.correlationsearch.metadata"] {
        if serde_json::from_str::<serde::de::IgnoredAny>(setting(key)).is_err() {
            wrong.push(format!("`{key}` is not JSON"));
        }
    }
    wrong
}

/// Whether a schedule has five fields, each `*` or one number in its range.
fn cron(text: &str) -> bool {
    let ranges = [0..=59, 0..=23, 1..=31, 1..=12, 0..=7];
    let fields: Vec<&str> = text.split(' ').collect();
    fields.len() == ranges.len()
        && fields.iter().zip(ranges).all(|(field, range)| *field == "*" || field.parse::<u32>().is_ok_and(|number| range.contains(&number)))
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
            Search::Term { .. } | Search::Nothing => {}
        }
    }
}
