//! Why did a rule find an event? The values of the fields that it asked for.

use front::events::{Stated, event};
use ir::{Detection, EventRule, FieldRef, FieldTest, FieldValue, Kind, Op, Predicate, Record, eval};
use serde_json::Value;

use super::rules::collect;

/// How much of a value is shown, in characters.
const WIDTH: usize = 240;
/// How many values are shown.
const SHOWN: usize = 8;

/// The fields that a rule tested, with the values that passed, in the order of the rule.
pub(super) fn tested(detection: &Detection, text: &str, stated: Option<&Stated>) -> Vec<(String, String)> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut rules: Vec<&EventRule> = Vec::new();
    match &detection.kind {
        Kind::Event(rule) => rules.push(rule),
        Kind::Correlation(correlation) => collect(correlation, &mut rules),
        Kind::Native { .. } => {}
    }
    let records = event(&value, stated).records;
    let mut out: Vec<(String, String)> = Vec::new();
    for rule in rules {
        for record in records.iter().filter(|record| eval::matches(rule, record)) {
            passed(&rule.predicate, record, &mut out);
        }
    }
    out.truncate(SHOWN);
    out
}

/// Adds what passed the tests that had to, or could, hold.
fn passed(predicate: &Predicate, record: &Record, out: &mut Vec<(String, String)>) {
    match predicate {
        Predicate::All(list) => list.iter().for_each(|inner| passed(inner, record, out)),
        Predicate::Any(list) => list.iter().filter(|inner| eval::holds(inner, record)).for_each(|inner| passed(inner, record, out)),
        Predicate::Test(test) => value(test, record, out),
        Predicate::Not(_) | Predicate::Bytes(_) => {}
    }
}

fn value(test: &FieldTest, record: &Record, out: &mut Vec<(String, String)>) {
    let mut add = |name: &str, value: &FieldValue| {
        if !out.iter().any(|(known, _)| known == name) {
            out.push((name.to_owned(), shown(test, value, record)));
        }
    };
    if test.field != FieldRef::Any {
        if let Some(value) = record.get(&test.field) {
            add(test.field.name(), &value);
        }
        return;
    }
    let holds = |field: &FieldRef| eval::holds(&Predicate::Test(FieldTest { field: field.clone(), ..test.clone() }), record);
    match record.fields.iter().find(|(field, _)| holds(field)) {
        Some((field, value)) => add(field.name(), value),
        None => {
            if let Some(message) = &record.message {
                add("event", &FieldValue::Text(message.to_string()));
            }
        }
    }
}

/// A value as text; of several those that passed, of a long one the part around what was found.
fn shown(test: &FieldTest, value: &FieldValue, record: &Record) -> String {
    let mut texts: Vec<String> = Vec::new();
    value.any(&mut |one| {
        texts.extend(one.text().map(|text| text.into_owned()));
        false
    });
    if texts.len() > 1 {
        let passes = |text: &&String| {
            let mut alone = Record::new(record.event.clone());
            alone.fields.insert(test.field.clone(), FieldValue::Text((*text).clone()));
            eval::holds(&Predicate::Test(test.clone()), &alone)
        };
        let fitting: Vec<String> = texts.iter().filter(passes).cloned().collect();
        if !fitting.is_empty() {
            texts = fitting;
        }
    }
    let text = texts.join(", ");
    let at = found(&test.op, &text).unwrap_or(0);
    let before = text.get(..at).unwrap_or_default().chars().count();
    let skipped = before.saturating_sub(WIDTH / 2);
    let length = text.chars().count();
    if length <= WIDTH {
        return text;
    }
    let skipped = skipped.min(length - WIDTH);
    let part: String = text.chars().skip(skipped).take(WIDTH).collect();
    format!("{}{part}{}", if skipped > 0 { "..." } else { "" }, if skipped + WIDTH < length { "..." } else { "" })
}

/// Where the first literal of a test stands in a text, in bytes. Letters that change their length with their case are passed over.
fn found(op: &Op, text: &str) -> Option<usize> {
    let Op::Text { patterns, .. } = op else { return None };
    let lower = text.to_ascii_lowercase();
    let literals = patterns.iter().flat_map(|pattern| pattern.literals());
    literals.filter(|literal| !literal.is_empty()).find_map(|literal| lower.find(&literal.to_ascii_lowercase()))
}
