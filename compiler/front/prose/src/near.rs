//! Which words speak of a value? In its row, in its sentence, in its line; and which of them clear it.

use super::candidate::Candidate;
use super::cue::{Cue, cue};
use super::evidence::Place;
use super::normal::Defang;
use super::owner::{negated, owned};
use super::structure::{Line, Shape, Structure};
use super::words::{Hint, Hints};

/// How far words count, in bytes, before and behind a value.
const REACH_BEFORE: usize = 90;
const REACH_BEHIND: usize = 60;

/// How far cells of the same row count.
const REACH_ROW: usize = 300;

/// Words; a set.
#[derive(Clone, Copy, Default)]
pub(super) struct Words(u32);

impl Words {
    pub(super) fn add(&mut self, hint: Hint) {
        self.0 |= 1 << hint as u32;
    }

    pub(super) fn has(self, hint: Hint) -> bool {
        self.0 & 1 << hint as u32 != 0
    }
}

/// The words near a value.
#[derive(Clone, Copy, Default)]
pub(super) struct Near {
    /// In other cells of its row, or in a comment behind it.
    pub(super) cells: Words,
    /// In its sentence.
    pub(super) sentence: Words,
    /// In its line, or in the line above.
    pub(super) wider: Words,
}

/// The words that speak of a value: in its line, near it, and in the line that introduces its list.
pub(super) fn near(text: &str, hints: &Hints, structure: &Structure, candidate: &Candidate, place: &Place, line: &Line) -> Near {
    let mut near = Near::default();
    // The target of a page's link is spoken of where the link stands.
    let moved = candidate.anchor.map(|anchor| Candidate { start: anchor, end: anchor, ..candidate.clone() });
    let candidate = moved.as_ref().unwrap_or(candidate);
    let from = candidate.start.saturating_sub(REACH_BEFORE).max(line.start);
    let until = (candidate.end + REACH_BEHIND).min(line.end);
    let outside = |(start, end, _): &(usize, usize, Hint)| *end <= candidate.start || *start >= candidate.end;
    // What speaks against a value speaks in its sentence; what speaks of an attack goes on over the next.
    let sentence = sentence(text, from, candidate, until);
    for (start, end, hint) in hints.between(from, until).filter(outside) {
        let inside = start >= sentence.start && end <= sentence.end;
        if hint.against() && (!inside || matches!(hint, Hint::Harmless | Hint::Cleared) && denied(text, line.start, start)) {
            continue;
        }
        // `the legitimate bank.example is imitated by evil.example`: the word is the first one's.
        if hint == Hint::Harmless && candidate.defang == Defang::Strong && other(text, candidate, start, end) {
            continue;
        }
        near.wider.add(hint);
        if inside {
            near.sentence.add(hint);
        }
    }
    if line.shape == Shape::Row || place.first || gapped(text, line, candidate) {
        let from = candidate.start.saturating_sub(REACH_ROW).max(line.start);
        let until = (candidate.end + REACH_ROW).min(line.end);
        for (start, end, hint) in hints.between(from, until).filter(outside).filter(|(start, end, _)| apart(text, candidate, *start, *end)) {
            let path = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(|byte| matches!(byte, b'/' | b'\\' | b'=' | b'@'));
            if !(path(start.checked_sub(1)) || path(Some(end)) || hint.against() && denied(text, line.start, start)) {
                near.cells.add(hint);
            }
        }
    }
    if near.wider.0 == 0 && (place.alone || line.start == candidate.start) {
        let above = place.line.checked_sub(1).and_then(|above| structure.lines.get(above)).filter(|above| above.shape != Shape::Blank);
        if let Some(above) = above {
            hints.between(above.end.saturating_sub(REACH_BEFORE).max(above.start), above.end).for_each(|(.., hint)| near.wider.add(hint));
        }
    }
    near
}

/// Whether a value stands in a column of a text table: a gap parts it from the words around.
fn gapped(text: &str, line: &Line, candidate: &Candidate) -> bool {
    let head = text.get(line.body..candidate.start).unwrap_or_default();
    let tail = text.get(candidate.end..line.end).unwrap_or_default();
    (head.ends_with("  ") || head.ends_with('\t')) || (tail.starts_with("  ") || tail.starts_with('\t')) && !tail.trim().is_empty()
}

/// Whether a bar, a gap or the dash of a comment parts words from a value.
fn apart(text: &str, candidate: &Candidate, start: usize, end: usize) -> bool {
    if start >= candidate.end {
        let gap = text.get(candidate.end..start).unwrap_or_default();
        let comment = gap.trim_start_matches(['`', '*', '"', '\'']).trim_start();
        return gap.contains(['|', '\t'])
            || gap.contains("  ")
            || comment.starts_with(['(', '-', '–', '—', ';', '#', '/'])
            || comment.starts_with(": ");
    }
    let gap = text.get(end..candidate.start).unwrap_or_default();
    gap.contains(['|', '\t']) || gap.contains("  ")
}

/// Whose the cells beside a value say that it is: `| school.example | victim |`.
pub(super) fn owner_cells(text: &str, line: &Line, candidate: &Candidate) -> Cue {
    const MOST: usize = 600;
    let from = candidate.start.saturating_sub(MOST).max(line.start);
    let until = (candidate.end + MOST).min(line.end);
    let parts = [text.get(from..candidate.start), text.get(candidate.end..until)];
    let cells = parts.into_iter().flatten().flat_map(|part| part.split(['|', '\t']).flat_map(|cell| cell.split("  ")));
    let short = cells.map(|cell| cell.trim_matches([' ', '`', '*', '(', ')', '-', '–', '—'])).filter(|cell| (2..=48).contains(&cell.len()));
    let owners = Cue(Cue::VICTIMS.0 | Cue::SINKHOLE.0);
    let says = |cell: &str| if feed::takes_out(cell) { Cue::CLEARED } else { Cue(owned(cell, cue(cell)).0 & owners.0) };
    short.map(says).fold(Cue::default(), |all, cue| all | cue)
}

/// Whether the words between a word and a value say that the value is another one than the word speaks of.
fn other(text: &str, candidate: &Candidate, start: usize, end: usize) -> bool {
    const TURNS: [&str; 22] = [
        "by",
        "imitate",
        "imitates",
        "imitated",
        "imitating",
        "impersonate",
        "impersonates",
        "impersonated",
        "impersonating",
        "mimic",
        "mimics",
        "mimicking",
        "spoof",
        "spoofs",
        "spoofing",
        "instead",
        "like",
        "looks",
        "resembles",
        "abuses",
        "poses",
        "posing",
    ];
    let gap = if start >= candidate.end { text.get(candidate.end..start) } else { text.get(end..candidate.start) };
    gap.unwrap_or_default().split(|char: char| !char.is_alphanumeric()).any(|word| TURNS.iter().any(|turn| turn.eq_ignore_ascii_case(word)))
}

/// Whether the words in front of a word deny it: `is not a false positive`.
fn denied(text: &str, from: usize, at: usize) -> bool {
    const REACH: usize = 32;
    let mut start = at.saturating_sub(REACH).max(from);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let head = text.get(start..at).unwrap_or_default().to_lowercase();
    let head = head.rsplit(['.', ';', '|', ':', ',']).next().unwrap_or_default();
    negated(&head.split_whitespace().collect::<Vec<_>>())
}

/// Whether the words near a value clear it: `evil.example is a false positive`, `sinkholed: evil.example`, `… | benign |`.
pub(super) fn cleared(text: &str, hints: &Hints, candidate: &Candidate, line: &Line) -> bool {
    const BEFORE: usize = 48;
    const BEHIND: usize = 90;
    const VERBS: [&str; 14] = ["is", "was", "are", "were", "has", "have", "had", "now", "turned", "proved", "belongs", "belong", "since", "being"];
    const BREAKS: [&str; 8] = ["but", "while", "whereas", "instead", "and", "unlike", "whose", "because"];
    const LINKS: [&str; 14] = ["of", "for", "by", "from", "to", "as", "like", "with", "that", "and", "but", "impersonating", "imitating", "looking"];
    let from = candidate.start.saturating_sub(BEFORE).max(line.start);
    let until = (candidate.end + BEHIND).min(line.end);
    hints.between(from, until).filter(|(.., hint)| *hint == Hint::Cleared).any(|(start, end, _)| {
        if denied(text, line.start, start) || text.get(end..).is_some_and(|rest| rest.starts_with('-')) {
            return false;
        }
        if start >= candidate.end {
            let gap = text.get(candidate.end..start).unwrap_or_default();
            if gap.contains(". ") {
                return false;
            }
            let lower = gap.to_lowercase();
            let mut words = lower.split(|char: char| !(char.is_alphanumeric() || matches!(char, '\'' | '’'))).filter(|word| !word.is_empty());
            return !words.clone().any(|word| BREAKS.contains(&word))
                && (words.clone().any(|word| VERBS.contains(&word)) || words.next().is_none() || apart(text, candidate, start, end));
        }
        if end > candidate.start {
            return false;
        }
        let gap = text.get(end..candidate.start).unwrap_or_default();
        let lower = gap.to_lowercase();
        let words = lower.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
        // `the site of the victim, evil.example`: only what is set beside it.
        let owner = text.get(start..end).is_some_and(|phrase| phrase.to_ascii_lowercase().contains("victim"));
        if owner && words.clone().next().is_some() {
            return false;
        }
        gap.contains(['|']) || !gap.contains(['.', ';']) && words.clone().count() <= 3 && !words.clone().any(|word| LINKS.contains(&word))
    })
}

/// The sentence around a value, between two places: a full stop, a blank and a capital end one.
fn sentence(text: &str, from: usize, candidate: &Candidate, until: usize) -> std::ops::Range<usize> {
    let ends = |window: &[u8]| matches!(window, [b'.' | b'!' | b'?', b' ', next] if next.is_ascii_uppercase());
    let head = text.as_bytes().get(from..candidate.start).unwrap_or_default();
    let start = head.windows(3).rposition(ends).map_or(from, |at| from + at + 1);
    let tail = text.as_bytes().get(candidate.end..until).unwrap_or_default();
    let end = tail.windows(3).position(ends).map_or(until, |at| candidate.end + at + 1);
    start..end
}
