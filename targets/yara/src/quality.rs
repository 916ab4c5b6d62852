//! Does a pattern hold bytes that a scanner can search for quickly?
//!
//! Both engines look for short runs of fixed bytes (*atoms*) and check the rest where one is found. Classic YARA warns
//! "may slow down scanning" when the best atom of a pattern scores too low (`yr_atoms_heuristic_quality` in
//! <https://github.com/VirusTotal/yara/blob/master/libyara/atoms.c>); YARA-X warns about atoms of less than two bytes and
//! about runs of 00, 90 or FF (<https://virustotal.github.io/yara-x/docs/>). This is the stricter of both, on fixed bytes
//! alone: what passes here is accepted by both without a warning.

use ir::HexToken;
use regex_syntax::hir::{Hir, HirKind};

/// The longest atom.
const ATOM: usize = 4;
/// The score below which classic YARA warns.
const ENOUGH: i32 = 38;

/// Whether these bytes hold an atom that is good enough.
pub(crate) fn enough(bytes: &[u8]) -> bool {
    let filler = |byte: &u8| matches!(byte, 0x00 | 0x90 | 0xFF);
    score(bytes) >= ENOUGH && !bytes.iter().all(filler)
}

/// Whether every way through a hex string holds such an atom.
pub(crate) fn hex(tokens: &[HexToken]) -> bool {
    let mut run = Vec::new();
    for token in tokens {
        match token {
            HexToken::Byte { value, mask: 0xFF } => {
                run.push(*value);
                continue;
            }
            HexToken::Either(list) if !list.is_empty() && list.iter().all(|tokens| hex(tokens)) => return true,
            HexToken::Byte { .. } | HexToken::Jump { .. } | HexToken::Either(_) => {}
        }
        if enough(&run) {
            return true;
        }
        run.clear();
    }
    enough(&run)
}

/// Whether every way through a regular expression holds such an atom.
pub(crate) fn regex(tree: &Hir) -> bool {
    let mut run = Vec::new();
    walk(tree, &mut run) || enough(&run)
}

/// Goes on with the run of fixed bytes; true as soon as a good one has ended.
fn walk(tree: &Hir, run: &mut Vec<u8>) -> bool {
    let end = |run: &mut Vec<u8>| {
        let good = enough(run);
        run.clear();
        good
    };
    match tree.kind() {
        HirKind::Literal(literal) => {
            run.extend_from_slice(&literal.0);
            false
        }
        HirKind::Concat(list) => list.iter().any(|inner| walk(inner, run)),
        HirKind::Capture(capture) => walk(&capture.sub, run),
        HirKind::Alternation(list) => end(run) || list.iter().all(regex),
        HirKind::Repetition(repetition) => end(run) || (repetition.min > 0 && regex(&repetition.sub)),
        HirKind::Class(_) => end(run),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

fn score(bytes: &[u8]) -> i32 {
    let one = |atom: &[u8]| {
        let mut seen = atom.to_vec();
        seen.sort_unstable();
        seen.dedup();
        let each: i32 = atom
            .iter()
            .map(|byte| match byte {
                0x00 | 0x20 | 0xCC | 0xFF => 12,
                letter if letter.is_ascii_alphabetic() => 18,
                _ => 20,
            })
            .sum();
        let length = i32::try_from(atom.len()).unwrap_or(0);
        match seen.as_slice() {
            [0x00 | 0x20 | 0x90 | 0xCC | 0xFF] => each - 10 * length,
            _ => each + 2 * i32::try_from(seen.len()).unwrap_or(0),
        }
    };
    if bytes.len() < ATOM { one(bytes) } else { bytes.windows(ATOM).map(one).max().unwrap_or(0) }
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
    }
}
