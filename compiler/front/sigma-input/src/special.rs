//! How does a value read where the catalogue keeps a field in another form than Sigma's logs?

use ir::{Case, FieldRef, Op, Pattern, Place};
use logs::taxonomy::{Category, reading};

use super::meaning::Meaning;

/// A digest that is looked for in `Hashes`, as a test of the field that holds it.
pub(super) fn digest(field: Option<&str>, category: Option<&'static Category>, place: Place, patterns: &[Pattern], case: Case) -> Option<Meaning> {
    let category = category.filter(|_| field == Some("Hashes") && place == Place::Anywhere && case == Case::Insensitive)?;
    let [pattern] = patterns else { return None };
    let (fields, hex) = reading::digest(category, pattern.as_exact()?)?;
    let mut meanings: Vec<Meaning> = fields.into_iter().map(|field| Meaning::Text(field.into(), vec![Pattern::exact(hex.clone())])).collect();
    if meanings.len() == 1 { meanings.pop() } else { Some(Meaning::Any(meanings)) }
}

/// The test of a field's text, in the form that the catalogue has for the field.
pub(super) fn text(field: FieldRef, patterns: Vec<Pattern>, case: Case) -> Meaning {
    let Some(known) = field.known() else { return Meaning::Text(field, patterns) };
    match reading::text(known, patterns, case) {
        Op::Text { patterns, .. } => Meaning::Text(field, patterns),
        op => Meaning::Other(field, op),
    }
}
