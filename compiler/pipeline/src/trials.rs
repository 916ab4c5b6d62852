//! Which tests of the descriptions try a detection?

use std::collections::BTreeMap;

use ir::Advisory;

use crate::compilation::Tried;
use crate::expand::Planned;

/// A test as it stands in an advisory.
pub(crate) struct Trial {
    advisory: String,
    subject: String,
    tried: Tried,
}

/// The tests of advisories.
pub(crate) fn of(advisories: &[Advisory]) -> Vec<Trial> {
    let mut out = Vec::new();
    for advisory in advisories {
        for test in &advisory.tests {
            let trial = |case: &ir::TestCase| Trial {
                advisory: advisory.header.id.clone(),
                subject: test.subject.clone(),
                tried: Tried { expect: case.expect, span: case.span },
            };
            out.extend(test.cases.iter().map(trial));
        }
    }
    out
}

/// The same by the detections that they try.
pub(crate) fn run(trials: Vec<Trial>, planned: &[Planned]) -> BTreeMap<usize, Vec<Tried>> {
    let mut blocks: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, planned) in planned.iter().enumerate() {
        blocks.entry((&planned.advisory, &planned.block)).or_default().push(at);
    }
    let mut out: BTreeMap<usize, Vec<Tried>> = BTreeMap::new();
    for trial in trials {
        let block = trial.subject.split('.').next().unwrap_or_default();
        let of_block = blocks.get(&(trial.advisory.as_str(), block)).map(Vec::as_slice).unwrap_or_default();
        for at in of_block.iter().filter(|at| planned[**at].is(&trial.subject)) {
            out.entry(*at).or_default().push(trial.tried);
        }
    }
    out
}
