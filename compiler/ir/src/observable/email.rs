//! E-mail addresses.

use super::domain::Domain;
use super::refused::{NotAnObservable, not};
use super::spelling::refang;

/// An e-mail address in lower case. The local part is lower-cased too: mailboxes that differ by case alone do not occur.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(Box<str>);

impl EmailAddress {
    /// Reads `name@domain`, refanged.
    ///
    /// # Errors
    ///
    /// Says why the text is not an e-mail address (RFC 5321, section 4.5.3.1: 64 bytes before the `@`).
    pub fn parse(text: &str) -> Result<Self, NotAnObservable> {
        let text = refang(text.trim());
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| not("an e-mail address holds an `@`"))?;
        if local.is_empty()
            || local.len() > 64
            || local.chars().any(|char| char.is_control() || char.is_whitespace() || "<>()[],;:\\\"".contains(char))
        {
            return Err(not("what stands before the `@` is not the name of a mailbox"));
        }
        Ok(Self(format!("{}@{}", local.to_lowercase(), Domain::parse_host(domain)?.as_str()).into()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
