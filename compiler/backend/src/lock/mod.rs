//! `vigie.lock`: numbers that rules keep for life.
//!
//! `file` reads and writes it, `free` finds a number that nobody has, `settle` makes one of two that were merged.

mod file;
mod free;
mod settle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;

use ir::advisory_of;
use sha2::{Digest, Sha256};
use source::{Code, Diagnostic};

use crate::artefact::Revision;
pub use file::Unreadable;
use free::Taken;
pub use settle::Settled;

pub(crate) static RANGE_FULL: Code = Code::error("lock.range-full", "no number is left for a new rule");
pub(crate) static LAST_REVISION: Code = Code::error("lock.last-revision", "no revision is left for a rule whose meaning changed");

/// How much of a digest a row holds, in hexadecimal digits.
const DIGITS: usize = 32;
/// As much as vigie 0.1 wrote: the first digits of the same digest.
const OLD_DIGITS: usize = 16;

/// A rule's number and its revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The number; never given to another rule.
    pub sid: u32,
    /// Rises by one whenever the rule's meaning changes; starts at 1.
    pub rev: u32,
}

impl Number {
    /// The highest number and the highest revision. Suricata 7 refuses the one after it, the highest of 32 bits (`detect-sid.c`, `detect-rev.c`).
    pub const LAST: u32 = u32::MAX - 1;
}

/// Why a rule has no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoNumber {
    /// Every number of the range is given.
    RangeFull(RangeInclusive<u32>),
    /// The meaning changed, and no revision comes after the rule's.
    LastRevision(Number),
}

impl NoNumber {
    /// What there is to say, and the next step.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, help) = match self {
            Self::RangeFull(_) => (
                &RANGE_FULL,
                "a larger range can be given in `vigie.toml` (`[suricata]`, `sid`); `vigie lock --prune` frees the numbers of rules that are gone",
            ),
            Self::LastRevision(_) => {
                (&LAST_REVISION, "another number with revision 1 in its row of `vigie.lock` would make it a new rule to sensors")
            }
        };
        Diagnostic::new(code, format!("there is no rule: {self}")).help(help)
    }
}

impl fmt::Display for NoNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RangeFull(range) => write!(out, "every number from {} to {} is given", range.start(), range.end()),
            Self::LastRevision(number) => write!(out, "{} is at revision {}, and none comes after it", number.sid, number.rev),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    number: Number,
    /// A digest of the meaning; shorter when vigie 0.1 wrote it.
    meaning: String,
}

/// The numbers of one target.
///
/// A new rule's number follows from its key, moved on where it is taken, so two branches that add rules rarely meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    rows: BTreeMap<String, Row>,
    taken: Taken,
    range: RangeInclusive<u32>,
}

impl Default for Section {
    fn default() -> Self {
        Self::within(Lock::LOCAL)
    }
}

impl Section {
    fn within(range: RangeInclusive<u32>) -> Self {
        Self { rows: BTreeMap::new(), taken: Taken::default(), range }
    }

    /// The rule's number; `meaning` is any text that changes exactly when the rule's meaning does.
    ///
    /// # Errors
    ///
    /// There is none left, for a new rule or for a new meaning. Nothing is given then.
    pub fn number(&mut self, key: &str, meaning: &str) -> Result<Number, NoNumber> {
        let meaning = short(meaning);
        if let Some(row) = self.rows.get_mut(key) {
            if !meaning.starts_with(&row.meaning) {
                if row.number.rev >= Number::LAST {
                    return Err(NoNumber::LastRevision(row.number));
                }
                row.number.rev += 1;
            }
            row.meaning = meaning;
            return Ok(row.number);
        }
        let digest = Sha256::digest(key.as_bytes());
        let (first, last) = (*self.range.start(), *self.range.end());
        let count = u64::from(last) - u64::from(first) + 1;
        let step = u64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])) % count;
        let start = u32::try_from(u64::from(first) + step).unwrap_or(first);
        let sid = self.taken.free(start..=last).or_else(|| self.taken.free(first..=last)).ok_or_else(|| NoNumber::RangeFull(self.range.clone()))?;
        let number = Number { sid, rev: 1 };
        self.taken.insert(sid);
        self.rows.insert(key.to_owned(), Row { number, meaning });
        Ok(number)
    }

    /// What is known of a rule that has a number.
    #[must_use]
    pub fn revision(&self, key: &str) -> Option<Revision> {
        let row = self.rows.get(key)?;
        Some(Revision { number: row.number.rev, meaning: u128::from_str_radix(&row.meaning, 16).ok()? })
    }

    /// Gives rules that are made under new keys the rows that they had under others: of a rule of the same advisory that is not made any more, and that
    /// meant the same. So a rule keeps its number where it becomes one of two, where two become one again, and where a block gets a former name back.
    /// `made` has the key of every rule of a run; `meaning` is asked for some of them.
    pub fn take_over(&mut self, made: &[String], meaning: impl Fn(usize) -> String) {
        let fresh: Vec<usize> = (0..made.len()).filter(|at| !self.rows.contains_key(&made[*at])).collect();
        if fresh.is_empty() || self.rows.is_empty() {
            return;
        }
        let keys: BTreeSet<&str> = made.iter().map(String::as_str).collect();
        let mut left: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
        for (key, row) in self.rows.iter().filter(|(key, _)| !keys.contains(key.as_str())).rev() {
            left.entry(advisory_of(key).to_owned()).or_default().entry(row.meaning.clone()).or_default().push(key.clone());
        }
        for at in fresh {
            let Some(of_advisory) = left.get_mut(advisory_of(&made[at])) else { continue };
            let former = of_advisory.get_mut(&short(&meaning(at))).and_then(Vec::pop);
            if let Some(row) = former.and_then(|former| self.rows.remove(&former)) {
                self.rows.insert(made[at].clone(), row);
            }
        }
    }

    /// Adds a row as it was read; `false` when its number or its key has another row.
    fn put(&mut self, key: String, row: Row) -> bool {
        if let Some(known) = self.rows.get(&key) {
            return *known == row;
        }
        let fresh = self.taken.insert(row.number.sid);
        if fresh {
            self.rows.insert(key, row);
        }
        fresh
    }
}

fn short(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..DIGITS / 2])
}

/// All numbers, by target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    sections: BTreeMap<String, Section>,
    range: RangeInclusive<u32>,
}

impl Default for Lock {
    fn default() -> Self {
        Self { sections: BTreeMap::new(), range: Self::LOCAL }
    }
}

impl Lock {
    /// The numbers for local rules (Suricata's and Emerging Threats' allocation, <https://sidallocation.org>).
    pub const LOCAL: RangeInclusive<u32> = 1_000_000..=1_999_999;

    /// Gives new rules numbers of this range. Those that rules have they keep.
    #[must_use]
    pub fn with_range(mut self, range: RangeInclusive<u32>) -> Self {
        for section in self.sections.values_mut() {
            section.range = range.clone();
        }
        self.range = range;
        self
    }

    /// The numbers of one target, to work on.
    #[must_use]
    pub fn section(&self, target: &str) -> Section {
        self.sections.get(target).cloned().unwrap_or_else(|| Section::within(self.range.clone()))
    }

    /// Puts a target's numbers back.
    pub fn replace(&mut self, target: &str, section: Section) {
        if !section.rows.is_empty() {
            self.sections.insert(target.to_owned(), section);
        }
    }

    /// How many rows each target has.
    pub fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.sections.iter().map(|(target, section)| (target.as_str(), section.rows.len()))
    }

    /// How many numbers lie outside of the range that new rules get theirs from.
    #[must_use]
    pub fn outside(&self) -> usize {
        self.sections.values().flat_map(|section| section.rows.values()).filter(|row| !self.range.contains(&row.number.sid)).count()
    }

    /// Whether every row of this lock stands in the other one too.
    #[must_use]
    pub fn is_part_of(&self, other: &Self) -> bool {
        self.alone(other).next().is_none()
    }

    /// The keys of rows that are not the same in another lock.
    #[must_use]
    pub fn differing<'l>(&'l self, other: &'l Self) -> BTreeSet<&'l str> {
        self.alone(other).chain(other.alone(self)).collect()
    }

    /// The keys of rows that do not stand in another lock as they are here.
    fn alone<'l>(&'l self, other: &'l Self) -> impl Iterator<Item = &'l str> {
        self.sections.iter().flat_map(move |(target, section)| {
            let theirs = other.sections.get(target);
            let differs = move |row: &(&'l String, &'l Row)| theirs.and_then(|theirs| theirs.rows.get(row.0)) != Some(row.1);
            section.rows.iter().filter(differs).map(|(key, _)| key.as_str())
        })
    }

    /// What would be new or change in this lock with the rows of another one, a line each.
    #[must_use]
    pub fn changes(&self, other: &Self) -> Vec<String> {
        let mut out = Vec::new();
        for (target, section) in &other.sections {
            let ours = self.sections.get(target).map(|ours| &ours.rows);
            let gone = || ours.into_iter().flatten().filter(|(key, _)| !section.rows.contains_key(*key));
            let former: BTreeMap<u32, &String> = gone().map(|(key, row)| (row.number.sid, key)).collect();
            let mut renamed = BTreeSet::new();
            for (key, Row { number, meaning }) in &section.rows {
                let Number { sid, rev } = *number;
                let known = ours.and_then(|ours| ours.get_key_value(key).or_else(|| ours.get_key_value(*former.get(&sid)?)));
                let Some((name, known)) = known else {
                    out.push(format!("new: {target} {sid} {key}"));
                    continue;
                };
                let was = if name == key { String::new() } else { format!(", which was {name}") };
                if !was.is_empty() {
                    renamed.insert(name);
                }
                if known.number != *number {
                    out.push(format!("revision {} becomes {rev}: {target} {sid} {key}{was}", known.number.rev));
                } else if !meaning.starts_with(&known.meaning) {
                    // A longer digest of the same meaning is no change of the rule.
                    out.push(format!("meaning: {target} {sid} {key}{was}"));
                } else if !was.is_empty() {
                    out.push(format!("another key: {target} {sid} {key}{was}"));
                }
            }
            out.extend(gone().filter(|(key, _)| !renamed.contains(key)).map(|(key, _)| format!("gone: {target} {key}")));
        }
        out
    }

    /// Takes over what another lock has and this one lacks: rows whose number is free, and higher revisions. For a lock that a build was
    /// about to write when it was stopped.
    pub fn adopt(&mut self, other: Self) {
        for (target, theirs) in other.sections {
            let section = self.sections.entry(target).or_insert_with(|| Section::within(self.range.clone()));
            for (key, row) in theirs.rows {
                match section.rows.get_mut(&key) {
                    Some(known) if known.number.sid == row.number.sid && known.number.rev < row.number.rev => *known = row,
                    Some(_) => {}
                    None => {
                        section.put(key, row);
                    }
                }
            }
        }
    }

    /// Gives the rows of a block's rules the keys that they have under another name. A rule's key begins with its block's.
    pub fn rename(&mut self, former: &str, name: &str) {
        let of_block = |key: &str| key.strip_prefix(former).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ', '~']));
        for section in self.sections.values_mut() {
            let near = section.rows.range(former.to_owned()..).take_while(|(key, _)| key.starts_with(former));
            let keys: Vec<String> = near.map(|(key, _)| key.clone()).filter(|key| of_block(key)).collect();
            for key in keys {
                let renamed = format!("{name}{}", key.strip_prefix(former).unwrap_or_default());
                if !section.rows.contains_key(&renamed)
                    && let Some(row) = section.rows.remove(&key)
                {
                    section.rows.insert(renamed, row);
                }
            }
        }
    }

    /// Drops the rows of some targets that belong to none of these detections, and says how many. A rule's key is its detection's, or
    /// begins with it.
    pub fn prune(&mut self, targets: &[&str], detections: &[&str]) -> usize {
        let known: BTreeSet<&str> = detections.iter().copied().collect();
        let lives = |key: &str| {
            let starts = key.char_indices().filter(|(_, char)| matches!(char, ' ' | '~')).map(|(at, _)| &key[..at]);
            starts.chain([key]).any(|start| known.contains(start))
        };
        let mut dropped = 0;
        for (target, section) in &mut self.sections {
            if !targets.contains(&target.as_str()) {
                continue;
            }
            let before = section.rows.len();
            section.rows.retain(|key, _| lives(key));
            section.taken = section.rows.values().map(|row| row.number.sid).collect();
            dropped += before - section.rows.len();
        }
        self.sections.retain(|_, section| !section.rows.is_empty());
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_revisions_rise_with_the_meaning() {
        let mut section = Section::default();
        let first = section.number("a/b c", "x").unwrap();
        assert_eq!(section.number("a/b c", "x"), Ok(first));
        assert_eq!(section.number("a/b c", "y"), Ok(Number { rev: 2, ..first }));
        assert_ne!(section.number("a/d", "x").unwrap().sid, first.sid);
    }

    #[test]
    fn a_rule_that_means_the_same_under_another_key_keeps_its_number() {
        let mut section = Section::default();
        let [use_, other, apart] = ["A/b.use", "A/b.other", "B/b.use"].map(|key| section.number(key, "x").unwrap());
        let made = |keys: &[(&str, &str)]| -> (Vec<String>, Vec<String>) {
            keys.iter().map(|(key, meaning)| ((*key).to_owned(), (*meaning).to_owned())).unzip()
        };
        // One becomes two; what is still made keeps its own, and what means something else is new.
        let (keys, meanings) = made(&[("A/b.other", "x"), ("A/b.use one", "x"), ("A/b.use two", "y")]);
        let mut split = section.clone();
        split.take_over(&keys, |at| meanings[at].clone());
        assert_eq!([split.number("A/b.use one", "x"), split.number("A/b.other", "x")], [Ok(use_), Ok(other)]);
        assert_ne!(split.number("A/b.use two", "y").unwrap().sid, use_.sid);
        let (ours, theirs) = (Lock { sections: [("s".to_owned(), section.clone())].into(), ..Lock::default() }, {
            let mut lock = Lock::default();
            lock.replace("s", split.clone());
            lock
        });
        let sid = use_.sid;
        assert_eq!(ours.changes(&theirs)[0], format!("another key: s {sid} A/b.use one, which was A/b.use"));
        assert!(ours.changes(&theirs).iter().all(|change| !change.starts_with("gone")) && ours.changes(&theirs).len() == 2);
        // And one again.
        let (keys, meanings) = made(&[("A/b.other", "x"), ("A/b.use", "x")]);
        split.take_over(&keys, |at| meanings[at].clone());
        assert_eq!(split.number("A/b.use", "x"), Ok(use_));
        // A rule of another advisory is another rule.
        let (keys, meanings) = made(&[("C/b", "x")]);
        section.take_over(&keys, |at| meanings[at].clone());
        assert!(![use_.sid, other.sid, apart.sid].contains(&section.number("C/b", "x").unwrap().sid));
    }

    #[test]
    fn no_revision_comes_after_the_highest() {
        let text = format!("suricata 1000007 {} {} a\n", Number::LAST, "0".repeat(DIGITS));
        let mut section = Lock::parse(&text).unwrap().section("suricata");
        let last = Number { sid: 1_000_007, rev: Number::LAST };
        assert_eq!(section.number("a", "x"), Err(NoNumber::LastRevision(last)));
        // It is still the same rule, with the meaning it had.
        let mut lock = Lock::default();
        lock.replace("suricata", section);
        assert_eq!(lock.print().lines().last(), text.lines().last());
    }

    #[test]
    fn a_full_range_gives_nothing_twice() {
        let mut section = Lock::default().with_range(5..=8).section("suricata");
        let given: BTreeSet<u32> = ["a", "b", "c", "d"].iter().map(|key| section.number(key, "").unwrap().sid).collect();
        assert_eq!(given, (5..=8).collect());
        assert_eq!(section.number("e", ""), Err(NoNumber::RangeFull(5..=8)));
        assert!(section.number("a", "").is_ok());
    }

    #[test]
    fn numbers_of_an_earlier_range_stay_and_new_ones_come_from_the_new_range() {
        let mut section = Section::default();
        let old = section.number("a", "").unwrap();
        let mut lock = Lock::default();
        lock.replace("suricata", section);
        let lock = lock.with_range(3_100_000..=3_199_999);
        let mut section = lock.section("suricata");
        assert_eq!(section.number("a", ""), Ok(old));
        assert!((3_100_000..=3_199_999).contains(&section.number("b", "").unwrap().sid));
        assert_eq!(lock.outside(), 1);
        let whole = lock.clone().with_range(1..=Number::LAST).section("suricata").number("b", "").unwrap();
        assert!(whole.sid > 0);
    }

    #[test]
    fn a_range_that_is_nearly_full_is_not_searched_number_by_number() {
        let mut section = Lock::default().with_range(1..=20_000).section("suricata");
        for at in 0..20_000 {
            section.number(&format!("key {at}"), "").unwrap();
        }
        for at in 0..20_000 {
            assert!(section.number(&format!("other {at}"), "").is_err());
        }
    }

    #[test]
    fn rows_of_rules_that_are_gone_leave_when_asked() {
        let mut section = Section::default();
        for key in ["A/b", "A/b value one", "A/b~", "A/bc", "B/x value"] {
            section.number(key, "").unwrap();
        }
        let mut lock = Lock::default();
        lock.replace("suricata", section);
        assert_eq!(lock.clone().prune(&["sigma"], &[]), 0);
        assert_eq!(lock.prune(&["suricata"], &["A/b"]), 2);
        assert_eq!(lock.counts().collect::<Vec<_>>(), [("suricata", 3)]);
    }

    #[test]
    fn a_block_that_was_renamed_keeps_its_rows() {
        let mut section = Section::default();
        let keys = ["A/old", "A/old.part value", "A/old~", "A/older.part", "B/old.part"];
        let numbers: Vec<Number> = keys.iter().map(|key| section.number(key, "x").unwrap()).collect();
        let mut lock = Lock::default();
        lock.replace("suricata", section);
        lock.rename("A/old", "A/new");
        let mut section = lock.section("suricata");
        for (key, number) in ["A/new", "A/new.part value", "A/new~", "A/older.part", "B/old.part"].iter().zip(&numbers) {
            assert_eq!(section.number(key, "x"), Ok(*number), "{key}");
        }
        assert_eq!(section.number("A/new", "y").map(|number| (number.sid, number.rev)), Ok((numbers[0].sid, 2)));
        // A rule that has the name already keeps what it has.
        let mut lock = Lock::default();
        lock.replace("suricata", section.clone());
        lock.rename("B/old.part", "A/new");
        assert_eq!(lock.section("suricata"), section);
    }

    #[test]
    fn what_a_stopped_build_was_about_to_write_is_taken_over_where_nothing_speaks_against_it() {
        let row = |sid, rev, key| format!("suricata {sid} {rev} {} {key}\n", "0".repeat(DIGITS));
        let mut lock = Lock::parse(&(row(1, 2, "a") + &row(2, 1, "b"))).unwrap();
        lock.adopt(Lock::parse(&(row(1, 3, "a") + &row(9, 1, "b") + &row(3, 1, "c"))).unwrap());
        lock.adopt(Lock::parse(&row(2, 1, "d")).unwrap());
        assert_eq!(lock, Lock::parse(&(row(1, 3, "a") + &row(2, 1, "b") + &row(3, 1, "c"))).unwrap());
    }
}
