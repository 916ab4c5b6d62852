//! What do the profiles read, and what can they say of it? It follows from the logs ([`logs::streams`]).

#[cfg(test)]
mod book;
pub(crate) mod cim;
pub(crate) mod open;
pub(crate) mod raw;

use backend::{Absence, Capabilities, Cx, Form, Name, Profile};
use ir::{EventClass, EventSelector, Field, FieldRef};
pub(crate) use logs::Encoding;
pub(crate) use logs::streams::{Named, Source, Stream, Told, Written, view};

pub(crate) static PROFILES: [Profile; 2] = [
    Profile { id: "raw", title: "Sysmon, Windows event logs, proxy, DNS, firewall and mail logs", default: true },
    Profile { id: "cim", title: "accelerated data models of the Common Information Model", default: true },
];

/// What the searches of a profile read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// Logs themselves.
    Logs,
    /// Accelerated data models.
    Models,
}

impl Read {
    /// What a profile reads.
    pub(crate) fn of(profile: &Profile) -> Self {
        Self::named(profile.id)
    }

    /// What the profile with this id reads.
    pub(crate) fn named(id: &str) -> Self {
        if id == PROFILES[1].id { Self::Models } else { Self::Logs }
    }
}

/// Fields shown besides those that are tested: a stream's names for what is [essential](logs::essential) in such an event, and its own.
pub(crate) fn shown(stream: &Stream, read: Read) -> Vec<&'static str> {
    // A sensor of the network sees no programs, and whoever they run for.
    let of_machine = |field: &Field| matches!(field, Field::HostName | Field::UserAccount | Field::ProcessPath);
    let alien = stream.class.on_network() && stream.log.is_none();
    // Every search of an index shows `host`.
    let known = |field: &Field| read == Read::Logs && *field == Field::HostName;
    let essential = logs::essential(stream.class).iter().filter(|field| !(known(field) || alien && of_machine(field)));
    let named = essential.filter_map(|field| {
        let account = if *field == Field::UserAccount { stream.row(Field::UserName) } else { None };
        stream.row(*field).or(account).map(|(_, name, _)| name)
    });
    named.chain(stream.besides.iter().copied()).collect()
}

/// Whether the profile reads data models.
pub(crate) fn accelerated(cx: &Cx<'_>) -> bool {
    Read::of(cx.profile) == Read::Models
}

/// Whether a log source or a field that the catalogue does not know can be named.
pub(crate) struct Open {
    pub(crate) source: fn(&EventSelector) -> Result<(), &'static str>,
    pub(crate) field: fn(&EventSelector, &FieldRef) -> Result<(), &'static str>,
}

/// The contract's table, from the streams: the first stream that names a field gives its name.
pub(crate) fn capabilities(
    streams: impl Iterator<Item = &'static Stream> + Clone,
    absent_events: &[(EventClass, &'static str)],
    absent_fields: &'static [Absence],
    otherwise: &'static str,
    open: &Open,
) -> Capabilities {
    let mut events: Vec<(EventClass, Name)> = Vec::new();
    let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
    for stream in streams.clone() {
        if let Some(first) = stream.sources.first()
            && !events.iter().any(|(class, _)| *class == stream.class)
        {
            events.push((stream.class, Name::Is(first.name)));
        }
        for (field, name, _) in stream.rows() {
            if !fields.iter().any(|(class, known, _)| (*class, *known) == (stream.class, field)) {
                fields.push((stream.class, field, Name::Is(name)));
            }
        }
    }
    events.extend(absent_events.iter().map(|(class, why)| (*class, Name::Absent { why })));
    let mut absent = |class: EventClass, field: Field, why: &'static str| {
        if !fields.iter().any(|(known, of, _)| *known == class && *of == field) {
            fields.push((class, field, Name::Absent { why }));
        }
    };
    for stream in streams {
        stream.absent.iter().for_each(|(field, why)| absent(stream.class, *field, why));
    }
    Capabilities {
        events: events.leak(),
        fields: fields.leak(),
        absent: absent_fields,
        otherwise,
        regex: true,
        negation: true,
        exists: true,
        field_to_field: true,
        under: Form::Native,
        url: Form::Native,
        open_field: open.field,
        open_source: Some(open.source),
        tells_empty: false,
        time_parts: true,
        bytes: false,
    }
}
