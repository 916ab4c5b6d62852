//! What does a search mean? A reader of SPL's meaning: it runs a search over rows of fields, as far as this target writes SPL.
//!
//! What it takes for granted, from the manual: `search` compares without case, `*` is any run, a network stands for its
//! addresses, `NOT field=value` holds without the field; in expressions, comparisons with null are null; `streamstats` leaves
//! rows without a group alone. Tests judge searches with it, as they were printed.

mod aggregated;
mod expression;
mod row;
mod search;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use ir::{Case, Pattern};

use crate::ast::{Aggregate, Query, Search, Stage};
use crate::verify_spl;
use expression::{V, eval, regex_of};
use row::{Ran, contains, first, number_of, time};
use search::{glob, holds};

pub use crate::ast::Matching;
pub use row::Row;
pub use site::{Site, Table};

/// A search that was read.
#[derive(Clone, Debug)]
pub struct Meaning(Query);

impl Meaning {
    /// Reads a search as it was printed.
    ///
    /// # Errors
    ///
    /// What stands where something else should.
    pub fn read(text: &str) -> Result<Self, String> {
        verify_spl::read(text).map(Self)
    }

    /// The rows that the search finds.
    ///
    /// # Errors
    ///
    /// What has no meaning here.
    pub fn run(&self, rows: Vec<Row>, site: &Site) -> Result<Vec<Row>, String> {
        run(&self.0, rows, site)
    }

    /// Whether the search finds a row.
    ///
    /// # Errors
    ///
    /// What has no meaning here.
    pub fn finds(&self, row: Row, site: &Site) -> Result<bool, String> {
        Ok(!self.run(vec![row], site)?.is_empty())
    }

    /// The first condition of the search that a row does not fulfil, as it was printed; `None` when it is found, or where no one condition decides.
    #[must_use]
    pub fn stops(&self, row: Row, site: &Site) -> Option<String> {
        let mut row = row;
        for stage in &self.0.0 {
            let failed = match stage {
                Stage::Search(search) | Stage::Tstats { filter: Some(search), .. } => {
                    let list = if let Search::All(list) = search { list.as_slice() } else { std::slice::from_ref(search) };
                    list.iter().find(|inner| holds(inner, &row, site) == Ok(false)).map(crate::print::top)
                }
                Stage::Where(condition) => {
                    let list = if let crate::ast::Expr::All(list) = condition { list.as_slice() } else { std::slice::from_ref(condition) };
                    list.iter().find(|inner| eval(inner, &row) != Ok(V::Bool(true))).map(crate::print::expression)
                }
                _ => None,
            };
            if failed.is_some() {
                return failed;
            }
            row = step(stage, row, site).ok()??;
        }
        None
    }

    /// The data models that the search reads.
    pub(crate) fn models(&self) -> BTreeSet<&str> {
        fn go<'q>(query: &'q Query, out: &mut BTreeSet<&'q str>) {
            for stage in &query.0 {
                match stage {
                    Stage::Tstats { model, .. } => {
                        out.insert(model);
                    }
                    Stage::Multisearch(list) => list.iter().for_each(|inner| go(inner, out)),
                    _ => {}
                }
            }
        }
        let mut out = BTreeSet::new();
        go(&self.0, &mut out);
        out
    }
}

fn run(query: &Query, mut rows: Vec<Row>, site: &Site) -> Ran<Vec<Row>> {
    for stage in &query.0 {
        rows = match stage {
            Stage::Multisearch(list) => {
                let parts: Vec<Vec<Row>> = list.iter().map(|query| run(query, rows.clone(), site)).collect::<Ran<_>>()?;
                parts.concat()
            }
            Stage::Sort(fields) => {
                let number = |row: &Row, name: &String| first(row, name).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
                rows.sort_by(|left, right| {
                    let orders = fields.iter().map(|name| number(left, name).total_cmp(&number(right, name)));
                    orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                });
                rows
            }
            Stage::Streamstats { current, window, seconds, what, by } => streamstats(rows, *current, *window, *seconds, what, by)?,
            Stage::Tstats { filter, by, seconds, .. } => aggregated::tstats(rows, filter.as_ref(), by, *seconds, site)?,
            Stage::Expand(name) => aggregated::expand(rows, name),
            _ => {
                let mut kept = Vec::new();
                for row in rows {
                    kept.extend(step(stage, row, site)?);
                }
                kept
            }
        };
    }
    Ok(rows)
}

fn streamstats(
    rows: Vec<Row>,
    current: bool,
    window: Option<u32>,
    seconds: Option<u64>,
    what: &[(Aggregate, Option<String>, String)],
    by: &[String],
) -> Ran<Vec<Row>> {
    let mut groups: BTreeMap<Vec<Vec<String>>, Vec<Row>> = BTreeMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for mut row in rows {
        let key: Option<Vec<Vec<String>>> = by.iter().map(|name| row.get(name).cloned()).collect();
        if let Some(key) = key {
            let group = groups.entry(key).or_default();
            let mut seen: Vec<Row> = group.clone();
            if current {
                seen.push(row.clone());
            }
            if let Some(window) = window {
                let window = usize::try_from(window).unwrap_or(usize::MAX);
                seen.drain(..seen.len().saturating_sub(window));
            }
            if let Some(seconds) = seconds {
                #[allow(clippy::cast_precision_loss, reason = "windows are short")]
                let oldest = time(&row)? - seconds as f64;
                let times: Vec<f64> = seen.iter().map(time).collect::<Ran<_>>()?;
                let mut at = times.iter();
                seen.retain(|_| at.next().is_some_and(|time| *time >= oldest));
            }
            group.push(row.clone());
            for (function, field, name) in what {
                match aggregate(*function, field.as_deref(), &seen)? {
                    Some(value) => row.insert(name.clone(), vec![value]),
                    None => row.remove(name),
                };
            }
        }
        out.push(row);
    }
    Ok(out)
}

fn aggregate(function: Aggregate, field: Option<&str>, seen: &[Row]) -> Ran<Option<String>> {
    let values: Vec<&String> = field.map_or_else(Vec::new, |field| seen.iter().filter_map(|row| first(row, field)).collect());
    let numbers = || values.iter().map(|value| number_of(value)).collect::<Ran<Vec<f64>>>();
    Ok(match function {
        Aggregate::Count => Some(if field.is_some() { values.len() } else { seen.len() }.to_string()),
        Aggregate::Distinct => Some(values.iter().collect::<std::collections::BTreeSet<_>>().len().to_string()),
        Aggregate::Min => numbers()?.into_iter().min_by(f64::total_cmp).map(|least| least.to_string()),
        Aggregate::First => values.first().map(ToString::to_string),
        Aggregate::Last => values.last().map(ToString::to_string),
        Aggregate::Sum => {
            if values.is_empty() {
                None
            } else {
                Some(numbers()?.iter().sum::<f64>().to_string())
            }
        }
        Aggregate::SumOfSquares => Some(numbers()?.iter().map(|number| number * number).sum::<f64>().to_string()),
    })
}

fn step(stage: &Stage, mut row: Row, site: &Site) -> Ran<Option<Row>> {
    match stage {
        Stage::Search(search) => return Ok(holds(search, &row, site)?.then_some(row)),
        Stage::Tstats { filter, by, .. } => {
            if let Some(filter) = filter
                && !holds(filter, &row, site)?
            {
                return Ok(None);
            }
            for name in by {
                row.entry(name.clone()).or_insert_with(|| vec![crate::print::MISSING.to_owned()]);
            }
        }
        Stage::DropPrefix(dataset) => {
            let prefix = format!("{dataset}.");
            row = row.into_iter().map(|(name, values)| (name.strip_prefix(&prefix).unwrap_or(&name).to_owned(), values)).collect();
        }
        Stage::Extract { field, into, before, capture } => {
            let regex = regex_of(&format!("{}({})", crate::print::regex(before), crate::print::regex(capture)))?;
            let found = row
                .get(field)
                .and_then(|values| values.iter().find_map(|value| regex.captures(value)?.get(1).map(|found| found.as_str().to_owned())));
            if let Some(found) = found {
                row.insert(into.clone(), vec![found]);
            }
        }
        Stage::Eval(list) => {
            for (name, expr) in list {
                match eval(expr, &row)? {
                    V::Text(values) => row.insert(name.clone(), values),
                    V::Number(number) => row.insert(name.clone(), vec![number.to_string()]),
                    V::Null | V::Bool(_) => row.remove(name),
                };
            }
        }
        Stage::Lookup { table, field, into, .. } => {
            let table = site.tables.get(table).ok_or_else(|| format!("there is no table `{table}`"))?;
            let found = row.get(field).and_then(|values| table.rows.iter().find(|wanted| values.iter().any(|value| table.fits(value, wanted))));
            if let Some(found) = found.cloned().filter(|_| !row.contains_key(into)) {
                row.insert(into.clone(), vec![found]);
            }
        }
        Stage::Where(condition) => return Ok((eval(condition, &row)? == V::Bool(true)).then_some(row)),
        // A site's own exceptions are none of a rule's meaning.
        Stage::Filter(_) | Stage::Table(_) => {}
        Stage::Multisearch(_) | Stage::Sort(_) | Stage::Expand(_) | Stage::Streamstats { .. } => return Err(format!("{stage:?} is not for one row")),
    }
    Ok(Some(row))
}

impl Table {
    fn fits(&self, value: &str, wanted: &str) -> bool {
        let case = if self.cased { Case::Sensitive } else { Case::Insensitive };
        match self.matching {
            Matching::Exact => Pattern::exact(wanted).matches(value, case),
            Matching::Wildcard => glob(wanted).matches(value, case),
            Matching::Network => contains(wanted, value),
        }
    }
}
