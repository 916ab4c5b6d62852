//! Which inputs are the same on both sides, and have nothing to do with one that differs? They are compiled on neither.
//!
//! Only Sigma rules are left out, of which a repository has thousands: a file with one rule that has an `id`. A rule is named by others with its id or its
//! name, so it stays where a file that differs, a correlation or a filter has that word anywhere; and where its row of the lock differs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::inputs::{self, Inputs};

/// The files that are left out, on each side.
#[derive(Debug, Default)]
pub(super) struct Unchanged {
    pub(super) old: BTreeSet<PathBuf>,
    pub(super) new: BTreeSet<PathBuf>,
}

/// A file, as it is on each side.
#[derive(Default)]
struct Pair {
    old: Option<PathBuf>,
    new: Option<PathBuf>,
}

/// What a file is to the others.
enum Part {
    /// One rule, the same on both sides.
    Alone { id: String, name: Option<String> },
    /// Anything else, with the words in it.
    Other { words: BTreeSet<String>, of_every_rule: bool },
}

/// Finds them below paths that mean the same on both sides. What has one of these ids stays.
pub(super) fn find(old: &[PathBuf], new: &[PathBuf], stay: BTreeSet<String>) -> Unchanged {
    let mut pairs: BTreeMap<(usize, PathBuf), Pair> = BTreeMap::new();
    if old.len() == new.len() {
        for (at, (old, new)) in old.iter().zip(new).enumerate() {
            rules(old).for_each(|(below, file)| pairs.entry((at, below)).or_default().old = Some(file));
            rules(new).for_each(|(below, file)| pairs.entry((at, below)).or_default().new = Some(file));
        }
    }
    let pairs: Vec<Pair> = pairs.into_values().collect();
    let parts: Vec<Part> = pairs.par_iter().map(part).collect();
    let mut named = stay;
    for part in &parts {
        match part {
            Part::Other { of_every_rule: true, .. } => return Unchanged::default(),
            Part::Other { words, .. } => named.extend(words.iter().cloned()),
            Part::Alone { .. } => {}
        }
    }
    let mut out = Unchanged::default();
    for (pair, part) in pairs.into_iter().zip(parts) {
        if let (Part::Alone { id, name }, Pair { old: Some(old), new: Some(new) }) = (part, pair)
            && !named.contains(&id)
            && !name.is_some_and(|name| named.contains(&name))
        {
            out.old.insert(old);
            out.new.insert(new);
        }
    }
    out
}

/// The Sigma rules at a path, with their places below it.
fn rules(path: &Path) -> impl Iterator<Item = (PathBuf, PathBuf)> {
    // What cannot be read is told when it is compiled.
    let files = inputs::files(&[path.to_path_buf()], &mut Inputs::default());
    files.into_iter().filter(|file| inputs::is_sigma(file)).filter_map(move |file| Some((file.strip_prefix(path).ok()?.to_path_buf(), file)))
}

fn part(pair: &Pair) -> Part {
    let paths = [&pair.old, &pair.new];
    let texts: Vec<String> = paths.into_iter().flatten().filter_map(|path| inputs::text(path).ok()).collect();
    if let [old, new] = texts.as_slice()
        && old == new
        && let Some((id, name)) = alone(new)
    {
        return Part::Alone { id, name };
    }
    let stems = paths.into_iter().flatten().filter_map(|path| path.file_stem()).map(|stem| stem.to_string_lossy());
    let mut words: BTreeSet<String> = stems.map(|stem| stem.to_lowercase()).collect();
    texts.iter().for_each(|text| words.extend(text.split(|char| !is_of_a_word(char)).filter(|word| !word.is_empty()).map(str::to_lowercase)));
    let of_every_rule = words.contains("any") && texts.iter().any(|text| keys(text).any(|key| key == "filter"));
    Part::Other { words, of_every_rule }
}

fn is_of_a_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '-' | '_')
}

/// The words at the beginnings of lines that are not indented, in quotation marks or not: the keys of a document are among them.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim_start_matches(['"', '\'', '?', '\u{feff}']).split(|char| !is_of_a_word(char)).next())
}

/// The id and the name of a rule that is alone in its file and speaks of no other.
fn alone(text: &str) -> Option<(String, Option<String>)> {
    let documents = text.lines().filter(|line| line.starts_with("---") || line.starts_with("...")).count();
    let begins = text.lines().find(|line| !line.is_empty() && !line.starts_with('#'))?;
    if documents > usize::from(begins.starts_with("---")) || keys(text).any(|key| matches!(key, "correlation" | "filter")) {
        return None;
    }
    let value = |key: &str| -> Option<Option<String>> {
        let mut values = text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        let value = values.next().map(|value| value.trim().trim_matches(['"', '\'']).to_lowercase());
        let plain = value.as_deref().is_none_or(|value| !value.is_empty() && value.chars().all(is_of_a_word));
        (plain && values.next().is_none()).then_some(value)
    };
    Some((value("id")??, value("name")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "title: A\nid: 3F2504E0-4F89-41D3-9A0C-0305E82C3301\nname: one\ndetection:\n  condition: a\n";

    #[test]
    fn a_rule_is_alone_when_nothing_in_its_file_speaks_of_another() {
        let id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        assert_eq!(alone(RULE), Some((id.to_owned(), Some("one".to_owned()))));
        assert!(alone(&format!("# on top\n---\n{RULE}")).is_some());
        assert_eq!(alone(&RULE.replace("name: one\n", "")), Some((id.to_owned(), None)));
        for other in [
            RULE.replace("id: ", "custom: "),
            RULE.replace("name: one", "name: one # of two"),
            format!("{RULE}---\n{RULE}"),
            format!("{RULE}id: again\n"),
            format!("{RULE}correlation:\n  type: temporal\n"),
            format!("{RULE}\"filter\" :\n  rules: any\n"),
            RULE.replace('\n', "\n  "),
        ] {
            assert_eq!(alone(&other), None, "{other}");
        }
    }
}
