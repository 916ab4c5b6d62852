//! How is a feed built that no description loads? It becomes an advisory of its own, one block for each type of value.

use ir::{Advisory, Verdict};
use source::{FileId, Sources, Span};

use super::Read;
use crate::blocks::{blocks, slug, stem};

/// Turns what was read into an advisory. Its id is the feed's own (an event's, report's or bundle's), or the file's name.
#[must_use]
pub fn advisory(sources: &Sources, file: FileId, read: Read) -> Advisory {
    let stem = stem(&sources.file(file).name);
    let span = Span::new(file, 0, 0);
    let header = read.header;
    Advisory {
        header: ir::Header {
            id: header.id.filter(|id| !id.trim().is_empty()).unwrap_or_else(|| slug(stem, "feed")),
            title: header.title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| stem.to_owned()),
            tlp: header.tlp,
            published: header.published,
            modified: header.modified,
            actors: header.actors,
            malware: header.malware,
            cves: header.cves,
            hunt: None,
            verdict: Verdict::default(),
            report: None,
            references: header.references,
            author: header.author,
            span,
        },
        sources: Vec::new(),
        indicators: blocks(read.indicators, span),
        behaviors: Vec::new(),
        correlations: Vec::new(),
        natives: Vec::new(),
        tests: Vec::new(),
        accepts: Vec::new(),
    }
}
