//! Does each behaviour have a test? Asked where the site wants one.

use std::collections::BTreeSet;

use ir::{Advisory, Head};
use source::{Code, Diagnostic};

use crate::context::Cx;

pub(crate) static MISSING: Code = Code::warn("test.missing", "a behaviour has no test case, and the site asks for one");

/// Reports behaviours and correlations of descriptions that no test case tries. Sigma rules have no place for a test.
pub(crate) fn run(advisory: &Advisory, cx: &mut Cx) {
    let tested = advisory.tests.iter().filter(|test| !test.cases.is_empty());
    let tested: BTreeSet<&str> = tested.map(|test| block(&test.subject)).collect();
    let heads = advisory.behaviors.iter().map(|block| &block.head).chain(advisory.correlations.iter().map(|block| &block.head));
    let untested: Vec<&Head> = heads.filter(|head| head.sigma.is_none() && !tested.contains(head.name.as_str())).collect();
    for head in untested {
        if cx.waived(&advisory.header.id, &advisory.accepts, &MISSING, |subject| block(subject) == head.name) {
            continue;
        }
        let name = &head.name;
        cx.diagnostics.push(Diagnostic::new(&MISSING, format!("`{name}` has no test case")).at(head.span, "nothing tries it").help(format!(
            "`test {name} {{ match ... }}` would show what it finds; `accept test.missing for {name} on all because \"...\"` says why not"
        )));
    }
}

/// The block that a subject is about or is a part of.
fn block(subject: &str) -> &str {
    subject.split('.').next().unwrap_or_default()
}
