//! Which rows would the tables of a profile hold for an event?
//!
//! The way back from a profile: what its columns are asked, written down where the product would write it. Checks run the
//! queries on these rows and compare what they find with [`ir::eval`]. A field that no column holds is left out, as the product
//! leaves it out. Columns that an event does not fill, and columns computed in other ways than named here, stay empty.

use ir::{EventClass, EventSelector, FieldRef, FieldValue, LogSource, Record};
use serde_json::{Map, Value, json};

use crate::profiles;
use logs::tables::Product;
use logs::tables::columns::{self, Holds};
use logs::tables::made::Made;
use logs::tables::{self, Answer, Column, Numbers, Rows, Schema, Source, defender_events};

/// One row: its table, and its columns.
pub type Row = (String, Map<String, Value>);

/// The rows that an event becomes; none for an event that the profile's tables do not hold.
///
/// Sentinel keeps Windows' events as the log writes them: a record with the log's own fields becomes a row of `SecurityEvent`
/// or `Event`. Defender writes tables of its own: a record of a class of the catalogue becomes a row there, and so does one of
/// the audit events that the sensor records. The parsers of ASIM have the same shape; a row's table is the parser's name.
#[must_use]
pub fn rows(profile: &str, record: &Record) -> Vec<Row> {
    let schema = tables::schema(profiles::product(profile));
    let mut out: Vec<Row> = Vec::new();
    match &record.event.source {
        LogSource::Known(class) if schema.product != Product::Sentinel => {
            for source in schema.sources.iter().filter(|source| source.fits(&record.event, *class) && sees(source, record)) {
                out.push((source.table.to_owned(), device(source, record)));
            }
        }
        // The channel decides about the table, whatever kind of event the record says that it is.
        LogSource::Open { product: Some(product), service: Some(service), .. } if product == "windows" => {
            if schema.product == Product::DefenderXdr {
                let id = own(record, "EventID").and_then(FieldValue::number).unwrap_or_default();
                for source in defender_events::sources(service, &[id]).0 {
                    out.push((source.table.to_owned(), device(&source, record)));
                }
            } else {
                let channel = LogSource::Open { category: None, product: Some(product.clone()), service: Some(service.clone()) };
                let event = EventSelector { source: channel, ..record.event.clone() };
                let sources = tables::open_sources(schema, &event);
                if schema.product == Product::Sentinel {
                    out.extend(sources.first().map(|source| (source.table.to_owned(), logged(schema, source, record))));
                } else {
                    out.extend(sources.iter().filter_map(|source| Some((source.table.to_owned(), parsed(source, record)?))));
                }
            }
        }
        LogSource::Known(_) | LogSource::Open { .. } => {}
    }
    out
}

fn own<'a>(record: &'a Record, name: &str) -> Option<&'a FieldValue> {
    record.fields.iter().find(|(field, _)| matches!(field, FieldRef::Open(known) if **known == *name)).map(|(_, value)| value)
}

/// A table for connections opened one way holds no others.
pub(crate) fn sees(source: &Source, record: &Record) -> bool {
    let fixed = source.open.iter().flat_map(|(name, columns)| columns.iter().map(move |column| (name, column)));
    fixed.into_iter().all(|(name, column)| match (column.answer, own(record, name).and_then(FieldValue::text)) {
        (Answer::Always(word), Some(text)) => text.eq_ignore_ascii_case(word),
        _ => true,
    })
}

/// A row of a table that has a column for each field.
pub(crate) fn device(source: &Source, record: &Record) -> Map<String, Value> {
    let mut row = Map::new();
    if let Some((column, action)) = action(&source.rows) {
        row.insert(column.to_owned(), json!(action));
    }
    let mut additional = Map::new();
    for (field, columns) in source.fields() {
        if let (Some(value), Some(column)) = (record.get(&FieldRef::Known(*field)), columns.first()) {
            put(&mut row, &mut additional, column, &value);
        }
    }
    for (name, columns) in source.open {
        if let (Some(value), Some(column)) = (own(record, name), columns.first()) {
            put(&mut row, &mut additional, column, value);
        }
    }
    let registry = match source.table {
        "DeviceRegistryEvents" => Some("RegistryValueName"),
        "_Im_RegistryEvent" => Some("RegistryValue"),
        _ => None,
    };
    if let Some(name) = registry
        && let Some(path) = record.get(&FieldRef::Known(ir::Field::RegistryPath)).and_then(|value| value.text().map(|text| text.into_owned()))
    {
        let kind = own(record, "EventType").and_then(FieldValue::text).unwrap_or_default();
        let whole = kind.ends_with("Key") || source.class == EventClass::RegistryCreate;
        let (key, value) = if whole { (path.as_str(), "") } else { path.rsplit_once('\\').unwrap_or((&path, "")) };
        row.insert("RegistryKey".to_owned(), json!(long_hive(key, source.table)));
        row.insert(name.to_owned(), json!(value));
    }
    if !additional.is_empty() {
        row.insert("AdditionalFields".to_owned(), json!(Value::Object(additional).to_string()));
    }
    row
}

/// What a row's kind is called, and the first kind that the table's rows are asked for.
fn action(rows: &Rows) -> Option<(&'static str, &'static str)> {
    ["ActionType", "EventType"].into_iter().find_map(|column| Some((column, rows.word(column)?)))
}

/// The columns for a log's own name of a field.
fn under(source: &Source, name: &str) -> Option<&'static [Column]> {
    let tables::Others::Open(fields) = source.others else { return None };
    fields.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, columns)| *columns)
}

/// A row of a parser for a log's own fields; `None` for events that it does not read.
fn parsed(source: &Source, record: &Record) -> Option<Map<String, Value>> {
    let id = own(record, "EventID").and_then(FieldValue::text)?;
    let read = under(source, "EventID")?.iter().any(|column| matches!(column.answer, Answer::Among(list) if list.contains(&&*id)));
    let mut row = Map::new();
    for column in ["EventVendor", "EventProduct"].into_iter().filter(|_| read) {
        row.insert(column.to_owned(), json!(source.rows.word(column)?));
    }
    let mut additional = Map::new();
    for (field, value) in &record.fields {
        let FieldRef::Open(name) = field else { continue };
        if let Some(column) = under(source, name).and_then(<[Column]>::first) {
            put(&mut row, &mut additional, column, value);
        }
    }
    // Names of accounts stand behind their domains.
    for (column, [domain, name]) in
        [("ActorUsername", ["SubjectDomainName", "SubjectUserName"]), ("TargetUsername", ["TargetDomainName", "TargetUserName"])]
    {
        if let Some(name) = own(record, name).and_then(FieldValue::text).filter(|name| !matches!(&**name, "" | "-")) {
            let domain = own(record, domain).and_then(FieldValue::text).unwrap_or_default();
            row.insert(column.to_owned(), json!(format!("{domain}\\{name}")));
        }
    }
    read.then_some(row)
}

fn put(row: &mut Map<String, Value>, additional: &mut Map<String, Value>, column: &Column, value: &FieldValue) {
    let Some(text) = value.text() else { return };
    match column.answer {
        Answer::Always(_) | Answer::Key | Answer::Other { .. } => {}
        Answer::LastPart if column.from.is_own() => {
            row.entry(column.name).or_insert_with(|| json!(text.rsplit(['\\', '/']).next().unwrap_or_default()));
        }
        Answer::LastPart => {}
        Answer::Words(words) => {
            if let Some((_, word)) = words.iter().find(|(log, _)| log.eq_ignore_ascii_case(&text)) {
                row.insert(column.name.to_owned(), json!(word));
            }
        }
        Answer::Path(name) => {
            row.insert(column.name.to_owned(), json!(text));
            row.insert(name.to_owned(), json!(text.rsplit(['\\', '/']).next().unwrap_or_default()));
        }
        Answer::Pair { parts: [head, tail], hives } => {
            let (before, behind) = text.rsplit_once('\\').unwrap_or(("", &text));
            row.insert(head.to_owned(), json!(if hives { long_hive(before, "DeviceRegistryEvents") } else { before.to_owned() }));
            row.insert(tail.to_owned(), json!(behind));
        }
        Answer::Registry { kind, numbers } => {
            let (word, data) = registry(&text, &numbers);
            row.insert(column.name.to_owned(), json!(data));
            row.insert(kind.to_owned(), json!(word));
        }
        _ if column.from.is_own() => {
            let number = if matches!(column.answer, Answer::Number) { value.number() } else { None };
            row.entry(column.name).or_insert_with(|| number.map_or_else(|| json!(text), |number| json!(number)));
        }
        _ => match column.from.whole() {
            Some(Made::Additional(name)) => {
                let value = match *name {
                    "DesiredAccess" => value.number().map_or_else(|| json!(text), |number| json!(number)),
                    "PipeName" => json!(format!("\\Device\\NamedPipe\\{text}")),
                    _ => json!(text),
                };
                additional.insert((*name).to_owned(), value);
            }
            Some(Made::Column(of)) => {
                row.insert((*of).to_owned(), json!(text));
            }
            _ => match column.name {
                // The parser has the long name of a hive where the audit has the kernel's.
                "ObjectName" => {
                    let hives = [(r"\REGISTRY\MACHINE", "HKEY_LOCAL_MACHINE"), (r"\REGISTRY\USER", "HKEY_USERS")];
                    let long = hives.iter().find_map(|(kernel, long)| {
                        let begins = text.get(..kernel.len()).is_some_and(|head| head.eq_ignore_ascii_case(kernel));
                        begins.then(|| format!("{long}{}", text.get(kernel.len()..).unwrap_or_default()))
                    });
                    row.insert("RegistryKey".to_owned(), json!(long.unwrap_or_else(|| text.clone().into_owned())));
                }
                "Transport" => {
                    row.insert("Protocol".to_owned(), json!(text));
                }
                "Initiated" => {
                    row.insert("NetworkDirection".to_owned(), json!(if text.eq_ignore_ascii_case("true") { "Outbound" } else { "Inbound" }));
                }
                _ => {}
            },
        },
    }
}

/// A key with its hive spelled in full; Defender has a user's hive under `HKEY_CURRENT_USER`.
fn long_hive(key: &str, table: &str) -> String {
    let (hive, rest) = key.split_once('\\').unwrap_or((key, ""));
    let long = match hive.to_ascii_uppercase().as_str() {
        "HKLM" => "HKEY_LOCAL_MACHINE",
        "HKU" if table == "DeviceRegistryEvents" && rest.to_ascii_uppercase().starts_with("S-1-5-21-") => "HKEY_CURRENT_USER",
        "HKU" => "HKEY_USERS",
        "HKCR" => "HKEY_CLASSES_ROOT",
        "HKCU" => "HKEY_CURRENT_USER",
        _ => hive,
    };
    if rest.is_empty() { long.to_owned() } else { format!("{long}\\{rest}") }
}

/// A value's type and its data, from what Sysmon writes.
fn registry(text: &str, numbers: &Numbers) -> (&'static str, String) {
    let hex = |digits: &str| u64::from_str_radix(digits, 16).ok();
    let inner = |name: &str| text.strip_prefix(name).and_then(|rest| rest.strip_suffix(')'));
    if let Some(number) = inner("DWORD (0x").and_then(hex) {
        return (numbers.dword, number.to_string());
    }
    if let Some((high, low)) = inner("QWORD (0x").and_then(|digits| digits.split_once("-0x"))
        && let (Some(high), Some(low)) = (hex(high), hex(low))
    {
        return (numbers.qword, ((high << 32) | low).to_string());
    }
    match text {
        "Binary Data" => (numbers.binary, String::new()),
        "(Empty)" => ("String", String::new()),
        _ => ("String", text.to_owned()),
    }
}

/// A row of a table that keeps an event as the log writes it.
fn logged(schema: &Schema, source: &Source, record: &Record) -> Map<String, Value> {
    let mut row = Map::new();
    let mut data = String::new();
    for (field, value) in &record.fields {
        let FieldRef::Open(name) = field else { continue };
        if let Some(column) = source.open_columns(name).and_then(<[Column]>::first).filter(|column| column.from.is_own()) {
            row.insert(column.name.to_owned(), cell(value));
            continue;
        }
        if source.table == "SecurityEvent"
            && let Some((column, holds)) = columns::find(schema.product, source.table, name)
        {
            let number = if holds == Holds::Number { value.number().map(|number| json!(number)) } else { None };
            row.insert(column.to_owned(), number.unwrap_or_else(|| cell(value)));
        }
        element(&mut data, source, name, value);
    }
    row.insert("EventData".to_owned(), json!(format!("<DataItem type=\"System.XmlData\"><EventData>{data}</EventData></DataItem>")));
    row
}

fn cell(value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) => json!(text),
        FieldValue::Number(number) => json!(number),
        FieldValue::Flag(flag) => json!(flag),
        FieldValue::List(list) => Value::Array(list.iter().map(cell).collect()),
    }
}

/// One piece of an event's data, as the table spells it.
fn element(out: &mut String, source: &Source, name: &str, value: &FieldValue) {
    if let FieldValue::List(list) = value {
        list.iter().for_each(|value| element(out, source, name, value));
        return;
    }
    let Some(text) = value.text() else { return };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    out.push_str(&match (name, source.others) {
        ("Data", _) => format!("<Data>{text}</Data>"),
        (_, tables::Others::Elements) => format!("<{name}>{text}</{name}>"),
        _ => format!("<Data Name=\"{name}\">{text}</Data>"),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::{EventSelector, Field, Platform};

    fn record(class: EventClass, fields: &[(Field, &str)], open: &[(&str, &str)]) -> Record {
        let mut record = Record::new(EventSelector { platform: Some(Platform::Windows), ..EventSelector::of(class) });
        record.fields.extend(fields.iter().map(|(field, text)| (FieldRef::Known(*field), FieldValue::Text((*text).to_owned()))));
        record.fields.extend(open.iter().map(|(name, text)| (FieldRef::Open((*name).into()), FieldValue::Text((*text).to_owned()))));
        record
    }

    #[test]
    fn registry_events_are_taken_apart() {
        let fields = [(Field::RegistryPath, r"HKU\S-1-5-21-1\Software\X\Value"), (Field::RegistryData, "DWORD (0x0000000A)")];
        let found = rows("defender-xdr", &record(EventClass::RegistrySet, &fields, &[("EventType", "SetValue")]));
        assert_eq!(found.len(), 1);
        let (table, row) = &found[0];
        assert_eq!(table, "DeviceRegistryEvents");
        assert_eq!(row["RegistryKey"], r"HKEY_CURRENT_USER\S-1-5-21-1\Software\X");
        assert_eq!(row["RegistryValueName"], "Value");
        assert_eq!((&row["RegistryValueType"], &row["RegistryValueData"]), (&json!("Dword"), &json!("10")));
        assert_eq!(row["ActionType"], "RegistryValueSet");
    }

    #[test]
    fn rights_stand_as_a_number_in_the_additional_fields() {
        let found = rows("defender-xdr", &record(EventClass::ProcessAccess, &[(Field::AccessMask, "0x1010")], &[]));
        assert_eq!(found[0].1["AdditionalFields"], r#"{"DesiredAccess":4112}"#);
    }

    #[test]
    fn parsers_of_asim_have_the_schema_s_columns() {
        let fields = [(Field::ProcessPath, r"C:\Windows\a.exe"), (Field::ProcessPid, "4"), (Field::UserAccount, r"EXAMPLE\a")];
        let (table, row) = &rows("asim", &record(EventClass::ProcessStart, &fields, &[]))[0];
        assert_eq!(table, "_Im_ProcessCreate");
        assert_eq!((&row["TargetProcessName"], &row["TargetProcessId"]), (&json!(r"C:\Windows\a.exe"), &json!("4")));
        assert_eq!(row["TargetUsername"], r"EXAMPLE\a");
        let (_, row) = &rows("asim", &record(EventClass::DnsQuery, &[(Field::DnsName, "www.example")], &[]))[0];
        assert_eq!(row["DnsQuery"], "www.example");
    }

    #[test]
    fn the_security_log_stands_in_several_parsers() {
        let mut record = record(EventClass::ProcessStart, &[], &[("SubjectDomainName", "EXAMPLE"), ("SubjectUserName", "a"), ("TaskName", r"\T")]);
        record.event.source = LogSource::Open { category: None, product: Some("windows".to_owned()), service: Some("security".to_owned()) };
        record.fields.insert(FieldRef::Open("EventID".into()), FieldValue::Number(4699));
        let found = rows("asim", &record);
        assert_eq!(found.iter().map(|(table, _)| table.as_str()).collect::<Vec<_>>(), ["_Im_AuditEvent"]);
        let (_, row) = &found[0];
        assert_eq!((&row["EventOriginalType"], &row["Object"]), (&json!("4699"), &json!(r"\T")));
        assert_eq!((&row["EventVendor"], &row["ActorUsername"]), (&json!("Microsoft"), &json!(r"EXAMPLE\a")));
    }

    #[test]
    fn sentinel_keeps_what_the_log_writes() {
        let mut record = record(EventClass::ProcessStart, &[], &[("CommandLine", "a <b> & c"), ("Channel", "X")]);
        record.event.source = LogSource::Open { category: None, product: Some("windows".to_owned()), service: Some("sysmon".to_owned()) };
        let (table, row) = &rows("sentinel", &record)[0];
        assert_eq!(table, "Event");
        assert_eq!(row["EventLog"], "X");
        assert!(row["EventData"].as_str().unwrap().contains("<Data Name=\"CommandLine\">a &lt;b&gt; &amp; c</Data>"));
    }
}
