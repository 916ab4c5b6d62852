//! Threat descriptions in, advisories out: the `.vigie` language and other people's feeds.
//!
//! A front end reports, it does not fail: it returns what it understood and diagnostics for what it did not, with the span
//! of the exact words. Observables are canonical from here on ([`ir::Observable`]), and the spelling as written stays with them.
//!
//! What this crate does not do: touch the disk (callers pass [`Files`]), drop indicators for policy, know any target.
//!
//! Start with [`parse`] for descriptions, [`feed::read`] for feeds and [`sigma::Collection`] for Sigma rules.

pub mod context;
pub mod draft;
pub mod feed;
mod language;
pub mod logs;
pub mod prose;
pub mod sigma;

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
pub static CODES: &[&source::Code] = &ALL_CODES;

const PARTS: [&[&source::Code]; 4] = [language::CODES, feed::CODES, context::CODES, sigma::CODES];

const TOTAL: usize = PARTS[0].len() + PARTS[1].len() + PARTS[2].len() + PARTS[3].len();

static ALL_CODES: [&source::Code; TOTAL] = {
    let mut all = [language::CODES[0]; TOTAL];
    let (mut at, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut inner = 0;
        while inner < PARTS[part].len() {
            all[at] = PARTS[part][inner];
            (at, inner) = (at + 1, inner + 1);
        }
        part += 1;
    }
    all
};
