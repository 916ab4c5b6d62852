//! How does a search become text? The only place with quotes, commas and escapes.
//!
//! One function for each kind of literal: [`quoted`] for strings of `search` and of expressions, [`regex_literal`] inside
//! regular expressions, [`field_name`] and [`expression_field`] for names, [`conf_value`] for settings.

use std::fmt::Write as _;

use crate::ast::{Compare, Expr, Piece, Query, RegexPart, Search, Stage, Value};
use crate::lower_values::blanks_of_commands;

/// What `tstats` puts in place of a missing field, so that its rows are kept; taken out again before anything is tested.
pub(crate) const MISSING: &str = "(none)";

/// The columns of every table.
pub(crate) const TABLE: [&str; 6] = ["value", "note", "role", "valid_until", "advisory", "quote"];

/// A table's other columns.
pub(crate) const COLUMNS: &str =
    ", note AS vigie_note, role AS vigie_role, valid_until AS vigie_valid_until, advisory AS vigie_advisory, quote AS vigie_quote";

/// The macro for the options of `tstats`.
pub(crate) const SUMMARIES: &str = "vigie_summaries";

/// Writes a search: one command on each line.
pub(crate) fn query(query: &Query) -> String {
    let mut out = String::new();
    for (at, stage) in query.0.iter().enumerate() {
        let text = command(stage);
        match (at, stage) {
            (0, Stage::Search(_)) => out.push_str(text.strip_prefix("search ").unwrap_or(&text)),
            (0, _) => out = format!("| {text}"),
            _ => {
                out.push_str("\n| ");
                out.push_str(&text);
            }
        }
    }
    out
}

/// A search inside another, on one line.
fn subsearch(query: &Query) -> String {
    query.0.iter().map(command).collect::<Vec<_>>().join(" | ")
}

fn command(stage: &Stage) -> String {
    match stage {
        Stage::Search(search) => format!("search {}", top(search)),
        Stage::Multisearch(list) => format!("multisearch {}", list.iter().map(|one| format!("[{}]", subsearch(one))).collect::<Vec<_>>().join(" ")),
        Stage::Tstats { model, filter, by, seconds } => {
            let (times, span) = if *seconds { ("", " span=1s") } else { (" min(_time) AS first_time max(_time) AS last_time", "") };
            let by: Vec<String> = seconds.then(|| "_time".to_owned()).into_iter().chain(by.iter().map(|name| field_name(name))).collect();
            format!(
                "tstats `{SUMMARIES}` fillnull_value={} count{times} FROM datamodel={model}{} BY {}{span}",
                quoted(MISSING),
                filter.as_ref().map(|filter| format!(" WHERE {}", top(filter))).unwrap_or_default(),
                by.join(", ")
            )
        }
        Stage::DropPrefix(dataset) => format!("rename \"{dataset}.*\" AS \"*\""),
        Stage::Extract { field, into, before, capture } => {
            format!("rex field={} \"{}(?<{into}>{})\"", field_name(field), regex(before), regex(capture))
        }
        Stage::Eval(list) => {
            format!("eval {}", list.iter().map(|(name, value)| format!("{}={}", expression_field(name), open(value))).collect::<Vec<_>>().join(", "))
        }
        Stage::Lookup { table, field, into, columns } => {
            // Several tables may fill the same field; only the first that finds a value does.
            format!("lookup {table} value AS {} OUTPUTNEW value AS {into}{}", field_name(field), if *columns { COLUMNS } else { "" })
        }
        Stage::Where(condition) => format!("where {}", open(condition)),
        Stage::Sort(fields) => format!("sort 0 {}", names(fields)),
        Stage::Expand(field) => format!("mvexpand {} limit=0", field_name(field)),
        Stage::Streamstats { current, window, seconds, what, by } => {
            let mut out = "streamstats".to_owned();
            if !current {
                out.push_str(" current=f");
            }
            if let Some(events) = window {
                let _ = write!(out, " window={events} global=f");
            }
            if let Some(seconds) = seconds {
                let _ = write!(out, " time_window={seconds}s");
            }
            for (function, field, name) in what {
                let argument = field.as_ref().map(|field| format!("({})", field_name(field))).unwrap_or_default();
                let _ = write!(out, " {}{argument} AS {name}", function.name());
            }
            if !by.is_empty() {
                let _ = write!(out, " BY {}", names(by));
            }
            out
        }
        Stage::Filter(name) => format!("`{name}`"),
        Stage::Table(fields) => format!("table {}", names(fields)),
    }
}

fn names(fields: &[String]) -> String {
    fields.iter().map(|name| field_name(name)).collect::<Vec<_>>().join(", ")
}

/// A condition of `search` that stands alone: a conjunction needs no parentheses there.
pub(crate) fn top(search: &Search) -> String {
    match search {
        Search::All(list) => list.iter().map(nested).collect::<Vec<_>>().join(" "),
        other => nested(other),
    }
}

fn nested(search: &Search) -> String {
    match search {
        Search::All(list) => format!("({})", list.iter().map(nested).collect::<Vec<_>>().join(" AND ")),
        Search::Any(list) => format!("({})", list.iter().map(whole).collect::<Vec<_>>().join(" OR ")),
        Search::Not(inner) => format!("(NOT {})", whole(inner)),
        Search::Macro(name) => format!("`{name}`"),
        Search::Log(log) => format!("`{}`", log.own.name),
        Search::Nothing => "(NOT *)".to_owned(),
        Search::Indexed(term) => format!("TERM({term})"),
        Search::Term { field, compare, values } => {
            let operator = match compare {
                Compare::Equal => "=",
                other => operator(*other),
            };
            match values.as_slice() {
                [one] => format!("{}{operator}{}", field_name(field), value(one)),
                many => format!("{} IN ({})", field_name(field), many.iter().map(value).collect::<Vec<_>>().join(", ")),
            }
        }
    }
}

/// A condition beside `OR` or behind `NOT`. What a macro stands for is put into the text as it is, and may be several conditions.
fn whole(search: &Search) -> String {
    let text = nested(search);
    if matches!(search, Search::Macro(_) | Search::Log(_)) { format!("({text})") } else { text }
}

fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Text(pieces) => {
            let mut out = String::from("\"");
            for piece in pieces {
                match piece {
                    Piece::Literal(text) => escape(text, &mut out),
                    Piece::Any => out.push('*'),
                }
            }
            out.push('"');
            out
        }
    }
}

/// A string literal. Splunk reads `\\` and `\"` in it, and no other escape
/// (<https://docs.splunk.com/Documentation/Splunk/latest/Search/SPLandregularexpressions>).
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    escape(text, &mut out);
    out.push('"');
    out
}

fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
}

fn operator(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => "==",
        Compare::Less => "<",
        Compare::AtMost => "<=",
        Compare::More => ">",
        Compare::AtLeast => ">=",
    }
}

/// An expression that stands alone: its outermost parentheses are left out.
fn open(expr: &Expr) -> String {
    let joined = |list: &[Expr], word: &str| list.iter().map(expression).collect::<Vec<_>>().join(word);
    match expr {
        Expr::All(list) => joined(list, " AND "),
        Expr::Any(list) => joined(list, " OR "),
        Expr::Compare(left, compare, right) => format!("{}{}{}", expression(left), operator(*compare), expression(right)),
        Expr::Arithmetic(left, sign, right) => format!("{} {sign} {}", expression(left), expression(right)),
        Expr::Not(inner) => format!("NOT {}", expression(inner)),
        other => expression(other),
    }
}

/// Writes an expression of `eval` and `where`.
pub(crate) fn expression(expr: &Expr) -> String {
    match expr {
        Expr::All(_) | Expr::Any(_) | Expr::Not(_) | Expr::Compare(..) | Expr::Arithmetic(..) => format!("({})", open(expr)),
        Expr::Call(name, arguments) => format!("{name}({})", arguments.iter().map(open).collect::<Vec<_>>().join(", ")),
        Expr::Field(name) => expression_field(name),
        Expr::Text(text) => quoted(text),
        Expr::Regex(parts) => format!("\"{}\"", regex(parts)),
        Expr::Number(number) => number.to_string(),
        Expr::Decimal(number) => number.to_string(),
    }
}

/// Writes a regular expression. It reads the same before and after Splunk unescapes the string around it, because it holds
/// neither a doubled backslash nor a quote: the manual asks for four backslashes in one place and two in another.
pub(crate) fn regex(parts: &[RegexPart]) -> String {
    let (mut out, mut literal) = (String::new(), String::new());
    for part in parts {
        match part {
            // Letters are written in one piece, because some are written otherwise side by side.
            RegexPart::Literal(text) => literal.push_str(text),
            RegexPart::Syntax(text) => {
                regex_literal(&std::mem::take(&mut literal), &mut out);
                out.push_str(text);
            }
        }
    }
    regex_literal(&literal, &mut out);
    out
}

/// Characters that mean themselves in a regular expression.
pub(crate) fn regex_literal(text: &str, out: &mut String) {
    let blanks = blanks_of_commands(text);
    for (at, char) in text.char_indices() {
        match char {
            ' ' if blanks.iter().any(|blank| blank.contains(&at)) => out.push_str("[ ]"),
            '.' | '*' | '?' | '+' | '(' | ')' | '[' | '{' | '|' | '$' => {
                let _ = write!(out, "[{char}]");
            }
            // A backslash, a quote and a backtick would have to be escaped once more for the string or for macros; `#`
            // opens a comment under `(?x)`; control characters would break the line.
            '\\' | '"' | '`' | '^' | ']' | '}' | '#' => {
                let _ = write!(out, "\\x{:02x}", u32::from(char));
            }
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\x{{{:x}}}", u32::from(control));
            }
            other => out.push(other),
        }
    }
}

/// The words that `search` reads as something else than a field.
const KEYWORDS: [&str; 7] = ["AND", "OR", "NOT", "IN", "BY", "AS", "SEARCH"];

/// A field's name in a command. Only names that pass [`is_field_name`] get here.
pub(crate) fn field_name(name: &str) -> String {
    let plain = name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | ':' | '{' | '}' | '@' | '-'))
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !KEYWORDS.contains(&name.to_ascii_uppercase().as_str());
    if plain { name.to_owned() } else { quoted(name) }
}

/// A field's name in an expression: in single quotes unless it is a plain word.
pub(crate) fn expression_field(name: &str) -> String {
    const WORDS: [&str; 5] = ["and", "or", "not", "like", "in"];
    let plain = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !WORDS.contains(&name.to_ascii_lowercase().as_str())
        && name != "xor"
        && name != "true"
        && name != "false"
        && name != "null";
    if plain { name.to_owned() } else { format!("'{name}'") }
}

/// Whether a log's own name for a field can be written in every command: letters, digits and what add-ons use besides.
pub(crate) fn is_field_name(name: &str) -> bool {
    // These narrow the time of a search wherever they stand in it.
    const TIME: [&str; 8] = ["earliest", "latest", "_index_earliest", "_index_latest", "index_earliest", "index_latest", "starttime", "endtime"];
    !name.is_empty()
        && name.len() <= 256
        && name.trim() == name
        && !TIME.contains(&name.to_ascii_lowercase().as_str())
        && name
            .chars()
            .all(|char| char.is_alphanumeric() || matches!(char, '_' | '.' | ':' | '{' | '}' | '@' | '-' | ' ' | '/' | '#' | '%' | '&' | '+'))
}

/// A field's value in a text of Enterprise Security.
pub(crate) fn token(field: &str) -> String {
    format!("${field}$")
}

/// The searches that an analyst may start from a finding: what else the same search finds of the same subject.
pub(crate) fn drilldown(search: &str, field: &str) -> String {
    let value = token(field);
    let again = serde_json::json!([{
        "name": format!("View the detection results for - \"{value}\""),
        "search": format!("| savedsearch {} | search {field} = \"{value}\"", quoted(search)),
        "earliest_offset": token("info_min_time"),
        "latest_offset": token("info_max_time"),
    }]);
    again.to_string()
}

/// A setting's value. A line of it that is not the last ends with a backslash, which continues it
/// (<https://docs.splunk.com/Documentation/Splunk/latest/Admin/Howtoeditaconfigurationfile>). There is no escape for a
/// backslash at the end of a line, so such a line gets a full stop; searches never have one. Other control characters
/// become spaces.
pub(crate) fn conf_value(text: &str) -> String {
    let text = text.trim();
    let mut out = String::with_capacity(text.len());
    let breaks = |char: char| char.is_control() || matches!(char, '\u{feff}' | '\u{2028}' | '\u{2029}');
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push_str("\\\n");
        }
        let start = out.len();
        if line.contains(breaks) {
            out.extend(line.chars().map(|char| if breaks(char) { ' ' } else { char }));
        } else {
            out.push_str(line);
        }
        if out.get(start..).is_some_and(|line| line.trim_end().ends_with('\\')) {
            out.push('.');
        }
    }
    out
}

/// Prose on one line. A command that the inspection of apps refuses gets a hyphen that looks the same.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = backend::one_line(text);
    for blank in blanks_of_commands(&out).into_iter().rev() {
        out.replace_range(blank.end..=blank.end, "\u{2011}");
    }
    out
}

/// A stanza's name: what is left when everything that a configuration file or a URL could read as syntax becomes a dash.
pub(crate) fn stanza_name(text: &str, longest: usize) -> String {
    let blanks = blanks_of_commands(text);
    let mut out = String::new();
    for (at, char) in text.char_indices() {
        if blanks.iter().any(|blank| blank.contains(&at)) {
            continue;
        }
        if out.chars().count() >= longest {
            break;
        }
        let kept = char.is_alphanumeric() || matches!(char, ' ' | '-' | '_' | '.' | ',' | '(' | ')' | ':');
        let char = if kept {
            char
        } else if char.is_whitespace() {
            ' '
        } else {
            '-'
        };
        if !(matches!(char, ' ' | '-') && out.ends_with(char)) {
            out.push(char);
        }
    }
    out.trim_matches([' ', '-']).to_owned()
}
