//! Is a value in a file beside the rules? Data sets and lists of digests.
//!
//! <https://docs.suricata.io/en/latest/rules/datasets.html>, <https://docs.suricata.io/en/latest/rules/file-keywords.html#filemd5>

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::read::Written;
use super::site::Site;
use crate::Fault;

/// `dataset:isset` and `dataset:isnotset`.
#[derive(Clone, Debug)]
pub(crate) struct Dataset {
    negated: bool,
    kind: Kind,
    file: String,
}

/// What the lines of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Bytes in base64.
    Text,
    Md5,
    Sha256,
    Address4,
    Address,
}

impl Dataset {
    /// A data set whose values stand in a file; one that rules fill themselves has no meaning here.
    pub(crate) fn read(written: &Written<'_>) -> Result<Self, Fault> {
        let value = written.value()?;
        let mut words = value.split(',').map(str::trim);
        let negated = match words.next() {
            Some("isset") => false,
            Some("isnotset") => true,
            _ => return Err(written.unknown()),
        };
        let (mut kind, mut file) = (None, None);
        let _name = words.next().filter(|name| !name.is_empty()).ok_or_else(|| written.unread("a name"))?;
        for word in words {
            let (key, value) = word.split_once(char::is_whitespace).unwrap_or((word, ""));
            match (key, value.trim()) {
                ("type", "string") => kind = Some(Kind::Text),
                ("type", "md5") => kind = Some(Kind::Md5),
                ("type", "sha256") => kind = Some(Kind::Sha256),
                ("type", "ipv4") => kind = Some(Kind::Address4),
                ("type", "ip") => kind = Some(Kind::Address),
                ("load", path) if !path.is_empty() => file = Some(path.to_owned()),
                // How much room there is says nothing about what is found.
                ("hashsize" | "memcap", _) => {}
                _ => return Err(written.unknown()),
            }
        }
        match (kind, file) {
            (Some(kind), Some(file)) => Ok(Self { negated, kind, file }),
            _ => Err(written.unknown()),
        }
    }

    /// Whether the whole buffer is one of the values.
    pub(crate) fn holds(&self, bytes: &[u8], site: &Site) -> Result<bool, Fault> {
        let text = list(site, &self.file)?;
        // Nothing is neither in a set nor out of it.
        if bytes.is_empty() {
            return Ok(false);
        }
        let mut found = false;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let fault = || Fault::Unknown(format!("the line `{line}` of the list `{}`", self.file));
            found |= match self.kind {
                Kind::Text => STANDARD.decode(line).map_err(|_| fault())? == bytes,
                Kind::Md5 | Kind::Sha256 => line.eq_ignore_ascii_case(&hex::encode(bytes)),
                Kind::Address | Kind::Address4 => super::traffic::octets(line.parse::<IpAddr>().map_err(|_| fault())?) == bytes,
            };
        }
        Ok(found != self.negated)
    }
}

/// `filemd5`, `filesha1`, `filesha256`.
#[derive(Clone, Debug)]
pub(crate) struct FileDigest {
    negated: bool,
    digest: fn(&[u8]) -> String,
    file: String,
}

impl FileDigest {
    pub(crate) fn read(written: &Written<'_>) -> Result<Self, Fault> {
        let digest: fn(&[u8]) -> String = match written.name {
            "filemd5" => |bytes| hex::encode(Md5::digest(bytes)),
            "filesha1" => |bytes| hex::encode(Sha1::digest(bytes)),
            "filesha256" => |bytes| hex::encode(Sha256::digest(bytes)),
            _ => return Err(written.unknown()),
        };
        let value = written.value()?;
        let (negated, file) = value.strip_prefix('!').map_or((false, value), |rest| (true, rest.trim()));
        Ok(Self { negated, digest, file: file.trim_matches('"').to_owned() })
    }

    pub(crate) fn holds(&self, bytes: &[u8], site: &Site) -> Result<bool, Fault> {
        let digest = (self.digest)(bytes);
        let lines = list(site, &self.file)?.lines().map(|line| line.split_whitespace().next().unwrap_or_default());
        Ok(lines.filter(|line| !line.starts_with('#')).any(|line| line.eq_ignore_ascii_case(&digest)) != self.negated)
    }
}

fn list<'s>(site: &'s Site, file: &str) -> Result<&'s str, Fault> {
    site.lists.get(file).map(String::as_str).ok_or_else(|| Fault::Unknown(format!("the list `{file}`")))
}
