//! The contract, and the driver that keeps one entry for each detection.

use std::borrow::Cow;

use ir::{Correlation, Detection, EventRule, Happening, Kind, Predicate};
use rayon::prelude::*;
use serde::Serialize;
use source::{Code, Diagnostic, Loss};

use crate::{Artefact, Capabilities, Cx, NoNumber, Overlay, PrintedRule, Refusal, Section, legalise};

pub(crate) static VERIFY: Code = Code::error("verify.refused", "a generated file was refused when it was read back");
pub(crate) static NATIVE: Code = Code::note("lower.native-elsewhere", "a rule that travels along belongs to another language");

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
    /// A policy kept it back: a reserved address, an expired value, a marking.
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
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in order.
    pub diagnostics: Vec<Diagnostic>,
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
}

impl Job<'_> {
    /// A rule's own text, for [`PrintedRule::text`]: made only when it is wanted.
    #[must_use]
    pub fn rule_text(&self, text: impl Into<String>) -> String {
        if self.rule_texts { text.into() } else { String::new() }
    }
}

/// A rule tree and the detection it came from.
#[derive(Clone, Debug)]
pub struct Lowered<R> {
    /// Index of the detection in the job.
    pub detection: usize,
    /// The tree.
    pub rule: R,
}

/// What `print` made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The files.
    pub artefacts: Vec<Artefact>,
    /// Which rule stands where.
    pub rules: Vec<PrintedRule>,
    /// Detections that could not be numbered: they have no rule.
    pub unnumbered: Vec<(usize, NoNumber)>,
}

/// What became of a job.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// One entry for each detection, in order.
    pub entries: Vec<Entry>,
    /// The files, sorted by path.
    pub artefacts: Vec<Artefact>,
    /// Which rule stands where.
    pub rules: Vec<PrintedRule>,
    /// The numbers, new ones included.
    pub numbers: Section,
    /// What reading the files back found.
    pub findings: Vec<Diagnostic>,
}

/// A rule language.
pub trait Language: Send + Sync {
    /// The language's own tree for one rule.
    type Rule: Send;

    /// What the language is.
    fn about(&self) -> &'static About;

    /// What one of its profiles can say.
    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities;

    /// Turns a detection, legalised already, into rules. A rule that travels along in this language arrives as it is.
    ///
    /// # Errors
    ///
    /// What is missing, when there can be no rule.
    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Self::Rule>, Refusal>;

    /// Writes rules into files. The only place where text is made.
    fn print(&self, rules: Vec<Lowered<Self::Rule>>, job: &Job<'_>, numbers: &mut Section) -> Printed;

    /// Reads files back with the strictest reader in reach and says what is wrong, one line each.
    fn verify(&self, profile: &'static Profile, artefacts: &[Artefact]) -> Vec<String>;
}

/// A rule language whose tree nobody needs to know.
pub trait Target: Send + Sync {
    /// What the language is.
    fn about(&self) -> &'static About;

    /// What one of its profiles can say.
    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities;

    /// Legalises, lowers, prints and reads back.
    fn compile(&self, job: Job<'_>) -> Compiled;
}

impl<L: Language> Target for L {
    fn about(&self) -> &'static About {
        Language::about(self)
    }

    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities {
        Language::capabilities(self, profile)
    }

    fn compile(&self, job: Job<'_>) -> Compiled {
        let mut entries = Vec::with_capacity(job.detections.len());
        let mut lowered = Vec::new();
        let results: Vec<_> = job.detections.par_iter().map(|detection| lower_one(self, &job, detection)).collect();
        for (detection, (rules, entry)) in results.into_iter().enumerate() {
            lowered.extend(rules.into_iter().map(|rule| Lowered { detection, rule }));
            entries.push(Entry { detection, ..entry });
        }
        let mut numbers = job.numbers.clone();
        let Printed { mut artefacts, rules, unnumbered } = self.print(lowered, &job, &mut numbers);
        artefacts.sort();
        let about = Language::about(self);
        unnumbered.iter().for_each(|(at, why)| without_number(about.id, &job, *at, why, &mut entries));
        let findings = self
            .verify(job.profile, &artefacts)
            .into_iter()
            .map(|finding| Diagnostic { target: Some(format!("{}/{}", about.id, job.profile.id)), ..Diagnostic::new(&VERIFY, finding) })
            .collect();
        Compiled { entries, artefacts, rules, numbers, findings }
    }
}

/// Turns the entry of a detection that could not be numbered into one without a rule.
fn without_number(target: &str, job: &Job<'_>, at: usize, why: &NoNumber, entries: &mut [Entry]) {
    let (Some(detection), Some(entry)) = (job.detections.get(at), entries.get_mut(at)) else { return };
    entry.outcome = Outcome::Unsupported;
    // What was lost on the way to nothing is no loss of its own.
    entry.diagnostics.retain(|said| said.loss.is_none());
    entry.diagnostics.push(Diagnostic {
        target: Some(format!("{target}/{}", job.profile.id)),
        detection: Some(detection.key.clone()),
        ..why.diagnostic().at(detection.span, "asked for here")
    });
}

fn lower_one<L: Language>(language: &L, job: &Job<'_>, detection: &Detection) -> (Vec<L::Rule>, Entry) {
    let about = Language::about(language);
    let capabilities = Language::capabilities(language, job.profile);
    let mut cx = Cx::new(about.id, job.profile, capabilities, job.overlay, detection);
    cx.rule_texts = job.rule_texts;
    let result = legal_kind(&detection.kind, &mut cx).and_then(|legal| match legal {
        None => language.lower(detection, &mut cx),
        Some(kind) => language.lower(&Detection { kind, ..with_kind_to_come(detection) }, &mut cx),
    });
    let mut diagnostics = cx.into_diagnostics();
    let (rules, outcome) = match result {
        Ok(rules) => {
            let lost = |loss| diagnostics.iter().any(|said| said.loss == Some(loss));
            let outcome = if lost(Loss::Narrower) {
                Outcome::Narrower
            } else if lost(Loss::Wider) {
                Outcome::Wider
            } else {
                Outcome::Exact
            };
            (rules, outcome)
        }
        Err(refusal) => {
            // What was lost on the way to nothing is no loss of its own.
            diagnostics.retain(|said| said.loss.is_none());
            let Refusal { code, message, span, help } = refusal;
            diagnostics.push(Diagnostic { help, ..Diagnostic::new(code, message).at(span, "asked for here") });
            (Vec::new(), Outcome::Unsupported)
        }
    };
    for said in &mut diagnostics {
        said.target = Some(format!("{}/{}", about.id, job.profile.id));
        said.detection = Some(detection.key.clone());
    }
    (rules, Entry { detection: 0, outcome, diagnostics })
}

/// Everything of a detection but its kind, which the caller puts in.
fn with_kind_to_come(detection: &Detection) -> Detection {
    let Detection { key, id, title, description, meta, kind: _, indicators, span } = detection;
    Detection {
        key: key.clone(),
        id: *id,
        title: title.clone(),
        description: description.clone(),
        meta: meta.clone(),
        kind: Kind::Native { language: ir::NativeLanguage::Yara, file: String::new(), text: "".into() },
        indicators: indicators.clone(),
        span: *span,
    }
}

/// The question in legal form; `None` when it is that already.
fn legal_kind(kind: &Kind, cx: &mut Cx<'_>) -> Result<Option<Kind>, Refusal> {
    Ok(match kind {
        Kind::Event(rule) => match legal_predicate(rule, cx)? {
            Cow::Borrowed(_) => None,
            Cow::Owned(predicate) => Some(Kind::Event(EventRule { event: rule.event.clone(), predicate })),
        },
        Kind::Correlation(correlation) => Some(Kind::Correlation(legal_correlation(correlation, cx)?)),
        Kind::Native { language, file, .. } => {
            let of = match language {
                ir::NativeLanguage::Yara => "yara",
                ir::NativeLanguage::Suricata => "suricata",
            };
            if of != cx.target {
                return Err(cx.unsupported(&NATIVE, cx.span(), format!("`{file}` holds {of} rules, which are not rewritten")));
            }
            None
        }
    })
}

fn legal_correlation(correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Correlation, Refusal> {
    correlation.map(|step| {
        let mut step = step.clone();
        for stream in &mut step.streams {
            stream.what = match &stream.what {
                Happening::Event(rule) => {
                    let predicate = legal_predicate(rule, cx)?.into_owned();
                    Happening::Event(EventRule { event: rule.event.clone(), predicate })
                }
                Happening::Correlation(inner) => Happening::Correlation(Box::new(legal_correlation(inner, cx)?)),
            };
        }
        Ok(step)
    })
}

fn legal_predicate<'r>(rule: &'r EventRule, cx: &mut Cx<'_>) -> Result<Cow<'r, Predicate>, Refusal> {
    let legal = legalise(rule, cx.target, cx.capabilities, cx.overlay, cx.span())?;
    cx.extend(legal.losses);
    Ok(legal.predicate)
}
