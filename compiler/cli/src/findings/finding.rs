//! What is a finding to a machine? A diagnostic with a file, a region in it, and a name that stays when lines move.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ir::Detection;
use sha2::{Digest as _, Sha256};
use source::{Diagnostic, Sources, Span};

use crate::inputs::shown;

/// A diagnostic, and where it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Finding<'d> {
    pub(crate) diagnostic: &'d Diagnostic,
    pub(crate) file: File,
    /// The words that are meant, where the diagnostic has a place.
    pub(crate) region: Option<Region>,
    /// Other places, with the words beside them.
    pub(crate) related: Vec<(File, Region, &'d str)>,
    /// A digest that stays when lines move: of the code, the detection, the target, the file and the words there. No two findings of a run
    /// have the same one.
    pub(crate) fingerprint: String,
}

/// A file of the inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Its path: below the current folder where it is there, with forward slashes.
    pub(crate) path: String,
    /// What of it: a sheet of a workbook, a rule that a document prints. Its lines are none of the file's.
    pub(crate) part: Option<String>,
}

/// From where to where; lines and columns count from one, and the end is behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Line and column of the first character.
    pub(crate) start: (usize, usize),
    /// The same with columns in units of UTF-16.
    pub(crate) start_utf16: (usize, usize),
    /// The end, with its column in units of UTF-16.
    pub(crate) end_utf16: (usize, usize),
}

/// Every finding of a run, in the order of the diagnostics. `paths` are the inputs as they were given; `folder` is the current one.
pub(crate) fn of<'d>(
    diagnostics: &'d [Diagnostic],
    sources: &Sources,
    detections: &[Detection],
    paths: &[PathBuf],
    folder: Option<&Path>,
) -> Vec<Finding<'d>> {
    let described: BTreeMap<&str, Span> = detections.iter().map(|detection| (detection.key.as_str(), detection.span)).collect();
    let name = |span: Span| file(&sources.file(span.file).name, folder);
    // The same one for any order of the inputs.
    let first = sources.iter().map(|(_, file)| file.name.clone()).min().or_else(|| paths.iter().map(|path| shown(path)).min());
    let first = file(&first.unwrap_or_default(), folder);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    diagnostics
        .iter()
        .map(|diagnostic| {
            let span = diagnostic.label.as_ref().map(|(span, _)| *span);
            let about = || diagnostic.detection.as_deref().and_then(|key| described.get(key)).copied();
            let file = span.or_else(about).map_or_else(|| first.clone(), name);
            let words = span.map(|span| sources.words(span)).unwrap_or_default();
            let base = fingerprint(diagnostic, &file, words);
            let count = seen.entry(base.clone()).or_default();
            *count += 1;
            Finding {
                diagnostic,
                region: span.map(|span| region(span, sources)),
                related: diagnostic.related.iter().map(|(span, words)| (name(*span), region(*span, sources), words.as_str())).collect(),
                fingerprint: if *count == 1 { base } else { digest(&[&base, &count.to_string()]) },
                file,
            }
        })
        .collect()
}

/// The worst first; among equals as they were.
pub(crate) fn worst_first<'f, 'd>(findings: &'f [Finding<'d>]) -> Vec<&'f Finding<'d>> {
    let mut sorted: Vec<&Finding<'_>> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.diagnostic.severity));
    sorted
}

impl Finding<'_> {
    /// The fact, which way the meaning moved, and what might be done.
    pub(crate) fn text(&self) -> String {
        let loss = self.diagnostic.loss.map(|loss| match loss {
            source::Loss::Wider => "the rule is wider than the description.",
            source::Loss::Narrower => "the rule is narrower than the description.",
        });
        let help = self.diagnostic.help.as_deref().filter(|help| !help.is_empty());
        let parts = [Some(self.diagnostic.message.as_str()), loss, help];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

fn fingerprint(diagnostic: &Diagnostic, file: &File, words: &str) -> String {
    let part = file.part.as_deref().unwrap_or_default();
    let (detection, target) = (diagnostic.detection.as_deref().unwrap_or_default(), diagnostic.target.as_deref().unwrap_or_default());
    digest(&[diagnostic.code.slug, detection, target, &file.path, part, words])
}

/// A digest of several texts, with the length of each.
fn digest(texts: &[&str]) -> String {
    let mut sum = Sha256::new();
    for text in texts {
        sum.update(text.len().to_le_bytes());
        sum.update(text);
    }
    hex::encode(sum.finalize())
}

fn region(span: Span, sources: &Sources) -> Region {
    let file = sources.file(span.file);
    let start_utf16 = file.position_utf16(span.start);
    Region { start: file.position(span.start), start_utf16, end_utf16: file.position_utf16(span.end).max(start_utf16) }
}

/// The file behind a name: a workbook's sheet and a printed rule have the file's name and their own.
fn file(name: &str, folder: Option<&Path>) -> File {
    let mut cuts = name.match_indices('#').map(|(at, _)| name.split_at(at));
    let is_there = |path: &str| Path::new(path).exists();
    let cut = if name.contains('#') && !is_there(name) { cuts.find(|(before, _)| is_there(before)) } else { None };
    let (name, part) = cut.map_or((name, None), |(before, part)| (before, part.get(1..).map(str::to_owned)));
    let inside = folder.and_then(|folder| Path::new(name).strip_prefix(folder).ok()).map(shown);
    let path = inside.unwrap_or_else(|| name.to_owned());
    let mut path = path.as_str();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    File { path: path.to_owned(), part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use source::Code;

    static CODE: Code = Code::warn("test.code", "a code for this test");

    fn prints(text: &str, at: &[usize]) -> Vec<String> {
        let mut sources = Sources::default();
        let file = sources.add("a.vigie", text);
        let said: Vec<Diagnostic> = at.iter().map(|at| Diagnostic::new(&CODE, "a fact").at(Span::new(file, *at, *at + 3), "here")).collect();
        of(&said, &sources, &[], &[], None).into_iter().map(|finding| finding.fingerprint).collect()
    }

    #[test]
    fn a_finding_keeps_its_name_when_lines_move_and_shares_it_with_none() {
        let (before, after) = (prints("one two\none\n", &[0, 4, 8]), prints("# new\n\none two\none\n", &[7, 11, 15]));
        assert_eq!(before, after);
        assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
        assert_ne!(prints("one", &[0]), prints("two", &[0]));
    }

    #[test]
    fn a_path_is_shown_below_the_current_folder() {
        let path = |name: &str| file(name, Some(Path::new("/site/rules"))).path;
        assert_eq!(path("/site/rules/a/b.vigie"), "a/b.vigie");
        assert_eq!(path("./a.vigie"), "a.vigie");
        assert_eq!((path("/other/a.vigie").as_str(), path("../a.vigie").as_str(), path("-").as_str()), ("/other/a.vigie", "../a.vigie", "-"));
    }

    #[test]
    fn a_sheet_is_a_part_of_its_workbook_and_a_name_with_a_number_sign_is_a_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.xlsx", "b#1.vigie"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let of = |name: &str| {
            let file = file(&shown(&folder.path().join(name)), Some(folder.path()));
            (file.path, file.part)
        };
        assert_eq!(of("a.xlsx#Sheet #2"), ("a.xlsx".to_owned(), Some("Sheet #2".to_owned())));
        assert_eq!((of("b#1.vigie"), of("gone#1")), (("b#1.vigie".to_owned(), None), ("gone#1".to_owned(), None)));
    }

    #[test]
    fn what_has_no_place_is_in_the_first_file() {
        let mut sources = Sources::default();
        sources.add("b.vigie", "");
        sources.add("a.vigie", "");
        let said = [Diagnostic::new(&CODE, "a fact")];
        assert_eq!(of(&said, &sources, &[], &[], None)[0].file.path, "a.vigie");
        assert_eq!(of(&said, &Sources::default(), &[], &["z".into(), "c".into()], None)[0].file.path, "c");
    }
}
