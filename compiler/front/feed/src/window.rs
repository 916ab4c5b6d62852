//! Which part of a feed is in memory? A window that moves over the text, and where in the file it stands.
//!
//! **Invariant:** the window grows no larger than the largest value that a reader asks to hold, and one chunk.

use std::borrow::Cow;
use std::io::Read;

use source::Lines;

/// How much is read at once, in bytes.
const CHUNK: usize = 128 * 1024;

/// A part of a text with its place in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'t> {
    /// The words.
    pub(super) text: &'t str,
    /// Byte offset of their first byte in the file.
    pub(super) base: usize,
    /// One-based line of their first byte.
    pub(super) line: usize,
    /// One-based column, in characters, of their first byte.
    pub(super) column: usize,
}

/// The window.
pub(super) struct Window<'r> {
    reader: Box<dyn Read + 'r>,
    text: String,
    /// The beginning of a character whose end is not read yet.
    cut: Vec<u8>,
    base: usize,
    /// Offset in `text`, and its line and column.
    counted: (usize, usize, usize),
    done: bool,
    /// Why the file cannot be read to its end.
    pub(super) fault: Option<String>,
    chunk: usize,
}

impl<'r> Window<'r> {
    /// A window at the beginning of a file.
    pub(super) fn new(reader: Box<dyn Read + 'r>) -> Self {
        Self { reader, text: String::new(), cut: Vec::new(), base: 0, counted: (0, 1, 1), done: false, fault: None, chunk: CHUNK }
    }

    #[cfg(test)]
    pub(super) fn with_chunk(reader: Box<dyn Read + 'r>, chunk: usize) -> Self {
        Self { chunk, ..Self::new(reader) }
    }

    /// What is in memory.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The same as bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Byte offset of the window's first byte in the file.
    pub(super) fn base(&self) -> usize {
        self.base
    }

    /// Whether nothing follows the window.
    pub(super) fn done(&self) -> bool {
        self.done
    }

    /// The part of the window between two offsets. Pages are asked for in reading order.
    pub(super) fn page(&mut self, from: usize, to: usize) -> Page<'_> {
        self.count_to(from);
        let (_, line, column) = self.counted;
        Page { text: self.text.get(from..to).unwrap_or_default(), base: self.base + from, line, column }
    }

    fn count_to(&mut self, to: usize) {
        let (from, line, column) = self.counted;
        let passed = self.text.get(from..to).unwrap_or_default();
        self.counted = (to.max(from), line, column);
        advance(passed, &mut self.counted.1, &mut self.counted.2);
    }

    /// Reads on, letting go of what stands before `keep`. Returns how far offsets move back; `None` at the end.
    ///
    /// What is kept is read on by at least its own length, so that reading a long value again and again stays linear.
    pub(super) fn more(&mut self, keep: usize) -> Option<usize> {
        if self.done {
            return None;
        }
        self.count_to(keep);
        self.text.drain(..keep);
        self.base += keep;
        self.counted.0 = 0;
        let wanted = self.chunk.max(self.text.len());
        let mut bytes = std::mem::take(&mut self.cut);
        let had = bytes.len();
        match (&mut self.reader).take(wanted as u64).read_to_end(&mut bytes) {
            Ok(_) => {}
            Err(error) => {
                self.fault = Some(error.to_string());
                self.done = true;
            }
        }
        self.done |= bytes.len() - had < wanted;
        match std::str::from_utf8(&bytes) {
            Ok(words) => self.text.push_str(words),
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                self.text.push_str(std::str::from_utf8(good).unwrap_or_default());
                if error.error_len().is_none() && !self.done {
                    self.cut = bad.to_vec();
                } else {
                    self.fault.get_or_insert_with(|| format!("it is not UTF-8 text (byte {})", self.base + self.text.len()));
                    self.done = true;
                }
            }
        }
        Some(keep)
    }
}

/// Counts lines and characters.
fn advance(passed: &str, line: &mut usize, column: &mut usize) {
    let bytes = passed.as_bytes();
    let tail = match memchr::memrchr(b'\n', bytes) {
        Some(last) => {
            *line += memchr::memchr_iter(b'\n', bytes).count();
            *column = 1;
            bytes.get(last + 1..).unwrap_or_default()
        }
        None => bytes,
    };
    // Sums of bytes: the compiler adds many at once.
    *column += tail.chunks(255).map(|some| usize::from(some.iter().map(|byte| u8::from((byte & 0xc0) != 0x80)).sum::<u8>())).sum::<usize>();
}

/// Pages up to this length are counted afresh for each place; longer ones get an index.
const SHORT: usize = 2048;

/// A page that a reader holds while it reads it, with places found in a short time.
#[derive(Debug, Default)]
pub(super) struct Held<'a> {
    text: Cow<'a, str>,
    base: usize,
    line: usize,
    column: usize,
    lines: std::cell::OnceCell<Lines>,
}

impl<'a> Held<'a> {
    /// Holds a whole file.
    pub(super) fn whole_file(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), base: 0, line: 1, column: 1, lines: std::cell::OnceCell::new() }
    }

    /// Turns to another page.
    pub(super) fn turn(&mut self, page: &Page<'_>) {
        let mut text = std::mem::take(&mut self.text).into_owned();
        text.clear();
        text.push_str(page.text);
        self.text = Cow::Owned(text);
        (self.base, self.line, self.column) = (page.base, page.line, page.column);
        self.lines.take();
    }

    /// The words between two places in the file.
    pub(super) fn words(&self, range: std::ops::Range<usize>) -> &str {
        let inside = |at: usize| at.checked_sub(self.base);
        inside(range.start).zip(inside(range.end)).and_then(|(from, to)| self.text.get(from..to)).unwrap_or_default()
    }

    /// One-based line and column of a place in the file.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let at = self.whole(at).saturating_sub(self.base);
        let (line, column) = if self.text.len() <= SHORT {
            let (mut line, mut column) = (1, 1);
            advance(self.text.get(..at).unwrap_or(&self.text), &mut line, &mut column);
            (line, column)
        } else {
            self.lines.get_or_init(|| Lines::new(&self.text)).position(&self.text, at)
        };
        (self.line + line - 1, if line == 1 { self.column + column - 1 } else { column })
    }

    /// A place in the file, moved to the beginning of its character where it stands on this page.
    pub(super) fn whole(&self, at: usize) -> usize {
        match at.checked_sub(self.base) {
            Some(inner) if inner <= self.text.len() => self.base + self.text.floor_char_boundary(inner),
            _ => at,
        }
    }

    /// The words around a place, with where they stand.
    pub(super) fn around(&self, at: usize, wide: usize) -> Option<source::Kept> {
        let inner = at.checked_sub(self.base).filter(|inner| *inner <= self.text.len())?;
        let from = self.text.floor_char_boundary(inner.saturating_sub(wide));
        let to = self.text.floor_char_boundary((inner + wide).min(self.text.len()));
        let (line, column) = self.position(self.base + from);
        Some(source::Kept { start: self.base + from, line, column, text: self.text.get(from..to).unwrap_or_default().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_moves_and_knows_where_it_is() {
        let text = "aé\nbc\u{1f600}d\nef".repeat(50);
        let mut window = Window::with_chunk(Box::new(text.as_bytes()), 7);
        let mut at = 0;
        let lines = Lines::new(&text);
        loop {
            while at < window.text().len() {
                if window.text().is_char_boundary(at) {
                    let length = window.text().len();
                    let page = window.page(at, length);
                    assert_eq!((page.line, page.column), lines.position(&text, page.base));
                    assert_eq!(page.text, &text[page.base..page.base + page.text.len()]);
                }
                at += 1;
            }
            match window.more(at) {
                Some(moved) => at -= moved,
                None => break,
            }
        }
        assert_eq!(window.base() + window.text().len(), text.len());
        assert_eq!(window.fault, None);
    }

    #[test]
    fn what_is_no_text_ends_the_window() {
        let mut window = Window::with_chunk(Box::new(&b"abc\xffdef"[..]), 4);
        while window.more(0).is_some() {}
        assert_eq!((window.text(), window.fault.as_deref()), ("abc", Some("it is not UTF-8 text (byte 3)")));
    }

    #[test]
    fn a_held_page_knows_its_places() {
        let mut held = Held::default();
        held.turn(&Page { text: &format!("{}é\nx", "y".repeat(5000)), base: 100, line: 3, column: 11 });
        assert_eq!(held.position(102), (3, 13));
        assert_eq!(held.position(100 + 5003), (4, 1));
        assert_eq!((held.whole(100 + 5001), held.words(5103..5104)), (5100, "x"));
        assert_eq!(held.around(5100, 2).map(|kept| (kept.start, kept.text)), Some((5098, "yyé".to_owned())));
    }
}
