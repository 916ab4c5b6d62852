//! How is a path written as a reference of RFC 3986?

use std::fmt::Write as _;

/// A path with forward slashes as a relative reference, or as a `file:` URI where it begins at the root. Everything but letters, digits and
/// `-._~/` stands as the bytes of UTF-8, so that no sign of a name is taken for a scheme, a query or a fragment.
///
/// See <https://www.rfc-editor.org/rfc/rfc3986#section-2.1>.
pub(crate) fn of(path: &str) -> String {
    let windows = path.as_bytes().get(1) == Some(&b':') && path.starts_with(|char: char| char.is_ascii_alphabetic());
    let mut out = if path.starts_with("//") {
        "file:".to_owned()
    } else if path.starts_with('/') {
        "file://".to_owned()
    } else if windows {
        "file:///".to_owned()
    } else {
        String::new()
    };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_syntax() {
        assert_eq!(of("rules/a b#c?d%e:é.vigie"), "rules/a%20b%23c%3Fd%25e%3A%C3%A9.vigie");
        assert_eq!((of("/srv/a").as_str(), of("C:/a").as_str(), of("javascript:x").as_str()), ("file:///srv/a", "file:///C%3A/a", "javascript%3Ax"));
    }
}
