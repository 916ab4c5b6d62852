//! A rule that was read as Sigma, in its own words again: its log source, and the taxonomy's names for the catalogue's fields.
//!
//! Nothing is chosen here. Where the reader took a value into another form (names of pipes, digests), it is taken back.

use backend::{Cx, Refusal, legalise};
use ir::{EventRule, SigmaLogSource};
use source::Span;

use super::env::Env;
use super::lowered::Lowered;
use super::predicate;
use super::words::Words;
use crate::ast;
use crate::profiles;

/// An event rule in the words of the Sigma rule that it was read from.
pub(super) fn event(rule: &EventRule, source: &SigmaLogSource, cx: &mut Cx<'_>, span: Span) -> Result<Lowered, Refusal> {
    let words = Words::of(rule, source);
    let legal = legalise(rule, cx.target, &profiles::CAPABILITIES, cx.overlay, span)?;
    cx.extend(legal.losses);
    let mut env = Env { cx, source: None, platform: rule.event.platform, words: Some(words) };
    let expression = predicate::predicate(&legal.predicate, true, &mut env)?;
    let SigmaLogSource { category, product, service, definition, custom } = source.clone();
    let logsource = ast::LogSource { category, product, service, definition, custom };
    Ok(Lowered { source: None, platform: rule.event.platform, words: Some(words), logsource, base: Vec::new(), expression })
}
