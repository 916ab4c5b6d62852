//! Sigma rules in, advisories out.
//!
//! A file is read on its own ([`read`]), so files can be read side by side; a [`Collection`] then joins what they hold, because filters
//! and correlations name rules of other files. Each rule becomes one advisory with one behaviour, which asks one question of one kind
//! of event: a class of the catalogue where [`logs::taxonomy`] has one, else an open log source with the rule's own field names.
//!
//! The way of a rule: [`yaml`](self) gives a tree with places, `document` tells rules, filters and correlations apart, `about` reads who
//! wrote it, `detection` reads selections and `condition` joins them, `modifier` and `value` turn fields and values into tests.
//!
//! What this crate does not do: guess at modifiers it does not know, and at what stands for a placeholder (`%name%`) without a list in
//! [`Placeholders`]. It reports both.

mod about;
mod advisory;
mod codes;
mod condition;
mod correlate;
mod correlated;
mod detection;
mod document;
mod encode;
mod growth;
mod known;
mod link;
mod lint;
mod meaning;
mod modifier;
mod pcre;
mod placeholder;
mod references;
mod selection;
mod special;
mod star;
mod stream;
#[cfg(test)]
mod tests;
mod value;
mod yaml;

use source::{FileId, Sources};

pub use codes::CODES;
pub use document::Documents;
pub use placeholder::Placeholders;

use ir::Parsed;

/// Reads one file: what it holds, as far as that can be known without other files.
#[must_use]
pub fn read(name: &str, file: FileId, text: &str, placeholders: &Placeholders) -> Documents {
    document::read(name, file, text, placeholders)
}

/// Whether a text looks like Sigma: a key of its documents begins a line.
#[must_use]
pub fn looks_like(text: &str) -> bool {
    /// How far is looked, in bytes.
    const FAR: usize = 64 << 10;
    let mut end = text.len().min(FAR);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let lines = || text.get(..end).unwrap_or_default().lines();
    let begins = |keys: &[&str]| lines().any(|line| keys.iter().any(|key| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))));
    begins(&["detection", "correlation"]) || (begins(&["title", "action"]) && begins(&["logsource", "filter"]))
}

/// The files of one run.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    files: Vec<Documents>,
}

impl Collection {
    /// Reads a file in which nothing stands for placeholders, and adds it.
    pub fn add(&mut self, sources: &Sources, file: FileId) {
        let source = sources.file(file);
        self.push(read(&source.name, file, &source.text, &Placeholders::default()));
    }

    /// Adds a file that was read.
    pub fn push(&mut self, documents: Documents) {
        self.files.push(documents);
    }

    /// Joins the files: filters are applied, correlations are built, each rule becomes an advisory, in the order of the files.
    #[must_use]
    pub fn finish(self) -> Parsed {
        link::run(self.files)
    }
}
