//! What does an engine see of traffic? Packets, what the two sides said, and the parts of each message under the names of their buffers.
//!
//! This is the view of a sensor, not of the wire: hosts stand here in lower case and paths decoded where the manual says so. [`super::seen`] makes
//! it of a description of packets.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

pub use packets::Side;

/// One conversation between two machines.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Who began.
    pub client: SocketAddr,
    /// Who answered.
    pub server: SocketAddr,
    /// The protocol above IP, by its number.
    pub protocol: u8,
    /// What is spoken, as far as the engine recognises it.
    pub application: Option<Application>,
    /// The packets in their order.
    pub packets: Vec<Packet>,
    /// What each side said over TCP without a break, as the engine looks at it once it is put together.
    pub turns: Vec<Turn>,
    /// Messages of the application.
    pub transactions: Vec<Transaction>,
}

/// A protocol that the engine recognises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// HTTP of version 1.
    Http,
    /// TLS.
    Tls,
    /// QUIC.
    Quic,
    /// DNS, over UDP or TCP.
    Dns,
    /// SMTP.
    Smtp,
    /// FTP's commands.
    Ftp,
    /// SSH.
    Ssh,
}

/// One packet.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Who sent it.
    pub from: Side,
    /// When.
    pub at: Duration,
    /// Its size with all headers.
    pub size: u64,
    /// The payload above TCP, UDP or ICMP.
    pub payload: Vec<u8>,
    /// The flags of TCP.
    pub flags: Option<Flags>,
    /// Type and code of ICMP.
    pub icmp: Option<(u8, u8)>,
    /// Whether both sides have agreed to speak: TCP's handshake is over, or both have sent a packet.
    pub established: bool,
}

/// The flags of TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// FIN.
    pub fin: bool,
    /// SYN.
    pub syn: bool,
    /// RST.
    pub rst: bool,
    /// PSH.
    pub psh: bool,
    /// ACK.
    pub ack: bool,
}

/// What one side said before the other said something.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who said it.
    pub from: Side,
    /// When it was complete.
    pub at: Duration,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A message and the answer to it.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// What the client's part of it holds.
    pub client: Part,
    /// What the server's part of it holds.
    pub server: Part,
}

/// What one side's part of a message holds.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// When it was complete; `None` where the side said nothing.
    pub at: Option<Duration>,
    /// Bytes by the name of their sticky buffer, in the order in which they stand in the message.
    pub buffers: BTreeMap<&'static str, Vec<Vec<u8>>>,
    /// Numbers by the keyword that compares them.
    pub numbers: BTreeMap<&'static str, Vec<u64>>,
    /// Files that travel in it.
    pub files: Vec<File>,
    /// Buffers and numbers of which is not known what they hold, with the reason.
    pub open: BTreeMap<&'static str, String>,
}

/// A file in transit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// How it is called.
    pub name: Vec<u8>,
    /// All that it holds.
    pub bytes: Vec<u8>,
}

impl Traffic {
    /// Where a side's packets come from and where they go.
    #[must_use]
    pub fn ends(&self, from: Side) -> (SocketAddr, SocketAddr) {
        match from {
            Side::Client => (self.client, self.server),
            Side::Server => (self.server, self.client),
        }
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> Duration {
        self.packets.first().map_or(Duration::ZERO, |packet| packet.at)
    }
}

impl Transaction {
    /// The part of a side.
    #[must_use]
    pub fn part(&self, side: Side) -> &Part {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }
}

impl Part {
    /// Adds bytes to a buffer.
    pub fn put(&mut self, name: &'static str, bytes: impl Into<Vec<u8>>) {
        self.buffers.entry(name).or_default().push(bytes.into());
    }

    /// Leaves open what a buffer holds.
    pub fn leave_open(&mut self, name: &'static str, why: &str) {
        self.open.insert(name, why.to_owned());
    }

    /// Adds a number.
    pub fn count(&mut self, name: &'static str, number: u64) {
        self.numbers.entry(name).or_default().push(number);
    }

    /// Adds a file, under its own buffers too.
    pub fn carry(&mut self, file: File) {
        self.put("file.name", file.name.clone());
        self.put("file.data", file.bytes.clone());
        self.files.push(file);
    }
}

/// The bytes of an address, as `ip.src` and `ip.dst` hold them.
pub(crate) fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// Which side of a conversation fills a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    Client,
    Server,
    Both,
}

impl Filled {
    pub(crate) fn by(self, side: Side) -> bool {
        match self {
            Self::Client => side == Side::Client,
            Self::Server => side == Side::Server,
            Self::Both => true,
        }
    }
}

/// Sticky buffers: who fills them, and whether a message has several of them, each of which is looked at alone.
/// <https://docs.suricata.io/en/latest/rules/index.html>
pub(crate) const BUFFERS: &[(&str, Filled, bool)] = &[
    ("http.method", Filled::Client, false),
    ("http.uri", Filled::Client, false),
    ("http.uri.raw", Filled::Client, false),
    ("http.host", Filled::Client, false),
    ("http.host.raw", Filled::Client, false),
    ("http.user_agent", Filled::Client, false),
    ("http.referer", Filled::Client, false),
    ("http.request_body", Filled::Client, false),
    ("http.request_line", Filled::Client, false),
    ("http.accept", Filled::Client, false),
    ("http.accept_enc", Filled::Client, false),
    ("http.accept_lang", Filled::Client, false),
    ("http.cookie", Filled::Both, false),
    ("http.header", Filled::Both, false),
    ("http.header.raw", Filled::Both, false),
    ("http.content_type", Filled::Both, false),
    ("http.content_len", Filled::Both, false),
    ("http.connection", Filled::Both, false),
    ("http.stat_code", Filled::Server, false),
    ("http.stat_msg", Filled::Server, false),
    ("http.response_line", Filled::Server, false),
    ("http.response_body", Filled::Server, false),
    ("http.location", Filled::Server, false),
    ("http.server", Filled::Server, false),
    ("file.data", Filled::Both, true),
    ("file.name", Filled::Both, true),
    ("dns.query", Filled::Client, true),
    ("dns.queries.rrname", Filled::Both, true),
    ("dns.response.rrname", Filled::Server, true),
    ("tls.sni", Filled::Client, false),
    ("tls.alpn", Filled::Both, true),
    ("tls.cert_subject", Filled::Server, false),
    ("tls.cert_issuer", Filled::Server, false),
    ("tls.cert_serial", Filled::Server, false),
    ("tls.cert_fingerprint", Filled::Server, false),
    ("tls.subjectaltname", Filled::Server, true),
    ("ja3.hash", Filled::Client, false),
    ("ja3s.hash", Filled::Server, false),
    ("ja4.hash", Filled::Client, false),
    ("quic.sni", Filled::Client, true),
    ("smtp.helo", Filled::Client, false),
    ("smtp.mail_from", Filled::Client, false),
    ("smtp.rcpt_to", Filled::Client, true),
    ("email.from", Filled::Client, false),
    ("email.to", Filled::Client, false),
    ("email.subject", Filled::Client, false),
    ("email.url", Filled::Client, true),
];

/// Numbers of a message, and who says them.
pub(crate) const NUMBERS: &[(&str, Filled)] =
    &[("dns.rcode", Filled::Server), ("dns.rrtype", Filled::Both), ("tls.version", Filled::Both), ("urilen", Filled::Client)];
