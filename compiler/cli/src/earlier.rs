//! What is there to know of the package before? Its rules, its files, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use backend::{Before, Part, Retired};
use ir::{Detection, advisory_of};
use package::Manifest;
use source::{Diagnostic, Severity};

use crate::inputs::shown;

/// The package before, in its folder.
#[derive(Debug)]
pub(crate) struct Earlier<'f>(pub(crate) &'f Path);

impl Before for Earlier<'_> {
    fn file(&self, path: &str) -> Option<Vec<u8>> {
        read(&self.0.join(path)).ok()
    }
}

/// The longest file of a package that is read, in bytes.
const LONGEST: u64 = 1 << 30;

/// A plain file of a package.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let about = path.metadata()?;
    if !about.is_file() || about.len() > LONGEST {
        return Err(std::io::Error::other(format!("it is no plain file of at most {LONGEST} bytes")));
    }
    std::fs::read(path)
}

/// Whether a folder is free of packages for other products: one of those is what a site goes back to.
pub(crate) fn over_no_other(folder: &Path, kind: &str) -> Result<(), String> {
    let text = read(&folder.join(package::MANIFEST)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match text.and_then(|text| Manifest::read(&text).ok()) {
        Some(other) if other.package.r#for != kind => {
            Err(format!("`{}` holds a package for {}; one for {kind} has a folder of its own", shown(folder), other.package.r#for))
        }
        _ => Ok(()),
    }
}

/// What is said of rules that have another title than in the package before, where a product knows them by it: what a site did to the old one is not
/// done to the new one.
pub(crate) fn renamed(before: Option<&Manifest>, parts: &[Part<'_>], detections: &[Detection], retired: &[Retired]) -> Vec<Diagnostic> {
    let gone: BTreeSet<(&str, &str)> = retired.iter().map(|rule| (rule.profile.as_str(), rule.id.as_str())).collect();
    let gone = |rule: &&package::Rule| gone.contains(&(rule.profile.as_str(), rule.id.as_str()));
    let mut now: BTreeMap<(&str, &str), (&str, &str)> = BTreeMap::new();
    for (part, rule) in parts.iter().flat_map(|part| part.rules.iter().map(move |rule| (part, rule))) {
        if let Some(detection) = detections.get(rule.detection) {
            now.entry((part.profile.id, detection.key.as_str())).or_insert((&rule.id, &rule.title));
        }
    }
    let said = |old: &package::Rule| {
        let (new, _) = now.get(&(old.profile.as_str(), old.key.as_str())).filter(|(_, title)| *title != old.title)?;
        let message = format!("`{}` is called `{new}` now: the one is retired, and the other begins as a new rule", old.id);
        Some(Diagnostic::new(&package::RENAMED, message).help("the old title keeps it; or what a site set for the old rule is set for the new one"))
    };
    before.into_iter().flat_map(|before| &before.rules).filter(gone).filter_map(said).collect()
}

/// What is said of numbers that the package before knows better: a revision that would fall, a number that was another rule's. So it is with a lock that
/// went back together with the rules.
pub(crate) fn older_numbers(before: Option<&Manifest>, parts: &[Part<'_>], detections: &[Detection]) -> Vec<Diagnostic> {
    let known: BTreeMap<(&str, &str), &package::Rule> =
        before.into_iter().flat_map(|before| &before.rules).map(|rule| ((rule.profile.as_str(), rule.id.as_str()), rule)).collect();
    let mut out = Vec::new();
    for (part, rule) in parts.iter().flat_map(|part| part.rules.iter().map(move |rule| (part, rule))) {
        let (Some(revision), Some(detection)) = (rule.revision, detections.get(rule.detection)) else { continue };
        let Some(old) = known.get(&(part.profile.id, rule.id.as_str())) else { continue };
        let (id, key) = (&rule.id, &detection.key);
        let why = match old.revision {
            // The keys of an advisory's rules may change; a number never leaves the advisory.
            _ if advisory_of(&old.key) != advisory_of(key) => format!("{id} is a number of `{}` in the package before, and of `{key}` now", old.key),
            Some(highest) if revision.number < highest => {
                format!("`{key}` ({id}) had revision {highest} in the package before, and has {} now", revision.number)
            }
            Some(same) if revision.number == same && old.meaning.as_ref().is_some_and(|old| *old != revision.digest()) => {
                format!("`{key}` ({id}) means something else than in the package before, by the same revision {same}")
            }
            _ => continue,
        };
        let help =
            "a newer `vigie.lock` might be in another revision of the repository (`git log vigie.lock`): with it, numbers stay and revisions rise";
        let said = Diagnostic { detection: Some(key.clone()), ..Diagnostic::new(&package::OLDER_NUMBERS, why).help(help) };
        out.push(said);
    }
    out
}

/// Whether nothing is to be written because of what was said: an input that was not understood, or a rule that the package before held and this
/// one would lack. That the product cannot say what it never said hinders nobody.
pub(crate) fn hinders(said: &Diagnostic, before: Option<&Manifest>) -> bool {
    let held = |key: &String| before.is_some_and(|before| before.rules.iter().any(|rule| rule.key == *key && !rule.retired));
    said.severity == Severity::Error && said.detection.as_ref().is_none_or(held)
}

/// The manifest of an earlier package.
pub(crate) fn before(folder: &Path, kind: &str) -> Result<Manifest, String> {
    let manifest = manifest(folder)?;
    if manifest.package.r#for != kind {
        return Err(format!("`{}` is a package for {}, not for {kind}", shown(folder), manifest.package.r#for));
    }
    Ok(manifest)
}

/// The manifest of a package, whatever product it is for.
pub(crate) fn manifest(folder: &Path) -> Result<Manifest, String> {
    let path = folder.join(package::MANIFEST);
    let unreadable = |why: &dyn std::fmt::Display| format!("`{}` cannot be read: {why}", shown(&path));
    let bytes = read(&path).map_err(|error| unreadable(&error))?;
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&error))?;
    Manifest::read(&text).map_err(|why| format!("`{}`: {why}", shown(&path)))
}

/// The rules of an earlier package that are not made any more. One that was switched off already is gone for good.
pub(crate) fn retired(before: &Manifest, parts: &[Part<'_>]) -> Vec<Retired> {
    let made: BTreeSet<(&str, &str)> = parts.iter().flat_map(|part| part.rules.iter().map(|rule| (part.profile.id, rule.id.as_str()))).collect();
    let gone = before.rules.iter().filter(|rule| !rule.retired && !made.contains(&(rule.profile.as_str(), rule.id.as_str())));
    gone.map(|rule| Retired { id: rule.id.clone(), title: rule.title.clone(), profile: rule.profile.clone() }).collect()
}
