//! Which strings of a rule look for one byte pattern?

use std::fmt::Display;

use backend::{Cx, Refusal};
use ir::{ByteKind, BytePattern, HexToken};
use regex_syntax::hir::HirKind;
use source::{Code, Loss, Span};

use crate::ast::{Body, Name, Text};
use crate::quality;
use crate::regex::{Ends, REGEX, said};

pub(crate) static PATTERN: Code = Code::warn("yara.pattern", "YARA cannot say a byte pattern");
pub(crate) static SLOW: Code = Code::warn("yara.slow", "a byte pattern is too short to be searched for");
pub(crate) static SHORT: Code = Code::note("yara.short-string", "a string is shorter than four bytes");
pub(crate) static FULLWORD: Code = Code::warn("yara.fullword", "`fullword` is dropped for wide text beyond ASCII");

/// Classic YARA reads a string into a buffer of 8,192 bytes (`LEX_BUF_SIZE`, lexer.h).
const MAX_TEXT: usize = 8_000;
/// Hex strings have no such buffer; longer ones are rather a digest's work.
const MAX_TOKENS: usize = 20_000;
/// Up to so many bytes at an offset are read as integers.
const MAX_MAGIC: usize = 4;
/// Where a string has too common bytes for a search but has an offset, up to so many are.
const MAX_COMMON_MAGIC: usize = 64;
/// Classic YARA takes 32,767 for "without bound" and refuses more than 2^31 - 1.
const BOUNDLESS: u32 = 32_767;
/// Classic YARA refuses longer jumps inside alternatives.
const MAX_INNER_JUMP: u32 = 200;
/// Offsets are signed 64-bit numbers.
const MAX_OFFSET: u64 = i64::MAX as u64;

/// What to look for; any of them is enough.
pub(crate) enum Search {
    /// Strings, all at the same offset if at one.
    Strings(Vec<Text>, Option<u64>),
    /// Bytes at an offset.
    Magic(u64, Vec<u8>),
}

/// Finds the strings for a pattern. `positive` says whether finding it makes the rule fire, for the direction of losses.
///
/// # Errors
///
/// What cannot be said.
pub(crate) fn lower(pattern: &BytePattern, positive: bool, span: Span, cx: &mut Cx<'_>) -> Result<Search, Refusal> {
    if let Some(at) = pattern.at.filter(|at| *at > MAX_OFFSET) {
        return Err(cx.unsupported(&PATTERN, span, format!("the offset `{at}` is beyond {MAX_OFFSET}, the largest one YARA knows")));
    }
    let ascii = pattern.ascii || !pattern.wide;
    match &pattern.kind {
        ByteKind::Text(text) if pattern.wide && !text.is_ascii() => {
            let mut out = Vec::new();
            if ascii {
                out.push(literal(pattern, text.as_bytes(), true, false, span, cx)?);
            }
            out.push(utf16(pattern, text, positive, span, cx)?);
            Ok(Search::Strings(out, pattern.at))
        }
        ByteKind::Text(text) => bytes(pattern, text.as_bytes(), ascii, span, cx),
        ByteKind::Bytes(wanted) => bytes(pattern, wanted, ascii, span, cx),
        ByteKind::Hex(tokens) => hex(pattern, tokens, span, cx),
        ByteKind::Regex(regex) => {
            let ends = if pattern.fullword {
                Ends::Word
            } else if pattern.at.is_some() {
                Ends::Placed
            } else {
                Ends::Free
            };
            let expression = said(regex, pattern.nocase, ends)
                .map_err(|why| cx.unsupported(&REGEX, span, format!("YARA cannot say `/{}/`: {why}", shorten(regex.written()))))?;
            if let HirKind::Literal(wanted) = expression.tree.kind() {
                // YARA-X takes it for text too, and would find it twice beside the same text.
                return bytes(&BytePattern { nocase: expression.nocase, ..pattern.clone() }, &wanted.0, ascii, span, cx);
            }
            if !quality::regex(&expression.tree, pattern.wide) {
                return Err(slow(cx, span, format_args!("/{}/", shorten(regex.written()))));
            }
            let text = Text {
                name: Name::default(),
                body: Body::Regex(expression.tree),
                ascii,
                wide: pattern.wide,
                nocase: expression.nocase,
                fullword: pattern.fullword,
            };
            Ok(Search::Strings(vec![text], pattern.at))
        }
    }
}

fn bytes(pattern: &BytePattern, wanted: &[u8], ascii: bool, span: Span, cx: &mut Cx<'_>) -> Result<Search, Refusal> {
    let as_it_is = !pattern.wide && !pattern.nocase && !pattern.fullword && !wanted.is_empty();
    let few = wanted.len() <= MAX_MAGIC || (wanted.len() <= MAX_COMMON_MAGIC && !quality::enough(wanted));
    match pattern.at {
        Some(at) if as_it_is && few && at <= MAX_OFFSET - MAX_COMMON_MAGIC as u64 => Ok(Search::Magic(at, wanted.to_vec())),
        at => Ok(Search::Strings(vec![literal(pattern, wanted, ascii, pattern.wide, span, cx)?], at)),
    }
}

/// A literal with the pattern's own modifiers, as text or as a hex string, whichever reads better.
fn literal(pattern: &BytePattern, wanted: &[u8], ascii: bool, wide: bool, span: Span, cx: &mut Cx<'_>) -> Result<Text, Refusal> {
    let (nocase, fullword) = (pattern.nocase && wanted.iter().any(u8::is_ascii_alphabetic), pattern.fullword);
    let as_it_is = !wide && !nocase && !fullword;
    if as_it_is && wanted.iter().filter(|byte| printable(byte)).count() * 2 < wanted.len() {
        return exact(wanted, span, cx);
    }
    if wanted.len() > MAX_TEXT {
        return Err(cx.unsupported(&PATTERN, span, format!("a string has {} bytes, and classic YARA reads {MAX_TEXT}", wanted.len())));
    }
    searchable(wanted, wide, span, cx)?;
    Ok(Text { name: Name::default(), body: Body::Text(wanted.to_vec()), ascii, wide, nocase, fullword })
}

fn printable(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Bytes as a hex string.
fn exact(wanted: &[u8], span: Span, cx: &mut Cx<'_>) -> Result<Text, Refusal> {
    searchable(wanted, false, span, cx)?;
    if wanted.len() > MAX_TOKENS {
        return Err(cx.unsupported(&PATTERN, span, format!("a hex string has {} bytes, more than {MAX_TOKENS}", wanted.len())));
    }
    if wanted.iter().all(printable) {
        // YARA-X warns when text stands in a hex string.
        return Ok(Text { body: Body::Text(wanted.to_vec()), ..hex_text(Vec::new()) });
    }
    Ok(hex_text(wanted.iter().map(|byte| HexToken::Byte { value: *byte, mask: 0xFF }).collect()))
}

fn hex_text(tokens: Vec<HexToken>) -> Text {
    Text { name: Name::default(), body: Body::Hex(tokens), ascii: true, wide: false, nocase: false, fullword: false }
}

/// Text beyond ASCII as UTF-16LE: `wide` would put zero bytes between the bytes of UTF-8, which is no encoding at all.
fn utf16(pattern: &BytePattern, text: &str, positive: bool, span: Span, cx: &mut Cx<'_>) -> Result<Text, Refusal> {
    if pattern.fullword {
        let loss = if positive { Loss::Wider } else { Loss::Narrower };
        let message = format!("`fullword` is dropped for the wide form of `{}`: it would look at half a character", shorten(text));
        cx.loss(&FULLWORD, loss, span, message, "the text might be written without `wide`, or without `fullword`");
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    let flat: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let letter = |unit: u16| u8::try_from(unit).ok().filter(u8::is_ascii_alphabetic);
    if !pattern.nocase || !units.iter().any(|unit| letter(*unit).is_some()) {
        return exact(&flat, span, cx);
    }
    // `nocase` folds single bytes. That is right as long as no other character has a byte that is a letter.
    let other_bytes_stay = units.iter().all(|unit| letter(*unit).is_some() || !unit.to_le_bytes().iter().any(u8::is_ascii_alphabetic));
    if other_bytes_stay && flat.len() <= MAX_TEXT {
        searchable(&flat, false, span, cx)?;
        return Ok(Text { name: Name::default(), body: Body::Text(flat), ascii: true, wide: false, nocase: true, fullword: false });
    }
    let byte = |value| HexToken::Byte { value, mask: 0xFF };
    let tokens: Vec<HexToken> = units
        .iter()
        .flat_map(|unit| match (letter(*unit), unit.to_le_bytes()) {
            (Some(letter), _) => [HexToken::Either(vec![vec![byte(letter.to_ascii_uppercase())], vec![byte(letter.to_ascii_lowercase())]]), byte(0)],
            (None, [low, high]) => [byte(low), byte(high)],
        })
        .collect();
    if !quality::hex(&tokens) {
        return Err(slow(cx, span, shorten(text)));
    }
    Ok(hex_text(tokens))
}

fn hex(pattern: &BytePattern, tokens: &[HexToken], span: Span, cx: &mut Cx<'_>) -> Result<Search, Refusal> {
    if pattern.wide || pattern.nocase || pattern.fullword {
        let message = "a hex string takes no `wide`, `nocase` or `fullword` in YARA";
        return Err(Refusal {
            help: Some("alternatives such as `( 41 | 61 )` say it byte by byte".to_owned()),
            ..cx.unsupported(&PATTERN, span, message)
        });
    }
    let tokens =
        tidy(tokens, pattern.at.is_some(), false).map_err(|why| cx.unsupported(&PATTERN, span, format!("YARA cannot say a hex string: {why}")))?;
    if let Some(fixed) =
        tokens.iter().map(|token| if let HexToken::Byte { value, mask: 0xFF } = token { Some(*value) } else { None }).collect::<Option<Vec<u8>>>()
    {
        return bytes(pattern, &fixed, true, span, cx);
    }
    if !quality::hex(&tokens) {
        return Err(slow(cx, span, "a hex string"));
    }
    Ok(Search::Strings(vec![hex_text(tokens)], pattern.at))
}

/// The hex string as both engines take it: no jump at an end, none beside another, none of length zero, no empty
/// alternative.
fn tidy(tokens: &[HexToken], placed: bool, inside: bool) -> Result<Vec<HexToken>, String> {
    let any = || HexToken::Byte { value: 0, mask: 0 };
    let mut out: Vec<HexToken> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            HexToken::Byte { mask: 0 | 0x0F | 0xF0 | 0xFF, .. } => out.push(token.clone()),
            HexToken::Byte { mask, .. } => return Err(format!("the mask {mask:02X} is no whole digit")),
            HexToken::Jump { max: Some(0), .. } => {}
            HexToken::Jump { min, max } if max.is_some_and(|max| max < *min) => return Err(format!("the jump `[{min}-]` ends before it begins")),
            HexToken::Jump { min, max } => {
                let first = out.is_empty();
                let last = tokens.get(at + 1..).is_none_or(|rest| rest.iter().all(|token| matches!(token, HexToken::Jump { .. })));
                if first && placed && *max != Some(*min) {
                    return Err("a jump of no fixed length stands before everything else, at an offset".to_owned());
                }
                if inside && (first || last) && *max != Some(*min) {
                    return Err("an alternative begins or ends with a jump".to_owned());
                }
                if first || last || (*max == Some(*min) && *min <= 4) {
                    if *min as usize > MAX_TEXT {
                        return Err(format!("a jump of {min} bytes stands at an end"));
                    }
                    out.extend((0..*min).map(|_| any()));
                } else if let Some(HexToken::Jump { min: before, max: until }) = out.last_mut() {
                    *before = before.saturating_add(*min);
                    *until = until.zip(*max).map(|(until, max)| until.saturating_add(max));
                } else {
                    out.push(HexToken::Jump { min: *min, max: *max });
                }
            }
            HexToken::Either(list) => {
                let mut tidied: Vec<Vec<HexToken>> = Vec::with_capacity(list.len());
                for alternative in list {
                    let alternative = tidy(alternative, placed, true)?;
                    if alternative.is_empty() {
                        return Err("an alternative is empty".to_owned());
                    }
                    if !tidied.contains(&alternative) {
                        tidied.push(alternative);
                    }
                }
                match tidied.as_slice() {
                    [] => return Err("a group has no alternative".to_owned()),
                    [only] => out.extend(only.iter().cloned()),
                    _ => out.push(HexToken::Either(tidied)),
                }
            }
        }
    }
    for token in &out {
        if let HexToken::Jump { min, max } = token {
            let most = max.unwrap_or(*min);
            if most > i32::MAX as u32 || *max == Some(BOUNDLESS) {
                return Err(format!("classic YARA has no jump of {most} bytes"));
            }
            if inside && max.is_none_or(|max| max > MAX_INNER_JUMP) {
                return Err(format!("a jump inside an alternative is longer than {MAX_INNER_JUMP} bytes"));
            }
        }
    }
    if out.len() > MAX_TOKENS {
        return Err(format!("it has {} tokens, more than {MAX_TOKENS}", out.len()));
    }
    Ok(out)
}

fn searchable(wanted: &[u8], wide: bool, span: Span, cx: &mut Cx<'_>) -> Result<(), Refusal> {
    let good = if wide { quality::enough_wide(wanted) } else { quality::enough(wanted) };
    if !good {
        return Err(slow(cx, span, String::from_utf8_lossy(wanted).escape_debug()));
    }
    let length = wanted.len();
    if length < 4 {
        let message = format!("`{}` is {length} bytes long", String::from_utf8_lossy(wanted).escape_debug());
        cx.note(&SHORT, message, "strings of four bytes and more are found faster and rarely by chance");
    }
    Ok(())
}

fn slow(cx: &Cx<'_>, span: Span, what: impl Display) -> Refusal {
    let message = format!("`{what}` holds too few fixed bytes in a row: both engines warn that it slows the scan down");
    let help = "two or more uncommon bytes in a row, or a place with `at`, would make it searchable";
    Refusal { help: Some(help.to_owned()), ..cx.unsupported(&SLOW, span, message) }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}
