//! Byte patterns in a file: strings, hex strings and expressions, and how many of them must be there.

use ir::{ByteKind, BytePattern, BytesTest, Case, EventClass, HexToken, Need, Predicate};
use nom::Parser;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::digit1;
use nom::combinator::opt;
use source::{Code, Diagnostic, Span};

use super::compare::{REGEX, regex};
use super::cursor::{Broken, Cursor, Parse};
use super::token::{self, Token};

/// A byte pattern that cannot be looked for.
pub(crate) static PATTERN: Code = Code::error("check.pattern", "a byte pattern cannot be looked for as it is written");
/// A byte pattern on an event without bytes.
pub(crate) static NO_BYTES: Code = Code::error("check.no-bytes", "only `file.content` has bytes to look into");

/// Whether a byte test begins here. A string begins one only in `file.content`; elsewhere it is the name of an open field.
pub(crate) fn begins(cursor: &Cursor<'_>, class: Option<EventClass>) -> bool {
    let rest = cursor.rest();
    let counted = matches!(cursor.peek_word(), Some("any" | "all")) || rest.starts_with(|char: char| char.is_ascii_digit());
    let string = rest.starts_with(['"', '\'']) && class == Some(EventClass::FileContent);
    counted || string || rest.starts_with(['{', '/']) || rest.starts_with("b'") || rest.starts_with("b\"")
}

/// Reads `pattern`, `any of [...]`, `all of [...]` or `N of [...]`. `None` when it was read and cannot be looked for.
pub(crate) fn test(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    let (start, before) = (cursor.at(), cursor.errors());
    let first = cursor.next_span();
    let need = need(cursor)?;
    let (need, patterns) = match need {
        None => (Need::All, pattern(cursor)?.into_iter().collect()),
        Some((need, span)) => {
            cursor.expect_keyword("of")?;
            let mut patterns = cursor.list(pattern)?;
            let common = modifiers(cursor)?;
            if let Some((span, _)) = &common.at {
                refuse(cursor, *span, "`at` belongs to a single pattern", "it might stand inside the brackets");
            }
            for pattern in &mut patterns {
                common.add(pattern);
            }
            if cursor.errors() == before {
                count(cursor, need, patterns.len(), span);
            }
            (need, patterns)
        }
    };
    if let Some(class) = class.filter(|class| *class != EventClass::FileContent) {
        let message = format!("`{class}` has no bytes to look into");
        cursor.report(Diagnostic::new(&NO_BYTES, message).at(first, "a byte pattern").help("byte patterns stand in a facet `on file.content`"));
    }
    let test = BytesTest { need, patterns, span: cursor.since(start) };
    Ok((cursor.errors() == before).then_some(Predicate::Bytes(test)))
}

fn need(cursor: &mut Cursor<'_>) -> Parse<Option<(Need, Span)>> {
    if let Some(span) = cursor.keyword("any") {
        return Ok(Some((Need::Any, span)));
    }
    if let Some(span) = cursor.keyword("all") {
        return Ok(Some((Need::All, span)));
    }
    Ok(cursor.attempt(token::number)?.map(|count| (Need::AtLeast(count.value), count.span)))
}

fn count(cursor: &mut Cursor<'_>, need: Need, patterns: usize, span: Span) {
    if patterns == 0 {
        refuse(cursor, span, "the list has no patterns", "a pattern is written as `\"text\"`, `b'bytes'`, `{ 4D 5A }` or `/a+/`");
    } else if let Need::AtLeast(count) = need
        && (count == 0 || count as usize > patterns)
    {
        refuse(cursor, span, format!("{count} of {patterns} patterns cannot be asked for"), "the number lies between 1 and the number of patterns");
    }
}

fn refuse(cursor: &mut Cursor<'_>, span: Span, message: impl Into<String>, help: &str) {
    cursor.report(Diagnostic::new(&PATTERN, message).at(span, "here").help(help));
}

/// Words behind a pattern, each with its place.
#[derive(Default)]
struct Modifiers {
    wide: Option<Span>,
    ascii: Option<Span>,
    nocase: Option<Span>,
    fullword: Option<Span>,
    at: Option<(Span, u64)>,
}

impl Modifiers {
    fn add(&self, pattern: &mut BytePattern) {
        if self.wide.is_some() || self.ascii.is_some() {
            pattern.wide |= self.wide.is_some();
            pattern.ascii = self.ascii.is_some();
        }
        pattern.nocase |= self.nocase.is_some();
        pattern.fullword |= self.fullword.is_some();
    }

    fn on_text(&self) -> Option<Span> {
        self.wide.or(self.ascii).or(self.nocase).or(self.fullword)
    }
}

fn modifiers(cursor: &mut Cursor<'_>) -> Parse<Modifiers> {
    let mut out = Modifiers::default();
    while let Some(word) = cursor.peek_word() {
        let place = match word {
            "wide" => &mut out.wide,
            "ascii" => &mut out.ascii,
            "nocase" => &mut out.nocase,
            "fullword" => &mut out.fullword,
            "at" => {
                let span = cursor.expect_keyword("at")?;
                let word = cursor.need("an offset such as `0` or `0x3c`", token::bare)?;
                match token::quantity(word.value).and_then(|at| u64::try_from(at).ok()) {
                    Some(at) => out.at = Some((span, at)),
                    None => refuse(cursor, word.span, format!("`{}` is not an offset", word.value), "an offset is written as `0` or `0x3c`"),
                }
                continue;
            }
            _ => break,
        };
        *place = cursor.keyword(word);
    }
    Ok(out)
}

/// Reads one pattern with the words behind it.
fn pattern(cursor: &mut Cursor<'_>) -> Parse<Option<BytePattern>> {
    let (start, before) = (cursor.at(), cursor.errors());
    if let Some(regex_text) = if cursor.sees("/") { cursor.attempt(token::regex)? } else { None } {
        let modifiers = modifiers(cursor)?;
        let case = if modifiers.nocase.is_some() { Case::Insensitive } else { Case::Sensitive };
        let Some(regex) = regex(cursor, &regex_text.value, regex_text.span, case) else { return Ok(None) };
        let nocase = modifiers.nocase.is_some();
        let said = regex.bytes_tree(nocase).err().or_else(|| regex.over_bytes(nocase).is_none().then(|| "it grows too large".to_owned()));
        if let Some(why) = said {
            let message = format!("the expression cannot be looked for in bytes: {why}");
            let help = "characters beyond ASCII might be written as a text pattern of their own";
            cursor.report(Diagnostic::new(&REGEX, message).at(regex_text.span, "here").help(help));
            return Ok(None);
        }
        return Ok(Some(finish(ByteKind::Regex(regex), &modifiers)));
    }
    let kind = if cursor.sees("{") {
        ByteKind::Hex(hex_string(cursor)?)
    } else if let Some(bytes) = cursor.attempt(token::byte_string)? {
        ByteKind::Bytes(bytes.value)
    } else {
        ByteKind::Text(cursor.string("a pattern such as `\"text\"`, `b'bytes'`, `{ 4D 5A }` or `/a+/`")?.value)
    };
    let span = cursor.since(start);
    let modifiers = modifiers(cursor)?;
    let empty = match &kind {
        ByteKind::Text(text) => text.is_empty(),
        ByteKind::Bytes(bytes) => bytes.is_empty(),
        ByteKind::Hex(_) | ByteKind::Regex(_) => false,
    };
    if empty {
        refuse(cursor, span, "the pattern is empty", "every file holds an empty pattern; `file.size > 0` may be meant");
    }
    if let (ByteKind::Hex(_), Some(word)) = (&kind, modifiers.on_text()) {
        refuse(cursor, word, "a hex string takes only `at`", "`wide`, `ascii`, `nocase` and `fullword` belong to text");
    }
    Ok((cursor.errors() == before).then(|| finish(kind, &modifiers)))
}

fn finish(kind: ByteKind, modifiers: &Modifiers) -> BytePattern {
    let mut pattern = BytePattern { kind, ascii: true, wide: false, nocase: false, fullword: false, at: modifiers.at.map(|(_, at)| at) };
    modifiers.add(&mut pattern);
    pattern
}

/// Reads `{ 4D 5A ?? [2-4] (01 | 02) }`.
fn hex_string(cursor: &mut Cursor<'_>) -> Parse<Vec<HexToken>> {
    let open = cursor.expect("{")?;
    let tokens = hex_tokens(cursor, false).and_then(|tokens| match cursor.eat("}") {
        Some(_) => Ok(tokens),
        None => Err(cursor.expected("a byte such as `4D` or `??`, or `}`")),
    });
    let Ok(tokens) = tokens else {
        // Its braces are not those of the expression around it.
        cursor.skip_brackets(open.range().start);
        return Err(Broken);
    };
    let span = cursor.since(open.range().start);
    if tokens.is_empty() {
        refuse(cursor, span, "the hex string is empty", "a byte is written as two digits: `{ 4D 5A }`");
    } else if matches!(tokens.first(), Some(HexToken::Jump { .. })) || matches!(tokens.last(), Some(HexToken::Jump { .. })) {
        refuse(cursor, span, "a hex string begins and ends with a byte", "the jump at its edge might be left out");
    }
    Ok(tokens)
}

fn hex_tokens(cursor: &mut Cursor<'_>, nested: bool) -> Parse<Vec<HexToken>> {
    let mut out = Vec::new();
    loop {
        if let Some(byte) = cursor.attempt(hex_byte)? {
            out.push(byte.value);
        } else if let Some(jump) = cursor.attempt(hex_jump)? {
            if nested && jump.value.1.is_none() {
                refuse(cursor, jump.span, "a jump without an end cannot stand in an alternative", "an end might be added: `[2-16]`");
            }
            out.push(HexToken::Jump { min: jump.value.0, max: jump.value.1 });
        } else if let Some(open) = cursor.eat("(") {
            out.push(cursor.deeper(|cursor| {
                let mut alternatives = vec![hex_tokens(cursor, true)?];
                while cursor.eat("|").is_some() {
                    alternatives.push(hex_tokens(cursor, true)?);
                }
                if cursor.eat(")").is_none() {
                    return Err(cursor.expected("a byte such as `4D` or `??`, `|` or `)`"));
                }
                if alternatives.iter().any(Vec::is_empty) {
                    let span = cursor.since(open.range().start);
                    refuse(cursor, span, "an alternative is empty", "a jump `[0-1]` may be meant");
                    return Err(Broken);
                }
                Ok(HexToken::Either(alternatives))
            })?);
        } else {
            return Ok(out);
        }
    }
}

/// One byte: `4D`, `4?`, `?D`, `??`.
fn hex_byte(input: &str) -> Token<'_, HexToken> {
    let (rest, digits) = take_while_m_n(2, 2, |char: char| char.is_ascii_hexdigit() || char == '?').parse(input)?;
    let (mut value, mut mask) = (0_u8, 0_u8);
    for char in digits.chars() {
        (value, mask) = (value << 4, mask << 4);
        if let Some(digit) = char.to_digit(16) {
            value |= u8::try_from(digit).unwrap_or_default();
            mask |= 0xf;
        }
    }
    Ok((rest, HexToken::Byte { value, mask }))
}

/// A jump: `[4]`, `[2-4]`, `[2-]`, `[-]`.
fn hex_jump(input: &str) -> Token<'_, (u32, Option<u32>)> {
    let blank = || nom::character::complete::multispace0;
    let (rest, (_, _, min, _, dash, _, max, _, _)) =
        (tag("["), blank(), opt(digit1), blank(), opt(tag("-")), blank(), opt(digit1), blank(), tag("]")).parse(input)?;
    let length = input.len() - rest.len();
    let fault = |message: &str| {
        Err(nom::Err::Failure(token::Fault {
            at: input,
            length,
            message: message.to_owned(),
            help: "a jump is written as `[4]`, `[2-4]` or `[2-]`".into(),
        }))
    };
    let number = |digits: Option<&str>| digits.map(str::parse::<u32>).transpose();
    let (Ok(min), Ok(max)) = (number(min), number(max)) else { return fault("the jump is too long") };
    match (min, dash, max) {
        (Some(count), None, None) => Ok((rest, (count, Some(count)))),
        (min, Some(_), None) => Ok((rest, (min.unwrap_or(0), None))),
        (min, Some(_), Some(max)) if min.unwrap_or(0) <= max => Ok((rest, (min.unwrap_or(0), Some(max)))),
        (_, Some(_), Some(_)) => fault("the jump ends before it starts"),
        (_, None, _) => fault("the jump has no length"),
    }
}
