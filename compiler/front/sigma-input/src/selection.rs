//! What does a selection of a rule hold, in the rule's own words?

use std::borrow::Cow;

use source::Span;

use super::modifier::Modifiers;
use super::placeholder::Placeholders;
use super::yaml::Scalar;

/// A test of a field or of the whole event, in the rule's own words.
#[derive(Clone, Debug)]
pub(super) struct Item<'t> {
    /// `None` for keywords.
    pub(super) field: Option<Cow<'t, str>>,
    pub(super) modifiers: Modifiers,
    pub(super) values: Vec<Literal<'t>>,
    /// The key, or the first keyword.
    pub(super) span: Span,
    /// What placeholders stand for, when the values may hold some.
    pub(super) placeholders: Option<Placeholders>,
}

/// A value in the rule's own words.
#[derive(Clone, Debug)]
pub(super) struct Literal<'t> {
    pub(super) scalar: Scalar<'t>,
    pub(super) span: Span,
}

/// What a selection asks for.
#[derive(Clone, Debug)]
pub(super) enum Selection<'t> {
    /// A map: every part.
    All(Vec<Selection<'t>>),
    /// A list: any part.
    Any(Vec<Selection<'t>>),
    /// One test.
    Item(Item<'t>),
}

impl Selection<'_> {
    pub(super) fn into_owned(self) -> Selection<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::All(parts) => Selection::All(parts.into_iter().map(Selection::into_owned).collect()),
            Self::Any(parts) => Selection::Any(parts.into_iter().map(Selection::into_owned).collect()),
            Self::Item(item) => Selection::Item(Item {
                field: item.field.map(own),
                modifiers: item.modifiers,
                values: item
                    .values
                    .into_iter()
                    .map(|value| Literal { scalar: Scalar { text: own(value.scalar.text), plain: value.scalar.plain }, span: value.span })
                    .collect(),
                span: item.span,
                placeholders: item.placeholders,
            }),
        }
    }
}
