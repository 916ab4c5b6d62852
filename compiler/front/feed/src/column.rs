//! What does a column hold, by its name?

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ir::{Direction, ObservableKind, Role};

use super::column_kind::Column;
use super::column_words::{ENDS, NAMES, SERVERS, STAGES};
use super::kind;
use super::want::{GUESS, Want};
use super::words::{self, folded};

/// What a column of this name holds. Typing mistakes in longer names are forgiven: ANSSI's own header says `siganture.value`.
pub(super) fn by_name(name: &str) -> Option<Column> {
    by_exact_name(name).or_else(|| misspelt(folded(name).trim()))
}

/// What a column of this name holds, spelled as it should be.
pub(super) fn by_exact_name(name: &str) -> Option<Column> {
    named(name).or_else(|| languages::english(name).and_then(named))
}

/// The columns by their names, with their row in the table.
static BY_NAME: LazyLock<BTreeMap<&str, (usize, Column)>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for (row, (column, names)) in NAMES.iter().enumerate() {
        for name in *names {
            all.entry(*name).or_insert((row, *column));
        }
    }
    all
});

/// What a column of this name holds, by its English name.
fn named(name: &str) -> Option<Column> {
    let (whole, name, apart) = (name, folded(name), folded(&words::apart(name)));
    let (name, apart) = (name.trim(), apart.trim());
    // Of two columns with the name, the first of the table.
    if let Some((_, column)) = [name, apart].into_iter().filter_map(|name| BY_NAME.get(name)).min_by_key(|(row, _)| *row) {
        return Some(*column);
    }
    if [" status", " state", " verdict", " disposition"].iter().any(|end| apart.ends_with(end)) {
        return Some(Column::Status);
    }
    if let Some((_, kind, direction)) = ENDS.iter().find(|(known, ..)| *known == name) {
        let direction = Some(*direction).filter(|direction| *direction != Direction::Either);
        return Some(Column::Typed(Want::Kind(*kind), direction, kind::role_of_word(name)));
    }
    if SERVERS.contains(&name) {
        return Some(Column::Typed(GUESS, None, Some(Role::C2)));
    }
    if STAGES.contains(&name) {
        return Some(Column::Typed(GUESS, None, Some(Role::Delivery)));
    }
    // `asn`, `path` or `user` beside a value are remarks on it, not values of their own.
    if let Some((want @ (Want::Kind(_) | Want::File | Want::Certificate), direction, role)) = kind::of_column(whole)
        && !matches!(want, Want::Kind(ObservableKind::Asn | ObservableKind::EmailSubject | ObservableKind::Service | ObservableKind::Task))
        && !matches!(
            name,
            "as" | "path"
                | "address"
                | "addresses"
                | "network"
                | "certificate"
                | "cert"
                | "execution"
                | "powershell"
                | "cli"
                | "serial"
                | "serial no"
                | "serial number"
        )
    {
        return Some(Column::Typed(want, direction, role));
    }
    None
}

/// What a column holds whose name has typing mistakes.
fn misspelt(name: &str) -> Option<Column> {
    let allowed = match name.len() {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    };
    if allowed == 0 {
        return None;
    }
    NAMES
        .iter()
        .flat_map(|(column, names)| names.iter().map(move |known| (*known, *column)))
        .filter(|(known, _)| known.len() >= 6 && known.len().abs_diff(name.len()) <= allowed)
        .map(|(known, column)| (strsim::damerau_levenshtein(known, name), column))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, column)| column)
}

/// Whether a column can hold values.
pub(super) fn holds_values(column: Column) -> bool {
    matches!(column, Column::Value | Column::Pattern | Column::Typed(..) | Column::Name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood_with_their_typing_mistakes() {
        assert_eq!(by_name("siganture.value"), Some(Column::Value));
        assert_eq!(by_name(" Valid From"), Some(Column::ValidFrom));
        assert_eq!(by_name("Indicator_type"), Some(Column::Kind));
        assert_eq!(by_name("Destcription"), Some(Column::Note));
        assert_eq!(by_name("dst_ip"), Some(Column::Typed(Want::Kind(ObservableKind::Ip), Some(Direction::Destination), None)));
        assert_eq!(by_name("sha256_hash"), Some(Column::Typed(Want::Kind(ObservableKind::Sha256), None, None)));
        assert_eq!(by_name("domain creation"), None);
        assert_eq!(by_name("event.classification"), None);
        assert_eq!(by_name("signature_component.metedata"), None);
        assert_eq!(by_name("date"), None);
        assert_eq!(by_name("IndicatorValue"), Some(Column::Value));
        assert_eq!(by_name("C2 Domain"), Some(Column::Typed(Want::Kind(ObservableKind::Domain), None, Some(Role::C2))));
        assert_eq!(by_name("victim ip"), None);
    }
}
