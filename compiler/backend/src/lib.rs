//! The contract a rule language signs, and what all rule languages share.
//!
//! A rule language implements [`Language`]: a table of what it can say ([`Capabilities`]), `lower` from a detection to
//! its own tree, `print` from that tree to files, `verify` to read them back. Everything else is done once, here:
//! [`legalise`] rewrites a predicate into what the table allows or names the difference, the driver keeps one
//! [`Entry`] for each detection, [`Section`] numbers rules.
//!
//! What this crate does not do: know any language, or any vendor's names.
//!
//! **Invariant:** the output of [`Target::compile`] is a function of the job alone: same bytes for any thread count, any day.
//!
//! Start with [`Language`].

mod artefact;
mod capability;
mod context;
mod derive;
mod language;
mod legalise;
mod lock;

pub use artefact::{Artefact, ArtefactKind, PrintedRule};
pub use capability::{Capabilities, Form, Name, Overlay, every_field, every_source, named_fields, no_field};
pub use context::{Cx, Refusal};
pub use language::{About, Compiled, Entry, Job, Language, Lowered, Outcome, Printed, Profile, Target};
pub use legalise::{Legal, legalise};
pub use lock::{Lock, Number, Section};

/// Every code this crate can raise.
pub const CODES: &[&source::Code] = &[
    &legalise::ABSENT_EVENT,
    &legalise::ABSENT_FIELD,
    &legalise::CASE,
    &legalise::EMPTY,
    &legalise::PART_OF_PATH,
    &legalise::REGEX,
    &legalise::SINGLE_CHARACTER,
    &legalise::TOO_WIDE,
    &legalise::OPERATOR,
    &legalise::OPEN_SOURCE,
    &language::VERIFY,
    &language::NATIVE,
];

/// A short, readable file name made of letters, digits, `-`, `_` and `.`: everything else becomes `-`. Runs of dashes
/// are joined; the result is at most 80 characters, never empty, never begins with a dot.
///
/// ```
/// assert_eq!(backend::slug("CERTFR-2021/IOC 003"), "CERTFR-2021-IOC-003");
/// ```
#[must_use]
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars().take(400) {
        if char.is_ascii_alphanumeric() || matches!(char, '_' | '.') {
            out.push(char);
        } else if !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 80 {
            break;
        }
    }
    let trimmed = out.trim_matches(['-', '.']);
    if trimmed.is_empty() { "unnamed".to_owned() } else { trimmed.to_owned() }
}
