//! Registry keys.

use super::{NotAnObservable, not};

/// Hives: short name, long name, the kernel's name.
const HIVES: [(&str, &str, &str); 5] = [
    ("HKLM", "HKEY_LOCAL_MACHINE", "\\REGISTRY\\MACHINE"),
    ("HKCU", "HKEY_CURRENT_USER", "\u{0}"),
    ("HKU", "HKEY_USERS", "\\REGISTRY\\USER"),
    ("HKCR", "HKEY_CLASSES_ROOT", "\u{0}"),
    ("HKCC", "HKEY_CURRENT_CONFIG", "\u{0}"),
];

/// A registry key with a short hive name, without a backslash at its end: `HKLM\Software\X`.
///
/// Letters keep their case; comparison in rules ignores it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryKey(Box<str>);

impl RegistryKey {
    /// Reads a key with a hive in any spelling.
    ///
    /// # Errors
    ///
    /// Says why the text is not a registry key.
    pub fn parse(text: &str) -> Result<Self, NotAnObservable> {
        let text = text.trim().trim_end_matches('\\');
        let text = text.strip_prefix("Computer\\").unwrap_or(text);
        for (short, long, kernel) in HIVES {
            for spelling in [long, short, kernel] {
                let Some(head) = text.get(..spelling.len()) else { continue };
                let rest = &text[spelling.len()..];
                let rest = rest.strip_prefix(':').unwrap_or(rest);
                if head.eq_ignore_ascii_case(spelling) && (rest.is_empty() || rest.starts_with('\\')) {
                    return Ok(Self(format!("{short}{rest}").into()));
                }
            }
        }
        Err(not("a registry key begins with HKLM, HKCU, HKU, HKCR or HKCC"))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hive's short name and what follows it, without the backslash between them.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once('\\').unwrap_or((&self.0, ""))
    }
}

/// Splits `HKLM\Software\X:Value` into key and value; a colon right behind a hive name or a drive letter is no separator.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((key, value)) if !value.contains('\\') && key.contains('\\') && !value.is_empty() => (key, Some(value)),
        _ => (text, None),
    }
}
