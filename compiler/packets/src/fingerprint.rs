//! By which digests are hellos of TLS known? JA3 and JA3S, <https://github.com/salesforce/ja3>, and JA4, <https://github.com/FoxIO-LLC/ja4>.
//!
//! Values that a client makes up to keep servers tolerant (GREASE, RFC 8701) count in neither.

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::Unsendable;
use crate::tls::{Answer, Hello, Version};

const SERVER_NAME: u16 = 0;
const PROTOCOLS: u16 = 16;

/// The digest of a client's hello: version, suites, extensions, groups and forms of points, each in order.
///
/// # Errors
///
/// When the hello cannot be sent.
pub fn ja3(hello: &Hello) -> Result<String, Unsendable> {
    let extensions: Vec<u16> = hello.extensions()?.into_iter().map(|(number, _)| number).collect();
    let formats: Vec<u16> = hello.formats.iter().map(|format| u16::from(*format)).collect();
    let lists = [joined(&hello.ciphers), joined(&extensions), joined(&hello.groups), joined(&formats)];
    Ok(digest(&format!("{},{}", hello.version.legacy(), lists.join(","))))
}

/// The digest of a server's hello: version, suite and extensions.
///
/// # Errors
///
/// When the answer cannot be sent.
pub fn ja3s(answer: &Answer, version: Version) -> Result<String, Unsendable> {
    let extensions: Vec<u16> = answer.extensions(version)?.into_iter().map(|(number, _)| number).collect();
    Ok(digest(&format!("{},{},{}", version.legacy(), answer.cipher, joined(&extensions))))
}

/// The name of a client's hello in three parts: what can be read, a digest of the suites, a digest of extensions and signatures.
///
/// # Errors
///
/// When the hello cannot be sent.
pub fn ja4(hello: &Hello, quic: bool) -> Result<String, Unsendable> {
    let mut ciphers: Vec<u16> = hello.ciphers.iter().copied().filter(|number| !is_grease(*number)).collect();
    let mut extensions: Vec<u16> = hello.extensions()?.into_iter().map(|(number, _)| number).filter(|number| !is_grease(*number)).collect();
    let version = match hello.version {
        Version::One => "10",
        Version::OneOne => "11",
        Version::OneTwo => "12",
        Version::OneThree => "13",
    };
    let protocol = hello.protocols.first().map_or_else(|| "00".to_owned(), |name| ends(name.as_bytes()));
    let head = format!(
        "{}{version}{}{:02}{:02}{protocol}",
        if quic { 'q' } else { 't' },
        if hello.name.is_some() { 'd' } else { 'i' },
        ciphers.len().min(99),
        extensions.len().min(99),
    );
    ciphers.sort_unstable();
    extensions.retain(|number| !matches!(*number, SERVER_NAME | PROTOCOLS));
    extensions.sort_unstable();
    let signatures: Vec<u16> = hello.signatures.iter().copied().filter(|number| !is_grease(*number)).collect();
    let mut rest = hexes(&extensions);
    if !signatures.is_empty() {
        rest = format!("{rest}_{}", hexes(&signatures));
    }
    Ok(format!("{head}_{}_{}", short(&hexes(&ciphers), ciphers.is_empty()), short(&rest, extensions.is_empty())))
}

/// The first and the last letter of a protocol's name, or of its bytes in hex where these are none.
fn ends(name: &[u8]) -> String {
    match (name.first(), name.last()) {
        (Some(first), Some(last)) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
            [char::from(*first), char::from(*last)].into_iter().collect()
        }
        _ => {
            let digits = hex::encode(name);
            digits.chars().next().into_iter().chain(digits.chars().last()).collect()
        }
    }
}

fn short(text: &str, empty: bool) -> String {
    if empty {
        return "0".repeat(12);
    }
    hex::encode(Sha256::digest(text)).chars().take(12).collect()
}

fn hexes(list: &[u16]) -> String {
    list.iter().map(|number| format!("{number:04x}")).collect::<Vec<_>>().join(",")
}

fn joined(list: &[u16]) -> String {
    list.iter().filter(|number| !is_grease(**number)).map(u16::to_string).collect::<Vec<_>>().join("-")
}

fn digest(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

fn is_grease(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}
