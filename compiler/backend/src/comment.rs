//! How does text of a description stand in a comment, a title or a message of a rule: on one line, with nothing that a reader obeys?

use source::unseen;

/// The longest text of a comment, in bytes. Engines read lines in blocks, and what lies behind a block is a line of its own, which is
/// obeyed when it is a rule (Suricata: 8,191 bytes, `DETECT_MAX_RULE_SIZE` in `detect.h`); half of the smallest leaves room for words of ours.
const LONGEST: usize = 4_000;

/// Text on one line: a run of blanks, and of what is not seen or turns the reading direction, is one space.
///
/// ```
/// assert_eq!(backend::one_line(" a\r\n b\u{2028}\u{202e}c\u{85}"), "a b c");
/// ```
#[must_use]
pub fn one_line(text: &str) -> String {
    // Most is a line already.
    let seen = text.bytes().fold(true, |seen, byte| seen & (b' '..0x7f).contains(&byte));
    if seen && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split(|char: char| char.is_whitespace() || unseen(char)).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The same for a comment, cut where it would be longer than any engine reads a line at once.
#[must_use]
pub fn comment(text: &str) -> String {
    let mut line = one_line(text);
    if line.len() > LONGEST {
        line.truncate(line.floor_char_boundary(LONGEST - 3));
        line.push_str("...");
    }
    line
}

/// Text of people for a table, which no spreadsheet takes for a formula (<https://owasp.org/www-community/attacks/CSV_Injection>).
///
/// ```
/// assert_eq!(backend::no_formula("=cmd|' /C calc'!A0".to_owned()), "'=cmd|' /C calc'!A0");
/// assert_eq!(backend::no_formula("a = b".to_owned()), "a = b");
/// ```
#[must_use]
pub fn no_formula(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_one_line_of_any_text_and_never_long() {
        for text in
            ["a\nb", "a\rb", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "a\u{202e}b", "a\u{2066}b", "a\u{ffff}b", "a\u{1fffe}b", "a\u{1b}b", "a\0b"]
        {
            assert_eq!(comment(text), "a b", "{text:?}");
        }
        assert_eq!(comment("می\u{200c}خواهم 👩\u{200d}💻"), "می\u{200c}خواهم 👩\u{200d}💻");
        let long = comment(&"é".repeat(5_000));
        assert!(long.len() <= LONGEST && long.ends_with("é..."), "{}", long.len());
        assert_eq!(comment(&"x".repeat(LONGEST)).len(), LONGEST);
    }
}
