//! Which bytes of the file stand behind a decoded piece of text?

use std::borrow::Cow;
use std::ops::Range;

/// A text after its quoting was undone (CSV quotes, JSON escapes, XML entities), which still knows its place in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Text<'a> {
    value: Cow<'a, str>,
    start: usize,
    /// Where an escape ended: offset in `value`, offset in the file. Sorted by both. Most texts have none, and are small.
    #[expect(clippy::box_collection, reason = "a text without escapes is a pointer smaller")]
    jumps: Option<Box<Vec<(usize, usize)>>>,
}

/// A part of a [`Text`]: the words, and the bytes of the file they stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub(super) value: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Text<'a> {
    /// A text that stands in the file as it is.
    pub(super) fn plain(value: &'a str, start: usize) -> Self {
        Self { value: Cow::Borrowed(value), start, jumps: None }
    }

    /// The beginning of a text that is put together piece by piece; see [`Text::push`].
    pub(super) fn empty(start: usize) -> Self {
        Self { value: Cow::Borrowed(""), start, jumps: None }
    }

    /// Appends words that stand at `start` in the file, written with `raw_len` bytes there.
    pub(super) fn push(&mut self, words: &str, start: usize, raw_len: usize) {
        if words.is_empty() && raw_len == 0 {
            return;
        }
        let length = self.value.len();
        let expected = self.jumps().last().map_or(self.start + length, |(at, raw)| raw + length - at);
        let value = self.value.to_mut();
        if expected != start {
            self.jumps.get_or_insert_default().push((value.len(), start));
        }
        value.push_str(words);
        if words.len() != raw_len {
            self.jumps.get_or_insert_default().push((value.len(), start + raw_len));
        }
    }

    /// Takes off white space and a pair of quotes around a text that stands in the file as it is.
    pub(super) fn unwrap_quotes(&mut self) {
        if let Cow::Borrowed(words) = self.value
            && let Some(inner) = words.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
        {
            let from = words.find('"').map_or(0, |at| at + 1);
            *self = Text::plain(inner, self.start + from);
        }
    }

    fn jumps(&self) -> &[(usize, usize)] {
        self.jumps.as_deref().map_or(&[], Vec::as_slice)
    }

    /// The words.
    pub(super) fn as_str(&self) -> &str {
        &self.value
    }

    /// The file offset behind an offset in the words.
    fn raw(&self, at: usize) -> usize {
        let jumps = self.jumps();
        let next = jumps.partition_point(|(decoded, _)| *decoded <= at);
        match next.checked_sub(1).and_then(|last| jumps.get(last)) {
            Some((decoded, raw)) => raw + (at - decoded),
            None => self.start + at,
        }
    }

    /// The whole, without white space around it.
    pub(super) fn trimmed(&self) -> Piece<'_> {
        self.piece(0..self.value.len()).trim(self)
    }

    /// A part, as offsets in the words. An offset that splits a character gives an empty piece.
    pub(super) fn piece(&self, range: Range<usize>) -> Piece<'_> {
        let value = self.value.get(range.clone()).unwrap_or_default();
        Piece { value, start: self.raw(range.start), end: self.raw(range.start + value.len()).max(self.raw(range.start)) }
    }

    /// The part that `words` is; it must be a slice of [`Text::as_str`].
    pub(super) fn slice(&self, words: &str) -> Piece<'_> {
        let offset = (words.as_ptr() as usize).wrapping_sub(self.value.as_ptr() as usize);
        if offset > self.value.len() {
            return self.piece(0..self.value.len());
        }
        self.piece(offset..offset + words.len())
    }
}

impl<'t> Piece<'t> {
    /// The piece without white space around it; `text` is the text it was cut from.
    pub(super) fn trim(self, text: &'t Text<'_>) -> Self {
        let trimmed = self.value.trim();
        if trimmed.len() == self.value.len() { self } else { text.slice(trimmed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_moves_what_follows_it() {
        // The file holds `  a\\b\"c`; the words are `a\b"c`.
        let mut text = Text::empty(2);
        text.push("a", 2, 1);
        text.push("\\", 3, 2);
        text.push("b", 5, 1);
        text.push("\"", 6, 2);
        text.push("c", 8, 1);
        assert_eq!(text.as_str(), "a\\b\"c");
        assert_eq!(text.piece(0..1), Piece { value: "a", start: 2, end: 3 });
        assert_eq!(text.piece(1..3), Piece { value: "\\b", start: 3, end: 6 });
        assert_eq!(text.piece(4..5), Piece { value: "c", start: 8, end: 9 });
        assert_eq!(text.piece(3..4), Piece { value: "\"", start: 6, end: 8 });
    }

    #[test]
    fn white_space_is_left_out_of_the_span() {
        let text = Text::plain(" x ", 10);
        assert_eq!(text.trimmed(), Piece { value: "x", start: 11, end: 12 });
        assert_eq!(Text::plain("  ", 0).trimmed().value, "");
    }
}
