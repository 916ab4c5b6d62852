//! What does the site say? `vigie.toml`: rows over the profiles' tables of fields, what placeholders of Sigma rules stand for, and which
//! numbers are its own.
//!
//! ```toml
//! [profile."splunk/raw"."http.request"]
//! "url.full" = "cs_uri"
//!
//! [placeholders]
//! Administrators = ["adm-*", "root"]
//!
//! [tlp]
//! unmarked = "green"
//!
//! [suricata]
//! sid = "3100000..3199999"
//!
//! [package]
//! name = "example-detections"
//! version = "1.2.0"
//! ```

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use backend::{Lock, Number, Overlay};
use front::sigma::Placeholders;
use ir::{EventClass, Field, Tlp};
use serde::Deserialize;
use toml::Spanned;

use crate::packages::Packages;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profile: BTreeMap<String, BTreeMap<String, BTreeMap<String, Spanned<String>>>>,
    #[serde(default)]
    placeholders: BTreeMap<String, Vec<Item>>,
    #[serde(default)]
    tlp: Marking,
    #[serde(default)]
    suricata: Suricata,
    #[serde(default)]
    package: BTreeMap<String, toml::Value>,
}

/// What is said about markings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marking {
    /// What an input without a marking counts as.
    unmarked: Option<String>,
}

/// What is said about one target.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suricata {
    /// The numbers of new rules, first and last: `3100000..3199999`.
    sid: Option<String>,
}

/// An item of a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Item {
    Text(String),
    Number(i64),
}

/// What a site says.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Rows over the tables of profiles, by profile.
    pub(crate) overlays: BTreeMap<String, Overlay>,
    /// Lists for Sigma rules.
    pub(crate) placeholders: Placeholders,
    /// What an input without a marking counts as, where something may not leave.
    pub(crate) unmarked: Option<Tlp>,
    /// The file, where there is one.
    pub(crate) path: Option<PathBuf>,
    /// What is left out of the file, each with its reason.
    pub(crate) remarks: Vec<String>,
    /// What packages are called, and what is said of those of one product.
    pub(crate) packages: Packages,
    /// The numbers of new rules, where the site has a range of its own.
    sids: Option<RangeInclusive<u32>>,
}

impl Config {
    /// The numbers that new rules get.
    pub(crate) fn sids(&self) -> RangeInclusive<u32> {
        self.sids.clone().unwrap_or(Lock::LOCAL)
    }
}

/// Reads the site's settings; without a path, `vigie.toml` of the current folder where there is one.
///
/// # Errors
///
/// What is wrong with the file, in one line or as the TOML reader draws it.
pub(crate) fn read(path: Option<&Path>) -> Result<Config, String> {
    let standard = Path::new("vigie.toml");
    let path = match path {
        Some(path) => path,
        None if standard.is_file() => standard,
        None => return Ok(Config::default()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    let config = parse(&text).map_err(|why| format!("`{}`: {why}", path.display()))?;
    let remarks = config.remarks.iter().map(|remark| format!("warning: `{}`, {remark}", path.display())).collect();
    Ok(Config { path: Some(path.to_path_buf()), remarks, ..config })
}

/// Whether a text holds a site's settings: what tests with any text ask.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_settings(text: &str) -> Result<(), String> {
    parse(text).map(|_| ())
}

/// Reads a range of numbers: its first and its last, with two dots between them.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let number = |word: &str| word.trim().replace('_', "").parse::<u32>().ok().filter(|number| (1..=Number::LAST).contains(number));
    let ends = text.split_once("..").map(|(first, last)| (number(first), number(last.strip_prefix('=').unwrap_or(last))));
    match ends {
        Some((Some(first), Some(last))) if first <= last => Ok(first..=last),
        _ => Err(format!("`{text}` is no range of numbers; one is written `3100000..3199999`, its first and its last, from 1 to {}", Number::LAST)),
    }
}

/// The number of the line that holds a byte.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

fn parse(text: &str) -> Result<Config, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut overlays: BTreeMap<String, Overlay> = BTreeMap::new();
    let mut remarks = Vec::new();
    for (profile, events) in file.profile {
        let selected = registry::select(&profile).map_err(|known| format!("`{profile}` is no profile; known are {}", known.join(", ")))?;
        let (named, nameless): (Vec<_>, Vec<_>) = selected.into_iter().partition(|(target, _)| target.has_field_names());
        let mut overlay = Overlay::default();
        for (event, fields) in events {
            let class = EventClass::parse(&event).ok_or_else(|| format!("`{event}` is no event; `vigie fields` lists them"))?;
            for (field, name) in fields {
                let known = Field::parse(&field).filter(|known| class.fields().any(|of| of == *known));
                let known = known.ok_or_else(|| format!("`{field}` is no field of `{event}`; `vigie fields {event}` lists them"))?;
                let line = line_of(text, name.span().start);
                let name = name.into_inner();
                if name.is_empty() || !name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-' | '{' | '}')) {
                    return Err(format!("`{name}` is no field name: letters, digits, `_`, `.`, `-`, `{{` and `}}` can stand in one"));
                }
                if named.is_empty()
                    && let Some((target, _)) = nameless.first()
                {
                    let title = target.about().title;
                    remarks
                        .push(format!("line {line}: `{field}` of `{profile}` is left out: {title} has no names of fields that a site could change"));
                }
                overlay.fields.insert((class, known), name);
            }
        }
        // A target without a profile means each of its profiles; what is said of one of them goes over it, and comes later in order.
        for (target, one) in named {
            overlays.entry(format!("{}/{}", target.about().id, one.id)).or_default().fields.extend(overlay.fields.clone());
        }
    }
    let mut lists = BTreeMap::new();
    for (name, items) in file.placeholders {
        if name.is_empty() || !name.chars().all(|char| char.is_alphanumeric() || char == '_') {
            return Err(format!("`{name}` is no name of a placeholder: letters, digits and `_` can stand in one"));
        }
        if items.is_empty() {
            return Err(format!("the list of `%{name}%` is empty; a value in a rule stands for something"));
        }
        let items = items.into_iter().map(|item| match item {
            Item::Text(text) => text,
            Item::Number(number) => number.to_string(),
        });
        lists.insert(name, items.collect());
    }
    let marking =
        |word: String| Tlp::parse(&word).ok_or_else(|| format!("`{word}` is no marking; they are clear, green, amber, amber+strict and red"));
    let unmarked = file.tlp.unmarked.map(marking).transpose()?;
    let sids = file.suricata.sid.as_deref().map(range).transpose()?;
    Ok(Config { overlays, placeholders: Placeholders::new(lists), unmarked, path: None, remarks, packages: Packages::read(file.package)?, sids })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_checked_against_the_catalogue() {
        let good = parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"cs_uri\"\n").unwrap();
        assert_eq!(good.overlays["splunk/raw"].fields[&(EventClass::HttpRequest, Field::UrlFull)], "cs_uri");
        assert!(parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.ful\" = \"x\"\n").unwrap_err().contains("no field"));
        assert!(parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"x | delete\"\n").unwrap_err().contains("no field name"));
        assert!(parse("[profil]\n").is_err());
    }

    #[test]
    fn a_target_without_names_of_fields_keeps_its_rules() {
        for profile in ["\"suricata/7\"", "suricata", "\"suricata/8\"", "yara"] {
            let odd = parse(&format!("[profile.{profile}.\"dns.query\"]\n\"dns.name\" = \"query\"\n")).unwrap();
            assert!(odd.overlays.is_empty(), "{profile}");
            assert!(matches!(&*odd.remarks, [only] if only.starts_with("line 2: `dns.name`")), "{:?}", odd.remarks);
        }
        let whole =
            parse("[profile.splunk.\"http.request\"]\n\"url.full\" = \"a\"\n[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"b\"\n")
                .unwrap();
        let name = |profile: &str| whole.overlays[profile].fields[&(EventClass::HttpRequest, Field::UrlFull)].clone();
        assert_eq!((name("splunk/raw").as_str(), name("splunk/cim").as_str(), whole.remarks.len()), ("b", "a", 0));
    }

    #[test]
    fn numbers_of_rules_come_from_a_range_that_holds_some() {
        let sids = |text: &str| parse(&format!("[suricata]\nsid = \"{text}\"\n"));
        assert_eq!(sids("3100000..3199999").unwrap().sids(), 3_100_000..=3_199_999);
        assert_eq!(sids("1..4_294_967_294").unwrap().sids(), 1..=Number::LAST);
        assert_eq!(parse("").unwrap().sids(), 1_000_000..=1_999_999);
        for wrong in ["", "5", "0..9", "9..8", "1..4294967295", "a..b", "1-9", "-1..9"] {
            assert!(sids(wrong).unwrap_err().contains("no range"), "{wrong}");
        }
        assert!(parse("[suricata]\nsids = \"1..2\"\n").is_err());
    }

    #[test]
    fn lists_have_a_name_and_something_in_them() {
        let lists = BTreeMap::from([("Ports".to_owned(), vec!["22".to_owned(), "ssh".to_owned()])]);
        assert_eq!(parse("[placeholders]\nPorts = [22, \"ssh\"]\n").unwrap().placeholders, Placeholders::new(lists));
        assert!(parse("[placeholders]\nPorts = []\n").unwrap_err().contains("empty"));
        assert!(parse("[placeholders]\n\"a-b\" = [\"x\"]\n").unwrap_err().contains("no name"));
    }
}
