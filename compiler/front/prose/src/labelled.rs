//! Which values have no shape of their own and are known by their label alone? Mutexes and User-Agent headers under a heading or in a cell.

use super::candidate::{Candidate, Form};
use super::cue::{Cue, cue};
use super::normal::Normal;
use super::rows::Rows;
use super::structure::{Line, Shape, Structure};
use super::words::Hints;
use super::{Kind, local, named};

/// The longest label and the longest value, in bytes.
const MAX_LABEL: usize = 40;
const MAX_VALUE: usize = 400;

/// What stands around a value and is none of it.
const QUOTES: [char; 15] = ['`', '"', '*', '+', '|', ' ', '\'', '\t', '«', '»', '“', '”', '„', '\u{a0}', '\u{202f}'];

/// Finds them, in reading order; no two overlap.
pub(super) fn find(normal: &Normal, structure: &Structure, hints: &Hints, rows: &Rows) -> Vec<Candidate> {
    let text = normal.text.as_str();
    let mut added: Vec<Candidate> = Vec::new();
    // Whether no blank line stands between the heading and the line.
    let mut joined = false;
    for (number, line) in structure.lines.iter().enumerate() {
        if line.shape == Shape::Blank || line.shape == Shape::Heading {
            joined = line.shape == Shape::Heading;
            continue;
        }
        if let Some((kind, start, end)) = rows.get(&number).and_then(|row| row.value) {
            let mut candidate = Candidate::new(kind, start, end, text.get(start..end).unwrap_or_default(), normal);
            candidate.form = Form::Told;
            added.push(candidate);
            continue;
        }
        let head = line.shape == Shape::Row && structure.head(line.table).is_some_and(|head| head.start == line.start);
        let found = labelled(text, line, joined).or_else(|| celled(text, structure, line));
        if let Some((kind, start, end)) = found.filter(|_| !head) {
            for (start, end) in members(text, kind, start, end) {
                added.push(Candidate::new(kind, start, end, text.get(start..end).unwrap_or_default(), normal));
            }
        }
    }
    let mut index = 0;
    for hint in hints.announced() {
        while structure.lines.get(index + 1).is_some_and(|next| next.start <= hint.0) {
            index += 1;
        }
        let Some(line) = structure.lines.get(index) else { break };
        for name in named::names(text, line, hint) {
            let value = text.get(name.start..name.end).unwrap_or_default();
            let mut candidate = Candidate::new(name.kind, name.start, name.end, value, normal);
            let browser = name.kind == Kind::UserAgent && value.starts_with("Mozilla/5.0") && value.contains("Gecko");
            if !name.made || browser {
                candidate.form = Form::Code;
            }
            added.push(candidate);
        }
    }
    // The first of two that overlap stays.
    added.sort_by_key(|candidate| candidate.start);
    let mut end = 0;
    added.retain(|candidate| {
        let free = candidate.start >= end;
        end = if free { candidate.end } else { end };
        free
    });
    added
}

/// Joins them with the values that have a shape, in reading order. A labelled value takes the place of what was seen inside it.
pub(super) fn joined(labelled: Vec<Candidate>, pieces: Vec<Vec<Candidate>>) -> Vec<Candidate> {
    let mut out = Vec::with_capacity(labelled.len() + pieces.iter().map(Vec::len).sum::<usize>());
    let mut labelled = labelled.into_iter().peekable();
    let mut covered = 0;
    for candidate in pieces.into_iter().flatten() {
        while let Some(label) = labelled.next_if(|label| label.start <= candidate.start) {
            covered = label.end;
            out.push(label);
        }
        if candidate.start >= covered {
            out.push(candidate);
        }
    }
    out.extend(labelled);
    out
}

/// A value in a row whose column or whose next cell says what it is.
fn celled(text: &str, structure: &Structure, line: &Line) -> Option<(Kind, usize, usize)> {
    if line.shape != Shape::Row {
        return None;
    }
    let wanted =
        |cue: Cue| wanted(cue).filter(|kind| matches!(kind, Kind::Mutex | Kind::Pipe | Kind::UserAgent | Kind::Task) && !cue.has(Cue::INDICATORS));
    let body = text.get(line.body..line.end)?;
    let open = body.len() - body.trim_start_matches('|').len();
    let column = structure.columns(line.table).iter().position(|cue| wanted(*cue).is_some());
    let mut at = open;
    let mut first = None;
    for (nth, cell) in body.get(open..)?.split('|').take(8).enumerate() {
        if column == Some(nth) {
            return place(text, line.body + at, cell, structure.columns(line.table).get(nth).and_then(|cue| wanted(*cue))?);
        }
        if nth == 0 {
            first = Some((at, cell));
        }
        if nth == 1
            && (3..=24).contains(&cell.trim().len())
            && cell.split_whitespace().count() <= 2
            && let Some(kind) = wanted(cue(cell))
        {
            let (at, cell) = first.filter(|(_, cell)| local::technique(cell.trim()).is_none())?;
            return place(text, line.body + at, cell, kind);
        }
        at += cell.len() + 1;
    }
    None
}

/// The members of a list behind one label: `Mutexes: A, B and C`.
fn members(text: &str, kind: Kind, start: usize, end: usize) -> Vec<(usize, usize)> {
    let body = text.get(start..end).unwrap_or_default();
    if kind == Kind::UserAgent && body.contains(['"', '`']) {
        let parts = body.split(['"', '`']).map(|part| (part.as_ptr() as usize - body.as_ptr() as usize, part));
        return parts.filter(|(_, part)| part.contains('/')).map(|(at, part)| (start + at, start + at + part.len())).collect();
    }
    if kind == Kind::UserAgent || !body.contains([',', ' ', ';']) {
        return vec![(start, end)];
    }
    let mut out = Vec::new();
    let mut at = 0;
    for part in body.split(';').flat_map(|part| part.split(", ")).flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" / ")) {
        let from = body.get(at..).and_then(|rest| rest.find(part)).map_or(at, |found| at + found);
        at = from + part.len();
        let name = part.trim_matches(QUOTES).trim_start_matches("and ").trim_matches(QUOTES);
        let from = from + part.find(name).unwrap_or(0);
        if name.len() >= 3 {
            out.push((start + from, start + from + name.len()));
        }
    }
    out
}

fn labelled(text: &str, line: &Line, joined: bool) -> Option<(Kind, usize, usize)> {
    let body = text.get(line.body..line.end)?;
    if body.len() > MAX_LABEL + MAX_VALUE {
        return None;
    }
    // `| Mutex | Global\X |` and `Mutex: Global\X`: where the label and the value begin and end, in the line's body.
    let row = line.shape == Shape::Row;
    let open = if row { body.len() - body.trim_start_matches('|').len() } else { 0 };
    let separator = if row { b'|' } else { b':' };
    let near = body.as_bytes().get(open..body.len().min(open + MAX_LABEL + 1))?;
    let split = memchr::memchr(separator, near).map(|at| open + at);
    // `Mutexes - A; B`
    let dash = || {
        let dash = |at: usize| [" - ", " – ", " — "].iter().find(|mark| body.get(at..).is_some_and(|rest| rest.starts_with(**mark)));
        memchr::memchr_iter(b' ', body.as_bytes().get(..body.len().min(MAX_LABEL))?).find_map(|at| Some((at, dash(at)?.len())))
    };
    let parted = split.map(|at| (at, 1, line.label)).or_else(|| {
        let (at, length) = dash().filter(|_| !row)?;
        let said = body.get(..at).map(cue)?;
        let name = |part: &str| {
            let part = part.trim_matches(QUOTES).trim_end_matches('.');
            !part.contains(' ') && part.contains(|char: char| !char.is_ascii_lowercase())
        };
        // A sentence may follow a dash as well.
        let names = said.has(Cue::MUTEX | Cue::PIPE) && body.get(at + length..)?.split([';', ',']).all(name);
        (names || said.has(Cue::AGENT)).then_some((at, length, said))
    });
    if let Some((split, length, own)) = parted {
        let label = body.get(open..split)?;
        let rest = body.get(split + length..)?;
        let value = if row { rest.split('|').next().unwrap_or_default() } else { rest };
        let said = if matches!(label.trim_matches(QUOTES), "UA" | "UAs") {
            Cue::AGENT
        } else if label.split_whitespace().count() > 3 {
            Cue::default()
        } else if row {
            cue(label)
        } else {
            own
        };
        let kind = wanted(said).filter(|kind| !matches!(kind, Kind::Service | Kind::Task) || line.section.has(Cue::INDICATORS));
        if let Some(kind) = kind {
            return place(text, line.body + split + length, value, kind);
        }
    }
    let kind = wanted(line.section).filter(|kind| !matches!(kind, Kind::Service | Kind::Task) || line.section.has(Cue::INDICATORS))?;
    // A line of one word below such a heading is an item, too.
    let word = joined && line.shape == Shape::Prose && !body.trim().contains([' ', '@']);
    let listed = line.shape == Shape::Item || line.code || word || kind == Kind::UserAgent && body.starts_with("Mozilla/");
    if !listed || row {
        return None;
    }
    place(text, line.body, body, kind)
}

fn wanted(cue: Cue) -> Option<Kind> {
    if cue.has(Cue::MUTEX) {
        Some(Kind::Mutex)
    } else if cue.has(Cue::AGENT) {
        Some(Kind::UserAgent)
    } else if cue.has(Cue::PIPE) {
        Some(Kind::Pipe)
    } else if cue.has(Cue::TASK) {
        Some(Kind::Task)
    } else if cue.has(Cue::SERVICE) && !cue.has(Cue::NETWORK | Cue::COMMAND) {
        Some(Kind::Service)
    } else {
        None
    }
}

/// The value without its quotes, where it is one; it begins at `offset`.
fn place(text: &str, offset: usize, value: &str, kind: Kind) -> Option<(Kind, usize, usize)> {
    let start = offset + (value.len() - value.trim_start_matches(QUOTES).len());
    let listed = kind != Kind::UserAgent && value.contains("; ");
    let trimmed = value.trim().trim_matches(QUOTES);
    let trimmed = if kind == Kind::UserAgent { trimmed } else { trimmed.trim_end_matches('.') };
    let fits = match kind {
        Kind::Service | Kind::Task => {
            (3..=120).contains(&trimmed.len())
                && (trimmed.split(' ').count() <= 6 || listed && trimmed.split(';').all(|part| part.split_whitespace().count() <= 6))
                && !trimmed.contains("://")
                && !trimmed.starts_with(['-', '=', '|', '#', '<'])
        }
        Kind::Mutex | Kind::Pipe => {
            (4..=400).contains(&trimmed.len())
                && (trimmed.split(' ').count() <= 3 || (listed || trimmed.contains(", ")) && !trimmed.contains(". "))
                && !trimmed.starts_with(['-', '=', '|', '#', '<'])
                && local::path(text, start).is_none_or(|(found, ..)| found == kind)
        }
        _ => {
            (6..=MAX_VALUE).contains(&trimmed.len())
                && trimmed.contains('/')
                && trimmed.bytes().all(|byte| (0x20..0x7F).contains(&byte))
                && !trimmed.contains("://")
        }
    };
    fits.then_some((kind, start, start + trimmed.len()))
}
