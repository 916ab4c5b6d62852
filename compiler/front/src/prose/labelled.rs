//! Which values have no shape of their own and are known by their label alone? Mutexes and User-Agent headers under a heading or in a cell.

use super::normal::{Defang, Normal};
use super::scan::{Candidate, Form};
use super::structure::{Cue, Line, Shape, Structure, cue};
use super::{Kind, local};

/// The longest label and the longest value, in bytes.
const MAX_LABEL: usize = 40;
const MAX_VALUE: usize = 400;

/// Adds them in their place.
pub(super) fn add(normal: &Normal, structure: &Structure, candidates: &mut Vec<Candidate>) {
    let mut added = Vec::new();
    // Whether no blank line stands between the heading and the line.
    let mut joined = false;
    for line in &structure.lines {
        if line.shape == Shape::Blank || line.shape == Shape::Heading {
            joined = line.shape == Shape::Heading;
            continue;
        }
        if let Some((kind, start, end)) = labelled(&normal.text, line, joined) {
            let value = normal.text.get(start..end).unwrap_or_default().to_owned();
            added.push(Candidate {
                kind,
                start,
                end,
                value,
                defang: Defang::None,
                form: Form::Plain,
                host: String::new(),
                label: None,
                ports: Vec::new(),
                anchor: None,
            });
        }
    }
    if added.is_empty() {
        return;
    }
    // A labelled value takes the place of what was seen inside it.
    let covers = |other: &Candidate| {
        let next = added.partition_point(|label| label.start <= other.start);
        next.checked_sub(1).and_then(|at| added.get(at)).is_some_and(|label| label.end > other.start)
    };
    candidates.retain(|candidate| !covers(candidate));
    candidates.append(&mut added);
    candidates.sort_by_key(|candidate| (candidate.start, candidate.end));
}

fn labelled(text: &str, line: &Line, joined: bool) -> Option<(Kind, usize, usize)> {
    let body = text.get(line.body..line.end)?;
    if body.len() > MAX_LABEL + MAX_VALUE {
        return None;
    }
    // `| Mutex | Global\X |` and `Mutex: Global\X`: where the label and the value begin and end, in the line's body.
    let row = line.shape == Shape::Row;
    let open = if row { body.len() - body.trim_start_matches('|').len() } else { 0 };
    let separator = if row { '|' } else { ':' };
    let split = body.get(open..)?.find(separator).map(|at| open + at).filter(|at| *at <= open + MAX_LABEL);
    if let Some(split) = split {
        let label = body.get(open..split)?;
        let rest = body.get(split + 1..)?;
        let value = if row { rest.split('|').next().unwrap_or_default() } else { rest };
        if let Some(kind) = wanted(cue(label)).filter(|_| label.split_whitespace().count() <= 3) {
            return place(text, line.body + split + 1, value, kind);
        }
    }
    let kind = wanted(line.section)?;
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
    } else {
        None
    }
}

/// The value without its quotes, where it is one; it begins at `offset`.
fn place(text: &str, offset: usize, value: &str, kind: Kind) -> Option<(Kind, usize, usize)> {
    const QUOTES: [char; 8] = ['`', '"', '*', '+', '|', ' ', '\'', '\t'];
    let start = offset + (value.len() - value.trim_start_matches(QUOTES).len());
    let trimmed = value.trim().trim_matches(QUOTES);
    let fits = match kind {
        Kind::Mutex => {
            (4..=120).contains(&trimmed.len())
                && trimmed.split(' ').count() <= 3
                && !trimmed.starts_with(['-', '=', '|', '#', '<'])
                && local::path(text, start).is_none_or(|(kind, ..)| kind == Kind::Mutex)
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
