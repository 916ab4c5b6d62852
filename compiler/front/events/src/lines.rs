//! Where are the events in a file? One JSON object a line, one after another over several lines, or in a list.

use serde_json::Value;

/// The longest line read, in bytes.
pub const MAX_LINE: usize = 16 << 20;
/// Keys of documents that are nothing but a list of events: CloudTrail's and Azure's files, Elasticsearch's answers.
const ENVELOPES: [&str; 4] = ["Records", "records", "events", "value"];

/// One event of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The event, an object; or why there is none. A broken line costs that line.
    pub event: Result<Value, NotAnEvent>,
}

/// Why there is no event on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnEvent {
    /// What is wrong, as a clause.
    pub why: String,
    /// The column where it is wrong, from 1, in bytes; 0 when the whole line is meant.
    pub column: usize,
}

impl NotAnEvent {
    fn whole(why: impl Into<String>) -> Self {
        Self { why: why.into(), column: 0 }
    }
}

/// Reads one line. Nothing for an empty one; several events for a list, or for an envelope of some.
///
/// Of a key that is written twice the last value counts. Values nested deeper than 127 levels, numbers beyond a double and bytes
/// that are not UTF-8 are errors of their line.
#[must_use]
pub fn line(bytes: &[u8], line: usize) -> Vec<Line> {
    let text = bytes.trim_ascii();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    // RFC 7464: a record separator may stand before each text.
    let text = text.strip_prefix(b"\x1e").unwrap_or(text).trim_ascii();
    if text.is_empty() {
        return Vec::new();
    }
    if text.len() > MAX_LINE {
        return vec![Line { line, event: Err(NotAnEvent::whole(format!("it has more than {} MiB", MAX_LINE >> 20))) }];
    }
    match serde_json::from_slice::<Value>(text) {
        Ok(value) => opened(value).into_iter().map(|event| Line { line, event }).collect(),
        Err(error) => {
            let lead = text.as_ptr() as usize - bytes.as_ptr() as usize;
            vec![Line { line, event: Err(NotAnEvent { why: said(&error), column: error.column() + lead }) }]
        }
    }
}

/// Whether a file is not made of lines: its first object or list does not end on the line it begins on.
#[must_use]
pub fn is_spread(start: &[u8]) -> bool {
    let Some(first) = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty()) else { return false };
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    matches!(first.first(), Some(b'{' | b'[')) && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_err_and(|error| error.is_eof())
}

/// Reads a file whose events are spread over lines: a list of them, or one after another.
#[must_use]
pub fn document(bytes: &[u8]) -> Vec<Line> {
    let mut out = Vec::new();
    let (mut at, mut line, mut counted) = (0, 1, 0);
    let skipped = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']' | 0x1e | 0xef | 0xbb | 0xbf);
    loop {
        while bytes.get(at).is_some_and(|byte| skipped(*byte)) {
            at += 1;
        }
        let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { return out };
        line += memchr::memchr_iter(b'\n', bytes.get(counted..at).unwrap_or_default()).count();
        counted = at;
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                at += stream.byte_offset().max(1);
                out.extend(opened(value).into_iter().map(|event| Line { line, event }));
            }
            Some(Err(error)) => {
                let (down, column) = (error.line().saturating_sub(1), error.column());
                out.push(Line { line: line + down, event: Err(NotAnEvent { why: said(&error), column }) });
                // After the place of the break the next object that begins a line is taken up; an open end has nothing after it.
                let broken = memchr::memchr_iter(b'\n', rest).nth(down.saturating_sub(1)).filter(|_| down > 0).unwrap_or(0);
                let next = rest.get(broken + 1..).and_then(|after| memchr::memmem::find(after, b"\n{"));
                match next.filter(|_| !error.is_eof()) {
                    Some(next) => at += broken + 1 + next,
                    None => return out,
                }
            }
            None => return out,
        }
    }
}

/// The events in a value.
fn opened(value: Value) -> Vec<Result<Value, NotAnEvent>> {
    match value {
        Value::Object(mut map) => {
            if map.len() <= 4 {
                for key in ENVELOPES {
                    if map.get(key).and_then(Value::as_array).is_some_and(|list| list.iter().all(Value::is_object)) {
                        return match map.remove(key) {
                            Some(Value::Array(list)) => list.into_iter().map(Ok).collect(),
                            _ => Vec::new(),
                        };
                    }
                }
            }
            // Elasticsearch's answers and exports.
            match map.get("_source") {
                Some(Value::Object(_)) => map.remove("_source").into_iter().map(Ok).collect(),
                _ => vec![Ok(Value::Object(map))],
            }
        }
        Value::Array(list) => list
            .into_iter()
            .map(|value| if value.is_object() { Ok(value) } else { Err(NotAnEvent::whole("the list holds something else than objects")) })
            .collect(),
        _ => vec![Err(NotAnEvent::whole("an event is a JSON object"))],
    }
}

/// What serde_json says, without its place in a text that nobody else sees.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}
