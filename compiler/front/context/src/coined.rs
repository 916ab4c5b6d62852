//! Which names does only this text give? `a backdoor that we call TideGate`, `an espionage group dubbed Quiet Otter`.
//!
//! A wording that names stands between a word for malware or a group and a word that is written as a name. Names of services, files and
//! functions have other words in front of theirs, and what a sentence denies, compares or tells of the past stays a mention.

use source::Span;

use super::cues::{Cue, Said};
use super::found::Named;
use super::headline;
use super::index::Meaning;
use super::names::{Reading, place_of};
use super::standing::{Sort, Standing};
use languages::dates::{self, Word};
use languages::fold::unspaced;
use languages::sorts;

/// How far a name may stand from the wording that gives it, and the wording from what is named, in bytes.
const REACH: usize = 120;
const GAP: usize = 80;

/// The most wordings that are looked at, the most words of a name, and the most words between the wording and the name.
const MOST: usize = 1000;
const MAX_WORDS: usize = 3;
const MAX_BETWEEN: usize = 7;

/// What a name of malware often ends with, where nothing else says what it is.
const ENDINGS: [&str; 12] = ["rat", "loader", "stealer", "bot", "door", "wiper", "locker", "shell", "dropper", "kit", "spy", "crypt"];

/// Words for malware that files are called as well.
const FILES: [&str; 12] =
    ["payload", "payloads", "sample", "samples", "infection", "infections", "beacon", "beacons", "charge utile", "carga util", "carico", "familie"];

/// Wordings that somebody else uses: `calls`, and not `called`.
const ACTIVE: [&str; 8] = ["calls", "dubs", "dub", "tracks as", "track as", "refers to as", "refer to as", "call"];

/// What such a wording needs more than in front of it.
const RELATIVE: [&str; 12] = ["that", "which", "who", "also", "has", "have", "had", "been", "is", "was", "are", "were"];

/// Words in front of who names, and in front of the name.
const BY: [&str; 7] = ["by", "von", "par", "por", "da", "door", "przez"];
const AS: [&str; 7] = ["as", "als", "como", "comme", "come", "jako", "как"];

/// Words that stand for malware where a sentence names it.
const FAMILIES: [&str; 5] = ["family", "strain", "toolkit", "program", "tool"];

/// Stems of verbs that stand behind a name.
const BEHIND: [&str; 10] = ["nenn", "nannt", "getauft", "bezeichn", "verfolg", "noem", "gedoopt", "呼", "名付", "名つけ"];

/// Stems of words that only groups and malware are tracked with.
const TRACKED: [&str; 11] = ["track", "suiv", "verfolg", "rastre", "seguim", "tracc", "acompanh", "volg", "sledz", "отслеж", "відстеж"];

/// A name in the folded text, and what it was found to be a name of.
struct Coined {
    start: usize,
    end: usize,
    sort: Sort,
}

/// Adds groups and malware that no list knows and that a sentence names.
pub(super) fn read(reading: &Reading<'_>, actors: &mut Vec<Named>, software: &mut Vec<Named>) {
    let sentences = &reading.sentences;
    for said in sentences.said.iter().filter(|said| said.cue == Cue::Called).take(MOST) {
        let (from, to) = sentences.bounds(said.start, said.end);
        let named = behind(reading, said, from, to).map(|coined| (coined, false));
        let Some((coined, ahead)) = named.or_else(|| before(reading, said, from).map(|coined| (coined, true))) else { continue };
        let place = sentences.folded.place(coined.start, coined.end);
        let Some(written) = reading.text.get(place.clone()).map(str::trim_end) else { continue };
        let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let titled = reading.title.and_then(|title| reading.text.get(title.range())).is_some_and(|title| title.contains(&words));
        let standing = match sentences.standing(coined.start, coined.end, coined.sort) {
            // In front of its verb it stands where a mention does.
            Standing::Mention if ahead => Standing::Subject,
            standing => standing,
        };
        let stands = place_of(standing, titled);
        let same = |named: &&mut Named| named.names.iter().any(|name| name.eq_ignore_ascii_case(&words));
        if let Some(named) = actors.iter_mut().chain(software.iter_mut()).find(same) {
            named.mentions += 1;
            named.place = named.place.max(stands);
            continue;
        }
        let list = if coined.sort == Sort::Group { &mut *actors } else { &mut *software };
        if list.len() < 64 {
            let span = Span::new(reading.file, place.start, place.start + written.len());
            let named = reading.unlisted(vec![words], (coined.start, coined.end), span, "a sentence gives it this name");
            list.push(Named { mentions: 1, place: stands, ..named });
        }
    }
}

/// A name behind the wording: `dubbed TideGate`, `we call this backdoor TideGate`, `tracks the group as Quiet Otter`.
fn behind(reading: &Reading<'_>, said: &Said, from: usize, to: usize) -> Option<Coined> {
    let text = reading.sentences.folded.text.as_str();
    let limit = floor(text, to.min(said.end + REACH));
    let words: Vec<Word<'_>> = dates::words(text, said.end, limit).filter(|word| !word.text.is_empty()).take(MAX_BETWEEN + MAX_WORDS).collect();
    // German writes every noun with a capital.
    let begins = |word: &Word<'_>| upper(reading, word) && noun(reading, word.start, word.start + cut(word)).is_none();
    let mut first = words.iter().take(MAX_BETWEEN).position(begins)?;
    // `tracked by Tidewater as Quiet Otter`
    if first.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| BY.contains(&word.text)) {
        let at = words.iter().skip(first).position(|word| AS.contains(&word.text))? + first + 1;
        first = words.get(at).filter(|word| begins(word)).map(|_| at)?;
    }
    let (start, end) = whole(reading, &words, first)?;
    let between = text.get(said.end..start)?;
    if between.contains([',', ';', '.', '(', ')', '\n']) || !fits(reading, start, end) {
        return None;
    }
    let last = first.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.text);
    let own = noun(reading, said.end, start);
    if last.is_some_and(|last| FAMILIES.contains(&last)) && own.is_none() {
        return Some(Coined { start, end, sort: Sort::Software });
    }
    if own.is_some_and(|(_, noun)| start - noun <= 4) || own.is_some() && last.is_some_and(|last| AS.contains(&last)) {
        return own.map(|(sort, _)| Coined { start, end, sort });
    }
    // `wird als Dienst installiert`: only with its verb behind it does the word name.
    let verb = || text.get(end..floor(text, to.min(end + 24))).is_some_and(|rest| BEHIND.iter().any(|stem| rest.contains(stem)));
    if text.get(said.start..said.end) == Some("als") && !verb() {
        return None;
    }
    let filler = |word: &Word<'_>| sorts().naming.has(word.text) || BY.contains(&word.text) || upper(reading, word);
    if !words.iter().take(first).all(filler) {
        return None;
    }
    let pronoun = words.first().filter(|_| first > 0).is_some_and(|word| matches!(word.text, "it" | "them"));
    let sort = if pronoun {
        told(reading, said).then(|| context(reading, said, from, to)).flatten()
    } else {
        named_before(reading, said.start, from, active(text, said))
            .or_else(|| tracked(reading, said, from, (start, end)))
            .or_else(|| named_behind(reading, end, to))
    };
    sort.map(|sort| Coined { start, end, sort })
}

/// A name in front of the wording, as verbs stand in German, Dutch and Japanese: `die wir TideGate nennen`.
fn before(reading: &Reading<'_>, said: &Said, from: usize) -> Option<Coined> {
    let text = reading.sentences.folded.text.as_str();
    let wording = text.get(said.start..said.end)?;
    if !BEHIND.iter().any(|stem| wording.contains(stem)) {
        return None;
    }
    let low = floor(text, from.max(said.start.saturating_sub(REACH)));
    let words: Vec<Word<'_>> = dates::words(text, low, said.start).filter(|word| !word.text.is_empty()).collect();
    let mut first = words.len().checked_sub(1)?;
    let last = words.get(first).filter(|word| upper(reading, word))?;
    let end = last.start + cut(last);
    let close = text.get(end..said.start)?;
    while let Some(at) = first.checked_sub(1)
        && words.get(at).is_some_and(|word| upper(reading, word) && text.get(word.start + word.text.len()..last.start).is_some_and(|gap| gap == " "))
    {
        first = at;
    }
    let start = words.get(first)?.start;
    let quotes = |char: char| matches!(char, '"' | '\'' | '`' | '*' | ' ' | '」' | '』' | 'と');
    if !close.chars().all(quotes) || !fits(reading, start, end) {
        return None;
    }
    let sort = named_before(reading, start, from, false).or_else(|| named_behind(reading, said.end, text.len()))?;
    Some(Coined { start, end, sort })
}

/// The name that begins with this word: to its closing quote, or with the words behind it that are written alike.
fn whole(reading: &Reading<'_>, words: &[Word<'_>], first: usize) -> Option<(usize, usize)> {
    let text = reading.sentences.folded.text.as_str();
    let word = words.get(first)?;
    // `名为TideGate的后门`: what follows without a blank is another word.
    let length = cut(word);
    let (start, mut end) = (word.start, word.start + length);
    let quote = text.get(..start)?.chars().next_back().filter(|char| matches!(char, '"' | '\'' | '`' | '*' | '「' | '『'));
    if let Some(quote) = quote {
        let close = match quote {
            '「' => '」',
            '『' => '』',
            other => other,
        };
        let inner = text.get(start..floor(text, start + 48))?;
        let end = start + inner.find(close)?;
        let name = text.get(start..end)?.trim_end_matches([',', '.', ' ']);
        return (name.split(' ').count() <= MAX_WORDS).then_some((start, start + name.len()));
    }
    let capitals = |word: &Word<'_>| written(reading, word).is_some_and(|name| name.len() > 1 && !name.contains(|char: char| char.is_lowercase()));
    let mixed =
        written(reading, word).is_some_and(|name| name.chars().skip(1).any(char::is_uppercase) && name.contains(|char: char| char.is_lowercase()));
    for next in words.iter().skip(first + 1).take(MAX_WORDS - 1) {
        let gap = text.get(end..next.start).unwrap_or_default();
        if mixed || length < word.text.len() || gap != " " || !upper(reading, next) || capitals(word) != capitals(next) {
            break;
        }
        end = next.start + next.text.len();
    }
    Some((start, end))
}

/// How long a word is without what follows it in a script that has no blanks.
fn cut(word: &Word<'_>) -> usize {
    let ends = |char: char| unspaced(char) || matches!(char, '」' | '』' | '"');
    word.text.find(ends).filter(|at| *at > 0).unwrap_or(word.text.len())
}

fn written<'r>(reading: &Reading<'r>, word: &Word<'_>) -> Option<&'r str> {
    reading.text.get(reading.sentences.folded.place(word.start, word.start + word.text.len()))
}

fn upper(reading: &Reading<'_>, word: &Word<'_>) -> bool {
    written(reading, word).is_some_and(|word| word.starts_with(char::is_uppercase))
}

/// Whether words can be a name: none that is listed, none of a file, a function, a vulnerability or a maker, no ordinary words.
fn fits(reading: &Reading<'_>, start: usize, end: usize) -> bool {
    let sentences = &reading.sentences;
    let at = sentences.hits.partition_point(|hit| hit.end <= start);
    let listed = |meaning: &Meaning| matches!(meaning, Meaning::Group(_) | Meaning::Software(_));
    if sentences.hits.get(at).is_some_and(|hit| hit.start <= start && hit.entry.meanings.iter().any(listed)) {
        return false;
    }
    let place = sentences.folded.place(start, end);
    let Some(name) = reading.text.get(place.clone()).map(str::trim_end) else { return false };
    let rest = reading.text.get(place.start + name.len()..).unwrap_or_default();
    let goes_on = rest.starts_with(['(', '\\', '/', '@', '_', '='])
        || rest.starts_with(['.', ':']) && rest.get(1..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    let plain = name.chars().all(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_' | '\n' | '\r' | '\''));
    let numbered =
        name.starts_with("CVE") || name.starts_with('T') && name.get(1..2).is_some_and(|next| next.starts_with(|char: char| char.is_ascii_digit()));
    let ordinary = name.split_whitespace().all(headline::ordinary) || name.split_whitespace().next().is_some_and(super::names::is_maker);
    (3..=40).contains(&name.len()) && !name.ends_with("aaS") && plain && !goes_on && !numbered && !ordinary
}

/// The last word for malware or a group between two places, and where it ends.
fn noun(reading: &Reading<'_>, from: usize, to: usize) -> Option<(Sort, usize)> {
    let text = reading.sentences.folded.text.as_str();
    let sort = |said: &Said| match said.cue {
        Cue::Program if !text.get(said.start..said.end).is_some_and(|word| FILES.contains(&word)) => Some((Sort::Software, said.end)),
        Cue::Team | Cue::Group => Some((Sort::Group, said.end)),
        _ => None,
    };
    reading.sentences.between(from, to).filter_map(sort).last()
}

/// What stands in front of the wording with nothing but small words and the name of who names it between them.
fn named_before(reading: &Reading<'_>, at: usize, from: usize, active: bool) -> Option<Sort> {
    let text = reading.sentences.folded.text.as_str();
    let (sort, end) = noun(reading, from, at)?;
    let gap = text.get(end..at).filter(|gap| gap.len() <= GAP && !gap.contains([';', '.', ':', '\n']))?;
    let words = || dates::words(gap, 0, gap.len()).filter(|word| !word.text.is_empty());
    let small = |word: Word<'_>| {
        let word = Word { start: end + word.start, ..word };
        sorts().naming.has(word.text) || upper(reading, &word)
    };
    let subject = !active || words().any(|word| !RELATIVE.contains(&word.text));
    // `The group named Monday as the deadline`: people name and call as well.
    let acts = sort == Sort::Group && gap.trim().is_empty() && text.get(at..at + 6).is_some_and(|word| word.starts_with("named") || word == "called");
    let article = || {
        let head = text.get(floor(text, end.saturating_sub(48)).max(from)..end).unwrap_or_default();
        let articles =
            head.split(|char: char| !char.is_alphanumeric()).rev().find(|word| matches!(*word, "a" | "an" | "the" | "this" | "one" | "its"));
        matches!(articles, Some("a" | "an" | "one"))
    };
    (subject && words().all(small) && (!acts || article())).then_some(sort)
}

/// `the so-called TideGate backdoor`: what stands right behind the name.
fn named_behind(reading: &Reading<'_>, end: usize, to: usize) -> Option<Sort> {
    let text = reading.sentences.folded.text.as_str();
    let limit = floor(text, to.min(end + 32));
    let said = reading.sentences.between(end, limit).next().filter(|said| said.start - end <= 6)?;
    let (sort, _) = noun(reading, said.start, said.end)?;
    let gap = text.get(end..said.start)?;
    gap.chars().all(|char| matches!(char, ' ' | '"' | '\'' | '`' | '*' | '」' | '』' | '的' | 'の')).then_some(sort)
}

/// `on two servers, which we track as QuillRat`: only groups and malware are tracked.
fn tracked(reading: &Reading<'_>, said: &Said, from: usize, name: (usize, usize)) -> Option<Sort> {
    let text = reading.sentences.folded.text.as_str();
    let wording = text.get(said.start..said.end)?;
    if !TRACKED.iter().any(|stem| wording.contains(stem)) || !(wording.starts_with("we ") || told(reading, said)) {
        return None;
    }
    let ends = || text.get(name.0..name.1).is_some_and(|name| ENDINGS.iter().any(|ending| name.len() > ending.len() + 2 && name.ends_with(ending)));
    noun(reading, from, said.start).map(|(sort, _)| sort).or_else(|| ends().then_some(Sort::Software))
}

/// What `it` stands for: the last word for malware or a group in the sentence, or in the one before.
fn context(reading: &Reading<'_>, said: &Said, from: usize, to: usize) -> Option<Sort> {
    let earlier = || {
        let end = from.checked_sub(2)?;
        let (start, _) = reading.sentences.bounds(end, end);
        noun(reading, start, end)
    };
    let found = noun(reading, from, said.start).or_else(|| noun(reading, said.end, to)).or_else(earlier);
    found.map(|(sort, _)| sort)
}

/// Whether the authors, or somebody with a name, are who names it.
fn told(reading: &Reading<'_>, said: &Said) -> bool {
    let text = reading.sentences.folded.text.as_str();
    if text.get(said.start..said.end).is_some_and(|wording| wording.starts_with("we ")) {
        return true;
    }
    let low = floor(text, said.start.saturating_sub(48));
    let words: Vec<Word<'_>> = dates::words(text, low, said.start).filter(|word| !word.text.is_empty()).collect();
    let last = words.iter().rev().find(|word| !RELATIVE.contains(&word.text));
    last.is_some_and(|word| word.text != "and" && (sorts().naming.has(word.text) || upper(reading, word)))
}

fn active(text: &str, said: &Said) -> bool {
    text.get(said.start..said.end).is_some_and(|wording| ACTIVE.contains(&wording))
}

/// The largest character boundary up to `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
