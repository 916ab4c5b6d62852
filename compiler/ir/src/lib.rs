//! What to detect, independent of who detects it.
//!
//! The IR has two levels. An [`Advisory`] is a threat description as it was written: typed indicators, behaviours,
//! correlations, citations, tests, each with the span it came from. A [`Detection`] is one question to put to one
//! stream of events; it is the only thing a target sees. [`eval`] is the executable meaning of a detection and the
//! referee of every test.
//!
//! What this crate does not do: read files, know any vendor's names, print rules.
//!
//! **Invariant:** values never hold syntax. A wildcard is a [`Part`], a regular expression is a tree ([`Regex`]), case
//! is a field ([`Case`]). Constructors make values canonical, so equality is `==` and no later pass cleans up.
//!
//! Read [`advisory`], then [`detection`], [`predicate`] and [`correlation`], then [`event`] for the catalogue of events and fields.

pub mod advisory;
pub mod attack;
pub mod bytes;
pub mod contradiction;
pub mod correlation;
pub mod decimal;
pub mod detection;
pub mod eval;
pub mod event;
mod event_rule;
pub mod field;
pub mod id;
pub mod index;
pub mod indicator;
pub mod meta;
pub mod observable;
mod parsed;
pub mod pattern;
pub mod predicate;
pub mod public_suffix;
pub mod record;
pub mod regex;
pub mod sigma;
pub mod time;

pub use crate::regex::Regex;
pub use advisory::{
    Accept, Advisory, Because, Behavior, Companion, CorrelateBlock, Expectation, Facet, Head, Header, IndicatorBlock, Native, NativeLanguage,
    SourceDocument, Stimulus, Test, TestCase,
};
pub use attack::{Tactic, Technique};
pub use bytes::{ByteKind, BytePattern, BytesTest, HexToken, Need};
pub use contradiction::{Contradiction, contradictions};
pub use correlation::{Bounds, Comparison, Correlation, CorrelationKind, Figure, Happening, Needs, Step, Stream, Times};
pub use decimal::Decimal;
pub use detection::{Detection, Kind, advisory_of, is_about};
pub use event::{EventClass, EventSelector, Flow, LogSource, Platform, Sensor};
pub use event_rule::{EventRule, implied_platform};
pub use field::{Field, FieldKind, FieldRef};
pub use index::Index;
pub use indicator::{Direction, Indicator, Origin, Role, Validity};
pub use meta::{Citation, Confidence, Meta, Scope, SeverityLevel, Tlp, Verdict, Window};
pub use observable::{Domain, EmailAddress, FileHash, NotAnObservable, Observable, ObservableKind, RegistryKey, Url, UrlHost};
pub use parsed::Parsed;
pub use pattern::{Case, Part, Pattern, Shape};
pub use predicate::{NumberTest, Op, Place, Predicate, Test as FieldTest, TimePart, Tree};
pub use record::{FieldValue, Record};
pub use sigma::{Plain, SigmaLogSource, SigmaRule};

pub use ipnet::IpNet;
pub use jiff::civil::Date;
