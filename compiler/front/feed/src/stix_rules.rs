//! Is a pattern that follows the grammar also valid? What the text of the STIX standard asks for beyond its grammar.

use super::MAX_DEPTH;
use super::pattern::{Comparison, Expression, Observation, Op};

/// A version of the pattern language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// STIX 2.0, part 5.
    V20,
    /// STIX 2.1, part 9.
    V21,
}

impl Version {
    /// The version that an object's `pattern_version` or `spec_version` names; objects of 2.0 name none.
    pub(super) fn of(words: Option<&str>) -> Self {
        if words.is_some_and(|words| words.starts_with("2.") && words != "2.0") { Self::V21 } else { Self::V20 }
    }
}

/// What a pattern breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault<'p> {
    /// An observation has two qualifiers of one kind, which 2.1 forbids (section 9.5) and 2.0 does not.
    Qualifiers(&'p str),
    /// What is compared with a digest cannot be one (section 10.7, `hash-algorithm-ov`).
    Digest(&'p str),
}

/// Hex digits of the digests that the standard names, in upper case without dashes.
const DIGESTS: [(&str, usize); 12] = [
    ("MD5", 32),
    ("RIPEMD160", 40),
    ("SHA1", 40),
    ("SHA224", 56),
    ("SHA256", 64),
    ("SHA384", 96),
    ("SHA512", 128),
    ("SHA3224", 56),
    ("SHA3256", 64),
    ("SHA3384", 96),
    ("SHA3512", 128),
    ("WHIRLPOOL", 128),
];

/// The first fault in reading order.
pub(super) fn fault<'p>(observation: &Observation<'p>, version: Version) -> Option<Fault<'p>> {
    observed(observation, version, 0)
}

fn observed<'p>(observation: &Observation<'p>, version: Version, depth: usize) -> Option<Fault<'p>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match observation {
        Observation::One(expression) => expressed(expression, 0),
        Observation::And(all) | Observation::Or(all) | Observation::FollowedBy(all) => all.iter().find_map(|one| observed(one, version, depth + 1)),
        Observation::Qualified { of, repeated, .. } => observed(of, version, depth + 1).or(match (&**of, repeated) {
            // Only qualifiers that stand at the very observation: `([...] REPEATS 2 TIMES) REPEATS 2 TIMES` counts twice.
            (Observation::One(_), Some(words)) if version == Version::V21 => Some(Fault::Qualifiers(words)),
            _ => None,
        }),
    }
}

fn expressed<'p>(expression: &Expression<'p>, depth: usize) -> Option<Fault<'p>> {
    match expression {
        Expression::Test(test) => digest(test),
        Expression::And(all) | Expression::Or(all) if depth <= MAX_DEPTH => all.iter().find_map(|one| expressed(one, depth + 1)),
        Expression::And(_) | Expression::Or(_) => None,
    }
}

/// Only values that are compared whole: a part of a digest may well be written with `LIKE`.
fn digest<'p>(test: &Comparison<'p>) -> Option<Fault<'p>> {
    if !matches!(test.op, Op::Equal | Op::NotEqual) || !test.steps.iter().any(|step| step == "hashes") {
        return None;
    }
    let algorithm: String = test.steps.last()?.chars().filter(|char| *char != '-').map(|char| char.to_ascii_uppercase()).collect();
    let (_, digits) = DIGESTS.iter().find(|(name, _)| *name == algorithm)?;
    let wrong = |words: &str| words.len() != *digits || !words.bytes().all(|byte| byte.is_ascii_hexdigit());
    test.values.iter().find(|value| wrong(&value.words)).map(|value| Fault::Digest(value.raw))
}

#[cfg(test)]
mod tests {
    use super::super::pattern::parse;
    use super::*;

    fn of(pattern: &str, version: Version) -> Option<Fault<'_>> {
        fault(&parse(pattern).unwrap(), version)
    }

    #[test]
    fn a_kind_of_qualifier_stands_once_in_2_1() {
        let twice = "[a:b = 1] REPEATS 2 TIMES WITHIN 5 SECONDS REPEATS 3 TIMES";
        assert_eq!(of(twice, Version::V20), None);
        assert_eq!(of(twice, Version::V21), Some(Fault::Qualifiers("REPEATS 3 TIMES")));
        assert_eq!(of("([a:b = 1] REPEATS 2 TIMES) REPEATS 2 TIMES", Version::V21), None);
        assert_eq!(of("[a:b = 1] REPEATS 2 TIMES WITHIN 5 SECONDS", Version::V21), None);
        assert_eq!(of("([a:b = 1] WITHIN 1 SECONDS WITHIN 2 SECONDS) AND [a:b = 2]", Version::V21), Some(Fault::Qualifiers("WITHIN 2 SECONDS")));
    }

    #[test]
    fn a_digest_has_its_length() {
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        assert_eq!(of(&format!("[file:hashes.MD5 = '{md5}']"), Version::V21), None);
        assert_eq!(of(&format!("[file:hashes.'SHA-256' IN ('{md5}')]"), Version::V20), Some(Fault::Digest(md5)));
        assert_eq!(of("[file:name = 'a' OR (file:hashes.md5 = 'f00')]", Version::V20), Some(Fault::Digest("f00")));
        assert_eq!(of("[file:hashes.MD5 LIKE 'd4%']", Version::V20), None);
        assert_eq!(of("[file:hashes[*] = 'f00' OR file:hashes.other = 'f00']", Version::V20), None);
    }

    #[test]
    fn versions_are_told_by_their_names() {
        assert_eq!([None, Some("2.0"), Some("2.1")].map(Version::of), [Version::V20, Version::V20, Version::V21]);
    }
}
