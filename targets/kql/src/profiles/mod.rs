//! What a vendor's schema is made of: for each kind of event its tables, and for each field its columns.
//!
//! A profile is data. One kind of event may stand in several tables ([`Source`]); each becomes one leg of a query, with
//! only the tests that its columns can answer. [`backend::Capabilities`] follow from the same tables, so a name is
//! written once.

use std::fmt;
use std::sync::LazyLock;

use backend::{Absence, Capabilities, Form, Name, Profile};
use ir::{EventClass, EventSelector, Field, FieldRef, Flow, LogSource, Platform};
use logs::Log;

use crate::columns;
use crate::made::Made;
use open::{OpenFields, OpenSource};

mod asim;
pub(crate) mod defender_events;
mod defender_xdr;
mod event_data;
pub(crate) mod open;
mod sentinel;
mod sentinel_hosts;
mod windows;

/// The product whose tables a profile writes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    /// Advanced hunting in Defender XDR.
    DefenderXdr,
    /// Native tables of Sentinel.
    Sentinel,
    /// Sentinel's information model.
    Asim,
}

impl Product {
    /// Every product, in the order of the profiles.
    pub(crate) const ALL: [Self; 3] = [Self::DefenderXdr, Self::Sentinel, Self::Asim];

    /// The product's profile.
    pub(crate) const fn profile(self) -> Profile {
        match self {
            Self::DefenderXdr => Profile { id: "defender-xdr", title: "Microsoft Defender XDR, advanced hunting", default: true },
            Self::Sentinel => Profile { id: "sentinel", title: "Microsoft Sentinel, native tables", default: true },
            Self::Asim => Profile { id: "asim", title: "Microsoft Sentinel, Advanced Security Information Model", default: true },
        }
    }

    /// The product with this id. Whoever asks has one of the profiles of this target.
    pub(crate) fn of(id: &str) -> Self {
        Self::ALL.into_iter().find(|product| product.profile().id == id).unwrap_or(Self::Sentinel)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.profile().id)
    }
}

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
    /// The texts without names of an event's XML in `EventData`, one on each line.
    Texts,
    /// Several values in one text, separated by commas, semicolons, bars, brackets or quotes.
    Joined,
    /// A path; another column holds its last part.
    Path(&'static str),
    /// The last part of a path, and nothing of the rest.
    LastPart,
    /// What stands in two columns, with a backslash between them; the column's own computation joins them.
    Pair {
        /// The two columns. The second may be empty only where the first is the whole.
        parts: [&'static str; 2],
        /// Whether the first is a registry key whose hive has its long name.
        hives: bool,
    },
    /// A registry key, or a key and a value's name, whose hive has its long name.
    Key,
    /// A word for each word of the log.
    Words(&'static [(&'static str, &'static str)]),
    /// What a registry value holds: a number is in decimal, and another column says that it is one.
    Registry {
        /// The column that says the type.
        kind: &'static str,
        /// What it says.
        numbers: Numbers,
    },
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

/// What a table calls the types of registry values that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// `REG_DWORD`.
    pub(crate) dword: &'static str,
    /// `REG_QWORD`.
    pub(crate) qword: &'static str,
    /// `REG_BINARY`.
    pub(crate) binary: &'static str,
}

/// The columns that answer for each field; any of them is enough.
pub(crate) type Fields = &'static [(Field, &'static [Column])];

/// One column that answers for a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its name in the query.
    pub(crate) name: &'static str,
    /// How it is made.
    pub(crate) from: Made,
    /// How it answers.
    pub(crate) answer: Answer,
}

/// A column of the table.
const fn text(name: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Text }
}

/// A column that holds a path, and the one that holds its last part.
const fn path(name: &'static str, last: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Path(last) }
}

/// A column that has a word for each word of the log.
const fn words(name: &'static str, words: &'static [(&'static str, &'static str)]) -> Column {
    Column { name, from: Made::Own, answer: Answer::Words(words) }
}

/// A computed text.
const fn computed(name: &'static str, from: Made) -> Column {
    Column { name, from, answer: Answer::Text }
}

/// A column that holds a number.
const fn number(name: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Number }
}

/// A column that holds a point in time.
const fn time(name: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Time }
}

/// A computed number.
const fn computed_number(name: &'static str, from: Made) -> Column {
    Column { name, from, answer: Answer::Number }
}

/// A fixed text.
const fn always(word: &'static str) -> Column {
    Column { name: "", from: Made::Own, answer: Answer::Always(word) }
}

/// Text that holds one of a few words.
const fn among(name: &'static str, words: &'static [&'static str]) -> Column {
    Column { name, from: Made::Own, answer: Answer::Among(words) }
}

/// Any member with a key in a column of JSON.
const fn within(name: &'static str, from: Made, key: &'static str) -> Column {
    Column { name, from, answer: Answer::Within(key) }
}

/// A registry key by the kernel's name of its hive, as Windows' audit has it
/// (<https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4657>).
const OBJECT_NAME: Column = computed(
    "ObjectName",
    Made::Vendor(
        "case(RegistryKey startswith \"HKEY_LOCAL_MACHINE\", strcat(@\"\\REGISTRY\\MACHINE\", substring(RegistryKey, 18)), \
RegistryKey startswith \"HKEY_USERS\", strcat(@\"\\REGISTRY\\USER\", substring(RegistryKey, 10)), RegistryKey)",
    ),
);

/// An entity that an alert can name: Sentinel's type, its identifier, and the column.
pub(crate) type Entity = (&'static str, &'static str, &'static str);

/// What Windows' log and Sysmon call the time of an event, which every table has in a column of its own.
pub(crate) const EVENT_TIMES: [&str; 2] = ["TimeCreated", "UtcTime"];

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
    /// Which of its rows besides, for the platform that is asked for; empty for all.
    pub(crate) beside: &'static str,
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
    pub(crate) fields: Fields,
    /// The log whose events its rows keep as XML; it has the fields then.
    pub(crate) log: Option<&'static Log>,
    /// The columns that answer for fields that only the log has names for; any of them is enough.
    pub(crate) open: &'static [(&'static str, &'static [Column])],
    /// Where the table keeps what neither list names.
    pub(crate) others: Others,
    /// What an alert can name.
    pub(crate) entities: &'static [Entity],
}

/// Where a table keeps a field that its profile does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// Nowhere.
    Nowhere,
    /// In the column of that name, or in the raw event.
    Columns,
    /// In the column of that name, or in `EventData` as XML: `<Data Name="...">`.
    ColumnsOrData,
    /// In `EventData` as XML: `<Data Name="...">`.
    Data,
    /// The same, for these names alone.
    Named(&'static [&'static str]),
    /// In `EventData` as XML: `<Data Name="...">`, where the name has spaces that logs drop.
    SpacedData,
    /// In `EventData` as XML: an element of that name.
    Elements,
    /// Where a product's own table of names says.
    Open(&'static OpenFields),
}

impl Others {
    /// For classes whose fields are open.
    const fn of(class: EventClass) -> Self {
        if matches!(class, EventClass::CloudAudit) { Self::Columns } else { Self::Nowhere }
    }
}

impl Source {
    /// The columns that answer for each field.
    pub(crate) fn fields(&self) -> Fields {
        self.log.map_or(self.fields, event_data::fields)
    }

    /// The columns that answer for a field.
    pub(crate) fn columns(&self, field: Field) -> Option<&'static [Column]> {
        self.fields().iter().find(|(known, _)| *known == field).map(|(_, columns)| *columns)
    }

    /// Whether the table may hold events like these.
    pub(crate) fn fits(&self, event: &EventSelector, class: EventClass) -> bool {
        self.class == class
            && (self.platform.is_none() || event.platform.is_none() || self.platform == event.platform)
            && (self.flow.is_none() || event.flow.is_none() || self.flow == event.flow)
    }

    /// Whether the table has a field.
    pub(crate) fn answers(&self, product: Product, field: &FieldRef) -> bool {
        match field {
            FieldRef::Known(known) => self.columns(*known).is_some(),
            FieldRef::Open(name) => self.has(product, name),
            FieldRef::Any => true,
        }
    }

    /// Whether the table has a field that only the log has a name for.
    pub(crate) fn has(&self, product: Product, name: &str) -> bool {
        self.open_columns(name).is_some()
            || EVENT_TIMES.contains(&name) && self.platform.is_none_or(|own| own == Platform::Windows)
            || match self.others {
                Others::Nowhere => false,
                Others::Columns => {
                    let head = name.split('.').next().unwrap_or(name);
                    [name, head, "RawEventData"].iter().any(|name| columns::find(product, self.table, name).is_some())
                }
                Others::Named(names) => names.contains(&name),
                Others::ColumnsOrData | Others::Data | Others::SpacedData | Others::Elements => true,
                Others::Open(fields) => open::found(product, self.table, fields, name).is_some(),
            }
    }

    /// The columns that answer for a field that only the log has a name for.
    pub(crate) fn open_columns(&self, name: &str) -> Option<&'static [Column]> {
        self.open.iter().find(|(known, _)| *known == name).map(|(_, columns)| *columns)
    }
}

/// One vendor schema.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Whose it is.
    pub(crate) product: Product,
    /// The column that holds an event's time.
    pub(crate) time: &'static str,
    /// The tables.
    pub(crate) sources: &'static [Source],
    /// What is missing, and why.
    pub(crate) absent: &'static [Absence],
    /// Fields that only some of the products whose rows a table unites fill: the products whose rows lack them.
    pub(crate) partly: &'static [(EventClass, &'static [Field], &'static [&'static str])],
    /// What is missing of the fields that only logs have names for, and why.
    pub(crate) absent_open: &'static [(EventClass, &'static [&'static str], &'static str)],
    /// Classes that are missing, and why.
    pub(crate) absent_events: &'static [(EventClass, &'static str)],
    /// The reason for everything else.
    pub(crate) otherwise: &'static str,
    /// Tables for log sources in Sigma's words.
    pub(crate) open: &'static [&'static [OpenSource]],
    /// Log sources in Sigma's words that no table holds, and why.
    pub(crate) no_source: &'static [open::Absent],
    /// Log sources whose tables are there and are filled by nothing of the vendor's, and why.
    pub(crate) unfilled: &'static [open::Absent],
}

/// Takes XML's escapes out of a value.
pub(crate) const UNXML: &str = "let unxml = (value: string) {\n    replace_string(replace_string(replace_string(replace_string(replace_string(value, \
\"&lt;\", \"<\"), \"&gt;\", \">\"), \"&quot;\", \"\\\"\"), \"&apos;\", \"'\"), \"&amp;\", \"&\")\n};";

/// The rows of a table of Defender's that stem from Linux and macOS, whose paths begin with a slash; empty where nothing tells them. The
/// table says no platform itself.
pub(crate) fn of_unix(table: &str) -> &'static str {
    match table {
        "DeviceProcessEvents" | "DeviceFileEvents" | "DeviceImageLoadEvents" => "FolderPath startswith \"/\"",
        "DeviceNetworkEvents" => "InitiatingProcessFolderPath startswith \"/\"",
        "_Im_ProcessCreate" | "_Im_FileEvent" | "_Im_NetworkSession" => "DvcOs !startswith \"Windows\"",
        _ => "",
    }
}

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
        open_field,
        open_source: Some(open_source),
        tells_empty: false,
        time_parts: true,
        bytes: false,
    }
}
