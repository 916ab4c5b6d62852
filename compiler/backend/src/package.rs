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
    /// Whether a site may say something of it, in the table `[package.ID]` of its settings.
    pub settings: bool,
    /// Whether the product knows a rule by its title, so that another title is another rule.
    pub by_title: bool,
    /// Packages for products that see the same events: what `enabled` switches on in the settings of one, it switches on in no other.
    pub rivals: &'static [&'static str],
    /// Every code that packing can raise.
    pub codes: &'static [&'static Code],
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
