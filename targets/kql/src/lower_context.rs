//! Which value of a list was found, and what is known of it? A watchlist says of each of its values which advisory names it, in which words, and
//! until when it holds; the query brings that into the alert.

use std::collections::BTreeMap;

use ir::{Detection, Indicator, Observable, Window};

use crate::ast::{CONTEXT, Condition, From, INDICATOR, Let, List, ListContext, Query, Rows, Step, Value};
use crate::print;

/// Characters of a quote in a list.
const QUOTE: usize = 200;

/// What is known of the values of a detection's lists.
pub(crate) struct Contexts {
    /// By the value, in lower case.
    of: BTreeMap<String, usize>,
    /// The first is that of every value that is written otherwise than in the advisory.
    all: Vec<ListContext>,
}

impl Contexts {
    /// What a detection's indicators say.
    pub(crate) fn of(detection: &Detection) -> Self {
        let meta = &detection.meta;
        let until = |window: Option<Window>| window.and_then(|window| window.until).map(|day| day.to_string());
        let cited = meta.citations.first().map(|citation| citation.quote.as_str()).unwrap_or_default();
        let context = |quote: &str, expires: Option<String>| ListContext {
            advisory: free(&meta.advisory),
            quote: free(quote),
            expires: expires.or_else(|| until(meta.valid)).unwrap_or_default(),
        };
        let mut numbers: BTreeMap<ListContext, usize> = BTreeMap::from([(context(cited, None), 0)]);
        let mut of = BTreeMap::new();
        for indicator in detection.indicators.iter() {
            let said = indicator.citations.first().map(|citation| citation.quote.as_str()).or(indicator.note.as_deref());
            let next = numbers.len();
            let number = *numbers.entry(context(said.unwrap_or(cited), until(indicator.valid))).or_insert(next);
            if number > 0 {
                of.extend(spellings(indicator).into_iter().map(|text| (text.to_lowercase(), number)));
            }
        }
        let mut all: Vec<(usize, ListContext)> = numbers.into_iter().map(|(context, number)| (number, context)).collect();
        all.sort_unstable_by_key(|(number, _)| *number);
        Self { of, all: all.into_iter().map(|(_, context)| context).collect() }
    }

    /// The number of what is known of a value.
    pub(crate) fn number(&self, value: &str) -> usize {
        self.of.get(&value.to_lowercase()).copied().unwrap_or(0)
    }

    /// The bytes that what is known of a value takes in a row.
    pub(crate) fn bytes(&self, number: usize) -> usize {
        self.all.get(number).map_or(0, |context| context.advisory.len() + 2 * context.quote.len() + context.expires.len() + 8)
    }

    /// What is known, by number.
    pub(crate) fn all(&self) -> &[ListContext] {
        &self.all
    }
}

/// How lists write an indicator.
fn spellings(indicator: &Indicator) -> Vec<String> {
    match &indicator.observable {
        Observable::Ip(address) => vec![address.net.addr().to_string(), address.net.to_string()],
        Observable::Url(url) => {
            let whole = url.without_scheme();
            vec![whole.trim_end_matches('/').to_owned(), whole]
        }
        other => vec![other.to_string()],
    }
}

/// Text of people, on one line, and no formula.
pub(crate) fn free(text: &str) -> String {
    let seen = print::visible(text);
    let words: Vec<&str> = seen.split_whitespace().collect();
    let text = words.join(" ");
    backend::no_formula(match text.char_indices().nth(QUOTE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    })
}

/// The query, with the value of a list that was found and what its watchlists know of it; `None` where no value is compared as a whole.
pub(crate) fn with_context(query: &Query) -> Option<Query> {
    let mut aliases = Vec::new();
    let mut names = Vec::new();
    for definition in &query.lets {
        match definition {
            Let::Watched { name, aliases: lists, array: false } => {
                names.push(name.as_str());
                aliases.extend(lists.iter().cloned());
            }
            // A window has rows of its own.
            Let::Rows { .. } => return None,
            Let::Watched { .. } | Let::Texts { .. } => {}
        }
    }
    let mut out = query.clone();
    let found = match &mut out.rows {
        Rows { from: From::Union(legs), steps } if steps.is_empty() => {
            let found: Vec<bool> = legs.iter_mut().map(|leg| tell(leg, &names)).collect();
            found.contains(&true)
        }
        rows => tell(rows, &names),
    };
    if !found {
        return None;
    }
    out.rows.steps.push(Step::Lookup(aliases));
    Some(out)
}

/// Adds the column with the value that was found.
fn tell(rows: &mut Rows, names: &[&str]) -> bool {
    let mut pairs = Vec::new();
    for step in &rows.steps {
        match step {
            Step::Where(condition) => looked_up(condition, names, &mut pairs),
            Step::Extend(_) | Step::Project(_) => {}
            Step::Sort(_) | Step::Summarize(..) | Step::Latest(..) | Step::Join(..) | Step::Lookup(_) => return false,
        }
    }
    let found = !pairs.is_empty();
    let whole = |value: &Value| rows.steps.iter().any(|step| matches!(step, Step::Where(condition) if about(condition) == Some(value)));
    let value = match pairs.as_slice() {
        [] => Value::text(""),
        // Whatever was found, it was found there.
        [(_, value)] if whole(value) => value.clone(),
        [_] => Value::Call("iff", pairs.into_iter().flat_map(<[Value; 2]>::from).chain([Value::text("")]).collect()),
        _ => Value::Call("case", pairs.into_iter().flat_map(<[Value; 2]>::from).chain([Value::text("")]).collect()),
    };
    let value = if found { Value::Call("tolower", vec![value]) } else { value };
    match rows.steps.last_mut() {
        Some(Step::Project(columns)) => columns.push((INDICATOR.to_owned(), value)),
        _ => rows.steps.push(Step::Extend(vec![(INDICATOR.to_owned(), value)])),
    }
    found
}

/// The comparisons of whole values with watchlists that are not negated, each with its value.
fn looked_up(condition: &Condition, names: &[&str], out: &mut Vec<(Value, Value)>) {
    let mut open = vec![condition];
    while let Some(condition) = open.pop() {
        match condition {
            Condition::All(list) | Condition::Any(list) => open.extend(list.iter().rev()),
            Condition::In(value, _, List::Named(name)) if names.contains(&name.as_str()) => {
                out.push((Value::Condition(Box::new(condition.clone())), value.clone()));
            }
            Condition::In(..)
            | Condition::Not(_)
            | Condition::Always(_)
            | Condition::Compare(..)
            | Condition::NotIn(..)
            | Condition::Has(..)
            | Condition::Is(_) => {}
        }
    }
}

/// The value that a condition asks about, where every way to fit asks about the same one.
fn about(condition: &Condition) -> Option<&Value> {
    match condition {
        Condition::In(value, ..) | Condition::Compare(value, ..) => Some(value),
        Condition::Is(Value::Call(_, list)) => list.first(),
        Condition::Any(list) | Condition::All(list) => {
            let mut each = list.iter().map(about);
            let first = each.next()??;
            each.all(|other| other == Some(first)).then_some(first)
        }
        Condition::Is(_) | Condition::Has(..) | Condition::Not(_) | Condition::NotIn(..) | Condition::Always(_) => None,
    }
}

/// The columns that [`with_context`] adds.
pub(crate) fn columns() -> impl Iterator<Item = String> {
    std::iter::once(INDICATOR).chain(CONTEXT).map(str::to_owned)
}
