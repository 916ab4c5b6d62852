//! Which packets is a rule about? Its header: protocol, addresses, ports and the arrow between them.
//!
//! <https://docs.suricata.io/en/latest/rules/intro.html#protocol>

use std::net::{IpAddr, SocketAddr};

use super::site::Site;
use super::traffic::{Application, Traffic};
use crate::Fault;

/// Groups of groups, and variables that name variables, go so deep.
const DEPTH: usize = 16;

/// Everything before the options.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) action: Action,
    pub(crate) protocol: Protocol,
    source: Ends,
    destination: Ends,
    both_ways: bool,
}

/// What a rule does with what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It says so.
    Alert,
    /// It lets the traffic pass, unseen by other rules.
    Pass,
    /// It stops the traffic and says so.
    Drop,
    /// It ends the connection and says so.
    Reject,
}

/// The protocol in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Ip,
    Tcp,
    /// TCP, packet by packet.
    TcpPackets,
    Udp,
    Icmp,
    Icmp4,
    Icmp6,
    Application(Application),
}

/// One side of the arrow.
#[derive(Clone, Debug)]
struct Ends {
    addresses: Group,
    ports: Group,
}

/// A group as it is written: what is meant, and what is not.
#[derive(Clone, Debug)]
struct Group(Vec<(bool, Member)>);

#[derive(Clone, Debug)]
enum Member {
    Any,
    Word(String),
    Variable(String),
    Group(Group),
}

impl Header {
    /// Reads the words before the options.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let words = words(text)?;
        let [action, protocol, source, source_ports, arrow, destination, destination_ports] = words.as_slice() else {
            return Err(unread("a header is an action, a protocol, and two pairs of addresses and ports with an arrow between them"));
        };
        let both_ways = match *arrow {
            "->" => false,
            "<>" => true,
            _ => return Err(unread("an arrow is `->` or `<>`")),
        };
        Ok(Self {
            action: action_of(action)?,
            protocol: protocol_of(protocol)?,
            source: Ends { addresses: Group::read(source, 0)?, ports: Group::read(source_ports, 0)? },
            destination: Ends { addresses: Group::read(destination, 0)?, ports: Group::read(destination_ports, 0)? },
            both_ways,
        })
    }

    /// Whether packets from one end to the other are meant.
    pub(crate) fn fits(&self, source: SocketAddr, destination: SocketAddr, site: &Site) -> Result<bool, Fault> {
        let one_way = self.source.fits(source, site)? && self.destination.fits(destination, site)?;
        Ok(one_way || self.both_ways && self.source.fits(destination, site)? && self.destination.fits(source, site)?)
    }

    /// Whether the conversation is of the protocol.
    pub(crate) fn speaks(&self, traffic: &Traffic) -> bool {
        match self.protocol {
            Protocol::Ip => true,
            Protocol::Tcp | Protocol::TcpPackets => traffic.protocol == 6,
            Protocol::Udp => traffic.protocol == 17,
            Protocol::Icmp => matches!(traffic.protocol, 1 | 58),
            Protocol::Icmp4 => traffic.protocol == 1,
            Protocol::Icmp6 => traffic.protocol == 58,
            Protocol::Application(application) => traffic.application == Some(application),
        }
    }

    /// Whether no port is named on either side.
    pub(crate) fn any_port(&self) -> bool {
        self.source.ports.is_any() && self.destination.ports.is_any()
    }

    /// Whether an address is named on either side.
    pub(crate) fn names_addresses(&self) -> bool {
        !(self.source.addresses.is_any() && self.destination.addresses.is_any())
    }
}

fn unread(why: &str) -> Fault {
    Fault::Unread { at: 0, why: why.to_owned() }
}

fn action_of(word: &str) -> Result<Action, Fault> {
    Ok(match word {
        "alert" => Action::Alert,
        "pass" => Action::Pass,
        "drop" => Action::Drop,
        "reject" | "rejectsrc" | "rejectdst" | "rejectboth" => Action::Reject,
        other => return Err(Fault::Unknown(format!("the action `{other}`"))),
    })
}

fn protocol_of(word: &str) -> Result<Protocol, Fault> {
    Ok(match word {
        "ip" => Protocol::Ip,
        "tcp" => Protocol::Tcp,
        "tcp-pkt" => Protocol::TcpPackets,
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        "icmpv4" => Protocol::Icmp4,
        "icmpv6" => Protocol::Icmp6,
        "http" => Protocol::Application(Application::Http),
        "tls" => Protocol::Application(Application::Tls),
        "quic" => Protocol::Application(Application::Quic),
        "dns" => Protocol::Application(Application::Dns),
        "smtp" => Protocol::Application(Application::Smtp),
        "ftp" => Protocol::Application(Application::Ftp),
        "ssh" => Protocol::Application(Application::Ssh),
        other => return Err(Fault::Unknown(format!("the protocol `{other}`"))),
    })
}

/// Words apart from each other; blanks inside brackets part nothing.
fn words(text: &str) -> Result<Vec<&str>, Fault> {
    let mut out = Vec::new();
    let (mut start, mut depth) = (None, 0_usize);
    for (at, char) in text.char_indices() {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1).ok_or_else(|| unread("a bracket closes what none opened"))?,
            _ => {}
        }
        match (char.is_whitespace() && depth == 0, start) {
            (true, Some(from)) => {
                out.extend(text.get(from..at));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    out.extend(start.and_then(|from| text.get(from..)));
    Ok(out)
}

impl Group {
    fn read(text: &str, depth: usize) -> Result<Self, Fault> {
        if depth > DEPTH {
            return Err(unread("groups stand inside each other too deeply"));
        }
        let text = text.trim();
        let (negated, rest) = match text.strip_prefix('!') {
            Some(rest) => (true, rest.trim()),
            None => (false, text),
        };
        let member = match rest.strip_prefix('[') {
            Some(inner) => {
                let inner = inner.strip_suffix(']').ok_or_else(|| unread("a group ends with `]`"))?;
                let mut members = Vec::new();
                for part in parts(inner) {
                    members.extend(Self::read(part, depth + 1)?.0);
                }
                Member::Group(Self(members))
            }
            None if rest == "any" => Member::Any,
            None => match rest.strip_prefix('$') {
                Some(name) => Member::Variable(name.to_owned()),
                None if rest.is_empty() || rest.contains(['[', ']', ',', '!']) => return Err(unread("an address, a port or a group")),
                None => Member::Word(rest.to_owned()),
            },
        };
        match member {
            Member::Any if negated => Err(unread("`!any` is nothing")),
            // A group that is not negated is what it holds.
            Member::Group(group) if !negated => Ok(group),
            member => Ok(Self(vec![(negated, member)])),
        }
    }

    fn is_any(&self) -> bool {
        matches!(self.0.as_slice(), [(false, Member::Any)])
    }
}

/// The members of a group, which commas part outside brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, char) in text.char_indices() {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                out.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    out.extend(text.get(start..));
    out
}

/// What is meant and what is not, once variables are what they stand for.
struct Flat<T> {
    of: Vec<T>,
    not: Vec<T>,
}

impl<T> Flat<T> {
    fn holds(&self, fits: impl Fn(&T) -> bool) -> bool {
        (self.of.is_empty() || self.of.iter().any(&fits)) && !self.not.iter().any(&fits)
    }
}

/// Groups in groups are one list: what any of them means, without what any of them does not mean.
fn flat<T>(
    group: &Group,
    variables: &dyn Fn(&str) -> Option<String>,
    one: &dyn Fn(&str) -> Result<T, Fault>,
    any: &dyn Fn() -> Vec<T>,
    depth: usize,
) -> Result<Flat<T>, Fault> {
    if depth > DEPTH {
        return Err(Fault::Unknown("a variable that names itself".to_owned()));
    }
    let mut out = Flat { of: Vec::new(), not: Vec::new() };
    for (negated, member) in &group.0 {
        let inner = match member {
            Member::Any => Flat { of: any(), not: Vec::new() },
            Member::Word(word) => Flat { of: vec![one(word)?], not: Vec::new() },
            Member::Group(inner) => flat(inner, variables, one, any, depth + 1)?,
            Member::Variable(name) => {
                let text = variables(name).ok_or_else(|| Fault::Unknown(format!("the variable `${name}`")))?;
                flat(&Group::read(&text, depth)?, variables, one, any, depth + 1)?
            }
        };
        match (negated, inner.of.is_empty(), inner.not.is_empty()) {
            (false, ..) => {
                out.of.extend(inner.of);
                out.not.extend(inner.not);
            }
            (true, false, true) => out.not.extend(inner.of),
            (true, true, false) => out.of.extend(inner.not),
            (true, ..) => return Err(Fault::Unknown("a negated group with negated members".to_owned())),
        }
    }
    Ok(out)
}

impl Ends {
    fn fits(&self, end: SocketAddr, site: &Site) -> Result<bool, Fault> {
        let net = |text: &str| Net::read(text);
        let addresses = |name: &str| site.addresses.get(name).cloned();
        let any = || vec![Net::Any];
        let meant = flat(&self.addresses, &addresses, &net, &any, 0)?;
        // Everything but some addresses is everything of their family.
        let family = !meant.of.is_empty() || meant.not.is_empty() || meant.not.iter().any(|net| net.is_of(end.ip()));
        if !family || !meant.holds(|net| net.holds(end.ip())) {
            return Ok(false);
        }
        let ports = |name: &str| site.ports.get(name).cloned();
        let any = || vec![(0, u16::MAX)];
        Ok(flat(&self.ports, &ports, &range, &any, 0)?.holds(|(from, to)| (*from..=*to).contains(&end.port())))
    }
}

/// `80`, `80:90`, `1024:`, `:1024`.
fn range(text: &str) -> Result<(u16, u16), Fault> {
    let number = |text: &str, open: u16| match text.trim() {
        "" => Ok(open),
        digits => digits.parse().map_err(|_| Fault::Unknown(format!("the port `{digits}`"))),
    };
    match text.split_once(':') {
        Some(("", "")) => Err(unread("a range of ports has an end")),
        Some((from, to)) => Ok((number(from, 0)?, number(to, u16::MAX)?)),
        None if text.trim().is_empty() => Err(unread("a port is a number")),
        None => number(text, 0).map(|port| (port, port)),
    }
}

/// Addresses that have their first bits in common.
enum Net {
    Any,
    V4(u32, u32),
    V6(u128, u128),
    Range(IpAddr, IpAddr),
}

impl Net {
    fn read(text: &str) -> Result<Self, Fault> {
        let fault = || Fault::Unknown(format!("the address `{text}`"));
        let address = |text: &str| text.trim().parse::<IpAddr>().map_err(|_| fault());
        if let Some((from, to)) = text.split_once('-') {
            return Ok(Self::Range(address(from)?, address(to)?));
        }
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (address(base)?, Some(bits.parse::<u32>().map_err(|_| fault())?)),
            None => (address(text)?, None),
        };
        match base {
            IpAddr::V4(base) => {
                let bits = bits.unwrap_or(32);
                let mask = if bits > 32 { return Err(fault()) } else { u32::MAX.checked_shl(32 - bits).unwrap_or(0) };
                Ok(Self::V4(u32::from(base) & mask, mask))
            }
            IpAddr::V6(base) => {
                let bits = bits.unwrap_or(128);
                let mask = if bits > 128 { return Err(fault()) } else { u128::MAX.checked_shl(128 - bits).unwrap_or(0) };
                Ok(Self::V6(u128::from(base) & mask, mask))
            }
        }
    }

    /// Whether it and the address are both of IPv4, or both of IPv6.
    fn is_of(&self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4(..) => address.is_ipv4(),
            Self::V6(..) => address.is_ipv6(),
            Self::Range(from, _) => from.is_ipv4() == address.is_ipv4(),
        }
    }

    fn holds(&self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::Any, _) => true,
            (Self::V4(base, mask), IpAddr::V4(address)) => u32::from(address) & mask == *base,
            (Self::V6(base, mask), IpAddr::V6(address)) => u128::from(address) & mask == *base,
            (Self::Range(from, to), address) => from.is_ipv4() == address.is_ipv4() && (from..=to).contains(&&address),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(group: &str, address: &str, port: u16) -> Result<bool, Fault> {
        let header = Header::read(&format!("alert ip {group} -> any any"))?;
        header.fits(SocketAddr::new(address.parse().unwrap(), port), "192.0.2.9:1".parse().unwrap(), &Site::stock())
    }

    /// <https://docs.suricata.io/en/latest/rules/intro.html#source-and-destination>, its table of examples.
    #[test]
    fn groups_of_addresses_hold_what_they_name_and_not_what_they_exclude() {
        for (group, address, holds) in [
            ("any", "198.51.100.1", true),
            ("!1.1.1.1", "1.1.1.1", false),
            ("!1.1.1.1", "1.1.1.2", true),
            ("![1.1.1.1, 1.1.1.2]", "1.1.1.2", false),
            ("$HOME_NET", "10.9.9.9", true),
            ("[$EXTERNAL_NET, !$HOME_NET]", "10.9.9.9", false),
            ("[$EXTERNAL_NET, !$HOME_NET]", "198.51.100.1", true),
            ("[10.0.0.0/24, !10.0.0.5]", "10.0.0.5", false),
            ("[10.0.0.0/24, !10.0.0.5]", "10.0.0.6", true),
            ("[10.0.0.0/24, !10.0.0.5]", "10.0.1.6", false),
            ("2001:db8::/32", "2001:db8:1::2", true),
            ("2001:db8::/32", "192.0.2.1", false),
            ("!$EXTERNAL_NET", "10.0.0.1", true),
            ("!1.1.1.1", "2001:db8::1", false),
            ("[any,!1.1.1.1]", "2001:db8::1", true),
            ("192.0.2.1-192.0.2.5", "192.0.2.3", true),
            ("192.0.2.1-192.0.2.5", "192.0.2.6", false),
        ] {
            assert_eq!(fits(&format!("{group} any"), address, 1), Ok(holds), "{group} {address}");
        }
    }

    /// <https://docs.suricata.io/en/latest/rules/intro.html#ports-source-and-destination>, its table of examples.
    #[test]
    fn groups_of_ports_hold_what_they_name_and_not_what_they_exclude() {
        for (group, port, holds) in [
            ("[80, 81, 82]", 82, true),
            ("[80, 81, 82]", 83, false),
            ("[80: 82]", 81, true),
            ("[1024: ]", 65_535, true),
            ("[1024: ]", 1023, false),
            ("!80", 80, false),
            ("[80:100,!99]", 99, false),
            ("[80:100,!99]", 98, true),
            ("[1:80,![2,4]]", 4, false),
            ("[1:80,![2,4]]", 5, true),
            ("$HTTP_PORTS", 80, true),
        ] {
            assert_eq!(fits(&format!("any {group}"), "192.0.2.1", port), Ok(holds), "{group} {port}");
        }
    }

    #[test]
    fn what_is_not_known_is_a_fault() {
        for group in ["$DMZ any", "any $WEB", "198.51.100 any", "any http", "1.2.3.4/33 any", "![1.1.1.0/24,!1.1.1.1] any"] {
            assert!(matches!(fits(group, "192.0.2.1", 1), Err(Fault::Unknown(_))), "{group}");
        }
        let mut site = Site::stock();
        site.addresses.insert("A".to_owned(), "[$A]".to_owned());
        let end = "192.0.2.1:1".parse().unwrap();
        assert!(Header::read("alert ip $A any -> any any").unwrap().fits(end, end, &site).is_err());
        for text in ["alert ip any any -> any", "alert ip any any >> any any", "log ip any any -> any any", "alert gopher any any -> any any"] {
            assert!(Header::read(text).is_err(), "{text}");
        }
    }
}
