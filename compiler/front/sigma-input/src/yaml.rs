//! What does a YAML text hold, and where does each value stand?
//!
//! The text is read by `saphyr-parser`, a complete YAML 1.2 reader; this module builds a small tree with byte places from its events
//! and keeps everything within bounds. Anchors and aliases are followed, up to [`MAX_COPIED`] nodes; merge keys are refused, because
//! YAML 1.2 does not have them, and a key written twice is refused, because readers differ in which one they take.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marks};
use source::{Diagnostic, FileId, Span};

use super::codes::{TOO_LARGE, YAML};

/// The largest text, in bytes.
pub(super) const MAX_FILE: usize = 16 << 20;
/// The deepest nesting.
pub(super) const MAX_DEPTH: usize = 64;
/// The most nodes in a text.
pub(super) const MAX_NODES: usize = 1_000_000;
/// The most nodes that aliases and `action: global` repeat.
pub(super) const MAX_COPIED: usize = 100_000;
/// The longest scalar, in bytes.
pub(super) const MAX_SCALAR: usize = 256 << 10;
/// From how many keys on a set looks for repeated ones.
const MANY_KEYS: usize = 12;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'t> {
    pub(super) value: Value<'t>,
    pub(super) span: Span,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value<'t> {
    /// One value.
    Scalar(Scalar<'t>),
    /// Several.
    List(Vec<Node<'t>>),
    /// Several with names, in order.
    Map(Vec<Entry<'t>>),
}

/// One pair of a map.
#[derive(Clone, Debug)]
pub(super) struct Entry<'t> {
    pub(super) key: Cow<'t, str>,
    pub(super) key_span: Span,
    pub(super) node: Node<'t>,
}

/// One value, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar<'t> {
    /// The text without quotes and escapes.
    pub(super) text: Cow<'t, str>,
    /// Whether it stands without quotes, so that it may be a number, a flag or nothing.
    pub(super) plain: bool,
}

/// What a scalar is by YAML's core schema, as far as nobody can read it otherwise: `0x1F`, `1e5`, `010` and `yes` are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    Null,
    Flag(bool),
    Number(i64),
    Text,
}

impl Scalar<'_> {
    pub(super) fn atom(&self) -> Atom {
        if !self.plain {
            return Atom::Text;
        }
        match &*self.text {
            "" | "~" | "null" | "Null" | "NULL" => Atom::Null,
            "true" | "True" | "TRUE" => Atom::Flag(true),
            "false" | "False" | "FALSE" => Atom::Flag(false),
            text => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let whole = digits == "0" || (digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0'));
                if whole { text.parse().map_or(Atom::Text, Atom::Number) } else { Atom::Text }
            }
        }
    }
}

impl<'t> Node<'t> {
    /// The scalar, unless the node is a list, a map or null.
    pub(super) fn text(&self) -> Option<&Cow<'t, str>> {
        match &self.value {
            Value::Scalar(scalar) if scalar.atom() != Atom::Null => Some(&scalar.text),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.atom() == Atom::Null)
    }

    /// The pairs, when the node is a map.
    pub(super) fn entries(&self) -> Option<&[Entry<'t>]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, when the node is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// What the node is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(scalar) => match scalar.atom() {
                Atom::Null => "empty",
                Atom::Flag(_) => "true or false",
                Atom::Number(_) => "a number",
                Atom::Text => "a text",
            },
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// How many nodes it is, itself included.
    pub(super) fn size(&self) -> usize {
        match &self.value {
            Value::Scalar(_) => 1,
            Value::List(list) => 1 + list.iter().map(Node::size).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|entry| 1 + entry.node.size()).sum::<usize>(),
        }
    }
}

/// One document of a text. A document with problems is not to be used.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub(super) root: Node<'t>,
    pub(super) problems: Vec<Diagnostic>,
}

/// Reads every document of a text. What stands before an error is kept; the error is the last document's.
pub(super) fn read(text: &str, file: FileId) -> (Vec<Document<'_>>, Vec<Diagnostic>) {
    if text.len() > MAX_FILE {
        let message = format!("the file has {} bytes, more than {MAX_FILE}", text.len());
        return (Vec::new(), vec![Diagnostic::new(&TOO_LARGE, message).at(Span::new(file, 0, 0), "it begins here")]);
    }
    let mut builder = Builder { places: Places::new(text), file, nodes: 0, copied: 0, anchors: BTreeMap::new(), problems: Vec::new() };
    let mut documents = Vec::new();
    let mut parser = Parser::new_from_str(text);
    let mut stack: Vec<Open<'_>> = Vec::new();
    let mut root = None;
    let stopped = loop {
        let (event, marks) = match parser.next_event() {
            None => break None,
            Some(Ok(found)) => found,
            Some(Err(error)) => break Some(builder.broken(error.marker().index(), error.info())),
        };
        let done = match event {
            Event::StreamEnd => break None,
            Event::DocumentEnd => {
                builder.anchors.clear();
                let problems = std::mem::take(&mut builder.problems);
                documents.extend(root.take().map(|root| Document { root, problems }));
                continue;
            }
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
            Event::SequenceStart(anchor, _) => {
                stack.push(Open { list: true, anchor, span: builder.span(marks), items: Vec::new(), entries: Vec::new(), key: None });
                None
            }
            Event::MappingStart(anchor, _) => {
                stack.push(Open { list: false, anchor, span: builder.span(marks), items: Vec::new(), entries: Vec::new(), key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => stack.pop().map(|open| builder.close(open, marks)),
            Event::Scalar(text, style, anchor, tag) => {
                let span = builder.span(marks);
                if text.len() > MAX_SCALAR {
                    break Some(builder.large(span, format!("a value has {} bytes, more than {MAX_SCALAR}", text.len())));
                }
                // A tag such as `!!str` asks for a text; no other tag means anything here.
                let plain = style == ScalarStyle::Plain && tag.is_none();
                Some((Node { value: Value::Scalar(Scalar { text, plain }), span }, anchor))
            }
            Event::Alias(anchor) => {
                let span = builder.span(marks);
                match builder.alias(anchor, span) {
                    Ok(node) => Some((node, 0)),
                    Err(said) => break Some(*said),
                }
            }
        };
        builder.nodes += 1;
        if builder.nodes > MAX_NODES {
            break Some(builder.large(builder.span(marks), format!("the file has more than {MAX_NODES} values")));
        }
        if stack.len() > MAX_DEPTH {
            break Some(builder.large(builder.span(marks), format!("values are nested deeper than {MAX_DEPTH}")));
        }
        let Some((node, anchor)) = done else { continue };
        if anchor != 0
            && let Err(said) = builder.keep(anchor, &node)
        {
            break Some(*said);
        }
        match stack.last_mut() {
            None => root = Some(node),
            Some(open) => builder.put(open, node),
        }
    };
    let mut problems = builder.problems;
    problems.extend(stopped);
    (documents, problems)
}

/// A list or map that is not complete.
struct Open<'t> {
    list: bool,
    anchor: usize,
    span: Span,
    items: Vec<Node<'t>>,
    entries: Vec<Entry<'t>>,
    key: Option<(Cow<'t, str>, Span)>,
}

struct Builder<'t> {
    places: Places,
    file: FileId,
    nodes: usize,
    copied: usize,
    anchors: BTreeMap<usize, Node<'t>>,
    problems: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    fn span(&self, marks: Marks) -> Span {
        Span::new(self.file, self.places.byte(marks.start.index()), self.places.byte(marks.end.index()))
    }

    fn broken(&self, at: usize, why: &str) -> Diagnostic {
        let at = self.places.byte(at);
        let here = Span::new(self.file, at, at);
        // The reader below has a limit of its own on brackets that are still open.
        if why.contains("recursion limit") {
            return self.large(here, "brackets are nested too deeply".to_owned());
        }
        Diagnostic::new(&YAML, format!("the text is not YAML: {why}")).at(here, "here")
    }

    fn large(&self, span: Span, message: String) -> Diagnostic {
        let here = Span { end: span.start, ..span };
        Diagnostic::new(&TOO_LARGE, message).at(here, "here").help("the documents before this one are read")
    }

    fn copies(&mut self, count: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        self.copied += count;
        if self.copied > MAX_COPIED {
            return Err(Box::new(self.large(span, format!("aliases repeat more than {MAX_COPIED} values"))));
        }
        Ok(())
    }

    fn keep(&mut self, anchor: usize, node: &Node<'t>) -> Result<(), Box<Diagnostic>> {
        self.copies(node.size(), node.span)?;
        self.anchors.insert(anchor, node.clone());
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node<'t>, Box<Diagnostic>> {
        let Some(size) = self.anchors.get(&anchor).map(Node::size) else {
            return Err(Box::new(Diagnostic::new(&YAML, "an alias stands inside the value that it names").at(span, "this value has no end")));
        };
        self.copies(size, span)?;
        match self.anchors.get(&anchor) {
            Some(node) => Ok(node.clone()),
            None => Err(Box::new(Diagnostic::new(&YAML, "an alias names nothing").at(span, "no anchor has this name"))),
        }
    }

    fn close(&mut self, open: Open<'t>, marks: Marks) -> (Node<'t>, usize) {
        let end = self.span(marks);
        // A block's end is reported where the next token stands; its last value knows better.
        let last = open.items.last().map(|node| node.span).or_else(|| open.entries.last().map(|entry| entry.node.span));
        let span = if end.end > end.start { open.span.to(end) } else { last.map_or(open.span, |last| open.span.to(last)) };
        if !open.list {
            self.twice(&open.entries);
        }
        let value = if open.list { Value::List(open.items) } else { Value::Map(open.entries) };
        (Node { value, span }, open.anchor)
    }

    fn put(&mut self, open: &mut Open<'t>, node: Node<'t>) {
        if open.list {
            open.items.push(node);
            return;
        }
        match open.key.take() {
            Some((key, key_span)) => open.entries.push(Entry { key, key_span, node }),
            None => {
                let span = node.span;
                let key = match node.value {
                    Value::Scalar(scalar) => {
                        if scalar.plain && scalar.text == "<<" {
                            let said = Diagnostic::new(&YAML, "`<<` is not a merge key in YAML 1.2").at(span, "this key");
                            self.problems.push(said.help("the keys might be written out"));
                        }
                        scalar.text
                    }
                    Value::List(_) | Value::Map(_) => {
                        self.problems.push(Diagnostic::new(&YAML, "a key is a list or a map").at(span, "this key").help("keys are texts"));
                        Cow::Borrowed("")
                    }
                };
                open.key = Some((key, span));
            }
        }
    }

    /// Reports keys that a map has twice.
    fn twice(&mut self, entries: &[Entry<'t>]) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (at, entry) in entries.iter().enumerate() {
            let again = if entries.len() < MANY_KEYS {
                entries.get(..at).is_some_and(|before| before.iter().any(|other| other.key == entry.key))
            } else {
                !seen.insert(&entry.key)
            };
            if again {
                let mut said = Diagnostic::new(&YAML, format!("the key `{}` stands twice in one map", entry.key)).at(entry.key_span, "again here");
                if let Some(first) = entries.iter().find(|other| other.key == entry.key) {
                    said = said.also(first.key_span, "first here");
                }
                self.problems.push(said.help("readers differ in which of the two counts; one of them might go"));
            }
        }
    }
}

/// Byte offsets of characters: YAML readers count characters, everything else counts bytes.
struct Places {
    /// For each character of more than one byte: its index, and by how much bytes run ahead of characters behind it.
    ahead: Vec<(usize, usize)>,
    length: usize,
}

impl Places {
    fn new(text: &str) -> Self {
        let mut ahead = Vec::new();
        if !text.is_ascii() {
            let mut extra = 0;
            for (index, char) in text.chars().enumerate() {
                if !char.is_ascii() {
                    extra += char.len_utf8() - 1;
                    ahead.push((index, extra));
                }
            }
        }
        Self { ahead, length: text.len() }
    }

    fn byte(&self, index: usize) -> usize {
        let before = self.ahead.partition_point(|(at, _)| *at < index);
        let extra = before.checked_sub(1).and_then(|at| self.ahead.get(at)).map_or(0, |(_, extra)| *extra);
        (index + extra).min(self.length)
    }
}
