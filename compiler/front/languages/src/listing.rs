//! Which words are read, as a table for the book?

use super::LANGUAGES;
use super::language::Words;

/// What is read in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The language's name in English.
    pub language: &'static str,
    /// What the words stand for, in English: a column, a type, a role, a day.
    pub meaning: &'static str,
    /// The words.
    pub words: Vec<&'static str>,
}

/// Every word of labels, columns, cells and roles, language by language; wordings of sentences are too many for a table.
pub fn listing() -> impl Iterator<Item = Listed> {
    LANGUAGES.iter().flat_map(|language| {
        let row = |meaning: &'static str, words: Words| Listed { language: language.name, meaning, words: words.to_vec() };
        let labels = [
            ("day of publication", language.published),
            ("day of the last change", language.modified),
            ("title", language.title),
            ("the advisory's number", language.number),
        ];
        let topics = language.topics.iter().map(move |(topic, words)| row(topic.name(), words));
        let roles = language.roles.iter().map(move |(role, words)| row(role.name(), words));
        let confidence = language.confidence.iter().map(move |(degree, words)| row(degree.name(), words));
        let cells = language.cells.iter().map(move |(meaning, words)| row(meaning, words));
        labels
            .into_iter()
            .map(move |(meaning, words)| row(meaning, words))
            .chain(topics)
            .chain(roles)
            .chain(confidence)
            .chain(cells)
            .filter(|row| !row.words.is_empty())
    })
}

/// The names of the languages that are read, English first.
pub fn names() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|language| language.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;

    #[test]
    fn every_language_has_every_sort_of_word() {
        for language in LANGUAGES {
            let name = language.name;
            assert!(language.months.iter().all(|month| !month.is_empty()), "{name}");
            for words in
                [language.published, language.modified, language.title, language.number, language.report, language.plain_headings, language.clauses]
            {
                assert!(!words.is_empty(), "{name}");
            }
            assert!(!language.since.is_empty() || !language.onwards.is_empty(), "{name}");
            assert!(language.topics.len() >= 4 && language.roles.len() == 8 && language.near.len() == 5 && language.confidence.len() == 3, "{name}");
            let words = language.wordings.iter().flat_map(|(_, words)| *words).chain(language.cells.iter().flat_map(|(_, words)| *words));
            assert!(words.into_iter().all(|word| !folded(word).is_empty()), "{name}");
        }
        assert_eq!(names().count(), 12);
        let columns =
            |name: &str| listing().filter(|row| row.language == name).filter(|row| row.meaning == "first seen").flat_map(|row| row.words).count();
        assert!(names().filter(|name| *name != "English").all(|name| columns(name) > 1));
    }
}
