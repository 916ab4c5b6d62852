//! What do the buffers of TLS and QUIC hold? <https://docs.suricata.io/en/latest/rules/tls-keywords.html>,
//! <https://docs.suricata.io/en/latest/rules/quic-keywords.html>, <https://docs.suricata.io/en/latest/rules/ja-keywords.html>

use packets::certificate::{Certificate, Name};
use packets::tls::{Hello, Tls, Version};
use packets::{Side, fingerprint, quic};
use sha1::{Digest as _, Sha1};

use super::super::traffic::{Part, Transaction};
use super::clock::Clock;
use crate::Fault;

pub(super) fn handshake(tls: &Tls, clock: &Clock<'_>) -> Result<Transaction, Fault> {
    let hello = &tls.hello;
    let mut client = Part { at: clock.after(Side::Client, 1), ..Part::default() };
    if let Some(name) = &hello.name {
        client.put("tls.sni", name.as_str());
    }
    client.put("ja3.hash", fingerprint::ja3(hello)?);
    client.put("ja4.hash", fingerprint::ja4(hello, false)?);
    for protocol in &hello.protocols {
        client.put("tls.alpn", protocol.as_str());
    }
    client.count("tls.version", u64::from(hello.version.number()));
    let mut server = Part::default();
    if let Some(answer) = &tls.server {
        server.at = clock.after(Side::Server, 1);
        server.count("tls.version", u64::from(hello.version.number()));
        server.put("ja3s.hash", fingerprint::ja3s(answer, hello.version)?);
        if let Some(protocol) = &answer.protocol {
            server.put("tls.alpn", protocol.as_str());
        }
        if let (Some(certificate), true) = (answer.certificates.first(), hello.version < Version::OneThree) {
            of_certificate(&mut server, certificate);
        }
    }
    Ok(Transaction { client, server })
}

fn of_certificate(part: &mut Part, certificate: &Certificate) {
    part.put("tls.cert_subject", spelled(&certificate.subject));
    part.put("tls.cert_issuer", spelled(&certificate.issuer));
    // As DER writes a number without sign: with a zero byte before a first bit that is set.
    let sign = certificate.serial.first().filter(|first| **first >= 0x80).map(|_| &0);
    let serial: Vec<String> = sign.into_iter().chain(&certificate.serial).map(|byte| format!("{byte:02X}")).collect();
    part.put("tls.cert_serial", serial.join(":"));
    let digest: Vec<String> = Sha1::digest(certificate.der()).iter().map(|byte| format!("{byte:02x}")).collect();
    part.put("tls.cert_fingerprint", digest.join(":"));
    for name in &certificate.names {
        part.put("tls.subjectaltname", name.as_str());
    }
}

/// A name as the engine writes it: `C=FR, O=Example, CN=host.example`.
fn spelled(name: &Name) -> String {
    name.iter().map(|(attribute, value)| format!("{}={value}", attribute.short())).collect::<Vec<_>>().join(", ")
}

pub(super) fn first_packet(hello: &Hello, clock: &Clock<'_>) -> Result<Transaction, Fault> {
    let hello = quic::with_parameters(hello);
    let mut client = Part { at: clock.after(Side::Client, 1), ..Part::default() };
    if let Some(name) = &hello.name {
        client.put("quic.sni", name.as_str());
    }
    client.put("ja3.hash", fingerprint::ja3(&hello)?);
    client.put("ja4.hash", fingerprint::ja4(&hello, true)?);
    Ok(Transaction { client, server: Part::default() })
}
