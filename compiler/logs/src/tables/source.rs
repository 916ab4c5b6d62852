//! Which table holds events of a class, and which columns does it have for their fields?

use crate::{Log, windows};
use ir::{EventClass, EventRule, EventSelector, Field, FieldRef, Flow, Platform};

use super::column::{Column, EVENT_TIMES, Entity, Fields};
use super::columns;
use super::event_data;
use super::open::fields::{OpenFields, found};
use super::platform::{Told, told};
use super::product::Product;
use super::rows::Rows;

/// One table that holds events of a class.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The class.
    pub class: EventClass,
    /// A word for file names, when a class stands in several tables.
    pub label: &'static str,
    /// The table, or the parser's name.
    pub table: &'static str,
    /// Which of its rows, all of them for most.
    pub rows: Rows,
    /// Which of its rows besides, for the platform that is asked for.
    pub beside: Told,
    /// Which of its rows when only connections opened to us, or only those opened by us, are wanted: for tables that know the
    /// way of some connections and hold both. An event that does not say its way is in both.
    pub ways: Option<[Rows; 2]>,
    /// The column that holds an event as XML, where it is not called `EventData`; empty for most.
    pub data: &'static str,
    /// The only operating system it sees.
    pub platform: Option<Platform>,
    /// The only way connections go in it.
    pub flow: Option<Flow>,
    /// Sentinel's data connector.
    pub connector: &'static str,
    /// The columns that answer for each field; any of them is enough.
    pub fields: Fields,
    /// The log whose events its rows keep as XML; it has the fields then.
    pub log: Option<&'static Log>,
    /// The columns that answer for fields that only the log has names for; any of them is enough.
    pub open: &'static [(&'static str, &'static [Column])],
    /// Where the table keeps what neither list names.
    pub others: Others,
    /// What an alert can name.
    pub entities: &'static [Entity],
}

/// Where a table keeps a field that its profile does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
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
    pub const fn of(class: EventClass) -> Self {
        if matches!(class, EventClass::CloudAudit) { Self::Columns } else { Self::Nowhere }
    }
}

impl Source {
    /// The columns that answer for each field.
    pub fn fields(&self) -> Fields {
        self.log.map_or(self.fields, event_data::fields)
    }

    /// Whether its rows have [`crate::NOTHING`] where an event has nothing in a field: the audit of Windows keeps what its log writes, and
    /// the parsers of ASIM pass it on.
    pub fn signs(&self, field: Field) -> bool {
        if self.table.starts_with("_Im_") {
            return crate::signs(self.class, field);
        }
        let of_audit = || windows::ALL.into_iter().find(|log| log.class == self.class && log.service == "security");
        let log = if self.table == "SecurityEvent" { of_audit() } else { self.log };
        log.is_some_and(|log| log.signs(field))
    }

    /// The columns that answer for a field.
    pub fn columns(&self, field: Field) -> Option<&'static [Column]> {
        self.fields().iter().find(|(known, _)| *known == field).map(|(_, columns)| *columns)
    }

    /// Whether the table may hold events like these.
    pub fn fits(&self, event: &EventSelector, class: EventClass) -> bool {
        self.class == class
            && (self.platform.is_none() || event.platform.is_none() || self.platform == event.platform)
            // Whoever signs in to a cloud does so on no machine that the log knows.
            && !(self.table == "SigninLogs" && event.platform.is_some())
            && (self.flow.is_none() || event.flow.is_none() || self.flow == event.flow)
    }

    /// What is asked of it for the platform of a rule's events.
    pub fn told(&self, rule: &EventRule) -> Told {
        match rule.event.platform {
            Some(Platform::Windows) if rule.tells_windows() => Told::ALL,
            Some(platform) if self.platform.is_none() => told(self.table, platform),
            _ => Told::ALL,
        }
    }

    /// Whether the table has a field.
    pub fn answers(&self, product: Product, field: &FieldRef) -> bool {
        match field {
            FieldRef::Known(known) => self.columns(*known).is_some(),
            FieldRef::Open(name) => self.has(product, name),
            FieldRef::Any => true,
        }
    }

    /// Whether the table has a field that only the log has a name for.
    pub fn has(&self, product: Product, name: &str) -> bool {
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
                Others::Open(fields) => found(product, self.table, fields, name).is_some(),
            }
    }

    /// The columns that answer for a field that only the log has a name for.
    pub fn open_columns(&self, name: &str) -> Option<&'static [Column]> {
        self.open.iter().find(|(known, _)| *known == name).map(|(_, columns)| *columns)
    }
}
