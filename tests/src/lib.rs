//! What the checks that span crates share: golden cases, folders as maps, and running the compiler.
//!
//! The checks themselves are the files in `tests/`: `golden.rs` (what comes out for this input?), `meaning.rs` (does it
//! mean what the description says?), `cli.rs` (can a person use it?), `book.rs` (do the book's examples run?) and
//! `house.rs` (is the house in order?).
//!
//! What this crate does not do: know any rule language. It compares files, and leaves judging them to engines.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

pub mod case;
pub mod generate;
pub mod imports;
pub mod judged;
pub mod report;
pub mod run;
pub mod tree;

use std::path::{Path, PathBuf};

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Whether snapshots and golden files are to be written rather than compared.
#[must_use]
pub fn blessing() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always")
}
