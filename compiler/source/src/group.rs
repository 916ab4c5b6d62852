//! What was said, taken together by code: the form in which a person meets a run, and in which it is counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Code, Diagnostic, Severity};

/// Everything that was said under one code with one severity, in the order it was given.
#[derive(Clone, Debug)]
pub struct Group<'d> {
    /// How bad it is. A pass may lower it, so a code can have a group for each severity.
    pub severity: Severity,
    /// The code.
    pub code: &'static Code,
    /// At least one.
    pub members: Vec<&'d Diagnostic>,
}

impl<'d> Group<'d> {
    /// The first that has a place, else the first.
    #[must_use]
    pub fn first(&self) -> Option<&'d Diagnostic> {
        self.members.iter().find(|member| member.label.is_some()).or(self.members.first()).copied()
    }

    /// Whether all are about the same words; what has no place stands for itself.
    #[must_use]
    pub fn is_one_place(&self) -> bool {
        let place = |member: &Diagnostic| member.label.as_ref().map(|(span, _)| *span);
        match self.members.as_slice() {
            [] | [_] => true,
            [first, rest @ ..] => place(first).is_some() && rest.iter().all(|member| place(member) == place(first)),
        }
    }

    /// The targets that are named, each once.
    #[must_use]
    pub fn targets(&self) -> BTreeSet<&'d str> {
        self.members.iter().filter_map(|member| member.target.as_deref()).collect()
    }
}

/// Takes diagnostics together: notes, then warnings, then errors, each by code.
#[must_use]
pub fn by_code(diagnostics: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(Severity, &str), Group<'_>> = BTreeMap::new();
    for member in diagnostics {
        let group = groups.entry((member.severity, member.code.slug));
        group.or_insert_with(|| Group { severity: member.severity, code: member.code, members: Vec::new() }).members.push(member);
    }
    groups.into_values().collect()
}

/// How often each code occurred, by severity.
#[must_use]
pub fn totals(diagnostics: &[Diagnostic]) -> BTreeMap<&'static str, BTreeMap<Severity, usize>> {
    let mut out: BTreeMap<&'static str, BTreeMap<Severity, usize>> = BTreeMap::new();
    for group in by_code(diagnostics) {
        out.entry(group.code.slug).or_default().insert(group.severity, group.members.len());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sources, Span};

    static ONE: Code = Code::warn("test.one", "a code for this test");
    static TWO: Code = Code::error("test.two", "a code for this test");

    #[test]
    fn groups_hold_everything_once() {
        let mut sources = Sources::default();
        let file = sources.add("a.vigie", "one two");
        let at = |start| Diagnostic::new(&ONE, "a fact").at(Span::new(file, start, start + 3), "here");
        let waived = Diagnostic { severity: Severity::Note, ..at(4) };
        let said = [at(0), Diagnostic::new(&TWO, "another"), at(4), waived, Diagnostic::new(&ONE, "nowhere")];
        let groups = by_code(&said);
        let shape: Vec<_> = groups.iter().map(|group| (group.severity, group.code.slug, group.members.len(), group.is_one_place())).collect();
        let (note, warning, error) = (Severity::Note, Severity::Warning, Severity::Error);
        assert_eq!(shape, [(note, "test.one", 1, true), (warning, "test.one", 3, false), (error, "test.two", 1, true)]);
        assert_eq!(totals(&said), [("test.one", [(note, 1), (warning, 3)].into()), ("test.two", [(error, 1)].into())].into());
    }
}
