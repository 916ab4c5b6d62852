//! Which rows would Splunk hold for an event? The way back from a profile: what its logs are asked, written down where an add-on would extract
//! it, or where a data model would have it.
//!
//! `raw`: one row for each log that holds such events, with the add-on's field names, the log's own source and tags. Sysmon's lists of digests,
//! its `key\value` paths and its pipes with a backslash are spelled so; a field that the log does not have is left out.
//! `cim`: one row for each data set, with qualified names; what the model fills with a word when it is missing is filled.

use ir::{Field, FieldRef, FieldValue, LogSource, Platform, Record, Sensor};

use backend::Overlay;

use crate::ast::{Piece, Search, Value};
use crate::meaning::Row;
use crate::profiles::{Encoding, Read, Source, Stream, Written, cim, view};
use crate::profiles::{open, raw};

/// A row, and the data model that holds it; `None` in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// `Endpoint.Processes`.
    pub model: Option<&'static str>,
    /// The row.
    pub row: Row,
    /// The log does not say which way the connection was opened, and the event does.
    pub forgets_way: bool,
}

/// The rows that an event becomes; none for an event that no log of the profile holds.
#[must_use]
pub fn rows(profile: &str, overlay: &Overlay, record: &Record) -> Vec<Logged> {
    let accelerated = Read::named(profile) == Read::Models;
    match (&record.event.source, accelerated) {
        (LogSource::Known(class), _) => {
            let all: Vec<&'static Stream> = if accelerated { cim::STREAMS.iter().collect() } else { raw::streams().collect() };
            let mut out = Vec::new();
            for stream in all.into_iter().filter(|stream| stream.class == *class && sees(stream, record, accelerated)) {
                // An event stands in one of several places: in the first, unless nothing tells that log.
                let mut places = stream.sources.iter().filter(|source| here(source, record));
                let told = stream.sources.iter().find(|source| here(source, record) && (accelerated || !source.told.is_empty()));
                if let Some(source) = told.or(places.next()) {
                    out.push(known(stream, source, record, overlay, accelerated));
                }
            }
            out
        }
        (LogSource::Open { category, product, service }, false) => {
            vec![opened(&open::find(category.as_deref(), product.as_deref(), service.as_deref()), record)]
        }
        (LogSource::Open { .. }, true) => view::views(&record.event).filter_map(|view| viewed(view, record)).collect(),
    }
}

fn here(source: &Source, record: &Record) -> bool {
    let event = &record.event;
    let platform = source.platform.is_none() || event.platform.is_none() || source.platform == event.platform;
    platform && (source.flow.is_none() || event.flow.is_none() || source.flow == event.flow)
}

/// Whether the sensor of an event writes a log, and the number of the event, where it has one, is one of the log's.
fn sees(stream: &Stream, record: &Record, accelerated: bool) -> bool {
    let sensor = record.event.sensor.filter(|_| stream.class.on_network() && !accelerated);
    let number = own(record, "EventID").and_then(|value| value.number());
    // A field that is a word of the event's number is in every event of the log.
    let worded = stream.rows().all(|(known, column, encoding)| {
        !matches!(encoding, Encoding::Words(_)) || !stream.told().any(|(field, _)| field == column) || !field(record, known).concat().is_empty()
    });
    worded
        && sensor.is_none_or(|sensor| raw::sensor(stream) == sensor)
        && number.is_none_or(|number| stream.numbers.is_empty() || stream.numbers.contains(&number))
}

fn own<'a>(record: &'a Record, name: &str) -> Option<&'a FieldValue> {
    record.fields.iter().find(|(field, _)| matches!(field, FieldRef::Open(known) if **known == *name)).map(|(_, value)| value)
}

fn texts(value: &FieldValue) -> Vec<String> {
    match value {
        FieldValue::List(list) => list.iter().flat_map(texts).collect(),
        other => other.text().map(std::borrow::Cow::into_owned).into_iter().collect(),
    }
}

fn field(record: &Record, field: Field) -> Vec<String> {
    record.get(&FieldRef::Known(field)).map(|value| texts(&value)).unwrap_or_default()
}

fn first(record: &Record, of: Field) -> Option<String> {
    field(record, of).into_iter().next()
}

/// The event in one log that the catalogue has a class for.
fn known(stream: &'static Stream, source: &Source, record: &Record, overlay: &Overlay, accelerated: bool) -> Logged {
    let dataset = source.name.rsplit('.').next().unwrap_or_default();
    let forgets_way = record.event.flow.is_some() && stream.direction.is_none() && source.flow.is_none();
    let name = |name: &str| if accelerated { cim::qualified(dataset, name) } else { name.to_owned() };
    let mut row = Row::new();
    let told = if accelerated { &[][..] } else { source.told };
    for (field, words) in told {
        row.entry((*field).to_owned()).or_default().extend(words.first().map(|word| (*word).to_owned()));
    }
    for (field, words) in stream.told() {
        let number = own(record, field_of(field)).map(texts).unwrap_or_default();
        let word = words.iter().find(|word| number.contains(word)).or(words.first());
        row.insert(name(field), word.cloned().into_iter().collect());
    }
    // What happened is told by whether a value is named.
    let value = first(record, Field::RegistryValueName).is_some_and(|value| !value.is_empty());
    let kind = match stream.class {
        ir::EventClass::RegistryDelete if value => Some("DeleteValue"),
        ir::EventClass::RegistryChange => Some(if value { "SetValue" } else { "CreateKey" }),
        _ => None,
    };
    if let Some(kind) = kind.filter(|_| !accelerated && own(record, "EventType").is_none()) {
        row.insert("EventType".to_owned(), vec![kind.to_owned()]);
    }
    if let (Some((direction, inbound, outbound)), Some(flow)) = (stream.direction, record.event.flow) {
        row.insert(name(direction), vec![if flow == ir::Flow::Inbound { inbound } else { outbound }.to_owned()]);
    }
    let mut digests: Vec<(&str, Vec<(&str, String)>)> = Vec::new();
    for (known, column, encoding) in stream.rows() {
        if let Some(own) = overlay.fields.get(&(stream.class, known)) {
            row.insert(name(own), field(record, known));
            continue;
        }
        match encoding {
            Encoding::Digest(digest) | Encoding::DigestOrAlone(digest) => {
                if let Some(value) = first(record, known) {
                    match digests.iter_mut().find(|(of, _)| *of == column) {
                        Some((_, list)) => list.push((digest, value)),
                        None => digests.push((column, vec![(digest, value)])),
                    }
                }
            }
            encoding => {
                let values = spelled(known, encoding, record);
                if !values.is_empty() {
                    let there = row.entry(name(column)).or_default();
                    if matches!(encoding, Encoding::Words(_)) && !there.is_empty() {
                        *there = values;
                    } else {
                        there.extend(values.into_iter().filter(|value| !value.is_empty()));
                    }
                }
            }
        }
    }
    for (of, column, _) in stream.rows().filter(|(of, ..)| stream.log.is_some_and(|log| log.signs(*of))) {
        if field(record, of).concat().is_empty() {
            row.insert(column.to_owned(), vec![logs::NOTHING.to_owned()]);
        }
    }
    for (column, list) in digests {
        let text: Vec<String> = list.iter().map(|(digest, value)| format!("{digest}={}", value.to_ascii_uppercase())).collect();
        row.insert(name(column), vec![text.join(",")]);
    }
    for (field, value) in &record.fields {
        let FieldRef::Open(own) = field else { continue };
        let renamed = stream.open.iter().find(|(known, ..)| **known == **own);
        let (column, encoding) = renamed.map_or((&**own, Encoding::Same), |(_, column, encoding)| (*column, *encoding));
        if accelerated && renamed.is_none() {
            continue;
        }
        row.entry(name(column)).or_insert_with(|| worded(texts(value), encoding));
    }
    row.retain(|_, values| {
        values.retain(|value| !value.is_empty());
        !values.is_empty()
    });
    if accelerated {
        fill(dataset, stream.rows().map(|(_, column, _)| column), &mut row);
        return Logged { model: Some(source.name), row: indexed(row), forgets_way };
    }
    if source.told.is_empty() {
        let words = [record.event.platform.map(Platform::name), Some(stream.class.name())].into_iter().flatten().collect::<Vec<_>>().join("_");
        row.insert("sourcetype".to_owned(), vec![words.replace('.', "_")]);
        row.remove("EventCode");
    }
    let written = if raw::sensor(stream) == Sensor::Host { Written::Xml } else { Written::Text };
    whole(&mut row, record, written);
    Logged { model: None, row: indexed(row), forgets_way }
}

/// The event's own name of a field that tells a log.
fn field_of(column: &str) -> &str {
    if column == "EventCode" { "EventID" } else { column }
}

/// What the log writes for a field.
fn spelled(known: Field, encoding: Encoding, record: &Record) -> Vec<String> {
    match encoding {
        Encoding::Same | Encoding::Several | Encoding::RegistryData => field(record, known),
        Encoding::Answers => vec![logs::answers::written(&field(record, known))],
        Encoding::HostOfUrls if record.fields.contains_key(&FieldRef::Known(Field::EmailUrl)) => Vec::new(),
        Encoding::HostOfUrls => field(record, known).into_iter().map(|host| format!("http://{host}/")).collect(),
        // Computed from the whole, or found in the event as it was written.
        Encoding::LastPart | Encoding::MailDomain | Encoding::Inside | Encoding::TaskXml | Encoding::Implied(_) => Vec::new(),
        Encoding::ErrorCode => {
            let failed = field(record, known).iter().any(|word| word.eq_ignore_ascii_case(logs::encoding::FAILURE));
            failed.then(|| "AccessDenied".to_owned()).into_iter().collect()
        }
        Encoding::Folder => {
            let folder = |text: String| if text.ends_with(['\\', '/']) || text.is_empty() { text } else { format!("{text}\\") };
            field(record, known).into_iter().take(1).map(folder).collect()
        }
        Encoding::Rooted => field(record, known).into_iter().map(|text| format!("\\{text}")).collect(),
        Encoding::AccountName | Encoding::AccountDomain => {
            match (field(record, Field::UserAccount), first(record, Field::UserDomain), first(record, Field::UserName)) {
                (whole, ..) if !whole.is_empty() => Vec::new(),
                (_, Some(_), None) | (_, None, None) => Vec::new(),
                (_, Some(domain), Some(name)) if encoding == Encoding::AccountName => vec![format!("{domain}\\{name}")],
                (_, None, Some(name)) if encoding == Encoding::AccountName => vec![name],
                _ => Vec::new(),
            }
        }
        Encoding::RegistryKey | Encoding::RegistryValueName | Encoding::AnyRegistryKey | Encoding::RegistryKeyByKind => {
            if !field(record, Field::RegistryPath).is_empty() || encoding == Encoding::RegistryValueName {
                return Vec::new();
            }
            let Some(key) = first(record, Field::RegistryKey) else { return Vec::new() };
            let key = key.strip_prefix("HKCU").map_or(key.clone(), |rest| format!("HKU\\S-1-5-21-1004336348-1177238915-682003330-1001{rest}"));
            match first(record, Field::RegistryValueName) {
                Some(value) => vec![format!("{key}\\{value}")],
                None if encoding == Encoding::RegistryKeyByKind => vec![key],
                None => vec![format!("{key}\\(Default)")],
            }
        }
        Encoding::Digest(_) | Encoding::DigestOrAlone(_) => Vec::new(),
        Encoding::Words(_) => worded(field(record, known), encoding),
    }
}

/// Values in the log's own words.
fn worded(values: Vec<String>, encoding: Encoding) -> Vec<String> {
    let Encoding::Words(words) = encoding else { return values };
    let word = |value: String| {
        let found = words.iter().find(|(known, _)| known.eq_ignore_ascii_case(&value)).and_then(|(_, log)| log.first());
        found.map_or(value, |word| (*word).to_owned())
    };
    values.into_iter().map(word).collect()
}

/// What a model fills when an event has nothing.
fn fill(dataset: &str, columns: impl Iterator<Item = &'static str>, row: &mut Row) {
    for column in columns.filter(|column| cim::is_filled(dataset, column)) {
        row.entry(cim::qualified(dataset, column)).or_insert_with(|| vec![cim::FILL.to_owned()]);
    }
}

fn indexed(mut row: Row) -> Row {
    row.entry("index".to_owned()).or_insert_with(|| vec!["main".to_owned()]);
    row.entry("host".to_owned()).or_insert_with(|| vec!["ws-7".to_owned()]);
    row.entry("sourcetype".to_owned()).or_insert_with(|| vec!["XmlWinEventLog".to_owned()]);
    row
}

/// The event as it was written.
fn whole(row: &mut Row, record: &Record, written: Written) {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut raw = String::new();
    if let Some(message) = &record.message {
        raw.push_str(&match written {
            Written::Text => message.to_string(),
            Written::Xml => escaped(message),
            Written::Json => message.replace('\\', "\\\\").replace('"', "\\\""),
        });
    }
    // An event of Windows has its data beside its message.
    if record.message.is_none() || written == Written::Xml {
        for (name, values) in row.iter() {
            for value in values {
                raw.push_str(&match written {
                    Written::Xml => format!("<Data Name='{name}'>{}</Data>", escaped(value)),
                    Written::Json => format!("\"{name}\":\"{}\",", value.replace('\\', "\\\\").replace('"', "\\\"")),
                    Written::Text => format!("{name}={value} "),
                });
            }
        }
    }
    row.insert("_raw".to_owned(), vec![raw]);
}

/// The event in a log that the catalogue has no class for.
fn opened(found: &open::Found, record: &Record) -> Logged {
    let mut row = Row::new();
    for (field, value) in &record.fields {
        let renamed = found.names.iter().find(|(known, ..)| *known == field.name());
        let (column, encoding) = renamed.map_or((field.name(), Encoding::Same), |(_, column, encoding)| (*column, *encoding));
        let column = if found.written == Written::Json { raw::sources::in_arrays(column) } else { column.to_owned() };
        let values: Vec<String> = worded(texts(value), encoding).into_iter().filter(|text| !text.is_empty()).collect();
        if values.is_empty() {
            continue;
        }
        match encoding {
            Encoding::Inside => {
                let data: String = values
                    .iter()
                    .map(|text| format!("<Data>{}</Data>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")))
                    .collect();
                row.insert(column, vec![data]);
            }
            _ => {
                row.insert(column, values);
            }
        }
    }
    for search in &found.told {
        satisfy(search, &mut row);
    }
    if !found.known {
        let words = found.site.strip_prefix(raw::UNKNOWN).unwrap_or(&found.site).to_owned();
        row.entry("sourcetype".to_owned()).or_insert_with(|| vec![words]);
    }
    whole(&mut row, record, found.written);
    Logged { model: None, row: indexed(row), forgets_way: record.event.flow.is_some() }
}

/// The event in a data set, for a log that the catalogue has no class for.
fn viewed(view: &'static view::View, record: &Record) -> Option<Logged> {
    let number = own(record, "EventID").and_then(FieldValue::number);
    if !view.holds(number) {
        return None;
    }
    let dataset = view.model.rsplit('.').next().unwrap_or_default();
    let mut row = Row::new();
    for (own, column, encoding) in view.fields {
        let Some(value) = record.get(&FieldRef::Open((*own).into())) else { continue };
        row.entry(cim::qualified(dataset, column)).or_insert_with(|| worded(texts(&value), *encoding));
    }
    fill(dataset, view.fields.iter().map(|(_, column, _)| *column), &mut row);
    if let Some(kind) = view.kinds.first() {
        row.insert("sourcetype".to_owned(), vec![(*kind).to_owned()]);
    }
    Some(Logged { model: Some(view.model), row: indexed(row), forgets_way: record.event.flow.is_some() })
}

/// Gives a row what a search for its log asks.
fn satisfy(search: &Search, row: &mut Row) {
    match search {
        Search::All(list) => list.iter().for_each(|inner| satisfy(inner, row)),
        Search::Any(list) => list.iter().take(1).for_each(|inner| satisfy(inner, row)),
        Search::Term { field, values, .. } => {
            let text = match values.first() {
                Some(Value::Text(pieces)) => pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Literal(text) => text.as_str(),
                        Piece::Any => "",
                    })
                    .collect(),
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Decimal(_)) | None => return,
            };
            let there = row.entry(field.clone()).or_default();
            // A log may have several tags; what the event says itself stays.
            if there.is_empty() || field == "tag" {
                there.push(text);
            }
        }
        Search::Not(_) | Search::Macro(_) | Search::Log(_) | Search::Indexed(_) | Search::Nothing => {}
    }
}
