//! What does one rule ask?

use super::content::Test;
use super::count::{Mark, Threshold};
use super::header::{Action, Header};
use super::lists::FileDigest;
use super::number::Comparison;
use super::traffic::{Filled, Side};
use super::transform::Transform;

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) header: Header,
    pub(super) sid: u64,
    pub(super) flow: FlowTest,
    /// About single packets.
    pub(super) packet: Vec<PacketTest>,
    /// About what they carry.
    pub(super) payload: Vec<Test>,
    /// About messages, each buffer by itself.
    pub(super) groups: Vec<Group>,
    /// About the addresses, as buffers.
    pub(super) ends: Vec<(End, Group)>,
    pub(super) numbers: Vec<(&'static str, Filled, Comparison)>,
    /// About files, all of them of one file.
    pub(super) files: Vec<FileTest>,
    pub(super) marks: Vec<Mark>,
    pub(super) threshold: Option<Threshold>,
    /// It leaves marks and says nothing.
    pub(super) silent: bool,
    /// Who can fulfil it.
    pub(super) sides: Vec<Side>,
}

/// `flow`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FlowTest {
    pub(super) from: Option<Side>,
    pub(super) established: Option<bool>,
    /// Only what is put together, or only what is not.
    pub(super) stream: Option<bool>,
}

/// What is asked of a single packet.
#[derive(Clone, Copy, Debug)]
pub(super) enum PacketTest {
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
pub(super) struct FlagTest {
    pub(super) wanted: u8,
    pub(super) ignored: u8,
    /// Others may be set too.
    pub(super) more: bool,
    /// One of them is enough.
    pub(super) any: bool,
    /// None of them.
    pub(super) negated: bool,
}

/// One end of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Source,
    Destination,
}

/// What is asked of a file.
#[derive(Clone, Debug)]
pub(super) enum FileTest {
    Digest(FileDigest),
    Size(Comparison),
}

/// What is asked of one buffer.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) buffer: &'static str,
    pub(super) filled: Filled,
    pub(super) many: bool,
    pub(super) transforms: Vec<Transform>,
    /// A message without the buffer is good too.
    pub(super) absent_or_else: bool,
    pub(super) tests: Vec<Test>,
}

impl Default for Group {
    fn default() -> Self {
        Self { buffer: "", filled: Filled::Both, many: false, transforms: Vec::new(), absent_or_else: false, tests: Vec::new() }
    }
}

impl Rule {
    /// A rule that asks for nothing but its header.
    pub(super) fn of(header: Header) -> Self {
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
}
