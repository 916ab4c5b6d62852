//! What does the row of a table say of the values in it? Its other cells are read with the words that feeds are read with: a status, a
//! verdict, a remark, a marking.

use std::collections::BTreeMap;

use ir::{ObservableKind, Tlp};
use source::FileId;

use super::cue::Cue;
use super::structure::{Shape, Structure};
use super::{Kind, port};
use feed::Head;

/// The longest head of a table, and the most cells that are read of a row.
const MAX_HEAD: usize = 400;
const MAX_CELLS: usize = 40;

/// The longest command that is read, in bytes.
const MAX_COMMAND: usize = 2000;

/// What a row says of its values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Why they are no indicators.
    pub(super) refused: Option<String>,
    /// Who may read them.
    pub(super) tlp: Option<Tlp>,
    /// A value that has no shape of its own, with the type that the row names: where it begins and ends.
    pub(super) value: Option<(Kind, usize, usize)>,
    /// The ports in a column of their own.
    pub(super) ports: Vec<u16>,
}

/// What is said of the values of each line, by the line's number.
pub(super) type Rows = BTreeMap<usize, Row>;

/// Reads the rows of all tables: those with bars, and those of plain text whose columns stand below each other.
pub(super) fn read(text: &str, structure: &Structure, file: FileId) -> Rows {
    let mut out = Rows::new();
    let mut heads: BTreeMap<u32, Option<Head>> = BTreeMap::new();
    let mut open: Option<(Head, Vec<usize>)> = None;
    for (number, line) in structure.lines.iter().enumerate() {
        let Some(words) = text.get(line.body..line.end) else { continue };
        if line.shape == Shape::Row {
            open = None;
            let begin = structure.head(line.table).unwrap_or_default();
            let head = heads.entry(line.table).or_insert_with(|| {
                let head = text.get(begin.clone()).filter(|head| head.len() <= MAX_HEAD)?;
                Head::of(&barred(head), file)
            });
            if let Some(head) = head.as_mut().filter(|_| begin.start != line.start) {
                let listed = line.section.has(Cue::INDICATORS) || structure.columns(line.table).iter().any(|column| column.has(Cue::INDICATORS));
                keep(&mut out, number, text, head, &barred(words), listed);
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
        // Below a head stand rows, whatever words are in them.
        let begins =
            open.is_none() || number.checked_sub(1).and_then(|above| structure.lines.get(above)).is_none_or(|above| above.shape == Shape::Blank);
        if begins && whole.len() <= MAX_HEAD && !words.contains(['.', '/', ':', '\\']) {
            let cells = spaced(whole);
            let names: Vec<&str> = cells.iter().map(|(_, cell)| *cell).collect();
            if let Some(head) = Head::of(&names, file) {
                open = Some((head, cells.iter().map(|(at, _)| *at).collect()));
                continue;
            }
        }
        if let Some((head, columns)) = &mut open {
            keep(&mut out, number, text, head, &below(columns, &spaced(whole)), line.section.has(Cue::INDICATORS));
        }
    }
    out
}

/// The cells of a row of plain text, each in its column. What was undone in front of a cell may have moved it: in a full row they are
/// counted, in another each goes to the next free column that is nearest.
fn below<'t>(columns: &[usize], cells: &[(usize, &'t str)]) -> Vec<&'t str> {
    let mut out = vec![""; columns.len()];
    let mut free = 0;
    for (nth, (at, cell)) in cells.iter().enumerate() {
        let last = (columns.len() + nth).saturating_sub(cells.len()).max(free);
        let near = (free..=last.min(columns.len().saturating_sub(1))).min_by_key(|column| columns.get(*column).map(|column| column.abs_diff(*at)));
        if let Some((column, place)) = near.and_then(|column| Some((column, out.get_mut(column)?))) {
            *place = cell;
            free = column + 1;
        }
    }
    out
}

/// Reads a row, and keeps what it says. Only lists of indicators name values by their type alone.
fn keep(out: &mut Rows, number: usize, text: &str, head: &mut Head, cells: &[&str], listed: bool) {
    let said = head.says(cells);
    let value = said.kind.filter(|_| listed).and_then(|(kind, at)| {
        let cell = cells.get(at)?;
        let start = (cell.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        Some((shapeless(kind, cell)?, start, start + cell.len()))
    });
    let ports = said.port.and_then(|at| cells.get(at)).map(|cell| port::in_cell(cell)).unwrap_or_default();
    let row = Row { refused: said.refused, tlp: said.tlp, value, ports };
    if row.refused.is_some() || row.tlp.is_some() || row.value.is_some() || !row.ports.is_empty() {
        out.insert(number, row);
    }
}

/// The type of a value that has no shape of its own, where a cell may hold one.
fn shapeless(kind: ObservableKind, cell: &str) -> Option<Kind> {
    let words = cell.split_whitespace().count();
    let plain = (3..=120).contains(&cell.len()) && !cell.contains([',', ';', '|', '<', '>']) && !cell.contains("://");
    match kind {
        ObservableKind::CommandLine => (words >= 2 && cell.len() <= MAX_COMMAND).then_some(Kind::CommandLine),
        ObservableKind::Task => (plain && words <= 6).then_some(Kind::Task),
        ObservableKind::Service => (plain && words <= 6 && !cell.contains(['/', '\\'])).then_some(Kind::Service),
        ObservableKind::Process => (plain && words <= 4 && !cell.contains(['/', '\\'])).then_some(Kind::Process),
        // With an ending it has a shape.
        ObservableKind::FileName => (plain && words == 1 && !cell.contains(['.', '/', '\\', '*', '['])).then_some(Kind::FileName),
        _ => None,
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

    #[test]
    fn the_type_of_a_row_gives_a_value_without_a_shape_its_kind() {
        let kinds = |text: &str| {
            let mut sources = Sources::default();
            let file = sources.add("a.md", text);
            let found = extract(&sources, file);
            let good = found.into_iter().filter(|found| found.role == DocumentRole::Indicator);
            good.map(|found| (found.kind.name(), found.value, found.ports)).collect::<Vec<_>>()
        };
        let rows = [
            ("Command", "rundll32.exe C:\\ProgramData\\x7.dll Entry", "command-line"),
            ("Process name", "quilld9", "process"),
            ("Scheduled task", "Quill Updater", "task"),
            ("Service name", "quillsvc", "service"),
            ("filename", "kJw8Qz", "filename"),
        ];
        let head = "# T\n\n## Indicators of compromise\n\n";
        let bars: String = rows.iter().map(|(kind, value, _)| format!("| {kind} | {value} |\n")).collect();
        let plain: String = rows.iter().map(|(kind, value, _)| format!("  {kind:<16}{value}\n")).collect();
        let cells: String = rows.iter().map(|(kind, value, _)| format!("<tr><td>{kind}</td><td>{value}</td></tr>")).collect();
        let wanted: Vec<(&str, String, Vec<u16>)> = rows.iter().map(|(_, value, kind)| (*kind, (*value).to_owned(), Vec::new())).collect();
        assert_eq!(kinds(&format!("{head}| Type | Value |\n|---|---|\n{bars}")), wanted);
        assert_eq!(kinds(&format!("{head}  {:<16}Value\n{plain}", "Type")), wanted);
        let page = format!(
            "<html><body><h1>T</h1><h2>Indicators of compromise</h2><table><tr><th>Type</th><th>Value</th></tr>{cells}</table></body></html>"
        );
        assert_eq!(kinds(&page), wanted);
        // Elsewhere a table with such words is about something else.
        assert_eq!(kinds("# T\n\n## How it works\n\n| Type | Value |\n|---|---|\n| Command | upload the file |\n| Service | ordinary |\n"), []);
        // Ports in a column of plain text; ranges of addresses.
        let ports = format!("{head}  Host             Port   Role\n  47.88.16[.]72    8443   Loader\n");
        assert_eq!(kinds(&ports), [("ipv4", "47.88.16.72".to_owned(), vec![8443])]);
        let ranges = format!("{head}- 47.88.16[.]0 - 47.88.16[.]255\n- 47.88.17[.]3-47.88.17[.]9\n- 47.88.18[.]1 - 47.99.18[.]2\n");
        let found: Vec<String> = kinds(&ranges).into_iter().map(|(_, value, _)| value).collect();
        assert_eq!(found, ["47.88.16.0/24", "47.88.18.1", "47.99.18.2"]);
    }

    #[test]
    fn cells_fall_into_their_columns() {
        let columns = [0, 21, 30];
        assert_eq!(super::below(&columns, &[(0, "a"), (19, "b"), (28, "c")]), ["a", "b", "c"]);
        assert_eq!(super::below(&columns, &[(0, "a"), (28, "c")]), ["a", "", "c"]);
        assert_eq!(super::below(&columns, &[(0, "a"), (19, "b")]), ["a", "b", ""]);
        assert_eq!(super::below(&columns, &[(0, "a"), (9, "b"), (28, "c"), (40, "d")]), ["a", "b", "c"]);
    }
}
