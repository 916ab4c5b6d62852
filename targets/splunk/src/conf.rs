//! Which files hold the searches, their tables and their macros?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::{Artefact, ArtefactKind, Job, Lowered, Printed, PrintedRule};

use crate::ast::{Lookup, Matching, Piece, Query, Rule, Stage};
use crate::print::{conf_value, one_line, query};
use crate::stanza;

/// Writes all files of a job.
pub(crate) fn files(rules: Vec<Lowered<Rule>>, job: &Job<'_>) -> Printed {
    let mut searches: BTreeMap<String, String> = BTreeMap::new();
    let mut transforms: BTreeMap<String, BTreeMap<String, Lookup>> = BTreeMap::new();
    let mut macros: BTreeMap<String, String> = BTreeMap::new();
    let mut printed = Printed::default();
    let folder_of = |at: usize| job.detections.get(at).map(|detection| detection.meta.folder.clone()).unwrap_or_default();
    for Lowered { detection: at, rule } in share_tables(rules, folder_of) {
        let Some(detection) = job.detections.get(at) else { continue };
        let folder = folder_of(at);
        let path = format!("{folder}/savedsearches.conf");
        let text = query(&rule.query);
        let name = stanza::name(detection);
        let file = searches.entry(path.clone()).or_insert_with(|| {
            format!(
                "# Searches from {}. Made by vigie; edit the description, not this file.\n",
                one_line(if detection.meta.sigma.is_some() { &folder } else { &detection.meta.advisory })
            )
        });
        let _ = writeln!(file, "\n[{name}]");
        for (key, value) in stanza::settings(&rule, detection, &text) {
            let _ = writeln!(file, "{key} = {}", conf_value(&value));
        }
        macros.extend(rule.macros.into_iter().map(|site| (site.name, site.definition)));
        transforms.entry(folder).or_default().extend(rule.lookups.into_iter().map(|lookup| (lookup.name.clone(), lookup)));
        printed.rules.push(PrintedRule { detection: at, id: name, title: detection.title.clone(), artefact: path, text: job.rule_text(text) });
    }
    printed.artefacts.extend(searches.into_iter().map(|(path, text)| Artefact::new(path, ArtefactKind::Rules, text)));
    for (folder, lookups) in transforms {
        if lookups.is_empty() {
            continue;
        }
        let mut text = String::from("# Tables that the searches beside this file look values up in.\n");
        for lookup in lookups.values() {
            text.push_str(&definition(lookup));
            printed.artefacts.push(Artefact { path: format!("{folder}/lookups/{}.csv", lookup.name), kind: ArtefactKind::List, text: table(lookup) });
        }
        printed.artefacts.push(Artefact { path: format!("{folder}/transforms.conf"), kind: ArtefactKind::Support, text });
    }
    if !macros.is_empty() {
        printed.artefacts.push(Artefact { path: "macros.conf".to_owned(), kind: ArtefactKind::Support, text: site_macros(&macros) });
    }
    printed
}

/// Lets searches of one advisory that look up the same values use one table: the one whose name comes first.
fn share_tables(mut rules: Vec<Lowered<Rule>>, folder_of: impl Fn(usize) -> String) -> Vec<Lowered<Rule>> {
    let mut names: BTreeMap<(String, Matching, bool, &[crate::ast::Row]), &str> = BTreeMap::new();
    for lowered in &rules {
        for lookup in &lowered.rule.lookups {
            let name = names.entry((folder_of(lowered.detection), lookup.matching, lookup.cased, &lookup.rows)).or_insert(&lookup.name);
            *name = (*name).min(&lookup.name);
        }
    }
    let mut shared: BTreeMap<String, String> = BTreeMap::new();
    for lowered in &rules {
        for lookup in &lowered.rule.lookups {
            if let Some(name) = names.get(&(folder_of(lowered.detection), lookup.matching, lookup.cased, lookup.rows.as_slice())) {
                shared.insert(lookup.name.clone(), (*name).to_owned());
            }
        }
    }
    for lowered in &mut rules {
        lowered.rule.lookups.retain(|lookup| shared.get(&lookup.name).is_some_and(|name| *name == lookup.name));
        rename(&mut lowered.rule.query, &shared);
    }
    rules
}

fn rename(query: &mut Query, names: &BTreeMap<String, String>) {
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

fn site_macros(macros: &BTreeMap<String, String>) -> String {
    let mut out = String::from(
        "# Where a site keeps its logs. A site's own definitions go into local/macros.conf; naming indexes there makes searches fast.\n",
    );
    for (name, definition) in macros {
        let _ = writeln!(out, "\n[{name}]\ndefinition = {}\niseval = 0", conf_value(definition));
    }
    out
}

/// A table's definition (<https://docs.splunk.com/Documentation/Splunk/latest/Knowledge/Addfieldmatchingrulestoyourlookupconfiguration>).
fn definition(lookup: &Lookup) -> String {
    let mut out = format!("\n[{0}]\nfilename = {0}.csv\nmax_matches = 1\ncase_sensitive_match = {1}\n", lookup.name, lookup.cased);
    match lookup.matching {
        Matching::Exact => {}
        Matching::Wildcard => out.push_str("match_type = WILDCARD(value)\n"),
        Matching::Network => out.push_str("match_type = CIDR(value)\n"),
    }
    out
}

/// A table as CSV (RFC 4180, with line feeds as Splunk writes them itself).
fn table(lookup: &Lookup) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let mut write = |fields: [&str; 5]| writer.write_record(fields).expect("writing to memory does not fail");
    write(["value", "note", "role", "valid_until", "advisory"]);
    for row in &lookup.rows {
        let value: String = row
            .value
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.as_str(),
                Piece::Any => "*",
            })
            .collect();
        write([&value, &row.note, &row.role, &row.valid_until, &row.advisory]);
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("only text was written")
}
