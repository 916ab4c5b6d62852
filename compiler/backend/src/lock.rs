//! `vigie.lock`: numbers that rules keep for life.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// First number given; 1,000,000 to 1,999,999 is the range for local rules (Suricata's and Emerging Threats' allocation,
/// <https://sidallocation.org>).
const FIRST: u32 = 1_000_000;
/// How many numbers there are.
const COUNT: u32 = 1_000_000;

/// A rule's number and its revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The number; never given to another rule.
    pub sid: u32,
    /// Rises by one whenever the rule's meaning changes; starts at 1.
    pub rev: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    number: Number,
    meaning: String,
}

/// The numbers of one target.
///
/// A new rule's number follows from its key, moved on where it is taken, so two branches that add rules rarely meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    rows: BTreeMap<String, Row>,
    taken: BTreeSet<u32>,
}

impl Section {
    /// The rule's number; `meaning` is any text that changes exactly when the rule's meaning does.
    pub fn number(&mut self, key: &str, meaning: &str) -> Number {
        let meaning = short(meaning);
        if let Some(row) = self.rows.get_mut(key) {
            if row.meaning != meaning {
                row.meaning = meaning;
                row.number.rev += 1;
            }
            return row.number;
        }
        let digest = Sha256::digest(key.as_bytes());
        let start = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % COUNT;
        let sid = (0..COUNT).map(|step| FIRST + (start + step) % COUNT).find(|sid| !self.taken.contains(sid)).unwrap_or(FIRST);
        let number = Number { sid, rev: 1 };
        self.taken.insert(sid);
        self.rows.insert(key.to_owned(), Row { number, meaning });
        number
    }
}

fn short(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

/// All numbers, by target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    sections: BTreeMap<String, Section>,
}

impl Lock {
    /// The numbers of one target, to work on.
    #[must_use]
    pub fn section(&self, target: &str) -> Section {
        self.sections.get(target).cloned().unwrap_or_default()
    }

    /// Puts a target's numbers back.
    pub fn replace(&mut self, target: &str, section: Section) {
        if !section.rows.is_empty() {
            self.sections.insert(target.to_owned(), section);
        }
    }

    /// Reads a lock file: one line for each rule, `target sid rev meaning key`; `#` starts a comment.
    ///
    /// # Errors
    ///
    /// The one-based number of the first line that is not of that form or gives a number twice.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut lock = Self::default();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.splitn(5, ' ');
            let row = (|| {
                let target = words.next()?;
                let number = Number { sid: words.next()?.parse().ok()?, rev: words.next()?.parse().ok()? };
                Some((target, number, words.next()?, words.next()?))
            })();
            let (target, number, meaning, key) = row.ok_or(at + 1)?;
            let section = lock.sections.entry(target.to_owned()).or_default();
            let fresh = section.taken.insert(number.sid);
            let new = section.rows.insert(key.to_owned(), Row { number, meaning: meaning.to_owned() }).is_none();
            if !fresh || !new {
                return Err(at + 1);
            }
        }
        Ok(lock)
    }

    /// Writes the lock file, sorted by target and key.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::from("# Numbers of generated rules. Keep this file under version control; a number is never given twice.\n");
        for (target, section) in &self.sections {
            for (key, Row { number, meaning }) in &section.rows {
                let _ = writeln!(out, "{target} {} {} {meaning} {key}", number.sid, number.rev);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_revisions_rise_with_the_meaning() {
        let mut section = Section::default();
        let first = section.number("a/b c", "x");
        assert_eq!(section.number("a/b c", "x"), first);
        assert_eq!(section.number("a/b c", "y"), Number { rev: 2, ..first });
        assert_ne!(section.number("a/d", "x").sid, first.sid);
        let mut lock = Lock::default();
        lock.replace("suricata", section);
        assert_eq!(Lock::parse(&lock.print()), Ok(lock));
        assert_eq!(Lock::parse("# x\nsuricata 1 nonsense"), Err(2));
    }
}
