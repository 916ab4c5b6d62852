//! How do the fields of a log become those of the catalogue?

use std::sync::Arc;

use ir::{EventClass, EventSelector, Field, FieldRef, FieldValue, LogSource, Platform, Record, RegistryKey, Sensor};
use logs::sensors::Kind;
use logs::taxonomy::Category;
use logs::{Encoding, Log};

use super::flat::{Flat, text};

/// A log source that an event belongs to.
#[derive(Clone, Debug)]
pub(super) struct Told {
    event: EventSelector,
    /// Which names mean which fields. Several names may mean one field; the first that is there counts.
    names: Names,
    /// Fields that follow from where the event was found.
    fixed: Vec<(Field, FieldValue)>,
    /// A field that the log's value is none of.
    without: Option<Field>,
    /// Whether the table names fields of other classes too.
    only_carried: bool,
    message: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug)]
enum Names {
    /// Only the log's own.
    Own,
    /// Sigma's names.
    Category(&'static Category),
    /// Those of a log that is declared.
    Log(&'static Log),
    /// Those of a sensor's records.
    Kind(&'static Kind),
    /// A table of the log's.
    Table(&'static [(&'static str, Field)]),
}

impl Told {
    /// A log source that the catalogue has no class for.
    pub(super) fn open(source: LogSource, platform: Option<Platform>) -> Self {
        let event = EventSelector { source, platform, flow: None, sensor: None };
        Self { event, names: Names::Own, fixed: Vec::new(), without: None, only_carried: false, message: None }
    }

    /// A log source in Sigma's words that the catalogue has no class for.
    pub(super) fn named(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let platform = product.and_then(|product| Platform::ALL.iter().find(|(_, name)| *name == product)).map(|(platform, _)| *platform);
        Self::open(LogSource::Open { category: own(category), product: own(product), service: own(service) }, platform)
    }

    /// A category of Sigma's, with Sigma's names.
    pub(super) fn category(category: &'static Category, platform: Option<Platform>) -> Self {
        let event = EventSelector { source: LogSource::Known(category.class), platform, flow: category.flow, sensor: category.sensor };
        Self { event, names: Names::Category(category), fixed: Vec::new(), without: None, only_carried: false, message: None }
    }

    /// A class of the catalogue, with names of the log's own.
    pub(super) fn class(class: EventClass, names: &'static [(&'static str, Field)]) -> Self {
        Self { event: EventSelector::of(class), names: Names::Table(names), fixed: Vec::new(), without: None, only_carried: false, message: None }
    }

    /// One kind of a sensor's records.
    pub(super) fn kind(kind: &'static Kind) -> Self {
        Self { names: Names::Kind(kind), ..Self::class(kind.class, &[]) }.sensor(Sensor::Network)
    }

    /// A log of Windows, with its own names.
    pub(super) fn log(log: &'static Log) -> Self {
        Self { event: EventSelector::of(log.class), names: Names::Log(log), fixed: Vec::new(), without: None, only_carried: false, message: None }
    }

    pub(super) fn platform(mut self, platform: Option<Platform>) -> Self {
        self.event.platform = platform;
        self
    }

    pub(super) fn sensor(mut self, sensor: Sensor) -> Self {
        self.event.sensor = Some(sensor);
        self
    }

    pub(super) fn fixed(mut self, field: Field, value: impl Into<String>) -> Self {
        self.fixed.push((field, FieldValue::Text(value.into())));
        self
    }

    /// Leaves a field out, whatever the table says.
    pub(super) fn without(mut self, field: Field) -> Self {
        self.without = Some(field);
        self
    }

    /// Takes from the table what the class carries.
    pub(super) fn only_carried(mut self) -> Self {
        self.only_carried = true;
        self
    }

    pub(super) fn message(mut self, message: Option<&str>) -> Self {
        self.message = message.map(Into::into);
        self
    }

    /// The event as this log source has it.
    pub(super) fn record(self, fields: &Flat) -> Record {
        let mut record = Record::new(self.event);
        record.message = self.message;
        let table: &[(&str, Field)] = match self.names {
            Names::Own | Names::Log(_) => &[],
            Names::Category(category) => category.fields,
            Names::Table(table) => table,
            Names::Kind(kind) => kind.names,
        };
        let encoding = |field: Field| if let Names::Kind(kind) = self.names { kind.encoding(field) } else { Encoding::Same };
        for (name, field) in table {
            if self.without == Some(*field) || (self.only_carried && !carries(&record, *field)) {
                continue;
            }
            if let Some(value) = fields.get(*name).filter(|value| !is_sign(&record, *field, value)) {
                record.fields.entry((*field).into()).or_insert_with(|| match encoding(*field) {
                    Encoding::Same => normal(*field, value),
                    // A word that the log is not known to have stays as it is.
                    encoding => logs::read::value(*field, encoding, value).unwrap_or_else(|| value.clone()),
                });
            }
        }
        if let Names::Log(log) = self.names {
            for (field, name, encoding) in log.rows() {
                let there = fields.get(*name).filter(|value| !is_sign(&record, *field, value));
                if let Some(value) = there.and_then(|value| logs::read::value(*field, *encoding, value)) {
                    record.fields.entry((*field).into()).or_insert_with(|| normal(*field, &value));
                }
            }
        }
        for (name, value) in fields {
            let known = match self.names {
                Names::Category(category) => category.field(name, record.event.platform),
                Names::Own | Names::Log(_) | Names::Kind(_) | Names::Table(_) => None,
            };
            match known {
                Some(field) if is_sign(&record, field, value) => {}
                Some(field) => {
                    record.fields.entry(field.into()).or_insert_with(|| normal(field, value));
                }
                None => {
                    record.fields.insert(FieldRef::Open(name.as_str().into()), value.clone());
                }
            }
        }
        for (field, value) in self.fixed {
            record.fields.insert(field.into(), value);
        }
        if record.event.class().is_some() {
            digests(&mut record, fields);
            account(&mut record);
            registry(&mut record, fields);
        }
        record
    }
}

/// Whether the text is what a log writes where an event has nothing.
fn is_sign(record: &Record, field: Field, value: &FieldValue) -> bool {
    value.text().is_some_and(|text| text == logs::NOTHING) && record.event.class().is_some_and(|class| logs::signs(class, field))
}

/// A value as the catalogue writes the field.
fn normal(field: Field, value: &FieldValue) -> FieldValue {
    match (field, value) {
        (Field::PipeName, FieldValue::Text(name)) => FieldValue::Text(ir::observable::pipe(name).to_owned()),
        // A folder is the same with and without the separator at its end.
        (Field::ProcessDirectory, FieldValue::Text(name)) => match name.trim_end_matches(['\\', '/']) {
            bare if bare.len() < name.len() && !bare.is_empty() => FieldValue::List(vec![value.clone(), FieldValue::Text(bare.to_owned())]),
            _ => value.clone(),
        },
        // Sigma's name for Sysmon's text of all answers.
        (Field::DnsAnswer, FieldValue::Text(_)) => logs::read::value(field, Encoding::Answers, value).unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    }
}

fn carries(record: &Record, field: Field) -> bool {
    record.event.class().is_some_and(|class| class.fields().any(|known| known == field))
}

fn set(record: &mut Record, field: Field, value: &str) {
    if carries(record, field) && !value.is_empty() {
        record.fields.entry(field.into()).or_insert_with(|| FieldValue::Text(value.to_owned()));
    }
}

/// Splits Sysmon's `SHA1=...,MD5=...` into a field for each algorithm.
fn digests(record: &mut Record, fields: &Flat) {
    let Some(all) = text(fields, "Hashes").or_else(|| text(fields, "Hash")) else { return };
    for part in all.split([',', ';', '|']) {
        let Some((algorithm, digest)) = part.split_once('=') else { continue };
        let choices = match algorithm.trim().to_ascii_lowercase().as_str() {
            "md5" => [Field::ProcessMd5, Field::FileMd5, Field::ImageMd5],
            "sha1" => [Field::ProcessSha1, Field::FileSha1, Field::ImageSha1],
            "sha256" => [Field::ProcessSha256, Field::FileSha256, Field::ImageSha256],
            "imphash" => [Field::ProcessImphash, Field::FileImphash, Field::ImageImphash],
            _ => continue,
        };
        for field in choices {
            set(record, field, digest.trim());
        }
    }
}

/// `DOMAIN\name` is an account, and two fields besides.
fn account(record: &mut Record) {
    let text_of = |record: &Record, field: Field| match record.fields.get(&field.into()) {
        Some(FieldValue::Text(text)) => Some(text.clone()),
        _ => None,
    };
    if let Some(account) = text_of(record, Field::UserAccount) {
        match account.split_once('\\') {
            Some((domain, name)) => {
                set(record, Field::UserDomain, domain);
                set(record, Field::UserName, name);
            }
            None => set(record, Field::UserName, &account),
        }
    } else if let Some(name) = text_of(record, Field::UserName) {
        match text_of(record, Field::UserDomain).filter(|domain| domain != logs::NOTHING) {
            Some(domain) => set(record, Field::UserAccount, &format!("{domain}\\{name}")),
            None => set(record, Field::UserAccount, &name),
        }
    }
}

/// Sysmon writes key and value in one; a rule may ask for either. A user's own hive stands under the user's number there.
fn registry(record: &mut Record, fields: &Flat) {
    let Some(FieldValue::Text(path)) = record.fields.get(&Field::RegistryPath.into()) else { return };
    let path = path.clone();
    let value = record.event.class() == Some(EventClass::RegistrySet) || text(fields, "EventType").is_some_and(|kind| kind.ends_with("Value"));
    let (key, name) = match path.rsplit_once('\\') {
        Some((key, name)) if value => (key, Some(name)),
        _ => (path.as_str(), None),
    };
    if let Some(name) = name {
        set(record, Field::RegistryValueName, name);
    }
    let key = RegistryKey::parse(key).map_or_else(|_| key.to_owned(), |key| key.as_str().to_owned());
    let keys = match own_hive(&key) {
        Some(own) => FieldValue::List(vec![FieldValue::Text(key), FieldValue::Text(own)]),
        None => FieldValue::Text(key),
    };
    record.fields.entry(Field::RegistryKey.into()).or_insert(keys);
}

/// `HKU\S-1-5-21-...\Software\X` is `HKCU\Software\X` to that user; `..._Classes` is the user's `Software\Classes`.
fn own_hive(key: &str) -> Option<String> {
    let rest = key.strip_prefix("HKU\\").filter(|rest| rest.starts_with("S-1-5-21-"))?;
    let (sid, below) = rest.split_once('\\').map_or((rest, ""), |(sid, below)| (sid, below));
    let root = if sid.ends_with("_Classes") { "HKCU\\Software\\Classes" } else { "HKCU" };
    Some(if below.is_empty() { root.to_owned() } else { format!("{root}\\{below}") })
}
