//! What does one event rule know on its way, and as what does a test come out?

use backend::{Cx, Refusal};
use ir::{Detection, EventClass, EventSelector, FieldTest, Op};
use source::{Code, Loss, Span};

use super::change::Change;
use crate::ast::{Content, Item};
use crate::profiles::Version;

pub(crate) static TOO_LONG: Code = Code::warn("suricata.too-long", "a value does not fit into a rule line");
pub(crate) static TOO_MANY: Code = Code::warn("suricata.too-many-rules", "a condition would need very many rules");
pub(crate) static FIELD_FORM: Code = Code::warn("suricata.field-form", "Suricata has no words for this test of a field");
pub(crate) static MISSING_BUFFER: Code = Code::warn("suricata.missing-buffer", "a negated test does not hold where the field is missing");
pub(crate) static BOTH_DIRECTIONS: Code = Code::warn("suricata.both-directions", "a rule would look at a request and at its answer");
pub(crate) static NOT_NEGATED: Code = Code::warn("suricata.not-negated", "Suricata cannot negate a test");

/// The longest content; the engine refuses a rule that is longer in all.
pub(crate) const MAX_CONTENT: usize = 4000;
/// More rules than this for one behaviour is a misunderstanding.
const MAX_BEHAVIOR_RULES: usize = 1_000;

/// More rules than this for one block of indicators would keep the engine busy for minutes at its start.
const MAX_INDICATOR_RULES: usize = 100_000;

/// One way in which a test can hold, as options.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// The value, for the rule's message and its number.
    pub(super) label: String,
    /// The options, from their buffer on.
    pub(super) items: Vec<Item>,
}

/// A test as options.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    /// Any of these is enough.
    pub(super) choices: Vec<Choice>,
    /// All of them at once, when that can be said.
    pub(super) joined: Option<Vec<Item>>,
    /// Whether the answer is looked at, rather than the request.
    pub(super) to_client: bool,
}

impl Options {
    /// The only way, without a value worth a name.
    pub(super) fn one(items: Vec<Item>) -> Self {
        Self { choices: vec![Choice { label: String::new(), items }], joined: None, to_client: false }
    }

    pub(super) fn seen_in(mut self, to_client: bool) -> Self {
        self.to_client = to_client;
        self
    }

    /// The buffers that every choice looks at.
    pub(super) fn buffers(&self) -> std::collections::BTreeSet<&'static str> {
        let of = |choice: &Choice| choice.items.iter().filter_map(|item| if let Item::Buffer(name) = item { Some(*name) } else { None }).collect();
        let mut sets = self.choices.iter().map(of);
        let first: std::collections::BTreeSet<&'static str> = sets.next().unwrap_or_default();
        sets.fold(first, |all, one| all.intersection(&one).copied().collect())
    }

    /// The shortest of the fast patterns that the choices bring; the longer, the quicker the rules.
    pub(super) fn strength(&self) -> usize {
        let longest = |choice: &Choice| {
            let lengths = choice.items.iter().map(|item| match item {
                Item::Content(Content { bytes, negated: false, .. }) => bytes.len(),
                Item::Dataset { .. } | Item::FileHash { .. } => 64,
                _ => 0,
            });
            lengths.max().unwrap_or(0)
        };
        self.choices.iter().map(longest).min().unwrap_or(0)
    }
}

/// What a test becomes.
pub(super) enum Part {
    /// Nothing to ask: it always holds.
    True,
    /// It never holds.
    False,
    /// A part of the header.
    Header(Change),
    /// Options.
    Options(Options),
}

/// One event rule on its way.
pub(super) struct Lowering<'l, 'c> {
    pub(super) detection: &'l Detection,
    pub(super) event: &'l EventSelector,
    pub(super) class: EventClass,
    pub(super) cx: &'l mut Cx<'c>,
    /// Words for Suricata 8 alone are allowed.
    pub(super) eight: bool,
    /// The step of a correlation, else nothing.
    pub(super) scope: &'l str,
    /// The lists named so far.
    pub(super) lists: std::cell::RefCell<Vec<std::sync::Arc<crate::ast::List>>>,
    /// Buffers that the conjunction at hand cannot do without.
    pub(super) needed: std::collections::BTreeSet<&'static str>,
    /// Losses said already: one for each kind is enough.
    pub(super) said: std::collections::BTreeSet<(&'static str, Span)>,
}

impl<'l, 'c> Lowering<'l, 'c> {
    pub(super) fn new(detection: &'l Detection, event: &'l EventSelector, cx: &'l mut Cx<'c>) -> Self {
        let eight = Version::of(cx.profile) == Version::Eight;
        // Legalise has refused every log source without a class.
        let class = event.class().unwrap_or(EventClass::NetworkFlow);
        let needed = std::collections::BTreeSet::new();
        Self { detection, event, class, cx, eight, scope: "", lists: std::cell::RefCell::default(), needed, said: std::collections::BTreeSet::new() }
    }

    pub(super) fn loss(&mut self, code: &'static Code, loss: Loss, span: Span, message: impl Into<String>, help: &str) {
        if self.said.insert((code.slug, span)) {
            self.cx.loss(code, loss, span, message, help);
        }
    }

    pub(super) fn refuse<T>(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Result<T, Refusal> {
        Err(self.cx.unsupported(code, span, message))
    }

    pub(super) fn limit(&self) -> usize {
        if self.detection.indicators.is_empty() { MAX_BEHAVIOR_RULES } else { MAX_INDICATOR_RULES }
    }

    /// The refusal of an operator that a field has no words for.
    pub(super) fn no_form<T>(&self, test: &FieldTest) -> Result<T, Refusal> {
        let how = match &test.op {
            Op::Exists => "whether it is there",
            Op::Text { .. } => "these patterns",
            Op::Regex(_) => "regular expressions",
            Op::Address(_) => "addresses",
            Op::Domain(_) => "domains",
            Op::Under(_) => "places",
            Op::Url(_) => "URLs",
            Op::Number(_) => "numbers",
            Op::Flag(_) => "flags",
            Op::Empty | Op::Missing => "whether it is empty",
            Op::Time { .. } => "parts of a time",
            Op::Same { .. } => "other fields",
        };
        self.refuse(&FIELD_FORM, test.span, format!("Suricata cannot test `{}` for {how}", test.field))
    }
}
