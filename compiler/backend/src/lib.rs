//! The contract a rule language signs, and what all rule languages share.
//!
//! A rule language implements [`Language`]: a table of what it can say ([`Capabilities`]), `lower` from a detection to
//! its own tree, `render` from a tree to a rule's text, `assemble` from texts to files, `verify_native` to read those back; what is refused there
//! is not written. Everything else is done once, here:
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
mod carried;
mod comment;
mod context;
pub mod correlation;
mod derive;
mod job;
mod judge;
mod language;
mod legalise;
mod lock;
mod name;
mod ordinary;
mod package;
mod program;
mod refusal;
mod refused;
pub mod window;

pub use artefact::{Artefact, ArtefactKind, PrintedRule, Revision};
pub use capability::{Absence, Capabilities, Form, Name, Overlay, ReadsSource, every_field, every_source, named_fields, named_source, no_field};
pub use carried::without;
pub use comment::{comment, no_formula, one_line};
pub use context::Cx;
pub use job::{About, Entry, For, Job, Lowered, Outcome, Printed, Profile, RuleLimit};
pub use judge::{Finding, Forgets, Hearing, Judgement, Question, Reader, Trial};
pub use language::{Compiled, Language, Target};
pub use legalise::{Legal, OPERATOR, PLATFORM, legalise};
pub use lock::{Lock, NoNumber, Number, Section, Settled, Unreadable};
pub use name::{portable, slug};
pub use package::{Before, Label, Package, Packed, PackedFile, PackedRule, Packing, Part, Retired, Setting, SettingForm, json};
pub use program::{Answer, Call, Programs};
pub use refusal::Refusal;
pub use refused::{Asked, CARRIED, Fault, VerifySkipped};

/// Every code this crate can raise.
pub const CODES: &[&source::Code] = &[
    &legalise::ABSENT_EVENT,
    &legalise::ABSENT_FIELD,
    &legalise::EMPTY,
    &legalise::PART_OF_PATH,
    &legalise::PLATFORM,
    &legalise::REGEX,
    &legalise::TOO_WIDE,
    &legalise::OPERATOR,
    &legalise::OPEN_SOURCE,
    &ordinary::ORDINARY,
    &lock::LAST_REVISION,
    &lock::RANGE_FULL,
    &language::NATIVE,
    &refused::VERIFY,
    &refused::ENGINE,
    &refused::CARRIED,
    &refused::SKIPPED,
];
