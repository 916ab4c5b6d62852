//! What do the rules find, as they stand in the files? [`crate::engine`] compiles each file and scans the bytes of the cases.
//!
//! Nobody finds bytes for a digest. A case that says a digest and no bytes is tried on other bytes, whose digest of the same kind is put into the
//! text in its place: so the function, the comparison and the condition around it are run as they stand.

use std::collections::BTreeMap;

use backend::{Artefact, ArtefactKind, Finding, Hearing, Judgement, Trial};
use ir::{Field, FieldRef, FieldValue, Record};

use crate::engine::Rules;

/// Bytes that stand for a file of which only a digest is known.
const STAND_IN: &[u8] = b"MZ plain bytes that stand for a file of which only a digest is known";

const DIGESTS: [Field; 4] = [Field::FileMd5, Field::FileSha1, Field::FileSha256, Field::FileSha512];

/// Judges every question.
pub(crate) fn run(hearing: &Hearing<'_>) -> Vec<Judgement> {
    let files: BTreeMap<&str, &Artefact> = hearing.artefacts.iter().map(|artefact| (artefact.path.as_str(), artefact)).collect();
    let mut compiled: BTreeMap<&str, Result<Rules, String>> = BTreeMap::new();
    let mut out = Vec::new();
    for (at, question) in hearing.questions.iter().enumerate() {
        for (number, trial) in question.trials.iter().enumerate() {
            let mut judgement = Judgement::new(at, number, Finding::Misses);
            judgement.rows = trial.iter().map(|(_, record)| shown(record)).collect();
            if trial.iter().any(|(_, record)| record.event.class() != Some(ir::EventClass::FileContent)) {
                judgement.finding = Finding::NoSuchEvent("it is no file".to_owned());
                out.push(judgement);
                continue;
            }
            for rule in &question.rules {
                let Some(artefact) = files.get(rule.artefact.as_str()) else {
                    judgement.finding = Finding::Unjudged("the file is not there".to_owned());
                    break;
                };
                judgement.decided.get_or_insert_with(|| (artefact.path.clone(), part(artefact, &rule.id)));
                let found = match artefact.kind {
                    ArtefactKind::List => Ok(digest(trial).is_some_and(|(_, digest)| artefact.text.lines().any(|line| line == digest))),
                    _ => found(artefact, &rule.id, trial, &mut compiled),
                };
                match found {
                    Ok(true) => {
                        judgement.finding = Finding::Finds;
                        judgement.decided = Some((artefact.path.clone(), part(artefact, &rule.id)));
                        break;
                    }
                    Ok(false) => {}
                    Err(why) => {
                        judgement.finding = Finding::Unjudged(why);
                        break;
                    }
                }
            }
            out.push(judgement);
        }
    }
    out
}

fn found<'a>(artefact: &'a Artefact, id: &str, trial: &Trial, compiled: &mut BTreeMap<&'a str, Result<Rules, String>>) -> Result<bool, String> {
    let Some((_, record)) = trial.first() else { return Ok(false) };
    if let Some(bytes) = record.bytes.as_deref() {
        let rules = compiled.entry(&artefact.path).or_insert_with(|| Rules::compile(&artefact.text)).as_ref().map_err(Clone::clone)?;
        return Ok(rules.scan(bytes)?.contains(id));
    }
    if record.get(&FieldRef::Known(Field::FileImphash)).is_some() {
        return Err("nobody finds bytes with a given import hash".to_owned());
    }
    let bytes = stand_in(record);
    let Some((field, digest)) = digest(trial) else {
        let rules = compiled.entry(&artefact.path).or_insert_with(|| Rules::compile(&artefact.text)).as_ref().map_err(Clone::clone)?;
        return Ok(rules.scan(&bytes)?.contains(id));
    };
    let own = Record { bytes: Some(bytes.as_slice().into()), ..Record::new(record.event.clone()) };
    let stands = own.get(&FieldRef::Known(field)).and_then(|value| value.text().map(std::borrow::Cow::into_owned)).unwrap_or_default();
    // Only in the rule itself: its text is also in the data about it.
    let text = artefact.text.replace(&format!("== \"{digest}\""), &format!("== \"{stands}\""));
    if text == artefact.text {
        return Ok(false);
    }
    Ok(Rules::compile(&text)?.scan(&bytes)?.contains(id))
}

/// Bytes that stand for a file, as many as the case says.
fn stand_in(record: &Record) -> Vec<u8> {
    const LARGE: i64 = 4 << 20;
    let mut out = STAND_IN.to_vec();
    let size = record.get(&FieldRef::Known(Field::FileSize)).and_then(|size| size.number()).filter(|size| (0..=LARGE).contains(size));
    if let Some(size) = size.and_then(|size| usize::try_from(size).ok()) {
        out.resize(size, b'.');
    }
    out
}

/// The digest that a case says, and of which kind it is.
fn digest(trial: &Trial) -> Option<(Field, String)> {
    let (_, record) = trial.first()?;
    DIGESTS.iter().find_map(|field| match record.fields.get(&FieldRef::Known(*field)) {
        Some(FieldValue::Text(text)) if !text.is_empty() => Some((*field, text.to_ascii_lowercase())),
        _ => None,
    })
}

/// The rule's strings and condition.
fn part(artefact: &Artefact, id: &str) -> String {
    if artefact.kind == ArtefactKind::List {
        return "a line of the list".to_owned();
    }
    let Some(rest) = artefact.text.find(id).and_then(|at| artefact.text.get(at..)) else { return String::new() };
    let end = rest.find("\n}").map_or(rest.len(), |at| at);
    let own = rest.get(..end).unwrap_or_default();
    let start = own.find("strings:").or_else(|| own.find("condition:")).unwrap_or_default();
    own.get(start..).unwrap_or_default().trim_end().to_owned()
}

fn shown(record: &Record) -> String {
    match record.bytes.as_deref() {
        Some(bytes) => {
            let start: String = bytes.iter().take(200).flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
            format!("{} bytes: {start}", bytes.len())
        }
        None => record.fields.iter().filter_map(|(field, value)| Some(format!("{field}={}", value.text()?))).collect::<Vec<_>>().join(", "),
    }
}
