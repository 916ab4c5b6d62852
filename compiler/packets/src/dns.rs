//! What do a question for a name and its answer look like? <https://www.rfc-editor.org/rfc/rfc1035#section-4>

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{Said, Unsendable};

/// The number that a question and its answer share.
const NUMBER: u16 = 0x2a17;
/// A question that asks for recursion.
const ASKED: u16 = 0x0100;
/// An answer of a resolver that recurses.
const ANSWERED: u16 = 0x8180;
/// The class of names on the Internet.
const INTERNET: u16 = 1;
/// For so many seconds an answer may be kept.
const KEPT: u32 = 300;

/// A question, and the answer if there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dns {
    /// The name, with dots; what is not a letter of ASCII is sent as UTF-8.
    pub name: String,
    /// What is asked about it.
    pub kind: Kind,
    /// The answer.
    pub reply: Option<Reply>,
    /// What carries it.
    pub over: Over,
}

/// What carries a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// A datagram each way.
    Udp,
    /// A connection.
    Tcp,
}

/// What was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// 0 is good, 3 is "no such name".
    pub code: u8,
    /// The records, in their order.
    pub answers: Vec<Answer>,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The name that it is about.
    pub name: String,
    /// What it says.
    pub data: Data,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// An address of IPv4.
    A(Ipv4Addr),
    /// An address of IPv6.
    Aaaa(Ipv6Addr),
    /// The name is another one's alias.
    Cname(String),
    /// A server of the zone.
    Ns(String),
    /// The name of an address.
    Ptr(String),
    /// A server for mail, and its rank.
    Mx(u16, String),
    /// Text, in pieces of 255 bytes.
    Txt(Vec<u8>),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Addresses of IPv4.
    A,
    /// Servers of the zone.
    Ns,
    /// What the name is an alias of.
    Cname,
    /// The name of an address.
    Ptr,
    /// Servers for mail.
    Mx,
    /// Text.
    Txt,
    /// Addresses of IPv6.
    Aaaa,
    /// Something else, by its number.
    Other(u16),
}

impl Kind {
    /// Its number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Ns => 2,
            Self::Cname => 5,
            Self::Ptr => 12,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
            Self::Other(number) => number,
        }
    }
}

impl Data {
    /// The kind of question that it answers.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::A(_) => Kind::A,
            Self::Aaaa(_) => Kind::Aaaa,
            Self::Cname(_) => Kind::Cname,
            Self::Ns(_) => Kind::Ns,
            Self::Ptr(_) => Kind::Ptr,
            Self::Mx(..) => Kind::Mx,
            Self::Txt(_) => Kind::Txt,
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, Unsendable> {
        Ok(match self {
            Self::A(address) => address.octets().to_vec(),
            Self::Aaaa(address) => address.octets().to_vec(),
            Self::Cname(to) | Self::Ns(to) | Self::Ptr(to) => name(to)?,
            Self::Mx(rank, to) => [rank.to_be_bytes().to_vec(), name(to)?].concat(),
            Self::Txt(text) => {
                let mut out = Vec::new();
                for piece in text.chunks(255) {
                    out.push(u8::try_from(piece.len()).map_err(|_| Unsendable::TooLong("a text"))?);
                    out.extend_from_slice(piece);
                }
                if out.is_empty() { vec![0] } else { out }
            }
        })
    }
}

impl Dns {
    /// A question for addresses that has no answer.
    #[must_use]
    pub fn query(name: &str) -> Self {
        Self { name: name.to_owned(), kind: Kind::A, reply: None, over: Over::Udp }
    }

    /// The same, answered.
    #[must_use]
    pub fn answered(self, code: u8, answers: impl IntoIterator<Item = Data>) -> Self {
        let answers = answers.into_iter().map(|data| Answer { name: self.name.clone(), data }).collect();
        Self { reply: Some(Reply { code, answers }), ..self }
    }

    pub(crate) fn said(&self) -> Result<Vec<Said>, Unsendable> {
        let mut out = vec![Said::client(self.framed(self.message(ASKED, &[])?)?)];
        if let Some(reply) = &self.reply {
            let head = ANSWERED | u16::from(reply.code & 0x0f);
            out.push(Said::server(self.framed(self.message(head, &reply.answers)?)?));
        }
        Ok(out)
    }

    /// Over a connection the length stands before each message (section 4.2.2).
    fn framed(&self, message: Vec<u8>) -> Result<Vec<u8>, Unsendable> {
        let length = u16::try_from(message.len()).map_err(|_| Unsendable::TooLong("a message of DNS"))?;
        Ok(match self.over {
            Over::Udp => message,
            Over::Tcp => [length.to_be_bytes().to_vec(), message].concat(),
        })
    }

    fn message(&self, flags: u16, answers: &[Answer]) -> Result<Vec<u8>, Unsendable> {
        let count = u16::try_from(answers.len()).map_err(|_| Unsendable::TooLong("a message of DNS"))?;
        let mut out: Vec<u8> = [NUMBER, flags, 1, count, 0, 0].into_iter().flat_map(u16::to_be_bytes).collect();
        out.extend(name(&self.name)?);
        out.extend(self.kind.number().to_be_bytes());
        out.extend(INTERNET.to_be_bytes());
        for answer in answers {
            let data = answer.data.bytes()?;
            out.extend(name(&answer.name)?);
            out.extend(answer.data.kind().number().to_be_bytes());
            out.extend(INTERNET.to_be_bytes());
            out.extend(KEPT.to_be_bytes());
            out.extend(u16::try_from(data.len()).map_err(|_| Unsendable::TooLong("a record"))?.to_be_bytes());
            out.extend(data);
        }
        Ok(out)
    }
}

/// A name as labels, each behind its length.
fn name(text: &str) -> Result<Vec<u8>, Unsendable> {
    let mut out = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        let length = u8::try_from(label.len()).ok().filter(|length| *length < 64);
        out.push(length.ok_or(Unsendable::TooLong("a label of a name"))?);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    if out.len() > 255 { Err(Unsendable::TooLong("a name")) } else { Ok(out) }
}
