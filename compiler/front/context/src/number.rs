//! Which number does a document give itself? `Reference: EXCERT-2026-CTI-041`, `N° CERTFR-2026-CTI-001`, a line with nothing else.

use std::ops::Range;

use languages::running_text::{Folded, fold};
use languages::sorts;

/// How much of a document can hold its number, in lines and bytes.
const MAX_LINES: usize = 60;
const HEAD: usize = 4000;

/// The longest number.
const MAX_NUMBER: usize = 40;

/// The longest label of a number, in bytes.
const LONGEST_LABEL: usize = 80;

/// What looks like a number and is another thing: vulnerabilities, techniques, groups, standards.
const OTHERS: [&str; 22] = [
    "cve-", "cwe-", "capec-", "ghsa-", "unc", "storm-", "dev-", "uac-", "tag-", "apt-", "fin-", "utf-", "iso-", "rfc-", "sha-", "md5", "cvss", "kb",
    "covid-", "edb-", "zdi-", "nist-",
];

/// The number, and where it stands.
pub(crate) fn read(text: &str) -> Option<(String, Range<usize>)> {
    let mut open = false;
    let mut listing = false;
    let mut at = 0;
    for line in text.split_inclusive('\n').take(MAX_LINES) {
        let start = at;
        at += line.len();
        if start > HEAD {
            break;
        }
        // A rule that the text prints has an id of its own.
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        listing ^= fence;
        if listing || fence {
            continue;
        }
        if line.trim().is_empty() || line.trim().bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b'=' | b' ')) {
            continue;
        }
        for (from, piece) in pieces(line) {
            let digits = piece.bytes().any(|byte| byte.is_ascii_digit());
            if !digits {
                open = piece.len() <= LONGEST_LABEL && sorts().number.has(fold(piece).trim_end_matches([':', ' ', '.', '*']));
                continue;
            }
            let found = if open { first(piece, Label::Colon) } else { None };
            // `# NX-2026-041: TideGate backdoor`
            let heads = line.starts_with("# ") && behind(piece).len() < piece.len();
            let found = found.or_else(|| inside(piece)).or_else(|| (heads || alone(piece)).then(|| first(piece, Label::None)).flatten());
            if let Some(range) = found {
                let range = start + from + range.start..start + from + range.end;
                return text.get(range.clone()).map(|number| (number.to_owned(), range));
            }
            open = false;
        }
    }
    None
}

/// The cells of a line: what bars, tabs and wide gaps part.
fn pieces(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = line.as_ptr() as usize;
    let mut rest = Some(line);
    let cells = std::iter::from_fn(move || {
        let all = rest?;
        let (cell, behind) = match gap(all) {
            Some((at, length)) => (all.get(..at)?, all.get(at + length..)),
            None => (all, None),
        };
        rest = behind;
        Some(cell)
    });
    cells
        .map(|piece| piece.trim().trim_matches(['*', '_', '#', '+', '-', '=', ' ']))
        .filter(|piece| !piece.is_empty())
        .map(move |piece| (piece.as_ptr() as usize - base, piece))
}

/// Where the first of what parts cells stands in a line, and how many bytes it has.
fn gap(line: &str) -> Option<(usize, usize)> {
    let bytes = line.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| matches!(byte, b'|' | b'\t' | b' ' | 0xC2 | 0xE2))?;
        match bytes.get(at..)? {
            [b'|' | b'\t', ..] => return Some((at, 1)),
            [b' ', b' ', ..] | [0xC2, 0xB7, ..] => return Some((at, 2)),
            [0xE2, 0x80, 0xA2, ..] => return Some((at, 3)),
            _ => at += 1,
        }
    }
}

/// How a number is introduced.
#[derive(Clone, Copy, PartialEq)]
enum Label {
    /// By nothing.
    None,
    /// By a word: `Advisory NX-2026-041`.
    Word,
    /// By a label and a colon, or the cell before it.
    Colon,
}

/// A number behind a label in the same cell.
fn inside(piece: &str) -> Option<Range<usize>> {
    let folded = Folded::of(piece);
    // `N°`, `Nº`, `Réf.` are written with signs that are no letters.
    let length = sorts().number.begins(&folded.text)?;
    let end = folded.place(length, length).start;
    let rest = piece.get(end..)?;
    let behind = rest.trim_start_matches(['.', '°', 'º', ':', '：', '(', '*', '_', '#', ' ', '\u{a0}', '|']);
    let colon = rest.get(..rest.len() - behind.len())?.contains([':', '：', '°', 'º']);
    let at = piece.len() - behind.len();
    let found = first(behind, if colon { Label::Colon } else { Label::Word })?;
    Some(at + found.start..at + found.end)
}

/// The number that begins the words.
fn first(words: &str, label: Label) -> Option<Range<usize>> {
    let word = words.split([' ', ',', ';', '\u{a0}', '、']).next()?;
    let start = word.len() - word.trim_start_matches(['(', '[', '"', '`']).len();
    let number = word.get(start..)?.trim_end_matches([')', ']', '.', ':', '"', '`', '。', '：']);
    is_number(number, label).then_some(start..start + number.len())
}

fn is_number(word: &str, label: Label) -> bool {
    let lower = word.to_ascii_lowercase();
    let signs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'_' | b'.' | b'#');
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_uppercase).count();
    let parted = word.contains(['-', '/', '#', '_']);
    // A digest, or an id that a program gave.
    let hex = word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let technique = letters <= 2 && word.len() <= 9 && lower.trim_start_matches(['t', 'a']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let day = word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.')) && word.len() <= 10;
    let ending = lower.rsplit_once('.').is_some_and(|(_, end)| end.bytes().all(|byte| byte.is_ascii_alphabetic()));
    (5..=MAX_NUMBER).contains(&word.len())
        && word.bytes().all(signs)
        && digits >= 3
        && !hex
        && !technique
        && !day
        && !ending
        && word.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && !OTHERS.iter().any(|other| lower.starts_with(other))
        && match label {
            Label::Colon => letters > 0 || parted,
            Label::Word => letters > 0 && parted,
            Label::None => letters >= 2 && parted && (dated(word) || word.matches('-').count() >= 2),
        }
}

/// Whether one of its parts is a year: `NX-2026-041`, `AA26-041A`.
fn dated(word: &str) -> bool {
    let year = |part: &str| {
        matches!(part.len(), 4 | 2)
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() == 2 || part.starts_with("19") || part.starts_with("20"))
    };
    word.split(['-', '/', '_', '#', '.']).any(|part| year(part.trim_start_matches(|char: char| char.is_ascii_alphabetic())))
}

/// Whether the words are a number and nothing else.
pub(crate) fn alone(words: &str) -> bool {
    let words = words.trim().trim_matches(['*', '#', ' ', '[', ']', '(', ')']);
    !words.contains(' ') && is_number(words, Label::None)
}

/// A headline without the number before it: `NX-2026-041: TideGate backdoor`, `[NX-2026-041] TideGate backdoor`.
pub(crate) fn behind(title: &str) -> &str {
    let mut words = title.splitn(3, ' ');
    let (Some(one), two) = (words.next(), words.next()) else { return title };
    let number = |word: &str| is_number(word.trim_matches(['[', ']', '(', ')', ':', '.']), Label::None);
    let taken = if number(one) {
        one.len()
    } else if sorts().number.has(&fold(one)) && two.is_some_and(number) {
        one.len() + 1 + two.map_or(0, str::len)
    } else {
        return title;
    };
    let parted = title.get(..taken).is_some_and(|head| head.ends_with([':', ']', ')', '.']));
    let rest = title.get(taken..).unwrap_or_default();
    let inner = rest.trim_start_matches([' ', ':', '-', '–', '—', '|', '.']);
    let sign = parted || rest.len() - inner.len() > 1;
    if sign && inner.split_whitespace().count() >= 2 { inner } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_documents() {
        for (text, wanted) in [
            ("Reference: EXCERT-2026-CTI-041\n", Some("EXCERT-2026-CTI-041")),
            ("National Example CERT            Advisory NX-2026-041\n", Some("NX-2026-041")),
            ("N° CERTFR-2026-CTI-001\n", Some("CERTFR-2026-CTI-001")),
            ("**Advisory ID:** EX-SA-2026/17\n", Some("EX-SA-2026/17")),
            ("| Document number | EX-2026-0007 |\n", Some("EX-2026-0007")),
            ("| Reference |\n|---|\n| EX-2026-0007 |\n", Some("EX-2026-0007")),
            ("Reference\nEX-2026-0007\n", Some("EX-2026-0007")),
            ("# Alert (EX26-041A)\n", Some("EX26-041A")),
            ("# EX-2026-0007: Loader in firms\n", Some("EX-2026-0007")),
            ("# Win-32-2026 tools of the year\n", None),
            ("EX-2026-0007\n\n# Loader\n", Some("EX-2026-0007")),
            ("+ Advisory: EX-2026-0007\n", Some("EX-2026-0007")),
            ("```yaml\nid: EX-2026-0007\n```\n", None),
            ("id: 7c111111-1111-4111-8111-111111111111\n", None),
            ("Reference: CVE-2026-12345\n", None),
            ("Reference: T1059.001\n", None),
            ("Reference: https://blog.example/a-2026-1\n", None),
            ("Report 2026-03-04\n", None),
            ("Advisory for UNC-2452 and Storm-0558\n", None),
            ("Reference: report-2026.pdf\n", None),
            ("The advisory EX-2026-0007 tells more.\n", None),
            ("Version: 1.2.3\n", None),
        ] {
            assert_eq!(read(text).map(|(number, _)| number).as_deref(), wanted, "{text}");
            if let Some((number, range)) = read(text) {
                assert_eq!(text.get(range), Some(number.as_str()));
            }
        }
    }
}
