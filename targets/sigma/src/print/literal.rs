//! How is a literal written: YAML scalars, Sigma strings, regular expressions?

use std::borrow::Cow;
use std::fmt::Write as _;

use ir::{Part, Pattern};

use crate::ast::{Member, Re};

/// A scalar for keys and for what a rule says about itself: plain where YAML 1.1 and 1.2 read it as this very text.
pub(crate) fn scalar(text: &str) -> String {
    const WORDS: [&str; 12] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "e"];
    let safe = |char: char| char.is_ascii_alphanumeric() || " _-.,/()|+=;'".contains(char);
    let plain = text.starts_with(|char: char| char.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        // A colon is safe where no blank follows, as in URLs.
        && text.split_inclusive(':').all(|part| part.strip_suffix(':').unwrap_or(part).chars().all(safe))
        && !text.contains(": ")
        && !text.ends_with(':');
    if plain { text.to_owned() } else { quoted(text) }
}

/// A scalar in quotes: single ones where every character may stand there as it is.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quoted_into(text, &mut out);
    out
}

/// Writes a scalar in quotes behind other text.
pub(crate) fn quoted_into(text: &str, out: &mut String) {
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~' if byte != b'\''));
    if plain || text.chars().all(|char| !must_escape(char)) {
        out.push('\'');
        if plain {
            out.push_str(text);
        } else {
            out.push_str(&text.replace('\'', "''"));
        }
        out.push('\'');
        return;
    }
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if must_escape(char) => {
                let number = u32::from(char);
                let _ = match number {
                    0..=0xff => write!(out, "\\x{number:02X}"),
                    0x100..=0xffff => write!(out, "\\u{number:04X}"),
                    _ => write!(out, "\\U{number:08X}"),
                };
            }
            char => out.push(char),
        }
    }
    out.push('"');
}

/// Whether a key, as it is written, is longer than a reader of YAML looks ahead for its colon: 1,024 characters.
pub(crate) fn long_key(key: &str) -> bool {
    key.len() > 1_000 && key.chars().count() > 1_000
}

/// Control characters, line breaks of any standard, and characters that are invisible or turn the text around.
fn must_escape(char: char) -> bool {
    source::unseen(char) || matches!(char, '\u{a0}' | '\u{200c}' | '\u{200d}' | '\u{e0000}'..='\u{e0fff}')
}

/// A Sigma string: `*` and `?` are holes, a backslash before them or before another backslash makes them literal.
///
/// A single backslash before any other character stands for itself, which is how people write paths.
pub(crate) fn sigma_string(pattern: &Pattern) -> Cow<'_, str> {
    let special = |text: &str| memchr::memchr3(b'*', b'?', b'\\', text.as_bytes()).is_some();
    let parts = pattern.parts();
    if let [Part::Literal(text)] = parts
        && !special(text)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Run => out.push('*'),
            Part::One => out.push('?'),
            Part::Literal(text) if !special(text) => out.push_str(text),
            Part::Literal(text) => {
                let hole_next = at + 1 < parts.len();
                let mut rest = text.as_str();
                while let Some(char) = rest.chars().next() {
                    if char == '\\' {
                        let behind = rest.trim_start_matches('\\');
                        let count = rest.len() - behind.len();
                        let special = behind.starts_with(['*', '?']) || (behind.is_empty() && hole_next);
                        out.extend(std::iter::repeat_n('\\', if count > 1 || special { 2 * count } else { 1 }));
                        rest = behind;
                    } else {
                        if matches!(char, '*' | '?') {
                            out.push('\\');
                        }
                        out.push(char);
                        rest = rest.get(char.len_utf8()..).unwrap_or_default();
                    }
                }
            }
        }
    }
    Cow::Owned(out)
}

/// A regular expression in plain PCRE.
pub(crate) fn regex(re: &Re) -> String {
    match re {
        Re::Empty => String::new(),
        Re::Char(char, _) => literal(*char, "\\.^$*+?{}[]()|"),
        Re::Any(_) => ".".to_owned(),
        Re::Start(_) => "^".to_owned(),
        Re::End(_) => "$".to_owned(),
        Re::Boundary(is) => if *is { "\\b" } else { "\\B" }.to_owned(),
        Re::Perl(kind) => format!("\\{kind}"),
        Re::Class { negated, members, .. } => {
            let inside: String = members
                .iter()
                .map(|member| match member {
                    Member::Range(start, end) if start == end => literal(*start, "\\^[]-&~|"),
                    Member::Range(start, end) => format!("{}-{}", literal(*start, "\\^[]-&~|"), literal(*end, "\\^[]-&~|")),
                    Member::Perl(kind) => format!("\\{kind}"),
                })
                .collect();
            format!("[{}{inside}]", if *negated { "^" } else { "" })
        }
        Re::Repeat(inner, min, max) => {
            let inner = match **inner {
                Re::Char(..) | Re::Any(_) | Re::Perl(_) | Re::Class { .. } => regex(inner),
                _ => format!("({})", regex(inner)),
            };
            let times = match (min, max) {
                (0, None) => "*".to_owned(),
                (1, None) => "+".to_owned(),
                (0, Some(1)) => "?".to_owned(),
                (min, None) => format!("{{{min},}}"),
                (min, Some(max)) if min == max => format!("{{{min}}}"),
                (min, Some(max)) => format!("{{{min},{max}}}"),
            };
            format!("{inner}{times}")
        }
        Re::Concat(list) => list
            .iter()
            .map(|part| match part {
                Re::Either(_) => format!("({})", regex(part)),
                part => regex(part),
            })
            .collect(),
        Re::Either(list) => list.iter().map(regex).collect::<Vec<_>>().join("|"),
    }
}

/// One character of a regular expression, escaped where it would mean something.
fn literal(char: char, special: &str) -> String {
    match char {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        char if char.is_ascii_control() => format!("\\x{:02x}", u32::from(char)),
        char if special.contains(char) => format!("\\{char}"),
        char => char.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::verify::read_sigma_string;

    #[test]
    fn backslashes_are_doubled_only_where_they_must_be() {
        let print = |parts: &[Part]| sigma_string(&Pattern::new(parts.iter().cloned())).into_owned();
        let literal = |text: &str| Part::Literal(text.to_owned());
        assert_eq!(print(&[literal(r"C:\a\b.exe")]), r"C:\a\b.exe");
        assert_eq!(print(&[literal(r"\\server\x")]), r"\\\\server\x");
        assert_eq!(print(&[literal(r"a\"), Part::Run]), r"a\\*");
        assert_eq!(print(&[literal(r"a\*?")]), r"a\\\*\?");
        assert_eq!(print(&[literal(r"a\")]), r"a\");
    }

    #[test]
    fn words_of_yaml_are_quoted() {
        for text in ["on", "No", "null", "12", "1e3", "2021-01-01", "a: b", "x #y", "", " a", "a ", "~", "[a]", "-", "a:"] {
            let printed = scalar(text);
            assert!(printed.starts_with('\''), "{printed}");
        }
        assert_eq!(scalar("https://a.example/x"), "https://a.example/x");
        assert_eq!(scalar("Image|endswith"), "Image|endswith");
        assert_eq!(scalar("a\u{2028}b"), "\"a\\u2028b\"");
    }

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("'".to_owned()),
            Just("\"".to_owned()),
            Just("\\".to_owned()),
            Just("*".to_owned()),
            Just("?".to_owned()),
            Just("\n".to_owned()),
            Just("\r\n".to_owned()),
            Just(": ".to_owned()),
            Just(" #".to_owned()),
            Just("---".to_owned()),
            Just("\u{85}".to_owned()),
            Just("\u{2028}".to_owned()),
            Just("\u{feff}".to_owned()),
            Just("é".to_owned()),
            Just("\n    condition: not selection".to_owned()),
            Just("%a%".to_owned()),
            Just("{}[]&!|>@`".to_owned()),
            ".{0,3}",
        ];
        proptest::collection::vec(pieces, 0..8).prop_map(|list| list.concat())
    }

    fn pattern() -> impl Strategy<Value = Pattern> {
        let part = prop_oneof![3 => hostile().prop_map(Part::Literal), 1 => Just(Part::Run), 1 => Just(Part::One)];
        proptest::collection::vec(part, 1..5).prop_map(Pattern::new)
    }

    proptest! {
        #[test]
        fn scalars_read_back(text in hostile()) {
            for printed in [scalar(&text), quoted(&text)] {
                prop_assert!(!printed.contains('\n'));
                let read: serde_yaml::Value = serde_yaml::from_str(&format!("{printed}: {printed}\n")).expect("printed YAML is YAML");
                let (key, value) = read.as_mapping().and_then(|map| map.iter().next()).expect("it is a map");
                prop_assert_eq!(key.as_str(), Some(text.as_str()));
                prop_assert_eq!(value.as_str(), Some(text.as_str()));
            }
        }

        #[test]
        fn patterns_read_back(pattern in pattern()) {
            let printed = quoted(&sigma_string(&pattern));
            let read: String = serde_yaml::from_str(&printed).expect("printed YAML is YAML");
            prop_assert_eq!(read_sigma_string(&read), pattern);
        }

        #[test]
        fn literal_characters_of_expressions_read_back(text in hostile()) {
            let printed: String = text.chars().map(|char| regex(&Re::Char(char, false))).collect();
            let class = Re::Class { negated: false, insensitive: false, members: text.chars().map(|char| Member::Range(char, char)).collect() };
            let reader = |text: &str| ir::Regex::parse(text, ir::Case::Sensitive);
            let whole = reader(&format!("^{printed}$")).expect("it parses");
            prop_assert!(whole.is_match(text.as_bytes()));
            let longer = format!("{text}x");
            prop_assert!(!whole.is_match(longer.as_bytes()));
            if !text.is_empty() {
                let each = reader(&format!("^{}+$", regex(&class))).expect("it parses");
                prop_assert!(each.is_match(text.as_bytes()));
            }
        }
    }
}
