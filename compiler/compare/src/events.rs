//! Which single event does one rule find that another one misses?

use std::time::Duration;

use ir::{Detection, EventRule, EventSelector, FieldValue, Flow, Platform, Predicate, Record, Sensor, eval};

use crate::asked::{Fields, Held};
use crate::change::{Side, Witness};
use crate::form::Form;
use crate::search::{self, Found};

/// The events that `finds` finds and `misses` does not.
pub(crate) fn side(finds: (&Detection, &EventRule), misses: (&Detection, &EventRule)) -> Side {
    let differs = |record: &Record| eval::matches(finds.1, record) && !eval::matches(misses.1, record);
    let (own, other) = (Form::of(&finds.1.predicate), Form::of(&misses.1.predicate));
    let both = own.clone().and(other.negated());
    let (mut unknown, mut asked_both, mut asked_own) = (false, false, false);
    for event in selectors(&finds.1.event, &misses.1.event) {
        let elsewhere = !covers(&misses.1.event, &event);
        let asked = if elsewhere { &mut asked_own } else { &mut asked_both };
        // Where an event comes from says nothing about its fields: one of each kind is enough.
        if !covers(&finds.1.event, &event) || std::mem::replace(asked, true) {
            continue;
        }
        let mut accept = |fields: &Fields| {
            let record = record(&event, fields);
            differs(&record).then(|| completed(finds.0, misses.0, record, &differs))
        };
        match search::find(if elsewhere { &own } else { &both }, &mut accept) {
            Found::Event(record) => return Side::Witness(Witness { events: vec![(Duration::ZERO, record)] }),
            Found::Nothing => {}
            Found::Unknown => unknown = true,
        }
    }
    if unknown { Side::Unknown } else { Side::Nothing }
}

/// Whether rules ask one thing in one form, of the same events.
pub(crate) fn alike(one: &EventRule, other: &EventRule) -> bool {
    one.event == other.event && (one.predicate == other.predicate || Form::of(&one.predicate) == Form::of(&other.predicate))
}

fn covers(wanted: &EventSelector, is: &EventSelector) -> bool {
    eval::matches(&EventRule { event: wanted.clone(), predicate: Predicate::always(true) }, &Record::new(is.clone()))
}

/// Kinds of events that one of two rules could read, the likeliest first: as narrow as the one, as narrow as the other, and beside them.
fn selectors(one: &EventSelector, other: &EventSelector) -> Vec<EventSelector> {
    let mut out = Vec::new();
    let sources = if one.source == other.source { vec![&one.source] } else { vec![&one.source, &other.source] };
    let said = |one: Option<Platform>, other: Option<Platform>| {
        let beside = Platform::ALL.iter().map(|(platform, _)| Some(*platform)).filter(|platform| *platform != one && *platform != other).take(1);
        let mut list: Vec<Option<Platform>> = [one, other].into_iter().chain(beside).collect();
        list.dedup();
        list
    };
    for source in sources {
        for platform in said(one.platform, other.platform) {
            for flow in [one.flow, other.flow, Some(Flow::Inbound), Some(Flow::Outbound)] {
                for sensor in [one.sensor, other.sensor, Some(Sensor::Host), Some(Sensor::Network)] {
                    let event = EventSelector { source: source.clone(), platform, flow, sensor };
                    if !out.contains(&event) {
                        out.push(event);
                    }
                }
            }
        }
    }
    out
}

fn record(event: &EventSelector, fields: &Fields) -> Record {
    let mut out = Record::new(event.clone());
    for (field, held) in fields {
        let value = match held {
            Held::Missing => continue,
            Held::Empty => FieldValue::Text(String::new()),
            Held::Value(value) => value.clone(),
        };
        match (field, &value) {
            (ir::FieldRef::Any, FieldValue::Text(text)) => out.message = Some(text.as_str().into()),
            _ => {
                out.fields.insert(field.clone(), value);
            }
        }
    }
    out
}

/// The event with the other fields that a log would hold, where that changes nothing.
fn completed(finds: &Detection, misses: &Detection, record: Record, differs: &dyn Fn(&Record) -> bool) -> Record {
    let one = pipeline::cases::completed(finds, &record);
    let full = pipeline::cases::completed(misses, &one);
    [full, one].into_iter().find(differs).unwrap_or(record)
}
