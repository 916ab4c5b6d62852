//! Which names does vigie know, and what does each stand for? The bundled data behind one automaton.
//!
//! The data and where they come from: `compiler/front/data/NOTICE.md`.

use std::sync::LazyLock;

use languages::Lookup;
use languages::running_text::Folded;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// A group's name; its id.
    Group(&'static str),
    /// The name of malware or a tool; its id.
    Software(&'static str),
    /// A technique's name; its id.
    Name(&'static str),
    /// A wording that says a technique; its id.
    Phrase(&'static str),
}

/// A name that is looked for.
pub(crate) struct Entry {
    /// As the data spell it.
    pub(crate) name: &'static str,
    /// What it stands for, one or more.
    pub(crate) meanings: &'static [Meaning],
    /// Whether it is also an ordinary word.
    pub(crate) ordinary: bool,
    /// Whether any ending may follow.
    open: bool,
}

/// What is known of one id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The name in the newer version of ATT&CK.
    pub(crate) name: &'static str,
    /// For an id that was retired: its successor, when it has one.
    pub(crate) retired: Option<Option<&'static str>>,
}

/// Names by the form in which they are looked for, and ids, both in the order of their bytes: `build.rs` makes them of the data.
static NAMES: &[(&str, Entry)] = include!(concat!(env!("OUT_DIR"), "/names.rs"));
static IDS: &[(&str, Known)] = include!(concat!(env!("OUT_DIR"), "/ids.rs"));

/// All names, ready to look for.
pub(crate) struct Index {
    names: Lookup<&'static Entry>,
}

/// A name that stands in a text.
pub(crate) struct Hit {
    pub(crate) entry: &'static Entry,
    /// In the folded text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::build);

/// The index, made on first use.
pub(crate) fn index() -> &'static Index {
    &INDEX
}

impl Index {
    fn build() -> Self {
        Self { names: Lookup::of(NAMES.iter().map(|(key, entry)| (*key, entry))) }
    }

    /// What is known of an id of ATT&CK.
    pub(crate) fn known(&self, id: &str) -> Option<Known> {
        let place = IDS.binary_search_by(|(known, _)| (*known).cmp(id)).ok()?;
        IDS.get(place).map(|(_, known)| *known)
    }

    /// Whether a technique has techniques below it.
    pub(crate) fn has_parts(&self, id: &str) -> bool {
        // The id of a part goes on with a dot, so that it stands right behind.
        let next = IDS.partition_point(|(known, _)| *known <= id);
        IDS.get(next).and_then(|(known, _)| known.strip_prefix(id)).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The names in a text, none inside another, in reading order.
    pub(crate) fn hits(&self, folded: &Folded) -> Vec<Hit> {
        self.names.found(&folded.text, |entry| entry.open).map(|(start, end, entry)| Hit { entry, start, end }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        index().hits(&Folded::of(text)).into_iter().map(|hit| hit.entry.name).collect()
    }

    #[test]
    fn names_and_ids_stand_in_order() {
        assert!(NAMES.windows(2).all(|pair| matches!(pair, [(one, _), (next, _)] if one < next)));
        assert!(IDS.windows(2).all(|pair| matches!(pair, [(one, _), (next, _)] if one < next)));
    }

    #[test]
    fn names_stand_alone_and_the_longest_wins() {
        assert_eq!(names("APT31, Judgment-Panda; not XAPT31 nor APT312"), ["APT31", "Judgment Panda"]);
        assert_eq!(names("Lazarus Group and Lazarus"), ["Lazarus Group", "Lazarus"]);
        assert_eq!(names("apt 28 used Cobalt Strike"), ["APT28", "Cobalt Strike"]);
    }

    #[test]
    fn both_versions_and_retired_ids_are_known() {
        assert_eq!(index().known("T1060").and_then(|known| known.retired), Some(Some("T1547.001")));
        assert_eq!(index().known("T1584.008").map(|known| known.name), Some("Network Devices"));
        assert_eq!(index().known("T1043").and_then(|known| known.retired), Some(None));
        assert!(index().known("T1059.001").is_some_and(|known| known.retired.is_none()));
        assert!(index().has_parts("T1059") && !index().has_parts("T1012"));
    }
}
