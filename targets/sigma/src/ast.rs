//! What does a Sigma file look like, before it is text?

use std::cmp::Ordering;

use ir::{Comparison, Date, Decimal, Figure, IpNet, Needs, Pattern, Place, Plain, SeverityLevel, TimePart};
use uuid::Uuid;

/// One file: one rule, or a correlation behind the rules it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Folder and name without extension, made of safe characters.
    pub path: String,
    /// The documents; the one that carries the detection's id comes last.
    pub documents: Vec<Document>,
}

/// One YAML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// One line; at most 256 characters.
    pub title: String,
    /// The rule's id.
    pub id: Uuid,
    /// The name that correlations refer to.
    pub name: Option<String>,
    /// The taxonomy, when it is not Sigma's.
    pub taxonomy: Option<String>,
    /// What the rule says about itself; only the outermost rule of a file does.
    pub head: Option<Head>,
    /// What it looks for.
    pub body: Body,
}

/// What a rule says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How far it has been tried.
    pub status: String,
    /// For the person who gets the alert.
    pub description: String,
    /// Links.
    pub references: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When the advisory was published.
    pub date: Option<Date>,
    /// When it was last changed.
    pub modified: Option<Date>,
    /// Other rules: the id, and how they are related.
    pub related: Vec<(String, String)>,
    /// The licence.
    pub license: Option<String>,
    /// What an analyst wants to see.
    pub fields: Vec<String>,
    /// Where it applies.
    pub scope: Vec<String>,
    /// Keys that the specification does not know.
    pub custom: Vec<(String, Plain)>,
    /// Namespaced tags.
    pub tags: Vec<String>,
    /// What ordinary activity also matches.
    pub false_positives: Vec<String>,
    /// How bad a hit is.
    pub level: SeverityLevel,
}

/// What a document looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Single events.
    Detection(LogSource, Detection),
    /// Several events.
    Correlation(Correlation),
}

/// Where the events come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSource {
    /// For instance `process_creation`.
    pub category: Option<String>,
    /// For instance `windows`.
    pub product: Option<String>,
    /// For instance `security`.
    pub service: Option<String>,
    /// What must be configured for the events to be there.
    pub definition: Option<String>,
    /// Keys that the specification does not know.
    pub custom: Vec<(String, Plain)>,
}

/// Named selections and what must hold of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The selections, in order.
    pub blocks: Vec<(String, Block)>,
    /// How they belong together.
    pub condition: Condition,
}

/// One selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Every item holds.
    Map(Vec<Item>),
    /// Any of the maps holds.
    List(Vec<Vec<Item>>),
    /// Any of these stands anywhere in the event.
    Keywords(Vec<Value>),
}

/// How selections belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// This selection holds.
    Is(String),
    /// It does not hold.
    Not(Box<Condition>),
    /// All hold.
    And(Vec<Condition>),
    /// Any holds.
    Or(Vec<Condition>),
    /// All selections whose names begin with this hold.
    AllOf(&'static str),
    /// Any of the selections whose names begin with this holds.
    OneOf(&'static str),
}

/// One field, how it is compared, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The field and the comparison.
    pub key: Key,
    /// At least one value.
    pub values: Vec<Value>,
}

/// A field and a comparison: what stands before the colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The field's name; empty for keywords.
    pub field: String,
    /// The comparison.
    pub how: How,
    /// Every value must be found, instead of any.
    pub all: bool,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The whole value fits a pattern.
    Is(Cased),
    /// A pattern fits somewhere in the value.
    Contains(Cased),
    /// A pattern fits at the start.
    Starts(Cased),
    /// A pattern fits at the end.
    Ends(Cased),
    /// A regular expression is found.
    Regex(Flags),
    /// The address lies in a network.
    Cidr,
    /// The field is there.
    Exists,
    /// The number is less.
    Less,
    /// The number is less or equal.
    AtMost,
    /// The number is greater.
    More,
    /// The number is greater or equal.
    AtLeast,
    /// Another field's value stands in this one's.
    Field(Place, Cased),
    /// A part of the time is compared.
    Time(TimePart, Option<Order>),
}

/// How a part of a time is compared, unless it is equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// It is less.
    Less,
    /// It is less or equal.
    AtMost,
    /// It is greater.
    More,
    /// It is greater or equal.
    AtLeast,
}

/// Whether case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cased {
    /// It does not: the default.
    No,
    /// It does.
    Yes,
}

/// Sub-modifiers of regular expressions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flags {
    /// `i`: case does not count.
    pub insensitive: bool,
    /// `m`: anchors match at lines.
    pub lines: bool,
    /// `s`: a dot matches line breaks too.
    pub dot_all: bool,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text with holes. What `contains`, `startswith` and `endswith` leave open is not part of it.
    Text(Pattern),
    /// A regular expression.
    Regex(Re),
    /// A network.
    Net(IpNet),
    /// A whole number.
    Number(i64),
    /// A number that is not whole.
    Decimal(Decimal),
    /// True or false.
    Flag(bool),
    /// Another field's name.
    Field(String),
    /// No value.
    Null,
}

/// A regular expression in the flavour that Sigma names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Re {
    /// The empty text.
    Empty,
    /// This character; the flag says that case does not count.
    Char(char, bool),
    /// Any character; the flag says that line breaks are meant too.
    Any(bool),
    /// The start of the text, or of a line.
    Start(bool),
    /// The end of the text, or of a line.
    End(bool),
    /// A word boundary, or the lack of one.
    Boundary(bool),
    /// `\d`, `\s`, `\w` or, negated, their opposites.
    Perl(char),
    /// A class of characters.
    Class {
        /// None of them.
        negated: bool,
        /// Case does not count.
        insensitive: bool,
        /// The members.
        members: Vec<Member>,
    },
    /// Repetition; `None` is without bound.
    Repeat(Box<Re>, u32, Option<u32>),
    /// One after the other.
    Concat(Vec<Re>),
    /// Any of these.
    Either(Vec<Re>),
}

/// A member of a class of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// A range, both ends included.
    Range(char, char),
    /// `\d`, `\s`, `\w` or their opposites.
    Perl(char),
}

/// Events that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// The type, with what it counts.
    pub kind: CorrelationKind,
    /// When it matches.
    pub condition: Asked,
    /// Names of the rules.
    pub rules: Vec<String>,
    /// Fields, or aliases, in which the events agree.
    pub group_by: Vec<String>,
    /// Seconds.
    pub timespan: u64,
    /// Names that stand for different fields in different rules.
    pub aliases: Vec<Alias>,
}

/// An alias, and for each rule the field that it stands for there.
pub(crate) type Alias = (String, Vec<(String, String)>);

/// What a correlation counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// Events.
    EventCount,
    /// Different values of a field, or combinations of the values of several.
    ValueCount(Vec<String>),
    /// A figure made of a field's numbers.
    Figure(Figure, String),
    /// Rules, in any order.
    Temporal,
    /// Each rule, in order.
    TemporalOrdered,
}

/// When a correlation matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Every comparison holds.
    Bounds(Vec<(Comparison, Decimal)>),
    /// So much of the rules, by their places.
    Rules(Needs),
}

impl Item {
    /// One field and one value.
    #[must_use]
    pub fn one(field: impl Into<String>, how: How, value: Value) -> Self {
        Self { key: Key { field: field.into(), how, all: false }, values: vec![value] }
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.key, &self.values).cmp(&(&other.key, &other.values))
    }
}

impl Re {
    /// The expression with every anchor replaced, and whether there were any at the start and at the end.
    #[must_use]
    pub fn anchored(self, start: &Self, end: &Self) -> (Self, bool, bool) {
        let (mut at_start, mut at_end) = (false, false);
        let out = self.map(&mut |leaf| match leaf {
            Self::Start(_) => {
                at_start = true;
                start.clone()
            }
            Self::End(_) => {
                at_end = true;
                end.clone()
            }
            other => other,
        });
        (out, at_start, at_end)
    }

    /// The expression with every leaf replaced.
    #[must_use]
    pub fn map(self, change: &mut impl FnMut(Self) -> Self) -> Self {
        match self {
            Self::Repeat(inner, min, max) => Self::Repeat(Box::new(inner.map(change)), min, max),
            Self::Concat(list) => Self::Concat(list.into_iter().map(|inner| inner.map(change)).collect()),
            Self::Either(list) => Self::Either(list.into_iter().map(|inner| inner.map(change)).collect()),
            leaf => change(leaf),
        }
    }

    /// Calls `see` for each leaf.
    pub fn leaves(&self, see: &mut impl FnMut(&Self)) {
        match self {
            Self::Repeat(inner, ..) => inner.leaves(see),
            Self::Concat(list) | Self::Either(list) => list.iter().for_each(|inner| inner.leaves(see)),
            leaf => see(leaf),
        }
    }
}
