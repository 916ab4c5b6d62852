//! What can a product say? It follows from its tables ([`logs::tables`]), so a name is written once.

use std::sync::LazyLock;

use backend::{Capabilities, Form, Name, Profile};
use ir::{EventClass, EventSelector, Field, FieldRef, LogSource};
use logs::tables::{Product, Schema, Source, by_number, open, open_sources, schema};

/// Whether some table holds a log source in Sigma's words, or why not.
fn open_source(schema: &'static Schema, event: &EventSelector) -> Result<(), &'static str> {
    if open_sources(schema, event).is_empty() && !by_number(schema, event) { Err(open::absent(schema, event)) } else { Ok(()) }
}

/// The profile that writes for a product.
pub(crate) const fn of(product: Product) -> Profile {
    let title = match product {
        Product::DefenderXdr => "Microsoft Defender XDR, advanced hunting",
        Product::Sentinel => "Microsoft Sentinel, native tables",
        Product::Asim => "Microsoft Sentinel, Advanced Security Information Model",
    };
    Profile { id: product.id(), title, default: true }
}

/// The product that a profile writes for. Whoever asks has one of the profiles of this target.
pub(crate) fn product(id: &str) -> Product {
    Product::ALL.into_iter().find(|product| product.id() == id).unwrap_or(Product::Sentinel)
}

/// What a product's schema can say.
pub(crate) fn capabilities(product: Product) -> &'static Capabilities {
    static DEFENDER_XDR: LazyLock<Capabilities> = LazyLock::new(|| {
        derive(
            schema(Product::DefenderXdr),
            |event| open_source(schema(Product::DefenderXdr), event),
            |event, field| open_field(schema(Product::DefenderXdr), event, field),
        )
    });
    static SENTINEL: LazyLock<Capabilities> = LazyLock::new(|| {
        derive(
            schema(Product::Sentinel),
            |event| open_source(schema(Product::Sentinel), event),
            |event, field| open_field(schema(Product::Sentinel), event, field),
        )
    });
    static ASIM: LazyLock<Capabilities> = LazyLock::new(|| {
        derive(
            schema(Product::Asim),
            |event| open_source(schema(Product::Asim), event),
            |event, field| open_field(schema(Product::Asim), event, field),
        )
    });
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
