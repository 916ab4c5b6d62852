//! Which files hold the searches, their tables and their macros?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::{Artefact, ArtefactKind, For, Job, Lowered, Printed, PrintedRule, Section};
use ir::Detection;
use sha2::{Digest as _, Sha256};

use crate::ast::{Cell, Lookup, Matching, Piece, Query, Row, Rule, SiteMacro, Stage};
use crate::naming::saved_search;
use crate::print::{TABLE, conf_value, one_line, query};
use crate::profiles::raw;
use crate::{place, security, stanza};

/// A search on its way to a file.
#[derive(Clone, Debug)]
pub enum Draft {
    /// Its stanza, written as soon as it was made: nothing in it depends on another search.
    Written {
        /// The stanza.
        stanza: String,
        /// The search alone; empty when nobody asks for it.
        search: String,
        /// What the search stands on.
        macros: Vec<SiteMacro>,
    },
    /// A search that looks values up: those with the same values share a table, which is known when every search is.
    Open {
        /// The search.
        rule: Box<Rule>,
        /// Its tables.
        tables: Vec<Table>,
        /// A digest that changes with the search and with each value.
        meaning: String,
    },
}

/// A table of values, written as soon as its search was made: rows are many.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    matching: Matching,
    cased: bool,
    text: String,
}

impl Draft {
    pub(crate) fn of(mut rule: Rule, detection: &Detection, job: &Job<'_>) -> Self {
        place::say(&mut rule, job.made_for == For::Package);
        if !rule.lookups.is_empty() {
            let table = |lookup: Lookup| {
                let text = table(&lookup);
                Table { name: lookup.name, matching: lookup.matching, cased: lookup.cased, text }
            };
            let tables: Vec<Table> = std::mem::take(&mut rule.lookups).into_iter().map(table).collect();
            let stanza = stanza(&rule, detection, job, &query(&rule.query));
            let texts = std::iter::once(&stanza).chain(tables.iter().map(|table| &table.text));
            let meaning = hex::encode(texts.fold(Sha256::new(), |digest, text| digest.chain_update(text)).finalize());
            return Self::Open { rule: Box::new(rule), tables, meaning };
        }
        let search = query(&rule.query);
        let stanza = stanza(&rule, detection, job, &search);
        Self::Written { stanza, search: job.rule_text(search), macros: rule.macros }
    }
}

/// One saved search. Kept for long, so without room to grow.
fn stanza(rule: &Rule, detection: &Detection, job: &Job<'_>, search: &str) -> String {
    let mut out = format!("\n[{}]\n", saved_search(detection, job.profile.id));
    for (key, value) in stanza::settings(rule, detection, job.profile.id, search) {
        let _ = writeln!(out, "{key} = {}", conf_value(&value));
    }
    out.as_str().to_owned()
}

/// Writes all files of a job.
pub(crate) fn files(mut drafts: Vec<Lowered<Draft>>, job: &Job<'_>, numbers: &mut Section) -> Printed {
    let mut searches: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut transforms: BTreeMap<String, BTreeMap<String, Table>> = BTreeMap::new();
    let mut macros: BTreeMap<String, String> = BTreeMap::new();
    let mut printed = Printed::default();
    let folder_of = |at: usize| job.detections.get(at).map(|detection| detection.meta.folder.clone()).unwrap_or_default();
    share_tables(&mut drafts, folder_of);
    for Lowered { detection: at, item, rule: draft } in drafts {
        let Some(detection) = job.detections.get(at) else { continue };
        let folder = folder_of(at);
        let path = format!("{folder}/savedsearches.conf");
        let (mut stanza, text, used, meaning) = match draft {
            Draft::Written { stanza, search, macros } => (stanza, search, macros, None),
            Draft::Open { rule, tables, meaning } => {
                let search = query(&rule.query);
                let stanza = stanza(&rule, detection, job, &search);
                transforms.entry(folder.clone()).or_default().extend(tables.into_iter().map(|table| (table.name.clone(), table)));
                (stanza, job.rule_text(search), rule.macros, Some(meaning))
            }
        };
        if security::day(&detection.meta).is_some() {
            match numbers.number(&format!("{} {}", detection.key, job.profile.id), meaning.as_ref().unwrap_or(&stanza)) {
                Ok(number) => {
                    let metadata = security::metadata(detection, job.profile.id, number.rev).unwrap_or_default();
                    let _ = writeln!(stanza, "{} = {metadata}", security::METADATA);
                }
                Err(why) => {
                    printed.unnumbered.push((at, why));
                    continue;
                }
            }
        }
        let file = searches.entry(path.clone()).or_insert_with(|| {
            let of = backend::comment(if detection.meta.sigma.is_some() { &folder } else { &detection.meta.advisory });
            vec![format!("# Searches from {of}. Made by vigie; edit the description, not this file.\n")]
        });
        file.push(stanza);
        macros.extend(used.into_iter().map(|site| (site.name, site.definition)));
        let (id, title) = (saved_search(detection, job.profile.id), detection.title.clone());
        printed.rules.push(PrintedRule { detection: at, item, id, title, artefact: path, text, revision: None, carried: false });
    }
    printed.artefacts.extend(searches.into_iter().map(|(path, stanzas)| Artefact::new(path, ArtefactKind::Rules, stanzas.concat())));
    for (folder, tables) in transforms {
        let mut text = String::from("# Tables that the searches beside this file look values up in.\n");
        for table in tables.into_values() {
            text.push_str(&definition(&table));
            printed.artefacts.push(Artefact::new(format!("{folder}/lookups/{}.csv", table.name), ArtefactKind::List, table.text));
        }
        printed.artefacts.push(Artefact::new(format!("{folder}/transforms.conf"), ArtefactKind::Support, text));
    }
    let indexes = raw::indexes(&[raw::MAIN]);
    if macros.values().any(|definition| definition.contains(raw::INDEXES)) {
        macros.insert(indexes.name, indexes.definition);
    }
    if !macros.is_empty() {
        printed.artefacts.push(Artefact::new("macros.conf".to_owned(), ArtefactKind::Support, site_macros(&macros)));
    }
    printed
}

/// Lets searches of one advisory that look up the same values use one table: the one whose name comes first.
fn share_tables(drafts: &mut [Lowered<Draft>], folder_of: impl Fn(usize) -> String) {
    let mut tables: BTreeMap<(String, Matching, bool, &str), Vec<&str>> = BTreeMap::new();
    for lowered in drafts.iter() {
        let Draft::Open { tables: written, .. } = &lowered.rule else { continue };
        for Table { name, matching, cased, text } in written {
            tables.entry((folder_of(lowered.detection), *matching, *cased, text)).or_default().push(name);
        }
    }
    let mut shared: BTreeMap<String, String> = BTreeMap::new();
    for names in tables.into_values() {
        let Some(first) = names.iter().min() else { continue };
        shared.extend(names.iter().map(|name| ((*name).to_owned(), (*first).to_owned())));
    }
    for lowered in drafts {
        if let Draft::Open { rule, tables, .. } = &mut lowered.rule {
            tables.retain(|table| shared.get(&table.name).is_some_and(|name| *name == table.name));
            rename(&mut rule.query, &shared);
        }
    }
}

/// Gives tables of a search other names.
pub(crate) fn rename(query: &mut Query, names: &BTreeMap<String, String>) {
    for stage in &mut query.0 {
        match stage {
            Stage::Lookup { table, .. } => {
                if let Some(name) = names.get(table) {
                    table.clone_from(name);
                }
            }
            Stage::Multisearch(list) => list.iter_mut().for_each(|query| rename(query, names)),
            _ => {}
        }
    }
}

pub(crate) fn site_macros(macros: &BTreeMap<String, String>) -> String {
    let mut out = String::from("# Where a site keeps its logs, and what it leaves out. A site's own definitions go into local/macros.conf.\n");
    for (name, definition) in macros {
        let _ = writeln!(out, "\n[{name}]\ndefinition = {}\niseval = 0", conf_value(definition));
    }
    out
}

/// A table's definition (<https://docs.splunk.com/Documentation/Splunk/latest/Knowledge/Addfieldmatchingrulestoyourlookupconfiguration>).
fn definition(lookup: &Table) -> String {
    let mut out = format!("\n[{0}]\nfilename = {0}.csv\nmax_matches = 1\ncase_sensitive_match = {1}\n", lookup.name, lookup.cased);
    match lookup.matching {
        Matching::Exact => {}
        Matching::Wildcard => out.push_str("match_type = WILDCARD(value)\n"),
        Matching::Network => out.push_str("match_type = CIDR(value)\n"),
    }
    out
}

/// Free text of a table: on one line, not longer than anyone reads in an alert, and no formula.
pub(crate) fn prose(text: &str) -> String {
    const LONGEST: usize = 400;
    let mut text = one_line(text);
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST - 3));
        text.push_str("...");
    }
    backend::no_formula(text)
}

/// A table as CSV (RFC 4180, with line feeds as Splunk writes them itself).
fn table(lookup: &Lookup) -> String {
    let of = |cell: &Cell| match cell {
        Cell::Whole(text) | Cell::Ending(text) => text.len() + 1,
        Cell::Pattern(pieces) => pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 1 }).sum(),
    };
    let until = |row: &Row| if row.valid_until.is_some() { 10 } else { 0 };
    let quote = prose(&lookup.quote);
    let size = |row: &Row| {
        let quote = if row.quote.is_empty() { quote.len() } else { row.quote.len() };
        of(&row.value) + row.note.len() + row.role.len() + until(row) + lookup.advisory.len() + quote + 7
    };
    let room = Vec::with_capacity(lookup.rows.iter().map(size).sum::<usize>() + 64);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(room);
    let mut write = |fields: [&str; 6]| writer.write_record(fields).expect("writing to memory does not fail");
    write(TABLE);
    let advisory = prose(&lookup.advisory);
    let (mut value, mut until) = (String::new(), String::new());
    for row in &lookup.rows {
        value.clear();
        match &row.value {
            Cell::Whole(text) => value.push_str(text),
            Cell::Ending(text) => {
                value.push('*');
                value.push_str(text);
            }
            Cell::Pattern(pieces) => value.extend(pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => text.as_str(),
                Piece::Any => "*",
            })),
        }
        until.clear();
        let _ = row.valid_until.map_or(Ok(()), |day| write!(until, "{day}"));
        let own = (!row.quote.is_empty()).then(|| prose(&row.quote));
        write([&value, &prose(&row.note), row.role, &until, &advisory, own.as_ref().unwrap_or(&quote)]);
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("only text was written")
}
