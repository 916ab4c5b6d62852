//! How do two locks that were merged become one? Rows of both sides stay; where they speak against each other, one of them holds by a rule
//! that does not ask which side it came from, so that both branches get the same file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::file::{Mark, lines, row};
use super::{DIGITS, Lock, Number, Row, Section, Unreadable};

/// A lock that was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The lock.
    pub lock: Lock,
    /// What was decided, a line each.
    pub changes: Vec<String>,
}

/// The rows of one target.
#[derive(Debug, Default)]
struct Rows {
    by_key: BTreeMap<String, Vec<Row>>,
    /// What both sides came from, where the merge shows it. A row outside of the marks may be as new as one within: one side alone wrote there.
    base: BTreeMap<String, BTreeSet<u32>>,
}

impl Lock {
    /// Settles a lock as a merge left it: with marks, or with rows of both sides below each other.
    ///
    /// One rule with two rows keeps the number that it had before, and the higher revision. At one revision with two digests neither digest stays:
    /// both meanings may be known to sensors by that revision, so the next build raises it. A number of two rules stays with the one that had it
    /// before, else with the first by key, at the higher revision. The other row goes: the next build gives that rule another number, unless both are
    /// one rule under its former name and its present one.
    ///
    /// # Errors
    ///
    /// The first line that is neither row nor mark.
    pub fn settle(text: &str) -> Result<Settled, Unreadable> {
        let mut targets: BTreeMap<String, Rows> = BTreeMap::new();
        let mut changes = Vec::new();
        let (mut within, mut marks) = (None, 0);
        for (at, line) in lines(text)? {
            if let Some(mark) = Mark::of(line) {
                within = (mark != Mark::End).then_some(mark);
                marks += 1;
                continue;
            }
            let (target, key, row) = row(line).map_err(|why| Unreadable { line: at, why })?;
            let rows = targets.entry(target.to_owned()).or_default();
            if within == Some(Mark::Base) {
                rows.base.entry(key).or_default().insert(row.number.sid);
            } else {
                rows.by_key.entry(key).or_default().push(row);
            }
        }
        if marks > 0 {
            changes.push(format!("{} of a merge removed", source::count(marks, "mark")));
        }
        let mut lock = Self::default();
        for (target, rows) in targets {
            if rows.by_key.is_empty() {
                continue;
            }
            let section = rows.settle(&target, &mut changes);
            lock.sections.insert(target, section);
        }
        Ok(Settled { lock, changes })
    }
}

impl Rows {
    fn settle(self, target: &str, changes: &mut Vec<String>) -> Section {
        let Self { by_key, base } = self;
        let mut section = Section::within(Lock::LOCAL);
        let mut of_number: BTreeMap<u32, Vec<(&str, &Row)>> = BTreeMap::new();
        let mut claims: BTreeMap<u32, Vec<(&str, bool)>> = BTreeMap::new();
        for (key, list) in &by_key {
            list.iter().for_each(|row| of_number.entry(row.number.sid).or_default().push((key, row)));
            let had = |sid: u32| base.get(key).is_some_and(|sids| sids.contains(&sid));
            if let Some(sid) = number(target, key, list, &had, changes) {
                claims.entry(sid).or_default().push((key, had(sid)));
            }
        }
        for (sid, mut claims) in claims {
            let (key, had) = claims.remove(claims.iter().position(|(_, had)| *had).unwrap_or(0));
            for (other, _) in claims {
                changes.push(format!(
                    "{target} {sid} stays with {key}; the next build gives {other} another number, unless both are one rule that was renamed"
                ));
            }
            // Sensors know a number by its highest revision, whichever rule had it.
            let rows = of_number.remove(&sid).unwrap_or_default();
            let rev = rows.iter().map(|(_, row)| row.number.rev).max().unwrap_or(1);
            let latest: Vec<(&str, &str)> =
                rows.iter().filter(|(_, row)| row.number.rev == rev).map(|(key, row)| (*key, row.meaning.as_str())).collect();
            let own = latest.iter().any(|(of, _)| *of == key) && had;
            let mut meanings = latest.into_iter().filter(|(of, _)| !own || *of == key).map(|(_, meaning)| meaning);
            let meaning = meanings.next().and_then(|first| meanings.try_fold(first, longer));
            if meaning.is_none() {
                changes.push(format!("{target} {sid} revision {rev} of {key} means two things; the next build raises it"));
            }
            let meaning = meaning.map_or_else(|| "0".repeat(DIGITS), str::to_owned);
            section.rows.insert(key.to_owned(), Row { number: Number { sid, rev }, meaning });
        }
        section.taken = section.rows.values().map(|row| row.number.sid).collect();
        section
    }
}

/// The longer of two digests of one meaning; none where they are digests of two.
fn longer<'d>(one: &'d str, other: &'d str) -> Option<&'d str> {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.starts_with(short).then_some(long)
}

/// The number that a rule keeps, in the order: one from before, one with a higher revision, the lower number.
fn number(target: &str, key: &str, list: &[Row], had: &dyn Fn(u32) -> bool, changes: &mut Vec<String>) -> Option<u32> {
    let numbers = || list.iter().map(|row| row.number);
    let Number { sid, rev } = numbers().min_by_key(|number| (Reverse(had(number.sid)), Reverse(number.rev), number.sid))?;
    let others: BTreeSet<(u32, u32)> = numbers().map(|number| (number.sid, number.rev)).filter(|other| *other != (sid, rev)).collect();
    if !others.is_empty() {
        let others: Vec<String> = others.into_iter().map(|(sid, rev)| format!("{sid} revision {rev}")).collect();
        changes.push(format!("{target} {sid} revision {rev} stays for {key}, {} goes", others.join(", ")));
    }
    Some(sid)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lock::short;

    fn line(sid: u32, rev: u32, digest: char, key: &str) -> String {
        format!("suricata {sid} {rev} {} {key}\n", digest.to_string().repeat(DIGITS))
    }

    fn settled(text: &str) -> Settled {
        Lock::settle(text).unwrap()
    }

    fn rows(text: &str) -> Vec<String> {
        settled(text).lock.print().lines().skip(1).map(|line| line.replace(&"a".repeat(DIGITS), "a").replace(&"b".repeat(DIGITS), "b")).collect()
    }

    #[test]
    fn one_rule_keeps_its_number_and_the_higher_revision() {
        let text =
            format!("<<<<<<< ours\n{}||||||| base\n{}=======\n{}>>>>>>> theirs\n", line(5, 2, 'a', "k"), line(5, 1, 'a', "k"), line(5, 3, 'b', "k"));
        assert_eq!(rows(&text), ["suricata 5 3 b k"]);
        // At one revision with two meanings neither is the one that sensors have, whichever side it is on.
        for (one, other) in [('a', 'b'), ('b', 'a')] {
            let text = format!("<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n", line(5, 2, one, "k"), line(5, 2, other, "k"));
            let Settled { lock, changes } = settled(&text);
            assert_eq!(changes[1], "suricata 5 revision 2 of k means two things; the next build raises it");
            for meaning in ["one", "other"] {
                assert_eq!(lock.section("suricata").number("k", meaning), Ok(Number { sid: 5, rev: 3 }));
            }
        }
        // A digest of vigie 0.1 is the beginning of the same one.
        let text = format!("{}suricata 5 2 {} k\n", line(5, 2, 'a', "k"), "a".repeat(crate::lock::OLD_DIGITS));
        assert_eq!(rows(&text), ["suricata 5 2 a k"]);
        // A number from before goes before a revision.
        let base =
            format!("<<<<<<< ours\n{}||||||| base\n{}=======\n{}>>>>>>> theirs\n", line(9, 7, 'a', "k"), line(5, 1, 'a', "k"), line(5, 2, 'a', "k"));
        assert_eq!(rows(&base), ["suricata 5 2 a k"]);
    }

    #[test]
    fn a_number_of_two_rules_stays_with_the_one_that_had_it() {
        let union = format!("{}{}", line(5, 4, 'a', "n"), line(5, 2, 'b', "m"));
        assert_eq!(rows(&union), ["suricata 5 4 a m"], "without marks the first key, at the revision that sensors may have");
        let marked =
            format!("<<<<<<< ours\n{}||||||| base\n{}=======\n{}>>>>>>> theirs\n", line(5, 1, 'a', "n"), line(5, 1, 'a', "n"), line(5, 1, 'b', "m"));
        assert_eq!(rows(&marked), ["suricata 5 1 a n"], "it had the number before the branches parted");
        let changes = settled(&marked).changes;
        assert_eq!(changes[1], "suricata 5 stays with n; the next build gives m another number, unless both are one rule that was renamed");
        // Where nobody knows who had it, sensors may have it with either meaning.
        let known = |key: &str, meaning: &str| format!("suricata 5 1 {} {key}\n", short(meaning));
        let fresh = format!("{}<<<<<<< ours\n{}=======\n>>>>>>> theirs\n", known("n", "of n"), known("m", "of m"));
        let mut section = settled(&fresh).lock.section("suricata");
        assert_eq!(section.number("m", "of m"), Ok(Number { sid: 5, rev: 2 }));
        assert_ne!(section.number("n", "of n").unwrap().sid, 5);
    }

    #[test]
    fn a_block_that_one_side_renamed_and_the_other_one_changed_keeps_its_number() {
        for (former, name) in [("A/old", "A/new"), ("A/early", "A/late")] {
            let (ours, theirs) = (line(5, 2, 'a', &format!("{former} x")), line(5, 1, 'b', &format!("{name} x")));
            for text in [format!("{ours}{theirs}"), format!("<<<<<<< a\n{theirs}=======\n{ours}>>>>>>> b\n")] {
                let mut lock = settled(&text).lock;
                lock.rename(former, name);
                assert_eq!(lock.section("suricata").number(&format!("{name} x"), "merged"), Ok(Number { sid: 5, rev: 3 }), "{text}");
            }
        }
    }

    #[test]
    fn rows_that_both_sides_took_away_do_not_come_back() {
        let text = format!("{}<<<<<<< ours\n||||||| base\n{}=======\n>>>>>>> theirs\n", line(5, 1, 'a', "k"), line(6, 1, 'a', "gone"));
        assert_eq!(rows(&text), ["suricata 5 1 a k"]);
        assert_eq!(Lock::settle("nonsense\n").unwrap_err().line, 1);
    }

    /// Rows of one side; a common start that one of them changed, and some of its own.
    fn side() -> impl Strategy<Value = Vec<(u32, u32, bool, String)>> {
        proptest::collection::vec((1..12_u32, 1..4_u32, any::<bool>(), "[a-f]"), 0..6)
    }

    fn text(rows: &[(u32, u32, bool, String)]) -> String {
        rows.iter().map(|(sid, rev, digest, key)| line(*sid, *rev, if *digest { 'a' } else { 'b' }, key)).collect()
    }

    proptest! {
        #[test]
        fn any_merge_becomes_one_lock(common in side(), ours in side(), base in side(), theirs in side(), marked in any::<bool>(), three in any::<bool>()) {
            let merged = |ours: &str, theirs: &str| match (marked, three) {
                (false, _) => format!("{}{ours}{theirs}# x\n", text(&common)),
                (true, false) => format!("{}<<<<<<< a\n{ours}=======\n{theirs}>>>>>>> b\n", text(&common)),
                (true, true) => format!("{}<<<<<<< a\n{ours}||||||| c\n{}=======\n{theirs}>>>>>>> b\n", text(&common), text(&base)),
            };
            let out = settled(&merged(&text(&ours), &text(&theirs)));
            let printed = out.lock.print();
            // It parses, so no number and no key stands there twice.
            let parsed = Lock::parse(&printed);
            prop_assert!(parsed.is_ok() || out.lock.sections.is_empty(), "{parsed:?}");
            let keys: BTreeSet<&String> = common.iter().chain(&ours).chain(&theirs).map(|(.., key)| key).collect();
            let held: BTreeSet<&String> = out.lock.sections.values().flat_map(|section| section.rows.keys()).collect();
            prop_assert!(held.is_subset(&keys));
            // A rule without a row has left its number to another one, and no revision of a number falls.
            for (sid, rev, _, key) in common.iter().chain(&ours).chain(&theirs) {
                let mut rows = out.lock.sections.values().flat_map(|section| section.rows.values());
                prop_assert!(rows.clone().all(|row| row.number.sid != *sid || row.number.rev >= *rev));
                let numbers: BTreeSet<u32> = common.iter().chain(&ours).chain(&theirs).filter(|(.., of)| of == key).map(|(sid, ..)| *sid).collect();
                prop_assert!(held.contains(key) || rows.any(|row| numbers.contains(&row.number.sid)));
            }
            let again = settled(&printed);
            prop_assert_eq!(again.lock.print(), printed.clone());
            prop_assert!(again.changes.is_empty(), "{:?}", again.changes);
            // The other branch settles the same to the same bytes.
            prop_assert_eq!(settled(&merged(&text(&theirs), &text(&ours))).lock.print(), printed);
        }
    }
}
