//! Where does each kind of event come from, and what does its log call things?

#[cfg(test)]
mod book;
pub(crate) mod cim;
pub(crate) mod raw;
pub(crate) mod view;

use backend::{Absence, Capabilities, Cx, Form, Name, Profile};
use ir::{EventClass, EventSelector, Field, FieldRef, Flow, Platform};
use logs::Log;

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

/// Whether the profile reads data models.
pub(crate) fn accelerated(cx: &Cx<'_>) -> bool {
    Read::of(cx.profile) == Read::Models
}

/// How a log writes a whole event, so that some characters of a value are written otherwise in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Written {
    /// As text that says what it means.
    #[default]
    Text,
    /// As XML.
    Xml,
    /// As JSON.
    Json,
}

pub(crate) use logs::{Encoding, Row};

/// A name of Sigma's that the catalogue has no field for, what a log calls it, and how it spells its values.
pub(crate) type Named = (&'static str, &'static str, Encoding);

/// Fields of a log, each with any of its words.
pub(crate) type Told = &'static [(&'static str, &'static [&'static str])];

/// One kind of log that holds events of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    pub(crate) class: EventClass,
    /// Where the events are: macros (`raw`), or the data model and dataset (`cim`).
    pub(crate) sources: &'static [Source],
    /// The numbers of its events, where it is a log of Windows.
    pub(crate) numbers: &'static [i64],
    /// Words that narrow the source to the class: any of the words, for every field.
    pub(crate) condition: Told,
    /// What the log calls each field, and how it spells its values, in groups.
    pub(crate) fields: &'static [&'static [Row]],
    /// What the log has not, and why.
    pub(crate) absent: &'static [(Field, &'static str)],
    /// The log, where [`logs`] has it.
    pub(crate) log: Option<&'static Log>,
    /// What the log calls fields that the catalogue has no name for.
    pub(crate) open: &'static [Named],
    /// Fields shown besides those that are tested.
    pub(crate) shown: &'static [&'static str],
    /// The field that tells which way a connection was opened, with its words for inbound and outbound.
    pub(crate) direction: Option<(&'static str, &'static str, &'static str)>,
    /// Why the log also holds other events, as a clause.
    pub(crate) also: Option<&'static str>,
    /// Why the log holds only some of the events, as a clause.
    pub(crate) only: Option<&'static str>,
}

impl Stream {
    /// A stream of a class in which everything else is still to be said.
    pub(crate) const fn of(class: EventClass) -> Self {
        Self {
            class,
            sources: &[],
            numbers: &[],
            condition: &[],
            fields: &[],
            absent: &[],
            log: None,
            open: &[],
            shown: &[],
            direction: None,
            also: None,
            only: None,
        }
    }

    /// A stream of a log, as its add-on has it.
    pub(crate) const fn log(log: &'static Log, sources: &'static [Source]) -> Self {
        Self {
            sources,
            numbers: log.numbers,
            condition: log.told,
            fields: log.fields,
            absent: log.absent,
            log: Some(log),
            only: log.partial,
            ..Self::of(log.class)
        }
    }

    /// Every field with its name and encoding.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> + use<> {
        let open = self.open;
        // What a task runs is not cut out of its definition here.
        let said = |row: &&Row| !matches!(row, (.., Encoding::TaskXml));
        self.fields.iter().flat_map(|group| group.iter()).filter(said).map(move |(field, name, encoding)| {
            let renamed = open.iter().find(|(known, ..)| known == name);
            (*field, renamed.map_or(*name, |(_, name, _)| name), *encoding)
        })
    }

    /// Whether it writes [`logs::NOTHING`] where an event has nothing in a field. A data model keeps what its logs write.
    pub(crate) fn signs(&self, field: Field) -> bool {
        self.log.map_or_else(|| logs::signs(self.class, field), |log| log.signs(field))
    }

    /// What the log calls a field of the catalogue.
    pub(crate) fn row(&self, field: Field) -> Option<Row> {
        self.rows().find(|(known, ..)| *known == field)
    }

    /// What tells its events: fields, each with any of its words.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&'static str, Vec<String>)> + use<> {
        let numbers = (!self.numbers.is_empty()).then(|| ("EventCode", self.numbers.iter().map(ToString::to_string).collect()));
        let condition = self.condition;
        numbers.into_iter().chain(condition.iter().map(|(field, words)| (*field, words.iter().map(|word| (*word).to_owned()).collect())))
    }
}

/// Where events are, for one platform or one way of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// The macro of a site's index (`raw`), or the data model and dataset (`cim`).
    pub(crate) name: &'static str,
    /// Words that tell the log from others of the index.
    pub(crate) told: Told,
    /// A field with a word that only other logs have.
    pub(crate) never: Option<(&'static str, &'static str)>,
    pub(crate) platform: Option<Platform>,
    pub(crate) flow: Option<Flow>,
}

pub(crate) use logs::Encoding::{
    AccountDomain, AccountName, AnyRegistryKey, Digest, DigestOrAlone, HostOfUrls, Inside, RegistryData, Same, Several, Words,
};

impl Source {
    /// A source for every platform and way.
    pub(crate) const fn new(name: &'static str, told: Told) -> Self {
        Self { name, told, never: None, platform: None, flow: None }
    }

    /// The source has events of one platform.
    pub(crate) const fn on(self, platform: Platform) -> Self {
        Self { platform: Some(platform), ..self }
    }

    /// The source has connections opened one way.
    pub(crate) const fn way(self, flow: Flow) -> Self {
        Self { flow: Some(flow), ..self }
    }

    /// Events with this word belong to another source.
    pub(crate) const fn without(self, field: &'static str, word: &'static str) -> Self {
        Self { never: Some((field, word)), ..self }
    }
}

/// A field that the log calls so and spells as the catalogue does.
pub(crate) const fn plain(field: Field, name: &'static str) -> Row {
    (field, name, Same)
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

/// What a name server answers, in the words of the registry of DNS parameters, as the model looks them up
/// (<https://docs.splunk.com/Documentation/CIM/latest/User/NetworkResolutionDNS>, <https://www.iana.org/assignments/dns-parameters>).
pub(crate) const REPLY_CODES: Encoding = Words(&[
    ("NOERROR", &["No Error"]),
    ("FORMERR", &["Format Error"]),
    ("SERVFAIL", &["Server Failure"]),
    ("NXDOMAIN", &["Non-Existent Domain"]),
    ("NOTIMP", &["Not Implemented"]),
    ("REFUSED", &["Query Refused"]),
    ("YXDOMAIN", &["Name Exists when it should not"]),
    ("YXRRSET", &["RR Set Exists when it should not"]),
    ("NXRRSET", &["RR Set that should exist does not"]),
    ("NOTAUTH", &["Not Authorized"]),
    ("NOTZONE", &["Name not contained in zone"]),
    ("BADVERS", &["Bad OPT Version"]),
    ("BADSIG", &["TSIG Signature Failure"]),
    ("BADKEY", &["Key not recognized"]),
    ("BADTIME", &["Signature out of time window"]),
    ("BADMODE", &["Bad TKEY Mode"]),
    ("BADNAME", &["Duplicate key name"]),
    ("BADALG", &["Algorithm not supported"]),
    ("BADTRUNC", &["Bad Truncation"]),
]);
