//! Can a log hold such an event at all?

use std::net::IpAddr;

use ir::{Field, FieldKind, FieldRef, FieldValue, LogSource, Platform, Record};

use super::whole;

/// Whether a text is data of the registry as Sysmon writes them: its words for types have one spelling.
fn is_data(text: &str) -> bool {
    let begins = |word: &str| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    let number = |word: &str| !begins(word) || (text.starts_with(word) && text.ends_with(')') && !text.contains("0X"));
    let whole = |word: &str| !text.eq_ignore_ascii_case(word) || text == word;
    number("DWORD (") && number("QWORD (") && whole("(Empty)") && whole("Binary Data")
}

/// Whether what happened to a key of the registry is said in one of Sysmon's words.
fn is_own_word(record: &Record, field: &FieldRef, value: &FieldValue) -> bool {
    const WORDS: [&str; 5] = ["CreateKey", "DeleteKey", "DeleteValue", "SetValue", "RenameKey"];
    let registry = record.event.class().is_some_and(|class| class.name().starts_with("registry."));
    !registry || field.name() != "EventType" || value.text().is_none_or(|text| WORDS.contains(&&*text))
}

/// Whether an event's channel is one of those that its log source means.
fn is_own_channel(record: &Record, field: &FieldRef, value: &FieldValue) -> bool {
    let LogSource::Open { product: Some(product), service: Some(service), .. } = &record.event.source else { return true };
    let channels = logs::taxonomy::channels(service);
    if product != "windows" || channels.is_empty() || !logs::taxonomy::CHANNEL_FIELDS.contains(&field.name()) {
        return true;
    }
    value.text().is_none_or(|text| channels.iter().any(|channel| channel.eq_ignore_ascii_case(&text)))
}

/// Whether a text is a name, as events have it: labels of at most 63 characters, without the dot of the root; or an address.
fn is_name(text: &str) -> bool {
    let bare = text.trim_matches(['[', ']']);
    let fits = |label: &str| (1..=63).contains(&label.len()) && !label.contains(['/', '\\', ' ', '\n', '\t', '?', '#', ':', '"']);
    bare.parse::<IpAddr>().is_ok() || text.split('.').all(fits)
}

/// Whether a value is one that its field can hold in some log.
pub(super) fn is_sound(record: &Record) -> bool {
    let unix = matches!(record.event.platform, Some(Platform::Linux | Platform::Macos));
    record.fields.iter().all(|(field, value)| {
        let Some(known) = field.known() else { return is_own_channel(record, field, value) && is_own_word(record, field, value) };
        let fits = |text: &str| match known.kind() {
            FieldKind::Address => text.is_empty() || ir::observable::parse_address(text).is_ok(),
            FieldKind::Hash => text.is_empty() || (text.len() == whole::digits(known) && text.bytes().all(|byte| byte.is_ascii_hexdigit())),
            FieldKind::Domain => text.is_empty() || is_name(text),
            FieldKind::UrlPath => (text.is_empty() || text.starts_with('/')) && !text.contains(['?', '#', ' ', '\n']),
            FieldKind::Number => text.is_empty() || value.number().is_some(),
            FieldKind::Url if record.event.class() == Some(ir::EventClass::HttpRequest) => {
                let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_lowercase());
                !text.contains([' ', '\n', '\t']) && scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https"))
            }
            FieldKind::Path if matches!(known, Field::RegistryPath | Field::RegistryKey) => !text.ends_with('\\'),
            FieldKind::Text if known == Field::CloudProvider => {
                text.is_empty() || ["aws", "azure", "gcp", "m365", "okta", "github"].iter().any(|known| known.eq_ignore_ascii_case(text))
            }
            FieldKind::Text if known == Field::RegistryData => is_data(text),
            FieldKind::Text if known == Field::DnsAnswer => !text.contains([' ', '\n', '\t']),
            FieldKind::Text if known == Field::TlsVersion => text.is_empty() || text.starts_with("TLS 1."),
            FieldKind::Text | FieldKind::Path | FieldKind::Url | FieldKind::Flag => {
                (!unix || known.kind() != FieldKind::Path || text.is_empty() || text.starts_with('/'))
                    && known.never_holds().is_none_or(|(chars, _)| !text.contains(chars))
                    && known.words().is_none_or(|words| words.iter().any(|word| word.eq_ignore_ascii_case(text)) || text.is_empty())
            }
        };
        match value {
            FieldValue::Text(text) => fits(text),
            FieldValue::List(list) => list.iter().all(|value| value.text().is_none_or(|text| fits(&text))),
            FieldValue::Number(_) | FieldValue::Flag(_) => true,
        }
    })
}
