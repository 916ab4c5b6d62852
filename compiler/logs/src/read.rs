//! What does a log's text say in the catalogue's words? The inverse of [`write`](crate::write), for one field at a time.

use ir::{Field, FieldKind, FieldValue};

use crate::{Encoding, answers, encoding};

/// The catalogue's value of what stands under a log's name of a field; `None` where it follows from more than this text, or means nothing.
#[must_use]
pub fn value(field: Field, encoding: Encoding, logged: &FieldValue) -> Option<FieldValue> {
    match encoding {
        Encoding::Words(words) => {
            let text = logged.text()?;
            let (word, _) = words.iter().find(|(_, log)| log.iter().any(|log| log.eq_ignore_ascii_case(&text)))?;
            Some(FieldValue::Text((*word).to_owned()))
        }
        // A number may be in hexadecimal digits.
        Encoding::Same if field.kind() == FieldKind::Number => Some(logged.number().map_or_else(|| logged.clone(), FieldValue::Number)),
        Encoding::Same | Encoding::Several | Encoding::Folder | Encoding::Rooted | Encoding::RegistryData => Some(logged.clone()),
        // The whole text is kept beside the answers: rules in the log's own words ask for it.
        Encoding::Answers => {
            let answers = logged.text().map(|text| answers::read(&text)).unwrap_or_default();
            let all = || std::iter::once(logged.clone()).chain(answers.iter().cloned().map(FieldValue::Text)).collect();
            Some(if answers.is_empty() { logged.clone() } else { FieldValue::List(all()) })
        }
        Encoding::ErrorCode => Some(FieldValue::Text(encoding::FAILURE.to_owned())),
        Encoding::Implied(value) => Some(FieldValue::Text(value.to_owned())),
        Encoding::HostOfUrls
        | Encoding::LastPart
        | Encoding::MailDomain
        | Encoding::AccountName
        | Encoding::AccountDomain
        | Encoding::Digest(_)
        | Encoding::DigestOrAlone(_)
        | Encoding::RegistryKey
        | Encoding::RegistryKeyByKind
        | Encoding::AnyRegistryKey
        | Encoding::RegistryValueName
        | Encoding::Inside
        | Encoding::TaskXml => None,
    }
}
