//! Which fields does a rule read, and how do they come back out of a data model?

use ir::{EventRule, FieldRef, Op};

use crate::ast::{Expr, Stage};
use crate::print::MISSING;
use crate::profiles::cim;

/// The fields a rule reads.
pub(crate) fn fields(rule: &EventRule) -> Vec<FieldRef> {
    let mut out = Vec::new();
    for test in rule.predicate.tests() {
        out.push(test.field.clone());
        if let Op::Same { other, .. } = &test.op {
            out.push(other.clone());
        }
    }
    out
}

/// Takes the mark that `tstats`, or the model itself, put for a missing field out again, for fields that are tested behind it.
pub(crate) fn missing_again(dataset: &str, read: &[String]) -> Option<Stage> {
    let without = |value: Expr, mark: &str| Expr::Call("nullif", vec![value, Expr::Text(mark.to_owned())]);
    let back = |name: &String| {
        let value = without(Expr::field(name), MISSING);
        (name.clone(), if cim::is_filled(dataset, name) { without(value, cim::FILL) } else { value })
    };
    (!read.is_empty()).then(|| Stage::Eval(read.iter().map(back).collect()))
}

pub(crate) fn dedupe(names: &mut Vec<String>) {
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
}
