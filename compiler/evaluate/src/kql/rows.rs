//! How are rows put together: one after the other, beside each other, in order, spread out?

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value as Json;

use super::batch::{Batch, Column};
use super::bind::Site;
use super::evaluate::{Line, Moved, Place};
use super::scope::Run;
use super::tree::{Expansion, Join, Order, Union};
use super::value::{Type, Value};
use crate::Fault;

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

impl<'a> Run<'a> {
    /// One after the other: <https://learn.microsoft.com/kusto/query/union-operator>. A column that has two types is two columns, with the
    /// names of the types behind its own.
    pub(super) fn union(&self, first: Option<Batch<'a>>, of: &'a Union) -> Result<Batch<'a>, Fault> {
        let mut legs: Vec<Batch<'a>> = first.into_iter().collect();
        for leg in &of.legs {
            if !(of.fuzzy && self.lacks(leg)) {
                legs.push(self.table(leg)?);
            }
        }
        if legs.is_empty() {
            return unknown("a union of which no table is there");
        }
        if of.inner {
            let shared =
                |column: &Column<'a>| legs.iter().all(|leg| leg.columns.iter().any(|other| other.name == column.name && other.kind == column.kind));
            let kept: Vec<Vec<Column<'a>>> = legs.iter().map(|leg| leg.columns.iter().filter(|column| shared(column)).cloned().collect()).collect();
            for (leg, columns) in legs.iter_mut().zip(kept) {
                leg.columns = columns;
            }
        }
        together(legs)
    }

    /// In order: <https://learn.microsoft.com/kusto/query/sort-operator>.
    pub(super) fn sort(&self, mut rows: Batch<'a>, orders: &'a [Order]) -> Result<Batch<'a>, Fault> {
        let site = Site::new(self, &rows.columns, rows.ordered);
        let mut keys = Vec::with_capacity(orders.len());
        for order in orders {
            let (bound, kind) = site.bind(&order.by)?;
            if kind == Type::Dynamic {
                return unknown("an order of JSON values");
            }
            keys.push((bound, order));
        }
        let mut cells = Vec::with_capacity(rows.lines.len());
        for at in 0..rows.lines.len() {
            let place = Place { lines: &rows.lines, at };
            cells.push(keys.iter().map(|(bound, _)| Ok(bound.value(place)?.into_owned())).collect::<Result<Vec<Value>, Fault>>()?);
        }
        let mut lines: Vec<(Vec<Value>, Line<'a>)> = cells.into_iter().zip(std::mem::take(&mut rows.lines)).collect();
        lines.sort_by(|(left, _), (right, _)| {
            let each = keys.iter().zip(left.iter().zip(right)).map(|((_, order), (left, right))| match (left, right) {
                (Value::Null, Value::Null) => Ordering::Equal,
                (Value::Null, _) if order.nulls_first => Ordering::Less,
                (_, Value::Null) if !order.nulls_first => Ordering::Less,
                (Value::Null, _) | (_, Value::Null) => Ordering::Greater,
                _ => {
                    let order_of = left.compare(right).unwrap_or(Ordering::Equal);
                    if order.ascending { order_of } else { order_of.reverse() }
                }
            });
            each.fold(Ordering::Equal, Ordering::then)
        });
        rows.lines = lines.into_iter().map(|(_, line)| line).collect();
        rows.ordered = true;
        Ok(rows)
    }

    /// A row for each element of an array: <https://learn.microsoft.com/kusto/query/mv-expand-operator>.
    pub(super) fn expand(&self, mut rows: Batch<'a>, expansions: &'a [Expansion]) -> Result<Batch<'a>, Fault> {
        let [expansion] = expansions else { return unknown("several arrays expanded together") };
        let (bound, kind) = Site::new(self, &rows.columns, rows.ordered).bind(&expansion.value)?;
        if kind != Type::Dynamic {
            return unknown(format!("the elements of a value of type {}", kind.name()));
        }
        let mut lines = Vec::with_capacity(rows.lines.len());
        for at in 0..rows.lines.len() {
            let place = Place { lines: &rows.lines, at };
            let value = bound.value(place)?;
            let Value::Dynamic(json) = &*value else { return unknown("the elements of null") };
            let Json::Array(list) = &**json else { return unknown("the elements of what is no array") };
            if list.is_empty() {
                return unknown("the elements of an empty array");
            }
            for item in list {
                let item = match (expansion.kind, item) {
                    (Type::Dynamic, item) => Value::json(item.clone()),
                    (kind, item) => Value::cell(Some(item), kind)?,
                };
                let Some(line) = rows.lines.get(at) else { continue };
                let mut line = line.clone();
                line.more.push(item);
                lines.push(line);
            }
        }
        let column = Column { name: Cow::Borrowed(&expansion.name), kind: expansion.kind, slot: rows.width };
        match rows.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) => *known = column,
            None => rows.columns.push(column),
        }
        rows.width += 1;
        rows.lines = lines;
        Ok(rows)
    }
}

/// The rows of several legs, each column of which has its place.
fn together(legs: Vec<Batch<'_>>) -> Result<Batch<'_>, Fault> {
    // By length first: names of other lengths are told apart without their letters.
    let mut known: BTreeMap<(usize, Cow<'_, str>), usize> = BTreeMap::new();
    let mut merged: Vec<(Cow<'_, str>, Vec<Type>)> = Vec::new();
    let mut places = Vec::with_capacity(legs.len());
    for leg in &legs {
        let mut place = Vec::with_capacity(leg.columns.len());
        for column in &leg.columns {
            let at = *known.entry((column.name.len(), column.name.clone())).or_insert(merged.len());
            let kind = match merged.get_mut(at) {
                None => {
                    merged.push((column.name.clone(), vec![column.kind]));
                    0
                }
                Some((_, kinds)) => kinds.iter().position(|kind| *kind == column.kind).unwrap_or_else(|| {
                    kinds.push(column.kind);
                    kinds.len() - 1
                }),
            };
            place.push((at, kind, column.slot));
        }
        places.push(place);
    }
    let mut columns = Vec::with_capacity(merged.len());
    let mut starts = Vec::with_capacity(merged.len());
    for (name, kinds) in merged {
        starts.push(columns.len());
        let several = kinds.len() > 1;
        for kind in kinds {
            let name = if several { Cow::Owned(format!("{name}_{}", kind.name())) } else { name.clone() };
            if several && known.contains_key(&(name.len(), name.clone())) {
                return unknown(format!("two columns with the name `{name}`"));
            }
            columns.push(Column { name, kind, slot: columns.len() });
        }
    }
    let mut lines = Vec::with_capacity(legs.iter().map(|leg| leg.lines.len()).sum());
    for (leg, place) in legs.into_iter().zip(places) {
        if leg.lines.is_empty() {
            continue;
        }
        let mut slots: Vec<Result<usize, &'static Value>> = columns.iter().map(|column| Err(column.kind.absent())).collect();
        for (at, kind, from) in place {
            if let Some(slot) = starts.get(at).and_then(|start| slots.get_mut(start + kind)) {
                *slot = Ok(from);
            }
        }
        // All rows of a leg have the same places before.
        let before = leg.lines.first().and_then(|line| line.moved.clone());
        let same = leg.lines.iter().all(|line| match (&line.moved, &before) {
            (None, None) => true,
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            _ => false,
        });
        let moved = Rc::new(Moved { slots: if same { slots.clone() } else { Vec::new() }, width: leg.width, before });
        for mut line in leg.lines {
            line.moved =
                Some(if same { moved.clone() } else { Rc::new(Moved { slots: slots.clone(), width: leg.width, before: line.moved.take() }) });
            lines.push(line);
        }
    }
    Ok(Batch { width: columns.len(), columns, lines, ordered: false })
}

/// A key of several cells.
pub(super) fn key(line: &Line<'_>, slots: &[usize]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    for slot in slots {
        line.cell(*slot).key(&mut out)?;
    }
    Ok(out)
}

impl<'a> Batch<'a> {
    /// Each row once: <https://learn.microsoft.com/kusto/query/distinct-operator>.
    pub(super) fn distinct(mut self) -> Result<Self, Fault> {
        let slots: Vec<usize> = self.columns.iter().map(|column| column.slot).collect();
        let mut seen = BTreeSet::new();
        let mut kept = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            kept.push(seen.insert(key(line, &slots)?));
        }
        let mut kept = kept.into_iter();
        self.lines.retain(|_| kept.next() == Some(true));
        self.ordered = false;
        Ok(self)
    }

    /// Beside each other, where keys agree: <https://learn.microsoft.com/kusto/query/join-operator>.
    pub(super) fn join(mut self, kind: Join, right: Self, on: &'a [(String, String)]) -> Result<Self, Fault> {
        let (mut left_slots, mut right_slots) = (Vec::new(), Vec::new());
        for (left_name, right_name) in on {
            let (one, two) = (self.column(left_name)?, right.column(right_name)?);
            let fits = one.kind == two.kind || (one.kind.is_whole() && two.kind.is_whole());
            if !fits || matches!(one.kind, Type::Dynamic | Type::Real) {
                return unknown(format!("a join of {} and {}", one.kind.name(), two.kind.name()));
            }
            left_slots.push(one.slot);
            right_slots.push(two.slot);
        }
        let keys = |lines: &[Line<'a>], slots: &[usize]| -> Result<Vec<Vec<u8>>, Fault> {
            lines
                .iter()
                .map(|line| {
                    // The page does not say whether null joins with null.
                    if slots.iter().any(|slot| *line.cell(*slot) == Value::Null) {
                        return unknown("a join by null");
                    }
                    key(line, slots)
                })
                .collect()
        };
        if kind == Join::InnerUnique {
            let mut seen = BTreeSet::new();
            let keys = keys(&self.lines, &left_slots)?;
            let mut kept = keys.into_iter().map(|key| seen.insert(key)).collect::<Vec<_>>().into_iter();
            self.lines.retain(|_| kept.next() == Some(true));
        }
        let (left_keys, right_keys) = (keys(&self.lines, &left_slots)?, keys(&right.lines, &right_slots)?);
        let mut of_right: BTreeMap<&[u8], Vec<&Line<'a>>> = BTreeMap::new();
        for (key, line) in right_keys.iter().zip(&right.lines) {
            of_right.entry(key).or_default().push(line);
        }
        let of_left: BTreeSet<&[u8]> = left_keys.iter().map(Vec::as_slice).collect();
        let only = |mut rows: Self, kept: Vec<bool>| {
            let mut kept = kept.into_iter();
            rows.lines.retain(|_| kept.next() == Some(true));
            rows.ordered = false;
            rows
        };
        match kind {
            Join::LeftSemi | Join::LeftAnti => {
                let kept = left_keys.iter().map(|key| of_right.contains_key(key.as_slice()) == (kind == Join::LeftSemi)).collect();
                return Ok(only(self, kept));
            }
            Join::RightSemi | Join::RightAnti => {
                let kept = right_keys.iter().map(|key| of_left.contains(key.as_slice()) == (kind == Join::RightSemi)).collect();
                return Ok(only(right, kept));
            }
            _ => {}
        }
        let lookup = matches!(kind, Join::LookupInner | Join::LookupLeftOuter);
        let beside: Vec<&Column<'a>> = right.columns.iter().filter(|column| !lookup || !on.iter().any(|(_, key)| column.name == *key)).collect();
        let mut columns: Vec<Column<'a>> = Vec::with_capacity(self.columns.len() + beside.len());
        for column in self.columns.iter().chain(beside.iter().copied()) {
            let mut name = column.name.clone();
            // A column of the right side whose name is taken gets a number.
            if columns.iter().any(|known| known.name == name) {
                name = Cow::Owned(format!("{name}1"));
                if [&self.columns, &right.columns].iter().any(|side| side.iter().any(|known| known.name == name)) {
                    return unknown(format!("a join that makes a second column `{name}`"));
                }
            }
            columns.push(Column { name, kind: column.kind, slot: columns.len() });
        }
        let side = |columns: &[&Column<'a>], line: Option<&Line<'a>>| -> Vec<Value> {
            columns.iter().map(|column| line.map_or_else(|| column.kind.missing(), |line| line.cell(column.slot).clone())).collect()
        };
        let before: Vec<&Column<'a>> = self.columns.iter().collect();
        let mut lines = Vec::new();
        for (key, line) in left_keys.iter().zip(&self.lines) {
            let found = of_right.get(key.as_slice());
            let left = side(&before, Some(line));
            if found.is_none() && matches!(kind, Join::LeftOuter | Join::FullOuter | Join::LookupLeftOuter) {
                lines.push(Line::made(left.iter().cloned().chain(side(&beside, None)).collect()));
            }
            for other in found.into_iter().flatten() {
                lines.push(Line::made(left.iter().cloned().chain(side(&beside, Some(other))).collect()));
            }
        }
        if matches!(kind, Join::RightOuter | Join::FullOuter) {
            for (key, line) in right_keys.iter().zip(&right.lines) {
                if !of_left.contains(key.as_slice()) {
                    lines.push(Line::made(side(&before, None).into_iter().chain(side(&beside, Some(line))).collect()));
                }
            }
        }
        Ok(Self { width: columns.len(), columns, lines, ordered: false })
    }
}
