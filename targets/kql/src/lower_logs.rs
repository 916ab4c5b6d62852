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

/// A table that was asked.
pub(crate) struct Read {
    pub(crate) source: Source,
    /// Whether some of its rows can fit.
    pub(crate) fits: bool,
    /// The fields that it lacks, and where they are asked for.
    pub(crate) lacks: Vec<(Span, FieldRef)>,
    /// What was lost while it was asked.
    pub(crate) lost: Outcome,
}

/// Records what becomes of a rule in each of the logs that it reads; `asked` are the fields that it asks for, and where.
///
/// What sensors on the network lack is not counted: a firewall has no programs, and nobody expects it to answer for a machine.
pub(crate) fn tell(schema: &'static Schema, asked: &[(Span, &FieldRef)], logs: &[Read], cx: &mut Cx<'_>) {
    for Read { source, fits, lacks, lost } in logs {
        if source.class.on_network() && !lacks.is_empty() {
            continue;
        }
        let outcome = match (fits, lacks.is_empty()) {
            (true, true) => Outcome::Exact,
            (true, false) => Outcome::Narrower,
            (false, false) => Outcome::Unsupported,
            (false, true) if *lost == Outcome::Narrower => Outcome::Unsupported,
            // It holds no such events.
            (false, true) => continue,
        };
        cx.log(name(source), outcome.max(*lost));
        let Some((span, _)) = lacks.first() else { continue };
        let fields: BTreeSet<String> = lacks.iter().map(|(_, field)| format!("`{field}`")).collect();
        let what = if *fits { "the rule finds there what its other alternatives find" } else { "the rule finds nothing there" };
        let message = format!("{} has no {}; {what}", name(source), fields.into_iter().collect::<Vec<_>>().join(", "));
        let help = "where another log of these events is collected, the rule is whole";
        cx.in_a_log(|cx| cx.loss(&LOG_WITHOUT, Loss::Narrower, *span, message, help));
    }
    for (class, fields, products) in schema.partly {
        let of_class = logs.iter().find(|read| read.source.class == *class);
        let empty = asked.iter().find(|(_, field)| field.known().is_some_and(|field| fields.contains(&field)));
        let (Some(Read { source, .. }), Some((span, field))) = (of_class, empty) else { continue };
        for product in *products {
            cx.log(format!("{} ({product})", source.table), Outcome::Narrower);
        }
        let message = format!("the parsers of {} leave `{field}` empty; the rule misses what asks for it there", products.join(", "));
        let help = "where rows of another product are in the table, the rule is whole for those";
        cx.in_a_log(|cx| cx.loss(&LOG_WITHOUT, Loss::Narrower, *span, message, help));
    }
}

/// The fields that a predicate asks for, and where.
pub(crate) fn asked(predicate: &Predicate) -> Vec<(Span, &FieldRef)> {
    predicate.tests().into_iter().map(|test| (test.span, &test.field)).collect()
}

/// What a log is called: its table, and which of the logs in it.
fn name(source: &Source) -> String {
    if source.table == "Event" && !source.label.is_empty() { format!("{} ({})", source.table, source.label) } else { source.table.to_owned() }
}
