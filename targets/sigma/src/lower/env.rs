//! What does the lowering of one rule know: its log source, its platform, the log's names?

use backend::{Cx, Refusal};
use ir::{FieldRef, Platform};
use logs::Encoding;
use source::{Code, Loss, Span};

use super::codes::{FIELD_NAME, NO_SOURCE};
use super::words::Words;
use crate::profiles::Source;

/// What lowering one rule knows.
pub(super) struct Env<'e, 'a> {
    pub(super) cx: &'e mut Cx<'a>,
    /// The log source; `None` for one that the catalogue does not know.
    pub(super) source: Option<&'static Source>,
    /// The operating system, as written or as the paths show.
    pub(super) platform: Option<Platform>,
    /// The rule's own words, when it was read as Sigma.
    pub(super) words: Option<Words>,
}

impl Env<'_, '_> {
    /// The log's name for a field.
    pub(super) fn name(&self, field: &FieldRef, span: Span) -> Result<String, Refusal> {
        if let (FieldRef::Known(known), Some(words)) = (field, self.words) {
            let named = words.name(*known).ok_or_else(|| {
                self.cx.unsupported(&NO_SOURCE, span, format!("`{}` has no name in the log source that this rule reads", known.name()))
            })?;
            return self.writable(named.to_owned(), span);
        }
        match (field, self.source) {
            (FieldRef::Any, _) => Ok(String::new()),
            (FieldRef::Known(known), Some(source)) => match source.name(*known, self.cx.overlay) {
                Some(name) => self.writable(name, span),
                None => Err(self.cx.field(source.class, *known, span).err().unwrap_or_else(|| {
                    self.cx.unsupported(&NO_SOURCE, span, format!("`{}` has no name in the log source that this rule reads", known.name()))
                })),
            },
            (other, _) => self.writable(other.name().to_owned(), span),
        }
    }

    /// A pipe begins a modifier; an empty name searches everywhere.
    fn writable(&self, name: String, span: Span) -> Result<String, Refusal> {
        const LONGEST: usize = 200;
        if name.is_empty() || name.contains('|') || name.chars().count() > LONGEST {
            return Err(self.cx.unsupported(&FIELD_NAME, span, format!("`{name}` cannot be written as a field's name in Sigma")));
        }
        Ok(name)
    }

    /// How the log writes the values of a field. What stands under a name that the site gave is as it is.
    pub(super) fn encoding(&self, field: &FieldRef) -> Encoding {
        match (field, self.source) {
            (FieldRef::Known(known), Some(source)) if !self.cx.overlay.fields.contains_key(&(source.class, *known)) => source.encoding(*known),
            _ => Encoding::Same,
        }
    }

    /// Records a loss seen from the outside of `positive` negations.
    pub(super) fn loss(&mut self, code: &'static Code, loss: Loss, positive: bool, span: Span, message: impl Into<String>, help: &str) {
        let loss = if positive { loss } else { loss.flipped() };
        self.cx.loss(code, loss, span, message, help);
    }
}
