//! What do the commands mean that make other rows out of rows?

use std::collections::BTreeMap;

use super::row::{Ran, Row, first, time};
use super::search::holds;
use super::site::Site;
use crate::ast::Search;

/// Rows of a data model: those that fit, counted by the values of fields, one row for each of several values, and nothing else of them
/// (<https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Tstats>). What is missing is the mark of `fillnull_value`.
pub(super) fn tstats(rows: Vec<Row>, filter: Option<&Search>, by: &[String], seconds: bool, site: &Site) -> Ran<Vec<Row>> {
    let mut groups: BTreeMap<(Option<u64>, Vec<String>), usize> = BTreeMap::new();
    let mut order = Vec::new();
    for row in rows {
        if let Some(filter) = filter
            && !holds(filter, &row, site)?
        {
            continue;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times are positive, and whole seconds are meant")]
        let second = if seconds { Some(time(&row)? as u64) } else { None };
        let mut keys: Vec<Vec<String>> = vec![Vec::new()];
        for name in by {
            let missing = [crate::print::MISSING.to_owned()];
            let values = row.get(name).filter(|values| !values.is_empty()).map_or(&missing[..], Vec::as_slice);
            keys = keys.into_iter().flat_map(|key| values.iter().map(move |value| key.iter().chain([value]).cloned().collect())).collect();
        }
        for key in keys {
            let key = (second, key);
            if !groups.contains_key(&key) {
                order.push(key.clone());
            }
            *groups.entry(key).or_default() += 1;
        }
    }
    let counted = |key: (Option<u64>, Vec<String>)| {
        let count = groups.get(&key).copied().unwrap_or_default();
        let (second, values) = key;
        let mut row: Row = by.iter().cloned().zip(values.into_iter().map(|value| vec![value])).collect();
        row.insert("count".to_owned(), vec![count.to_string()]);
        row.extend(second.map(|second| ("_time".to_owned(), vec![second.to_string()])));
        row
    };
    Ok(order.into_iter().map(counted).collect())
}

/// One row for each value of a field.
pub(super) fn expand(rows: Vec<Row>, name: &str) -> Vec<Row> {
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        if first(&row, name).is_none() {
            out.push(row);
            continue;
        }
        for value in row.get(name).cloned().unwrap_or_default() {
            let mut one = row.clone();
            one.insert(name.to_owned(), vec![value]);
            out.push(one);
        }
    }
    out
}
