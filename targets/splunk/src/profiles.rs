//! Where does each kind of event come from, and what does its log call things?

pub(crate) mod cim;
pub(crate) mod raw;

use backend::{Capabilities, Form, Name};
use ir::{EventClass, Field, Flow, Platform};

/// One kind of log that holds events of a class.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) class: EventClass,
    /// Where the events are: macros (`raw`), or the data model and dataset (`cim`).
    pub(crate) sources: &'static [Source],
    /// Words that narrow the source to the class: any of the words, for every field.
    pub(crate) condition: &'static [(&'static str, &'static [&'static str])],
    /// What the log calls each field, and how it spells its values.
    pub(crate) fields: &'static [(Field, &'static str, Spelling)],
    /// Fields shown besides those that are tested.
    pub(crate) shown: &'static [&'static str],
    /// The field that tells which way a connection was opened, with its words for inbound and outbound.
    pub(crate) direction: Option<(&'static str, &'static str, &'static str)>,
    /// Why the log also holds other events, as a clause.
    pub(crate) also: Option<&'static str>,
    /// Why the log holds only some of the events, as a clause.
    pub(crate) only: Option<&'static str>,
}

/// Where events are, for one platform or one way of connections.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) platform: Option<Platform>,
    pub(crate) flow: Option<Flow>,
}

/// How a log spells the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As the catalogue does.
    Plain,
    /// As the catalogue does; an event may hold several values.
    Many,
    /// As whole URLs, of which an event may hold several; their hosts are meant.
    HostOfUrls,
    /// As a full path; its last part is meant.
    LastPart,
    /// As an address; its domain is meant.
    MailDomain,
    /// With a backslash before it.
    Backslash,
    /// As `DOMAIN\name`; the name is meant.
    Account,
    /// As `DOMAIN\name`; the domain is meant.
    AccountDomain,
    /// As `MD5=...,SHA256=...`; the named digest is meant.
    Digest(&'static str),
    /// As `MD5=...,SHA256=...` or the digest alone, as add-ons do.
    DigestOrBare(&'static str),
    /// As `key\value`; the key is meant, under any spelling of its hive.
    RegistryKey,
    /// As the key itself or `key\value`, depending on `EventType`; the key is meant.
    RegistryDeletedKey,
    /// As `key\value`; the key is meant, with a long or a short name of its hive.
    RegistryPath,
    /// As `key\value`; the value's name is meant.
    RegistryValueName,
    /// In other words: each word of the catalogue with the words of the log.
    Words(&'static [(&'static str, &'static [&'static str])]),
}

pub(crate) use Spelling::{
    Account, AccountDomain, Backslash, Digest, DigestOrBare, HostOfUrls, Many, Plain, RegistryDeletedKey, RegistryKey, RegistryPath,
    RegistryValueName, Words,
};

/// A source for every platform and way.
pub(crate) const fn source(name: &'static str) -> Source {
    Source { name, platform: None, flow: None }
}

/// A source of one platform.
pub(crate) const fn of_platform(name: &'static str, platform: Platform) -> Source {
    Source { name, platform: Some(platform), flow: None }
}

/// A source of connections opened one way.
pub(crate) const fn of_flow(name: &'static str, flow: Flow) -> Source {
    Source { name, platform: None, flow: Some(flow) }
}

/// A field that the log calls so and spells as the catalogue does.
pub(crate) const fn plain(field: Field, name: &'static str) -> (Field, &'static str, Spelling) {
    (field, name, Plain)
}

/// The contract's table, from the streams: the first stream that names a field gives its name.
pub(crate) fn capabilities(
    streams: &[Stream],
    absent_events: &[(EventClass, &'static str)],
    absent_fields: &[(EventClass, Field, &'static str)],
    otherwise: &'static str,
    open: bool,
) -> Capabilities {
    let mut events: Vec<(EventClass, Name)> = Vec::new();
    let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
    for stream in streams {
        if let Some(first) = stream.sources.first()
            && !events.iter().any(|(class, _)| *class == stream.class)
        {
            events.push((stream.class, Name::Is(first.name)));
        }
        for (field, name, _) in stream.fields {
            if !fields.iter().any(|(class, known, _)| (*class, *known) == (stream.class, *field)) {
                fields.push((stream.class, *field, Name::Is(name)));
            }
        }
    }
    events.extend(absent_events.iter().map(|(class, why)| (*class, Name::Absent { why })));
    fields.extend(absent_fields.iter().map(|(class, field, why)| (*class, *field, Name::Absent { why })));
    Capabilities {
        events: events.leak(),
        fields: fields.leak(),
        otherwise,
        case_sensitive: true,
        regex: true,
        single_character: true,
        negation: true,
        exists: true,
        field_to_field: true,
        field_in_field: false,
        domain: Form::Native,
        under: Form::Native,
        url: Form::Native,
        open_field: if open { backend::named_fields } else { backend::no_field },
        open_source: if open { backend::every_source } else { backend::no_source },
        tells_empty: false,
        time_parts: false,
        bytes: false,
    }
}
