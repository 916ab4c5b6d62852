//! What can be wrong with a log that is searched?

use source::Code;

pub(crate) static BROKEN_LINE: Code = Code::warn("hunt.broken-line", "a line of a log holds no event");

pub(crate) static NO_SOURCE: Code = Code::warn("hunt.no-source", "events do not tell which log they are from");

pub(crate) static NO_TIME: Code = Code::warn("hunt.no-time", "events have no time, so they are in no correlation");

/// Codes of this command.
pub(crate) const CODES: [&Code; 3] = [&BROKEN_LINE, &NO_SOURCE, &NO_TIME];
