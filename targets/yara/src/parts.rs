//! How is a rule with thousands of strings read at a cost that grows with their number?
//!
//! YARA-X compares each string of a rule with all before it. So such a rule is read in parts, each with some of its strings; where every part is
//! sound and no string stands there twice, the rule is. What an engine says of a part might be about the part alone: then the whole is read.

use std::collections::BTreeSet;
use std::ops::Range;

use yara_x_parser::Parser;
use yara_x_parser::cst::{Event, SyntaxKind};

/// The most strings of a part.
const MOST: usize = 500;

/// A rule's place in a text, and those of its strings.
struct Rule {
    place: Range<usize>,
    strings: Vec<Range<usize>>,
}

/// Texts that are sound together when a text is; nothing where it is read as it stands.
pub(crate) fn parts(text: &str) -> Option<Vec<String>> {
    // Each string has such a sign.
    if text.bytes().filter(|byte| *byte == b'$').count() <= 2 * MOST {
        return None;
    }
    let rules = rules(text);
    let large: Vec<&Rule> = rules.iter().filter(|rule| rule.strings.len() > 2 * MOST).collect();
    if large.is_empty() || large.iter().any(|rule| has_twice(text, rule)) {
        return None;
    }
    // The whole text with the first strings of each, then each rule by itself with others.
    let head = text.get(..rules.first()?.place.start)?;
    let (mut first, mut end) = (String::new(), 0);
    let mut out = Vec::new();
    for rule in large {
        let (begins, ends) = (rule.strings.first()?.start, rule.strings.last()?.end);
        for (number, part) in rule.strings.chunks(MOST).enumerate() {
            let strings = text.get(part.first()?.start..part.last()?.end)?;
            if number == 0 {
                first = first + text.get(end..begins)? + strings;
                end = ends;
            } else {
                out.push([head, text.get(rule.place.start..begins)?, strings, text.get(ends..rule.place.end)?].concat());
            }
        }
    }
    out.push(first + text.get(end..)?);
    Some(out)
}

/// Whether a string's name or what it looks for stands in a rule twice.
fn has_twice(text: &str, rule: &Rule) -> bool {
    let strings = || rule.strings.iter().filter_map(|place| text.get(place.clone())?.split_once('='));
    let names: BTreeSet<&str> = strings().map(|(name, _)| name.trim()).collect();
    let values: BTreeSet<&str> = strings().map(|(_, value)| value.trim()).collect();
    names.len() < rule.strings.len() || values.len() < rule.strings.len()
}

fn rules(text: &str) -> Vec<Rule> {
    let mut out: Vec<Rule> = Vec::new();
    for event in Parser::new(text.as_bytes()) {
        match event {
            Event::Begin { kind: SyntaxKind::RULE_DECL, span } => out.push(Rule { place: span.range(), strings: Vec::new() }),
            Event::Begin { kind: SyntaxKind::PATTERN_DEF, span } => {
                if let Some(rule) = out.last_mut() {
                    rule.strings.push(span.range());
                }
            }
            Event::End { kind: SyntaxKind::PATTERN_DEF, span } => {
                if let Some(string) = out.last_mut().and_then(|rule| rule.strings.last_mut()) {
                    string.end = string.end.max(span.end());
                }
            }
            Event::End { kind: SyntaxKind::RULE_DECL, span } => {
                if let Some(rule) = out.last_mut() {
                    rule.place.end = rule.place.end.max(span.end());
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, strings: impl IntoIterator<Item = String>, condition: &str) -> String {
        format!("rule {name} {{\n   strings:\n{}   condition:\n      {condition}\n}}\n", strings.into_iter().collect::<String>())
    }

    fn strings(number: usize) -> impl Iterator<Item = String> {
        (0..number).map(|at| format!("      $s{at} = \"kestrel-{at}\" ascii\n"))
    }

    #[test]
    fn each_string_is_in_one_part_and_each_part_is_a_text_of_its_own() {
        let text = ["import \"pe\"\n".to_owned(), rule("small", strings(2), "any of them"), rule("large", strings(1_201), "5 of ($s*)")].concat();
        let parts = parts(&text).expect("it is large");
        assert_eq!(parts.len(), 3);
        for at in [2, 499, 500, 999, 1_000, 1_200] {
            let holds = parts.iter().filter(|part| part.contains(&format!("\"kestrel-{at}\"")));
            assert_eq!(holds.count(), 1, "{at}");
        }
        assert_eq!(parts.iter().filter(|part| part.contains("rule small")).count(), 1);
        assert!(
            parts
                .iter()
                .all(|part| part.starts_with("import \"pe\"\n") && part.contains("5 of ($s*)") && part.ends_with("\n}\n") || part.ends_with('}'))
        );
    }

    #[test]
    fn what_stands_there_twice_is_seen_in_the_whole() {
        let again = |other: &str| rule("large", strings(1_201).chain([other.to_owned()]), "any of them");
        assert!(parts(&again("      $s1201 = \"heron\" ascii\n")).is_some());
        assert!(parts(&again("      $s0 = \"heron\" ascii\n")).is_none());
        assert!(parts(&again("      $other = \"kestrel-0\" ascii\n")).is_none());
        assert!(parts(&rule("small", strings(900), "any of them")).is_none());
    }
}
