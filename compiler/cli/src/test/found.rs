//! What did a run find?

use std::collections::BTreeSet;

use pipeline::matrix::Matrix;
use pipeline::{Compilation, Proof};
use source::Sources;

/// What a run found, for people and for machines.
pub(super) struct Run<'r> {
    pub(super) sources: &'r Sources,
    pub(super) compilation: &'r Compilation,
    pub(super) matrix: &'r Matrix,
    pub(super) proofs: &'r [Proof],
}

/// The columns of a table: every target and profile with a judgement or a rule, in the order of the targets.
pub(super) fn columns<'r>(run: &Run<'r>) -> Vec<(&'r str, &'r str, String)> {
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut out = Vec::new();
    for output in &run.compilation.outputs {
        if seen.insert((output.target, output.profile)) {
            out.push((output.target, output.profile, output.folder.clone()));
        }
    }
    out
}
