//! Digests and fingerprints.

use super::refused::{NotAnObservable, not};

/// A digest algorithm for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashAlgorithm {
    /// MD5, 32 hex digits.
    Md5,
    /// SHA-1, 40 hex digits.
    Sha1,
    /// SHA-256, 64 hex digits.
    Sha256,
    /// SHA-512, 128 hex digits.
    Sha512,
}

impl HashAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512];

    /// Length of the digest in hex digits.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }

    /// The algorithm's name in lower case, without a dash.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

/// A digest of a file, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash {
    algorithm: HashAlgorithm,
    hex: Box<str>,
}

impl FileHash {
    /// Reads a digest; its length tells the algorithm.
    ///
    /// # Errors
    ///
    /// Says why the text is not a digest.
    pub fn parse(text: &str) -> Result<Self, NotAnObservable> {
        let text = text.trim();
        let algorithm = HashAlgorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.digits() == text.len())
            .ok_or_else(|| not(format!("a digest has 32, 40, 64 or 128 hex digits, this has {}", text.chars().count())))?;
        Self::parse_as(algorithm, text)
    }

    /// Reads a digest of one algorithm.
    ///
    /// # Errors
    ///
    /// Says why the text is not a digest of that algorithm.
    pub fn parse_as(algorithm: HashAlgorithm, text: &str) -> Result<Self, NotAnObservable> {
        Ok(Self { algorithm, hex: hex_digits(text, algorithm.digits(), algorithm.name())?.into() })
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// The digest in lower-case hex.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.hex
    }
}

/// Reads exactly `count` hex digits, with colons between bytes allowed; lower case.
pub(super) fn hex_digits(text: &str, count: usize, what: &str) -> Result<String, NotAnObservable> {
    let digits: String = text.trim().chars().filter(|char| *char != ':').collect();
    if digits.len() != count || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(not(format!("{what} has {count} hex digits")));
    }
    Ok(digits.to_ascii_lowercase())
}

/// Reads a certificate's serial number: hex, with colons, spaces or `0x` allowed; upper case.
pub(super) fn serial(text: &str) -> Result<String, NotAnObservable> {
    let text = text.trim();
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let digits: String = text.chars().filter(|char| !matches!(char, ':' | ' ')).collect();
    // RFC 5280, section 4.1.2.2: at most 20 octets; some issuers use more, so 40 are accepted.
    if digits.is_empty() || digits.len() > 80 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(not("a serial number has 1 to 80 hex digits"));
    }
    let upper = digits.to_ascii_uppercase();
    Ok(if upper.len() % 2 == 1 { format!("0{upper}") } else { upper })
}

/// Reads a JA4 fingerprint: `t13d1516h2_8daaf6152771_b186095e22b6`; lower case.
pub(super) fn ja4(text: &str) -> Result<String, NotAnObservable> {
    let lower = text.trim().to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('_').collect();
    let hex12 = |part: &str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match parts.as_slice() {
        [head, ciphers, extensions]
            if head.len() == 10 && head.bytes().all(|byte| byte.is_ascii_alphanumeric()) && hex12(ciphers) && hex12(extensions) =>
        {
            Ok(lower)
        }
        _ => Err(not("a JA4 fingerprint is ten letters and digits, `_`, twelve hex digits, `_`, twelve hex digits")),
    }
}
