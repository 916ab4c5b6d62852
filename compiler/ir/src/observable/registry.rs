//! Registry keys.

use super::refused::{NotAnObservable, not};
use super::registry_places as places;

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

    /// The key and the name of a value, where the last part is known to be one: below `Run` stand values, and no keys. Reports write
    /// both as one path.
    #[must_use]
    pub fn as_value(&self) -> Option<(Self, &str)> {
        let (key, value) = self.0.rsplit_once('\\')?;
        places::ends_with_value(self.below()).then(|| (Self(key.into()), value))
    }

    /// The key and the name of a value that the path may be as well: reports write `KEY\\VALUE` for both. `None` where the last part is
    /// known to be a key, because keys stand there.
    #[must_use]
    pub fn maybe_value(&self) -> Option<(Self, &str)> {
        let (key, value) = self.0.rsplit_once('\\')?;
        let key = Self(key.into());
        (!places::holds_keys(key.below())).then_some((key, value))
    }

    /// Whether every Windows has this key, so that it tells nothing: `Run` itself, what stands above it, a service of Windows.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        places::everywhere(self.below())
    }

    /// Whether a value of this key is a setting that policies write on every machine, so that its name without its data tells nothing.
    #[must_use]
    pub fn is_setting(&self, value: &str) -> bool {
        places::is_setting(self.below(), value)
    }

    /// What follows the hive; of the hives of users, what follows the user.
    fn below(&self) -> &str {
        match self.parts() {
            ("HKU", rest) => rest.split_once('\\').map_or("", |(_, rest)| rest),
            (_, rest) => rest,
        }
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
        Some((key, value)) if !value.contains('\\') && key.contains('\\') && !value.trim().is_empty() => (key.trim_end(), Some(value.trim())),
        _ => (text, None),
    }
}

/// The beginning of a key with the hive's short name, up to where something is not known; `None` without a hive.
pub(super) fn short(head: &str) -> Option<String> {
    let open = head.ends_with('\\');
    let key = RegistryKey::parse(head).ok()?;
    Some(format!("{}{}", key.as_str(), if open { "\\" } else { "" }))
}

/// Whether every Windows has a service of this name.
#[must_use]
pub fn is_windows_service(name: &str) -> bool {
    places::SERVICES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_some_keys_stand_values() {
        let cases = [
            (r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run\TideSync", Some("TideSync")),
            (r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\RunOnce\a b", Some("a b")),
            (r"HKU\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\Run\x", Some("x")),
            (r"HKLM\SYSTEM\ControlSet001\Services\TideSvc\ImagePath", Some("ImagePath")),
            (r"HKLM\SYSTEM\CurrentControlSet\Services\TideSvc\Parameters\ServiceDll", Some("ServiceDll")),
            (r"HKLM\SYSTEM\CurrentControlSet\Services\TideSvc\Parameters", None),
            (r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\Winlogon\Shell", Some("Shell")),
            (r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe\Debugger", Some("Debugger")),
            (r"HKCU\Environment\UserInitMprLogonScript", Some("UserInitMprLogonScript")),
            (r"HKLM\Software\TideSpy", None),
            (r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run", None),
            ("HKLM", None),
        ];
        for (path, value) in cases {
            let key = RegistryKey::parse(path).unwrap();
            assert_eq!(key.as_value().map(|(_, value)| value), value, "{path}");
        }
    }

    #[test]
    fn some_keys_are_everywhere() {
        for path in [
            r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run",
            r"HKCU\Software\Microsoft\Windows\CurrentVersion",
            r"HKLM\SYSTEM\CurrentControlSet\Services",
            r"HKLM\SYSTEM\CurrentControlSet\Services\WinDefend",
            "HKLM",
            "HKCU\\Software",
        ] {
            assert!(RegistryKey::parse(path).unwrap().is_everywhere(), "{path}");
        }
        for path in [r"HKLM\Software\TideSpy", r"HKLM\SYSTEM\CurrentControlSet\Services\TideSvc", r"HKLM\Software\Microsoft\Tide"] {
            assert!(!RegistryKey::parse(path).unwrap().is_everywhere(), "{path}");
        }
    }
}
