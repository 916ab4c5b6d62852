//! Into which words does a query fall?
//!
//! String literals: <https://learn.microsoft.com/kusto/query/scalar-data-types/string>; lengths of time:
//! <https://learn.microsoft.com/kusto/query/scalar-data-types/timespan>; names:
//! <https://learn.microsoft.com/kusto/query/schema-entities/entity-names>.

use std::borrow::Cow;

use super::time;
use crate::Fault;

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name or a word of the language, `!in~` as one.
    Word(&'t str),
    /// A text.
    Text(Cow<'t, str>),
    /// A whole number.
    Long(i64),
    /// A number that is not whole.
    Real(f64),
    /// A length of time, in ticks.
    Span(i64),
    /// A literal with its type, such as `datetime(2026-01-02)`: the type, and what stands inside.
    Typed(&'t str, &'t str),
    /// Any other sign.
    Sign(&'static str),
}

const SIGNS: [&str; 27] =
    ["<=", ">=", "==", "!=", "=~", "!~", "..", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ";", "|", ".", "+", "-", "*", "/", "%", ":", "$"];
const TYPED: [&str; 13] = ["datetime", "date", "timespan", "time", "guid", "int", "long", "real", "double", "decimal", "bool", "boolean", "typeof"];

/// The words of a text, each with the byte it begins at.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, Fault> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (token, length) = token(rest, at)?;
        out.extend(token.map(|token| (at, token)));
        at += length;
    }
    Ok(out)
}

fn unread(at: usize, why: &str) -> Fault {
    Fault::Unread { at, why: why.to_owned() }
}

/// The word that a text begins with, and how long it is; no word for space and comments.
fn token(rest: &str, at: usize) -> Result<(Option<Token<'_>>, usize), Fault> {
    let first = rest.bytes().next().unwrap_or_default();
    if rest.starts_with("//") {
        return Ok((None, rest.find('\n').unwrap_or(rest.len())));
    }
    if matches!(first, b' ' | b'\t' | b'\r' | b'\n') {
        return Ok((None, 1));
    }
    let prefixed = |mark: char| rest.strip_prefix(['h', 'H']).is_some_and(|rest| rest.starts_with(mark));
    if matches!(first, b'"' | b'\'' | b'@') || prefixed('"') || prefixed('\'') || prefixed('@') {
        let (text, length) = literal(rest, at)?;
        return Ok((Some(Token::Text(text)), length));
    }
    if rest.starts_with("```") || rest.starts_with("~~~") {
        return Err(unread(at, "a text of several lines is not read here"));
    }
    if first.is_ascii_digit() {
        let (token, length) = number(rest, at)?;
        return Ok((Some(token), length));
    }
    if let Some((word, length)) = word(rest) {
        let inside = rest.get(length..).and_then(|rest| rest.strip_prefix('('));
        if let Some(inside) = inside.filter(|_| TYPED.contains(&word)) {
            let end = inside.find(')').ok_or_else(|| unread(at, "a literal has no end"))?;
            return Ok((Some(Token::Typed(word, inside.get(..end).unwrap_or_default())), length + end + 2));
        }
        return Ok((Some(Token::Word(word)), length));
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((Some(Token::Sign(sign)), sign.len())),
        None => Err(unread(at, "no word of the language begins here")),
    }
}

/// A name or a word of the language.
fn word(rest: &str) -> Option<(&str, usize)> {
    let bare = rest.strip_prefix('!').unwrap_or(rest);
    let first = bare.bytes().next()?;
    if !first.is_ascii_alphabetic() && first != b'_' {
        return None;
    }
    let end = bare.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'_').unwrap_or(bare.len());
    let mut length = end + rest.len() - bare.len();
    if bare.get(..end) == Some("in") && rest.get(length..).is_some_and(|behind| behind.starts_with('~')) {
        length += 1;
    }
    Some((rest.get(..length)?, length))
}

fn number(rest: &str, at: usize) -> Result<(Token<'_>, usize), Fault> {
    let wrong = || unread(at, "this is no number");
    if let Some(hex) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        let end = hex.bytes().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(hex.len());
        if hex.as_bytes().get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            return Err(wrong());
        }
        let number = i64::from_str_radix(hex.get(..end).unwrap_or_default(), 16).map_err(|_| wrong())?;
        return Ok((Token::Long(number), end + 2));
    }
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    let fraction = bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    if fraction {
        end = digits(end + 1);
    }
    let mut real = fraction;
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let power = digits(end + 1 + sign);
        if power > end + 1 + sign {
            (end, real) = (power, true);
        }
    }
    let figures = rest.get(..end).unwrap_or_default();
    let behind = rest.get(end..).unwrap_or_default();
    let letters = behind.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'_').unwrap_or(behind.len());
    if letters == 0 {
        return Ok(if real {
            (Token::Real(figures.parse().map_err(|_| wrong())?), end)
        } else {
            (Token::Long(figures.parse().map_err(|_| wrong())?), end)
        });
    }
    let unit = time::unit(behind.get(..letters).unwrap_or_default()).ok_or_else(wrong)?;
    let ticks = if real {
        let ticks = figures.parse::<f64>().map_err(|_| wrong())? * unit as f64;
        // Only lengths that are whole numbers of ticks, and not so long that the product is inexact.
        if ticks.fract() != 0.0 || ticks.abs() > 9e15 {
            return Err(wrong());
        }
        ticks as i64
    } else {
        figures.parse::<i64>().ok().and_then(|count| count.checked_mul(unit)).ok_or_else(wrong)?
    };
    Ok((Token::Span(ticks), end + letters))
}

/// A string literal, verbatim or with escapes.
fn literal(rest: &str, at: usize) -> Result<(Cow<'_, str>, usize), Fault> {
    let mut start = usize::from(rest.starts_with(['h', 'H']));
    let verbatim = rest.get(start..).is_some_and(|rest| rest.starts_with('@'));
    start += usize::from(verbatim);
    let unended = || unread(at, "a text has no end on its line");
    let quote = rest.get(start..).and_then(|rest| rest.chars().next()).filter(|char| matches!(char, '"' | '\'')).ok_or_else(unended)?;
    let body = rest.get(start + 1..).unwrap_or_default();
    if verbatim {
        let (mut end, mut doubled) = (0, false);
        loop {
            let found = body.get(end..).and_then(|body| body.find([quote, '\n', '\r'])).ok_or_else(unended)? + end;
            if !body.get(found..).is_some_and(|body| body.starts_with(quote)) {
                return Err(unended());
            }
            if body.get(found + 1..).is_some_and(|body| body.starts_with(quote)) {
                (end, doubled) = (found + 2, true);
                continue;
            }
            let text = body.get(..found).unwrap_or_default();
            let twice = [quote, quote].iter().collect::<String>();
            let text = if doubled { Cow::Owned(text.replace(&twice, &quote.to_string())) } else { Cow::Borrowed(text) };
            return Ok((text, start + found + 2));
        }
    }
    let end = body.find([quote, '\\', '\n', '\r']).ok_or_else(unended)?;
    if body.get(end..).is_some_and(|body| body.starts_with(quote)) {
        return Ok((Cow::Borrowed(body.get(..end).unwrap_or_default()), start + end + 2));
    }
    let (text, end) = escaped(body, quote).ok_or_else(|| unread(at, "a text has no end on its line, or an escape that is not read here"))?;
    Ok((Cow::Owned(text), start + end + 2))
}

/// A text with escapes, up to its quote, which stands at the byte that is returned.
fn escaped(body: &str, quote: char) -> Option<(String, usize)> {
    let mut units: Vec<u16> = Vec::new();
    let mut chars = body.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\n' | '\r' => return None,
            '\\' => {
                let (_, escape) = chars.next()?;
                match escape {
                    'n' => units.push(10),
                    'r' => units.push(13),
                    't' => units.push(9),
                    '\\' | '"' | '\'' => units.push(u16::try_from(u32::from(escape)).ok()?),
                    'u' => {
                        let digits: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
                        let hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                        units.push(u16::from_str_radix(&digits, 16).ok().filter(|_| hex)?);
                    }
                    _ => return None,
                }
            }
            char if char == quote => return Some((String::from_utf16(&units).ok()?, at)),
            char => units.extend(char.encode_utf16(&mut [0; 2]).iter()),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Token<'_>> {
        tokens(text).unwrap().into_iter().map(|(_, token)| token).collect()
    }

    #[test]
    fn literals_are_texts_numbers_and_lengths_of_time() {
        assert_eq!(
            words(r#""a\"\u0041" @"C:\""x" 'b' h"c" 0x1F 1.5 1h 1.5m 50..60 // "x"#),
            [
                Token::Text("a\"A".into()),
                Token::Text("C:\\\"x".into()),
                Token::Text("b".into()),
                Token::Text("c".into()),
                Token::Long(31),
                Token::Real(1.5),
                Token::Span(36_000_000_000),
                Token::Span(900_000_000),
                Token::Long(50),
                Token::Sign(".."),
                Token::Long(60),
            ]
        );
        assert_eq!(
            words("datetime(2026-01-02) x !in~(a)"),
            [Token::Typed("datetime", "2026-01-02"), Token::Word("x"), Token::Word("!in~"), Token::Sign("("), Token::Word("a"), Token::Sign(")"),]
        );
        for not in ["\"a", "\"\\q\"", "@'a", "1x", "99999999999999999999", "#", "\"a\nb\"", "\"\\ud800\""] {
            assert!(tokens(not).is_err(), "{not}");
        }
    }
}
