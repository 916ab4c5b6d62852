//! Which values does the end of a line break? A digest or a URL in the column of a text table goes on below its first piece.

use super::Kind;
use super::candidate::{Candidate, Form};
use super::label::{self, Label};
use super::structure::{Line, Shape, Structure};

/// The most lines that one value is written on.
const MAX_LINES: usize = 6;

/// The ranges that joined values took, in reading order.
#[derive(Debug, Default)]
pub(super) struct Taken(Vec<std::ops::Range<usize>>);

impl Taken {
    /// Whether a place belongs to a value that was joined.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.0.iter().rev().take(2 * MAX_LINES).any(|range| range.contains(&at))
    }
}

/// Joins a run of hex digits with the runs below it when they add up to what its label says, or to a digest when it is none alone.
/// Returns the label that stands behind the last of them.
pub(super) fn digest(
    text: &str,
    structure: &Structure,
    index: usize,
    candidate: &mut Candidate,
    said: Option<Label>,
    taken: &mut Taken,
) -> Option<Label> {
    let length = candidate.end - candidate.start;
    let whole = candidate.form != Form::Piece;
    if said.is_some_and(|said| said.fits(length)) || whole && length == 128 {
        return None;
    }
    let line = structure.lines.get(index)?;
    let mut total = length;
    let mut pieces = Vec::new();
    let mut above = candidate.start..candidate.end;
    for next in structure.lines.iter().skip(index + 1).take(MAX_LINES - 1) {
        let hex = |byte: u8| byte.is_ascii_hexdigit();
        let range = below(text, line, &above, candidate.start, next, hex)?;
        total += range.len();
        let last = label::behind(text, range.end).filter(|_| said.is_none());
        let said = said.or(last.filter(|last| last.fits(total) && !last.fits(range.len())));
        // Two digests below each other stay two, unless the label asks for both.
        let two = whole && said.is_none() && label::of_length(range.len()).is_some();
        if two || total > 128 {
            return None;
        }
        pieces.push(range.clone());
        above = range;
        let full = match said {
            Some(said @ (Label::File(_) | Label::Imphash | Label::Ja3 | Label::Ja3s | Label::Certificate)) => said.fits(total),
            _ => label::of_length(total).is_some(),
        };
        if full {
            for piece in &pieces {
                candidate.value.push_str(&text.get(piece.clone()).unwrap_or_default().to_ascii_lowercase());
            }
            candidate.kind = label::of_length(total).unwrap_or(candidate.kind);
            candidate.form = Form::Plain;
            finish(text, candidate, pieces, taken);
            return last;
        }
    }
    None
}

/// Joins a URL that ends its line or its column with the rest of it below.
pub(super) fn url(text: &str, structure: &Structure, index: usize, candidate: &mut Candidate, taken: &mut Taken) {
    let Some(line) = structure.lines.get(index) else { return };
    let mut pieces = Vec::new();
    let mut above = candidate.start..candidate.end;
    for next in structure.lines.iter().skip(index + 1).take(MAX_LINES - 1) {
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%\\".contains(&byte);
        let last = text.as_bytes().get(above.end.wrapping_sub(1)).copied().unwrap_or(b' ');
        let open = matches!(last, b'/' | b'-' | b'_' | b'=' | b'&' | b'?' | b'%' | b'#' | b'+' | b'~' | b'.');
        let Some(range) = below(text, line, &above, candidate.start, next, part) else { break };
        let Some(piece) = text.get(range.clone()) else { break };
        let column = column(text, line, candidate.start);
        // Below a URL that fills its line of prose, the next line may be the next sentence.
        let alone = text
            .get(range.end..next.end)
            .is_some_and(|rest| rest.trim().is_empty() || rest.starts_with(" |") || rest.starts_with("  ") || rest.starts_with(['\t', '|']));
        let like = piece.contains(['/', '?', '=', '&', '%', '_', '.']) || piece.bytes().any(|byte| byte.is_ascii_digit());
        let value = piece.contains("://") || piece.ends_with(':') || is_value(piece);
        // What ends with a hyphen or in the middle of a query goes on, whatever follows.
        let cut = open && !matches!(last, b'/' | b'.') && like && !column;
        if value || !alone && !cut {
            break;
        }
        if !(open && (like || column || last != b'/') || column && like && piece.contains(['/', '?', '='])) {
            // One word below it in its column may be the rest of it or not.
            let word = !open && column && text.get(next.start..range.start).is_some_and(|lead| lead.trim().is_empty());
            if word && pieces.is_empty() && piece.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)) {
                candidate.form = Form::Cut;
            }
            break;
        }
        pieces.push(range.clone());
        above = range;
    }
    if pieces.is_empty() {
        return;
    }
    for piece in &pieces {
        candidate.value.push_str(text.get(piece.clone()).unwrap_or_default());
    }
    let trimmed = candidate.value.trim_end_matches(['.', ',', ';']).len();
    candidate.value.truncate(trimmed);
    finish(text, candidate, pieces, taken);
}

/// A host or an address: a value of its own.
fn is_value(piece: &str) -> bool {
    let host = piece.split(['/', ':']).next().unwrap_or_default();
    let ending = host.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    host.contains('.')
        && (host.parse::<std::net::Ipv4Addr>().is_ok()
            || (ending == "com" || !super::hosts::is_extension(&ending)) && ir::public_suffix::is_registrable(&host.to_ascii_lowercase()))
        || piece.len() >= 32 && piece.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a value stands in a column of its own: a gap is in front of it.
fn column(text: &str, line: &Line, start: usize) -> bool {
    line.shape == Shape::Row
        || text.get(line.start..start).is_some_and(|lead| lead.ends_with("  ") && !lead.trim().is_empty() || lead.ends_with('\t'))
}

/// What stands in a line below a piece, in the same column, with nothing in front of it.
fn below(
    text: &str,
    line: &Line,
    above: &std::ops::Range<usize>,
    start: usize,
    next: &Line,
    part: impl Fn(u8) -> bool,
) -> Option<std::ops::Range<usize>> {
    let words = text.get(next.start..next.end)?;
    if next.shape == Shape::Blank || next.shape == Shape::Heading || next.body > next.start + (words.len() - words.trim_start().len()) {
        return None;
    }
    // The piece above ends its line or its column.
    let rest = text.get(above.end..)?;
    let rest = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or_default().trim_end();
    let inner = rest.trim_start_matches(['`', '*', '"', '\'']);
    let ends = inner.is_empty();
    if !(ends || inner.starts_with("  ") || inner.starts_with('\t') || inner.trim_start().starts_with('|')) {
        return None;
    }
    let wanted = start - line.start;
    let lead = words.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'|' | b'`' | b'+')).count();
    let bars = |text: &str| text.bytes().filter(|byte| *byte == b'|').count();
    let same_cell = line.shape == Shape::Row
        && next.shape == Shape::Row
        && bars(text.get(line.start..start).unwrap_or_default()) == bars(words.get(..lead).unwrap_or_default());
    let at = if same_cell || lead == wanted || ends && !words.starts_with('|') {
        lead
    } else {
        // Another column may stand in front: then this one begins at the same place, behind a gap.
        let gap = words.get(..wanted)?.ends_with([' ', '|']);
        if !gap || words.as_bytes().get(wanted)?.is_ascii_whitespace() {
            return None;
        }
        wanted
    };
    let run = words.as_bytes().get(at..)?.iter().take(4096).take_while(|byte| part(**byte)).count();
    let after = words.as_bytes().get(at + run).copied().unwrap_or(b' ');
    let apart = matches!(after, b' ' | b'\t' | b'|' | b'`' | b'"' | b'*');
    (run >= 2 && apart).then(|| next.start + at..next.start + at + run)
}

/// Marks what was joined. The value's place goes to its last piece when nothing else stands between the pieces.
fn finish(text: &str, candidate: &mut Candidate, pieces: Vec<std::ops::Range<usize>>, taken: &mut Taken) {
    let mut end = candidate.end;
    for piece in &pieces {
        let gap = text.get(end..piece.start).unwrap_or("x");
        if !gap.bytes().all(|byte| byte.is_ascii_whitespace()) {
            break;
        }
        end = piece.end;
    }
    candidate.end = end;
    debug_assert!(matches!(candidate.kind, Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 | Kind::Url));
    taken.0.extend(pieces);
}
