//! Do the descriptions do what their own tests say?

use std::time::Duration;

use ir::eval::{self, Timed};
use ir::{Advisory, Expectation, Stimulus};
use source::{Code, Diagnostic, Sources, Span};

use crate::expand::Planned;

pub(crate) static FAILED: Code = Code::error("test.failed", "a test in a description does not hold");

/// One test case, judged by the evaluator.
#[derive(Clone, Debug)]
pub struct Proof {
    /// `ADVISORY/subject`.
    pub subject: String,
    /// What was expected.
    pub expect: Expectation,
    /// Whether it came out so.
    pub passed: bool,
    /// Where the case was written.
    pub span: Span,
}

/// Runs every test case of the descriptions; failures are diagnostics too.
#[must_use]
pub fn prove(sources: &Sources, advisories: &[Advisory]) -> (Vec<Proof>, Vec<Diagnostic>) {
    let (planned, _) = crate::detections::detections(sources, advisories.to_vec());
    let mut proofs = Vec::new();
    let mut diagnostics = Vec::new();
    for advisory in advisories {
        for test in &advisory.tests {
            let subject: Vec<&Planned> =
                planned.iter().filter(|planned| planned.advisory == advisory.header.id && planned.is(&test.subject)).collect();
            for case in &test.cases {
                let events: Vec<Timed<'_>> = match &case.stimulus {
                    Stimulus::Event(record) => vec![(Duration::ZERO, record)],
                    Stimulus::Events(list) => list.iter().map(|(at, record)| (*at, record)).collect(),
                };
                let fired = subject.iter().any(|planned| eval::fires(&planned.detection, &events));
                let passed = fired == (case.expect == Expectation::Match);
                if !passed {
                    let (fact, label) = match case.expect {
                        Expectation::Match => ("does not fire", "expected to match"),
                        Expectation::NoMatch => ("fires", "expected to stay quiet"),
                    };
                    diagnostics.push(
                        Diagnostic::new(&FAILED, format!("`{}` {fact} on this", test.subject))
                            .at(case.span, label)
                            .help("either the description or the expectation might be meant differently"),
                    );
                }
                proofs.push(Proof { subject: format!("{}/{}", advisory.header.id, test.subject), expect: case.expect, passed, span: case.span });
            }
        }
    }
    (proofs, diagnostics)
}
