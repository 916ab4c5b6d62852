//! What needs the whole advisory: are the names in tests and waivers known, and do the citations stand?

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use ir::{Accept, Advisory, Behavior, EventClass, Head, Header, SourceDocument, Stimulus, Test};
use source::{Code, Diagnostic, Span};

use super::cursor::{Cursor, Spanned};
use super::document::Library;
use super::{behavior, correlate, indicators, native};
use crate::Files;
use source::suggest;

/// A name that no block has.
pub(crate) static UNKNOWN_SUBJECT: Code = Code::error("check.unknown-subject", "a test or waiver names a block that is not there");
/// A test with an event that the facet does not read.
pub(crate) static OTHER_EVENT: Code = Code::warn("check.other-event", "a test feeds an event that the facet does not read");

/// A former name that is no name to take over.
pub(crate) static RENAMED: Code = Code::error("check.renamed", "a former name of a block is in use, or two blocks claim it");

/// An advisory that is being read.
pub(crate) struct Draft {
    header: Option<Header>,
    sources: Vec<SourceDocument>,
    source_names: BTreeMap<String, Span>,
    blocks: Vec<Block>,
    names: BTreeMap<String, Declared>,
    pub(crate) tests: Vec<Test>,
    pub(crate) accepts: Vec<Accept>,
    /// Whether it was said already that there is no advisory.
    pub(crate) complained: bool,
}

/// A block with a name, as far as it could be read.
pub(crate) enum Block {
    Indicators(Option<Box<indicators::Draft>>),
    Behavior(Box<behavior::Draft>),
    Correlation(Option<Box<correlate::Draft>>),
    Native(Option<Box<native::Draft>>),
    Broken,
}

/// What a name stands for.
struct Declared {
    span: Span,
    /// Whether rules are made from it.
    good: bool,
    parts: Parts,
}

/// What may stand behind the name and a dot.
enum Parts {
    /// Nothing.
    None,
    /// The name of a facet, with its event and whether it is good.
    Facets(BTreeMap<String, (Option<EventClass>, bool)>),
    /// An event with dashes, as in `relays.network-flow`.
    Events,
    /// The block is broken: anything.
    Any,
}

/// What a subject turns out to be.
enum Subject {
    /// A rule is made from it; the events that it reads, when they are written down.
    Good(Option<Vec<EventClass>>),
    /// It is broken, which was said where it stands.
    Broken,
    Unknown,
}

impl Draft {
    pub(crate) fn new(header: Option<Header>) -> Self {
        Self {
            header,
            sources: Vec::new(),
            source_names: BTreeMap::new(),
            blocks: Vec::new(),
            names: BTreeMap::new(),
            tests: Vec::new(),
            accepts: Vec::new(),
            complained: false,
        }
    }

    pub(crate) fn has_no_header(&self) -> bool {
        self.header.is_none()
    }

    /// Adds a document; a second one with its name is reported.
    pub(crate) fn source(&mut self, cursor: &mut Cursor<'_>, document: SourceDocument) {
        match self.source_names.get(&document.name) {
            Some(first) => behavior::duplicate(cursor, &Spanned { value: document.name.as_str(), span: document.span }, *first),
            None => {
                self.source_names.insert(document.name.clone(), document.span);
                self.sources.push(document);
            }
        }
    }

    /// Adds a block under its name; a second one with the name is reported and left out.
    pub(crate) fn add(&mut self, cursor: &mut Cursor<'_>, name: &Spanned<&str>, block: Block) {
        if name.value.is_empty() {
            return;
        }
        if let Some(first) = self.names.get(name.value) {
            behavior::duplicate(cursor, name, first.span);
            return;
        }
        let (good, parts) = match &block {
            Block::Indicators(draft) => (draft.is_some(), Parts::Events),
            Block::Behavior(draft) => (draft.good, Parts::Facets(facets(draft))),
            Block::Correlation(draft) => (draft.is_some(), Parts::None),
            Block::Native(draft) => (draft.is_some(), Parts::None),
            Block::Broken => (false, Parts::Any),
        };
        self.names.insert(name.value.to_owned(), Declared { span: name.span, good, parts });
        self.blocks.push(block);
    }

    /// The advisory, with its citations looked up and its tests and waivers checked.
    pub(crate) fn finish(self, files: &dyn Files, say: &mut Vec<Diagnostic>) -> Option<Advisory> {
        let known = LazyCell::new(|| self.subjects());
        let mut tests = Vec::new();
        for test in &self.tests {
            if let Subject::Good(events) = self.subject(&test.subject, test.span, &known, say) {
                other_events(test, events.as_deref(), say);
                tests.push(test.clone());
            }
        }
        let mut accepts = Vec::new();
        for accept in &self.accepts {
            if let Subject::Good(_) = self.subject(&accept.subject, accept.span, &known, say) {
                accepts.push(accept.clone());
            }
        }
        let mut advisory = Advisory {
            header: self.header?,
            sources: Vec::new(),
            indicators: Vec::new(),
            behaviors: Vec::new(),
            correlations: Vec::new(),
            natives: Vec::new(),
            tests,
            accepts,
        };
        let library = Library::open(&self.sources, files, say);
        for block in self.blocks {
            match block {
                Block::Indicators(Some(draft)) => {
                    let mut draft = *draft;
                    draft.block.head.because = library.resolve(&draft.quotes, say);
                    for (at, quotes) in &draft.own_quotes {
                        let found = library.resolve(quotes, say).into_iter().map(|because| because.citation).collect();
                        if let Some(indicator) = draft.block.indicators.get_mut(*at) {
                            indicator.citations = found;
                        }
                    }
                    advisory.indicators.push(draft.block);
                }
                Block::Behavior(draft) => {
                    let because = library.resolve(&draft.quotes, say);
                    if draft.good {
                        advisory.behaviors.push(Behavior { head: Head { because, ..draft.behavior.head }, ..draft.behavior });
                    }
                }
                Block::Correlation(Some(draft)) => {
                    let mut draft = *draft;
                    draft.block.head.because = library.resolve(&draft.quotes, say);
                    advisory.correlations.push(draft.block);
                }
                Block::Native(Some(draft)) => {
                    let mut draft = *draft;
                    draft.native.because = library.resolve(&draft.quotes, say);
                    advisory.natives.push(draft.native);
                }
                Block::Indicators(None) | Block::Correlation(None) | Block::Native(None) | Block::Broken => {}
            }
        }
        renamed(&mut advisory, &self.names, say);
        advisory.sources = self.sources;
        Some(advisory)
    }

    /// What a test or waiver may be about, in the order of the names.
    fn subjects(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for (name, declared) in &self.names {
            out.push(name.clone());
            if let Parts::Facets(facets) = &declared.parts {
                out.extend(facets.keys().map(|facet| format!("{name}.{facet}")));
            }
        }
        out
    }

    /// What a test or waiver is about; an unknown name is reported, with the known ones.
    fn subject(&self, subject: &str, span: Span, known: &LazyCell<Vec<String>, impl FnOnce() -> Vec<String>>, say: &mut Vec<Diagnostic>) -> Subject {
        let (name, part) = subject.split_once('.').map_or((subject, None), |(name, part)| (name, Some(part)));
        let found = match (self.names.get(name), part) {
            (None, _) => Subject::Unknown,
            (Some(Declared { good: false, parts: Parts::Any, .. }), _) => Subject::Broken,
            (Some(Declared { good, parts: Parts::Facets(facets), .. }), None) => {
                let events = facets.values().map(|(event, _)| *event).collect();
                if *good { Subject::Good(events) } else { Subject::Broken }
            }
            (Some(Declared { good, .. }), None) => {
                if *good {
                    Subject::Good(None)
                } else {
                    Subject::Broken
                }
            }
            (Some(Declared { good, parts: Parts::Facets(facets), .. }), Some(part)) => match facets.get(part) {
                Some((event, true)) if *good => Subject::Good(event.map(|event| vec![event])),
                Some(_) => Subject::Broken,
                None => Subject::Unknown,
            },
            (Some(Declared { good, parts: Parts::Events, .. }), Some(part)) => {
                let known = EventClass::ALL.iter().any(|(_, event, _)| part.starts_with(&event.replace('.', "-")));
                match (known, good) {
                    (true, true) => Subject::Good(None),
                    (true, false) => Subject::Broken,
                    (false, _) => Subject::Unknown,
                }
            }
            (Some(_), Some(_)) => Subject::Unknown,
        };
        if matches!(found, Subject::Unknown) {
            let mut diagnostic = Diagnostic::new(&UNKNOWN_SUBJECT, format!("no block or facet is named `{subject}`")).at(span, "not declared");
            diagnostic.help = suggest::help(subject, known.iter().map(String::as_str));
            say.push(diagnostic);
        }
        found
    }
}

fn facets(draft: &behavior::Draft) -> BTreeMap<String, (Option<EventClass>, bool)> {
    let good: BTreeSet<&str> = draft.behavior.facets.iter().map(|facet| facet.name.as_str()).collect();
    draft.declared.iter().map(|(name, event)| (name.clone(), (*event, good.contains(name.as_str())))).collect()
}

/// Warns of events that can show nothing, because the subject reads others.
fn other_events(test: &Test, read: Option<&[EventClass]>, say: &mut Vec<Diagnostic>) {
    let Some(read) = read else { return };
    for case in &test.cases {
        let fed: Vec<EventClass> = match &case.stimulus {
            Stimulus::Event(record) => record.event.class().into_iter().collect(),
            Stimulus::Events(events) => events.iter().filter_map(|(_, record)| record.event.class()).collect(),
        };
        if let Some(other) = fed.first().filter(|_| !fed.iter().any(|event| read.contains(event))) {
            let names: Vec<&str> = read.iter().map(|event| event.name()).collect();
            say.push(
                Diagnostic::new(&OTHER_EVENT, format!("`{}` does not read `{other}`, so the case shows nothing", test.subject))
                    .at(case.span, "shows nothing")
                    .help(format!("it reads {}", suggest::list(&names))),
            );
        }
    }
}

/// Checks former names: each is gone, and has one heir. A claim that does not stand is dropped, so that no rule loses its number to another.
fn renamed(advisory: &mut Advisory, names: &BTreeMap<String, Declared>, say: &mut Vec<Diagnostic>) {
    let mut heirs: BTreeMap<String, Span> = BTreeMap::new();
    let indicators = advisory.indicators.iter_mut().map(|block| &mut block.head);
    let behaviors = advisory.behaviors.iter_mut().map(|block| &mut block.head);
    let mut heads: Vec<&mut Head> = indicators.chain(behaviors).chain(advisory.correlations.iter_mut().map(|block| &mut block.head)).collect();
    heads.sort_by_key(|head| head.span.start);
    for head in heads {
        for former in &head.renamed_from {
            let name = &head.name;
            let fault = match (names.get(former), heirs.get(former)) {
                (Some(declared), _) => Some((format!("`{name}` is renamed from `{former}`, and a block is called `{former}`"), declared.span)),
                (None, Some(first)) if *first != head.span => {
                    Some((format!("`{name}` is renamed from `{former}`, and another block is, too"), *first))
                }
                (None, _) => None,
            };
            match fault {
                Some((message, other)) => say.push(
                    Diagnostic::new(&RENAMED, message)
                        .at(head.span, "takes over what the other has")
                        .also(other, "the other")
                        .help("numbers and ids of a block go to one other block, when nothing is called by its name any more"),
                ),
                None => drop(heirs.insert(former.clone(), head.span)),
            }
        }
        let span = head.span;
        head.renamed_from.retain(|former| heirs.get(former) == Some(&span) && !names.contains_key(former));
    }
}
