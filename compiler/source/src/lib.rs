//! Text, spans, codes and diagnostics: the floor the house stands on.
//!
//! This crate knows nothing about threats or rules. It holds the files that were read ([`Sources`]), byte ranges in them
//! ([`Span`]), the kinds of thing that can be said ([`Code`]) and what was said ([`Diagnostic`]). Drawing a diagnostic
//! is miette's work and happens in the binary; [`Diagnostic::report`] is the door to it.
//!
//! Start with [`Diagnostic`].

mod code;
mod count;
mod diagnostic;
mod draw;
mod group;
mod legible;
mod span;
pub mod suggest;

pub use code::{Code, Loss, Severity};
pub use count::count;
pub use diagnostic::{Diagnostic, Report};
pub use draw::draw;
pub use group::{Group, by_code, totals};
pub use legible::{legible, legible_json, legible_lines, unseen};
pub use span::{FileId, Kept, Lines, SourceFile, Sources, Span};
pub use suggest::{list, nearest};
