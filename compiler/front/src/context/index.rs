//! Which names does vigie know, and what does each stand for? The bundled data behind one automaton.
//!
//! The data and where they come from: `compiler/front/data/NOTICE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::fold::{Folded, fold};
use crate::languages::Lookup;

static ATTACK: &str = include_str!("../../data/attack.tsv");
static PHRASES: &str = include_str!("../../data/phrases.tsv");
static ORDINARY: &str = include_str!("../../data/ordinary.txt");

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
    pub(crate) meanings: Vec<Meaning>,
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

/// All names, ready to look for.
pub(crate) struct Index {
    names: Lookup<Entry>,
    ids: BTreeMap<&'static str, Known>,
    parents: BTreeSet<&'static str>,
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

fn rows(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The names, by the form in which they are looked for.
#[derive(Default)]
struct Names {
    named: BTreeMap<String, (&'static str, Vec<Meaning>, bool)>,
    never: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, name: &'static str, meaning: Meaning) {
        let key = fold(name);
        if key.len() < 3 || self.never.contains(&key) {
            return;
        }
        // `APT28` is also written `APT 28`.
        if let Some(digits) = key.find(|char: char| char.is_ascii_digit()).filter(|_| matches!(meaning, Meaning::Group(_)))
            && let Some((letters, number)) = key.split_at_checked(digits)
            && matches!(letters, "apt" | "fin" | "ta" | "unc")
        {
            self.put(format!("{letters} {number}"), name, meaning, false);
        }
        self.put(key, name, meaning, false);
    }

    fn put(&mut self, key: String, name: &'static str, meaning: Meaning, open: bool) {
        self.named.entry(key).or_insert_with(|| (name, Vec::new(), open)).1.push(meaning);
    }
}

impl Index {
    fn build() -> Self {
        let mut names = Names { never: rows(ORDINARY).filter_map(|name| name.strip_prefix('!')).map(fold).collect(), ..Names::default() };
        let mut ordinary: BTreeSet<String> = rows(ORDINARY).map(fold).collect();
        let mut firm: BTreeSet<String> = BTreeSet::new();
        let mut loose: Vec<(&'static str, &'static str)> = Vec::new();
        let mut ids = BTreeMap::new();
        let mut techniques: Vec<(&'static str, &'static str, bool)> = Vec::new();
        for row in rows(ATTACK) {
            let mut fields = row.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            let (id, name, older, successor, aliases, others) = (next(), next(), next(), next(), next(), next());
            let retired = (!successor.is_empty()).then(|| (successor != "-").then_some(successor));
            ids.insert(id, Known { name, retired });
            let split = |list: &'static str| list.split(" | ").filter(|name| !name.is_empty());
            let all = [name].into_iter().chain(split(older)).chain(split(aliases));
            // A revoked group or program is what it became.
            let now = if successor.is_empty() || successor == "-" { id } else { successor };
            match id.as_bytes().first() {
                Some(b'G') => {
                    for name in all {
                        firm.insert(fold(name));
                        names.add(name, Meaning::Group(now));
                    }
                    loose.extend(split(others).map(|name| (name, now)));
                }
                Some(b'S') => all.for_each(|name| names.add(name, Meaning::Software(now))),
                _ => {
                    let now = retired.map_or(Some(id), |successor| successor);
                    techniques.extend(now.map(|now| (name, now, retired.is_some())));
                    techniques.extend(now.filter(|_| !older.is_empty()).map(|now| (older, now, true)));
                }
            }
        }
        // A name that only the galaxies give needs a word beside it that says what it is, unless it can be nothing else.
        for (name, id) in loose {
            let key = fold(name);
            let general = ["group ", "operation ", "unit ", "bureau ", "team "].iter().any(|word| key.starts_with(word));
            let own = key.bytes().any(|byte| byte.is_ascii_digit()) || key.contains(' ');
            if (general || !own) && !firm.contains(&key) {
                ordinary.insert(key);
            }
            names.add(name, Meaning::Group(id));
        }
        // A name of today's ATT&CK wins over one that an older version used for something else; a name of two is none.
        let mut today: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for (name, id, old) in techniques.iter().filter(|row| !row.2).chain(techniques.iter().filter(|row| row.2)) {
            let key = fold(name);
            if key.contains(' ') && !(*old && today.contains_key(&key)) {
                today.entry(key).or_default().insert(*id);
            }
        }
        for (name, id, _) in &techniques {
            if today.get(&fold(name)).is_some_and(|ids| ids.len() == 1 && ids.contains(id)) {
                names.add(name, Meaning::Name(id));
            }
        }
        for row in rows(PHRASES) {
            let Some((techniques, wordings)) = row.split_once('\t') else { continue };
            for wording in wordings.split(" | ") {
                let (stem, open) = wording.strip_suffix('*').map_or((wording, false), |stem| (stem, true));
                let key = fold(stem);
                // A technique's own name is judged as a name.
                if key.len() < 3 || names.named.get(&key).is_some_and(|entry| entry.1.iter().any(|meaning| matches!(meaning, Meaning::Name(_)))) {
                    continue;
                }
                for id in techniques.split(", ") {
                    names.put(key.clone(), wording, Meaning::Phrase(id), open);
                }
            }
        }
        let parents = ids.keys().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent).collect();
        let entry = |(key, (name, mut meanings, open)): (String, (&'static str, Vec<Meaning>, bool))| {
            let ordinary = ordinary.contains(&key);
            meanings.sort_unstable();
            meanings.dedup();
            (key, Entry { name, meanings, ordinary, open })
        };
        let names = Lookup::of(names.named.into_iter().map(entry));
        Self { names, ids, parents }
    }

    /// What is known of an id of ATT&CK.
    pub(crate) fn known(&self, id: &str) -> Option<Known> {
        self.ids.get(id).copied()
    }

    /// Whether a technique has techniques below it.
    pub(crate) fn has_parts(&self, id: &str) -> bool {
        self.parents.contains(id)
    }

    /// The names in a text, none inside another, in reading order.
    pub(crate) fn hits(&'static self, folded: &Folded) -> Vec<Hit> {
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
