//! Which events would the log sources of Sigma's taxonomy hold? The way back from the tables of [`profiles`](crate::profiles).
//!
//! An event becomes one record for each log source that sees it, with the fields that the log source has. Where the catalogue has a class for the
//! log source, the record is one of that class, as the front end reads such logs; else it has the log's own names, and values spelled as the log
//! spells them: `EventID` for the outcome of a logon, `TLSv12` for a version, `-` for what is not there.

use ir::{EventClass, EventSelector, Field, FieldRef, FieldValue, Flow, LogSource, Record};

use logs::Encoding;
use logs::taxonomy::Category;

use crate::profiles::{self, Base, Product, Source};

/// The records that an event becomes. One of a log source without a class stays as it is. `signs` writes the log's sign of nothing where an event has
/// nothing; a rule that was read as Sigma speaks of such a log in its author's own words.
#[must_use]
pub fn rows(record: &Record, signs: bool) -> Vec<Record> {
    let LogSource::Known(class) = record.event.source else { return vec![record.clone()] };
    profiles::of_class(class).filter(|source| sees(source, record)).map(|source| logged(source, record, signs)).collect()
}

fn text(record: &Record, field: Field) -> Option<String> {
    record.get(&FieldRef::Known(field)).and_then(|value| value.text().map(std::borrow::Cow::into_owned))
}

fn sees(source: &Source, record: &Record) -> bool {
    let platform = match (source.product, record.event.platform) {
        (Product::Is(product), Some(platform)) => product == platform.name() || ir::Platform::ALL.iter().all(|(_, name)| *name != product),
        _ => true,
    };
    let flow = |wanted: Option<Flow>| wanted.is_none() || record.event.flow.is_none() || wanted == record.event.flow;
    let category = source.category.and_then(Category::find);
    let sensor = category.is_none_or(|category| {
        // The kind of sensor is said of events that either may see.
        !category.class.on_network() || category.sensor.is_none() || record.event.sensor.is_none() || category.sensor == record.event.sensor
    });
    // What the log source itself says, every event of it says.
    let whose = record.event.class() != Some(EventClass::CloudAudit)
        || text(record, Field::CloudProvider).is_some_and(|provider| provider.eq_ignore_ascii_case(profiles::provider(source)));
    // A field that is a word of the event's number is in every event of the log.
    let worded = |field: Field| field == Field::Outcome && matches!(source.encoding(field), Encoding::Words(_));
    let outcome = |(_, field, _): &(EventClass, Field, backend::Name)| !worded(*field) || text(record, *field).is_some_and(|text| !text.is_empty());
    let whose = whose && source.capabilities.fields.iter().all(outcome);
    platform && flow(source.flow) && flow(category.and_then(|category| category.flow)) && sensor && whose
}

fn logged(source: &Source, record: &Record, signs: bool) -> Record {
    let product = match source.product {
        Product::Is(product) => Some(product),
        Product::Platform => record.event.platform.map(ir::Platform::name),
        Product::None => None,
    };
    if let Some(category) = source.category.and_then(Category::find) {
        return of_class(source, category, record, signs);
    }
    let words = |word: Option<&str>| word.map(str::to_owned);
    let own = LogSource::Open { category: words(source.category), product: words(product), service: words(source.service) };
    let mut out = Record { event: EventSelector { source: own, flow: source.flow, ..record.event.clone() }, ..Record::new(record.event.clone()) };
    for base in source.base {
        match base {
            Base::Numbers(name, numbers) => {
                if let Some(number) = numbers.first() {
                    out.fields.insert(FieldRef::Open((*name).into()), FieldValue::Number(*number));
                }
            }
            Base::Text(name, text) => {
                out.fields.insert(FieldRef::Open((*name).into()), FieldValue::Text((*text).to_owned()));
            }
        }
    }
    for (_, field, name) in source.capabilities.fields {
        let backend::Name::Is(name) = name else { continue };
        let key = FieldRef::Open((*name).into());
        match record.get(&FieldRef::Known(*field)) {
            Some(value) => {
                if let Some(value) = spelled(source.encoding(*field), &value) {
                    out.fields.insert(key, value);
                }
            }
            None => {
                if let Some(nothing) = source.sign(name).filter(|_| signs)
                    && source.encoding(*field) == Encoding::Same
                {
                    out.fields.entry(key).or_insert_with(|| FieldValue::Text(nothing.to_owned()));
                }
            }
        }
    }
    open_fields(record, &mut out);
    out
}

/// A record of a class of the catalogue, with the fields that the log source has.
fn of_class(source: &Source, category: &Category, record: &Record, signs: bool) -> Record {
    let event = EventSelector {
        source: LogSource::Known(category.class),
        platform: record.event.platform.filter(|_| source.product != Product::None),
        flow: category.flow.or(record.event.flow.filter(|_| source.opened.is_some())),
        sensor: category.sensor,
    };
    let mut out = Record::new(event);
    out.message.clone_from(&record.message);
    let named = |field: Field| {
        let here = source.capabilities.fields.iter().any(|(_, known, name)| *known == field && matches!(name, backend::Name::Is(_)));
        here || category.fields.iter().any(|(_, known)| *known == field)
    };
    for (field, value) in &record.fields {
        let FieldRef::Known(known) = field else { continue };
        if named(*known) || known.derived_from().is_some_and(|(whole, _)| named(whole)) {
            // The front end reads no answers out of a rule: it asks for the log's text.
            let of_log = Some(source.encoding(*known)).filter(|encoding| *encoding == Encoding::Answers).and_then(|answers| spelled(answers, value));
            out.fields.insert(field.clone(), of_log.unwrap_or_else(|| value.clone()));
        }
    }
    if let (Some(opened), Some(flow)) = (source.opened, record.event.flow) {
        let ours = if flow == Flow::Outbound { "true" } else { "false" };
        out.fields.insert(FieldRef::Open(opened.into()), FieldValue::Text(ours.to_owned()));
    }
    if signs {
        // A sign that is declared the front end reads as what it means.
        let own = |field: Field| named(field) && field.derived_from().is_none() && !logs::signs(category.class, field);
        for (name, field) in category.fields.iter().filter(|(_, field)| own(*field)) {
            let Some(nothing) = source.sign(name) else { continue };
            let key = FieldRef::Known(*field);
            if out.get(&key).is_none() && matches!(field.kind(), ir::FieldKind::Text) {
                out.fields.insert(key, FieldValue::Text(nothing.to_owned()));
            }
        }
    }
    open_fields(record, &mut out);
    out
}

fn open_fields(record: &Record, out: &mut Record) {
    let open = record.fields.iter().filter(|(field, _)| matches!(field, FieldRef::Open(_)));
    for (field, value) in open {
        out.fields.insert(field.clone(), value.clone());
    }
}

/// A value as the log spells it; `None` where it writes nothing. Registry keys, digests, accounts and folders are as in the catalogue: what is read
/// of them in rules is so too.
fn spelled(encoding: Encoding, value: &FieldValue) -> Option<FieldValue> {
    let text = || value.text().map(std::borrow::Cow::into_owned);
    Some(match encoding {
        Encoding::ErrorCode if text()?.eq_ignore_ascii_case(logs::encoding::SUCCESS) => return None,
        Encoding::ErrorCode => FieldValue::Text("AccessDenied".to_owned()),
        Encoding::Implied(_) => return None,
        Encoding::TaskXml => FieldValue::Text(format!("<Exec><Command>{}</Command></Exec>", text()?)),
        Encoding::Rooted if !text()?.starts_with('\\') => FieldValue::Text(format!("\\{}", text()?)),
        Encoding::Answers => {
            let all: Vec<String> = match value {
                FieldValue::List(list) => list.iter().filter_map(|one| one.text().map(std::borrow::Cow::into_owned)).collect(),
                one => vec![one.text()?.into_owned()],
            };
            FieldValue::Text(logs::answers::written(&all))
        }
        Encoding::Words(words) => {
            let value = text()?;
            let logged = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&value)).and_then(|(_, logged)| logged.first())?;
            logged.parse().map_or_else(|_| FieldValue::Text((*logged).to_owned()), FieldValue::Number)
        }
        _ => value.clone(),
    })
}
