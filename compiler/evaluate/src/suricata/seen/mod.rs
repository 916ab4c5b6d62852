//! What does an engine see when something happens? Traffic from a description of packets.
//!
//! The parts of messages are filled from the same description that the packets are made of, by what the manual says a buffer holds. Where that
//! depends on more than is written here - bodies in pieces, compressed or with parts, bytes that look like another protocol - there is no traffic.

mod clock;
mod http;
mod mail;
mod tls;
mod version;

use packets::{Flow, Side, Transport, Unsendable, What};

use self::clock::Clock;
pub use self::version::Version;
use super::traffic::{Application, Flags, Packet, Part, Traffic, Transaction, Turn};
use crate::Fault;

/// The port on which the engine looks for DNS.
const DNS_PORT: u16 = 53;
/// The port on which the engine looks for QUIC: what has no letters to know it by is tried where it is expected.
const QUIC_PORT: u16 = 443;
/// How an application begins: what does not name it and begins so would be taken for it.
const BEGINNINGS: [&[u8]; 14] =
    [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"OPTIONS ", b"CONNECT ", b"DELETE ", b"HTTP/", b"SSH-", b"\x16\x03", b"EHLO", b"HELO", b"220", b"USER "];

impl From<Unsendable> for Fault {
    fn from(why: Unsendable) -> Self {
        Self::Unknown(why.to_string())
    }
}

/// What an engine sees of a flow.
///
/// # Errors
///
/// When the flow cannot be sent, or what the engine makes of it is not written here.
pub fn traffic(flow: &Flow, version: Version) -> Result<Traffic, Fault> {
    let sent = packets::packets(flow)?;
    let v6 = flow.client.is_ipv6();
    let protocol = sent.first().map_or(0, |packet| packet.transport.number(v6));
    let (packets, turns) = (seen_packets(&sent), turns(&sent));
    let clock = Clock { packets: &packets };
    let (application, transactions) = match &flow.what {
        What::Unanswered | What::Icmp(_) => (None, Vec::new()),
        What::Tcp(said) | What::Udp(said) => {
            if said.iter().any(|said| BEGINNINGS.iter().any(|beginning| said.bytes.starts_with(beginning))) {
                return Err(Fault::Unknown("bytes that begin like an application".to_owned()));
            }
            (None, Vec::new())
        }
        What::Dns(dns) if flow.server.port() == DNS_PORT => (Some(Application::Dns), vec![name_asked(dns, &clock)]),
        What::Dns(_) => (None, Vec::new()),
        What::Http(exchanges) => (Some(Application::Http), http::transactions(exchanges, &clock, version)?),
        What::Tls(said) => (Some(Application::Tls), vec![tls::handshake(said, &clock)?]),
        What::Quic(_) if flow.server.port() != QUIC_PORT => (None, Vec::new()),
        What::Quic(hello) => (Some(Application::Quic), vec![tls::first_packet(hello, &clock)?]),
        What::Smtp(session) => (Some(Application::Smtp), vec![mail::session(session, &clock)]),
        What::Ftp(_) => (Some(Application::Ftp), Vec::new()),
        What::Ssh { .. } => (Some(Application::Ssh), Vec::new()),
    };
    Ok(Traffic { client: flow.client, server: flow.server, protocol, application, packets, turns, transactions })
}

fn seen_packets(sent: &[packets::Packet]) -> Vec<Packet> {
    let (mut client, mut server, mut open) = (false, false, false);
    let mut out = Vec::with_capacity(sent.len());
    for packet in sent {
        let (flags, icmp) = match packet.transport {
            Transport::Tcp(segment) => {
                // The third packet of a handshake is the first of an open connection.
                open |= client && server && segment.ack && !segment.syn;
                (Some(Flags { fin: segment.fin, syn: segment.syn, rst: false, psh: segment.psh, ack: segment.ack }), None)
            }
            Transport::Udp => (None, None),
            Transport::Icmp { kind, code } => (None, Some((kind, code))),
        };
        client |= packet.from == Side::Client;
        server |= packet.from == Side::Server;
        out.push(Packet {
            from: packet.from,
            at: packet.at,
            size: packet.frame.len() as u64,
            payload: packet.payload.clone(),
            flags,
            icmp,
            established: if flags.is_some() { open } else { client && server },
        });
    }
    out
}

/// What each side says before the other says something.
fn turns(sent: &[packets::Packet]) -> Vec<Turn> {
    let mut out: Vec<Turn> = Vec::new();
    for packet in sent.iter().filter(|packet| matches!(packet.transport, Transport::Tcp(_)) && !packet.payload.is_empty()) {
        match out.last_mut().filter(|turn| turn.from == packet.from) {
            Some(turn) => {
                turn.bytes.extend_from_slice(&packet.payload);
                turn.at = packet.at;
            }
            None => out.push(Turn { from: packet.from, at: packet.at, bytes: packet.payload.clone() }),
        }
    }
    out
}

/// <https://docs.suricata.io/en/latest/rules/dns-keywords.html>
fn name_asked(dns: &packets::dns::Dns, clock: &Clock<'_>) -> Transaction {
    let name = dns.name.trim_end_matches('.');
    let mut client = Part { at: clock.after(Side::Client, 1), ..Part::default() };
    client.put("dns.query", name);
    client.put("dns.queries.rrname", name);
    client.count("dns.rrtype", u64::from(dns.kind.number()));
    let mut server = Part::default();
    if let Some(reply) = &dns.reply {
        server.at = clock.after(Side::Server, 1);
        server.put("dns.queries.rrname", name);
        server.put("dns.response.rrname", name);
        for answer in &reply.answers {
            server.put("dns.response.rrname", answer.name.trim_end_matches('.'));
            if let packets::dns::Data::Cname(to) | packets::dns::Data::Ns(to) | packets::dns::Data::Ptr(to) | packets::dns::Data::Mx(_, to) =
                &answer.data
            {
                server.put("dns.response.rrname", to.trim_end_matches('.'));
            }
        }
        server.count("dns.rcode", u64::from(reply.code));
    }
    Transaction { client, server }
}
