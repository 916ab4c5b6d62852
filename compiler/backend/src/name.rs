//! What can a file be called on every system? One function that makes parts of paths, and one that judges whole ones.

/// The longest name, in bytes; file systems take 255, and targets add words and endings of their own.
const LONGEST: usize = 80;

/// Names that are devices on Windows, whatever follows after a dot
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// The same with a digit behind.
const PORTS: [&str; 2] = ["com", "lpt"];

/// A short, readable file name made of letters, digits, `-`, `_` and `.`: everything else becomes `-`. Runs of dashes
/// are joined; the result is at most 81 bytes, never empty, neither begins nor ends with a dot, and is no device anywhere.
///
/// ```
/// assert_eq!(backend::slug("CERTFR-2021/IOC 003"), "CERTFR-2021-IOC-003");
/// assert_eq!(backend::slug("aux.x"), "aux_.x");
/// ```
#[must_use]
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars().take(LONGEST * 5) {
        if char.is_ascii_alphanumeric() || matches!(char, '_' | '.') {
            out.push(char);
        } else if !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= LONGEST {
            break;
        }
    }
    let trimmed = out.trim_matches(['-', '.']);
    if trimmed.is_empty() {
        return "unnamed".to_owned();
    }
    let stem = trimmed.split('.').next().unwrap_or(trimmed);
    if is_device(stem) { format!("{stem}_{}", &trimmed[stem.len()..]) } else { trimmed.to_owned() }
}

/// Whether a name, without what follows after a dot, is a device on Windows.
fn is_device(stem: &str) -> bool {
    let stem = stem.trim_end_matches(' ').to_lowercase();
    let port = |port: &str| stem.strip_prefix(port).is_some_and(|digit| matches!(digit, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"));
    DEVICES.contains(&stem.as_str()) || PORTS.iter().any(|name| port(name))
}

/// Whether a path with forward slashes names the same file on every system: letters, digits and a few signs, no device, no dot at the end
/// of a part, no part that is too long.
#[must_use]
pub fn portable(path: &str) -> bool {
    path.split('/').all(|part| {
        let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        plain && !part.is_empty() && part.len() <= 255 && !part.ends_with('.') && !is_device(part.split('.').next().unwrap_or(part))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_ids_keep_their_names_and_devices_get_others() {
        for name in ["EXAMPLE-2024-01", "d.dns-query", "a_b", "console", "com", "com10", "auxiliary", "nullify.x", "x.con"] {
            assert_eq!(slug(name), name);
        }
        for (name, other) in [
            ("CON", "CON_"),
            ("aux.nul", "aux_.nul"),
            ("Com1.txt", "Com1_.txt"),
            ("lpt0", "lpt0_"),
            ("nul ", "nul_"),
            ("...prn..", "prn_"),
            ("a b. ", "a-b"),
            ("..", "unnamed"),
            ("é", "unnamed"),
        ] {
            assert_eq!(slug(name), other);
        }
        assert!(!portable("a/aux.kql") && !portable("a//b") && !portable("../b") && !portable("a./b") && !portable("a:b") && portable("a/b.c"));
    }

    proptest! {
        #[test]
        fn every_text_has_a_name_that_every_system_takes(text in "(?s)(con|AUX|nul|com1|lpt9|[. ]|-|.){0,9}", long in ".{0,120}") {
            for text in [text, long] {
                let name = slug(&text);
                prop_assert!(portable(&name) && portable(&format!("{name}.rules")), "{text:?} {name:?}");
                prop_assert_eq!(slug(&name), name);
            }
        }
    }
}
