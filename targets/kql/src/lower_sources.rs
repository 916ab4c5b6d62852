//! Which tables hold the events of a rule?

use backend::{Cx, Refusal};
use ir::{EventRule, EventSelector, Flow, LogSource, Predicate};
use source::Loss;

use crate::lower_codes::NO_TABLE;
use crate::lower_events;
use logs::tables::columns;
use logs::tables::{self, Schema, Source};

/// The tables that hold these events.
pub(crate) fn sources(rule: &EventRule, schema: &'static Schema, cx: &mut Cx<'_>) -> Result<Vec<Source>, Refusal> {
    let EventRule { event, predicate } = rule;
    let found: Vec<Source> = match &event.source {
        LogSource::Known(class) => schema
            .sources
            .iter()
            .filter(|source| source.fits(event, *class))
            .map(|source| match (source.ways, event.flow) {
                (Some([inbound, _]), Some(Flow::Inbound)) => Source { rows: inbound, ..*source },
                (Some([_, outbound]), Some(Flow::Outbound)) => Source { rows: outbound, ..*source },
                _ => *source,
            })
            .map(|source| Source { beside: source.told(rule), ..source })
            .collect(),
        LogSource::Open { service: Some(service), .. } if tables::by_number(schema, event) => lower_events::sources(service, predicate, schema, cx)?,
        LogSource::Open { .. } => {
            tables::open_sources(schema, event).into_iter().map(|source| of_numbered(source, event, predicate, schema)).collect()
        }
    };
    if found.is_empty() {
        return Err(cx.unsupported(&NO_TABLE, cx.span(), format!("{} has no table for `{event}`", schema.product)));
    }
    if let Some(why) = tables::open::unfilled(schema, event) {
        cx.loss(&NO_TABLE, Loss::Narrower, cx.span(), why.to_owned(), "the profile `sentinel` reads the product's own table");
    }
    Ok(found)
}

/// The table of a log, with the entities that its events have by their category where a rule names them by number.
fn of_numbered(source: Source, event: &EventSelector, predicate: &Predicate, schema: &'static Schema) -> Source {
    let LogSource::Open { category: None, service: Some(service), .. } = &event.source else { return source };
    let class = logs::taxonomy::numbers(predicate).and_then(|numbers| logs::taxonomy::class(service, &numbers));
    let known = schema.sources.iter().find(|known| Some(known.class) == class && known.table == source.table);
    let native = |known: &&Source| known.entities.iter().all(|(.., column)| columns::find(schema.product, known.table, column).is_some());
    known.filter(native).map_or(source, |known| Source { entities: known.entities, ..source })
}
