//! What do other people's feeds hold? CSV, plain lists, MISP, STIX and OpenIOC become indicators.
//!
//! A reader never fails and never guesses in silence: a row becomes an [`ir::Indicator`], or it is in [`Read::listed`] with
//! a reason, and what could not be understood is a diagnostic at its exact bytes. Whatever quoting a format uses, an
//! origin's span covers the value as it stands in the file.
//!
//! **Who decides the role.** A `role` or `direction` column named in a [`Mapping`] speaks for its row. Otherwise
//! [`Defaults`] speak for the whole feed when they say anything (a role other than unknown, or a direction other than either).
//! Otherwise the feed's own words do: `ip-dst`, a kill-chain phase, `C2` in a comment.
//!
//! Start with [`read`]; each format has its file.

mod advisory;
mod cell;
mod codes;
mod collect;
mod column;
mod column_words;
mod csv;
mod detect;
mod fit;
mod group;
mod head;
mod index;
mod json;
mod kind;
mod kind_words;
mod list;
pub mod listing;
mod misp;
mod misp_type;
mod openioc;
mod path;
mod pattern;
mod records;
mod row;
mod stix;
mod stix_rules;
mod table;
mod tags;
mod text;
mod verdict;
mod verdict_clauses;
mod verdict_words;
mod walk;
mod window;
mod words;

#[cfg(test)]
mod corpora;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod records_tests;
#[cfg(test)]
mod trial;

pub use advisory::advisory;
pub use codes::{CODES, NO_VALUES};
pub(crate) use head::Head;
pub(crate) use kind::hives;
pub(crate) use verdict::takes_out;

use std::borrow::Cow;
use std::io;
use std::io::Read as _;

use ir::{Date, Direction, Indicator, ObservableKind, Role, Technique, Tlp};
use source::{Diagnostic, FileId, Kept, Sources, Span};

/// The largest feed that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// The deepest nesting that is read, in JSON, XML and patterns.
pub const MAX_DEPTH: usize = 64;

/// A feed's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A table: ANSSI, MISP export, abuse.ch, vendors.
    Csv,
    /// One value a line: domains, addresses, `md5sum` output, hosts files.
    List,
    /// MISP events as JSON.
    Misp,
    /// STIX 2.0 and 2.1: bundle, envelope or one object a line.
    Stix,
    /// OpenIOC 1.0 and 1.1.
    OpenIoc,
    /// JSON of other kinds, read by its keys: OTX, ThreatFox, answers of vendors, lists of values.
    Json,
}

impl Format {
    /// Every format with its name.
    pub const ALL: [(Self, &'static str); 6] =
        [(Self::Csv, "csv"), (Self::List, "list"), (Self::Misp, "misp"), (Self::Stix, "stix"), (Self::OpenIoc, "openioc"), (Self::Json, "json")];

    /// The format with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(format, _)| *format)
    }

    /// The format's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, name)| name)
    }

    /// Whether a text says in its own signs that it is a list for a program (a filter list, a hosts file, a zone), whatever headings
    /// and remarks stand in it.
    #[must_use]
    pub fn is_program_list(text: &str) -> bool {
        detect::is_program_list(text)
    }

    /// Tells the format from the file's name and its first bytes; `None` when it looks like no feed.
    #[must_use]
    pub fn detect(file_name: &str, text: &str) -> Option<Self> {
        detect::detect(file_name, text)
    }
}

/// Names of columns, for tables whose header does not speak for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The value.
    pub value: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// What the value was to the attacker.
    pub role: Option<String>,
    /// On which end of a connection it stands.
    pub direction: Option<String>,
    /// When it began to hold.
    pub valid_from: Option<String>,
    /// When it ceased to hold.
    pub valid_until: Option<String>,
    /// How sure the author is: `low`, `medium`, `high`, or a number up to 100.
    pub confidence: Option<String>,
    /// Who may read it.
    pub tlp: Option<String>,
    /// ATT&CK techniques.
    pub attack: Option<String>,
    /// A port that belongs to the address.
    pub port: Option<String>,
}

impl Mapping {
    /// Every key with the column it names, in the order of the fields.
    #[must_use]
    pub fn entries(&self) -> [(&'static str, Option<&str>); 11] {
        [
            ("value", self.value.as_deref()),
            ("kind", self.kind.as_deref()),
            ("note", self.note.as_deref()),
            ("role", self.role.as_deref()),
            ("direction", self.direction.as_deref()),
            ("valid_from", self.valid_from.as_deref()),
            ("valid_until", self.valid_until.as_deref()),
            ("confidence", self.confidence.as_deref()),
            ("tlp", self.tlp.as_deref()),
            ("attack", self.attack.as_deref()),
            ("port", self.port.as_deref()),
        ]
    }
}

/// What is known about a feed before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The type of every value; rows of another type are listed.
    pub kind: Option<ObservableKind>,
    /// What the values were to the attacker.
    pub role: Role,
    /// On which end of a connection they stand.
    pub direction: Direction,
    /// Which columns to read.
    pub mapping: Mapping,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { kind: None, role: Role::Unknown, direction: Direction::Either, mapping: Mapping::default() }
    }
}

/// What a feed says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its title.
    pub title: Option<String>,
    /// Its id: an event's or report's.
    pub id: Option<String>,
    /// Who may read it; the most open marking that holds for all of it.
    pub tlp: Option<Tlp>,
    /// When it was published.
    pub published: Option<Date>,
    /// When it was last changed.
    pub modified: Option<Date>,
    /// Names of actors, in reading order.
    pub actors: Vec<String>,
    /// Names of malware, in reading order.
    pub malware: Vec<String>,
    /// CVE ids.
    pub cves: Vec<String>,
    /// ATT&CK techniques that the feed gives to all of it, and so to none of its values alone.
    pub techniques: Vec<Technique>,
    /// Links.
    pub references: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// A value that does not become an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The value, as the format decodes it.
    pub value: String,
    /// Its type, as the feed names it; empty when it names none.
    pub kind: String,
    /// Where it stands.
    pub span: Span,
    /// Why it becomes no indicator.
    pub reason: String,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The indicators, in reading order; repeats are kept, each with its place. Empty when they were passed on.
    pub indicators: Vec<Indicator>,
    /// The other values, in reading order. Empty when they were passed on.
    pub listed: Vec<Listed>,
    /// What the feed says of itself.
    pub header: Header,
    /// What could not be understood.
    pub diagnostics: Vec<Diagnostic>,
    /// How many places could not be read as what the format has there. The diagnostics show some of them.
    pub unread: usize,
    /// How many of the listed values are no values at all, whatever the feed says of them.
    pub not_values: usize,
    /// The words around the diagnostics, for a file that is not held ([`Sources::keep`]).
    pub kept: Vec<Kept>,
}

impl Header {
    /// Whether the feed says nothing of itself that can be used; a title, an id and a day alone are nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actors.is_empty() && self.malware.is_empty() && self.cves.is_empty() && self.references.is_empty() && self.techniques.is_empty()
    }
}

impl Read {
    /// Whether nothing of the feed can be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indicators.is_empty() && self.listed.len() == self.not_values && self.header.is_empty()
    }

    /// Several texts read as one feed, such as the sheets of a workbook. What one of them says of itself goes for all, save its
    /// marking; that of a sheet without values, which is a cover, goes for all as well. A sheet without values is no fault beside one that has
    /// some.
    #[must_use]
    pub fn join(reads: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        let mut cover = None;
        for mut read in reads {
            // A marking of one text says nothing of the others.
            let marking = read.header.tlp;
            if read.indicators.is_empty() && read.listed.len() == read.not_values {
                cover = cover.max(marking);
            }
            read.indicators.iter_mut().for_each(|indicator| indicator.tlp = indicator.tlp.max(marking));
            all.indicators.append(&mut read.indicators);
            all.listed.append(&mut read.listed);
            all.diagnostics.append(&mut read.diagnostics);
            all.kept.append(&mut read.kept);
            all.unread += read.unread;
            all.not_values += read.not_values;
            let (header, more) = (&mut all.header, read.header);
            header.title = header.title.take().or(more.title);
            header.id = header.id.take().or(more.id);
            header.published = header.published.or(more.published);
            header.modified = header.modified.max(more.modified);
            header.author = header.author.take().or(more.author);
            header.techniques.extend(more.techniques);
            header.techniques.sort();
            header.techniques.dedup();
            for (list, mut more) in [
                (&mut header.actors, more.actors),
                (&mut header.malware, more.malware),
                (&mut header.cves, more.cves),
                (&mut header.references, more.references),
            ] {
                more.retain(|word| !list.contains(word));
                list.append(&mut more);
            }
        }
        all.indicators.iter_mut().for_each(|indicator| indicator.tlp = indicator.tlp.max(cover));
        let common = all.indicators.iter().map(|indicator| indicator.tlp).min().flatten();
        all.header.tlp = common;
        all.indicators.iter_mut().for_each(|indicator| indicator.tlp = indicator.tlp.filter(|tlp| common.is_none_or(|common| *tlp > common)));
        if !all.indicators.is_empty() {
            all.diagnostics.retain(|said| said.code.slug != codes::NO_VALUES.slug);
        }
        all
    }
}

/// A value as it is passed on.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'e> {
    /// The value.
    pub value: Value<'e>,
    /// The words as they stand in the file.
    pub raw: &'e str,
    /// One-based line.
    pub line: usize,
    /// One-based column, in characters.
    pub column: usize,
}

/// An indicator, or a value that becomes none.
#[derive(Clone, Copy, Debug)]
pub enum Value<'e> {
    /// An indicator.
    Indicator(&'e Indicator),
    /// Another value.
    Listed(&'e Listed),
}

/// Takes values in reading order.
pub type Sink<'s> = dyn FnMut(&Entry<'_>) + 's;

/// A feed's text, which can be read from its beginning more than once.
pub trait Input {
    /// Opens the text at its beginning.
    ///
    /// # Errors
    ///
    /// Says in a few words why it cannot be read.
    fn open(&self) -> Result<Box<dyn io::Read + '_>, String>;

    /// The whole text, where it is in memory.
    fn text(&self) -> Option<&str> {
        None
    }

    /// What the file is called: a list may say by its name that its values are harmless.
    fn name(&self) -> &str {
        ""
    }
}

/// A text in memory with the name of its file.
#[derive(Clone, Copy, Debug)]
pub struct Named<'t> {
    /// The name.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
}

impl Input for Named<'_> {
    fn open(&self) -> Result<Box<dyn io::Read + '_>, String> {
        self.text.open()
    }

    fn text(&self) -> Option<&str> {
        Some(self.text)
    }

    fn name(&self) -> &str {
        self.name
    }
}

impl Input for &str {
    fn open(&self) -> Result<Box<dyn io::Read + '_>, String> {
        Ok(Box::new(self.as_bytes()))
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

/// Reads a feed.
#[must_use]
pub fn read(sources: &Sources, file: FileId, format: Format, defaults: &Defaults) -> Read {
    let source = sources.file(file);
    run(&Named { name: &source.name, text: &source.text }, file, format, defaults, None)
}

/// Reads a feed and passes each value on as soon as it is read. JSON is read from the input as it comes and
/// never held as a whole; the other formats are held while they are read. The header's marking is the one that the feed
/// gives itself: one that merely all values have in common is known only to [`read`].
#[must_use]
pub fn pass(input: &dyn Input, file: FileId, format: Format, defaults: &Defaults, sink: &mut Sink<'_>) -> Read {
    run(input, file, format, defaults, Some(sink))
}

/// Reads a feed, into memory when its format asks for that.
fn run(input: &dyn Input, file: FileId, format: Format, defaults: &Defaults, sink: Option<&mut Sink<'_>>) -> Read {
    let streamed = matches!(format, Format::Misp | Format::Stix | Format::Json);
    let (text, refused) = match if streamed { Ok(Cow::Borrowed("")) } else { whole(input, file) } {
        Ok(text) => (text, None),
        Err(said) => (Cow::Borrowed(""), Some(said)),
    };
    let sink = sink.map(|sink| -> &mut Sink<'_> { sink });
    let mut out = collect::Collector::new(file, &text, defaults, sink);
    if let Some(said) = refused {
        out.say(*said);
        return out.finish();
    }
    if verdict::in_file_name(input.name()) {
        let base = input.name().rsplit(['/', '\\']).next().unwrap_or_default();
        out.refused = Some(format!("its list is called `{}`", words::short(base)));
    }
    match format {
        Format::Csv => csv::read(&text, defaults, &mut out),
        Format::List => list::read(&text, &mut out),
        Format::Misp => misp::read(input, &mut out),
        Format::Stix => stix::read(input, &mut out),
        Format::OpenIoc => openioc::read(&text, &mut out),
        Format::Json => records::read(input, &mut out),
    }
    out.finish()
}

/// The whole text.
fn whole(input: &dyn Input, file: FileId) -> Result<Cow<'_, str>, Box<Diagnostic>> {
    let too_large = || {
        Diagnostic::new(&codes::TOO_LARGE, format!("the feed has more than {MAX_BYTES} bytes"))
            .at(Span::new(file, 0, 0), "not read")
            .help("it might be split into several files")
    };
    let unread = |why| Diagnostic::new(&codes::BROKEN, format!("the feed cannot be read: {why}")).at(Span::new(file, 0, 0), "this feed");
    if let Some(text) = input.text() {
        return if text.len() > MAX_BYTES { Err(too_large().into()) } else { Ok(text.into()) };
    }
    let mut text = String::new();
    let reader = input.open().map_err(unread)?;
    reader.take(MAX_BYTES as u64 + 1).read_to_string(&mut text).map_err(|error| unread(error.to_string()))?;
    if text.len() > MAX_BYTES { Err(too_large().into()) } else { Ok(text.into()) }
}
