//! What are the fields of a nested event? Names joined by dots, values as tests read them.

use std::collections::BTreeMap;

use ir::FieldValue;
use serde_json::Value;

/// Names and values of an event, without nulls.
pub(super) type Flat = BTreeMap<String, FieldValue>;

/// The deepest value that gets a name of its own; what lies deeper counts as further values of the place above it.
const MAX_DEPTH: usize = 16;
/// The longest joined name, in bytes. Long names times many values would be the square of a line.
const MAX_NAME: usize = 512;
/// Objects down to this depth are fields themselves, as JSON text: a rule may look into `requestParameters` as a whole.
const TEXT_DEPTH: usize = 2;

/// The fields of an event. A list of objects gives each of their fields a list.
pub(super) fn flatten(value: &Value) -> Flat {
    let mut out = Flat::new();
    if let Value::Object(map) = value {
        for (key, value) in map {
            put(&mut out, key, value, 1, true);
        }
    }
    out
}

/// Puts one value, with everything below it.
pub(super) fn put(out: &mut Flat, name: &str, value: &Value, depth: usize, whole: bool) {
    match value {
        Value::Object(map) => {
            if whole && depth <= TEXT_DEPTH {
                add(out, name, FieldValue::Text(value.to_string()));
            }
            for (key, value) in map {
                if depth >= MAX_DEPTH || name.len() + key.len() >= MAX_NAME {
                    put(out, name, value, MAX_DEPTH, false);
                } else {
                    put(out, &format!("{name}.{key}"), value, depth + 1, whole);
                }
            }
        }
        Value::Array(list) => {
            if list.is_empty() {
                out.entry(name.to_owned()).or_insert_with(|| FieldValue::List(Vec::new()));
            }
            list.iter().for_each(|value| put(out, name, value, depth, whole));
        }
        single => {
            if let Some(value) = scalar(single) {
                add(out, name, value);
            }
        }
    }
}

/// Adds a value to a name; several values of one name are a list.
pub(super) fn add(out: &mut Flat, name: &str, value: FieldValue) {
    match out.get_mut(name) {
        None => {
            out.insert(name.to_owned(), value);
        }
        Some(FieldValue::List(list)) => list.push(value),
        Some(single) => {
            let first = std::mem::replace(single, FieldValue::Flag(false));
            *single = FieldValue::List(vec![first, value]);
        }
    }
}

/// A single value. A number that is no 64-bit whole number is the text that it prints as.
pub(super) fn scalar(value: &Value) -> Option<FieldValue> {
    match value {
        Value::Bool(flag) => Some(FieldValue::Flag(*flag)),
        Value::Number(number) => Some(number.as_i64().map_or_else(|| FieldValue::Text(number.to_string()), FieldValue::Number)),
        Value::String(text) => Some(FieldValue::Text(text.clone())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A field as text, when it is one.
pub(super) fn text<'a>(fields: &'a Flat, name: &str) -> Option<&'a str> {
    match fields.get(name) {
        Some(FieldValue::Text(text)) => Some(text),
        _ => None,
    }
}
