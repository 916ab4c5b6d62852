//! What do passes say, and what do they keep back?

use std::collections::BTreeMap;

use ir::{Accept, Indicator};
use source::{Code, Diagnostic};

/// A value that a policy kept out of rules: of every one, or of those that go where it may not.
#[derive(Clone, Debug)]
pub struct Withheld {
    /// The advisory's id.
    pub advisory: String,
    /// The block.
    pub block: String,
    /// The value.
    pub indicator: Indicator,
    /// Which policy.
    pub code: &'static Code,
    /// Why, as a clause.
    pub reason: String,
}

/// What passes say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cx {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) withheld: Vec<Withheld>,
    /// Behaviours and correlations kept back, by (advisory, block).
    pub(crate) held_blocks: BTreeMap<(String, String), (&'static Code, String)>,
    /// Waivers that a pass made use of, by (advisory, index).
    pub(crate) used_accepts: std::collections::BTreeSet<(String, usize)>,
}

impl Cx {
    /// Whether a waiver of an advisory lets a code pass, for a subject that is about what is looked at. It has been made use of then.
    pub(crate) fn waived(&mut self, advisory: &str, accepts: &[Accept], code: &Code, is_about: impl Fn(&str) -> bool) -> bool {
        let waiver = accepts.iter().position(|accept| accept.code == code.slug && is_about(&accept.subject));
        self.used_accepts.extend(waiver.map(|at| (advisory.to_owned(), at)));
        waiver.is_some()
    }
}
