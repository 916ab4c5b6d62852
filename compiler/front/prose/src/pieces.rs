//! How is a long text read by several threads at once? In pieces that end where a paragraph ends, or at least a line, each with its place.

use std::ops::Range;

/// How long a piece is, in bytes, up to the end of its paragraph.
const LONG: usize = 128 << 10;

/// How many lines later the paragraph may end.
const LINES: usize = 2000;

/// The pieces of a text, in reading order; none of them is cut inside a line.
pub(crate) fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(text.len() / LONG + 1);
    let mut start = 0;
    while start < text.len() {
        let rest = text.as_bytes().get(start + LONG..).unwrap_or_default();
        let mut ends = memchr::memchr_iter(b'\n', rest).take(LINES).peekable();
        let first = ends.peek().copied();
        let blank = ends.find(|at| matches!(rest.get(at + 1..), Some([b'\n', ..] | [b'\r', b'\n', ..])));
        let end = blank.or(first).map_or(text.len(), |at| start + LONG + at + 1);
        out.push(start..end);
        start = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_whole_lines_and_the_whole_text() {
        let paragraph = format!("{}a\n\nb\n", "some line\n".repeat(LONG / 10 + 9));
        assert!(paragraph[pieces(&paragraph).remove(0)].ends_with("a\n"));
        for text in [String::new(), "a\n".to_owned(), "é".repeat(LONG), "some line\n".repeat(LONG / 3), format!("{}\nb", "a".repeat(3 * LONG))] {
            let pieces = pieces(&text);
            assert_eq!(pieces.iter().map(|piece| text.get(piece.clone()).unwrap()).collect::<String>(), text);
            assert!(pieces.iter().all(|piece| piece.end == text.len() || text[piece.clone()].ends_with('\n')));
        }
    }
}
