//! What can be said about a Sigma file, its keys, its conditions and its values?

use source::Code;

/// The text breaks the rules of YAML, or uses them in a way that has two readings.
pub(super) static YAML: Code = Code::error("sigma-in.yaml", "a Sigma file is not YAML with one reading");
/// A bound on size, depth or number was reached.
pub(super) static TOO_LARGE: Code = Code::error("sigma-in.too-large", "a Sigma file is larger or deeper than the limit");
/// A key that every document of its kind has is not there.
pub(super) static MISSING_KEY: Code = Code::error("sigma-in.missing-key", "a Sigma rule lacks a key that it needs");
/// A list stands where a text belongs, or the like.
pub(super) static WRONG_TYPE: Code = Code::error("sigma-in.wrong-type", "a key of a Sigma rule holds another kind of value");
/// A key that is nearly one of the specification's.
pub(super) static UNKNOWN_KEY: Code = Code::warn("sigma-in.unknown-key", "a key of a Sigma rule is nearly a known one");
/// A word outside a closed list: level, status, kind of relation.
pub(super) static UNKNOWN_WORD: Code = Code::warn("sigma-in.unknown-word", "a word of a Sigma rule is not one of the known ones");
/// An id, date or tag that is not of its form.
pub(super) static FORM: Code = Code::warn("sigma-in.form", "an id, date or tag of a Sigma rule is not of its form");
/// A technique that ATT&CK revoked or deprecated.
pub(super) static RETIRED: Code = Code::warn("sigma-in.retired-technique", "a tag names a technique that ATT&CK retired");
/// A modifier that the specification does not have.
pub(super) static UNKNOWN_MODIFIER: Code = Code::error("sigma-in.unknown-modifier", "a field has a modifier that Sigma does not know");
/// Modifiers that cannot stand together, or not in this order.
pub(super) static MODIFIERS: Code = Code::error("sigma-in.modifiers", "modifiers of a field do not go together");
/// Modifiers that do nothing, or less than they seem to.
pub(super) static IDLE_MODIFIER: Code = Code::warn("sigma-in.idle-modifier", "a modifier of a field has no effect here");
/// A value that the modifiers cannot be applied to.
pub(super) static VALUE: Code = Code::error("sigma-in.value", "a value does not fit its modifiers");
/// A regular expression that does not parse, or uses what few engines have.
pub(super) static REGEX: Code = Code::error("sigma-in.regex", "a regular expression of a Sigma rule cannot be used");
/// A value that the site must fill in.
pub(super) static PLACEHOLDER: Code = Code::error("sigma-in.placeholder", "a value of a Sigma rule waits for a site's own list");
/// The condition breaks the grammar.
pub(super) static CONDITION: Code = Code::error("sigma-in.condition", "a condition cannot be read");
/// The condition counts or compares in time, as Sigma 1 did.
pub(super) static AGGREGATION: Code = Code::error("sigma-in.aggregation", "a condition counts events, which correlations do now");
/// The condition names a selection that is not there.
pub(super) static UNKNOWN_SELECTION: Code = Code::error("sigma-in.unknown-selection", "a condition names a selection that is not there");
/// `1 of x*` where nothing is called so.
pub(super) static MATCHES_NOTHING: Code = Code::warn("sigma-in.matches-nothing", "a pattern of names in a condition matches no selection");
/// A selection that no condition names.
pub(super) static UNUSED_SELECTION: Code = Code::warn("sigma-in.unused-selection", "no condition names a selection");
/// Tests that cannot hold together.
pub(super) static CONTRADICTION: Code = Code::warn("sigma-in.contradiction", "tests of a Sigma rule cannot hold together");
/// A category, product or service that is nearly a known one.
pub(super) static UNKNOWN_SOURCE: Code = Code::warn("sigma-in.unknown-source", "a word of a log source is nearly one of Sigma's taxonomy");
/// A field that is nearly a known one.
pub(super) static UNKNOWN_FIELD: Code = Code::warn("sigma-in.unknown-field", "a field is nearly one of Sigma's taxonomy");
/// `\*` inside a path, which is the character.
pub(super) static LITERAL_STAR: Code = Code::warn("sigma-in.literal-star", "a path holds a star as a character");
/// A filter or correlation names a rule that is not there.
pub(super) static UNKNOWN_RULE: Code = Code::warn("sigma-in.unknown-rule", "a filter or correlation names a rule that is not there");
/// A filter names a rule whose log source it does not fit.
pub(super) static OTHER_SOURCE: Code = Code::warn("sigma-in.other-source", "a filter names a rule that reads other logs");
/// A correlation that cannot be read.
pub(super) static CORRELATION: Code = Code::error("sigma-in.correlation", "a Sigma correlation is not read");

/// Every code of this crate.
pub static CODES: &[&Code] = &[
    &YAML,
    &TOO_LARGE,
    &MISSING_KEY,
    &WRONG_TYPE,
    &UNKNOWN_KEY,
    &UNKNOWN_WORD,
    &FORM,
    &RETIRED,
    &UNKNOWN_MODIFIER,
    &MODIFIERS,
    &IDLE_MODIFIER,
    &VALUE,
    &REGEX,
    &PLACEHOLDER,
    &CONDITION,
    &AGGREGATION,
    &UNKNOWN_SELECTION,
    &MATCHES_NOTHING,
    &UNUSED_SELECTION,
    &CONTRADICTION,
    &UNKNOWN_SOURCE,
    &UNKNOWN_FIELD,
    &LITERAL_STAR,
    &UNKNOWN_RULE,
    &OTHER_SOURCE,
    &CORRELATION,
];
