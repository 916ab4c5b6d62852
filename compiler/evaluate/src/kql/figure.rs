//! What is a figure of a group of rows?
//!
//! Every figure has its page below <https://learn.microsoft.com/kusto/query/aggregation-functions>. Figures leave nulls out. `dcount` is an
//! estimate in the product, and exact here, as it is there for few values.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::evaluate::{Bound, Line, Place};
use super::value::Value;
use crate::Fault;

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

/// What a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Count,
    Distinct,
    Sum,
    Average,
    Least,
    Most,
    Spread,
    Set,
    List,
}

/// A figure of rows.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) about: About,
    /// The rows that count.
    pub(super) only: Option<Bound>,
    /// What is asked of each.
    pub(super) value: Option<Bound>,
}

/// The figures by their names, whether a condition stands behind, and what a column is called that has no name.
pub(super) const FIGURES: [(&str, About, bool, &str); 16] = [
    ("avg", About::Average, false, "avg_"),
    ("avgif", About::Average, true, "avgif_"),
    ("count", About::Count, false, "count_"),
    ("count_distinct", About::Distinct, false, "count_distinct_"),
    ("countif", About::Count, true, "countif_"),
    ("dcount", About::Distinct, false, "dcount_"),
    ("dcountif", About::Distinct, true, "dcountif_"),
    ("make_list", About::List, false, "list_"),
    ("make_set", About::Set, false, "set_"),
    ("max", About::Most, false, "max_"),
    ("maxif", About::Most, true, "maxif_"),
    ("min", About::Least, false, "min_"),
    ("minif", About::Least, true, "minif_"),
    ("stdev", About::Spread, false, "stdev_"),
    ("sum", About::Sum, false, "sum_"),
    ("sumif", About::Sum, true, "sumif_"),
];

impl Figure {
    /// Whether a function is a figure.
    pub(super) fn is(name: &str) -> bool {
        FIGURES.iter().any(|(known, ..)| *known == name)
    }

    /// The figure of a group.
    pub(super) fn of(&self, lines: &[Line<'_>], group: &[usize]) -> Result<Value, Fault> {
        let mut many: i64 = 0;
        let mut values = Vec::new();
        for at in group {
            let place = Place { lines, at: *at };
            if let Some(only) = &self.only
                && only.truth(place)? != Some(true)
            {
                continue;
            }
            many += 1;
            if let Some(value) = &self.value {
                let value = value.value(place)?;
                if *value != Value::Null {
                    values.push(value.into_owned());
                }
            }
        }
        let best = |wanted: Ordering| {
            let better = |best: Value, value: Value| if value.compare(&best) == Some(wanted) { value } else { best };
            values.iter().cloned().reduce(better).unwrap_or(Value::Null)
        };
        let reals = || values.iter().filter_map(Value::as_real).collect::<Vec<f64>>();
        Ok(match self.about {
            About::Count => Value::Long(many),
            About::Distinct => Value::Long(i64::try_from(different(&values)?.len()).unwrap_or(i64::MAX)),
            About::Sum if values.iter().all(|value| value.as_long().is_some()) => {
                let sum = values.iter().filter_map(Value::as_long).try_fold(0_i64, i64::checked_add);
                sum.map_or_else(|| unknown("a sum beyond 64 bits"), |sum| Ok(Value::Long(sum)))?
            }
            About::Sum => Value::Real(reals().iter().sum()),
            About::Average if values.is_empty() => Value::Open("the average of no values"),
            About::Average => Value::Real(reals().iter().sum::<f64>() / values.len() as f64),
            About::Least => best(Ordering::Less),
            About::Most => best(Ordering::Greater),
            About::Spread if values.len() < 2 => Value::Open("the deviation of fewer than two values"),
            About::Spread => {
                let reals = reals();
                let mean = reals.iter().sum::<f64>() / reals.len() as f64;
                let squares: f64 = reals.iter().map(|real| (real - mean) * (real - mean)).sum();
                Value::Real((squares / (reals.len() - 1) as f64).sqrt())
            }
            About::Set => array(different(&values)?),
            About::List => array(values.iter().collect()),
        })
    }
}

fn array(values: Vec<&Value>) -> Value {
    Value::json(Json::Array(values.into_iter().map(Value::to_json).collect()))
}

/// Each value once, in the order of their first.
fn different(values: &[Value]) -> Result<Vec<&Value>, Fault> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for value in values {
        let mut key = Vec::new();
        value.key(&mut key)?;
        if seen.insert(key) {
            out.push(value);
        }
    }
    Ok(out)
}
