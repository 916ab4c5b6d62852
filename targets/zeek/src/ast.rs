//! What does a file hold? Lines: a value, its type, and what is known about it. Values are as they are; nothing is escaped yet.

use std::sync::Arc;

use uuid::Uuid;

/// What a value is, in the words of the framework: the types of `Intel::Type` that indicators become (`base/frameworks/intel/main.zeek`;
/// `FILE_HASH` and `FILE_NAME` in `base/frameworks/intel/files.zeek`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// An address.
    Addr,
    /// A network in CIDR notation.
    Subnet,
    /// A URL without its scheme.
    Url,
    /// Software, by the name that it gives itself in a `User-Agent` header.
    Software,
    /// An e-mail address.
    Email,
    /// A host name.
    Domain,
    /// SHA-1 of a certificate.
    CertHash,
    /// MD5, SHA-1 or SHA-256 of a file.
    FileHash,
    /// Name of a file.
    FileName,
}

impl Type {
    /// Every type with its name.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Addr, "Intel::ADDR"),
        (Self::Subnet, "Intel::SUBNET"),
        (Self::Url, "Intel::URL"),
        (Self::Software, "Intel::SOFTWARE"),
        (Self::Email, "Intel::EMAIL"),
        (Self::Domain, "Intel::DOMAIN"),
        (Self::CertHash, "Intel::CERT_HASH"),
        (Self::FileHash, "Intel::FILE_HASH"),
        (Self::FileName, "Intel::FILE_NAME"),
    ];

    /// The type's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(of, _)| *of == self).map_or("", |(_, name)| name)
    }

    /// The type with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(of, _)| *of)
    }
}

/// A value. URLs that Zeek decodes may hold any byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub of: Type,
    /// The value.
    pub value: Box<[u8]>,
    /// What it is to the attacker, in one line.
    pub about: Arc<str>,
}

/// The values of a detection.
#[derive(Clone, Debug)]
pub struct List {
    /// The detection's id.
    pub id: Uuid,
    /// The detection's title.
    pub title: String,
    /// The advisory's file, without its ending.
    pub file: String,
    /// The advisory's id.
    pub source: Arc<str>,
    /// Where more is to be read.
    pub url: Option<Arc<str>>,
    /// Whether a match is worth a notice, or is only logged.
    pub notice: bool,
    /// The values.
    pub items: Vec<Item>,
}
