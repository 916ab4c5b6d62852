//! What is a log: which events it holds, how they are told from others, and what it calls their fields.

use ir::{EventClass, Field, Platform};

use crate::Encoding;
use crate::form::Row;

/// One kind of event in one log of the world. It is declared once; what reads or writes the log uses the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The kind of event.
    pub class: EventClass,
    /// Sigma's `service` for the channels that hold it; [`channels`](crate::taxonomy::channels) has their names.
    pub service: &'static str,
    /// The program that writes it, by the name that events give.
    pub provider: &'static str,
    /// Sigma's `category`, where there is one.
    pub category: Option<&'static str>,
    /// The numbers that its events have.
    pub numbers: &'static [i64],
    /// Fields that tell it from other events of the same number, each with any of its words.
    pub told: &'static [(&'static str, &'static [&'static str])],
    /// Where it is written.
    pub platforms: &'static [Platform],
    /// The log's name for each field and how it writes the values, in groups.
    pub fields: &'static [&'static [Row]],
    /// Fields that such an event could have, and why this log has not.
    pub absent: &'static [(Field, &'static str)],
    /// Fields that it writes [`NOTHING`] in when an event has nothing there.
    pub nothing: &'static [Field],
    /// Names of the log's own that the catalogue has no field for.
    pub beyond: &'static [&'static str],
    /// How it holds fewer events than the class means.
    pub partial: Option<&'static str>,
}

impl Log {
    /// Every field with its name and encoding.
    pub fn rows(&self) -> impl Iterator<Item = &'static Row> + use<> {
        self.fields.iter().flat_map(|group| group.iter())
    }

    /// What the log calls a field of the catalogue, and how it writes it.
    #[must_use]
    pub fn row(&self, field: Field) -> Option<&'static Row> {
        self.rows().find(|(known, ..)| *known == field)
    }

    /// Whether it writes [`NOTHING`] where an event has nothing in a field, or in what the field is a part of.
    #[must_use]
    pub fn signs(&self, field: Field) -> bool {
        self.nothing.contains(&field) || field.derived_from().is_some_and(|(whole, _)| self.nothing.contains(&whole))
    }

    /// The encoding of a field; [`Encoding::Same`] for one that the log has no name for.
    #[must_use]
    pub fn encoding(&self, field: Field) -> Encoding {
        self.row(field).map_or(Encoding::Same, |(.., encoding)| *encoding)
    }
}

/// The sign for nothing, where a log has one.
pub const NOTHING: &str = "-";

/// A field that the log calls so and writes as the catalogue does.
#[must_use]
pub const fn same(field: Field, name: &'static str) -> Row {
    (field, name, Encoding::Same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::all;
    use crate::taxonomy::{Category, EVENT_IDS, channels};

    #[test]
    fn a_log_names_each_field_of_its_class_once_and_says_why_it_has_not() {
        for log in all() {
            let mut seen = Vec::new();
            let absent = log.absent.iter().map(|(field, _)| *field);
            for field in log.rows().map(|(field, ..)| *field).chain(absent) {
                assert!(log.class.fields().any(|known| known == field), "{} has no {}", log.class.name(), field.name());
                assert!(!seen.contains(&field), "{} of {} twice", field.name(), log.class.name());
                seen.push(field);
            }
        }
    }

    #[test]
    fn sigma_s_words_for_a_log_are_its_names() {
        for log in all() {
            assert!(!channels(log.service).is_empty(), "{}", log.service);
            let Some(name) = log.category else { continue };
            let numbers = EVENT_IDS.iter().find(|(category, service, _)| *category == name && *service == log.service);
            assert_eq!(numbers.map(|(.., numbers)| *numbers), Some(log.numbers), "{name}");
            let Some(category) = Category::find(name) else { continue };
            assert_eq!(category.class, log.class);
            for (field, name, encoding) in log.rows().filter(|(.., encoding)| *encoding == Encoding::Same) {
                let sigma = category.field(name, Some(Platform::Windows));
                let other = matches!(field, Field::RegistryKey) || log.service != "sysmon";
                assert!(sigma == Some(*field) || other, "{name} is {sigma:?} in Sigma, {} with {encoding:?} here", field.name());
            }
        }
    }
}
