//! The tree of a YARA file: rules, strings, conditions. Values are as they are; nothing is escaped yet.

use std::sync::Arc;

use ir::HexToken;
use regex_syntax::hir::Hir;
use uuid::Uuid;

use crate::carried::Carried;

/// What a detection becomes.
#[derive(Clone, Debug)]
pub enum Item {
    /// A rule.
    Rule(Box<Rule>),
    /// Digests that are too many for rules.
    List(HashList),
    /// A rule of a file that travels along.
    Native {
        /// Where it belongs.
        place: Place,
        /// The file.
        file: Arc<Carried>,
        /// Which rule of the file it is.
        rule: usize,
    },
}

/// Where an item belongs and what it is called.
#[derive(Clone, Debug)]
pub struct Place {
    /// The advisory's id.
    pub advisory: String,
    /// The rest of the detection's key.
    pub block: String,
    /// The item's id.
    pub id: Uuid,
    /// The detection's title.
    pub title: String,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it belongs.
    pub place: Place,
    /// Its identifier.
    pub name: String,
    /// Its tags: identifiers, each once.
    pub tags: Vec<String>,
    /// What it says about itself, in order.
    pub meta: Vec<(&'static str, Value)>,
    /// Its strings; each is used in the condition.
    pub strings: Vec<Text>,
    /// When it fires.
    pub condition: Condition,
}

/// A list of digests, one for each line of a file.
#[derive(Clone, Debug)]
pub struct HashList {
    /// Where it belongs.
    pub place: Place,
    /// Of which kind the digests are.
    pub algorithm: Algorithm,
    /// In lower case, sorted, each once.
    pub digests: Vec<String>,
}

/// A value of a rule's meta section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
}

/// A string of the strings section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its name, without `$`: a prefix and a number.
    pub name: Name,
    /// What is looked for.
    pub body: Body,
    /// `ascii`; not for hex strings.
    pub ascii: bool,
    /// `wide`; not for hex strings.
    pub wide: bool,
    /// `nocase`; not for hex strings.
    pub nocase: bool,
    /// `fullword`; not for hex strings.
    pub fullword: bool,
}

/// The name of a string: `s` and 1 for `$s1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// What strings that belong together share.
    pub prefix: &'static str,
    /// Counts from one.
    pub number: usize,
}

/// What a string looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Bytes between quotes.
    Text(Vec<u8>),
    /// A hex string.
    Hex(Vec<HexToken>),
    /// A regular expression over bytes.
    Regex(Hir),
}

/// A digest that YARA can compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// `hash.md5`.
    Md5,
    /// `hash.sha1`.
    Sha1,
    /// `hash.sha256`.
    Sha256,
    /// `pe.imphash`.
    Imphash,
}

/// How a digest is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// With the whole digest.
    Is(String),
    /// With its first digits.
    Starts(String),
    /// With its last digits.
    Ends(String),
    /// With digits anywhere in it.
    Contains(String),
    /// With a regular expression.
    Matches(Hir),
}

/// How the size of a file is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeIs {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// A condition.
///
/// **Invariant** of a printed one: no list is empty, and every string it names exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Every one holds. Empty is true.
    All(Vec<Condition>),
    /// At least one holds. Empty is false.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The size of the file.
    Size(SizeIs, u64),
    /// These bytes stand at this offset; read as integers, so that it costs no search.
    Magic(u64, Vec<u8>),
    /// No control character but tab, line feed and carriage return stands in the file.
    Printable,
    /// The file is a PE file.
    IsPe,
    /// A string is found, anywhere or at an offset.
    Found(usize, Option<u64>),
    /// So many of these strings are found.
    Count(usize, Vec<usize>),
    /// A digest of the file.
    Digest(Algorithm, Compare),
}

impl Condition {
    /// A condition that always holds.
    pub const TRUE: Self = Self::All(Vec::new());
    /// A condition that never holds.
    pub const FALSE: Self = Self::Any(Vec::new());

    /// The same meaning with lists joined, constants worked in and what is cheap first.
    #[must_use]
    pub fn simple(self) -> Self {
        match self {
            Self::All(list) => join(list, true),
            Self::Any(list) => join(list, false),
            Self::Not(inner) => match inner.simple() {
                Self::All(list) if list.is_empty() => Self::FALSE,
                Self::Any(list) if list.is_empty() => Self::TRUE,
                Self::Not(inner) => *inner,
                inner => Self::Not(Box::new(inner)),
            },
            leaf => leaf,
        }
    }

    /// What it costs, from 0: the file's size, bytes at an offset, strings, counting bytes, parsing headers, digests.
    fn cost(&self) -> u8 {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().map(Self::cost).max().unwrap_or(0),
            Self::Not(inner) => inner.cost(),
            Self::Size(..) => 0,
            Self::Magic(..) => 1,
            Self::Found(..) | Self::Count(..) => 2,
            Self::Printable => 3,
            Self::IsPe => 4,
            Self::Digest(Algorithm::Imphash, _) => 5,
            Self::Digest(..) => 6,
        }
    }

    /// Calls `see` for every node, parents first.
    pub fn visit(&self, see: &mut impl FnMut(&Self)) {
        see(self);
        match self {
            Self::All(list) | Self::Any(list) => list.iter().for_each(|inner| inner.visit(see)),
            Self::Not(inner) => inner.visit(see),
            _ => {}
        }
    }

    /// The same with every string's index replaced.
    #[must_use]
    pub fn renumbered(self, of: &impl Fn(usize) -> usize) -> Self {
        let each = |list: Vec<Self>| list.into_iter().map(|inner| inner.renumbered(of)).collect();
        match self {
            Self::All(list) => Self::All(each(list)),
            Self::Any(list) => Self::Any(each(list)),
            Self::Not(inner) => Self::Not(Box::new(inner.renumbered(of))),
            Self::Found(string, at) => Self::Found(of(string), at),
            Self::Count(need, strings) => Self::Count(need, strings.into_iter().map(of).collect()),
            leaf => leaf,
        }
    }
}

fn join(list: Vec<Condition>, all: bool) -> Condition {
    let mut out: Vec<Condition> = Vec::with_capacity(list.len());
    for inner in list {
        match (inner.simple(), all) {
            (Condition::All(more), true) | (Condition::Any(more), false) => out.extend(more),
            (Condition::All(none), false) if none.is_empty() => return Condition::TRUE,
            (Condition::Any(none), true) if none.is_empty() => return Condition::FALSE,
            (other, _) => out.push(other),
        }
    }
    // A sort that keeps the author's order among equals.
    out.sort_by_key(Condition::cost);
    out.dedup();
    match (out.len(), all) {
        (1, _) => out.swap_remove(0),
        (_, true) => Condition::All(out),
        (_, false) => Condition::Any(out),
    }
}
