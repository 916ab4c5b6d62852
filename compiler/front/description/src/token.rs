//! Which words, strings and numbers does the language have? One small nom parser for each.

use std::borrow::Cow;
use std::time::Duration;

use ir::{Date, Window};
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::character::complete::{char, digit1, satisfy};
use nom::combinator::{opt, recognize, verify};
use nom::error::{ErrorKind, ParseError};
use nom::multi::many1;
use nom::sequence::{pair, preceded};
use nom::{Err, IResult, Parser};
use source::Code;

use crate::quote;

/// A literal that begins well and does not go on well.
pub(crate) static LITERAL: Code = Code::error("parse.literal", "a string, number, date or duration is not well formed");

/// The longest string, in bytes.
pub(crate) const MAX_STRING: usize = 64 << 10;

/// What stopped a token, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault<'a> {
    /// The text from the first byte that does not fit.
    pub(crate) at: &'a str,
    /// How many bytes do not fit.
    pub(crate) length: usize,
    /// The fact.
    pub(crate) message: String,
    /// The next step.
    pub(crate) help: Cow<'static, str>,
}

impl<'a> ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(input: &'a str, _: ErrorKind) -> Self {
        Self { at: input, length: 0, message: String::new(), help: Cow::Borrowed("") }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a token parser returns: `Error` when the text is something else, `Failure` when it is a broken token.
pub(crate) type Token<'a, T> = IResult<&'a str, T, Fault<'a>>;

fn broken<'a, T>(at: &'a str, length: usize, message: impl Into<String>, help: impl Into<Cow<'static, str>>) -> Token<'a, T> {
    Err(Err::Failure(Fault { at, length, message: message.into(), help: help.into() }))
}

fn otherwise<T>(input: &str) -> Token<'_, T> {
    Err(Err::Error(Fault::from_error_kind(input, ErrorKind::Verify)))
}

/// White space and `#` comments.
pub(crate) fn trivia(input: &str) -> Token<'_, ()> {
    let mut rest = input;
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
        if !rest.starts_with('#') {
            return Ok((rest, ()));
        }
        rest = rest.find('\n').map_or("", |end| rest.get(end..).unwrap_or_default());
    }
}

/// A word of the language: `iocs`, `no_match`, `cert-sha1`.
pub(crate) fn word(input: &str) -> Token<'_, &str> {
    recognize(pair(
        satisfy(|char| char.is_ascii_alphabetic() || char == '_'),
        take_while(|char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-')),
    ))
    .parse(input)
}

/// A dotted word: `process.parent.name`, `exchange_webshell.use`, `kql.too-long`.
pub(crate) fn path(input: &str) -> Token<'_, &str> {
    recognize(pair(
        word,
        nom::multi::many0_count(pair(char('.'), take_while1(|char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-')))),
    ))
    .parse(input)
}

/// The name of a key and its colon: `title:`. The colons of `fd00::1` and `http://` are no key's.
pub(crate) fn key(input: &str) -> Token<'_, &str> {
    let (rest, name) = word(input)?;
    let (rest, _) = (take_while(|char| char == ' ' || char == '\t'), char(':')).parse(rest)?;
    if rest.starts_with([':', '/']) { otherwise(input) } else { Ok((rest, name)) }
}

/// A string: `'raw, where a backslash is a backslash'` or `"with \"escapes\""`.
pub(crate) fn string(input: &str) -> Token<'_, String> {
    match input.as_bytes().first() {
        Some(b'\'') => raw_string(input),
        Some(b'"') => escaped(input, '"', |bytes| String::from_utf8(bytes).ok(), "a string in `'...'` keeps its backslashes"),
        _ if input.starts_with(TYPOGRAPHIC) => typographic(input),
        _ => otherwise(input),
    }
}

/// Quotes of word processors and of Markdown, which hold nothing here.
const TYPOGRAPHIC: [char; 15] = ['`', '“', '”', '„', '‟', '«', '»', '″', '＂', '‘', '’', '‚', '‛', '′', '＇'];

/// Words between quotes of a word processor: what they hold is meant as a string.
fn typographic(input: &str) -> Token<'_, String> {
    let line = input.lines().next().unwrap_or(input);
    let body = line.get(line.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
    let end = body.char_indices().find(|(_, char)| TYPOGRAPHIC.contains(char) || matches!(char, '"' | '\''));
    let inside = end.map_or_else(|| body.split_whitespace().next().unwrap_or(body), |(at, _)| body.get(..at).unwrap_or_default());
    let length = line.len() - body.len() + inside.len() + end.map_or(0, |(_, char)| char.len_utf8());
    broken(input, length, "these quotes hold no string", format!("it might be written as `{}`", quote::string(inside)))
}

/// The next step for a string that has no end.
fn unclosed(line: &str, closing: &'static str) -> &'static str {
    if line.contains(TYPOGRAPHIC) { "a quote of another kind closes nothing; the one it began with might be meant" } else { closing }
}

fn raw_string(input: &str) -> Token<'_, String> {
    let (body, _) = char('\'').parse(input)?;
    let end = body.find(['\'', '\n']).unwrap_or(body.len());
    let (text, rest) = body.split_at_checked(end).unwrap_or((body, ""));
    if !rest.starts_with('\'') {
        return broken(input, 1 + text.trim_end().len(), "the string has no end on its line", unclosed(text, "a `'` might be missing"));
    }
    bounded(input, text.len())?;
    Ok((rest.get(1..).unwrap_or_default(), text.to_owned()))
}

/// A byte string: `b'<%@ Page\x00'`.
pub(crate) fn byte_string(input: &str) -> Token<'_, Vec<u8>> {
    let (rest, _) = char('b').parse(input)?;
    match rest.as_bytes().first() {
        Some(b'\'') => escaped(rest, '\'', Some, "in `b'...'` a backslash is written `\\\\`"),
        Some(b'"') => escaped(rest, '"', Some, "in `b\"...\"` a backslash is written `\\\\`"),
        _ => otherwise(input),
    }
}

fn bounded(input: &str, length: usize) -> Result<(), Err<Fault<'_>>> {
    if length > MAX_STRING {
        let message = format!("the string has {length} bytes, more than {MAX_STRING}");
        return Err(Err::Failure(Fault { at: input, length: 1, message, help: Cow::Borrowed("a long text might be kept in a file") }));
    }
    Ok(())
}

/// Text between quotes with escapes, made into `T` from its bytes.
fn escaped<'a, T>(input: &'a str, quote: char, finish: impl Fn(Vec<u8>) -> Option<T>, hint: &'static str) -> Token<'a, T> {
    let (body, _) = char(quote).parse(input)?;
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let Some(first) = rest.chars().next().filter(|char| *char != '\n') else {
            let written = input.lines().next().unwrap_or(input).trim_end();
            return broken(input, written.len(), "the string has no end on its line", unclosed(written, "a closing quote might be missing"));
        };
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        if first == quote {
            bounded(input, out.len())?;
            let length = input.len() - after.len();
            return match finish(out) {
                Some(value) => Ok((after, value)),
                None => broken(input, length, "the escapes do not give text", "bytes are written as `b'...'`"),
            };
        }
        if first != '\\' {
            out.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
            rest = after;
            continue;
        }
        let (after, value) = match escape(after) {
            Ok(found) => found,
            Err(_) => {
                let shown: String = rest.chars().take(2).collect();
                return broken(rest, shown.len(), format!("`{shown}` is not an escape"), hint);
            }
        };
        match value {
            Escape::Byte(byte) => out.push(byte),
            Escape::Char(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = after;
    }
}

enum Escape {
    Byte(u8),
    Char(char),
}

fn escape(input: &str) -> Token<'_, Escape> {
    let (rest, letter) = satisfy(|char| matches!(char, '\\' | '"' | '\'' | 'n' | 'r' | 't' | '0' | 'x' | 'u')).parse(input)?;
    let byte = match letter {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        '0' => 0,
        'x' => {
            let (rest, digits) = take_while_m_n(2, 2, |char: char| char.is_ascii_hexdigit()).parse(rest)?;
            return Ok((rest, Escape::Byte(u8::from_str_radix(digits, 16).unwrap_or_default())));
        }
        'u' => {
            let (rest, digits) =
                (tag("{"), take_while_m_n(1, 6, |char: char| char.is_ascii_hexdigit()), tag("}")).map(|(_, digits, _)| digits).parse(rest)?;
            return match u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
                Some(char) => Ok((rest, Escape::Char(char))),
                None => otherwise(input),
            };
        }
        other => other as u8,
    };
    Ok((rest, Escape::Byte(byte)))
}

/// A value without quotes: up to white space, a comma, or a closing bracket that it did not open.
///
/// ```text
/// 198.51.100[.]23   hxxps://evil[.]example/a#b   T1584.008   200KB
/// ```
pub(crate) fn bare(input: &str) -> Token<'_, &str> {
    let mut open = Vec::new();
    let mut end = input.len();
    for (at, char) in input.char_indices() {
        let stop = match char {
            '[' | '(' | '{' => {
                open.push(char);
                false
            }
            ']' | ')' | '}' => !matches!((open.pop(), char), (Some('['), ']') | (Some('('), ')') | (Some('{'), '}')),
            ',' => open.is_empty(),
            other => other.is_whitespace(),
        };
        if stop {
            end = at;
            break;
        }
    }
    match input.split_at_checked(end) {
        Some((value, rest)) if !value.is_empty() && !value.starts_with(['"', '\'', '{', '[', '(', '#']) => Ok((rest, value)),
        _ => otherwise(input),
    }
}

/// A value of an indicator list without quotes: up to white space, or a `}` that it did not open. Commas are part of it.
pub(crate) fn indicator(input: &str) -> Token<'_, &str> {
    let mut open = 0_usize;
    let mut end = input.len();
    for (at, char) in input.char_indices() {
        match char {
            '{' => open += 1,
            '}' if open == 0 => {
                end = at;
                break;
            }
            '}' => open -= 1,
            other if other.is_whitespace() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    match input.split_at_checked(end) {
        Some((value, rest)) if !value.is_empty() && !value.starts_with(['"', '\'']) => Ok((rest, value)),
        _ => otherwise(input),
    }
}

/// A whole number.
pub(crate) fn number(input: &str) -> Token<'_, u32> {
    let (rest, digits) = digit1(input)?;
    match digits.parse() {
        Ok(number) => Ok((rest, number)),
        Err(_) => broken(input, digits.len(), format!("`{digits}` is too large"), "the largest number here is 4294967295"),
    }
}

/// A length of time: `10m`, `1h30m`, `7d`.
pub(crate) fn duration(input: &str) -> Token<'_, Duration> {
    let (rest, text) = recognize(many1(pair(digit1, take_while1(|char: char| char.is_ascii_alphabetic())))).parse(input)?;
    let mut left = text;
    let mut total = 0_u64;
    while !left.is_empty() {
        let (after, digits) = digit1(left)?;
        let (after, unit) = take_while1(|char: char| char.is_ascii_alphabetic()).parse(after)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => return broken(input, text.len(), format!("`{unit}` is not a unit of time"), "the units are `s`, `m`, `h` and `d`, as in `10m`"),
        };
        let part = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(seconds));
        total = match part.and_then(|part| total.checked_add(part)).filter(|total| *total <= 36_500 * 86_400) {
            Some(total) => total,
            None => return broken(input, text.len(), format!("`{text}` is too long"), "the longest time is `36500d`"),
        };
        left = after;
    }
    Ok((rest, Duration::from_secs(total)))
}

/// A day: `2021-07-21`.
pub(crate) fn date(input: &str) -> Token<'_, Date> {
    let (rest, text) =
        recognize(pair(digit1, take_while1(|char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '/' | ':')))).parse(input)?;
    match text.parse() {
        Ok(date) if text.len() == 10 => Ok((rest, date)),
        _ => broken(input, text.len(), format!("`{text}` is not a day"), "a day is written as `2021-07-21`"),
    }
}

/// A window of days: `2021-01-01 .. 2021-12-31`, `2021-01-01 .. now`, `.. 2021-12-31`.
pub(crate) fn window(input: &str) -> Token<'_, Window> {
    let blank = || take_while(|char| char == ' ' || char == '\t');
    let (rest, from) = opt(date).parse(input)?;
    let (rest, _) = match preceded(blank(), tag("..")).parse(rest) {
        Ok(found) => found,
        Err(error @ Err::Failure(_)) => return Err(error),
        Err(_) if from.is_some() => {
            return broken(
                input,
                input.len() - rest.len(),
                "a window of days has two ends",
                "a window is written as `2021-01-01 .. 2021-12-31` or `2021-01-01 .. now`",
            );
        }
        Err(error) => return Err(error),
    };
    let now = || verify(word, |word: &str| word == "now").map(|_| None);
    let (rest, until) = preceded(blank(), nom::branch::alt((now(), date.map(Some)))).parse(rest).or_else(|error| match error {
        Err::Failure(_) => Err(error),
        _ if from.is_some() => Ok((rest, None)),
        _ => broken(input, 2, "a window of days has at least one end", "a window is written as `2021-01-01 .. now`"),
    })?;
    if matches!((from, until), (Some(from), Some(until)) if until < from) {
        return broken(input, input.len() - rest.len(), "the window ends before it starts", "the two days might be swapped");
    }
    Ok((rest, Window { from, until }))
}

/// A regular expression between slashes: `/a\/b/`; `\/` is a slash.
pub(crate) fn regex(input: &str) -> Token<'_, String> {
    let (body, _) = char('/').parse(input)?;
    let mut out = String::new();
    let mut chars = body.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '/' => {
                bounded(input, out.len())?;
                let rest = body.get(at + 1..).unwrap_or_default();
                if out.is_empty() {
                    return broken(input, 2, "the expression is empty", "an expression is written as `/a+/`");
                }
                return Ok((rest, out));
            }
            '\n' => break,
            '\\' => match chars.next() {
                Some((_, '/')) => out.push('/'),
                Some((_, '\n')) | None => break,
                Some((_, other)) => out.extend(['\\', other]),
            },
            other => out.push(other),
        }
    }
    let line = input.lines().next().unwrap_or(input).trim_end();
    broken(input, line.len(), "the expression has no end on its line", "a `/` inside the expression is written `\\/`")
}

/// A whole number with an optional unit, as `file.size` and counters take it: `42`, `0x1f`, `200KB`, `10m`, `-1`.
/// Sizes count in steps of 1024, times in seconds.
pub(crate) fn quantity(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let magnitude = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with(['+', '-']))?
    } else {
        let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
        let (number, unit) = digits.split_at_checked(end)?;
        let factor = match unit {
            "" | "B" => 1,
            "KB" => 1 << 10,
            "MB" => 1 << 20,
            "GB" => 1 << 30,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => return None,
        };
        number.parse::<i64>().ok()?.checked_mul(factor)?
    };
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_literal() {
        assert_eq!(string(r"'C:\a\' x"), Ok((" x", r"C:\a\".to_owned())));
        assert_eq!(string(r#""a\"\x41\u{e9}" x"#), Ok((" x", "a\"Aé".to_owned())));
        assert_eq!(byte_string(r"b'\xff\0<' x"), Ok((" x", vec![0xff, 0, b'<'])));
        for wrong in [r#""\q""#, "\"a\nb\"", "'a", r#""\xff""#, r#""\u{d800}""#] {
            assert!(matches!(string(wrong), Err(Err::Failure(_))), "{wrong}");
        }
    }

    #[test]
    fn bare_values_keep_their_defanging() {
        assert_eq!(bare("evil[.]example, b]"), Ok((", b]", "evil[.]example")));
        assert_eq!(bare("a(.)b) and"), Ok((") and", "a(.)b")));
        assert_eq!(indicator("hxxp://a[.]example/x,y#z {"), Ok((" {", "hxxp://a[.]example/x,y#z")));
        assert_eq!(indicator("192.0.2.1}"), Ok(("}", "192.0.2.1")));
        assert_eq!(indicator("a{.}b }"), Ok((" }", "a{.}b")));
    }

    #[test]
    fn quantities_have_units() {
        for (text, want) in [("200KB", Some(204_800)), ("1h", Some(3600)), ("0x10", Some(16)), ("-3", Some(-3)), ("5kb", None), ("x", None)] {
            assert_eq!(quantity(text), want, "{text}");
        }
        assert_eq!(quantity("9223372036854775807GB"), None);
    }

    #[test]
    fn times_and_days() {
        assert_eq!(duration("1h30m x"), Ok((" x", Duration::from_secs(5400))));
        assert!(matches!(duration("10min"), Err(Err::Failure(_))));
        assert!(matches!(date("2021-02-30"), Err(Err::Failure(_))));
        let day = |text: &str| text.parse().ok();
        assert_eq!(window("2021-01-01 .. now x"), Ok((" x", Window { from: day("2021-01-01"), until: None })));
        assert_eq!(window("2021-01-01..2021-12-31"), Ok(("", Window { from: day("2021-01-01"), until: day("2021-12-31") })));
        assert!(matches!(window("2021-12-31 .. 2021-01-01"), Err(Err::Failure(_))));
        assert!(matches!(window("2021-12-31"), Err(Err::Failure(_))));
    }
}
