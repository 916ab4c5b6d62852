//! How is prose compared with names? In lower case, with one blank for whatever parts words.

use crate::languages::fold::{edge, plain};

/// A text in which names are looked for, and where each of its bytes was written.
pub(crate) struct Folded {
    /// Plain letters; a run of blanks, hyphens, underscores and slashes is one blank, or a line end where a paragraph ends.
    pub(crate) text: String,
    /// The offset in the original of each byte, and of the end.
    places: Vec<u32>,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut places = Vec::with_capacity(original.len() + 1);
        // The blanks since the last word: where they began, the line ends among them, and the last of them.
        let mut gap: Option<(u32, usize, char)> = None;
        let mut heading = original.starts_with('#');
        let mut push = |text: &mut String, char: char, at: u32| {
            text.push(char);
            places.extend(std::iter::repeat_n(at, char.len_utf8()));
        };
        for (at, char) in original.char_indices() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            if parts(char) {
                let (start, lines, last) = gap.unwrap_or((at, 0, ' '));
                // A bullet begins a paragraph: `\n- `.
                let bullet = last == '-' && char == ' ' && lines > 0;
                // So does what stands below a heading.
                let ends = char == '\n' && std::mem::take(&mut heading);
                gap = Some((start, lines + usize::from(char == '\n' || bullet) + usize::from(ends), char));
                continue;
            }
            // One character for each, so that no offset gets lost.
            let Some(folded) = plain(char).filter(|char| !is_invisible(*char)) else { continue };
            if let Some((start, lines, _)) = gap.take() {
                let begins = lines > 0 && matches!(char, '#' | '*' | '+' | '|' | '•' | '·' | '●');
                heading = lines > 0 && char == '#';
                push(&mut text, if lines > 1 || begins { '\n' } else { ' ' }, start);
            }
            push(&mut text, folded, at);
        }
        places.push(u32::try_from(original.len()).unwrap_or(u32::MAX));
        Self { text, places }
    }

    /// The bytes of the original that a range of the folded text stands for.
    pub(crate) fn place(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let place = |at: usize| self.places.get(at).copied().unwrap_or(0) as usize;
        let from = place(start);
        // The blank behind a word begins where the word ends.
        from..place(end).max(from)
    }

    /// The folded text around a range, at most `before` and `after` bytes on each side, not beyond the paragraph.
    pub(crate) fn around(&self, start: usize, end: usize, before: usize, after: usize) -> (&str, &str) {
        let from = boundary(&self.text, start.saturating_sub(before));
        let head = self.text.get(from..start).unwrap_or_default();
        let head = head.rfind('\n').map_or(head, |at| head.get(at + 1..).unwrap_or_default());
        let to = boundary(&self.text, end.saturating_add(after).min(self.text.len()));
        let tail = self.text.get(end..to).unwrap_or_default();
        (head, tail.split('\n').next().unwrap_or_default())
    }

    /// Whether no word goes on across this offset.
    pub(crate) fn edge(&self, at: usize) -> bool {
        edge(&self.text, at)
    }
}

/// A name in the form of [`Folded`].
pub(crate) fn fold(name: &str) -> String {
    Folded::of(name).text.trim().to_owned()
}

fn parts(char: char) -> bool {
    char.is_whitespace() || matches!(char, '-' | '_' | '/' | '\\' | '‐' | '‑' | '–' | '—' | '\u{ad}')
}

fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The largest character boundary up to `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_hyphens_and_case_do_not_matter() {
        let original = "Seen:  Judgment\n  Panda, cobalt_strike.\n\nNext";
        let folded = Folded::of(original);
        assert_eq!(folded.text, "seen: judgment panda, cobalt strike.\nnext");
        let at = folded.text.find("judgment panda").unwrap();
        assert_eq!(original.get(folded.place(at, at + 14)), Some("Judgment\n  Panda"));
        assert_eq!(folded.around(at, at + 14, 100, 100), ("seen: ", ", cobalt strike."));
        assert_eq!(fold("Spearphishing-Attachment "), "spearphishing attachment");
    }
}
