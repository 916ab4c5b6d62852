//! How do two locks that were merged become one? Rows of both sides stay; where they speak against each other, one of them holds by a rule
//! that does not ask which side it came from, so that both branches get the same file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::file::{Mark, lines, row};
use super::{Lock, Number, Row, Section, Unreadable};

/// A lock that was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The lock.
    pub lock: Lock,
    /// What was decided, a line each.
    pub changes: Vec<String>,
}

/// A row of a side, and whether both sides have it from before.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sided {
    row: Row,
    before: bool,
}

/// The rows of one target.
#[derive(Debug, Default)]
struct Rows {
    by_key: BTreeMap<String, Vec<Sided>>,
    /// What both sides came from, where the merge shows it.
    base: BTreeMap<String, BTreeSet<u32>>,
}

impl Lock {
    /// Settles a lock as a merge left it: with marks, or with rows of both sides below each other. New numbers are of this range.
    ///
    /// One rule with two rows keeps the number that it had before, and the higher revision; of two digests at one revision the alphabetically first
    /// stays, and the next build raises the revision when the meaning is another. A number of two rules stays with the one that had it before, else
    /// with the first by key; the other one is a new rule to sensors, with a number of its own and revision 1.
    ///
    /// # Errors
    ///
    /// The first line that is neither row nor mark, or no number is left.
    pub fn settle(text: &str, range: RangeInclusive<u32>) -> Result<Settled, Unreadable> {
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
                rows.by_key.entry(key).or_default().push(Sided { row, before: within.is_none() });
            }
        }
        if marks > 0 {
            changes.push(format!("{} of a merge removed", source::count(marks, "mark")));
        }
        let mut lock = Self::default().with_range(range.clone());
        for (target, rows) in targets {
            if rows.by_key.is_empty() {
                continue;
            }
            let section = rows.settle(&target, range.clone(), &mut changes)?;
            lock.sections.insert(target, section);
        }
        Ok(Settled { lock, changes })
    }
}

impl Rows {
    fn settle(self, target: &str, range: RangeInclusive<u32>, changes: &mut Vec<String>) -> Result<Section, Unreadable> {
        let Self { by_key, base } = self;
        let mut section = Section::within(range);
        // Numbers that anybody had are not given to others.
        let named = by_key.values().flatten().map(|sided| sided.row.number.sid).chain(base.values().flatten().copied());
        section.taken = named.collect();
        let mut wanted: BTreeMap<u32, Vec<(String, Sided)>> = BTreeMap::new();
        for (key, list) in by_key {
            let Some(chosen) = one_row(target, &key, list, base.get(&key), changes) else { continue };
            wanted.entry(chosen.row.number.sid).or_default().push((key, chosen));
        }
        let mut homeless: BTreeMap<String, Row> = BTreeMap::new();
        for (sid, mut claims) in wanted {
            // The one that had it before, else the first by key.
            let had = |key: &String, sided: &Sided| base.get(key).is_some_and(|sids| sids.contains(&sid)) || sided.before;
            let holder = claims.iter().position(|(key, sided)| had(key, sided)).unwrap_or(0);
            let (key, Sided { row, .. }) = claims.remove(holder);
            for (other, Sided { row, .. }) in claims {
                changes.push(format!("{target} {sid} stays with {key}; {other} gets another number"));
                homeless.insert(other, row);
            }
            section.rows.insert(key, row);
        }
        for (key, row) in homeless {
            let given = section.number(&key, "");
            let number = given.map_err(|why| Unreadable { line: 1, why: format!("there is no number for `{key}`: {why}") })?;
            changes.push(format!("{target} {} is the number of {key} now, with revision 1", number.sid));
            section.rows.insert(key, Row { number, ..row });
        }
        section.taken = section.rows.values().map(|row| row.number.sid).collect();
        Ok(section)
    }
}

/// The one of a rule's rows that holds, in the order: a number from before, the higher revision, the lower number, the longer digest, the first
/// digest.
fn one_row(target: &str, key: &str, list: Vec<Sided>, base: Option<&BTreeSet<u32>>, changes: &mut Vec<String>) -> Option<Sided> {
    let had = |sided: &Sided| base.is_some_and(|sids| sids.contains(&sided.row.number.sid)) || sided.before;
    let rank = |sided: &Sided| {
        let Row { number: Number { sid, rev }, meaning } = &sided.row;
        (std::cmp::Reverse(had(sided)), std::cmp::Reverse(*rev), *sid, std::cmp::Reverse(meaning.len()), meaning.clone())
    };
    let rows: BTreeSet<(u32, u32, &str)> =
        list.iter().map(|sided| (sided.row.number.sid, sided.row.number.rev, sided.row.meaning.as_str())).collect();
    let differ = rows.len() > 1;
    let others: Vec<(u32, u32, String)> = rows.into_iter().map(|(sid, rev, meaning)| (sid, rev, meaning.to_owned())).collect();
    let chosen = list.into_iter().min_by_key(rank)?;
    if differ {
        let Number { sid, rev } = chosen.row.number;
        let rest: Vec<String> = others
            .iter()
            .filter(|(other, at, meaning)| (*other, *at, meaning) != (sid, rev, &chosen.row.meaning))
            .map(|(other, at, _)| format!("{other} revision {at}"))
            .collect();
        let same = others.iter().filter(|(other, at, _)| (*other, *at) == (sid, rev)).count() > 1;
        let digests = if same { "; the two differ in their digests, and the next build compares the meaning with the one that stays" } else { "" };
        changes.push(format!("{target} {sid} revision {rev} stays for {key}, {} goes{digests}", rest.join(", ")));
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lock::DIGITS;

    const RANGE: RangeInclusive<u32> = 1..=60;

    fn line(sid: u32, rev: u32, digest: char, key: &str) -> String {
        format!("suricata {sid} {rev} {} {key}\n", digest.to_string().repeat(DIGITS))
    }

    fn settled(text: &str) -> Settled {
        Lock::settle(text, RANGE).unwrap()
    }

    fn rows(text: &str) -> Vec<String> {
        settled(text).lock.print().lines().skip(1).map(|line| line.replace(&"a".repeat(DIGITS), "a").replace(&"b".repeat(DIGITS), "b")).collect()
    }

    #[test]
    fn one_rule_keeps_its_number_and_the_higher_revision() {
        let text =
            format!("<<<<<<< ours\n{}||||||| base\n{}=======\n{}>>>>>>> theirs\n", line(5, 2, 'a', "k"), line(5, 1, 'a', "k"), line(5, 3, 'b', "k"));
        assert_eq!(rows(&text), ["suricata 5 3 b k"]);
        // At one revision the first digest stays, whichever side has it.
        for (one, other) in [('a', 'b'), ('b', 'a')] {
            let text = format!("<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n", line(5, 2, one, "k"), line(5, 2, other, "k"));
            assert_eq!(rows(&text), ["suricata 5 2 a k"]);
            assert!(settled(&text).changes.iter().any(|change| change.contains("differ in their digests")), "{:?}", settled(&text).changes);
        }
        // A number from before goes before a revision.
        let base =
            format!("<<<<<<< ours\n{}||||||| base\n{}=======\n{}>>>>>>> theirs\n", line(9, 7, 'a', "k"), line(5, 1, 'a', "k"), line(5, 2, 'a', "k"));
        assert_eq!(rows(&base), ["suricata 5 2 a k"]);
    }

    #[test]
    fn a_number_of_two_rules_stays_with_the_one_that_had_it() {
        let union = format!("{}{}", line(5, 4, 'a', "n"), line(5, 2, 'b', "m"));
        let rows_of = rows(&union);
        assert_eq!(rows_of[0], "suricata 5 2 b m", "without marks, the first key");
        assert!(rows_of[1].ends_with(" 1 a n") && !rows_of[1].starts_with("suricata 5 "), "{rows_of:?}");
        let marked = format!("{}<<<<<<< ours\n{}=======\n>>>>>>> theirs\n", line(5, 4, 'a', "n"), line(5, 2, 'b', "m"));
        assert_eq!(rows(&marked)[1], "suricata 5 4 a n", "both sides had it");
        let changes = settled(&marked).changes;
        assert!(changes[1].contains("stays with n; m gets another number") && changes[2].contains("is the number of m now"), "{changes:?}");
    }

    #[test]
    fn rows_that_both_sides_took_away_do_not_come_back() {
        let text = format!("{}<<<<<<< ours\n||||||| base\n{}=======\n>>>>>>> theirs\n", line(5, 1, 'a', "k"), line(6, 1, 'a', "gone"));
        assert_eq!(rows(&text), ["suricata 5 1 a k"]);
        assert_eq!(Lock::settle("nonsense\n", RANGE).unwrap_err().line, 1);
        assert!(Lock::settle(&(line(1, 1, 'a', "k") + &line(1, 1, 'a', "l")), 1..=1).unwrap_err().why.contains("no number"));
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
            prop_assert_eq!(keys, held);
            let again = settled(&printed);
            prop_assert_eq!(again.lock.print(), printed.clone());
            prop_assert!(again.changes.is_empty(), "{:?}", again.changes);
            // The other branch settles the same to the same bytes.
            prop_assert_eq!(settled(&merged(&text(&theirs), &text(&ours))).lock.print(), printed);
        }
    }
}
