//! Which rows would the tables of a profile hold for an event, and for which of its logs? [`crate::rows`] with what it leaves out: columns that
//! are computed from what the product writes, words of its own, rows beside a row, and the native tables of Sentinel.
//!
//! A product's own way to write is stated here a second time, by hand and not from the profile's tables, so that a fault in those shows.

use ir::{EventClass, Field, FieldRef, FieldValue, Flow, LogSource, Platform, Record};
use serde_json::{Map, Value, json};

use crate::logged_values::{host_and_port, mail, path_and_query, put, start_type, task, text, texts, url};
use crate::profiles;
use crate::{logged_sentinel, rows};
use logs::tables::columns;
use logs::tables::{self, Product, Schema, Source};

/// An event in one log.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    /// The table and which of its rows, where the profile has one for it.
    pub(crate) source: Option<Source>,
    /// Its rows: the first is the event's own, others stand beside it.
    pub(crate) rows: Vec<rows::Row>,
}

/// What an event becomes in each log of a profile.
pub(crate) fn logged(schema: &'static Schema, record: &Record) -> Vec<Logged> {
    let LogSource::Known(class) = record.event.source else {
        if schema.product != Product::Sentinel && !is_of_its_provider(record) {
            return Vec::new();
        }
        let rows = rows::rows(schema.product.id(), &in_channel(record));
        return rows.into_iter().map(|row| Logged { source: None, rows: vec![with_message(schema, row, record)] }).collect();
    };
    let mut out = Vec::new();
    for source in schema.sources.iter().filter(|source| source.fits(&record.event, class) && rows::sees(source, record)) {
        let rows = if schema.product == Product::Sentinel { logged_sentinel::rows(source, record) } else { written(schema, source, record) };
        if let Some(rows) = rows {
            let known = |(table, mut row): rows::Row| {
                row.retain(|name, _| columns::find(schema.product, &table, name).is_some());
                (table, row)
            };
            let mut rows: Vec<rows::Row> = rows.into_iter().map(known).collect();
            if let Some(first) = rows.first_mut() {
                *first = with_message(schema, std::mem::take(first), record);
            }
            out.push(Logged { source: Some(*source), rows });
        }
    }
    out
}

/// Whether an event has the provider that its channel's events have, where it says one: a table of another product holds no others.
fn is_of_its_provider(record: &Record) -> bool {
    let LogSource::Open { service: Some(service), .. } = &record.event.source else { return true };
    let own: Vec<&str> =
        logs::taxonomy::PROVIDERS.iter().filter(|(_, channel)| logs::taxonomy::channels(service).contains(channel)).map(|(name, _)| *name).collect();
    let said = record.fields.iter().find(|(field, _)| logs::taxonomy::PROVIDER_FIELDS.contains(&field.name())).and_then(|(_, value)| value.text());
    said.is_none_or(|said| own.is_empty() || own.iter().any(|own| own.eq_ignore_ascii_case(&said)))
}

/// An event of Windows with the channel that its log source says.
fn in_channel(record: &Record) -> Record {
    let mut out = record.clone();
    if let LogSource::Open { product: Some(product), service: Some(service), .. } = &record.event.source
        && product == "windows"
        && let Some(channel) = logs::taxonomy::channels(service).first()
    {
        out.fields.entry(FieldRef::Open("Channel".into())).or_insert_with(|| FieldValue::Text((*channel).to_owned()));
    }
    out
}

/// A row with the whole event's text in the column that holds it.
fn with_message(schema: &Schema, (table, mut row): rows::Row, record: &Record) -> rows::Row {
    if let Some(message) = &record.message {
        let column = ["RenderedDescription", "SyslogMessage", "EventData", "AdditionalFields"]
            .into_iter()
            .find(|name| columns::find(schema.product, &table, name).is_some());
        if let Some(column) = column {
            row.insert(column.to_owned(), json!(&**message));
        }
    }
    (table, row)
}

/// A row of Defender's or of a parser; `None` for an event that the log does not hold.
fn written(schema: &Schema, source: &Source, record: &Record) -> Option<Vec<rows::Row>> {
    let mut row = rows::device(source, record);
    let mut beside = Vec::new();
    let class = source.class;
    if schema.product == Product::DefenderXdr {
        defender(source, record, &mut row, &mut beside)?;
    } else {
        parser(source, record, &mut row)?;
    }
    // A registry key of which only the name is known.
    if matches!(class, EventClass::RegistrySet | EventClass::RegistryDelete | EventClass::RegistryChange | EventClass::RegistryCreate)
        && text(record, Field::RegistryPath).is_none()
    {
        put(&mut row, "RegistryKey", text(record, Field::RegistryKey));
    }
    let mut out = vec![(source.table.to_owned(), row)];
    out.extend(beside);
    Some(out)
}

const LOGON_TYPES: [(i64, &str); 9] = [
    (2, "Interactive"),
    (3, "Network"),
    (4, "Batch"),
    (5, "Service"),
    (7, "Unlock"),
    (8, "NetworkCleartext"),
    (9, "NewCredentials"),
    (10, "RemoteInteractive"),
    (11, "CachedInteractive"),
];

fn logon_type(record: &Record) -> Option<&'static str> {
    let number = record.get(&FieldRef::Known(Field::LogonType))?.number()?;
    LOGON_TYPES.iter().find(|(known, _)| *known == number).map(|(_, word)| *word)
}

fn defender(source: &Source, record: &Record, row: &mut Map<String, Value>, beside: &mut Vec<rows::Row>) -> Option<()> {
    let mut more: Map<String, Value> =
        row.get("AdditionalFields").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    match (source.class, source.table) {
        (EventClass::NetworkFlow, _) => {
            row.insert(
                "ActionType".to_owned(),
                json!(if source.flow == Some(Flow::Inbound) { "InboundConnectionAccepted" } else { "ConnectionSuccess" }),
            );
            row.insert(
                "Protocol".to_owned(),
                json!(text(record, Field::Transport).map_or_else(String::new, |transport| match transport.as_str() {
                    "tcp" => "Tcp".to_owned(),
                    "udp" => "Udp".to_owned(),
                    "icmp" => "Icmp".to_owned(),
                    _ => transport.clone(),
                })),
            );
            put(row, "RemoteUrl", text(record, Field::DestinationDomain));
        }
        (EventClass::HttpRequest, _) if source.label == "url" => {
            row.insert("ActionType".to_owned(), json!("ConnectionSuccess"));
            put(row, "RemoteUrl", url(record));
        }
        (EventClass::HttpRequest, _) => {
            more.clear();
            put(&mut more, "method", text(record, Field::HttpMethod));
            put(&mut more, "host", host_and_port(record));
            put(&mut more, "uri", path_and_query(record));
            put(&mut more, "user_agent", text(record, Field::UserAgent));
            put(&mut more, "referrer", text(record, Field::HttpReferrer));
            put(&mut more, "status_code", text(record, Field::HttpStatus));
            more.insert("direction".to_owned(), json!(if source.flow == Some(Flow::Inbound) { "In" } else { "Out" }));
        }
        (EventClass::DnsQuery, "DeviceNetworkEvents") => {
            let answers = texts(record, Field::DnsAnswer);
            if !answers.is_empty() {
                more.insert("answers".to_owned(), json!(answers));
            }
        }
        (EventClass::EmailMessage, _) => {
            row.insert("NetworkMessageId".to_owned(), json!("m-1"));
            mail(record, row, beside);
        }
        (EventClass::AuthLogon, table) => {
            let of = |windows, linux, macos| match record.event.platform {
                Some(Platform::Windows) | None => json!(windows),
                Some(Platform::Linux) => json!(linux),
                Some(Platform::Macos) => json!(macos),
            };
            if table == "IdentityLogonEvents" {
                row.insert("OSPlatform".to_owned(), of("Windows 11", "Linux", "macOS"));
            } else {
                let sshd = "/usr/sbin/sshd";
                row.entry("InitiatingProcessFolderPath").or_insert_with(|| of("C:\\Windows\\System32\\lsass.exe", sshd, sshd));
            }
            let outcome = text(record, Field::Outcome)?;
            row.insert("ActionType".to_owned(), json!(if outcome.eq_ignore_ascii_case("success") { "LogonSuccess" } else { "LogonFailed" }));
            put(row, "LogonType", logon_type(record));
        }
        // Where each service keeps what the catalogue has no name for is not stated here.
        (EventClass::CloudAudit, _) if record.fields.keys().any(|field| matches!(field, FieldRef::Open(_))) => return None,
        (EventClass::CloudAudit, _) => {
            let service = text(record, Field::CloudService);
            let application = match text(record, Field::CloudProvider)?.as_str() {
                "aws" => "Amazon Web Services",
                "azure" => "Microsoft Azure",
                "gcp" => "Google Cloud Platform",
                "m365" => "Microsoft 365",
                "github" => "GitHub",
                "okta" => "Okta",
                _ => return None,
            };
            row.insert(
                "Application".to_owned(),
                json!(service.filter(|service| service.contains(application)).unwrap_or_else(|| application.to_owned())),
            );
        }
        (EventClass::TaskCreate, _) => put(&mut more, "TaskContent", task(record)),
        (EventClass::ServiceInstall, _) => put(&mut more, "ServiceStartType", start_type(record).map(|number| number.to_string())),
        (EventClass::ProcessAccess, _) => {
            let mask = text(record, Field::AccessMask).and_then(|mask| i64::from_str_radix(mask.trim_start_matches("0x"), 16).ok());
            put(&mut more, "DesiredAccess", mask);
        }
        (EventClass::RegistryDelete, _) => {
            let word = if row.get("RegistryValueName").and_then(Value::as_str).is_some_and(|name| !name.is_empty()) {
                "RegistryValueDeleted"
            } else {
                "RegistryKeyDeleted"
            };
            row.insert("ActionType".to_owned(), json!(word));
        }
        (EventClass::RegistryChange, _) => {
            row.entry("ActionType").or_insert_with(|| json!("RegistryValueSet"));
        }
        _ => {}
    }
    row.remove("AdditionalFields");
    if !more.is_empty() {
        let dynamic = columns::find(Product::DefenderXdr, source.table, "AdditionalFields").is_some_and(|(_, holds)| holds == columns::Holds::Json);
        let more = Value::Object(more);
        row.insert("AdditionalFields".to_owned(), if dynamic { more } else { json!(more.to_string()) });
    }
    Some(())
}

fn parser(source: &Source, record: &Record, row: &mut Map<String, Value>) -> Option<()> {
    let account = text(record, Field::UserAccount).or_else(|| match (text(record, Field::UserDomain), text(record, Field::UserName)) {
        (Some(domain), Some(name)) => Some(format!("{domain}\\{name}")),
        (_, name) => name,
    });
    let direction = record.event.flow.map(|flow| if flow == Flow::Inbound { "Inbound" } else { "Outbound" });
    match source.table {
        "_Im_ProcessCreate" => put(row, "TargetUsername", account),
        "_Im_FileEvent" | "_Im_RegistryEvent" => put(row, "ActorUsername", account),
        "_Im_NetworkSession" => {
            put(row, "NetworkDirection", direction);
            put(row, "SrcUsername", account);
            put(row, "DstDomain", text(record, Field::DestinationDomain));
            put(row, "DstHostname", text(record, Field::DestinationDomain));
            put(row, "NetworkProtocol", text(record, Field::Transport).map(|transport| transport.to_uppercase()));
        }
        "_Im_WebSession" => {
            put(row, "Url", url(record));
            put(row, "SrcUsername", account);
            row.insert("EventType".to_owned(), json!(if record.event.flow == Some(Flow::Inbound) { "WebServerSession" } else { "HTTPsession" }));
            put(row, "EventResultDetails", text(record, Field::HttpStatus));
        }
        "_Im_Dns" => put(row, "SrcUsername", account),
        "_Im_Authentication" => {
            let outcome = text(record, Field::Outcome)?;
            row.insert("EventType".to_owned(), json!("Logon"));
            row.insert("EventResult".to_owned(), json!(if outcome.eq_ignore_ascii_case("success") { "Success" } else { "Failure" }));
            put(row, "EventSubType", logon_type(record));
            put(row, "TargetUsername", account);
        }
        "_Im_AuditEvent" => {
            let (vendor, product) = match text(record, Field::CloudProvider)?.as_str() {
                "aws" => ("AWS", "CloudTrail"),
                "azure" => ("Microsoft", "Azure"),
                "m365" => ("Microsoft", "Exchange 365"),
                _ => return None,
            };
            row.insert("EventVendor".to_owned(), json!(vendor));
            row.insert("EventProduct".to_owned(), json!(product));
            put(
                row,
                "EventResult",
                text(record, Field::CloudOutcome).map(|outcome| if outcome.eq_ignore_ascii_case("success") { "Success" } else { "Failure" }),
            );
            put(row, "ActorUsername", account);
        }
        _ => {}
    }
    if source.class == EventClass::RegistryDelete {
        let word = if row.get("RegistryValue").and_then(Value::as_str).is_some_and(|name| !name.is_empty()) {
            "RegistryValueDeleted"
        } else {
            "RegistryKeyDeleted"
        };
        row.insert("EventType".to_owned(), json!(word));
    }
    let system = match record.event.platform {
        Some(ir::Platform::Linux) => "Linux",
        Some(ir::Platform::Macos) => "macOS",
        Some(ir::Platform::Windows) | None => "Windows 11",
    };
    row.entry("DvcOs").or_insert_with(|| json!(system));
    Some(())
}

/// The schema of a profile.
pub(crate) fn schema(profile: &str) -> &'static Schema {
    tables::schema(profiles::product(profile))
}
