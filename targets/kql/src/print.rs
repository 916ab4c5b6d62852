//! How does a value become text? The only place with quotes and escapes; `print_tree.rs` puts the words in order.
//!
//! String literals: <https://learn.microsoft.com/kusto/query/scalar-data-types/string>. A verbatim literal `@"..."` holds
//! anything but a control character and doubles its quotes; a regular one escapes backslash, quote and control characters.
//! Characters that editors hide or that turn the direction of text are written as escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A length of time: `90s`, `10m`, `2h`, `3d`.
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// A name as it stands, or in brackets and quotes when it holds anything but letters, digits and underscores, or is a
/// word of the language.
pub(crate) fn identifier_into(out: &mut String, name: &str) {
    const WORDS: [&str; 18] = [
        "and", "or", "not", "in", "has", "contains", "between", "true", "false", "null", "by", "on", "let", "where", "project", "extend", "union",
        "kind",
    ];
    let plain = name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !(name.starts_with(|first: char| first.is_ascii_lowercase()) && WORDS.contains(&name));
    if plain {
        out.push_str(name);
    } else {
        out.push('[');
        literal_into(out, name);
        out.push(']');
    }
}

/// Whether a character is written as an escape: what is not seen, or turns the direction of text, or joins letters.
pub(crate) fn hidden(char: char) -> bool {
    source::unseen(char) || matches!(char, '\u{200c}' | '\u{200d}')
}

/// An escape for a character: its code units in UTF-16, which is what the engine's strings are made of.
fn escape_into(out: &mut String, char: char) {
    for unit in char.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04X}");
    }
}

/// A text with a space for every character that is not seen.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if seen(text) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().map(|char| if hidden(char) { ' ' } else { char }).collect()) }
}

/// Whether every character of a text is seen.
fn seen(text: &str) -> bool {
    // Every byte is looked at: that is many at once, where stopping at the first would be one by one.
    let plain = text.bytes().fold(0, |odd, byte| odd | u8::from(byte < b' ') | u8::from(byte >= 0x7f)) == 0;
    plain || !text.chars().any(hidden)
}

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 3);
    literal_into(&mut out, text);
    out
}

/// A string literal: verbatim where there are backslashes and nothing needs an escape.
pub(crate) fn literal_into(out: &mut String, text: &str) {
    let plain = seen(text);
    if plain && text.contains('\\') {
        out.push_str("@\"");
        for (at, piece) in text.split('"').enumerate() {
            out.push_str(if at == 0 { "" } else { "\"\"" });
            out.push_str(piece);
        }
        out.push('"');
        return;
    }
    out.push('"');
    if plain && !text.contains('"') {
        out.push_str(text);
        out.push('"');
        return;
    }
    for char in text.chars() {
        match char {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if hidden(char) => escape_into(out, char),
            char => out.push(char),
        }
    }
    out.push('"');
}

/// A string literal in single quotes: for text that holds double ones.
pub(crate) fn quoted(text: &str) -> String {
    if text.chars().any(hidden) { literal(text) } else { format!("@'{}'", text.replace('\'', "''")) }
}

/// A comparison in a pattern of STIX (<https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_ti3jl5lrdjzt>).
pub(crate) fn stix(path: &str, text: &str) -> String {
    format!("[{path} = '{}']", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The expression for what stands under a name in the XML of an event; the name is an expression.
pub(crate) fn data(name: &str) -> String {
    format!("<Data Name=\"{name}\">([^<]*)")
}

/// The same of an element of that name.
pub(crate) fn element(name: &str) -> String {
    format!("<{name}>([^<]*)")
}

/// A regular expression that matches exactly this text.
pub(crate) fn regex_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // `\\A` reads like the anchor `\A`, to people and to tools.
            '\\' if chars.peek().is_some_and(|next| "AzQEpP".contains(*next)) => out.push_str("\\x5C"),
            char if "\\.+*?()|[]{}^$".contains(char) => out.extend(['\\', char]),
            char => out.push(char),
        }
    }
    out
}

/// One line of a comment: what could end the line is a space.
pub(crate) fn comment(text: &str) -> String {
    format!("// {}", backend::comment(text)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify;
    use proptest::prelude::*;

    fn identifier(name: &str) -> String {
        let mut out = String::new();
        identifier_into(&mut out, name);
        out
    }

    /// Text that tries to break out.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[\"'\\\\@|;()\\[\\]{}\n\r\t/*?`h~\u{0}\u{2028}\u{202e}\u{fffe}\u{ffff}\u{1ffff}é𝄞]{0,12}",
            Just("\"; drop".to_owned()),
            Just("\") or (1 == 1) //".to_owned()),
            Just("C:\\a\\".to_owned()),
            Just("'\"\\\"\n| union *".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn literals_read_back(text in hostile()) {
            let printed = literal(&text);
            prop_assert!(!printed.chars().any(char::is_control));
            let tokens = verify::tokens(&printed).unwrap();
            prop_assert_eq!(tokens, vec![verify::Token::Text(text.into())]);
        }

        #[test]
        fn identifiers_are_one_name(text in hostile()) {
            let printed = identifier(&text);
            let tokens = verify::tokens(&printed).unwrap();
            let name = match tokens.as_slice() {
                [verify::Token::Word(name)] => (*name).to_owned(),
                [_, verify::Token::Text(name), _] => name.to_string(),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(name, text);
        }

        #[test]
        fn comments_stay_on_their_line(text in hostile()) {
            let printed = format!("{}\nT", comment(&text));
            prop_assert_eq!(verify::tokens(&printed).unwrap(), vec![verify::Token::Word("T")]);
        }

        #[test]
        fn regular_expressions_mean_their_text(text in hostile(), other in hostile()) {
            let regex = regex::Regex::new(&format!("(?s)^{}$", regex_literal(&text))).unwrap();
            prop_assert!(regex.is_match(&text));
            prop_assert_eq!(regex.is_match(&other), text == other);
        }
    }

    #[test]
    fn a_text_ends_where_its_pattern_does() {
        assert_eq!(stix("url:value", r"a'b\c"), r"[url:value = 'a\'b\\c']");
    }

    #[test]
    fn durations_are_written_short() {
        assert_eq!([0, 90, 600, 7_200, 86_400].map(duration), ["0s", "90s", "10m", "2h", "1d"]);
    }
}
