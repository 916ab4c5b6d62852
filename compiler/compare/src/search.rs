//! Is there an event for which a form holds? Alternatives are tried one after the other, and what must hold of one field is asked together.

use std::collections::BTreeMap;

use ir::FieldRef;

use crate::asked::{Fields, Literal, Outcome};
use crate::form::{Atom, Form};
use crate::group;
use crate::value::implies;

/// The most choices that are tried.
const MOST_CHOICES: usize = 4_000;
/// The most events that are tried.
const MOST_EVENTS: usize = 40;

/// The most tests that are compared with each other beforehand.
const MOST_COMPARED: usize = 400;

/// What was found.
#[derive(Debug)]
pub(crate) enum Found<T> {
    /// An event.
    Event(T),
    /// There is none.
    Nothing,
    /// It was not found out.
    Unknown,
}

/// An event for which a form holds; `accept` makes an event of what the fields hold, and has the last word.
pub(crate) fn find<T>(form: &Form, accept: &mut dyn FnMut(&Fields) -> Option<T>) -> Found<T> {
    let mut search = Search { atoms: Vec::new(), groups: Vec::new(), known: BTreeMap::new(), implied: Vec::new(), implying: Vec::new() };
    let root = search.intern(form, &mut BTreeMap::new());
    search.compare();
    search.run(&root, accept)
}

/// A form whose tests are numbers.
enum Node {
    Leaf(usize, bool),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// What is assumed so far.
#[derive(Clone)]
struct State<'n> {
    /// Whether each test holds.
    assigned: Vec<Option<bool>>,
    /// Alternatives of which none is chosen yet.
    open: Vec<&'n [Node]>,
}

struct Search<'f> {
    atoms: Vec<&'f Atom>,
    /// The group of fields that each test is about; none for tests that no value is found for.
    groups: Vec<Option<FieldRef>>,
    /// The tests that hold where a test does, and those of which one does not hold where a test does not.
    implied: Vec<Vec<usize>>,
    implying: Vec<Vec<usize>>,
    /// What was found out about tests of one group.
    known: BTreeMap<Vec<(usize, bool)>, Outcome<Fields>>,
}

impl<'f> Search<'f> {
    #[expect(clippy::mutable_key_type, reason = "expressions are ordered by what is written, not by what was compiled of it")]
    fn intern(&mut self, form: &'f Form, numbers: &mut BTreeMap<&'f Atom, usize>) -> Node {
        match form {
            Form::All(list) => Node::All(list.iter().map(|inner| self.intern(inner, numbers)).collect()),
            Form::Any(list) => Node::Any(list.iter().map(|inner| self.intern(inner, numbers)).collect()),
            Form::Leaf(atom, holds) => {
                let next = self.atoms.len();
                let number = *numbers.entry(atom).or_insert(next);
                if number == next {
                    self.atoms.push(atom);
                    self.groups.push(group::of(atom));
                }
                Node::Leaf(number, *holds)
            }
        }
    }

    /// Which tests follow from others: what holds or does not is then known before any choice is made.
    fn compare(&mut self) {
        let count = self.atoms.len();
        self.implied = vec![Vec::new(); count];
        self.implying = vec![Vec::new(); count];
        if count > MOST_COMPARED {
            return;
        }
        for (one, atom) in self.atoms.iter().enumerate() {
            for (other, of) in self.atoms.iter().enumerate().filter(|(other, _)| *other != one) {
                if let (Atom::Field(field, op), Atom::Field(same, than)) = (atom, of)
                    && field == same
                    && implies(op, than)
                {
                    self.implied[one].push(other);
                    self.implying[other].push(one);
                }
            }
        }
    }

    fn run<T>(&mut self, root: &Node, accept: &mut dyn FnMut(&Fields) -> Option<T>) -> Found<T> {
        let (mut choices, mut events, mut unknown) = (0, 0, false);
        // Alternatives that wait, each with what is assumed besides.
        let first = State { assigned: vec![None; self.atoms.len()], open: Vec::new() };
        let mut waiting: Vec<(State<'_>, &Node)> = vec![(first, root)];
        while let Some((mut state, choice)) = waiting.pop() {
            choices += 1;
            if choices > MOST_CHOICES || events > MOST_EVENTS {
                return Found::Unknown;
            }
            if !self.assume(&mut state, choice) {
                continue;
            }
            // The shortest list leaves the least to try.
            let shortest = state.open.iter().enumerate().min_by_key(|(_, list)| list.len()).map(|(at, _)| at);
            if let Some(at) = shortest {
                let list = state.open.swap_remove(at);
                waiting.extend(list.iter().rev().filter(|node| status(node, &state.assigned) != Some(false)).map(|node| (state.clone(), node)));
                continue;
            }
            events += 1;
            let fields = self.fields(&state.assigned);
            if let Some(event) = accept(&fields) {
                return Found::Event(event);
            }
            // A value was not found, or tests of several fields meet in a way that is not known here.
            unknown = true;
        }
        if unknown { Found::Unknown } else { Found::Nothing }
    }

    /// Adds something that must hold, and all that follows. `false` where it cannot.
    fn assume<'n>(&mut self, state: &mut State<'n>, node: &'n Node) -> bool {
        let mut work = vec![node];
        let mut touched: Vec<usize> = Vec::new();
        loop {
            while let Some(node) = work.pop() {
                match node {
                    Node::All(list) => work.extend(list),
                    Node::Any(list) => state.open.push(list),
                    Node::Leaf(atom, holds) => match state.assigned.get_mut(*atom) {
                        Some(Some(known)) if known != holds => return false,
                        Some(place @ None) => {
                            *place = Some(*holds);
                            touched.push(*atom);
                            // What follows holds as well, and what it would follow from does not.
                            let follows = if *holds { self.implied.get(*atom) } else { self.implying.get(*atom) };
                            for other in follows.into_iter().flatten() {
                                match state.assigned.get_mut(*other) {
                                    Some(Some(known)) if known != holds => return false,
                                    Some(place @ None) => {
                                        *place = Some(*holds);
                                        touched.push(*other);
                                    }
                                    _ => {}
                                }
                            }
                        }
                        _ => {}
                    },
                }
            }
            let mut open = Vec::with_capacity(state.open.len());
            for list in std::mem::take(&mut state.open) {
                let (mut held, mut left, mut last) = (false, 0, None);
                for node in list {
                    match status(node, &state.assigned) {
                        Some(true) => held = true,
                        Some(false) => {}
                        None => (left, last) = (left + 1, Some(node)),
                    }
                }
                match (held, left, last) {
                    (true, ..) => {}
                    (false, 0, _) => return false,
                    (false, 1, Some(only)) => work.push(only),
                    _ => open.push(list),
                }
            }
            state.open = open;
            if work.is_empty() {
                break;
            }
        }
        let mut groups: Vec<&FieldRef> = touched.iter().filter_map(|atom| self.groups.get(*atom)?.as_ref()).collect();
        groups.sort();
        groups.dedup();
        let groups: Vec<FieldRef> = groups.into_iter().cloned().collect();
        groups.iter().all(|group| *self.group(group, &state.assigned) != Outcome::Impossible)
    }

    /// What is known of the tests of one group.
    fn group(&mut self, group: &FieldRef, assigned: &[Option<bool>]) -> &Outcome<Fields> {
        let of_group = |atom: &usize| self.groups.get(*atom).is_some_and(|of| of.as_ref() == Some(group));
        let key: Vec<(usize, bool)> = (0..self.atoms.len()).filter(of_group).filter_map(|atom| Some((atom, (*assigned.get(atom)?)?))).collect();
        let atoms = &self.atoms;
        self.known.entry(key).or_insert_with_key(|key| {
            let tests = key.iter().filter_map(|(atom, holds)| match atoms.get(*atom)? {
                Atom::Field(field, op) => Some((field, Literal { op, holds: *holds })),
                Atom::Bytes(..) => None,
            });
            group::held(&tests.collect::<Vec<_>>())
        })
    }

    /// What the fields hold, as far as a value was found.
    fn fields(&mut self, assigned: &[Option<bool>]) -> Fields {
        let mut groups: Vec<FieldRef> =
            assigned.iter().zip(&self.groups).filter(|(holds, _)| holds.is_some()).filter_map(|(_, group)| group.clone()).collect();
        groups.sort();
        groups.dedup();
        let mut out = Vec::new();
        for group in &groups {
            if let Outcome::Possible(fields) = self.group(group, assigned) {
                out.extend(fields.iter().cloned());
            }
        }
        out
    }
}

/// Whether a node holds, as far as that is known.
fn status(node: &Node, assigned: &[Option<bool>]) -> Option<bool> {
    match node {
        Node::Leaf(atom, holds) => assigned.get(*atom).copied().flatten().map(|known| known == *holds),
        // One that does not hold decides of all, and one that holds of any.
        Node::All(list) | Node::Any(list) => {
            let decides = matches!(node, Node::Any(_));
            let mut out = Some(!decides);
            for inner in list {
                match status(inner, assigned) {
                    Some(holds) if holds == decides => return Some(decides),
                    Some(_) => {}
                    None => out = None,
                }
            }
            out
        }
    }
}
