//! How a rule is read: header, options, quotes and escapes, as the engine does it.

/// A line of a rules file, with lines that end in a backslash joined.
pub(crate) struct Line {
    /// One-based number of its first line.
    pub(crate) number: usize,
    /// Its text.
    pub(crate) text: String,
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
    /// Its keyword.
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

/// The lines of a file.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let comment = !open && line.trim_start().starts_with('#');
        let (body, more) = match line.trim_end().strip_suffix('\\') {
            Some(body) if !comment => (body, true),
            _ => (line, false),
        };
        match out.last_mut() {
            Some(last) if open => last.text.push_str(body.trim_start()),
            _ => out.push(Line { number: at + 1, text: body.to_owned() }),
        }
        open = more;
    }
    out
}

/// Reads one line; `None` for a comment or an empty line.
pub(crate) fn rule(line: &str) -> Result<Option<Rule>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.chars().any(char::is_control) {
        return Err("a control character stands in the rule".to_owned());
    }
    let (head, rest) = line.split_once('(').ok_or("the rule has no options")?;
    let body = rest.strip_suffix(')').ok_or("the rule does not end with `)`")?;
    let header = header(head)?;
    let options = options(body)?;
    check(&options)?;
    Ok(Some(Rule { header, options }))
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
            if !matches!(*action, "alert" | "drop" | "pass" | "reject" | "rejectsrc" | "rejectdst" | "rejectboth" | "config") {
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
    Ok(RuleOption { name: name.to_owned(), value })
}

/// What every option of a kind must be.
fn check(options: &[RuleOption]) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    for option in options {
        let value = option.value.as_deref().unwrap_or_default();
        match option.name.as_str() {
            "msg" => message(value).map(|_| ())?,
            "content" => content(value.strip_prefix('!').unwrap_or(value)).map(|_| ())?,
            "pcre" | "pcrexform" => pattern(value.strip_prefix('!').unwrap_or(value)).map(|_| ())?,
            "sid" | "rev" if value.parse::<u32>().is_err() || value == "0" => return Err(format!("`{value}` is not a number for {}", option.name)),
            "reference" if !value.contains(',') || value.contains(['"', '|']) => return Err(format!("`{value}` is not a reference")),
            "metadata" if value.split(',').any(|pair| pair.trim().split(' ').count() != 2) && value.contains("vigie_id ") => {
                return Err(format!("`{value}` are not pairs"));
            }
            _ => {}
        }
        if matches!(option.name.as_str(), "msg" | "sid" | "rev" | "classtype" | "target" | "metadata")
            && !seen.insert(option.name.as_str())
            && option.name != "metadata"
        {
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
