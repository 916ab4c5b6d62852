//! What must hold, in items instead of tests, with nothing superfluous.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Cased, How, Item, Key, Value};

/// A condition over items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// Every event fits.
    Always,
    /// No event fits.
    Never,
    /// One item holds.
    Item(Item),
    /// Every one holds; at least two, none of them an `All`.
    All(Vec<Expression>),
    /// At least one holds; at least two, none of them an `Any`, no two items with the same key.
    Any(Vec<Expression>),
    /// It does not hold; not a `Not`.
    Not(Box<Expression>),
}

impl Expression {
    /// Every one holds.
    pub(super) fn all(list: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for part in list {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(more) => out.extend(more),
                other => out.push(other),
            }
        }
        match out.len() {
            0 => Self::Always,
            1 => out.swap_remove(0),
            _ => Self::All(out),
        }
    }

    /// At least one holds. Items with the same key become one item.
    pub(super) fn any(list: impl IntoIterator<Item = Self>) -> Self {
        let mut out: Vec<Self> = Vec::new();
        let mut places: BTreeMap<Key, usize> = BTreeMap::new();
        let mut queue: Vec<Self> = Vec::new();
        for part in list {
            match part {
                Self::Any(more) => queue.extend(more),
                other => queue.push(other),
            }
        }
        for part in queue {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Item(item) if !item.key.all => {
                    let Item { key, mut values } = item;
                    match places.get(&key).and_then(|at| out.get_mut(*at)) {
                        Some(Self::Item(merged)) => merged.values.append(&mut values),
                        _ => {
                            places.insert(key.clone(), out.len());
                            out.push(Self::Item(Item { key, values }));
                        }
                    }
                }
                other => out.push(other),
            }
        }
        for at in places.into_values() {
            if let Some(Self::Item(item)) = out.get_mut(at) {
                once(&mut item.values);
            }
        }
        match out.len() {
            0 => Self::Never,
            1 => out.swap_remove(0),
            _ => Self::Any(out),
        }
    }

    /// It does not hold.
    pub(super) fn negate(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(inner) => *inner,
            // The opposite of no value is a value.
            Self::Item(item) if item.values == [Value::Null] && item.key.how == How::Is(Cased::No) => {
                Self::Item(Item::one(item.key.field, How::Exists, Value::Flag(true)))
            }
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether an item on this field must hold.
    pub(super) fn requires(&self, field: &str) -> bool {
        match self {
            Self::Item(item) => item.key.field == field,
            Self::All(list) => list.iter().any(|part| part.requires(field)),
            Self::Any(list) => list.iter().all(|part| part.requires(field)),
            Self::Always | Self::Never | Self::Not(_) => false,
        }
    }
}

/// Leaves each value once, where it stands first. Lists of indicators are sorted already, and long.
fn once(values: &mut Vec<Value>) {
    if values.windows(2).all(|pair| matches!(pair, [a, b] if a < b)) {
        return;
    }
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.clone()));
}
