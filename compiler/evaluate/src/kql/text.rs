//! What do the operators on text say?
//!
//! <https://learn.microsoft.com/kusto/query/datatypes-string-operators>: `has` looks for whole terms, which are the longest runs of letters and
//! digits; operators without `_cs` take letters of both cases as the same. The page speaks of ASCII, and says elsewhere nothing about other
//! letters, so both readings are asked, and a text on which they differ is a [`Fault`].

use super::tree::{Case, TextTest};
use crate::Fault;

/// A text in lower case, letter by letter: <https://learn.microsoft.com/kusto/query/tolower-function>. A letter that becomes several stays.
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(|char| one(char, char.to_lowercase())).collect() }
}

/// A text in upper case, letter by letter: <https://learn.microsoft.com/kusto/query/toupper-function>.
pub(super) fn upper(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { text.chars().map(|char| one(char, char.to_uppercase())).collect() }
}

fn one(char: char, mut folded: impl Iterator<Item = char>) -> char {
    match (folded.next(), folded.next()) {
        (Some(folded), None) => folded,
        _ => char,
    }
}

/// Whether two texts are the same.
pub(super) fn same(left: &str, right: &str, case: Case) -> Result<bool, Fault> {
    if case == Case::Sensitive {
        return Ok(left == right);
    }
    let narrow = left.eq_ignore_ascii_case(right);
    if narrow || (left.is_ascii() && right.is_ascii()) || lower(left) != lower(right) { Ok(narrow) } else { Err(beyond(right)) }
}

fn beyond(text: &str) -> Fault {
    Fault::Unknown(format!("a test without case for `{text}`, which goes beyond ASCII,"))
}

/// Whether a text passes a test.
pub(super) fn test(test: TextTest, case: Case, text: &str, wanted: &str) -> Result<bool, Fault> {
    if test == TextTest::Equals {
        return same(text, wanted, case);
    }
    let terms = matches!(test, TextTest::Has | TextTest::HasPrefix | TextTest::HasSuffix);
    if terms && wanted.is_empty() {
        return Err(Fault::Unknown("a term without letters".to_owned()));
    }
    let narrow = plain(test, case, text, wanted, |char| char.is_ascii_alphanumeric());
    if text.is_ascii() && wanted.is_ascii() || (case == Case::Sensitive && !terms) {
        return Ok(narrow);
    }
    let wide = match case {
        Case::Sensitive => plain(test, case, text, wanted, char::is_alphanumeric),
        Case::Insensitive => plain(test, case, &lower(text), &lower(wanted), char::is_alphanumeric),
    };
    if wide == narrow { Ok(narrow) } else { Err(beyond(wanted)) }
}

fn plain(test: TextTest, case: Case, text: &str, wanted: &str, alphanumeric: impl Fn(char) -> bool) -> bool {
    let (bytes, with) = (text.as_bytes(), wanted.as_bytes());
    match test {
        TextTest::Equals => alike(bytes, with, case),
        TextTest::Contains => find(bytes, with, case).is_some(),
        TextTest::StartsWith => bytes.get(..with.len()).is_some_and(|head| alike(head, with, case)),
        TextTest::EndsWith => bytes.len().checked_sub(with.len()).and_then(|at| bytes.get(at..)).is_some_and(|tail| alike(tail, with, case)),
        TextTest::Has | TextTest::HasPrefix | TextTest::HasSuffix => {
            let begins = test != TextTest::HasSuffix && wanted.chars().next().is_some_and(&alphanumeric);
            let ends = test != TextTest::HasPrefix && wanted.chars().next_back().is_some_and(&alphanumeric);
            let mut from = 0;
            while let Some(at) = bytes.get(from..).and_then(|rest| find(rest, with, case)).map(|at| at + from) {
                let before = text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(&alphanumeric);
                let behind = text.get(at + with.len()..).and_then(|behind| behind.chars().next()).is_some_and(&alphanumeric);
                if !(begins && before || ends && behind) {
                    return true;
                }
                from = at + 1;
            }
            false
        }
    }
}

fn alike(left: &[u8], right: &[u8], case: Case) -> bool {
    if case == Case::Sensitive { left == right } else { left.eq_ignore_ascii_case(right) }
}

/// Where one text stands in another first.
fn find(text: &[u8], wanted: &[u8], case: Case) -> Option<usize> {
    let Some((first, _)) = wanted.split_first() else { return Some(0) };
    let last = text.len().checked_sub(wanted.len())?;
    let room = text.get(..=last)?;
    let starts = |from: usize| {
        let rest = room.get(from..)?;
        let at = match case {
            Case::Sensitive => memchr::memchr(*first, rest),
            Case::Insensitive => memchr::memchr2(first.to_ascii_lowercase(), first.to_ascii_uppercase(), rest),
        };
        at.map(|at| at + from)
    };
    let mut from = 0;
    while let Some(at) = starts(from) {
        if text.get(at..at + wanted.len()).is_some_and(|found| alike(found, wanted, case)) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
