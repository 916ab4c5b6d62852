//! Does it add up? Each (detection, target) has exactly one outcome, and a block without any rule is said.

use std::collections::BTreeMap;

use backend::Outcome;
use source::{Code, Diagnostic, Severity};

use crate::context::Cx;
use crate::expand::Planned;

pub(crate) static NO_RULE: Code = Code::error("ledger.no-rule", "no target has a rule for a block");

/// One line of the ledger.
#[derive(Clone, Debug)]
pub struct Row {
    /// Index into [`crate::Compilation::detections`].
    pub detection: usize,
    /// The target's id.
    pub target: &'static str,
    /// The profile's id.
    pub profile: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// What became of it in each log, where the target reads several for it.
    pub logs: BTreeMap<String, Outcome>,
    /// The files its rules stand in, relative to the output's folder.
    pub files: Vec<String>,
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks the balance, quietens what another sensor covers, and reports blocks that got no rule at all.
///
/// # Panics
///
/// When a (detection, target) has no row or two: that is a defect of this crate.
pub(crate) fn run(planned: &[Planned], mut rows: Vec<Row>, targets: usize, every_target: bool, cx: &mut Cx) -> Vec<Row> {
    assert_eq!(rows.len(), planned.len() * targets, "every (detection, target) has exactly one outcome");
    let mut covered: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for row in &rows {
        let about = &planned[row.detection];
        let any = covered.entry((&about.advisory, &about.block)).or_default();
        *any |= row.outcome != Outcome::Unsupported;
    }
    for row in rows.iter_mut().filter(|row| row.outcome == Outcome::Unsupported) {
        let about = &planned[row.detection];
        // Indicators are asked of every kind of event they show in; where one of them has a rule, the others are no news. Nor is it when
        // the targets that have rules for them were not asked for.
        let covered = !every_target || covered.get(&(about.advisory.as_str(), about.block.as_str())) == Some(&true);
        let asked_widely = !about.detection.indicators.is_empty() && covered;
        // Nor is a sensor that does not see this kind of event at all: the coverage table says it.
        let unseen = |code: &Code| matches!(code.slug, "legalise.absent-event" | "lower.native-elsewhere");
        for said in row.diagnostics.iter_mut().filter(|said| asked_widely || unseen(said.code)) {
            said.severity = Severity::Note;
        }
    }
    if targets == 0 {
        return rows;
    }
    for planned in planned {
        if covered.insert((&planned.advisory, &planned.block), true) == Some(false) {
            let block = &planned.block;
            let mut said = if every_target {
                Diagnostic::new(&NO_RULE, format!("no target has a rule for `{block}`"))
                    .at(planned.block_span, "nothing detects this")
                    .help("the notes say what each target is missing; another facet or another kind of event might be seen by one of them")
            } else {
                // Whether others have one was not asked; what was lost where something could have been found is said beside it.
                let message = format!("`{block}` has no rule for the targets that were asked for");
                Diagnostic::new(&NO_RULE, message).at(planned.block_span, "not seen there").help("another target might see it")
            };
            if !every_target {
                said.severity = Severity::Note;
            }
            said.detection = Some(planned.detection.key.clone());
            cx.diagnostics.push(said);
        }
    }
    rows
}
