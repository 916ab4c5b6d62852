//! Is a star in a path a character by mistake?
//!
//! `\*` is the character, `\\*` is a backslash and then anything
//! (<https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md#escaping>). No name of a file, a
//! folder or a program on Windows holds a star or a question mark, so a path with one is found nowhere. The meaning stays as it is written.

use std::borrow::Cow;

use ir::{Field, FieldKind, Platform};
use logs::taxonomy::CATEGORIES;
use source::Diagnostic;

use super::codes::LITERAL_STAR;
use super::modifier::{Change, Form};
use super::selection::{Item, Literal};
use super::stream::Stream;
use super::yaml::Atom;

/// Fields whose values really hold a star: event 5145 names every share so.
const WITH_STARS: [&str; 1] = ["ShareName"];

/// What to say of a value whose star is a character where a path stands.
pub(super) fn slip(item: &Item<'_>, value: &Literal<'_>, stream: &Stream) -> Option<Diagnostic> {
    let text = &*value.scalar.text;
    let changed = item.modifiers.changes.iter().any(|change| !matches!(change, Change::Dashes | Change::Placeholders));
    if !text.contains(['*', '?']) || item.modifiers.form != Form::Plain || changed || value.scalar.atom() != Atom::Text {
        return None;
    }
    let name = item.field.as_deref().unwrap_or_default();
    if matches!(stream.selector.platform, Some(Platform::Linux | Platform::Macos)) || WITH_STARS.iter().any(|known| known.eq_ignore_ascii_case(name))
    {
        return None;
    }
    let stars = stars(text, path_of(name));
    let first = *stars.first()?;
    let sign = text.get(first + 1..first + 2)?;
    let message = format!("`\\{sign}` in `{text}` is the character `{sign}`, which no path of Windows holds");
    let read = format!("read as `{}`", as_read(text));
    let mut meant = String::with_capacity(text.len() + stars.len());
    for (at, char) in text.char_indices() {
        if stars.contains(&at) {
            meant.push('\\');
        }
        meant.push(char);
    }
    let any = if sign == "*" { "anything" } else { "any one character" };
    let help = format!("`{meant}` has a backslash there and then {any}; a backslash and the character is `\\\\\\{sign}`");
    Some(Diagnostic::new(&LITERAL_STAR, message).at(value.span, read).help(help))
}

/// What kind of path a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Files,
    Keys,
    /// A command line, a text, something else.
    Text,
}

fn path_of(name: &str) -> Holds {
    let known = CATEGORIES.iter().flat_map(|category| category.fields).find(|(known, _)| *known == name).map(|(_, field)| *field);
    match known {
        Some(Field::RegistryPath) => Holds::Keys,
        Some(field) if field.kind() == FieldKind::Path => Holds::Files,
        _ if ["NewProcessName", "ParentProcessName", "ProcessName", "ServiceFileName", "ImagePath"].contains(&name) => Holds::Files,
        _ => Holds::Text,
    }
}

/// Where a single backslash stands before a star or question mark inside a path.
fn stars(text: &str, holds: Holds) -> Vec<usize> {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or_default();
    let alone = |index: usize| at(index) == b'\\' && at(index.wrapping_sub(1)) != b'\\' && at(index + 1) != b'\\';
    let all = (0..bytes.len()).filter(|index| alone(*index) && matches!(at(index + 1), b'*' | b'?'));
    // A path has a drive, a variable in front, or another folder.
    let parted = (0..bytes.len()).any(|index| alone(index) && (at(index + 1).is_ascii_alphanumeric() || matches!(at(index + 1), b'$' | b'_')))
        || text.get(1..).is_some_and(|rest| rest.starts_with(":\\"))
        || text.contains("%\\");
    let inside = |index: &usize| match (holds, index.checked_sub(1).map(at)) {
        // `*` is a key below `HKEY_CLASSES_ROOT`, and a value may begin with it.
        (Holds::Files, None) => at(index + 1) == b'*',
        (_, None) => false,
        (Holds::Files | Holds::Keys, Some(_)) => true,
        (Holds::Text, Some(before)) => {
            parted && (before.is_ascii_alphanumeric() || before >= 0x80 || matches!(before, b'_' | b'-' | b'.' | b')' | b'%' | b'$' | b':' | b'}'))
        }
    };
    all.filter(inside).collect()
}

/// The text without the backslashes that only say that a character follows.
fn as_read(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some('*' | '?' | '\\')) => out.extend(chars.next()),
            _ => out.push(char),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_inside_paths_are_told_from_stars_that_are_meant() {
        for (holds, text, count) in [
            (Holds::Files, r"C:\Users\*\AppData\Local\a.exe", 1),
            (Holds::Files, r"C:\Users\\*\AppData\Local\a.exe", 0),
            (Holds::Files, r"\*\a.exe", 1),
            (Holds::Files, r"*\a.exe", 0),
            (Holds::Files, r"\??\C:\a.exe", 0),
            (Holds::Files, r"C:\a\*\b\*\c", 2),
            (Holds::Files, r"C:\a\?\c", 1),
            (Holds::Keys, r"\Services\*\ImagePath", 1),
            (Holds::Keys, r"\*\shellex", 0),
            (Holds::Keys, r"\Classes\\\*\shellex", 0),
            (Holds::Text, r"C:\Users\*\AppData", 1),
            (Holds::Text, r"\Temp\*.exe", 1),
            (Holds::Text, r"%TEMP%\*.exe", 1),
            (Holds::Text, r"C:\*", 1),
            (Holds::Text, r"\*.lnk", 0),
            (Holds::Text, r"\*avira\*", 0),
            (Holds::Text, r" -Filter \*", 0),
            (Holds::Text, r"select \* from", 0),
            (Holds::Text, r"/tn \*", 0),
            (Holds::Text, r"objectGUID=\*", 0),
            (Holds::Text, r"gps | \?", 0),
            (Holds::Text, r"\\\\\*\\IPC$", 0),
        ] {
            assert_eq!(stars(text, holds).len(), count, "{text}");
        }
        assert_eq!(as_read(r"C:\Users\*\a\\*\b"), r"C:\Users*\a\*\b");
    }
}
