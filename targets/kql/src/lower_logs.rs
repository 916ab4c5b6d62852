//! In which of several logs does a rule find what it asks for?
//!
//! A site may collect one log of a kind of event and not the other: Windows' own audit of new processes, or Sysmon's. A rule that asks for a
//! field that one of them lacks finds nothing there, or only what its other alternatives find.

use std::collections::BTreeSet;

use backend::{Cx, Outcome};
use ir::{FieldRef, Predicate};
use source::{Code, Loss, Span};

use logs::tables::{Schema, Source};

pub(crate) static LOG_WITHOUT: Code = Code::note("kql.log-without-field", "one of the logs that a rule reads lacks a field");

/// A table, whether some of its rows can fit, and what it lacks.
pub(crate) type Read = (Source, bool, Vec<(Span, FieldRef)>);

/// Records what becomes of a rule in each of the logs that it reads.
///
/// Sensors on the network are left out: a firewall has no programs, and nobody expects it to answer for a machine.
pub(crate) fn tell(schema: &'static Schema, predicate: &Predicate, logs: &[Read], cx: &mut Cx<'_>) {
    if logs.iter().any(|(source, ..)| source.class.on_network()) {
        return;
    }
    let relevant = || logs.iter().filter(|(_, fits, lacks)| *fits || !lacks.is_empty());
    for (source, fits, lacks) in relevant() {
        let outcome = match (fits, lacks.is_empty()) {
            (_, true) if source.beside.others.is_some() => Outcome::Wider,
            (_, true) => Outcome::Exact,
            (true, false) => Outcome::Narrower,
            (false, false) => Outcome::Unsupported,
        };
        if relevant().count() > 1 {
            cx.log(name(source), outcome);
        }
        let Some((span, _)) = lacks.first() else { continue };
        let fields: BTreeSet<String> = lacks.iter().map(|(_, field)| format!("`{field}`")).collect();
        let what = if *fits { "the rule finds there what its other alternatives find" } else { "the rule finds nothing there" };
        let message = format!("{} has no {}; {what}", name(source), fields.into_iter().collect::<Vec<_>>().join(", "));
        cx.loss(&LOG_WITHOUT, Loss::Narrower, *span, message, "where another log of these events is collected, the rule is whole");
    }
    for (class, fields, products) in schema.partly {
        let of_class = logs.iter().find(|(source, ..)| source.class == *class);
        let test = predicate.tests().into_iter().find(|test| test.field.known().is_some_and(|field| fields.contains(&field)));
        let (Some((source, ..)), Some(test)) = (of_class, test) else { continue };
        for product in *products {
            cx.log(format!("{} ({product})", source.table), Outcome::Narrower);
        }
        let products = products.join(", ");
        let message = format!("the parsers of {products} leave `{}` empty; the rule misses what asks for it there", test.field);
        cx.loss(&LOG_WITHOUT, Loss::Narrower, test.span, message, "where rows of another product are in the table, the rule is whole for those");
    }
}

/// What a log is called: its table, and which of the logs in it.
fn name(source: &Source) -> String {
    if source.table == "Event" && !source.label.is_empty() { format!("{} ({})", source.table, source.label) } else { source.table.to_owned() }
}
