//! What `lower` can ask and say.

use std::collections::BTreeMap;

use ir::{Detection, EventClass, Field, Platform};
use source::{Code, Diagnostic, Loss, Span};

use crate::job::{Outcome, Profile};
use crate::legalise::{ABSENT_FIELD, PLATFORM};
use crate::refusal::Refusal;
use crate::{Capabilities, Overlay};

/// One detection on its way into one profile of one language.
#[derive(Debug)]
pub struct Cx<'a> {
    /// The language's id.
    pub target: &'static str,
    /// The profile.
    pub profile: &'static Profile,
    /// What the profile can say.
    pub capabilities: &'static Capabilities,
    /// The site's rows over the profile's tables.
    pub overlay: &'a Overlay,
    span: Span,
    diagnostics: Vec<Diagnostic>,
    logs: BTreeMap<String, Outcome>,
}

impl<'a> Cx<'a> {
    /// Starts on one detection. The driver does this; tests of a language may.
    #[must_use]
    pub fn new(
        target: &'static str,
        profile: &'static Profile,
        capabilities: &'static Capabilities,
        overlay: &'a Overlay,
        detection: &Detection,
    ) -> Self {
        Self { target, profile, capabilities, overlay, span: detection.span, diagnostics: Vec::new(), logs: BTreeMap::new() }
    }

    /// The vendor's name for a field; the site's own row first.
    ///
    /// # Errors
    ///
    /// A refusal that says why there is none. After `legalise`, only fields with a name are left.
    pub fn field(&self, class: EventClass, field: Field, span: Span) -> Result<&'a str, Refusal> {
        if let Some(name) = self.overlay.fields.get(&(class, field)) {
            return Ok(name);
        }
        self.capabilities.field(class, field).map_err(|why| {
            self.unsupported(&ABSENT_FIELD, span, format!("{} has no name for `{}` of {}: {why}", self.target, field.name(), class.name()))
        })
    }

    /// Records that the rule's meaning moved.
    pub fn loss(&mut self, code: &'static Code, loss: Loss, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, message).at(span, "this part").loss(loss).help(help));
    }

    /// Records that a log does not tell the platform that a rule is for from `others`, whose events are found, too.
    pub fn other_platforms(&mut self, log: &str, platform: Platform, others: &str) {
        let message = format!("{log} does not tell `{}` from {others}", platform.name());
        let help = "paths and names in the rule usually tell the platform";
        let said = Diagnostic::new(&PLATFORM, message).at(self.span, "this part").loss(Loss::Wider).help(help);
        // The parts of a correlation say it once.
        if !self.diagnostics.contains(&said) {
            self.diagnostics.push(said);
        }
    }

    /// Records something worth knowing that does not change the meaning.
    pub fn note(&mut self, code: &'static Code, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, message).at(self.span, "this detection").help(help));
    }

    /// Records what became of the rule in one of the logs that the target reads for it; of several parts of a rule the worst counts.
    pub fn log(&mut self, name: impl Into<String>, outcome: Outcome) {
        self.logs.entry(name.into()).and_modify(|known| *known = outcome.max(*known)).or_insert(outcome);
    }

    /// What was recorded of each log.
    pub fn take_logs(&mut self) -> BTreeMap<String, Outcome> {
        std::mem::take(&mut self.logs)
    }

    /// Adds diagnostics made elsewhere.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// Builds the refusal of a rule that cannot be.
    #[must_use]
    pub fn unsupported(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), span, help: None }
    }

    /// The detection's own span.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Everything said so far.
    #[must_use]
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
