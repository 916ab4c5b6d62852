//! What does the row of a table say of the values in it? Its other cells are read with the words that feeds are read with: a status, a
//! verdict, a remark, a marking.

use std::collections::BTreeMap;

use source::FileId;

use super::structure::{Shape, Structure};
use crate::feed::{Head, Said};

/// The longest head of a table, and the most cells that are read of a row.
const MAX_HEAD: usize = 400;
const MAX_CELLS: usize = 40;

/// What is said of the values of each line, by the line's number.
pub(super) type Rows = BTreeMap<usize, Said>;

/// Reads the rows of all tables: those with bars, and those of plain text whose columns stand below each other.
pub(super) fn read(text: &str, structure: &Structure, file: FileId) -> Rows {
    let mut out = Rows::new();
    let mut heads: BTreeMap<u32, Option<Head>> = BTreeMap::new();
    let mut open: Option<(Head, Vec<usize>)> = None;
    for (number, line) in structure.lines.iter().enumerate() {
        let Some(words) = text.get(line.body..line.end) else { continue };
        if line.shape == Shape::Row {
            open = None;
            let head = heads.entry(line.table).or_insert_with(|| {
                let head = structure.head(line.table).and_then(|range| text.get(range)).filter(|head| head.len() <= MAX_HEAD)?;
                Head::of(&barred(head), file)
            });
            if let Some(head) = head {
                keep(&mut out, number, head.says(&barred(words)));
            }
            continue;
        }
        if words.trim().is_empty() || line.shape == Shape::Heading {
            // One blank line may stand below the head.
            if line.shape == Shape::Heading || number.checked_sub(1).is_some_and(|before| out.contains_key(&before)) {
                open = None;
            }
            continue;
        }
        let Some(whole) = text.get(line.start..line.end).filter(|whole| whole.contains("  ") || whole.contains('\t')) else {
            open = None;
            continue;
        };
        if whole.len() <= MAX_HEAD && !words.contains(['.', '/', ':', '\\']) {
            let cells = spaced(whole);
            let names: Vec<&str> = cells.iter().map(|(_, cell)| *cell).collect();
            if let Some(head) = Head::of(&names, file) {
                open = Some((head, cells.iter().map(|(at, _)| *at).collect()));
                continue;
            }
        }
        if let Some((head, columns)) = &mut open {
            let mut cells = vec![""; columns.len()];
            for (at, cell) in spaced(whole) {
                // A cell belongs to the last column that begins at or before it.
                let column = columns.partition_point(|column| *column <= at + 1).saturating_sub(1);
                if let Some(place) = cells.get_mut(column) {
                    *place = cell;
                }
            }
            keep(&mut out, number, head.says(&cells));
        }
    }
    out
}

fn keep(out: &mut Rows, line: usize, said: Said) {
    if said != Said::default() {
        out.insert(line, said);
    }
}

/// The cells between bars.
fn barred(line: &str) -> Vec<&str> {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|');
    line.split('|').take(MAX_CELLS).map(|cell| cell.trim_matches([' ', '*', '`', '_', '\t'])).collect()
}

/// The cells between two blanks or more, each with its place in the line, in characters.
fn spaced(line: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let (mut begin, mut blanks, mut at) = (None, 0, 0);
    let cell = |begin: Option<(usize, usize)>, end: usize, line: &'_ str| -> Option<(usize, usize, usize)> {
        let (place, from) = begin?;
        line.get(from..end).map(|_| (place, from, end))
    };
    let mut cells = Vec::new();
    let mut last = 0;
    for (byte, char) in line.char_indices() {
        if char == '\t' || char == ' ' {
            blanks += if char == '\t' { 2 } else { 1 };
        } else {
            if blanks >= 2 && begin.is_some() {
                cells.extend(cell(begin, last, line));
                begin = None;
            }
            if begin.is_none() {
                begin = Some((at, byte));
            }
            blanks = 0;
            last = byte + char.len_utf8();
        }
        at += 1;
    }
    cells.extend(cell(begin, last, line));
    for (place, from, end) in cells.into_iter().take(MAX_CELLS) {
        if let Some(words) = line.get(from..end) {
            out.push((place, words));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use ir::Tlp;
    use source::Sources;

    use super::super::{DocumentRole, extract};

    fn of(text: &str) -> Vec<(String, bool, Option<Tlp>)> {
        let mut sources = Sources::default();
        let file = sources.add("a.md", text);
        extract(&sources, file).into_iter().map(|found| (found.value, found.role == DocumentRole::Indicator, found.tlp)).collect()
    }

    #[test]
    fn rows_of_tables_say_what_their_values_are() {
        let bars = "# T\n\n## Indicators of compromise\n\n| Value | Type | Status | TLP |\n|---|---|---|---|\n\
                    | one.example[.]net | domain | active | TLP:AMBER |\n| two.example[.]net | domain | False positive | TLP:GREEN |\n\
                    | three.example[.]net | domain | sinkholed | |\n| four.example[.]net | domain | blocked | |\n";
        let plain = "Title of it\n\nIndicators of compromise\n\nValue                Type     Status           TLP\n\
                     one.example[.]net    domain   active           TLP:AMBER\ntwo.example[.]net    domain   False positive   TLP:GREEN\n\
                     three.example[.]net  domain   sinkholed\nfour.example[.]net   domain   blocked\n";
        for text in [bars, plain] {
            let want = [
                ("one.example.net", true, Some(Tlp::Amber)),
                ("two.example.net", false, Some(Tlp::Green)),
                ("three.example.net", false, None),
                ("four.example.net", true, None),
            ];
            let want: Vec<(String, bool, Option<Tlp>)> = want.into_iter().map(|(value, good, tlp)| (value.to_owned(), good, tlp)).collect();
            assert_eq!(of(text), want, "{text}");
        }
        // Nothing passes from one table, or from a text that only looks like a row, to another value.
        let apart = "# T\n\n| Value | Status |\n|---|---|\n| one[.]example | expired |\n\ntwo[.]example  closed\n";
        assert_eq!(of(apart).iter().map(|(_, good, _)| *good).collect::<Vec<_>>(), [false, true]);
    }
}
