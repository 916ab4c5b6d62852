//! What a vendor's schema is made of: for each kind of event its tables, and for each field its columns.
//!
//! A profile is data. One kind of event may stand in several tables ([`Source`]); each becomes one leg of a query, with
//! only the tests that its columns can answer. [`backend::Capabilities`] follow from the same tables, so a name is
//! written once.

use std::sync::LazyLock;

use backend::{Capabilities, Form, Name};
use ir::{EventClass, Field, Flow, Platform};

use open::{OpenFields, OpenSource};

mod asim;
mod defender_xdr;
pub(crate) mod open;
mod sentinel;
mod sentinel_hosts;
mod sysmon;

/// How a column answers tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A point in time.
    Time,
    /// Text; one of these words and nothing else.
    Among(&'static [&'static str]),
    /// Any member with this key, wherever it stands in a JSON text.
    Within(&'static str),
    /// An address; IPv4 may be written as `::ffff:192.0.2.1`.
    MappedAddress,
    /// Several values in one text, separated by commas, semicolons, bars, brackets or quotes.
    Joined,
    /// Always this text.
    Always(&'static str),
    /// Any row of another table that shares a key with this one.
    Other {
        /// The other table.
        table: &'static str,
        /// The key, named the same in both.
        key: &'static str,
    },
}

/// One column that answers for a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its name in the query.
    pub(crate) name: &'static str,
    /// How it is computed, in the vendor's language; empty when the table has it.
    pub(crate) from: &'static str,
    /// How it answers.
    pub(crate) answer: Answer,
}

/// A column of the table.
const fn text(name: &'static str) -> Column {
    Column { name, from: "", answer: Answer::Text }
}

/// A computed text.
const fn computed(name: &'static str, from: &'static str) -> Column {
    Column { name, from, answer: Answer::Text }
}

/// A column that holds a number.
const fn number(name: &'static str) -> Column {
    Column { name, from: "", answer: Answer::Number }
}

/// A computed number.
const fn computed_number(name: &'static str, from: &'static str) -> Column {
    Column { name, from, answer: Answer::Number }
}

/// A fixed text.
const fn always(word: &'static str) -> Column {
    Column { name: "", from: "", answer: Answer::Always(word) }
}

/// Text that holds one of a few words.
const fn among(name: &'static str, words: &'static [&'static str]) -> Column {
    Column { name, from: "", answer: Answer::Among(words) }
}

/// Any member with a key in a column of JSON.
const fn within(name: &'static str, from: &'static str, key: &'static str) -> Column {
    Column { name, from, answer: Answer::Within(key) }
}

/// An entity that an alert can name: Sentinel's type, its identifier, and the column.
pub(crate) type Entity = (&'static str, &'static str, &'static str);

/// One table that holds events of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// The class.
    pub(crate) class: EventClass,
    /// A word for file names, when a class stands in several tables.
    pub(crate) label: &'static str,
    /// The table, or the parser's name.
    pub(crate) table: &'static str,
    /// Which of its rows, in the vendor's language; empty for all.
    pub(crate) rows: &'static str,
    /// Which of its rows when only connections opened to us, or only those opened by us, are wanted: for tables that know the
    /// way of some connections and hold both. An event that does not say its way is in both.
    pub(crate) ways: Option<[&'static str; 2]>,
    /// The column that holds an event as XML, where it is not called `EventData`; empty for most.
    pub(crate) data: &'static str,
    /// The only operating system it sees.
    pub(crate) platform: Option<Platform>,
    /// The only way connections go in it.
    pub(crate) flow: Option<Flow>,
    /// Sentinel's data connector.
    pub(crate) connector: &'static str,
    /// The columns that answer for each field; any of them is enough.
    pub(crate) fields: &'static [(Field, &'static [Column])],
    /// What an alert can name.
    pub(crate) entities: &'static [Entity],
    /// How it answers for fields that the catalogue does not know.
    pub(crate) open: &'static OpenFields,
}

impl Source {
    /// The columns that answer for a field.
    pub(crate) fn columns(&self, field: Field) -> Option<&'static [Column]> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, columns)| *columns)
    }
}

/// One vendor schema.
#[derive(Debug)]
pub(crate) struct Schema {
    /// The profile's id.
    pub(crate) id: &'static str,
    /// The column that holds an event's time.
    pub(crate) time: &'static str,
    /// The tables.
    pub(crate) sources: &'static [Source],
    /// What is missing, and why.
    pub(crate) absent: &'static [(EventClass, &'static [Field], &'static str)],
    /// Classes that are missing, and why.
    pub(crate) absent_events: &'static [(EventClass, &'static str)],
    /// The reason for everything else.
    pub(crate) otherwise: &'static str,
    /// Tables for log sources in Sigma's words.
    pub(crate) open: &'static [&'static [OpenSource]],
    /// Log sources in Sigma's words that no table holds, and why.
    pub(crate) open_absent: &'static [open::Absent],
}

/// Takes XML's escapes out of a value.
pub(crate) const UNXML: &str = "let unxml = (value: string) {\n    replace_string(replace_string(replace_string(replace_string(replace_string(value, \
\"&lt;\", \"<\"), \"&gt;\", \">\"), \"&quot;\", \"\\\"\"), \"&apos;\", \"'\"), \"&amp;\", \"&\")\n};";

/// The schema of a profile.
pub(crate) fn schema(profile: &str) -> &'static Schema {
    match profile {
        "defender-xdr" => &defender_xdr::SCHEMA,
        "asim" => &asim::SCHEMA,
        _ => &sentinel::SCHEMA,
    }
}

/// What a profile can say.
pub(crate) fn capabilities(profile: &str) -> &'static Capabilities {
    static DEFENDER_XDR: LazyLock<Capabilities> = LazyLock::new(|| derive(&defender_xdr::SCHEMA));
    static SENTINEL: LazyLock<Capabilities> = LazyLock::new(|| derive(&sentinel::SCHEMA));
    static ASIM: LazyLock<Capabilities> = LazyLock::new(|| derive(&asim::SCHEMA));
    match profile {
        "defender-xdr" => &DEFENDER_XDR,
        "asim" => &ASIM,
        _ => &SENTINEL,
    }
}

/// The tables as the contract wants them. They live as long as the program: each is made once.
fn derive(schema: &Schema) -> Capabilities {
    let mut events: Vec<(EventClass, Name)> = Vec::new();
    let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
    for source in schema.sources {
        if !events.iter().any(|(class, _)| *class == source.class) {
            events.push((source.class, Name::Is(source.table)));
        }
        for (field, columns) in source.fields {
            if !fields.iter().any(|(class, known, _)| *class == source.class && known == field) {
                fields.push((source.class, *field, Name::Is(columns.first().map_or("", |column| column.name))));
            }
        }
    }
    for (class, why) in schema.absent_events {
        events.push((*class, Name::Absent { why }));
    }
    for (class, missing, why) in schema.absent {
        for field in *missing {
            fields.push((*class, *field, Name::Absent { why }));
        }
    }
    Capabilities {
        events: Box::leak(events.into_boxed_slice()),
        fields: Box::leak(fields.into_boxed_slice()),
        otherwise: schema.otherwise,
        case_sensitive: true,
        regex: true,
        single_character: true,
        negation: true,
        exists: true,
        field_to_field: true,
        field_in_field: true,
        domain: Form::Native,
        under: Form::Text,
        url: Form::Native,
        open_field: match schema.id {
            "defender-xdr" => |event, field| open::field(&defender_xdr::SCHEMA, event, field),
            "asim" => |event, field| open::field(&asim::SCHEMA, event, field),
            _ => |event, field| open::field(&sentinel::SCHEMA, event, field),
        },
        open_source: match schema.id {
            "defender-xdr" => |event| open::source(&defender_xdr::SCHEMA, event),
            "asim" => |event| open::source(&asim::SCHEMA, event),
            _ => |event| open::source(&sentinel::SCHEMA, event),
        },
        tells_empty: false,
        time_parts: true,
        bytes: false,
    }
}

/// The last part of a path, as a computed column.
macro_rules! last_part {
    ($column:literal) => {
        concat!("extract(@\"([^\\\\/]*)$\", 1, ", $column, ")")
    };
}

/// Everything before the last separator of a path.
macro_rules! directory {
    ($column:literal) => {
        concat!("extract(@\"^(.*)[\\\\/][^\\\\/]*$\", 1, ", $column, ")")
    };
}

/// What follows the last dot of the last part of a path.
macro_rules! extension {
    ($column:literal) => {
        concat!("extract(@\"\\.([^.\\\\/]*)$\", 1, ", $column, ")")
    };
}

/// The host of a URL, or of text that may be a URL without a scheme.
macro_rules! url_host {
    ($column:literal) => {
        concat!("extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?(\\[[^\\]]*\\]|[^/?#:]*)\", 1, ", $column, ")")
    };
}

/// The port of a URL, when it is not the scheme's own.
macro_rules! url_port {
    ($column:literal) => {
        concat!(
            "iff(",
            $column,
            " matches regex @\"(?i)^(?:http://[^/?#]*:80|https://[^/?#]*:443)(?:[/?#]|$)\", long(null), ",
            "tolong(extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?(?:\\[[^\\]]*\\]|[^/?#:]*):([0-9]+)\", 1, ",
            $column,
            ")))"
        )
    };
}

/// The path of a URL; `/` when it has none.
macro_rules! url_path {
    ($column:literal) => {
        concat!(
            "iff(isempty(",
            $column,
            "), \"\", coalesce(extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*(/[^?#]*)\", 1, ",
            $column,
            "), \"/\"))"
        )
    };
}

/// The query of a URL.
macro_rules! url_query {
    ($column:literal) => {
        concat!("extract(@\"^[^?#]*\\?([^#]*)\", 1, ", $column, ")")
    };
}

/// An account name without the domain before or behind it.
macro_rules! account {
    ($column:literal) => {
        concat!("extract(@\"^(?:[^\\\\]*\\\\)?([^@]*)\", 1, ", $column, ")")
    };
}

/// The domain of an account name: before a backslash, or behind an `@`.
macro_rules! account_domain {
    ($column:literal) => {
        concat!("coalesce(extract(@\"^([^\\\\]*)\\\\\", 1, ", $column, "), extract(@\"@(.*)$\", 1, ", $column, "))")
    };
}

/// A registry key with a short hive name; a user's own hive is `HKCU`, whoever the user is.
macro_rules! short_hive {
    ($column:literal) => {
        concat!(
            "replace_regex(replace_regex(replace_regex(replace_regex(",
            $column,
            ", @\"(?i)^(?:HKEY_CURRENT_USER(?:\\\\S-1-5-21-[0-9-]+)?|HKEY_USERS\\\\S-1-5-21-[0-9-]+)(\\\\|$)\", @\"HKCU\\1\"), ",
            "@\"(?i)^HKEY_LOCAL_MACHINE(\\\\|$)\", @\"HKLM\\1\"), @\"(?i)^HKEY_USERS(\\\\|$)\", @\"HKU\\1\"), ",
            "@\"(?i)^HKEY_CLASSES_ROOT(\\\\|$)\", @\"HKCR\\1\")"
        )
    };
}

use {account, account_domain, directory, extension, last_part, short_hive, url_host, url_path, url_port, url_query};
