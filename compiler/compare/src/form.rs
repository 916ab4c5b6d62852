//! What does a predicate ask, in whatever order and brackets it is written?

use ir::pattern::fold;
use ir::{BytePattern, BytesTest, Case, FieldRef, Need, NumberTest, Op, Part, Pattern, Predicate, Tree};

/// A predicate without negations but at its leaves, lists flat, sorted and without repetitions.
///
/// **Invariant:** predicates of one form have one meaning. Two forms may have one meaning too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// A test that holds, or does not.
    Leaf(Atom, bool),
    /// Every one. Empty is true.
    All(Vec<Form>),
    /// At least one. Empty is false.
    Any(Vec<Form>),
}

/// What is tested.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Atom {
    /// A field's value.
    Field(FieldRef, Op),
    /// So many of these patterns stand in the file.
    Bytes(usize, Vec<BytePattern>),
}

/// More combinations of byte patterns than this stay one question.
const MOST_COMBINATIONS: usize = 64;

impl Form {
    /// The form of a predicate.
    pub(crate) fn of(predicate: &Predicate) -> Self {
        read(predicate, true)
    }

    /// What holds when this does not.
    pub(crate) fn negated(&self) -> Self {
        match self {
            Self::Leaf(atom, holds) => Self::Leaf(atom.clone(), !holds),
            Self::All(list) => list_of(list.iter().map(Self::negated).collect(), false),
            Self::Any(list) => list_of(list.iter().map(Self::negated).collect(), true),
        }
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        list_of(vec![self, other], true)
    }
}

fn read(predicate: &Predicate, holds: bool) -> Form {
    match predicate {
        Predicate::All(list) => list_of(list.iter().map(|inner| read(inner, holds)).collect(), holds),
        Predicate::Any(list) => list_of(list.iter().map(|inner| read(inner, holds)).collect(), !holds),
        Predicate::Not(inner) => read(inner, !holds),
        Predicate::Test(test) => Form::Leaf(Atom::Field(test.field.clone(), plain(&test.op)), holds),
        Predicate::Bytes(test) => bytes(test, holds),
    }
}

/// Each pattern is asked for by itself where that says the same in few words.
fn bytes(test: &BytesTest, holds: bool) -> Form {
    let mut patterns = test.patterns.clone();
    patterns.sort();
    patterns.dedup();
    let count = patterns.len();
    let least = match test.need {
        Need::Any => 1,
        Need::All => count,
        Need::AtLeast(least) if test.patterns.len() == count => least as usize,
        // A pattern that stands there twice counts twice.
        Need::AtLeast(least) => {
            let mut all = test.patterns.clone();
            all.sort();
            return Form::Leaf(Atom::Bytes(least as usize, all), holds);
        }
    };
    let one = |pattern: BytePattern| Form::Leaf(Atom::Bytes(1, vec![pattern]), true);
    let form = match least {
        0 => Form::All(Vec::new()),
        1 => list_of(patterns.into_iter().map(one).collect(), false),
        least if least == count => list_of(patterns.into_iter().map(one).collect(), true),
        least if least > count => Form::Any(Vec::new()),
        least => match combinations(count, least) {
            Some(sets) => {
                let all = |set: Vec<usize>| list_of(set.iter().filter_map(|at| patterns.get(*at)).cloned().map(one).collect(), true);
                list_of(sets.into_iter().map(all).collect(), false)
            }
            None => Form::Leaf(Atom::Bytes(least, patterns), true),
        },
    };
    if holds { form } else { form.negated() }
}

/// Every choice of so many of `count`, unless they are too many.
fn combinations(count: usize, least: usize) -> Option<Vec<Vec<usize>>> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..least {
        out = out.iter().flat_map(|set| (set.last().map_or(0, |last| last + 1)..count).map(move |next| [set.as_slice(), &[next]].concat())).collect();
        if out.len() > MOST_COMBINATIONS {
            return None;
        }
    }
    Some(out)
}

/// A list in the form that every other order of it has, too.
fn list_of(list: Vec<Form>, all: bool) -> Form {
    let mut out: Vec<Form> = Vec::with_capacity(list.len());
    let mut open = list;
    open.reverse();
    while let Some(next) = open.pop() {
        match (next, all) {
            (Form::All(more), true) | (Form::Any(more), false) => open.extend(more.into_iter().rev()),
            // What decides alone.
            (Form::All(more), false) | (Form::Any(more), true) if more.is_empty() => return if all { Form::Any(more) } else { Form::All(more) },
            (other, _) => out.push(other),
        }
    }
    out.sort();
    out.dedup();
    join(&mut out, all);
    let opposed = out.iter().any(|form| match form {
        Form::Leaf(atom, false) => out.binary_search(&Form::Leaf(atom.clone(), true)).is_ok(),
        _ => false,
    });
    match (opposed, out.len(), all) {
        (true, _, true) => Form::Any(Vec::new()),
        (true, _, false) => Form::All(Vec::new()),
        (_, 1, _) => out.swap_remove(0),
        (_, _, true) => Form::All(out),
        (_, _, false) => Form::Any(out),
    }
}

/// Values that stand in several tests of one field stand in one: any of them is enough, or none of them may be there.
fn join(list: &mut Vec<Form>, all: bool) {
    let joins = |form: &Form| matches!(form, Form::Leaf(Atom::Field(..), holds) if *holds != all);
    let (mut leaves, rest): (Vec<Form>, Vec<Form>) = std::mem::take(list).into_iter().partition(joins);
    let mut joined: Vec<(FieldRef, Vec<Op>)> = Vec::new();
    for leaf in leaves.drain(..) {
        let Form::Leaf(Atom::Field(field, op), _) = leaf else { continue };
        match joined.last_mut().filter(|(last, _)| *last == field) {
            Some((_, ops)) => ops.push(op),
            None => joined.push((field, vec![op])),
        }
    }
    *list = rest;
    for (field, ops) in joined {
        let mut kept: Vec<Op> = Vec::new();
        for op in ops {
            if !kept.iter_mut().any(|other| merge(other, &op)) {
                kept.push(op);
            }
        }
        list.extend(kept.into_iter().map(|op| Form::Leaf(Atom::Field(field.clone(), settled(op)), !all)));
    }
    list.sort();
    list.dedup();
}

/// Takes the values of another test of the same field where both ask in one way.
fn merge(into: &mut Op, op: &Op) -> bool {
    match (into, op) {
        (Op::Text { patterns, case }, Op::Text { patterns: more, case: of }) if case == of => patterns.extend(more.iter().cloned()),
        (Op::Regex(list), Op::Regex(more)) => list.extend(more.iter().cloned()),
        (Op::Address(list), Op::Address(more)) => list.extend(more.iter().copied()),
        (Op::Domain(list), Op::Domain(more)) => list.extend(more.iter().cloned()),
        (Op::Url(list), Op::Url(more)) => list.extend(more.iter().cloned()),
        (Op::Number(NumberTest::In(list)), Op::Number(NumberTest::In(more))) => list.extend(more.iter().copied()),
        _ => return false,
    }
    true
}

/// A test as every other spelling of it is written: folded where case does not count, in order, each value once.
fn plain(op: &Op) -> Op {
    settled(match op {
        Op::Under(trees) => Op::Text { patterns: trees.iter().flat_map(Tree::patterns).collect(), case: Case::Insensitive },
        other => other.clone(),
    })
}

fn settled(mut op: Op) -> Op {
    fn sorted<T: Ord>(list: &mut Vec<T>) {
        list.sort();
        list.dedup();
    }
    match &mut op {
        Op::Text { patterns, case } => {
            // Any text is any text that is there.
            if patterns.iter().any(|pattern| pattern.parts() == [Part::Run]) {
                return Op::Exists;
            }
            if *case == Case::Insensitive {
                for pattern in patterns.iter_mut() {
                    *pattern = folded(pattern);
                }
            }
            sorted(patterns);
        }
        Op::Regex(list) => sorted(list),
        Op::Address(list) => sorted(list),
        Op::Domain(list) => sorted(list),
        Op::Url(list) => sorted(list),
        Op::Number(NumberTest::In(list)) => sorted(list),
        _ => {}
    }
    op
}

fn folded(pattern: &Pattern) -> Pattern {
    Pattern::new(pattern.parts().iter().map(|part| match part {
        Part::Literal(text) => Part::Literal(fold(text).collect()),
        other => other.clone(),
    }))
}
