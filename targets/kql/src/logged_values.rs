//! What does a product write of the fields of an event, whatever the table?

use ir::{EventClass, Field, FieldRef, FieldValue, Record};
use logs::taxonomy::Category;
use serde_json::{Map, Value, json};

use crate::rows;

/// A field's text.
pub(crate) fn text(record: &Record, field: Field) -> Option<String> {
    texts(record, field).into_iter().next()
}

/// Every text of a field.
pub(crate) fn texts(record: &Record, field: Field) -> Vec<String> {
    let one = |value: &FieldValue| value.text().map(std::borrow::Cow::into_owned);
    match record.get(&FieldRef::Known(field)).as_deref() {
        Some(FieldValue::List(list)) => list.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Sets a column where the event has a value.
pub(crate) fn put(row: &mut Map<String, Value>, column: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        row.insert(column.to_owned(), value.into());
    }
}

/// The rows of a mail: links and attachments stand in tables of their own.
pub(crate) fn mail(record: &Record, row: &mut Map<String, Value>, beside: &mut Vec<rows::Row>) {
    row.insert("NetworkMessageId".to_owned(), json!("m-1"));
    let from = text(record, Field::EmailFrom);
    put(row, "SenderFromDomain", text(record, Field::EmailFromDomain));
    put(row, "SenderFromAddress", from);
    put(row, "RecipientEmailAddress", text(record, Field::EmailTo));
    put(row, "Subject", text(record, Field::EmailSubject));
    row.remove("SenderIPv4");
    if let Some(address) = text(record, Field::EmailSourceIp) {
        row.insert(if address.contains(':') { "SenderIPv6" } else { "SenderIPv4" }.to_owned(), json!(address));
    }
    for extra in ["Url", "UrlDomain", "FileName", "SHA256"] {
        row.remove(extra);
    }
    // A mail to several has a row for each.
    for other in texts(record, Field::EmailTo).into_iter().skip(1) {
        let mut copy = row.clone();
        copy.insert("RecipientEmailAddress".to_owned(), json!(other));
        beside.push(("EmailEvents".to_owned(), copy));
    }
    let hosts = texts(record, Field::EmailUrlHost);
    let links = texts(record, Field::EmailUrl);
    for at in 0..links.len().max(hosts.len()) {
        let mut link = Map::new();
        link.insert("NetworkMessageId".to_owned(), json!("m-1"));
        put(&mut link, "Url", links.get(at).cloned());
        put(&mut link, "UrlDomain", hosts.get(at).cloned());
        beside.push(("EmailUrlInfo".to_owned(), link));
    }
    let (names, digests) = (texts(record, Field::EmailAttachmentName), texts(record, Field::EmailAttachmentSha256));
    for at in 0..names.len().max(digests.len()) {
        let mut file = Map::new();
        file.insert("NetworkMessageId".to_owned(), json!("m-1"));
        put(&mut file, "FileName", names.get(at).cloned());
        put(&mut file, "SHA256", digests.get(at).cloned());
        beside.push(("EmailAttachmentInfo".to_owned(), file));
    }
}

/// The URL of a request as a log writes it.
pub(crate) fn url(record: &Record) -> Option<String> {
    text(record, Field::UrlFull).or_else(|| Some(format!("http://{}{}", host_and_port(record)?, path_and_query(record)?)))
}

pub(crate) fn host_and_port(record: &Record) -> Option<String> {
    let host = text(record, Field::UrlHost)?;
    Some(match text(record, Field::UrlPort) {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

pub(crate) fn path_and_query(record: &Record) -> Option<String> {
    let path = text(record, Field::UrlPath)?;
    Some(match text(record, Field::UrlQuery) {
        Some(query) => format!("{path}?{query}"),
        None => path,
    })
}

/// A task's definition, with the command that it runs.
pub(crate) fn task(record: &Record) -> Option<String> {
    let escaped = |text: String| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text(record, Field::TaskContent).or_else(|| {
        let command = text(record, Field::TaskCommand)?;
        let (program, arguments) =
            command.split_once(' ').map_or((command.clone(), None), |(program, rest)| (program.to_owned(), Some(rest.to_owned())));
        let arguments = arguments.map(|rest| format!("<Arguments>{}</Arguments>", escaped(rest))).unwrap_or_default();
        Some(format!("<Exec><Command>{}</Command>{arguments}</Exec>", escaped(program)))
    })
}

/// When a service starts, as a number.
pub(crate) fn start_type(record: &Record) -> Option<i64> {
    let word = text(record, Field::ServiceStart)?.to_lowercase();
    ["boot start", "system start", "auto start", "demand start", "disabled"]
        .iter()
        .position(|known| *known == word)
        .and_then(|at| i64::try_from(at).ok())
}

/// The first name that Sigma's category has for a field, as Sysmon writes it.
pub(crate) fn sysmon_name(class: EventClass, field: Field) -> Option<&'static str> {
    let category = logs::taxonomy::CATEGORIES.iter().find(|category| category.class == class && category.sensor == Some(ir::Sensor::Host))?;
    let of = |category: &Category| category.fields.iter().find(|(_, known)| *known == field).map(|(name, _)| *name);
    of(category)
}
