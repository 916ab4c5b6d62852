//! What becomes of a bundle's objects in the next version? One that says the same keeps its times. One that says something else, under the same id,
//! is later than it was, because platforms take the later of two; and one that is gone is revoked once
//! (<https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html>, section 3.6, Versioning).

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value};

/// What has a version: what somebody says. Who says it and how it is marked are the same in every bundle.
const FIXED: [&str; 2] = ["identity", "marking-definition"];

/// Gives the objects of a bundle their times, in succession to the bundle before, and adds those that are revoked.
pub(super) fn run(before: &Value, objects: &mut BTreeMap<String, Value>) {
    let before = before.get("objects").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for old in before.iter().filter_map(Value::as_object) {
        let word = |key: &str| old.get(key).and_then(Value::as_str);
        let (Some(id), Some(kind), Some(modified)) = (word("id"), word("type"), word("modified")) else { continue };
        if FIXED.contains(&kind) {
            continue;
        }
        match objects.get_mut(id).and_then(Value::as_object_mut) {
            Some(new) => {
                let created = old.get("created").cloned();
                new.extend(created.map(|created| ("created".to_owned(), created)));
                let times = if said(old) == said(new) { modified.to_owned() } else { later(modified, new) };
                new.insert("modified".to_owned(), times.into());
            }
            None if old.get("revoked") == Some(&Value::Bool(true)) => {}
            None => {
                let mut gone = old.clone();
                gone.insert("revoked".to_owned(), true.into());
                let times = later(modified, &Map::new());
                gone.insert("modified".to_owned(), times.into());
                objects.insert(id.to_owned(), Value::Object(gone));
            }
        }
    }
}

/// What an object says, its times set aside.
fn said(object: &Map<String, Value>) -> Map<String, Value> {
    object.iter().filter(|(key, _)| !matches!(key.as_str(), "created" | "modified")).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// When an object was changed that had been changed then: as it says, where that is later, else the next moment that the standard can tell.
fn later(then: &str, new: &Map<String, Value>) -> String {
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let own = new.get("modified").and_then(Value::as_str);
    let next = moment(then).and_then(|then| then.checked_add(1.millisecond()).ok());
    match (own.and_then(moment), next) {
        (Some(own), Some(next)) if own < next => format!("{next:.3}"),
        (None, Some(next)) => format!("{next:.3}"),
        (_, _) => own.unwrap_or(then).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(name: &str, words: &str, modified: &str) -> Value {
        json!({ "type": "indicator", "id": name, "created": "2024-01-10T00:00:00.000Z", "modified": modified, "description": words })
    }

    #[test]
    fn an_object_is_as_late_as_its_last_change() {
        let day = "2024-01-10T00:00:00.000Z";
        let before = json!({ "objects": [object("same", "a", "2024-01-10T00:00:00.004Z"), object("other", "a", day), object("gone", "a", day)] });
        let now = [object("same", "a", day), object("other", "b", day), object("new", "a", day)];
        let mut objects: BTreeMap<String, Value> = now.into_iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one)).collect();
        run(&before, &mut objects);
        let when = |name: &str| objects[name]["modified"].as_str().unwrap().to_owned();
        assert_eq!(when("same"), "2024-01-10T00:00:00.004Z");
        assert_eq!((when("other"), when("new")), ("2024-01-10T00:00:00.001Z".to_owned(), day.to_owned()));
        assert_eq!((when("gone"), &objects["gone"]["revoked"]), ("2024-01-10T00:00:00.001Z".to_owned(), &json!(true)));

        // Revoked once, it is not said again; and what comes back is later than when it went.
        let then = json!({ "objects": objects.values().cloned().collect::<Vec<_>>() });
        let mut next = objects.clone();
        next.remove("gone");
        run(&then, &mut next);
        assert!(!next.contains_key("gone"));
        next.insert("gone".to_owned(), object("gone", "a", day));
        run(&then, &mut next);
        assert_eq!(next["gone"]["modified"], "2024-01-10T00:00:00.002Z");
    }
}
