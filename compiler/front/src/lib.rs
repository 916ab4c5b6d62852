//! Threat descriptions in, advisories out: the `.vigie` language, other people's feeds, prose and Sigma rules.
//!
//! A front end reports, it does not fail: it returns what it understood and diagnostics for what it did not, with the span
//! of the exact words. Observables are canonical from here on ([`ir::Observable`]), and the spelling as written stays with them.
//!
//! Each family of inputs is a crate of its own beside this one; this is the door through which the command line and the tests see them.
//! [`text`] alone stands here, because it asks two of them.
//!
//! What front ends do not do: touch the disk (callers pass [`Files`]), drop indicators for policy, know any target.
//!
//! Start with [`parse`] for descriptions, [`feed::read`] for feeds, [`text::read`] for advisories in prose and
//! [`sigma::Collection`] for Sigma rules.

pub mod text;

#[cfg(test)]
mod twins;

pub use description::{Files, MAX_FILE, parse, quote};
pub use ir::Parsed;
pub use sigma_input as sigma;
pub use {context, document, draft, events, feed, languages, prose};

/// Every code of the front ends: the language's, then the feeds', then those of prose and of Sigma.
pub fn codes() -> impl Iterator<Item = &'static source::Code> {
    [description::CODES, feed::CODES, context::CODES, sigma::CODES].into_iter().flatten().copied()
}
