//! Which detections are in descriptions?

use ir::Advisory;
use source::{Diagnostic, Sources};

use crate::context::Cx;
use crate::expand::Planned;
use crate::{dedupe, expand, guard, validate};

/// The detections of descriptions, without compiling them: what tests and hunts run on.
#[must_use]
pub fn detections(sources: &Sources, advisories: Vec<Advisory>) -> (Vec<Planned>, Vec<Diagnostic>) {
    let mut cx = Cx::default();
    let advisories: Vec<Advisory> =
        validate::run(sources, advisories, &mut cx).into_iter().map(dedupe::run).map(|advisory| guard::run(advisory, &mut cx)).collect();
    let planned = expand::run(advisories, &cx);
    (planned, cx.diagnostics)
}
