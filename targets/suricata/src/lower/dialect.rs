//! How a tree is said in PCRE over bytes: which case is a flag and which a group, and how a character is said that is several bytes.
//!
//! The engine compiles expressions without `(*UTF)`: a byte that is not UTF-8 would keep every match away there. So a character outside
//! ASCII is a sequence of bytes, and a set that holds all of them takes a whole character at once.

use ir::Case;
use ir::regex::{Class, ClassBytes, ClassUnicode, ClassUnicodeRange, Look, Node, ascii_of, is_without_case};
use regex_syntax::utf8::{Utf8Range, Utf8Sequences};

use crate::ast::Re;

/// PCRE2 counts so far (`MAX_REPEAT_COUNT`, <https://www.pcre.org/current/doc/html/pcre2limits.html>).
const MAX_REPEAT: u32 = 65_535;
/// The most that PCRE2 compiles where links are two bytes, as they are in distributions; a margin is kept for how it counts.
const MAX_COMPILED: usize = 60_000;
/// More sequences than this for one set are no longer a rule that somebody reads.
const MAX_SEQUENCES: usize = 32;

/// What the searched bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// ASCII alone.
    Ascii,
    /// ASCII whose letters the engine has made lower-case; it refuses capitals and flags for case there.
    Lower,
    /// UTF-8, as a rule.
    Text,
}

/// An expression in the engine's dialect.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// The expression.
    pub(crate) expression: Re,
    /// Case of ASCII letters does not count outside its groups.
    pub(crate) nocase: bool,
    /// It fits texts that the tree does not fit.
    pub(crate) wider: bool,
    /// It does not fit texts that the tree fits.
    pub(crate) narrower: bool,
}

/// Writes a tree in the dialect.
///
/// # Errors
///
/// What it has no words for, as a clause.
pub(crate) fn written(node: &Node, alphabet: Alphabet) -> Result<Written, String> {
    let nocase = mostly_without_case(node);
    let mut writer = Writer { alphabet, nocase, wider: false, narrower: false };
    let expression = writer.write(node, false)?;
    if size(&expression) > MAX_COMPILED {
        return Err(format!("compiled, it would be larger than {MAX_COMPILED} bytes"));
    }
    Ok(Written { expression, nocase, wider: writer.wider, narrower: writer.narrower })
}

/// Whether more of its pieces are without case than with, or, where no text has case, all sets of letters are.
fn mostly_without_case(node: &Node) -> bool {
    let (mut without, mut with, mut sets) = (0_usize, 0_usize, 0_usize);
    node.visit(&mut |node| match node {
        Node::Literal(literal) if literal.has_case() => {
            if literal.case == Case::Insensitive {
                without += 1;
            } else {
                with += 1;
            }
        }
        Node::Class(class) if !is_without_case(class) => with += 1,
        Node::Class(class) => sets += usize::from(ascii_of(class).ranges().iter().any(|range| range.start() == b'A' || range.start() == b'a')),
        _ => {}
    });
    without > with || with == 0 && sets > 0
}

struct Writer {
    alphabet: Alphabet,
    nocase: bool,
    wider: bool,
    narrower: bool,
}

impl Writer {
    /// A piece; `open` says whether what follows may begin with a set that holds the bytes inside a character.
    fn write(&mut self, node: &Node, open: bool) -> Result<Re, String> {
        Ok(match node {
            Node::Empty => Re::Seq(Vec::new()),
            Node::Literal(literal) => {
                let inner = Re::Bytes(literal.bytes.clone());
                if literal.has_case() { self.with_case(inner, literal.case) } else { inner }
            }
            Node::Class(Class::Bytes(class)) => {
                let mut outside = class.clone();
                outside.negate();
                let negative = !outside.ranges().is_empty() && outside.ranges().len() < class.ranges().len();
                let inner = if negative { Re::Except(ranges(&outside)) } else { Re::Class(ranges(class)) };
                if is_without_case(&Class::Bytes(class.clone())) { inner } else { self.with_case(inner, Case::Sensitive) }
            }
            Node::Class(Class::Unicode(class)) => self.set(class, false)?,
            Node::Look(look) => self.look(*look, false),
            Node::Repeat { inner, min, max, greedy } => {
                if *min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT) {
                    return Err(format!("PCRE repeats {MAX_REPEAT} times at most"));
                }
                let inner = match &**inner {
                    // A run that may end inside a character goes on to its end, unless what follows takes the rest.
                    Node::Class(Class::Unicode(class)) if max.is_none() && *min <= 1 && !open => self.set(class, true)?,
                    inner => {
                        let again = max.is_none_or(|max| max > 1) && self.opens(inner);
                        self.write(inner, open || again)?
                    }
                };
                Re::Repeat { inner: Box::new(inner), min: *min, max: *max, greedy: *greedy }
            }
            Node::Concat(list) => {
                let mut follows = open;
                let mut out = Vec::with_capacity(list.len());
                for (at, node) in list.iter().enumerate().rev() {
                    out.push(match node {
                        Node::Look(look) => {
                            let before = at.checked_sub(1).and_then(|at| list.get(at));
                            self.look(
                                *look,
                                before.is_some_and(|node| is_word(node, false)) || list.get(at + 1).is_some_and(|node| is_word(node, true)),
                            )
                        }
                        node => self.write(node, follows)?,
                    });
                    follows = self.opens(node) || node.matches_empty() && follows;
                }
                out.reverse();
                Re::Seq(out)
            }
            Node::Either(list) => Re::Either(list.iter().map(|node| self.write(node, open)).collect::<Result<_, _>>()?),
        })
    }

    /// A piece whose letters have this case.
    fn with_case(&self, inner: Re, case: Case) -> Re {
        if self.nocase == (case == Case::Insensitive) { inner } else { Re::Cased(case, Box::new(inner)) }
    }

    /// Whether a piece can begin with a set that holds the bytes inside a character.
    fn opens(&self, node: &Node) -> bool {
        match node {
            Node::Class(Class::Unicode(class)) => self.alphabet == Alphabet::Text && most(&beyond(class)),
            Node::Empty | Node::Literal(_) | Node::Class(Class::Bytes(_)) | Node::Look(_) => false,
            Node::Repeat { inner, .. } => self.opens(inner),
            Node::Concat(list) => {
                let first = list.iter().position(|node| !node.matches_empty()).unwrap_or(list.len());
                list.iter().take(first + 1).any(|node| self.opens(node))
            }
            Node::Either(list) => list.iter().any(|node| self.opens(node)),
        }
    }

    /// One character of a set; in a run, its bytes may be taken one by one.
    fn set(&mut self, class: &ClassUnicode, run: bool) -> Result<Re, String> {
        let ascii = ascii_of(&Class::Unicode(class.clone()));
        let others = beyond(class);
        let mut missing = others.clone();
        missing.negate();
        missing.difference(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
        if others.ranges().is_empty() {
            return Ok(self.bytes(&ascii, false));
        }
        if self.alphabet != Alphabet::Text && !ascii.ranges().is_empty() {
            return Ok(self.bytes(&ascii, most(&others)));
        }
        if missing.ranges().is_empty() {
            return Ok(self.open_set(&ascii, run));
        }
        if most(&others)
            && let Some(sequences) = sequences(&missing)
        {
            return Ok(Re::Seq(vec![Re::Unless(Box::new(super::pattern::either(sequences))), self.open_set(&ascii, false)]));
        }
        if let Some(sequences) = sequences(&others) {
            let ascii = (!ascii.ranges().is_empty()).then(|| self.bytes(&ascii, false));
            return Ok(super::pattern::either(ascii.into_iter().chain(sequences).collect()));
        }
        if ascii.ranges().is_empty() {
            return Err("a class of it holds very many characters outside ASCII".to_owned());
        }
        if most(&others) {
            self.wider = true;
            return Ok(self.open_set(&ascii, run));
        }
        self.narrower = true;
        Ok(self.bytes(&ascii, false))
    }

    /// One character of a set of ASCII or any outside ASCII. In a run its bytes are taken one by one.
    fn open_set(&self, ascii: &ClassBytes, run: bool) -> Re {
        let bytes = self.bytes(ascii, true);
        if run {
            return bytes;
        }
        // Not in the middle of a character.
        let whole = |bytes: Re| match bytes {
            Re::Except(mut outside) => {
                outside.push((0x80, 0xbf));
                Re::Except(outside)
            }
            _ => Re::Except(vec![(0x80, 0xbf)]),
        };
        Re::Character(Box::new(match bytes {
            Re::Cased(case, inner) => Re::Cased(case, Box::new(whole(*inner))),
            bytes => whole(bytes),
        }))
    }

    /// One byte of a set of ASCII, or any byte outside ASCII as well.
    fn bytes(&self, ascii: &ClassBytes, open: bool) -> Re {
        let neutral = is_without_case(&Class::Bytes(ascii.clone()));
        let mut listed = ascii.clone();
        if open {
            listed.negate();
            listed.difference(&byte_set(0x80, 0xff));
        }
        // The flag finds the other case; in a buffer of lower case there is none.
        if neutral && self.nocase || self.alphabet == Alphabet::Lower {
            listed.difference(&byte_set(b'A', b'Z'));
        }
        let inner = match (open, listed.ranges().is_empty()) {
            (true, true) => Re::Class(vec![(0, 255)]),
            (true, false) => Re::Except(ranges(&listed)),
            (false, _) => Re::Class(ranges(&listed)),
        };
        if neutral { inner } else { self.with_case(inner, Case::Sensitive) }
    }

    /// A place between characters; `at_word` says whether a letter or digit of ASCII surely stands beside it. To PCRE, what is not
    /// ASCII is no part of a word.
    fn look(&mut self, look: Look, at_word: bool) -> Re {
        if self.alphabet == Alphabet::Text {
            let (boundary, inside) = match look {
                Look::WordUnicode | Look::WordStartUnicode | Look::WordEndUnicode | Look::WordStartHalfUnicode | Look::WordEndHalfUnicode => {
                    (true, !at_word)
                }
                Look::WordUnicodeNegate => (!at_word, true),
                _ => (false, false),
            };
            self.wider |= boundary;
            self.narrower |= inside;
        }
        Re::Raw(match look {
            Look::Start => "\\A",
            Look::End => "\\z",
            Look::StartLF => "(?:\\A|(?<=\\n))",
            Look::EndLF => "(?=\\n|\\z)",
            Look::StartCRLF => "(?:\\A|(?<=\\n)|(?<=\\r)(?!\\n))",
            Look::EndCRLF => "(?:(?=\\r|\\z)|(?=\\n)(?<!\\r))",
            Look::WordAscii | Look::WordUnicode => "\\b",
            Look::WordAsciiNegate | Look::WordUnicodeNegate => "\\B",
            Look::WordStartAscii | Look::WordStartUnicode => "\\b(?=\\w)",
            Look::WordEndAscii | Look::WordEndUnicode => "\\b(?<=\\w)",
            Look::WordStartHalfAscii | Look::WordStartHalfUnicode => "(?<!\\w)",
            Look::WordEndHalfAscii | Look::WordEndHalfUnicode => "(?!\\w)",
        })
    }
}

/// Whether a piece surely begins, or ends, with a letter or digit of ASCII, or `_`.
fn is_word(node: &Node, begins: bool) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    match node {
        Node::Literal(literal) => if begins { literal.bytes.first() } else { literal.bytes.last() }.is_some_and(word),
        Node::Class(Class::Unicode(class)) => {
            let ascii = ascii_of(&Class::Unicode(class.clone()));
            class.is_ascii() && !class.ranges().is_empty() && ascii.ranges().iter().all(|range| (range.start()..=range.end()).all(|byte| word(&byte)))
        }
        Node::Repeat { inner, min, .. } => *min > 0 && is_word(inner, begins),
        Node::Concat(list) => if begins { list.first() } else { list.last() }.is_some_and(|node| is_word(node, begins)),
        Node::Either(list) => list.iter().all(|node| is_word(node, begins)),
        Node::Empty | Node::Look(_) | Node::Class(Class::Bytes(_)) => false,
    }
}

/// The characters of a set that are not ASCII.
fn beyond(class: &ClassUnicode) -> ClassUnicode {
    let mut out = class.clone();
    out.difference(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
    out
}

/// Whether a set holds more of the characters outside ASCII than it leaves out.
fn most(class: &ClassUnicode) -> bool {
    class.ranges().iter().map(|range| range.len()).sum::<usize>() > 0x0008_0000
}

fn byte_set(from: u8, to: u8) -> ClassBytes {
    ClassBytes::new([ir::regex::ClassBytesRange::new(from, to)])
}

fn ranges(class: &ClassBytes) -> Vec<(u8, u8)> {
    class.ranges().iter().map(|range| (range.start(), range.end())).collect()
}

/// The characters of a set as sequences of bytes; `None` when there are too many. Those that differ in their last byte only are one.
fn sequences(class: &ClassUnicode) -> Option<Vec<Re>> {
    struct Sequence {
        before: Vec<Utf8Range>,
        lasts: Vec<(u8, u8)>,
    }
    let mut out: Vec<Sequence> = Vec::new();
    for range in class.ranges() {
        for sequence in Utf8Sequences::new(range.start(), range.end()) {
            let (last, before) = sequence.as_slice().split_last()?;
            match out.last_mut() {
                Some(known) if known.before == before => known.lasts.push((last.start, last.end)),
                _ => out.push(Sequence { before: before.to_vec(), lasts: vec![(last.start, last.end)] }),
            }
        }
        if out.len() > MAX_SEQUENCES {
            return None;
        }
    }
    let piece = |list: Vec<(u8, u8)>| match list.as_slice() {
        [(from, to)] if from == to => Re::Bytes(vec![*from]),
        _ => Re::Class(list),
    };
    let before = |range: Utf8Range| piece(vec![(range.start, range.end)]);
    let whole = |one: Sequence| Re::Seq(one.before.into_iter().map(before).chain([piece(one.lasts)]).collect());
    Some(out.into_iter().map(whole).collect())
}

/// What PCRE2 compiles an expression to, in bytes, at most: sets are maps of 32 bytes, and what is repeated stands there as often as it may occur.
fn size(re: &Re) -> usize {
    const BRACKETS: usize = 10;
    let sum = |list: &[Re], each: usize| list.iter().map(|inner| size(inner).saturating_add(each)).fold(BRACKETS, usize::saturating_add);
    match re {
        Re::Text(text) => text.len() * 24,
        Re::Bytes(bytes) => bytes.len() * 2,
        Re::Raw(syntax) => syntax.len() * 8,
        Re::Class(_) | Re::Except(_) => 36,
        Re::Run => 6,
        Re::One => 120,
        Re::Character(inner) => size(inner).saturating_add(100),
        Re::Unless(inner) | Re::Cased(_, inner) => size(inner).saturating_add(BRACKETS),
        Re::Seq(list) => sum(list, 0),
        Re::Either(list) => sum(list, 4),
        Re::Repeat { inner, min, max, .. } => {
            if matches!(&**inner, Re::Class(_) | Re::Except(_)) {
                return 46;
            }
            let times = usize::try_from(max.unwrap_or((*min).max(1)).max(1)).unwrap_or(usize::MAX);
            size(inner).saturating_add(2 * BRACKETS).saturating_mul(times)
        }
    }
}
