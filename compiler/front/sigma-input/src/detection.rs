//! Which selections does a rule have, and how do its conditions join them?

use std::borrow::Cow;

use ir::Predicate;
use source::{Diagnostic, Severity, Span};

use super::codes::{
    AGGREGATION, CONDITION, CONTRADICTION, MATCHES_NOTHING, MISSING_KEY, MODIFIERS, TOO_LARGE, UNKNOWN_MODIFIER, UNKNOWN_SELECTION, UNUSED_SELECTION,
    WRONG_TYPE,
};
use super::condition::{self, Condition, Fault, Quantity, Why};
use super::growth::{self, Growth};
use super::modifier::{self, Change, Clash, Modifiers};
use super::placeholder::Placeholders;
use super::selection::{Item, Literal, Selection};
use super::stream::Stream;
use super::value;
use super::yaml::{Entry, Node, Value};
use source::suggest;

/// The most ways in which so many of several selections are put together.
const MAX_CHOICES: usize = 256;
/// The most selections of a rule.
const MAX_SELECTIONS: usize = 1000;

/// The selections of a rule or filter, with its conditions.
#[derive(Clone, Debug)]
pub(super) struct Detection<'t> {
    selections: Vec<(Cow<'t, str>, Span, Option<Selection<'t>>)>,
    conditions: Vec<(Cow<'t, str>, Span)>,
    span: Span,
}

/// Reads `detection`, or the selections of a `filter`, whose own keys are given.
pub(super) fn read<'t>(
    node: &Node<'t>,
    key: Span,
    own_keys: &[&str],
    placeholders: &Placeholders,
    said: &mut Vec<Diagnostic>,
) -> Option<Detection<'t>> {
    let Some(entries) = node.entries() else {
        let message = format!("the selections are a map, not {}", node.kind());
        said.push(Diagnostic::new(&WRONG_TYPE, message).at(key, "this key").help("each name holds a map of fields, or a list"));
        return None;
    };
    if entries.len() > MAX_SELECTIONS {
        let message = format!("a rule has {} selections, more than {MAX_SELECTIONS}", entries.len());
        said.push(Diagnostic::new(&TOO_LARGE, message).at(key, "of this key"));
        return None;
    }
    let mut out = Detection { selections: Vec::new(), conditions: Vec::new(), span: key };
    let mut timeframe = None;
    for entry in entries {
        match &*entry.key {
            "condition" => conditions(entry, &mut out, said),
            // Sigma 1's companion of a counting condition, which is refused; beside any other it does nothing.
            "timeframe" => timeframe = Some(entry.key_span),
            own if own_keys.contains(&own) => {}
            _ => {
                let selection = selection(&entry.node, placeholders, said);
                out.selections.push((entry.key.clone(), entry.key_span, selection));
            }
        }
    }
    if out.conditions.is_empty() && !entries.iter().any(|entry| entry.key == "condition") {
        let names: Vec<&str> = out.selections.iter().map(|(name, ..)| &**name).collect();
        let help = match names.as_slice() {
            [only] => format!("`condition: {only}` might be meant"),
            _ => "it says which selections must match".to_owned(),
        };
        said.push(Diagnostic::new(&MISSING_KEY, "the selections have no `condition`").at(key, "in this map").help(help));
        return None;
    }
    if let Some(place) = timeframe.filter(|_| !out.conditions.iter().any(|(words, _)| words.contains('|'))) {
        let idle = Diagnostic::new(&UNUSED_SELECTION, "no condition counts within the `timeframe`").at(place, "this changes nothing");
        said.push(idle.help("Sigma 2 has correlations for what happens within a time"));
    }
    Some(out)
}

fn conditions<'t>(entry: &Entry<'t>, out: &mut Detection<'t>, said: &mut Vec<Diagnostic>) {
    let nodes = match &entry.node.value {
        Value::List(list) => list.as_slice(),
        _ => std::slice::from_ref(&entry.node),
    };
    for node in nodes {
        match node.text() {
            Some(text) => out.conditions.push((text.clone(), node.span)),
            None => said.push(Diagnostic::new(&WRONG_TYPE, format!("a condition is a text, not {}", node.kind())).at(entry.key_span, "of this key")),
        }
    }
}

/// A selection: a map of tests, or a list of keywords and maps.
fn selection<'t>(node: &Node<'t>, placeholders: &Placeholders, said: &mut Vec<Diagnostic>) -> Option<Selection<'t>> {
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            let items: Vec<Option<Item<'t>>> = entries.iter().map(|entry| item(entry, placeholders, said)).collect();
            let items = items.into_iter().map(|item| item.map(Selection::Item)).collect::<Option<Vec<_>>>()?;
            Some(Selection::All(items))
        }
        Value::List(list) if !list.is_empty() => {
            let mut parts = Vec::new();
            let mut words: Vec<Literal<'t>> = Vec::new();
            let mut whole = true;
            for node in list {
                match &node.value {
                    Value::Scalar(scalar) => words.push(Literal { scalar: scalar.clone(), span: node.span }),
                    Value::List(_) | Value::Map(_) => match selection(node, placeholders, said) {
                        Some(part) => parts.push(part),
                        None => whole = false,
                    },
                }
            }
            if !whole {
                return None;
            }
            if let Some(first) = words.first() {
                let span = first.span;
                parts.insert(0, Selection::Item(Item { field: None, modifiers: Modifiers::default(), values: words, span, placeholders: None }));
            }
            Some(Selection::Any(parts))
        }
        Value::Scalar(scalar) if !node.is_null() => {
            let values = vec![Literal { scalar: scalar.clone(), span: node.span }];
            Some(Selection::Item(Item { field: None, modifiers: Modifiers::default(), values, span: node.span, placeholders: None }))
        }
        Value::Scalar(_) | Value::Map(_) | Value::List(_) => {
            let help = "a selection is a map of fields, or a list of keywords or maps";
            said.push(Diagnostic::new(&WRONG_TYPE, "a selection is empty").at(node.span, "nothing is asked for here").help(help));
            None
        }
    }
}

/// One pair of a map: a field with modifiers, and its values.
fn item<'t>(entry: &Entry<'t>, placeholders: &Placeholders, said: &mut Vec<Diagnostic>) -> Option<Item<'t>> {
    let (name, rest) = match entry.key.split_once('|') {
        None => (&*entry.key, None),
        Some((name, rest)) => (name, Some(rest)),
    };
    let modifiers = match rest.map_or(Ok(Modifiers::default()), |rest| modifier::parse(rest.split('|'))) {
        Ok(modifiers) => modifiers,
        Err(Clash::Unknown(word, help)) => {
            let mut unknown = Diagnostic::new(&UNKNOWN_MODIFIER, format!("`{word}` is no modifier")).at(entry.key_span, "in this key");
            unknown.help = help;
            said.push(unknown);
            return None;
        }
        Err(Clash::Together(word, why)) => {
            said.push(Diagnostic::new(&MODIFIERS, format!("`{word}` cannot stand here: {why}")).at(entry.key_span, "in this key"));
            return None;
        }
    };
    let field = (!name.is_empty()).then(|| match &entry.key {
        Cow::Borrowed(key) => Cow::Borrowed(key.get(..name.len()).unwrap_or_default()),
        Cow::Owned(_) => Cow::Owned(name.to_owned()),
    });
    let nodes = match &entry.node.value {
        Value::List(list) => list.as_slice(),
        _ => std::slice::from_ref(&entry.node),
    };
    if nodes.is_empty() {
        said.push(Diagnostic::new(&WRONG_TYPE, "a list of values is empty").at(entry.key_span, "of this key"));
        return None;
    }
    let mut values = Vec::with_capacity(nodes.len());
    for node in nodes {
        match &node.value {
            Value::Scalar(scalar) => values.push(Literal { scalar: scalar.clone(), span: node.span }),
            Value::List(_) | Value::Map(_) => {
                let message = format!("a value of `{}` is {}", entry.key, node.kind());
                said.push(Diagnostic::new(&WRONG_TYPE, message).at(entry.key_span, "of this key").help("values are single texts, numbers or flags"));
                return None;
            }
        }
    }
    let span = if field.is_some() { entry.key_span } else { values.first().map_or(entry.key_span, |value| value.span) };
    let placeholders = modifiers.changes.contains(&Change::Placeholders).then(|| placeholders.clone());
    Some(Item { field, modifiers, values, span, placeholders })
}

impl Detection<'_> {
    /// A copy that does not depend on the text.
    pub(super) fn into_owned(self) -> Detection<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Detection {
            selections: self.selections.into_iter().map(|(name, span, selection)| (own(name), span, selection.map(Selection::into_owned))).collect(),
            conditions: self.conditions.into_iter().map(|(text, span)| (own(text), span)).collect(),
            span: self.span,
        }
    }
}

/// What a detection asks of events. `None` when it cannot be used; the reason is reported.
pub(super) fn lower(detection: &Detection<'_>, stream: &Stream, text: &str, growth: &mut Growth, said: &mut Vec<Diagnostic>) -> Option<Predicate> {
    let mut conditions = Vec::new();
    let mut broken = false;
    for (words, span) in &detection.conditions {
        match condition::parse(words) {
            Ok(condition) => conditions.push((condition, Words { words, span: *span, text })),
            Err(fault) => {
                said.push(refuse(fault, &Words { words, span: *span, text }));
                broken = true;
            }
        }
    }
    let mut resolver = Resolver { detection, uses: vec![0; detection.selections.len()], broken };
    for (condition, words) in &conditions {
        resolver.check(condition, true, words, said);
    }
    let mut lowered: Vec<Option<Predicate>> = Vec::with_capacity(detection.selections.len());
    for (at, (name, span, selection)) in detection.selections.iter().enumerate() {
        if resolver.uses.get(at) == Some(&0) && !resolver.broken && !name.starts_with('_') {
            said.push(Diagnostic::new(&UNUSED_SELECTION, format!("no condition uses `{name}`")).at(*span, "this selection changes nothing"));
        }
        let predicate = selection.as_ref().and_then(|selection| selected(selection, stream, growth, said));
        resolver.broken |= predicate.is_none();
        lowered.push(predicate);
    }
    if resolver.broken || conditions.is_empty() {
        return None;
    }
    let mut uses = resolver.uses;
    // A selection that is named again is asked again.
    let repeated = lowered.iter().zip(&uses).filter(|(_, uses)| **uses > 1);
    let copies =
        repeated.map(|(predicate, uses)| predicate.as_ref().map_or(0, growth::values).saturating_mul(uses - 1)).fold(0, usize::saturating_add);
    if !growth.take(copies) {
        let message = format!("the conditions name selections so often that they would hold more than {} values", growth::MAX_OF_FILE);
        said.push(Diagnostic::new(&TOO_LARGE, message).at(detection.span, "in this map"));
        return None;
    }
    let parts: Option<Vec<Predicate>> = conditions.iter().map(|(condition, _)| join(condition, detection, &mut lowered, &mut uses)).collect();
    let predicate = Predicate::Any(parts?).settled().flat();
    if predicate == Predicate::Any(Vec::new()) {
        // A rule that is left out is an error.
        let never = Diagnostic { severity: Severity::Error, ..Diagnostic::new(&CONTRADICTION, "the condition never holds, and no rule is made") };
        said.push(never.at(detection.span, "in this map"));
        return None;
    }
    Some(predicate)
}

fn selected(selection: &Selection<'_>, stream: &Stream, growth: &mut Growth, said: &mut Vec<Diagnostic>) -> Option<Predicate> {
    let mut every = |parts: &[Selection<'_>], said: &mut Vec<Diagnostic>| {
        let parts: Vec<Option<Predicate>> = parts.iter().map(|part| selected(part, stream, growth, said)).collect();
        parts.into_iter().collect::<Option<Vec<Predicate>>>()
    };
    match selection {
        Selection::All(parts) => every(parts, said).map(Predicate::All),
        Selection::Any(parts) => every(parts, said).map(Predicate::Any),
        Selection::Item(item) => value::lower(item, stream, growth, said),
    }
}

/// A condition's text with its place.
struct Words<'c> {
    words: &'c str,
    span: Span,
    /// The file.
    text: &'c str,
}

impl Words<'_> {
    /// The place of a part of the condition; of the whole where the file spells it otherwise (escapes, folded lines).
    fn place(&self, part: &str) -> Span {
        let offset = (part.as_ptr() as usize).checked_sub(self.words.as_ptr() as usize).filter(|offset| offset + part.len() <= self.words.len());
        let written = self.text.get(self.span.range()).unwrap_or_default();
        match (offset, written.find(self.words)) {
            (Some(offset), Some(start)) => {
                let start = self.span.start as usize + start + offset;
                Span::new(self.span.file, start, start + part.len())
            }
            _ => self.span,
        }
    }
}

fn refuse(fault: Fault<'_>, words: &Words<'_>) -> Diagnostic {
    let shown = fault.at.split_whitespace().next().unwrap_or_default();
    let end = fault.at.get(..0).map_or(words.span, |_| words.place(fault.at.get(..shown.len()).unwrap_or_default()));
    let found = if shown.is_empty() { "the condition ends".to_owned() } else { format!("not `{shown}`") };
    let expected = |what: &str| match shown.is_empty() {
        true => format!("{found} where {what} is expected"),
        false => format!("{what} is expected, {found}"),
    };
    match fault.why {
        Why::Part => Diagnostic::new(&CONDITION, expected("the name of a selection")).at(end, "here"),
        Why::Operator if shown.starts_with('*') => {
            Diagnostic::new(&CONDITION, "a pattern of names stands without `1 of` or `all of`").at(end, "here")
        }
        Why::Operator => Diagnostic::new(&CONDITION, expected("`and`, `or` or the end")).at(end, "here"),
        Why::Close => Diagnostic::new(&CONDITION, expected("`)`")).at(end, "here"),
        Why::Names => Diagnostic::new(&CONDITION, expected("a pattern of names, or `them`,")).at(end, "here"),
        Why::TooLarge => Diagnostic::new(&CONDITION, "the condition is too long or nested too deeply")
            .at(words.span, "this condition")
            .help(format!("the limits are {} bytes and {} levels", condition::MAX_LENGTH, condition::MAX_DEPTH)),
        Why::Aggregation if fault.at.trim_start_matches('|').trim_start().to_ascii_lowercase().starts_with("near") => {
            Diagnostic::new(&AGGREGATION, "a condition that looks for events near each other is not read; Sigma 2 has correlations for it")
                .at(end, "from here on it is about time")
                .help("each selection might be a rule of its own, and a document with `type: temporal` might name them")
        }
        Why::Aggregation => Diagnostic::new(&AGGREGATION, "a condition that counts events is not read; Sigma 2 has correlations for it")
            .at(end, "the counting begins here")
            .help("a second document with `correlation:` might count this rule's events"),
    }
}

/// Follows the names of conditions.
struct Resolver<'d, 't> {
    detection: &'d Detection<'t>,
    /// How often each selection is used.
    uses: Vec<usize>,
    broken: bool,
}

impl<'d> Resolver<'d, '_> {
    fn names(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        self.detection.selections.iter().map(|(name, ..)| &**name)
    }

    /// Looks at the names of a condition that must hold, or must not.
    fn check(&mut self, condition: &Condition<'_>, wanted: bool, words: &Words<'_>, said: &mut Vec<Diagnostic>) {
        match condition {
            Condition::And(list) | Condition::Or(list) => list.iter().for_each(|inner| self.check(inner, wanted, words, said)),
            Condition::Not(inner) => self.check(inner, !wanted, words, said),
            Condition::Name(name) => match self.names().position(|known| known == *name) {
                Some(at) => self.uses[at] += 1,
                None => {
                    let mut unknown = Diagnostic::new(&UNKNOWN_SELECTION, format!("no selection is called `{name}`")).at(words.place(name), "here");
                    unknown.help = suggest::help(name, self.names().collect::<Vec<_>>());
                    said.push(unknown);
                    self.broken = true;
                }
            },
            Condition::Of { quantity, names } => {
                let meant = condition::meant(names, self.names());
                let place = words.place(names);
                match quantity {
                    Quantity::AtLeast(0) => {
                        said.push(Diagnostic::new(&CONDITION, "`0 of` always holds").at(place, "of these").help("`not 1 of` might be meant"));
                        self.broken = true;
                    }
                    // A filter that a site may add, and has not.
                    Quantity::All if meant.is_empty() && !wanted => {
                        let message = format!("no selection is called `{names}`");
                        said.push(Diagnostic::new(&MATCHES_NOTHING, message).at(place, "this never holds"));
                    }
                    Quantity::All if meant.is_empty() => {
                        let message = format!("no selection is called `{names}`, and all of none would always hold");
                        said.push(Diagnostic::new(&UNKNOWN_SELECTION, message).at(place, "here"));
                        self.broken = true;
                    }
                    Quantity::AtLeast(count) if meant.len() < *count as usize => {
                        let message = match meant.len() {
                            0 => format!("no selection is called `{names}`"),
                            have => format!("{have} selections are called `{names}`, and {count} must match"),
                        };
                        said.push(Diagnostic::new(&MATCHES_NOTHING, message).at(place, "this never holds"));
                    }
                    Quantity::AtLeast(count) if choices(meant.len(), *count as usize) > MAX_CHOICES => {
                        let message = format!("{count} of {} selections can be chosen in more than {MAX_CHOICES} ways", meant.len());
                        said.push(Diagnostic::new(&CONDITION, message).at(place, "of these"));
                        self.broken = true;
                    }
                    Quantity::All | Quantity::AtLeast(_) => {}
                }
                // Each is counted as often as it is put in below.
                let times = match quantity {
                    Quantity::AtLeast(count) if *count > 1 => choices(meant.len(), *count as usize).max(1),
                    _ => 1,
                };
                meant.into_iter().for_each(|at| self.uses[at] += times);
            }
        }
    }
}

/// In how many ways so many of several can be chosen; stops counting above the limit.
fn choices(of: usize, count: usize) -> usize {
    let mut ways: usize = 1;
    for at in 0..count.min(of.saturating_sub(count)) {
        ways = ways * (of - at) / (at + 1);
        if ways > MAX_CHOICES {
            break;
        }
    }
    ways
}

/// The condition as one predicate. A selection that is used once is moved there.
fn join(condition: &Condition<'_>, detection: &Detection<'_>, lowered: &mut [Option<Predicate>], uses: &mut [usize]) -> Option<Predicate> {
    let take = |at: usize, lowered: &mut [Option<Predicate>], uses: &mut [usize]| {
        let left = uses.get_mut(at)?;
        *left = left.saturating_sub(1);
        let slot = lowered.get_mut(at)?;
        if *left == 0 { slot.take() } else { slot.clone() }
    };
    Some(match condition {
        Condition::And(list) => Predicate::All(list.iter().map(|inner| join(inner, detection, lowered, uses)).collect::<Option<_>>()?),
        Condition::Or(list) => Predicate::Any(list.iter().map(|inner| join(inner, detection, lowered, uses)).collect::<Option<_>>()?),
        Condition::Not(inner) => join(inner, detection, lowered, uses)?.negate(),
        Condition::Name(name) => {
            let at = detection.selections.iter().position(|(known, ..)| known == name)?;
            take(at, lowered, uses)?
        }
        Condition::Of { quantity, names } => {
            let meant = condition::meant(names, detection.selections.iter().map(|(name, ..)| &**name));
            match quantity {
                Quantity::All if meant.is_empty() => Predicate::Any(Vec::new()),
                Quantity::All => Predicate::All(meant.into_iter().map(|at| take(at, lowered, uses)).collect::<Option<_>>()?),
                Quantity::AtLeast(1) => Predicate::Any(meant.into_iter().map(|at| take(at, lowered, uses)).collect::<Option<_>>()?),
                Quantity::AtLeast(count) => {
                    let mut any = Vec::new();
                    for chosen in chosen(&meant, *count as usize) {
                        any.push(Predicate::All(chosen.into_iter().map(|at| lowered.get(at)?.clone()).collect::<Option<_>>()?));
                    }
                    Predicate::Any(any)
                }
            }
        }
    })
}

/// Every way to choose so many of several, in order.
fn chosen(of: &[usize], count: usize) -> Vec<Vec<usize>> {
    match (count, of.split_first()) {
        (0, _) => vec![Vec::new()],
        (_, None) => Vec::new(),
        (_, Some((first, rest))) => {
            let mut with: Vec<Vec<usize>> = chosen(rest, count - 1);
            with.iter_mut().for_each(|list| list.insert(0, *first));
            if rest.len() >= count {
                with.extend(chosen(rest, count));
            }
            with
        }
    }
}
