//! Which day does a phrase mean? `July 21, 2021`, `4 de marzo de 2026`, `04.03.2026`, `2026年3月12日`, `the beginning of 2021`.

use jiff::civil::Date;

use crate::fold::unspaced;
use crate::running_text::Folded;
use crate::{month, sorts};

/// The most words that a phrase for a day has.
const MAX_WORDS: usize = 8;

/// The most words before a day that say nothing.
const MAX_FILLERS: usize = 6;

/// The longest word that is a code or the end of a bulletin's number, in bytes.
pub const LONGEST_CODE: usize = 12;

/// How much of a text is looked at in one step for digits, in bytes.
const PIECE: usize = 64;

/// A phrase for a day in a folded text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The day; of `03/02/2026` the one that begins with the month.
    pub date: Date,
    /// The other day that the numbers may mean: of `03/02/2026` the one that begins with the day.
    pub swapped: Option<Date>,
    /// Whether the phrase names the day itself, not only a month or a year.
    pub exact: bool,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl Found {
    /// The day, where it is known in which order the numbers stand.
    pub fn read(self, day_first: bool) -> Self {
        let date = self.swapped.filter(|_| day_first).unwrap_or(self.date);
        Self { date, swapped: None, ..self }
    }
}

/// A word of a folded text without the punctuation around it.
#[derive(Clone, Copy)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Where it begins.
    pub start: usize,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of a range of a folded text.
pub fn words(text: &str, from: usize, to: usize) -> impl Iterator<Item = Word<'_>> + Clone {
    let mut rest = text.get(from..to);
    std::iter::from_fn(move || {
        let all = rest?;
        let (piece, behind) = match parting(all) {
            Some((at, length)) => (all.get(..at)?, all.get(at + length..)),
            None => (all, None),
        };
        rest = behind;
        Some(word(text, piece))
    })
}

/// Where a text is parted first, and how many bytes part it there.
fn parting(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        let rest = text.as_bytes().get(at..)?;
        // The wide marks begin with these two bytes, as much else does.
        at += rest.iter().position(|byte| matches!(byte, b' ' | b'\n' | b':' | b'|' | 0xE3 | 0xEF))?;
        match text.get(at..)?.chars().next()? {
            char if parts_words(char) => return Some((at, char.len_utf8())),
            char => at += char.len_utf8(),
        }
    }
}

/// The words of a folded text that hold a digit, in reading order.
pub fn with_digits(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        // Pieces without a digit are passed over whole.
        let passed = rest.as_bytes().chunks(PIECE).take_while(|piece| !piece.iter().fold(false, |found, byte| found | byte.is_ascii_digit())).count();
        let near = rest.as_bytes().get(passed * PIECE..)?;
        let digit = passed * PIECE + near.iter().position(u8::is_ascii_digit)?;
        let (head, tail) = rest.split_at_checked(digit)?;
        let begin = head.len() - last_piece(head).len();
        let end = digit + parting(tail).map_or(tail.len(), |(at, _)| at);
        at += end;
        Some(word(text, rest.get(begin..end)?))
    })
}

/// What stands behind the last place where a text is parted.
fn last_piece(text: &str) -> &str {
    // A letter of another script than ASCII's is perhaps a wide mark.
    let near = text.as_bytes().iter().rposition(|byte| matches!(byte, b' ' | b'\n' | b':' | b'|') || *byte >= 0x80);
    match near.and_then(|at| text.as_bytes().get(at).map(|byte| (at, *byte))) {
        None => text,
        Some((at, byte)) if byte.is_ascii() => text.get(at + 1..).unwrap_or_default(),
        Some(_) => text.rsplit(parts_words).next().unwrap_or_default(),
    }
}

/// The words before a word, the nearest first.
pub fn before<'t>(text: &'t str, found: &Word<'_>) -> impl Iterator<Item = Word<'t>> {
    let mut rest = text.get(..found.start);
    let pieces = std::iter::from_fn(move || {
        let all = rest?;
        let piece = last_piece(all);
        let mut ahead = all.get(..all.len() - piece.len())?.chars();
        rest = ahead.next_back().map(|_| ahead.as_str());
        Some(piece)
    });
    // The first piece is what stands between the blank and the word.
    pieces.skip(1).map(move |piece| word(text, piece))
}

/// A piece of a text without the punctuation around it.
fn word<'t>(text: &str, piece: &'t str) -> Word<'t> {
    let punctuation = |char: char| !char.is_alphanumeric();
    let bare = [piece.as_bytes().first(), piece.as_bytes().last()].iter().all(|byte| byte.is_some_and(u8::is_ascii_alphanumeric));
    let inner = if bare { piece } else { piece.trim_start_matches(punctuation) };
    let inner_text = if bare { inner } else { inner.trim_end_matches(punctuation) };
    Word { text: inner_text, start: (inner.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize) }
}

fn parts_words(char: char) -> bool {
    matches!(char, ' ' | '\n' | ':' | '|' | '、' | '。' | '，' | '；' | '（' | '）')
}

/// The phrases for an exact day in a range of a folded text, in reading order.
pub fn days(folded: &Folded, from: usize, to: usize) -> Vec<Found> {
    phrases(folded, from, to).into_iter().filter(|found| found.exact).collect()
}

/// The phrases for a day, a month or a year in a range of a folded text, in reading order.
pub fn phrases(folded: &Folded, from: usize, to: usize) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // A phrase has a digit among its words; most sentences have none.
    if !folded.text.as_bytes().get(from..to).unwrap_or_default().iter().any(u8::is_ascii_digit) {
        return found;
    }
    let all: Vec<Word<'_>> = words(&folded.text, from, to).filter(|word| !word.text.is_empty()).collect();
    let mut digit = 0;
    for at in 0..all.len() {
        if digit <= at {
            let rest = all.get(at..).unwrap_or_default();
            let Some(next) = rest.iter().position(|word| word.text.bytes().any(|byte| byte.is_ascii_digit())) else { break };
            digit = at + next + 1;
        }
        if digit > at + MAX_WORDS {
            continue;
        }
        let rest = all.get(at..).unwrap_or_default();
        if found.last().is_none_or(|last| rest.first().is_some_and(|word| word.end() > last.end)) {
            found.extend(phrase(rest));
        }
    }
    found
}

/// The phrase for a day, a month or a year that begins the range, behind words such as `on` and `the`.
pub fn leading(folded: &Folded, from: usize, to: usize) -> Option<Found> {
    let all: Vec<Word<'_>> = words(&folded.text, from, to).filter(|word| !word.text.is_empty()).take(MAX_WORDS + MAX_FILLERS).collect();
    let skipped = all.iter().take(MAX_FILLERS).take_while(|word| sorts().is_filler(word.text)).count();
    // `start of 2021` begins with a word that is also a filler.
    (0..=skipped).find_map(|skip| phrase(all.get(skip..)?))
}

fn phrase(words: &[Word<'_>]) -> Option<Found> {
    let word = words.first()?;
    let plain = word.text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && word.text.is_ascii();
    if plain && month(word.text).is_none() && !sorts().begin_days(word.text) {
        return None;
    }
    // `公開日2026`: what stands before the year of a script without blanks is another word.
    let first = words.first()?;
    let digits = first.text.trim_start_matches(|char: char| unspaced(char) && char != '令' && char != '和');
    let begins = digits.starts_with(|char: char| char.is_ascii_digit() || char == '令');
    let first = if begins { Word { text: digits, start: first.end() - digits.len() } } else { *first };
    let text = |at: usize| if at == 0 { Some(first.text) } else { words.get(at).map(|word| word.text) };
    let found = |used: usize, date: Option<Date>, exact: bool| {
        let end = words.get(used.checked_sub(1)?)?.end();
        Some(Found { date: date?, swapped: None, exact, start: first.start, end })
    };
    if let Some(found) = han(&first).or_else(|| han_in_words(&first, words)).or_else(|| dotted(&first)) {
        return Some(found);
    }
    let (Some(one), second, third) = (text(0), text(1), text(2)) else { return None };
    if let (Some(year), Some(month), Some(day)) = (year(one), second.and_then(|word| number(word, 12)), third.and_then(ordinal)) {
        return found(3, Date::new(year, month, day).ok(), true);
    }
    if let Some(day) = ordinal(one) {
        // `4 de marzo de 2026`, `1-го марта`.
        let mut at = 1;
        let skip = |at: &mut usize| {
            while text(*at).is_some_and(|word| LINKS.contains(&word)) && *at < 4 {
                *at += 1;
            }
        };
        skip(&mut at);
        if let Some(month) = text(at).and_then(month) {
            at += 1;
            skip(&mut at);
            return text(at).and_then(year).and_then(|year| found(at + 1, Date::new(year, month, day).ok(), true));
        }
        if let (Some(other), Some(year)) = (second.and_then(|word| number(word, 31)), third.and_then(year)) {
            let (of_month, of_day) = (Date::new(year, day, other).ok(), Date::new(year, other, day).ok());
            let swapped = of_month.and(of_day).filter(|date| Some(*date) != of_month);
            return found(3, of_month.or(of_day), true).map(|found| Found { swapped, ..found });
        }
        return None;
    }
    if let Some(month) = month(one) {
        if let (Some(day), Some(year)) = (second.and_then(ordinal), third.and_then(year)) {
            return found(3, Date::new(year, month, day).ok(), true);
        }
        let at = if second.is_some_and(|word| LINKS.contains(&word)) { 2 } else { 1 };
        return text(at).and_then(year).and_then(|year| found(at + 1, Date::new(year, month, 1).ok(), false));
    }
    if sorts().begin_days(one) {
        let at = (1..4).find(|at| text(*at).is_some_and(|word| !LINKS.contains(&word) && !sorts().is_filler(word)))?;
        if let Some(year) = text(at).and_then(year) {
            return found(at + 1, Date::new(year, 1, 1).ok(), false);
        }
        let month = text(at).and_then(month)?;
        let next = if text(at + 1).is_some_and(|word| LINKS.contains(&word)) { at + 2 } else { at + 1 };
        return text(next).and_then(year).and_then(|year| found(next + 1, Date::new(year, month, 1).ok(), false));
    }
    year(one).and_then(|year| found(1, Date::new(year, 1, 1).ok(), false))
}

/// Words between the parts of a day: `4 de marzo de 2026`, `4th of March`.
const LINKS: [&str; 9] = ["de", "del", "of", "di", "do", "den", "der", "го", "l'annee"];

/// `2026年3月12日`, `令和8年3月12日`, `2026年3月`, `2026年初`.
fn han(word: &Word<'_>) -> Option<Found> {
    let (head, rest) = word.text.split_once('年')?;
    let before = head.trim_end_matches(|char: char| char.is_ascii_digit());
    let digits = head.get(before.len()..).unwrap_or_default();
    let (year, first) = match (before.strip_suffix("令和"), before.strip_suffix("令和元")) {
        (_, Some(before)) => (2019, before),
        // The first year of the era was 2019.
        (Some(before), _) => (digits.parse::<i16>().ok().filter(|number| (1..=82).contains(number))? + 2018, before),
        _ => (self::year(digits)?, before),
    };
    let word = &Word { text: word.text.get(first.len()..)?, start: word.start + first.len() };
    let used = |rest: &str| word.end() - rest.len();
    let whole = |rest: &str| Some(Found { date: Date::new(year, 1, 1).ok()?, swapped: None, exact: false, start: word.start, end: used(rest) });
    let Some((month, behind)) = rest.split_once('月') else { return whole(rest) };
    let Some(month) = number(month, 12) else { return whole(rest) };
    let day = behind.split_once('日').or_else(|| behind.split_once('号')).and_then(|(day, tail)| Some((number(day, 31)?, tail)));
    let (date, exact, end) = match day {
        Some((day, tail)) => (Date::new(year, month, day).ok()?, true, used(tail)),
        None => (Date::new(year, month, 1).ok()?, false, used(behind)),
    };
    Some(Found { date, swapped: None, exact, start: word.start, end })
}

/// `2026 年 3 月 12 日`.
fn han_in_words(first: &Word<'_>, words: &[Word<'_>]) -> Option<Found> {
    let [_, one, month, two, day, three, ..] = words else { return None };
    let marks = one.text == "年" && two.text == "月" && three.text.starts_with('日');
    let date = marks.then(|| Date::new(year(first.text)?, number(month.text, 12)?, number(day.text, 31)?).ok())??;
    Some(Found { date, swapped: None, exact: true, start: first.start, end: three.start + '日'.len_utf8() })
}

/// `04.03.2026`, `2026.03.04`: dots are written where the day comes first, or the year.
fn dotted(word: &Word<'_>) -> Option<Found> {
    let mut parts = word.text.split('.');
    let (Some(one), Some(two), Some(three), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return None };
    let month = number(two, 12)?;
    let date = match (year(one), year(three)) {
        (Some(year), None) => Date::new(year, month, number(three, 31)?),
        (None, Some(year)) => Date::new(year, month, number(one, 31)?),
        _ => return None,
    };
    Some(Found { date: date.ok()?, swapped: None, exact: true, start: word.start, end: word.end() })
}

/// A year that a report can be about. `2021summary` is one as well: text taken from pages loses line ends.
fn year(word: &str) -> Option<i16> {
    let (digits, rest) = word.split_at_checked(4)?;
    let glued = rest.is_empty() || rest.starts_with(|char: char| char.is_alphabetic() && char != 's');
    let year = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    ((1990..=2100).contains(&year) && (glued || rest.starts_with("summary"))).then_some(year)
}

fn number(word: &str, most: i8) -> Option<i8> {
    let digits = (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| word.parse().ok())?.filter(|number| (1..=most).contains(number))
}

/// `21`, `21st`, `1er`, `1º`.
fn ordinal(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th", "er", "º", "°", "ª", "e"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    // The time behind a day in one word: `21t10:00:00z`.
    let digits = digits.split('t').next().unwrap_or(digits);
    number(digits, 31)
}

/// The day that a cell names: `03.02.2026`, `3 février 2026`; of two numbers only the one that the order of the table tells.
pub fn day(cell: &str, day_first: bool) -> Option<Date> {
    const LONGEST: usize = 48;
    if cell.len() > LONGEST {
        return None;
    }
    let folded = Folded::of(cell.trim());
    let found = leading(&folded, 0, folded.text.len()).filter(|found| found.exact && found.start < 4)?;
    (day_first || found.swapped.is_none()).then(|| found.read(day_first).date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<(String, bool)> {
        let folded = Folded::of(text);
        leading(&folded, 0, folded.text.len()).map(|found| (found.date.to_string(), found.exact))
    }

    #[test]
    fn days_months_and_years() {
        for (text, day, exact) in [
            ("July 21, 2021", "2021-07-21", true),
            ("on 14 March 2024. TLP", "2024-03-14", true),
            ("2021-07-21T10:00:00Z", "2021-07-21", true),
            ("1er janvier 2021", "2021-01-01", true),
            ("at the beginning of 2021) and", "2021-01-01", false),
            ("since at least November 2023", "2023-11-01", false),
            ("early March 2021", "2021-03-01", false),
            ("the start of 2021", "2021-01-01", false),
            ("March 17, 2021Summary", "2021-03-17", true),
            ("4th of March 2026", "2026-03-04", true),
            ("04.03.2026", "2026-03-04", true),
            ("2026.03.04", "2026-03-04", true),
            ("2026/03/04", "2026-03-04", true),
            ("23/02/2026", "2026-02-23", true),
            ("2026年3月12日", "2026-03-12", true),
            ("公開日2026年3月12日に", "2026-03-12", true),
            ("2026 年 3 月 12 日", "2026-03-12", true),
            ("令和8年3月12日", "2026-03-12", true),
            ("公開日：2026-03-12", "2026-03-12", true),
            ("2026年1月", "2026-01-01", false),
        ] {
            let text = text.strip_prefix("公開日：").unwrap_or(text);
            assert_eq!(first(text), Some((day.to_owned(), exact)), "{text}");
        }
        for text in ["February 30, 2021", "may help", "10.2021.1", "in the 2020s", "", "2021abc99", "1.2.3", "10.0.2021.5"] {
            assert!(first(text).is_none_or(|(_, exact)| !exact), "{text}");
        }
    }

    #[test]
    fn numbers_in_two_orders_are_both_told() {
        let folded = Folded::of("03/02/2026");
        let found = leading(&folded, 0, folded.text.len()).unwrap();
        assert_eq!((found.read(false).date.to_string(), found.read(true).date.to_string()), ("2026-03-02".to_owned(), "2026-02-03".to_owned()));
    }

    #[test]
    fn days_in_prose() {
        let folded = Folded::of("Original release date: July 19, 2021 | Last revised: August 20, 2021");
        let days: Vec<String> = days(&folded, 0, folded.text.len()).iter().map(|found| found.date.to_string()).collect();
        assert_eq!(days, ["2021-07-19", "2021-08-20"]);
    }
}
