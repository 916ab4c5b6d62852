//! How does what was said become packets, and packets a capture?

use std::io::Cursor;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use etherparse::{IpNumber, PacketBuilder, PacketBuilderStep};
use pcap_file::DataLink;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};

use crate::{Flow, Icmp, Said, Side, Unsendable, What};

/// As many bytes as a segment of TCP carries.
const SEGMENT: usize = 1400;
/// So many segments are sent before they are acknowledged: more than the window would be none of the connection.
const FLIGHT: usize = 32;
/// The seconds at which captures begin: the first of January 2024.
pub const BEGIN: Duration = Duration::from_secs(1_704_067_200);
/// From one packet of a flow to the next.
const STEP: Duration = Duration::from_millis(1);
/// Two machines on one wire, with addresses that are administered locally.
const HARDWARE: [[u8; 6]; 2] = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];

/// One packet on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Who sent it.
    pub from: Side,
    /// When, from the beginning of the capture.
    pub at: Duration,
    /// What carries the payload.
    pub transport: Transport,
    /// The payload of TCP or UDP, or what an ICMP message carries.
    pub payload: Vec<u8>,
    /// The whole frame.
    pub frame: Vec<u8>,
}

/// What carries a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP.
    Tcp(Segment),
    /// UDP.
    Udp,
    /// ICMP of either version.
    Icmp {
        /// The message's type.
        kind: u8,
        /// Its code.
        code: u8,
    },
}

/// The flags of a segment of TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// It opens.
    pub syn: bool,
    /// It acknowledges.
    pub ack: bool,
    /// It ends.
    pub fin: bool,
    /// It is to be handed over at once.
    pub psh: bool,
}

/// A capture of the flows, as a file of `pcap`, with all packets in order of time.
///
/// # Errors
///
/// When a flow cannot be sent as it is described.
pub fn capture(flows: &[Flow]) -> Result<Vec<u8>, Unsendable> {
    let mut all = Vec::new();
    for flow in flows {
        all.extend(packets(flow)?);
    }
    all.sort_by_key(|packet| packet.at);
    let header = PcapHeader { datalink: DataLink::ETHERNET, ..PcapHeader::default() };
    let mut writer = PcapWriter::with_header(Cursor::new(Vec::new()), header).map_err(|_| Unsendable::TooLong("a capture"))?;
    for packet in &all {
        let length = u32::try_from(packet.frame.len()).map_err(|_| Unsendable::TooLong("a packet"))?;
        writer.write_packet(&PcapPacket::new(BEGIN + packet.at, length, &packet.frame)).map_err(|_| Unsendable::TooLong("a packet"))?;
    }
    Ok(writer.into_writer().into_inner())
}

/// The packets of one flow.
///
/// # Errors
///
/// When the flow cannot be sent as it is described.
pub fn packets(flow: &Flow) -> Result<Vec<Packet>, Unsendable> {
    let mut wire = Wire::new(flow)?;
    match &flow.what {
        What::Unanswered => wire.segment(Side::Client, Segment { syn: true, ..Segment::default() }, &[])?,
        What::Tcp(said) => wire.conversation(said)?,
        What::Udp(said) => wire.datagrams(said)?,
        What::Icmp(messages) => messages.iter().try_for_each(|message| wire.message(message))?,
        What::Dns(dns) => match dns.over {
            crate::dns::Over::Udp => wire.datagrams(&dns.said()?)?,
            crate::dns::Over::Tcp => wire.conversation(&dns.said()?)?,
        },
        What::Http(exchanges) => wire.conversation(&crate::http::said(exchanges))?,
        What::Tls(tls) => wire.conversation(&tls.said()?)?,
        What::Quic(hello) => wire.datagrams(&[Said::client(crate::quic::initial(hello)?)])?,
        What::Smtp(session) => wire.conversation(&session.said())?,
        What::Ftp(commands) => wire.conversation(&ftp(commands))?,
        What::Ssh { client, server } => {
            wire.conversation(&[Said::server(format!("{server}\r\n")), Said::client(format!("{client}\r\n"))])?;
        }
    }
    Ok(wire.packets)
}

fn ftp(commands: &[(String, String)]) -> Vec<Said> {
    let mut out = vec![Said::server("220 ready\r\n")];
    for (command, answer) in commands {
        out.push(Said::client(format!("{command}\r\n")));
        out.push(Said::server(format!("{answer}\r\n")));
    }
    out
}

/// A wire between two machines, and what has passed on it.
struct Wire {
    client: SocketAddr,
    server: SocketAddr,
    at: Duration,
    /// The next byte of each side.
    sequence: [u32; 2],
    packets: Vec<Packet>,
}

impl Wire {
    fn new(flow: &Flow) -> Result<Self, Unsendable> {
        if flow.client.is_ipv4() != flow.server.is_ipv4() {
            return Err(Unsendable::Families);
        }
        Ok(Self { client: flow.client, server: flow.server, at: flow.at, sequence: [1000, 9000], packets: Vec::new() })
    }

    fn ends(&self, from: Side) -> (SocketAddr, SocketAddr) {
        match from {
            Side::Client => (self.client, self.server),
            Side::Server => (self.server, self.client),
        }
    }

    fn next(&mut self, from: Side) -> &mut u32 {
        let [client, server] = &mut self.sequence;
        match from {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// Ethernet and IP from one side to the other.
    fn below(&self, from: Side) -> Result<PacketBuilderStep<etherparse::IpHeaders>, Unsendable> {
        let (source, destination) = self.ends(from);
        let [client, server] = HARDWARE;
        let ethernet = match from {
            Side::Client => PacketBuilder::ethernet2(client, server),
            Side::Server => PacketBuilder::ethernet2(server, client),
        };
        match (source.ip(), destination.ip()) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => Ok(ethernet.ipv4(source.octets(), destination.octets(), 64)),
            (IpAddr::V6(source), IpAddr::V6(destination)) => Ok(ethernet.ipv6(source.octets(), destination.octets(), 64)),
            _ => Err(Unsendable::Families),
        }
    }

    fn seen(&mut self, from: Side, transport: Transport, payload: &[u8], frame: Vec<u8>) {
        let at = self.at;
        self.at = at.saturating_add(STEP);
        self.packets.push(Packet { from, at, transport, payload: payload.to_vec(), frame });
    }

    /// One segment of TCP.
    fn segment(&mut self, from: Side, flags: Segment, payload: &[u8]) -> Result<(), Unsendable> {
        let (source, destination) = self.ends(from);
        let (sequence, acknowledged) = (*self.next(from), *self.next(from.other()));
        let mut step = self.below(from)?.tcp(source.port(), destination.port(), sequence, 65_000);
        if flags.syn {
            step = step.syn();
        }
        if flags.ack {
            step = step.ack(acknowledged);
        }
        if flags.fin {
            step = step.fin();
        }
        if flags.psh {
            step = step.psh();
        }
        let mut frame = Vec::with_capacity(step.size(payload.len()));
        step.write(&mut frame, payload).map_err(|_| Unsendable::TooLong("a segment"))?;
        let length = u32::try_from(payload.len()).map_err(|_| Unsendable::TooLong("a segment"))?;
        let next = self.next(from);
        *next = next.wrapping_add(length).wrapping_add(u32::from(flags.syn || flags.fin));
        self.seen(from, Transport::Tcp(flags), payload, frame);
        Ok(())
    }

    /// A connection of TCP from its first to its last packet.
    fn conversation(&mut self, said: &[Said]) -> Result<(), Unsendable> {
        let ack = Segment { ack: true, ..Segment::default() };
        self.segment(Side::Client, Segment { syn: true, ..Segment::default() }, &[])?;
        self.segment(Side::Server, Segment { syn: true, ..ack }, &[])?;
        self.segment(Side::Client, ack, &[])?;
        for piece in said.iter().filter(|piece| !piece.bytes.is_empty()) {
            let mut flights = piece.bytes.chunks(SEGMENT * FLIGHT).peekable();
            while let Some(flight) = flights.next() {
                let mut segments = flight.chunks(SEGMENT).peekable();
                while let Some(bytes) = segments.next() {
                    self.segment(piece.from, Segment { psh: segments.peek().is_none() && flights.peek().is_none(), ..ack }, bytes)?;
                }
                self.segment(piece.from.other(), ack, &[])?;
            }
        }
        self.segment(Side::Client, Segment { fin: true, ..ack }, &[])?;
        self.segment(Side::Server, Segment { fin: true, ..ack }, &[])?;
        self.segment(Side::Client, ack, &[])
    }

    fn datagrams(&mut self, said: &[Said]) -> Result<(), Unsendable> {
        for piece in said {
            let (source, destination) = self.ends(piece.from);
            let step = self.below(piece.from)?.udp(source.port(), destination.port());
            let mut frame = Vec::with_capacity(step.size(piece.bytes.len()));
            step.write(&mut frame, &piece.bytes).map_err(|_| Unsendable::TooLong("a datagram"))?;
            self.seen(piece.from, Transport::Udp, &piece.bytes, frame);
        }
        Ok(())
    }

    fn message(&mut self, message: &Icmp) -> Result<(), Unsendable> {
        let Icmp { from, kind, code, rest, ref bytes } = *message;
        let below = self.below(from)?;
        let mut frame = Vec::new();
        let written = match self.client {
            SocketAddr::V4(_) => below.icmpv4_raw(kind, code, rest).write(&mut frame, bytes),
            SocketAddr::V6(_) => below.icmpv6_raw(kind, code, rest).write(&mut frame, bytes),
        };
        written.map_err(|_| Unsendable::TooLong("a message of ICMP"))?;
        self.seen(from, Transport::Icmp { kind, code }, bytes, frame);
        Ok(())
    }
}

impl Transport {
    /// The number of the protocol in the header of IP; `v6` tells which ICMP.
    #[must_use]
    pub fn number(self, v6: bool) -> u8 {
        match self {
            Self::Tcp(_) => IpNumber::TCP.0,
            Self::Udp => IpNumber::UDP.0,
            Self::Icmp { .. } if v6 => IpNumber::IPV6_ICMP.0,
            Self::Icmp { .. } => IpNumber::ICMP.0,
        }
    }
}
