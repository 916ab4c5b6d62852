//! Which set wordings does a text use: for the time to search back to, for confidence, for direction, for who did it?

pub(crate) use languages::Wording as Cue;
use languages::running_text::Folded;

/// A wording in a folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) cue: Cue,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The wordings in a text, in reading order, none inside another.
pub(crate) fn read(text: &str, folded: &Folded) -> Vec<Said> {
    languages::wordings(&folded.text, languages::may_be_other(text)).map(|(start, end, cue)| Said { cue, start, end }).collect()
}
