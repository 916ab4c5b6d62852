//! Is a word of a log source, or the name of a field, nearly one that Sigma knows?

use std::collections::BTreeSet;

use ir::{FieldRef, Predicate, SigmaLogSource};
use logs::vocabulary;
use source::Diagnostic;

use super::codes::{UNKNOWN_FIELD, UNKNOWN_SOURCE};
use super::modifier;
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
        {
            let found = match vocabulary::similar_field(source, name) {
                Some(near) => Some(format!("a similar name is `{near}`; names of fields count with their case")),
                None => modified(source, name).map(|meant| format!("`{meant}` might be meant; a `|` stands before a modifier")),
            };
            if let Some(help) = found {
                let message = format!("no log of this {} has a field `{name}`", if source.category.is_some() { "category" } else { "kind" });
                said.push(Diagnostic::new(&UNKNOWN_FIELD, message).at(test.span, "not in the taxonomy").help(help));
            }
        }
    });
}

/// Signs that stand before a modifier where `|` belongs.
const INSTEAD: [char; 10] = [':', ';', ',', '.', '/', '\\', '-', '_', '!', ' '];

/// A known field with modifiers behind another sign than `|`, as it is written rightly.
fn modified(source: &SigmaLogSource, name: &str) -> Option<String> {
    let field = |at: usize| name.get(..at).and_then(|field| vocabulary::known_field(source, field.trim()));
    // A field's own name may hold such a sign: `cs-uri.contains`.
    name.match_indices(INSTEAD).find_map(|(at, sign)| {
        let words: Vec<&str> = name.get(at + sign.len()..)?.split(INSTEAD).map(str::trim).filter(|word| !word.is_empty()).collect();
        let known = field(at).filter(|_| !words.is_empty() && words.iter().all(|word| modifier::NAMES.contains(word)))?;
        Some(format!("{known}|{}", words.join("|")))
    })
}
