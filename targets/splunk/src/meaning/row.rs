//! What is an event as a row, and how are its values compared?

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::ast::Compare;

/// One event: its fields, each with its values.
pub type Row = BTreeMap<String, Vec<String>>;

pub(crate) type Ran<T> = Result<T, String>;

/// Whether a text is a network that holds the address in another.
pub(crate) fn contains(net: &str, address: &str) -> bool {
    let (Ok(net), Ok(address)) = (net.parse::<ir::IpNet>(), address.parse::<IpAddr>()) else { return false };
    net.contains(&address)
}

pub(crate) fn compares(order: std::cmp::Ordering, compare: Compare) -> bool {
    match compare {
        Compare::Equal => order.is_eq(),
        Compare::Less => order.is_lt(),
        Compare::AtMost => order.is_le(),
        Compare::More => order.is_gt(),
        Compare::AtLeast => order.is_ge(),
    }
}

pub(crate) fn first<'r>(row: &'r Row, name: &str) -> Option<&'r String> {
    row.get(name)?.first()
}

pub(crate) fn number_of(text: &str) -> Ran<f64> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

pub(crate) fn time(row: &Row) -> Ran<f64> {
    number_of(first(row, "_time").ok_or("an event has no time")?)
}
