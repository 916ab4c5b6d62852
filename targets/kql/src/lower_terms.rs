//! Which whole words must a row hold, so that the index of a column finds it before the rest is compared?
//!
//! `contains` and `endswith` look at every text; `has` asks the index of terms, which are runs of letters and digits
//! (<https://learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term>). Where a comparison holds only for texts with a certain
//! whole term, asking for the term first loses nothing. What computes a column from XML does so only for rows whose XML has the term.

use std::collections::BTreeSet;

use crate::ast::{Condition, List, Value};

/// Letters of a term that the index has for certain.
const SHORTEST: usize = 4;
/// Terms that are asked for at once.
const MOST: usize = 8;

/// The column with the XML of events.
const DATA: &str = "EventData";

/// Terms in one column, of which a row has to hold one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    column: String,
    any: Vec<String>,
}

impl Terms {
    /// The letters of the shortest term.
    fn length(&self) -> usize {
        self.any.iter().map(String::len).min().unwrap_or(0)
    }

    /// The condition that asks for them.
    pub(crate) fn condition(&self) -> Condition {
        Condition::Has(Value::name(self.column.as_str()), self.any.clone())
    }
}

/// The terms that the XML of an event has, of the condition that tells the most.
pub(crate) fn in_data<'c>(conditions: impl Iterator<Item = &'c Condition>, from_data: &BTreeSet<String>, column: &'static str) -> Option<Terms> {
    let all = conditions.filter_map(|condition| implied(condition, from_data)).filter(|terms| terms.column == DATA);
    all.max_by_key(Terms::length).map(|terms| Terms { column: column.to_owned(), ..terms })
}

/// The terms of the condition that tells the most.
pub(crate) fn best<'c>(conditions: impl Iterator<Item = &'c Condition>, from_data: &BTreeSet<String>) -> Option<Terms> {
    conditions.filter_map(|condition| implied(condition, from_data)).max_by_key(Terms::length)
}

/// Terms that every row has for which a condition holds. `from_data` are the columns that are cut out of an event's XML.
fn implied(condition: &Condition, from_data: &BTreeSet<String>) -> Option<Terms> {
    let column = |value: &Value| match value {
        Value::Name(name) if from_data.contains(name) => Some(DATA.to_owned()),
        Value::Name(name) => Some(name.clone()),
        _ => None,
    };
    match condition {
        Condition::All(list) => best(list.iter(), from_data),
        Condition::Any(list) => {
            let mut all: Option<Terms> = None;
            for one in list {
                let one = implied(one, from_data)?;
                match &mut all {
                    None => all = Some(one),
                    Some(all) if all.column == one.column => {
                        all.any.extend(one.any.into_iter().filter(|term| !all.any.contains(term)).collect::<Vec<_>>())
                    }
                    Some(_) => return None,
                }
            }
            all.filter(|all| all.any.len() <= MOST)
        }
        Condition::Compare(value, operator, Value::Text(text)) => {
            let column = column(value)?;
            let (before, behind) = match *operator {
                "contains" | "contains_cs" => (true, true),
                "startswith" | "startswith_cs" => (false, true),
                "endswith" | "endswith_cs" => (true, false),
                // The index is asked for whole values anyway.
                "=~" | "==" if column == DATA => (false, false),
                _ => return None,
            };
            Some(Terms { column, any: vec![term(text, before, behind)?] })
        }
        Condition::In(value, _, List::Values(list)) => {
            let column = column(value).filter(|column| column == DATA && list.len() <= MOST)?;
            let mut any = Vec::new();
            for value in list {
                let Value::Text(text) = value else { return None };
                let term = term(text, false, false)?;
                if !any.contains(&term) {
                    any.push(term);
                }
            }
            Some(Terms { column, any })
        }
        _ => None,
    }
}

/// The longest whole term of a text that may go on before and behind.
fn term(text: &str, before: bool, behind: bool) -> Option<String> {
    let bytes = text.as_bytes();
    // Whether a byte ends a term for certain; of other letters and of the underscore that is not said.
    let ends = |at: Option<&u8>, open: bool| at.map_or(!open, |byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'_');
    let mut best: Option<&str> = None;
    let mut start = 0;
    while start < bytes.len() {
        if !bytes.get(start).is_some_and(u8::is_ascii_alphanumeric) {
            start += 1;
            continue;
        }
        let length = bytes.iter().skip(start).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let end = start + length;
        let left = start.checked_sub(1).and_then(|at| bytes.get(at));
        if length >= SHORTEST && ends(left, before) && ends(bytes.get(end), behind) && best.is_none_or(|best| best.len() < length) {
            best = text.get(start..end);
        }
        start = end;
    }
    best.map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_terms_are_asked_for() {
        assert_eq!(term(" -encoded ", true, true).as_deref(), Some("encoded"));
        assert_eq!(term("encoded ", true, true), None);
        assert_eq!(term(r"\Temp\kestrel.exe", true, false).as_deref(), Some("kestrel"));
        assert_eq!(term(r"\winword", true, false).as_deref(), Some("winword"));
        assert_eq!(term(r"\winword", true, true), None);
        assert_eq!(term("a_kestrel_b", false, false), None);
        assert_eq!(term("ékestrel ", true, true), None);
        assert_eq!(term("C:\\Users\\", false, true).as_deref(), Some("Users"));
        assert_eq!(term(" abc ", true, true), None);
    }

    #[test]
    fn alternatives_need_a_term_each() {
        let contains = |column: &'static str, text: &str| Condition::Compare(Value::name(column), "contains", Value::text(text));
        let none = BTreeSet::new();
        let any = Condition::Any(vec![contains("A", " kestrel "), contains("A", " falcon ")]);
        assert_eq!(implied(&any, &none), Some(Terms { column: "A".to_owned(), any: vec!["kestrel".to_owned(), "falcon".to_owned()] }));
        assert_eq!(implied(&Condition::Any(vec![contains("A", " kestrel "), contains("A", "falcon")]), &none), None);
        assert_eq!(implied(&Condition::Any(vec![contains("A", " kestrel "), contains("B", " falcon ")]), &none), None);
        let data = BTreeSet::from(["A".to_owned(), "B".to_owned()]);
        let mixed = Condition::Any(vec![contains("A", " kestrel "), contains("B", " falcon ")]);
        assert_eq!(implied(&mixed, &data).map(|terms| terms.column).as_deref(), Some("EventData"));
        assert_eq!(implied(&contains("A", " kestrel ").negate(), &none), None);
    }
}
