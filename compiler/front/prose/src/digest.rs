//! What is a run of hex digits? Its label decides: the digest of a file, of a certificate, of something else, or one of the wrong length.

use super::candidate::{Candidate, Form};
use super::label::{BEHIND, Label, behind, is_digest, label};
use super::normal::Normal;
use super::structure::{Line, Shape, Structure};
use super::{Kind, wrapped};

/// How much in front of a value is its label, in bytes.
const BEFORE: usize = 64;

/// Joins what lines broke, gives each run of hex digits its label and leaves out pieces that are nothing.
pub(super) fn read(normal: &Normal, structure: &Structure, pieces: &mut [Vec<Candidate>]) {
    let mut labels = Labels {
        text: &normal.text,
        structure,
        line: 0,
        block: 0,
        head: (usize::MAX, None),
        before: None,
        heading: (u32::MAX, None),
        certificates: false,
        column: (u32::MAX, Vec::new()),
    };
    let mut taken = wrapped::Taken::default();
    let mut keep = Vec::with_capacity(pieces.iter().map(Vec::len).sum());
    for candidate in pieces.iter_mut().flatten() {
        if taken.holds(candidate.start) {
            keep.push(false);
            continue;
        }
        match candidate.kind {
            kind if is_digest(kind) => {
                let said = labels.of(candidate);
                let chained = said.or(labels.chained(candidate));
                let last = wrapped::digest(&normal.text, structure, labels.line, candidate, chained, &mut taken);
                candidate.label = said.or(last);
                // A label behind a digest that lines broke says nothing of the next.
                if last.is_some() {
                    labels.advance(candidate.end.saturating_sub(1));
                }
                labels.before = Some((labels.line, candidate.end, chained.filter(|_| last.is_none())));
                let whole = candidate.form != Form::Piece || said.is_some_and(|said| said != Label::File(0) && labels.own(candidate));
                keep.push(whole);
            }
            Kind::Url => {
                labels.advance(candidate.start);
                wrapped::url(&normal.text, structure, labels.line, candidate, &mut taken);
                keep.push(true);
            }
            _ => keep.push(true),
        }
    }
    let mut kept = keep.into_iter();
    for piece in pieces {
        piece.retain(|_| kept.next().unwrap_or(true));
    }
}

/// Where labels are looked for; places are asked for in reading order.
struct Labels<'t> {
    text: &'t str,
    structure: &'t Structure,
    line: usize,
    /// The first line of the block of lines.
    block: usize,
    /// The head of the text table in that block.
    head: (usize, Option<&'t str>),
    /// The run of digits before: its line, its end, its label.
    before: Option<(usize, usize, Option<Label>)>,
    /// The last heading that was looked at.
    heading: (u32, Option<Label>),
    /// Whether that heading is one of a list of certificates.
    certificates: bool,
    /// The labels of the columns of the last table.
    column: (u32, Vec<Option<Label>>),
}

impl<'t> Labels<'t> {
    fn advance(&mut self, at: usize) {
        while let Some(next) = self.structure.lines.get(self.line + 1).filter(|next| next.start <= at) {
            self.line += 1;
            if matches!(next.shape, Shape::Blank | Shape::Heading) {
                self.block = self.line + 1;
            }
        }
    }

    /// The label in the head of a text table, whose columns are parted by gaps.
    fn gapped(&mut self, line: &Line, at: usize) -> Option<Label> {
        const LOOK: usize = 6;
        if self.head.0 != self.block {
            let lines = self.structure.lines.iter().take(self.line).skip(self.block).take(LOOK);
            let text = |line: &Line| self.text.get(line.start..line.end).filter(|head| head.len() <= 400 && head.trim().contains("  "));
            self.head = (self.block, lines.filter_map(text).find(|head| label(head).is_some()));
        }
        let head = self.head.1?;
        let column = at - line.start;
        let mut from = 0;
        let mut cell = None;
        // The last cell that begins at or before the value's column.
        for part in head.split("  ") {
            let begins = from + (part.len() - part.trim_start().len());
            if !part.trim().is_empty() && begins <= column + 2 {
                cell = Some(part);
            }
            from += part.len() + 2;
        }
        cell.and_then(label)
    }

    /// The words between what stands before a value in its line and the value.
    fn segment(&self, line: &Line, at: usize) -> &'t str {
        let before = self.before.filter(|(index, ..)| *index == self.line).map_or(line.start, |(_, end, _)| end);
        let mut from = at.saturating_sub(BEFORE).max(before).max(line.start);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let segment = self.text.get(from..at).unwrap_or_default();
        if line.shape == Shape::Row { segment.rsplit('|').next().unwrap_or_default() } else { segment }
    }

    /// What the words say that belong to this value: in its line, its row, its column, above its list.
    fn of(&mut self, candidate: &Candidate) -> Option<Label> {
        self.advance(candidate.start);
        let line = self.structure.lines.get(self.line)?;
        let own = label(self.segment(line, candidate.start));
        if let Some(said) = own {
            // Below `Code signing certificates`, `SHA-1` is the certificate's.
            let certificate = self.titled(line) == Some(Label::Certificate);
            return Some(match said {
                Label::File(_) if certificate && self.certificates => Label::Certificate,
                Label::Other("serial number") if certificate && self.certificates => Label::Serial,
                said => said,
            });
        }
        // `MD5: …, …`: one label, two values.
        if let Some((index, end, said)) = self.before
            && index == self.line
            && line.shape != Shape::Row
            && self.text.get(end..candidate.start).is_some_and(|gap| gap.len() <= 8 && !gap.bytes().any(|byte| byte.is_ascii_alphanumeric()))
        {
            return said;
        }
        if line.shape == Shape::Row {
            let row = self.row(line, candidate);
            if row.is_some() {
                return row;
            }
        }
        if let Some(said) = self.behind(candidate) {
            return Some(said);
        }
        if line.shape == Shape::Row {
            return None;
        }
        let lead = self.text.get(line.start..candidate.start).unwrap_or_default();
        if (lead.ends_with("  ") || lead.ends_with('\t'))
            && let Some(said) = self.gapped(line, candidate.start)
        {
            return Some(said);
        }
        self.above(line, candidate)
    }

    /// Whether a label of its own line or row, or the line above, speaks of this very value.
    fn own(&self, candidate: &Candidate) -> bool {
        let Some(line) = self.structure.lines.get(self.line) else { return false };
        let lead = self.text.get(line.body..candidate.start).unwrap_or_default();
        label(lead.get(lead.len().saturating_sub(BEFORE)..).unwrap_or(lead)).is_some() || line.shape == Shape::Row || lead.trim().is_empty()
    }

    /// The first cell of the row, the next cell, the head of the column.
    fn row(&mut self, line: &Line, candidate: &Candidate) -> Option<Label> {
        let lead = self.text.get(line.start..candidate.start)?;
        let nth = lead.bytes().filter(|byte| *byte == b'|').count().checked_sub(1)?;
        if self.column.0 != line.table {
            let head = self.structure.head(line.table).and_then(|range| self.text.get(range)).unwrap_or_default();
            self.column = (line.table, head.trim().trim_start_matches('|').split('|').take(64).map(label).collect());
        }
        if let Some(said) = self.column.1.get(nth).copied().flatten() {
            return Some(said);
        }
        let first = lead.trim_start().trim_start_matches('|').split('|').next().filter(|cell| cell.len() <= BEFORE && nth > 0);
        let next = self.text.get(candidate.end..line.end)?.split('|').nth(1).filter(|cell| cell.len() <= BEHIND);
        first.and_then(label).or_else(|| next.and_then(label))
    }

    fn behind(&self, candidate: &Candidate) -> Option<Label> {
        behind(self.text, candidate.end)
    }

    /// The line or heading above a value that begins its line.
    fn above(&mut self, line: &Line, candidate: &Candidate) -> Option<Label> {
        let lead = self.text.get(line.body..candidate.start)?;
        if lead.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let previous = self.line.checked_sub(1).and_then(|at| self.structure.lines.get(at))?;
        // A short line alone is a label, too.
        let previous = match previous.shape {
            Shape::Blank => {
                let above =
                    self.line.checked_sub(2).and_then(|at| self.structure.lines.get(at)).filter(|above| above.end - above.start <= BEFORE / 2);
                above.filter(|above| above.shape == Shape::Prose).unwrap_or(previous)
            }
            _ => previous,
        };
        if previous.shape != Shape::Blank && previous.shape != Shape::Heading {
            let words = self.text.get(previous.start..previous.end).unwrap_or_default();
            let listed = self.before.is_some_and(|(index, ..)| index + 1 == self.line);
            let said = if words.len() <= BEFORE && !listed { label(words) } else { None };
            if said.is_some() {
                return said;
            }
        }
        self.titled(line)
    }

    /// The label in the heading above a line.
    fn titled(&mut self, line: &Line) -> Option<Label> {
        if self.heading.0 != line.heading {
            let title = self.structure.headings.get(line.heading as usize).and_then(|range| self.text.get(range.clone())).unwrap_or_default();
            self.heading = (line.heading, if title.len() <= 2 * BEFORE { label(title) } else { None });
            let lower = title.to_ascii_lowercase();
            let last = lower.trim_end_matches(|char: char| !char.is_alphanumeric());
            self.certificates = last.ends_with("certificate") || last.ends_with("certificates") || last.ends_with("certificate details");
        }
        self.heading.1
    }

    /// The label of the line above, for a value that goes on below it.
    fn chained(&self, candidate: &Candidate) -> Option<Label> {
        let line = self.structure.lines.get(self.line)?;
        let blank = self.text.get(line.start..candidate.start)?.trim().is_empty();
        self.before.filter(|(index, ..)| blank && index + 1 == self.line).and_then(|(.., said)| said)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn digests_that_lines_break_have_their_label_behind_the_last_piece() {
        let digest = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1fe";
        let (one, two) = digest.split_at(32);
        for (text, wanted) in [
            (format!("{one}\n  {two} (SHA256)"), vec![digest]),
            (format!("{one}\n{two} SHA-256"), vec![digest]),
            (format!("{one}\n{two}"), vec![one, two]),
            (format!("{one} (MD5)\n{two} (MD5)"), vec![one, two]),
        ] {
            let mut sources = source::Sources::default();
            let file = sources.add("a.md", format!("# T\n\n## Indicators of compromise\n\n{text}\n"));
            let found: Vec<String> = super::super::extract(&sources, file).into_iter().map(|found| found.value).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
