//! Which question do the rules of a correlation ask together?
//!
//! Rules are found by id or name, in any file; a correlation may name other correlations. A field that the rules' log sources know
//! under different names, and an alias, become [`Stream::aliases`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ir::{
    Advisory, Bounds, Comparison, CorrelateBlock, Correlation, CorrelationKind, EventRule, FieldRef, Figure, Happening, Needs, Step, Stream, Times,
};
use source::{Diagnostic, Severity, Span};

use super::about;
use super::advisory::{self, Ids};
use super::codes::{CONDITION, CORRELATION, UNKNOWN_RULE};
use super::condition::{self, Condition};
use super::correlate::{self, CorrelationCondition, CorrelationDocument, CorrelationType, Placed};
use super::document::Rule;

/// How many correlations may stand inside one another.
const MAX_DEPTH: usize = 8;
/// How many streams one correlation may have, those inside it included.
const MAX_STREAMS: usize = 256;

/// What came of the correlations.
pub(super) struct Linked {
    pub(super) advisories: Vec<Advisory>,
    /// The rules that only serve a correlation, by their place.
    pub(super) served: BTreeSet<usize>,
}

/// Joins correlations, each with the stem of its file, with the rules that they name. `known` gives the index of a rule by its id or name, `taken` holds the ids that
/// advisories have.
pub(super) fn link(
    files: Vec<(CorrelationDocument, String)>,
    rules: &[Rule],
    known: &BTreeMap<String, usize>,
    taken: &mut Ids,
    said: &mut Vec<Diagnostic>,
) -> Linked {
    let (documents, stems): (Vec<CorrelationDocument>, Vec<String>) = files.into_iter().unzip();
    let mut inside: BTreeMap<String, usize> = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        for name in about::names(&document.about.sigma) {
            inside.entry(name.to_lowercase()).or_insert(at);
        }
    }
    taken.add(documents.iter().map(|document| &document.about));
    let mut out = Linked { advisories: Vec::new(), served: BTreeSet::new() };
    let mut built = Vec::with_capacity(documents.len());
    let mut chained: BTreeSet<usize> = BTreeSet::new();
    // What some correlation wants as a detection of its own too.
    let (mut kept, mut kept_inside) = (BTreeSet::new(), BTreeSet::new());
    for at in 0..documents.len() {
        let mut linker = Linker { documents: &documents, rules, known, inside: &inside, said, stack: Vec::new(), streams: 0, used: Vec::new() };
        let correlation = linker.correlation(at);
        let used = linker.used;
        let generate = documents.get(at).is_some_and(|document| document.generate);
        for used in used.into_iter().filter(|_| correlation.is_some()) {
            match used {
                Used::Rule(rule) if generate => kept.insert(rule),
                Used::Rule(rule) => out.served.insert(rule),
                Used::Correlation(inner) if generate => kept_inside.insert(inner),
                Used::Correlation(inner) => chained.insert(inner),
            };
        }
        built.push(correlation);
    }
    out.served.retain(|rule| !kept.contains(rule));
    chained.retain(|inner| !kept_inside.contains(inner));
    for (at, ((document, stem), correlation)) in documents.into_iter().zip(stems).zip(built).enumerate() {
        let Some(correlation) = correlation.filter(|_| !chained.contains(&at)) else { continue };
        let (mut advisory, head) = advisory::empty(document.about, &stem, taken);
        advisory.correlations.push(CorrelateBlock { head, correlation });
        out.advisories.push(advisory);
    }
    out
}

/// What a correlation uses.
enum Used {
    Rule(usize),
    Correlation(usize),
}

struct Linker<'l> {
    documents: &'l [CorrelationDocument],
    rules: &'l [Rule],
    known: &'l BTreeMap<String, usize>,
    /// The correlations, by id and name.
    inside: &'l BTreeMap<String, usize>,
    said: &'l mut Vec<Diagnostic>,
    /// The correlations around the one that is built.
    stack: Vec<usize>,
    streams: usize,
    used: Vec<Used>,
}

/// A stream, and what its single events call a field.
struct Found<'l> {
    stream: Stream,
    /// The rules whose events come out of it.
    rules: Vec<&'l Rule>,
    /// The name that the correlation uses for it.
    reference: &'l str,
    span: Span,
}

impl<'l> Linker<'l> {
    fn refuse<T>(&mut self, span: Span, message: String, help: &str) -> Option<T> {
        let mut refused = Diagnostic::new(&CORRELATION, message).at(span, "here");
        if !help.is_empty() {
            refused = refused.help(help);
        }
        // A correlation inside several others is refused once.
        if !self.said.contains(&refused) {
            self.said.push(refused);
        }
        None
    }

    fn correlation(&mut self, at: usize) -> Option<Correlation> {
        let document = self.documents.get(at)?;
        if self.stack.contains(&at) {
            return self.refuse(document.span, "the correlation is about itself".to_owned(), "one of the rules on the way back might go");
        }
        if self.stack.len() >= MAX_DEPTH {
            return self.refuse(document.span, format!("more than {MAX_DEPTH} correlations stand inside one another"), "");
        }
        self.stack.push(at);
        let found = document.rules.iter().map(|name| self.find(name)).collect::<Vec<_>>().into_iter().collect::<Option<Vec<Found<'_>>>>();
        self.stack.pop();
        let mut found = found?;
        let by = document.group_by.iter().map(|name| self.field(document, name, &mut found)).collect::<Option<Vec<FieldRef>>>()?;
        // Only combinations of values can be counted over several fields.
        if let [_, second, ..] = document.fields.as_slice()
            && document.kind.0 != CorrelationType::ValueCount
        {
            return self.refuse(second.1, "the numbers of one field are computed with, and this is a second one".to_owned(), "");
        }
        let counted = document.fields.iter().map(|field| self.field(document, field, &mut found)).collect::<Option<Vec<FieldRef>>>()?;
        let kind = self.kind(document, found, counted)?;
        Some(Correlation { kind, by, within: document.timespan.0, jitter: None })
    }

    fn find(&mut self, (name, span): &'l Placed<String>) -> Option<Found<'l>> {
        self.streams += 1;
        if self.streams > MAX_STREAMS {
            return self.refuse(*span, format!("the correlation has more than {MAX_STREAMS} rules, those of other correlations included"), "");
        }
        let key = name.to_lowercase();
        if let Some((at, rule)) = self.known.get(&key).and_then(|at| Some((*at, self.rules.get(*at)?))) {
            self.used.push(Used::Rule(at));
            let what = Happening::Event(EventRule { event: rule.stream.selector.clone(), predicate: rule.predicate.clone() });
            return Some(Found { stream: stream(name, &rule.about, what), rules: vec![rule], reference: name, span: *span });
        }
        let Some((at, document)) = self.inside.get(&key).and_then(|at| Some((*at, self.documents.get(*at)?))) else {
            let message = format!("no rule that was read is called `{name}`");
            // A filter without its rule changes nothing; a correlation without one of its rules is lost.
            let mut unknown = Diagnostic { severity: Severity::Error, ..Diagnostic::new(&UNKNOWN_RULE, message) };
            unknown = unknown.at(*span, "the correlation is not built");
            let others = self.inside.iter().filter(|(_, at)| !self.stack.contains(at)).map(|(name, _)| name);
            let documents = self.documents.iter().enumerate().filter(|(at, _)| !self.stack.contains(at)).map(|(_, document)| &document.about);
            let titled = about::titled(name, self.rules.iter().map(|rule| &rule.about).chain(documents));
            let near = || source::suggest::help(name, self.known.keys().chain(others).map(String::as_str).collect::<Vec<_>>());
            unknown.help = titled.or_else(near);
            self.said.push(unknown);
            return None;
        };
        self.used.push(Used::Correlation(at));
        let inner = self.correlation(at)?;
        let rules = self.leaves(at, 0);
        Some(Found { stream: stream(name, &document.about, Happening::Correlation(Box::new(inner))), rules, reference: name, span: *span })
    }

    /// The rules whose events complete a correlation.
    fn leaves(&self, at: usize, depth: usize) -> Vec<&'l Rule> {
        let Some(document) = self.documents.get(at).filter(|_| depth <= MAX_DEPTH) else { return Vec::new() };
        let of = |name: &String| match self.known.get(&name.to_lowercase()) {
            Some(rule) => self.rules.get(*rule).into_iter().collect(),
            None => self.inside.get(&name.to_lowercase()).map(|inner| self.leaves(*inner, depth + 1)).unwrap_or_default(),
        };
        // A sequence is complete at an event of its last rule.
        let names: Vec<&String> = document.rules.iter().map(|(name, _)| name).collect();
        let names =
            if document.kind.0 == CorrelationType::TemporalOrdered { names.split_at(names.len().saturating_sub(1)).1.to_vec() } else { names };
        names.into_iter().flat_map(of).collect()
    }

    /// A field of the correlation, and its names in each stream.
    fn field(&mut self, document: &'l CorrelationDocument, (name, _): &Placed<String>, found: &mut [Found<'l>]) -> Option<FieldRef> {
        let alias = document.aliases.iter().find(|alias| alias.name.0 == *name);
        let mut fields = Vec::with_capacity(found.len());
        for one in found.iter() {
            let named = |reference: &str| {
                let mut names = one.stream.sigma.iter().flat_map(|sigma| about::names(sigma));
                one.reference.eq_ignore_ascii_case(reference) || names.any(|name| name.eq_ignore_ascii_case(reference))
            };
            let own = match alias {
                None => name,
                Some(alias) => match alias.fields.iter().find(|((rule, _), _)| named(rule)) {
                    Some((_, (field, _))) => field,
                    None => {
                        let message = format!("the alias `{name}` has no field for `{}`", one.reference);
                        return self.refuse(alias.name.1, message, "each rule of the correlation might get a line");
                    }
                },
            };
            let mut meant: Vec<FieldRef> = one.rules.iter().map(|rule| rule.stream.field(own)).collect();
            meant.dedup();
            match meant.as_slice() {
                [field] => fields.push(field.clone()),
                _ => {
                    let message = format!("the rules behind `{}` read logs in which `{own}` means different things", one.reference);
                    return self.refuse(one.span, message, "the correlation inside might name the rules of one log source");
                }
            }
        }
        let first = fields.first()?;
        if fields.iter().all(|field| field == first) && alias.is_none_or(|_| first.name() == name || fields.len() == 1) {
            return Some(first.clone());
        }
        let whole = FieldRef::Open(name.as_str().into());
        for (one, own) in found.iter_mut().zip(fields) {
            one.stream.aliases.push((whole.clone(), own));
        }
        Some(whole)
    }

    fn kind(&mut self, document: &CorrelationDocument, found: Vec<Found<'_>>, mut counted: Vec<FieldRef>) -> Option<CorrelationKind> {
        let (kind, span) = document.kind;
        let count = found.len();
        let names: Vec<String> = found.iter().map(|one| one.reference.to_owned()).collect();
        let streams = found.into_iter().map(|one| (one.reference.to_owned(), one.stream, one.span));
        let ordered = kind == CorrelationType::TemporalOrdered;
        if matches!(kind, CorrelationType::Temporal | CorrelationType::TemporalOrdered) {
            let mut steps: Vec<Step> =
                streams.map(|(name, stream, span)| Step { name, streams: vec![stream], times: Times::at_least(1), span }).collect();
            let needs = self.needs(document, &names, count)?;
            if !ordered {
                return Some(CorrelationKind::Together { steps, needs });
            }
            let Some(order) = in_order(&needs, count) else {
                let message = "rules in order all have to match; this condition leaves some of them out".to_owned();
                return self.refuse(span, message, "`temporal` looks at any of them, in any order; each order might be a correlation of its own");
            };
            let mut slots: Vec<Option<Step>> = steps.drain(..).map(Some).collect();
            let mut joined = Vec::new();
            for alternatives in order {
                let mut parts = alternatives.into_iter().filter_map(|at| slots.get_mut(at)?.take());
                let Some(mut first) = parts.next() else { continue };
                first.streams.extend(parts.flat_map(|step| step.streams));
                joined.push(first);
            }
            return Some(CorrelationKind::Sequence(joined));
        }
        let bounds = self.bounds(document);
        let streams: Vec<Stream> = streams.map(|(_, stream, _)| stream).collect();
        let name = names.first()?.clone();
        let figure = match kind {
            CorrelationType::EventCount | CorrelationType::ValueCount => None,
            CorrelationType::ValueSum => Some(Figure::Sum),
            CorrelationType::ValueAverage => Some(Figure::Average),
            CorrelationType::ValueMedian => Some(Figure::Median),
            CorrelationType::ValuePercentile => match document.percentile {
                Some((percent, span)) => match u8::try_from(percent).ok().filter(|percent| (1..=100).contains(percent)) {
                    Some(percent) => Some(Figure::Percentile(percent)),
                    None => return self.refuse(span, format!("{percent} is no percentile; they go from 1 to 100"), ""),
                },
                None => return self.refuse(span, "the condition does not say which percentile".to_owned(), "`percentile: 95` might be added"),
            },
            CorrelationType::Temporal | CorrelationType::TemporalOrdered => return None,
        };
        let times = if figure.is_some() { Some(Times::at_least(1)) } else { bounds.times() };
        let Some(times) = times else {
            return self.refuse(span, "no number of events or values fits the condition".to_owned(), "numbers are 1 or more");
        };
        let step = Step { name, streams, times, span };
        Some(match figure {
            Some(figure) => CorrelationKind::Measure { step, field: counted.pop()?, figure, bounds },
            None if kind == CorrelationType::ValueCount && !counted.is_empty() => CorrelationKind::Distinct { step, fields: counted },
            None => CorrelationKind::Count(step),
        })
    }

    fn bounds(&self, document: &CorrelationDocument) -> Bounds {
        let CorrelationCondition::Counts(list) = &document.condition else { return Bounds::default() };
        Bounds(list.iter().map(|(comparison, number, _)| (compared(*comparison), *number)).collect())
    }

    /// Which rules must have matched.
    fn needs(&mut self, document: &CorrelationDocument, names: &[String], count: usize) -> Option<Needs> {
        let (text, span) = match &document.condition {
            CorrelationCondition::None => return Some(Needs::every(count)),
            CorrelationCondition::Counts(_) => {
                let Some(times) = self.bounds(document).times().filter(|times| times.min as usize <= count) else {
                    let message = format!("no number out of {count} rules fits the condition");
                    return self.refuse(document.kind.1, message, "the condition counts how many of the rules match");
                };
                let all = times.min as usize == count;
                return Some(if all { Needs::every(count) } else { Needs::Steps(times) });
            }
            CorrelationCondition::Expression(text) => text,
        };
        match condition::parse(text) {
            Ok(condition) => self.needed(&condition, names, *span),
            Err(fault) => {
                let shown = fault.at.split_whitespace().next().unwrap_or_default();
                let found = if shown.is_empty() { "it ends too early".to_owned() } else { format!("`{shown}` does not belong there") };
                let wrong = Diagnostic::new(&CONDITION, format!("the condition over rules cannot be read: {found}")).at(*span, "this condition");
                self.said.push(wrong.help("names of rules are joined with `and`, `or`, `not` and parentheses"));
                None
            }
        }
    }

    fn needed(&mut self, condition: &Condition<'_>, names: &[String], span: Span) -> Option<Needs> {
        let list = |linker: &mut Self, list: &[Condition<'_>]| list.iter().map(|inner| linker.needed(inner, names, span)).collect::<Option<Vec<_>>>();
        Some(match condition {
            Condition::And(all) => Needs::All(list(self, all)?),
            Condition::Or(any) => Needs::Any(list(self, any)?),
            Condition::Not(inner) => Needs::Not(Box::new(self.needed(inner, names, span)?)),
            Condition::Name(name) => match names.iter().position(|known| known.eq_ignore_ascii_case(name)) {
                Some(at) => Needs::Step(at),
                None => return self.refuse(span, format!("`{name}` is not among the `rules` of the correlation"), ""),
            },
            Condition::Of { quantity, names: pattern } => {
                let meant = condition::meant(pattern, names.iter().map(String::as_str));
                let steps: Vec<Needs> = meant.iter().map(|at| Needs::Step(*at)).collect();
                match quantity {
                    _ if steps.is_empty() => return self.refuse(span, format!("no rule of the correlation is called `{pattern}`"), ""),
                    condition::Quantity::All => Needs::All(steps),
                    condition::Quantity::AtLeast(1) => Needs::Any(steps),
                    condition::Quantity::AtLeast(many) if steps.len() == names.len() && *many > 0 => Needs::Steps(Times::at_least(*many)),
                    condition::Quantity::AtLeast(_) => {
                        return self.refuse(span, "so many of some rules cannot be asked for".to_owned(), "`1 of` and `all of` can");
                    }
                }
            }
        })
    }
}

fn stream(reference: &str, about: &super::about::About, what: Happening) -> Stream {
    let name = about.sigma.name.clone().unwrap_or_else(|| reference.to_owned());
    Stream { name, title: about.header.title.clone(), what, aliases: Vec::new(), sigma: Some(Arc::new(about.sigma.clone())) }
}

fn compared(comparison: correlate::Comparison) -> Comparison {
    match comparison {
        correlate::Comparison::Less => Comparison::Less,
        correlate::Comparison::AtMost => Comparison::AtMost,
        correlate::Comparison::More => Comparison::More,
        correlate::Comparison::AtLeast => Comparison::AtLeast,
        correlate::Comparison::Equal => Comparison::Equal,
        correlate::Comparison::NotEqual => Comparison::NotEqual,
    }
}

/// The steps in order, each with its alternatives, when the condition asks for each in turn: `a and (b or c)`.
fn in_order(needs: &Needs, count: usize) -> Option<Vec<Vec<usize>>> {
    fn one(needs: &Needs) -> Option<Vec<usize>> {
        match needs {
            Needs::Step(at) => Some(vec![*at]),
            Needs::Any(list) => list.iter().map(one).collect::<Option<Vec<_>>>().map(|list| list.concat()),
            Needs::All(list) => match list.as_slice() {
                [single] => one(single),
                _ => None,
            },
            Needs::Not(_) | Needs::Steps(_) => None,
        }
    }
    let mut order = match needs {
        Needs::All(list) => list.iter().map(one).collect::<Option<Vec<_>>>()?,
        other => vec![one(other)?],
    };
    // The order is that of `rules`.
    order.sort_by_key(|alternatives| alternatives.iter().min().copied());
    let mut seen: Vec<usize> = order.concat();
    seen.sort_unstable();
    (seen == (0..count).collect::<Vec<_>>()).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Collection;
    use ir::Field;
    use ir::Parsed;
    use source::Sources;

    const FAIL: &str = "title: Failed\nname: failed\nid: 7a6e1f5c-0c1d-4f0e-9d65-0b3f5f1b8a01\nlogsource:\n    product: windows\n    service: security\ndetection:\n    s:\n        EventID: 4625\n    condition: s\n";
    const START: &str = "title: Start\nname: start\nlogsource:\n    product: windows\n    category: process_creation\ndetection:\n    s:\n        Image|endswith: '\\\\x.exe'\n    condition: s\n";

    fn read(texts: &[&str]) -> Parsed {
        let mut sources = Sources::default();
        let mut collection = Collection::default();
        for (at, text) in texts.iter().enumerate() {
            let file = sources.add(format!("rules/{at}.yml"), *text);
            collection.add(&sources, file);
        }
        collection.finish()
    }

    fn correlation(kind: &str, rules: &str, rest: &str) -> String {
        format!(
            "title: Together\nname: together\ncorrelation:\n    type: {kind}\n    rules: [{rules}]\n    group-by: [User]\n    timespan: 10m\n{rest}"
        )
    }

    fn one(texts: &[&str]) -> Correlation {
        let parsed = read(texts);
        assert_eq!(parsed.diagnostics, [], "{:?}", parsed.diagnostics);
        assert_eq!(parsed.advisories.len(), 1);
        parsed.advisories[0].correlations[0].correlation.clone()
    }

    #[test]
    fn rules_are_found_by_id_and_by_name_in_other_files() {
        for name in ["failed", "7A6E1F5C-0c1d-4f0e-9d65-0b3f5f1b8a01"] {
            let found = one(&[&correlation("event_count", name, "    condition:\n        gte: 3\n        lt: 9\n"), FAIL]);
            assert_eq!(found.steps()[0].times, Times::between(3, 8));
            assert_eq!(found.by, [FieldRef::Open("User".into())]);
        }
        let lost = read(&[&correlation("event_count", "faild", "    condition:\n        gte: 3\n"), FAIL]);
        assert_eq!((lost.diagnostics[0].code.slug, lost.advisories.len()), ("sigma-in.unknown-rule", 1), "the rule stays a detection");
    }

    #[test]
    fn one_name_means_what_each_log_source_calls_so() {
        let found = one(&[&correlation("temporal", "failed, start", ""), FAIL, START]);
        let user = FieldRef::Open("User".into());
        assert_eq!(found.by.as_slice(), std::slice::from_ref(&user));
        let fields: Vec<&FieldRef> = found.streams().map(|stream| stream.field(&user)).collect();
        assert_eq!(fields, [&user, &FieldRef::Known(Field::UserAccount)]);
        let aliased =
            correlation("temporal", "failed, start", "    aliases:\n        User:\n            failed: TargetUserName\n            start: User\n");
        let found = one(&[&aliased, FAIL, START]);
        assert_eq!(found.streams().map(|stream| stream.field(&user).name()).collect::<Vec<_>>(), ["TargetUserName", "user.account"]);
    }

    #[test]
    fn correlations_chain_and_never_in_circles() {
        let inner = correlation("event_count", "failed", "    condition:\n        gt: 10\n").replace("together", "many");
        let found = one(&[&correlation("temporal_ordered", "many, failed", ""), &inner, FAIL]);
        assert!(matches!(&found.steps()[0].streams[0].what, Happening::Correlation(inner) if inner.steps()[0].times == Times::at_least(11)));
        let circle = read(&[&correlation("temporal", "together, failed", ""), FAIL]);
        assert_eq!(circle.diagnostics[0].code.slug, "sigma-in.correlation");
    }

    #[test]
    fn conditions_over_rules_are_expressions_or_numbers() {
        let needs = |rest: &str| match one(&[&correlation("temporal", "failed, start", rest), FAIL, START]).kind {
            CorrelationKind::Together { needs, .. } => needs,
            other => panic!("{other:?}"),
        };
        assert_eq!(needs("    condition:\n        gte: 2\n"), Needs::every(2));
        assert_eq!(needs("    condition:\n        gte: 1\n"), Needs::Steps(Times::at_least(1)));
        assert_eq!(needs("    condition: failed and not start\n"), Needs::All(vec![Needs::Step(0), Needs::Not(Box::new(Needs::Step(1)))]));
        let ordered = one(&[&correlation("temporal_ordered", "failed, start", "    condition: failed or start\n"), FAIL, START]);
        assert_eq!(ordered.steps().iter().map(|step| step.streams.len()).collect::<Vec<_>>(), [2]);
        for wrong in ["    condition: failed and nothing\n", "    condition: failed and (\n", "    condition:\n        gte: 3\n"] {
            let parsed = read(&[&correlation("temporal", "failed, start", wrong), FAIL, START]);
            assert_eq!(parsed.diagnostics.len(), 1, "{wrong}");
        }
        let left_out = read(&[&correlation("temporal_ordered", "failed, start", "    condition: failed and not start\n"), FAIL, START]);
        assert_eq!(left_out.diagnostics[0].code.slug, "sigma-in.correlation");
    }

    #[test]
    fn figures_have_a_field_and_bounds() {
        let percentile =
            |rest: &str| correlation("value_percentile", "failed", &format!("    condition:\n        field: Size\n        gte: 5\n{rest}"));
        let found = one(&[&percentile("        percentile: 95\n"), FAIL]);
        assert!(
            matches!(&found.kind, CorrelationKind::Measure { figure: Figure::Percentile(95), bounds, .. } if bounds.0 == [(Comparison::AtLeast, 5.into())])
        );
        assert_eq!(read(&[&percentile(""), FAIL]).diagnostics[0].code.slug, "sigma-in.correlation");
        assert_eq!(read(&[&percentile("        percentile: 0\n"), FAIL]).diagnostics[0].code.slug, "sigma-in.correlation");
    }

    #[test]
    fn combinations_of_several_fields_are_counted() {
        let several = |kind: &str| correlation(kind, "failed", "    condition:\n        field: [Computer, User]\n        gte: 5\n");
        let found = one(&[&several("value_count"), FAIL]);
        assert!(matches!(&found.kind, CorrelationKind::Distinct { fields, .. } if fields.len() == 2));
        assert_eq!(read(&[&several("value_sum"), FAIL]).diagnostics[0].code.slug, "sigma-in.correlation");
    }

    #[test]
    fn rules_that_are_generated_stay_detections() {
        let text = correlation("event_count", "failed", "    condition:\n        gte: 3\n    generate: true\n");
        assert_eq!(read(&[&text, FAIL]).advisories.len(), 2);
    }

    #[test]
    fn doubling_correlations_are_bounded() {
        let mut files: Vec<String> = vec![FAIL.replace("failed", "c0")];
        for at in 1..40 {
            files.push(correlation("temporal", &format!("c{}, c{}, c{}", at - 1, at - 1, at - 1), "").replace("together", &format!("c{at}")));
        }
        let parsed = read(&files.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(parsed.diagnostics.iter().all(|said| said.code.slug == "sigma-in.correlation") && !parsed.diagnostics.is_empty());
    }
}
