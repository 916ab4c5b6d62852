//! Which day does a phrase mean? `July 21, 2021`, `14 March 2024`, `2021-07-21`, `the beginning of 2021`.

use jiff::civil::Date;

use super::fold::Folded;

/// Months by their first letters, in English and French; French ones with their accents as written.
const MONTHS: [(&str, i8); 26] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("janvier", 1),
    ("février", 2),
    ("fevrier", 2),
    ("mars", 3),
    ("avril", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("août", 8),
    ("aout", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("décembre", 12),
];

const ENGLISH: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// The most words that a phrase for a day has.
const MAX_WORDS: usize = 8;

/// A phrase for a day in a folded text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) date: Date,
    /// Whether the phrase names the day itself, not only a month or a year.
    pub(crate) exact: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A word of a folded text without the punctuation around it.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of a range of a folded text.
pub(crate) fn words(text: &str, from: usize, to: usize) -> impl Iterator<Item = Word<'_>> + Clone {
    let punctuation = |char: char| !char.is_alphanumeric();
    text.get(from..to).unwrap_or_default().split([' ', '\n']).scan(from, move |at, piece| {
        let start = *at;
        *at += piece.len() + 1;
        let inner = piece.trim_start_matches(punctuation);
        Some(Word { text: inner.trim_end_matches(punctuation), start: start + piece.len() - inner.len() })
    })
}

/// The phrases for an exact day in a range of a folded text, in reading order.
pub(crate) fn days(folded: &Folded, from: usize, to: usize) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let all: Vec<Word<'_>> = words(&folded.text, from, to).filter(|word| !word.text.is_empty()).collect();
    for at in 0..all.len() {
        let rest = all.get(at..).unwrap_or_default();
        if found.last().is_none_or(|last| rest.first().is_some_and(|word| word.start >= last.end)) {
            found.extend(phrase(rest).filter(|found| found.exact));
        }
    }
    found
}

/// The phrase for a day, a month or a year that begins the range, behind words such as `on` and `the`.
pub(crate) fn leading(folded: &Folded, from: usize, to: usize) -> Option<Found> {
    const FILLERS: [&str; 24] = [
        "at", "on", "from", "in", "since", "the", "with", "by", "around", "about", "least", "back", "to", "as", "of", "is", "date", "start", "le",
        "du", "au", "en", "à", "depuis",
    ];
    let all: Vec<Word<'_>> = words(&folded.text, from, to).filter(|word| !word.text.is_empty()).take(MAX_WORDS + 6).collect();
    let skipped = all.iter().take(6).take_while(|word| FILLERS.contains(&word.text)).count();
    // `start of 2021` begins with a word that is also a filler.
    (0..=skipped).find_map(|skip| phrase(all.get(skip..)?))
}

fn phrase(words: &[Word<'_>]) -> Option<Found> {
    let text = |at: usize| words.get(at).map(|word| word.text);
    let start = words.first()?.start;
    let found = |used: usize, date: Option<Date>, exact: bool| {
        let end = words.get(used.checked_sub(1)?)?.end();
        Some(Found { date: date?, exact, start, end })
    };
    let (first, second, third) = (text(0)?, text(1), text(2));
    if let (Some(year), Some(month), Some(day)) = (year(first), second.and_then(|word| number(word, 12)), third.and_then(ordinal)) {
        return found(3, Date::new(year, month, day).ok(), true);
    }
    if let (Some(day), Some(month), Some(year)) = (ordinal(first), second.and_then(month), third.and_then(year)) {
        return found(3, Date::new(year, month, day).ok(), true);
    }
    if let Some(month) = month(first) {
        if let (Some(day), Some(year)) = (second.and_then(ordinal), third.and_then(year)) {
            return found(3, Date::new(year, month, day).ok(), true);
        }
        if let Some(year) = second.and_then(year) {
            return found(2, Date::new(year, month, 1).ok(), false);
        }
        return None;
    }
    if matches!(first, "beginning" | "start" | "early" | "début" | "debut") {
        let at = if matches!(second, Some("of" | "in" | "de")) { 2 } else { 1 };
        if let Some(year) = text(at).and_then(year) {
            return found(at + 1, Date::new(year, 1, 1).ok(), false);
        }
        if let (Some(month), Some(year)) = (text(at).and_then(month), text(at + 1).and_then(year)) {
            return found(at + 2, Date::new(year, month, 1).ok(), false);
        }
        return None;
    }
    year(first).and_then(|year| found(1, Date::new(year, 1, 1).ok(), false))
}

/// A year that a report can be about. `2021summary` is one as well: text taken from pages loses line ends.
fn year(word: &str) -> Option<i16> {
    let (digits, rest) = word.split_at_checked(4)?;
    let glued = rest.is_empty() || rest.starts_with(|char: char| char.is_ascii_alphabetic() && char != 's');
    let year = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    ((1990..=2100).contains(&year) && (glued || rest.starts_with("summary"))).then_some(year)
}

fn number(word: &str, most: i8) -> Option<i8> {
    (word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok())?.filter(|number| (1..=most).contains(number))
}

/// `21`, `21st`, `1er`.
fn ordinal(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th", "er"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    // The time behind a day in one word: `21t10:00:00z`.
    let digits = digits.split('t').next().unwrap_or(digits);
    number(digits, 31)
}

fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    if word == "sept" {
        return Some(9);
    }
    let english = ENGLISH.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, number)| number);
    english.or_else(|| MONTHS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number))
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
        ] {
            assert_eq!(first(text), Some((day.to_owned(), exact)), "{text}");
        }
        for text in ["February 30, 2021", "may help", "10.2021.1", "in the 2020s", "", "2021abc99"] {
            assert!(first(text).is_none_or(|(_, exact)| !exact), "{text}");
        }
    }

    #[test]
    fn days_in_prose() {
        let folded = Folded::of("Original release date: July 19, 2021 | Last revised: August 20, 2021");
        let days: Vec<String> = days(&folded, 0, folded.text.len()).iter().map(|found| found.date.to_string()).collect();
        assert_eq!(days, ["2021-07-19", "2021-08-20"]);
    }
}
