//! Which addresses lie in which networks?
//!
//! <https://learn.microsoft.com/kusto/query/ipv4-is-in-range-function>, `ipv4_is_in_any_range`, `ipv4_is_match`, `ipv4_is_private` and their
//! twins for IPv6, which take an address of IPv4 as the mapped one of IPv6. Text that is no address gives null.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::Fault;

/// The version of the protocol that a function is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Four,
    Six,
}

/// An address with its length of prefix, as bits from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    bits: u128,
    length: u32,
}

impl Network {
    /// Reads an address or a network; `None` for text that is neither.
    pub(super) fn read(text: &str, version: Version) -> Result<Option<Self>, Fault> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        if address.trim() != address || octal(address) {
            return Err(Fault::Unknown(format!("the address `{text}`")));
        }
        let length: Option<u32> = match length {
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            Some(_) => return Ok(None),
            None => Some(128),
        };
        let Some(length) = length else { return Ok(None) };
        let given = text.contains('/');
        if let Ok(address) = address.parse::<Ipv4Addr>() {
            let length = if given { length } else { 32 };
            if length > 32 {
                return Ok(None);
            }
            return Ok(Some(match version {
                Version::Four => Self { bits: u128::from(address.to_bits()) << 96, length },
                Version::Six => Self { bits: address.to_ipv6_mapped().to_bits(), length: length + 96 },
            }));
        }
        match (version, address.parse::<Ipv6Addr>()) {
            (Version::Six, Ok(address)) if length <= 128 => Ok(Some(Self { bits: address.to_bits(), length })),
            _ => Ok(None),
        }
    }

    /// Whether both are the same as far as the shorter of their prefixes goes, and that of `most`.
    pub(super) fn meets(self, other: Self, most: u32) -> bool {
        let length = self.length.min(other.length).min(most);
        (self.bits ^ other.bits).checked_shr(128 - length).unwrap_or(0) == 0
    }
}

/// Whether a number of an address has a leading zero, which some read as octal.
fn octal(address: &str) -> bool {
    !address.contains(':') && address.split('.').count() == 4 && address.split('.').any(|part| part.len() > 1 && part.starts_with('0'))
}

/// The networks that belong to no one: RFC 1918, as the page of `ipv4_is_private` lists them.
pub(super) fn is_private(address: Network) -> bool {
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].into_iter().any(|range| {
        Network::read(range, Version::Four).ok().flatten().is_some_and(|range| address.length >= range.length && address.meets(range, 32))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(version: Version, address: &str, range: &str) -> Option<bool> {
        Some(Network::read(address, version).unwrap()?.meets(Network::read(range, version).unwrap()?, 128))
    }

    #[test]
    fn an_address_lies_in_a_network_or_not() {
        assert_eq!(within(Version::Four, "192.0.2.7", "192.0.2.0/24"), Some(true));
        assert_eq!(within(Version::Four, "192.0.3.7", "192.0.2.0/24"), Some(false));
        assert_eq!(within(Version::Four, "192.0.2.7", "0.0.0.0/0"), Some(true));
        assert_eq!(within(Version::Four, "2001:db8::1", "192.0.2.0/24"), None);
        assert_eq!(within(Version::Four, "", "192.0.2.0/24"), None);
        assert_eq!(within(Version::Six, "2001:db8::1", "2001:db8::/32"), Some(true));
        assert_eq!(within(Version::Six, "192.0.2.7", "::ffff:192.0.2.0/120"), Some(true));
        assert!(Network::read("192.0.2.07", Version::Four).is_err());
    }
}
