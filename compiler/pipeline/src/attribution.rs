//! Does a block that is only context name who did it? Context never becomes an attribution, and a title is read as one.

use ir::{Advisory, Head, Scope};
use source::{Code, Diagnostic};

use crate::context::Cx;

pub(crate) static ATTRIBUTION: Code =
    Code::warn("gate.attribution", "a block of context names an actor, and its alerts would read as an attribution");

/// Reports blocks of context whose title has the name of an actor of the advisory.
pub(crate) fn run(advisory: &Advisory, cx: &mut Cx) {
    let heads = advisory.indicators.iter().map(|block| &block.head);
    let heads = heads.chain(advisory.behaviors.iter().map(|block| &block.head)).chain(advisory.correlations.iter().map(|block| &block.head));
    let context: Vec<&Head> = heads.filter(|head| head.scope == Scope::Context).collect();
    for head in context {
        let named = |actor: &&String| head.title.as_deref().is_some_and(|title| names(title, actor));
        let Some(actor) = advisory.header.actors.iter().find(named) else { continue };
        if cx.waived(&advisory.header.id, &advisory.accepts, &ATTRIBUTION, |subject| subject == head.name) {
            continue;
        }
        cx.diagnostics.push(
            Diagnostic::new(&ATTRIBUTION, format!("`{}` is context, and its title names `{actor}`", head.name))
                .at(head.span, "an alert of this block would read as an attribution")
                .help("another title says what is seen; `scope: campaign` or `scope: actor` says that a hit points to the actor"),
        );
    }
}

/// Whether a text has a name as words of its own, in any case.
fn names(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    let apart = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
    let found = |(at, found): (usize, &str)| {
        let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + found.len()..).unwrap_or_default());
        apart(before.chars().next_back()) && apart(behind.chars().next())
    };
    !name.is_empty() && text.match_indices(&name).any(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word_of_its_own() {
        assert!(names("Routers of Example Bear, seen again", "example bear"));
        assert!(!names("Routers of Example Bears", "Example Bear"));
        assert!(!names("A title", ""));
    }
}
