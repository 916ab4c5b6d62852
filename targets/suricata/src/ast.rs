//! What a Suricata rule is made of, before a single quote is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use ir::IpNet;

use crate::carried::Carried;

/// What one detection becomes.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A rule of ours.
    Alert(Box<Alert>),
    /// A rule that travels along as it is.
    Native {
        /// The file it came from.
        file: Arc<Carried>,
        /// Which rule of the file it is.
        rule: usize,
        /// The files that it names, by the path that it uses.
        companions: Vec<(String, Arc<str>)>,
    },
}

/// One rule: a header, and options in the order the engine reads them.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Which part of the detection it is, when there are several: a value, or a number of a list.
    pub part: Option<String>,
    /// The protocol in the header.
    pub protocol: &'static str,
    /// Left of the arrow.
    pub source: Side,
    /// Right of the arrow.
    pub destination: Side,
    /// The options that decide.
    pub items: Vec<Item>,
    /// Where the defended machine stands, seen from the packet that fires.
    pub target: Option<Target>,
    /// What kind of machine is attacked, in Emerging Threats' words.
    pub attacked: &'static str,
    /// A class of the stock `classification.config`.
    pub class: &'static str,
    /// The category that the message begins with, in Emerging Threats' words.
    pub category: &'static str,
    /// Whether an indicator travels encrypted, so that a sensor sees it only behind a decrypting proxy.
    pub encrypted: bool,
}

/// The values of the `target` option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The packet's source.
    Source,
    /// The packet's destination.
    Destination,
}

/// One side of the arrow. Empty lists are `any`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Any of these, and none of the negated ones.
    pub addresses: Vec<Address>,
    /// Any of these, and none of the negated ones.
    pub ports: Vec<Ports>,
}

impl Side {
    /// One of the site's variables, any port.
    #[must_use]
    pub fn net(net: Address) -> Self {
        Self { addresses: vec![net], ports: Vec::new() }
    }
}

/// An address in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// `$HOME_NET`.
    Home,
    /// `$EXTERNAL_NET`.
    External,
    /// Every address, of both families, beside those that are left out.
    Any,
    /// A network, or everything but it.
    Net(IpNet, Sign),
}

/// Ports in a header, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// First port.
    pub from: u16,
    /// Last port.
    pub to: u16,
    /// Whether these or all others.
    pub sign: Sign,
}

/// Whether a condition must hold or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// It must hold.
    Is,
    /// It must not hold.
    Not,
}

/// One option.
#[derive(Clone, Debug)]
pub enum Item {
    /// `flow:` with words of our own.
    Flow(&'static str),
    /// A sticky buffer: everything that follows looks at it.
    Buffer(&'static str),
    /// `absent:or_else`: what follows also holds where the buffer is missing. Suricata 8.
    AbsentOrElse,
    /// A transformation of the buffer.
    Transform(Transform),
    /// `content:`.
    Content(Content),
    /// `bsize:`, the buffer's size in bytes.
    Size(Number),
    /// `pcre:`.
    Pcre(Pcre),
    /// `dataset:`.
    Dataset {
        /// `isset` or `isnotset`.
        sign: Sign,
        /// The values.
        list: Arc<List>,
    },
    /// `filemd5:`, `filesha1:`, `filesha256:`.
    FileHash {
        /// The keyword.
        keyword: &'static str,
        /// In the list, or not.
        sign: Sign,
        /// The digests.
        list: Arc<List>,
    },
    /// `filesize:`.
    FileSize(Number),
    /// A keyword with a number or a word from our own tables: `tls.version:1.2`.
    Word {
        /// The keyword.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// `threshold:`.
    Threshold {
        /// `limit`, `threshold` or `both`.
        kind: &'static str,
        /// `by_src`, `by_dst`, `by_both` or `by_rule`.
        track: &'static str,
        /// How many.
        count: u32,
        /// In how many seconds.
        seconds: u64,
    },
    /// `xbits:`, marks on a host that other rules read.
    Xbits {
        /// `set` or `isset`.
        action: &'static str,
        /// The mark.
        name: String,
        /// `ip_src`, `ip_dst` or `ip_pair`.
        track: &'static str,
        /// How long a mark that is set stays.
        expire: Option<u64>,
    },
    /// `noalert`: the rule only leaves a mark.
    NoAlert,
}

/// A transformation of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// A dot before the first byte.
    DotPrefix,
    /// Lower case.
    ToLowercase,
    /// The last so many labels of a name.
    LastLabels(usize),
    /// The path of a URI.
    Path,
    /// The path of what was asked for, through a proxy or not.
    SentPath,
    /// The query of a URI, empty where there is none.
    Query,
    /// The last part of a path; a separator where the path ends in one. Names without a path stay as they are.
    LastPart,
}

/// Bytes to find in the buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// They must not be there.
    pub negated: bool,
    /// Case of ASCII letters does not count.
    pub nocase: bool,
    /// At the buffer's start.
    pub starts: bool,
    /// At the buffer's end.
    pub ends: bool,
    /// Exactly here.
    pub at: Option<u16>,
}

/// A comparison with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Equal.
    Is(u64),
    /// More.
    More(u64),
    /// Less.
    Less(u64),
}

/// A regular expression of PCRE over bytes.
#[derive(Clone, Debug)]
pub struct Pcre {
    /// Whether it must match.
    pub sign: Sign,
    /// The expression.
    pub expression: Re,
    /// Case of ASCII letters does not count.
    pub nocase: bool,
    /// `^` and `$` stand at line ends too.
    pub lines: bool,
}

/// A piece of a regular expression. Values stand only in `Text` and `Bytes`.
#[derive(Clone, Debug)]
pub enum Re {
    /// Literal text; where case does not count, letters outside ASCII stand in both cases.
    Text(String),
    /// Literal bytes.
    Bytes(Vec<u8>),
    /// Syntax of our own, such as `^` or `[^?]*`.
    Raw(&'static str),
    /// Any of these bytes.
    Class(Vec<(u8, u8)>),
    /// Any byte but these.
    Except(Vec<(u8, u8)>),
    /// One character of UTF-8 that begins so; a byte outside ASCII that begins none is one as well.
    Character(Box<Re>),
    /// This does not begin here.
    Unless(Box<Re>),
    /// Letters of ASCII in it count by their case, or do not, whatever holds outside.
    Cased(ir::Case, Box<Re>),
    /// Any run of bytes.
    Run,
    /// One character of UTF-8.
    One,
    /// One after the other.
    Seq(Vec<Re>),
    /// One of these.
    Either(Vec<Re>),
    /// Again and again.
    Repeat {
        /// What.
        inner: Box<Re>,
        /// At least.
        min: u32,
        /// At most.
        max: Option<u32>,
        /// As often as possible first.
        greedy: bool,
    },
}

/// Values in a file beside the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// A short name, unique in a run.
    pub name: String,
    /// The values.
    pub values: Values,
}

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Values {
    /// Any bytes; written in base64, one a line, as string data sets are.
    Strings(BTreeSet<Vec<u8>>),
    /// Addresses, one a line.
    Addresses(BTreeSet<std::net::IpAddr>),
    /// Digests in lower-case hex, one a line.
    Digests(BTreeSet<String>),
}
