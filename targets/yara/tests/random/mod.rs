//! Random conditions on files, and files that are near to fulfilling them.

use ir::{ByteKind, BytePattern, BytesTest, Case, Field, HexToken, Need, NumberTest, Op, Pattern, Predicate, Regex};
use proptest::prelude::*;
use source::{Sources, Span};

/// A condition and a file.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) predicate: Predicate,
    pub(crate) bytes: Vec<u8>,
}

/// Where nothing was written.
pub(crate) fn span() -> Span {
    Span::new(Sources::default().add("random", ""), 0, 0)
}

/// Conditions with files.
pub(crate) fn samples() -> impl Strategy<Value = Sample> {
    (predicates(), files()).prop_flat_map(|(predicate, noise)| {
        let mut pieces = Vec::new();
        predicate.visit(&mut |inner| {
            if let Predicate::Bytes(test) = inner {
                pieces.extend(test.patterns.iter().flat_map(hits));
            }
        });
        pieces.push(noise);
        let head = prop::sample::select(vec![&b""[..], b"MZ", b"\x7fELF", b"PK\x03\x04", b"#!/bin/sh\n", b"\xfe\xed\xfa\xce", b"%PDF-1", b"\x00"]);
        (Just(predicate), head, prop::collection::vec((prop::sample::select(pieces), prop::sample::select(vec!["", " ", "x", "\0", "\n"])), 0..6))
            .prop_map(|(predicate, head, middle)| {
                let mut bytes = head.to_vec();
                for (piece, gap) in middle {
                    bytes.extend(piece);
                    bytes.extend(gap.as_bytes());
                }
                Sample { predicate: with_digests(predicate, &bytes), bytes }
            })
    })
}

/// Replaces the digest that stands for "the file's own" by that.
fn with_digests(predicate: Predicate, bytes: &[u8]) -> Predicate {
    match predicate {
        Predicate::All(list) => Predicate::All(list.into_iter().map(|inner| with_digests(inner, bytes)).collect()),
        Predicate::Any(list) => Predicate::Any(list.into_iter().map(|inner| with_digests(inner, bytes)).collect()),
        Predicate::Not(inner) => Predicate::Not(Box::new(with_digests(*inner, bytes))),
        Predicate::Test(test) if matches!(&test.op, Op::Text { patterns, .. } if patterns == &[Pattern::exact("own")]) => {
            let mut record = ir::Record::new(ir::EventSelector::of(ir::EventClass::FileContent));
            record.bytes = Some(bytes.into());
            let own = record.get(&test.field).and_then(|value| value.text().map(|text| text.to_uppercase())).unwrap_or_default();
            Predicate::Test(ir::FieldTest { op: Op::Text { patterns: vec![Pattern::exact(own)], case: Case::Insensitive }, ..test })
        }
        other => other,
    }
}

fn predicates() -> impl Strategy<Value = Predicate> {
    let leaf = prop_oneof![6 => bytes_tests(), 1 => sizes(), 2 => kinds(), 2 => digests()];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::Any),
            inner.prop_map(Predicate::negate),
        ]
    })
}

fn sizes() -> impl Strategy<Value = Predicate> {
    (-1_i64..60).prop_flat_map(|size| {
        prop::sample::select(vec![
            NumberTest::In(vec![size, 0]),
            NumberTest::Less(size),
            NumberTest::AtMost(size),
            NumberTest::More(size),
            NumberTest::AtLeast(size),
        ])
        .prop_map(|number| Predicate::test(Field::FileSize, Op::Number(number), span()))
    })
}

fn kinds() -> impl Strategy<Value = Predicate> {
    prop::sample::select(vec!["pe", "ELF", "macho", "zip", "ole", "pdf", "script", "text", "lnk", "*", "p*"])
        .prop_map(|kind| Predicate::text(Field::FileType, vec![Pattern::glob(kind)], Case::Insensitive, span()))
}

fn digests() -> impl Strategy<Value = Predicate> {
    let field = prop::sample::select(vec![Field::FileMd5, Field::FileSha1, Field::FileSha256]);
    let value = prop::sample::select(vec!["own", "own", "d41d8cd98f00b204e9800998ecf8427e", "a*", "*0", "*7f*", "?a*", "nothing\"; or true"]);
    (field, value, any::<bool>()).prop_map(|(field, value, cased)| {
        let case = if cased { Case::Sensitive } else { Case::Insensitive };
        Predicate::text(field, vec![Pattern::glob(value)], case, span())
    })
}

fn bytes_tests() -> impl Strategy<Value = Predicate> {
    (prop::collection::vec(patterns(), 1..4), 0_u32..4).prop_map(|(mut patterns, need)| {
        if need == 3 {
            // The same pattern twice, which counts twice.
            patterns.extend(patterns.first().cloned());
        }
        let need = match need {
            0 => Need::Any,
            1 => Need::All,
            need => Need::AtLeast(need),
        };
        Predicate::Bytes(BytesTest { need, patterns, span: span() })
    })
}

fn patterns() -> impl Strategy<Value = BytePattern> {
    let kind = prop_oneof![
        4 => texts().prop_map(ByteKind::Text),
        2 => prop::collection::vec(prop::sample::select(vec![0x41, 0x42, 0x61, 0x00, 0x90, 0x22, 0x5c, 0xe9, 0xff]), 1..6).prop_map(ByteKind::Bytes),
        2 => hexes().prop_map(ByteKind::Hex),
        3 => regexes().prop_map(ByteKind::Regex),
    ];
    (kind, any::<[bool; 4]>(), prop::option::weighted(0.2, 0_u64..6)).prop_map(|(kind, [ascii, wide, nocase, fullword], at)| {
        let plain = matches!(kind, ByteKind::Hex(_));
        BytePattern { kind, ascii, wide: wide && !plain, nocase: nocase && !plain, fullword: fullword && !plain, at }
    })
}

fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec!["a", "B", "evil", "\"", "\\", "\n", "\t", "\r", "\0", "é", "☃", "Ł", "𝄞", " ", "*/", "}", "$x", "/", "0"]),
        1..6,
    )
    .prop_map(|parts| parts.concat())
}

fn hexes() -> impl Strategy<Value = Vec<HexToken>> {
    let byte = prop::sample::select(vec![0x41_u8, 0x42, 0x61, 0x00, 0xe9]).prop_map(|value| HexToken::Byte { value, mask: 0xff });
    let flat = prop_oneof![
        6 => byte.clone(),
        1 => Just(HexToken::Byte { value: 0x40, mask: 0xf0 }),
        1 => Just(HexToken::Byte { value: 0x01, mask: 0x0f }),
        1 => Just(HexToken::Byte { value: 0, mask: 0 }),
        2 => (0_u32..4, prop::option::of(0_u32..4)).prop_map(|(min, more)| HexToken::Jump { min, max: more.map(|more| min + more) }),
    ];
    let either = prop::collection::vec(prop::collection::vec(prop_oneof![4 => byte, 1 => Just(HexToken::Jump { min: 1, max: Some(1) })], 1..3), 1..3);
    prop::collection::vec(prop_oneof![8 => flat, 1 => either.prop_map(HexToken::Either)], 1..8)
}

fn regexes() -> impl Strategy<Value = Regex> {
    let atom = prop::sample::select(vec![
        "evil",
        "ab",
        "AB",
        "a",
        ".",
        "\\d",
        "\\w",
        "\\s",
        "[^a]",
        "[a-c]",
        "(?:ab|cd)",
        "(ab|)",
        "(?i:evil)",
        "\\.",
        "/",
        "\"",
        "\\\\",
        "\\x00",
        "\\xe9",
        "é",
        "(?s:.)",
        "^",
        "$",
        "\\b",
        "\\B",
        "[\\]\\-\\[]",
        "#",
        "\\{",
        "(?P<n>ev)il",
    ]);
    let repeat = prop::sample::select(vec!["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{1,}", "*?", "+?"]);
    (prop::collection::vec((atom, repeat), 1..5), prop::sample::select(vec!["", "", "(?i)", "(?s)", "(?is)"]), any::<bool>()).prop_filter_map(
        "an expression",
        |(parts, flags, cased)| {
            let text: String =
                parts.iter().flat_map(|(atom, repeat)| if atom.starts_with(['^', '$']) { [*atom, ""] } else { [*atom, *repeat] }).collect();
            Regex::parse(&format!("{flags}{text}"), if cased { Case::Sensitive } else { Case::Insensitive }).ok()
        },
    )
}

fn files() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        texts().prop_map(String::into_bytes),
        texts().prop_map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        prop::collection::vec(any::<u8>(), 0..40)
    ]
}

/// Bytes that fulfil a pattern, or nearly.
fn hits(pattern: &BytePattern) -> Vec<Vec<u8>> {
    let wide = |bytes: &[u8]| bytes.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<u8>>();
    let plain = match &pattern.kind {
        ByteKind::Text(text) => {
            return vec![
                text.clone().into_bytes(),
                text.to_uppercase().into_bytes(),
                text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                wide(text.as_bytes()),
            ];
        }
        ByteKind::Bytes(bytes) => bytes.clone(),
        ByteKind::Hex(tokens) => fill(tokens),
        ByteKind::Regex(_) => b"evil abab a1 cd.".to_vec(),
    };
    vec![plain.to_ascii_lowercase(), wide(&plain), [b"A".as_slice(), &plain].concat(), plain]
}

fn fill(tokens: &[HexToken]) -> Vec<u8> {
    tokens
        .iter()
        .flat_map(|token| match token {
            HexToken::Byte { value, .. } => vec![*value],
            HexToken::Jump { min, .. } => vec![7; *min as usize],
            HexToken::Either(list) => list.last().map(|tokens| fill(tokens)).unwrap_or_default(),
        })
        .collect()
}
