//! What can a text name besides its values? Groups, programs, techniques, bulletins.

use ir::Technique;
use source::Span;

/// A group, malware or a tool that the text names.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The id in ATT&CK, when it has one.
    pub id: Option<&'static str>,
    /// The name in ATT&CK.
    pub known_as: Option<&'static str>,
    /// Its names as the text writes them, each once.
    pub names: Vec<String>,
    /// How often it is named.
    pub mentions: usize,
    /// The first mention.
    pub span: Span,
    /// Why it was taken for a name.
    pub reason: String,
    /// Whether the text is about it.
    pub place: Place,
    /// The sentence of the first mention, blanks made one.
    pub sentence: String,
    /// Spellings that differ from one of its names in one letter.
    pub misspelled: Vec<Misspelled>,
}

/// What a name is to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// It is mentioned: a comparison, a denial, an earlier time, or nothing says what it has to do with the matter.
    Mentioned,
    /// A sentence says that it did or was what the text tells of.
    Subject,
    /// The headline has it.
    Headline,
}

/// A spelling that is probably a slip.
#[derive(Clone, Debug, PartialEq)]
pub struct Misspelled {
    /// As written.
    pub written: String,
    /// Where.
    pub span: Span,
}

/// A technique that the text gives, names or describes.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTechnique {
    /// The technique.
    pub technique: Technique,
    /// Its name, when the bundled ATT&CK knows it.
    pub name: Option<&'static str>,
    /// The technique that replaced it, for ids of older versions.
    pub successor: Option<Technique>,
    /// Whether the text gives the id.
    pub explicit: bool,
    /// The words.
    pub span: Span,
    /// The words, blanks made one.
    pub phrase: String,
    /// Why it is listed.
    pub reason: String,
}

/// A bulletin of a CERT that the text cites.
#[derive(Clone, Debug, PartialEq)]
pub struct Bulletin {
    /// Its number, in the publisher's spelling: `CERTFR-2021-IOC-003`.
    pub number: String,
    /// The year in the number.
    pub year: i16,
    /// Where it is cited first.
    pub span: Span,
    /// Whether it is the number of this very document.
    pub own: bool,
    /// Whether the text points to it for indicators.
    pub indicators: bool,
    /// Whether the year fits the text.
    pub fits: bool,
    /// What to know of it.
    pub note: String,
}
