//! What does a handshake of TLS look like? <https://www.rfc-editor.org/rfc/rfc5246#section-7.4>, <https://www.rfc-editor.org/rfc/rfc8446#section-4>
//!
//! Up to version 1.2 the certificate is in clear; in 1.3 it is encrypted, so there a sensor sees both hellos and nothing else.

use sha2::{Digest as _, Sha256};

use crate::certificate::Certificate;
use crate::{Said, Unsendable};

const HANDSHAKE: u8 = 22;
const CHANGE_CIPHER: u8 = 20;
const APPLICATION_DATA: u8 = 23;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_DONE: u8 = 14;

const SERVER_NAME: u16 = 0;
const GROUPS: u16 = 10;
const POINT_FORMATS: u16 = 11;
const SIGNATURES: u16 = 13;
const PROTOCOLS: u16 = 16;
const VERSIONS: u16 = 43;
const RENEGOTIATION: u16 = 65_281;

/// A handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// What the client says first.
    pub hello: Hello,
    /// What the server answers.
    pub server: Option<Answer>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.0.
    One,
    /// TLS 1.1.
    OneOne,
    /// TLS 1.2.
    OneTwo,
    /// TLS 1.3.
    OneThree,
}

impl Version {
    /// Its number, as the list of versions has it.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::One => 0x0301,
            Self::OneOne => 0x0302,
            Self::OneTwo => 0x0303,
            Self::OneThree => 0x0304,
        }
    }

    /// The number at the front of a hello, which ends at 1.2.
    #[must_use]
    pub fn legacy(self) -> u16 {
        self.number().min(0x0303)
    }
}

/// What a client says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The highest version that it speaks.
    pub version: Version,
    /// The server's name.
    pub name: Option<String>,
    /// Suites of ciphers, the best first.
    pub ciphers: Vec<u16>,
    /// Groups for the exchange of keys.
    pub groups: Vec<u16>,
    /// Forms of points on curves.
    pub formats: Vec<u8>,
    /// Ways to sign.
    pub signatures: Vec<u16>,
    /// Protocols that may follow, such as `h2`.
    pub protocols: Vec<String>,
    /// Further extensions, behind the others.
    pub more: Vec<(u16, Vec<u8>)>,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The suite that it chose.
    pub cipher: u16,
    /// The protocol that it chose.
    pub protocol: Option<String>,
    /// Its certificates, its own first.
    pub certificates: Vec<Certificate>,
}

impl Hello {
    /// What an ordinary client of version 1.2 says.
    #[must_use]
    pub fn to(name: &str) -> Self {
        Self {
            version: Version::OneTwo,
            name: Some(name.to_owned()),
            ciphers: vec![0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d],
            groups: vec![29, 23, 24],
            formats: vec![0],
            signatures: vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501],
            protocols: Vec::new(),
            more: Vec::new(),
        }
    }

    /// The same from a client of version 1.3.
    #[must_use]
    pub fn modern(self) -> Self {
        let ciphers = [0x1301, 0x1302, 0x1303].into_iter().chain(self.ciphers).collect();
        Self { version: Version::OneThree, ciphers, ..self }
    }

    /// Its extensions in order, with what each holds.
    ///
    /// # Errors
    ///
    /// When a list is longer than its length can say.
    pub fn extensions(&self) -> Result<Vec<(u16, Vec<u8>)>, Unsendable> {
        let mut out = Vec::new();
        if let Some(name) = &self.name {
            out.push((SERVER_NAME, counted_twice(&[&[0], counted_twice(name.as_bytes())?.as_slice()].concat())?));
        }
        if !self.groups.is_empty() {
            out.push((GROUPS, counted_twice(&numbers(&self.groups))?));
        }
        if !self.formats.is_empty() {
            out.push((POINT_FORMATS, counted_once(&self.formats)?));
        }
        if !self.signatures.is_empty() {
            out.push((SIGNATURES, counted_twice(&numbers(&self.signatures))?));
        }
        if !self.protocols.is_empty() {
            out.push((PROTOCOLS, protocols(&self.protocols)?));
        }
        if self.version == Version::OneThree {
            out.push((VERSIONS, counted_once(&numbers(&[Version::OneThree.number(), Version::OneTwo.number()]))?));
        }
        out.extend(self.more.iter().cloned());
        Ok(out)
    }

    /// The message, as TLS and QUIC carry it.
    ///
    /// # Errors
    ///
    /// When a list is longer than its length can say.
    pub fn message(&self) -> Result<Vec<u8>, Unsendable> {
        let mut body = self.version.legacy().to_be_bytes().to_vec();
        body.extend(noise("client", self.name.as_deref().unwrap_or_default()));
        body.push(0);
        body.extend(counted_twice(&numbers(&self.ciphers))?);
        body.extend([1, 0]);
        body.extend(extensions(&self.extensions()?)?);
        message(CLIENT_HELLO, &body)
    }
}

impl Answer {
    /// An ordinary answer with a certificate.
    #[must_use]
    pub fn with(certificate: Certificate) -> Self {
        Self { cipher: 0xc02f, protocol: None, certificates: vec![certificate] }
    }

    /// Its extensions in order, with what each holds.
    ///
    /// # Errors
    ///
    /// When a name is longer than its length can say.
    pub fn extensions(&self, version: Version) -> Result<Vec<(u16, Vec<u8>)>, Unsendable> {
        let mut out = Vec::new();
        if version == Version::OneThree {
            out.push((VERSIONS, version.number().to_be_bytes().to_vec()));
            return Ok(out);
        }
        out.push((RENEGOTIATION, vec![0]));
        if let Some(protocol) = &self.protocol {
            out.push((PROTOCOLS, protocols(std::slice::from_ref(protocol))?));
        }
        Ok(out)
    }
}

impl Tls {
    /// An ordinary handshake of version 1.2 with a server that has a certificate of its name.
    #[must_use]
    pub fn to(name: &str) -> Self {
        Self { hello: Hello::to(name), server: Some(Answer::with(Certificate::of(name))) }
    }

    pub(crate) fn said(&self) -> Result<Vec<Said>, Unsendable> {
        let version = self.hello.version;
        let record = |kind: u8, bytes: &[u8]| -> Result<Vec<u8>, Unsendable> {
            Ok([vec![kind], version.legacy().to_be_bytes().to_vec(), counted_twice(bytes)?].concat())
        };
        let mut out = vec![Said::client(record(HANDSHAKE, &self.hello.message()?)?)];
        let Some(answer) = &self.server else { return Ok(out) };
        let name = self.hello.name.as_deref().unwrap_or_default();
        let mut body = version.legacy().to_be_bytes().to_vec();
        body.extend(noise("server", name));
        body.push(0);
        body.extend(answer.cipher.to_be_bytes());
        body.push(0);
        body.extend(extensions(&answer.extensions(version)?)?);
        let hello = message(SERVER_HELLO, &body)?;
        let sealed = noise("sealed", name);
        if version == Version::OneThree {
            let rest = [record(CHANGE_CIPHER, &[1])?, record(APPLICATION_DATA, &sealed.repeat(8))?].concat();
            out.push(Said::server([record(HANDSHAKE, &hello)?, rest].concat()));
            out.push(Said::client([record(CHANGE_CIPHER, &[1])?, record(APPLICATION_DATA, &sealed)?].concat()));
        } else {
            let mut flight = record(HANDSHAKE, &hello)?;
            if !answer.certificates.is_empty() {
                let mut list = Vec::new();
                for certificate in &answer.certificates {
                    list.extend(counted_thrice(&certificate.der())?);
                }
                flight.extend(record(HANDSHAKE, &message(CERTIFICATE, &counted_thrice(&list)?)?)?);
            }
            flight.extend(record(HANDSHAKE, &message(SERVER_DONE, &[])?)?);
            out.push(Said::server(flight));
            let finished = [record(CHANGE_CIPHER, &[1])?, record(HANDSHAKE, &sealed)?].concat();
            out.push(Said::client(finished.clone()));
            out.push(Said::server(finished));
        }
        out.push(Said::client(record(APPLICATION_DATA, &sealed.repeat(2))?));
        out.push(Said::server(record(APPLICATION_DATA, &sealed.repeat(4))?));
        Ok(out)
    }
}

/// Bytes where a side would have chosen some.
fn noise(who: &str, name: &str) -> [u8; 32] {
    Sha256::digest(format!("{who} {name}")).into()
}

fn message(kind: u8, body: &[u8]) -> Result<Vec<u8>, Unsendable> {
    Ok([vec![kind], counted_thrice(body)?].concat())
}

fn extensions(list: &[(u16, Vec<u8>)]) -> Result<Vec<u8>, Unsendable> {
    let mut out = Vec::new();
    for (number, bytes) in list {
        out.extend(number.to_be_bytes());
        out.extend(counted_twice(bytes)?);
    }
    counted_twice(&out)
}

fn protocols(list: &[String]) -> Result<Vec<u8>, Unsendable> {
    let mut out = Vec::new();
    for name in list {
        out.extend(counted_once(name.as_bytes())?);
    }
    counted_twice(&out)
}

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Bytes behind their count in one byte.
pub(crate) fn counted_once(bytes: &[u8]) -> Result<Vec<u8>, Unsendable> {
    let count = u8::try_from(bytes.len()).map_err(|_| Unsendable::TooLong("a list of TLS"))?;
    Ok([&[count], bytes].concat())
}

/// Bytes behind their count in two bytes.
pub(crate) fn counted_twice(bytes: &[u8]) -> Result<Vec<u8>, Unsendable> {
    let count = u16::try_from(bytes.len()).map_err(|_| Unsendable::TooLong("a list of TLS"))?;
    Ok([&count.to_be_bytes(), bytes].concat())
}

/// Bytes behind their count in three bytes.
fn counted_thrice(bytes: &[u8]) -> Result<Vec<u8>, Unsendable> {
    let count = u32::try_from(bytes.len()).ok().filter(|count| *count < 1 << 24).ok_or(Unsendable::TooLong("a message of TLS"))?;
    let [_, high, middle, low] = count.to_be_bytes();
    Ok([&[high, middle, low], bytes].concat())
}
