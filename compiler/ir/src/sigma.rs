//! What does a Sigma rule say of itself that nothing else in the IR holds?
//!
//! Kept as written, so that the rule can be written again: <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md>.

use uuid::Uuid;

/// The parts of a Sigma rule that say nothing about what it matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SigmaRule {
    /// The rule's `id`, when it has one.
    pub id: Option<Uuid>,
    /// `name`: what correlations call the rule.
    pub name: Option<String>,
    /// `status`: `stable`, `test`, `experimental`, `deprecated`, `unsupported`.
    pub status: Option<String>,
    /// `license`.
    pub license: Option<String>,
    /// `tags`, as written and in order; those that the IR understands are in [`crate::Meta`] too.
    pub tags: Vec<String>,
    /// `related`: the other rule's id and how it is related (`derived`, `obsolete`, `merged`, `renamed`, `similar`).
    pub related: Vec<(String, String)>,
    /// `fields`: what an analyst wants to see.
    pub fields: Vec<String>,
    /// `taxonomy`, when it is not Sigma's own.
    pub taxonomy: Option<String>,
    /// `scope`.
    pub scope: Vec<String>,
    /// `logsource`, as written; a correlation has none.
    pub log_source: Option<SigmaLogSource>,
    /// Keys that the specification does not know, in order.
    pub custom: Vec<(String, Plain)>,
}

/// A log source in the rule's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SigmaLogSource {
    /// For instance `process_creation`.
    pub category: Option<String>,
    /// For instance `windows`.
    pub product: Option<String>,
    /// For instance `security`.
    pub service: Option<String>,
    /// What must be configured for the events to be there.
    pub definition: Option<String>,
    /// Keys that the specification does not know, in order.
    pub custom: Vec<(String, Plain)>,
}

/// A value that is carried along without being understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Plain {
    /// No value.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text; also every number that is not whole.
    Text(String),
    /// Several values.
    List(Vec<Plain>),
    /// Values with names, in order.
    Map(Vec<(String, Plain)>),
}
