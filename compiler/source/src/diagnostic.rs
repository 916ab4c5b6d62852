//! What was said: one problem, its place, and the next step.

use std::fmt;

use crate::legible::in_place;
use crate::{Code, Loss, Severity, SourceFile, Sources, Span, legible, legible_lines};

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
    /// What was probably meant instead of the words at the place: text of the input that can stand there.
    pub instead: Option<String>,
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
            instead: None,
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

    /// Says what was probably meant instead of a word at the place, where the place is that word alone.
    #[must_use]
    pub fn instead(mut self, word: &str, meant: Option<&str>) -> Self {
        let alone = self.label.as_ref().is_some_and(|(span, _)| span.range().len() == word.len());
        self.instead = meant.filter(|_| alone).map(str::to_owned);
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
        let places = self.label.iter().chain(&self.related).filter(|(span, _)| Some(span.file) == file);
        let mut labels: Vec<miette::LabeledSpan> = places
            .enumerate()
            .map(|(at, (span, words))| {
                let words = Some(legible(words).into_owned());
                // Of a value that fills pages, the beginning is pointed at.
                let range = span.range().start..span.range().end.min(span.range().start + WIDEST);
                if at == 0 { miette::LabeledSpan::new_primary_with_span(words, range) } else { miette::LabeledSpan::new_with_span(words, range) }
            })
            .collect();
        let mut text = file.map(|file| Excerpt::of(sources.file(file), &labels));
        // Places far apart on one line: drawing has columns of 16 bits, and nobody reads that far.
        if labels.len() > 1 && text.as_ref().is_some_and(|text| text.text.lines().any(|line| line.len() > 8 * WIDEST)) {
            labels.truncate(1);
            text = file.map(|file| Excerpt::of(sources.file(file), &labels));
        }
        Report { diagnostic: self.clone(), text, labels }
    }
}

/// The lines of a file that the labels touch. Drawing reads these instead of the whole file, however many diagnostics a
/// large file has; what would not be seen is replaced byte for byte, so that no input can steer a terminal.
#[derive(Debug)]
struct Excerpt {
    name: String,
    text: String,
    /// Byte offset of `text` in the file.
    start: usize,
    /// Zero-based line of `start`.
    line: usize,
    /// Zero-based column of `start`, in characters.
    column: usize,
}

/// How many bytes of a line are shown before and behind the labels; some files are one line.
const WIDEST: usize = 400;

impl Excerpt {
    fn of(file: &SourceFile, labels: &[miette::LabeledSpan]) -> Self {
        let first = labels.iter().map(miette::LabeledSpan::offset).min().unwrap_or(0);
        let last = labels.iter().map(|label| label.offset() + label.len()).max().unwrap_or(0);
        // A file that is not held as a whole has the words around each diagnostic.
        let (base, held) = file.kept_at(first).map_or((0, file.text.as_str()), |kept| (kept.start, kept.text.as_str()));
        let first = first.saturating_sub(base).min(held.len());
        let last = last.saturating_sub(base).min(held.len());
        let bytes = held.as_bytes();
        let near = bytes.get(first.saturating_sub(WIDEST)..first).unwrap_or_default();
        let start = near.iter().rposition(|byte| *byte == b'\n').map_or(first - near.len(), |at| first - near.len() + at + 1);
        let behind = bytes.get(last..).unwrap_or_default();
        let behind = behind.get(..WIDEST).unwrap_or(behind);
        let end = behind.iter().position(|byte| *byte == b'\n').map_or(last + behind.len(), |at| last + at + 1);
        let (start, end) = (held.ceil_char_boundary(start).min(first), held.floor_char_boundary(end));
        let text = in_place(held.get(start..end).unwrap_or_default());
        let (line, column) = file.position(u32::try_from(base + start).unwrap_or(u32::MAX));
        Self { name: legible(&file.name).into_owned(), text, start: base + start, line: line - 1, column: column - 1 }
    }
}

impl miette::SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let inner_start = span.offset().checked_sub(self.start).ok_or(miette::MietteError::OutOfBounds)?;
        let inner: miette::SourceSpan = (inner_start.min(self.text.len()), span.len().min(self.text.len().saturating_sub(inner_start))).into();
        let contents = self.text.read_span(&inner, before, after)?;
        let data = contents.data();
        let at = contents.span().offset();
        let outer: miette::SourceSpan = (at + self.start, contents.span().len()).into();
        let bytes = self.text.as_bytes().get(at..at + data.len()).unwrap_or_default();
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.name.clone(),
            bytes,
            outer,
            contents.line() + self.line,
            if contents.line() == 0 { contents.column() + self.column } else { contents.column() },
            contents.line_count(),
        )))
    }
}

/// A [`Diagnostic`] together with the lines it points into, ready for a miette report handler.
#[derive(Debug)]
pub struct Report {
    diagnostic: Diagnostic,
    text: Option<Excerpt>,
    labels: Vec<miette::LabeledSpan>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&legible(&self.diagnostic.message))
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
        match (loss, self.diagnostic.help.as_deref().map(legible_lines)) {
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
