//! Which rows make a group, and what becomes of each group?
//!
//! <https://learn.microsoft.com/kusto/query/summarize-operator>

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::batch::{Batch, Column};
use super::bind::Site;
use super::evaluate::{Bound, Line, Place};
use super::figure::{About, FIGURES, Figure};
use super::rows::key;
use super::scope::Run;
use super::tree::{Expression, Named};
use super::value::{Type, Value};
use crate::Fault;

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

impl<'a> Site<'_, 'a> {
    /// A figure, and its type; what it is about stands here.
    pub(super) fn figure(&self, name: &str, arguments: &'a [Named]) -> Result<(Figure, Type), Fault> {
        let wrong = || Fault::Unknown(format!("`{name}` with {} arguments", arguments.len()));
        let (_, about, conditional, _) = FIGURES.iter().find(|(known, ..)| *known == name).ok_or_else(wrong)?;
        if arguments.iter().any(|argument| argument.name.is_some()) {
            return Err(wrong());
        }
        let mut rest = arguments.iter();
        let mut value = None;
        let mut kind = Type::Long;
        if *about != About::Count {
            let (bound, of) = self.bind(&rest.next().ok_or_else(wrong)?.value)?;
            let fits = match about {
                About::Sum | About::Average | About::Spread => of.is_number(),
                About::Least | About::Most => of.is_number() || matches!(of, Type::DateTime | Type::Timespan),
                About::Count | About::Distinct | About::Set | About::List => true,
            };
            if !fits {
                return unknown(format!("`{name}` of {}", of.name()));
            }
            kind = match about {
                About::Count | About::Distinct => Type::Long,
                About::Sum if of.is_whole() => Type::Long,
                About::Sum | About::Least | About::Most => of,
                About::Average | About::Spread => Type::Real,
                About::Set | About::List => Type::Dynamic,
            };
            value = Some(bound);
        }
        let only = if *conditional { Some(self.condition(&rest.next().ok_or_else(wrong)?.value)?) } else { None };
        if let Some(most) = rest.next() {
            // A list may say how long it becomes at most; the product cuts it anywhere.
            let many = if matches!(about, About::Set | About::List) { self.constant(&most.value)?.0.as_long() } else { None };
            if many.is_none_or(|many| many < 1_000) {
                return Err(wrong());
            }
        }
        if rest.next().is_some() {
            return Err(wrong());
        }
        Ok((Figure { about: *about, only, value }, kind))
    }
}

/// What becomes of the rows of a group.
enum Part<'a> {
    /// Expressions of figures.
    Value(Column<'a>, Bound),
    /// The row with the largest or smallest value, and the columns of it.
    Best { by: Bound, wanted: Ordering, columns: Vec<(Column<'a>, Bound)> },
}

impl<'a> Run<'a> {
    /// One row for each group.
    pub(super) fn summarize(&self, mut rows: Batch<'a>, figures: &'a [Named], by: &'a [Named]) -> Result<Batch<'a>, Fault> {
        let keys = self.computed(&mut rows, by)?;
        let mut site = Site::new(self, &rows.columns, false);
        site.figures = Some((0, RefCell::new(Vec::new())));
        let mut parts = Vec::with_capacity(figures.len());
        for figure in figures {
            parts.push(match &figure.value {
                Expression::Call(name, arguments) if matches!(name.as_str(), "arg_max" | "arg_min") => {
                    best(name, figure.name.as_deref(), arguments, &keys, &rows)?.bind(&Site::new(self, &rows.columns, false))?
                }
                value => {
                    let (bound, kind) = site.bind(value)?;
                    let name = figure.name.as_deref().map(Cow::Borrowed).or_else(|| given(value));
                    let Some(name) = name else { return unknown("a figure without a name") };
                    Part::Value(Column { name, kind, slot: 0 }, bound)
                }
            });
        }
        let figures = site.figures.take().map(|(_, figures)| figures.into_inner()).unwrap_or_default();
        let slots: Vec<usize> = keys.iter().map(|column| column.slot).collect();
        let mut groups: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for (at, line) in rows.lines.iter().enumerate() {
            let group = *groups.entry(key(line, &slots)?).or_insert(members.len());
            match members.get_mut(group) {
                Some(members) => members.push(at),
                None => members.push(vec![at]),
            }
        }
        // Without keys, no rows are one group without rows.
        if keys.is_empty() && members.is_empty() {
            members.push(Vec::new());
        }
        let mut columns: Vec<Column<'a>> = keys.clone();
        for part in &parts {
            match part {
                Part::Value(column, _) => columns.push(column.clone()),
                Part::Best { columns: more, .. } => columns.extend(more.iter().map(|(column, _)| column.clone())),
            }
        }
        for at in 0..columns.len() {
            let (before, rest) = columns.split_at_mut(at);
            let Some(column) = rest.first_mut() else { continue };
            if before.iter().any(|known| known.name == column.name) {
                return unknown(format!("two columns with the name `{}`", column.name));
            }
            column.slot = at;
        }
        let mut lines = Vec::with_capacity(members.len());
        for group in &members {
            let mut more = Vec::with_capacity(columns.len());
            let first = group.first().and_then(|at| rows.lines.get(*at));
            more.extend(slots.iter().map(|slot| first.map_or(Value::Null, |line| line.cell(*slot).clone())));
            let values = figures.iter().map(|figure| figure.of(&rows.lines, group)).collect::<Result<Vec<Value>, Fault>>()?;
            let values = [Line::made(values)];
            for part in &parts {
                match part {
                    Part::Value(_, Bound::Slot(slot)) => more.push(values.first().map_or(Value::Null, |line| line.cell(*slot).clone())),
                    Part::Value(_, bound) => more.push(bound.value(Place { lines: &values, at: 0 })?.into_owned()),
                    Part::Best { by, wanted, columns } => {
                        let place = chosen(by, *wanted, &rows.lines, group)?;
                        for (column, bound) in columns {
                            more.push(match place {
                                Some(place) => bound.value(place)?.into_owned(),
                                None => column.kind.missing(),
                            });
                        }
                    }
                }
            }
            lines.push(Line::made(more));
        }
        Ok(Batch { width: columns.len(), columns, lines, ordered: false })
    }
}

/// The first row with the best value; of rows without a value the first.
fn chosen<'r>(by: &Bound, wanted: Ordering, lines: &'r [Line<'r>], group: &[usize]) -> Result<Option<Place<'r>>, Fault> {
    let mut best: Option<(Place<'r>, Value)> = None;
    for at in group {
        let place = Place { lines, at: *at };
        let value = by.value(place)?.into_owned();
        let better = match &best {
            None => true,
            Some((_, known)) => *known == Value::Null && value != Value::Null || value.compare(known) == Some(wanted),
        };
        if better {
            best = Some((place, value));
        }
    }
    Ok(best.map(|(place, _)| place))
}

/// `arg_max` and `arg_min` before its columns are bound: <https://learn.microsoft.com/kusto/query/arg-max-aggregation-function>.
struct Unbound<'a> {
    by: &'a Expression,
    name: Cow<'a, str>,
    wanted: Ordering,
    rest: Vec<&'a Expression>,
    /// Every other column.
    all: Vec<Column<'a>>,
}

fn best<'a>(name: &str, given: Option<&'a str>, arguments: &'a [Named], keys: &[Column<'a>], rows: &Batch<'a>) -> Result<Unbound<'a>, Fault> {
    let [first, rest @ ..] = arguments else { return unknown(format!("`{name}` of nothing")) };
    let wanted = if name == "arg_max" { Ordering::Greater } else { Ordering::Less };
    let name = match (given, &first.value) {
        (Some(given), _) => given,
        (None, Expression::Name(name)) => name.as_str(),
        _ => return unknown("a figure without a name"),
    };
    let star = matches!(rest, [Named { value: Expression::Star, .. }]);
    let known = |column: &&Column<'a>| column.name != name && !keys.iter().any(|key| key.name == column.name);
    let all = if star { rows.columns.iter().filter(known).cloned().collect() } else { Vec::new() };
    let rest = if star { Vec::new() } else { rest.iter().map(|argument| &argument.value).collect() };
    Ok(Unbound { by: &first.value, name: Cow::Borrowed(name), wanted, rest, all })
}

impl<'a> Unbound<'a> {
    fn bind(self, site: &Site<'_, 'a>) -> Result<Part<'a>, Fault> {
        let (by, kind) = site.bind(self.by)?;
        if !(kind.is_number() || matches!(kind, Type::DateTime | Type::Timespan)) {
            return unknown(format!("the largest of {}", kind.name()));
        }
        let mut columns = vec![(Column { name: self.name, kind, slot: 0 }, site.bind(self.by)?.0)];
        for expression in self.rest {
            let Expression::Name(name) = expression else { return unknown("a figure without a name") };
            let (bound, kind) = site.bind(expression)?;
            columns.push((Column { name: Cow::Borrowed(name), kind, slot: 0 }, bound));
        }
        columns.extend(self.all.into_iter().map(|column| {
            let bound = Bound::Slot(column.slot);
            (column, bound)
        }));
        Ok(Part::Best { by, wanted: self.wanted, columns })
    }
}

/// What a figure is called that has no name.
fn given(value: &Expression) -> Option<Cow<'static, str>> {
    let Expression::Call(name, arguments) = value else { return None };
    let (.., prefix) = FIGURES.iter().find(|(known, ..)| known == name)?;
    match arguments.first().map(|argument| &argument.value) {
        Some(Expression::Name(column)) => Some(Cow::Owned(format!("{prefix}{column}"))),
        None => Some(Cow::Borrowed(prefix)),
        Some(_) if matches!(name.as_str(), "countif") => Some(Cow::Borrowed(prefix)),
        Some(_) => None,
    }
}
