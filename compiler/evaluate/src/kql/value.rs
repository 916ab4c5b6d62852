//! What is a value: its types, how a cell of a row becomes one, and how it becomes text?
//!
//! Types: <https://learn.microsoft.com/kusto/query/scalar-data-types/>. A text is never null
//! (<https://learn.microsoft.com/kusto/query/scalar-data-types/null-values>): a missing one is empty.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value as Json;

use super::time;
use crate::Fault;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `string`.
    String,
    /// `long`: 64 bits.
    Long,
    /// `int`: 32 bits.
    Int,
    /// `real`.
    Real,
    /// `bool`.
    Bool,
    /// `datetime`.
    DateTime,
    /// `timespan`.
    Timespan,
    /// `dynamic`: any JSON value.
    Dynamic,
    /// `guid`.
    Guid,
    /// `decimal`.
    Decimal,
}

impl Type {
    /// The type of this name.
    ///
    /// ```
    /// use evaluate::kql::Type;
    /// assert_eq!(Type::named("double"), Some(Type::Real));
    /// assert_eq!(Type::named("text"), None);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "long" => Self::Long,
            "int" => Self::Int,
            "real" | "double" => Self::Real,
            "bool" | "boolean" => Self::Bool,
            "datetime" | "date" => Self::DateTime,
            "timespan" | "time" => Self::Timespan,
            "dynamic" => Self::Dynamic,
            "guid" => Self::Guid,
            "decimal" => Self::Decimal,
            _ => return None,
        })
    }

    /// Its name, as it stands behind the name of a column of which a union has two types.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Long => "long",
            Self::Int => "int",
            Self::Real => "real",
            Self::Bool => "bool",
            Self::DateTime => "datetime",
            Self::Timespan => "timespan",
            Self::Dynamic => "dynamic",
            Self::Guid => "guid",
            Self::Decimal => "decimal",
        }
    }

    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Long | Self::Int)
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Long | Self::Int | Self::Real)
    }

    /// What stands where there is no value.
    pub(super) fn missing(self) -> Value {
        if self == Self::String { Value::empty() } else { Value::Null }
    }
}

/// A value; its type is known where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// None, of any type but text.
    Null,
    Text(Arc<str>),
    Long(i64),
    Real(f64),
    Bool(bool),
    /// Ticks of 100 nanoseconds since 1970.
    Time(i64),
    /// Ticks of 100 nanoseconds.
    Span(i64),
    /// A JSON value that is not null.
    Dynamic(Arc<Json>),
    Guid(Arc<str>),
    /// What the vendor's pages leave open; to read it is a fault.
    Open(&'static str),
}

impl Value {
    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn empty() -> Self {
        Self::Text(Arc::from(""))
    }

    pub(super) fn json(json: Json) -> Self {
        if json.is_null() { Self::Null } else { Self::Dynamic(Arc::new(json)) }
    }

    /// A cell, as a row of JSON has it.
    pub(super) fn cell(cell: Option<&Json>, kind: Type) -> Result<Self, Fault> {
        let Some(cell) = cell.filter(|cell| !cell.is_null()) else { return Ok(kind.missing()) };
        let wrong = || Fault::Unknown(format!("the cell `{cell}` in a column of type {}", kind.name()));
        Ok(match (kind, cell) {
            (Type::String, Json::String(text)) => Self::text(text.as_str()),
            (Type::String, Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => Self::text(cell.to_string()),
            (Type::Long | Type::Int, Json::Number(number)) => Self::Long(number.as_i64().ok_or_else(wrong)?),
            (Type::Real, Json::Number(number)) => Self::Real(number.as_f64().ok_or_else(wrong)?),
            (Type::Bool, Json::Bool(flag)) => Self::Bool(*flag),
            (Type::Dynamic, Json::String(text)) => match serde_json::from_str::<Json>(text) {
                // The products keep an object that came as text as what it is.
                Ok(inner @ (Json::Object(_) | Json::Array(_))) => Self::json(inner),
                _ if text.is_empty() => Self::Null,
                _ => Self::json(cell.clone()),
            },
            (Type::Dynamic, _) => Self::json(cell.clone()),
            (_, Json::String(text)) if text.is_empty() && kind != Type::Decimal => Self::Null,
            (Type::Long | Type::Int, Json::String(text)) => Self::Long(whole(text)?.ok_or_else(wrong)?),
            (Type::Real, Json::String(text)) => Self::Real(text.parse().map_err(|_| wrong())?),
            (Type::Bool, Json::String(text)) => Self::Bool(flag(text).ok_or_else(wrong)?),
            (Type::DateTime, Json::String(text)) => Self::Time(time::moment(text).ok_or_else(wrong)?),
            (Type::Timespan, Json::String(text)) => Self::Span(time::span(text).ok_or_else(wrong)?),
            (Type::Guid, Json::String(text)) => Self::Guid(Arc::from(text.to_ascii_lowercase())),
            _ => return Err(wrong()),
        })
    }

    /// The value as a cell of an answer.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Text(text) | Self::Guid(text) => Json::String(text.to_string()),
            Self::Long(number) => Json::from(*number),
            Self::Real(number) => Json::from(*number),
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Time(ticks) => Json::String(time::moment_text(*ticks)),
            Self::Span(ticks) => Json::String(time::span_text(*ticks)),
            Self::Dynamic(json) => Json::clone(json),
            Self::Open(what) => Json::String(format!("({what})")),
        }
    }

    /// The value as text, as `tostring` has it: <https://learn.microsoft.com/kusto/query/tostring-function>.
    pub(super) fn to_text(&self) -> Result<Arc<str>, Fault> {
        Ok(match self {
            Self::Null => Arc::from(""),
            Self::Text(text) | Self::Guid(text) => text.clone(),
            Self::Long(number) => Arc::from(number.to_string()),
            Self::Real(number) => Arc::from(real_text(*number)?),
            Self::Bool(_) => return Err(Fault::Unknown("a truth value as text".to_owned())),
            Self::Time(ticks) => Arc::from(time::moment_text(*ticks)),
            Self::Span(ticks) => Arc::from(time::span_text(*ticks)),
            Self::Dynamic(json) => json_text(json)?,
            Self::Open(what) => return Err(Fault::Unknown((*what).to_owned())),
        })
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) | Self::Guid(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_long(&self) -> Option<i64> {
        if let Self::Long(number) = self { Some(*number) } else { None }
    }

    pub(super) fn as_real(&self) -> Option<f64> {
        match self {
            Self::Long(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// How two values of one type, neither of them null, stand to each other.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) | (Self::Guid(left), Self::Guid(right)) => Some(left.cmp(right)),
            (Self::Long(left), Self::Long(right)) | (Self::Time(left), Self::Time(right)) | (Self::Span(left), Self::Span(right)) => {
                Some(left.cmp(right))
            }
            (Self::Bool(left), Self::Bool(right)) => Some(left.cmp(right)),
            (Self::Real(_), Self::Long(_) | Self::Real(_)) | (Self::Long(_), Self::Real(_)) => self.as_real()?.partial_cmp(&other.as_real()?),
            _ => None,
        }
    }

    /// A key that two values share when they are the same to `distinct`, `by` and `on`.
    pub(super) fn key(&self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Text(text) => (1, text.as_bytes()),
            Self::Long(number) => (2, &number.to_be_bytes()),
            Self::Real(number) => (3, &number.to_be_bytes()),
            Self::Bool(flag) => (4, if *flag { &[1] } else { &[0] }),
            Self::Time(ticks) => (5, &ticks.to_be_bytes()),
            Self::Span(ticks) => (6, &ticks.to_be_bytes()),
            Self::Guid(text) => (7, text.as_bytes()),
            Self::Open(what) => return Err(Fault::Unknown((*what).to_owned())),
            Self::Dynamic(json) => match &**json {
                Json::String(text) => (8, text.as_bytes()),
                Json::Bool(flag) => (9, if *flag { &[1] } else { &[0] }),
                Json::Number(number) if number.is_i64() => (10, &number.as_i64().unwrap_or_default().to_be_bytes()),
                _ => return Err(Fault::Unknown("a group by an array, an object or a fraction".to_owned())),
            },
        };
        out.push(tag);
        out.extend((bytes.len() as u64).to_be_bytes());
        out.extend(bytes);
        Ok(())
    }
}

/// A whole number in text; `None` for text that is none. A fraction is not read.
pub(super) fn whole(text: &str) -> Result<Option<i64>, Fault> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return Ok(u64::from_str_radix(digits, 16).ok().map(u64::cast_signed));
    }
    match text.parse::<i64>() {
        Ok(number) => Ok(Some(number)),
        Err(_) if text.parse::<f64>().is_ok_and(f64::is_finite) || text.trim() != text => {
            Err(Fault::Unknown(format!("the text `{text}` as a whole number")))
        }
        Err(_) => Ok(None),
    }
}

/// True or false in text.
pub(super) fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") || text == "1" {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") || text == "0" {
        Some(false)
    } else {
        None
    }
}

/// A fraction as text, where every writer has the same.
fn real_text(number: f64) -> Result<String, Fault> {
    let plain = number.fract() != 0.0 && (1e-4..1e15).contains(&number.abs());
    if plain { Ok(number.to_string()) } else { Err(Fault::Unknown(format!("the number {number:?} as text"))) }
}

/// A JSON value as text: a text is itself, everything else as JSON.
fn json_text(json: &Json) -> Result<Arc<str>, Fault> {
    Ok(match json {
        Json::String(text) => Arc::from(text.as_str()),
        Json::Number(number) if number.is_f64() => Arc::from(real_text(number.as_f64().unwrap_or_default())?),
        other => Arc::from(other.to_string()),
    })
}
