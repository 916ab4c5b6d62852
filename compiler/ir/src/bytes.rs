//! Byte patterns: what to look for inside a file.

use crate::Regex;

/// One token of a hex string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HexToken {
    /// One byte under a mask: `4D` is (0x4D, 0xFF), `4?` is (0x40, 0xF0), `??` is (0, 0).
    Byte {
        /// The value; bits outside the mask are zero.
        value: u8,
        /// Which bits count.
        mask: u8,
    },
    /// Any bytes, at least `min`, at most `max`: `[4-6]`.
    Jump {
        /// Fewest bytes skipped.
        min: u32,
        /// Most bytes skipped; `None` is without bound.
        max: Option<u32>,
    },
    /// Any one of these alternatives: `( 01 | 02 03 )`.
    Either(Vec<Vec<HexToken>>),
}

/// What a byte pattern looks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ByteKind {
    /// Literal text, stored as UTF-8; `wide` looks for it as UTF-16LE.
    Text(String),
    /// Literal bytes that need not be text.
    Bytes(Vec<u8>),
    /// A hex string with wildcards, jumps and alternatives.
    Hex(Vec<HexToken>),
    /// A regular expression over bytes.
    Regex(Regex),
}

/// One pattern in a file.
///
/// A pattern with neither `ascii` nor `wide` is read as `ascii`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BytePattern {
    /// What to look for.
    pub kind: ByteKind,
    /// Look for the bytes as they are.
    pub ascii: bool,
    /// Look for them as UTF-16LE.
    pub wide: bool,
    /// Ignore case of ASCII letters.
    pub nocase: bool,
    /// Only where no letter or digit stands next to it.
    pub fullword: bool,
    /// Only at this offset from the start of the file, in bytes.
    pub at: Option<u64>,
}

impl BytePattern {
    /// A plain literal, as ASCII or UTF-8.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: ByteKind::Text(text.into()), ascii: true, wide: false, nocase: false, fullword: false, at: None }
    }
}

/// How many of the patterns must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// One is enough.
    Any,
    /// Every one.
    All,
    /// At least this many.
    AtLeast(u32),
}

/// Patterns to look for in a file, and how many must be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BytesTest {
    /// How many.
    pub need: Need,
    /// The patterns, at least one.
    pub patterns: Vec<BytePattern>,
    /// Where the test was written.
    pub span: source::Span,
}
