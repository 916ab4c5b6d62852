//! Which functions of values are known, what do they take, and what do they give?
//!
//! Every function has its page below <https://learn.microsoft.com/kusto/query/scalar-functions>, named after it. Functions that decide which of
//! their arguments is read, or that hold a regular expression, stand in [`super::bind`].

use std::borrow::Cow;

use serde_json::Value as Json;

use super::address::{self, Network, Version};
use super::text;
use super::time::{self, DAY, SECOND};
use super::value::{Type, Value, flag, whole};
use crate::Fault;

/// Values that a function gets.
pub(super) type Values<'v, 'r> = &'v [Cow<'r, Value>];

/// What an argument has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Time,
    Dynamic,
    Any,
}

impl Kind {
    /// Whether a value of a type can stand there.
    pub(super) fn fits(self, of: Type) -> bool {
        match self {
            Self::Text => of == Type::String,
            Self::Whole => of.is_whole(),
            Self::Time => of == Type::DateTime,
            Self::Dynamic => of == Type::Dynamic,
            Self::Any => of != Type::Decimal,
        }
    }
}

/// A function.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// What its arguments have to be.
    pub(super) takes: &'static [Kind],
    /// How many of them are needed.
    pub(super) least: usize,
    /// What further arguments have to be, when there may be some.
    pub(super) more: Option<Kind>,
    pub(super) gives: Type,
    pub(super) apply: fn(Values<'_, '_>) -> Result<Value, Fault>,
}

use Kind::{Any, Dynamic, Text, Time, Whole};

const fn exact(name: &'static str, takes: &'static [Kind], gives: Type, apply: fn(Values<'_, '_>) -> Result<Value, Fault>) -> Function {
    Function { name, takes, least: takes.len(), more: None, gives, apply }
}

const fn optional(
    name: &'static str,
    takes: &'static [Kind],
    least: usize,
    gives: Type,
    apply: fn(Values<'_, '_>) -> Result<Value, Fault>,
) -> Function {
    Function { name, takes, least, more: None, gives, apply }
}

const fn open(name: &'static str, takes: &'static [Kind], more: Kind, gives: Type, apply: fn(Values<'_, '_>) -> Result<Value, Fault>) -> Function {
    Function { name, takes, least: takes.len(), more: Some(more), gives, apply }
}

/// All, sorted by name.
pub(super) static FUNCTIONS: &[Function] = &[
    exact("abs", &[Whole], Type::Long, |values| Ok(number(values, 0).and_then(i64::checked_abs).map_or(Value::Null, Value::Long))),
    exact("array_length", &[Dynamic], Type::Long, |values| Ok(array(values, 0).map_or(Value::Null, |list| Value::Long(count(list.len()))))),
    exact("array_slice", &[Dynamic, Whole, Whole], Type::Dynamic, array_slice),
    exact("bin", &[Any, Any], Type::Long, bin),
    exact("datetime_part", &[Text, Time], Type::Int, datetime_part),
    exact("dayofmonth", &[Time], Type::Int, |values| Ok(moment(values, 0).map_or(Value::Null, |at| Value::Long(time::date(at.div_euclid(DAY)).2)))),
    exact("dayofweek", &[Time], Type::Timespan, |values| {
        Ok(moment(values, 0).map_or(Value::Null, |at| Value::Span((at.div_euclid(DAY) + 4).rem_euclid(7) * DAY)))
    }),
    exact("hourofday", &[Time], Type::Int, |values| {
        Ok(moment(values, 0).map_or(Value::Null, |at| Value::Long(at.rem_euclid(DAY) / (3_600 * SECOND))))
    }),
    open("ipv4_is_in_any_range", &[Text], Any, Type::Bool, |values| in_any_range(values, Version::Four)),
    exact("ipv4_is_in_range", &[Text, Text], Type::Bool, |values| meets(values, Version::Four)),
    optional("ipv4_is_match", &[Text, Text, Whole], 2, Type::Bool, |values| meets(values, Version::Four)),
    exact("ipv4_is_private", &[Text], Type::Bool, |values| {
        Ok(Network::read(string(values, 0), Version::Four)?.map_or(Value::Null, |address| Value::Bool(address::is_private(address))))
    }),
    open("ipv6_is_in_any_range", &[Text], Any, Type::Bool, |values| in_any_range(values, Version::Six)),
    exact("ipv6_is_in_range", &[Text, Text], Type::Bool, |values| meets(values, Version::Six)),
    optional("ipv6_is_match", &[Text, Text, Whole], 2, Type::Bool, |values| meets(values, Version::Six)),
    exact("isempty", &[Any], Type::Bool, |values| Ok(Value::Bool(empty(values)?))),
    exact("isnotempty", &[Any], Type::Bool, |values| Ok(Value::Bool(!empty(values)?))),
    exact("isnotnull", &[Any], Type::Bool, |values| Ok(Value::Bool(!null(values, 0)))),
    exact("isnull", &[Any], Type::Bool, |values| Ok(Value::Bool(null(values, 0)))),
    exact("notempty", &[Any], Type::Bool, |values| Ok(Value::Bool(!empty(values)?))),
    exact("notnull", &[Any], Type::Bool, |values| Ok(Value::Bool(!null(values, 0)))),
    open("pack_array", &[], Any, Type::Dynamic, |values| Ok(Value::json(values.iter().map(|value| value.to_json()).collect()))),
    exact("parse_json", &[Any], Type::Dynamic, parse_json),
    exact("parsejson", &[Any], Type::Dynamic, parse_json),
    exact("replace_string", &[Text, Text, Text], Type::String, replace_string),
    exact("set_has_element", &[Dynamic, Any], Type::Bool, set_has_element),
    optional("split", &[Text, Text, Whole], 2, Type::Dynamic, split),
    open("strcat", &[Any], Any, Type::String, |values| joined(values, "")),
    exact("strcat_array", &[Dynamic, Text], Type::String, strcat_array),
    open("strcat_delim", &[Text, Any], Any, Type::String, |values| joined(values.get(1..).unwrap_or_default(), string(values, 0))),
    exact("strlen", &[Text], Type::Long, |values| Ok(Value::Long(count(units(string(values, 0))?)))),
    optional("substring", &[Text, Whole, Whole], 2, Type::String, substring),
    exact("tobool", &[Any], Type::Bool, to_bool),
    exact("todatetime", &[Any], Type::DateTime, to_datetime),
    exact("todouble", &[Any], Type::Real, to_real),
    exact("todynamic", &[Any], Type::Dynamic, parse_json),
    exact("tohex", &[Whole], Type::String, |values| Ok(number(values, 0).map_or(Value::empty(), |number| Value::text(format!("{number:x}"))))),
    exact("toint", &[Any], Type::Int, |values| {
        Ok(match to_whole(values)? {
            Value::Long(number) if i32::try_from(number).is_err() => Value::Null,
            other => other,
        })
    }),
    exact("tolong", &[Any], Type::Long, to_whole),
    exact("tolower", &[Text], Type::String, |values| Ok(Value::text(text::lower(string(values, 0))))),
    exact("toreal", &[Any], Type::Real, to_real),
    exact("tostring", &[Any], Type::String, |values| Ok(Value::Text(first(values).to_text()?))),
    exact("toupper", &[Text], Type::String, |values| Ok(Value::text(text::upper(string(values, 0))))),
];

/// The function of this name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().and_then(|at| FUNCTIONS.get(at))
}

static NULL: Value = Value::Null;

fn first<'v>(values: Values<'v, '_>) -> &'v Value {
    values.first().map_or(&NULL, |value| &**value)
}

fn string<'v>(values: Values<'v, '_>, at: usize) -> &'v str {
    values.get(at).and_then(|value| value.as_text()).unwrap_or_default()
}

fn number(values: Values<'_, '_>, at: usize) -> Option<i64> {
    values.get(at)?.as_long()
}

fn moment(values: Values<'_, '_>, at: usize) -> Option<i64> {
    if let Value::Time(ticks) = &**values.get(at)? { Some(*ticks) } else { None }
}

fn array<'v>(values: Values<'v, '_>, at: usize) -> Option<&'v Vec<Json>> {
    if let Value::Dynamic(json) = &**values.get(at)? { json.as_array() } else { None }
}

fn null(values: Values<'_, '_>, at: usize) -> bool {
    values.get(at).is_none_or(|value| **value == Value::Null)
}

fn count(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

/// Whether a value is null or an empty text.
fn empty(values: Values<'_, '_>) -> Result<bool, Fault> {
    Ok(match first(values) {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::Dynamic(json) => matches!(&**json, Json::String(text) if text.is_empty()),
        Value::Long(_) | Value::Real(_) | Value::Bool(_) | Value::Time(_) | Value::Span(_) | Value::Guid(_) | Value::Open(_) => false,
    })
}

/// The length of a text in characters, where those are the same to every reader.
fn units(text: &str) -> Result<usize, Fault> {
    let wide = text.chars().any(|char| char.len_utf16() > 1);
    if wide { Err(Fault::Unknown("the length of a text with characters beyond 16 bits".to_owned())) } else { Ok(text.chars().count()) }
}

fn array_slice(values: Values<'_, '_>) -> Result<Value, Fault> {
    let (Some(list), Some(from), Some(to)) = (array(values, 0), number(values, 1), number(values, 2)) else { return Ok(Value::Null) };
    let length = count(list.len());
    let place = |at: i64| if at < 0 { at.saturating_add(length).max(0) } else { at };
    let slice = list.iter().zip(0..).filter(|(_, at)| place(from) <= *at && *at <= place(to)).map(|(item, _)| item.clone());
    Ok(Value::json(slice.collect()))
}

/// The start of the bin that a value lies in; bins begin at zero, of times at the year one.
fn bin(values: Values<'_, '_>) -> Result<Value, Fault> {
    const YEAR_ONE: i64 = 719_162 * DAY;
    let down = |value: i64, size: i64| value.checked_rem_euclid(size).filter(|_| size > 0).map(|rest| value - rest);
    let wrong = || Fault::Unknown("a bin of such a size".to_owned());
    Ok(match (first(values), values.get(1).map_or(&NULL, |value| &**value)) {
        (Value::Null, _) => Value::Null,
        (Value::Long(value), Value::Long(size)) => Value::Long(down(*value, *size).ok_or_else(wrong)?),
        (Value::Span(value), Value::Span(size)) => Value::Span(down(*value, *size).ok_or_else(wrong)?),
        (Value::Time(value), Value::Span(size)) => Value::Time(down(*value + YEAR_ONE, *size).ok_or_else(wrong)? - YEAR_ONE),
        _ => return Err(wrong()),
    })
}

fn datetime_part(values: Values<'_, '_>) -> Result<Value, Fault> {
    let Some(at) = moment(values, 1) else { return Ok(Value::Null) };
    let (year, month, day) = time::date(at.div_euclid(DAY));
    let of_day = at.rem_euclid(DAY) / SECOND;
    let part = string(values, 0);
    Ok(Value::Long(match part.to_ascii_lowercase().as_str() {
        "year" => year,
        "month" => month,
        "day" => day,
        "hour" => of_day / 3_600,
        "minute" => of_day / 60 % 60,
        "second" => of_day % 60,
        _ => return Err(Fault::Unknown(format!("the part `{part}` of a time"))),
    }))
}

/// Whether an address lies in any of several networks, which stand alone or in arrays.
fn in_any_range(values: Values<'_, '_>, version: Version) -> Result<Value, Fault> {
    let Some(address) = Network::read(string(values, 0), version)? else { return Ok(Value::Null) };
    let mut unread = None;
    let mut meets = |range: &str| -> Result<bool, Fault> {
        let network = Network::read(range, version)?;
        if network.is_none() {
            unread = Some(range.to_owned());
        }
        Ok(network.is_some_and(|network| address.meets(network, 128)))
    };
    for value in values.get(1..).unwrap_or_default() {
        match &**value {
            Value::Text(range) if meets(range)? => return Ok(Value::Bool(true)),
            Value::Text(_) => {}
            Value::Dynamic(json) => {
                let Json::Array(list) = &**json else { return Err(Fault::Unknown(format!("the networks `{json}`"))) };
                for range in list {
                    let Json::String(range) = range else { return Err(Fault::Unknown(format!("the network `{range}`"))) };
                    if meets(range)? {
                        return Ok(Value::Bool(true));
                    }
                }
            }
            _ => return Err(Fault::Unknown("a network that is no text".to_owned())),
        }
    }
    // A text that is no network gives null alone; among others, the page does not say.
    unread.map_or(Ok(Value::Bool(false)), |range| Err(Fault::Unknown(format!("the network `{range}`"))))
}

fn meets(values: Values<'_, '_>, version: Version) -> Result<Value, Fault> {
    let (Some(left), Some(right)) = (Network::read(string(values, 0), version)?, Network::read(string(values, 1), version)?) else {
        return Ok(Value::Null);
    };
    let most = match number(values, 2) {
        None => 128,
        Some(most) => u32::try_from(most).map_err(|_| Fault::Unknown(format!("the length of prefix {most}")))?,
    };
    let most = if version == Version::Six && values.len() > 2 { most.min(128) } else { most };
    Ok(Value::Bool(left.meets(right, most)))
}

/// Text that is no JSON is itself.
fn parse_json(values: Values<'_, '_>) -> Result<Value, Fault> {
    Ok(match first(values) {
        Value::Text(text) if text.is_empty() => Value::Null,
        Value::Text(text) => Value::json(serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_string()))),
        Value::Null => Value::Null,
        // The page says that it is used as it is; others read a text inside once more.
        Value::Dynamic(json) if json.is_string() => return Err(Fault::Unknown("a JSON value that is a text, parsed once more,".to_owned())),
        Value::Dynamic(json) => Value::Dynamic(json.clone()),
        other => Value::json(other.to_json()),
    })
}

fn replace_string(values: Values<'_, '_>) -> Result<Value, Fault> {
    let (text, from, to) = (string(values, 0), string(values, 1), string(values, 2));
    if from.is_empty() {
        return Err(Fault::Unknown("the replacement of an empty text".to_owned()));
    }
    Ok(if text.contains(from) { Value::text(text.replace(from, to)) } else { first(values).clone() })
}

fn set_has_element(values: Values<'_, '_>) -> Result<Value, Fault> {
    let Some(list) = array(values, 0) else { return Ok(Value::Null) };
    let wanted = values.get(1).map_or(Json::Null, |value| value.to_json());
    Ok(Value::Bool(list.contains(&wanted)))
}

fn split(values: Values<'_, '_>) -> Result<Value, Fault> {
    let (text, by) = (string(values, 0), string(values, 1));
    if by.is_empty() {
        return Err(Fault::Unknown("a text that is split by nothing".to_owned()));
    }
    let mut parts: Vec<Json> = text.split(by).map(Json::from).collect();
    if values.len() > 2 {
        let at = number(values, 2).and_then(|at| usize::try_from(at).ok());
        parts = at.and_then(|at| parts.get(at).cloned()).into_iter().collect();
    }
    Ok(Value::json(Json::Array(parts)))
}

fn joined(values: Values<'_, '_>, between: &str) -> Result<Value, Fault> {
    let mut out = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        match value.as_text() {
            Some(text) => out.push_str(text),
            None => out.push_str(&value.to_text()?),
        }
    }
    Ok(Value::text(out))
}

fn strcat_array(values: Values<'_, '_>) -> Result<Value, Fault> {
    let mut out = String::new();
    for (at, item) in array(values, 0).into_iter().flatten().enumerate() {
        if at > 0 {
            out.push_str(string(values, 1));
        }
        out.push_str(&Value::json(item.clone()).to_text()?);
    }
    Ok(Value::text(out))
}

fn substring(values: Values<'_, '_>) -> Result<Value, Fault> {
    let text = string(values, 0);
    let length = units(text)?;
    let wrong = || Fault::Unknown("a substring from or to a place outside".to_owned());
    let from = number(values, 1).and_then(|from| usize::try_from(from).ok()).ok_or_else(wrong)?;
    let many = if values.len() > 2 { number(values, 2).and_then(|many| usize::try_from(many).ok()).ok_or_else(wrong)? } else { length };
    Ok(Value::text(text.chars().skip(from).take(many).collect::<String>()))
}

fn to_bool(values: Values<'_, '_>) -> Result<Value, Fault> {
    Ok(match first(values) {
        Value::Bool(flag) => Value::Bool(*flag),
        Value::Long(number) => Value::Bool(*number != 0),
        Value::Text(text) => flag(text).map_or(Value::Null, Value::Bool),
        Value::Null => Value::Null,
        Value::Dynamic(json) => match &**json {
            Json::Bool(flag) => Value::Bool(*flag),
            Json::String(text) => flag(text).map_or(Value::Null, Value::Bool),
            _ => return Err(Fault::Unknown(format!("`{json}` as true or false"))),
        },
        _ => return Err(Fault::Unknown("a time as true or false".to_owned())),
    })
}

fn to_datetime(values: Values<'_, '_>) -> Result<Value, Fault> {
    let read = |text: &str| match time::moment(text) {
        Some(ticks) => Ok(Value::Time(ticks)),
        None if text.bytes().any(|byte| byte.is_ascii_digit()) => Err(Fault::Unknown(format!("the text `{text}` as a time"))),
        None => Ok(Value::Null),
    };
    match first(values) {
        Value::Time(ticks) => Ok(Value::Time(*ticks)),
        Value::Null => Ok(Value::Null),
        Value::Text(text) => read(text),
        Value::Dynamic(json) if json.is_string() => read(json.as_str().unwrap_or_default()),
        _ => Err(Fault::Unknown("a number as a time".to_owned())),
    }
}

fn to_whole(values: Values<'_, '_>) -> Result<Value, Fault> {
    let wrong = |what: &dyn std::fmt::Display| Fault::Unknown(format!("`{what}` as a whole number"));
    Ok(match first(values) {
        Value::Long(number) => Value::Long(*number),
        Value::Bool(flag) => Value::Long(i64::from(*flag)),
        Value::Null => Value::Null,
        Value::Text(text) => whole(text)?.map_or(Value::Null, Value::Long),
        Value::Dynamic(json) => match &**json {
            Json::Number(number) => Value::Long(number.as_i64().ok_or_else(|| wrong(json))?),
            Json::String(text) => whole(text)?.map_or(Value::Null, Value::Long),
            Json::Bool(flag) => Value::Long(i64::from(*flag)),
            _ => return Err(wrong(json)),
        },
        Value::Real(number) if number.is_finite() && number.abs() < 9e15 => Value::Long(number.trunc() as i64),
        Value::Real(number) => return Err(wrong(number)),
        Value::Time(_) | Value::Span(_) | Value::Guid(_) | Value::Open(_) => return Err(Fault::Unknown("a time as a whole number".to_owned())),
    })
}

fn to_real(values: Values<'_, '_>) -> Result<Value, Fault> {
    let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite()).map_or(Value::Null, Value::Real);
    Ok(match first(values) {
        Value::Text(text) => read(text),
        Value::Dynamic(json) => match &**json {
            Json::Number(number) => number.as_f64().map_or(Value::Null, Value::Real),
            Json::String(text) => read(text),
            _ => return Err(Fault::Unknown(format!("`{json}` as a number"))),
        },
        Value::Null => Value::Null,
        other => Value::Real(other.as_real().ok_or_else(|| Fault::Unknown("a time as a number".to_owned()))?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_by_name() {
        assert!(FUNCTIONS.is_sorted_by(|left, right| left.name < right.name));
    }
}
