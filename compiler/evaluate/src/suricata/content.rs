//! Does a buffer hold what a rule looks for? Contents with their places, expressions, sizes and lists, one behind the other.
//!
//! <https://docs.suricata.io/en/latest/rules/payload-keywords.html>, <https://docs.suricata.io/en/latest/rules/datasets.html>

use std::cell::Cell;

use pcre2::bytes::Regex;

use super::lists::Dataset;
use super::number::Comparison;
use super::site::Site;
use crate::Fault;

/// So many attempts one buffer is worth; the engine itself stops after 3,000 (`detect.inspection-recursion-limit`), with less work in each.
const STEPS: usize = 100_000;

/// One condition about a buffer.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Content(Content),
    Expression(Expression),
    Size(Comparison),
    HasDataAt { negated: bool, at: usize, relative: bool },
    Dataset(Dataset),
    Number(ByteTest),
}

/// Bytes to find.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) negated: bool,
    pub(crate) nocase: bool,
    pub(crate) starts: bool,
    pub(crate) ends: bool,
    pub(crate) offset: Option<usize>,
    pub(crate) depth: Option<usize>,
    pub(crate) distance: Option<isize>,
    pub(crate) within: Option<usize>,
}

/// An expression of PCRE.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) negated: bool,
    pub(crate) relative: bool,
    pub(crate) regex: Regex,
}

/// `byte_test`: a number in the buffer.
#[derive(Clone, Debug)]
pub(crate) struct ByteTest {
    pub(crate) bytes: usize,
    pub(crate) negated: bool,
    pub(crate) operator: Operator,
    pub(crate) value: u64,
    pub(crate) offset: isize,
    pub(crate) relative: bool,
    pub(crate) little: bool,
}

/// How `byte_test` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
    /// Any bit in common.
    And,
    Or,
}

impl Test {
    /// Whether it goes on from where the one before it ended.
    fn is_relative(&self) -> bool {
        match self {
            Self::Content(content) => content.distance.is_some() || content.within.is_some(),
            Self::Expression(expression) => expression.relative,
            Self::HasDataAt { relative, .. } => *relative,
            Self::Number(test) => test.relative,
            Self::Size(_) | Self::Dataset(_) => false,
        }
    }
}

/// Whether all tests hold of the bytes.
pub(crate) fn holds(tests: &[Test], bytes: &[u8], site: &Site) -> Result<bool, Fault> {
    Search { bytes, site, steps: Cell::new(STEPS) }.from(tests, 0)
}

struct Search<'s> {
    bytes: &'s [u8],
    site: &'s Site,
    steps: Cell<usize>,
}

impl Search<'_> {
    /// Whether the tests hold when the last match ended at `last`.
    fn from(&self, tests: &[Test], last: usize) -> Result<bool, Fault> {
        let Some((first, rest)) = tests.split_first() else { return Ok(true) };
        let next_relative = rest.first().is_some_and(Test::is_relative);
        match first {
            Test::Content(content) => self.content(content, rest, next_relative, last),
            Test::Expression(expression) => self.expression(expression, rest, next_relative, last),
            Test::Size(size) => Ok(size.holds(self.bytes.len() as u64) && self.from(rest, last)?),
            Test::HasDataAt { negated, at, relative } => {
                // Behind a match, the place right after the last byte counts as well; from the start, it does not.
                let there = if *relative { last.saturating_add(*at) <= self.bytes.len() } else { *at < self.bytes.len() };
                Ok(there != *negated && self.from(rest, last)?)
            }
            Test::Dataset(dataset) => Ok(dataset.holds(self.bytes, self.site)? && self.from(rest, last)?),
            Test::Number(test) => Ok(self.number(test, last) && self.from(rest, last)?),
        }
    }

    fn step(&self) -> Result<(), Fault> {
        match self.steps.get().checked_sub(1) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(Fault::Unknown(format!("a search of more than {STEPS} steps"))),
        }
    }

    fn content(&self, content: &Content, rest: &[Test], next_relative: bool, last: usize) -> Result<bool, Fault> {
        let (mut start, end) = self.range(content, last);
        loop {
            self.step()?;
            let found = self.find(content, start, end);
            match (found, content.negated) {
                (None, false) | (Some(_), true) => return Ok(false),
                (None, true) => return self.from(rest, last),
                (Some(at), false) => {
                    if self.from(rest, at + content.bytes.len())? {
                        return Ok(true);
                    }
                    // Another place helps only what goes on from there.
                    if !next_relative {
                        return Ok(false);
                    }
                    start = at + 1;
                }
            }
        }
    }

    /// The first and the last byte among which a content may stand.
    fn range(&self, content: &Content, last: usize) -> (usize, usize) {
        let (mut start, mut end) = (0, self.bytes.len());
        if content.distance.is_some() || content.within.is_some() {
            let distance = content.distance.unwrap_or(0);
            start = last.saturating_add_signed(distance);
            if let Some(within) = content.within {
                end = end.min(last.saturating_add(within).saturating_add_signed(distance));
            }
        }
        let offset = if content.starts { 0 } else { content.offset.unwrap_or(0) };
        start = start.max(offset);
        if content.starts {
            end = end.min(content.bytes.len());
        }
        if let Some(depth) = content.depth {
            end = end.min(offset.saturating_add(depth));
        }
        (start, end)
    }

    fn find(&self, content: &Content, start: usize, end: usize) -> Option<usize> {
        let same = |window: &[u8]| if content.nocase { window.eq_ignore_ascii_case(&content.bytes) } else { window == content.bytes };
        let at_end = |found: &usize| !content.ends || found + content.bytes.len() == self.bytes.len();
        let mut found =
            self.bytes.get(start..end)?.windows(content.bytes.len()).enumerate().filter(|(_, window)| same(window)).map(|(at, _)| start + at);
        if content.negated {
            // The engine looks at the first place alone: one that is not at the end counts as none.
            return found.next().filter(at_end);
        }
        found.find(at_end)
    }

    fn expression(&self, expression: &Expression, rest: &[Test], next_relative: bool, last: usize) -> Result<bool, Fault> {
        let mut start = if expression.relative { last.min(self.bytes.len()) } else { 0 };
        let base = start;
        let within = self.bytes.get(base..).unwrap_or_default();
        loop {
            self.step()?;
            let found = expression.regex.find_at(within, start - base);
            let found = found.map_err(|error| Fault::Unknown(format!("an expression that is too much work ({error})")))?;
            match (found, expression.negated) {
                (None, false) | (Some(_), true) => return Ok(false),
                (None, true) => return self.from(rest, last),
                (Some(found), false) => {
                    if self.from(rest, base + found.end())? {
                        return Ok(true);
                    }
                    start = base + found.start() + 1;
                    if !next_relative || start > self.bytes.len() {
                        return Ok(false);
                    }
                }
            }
        }
    }

    fn number(&self, test: &ByteTest, last: usize) -> bool {
        let start = if test.relative { last } else { 0 };
        let digits = start.checked_add_signed(test.offset).and_then(|start| self.bytes.get(start..start.checked_add(test.bytes)?));
        let Some(digits) = digits else { return false };
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let value = if test.little { digits.iter().rev().fold(0, join) } else { digits.iter().fold(0, join) };
        let holds = match test.operator {
            Operator::Less => value < test.value,
            Operator::AtMost => value <= test.value,
            Operator::Equal => value == test.value,
            Operator::AtLeast => value >= test.value,
            Operator::More => value > test.value,
            Operator::And => value & test.value != 0,
            Operator::Or => value ^ test.value != 0,
        };
        holds != test.negated
    }
}
