//! What would a log hold of an event? The inverse of [`encoding`](crate::encoding): tests and readers make a log's text out of the catalogue's values.

use ir::{Field, FieldRef, FieldValue, Record};

use crate::encoding::SUCCESS;
use crate::form::Row;
use crate::{Encoding, answers};

/// A digest that no event has, before the one that is meant.
const OTHER: &str = "MD5=00112233445566778899aabbccddeeff";

/// What stands under a log's name of a field when an event has a value for it; `None` where the event has none, or where the log's text does not
/// follow from the value alone.
#[must_use]
pub fn texts(record: &Record, (field, _, encoding): &Row) -> Option<Vec<String>> {
    let text = |field: Field| record.get(&FieldRef::Known(field)).and_then(|value| value.text().map(std::borrow::Cow::into_owned));
    let value = record.get(&FieldRef::Known(*field))?;
    let values: Vec<String> = match &*value {
        FieldValue::List(list) => list.iter().filter_map(|value| value.text().map(std::borrow::Cow::into_owned)).collect(),
        other => vec![other.text()?.into_owned()],
    };
    let first = values.first()?.clone();
    Some(match encoding {
        Encoding::Same | Encoding::Several | Encoding::RegistryData => values,
        Encoding::Answers => vec![answers::written(&values)],
        Encoding::HostOfUrls | Encoding::LastPart | Encoding::MailDomain | Encoding::Inside | Encoding::TaskXml | Encoding::Implied(_) => {
            return None;
        }
        Encoding::ErrorCode if first.eq_ignore_ascii_case(SUCCESS) => return None,
        Encoding::ErrorCode => vec!["AccessDenied".to_owned()],
        Encoding::Rooted => vec![format!("\\{}", first.trim_start_matches('\\'))],
        Encoding::Folder => vec![if first.ends_with(['\\', '/']) { first } else { format!("{first}\\") }],
        Encoding::AccountName | Encoding::AccountDomain => vec![match (text(Field::UserDomain), text(Field::UserName)) {
            (Some(domain), Some(user)) => format!("{domain}\\{user}"),
            (_, user) => user.unwrap_or_default(),
        }],
        Encoding::Digest(digest) | Encoding::DigestOrAlone(digest) => {
            vec![if *digest == "MD5" { format!("MD5={first},X=1") } else { format!("{OTHER},{digest}={first},X=1") }]
        }
        Encoding::RegistryKey | Encoding::AnyRegistryKey | Encoding::RegistryValueName => {
            let key = text(Field::RegistryKey)?;
            let key = key.strip_prefix("HKCU").map_or(key.clone(), |rest| format!("HKU\\S-1-5-21-7{rest}"));
            vec![format!("{key}\\{}", text(Field::RegistryValueName).unwrap_or_else(|| "(Default)".to_owned()))]
        }
        Encoding::RegistryKeyByKind => vec![text(Field::RegistryPath).or_else(|| text(Field::RegistryKey))?],
        Encoding::Words(words) => {
            let (_, words) = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&first))?;
            vec![(*words.first()?).to_owned()]
        }
    })
}
