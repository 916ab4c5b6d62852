//! Where is a rule fulfilled? By a packet, by what a side said, or by a message; and what of it is an alert.

use std::net::SocketAddr;
use std::time::Duration;

use super::alert::{Alert, Open, Run};
use super::content::{self, Test};
use super::count::{Hit, Mark, State};
use super::header::Protocol;
use super::rule::{End, FileTest, FlagTest, Group, PacketTest, Rule};
use super::site::Site;
use super::traffic::{Flags, Packet, Part, Side, Traffic, Transaction, octets};
use crate::Fault;

/// So many bytes of a file are surely looked at in one piece, <https://docs.suricata.io/en/latest/configuration/suricata-yaml.html>
/// (`request-body-minimal-inspect-size`).
const LOOKED_AT: usize = 32 << 10;

/// All alerts in order of time, and what has no verdict. Where several rules are fulfilled at once, those that leave marks come first, as the
/// engine sorts them.
pub(super) fn run(rules: &[Rule], traffic: &[Traffic], site: &Site) -> Run {
    let mut out = Run::default();
    let mut hits: Vec<(Duration, bool, usize, usize, Hit)> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let reads = !rule.marks.is_empty() && !rule.marks.iter().any(|mark: &Mark| mark.action.writes());
        for (at, traffic) in traffic.iter().enumerate() {
            match rule.hits(traffic, site) {
                Ok(found) => hits.extend(found.into_iter().map(|hit| (hit.at, reads, number, at, hit))),
                Err(fault) => out.open.push(Open { sid: rule.sid, traffic: at, fault }),
            }
        }
    }
    hits.sort_by_key(|(at, reads, number, traffic, _)| (*at, *reads, *number, *traffic));
    let mut state = State::default();
    for (at, _, number, traffic, hit) in hits {
        let Some(rule) = rules.get(number) else { continue };
        if !state.allows(&rule.marks, &hit, traffic) {
            continue;
        }
        state.leave(&rule.marks, &hit, traffic);
        let passes = rule.threshold.is_none_or(|threshold| state.passes(number, &threshold, &hit, traffic));
        if passes && !rule.silent {
            out.alerts.push(Alert { sid: rule.sid, traffic, at });
        }
    }
    out
}

impl Rule {
    /// Where the rule is fulfilled, before counts and marks.
    fn hits(&self, traffic: &Traffic, site: &Site) -> Result<Vec<Hit>, Fault> {
        if !self.header.speaks(traffic) {
            return Ok(Vec::new());
        }
        let mut out = Vec::new();
        for side in &self.sides {
            let (source, destination) = traffic.ends(*side);
            if !(self.header.fits(source, destination, site)? && self.ends_hold(source, destination, site)?) {
                continue;
            }
            let hit = |at| Hit { at, source: source.ip(), destination: destination.ip() };
            if !(self.groups.is_empty() && self.numbers.is_empty() && self.files.is_empty()) {
                for transaction in &traffic.transactions {
                    if let Some(at) = self.message_holds(traffic, transaction, *side, site)? {
                        out.push(hit(at));
                    }
                }
            } else if !self.payload.is_empty() {
                out.extend(self.carried(traffic, *side, site)?.into_iter().map(hit));
            } else {
                let mut packets = traffic.packets.iter().enumerate().filter(|(_, packet)| packet.from == *side);
                // Addresses alone are asked about once for each direction.
                let once = self.is_about_addresses();
                let fits = |(at, packet): &(usize, &Packet)| self.packet_holds(traffic, *at, packet);
                let found: Vec<Duration> =
                    packets.by_ref().filter(fits).map(|(_, packet)| packet.at).take(if once { 1 } else { usize::MAX }).collect();
                out.extend(found.into_iter().map(hit));
            }
        }
        Ok(out)
    }

    fn is_about_addresses(&self) -> bool {
        let application = matches!(self.header.protocol, Protocol::Application(_));
        let flow = self.flow.from.is_some() || self.flow.established.is_some();
        !application && !flow && self.packet.is_empty() && self.ends.is_empty() && self.header.any_port() && self.header.names_addresses()
    }

    fn ends_hold(&self, source: SocketAddr, destination: SocketAddr, site: &Site) -> Result<bool, Fault> {
        for (end, group) in &self.ends {
            let address = if *end == End::Source { source.ip() } else { destination.ip() };
            if !content::holds(&group.tests, &octets(address), site)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// When a message fulfils the rule.
    fn message_holds(&self, traffic: &Traffic, transaction: &Transaction, side: Side, site: &Site) -> Result<Option<Duration>, Fault> {
        let part = transaction.part(side);
        let Some(at) = part.at else { return Ok(None) };
        if let Some(wanted) = self.flow.established {
            let packet = traffic.packets.iter().find(|packet| packet.at == at && packet.from == side);
            if packet.is_none_or(|packet| packet.established != wanted) {
                return Ok(None);
            }
        }
        // What is not known decides only where all else holds.
        let mut verdicts = Vec::with_capacity(self.numbers.len() + self.groups.len() + 1);
        for (name, _, comparison) in &self.numbers {
            let found = part.numbers.get(name).is_some_and(|numbers| numbers.iter().any(|number| comparison.holds(*number)));
            verdicts.push(part.known(name).map(|()| found));
        }
        verdicts.push(self.files_hold(part, site));
        verdicts.push(self.is_seen_whole(part));
        verdicts.extend(self.groups.iter().map(|group| group.holds(part, site)));
        if verdicts.iter().any(|verdict| matches!(verdict, Ok(false))) {
            return Ok(None);
        }
        verdicts.into_iter().find_map(Result::err).map_or(Ok(Some(at)), Err)
    }

    /// The size of a file is known at its end, when the engine looks at the beginning no more.
    fn is_seen_whole(&self, part: &Part) -> Result<bool, Fault> {
        let at_end = self.files.iter().any(|test| matches!(test, FileTest::Size(_)));
        let bytes = self.groups.iter().any(|group| group.buffer == "file.data");
        match part.files.iter().any(|file| file.bytes.len() > LOOKED_AT) {
            true if at_end && bytes => Err(Fault::Unknown("a size beside the bytes of a file that the engine looks at in pieces".to_owned())),
            _ => Ok(true),
        }
    }

    fn files_hold(&self, part: &Part, site: &Site) -> Result<bool, Fault> {
        if self.files.is_empty() {
            return Ok(true);
        }
        for file in &part.files {
            let mut holds = true;
            for test in &self.files {
                holds = holds
                    && match test {
                        FileTest::Digest(digest) => digest.holds(&file.bytes, site)?,
                        FileTest::Size(size) => size.holds(file.bytes.len() as u64),
                    };
            }
            if holds {
                return Ok(true);
            }
        }
        part.known("file.data").map(|()| false)
    }

    /// When what packets carry fulfils the rule.
    fn carried(&self, traffic: &Traffic, side: Side, site: &Site) -> Result<Vec<Duration>, Fault> {
        let packets = || traffic.packets.iter().enumerate().filter(move |(_, packet)| packet.from == side);
        let by_packets =
            traffic.protocol != 6 || !self.packet.is_empty() || self.header.protocol == Protocol::TcpPackets || self.flow.stream == Some(false);
        let placed = self
            .payload
            .iter()
            .any(|test| matches!(test, Test::Content(content) if content.starts || content.offset.is_some() || content.depth.is_some()));
        let mut out = Vec::new();
        if by_packets || placed && self.flow.stream != Some(true) {
            for (at, packet) in packets().filter(|(_, packet)| !packet.payload.is_empty()) {
                if self.packet_holds(traffic, at, packet) && content::holds(&self.payload, &packet.payload, site)? {
                    out.push(packet.at);
                }
            }
        }
        if by_packets {
            return Ok(out);
        }
        // What TCP put together stands after the handshake.
        if self.flow.established == Some(false) {
            return Ok(out);
        }
        let turns = || traffic.turns.iter().filter(move |turn| turn.from == side);
        for turn in turns() {
            if content::holds(&self.payload, &turn.bytes, site)? && !out.contains(&turn.at) {
                out.push(turn.at);
            }
        }
        if out.is_empty() && turns().count() > 1 {
            let whole: Vec<u8> = turns().flat_map(|turn| turn.bytes.iter().copied()).collect();
            if content::holds(&self.payload, &whole, site)? {
                return Err(Fault::Unknown("a payload that matches across a break in what a side says".to_owned()));
            }
        }
        Ok(out)
    }

    fn packet_holds(&self, traffic: &Traffic, at: usize, packet: &Packet) -> bool {
        if self.flow.established.is_some_and(|wanted| packet.established != wanted) {
            return false;
        }
        self.packet.iter().all(|test| match test {
            PacketTest::Size(size) => size.holds(packet.payload.len() as u64),
            PacketTest::IcmpType(kind) => packet.icmp.is_some_and(|(is, _)| kind.holds(u64::from(is))),
            PacketTest::IcmpCode(code) => packet.icmp.is_some_and(|(_, is)| code.holds(u64::from(is))),
            PacketTest::Protocol { number, negated } => (traffic.protocol == *number) != *negated,
            PacketTest::Flags(flags) => packet.flags.is_some_and(|is| flags.holds(is)),
            PacketTest::Running { from, bytes, comparison } => {
                let so_far = traffic.packets.iter().take(at + 1).filter(|packet| packet.from == *from);
                comparison.holds(so_far.map(|packet| if *bytes { packet.size } else { 1 }).sum())
            }
        })
    }
}

impl Group {
    /// Whether one of the buffers of this name holds what is asked.
    fn holds(&self, part: &Part, site: &Site) -> Result<bool, Fault> {
        part.known(self.buffer)?;
        let found = part.buffers.get(self.buffer).map(Vec::as_slice).unwrap_or_default();
        if found.is_empty() {
            return Ok(self.absent_or_else);
        }
        for bytes in found.iter().take(if self.many { usize::MAX } else { 1 }) {
            let mut bytes = bytes.clone();
            for transform in &self.transforms {
                bytes = transform.of(bytes)?;
            }
            if content::holds(&self.tests, &bytes, site)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Part {
    /// Whether it is known what a buffer holds.
    fn known(&self, name: &str) -> Result<(), Fault> {
        self.open.get(name).map_or(Ok(()), |why| Err(Fault::Unknown(format!("`{name}` of {why}"))))
    }
}

impl FlagTest {
    fn holds(self, flags: Flags) -> bool {
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let set = bit(flags.fin, 0x01) | bit(flags.syn, 0x02) | bit(flags.rst, 0x04) | bit(flags.psh, 0x08) | bit(flags.ack, 0x10);
        let set = set & !self.ignored;
        if self.any {
            set & self.wanted != 0
        } else if self.more {
            set & self.wanted == self.wanted
        } else if self.negated {
            set & self.wanted != self.wanted
        } else {
            set == self.wanted
        }
    }
}
