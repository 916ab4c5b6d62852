//! Threat descriptions in, advisories out: the `.vigie` language, other people's feeds and prose.
//!
//! A front end reports, it does not fail: it returns what it understood and diagnostics for what it did not, with the span
//! of the exact words. Observables are canonical from here on ([`ir::Observable`]), and the spelling as written stays with them.
//!
//! What this crate does not do: touch the disk (callers pass [`Files`]), drop indicators for policy, know any target.
//!
//! Start with [`parse`] for descriptions, [`feed::read`] for feeds, [`text::read`] for advisories in prose and
//! [`sigma::Collection`] for Sigma rules.

mod blocks;
pub mod context;
pub mod document;
pub mod draft;
pub mod events;
pub mod feed;
mod language;
pub mod languages;
mod pieces;
pub mod prose;
pub mod sigma;
pub mod text;
mod unknown;

use std::sync::Arc;

pub use language::{MAX_FILE, parse};

/// Files next to a description, as the caller sees them: this crate has no disk.
pub trait Files {
    /// Reads a file by its path relative to the description.
    ///
    /// # Errors
    ///
    /// Says in a few words why the file cannot be read.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String>;
}

/// What one `.vigie` file says, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The advisories, without the blocks that are broken.
    pub advisories: Vec<ir::Advisory>,
    /// Everything there is to say, in reading order.
    pub diagnostics: Vec<source::Diagnostic>,
}

/// Every code of this crate: the language's, then the feeds', then those of prose and of Sigma.
pub fn codes() -> impl Iterator<Item = &'static source::Code> {
    [language::CODES, feed::CODES, context::CODES, sigma::CODES].into_iter().flatten().copied()
}
