//! How does text of others stand in Markdown, and what is left out of a page that has an end?

use source::{count, legible};

/// Text in a line of Markdown that means nothing but itself: no markup, no HTML, no cell of its own. A mention, a number of an issue or the name of
/// an emoji is found in the finished page, where an escaped sign is the sign; a space without width behind it keeps it apart.
pub(crate) fn plain(text: &str) -> String {
    const APART: &str = "&#8203;";
    let text = legible(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let ends = |word: &str| out.get(out.len().wrapping_sub(word.len())..).is_some_and(|end| end.eq_ignore_ascii_case(word));
        if char == '.' && ends("www") || char == '-' && ends("GH") {
            out += APART;
        }
        match char {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '@' | '$' | '^' | '%' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
        let begins_a_name = chars.peek().is_some_and(|next| next.is_alphanumeric() || matches!(next, '"' | '_' | '[' | '+' | '-' | '/'));
        let refers = matches!(char, '@' | '#' | '!' | '~' | '%' | '&' | '$' | ':' | '^') && begins_a_name;
        if refers {
            out += APART;
        }
    }
    out
}

/// Writes lines until a share is used; what is left out is counted.
pub(crate) fn cut(lines: impl ExactSizeIterator<Item = String>, share: usize, thing: &str, out: &mut String) {
    let (all, end) = (lines.len(), out.len() + share);
    for (at, line) in lines.enumerate() {
        if out.len() + line.len() > end {
            *out += &format!("\n{} of {all} left out.\n", count(all - at, thing));
            return;
        }
        *out += &line;
    }
}
