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
mod files;
mod language;
pub mod languages;
mod parsed;
mod pieces;
pub mod prose;
pub mod sigma;
pub mod text;
mod unknown;

pub use files::Files;
pub use language::{MAX_FILE, parse};
pub use parsed::Parsed;

/// Every code of this crate: the language's, then the feeds', then those of prose and of Sigma.
pub fn codes() -> impl Iterator<Item = &'static source::Code> {
    [language::CODES, feed::CODES, context::CODES, sigma::CODES].into_iter().flatten().copied()
}
