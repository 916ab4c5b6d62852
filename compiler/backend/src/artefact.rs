//! What comes out: files, and which rule stands in which file.

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArtefactKind {
    /// Rules.
    Rules,
    /// Values that rules look up: data sets, hash lists, lookups, watchlists.
    List,
    /// Settings that rules need: macros, lookup definitions.
    Support,
}

/// One file, relative to the target's (and profile's) folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Artefact {
    /// Path with forward slashes, such as `advisory/rule.yml`.
    pub path: String,
    /// What it is for.
    pub kind: ArtefactKind,
    /// Its text.
    pub text: String,
}

impl Artefact {
    /// A file. Text that grew piece by piece is given back the room it did not need: a run holds thousands.
    #[must_use]
    pub fn new(path: String, kind: ArtefactKind, text: String) -> Self {
        let text = if text.capacity() > text.len() + text.len() / 8 { text.as_str().to_owned() } else { text };
        Self { path, kind, text }
    }
}

/// What the lock knows of a rule beside its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The revision.
    pub number: u32,
    /// The digest of what the rule means by it.
    pub meaning: u128,
}

impl Revision {
    /// The digest as it stands in the lock and in manifests.
    #[must_use]
    pub fn digest(&self) -> String {
        format!("{:032x}", self.meaning)
    }
}

/// One rule in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedRule {
    /// Index of its detection in the job.
    pub detection: usize,
    /// The tree it was printed from, as [`crate::Lowered::item`].
    pub item: usize,
    /// The rule's own id in its language: a UUID, a sid, a name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file it stands in, as in [`Artefact::path`].
    pub artefact: String,
    /// The rule's own text: for a query language the bare query. Empty when the job does not ask for it.
    pub text: String,
    /// Its revision, where its id is a number of the lock.
    pub revision: Option<Revision>,
    /// Whether it travels along as somebody else wrote it.
    pub carried: bool,
}
