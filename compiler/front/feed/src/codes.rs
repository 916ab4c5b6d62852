//! What can be said about a feed as a whole and about what it says.

use source::Code;

/// The file is larger than the limit.
pub(super) static TOO_LARGE: Code = Code::error("feed.too-large", "the feed is larger than the limit");
/// The file is nested deeper than the limit.
pub(super) static TOO_DEEP: Code = Code::error("feed.too-deep", "the feed is nested deeper than the limit");
/// The file breaks the rules of its own format; what stands before the break is read.
pub(super) static BROKEN: Code = Code::error("feed.broken", "the feed breaks the rules of its format");
/// A format that is known and not read.
pub(super) static NOT_READ: Code = Code::error("feed.not-read", "the feed is in a format that is recognised and not read");
/// A column was named that the file does not have.
pub(super) static UNKNOWN_COLUMN: Code = Code::error("feed.unknown-column", "a named column is not in the file");
/// The file has rows, and no column with values was found.
pub static NO_VALUES: Code = Code::warn("feed.no-values", "the feed holds nothing that becomes an indicator");
/// The words are not a value of the type the feed gives them.
pub(super) static NOT_A_VALUE: Code = Code::warn("feed.not-a-value", "a row holds no value that can be read");
/// The value is of another type than the feed says.
pub(super) static OTHER_TYPE: Code = Code::warn("feed.other-type", "a value is of another type than the feed says");
/// A pattern breaks the grammar.
pub(super) static PATTERN: Code = Code::warn("feed.pattern", "a STIX pattern cannot be read");
/// Values were tied together and are now looked for on their own.
pub(super) static TAKEN_APART: Code = Code::warn("feed.taken-apart", "values that the feed ties together are looked for on their own");
/// A date, marking, role or the like cannot be read.
pub(super) static UNKNOWN_WORD: Code = Code::warn("feed.unknown-word", "a word beside a value is not understood");
/// The file has no header row.
pub(super) static NO_HEADER: Code = Code::note("feed.no-header", "a table has no header row");

/// Every code of this crate.
pub static CODES: &[&Code] = &[
    &TOO_LARGE,
    &TOO_DEEP,
    &BROKEN,
    &NOT_READ,
    &UNKNOWN_COLUMN,
    &NO_VALUES,
    &NOT_A_VALUE,
    &OTHER_TYPE,
    &PATTERN,
    &TAKEN_APART,
    &UNKNOWN_WORD,
    &NO_HEADER,
];
