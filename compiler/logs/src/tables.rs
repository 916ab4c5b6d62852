//! Which tables do Microsoft's products keep events in, and which columns answer for a field?
//!
//! For each kind of event a product has tables ([`Source`]), and for each field columns ([`Column`]) with the way they hold it ([`Answer`]) or
//! are made of what the table has ([`Made`](made::Made)). What a table does not have is absent for a reason ([`Schema::absent`]).

use ir::{EventSelector, LogSource};

use column::{Fields, OBJECT_NAME, always, computed, computed_number, number, path, text, time, words};

pub use column::{Answer, Column, EVENT_TIMES, Entity, Numbers};
pub use platform::Told;
pub use product::Product;
pub use rows::Rows;
pub use schema::Schema;
pub use source::{Others, Source};

mod asim;
mod channels;
pub mod column;
pub mod columns;
mod columns_open;
pub mod defender_events;
mod defender_xdr;
mod event_data;
mod event_sources;
pub mod made;
pub mod open;
pub mod platform;
pub mod product;
pub mod rows;
mod schema;
mod sentinel;
mod sentinel_hosts;
mod source;
pub mod spelled;

/// The schema of a product.
pub const fn schema(product: Product) -> &'static Schema {
    match product {
        Product::DefenderXdr => &defender_xdr::SCHEMA,
        Product::Asim => &asim::SCHEMA,
        Product::Sentinel => &sentinel::SCHEMA,
    }
}

/// The tables that hold a log source in Sigma's words.
pub fn open_sources(schema: &'static Schema, event: &EventSelector) -> Vec<Source> {
    match &event.source {
        LogSource::Open { category, product, service }
            if schema.product == Product::Sentinel && product.as_deref().is_some_and(|product| product.eq_ignore_ascii_case("windows")) =>
        {
            channels::sources(category.as_deref(), service.as_deref())
        }
        _ => open::sources(schema, event),
    }
}

/// Whether the tables of a log source follow from the numbers of the events that a rule asks for: [`defender_events`].
pub fn by_number(schema: &Schema, event: &EventSelector) -> bool {
    matches!(&event.source, LogSource::Open { category: None, product: Some(product), service: Some(_) }
        if schema.product == Product::DefenderXdr && product.eq_ignore_ascii_case("windows"))
}
