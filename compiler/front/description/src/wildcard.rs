//! Is a star in a text meant as a wildcard? Text is literal here, and a wildcard in Sigma and Splunk.

use ir::{Field, FieldKind, FieldRef};
use source::{Code, Diagnostic};

use super::cursor::Cursor;
use super::operator::{Operator, Value, Written};
use crate::quote;

/// A star where text is literal.
pub(crate) static WILDCARD: Code = Code::warn("check.wildcard", "a star in a text stands for itself, and a wildcard might be meant");

/// Reports stars that look like wildcards.
pub(crate) fn check(cursor: &mut Cursor<'_>, field: &FieldRef, operator: Operator, values: &[Value<'_>]) {
    for value in values {
        let Written::Quoted(text) = &value.value else { continue };
        if let Some(help) = meant(field, operator, text) {
            let message = format!("a star in `{text}` stands for itself");
            cursor.report(Diagnostic::new(&WILDCARD, message).at(value.span, "looks like a wildcard").help(help));
        }
    }
}

/// What might be written instead of a text whose star looks like a wildcard.
pub(crate) fn meant(field: &FieldRef, operator: Operator, text: &str) -> Option<String> {
    let kind = field.known().map(Field::kind);
    let registry = matches!(field.known(), Some(Field::RegistryKey | Field::RegistryPath));
    // No name in a Windows path holds a star; keys do.
    let windows = kind == Some(FieldKind::Path) && !registry && text.contains('\\');
    match operator {
        Operator::Glob => {
            let meant = if windows { with_wildcards(text) } else { None };
            return meant.map(|meant| format!("`\\*` is a star itself; a backslash and a wildcard are `{}`", quote::string(&meant)));
        }
        Operator::Equal | Operator::NotEqual | Operator::In | Operator::Contains | Operator::Starts | Operator::Ends => {}
        // A domain under `*.` is what is below it anyway.
        Operator::Under if kind != Some(FieldKind::Domain) => {}
        _ => return None,
    }
    let plain = if registry { without_classes(text) } else { text.to_owned() };
    let edge = plain.starts_with('*') || plain.ends_with('*');
    // A type of content, the times of a table of jobs, and what a command of the registry is given.
    let other = text == "*/*" || text.contains("* * *") || text.ends_with("%*") && !text.starts_with('*');
    // A key of this name is in no log but below the classes.
    let component = registry && plain.split('\\').any(|part| part == "*");
    if other || !(edge || component || windows && text.contains('*')) {
        return None;
    }
    Some(instead(field, operator, text))
}

/// A key without the class of every file, whose name is a star: `HKCR\*`, `HKLM\Software\Classes\*`.
fn without_classes(key: &str) -> String {
    let mut before = "";
    let parts: Vec<&str> = key
        .split('\\')
        .filter(|part| {
            let class = *part == "*" && ["classes", "hkcr", "hkey_classes_root"].iter().any(|known| before.eq_ignore_ascii_case(known));
            before = part;
            !class
        })
        .collect();
    parts.join("\\")
}

/// The test that says with words what the stars say.
fn instead(field: &FieldRef, operator: Operator, text: &str) -> String {
    let core = text.trim_matches('*');
    let not = if operator == Operator::NotEqual { "not " } else { "" };
    let name = match field {
        FieldRef::Open(name) => quote::string(name),
        _ => field.to_string(),
    };
    if core.is_empty() {
        return format!("`{not}{name} exists` says that there is a value");
    }
    let host = field.known().is_some_and(|field| field.kind() == FieldKind::Domain);
    if host
        && matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In | Operator::Ends)
        && let Some(domain) = text.strip_prefix("*.").filter(|domain| !domain.contains('*'))
    {
        return format!("`{not}{name} under {}` is that name and every one below it", quote::string(domain));
    }
    let left = text.starts_with('*') || matches!(operator, Operator::Contains | Operator::Ends);
    let right = text.ends_with('*') || matches!(operator, Operator::Contains | Operator::Starts | Operator::Under);
    if operator == Operator::Under && core.contains('*') {
        let (root, below) = (glob(core), if core.contains('\\') { "\\\\*" } else { "/*" });
        let root = root.trim_end_matches(['\\', '/']);
        let (place, below) = (quote::string(root), quote::string(&format!("{root}{below}")));
        return format!("wildcards might be meant: `{not}{name} glob [{place}, {below}]`");
    }
    if core.contains('*') {
        let glob = format!("{}{}{}", if left { "*" } else { "" }, glob(core), if right { "*" } else { "" });
        return format!("a wildcard might be meant: `{not}{name} glob {}`", quote::string(&glob));
    }
    let word = match (left, right) {
        (true, true) => "contains",
        (true, false) => "ends",
        (false, true) => "starts",
        (false, false) => "==",
    };
    format!("`{not}{name} {word} {}` might be meant; a star itself is `\\*` behind `glob`", quote::string(core))
}

/// A glob with wildcards where it has stars behind a backslash; `None` when it has none.
fn with_wildcards(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut found, mut chars) = (false, text.chars().peekable());
    while let Some(char) = chars.next() {
        out.push(char);
        if char != '\\' {
            continue;
        }
        match chars.next_if(|next| matches!(next, '*' | '?' | '\\')) {
            Some('*') => {
                found = true;
                out.push_str("\\*");
            }
            escaped => out.extend(escaped),
        }
    }
    found.then_some(out)
}

/// Text in which a star is a wildcard, and a backslash before one is a backslash.
fn glob(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        out.push(char);
        if char == '\\' && chars.peek().is_some_and(|next| matches!(next, '*' | '?' | '\\')) {
            out.push('\\');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_become_words() {
        let of = |field: Field, operator, text| meant(&field.into(), operator, text).unwrap_or_default();
        let (path, line) = (Field::ProcessPath, Field::ProcessCommandLine);
        for (field, operator, text, want) in [
            (path, Operator::Equal, r"*\mshta.exe", r"`process.path ends '\mshta.exe'`"),
            (path, Operator::NotEqual, r"*\mshta.exe", r"`not process.path ends '\mshta.exe'`"),
            (path, Operator::Equal, r"C:\Users\*\a.exe", r"`process.path glob 'C:\Users\\*\a.exe'`"),
            (path, Operator::Glob, r"C:\Users\*\a.exe", r"'C:\Users\\*\a.exe'"),
            (line, Operator::Contains, "*tide*", "`process.command_line contains \"tide\"`"),
            (line, Operator::Starts, "tide*", "`process.command_line starts \"tide\"`"),
            (line, Operator::Ends, "tide*", "`process.command_line contains \"tide\"`"),
            (path, Operator::Under, r"C:\Users\*\Temp", r"glob ['C:\Users\\*\Temp', 'C:\Users\\*\Temp\\*']"),
            (line, Operator::Equal, "*", "`process.command_line exists`"),
            (Field::DnsName, Operator::Ends, "*.tide.example", "`dns.name under \"tide.example\"`"),
            (Field::RegistryPath, Operator::Contains, r"*\Run", r"`registry.path contains '\Run'`"),
            (Field::RegistryKey, Operator::Equal, r"HKLM\Software\*\Run", r"`registry.key glob 'HKLM\Software\\*\Run'`"),
        ] {
            assert!(of(field, operator, text).contains(want), "{text}: {}", of(field, operator, text));
        }
        for (field, operator, text) in [
            (line, Operator::Contains, "select * from"),
            (line, Operator::Contains, "* * * * * curl"),
            (Field::RegistryData, Operator::Ends, "\"%1\" %*"),
            (line, Operator::Glob, "*tide*"),
            (path, Operator::Glob, r"C:\Users\\*\a.exe"),
            (Field::HttpContentType, Operator::Equal, "*/*"),
            (Field::RegistryKey, Operator::Starts, r"HKLM\Software\Classes\*"),
            (Field::DnsName, Operator::Under, "*.tide.example"),
        ] {
            assert_eq!(of(field, operator, text), "", "{text}");
        }
    }
}
