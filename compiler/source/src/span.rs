//! Where something is written: files and byte ranges in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

/// One file in a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Builds a span from byte offsets; offsets beyond 4 GiB are clamped, which no accepted input reaches.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The smallest span that holds both; `other` is ignored when it lies in another file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The byte range, for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Where lines begin, and where characters of several bytes are: finds a place in a text of any shape in a short time.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Byte offset of the first byte of each line.
    starts: Vec<u32>,
    /// For each block of [`BLOCK`] bytes, how many bytes before it continue a character.
    wide: Vec<u32>,
    /// For each block, how many characters before it are two units of UTF-16.
    pairs: Vec<u32>,
}

/// A line may be the whole file, so columns are counted from the block, not from the line's beginning.
const BLOCK: usize = 1024;

/// How many bytes continue a character.
fn continued(bytes: &[u8]) -> usize {
    // Most have none, which is seen sooner than they are counted.
    if bytes.is_ascii() { 0 } else { bytes.iter().filter(|byte| (**byte & 0xc0) == 0x80).count() }
}

/// How many characters begin that are two units of UTF-16: those of four bytes.
fn paired(bytes: &[u8]) -> usize {
    if bytes.is_ascii() { 0 } else { bytes.iter().filter(|byte| **byte >= 0xf0).count() }
}

impl Lines {
    /// Reads a text once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| clamp(at + 1)));
        let before = |count: fn(&[u8]) -> usize| {
            let mut sum = 0;
            let blocks = text.as_bytes().chunks(BLOCK);
            let sums = blocks.map(|block| {
                let before = sum;
                sum += count(block);
                clamp(before)
            });
            sums.collect()
        };
        Self { starts, wide: before(continued), pairs: before(paired) }
    }

    /// How many bytes of a kind are before an offset: `sums` has the number before each block.
    fn before(sums: &[u32], count: fn(&[u8]) -> usize, text: &str, at: usize) -> usize {
        let block = at / BLOCK;
        let before = sums.get(block).or(sums.last()).copied().unwrap_or(0) as usize;
        let from = block.min(sums.len().saturating_sub(1)) * BLOCK;
        before + count(text.as_bytes().get(from..at).unwrap_or_default())
    }

    /// How many bytes of a kind are between the beginning of a line and an offset in it.
    fn within(sums: &[u32], count: fn(&[u8]) -> usize, text: &str, start: usize, offset: usize) -> usize {
        if offset.saturating_sub(start) < BLOCK {
            count(text.as_bytes().get(start..offset).unwrap_or_default())
        } else {
            Self::before(sums, count, text, offset).saturating_sub(Self::before(sums, count, text, start))
        }
    }

    /// One-based line and column (in characters) of a byte offset in the text that was read.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0) as usize;
        let wide = Self::within(&self.wide, continued, text, start, offset);
        (line + 1, offset.saturating_sub(start).saturating_sub(wide) + 1)
    }

    /// One-based line and column of a byte offset, in units of UTF-16: what editors and web pages count.
    #[must_use]
    pub fn position_utf16(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = offset.min(text.len());
        let (line, column) = self.position(text, offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        (line, column + Self::within(&self.pairs, paired, text, start, offset))
    }
}

/// A part of a file that is not in memory as a whole, kept so that a diagnostic can show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Byte offset of its first byte in the file.
    pub start: usize,
    /// One-based line of its first byte.
    pub line: usize,
    /// One-based column, in characters, of its first byte.
    pub column: usize,
    /// The words.
    pub text: String,
}

/// One input, as it was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name shown to the reader: the path as it was given, or `-` for standard input.
    pub name: String,
    /// The text; empty when the file was read without being held.
    pub text: Arc<String>,
    lines: Arc<Lines>,
    /// What is held of a file that is not held as a whole, by its place.
    kept: BTreeMap<usize, Kept>,
}

impl SourceFile {
    /// One-based line and column (in characters) of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let offset = offset as usize;
        match self.kept_at(offset) {
            Some(kept) => {
                let (line, column) = Lines::new(&kept.text).position(&kept.text, offset - kept.start);
                (kept.line + line - 1, if line == 1 { kept.column + column - 1 } else { column })
            }
            None => self.lines.position(&self.text, offset),
        }
    }

    /// One-based line and column of a byte offset, in units of UTF-16. Of a file that is not held as a whole, what stands before a kept
    /// part on its first line counts as characters: it is not there to be looked at.
    #[must_use]
    pub fn position_utf16(&self, offset: u32) -> (usize, usize) {
        let offset = offset as usize;
        match self.kept_at(offset) {
            Some(kept) => {
                let (line, column) = Lines::new(&kept.text).position_utf16(&kept.text, offset - kept.start);
                (kept.line + line - 1, if line == 1 { kept.column + column - 1 } else { column })
            }
            None => self.lines.position_utf16(&self.text, offset),
        }
    }

    /// The kept part that holds an offset.
    #[must_use]
    pub fn kept_at(&self, offset: usize) -> Option<&Kept> {
        self.kept.range(..=offset).map(|(_, kept)| kept).rfind(|kept| offset <= kept.start + kept.text.len())
    }
}

/// All inputs of one run, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = Arc::new(text.into());
        let lines = Arc::new(Lines::new(&text));
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { name: name.into(), text, lines, kept: BTreeMap::new() });
        id
    }

    /// Keeps a part of a file that is not held as a whole.
    pub fn keep(&mut self, id: FileId, kept: Kept) {
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            file.kept.insert(kept.start, kept);
        }
    }

    /// The file with this id.
    ///
    /// # Panics
    ///
    /// When the id comes from another `Sources`.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        self.files.get(id.0 as usize).expect("a FileId is used with the Sources that made it")
    }

    /// The words under a span; empty when the span does not fall on character boundaries.
    #[must_use]
    pub fn words(&self, span: Span) -> &str {
        let file = self.file(span.file);
        let range = span.range();
        match file.kept_at(range.start) {
            Some(kept) => kept.text.get(range.start - kept.start..range.end - kept.start).unwrap_or_default(),
            None => file.text.get(range).unwrap_or_default(),
        }
    }

    /// One-based line and column of a span's first byte.
    #[must_use]
    pub fn position(&self, span: Span) -> (usize, usize) {
        self.file(span.file).position(span.start)
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(u32::try_from(at).unwrap_or(u32::MAX)), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a", "é=1\nxy\n");
        assert_eq!(sources.position(Span::new(file, 2, 3)), (1, 2));
        assert_eq!(sources.position(Span::new(file, 5, 6)), (2, 1));
        assert_eq!(sources.words(Span::new(file, 5, 7)), "xy");
    }

    #[test]
    fn a_long_line_is_counted_in_characters_from_any_place() {
        let text = format!("a\n{}x\nb", "é-".repeat(3000));
        let mut sources = Sources::default();
        let file = sources.add("a", text.clone());
        for at in [0, 1, 2, 4, 1023, 1024, 1025, 4097, 9002, 9003, 9004, text.len(), text.len() + 5] {
            if text.is_char_boundary(at.min(text.len())) {
                let before = &text[..at.min(text.len())];
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
                assert_eq!(sources.file(file).position(u32::try_from(at).unwrap()), (line, column), "{at}");
            }
        }
    }

    #[test]
    fn units_of_utf_16_are_counted_from_any_place() {
        let text = format!("a\n{}x\né😀b", "é😀-".repeat(700));
        let mut sources = Sources::default();
        let file = sources.add("a", text.clone());
        let mut asked = 0;
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let before = &text[..at];
            let column = before.rsplit('\n').next().unwrap().encode_utf16().count() + 1;
            assert_eq!(sources.file(file).position_utf16(u32::try_from(at).unwrap()), (before.matches('\n').count() + 1, column), "{at}");
            asked += 1;
        }
        assert!(asked > 2000);
        sources.keep(file, Kept { start: 100_000, line: 7, column: 30, text: "😀evil".to_owned() });
        assert_eq!(sources.file(file).position_utf16(100_004), (7, 32));
    }

    #[test]
    fn a_file_that_is_not_held_has_the_places_of_what_is_kept() {
        let mut sources = Sources::default();
        let file = sources.add("a", "");
        sources.keep(file, Kept { start: 1000, line: 7, column: 30, text: "évil\nb".to_owned() });
        assert_eq!(sources.position(Span::new(file, 1002, 1005)), (7, 31));
        assert_eq!(sources.words(Span::new(file, 1002, 1005)), "vil");
        assert_eq!(sources.position(Span::new(file, 1006, 1007)), (8, 1));
        assert_eq!(sources.words(Span::new(file, 5, 6)), "");
    }
}
