//! How is a long text read by several threads at once? In pieces that end where lines end, each with its place.

use std::ops::Range;

/// How long a piece is, in bytes, but for its last line.
const LONG: usize = 128 << 10;

/// The pieces of a text, in reading order; none of them is cut inside a line.
pub(crate) fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(text.len() / LONG + 1);
    let mut start = 0;
    while start < text.len() {
        let rest = text.as_bytes().get(start + LONG..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |at| start + LONG + at + 1);
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
        for text in [String::new(), "a\n".to_owned(), "é".repeat(LONG), "some line\n".repeat(LONG / 3), format!("{}\nb", "a".repeat(3 * LONG))] {
            let pieces = pieces(&text);
            assert_eq!(pieces.iter().map(|piece| text.get(piece.clone()).unwrap()).collect::<String>(), text);
            assert!(pieces.iter().all(|piece| piece.end == text.len() || text[piece.clone()].ends_with('\n')));
        }
    }
}
