//! Which values does an advisory in prose name, and which of them point at the attacker? Markdown, HTML, AsciiDoc, plain text, PDF text.
//!
//! Three questions, three steps, each linear in the text: what was written ([`normal`] undoes the spellings that keep a value
//! from being clicked), what stands there ([`scan`] finds values, [`structure`] headings, lists and tables), and what each value
//! is for in this document ([`judge`] weighs the evidence and writes it down). A value is never dropped: what is no
//! indicator is returned with its role and the reason.
//!
//! What this crate does not do: titles, dates, markings, names of actors and techniques. Explicit ids of techniques and
//! vulnerabilities are values.
//!
//! Start with [`extract`]; [`advisory`] turns what was found into an [`ir::Advisory`].

mod advisory;
mod artefact;
mod candidate;
mod cue;
mod digest;
mod document_role;
mod evidence;
mod hosts;
mod html;
mod judge;
mod key;
mod kind;
mod label;
mod labelled;
mod local;
mod mark;
mod name;
mod named;
mod near;
mod network;
mod normal;
mod owner;
mod pieces;
mod port;
mod printed;
mod registry;
mod rows;
mod scale;
mod scan;
mod structure;
mod url;
mod words;
mod wrapped;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod corpora;
#[cfg(test)]
mod hostile;

use std::borrow::Cow;

use ir::{Direction, Observable, ObservableKind, Role, Tlp};
use rayon::prelude::*;
use source::{FileId, Sources, Span};

use feed::unknown;

pub use advisory::{Context, advisory};
pub use document_role::DocumentRole;
pub use kind::Kind;
pub use printed::{Printed, printed};

/// A value that stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// Its type.
    pub kind: Kind,
    /// The value, refanged and canonical.
    pub value: String,
    /// The words as written.
    pub raw: &'a str,
    /// Where they stand.
    pub span: Span,
    /// What the value is for in this document.
    pub role: DocumentRole,
    /// What the value was to the attacker.
    pub indicator_role: Role,
    /// On which end of a connection it stands.
    pub direction: Direction,
    /// Whether a table, a label or a list says so; otherwise the role was guessed from a sentence.
    pub said: bool,
    /// The ports behind an address or a host.
    pub ports: Vec<u16>,
    /// What the text says beside the value: the name of the file, a port that the value cannot hold.
    pub note: Option<String>,
    /// Whether the text cites it as a source.
    pub cited: bool,
    /// Who may read it, where the row of a table says so.
    pub tlp: Option<Tlp>,
    /// The evidence, in a few words.
    pub reason: Cow<'static, str>,
}

impl Found<'_> {
    /// The value as something a sensor can look for.
    ///
    /// # Errors
    ///
    /// Says why no sensor can look for it.
    pub fn observable(&self) -> Result<Observable, String> {
        let kind = self.kind.observable().ok_or_else(|| format!("no sensor looks for a value of type `{}`", self.kind.name()))?;
        match (kind, self.ports.as_slice()) {
            (ObservableKind::Ip, [port]) if self.kind == Kind::Ipv6 => unknown::read(kind, &format!("[{}]:{port}", self.value)),
            (ObservableKind::Ip, [port]) => unknown::read(kind, &format!("{}:{port}", self.value)),
            _ => unknown::read(kind, &self.value),
        }
    }
}

/// Whether a text has words of its own between its values: headings, labels, sentences. A plain list has none, but for comments
/// and perhaps a line that names its column.
#[must_use]
pub fn is_document(text: &str) -> bool {
    const LOOK: usize = 400;
    let mut said = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LOOK) {
        let comment = line.starts_with([';', '!']) || line.starts_with("//") || line.starts_with('#') && !line.starts_with("##");
        let marked = ["##", "```", "|", "==", "**", "* ", "- "].iter().any(|mark| line.starts_with(mark));
        let first = line.split([' ', '\t', ';', ',']).next().unwrap_or_default();
        // A value has a dot, a colon, an at sign or a backslash inside, or is a digest.
        let inside = first.get(1..first.len().saturating_sub(1)).unwrap_or_default().contains(['.', ':', '@', '\\']);
        let digest = first.len() >= 32 && first.bytes().all(|byte| byte.is_ascii_hexdigit());
        said += usize::from(!comment && (marked || !(inside || digest)));
        if said >= 2 {
            return true;
        }
    }
    false
}

/// A page of HTML as it reads.
pub struct Flat(html::Flat);

impl Flat {
    /// The page; `None` for a text that is none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        html::flatten(text).map(Self)
    }

    /// Its text, with headings and lists marked as in Markdown.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.normal.text
    }

    /// Where the words of a range stand in the page.
    #[must_use]
    pub fn origin(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.0.normal.origin(range)
    }
}

/// The ports of a value that holds none, or not so many.
fn port_note(kind: Kind, ports: &[u16]) -> Option<String> {
    let holds = matches!(kind, Kind::Ipv4 | Kind::Ipv6) && ports.len() == 1;
    let listed = || ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    (!holds && !ports.is_empty()).then(|| format!("port{} {}", if ports.len() > 1 { "s" } else { "" }, listed()))
}

/// Finds every value in a document, in reading order. Only [`DocumentRole::Indicator`] is worth a rule.
#[must_use]
pub fn extract(sources: &Sources, file: FileId) -> Vec<Found<'_>> {
    Seen::of(sources, file, Flat::of(&sources.file(file).text).as_ref()).judged()
}

/// The values that stand in a document, before it is asked what they are for.
pub struct Seen<'s, 'p> {
    file: FileId,
    text: &'s str,
    page: Option<&'p html::Flat>,
    normal: normal::Normal,
    structure: structure::Structure,
    hints: words::Hints,
    rows: rows::Rows,
    /// Values that have a shape, piece by piece of the text.
    shaped: Vec<Vec<candidate::Candidate>>,
    /// Values that their labels alone tell.
    labelled: Vec<candidate::Candidate>,
}

impl<'s, 'p> Seen<'s, 'p> {
    /// Reads a document, which was flattened if it is a page.
    #[must_use]
    pub fn of(sources: &'s Sources, file: FileId, page: Option<&'p Flat>) -> Self {
        let text: &str = &sources.file(file).text;
        let page = page.map(|page| &page.0);
        let normal = normal::normalise(page.map_or(text, |page| &page.normal.text));
        let lines = || {
            let structure = structure::read(&normal.text);
            let hints = words::hints(&normal.text, structure.foreign);
            let rows = rows::read(&normal.text, &structure, file);
            let labelled = labelled::find(&normal, &structure, &hints, &rows);
            (structure, hints, rows, labelled)
        };
        let ((structure, hints, rows, labelled), shaped) = rayon::join(lines, || scan::scan(&normal));
        Self { file, text, page, normal, structure, hints, rows, shaped, labelled }
    }

    /// Says of each value what it is for.
    #[must_use]
    pub fn judged(self) -> Vec<Found<'s>> {
        let Self { file, text, page, normal, structure, hints, rows, mut shaped, labelled } = self;
        digest::read(&normal, &structure, &mut shaped);
        let mut candidates = labelled::joined(labelled, shaped);
        if let Some(page) = page {
            html::anchor(page, &normal, &mut candidates);
        }
        let verdicts = judge::judge(&normal, &structure, &hints, &rows, &candidates);
        let found = candidates.into_par_iter().zip(verdicts).map(|(mut candidate, mut verdict)| {
            let said = if rows.is_empty() { None } else { rows.get(&structure.line_at(candidate.start)) };
            if let Some(reason) = said.and_then(|said| said.refused.as_ref()).filter(|_| verdict.role == DocumentRole::Indicator) {
                verdict.role = DocumentRole::Benign;
                verdict.reason = reason.clone().into();
            }
            let ports = if candidate.ports.is_empty() { verdict.ports } else { std::mem::take(&mut candidate.ports) };
            let note = verdict.note.or_else(|| port_note(candidate.kind, &ports));
            let written = candidate.start..candidate.end;
            let origin = normal.origin(written.clone());
            let origin = page.map_or(origin.clone(), |page| page.normal.origin(origin));
            Found {
                kind: verdict.kind,
                value: match (candidate.kind, verdict.kind) {
                    (Kind::Domain, Kind::FileName) => normal.text.get(written).unwrap_or_default().to_owned(),
                    _ => candidate.value,
                },
                raw: text.get(origin.clone()).unwrap_or_default(),
                span: Span::new(file, origin.start, origin.end),
                role: verdict.role,
                indicator_role: verdict.indicator_role,
                direction: verdict.direction,
                said: verdict.said,
                ports,
                note,
                cited: verdict.cited,
                tlp: said.and_then(|said| said.tlp),
                reason: verdict.reason,
            }
        });
        let mut found: Vec<Found<'_>> = found.collect();
        // What has no words of its own in the text stands nowhere.
        found.retain(|found| !found.raw.is_empty());
        if page.is_some() {
            // The targets of a page's links were read behind its text.
            found.sort_by_key(|found| found.span);
        }
        found
    }
}
