//! How many rules does a long list make?

use backend::Cx;
use ir::{BytesTest, Field, FieldRef, FieldTest, Need, Op, Predicate};
use source::{Code, Loss};

use crate::ast::{Algorithm, HashList, Place};

pub(crate) static HASH_LIST: Code = Code::warn("yara.hash-list", "digests are too many for rules and become a list");

/// As many values as one rule holds.
pub(crate) const PER_RULE: usize = 1_000;
/// Above so many digests there are no rules.
pub(crate) const MAX_DIGESTS: usize = 10_000;

/// A detection in parts: predicates for rules, and digests for lists.
pub(crate) struct Parts {
    /// Each becomes a rule.
    pub(crate) rules: Vec<Predicate>,
    /// Too many for rules.
    pub(crate) lists: Vec<HashList>,
}

/// Splits a predicate at its alternatives into parts of at most [`PER_RULE`] values.
pub(crate) fn split(predicate: &Predicate, place: &Place, cx: &mut Cx<'_>) -> Parts {
    let alternatives = match predicate.clone().flat() {
        Predicate::Any(list) => list,
        other => vec![other],
    };
    let mut units: Vec<Predicate> = alternatives.into_iter().flat_map(pieces).collect();
    let mut lists = Vec::new();
    let count: usize = units.iter().filter(|unit| digests(unit).is_some()).map(weight).sum();
    if count > MAX_DIGESTS {
        let mut found: Vec<(Algorithm, String)> = units.iter().filter_map(digests).flatten().collect();
        found.sort();
        found.dedup();
        units.retain(|unit| digests(unit).is_none());
        for group in found.chunk_by(|a, b| a.0 == b.0) {
            if let Some((algorithm, _)) = group.first() {
                let digests = group.iter().map(|(_, digest)| digest.clone()).collect();
                lists.push(HashList { place: place.clone(), algorithm: *algorithm, digests });
            }
        }
        let message = format!("{count} digests are more than {MAX_DIGESTS}: they stand in a hash list, and no YARA rule fires on them");
        cx.loss(&HASH_LIST, Loss::Narrower, cx.span(), message, "a scanner that reads hash lists, or another target, might take them");
    }
    let mut rules: Vec<Vec<Predicate>> = Vec::new();
    let mut room = 0;
    for unit in units {
        let weight = weight(&unit);
        match rules.last_mut() {
            Some(rule) if weight <= room => {
                room -= weight;
                rule.push(unit);
            }
            _ => {
                room = PER_RULE.saturating_sub(weight);
                rules.push(vec![unit]);
            }
        }
    }
    Parts { rules: rules.into_iter().map(|units| Predicate::Any(units).flat()).collect(), lists }
}

/// A long list of alternatives as several short ones, also where it is the only long one of a conjunction.
fn pieces(predicate: Predicate) -> Vec<Predicate> {
    match predicate {
        Predicate::Test(FieldTest { field, op: Op::Text { mut patterns, case }, span }) => {
            patterns.sort();
            patterns.dedup();
            patterns.chunks(PER_RULE).map(|part| Predicate::text(field.clone(), part.to_vec(), case, span)).collect()
        }
        Predicate::Bytes(BytesTest { need: Need::Any, patterns, span }) if patterns.len() > PER_RULE => {
            patterns.chunks(PER_RULE).map(|part| Predicate::Bytes(BytesTest { need: Need::Any, patterns: part.to_vec(), span })).collect()
        }
        Predicate::All(list) => {
            let (mut long, short): (Vec<_>, Vec<_>) = list.into_iter().partition(|inner| weight(inner) > PER_RULE);
            match long.pop() {
                Some(one) if long.is_empty() => {
                    let with = |part: Predicate| Predicate::All(std::iter::once(part).chain(short.iter().cloned()).collect());
                    match one {
                        Predicate::Any(list) => list.into_iter().flat_map(pieces).map(with).collect(),
                        one => pieces(one).into_iter().map(with).collect(),
                    }
                }
                last => vec![Predicate::All(short.into_iter().chain(long).chain(last).collect())],
            }
        }
        other => vec![other],
    }
}

/// How many values a predicate holds.
fn weight(predicate: &Predicate) -> usize {
    let mut count = 0;
    predicate.visit(&mut |inner| {
        count += match inner {
            Predicate::Test(FieldTest { op: Op::Text { patterns, .. }, .. }) => patterns.len(),
            Predicate::Bytes(test) => test.patterns.len(),
            _ => 0,
        };
    });
    count
}

/// The digests of a predicate that says nothing else, besides the size of the file.
fn digests(predicate: &Predicate) -> Option<Vec<(Algorithm, String)>> {
    match predicate {
        Predicate::Test(FieldTest { field, op: Op::Text { patterns, .. }, .. }) => {
            let algorithm = algorithm(field)?;
            patterns.iter().map(|pattern| Some((algorithm, pattern.as_exact()?.to_ascii_lowercase()))).collect()
        }
        Predicate::All(list) => {
            let rest: Vec<&Predicate> = list.iter().filter(|inner| !size(inner)).collect();
            if let [only] = rest.as_slice() { digests(only) } else { None }
        }
        _ => None,
    }
}

fn size(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Test(FieldTest { field: FieldRef::Known(Field::FileSize), .. }))
}

/// The digest that a field holds.
pub(crate) fn algorithm(field: &FieldRef) -> Option<Algorithm> {
    match field.known()? {
        Field::FileMd5 => Some(Algorithm::Md5),
        Field::FileSha1 => Some(Algorithm::Sha1),
        Field::FileSha256 => Some(Algorithm::Sha256),
        Field::FileImphash => Some(Algorithm::Imphash),
        _ => None,
    }
}
