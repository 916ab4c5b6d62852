//! What of a file belongs to inputs that this run did not read? Rules of several inputs can share a file; a run with only some of
//! them carries the others' over.
//!
//! Two kinds of files are shared: settings in sections (`[name]`) and rules with numbers, one a line.

use std::collections::BTreeSet;

/// The form of a file that can be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Sections, each with a name in brackets.
    Sections,
    /// One rule a line, with a number.
    Lines,
}

impl Form {
    /// The form of a file, if it is one that inputs share.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "conf" => Some(Self::Sections),
            "rules" => Some(Self::Lines),
            _ => None,
        }
    }

    /// The pieces of a file, each with the id of its rule or section; what stands before, between and behind them is left out.
    fn pieces(self, text: &str) -> Vec<(&str, &str)> {
        match self {
            Self::Sections => {
                // A value may go on in the next line, which may begin with a bracket.
                let starts: Vec<usize> =
                    text.match_indices("\n[").map(|(at, _)| at).filter(|at| text.get(..*at).is_some_and(|before| !before.ends_with('\\'))).collect();
                let ends = starts.iter().skip(1).copied().chain([text.len()]);
                let piece = |(start, end): (&usize, usize)| {
                    let piece = text.get(*start..end)?;
                    Some((piece.get(2..)?.split_once("]\n")?.0, piece))
                };
                starts.iter().zip(ends).filter_map(piece).collect()
            }
            Self::Lines => {
                let rules = text.split_inclusive('\n').filter(|line| !line.starts_with('#'));
                rules.filter_map(|line| Some((line.rsplit_once("sid:")?.1.split_once(';')?.0.trim(), line))).collect()
            }
        }
    }

    /// The new text and, behind it, the pieces of the old one that are wanted and that it does not hold itself. Gives their ids too.
    pub(super) fn carried(self, new: &str, old: &str, wanted: impl Fn(&str) -> bool) -> (String, Vec<String>) {
        let own: BTreeSet<&str> = self.pieces(new).into_iter().map(|(id, _)| id).collect();
        let mut out = new.to_owned();
        let mut ids = Vec::new();
        for (id, piece) in self.pieces(old) {
            if wanted(id) && !own.contains(id) {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                out.push_str(piece);
                ids.push(id.to_owned());
            }
        }
        (out, ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_rules_of_other_inputs_are_carried_over() {
        let old = "# head\n\n[a]\nx = 1\n\n[b]\nx = [2]\n\n[c]\nx = 3\n";
        let new = "# head\n\n[b]\nx = 4\n";
        let (text, ids) = Form::Sections.carried(new, old, |id| id != "c");
        assert_eq!((text.as_str(), ids), ("# head\n\n[b]\nx = 4\n\n[a]\nx = 1\n", vec!["a".to_owned()]));
        let (text, _) = Form::Sections.carried("", "\n[a]\nx = 1 \\\n[b]\n\n[c]\n", |id| id != "c");
        assert_eq!(text, "\n[a]\nx = 1 \\\n[b]\n");
        let old = "# sid:9;\nalert a (msg:\"sid:7;\"; sid:1; rev:1;)\nalert b (sid:2; rev:1;)\n";
        let (text, ids) = Form::Lines.carried("alert b (sid:2; rev:2;)\n", old, |_| true);
        assert_eq!((text.as_str(), ids), ("alert b (sid:2; rev:2;)\nalert a (msg:\"sid:7;\"; sid:1; rev:1;)\n", vec!["1".to_owned()]));
    }
}
