//! What can searches of data models say? The datasets are in [`logs::streams::cim`].

use std::sync::LazyLock;

use backend::Capabilities;
use ir::{EventSelector, FieldRef};
use logs::streams::cim::{ABSENT_EVENTS, ABSENT_FIELDS};
pub(crate) use logs::streams::cim::{FILL, STREAMS, is_filled, prefixes, qualified};

use super::view::views;
use super::{Named, Open, capabilities};

fn open_source(event: &EventSelector) -> Result<(), &'static str> {
    views(event).next().map(|_| ()).ok_or("no data model holds this log")
}

fn open_field(event: &EventSelector, field: &FieldRef) -> Result<(), &'static str> {
    let named = |names: &[Named]| names.iter().any(|(known, ..)| *known == field.name());
    let found = match (event.class(), field) {
        (_, FieldRef::Any) => return Err("a data model holds no event as it was written"),
        (Some(class), _) => STREAMS.iter().any(|stream| stream.class == class && named(stream.open)),
        (None, _) => views(event).any(|view| named(view.fields)),
    };
    if found { Ok(()) } else { Err("the data model has no such field") }
}

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let open = Open { source: open_source, field: open_field };
    capabilities(STREAMS.iter(), ABSENT_EVENTS, ABSENT_FIELDS, "the data models of this profile do not hold it", &open)
});

/// What this profile can say.
pub(crate) fn table() -> &'static Capabilities {
    &CAPABILITIES
}

/// The options of `tstats` that a site may choose: also rows that are not summarised yet, also summaries of older models.
pub(crate) const SUMMARIES: &str = "summariesonly=false allow_old_summaries=true";
