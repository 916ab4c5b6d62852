//! What do the searches find, as they stand in the files? Each saved search is read from its configuration file, with the tables and macros that
//! it stands on, and run over the rows that events become.

use std::collections::BTreeMap;
use std::time::Duration;

use backend::{Artefact, Finding, Hearing, Judgement, Question, Trial};

use crate::meaning::{Matching, Meaning, Row, Site, Table};
use crate::rows::{self, Logged};
use crate::verify;

/// When the first event of a trial happens, in seconds since the epoch: a Tuesday.
const START: u64 = 1_709_632_800;

/// Judges every question.
pub(crate) fn run(hearing: &Hearing<'_>) -> Vec<Judgement> {
    let site = site(hearing.artefacts);
    let mut files = BTreeMap::new();
    for artefact in hearing.artefacts.iter().filter(|artefact| artefact.path.ends_with("savedsearches.conf")) {
        files.insert(artefact.path.as_str(), verify::conf(&artefact.text));
    }
    let mut out = Vec::new();
    for (at, question) in hearing.questions.iter().enumerate() {
        let read: Vec<Result<Search<'_>, String>> = question
            .rules
            .iter()
            .map(|rule| {
                let stanzas = files.get(rule.artefact.as_str()).ok_or("the file is not there")?.as_ref().map_err(Clone::clone)?;
                let text = stanzas.get(rule.id.as_str()).and_then(|settings| settings.get("search")).ok_or("the search is not there")?;
                Ok(Search { file: &rule.artefact, meaning: Meaning::read(text)?, text: text.to_string() })
            })
            .collect();
        for (number, trial) in question.trials.iter().enumerate() {
            out.push(judge(hearing, question, (at, number), &read, trial, &site));
        }
    }
    out
}

/// A search that was read from a file.
struct Search<'t> {
    file: &'t str,
    meaning: Meaning,
    text: String,
}

fn judge(
    hearing: &Hearing<'_>,
    question: &Question<'_>,
    (at, number): (usize, usize),
    searches: &[Result<Search<'_>, String>],
    trial: &Trial,
    site: &Site,
) -> Judgement {
    let logged: Vec<(Duration, Logged)> = trial
        .iter()
        .flat_map(|(time, record)| rows::rows(hearing.profile.id, hearing.overlay, record).into_iter().map(move |logged| (*time, logged)))
        .collect();
    let mut out = Judgement::new(at, number, Finding::Misses);
    out.rows = logged.iter().map(|(_, logged)| shown(logged)).collect();
    if logged.is_empty() {
        out.finding = Finding::NoSuchEvent("no log of the profile holds it".to_owned());
        return out;
    }
    let single = trial.len() == 1 && question.detection.event().is_some();
    for search in searches {
        let search = match search {
            Ok(search) => search,
            Err(why) => {
                out.finding = Finding::Unjudged(format!("the search cannot be read: {why}"));
                return out;
            }
        };
        let models = search.meaning.models();
        let read = |logged: &Logged| logged.model.map_or(models.is_empty(), |model| models.contains(model));
        let own: Vec<Row> = logged.iter().filter(|(_, logged)| read(logged)).map(|(time, logged)| timed(*time, &logged.row)).collect();
        if own.is_empty() {
            out.decided.get_or_insert((search.file.to_owned(), search.text.clone()));
            continue;
        }
        // One log after the other, so that an error in one does not hide the others.
        let result = if single {
            own.iter().try_fold(false, |found, row| Ok::<_, String>(found || search.meaning.finds(row.clone(), site)?))
        } else {
            search.meaning.run(own.clone(), site).map(|rows| !rows.is_empty())
        };
        match result {
            Ok(true) => {
                out.finding = Finding::Finds;
                // Found also when only logs that say the way are read?
                let told = logged.iter().filter(|(_, logged)| read(logged) && !logged.forgets_way).map(|(time, logged)| timed(*time, &logged.row));
                let told = search.meaning.run(told.collect(), site).is_ok_and(|rows| !rows.is_empty());
                let sensors = trial.iter().all(|(_, record)| record.event.class().is_some_and(ir::EventClass::on_network));
                out.forgets.platform = sensors && logged.iter().any(|(_, logged)| logged.model.is_some());
                out.forgets.way = !told && logged.iter().any(|(_, logged)| logged.forgets_way);
                out.decided = Some((search.file.to_owned(), search.text.clone()));
                return out;
            }
            Ok(false) => {
                let stops = if single { own.iter().filter_map(|row| search.meaning.stops(row.clone(), site)).next_back() } else { None };
                out.decided.get_or_insert((search.file.to_owned(), stops.unwrap_or_else(|| search.text.clone())));
            }
            Err(why) => {
                out.finding = Finding::Unjudged(why);
                return out;
            }
        }
    }
    out
}

fn timed(time: Duration, row: &Row) -> Row {
    let mut row = row.clone();
    row.insert("_time".to_owned(), vec![(START + time.as_secs()).to_string()]);
    row
}

fn shown(logged: &Logged) -> String {
    let fields = logged.row.iter().filter(|(name, _)| *name != "_raw").map(|(name, values)| format!("{name}={}", values.join(" | ")));
    let place = logged.model.unwrap_or("index");
    format!("{place}: {}", fields.collect::<Vec<_>>().join(", "))
}

/// Tables and macros that stand beside the searches.
fn site(artefacts: &[Artefact]) -> Site {
    let mut site = Site::default();
    for artefact in artefacts {
        if !artefact.path.ends_with("macros.conf") && !artefact.path.ends_with("transforms.conf") {
            continue;
        }
        let Ok(stanzas) = verify::conf(&artefact.text) else { continue };
        if artefact.path.ends_with("macros.conf") {
            site.macros.extend(stanzas.iter().filter_map(|(name, settings)| Some(((*name).to_owned(), settings.get("definition")?.to_string()))));
            // Options of a command, not a condition.
            site.macros.remove(crate::print::SUMMARIES);
        }
        if artefact.path.ends_with("transforms.conf") {
            let folder = artefact.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for (name, settings) in &stanzas {
                let Some(file) = settings.get("filename") else { continue };
                let path = format!("{folder}/lookups/{file}");
                let text = artefacts.iter().find(|artefact| artefact.path == path).map(|artefact| artefact.text.as_str()).unwrap_or_default();
                let rows = csv::Reader::from_reader(text.as_bytes()).records().filter_map(|row| row.ok()?.get(0).map(str::to_owned)).collect();
                let matching = match settings.get("match_type").map(|kind| &**kind) {
                    Some("WILDCARD(value)") => Matching::Wildcard,
                    Some("CIDR(value)") => Matching::Network,
                    _ => Matching::Exact,
                };
                let cased = settings.get("case_sensitive_match").is_none_or(|cased| cased == "true");
                site.tables.insert((*name).to_owned(), Table { matching, cased, rows });
            }
        }
    }
    site
}
