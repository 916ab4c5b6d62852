//! Which tests of a rule cannot hold together?
//!
//! Only what is certain: [`ir::contradictions`] says what that is.

use ir::{Case, FieldRef, FieldTest, NumberTest, Op, Pattern, Predicate, SigmaLogSource};
use logs::taxonomy::{self, CHANNEL_FIELDS, EVENT_IDS, PROVIDER_FIELDS, PROVIDERS};
use source::{Diagnostic, Span};

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

/// The event of a log that was cleared: its data name the log, under the same word.
const CLEARED: i64 = 104;

/// The channels that hold a log source; empty when that is not known.
fn own_channels(source: &SigmaLogSource) -> Vec<&'static str> {
    match (source.service.as_deref(), source.category.as_deref()) {
        (Some(service), _) => taxonomy::channels(service).to_vec(),
        (None, Some(category)) => {
            let rows = EVENT_IDS.iter().filter(|(name, ..)| name.eq_ignore_ascii_case(category));
            let mut own: Vec<&str> = rows.flat_map(|(_, service, _)| taxonomy::channels(service)).copied().collect();
            if !own.is_empty() && !own.contains(&AUDITED) {
                own.push(AUDITED);
            }
            own
        }
        (None, None) => Vec::new(),
    }
}

/// Windows audits much of what Sysmon sees: files, keys, connections.
const AUDITED: &str = "Security";

/// Reports tests for a channel, or for a program that writes into one, that is none of the rule's own service.
pub(super) fn channels(source: &SigmaLogSource, predicate: &Predicate, said: &mut Vec<Diagnostic>) {
    let own = own_channels(source);
    let windows = source.product.as_deref().is_some_and(|product| product.eq_ignore_ascii_case("windows"));
    if own.is_empty() || !windows {
        return;
    }
    // What the service says of every event, written nowhere.
    let mut implied: Vec<Predicate> = Vec::new();
    let mut nowhere = None;
    let mut cleared = false;
    let text = |names: Vec<&str>| Op::Text { patterns: names.into_iter().map(Pattern::exact).collect(), case: Case::Insensitive };
    predicate.visit(&mut |node| {
        let Predicate::Test(FieldTest { field: FieldRef::Open(name), span, op }) = node else { return };
        let place = Span { start: 0, end: 0, ..*span };
        cleared |= matches!(op, Op::Number(NumberTest::In(list)) if &**name == "EventID" && list.contains(&CLEARED));
        if CHANNEL_FIELDS.contains(&&**name) {
            implied.push(Predicate::test(FieldRef::Open(name.clone()), text(own.clone()), place));
        } else if PROVIDER_FIELDS.contains(&&**name) {
            let others = PROVIDERS.iter().filter(|(_, channel)| !own.contains(channel)).map(|(provider, _)| *provider).collect();
            implied.push(Predicate::test(FieldRef::Open(name.clone()), text(others), place).negate());
        }
        nowhere = Some(place);
    });
    if implied.is_empty() || cleared {
        return;
    }
    implied.dedup();
    implied.push(predicate.clone());
    let named = match (&source.service, &source.category) {
        (Some(service), _) => format!("service: {service}"),
        (None, category) => format!("category: {}", category.as_deref().unwrap_or_default()),
    };
    for found in ir::contradictions(&Predicate::All(implied)) {
        let ((field, place), (_, before)) = (&found.later, &found.earlier);
        if Some(*before) == nowhere {
            let message = format!("no event of `{named}` has this `{field}`");
            let own = own.iter().map(|channel| format!("`{channel}`")).collect::<Vec<_>>().join(", ");
            let help = format!("its events stand in {own}; another log source might be what is meant");
            said.push(Diagnostic::new(&CONTRADICTION, message).at(*place, "another log").help(help));
        }
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
            && !asked.iter().any(|number| rows.iter().any(|(.., own)| own.contains(number)) || taxonomy::audited(category).any(|own| own == *number))
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
