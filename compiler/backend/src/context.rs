//! What `lower` can ask and say.

use std::collections::BTreeMap;
use std::ops::Range;

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
    /// Which of the diagnostics were said of a log alone.
    of_a_log: Vec<Range<usize>>,
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
        Self { target, profile, capabilities, overlay, span: detection.span, diagnostics: Vec::new(), logs: BTreeMap::new(), of_a_log: Vec::new() }
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
        self.diagnostics.push(Diagnostic::new(&PLATFORM, message).at(self.span, "this part").loss(Loss::Wider).help(help));
    }

    /// Records something worth knowing that does not change the meaning.
    pub fn note(&mut self, code: &'static Code, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, message).at(self.span, "this detection").help(help));
    }

    /// Asks one log, or several that are one to the target: what is lost meanwhile is lost there alone, and is handed back for [`Cx::log`].
    pub fn in_a_log<R>(&mut self, ask: impl FnOnce(&mut Self) -> R) -> (R, Outcome) {
        let before = self.diagnostics.len();
        let result = ask(self);
        let here = before..self.diagnostics.len();
        let lost = lost(self.diagnostics.get(here.clone()).unwrap_or_default());
        self.of_a_log.push(here);
        (result, lost)
    }

    /// Records what became of the rule in one of the logs that the target reads for it; of several parts of a rule the worst counts. What is lost
    /// outside of [`Cx::in_a_log`] is lost in each of them.
    pub fn log(&mut self, name: impl Into<String>, outcome: Outcome) {
        self.logs.entry(name.into()).and_modify(|known| *known = outcome.max(*known)).or_insert(outcome);
    }

    /// What became of the rule in each of the logs.
    #[must_use]
    pub fn logs(&self) -> BTreeMap<String, Outcome> {
        let mut at = 0;
        let mut everywhere = Outcome::Exact;
        for here in &self.of_a_log {
            everywhere = everywhere.max(lost(self.diagnostics.get(at..here.start).unwrap_or_default()));
            at = at.max(here.end);
        }
        everywhere = everywhere.max(lost(self.diagnostics.get(at..).unwrap_or_default()));
        self.logs.iter().map(|(name, outcome)| (name.clone(), everywhere.max(*outcome))).collect()
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
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        // The parts of a correlation say of a platform once that it is not told.
        let mut said: Vec<Diagnostic> = Vec::new();
        self.diagnostics.retain(|diagnostic| {
            let again = diagnostic.code == &PLATFORM && said.contains(diagnostic);
            if diagnostic.code == &PLATFORM && !again {
                said.push(diagnostic.clone());
            }
            !again
        });
        self.diagnostics
    }
}

/// What rules with such losses are.
pub(crate) fn lost(diagnostics: &[Diagnostic]) -> Outcome {
    let lost = |loss| diagnostics.iter().any(|said| said.loss == Some(loss));
    match (lost(Loss::Narrower), lost(Loss::Wider)) {
        (true, _) => Outcome::Narrower,
        (false, true) => Outcome::Wider,
        (false, false) => Outcome::Exact,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ir::{EventRule, EventSelector, Kind, Meta, Predicate};
    use source::Sources;

    use super::*;
    use crate::legalise::OPERATOR;
    use crate::{Form, every_field};

    static PROFILE: Profile = Profile { id: "one", title: "One", default: true };
    static CAPABILITIES: Capabilities = Capabilities {
        events: &[],
        fields: &[],
        absent: &[],
        otherwise: "nothing is said",
        regex: true,
        negation: true,
        exists: true,
        field_to_field: true,
        under: Form::Native,
        url: Form::Native,
        open_source: None,
        open_field: every_field,
        tells_empty: true,
        time_parts: true,
        bytes: true,
    };

    #[test]
    fn what_is_lost_in_a_log_is_lost_there_alone() {
        let span = Span::new(Sources::default().add("test", ""), 0, 0);
        let rule = EventRule { event: EventSelector::of(EventClass::ProcessStart), predicate: Predicate::All(Vec::new()) };
        let (key, title) = ("A/b".to_owned(), "B".to_owned());
        let (id, meta, description) = (ir::id::of("A", "b"), Arc::new(Meta::default()), String::new());
        let detection = Detection { key, id, title, description, meta, kind: Kind::Event(rule), indicators: Arc::new([]), span };
        let overlay = Overlay::default();
        let mut cx = Cx::new("test", &PROFILE, &CAPABILITIES, &overlay, &detection);
        let ((), first) = cx.in_a_log(|cx| cx.loss(&OPERATOR, Loss::Narrower, span, "in the first", ""));
        let ((), second) = cx.in_a_log(|_| ());
        cx.log("first", first);
        cx.log("second", second);
        let outcomes = |cx: &Cx<'_>| cx.logs().into_values().collect::<Vec<_>>();
        assert_eq!(outcomes(&cx), [Outcome::Narrower, Outcome::Exact]);
        cx.loss(&OPERATOR, Loss::Wider, span, "everywhere", "");
        cx.log("third", Outcome::Unsupported);
        assert_eq!(outcomes(&cx), [Outcome::Narrower, Outcome::Wider, Outcome::Unsupported]);
        // The parts of a correlation say of a platform once that it is not told.
        cx.other_platforms("a log", Platform::Linux, "others");
        cx.other_platforms("a log", Platform::Linux, "others");
        assert_eq!(cx.into_diagnostics().len(), 3);
    }
}
