//! Which cells does a row have, and where in the file does each stand?
//!
//! The `csv` crate says what the cells are; a walk over the row's bytes says where they are. Both must agree, so a span is
//! never wrong.

use super::text::Text;

/// Separators between cells, the most usual first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// One row.
pub(super) struct Row<'a> {
    pub(super) cells: Vec<Text<'a>>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where a quote was opened that nothing closes.
    pub(super) open_quote: Option<usize>,
}

impl Row<'_> {
    /// A cell, or nothing when the row is short.
    pub(super) fn cell(&self, at: usize) -> Option<&Text<'_>> {
        self.cells.get(at)
    }
}

/// The separator that a header or first row uses: the one that cuts it into most cells.
pub(super) fn separator(line: &str) -> u8 {
    let count = |separator: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                !quoted && *byte == separator
            })
            .count()
    };
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The separator that the line `sep=;` of Excel names, and the length of that line.
pub(super) fn separator_line(text: &str) -> Option<(u8, usize)> {
    let line = text.split_inclusive('\n').next()?;
    let words = line.trim_end_matches(['\r', '\n']).trim_matches([' ', '"']);
    let sign = words.get(..4).filter(|head| head.eq_ignore_ascii_case("sep=")).and_then(|_| words.get(4..))?;
    let separator = match sign.as_bytes() {
        [sign] if SEPARATORS.contains(sign) => *sign,
        b"\\t" | b"" => b'\t',
        _ => return None,
    };
    Some((separator, line.len()))
}

/// The rows of a table that begins at `base` in the file. Lines that begin with `#` are comments.
pub(super) fn rows<'a>(text: &'a str, base: usize, separator: u8) -> impl Iterator<Item = Result<Row<'a>, String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).comment(Some(b'#')).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let from = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        match reader.read_record(&mut record) {
            Ok(true) => {
                let to = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(text.len());
                let raw = text.get(from..to).unwrap_or_default();
                let row = locate(raw, base + from, separator);
                let same = row.cells.len() == record.len() && row.cells.iter().zip(&record).all(|(cell, said)| cell.as_str() == said);
                Some(if same { Ok(unwrapped(row)) } else { Err("its cells cannot be told apart".to_owned()) })
            }
            Ok(false) => {
                done = true;
                None
            }
            Err(why) => {
                done = true;
                Some(Err(why.to_string()))
            }
        }
    })
}

/// abuse.ch writes `"a", "b"`: the space makes the quotes a part of the cell, which nobody means.
fn unwrapped(mut row: Row<'_>) -> Row<'_> {
    for cell in &mut row.cells {
        cell.unwrap_quotes();
    }
    row
}

/// Walks over one row as RFC 4180 and the `csv` crate read it: a quote opens a cell only at its beginning, a doubled quote
/// is a quote, what follows a closing quote belongs to the cell.
fn locate(raw: &str, base: usize, separator: u8) -> Row<'_> {
    let bytes = raw.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b'\r' | b'\n') => at += 1,
            Some(b'#') => at = bytes.iter().skip(at).position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end),
            _ => break,
        }
    }
    let start = at;
    let mut row = Row { cells: Vec::new(), start: base + start, end: base + start, open_quote: None };
    let stop = |byte: u8| byte == separator || byte == b'\n' || byte == b'\r';
    loop {
        let cell_start = at;
        let mut cell;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            cell = Text::empty(base + at);
            let opened = at - 1;
            loop {
                let run = at;
                at = bytes.iter().skip(at).position(|byte| *byte == b'"').map_or(bytes.len(), |end| at + end);
                cell.push(raw.get(run..at).unwrap_or_default(), base + run, at - run);
                match (bytes.get(at), bytes.get(at + 1)) {
                    (None, _) => {
                        row.open_quote = Some(base + opened);
                        break;
                    }
                    (Some(_), Some(b'"')) => {
                        cell.push("\"", base + at, 2);
                        at += 2;
                    }
                    (Some(_), _) => {
                        at += 1;
                        break;
                    }
                }
            }
            let run = at;
            at = bytes.iter().skip(at).position(|byte| stop(*byte)).map_or(bytes.len(), |end| at + end);
            if at > run {
                cell.push(raw.get(run..at).unwrap_or_default(), base + run, at - run);
            }
        } else {
            at = bytes.iter().skip(at).position(|byte| stop(*byte)).map_or(bytes.len(), |end| at + end);
            cell = Text::plain(raw.get(cell_start..at).unwrap_or_default(), base + cell_start);
        }
        row.cells.push(cell);
        row.end = base + at;
        if bytes.get(at) != Some(&separator) {
            return row;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quoted_cells_keep_their_place() {
        let text = "# c\na,\"b\"\"c\",\"d\ne\"\r\n\nx,y\n";
        let rows: Vec<_> = rows(text, 0, b',').map(Result::unwrap).collect();
        let cells: Vec<Vec<_>> = rows.iter().map(|row| row.cells.iter().map(|cell| cell.as_str().to_owned()).collect()).collect();
        assert_eq!(cells, [vec!["a", "b\"c", "d\ne"], vec!["x", "y"]]);
        let piece = rows[0].cells[1].piece(2..3);
        assert_eq!((piece.value, &text[piece.start..piece.end]), ("c", "c"));
        assert_eq!(&text[rows[1].start..rows[1].end], "x,y");
    }

    #[test]
    fn the_separator_is_the_one_that_cuts_most() {
        assert_eq!(separator("a;b;c,d"), b';');
        assert_eq!(separator("\"a;b;c\",d"), b',');
        assert_eq!(separator("value"), b',');
    }

    proptest! {
        #[test]
        fn the_walk_agrees_with_the_csv_crate(text in "[a,\"#\r\n é]{0,40}") {
            for row in rows(&text, 0, b',') {
                prop_assert!(row.is_ok(), "{text:?}");
            }
        }
    }
}
