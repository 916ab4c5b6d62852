//! What do passes say, and what do they keep back?

use std::collections::BTreeMap;

use ir::Indicator;
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
