//! Why can a rule not be?

use source::{Code, Span};

/// A rule that cannot be: what is missing, and where it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: &'static Code,
    /// What is missing.
    pub message: String,
    /// The words that ask for it.
    pub span: Span,
    /// The next step.
    pub help: Option<String>,
}
