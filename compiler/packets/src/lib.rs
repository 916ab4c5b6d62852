//! What does a network see when something happens? Packets synthesised from a description, and captures of them.
//!
//! A [`Flow`] says who spoke to whom and [`What`] happened: a request, a mail, a handshake. [`capture`] writes the packets that a tap would have
//! seen, as a file that every sensor reads. Handshakes, acknowledgements, ends and checksums are right, so an engine follows the connections.
//! The same description is the same bytes on any day: there is no clock and no chance in it.
//!
//! What this crate does not do: judge. It knows no sensor and no rule; what an engine makes of the packets stands in `evaluate`.
//!
//! Start at [`Flow`]; each protocol has a module that turns its part of the description into the bytes that each side says.

use std::net::SocketAddr;
use std::time::Duration;

pub mod certificate;
pub mod dns;
pub mod fingerprint;
pub mod http;
pub mod quic;
mod said;
pub mod smtp;
#[cfg(test)]
mod tests;
pub mod tls;
mod unsendable;
mod wire;

pub use said::{Said, Side};
pub use unsendable::Unsendable;
pub use wire::{BEGIN, Packet, Segment, Transport, capture, packets};

/// Something that happened between two machines.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Who began. Both sides have addresses of one family.
    pub client: SocketAddr,
    /// Who answered.
    pub server: SocketAddr,
    /// When it began, from the beginning of the capture.
    pub at: Duration,
    /// What happened.
    pub what: What,
}

/// What happened between two machines.
#[derive(Clone, Debug)]
pub enum What {
    /// A TCP connection was asked for, and nobody answered.
    Unanswered,
    /// Bytes over TCP, each said in turn.
    Tcp(Vec<Said>),
    /// Datagrams over UDP.
    Udp(Vec<Said>),
    /// ICMP messages, of version 4 or 6 as the addresses are.
    Icmp(Vec<Icmp>),
    /// A name was asked for.
    Dns(dns::Dns),
    /// Requests over one connection.
    Http(Vec<http::Exchange>),
    /// A handshake, and encrypted bytes after it.
    Tls(tls::Tls),
    /// The first packet of a QUIC connection, which holds the client's hello.
    Quic(tls::Hello),
    /// A mail was handed over.
    Smtp(smtp::Session),
    /// Commands of FTP, each with the answer to it.
    Ftp(Vec<(String, String)>),
    /// The lines in which both sides of SSH name their programs, without line ends.
    Ssh {
        /// Such as `SSH-2.0-OpenSSH_9.6`.
        client: String,
        /// Such as `SSH-2.0-OpenSSH_9.6`.
        server: String,
    },
}

/// One ICMP message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// By whom.
    pub from: Side,
    /// Its type: 8 asks for an echo, 128 in version 6.
    pub kind: u8,
    /// Its code.
    pub code: u8,
    /// The four bytes after the checksum: number and place of an echo.
    pub rest: [u8; 4],
    /// What it carries.
    pub bytes: Vec<u8>,
}

/// The default port of what happened, for descriptions that name none.
#[must_use]
pub fn usual_port(what: &What) -> u16 {
    match what {
        What::Dns(_) => 53,
        What::Http(_) => 80,
        What::Tls(_) | What::Quic(_) => 443,
        What::Smtp(_) => 25,
        What::Ftp(_) => 21,
        What::Ssh { .. } => 22,
        What::Icmp(_) => 0,
        What::Unanswered | What::Tcp(_) | What::Udp(_) => 4444,
    }
}
