//! What a rule language can say, as tables.

use std::collections::BTreeMap;

use ir::{EventClass, EventSelector, Field, FieldRef, LogSource};

/// What a vendor calls something, or why it has no name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The vendor's name.
    Is(&'static str),
    /// There is none.
    Absent {
        /// Why, as a clause: `the sensor sees packets, not processes`.
        why: &'static str,
    },
}

pub use logs::Absence;

/// How a language says something that has a form of its own in the IR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `lower` takes the operator as it is.
    Native,
    /// `legalise` turns it into text patterns of equal meaning first.
    Text,
    /// URLs only: `legalise` turns a test of the whole URL into tests of host, path and query.
    Parts,
}

/// What one profile of a rule language can say.
#[derive(Debug)]
pub struct Capabilities {
    /// Each event class with the vendor's name (table, category, protocol) or the reason for its absence. A class that
    /// is not listed is absent with `otherwise`.
    pub events: &'static [(EventClass, Name)],
    /// Each field of each class.
    pub fields: &'static [(EventClass, Field, Name)],
    /// Fields that several classes lack for one reason. A field that neither table has is absent with `otherwise`.
    pub absent: &'static [Absence],
    /// The reason for everything that is not listed.
    pub otherwise: &'static str,
    /// Text can be matched against regular expressions.
    pub regex: bool,
    /// Anything can be negated.
    pub negation: bool,
    /// Presence of a field can be tested.
    pub exists: bool,
    /// Two fields can be compared, and the text of one looked for in another.
    pub field_to_field: bool,
    /// `Op::Under`: a place and everything below it.
    pub under: Form,
    /// `Op::Url`.
    pub url: Form,
    /// Whether events of a log source that the catalogue has no class for can be read, or why not. `None` for a target that reads no logs:
    /// it has nothing to miss there.
    pub open_source: Option<ReadsSource>,
    /// Whether a field can be named that the catalogue does not know ([`ir::FieldRef::Open`], [`ir::FieldRef::Any`]), or any field of an open log
    /// source; else why not.
    pub open_field: fn(&EventSelector, &FieldRef) -> Result<(), &'static str>,
    /// A text that is empty is told from a field that is not there.
    pub tells_empty: bool,
    /// Parts of a point in time can be compared.
    pub time_parts: bool,
    /// `Predicate::Bytes` can be said.
    pub bytes: bool,
}

/// Whether events of a log source can be read, or why not.
pub type ReadsSource = fn(&EventSelector) -> Result<(), &'static str>;

/// For [`Capabilities::open_source`]: every log source can be read.
///
/// # Errors
///
/// None.
pub fn every_source(_: &EventSelector) -> Result<(), &'static str> {
    Ok(())
}

/// For [`Capabilities::open_source`]: every log source whose words are names. A word that holds a wildcard, a quote or a line break would
/// be a pattern, or a part of the search, in a language that has no other place for it.
///
/// # Errors
///
/// For a word with anything but letters, digits, blanks and what channels and products have in their names.
pub fn named_source(event: &EventSelector) -> Result<(), &'static str> {
    let name = |word: &String| word.chars().all(|char| char.is_alphanumeric() || " -_./:()+@&,#".contains(char));
    match &event.source {
        LogSource::Open { category, product, service } if ![category, product, service].into_iter().flatten().all(name) => {
            Err("a word of it holds signs that no name of a log has")
        }
        LogSource::Open { .. } | LogSource::Known(_) => Ok(()),
    }
}

/// For [`Capabilities::open_field`]: every field can be used under its own name.
///
/// # Errors
///
/// None.
pub fn every_field(_: &EventSelector, _: &FieldRef) -> Result<(), &'static str> {
    Ok(())
}

/// For [`Capabilities::open_field`]: every field can be used under its own name, but no search through all of them.
///
/// # Errors
///
/// For [`FieldRef::Any`].
pub fn named_fields(_: &EventSelector, field: &FieldRef) -> Result<(), &'static str> {
    match field {
        FieldRef::Any => Err("it does not search all fields at once"),
        FieldRef::Known(_) | FieldRef::Open(_) => Ok(()),
    }
}

/// For [`Capabilities::open_field`]: no field beyond the catalogue has a name.
///
/// # Errors
///
/// Always.
pub fn no_field(_: &EventSelector, _: &FieldRef) -> Result<(), &'static str> {
    Err("the profile does not name it")
}

impl Capabilities {
    /// The vendor's name for a class of events, or why there is none.
    ///
    /// # Errors
    ///
    /// The reason, as a clause.
    pub fn event(&self, class: EventClass) -> Result<&'static str, &'static str> {
        match self.events.iter().find(|(known, _)| *known == class) {
            Some((_, Name::Is(name))) => Ok(name),
            Some((_, Name::Absent { why })) => Err(why),
            None => Err(self.otherwise),
        }
    }

    /// The vendor's name for a field in a class of events, or why there is none.
    ///
    /// # Errors
    ///
    /// The reason, as a clause.
    pub fn field(&self, class: EventClass, field: Field) -> Result<&'static str, &'static str> {
        match self.fields.iter().find(|(in_class, known, _)| *in_class == class && *known == field) {
            Some((_, _, Name::Is(name))) => Ok(name),
            Some((_, _, Name::Absent { why })) => Err(why),
            None => Err(self.absence(class, field).unwrap_or(self.otherwise)),
        }
    }

    /// Why several classes lack a field, where that is said.
    fn absence(&self, class: EventClass, field: Field) -> Option<&'static str> {
        self.absent.iter().find(|(classes, fields, _)| classes.contains(&class) && fields.contains(&field)).map(|(.., why)| *why)
    }

    /// Whether a table says of a field what it is called, what it is a part of, or why it is not there.
    #[must_use]
    pub fn decides(&self, class: EventClass, field: Field) -> bool {
        let said = |field: Field| self.fields.iter().any(|(known, of, _)| *known == class && *of == field) || self.absence(class, field).is_some();
        said(field) || field.derived_from().is_some_and(|(whole, _)| said(whole))
    }
}

/// Rows that a site puts over a profile's table of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// The site's name for a field in a class of events.
    pub fields: BTreeMap<(EventClass, Field), String>,
}
