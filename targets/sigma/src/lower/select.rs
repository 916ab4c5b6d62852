//! Which selections does a rule have, and what are they called?
//!
//! The community's habits: what must hold stands in `selection`, or in `selection_*` under `all of`; what must not stands
//! in `filter_*` under `not 1 of`; alternatives on several fields are a list of maps.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::Expression;
use crate::ast::{Block, Cased, Condition, Detection, How, Item};

/// Selections and condition for an expression, with items that must hold besides.
pub(super) fn detection(base: Vec<Item>, expression: Expression) -> Detection {
    let mut names = Names::default();
    let parts = match expression {
        Expression::Always => Vec::new(),
        Expression::All(list) => list,
        other => vec![other],
    };
    let Sorted { positive, negative, mixed } = sort(base, parts);
    let single = positive.len() == 1 && mixed.is_empty();
    let simple = mixed.is_empty();
    let mut conditions = Vec::new();
    if single {
        conditions.extend(positive.into_iter().map(|block| {
            let name = if matches!(block, Block::Keywords(_)) { "keywords" } else { "selection" };
            Condition::Is(names.add(name.to_owned(), block))
        }));
    } else {
        let count = positive.len();
        let found: Vec<Condition> = positive.into_iter().map(|block| Condition::Is(names.hinted("selection", block))).collect();
        if simple && count > 1 { conditions.push(Condition::AllOf("selection_")) } else { conditions.extend(found) }
    }
    for part in mixed {
        conditions.push(condition(part, &mut names));
    }
    let count = negative.len();
    let found: Vec<Condition> = negative.into_iter().map(|block| Condition::Is(names.hinted("filter", block))).collect();
    if simple && count > 1 {
        conditions.push(Condition::Not(Box::new(Condition::OneOf("filter_"))));
    } else {
        conditions.extend(found.into_iter().map(|name| Condition::Not(Box::new(name))));
    }
    Detection { blocks: names.blocks, condition: joined(conditions, Condition::And) }
}

/// The parts of a conjunction, by what they need.
struct Sorted {
    /// Selections that must hold.
    positive: Vec<Block>,
    /// Selections that must not hold.
    negative: Vec<Block>,
    /// What needs a condition of its own.
    mixed: Vec<Expression>,
}

fn sort(base: Vec<Item>, parts: Vec<Expression>) -> Sorted {
    let (mut items, mut positive, mut negative, mut mixed) = (base, Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Expression::Item(item) if item.key.field.is_empty() => positive.push(keywords(item)),
            Expression::Item(item) => {
                if let Err(item) = put(&mut items, item) {
                    positive.push(Block::Map(vec![item]));
                }
            }
            Expression::Not(inner) => match block(&inner) {
                Some(block) => negative.push(block),
                None => mixed.push(Expression::Not(inner)),
            },
            other => match block(&other) {
                Some(block) => positive.push(block),
                None => mixed.push(other),
            },
        }
    }
    if !items.is_empty() {
        positive.insert(0, Block::Map(items));
    }
    Sorted { positive, negative, mixed }
}

/// Adds an item to a map; gives it back when the map has its key already.
fn put(items: &mut Vec<Item>, mut item: Item) -> Result<(), Item> {
    let contains = matches!(item.key.how, How::Contains(Cased::No | Cased::Yes));
    if contains && item.values.len() == 1 {
        let same = items
            .iter_mut()
            .find(|known| known.key.field == item.key.field && known.key.how == item.key.how && (known.key.all || known.values.len() == 1));
        if let Some(known) = same {
            known.values.append(&mut item.values);
            known.values.dedup();
            known.key.all = known.values.len() > 1;
            return Ok(());
        }
    }
    if items.iter().any(|known| known.key == item.key) {
        return Err(item);
    }
    items.push(item);
    Ok(())
}

/// Keywords as a list, or as a map where something besides `contains` is asked of them.
fn keywords(item: Item) -> Block {
    if item.key.how == How::Contains(Cased::No) && !item.key.all { Block::Keywords(item.values) } else { Block::Map(vec![item]) }
}

/// The expression as one selection, when it is one.
fn block(expression: &Expression) -> Option<Block> {
    match expression {
        Expression::Item(item) if item.key.field.is_empty() => Some(keywords(item.clone())),
        Expression::Any(list) => Some(Block::List(list.iter().map(map).collect::<Option<_>>()?)),
        other => map(other).map(Block::Map),
    }
}

fn map(expression: &Expression) -> Option<Vec<Item>> {
    match expression {
        // Keywords stand in a selection of their own.
        Expression::Item(item) if item.key.field.is_empty() => None,
        Expression::Item(item) => Some(vec![item.clone()]),
        Expression::All(list) => {
            let mut items = Vec::with_capacity(list.len());
            for part in list {
                let Expression::Item(item) = part else { return None };
                if item.key.field.is_empty() {
                    return None;
                }
                put(&mut items, item.clone()).ok()?;
            }
            Some(items)
        }
        _ => None,
    }
}

/// A condition for what is more than one selection.
fn condition(expression: Expression, names: &mut Names) -> Condition {
    if let Some(block) = block(&expression) {
        return Condition::Is(names.hinted("selection", block));
    }
    match expression {
        Expression::Not(inner) => {
            let inner = match block(&inner) {
                Some(block) => Condition::Is(names.hinted("filter", block)),
                None => condition(*inner, names),
            };
            Condition::Not(Box::new(inner))
        }
        Expression::All(list) => {
            let Sorted { positive, negative, mixed } = sort(Vec::new(), list);
            let mut out: Vec<Condition> = positive.into_iter().map(|block| Condition::Is(names.hinted("selection", block))).collect();
            out.extend(mixed.into_iter().map(|part| condition(part, names)));
            out.extend(negative.into_iter().map(|block| Condition::Not(Box::new(Condition::Is(names.hinted("filter", block))))));
            joined(out, Condition::And)
        }
        Expression::Any(list) => {
            let (simple, rest): (Vec<Expression>, Vec<Expression>) = list.into_iter().partition(|part| map(part).is_some());
            let mut out = Vec::new();
            if let Some(block) = block(&Expression::any(simple)) {
                out.push(Condition::Is(names.hinted("selection", block)));
            }
            out.extend(rest.into_iter().map(|part| condition(part, names)));
            joined(out, Condition::Or)
        }
        // These are blocks, or were resolved when the expression was built.
        Expression::Item(_) | Expression::Always | Expression::Never => Condition::And(Vec::new()),
    }
}

fn joined(mut list: Vec<Condition>, with: fn(Vec<Condition>) -> Condition) -> Condition {
    if list.len() == 1 { list.swap_remove(0) } else { with(list) }
}

/// The selections so far, with names that are not taken.
#[derive(Default)]
struct Names {
    blocks: Vec<(String, Block)>,
    taken: BTreeMap<String, usize>,
    used: BTreeSet<String>,
}

impl Names {
    /// Adds a selection named after its first field.
    fn hinted(&mut self, prefix: &str, block: Block) -> String {
        let first = match &block {
            Block::Map(items) => items.first(),
            Block::List(maps) => maps.first().and_then(|items| items.first()),
            Block::Keywords(_) => return self.add(format!("{prefix}_keywords"), block),
        };
        let hint = first.map(|item| snake(&item.key.field)).filter(|hint| !hint.is_empty()).unwrap_or_else(|| "other".to_owned());
        self.add(format!("{prefix}_{hint}"), block)
    }

    fn add(&mut self, name: String, block: Block) -> String {
        let count = self.taken.entry(name.clone()).or_default();
        *count += 1;
        let mut free = if *count == 1 { name } else { format!("{name}_{count}") };
        while !self.used.insert(free.clone()) {
            free.push('x');
        }
        self.blocks.push((free.clone(), block));
        free
    }
}

/// A field's name in lower case with underscores: `TargetFilename` is `target_filename`.
pub(super) fn snake(name: &str) -> String {
    const LONGEST: usize = 40;
    let mut out = String::new();
    let mut lower_before = false;
    for char in name.chars() {
        if char.is_ascii_uppercase() && lower_before {
            out.push('_');
        }
        lower_before = char.is_ascii_lowercase() || char.is_ascii_digit();
        if char.is_ascii_alphanumeric() {
            out.push(char.to_ascii_lowercase());
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
        if out.len() >= LONGEST {
            break;
        }
    }
    out.trim_matches('_').to_owned()
}
