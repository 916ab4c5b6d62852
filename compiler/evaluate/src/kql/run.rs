//! Where do rows come from, and what is done to them in which order?

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::bind::{Column, Site};
use super::evaluate::{Line, Place};
use super::expressions::Readings;
use super::parse::Read;
use super::parsers;
use super::tree::{Definition, Expression, Named, Pipe, Source, Step};
use super::value::{Type, Value};
use super::{Table, World};
use crate::Fault;

/// How many names and values may be bound in one run, those of functions each time that they are called.
const BOUND: usize = 4_000_000;

/// Rows on their way.
#[derive(Clone, Debug)]
pub(super) struct Batch<'a> {
    pub(super) columns: Vec<Column<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    /// How many cells a line has, those that no column names any more included.
    pub(super) width: usize,
    /// Whether the lines have an order: <https://learn.microsoft.com/kusto/query/window-functions>.
    pub(super) ordered: bool,
}

/// What a `let` names, once it is known.
#[derive(Clone, Debug)]
pub(super) enum Entry<'a> {
    Value(Value, Type),
    Rows(Rc<Batch<'a>>),
    Function(&'a Definition),
}

/// One run of a query.
pub(super) struct Run<'a> {
    world: &'a World,
    read: &'a Read,
    pub(super) now: i64,
    lets: Vec<(&'a str, Entry<'a>)>,
    bound: Cell<usize>,
}

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

impl<'a> Run<'a> {
    /// Runs a query.
    pub(super) fn answer(read: &'a Read, world: &'a World) -> Result<Batch<'a>, Fault> {
        let now = i64::try_from(world.now.as_nanosecond() / 100).unwrap_or(i64::MAX);
        let mut run = Self { world, read, now, lets: Vec::with_capacity(read.lets.len()), bound: Cell::new(0) };
        for of in &read.lets {
            let entry = match &of.is {
                function @ Definition::Function { .. } => Entry::Function(function),
                Definition::Value(value) if run.is_rows(value) => Entry::Rows(Rc::new(run.table(value)?)),
                Definition::Value(value) => {
                    let (value, kind) = Site::new(&run, &[], false).constant(value)?;
                    Entry::Value(value, kind)
                }
            };
            run.lets.push((&of.name, entry));
        }
        run.pipe(&read.pipe)
    }

    /// What a `let` names; the last of one name.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry<'a>> {
        self.lets.iter().rev().find(|(known, _)| *known == name).map(|(_, entry)| entry)
    }

    /// Counts what is bound.
    pub(super) fn spend(&self) -> Result<(), Fault> {
        let bound = self.bound.get() + 1;
        self.bound.set(bound);
        if bound > BOUND { unknown("a query of this size") } else { Ok(()) }
    }

    /// A regular expression, from those of the query when it stands there.
    pub(super) fn readings(&self, text: &str) -> Result<Arc<Readings>, Fault> {
        match self.read.expressions.get(text) {
            Some(readings) => Ok(readings.clone()),
            None => Readings::new(text).map(Arc::new),
        }
    }

    /// Whether an expression stands for rows.
    pub(super) fn is_rows(&self, of: &Expression) -> bool {
        match of {
            Expression::Rows(_) => true,
            Expression::Name(name) => match self.entry(name) {
                Some(entry) => matches!(entry, Entry::Rows(_)),
                None => self.world.tables.contains_key(name),
            },
            Expression::Call(name, _) => matches!(name.as_str(), "materialize" | "_GetWatchlist") || self.world.tables.contains_key(name),
            _ => false,
        }
    }

    /// Whether rows begin with a table that is not there.
    pub(super) fn lacks(&self, of: &Expression) -> bool {
        match of {
            Expression::Name(name) => self.entry(name).is_none() && !self.world.tables.contains_key(name),
            Expression::Call(name, _) => !self.is_rows(of) && self.entry(name).is_none(),
            Expression::Rows(pipe) => match &pipe.from {
                Source::Expression(from) => self.lacks(from),
                Source::Union(_) | Source::Table(..) | Source::Print(_) => false,
            },
            _ => false,
        }
    }

    /// The rows that an expression stands for.
    pub(super) fn table(&self, of: &'a Expression) -> Result<Batch<'a>, Fault> {
        match of {
            Expression::Rows(pipe) => self.pipe(pipe),
            Expression::Name(name) => match self.entry(name) {
                Some(Entry::Rows(rows)) => Ok(Batch::clone(rows)),
                Some(_) => unknown(format!("`{name}` where rows should stand")),
                None => match self.world.tables.get(name) {
                    Some(table) => Ok(Batch::from(table)),
                    None => unknown(format!("the table `{name}`")),
                },
            },
            Expression::Call(name, arguments) => self.called(name, arguments),
            _ => unknown("a value where rows should stand"),
        }
    }

    /// The rows that a call stands for: a watchlist, a parser, or rows that are kept.
    fn called(&self, name: &'a str, arguments: &'a [Named]) -> Result<Batch<'a>, Fault> {
        match (name, arguments) {
            ("materialize", [Named { name: None, value }]) => self.table(value),
            // <https://learn.microsoft.com/azure/sentinel/watchlists-queries>
            ("_GetWatchlist", [Named { name: None, value }]) => {
                let (alias, _) = Site::new(self, &[], false).constant(value)?;
                let alias = alias.as_text().unwrap_or_default();
                match self.world.watchlists.get(alias) {
                    Some(table) => Ok(Batch::from(table)),
                    None => unknown(format!("the watchlist `{alias}`")),
                }
            }
            _ => match self.world.tables.get(name) {
                Some(table) => parsers::filter(Batch::from(table), arguments, self),
                None => unknown(format!("the rows `{name}`")),
            },
        }
    }

    fn pipe(&self, of: &'a Pipe) -> Result<Batch<'a>, Fault> {
        let mut rows = match &of.from {
            Source::Expression(from) => self.table(from)?,
            Source::Union(union) => self.union(None, union)?,
            Source::Table(columns, cells) => self.data(columns, cells)?,
            Source::Print(values) => {
                let line = Line::made(Vec::new());
                let one = Batch { columns: Vec::new(), lines: vec![line], width: 0, ordered: true };
                self.project(one, values)?
            }
        };
        for step in &of.steps {
            rows = self.step(rows, step)?;
        }
        Ok(rows)
    }

    /// Rows that stand in the query: <https://learn.microsoft.com/kusto/query/datatable-operator>.
    fn data(&self, columns: &'a [(String, Type)], cells: &'a [Expression]) -> Result<Batch<'a>, Fault> {
        let site = Site::new(self, &[], false);
        let mut lines = Vec::with_capacity(cells.len() / columns.len().max(1));
        for row in cells.chunks(columns.len().max(1)) {
            let mut more = Vec::with_capacity(row.len());
            for ((_, wanted), cell) in columns.iter().zip(row) {
                let (value, kind) = site.constant(cell)?;
                let fits = kind == *wanted || (kind.is_whole() && wanted.is_whole()) || *wanted == Type::Dynamic;
                more.push(match value {
                    Value::Null if fits => wanted.missing(),
                    value @ Value::Dynamic(_) if fits => value,
                    value if fits && *wanted == Type::Dynamic => Value::json(value.to_json()),
                    value if fits => value,
                    Value::Long(number) if *wanted == Type::Real => Value::Real(number as f64),
                    _ => return unknown(format!("a cell of type {} in a column of type {}", kind.name(), wanted.name())),
                });
            }
            lines.push(Line::made(more));
        }
        let columns = columns.iter().enumerate().map(|(slot, (name, kind))| Column { name: Cow::Borrowed(name), kind: *kind, slot });
        let columns: Vec<Column<'a>> = columns.collect();
        Ok(Batch { width: columns.len(), columns, lines, ordered: false })
    }

    pub(super) fn step(&self, rows: Batch<'a>, step: &'a Step) -> Result<Batch<'a>, Fault> {
        match step {
            Step::Where(condition) => {
                let condition = Site::new(self, &rows.columns, rows.ordered).condition(condition)?;
                rows.filter(|place| Ok(condition.truth(place)? == Some(true)))
            }
            Step::Extend(values) => self.extend(rows, values),
            Step::Serialize(values) => self.extend(Batch { ordered: true, ..rows }, values),
            Step::Project(values) => self.project(rows, values),
            Step::ProjectAway(names) => rows.columns_without(names),
            Step::ProjectKeep(names) => rows.columns_among(names),
            Step::ProjectRename(names) => rows.renamed(names),
            Step::Distinct(values) => {
                let rows = if values.is_empty() { rows } else { self.project(rows, values)? };
                rows.distinct()
            }
            Step::Summarize { figures, by } => self.summarize(rows, figures, by),
            Step::Sort(orders) => self.sort(rows, orders),
            Step::Top(many, order) => {
                let many = self.count(many)?;
                let mut rows = self.sort(rows, std::slice::from_ref(order))?;
                rows.lines.truncate(many);
                Ok(rows)
            }
            Step::Take(many) => {
                let many = self.count(many)?;
                // Without an order, the page says, any rows may be taken.
                if many < rows.lines.len() && !rows.ordered {
                    return unknown("`take` of rows without an order");
                }
                let mut rows = rows;
                rows.lines.truncate(many);
                Ok(rows)
            }
            Step::Count => {
                let many = Value::Long(i64::try_from(rows.lines.len()).unwrap_or(i64::MAX));
                let columns = vec![Column { name: Cow::Borrowed("Count"), kind: Type::Long, slot: 0 }];
                Ok(Batch { columns, lines: vec![Line::made(vec![many])], width: 1, ordered: false })
            }
            Step::Join { kind, right, on } => rows.join(*kind, self.table(right)?, on),
            Step::Union(union) => self.union(Some(rows), union),
            Step::MvExpand(expansions) => self.expand(rows, expansions),
            Step::MvApply(expansions, steps) => {
                // Steps that look at one row alone can as well be done to all rows together.
                if !steps.iter().all(|step| matches!(step, Step::Where(_) | Step::Extend(_))) {
                    return unknown("`mv-apply` with more than `where` and `extend`");
                }
                let ordered = std::mem::take(&mut { rows.ordered });
                let mut rows = self.expand(Batch { ordered: false, ..rows }, expansions)?;
                for step in steps {
                    rows = self.step(rows, step)?;
                }
                Ok(Batch { ordered, ..rows })
            }
        }
    }

    fn count(&self, of: &'a Expression) -> Result<usize, Fault> {
        let (value, _) = Site::new(self, &[], false).constant(of)?;
        match value.as_long().and_then(|many| usize::try_from(many).ok()) {
            Some(many) => Ok(many),
            None => unknown("a number of rows that is none"),
        }
    }

    /// More columns, each computed from those that were there before.
    fn extend(&self, mut rows: Batch<'a>, values: &'a [Named]) -> Result<Batch<'a>, Fault> {
        let columns = self.computed(&mut rows, values)?;
        for column in columns {
            match rows.columns.iter_mut().find(|known| known.is(&column.name)) {
                Some(known) => *known = column,
                None => rows.columns.push(column),
            }
        }
        Ok(rows)
    }

    /// Only these columns.
    pub(super) fn project(&self, mut rows: Batch<'a>, values: &'a [Named]) -> Result<Batch<'a>, Fault> {
        let columns = self.computed(&mut rows, values)?;
        for (at, column) in columns.iter().enumerate() {
            if columns.iter().take(at).any(|before| before.name == column.name) {
                return unknown(format!("two columns with the name `{}`", column.name));
            }
        }
        rows.columns = columns;
        Ok(rows)
    }

    /// Computes columns; what a column is already is not computed.
    pub(super) fn computed(&self, rows: &mut Batch<'a>, values: &'a [Named]) -> Result<Vec<Column<'a>>, Fault> {
        let mut columns = Vec::with_capacity(values.len());
        let mut bounds = Vec::with_capacity(values.len());
        let site = Site::new(self, &rows.columns, rows.ordered);
        for Named { name, value } in values {
            let (bound, kind) = site.bind(value)?;
            let name = match (name, value) {
                (Some(name), _) | (None, Expression::Name(name)) => Cow::Borrowed(name.as_str()),
                (None, Expression::Call(function, arguments)) if function == "bin" => match arguments.first().map(|argument| &argument.value) {
                    Some(Expression::Name(name)) => Cow::Borrowed(name.as_str()),
                    _ => return unknown("a computed column without a name"),
                },
                _ => return unknown("a computed column without a name"),
            };
            let slot = match bound {
                super::evaluate::Bound::Slot(slot) => slot,
                bound => {
                    bounds.push(bound);
                    rows.width + bounds.len() - 1
                }
            };
            columns.push(Column { name, kind, slot });
        }
        if !bounds.is_empty() {
            let mut cells = Vec::with_capacity(rows.lines.len());
            for at in 0..rows.lines.len() {
                let place = Place { lines: &rows.lines, at };
                let computed = bounds.iter().map(|bound| Ok(bound.value(place)?.into_owned()));
                cells.push(computed.collect::<Result<Vec<Value>, Fault>>()?);
            }
            for (line, cells) in rows.lines.iter_mut().zip(cells) {
                line.more.extend(cells);
            }
            rows.width += bounds.len();
        }
        Ok(columns)
    }
}

impl<'a> From<&'a Table> for Batch<'a> {
    fn from(table: &'a Table) -> Self {
        let columns = table.columns.iter().enumerate().map(|(slot, (name, kind))| Column { name: Cow::Borrowed(name.as_str()), kind: *kind, slot });
        let lines = table.rows.iter().map(|row| Line::of(row));
        Self { columns: columns.collect(), lines: lines.collect(), width: table.columns.len(), ordered: false }
    }
}

impl<'a> Batch<'a> {
    /// Only the rows for which something holds.
    pub(super) fn filter(mut self, holds: impl Fn(Place<'_>) -> Result<bool, Fault>) -> Result<Self, Fault> {
        let mut kept = Vec::with_capacity(self.lines.len());
        for at in 0..self.lines.len() {
            kept.push(holds(Place { lines: &self.lines, at })?);
        }
        let mut kept = kept.into_iter();
        self.lines.retain(|_| kept.next() == Some(true));
        Ok(self)
    }

    /// The column of a name.
    pub(super) fn column(&self, name: &str) -> Result<&Column<'a>, Fault> {
        match self.columns.iter().find(|column| column.is(name)) {
            Some(column) => Ok(column),
            None => unknown(format!("the column `{name}`")),
        }
    }

    fn columns_without(mut self, names: &[String]) -> Result<Self, Fault> {
        for name in names {
            self.column(name)?;
        }
        self.columns.retain(|column| !names.iter().any(|name| column.name == *name));
        Ok(self)
    }

    fn columns_among(mut self, names: &[String]) -> Result<Self, Fault> {
        for name in names {
            self.column(name)?;
        }
        self.columns.retain(|column| names.iter().any(|name| column.name == *name));
        Ok(self)
    }

    fn renamed(mut self, names: &'a [(String, String)]) -> Result<Self, Fault> {
        for (new, old) in names {
            self.column(old)?;
            if self.column(new).is_ok() {
                return unknown(format!("two columns with the name `{new}`"));
            }
            for column in self.columns.iter_mut().filter(|column| column.name == *old) {
                column.name = Cow::Borrowed(new);
            }
        }
        Ok(self)
    }
}
