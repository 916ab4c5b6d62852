//! What comes of a feed that was read? Indicators, other values, what it says of itself.

use ir::{Date, Indicator, Technique, Tlp};
use source::{Diagnostic, Kept, Span};

use super::codes;

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
    /// The words around the diagnostics, for a file that is not held ([`source::Sources::keep`]).
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
