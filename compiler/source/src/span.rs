//! Where something is written: files and byte ranges in them.

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

/// One input, as it was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name shown to the reader: the path as it was given, or `-` for standard input.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    /// Byte offset of the first byte of each line.
    lines: Arc<[u32]>,
}

impl SourceFile {
    /// One-based line and column (in characters) of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(end.saturating_sub(start), |text| text.chars().count());
        (line + 1, column + 1)
    }
}

/// All inputs of one run, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let starts = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        let lines = starts.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { name: name.into(), text, lines });
        id
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
        self.file(span.file).text.get(span.range()).unwrap_or_default()
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
}
