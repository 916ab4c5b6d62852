//! Which tests are parts of the header: addresses, ports, transport; and what stands on each side of the arrow.

use std::collections::BTreeSet;

use backend::Refusal;
use ir::{Direction, EventClass, Field, FieldTest, Flow, IpNet, NumberTest, Op};
use source::{Code, Loss};

use super::change::Change;
use super::lowering::{FIELD_FORM, Lowering, Part};
use crate::ast::{Address, Item, Ports, Side, Sign, Target, Values};

pub(crate) static PACKET_DIRECTION: Code = Code::note("suricata.packet-direction", "an address rule sees packets, not who opened the connection");
pub(crate) static HEADER: Code = Code::warn("suricata.header", "a header cannot say two lists for one side");

/// So many addresses in one rule; longer lists take a rule for each part.
const LIST: usize = 100;
/// More single addresses than this go into a data set.
const DATASET: usize = 5_000;
/// A data set of addresses is asked for each packet; one alert a minute for a pair of hosts is enough.
const QUIET_SECONDS: u64 = 60;
/// So long one alert is enough for a connection that has passed a bound.
const COUNTED_SECONDS: u64 = 3_600;

/// What the tests say about the header.
#[derive(Default)]
pub(super) struct Header {
    source: End,
    destination: End,
    transport: Option<Vec<&'static str>>,
}

#[derive(Default)]
struct End {
    nets: Option<Vec<IpNet>>,
    excluded: Vec<IpNet>,
    ports: Vec<Ports>,
}

/// Both sides of an arrow, ready.
pub(super) struct Sides {
    pub(super) protocol: Option<&'static str>,
    pub(super) source: Side,
    pub(super) destination: Side,
    /// Options that belong to the sides.
    pub(super) items: Vec<Item>,
    pub(super) label: String,
    pub(super) target: Option<Target>,
}

/// The header's part in a test; `None` when it is a matter for options.
pub(super) fn test(lowering: &Lowering<'_, '_>, field: Field, test: &FieldTest, negated: bool) -> Result<Option<Part>, Refusal> {
    let sign = if negated { Sign::Not } else { Sign::Is };
    let source = matches!(field, Field::SourceIp | Field::SourcePort | Field::EmailSourceIp);
    Ok(Some(match (field, &test.op) {
        (
            Field::SourceIp | Field::DestinationIp | Field::EmailSourceIp | Field::SourcePort | Field::DestinationPort | Field::Transport,
            Op::Exists,
        ) => {
            if negated {
                Part::False
            } else {
                Part::True
            }
        }
        (Field::SourceIp | Field::DestinationIp | Field::EmailSourceIp, Op::Address(nets)) => {
            Part::Header(Change::Addresses { source, nets: nets.clone(), sign })
        }
        (Field::SourceIp | Field::DestinationIp | Field::EmailSourceIp, Op::Text { patterns, .. }) => {
            let nets: Option<Vec<IpNet>> =
                patterns.iter().map(|pattern| Some(IpNet::from(ir::observable::parse_address(pattern.as_exact()?).ok()?))).collect();
            match nets {
                Some(nets) => Part::Header(Change::Addresses { source, nets, sign }),
                None => return lowering.no_form(test),
            }
        }
        (Field::SourcePort | Field::DestinationPort, Op::Number(number)) => match ports(number, sign) {
            Some(list) if list.is_empty() => {
                if negated {
                    Part::True
                } else {
                    Part::False
                }
            }
            Some(ports) => Part::Header(Change::Ports { source, ports }),
            None => {
                if negated {
                    Part::False
                } else {
                    Part::True
                }
            }
        },
        (Field::Transport, Op::Text { patterns, .. }) => {
            const KNOWN: [(&str, &str); 5] = [("tcp", "tcp"), ("udp", "udp"), ("icmp", "icmp"), ("icmpv6", "icmpv6"), ("sctp", "sctp")];
            let fits = |word: &str| patterns.iter().any(|pattern| pattern.matches(word, ir::Case::Insensitive));
            let wanted: Vec<&'static str> = KNOWN.iter().filter(|(word, _)| fits(word) != negated).map(|(_, protocol)| *protocol).collect();
            if wanted.is_empty() { Part::False } else { Part::Header(Change::Transport(wanted)) }
        }
        (Field::SourceIp | Field::DestinationIp | Field::EmailSourceIp | Field::SourcePort | Field::DestinationPort | Field::Transport, _) => {
            return lowering.no_form(test);
        }
        _ => return Ok(None),
    }))
}

/// Port ranges; `None` is every port, an empty list none.
fn ports(test: &NumberTest, sign: Sign) -> Option<Vec<Ports>> {
    let range = |from: i64, to: i64| -> Option<Vec<Ports>> {
        let (from, to) = (from.max(0), to.min(i64::from(u16::MAX)));
        match (u16::try_from(from), u16::try_from(to)) {
            (Ok(0), Ok(u16::MAX)) => None,
            (Ok(from), Ok(to)) if from <= to => Some(vec![Ports { from, to, sign }]),
            _ => Some(Vec::new()),
        }
    };
    match test {
        NumberTest::In(list) => {
            let list: BTreeSet<u16> = list.iter().filter_map(|port| u16::try_from(*port).ok()).collect();
            Some(list.into_iter().map(|port| Ports { from: port, to: port, sign }).collect())
        }
        NumberTest::Less(than) => range(0, than.saturating_sub(1)),
        NumberTest::AtMost(than) => range(0, *than),
        NumberTest::More(than) => range(than.saturating_add(1), i64::MAX),
        NumberTest::AtLeast(than) => range(*than, i64::MAX),
        NumberTest::Decimal(..) => ports(&test.over_whole()?, sign),
    }
}

impl Header {
    /// Nothing is said about either side.
    pub(super) fn is_open(&self) -> bool {
        self.source.nets.is_none() && self.destination.nets.is_none()
    }

    pub(super) fn add(&mut self, change: Change, lowering: &Lowering<'_, '_>) -> Result<(), Refusal> {
        match change {
            Change::Addresses { source, nets, sign } => {
                let end = if source { &mut self.source } else { &mut self.destination };
                match (sign, &end.nets) {
                    (Sign::Not, _) => end.excluded.extend(nets),
                    (Sign::Is, None) => end.nets = Some(nets),
                    (Sign::Is, Some(before)) => {
                        let both = before.iter().flat_map(|one| nets.iter().filter_map(move |other| narrower(*one, *other))).collect();
                        end.nets = Some(both);
                    }
                }
            }
            Change::Ports { source, ports } => {
                let end = if source { &mut self.source } else { &mut self.destination };
                let positive = |list: &[Ports]| list.iter().any(|ports| ports.sign == Sign::Is);
                if positive(&end.ports) && positive(&ports) {
                    end.ports = end.ports.iter().flat_map(|one| ports.iter().filter_map(move |other| common(*one, *other))).collect();
                    if end.ports.is_empty() {
                        return lowering.refuse(&FIELD_FORM, lowering.cx.span(), "no port fulfils all conditions");
                    }
                } else {
                    end.ports.extend(ports);
                }
            }
            Change::Transport(wanted) => {
                let both = match self.transport.take() {
                    Some(before) => before.into_iter().filter(|word| wanted.contains(word)).collect(),
                    None => wanted,
                };
                self.transport = Some(both);
            }
        }
        Ok(())
    }

    /// The arrows: one for each part of a list and each transport.
    pub(super) fn sides(&self, lowering: &mut Lowering<'_, '_>, to_client: bool, on_application: bool) -> Result<Vec<Sides>, Refusal> {
        let span = lowering.cx.span();
        let flow_rule = lowering.class == EventClass::NetworkFlow;
        let (source, destination) = (self.source.nets.is_some(), self.destination.nets.is_some());
        let homes = self.homes(lowering, source, destination);
        let sources = parts(&self.source, homes.0, lowering, "source")?;
        let destinations = parts(&self.destination, homes.1, lowering, "destination")?;
        if sources.len() > 1 && destinations.len() > 1 && sources.len() * destinations.len() > 200 {
            return lowering.refuse(&HEADER, span, "both sides hold long lists of addresses");
        }
        let counted = flow_rule && on_application;
        if flow_rule && !self.is_open() && !counted {
            let message = "an address rule is decided by single packets, so answers to the other side's connections count too";
            lowering.loss(&PACKET_DIRECTION, Loss::Wider, span, message, "the engine's flow records say who opened the connection");
        }
        let transports: Vec<Option<&'static str>> = match &self.transport {
            Some(list) => list.iter().map(|word| Some(*word)).collect(),
            None => vec![None],
        };
        let target = match lowering.event.flow {
            Some(Flow::Inbound) => Some(Target::Destination),
            Some(Flow::Outbound) => Some(Target::Source),
            None if homes.0 == Some(Address::Home) => Some(Target::Source),
            None if homes.1 == Some(Address::Home) => Some(Target::Destination),
            None => None,
        };
        let mut out = Vec::new();
        for from in &sources {
            for to in &destinations {
                for protocol in &transports {
                    let labels = [&from.label, &to.label];
                    let mut label = labels.iter().filter(|label| !label.is_empty()).map(|label| label.as_str()).collect::<Vec<_>>().join(", ");
                    if let ([port], false) = (self.destination.ports.as_slice(), lowering.detection.indicators.is_empty()) {
                        label = if label.is_empty() { format!("port {}", port.from) } else { format!("{label}, port {}", port.from) };
                    }
                    if let (Some(word), true) = (protocol, transports.len() > 1) {
                        label = if label.is_empty() { (*word).to_owned() } else { format!("{label}, {word}") };
                    }
                    let quiet = Item::Threshold { kind: "limit", track: "by_both", count: 1, seconds: QUIET_SECONDS };
                    let mut items: Vec<Item> = Vec::new();
                    if counted {
                        // Every packet past a bound fulfils it; one alert for a connection is enough.
                        let once = Item::Threshold { kind: "limit", track: "by_flow", count: 1, seconds: COUNTED_SECONDS };
                        items.extend([Item::Flow("to_server"), once]);
                    } else if flow_rule && self.is_open() {
                        // Nothing here is for the tree of addresses, so the rule may ask which side opened the connection.
                        items.extend([Item::Flow("to_server"), quiet.clone()]);
                    }
                    for dataset in [from, to].into_iter().filter_map(|part| part.dataset.clone()) {
                        items.extend(dataset);
                        items.push(quiet.clone());
                    }
                    let mut sides = Sides {
                        protocol: if on_application && !flow_rule { None } else { *protocol },
                        source: from.side.clone(),
                        destination: to.side.clone(),
                        items,
                        label,
                        target,
                    };
                    if to_client && lowering.class != EventClass::FileContent {
                        std::mem::swap(&mut sides.source, &mut sides.destination);
                        sides.target = target.map(|target| if target == Target::Source { Target::Destination } else { Target::Source });
                    }
                    out.push(sides);
                }
            }
        }
        Ok(out)
    }

    /// What stands on a side that no test names: the site's own network, the outside, or anything.
    ///
    /// Rules about names keep `any` as destination: resolvers and proxies are inside.
    fn homes(&self, lowering: &Lowering<'_, '_>, source: bool, destination: bool) -> (Option<Address>, Option<Address>) {
        let flow_rule = lowering.class == EventClass::NetworkFlow;
        let indicators = &lowering.detection.indicators;
        let from_inside = !indicators.is_empty()
            && match lowering.class {
                EventClass::NetworkFlow => destination,
                EventClass::DnsQuery => true,
                EventClass::HttpRequest | EventClass::TlsHandshake => {
                    let name = |observable: &ir::Observable| {
                        matches!(observable, ir::Observable::Domain(_) | ir::Observable::Host(_) | ir::Observable::Url(_))
                    };
                    indicators.iter().all(|indicator| name(&indicator.observable) || indicator.direction == Direction::Destination)
                }
                _ => false,
            };
        let (left, right) = match lowering.event.flow {
            Some(Flow::Inbound) => (Some(Address::External), Some(Address::Home)),
            Some(Flow::Outbound) if flow_rule => (Some(Address::Home), Some(Address::External)),
            Some(Flow::Outbound) => (Some(Address::Home), None),
            None if from_inside => (Some(Address::Home), None),
            None if flow_rule && source && !indicators.is_empty() => (None, Some(Address::Home)),
            None => (None, None),
        };
        (left.filter(|_| !source), right.filter(|_| !destination))
    }
}

/// One part of a list on one side.
struct Piece {
    side: Side,
    label: String,
    dataset: Option<Vec<Item>>,
}

fn parts(end: &End, home: Option<Address>, lowering: &Lowering<'_, '_>, name: &'static str) -> Result<Vec<Piece>, Refusal> {
    let excluded = |mut addresses: Vec<Address>| {
        // To the engine, everything but an address is everything of the address's own family.
        if addresses.is_empty() && !end.excluded.is_empty() {
            addresses.push(Address::Any);
        }
        addresses.extend(end.excluded.iter().map(|net| Address::Net(*net, Sign::Not)));
        Side { addresses, ports: end.ports.clone() }
    };
    if end.excluded.len() > LIST {
        return lowering.refuse(&HEADER, lowering.cx.span(), format!("more than {LIST} networks are excluded"));
    }
    let Some(nets) = &end.nets else {
        return Ok(vec![Piece { side: excluded(home.into_iter().collect()), label: String::new(), dataset: None }]);
    };
    let nets: BTreeSet<IpNet> = nets.iter().map(IpNet::trunc).collect();
    let single = |net: &IpNet| net.prefix_len() == net.max_prefix_len();
    let singles = nets.iter().filter(|net| single(net)).count();
    let (listed, inline): (Vec<IpNet>, Vec<IpNet>) = nets.iter().partition(|net| singles > DATASET && single(net));
    let mut out = Vec::new();
    if !listed.is_empty() {
        let values = Values::Addresses(listed.iter().map(IpNet::addr).collect());
        let list = lowering.list(name, values);
        let buffer = if name == "source" { "ip.src" } else { "ip.dst" };
        let dataset = vec![Item::Buffer(buffer), Item::Dataset { sign: Sign::Is, list }];
        out.push(Piece { side: excluded(Vec::new()), label: "address list".to_owned(), dataset: Some(dataset) });
    }
    let chunks: Vec<&[IpNet]> = inline.chunks(LIST).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        // The first part keeps the detection's own number when the list grows.
        let label = if at == 0 && listed.is_empty() { String::new() } else { format!("addresses {}", at + 1) };
        let addresses = chunk.iter().map(|net| Address::Net(*net, Sign::Is)).collect();
        out.push(Piece { side: excluded(addresses), label, dataset: None });
    }
    if out.is_empty() {
        return lowering.refuse(&FIELD_FORM, lowering.cx.span(), "no address fulfils all conditions");
    }
    Ok(out)
}

fn narrower(one: IpNet, other: IpNet) -> Option<IpNet> {
    if one.contains(&other) {
        Some(other)
    } else if other.contains(&one) {
        Some(one)
    } else {
        None
    }
}

fn common(one: Ports, other: Ports) -> Option<Ports> {
    let (from, to) = (one.from.max(other.from), one.to.min(other.to));
    match (one.sign, other.sign) {
        (Sign::Is, Sign::Is) if from <= to => Some(Ports { from, to, sign: Sign::Is }),
        (Sign::Is, Sign::Is) => None,
        (Sign::Not, _) => Some(one),
        (Sign::Is, Sign::Not) => Some(other),
    }
}
