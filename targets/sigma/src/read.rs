//! What does YAML that we wrote say to a reader that is not ours? The events are `saphyr-parser`'s.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_yaml::{Mapping, Number, Value};

/// The deepest nesting.
const DEPTH: usize = 128;
/// Texts from this length on are condensed before they are read, in bytes.
const LONG: usize = 1 << 16;
/// So many lines of a list are read in any case: lists that a rule has about itself are no longer.
const READ: usize = 1_000;

/// A list or map that is not complete, and the key that waits for its value.
enum Open {
    List(Vec<Value>),
    Map(Mapping, Option<Value>),
}

/// Hands over each document of a text as it is complete.
///
/// # Errors
///
/// Why it is not YAML, or not YAML that every reader takes for the same.
pub(crate) fn documents(text: &str, mut take: impl FnMut(Value)) -> Result<(), String> {
    let text = condensed(text);
    let mut stack: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(&text) {
        let (event, marks) = event.map_err(|error| error.to_string())?;
        let node = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => continue,
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let list = matches!(event, Event::SequenceStart(..));
                stack.push(if list { Open::List(Vec::new()) } else { Open::Map(Mapping::new(), None) });
                if stack.len() > DEPTH {
                    return Err(format!("it is nested deeper than {DEPTH}"));
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(Open::List(list)) => Value::Sequence(list),
                Some(Open::Map(map, _)) => Value::Mapping(map),
                None => continue,
            },
            Event::Scalar(text, ScalarStyle::Plain, _, None) => plain(text.into_owned()),
            Event::Scalar(text, _, _, None) => Value::String(text.into_owned()),
            Event::Scalar(..) => return Err(format!("line {} holds a tag", marks.start.line())),
            Event::Alias(_) => return Err(format!("line {} holds an alias", marks.start.line())),
        };
        match stack.last_mut() {
            None => take(node),
            Some(Open::List(list)) => list.push(node),
            Some(Open::Map(map, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => {
                    if map.contains_key(&key) {
                        return Err(format!("line {}: a key stands twice in one map", marks.start.line()));
                    }
                    map.insert(key, node);
                }
            },
        }
    }
    Ok(())
}

/// The text without most of the lines of a long list that can be nothing else than texts of that list.
///
/// A line ` - '...'` of printable ASCII, without an apostrophe inside, between two others of its indentation is one more text of their list
/// (<https://yaml.org/spec/1.2.2/#732-single-quoted-style>, <https://yaml.org/spec/1.2.2/#821-block-sequences>), so a reader need not be
/// asked a hundred thousand times. Texts with signs of the rule language stay, because they are looked at.
fn condensed(text: &str) -> Cow<'_, str> {
    if text.len() < LONG {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    // The indentation of the line before, when it was such a line; how many there were; the one that was left out last.
    let (mut before, mut count, mut left): (Option<usize>, usize, Option<&str>) = (None, 0, None);
    for line in text.split_inclusive('\n') {
        let indent = plain_entry(line);
        count = if indent.is_some() && indent == before { count + 1 } else { 0 };
        before = indent;
        if count >= READ {
            left = Some(line);
            continue;
        }
        out.push_str(left.take().unwrap_or_default());
        out.push_str(line);
    }
    out.push_str(left.unwrap_or_default());
    Cow::Owned(out)
}

/// The indentation of a line that is one text of a list and nothing else.
fn plain_entry(line: &str) -> Option<usize> {
    let entry = line.trim_start_matches(' ');
    let inside = entry.strip_prefix("- '")?.strip_suffix("'\n")?;
    let plain = inside.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'*' | b'?' | b'\\'));
    plain.then_some(line.len() - entry.len())
}

/// What a scalar without quotes is in YAML's core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>), as far as we write any.
fn plain(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" => return Value::Null,
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        if let Ok(number) = text.parse::<i64>() {
            return Value::Number(Number::from(number));
        }
        if let Ok(number) = text.parse::<f64>() {
            return Value::Number(Number::from(number));
        }
    }
    Value::String(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Value>, String> {
        let mut out = Vec::new();
        documents(text, |document| out.push(document))?;
        Ok(out)
    }

    #[test]
    fn documents_read_as_another_reader_reads_them() {
        for text in [
            "a: 1\nb:\n    - 'x: y'\n    - -2\n    - null\n    - true\n    - 1.5\n",
            "'a''b': \"c\\x41\"\n? 'd'\n:\n    e: 2024-01-10\n",
            "- []\n- {}\n",
        ] {
            let other: Value = serde_yaml::from_str(text).expect("it is YAML");
            assert_eq!(read(text).as_deref(), Ok(&[other][..]), "{text}");
        }
        assert_eq!(read("a: 1\n---\nb: 2\n").map(|list| list.len()), Ok(2));
    }

    #[test]
    fn a_long_list_is_read_by_its_first_and_last_lines_and_by_those_that_are_not_plain() {
        let list = |odd: &str| format!("a:\n    b:\n{}{odd}{}    c: 'd'\n", "        - 'x'\n".repeat(9_000), "        - 'y'\n".repeat(9_000));
        let texts = |text: &str| read(text).map(|list| list[0]["a"]["b"].as_sequence().map(Vec::len));
        assert_eq!(texts(&list("")), Ok(Some(1_001)));
        // What stands between is read, and what stands before and behind it.
        assert_eq!(texts(&list("        - 'it''s'\n")), Ok(Some(2_003)));
        assert_eq!(texts(&list("        - 'a*'\n")), Ok(Some(2_003)));
        assert_eq!(texts(&list("        - 12\n")), Ok(Some(2_003)));
        for broken in ["        - 'x\n", "       - 'x'\n", "        - 'x' 'y'\n", "        - 'x'\n      - 'y'\n", "    'x'\n", "\t- 'x'\n"] {
            assert!(texts(&list(broken)).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn what_readers_take_for_different_things_is_refused() {
        assert!(read("a: 1\na: 2\n").unwrap_err().contains("twice"));
        assert!(read("a: !!str 1\n").unwrap_err().contains("tag"));
        assert!(read("a: &b 1\nc: *b\n").unwrap_err().contains("alias"));
        assert!(read(&"[".repeat(200)).is_err());
        assert!(read("a: 'b").is_err());
    }
}
