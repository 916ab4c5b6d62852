//! How is a feed built that no description loads? It becomes an advisory of its own, one block for each type of value.

use std::collections::BTreeMap;

use ir::{Advisory, Direction, Head, IndicatorBlock, Role, Verdict};
use source::{FileId, Sources, Span};

use super::Read;

/// Turns what was read into an advisory. Its id is the feed's own (an event's, report's or bundle's), or the file's name;
/// a block is named after the type of its values, with role and direction where the feed tells them.
#[must_use]
pub fn advisory(sources: &Sources, file: FileId, read: Read) -> Advisory {
    let stem = stem(&sources.file(file).name);
    let span = Span::new(file, 0, 0);
    let mut blocks: BTreeMap<String, IndicatorBlock> = BTreeMap::new();
    for indicator in read.indicators {
        let kind = indicator.observable.kind();
        let name = block_name(kind.name(), indicator.role, indicator.direction);
        let place = indicator.origins.first().map_or(span, |origin| origin.span);
        let block =
            blocks.entry(name.clone()).or_insert_with(|| IndicatorBlock { head: Head::new(name, place), kind: Some(kind), indicators: Vec::new() });
        block.indicators.push(indicator);
    }
    let header = read.header;
    Advisory {
        header: ir::Header {
            id: header.id.filter(|id| !id.trim().is_empty()).unwrap_or_else(|| slug(stem)),
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
        indicators: blocks.into_values().collect(),
        behaviors: Vec::new(),
        correlations: Vec::new(),
        natives: Vec::new(),
        tests: Vec::new(),
        accepts: Vec::new(),
    }
}

/// A block's name depends on nothing but its own values, so that an added row never renames another's rules.
fn block_name(kind: &str, role: Role, direction: Direction) -> String {
    let role = if role == Role::Unknown { String::new() } else { format!("-{}", role.name()) };
    let direction = if direction == Direction::Either { String::new() } else { format!("-{}", direction.name()) };
    format!("{kind}{role}{direction}")
}

/// A file's name without its folders and its last ending.
fn stem(name: &str) -> &str {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match base.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => base,
    }
}

/// Letters, digits, dots, dashes and underscores; anything else becomes one dash.
fn slug(stem: &str) -> String {
    let mut out = String::with_capacity(stem.len());
    for char in stem.chars() {
        if char.is_alphanumeric() || matches!(char, '.' | '_' | '-') {
            out.push(char);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_matches('-');
    if out.is_empty() { "feed".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_id_is_known_by_its_name() {
        assert_eq!(slug(stem("a/b/Relays 2021 (v2).csv")), "Relays-2021-v2");
        assert_eq!(slug(stem("-")), "feed");
        assert_eq!(block_name("ip", Role::C2, Direction::Destination), "ip-c2-destination");
    }
}
