//! What is an expression made of, once every flag of its own is worked in?

use regex_syntax::ast::{Ast, Flag, Flags, FlagsItemKind, GroupKind, Repetition, RepetitionKind, RepetitionRange};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, ClassBytes, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

use crate::Case;

/// A piece of an expression. Flags stand nowhere: what they say is worked into sets, anchors and the case of literals.
///
/// Groups are gone as well, since nothing refers to them. What is one piece to [`Node::concat`], [`Node::either`] and
/// [`Node::repeat`] is one piece here: lists hold no lists of their own kind, and literals do not stand next to literals of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// The empty text.
    Empty,
    /// Characters one after the other.
    Literal(Literal),
    /// One character, or byte, of a set. An empty set fits nothing.
    Class(Class),
    /// A place between characters.
    Look(Look),
    /// Again and again.
    Repeat {
        /// What.
        inner: Box<Node>,
        /// At least so often.
        min: u32,
        /// At most so often.
        max: Option<u32>,
        /// As often as possible first.
        greedy: bool,
    },
    /// One after the other.
    Concat(Vec<Node>),
    /// One of these.
    Either(Vec<Node>),
}

/// Characters one after the other, in UTF-8, or bytes.
///
/// **Invariant:** it is not empty, and where case does not count only letters of ASCII have case. Others stand as sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether case counts. Without letters it says nothing.
    pub case: Case,
}

impl Literal {
    /// Whether case makes a difference: it holds a letter of ASCII.
    #[must_use]
    pub fn has_case(&self) -> bool {
        self.bytes.iter().any(u8::is_ascii_alphabetic)
    }
}

impl Node {
    /// What fits nothing.
    #[must_use]
    pub fn never() -> Self {
        Self::Class(Class::Unicode(ClassUnicode::empty()))
    }

    /// Whether nothing can fit.
    #[must_use]
    pub fn is_never(&self) -> bool {
        match self {
            Self::Class(Class::Unicode(class)) => class.ranges().is_empty(),
            Self::Class(Class::Bytes(class)) => class.ranges().is_empty(),
            _ => false,
        }
    }

    /// Literal text.
    #[must_use]
    pub fn literal(text: &str, case: Case) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Literal(Literal { bytes: text.as_bytes().to_vec(), case }) }
    }

    /// One character of these ranges.
    #[must_use]
    pub fn class(ranges: &[(char, char)]) -> Self {
        Self::set(ClassUnicode::new(ranges.iter().map(|(from, to)| ClassUnicodeRange::new(*from, *to))))
    }

    /// One character of a set; of a set of one, that character.
    #[must_use]
    pub fn set(class: ClassUnicode) -> Self {
        match class.ranges() {
            [one] if one.start() == one.end() => Self::literal(one.start().encode_utf8(&mut [0; 4]), Case::Sensitive),
            _ => Self::Class(Class::Unicode(class)),
        }
    }

    /// One after the other.
    #[must_use]
    pub fn concat(list: impl IntoIterator<Item = Node>) -> Self {
        fn push(out: &mut Vec<Node>, node: Node) {
            match (out.last_mut(), node) {
                (_, Node::Empty) => {}
                (_, Node::Concat(list)) => list.into_iter().for_each(|node| push(out, node)),
                (Some(Node::Literal(before)), Node::Literal(next)) if before.case == next.case || !before.has_case() || !next.has_case() => {
                    if !before.has_case() {
                        before.case = next.case;
                    }
                    before.bytes.extend(next.bytes);
                }
                (_, node) => out.push(node),
            }
        }
        let mut out = Vec::new();
        list.into_iter().for_each(|node| push(&mut out, node));
        if out.iter().any(Node::is_never) {
            return Self::never();
        }
        match out.len() {
            0 => Self::Empty,
            1 => out.swap_remove(0),
            _ => Self::Concat(out),
        }
    }

    /// One of these; of none, nothing fits.
    #[must_use]
    pub fn either(list: impl IntoIterator<Item = Node>) -> Self {
        let mut out: Vec<Node> = Vec::new();
        for node in list {
            match node {
                node if node.is_never() => {}
                Node::Either(more) => out.extend(more),
                node => out.push(node),
            }
        }
        match out.len() {
            0 => Self::never(),
            1 => out.swap_remove(0),
            _ => match out.iter().map(Self::characters).collect::<Option<Vec<_>>>() {
                Some(sets) => Self::set(ClassUnicode::new(sets.iter().flat_map(|set| set.iter().copied()))),
                None => Self::Either(out),
            },
        }
    }

    /// The characters that the piece fits, when it fits exactly one character.
    fn characters(&self) -> Option<ClassUnicode> {
        match self {
            Self::Class(Class::Unicode(class)) => Some(class.clone()),
            Self::Literal(literal) => {
                let mut chars = std::str::from_utf8(&literal.bytes).ok()?.chars();
                let char = chars.next().filter(|_| chars.next().is_none())?;
                let one = |char| ClassUnicodeRange::new(char, char);
                let both = [one(char.to_ascii_lowercase()), one(char.to_ascii_uppercase())];
                Some(if literal.case == Case::Insensitive { ClassUnicode::new(both) } else { ClassUnicode::new([one(char)]) })
            }
            _ => None,
        }
    }

    /// So often; `None` is without bound.
    #[must_use]
    pub fn repeat(inner: Node, min: u32, max: Option<u32>, greedy: bool) -> Self {
        match (&inner, min, max) {
            (_, _, Some(0)) | (Self::Empty, ..) => Self::Empty,
            (Self::Look(_), 0, _) => Self::Empty,
            (Self::Look(_), ..) | (_, 1, Some(1)) => inner,
            (node, 0, _) if node.is_never() => Self::Empty,
            (node, ..) if node.is_never() => inner,
            _ => Self::Repeat { inner: Box::new(inner), min, max, greedy },
        }
    }

    /// Calls `see` for each piece, from the outside in, left to right.
    pub fn visit<'n>(&'n self, see: &mut impl FnMut(&'n Node)) {
        see(self);
        match self {
            Self::Repeat { inner, .. } => inner.visit(see),
            Self::Concat(list) | Self::Either(list) => list.iter().for_each(|node| node.visit(see)),
            Self::Empty | Self::Literal(_) | Self::Class(_) | Self::Look(_) => {}
        }
    }

    /// The tree with literals, sets and places replaced.
    #[must_use]
    pub fn map(&self, leaf: &mut impl FnMut(&Node) -> Node) -> Self {
        match self {
            Self::Repeat { inner, min, max, greedy } => Self::repeat(inner.map(leaf), *min, *max, *greedy),
            Self::Concat(list) => Self::concat(list.iter().map(|node| node.map(leaf)).collect::<Vec<_>>()),
            Self::Either(list) => Self::either(list.iter().map(|node| node.map(leaf)).collect::<Vec<_>>()),
            Self::Empty | Self::Literal(_) | Self::Class(_) | Self::Look(_) => leaf(self),
        }
    }
}

/// The flags that hold where an expression is read.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) nocase: bool,
    pub(super) lines: bool,
    pub(super) dot_all: bool,
    pub(super) lazy: bool,
    pub(super) unicode: bool,
    pub(super) crlf: bool,
}

impl Setting {
    /// The flags at an expression's start.
    pub(super) fn new(unicode: bool, nocase: bool) -> Self {
        Self { nocase, lines: false, dot_all: false, lazy: false, unicode, crlf: false }
    }

    fn apply(&mut self, flags: &Flags) {
        let mut on = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.nocase = on,
                FlagsItemKind::Flag(Flag::MultiLine) => self.lines = on,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_all = on,
                FlagsItemKind::Flag(Flag::SwapGreed) => self.lazy = on,
                FlagsItemKind::Flag(Flag::Unicode) => self.unicode = on,
                FlagsItemKind::Flag(Flag::CRLF) => self.crlf = on,
                // The parser has left blanks out.
                FlagsItemKind::Flag(Flag::IgnoreWhitespace) => {}
            }
        }
    }
}

/// Reads a tree of the library's; `over_text` allows whole characters only. The library's parser bounds how deep it is.
pub(super) fn read(text: &str, ast: &Ast, setting: Setting, over_text: bool) -> Result<Node, String> {
    Reader { text, setting, over_text }.node(ast)
}

struct Reader<'t> {
    text: &'t str,
    setting: Setting,
    over_text: bool,
}

impl Reader<'_> {
    fn node(&mut self, ast: &Ast) -> Result<Node, String> {
        match ast {
            Ast::Empty(_) => Ok(Node::Empty),
            Ast::Flags(set) => {
                self.setting.apply(&set.flags);
                Ok(Node::Empty)
            }
            Ast::Literal(_) => self.character(ast),
            Ast::Assertion(_) | Ast::Dot(_) | Ast::ClassUnicode(_) | Ast::ClassPerl(_) | Ast::ClassBracketed(_) => self.set(ast),
            Ast::Repetition(repetition) => self.repetition(repetition),
            Ast::Group(group) => {
                let outside = self.setting;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.setting.apply(flags);
                }
                let inner = self.node(&group.ast);
                self.setting = outside;
                inner
            }
            Ast::Alternation(list) => Ok(Node::either(list.asts.iter().map(|ast| self.node(ast)).collect::<Result<Vec<_>, _>>()?)),
            Ast::Concat(list) => Ok(Node::concat(list.asts.iter().map(|ast| self.node(ast)).collect::<Result<Vec<_>, _>>()?)),
        }
    }

    fn repetition(&mut self, repetition: &Repetition) -> Result<Node, String> {
        let inner = self.node(&repetition.ast)?;
        let (min, max) = match &repetition.op.kind {
            RepetitionKind::ZeroOrOne => (0, Some(1)),
            RepetitionKind::ZeroOrMore => (0, None),
            RepetitionKind::OneOrMore => (1, None),
            RepetitionKind::Range(RepetitionRange::Exactly(count)) => (*count, Some(*count)),
            RepetitionKind::Range(RepetitionRange::AtLeast(min)) => (*min, None),
            RepetitionKind::Range(RepetitionRange::Bounded(min, max)) => (*min, Some(*max)),
        };
        Ok(Node::repeat(inner, min, max, repetition.greedy != self.setting.lazy))
    }

    /// A single piece as the library understands it under the flags that hold.
    fn piece(&self, ast: &Ast, nocase: bool) -> Result<Hir, String> {
        let setting = self.setting;
        TranslatorBuilder::new()
            .utf8(false)
            .unicode(setting.unicode)
            .case_insensitive(nocase)
            .multi_line(setting.lines)
            .dot_matches_new_line(setting.dot_all)
            .crlf(setting.crlf)
            .build()
            .translate(self.text, ast)
            .map_err(|error| error.kind().to_string())
    }

    /// A character of the text.
    fn character(&self, ast: &Ast) -> Result<Node, String> {
        let plain = self.piece(ast, false)?;
        let HirKind::Literal(literal) = plain.kind() else { return self.leaf(&plain) };
        let bytes = literal.0.to_vec();
        if self.over_text && std::str::from_utf8(&bytes).is_err() {
            return Err(ONE_BYTE.to_owned());
        }
        if !self.setting.nocase || bytes.is_ascii() {
            return Ok(Node::Literal(Literal { bytes, case: if self.setting.nocase { Case::Insensitive } else { Case::Sensitive } }));
        }
        self.leaf(&self.piece(ast, true)?)
    }

    /// A set or a place.
    fn set(&self, ast: &Ast) -> Result<Node, String> {
        let mut node = self.leaf(&self.piece(ast, self.setting.nocase)?)?;
        if let (true, Node::Class(Class::Unicode(class))) = (self.setting.nocase, &mut node)
            && !class.is_ascii()
            && let Node::Class(Class::Unicode(plain)) = self.leaf(&self.piece(ast, false)?)?
        {
            without_signs(class, &plain);
        }
        Ok(node)
    }

    fn leaf(&self, hir: &Hir) -> Result<Node, String> {
        Ok(match hir.kind() {
            HirKind::Empty => Node::Empty,
            HirKind::Literal(literal) if self.over_text && std::str::from_utf8(&literal.0).is_err() => return Err(ONE_BYTE.to_owned()),
            HirKind::Literal(literal) => Node::Literal(Literal { bytes: literal.0.to_vec(), case: Case::Sensitive }),
            HirKind::Class(Class::Bytes(class)) if self.over_text => match class.to_unicode_class() {
                Some(class) => Node::set(class),
                None => return Err(ONE_BYTE.to_owned()),
            },
            HirKind::Class(class) => Node::Class(class.clone()),
            HirKind::Look(look) => Node::Look(*look),
            // Nothing else comes of a single piece.
            HirKind::Repetition(_) | HirKind::Capture(_) | HirKind::Concat(_) | HirKind::Alternation(_) => {
                return Err("a part of it is more than one piece".to_owned());
            }
        })
    }
}

const ONE_BYTE: &str = "it asks for single bytes of a character";

/// Undoes what folding does to the Kelvin sign and the long s, which are `k` and `s` without case to Unicode alone: engines that
/// compare ASCII without case do not know them.
pub(super) fn without_signs(class: &mut ClassUnicode, plain: &ClassUnicode) {
    for sign in ['\u{17f}', '\u{212a}'] {
        let one = ClassUnicode::new([ClassUnicodeRange::new(sign, sign)]);
        let mut asked = one.clone();
        asked.intersect(plain);
        if asked.ranges().is_empty() {
            class.difference(&one);
        } else {
            class.union(&one);
        }
    }
}

/// Whether a set of bytes or characters holds each letter of ASCII in both cases or in none.
#[must_use]
pub fn is_without_case(class: &Class) -> bool {
    let mut folded = ascii_of(class);
    let plain = folded.clone();
    folded.case_fold_simple();
    folded == plain
}

/// The part of a set that is ASCII.
#[must_use]
pub fn ascii_of(class: &Class) -> ClassBytes {
    use regex_syntax::hir::ClassBytesRange;
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect(),
        Class::Bytes(class) => class.ranges().iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect(),
    };
    let byte = |at: u32| u8::try_from(at.min(127)).unwrap_or(127);
    ClassBytes::new(ranges.into_iter().filter(|(from, _)| *from < 128).map(|(from, to)| ClassBytesRange::new(byte(from), byte(to))))
}
