//! Which rows of a table are meant?

use crate::Log;

/// A condition on a row's own columns. A column may be a member of one by its path (`RawEventData.Workload`); members of `AdditionalFields` are read as
/// text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Every row.
    All,
    /// Those for which each holds.
    Every(&'static [Rows]),
    /// Those for which one holds.
    Either(&'static [Rows]),
    /// Those for which it does not hold.
    Not(&'static Rows),
    /// The column has one of these texts.
    Is(&'static str, &'static [&'static str]),
    /// The column has one of these texts, in any case.
    Alike(&'static str, &'static [&'static str]),
    /// The column has one of these numbers.
    Number(&'static str, &'static [i64]),
    /// The column's text has one of these whole terms, in any case.
    Has(&'static str, &'static [&'static str]),
    /// The column's text begins so, in any case.
    Starts(&'static str, &'static str),
    /// The column's text ends so, in any case.
    Ends(&'static str, &'static str),
    /// The column's text holds this, in any case.
    Contains(&'static str, &'static str),
    /// The column has a text.
    Filled(&'static str),
    /// The table has a row for each event of many logs, and these are of one: its provider, its numbers, and what tells it from others of the same
    /// number, anywhere in the event's data.
    Of(&'static Log),
}

impl Rows {
    /// The conditions that all have to hold.
    fn each(&self) -> &[Self] {
        if let Self::Every(list) = self { list } else { std::slice::from_ref(self) }
    }

    /// The first text that the rows have in a column, where they have to have one of a few.
    #[must_use]
    pub fn word(&self, column: &str) -> Option<&'static str> {
        self.each().iter().find_map(|one| match one {
            Self::Is(known, words) if *known == column => words.first().copied(),
            _ => None,
        })
    }

    /// The first number that the rows have in a column, where they have to have one of a few.
    #[must_use]
    pub fn number(&self, column: &str) -> Option<i64> {
        self.each().iter().find_map(|one| match one {
            Self::Number(known, numbers) if *known == column => numbers.first().copied(),
            _ => None,
        })
    }
}
