//! How is the regular expression written that finds a value where a column holds more than the value?

use ir::{Case, Part};

use crate::print::regex_literal;

/// A pattern that is the whole text.
pub(crate) fn whole(parts: &[Part], case: Case) -> String {
    general(parts, case, ".", "^", "$")
}

/// A pattern that is one of several values in one text.
pub(crate) fn among(parts: &[Part], case: Case) -> String {
    general(parts, case, "[^\\s,;|\"\\[\\]]", "(?:^|[\\s,;|\"\\[\\]])", "(?:$|[\\s,;|\"\\[\\]])")
}

/// A pattern that is a text without a name in the XML of an event.
pub(crate) fn unnamed(parts: &[Part], case: Case) -> String {
    general(parts, case, "[^<]", "<Data>", "</Data>")
}

/// A member of a JSON text, wherever it stands, whose value, or a value in its list, fits a pattern.
pub(crate) fn member(key: &str, parts: &[Part], case: Case) -> String {
    // What stands inside quotes is escaped as JSON is.
    let parts: Vec<Part> = parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => Part::Literal(text.replace('\\', "\\\\").replace('"', "\\\"")),
            other => other.clone(),
        })
        .collect();
    let before = format!("{}(?:\\[\\s*(?:(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\"\\[\\]{{}},]+)\\s*,\\s*)*)?\"?", name(key));
    // A value without quotes ends with the member.
    general(&parts, case, "(?:[^\"\\\\]|\\\\.)", &before, "(?:\"|\\s*[,}\\]])")
}

/// A member of a JSON text that is there, and is neither null nor empty.
pub(crate) fn filled_member(key: &str) -> String {
    format!("{}(?:\"[^\"]|[^\"n\\s])", name(key))
}

fn name(key: &str) -> String {
    format!("\"{}\"\\s*:\\s*", regex_literal(key))
}

/// The value behind a key in a text of `key=value` pairs: in quotes, and without.
pub(crate) fn pair(key: &str) -> [String; 2] {
    let key = regex_literal(key);
    ["\"([^\"]*)\"", "([^\"\\s]\\S*)"].map(|value| format!("(?:^|[\\s']){key}={value}"))
}

/// The last labels of a name, so many.
pub(crate) fn last_labels(count: usize) -> String {
    format!("((?:[^.]+\\.){{{}}}[^.]+)\\.?$", count.saturating_sub(1))
}

/// The parts of a URL: host, port where it is wanted, path, query.
pub(crate) const URL_WITHOUT_PORT: &str =
    r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*?)\.?(?::[0-9]*)?(/[^?#]*)?(\?[^#]*)?(?:#.*)?$";
/// The parts of a URL: host, port where it is wanted, path, query.
pub(crate) const URL_WITH_PORT: &str =
    r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*?)\.?(:[0-9]+)(/[^?#]*)?(\?[^#]*)?(?:#.*)?$";

/// A pattern as a regular expression; `hole` is what a hole may hold.
fn general(parts: &[Part], case: Case, hole: &str, before: &str, behind: &str) -> String {
    let flags = if case == Case::Insensitive { "(?is)" } else { "(?s)" };
    // What may be anything needs no place in the expression.
    let open = |at: usize| hole == "." && parts.get(at) == Some(&Part::Run);
    let (first, last) = (open(0) && before == "^", parts.len() > 1 && open(parts.len() - 1) && behind == "$");
    let (before, behind) = (if first { "" } else { before }, if last { "" } else { behind });
    let parts = parts.get(usize::from(first)..parts.len() - usize::from(last)).unwrap_or_default();
    let inner: String = parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => regex_literal(text),
            Part::Run => format!("{hole}*"),
            Part::One => hole.to_owned(),
        })
        .collect();
    format!("{flags}{before}{inner}{behind}")
}
