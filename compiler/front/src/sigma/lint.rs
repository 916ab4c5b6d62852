//! Which tests of a rule cannot hold together?
//!
//! Only what is certain: [`ir::contradictions`] says what that is.

use ir::taxonomy::EVENT_IDS;
use ir::{FieldTest, NumberTest, Op, Predicate, SigmaLogSource};
use source::Diagnostic;

use super::codes::CONTRADICTION;

/// Reports conjunctions that no event fits.
pub(super) fn contradictions(predicate: &Predicate, said: &mut Vec<Diagnostic>) {
    for found in ir::contradictions(predicate) {
        let ((later, place), (earlier, before)) = (&found.later, &found.earlier);
        let message = if later == earlier {
            format!("two tests of `{later}` cannot both hold")
        } else {
            format!("tests of `{earlier}` and `{later}` cannot both hold")
        };
        let help = "values that are alternatives stand in one list, or in selections joined by `or`";
        said.push(Diagnostic::new(&CONTRADICTION, message).at(*place, "this one").also(*before, "and this one").help(help));
    }
}

/// Reports a test for the number of an event that no known log has for the category.
pub(super) fn numbers(source: &SigmaLogSource, predicate: &Predicate, said: &mut Vec<Diagnostic>) {
    let (Some(category), None) = (&source.category, &source.service) else { return };
    let rows: Vec<&(&str, &str, &[i64])> = EVENT_IDS.iter().filter(|(name, ..)| name.eq_ignore_ascii_case(category)).collect();
    if rows.is_empty() || !source.product.as_deref().is_some_and(|product| product.eq_ignore_ascii_case("windows")) {
        return;
    }
    let conjuncts = match predicate {
        Predicate::All(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    for conjunct in conjuncts {
        if let Predicate::Test(FieldTest { field, op: Op::Number(NumberTest::In(asked)), span, .. }) = conjunct
            && field.name() == "EventID"
            && !asked.iter().any(|number| rows.iter().any(|(.., own)| own.contains(number)))
        {
            let asked = asked.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let own = rows.iter().flat_map(|(_, service, own)| own.iter().map(move |number| format!("{number} ({service})")));
            let message = format!("no known log has events of `{category}` numbered {asked}");
            let said_of = Diagnostic::new(&CONTRADICTION, message).at(*span, "no event has this number");
            let help = format!("the numbers are {}; `service` instead of `category` might name another log", own.collect::<Vec<_>>().join(", "));
            said.push(said_of.help(help));
        }
    }
}
