//! Which documents does a file hold: rules, filters, correlations, and what Sigma 1's `action` repeats?

use ir::{FieldRef, NumberTest, Op, Platform, Predicate, SigmaLogSource};
use logs::taxonomy;
use source::{Diagnostic, FileId, Span};

use super::about::{self, About};
use super::codes::{CONDITION, MISSING_KEY, TOO_LARGE, UNKNOWN_WORD, WRONG_TYPE};
use super::correlate::{self, CorrelationDocument};
use super::detection::{self, Detection};
use super::growth::Growth;
use super::placeholder::Placeholders;
use super::references::references;
use super::stream::Stream;
use super::yaml::{self, MAX_COPIED, Node, Value};
use super::{known, lint};

/// A rule that was read.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) about: About,
    pub(super) stream: Stream,
    pub(super) source: SigmaLogSource,
    pub(super) predicate: Predicate,
}

impl Rule {
    /// What filters and correlations call it.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        about::names(&self.about.sigma)
    }
}

/// A filter that was read: what it takes away from the rules it names.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) title: String,
    pub(super) source: SigmaLogSource,
    /// `None` is every rule with the log source.
    pub(super) rules: Option<Vec<(String, Span)>>,
    pub(super) detection: Detection<'static>,
    pub(super) span: Span,
}

/// What one file holds. Made by [`super::read`], joined by [`super::Collection`].
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// The file's name without folders and ending: the id of rules that have none.
    pub(super) stem: String,
    pub(super) rules: Vec<Rule>,
    pub(super) filters: Vec<Filter>,
    pub(super) correlations: Vec<CorrelationDocument>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What the file's words may still be multiplied into.
    growth: Growth,
}

/// Reads one file.
pub(super) fn read(name: &str, file: FileId, text: &str, placeholders: &Placeholders) -> Documents {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = base.strip_suffix(".yml").or_else(|| base.strip_suffix(".yaml")).unwrap_or(base);
    let mut out = Documents { stem: stem.to_owned(), ..Documents::default() };
    let (documents, problems) = yaml::read(text, file);
    let mut repeated = Repeated { asked: text.contains("repeat"), ..Repeated::default() };
    for mut document in documents {
        let broken = !document.problems.is_empty();
        out.diagnostics.append(&mut document.problems);
        if broken || document.root.is_null() {
            continue;
        }
        if let Some(root) = repeated.apply(document.root, &mut out.diagnostics) {
            one(&root, text, placeholders, &mut out);
        }
    }
    out.diagnostics.extend(problems);
    out
}

/// Reads one document.
fn one(root: &Node<'_>, text: &str, placeholders: &Placeholders, out: &mut Documents) {
    if root.entries().is_none() {
        let message = format!("a Sigma document is a map, not {}", root.kind());
        out.diagnostics.push(Diagnostic::new(&WRONG_TYPE, message).at(Span { end: root.span.start, ..root.span }, "it begins here"));
        return;
    }
    let key = |name: &str| root.entries().and_then(|entries| entries.iter().find(|entry| entry.key == name));
    if let Some(entry) = key("correlation") {
        let about = about::read(root, &mut out.diagnostics);
        let correlation = correlate::read(root, entry, about, &mut out.diagnostics);
        out.correlations.extend(correlation);
    } else if let Some(entry) = key("filter") {
        let about = about::read(root, &mut out.diagnostics);
        let source = about::log_source(root, &mut out.diagnostics);
        let rules = filtered(entry, &mut out.diagnostics);
        let detection = detection::read(&entry.node, entry.key_span, &["rules"], placeholders, &mut out.diagnostics);
        if let (Some(about), Some(source), Some(rules), Some(detection)) = (about, source, rules, detection)
            // What is wrong with it is said once, for the log source that it names; it is read again for each rule's.
            && detection::lower(&detection, &Stream::of(&source, about.sigma.taxonomy.as_deref()), text, &mut out.growth, &mut out.diagnostics).is_some()
        {
            let (title, span) = (about.header.title, about.header.span);
            out.filters.push(Filter { title, source, rules, detection: detection.into_owned(), span });
        }
    } else if !["title", "logsource", "detection"].iter().any(|name| key(name).is_some()) {
        let place = root.entries().and_then(|entries| entries.first()).map_or(root.span, |entry| entry.key_span);
        let other = Diagnostic::new(&MISSING_KEY, "the document has no `title`, no `logsource` and no `detection`, and is no Sigma rule");
        let other = other.at(place, "in the document that begins here");
        let query = ["query", "rule", "search"].iter().find(|name| key(name).is_some());
        out.diagnostics.push(match query {
            Some(name) => other.help(format!("`{name}` might hold the query of another product, which is not translated")),
            None => other,
        });
    } else {
        let about = about::read(root, &mut out.diagnostics);
        let source = about::log_source(root, &mut out.diagnostics);
        let Some(entry) = key("detection") else {
            let place = root.entries().and_then(|entries| entries.first()).map_or(root.span, |entry| entry.key_span);
            let missing = Diagnostic::new(&MISSING_KEY, "the document has no `detection`").at(place, "in the document that begins here");
            out.diagnostics.push(missing.help("a filter has `filter` instead, a correlation has `correlation`"));
            return;
        };
        let detection = detection::read(&entry.node, entry.key_span, &[], placeholders, &mut out.diagnostics);
        // Without a log source the values are read all the same, for what is wrong with them.
        let taxonomy = about.as_ref().and_then(|about| about.sigma.taxonomy.as_deref());
        let stream = Stream::of(source.as_ref().unwrap_or(&SigmaLogSource::default()), taxonomy);
        let predicate = detection.as_ref().and_then(|detection| detection::lower(detection, &stream, text, &mut out.growth, &mut out.diagnostics));
        let (Some(mut about), Some(source), Some(predicate), Some(detection)) = (about, source, predicate, detection) else { return };
        if predicate == Predicate::All(Vec::new()) {
            let message = "the condition holds for every event";
            out.diagnostics.push(Diagnostic::new(&CONDITION, message).at(entry.key_span, "nothing is asked for in this map"));
            return;
        }
        lint::contradictions(&predicate, &mut out.diagnostics);
        lint::numbers(&source, &predicate, &mut out.diagnostics);
        lint::channels(&source, &predicate, &mut out.diagnostics);
        if about.sigma.taxonomy.is_none() {
            known::fields(&source, &predicate, &mut out.diagnostics);
        }
        let (stream, predicate) = of_one_log(&detection, &stream, &predicate, text, out).unwrap_or((stream, predicate));
        about.sigma.log_source = Some(source.clone());
        if out.rules.is_empty() {
            // Nearly every file holds one rule, and a run holds thousands of files.
            out.rules.reserve_exact(1);
        }
        out.rules.push(Rule { about, stream, source, predicate });
    }
}

/// The rule as one of a single log, where its category has several and the rule picks one by number or channel: `process_creation` with
/// `EventID: 4688`. Such a rule has that log's names for its fields.
fn of_one_log(detection: &Detection<'_>, stream: &Stream, predicate: &Predicate, text: &str, out: &mut Documents) -> Option<(Stream, Predicate)> {
    let category = stream.category().filter(|_| stream.selector.platform == Some(Platform::Windows))?;
    let (service, numbers) = taxonomy::own_log(category.name, predicate)?;
    let of_log = Stream::of_service(service);
    let own = detection::lower(detection, &of_log, text, &mut out.growth, &mut Vec::new())?;
    let mut foreign = false;
    let mut span = None;
    own.visit(&mut |node| {
        if let Predicate::Test(test) = node {
            foreign |= !taxonomy::is_own(category, service, test.field.name());
            span = span.or(Some(test.span));
        }
    });
    if foreign {
        return None;
    }
    if taxonomy::numbers(&own).is_some() {
        return Some((of_log, own));
    }
    let number = Op::Number(NumberTest::In(numbers.into_iter().collect()));
    let number = Predicate::test(FieldRef::Open(taxonomy::EVENT_ID.into()), number, span?);
    Some((of_log, Predicate::All(vec![number, own]).flat()))
}

/// The rules that a filter names; `Some(None)` is any rule.
#[expect(clippy::option_option, reason = "nothing readable, every rule, or a list")]
fn filtered(entry: &yaml::Entry<'_>, said: &mut Vec<Diagnostic>) -> Option<Option<Vec<(String, Span)>>> {
    let Some(node) = entry.node.get("rules") else {
        let missing = Diagnostic::new(&MISSING_KEY, "the filter does not say which `rules` it is for").at(entry.key_span, "in this map");
        said.push(missing.help("`rules` lists ids or names; `rules: any` is every rule with the filter's log source"));
        return None;
    };
    match &node.value {
        Value::Scalar(scalar) if scalar.text.eq_ignore_ascii_case("any") => Some(None),
        Value::List(list) if list.is_empty() => Some(None),
        _ => references(node, "rules", said).map(Some),
    }
}

/// What Sigma 1's `action` keeps for the documents that follow.
#[derive(Default)]
struct Repeated<'t> {
    /// Whether any document may ask for the one before it.
    asked: bool,
    global: Option<Node<'t>>,
    previous: Option<Node<'t>>,
    copied: usize,
}

impl<'t> Repeated<'t> {
    /// The document with what is repeated; `None` for one that only sets that up.
    fn apply(&mut self, root: Node<'t>, said: &mut Vec<Diagnostic>) -> Option<Node<'t>> {
        let Some(action) = root.get("action") else {
            let whole = match self.global.clone() {
                Some(global) => {
                    self.copy(global.size(), root.span, said)?;
                    merge(global, root)
                }
                None => root,
            };
            return self.keep(whole, said);
        };
        match action.text().map(|text| text.to_ascii_lowercase()).as_deref() {
            Some("global") => {
                self.global = Some(match self.global.take() {
                    Some(before) => merge(before, without_action(root)),
                    None => without_action(root),
                });
                None
            }
            Some("reset") => {
                self.global = None;
                None
            }
            Some("repeat") => {
                let Some(previous) = self.previous.take() else {
                    let nothing = Diagnostic::new(&UNKNOWN_WORD, "no document stands before this one that could be repeated");
                    said.push(nothing.at(action.span, "nothing to repeat"));
                    return self.keep(without_action(root), said);
                };
                let whole = merge(previous, without_action(root));
                self.keep(whole, said)
            }
            _ => {
                let unknown = Diagnostic::new(&UNKNOWN_WORD, "an action is `global`, `reset` or `repeat`").at(action.span, "this word");
                said.push(unknown);
                Some(root)
            }
        }
    }

    /// Keeps a copy of a document for one that repeats it.
    fn keep(&mut self, whole: Node<'t>, said: &mut Vec<Diagnostic>) -> Option<Node<'t>> {
        if self.asked {
            self.copy(whole.size(), whole.span, said)?;
            self.previous = Some(whole.clone());
        }
        Some(whole)
    }

    /// Counts what is repeated; `None` when it is too much.
    fn copy(&mut self, size: usize, place: Span, said: &mut Vec<Diagnostic>) -> Option<()> {
        self.copied = self.copied.saturating_add(size);
        if self.copied <= MAX_COPIED {
            return Some(());
        }
        let message = format!("`action` repeats more than {MAX_COPIED} values");
        said.push(Diagnostic::new(&TOO_LARGE, message).at(Span { end: place.start, ..place }, "from this document on"));
        None
    }
}

fn without_action(mut root: Node<'_>) -> Node<'_> {
    if let Value::Map(entries) = &mut root.value {
        entries.retain(|entry| entry.key != "action");
    }
    root
}

/// A map with the pairs of another put over it, maps inside maps too.
fn merge<'t>(base: Node<'t>, over: Node<'t>) -> Node<'t> {
    match (base.value, over.value) {
        (Value::Map(mut entries), Value::Map(more)) => {
            for entry in more {
                match entries.iter().position(|known| known.key == entry.key) {
                    Some(at) => {
                        let before = entries.swap_remove(at);
                        let node = merge(before.node, entry.node);
                        entries.insert(at.min(entries.len()), yaml::Entry { node, ..entry });
                    }
                    None => entries.push(entry),
                }
            }
            Node { value: Value::Map(entries), span: over.span }
        }
        (_, value) => Node { value, span: over.span },
    }
}
