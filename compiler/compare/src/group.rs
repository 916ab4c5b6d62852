//! Which values of fields that belong together fit tests: a path, and the name that is a part of it?

use ir::{FieldRef, Op};

use crate::asked::{Fields, Held, Literal, Outcome};
use crate::form::Atom;
use crate::language;
use crate::product::{self, Answer};
use crate::value::{held as one_field, without};

/// The whole that a test is about; none for tests that no value is found for.
pub(crate) fn of(atom: &Atom) -> Option<FieldRef> {
    match atom {
        Atom::Bytes(..) | Atom::Field(_, Op::Same { .. } | Op::Time { .. }) => None,
        Atom::Field(field, _) => {
            let whole = field.known().and_then(ir::Field::derived_from).map(|(whole, _)| FieldRef::Known(whole));
            Some(whole.unwrap_or_else(|| field.clone()))
        }
    }
}

/// What the fields of a group can hold.
pub(crate) fn held(tests: &[(&FieldRef, Literal<'_>)]) -> Outcome<Fields> {
    let mut fields: Vec<&FieldRef> = tests.iter().map(|(field, _)| *field).collect();
    fields.sort();
    fields.dedup();
    let of_field = |field: &FieldRef| tests.iter().filter(|(of, _)| *of == field).map(|(_, literal)| *literal).collect::<Vec<_>>();
    if let [only] = fields.as_slice() {
        return each(&[*only], &of_field);
    }
    let Some(whole) = tests.iter().find_map(|(field, _)| of(&Atom::Field((*field).clone(), Op::Exists))) else { return Outcome::Unknown };
    // A log that lacks the whole may have its parts, each by itself.
    let nothing = of_field(&whole).iter().all(|literal| without(&Held::Missing, literal.op) == literal.holds);
    let parts: Vec<&FieldRef> = fields.iter().copied().filter(|field| **field != whole).collect();
    let apart = if nothing { each(&parts, &of_field) } else { Outcome::Impossible };
    if let Outcome::Possible(_) = apart {
        return apart;
    }
    match (together(&whole, tests), apart) {
        (Outcome::Impossible, Outcome::Impossible) => Outcome::Impossible,
        (found @ Outcome::Possible(_), _) => found,
        _ => Outcome::Unknown,
    }
}

/// Each field by itself.
fn each<'o>(fields: &[&FieldRef], literals: &dyn Fn(&FieldRef) -> Vec<Literal<'o>>) -> Outcome<Fields> {
    let mut out = Vec::new();
    let mut unknown = false;
    for field in fields {
        match one_field(field, &literals(field)) {
            Outcome::Possible(value) => out.push(((*field).clone(), value)),
            Outcome::Impossible => return Outcome::Impossible,
            Outcome::Unknown => unknown = true,
        }
    }
    if unknown { Outcome::Unknown } else { Outcome::Possible(out) }
}

/// A whole of which the parts follow.
fn together(whole: &FieldRef, tests: &[(&FieldRef, Literal<'_>)]) -> Outcome<Fields> {
    let mut wanted = Vec::with_capacity(tests.len());
    for (field, literal) in tests {
        let of_whole = *field == whole;
        match (literal.op, literal.holds) {
            // The whole is there, and not empty.
            (Op::Missing | Op::Empty, true) | (Op::Exists, false) if of_whole => return Outcome::Impossible,
            (Op::Missing | Op::Empty, false) | (Op::Exists, true) if of_whole => {}
            (Op::Missing | Op::Empty, _) => return Outcome::Unknown,
            (op, holds) => {
                let how = field.known().and_then(ir::Field::derived_from).map(|(_, how)| how);
                let language = match how {
                    Some(how) if !of_whole => language::of_part(op, how),
                    _ => language::of(op).map(|hir| vec![hir]),
                };
                match language {
                    Some(language) => wanted.push((language, holds)),
                    None => return Outcome::Unknown,
                }
            }
        }
    }
    match product::find(&wanted) {
        Answer::Text(text) => Outcome::Possible(vec![(whole.clone(), Held::Value(ir::FieldValue::Text(text)))]),
        Answer::Nothing => Outcome::Impossible,
        Answer::Unknown => Outcome::Unknown,
    }
}
