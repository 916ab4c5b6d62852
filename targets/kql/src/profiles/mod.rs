//! What a vendor's schema is made of: for each kind of event its tables, and for each field its columns.
//!
//! A profile is data. One kind of event may stand in several tables ([`Source`]); each becomes one leg of a query, with
//! only the tests that its columns can answer. [`backend::Capabilities`] follow from the same tables, so a name is
//! written once.

use std::sync::LazyLock;

use backend::{Capabilities, Form, Name};
use ir::{EventClass, EventSelector, Field, FieldRef, LogSource};

use column::{Fields, OBJECT_NAME, always, among, computed, computed_number, number, path, text, time, within, words};

pub(crate) use column::{Answer, Column, EVENT_TIMES, Entity, Numbers};
pub(crate) use platform::Told;
pub(crate) use product::Product;
pub(crate) use schema::Schema;
pub(crate) use source::{Others, Source};

mod asim;
pub(crate) mod column;
pub(crate) mod defender_events;
mod defender_xdr;
mod event_data;
mod event_sources;
pub(crate) mod open;
pub(crate) mod platform;
pub(crate) mod product;
mod schema;
mod sentinel;
mod sentinel_hosts;
mod source;
mod windows;

/// Takes XML's escapes out of a value.
pub(crate) const UNXML: &str = "let unxml = (value: string) {\n    replace_string(replace_string(replace_string(replace_string(replace_string(value, \
\"&lt;\", \"<\"), \"&gt;\", \">\"), \"&quot;\", \"\\\"\"), \"&apos;\", \"'\"), \"&amp;\", \"&\")\n};";

/// The schema of a product.
pub(crate) const fn schema(product: Product) -> &'static Schema {
    match product {
        Product::DefenderXdr => &defender_xdr::SCHEMA,
        Product::Asim => &asim::SCHEMA,
        Product::Sentinel => &sentinel::SCHEMA,
    }
}

/// The tables that hold a log source in Sigma's words.
pub(crate) fn open_sources(schema: &'static Schema, event: &EventSelector) -> Vec<Source> {
    match &event.source {
        LogSource::Open { category, product, service }
            if schema.product == Product::Sentinel && product.as_deref().is_some_and(|product| product.eq_ignore_ascii_case("windows")) =>
        {
            windows::sources(category.as_deref(), service.as_deref())
        }
        _ => open::sources(schema, event),
    }
}

/// Whether the tables of a log source follow from the numbers of the events that a rule asks for: [`defender_events`].
pub(crate) fn by_number(schema: &Schema, event: &EventSelector) -> bool {
    matches!(&event.source, LogSource::Open { category: None, product: Some(product), service: Some(_) }
        if schema.product == Product::DefenderXdr && product.eq_ignore_ascii_case("windows"))
}

/// Whether some table holds a log source in Sigma's words, or why not.
fn open_source(schema: &'static Schema, event: &EventSelector) -> Result<(), &'static str> {
    if open_sources(schema, event).is_empty() && !by_number(schema, event) { Err(open::absent(schema, event)) } else { Ok(()) }
}

/// What a product's schema can say.
pub(crate) fn capabilities(product: Product) -> &'static Capabilities {
    static DEFENDER_XDR: LazyLock<Capabilities> = LazyLock::new(|| {
        derive(
            &defender_xdr::SCHEMA,
            |event| open_source(&defender_xdr::SCHEMA, event),
            |event, field| open_field(&defender_xdr::SCHEMA, event, field),
        )
    });
    static SENTINEL: LazyLock<Capabilities> = LazyLock::new(|| {
        derive(&sentinel::SCHEMA, |event| open_source(&sentinel::SCHEMA, event), |event, field| open_field(&sentinel::SCHEMA, event, field))
    });
    static ASIM: LazyLock<Capabilities> =
        LazyLock::new(|| derive(&asim::SCHEMA, |event| open_source(&asim::SCHEMA, event), |event, field| open_field(&asim::SCHEMA, event, field)));
    match product {
        Product::DefenderXdr => &DEFENDER_XDR,
        Product::Asim => &ASIM,
        Product::Sentinel => &SENTINEL,
    }
}

/// Whether some table of a log source has a field beyond the catalogue, or why not.
fn open_field(schema: &'static Schema, event: &EventSelector, field: &FieldRef) -> Result<(), &'static str> {
    if by_number(schema, event) {
        return backend::named_fields(event, field);
    }
    let sources: Vec<Source> = match &event.source {
        LogSource::Known(class) => schema.sources.iter().filter(|source| source.fits(event, *class)).copied().collect(),
        LogSource::Open { .. } => open_sources(schema, event),
    };
    let found = match field {
        FieldRef::Open(name) => sources.iter().any(|source| source.has(schema.product, name)),
        FieldRef::Known(known) => sources.iter().any(|source| source.columns(*known).is_some()),
        FieldRef::Any => !sources.is_empty(),
    };
    if found {
        return Ok(());
    }
    let (LogSource::Known(class), FieldRef::Open(name)) = (&event.source, field) else { return Err("no column of its tables holds it") };
    let absent = schema.absent_open.iter().find(|(known, names, _)| known == class && names.contains(&&**name));
    Err(absent.map_or(schema.otherwise, |(.., why)| why))
}

/// The tables as the contract wants them. They live as long as the program: each is made once.
fn derive(
    schema: &Schema,
    open_source: fn(&EventSelector) -> Result<(), &'static str>,
    open_field: fn(&EventSelector, &FieldRef) -> Result<(), &'static str>,
) -> Capabilities {
    let mut events: Vec<(EventClass, Name)> = Vec::new();
    let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
    for source in schema.sources {
        if !events.iter().any(|(class, _)| *class == source.class) {
            events.push((source.class, Name::Is(source.table)));
        }
        for (field, columns) in source.fields() {
            if !fields.iter().any(|(class, known, _)| *class == source.class && known == field) {
                fields.push((source.class, *field, Name::Is(columns.first().map_or("", |column| column.name))));
            }
        }
    }
    for (class, why) in schema.absent_events {
        events.push((*class, Name::Absent { why }));
    }
    let mut absent = |class: EventClass, field: Field, why: &'static str| {
        if !fields.iter().any(|(known, of, _)| *known == class && *of == field) {
            fields.push((class, field, Name::Absent { why }));
        }
    };
    for log in schema.sources.iter().filter_map(|source| source.log) {
        log.absent.iter().for_each(|(field, why)| absent(log.class, *field, why));
    }
    Capabilities {
        events: Box::leak(events.into_boxed_slice()),
        fields: Box::leak(fields.into_boxed_slice()),
        absent: schema.absent,
        otherwise: schema.otherwise,
        regex: true,
        negation: true,
        exists: true,
        field_to_field: true,
        under: Form::Text,
        url: Form::Native,
        open_field,
        open_source: Some(open_source),
        tells_empty: false,
        time_parts: true,
        bytes: false,
    }
}
