//! Which log sources does a Windows event belong to, however it was shipped?

use ir::{EventClass, FieldValue, Platform, Record, Sensor};
use logs::taxonomy::{CHANNELS, Category, EVENT_IDS, PROVIDERS};
use logs::{Log, windows};
use serde_json::{Map, Value};

use super::flat::{Flat, add, put, scalar, text};
use super::known::Told;

/// Sysmon's provider elsewhere than on Windows.
const LINUX: (&str, &str) = ("Linux-Sysmon", "Linux-Sysmon/Operational");

/// The fields of a Windows event under the names of its data, with `EventID`, `Channel`, `Provider_Name` and `Computer` beside
/// them; `None` when it is none.
pub(super) fn normal(value: &Value) -> Option<Flat> {
    let root = value.get("data").filter(|data| data.get("Event").is_some()).unwrap_or(value);
    let map = root.as_object()?;
    let is_event = |value: &Value| value.get("System").is_some_and(|system| system.get("EventID").is_some());
    let mut out = if let Some(event) = map.get("Event").filter(|event| is_event(event)) {
        nested(event)
    } else if is_event(root) {
        nested(root)
    } else if map.contains_key("winlog") || map.contains_key("winlog.channel") {
        shipped(map)
    } else if map.contains_key("EventID") && ["Channel", "Provider_Name", "ProviderName", "SourceName"].iter().any(|key| map.contains_key(*key)) {
        let mut out = Flat::new();
        for (key, value) in map {
            put(&mut out, &without_spaces(key), value, 1, false);
        }
        out
    } else {
        return None;
    };
    for (from, to) in [("ProviderName", "Provider_Name"), ("SourceName", "Provider_Name"), ("Hostname", "Computer")] {
        if let (Some(value), None) = (out.get(from).cloned(), out.get(to)) {
            out.insert(to.to_owned(), value);
        }
    }
    if let Some(number) = out.get("EventID").and_then(FieldValue::number) {
        out.insert("EventID".to_owned(), FieldValue::Number(number));
    }
    if !out.contains_key("Channel") {
        let provider = text(&out, "Provider_Name")?;
        let (_, channel) = PROVIDERS.iter().chain([&LINUX]).find(|(known, _)| known.eq_ignore_ascii_case(provider))?;
        out.insert("Channel".to_owned(), FieldValue::Text((*channel).to_owned()));
    }
    Some(out)
}

/// `Event` as the XML has it, with attributes as `#attributes`, as `@Name`, or inline.
fn nested(event: &Value) -> Flat {
    let mut out = Flat::new();
    let parts = |key: &str| event.get(key).and_then(Value::as_object).into_iter().flatten();
    for (key, value) in parts("System") {
        match plain(value) {
            Some(value) => {
                out.insert(key.clone(), value);
            }
            None => {
                for (attribute, value) in attributes(value) {
                    let name = if key == "TimeCreated" { key.clone() } else { format!("{key}_{attribute}") };
                    out.extend(scalar(value).map(|value| (name, value)));
                }
            }
        }
    }
    let mut data = Flat::new();
    for key in ["EventData", "UserData"] {
        match event.get(key) {
            Some(Value::Object(map)) => {
                for (key, value) in map.iter().filter(|(key, _)| !is_attribute(key)) {
                    if key == "Data" {
                        items(&mut data, value);
                    } else if let Some(value) = plain(value) {
                        add(&mut data, &without_spaces(key), value);
                    } else if let Value::Object(inner) = value {
                        // UserData has one element with the provider's own fields in it.
                        for (key, value) in inner.iter().filter(|(key, _)| !is_attribute(key)) {
                            match plain(value) {
                                Some(value) => add(&mut data, &without_spaces(key), value),
                                None => put(&mut data, &without_spaces(key), value, 2, false),
                            }
                        }
                    } else {
                        put(&mut data, &without_spaces(key), value, 1, false);
                    }
                }
            }
            Some(other) => items(&mut data, other),
            None => {}
        }
    }
    for (name, value) in data {
        // The head of the event says where it was logged; data of the same name does not change that.
        if !matches!(name.as_str(), "EventID" | "Channel" | "Computer" | "Provider_Name") || !out.contains_key(&name) {
            out.insert(name, value);
        }
    }
    if let Some(message) = event.pointer("/RenderingInfo/Message").or_else(|| event.get("Message")).and_then(plain) {
        out.insert("Message".to_owned(), message);
    }
    out
}

/// `<Data>` elements: named ones are fields, the others are all called `Data`.
fn items(out: &mut Flat, value: &Value) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| items(out, item)),
        Value::Object(map) => {
            let named = attributes(value).find(|(key, _)| *key == "Name").and_then(|(_, name)| name.as_str());
            let content = map.get("#text").or_else(|| map.get("$")).or_else(|| map.get("Value"));
            match (named, content) {
                (Some(name), Some(content)) => put(out, &without_spaces(name), content, 1, false),
                // An element without content is an empty text.
                (Some(name), None) => add(out, &without_spaces(name), FieldValue::Text(String::new())),
                (None, Some(content)) => put(out, "Data", content, 1, false),
                (None, None) => put(out, "Data", value, 1, false),
            }
        }
        single => {
            if let Some(value) = scalar(single) {
                add(out, "Data", value);
            }
        }
    }
}

/// Winlogbeat's document: nested, or with dotted keys.
fn shipped(map: &Map<String, Value>) -> Flat {
    let mut all = Flat::new();
    for (key, value) in map {
        put(&mut all, key, value, 1, false);
    }
    let mut out = Flat::new();
    for (name, value) in all {
        let plain = name.strip_prefix("winlog.event_data.").or_else(|| name.strip_prefix("winlog.user_data."));
        let known = match name.as_str() {
            "winlog.channel" => Some("Channel"),
            "winlog.event_id" => Some("EventID"),
            "winlog.provider_name" => Some("Provider_Name"),
            "winlog.computer_name" => Some("Computer"),
            "winlog.record_id" => Some("EventRecordID"),
            _ => None,
        };
        let name = known.map(str::to_owned).or_else(|| plain.map(without_spaces)).unwrap_or(name);
        out.entry(name).or_insert(value);
    }
    if let (None, Some(code)) = (out.get("EventID"), out.get("event.code").cloned()) {
        out.insert("EventID".to_owned(), code);
    }
    out
}

/// A value that may carry attributes beside its text.
fn plain(value: &Value) -> Option<FieldValue> {
    match value {
        Value::Object(map) => ["#text", "$", "Value"].iter().find_map(|key| map.get(*key)).and_then(scalar),
        single => scalar(single),
    }
}

fn attributes(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let outer = value.as_object().map(|map| map.iter()).into_iter().flatten();
    let inner = value.get("#attributes").and_then(Value::as_object).map(|map| map.iter()).into_iter().flatten();
    outer.map(|(key, value)| (key.strip_prefix('@').unwrap_or(key), value)).chain(inner.map(|(key, value)| (key.as_str(), value)))
}

fn is_attribute(key: &str) -> bool {
    key.starts_with(['#', '@']) || key == "xmlns"
}

/// A field's name as Sigma writes it: without spaces.
fn without_spaces(name: &str) -> String {
    name.chars().filter(|char| *char != ' ').collect()
}

/// The event's log sources, with a record for each.
pub(super) fn records(fields: &Flat) -> Vec<Record> {
    let channel = text(fields, "Channel").unwrap_or_default();
    let linux = channel.eq_ignore_ascii_case("Linux-Sysmon/Operational");
    let (product, platform) = if linux { ("linux", Platform::Linux) } else { ("windows", Platform::Windows) };
    let id = fields.get("EventID").and_then(FieldValue::number);
    let services: Vec<&str> = if linux {
        vec!["sysmon"]
    } else {
        CHANNELS.iter().filter(|(_, channels)| channels.iter().any(|known| known.eq_ignore_ascii_case(channel))).map(|(name, _)| *name).collect()
    };
    let mut known = Vec::new();
    let mut named = Vec::new();
    for (category, service, ids) in EVENT_IDS {
        if services.contains(service) && id.is_some_and(|id| ids.contains(&id)) && is_kind(category, fields) {
            known.extend(Category::find(category));
            named.push(*category);
        }
    }
    let mut out = Vec::new();
    let of = |log: &Log| services.contains(&log.service) && id.is_some_and(|id| log.numbers.contains(&id));
    let audited = of(&windows::PROCESS_START);
    for category in known.into_iter().filter(|_| !audited) {
        out.push(Told::category(category, Some(platform)).record(fields));
    }
    // Logs whose fields have names of their own. Access to a file is a class only by what was asked for.
    let own = windows::ALL.into_iter().filter(|log| log.category.is_none() || audited).filter(|log| log.class != EventClass::FileAccess);
    for log in own.filter(|log| of(log)) {
        let told = Told::log(log).platform(Some(platform)).sensor(Sensor::Host);
        out.push(if audited { told.record(&as_sysmon(fields)) } else { told.record(fields) });
    }
    let mut own = |category: Option<&str>, service: Option<&str>| {
        out.push(Told::named(category, Some(product), service).sensor(Sensor::Host).record(fields));
    };
    match services.as_slice() {
        [] => own(None, None),
        services => {
            for service in services {
                own(named.first().copied(), Some(service));
            }
            named.iter().skip(1).for_each(|category| own(Some(category), Some(services[0])));
        }
    }
    out
}

/// Sysmon's event 12 is both ends of a key's life; it says which.
fn is_kind(category: &str, fields: &Flat) -> bool {
    match (category, text(fields, "EventType")) {
        ("registry_add", Some(kind)) => !kind.starts_with("Delete"),
        ("registry_delete", Some(kind)) => !kind.starts_with("Create"),
        _ => true,
    }
}

/// What Sysmon calls fields of event 4688 that the catalogue has no name for.
const OF_4688: [(&str, &str); 1] = [("SubjectLogonId", "LogonId")];

/// Event 4688 beside Sysmon's names.
fn as_sysmon(fields: &Flat) -> Flat {
    let mut out = fields.clone();
    for (own, sysmon) in OF_4688 {
        if let Some(value) = fields.get(own) {
            out.insert(sysmon.to_owned(), value.clone());
        }
    }
    out
}
