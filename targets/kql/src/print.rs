//! How does a tree become text? The only place with quotes, commas and escapes.
//!
//! String literals: <https://learn.microsoft.com/kusto/query/scalar-data-types/string>. A verbatim literal `@"..."` holds
//! anything but a control character and doubles its quotes; a regular one escapes backslash, quote and control characters.
//! Characters that editors hide or that turn the direction of text are written as escapes.

use std::fmt::Write as _;

use crate::ast::{Condition, From, Let, List, Query, Rows, Step, Value};

/// Terms in one flat `or` or `and`; the language service refuses some 500.
pub(crate) const FLAT: usize = 100;
/// The widest line before a list is broken.
const WIDTH: usize = 140;

/// The text of a query, without a line end behind it.
pub(crate) fn query(query: &Query) -> String {
    let mut out = String::new();
    for definition in &query.lets {
        match definition {
            Let::Texts { name, values, array: _ } => {
                let _ = writeln!(out, "let {} = {};", identifier(name), texts(values, 4));
            }
            Let::Watched { name, aliases, array } => {
                let one = |alias: &String| format!("_GetWatchlist({}) | project SearchKey", literal(alias));
                let lists = match aliases.as_slice() {
                    [alias] => one(alias),
                    many => format!("union ({})", many.iter().map(one).collect::<Vec<_>>().join("), (")),
                };
                let _ = if *array {
                    writeln!(out, "let {} = toscalar({lists} | summarize make_list(SearchKey, 1000000));", identifier(name))
                } else {
                    writeln!(out, "let {} = {lists};", identifier(name))
                };
            }
            Let::Rows { name, rows: definition, kept } => {
                let text = rows(definition, if *kept { 4 } else { 0 });
                let _ = if *kept {
                    writeln!(out, "let {} = materialize(\n    {text}\n);", identifier(name))
                } else {
                    writeln!(out, "let {} =\n{text};", identifier(name))
                };
            }
            Let::Vendor(text) => {
                let _ = writeln!(out, "{text}");
            }
        }
    }
    out.push_str(&rows(&query.rows, 0));
    out
}

fn rows(of: &Rows, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut out = match &of.from {
        From::Table(name) => identifier(name),
        From::Parser(name, arguments) => {
            let list: Vec<String> = arguments.iter().map(|(name, argument)| format!("{name}={}", value(argument))).collect();
            format!("{name}({})", list.join(", "))
        }
        From::Union(legs) => {
            let legs: Vec<String> = legs.iter().map(|leg| format!("{pad}    ({})", rows(leg, indent + 8))).collect();
            format!("union isfuzzy=true\n{}", legs.join(",\n"))
        }
    };
    for step in &of.steps {
        let _ = write!(out, "\n{pad}| {}", self::step(step, indent));
    }
    out
}

fn step(of: &Step, indent: usize) -> String {
    let columns = |list: &[(String, Value)]| {
        let each: Vec<String> = list
            .iter()
            .map(|(name, of)| match of {
                Value::Name(same) if same == name => identifier(name),
                of => format!("{} = {}", identifier(name), value(of)),
            })
            .collect();
        let one_line = each.join(", ");
        if one_line.len() <= WIDTH { one_line } else { each.join(&format!(",\n{}    ", " ".repeat(indent))) }
    };
    let names = |list: &[String]| list.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ");
    match of {
        Step::Where(of) => format!("where {}", condition(of, indent + 4)),
        Step::Extend(list) => format!("extend {}", columns(list)),
        Step::Project(list) => format!("project {}", columns(list)),
        Step::Sort(list) => format!("sort by {}", list.iter().map(|name| format!("{} asc", identifier(name))).collect::<Vec<_>>().join(", ")),
        Step::Summarize(list, keys) if list.is_empty() => format!("distinct {}", names(keys)),
        Step::Summarize(list, keys) => format!("summarize {} by {}", columns(list), names(keys)),
        Step::Latest(time, keys) if keys.is_empty() => format!("top 1 by {} desc", identifier(time)),
        Step::Latest(time, keys) => format!("summarize arg_max({}, *) by {}", identifier(time), names(keys)),
        Step::Join(other, keys) => {
            format!("join kind=inner (\n{0}    {1}\n{0}) on {2}", " ".repeat(indent), rows(other, indent + 4), names(keys))
        }
    }
}

/// A condition; what needs parentheses inside another condition has them.
fn condition(of: &Condition, indent: usize) -> String {
    match of {
        Condition::All(list) => chain(list, "and", indent),
        Condition::Any(list) => chain(list, "or", indent),
        Condition::Not(inner) => format!("not({})", condition(inner, indent)),
        Condition::Always(flag) => flag.to_string(),
        Condition::Compare(left, operator, right) => format!("{} {operator} {}", value(left), value(right)),
        Condition::In(left, case, list) => {
            let operator = if *case == ir::Case::Insensitive { "in~" } else { "in" };
            let list = match list {
                List::Values(values) => wrapped(values.iter().map(value), indent),
                List::Named(name) => identifier(name),
                List::Rows(list) => format!("({})", rows(list, indent)),
            };
            format!("{} {operator} ({list})", value(left))
        }
        Condition::Is(of) => value(of),
        Condition::Vendor(text) => (*text).to_owned(),
    }
}

fn chain(list: &[Condition], word: &str, indent: usize) -> String {
    if list.len() > FLAT {
        // Parentheses keep the parser's recursion shallow.
        let groups: Vec<String> = list.chunks(FLAT).map(|group| format!("({})", chain(group, word, indent))).collect();
        return groups.join(&format!("\n{}{word} ", " ".repeat(indent)));
    }
    let each: Vec<String> = list
        .iter()
        .map(|inner| match inner {
            Condition::All(_) | Condition::Any(_) => format!("({})", condition(inner, indent + 4)),
            Condition::Vendor(text) if text.contains(" and ") || text.contains(" or ") => format!("({text})"),
            other => condition(other, indent),
        })
        .collect();
    let one_line = each.join(&format!(" {word} "));
    if one_line.len() <= WIDTH && !one_line.contains('\n') { one_line } else { each.join(&format!("\n{}{word} ", " ".repeat(indent))) }
}

fn value(of: &Value) -> String {
    match of {
        Value::Name(name) => identifier(name),
        Value::AnyColumn => "*".to_owned(),
        Value::Text(text) => literal(text),
        Value::Number(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Seconds(seconds) => duration(*seconds),
        Value::Texts(list) => texts(list, 8),
        Value::Call(name, arguments) => format!("{name}({})", arguments.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Operator(left, operator, right) => format!("({} {operator} {})", value(left), value(right)),
        Value::Condition(inner) => condition(inner, 8),
        Value::Member(of, path) => path.iter().fold(value(of), |out, part| format!("{out}[{}]", literal(part))),
        Value::Vendor(text) => text.to_string(),
    }
}

/// `dynamic([...])`, broken into lines when it is long.
fn texts(list: &[String], indent: usize) -> String {
    format!("dynamic([{}])", wrapped(list.iter().map(|text| literal(text)), indent))
}

/// Items separated by commas, on one line when they fit.
fn wrapped(items: impl Iterator<Item = String>, indent: usize) -> String {
    let items: Vec<String> = items.collect();
    let one_line = items.join(", ");
    if one_line.len() <= WIDTH {
        return one_line;
    }
    let pad = " ".repeat(indent);
    let mut out = String::from("\n");
    let mut line = pad.clone();
    for (at, item) in items.iter().enumerate() {
        if line.len() > pad.len() && line.len() + item.len() > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            line.clone_from(&pad);
        }
        line.push_str(item);
        if at + 1 < items.len() {
            line.push_str(", ");
        }
    }
    let _ = writeln!(out, "{}", line.trim_end());
    out.push_str(&" ".repeat(indent.saturating_sub(4)));
    out
}

/// A length of time: `90s`, `10m`, `2h`, `3d`.
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// A name as it stands, or in brackets and quotes when it holds anything but letters, digits and underscores, or is a
/// word of the language.
pub(crate) fn identifier(name: &str) -> String {
    const WORDS: [&str; 18] = [
        "and", "or", "not", "in", "has", "contains", "between", "true", "false", "null", "by", "on", "let", "where", "project", "extend", "union",
        "kind",
    ];
    let plain = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
        && !WORDS.contains(&name);
    if plain { name.to_owned() } else { format!("[{}]", literal(name)) }
}

/// Whether a character is written as an escape: control characters, line and paragraph separators, and what is invisible
/// or turns the direction of text.
pub(crate) fn hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    if text.contains('\\') && !text.chars().any(hidden) {
        return format!("@\"{}\"", text.replace('"', "\"\""));
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if hidden(char) => {
                let _ = write!(out, "\\u{:04X}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

/// A string literal in single quotes: for text that holds double ones.
pub(crate) fn quoted(text: &str) -> String {
    if text.chars().any(hidden) { literal(text) } else { format!("@'{}'", text.replace('\'', "''")) }
}

/// A regular expression that matches exactly this text.
pub(crate) fn regex_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // `\\A` reads like the anchor `\A`, to people and to tools.
            '\\' if chars.peek().is_some_and(|next| "AzQEpP".contains(*next)) => out.push_str("\\x5C"),
            char if "\\.+*?()|[]{}^$".contains(char) => out.extend(['\\', char]),
            char => out.push(char),
        }
    }
    out
}

/// One line of a comment: what could end the line is a space.
pub(crate) fn comment(text: &str) -> String {
    let line: String = text.chars().map(|char| if hidden(char) { ' ' } else { char }).collect();
    format!("// {}", line.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify;
    use proptest::prelude::*;

    /// Text that tries to break out.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[\"'\\\\@|;()\\[\\]{}\n\r\t/*?`h~\u{0}\u{2028}\u{202e}é𝄞]{0,12}",
            Just("\"; drop".to_owned()),
            Just("\") or (1 == 1) //".to_owned()),
            Just("C:\\a\\".to_owned()),
            Just("'\"\\\"\n| union *".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn literals_read_back(text in hostile()) {
            let printed = literal(&text);
            prop_assert!(!printed.chars().any(char::is_control));
            let tokens = verify::tokens(&printed).unwrap();
            prop_assert_eq!(tokens, vec![verify::Token::Text(text)]);
        }

        #[test]
        fn identifiers_are_one_name(text in hostile()) {
            let tokens = verify::tokens(&identifier(&text)).unwrap();
            let name = match tokens.as_slice() {
                [verify::Token::Word(name)] | [_, verify::Token::Text(name), _] => name.clone(),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(name, text);
        }

        #[test]
        fn comments_stay_on_their_line(text in hostile()) {
            prop_assert_eq!(verify::tokens(&format!("{}\nT", comment(&text))).unwrap(), vec![verify::Token::Word("T".to_owned())]);
        }

        #[test]
        fn regular_expressions_mean_their_text(text in hostile(), other in hostile()) {
            let regex = regex::Regex::new(&format!("(?s)^{}$", regex_literal(&text))).unwrap();
            prop_assert!(regex.is_match(&text));
            prop_assert_eq!(regex.is_match(&other), text == other);
        }
    }

    #[test]
    fn durations_are_written_short() {
        assert_eq!([0, 90, 600, 7_200, 86_400].map(duration), ["0s", "90s", "10m", "2h", "1d"]);
    }
}
