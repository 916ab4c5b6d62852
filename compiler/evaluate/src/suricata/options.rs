//! What does each option of a rule ask? Every option has a meaning here, or the rule has none.

use super::content::{ByteTest, Content, Operator, Test};
use super::count::{Mark, MarkAction, Threshold, ThresholdKind, Track};
use super::header::Header;
use super::lists::{Dataset, FileDigest};
use super::number::Comparison;
use super::read::{self, Written};
use super::rule::{End, FileTest, FlagTest, FlowTest, Group, PacketTest, Rule};
use super::traffic::{BUFFERS, Filled, NUMBERS, Side};
use super::transform::Transform;
use crate::Fault;

/// Options that say something about the rule and decide nothing.
const INFORM: [&str; 12] =
    ["msg", "rev", "gid", "classtype", "metadata", "reference", "priority", "target", "prefilter", "fast_pattern", "bypass", "filestore"];

/// Reads a rule.
pub(super) fn rule(text: &str) -> Result<Rule, Fault> {
    let (header, options) = read::rule(text)?;
    let mut reader = Reader { rule: Rule::of(Header::read(header)?), place: Place::Payload };
    for option in &options {
        reader.option(option)?;
    }
    reader.rule.settle()
}

/// What the options that follow look at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Payload,
    /// The last group.
    Group,
    /// The last group about an address.
    End,
}

struct Reader {
    rule: Rule,
    place: Place,
}

impl Reader {
    fn option(&mut self, written: &Written<'_>) -> Result<(), Fault> {
        let name = written.name;
        if INFORM.contains(&name) {
            return Ok(());
        }
        if let Some((name, filled, many)) = BUFFERS.iter().find(|(buffer, ..)| *buffer == name) {
            written.bare()?;
            self.rule.groups.push(Group { buffer: name, filled: *filled, many: *many, ..Group::default() });
            self.place = Place::Group;
            return Ok(());
        }
        if let Some((name, filled)) = NUMBERS.iter().find(|(number, _)| *number == name) {
            let comparison = number_of(written)?;
            self.rule.numbers.push((name, *filled, comparison));
            return Ok(());
        }
        if let Some(transform) = Transform::read(written)? {
            let group = self.group(written)?;
            if !group.tests.is_empty() {
                return Err(written.unread("a place before what it changes"));
            }
            group.transforms.push(transform);
            return Ok(());
        }
        match name {
            "sid" => self.rule.sid = written.value()?.parse().map_err(|_| written.unread("a number"))?,
            "noalert" => self.rule.silent = true,
            "pkt_data" => self.place = Place::Payload,
            "ip.src" | "ip.dst" => {
                let end = if name == "ip.src" { End::Source } else { End::Destination };
                self.rule.ends.push((end, Group::default()));
                self.place = Place::End;
            }
            "flow" => self.rule.flow = flow(written)?,
            "content" | "pcre" | "bsize" | "dataset" | "isdataat" | "byte_test" => {
                let test = test(written)?;
                self.tests(written)?.push(test);
            }
            "nocase" | "startswith" | "endswith" | "offset" | "depth" | "distance" | "within" => modify(self.last_content(written)?, written)?,
            "absent" => {
                let group = self.group(written)?;
                match written.value {
                    Some("or_else") => group.absent_or_else = true,
                    _ => return Err(written.unknown()),
                }
            }
            "filemd5" | "filesha1" | "filesha256" => self.rule.files.push(FileTest::Digest(FileDigest::read(written)?)),
            "filesize" => self.rule.files.push(FileTest::Size(Comparison::read(written, written.value()?)?)),
            "dsize" => self.rule.packet.push(PacketTest::Size(Comparison::read(written, written.value()?)?)),
            "itype" => self.rule.packet.push(PacketTest::IcmpType(Comparison::read(written, written.value()?)?)),
            "icode" => self.rule.packet.push(PacketTest::IcmpCode(Comparison::read(written, written.value()?)?)),
            "ip_proto" => self.rule.packet.push(ip_protocol(written)?),
            "flags" | "tcp.flags" => self.rule.packet.push(PacketTest::Flags(flags(written)?)),
            "flow.bytes_toserver" => self.running(written, Side::Client, true)?,
            "flow.bytes_toclient" => self.running(written, Side::Server, true)?,
            "flow.pkts_toserver" => self.running(written, Side::Client, false)?,
            "flow.pkts_toclient" => self.running(written, Side::Server, false)?,
            "threshold" | "detection_filter" => {
                if self.rule.threshold.replace(threshold(written)?).is_some() {
                    return Err(written.unread("a rule of its own beside another count"));
                }
            }
            "xbits" | "flowbits" => match mark(written)? {
                Some(mark) => self.rule.marks.push(mark),
                None => self.rule.silent = true,
            },
            _ => return Err(written.unknown()),
        }
        Ok(())
    }

    fn running(&mut self, written: &Written<'_>, from: Side, bytes: bool) -> Result<(), Fault> {
        let comparison = Comparison::read(written, written.value()?)?;
        self.rule.packet.push(PacketTest::Running { from, bytes, comparison });
        Ok(())
    }

    fn group(&mut self, written: &Written<'_>) -> Result<&mut Group, Fault> {
        match self.place {
            Place::Group => self.rule.groups.last_mut().ok_or_else(|| written.unread("a buffer before it")),
            Place::Payload | Place::End => Err(written.unread("a buffer before it")),
        }
    }

    fn tests(&mut self, written: &Written<'_>) -> Result<&mut Vec<Test>, Fault> {
        match self.place {
            Place::Payload if matches!(written.name, "bsize" | "dataset") => Err(written.unread("a buffer before it")),
            Place::Payload => Ok(&mut self.rule.payload),
            Place::Group => self.group(written).map(|group| &mut group.tests),
            Place::End => self.rule.ends.last_mut().map(|(_, group)| &mut group.tests).ok_or_else(|| written.unread("a buffer before it")),
        }
    }

    fn last_content(&mut self, written: &Written<'_>) -> Result<&mut Content, Fault> {
        match self.tests(written)?.last_mut() {
            Some(Test::Content(content)) => Ok(content),
            _ => Err(written.unread("a `content` before it")),
        }
    }
}

fn test(written: &Written<'_>) -> Result<Test, Fault> {
    Ok(match written.name {
        "content" => {
            let (negated, text) = written.quoted()?;
            Test::Content(Content { bytes: read::bytes(written, text)?, negated, ..Content::default() })
        }
        "pcre" => Test::Expression(super::pcre::read(written)?),
        "bsize" => Test::Size(Comparison::read(written, written.value()?)?),
        "dataset" => Test::Dataset(Dataset::read(written)?),
        "isdataat" => {
            let value = written.value()?;
            let (negated, value) = value.strip_prefix('!').map_or((false, value), |rest| (true, rest));
            let (at, relative) = match value.split_once(',') {
                Some((at, "relative")) => (at, true),
                Some(_) => return Err(written.unknown()),
                None => (value, false),
            };
            Test::HasDataAt { negated, at: at.trim().parse().map_err(|_| written.unknown())?, relative }
        }
        _ => Test::Number(byte_test(written)?),
    })
}

fn modify(content: &mut Content, written: &Written<'_>) -> Result<(), Fault> {
    if matches!(written.name, "nocase" | "startswith" | "endswith") {
        written.bare()?;
        match written.name {
            "nocase" => content.nocase = true,
            "startswith" => content.starts = true,
            _ => content.ends = true,
        }
    } else {
        // A number of our own alone: one that the packet holds would need `byte_extract`.
        let value: i32 = written.value()?.parse().map_err(|_| written.unknown())?;
        let size = || usize::try_from(value).map_err(|_| written.unread("a number without sign"));
        match written.name {
            "offset" => content.offset = Some(size()?),
            "depth" => content.depth = Some(size()?),
            "within" => content.within = Some(size()?),
            _ => content.distance = Some(isize::try_from(value).map_err(|_| written.unknown())?),
        }
    }
    let placed = content.offset.is_some() || content.depth.is_some();
    let relative = content.distance.is_some() || content.within.is_some();
    if content.starts && (placed || relative) || relative && placed {
        return Err(written.unread("a place from the start or from the last match, not both"));
    }
    if content.depth.or(content.within).is_some_and(|room| room < content.bytes.len()) {
        return Err(written.unread("room for the whole content"));
    }
    Ok(())
}

/// `bytes,operator,value,offset` with words behind them.
fn byte_test(written: &Written<'_>) -> Result<ByteTest, Fault> {
    let mut words = written.value()?.split(',').map(str::trim);
    let mut next = || words.next().ok_or_else(|| written.unread("four values"));
    let bytes = next()?.parse().ok().filter(|bytes| (1..=8).contains(bytes)).ok_or_else(|| written.unknown())?;
    let operator = next()?;
    let (negated, operator) = operator.strip_prefix('!').map_or((false, operator), |rest| (true, rest));
    let operator = match operator {
        "<" => Operator::Less,
        "<=" => Operator::AtMost,
        "=" | "" => Operator::Equal,
        ">=" => Operator::AtLeast,
        ">" => Operator::More,
        "&" => Operator::And,
        "^" => Operator::Or,
        _ => return Err(written.unknown()),
    };
    let value = next()?;
    let value = match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    };
    let value = value.ok_or_else(|| written.unknown())?;
    let offset = next()?.parse().map_err(|_| written.unknown())?;
    let (mut relative, mut little) = (false, false);
    for word in words {
        match word {
            "relative" => relative = true,
            "little" => little = true,
            "big" => little = false,
            _ => return Err(written.unknown()),
        }
    }
    Ok(ByteTest { bytes, negated, operator, value, offset, relative, little })
}

/// A number of a message. Versions of TLS have names.
fn number_of(written: &Written<'_>) -> Result<Comparison, Fault> {
    let value = written.value()?;
    if written.name == "urilen" {
        // Without a word behind it, the length of the decoded path is meant.
        return Comparison::read(written, value.strip_suffix(",norm").unwrap_or(value));
    }
    if written.name != "tls.version" {
        return Comparison::read(written, value);
    }
    let (negated, value) = value.strip_prefix('!').map_or((false, value), |rest| (true, rest));
    let version = match value.trim_matches('"') {
        "1.0" => 0x0301,
        "1.1" => 0x0302,
        "1.2" => 0x0303,
        "1.3" => 0x0304,
        _ => return Err(written.unknown()),
    };
    Ok(if negated { Comparison::Not(version) } else { Comparison::Is(version) })
}

/// <https://docs.suricata.io/en/latest/rules/flow-keywords.html#flow>
fn flow(written: &Written<'_>) -> Result<FlowTest, Fault> {
    let mut out = FlowTest::default();
    for word in written.value()?.split(',').map(str::trim) {
        match word {
            "to_server" | "from_client" if out.from != Some(Side::Server) => out.from = Some(Side::Client),
            "to_client" | "from_server" if out.from != Some(Side::Client) => out.from = Some(Side::Server),
            "established" => out.established = Some(true),
            "not_established" => out.established = Some(false),
            "stateless" => {}
            "no_stream" => out.stream = Some(false),
            "only_stream" => out.stream = Some(true),
            _ => return Err(written.unknown()),
        }
    }
    Ok(out)
}

/// <https://docs.suricata.io/en/latest/rules/header-keywords.html#tcp-flags>
fn flags(written: &Written<'_>) -> Result<FlagTest, Fault> {
    let value = written.value()?;
    let (value, ignored) = value.split_once(',').unwrap_or((value, ""));
    let (mut test, mut wanted) = (FlagTest::default(), String::new());
    for char in value.trim().chars() {
        match char {
            '+' => test.more = true,
            '*' => test.any = true,
            '!' => test.negated = true,
            other => wanted.push(other),
        }
    }
    let bits = |letters: &str| -> Result<u8, Fault> {
        letters.chars().filter(|char| !char.is_whitespace()).try_fold(0, |bits, letter| {
            Ok(bits
                | match letter {
                    'F' => 0x01,
                    'S' => 0x02,
                    'R' => 0x04,
                    'P' => 0x08,
                    'A' => 0x10,
                    'U' => 0x20,
                    'E' => 0x40,
                    'C' => 0x80,
                    _ => return Err(written.unknown()),
                })
        })
    };
    (test.wanted, test.ignored) = (bits(&wanted)?, bits(ignored)?);
    if [test.more, test.any, test.negated].iter().filter(|sign| **sign).count() > 1 {
        return Err(written.unknown());
    }
    Ok(test)
}

fn ip_protocol(written: &Written<'_>) -> Result<PacketTest, Fault> {
    let value = written.value()?;
    let (negated, value) = value.strip_prefix('!').map_or((false, value), |rest| (true, rest));
    let number = match value.trim().to_ascii_lowercase().as_str() {
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "ipv6-icmp" => 58,
        "sctp" => 132,
        digits => digits.parse().map_err(|_| written.unknown())?,
    };
    Ok(PacketTest::Protocol { number, negated })
}

/// <https://docs.suricata.io/en/latest/rules/thresholding.html>
fn threshold(written: &Written<'_>) -> Result<Threshold, Fault> {
    let (mut kind, mut track, mut count, mut seconds) = (None, None, None, None);
    if written.name == "detection_filter" {
        kind = Some(ThresholdKind::Filter);
    }
    for word in written.value()?.split(',').map(str::trim) {
        let (key, value) = word.split_once(char::is_whitespace).ok_or_else(|| written.unknown())?;
        match (key, value.trim()) {
            ("type", "limit") if kind.is_none() => kind = Some(ThresholdKind::Limit),
            ("type", "threshold") if kind.is_none() => kind = Some(ThresholdKind::Threshold),
            ("type", "both") if kind.is_none() => kind = Some(ThresholdKind::Both),
            ("track", "by_src") => track = Some(Track::Source),
            ("track", "by_dst") => track = Some(Track::Destination),
            ("track", "by_both") => track = Some(Track::Both),
            ("track", "by_rule") => track = Some(Track::Rule),
            ("track", "by_flow") => track = Some(Track::Flow),
            ("count", digits) => count = digits.parse::<u64>().ok().filter(|count| *count > 0),
            ("seconds", digits) => seconds = digits.parse::<u64>().ok().filter(|seconds| *seconds > 0),
            _ => return Err(written.unknown()),
        }
    }
    match (kind, track, count, seconds) {
        (Some(kind), Some(track), Some(count), Some(seconds)) => Ok(Threshold { kind, track, count, seconds }),
        _ => Err(written.unread("a type, what to track, a count and seconds")),
    }
}

/// <https://docs.suricata.io/en/latest/rules/xbits.html>, <https://docs.suricata.io/en/latest/rules/flow-keywords.html#flowbits>
fn mark(written: &Written<'_>) -> Result<Option<Mark>, Fault> {
    let mut words = written.value()?.split(',').map(str::trim);
    let action = match words.next() {
        Some("set") => MarkAction::Set,
        Some("unset") => MarkAction::Unset,
        Some("toggle") => MarkAction::Toggle,
        Some("isset") => MarkAction::IsSet,
        Some("isnotset") => MarkAction::IsNotSet,
        Some("noalert") => return Ok(None),
        _ => return Err(written.unknown()),
    };
    let name = words.next().filter(|name| !name.is_empty() && !name.contains('|')).ok_or_else(|| written.unknown())?;
    let mut track = (written.name == "flowbits").then_some(Track::Flow);
    let mut expire = None;
    for word in words {
        let (key, value) = word.split_once(char::is_whitespace).ok_or_else(|| written.unknown())?;
        match (key, value.trim()) {
            ("track", "ip_src") if track.is_none() => track = Some(Track::Source),
            ("track", "ip_dst") if track.is_none() => track = Some(Track::Destination),
            ("track", "ip_pair") if track.is_none() => track = Some(Track::Both),
            ("expire", seconds) if track != Some(Track::Flow) => expire = Some(seconds.parse::<u64>().map_err(|_| written.unknown())?),
            _ => return Err(written.unknown()),
        }
    }
    let track = track.ok_or_else(|| written.unread("what to track"))?;
    // Without a number, a mark of `xbits` stays for 30 seconds; one of `flowbits` as long as the flow.
    let expire = expire.or((track != Track::Flow).then_some(30));
    Ok(Some(Mark { action, name: name.to_owned(), track, expire }))
}

impl Rule {
    /// Which sides can fulfil the rule, once all options are read.
    fn settle(mut self) -> Result<Self, Fault> {
        let on_messages = !(self.groups.is_empty() && self.numbers.is_empty() && self.files.is_empty());
        if on_messages {
            if !self.payload.is_empty() {
                return Err(Fault::Unknown("a payload beside the buffers of a message".to_owned()));
            }
            if !self.packet.is_empty() {
                return Err(Fault::Unknown("a packet beside the buffers of a message".to_owned()));
            }
        }
        let filled: Vec<Filled> = self.groups.iter().map(|group| group.filled).chain(self.numbers.iter().map(|(_, filled, _)| *filled)).collect();
        self.sides = [Side::Client, Side::Server]
            .into_iter()
            .filter(|side| self.flow.from.is_none_or(|from| from == *side) && filled.iter().all(|filled| filled.by(*side)))
            .collect();
        if self.sides.is_empty() {
            return Err(Fault::Unknown("buffers that no one side fills".to_owned()));
        }
        for (at, group) in self.groups.iter().enumerate() {
            if group.tests.is_empty() {
                return Err(Fault::Unknown(format!("`{}` without a question", group.buffer)));
            }
            let twice = |other: &Group| other.buffer == group.buffer && other.transforms.is_empty() && group.transforms.is_empty();
            let conflicting =
                self.groups.get(..at).unwrap_or_default().iter().any(|other| twice(other) && other.absent_or_else == group.absent_or_else);
            if conflicting {
                return Err(Fault::Unknown(format!("`{}` opened twice", group.buffer)));
            }
        }
        Ok(self)
    }
}
