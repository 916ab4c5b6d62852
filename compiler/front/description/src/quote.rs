//! How does a draft write words so that the language reads them back as they were?

/// The longest string of a draft, in bytes; the language takes somewhat more.
pub const MAX: usize = 60 << 10;

/// A string of the language. Only here are quotes and escapes written.
pub fn string(text: &str) -> String {
    let raw = text.contains('\\') && !text.contains('\'') && !text.chars().any(hidden);
    if raw {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if hidden(other) => out.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// One comment on one line, whatever the words hold.
pub fn comment(words: &str) -> String {
    let line: String = words.chars().map(|char| if hidden(char) { ' ' } else { char }).collect();
    let line: Vec<&str> = line.split_whitespace().collect();
    let mut line = line.join(" ");
    if line.len() > 400 {
        let end = (0..=400).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        line.truncate(end);
        line.push_str("...");
    }
    format!("# {line}").trim_end().to_owned()
}

/// Words that hold indicators, made so that nobody follows them by a slip.
pub fn defanged(value: &str) -> String {
    value.replace("://", "[:]//").replace('.', "[.]").replace('@', "[@]")
}

/// Whether a character is not seen, ends a line, or turns the direction of the text.
fn hidden(char: char) -> bool {
    source::unseen(char) || matches!(char, '\u{200c}' | '\u{200d}') || (char.is_whitespace() && char != ' ')
}

/// A name of the language made from any words: `Network indicators` is `network-indicators`.
pub fn name(words: &str) -> String {
    let mut out = String::new();
    for char in words.chars().take(200) {
        if char.is_ascii_alphanumeric() || char == '_' {
            out.push(char);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 60 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    match out.chars().next() {
        Some(first) if first.is_ascii_alphabetic() || first == '_' => out.to_owned(),
        Some(_) => format!("block-{out}"),
        None => "block".to_owned(),
    }
}
