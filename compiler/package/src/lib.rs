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

use backend::{PackedFile, Packing};
use pipeline::Row;

pub use changes::Changes;
pub use manifest::{Advisory, Artefact, Loss, Manifest, Name, Quote, Rule};
pub use sums::digest;

/// The file that says what a package holds.
pub const MANIFEST: &str = "manifest.json";
/// The file that says what changed.
pub const CHANGES: &str = "CHANGES.json";
/// The file with the digest of every other one, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// The rest of a package: pages for people, its manifest, its changes, its digests, in this order behind the product's files.
#[must_use]
pub fn finish(kind: &str, packing: &Packing<'_>, rows: &[Row], files: Vec<PackedFile>, previous: Option<&Manifest>) -> Vec<PackedFile> {
    let mut files = files;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let rules = manifest::rules(packing, rows, &files, previous);
    files.extend(pages::of(packing, &rules));
    let manifest = Manifest::of(kind, packing, rules, &files);
    let changes = Changes::between(previous, &manifest);
    files.push(PackedFile::json(MANIFEST, &manifest, []));
    files.push(PackedFile::json(CHANGES, &changes, []));
    files.push(PackedFile::new(SUMS, sums::list(&files)));
    files
}
