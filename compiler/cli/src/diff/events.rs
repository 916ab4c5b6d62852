//! How is an event of a witness shown?

use std::time::Duration;

use ir::{Detection, FieldRef, FieldValue, Kind, Predicate, Record};
use serde_json::{Map, Value, json};

/// An event of a witness: what it is, and all its fields.
pub(super) fn json((at, record): &(Duration, Record)) -> Value {
    let mut out = Map::new();
    if !at.is_zero() {
        out.insert("after_seconds".to_owned(), json!(at.as_secs_f64()));
    }
    out.insert("event".to_owned(), record.event.to_string().into());
    let fields: Map<String, Value> = record.fields.iter().map(|(field, value)| (field.name().to_owned(), of_value(value))).collect();
    out.insert("fields".to_owned(), fields.into());
    if let Some(message) = &record.message {
        out.insert("message".to_owned(), message.as_ref().into());
    }
    if let Some(bytes) = &record.bytes {
        out.insert("bytes".to_owned(), hex::encode(bytes).into());
    }
    Value::Object(out)
}

/// The events as a test in a description has them, with the fields that either detection asks about; an event that comes again and again is one line.
pub(super) fn words(events: &[(Duration, Record)], asked: &[FieldRef]) -> Vec<String> {
    if let [(_, only)] = events {
        return vec![of_event(only, asked)];
    }
    let mut out: Vec<String> = vec!["events {".to_owned()];
    let mut left = events.iter().map(|(at, record)| (*at, of_event(record, asked))).peekable();
    while let Some((start, text)) = left.next() {
        let (mut last, mut every, mut times) = (start, None, 1);
        while let Some((at, _)) = left.next_if(|(at, other)| *other == text && every.is_none_or(|every| *at == last + every)) {
            every.get_or_insert(at.saturating_sub(last));
            (last, times) = (at, times + 1);
        }
        let again = every.map(|every| format!(" x {times} every {}s", every.as_secs_f64())).unwrap_or_default();
        out.push(format!("  {}s  {text}{again}", start.as_secs_f64()));
    }
    out.push("}".to_owned());
    out
}

fn of_event(record: &Record, asked: &[FieldRef]) -> String {
    let mut fields: Vec<String> = record
        .fields
        .iter()
        .filter(|(field, _)| asked.contains(field))
        .map(|(field, value)| match value {
            FieldValue::Text(text) => format!("{field}: {}", front::quote::string(text)),
            FieldValue::List(list) => {
                let items: Vec<String> = list.iter().filter_map(|item| Some(front::quote::string(&item.text()?))).collect();
                format!("{field}: [{}]", items.join(", "))
            }
            FieldValue::Number(number) => format!("{field}: {number}"),
            FieldValue::Flag(flag) => format!("{field}: {flag}"),
        })
        .collect();
    fields.extend(record.message.as_deref().map(|message| format!("message: {}", front::quote::string(message))));
    if let Some(bytes) = &record.bytes {
        let head = bytes.get(..MOST_BYTES).unwrap_or(bytes);
        let more = if head.len() < bytes.len() { format!(" and {} more", source::count(bytes.len() - head.len(), "byte")) } else { String::new() };
        fields.push(format!("bytes: {{ {} }}{more}", hex::encode(head)));
    }
    format!("{} {{ {} }}", record.event, fields.join("   "))
}

/// How many bytes of a file are shown.
const MOST_BYTES: usize = 48;

fn of_value(value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) => text.as_str().into(),
        FieldValue::Number(number) => (*number).into(),
        FieldValue::Flag(flag) => (*flag).into(),
        // A list in a list is one list to every reader.
        FieldValue::List(list) => list.iter().map(|item| item.text().map_or(Value::Null, |text| text.as_ref().into())).collect(),
    }
}

/// The fields that either detection asks about, and the wholes of which those are parts.
pub(super) fn asked(detections: [&Detection; 2]) -> Vec<FieldRef> {
    let mut out = Vec::new();
    let mut see = |predicate: &Predicate| {
        for test in predicate.tests() {
            out.push(test.field.clone());
            if let ir::Op::Same { other, .. } = &test.op {
                out.push(other.clone());
            }
        }
    };
    for detection in detections {
        match &detection.kind {
            Kind::Event(rule) => see(&rule.predicate),
            Kind::Correlation(correlation) => {
                let mut open = vec![correlation];
                while let Some(correlation) = open.pop() {
                    for stream in correlation.streams() {
                        match &stream.what {
                            ir::Happening::Event(rule) => see(&rule.predicate),
                            ir::Happening::Correlation(inner) => open.push(inner),
                        }
                    }
                }
            }
            Kind::Native { .. } => {}
        }
    }
    for detection in detections {
        if let Kind::Correlation(correlation) = &detection.kind {
            out.extend(correlation.by.iter().cloned());
        }
    }
    let wholes: Vec<FieldRef> = out.iter().filter_map(|field| Some(FieldRef::Known(field.known()?.derived_from()?.0))).collect();
    out.extend(wholes);
    out.sort();
    out.dedup();
    out
}
