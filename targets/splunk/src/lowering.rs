//! What does the lowering of one stream's predicates know and gather?

use backend::Cx;

use crate::ast::Stage;
use crate::origin::Origin;
use crate::profiles::{Named, Stream, Written};

/// The longest list that is written out in a search. Longer ones go into a lookup, which Splunk sends to the indexers once
/// and keeps in memory up to 25 MB, on disk above (`max_memtable_bytes`,
/// <https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf>).
pub(crate) const INLINE: usize = 100;

/// Works on the predicates of one stream.
pub(crate) struct Lowering<'a, 'b> {
    pub(crate) cx: &'a mut Cx<'b>,
    pub(crate) stream: Option<&'static Stream>,
    /// The dataset's name in a data model: fields of `tstats` carry it.
    pub(crate) dataset: Option<&'static str>,
    /// What the log calls fields that the catalogue has no name for.
    pub(crate) names: Vec<Named>,
    /// How whole events are written.
    pub(crate) written: Written,
    /// Whether events have a value between major breakers of the index.
    pub(crate) delimited: bool,
    /// For names of tables.
    pub(crate) detection: &'a ir::Detection,
    /// Commands that make fields, in order, without duplicates.
    pub(crate) made: Vec<Stage>,
    pub(crate) read: Vec<String>,
    pub(crate) lookups: Vec<crate::ast::Lookup>,
    /// How many tests were looked up so far.
    pub(crate) looked_up: usize,
    /// The longest list that is written out.
    pub(crate) inline: usize,
    /// The field of several values that was tested behind `tstats` last.
    pub(crate) many: Option<String>,
}

impl<'a, 'b> Lowering<'a, 'b> {
    pub(crate) fn new(cx: &'a mut Cx<'b>, origin: &Origin, detection: &'a ir::Detection) -> Self {
        Self {
            cx,
            stream: origin.stream,
            dataset: origin.dataset,
            names: origin.names.clone(),
            written: origin.written,
            delimited: origin.delimited,
            detection,
            made: Vec::new(),
            read: Vec::new(),
            lookups: Vec::new(),
            looked_up: 0,
            inline: INLINE,
            many: None,
        }
    }
}
