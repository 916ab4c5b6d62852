//! Does a row fit what `search` asks for?

use std::collections::BTreeMap;

use ir::{Case, Part, Pattern};

use super::row::{Ran, Row, compares, contains};
use super::site::Site;
use crate::ast::{Compare, Piece, Search, Stage, Value};
use crate::spelling::RAW;
use crate::verify_spl;

/// A text in which `*` is a hole and nothing else is.
pub(super) fn glob(text: &str) -> Pattern {
    Pattern::new(text.split('*').flat_map(|literal| [Part::Run, Part::Literal(literal.to_owned())]).skip(1))
}

fn all(list: &[Search], row: &Row, site: &Site) -> Ran<bool> {
    for inner in list {
        if !holds(inner, row, site)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn holds(search: &Search, row: &Row, site: &Site) -> Ran<bool> {
    Ok(match search {
        Search::All(list) => all(list, row, site)?,
        // No text is read as one: it is said in words or by its macro there.
        Search::Log(log) => all(&log.told, row, site)?,
        Search::Any(list) => {
            for inner in list {
                if holds(inner, row, site)? {
                    return Ok(true);
                }
            }
            false
        }
        Search::Not(inner) => !holds(inner, row, site)?,
        Search::Macro(name) => match site.macros.get(name) {
            None => true,
            Some(definition) => match verify_spl::read(definition)?.0.as_slice() {
                [Stage::Search(inner)] => holds(inner, row, &Site { tables: BTreeMap::new(), macros: BTreeMap::new() })?,
                _ => return Err(format!("the macro `{name}` is no condition")),
            },
        },
        Search::Nothing => false,
        Search::Indexed(term) => match row.get(RAW).and_then(|raw| raw.first()) {
            Some(raw) => terms(raw).any(|have| have.eq_ignore_ascii_case(term)),
            None => return Err("an event without its text has no terms".to_owned()),
        },
        Search::Term { field, compare, values } => {
            row.get(field).is_some_and(|have| have.iter().any(|have| values.iter().any(|value| fits(have, *compare, value))))
        }
    })
}

/// The terms of an event between major breakers
/// (<https://docs.splunk.com/Documentation/Splunk/latest/Search/Eventsegmentation>).
fn terms(raw: &str) -> impl Iterator<Item = &str> {
    const BREAKERS: &[char] = &['[', ']', '<', '>', '(', ')', '{', '}', '|', '!', ';', ',', '\'', '"', '*', '\n', '\r', ' ', '\t', '&', '?', '+'];
    raw.split(BREAKERS).filter(|term| !term.is_empty())
}

fn fits(have: &str, compare: Compare, value: &Value) -> bool {
    match value {
        Value::Number(number) => have.parse::<i64>().is_ok_and(|have| compares(have.cmp(number), compare)),
        Value::Decimal(number) => ir::Decimal::parse(have).is_some_and(|have| compares(have.cmp(number), compare)),
        Value::Text(pieces) => {
            let pattern = Pattern::new(pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => Part::Literal(text.clone()),
                Piece::Any => Part::Run,
            }));
            pattern.matches(have, Case::Insensitive) || pattern.as_exact().is_some_and(|text| text.contains('/') && contains(text, have))
        }
    }
}
