//! Is a word of a log source, or the name of a field, nearly one that Sigma knows?

use std::collections::BTreeSet;

use ir::{FieldRef, Predicate, SigmaLogSource, vocabulary};
use source::Diagnostic;

use super::codes::{UNKNOWN_FIELD, UNKNOWN_SOURCE};
use super::yaml::Entry;

/// Reports words of a log source that look like slips of the pen.
pub(super) fn log_source(entries: &[Entry<'_>], source: &SigmaLogSource, said: &mut Vec<Diagnostic>) {
    let product = source.product.as_deref().map(|product| vocabulary::similar_product(product).unwrap_or(product));
    for entry in entries {
        let (key, word) = (&*entry.key, entry.node.text());
        let Some(word) = word else { continue };
        let near = match key {
            "category" => vocabulary::similar_category(word),
            "product" => vocabulary::similar_product(word),
            "service" => vocabulary::similar_service(product, word),
            _ => None,
        };
        if let Some(near) = near {
            let message = format!("Sigma has no {key} `{word}`");
            let help = format!("a similar name is `{near}`; as it stands, the rule reads a log of its own that nothing is known about");
            said.push(Diagnostic::new(&UNKNOWN_SOURCE, message).at(entry.node.span, "not in the taxonomy").help(help));
        }
    }
}

/// Reports names of fields that look like slips of the pen, each once.
pub(super) fn fields(source: &SigmaLogSource, predicate: &Predicate, said: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    predicate.visit(&mut |node| {
        if let Predicate::Test(test) = node
            && let FieldRef::Open(name) = &test.field
            && seen.insert(name)
            && let Some(near) = vocabulary::similar_field(source, name)
        {
            let message = format!("no log of this category has a field `{name}`");
            let help = format!("a similar name is `{near}`; names of fields count with their case");
            said.push(Diagnostic::new(&UNKNOWN_FIELD, message).at(test.span, "not in the taxonomy").help(help));
        }
    });
}
