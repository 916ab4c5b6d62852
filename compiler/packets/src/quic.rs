//! What does the first packet of a QUIC connection look like? <https://www.rfc-editor.org/rfc/rfc9001#section-5>
//!
//! It is encrypted, with keys that follow from a number in the packet itself: whoever sees the packet can read it, sensors too.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, Payload};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

use crate::Unsendable;
use crate::tls::Hello;

/// The salt of version 1 (section 5.2).
const SALT: [u8; 20] = [0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a];
/// As long as a first datagram is at least (RFC 9000, section 14.1).
const DATAGRAM: usize = 1200;
/// What the cipher adds.
const TAG: usize = 16;
/// Of four bytes of number, two are written.
const NUMBER: [u8; 2] = [0, 0];
/// The extension that says how much may be sent (RFC 9001, section 8.2).
const PARAMETERS: u16 = 0x39;

/// The hello, as QUIC sends it: with an extension of its own.
#[must_use]
pub fn with_parameters(hello: &Hello) -> Hello {
    let mut out = hello.clone();
    if !out.more.iter().any(|(number, _)| *number == PARAMETERS) {
        // How much may be sent in all: 65,536 bytes.
        out.more.push((PARAMETERS, vec![0x04, 0x04, 0x80, 0x01, 0x00, 0x00]));
    }
    out
}

/// A datagram with the client's hello in it.
pub(crate) fn initial(hello: &Hello) -> Result<Vec<u8>, Unsendable> {
    let message = with_parameters(hello).message()?;
    let chosen: [u8; 32] = Sha256::digest(&message).into();
    let (to, rest) = chosen.split_at(8);
    let (from, _) = rest.split_at(8);

    // One CRYPTO frame from its first byte on, then padding.
    let mut frames = vec![0x06, 0x00];
    frames.extend(varint(message.len())?);
    frames.extend_from_slice(&message);

    let mut head = vec![0xc0 | 1];
    head.extend(1_u32.to_be_bytes());
    head.push(8);
    head.extend_from_slice(to);
    head.push(8);
    head.extend_from_slice(from);
    head.push(0);
    // Two bytes of length follow, then the number.
    let around = head.len() + 2 + NUMBER.len() + TAG;
    frames.resize(frames.len().max(DATAGRAM.saturating_sub(around)), 0);
    let length = NUMBER.len() + frames.len() + TAG;
    let length = u16::try_from(length).ok().filter(|length| *length < 1 << 14).ok_or(Unsendable::TooLong("a hello over QUIC"))?;
    head.extend((length | 0x4000).to_be_bytes());
    let number_at = head.len();
    head.extend(NUMBER);

    let keys = Keys::of(to);
    let sealed = keys.seal(&head, &frames)?;
    let mask = keys.mask(sealed.get(4 - NUMBER.len()..).unwrap_or_default())?;
    let [first_mask, number_mask @ ..] = mask;
    if let Some(first) = head.first_mut() {
        *first ^= first_mask & 0x0f;
    }
    for (byte, mask) in head.iter_mut().skip(number_at).zip(number_mask) {
        *byte ^= mask;
    }
    head.extend(sealed);
    Ok(head)
}

/// The keys of a client's first packets.
struct Keys {
    key: [u8; 16],
    iv: [u8; 12],
    mask: [u8; 16],
}

impl Keys {
    fn of(to: &[u8]) -> Self {
        let secret: [u8; 32] = expand(&Hkdf::<Sha256>::new(Some(&SALT), to), "client in");
        let client = Hkdf::<Sha256>::from_prk(&secret).unwrap_or_else(|_| Hkdf::new(None, &secret));
        Self { key: expand(&client, "quic key"), iv: expand(&client, "quic iv"), mask: expand(&client, "quic hp") }
    }

    /// The packet's number is 0, so the nonce is the vector itself.
    fn seal(&self, head: &[u8], frames: &[u8]) -> Result<Vec<u8>, Unsendable> {
        let cipher = Aes128Gcm::new(&self.key.into());
        cipher.encrypt(&self.iv.into(), Payload { msg: frames, aad: head }).map_err(|_| Unsendable::TooLong("a packet of QUIC"))
    }

    /// What hides the first byte and the number (section 5.4).
    fn mask(&self, sample: &[u8]) -> Result<[u8; 5], Unsendable> {
        let sample: [u8; 16] = sample.get(..16).and_then(|sample| sample.try_into().ok()).ok_or(Unsendable::TooLong("a packet of QUIC"))?;
        let mut block = sample.into();
        Aes128::new(&self.mask.into()).encrypt_block(&mut block);
        let [first, second, third, fourth, fifth, ..]: [u8; 16] = block.into();
        Ok([first, second, third, fourth, fifth])
    }
}

/// `HKDF-Expand-Label` of TLS 1.3 (RFC 8446, section 7.1), without context.
fn expand<const N: usize>(from: &Hkdf<Sha256>, label: &str) -> [u8; N] {
    let mut out = [0; N];
    // Both lengths are small and fixed.
    let length = u16::try_from(N).unwrap_or_default();
    let label_length = u8::try_from(label.len() + 6).unwrap_or_default();
    let info = [&length.to_be_bytes(), &[label_length][..], b"tls13 ", label.as_bytes(), &[0]].concat();
    from.expand(&info, &mut out).expect("a digest of SHA-256 can be expanded to so few bytes");
    out
}

/// A length in two bytes (RFC 9000, section 16).
fn varint(number: usize) -> Result<[u8; 2], Unsendable> {
    let number = u16::try_from(number).ok().filter(|number| *number < 1 << 14).ok_or(Unsendable::TooLong("a hello over QUIC"))?;
    Ok((number | 0x4000).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9001, appendix A.1.
    #[test]
    fn keys_are_those_of_the_appendix() {
        let keys = Keys::of(&hex::decode("8394c8f03e515708").unwrap());
        assert_eq!(hex::encode(keys.key), "1f369613dd76d5467730efcbe3b1a22d");
        assert_eq!(hex::encode(keys.iv), "fa044b2f42a3fd3b46fb255c");
        assert_eq!(hex::encode(keys.mask), "9f50449e04a0e810283a1e9933adedd2");
    }
}
