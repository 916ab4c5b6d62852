//! How is something shown to a person, or to a machine that asked for JSON?

use std::io::Write;

use serde_json::{Value, json};
use source::{Diagnostic, Severity, Sources, count, legible_json, legible_lines};

use crate::args::Detail;
use crate::summary;

/// The two streams of the process.
pub(crate) struct Terminal<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
    pub(crate) colour: bool,
}

impl Terminal<'_> {
    /// Writes a line to standard output; a closed reader is no failure.
    pub(crate) fn say(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    /// Writes a line to standard error. Names of files and words of settings stand in it: what would not be seen is shown as an escape.
    pub(crate) fn tell(&mut self, line: &str) {
        let _ = writeln!(self.err, "{}", legible_lines(line));
    }

    /// Shows diagnostics to a person: by code, or each at its place.
    pub(crate) fn draw(&mut self, diagnostics: &[Diagnostic], sources: &Sources, detail: Detail) {
        if detail == Detail::Codes {
            let _ = summary::write(diagnostics, sources, self.colour, self.err);
            return;
        }
        for said in diagnostics {
            if said.severity > Severity::Note || detail == Detail::All {
                let drawn = source::draw(said, sources, self.colour);
                let target = said.target.as_deref().map(|target| format!("  target: {target}\n")).unwrap_or_default();
                let _ = writeln!(self.err, "{drawn}{target}");
            }
        }
    }
}

/// Takes JSON as it is made, and writes what would not be seen in it as escapes.
pub(crate) struct SeenJson<'w>(pub(crate) &'w mut dyn Write);

impl Write for SeenJson<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // What is written at once ends between characters: JSON is written text by text, and blocks are made of these.
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(legible_json(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// How many diagnostics there are of each severity: errors, warnings, notes.
pub(crate) fn counts(diagnostics: &[Diagnostic]) -> (usize, usize, usize) {
    let of = |severity| diagnostics.iter().filter(|said| said.severity == severity).count();
    (of(Severity::Error), of(Severity::Warning), of(Severity::Note))
}

/// The numbers of [`counts`] in words.
pub(crate) fn counted(diagnostics: &[Diagnostic]) -> String {
    let (errors, warnings, notes) = counts(diagnostics);
    format!("{}, {}, {}", count(errors, "error"), count(warnings, "warning"), count(notes, "note"))
}

/// How many values a policy keeps back, behind a comma; nothing where it keeps none.
pub(crate) fn withheld(values: usize) -> String {
    if values == 0 { String::new() } else { format!(", {} withheld", count(values, "value")) }
}

/// A diagnostic as JSON: places in bytes, and in lines and columns that count from one.
pub(crate) fn json(said: &Diagnostic, sources: &Sources) -> Value {
    let place = |(span, label): &(source::Span, String)| {
        let (line, column) = sources.position(*span);
        json!({ "file": sources.file(span.file).name, "start": span.start, "end": span.end, "line": line, "column": column, "label": label })
    };
    json!({
        "code": said.code.slug,
        "severity": said.severity,
        "message": said.message,
        "place": said.label.as_ref().map(place),
        "related": said.related.iter().map(place).collect::<Vec<_>>(),
        "help": said.help,
        "loss": said.loss,
        "detection": said.detection,
        "target": said.target,
    })
}
