//! What does a product import? The contract of packages: compiled rules of one or more profiles, in the one form that the product takes.
//!
//! A language says which packages it makes ([`Package`]) and turns what was compiled for one ([`Packing`]) into files ([`Packed`]). What every
//! package has besides (a manifest, digests, pages for people) is made once, elsewhere.

use std::collections::BTreeSet;

use ir::Detection;
use serde::Serialize;
use source::{Code, Diagnostic};

use crate::artefact::{Artefact, PrintedRule};
use crate::job::Profile;
use crate::program::Programs;

/// A kind of package.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// What `--for` calls it, such as `sentinel`.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// The profiles of the language whose rules go in, in order of preference.
    pub profiles: &'static [&'static str],
    /// What a site may say of it, in the table `[package.ID]` of its settings.
    pub settings: &'static [Setting],
    /// Whether the product knows a rule by its title, so that another title is another rule.
    pub by_title: bool,
    /// Packages for products that see the same events: what `enabled` switches on in the settings of one, it switches on in no other.
    pub rivals: &'static [&'static str],
    /// Every code that packing can raise.
    pub codes: &'static [&'static Code],
}

/// One thing that a site may say of packages of a kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub name: &'static str,
    /// What can stand there.
    pub form: SettingForm,
    /// What it says, on one line.
    pub about: &'static str,
    /// A value, as it is written in TOML.
    pub example: &'static str,
}

/// What can stand in a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingForm {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// True or false.
    Switch,
    /// True, false, or a list of texts.
    SwitchOrTexts,
    /// A whole number, 0 or more.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text for each of some names.
    TextByName,
    /// A whole number for some of these words.
    NumberByWord(&'static [&'static str]),
}

impl SettingForm {
    /// In words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Texts => "a list of texts in brackets",
            Self::Switch => "true or false",
            Self::SwitchOrTexts => "true, false, or a list of texts in brackets",
            Self::Number => "a whole number, 0 or more",
            Self::Word(_) => "a word in quotes",
            Self::TextByName => "a table of texts in quotes",
            Self::NumberByWord(_) => "a table of whole numbers",
        }
    }

    /// Whether a value is of this form.
    #[must_use]
    pub fn holds(self, value: &serde_json::Value) -> bool {
        let texts = |value: &serde_json::Value| value.as_array().is_some_and(|list| list.iter().all(serde_json::Value::is_string));
        match self {
            Self::Text => value.is_string(),
            Self::Texts => texts(value),
            Self::Switch => value.is_boolean(),
            Self::SwitchOrTexts => value.is_boolean() || texts(value),
            Self::Number => value.as_u64().is_some(),
            Self::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::TextByName => value.as_object().is_some_and(|table| table.values().all(serde_json::Value::is_string)),
            Self::NumberByWord(words) => {
                let fits = |(word, number): (&String, &serde_json::Value)| words.contains(&word.as_str()) && number.as_u64().is_some();
                value.as_object().is_some_and(|table| table.iter().all(fits))
            }
        }
    }
}

/// What a package is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Of files, folders and stanzas: letters, digits, `-` and `_`, beginning with a letter.
    pub name: String,
    /// For people, on one line.
    pub title: String,
    /// Who answers for it, on one line.
    pub author: String,
    /// Three numbers with dots between them.
    pub version: String,
}

/// What goes into a package.
#[derive(Debug)]
pub struct Packing<'a> {
    /// What it is called.
    pub label: &'a Label,
    /// Every detection of the run. Some may not leave: [`Packing::sent`] has the others.
    pub detections: &'a [Detection],
    /// Which of them may not leave.
    pub withheld: &'a BTreeSet<usize>,
    /// What was compiled, in the order of [`Package::profiles`].
    pub parts: &'a [Part<'a>],
    /// Rules that the package held before and holds no more.
    pub retired: &'a [Retired],
    /// The package before, where there was one.
    pub before: Option<&'a dyn Before>,
    /// The programs that may be called, where that was not forbidden.
    pub programs: Option<&'a dyn Programs>,
    /// What the site says of packages of this kind; an object, empty where it says nothing.
    pub settings: &'a serde_json::Value,
}

/// The package before.
pub trait Before: std::fmt::Debug {
    /// One of its files, by its path below the package's folder.
    fn file(&self, path: &str) -> Option<Vec<u8>>;
}

/// What was compiled for one profile.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The profile.
    pub profile: &'static Profile,
    /// The files of the profile.
    pub artefacts: &'a [Artefact],
    /// Which rule stands where; `detection` is an index into [`Packing::detections`].
    pub rules: &'a [PrintedRule],
}

/// A rule that an earlier version of a package held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    /// Its own id in its language.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The profile it was for.
    pub profile: String,
}

/// What a package holds.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// The files, in any order.
    pub files: Vec<PackedFile>,
    /// What there is to say. With an error among it, nothing is written.
    pub diagnostics: Vec<Diagnostic>,
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedFile {
    /// Its path below the package's folder, with forward slashes.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// The rules that a reader of the manifest finds here. An archive of files that stand beside it names none.
    pub rules: Vec<PackedRule>,
}

/// A rule in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackedRule {
    /// Which of [`Packing::parts`].
    pub part: usize,
    /// Which of [`Part::rules`].
    pub rule: usize,
}

impl PackedFile {
    /// A file without rules.
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into(), rules: Vec::new() }
    }

    /// A file of JSON, in which every character is seen.
    #[must_use]
    pub fn json(path: impl Into<String>, value: &impl Serialize, rules: impl IntoIterator<Item = PackedRule>) -> Self {
        Self::of(path, json(value), rules)
    }

    /// A file with rules.
    #[must_use]
    pub fn of(path: impl Into<String>, bytes: impl Into<Vec<u8>>, rules: impl IntoIterator<Item = PackedRule>) -> Self {
        Self { rules: rules.into_iter().collect(), ..Self::new(path, bytes) }
    }
}

/// JSON for people, in which every character is seen.
#[must_use]
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{}\n", source::legible_json(&text))
}

impl<'a> Packing<'a> {
    /// The detections that may leave.
    pub fn sent(&self) -> impl Iterator<Item = &'a Detection> {
        self.detections.iter().enumerate().filter(|(at, _)| !self.withheld.contains(at)).map(|(_, detection)| detection)
    }

    /// Every rule, and its detection.
    pub fn rules(&self) -> impl Iterator<Item = (PackedRule, &'a PrintedRule, &'a Detection)> {
        let parts = self.parts.iter().enumerate();
        let rules = parts.flat_map(|(part, of)| of.rules.iter().enumerate().map(move |(at, rule)| (PackedRule { part, rule: at }, rule)));
        rules.filter_map(|(at, rule)| Some((at, rule, self.detections.get(rule.detection)?)))
    }

    /// The rules that stand in a file of a part.
    pub fn rules_in(&self, part: usize, artefact: &str) -> impl Iterator<Item = PackedRule> {
        let rules = self.parts.get(part).map(|of| of.rules).unwrap_or_default().iter().enumerate();
        rules.filter(move |(_, rule)| rule.artefact == artefact).map(move |(at, _)| PackedRule { part, rule: at })
    }
}
