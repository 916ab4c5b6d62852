//! What is an event rule when its log source is chosen and its predicate lowered?

use backend::{Cx, Refusal};
use ir::Platform;

use super::codes::NOTHING;
use super::expression::Expression;
use super::select;
use super::words::Words;
use crate::ast::{self, Body, Item};
use crate::profiles::Source;

/// One event rule on its way.
pub(super) struct Lowered {
    pub(super) source: Option<&'static Source>,
    pub(super) platform: Option<Platform>,
    pub(super) words: Option<Words>,
    pub(super) logsource: ast::LogSource,
    pub(super) base: Vec<Item>,
    pub(super) expression: Expression,
}

impl Lowered {
    /// The rule's body; `always` is the item that stands for a rule that every event fits.
    pub(super) fn body(self, always: Option<Item>) -> Option<Body> {
        let mut base = self.base;
        match self.expression {
            Expression::Never => return None,
            Expression::Always if base.is_empty() => base.push(always?),
            _ => {}
        }
        Some(Body::Detection(self.logsource, select::detection(base, self.expression)))
    }
}

/// The refusal of a rule without any condition.
pub(super) fn nothing(cx: &Cx<'_>) -> Refusal {
    Refusal {
        help: Some("a condition on a field might be added".to_owned()),
        ..cx.unsupported(&NOTHING, cx.span(), "no condition is left that a Sigma rule could look for")
    }
}
