//! Does a sentence say that a name is who did it, or does it only mention the name?
//!
//! A name is the text's subject where the headline has it, or where a sentence attributes, tracks, calls or brings it. A comparison, a
//! denial, another time, somebody's customers: those are mentions, whatever else the sentence says.

use super::cues::{Cue, Said};
use super::index::{Hit, Meaning};
use languages::running_text::Folded;
use languages::{month, sorts};

/// What a sentence makes of a name in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It says that the text is about it.
    Subject,
    /// It names it.
    Mention,
    /// It says that the text is not about it.
    Aside,
}

/// Who is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Groups and campaigns.
    Group,
    /// Malware and tools.
    Software,
}

/// How far a sentence is looked at on each side of a name, in bytes.
const REACH: usize = 280;

/// How far a name may stand from the words that name it.
const ATTRIBUTED: usize = 110;
const CALLED: usize = 40;
const SPREAD: usize = 60;
const BEHIND: usize = 14;
const DENIED: usize = 12;

/// The sentences of a text, ready to be asked.
pub(crate) struct Sentences<'f> {
    pub(crate) folded: &'f Folded,
    pub(crate) said: &'f [Said],
    pub(crate) hits: &'f [Hit],
}

/// A word that opens the way for a name.
#[derive(Clone, Copy)]
struct Opening {
    cue: Cue,
    end: usize,
}

/// What was said before a name in its sentence.
#[derive(Default)]
struct Before {
    denied: bool,
    past: Option<usize>,
    others: bool,
    compared: Option<usize>,
    opening: Option<Opening>,
}

/// Whether a stop belongs to an abbreviation or to a day, and ends no sentence: `15. januar`, `z. b.`.
fn abbreviates(text: &str, at: usize) -> bool {
    let last = text.get(..at).unwrap_or_default().rsplit([' ', '(', '.']).next().unwrap_or_default();
    let next = text.get(at + 2..).unwrap_or_default().split([' ', ',', '.']).next().unwrap_or_default();
    let day = last.len() <= 2 && last.bytes().all(|byte| byte.is_ascii_digit()) && month(next).is_some();
    last.chars().count() == 1 && last.chars().all(char::is_alphabetic)
        || day
        || matches!(last, "e.g" | "approx" | "resp" | "bzw" | "vgl" | "ggf" | "nr" | "no")
}

/// The mark that ends a sentence at this place.
fn stop(text: &str, at: usize) -> Option<&'static str> {
    let marks: &[&str] = match text.as_bytes().get(at)? {
        b'.' => &[". ", ".\" "],
        b'!' => &["! "],
        b'?' => &["? "],
        0xE3 => &["。"],
        _ => return None,
    };
    let rest = text.get(at..)?;
    marks.iter().copied().find(|mark| rest.starts_with(mark)).filter(|mark| *mark != ". " || !abbreviates(text, at))
}

/// The places of a text where a sentence may end.
fn stops(text: &str) -> impl DoubleEndedIterator<Item = usize> + '_ {
    text.as_bytes().iter().enumerate().filter(|(_, byte)| matches!(byte, b'.' | b'!' | b'?' | 0xE3)).map(|(at, _)| at)
}

impl Sentences<'_> {
    /// Where the sentence around a place begins and ends.
    pub(crate) fn bounds(&self, start: usize, end: usize) -> (usize, usize) {
        let (head, tail) = self.folded.around(start, end, REACH, REACH);
        let from = stops(head).rev().find_map(|at| stop(head, at).map(|mark| at + mark.len())).unwrap_or(0);
        let to = stops(tail).find(|at| stop(tail, *at).is_some()).unwrap_or(tail.len());
        (start - (head.len() - from), end + to)
    }

    /// The wordings between two places.
    pub(crate) fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &Said> {
        let first = self.said.partition_point(|said| said.start < from);
        self.said.iter().skip(first).take_while(move |said| said.end <= to)
    }

    /// What the sentence around a name makes of it.
    pub(crate) fn standing(&self, start: usize, end: usize, sort: Sort) -> Standing {
        let (from, to) = self.bounds(start, end);
        let before = self.before(from, start, sort);
        if before.denied || before.past.is_some() || before.others || before.compared.is_some() {
            return Standing::Aside;
        }
        let text = &self.folded.text;
        let tail = text.get(end..to).unwrap_or_default();
        let clause = end + tail.find([',', ';', '(', ':']).unwrap_or(tail.len());
        let behind: Vec<&Said> = self.between(end, clause).take_while(|said| said.cue != Cue::But).collect();
        let says = |cue: Cue| behind.iter().any(|said| said.cue == cue);
        if says(Cue::Past) || says(Cue::Others) && before.opening.is_none() {
            return Standing::Aside;
        }
        // `An attribution to APT29 is not supported`, `... cannot be confirmed`.
        let denied = behind.iter().find(|said| matches!(said.cue, Cue::Denied | Cue::NoProof));
        if denied.is_some_and(|said| said.start - end <= DENIED) {
            return Standing::Aside;
        }
        if before.opening.is_some() {
            return Standing::Subject;
        }
        if says(Cue::Compared) {
            return Standing::Aside;
        }
        if says(Cue::Denied) || says(Cue::NoProof) {
            return Standing::Mention;
        }
        let beside = |said: &Said| match (said.cue, sort) {
            (Cue::Group | Cue::Team, Sort::Group) | (Cue::Program, Sort::Software) => true,
            (Cue::Behind, _) => said.start >= end,
            _ => false,
        };
        let close = |said: &&&Said| said.start - end <= if said.cue == Cue::Behind { BEHIND } else { 3 };
        let named = behind.iter().filter(close).any(|said| beside(said))
            || self.between(from, start).last().is_some_and(|said| start - said.end <= 2 && beside(said))
            || self.renamed(end, to)
            || self.between(end, to).next().is_some_and(|said| said.cue == Cue::Behind && said.start - end <= 4);
        if named { Standing::Subject } else { Standing::Mention }
    }

    /// `APT31 (also known as Zirconium)`: what the sentence gives other names is what it speaks of.
    fn renamed(&self, end: usize, to: usize) -> bool {
        let next = self.between(end, to).next();
        next.is_some_and(|said| said.cue == Cue::Called && said.start - end <= 4)
    }

    fn before(&self, from: usize, start: usize, sort: Sort) -> Before {
        let mut before = Before::default();
        let head = self.folded.text.get(from..start).unwrap_or_default();
        let mut commas = head.match_indices([',', ';']).map(|(at, mark)| (from + at, mark)).peekable();
        let step = |before: &mut Before, at: usize, mark: &str| {
            let rest = self.folded.text.get(at + 1..).unwrap_or_default().trim_start();
            if mark == ";" || sorts().clauses.begins(rest).is_some() {
                before.denied = false;
                before.others = false;
                if before.compared.is_some_and(|compared| self.named(compared, at).is_some()) || mark == ";" {
                    before.compared = None;
                }
                // `Previously, the ...` speaks of the whole sentence, `it resembles earlier work of FIN7, ...` of FIN7.
                if before.past.is_some_and(|past| self.named(past, at).is_some()) || mark == ";" {
                    before.past = None;
                }
            }
        };
        for said in self.between(from, start) {
            while let Some((at, mark)) = commas.next_if(|(at, _)| *at < said.start) {
                step(&mut before, at, mark);
            }
            match said.cue {
                Cue::Denied | Cue::NoProof => before.denied = true,
                Cue::Past => before.past = Some(said.end),
                Cue::Others => before.others = true,
                Cue::Compared => before.compared = Some(said.end),
                Cue::But => before = Before::default(),
                Cue::Attributed | Cue::Called | Cue::Spread => {
                    if before.compared.is_some_and(|compared| self.named(compared, said.start).is_some()) {
                        before.compared = None;
                    }
                    if said.cue != Cue::Spread || sort == Sort::Software {
                        before.opening = Some(Opening { cue: said.cue, end: said.end });
                    }
                }
                _ => {}
            }
        }
        for (at, mark) in commas {
            step(&mut before, at, mark);
        }
        before.opening = before.opening.filter(|opening| self.reaches(*opening, start, sort));
        before
    }

    /// The last group or program between two places, where it ends.
    fn named(&self, from: usize, to: usize) -> Option<usize> {
        let first = self.hits.partition_point(|hit| hit.start < from);
        let named = |hit: &&Hit| hit.entry.meanings.iter().any(|meaning| matches!(meaning, Meaning::Group(_) | Meaning::Software(_)));
        self.hits.iter().skip(first).take_while(|hit| hit.end <= to).filter(named).last().map(|hit| hit.end)
    }

    /// Whether a word that names is near enough, and no other name took it, but for one in the same list.
    fn reaches(&self, opening: Opening, start: usize, sort: Sort) -> bool {
        let reach = match (opening.cue, sort) {
            (Cue::Attributed, Sort::Group) => ATTRIBUTED,
            (Cue::Called, _) => CALLED,
            (Cue::Spread, Sort::Software) => SPREAD,
            _ => return false,
        };
        let same = |hit: &&Hit| {
            hit.entry.meanings.iter().any(|meaning| match meaning {
                Meaning::Group(_) => sort == Sort::Group,
                Meaning::Software(_) => sort == Sort::Software,
                Meaning::Name(_) | Meaning::Phrase(_) => false,
            })
        };
        let first = self.hits.partition_point(|hit| hit.start < opening.end);
        let mut at = opening.end;
        for hit in self.hits.iter().skip(first).take_while(|hit| hit.end <= start).filter(same) {
            let between = self.folded.text.get(hit.end..start).unwrap_or_default();
            // What stands between the members of a list: other names, commas, short words.
            let listed =
                between.split([' ', ',', '(', ')', '"', '&', ':']).all(|word| word.chars().count() <= 5 || self.is_name(hit.end, start, word));
            if !listed {
                return false;
            }
            at = hit.end;
        }
        start - at <= reach
    }

    fn is_name(&self, from: usize, to: usize, word: &str) -> bool {
        let first = self.hits.partition_point(|hit| hit.start < from);
        self.hits
            .iter()
            .skip(first)
            .take_while(|hit| hit.end <= to)
            .any(|hit| self.folded.text.get(hit.start..hit.end).is_some_and(|name| name.contains(word)))
    }
}
