//! In which ways can a predicate hold? A way is one branch of every alternative: tests that must hold, and tests that must not.

use ir::{FieldTest, Predicate};

/// A test or bytes, and whether it must hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal<'p> {
    /// The leaf.
    pub(super) leaf: &'p Predicate,
    /// Whether it holds.
    pub(super) holds: bool,
}

impl<'p> Goal<'p> {
    /// The test, when it is one of a field.
    pub(super) fn test(&self) -> Option<&'p FieldTest> {
        match self.leaf {
            Predicate::Test(test) => Some(test),
            _ => None,
        }
    }

    /// Where it was written.
    pub(super) fn span(&self) -> Option<source::Span> {
        match self.leaf {
            Predicate::Test(test) => Some(test.span),
            Predicate::Bytes(test) => Some(test.span),
            _ => None,
        }
    }
}

/// How many ways are tried at most.
const MOST: usize = 14;

/// A branch that was chosen: the alternative, by its address in the tree, and which of its branches.
type Turn = (usize, usize);

/// An alternative: its address, how many branches it has, and the turns that lead to it.
struct Fork {
    at: usize,
    branches: usize,
    before: Vec<Turn>,
}

/// Ways in which a predicate holds: the one that takes every first branch, then for each other branch one that takes it. Of many branches, the
/// first, the second, the middle one and the last.
pub(super) fn ways(predicate: &Predicate) -> Vec<Vec<Goal<'_>>> {
    let mut forks = Vec::new();
    collect(predicate, true, &mut Vec::new(), &mut forks);
    let mut plans: Vec<Vec<Turn>> = vec![Vec::new()];
    for fork in &forks {
        let mut branches: Vec<usize> = vec![1, fork.branches.saturating_sub(1), fork.branches / 2];
        branches.retain(|branch| (1..fork.branches).contains(branch));
        branches.dedup();
        for branch in branches {
            let mut plan = fork.before.clone();
            plan.push((fork.at, branch));
            if !plans.contains(&plan) {
                plans.push(plan);
            }
        }
    }
    // The last fork is as likely to be wrong as the first.
    while plans.len() > MOST {
        let middle = 1 + (plans.len() - 1) / 2;
        plans.remove(middle);
    }
    plans.iter().map(|plan| way(predicate, plan)).collect()
}

fn way<'p>(predicate: &'p Predicate, plan: &[Turn]) -> Vec<Goal<'p>> {
    let mut out = Vec::new();
    follow(predicate, true, plan, &mut out);
    out
}

fn address(predicate: &Predicate) -> usize {
    std::ptr::from_ref(predicate).addr()
}

/// The branches of an alternative; `None` for what is none.
fn branches(predicate: &Predicate, holds: bool) -> Option<&[Predicate]> {
    match (predicate, holds) {
        (Predicate::Any(list), true) | (Predicate::All(list), false) => Some(list),
        _ => None,
    }
}

fn collect(predicate: &Predicate, holds: bool, before: &mut Vec<Turn>, out: &mut Vec<Fork>) {
    if let Some(list) = branches(predicate, holds) {
        if list.len() > 1 {
            out.push(Fork { at: address(predicate), branches: list.len(), before: before.clone() });
        }
        // Alternatives inside of thousands of branches are alike.
        for (branch, inner) in list.iter().enumerate().take(12) {
            before.push((address(predicate), branch));
            collect(inner, holds, before, out);
            before.pop();
        }
        return;
    }
    match predicate {
        Predicate::All(list) | Predicate::Any(list) => list.iter().for_each(|inner| collect(inner, holds, before, out)),
        Predicate::Not(inner) => collect(inner, !holds, before, out),
        Predicate::Test(_) | Predicate::Bytes(_) => {}
    }
}

fn follow<'p>(predicate: &'p Predicate, holds: bool, plan: &[Turn], out: &mut Vec<Goal<'p>>) {
    if let Some(list) = branches(predicate, holds) {
        let turn = plan.iter().find(|(at, _)| *at == address(predicate)).map_or(0, |(_, branch)| *branch);
        if let Some(inner) = list.get(turn) {
            follow(inner, holds, plan, out);
        }
        return;
    }
    match predicate {
        Predicate::All(list) | Predicate::Any(list) => list.iter().for_each(|inner| follow(inner, holds, plan, out)),
        Predicate::Not(inner) => follow(inner, !holds, plan, out),
        Predicate::Test(_) | Predicate::Bytes(_) => out.push(Goal { leaf: predicate, holds }),
    }
}
