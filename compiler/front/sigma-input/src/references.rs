//! Which names of rules or fields does a key list?

use source::{Diagnostic, Span};

use super::codes::WRONG_TYPE;
use super::yaml::{Node, Value};

/// A list of texts with their places, or one text.
pub(super) fn references(node: &Node<'_>, key: &str, said: &mut Vec<Diagnostic>) -> Option<Vec<(String, Span)>> {
    let nodes = match &node.value {
        Value::List(list) => list.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut out = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node.text() {
            Some(text) => out.push((text.clone().into_owned(), node.span)),
            None => {
                said.push(Diagnostic::new(&WRONG_TYPE, format!("`{key}` lists texts, not {}", node.kind())).at(node.span, "this value"));
                return None;
            }
        }
    }
    Some(out)
}
