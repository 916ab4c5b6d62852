//! Host names.

use std::sync::Arc;

use super::refused::{NotAnObservable, not};
use super::spelling::refang;

/// A host name in canonical form: refanged, lower case, punycode, no trailing dot. A copy shares the text.
///
/// ```
/// # use ir::Domain;
/// assert_eq!(Domain::parse("Evil[.]EXAMPLE.")?.as_str(), "evil.example");
/// # Ok::<(), ir::NotAnObservable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Arc<str>);

impl Domain {
    /// Reads a host name. Underscores are accepted, as DNS accepts them; an address is not a host name.
    ///
    /// # Errors
    ///
    /// Says why the text is not a host name (RFC 1035, section 2.3.4: 63 bytes a label, 253 in all).
    pub fn parse(text: &str) -> Result<Self, NotAnObservable> {
        let text = refang(text.trim());
        let text = text.strip_prefix("*.").unwrap_or(&text).trim_start_matches('.').trim_end_matches('.');
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii(text).map_err(|_| not("it is not a valid international host name"))?
        };
        if ascii.is_empty() || ascii.len() > 253 {
            return Err(not("a host name has 1 to 253 characters"));
        }
        for label in ascii.split('.') {
            if label.is_empty() || label.len() > 63 {
                return Err(not("a label of a host name has 1 to 63 characters"));
            }
            if let Some(odd) = label.chars().find(|char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_')) {
                return Err(not(format!("a host name cannot hold {odd:?}")));
            }
        }
        if ascii.parse::<std::net::IpAddr>().is_ok() || ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(not("it is an address or a number, not a host name"));
        }
        Ok(Self(ascii.into()))
    }

    /// Reads a name that stands for itself alone: `*.evil.example` is none, which as a domain is the name and all below it.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`].
    pub fn parse_host(text: &str) -> Result<Self, NotAnObservable> {
        if text.trim_start().starts_with('*') {
            return Err(not("`*` stands for many names; the type `domain` is a name and every one below it"));
        }
        Self::parse(text)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `name` is this domain or lies below it, by label and without case.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        let Some(head) = name.len().checked_sub(self.0.len()) else { return false };
        name.get(head..).is_some_and(|tail| tail.eq_ignore_ascii_case(&self.0)) && (head == 0 || name.as_bytes().get(head - 1) == Some(&b'.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_respects_labels() {
        let domain = Domain::parse("evil.example").unwrap();
        assert!(domain.covers("EVIL.example"));
        assert!(domain.covers("a.b.evil.example."));
        assert!(!domain.covers("devil.example"));
        assert!(!domain.covers("evil.example.test"));
        assert!(Domain::parse("1.2.3.4").is_err());
        assert!(Domain::parse("a b.example").is_err());
        assert!(Domain::parse("_x.evil.example").is_ok());
        assert!(Domain::parse("*.evil.example").is_ok() && Domain::parse_host("*.evil.example").is_err());
    }
}
