//! What is a language asked for, and what does it hand back?

use std::collections::BTreeMap;

use ir::Detection;
use serde::Serialize;
use source::{Code, Diagnostic};

use crate::artefact::{Artefact, PrintedRule};
use crate::capability::Overlay;
use crate::lock::{NoNumber, Section};
use crate::program::Programs;

/// A vendor's schema that a language can write for.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// For instance `sentinel`.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// Whether it is built when nobody asks for a profile.
    pub default: bool,
}

/// What a language is.
#[derive(Debug)]
pub struct About {
    /// The id: `kql`.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// At least one.
    pub profiles: &'static [Profile],
    /// Every code it can raise itself.
    pub codes: &'static [&'static Code],
    /// The longest rule that the product takes, where it says so.
    pub rule_limit: Option<RuleLimit>,
}

/// The longest rule that a product takes, in the text of [`PrintedRule::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLimit {
    /// So many characters.
    Characters(usize),
    /// So many bytes.
    Bytes(usize),
}

impl RuleLimit {
    /// The number, and what is counted.
    #[must_use]
    pub fn most(self) -> (usize, &'static str) {
        match self {
            Self::Characters(most) => (most, "characters"),
            Self::Bytes(most) => (most, "bytes"),
        }
    }

    /// The size of a rule's text, in what is counted.
    #[must_use]
    pub fn size(self, text: &str) -> usize {
        match self {
            Self::Characters(_) => text.chars().count(),
            Self::Bytes(_) => text.len(),
        }
    }
}

/// What became of a detection in one profile of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule means what was written.
    Exact,
    /// The rule fires more often.
    Wider,
    /// The rule fires less often; also when it fires both more and less often, because a missed attack weighs more.
    Narrower,
    /// There is no rule.
    Unsupported,
    /// It was kept back: by a policy (a reserved address, an expired value, a marking), or because its rules were refused when they
    /// were read back.
    Withheld,
}

impl Outcome {
    /// The outcome's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Unsupported => "unsupported",
            Self::Withheld => "withheld",
        }
    }
}

/// One detection's line in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index of the detection in the job.
    pub detection: usize,
    /// What became of it: the worst of its logs.
    pub outcome: Outcome,
    /// What became of it in each log that the target reads for it, where the target knows logs.
    pub logs: BTreeMap<String, Outcome>,
    /// Why, in order.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the rules are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum For {
    /// A folder of rules, for repositories and for whoever reads them.
    #[default]
    Folder,
    /// A package: files in the form that the product imports.
    Package,
}

/// What is to be compiled.
#[derive(Debug)]
pub struct Job<'a> {
    /// The profile, one of the language's own.
    pub profile: &'static Profile,
    /// In the order they are to be printed.
    pub detections: &'a [&'a Detection],
    /// The site's rows over the profile's tables.
    pub overlay: &'a Overlay,
    /// The numbers given so far.
    pub numbers: Section,
    /// Whether each rule's own text is wanted besides the files.
    pub rule_texts: bool,
    /// What the rules are for.
    pub made_for: For,
    /// The door to installed engines; without it none is asked.
    pub programs: Option<&'a dyn Programs>,
}

impl Job<'_> {
    /// A rule's own text, for [`PrintedRule::text`]: made only when it is wanted.
    #[must_use]
    pub fn rule_text(&self, text: impl Into<String>) -> String {
        if self.rule_texts { text.into() } else { String::new() }
    }
}

/// A rule and the detection it came from.
#[derive(Clone, Debug)]
pub struct Lowered<R> {
    /// Index of the detection in the job.
    pub detection: usize,
    /// The rule's number in the job, for [`PrintedRule::item`]: the same however many others are left out.
    pub item: usize,
    /// The rule.
    pub rule: R,
}

/// What was assembled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The files.
    pub artefacts: Vec<Artefact>,
    /// Which rule stands where, in the order of each file.
    pub rules: Vec<PrintedRule>,
    /// Detections that could not be numbered: they have no rule.
    pub unnumbered: Vec<(usize, NoNumber)>,
}

impl Printed {
    /// The rules of each file, as indices into [`Printed::rules`], in the file's order.
    #[must_use]
    pub fn by_artefact(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut out: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, rule) in self.rules.iter().enumerate() {
            out.entry(&rule.artefact).or_default().push(at);
        }
        out
    }
}
