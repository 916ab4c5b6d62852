//! Do two correlations ask the same of events that belong together?

use std::collections::BTreeSet;

use ir::{Correlation, CorrelationKind, FieldRef, Happening, Step, Stream};

use crate::events;

/// Whether two correlations have one meaning, as far as their form tells: the same figure over steps that ask the same.
pub(crate) fn alike(one: &Correlation, other: &Correlation) -> bool {
    let mut open = vec![(one, other)];
    while let Some((one, other)) = open.pop() {
        let set = |fields: &[FieldRef]| fields.iter().cloned().collect::<BTreeSet<_>>();
        if set(&one.by) != set(&other.by) || one.within != other.within || one.jitter != other.jitter || !figure_alike(one, other) {
            return false;
        }
        let (steps, others) = (one.steps(), other.steps());
        if steps.len() != others.len() {
            return false;
        }
        for (step, other) in steps.iter().zip(others) {
            match steps_alike(step, other) {
                Some(inner) => open.extend(inner),
                None => return false,
            }
        }
    }
    true
}

/// What is counted and how, without the steps.
fn figure_alike(one: &Correlation, other: &Correlation) -> bool {
    match (&one.kind, &other.kind) {
        (CorrelationKind::Sequence(_), CorrelationKind::Sequence(_)) | (CorrelationKind::Count(_), CorrelationKind::Count(_)) => true,
        (CorrelationKind::Together { needs, .. }, CorrelationKind::Together { needs: of, .. }) => needs == of,
        (CorrelationKind::Distinct { fields, .. }, CorrelationKind::Distinct { fields: of, .. }) => {
            fields.iter().collect::<BTreeSet<_>>() == of.iter().collect::<BTreeSet<_>>()
        }
        (CorrelationKind::Measure { field, figure, bounds, .. }, CorrelationKind::Measure { field: of, figure: by, bounds: within, .. }) => {
            field == of && figure == by && bounds == within
        }
        _ => false,
    }
}

/// Whether two steps read the same streams, in any order; the correlations inside of them are left to be compared.
fn steps_alike<'c>(one: &'c Step, other: &'c Step) -> Option<Vec<(&'c Correlation, &'c Correlation)>> {
    if one.times != other.times || one.streams.len() != other.streams.len() {
        return None;
    }
    let mut left: Vec<&Stream> = other.streams.iter().collect();
    let mut inner = Vec::new();
    for stream in &one.streams {
        let aliases = |stream: &Stream| stream.aliases.iter().cloned().collect::<BTreeSet<_>>();
        let at = left.iter().position(|of| {
            aliases(stream) == aliases(of)
                && match (&stream.what, &of.what) {
                    (Happening::Event(one), Happening::Event(other)) => events::alike(one, other),
                    (Happening::Correlation(_), Happening::Correlation(_)) => true,
                    _ => false,
                }
        })?;
        if let (Happening::Correlation(one), Happening::Correlation(other)) = (&stream.what, &left.swap_remove(at).what) {
            inner.push((&**one, &**other));
        }
    }
    Some(inner)
}

