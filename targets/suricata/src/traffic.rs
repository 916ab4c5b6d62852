//! Which packets would a sensor see of an event?
//!
//! Addresses, ports and parts of messages are those that the event says; what it leaves open is something ordinary, with addresses that are kept
//! for documentation outside and private ones inside. What is ours is part of the site: an event that came from outside has its source outside
//! `$HOME_NET`, whatever its address. What no wire carries, such as the process behind a connection, is left out. What cannot be sent, or what an
//! engine would not recognise, has no traffic, with a reason.

mod mail;
mod told;
mod web;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use backend::{Finding, Trial};
use ir::{EventClass, Field, FieldRef, Record};
use packets::{Flow, Icmp, Said, Side, What, usual_port};

use told::{Sent, Telling, none, open};

const NEAR: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 10, 20));
const FAR: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 80));
const NEAR6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x20));
const FAR6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xff, 0, 0, 0, 0, 0x80));
/// The first port that a client takes for itself.
const FIRST_PORT: u16 = 49_152;
/// The port on which the engine looks for names that are asked for.
const DNS_PORT: u16 = 53;
/// The port on which it looks for QUIC.
const QUIC_PORT: u16 = 443;
/// So many bytes are sent one way at most.
const LARGE: usize = 1 << 20;
/// So often the bytes of a connection are fitted to a number.
const ROUNDS: usize = 24;

/// What is sent for the events of a trial.
#[derive(Debug)]
pub(crate) struct Sight {
    /// One for each event, in their order.
    pub(crate) flows: Vec<Flow>,
    /// The events as the network tells them: with what every such message has.
    pub(crate) told: Trial,
    /// What has to be replaced in the rules: digests that nobody finds bytes for, by those of bytes that stand for them.
    pub(crate) swaps: Vec<(String, String)>,
    /// Addresses of ours outside the stock `$HOME_NET`.
    pub(crate) ours: BTreeSet<IpAddr>,
    /// Addresses in the stock `$HOME_NET` that are not ours.
    pub(crate) theirs: BTreeSet<IpAddr>,
}

impl Sight {
    /// The site's own network.
    pub(crate) fn home(&self) -> String {
        let mut out = "192.168.0.0/16,10.0.0.0/8,172.16.0.0/12".to_owned();
        self.ours.iter().for_each(|address| out.push_str(&format!(",{address}")));
        self.theirs.iter().for_each(|address| out.push_str(&format!(",!{address}")));
        format!("[{out}]")
    }
}

/// How an event is carried that a network carries in several ways, each with a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// As it is most often: TLS over TCP, a file in an answer.
    Usual,
    /// A hello in the first packet of QUIC.
    Quic,
    /// A file that is sent to a server.
    Upload,
}

impl Carrier {
    /// Every way.
    pub(crate) const ALL: [Self; 3] = [Self::Usual, Self::Quic, Self::Upload];

    /// Its name among the logs of a judgement; nothing for the usual one.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Usual => None,
            Self::Quic => Some("QUIC"),
            Self::Upload => Some("upload"),
        }
    }

    /// Whether a rule of these is about it. The usual way is tried with any.
    pub(crate) fn is_read<'t>(self, mut rules: impl Iterator<Item = &'t str>) -> bool {
        match self {
            Self::Usual => true,
            Self::Quic => rules.any(|rule| rule.starts_with("alert quic ")),
            Self::Upload => rules.any(|rule| rule.starts_with("alert tcp ") && rule.contains("to_server; file")),
        }
    }

    /// Whether it carries a kind of event otherwise than the usual way.
    fn carries(self, class: EventClass) -> bool {
        match self {
            Self::Usual => false,
            Self::Quic => class == EventClass::TlsHandshake,
            Self::Upload => class == EventClass::FileContent,
        }
    }
}

/// What is sent for events, in their order.
///
/// # Errors
///
/// Says why nothing is.
pub(crate) fn of(trial: &Trial, carrier: Carrier) -> Result<Sight, Finding> {
    let mut sight = Sight { flows: Vec::new(), told: Vec::new(), swaps: Vec::new(), ours: BTreeSet::new(), theirs: BTreeSet::new() };
    for (number, (at, record)) in trial.iter().enumerate() {
        event(&mut sight, number, *at, record, carrier)?;
    }
    if let Some(address) = sight.ours.intersection(&sight.theirs).next() {
        return open(format!("`{address}` is inside in one event and outside in another"));
    }
    Ok(sight)
}

fn event(sight: &mut Sight, number: usize, at: Duration, record: &Record, carrier: Carrier) -> Sent<()> {
    let Some(class) = record.event.class() else { return none("a network sees events of the catalogue") };
    let mut event = Telling::of(record);
    let mut bytes = None;
    let otherwise = carrier.carries(class);
    let (what, port) = match class {
        EventClass::NetworkFlow => (What::Unanswered, 4444),
        EventClass::DnsQuery => (web::name(&mut event)?, DNS_PORT),
        EventClass::HttpRequest => web::request(&mut event)?,
        EventClass::TlsHandshake if otherwise => (web::first_packet(&mut event)?, QUIC_PORT),
        EventClass::TlsHandshake => (web::handshake(&mut event)?, 443),
        EventClass::EmailMessage => (mail::mail(&mut event)?, 25),
        EventClass::FileContent => {
            let (what, sent) = mail::file(&mut event, otherwise)?;
            bytes = Some(sent);
            let port = usual_port(&what);
            (what, port)
        }
        _ => return none("no network sees it"),
    };
    let ends = ends(&mut event, class, port, number)?;
    if class == EventClass::DnsQuery && ends.server.port() != DNS_PORT {
        return none(format!("the engine looks for names that are asked for on port {DNS_PORT} alone"));
    }
    if matches!(what, What::Quic(_)) && ends.server.port() != QUIC_PORT {
        return none(format!("the engine looks for QUIC on port {QUIC_PORT} alone"));
    }
    let mut flow = Flow { client: ends.client, server: ends.server, at, what };
    if class == EventClass::NetworkFlow {
        flow.what = connection(&mut event, &flow)?;
    }
    if ends.client_is_ours.is_some_and(|ours| ours != is_private(ends.client.ip())) {
        if ends.client_is_ours == Some(true) { &mut sight.ours } else { &mut sight.theirs }.insert(ends.client.ip());
    }
    if ends.server_is_ours.is_some_and(|ours| ours != is_private(ends.server.ip())) {
        if ends.server_is_ours == Some(true) { &mut sight.ours } else { &mut sight.theirs }.insert(ends.server.ip());
    }
    let mut told = record.clone();
    told.bytes = told.bytes.or(bytes);
    for (field, value) in event.told {
        told.fields.insert(FieldRef::Known(field), value);
    }
    sight.swaps.extend(event.swaps);
    sight.flows.push(flow);
    sight.told.push((at, told));
    Ok(())
}

/// Who speaks to whom.
struct Ends {
    client: SocketAddr,
    server: SocketAddr,
    /// Nothing where the event does not say, and a rule must not ask.
    client_is_ours: Option<bool>,
    server_is_ours: Option<bool>,
}

fn ends(event: &mut Telling<'_>, class: EventClass, port: u16, number: usize) -> Sent<Ends> {
    let (from, to) = if class == EventClass::EmailMessage {
        (address(event, Field::EmailSourceIp)?, None)
    } else {
        (address(event, Field::SourceIp)?, address(event, Field::DestinationIp)?)
    };
    let outside = |address: Option<IpAddr>| address.is_some_and(|address| !is_private(address));
    let said = event.record.event.flow;
    let inbound = match said {
        Some(way) => way == ir::Flow::Inbound,
        None if from.is_none() && to.is_none() => class == EventClass::EmailMessage,
        None => outside(from) && !outside(to) || class == EventClass::EmailMessage && from.is_none(),
    };
    let v6 = from.or(to).is_some_and(|address| address.is_ipv6());
    let (near, far) = if v6 { (NEAR6, FAR6) } else { (NEAR, FAR) };
    let client = from.unwrap_or(if inbound { far } else { near });
    let server = to.unwrap_or(if inbound { near } else { far });
    if client.is_ipv6() != server.is_ipv6() {
        return none("the two addresses are of different families");
    }
    if client == server {
        return open("a machine that speaks to itself");
    }
    let own = FIRST_PORT.saturating_add(u16::try_from(number).unwrap_or(u16::MAX));
    let (mut client_port, mut server_port) = (own, port);
    if class != EventClass::EmailMessage && class != EventClass::FileContent {
        let given = |event: &Telling<'_>, field| Ok(event.number(field, 65_535)?.and_then(|port| u16::try_from(port).ok()));
        client_port = given(event, Field::SourcePort)?.unwrap_or(client_port);
        server_port = given(event, Field::DestinationPort)?.unwrap_or(server_port);
        event.tell(Field::SourceIp, client.to_string());
        event.tell(Field::DestinationIp, server.to_string());
        event.tell_number(Field::SourcePort, u64::from(client_port));
        event.tell_number(Field::DestinationPort, u64::from(server_port));
    } else if class == EventClass::EmailMessage {
        event.tell(Field::EmailSourceIp, client.to_string());
    }
    let way = said.is_some() || (from.is_none() && to.is_none());
    Ok(Ends {
        client: SocketAddr::new(client, client_port),
        server: SocketAddr::new(server, server_port),
        client_is_ours: (way || !inbound).then_some(!inbound),
        server_is_ours: (way || inbound).then_some(inbound),
    })
}

fn address(event: &Telling<'_>, field: Field) -> Sent<Option<IpAddr>> {
    let Some(text) = event.text(field)? else { return Ok(None) };
    text.parse().map_or_else(|_| none(format!("`{text}` is no address")), |address| Ok(Some(address)))
}

/// Whether an address is in the stock `$HOME_NET`.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(_) => false,
    }
}

/// A connection of no known application.
fn connection(event: &mut Telling<'_>, flow: &Flow) -> Sent<What> {
    let transport = event.text(Field::Transport)?.unwrap_or_else(|| "tcp".to_owned()).to_ascii_lowercase();
    let v6 = flow.client.is_ipv6();
    match (transport.as_str(), v6) {
        ("tcp" | "udp", _) | ("icmp", false) | ("icmpv6", true) => {}
        ("icmp" | "icmpv6", _) => return none("each version of ICMP belongs to one of IP"),
        _ => return open(format!("no packets of `{transport}` are made here")),
    }
    event.tell(Field::Transport, transport.as_str());
    let make = |sizes: [usize; 2]| {
        let bytes = |count: usize| vec![b'.'; count];
        let said = [Said::client(bytes(sizes[0])), Said::server(bytes(sizes[1]))].into_iter().filter(|said| !said.bytes.is_empty());
        match transport.as_str() {
            "tcp" => What::Tcp(said.collect()),
            "udp" => What::Udp(said.collect()),
            _ => {
                let echo = |said: Said| {
                    let kind = match (v6, said.from) {
                        (false, Side::Client) => 8,
                        (false, Side::Server) => 0,
                        (true, Side::Client) => 128,
                        (true, Side::Server) => 129,
                    };
                    Icmp { from: said.from, kind, code: 0, rest: [0, 1, 0, 1], bytes: said.bytes }
                };
                What::Icmp(said.map(echo).collect())
            }
        }
    };
    let wanted = [event.number(Field::BytesOut, u64::MAX)?, event.number(Field::BytesIn, u64::MAX)?];
    if wanted == [None, None] {
        // The first packet alone says who spoke to whom: an answer goes the other way.
        let first = if transport == "tcp" { What::Unanswered } else { make([24, 0]) };
        let [out, back] = sums(&Flow { client: flow.client, server: flow.server, at: flow.at, what: first.clone() })?;
        event.tell_number(Field::BytesOut, out);
        event.tell_number(Field::BytesIn, back);
        return Ok(first);
    }
    let mut sizes = [24_usize, 24];
    for _ in 0..ROUNDS {
        let tried = Flow { client: flow.client, server: flow.server, at: flow.at, what: make(sizes) };
        let sums = sums(&tried)?;
        if wanted.iter().zip(sums).all(|(wanted, sum)| wanted.is_none_or(|wanted| wanted == sum)) {
            event.tell_number(Field::BytesOut, sums[0]);
            event.tell_number(Field::BytesIn, sums[1]);
            return Ok(tried.what);
        }
        for ((wanted, sum), size) in wanted.iter().zip(sums).zip(&mut sizes) {
            let Some(wanted) = *wanted else { continue };
            let grown = (*size as u64).saturating_add(wanted);
            match grown.checked_sub(sum).map(usize::try_from) {
                Some(Ok(next)) if next <= LARGE => *size = next,
                Some(_) => return open("more bytes than are sent here"),
                None => return none(format!("the packets of a connection have more than {wanted} bytes")),
            }
        }
    }
    open("no packets have exactly so many bytes")
}

/// The bytes that each side sends, with all headers, as the engine counts them.
fn sums(flow: &Flow) -> Sent<[u64; 2]> {
    let sent = packets::packets(flow).or_else(|why| none(why.to_string()))?;
    let of = |side: Side| sent.iter().filter(|packet| packet.from == side).map(|packet| packet.frame.len() as u64).sum();
    Ok([of(Side::Client), of(Side::Server)])
}
