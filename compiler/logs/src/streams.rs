//! Where do Splunk's add-ons and the data models of the Common Information Model keep events, and what do they call things?
//!
//! A [`Stream`] is one kind of log that holds events of a class: the logs of machines ([`host`]) keep the events' own names, those of the network and of
//! clouds ([`network`]) have the names that their add-ons extract, and a data model ([`cim`]) has its own. Log sources that the catalogue has no class for
//! are in [`sources`] and [`view`].

pub mod cim;
mod host;
pub mod network;
pub mod raw;
pub mod sources;
pub mod view;

use ir::{EventClass, Field, Flow, Platform};

use crate::{Encoding, Log, Row};

/// How a log writes a whole event, so that some characters of a value are written otherwise in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// As text that says what it means.
    #[default]
    Text,
    /// As XML.
    Xml,
    /// As JSON.
    Json,
}

/// A name of Sigma's that the catalogue has no field for, what a log calls it, and how it spells its values.
pub type Named = (&'static str, &'static str, Encoding);

/// Fields of a log, each with any of its words.
pub type Told = &'static [(&'static str, &'static [&'static str])];

/// One kind of log that holds events of a class.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// The class.
    pub class: EventClass,
    /// Where the events are: macros (`raw`), or the data model and dataset (`cim`).
    pub sources: &'static [Source],
    /// The numbers of its events, where it is a log of Windows.
    pub numbers: &'static [i64],
    /// Words that narrow the source to the class: any of the words, for every field.
    pub condition: Told,
    /// What the log calls each field, and how it spells its values, in groups.
    pub fields: &'static [&'static [Row]],
    /// What the log has not, and why.
    pub absent: &'static [(Field, &'static str)],
    /// The log, where it is declared.
    pub log: Option<&'static Log>,
    /// What the log calls fields that the catalogue has no name for.
    pub open: &'static [Named],
    /// Fields that are shown though the catalogue has no name for them.
    pub besides: &'static [&'static str],
    /// The field that tells which way a connection was opened, with its words for inbound and outbound.
    pub direction: Option<(&'static str, &'static str, &'static str)>,
    /// Why the log also holds other events, as a clause.
    pub also: Option<&'static str>,
    /// Why the log holds only some of the events, as a clause.
    pub only: Option<&'static str>,
}

impl Stream {
    /// A stream of a class in which everything else is still to be said.
    pub const fn of(class: EventClass) -> Self {
        Self {
            class,
            sources: &[],
            numbers: &[],
            condition: &[],
            fields: &[],
            absent: &[],
            log: None,
            open: &[],
            besides: &[],
            direction: None,
            also: None,
            only: None,
        }
    }

    /// A stream of a log, as its add-on has it.
    pub const fn log(log: &'static Log, sources: &'static [Source]) -> Self {
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
    pub fn rows(&self) -> impl Iterator<Item = Row> + use<> {
        let open = self.open;
        // What a task runs is not cut out of its definition here.
        let said = |row: &&Row| !matches!(row, (.., Encoding::TaskXml));
        self.fields.iter().flat_map(|group| group.iter()).filter(said).map(move |(field, name, encoding)| {
            let renamed = open.iter().find(|(known, ..)| known == name);
            (*field, renamed.map_or(*name, |(_, name, _)| name), *encoding)
        })
    }

    /// Whether it writes [`crate::NOTHING`] where an event has nothing in a field. A data model keeps what its logs write.
    pub fn signs(&self, field: Field) -> bool {
        self.log.map_or_else(|| crate::signs(self.class, field), |log| log.signs(field))
    }

    /// What the log calls a field of the catalogue.
    pub fn row(&self, field: Field) -> Option<Row> {
        self.rows().find(|(known, ..)| *known == field)
    }

    /// What tells its events: fields, each with any of its words.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, Vec<String>)> + use<> {
        let numbers = (!self.numbers.is_empty()).then(|| ("EventCode", self.numbers.iter().map(ToString::to_string).collect()));
        let condition = self.condition;
        numbers.into_iter().chain(condition.iter().map(|(field, words)| (*field, words.iter().map(|word| (*word).to_owned()).collect())))
    }
}

/// Where events are, for one platform or one way of connections.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The macro of a site's index (`raw`), or the data model and dataset (`cim`).
    pub name: &'static str,
    /// Words that tell the log from others of the index.
    pub told: Told,
    /// A field with a word that only other logs have.
    pub never: Option<(&'static str, &'static str)>,
    /// The only operating system whose events it has.
    pub platform: Option<Platform>,
    /// The only way connections go in it.
    pub flow: Option<Flow>,
}

impl Source {
    /// A source for every platform and way.
    pub const fn new(name: &'static str, told: Told) -> Self {
        Self { name, told, never: None, platform: None, flow: None }
    }

    /// The source has events of one platform.
    pub const fn on(self, platform: Platform) -> Self {
        Self { platform: Some(platform), ..self }
    }

    /// The source has connections opened one way.
    pub const fn way(self, flow: Flow) -> Self {
        Self { flow: Some(flow), ..self }
    }

    /// Events with this word belong to another source.
    pub const fn without(self, field: &'static str, word: &'static str) -> Self {
        Self { never: Some((field, word)), ..self }
    }
}

/// A field that the log calls so and spells as the catalogue does.
pub const fn plain(field: Field, name: &'static str) -> Row {
    (field, name, Encoding::Same)
}

/// What a name server answers, in the words of the registry of DNS parameters, as the model looks them up
/// (<https://docs.splunk.com/Documentation/CIM/latest/User/NetworkResolutionDNS>, <https://www.iana.org/assignments/dns-parameters>).
pub const REPLY_CODES: Encoding = Encoding::Words(&[
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
