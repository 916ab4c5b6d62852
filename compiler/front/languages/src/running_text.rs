//! How is prose compared with names? In lower case, with one blank for whatever parts words.

use crate::fold::{folded, plain};

/// A text in which names are looked for, and where each of its bytes was written.
pub struct Folded {
    /// Plain letters; a run of blanks, hyphens, underscores and slashes is one blank, or a line end where a paragraph ends.
    pub text: String,
    /// A byte of this text and the one of the original that it stands for: up to the next of these places both texts go on side by side.
    steps: Vec<(u32, u32)>,
}

/// What a byte of ASCII is to the folded text.
#[derive(Clone, Copy, PartialEq)]
enum Byte {
    /// A letter, a digit or a mark, which stays as it is but for its case.
    Plain,
    /// A blank, which stays between two plain bytes.
    Blank,
    /// Anything else.
    Other,
}

static BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Other; 256];
    let mut at = 0;
    while at < 128 {
        let parts = matches!(at as u8, b'\t'..=b'\r' | b'-' | b'_' | b'/' | b'\\');
        bytes[at] = if at == 32 {
            Byte::Blank
        } else if parts {
            Byte::Other
        } else {
            Byte::Plain
        };
        at += 1;
    }
    bytes
};

fn class(bytes: &[u8], at: usize) -> Byte {
    bytes.get(at).and_then(|byte| BYTES.get(usize::from(*byte))).copied().unwrap_or(Byte::Other)
}

impl Folded {
    /// Folds a text.
    pub fn of(original: &str) -> Self {
        let bytes = original.as_bytes();
        let mut out = Self { text: String::with_capacity(original.len()), steps: Vec::new() };
        // The blanks since the last word: where they began, the line ends among them, and the last of them.
        let mut gap: Option<(usize, usize, char)> = None;
        let mut heading = original.starts_with('#');
        let mut at = 0;
        while let Some(char) = original.get(at..).and_then(|rest| rest.chars().next()) {
            let start = at;
            at += char.len_utf8();
            if parts(char) {
                let (start, lines, last) = gap.unwrap_or((start, 0, ' '));
                // A bullet begins a paragraph: `\n- `.
                let bullet = last == '-' && char == ' ' && lines > 0;
                // So does what stands below a heading.
                let ends = char == '\n' && std::mem::take(&mut heading);
                gap = Some((start, lines + usize::from(char == '\n' || bullet) + usize::from(ends), char));
                continue;
            }
            // One character for each, so that no offset gets lost.
            let Some(letter) = plain(char).filter(|char| !is_invisible(*char)) else { continue };
            if let Some((start, lines, _)) = gap.take() {
                let begins = lines > 0 && matches!(char, '#' | '*' | '+' | '|' | '•' | '·' | '●');
                heading = if lines > 0 { char == '#' } else { heading };
                out.step(start);
                out.text.push(if lines > 1 || begins { '\n' } else { ' ' });
            }
            out.step(start);
            if char.is_ascii() {
                while class(bytes, at) == Byte::Plain || class(bytes, at) == Byte::Blank && class(bytes, at + 1) == Byte::Plain {
                    at += 1;
                }
                let from = out.text.len();
                out.text.push_str(original.get(start..at).unwrap_or_default());
                if let Some(run) = out.text.get_mut(from..) {
                    run.make_ascii_lowercase();
                }
            } else {
                out.text.push(letter);
            }
        }
        out.step(original.len());
        out
    }

    /// What comes next was written here.
    fn step(&mut self, original: usize) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if self.original(self.text.len()) != original {
            self.steps.push((place(self.text.len()), place(original)));
        }
    }

    /// The byte of the original for one behind the last step.
    fn original(&self, at: usize) -> usize {
        let (folded, original) = self.steps.last().copied().unwrap_or_default();
        original as usize + (at - folded as usize)
    }

    /// The bytes of the original that a range of the folded text stands for.
    pub fn place(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let place = |at: usize| {
            let step = self.steps.partition_point(|(folded, _)| *folded as usize <= at).checked_sub(1);
            let (folded, original) = step.and_then(|step| self.steps.get(step)).copied().unwrap_or_default();
            original as usize + (at - folded as usize)
        };
        let from = place(start);
        // The blank behind a word begins where the word ends.
        from..place(end).max(from)
    }

    /// The folded text around a range, at most `before` and `after` bytes on each side, not beyond the paragraph.
    pub fn around(&self, start: usize, end: usize, before: usize, after: usize) -> (&str, &str) {
        let from = boundary(&self.text, start.saturating_sub(before));
        let head = self.text.get(from..start).unwrap_or_default();
        let head = head.rfind('\n').map_or(head, |at| head.get(at + 1..).unwrap_or_default());
        let to = boundary(&self.text, end.saturating_add(after).min(self.text.len()));
        let tail = self.text.get(end..to).unwrap_or_default();
        (head, tail.split('\n').next().unwrap_or_default())
    }
}

/// A name in the form of [`Folded`].
pub fn fold(name: &str) -> String {
    if name.is_ascii() && !name.contains(['\\', '\n']) { folded(name) } else { Folded::of(name).text.trim().to_owned() }
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
        let foreign = Folded::of("— Été\u{200b}: 侵害  指標 é");
        let at = foreign.text.find("指標").unwrap();
        assert_eq!((foreign.text.as_str(), foreign.place(at, at + 6)), (" ete: 侵害 指標 e", 22..28));
        assert_eq!(foreign.place(0, foreign.text.len()), 0..31);
        assert_eq!(fold("Spearphishing-Attachment "), "spearphishing attachment");
    }
}
