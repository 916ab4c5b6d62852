//! Is an analytics rule as its template has it? A reader of the one form of YAML that `print_files.rs` writes.
//!
//! It is stricter than YAML: every key in its place, every value of its kind, every line at its depth. What it reads, any reader of YAML reads
//! alike; the tests ask one. That one would take longer than everything else that is done for a rule.

use std::iter::Peekable;
use std::str::Lines;

/// What stands behind a key.
enum Form {
    /// An id of its own.
    Id,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A length of time.
    Period,
    /// A text in quotes.
    Quoted,
    /// A text of several lines, each indented by two.
    Block,
    /// Lines below the key; each begins as told and ends in a word, in a text in quotes, or there.
    Lines(&'static [(&'static str, End)]),
}

/// How a line below a key ends.
#[derive(Clone, Copy)]
enum End {
    Word,
    Quoted,
    There,
}

/// A key, what stands behind it, and whether every template has it.
type Key = (&'static str, Form, bool);

/// The template, in its order.
const TEMPLATE: &[Key] = &[
    ("id", Form::Id, true),
    ("name", Form::Quoted, true),
    ("description", Form::Block, true),
    ("severity", Form::Word(&["Informational", "Low", "Medium", "High"]), true),
    ("status", Form::Word(&["Available"]), true),
    ("requiredDataConnectors", Form::Lines(&[("  - connectorId: ", End::Word), ("    dataTypes:", End::There), ("      - ", End::Word)]), true),
    ("queryFrequency", Form::Period, true),
    ("queryPeriod", Form::Period, true),
    ("triggerOperator", Form::Word(&["gt"]), true),
    ("triggerThreshold", Form::Word(&["0"]), true),
    ("tactics", Form::Lines(&[("  - ", End::Word)]), false),
    ("relevantTechniques", Form::Lines(&[("  - ", End::Word)]), false),
    ("query", Form::Block, true),
    (
        "entityMappings",
        Form::Lines(&[
            ("  - entityType: ", End::Word),
            ("    fieldMappings:", End::There),
            ("      - identifier: ", End::Word),
            ("        columnName: ", End::Word),
        ]),
        false,
    ),
    ("tags", Form::Lines(&[("  - ", End::Quoted)]), false),
    ("version", Form::Word(&["1.0.0"]), true),
    ("kind", Form::Word(&["Scheduled"]), true),
];

/// The query of a template.
pub(crate) fn query(yaml: &str) -> Result<String, String> {
    if !clear(yaml) {
        return Err("the template holds a character that is not seen".to_owned());
    }
    let mut lines = yaml.lines().peekable();
    let mut query = None;
    for (key, form, always) in TEMPLATE {
        let Some(value) = lines.peek().and_then(|line| line.strip_prefix(key)?.strip_prefix(':')) else {
            if *always {
                return Err(format!("the template has no `{key}` in its place"));
            }
            continue;
        };
        lines.next();
        let behind = value.strip_prefix(' ');
        let whole = match form {
            Form::Id => behind.is_some_and(|id| uuid::Uuid::parse_str(id).is_ok_and(|read| read.to_string() == id)),
            Form::Period => behind.and_then(|value| value.strip_suffix(['s', 'm', 'h', 'd'])).is_some_and(is_number),
            Form::Word(words) => behind.is_some_and(|value| words.contains(&value)),
            Form::Quoted => behind.is_some_and(is_quoted),
            Form::Lines(forms) => behind == Some("[]") || value.is_empty() && are_below(&mut lines, forms),
            Form::Block => {
                let text = block(&mut lines, if *key == "query" { yaml.len() } else { 0 });
                let whole = behind == Some("|") && text.is_some();
                if *key == "query" {
                    query = text;
                }
                whole
            }
        };
        if !whole {
            return Err(format!("the template's `{key}` is damaged"));
        }
    }
    match lines.next() {
        None => query.ok_or_else(|| "the template has no query".to_owned()),
        Some(line) => Err(format!("the line `{line}` is no part of a template")),
    }
}

/// Whether nothing but the ends of lines is not seen: that may end a line for another reader, or be refused by it.
fn clear(yaml: &str) -> bool {
    // Every byte is looked at: that is many at once, where stopping at the first would be one by one.
    let plain = yaml.bytes().fold(0, |odd, byte| odd | u8::from(byte < b' ') & u8::from(byte != b'\n') | u8::from(byte >= 0x7f)) == 0;
    plain || !yaml.chars().any(|char| char != '\n' && source::unseen(char))
}

/// The text of lines that are indented by two. The first has to tell the indentation: it begins with no further space.
fn block(lines: &mut Peekable<Lines<'_>>, size: usize) -> Option<String> {
    let mut text = String::with_capacity(size);
    while let Some(line) = lines.next_if(|line| line.is_empty() || line.starts_with("  ")) {
        text.push_str(line.get(2..).unwrap_or_default());
        text.push('\n');
    }
    // Empty lines at the end are none of its own.
    text.truncate(text.trim_end_matches('\n').len() + 1);
    text.starts_with(|first: char| !first.is_whitespace()).then_some(text)
}

/// Whether the lines below a key are as told: in this order, and from the last one again at one that begins an item.
fn are_below(lines: &mut Peekable<Lines<'_>>, forms: &[(&str, End)]) -> bool {
    let mut next = 0;
    while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
        let fits = |at: &usize| {
            forms.get(*at).and_then(|(start, end)| Some((line.strip_prefix(start)?, end))).is_some_and(|(rest, end)| match end {
                End::Word => is_word(rest),
                End::Quoted => is_quoted(rest),
                End::There => rest.is_empty(),
            })
        };
        let again = || (0..forms.len()).filter(|at| next == forms.len() && forms.get(*at).is_some_and(|(start, _)| start.contains("- ")));
        match (next..=next).chain(again()).find(fits) {
            Some(at) => next = at + 1,
            None => return false,
        }
    }
    next == forms.len()
}

/// Whether a text is digits.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is one word, which YAML takes as it is; connectors have names such as `AzureMonitor(IIS)`.
fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'(' | b')'))
}

/// Whether a text stands in quotes, from its first character to its last, with escapes that YAML has.
fn is_quoted(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('"') else { return false };
    while let Some(at) = rest.find(['"', '\\']) {
        let (sign, behind) = rest.split_at(at).1.split_at(1);
        if sign == "\"" {
            return behind.is_empty();
        }
        let digits = match behind.chars().next() {
            Some('"' | '\\' | 'n') => 0,
            Some('u') => 4,
            Some('U') => 8,
            _ => return false,
        };
        let number = behind.get(1..=digits).unwrap_or("none");
        if digits > 0
            && !(number.bytes().all(|digit| digit.is_ascii_hexdigit())
                && u32::from_str_radix(number, 16).is_ok_and(|number| char::from_u32(number).is_some()))
        {
            return false;
        }
        rest = behind.get(digits + 1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = r#"id: 6f1d2b5e-0000-5000-8000-000000000001
name: "A \"rule\" in C:\\Temp\u200B"
description: |
  What it is.

    # more of it: "x"
severity: High
status: Available
requiredDataConnectors:
  - connectorId: SecurityEvents
    dataTypes:
      - SecurityEvent
      - Event
  - connectorId: Syslog
    dataTypes:
      - Syslog
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
tactics:
  - Execution
relevantTechniques:
  - T1059.001
query: |
  Event
  | where Source == "é: - x" // [

  | project A
entityMappings:
  - entityType: Host
    fieldMappings:
      - identifier: FullName
        columnName: Computer
      - identifier: OSFamily
        columnName: Platform
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: SourceIP
tags:
  - "tlp.clear"
  - "advisory.EXAMPLE-1"
version: 1.0.0
kind: Scheduled
"#;

    /// What another reader finds.
    fn other(text: &str) -> Result<String, String> {
        let rule: serde_yaml::Mapping = serde_yaml::from_str(text).map_err(|why| why.to_string())?;
        for key in ["id", "name", "description", "severity", "queryPeriod", "kind"] {
            rule.get(key).and_then(serde_yaml::Value::as_str).ok_or(key)?;
        }
        rule.get("query").and_then(serde_yaml::Value::as_str).map(str::to_owned).ok_or_else(|| "no query".to_owned())
    }

    #[test]
    fn the_query_is_what_another_reader_finds() {
        assert_eq!(query(RULE).unwrap(), "Event\n| where Source == \"é: - x\" // [\n\n| project A\n");
        assert_eq!(query(RULE), other(RULE));
        let bare = RULE
            .replace("requiredDataConnectors:\n", "requiredDataConnectors: []\n")
            .replace("  - connectorId: Syslog\n    dataTypes:\n      - Syslog\n", "");
        let bare = bare.replace("  - connectorId: SecurityEvents\n    dataTypes:\n      - SecurityEvent\n      - Event\n", "");
        assert_eq!(query(&bare), other(&bare));
    }

    /// At every place, a character is lost or another stands for it: what is still read is read alike by another reader.
    #[test]
    fn damage_is_refused_or_harmless() {
        let mut refused = 0;
        for (at, char) in RULE.char_indices() {
            let (before, behind) = RULE.split_at(at);
            let behind = &behind[char.len_utf8()..];
            for put in ["", " ", "\n", "\"", "\\", ":", "#", "[", "\u{85}", "7"] {
                let damaged = format!("{before}{put}{behind}");
                match query(&damaged) {
                    Ok(found) => assert_eq!(Ok(found), other(&damaged), "{damaged}"),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > 3_000, "{refused}");
    }

    /// Lines that are lost, stand twice or stand elsewhere.
    #[test]
    fn every_line_has_its_place() {
        let lines: Vec<&str> = RULE.split_inclusive('\n').collect();
        for at in 0..lines.len() {
            for to in 0..lines.len() {
                let mut moved = lines.clone();
                let line = moved.remove(at);
                for damaged in [moved.concat(), {
                    moved.insert(to.min(moved.len()), line);
                    moved.concat()
                }] {
                    if let Ok(found) = query(&damaged) {
                        assert_eq!(Ok(found), other(&damaged), "{damaged}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_fault_says_where_it_is() {
        let refused = |from: &str, to: &str| query(&RULE.replacen(from, to, 1)).unwrap_err();
        assert_eq!(refused("severity: High\n", ""), "the template has no `severity` in its place");
        assert_eq!(refused("severity: High", "severity: Severe"), "the template's `severity` is damaged");
        assert_eq!(refused("C:\\\\Temp", "C:\\Temp"), "the template's `name` is damaged");
        assert_eq!(refused("query: |\n  Event", "query: |\n Event"), "the template's `query` is damaged");
        assert_eq!(refused("  | project A", " | project A"), "the template has no `version` in its place");
        assert_eq!(refused("    fieldMappings:\n", ""), "the template's `entityMappings` is damaged");
        assert_eq!(refused("  - \"tlp.clear\"", "  - tlp clear"), "the template's `tags` is damaged");
        assert_eq!(refused("kind: Scheduled\n", "kind: Scheduled\nquery: none\n"), "the line `query: none` is no part of a template");
        assert_eq!(refused("What it", "What\u{85}it"), "the template holds a character that is not seen");
    }
}
