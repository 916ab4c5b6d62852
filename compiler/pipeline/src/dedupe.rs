//! Is a value written twice? It becomes one indicator with every origin.

use std::collections::BTreeMap;

use ir::{Advisory, Direction, Indicator, Observable, Role, Window};

/// Merges equal values of a block and sorts them, so that the order of writing does not reach the rules.
pub(crate) fn run(mut advisory: Advisory) -> Advisory {
    for block in &mut advisory.indicators {
        let mut merged: BTreeMap<(Observable, Role, Direction), Indicator> = BTreeMap::new();
        for indicator in std::mem::take(&mut block.indicators) {
            let key = (indicator.observable.clone(), indicator.role, indicator.direction);
            match merged.get_mut(&key) {
                None => {
                    merged.insert(key, indicator);
                }
                Some(first) => merge(first, indicator),
            }
        }
        block.indicators = merged.into_values().collect();
    }
    advisory
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
    into.techniques.sort();
    into.techniques.dedup();
    into.origins.extend(other.origins);
    into.origins.sort();
    into.origins.dedup();
    for citation in other.citations {
        if !into.citations.contains(&citation) {
            into.citations.push(citation);
        }
    }
}
