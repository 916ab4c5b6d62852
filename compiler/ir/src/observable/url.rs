//! URLs, kept as written where case and escapes count.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::domain::Domain;
use super::refused::{NotAnObservable, not};
use super::spelling::refang;

/// The host of a [`Url`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UrlHost {
    /// A name.
    Domain(Domain),
    /// An address.
    Address(IpAddr),
}

impl UrlHost {
    /// The host as a `Host` header has it: an IPv6 address in brackets.
    #[must_use]
    pub fn to_header(&self) -> String {
        match self {
            Self::Domain(domain) => domain.as_str().to_owned(),
            Self::Address(IpAddr::V6(address)) => format!("[{address}]"),
            Self::Address(address) => address.to_string(),
        }
    }
}

/// A URL split into its parts. Scheme and host are lower case; path and query are kept byte for byte, because case and
/// percent-escapes count there; user name, password and fragment never travel in a request line and are dropped. A copy shares them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url(Arc<Parts>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Parts {
    scheme: Box<str>,
    host: UrlHost,
    port: Option<u16>,
    path: Box<str>,
    query: Option<Box<str>>,
}

impl Url {
    /// Reads a URL, refanged. Without a scheme, `http` is assumed.
    ///
    /// # Errors
    ///
    /// Says why the text is not a URL with a host.
    pub fn parse(text: &str) -> Result<Self, NotAnObservable> {
        let text = text.trim();
        // Only scheme and host are refanged with every spelling: in a path, `(.)` may be meant.
        let split = text.find("://").map_or(0, |at| at + 3);
        let authority_end = text.get(split..).and_then(|rest| rest.find(['/', '?', '#'])).map(|at| split + at);
        let text = match authority_end {
            Some(end) if text.is_char_boundary(end) && !text[..end].ends_with('[') => {
                format!("{}{}", refang(&text[..end]), text[end..].replace("[.]", ".").replace("[/]", "/"))
            }
            _ => refang(text).into_owned(),
        };
        if let Some(odd) = text.chars().find(|char| char.is_control() || *char == ' ') {
            return Err(not(format!("a URL cannot hold {odd:?}")));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", &text));
        if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) {
            return Err(not("a URL begins with a scheme such as `http`"));
        }
        let scheme = scheme.to_ascii_lowercase();
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        if authority.is_empty() {
            return Err(not("it has no host, which stands before the path"));
        }
        let (host, port) = Self::host_and_port(authority)?;
        let (path, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(query.into())),
            None => (tail, None),
        };
        let default = match &*scheme {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            "ftp" => Some(21),
            _ => None,
        };
        let path = if path.is_empty() { "/" } else { path };
        let port = port.filter(|port| Some(*port) != default);
        Ok(Self(Arc::new(Parts { scheme: scheme.into(), host, port, path: path.into(), query })))
    }

    fn host_and_port(authority: &str) -> Result<(UrlHost, Option<u16>), NotAnObservable> {
        let port = |text: &str| -> Result<Option<u16>, NotAnObservable> {
            if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| not("what follows the host's `:` is not a port")) }
        };
        if let Some(rest) = authority.strip_prefix('[') {
            let (address, behind) = rest.split_once(']').ok_or_else(|| not("an IPv6 host ends with `]`"))?;
            let address: IpAddr = address.parse().map_err(|_| not("what stands in brackets is not an IPv6 address"))?;
            return Ok((UrlHost::Address(address), port(behind.strip_prefix(':').unwrap_or_default())?));
        }
        let (name, number) = authority.split_once(':').map_or((authority, ""), |(name, number)| (name, number));
        let host = match name.parse::<IpAddr>() {
            Ok(address) => UrlHost::Address(address),
            Err(_) => UrlHost::Domain(Domain::parse_host(name)?),
        };
        Ok((host, port(number)?))
    }

    /// The scheme, lower case.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.0.scheme
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &UrlHost {
        &self.0.host
    }

    /// The port, when it is not the scheme's own.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.0.port
    }

    /// The path, at least `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The query, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.0.query.as_deref()
    }

    /// Path and query, as they stand in a request line.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        match &self.0.query {
            Some(query) => format!("{}?{query}", self.0.path),
            None => self.0.path.to_string(),
        }
    }

    /// The URL without its scheme: host, port when written, path and query.
    #[must_use]
    pub fn without_scheme(&self) -> String {
        let mut out = String::with_capacity(self.0.path.len() + 64);
        // Writing to a text does not fail.
        let _ = self.write_rest(&mut out);
        out
    }

    /// Whether `other` asks for the same thing: same host, path and query without case; same port, where this URL
    /// writes one. Scheme and fragment do not count.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.0.host == other.0.host
            && self.0.path.eq_ignore_ascii_case(&other.0.path)
            && self.0.query.is_some() == other.0.query.is_some()
            && self.query().unwrap_or_default().eq_ignore_ascii_case(other.query().unwrap_or_default())
            && (self.0.port.is_none() || self.0.port == other.0.port)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.scheme)?;
        f.write_str("://")?;
        self.write_rest(f)
    }
}

impl Url {
    fn write_rest(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match &self.0.host {
            UrlHost::Domain(domain) => out.write_str(domain.as_str())?,
            UrlHost::Address(IpAddr::V6(address)) => write!(out, "[{address}]")?,
            UrlHost::Address(address) => write!(out, "{address}")?,
        }
        if let Some(port) = self.0.port {
            write!(out, ":{port}")?;
        }
        out.write_str(&self.0.path)?;
        if let Some(query) = &self.0.query {
            out.write_char('?')?;
            out.write_str(query)?;
        }
        Ok(())
    }
}
