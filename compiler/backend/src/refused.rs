//! What is refused when it is read back, and what becomes of the detections behind it.
//!
//! A refused rule is not written: the files are made again without it, until nothing is refused. Where it cannot be told which rule of
//! a file is meant, every rule of the file goes; where it cannot be told which file, every rule does.

use std::collections::{BTreeMap, BTreeSet};

use ir::{Detection, Kind};
use source::{Code, Diagnostic, Loss};

use crate::job::{Entry, Outcome, Printed};

pub(crate) static VERIFY: Code = Code::error("verify.refused", "a rule was refused when it was read back, and is not written");
pub(crate) static ENGINE: Code = Code::error("verify.engine", "an installed engine refused a rule, which is not written");
/// For a build that lacks the reader: see [`crate::Language::verify_skipped`].
pub(crate) static SKIPPED: Code = Code::warn("verify.skipped", "rules were read back less strictly than they could be");
/// For a file that travels along and holds nothing that could: see [`crate::Language::lower`].
pub static CARRIED: Code = Code::error("verify.carried", "a rule that travels along was refused, and is not written");

/// After so many turns whole files go instead of rules, and after twice as many everything: what is refused by then was refused for a
/// reason that no single rule has.
const TURNS: usize = 8;

/// Something that a reader refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, as in [`crate::Artefact::path`].
    pub artefact: String,
    /// The rule in it, as an index into [`Printed::rules`], when it can be told.
    pub rule: Option<usize>,
    /// What is wrong, as a clause.
    pub why: String,
}

impl Fault {
    /// A fault of a file as a whole, or of a rule in it that cannot be told.
    #[must_use]
    pub fn of_file(artefact: impl Into<String>, why: impl Into<String>) -> Self {
        Self { artefact: artefact.into(), rule: None, why: why.into() }
    }

    /// A fault of a rule; of the whole file when the rule is not known.
    #[must_use]
    pub fn of_rule(artefact: impl Into<String>, rule: Option<usize>, why: impl Into<String>) -> Self {
        Self { artefact: artefact.into(), rule, why: why.into() }
    }
}

/// What an installed engine answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What it refuses.
    pub faults: Vec<Fault>,
    /// What it warns about and takes all the same.
    pub warnings: Vec<Fault>,
    /// A line for the summary; nothing when nobody asked.
    pub line: Option<String>,
}

/// What a build cannot tell of its rules, because the reader that could is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifySkipped {
    /// Why, as a clause.
    pub why: &'static str,
    /// How to have it, as a clause.
    pub help: &'static str,
}

/// Why a detection has fewer rules than it was lowered to.
#[derive(Clone, Debug)]
struct Reason {
    code: &'static Code,
    message: String,
}

/// The rules left out so far, by the number of their tree, and why.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    /// Numbers of trees.
    pub(crate) items: BTreeSet<usize>,
    /// By detection, in the order they were found.
    reasons: BTreeMap<usize, Vec<Reason>>,
    turns: usize,
}

impl Refused {
    /// Leaves out what the faults name. Says whether anything was left to leave out.
    pub(crate) fn leave_out(&mut self, faults: &[Fault], code: &'static Code, printed: &Printed, detections: &[&Detection]) -> bool {
        self.turns += 1;
        let before = self.items.len();
        let files = printed.by_artefact();
        let everything: Vec<usize> = (0..printed.rules.len()).collect();
        let mut whole_files = BTreeSet::new();
        for Fault { artefact, rule, why } in faults {
            let rule = rule.filter(|rule| *rule < printed.rules.len() && self.turns <= TURNS);
            let file = files.get(artefact.as_str()).filter(|_| self.turns <= 2 * TURNS);
            // One reason is enough for a file as a whole.
            if rule.is_none() && !whole_files.insert(file.map(|_| artefact.as_str())) {
                continue;
            }
            let whole = file.unwrap_or(&everything);
            let named = rule.as_ref().map_or(whole.as_slice(), std::slice::from_ref);
            let mut said = BTreeSet::new();
            for printed in named.iter().filter_map(|at| printed.rules.get(*at)) {
                self.items.insert(printed.item);
                let Some(detection) = detections.get(printed.detection) else { continue };
                // Once for each detection, however many rules of it stand in the file.
                if rule.is_some() || said.insert(printed.detection) {
                    let which = if rule.is_some() && !printed.id.is_empty() { format!("{} in ", printed.id) } else { String::new() };
                    let (code, file) = match &detection.kind {
                        Kind::Native { file, .. } => (&CARRIED, file),
                        Kind::Event(_) | Kind::Correlation(_) => (code, artefact),
                    };
                    let message = format!("{which}`{file}`: {why}");
                    self.reasons.entry(printed.detection).or_default().push(Reason { code, message });
                }
            }
        }
        self.items.len() > before
    }

    /// Leaves out what cannot stand without a refused rule: the rules of a correlation mark what its other rules ask for. `owners` has the
    /// detection of each tree.
    pub(crate) fn complete(&mut self, owners: &[usize], detections: &[&Detection]) {
        let broken: BTreeSet<usize> = self.items.iter().filter_map(|item| owners.get(*item)).copied().collect();
        let whole = |detection: &usize| detections.get(*detection).is_some_and(|detection| matches!(detection.kind, Kind::Correlation(_)));
        let broken: BTreeSet<usize> = broken.into_iter().filter(whole).collect();
        self.items.extend(owners.iter().enumerate().filter(|(_, detection)| broken.contains(detection)).map(|(item, _)| item));
    }

    /// Says in the ledger what was left out. `left` has the detections that still have a rule.
    pub(crate) fn enter(&self, entries: &mut [Entry], left: &BTreeSet<usize>, detections: &[&Detection], place: &str) {
        for (at, reasons) in &self.reasons {
            let (Some(entry), Some(detection)) = (entries.get_mut(*at), detections.get(*at)) else { continue };
            if left.contains(at) {
                entry.outcome = Outcome::Narrower;
                entry.logs.values_mut().for_each(|outcome| *outcome = Outcome::Narrower.max(*outcome));
            } else {
                entry.outcome = Outcome::Withheld;
                entry.logs.clear();
                // What was lost on the way to nothing is no loss of its own.
                entry.diagnostics.retain(|said| said.loss.is_none());
            }
            for Reason { code, message } in reasons {
                let help = if *code == &CARRIED {
                    "the rest of the file travels along; the rule might be mended, or taken out of it"
                } else {
                    "the rest is written; this is a fault of the program, and the detection might be said otherwise until it is mended"
                };
                let mut said = Diagnostic::new(code, message.clone()).at(detection.span, "not written for this").help(help);
                said.loss = left.contains(at).then_some(Loss::Narrower);
                said.detection = Some(detection.key.clone());
                said.target = Some(place.to_owned());
                entry.diagnostics.push(said);
            }
        }
    }
}
