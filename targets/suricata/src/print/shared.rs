//! Which lists are one? Rules that ask for the same values name the same file.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use backend::{Job, Lowered};

use crate::ast::{Item, List, Rule};

/// Lets every rule name the first list of its folder that holds the same values.
pub(super) fn settle(rules: &mut [Lowered<Rule>], job: &Job<'_>) {
    let mut first: BTreeSet<Held<'_>> = BTreeSet::new();
    for Lowered { detection, rule, .. } in rules {
        let (Some(detection), Rule::Alert(alert)) = (job.detections.get(*detection), rule) else { continue };
        for item in &mut alert.items {
            let (Item::Dataset { list, .. } | Item::FileHash { list, .. }) = item else { continue };
            let held = Held { folder: &detection.meta.folder, list: Arc::clone(list) };
            match first.get(&held) {
                Some(known) => *list = Arc::clone(&known.list),
                None => {
                    first.insert(held);
                }
            }
        }
    }
}

/// A list, ordered by its folder and what it holds; its name does not count.
struct Held<'j> {
    folder: &'j str,
    list: Arc<List>,
}

impl Ord for Held<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folder.cmp(other.folder).then_with(|| self.list.values.cmp(&other.list.values))
    }
}

impl PartialOrd for Held<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Held<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Held<'_> {}
