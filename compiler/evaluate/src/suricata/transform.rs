//! What becomes of a buffer before it is looked at? <https://docs.suricata.io/en/latest/rules/transforms.html>

use md5::Md5;
use pcre2::bytes::Regex;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::read::Written;
use crate::Fault;

/// A transformation.
#[derive(Clone, Debug)]
pub(crate) enum Transform {
    /// A dot before the first byte.
    DotPrefix,
    ToLowercase,
    ToUppercase,
    StripWhitespace,
    /// Blanks behind each other become one.
    CompressWhitespace,
    UrlDecode,
    ToMd5,
    ToSha1,
    ToSha256,
    /// What the first group of an expression holds; without a match the buffer stays as it is.
    Expression(Regex),
}

impl Transform {
    /// The transformation that an option is; `None` when it is another option.
    pub(crate) fn read(written: &Written<'_>) -> Result<Option<Self>, Fault> {
        let found = match written.name {
            "dotprefix" => Self::DotPrefix,
            "to_lowercase" => Self::ToLowercase,
            "to_uppercase" => Self::ToUppercase,
            "strip_whitespace" => Self::StripWhitespace,
            "compress_whitespace" => Self::CompressWhitespace,
            "url_decode" => Self::UrlDecode,
            "to_md5" => Self::ToMd5,
            "to_sha1" => Self::ToSha1,
            "to_sha256" => Self::ToSha256,
            "pcrexform" => {
                let (negated, text) = written.quoted()?;
                let regex = super::pcre::compile(text, "")?;
                if negated || regex.captures_len() < 2 {
                    return Err(written.unread("an expression with a group"));
                }
                return Ok(Some(Self::Expression(regex)));
            }
            _ => return Ok(None),
        };
        written.bare()?;
        Ok(Some(found))
    }

    pub(crate) fn of(&self, bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let white = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
        Ok(match self {
            Self::DotPrefix => [b".".as_slice(), &bytes].concat(),
            Self::ToLowercase => bytes.to_ascii_lowercase(),
            Self::ToUppercase => bytes.to_ascii_uppercase(),
            Self::StripWhitespace => bytes.into_iter().filter(|byte| !white(byte)).collect(),
            Self::CompressWhitespace => {
                let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
                for byte in bytes {
                    if !(white(&byte) && out.last().is_some_and(white)) {
                        out.push(byte);
                    }
                }
                out
            }
            Self::UrlDecode => decoded(&bytes, true),
            Self::ToMd5 => Md5::digest(bytes).to_vec(),
            Self::ToSha1 => Sha1::digest(bytes).to_vec(),
            Self::ToSha256 => Sha256::digest(bytes).to_vec(),
            Self::Expression(regex) => {
                let found = regex.captures(&bytes).map_err(|error| Fault::Unknown(format!("an expression that is too much work ({error})")))?;
                match found.and_then(|found| found.get(1).map(|part| part.as_bytes().to_vec())) {
                    Some(part) => part,
                    None => bytes,
                }
            }
        })
    }
}

/// Percent-escapes as the bytes they stand for; what is no escape stays.
pub(crate) fn decoded(bytes: &[u8], plus_is_blank: bool) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
                continue;
            }
            (b'+', ..) if plus_is_blank => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
    out
}
