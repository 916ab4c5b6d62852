//! What does a correlation say?
//!
//! [`read`] takes the document apart and checks its form; [`super::correlated`] joins it with the rules it names.
//! <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md>

use std::time::Duration;

use ir::Decimal;
use source::{Diagnostic, Span};

use super::about::About;
use super::codes::{CORRELATION, MISSING_KEY, UNKNOWN_KEY, VALUE, WRONG_TYPE};
use super::references::references;
use super::yaml::{Entry, Node, Scalar, Value};
use source::suggest;

/// A word or number with its place.
pub(super) type Placed<T> = (T, Span);

/// A correlation, taken apart. Nothing is looked up yet.
#[derive(Clone, Debug)]
pub(super) struct CorrelationDocument {
    pub(super) about: About,
    /// What is counted or compared.
    pub(super) kind: Placed<CorrelationType>,
    /// The rules and correlations it is about: ids or names, in order. Never empty.
    pub(super) rules: Vec<Placed<String>>,
    /// Fields, or names of aliases.
    pub(super) group_by: Vec<Placed<String>>,
    pub(super) timespan: Placed<Duration>,
    pub(super) condition: CorrelationCondition,
    /// The fields whose values are counted or computed with; only for `value_...`.
    pub(super) fields: Vec<Placed<String>>,
    /// Which percentile, 0 to 100; only for `value_percentile`.
    pub(super) percentile: Option<Placed<i64>>,
    pub(super) aliases: Vec<Alias>,
    /// Whether the rules are detections of their own too.
    pub(super) generate: bool,
    /// The key `correlation`.
    pub(super) span: Span,
}

/// What a correlation does with the events of its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CorrelationType {
    EventCount,
    ValueCount,
    Temporal,
    TemporalOrdered,
    ValueSum,
    ValueAverage,
    ValuePercentile,
    ValueMedian,
}

impl CorrelationType {
    const ALL: [(Self, &'static str); 8] = [
        (Self::EventCount, "event_count"),
        (Self::ValueCount, "value_count"),
        (Self::Temporal, "temporal"),
        (Self::TemporalOrdered, "temporal_ordered"),
        (Self::ValueSum, "value_sum"),
        (Self::ValueAverage, "value_avg"),
        (Self::ValuePercentile, "value_percentile"),
        (Self::ValueMedian, "value_median"),
    ];

    /// The type's name.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// When a correlation matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CorrelationCondition {
    /// The document has none; `temporal` needs none.
    None,
    /// Every comparison holds.
    Counts(Vec<(Comparison, Decimal, Span)>),
    /// A text over names of rules: `rule_a and not rule_b`.
    Expression(Placed<String>),
}

/// How a count is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    NotEqual,
}

/// A name for fields that are called differently in each rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) name: Placed<String>,
    /// A rule's name, and the field in its events.
    pub(super) fields: Vec<(Placed<String>, Placed<String>)>,
}

/// Takes a document apart. `None` when it cannot be used; the reason is reported.
pub(super) fn read(root: &Node<'_>, entry: &Entry<'_>, about: Option<About>, said: &mut Vec<Diagnostic>) -> Option<CorrelationDocument> {
    let Some(entries) = entry.node.entries() else {
        let message = format!("`correlation` is a map, not {}", entry.node.kind());
        said.push(Diagnostic::new(&WRONG_TYPE, message).at(entry.key_span, "of this key"));
        return None;
    };
    let mut reader = Reader { key: entry.key_span, said, broken: about.is_none() };
    let kind = reader.need(&entry.node, "type").and_then(|node| reader.kind(node));
    let rules = reader.need(&entry.node, "rules").and_then(|node| reader.list(node, "rules"));
    if let Some(rules) = &rules
        && rules.is_empty()
    {
        reader.refuse(&MISSING_KEY, entry.key_span, "the correlation names no rules".to_owned());
    }
    let group_by = entry.node.get("group-by").and_then(|node| reader.list(node, "group-by")).unwrap_or_default();
    let timespan = reader.need(&entry.node, "timespan").and_then(|node| reader.timespan(node));
    let mut fields = entry.node.get("field").and_then(|node| reader.list(node, "field")).unwrap_or_default();
    let mut percentile = None;
    let condition = match entry.node.get("condition") {
        None => CorrelationCondition::None,
        Some(node) => reader.condition(node, &mut fields, &mut percentile),
    };
    let aliases = entry.node.get("aliases").map(|node| reader.aliases(node)).unwrap_or_default();
    let generate = [root.get("generate"), entry.node.get("generate")]
        .into_iter()
        .flatten()
        .any(|node| node.text().is_some_and(|text| text.eq_ignore_ascii_case("true")));
    let known = ["type", "rules", "group-by", "timespan", "condition", "field", "aliases", "generate"];
    for inner in entries.iter().filter(|inner| !known.contains(&&*inner.key)) {
        let mut unknown = Diagnostic::new(&UNKNOWN_KEY, format!("a correlation has no key `{}`", inner.key)).at(inner.key_span, "this key");
        unknown.help = suggest::help(&inner.key, known);
        reader.said.push(unknown);
    }
    if let Some((kind, span)) = kind {
        reader.fits(kind, span, &condition, &fields);
    }
    if reader.broken {
        return None;
    }
    Some(CorrelationDocument {
        about: about?,
        kind: kind?,
        rules: rules?,
        group_by,
        timespan: timespan?,
        condition,
        fields,
        percentile,
        aliases,
        generate,
        span: entry.key_span,
    })
}

struct Reader<'s> {
    key: Span,
    said: &'s mut Vec<Diagnostic>,
    broken: bool,
}

impl Reader<'_> {
    fn refuse(&mut self, code: &'static source::Code, span: Span, message: String) {
        self.said.push(Diagnostic::new(code, message).at(span, "here"));
        self.broken = true;
    }

    fn need<'n, 't>(&mut self, node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
        let found = node.get(key);
        if found.is_none() {
            let missing = Diagnostic::new(&MISSING_KEY, format!("the correlation has no `{key}`")).at(self.key, "in this map");
            self.said.push(missing);
            self.broken = true;
        }
        found
    }

    fn list(&mut self, node: &Node<'_>, key: &str) -> Option<Vec<Placed<String>>> {
        let list = references(node, key, self.said);
        self.broken |= list.is_none();
        list
    }

    fn kind(&mut self, node: &Node<'_>) -> Option<Placed<CorrelationType>> {
        let text = node.text().map(|text| text.clone().into_owned()).unwrap_or_default();
        let found = CorrelationType::ALL.iter().find(|(_, name)| *name == text);
        if found.is_none() {
            let mut unknown = Diagnostic::new(&CORRELATION, format!("`{text}` is no type of correlation")).at(node.span, "this word");
            unknown.help = suggest::help(&text, CorrelationType::ALL.map(|(_, name)| name));
            self.said.push(unknown);
            self.broken = true;
        }
        found.map(|(kind, _)| (*kind, node.span))
    }

    fn timespan(&mut self, node: &Node<'_>) -> Option<Placed<Duration>> {
        let text = node.text().map(|text| text.clone().into_owned()).unwrap_or_default();
        let found = timespan(&text);
        if found.is_none() {
            let wrong = Diagnostic::new(&VALUE, format!("`{text}` is no span of time")).at(node.span, "this value");
            self.said.push(wrong.help("spans are written as `30s`, `5m`, `2h` or `1d`"));
            self.broken = true;
        }
        found.map(|time| (time, node.span))
    }

    fn number(&mut self, entry: &Entry<'_>) -> Option<i64> {
        let number = entry.node.text().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.refuse(&VALUE, entry.node.span, format!("`{}` is a whole number", entry.key));
        }
        number
    }

    fn bound(&mut self, entry: &Entry<'_>) -> Option<Decimal> {
        let number = entry.node.text().and_then(|text| Decimal::parse(text));
        if number.is_none() {
            self.refuse(&VALUE, entry.node.span, format!("`{}` is a number, such as `10` or `2.5`", entry.key));
        }
        number
    }

    fn condition(&mut self, node: &Node<'_>, fields: &mut Vec<Placed<String>>, percentile: &mut Option<Placed<i64>>) -> CorrelationCondition {
        let entries = match &node.value {
            Value::Scalar(Scalar { text, .. }) if !node.is_null() => return CorrelationCondition::Expression((text.clone().into_owned(), node.span)),
            Value::Map(entries) => entries,
            Value::Scalar(_) | Value::List(_) => {
                self.refuse(&WRONG_TYPE, node.span, format!("`condition` is a map or a text, not {}", node.kind()));
                return CorrelationCondition::None;
            }
        };
        let mut counts = Vec::new();
        for entry in entries {
            let comparison = match &*entry.key {
                "lt" => Comparison::Less,
                "lte" => Comparison::AtMost,
                "gt" => Comparison::More,
                "gte" => Comparison::AtLeast,
                "eq" => Comparison::Equal,
                "neq" => Comparison::NotEqual,
                "field" => {
                    fields.extend(self.list(&entry.node, "field").unwrap_or_default());
                    continue;
                }
                "percentile" => {
                    *percentile = self.number(entry).map(|number| (number, entry.node.span));
                    continue;
                }
                other => {
                    let mut unknown = Diagnostic::new(&UNKNOWN_KEY, format!("a condition has no key `{other}`")).at(entry.key_span, "this key");
                    unknown.help = suggest::help(other, ["lt", "lte", "gt", "gte", "eq", "neq", "field", "percentile"]);
                    self.said.push(unknown);
                    continue;
                }
            };
            counts.extend(self.bound(entry).map(|number| (comparison, number, entry.node.span)));
        }
        if counts.is_empty() {
            self.refuse(&MISSING_KEY, node.span, "the condition compares with nothing".to_owned());
        }
        CorrelationCondition::Counts(counts)
    }

    fn aliases(&mut self, node: &Node<'_>) -> Vec<Alias> {
        let Some(entries) = node.entries() else {
            self.refuse(&WRONG_TYPE, node.span, format!("`aliases` is a map, not {}", node.kind()));
            return Vec::new();
        };
        let mut out = Vec::new();
        for alias in entries {
            let Some(fields) = alias.node.entries() else {
                self.refuse(&WRONG_TYPE, alias.key_span, "an alias is a map of rules and fields".to_owned());
                continue;
            };
            let mut named = Vec::new();
            for entry in fields {
                match entry.node.text() {
                    Some(field) => named.push(((entry.key.clone().into_owned(), entry.key_span), (field.clone().into_owned(), entry.node.span))),
                    None => self.refuse(&WRONG_TYPE, entry.key_span, "an alias gives each rule the name of a field".to_owned()),
                }
            }
            out.push(Alias { name: (alias.key.clone().into_owned(), alias.key_span), fields: named });
        }
        out
    }

    /// Whether the type has the condition and the fields that it needs.
    fn fits(&mut self, kind: CorrelationType, span: Span, condition: &CorrelationCondition, fields: &[Placed<String>]) {
        let temporal = matches!(kind, CorrelationType::Temporal | CorrelationType::TemporalOrdered);
        if !temporal && !matches!(condition, CorrelationCondition::Counts(_)) && !self.broken {
            self.refuse(&MISSING_KEY, span, format!("`{}` needs a `condition` with a number", kind.name()));
        }
        let values = !temporal && kind != CorrelationType::EventCount;
        if values && fields.is_empty() && !self.broken {
            self.refuse(&MISSING_KEY, span, format!("`{}` needs a `field` in its condition", kind.name()));
        }
    }
}

/// Reads `30s`, `5m`, `2h`, `1d`, `1w`; months and years have no fixed length and are taken as 30 and 365 days.
fn timespan(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'M' => 30 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_have_a_unit() {
        assert_eq!(timespan("90m"), Some(Duration::from_secs(5400)));
        assert_eq!(timespan("1d"), Some(Duration::from_secs(86_400)));
        for text in ["", "m", "0s", "5", "1.5h", "é", "99999999999999999999d"] {
            assert_eq!(timespan(text), None, "{text}");
        }
    }
}
