//! Which words do advisories and tables use, language by language? Headings, labels, days, roles, sentences that say what a report claims.
//!
//! One file for each language holds nothing but words, as people write them: accents and case do not count when they are compared
//! ([`fold`]). The readers of prose, of context and of tables ask here and know no language. [`listing`] says what is known, for the book.
//!
//! What this does not do: tell the language of a text. The words of all languages are looked for at once.

mod chinese;
pub mod dates;
mod dutch;
mod english;
pub mod fold;
mod french;
mod german;
mod italian;
mod japanese;
mod language;
mod listing;
mod lookup;
mod other;
mod polish;
mod portuguese;
pub mod running_text;
mod russian;
mod spanish;
mod ukrainian;

use std::sync::LazyLock;

use ir::{Confidence, Role};

pub use other::may_be_other;

pub use listing::{Listed, listing, names};

use self::fold::folded;
pub use self::language::{Language, Near, Topic, Wording, Words};
pub use self::lookup::Lookup;

/// Every language, English first.
pub static LANGUAGES: [&Language; 12] = [
    &english::ENGLISH,
    &french::FRENCH,
    &german::GERMAN,
    &spanish::SPANISH,
    &italian::ITALIAN,
    &portuguese::PORTUGUESE,
    &dutch::DUTCH,
    &polish::POLISH,
    &ukrainian::UKRAINIAN,
    &russian::RUSSIAN,
    &japanese::JAPANESE,
    &chinese::CHINESE,
];

/// Words of one sort, folded, and whether the language that has them writes the day first.
pub struct Endings {
    words: Vec<(String, bool)>,
    lookup: Lookup<()>,
}

impl Endings {
    fn of(list: fn(&Language) -> Words) -> Self {
        let all = LANGUAGES.iter().flat_map(|language| list(language).iter().map(|word| (folded(word), language.day_first)));
        let mut words: Vec<(String, bool)> = all.collect();
        // The longest says most: `last update` before `date`.
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let lookup = Lookup::of(words.iter().map(|(word, _)| (word, ())));
        Self { words, lookup }
    }

    /// The word that ends a folded text: its length, and whether its language writes the day first.
    pub fn ends(&self, text: &str) -> Option<(usize, bool)> {
        self.words.iter().find(|(word, _)| text.ends_with(word.as_str()) && fold::edge(text, text.len() - word.len())).map(|(w, day)| (w.len(), *day))
    }

    /// The word that begins a folded text: its length.
    pub fn begins(&self, text: &str) -> Option<usize> {
        self.lookup.begin(text.as_bytes()).find(|length| fold::edge(text, *length))
    }

    /// Whether a folded text holds one of the words, or a part of a word.
    pub fn within(&self, text: &str) -> bool {
        self.words.iter().any(|(word, _)| text.contains(word.as_str()))
    }

    /// Whether a folded text is one of the words.
    pub fn has(&self, text: &str) -> bool {
        self.lookup.get(text).is_some()
    }
}

/// The words of all languages that are asked for by their sort.
pub struct Sorts {
    /// What stands right before the day of publication.
    pub published: Endings,
    /// What stands right before the day of the last change.
    pub modified: Endings,
    /// What stands right before a day to search back to.
    pub since: Endings,
    /// What stands right behind a day to search back to.
    pub onwards: Endings,
    /// Words around a day that say nothing: names of weekdays, articles.
    pub around_days: Endings,
    /// What stands between the first and the last day of a window.
    pub until: Endings,
    /// Labels of the title.
    pub title: Endings,
    /// Labels of the advisory's own number.
    pub number: Endings,
    /// Words that begin a line with the author's name.
    pub byline: Endings,
    /// Parts of words that ask for a report.
    pub report: Endings,
    /// Headings that every report has, and what they are joined with.
    pub plain_headings: Endings,
    /// What begins another clause behind a comma.
    pub clauses: Endings,
    /// Small words between what is named and its name: `a backdoor that we have dubbed TideGate`.
    pub naming: Endings,
    fillers: Lookup<()>,
    beginnings: Lookup<()>,
    months: Lookup<i8>,
}

impl Sorts {
    /// Whether a folded word may stand between words for "since" and a day.
    pub fn is_filler(&self, word: &str) -> bool {
        self.fillers.get(word).is_some()
    }

    /// Whether a folded word begins a phrase such as `the beginning of 2021`.
    pub fn begin_days(&self, word: &str) -> bool {
        self.beginnings.get(word).is_some()
    }

    /// Whether a folded word is a month.
    pub fn months_have(&self, word: &str) -> bool {
        self.months.get(word).is_some()
    }
}

static SORTS: LazyLock<Sorts> = LazyLock::new(|| {
    let months = LANGUAGES.iter().flat_map(|language| language.months.iter().zip(1..));
    let months = months.flat_map(|(names, number)| names.iter().map(move |name| (folded(name), number)));
    let all = |words: Vec<String>| Lookup::of(words.into_iter().map(|word| (word, ())));
    Sorts {
        published: Endings::of(|language| language.published),
        modified: Endings::of(|language| language.modified),
        since: Endings::of(|language| language.since),
        onwards: Endings::of(|language| language.onwards),
        around_days: Endings::of(|language| language.around_days),
        until: Endings::of(|language| language.until),
        title: Endings::of(|language| language.title),
        number: Endings::of(|language| language.number),
        byline: Endings::of(|language| language.byline),
        report: Endings::of(|language| language.report),
        plain_headings: Endings::of(|language| language.plain_headings),
        clauses: Endings::of(|language| language.clauses),
        naming: Endings::of(|language| language.naming),
        fillers: all(LANGUAGES.iter().flat_map(|language| [language.since, language.around_days]).flat_map(singles).collect()),
        beginnings: all(LANGUAGES.iter().flat_map(|language| singles(language.beginning)).collect()),
        months: Lookup::of(months),
    }
});

/// The words of phrases, one by one.
fn singles(words: Words) -> Vec<String> {
    words.iter().flat_map(|words| folded(words).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
}

static CELLS: LazyLock<Lookup<&'static str>> = LazyLock::new(|| by_word(|language| language.cells));
static CONFIDENCE: LazyLock<Lookup<Confidence>> = LazyLock::new(|| by_word(|language| language.confidence));

fn by_word<T: Copy>(rows: fn(&Language) -> &'static [(T, Words)]) -> Lookup<T> {
    let rows = LANGUAGES.iter().flat_map(|language| rows(language));
    Lookup::of(rows.flat_map(|(meaning, words)| words.iter().map(|word| (folded(word), *meaning))))
}

/// The words by their sorts, made on first use.
pub fn sorts() -> &'static Sorts {
    &SORTS
}

/// The number of a month, by its folded name.
pub fn month(word: &str) -> Option<i8> {
    SORTS.months.get(word).copied()
}

/// The English word for a word of a table: `Première observation` is `first seen`.
pub fn english(cell: &str) -> Option<&'static str> {
    CELLS.get(&cell_key(cell)).copied()
}

/// Whether a name of a column is a word of another language than English.
pub fn is_foreign(cell: &str) -> bool {
    english(cell).is_some_and(|english| folded(cell) != english)
}

/// A degree of confidence in another language: `Élevée`.
pub fn confidence(word: &str) -> Option<Confidence> {
    CONFIDENCE.get(&cell_key(word)).copied()
}

/// A cell without what does not count in it.
fn cell_key(cell: &str) -> String {
    let key = folded(cell);
    let key = key.trim_matches(|char: char| !char.is_alphanumeric());
    key.to_owned()
}

/// The wordings of every language's sentences, and those of English alone: most texts need no others, and fewer words are found faster.
static WORDINGS: LazyLock<Lookup<Wording>> = LazyLock::new(|| Lookup::of(wordings_of(&LANGUAGES)));
static OF_ENGLISH: LazyLock<Lookup<Wording>> = LazyLock::new(|| Lookup::of(wordings_of(&[&english::ENGLISH])));

fn wordings_of(languages: &[&'static Language]) -> Vec<(String, Wording)> {
    let rows = languages.iter().flat_map(|language| language.wordings);
    rows.flat_map(|(wording, words)| words.iter().map(|word| (folded(word), *wording))).collect()
}

/// The wordings in a folded text, which may be of another language than English.
pub fn wordings(folded: &str, other: bool) -> impl Iterator<Item = (usize, usize, Wording)> + '_ {
    let lookup: &Lookup<Wording> = if other { &WORDINGS } else { &OF_ENGLISH };
    lookup.all(folded)
}

/// The wordings of English in a few folded words.
pub fn english_wordings(folded: &str) -> impl Iterator<Item = (usize, usize, Wording)> + '_ {
    OF_ENGLISH.all(folded)
}

/// Whether a folded text has a word of another language than English among its labels and headings.
pub fn speaks_other(folded: &str) -> bool {
    TOPICS.all(folded).any(|(.., (_, english))| !english)
}

static TOPICS: LazyLock<Lookup<(Meaning, bool)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (language, english) in LANGUAGES.iter().zip(std::iter::once(true).chain(std::iter::repeat(false))) {
        for (topic, words) in language.topics {
            all.extend(words.iter().map(|word| (folded(word), (Meaning::Topic(*topic), english))));
        }
        for (role, words) in language.roles {
            all.extend(words.iter().map(|word| (folded(word), (Meaning::Role(*role), english))));
        }
    }
    Lookup::of(all)
});

/// What a heading or a label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// What the values are.
    Topic(Topic),
    /// What they are for.
    Role(Role),
}

/// What a short text says of the values below or beside it, with the places in the folded text.
pub fn meanings(folded: &str) -> impl Iterator<Item = (usize, usize, Meaning)> + '_ {
    TOPICS.all(folded).map(|(start, end, (meaning, _))| (start, end, meaning))
}

/// Whether a heading only opens a part that every report has: `IOCs`, `Appendix A: indicators of compromise`, `Zusammenfassung`.
pub fn only_opens(heading: &str) -> bool {
    let folded = folded(heading);
    if SORTS.plain_headings.has(&folded) {
        return true;
    }
    let mut rest = String::new();
    let mut at = 0;
    for (start, end, _) in meanings(&folded) {
        rest.push_str(folded.get(at..start).unwrap_or_default());
        rest.push(' ');
        at = end;
    }
    rest.push_str(folded.get(at..).unwrap_or_default());
    let short = |word: &str| word.chars().count() <= 1 && word.is_ascii() || word.bytes().all(|byte| byte.is_ascii_digit());
    rest.split(|char: char| !char.is_alphanumeric()).filter(|word| !short(word)).all(|word| SORTS.plain_headings.has(word) || SORTS.months_have(word))
}

/// Whether a heading names those who were attacked, and says nothing else.
pub fn only_victims(heading: &str) -> bool {
    let folded = folded(heading);
    let named = meanings(&folded).any(|(.., meaning)| meaning == Meaning::Topic(Topic::Victims));
    named && only_opens(heading)
}

/// What a word near a value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// What the value is for.
    Role(Role),
    /// What is said of it.
    Near(Near),
}

/// The words near values of every language but English, as they are written.
pub fn near_words() -> impl Iterator<Item = (&'static str, Said)> {
    LANGUAGES.iter().skip(1).flat_map(|language| {
        let roles = language.roles.iter().flat_map(|(role, words)| words.iter().map(move |word| (*word, Said::Role(*role))));
        roles.chain(language.near.iter().flat_map(|(near, words)| words.iter().map(move |word| (*word, Said::Near(*near)))))
    })
}

/// The role that a cell or a label names: `Serveur de commande et contrôle`.
pub fn role(cell: &str) -> Option<Role> {
    const LONGEST: usize = 200;
    if cell.len() > LONGEST {
        return None;
    }
    roles(&folded(cell))
}

fn roles(folded: &str) -> Option<Role> {
    TOPICS.all(folded).find_map(|(.., (meaning, _))| if let Meaning::Role(role) = meaning { Some(role) } else { None })
}
