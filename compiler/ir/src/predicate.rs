//! What must be true of an event.

use ipnet::IpNet;
use source::Span;

use crate::{BytesTest, Case, Comparison, Decimal, Domain, FieldRef, Pattern, Regex, Url};

/// A condition on one event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Predicate {
    /// Every one holds. Empty is true.
    All(Vec<Predicate>),
    /// At least one holds. Empty is false.
    Any(Vec<Predicate>),
    /// It does not hold. A test on a missing field is false, so its negation is true.
    Not(Box<Predicate>),
    /// One field is tested.
    Test(Test),
    /// The file holds byte patterns. Only on [`crate::EventClass::FileContent`].
    Bytes(BytesTest),
}

/// One field, one operator, its values. Several values are alternatives: any of them is enough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Test {
    /// The field.
    pub field: FieldRef,
    /// The operator with its values.
    pub op: Op,
    /// Where the test was written.
    pub span: Span,
}

/// A place in a hierarchy and everything below it: `C:\inetpub\wwwroot\`, `/var/tmp`, `HKLM\Software\X`.
///
/// **Invariant:** the text is not empty and does not end in the separator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tree {
    /// The place, without a separator at its end.
    pub root: String,
    /// `\` or `/`.
    pub separator: char,
}

impl Tree {
    /// Reads a place; the separator is `\` when the text holds one, else `/`. `None` when nothing but separators is left.
    ///
    /// ```
    /// # use ir::Tree;
    /// assert_eq!(Tree::parse(r"C:\a\").map(|t| t.below()).as_deref(), Some(r"C:\a\"));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let separator = if text.contains('\\') { '\\' } else { '/' };
        let root = text.trim_end_matches(separator);
        (!root.is_empty()).then(|| Self { root: root.to_owned(), separator })
    }

    /// The prefix of everything below: the place with its separator.
    #[must_use]
    pub fn below(&self) -> String {
        format!("{}{}", self.root, self.separator)
    }

    /// The two patterns that say the same: the place itself, and anything below it.
    #[must_use]
    pub fn patterns(&self) -> [Pattern; 2] {
        [Pattern::exact(&self.root), Pattern::starts(self.below())]
    }
}

/// A test of a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberTest {
    /// It is one of these.
    In(Vec<i64>),
    /// It is less than this.
    Less(i64),
    /// It is this or less.
    AtMost(i64),
    /// It is more than this.
    More(i64),
    /// It is this or more.
    AtLeast(i64),
    /// It compares so with a number that need not be whole; the field's need not be either. For fields whose numbers are whole,
    /// [`NumberTest::over_whole`] says the same with the others.
    Decimal(Comparison, Decimal),
}

impl NumberTest {
    /// What the test asks of whole numbers, without decimal points. `None` when it asks nothing: any number fits.
    ///
    /// ```
    /// # use ir::{Comparison, Decimal, NumberTest};
    /// let more = NumberTest::Decimal(Comparison::More, Decimal::parse("2.5").ok_or(())?);
    /// assert_eq!(more.over_whole(), Some(NumberTest::AtLeast(3)));
    /// # Ok::<(), ()>(())
    /// ```
    #[must_use]
    pub fn over_whole(&self) -> Option<Self> {
        let Self::Decimal(comparison, bound) = self else { return Some(self.clone()) };
        let (below, whole) = (bound.floor(), bound.whole());
        Some(match comparison {
            Comparison::Less => whole.map_or(Self::AtMost(below), Self::Less),
            Comparison::AtMost => Self::AtMost(below),
            Comparison::More => whole.map_or_else(|| Self::AtLeast(below.saturating_add(1)), Self::More),
            Comparison::AtLeast => whole.map_or_else(|| Self::AtLeast(below.saturating_add(1)), Self::AtLeast),
            Comparison::Equal => Self::In(whole.into_iter().collect()),
            Comparison::NotEqual => return None,
        })
    }

    /// Whether a number fits.
    #[must_use]
    pub fn fits(&self, is: Decimal) -> bool {
        let order = |than: &i64| is.cmp(&Decimal::from(*than));
        match self {
            Self::In(list) => is.whole().is_some_and(|is| list.contains(&is)),
            Self::Less(than) => order(than).is_lt(),
            Self::AtMost(than) => order(than).is_le(),
            Self::More(than) => order(than).is_gt(),
            Self::AtLeast(than) => order(than).is_ge(),
            Self::Decimal(comparison, than) => comparison.fits(is.cmp(than)),
        }
    }
}

/// A part of a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Day of the month, 1 to 31.
    Day,
    /// Week of the year by ISO 8601, 1 to 53.
    Week,
    /// 1 to 12.
    Month,
    /// Four digits.
    Year,
}

/// Where one text stands in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// It is the whole.
    Whole,
    /// At the start.
    Start,
    /// At the end.
    End,
    /// Anywhere.
    Anywhere,
}

/// An operator together with its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// The field is there and not empty.
    Exists,
    /// The field is there, and its text is empty.
    Empty,
    /// The field is not there, or is null. Only logs that keep empty texts tell this from [`Op::Empty`].
    Missing,
    /// The text fits any of the patterns.
    Text {
        /// At least one.
        patterns: Vec<Pattern>,
        /// Whether case counts.
        case: Case,
    },
    /// Any of the expressions is found in the text.
    Regex(Vec<Regex>),
    /// The address lies in any of the networks; a single address is a network of one.
    Address(Vec<IpNet>),
    /// The host name is any of these domains or lies below one, by label.
    Domain(Vec<Domain>),
    /// The path, key or URL path is any of these places or lies below one, by separator. Case does not count.
    Under(Vec<Tree>),
    /// The URL is any of these: same host, path and query without case, same port when one is written. Scheme and
    /// fragment do not count; see [`Url::same`].
    Url(Vec<Url>),
    /// The number fits.
    Number(NumberTest),
    /// The flag has this value.
    Flag(bool),
    /// A part of the point in time that the field holds fits. Times are UTC; a field that holds none makes the test false.
    Time {
        /// Which part.
        part: TimePart,
        /// What it is compared with.
        number: NumberTest,
    },
    /// The text is compared with another field's.
    Same {
        /// The other field.
        other: FieldRef,
        /// Where in this field's text the other's stands.
        place: Place,
        /// Whether case counts.
        case: Case,
    },
}

impl Op {
    /// Puts the values of an operator into the first of these that asks the same of a field, so that both are one with the values of both; gives it
    /// back where none does.
    pub fn join<'o>(mut others: impl Iterator<Item = &'o mut Self>, op: Self) -> Option<Self> {
        match op {
            Self::Text { patterns: more, case: of } => match others.find_map(|other| match other {
                Self::Text { patterns, case } if *case == of => Some(patterns),
                _ => None,
            }) {
                Some(patterns) => patterns.extend(more),
                None => return Some(Self::Text { patterns: more, case: of }),
            },
            Self::Regex(more) => match others.find_map(|other| if let Self::Regex(list) = other { Some(list) } else { None }) {
                Some(list) => list.extend(more),
                None => return Some(Self::Regex(more)),
            },
            Self::Address(more) => match others.find_map(|other| if let Self::Address(list) = other { Some(list) } else { None }) {
                Some(list) => list.extend(more),
                None => return Some(Self::Address(more)),
            },
            Self::Number(NumberTest::In(more)) => {
                match others.find_map(|other| if let Self::Number(NumberTest::In(list)) = other { Some(list) } else { None }) {
                    Some(list) => list.extend(more),
                    None => return Some(Self::Number(NumberTest::In(more))),
                }
            }
            other => return Some(other),
        }
        None
    }
}

impl Predicate {
    /// One field equals one text, without case.
    #[must_use]
    pub fn is(field: impl Into<FieldRef>, text: impl Into<String>, span: Span) -> Self {
        Self::text(field, vec![Pattern::exact(text)], Case::Insensitive, span)
    }

    /// One field fits any of the patterns.
    #[must_use]
    pub fn text(field: impl Into<FieldRef>, patterns: Vec<Pattern>, case: Case, span: Span) -> Self {
        Self::test(field, Op::Text { patterns, case }, span)
    }

    /// One test.
    #[must_use]
    pub fn test(field: impl Into<FieldRef>, op: Op, span: Span) -> Self {
        Self::Test(Test { field: field.into(), op, span })
    }

    /// Negation that does not pile up.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// What always holds, or never: `All` or `Any` of nothing.
    #[must_use]
    pub fn always(holds: bool) -> Self {
        if holds { Self::All(Vec::new()) } else { Self::Any(Vec::new()) }
    }

    /// The same question without parts that always or never hold: `1 of` no selection is `Any` of nothing.
    #[must_use]
    pub fn settled(self) -> Self {
        let (list, all) = match self {
            Self::All(list) => (list, true),
            Self::Any(list) => (list, false),
            Self::Not(inner) => {
                return match inner.settled() {
                    Self::All(list) if list.is_empty() => Self::Any(list),
                    Self::Any(list) if list.is_empty() => Self::All(list),
                    other => other.negate(),
                };
            }
            leaf @ (Self::Test(_) | Self::Bytes(_)) => return leaf,
        };
        let mut out = Vec::with_capacity(list.len());
        for part in list {
            match part.settled() {
                // One that adds nothing.
                part if part == Self::always(all) => {}
                // One that decides.
                part if part == Self::always(!all) => return part,
                part => out.push(part),
            }
        }
        if all { Self::All(out) } else { Self::Any(out) }
    }

    /// The same tree with something else for each test; `None` where `change` has nothing for one. `positive` is false under a negation, and is
    /// given to `change` with each test.
    pub fn with_tests(&self, positive: bool, change: &mut impl FnMut(&Test, bool) -> Option<Self>) -> Option<Self> {
        Some(match self {
            Self::All(list) => Self::All(list.iter().map(|inner| inner.with_tests(positive, change)).collect::<Option<_>>()?),
            Self::Any(list) => Self::Any(list.iter().map(|inner| inner.with_tests(positive, change)).collect::<Option<_>>()?),
            Self::Not(inner) => Self::Not(Box::new(inner.with_tests(!positive, change)?)),
            Self::Test(test) => change(test, positive)?,
            Self::Bytes(_) => self.clone(),
        })
    }

    /// Every test in the tree, left to right.
    pub fn tests(&self) -> Vec<&Test> {
        let mut out = Vec::new();
        self.visit(&mut |predicate| {
            if let Self::Test(test) = predicate {
                out.push(test);
            }
        });
        out
    }

    /// Calls `see` for each node, parents first, left to right.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::All(list) | Self::Any(list) => list.iter().for_each(|inner| inner.visit(see)),
            Self::Not(inner) => inner.visit(see),
            Self::Test(_) | Self::Bytes(_) => {}
        }
    }

    /// Whether [`Self::flat`] would change nothing.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        match self {
            Self::All(list) => list.len() != 1 && list.iter().all(|inner| !matches!(inner, Self::All(_)) && inner.is_flat()),
            Self::Any(list) => list.len() != 1 && list.iter().all(|inner| !matches!(inner, Self::Any(_)) && inner.is_flat()),
            Self::Not(inner) => !matches!(**inner, Self::Not(_)) && inner.is_flat(),
            Self::Test(_) | Self::Bytes(_) => true,
        }
    }

    /// The same meaning with `All` in `All` and `Any` in `Any` joined, and lists of one unwrapped.
    #[must_use]
    pub fn flat(self) -> Self {
        fn join(list: Vec<Predicate>, all: bool) -> Predicate {
            let mut out = Vec::with_capacity(list.len());
            for inner in list {
                match (inner.flat(), all) {
                    (Predicate::All(more), true) | (Predicate::Any(more), false) => out.extend(more),
                    (other, _) => out.push(other),
                }
            }
            match (out.len(), all) {
                (1, _) => out.swap_remove(0),
                (_, true) => Predicate::All(out),
                (_, false) => Predicate::Any(out),
            }
        }
        match self {
            Self::All(list) => join(list, true),
            Self::Any(list) => join(list, false),
            Self::Not(inner) => inner.flat().negate(),
            leaf @ (Self::Test(_) | Self::Bytes(_)) => leaf,
        }
    }

    /// Disjunctive normal form: alternatives, each a conjunction of literals (tests, bytes, or their negations).
    /// `None` when there would be more than `limit` alternatives. Equal in meaning.
    #[must_use]
    pub fn alternatives(&self, limit: usize) -> Option<Vec<Vec<Self>>> {
        fn go(predicate: &Predicate, negated: bool, limit: usize) -> Option<Vec<Vec<Predicate>>> {
            match (predicate, negated) {
                (Predicate::Not(inner), _) => go(inner, !negated, limit),
                (Predicate::Any(list), false) | (Predicate::All(list), true) => {
                    let mut out = Vec::new();
                    for inner in list {
                        out.extend(go(inner, negated, limit)?);
                        if out.len() > limit {
                            return None;
                        }
                    }
                    Some(out)
                }
                (Predicate::All(list), false) | (Predicate::Any(list), true) => {
                    let mut out = vec![Vec::new()];
                    for inner in list {
                        let right = go(inner, negated, limit)?;
                        if out.len().saturating_mul(right.len()) > limit {
                            return None;
                        }
                        match right.as_slice() {
                            // Most parts hold in one way alone, and there may be thousands.
                            [only] => out.iter_mut().for_each(|left| left.extend(only.iter().cloned())),
                            several => {
                                let with = |left: &[Predicate], right: &[Predicate]| left.iter().chain(right).cloned().collect();
                                out = out.iter().flat_map(|left| several.iter().map(move |right| with(left, right))).collect();
                            }
                        }
                    }
                    Some(out)
                }
                (leaf, false) => Some(vec![vec![leaf.clone()]]),
                (leaf, true) => Some(vec![vec![leaf.clone().negate()]]),
            }
        }
        go(self, false, limit)
    }
}
