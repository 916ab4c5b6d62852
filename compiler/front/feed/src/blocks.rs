//! How do values that no description lists become blocks of an advisory? One block for each type, role and direction.

use std::collections::BTreeMap;

use ir::{Direction, Head, Indicator, IndicatorBlock, ObservableKind, Role};
use source::Span;

/// Sorts indicators into blocks. A block is named by what its values share, so that an added value never renames another's rules.
pub fn blocks(indicators: impl IntoIterator<Item = Indicator>, otherwise: Span) -> Vec<IndicatorBlock> {
    let mut blocks: BTreeMap<(ObservableKind, Role, Direction), IndicatorBlock> = BTreeMap::new();
    for indicator in indicators {
        let kind = indicator.observable.kind();
        let block = blocks.entry((kind, indicator.role, indicator.direction)).or_insert_with(|| {
            let name = block_name(kind.name(), indicator.role, indicator.direction);
            let span = indicator.origins.first().map_or(otherwise, |origin| origin.span);
            IndicatorBlock { head: Head::new(name, span), kind: Some(kind), indicators: Vec::new() }
        });
        block.indicators.push(indicator);
    }
    let mut blocks: Vec<IndicatorBlock> = blocks.into_values().collect();
    blocks.sort_by(|a, b| a.head.name.cmp(&b.head.name));
    blocks
}

fn block_name(kind: &str, role: Role, direction: Direction) -> String {
    let role = if role == Role::Unknown { String::new() } else { format!("-{}", role.name()) };
    let direction = if direction == Direction::Either { String::new() } else { format!("-{}", direction.name()) };
    format!("{kind}{role}{direction}")
}

/// A file's name without its folders and its last ending: what an input without a title is called.
pub fn stem(name: &str) -> &str {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match base.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => base,
    }
}

/// An id made of a name: letters, digits, dots, dashes and underscores; anything else becomes one dash.
pub fn slug(stem: &str, otherwise: &str) -> String {
    let mut out = String::with_capacity(stem.len());
    for char in stem.chars() {
        if char.is_alphanumeric() || matches!(char, '.' | '_' | '-') {
            out.push(char);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_matches('-');
    if out.is_empty() { otherwise.to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_id_is_known_by_its_name() {
        assert_eq!(slug(stem("a/b/Relays 2021 (v2).csv"), "feed"), "Relays-2021-v2");
        assert_eq!(slug(stem("-"), "feed"), "feed");
        assert_eq!(stem(".hidden"), ".hidden");
        assert_eq!(block_name("ip", Role::C2, Direction::Destination), "ip-c2-destination");
    }
}
