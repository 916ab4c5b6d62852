//! What can be said: codes, how bad they are, and which way a meaning moved.

use serde::Serialize;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// The rules are usable, a person should look.
    Warning,
    /// A rule, or a part of the input, is missing from the output.
    Error,
}

impl Severity {
    /// The word that compilers use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Which way a rule differs from what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Loss {
    /// The rule also fires where the description does not: more alarms.
    Wider,
    /// The rule stays quiet where the description fires: missed attacks.
    Narrower,
}

impl Loss {
    /// The loss seen from under a negation.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Wider => Self::Narrower,
            Self::Narrower => Self::Wider,
        }
    }
}

/// One kind of thing that vigie can say. A code is a `static` beside the check that raises it.
///
/// The slug reads *where.what* and is what people write after `vigie explain`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// For instance `guard.reserved-address`.
    pub slug: &'static str,
    /// The severity when nothing changes it.
    pub severity: Severity,
    /// One line for tables: what the code is about.
    pub summary: &'static str,
}

impl Code {
    /// A code that means something is missing from the output.
    #[must_use]
    pub const fn error(slug: &'static str, summary: &'static str) -> Self {
        Self { slug, severity: Severity::Error, summary }
    }

    /// A code that asks a person to look.
    #[must_use]
    pub const fn warn(slug: &'static str, summary: &'static str) -> Self {
        Self { slug, severity: Severity::Warning, summary }
    }

    /// A code that only informs.
    #[must_use]
    pub const fn note(slug: &'static str, summary: &'static str) -> Self {
        Self { slug, severity: Severity::Note, summary }
    }
}
