//! What does a person see? Text from inputs, in which every character that would not be seen as it is stands as an escape.
//!
//! A terminal obeys control characters, and marks of direction make a line read otherwise than it is (CVE-2021-42574,
//! <https://www.unicode.org/reports/tr55/>). Letters of any script, what joins them, and emoji are shown as they are.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character would not be seen as it is: it steers the terminal, ends a line, turns the reading direction, is invisible
/// between letters, or is no character at all. The joiners (U+200C, U+200D) and what chooses the look of an emoji are parts of letters.
#[must_use]
pub fn unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || noncharacter(char)
}

/// The last two code points of each plane, which no text exchanges (<https://www.unicode.org/faq/private_use.html#noncharacters>).
fn noncharacter(char: char) -> bool {
    u32::from(char) & 0xfffe == 0xfffe
}

/// Whether every character of a text is seen.
fn clear(text: &str) -> bool {
    // Every byte is looked at: that is many at once, where stopping at the first would be one by one.
    let controls = || text.bytes().fold(false, |found, byte| found | byte.is_ascii_control());
    if text.is_ascii() { !controls() } else { !text.chars().any(unseen) }
}

/// Text for a person, on one line: `\n`, `\u{202e}` and the like in place of what is not seen.
///
/// ```
/// assert_eq!(source::legible("a\u{1b}[31m\u{202e}b\nÉ"), "a\\u{1b}[31m\\u{202e}b\\nÉ");
/// ```
#[must_use]
pub fn legible(text: &str) -> Cow<'_, str> {
    if clear(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\n' | '\r' | '\t' => out.extend(char.escape_default()),
            char if unseen(char) => out.extend(char.escape_unicode()),
            char => out.push(char),
        }
    }
    Cow::Owned(out)
}

/// The same of a text whose line feeds are our own.
///
/// ```
/// assert_eq!(source::legible_lines("a\r\nb\rc"), "a\nb\\rc");
/// ```
#[must_use]
pub fn legible_lines(text: &str) -> Cow<'_, str> {
    if text.split('\n').all(clear) {
        return Cow::Borrowed(text);
    }
    let lines = text.split('\n').map(|line| legible(line.strip_suffix('\r').unwrap_or(line)));
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// JSON whose texts hold nothing unseen: such a character can only stand in a text there, where `\u202e` means the same.
///
/// ```
/// assert_eq!(source::legible_json("{\"a\": \"\u{202e}\u{1ffff}\"}\n"), "{\"a\": \"\\u202e\\ud83f\\udfff\"}\n");
/// ```
#[must_use]
pub fn legible_json(text: &str) -> Cow<'_, str> {
    let layout = |char: char| matches!(char, '\n' | '\t' | '\r');
    // Every byte is looked at: that is many at once, where stopping at the first would be one by one.
    let layout_bytes = |byte: u8| u8::from(byte == b'\n') | u8::from(byte == b'\t') | u8::from(byte == b'\r');
    let plain = text.bytes().fold(0, |odd, byte| odd | u8::from(byte < b' ') & !layout_bytes(byte) & 1 | u8::from(byte >= 0x7f)) == 0;
    if plain || !text.chars().any(|char| unseen(char) && !layout(char)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        if unseen(char) && !layout(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(char);
        }
    }
    Cow::Owned(out)
}

/// An excerpt of a file: what is not seen is replaced by as many bytes, so that every offset stays what it is. Line feeds and tabs stay.
pub(crate) fn in_place(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        let ends_line = char == '\r' && text.as_bytes().get(at + 1) == Some(&b'\n');
        if matches!(char, '\n' | '\t') || ends_line || !unseen(char) {
            out.push(char);
            continue;
        }
        out.push_str(match char.len_utf8() {
            1 => "?",
            2 => "\u{bf}",
            3 => "\u{fffd}",
            _ => "\u{fffd}?",
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_scripts_and_emoji_stay() {
        for text in ["Commande étrange Ωмега", "עברית العربية", "می\u{200c}خواهم", "👩\u{200d}💻 ❤\u{fe0f} 🏴\u{e0067}\u{e007f}", "日本語", "a b"]
        {
            assert_eq!(legible(text), text);
            assert_eq!(in_place(text), text);
        }
    }

    #[test]
    fn nothing_unseen_is_left_and_an_excerpt_keeps_its_offsets() {
        let hidden = (0..=0x0010_ffff_u32).filter_map(char::from_u32).filter(|char| unseen(*char));
        for char in hidden {
            let text = format!("é{char}x");
            assert!(!legible(&text).chars().any(unseen), "{char:?}");
            let shown = in_place(&text);
            assert_eq!(shown.len(), text.len(), "{char:?}");
            assert!(matches!(char, '\n' | '\t') || !shown.chars().any(unseen), "{char:?}");
        }
        assert_eq!(in_place("a\r\nb\r"), "a\r\nb?");
    }
}
