//! What does a certificate look like? X.509 in DER, <https://www.rfc-editor.org/rfc/rfc5280#section-4>, with a key and a signature that verify nothing.

use sha2::{Digest as _, Sha256};

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const NULL: u8 = 0x05;
const OID: u8 = 0x06;
const UTF8: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]` around the version, `[3]` around the extensions.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// A name of a host among alternative names.
const DNS_NAME: u8 = 0x82;

/// `sha256WithRSAEncryption`, 1.2.840.113549.1.1.11.
const SIGNED_WITH: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// `rsaEncryption`, 1.2.840.113549.1.1.1.
const KEY: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// `subjectAltName`, 2.5.29.17.
const OTHER_NAMES: [u8; 3] = [0x55, 0x1d, 0x11];

/// A certificate of version 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is.
    pub subject: Name,
    /// Who says so.
    pub issuer: Name,
    /// The number that the issuer gave it, without a sign.
    pub serial: Vec<u8>,
    /// Further names of hosts.
    pub names: Vec<String>,
}

/// A name in parts, in their order.
pub type Name = Vec<(Attribute, String)>;

/// A part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// `C`.
    Country,
    /// `ST`.
    State,
    /// `L`.
    Place,
    /// `O`.
    Organisation,
    /// `OU`.
    Unit,
    /// `CN`.
    Common,
}

impl Attribute {
    /// The last number of its identifier below 2.5.4.
    fn number(self) -> u8 {
        match self {
            Self::Common => 3,
            Self::Country => 6,
            Self::Place => 7,
            Self::State => 8,
            Self::Organisation => 10,
            Self::Unit => 11,
        }
    }

    /// Its short name.
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Self::Country => "C",
            Self::State => "ST",
            Self::Place => "L",
            Self::Organisation => "O",
            Self::Unit => "OU",
            Self::Common => "CN",
        }
    }
}

impl Certificate {
    /// A certificate of a host that signed it itself.
    #[must_use]
    pub fn of(host: &str) -> Self {
        let name = vec![(Attribute::Common, host.to_owned())];
        Self { subject: name.clone(), issuer: name, serial: vec![0x01, 0x02, 0x03, 0x04], names: Vec::new() }
    }

    /// As it is sent.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let algorithm = tlv(SEQUENCE, &[tlv(OID, &[SIGNED_WITH.to_vec()]), tlv(NULL, &[])]);
        let mut body = vec![
            tlv(VERSION, &[tlv(INTEGER, &[vec![2]])]),
            number(&self.serial),
            algorithm.clone(),
            name(&self.issuer),
            tlv(SEQUENCE, &[tlv(UTC_TIME, &[b"230101000000Z".to_vec()]), tlv(UTC_TIME, &[b"330101000000Z".to_vec()])]),
            name(&self.subject),
            self.key(),
        ];
        if !self.names.is_empty() {
            let names: Vec<Vec<u8>> = self.names.iter().map(|name| tlv(DNS_NAME, &[name.as_bytes().to_vec()])).collect();
            let extension = tlv(SEQUENCE, &[tlv(OID, &[OTHER_NAMES.to_vec()]), tlv(OCTETS, &[tlv(SEQUENCE, &names)])]);
            body.push(tlv(EXTENSIONS, &[tlv(SEQUENCE, &[extension])]));
        }
        let signature = tlv(BITS, &[vec![0], self.noise(256)]);
        tlv(SEQUENCE, &[tlv(SEQUENCE, &body), algorithm, signature])
    }

    /// A public key of 2,048 bits, which belongs to nobody.
    fn key(&self) -> Vec<u8> {
        let mut modulus = self.noise(256);
        if let Some(first) = modulus.first_mut() {
            *first |= 0x80;
        }
        let key = tlv(SEQUENCE, &[number(&modulus), number(&[1, 0, 1])]);
        tlv(SEQUENCE, &[tlv(SEQUENCE, &[tlv(OID, &[KEY.to_vec()]), tlv(NULL, &[])]), tlv(BITS, &[vec![0], key])])
    }

    /// Bytes that differ from one certificate to the next.
    fn noise(&self, count: usize) -> Vec<u8> {
        let seed: [u8; 32] = Sha256::digest(format!("{:?} {:?} {:?}", self.subject, self.issuer, self.serial)).into();
        seed.into_iter().cycle().take(count).collect()
    }
}

/// A tag, a length, and what it holds.
fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let length: usize = parts.iter().map(Vec::len).sum();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            // A length has eight bytes at most.
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
            out.extend(digits);
        }
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// A number without sign, in as few bytes as it takes.
fn number(bytes: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    tlv(INTEGER, &[digits])
}

fn name(parts: &Name) -> Vec<u8> {
    let part = |(attribute, value): &(Attribute, String)| {
        tlv(SET, &[tlv(SEQUENCE, &[tlv(OID, &[vec![0x55, 0x04, attribute.number()]]), tlv(UTF8, &[value.as_bytes().to_vec()])])])
    };
    tlv(SEQUENCE, &parts.iter().map(part).collect::<Vec<_>>())
}
