//! A threat description as it was written. Spans everywhere; nothing is decided yet.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use source::Span;
use uuid::Uuid;

use crate::{
    Citation, Confidence, Correlation, EventSelector, Indicator, ObservableKind, Predicate, Record, Scope, SeverityLevel, SigmaRule, Technique, Tlp,
    Verdict, Window,
};

/// One threat description.
#[derive(Clone, Debug, PartialEq)]
pub struct Advisory {
    /// Who says what, when.
    pub header: Header,
    /// Documents that are quoted.
    pub sources: Vec<SourceDocument>,
    /// Lists of indicators.
    pub indicators: Vec<IndicatorBlock>,
    /// Behaviours, each seen by one or more sensors.
    pub behaviors: Vec<Behavior>,
    /// Events that belong together.
    pub correlations: Vec<CorrelateBlock>,
    /// Existing rules that travel along.
    pub natives: Vec<Native>,
    /// Events and bytes that must or must not match.
    pub tests: Vec<Test>,
    /// Reviewed waivers.
    pub accepts: Vec<Accept>,
}

/// The head of an advisory.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The advisory's id, as written: the namespace of every id in it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who may read it.
    pub tlp: Option<Tlp>,
    /// When it was published.
    pub published: Option<Date>,
    /// When it was last changed.
    pub modified: Option<Date>,
    /// Names of the actor, aliases included.
    pub actors: Vec<String>,
    /// Names of the malware.
    pub malware: Vec<String>,
    /// CVE ids.
    pub cves: Vec<String>,
    /// The window to search back through.
    pub hunt: Option<Window>,
    /// What a hit is worth.
    pub verdict: Verdict,
    /// Who wants to hear of a hit: an e-mail address or a URL.
    pub report: Option<String>,
    /// Links.
    pub references: Vec<String>,
    /// Who wrote the description.
    pub author: Option<String>,
    /// The id's span, or the file's start for feeds.
    pub span: Span,
}

impl Header {
    /// The head of an advisory that says nothing but its id.
    #[must_use]
    pub fn new(id: impl Into<String>, span: Span) -> Self {
        Self {
            id: id.into(),
            title: String::new(),
            tlp: None,
            published: None,
            modified: None,
            actors: Vec::new(),
            malware: Vec::new(),
            cves: Vec::new(),
            hunt: None,
            verdict: Verdict::default(),
            report: None,
            references: Vec::new(),
            author: None,
            span,
        }
    }
}

/// A document that is quoted.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDocument {
    /// Its name in the description.
    pub name: String,
    /// The file, as written.
    pub file: Option<(String, Span)>,
    /// Where it is published.
    pub url: Option<String>,
    /// The block.
    pub span: Span,
}

/// A quote that a block rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Because {
    /// The quote, and where it stands once it was found.
    pub citation: Citation,
    /// The quote's span in the description.
    pub span: Span,
}

/// What every block says of itself, whatever it asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The block's name, unique in the advisory.
    pub name: String,
    /// A title, when the author gave one.
    pub title: Option<String>,
    /// What the person who gets the alert should read, when the author wrote it; else it is put together.
    pub description: Option<String>,
    /// The block's id, when it came with one; else it follows from the advisory's id and the names.
    pub id: Option<Uuid>,
    /// The names it had before, the latest first. Its id and its numbers are those of the first name it had.
    pub renamed_from: Vec<String>,
    /// ATT&CK techniques of the whole block.
    pub techniques: Vec<Technique>,
    /// How bad a hit is.
    pub severity: Option<SeverityLevel>,
    /// How sure the author is.
    pub confidence: Option<Confidence>,
    /// A marking stricter than the advisory's.
    pub tlp: Option<Tlp>,
    /// How far the meaning reaches.
    pub scope: Scope,
    /// The sentences it rests on.
    pub because: Vec<Because>,
    /// What ordinary activity also matches.
    pub false_positives: Vec<String>,
    /// What a Sigma rule says of itself besides.
    pub sigma: Option<Arc<SigmaRule>>,
    /// The name's span.
    pub span: Span,
}

impl Head {
    /// The head of a block that says nothing but its name.
    #[must_use]
    pub fn new(name: impl Into<String>, span: Span) -> Self {
        Self {
            name: name.into(),
            title: None,
            description: None,
            id: None,
            renamed_from: Vec::new(),
            techniques: Vec::new(),
            severity: None,
            confidence: None,
            tlp: None,
            scope: Scope::default(),
            because: Vec::new(),
            false_positives: Vec::new(),
            sigma: None,
            span,
        }
    }
}

/// A list of indicators. Techniques, confidence and marking stand with each indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorBlock {
    /// What it says of itself.
    pub head: Head,
    /// The declared type; `None` lets each value decide.
    pub kind: Option<ObservableKind>,
    /// The values, those from loaded feeds included.
    pub indicators: Vec<Indicator>,
}

/// A behaviour: one thing the attacker does.
#[derive(Clone, Debug, PartialEq)]
pub struct Behavior {
    /// What it says of itself.
    pub head: Head,
    /// How each sensor sees it; alternatives.
    pub facets: Vec<Facet>,
}

/// A behaviour as one kind of sensor sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// Its name, unique in the behaviour.
    pub name: String,
    /// Which events.
    pub event: EventSelector,
    /// What must hold.
    pub predicate: Predicate,
    /// The name's span.
    pub span: Span,
}

/// Events that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelateBlock {
    /// What it says of itself.
    pub head: Head,
    /// The question.
    pub correlation: Correlation,
}

/// The language of a rule that travels along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NativeLanguage {
    /// A YARA rule file.
    Yara,
    /// A Suricata rule file.
    Suricata,
}

impl NativeLanguage {
    /// With these a rule of Suricata begins (<https://docs.suricata.io/en/latest/rules/intro.html#action>).
    pub const SURICATA_ACTIONS: [&str; 8] = ["alert", "config", "drop", "pass", "reject", "rejectboth", "rejectdst", "rejectsrc"];
}

/// A file that a carried rule names: a list, a script. It travels with the rule, under the name that the rule uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The path as the rule spells it, relative to the rule's own file.
    pub name: String,
    /// Its text, or why it cannot be read.
    pub text: Result<Arc<str>, String>,
}

/// An existing rule file that travels along, never rewritten.
#[derive(Clone, Debug, PartialEq)]
pub struct Native {
    /// Its name, unique in the advisory.
    pub name: String,
    /// Its language.
    pub language: NativeLanguage,
    /// The file, as written.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// The files that its rules name.
    pub companions: Vec<Companion>,
    /// The sentences it rests on.
    pub because: Vec<Because>,
    /// The block.
    pub span: Span,
}

/// Events and bytes that must or must not match a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The block or facet: `relays`, `exchange_webshell.use`.
    pub subject: String,
    /// What to try.
    pub cases: Vec<TestCase>,
    /// The subject's span.
    pub span: Span,
}

/// One thing to try.
#[derive(Clone, Debug, PartialEq)]
pub struct TestCase {
    /// What should come out.
    pub expect: Expectation,
    /// What goes in.
    pub stimulus: Stimulus,
    /// Where it was written.
    pub span: Span,
}

/// What a test case should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The block fires.
    Match,
    /// The block stays quiet.
    NoMatch,
}

/// What a test case feeds in.
#[derive(Clone, Debug, PartialEq)]
pub enum Stimulus {
    /// One event.
    Event(Record),
    /// Several events, each at a time from the start.
    Events(Vec<(Duration, Record)>),
}

/// A reviewed waiver: this loss, for this block, on this target, is known and fine.
#[derive(Clone, Debug, PartialEq)]
pub struct Accept {
    /// The code's slug.
    pub code: String,
    /// The block or facet.
    pub subject: String,
    /// The target, with a profile behind a slash when only that profile is meant.
    pub target: String,
    /// Why it is fine.
    pub because: String,
    /// The block.
    pub span: Span,
}
