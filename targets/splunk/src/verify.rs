//! Would Splunk load what we wrote? Reads the configuration files, tables and searches back.

use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, Profile};

use crate::ast::{Query, Search, Stage};
use crate::print::SUMMARIES;
use crate::verify_spl;

/// A configuration file: its stanzas, each with its settings.
type Conf = BTreeMap<String, BTreeMap<String, String>>;

/// Reads every file and says what is wrong, one line each.
pub(crate) fn files(profile: &'static Profile, artefacts: &[Artefact]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut confs: BTreeMap<&str, Conf> = BTreeMap::new();
    let mut tables: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for artefact in artefacts {
        let path = artefact.path.as_str();
        if path.ends_with(".conf") {
            match conf(&artefact.text) {
                Ok(read) => {
                    confs.insert(path, read);
                }
                Err(why) => wrong.push(format!("{path}: {why}")),
            }
        } else if let Some(name) = path.rsplit('/').next().filter(|name| name.ends_with(".csv")) {
            match rows(&artefact.text) {
                Ok(read) => {
                    if tables.insert(name.to_owned(), read).is_some() {
                        wrong.push(format!("{path}: two tables have this name"));
                    }
                }
                Err(why) => wrong.push(format!("{path}: {why}")),
            }
        } else {
            wrong.push(format!("{path}: this is no file of a Splunk app"));
        }
    }
    let named = |file: &str| -> BTreeMap<&String, &BTreeMap<String, String>> {
        confs.iter().filter(|(path, _)| path.rsplit('/').next() == Some(file)).flat_map(|(_, conf)| conf).collect()
    };
    let (macros, transforms) = (named("macros.conf"), named("transforms.conf"));
    for (name, settings) in &macros {
        if settings.get("definition").is_none_or(String::is_empty) {
            wrong.push(format!("macros.conf [{name}]: there is no definition"));
        }
    }
    for (name, settings) in &transforms {
        let file = settings.get("filename").cloned().unwrap_or_default();
        match tables.get(&file) {
            None => wrong.push(format!("transforms.conf [{name}]: `{file}` is not there")),
            Some(rows) if settings.get("match_type").is_some_and(|kind| kind == "CIDR(value)") => {
                let bad = rows.iter().skip(1).filter_map(|row| row.first()).find(|value| value.parse::<ir::IpNet>().is_err());
                wrong.extend(bad.map(|value| format!("{file}: `{value}` is no network")));
            }
            Some(_) => {}
        }
    }
    for (path, conf) in confs.iter().filter(|(path, _)| path.ends_with("savedsearches.conf")) {
        for (name, settings) in conf {
            for why in search(settings, &macros.keys().map(|name| name.as_str()).collect(), &transforms.keys().map(|name| name.as_str()).collect()) {
                wrong.push(format!("{path} [{name}] ({}): {why}", profile.id));
            }
        }
    }
    wrong
}

/// Reads a configuration file (<https://docs.splunk.com/Documentation/Splunk/latest/Admin/Howtoeditaconfigurationfile>).
pub(crate) fn conf(text: &str) -> Result<Conf, String> {
    let mut out = Conf::new();
    let mut stanza: Option<String> = None;
    let mut lines = text.split('\n');
    while let Some(first) = lines.next() {
        let mut line = first.to_owned();
        while line.ends_with('\\') {
            line.pop();
            line.push('\n');
            line.push_str(lines.next().ok_or("the last line continues")?);
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if out.insert(name.to_owned(), BTreeMap::new()).is_some() {
                return Err(format!("[{name}] stands twice"));
            }
            stanza = Some(name.to_owned());
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| format!("`{trimmed}` is no setting"))?;
        let key = key.trim();
        if key.is_empty() || !key.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.')) {
            return Err(format!("`{}` is no name of a setting", key.escape_debug()));
        }
        let settings = stanza.as_ref().and_then(|name| out.get_mut(name)).ok_or("a setting stands before the first stanza")?;
        if settings.insert(key.to_owned(), value.trim().to_owned()).is_some() {
            return Err(format!("`{key}` is set twice"));
        }
    }
    Ok(out)
}

fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.map(|row| row.iter().map(str::to_owned).collect()))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    if rows.len() != text.lines().count() {
        return Err("a value spans lines".to_owned());
    }
    match rows.first() {
        Some(head) if head.iter().map(String::as_str).eq(["value", "note", "role", "valid_until", "advisory"]) => Ok(rows),
        _ => Err("the first line does not name the columns".to_owned()),
    }
}

fn search(settings: &BTreeMap<String, String>, macros: &BTreeSet<&str>, tables: &BTreeSet<&str>) -> Vec<String> {
    let mut wrong = Vec::new();
    let setting = |key: &str| settings.get(key).map(String::as_str).unwrap_or_default();
    match verify_spl::read(setting("search")) {
        Err(why) => wrong.push(why),
        Ok(query) => {
            let mut used = Used::default();
            used.query(&query);
            wrong.extend(used.macros.iter().filter(|name| !macros.contains(name.as_str())).map(|name| format!("the macro `{name}` is not defined")));
            wrong.extend(used.tables.iter().filter(|name| !tables.contains(name.as_str())).map(|name| format!("the lookup `{name}` is not defined")));
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
        if serde_json::from_str::<serde_json::Value>(setting(key)).is_err() {
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
