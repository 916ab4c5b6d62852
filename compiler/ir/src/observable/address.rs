//! Addresses and networks, with an optional port.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::refused::{NotAnObservable, not};
use super::spelling::refang;

/// An address or network, optionally with a port. Host bits of a network are cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressPort {
    /// The network; a single address has all bits in its prefix.
    pub net: IpNet,
    /// The port; networks have none.
    pub port: Option<u16>,
}

/// Reads one address, refanged. Leading zeros are refused: some tools read them as octal.
///
/// # Errors
///
/// Says why the text is not an address.
pub fn parse_address(text: &str) -> Result<IpAddr, NotAnObservable> {
    let text = refang(text.trim());
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(&text);
    bare.parse().map_err(|_| not("it is not an IPv4 or IPv6 address"))
}

impl AddressPort {
    /// Reads `198.51.100.23`, `198.51.100.0/24`, `198.51.100.23:443`, `198.51.100.23|443`, `[2001:db8::1]:443`.
    ///
    /// # Errors
    ///
    /// Says why the text is neither an address nor a network.
    pub fn parse(text: &str) -> Result<Self, NotAnObservable> {
        let text = refang(text.trim());
        if let Some((address, bits)) = text.split_once('/') {
            let address = parse_address(address)?;
            let bits = bits.parse().map_err(|_| not("what follows `/` is not a prefix length"))?;
            let net = IpNet::new(address, bits).map_err(|_| not(format!("a prefix of {bits} bits is longer than the address")))?;
            return Ok(Self { net: net.trunc(), port: None });
        }
        let piped = text.split_once('|').map(|(address, port)| (address.to_owned(), port.to_owned()));
        if let Some((address, port)) = piped {
            let port = port.trim().parse().map_err(|_| not("what follows `|` is not a port"))?;
            return Ok(Self { net: IpNet::from(parse_address(&address)?), port: Some(port) });
        }
        if let Ok(address) = parse_address(&text) {
            return Ok(Self { net: IpNet::from(address), port: None });
        }
        let socket: SocketAddr = text.parse().map_err(|_| not("it is not an IPv4 or IPv6 address or network"))?;
        Ok(Self { net: IpNet::from(socket.ip()), port: Some(socket.port()) })
    }

    /// Whether this is one address, not a network.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.net.prefix_len() == self.net.max_prefix_len()
    }
}

impl fmt::Display for AddressPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_single(), self.port) {
            (true, Some(port)) => SocketAddr::new(self.net.addr(), port).fmt(f),
            (true, None) => self.net.addr().fmt(f),
            (false, _) => self.net.fmt(f),
        }
    }
}
