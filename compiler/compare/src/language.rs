//! Which texts fit a test? As an expression over whole texts, so that tests can be asked together.

use ir::field::Derivation;
use ir::regex::{Class, ClassUnicode, ClassUnicodeRange, Look, Node, PartOf};
use ir::{Case, Domain, Op, Part, Pattern};
use regex_syntax::hir::{Hir, Repetition};

/// Texts that fit every one of these expressions, each of which speaks of the whole text.
pub(crate) type Language = Vec<Hir>;

/// The texts that fit a test; `None` for tests that do not speak of letters.
pub(crate) fn of(op: &Op) -> Option<Hir> {
    Some(whole(&node(op)?))
}

/// The texts of which a part fits a test, and is not empty.
pub(crate) fn of_part(op: &Op, how: Derivation) -> Option<Language> {
    let (before, inside, behind) = place(how)?;
    let part = PartOf {
        start: before.clone(),
        lead: if before == Node::Look(Look::Start) { Node::Empty } else { Node::concat([before.clone(), many(&inside)]) },
        inside: inside.clone(),
        trail: Node::concat([many(&inside), behind.clone()]),
        end: behind.clone(),
    };
    let filled = Node::concat([before, Node::repeat(Node::Class(Class::Unicode(inside)), 1, None, true), behind]);
    let mut out = vec![whole(&filled)];
    if *op != Op::Exists {
        out.push(whole(&node(op)?.on_part_of(&part)?));
    }
    Some(out)
}

/// Every text.
pub(crate) fn any() -> Hir {
    again(Hir::class(regex_syntax::hir::Class::Unicode(all())))
}

/// Texts of characters that a person sees: those of ASCII.
pub(crate) fn seen() -> Hir {
    again(Hir::class(regex_syntax::hir::Class::Unicode(ClassUnicode::new([ClassUnicodeRange::new(' ', '~')]))))
}

fn all() -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])
}

/// What stands before a part, which characters it holds, and what stands behind it.
fn place(how: Derivation) -> Option<(Node, ClassUnicode, Node)> {
    let but = |chars: &[char]| {
        let mut class = ClassUnicode::new(chars.iter().map(|char| ClassUnicodeRange::new(*char, *char)));
        class.negate();
        class
    };
    let separator = Node::class(&[('\\', '\\'), ('/', '/')]);
    Some(match how {
        Derivation::LastPart => (Node::either([Node::Look(Look::Start), separator]), but(&['\\', '/']), Node::Look(Look::End)),
        Derivation::Directory => {
            let last = many(&but(&['\\', '/']));
            (Node::Look(Look::Start), all(), Node::concat([separator, last, Node::Look(Look::End)]))
        }
        Derivation::Extension => (Node::class(&[('.', '.')]), but(&['\\', '/', '.']), Node::Look(Look::End)),
        Derivation::MailDomain | Derivation::UrlHost | Derivation::UrlPort | Derivation::UrlPath | Derivation::UrlQuery => return None,
    })
}

fn many(inside: &ClassUnicode) -> Node {
    Node::repeat(Node::Class(Class::Unicode(inside.clone())), 0, None, true)
}

/// The expression that is found in a text exactly when the test fits.
fn node(op: &Op) -> Option<Node> {
    Some(match op {
        Op::Exists => Node::Empty,
        Op::Text { patterns, case } => Node::either(patterns.iter().map(|pattern| of_pattern(pattern, *case))),
        Op::Regex(list) => Node::either(list.iter().map(|regex| regex.node().ok()).collect::<Option<Vec<_>>>()?),
        Op::Domain(list) => Node::either(list.iter().map(of_domain)),
        _ => return None,
    })
}

fn of_pattern(pattern: &Pattern, case: Case) -> Node {
    let any = all();
    let parts = pattern.parts().iter().flat_map(|part| match part {
        Part::Literal(text) => text.chars().map(|char| character(char, case)).collect(),
        Part::Run => vec![many(&any)],
        Part::One => vec![Node::Class(Class::Unicode(any.clone()))],
    });
    Node::concat([Node::Look(Look::Start)].into_iter().chain(parts).chain([Node::Look(Look::End)]))
}

/// A character, and where case does not count every other one that is folded to the same.
fn character(char: char, case: Case) -> Node {
    let same = |one: char, other: char| {
        let (mut buffer, mut more) = ([0; 4], [0; 4]);
        ir::pattern::fold(one.encode_utf8(&mut buffer)).eq(ir::pattern::fold(other.encode_utf8(&mut more)))
    };
    match case {
        Case::Sensitive => Node::literal(char.encode_utf8(&mut [0; 4]), Case::Sensitive),
        Case::Insensitive => {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(char, char)]);
            if class.try_case_fold_simple().is_err() {
                return Node::literal(char.encode_utf8(&mut [0; 4]), Case::Sensitive);
            }
            let kept = class.iter().flat_map(|range| range.start()..=range.end()).filter(|other| same(char, *other));
            Node::set(ClassUnicode::new(kept.map(|char| ClassUnicodeRange::new(char, char))))
        }
    }
}

/// The domain, and what lies below it; dots may end the name.
fn of_domain(domain: &Domain) -> Node {
    let dots = Node::repeat(Node::literal(".", Case::Sensitive), 0, None, true);
    let before = Node::either([Node::Look(Look::Start), Node::literal(".", Case::Sensitive)]);
    Node::concat([before, Node::literal(domain.as_str(), Case::Insensitive), dots, Node::Look(Look::End)])
}

/// The whole texts in which an expression is found.
fn whole(node: &Node) -> Hir {
    Hir::concat(vec![any(), tree(node), any(), Hir::look(Look::End)])
}

fn again(inner: Hir) -> Hir {
    Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(inner) })
}

/// The tree as the library has it.
fn tree(node: &Node) -> Hir {
    match node {
        Node::Empty => Hir::empty(),
        Node::Literal(literal) if literal.case == Case::Insensitive && literal.has_case() => Hir::concat(
            literal
                .bytes
                .iter()
                .map(|byte| {
                    let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
                    if lower == upper {
                        return Hir::literal([*byte]);
                    }
                    let both = [lower, upper].map(|byte| ClassUnicodeRange::new(char::from(byte), char::from(byte)));
                    Hir::class(Class::Unicode(ClassUnicode::new(both)))
                })
                .collect(),
        ),
        Node::Literal(literal) => Hir::literal(literal.bytes.clone()),
        Node::Class(class) => Hir::class(class.clone()),
        Node::Look(look) => Hir::look(*look),
        Node::Repeat { inner, min, max, greedy } => Hir::repetition(Repetition { min: *min, max: *max, greedy: *greedy, sub: Box::new(tree(inner)) }),
        Node::Concat(list) => Hir::concat(list.iter().map(tree).collect()),
        Node::Either(list) => Hir::alternation(list.iter().map(tree).collect()),
    }
}
