//! With what does an advisory of a document begin? What the document says of itself, and an id that no other advisory has.

use std::collections::{BTreeMap, BTreeSet};

use ir::Advisory;

use super::about::About;

/// The ids that advisories have.
#[derive(Default)]
pub(super) struct Ids {
    taken: BTreeSet<String>,
    /// For each stem, the number to try next: those before it are taken.
    next: BTreeMap<String, usize>,
}

impl Ids {
    /// Takes the ids that documents came with.
    pub(super) fn add<'a>(&mut self, documents: impl Iterator<Item = &'a About>) {
        self.taken.extend(documents.map(|about| about.header.id.clone()).filter(|id| !id.is_empty()));
    }

    /// An id for an advisory whose document has none: the file's stem, with a number when it is taken.
    fn unused(&mut self, stem: &str) -> String {
        let stem = if stem.is_empty() { "rule" } else { stem };
        let number = self.next.entry(stem.to_owned()).or_insert(1);
        loop {
            let id = if *number == 1 { stem.to_owned() } else { format!("{stem}-{number}") };
            *number += 1;
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// An advisory without blocks, and the head of the block that goes into it.
pub(super) fn empty(about: About, stem: &str, taken: &mut Ids) -> (Advisory, ir::Head) {
    let id = match about.header.id.clone() {
        none if none.is_empty() => taken.unused(stem),
        id => id,
    };
    let (header, head) = about.finish(id);
    let advisory = Advisory {
        header,
        sources: Vec::new(),
        indicators: Vec::new(),
        behaviors: Vec::new(),
        correlations: Vec::new(),
        natives: Vec::new(),
        tests: Vec::new(),
        accepts: Vec::new(),
    };
    (advisory, head)
}
