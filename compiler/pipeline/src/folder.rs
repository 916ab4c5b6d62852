//! In which folder do rules stand? One for each advisory, and one for each log source of Sigma rules; never one for two, not even where
//! a disk knows no case.

use std::collections::{BTreeMap, BTreeSet};

use ir::{Advisory, Head, Header};

/// Who has a folder of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// The Sigma rules of a log source, in its words.
    LogSource(String),
    /// Sigma's correlations.
    Correlations,
    /// An advisory, by its id.
    Advisory(String),
}

impl Owner {
    fn of(header: &Header, head: &Head) -> Self {
        let Some(rule) = &head.sigma else { return Self::Advisory(header.id.clone()) };
        let Some(source) = &rule.log_source else { return Self::Correlations };
        let words: Vec<&str> = [&source.product, &source.category, &source.service].into_iter().filter_map(|word| word.as_deref()).collect();
        Self::LogSource(words.join("-"))
    }

    fn words(&self) -> &str {
        match self {
            Self::LogSource(words) | Self::Advisory(words) => words,
            Self::Correlations => "correlation",
        }
    }
}

/// The folders of a run.
#[derive(Debug, Default)]
pub(crate) struct Folders(BTreeMap<Owner, String>);

impl Folders {
    /// The folders of all blocks.
    pub(crate) fn of(advisories: &[Advisory]) -> Self {
        let mut owners = BTreeSet::new();
        for Advisory { header, indicators, behaviors, correlations, natives, .. } in advisories {
            let heads = indicators.iter().map(|block| &block.head).chain(behaviors.iter().map(|behavior| &behavior.head));
            owners.extend(heads.chain(correlations.iter().map(|block| &block.head)).map(|head| Owner::of(header, head)));
            owners.extend(natives.iter().map(|_| Owner::Advisory(header.id.clone())));
        }
        Self::among(owners)
    }

    /// Finds each its folder, whatever order they come in. Of those that would share one, the one whose words need no change has it,
    /// then the first by its words; the others carry a part of a digest of theirs.
    fn among(owners: impl IntoIterator<Item = Owner>) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<(bool, Owner)>> = BTreeMap::new();
        for owner in owners {
            let name = backend::slug(owner.words());
            wanted.entry(name.to_lowercase()).or_default().insert((name != owner.words(), owner));
        }
        let mut taken: BTreeSet<String> = wanted.keys().cloned().collect();
        let mut folders = BTreeMap::new();
        for owners in wanted.into_values() {
            for (at, (_, owner)) in owners.into_iter().enumerate() {
                let mut name = backend::slug(owner.words());
                if at > 0 {
                    let digits = ir::id::of(owner.words(), "folder").simple().to_string();
                    let told_apart = (8..=digits.len()).map(|length| format!("{name}-{}", &digits[..length]));
                    name = told_apart.into_iter().find(|name| taken.insert(name.to_lowercase())).unwrap_or(name);
                }
                folders.insert(owner, name);
            }
        }
        Self(folders)
    }

    /// The folder of a block's rules.
    pub(crate) fn name(&self, header: &Header, head: &Head) -> String {
        let owner = Owner::of(header, head);
        self.0.get(&owner).cloned().unwrap_or_else(|| backend::slug(owner.words()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(ids: &[&str]) -> Vec<String> {
        let owner = |id: &&str| Owner::Advisory((*id).to_owned());
        let folders = Folders::among(ids.iter().map(owner));
        ids.iter().map(|id| folders.0[&owner(id)].clone()).collect()
    }

    #[test]
    fn ids_that_would_share_a_folder_are_told_apart_in_any_order() {
        let names = named(&["a b", "A-B", "CON", "C", "a-b", "a b"]);
        assert_eq!((names[1].as_str(), names[2].as_str(), names[3].as_str()), ("A-B", "CON_", "C"));
        assert!(names[0].starts_with("a-b-") && names[4].starts_with("a-b-") && names[0] != names[4], "{names:?}");
        assert_eq!(names[0], names[5]);
        assert_eq!(named(&["a-b", "a b", "A-B"]), [names[4].clone(), names[0].clone(), names[1].clone()]);
        // Alone, an id has the name that it always had.
        assert_eq!(named(&["a b"]), ["a-b"]);
    }
}
