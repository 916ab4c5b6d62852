//! Which files does a rule become? Queries with a comment for Defender XDR, rule templates in YAML for Sentinel, lists in CSV.
//!
//! The YAML is the template form of <https://github.com/Azure/Azure-Sentinel>; fields and limits:
//! <https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::{Artefact, ArtefactKind, For, Job, Lowered, Printed, PrintedRule};
use ir::{Tactic, Technique};

use crate::ast::{CONTEXT, INDICATOR, ListContext, Rule, Watchlist};
use crate::card::Card;
use crate::limits::{DESCRIPTION, ENTITIES, HOUR, NAME, severity};
use crate::print;
use crate::profiles;
use logs::tables::Product;

/// A rule as it is written: what is left to do is to find it a name that no other rule's file has.
#[derive(Clone, Debug)]
pub struct Written {
    id: uuid::Uuid,
    title: String,
    /// Folder and file, without ending.
    stem: String,
    watchlists: Vec<Watchlist>,
    text: String,
    /// The bare query; empty when nobody asks for it.
    query: String,
}

/// Writes a rule. Done for each on its own, so that a run with many rules does not hold them all as trees.
pub(crate) fn written(mut rule: Rule, job: &Job<'_>) -> Written {
    let product = profiles::product(job.profile.id);
    let query = std::mem::take(&mut rule.query);
    let text = match (job.made_for, product) {
        (For::Package, _) => Card::of(&rule, &query).text(),
        (For::Folder, Product::DefenderXdr) => with_comment(&rule, &query),
        (For::Folder, Product::Sentinel | Product::Asim) => template(&rule, &query),
    };
    Written {
        id: rule.id,
        stem: format!("{}/{}", rule.folder, rule.file),
        title: rule.title,
        watchlists: rule.watchlists,
        // Without the room that it grew into.
        text: text.as_str().to_owned(),
        query: job.rule_text(query),
    }
}

/// Gives every rule its file.
pub(crate) fn files(rules: Vec<Lowered<Written>>, product: Product, made_for: For) -> Printed {
    let ending = match (made_for, product) {
        (For::Package, _) => "json",
        (For::Folder, Product::DefenderXdr) => "kql",
        (For::Folder, Product::Sentinel | Product::Asim) => "yaml",
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for Lowered { rule, .. } in &rules {
        *seen.entry(rule.stem.to_lowercase()).or_default() += 1;
    }
    let mut out = Printed::default();
    for Lowered { detection, item, rule } in rules {
        // Names that become the same file are told apart by their ids, all of them, so that order does not matter.
        let twin = seen.get(&rule.stem.to_lowercase()).is_some_and(|count| *count > 1);
        let suffix = if twin { format!("-{}", rule.id.simple().to_string().get(..8).unwrap_or_default()) } else { String::new() };
        let path = format!("{}{suffix}.{ending}", rule.stem);
        let folder = rule.stem.rsplit_once('/').map_or("", |(folder, _)| folder);
        for list in &rule.watchlists {
            out.artefacts.push(Artefact::new(format!("{folder}/{}.csv", list.alias), ArtefactKind::List, csv(list)));
            let about = about_list(list, &rule.title);
            out.artefacts.push(Artefact::new(format!("{folder}/{}.watchlist.json", list.alias), ArtefactKind::Support, about));
        }
        let id = rule.id.to_string();
        out.rules.push(PrintedRule {
            detection,
            item,
            id,
            title: rule.title,
            artefact: path.clone(),
            text: rule.query,
            revision: None,
            carried: false,
        });
        out.artefacts.push(Artefact::new(path, ArtefactKind::Rules, rule.text));
    }
    out
}

/// A query for Defender XDR, with what a person should know in front.
fn with_comment(rule: &Rule, query: &str) -> String {
    let techniques: Vec<&str> = rule.techniques.iter().map(ir::Technique::as_str).collect();
    let mut lines = vec![
        rule.title.clone(),
        format!("Id: {}", rule.id),
        format!("Severity: {}", severity(rule.severity)),
        format!("Tags: {}", rule.tags.join(", ")),
    ];
    if !techniques.is_empty() {
        lines.push(format!("ATT&CK: {}", techniques.join(", ")));
    }
    lines.extend(rule.description.lines().map(ToOwned::to_owned));
    lines.extend(rule.remarks.iter().cloned());
    let mut out = String::new();
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(out, "{}", print::comment(line));
    }
    let _ = writeln!(out, "{query}");
    out
}

/// An analytics rule.
fn template(rule: &Rule, query: &str) -> String {
    let mut out = String::new();
    let description: Vec<&str> = rule.description.lines().chain(rule.remarks.iter().map(String::as_str)).collect();
    let end = rule.title.char_indices().nth(NAME).map_or(rule.title.len(), |(at, _)| at);
    let _ = writeln!(out, "id: {}\nname: {}\ndescription: |", rule.id, quoted(rule.title.get(..end).unwrap_or_default()));
    let _ = writeln!(out, "{}", block(&clipped(&description.join("\n"), DESCRIPTION)));
    let _ = writeln!(out, "severity: {}\nstatus: Available", severity(rule.severity));
    if rule.connectors.is_empty() {
        out.push_str("requiredDataConnectors: []\n");
    } else {
        out.push_str("requiredDataConnectors:\n");
        for (connector, tables) in &rule.connectors {
            let _ = writeln!(out, "  - connectorId: {connector}\n    dataTypes:");
            for table in tables {
                let _ = writeln!(out, "      - {table}");
            }
        }
    }
    // A window that ends in the last hour reaches back as far as events may lie apart, and that hour.
    let period = if rule.reach == 0 { HOUR } else { (rule.reach + HOUR).div_ceil(60) * 60 };
    let _ = writeln!(out, "queryFrequency: 1h\nqueryPeriod: {}\ntriggerOperator: gt\ntriggerThreshold: 0", print::duration(period));
    let tactics: std::collections::BTreeSet<Tactic> = rule.techniques.iter().flat_map(Technique::tactics).collect();
    list(&mut out, "tactics", &tactics.into_iter().map(Tactic::word).collect::<Vec<_>>());
    list(&mut out, "relevantTechniques", &rule.techniques.iter().map(ir::Technique::as_str).collect::<Vec<_>>());
    let _ = writeln!(out, "query: |\n{}", block(query));
    if !rule.entities.is_empty() {
        out.push_str("entityMappings:\n");
        for (kind, fields) in rule.entities.iter().take(ENTITIES) {
            let _ = writeln!(out, "  - entityType: {kind}\n    fieldMappings:");
            for (identifier, column) in fields {
                let _ = writeln!(out, "      - identifier: {identifier}\n        columnName: {column}");
            }
        }
    }
    if !rule.tags.is_empty() {
        out.push_str("tags:\n");
        for tag in &rule.tags {
            let _ = writeln!(out, "  - {}", quoted(tag));
        }
    }
    out.push_str("version: 1.0.0\nkind: Scheduled\n");
    out
}

fn list(out: &mut String, key: &str, items: &[&str]) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "{key}:");
    for item in items {
        let _ = writeln!(out, "  - {item}");
    }
}

pub(crate) fn clipped(text: &str, most: usize) -> String {
    if text.len() < most || text.chars().count() < most { text.to_owned() } else { text.chars().take(most - 2).chain(['…']).collect() }
}

/// Lines of a YAML block scalar, indented by two. Its first line does not begin with a space.
pub(crate) fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8 + 16);
    for line in text.lines() {
        let line = print::visible(line);
        let line = if out.is_empty() { line.trim() } else { line.trim_end() };
        if !out.is_empty() {
            out.push('\n');
        }
        if !line.is_empty() {
            out.push_str("  ");
            out.push_str(line);
        }
    }
    if out.is_empty() { "  -".to_owned() } else { out }
}

/// A double-quoted YAML scalar.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            char if print::hidden(char) => {
                let number = u32::from(char);
                let _ = if number > 0xffff { write!(out, "\\U{number:08X}") } else { write!(out, "\\u{number:04X}") };
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

/// A watchlist: the values, which are the search key, and what is known of each.
fn csv(list: &Watchlist) -> String {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    let head = std::iter::once(INDICATOR).chain(CONTEXT);
    let nothing = ListContext { advisory: String::new(), quote: String::new(), expires: String::new() };
    let rows = list.values.iter().map(|(value, context)| {
        let ListContext { advisory, quote, expires } = list.contexts.get(*context).unwrap_or(&nothing);
        [value.as_str(), advisory, quote, expires]
    });
    // Writing to memory does not fail.
    let _ = out.write_record(head);
    for row in rows {
        let _ = out.write_record(row);
    }
    out.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// What an import wants to know about a watchlist.
fn about_list(list: &Watchlist, title: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "{{\n  \"alias\": {},\n  \"displayName\": {},\n  \"provider\": \"vigie\",\n  \"itemsSearchKey\": \"Indicator\",\n  \"numberOfLinesToSkip\": 0\n}}\n",
        quoted(&list.alias),
        quoted(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify_template;
    use ir::SeverityLevel;
    use proptest::prelude::*;

    fn rule(words: &[String], connectors: Vec<(&'static str, Vec<&'static str>)>) -> Rule {
        Rule {
            id: uuid::Uuid::nil(),
            title: words.concat(),
            description: words.join("\n"),
            severity: SeverityLevel::High,
            file: String::new(),
            folder: String::new(),
            query: words.join(" "),
            watchlists: Vec::new(),
            reach: 90,
            entities: vec![
                ("Host", vec![("FullName", "Computer".to_owned()), ("OSFamily", "Platform".to_owned())]),
                ("IP", vec![("Address", "SourceIP".to_owned())]),
            ],
            columns: crate::ast::Columns::default(),
            connectors,
            remarks: words.to_vec(),
            techniques: Vec::new(),
            tags: words.to_vec(),
        }
    }

    proptest! {
        #[test]
        fn templates_read_back_whatever_they_hold(words in proptest::collection::vec(any::<String>(), 0..4), connected in any::<bool>()) {
            let rule = rule(&words, if connected { vec![("Syslog", vec!["Syslog", "Event"])] } else { Vec::new() });
            let text = template(&rule, &rule.query);
            let read: BTreeMap<String, serde_yaml::Value> = serde_yaml::from_str(&text).unwrap();
            prop_assert_eq!(read["name"].as_str().unwrap(), rule.title.chars().take(NAME).collect::<String>());
            prop_assert_eq!(read["query"].as_str().map(str::to_owned), verify_template::query(&text).ok());
            let tags: Vec<&str> = read.get("tags").and_then(serde_yaml::Value::as_sequence).into_iter().flatten().filter_map(serde_yaml::Value::as_str).collect();
            prop_assert_eq!(tags, words);
        }
    }
}
