//! Is a value written twice? It becomes one indicator with every origin.

use std::collections::BTreeSet;

use ir::{Advisory, Direction, Indicator, Observable, Role, Window};

/// Merges equal values of a block and sorts them, so that the order of writing does not reach the rules.
pub(crate) fn run(mut advisory: Advisory) -> Advisory {
    for block in &mut advisory.indicators {
        // In place and stable: a list may hold a million, and the first writing of a value is the one that others join.
        let list = &mut block.indicators;
        list.sort_by(|a, b| key(a).cmp(&key(b)));
        if list.windows(2).any(|pair| matches!(pair, [a, b] if key(a) == key(b))) {
            let mut merged: Vec<Indicator> = Vec::with_capacity(list.len());
            for indicator in list.drain(..) {
                match merged.last_mut().filter(|first| key(first) == key(&indicator)) {
                    Some(first) => merge(first, indicator),
                    None => merged.push(indicator),
                }
            }
            *list = merged;
        }
        list.iter_mut().for_each(tidy);
    }
    advisory
}

fn key(indicator: &Indicator) -> (&Observable, Role, Direction) {
    (&indicator.observable, indicator.role, indicator.direction)
}

/// Joins what two writings of one value say: the longer validity, the surer confidence, the stricter marking.
fn merge(into: &mut Indicator, other: Indicator) {
    into.valid = match (into.valid, other.valid) {
        (Some(a), Some(b)) => {
            let from = a.from.zip(b.from).map(|(a, b)| a.min(b));
            let until = a.until.zip(b.until).map(|(a, b)| a.max(b));
            Some(Window { from, until })
        }
        _ => None,
    };
    into.confidence = into.confidence.max(other.confidence);
    into.tlp = into.tlp.max(other.tlp);
    into.size = into.size.or(other.size);
    if into.note.is_none() {
        into.note = other.note;
    }
    into.techniques.extend(other.techniques);
    into.origins.extend(other.origins);
    into.citations.extend(other.citations);
}

/// Each technique, origin and citation once: looked at when all are there, because a value may be written a hundred thousand times.
fn tidy(indicator: &mut Indicator) {
    let Indicator { techniques, origins, citations, .. } = indicator;
    techniques.sort();
    techniques.dedup();
    origins.sort();
    origins.dedup();
    if citations.len() > 1 {
        let mut seen = BTreeSet::new();
        citations.retain(|citation| seen.insert(citation.clone()));
    }
}
