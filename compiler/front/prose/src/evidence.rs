//! How does a value stand in its line? Alone, in a cell, as a link's target, as one of a list of its like.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Candidate, Form};
use super::cue::{Cue, cue};
use super::label::Label;
use super::normal::Defang;
use super::owner::owned;
use super::structure::{Shape, Structure};
use super::{DocumentRole, Kind, hosts};

/// How a value is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// It is not.
    None,
    /// The target of a link with a text of its own, or of an image.
    Target,
    /// It stands in angle brackets, or is the text of a link to itself.
    Auto,
}

/// How a value stands in its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) line: usize,
    /// Nothing else of weight stands in its line.
    pub(super) alone: bool,
    /// It begins its line.
    pub(super) first: bool,
    /// It fills a cell of a table.
    pub(super) cell: bool,
    pub(super) link: Link,
    /// It stands in backticks or quotes of its own.
    pub(super) quoted: bool,
    /// What its column and the first cell of its row say.
    pub(super) column: Cue,
}

/// A list: neighbouring lines that hold one value of one class each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bundle {
    pub(super) count: u32,
    /// How many are defanged.
    pub(super) defanged: u32,
    /// How many are on hosts that publish.
    pub(super) known: u32,
}

/// The class of values that stand in one list.
pub(super) fn class(kind: Kind) -> u8 {
    match kind {
        Kind::Ipv4 | Kind::Ipv6 | Kind::Domain | Kind::Url => 1,
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 => 2,
        Kind::FileName | Kind::FilePath => 3,
        Kind::Email => 4,
        Kind::Cidr => 5,
        _ => 6,
    }
}

const WRAPPERS: &[u8] = b"`*_\"'<>([{+)]}|\\ \t-,;.:~=/";

/// Tells how each candidate stands in its line.
pub(super) fn places(text: &str, structure: &Structure, candidates: &[Candidate]) -> Vec<Place> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(candidates.len());
    // The row in work: its line, the place up to which bars were counted, their count, and what its first cell says.
    let mut row = (usize::MAX, 0, 0_usize, Cue::default());
    let mut line_index = 0;
    for candidate in candidates {
        while structure.lines.get(line_index + 1).is_some_and(|next| next.start <= candidate.start) {
            line_index += 1;
        }
        let index = if structure.lines.get(line_index).is_some_and(|line| line.start <= candidate.start) {
            line_index
        } else {
            structure.line_at(candidate.start)
        };
        let Some(line) = structure.lines.get(index) else { continue };
        let left = candidate.start.saturating_sub(line.body);
        let lead = left <= 24 && bytes.get(line.body..candidate.start).is_some_and(|lead| lead.iter().all(|byte| WRAPPERS.contains(byte)));
        let rest = bytes.get(candidate.end..line.end).unwrap_or_default();
        let port = rest.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'/')).count();
        let tail = rest.get(port..).unwrap_or_default();
        let alone = lead && tail.len() <= 48 && tail.iter().all(|byte| WRAPPERS.contains(byte));
        let before = |count: usize| candidate.start.checked_sub(count).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n');
        let after = bytes.get(candidate.end).copied().unwrap_or(b'\n');
        let quoted =
            matches!((before(1), after), (b'`', b'`') | (b'"', b'"') | (b'\'', b'\'')) || before(1) == b'`' || before(1) == b'+' && before(2) == b'`';
        let mut column = Cue::default();
        let mut cell = false;
        if line.shape == Shape::Row {
            if row.0 != index {
                let head = text.get(line.body..line.end).unwrap_or_default().trim_start_matches('|');
                let first = head.split('|').next().unwrap_or_default();
                row =
                    (index, line.start, 0, if first.len() <= 60 && !first.contains(['.', '/']) { owned(first, cue(first)) } else { Cue::default() });
            }
            if candidate.start >= row.1 {
                row.2 += bytes.get(row.1..candidate.start).unwrap_or_default().iter().filter(|byte| **byte == b'|').count();
                row.1 = candidate.start;
            }
            column = structure.column(line.table, row.2.saturating_sub(1)) | row.3;
            let to_left = bytes
                .get(line.start..candidate.start)
                .unwrap_or_default()
                .iter()
                .rev()
                .take(24)
                .find(|byte| !matches!(byte, b'`' | b'*' | b' ' | b'"' | b'+' | b'<' | b'\\'));
            let to_right = tail.iter().take(24).find(|byte| !matches!(byte, b'`' | b'*' | b' ' | b'"' | b'+' | b'>'));
            cell = to_left == Some(&b'|') && to_right.is_none_or(|byte| *byte == b'|');
        }
        let link = link(text, candidate, after);
        out.push(Place { line: index, alone, first: lead, cell, link, quoted, column });
    }
    out
}

fn link(text: &str, candidate: &Candidate, after: u8) -> Link {
    let mut start = (candidate.start.saturating_sub(12)).min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let head = text.get(start..candidate.start).unwrap_or_default().to_ascii_lowercase();
    let head = head.trim_end_matches(['"', '\'']);
    let target = ["](", "](<", "href=", "src=", "link:", "image:", "image::", "url(", "xmlns=", "action="].iter().any(|lead| head.ends_with(lead))
        || head.ends_with("]: ");
    if target {
        return Link::Target;
    }
    if candidate.kind == Kind::Url && after == b'[' {
        return Link::Target;
    }
    let rest = text.get(candidate.end..).unwrap_or_default();
    let own_text = rest.starts_with("](") && head.ends_with('[') || rest.starts_with("]()");
    if head.ends_with('<') && after == b'>' || own_text { Link::Auto } else { Link::None }
}

/// Tells in which list each line stands.
pub(super) fn bundles(structure: &Structure, candidates: &[Candidate], places: &[Place]) -> Vec<Bundle> {
    let mut of_line: Vec<Option<(u8, bool, bool)>> = vec![None; structure.lines.len()];
    for (candidate, place) in candidates.iter().zip(places) {
        if !(place.alone || place.first || place.cell)
            || matches!(candidate.form, Form::Derived | Form::File | Form::Odd) && candidate.kind == Kind::Domain
        {
            continue;
        }
        let known = !candidate.host.is_empty()
            && hosts::known(&candidate.host).is_some_and(|(role, _)| role != DocumentRole::Benign)
            && candidate.defang != Defang::Strong;
        if let Some(slot) = of_line.get_mut(place.line)
            && slot.is_none_or(|(_, defanged, _)| !defanged && candidate.defang == Defang::Strong)
        {
            *slot = Some((class(candidate.kind), candidate.defang == Defang::Strong, known));
        }
    }
    let mut out = vec![Bundle::default(); structure.lines.len()];
    let mut at = 0;
    while at < of_line.len() {
        let Some(Some((class, ..))) = of_line.get(at).copied() else {
            at += 1;
            continue;
        };
        let heading = structure.lines.get(at).map(|line| line.heading);
        let mut bundle = Bundle::default();
        let mut end = at;
        let mut gap = 0;
        while let Some(slot) = of_line.get(end) {
            let line = structure.lines.get(end);
            match slot {
                Some((other, defanged, known)) if *other == class && line.map(|line| line.heading) == heading => {
                    bundle.count += 1;
                    bundle.defanged += u32::from(*defanged);
                    bundle.known += u32::from(*known);
                    gap = 0;
                }
                // One line without a value, or a blank one, does not end a list.
                _ if gap < 2 && line.map(|line| line.heading) == heading => gap += 1,
                _ => break,
            }
            end += 1;
        }
        for index in at..end {
            if of_line.get(index).copied().flatten().is_some_and(|(other, ..)| other == class)
                && let Some(slot) = out.get_mut(index)
            {
                *slot = bundle;
            }
        }
        at = end.max(at + 1);
    }
    out
}

/// How many lines below each heading hold a host alone, and how many a name that reads like a file's.
pub(super) fn listed(structure: &Structure, candidates: &[Candidate], places: &[Place]) -> Vec<(u32, u32)> {
    let mut out = vec![(0, 0); structure.headings.len()];
    for (candidate, place) in candidates.iter().zip(places).filter(|(candidate, place)| candidate.kind == Kind::Domain && (place.alone || place.cell))
    {
        let heading = structure.lines.get(place.line).map_or(0, |line| line.heading as usize);
        if let Some((plain, file)) = out.get_mut(heading) {
            match candidate.form {
                Form::Plain => *plain += 1,
                Form::File => *file += 1,
                _ => {}
            }
        }
    }
    out
}

/// Names of files that a digest tells.
#[derive(Debug, Default)]
pub(super) struct Named<'t> {
    /// The names, in lower case.
    told: BTreeSet<String>,
    /// The name that stands in each line with a digest.
    lines: BTreeMap<usize, &'t str>,
}

impl Named<'_> {
    /// Whether a digest tells the file of this name.
    pub(super) fn tells(&self, name: &str) -> bool {
        !self.told.is_empty() && self.told.contains(&name.to_lowercase())
    }

    /// The name in a line.
    pub(super) fn beside(&self, line: usize) -> Option<&str> {
        self.lines.get(&line).copied()
    }
}

/// Finds the names of files that stand beside their digest: in its line or row, alone above or below it in a list of pairs, as the
/// heading of a list of digests.
pub(super) fn named<'c>(text: &str, structure: &Structure, candidates: &'c [Candidate], places: &[Place]) -> Named<'c> {
    let mut out = Named::default();
    let mut digests = vec![false; structure.lines.len()];
    let mut headings = vec![false; structure.headings.len()];
    for (candidate, place) in candidates.iter().zip(places).filter(|(candidate, _)| class(candidate.kind) == 2) {
        // What its label calls a key tells no file.
        if matches!(candidate.label, None | Some(Label::File(_) | Label::Imphash)) {
            // A digest on two lines tells what stands behind its end, too.
            let broken = text.get(candidate.start..candidate.end).is_some_and(|words| words.contains('\n'));
            for at in std::iter::once(place.line).chain(broken.then(|| structure.line_at(candidate.end))) {
                if let Some(slot) = digests.get_mut(at) {
                    *slot = true;
                }
            }
            let heading = structure.lines.get(place.line).map_or(0, |line| line.heading as usize);
            if let Some(slot) = headings.get_mut(heading) {
                *slot = true;
            }
        }
    }
    let digest = |line: Option<usize>| line.and_then(|line| digests.get(line)).copied().unwrap_or(false);
    let mut names = vec![false; structure.lines.len()];
    let is_name = |candidate: &Candidate| candidate.kind == Kind::FileName || candidate.kind == Kind::Domain && candidate.form == Form::File;
    for (_, place) in candidates.iter().zip(places).filter(|(candidate, place)| is_name(candidate) && (place.alone || place.first)) {
        if let Some(slot) = names.get_mut(place.line) {
            *slot = true;
        }
    }
    let name = |line: Option<usize>| line.and_then(|line| names.get(line)).copied().unwrap_or(false);
    for (candidate, place) in candidates.iter().zip(places) {
        let Some(line) = structure.lines.get(place.line) else { continue };
        let plain = candidate.kind == Kind::Domain
            && candidate.defang == Defang::None
            && digest(Some(place.line))
            && !line.section.has(Cue::NETWORK | Cue::COMMAND);
        if !is_name(candidate) && !plain {
            continue;
        }
        let above = place.line.checked_sub(1);
        let below = Some(place.line + 1);
        let same = digest(Some(place.line));
        let pair = place.alone && line.shape != Shape::Row && (digest(below) && !name(above) || digest(above) && !name(below));
        // A name on a line of its own above the list of its digests, one blank line between them.
        let shape = |at: usize| structure.lines.get(at).map(|line| line.shape);
        let listed = shape(place.line + 1) == Some(Shape::Blank) && shape(place.line + 2) == Some(Shape::Item) && digest(Some(place.line + 2));
        let pair = pair || listed && place.alone && line.shape == Shape::Prose;
        let titled = line.shape == Shape::Heading && headings.get(line.heading as usize).copied().unwrap_or(false);
        // `File name: a.exe` above or below `MD5: …`, with no blank line between.
        let near = |step: &dyn Fn(usize) -> Option<usize>| {
            let mut at = place.line;
            for _ in 0..8 {
                at = step(at)?;
                let other = structure.lines.get(at)?;
                if matches!(other.shape, Shape::Blank | Shape::Heading)
                    || other.label.has(Cue::FILES) && !digest(Some(at)) && names.get(at) == Some(&true)
                {
                    return None;
                }
                if digest(Some(at)) {
                    return Some(());
                }
            }
            None
        };
        let block = !same && line.label.has(Cue::FILES) && (near(&|at| Some(at + 1)).is_some() || near(&|at| at.checked_sub(1)).is_some());
        if !(same || pair || titled || block) {
            continue;
        }
        let written = if candidate.kind == Kind::Domain { text.get(candidate.start..candidate.end).unwrap_or_default() } else { &candidate.value };
        out.told.insert(written.to_lowercase());
        if candidate.kind == Kind::FileName && same {
            out.lines.entry(place.line).or_insert(&candidate.value);
        }
    }
    out
}
