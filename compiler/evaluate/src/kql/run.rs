//! Where do rows come from, and what is done to them in which order?

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use super::batch::{Batch, Column};
use super::bind::Site;
use super::evaluate::{Line, Place};
use super::parse::Read;
use super::parsers;
use super::scope::{Entry, Run};
use super::table::World;
use super::tree::{Definition, Expression, Named, Pipe, Source, Step};
use super::value::{Type, Value};
use crate::Fault;

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

/// Runs a query.
pub(super) fn answer<'a>(read: &'a Read, world: &'a World) -> Result<Batch<'a>, Fault> {
    let now = i64::try_from(world.now.as_nanosecond() / 100).unwrap_or(i64::MAX);
    let mut run = Run { world, read, now, lets: Vec::with_capacity(read.lets.len()), bound: Cell::new(0) };
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

impl<'a> Run<'a> {
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
