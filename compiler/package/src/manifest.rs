//! What does a package hold? Every rule, with where it comes from, what it says, what it lost and where it stands.

use std::collections::{BTreeMap, BTreeSet};

use backend::{Outcome, PackedFile, PackedRule, Packing, PrintedRule};
use ir::{Detection, Verdict};
use pipeline::Row;
use serde::{Deserialize, Serialize};

use crate::sums::digest;

/// The mark by which a manifest is known as ours.
const TOOL: &str = "vigie";
/// The form of the manifest.
const VERSION: u32 = 1;

/// The contents of `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `vigie`.
    pub tool: String,
    /// The form of the manifest: 1.
    pub version: u32,
    /// What the package is.
    pub package: Name,
    /// What its rules rest on, by id.
    pub advisories: BTreeMap<String, Advisory>,
    /// Its rules, by id within their profile.
    pub rules: Vec<Rule>,
    /// Its files, by path; the manifest itself, the list of changes and that of digests are not among them.
    pub artefacts: BTreeMap<String, Artefact>,
}

/// What a package is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The product that imports it, such as `sentinel`.
    pub r#for: String,
    /// Its name.
    pub name: String,
    /// For people.
    pub title: String,
    /// Who answers for it.
    pub author: String,
    /// Three numbers with dots between them.
    pub version: String,
}

/// An advisory, or a rule of somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Advisory {
    /// Its title.
    pub title: String,
    /// Who may read what rests on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tlp: Option<String>,
    /// Under which terms it may be given on, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The detection's key, the same in every package and every version.
    pub key: String,
    /// The rule's own id in its language.
    pub id: String,
    /// The profile it was written for.
    pub profile: String,
    /// Its title.
    pub title: String,
    /// The advisory it rests on.
    pub advisory: String,
    /// How bad a hit is.
    pub severity: String,
    /// What a hit is worth: `alert` or `lead`.
    pub verdict: String,
    /// ATT&CK techniques.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// The sentences it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<Quote>,
    /// Whether it means what was written: the worst of its logs.
    pub outcome: String,
    /// The same in each log that it reads.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub logs: BTreeMap<String, String>,
    /// What it does not say, or says besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
    /// The last day on which all of its indicators hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The revision of the number that its id is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The digest of what it means by that revision, as the lock has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// The digest of the rule's text: it changes exactly when the text does.
    pub sha256: String,
    /// The files it stands in.
    pub artefacts: BTreeSet<String>,
    /// Whether the package holds it only to switch it off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A sentence of a source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The source's name in the description.
    pub source: String,
    /// The sentence, as it is written there.
    pub quote: String,
    /// Its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it, from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A difference between what was written and what the rule says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// The diagnostic's code; `vigie explain` has a page on it.
    pub code: String,
    /// `wider` or `narrower`.
    pub direction: String,
    /// What is lost.
    pub message: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// Its digest.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: usize,
    /// The ids of the rules in it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
}

impl Manifest {
    /// Reads a manifest that was written before.
    ///
    /// # Errors
    ///
    /// It is none of ours, or of a form that is not known.
    pub fn read(text: &str) -> Result<Self, String> {
        let manifest: Self = serde_json::from_str(text).map_err(|error| format!("it is no manifest of a package: {error}"))?;
        match (manifest.tool.as_str(), manifest.version) {
            (TOOL, VERSION) => Ok(manifest),
            (TOOL, other) => Err(format!("its manifest has the form {other}, and this program knows {VERSION}")),
            (other, _) => Err(format!("`{other}` made it")),
        }
    }

    pub(crate) fn of(kind: &str, packing: &Packing<'_>, rules: Vec<Rule>, files: &[PackedFile]) -> Self {
        let mut advisories = BTreeMap::new();
        for (_, _, detection) in packing.rules() {
            let advisory = advisories.entry(detection.meta.advisory.clone()).or_insert_with(|| Advisory::of(detection));
            // As closed as the most closed of its rules.
            let known = advisory.tlp.as_deref().and_then(ir::Tlp::parse);
            advisory.tlp = detection.meta.tlp.max(known).map(|tlp| tlp.name().to_owned());
        }
        let id = |rule: &PackedRule| packing.parts.get(rule.part).and_then(|part| part.rules.get(rule.rule)).map(|rule| rule.id.clone());
        let artefact = |file: &PackedFile| {
            let rules = file.rules.iter().filter_map(id).collect();
            (file.path.clone(), Artefact { sha256: digest(&file.bytes), bytes: file.bytes.len(), rules })
        };
        let label = packing.label;
        let package = Name {
            r#for: kind.to_owned(),
            name: label.name.clone(),
            title: label.title.clone(),
            author: label.author.clone(),
            version: label.version.clone(),
        };
        Self { tool: TOOL.to_owned(), version: VERSION, package, advisories, rules, artefacts: files.iter().map(artefact).collect() }
    }
}

/// The rules of a package, sorted. Those that are switched off stand as they stood before, in no file of their own.
pub(crate) fn rules(packing: &Packing<'_>, rows: &[Row], files: &[PackedFile], previous: Option<&Manifest>) -> Vec<Rule> {
    let mut standing: BTreeMap<PackedRule, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        for rule in &file.rules {
            standing.entry(*rule).or_default().insert(file.path.clone());
        }
    }
    let found: BTreeMap<(usize, &str), &Row> = rows.iter().map(|row| ((row.detection, row.profile), row)).collect();
    let mut rules: Vec<Rule> = Vec::new();
    for (at, printed, detection) in packing.rules() {
        let profile = packing.parts.get(at.part).map(|part| part.profile.id).unwrap_or_default();
        let row = found.get(&(printed.detection, profile)).copied();
        rules.push(Rule::of(printed, detection, profile, row, standing.remove(&at).unwrap_or_default()));
    }
    let before: BTreeMap<(&str, &str), &Rule> =
        previous.into_iter().flat_map(|previous| &previous.rules).map(|rule| ((rule.profile.as_str(), rule.id.as_str()), rule)).collect();
    for retired in packing.retired {
        if let Some(rule) = before.get(&(retired.profile.as_str(), retired.id.as_str())) {
            rules.push(Rule { retired: true, artefacts: BTreeSet::new(), ..(*rule).clone() });
        }
    }
    rules.sort_by(|one, other| (&one.profile, &one.key, &one.id).cmp(&(&other.profile, &other.key, &other.id)));
    rules
}

impl Advisory {
    fn of(detection: &Detection) -> Self {
        let meta = &detection.meta;
        Self {
            title: meta.advisory_title.clone(),
            tlp: meta.tlp.map(|tlp| tlp.name().to_owned()),
            licence: meta.sigma.as_ref().and_then(|rule| rule.license.clone()),
            published: meta.published.map(|day| day.to_string()),
            references: meta.references.clone(),
        }
    }
}

impl Rule {
    fn of(printed: &PrintedRule, detection: &Detection, profile: &str, row: Option<&Row>, artefacts: BTreeSet<String>) -> Self {
        let meta = &detection.meta;
        let sentences = meta.citations.iter().map(|citation| Quote {
            source: citation.source.clone(),
            quote: citation.quote.clone(),
            file: citation.file.clone(),
            line: citation.line.and_then(|line| u64::try_from(line).ok()),
            url: citation.url.clone(),
        });
        let mut losses: Vec<Loss> = row.into_iter().flat_map(|row| &row.diagnostics).filter_map(Loss::of).collect();
        losses.sort();
        losses.dedup();
        Self {
            key: detection.key.clone(),
            id: printed.id.clone(),
            profile: profile.to_owned(),
            title: printed.title.clone(),
            advisory: meta.advisory.clone(),
            severity: meta.severity.name().to_owned(),
            verdict: match meta.verdict {
                Verdict::Alert => "alert",
                Verdict::Lead => "lead",
            }
            .to_owned(),
            techniques: meta.techniques.iter().map(|technique| technique.as_str().to_owned()).collect(),
            sentences: sentences.collect(),
            outcome: row.map_or(Outcome::Exact, |row| row.outcome).name().to_owned(),
            logs: row.into_iter().flat_map(|row| &row.logs).map(|(log, outcome)| (log.clone(), outcome.name().to_owned())).collect(),
            losses,
            expires: meta.valid.and_then(|valid| valid.until).map(|day| day.to_string()),
            revision: printed.revision.map(|revision| revision.number),
            meaning: printed.revision.map(|revision| revision.digest()),
            sha256: digest(printed.text.as_bytes()),
            artefacts,
            retired: false,
        }
    }
}

impl Loss {
    fn of(said: &source::Diagnostic) -> Option<Self> {
        let direction = match said.loss? {
            source::Loss::Wider => "wider",
            source::Loss::Narrower => "narrower",
        };
        Some(Self { code: said.code.slug.to_owned(), direction: direction.to_owned(), message: said.message.clone() })
    }
}
