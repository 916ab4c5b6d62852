//! What is the value of an expression for a row?
//!
//! Null: <https://learn.microsoft.com/kusto/query/scalar-data-types/null-values>. A comparison with null is null, save that `==` of null and a
//! value is false and `!=` true. That page and <https://learn.microsoft.com/kusto/query/logical-operators> differ on what `==` makes of two nulls, and
//! `and` and `or` of one, which shows only below `not`: there it is a [`Fault`].

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use serde_json::Value as Json;

use super::expressions::{Piece, Readings};
use super::functions::Function;
use super::text;
use super::tree::{Case, Comparison, Operator, TextTest};
use super::value::{Type, Value};
use crate::Fault;

/// A row: cells of a table, and cells that were computed.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub(super) base: &'a [Value],
    pub(super) more: Vec<Value>,
    /// Where a union has its cells.
    pub(super) moved: Option<Rc<Moved>>,
}

/// Where the cells of a leg of a union stand.
#[derive(Debug)]
pub(super) struct Moved {
    /// For each column of the union the slot in the leg, or what stands where the leg lacks it.
    pub(super) slots: Vec<Result<usize, &'static Value>>,
    /// How many slots the leg had.
    pub(super) width: usize,
    /// Where the leg was one of a union itself.
    pub(super) before: Option<Rc<Moved>>,
}

static NULL: Value = Value::Null;
static EMPTY: LazyLock<Value> = LazyLock::new(Value::empty);

impl Type {
    /// What stands where a row lacks a cell.
    pub(super) fn absent(self) -> &'static Value {
        if self == Self::String { &EMPTY } else { &NULL }
    }
}

impl<'a> Line<'a> {
    /// A row of a table.
    pub(super) fn of(base: &'a [Value]) -> Self {
        Self { base, more: Vec::new(), moved: None }
    }

    /// A row of computed cells.
    pub(super) fn made(more: Vec<Value>) -> Self {
        Self { base: &[], more, moved: None }
    }

    pub(super) fn cell(&self, slot: usize) -> &Value {
        let mut slot = slot;
        let mut moved = self.moved.as_deref();
        while let Some(step) = moved {
            slot = match step.slots.get(slot) {
                Some(Ok(before)) => *before,
                Some(Err(absent)) => return absent,
                // What was computed behind the union.
                None => step.width + slot - step.slots.len(),
            };
            moved = step.before.as_deref();
        }
        let cell = match slot.checked_sub(self.base.len()) {
            None => self.base.get(slot),
            Some(slot) => self.more.get(slot),
        };
        cell.unwrap_or(&NULL)
    }
}

/// A row among its neighbours.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) lines: &'r [Line<'r>],
    pub(super) at: usize,
}

impl<'r> Place<'r> {
    /// The place of an expression that reads no row.
    pub(super) const NONE: Self = Self { lines: &[], at: 0 };

    fn cell(self, slot: usize) -> &'r Value {
        self.lines.get(self.at).map_or(&NULL, |line| line.cell(slot))
    }
}

/// One of several values that `in` and `has_any` compare with.
#[derive(Clone, Debug)]
pub(super) enum Item {
    One(Value),
    /// Elements of an array.
    Each(Arc<Json>),
}

/// What every column is asked.
#[derive(Debug)]
pub(super) enum AnyTest {
    Text(TextTest, Case, Arc<str>),
    Matches(Arc<Readings>),
}

impl AnyTest {
    fn passes(&self, text: &str) -> Result<bool, Fault> {
        match self {
            Self::Text(test, case, wanted) => text::test(*test, *case, text, wanted),
            Self::Matches(readings) => readings.ask(text, |regex| regex.is_match(text)),
        }
    }
}

/// An expression whose names and types are known.
#[derive(Debug)]
pub(super) enum Bound {
    Slot(usize),
    Constant(Value),
    /// An argument of a function, wherever its parameter stands.
    Shared(Rc<Bound>),
    All(Vec<Bound>),
    Any(Vec<Bound>),
    Not(Box<Bound>),
    Compare(Comparison, Box<[Bound; 2]>),
    Text {
        test: TextTest,
        case: Case,
        negated: bool,
        sides: Box<[Bound; 2]>,
    },
    /// A test of text of every column: those with text, and the others.
    AnyColumn {
        texts: Vec<usize>,
        others: Vec<usize>,
        test: AnyTest,
    },
    Matches(Box<Bound>, Arc<Readings>),
    In {
        left: Box<Bound>,
        case: Case,
        negated: bool,
        list: Vec<Item>,
    },
    Terms {
        left: Box<Bound>,
        all: bool,
        list: Vec<Item>,
    },
    Between {
        negated: bool,
        parts: Box<[Bound; 3]>,
    },
    Arithmetic(Box<Bound>, Vec<(Operator, Bound)>),
    Minus(Box<Bound>),
    Path(Box<Bound>, Vec<Bound>),
    Call(&'static Function, Vec<Bound>),
    /// The value behind the first condition that holds, else the last.
    Case(Vec<[Bound; 2]>, Box<Bound>),
    Coalesce(Vec<Bound>),
    Extract {
        readings: Arc<Readings>,
        group: usize,
        text: Box<Bound>,
    },
    ExtractAll(Arc<Readings>, Box<Bound>),
    Replace {
        text: Box<Bound>,
        readings: Arc<Readings>,
        rewrite: Vec<Piece>,
    },
    /// What an expression matches at an end is removed, once and repeatedly.
    Trim {
        readings: [Arc<Readings>; 2],
        text: Box<Bound>,
    },
    /// A column of a neighbour: how many rows behind, and what stands where there is none.
    Neighbour {
        slot: usize,
        behind: i64,
        missing: Value,
    },
    RowNumber,
}

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

fn flag(flag: Option<bool>) -> Value {
    flag.map_or(Value::Null, Value::Bool)
}

/// A value as text; numbers and times are written.
fn string<'v>(value: &'v Value) -> Result<Cow<'v, str>, Fault> {
    match value {
        Value::Text(text) | Value::Guid(text) => Ok(Cow::Borrowed(text)),
        Value::Dynamic(json) if json.is_string() => Ok(Cow::Borrowed(json.as_str().unwrap_or_default())),
        other => Ok(Cow::Owned(other.to_text()?.to_string())),
    }
}

impl Bound {
    /// The value for a row.
    pub(super) fn value<'r>(&'r self, place: Place<'r>) -> Result<Cow<'r, Value>, Fault> {
        Ok(match self {
            Self::Slot(slot) => match place.cell(*slot) {
                Value::Open(what) => return unknown(*what),
                cell => Cow::Borrowed(cell),
            },
            Self::Constant(value) => Cow::Borrowed(value),
            Self::Shared(inner) => inner.value(place)?,
            Self::Arithmetic(first, more) => {
                let mut left = first.value(place)?;
                for (operator, right) in more {
                    left = Cow::Owned(arithmetic(&left, *operator, &*right.value(place)?)?);
                }
                left
            }
            Self::Minus(inner) => Cow::Owned(match &*inner.value(place)? {
                Value::Null => Value::Null,
                Value::Long(number) if *number != i64::MIN => Value::Long(-number),
                Value::Real(number) => Value::Real(-number),
                Value::Span(ticks) if *ticks != i64::MIN => Value::Span(-ticks),
                _ => return unknown("a minus before this value"),
            }),
            Self::Path(base, path) => Cow::Owned(member(&*base.value(place)?, path, place)?),
            Self::Call(function, arguments) => Cow::Owned(match arguments.as_slice() {
                [] => (function.apply)(&[])?,
                [one] => (function.apply)(&[one.value(place)?])?,
                [one, two] => (function.apply)(&[one.value(place)?, two.value(place)?])?,
                [one, two, three] => (function.apply)(&[one.value(place)?, two.value(place)?, three.value(place)?])?,
                many => (function.apply)(&many.iter().map(|one| one.value(place)).collect::<Result<Vec<_>, _>>()?)?,
            }),
            Self::Case(cases, last) => {
                for [condition, value] in cases {
                    if condition.truth(place)? == Some(true) {
                        return value.value(place);
                    }
                }
                last.value(place)?
            }
            Self::Coalesce(list) => {
                let mut last = Cow::Borrowed(&NULL);
                for item in list {
                    last = item.value(place)?;
                    if !matches!(&*last, Value::Null) && last.as_text() != Some("") {
                        break;
                    }
                }
                last
            }
            Self::Extract { readings, group, text } => {
                let text = text.value(place)?;
                let text = string(&text)?;
                let found = readings.ask(&text, |regex| Some(regex.captures(&text)?.get(*group)?.as_str()))?;
                Cow::Owned(Value::text(found.unwrap_or_default()))
            }
            Self::ExtractAll(readings, text) => {
                let text = text.value(place)?;
                let text = string(&text)?;
                let found: Vec<&str> =
                    readings.ask(&text, |regex| regex.captures_iter(&text).map(|found| found.get(1).map_or("", |group| group.as_str())).collect())?;
                let found: Vec<Json> = found.into_iter().map(Json::from).collect();
                Cow::Owned(if found.is_empty() { Value::Null } else { Value::json(Json::Array(found)) })
            }
            Self::Replace { text, readings, rewrite } => {
                let text = text.value(place)?;
                let text = string(&text)?;
                Cow::Owned(Value::text(readings.replace(&text, rewrite)?))
            }
            Self::Trim { readings: [once, repeatedly], text } => {
                let text = text.value(place)?;
                let text = string(&text)?;
                let [first, all] = [once, repeatedly].map(|readings| readings.replace(&text, &[]));
                let all = all?;
                // The page speaks of matches, and shows one.
                if first? != all {
                    return unknown("a trim by what stands there several times");
                }
                Cow::Owned(Value::text(all))
            }
            Self::Neighbour { slot, behind, missing } => {
                let at = i64::try_from(place.at).ok().and_then(|at| usize::try_from(at.checked_sub(*behind)?).ok());
                Cow::Borrowed(at.and_then(|at| place.lines.get(at)).map_or(missing, |line| line.cell(*slot)))
            }
            Self::RowNumber => Cow::Owned(Value::Long(i64::try_from(place.at).unwrap_or(i64::MAX).saturating_add(1))),
            Self::All(_)
            | Self::Any(_)
            | Self::Not(_)
            | Self::Compare(..)
            | Self::Text { .. }
            | Self::AnyColumn { .. }
            | Self::Matches(..)
            | Self::In { .. }
            | Self::Terms { .. }
            | Self::Between { .. } => Cow::Owned(flag(self.truth(place)?)),
        })
    }

    /// Whether a condition holds for a row; `None` for null.
    pub(super) fn truth(&self, place: Place<'_>) -> Result<Option<bool>, Fault> {
        match self {
            Self::All(list) => {
                let mut out = Some(true);
                for item in list {
                    match item.truth(place)? {
                        Some(false) => return Ok(Some(false)),
                        Some(true) => {}
                        None => out = None,
                    }
                }
                Ok(out)
            }
            Self::Any(list) => {
                let mut out = Some(false);
                for item in list {
                    match item.truth(place)? {
                        Some(true) => return Ok(Some(true)),
                        Some(false) => {}
                        None => out = None,
                    }
                }
                Ok(out)
            }
            Self::Not(inner) => match inner.truth(place)? {
                Some(flag) => Ok(Some(!flag)),
                None if matches!(**inner, Self::All(_) | Self::Any(_)) => unknown("`not` of `and` or `or` with null"),
                None if matches!(**inner, Self::Compare(Comparison::Equal | Comparison::NotEqual, _)) => unknown("`not` of a comparison of nulls"),
                None => Ok(None),
            },
            Self::Compare(comparison, sides) => {
                let [left, right] = &**sides;
                compare(*comparison, &*left.value(place)?, &*right.value(place)?)
            }
            Self::Text { test, case, negated, sides } => {
                let [left, right] = &**sides;
                let (left, right) = (left.value(place)?, right.value(place)?);
                let passes = text::test(*test, *case, &string(&left)?, &string(&right)?)?;
                Ok(Some(passes != *negated))
            }
            Self::AnyColumn { texts, others, test } => {
                for slot in texts {
                    if test.passes(&string(place.cell(*slot))?)? {
                        return Ok(Some(true));
                    }
                }
                // Whether columns of other types are asked is not documented.
                for slot in others {
                    let cell = place.cell(*slot);
                    let passes = match cell {
                        Value::Null => false,
                        Value::Bool(true) => test.passes("true")? || test.passes("True")?,
                        Value::Bool(false) => test.passes("false")? || test.passes("False")?,
                        cell => test.passes(&string(cell)?)?,
                    };
                    if passes {
                        return unknown("`*` where only a column without text has what is asked for");
                    }
                }
                Ok(Some(false))
            }
            Self::Matches(left, readings) => {
                let left = left.value(place)?;
                let left = string(&left)?;
                readings.ask(&left, |regex| regex.is_match(&left)).map(Some)
            }
            Self::In { left, case, negated, list } => Ok(Some(is_in(&*left.value(place)?, *case, list)? != *negated)),
            Self::Terms { left, all, list } => {
                let left = left.value(place)?;
                terms(&string(&left)?, *all, list).map(Some)
            }
            Self::Between { negated, parts } => {
                let [value, low, high] = &**parts;
                let (value, low, high) = (value.value(place)?, low.value(place)?, high.value(place)?);
                let high = match (&*low, &*high) {
                    (Value::Time(_), Value::Span(_)) => Cow::Owned(arithmetic(&low, Operator::Add, &high)?),
                    _ => high,
                };
                let (above, below) = (compare(Comparison::AtLeast, &value, &low)?, compare(Comparison::AtMost, &value, &high)?);
                Ok(above.zip(below).map(|(above, below)| (above && below) != *negated))
            }
            _ => match &*self.value(place)? {
                Value::Bool(flag) => Ok(Some(*flag)),
                Value::Null => Ok(None),
                Value::Dynamic(json) if json.is_boolean() => Ok(json.as_bool()),
                _ => unknown("a condition that is neither true nor false"),
            },
        }
    }
}

/// A JSON value as a plain one, to compare it.
fn plain(value: &Value) -> Result<Cow<'_, Value>, Fault> {
    let Value::Dynamic(json) = value else { return Ok(Cow::Borrowed(value)) };
    Ok(Cow::Owned(match &**json {
        Json::String(text) => Value::text(text.as_str()),
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Value::Long(number),
            (None, Some(number)) => Value::Real(number),
            (None, None) => return unknown("a number"),
        },
        Json::Array(_) | Json::Object(_) | Json::Null => return unknown("a comparison with an array or an object"),
    }))
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Result<Option<bool>, Fault> {
    match (left, right) {
        (Value::Null, Value::Null) => return Ok(None),
        (Value::Null, _) | (_, Value::Null) => {
            return Ok(match comparison {
                Comparison::Equal => Some(false),
                Comparison::NotEqual => Some(true),
                _ => None,
            });
        }
        _ => {}
    }
    if let (Value::Text(left), Value::Text(right)) = (left, right) {
        return match comparison {
            Comparison::Equal => Ok(Some(left == right)),
            Comparison::NotEqual => Ok(Some(left != right)),
            _ => unknown("an order of texts"),
        };
    }
    let Some(order) = plain(left)?.compare(&*plain(right)?) else { return unknown("a comparison of values of different types") };
    Ok(Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::More => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
    }))
}

fn is_in(left: &Value, case: Case, list: &[Item]) -> Result<bool, Fault> {
    let left = plain(left)?;
    let same = |right: &Value| -> Result<bool, Fault> {
        match (&*left, right) {
            (Value::Null, _) | (_, Value::Null) => Ok(false),
            (Value::Text(left), Value::Text(right)) => text::same(left, right, case),
            (left, right) => Ok(compare(Comparison::Equal, left, right)? == Some(true)),
        }
    };
    for item in list {
        match item {
            Item::One(right) => {
                if same(right)? {
                    return Ok(true);
                }
            }
            Item::Each(json) => {
                for right in json.as_array().into_iter().flatten() {
                    let found = match (&*left, right) {
                        (Value::Text(left), Json::String(right)) => text::same(left, right, case)?,
                        (_, Json::Null) => false,
                        _ => same(&*plain(&Value::json(right.clone()))?)?,
                    };
                    if found {
                        return Ok(true);
                    }
                }
            }
        }
    }
    Ok(false)
}

fn terms(left: &str, all: bool, list: &[Item]) -> Result<bool, Fault> {
    let has = |term: &str| text::test(TextTest::Has, Case::Insensitive, left, term);
    for item in list {
        match item {
            Item::One(Value::Text(term)) => {
                if has(term)? != all {
                    return Ok(!all);
                }
            }
            Item::Each(json) => {
                for term in json.as_array().into_iter().flatten() {
                    let Json::String(term) = term else { return unknown(format!("the term `{term}`")) };
                    if has(term)? != all {
                        return Ok(!all);
                    }
                }
            }
            Item::One(_) => return unknown("a term that is no text"),
        }
    }
    Ok(all)
}

/// A member of a JSON value, by its path; null where there is none.
fn member(base: &Value, path: &[Bound], place: Place<'_>) -> Result<Value, Fault> {
    let Value::Dynamic(json) = base else { return Ok(Value::Null) };
    let mut json: &Json = json;
    for part in path {
        let found = match (json, &*part.value(place)?) {
            (Json::Object(object), Value::Text(name)) => object.get(&**name),
            (Json::Array(array), Value::Long(at)) => {
                let at = if *at < 0 { at.checked_add(i64::try_from(array.len()).unwrap_or(i64::MAX)) } else { Some(*at) };
                at.and_then(|at| usize::try_from(at).ok()).and_then(|at| array.get(at))
            }
            (Json::Array(_) | Json::Object(_), Value::Dynamic(_)) => return unknown("a member named by a JSON value"),
            _ => None,
        };
        let Some(found) = found else { return Ok(Value::Null) };
        json = found;
    }
    Ok(Value::json(json.clone()))
}

fn arithmetic(left: &Value, operator: Operator, right: &Value) -> Result<Value, Fault> {
    let (left, right) = (plain(left)?, plain(right)?);
    let beyond = || Fault::Unknown("a result beyond 64 bits, or a division by zero".to_owned());
    let whole = |left: i64, right: i64| {
        match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide => left.checked_div(right),
            Operator::Remainder if left >= 0 && right > 0 => left.checked_rem(right),
            Operator::Remainder => None,
        }
        .ok_or_else(beyond)
    };
    Ok(match (&*left, operator, &*right) {
        (Value::Null, ..) | (.., Value::Null) => Value::Null,
        (Value::Long(left), _, Value::Long(right)) => Value::Long(whole(*left, *right)?),
        (Value::Time(left), Operator::Subtract, Value::Time(right)) => Value::Span(whole(*left, *right)?),
        (Value::Time(left), Operator::Add | Operator::Subtract, Value::Span(right)) => Value::Time(whole(*left, *right)?),
        (Value::Span(left), Operator::Add, Value::Time(right)) => Value::Time(whole(*left, *right)?),
        (Value::Span(left), Operator::Add | Operator::Subtract, Value::Span(right)) => Value::Span(whole(*left, *right)?),
        (Value::Span(_), Operator::Divide, Value::Span(0)) => return Err(beyond()),
        (Value::Span(left), Operator::Divide, Value::Span(right)) => Value::Real(*left as f64 / *right as f64),
        (Value::Span(left), Operator::Multiply | Operator::Divide, Value::Long(right)) => Value::Span(whole(*left, *right)?),
        (Value::Long(left), Operator::Multiply, Value::Span(right)) => Value::Span(whole(*left, *right)?),
        (left, _, right) => match (left.as_real(), right.as_real()) {
            (Some(left), Some(right)) => {
                let number = match operator {
                    Operator::Add => left + right,
                    Operator::Subtract => left - right,
                    Operator::Multiply => left * right,
                    Operator::Divide => left / right,
                    Operator::Remainder => return Err(beyond()),
                };
                if !number.is_finite() {
                    return Err(beyond());
                }
                Value::Real(number)
            }
            _ => return unknown("a computation with these values"),
        },
    })
}

/// The type of a computation.
pub(super) fn arithmetic_type(left: Type, operator: Operator, right: Type) -> Result<Type, Fault> {
    use Type::{DateTime, Timespan};
    Ok(match (left, operator, right) {
        (left, _, right) if left.is_whole() && right.is_whole() => Type::Long,
        (left, _, right) if left.is_number() && right.is_number() => Type::Real,
        (DateTime, Operator::Subtract, DateTime) => Timespan,
        (DateTime, Operator::Add | Operator::Subtract, Timespan) | (Timespan, Operator::Add, DateTime) => DateTime,
        (Timespan, Operator::Add | Operator::Subtract, Timespan) => Timespan,
        (Timespan, Operator::Divide, Timespan) => Type::Real,
        (Timespan, Operator::Multiply | Operator::Divide, right) if right.is_whole() => Timespan,
        (left, Operator::Multiply, Timespan) if left.is_whole() => Timespan,
        _ => return unknown(format!("a computation with {} and {}", left.name(), right.name())),
    })
}
