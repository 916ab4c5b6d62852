//! How a rule is read: header, options, quotes and escapes, as the engine does it.

use std::ops::Range;

/// The most bytes that the engine takes at once (`DETECT_MAX_RULE_SIZE` is 8,192 with the closing zero byte); the rest of a longer line is
/// a line of its own.
pub(crate) const BLOCK: usize = 8191;

/// A line of a rules file as the engine takes it, with lines that end in a backslash joined.
pub(crate) struct Line {
    /// One-based number of its first line.
    pub(crate) number: usize,
    /// Its bytes in the file, with its line feed.
    pub(crate) place: Range<usize>,
    /// Its text, without its line feed.
    pub(crate) text: String,
    /// Whether it did not fit into a block: what stands behind it in the file is a line of its own.
    pub(crate) cut: bool,
}

impl Line {
    /// Whether the engine is meant to read a rule here: neither blank nor a comment.
    pub(crate) fn is_rule(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty() && !text.starts_with('#')
    }
}

/// For whom a rule is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// One that we wrote: it has one right form.
    Ours,
    /// One that travels along: whatever the engine takes is right.
    Carried,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Action, protocol, source, source ports, arrow, destination, destination ports.
    pub(crate) header: Vec<String>,
    /// In order.
    pub(crate) options: Vec<RuleOption>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleOption {
    /// Its keyword, in lower case.
    pub(crate) name: String,
    /// What stands behind the colon, escapes and all.
    pub(crate) value: Option<String>,
}

impl Rule {
    /// The value of an option that a rule has once.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|option| option.name == name)?.value.as_deref()
    }

    /// The message, without quotes and escapes.
    pub(crate) fn message(&self) -> Option<String> {
        message(self.value("msg")?).ok()
    }
}

/// The lines of a file, in the blocks in which the engine reads them (`DetectLoadSigFile` in `detect-engine-loader.c`): a comment never
/// continues, and what does not fit into a block begins a line, whatever stood before it.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut open = false;
    let (mut at, mut number) = (0, 1);
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let taken = out.last().filter(|_| open).map_or(0, |last| last.place.len());
        let room = rest.floor_char_boundary(BLOCK.saturating_sub(taken).max(4));
        let block = rest.get(..room).unwrap_or_default();
        let end = block.find('\n').map_or(room, |end| end + 1);
        let line = block.get(..end).unwrap_or_default();
        let place = at..at + end;
        let body = line.strip_suffix('\n').unwrap_or(line);
        let passed_over = !open && body.starts_with([' ', '#', '\r']);
        let (body, more) = match body.trim_end().strip_suffix('\\') {
            Some(body) if !passed_over => (body, true),
            _ => (body, false),
        };
        let cut = !line.ends_with('\n') && place.end < text.len();
        match out.last_mut() {
            Some(last) if open => {
                last.text.push_str(body.trim_start());
                last.place.end = place.end;
                last.cut |= cut;
            }
            _ => out.push(Line { number, place: place.clone(), text: body.to_owned(), cut }),
        }
        open = more;
        number += usize::from(line.ends_with('\n'));
        at = place.end;
    }
    out
}

/// Reads one line that is no comment.
pub(crate) fn rule(line: &str, reading: Reading) -> Result<Rule, String> {
    if line.starts_with(' ') {
        return Err("the line begins with a blank: the engine passes it over".to_owned());
    }
    let line = line.trim();
    if line.chars().any(|char| char.is_control() && char != '\t') {
        return Err("a control character stands in the rule".to_owned());
    }
    let (head, rest) = line.split_once('(').ok_or("the rule has no options")?;
    let body = rest.strip_suffix(')').ok_or("the rule does not end with `)`")?;
    if !head.ends_with([' ', '\t']) {
        return Err("no blank stands before the options".to_owned());
    }
    let header = header(head)?;
    let options = options(body)?;
    check(&options, reading)?;
    Ok(Rule { header, options })
}

/// Splits the header at blanks outside brackets.
fn header(text: &str) -> Result<Vec<String>, String> {
    let mut out: Vec<String> = Vec::new();
    let mut depth = 0_u32;
    let mut fresh = true;
    for char in text.trim().chars() {
        match char {
            ' ' if depth == 0 => {
                fresh = true;
                continue;
            }
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1).ok_or("a `]` without `[` stands in the header")?,
            _ => {}
        }
        match out.last_mut() {
            Some(last) if !fresh => last.push(char),
            _ => out.push(char.to_string()),
        }
        fresh = false;
    }
    let words: Vec<&str> = out.iter().map(String::as_str).collect();
    match words.as_slice() {
        [action, _, _, _, arrow, _, _] => {
            if !matches!(
                action.to_ascii_lowercase().as_str(),
                "alert" | "drop" | "pass" | "reject" | "rejectsrc" | "rejectdst" | "rejectboth" | "config"
            ) {
                return Err(format!("`{action}` is not an action"));
            }
            if !matches!(*arrow, "->" | "<>" | "=>") {
                return Err(format!("`{arrow}` is not an arrow"));
            }
        }
        _ => return Err(format!("the header has {} words instead of seven", words.len())),
    }
    Ok(out)
}

/// Splits the options at `;` that no backslash precedes, as the engine does, quotes or not.
fn options(body: &str) -> Result<Vec<RuleOption>, String> {
    let mut out = Vec::new();
    let mut piece = String::new();
    let mut escaped = false;
    for char in body.chars() {
        match char {
            ';' if !escaped => {
                out.push(option(piece.trim())?);
                piece.clear();
                continue;
            }
            other => piece.push(other),
        }
        escaped = char == '\\' && !escaped;
    }
    if !piece.trim().is_empty() {
        return Err(format!("`{}` stands behind the last option", piece.trim()));
    }
    Ok(out)
}

fn option(text: &str) -> Result<RuleOption, String> {
    let (name, value) = match text.split_once(':') {
        Some((name, value)) => (name.trim(), Some(value.trim().to_owned())),
        None => (text, None),
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')) {
        return Err(format!("`{name}` is not a keyword"));
    }
    Ok(RuleOption { name: name.to_ascii_lowercase(), value })
}

/// What every option of a kind must be.
fn check(options: &[RuleOption], reading: Reading) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    let ours = reading == Reading::Ours;
    for option in options {
        let value = option.value.as_deref().unwrap_or_default();
        match option.name.as_str() {
            "msg" if ours => message(value).map(|_| ())?,
            "msg" => inside(value).map(|_| ())?,
            "content" => {
                let bytes = value.strip_prefix('!').unwrap_or(value).trim_start();
                if ours { content(bytes).map(|_| ())? } else { carried_content(bytes)? }
            }
            "pcre" | "pcrexform" if ours => pattern(value.strip_prefix('!').unwrap_or(value)).map(|_| ())?,
            "sid" | "rev" if !value.parse::<u32>().is_ok_and(|number| (1..u32::MAX).contains(&number)) => {
                return Err(format!("`{value}` is not a number for {}", option.name));
            }
            "reference" if ours && (!value.contains(',') || value.contains(['"', '|'])) => return Err(format!("`{value}` is not a reference")),
            "metadata" if ours && value.split(',').any(|pair| pair.trim().split(' ').count() != 2) => {
                return Err(format!("`{value}` are not pairs"));
            }
            _ => {}
        }
        let once = matches!(option.name.as_str(), "msg" | "sid" | "rev") || (ours && matches!(option.name.as_str(), "classtype" | "target"));
        if once && !seen.insert(option.name.as_str()) {
            return Err(format!("`{}` stands twice", option.name));
        }
    }
    Ok(())
}

/// What stands between a pair of quotes, which is the whole value.
fn inside(value: &str) -> Result<&str, String> {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).ok_or_else(|| format!("`{value}` does not stand in quotes"))
}

/// A message without its escapes.
pub(crate) fn message(value: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = inside(value)?.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some(escaped @ ('"' | ';' | '\\')) => out.push(escaped),
                _ => return Err("a backslash in `msg` escapes nothing".to_owned()),
            },
            '"' | ';' => return Err(format!("`{char}` stands bare in `msg`")),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// The bytes that a content stands for. The engine also reads `\\"`, `\\;`, `\\:` and `\\\\`, which hand-written rules have.
pub(crate) fn content(value: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut hex: Option<String> = None;
    let mut chars = inside(value)?.chars();
    while let Some(char) = chars.next() {
        match (char, &mut hex) {
            ('|', None) => hex = Some(String::new()),
            ('|', Some(digits)) => {
                let digits: String = digits.split(' ').collect();
                let bytes = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2));
                let bytes: Option<Vec<u8>> = bytes.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
                out.extend(bytes.ok_or("a content has broken hex")?);
                hex = None;
            }
            (char, Some(digits)) => digits.push(char),
            ('\\', None) => match chars.next() {
                Some(escaped @ ('"' | ';' | ':' | '\\')) => out.push(escaped as u8),
                _ => return Err("a backslash in a content escapes nothing".to_owned()),
            },
            ('"' | ';', None) => return Err(format!("`{char}` stands bare in a content")),
            (' '..='~', None) => out.push(char as u8),
            (odd, None) => return Err(format!("{odd:?} stands bare in a content")),
        }
    }
    if hex.is_some() {
        return Err("a content has an odd number of pipes".to_owned());
    }
    if out.is_empty() {
        return Err("a content is empty".to_owned());
    }
    Ok(out)
}

/// The content of a rule that travels along: the engine takes bytes outside ASCII as they are.
fn carried_content(value: &str) -> Result<(), String> {
    let plain: String = value.chars().map(|char| if char.is_ascii() { char } else { 'x' }).collect();
    content(&plain).map(|_| ())
}

/// The expression and flags of a `pcre`, or the bare expression of a `pcrexform`.
pub(crate) fn pattern(value: &str) -> Result<(String, String), String> {
    let text = inside(value)?;
    let mut escaped = false;
    for char in text.chars() {
        if matches!(char, '"' | ';') && !escaped {
            return Err("a quote or a semicolon stands bare in an expression".to_owned());
        }
        escaped = char == '\\' && !escaped;
    }
    let Some(rest) = text.strip_prefix('/') else { return Ok((text.to_owned(), String::new())) };
    let mut escaped = false;
    for (at, char) in rest.char_indices() {
        match char {
            '/' if !escaped => {
                let flags = rest.get(at + 1..).unwrap_or_default();
                if !flags.chars().all(|flag| flag.is_ascii_alphabetic()) {
                    return Err(format!("`{flags}` are not flags"));
                }
                return Ok((rest.get(..at).unwrap_or_default().to_owned(), flags.to_owned()));
            }
            _ => escaped = char == '\\' && !escaped,
        }
    }
    Err("an expression does not end with `/`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Suricata 7.0.10 and 8.0.8 said of each rule under `suricata -T`.
    #[test]
    fn rules_that_travel_along_are_taken_and_refused_as_the_engine_does() {
        let with = |options: &str| format!("alert tcp any any -> any any ({options} sid:1;)");
        let taken = [
            with("msg:\"plain colon: and \\: esc\"; content:\"/é\";"),
            with("msg:\"a\"; content:! \"abc\"; content:\"|41 4a|b\\\"c\\\\d\\;e\";"),
            with("msg:\"a\"; pcre:\"/x=(\\d+)\\\"/, pkt:foo\";"),
            with("msg:\"a\"; pcre:/abc/; metadata: foo bar baz; classtype:a; classtype:b;"),
            with("MSG:\"a\";\tcontent:\"b\";"),
            "ALERT tcp [10.0.0.0/8, ![10.1.0.0/16]] any <> any [80, 443]  \t( sid: 10 ; rev: 3; )  ".to_owned(),
        ];
        for line in taken {
            assert!(rule(&line, Reading::Carried).is_ok(), "{line}: {:?}", rule(&line, Reading::Carried));
        }
        let refused = [
            with("msg:noquotes;"),
            with("msg:\"bad; rule\";"),
            with("msg:\"a\";;"),
            with("msg:\"a\"; msg:\"b\";"),
            with("content:\"abc\\d\";"),
            with("content:\"a|4|b\";"),
            with("content:\"\";"),
            with("rev:0;"),
            with("rev:4294967295;"),
            "alert\ttcp\tany any -> any any (sid:1;)".to_owned(),
            "alert tcp any any -> any any(sid:1;)".to_owned(),
            "alert tcp any any -> any any (sid:1)".to_owned(),
            "alert tcp any any -> any any (sid:1;);".to_owned(),
            " alert tcp any any -> any any (sid:1;)".to_owned(),
            "not a rule".to_owned(),
        ];
        for line in refused {
            assert!(rule(&line, Reading::Carried).is_err(), "{line}");
        }
    }

    #[test]
    fn what_does_not_fit_into_a_block_is_a_line_of_its_own() {
        let hidden = "alert ip any any -> any any (msg:\"x\"; sid:1;)";
        let text = format!("# {}{hidden}\n# next\n", "a".repeat(BLOCK - 2));
        let all = lines(&text);
        assert_eq!(
            all.iter().map(|line| (line.number, line.is_rule(), line.cut)).collect::<Vec<_>>(),
            [(1, false, true), (1, true, false), (2, false, false)]
        );
        assert_eq!(all[1].text, hidden);
        assert_eq!(all.iter().map(|line| &text[line.place.clone()]).collect::<String>(), text);
        let whole = format!("# {}\n{hidden}", "a".repeat(BLOCK - 2));
        assert_eq!(lines(&whole).iter().filter(|line| line.is_rule()).count(), 1);
    }
}
