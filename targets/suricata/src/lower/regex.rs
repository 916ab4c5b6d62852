//! How a regular expression of the description is asked of a buffer: a content that every match holds, then the expression.
//!
//! The engine's pattern matcher looks for contents of all rules at once and tries the expression only where one was found
//! (<https://docs.suricata.io/en/latest/rules/payload-keywords.html#pcre>). Both come from the expression's tree, never from its text:
//! nothing that was written can become syntax.

use backend::Refusal;
use ir::regex::{Look, Node, PartOf, Required};
use ir::{Case, NumberTest, Place, Regex};
use source::{Code, Loss, Span};
use std::ops::RangeInclusive;

use super::buffer::{Buffer, Fold};
use super::dialect::{self, Alphabet, Written};
use super::lowering::{Choice, FIELD_FORM, Lowering, MAX_CONTENT, Options};
use crate::ast::{Content, Item, Number, Pcre, Re, Sign, Transform};

pub(crate) static REGEX: Code = Code::warn("suricata.regex", "PCRE over bytes cannot say a regular expression");
pub(crate) static ASCII_CLASSES: Code = Code::note("suricata.ascii-classes", "classes of characters are those of ASCII");

/// A shorter text stands in so many packets that looking for it first saves nothing.
const SHORTEST_CONTENT: usize = 4;

/// Buffers whose protocol allows ASCII alone: names, digests, numbers, words.
const ASCII: [&str; 6] = ["dns.query", "http.method", "http.stat_code", "quic.sni", "tls.cert_serial", "tls.sni"];
/// Buffers of digests, where the engine takes contents of a digest's whole length only.
const WHOLE_CONTENTS: [&str; 3] = ["ja3.hash", "ja3s.hash", "ja4.hash"];

/// What a buffer does to the text that an expression was written for.
#[derive(Clone, Copy)]
struct Searched {
    buffer: &'static str,
    alphabet: Alphabet,
}

impl Searched {
    fn in_buffer(buffer: &'static str, fold: Fold) -> Self {
        let alphabet = match fold {
            Fold::Lower => Alphabet::Lower,
            Fold::AsSent if ASCII.contains(&buffer) => Alphabet::Ascii,
            Fold::AsSent => Alphabet::Text,
        };
        Self { buffer, alphabet }
    }
}

impl Lowering<'_, '_> {
    /// Any of the expressions in a buffer that holds the whole value.
    pub(super) fn matches(&mut self, buffer: Buffer, list: &[Regex], span: Span) -> Result<Options, Refusal> {
        let searched = Searched::in_buffer(buffer.name, buffer.fold);
        let mut nodes = Vec::with_capacity(list.len());
        for regex in list {
            nodes.push((regex, self.node(searched, regex, Sign::Is, span)?));
        }
        self.any_of(&[Item::Buffer(buffer.name)], searched, &nodes, span)
    }

    /// None of the expressions in a buffer that is there.
    pub(super) fn matches_not(&mut self, buffer: Buffer, list: &[Regex], span: Span) -> Result<Vec<Item>, Refusal> {
        let searched = Searched::in_buffer(buffer.name, buffer.fold);
        let mut items = vec![Item::Buffer(buffer.name)];
        items.extend(self.absent_or_else(buffer.optional));
        for regex in list {
            let node = self.node(searched, regex, Sign::Not, span)?;
            items.extend(self.pcre(searched, &node, regex, Sign::Not, span)?);
        }
        // What nothing can fit needs no exclusion.
        Ok(if items.iter().any(|item| matches!(item, Item::Pcre(_))) { items } else { Vec::new() })
    }

    /// Expressions for the path or the query alone, said of the whole URI, which the engine's pattern matcher knows already. Where anchors
    /// stand too deep for that, the transformation cuts the part out.
    pub(super) fn on_part_of_uri(
        &mut self,
        buffer: &'static str,
        cut: Transform,
        list: &[Regex],
        negated: bool,
        span: Span,
    ) -> Result<Options, Refusal> {
        // In a normalised path, the engine makes one byte of each character; in a query all of them stay.
        let alphabet = if cut == Transform::Path { Alphabet::Ascii } else { Alphabet::Text };
        let searched = Searched { buffer, alphabet };
        let part = match cut {
            Transform::Query => query_of_uri(),
            other => path_of_uri(other == Transform::SentPath),
        };
        let sign = if negated { Sign::Not } else { Sign::Is };
        let mut nodes = Vec::with_capacity(list.len());
        for regex in list {
            nodes.push((regex, self.node(searched, regex, sign, span)?));
        }
        // What was sent may begin with the name of a host, where a match that may begin anywhere could begin as well.
        let fits = cut != Transform::SentPath || nodes.iter().all(|(_, node)| node.anchored_start());
        let on_whole: Option<Vec<(&Regex, Node)>> =
            if fits { nodes.iter().map(|(regex, node)| Some((*regex, node.on_part_of(&part)?))).collect() } else { None };
        let (open, nodes) = match on_whole {
            Some(nodes) => (vec![Item::Buffer(buffer)], nodes),
            None => (vec![Item::Buffer(buffer), Item::Transform(cut)], nodes),
        };
        if !negated {
            let mut options = self.any_of(&open, searched, &nodes, span)?;
            if cut == Transform::Query && open.len() == 1 && list.iter().any(|regex| regex.node().is_ok_and(|node| node.matches_empty())) {
                // An empty query counts as a missing one.
                let there = Item::Pcre(Pcre { sign: Sign::Is, expression: Re::Raw("\\?."), nocase: false, lines: false });
                options.choices.iter_mut().map(|choice| &mut choice.items).chain(&mut options.joined).for_each(|items| items.push(there.clone()));
            }
            return Ok(options);
        }
        let mut items = open;
        for (regex, node) in &nodes {
            items.extend(self.pcre(searched, node, regex, Sign::Not, span)?);
        }
        Ok(Options::one(items))
    }

    /// An expression for the bytes of a file: what `around` makes of it, behind a content.
    pub(super) fn in_bytes(
        &mut self,
        regex: &Regex,
        nocase: bool,
        wide: bool,
        span: Span,
        around: Option<&dyn Fn(Re) -> Re>,
    ) -> Result<Vec<Item>, Refusal> {
        let nocase = nocase || regex.case() == Case::Insensitive;
        let searched = Searched::in_buffer("file.data", Fold::AsSent);
        let node = match regex.node_of_bytes(nocase) {
            Ok(node) if !wide => node,
            Ok(node) => match node.widened() {
                Some(node) => node,
                None => return self.unsayable(regex, "borders of words and lines are not known between wide characters", span),
            },
            Err(why) => return self.unsayable(regex, &why, span),
        };
        if let (None, Node::Literal(_), Some(items)) = (around, &node, as_content(searched, &node)) {
            return Ok(items);
        }
        let content = content(searched, &node).map(|content| Item::Content(Content { starts: false, ends: false, ..content }));
        match dialect::written(&node, Alphabet::Text) {
            Ok(Written { wider: false, narrower: false, expression, nocase }) => {
                let expression = if let Some(around) = around { around(expression) } else { expression };
                let pcre = Item::Pcre(Pcre { sign: Sign::Is, expression, nocase, lines: false });
                Ok(content.into_iter().chain([pcre]).collect())
            }
            Ok(_) => self.unsayable(regex, "it mixes bytes with classes of characters", span),
            Err(why) => self.unsayable(regex, &why, span),
        }
    }

    /// The expression as it must read in the buffer, with what is lost on the way.
    fn node(&mut self, searched: Searched, regex: &Regex, sign: Sign, span: Span) -> Result<Node, Refusal> {
        let node = match regex.node() {
            Ok(node) => node,
            Err(why) => return self.unsayable(regex, &why, span),
        };
        if searched.alphabet != Alphabet::Lower {
            return Ok(node);
        }
        if node.asks_for_case() {
            let loss = if sign == Sign::Is { Loss::Wider } else { Loss::Narrower };
            let message = format!("`{}` is compared in lower case", searched.buffer);
            self.loss(&FIELD_FORM, loss, span, message, "dropping `cased` says what the rule does");
        }
        Ok(node.lower_cased())
    }

    fn unsayable<T>(&self, regex: &Regex, why: &str, span: Span) -> Result<T, Refusal> {
        self.refuse(&REGEX, span, format!("`/{}/` cannot be said in PCRE over bytes: {why}", regex.written()))
    }

    /// A choice for each expression, and all of them as one.
    fn any_of(&mut self, open: &[Item], searched: Searched, nodes: &[(&Regex, Node)], span: Span) -> Result<Options, Refusal> {
        let mut choices = Vec::with_capacity(nodes.len());
        for (regex, node) in nodes.iter().filter(|(_, node)| !node.is_never()) {
            let mut items = open.to_vec();
            items.extend(self.found(searched, node, regex, span)?);
            choices.push(Choice { label: if nodes.len() > 1 { regex.written().to_owned() } else { String::new() }, items });
        }
        let joined = match nodes {
            [(regex, _), _, ..] => {
                let all = Node::either(nodes.iter().map(|(_, node)| node.clone()));
                let mut items = open.to_vec();
                items.extend(self.found(searched, &all, regex, span)?);
                Some(items)
            }
            _ => None,
        };
        Ok(Options { choices, joined, to_client: false })
    }

    /// What finds an expression in a buffer.
    fn found(&mut self, searched: Searched, node: &Node, regex: &Regex, span: Span) -> Result<Vec<Item>, Refusal> {
        if node.matches_everything() {
            return Ok(vec![Item::Size(Number::More(0))]);
        }
        if let Some(items) = as_content(searched, node) {
            return Ok(items);
        }
        let mut items: Vec<Item> = content(searched, node).map(Item::Content).into_iter().collect();
        // An empty value counts as a missing one.
        items.extend(node.matches_empty().then_some(Item::Size(Number::More(0))));
        items.extend(self.pcre(searched, node, regex, Sign::Is, span)?);
        Ok(items)
    }

    fn pcre(&mut self, searched: Searched, node: &Node, regex: &Regex, sign: Sign, span: Span) -> Result<Option<Item>, Refusal> {
        if node.is_never() {
            return Ok(None);
        }
        let Written { expression, nocase, wider, narrower } = match dialect::written(node, searched.alphabet) {
            Ok(written) => written,
            Err(why) => return self.unsayable(regex, &why, span),
        };
        for (is, loss) in [(narrower, Loss::Narrower), (wider, Loss::Wider)] {
            if is {
                let loss = if sign == Sign::Is { loss } else { loss.flipped() };
                let message =
                    format!("`/{}/` also speaks of characters outside ASCII, which are several bytes in `{}`", regex.written(), searched.buffer);
                self.loss(&ASCII_CLASSES, loss, span, message, "`[0-9]`, `[A-Za-z0-9_]` and the like say what the rule does");
            }
        }
        Ok(Some(Item::Pcre(Pcre { sign, expression, nocase, lines: false })))
    }
}

/// An expression for numbers that are written in decimal, as whole values.
pub(super) fn whole_number(ranges: Vec<RangeInclusive<u64>>) -> Option<Re> {
    let node = Node::concat([Node::Look(Look::Start), Node::of_numbers(ranges), Node::Look(Look::End)]);
    dialect::written(&node, Alphabet::Ascii).ok().map(|written| written.expression)
}

/// The numbers between two bounds that a test holds for, as ranges.
pub(super) fn ranges_of(test: &NumberTest, lowest: u64, highest: u64) -> Vec<RangeInclusive<u64>> {
    let clamp = |value: i64| u64::try_from(value).unwrap_or(0);
    let whole = test.over_whole();
    let ranges = match whole {
        None => vec![lowest..=highest],
        Some(NumberTest::In(list)) => list.into_iter().filter_map(|value| u64::try_from(value).ok()).map(|value| value..=value).collect(),
        Some(NumberTest::Less(than)) if than <= 0 => Vec::new(),
        Some(NumberTest::Less(than)) => vec![lowest..=clamp(than - 1)],
        Some(NumberTest::AtMost(than)) if than < 0 => Vec::new(),
        Some(NumberTest::AtMost(than)) => vec![lowest..=clamp(than)],
        Some(NumberTest::More(than)) => vec![clamp(than.saturating_add(1))..=highest],
        Some(NumberTest::AtLeast(than)) => vec![clamp(than)..=highest],
        // Worked out above.
        Some(NumberTest::Decimal(..)) => Vec::new(),
    };
    let cut = |range: RangeInclusive<u64>| (*range.start()).max(lowest)..=(*range.end()).min(highest);
    ranges.into_iter().map(cut).filter(|range| !range.is_empty()).collect()
}

/// An expression that is nothing but a text needs no PCRE.
fn as_content(searched: Searched, node: &Node) -> Option<Vec<Item>> {
    let (literal, starts, ends) = match node {
        Node::Literal(literal) => (literal, false, false),
        Node::Concat(list) => match list.as_slice() {
            [Node::Look(Look::Start), Node::Literal(literal)] => (literal, true, false),
            [Node::Literal(literal), Node::Look(Look::End)] => (literal, false, true),
            [Node::Look(Look::Start), Node::Literal(literal), Node::Look(Look::End)] => (literal, true, true),
            _ => return None,
        },
        _ => return None,
    };
    let whole = starts && ends;
    if literal.bytes.len() > MAX_CONTENT || WHOLE_CONTENTS.contains(&searched.buffer) {
        return None;
    }
    let nocase = literal.case == Case::Insensitive && literal.has_case();
    let content = Content { bytes: literal.bytes.clone(), nocase, starts: starts && !whole, ends: ends && !whole, ..Content::default() };
    let size = whole.then_some(Item::Size(Number::Is(literal.bytes.len() as u64)));
    Some(std::iter::once(Item::Content(content)).chain(size).collect())
}

/// The text that every match holds, for the engine's pattern matcher: the longest of those that ordinary values do not hold anyway.
fn content(searched: Searched, node: &Node) -> Option<Content> {
    if WHOLE_CONTENTS.contains(&searched.buffer) {
        return None;
    }
    let literals = node.required_literals();
    let fits = |found: &&Required| (SHORTEST_CONTENT..=MAX_CONTENT).contains(&found.literal.bytes.len());
    let found = literals.iter().filter(fits).find(|found| !is_ordinary(found)).or_else(|| literals.iter().find(fits))?;
    let nocase = found.literal.case == Case::Insensitive && found.literal.has_case();
    let (starts, ends) = (matches!(found.place, Place::Start | Place::Whole), matches!(found.place, Place::End));
    Some(Content { bytes: found.literal.bytes.clone(), nocase, starts, ends, ..Content::default() })
}

/// Whether a text tells little: a part of what every browser sends, or the last label of a name, which is also a file's extension.
fn is_ordinary(found: &Required) -> bool {
    const EVERYWHERE: [&str; 3] =
        ["mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/", "https://www.", "http://www."];
    let text = found.literal.bytes.to_ascii_lowercase();
    let label = text.strip_prefix(b".").is_some_and(|rest| rest.iter().all(u8::is_ascii_alphanumeric));
    label && (found.place == Place::End || text.len() <= 5)
        || EVERYWHERE.iter().any(|known| known.as_bytes().windows(text.len()).any(|window| window == text))
}

/// The path of a URI: all before the first question mark. What was sent through a proxy has scheme and host before it.
fn path_of_uri(as_sent: bool) -> PartOf {
    let start = if as_sent {
        let letters = [('A', 'Z'), ('a', 'z')];
        let scheme = Node::repeat(Node::class(&[('+', '+'), ('-', '.'), ('0', '9'), ('A', 'Z'), ('a', 'z')]), 0, None, true);
        let host = Node::repeat(Node::class(&[('\0', '.'), ('0', '>'), ('@', char::MAX)]), 0, None, true);
        let authority = Node::concat([Node::class(&letters), scheme, Node::literal("://", Case::Sensitive), host]);
        Node::concat([Node::Look(Look::Start), Node::repeat(authority, 0, Some(1), true)])
    } else {
        Node::Look(Look::Start)
    };
    let inside = [('\0', '>'), ('@', char::MAX)];
    let run = Node::repeat(Node::class(&inside), 0, None, true);
    PartOf {
        lead: Node::concat([start.clone(), run]),
        start,
        inside: set(&inside),
        trail: Node::Empty,
        end: Node::either([Node::literal("?", Case::Sensitive), Node::Look(Look::End)]),
    }
}

/// The query of a URI: all behind the first question mark.
fn query_of_uri() -> PartOf {
    let path = Node::repeat(Node::class(&[('\0', '>'), ('@', char::MAX)]), 0, None, true);
    let start = Node::concat([Node::Look(Look::Start), path, Node::literal("?", Case::Sensitive)]);
    let all = [('\0', char::MAX)];
    let run = Node::repeat(Node::class(&all), 0, None, true);
    PartOf { lead: Node::concat([start.clone(), run]), start, inside: set(&all), trail: Node::Empty, end: Node::Look(Look::End) }
}

fn set(ranges: &[(char, char)]) -> ir::regex::ClassUnicode {
    ir::regex::ClassUnicode::new(ranges.iter().map(|(from, to)| ir::regex::ClassUnicodeRange::new(*from, *to)))
}
