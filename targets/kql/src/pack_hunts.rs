//! Which questions are asked once, by a person, instead of every hour? Leads, and what an advisory wants looked for in the past.

use ir::{Verdict, Window};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::pack_parts::Packable;
use crate::{pack_arm, pack_words};

/// A hunting query.
#[derive(Debug)]
pub(crate) struct Hunt<'a> {
    pub(crate) rule: &'a Packable<'a>,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) query: String,
}

impl<'a> Hunt<'a> {
    /// The hunting query of a rule; `None` where neither a person has to judge what it finds nor the past is asked for.
    pub(crate) fn of(rule: &'a Packable<'a>, time: &str) -> Option<Self> {
        let meta = &rule.detection.meta;
        let window = meta.hunt.filter(|window| window.from.is_some() || window.until.is_some());
        if window.is_none() && meta.verdict != Verdict::Lead {
            return None;
        }
        let card = &rule.card;
        let (name, query) = match window {
            Some(window) => (format!("{} ({})", card.title, words(window)), format!("{}\n| where {}", card.query, condition(time, window))),
            None => (card.title.clone(), card.query.clone()),
        };
        let id = uuid::Uuid::parse_str(&card.id).map_or_else(|_| card.id.clone(), |id| ir::id::part(id, "hunt").to_string());
        Some(Self { rule, id, name: pack_words::cut(&name, crate::limits::NAME), description: pack_words::description(rule), query })
    }

    /// What a saved search says of it: <https://learn.microsoft.com/azure/sentinel/hunting-with-rest-api>.
    pub(crate) fn properties(&self) -> Value {
        let card = &self.rule.card;
        let join = |list: Vec<&str>| list.join(",");
        let mut tags = vec![json!({ "name": "description", "value": self.description })];
        let tactics: Vec<&str> = card.tactics().into_iter().map(ir::Tactic::word).collect();
        let (whole, parts) = pack_arm::techniques(card);
        for (name, list) in [("tactics", tactics), ("techniques", whole.into_iter().collect()), ("subTechniques", parts.into_iter().collect())] {
            if !list.is_empty() {
                tags.push(json!({ "name": name, "value": join(list) }));
            }
        }
        json!({ "etag": "*", "displayName": self.name, "category": "Hunting Queries", "query": self.query, "version": 2, "tags": tags })
    }
}

/// A window, in words.
fn words(window: Window) -> String {
    match (window.from, window.until) {
        (Some(from), Some(until)) => format!("{from} to {until}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "at any time".to_owned(),
    }
}

/// The condition that events happened in a window, both of its days included.
pub(crate) fn condition(time: &str, window: Window) -> String {
    let next = |day: Date| day.tomorrow().unwrap_or(day);
    let from = window.from.map(|day| format!("{time} >= datetime({day})"));
    let until = window.until.map(|day| format!("{time} < datetime({})", next(day)));
    from.into_iter().chain(until).collect::<Vec<_>>().join(" and ")
}

/// The days of a window, where it has two ends.
pub(crate) fn days(window: Window) -> Option<i64> {
    let (from, until) = (window.from?, window.until?);
    let span = from.until((jiff::Unit::Day, until)).ok()?;
    Some(i64::from(span.get_days()) + 1)
}
