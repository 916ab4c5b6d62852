//! What must hold: tests joined by `and`, `or`, `not` and parentheses.

use ir::{EventClass, Predicate};
use source::Diagnostic;

use super::cursor::{Broken, Cursor, Parse, UNCLOSED};
use super::{bytes, compare, contradiction, foreign};

/// Reads `{ expression }`. An empty one holds always; a broken one is read to its end and gives `None`.
pub(crate) fn body(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    let before = cursor.errors();
    let open = cursor.expect("{")?;
    if cursor.eat("}").is_some() {
        return Ok(Some(Predicate::All(Vec::new())));
    }
    let mut predicate = any(cursor, class).ok().flatten();
    while cursor.eat("}").is_none() {
        predicate = None;
        if cursor.done() || cursor.at_block() {
            cursor.report(Diagnostic::new(&UNCLOSED, "the expression has no `}`").at(open, "opened here").help("a `}` might be missing"));
            return Err(Broken);
        }
        // Each of these is worth one message, and what stands behind it is still read.
        if cursor.keyword("and").is_none() && cursor.keyword("or").is_none() {
            if cursor.errors() == before {
                let help = foreign::joint(cursor.rest());
                cursor.expected_with("`and`, `or` or `}`", help);
            }
            let start = cursor.at();
            cursor.skip_operand();
            if cursor.at() == start && cursor.eat(")").is_none() {
                cursor.eat("]");
            }
            if cursor.keyword("and").is_none() && cursor.keyword("or").is_none() {
                continue;
            }
        }
        let _ = any(cursor, class);
    }
    let predicate = predicate.filter(|_| cursor.errors() == before).map(Predicate::flat);
    if let Some(predicate) = &predicate {
        contradiction::check(cursor, predicate);
    }
    Ok(predicate)
}

/// `all or all or ...`
fn any(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    joined(cursor, class, "or", all, Predicate::Any)
}

/// `one and one and ...`
fn all(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    joined(cursor, class, "and", one, Predicate::All)
}

type Part = fn(&mut Cursor<'_>, Option<EventClass>) -> Parse<Option<Predicate>>;

/// Parts with a word between them. A part with an error makes the whole unusable, and the others are still read.
fn joined(
    cursor: &mut Cursor<'_>,
    class: Option<EventClass>,
    word: &str,
    part: Part,
    join: fn(Vec<Predicate>) -> Predicate,
) -> Parse<Option<Predicate>> {
    let mut parts = vec![part(cursor, class)?];
    while cursor.keyword(word).is_some() {
        parts.push(part(cursor, class)?);
    }
    let parts: Option<Vec<Predicate>> = parts.into_iter().collect();
    Ok(parts.map(|mut parts| if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) }))
}

/// `not one`, `( any )`, or a test.
fn one(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    let mut negated = false;
    while cursor.keyword("not").is_some() {
        negated = !negated;
    }
    let found = match cursor.eat("(") {
        Some(open) => cursor.deeper(|cursor| {
            let inner = any(cursor, class)?;
            if cursor.eat(")").is_none() {
                if cursor.sees("}") || cursor.done() {
                    cursor.report(Diagnostic::new(&UNCLOSED, "the parenthesis has no `)`").at(open, "opened here").help("a `)` might be missing"));
                } else {
                    let help = foreign::joint(cursor.rest());
                    cursor.expected_with("`and`, `or` or `)`", help);
                }
                return Err(Broken);
            }
            Ok(inner)
        }),
        None => operand(cursor, class),
    };
    let predicate = match found {
        Ok(predicate) => predicate,
        Err(Broken) => {
            cursor.skip_operand();
            None
        }
    };
    Ok(predicate.map(|predicate| if negated { predicate.negate() } else { predicate }))
}

fn operand(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    if bytes::begins(cursor, class) { bytes::test(cursor, class) } else { compare::test(cursor, class) }
}
