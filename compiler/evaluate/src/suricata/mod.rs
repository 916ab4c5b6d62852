//! Which traffic does the text of a Suricata rule find? A reader of rules, and a judge of what an engine sees.
//!
//! A [`Rule`] is read from its letters and asked about [`Traffic`]; what the site adds, its networks and lists, stands in a [`Site`]. The meaning of
//! each option is that of <https://docs.suricata.io/en/latest/rules/index.html>, as the engines of versions 7 and 8 have it.
//!
//! [`seen::traffic`] makes traffic of a description from `packets`. It stands here, not there: what a host's name or a path becomes in a buffer is
//! the engine's doing, so whoever reads a rule's `http.uri` finds beside it how one is filled, and `packets` stays a matter of wires alone.
//!
//! What has no verdict is a [`Fault`]: an option that is not in the tables of `options`, a variable or a list that the site does not have, an
//! expression that takes too much work, a payload that only matches across a break in what a side says, because where the engine cuts a
//! stream is not written in any manual.
//!
//! Read on in `options` for what each option asks, in `content` for how bytes are searched, in `traffic` for what there is to search.

mod content;
mod count;
mod header;
mod lists;
mod number;
mod options;
mod pcre;
mod read;
mod run;
pub mod seen;
#[cfg(test)]
mod tests;
pub mod traffic;
mod transform;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Fault;
use content::Test;
use count::{Mark, Threshold};
pub use header::Action;
use header::Header;
use lists::FileDigest;
use number::Comparison;
use traffic::Filled;
pub use traffic::{Side, Traffic};
use transform::Transform;

/// What a site adds to a rule.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Groups of addresses by their name, without the dollar sign.
    pub addresses: BTreeMap<String, String>,
    /// Groups of ports by their name, without the dollar sign.
    pub ports: BTreeMap<String, String>,
    /// Files beside the rules, by the name that a rule gives them: data sets and lists of digests.
    pub lists: BTreeMap<String, String>,
}

impl Site {
    /// The variables of the stock configuration, <https://docs.suricata.io/en/latest/configuration/suricata-yaml.html#rule-vars>.
    #[must_use]
    pub fn stock() -> Self {
        const HOME: [&str; 12] = [
            "HTTP_SERVERS",
            "SMTP_SERVERS",
            "SQL_SERVERS",
            "DNS_SERVERS",
            "TELNET_SERVERS",
            "DC_SERVERS",
            "DNP3_SERVER",
            "DNP3_CLIENT",
            "MODBUS_CLIENT",
            "MODBUS_SERVER",
            "ENIP_CLIENT",
            "ENIP_SERVER",
        ];
        const PORTS: [(&str, &str); 12] = [
            ("HTTP_PORTS", "80"),
            ("SHELLCODE_PORTS", "!80"),
            ("ORACLE_PORTS", "1521"),
            ("SSH_PORTS", "22"),
            ("DNP3_PORTS", "20000"),
            ("MODBUS_PORTS", "502"),
            ("FILE_DATA_PORTS", "[$HTTP_PORTS,110,143]"),
            ("FTP_PORTS", "21"),
            ("GENEVE_PORTS", "6081"),
            ("VXLAN_PORTS", "4789"),
            ("TEREDO_PORTS", "3544"),
            ("SIP_PORTS", "[5060,5061]"),
        ];
        let mut addresses: BTreeMap<String, String> = HOME.iter().map(|name| ((*name).to_owned(), "$HOME_NET".to_owned())).collect();
        addresses.insert("HOME_NET".to_owned(), "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]".to_owned());
        addresses.insert("EXTERNAL_NET".to_owned(), "!$HOME_NET".to_owned());
        addresses.insert("AIM_SERVERS".to_owned(), "$EXTERNAL_NET".to_owned());
        let ports = PORTS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self { addresses, ports, lists: BTreeMap::new() }
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    header: Header,
    sid: u64,
    flow: FlowTest,
    /// About single packets.
    packet: Vec<PacketTest>,
    /// About what they carry.
    payload: Vec<Test>,
    /// About messages, each buffer by itself.
    groups: Vec<Group>,
    /// About the addresses, as buffers.
    ends: Vec<(End, Group)>,
    numbers: Vec<(&'static str, Filled, Comparison)>,
    /// About files, all of them of one file.
    files: Vec<FileTest>,
    marks: Vec<Mark>,
    threshold: Option<Threshold>,
    /// It leaves marks and says nothing.
    silent: bool,
    /// Who can fulfil it.
    sides: Vec<Side>,
}

/// `flow`.
#[derive(Clone, Copy, Debug, Default)]
struct FlowTest {
    from: Option<Side>,
    established: Option<bool>,
    /// Only what is put together, or only what is not.
    stream: Option<bool>,
}

/// What is asked of a single packet.
#[derive(Clone, Copy, Debug)]
enum PacketTest {
    /// The size of its payload.
    Size(Comparison),
    IcmpType(Comparison),
    IcmpCode(Comparison),
    Protocol {
        number: u8,
        negated: bool,
    },
    Flags(FlagTest),
    /// Bytes or packets of a side so far.
    Running {
        from: Side,
        bytes: bool,
        comparison: Comparison,
    },
}

/// `flags`.
#[derive(Clone, Copy, Debug, Default)]
struct FlagTest {
    wanted: u8,
    ignored: u8,
    /// Others may be set too.
    more: bool,
    /// One of them is enough.
    any: bool,
    /// None of them.
    negated: bool,
}

/// One end of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Source,
    Destination,
}

/// What is asked of a file.
#[derive(Clone, Debug)]
enum FileTest {
    Digest(FileDigest),
    Size(Comparison),
}

/// What is asked of one buffer.
#[derive(Clone, Debug)]
struct Group {
    buffer: &'static str,
    filled: Filled,
    many: bool,
    transforms: Vec<Transform>,
    /// A message without the buffer is good too.
    absent_or_else: bool,
    tests: Vec<Test>,
}

impl Default for Group {
    fn default() -> Self {
        Self { buffer: "", filled: Filled::Both, many: false, transforms: Vec::new(), absent_or_else: false, tests: Vec::new() }
    }
}

/// A rule's word about some traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The rule's number.
    pub sid: u64,
    /// The place of the traffic in what was given.
    pub traffic: usize,
    /// When.
    pub at: Duration,
}

/// What rules said about some traffic.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// In order of time.
    pub alerts: Vec<Alert>,
    /// What has no verdict: such a rule has no alerts on such traffic, and leaves no counts and marks from it.
    pub open: Vec<Open>,
}

/// A rule that has no verdict on some traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The rule's number.
    pub sid: u64,
    /// The place of the traffic in what was given.
    pub traffic: usize,
    /// Why.
    pub fault: Fault,
}

impl Rule {
    fn of(header: Header) -> Self {
        Self {
            header,
            sid: 0,
            flow: FlowTest::default(),
            packet: Vec::new(),
            payload: Vec::new(),
            groups: Vec::new(),
            ends: Vec::new(),
            numbers: Vec::new(),
            files: Vec::new(),
            marks: Vec::new(),
            threshold: None,
            silent: false,
            sides: Vec::new(),
        }
    }

    /// Reads one rule from its text.
    ///
    /// # Errors
    ///
    /// When it is not of the language, or holds what has no meaning here.
    pub fn read(text: &str) -> Result<Self, Fault> {
        options::rule(text)
    }

    /// The rule's number; 0 when it has none.
    #[must_use]
    pub fn sid(&self) -> u64 {
        self.sid
    }

    /// What it does with what it finds.
    #[must_use]
    pub fn action(&self) -> Action {
        self.header.action
    }

    /// Whether the rule, alone and with nothing seen before, finds the traffic.
    ///
    /// # Errors
    ///
    /// When the site lacks what the rule names, or the traffic asks for what has no meaning here.
    pub fn fires(&self, traffic: &Traffic, site: &Site) -> Result<bool, Fault> {
        let run = run::run(std::slice::from_ref(self), std::slice::from_ref(traffic), site);
        run.open.into_iter().next().map_or(Ok(!run.alerts.is_empty()), |open| Err(open.fault))
    }
}

/// Rules that are loaded together.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

impl Rules {
    /// Rules from the text of a file.
    ///
    /// # Errors
    ///
    /// When a rule is not read.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let rules = read::lines(text).into_iter().map(|(_, line)| Rule::read(&line));
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// All alerts about the traffic in order of time, with the counts and marks that it leaves.
    ///
    /// # Errors
    ///
    /// When one rule lets traffic pass the others, which has no meaning here.
    pub fn run(&self, traffic: &[Traffic], site: &Site) -> Result<Run, Fault> {
        if self.rules.len() > 1 && self.rules.iter().any(|rule| rule.action() == Action::Pass) {
            return Err(Fault::Unknown("a rule that lets traffic pass other rules".to_owned()));
        }
        Ok(run::run(&self.rules, traffic, site))
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self { rules: rules.into_iter().collect() }
    }
}
