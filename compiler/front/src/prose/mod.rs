//! Which values does an advisory in prose name, and which of them point at the attacker? Markdown, HTML, AsciiDoc, plain text, PDF text.
//!
//! Three questions, three steps, each linear in the text: what was written ([`normal`] undoes the spellings that keep a value
//! from being clicked), what stands there ([`scan`] finds values, [`structure`] headings, lists and tables), and what each value
//! is for in this document ([`judge`] weighs the evidence and writes it down). A value is never dropped: what is no
//! indicator is returned with its role and the reason.
//!
//! What this module does not do: titles, dates, markings, names of actors and techniques. Explicit ids of techniques and
//! vulnerabilities are values.
//!
//! Start with [`extract`]; [`advisory`] turns what was found into an [`ir::Advisory`].

mod advisory;
mod artefact;
mod cue;
mod digest;
mod evidence;
mod hosts;
mod html;
mod judge;
mod labelled;
mod local;
mod mark;
mod name;
mod named;
mod near;
mod network;
mod normal;
mod owner;
mod pdf;
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

use crate::unknown;

pub use advisory::{Context, advisory};
pub use pdf::{is_pdf, pdf_text};
pub use printed::{Printed, printed};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A network.
    Cidr,
    /// A host name.
    Domain,
    /// A URL.
    Url,
    /// An e-mail address.
    Email,
    /// MD5 of a file.
    Md5,
    /// SHA-1 of a file.
    Sha1,
    /// SHA-256 of a file.
    Sha256,
    /// SHA-512 of a file.
    Sha512,
    /// An import hash of a PE file.
    Imphash,
    /// A JA3 fingerprint.
    Ja3,
    /// A JA3S fingerprint.
    Ja3s,
    /// A number of the catalogue of vulnerabilities.
    Cve,
    /// An id of ATT&CK's catalogue of techniques.
    Attack,
    /// A wallet of a crypto currency.
    Btc,
    /// A registry key.
    Registry,
    /// A file's path.
    FilePath,
    /// A file's name.
    FileName,
    /// A mutex.
    Mutex,
    /// A named pipe.
    Pipe,
    /// A User-Agent header.
    UserAgent,
    /// SHA-1 of a certificate.
    CertSha1,
    /// SHA-256 of a certificate.
    CertSha256,
    /// The serial number of a certificate.
    CertSerial,
    /// A service.
    Service,
    /// A scheduled task.
    Task,
    /// A command with its arguments.
    CommandLine,
    /// The name of a running process.
    Process,
}

impl Kind {
    /// Every type with its name.
    pub const ALL: [(Self, &'static str); 29] = [
        (Self::Ipv4, "ipv4"),
        (Self::Ipv6, "ipv6"),
        (Self::Cidr, "cidr"),
        (Self::Domain, "domain"),
        (Self::Url, "url"),
        (Self::Email, "email"),
        (Self::Md5, "md5"),
        (Self::Sha1, "sha1"),
        (Self::Sha256, "sha256"),
        (Self::Sha512, "sha512"),
        (Self::Imphash, "imphash"),
        (Self::Ja3, "ja3"),
        (Self::Ja3s, "ja3s"),
        (Self::Cve, "cve"),
        (Self::Attack, "attack"),
        (Self::Btc, "btc"),
        (Self::Registry, "registry"),
        (Self::FilePath, "path"),
        (Self::FileName, "filename"),
        (Self::Mutex, "mutex"),
        (Self::Pipe, "pipe"),
        (Self::UserAgent, "useragent"),
        (Self::CertSha1, "cert-sha1"),
        (Self::CertSha256, "cert-sha256"),
        (Self::CertSerial, "cert-serial"),
        (Self::Service, "service"),
        (Self::Task, "task"),
        (Self::CommandLine, "command-line"),
        (Self::Process, "process"),
    ];

    /// The type's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The type of observable that a sensor can look for; `None` for what no sensor sees.
    #[must_use]
    pub fn observable(self) -> Option<ObservableKind> {
        Some(match self {
            Self::Ipv4 | Self::Ipv6 | Self::Cidr => ObservableKind::Ip,
            Self::Domain => ObservableKind::Domain,
            Self::Url => ObservableKind::Url,
            Self::Email => ObservableKind::Email,
            Self::Md5 => ObservableKind::Md5,
            Self::Sha1 => ObservableKind::Sha1,
            Self::Sha256 => ObservableKind::Sha256,
            Self::Sha512 => ObservableKind::Sha512,
            Self::Imphash => ObservableKind::Imphash,
            Self::Ja3 => ObservableKind::Ja3,
            Self::Ja3s => ObservableKind::Ja3s,
            Self::Registry => ObservableKind::Registry,
            Self::FilePath => ObservableKind::FilePath,
            Self::FileName => ObservableKind::FileName,
            Self::Mutex => ObservableKind::Mutex,
            Self::Pipe => ObservableKind::Pipe,
            Self::UserAgent => ObservableKind::UserAgent,
            Self::CertSha1 => ObservableKind::CertSha1,
            Self::CertSha256 => ObservableKind::CertSha256,
            Self::CertSerial => ObservableKind::CertSerial,
            Self::Service => ObservableKind::Service,
            Self::Task => ObservableKind::Task,
            Self::CommandLine => ObservableKind::CommandLine,
            Self::Process => ObservableKind::Process,
            Self::Cve | Self::Attack | Self::Btc => return None,
        })
    }
}

/// What a value is for in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentRole {
    /// It points at the attacker.
    Indicator,
    /// A link to another text.
    Citation,
    /// The publisher of this document, or of another about threats.
    Publisher,
    /// A vendor of software, or a place for its documentation.
    Vendor,
    /// An account or a post on social media.
    SocialMedia,
    /// Where to write to.
    Contact,
    /// It belongs to those who were attacked.
    Victim,
    /// Ordinary traffic reaches it.
    Benign,
    /// It is the name of a file, although it reads like a host.
    FileName,
    /// It is the name that an antivirus gives.
    DetectionName,
    /// It is the version of a program.
    Version,
    /// It is mentioned, and nothing says that it is the attacker's.
    Documentation,
}

impl DocumentRole {
    /// Every role with its name.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::Indicator, "indicator"),
        (Self::Citation, "citation"),
        (Self::Publisher, "publisher"),
        (Self::Vendor, "vendor"),
        (Self::SocialMedia, "social-media"),
        (Self::Contact, "contact"),
        (Self::Victim, "victim"),
        (Self::Benign, "benign"),
        (Self::FileName, "file-name"),
        (Self::DetectionName, "detection-name"),
        (Self::Version, "version"),
        (Self::Documentation, "documentation"),
    ];

    /// The role's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }
}

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
pub(crate) struct Flat(html::Flat);

impl Flat {
    /// The page; `None` for a text that is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        html::flatten(text).map(Self)
    }

    /// Its text, with headings and lists marked as in Markdown.
    pub(crate) fn text(&self) -> &str {
        &self.0.normal.text
    }

    /// Where the words of a range stand in the page.
    pub(crate) fn origin(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
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
pub(crate) struct Seen<'s, 'p> {
    file: FileId,
    text: &'s str,
    page: Option<&'p html::Flat>,
    normal: normal::Normal,
    structure: structure::Structure,
    hints: words::Hints,
    rows: rows::Rows,
    /// Values that have a shape, piece by piece of the text.
    shaped: Vec<Vec<scan::Candidate>>,
    /// Values that their labels alone tell.
    labelled: Vec<scan::Candidate>,
}

impl<'s, 'p> Seen<'s, 'p> {
    /// Reads a document, which was flattened if it is a page.
    pub(crate) fn of(sources: &'s Sources, file: FileId, page: Option<&'p Flat>) -> Self {
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
    pub(crate) fn judged(self) -> Vec<Found<'s>> {
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
