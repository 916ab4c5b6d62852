//! What is a run asked for, and what comes out of it?

use std::collections::BTreeMap;

use backend::{Artefact, For, Lock, Overlay, PrintedRule, Programs};
use ir::{Date, Detection, Expectation};
use source::{Diagnostic, Span};

use crate::context::Withheld;
use crate::environment::Environment;
use crate::gate::{Ceiling, Channel};
use crate::ledger::Row;
use crate::licence::Licences;

/// What a run is asked for, besides its inputs.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The day the rules are for: indicators that ended before it are withheld. `None` keeps them all.
    pub as_of: Option<Date>,
    /// So many days before its last day, an indicator is worth a warning. `None` warns of none.
    pub warn_before_expiry: Option<u16>,
    /// What may leave.
    pub ceiling: Ceiling,
    /// The channels of targets, by `target/profile`, with a ceiling of their own each.
    pub channels: BTreeMap<String, Vec<Channel>>,
    /// Under which licences rules may stand. `None` asks for none.
    pub licences: Option<Licences>,
    /// Whether a behaviour without a test case is worth a warning.
    pub require_tests: bool,
    /// What is other in the environment that was chosen.
    pub environment: Option<Environment>,
    /// Numbers given so far.
    pub lock: Lock,
    /// A site's rows over the profiles' tables, by `target/profile`.
    pub overlays: BTreeMap<String, Overlay>,
    /// Whether the rules' own texts can be left away, which stand in the files too.
    pub files_only: bool,
    /// What the rules are for.
    pub made_for: For,
    /// The door to installed engines, which are asked to load what was written; without it none is.
    pub programs: Option<&'static dyn Programs>,
    /// Whether every known target is built. Then a block without any rule is an error, else a note.
    pub every_target: bool,
}

/// What one profile of one target wrote.
#[derive(Clone, Debug)]
pub struct Output {
    /// The target's id.
    pub target: &'static str,
    /// The profile's id.
    pub profile: &'static str,
    /// The folder under the output directory: `kql/sentinel`, or `sigma` where a target has one profile.
    pub folder: String,
    /// The files, sorted by path.
    pub artefacts: Vec<Artefact>,
    /// Which rule stands where; `detection` is an index into [`Compilation::detections`].
    pub rules: Vec<PrintedRule>,
    /// What a detection asks for here, by its index, where a channel lets fewer of its values through than the widest one.
    /// Empty with [`Options::files_only`].
    pub narrowed: BTreeMap<usize, Detection>,
    /// What an installed engine said, for the summary.
    pub engine: Option<String>,
}

/// A test in a description, of one detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What should come out.
    pub expect: Expectation,
    /// Where it was written.
    pub span: Span,
}

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// Every detection, sorted by key; withheld ones included. Where channels let different values through, with those that may leave by the
    /// widest of them.
    pub detections: Vec<Detection>,
    /// What the descriptions try on their detections, by index into `detections`.
    pub tests: BTreeMap<usize, Vec<Tried>>,
    /// What was written, in the order of the targets.
    pub outputs: Vec<Output>,
    /// One row for each (detection, target, profile), in that order.
    pub rows: Vec<Row>,
    /// Values that no rule holds.
    pub withheld: Vec<Withheld>,
    /// Everything that was said, in reading order.
    pub diagnostics: Vec<Diagnostic>,
    /// The numbers, new ones included.
    pub lock: Lock,
}
