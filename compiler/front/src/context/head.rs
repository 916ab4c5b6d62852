//! What does a document say about itself: title, dates, marking, the window to search, who wants to hear of a hit?

use ir::{Tlp, Window};
use source::{FileId, Span};

use super::cues::{Cue, Said};
use super::dates::{self, Found};
use super::fold::Folded;

/// How much of a document can be its head, in bytes.
const HEAD: usize = 6000;

/// The longest title, in bytes.
const MAX_TITLE: usize = 300;

/// The title: a `title:` line, a heading of Markdown, AsciiDoc or HTML, or the first line that is a sentence.
pub(crate) fn title(text: &str, file: FileId) -> Option<(String, Span)> {
    let mut plain = None;
    let mut at = 0;
    for line in text.split_inclusive('\n').take(40) {
        let start = at;
        at += line.len();
        if start > HEAD {
            break;
        }
        let trimmed = line.trim();
        let heading = ["title:", "Title:", "# ", "## ", "= ", "== "].iter().find_map(|mark| trimmed.strip_prefix(mark)).or_else(|| tagged(trimmed));
        let candidate = heading.unwrap_or(trimmed).trim().trim_matches(['"', '*', '#', '=']).trim();
        if candidate.is_empty() || candidate.len() > MAX_TITLE || !is_title(candidate) {
            continue;
        }
        let from = start + line.find(candidate)?;
        let found = (candidate.split_whitespace().collect::<Vec<_>>().join(" "), Span::new(file, from, from + candidate.len()));
        if heading.is_some() {
            return Some(found);
        }
        // Only the very first words can be a title without a mark.
        if plain.is_none() {
            plain = Some(found);
        }
    }
    plain.filter(|(words, _)| words.split(' ').count() >= 4)
}

/// What stands in `<title>` or `<h1>` on one line.
fn tagged(line: &str) -> Option<&str> {
    let at = ["<title", "<h1"].iter().find_map(|tag| line.find(tag))?;
    let rest = line.get(at..)?;
    let inner = rest.get(rest.find('>')? + 1..)?;
    inner.split('<').next().filter(|inner| !inner.trim().is_empty())
}

/// A title has words; a list of indicators, a directive or a rule of dashes is none.
fn is_title(line: &str) -> bool {
    let words = line.split_whitespace().filter(|word| word.chars().filter(|char| char.is_alphabetic()).count() >= 2).count();
    let directive = line.starts_with([':', '<', '[', '!', '|', '-', '+', '*', '>']) || line.ends_with(':');
    let indicator = ["[.]", "://", "hxxp", "(.)"].iter().any(|mark| line.contains(mark));
    let digest = line.split_whitespace().any(|word| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
    words >= 1 && !directive && !indicator && !digest
}

/// The day of publication and the day of the last change.
pub(crate) fn published(text: &str, folded: &Folded) -> (Option<Found>, Option<Found>) {
    let end = (0..=HEAD.min(folded.text.len())).rev().find(|at| folded.text.is_char_boundary(*at)).unwrap_or(0);
    let days = dates::days(folded, 0, end);
    let label = |found: &Found| {
        let (before, _) = folded.around(found.start, found.end, 40, 0);
        let before = before.trim_end_matches([' ', ':', '*', ',']);
        let last = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
        if last(&["updated", "revised", "modified", "last update", "last updated on", "revision", "mise à jour"]) {
            return Label::Changed;
        }
        if last(&[
            "date",
            "published",
            "published on",
            "released",
            "release",
            "posted",
            "posted on",
            "issued",
            "publication",
            "publié le",
            "created",
            "release on",
        ]) {
            return Label::Published;
        }
        Label::None
    };
    let alone = |found: &Found| {
        let place = folded.place(found.start, found.end);
        let line_start = text.get(..place.start).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let number = text.get(..line_start).unwrap_or_default().matches('\n').count();
        let only = line.trim().len() <= place.len() + 4;
        // `2020-08-20 (THURSDAY) - EMOTET INFECTION`
        let leads = number == 0 && line_start == place.start;
        number < 12 && (only || leads)
    };
    let first = |wanted: Label| days.iter().find(|found| label(found) == wanted).copied();
    (first(Label::Published).or_else(|| days.iter().find(|found| alone(found)).copied()), first(Label::Changed))
}

#[derive(Clone, Copy, PartialEq)]
enum Label {
    Published,
    Changed,
    None,
}

/// The strictest marking that the text gives itself: `TLP:AMBER+STRICT`, `TLP: WHITE`.
pub(crate) fn marking(text: &str, file: FileId) -> Option<(Tlp, Span)> {
    let bytes = text.as_bytes();
    let mut strictest: Option<(Tlp, Span)> = None;
    for at in (0..bytes.len()).filter(|at| bytes.get(*at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"tlp"))) {
        if at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let rest = text.get(at + 3..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', ':', '-', '*']);
        // `TLP` alone is a word about markings, not a marking.
        if value.len() == rest.len() {
            continue;
        }
        let word: String = value.chars().take_while(|char| char.is_ascii_alphabetic() || *char == '+').take(16).collect();
        let Some(tlp) = Tlp::parse(&word).or_else(|| Tlp::parse(word.split('+').next().unwrap_or_default())) else { continue };
        let end = at + 3 + (rest.len() - value.len()) + word.len();
        if strictest.is_none_or(|(before, _)| before < tlp) {
            strictest = Some((tlp, Span::new(file, at, end)));
        }
    }
    strictest
}

/// The window to search back through.
pub(crate) fn hunt(folded: &Folded, file: FileId, said: &[Said]) -> Option<(Window, Span)> {
    let openings: Vec<&Said> = said.iter().filter(|said| said.cue == Cue::Hunt).collect();
    openings.iter().enumerate().find_map(|(at, opening)| {
        let (_, tail) = folded.around(opening.start, opening.end, 0, 120);
        let limit = opening.end + tail.len();
        // A label goes on: `hunt window: searches should start on ...`.
        let from = openings.get(at + 1).filter(|next| next.end <= limit).map_or(opening.end, |next| next.end);
        let first = dates::leading(folded, from, limit)?;
        let rest = folded.text.get(first.end..limit).unwrap_or_default();
        let joined = rest.trim_start_matches([' ', '.', ',']).starts_with("to ") || rest.trim_start().starts_with("until") || rest.contains("..");
        let until = joined.then(|| dates::leading(folded, first.end, limit)).flatten().filter(|last| last.date >= first.date);
        let window = Window { from: Some(first.date), until: until.map(|last| last.date) };
        let place = folded.place(opening.start, until.map_or(first.end, |last| last.end));
        Some((window, Span::new(file, place.start, place.end)))
    })
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
        worth += if says(clause, &["report", "notify", "signal", "notif"]) { 3 } else { 0 };
        worth += if says(clause, &["contact", "email", "e mail", "write to", "reach"]) { 1 } else { 0 };
        worth += if says(clause, &["incident", "compromise", "activity", "indicators", "iocs"]) { 1 } else { 0 };
        worth -= if says(near, &["media", "press", "marketing", "sales"]) && !says(near, &["report"]) { 5 } else { 0 };
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
