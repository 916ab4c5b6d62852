//! What comes of a text that was read?

/// What one `.vigie` file says, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The advisories, without the blocks that are broken.
    pub advisories: Vec<crate::Advisory>,
    /// Everything there is to say, in reading order.
    pub diagnostics: Vec<source::Diagnostic>,
}
