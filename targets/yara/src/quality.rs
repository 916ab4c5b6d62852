//! Does a pattern hold bytes that a scanner can search for quickly?
//!
//! Both engines look for short runs of fixed bytes (*atoms*) and check the rest where one is found. Classic YARA warns
//! "may slow down scanning" when the best atom of a pattern scores too low (`yr_atoms_heuristic_quality` in
//! <https://github.com/VirusTotal/yara/blob/master/libyara/atoms.c>); YARA-X warns about atoms of less than two bytes and
//! about runs of 00, 90 or FF (<https://virustotal.github.io/yara-x/docs/>). This is the stricter of both, on fixed bytes
//! alone: what passes here is accepted by both without a warning.

use ir::HexToken;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest atom.
const ATOM: usize = 4;
/// The score below which classic YARA warns.
const ENOUGH: i32 = 38;

/// Classic YARA breaks a hex string in two at a longer jump (`YR_STRING_CHAINING_THRESHOLD`, limits.h).
const CHAIN: u32 = 200;

/// Whether these bytes hold an atom that is good enough.
pub(crate) fn enough(bytes: &[u8]) -> bool {
    enough_masked(&bytes.iter().map(|byte| (*byte, 0xFF)).collect::<Vec<_>>())
}

/// The same for bytes that are also looked for with a zero byte behind each: the atom is chosen first and widened then, so
/// only its first two bytes are left.
pub(crate) fn enough_wide(bytes: &[u8]) -> bool {
    let atoms: Vec<&[u8]> = if bytes.len() < ATOM { vec![bytes] } else { bytes.windows(ATOM).collect() };
    let rate = |atom: &[u8]| score(&atom.iter().map(|byte| (*byte, 0xFF)).collect::<Vec<_>>());
    let best = atoms.iter().map(|atom| rate(atom)).max();
    let widened = |atom: &[u8]| atom.iter().take(2).flat_map(|byte| [*byte, 0]).collect::<Vec<u8>>();
    enough(bytes) && atoms.iter().filter(|atom| Some(rate(atom)) == best).all(|atom| enough(&widened(atom)))
}

/// Whether every way through a hex string holds such an atom, in each of the parts that long jumps make of it.
pub(crate) fn hex(tokens: &[HexToken]) -> bool {
    tokens.split(|token| matches!(token, HexToken::Jump { max, .. } if max.is_none_or(|max| max > CHAIN))).all(part)
}

fn part(tokens: &[HexToken]) -> bool {
    let mut run = Vec::new();
    for token in tokens {
        match token {
            HexToken::Byte { value, mask } => {
                run.push((*value, *mask));
                continue;
            }
            HexToken::Either(list) if !list.is_empty() && list.iter().all(|tokens| hex(tokens)) => return true,
            HexToken::Jump { .. } | HexToken::Either(_) => {}
        }
        if enough_masked(&run) {
            return true;
        }
        run.clear();
    }
    enough_masked(&run)
}

/// Whether every way through a regular expression holds such an atom, in each of the parts that YARA-X makes of it where
/// any bytes may stand in between.
pub(crate) fn regex(tree: &Hir, wide: bool) -> bool {
    let good = if wide { enough_wide } else { enough };
    let whole = |list: &[Hir]| {
        let mut run = Vec::new();
        list.iter().any(|tree| walk(tree, &mut run, good)) || good(&run)
    };
    match tree.kind() {
        HirKind::Concat(list) => list.split(anything).all(whole),
        _ => whole(std::slice::from_ref(tree)),
    }
}

/// Whether it stands for many bytes of any kind.
fn anything(tree: &Hir) -> bool {
    match tree.kind() {
        HirKind::Repetition(repetition) => {
            let all = |class: &regex_syntax::hir::ClassBytes| class.ranges() == [regex_syntax::hir::ClassBytesRange::new(0, 0xFF)];
            let long = repetition.max.is_none_or(|max| max - repetition.min.min(max) > CHAIN);
            long && matches!(repetition.sub.kind(), HirKind::Class(Class::Bytes(class)) if all(class))
        }
        _ => false,
    }
}

/// Goes on with the run of fixed bytes; true as soon as a good one has ended.
fn walk(tree: &Hir, run: &mut Vec<u8>, good: fn(&[u8]) -> bool) -> bool {
    let whole = |tree: &Hir| {
        let mut run = Vec::new();
        walk(tree, &mut run, good) || good(&run)
    };
    let end = |run: &mut Vec<u8>| good(&std::mem::take(run));
    match tree.kind() {
        HirKind::Literal(literal) => {
            run.extend_from_slice(&literal.0);
            false
        }
        HirKind::Concat(list) => list.iter().any(|inner| walk(inner, run, good)),
        HirKind::Capture(capture) => walk(&capture.sub, run, good),
        HirKind::Alternation(list) => end(run) || list.iter().all(whole),
        HirKind::Repetition(repetition) => end(run) || (repetition.min > 0 && whole(&repetition.sub)),
        HirKind::Class(_) | HirKind::Look(_) => end(run),
        HirKind::Empty => false,
    }
}

/// Whether a run of bytes under masks holds a good atom. Atoms are as long as they can be, whatever their score.
fn enough_masked(run: &[(u8, u8)]) -> bool {
    let filler = |(byte, mask): &(u8, u8)| *mask != 0xFF || matches!(byte, 0x00 | 0x90 | 0xFF);
    let good = |atom: &[(u8, u8)]| score(atom) >= ENOUGH && !atom.iter().all(filler);
    if run.len() < ATOM { good(run) } else { run.windows(ATOM).any(good) }
}

fn score(atom: &[(u8, u8)]) -> i32 {
    let masked = |(_, mask): &(u8, u8)| *mask == 0;
    let from = atom.iter().position(|byte| !masked(byte)).unwrap_or(atom.len());
    let until = atom.iter().rposition(|byte| !masked(byte)).map_or(from, |last| last + 1);
    let atom = atom.get(from..until).unwrap_or_default();
    let mut seen: Vec<u8> = atom.iter().filter(|(_, mask)| *mask == 0xFF).map(|(byte, _)| *byte).collect();
    seen.sort_unstable();
    seen.dedup();
    let each = |(byte, mask): &(u8, u8)| match (*mask, *byte) {
        (0, _) => -10,
        (0xFF, 0x00 | 0x20 | 0xCC | 0xFF) => 12,
        (0xFF, letter) if letter.is_ascii_alphabetic() => 18,
        (0xFF, _) => 20,
        _ => 4,
    };
    let sum: i32 = atom.iter().map(each).sum();
    match seen.as_slice() {
        [0x00 | 0x20 | 0x90 | 0xCC | 0xFF] => sum - 10 * i32::try_from(atom.len()).unwrap_or(0),
        _ => sum + 2 * i32::try_from(seen.len()).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rare_bytes_are_enough() {
        for (bytes, good) in [
            (&b"MZ"[..], true),
            (b"a", false),
            (b"a ", false),
            (b"    ", false),
            (b"\r\n\r\n", true),
            (b"aaaa", true),
            (b"\x00\x01", false),
            (b"\x00\x00\x00\x00\x01", true),
            (&[0x90; 8], false),
        ] {
            assert_eq!(enough(bytes), good, "{bytes:02x?}");
        }
        assert!(!enough_wide(b"\x00\x000\\"), "the widened atom is four zero bytes");
        let byte = |value, mask| HexToken::Byte { value, mask };
        let far = HexToken::Jump { min: 1, max: None };
        assert!(!hex(&[byte(0x61, 0xFF), byte(0xE9, 0xFF), byte(0, 0), byte(0x40, 0xF0)]));
        assert!(hex(&[byte(0x61, 0xFF), byte(0xE9, 0xFF), byte(0, 0), byte(0, 0)]));
        assert!(!hex(&[byte(0x61, 0xFF), byte(0xE9, 0xFF), far, byte(0, 0xFF)]));
    }
}
