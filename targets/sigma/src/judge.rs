//! What do the rules find, as they stand in the files? The front end reads them back, and the evaluator runs what it read on the events that the
//! log sources hold.

use std::collections::BTreeMap;
use std::time::Duration;

use backend::{ArtefactKind, Finding, Hearing, Judgement, Trial};
use ir::{Detection, Record, eval};

use crate::rows::rows;

/// Judges every question.
pub(crate) fn run(hearing: &Hearing<'_>) -> Vec<Judgement> {
    let mut out = Vec::new();
    let files: Vec<(&str, &str)> = hearing
        .artefacts
        .iter()
        .filter(|artefact| artefact.kind == ArtefactKind::Rules)
        .map(|artefact| (artefact.path.as_str(), artefact.text.as_str()))
        .collect();
    let read = match hearing.reader {
        Some(reader) => reader.read(&files),
        None => Err("nobody here reads rules back".to_owned()),
    };
    let read: Result<BTreeMap<String, Detection>, String> = read.map(|list| list.into_iter().collect());
    for (at, question) in hearing.questions.iter().enumerate() {
        for (number, trial) in question.trials.iter().enumerate() {
            let mut judgement = Judgement::new(at, number, Finding::Misses);
            let read = match &read {
                Ok(read) => read,
                Err(why) => {
                    judgement.finding = Finding::Unjudged(why.clone());
                    out.push(judgement);
                    continue;
                }
            };
            let events: Vec<(Duration, Record)> = trial
                .iter()
                .flat_map(|(time, record)| rows(record, question.detection.meta.sigma.is_none()).into_iter().map(move |record| (*time, record)))
                .collect();
            judgement.rows = events.iter().map(|(_, record)| shown(record)).collect();
            if events.is_empty() {
                judgement.finding = Finding::NoSuchEvent("no log source of the taxonomy holds it".to_owned());
            }
            let timed: Vec<eval::Timed<'_>> = events.iter().map(|(time, record)| (*time, record)).collect();
            for rule in &question.rules {
                let Some(detection) = read.get(&rule.id) else {
                    judgement.finding = Finding::Unjudged(format!("the rule {} is not read back", rule.id));
                    break;
                };
                if judgement.decided.is_none() {
                    let text = files.iter().find(|(path, _)| *path == rule.artefact).map(|(_, text)| condition(text)).unwrap_or_default();
                    judgement.decided = Some((rule.artefact.clone(), text));
                }
                if eval::fires(detection, &timed) {
                    judgement.finding = Finding::Finds;
                    judgement.forgets.way = forgets_way(detection, &timed, trial);
                    break;
                }
            }
            out.push(judgement);
        }
    }
    out
}

/// Whether what is found are events whose logs do not say their way, although the events do.
fn forgets_way(detection: &Detection, found: &[eval::Timed<'_>], trial: &Trial) -> bool {
    let told: Vec<eval::Timed<'_>> = found.iter().filter(|(_, record)| record.event.flow.is_some()).copied().collect();
    trial.iter().any(|(_, record)| record.event.flow.is_some()) && !eval::fires(detection, &told)
}

/// The part of a rule that decides.
fn condition(text: &str) -> String {
    let start = ["\ndetection:", "\ncorrelation:"].iter().filter_map(|key| text.find(key)).min().map_or(0, |at| at + 1);
    let part = text.get(start..).unwrap_or_default();
    let end = part.find("\nlevel:").or_else(|| part.find("\nfalsepositives:")).unwrap_or(part.len());
    part.get(..end).unwrap_or_default().trim_end().to_owned()
}

fn shown(record: &Record) -> String {
    let fields = record.fields.iter().map(|(field, value)| match value.text() {
        Some(text) => format!("{field}={text}"),
        None => format!("{field}={value:?}"),
    });
    format!("{}: {}", record.event, fields.collect::<Vec<_>>().join(", "))
}
