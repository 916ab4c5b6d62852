//! Is the set of descriptions sound as a whole? One advisory under one id, no empty block.

use ir::{Advisory, Header};
use source::{Code, Diagnostic, Sources, Span};

use crate::Cx;

pub(crate) static DUPLICATE_ADVISORY: Code = Code::error("validate.duplicate-advisory", "two descriptions carry the same advisory id");
pub(crate) static EMPTY_BLOCK: Code = Code::warn("validate.empty-block", "a block of indicators holds none");

/// Sorts descriptions by id and file name, and keeps one of those that share an id.
pub(crate) fn run(sources: &Sources, mut advisories: Vec<Advisory>, cx: &mut Cx) -> Vec<Advisory> {
    fn key<'a>(advisory: &'a Advisory, sources: &'a Sources) -> (&'a str, &'a str, u32) {
        let Header { id, span, .. } = &advisory.header;
        (id, &sources.file(span.file).name, span.start)
    }
    advisories.sort_by(|a, b| key(a, sources).cmp(&key(b, sources)));
    let mut first: Option<(String, Span)> = None;
    advisories.retain(|advisory| {
        let header = &advisory.header;
        if let Some((_, before)) = first.as_ref().filter(|(id, _)| *id == header.id) {
            let file = &sources.file(before.file).name;
            cx.diagnostics.push(
                Diagnostic::new(&DUPLICATE_ADVISORY, format!("the advisory `{}` is described in `{file}` already", header.id))
                    .at(header.span, "this description is left out")
                    .help("the ids of rules follow from this id; another id, or one file for both, might be what is meant"),
            );
            return false;
        }
        first = Some((header.id.clone(), header.span));
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
