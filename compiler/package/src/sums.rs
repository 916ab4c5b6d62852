//! What proves that a file is as it was packed?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::PackedFile;
use sha2::{Digest as _, Sha256};

/// The digest of a file: SHA-256, in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A digest and a path on each line, as `sha256sum --check` reads them.
pub(crate) fn list(files: &[PackedFile]) -> String {
    let sorted: BTreeMap<&str, &[u8]> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    let mut out = String::new();
    for (path, bytes) in sorted {
        let _ = writeln!(out, "{}  {path}", digest(bytes));
    }
    out
}
