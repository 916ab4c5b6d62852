//! How do columns answer that do not hold a field's text as the log writes it?
//!
//! Two columns that together are one text (`key\value`, `DOMAIN\name`), words of the table's own for words of the log,
//! a path with its last part beside it, registry data with its type beside it.

use std::collections::BTreeMap;

use ir::{Case, Op, Part, Pattern, Shape};

use crate::ast::{Condition, Value};
use crate::lower_compare::fixed;
use crate::lower_leg::Leg;
use crate::lower_lists::Lists;
use crate::lower_text::{one_of, text};
use logs::tables::made::Made;
use logs::tables::spelled::{long_hives, touches_hive};
use logs::tables::{Column, Numbers};

/// Pairs of columns that are tested apart; more patterns are tested on both as one text.
const APART: usize = 3;

/// The words of the table for which a test on the log's words holds.
pub(crate) fn words(value: &Value, op: &Op, words: &[(&'static str, &'static str)], lists: &mut Lists) -> Condition {
    let list: Vec<String> = words.iter().filter(|(log, _)| fixed(op, log)).map(|(_, table)| (*table).to_owned()).collect();
    one_of(value, Case::Sensitive, list, lists)
}

/// Text against a path whose last part has a column of its own.
pub(crate) fn path(value: &Value, name: &'static str, patterns: &[Pattern], case: Case, lists: &mut Lists) -> Condition {
    let (names, whole): (Vec<_>, Vec<_>) = patterns.iter().map(|pattern| (last_part(pattern), pattern)).partition(|(last, _)| last.is_some());
    let names: Vec<Pattern> = names.into_iter().filter_map(|(last, _)| last).collect();
    let whole: Vec<Pattern> = whole.into_iter().map(|(_, pattern)| pattern.clone()).collect();
    Condition::any([text(&Value::name(name), &names, case, lists), text(value, &whole, case, lists)])
}

/// The pattern that the last part of a path fits exactly when the path fits this one: `*\x.exe` and `*/x.exe`.
fn last_part(pattern: &Pattern) -> Option<Pattern> {
    let Shape::Ends(text) = pattern.shape() else { return None };
    let last = text.strip_prefix(['\\', '/'])?;
    (!last.is_empty() && !last.contains(['\\', '/'])).then(|| Pattern::exact(last))
}

/// The same of all that a test asks; `None` where it asks for more than last parts.
pub(crate) fn last_parts(op: &Op) -> Option<Vec<Pattern>> {
    match op {
        Op::Text { patterns, .. } => patterns.iter().map(last_part).collect(),
        _ => None,
    }
}

impl Leg<'_> {
    /// Text against two columns with a backslash between them. What is behind the last backslash is the second column's,
    /// where a pattern says both.
    pub(crate) fn pair(
        &mut self,
        column: &Column,
        parts: [&'static str; 2],
        hives: bool,
        patterns: &[Pattern],
        case: Case,
        lists: &mut Lists,
    ) -> Condition {
        if let Some(apart) = apart(parts, hives, patterns, case, lists) {
            return apart;
        }
        if hives {
            return self.key_path(column, patterns, case, lists);
        }
        self.make(column);
        text(&Value::name(column.name), patterns, case, lists)
    }

    /// Text against a registry key whose hive the table spells in full.
    pub(crate) fn key_path(&mut self, column: &Column, patterns: &[Pattern], case: Case, lists: &mut Lists) -> Condition {
        let (plain, odd): (Vec<&Pattern>, Vec<&Pattern>) = patterns.iter().partition(|pattern| !touches_hive(pattern));
        let mut any = Vec::new();
        let plain: Vec<Pattern> = plain.into_iter().flat_map(long_hives).collect();
        if !plain.is_empty() {
            // What is a column already needs no other name.
            let name = match column.from {
                Made::Column(own) => own,
                _ => {
                    self.make(column);
                    column.name
                }
            };
            any.push(text(&Value::name(name), &plain, case, lists));
        }
        if !odd.is_empty() {
            let name = format!("{}Short", column.name);
            let replaced = |value: Value, long: &str, short: &str| Value::Call("replace_regex", vec![value, Value::text(long), Value::text(short)]);
            let machine = replaced(Value::Made(column.from), "(?i)^HKEY_LOCAL_MACHINE", "HKLM");
            self.compute(name.clone().into(), replaced(machine, "(?i)^HKEY_(?:USERS|CURRENT_USER)", "HKU"));
            any.push(text(&Value::Name(name), &odd.into_iter().cloned().collect::<Vec<_>>(), case, lists));
        }
        Condition::any(any)
    }
}

/// The same on each column by itself, where that is short.
fn apart([head, tail]: [&'static str; 2], hives: bool, patterns: &[Pattern], case: Case, lists: &mut Lists) -> Option<Condition> {
    let mut groups: BTreeMap<Pattern, Vec<Pattern>> = BTreeMap::new();
    let mut any = Vec::new();
    let (head, tail) = (Value::name(head), Value::name(tail));
    for pattern in patterns {
        match pattern.shape() {
            Shape::Exact(whole) => {
                let (before, behind) = whole.rsplit_once('\\').filter(|(before, behind)| !before.is_empty() && !behind.is_empty())?;
                if hives && touches_hive(pattern) {
                    return None;
                }
                for before in if hives { long_hives(&Pattern::exact(before)) } else { vec![Pattern::exact(before)] } {
                    groups.entry(before).or_default().push(Pattern::exact(behind));
                }
            }
            Shape::Ends(end) => {
                let (before, behind) = end.rsplit_once('\\').filter(|(_, behind)| !behind.is_empty())?;
                if hives && touches_hive(pattern) {
                    return None;
                }
                let before = if before.is_empty() { Pattern::new([Part::Run]) } else { Pattern::ends(before) };
                groups.entry(before).or_default().push(Pattern::exact(behind));
            }
            Shape::Contains(inner) if !hives && !inner.contains('\\') => {
                any.push(text(&head, std::slice::from_ref(pattern), case, lists));
                any.push(text(&tail, std::slice::from_ref(pattern), case, lists));
            }
            Shape::Starts(start) if !hives && !start.contains('\\') => any.push(text(&head, std::slice::from_ref(pattern), case, lists)),
            _ => return None,
        }
    }
    if groups.len() > APART {
        return None;
    }
    any.extend(groups.into_iter().map(|(before, behind)| {
        // Sysmon's word for a value without a name, which has none here.
        let unnamed = behind.iter().any(|pattern| pattern.as_exact().is_some_and(|name| name.eq_ignore_ascii_case("(Default)")));
        let behind = text(&tail, &behind, case, lists);
        let behind = if hives && unnamed { Condition::any([behind, Condition::Is(Value::Call("isempty", vec![tail.clone()]))]) } else { behind };
        if matches!(before.shape(), Shape::Anything) { behind } else { Condition::all([text(&head, &[before], case, lists), behind]) }
    }));
    Some(Condition::any(any))
}

/// What the log writes for a number, a binary value and an empty text, and the table keeps apart with its type.
pub(crate) fn registry_data(value: &Value, kind: &'static str, numbers: &Numbers, patterns: &[Pattern], case: Case, lists: &mut Lists) -> Condition {
    let kind = Value::name(kind);
    let of_kind = |word: &str| Condition::Compare(kind.clone(), "=~", Value::text(word));
    let mut texts = Vec::new();
    let (mut dwords, mut qwords) = (Vec::new(), Vec::new());
    let mut any = Vec::new();
    for pattern in patterns {
        match pattern.shape() {
            Shape::Exact("(Empty)") => any.push(Condition::Is(Value::Call("isempty", vec![value.clone()]))),
            Shape::Exact(text) if text.eq_ignore_ascii_case("Binary Data") => any.push(of_kind(numbers.binary)),
            Shape::Exact(text) | Shape::Contains(text) if dword(text).is_some() => dwords.extend(dword(text)),
            Shape::Exact(text) | Shape::Contains(text) if qword(text).is_some() => qwords.extend(qword(text)),
            Shape::Starts(text) | Shape::Contains(text) if text.len() >= 5 && begins("DWORD (0x", text) => any.push(of_kind(numbers.dword)),
            Shape::Starts(text) | Shape::Contains(text) if text.len() >= 5 && begins("QWORD (0x", text) => any.push(of_kind(numbers.qword)),
            _ => texts.push(pattern.clone()),
        }
    }
    for (word, list) in [(numbers.dword, dwords), (numbers.qword, qwords)] {
        if !list.is_empty() {
            any.push(Condition::all([of_kind(word), one_of(value, Case::Sensitive, list, lists)]));
        }
    }
    if !texts.is_empty() {
        let plain = text(value, &texts, case, lists);
        // A number's digits are not what the log writes.
        let digits = texts.iter().any(|pattern| pattern.literals().all(|text| text.chars().all(|char| char.is_ascii_digit())));
        let others = [numbers.dword, numbers.qword].map(Value::text).to_vec();
        any.push(if digits {
            Condition::all([Condition::In(kind, Case::Insensitive, crate::ast::List::Values(others)).negate(), plain])
        } else {
            plain
        });
    }
    Condition::any(any)
}

fn begins(whole: &str, text: &str) -> bool {
    whole.get(..text.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(text))
}

/// The number in `DWORD (0x00000001)`, in decimal.
fn dword(text: &str) -> Option<String> {
    let digits = text.get(9..17).filter(|_| begins("DWORD (0x", text.get(..9).unwrap_or_default()) && text.len() == 18 && text.ends_with(')'))?;
    Some(u32::from_str_radix(digits, 16).ok()?.to_string())
}

/// The number in `QWORD (0x00000000-0x00000001)`, in decimal.
fn qword(text: &str) -> Option<String> {
    let inner = text.strip_suffix(')')?;
    let inner = inner.get(9..).filter(|_| begins("QWORD (0x", inner.get(..9).unwrap_or_default()))?;
    let (high, low) = inner.split_once("-0x")?;
    let (high, low) = (u32::from_str_radix(high, 16).ok()?, u32::from_str_radix(low, 16).ok()?);
    Some(((u64::from(high) << 32) | u64::from(low)).to_string())
}
