//! How regular expressions are written for PCRE inside a rule's quotes.

use std::fmt::Write as _;

use ir::Case;

use crate::ast::{Pcre, Re, Sign};

/// The whole `pcre` option.
pub(crate) fn option(pcre: &Pcre) -> String {
    let mut flags = String::new();
    if pcre.nocase {
        flags.push('i');
    }
    if pcre.lines {
        flags.push('m');
    }
    if has_run(&pcre.expression) {
        flags.push('s');
    }
    let sign = if pcre.sign == Sign::Is { "" } else { "!" };
    format!("pcre:{sign}\"/{}/{flags}\";", expression(&pcre.expression, pcre.nocase))
}

fn has_run(re: &Re) -> bool {
    match re {
        Re::Run => true,
        Re::Seq(list) | Re::Either(list) => list.iter().any(has_run),
        Re::Repeat { inner, .. } | Re::Character(inner) | Re::Unless(inner) | Re::Cased(_, inner) => has_run(inner),
        Re::Text(_) | Re::Bytes(_) | Re::Raw(_) | Re::Class(_) | Re::Except(_) | Re::One => false,
    }
}

/// An expression, between its slashes.
pub(crate) fn expression(re: &Re, nocase: bool) -> String {
    let mut out = String::new();
    write(&mut out, re, nocase);
    out
}

fn write(out: &mut String, re: &Re, nocase: bool) {
    match re {
        Re::Text(text) => text.chars().for_each(|char| character(out, char, nocase)),
        Re::Bytes(bytes) => bytes.iter().for_each(|byte| literal(out, *byte)),
        Re::Raw(syntax) => out.push_str(syntax),
        Re::Class(ranges) => class(out, ranges, ""),
        Re::Except(ranges) => class(out, ranges, "^"),
        Re::Character(inner) => {
            // Without a way back into the character.
            out.push_str("(?>[\\xC2-\\xF4][\\x80-\\xBF]+|");
            write(out, inner, nocase);
            out.push(')');
        }
        Re::Unless(inner) => {
            out.push_str("(?!");
            write(out, inner, nocase);
            out.push(')');
        }
        Re::Cased(case, inner) => {
            out.push_str(if *case == Case::Insensitive { "(?i:" } else { "(?-i:" });
            write(out, inner, *case == Case::Insensitive);
            out.push(')');
        }
        Re::Run => out.push_str(".*"),
        Re::One => out.push_str("(?:[\\x00-\\x7F]|[\\xC2-\\xF4][\\x80-\\xBF]+)"),
        Re::Seq(list) => list.iter().for_each(|inner| write(out, inner, nocase)),
        Re::Either(list) => {
            out.push_str("(?:");
            for (at, inner) in list.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write(out, inner, nocase);
            }
            out.push(')');
        }
        Re::Repeat { inner, min, max, greedy } => {
            // A class is one piece already.
            let single = match &**inner {
                Re::Class(ranges) => !ranges.is_empty(),
                Re::Bytes(bytes) => bytes.len() == 1,
                Re::Either(list) => list.len() > 1,
                Re::Except(_) | Re::Character(_) | Re::Cased(..) => true,
                _ => false,
            };
            out.push_str(if single { "" } else { "(?:" });
            write(out, inner, nocase);
            out.push_str(if single { "" } else { ")" });
            match (min, max) {
                (0, None) => out.push('*'),
                (1, None) => out.push('+'),
                (0, Some(1)) => out.push('?'),
                (min, None) => {
                    let _ = write!(out, "{{{min},}}");
                }
                (min, Some(max)) if min == max => {
                    let _ = write!(out, "{{{min}}}");
                }
                (min, Some(max)) => {
                    let _ = write!(out, "{{{min},{max}}}");
                }
            }
            if !greedy {
                out.push('?');
            }
        }
    }
}

/// A character. The engine compares bytes, so a letter outside ASCII stands in both cases where case does not count.
fn character(out: &mut String, char: char, nocase: bool) {
    let mut buffer = [0; 4];
    let bytes = |char: char, out: &mut String, buffer: &mut [u8; 4]| char.encode_utf8(buffer).bytes().for_each(|byte| literal(out, byte));
    let other = || -> Option<char> {
        let single = |mut chars: Box<dyn Iterator<Item = char>>| chars.next().filter(|_| chars.next().is_none());
        let lower = single(Box::new(char.to_lowercase())).unwrap_or(char);
        let upper = single(Box::new(char.to_uppercase())).unwrap_or(char);
        [lower, upper].into_iter().find(|form| *form != char)
    };
    match if nocase && !char.is_ascii() { other() } else { None } {
        None => bytes(char, out, &mut buffer),
        Some(other) => {
            out.push_str("(?:");
            bytes(char, out, &mut buffer);
            out.push('|');
            bytes(other, out, &mut buffer);
            out.push(')');
        }
    }
}

/// One byte that means itself. `"` and `;` would end the option, so they are written in hex, as is all that is not printable.
fn literal(out: &mut String, byte: u8) {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b' ' | b'_' | b'-' | b'=' | b'@' | b',' | b'<' | b'>' | b'\'' | b'%' | b'&' | b'~' | b':' => {
            out.push(char::from(byte));
        }
        b'.' | b'+' | b'*' | b'?' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'^' | b'$' | b'/' | b'\\' | b'|' => {
            out.push('\\');
            out.push(char::from(byte));
        }
        other => {
            let _ = write!(out, "\\x{other:02X}");
        }
    }
}

fn class(out: &mut String, ranges: &[(u8, u8)], not: &str) {
    let one = |byte: u8, out: &mut String| match byte {
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        b'/' => out.push_str("\\/"),
        byte if byte.is_ascii_alphanumeric() || b"!%&'()*+,.:<=>?@_{}~$".contains(&byte) => out.push(char::from(byte)),
        byte => {
            let _ = write!(out, "\\x{byte:02X}");
        }
    };
    if ranges.is_empty() {
        // Nothing fits an empty class.
        out.push_str("(?!)");
        return;
    }
    out.push('[');
    out.push_str(not);
    for (from, to) in ranges {
        one(*from, out);
        if to > from {
            // Two neighbours need no range.
            if to - from > 1 {
                out.push('-');
            }
            one(*to, out);
        }
    }
    out.push(']');
}
