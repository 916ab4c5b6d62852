//! What of a rule does a package need? Everything that a product wants to know beside the query, as data.
//!
//! A folder holds rules as people read them; for a package each rule is a card, and [`crate::pack`] turns cards into what a product imports.

use std::collections::BTreeSet;

use ir::{Tactic, Technique};
use serde::{Deserialize, Serialize};

use crate::ast::Rule;
use crate::limits::severity;
use crate::print;

/// A rule that is to be packed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    /// Its id.
    pub(crate) id: String,
    /// Its title, on one line.
    pub(crate) title: String,
    /// What it finds: the first sentence for a list of alerts, more behind it.
    pub(crate) description: String,
    /// What a person should read besides: where it comes from, what else it matches, whom to tell.
    pub(crate) notes: Vec<String>,
    /// One of the product's four words.
    pub(crate) severity: String,
    /// The query.
    pub(crate) query: String,
    /// How far back the query must see, in seconds; zero for single events.
    pub(crate) reach: u64,
    /// The aliases of its watchlists.
    pub(crate) watchlists: Vec<String>,
    /// What an alert names: type, and pairs of identifier and column.
    pub(crate) entities: Vec<(String, Vec<(String, String)>)>,
    /// Columns of the answer that an alert may show.
    pub(crate) shown: Vec<String>,
    /// Those of them that the rule asked for.
    pub(crate) asked: Vec<String>,
    /// Data connectors and their tables.
    pub(crate) connectors: Vec<(String, Vec<String>)>,
    /// ATT&CK techniques whose tactics are known: the products refuse one without.
    pub(crate) techniques: Vec<String>,
    /// Labels.
    pub(crate) tags: Vec<String>,
}

impl Card {
    /// The card of a rule.
    pub(crate) fn of(rule: &Rule, query: &str) -> Self {
        let owned = |(name, of): &(&'static str, Vec<&'static str>)| ((*name).to_owned(), of.iter().map(|one| (*one).to_owned()).collect());
        let entity = |(kind, fields): &(&'static str, Vec<(&'static str, String)>)| {
            ((*kind).to_owned(), fields.iter().map(|(identifier, column)| ((*identifier).to_owned(), column.clone())).collect())
        };
        let line = |text: &str| print::visible(text).trim().to_owned();
        let description: Vec<String> = rule.description.lines().map(line).filter(|line| !line.is_empty()).collect();
        Self {
            id: rule.id.to_string(),
            title: line(&rule.title),
            description: description.join("\n"),
            notes: rule.remarks.iter().map(|remark| line(remark)).filter(|line| !line.is_empty()).collect(),
            severity: severity(rule.severity).to_owned(),
            query: query.to_owned(),
            reach: rule.reach,
            watchlists: rule.watchlists.iter().map(|list| list.alias.clone()).collect(),
            entities: rule.entities.iter().map(entity).collect(),
            shown: rule.columns.shown.clone(),
            asked: rule.columns.asked.clone(),
            connectors: rule.connectors.iter().map(owned).collect(),
            techniques: rule.techniques.iter().filter(|known| !known.tactics().is_empty()).map(|known| known.as_str().to_owned()).collect(),
            tags: rule.tags.iter().map(|tag| line(tag)).collect(),
        }
    }

    /// The card as a file's text.
    pub(crate) fn text(&self) -> String {
        // Texts and numbers are JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a file's text.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|why| format!("the card of a rule cannot be read: {why}"))
    }

    /// Its tactics, each once.
    pub(crate) fn tactics(&self) -> BTreeSet<Tactic> {
        self.techniques.iter().filter_map(|id| Technique::parse(id)).flat_map(|technique| technique.tactics()).collect()
    }

    /// The tables that it reads.
    pub(crate) fn tables(&self) -> BTreeSet<&str> {
        self.connectors.iter().flat_map(|(_, tables)| tables.iter().map(String::as_str)).collect()
    }
}
