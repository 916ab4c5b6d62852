//! What has every package, whatever product imports it? A manifest, what changed since the one before, digests, pages for people.
//!
//! A target turns compiled rules into the files of its product ([`backend::Packing`]); [`finish`] puts the rest beside them.
//!
//! What this crate does not do: know any product, or any disk.
//!
//! **Invariant:** the same rules under the same name are the same bytes: no day, no path of this machine, no order of a run stands in a package.
//!
//! Start with [`Manifest`].

mod changes;
mod manifest;
mod markdown;
mod page;
mod pages;
mod sums;

use std::collections::BTreeMap;

use backend::{PackedFile, Packing};
use pipeline::Row;
use source::Code;

pub use changes::{Changed, Changes, Named};
pub use manifest::{Advisory, Artefact, Loss, Manifest, Name, Quote, Rule};
pub use page::Tried;
pub use sums::digest;

/// The file that says what a package holds.
pub const MANIFEST: &str = "manifest.json";
/// The file that says what changed.
pub const CHANGES: &str = "CHANGES.json";
/// The file with the digest of every other one, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// A rule has another name than in the package before.
pub static RENAMED: Code = Code::warn("package.renamed", "a rule has another name than in the package before");
/// There is nothing in a package.
pub static EMPTY: Code = Code::warn("package.empty", "no rule of the inputs is one that the product takes");
/// Sensors would take a rule for an older one, or for another one.
pub static OLDER_NUMBERS: Code = Code::error("package.older-numbers", "a number of a rule says less than in the package before");
/// Every code of packages.
pub const CODES: &[&Code] = &[&EMPTY, &RENAMED, &OLDER_NUMBERS];

/// Whether files are others than those of the package before, what every package says of itself set aside.
#[must_use]
pub fn differs(before: &Manifest, files: &[PackedFile]) -> bool {
    let now: BTreeMap<&str, String> = files
        .iter()
        .filter(|file| ![MANIFEST, CHANGES, SUMS].contains(&file.path.as_str()))
        .map(|file| (file.path.as_str(), digest(&file.bytes)))
        .collect();
    now.len() != before.artefacts.len() || before.artefacts.iter().any(|(path, artefact)| now.get(path.as_str()) != Some(&artefact.sha256))
}

/// The rest of a package: pages for people, its manifest, its changes, its digests, in this order behind the product's files. `tests` are by index into
/// [`Packing::detections`].
#[must_use]
pub fn finish(
    kind: &str,
    packing: &Packing<'_>,
    rows: &[Row],
    tests: &BTreeMap<usize, Vec<Tried<'_>>>,
    files: Vec<PackedFile>,
    previous: Option<&Manifest>,
) -> Vec<PackedFile> {
    let mut files = files;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let rules = manifest::rules(packing, rows, &files, previous);
    files.extend(pages::of(packing, &rules, tests));
    let manifest = Manifest::of(kind, packing, rules, &files);
    let changes = Changes::between(previous, &manifest);
    files.push(PackedFile::json(MANIFEST, &manifest, []));
    files.push(PackedFile::json(CHANGES, &changes, []));
    files.push(PackedFile::new(SUMS, sums::list(&files)));
    files
}
