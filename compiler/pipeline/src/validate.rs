//! Is the set of descriptions sound as a whole? One advisory under one id, no empty block.

use ir::{Advisory, Header};
use source::{Code, Diagnostic, Sources, Span};

use crate::context::Cx;

pub(crate) static DUPLICATE_ADVISORY: Code = Code::error("validate.duplicate-advisory", "two descriptions carry the same advisory id");
pub(crate) static DUPLICATE_RULE: Code = Code::error("validate.duplicate-rule", "two Sigma rules carry the same id");
pub(crate) static EMPTY_BLOCK: Code = Code::warn("validate.empty-block", "a block of indicators holds none");

/// Whether it is what became of one Sigma rule.
fn is_rule(advisory: &Advisory) -> bool {
    let behaviors = advisory.behaviors.iter().map(|block| &block.head);
    let mut heads = behaviors.chain(advisory.correlations.iter().map(|block| &block.head));
    heads.next().is_some_and(|head| head.sigma.is_some())
}

/// Sorts descriptions by id and file name, and keeps one of those that share an id.
pub(crate) fn run(sources: &Sources, mut advisories: Vec<Advisory>, cx: &mut Cx) -> Vec<Advisory> {
    fn key<'a>(advisory: &'a Advisory, sources: &'a Sources) -> (&'a str, &'a str, u32) {
        let Header { id, span, .. } = &advisory.header;
        (id, &sources.file(span.file).name, span.start)
    }
    advisories.sort_by(|a, b| key(a, sources).cmp(&key(b, sources)));
    let mut first: Option<(String, Span, bool)> = None;
    advisories.retain(|advisory| {
        let header = &advisory.header;
        let rule = is_rule(advisory);
        if let Some((_, before, of_rule)) = first.as_ref().filter(|(id, ..)| *id == header.id) {
            let file = &sources.file(before.file).name;
            if rule && *of_rule {
                let (line, _) = sources.position(*before);
                let message = format!("two rules have the `id` `{}`; the first is in `{file}`, line {line}", header.id);
                let twice = Diagnostic::new(&DUPLICATE_RULE, message).at(header.span, "this rule is left out").also(*before, "the first one");
                cx.diagnostics.push(twice.help("each rule has an `id` of its own; another version of a rule might name it below `related`"));
                return false;
            }
            cx.diagnostics.push(
                Diagnostic::new(&DUPLICATE_ADVISORY, format!("the advisory `{}` is described in `{file}` already", header.id))
                    .at(header.span, "this description is left out")
                    .help("the ids of rules follow from this id; another id, or one file for both, might be what is meant"),
            );
            return false;
        }
        first = Some((header.id.clone(), header.span, rule));
        true
    });
    for advisory in &advisories {
        for block in advisory.indicators.iter().filter(|block| block.indicators.is_empty()) {
            cx.diagnostics.push(
                Diagnostic::new(&EMPTY_BLOCK, format!("`{}` holds no indicator", block.head.name))
                    .at(block.head.span, "no rule comes from this block")
                    .help("values are written as `- value`, or taken from a file with `load`"),
            );
        }
    }
    advisories
}
