//! What was said: one problem, its place, and the next step.

use std::fmt;
use std::sync::Arc;

use crate::{Code, Loss, Severity, Sources, Span};

/// One problem, at one place, with its next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of problem.
    pub code: &'static Code,
    /// Usually the code's own severity; a pass may raise or lower it.
    pub severity: Severity,
    /// The fact, with values in backticks.
    pub message: String,
    /// The place, and the words beside it.
    pub label: Option<(Span, String)>,
    /// Other places that matter, in order.
    pub related: Vec<(Span, String)>,
    /// The next step, as a possibility.
    pub help: Option<String>,
    /// Which way the meaning moved, for losses.
    pub loss: Option<Loss>,
    /// The detection this is about, as its key, when there is one.
    pub detection: Option<String>,
    /// The target (`kql`, or `kql/asim` with a profile) this is about, when there is one.
    pub target: Option<String>,
}

impl Diagnostic {
    /// Starts a diagnostic with the code's own severity.
    #[must_use]
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            message: message.into(),
            label: None,
            related: Vec::new(),
            help: None,
            loss: None,
            detection: None,
            target: None,
        }
    }

    /// Points at the exact words, with a few words beside them.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.label = Some((span, label.into()));
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// Says the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which way the meaning moved.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.loss = Some(loss);
        self
    }

    /// The order diagnostics are shown in: by file name, place, severity, code, then words. Never by time of discovery.
    #[must_use]
    pub fn order(&self, sources: &Sources) -> impl Ord + use<> {
        let place = self.label.as_ref().map(|(span, _)| (sources.file(span.file).name.clone(), span.start, span.end));
        (place, std::cmp::Reverse(self.severity), self.code.slug, self.target.clone(), self.detection.clone(), self.message.clone())
    }

    /// The diagnostic as miette draws it.
    #[must_use]
    pub fn report(&self, sources: &Sources) -> Report {
        let file = self.label.as_ref().map(|(span, _)| span.file);
        let text = file.map(|file| {
            let file = sources.file(file);
            miette::NamedSource::new(&file.name, Arc::clone(&file.text))
        });
        let mut labels = Vec::new();
        if let Some((span, words)) = &self.label {
            labels.push(miette::LabeledSpan::new_primary_with_span(Some(words.clone()), span.range()));
        }
        for (span, words) in &self.related {
            if Some(span.file) == file {
                labels.push(miette::LabeledSpan::new_with_span(Some(words.clone()), span.range()));
            }
        }
        Report { diagnostic: self.clone(), text, labels }
    }
}

/// A [`Diagnostic`] together with the text it points into, ready for a miette report handler.
#[derive(Debug)]
pub struct Report {
    diagnostic: Diagnostic,
    text: Option<miette::NamedSource<Arc<str>>>,
    labels: Vec<miette::LabeledSpan>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code.slug))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Note => miette::Severity::Advice,
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let loss = match self.diagnostic.loss {
            Some(Loss::Wider) => Some("the rule is wider than the description."),
            Some(Loss::Narrower) => Some("the rule is narrower than the description."),
            None => None,
        };
        match (loss, &self.diagnostic.help) {
            (Some(loss), Some(help)) => Some(Box::new(format!("{loss} {help}"))),
            (Some(loss), None) => Some(Box::new(loss)),
            (None, Some(help)) => Some(Box::new(help)),
            (None, None) => None,
        }
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.text.as_ref().map(|text| text as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        if self.labels.is_empty() { None } else { Some(Box::new(self.labels.iter().cloned())) }
    }
}
