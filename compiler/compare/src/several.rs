//! Do two correlations ask the same of events that belong together?

use std::collections::BTreeSet;

use ir::{Correlation, CorrelationKind, Detection, FieldRef, Happening, Needs, Step, Stream};

use crate::change::Side;
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

/// What the new one of two correlations may find that the old one does not, and what the old one may have found that the new one does not. Nothing
/// where that does not follow from their parts: where more events can also mean less is found, or where they are built otherwise.
pub(crate) fn may_differ((before, old): (&Detection, &Correlation), (after, new): (&Detection, &Correlation)) -> Option<(bool, bool)> {
    if !grows(old) || !grows(new) || !figure_alike(old, new) || old.steps().len() != new.steps().len() {
        return None;
    }
    let set = |fields: &[FieldRef]| fields.iter().cloned().collect::<BTreeSet<_>>();
    if set(&old.by) != set(&new.by) {
        return None;
    }
    let (mut gained, mut lost) = (new.within > old.within, new.within < old.within);
    for (one, other) in old.steps().iter().zip(new.steps()) {
        gained |= other.times.min < one.times.min;
        lost |= other.times.min > one.times.min;
        if one.streams.len() != other.streams.len() {
            return None;
        }
        for (one, other) in one.streams.iter().zip(&other.streams) {
            match (&one.what, &other.what) {
                _ if one.aliases != other.aliases => return None,
                (Happening::Event(one), Happening::Event(other)) if !events::alike(one, other) => {
                    gained |= events::side((after, other), (before, one)) != Side::Nothing;
                    lost |= events::side((before, one), (after, other)) != Side::Nothing;
                }
                (Happening::Event(_), Happening::Event(_)) => {}
                (Happening::Correlation(one), Happening::Correlation(other)) if alike(one, other) => {}
                _ => return None,
            }
        }
    }
    Some((gained, lost))
}

/// Whether more events, or a longer window, never make a correlation find less.
fn grows(correlation: &Correlation) -> bool {
    let needs = match &correlation.kind {
        CorrelationKind::Measure { .. } => false,
        CorrelationKind::Together { needs, .. } => {
            let mut open = vec![needs];
            let mut grows = true;
            while let Some(needs) = open.pop() {
                match needs {
                    Needs::Step(_) => {}
                    Needs::Not(_) => grows = false,
                    Needs::All(list) | Needs::Any(list) => open.extend(list),
                    Needs::Steps(times) => grows &= times.max.is_none() && times.except.is_none(),
                }
            }
            grows
        }
        CorrelationKind::Sequence(_) | CorrelationKind::Count(_) | CorrelationKind::Distinct { .. } => true,
    };
    needs && correlation.jitter.is_none() && correlation.steps().iter().all(|step| step.times.max.is_none() && step.times.except.is_none())
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
