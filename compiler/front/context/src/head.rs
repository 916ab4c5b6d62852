//! What does a document say about itself: dates, marking, verdict, the window to search, who wants to hear of a hit?

use ir::{Tlp, Verdict, Window};
use source::{FileId, Span};

use super::cues::{Cue, Said};
use super::standing::Sentences;
use languages::dates::{self, Found};
use languages::fold::unspaced;
use languages::running_text::Folded;
use languages::sorts;

/// How much of a document can be its head, in bytes.
const HEAD: usize = 6000;

/// The most lines in which a day alone is the day of publication.
const MAX_LINES: usize = 16;

/// The day of publication and the day of the last change.
pub(crate) fn published(text: &str, folded: &Folded) -> (Option<Found>, Option<Found>) {
    let end = (0..=HEAD.min(folded.text.len())).rev().find(|at| folded.text.is_char_boundary(*at)).unwrap_or(0);
    let days = dates::days(folded, 0, end);
    let labels: Vec<(Label, Found)> = days.iter().map(|found| label(folded, *found)).collect();
    let first = |wanted: Label| labels.iter().find(|(label, _)| *label == wanted).map(|(_, found)| *found);
    let published = first(Label::Published).or_else(|| days.iter().find(|found| alone(text, folded, found)).copied());
    (published, first(Label::Changed))
}

#[derive(Clone, Copy, PartialEq)]
enum Label {
    Published,
    Changed,
    None,
}

/// What the words before a day say of it, and the day in the order of numbers that their language has.
fn label(folded: &Folded, found: Found) -> (Label, Found) {
    let (before, behind) = folded.around(found.start, found.end, 72, 24);
    // Words that are a label only before a colon: `Data: 4 marzo 2026`.
    let last = before.trim_end().trim_end_matches(['*', '|', ' ']);
    if let Some(word) = last.strip_suffix(':').map(|head| format!("{}:", head.trim_end_matches(['*', ' '])))
        && let Some((_, day_first)) = sorts().published.ends(&word)
    {
        return (Label::Published, found.read(day_first));
    }
    let mut before = before;
    // Weekdays, articles and marks may stand between: `Veröffentlicht am Mittwoch, den`.
    for _ in 0..6 {
        before = before.trim_end_matches(|char: char| !char.is_alphanumeric() && char != ')');
        let bare = before.strip_suffix(')').and_then(|inner| inner.rfind('(')).map(|at| before.get(..at).unwrap_or_default().trim_end());
        before = bare.unwrap_or(before);
        let (published, changed) = (sorts().published.ends(before), sorts().modified.ends(before));
        match (published, changed) {
            (Some((one, _)), Some((other, day_first))) if other >= one => return (Label::Changed, found.read(day_first)),
            (None, Some((_, day_first))) => return (Label::Changed, found.read(day_first)),
            (Some((_, day_first)), _) => return (Label::Published, found.read(day_first)),
            (None, None) => {}
        }
        let Some((length, _)) = sorts().around_days.ends(before) else { break };
        before = before.get(..before.len() - length).unwrap_or_default();
    }
    // Japanese and Chinese say it behind the day: `2026年3月12日公開`.
    let behind = behind.trim_start();
    if behind.starts_with(unspaced) {
        if sorts().modified.begins(behind).is_some() {
            return (Label::Changed, found.read(true));
        }
        if sorts().published.begins(behind).is_some() {
            return (Label::Published, found.read(true));
        }
    }
    (Label::None, found.read(false))
}

/// Whether a day stands as the day of a publication does: alone in a line near the top, behind an author's name, behind a place.
fn alone(text: &str, folded: &Folded, found: &Found) -> bool {
    let place = folded.place(found.start, found.end);
    let start = text.get(..place.start).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1);
    let number = text.get(..start).unwrap_or_default().matches('\n').count();
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    // What parts the day from the words around it stays.
    let head = text.get(start..place.start).unwrap_or_default().trim_start_matches(['*', '_', '#', '+', '|', '(', ' ', '>']);
    let head = head.trim_end_matches(['*', '_', '#', '+', '(', ' ', '>']);
    let tail = text.get(place.end..start + line.len()).unwrap_or_default().trim_start_matches(['*', '_', ')', ' ', ',']);
    let tail = tail.trim_end_matches(['*', '_', '|', ')', ' ']);
    let (head, tail) = (without_reading_time(head, true), without_reading_time(tail, false));
    // `2020-08-20 (THURSDAY) - EMOTET INFECTION`
    let leads = number == 0 && start == place.start;
    let only = line.trim().len() <= place.len() + 4;
    let words = head.split_whitespace().count();
    let short = words <= 10
        && !head.contains(". ")
        && (tail.is_empty() || tail == "." || tail.starts_with(['|', '·', '•', '-', '–', '—', '/']) && tail.len() <= 60);
    let folded_head = languages::running_text::fold(head);
    let byline = sorts().byline.begins(&folded_head).is_some();
    // `Paris, le 4 mars 2026`, `Threat team | 4 March 2026`.
    let parted = head.trim_end_matches(char::is_alphabetic).trim_end();
    let place_name =
        words <= 5 && (head.ends_with([',', '|', '·', '•', '–', '—']) || parted.ends_with(',') && sorts().around_days.ends(&folded_head).is_some());
    let begins = (head.is_empty() || sorts().around_days.has(folded_head.trim_end_matches(',')))
        && (tail.is_empty() || tail.starts_with(['|', '·', '•', '–', '—']) || sorts().byline.begins(&languages::running_text::fold(tail)).is_some())
        && tail.len() <= 80;
    number < MAX_LINES && (only || leads || begins || short && (byline || place_name))
}

/// Words beside a day without how long the text takes to read: `5 min read | `, ` - 7 minutes de lecture`.
fn without_reading_time(words: &str, before: bool) -> &str {
    const MARKS: [char; 7] = ['|', '·', '•', '-', '–', '—', ','];
    const TIMES: [&str; 12] = [
        "min read",
        "mins read",
        "minute read",
        "minutes read",
        "min. read",
        "de lecture",
        "lesezeit",
        "de lectura",
        "di lettura",
        "de leitura",
        "leestijd",
        "minutes to read",
    ];
    let piece = if before {
        words.trim_end_matches(MARKS).trim_end().rsplit(MARKS).next().unwrap_or_default()
    } else {
        words.trim_start_matches(MARKS).trim_start().split(['|', '·', '•', '–', '—']).next().unwrap_or_default()
    };
    let folded = languages::running_text::fold(piece);
    let digits =
        folded.starts_with(|char: char| char.is_ascii_digit()) || folded.ends_with(|char: char| char.is_ascii_digit()) || folded.contains("min");
    if !digits || folded.len() > 40 || !TIMES.iter().any(|time| folded.contains(time)) {
        return words;
    }
    let at = (piece.as_ptr() as usize).saturating_sub(words.as_ptr() as usize);
    let rest = if before { words.get(..at) } else { words.get(at + piece.len()..) };
    rest.unwrap_or_default().trim()
}

/// The strictest marking that the text gives itself: `TLP:AMBER+STRICT`, `TLP: WHITE`, `TLP : ambre`.
pub(crate) fn marking(text: &str, file: FileId) -> Option<(Tlp, Span)> {
    let mut strictest: Option<(Tlp, Span)> = None;
    for (at, until) in protocols(text.as_bytes()) {
        let before = text.get(..at).unwrap_or_default();
        if before.ends_with(|char: char| char.is_alphanumeric()) || denied(before) {
            continue;
        }
        let rest = text.get(until..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', ':', '-', '*', '=', ')', '(', '：', '\u{a0}', '\u{200b}', '|', '1', '2', '.', '0', 'v']);
        let value = value.strip_prefix("TLP").map_or(value, |value| value.trim_start_matches([')', ' ', ':', '=', '-', '*', '|', '2', '.', '0']));
        // `TLP` alone is a word about markings, not a marking.
        if value.len() == rest.len() || in_row(text, at) {
            continue;
        }
        let word: String = value.chars().take_while(|char| char.is_alphabetic() || *char == '+').take(16).collect();
        let Some(tlp) = Tlp::read(&word).or_else(|| Tlp::read(word.split('+').next().unwrap_or_default())) else { continue };
        let mut end = value.get(word.len()..).unwrap_or_default();
        // `AMBER STRICT`, `AMBER-STRICT`, `AMBER + STRICT`.
        let behind = end.trim_start_matches([' ', '-', '+', '_', '/', '\u{a0}']);
        let strict = tlp == Tlp::Amber && behind.len() < end.len() && behind.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("strict"));
        if strict {
            end = behind.get(6..).unwrap_or_default();
        }
        let tlp = if strict { Tlp::AmberStrict } else { tlp };
        if strictest.is_none_or(|(before, _)| before < tlp) {
            strictest = Some((tlp, Span::new(file, at, text.len() - end.len())));
        }
    }
    strictest
}

/// Where the protocol of markings is named. Each of its names has one `p`, which is rarer than what they begin with.
fn protocols(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    memchr::memchr2_iter(b'p', b'P', text).filter_map(|place| {
        [("tlp", 2), ("traffic light protocol", 14)].into_iter().find_map(|(name, before)| {
            let start = place.checked_sub(before)?;
            let end = start + name.len();
            text.get(start..end)?.eq_ignore_ascii_case(name.as_bytes()).then_some((start, end))
        })
    })
}

/// Whether the words before a marking say that it is none: `this text is not TLP:CLEAR`.
fn denied(before: &str) -> bool {
    let word = before.trim_end_matches([' ', '*', '`', '"', '\'', '(', '[']).rsplit(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
    ["not", "no", "never", "without", "pas", "sans", "nicht", "kein", "keine", "ohne", "sin", "non", "senza", "não", "sem", "niet", "geen"]
        .iter()
        .any(|denial| word.eq_ignore_ascii_case(denial))
}

/// Whether a place stands in the row of a table with more columns than two: its marking is that of the row's values.
fn in_row(text: &str, at: usize) -> bool {
    let from = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let line = text.get(from..).and_then(|line| line.lines().next()).unwrap_or_default().trim();
    line.starts_with('|') && line.matches('|').count() > 3
}

/// How far back a sentence is looked at for what a hit means, in bytes.
const REACH: usize = 280;

/// Whether the text says that a hit is no proof: `A detection does not necessarily mean a compromise`.
pub(crate) fn verdict(file: FileId, sentences: &Sentences<'_>) -> Option<(Verdict, Span)> {
    let folded = sentences.folded;
    sentences.said.iter().filter(|said| matches!(said.cue, Cue::NoProof | Cue::Investigate)).find_map(|said| {
        let (from, to) = sentences.bounds(said.start, said.end);
        let has = |cue: Cue, from: usize, to: usize| sentences.between(from, to).any(|other| other.cue == cue);
        let near = said.start.saturating_sub(REACH).max(from);
        let lead = match said.cue {
            Cue::NoProof => {
                has(Cue::Hit, near, said.start) && [Cue::Compromise, Cue::Investigate, Cue::Program].iter().any(|cue| has(*cue, from, to))
            }
            _ => has(Cue::Hit, near, said.start) && !has(Cue::Urgent, from, to),
        };
        let place = folded.place(from, to);
        lead.then(|| (Verdict::Lead, Span::new(file, place.start, place.end)))
    })
}

/// The window to search back through.
pub(crate) fn hunt(file: FileId, sentences: &Sentences<'_>) -> Option<(Window, Span)> {
    let (folded, said) = (sentences.folded, sentences.said);
    let openings: Vec<&Said> = said.iter().filter(|said| said.cue == Cue::Hunt).collect();
    let said_so = openings.iter().enumerate().find_map(|(at, opening)| {
        let (_, tail) = folded.around(opening.start, opening.end, 0, 120);
        let limit = opening.end + tail.len();
        // A label goes on: `hunt window: searches should start on ...`.
        let from = openings.get(at + 1).filter(|next| next.end <= limit).map_or(opening.end, |next| next.end);
        let first = dates::leading(folded, from, limit)?.read(false);
        Some(window(folded, file, opening.start, first, limit))
    });
    said_so.or_else(|| said.iter().filter(|said| said.cue == Cue::Search).find_map(|search| asked(file, sentences, search)))
}

/// The day in a sentence that asks for a search: `look for connections since 1 January 2026`.
fn asked(file: FileId, sentences: &Sentences<'_>, search: &Said) -> Option<(Window, Span)> {
    let folded = sentences.folded;
    let (from, to) = sentences.bounds(search.start, search.end);
    dates::phrases(folded, from, to).into_iter().find_map(|found| {
        let before = folded.text.get(from..found.start)?.trim_end();
        let behind = folded.text.get(found.end..to)?.trim_start();
        let before = match sorts().around_days.ends(before).filter(|_| sorts().since.ends(before).is_none()) {
            Some((length, _)) => before.get(..before.len() - length)?.trim_end(),
            None => before,
        };
        let since = sorts().since.ends(before);
        let onwards = sorts().onwards.begins(behind).is_some();
        // `active since 2021` tells of the group, not of the search.
        let other = sentences.between(from, found.start).last().is_some_and(|said| said.cue == Cue::Active);
        let day_first = since.is_some_and(|(_, day_first)| day_first);
        let start = search.start.min(found.start);
        ((since.is_some() || onwards) && !other).then(|| window(folded, file, start, found.read(day_first), to))
    })
}

/// The window that begins with a day, and where its words stand.
fn window(folded: &Folded, file: FileId, start: usize, first: Found, limit: usize) -> (Window, Span) {
    let rest = folded.text.get(first.end..limit).unwrap_or_default();
    let trimmed = rest.trim_start_matches([' ', '.', ',']);
    let joined = rest.contains("..") || sorts().until.begins(trimmed).is_some();
    let until = joined.then(|| dates::leading(folded, first.end, limit)).flatten().filter(|last| last.date >= first.date);
    let place = folded.place(start.min(first.start), until.map_or(first.end, |last| last.end).max(first.end));
    (Window { from: Some(first.date), until: until.map(|last| last.date) }, Span::new(file, place.start, place.end))
}

/// Who wants to hear of a hit: the plain address in a sentence that asks for reports.
pub(crate) fn report(text: &str, folded: &Folded, file: FileId) -> Option<(String, Span)> {
    let mut best: Option<(i32, String, Span)> = None;
    for (at, _) in folded.text.match_indices('@').take(2000) {
        let place = folded.place(at, at + 1).start;
        let Some((address, start)) = address(text, place) else { continue };
        let local = address.split('@').next().unwrap_or_default();
        let provider = address.rsplit('@').next().unwrap_or_default();
        const PRIVATE: [&str; 12] =
            ["gmail.", "proton", "tutanota.", "outlook.", "hotmail.", "yahoo.", "mail.ru", "yandex.", "cock.li", "aol.", "onionmail.", "gmx."];
        if PRIVATE.iter().any(|name| provider.starts_with(name)) {
            continue;
        }
        let (before, _) = folded.around(at, at, 200, 0);
        let before = before.strip_suffix(local).unwrap_or(before);
        let clause = before.rsplit(". ").next().unwrap_or(before);
        let near = clause.rsplit(['.', ';', '|']).next().unwrap_or(clause);
        let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
        let mut worth = 0;
        let asks = sorts().report.within(clause);
        worth += if asks { 3 } else { 0 };
        worth += if says(clause, &["contact", "email", "e mail", "write to", "reach"]) { 1 } else { 0 };
        worth += if says(clause, &["incident", "compromise", "activity", "indicators", "iocs"]) { 1 } else { 0 };
        worth -= if says(near, &["media", "press", "marketing", "sales"]) && !sorts().report.within(near) { 5 } else { 0 };
        worth -=
            if says(clause, &["ransom", "decrypt", "phishing", "sender", "attacker", "operators use", "sent from", "victim should"]) { 5 } else { 0 };
        if worth >= 3 && best.as_ref().is_none_or(|(before, ..)| worth > *before) {
            best = Some((worth, address.clone(), Span::new(file, start, start + address.len())));
        }
    }
    best.map(|(_, address, span)| (address, span))
}

/// The e-mail address around an `@`, when it is written plainly.
fn address(text: &str, at: usize) -> Option<(String, usize)> {
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%');
    let head = text.as_bytes().get(..at)?.iter().rev().take(64).take_while(|byte| local(byte)).count();
    let host = text.as_bytes().get(at + 1..)?.iter().take(253).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    let host = text.get(at + 1..at + 1 + host)?.trim_end_matches(['.', '-']);
    let dotted = host.split('.').count() >= 2
        && host.rsplit('.').next().is_some_and(|last| last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let next = text.get(at + 1 + host.len()..).unwrap_or_default();
    let defanged = next.starts_with('[') || next.starts_with("(.");
    let start = at - head;
    (head > 0 && dotted && !defanged).then(|| text.get(start..at + 1 + host.len()).map(|address| (address.to_ascii_lowercase(), start)))?
}
