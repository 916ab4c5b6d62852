//! How does an expression that Sigma's authors write for PCRE read in the common subset of regular expressions?
//!
//! Three spellings mean one thing in PCRE and another, or nothing, elsewhere; they are rewritten without a change of meaning: a brace
//! that opens no repetition is a brace, a bracket inside a class is a bracket, and `\<`, `\>` are the characters. What PCRE has and the
//! common subset lacks (look-around, back references, possessive repetitions, atomic groups) is an error that names it.

use std::borrow::Cow;

use ir::{Case, Regex};

/// Reads an expression.
///
/// # Errors
///
/// Says in a clause what is wrong or missing.
pub(super) fn parse(text: &str, case: Case, flags: &str) -> Result<Regex, String> {
    // The common subset would read it, as a repetition of a repetition.
    if possessive(text) {
        return Err("possessive repetitions are outside the common subset of regular expressions".to_owned());
    }
    let plain = common(text);
    let whole = if flags.is_empty() { plain } else { Cow::Owned(format!("(?{flags}){plain}")) };
    Regex::parse(&whole, case).map_err(|why| missing(text).map_or(why, |what| format!("{what} are outside the common subset of regular expressions")))
}

/// What the expression has that the common subset lacks.
fn missing(text: &str) -> Option<&'static str> {
    let plain = text.replace("\\\\", "");
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    if has(&["(?=", "(?!", "(?<=", "(?<!"]) {
        Some("look-ahead and look-behind")
    } else if has(&["(?>"]) {
        Some("atomic groups")
    } else if (1..=9).any(|digit| plain.contains(&format!("\\{digit}"))) || has(&["\\k<", "\\k{", "(?P="]) {
        Some("back references")
    } else if has(&["(?(", "(?R)", "(?&", "(?|"]) {
        Some("conditions and recursion")
    } else {
        None
    }
}

/// Whether a repetition stands behind a repetition: `a++`.
fn possessive(text: &str) -> bool {
    let (mut escaped, mut class, mut before) = (false, false, ' ');
    for char in text.chars() {
        if escaped {
            (escaped, before) = (false, ' ');
            continue;
        }
        match char {
            '\\' => escaped = true,
            '[' if !class => class = true,
            ']' if class => class = false,
            '+' if !class && matches!(before, '*' | '+' | '?' | '}') => return true,
            _ => {}
        }
        before = if class { ' ' } else { char };
    }
    false
}

/// The expression with the spellings rewritten.
fn common(text: &str) -> Cow<'_, str> {
    if !text.contains(['{', '[', '<', '>']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    // Where in a class we are: the number of characters since its bracket.
    let mut class: Option<usize> = None;
    while let Some(char) = rest.chars().next() {
        let mut length = char.len_utf8();
        let next = rest[length..].chars().next();
        match (char, class) {
            ('\\', _) => {
                length += next.map_or(0, char::len_utf8);
                match next {
                    Some('<' | '>') => out.extend(next),
                    _ => out.push_str(&rest[..length]),
                }
                // `\x{..}`, `\p{..}` and their like keep their braces.
                if matches!(next, Some('x' | 'u' | 'U' | 'p' | 'P' | 'b'))
                    && rest[length..].starts_with('{')
                    && let Some(end) = rest[length..].find('}')
                {
                    out.push_str(&rest[length..=length + end]);
                    length += end + 1;
                }
                class = class.map(|count| count + 1);
            }
            ('[', None) => {
                class = Some(0);
                out.push('[');
                if next == Some('^') {
                    out.push('^');
                    length += 1;
                }
                // A bracket that comes first is a member.
                if rest[length..].starts_with(']') {
                    out.push_str("\\]");
                    length += 1;
                }
            }
            ('[', Some(count)) => {
                class = Some(count + 1);
                let posix = rest.starts_with("[:").then(|| rest.find(":]")).flatten();
                match posix {
                    Some(end) => {
                        out.push_str(&rest[..end + 2]);
                        length = end + 2;
                    }
                    None => out.push_str("\\["),
                }
            }
            (']', Some(_)) => {
                class = None;
                out.push(']');
            }
            ('&' | '~' | '-', Some(count)) if next == Some(char) => {
                class = Some(count + 1);
                out.push('\\');
                out.push(char);
            }
            ('{', None) if !repetition(rest) => out.push_str("\\{"),
            (other, _) => {
                class = class.map(|count| count + 1);
                out.push(other);
            }
        }
        rest = &rest[length..];
    }
    Cow::Owned(out)
}

/// Whether a text begins with `{3}`, `{3,}` or `{3,5}`.
fn repetition(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.split_once('}')).map(|(inner, _)| inner) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match inner.split_once(',') {
        None => !inner.is_empty() && digits(inner),
        Some((low, high)) => !low.is_empty() && digits(low) && digits(high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pcre_reads_reads_the_same() {
        let cases: [(&str, &str, &str); 12] = [
            (r"\$\{jndi", "${jndi", "$jndi"),
            (r"a{b", "a{b", "ab"),
            (r"a{2,}b", "aab", "ab"),
            (r"[[]x", "[x", "]x"),
            (r"[]a]x", "]x", "bx"),
            (r"[^]a]x", "bx", "]x"),
            (r"\<a\>", "<a>", "a"),
            (r"[a&&b]x", "&x", "cx"),
            (r"[[:digit:]]x", "5x", "ax"),
            (r"\x{41}b", "Ab", "xb"),
            (r"[\w-]x", "-x", "+x"),
            (r"{,3}", "{,3}", "a"),
        ];
        for (expression, yes, no) in cases {
            let regex = parse(expression, Case::Sensitive, "").unwrap_or_else(|why| panic!("{expression}: {why}"));
            assert!(regex.is_match(yes.as_bytes()), "{expression} {yes}");
            assert!(!regex.is_match(no.as_bytes()), "{expression} {no}");
        }
    }

    #[test]
    fn flags_and_what_is_missing() {
        assert!(parse("^b", Case::Sensitive, "m").is_ok_and(|regex| regex.is_match(b"a\nb")));
        assert!(parse("a.b", Case::Sensitive, "s").is_ok_and(|regex| regex.is_match(b"a\nb")));
        for (expression, words) in
            [("a(?=b)", "look-ahead"), ("(?<!a)b", "look-behind"), (r"(a)\1", "back references"), ("a++", "possessive"), ("(?>a)", "atomic")]
        {
            let why = parse(expression, Case::Sensitive, "").err().unwrap_or_default();
            assert!(why.contains(words), "{expression}: {why}");
        }
        assert!(parse("a(", Case::Sensitive, "").is_err());
    }
}
