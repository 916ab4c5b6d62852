//! One event, as a sensor saw it: what tests feed in and the evaluator reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::field::Derivation;
use crate::observable::{EmailAddress, Url};
use crate::{Decimal, EventSelector, Field, FieldRef};

/// The value of a field in an event.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// Several values; a test holds when it holds for any of them.
    List(Vec<FieldValue>),
}

impl FieldValue {
    /// The value as text: numbers in decimal, flags as `true` and `false`. Lists have none.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::List(_) => None,
        }
    }

    /// The value as a number, also from decimal text or `0x` text.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => {
                let text = text.trim();
                text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |hex| i64::from_str_radix(hex, 16).ok())
            }
            Self::Flag(_) | Self::List(_) => None,
        }
    }

    /// The value as a number that need not be whole.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Text(text) => Decimal::parse(text.trim()).or_else(|| self.number().map(Decimal::from)),
            other => other.number().map(Decimal::from),
        }
    }

    /// Calls `see` for the value, or for each value of a list.
    pub fn any(&self, see: &mut impl FnMut(&Self) -> bool) -> bool {
        match self {
            Self::List(list) => list.iter().any(|value| value.any(see)),
            single => see(single),
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What kind of event it is; platform and flow when known.
    pub event: EventSelector,
    /// Its fields. A missing field is one that is not here or is an empty text.
    pub fields: BTreeMap<FieldRef, FieldValue>,
    /// The whole event as the log writes it, where it is one text: a line of syslog.
    pub message: Option<Arc<str>>,
    /// The file's bytes, for `file.content`.
    pub bytes: Option<Arc<[u8]>>,
}

impl Record {
    /// An event without fields.
    #[must_use]
    pub fn new(event: EventSelector) -> Self {
        Self { event, fields: BTreeMap::new(), message: None, bytes: None }
    }

    /// A field's value: as it is in the event, else derived from the field it is a part of ([`Field::derived_from`]),
    /// else computed from the bytes. Empty text counts as missing.
    #[must_use]
    pub fn get(&self, field: &FieldRef) -> Option<Cow<'_, FieldValue>> {
        let value = self.written(field)?;
        match &*value {
            FieldValue::Text(text) if text.is_empty() => None,
            FieldValue::List(list) if list.is_empty() => None,
            _ => Some(value),
        }
    }

    /// A field's value as [`Record::get`] finds it, empty texts included.
    #[must_use]
    pub fn written(&self, field: &FieldRef) -> Option<Cow<'_, FieldValue>> {
        self.fields.get(field).map(Cow::Borrowed).or_else(|| self.derive(field.known()?).map(Cow::Owned))
    }

    fn derive(&self, field: Field) -> Option<FieldValue> {
        if let Some((from, how)) = field.derived_from() {
            let whole = self.get(&FieldRef::Known(from))?;
            return derive(&whole, how);
        }
        let bytes = self.bytes.as_deref()?;
        Some(match field {
            Field::FileSize => FieldValue::Number(i64::try_from(bytes.len()).ok()?),
            Field::FileMd5 => FieldValue::Text(hex::encode(<md5::Md5 as md5::Digest>::digest(bytes))),
            Field::FileSha1 => FieldValue::Text(hex::encode(<sha1::Sha1 as sha1::Digest>::digest(bytes))),
            Field::FileSha256 => FieldValue::Text(hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes))),
            Field::FileSha512 => FieldValue::Text(hex::encode(<sha2::Sha512 as sha2::Digest>::digest(bytes))),
            Field::FileType => FieldValue::Text(file_type(bytes)?.to_owned()),
            _ => return None,
        })
    }
}

/// The kind of file by its first bytes, in the words of [`Field::words`]; `None` when none fits.
///
/// `script` begins with `#!`; `text` holds no byte below 0x20 except tab, line feed and carriage return.
#[must_use]
pub fn file_type(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 11] = [
        (b"MZ", "pe"),
        (b"\x7fELF", "elf"),
        (b"\xfe\xed\xfa\xce", "macho"),
        (b"\xfe\xed\xfa\xcf", "macho"),
        (b"\xce\xfa\xed\xfe", "macho"),
        (b"\xcf\xfa\xed\xfe", "macho"),
        (b"\xca\xfe\xba\xbe", "macho"),
        (b"PK\x03\x04", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"%PDF-", "pdf"),
        (b"#!", "script"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    let text = !bytes.is_empty() && bytes.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r'));
    text.then_some("text")
}

fn derive(whole: &FieldValue, how: Derivation) -> Option<FieldValue> {
    let part = |text: &str| -> Option<FieldValue> {
        let url = || Url::parse(text).ok();
        let (directory, last) = text.rsplit_once(['\\', '/']).unwrap_or(("", text));
        Some(match how {
            Derivation::LastPart => FieldValue::Text(last.to_owned()),
            Derivation::Directory => FieldValue::Text(directory.to_owned()),
            Derivation::Extension => FieldValue::Text(last.rsplit_once('.')?.1.to_owned()),
            Derivation::MailDomain => FieldValue::Text(EmailAddress::parse(text).ok()?.as_str().rsplit_once('@')?.1.to_owned()),
            Derivation::UrlHost => FieldValue::Text(url()?.host().to_header()),
            Derivation::UrlPort => FieldValue::Number(i64::from(url()?.port()?)),
            Derivation::UrlPath => FieldValue::Text(url()?.path().to_owned()),
            Derivation::UrlQuery => FieldValue::Text(url()?.query()?.to_owned()),
        })
    };
    match whole {
        FieldValue::Text(text) => part(text),
        FieldValue::List(list) => Some(FieldValue::List(list.iter().filter_map(|value| part(&value.text()?)).collect())),
        FieldValue::Number(_) | FieldValue::Flag(_) => None,
    }
}
