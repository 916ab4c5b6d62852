//! Which set wordings does a text use: for the time to search back to, for confidence, for direction, for who did it?

use super::fold::Folded;
pub(crate) use crate::languages::Wording as Cue;

/// A wording in a folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) cue: Cue,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The wordings in a text, in reading order, none inside another.
pub(crate) fn read(text: &str, folded: &Folded) -> Vec<Said> {
    crate::languages::wordings(&folded.text, crate::languages::may_be_other(text)).map(|(start, end, cue)| Said { cue, start, end }).collect()
}
