//! Makes the bundled data into tables, in the order in which they are searched: the names that advisories use, by the form in which
//! they are looked for, and the ids they stand for.
//!
//! The data and where they come from: `../data/NOTICE.md`. `src/index.rs` reads what is written here.

// A build reads its environment and writes where it says.
#![allow(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use running_text::fold as fold_name;

/// How names are compared, as the reader of texts does it.
#[allow(dead_code, unreachable_pub)]
#[path = "../languages/src/fold.rs"]
mod fold;
#[allow(dead_code, unreachable_pub)]
#[path = "../languages/src/running_text.rs"]
mod running_text;

static ATTACK: &str = include_str!("../data/attack.tsv");
static PHRASES: &str = include_str!("../data/phrases.tsv");
static ORDINARY: &str = include_str!("../data/ordinary.txt");

/// What a name stands for, with the id; the reader's type of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Group(&'static str),
    Software(&'static str),
    Name(&'static str),
    Phrase(&'static str),
}

fn rows(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The names, by the form in which they are looked for: as the data spell it, what it stands for, and whether any ending may follow.
#[derive(Default)]
struct Names {
    named: BTreeMap<String, (&'static str, Vec<Meaning>, bool)>,
    never: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, name: &'static str, meaning: Meaning) {
        let key = fold_name(name);
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

fn main() -> Result<(), Box<dyn Error>> {
    for path in ["build.rs", "../data", "../languages/src/fold.rs", "../languages/src/running_text.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let mut names = Names { never: rows(ORDINARY).filter_map(|name| name.strip_prefix('!')).map(fold_name).collect(), ..Names::default() };
    let mut ordinary: BTreeSet<String> = rows(ORDINARY).map(fold_name).collect();
    let mut firm: BTreeSet<String> = BTreeSet::new();
    let mut loose: Vec<(&'static str, &'static str)> = Vec::new();
    let mut ids: BTreeMap<&str, (&str, Option<Option<&str>>)> = BTreeMap::new();
    let mut techniques: Vec<(&'static str, &'static str, bool)> = Vec::new();
    for row in rows(ATTACK) {
        let mut fields = row.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (id, name, older, successor, aliases, others) = (next(), next(), next(), next(), next(), next());
        let retired = (!successor.is_empty()).then(|| (successor != "-").then_some(successor));
        ids.insert(id, (name, retired));
        let split = |list: &'static str| list.split(" | ").filter(|name| !name.is_empty());
        let all = [name].into_iter().chain(split(older)).chain(split(aliases));
        // A revoked group or program is what it became.
        let now = if successor.is_empty() || successor == "-" { id } else { successor };
        match id.as_bytes().first() {
            Some(b'G') => {
                for name in all {
                    firm.insert(fold_name(name));
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
        let key = fold_name(name);
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
        let key = fold_name(name);
        if key.contains(' ') && !(*old && today.contains_key(&key)) {
            today.entry(key).or_default().insert(*id);
        }
    }
    for (name, id, _) in &techniques {
        if today.get(&fold_name(name)).is_some_and(|ids| ids.len() == 1 && ids.contains(id)) {
            names.add(name, Meaning::Name(id));
        }
    }
    for row in rows(PHRASES) {
        let Some((techniques, wordings)) = row.split_once('\t') else { continue };
        for wording in wordings.split(" | ") {
            let (stem, open) = wording.strip_suffix('*').map_or((wording, false), |stem| (stem, true));
            let key = fold_name(stem);
            // A technique's own name is judged as a name.
            if key.len() < 3 || names.named.get(&key).is_some_and(|entry| entry.1.iter().any(|meaning| matches!(meaning, Meaning::Name(_)))) {
                continue;
            }
            for id in techniques.split(", ") {
                names.put(key.clone(), wording, Meaning::Phrase(id), open);
            }
        }
    }
    let mut table = String::from("&[\n");
    for (key, (name, mut meanings, open)) in names.named {
        meanings.sort_unstable();
        meanings.dedup();
        let ordinary = ordinary.contains(&key);
        write!(table, "({key:?}, Entry {{ name: {name:?}, ordinary: {ordinary}, open: {open}, meanings: &[")?;
        meanings.iter().try_for_each(|meaning| write!(table, "Meaning::{meaning:?}, "))?;
        table.push_str("] }),\n");
    }
    table.push(']');
    let mut known = String::from("&[\n");
    for (id, (name, retired)) in ids {
        writeln!(known, "({id:?}, Known {{ name: {name:?}, retired: {retired:?} }}),")?;
    }
    known.push(']');
    let folder = std::env::var_os("OUT_DIR").ok_or("no folder to write to")?;
    std::fs::write(Path::new(&folder).join("names.rs"), table)?;
    std::fs::write(Path::new(&folder).join("ids.rs"), known)?;
    Ok(())
}
