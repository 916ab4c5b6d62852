//! Which expression fits the decimal numbers of a range?

use std::ops::RangeInclusive;

use super::tree::Node;
use crate::Case;

impl Node {
    /// The whole numbers of the ranges, written in decimal without zeros before them. Ranges may overlap and need no order.
    ///
    /// ```
    /// # use ir::regex::Node;
    /// let codes = Node::of_numbers([500..=599]);
    /// assert_eq!(codes, Node::concat([Node::literal("5", ir::Case::Sensitive), Node::repeat(Node::class(&[('0', '9')]), 2, Some(2), true)]));
    /// ```
    #[must_use]
    pub fn of_numbers(ranges: impl IntoIterator<Item = RangeInclusive<u64>>) -> Self {
        let mut sorted: Vec<(u64, u64)> = ranges.into_iter().filter(|range| !range.is_empty()).map(RangeInclusive::into_inner).collect();
        sorted.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for (from, to) in sorted {
            match joined.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self::either(joined.into_iter().flat_map(|(from, to)| by_length(from, to)))
    }
}

/// A range as alternatives, one or more for each number of digits.
fn by_length(from: u64, to: u64) -> Vec<Node> {
    let mut out = Vec::new();
    let mut start = from;
    loop {
        let digits = start.to_string().len();
        let longest = 10_u128.pow(u32::try_from(digits).unwrap_or(20)) - 1;
        let end = u64::try_from(longest).unwrap_or(u64::MAX).min(to);
        same_length("", &start.to_string(), &end.to_string(), &mut out);
        match end.checked_add(1) {
            Some(next) if next <= to => start = next,
            _ => return out,
        }
    }
}

/// Numbers of the same length from one to another, behind digits that they share.
fn same_length(before: &str, from: &str, to: &str, out: &mut Vec<Node>) {
    let (Some((low, from_rest)), Some((high, to_rest))) = (split(from), split(to)) else {
        out.push(Node::literal(before, Case::Sensitive));
        return;
    };
    let digits = |low: char, high: char| if low == high { Node::literal(&low.to_string(), Case::Sensitive) } else { Node::class(&[(low, high)]) };
    let rest = u32::try_from(from_rest.len()).unwrap_or(u32::MAX);
    let whole = |low: char, high: char| {
        let any = Node::repeat(Node::class(&[('0', '9')]), rest, Some(rest), true);
        Node::concat([Node::literal(before, Case::Sensitive), digits(low, high), any])
    };
    let (opens, closes) = (from_rest.bytes().all(|digit| digit == b'0'), to_rest.bytes().all(|digit| digit == b'9'));
    if low == high && !(opens && closes) {
        same_length(&format!("{before}{low}"), from_rest, to_rest, out);
        return;
    }
    // The first and the last digit are apart: what lies between them is free in all that follows.
    let next = |digit: char, by: i8| char::from_digit(digit.to_digit(10).unwrap_or(0).saturating_add_signed(by.into()), 10).unwrap_or(digit);
    let first = if opens { low } else { next(low, 1) };
    let last = if closes { high } else { next(high, -1) };
    if !opens {
        same_length(&format!("{before}{low}"), from_rest, &"9".repeat(from_rest.len()), out);
    }
    if first <= last {
        out.push(whole(first, last));
    }
    if !closes {
        same_length(&format!("{before}{high}"), &"0".repeat(to_rest.len()), to_rest, out);
    }
}

fn split(digits: &str) -> Option<(char, &str)> {
    let mut chars = digits.chars();
    chars.next().map(|first| (first, chars.as_str()))
}
