//! A regular expression in the flavour that Sigma names: PCRE without look-around, classes of Unicode and inline flags.
//!
//! Modifiers appendix: <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md>.
//! Laziness does not change whether an expression is found, so it is dropped.

use ir::{Case, Regex};
use regex_syntax::ast::{
    AssertionKind, Ast, ClassAsciiKind, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, Flag, FlagsItemKind, GroupKind, RepetitionKind,
    RepetitionRange,
};

use crate::ast::{Flags, Member, Re};

#[derive(Clone, Copy)]
struct Mode {
    insensitive: bool,
    lines: bool,
    dot_all: bool,
}

/// The expression and its sub-modifiers.
///
/// # Errors
///
/// Says, as a clause, what Sigma cannot say.
pub(super) fn convert(regex: &Regex) -> Result<(Re, Flags), &'static str> {
    let mut mode = Mode { insensitive: regex.case() == Case::Insensitive, lines: false, dot_all: false };
    let re = one(regex.ast(), &mut mode)?;
    settle(re)
}

fn one(ast: &Ast, mode: &mut Mode) -> Result<Re, &'static str> {
    Ok(match ast {
        Ast::Empty(_) => Re::Empty,
        Ast::Flags(set) => {
            change(&set.flags.items, mode)?;
            Re::Empty
        }
        Ast::Literal(literal) => Re::Char(literal.c, mode.insensitive),
        Ast::Dot(_) => Re::Any(mode.dot_all),
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::StartLine => Re::Start(mode.lines),
            AssertionKind::EndLine => Re::End(mode.lines),
            AssertionKind::StartText => Re::Start(false),
            AssertionKind::EndText => Re::End(false),
            AssertionKind::WordBoundary => Re::Boundary(true),
            AssertionKind::NotWordBoundary => Re::Boundary(false),
            _ => return Err("asks for the start or end of a word"),
        },
        Ast::ClassUnicode(_) => return Err("asks for a Unicode property"),
        Ast::ClassPerl(class) => Re::Perl(perl(class)),
        Ast::ClassBracketed(class) => {
            let mut members = Vec::new();
            set(&class.kind, &mut members)?;
            Re::Class { negated: class.negated, insensitive: mode.insensitive, members }
        }
        Ast::Repetition(repetition) => {
            let inner = one(&repetition.ast, mode)?;
            let (min, max) = match &repetition.op.kind {
                RepetitionKind::ZeroOrOne => (0, Some(1)),
                RepetitionKind::ZeroOrMore => (0, None),
                RepetitionKind::OneOrMore => (1, None),
                RepetitionKind::Range(RepetitionRange::Exactly(count)) => (*count, Some(*count)),
                RepetitionKind::Range(RepetitionRange::AtLeast(min)) => (*min, None),
                RepetitionKind::Range(RepetitionRange::Bounded(min, max)) => (*min, Some(*max)),
            };
            Re::Repeat(Box::new(inner), min, max)
        }
        Ast::Group(group) => {
            let mut inside = *mode;
            if let GroupKind::NonCapturing(flags) = &group.kind {
                change(&flags.items, &mut inside)?;
            }
            one(&group.ast, &mut inside)?
        }
        Ast::Alternation(list) => Re::Either(list.asts.iter().map(|ast| one(ast, mode)).collect::<Result<_, _>>()?),
        Ast::Concat(list) => Re::Concat(list.asts.iter().map(|ast| one(ast, mode)).collect::<Result<_, _>>()?),
    })
}

fn change(items: &[regex_syntax::ast::FlagsItem], mode: &mut Mode) -> Result<(), &'static str> {
    let mut on = true;
    for item in items {
        match &item.kind {
            FlagsItemKind::Negation => on = false,
            FlagsItemKind::Flag(Flag::CaseInsensitive) => mode.insensitive = on,
            FlagsItemKind::Flag(Flag::MultiLine) => mode.lines = on,
            FlagsItemKind::Flag(Flag::DotMatchesNewLine) => mode.dot_all = on,
            FlagsItemKind::Flag(Flag::CRLF) => return Err("ends lines at carriage returns"),
            // Laziness, Unicode and free spacing leave no trace in the tree's meaning here.
            FlagsItemKind::Flag(Flag::SwapGreed | Flag::Unicode | Flag::IgnoreWhitespace) => {}
        }
    }
    Ok(())
}

fn perl(class: &ClassPerl) -> char {
    match (&class.kind, class.negated) {
        (ClassPerlKind::Digit, false) => 'd',
        (ClassPerlKind::Digit, true) => 'D',
        (ClassPerlKind::Space, false) => 's',
        (ClassPerlKind::Space, true) => 'S',
        (ClassPerlKind::Word, false) => 'w',
        (ClassPerlKind::Word, true) => 'W',
    }
}

fn set(set: &ClassSet, out: &mut Vec<Member>) -> Result<(), &'static str> {
    match set {
        ClassSet::Item(item) => member(item, out),
        ClassSet::BinaryOp(_) => Err("subtracts or intersects classes"),
    }
}

fn member(item: &ClassSetItem, out: &mut Vec<Member>) -> Result<(), &'static str> {
    match item {
        ClassSetItem::Empty(_) => {}
        ClassSetItem::Literal(literal) => out.push(Member::Range(literal.c, literal.c)),
        ClassSetItem::Range(range) => out.push(Member::Range(range.start.c, range.end.c)),
        ClassSetItem::Ascii(class) if !class.negated => out.extend(ascii(&class.kind).iter().map(|(start, end)| Member::Range(*start, *end))),
        ClassSetItem::Perl(class) => out.push(Member::Perl(perl(class))),
        ClassSetItem::Union(union) => {
            for item in &union.items {
                member(item, out)?;
            }
        }
        ClassSetItem::Bracketed(inner) if !inner.negated => set(&inner.kind, out)?,
        ClassSetItem::Unicode(_) => return Err("asks for a Unicode property"),
        ClassSetItem::Ascii(_) | ClassSetItem::Bracketed(_) => return Err("negates a class inside a class"),
    }
    Ok(())
}

fn ascii(kind: &ClassAsciiKind) -> &'static [(char, char)] {
    match kind {
        ClassAsciiKind::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        ClassAsciiKind::Alpha => &[('A', 'Z'), ('a', 'z')],
        ClassAsciiKind::Ascii => &[('\0', '\x7f')],
        ClassAsciiKind::Blank => &[('\t', '\t'), (' ', ' ')],
        ClassAsciiKind::Cntrl => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        ClassAsciiKind::Digit => &[('0', '9')],
        ClassAsciiKind::Graph => &[('!', '~')],
        ClassAsciiKind::Lower => &[('a', 'z')],
        ClassAsciiKind::Print => &[(' ', '~')],
        ClassAsciiKind::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ClassAsciiKind::Space => &[('\t', '\r'), (' ', ' ')],
        ClassAsciiKind::Upper => &[('A', 'Z')],
        ClassAsciiKind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ClassAsciiKind::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
    }
}

/// Turns modes into sub-modifiers where they agree everywhere, and into the tree where they do not.
fn settle(re: Re) -> Result<(Re, Flags), &'static str> {
    let (mut with_case, mut without_case) = (false, false);
    let (mut dots, mut dots_all) = (false, false);
    let (mut anchors, mut anchors_lines) = (false, false);
    re.leaves(&mut |leaf| match leaf {
        Re::Char(char, insensitive) if cases(*char).is_some() => {
            with_case |= !insensitive;
            without_case |= insensitive;
        }
        Re::Class { insensitive, members, .. } if members.iter().any(has_letters) => {
            with_case |= !insensitive;
            without_case |= insensitive;
        }
        Re::Any(all) => {
            dots |= !all;
            dots_all |= all;
        }
        Re::Start(lines) | Re::End(lines) => {
            anchors |= !lines;
            anchors_lines |= lines;
        }
        _ => {}
    });
    if anchors && anchors_lines {
        return Err("anchors at lines and at the whole text");
    }
    let flags = Flags { insensitive: without_case && !with_case, lines: anchors_lines, dot_all: dots_all && !dots };
    let mut wide_class = false;
    let re = re.map(&mut |leaf| match leaf {
        Re::Char(char, true) if with_case => match cases(char) {
            Some(other) => Re::Class { negated: false, insensitive: false, members: vec![Member::Range(char, char), Member::Range(other, other)] },
            None => Re::Char(char, false),
        },
        Re::Class { insensitive: true, members, negated } if with_case => {
            let mut members = members;
            let twins: Vec<Member> = members.iter().filter_map(twin).collect();
            wide_class |= members.iter().any(|member| has_letters(member) && twin(member).is_none());
            members.extend(twins);
            Re::Class { negated, insensitive: false, members }
        }
        Re::Any(true) if dots => Re::Either(vec![Re::Any(false), Re::Char('\n', false)]),
        other => other,
    });
    if wide_class { Err("ignores case in a part of it") } else { Ok((re, flags)) }
}

/// The letter in the other case.
fn cases(char: char) -> Option<char> {
    let single = |mut chars: Box<dyn Iterator<Item = char>>| match (chars.next(), chars.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    };
    let lower = single(Box::new(char.to_lowercase()))?;
    let upper = single(Box::new(char.to_uppercase()))?;
    match (lower != char, upper != char) {
        (true, _) => Some(lower),
        (false, true) => Some(upper),
        (false, false) => None,
    }
}

fn has_letters(member: &Member) -> bool {
    match member {
        Member::Range(start, end) => *start == *end && cases(*start).is_some() || *start != *end && *end >= 'A',
        Member::Perl(_) => false,
    }
}

/// The same range of letters in the other case.
fn twin(member: &Member) -> Option<Member> {
    match member {
        Member::Range(start, end) if start.is_ascii_lowercase() && end.is_ascii_lowercase() => {
            Some(Member::Range(start.to_ascii_uppercase(), end.to_ascii_uppercase()))
        }
        Member::Range(start, end) if start.is_ascii_uppercase() && end.is_ascii_uppercase() => {
            Some(Member::Range(start.to_ascii_lowercase(), end.to_ascii_lowercase()))
        }
        Member::Range(start, end) if start == end => cases(*start).map(|other| Member::Range(other, other)),
        _ => None,
    }
}
