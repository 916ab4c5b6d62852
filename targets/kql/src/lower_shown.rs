//! Which columns does a query show to whoever reads what it found?
//!
//! A table has up to some two hundred columns. A query hands over where a row comes from, what a person wants to see of such an event
//! ([`logs::essential`]), what the rule asked for, and what an alert names. Where several tables are read, what means the same has the same name,
//! so that the rows are one table and a mapped entity is found in each.
//!
//! A row is handed over whole where the catalogue does not know what matters in it: events of a log source that only Sigma names, audit trails of
//! clouds, whose fields are open, and rules that look for words in whichever column.

use std::collections::BTreeSet;

use ir::{EventClass, Field, FieldRef, LogSource, Predicate};

use crate::ast::{Columns, Condition, List, Rows, Step, Value};
use crate::lower_leg::Leg;
use crate::lower_rows;
use logs::tables::columns::{self, Holds};
use logs::tables::made::{Made, Part};
use logs::tables::{self, Answer, Column, Product, Source};

/// What every row says of itself, as far as its table has it: when, where, which record of which log, and what kind of event.
///
/// A custom detection needs `Timestamp`, `ReportId` and, for a device, `DeviceId`; mail is acted upon by `NetworkMessageId`
/// (<https://learn.microsoft.com/defender-xdr/custom-detection-rules>). Sentinel names a machine in Azure by `_ResourceId`
/// (<https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns>). ASIM keeps a record's own number
/// (<https://learn.microsoft.com/azure/sentinel/normalization-common-fields>).
const fn of_row(product: Product) -> &'static [&'static str] {
    match product {
        Product::DefenderXdr => &["Timestamp", "DeviceId", "DeviceName", "ReportId", "ActionType", "NetworkMessageId"],
        Product::Sentinel => &["TimeGenerated", "Computer", "_ResourceId", "EventID", "ReportId", "NetworkMessageId"],
        Product::Asim => &["TimeGenerated", "Dvc", "EventProduct", "EventType", "EventOriginalUid"],
    }
}

/// What stands behind what was asked for, each where the profile reads the column beside it: who and which program did it, by the names that an
/// alert's entities and its actions want, and what a sensor did about it.
const fn of_actor(product: Product) -> &'static [(&'static str, &'static str)] {
    match product {
        Product::DefenderXdr => &[
            ("SHA1", "SHA1"),
            ("AccountSid", "AccountName"),
            ("AccountUpn", "AccountName"),
            ("AccountObjectId", "AccountName"),
            ("RemoteUrl", "RemoteUrl"),
            ("InitiatingProcessCommandLine", ""),
            ("InitiatingProcessSHA1", ""),
            ("InitiatingProcessAccountName", ""),
            ("InitiatingProcessAccountSid", ""),
        ],
        Product::Sentinel => &[("DeviceVendor", ""), ("DeviceProduct", ""), ("DeviceAction", "")],
        Product::Asim => &[("ActingProcessCommandLine", ""), ("DvcAction", "")],
    }
}

/// One column that is shown.
#[derive(Clone, Debug)]
struct Shown {
    name: String,
    value: Value,
    holds: Holds,
    /// Whether the table has it as it is.
    is_own: bool,
}

/// What a query shows, and what an alert can name of it.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// For each table, its columns; none where whole rows are handed over.
    pub(crate) columns: Vec<Vec<(String, Value)>>,
    /// What an alert can name: type, identifier, column.
    pub(crate) entities: Vec<Mapped>,
    /// What it can show.
    pub(crate) seen: Columns,
}

/// An entity that an alert can name: Sentinel's type, its identifier, and the column of the answer.
pub(crate) type Mapped = (&'static str, &'static str, String);

/// What a query over whole rows lets an alert name.
pub(crate) fn entities<'s>(sources: impl IntoIterator<Item = &'s Source>) -> Vec<Mapped> {
    let mut out: Vec<Mapped> = Vec::new();
    for (kind, identifier, column) in sources.into_iter().flat_map(|source| source.entities) {
        let entity = (*kind, *identifier, (*column).to_owned());
        if !out.contains(&entity) {
            out.push(entity);
        }
    }
    out
}

/// What the tables of a query show. `apart` are tables whose rows keep the names of their columns, because no other table's stand beside them.
pub(crate) fn answered(legs: &[(Leg<'_>, Rows)], event: &ir::EventSelector, predicate: &Predicate, apart: bool) -> Answered {
    let whole = || {
        let sources = || legs.iter().map(|(leg, _)| &leg.source);
        Answered { columns: Vec::new(), entities: entities(sources()), seen: whole_rows(sources(), legs) }
    };
    let tested: Vec<FieldRef> = predicate.tests().iter().map(|test| test.field.clone()).collect();
    let Some(fields) = fields(event, legs, tested, apart) else { return whole() };
    let mut names: Vec<(FieldRef, String)> = Vec::new();
    let mut all: Vec<Vec<Shown>> = Vec::new();
    for (leg, rows) in legs {
        let mut table = Table { leg, out: Vec::new() };
        of_row(leg.schema.product).iter().for_each(|name| table.own(name));
        for field in &fields {
            if apart {
                table.natives(field);
            } else if let Some(first) = table.column_of(field) {
                let name = match names.iter().find(|(known, _)| known == field) {
                    Some((_, name)) => name.clone(),
                    None => {
                        names.push((field.clone(), first.name.clone()));
                        first.name.clone()
                    }
                };
                table.push(Shown { name, ..first });
            }
        }
        read(leg, rows).iter().for_each(|name| table.read(name));
        leg.source.entities.iter().for_each(|(.., column)| table.read(column));
        for (name, beside) in of_actor(leg.schema.product) {
            if beside.is_empty() || table.uses(beside) {
                table.own(name);
            }
        }
        all.push(table.out);
    }
    let mut named: Vec<Mapped> = Vec::new();
    for ((leg, _), shown) in legs.iter().zip(&all) {
        for (kind, identifier, column) in leg.source.entities {
            let Some(found) = shown.iter().find(|shown| shown.is(column)) else { continue };
            let entity = (*kind, *identifier, found.name.clone());
            if !named.contains(&entity) {
                named.push(entity);
            }
        }
    }
    let mut seen = Columns::default();
    for ((leg, rows), shown) in legs.iter().zip(&all) {
        seen.shown.extend(shown.iter().map(|shown| shown.name.clone()));
        seen.asked.extend(
            read(leg, rows)
                .iter()
                .filter_map(|column| shown.iter().find(|shown| shown.is(column) || shown.name == *column))
                .map(|shown| shown.name.clone()),
        );
    }
    once(&mut seen.shown);
    once(&mut seen.asked);
    if !apart {
        of_one_type(&mut all);
    }
    let columns = all.into_iter().map(|list| list.into_iter().map(|shown| (shown.name, shown.value)).collect()).collect();
    Answered { columns, entities: named, seen }
}

/// What is seen of whole rows: what every row says of itself and of who did it, as far as a table has it, and what was asked for.
fn whole_rows<'s>(sources: impl Iterator<Item = &'s Source>, legs: &[(Leg<'_>, Rows)]) -> Columns {
    let mut seen = Columns::default();
    for (leg, rows) in legs {
        seen.asked.extend(read(leg, rows));
    }
    once(&mut seen.asked);
    seen.shown = of_sources(legs.first().map_or(Product::Sentinel, |(leg, _)| leg.schema.product), sources);
    seen.shown.extend(seen.asked.iter().cloned());
    once(&mut seen.shown);
    seen
}

/// What rows of tables say of themselves and of who did it.
pub(crate) fn of_sources<'s>(product: Product, sources: impl Iterator<Item = &'s Source>) -> Vec<String> {
    let names = || of_row(product).iter().copied().chain(of_actor(product).iter().map(|(name, _)| *name));
    let mut out: Vec<String> =
        sources.flat_map(|source| names().filter_map(|name| columns::find(product, source.table, name)).map(|(name, _)| name.to_owned())).collect();
    once(&mut out);
    out
}

/// Says every name once, where it stands first.
fn once(names: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
}

/// The fields that are shown; `None` where nobody knows which matter.
fn fields(event: &ir::EventSelector, legs: &[(Leg<'_>, Rows)], tested: Vec<FieldRef>, apart: bool) -> Option<Vec<FieldRef>> {
    if tested.contains(&FieldRef::Any) {
        return None;
    }
    let mut out: Vec<FieldRef> = Vec::new();
    match &event.source {
        LogSource::Known(EventClass::CloudAudit) => return None,
        LogSource::Known(class) => {
            let has = |field| legs.iter().all(|(leg, _)| leg.source.columns(field).is_some());
            for field in logs::essential(*class) {
                let account: &[Field] = match field {
                    // Tables beside each other have the parts that an alert's entities are made of.
                    Field::UserAccount if !(apart && has(Field::UserAccount)) => &[Field::UserDomain, Field::UserName],
                    Field::UserName => &[Field::UserDomain, Field::UserName],
                    field => &[*field],
                };
                out.extend(account.iter().map(|field| FieldRef::Known(*field)));
            }
        }
        // A table's own columns for the names of an event.
        LogSource::Open { .. } if legs.iter().all(|(leg, _)| tables::by_number(leg.schema, event)) => {
            out.extend(legs.iter().flat_map(|(leg, _)| leg.source.open).map(|(name, _)| FieldRef::Open((*name).into())));
        }
        LogSource::Open { .. } => return None,
    }
    out.extend(tested);
    let mut seen = BTreeSet::new();
    out.retain(|field| seen.insert(field.clone()));
    Some(out)
}

/// What one table shows.
struct Table<'t, 'l> {
    leg: &'t Leg<'l>,
    out: Vec<Shown>,
}

impl Shown {
    /// Whether it is a column of the table, under whichever name.
    fn is(&self, column: &str) -> bool {
        matches!(&self.value, Value::Name(name) if name == column)
    }
}

impl Table<'_, '_> {
    fn push(&mut self, shown: Shown) {
        if !self.out.iter().any(|known| known.name == shown.name) {
            self.out.push(shown);
        }
    }

    /// A column of the table, where it has it.
    fn own(&mut self, name: &str) {
        if let Some((name, holds)) = columns::find(self.leg.schema.product, self.leg.source.table, name) {
            self.push(Shown { name: name.to_owned(), value: Value::name(name), holds, is_own: true });
        }
    }

    /// A column that a condition reads, or an entity is named by, unless it is shown under another name already.
    fn read(&mut self, name: &str) {
        if self.out.iter().any(|shown| shown.is(name)) {
            return;
        }
        if self.leg.computed.iter().any(|(known, _)| known == name) {
            self.push(Shown { name: name.to_owned(), value: Value::name(name), holds: Holds::Text, is_own: false });
        } else {
            self.own(name);
        }
    }

    /// Whether the profile reads a column of the table.
    fn uses(&self, name: &str) -> bool {
        let source = &self.leg.source;
        let columns = source.fields().iter().map(|(_, columns)| *columns).chain(source.open.iter().map(|(_, columns)| *columns));
        columns.flatten().any(|column| column.name == name || native(column).is_some_and(|names| names.contains(&name)))
    }

    /// The columns that a profile has for a field.
    fn of(&self, field: &FieldRef) -> &'static [Column] {
        match field {
            FieldRef::Known(known) => self.leg.source.columns(*known),
            FieldRef::Open(name) => self.leg.source.open_columns(name),
            FieldRef::Any => None,
        }
        .unwrap_or_default()
    }

    /// A site's own column for a field, which stands for the first table of the class.
    fn of_site(&self, field: &FieldRef) -> Option<Shown> {
        let source = &self.leg.source;
        let name = self.leg.overlay.fields.get(&(source.class, field.known()?))?;
        let first = self.leg.schema.sources.iter().find(|first| first.class == source.class);
        if first.is_some_and(|first| first.table != source.table) {
            return None;
        }
        let number = self.of(field).first().is_some_and(|column| column.answer == Answer::Number);
        let holds = if number { Holds::Number } else { Holds::Text };
        Some(Shown { name: name.clone(), value: Value::name(name.as_str()), holds, is_own: true })
    }

    /// The columns of the table that a field is made of, or what is made where it is cut out of something larger.
    fn natives(&mut self, field: &FieldRef) {
        if let Some(own) = self.of_site(field) {
            self.push(own);
            return;
        }
        for column in self.of(field) {
            if !stands_in_row(column) {
                continue;
            }
            match native(column) {
                Some(names) => names.iter().for_each(|name| self.own(name)),
                None => self.push(self.made(column)),
            }
        }
    }

    /// The first column for a field.
    fn column_of(&self, field: &FieldRef) -> Option<Shown> {
        if let Some(own) = self.of_site(field) {
            return Some(own);
        }
        if let FieldRef::Open(name) = field
            && self.leg.computed.iter().any(|(known, _)| known == &**name)
        {
            return Some(Shown { name: name.to_string(), value: Value::name(&**name), holds: Holds::Text, is_own: false });
        }
        self.of(field).iter().find(|column| stands_in_row(column)).map(|column| self.made(column))
    }

    /// A column as the table has it, or as it is made.
    fn made(&self, column: &Column) -> Shown {
        let is_there = column.from.is_own() || self.leg.computed.iter().any(|(known, _)| known == column.name);
        let value = if is_there { Value::name(column.name) } else { Value::Made(column.from) };
        let own = || columns::find(self.leg.schema.product, self.leg.source.table, column.name).map(|(_, holds)| holds);
        let holds = match column.answer {
            Answer::Number => Holds::Number,
            _ if column.from.is_own() => own().unwrap_or(Holds::Text),
            _ => Holds::Text,
        };
        Shown { name: column.name.to_owned(), value, holds, is_own: column.from.is_own() }
    }
}

/// Whether a column holds something that the row itself says.
fn stands_in_row(column: &Column) -> bool {
    !matches!(column.answer, Answer::Always(_) | Answer::Other { .. } | Answer::Within(_))
}

/// The table's own columns of which a column is a part, or which it joins; `None` for what is cut out of XML, JSON or several.
fn native(column: &Column) -> Option<Vec<&'static str>> {
    if let Answer::Pair { parts, .. } = column.answer {
        return Some(parts.to_vec());
    }
    if column.from.is_own() { Some(vec![column.name]) } else { parts(&column.from) }
}

fn parts(made: &Made) -> Option<Vec<&'static str>> {
    let mut of = made;
    while let Made::Part(_, inner) = of {
        of = inner;
    }
    let name = |made: &Made| if let Made::Column(name) = made { Some(*name) } else { None };
    match of {
        Made::Column(name) => Some(vec![name]),
        Made::First(list) => list.iter().map(name).collect(),
        Made::Path(two) => two.iter().map(name).collect(),
        Made::Own | Made::Additional(_) | Made::Data(_) | Made::Part(..) | Made::Pieces(_) | Made::Vendor(_) => None,
    }
}

/// The columns that conditions on the rows read, in order. What is only looked up in an index is none: the whole XML of an event.
fn read<'r>(leg: &Leg<'_>, rows: &'r Rows) -> Vec<String> {
    let mut out = Vec::new();
    // What tells the rows that are meant says nothing of an event.
    let kinds = [leg.source.rows, leg.source.beside.rows].map(|rows| lower_rows::condition(&rows));
    let condition = |step: &'r Step| if let Step::Where(condition) = step { Some(condition) } else { None };
    let mut conditions: Vec<&Condition> = rows.steps.iter().rev().filter_map(condition).filter(|condition| !kinds.contains(condition)).collect();
    let mut values: Vec<&Value> = Vec::new();
    while !(conditions.is_empty() && values.is_empty()) {
        if let Some(value) = values.pop() {
            match value {
                Value::Name(name) if name != "EventData" && !out.contains(name) => out.push(name.clone()),
                Value::Call(_, list) => values.extend(list.iter().rev()),
                Value::Operator(left, _, right) => values.extend([&**right, &**left]),
                Value::Condition(inner) => conditions.push(inner),
                Value::Member(of, _) => values.push(of),
                _ => {}
            }
            continue;
        }
        match conditions.pop() {
            Some(Condition::All(list) | Condition::Any(list)) => conditions.extend(list.iter().rev()),
            Some(Condition::Not(inner)) => conditions.push(inner),
            Some(Condition::Compare(left, _, right)) => values.extend([right, left]),
            Some(Condition::In(value, _, list) | Condition::NotIn(value, _, list)) => {
                if let List::Values(list) = list {
                    values.extend(list);
                }
                values.push(value);
            }
            Some(Condition::Has(value, _) | Condition::Is(value)) => values.push(value),
            Some(Condition::Always(_)) | None => {}
        }
    }
    out
}

/// Makes columns of one name hold one type, so that a union keeps them one: a number in one table and a text in another are texts, and numbers
/// of different sizes are large ones.
fn of_one_type(all: &mut [Vec<Shown>]) {
    let Some(names) = (all.len() > 1).then(|| all.iter().flatten().map(|shown| shown.name.clone()).collect::<BTreeSet<String>>()) else { return };
    for name in names {
        let mut same: Vec<&mut Shown> = all.iter_mut().filter_map(|list| list.iter_mut().find(|shown| shown.name == name)).collect();
        let first = same.first().map_or(Holds::Text, |shown| shown.holds);
        let function = if same.iter().any(|shown| shown.holds != first) {
            "tostring"
        } else if first == Holds::Number && same.iter().any(|shown| !shown.is_own) {
            "tolong"
        } else {
            continue;
        };
        for shown in &mut same {
            let is_long = matches!(shown.value, Value::Made(Made::Part(Part::Number, _)));
            if if function == "tolong" { !is_long } else { shown.holds != Holds::Text } {
                shown.value = Value::Call(function, vec![shown.value.clone()]);
            }
        }
    }
}
