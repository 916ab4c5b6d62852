//! Is what we printed well formed? A reader of our own for the KQL that we write, and for the files around it.
//!
//! It knows tokens, literals with their escapes, brackets, tables and limits; that every column exists is the business of
//! Microsoft's language service, which the project's checks run over all golden rules.

use std::borrow::Cow;
use std::collections::BTreeMap;

use backend::{Artefact, ArtefactKind, Fault};
use rayon::prelude::*;

use crate::card::Card;
use crate::lower_draft::RULE;
use crate::verify_template;
use logs::tables::Product;
use logs::tables::columns;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// A name or word.
    Word(&'t str),
    /// A text, unescaped.
    Text(Cow<'t, str>),
    /// A number, with its unit.
    Number(&'t str),
    /// Anything else: one character.
    Mark(char),
}

/// Reads files back and says what is refused. A file of rules holds one; a list's fault is that of every rule that names it.
pub(crate) fn verify(product: Product, artefacts: &[Artefact]) -> Vec<Fault> {
    let lists: BTreeMap<&str, Result<(), &str>> = artefacts
        .iter()
        .filter(|artefact| artefact.kind == ArtefactKind::List)
        .filter_map(|artefact| Some((artefact.path.rsplit('/').next()?.strip_suffix(".csv")?, list(&artefact.text))))
        .collect();
    let rules = artefacts.par_iter().filter(|artefact| artefact.kind == ArtefactKind::Rules);
    rules.flat_map_iter(|artefact| of_rules(product, artefact, &lists)).collect()
}

/// What is refused of one file of rules.
fn of_rules(product: Product, artefact: &Artefact, lists: &BTreeMap<&str, Result<(), &str>>) -> Vec<Fault> {
    let mut out = Vec::new();
    let mut say = |what: String| out.push(Fault::of_file(&*artefact.path, what));
    if artefact.path.ends_with(".kql") {
        if let Err(why) = query(product, &artefact.text) {
            say(why);
        }
        return out;
    }
    let read =
        if artefact.path.ends_with(".json") { Card::read(&artefact.text).map(|card| card.query) } else { verify_template::query(&artefact.text) };
    let text = match read {
        Ok(text) => text,
        Err(why) => {
            say(why);
            return out;
        }
    };
    if let Err(why) = query(product, &text) {
        say(why);
    }
    // A query for a person may be longer.
    let size = if text.len() > RULE && product != Product::DefenderXdr { text.chars().count() } else { 0 };
    if size > RULE {
        say(format!("the query has {size} characters, more than {RULE}"));
    }
    for alias in watchlists(&text) {
        match lists.get(alias.as_str()) {
            None => say(format!("the watchlist `{alias}` is not there")),
            Some(Err(why)) => say(format!("the watchlist `{alias}`: {why}")),
            Some(Ok(())) => {}
        }
    }
    out
}

/// Whether a watchlist can be imported.
fn list(text: &str) -> Result<(), &'static str> {
    if text.len() > 3_984_588 {
        return Err("it is larger than 3.8 MB");
    }
    if text.lines().any(|line| line.len() > 10_240) {
        return Err("a line has more than 10,240 characters");
    }
    if !text.matches('"').count().is_multiple_of(2) {
        return Err("a quote has no end");
    }
    Ok(())
}

/// Aliases that a query asks for.
fn watchlists(text: &str) -> Vec<String> {
    const ASKS: &str = "_GetWatchlist";
    let Some(tokens) = text.contains(ASKS).then(|| tokens(text).ok()).flatten() else { return Vec::new() };
    tokens
        .windows(3)
        .filter_map(|window| match window {
            [Token::Word(ASKS), Token::Mark('('), Token::Text(alias)] => Some(alias.to_string()),
            _ => None,
        })
        .collect()
}

/// Reads a query: tokens, brackets, statements, and that it begins with a table of the profile.
fn query(product: Product, text: &str) -> Result<(), String> {
    let tokens = tokens(text)?;
    let mut open = Vec::new();
    for token in &tokens {
        let Token::Mark(mark) = token else { continue };
        match mark {
            '(' | '[' | '{' => open.push(*mark),
            ')' | ']' | '}' => {
                let wanted = match mark {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(wanted) {
                    return Err(format!("`{mark}` closes nothing"));
                }
            }
            ';' if !open.is_empty() => return Err("a statement ends inside brackets".to_owned()),
            _ => {}
        }
    }
    if let Some(mark) = open.pop() {
        return Err(format!("`{mark}` is not closed"));
    }
    let statements: Vec<&[Token]> = tokens.split(|token| *token == Token::Mark(';')).collect();
    let (last, definitions) = statements.split_last().ok_or("there is no query")?;
    let mut named = Vec::new();
    for definition in definitions {
        match definition {
            [Token::Word("let"), Token::Word(name), Token::Mark('='), ..] => named.push(*name),
            _ => return Err("a statement before the query is no definition".to_owned()),
        }
    }
    match last {
        [Token::Word(first), ..] if *first == "union" || named.contains(first) || columns::known(product, first) => Ok(()),
        [Token::Word(first), ..] => Err(format!("`{first}` is no table of {}", product.id())),
        _ => Err("the query does not begin with a table".to_owned()),
    }
}

/// Which bytes stand in names and numbers.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

/// Whether a text holds a control character.
fn controls(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().any(|byte| byte.is_ascii_control()) || (!bytes.is_ascii() && text.contains(char::is_control))
}

/// Splits text into tokens; comments and spaces are left out.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut out = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    while let [first, behind @ ..] = rest.as_bytes() {
        match (*first, behind.first()) {
            (b' ' | b'\n', _) => {
                let end = rest.as_bytes().iter().position(|byte| !matches!(byte, b' ' | b'\n')).unwrap_or(rest.len());
                rest = &rest[end..];
            }
            (b'/', Some(b'/')) => rest = rest.split_once('\n').map_or("", |(_, rest)| rest),
            (b'@', Some(quote @ (b'"' | b'\''))) => {
                let (text, behind) = verbatim(&rest[2..], char::from(*quote))?;
                out.push(Token::Text(text));
                rest = behind;
            }
            (quote @ (b'"' | b'\''), _) => {
                let (text, behind) = regular(&rest[1..], quote)?;
                out.push(Token::Text(text));
                rest = behind;
            }
            (first, _) if IN_WORD[usize::from(first)] => {
                let end = rest.as_bytes().iter().position(|byte| !IN_WORD[usize::from(*byte)]).unwrap_or(rest.len());
                let (word, behind) = rest.split_at(end);
                out.push(if first.is_ascii_digit() { Token::Number(word) } else { Token::Word(word) });
                rest = behind;
            }
            (first, _) if first.is_ascii_graphic() => {
                out.push(Token::Mark(char::from(first)));
                rest = &rest[1..];
            }
            _ => match rest.chars().next() {
                Some(char) if char.is_whitespace() => rest = &rest[char.len_utf8()..],
                char => return Err(format!("{:?} stands outside a text", char.unwrap_or_default())),
            },
        }
    }
    Ok(out)
}

/// The rest of a verbatim literal and what stands behind it.
fn verbatim(text: &str, quote: char) -> Result<(Cow<'_, str>, &str), String> {
    let mut out = Cow::Borrowed("");
    let mut rest = text;
    loop {
        let at = rest.find(quote).ok_or("a text has no end")?;
        let (before, behind) = rest.split_at(at);
        if controls(before) {
            return Err("a verbatim text holds a control character".to_owned());
        }
        out += before;
        let behind = &behind[1..];
        match behind.strip_prefix(quote) {
            Some(more) => {
                out.to_mut().push(quote);
                rest = more;
            }
            None => return Ok((out, behind)),
        }
    }
}

/// The rest of a literal with escapes and what stands behind it.
fn regular(text: &str, quote: u8) -> Result<(Cow<'_, str>, &str), String> {
    // Most have no escape.
    if let Some(end) = text.as_bytes().iter().position(|&byte| !(b' '..0x7f).contains(&byte) || byte == b'\\' || byte == quote)
        && text.as_bytes()[end] == quote
    {
        return Ok((Cow::Borrowed(&text[..end]), &text[end + 1..]));
    }
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            char if char == char::from(quote) => return Ok((Cow::Owned(out), &text[at + 1..])),
            '\\' => match chars.next().map(|(_, escape)| escape) {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(same @ ('\\' | '"' | '\'')) => out.push(same),
                Some('u') => {
                    let unit = |chars: &mut std::str::CharIndices<'_>| {
                        let digits: String = chars.take(4).map(|(_, digit)| digit).collect();
                        u16::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4)
                    };
                    let mut units: Vec<u16> = unit(&mut chars).into_iter().collect();
                    // A character beyond the first plane is two units, each an escape.
                    if units.first().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
                        chars.by_ref().take(2).for_each(drop);
                        units.extend(unit(&mut chars));
                    }
                    let text = String::from_utf16(&units).ok().filter(|text| !text.is_empty());
                    out.push_str(&text.ok_or("`\\u` is not followed by four hex digits")?);
                }
                other => return Err(format!("{other:?} is no escape")),
            },
            char if char.is_control() => return Err("a text holds a control character".to_owned()),
            char => out.push(char),
        }
    }
    Err("a text has no end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_queries_are_refused() {
        let refused = |text: &str| query(Product::DefenderXdr, text).unwrap_err();
        assert_eq!(query(Product::DefenderXdr, "let a = dynamic([\"x\"]);\nDeviceEvents\n| where FileName in~ (a) // (\n"), Ok(()));
        assert_eq!(refused("DeviceEvents | where (a"), "`(` is not closed");
        assert_eq!(refused("DeviceEvents | where a == \"x"), "a text has no end");
        assert_eq!(refused("DeviceEvents | where a == \"\\q\""), "Some('q') is no escape");
        assert_eq!(refused("Nothing | take 1"), "`Nothing` is no table of defender-xdr");
        assert_eq!(refused("drop; DeviceEvents"), "a statement before the query is no definition");
    }
}
