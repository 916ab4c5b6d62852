//! Below which name can anybody register one? The Public Suffix List (<https://publicsuffix.org>), asked here and nowhere else: the
//! crate `psl` holds the list as code, and each crate that called it directly would compile most of a megabyte of it again.
//!
//! Names are expected in lower case, in the spelling of [`crate::Domain`] or in Unicode. A name that is malformed has no suffix.

/// Who keeps a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// A registry: `com`, `co.uk`.
    Icann,
    /// A company that hands out names below one of its own: `github.io`.
    Private,
}

/// The end of a name below which anybody can register one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicSuffix<'a> {
    /// The suffix, such as `co.uk`; a trailing dot of the name is left away.
    pub name: &'a str,
    /// Who keeps it; `None` when it is not on the list, which then takes the last label.
    pub register: Option<Register>,
}

/// The public suffix of a name.
///
/// ```
/// # use ir::public_suffix::{Register, suffix};
/// assert_eq!(suffix("www.tide.co.uk").map(|suffix| suffix.name), Some("co.uk"));
/// assert_eq!(suffix("tide.github.io").and_then(|suffix| suffix.register), Some(Register::Private));
/// assert_eq!(suffix("host.lan").and_then(|suffix| suffix.register), None);
/// ```
#[must_use]
#[inline(never)]
pub fn suffix(name: &str) -> Option<PublicSuffix<'_>> {
    let found = psl::suffix(name.as_bytes())?.trim();
    let register = match found.typ() {
        Some(psl::Type::Icann) => Some(Register::Icann),
        Some(psl::Type::Private) => Some(Register::Private),
        None => None,
    };
    Some(PublicSuffix { name: std::str::from_utf8(found.as_bytes()).ok()?, register })
}

/// Whether a name is, or ends with, a suffix on the list.
#[must_use]
pub fn is_listed(name: &str) -> bool {
    suffix(name).is_some_and(|suffix| suffix.register.is_some())
}

/// The registrable part of a name, one label and the suffix, with the suffix; `None` for a suffix itself. A trailing dot of the name stays.
///
/// ```
/// # use ir::public_suffix::registrable;
/// assert_eq!(registrable("www.tide.co.uk").map(|(name, _)| name), Some("tide.co.uk"));
/// assert_eq!(registrable("co.uk"), None);
/// ```
#[must_use]
pub fn registrable(name: &str) -> Option<(&str, PublicSuffix<'_>)> {
    let suffix = suffix(name)?;
    let dot = usize::from(name.ends_with('.'));
    let before = name.get(..name.len().checked_sub(dot + suffix.name.len() + 1)?)?;
    let label = before.rsplit('.').next().filter(|_| !before.is_empty())?;
    Some((name.get(before.len() - label.len()..)?, suffix))
}

/// Whether a name has a registrable part below a suffix on the list.
#[must_use]
pub fn is_registrable(name: &str) -> bool {
    registrable(name).is_some_and(|(_, suffix)| suffix.register.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrable_parts_are_those_of_the_list() {
        let names =
            ["a.b.c.com", "c.com", "com", "www.tide.github.io", "github.io", "x.", "x.com.", "a..b.uk", "", ".", ".com", "x.lan", "a.co.uk.", "é.fr"];
        for name in names {
            let theirs = psl::domain(name.as_bytes()).and_then(|domain| std::str::from_utf8(domain.as_bytes()).ok());
            assert_eq!(registrable(name).map(|(name, _)| name), theirs, "{name}");
        }
    }
}
