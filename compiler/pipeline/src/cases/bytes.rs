//! Which bytes hold what a file is asked for, and which hold all of it but one thing?

use ir::{ByteKind, BytePattern, BytesTest, Field, FieldRef, HexToken, Need, Op, Pattern, Predicate, Record, Shape};

use super::numbers::numbers;
use super::ways::Goal;
use super::{expression, piece};

/// How large a file is made at most.
const LARGE: usize = 4 << 20;

/// What stands first in a file of a kind ([`ir::record::file_type`]).
const MAGIC: [(&str, &[u8]); 8] = [
    ("pe", b"MZ\x90\x00"),
    ("elf", b"\x7fELF\x02\x01\x01\x00"),
    ("macho", b"\xcf\xfa\xed\xfe"),
    ("zip", b"PK\x03\x04"),
    ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("pdf", b"%PDF-1.7\n"),
    ("script", b"#!/bin/sh\n"),
    ("text", b"plain text\n"),
];

/// The record with bytes that fulfil the goals about bytes, size and kind. `None` when no such bytes were found.
pub(super) fn file(mut record: Record, goals: &[Goal<'_>]) -> Option<Record> {
    let mut pieces: Vec<(Option<u64>, Vec<u8>)> = Vec::new();
    let (mut kind, mut sizes, mut digest) = (None, Vec::new(), false);
    for goal in goals.iter().filter(|goal| goal.holds) {
        match goal.leaf {
            Predicate::Bytes(test) => {
                for pattern in needed(test) {
                    pieces.push((pattern.at, sample(pattern)?));
                }
            }
            Predicate::Test(test) => match (test.field.known(), &test.op) {
                (Some(Field::FileType), Op::Text { patterns, .. }) => kind = patterns.first().and_then(|pattern| magic(pattern)),
                (Some(Field::FileSize), Op::Number(number)) => sizes.extend(numbers(number)),
                (Some(Field::FileMd5 | Field::FileSha1 | Field::FileSha256 | Field::FileSha512 | Field::FileImphash), _) => digest = true,
                _ => {}
            },
            Predicate::All(_) | Predicate::Any(_) | Predicate::Not(_) => {}
        }
    }
    if digest && pieces.is_empty() {
        // Nobody finds bytes for a digest; the event says the digest alone.
        return Some(record);
    }
    let mut out: Vec<u8> = kind.map_or_else(|| b"plain\x00".to_vec(), <[u8]>::to_vec);
    for (at, bytes) in pieces.iter().filter(|(at, _)| at.is_some()) {
        let at = usize::try_from(at.unwrap_or_default()).ok().filter(|at| *at < LARGE)?;
        if out.len() < at + bytes.len() {
            out.resize(at + bytes.len(), 0);
        }
        out.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
    }
    for (_, bytes) in pieces.iter().filter(|(at, _)| at.is_none()) {
        out.extend([0, 0]);
        out.extend(bytes);
        out.extend([0, 0]);
    }
    sizes.insert(0, 0);
    for size in sizes {
        let mut padded = out.clone();
        let Ok(size) = usize::try_from(size) else { continue };
        if size > LARGE {
            continue;
        }
        if size > padded.len() {
            padded.resize(size, 0);
        }
        record.bytes = Some(padded.into());
        let about_bytes = |goal: &&Goal<'_>| match goal.leaf {
            Predicate::Test(test) => matches!(test.field.known(), Some(Field::FileSize | Field::FileType)),
            _ => true,
        };
        if goals.iter().filter(about_bytes).all(|goal| ir::eval::holds(goal.leaf, &record) == goal.holds) {
            return Some(record);
        }
    }
    None
}

/// The patterns of a test that are enough.
fn needed(test: &BytesTest) -> impl Iterator<Item = &BytePattern> {
    let need = match test.need {
        Need::Any => 1,
        Need::All => test.patterns.len(),
        Need::AtLeast(count) => count as usize,
    };
    test.patterns.iter().take(need)
}

fn magic(pattern: &Pattern) -> Option<&'static [u8]> {
    let Shape::Exact(word) = pattern.shape() else { return None };
    MAGIC.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, bytes)| *bytes)
}

/// Bytes that a pattern is found in.
fn sample(pattern: &BytePattern) -> Option<Vec<u8>> {
    let only_wide = pattern.wide && !pattern.ascii;
    let widen = |bytes: Vec<u8>| if only_wide { bytes.into_iter().flat_map(|byte| [byte, 0]).collect() } else { bytes };
    Some(match &pattern.kind {
        ByteKind::Text(text) if only_wide => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ByteKind::Text(text) => text.as_bytes().to_vec(),
        ByteKind::Bytes(bytes) => widen(bytes.clone()),
        ByteKind::Hex(tokens) => hex(tokens),
        ByteKind::Regex(regex) => widen(expression::sample_of_bytes(regex, pattern.nocase)?),
    })
}

fn hex(tokens: &[HexToken]) -> Vec<u8> {
    let mut out = Vec::new();
    for token in tokens {
        match token {
            HexToken::Byte { value, .. } => out.push(*value),
            HexToken::Jump { min, .. } => out.extend(std::iter::repeat_n(0x2e, (*min).min(1 << 16) as usize)),
            HexToken::Either(list) => out.extend(piece::turn(list, 0).map(|tokens| hex(tokens)).unwrap_or_default()),
        }
    }
    out
}

/// Files beside one that fulfils a test of bytes: what is changed, and the bytes.
pub(super) fn near(record: &Record, test: &BytesTest) -> Vec<(String, Record)> {
    let Some(bytes) = record.bytes.as_deref() else { return Vec::new() };
    let mut out = Vec::new();
    let mut push = |what: &str, bytes: Vec<u8>| {
        let mut changed = record.clone();
        changed.bytes = Some(bytes.into());
        out.push((what.to_owned(), changed));
    };
    for pattern in needed(test).take(3) {
        let Some(sample) = sample(pattern) else { continue };
        let Some(at) = find(bytes, &sample) else { continue };
        let replace = |by: &dyn Fn(&mut [u8])| {
            let mut changed = bytes.to_vec();
            if let Some(place) = changed.get_mut(at..at + sample.len()) {
                by(place);
            }
            changed
        };
        push(
            "one byte of a string is another",
            replace(&|place| {
                let middle = place.len() / 2;
                if let Some(byte) = place.get_mut(middle) {
                    *byte ^= 0x15;
                }
            }),
        );
        push(
            "the case of a string is changed",
            replace(&|place| {
                for byte in place {
                    *byte = if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
                }
            }),
        );
        let mut longer = bytes.to_vec();
        longer.splice(at..at, *b"k");
        longer.splice(at + 1 + sample.len()..at + 1 + sample.len(), *b"k");
        push("a letter stands on both sides of a string", longer);
        let wide: Vec<u8> = sample.iter().flat_map(|byte| [*byte, 0]).collect();
        let mut other = bytes.to_vec();
        other.splice(at..at + sample.len(), wide);
        push("a string is written wide", other);
    }
    out
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Files around the bounds of a size.
pub(super) fn sizes(record: &Record, number: &ir::NumberTest) -> Vec<(String, Record)> {
    let Some(bytes) = record.bytes.as_deref() else { return Vec::new() };
    let mut out = Vec::new();
    for size in numbers(number) {
        let Ok(size) = usize::try_from(size) else { continue };
        if size >= bytes.len() && size <= LARGE {
            let mut padded = bytes.to_vec();
            padded.resize(size, 0);
            let mut changed = record.clone();
            changed.bytes = Some(padded.into());
            changed.fields.remove(&FieldRef::Known(Field::FileSize));
            out.push((format!("the file has {size} bytes"), changed));
        }
    }
    out
}
