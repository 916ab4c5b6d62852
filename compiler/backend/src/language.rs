//! The contract, and the driver that keeps one entry for each detection.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ir::{Correlation, Detection, EventRule, Happening, Kind, Predicate};
use logs::taxonomy::Categorised;
use rayon::prelude::*;
use source::{Code, Diagnostic, Loss, Severity};

use crate::context::lost;
use crate::job::{About, Entry, Job, Lowered, Outcome, Printed, Profile};
use crate::judge::{Hearing, Judgement, unjudged};
use crate::legalise::ABSENT_FIELD;
use crate::refused::{CARRIED, ENGINE, Refused, SKIPPED, VERIFY};
use crate::{
    Artefact, Asked, Capabilities, Cx, Fault, NoNumber, Package, Packed, Packing, PrintedRule, Programs, Refusal, Section, VerifySkipped, legalise,
    ordinary,
};

pub(crate) static NATIVE: Code = Code::note("lower.native-elsewhere", "a rule that travels along belongs to another language");

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
    /// What reading the files back found that is about no one detection.
    pub findings: Vec<Diagnostic>,
    /// What an installed engine said, for the summary.
    pub engine: Option<String>,
}

impl Compiled {
    /// Everything that was refused when it was read back.
    pub fn refused(&self) -> impl Iterator<Item = &Diagnostic> {
        let codes = [&VERIFY, &ENGINE, &CARRIED];
        let all = self.findings.iter().chain(self.entries.iter().flat_map(|entry| &entry.diagnostics));
        all.filter(move |said| said.severity == Severity::Error && codes.contains(&said.code))
    }
}

/// A rule language.
pub trait Language: Send + Sync {
    /// The language's own tree for one rule.
    type Tree: Send;

    /// A rule as it is written, with what files need to know of it. What only [`Language::assemble`] can know (a number, a name that no
    /// other rule has, a list that several rules share) is still open.
    type Text: Send;

    /// What the language is.
    fn about(&self) -> &'static About;

    /// What one of its profiles can say.
    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities;

    /// Whether its rules are tried on everything that passes or lies somewhere, with nobody to narrow the question: then a rule that
    /// ordinary activity fulfils is refused.
    fn tries_everything(&self) -> bool {
        false
    }

    /// Whether a site may give the fields of its logs names of their own. A language that reads packets or files knows no such names.
    fn has_field_names(&self) -> bool {
        true
    }

    /// Turns a detection, legalised already, into rules. A rule that travels along in this language arrives as it is.
    ///
    /// # Errors
    ///
    /// What is missing, when there can be no rule.
    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Self::Tree>, Refusal>;

    /// Writes a rule of a detection, for itself: many are written at once, and no tree is kept for long.
    fn render(&self, tree: Self::Tree, detection: &Detection, job: &Job<'_>) -> Self::Text;

    /// Puts rules into files, in order.
    fn assemble(&self, rules: Vec<Lowered<Self::Text>>, job: &Job<'_>, numbers: &mut Section) -> Printed;

    /// Reads files back with the strictest reader in reach and says what is refused.
    fn verify_native(&self, profile: &'static Profile, printed: &Printed) -> Vec<Fault>;

    /// What [`Language::verify_native`] cannot tell in this build, where a strict reader can be left out of it. Each detection with a rule says so.
    fn verify_skipped(&self) -> Option<VerifySkipped> {
        None
    }

    /// The packages that it makes for products.
    fn packages(&self) -> &'static [Package] {
        &[]
    }

    /// Turns what was compiled for one of [`Language::packages`] into its files.
    fn pack(&self, package: &'static Package, packing: &Packing<'_>) -> Packed {
        let _ = (package, packing);
        Packed::default()
    }

    /// Asks an installed engine to load what [`Language::verify_native`] let pass. A language without an engine asks none.
    fn ask(&self, printed: &Printed, profile: &'static Profile, programs: &dyn Programs) -> Asked {
        let _ = (printed, profile, programs);
        Asked::default()
    }

    /// Judges what was printed on events that may happen. A language that has no reader of its own texts judges nothing, and says so.
    fn judge(&self, hearing: &Hearing<'_>) -> Vec<Judgement> {
        unjudged(hearing, "nobody here runs the texts of this language")
    }

    /// Puts the same events to an installed engine, and writes beside each judgement whether it finds them ([`Judgement::engine`]). Says which
    /// engine it was, such as `suricata 7.0.10`, or why none was asked. A language without an engine says nothing.
    fn replay(&self, hearing: &Hearing<'_>, judgements: &mut [Judgement], programs: &dyn Programs) -> Option<Result<String, String>> {
        let _ = (hearing, judgements, programs);
        None
    }
}

/// A rule language whose tree nobody needs to know.
pub trait Target: Send + Sync {
    /// What the language is.
    fn about(&self) -> &'static About;

    /// What one of its profiles can say.
    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities;

    /// Whether a site may give the fields of its logs names of their own.
    fn has_field_names(&self) -> bool;

    /// Legalises, lowers, prints and reads back; what is refused is left out.
    fn compile(&self, job: Job<'_>) -> Compiled;

    /// The packages that it makes for products.
    fn packages(&self) -> &'static [Package];

    /// Turns what was compiled for a package into its files.
    fn pack(&self, package: &'static Package, packing: &Packing<'_>) -> Packed;

    /// Judges what was printed on events that may happen.
    fn judge(&self, hearing: &Hearing<'_>) -> Vec<Judgement>;

    /// Puts the same events to an installed engine.
    fn replay(&self, hearing: &Hearing<'_>, judgements: &mut [Judgement], programs: &dyn Programs) -> Option<Result<String, String>>;
}

impl<L: Language> Target for L {
    fn about(&self) -> &'static About {
        Language::about(self)
    }

    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities {
        Language::capabilities(self, profile)
    }

    fn has_field_names(&self) -> bool {
        Language::has_field_names(self)
    }

    fn packages(&self) -> &'static [Package] {
        Language::packages(self)
    }

    fn pack(&self, package: &'static Package, packing: &Packing<'_>) -> Packed {
        Language::pack(self, package, packing)
    }

    fn judge(&self, hearing: &Hearing<'_>) -> Vec<Judgement> {
        Language::judge(self, hearing)
    }

    fn replay(&self, hearing: &Hearing<'_>, judgements: &mut [Judgement], programs: &dyn Programs) -> Option<Result<String, String>> {
        Language::replay(self, hearing, judgements, programs)
    }

    fn compile(&self, job: Job<'_>) -> Compiled {
        let place = format!("{}/{}", Language::about(self).id, job.profile.id);
        let (mut entries, mut rules) = write_all(self, &job);
        let mut refused = Refused::default();
        // Numbers start from those that were given at each turn: a rule that is refused gets no new one, and keeps the one it had.
        loop {
            let mut numbers = job.numbers.clone();
            let owners: Vec<usize> = rules.iter().map(|lowered| lowered.detection).collect();
            if !refused.items.is_empty() {
                refused.complete(&owners, job.detections);
                rules.retain(|lowered| !refused.items.contains(&lowered.item));
            }
            let left: BTreeSet<usize> = rules.iter().map(|lowered| lowered.detection).collect();
            let mut printed = self.assemble(std::mem::take(&mut rules), &job, &mut numbers);
            printed.artefacts.sort();
            let (faults, code, asked) = read_back(self, &job, &printed);
            let mut findings = Vec::new();
            if !faults.is_empty() {
                if refused.leave_out(&faults, code, &printed, job.detections) {
                    // What is refused is rare: rather than holding every text for it, they are made again.
                    rules = write_all(self, &job).1;
                    continue;
                }
                // Nothing is left that could be left out.
                printed = Printed::default();
                numbers = job.numbers.clone();
                findings.extend(faults.iter().map(|fault| about(code, fault, &place)));
            }
            refused.enter(&mut entries, &left, job.detections, &place);
            warn(&mut entries, &asked.warnings, &printed, job.detections, &place);
            if let Some(lacks) = self.verify_skipped() {
                say_skipped(&mut entries, &printed, lacks, job.detections, &place);
            }
            printed.unnumbered.iter().for_each(|(at, why)| without_number(&place, &job, *at, why, &mut entries));
            return Compiled { entries, artefacts: printed.artefacts, rules: printed.rules, numbers, findings, engine: asked.line };
        }
    }
}

/// What is refused, by our own reader or else by an installed engine.
fn read_back<L: Language>(language: &L, job: &Job<'_>, printed: &Printed) -> (Vec<Fault>, &'static Code, Asked) {
    let faults = language.verify_native(job.profile, printed);
    if !faults.is_empty() {
        return (faults, &VERIFY, Asked::default());
    }
    let mut asked = job.programs.map(|programs| language.ask(printed, job.profile, programs)).unwrap_or_default();
    (std::mem::take(&mut asked.faults), &ENGINE, asked)
}

fn about(code: &'static Code, fault: &Fault, place: &str) -> Diagnostic {
    Diagnostic { target: Some(place.to_owned()), ..Diagnostic::new(code, format!("`{}`: {}", fault.artefact, fault.why)) }
}

/// Notes what an engine warns about.
fn warn(entries: &mut [Entry], warnings: &[Fault], printed: &Printed, detections: &[&Detection], place: &str) {
    for warning in warnings {
        let rule = warning.rule.or_else(|| printed.rules.iter().position(|rule| rule.artefact == warning.artefact));
        let Some(at) = rule.and_then(|rule| printed.rules.get(rule)).map(|rule| rule.detection) else { continue };
        let (Some(entry), Some(detection)) = (entries.get_mut(at), detections.get(at)) else { continue };
        let mut said = about(&ENGINE, warning, place).at(detection.span, "the engine warns about this").help("the rule is written as it is");
        said.severity = Severity::Note;
        said.detection = Some(detection.key.clone());
        entry.diagnostics.push(said);
    }
}

/// Says of each detection that has a rule that its reading back was skipped.
fn say_skipped(entries: &mut [Entry], printed: &Printed, lacks: VerifySkipped, detections: &[&Detection], place: &str) {
    let with_rule: BTreeSet<usize> = printed.rules.iter().map(|rule| rule.detection).collect();
    for at in with_rule {
        let (Some(entry), Some(detection)) = (entries.get_mut(at), detections.get(at)) else { continue };
        let diagnostic = Diagnostic::new(&SKIPPED, format!("verify: skipped: {}", lacks.why)).at(detection.span, "its rule").help(lacks.help);
        entry.diagnostics.push(Diagnostic { target: Some(place.to_owned()), detection: Some(detection.key.clone()), ..diagnostic });
    }
}

/// Every detection's rules as they are written, and its line in the ledger.
fn write_all<L: Language>(language: &L, job: &Job<'_>) -> (Vec<Entry>, Vec<Lowered<L::Text>>) {
    let mut entries = Vec::with_capacity(job.detections.len());
    let mut lowered = Vec::new();
    let write = |detection: &&Detection| {
        let (trees, entry) = lower_one(language, job, detection);
        (trees.into_iter().map(|tree| language.render(tree, detection, job)).collect::<Vec<_>>(), entry)
    };
    let results: Vec<_> = job.detections.par_iter().map(write).collect();
    for (detection, (rules, entry)) in results.into_iter().enumerate() {
        for rule in rules {
            lowered.push(Lowered { detection, item: lowered.len(), rule });
        }
        entries.push(Entry { detection, ..entry });
    }
    (entries, lowered)
}

/// Turns the entry of a detection that could not be numbered into one without a rule.
fn without_number(place: &str, job: &Job<'_>, at: usize, why: &NoNumber, entries: &mut [Entry]) {
    let (Some(detection), Some(entry)) = (job.detections.get(at), entries.get_mut(at)) else { return };
    entry.outcome = Outcome::Unsupported;
    entry.logs.clear();
    // What was lost on the way to nothing is no loss of its own.
    entry.diagnostics.retain(|said| said.loss.is_none());
    entry.diagnostics.push(Diagnostic {
        target: Some(place.to_owned()),
        detection: Some(detection.key.clone()),
        ..why.diagnostic().at(detection.span, "asked for here")
    });
}

fn lower_one<L: Language>(language: &L, job: &Job<'_>, detection: &Detection) -> (Vec<L::Tree>, Entry) {
    let about = Language::about(language);
    let capabilities = Language::capabilities(language, job.profile);
    let attempt = |kind: &Kind| {
        let mut cx = Cx::new(about.id, job.profile, capabilities, job.overlay, detection);
        let result = lower_kind(language, detection, kind, &mut cx);
        (cx, result)
    };
    let (mut cx, mut result) = attempt(&detection.kind);
    // What names events by the numbers of a log which the target does not hold may have a rule in the words of their category.
    if result.is_err()
        && let Some((kind, among)) = categorised(&detection.kind)
        && let (mut other, Ok(rules)) = attempt(&kind)
    {
        for found in among {
            let numbers = found.among.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let message = format!("{} does not tell event {numbers} from the others of `{}`", about.id, found.category);
            other.loss(&ABSENT_FIELD, Loss::Wider, detection.span, message, "the other events of the category are found, too");
        }
        (cx, result) = (other, Ok(rules));
    }
    let logs = if result.is_ok() { cx.logs() } else { BTreeMap::new() };
    let mut diagnostics = cx.into_diagnostics();
    let (rules, outcome) = match result {
        Ok(rules) => (rules, lost(&diagnostics)),
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
    (rules, Entry { detection: 0, outcome, logs, diagnostics })
}

/// The trees of a question, which is the detection's own or one that means the same.
fn lower_kind<L: Language>(language: &L, detection: &Detection, kind: &Kind, cx: &mut Cx<'_>) -> Result<Vec<L::Tree>, Refusal> {
    let legal = legal_kind(kind, cx)?;
    // What the language itself refuses has the better reason.
    let tried = language.tries_everything() && detection.indicators.is_empty();
    let ordinary = if tried { rare(legal.as_ref().unwrap_or(kind), cx).err() } else { None };
    let rules = match legal {
        None if std::ptr::eq(kind, &raw const detection.kind) => language.lower(detection, cx)?,
        legal => language.lower(&Detection { kind: legal.unwrap_or_else(|| kind.clone()), ..with_kind_to_come(detection) }, cx)?,
    };
    ordinary.map_or(Ok(rules), Err)
}

/// The question with every event that is named by its number in the words of a category, and where that is wider; `None` where no event is
/// named so.
fn categorised(kind: &Kind) -> Option<(Kind, Vec<Categorised>)> {
    let mut found = Vec::new();
    let kind = match kind {
        Kind::Event(rule) => Kind::Event(in_category(rule, &mut found)?),
        Kind::Correlation(correlation) => Kind::Correlation(categorised_steps(correlation, &mut found)),
        Kind::Native { .. } => return None,
    };
    if found.is_empty() {
        return None;
    }
    found.retain(|one| !one.among.is_empty());
    Some((kind, found))
}

fn in_category(rule: &EventRule, found: &mut Vec<Categorised>) -> Option<EventRule> {
    let one = logs::taxonomy::categorised(rule)?;
    let rule = one.rule.clone();
    found.push(one);
    Some(rule)
}

fn categorised_steps(correlation: &Correlation, found: &mut Vec<Categorised>) -> Correlation {
    let mapped = correlation.map(|step| {
        let mut step = step.clone();
        for stream in &mut step.streams {
            match &mut stream.what {
                Happening::Event(rule) => {
                    if let Some(of_category) = in_category(rule, found) {
                        *rule = of_category;
                    }
                }
                Happening::Correlation(inner) => **inner = categorised_steps(inner, found),
            }
        }
        Ok::<_, std::convert::Infallible>(step)
    });
    match mapped {
        Ok(out) => out,
        Err(never) => match never {},
    }
}

/// Refuses what ordinary activity fulfils. A correlation may count it.
fn rare(kind: &Kind, cx: &Cx<'_>) -> Result<(), Refusal> {
    let Kind::Event(rule) = kind else { return Ok(()) };
    match ordinary::fulfils(rule) {
        None => Ok(()),
        Some(event) => Err(Refusal {
            code: &ordinary::ORDINARY,
            message: format!("{} would fire all day: {event} fulfils the condition", cx.target),
            span: cx.span(),
            help: Some("another condition, on something that is rare, would make a rule possible".to_owned()),
        }),
    }
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
        kind: Kind::Native { language: ir::NativeLanguage::Yara, file: String::new(), text: "".into(), companions: Vec::new() },
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
