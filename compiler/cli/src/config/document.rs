//! Where does something stand in the file? A tree of TOML with places, read by the types of `written`.

use std::ops::Range;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, Unexpected, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::wrong::{What, Wrong};

/// A file of TOML.
pub(super) struct Document<'a> {
    text: &'a str,
    tree: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// It is no TOML; as the TOML reader draws it.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let tree = DeTable::parse(text).map_err(|error| error.to_string())?;
        Ok(Self { text, tree })
    }

    /// What it says, as a type.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Wrong> {
        T::deserialize(TableReader(self.tree.get_ref()))
    }

    /// What is wrong, with its line.
    pub(super) fn sentence(&self, wrong: &Wrong) -> String {
        let span = wrong.span.clone().or_else(|| self.span(&wrong.path));
        wrong.sentence(span.map(|span| self.line(span.start)))
    }

    /// Where something stands: the value at these keys, or at as many of them as there are.
    fn span(&self, path: &[String]) -> Option<Range<usize>> {
        let (mut table, mut span) = (self.tree.get_ref(), None);
        for key in path {
            let Some((key, value)) = table.iter().find(|(known, _)| known.get_ref() == key) else { break };
            // A table with a head of its own begins where its name stands.
            span = Some(if value.get_ref().is_table() { key.span() } else { value.span() });
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                _ => break,
            }
        }
        span
    }

    /// The number of the line that holds a byte.
    fn line(&self, byte: usize) -> usize {
        self.text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
    }
}

struct TableReader<'de>(&'de DeTable<'de>);

struct ValueReader<'de>(&'de DeValue<'de>);

/// A number of TOML; one that is too large for any setting is none.
fn number(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

impl<'de> Deserializer<'de> for ValueReader<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            DeValue::String(text) => visitor.visit_borrowed_str(text),
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            DeValue::Integer(_) => match number(self.0) {
                Some(number) => visitor.visit_i64(number),
                None => Err(Wrong::of(What::Said("the number is too large".to_owned()))),
            },
            DeValue::Float(float) => match float.as_str().replace('_', "").parse::<f64>() {
                Ok(number) if number.is_finite() => visitor.visit_f64(number),
                _ => Err(Wrong::of(What::Said("no number stands here".to_owned()))),
            },
            DeValue::Datetime(day) => visitor.visit_string(day.to_string()),
            DeValue::Array(items) => visitor.visit_seq(Items(Box::new(items.iter()))),
            DeValue::Table(table) => TableReader(table).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            DeValue::String(text) => visitor.visit_enum(OneWord(text)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for TableReader<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_map(Rows { left: Box::new(self.0.iter()), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// A key and its value.
type Row<'de> = (&'de Spanned<DeString<'de>>, &'de Spanned<DeValue<'de>>);

/// The rows of a table.
struct Rows<'de> {
    left: Box<dyn Iterator<Item = Row<'de>> + 'de>,
    value: Option<Row<'de>>,
}

impl<'de> de::MapAccess<'de> for Rows<'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        self.value = Some((key, value));
        let read = seed.deserialize(BorrowedStrDeserializer::<Wrong>::new(key.get_ref()));
        read.map(Some).map_err(|wrong| Wrong { span: Some(key.span()), ..wrong })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let Some((key, value)) = self.value.take() else { return Err(Wrong::of(What::Said("a value is missing".to_owned()))) };
        seed.deserialize(ValueReader(value.get_ref())).map_err(|wrong| wrong.within(key.get_ref(), value.span()))
    }
}

/// The items of a list. One that does not fit is told by its line.
struct Items<'de>(Box<dyn Iterator<Item = &'de Spanned<DeValue<'de>>> + 'de>);

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some(item) = self.0.next() else { return Ok(None) };
        let read = seed.deserialize(ValueReader(item.get_ref()));
        read.map(Some).map_err(|mut wrong| {
            wrong.span.get_or_insert(item.span());
            if let What::Kind { found, wanted } = &wrong.what {
                wrong.what = What::Said(format!("each item of this list is {wanted}, not {found}"));
            }
            wrong
        })
    }
}

/// A word of a few.
struct OneWord<'t>(&'t str);

impl<'de> EnumAccess<'de> for OneWord<'de> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Wrong> {
        let word: StrDeserializer<'_, Wrong> = self.0.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for OneWord<'de> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Wrong> {
        Err(de::Error::invalid_type(Unexpected::Str(self.0), &"a word in quotes"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Wrong> {
        Err(de::Error::invalid_type(Unexpected::Str(self.0), &"a word in quotes"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Wrong> {
        Err(de::Error::invalid_type(Unexpected::Str(self.0), &"a word in quotes"))
    }
}
