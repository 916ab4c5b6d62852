//! How does a value of Sigma's logs read where the catalogue keeps a field in another form?
//!
//! Sysmon writes all digests of a file into one field, the catalogue has a field for each. Sysmon writes a backslash before the name of
//! a pipe, the catalogue does not. Numbers, addresses and flags that are quoted are still numbers, addresses and flags.

use std::net::{IpAddr, Ipv4Addr};

use super::Category;
use ir::{Case, Field, FieldKind, IpNet, NumberTest, Op, Part, Pattern};

/// The names that Sysmon gives digests in `Hashes`, Sigma's names for their fields, and their lengths in hex digits.
const DIGESTS: [(&str, &str, usize); 4] = [("MD5", "md5", 32), ("SHA1", "sha1", 40), ("SHA256", "sha256", 64), ("IMPHASH", "Imphash", 32)];

/// The fields that may hold a digest which is looked for in Sysmon's `Hashes`, and the digest. `None` for anything but a whole digest: the
/// beginning of one, or text that reaches over two, stays a test of `Hashes`.
#[must_use]
pub fn digest(category: &Category, sought: &str) -> Option<(Vec<Field>, String)> {
    let (name, hex) = sought.split_once('=').map_or((None, sought), |(name, hex)| (Some(name), hex));
    let hex = hex.trim_end_matches(',');
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let fits = |(known, _, length): &(&str, &str, usize)| *length == hex.len() && name.is_none_or(|name| name.eq_ignore_ascii_case(known));
    let fields: Option<Vec<Field>> = DIGESTS.iter().filter(|row| fits(row)).map(|(_, field, _)| category.field(field, None)).collect();
    Some((fields.filter(|fields| !fields.is_empty())?, hex.to_ascii_lowercase()))
}

/// What one text asks of a field, in the form that the catalogue has for the field. It may be several patterns.
#[must_use]
pub fn text(field: Field, patterns: Vec<Pattern>, case: Case) -> Op {
    if field == Field::PipeName {
        return Op::Text { patterns: patterns.iter().flat_map(pipe).collect(), case };
    }
    let exact = match patterns.as_slice() {
        [pattern] => pattern.as_exact(),
        _ => None,
    };
    let read = match (field.kind(), exact) {
        (FieldKind::Number, Some(text)) if decimal(text) => text.parse().ok().map(|number| Op::Number(NumberTest::In(vec![number]))),
        (FieldKind::Flag, Some(text)) if text.eq_ignore_ascii_case("true") => Some(Op::Flag(true)),
        (FieldKind::Flag, Some(text)) if text.eq_ignore_ascii_case("false") => Some(Op::Flag(false)),
        // IPv6 has many spellings; a text means the one that the log has.
        (FieldKind::Address, Some(text)) => text.parse::<Ipv4Addr>().ok().map(|address| Op::Address(vec![IpNet::from(IpAddr::V4(address))])),
        (FieldKind::Hash, Some(text)) if case == Case::Insensitive => {
            Some(Op::Text { patterns: vec![Pattern::exact(text.to_ascii_lowercase())], case })
        }
        _ => None,
    };
    read.unwrap_or(Op::Text { patterns, case })
}

/// Whether a number is spelt in the only way that has no other reading.
fn decimal(text: &str) -> bool {
    text == "0" || (!text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a pattern of Sysmon's `PipeName` means for a name without the backslash before it.
///
/// `\` + name fits `*rest` when the name fits `*rest`, and when the run is empty and `\` + name fits `rest`. A pattern that names no
/// backslash is taken as the bare name, which other sensors write.
fn pipe(pattern: &Pattern) -> Vec<Pattern> {
    let mut out = Vec::new();
    let mut rest = pattern.parts();
    while let [Part::Run, after @ ..] = rest {
        out.push(Pattern::new(rest.iter().cloned()));
        rest = after;
    }
    let tail = |rest: &[Part]| Pattern::new(rest.iter().cloned());
    match rest {
        [Part::Literal(text), after @ ..] => match text.strip_prefix('\\') {
            Some(text) => out.push(Pattern::new(std::iter::once(Part::Literal(text.to_owned())).chain(after.iter().cloned()))),
            None if out.is_empty() => out.push(tail(rest)),
            None => {}
        },
        [Part::One, after @ ..] => out.push(tail(after)),
        [Part::Run, ..] | [] => {}
    }
    out
}

/// The same for an expression that begins with the backslash: `^\\name` and `\\name`.
#[must_use]
pub fn pipe_expression(text: &str) -> Option<String> {
    let (anchored, rest) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let rest = rest.strip_prefix("\\\\")?;
    // A repetition of the backslash, or an alternative beside it, says something else.
    if rest.starts_with(['*', '+', '?', '{']) || rest.contains('|') {
        return None;
    }
    Some(if anchored { format!("^{rest}") } else { format!("(?:^|\\\\){rest}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_lose_their_backslash_exactly() {
        let names = ["foo", "foobar", "a\\foo", "barfoo", "", "x", "<Anonymous Pipe>", "pipe\\foo"];
        for glob in [r"\foo", r"\foo*", r"*\foo*", r"*foo", "*", "*bar*", r"?foo", r"*?foo", r"\pipe\\*", "*x"] {
            let before = Pattern::glob(glob);
            let after = pipe(&before);
            for name in names {
                let logged = format!("\\{name}");
                let found = after.iter().any(|pattern| pattern.matches(name, Case::Insensitive));
                assert_eq!(found, before.matches(&logged, Case::Insensitive), "{glob} on {logged}: {after:?}");
            }
        }
        assert_eq!(pipe(&Pattern::glob("foo")), [Pattern::exact("foo")]);
    }

    #[test]
    fn expressions_over_pipes_lose_it_too() {
        assert_eq!(pipe_expression(r"^\\foo-[0-9]+").as_deref(), Some("^foo-[0-9]+"));
        assert_eq!(pipe_expression(r"\\foo").as_deref(), Some(r"(?:^|\\)foo"));
        assert_eq!(pipe_expression("foo"), None);
        assert_eq!(pipe_expression(r"\\+foo"), None);
        assert_eq!(pipe_expression(r"^\\a|b"), None);
    }
}
