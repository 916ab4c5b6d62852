//! The only place where Sigma text is made: YAML scalars, Sigma strings, regular expressions, conditions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use backend::{Artefact, ArtefactKind, Job, Lowered, Printed, PrintedRule};
use ir::{Comparison, Figure, Needs, Part, Pattern, Place, Plain, TimePart};

use crate::ast::{
    Asked, Block, Body, Cased, Condition, Correlation, CorrelationKind, Detection, Document, File, Flags, Head, How, Item, Key, LogSource, Member,
    Order, Re, Value,
};
use crate::lower::about;
use uuid::Uuid;

/// Writes each file. What must be unique and is not gets more words: paths, also where only case differs, and names get
/// the rule's id, titles the detection's key.
pub(crate) fn print(rules: &[Lowered<File>], job: &Job<'_>) -> Printed {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for rule in rules {
        *uses.entry(rule.rule.path.to_lowercase()).or_default() += 1;
    }
    // Folders are lost where rules are put side by side; rules that were read as Sigma had names of their own.
    let file = |path: &str| path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let own = |rule: &Lowered<File>| job.detections.get(rule.detection).is_some_and(|asked| asked.meta.sigma.is_some());
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| own(rule)) {
        *files.entry(file(&rule.rule.path)).or_default() += 1;
    }
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut named: BTreeSet<(&str, Uuid)> = BTreeSet::new();
    for (name, id) in rules.iter().flat_map(|rule| &rule.rule.documents).filter_map(|document| Some((document.name.as_deref()?, document.id))) {
        *names.entry(name).or_default() += usize::from(named.insert((name, id)));
    }
    let mut titles: BTreeMap<&str, usize> = BTreeMap::new();
    let mut titled: BTreeSet<(&str, Uuid)> = BTreeSet::new();
    for document in rules.iter().flat_map(|rule| &rule.rule.documents) {
        *titles.entry(document.title.as_str()).or_default() += usize::from(titled.insert((document.title.as_str(), document.id)));
    }
    // A rule that is a detection of its own, or that several correlations refer to, is written once.
    let whole: BTreeSet<Uuid> = rules.iter().filter_map(|rule| rule.rule.documents.last()).map(|document| document.id).collect();
    let mut written: BTreeSet<Uuid> = BTreeSet::new();
    let mut out = Printed::default();
    for Lowered { detection, rule } in rules {
        let Some(asked) = job.detections.get(*detection) else { continue };
        let short: String = asked.id.simple().to_string().chars().take(8).collect();
        let name = |name: &str| if names.get(name).is_some_and(|count| *count > 1) { format!("{name}_{short}") } else { name.to_owned() };
        let mut path = rule.path.clone();
        let again = asked.meta.sigma.is_some() && files.get(&file(&path)).is_some_and(|count| *count > 1);
        if again || uses.get(&path.to_lowercase()).is_some_and(|count| *count > 1) {
            let _ = write!(path, "-{short}");
        }
        path.push_str(".yml");
        let title = |title: &str| match titles.get(title) {
            Some(count) if *count > 1 => about::told_apart(title, asked),
            _ => title.to_owned(),
        };
        let last = rule.documents.len().saturating_sub(1);
        let here =
            rule.documents.iter().enumerate().filter(|(at, document)| *at == last || (!whole.contains(&document.id) && written.insert(document.id)));
        let generate = rule.documents.iter().take(last).any(|document| whole.contains(&document.id));
        let documents: Vec<String> =
            here.map(|(at, document)| self::document(document, &title(&document.title), &name, generate && at == last)).collect();
        let text = documents.join("---\n");
        out.rules.push(PrintedRule {
            detection: *detection,
            id: asked.id.to_string(),
            title: rule.documents.last().map(|document| title(&document.title)).unwrap_or_default(),
            artefact: path.clone(),
            text: text.clone(),
        });
        out.artefacts.push(Artefact { path, kind: ArtefactKind::Rules, text });
    }
    out
}

/// One document; `generate` says that the rules it refers to are detections of their own too.
fn document(document: &Document, title: &str, name: &dyn Fn(&str) -> String, generate: bool) -> String {
    let mut out = Lines::default();
    out.pair(0, "title", &scalar(title));
    out.pair(0, "id", &document.id.to_string());
    if let Some(own) = &document.name {
        out.pair(0, "name", &scalar(&name(own)));
    }
    if let Some(taxonomy) = &document.taxonomy {
        out.pair(0, "taxonomy", &scalar(taxonomy));
    }
    if let Some(head) = &document.head {
        front(head, &mut out);
    }
    match &document.body {
        Body::Detection(source, detection) => {
            logsource(source, &mut out);
            self::detection(detection, &mut out);
        }
        Body::Correlation(correlation) => {
            self::correlation(correlation, name, &mut out);
            if generate {
                out.pair(1, "generate", "true");
            }
        }
    }
    if let Some(head) = &document.head {
        out.list(0, "fields", head.fields.iter().map(|text| scalar(text)));
        out.list(0, "falsepositives", head.false_positives.iter().map(|text| scalar(text)));
        out.pair(0, "level", head.level.name());
        head.custom.iter().for_each(|(key, value)| plain(0, &scalar(key), value, &mut out));
    }
    out.0
}

fn front(head: &Head, out: &mut Lines) {
    if !head.related.is_empty() {
        out.open(0, "related");
        for (id, kind) in &head.related {
            out.line(1, &format!("- id: {}", scalar(id)));
            out.line(1, &format!("  type: {}", scalar(kind)));
        }
    }
    out.pair(0, "status", &scalar(&head.status));
    out.pair(0, "description", &scalar(&head.description));
    if let Some(license) = &head.license {
        out.pair(0, "license", &scalar(license));
    }
    out.list(0, "references", head.references.iter().map(|text| scalar(text)));
    if let Some(author) = &head.author {
        out.pair(0, "author", &scalar(author));
    }
    if let Some(date) = head.date {
        out.pair(0, "date", &date.to_string());
    }
    if let Some(date) = head.modified {
        out.pair(0, "modified", &date.to_string());
    }
    out.list(0, "tags", head.tags.iter().map(|text| scalar(text)));
    out.list(0, "scope", head.scope.iter().map(|text| scalar(text)));
}

fn logsource(source: &LogSource, out: &mut Lines) {
    out.open(0, "logsource");
    for (key, value) in
        [("category", &source.category), ("product", &source.product), ("service", &source.service), ("definition", &source.definition)]
    {
        if let Some(value) = value {
            out.pair(1, key, &scalar(value));
        }
    }
    source.custom.iter().for_each(|(key, value)| plain(1, &scalar(key), value, out));
}

fn detection(detection: &Detection, out: &mut Lines) {
    out.open(0, "detection");
    for (name, block) in &detection.blocks {
        out.open(1, name);
        match block {
            Block::Map(items) => items.iter().for_each(|item| self::item(2, "", item, out)),
            Block::Keywords(values) => values.iter().for_each(|value| out.line(2, &format!("- {}", self::value(value)))),
            Block::List(maps) => {
                for items in maps {
                    for (at, item) in items.iter().enumerate() {
                        self::item(2, if at == 0 { "- " } else { "  " }, item, out);
                    }
                }
            }
        }
    }
    out.pair(1, "condition", &condition(&detection.condition, false));
}

fn item(level: usize, before: &str, item: &Item, out: &mut Lines) {
    let key = format!("{before}{}", scalar(&self::key(&item.key)));
    match item.values.as_slice() {
        [value] => out.pair(level, &key, &self::value(value)),
        // Four more when the key itself stands behind a dash.
        values if before.is_empty() => out.list(level, &key, values.iter().map(self::value)),
        values => {
            out.open(level, &key);
            values.iter().for_each(|value| out.line(level + 1, &format!("  - {}", self::value(value))));
        }
    }
}

fn key(key: &Key) -> String {
    let cased = |cased: Cased, word: &str| match cased {
        Cased::Yes => format!("{word}|cased"),
        Cased::No => word.to_owned(),
    };
    let modifiers = match key.how {
        How::Is(is) => cased(is, ""),
        How::Contains(is) => cased(is, "|contains"),
        How::Starts(is) => cased(is, "|startswith"),
        How::Ends(is) => cased(is, "|endswith"),
        How::Regex(Flags { insensitive, lines, dot_all }) => {
            let flags = [(insensitive, "|i"), (lines, "|m"), (dot_all, "|s")];
            format!("|re{}", flags.iter().filter(|(on, _)| *on).map(|(_, flag)| *flag).collect::<String>())
        }
        How::Cidr => "|cidr".to_owned(),
        How::Exists => "|exists".to_owned(),
        How::Less => "|lt".to_owned(),
        How::AtMost => "|lte".to_owned(),
        How::More => "|gt".to_owned(),
        How::AtLeast => "|gte".to_owned(),
        How::Field(place, is) => {
            let place = match place {
                Place::Whole => "|fieldref",
                Place::Start => "|fieldref|startswith",
                Place::End => "|fieldref|endswith",
                Place::Anywhere => "|fieldref|contains",
            };
            cased(is, place)
        }
        How::Time(part, order) => {
            let part = match part {
                TimePart::Minute => "|minute",
                TimePart::Hour => "|hour",
                TimePart::Day => "|day",
                TimePart::Week => "|week",
                TimePart::Month => "|month",
                TimePart::Year => "|year",
            };
            let order = match order {
                None => "",
                Some(Order::Less) => "|lt",
                Some(Order::AtMost) => "|lte",
                Some(Order::More) => "|gt",
                Some(Order::AtLeast) => "|gte",
            };
            format!("{part}{order}")
        }
    };
    // Keywords are looked for anywhere without a word for it.
    let modifiers = if key.field.is_empty() { modifiers.strip_prefix("|contains").unwrap_or(&modifiers).to_owned() } else { modifiers };
    format!("{}{modifiers}{}", key.field, if key.all { "|all" } else { "" })
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(pattern) => quoted(&sigma_string(pattern)),
        Value::Regex(re) => quoted(&regex(re)),
        Value::Net(net) => quoted(&net.to_string()),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Null => "null".to_owned(),
        Value::Field(name) => quoted(&sigma_string(&Pattern::exact(name))),
    }
}

fn condition(condition: &Condition, inside: bool) -> String {
    let joined = |list: &[Condition], word: &str| {
        let text = list.iter().map(|part| self::condition(part, true)).collect::<Vec<_>>().join(word);
        if inside { format!("({text})") } else { text }
    };
    match condition {
        Condition::Is(name) => name.clone(),
        Condition::Not(inner) => format!("not {}", self::condition(inner, true)),
        Condition::And(list) => joined(list, " and "),
        Condition::Or(list) => joined(list, " or "),
        Condition::AllOf(prefix) => format!("all of {prefix}*"),
        Condition::OneOf(prefix) => format!("1 of {prefix}*"),
    }
}

fn correlation(correlation: &Correlation, name: &dyn Fn(&str) -> String, out: &mut Lines) {
    out.open(0, "correlation");
    let (kind, field, percentile) = match &correlation.kind {
        CorrelationKind::EventCount => ("event_count", None, None),
        CorrelationKind::ValueCount(field) => ("value_count", Some(field), None),
        CorrelationKind::Figure(Figure::Sum, field) => ("value_sum", Some(field), None),
        CorrelationKind::Figure(Figure::Average, field) => ("value_avg", Some(field), None),
        CorrelationKind::Figure(Figure::Median, field) => ("value_median", Some(field), None),
        CorrelationKind::Figure(Figure::Percentile(percent), field) => ("value_percentile", Some(field), Some(percent)),
        CorrelationKind::Temporal => ("temporal", None, None),
        CorrelationKind::TemporalOrdered => ("temporal_ordered", None, None),
    };
    out.pair(1, "type", kind);
    out.list(1, "rules", correlation.rules.iter().map(|rule| scalar(&name(rule))));
    // The specification asks for the key, also where nothing is grouped.
    if correlation.group_by.is_empty() {
        out.pair(1, "group-by", "[]");
    }
    out.list(1, "group-by", correlation.group_by.iter().map(|field| scalar(field)));
    out.pair(1, "timespan", &timespan(correlation.timespan));
    if !correlation.aliases.is_empty() {
        out.open(1, "aliases");
        for (alias, fields) in &correlation.aliases {
            out.open(2, &scalar(alias));
            fields.iter().for_each(|(rule, field)| out.pair(3, &scalar(&name(rule)), &scalar(field)));
        }
    }
    let bounds = match &correlation.condition {
        Asked::Rules(needs) => {
            let names: Vec<String> = correlation.rules.iter().map(|rule| name(rule)).collect();
            return out.pair(1, "condition", &needed(needs, &names, false));
        }
        Asked::Bounds(bounds) => bounds,
    };
    out.open(1, "condition");
    if let Some(field) = field {
        out.pair(2, "field", &scalar(field));
    }
    if let Some(percentile) = percentile {
        out.pair(2, "percentile", &percentile.to_string());
    }
    for (comparison, number) in bounds {
        let word = Comparison::ALL.iter().find(|(known, _)| known == comparison).map_or("eq", |(_, word)| *word);
        out.pair(2, word, &number.to_string());
    }
}

/// What is needed of rules, over their names.
fn needed(needs: &Needs, names: &[String], inside: bool) -> String {
    let joined = |list: &[Needs], word: &str| {
        let text = list.iter().map(|part| needed(part, names, true)).collect::<Vec<_>>().join(word);
        if inside && list.len() > 1 { format!("({text})") } else { text }
    };
    match needs {
        Needs::Step(at) => names.get(*at).cloned().unwrap_or_default(),
        Needs::Not(inner) => format!("not {}", needed(inner, names, true)),
        Needs::All(list) => joined(list, " and "),
        Needs::Any(list) => joined(list, " or "),
        Needs::Steps(times) => format!("{} of them", times.min),
    }
}

/// A value that is carried along, under a key or a dash.
fn plain(level: usize, key: &str, value: &Plain, out: &mut Lines) {
    let single = |value: &Plain| match value {
        Plain::Null => Some("null".to_owned()),
        Plain::Flag(flag) => Some(flag.to_string()),
        Plain::Number(number) => Some(number.to_string()),
        Plain::Text(text) => Some(quoted(text)),
        Plain::List(list) if list.is_empty() => Some("[]".to_owned()),
        Plain::Map(map) if map.is_empty() => Some("{}".to_owned()),
        Plain::List(_) | Plain::Map(_) => None,
    };
    match value {
        Plain::List(list) if !list.is_empty() => {
            out.open(level, key);
            for value in list {
                match single(value) {
                    Some(text) => out.line(level + 1, &format!("- {text}")),
                    // A nested value stands on one line, in the form that YAML takes from JSON.
                    None => out.line(level + 1, &format!("- {}", flow(value))),
                }
            }
        }
        Plain::Map(map) if !map.is_empty() => {
            out.open(level, key);
            map.iter().for_each(|(key, value)| plain(level + 1, &scalar(key), value, out));
        }
        value => out.pair(level, key, &single(value).unwrap_or_default()),
    }
}

fn flow(value: &Plain) -> String {
    match value {
        Plain::Null => "null".to_owned(),
        Plain::Flag(flag) => flag.to_string(),
        Plain::Number(number) => number.to_string(),
        Plain::Text(text) => quoted(text),
        Plain::List(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Plain::Map(map) => {
            format!("{{{}}}", map.iter().map(|(key, value)| format!("{}: {}", quoted(key), flow(value))).collect::<Vec<_>>().join(", "))
        }
    }
}

fn timespan(seconds: u64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let unit = units.iter().find(|(size, _)| seconds.is_multiple_of(*size));
    unit.map_or_else(|| format!("{seconds}s"), |(size, letter)| format!("{}{letter}", seconds / size))
}

/// Lines with an indentation of four spaces, as the specification asks.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, level: usize, text: &str) {
        let _ = writeln!(self.0, "{}{text}", "    ".repeat(level));
    }

    fn open(&mut self, level: usize, key: &str) {
        self.line(level, &format!("{key}:"));
    }

    fn pair(&mut self, level: usize, key: &str, value: &str) {
        self.line(level, &format!("{key}: {value}"));
    }

    fn list(&mut self, level: usize, key: &str, values: impl Iterator<Item = String>) {
        let mut values = values.peekable();
        if values.peek().is_some() {
            self.open(level, key);
            values.for_each(|value| self.line(level + 1, &format!("- {value}")));
        }
    }
}

/// A scalar for keys and for what a rule says about itself: plain where YAML 1.1 and 1.2 read it as this very text.
pub(crate) fn scalar(text: &str) -> String {
    const WORDS: [&str; 12] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "e"];
    let safe = |char: char| char.is_ascii_alphanumeric() || " _-.,/()|+=;'".contains(char);
    let plain = text.starts_with(|char: char| char.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        // A colon is safe where no blank follows, as in URLs.
        && text.split_inclusive(':').all(|part| part.strip_suffix(':').unwrap_or(part).chars().all(safe))
        && !text.contains(": ")
        && !text.ends_with(':');
    if plain { text.to_owned() } else { quoted(text) }
}

/// A scalar in quotes: single ones where every character may stand there as it is.
pub(crate) fn quoted(text: &str) -> String {
    if text.chars().all(|char| !must_escape(char)) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if must_escape(char) => {
                let number = u32::from(char);
                let _ = match number {
                    0..=0xff => write!(out, "\\x{number:02X}"),
                    0x100..=0xffff => write!(out, "\\u{number:04X}"),
                    _ => write!(out, "\\U{number:08X}"),
                };
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

/// Control characters, line breaks of any standard, and characters that are invisible or turn the text around.
fn must_escape(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
        // What lies outside the characters that YAML calls printable.
        || (u32::from(char) & 0xfffe) == 0xfffe
}

/// A Sigma string: `*` and `?` are holes, a backslash before them or before another backslash makes them literal.
///
/// A single backslash before any other character stands for itself, which is how people write paths.
pub(crate) fn sigma_string(pattern: &Pattern) -> String {
    let mut out = String::new();
    let parts = pattern.parts();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Run => out.push('*'),
            Part::One => out.push('?'),
            Part::Literal(text) => {
                let hole_next = at + 1 < parts.len();
                let mut rest = text.as_str();
                while let Some(char) = rest.chars().next() {
                    if char == '\\' {
                        let behind = rest.trim_start_matches('\\');
                        let count = rest.len() - behind.len();
                        let special = behind.starts_with(['*', '?']) || (behind.is_empty() && hole_next);
                        out.extend(std::iter::repeat_n('\\', if count > 1 || special { 2 * count } else { 1 }));
                        rest = behind;
                    } else {
                        if matches!(char, '*' | '?') {
                            out.push('\\');
                        }
                        out.push(char);
                        rest = rest.get(char.len_utf8()..).unwrap_or_default();
                    }
                }
            }
        }
    }
    out
}

/// A regular expression in plain PCRE.
pub(crate) fn regex(re: &Re) -> String {
    match re {
        Re::Empty => String::new(),
        Re::Char(char, _) => literal(*char, "\\.^$*+?{}[]()|"),
        Re::Any(_) => ".".to_owned(),
        Re::Start(_) => "^".to_owned(),
        Re::End(_) => "$".to_owned(),
        Re::Boundary(is) => if *is { "\\b" } else { "\\B" }.to_owned(),
        Re::Perl(kind) => format!("\\{kind}"),
        Re::Class { negated, members, .. } => {
            let inside: String = members
                .iter()
                .map(|member| match member {
                    Member::Range(start, end) if start == end => literal(*start, "\\^[]-&~|"),
                    Member::Range(start, end) => format!("{}-{}", literal(*start, "\\^[]-&~|"), literal(*end, "\\^[]-&~|")),
                    Member::Perl(kind) => format!("\\{kind}"),
                })
                .collect();
            format!("[{}{inside}]", if *negated { "^" } else { "" })
        }
        Re::Repeat(inner, min, max) => {
            let inner = match **inner {
                Re::Char(..) | Re::Any(_) | Re::Perl(_) | Re::Class { .. } => regex(inner),
                _ => format!("({})", regex(inner)),
            };
            let times = match (min, max) {
                (0, None) => "*".to_owned(),
                (1, None) => "+".to_owned(),
                (0, Some(1)) => "?".to_owned(),
                (min, None) => format!("{{{min},}}"),
                (min, Some(max)) if min == max => format!("{{{min}}}"),
                (min, Some(max)) => format!("{{{min},{max}}}"),
            };
            format!("{inner}{times}")
        }
        Re::Concat(list) => list
            .iter()
            .map(|part| match part {
                Re::Either(_) => format!("({})", regex(part)),
                part => regex(part),
            })
            .collect(),
        Re::Either(list) => list.iter().map(regex).collect::<Vec<_>>().join("|"),
    }
}

/// One character of a regular expression, escaped where it would mean something.
fn literal(char: char, special: &str) -> String {
    match char {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        char if char.is_ascii_control() => format!("\\x{:02x}", u32::from(char)),
        char if special.contains(char) => format!("\\{char}"),
        char => char.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::verify::read_sigma_string;

    #[test]
    fn backslashes_are_doubled_only_where_they_must_be() {
        let print = |parts: &[Part]| sigma_string(&Pattern::new(parts.iter().cloned()));
        let literal = |text: &str| Part::Literal(text.to_owned());
        assert_eq!(print(&[literal(r"C:\a\b.exe")]), r"C:\a\b.exe");
        assert_eq!(print(&[literal(r"\\server\x")]), r"\\\\server\x");
        assert_eq!(print(&[literal(r"a\"), Part::Run]), r"a\\*");
        assert_eq!(print(&[literal(r"a\*?")]), r"a\\\*\?");
        assert_eq!(print(&[literal(r"a\")]), r"a\");
    }

    #[test]
    fn words_of_yaml_are_quoted() {
        for text in ["on", "No", "null", "12", "1e3", "2021-01-01", "a: b", "x #y", "", " a", "a ", "~", "[a]", "-", "a:"] {
            let printed = scalar(text);
            assert!(printed.starts_with('\''), "{printed}");
        }
        assert_eq!(scalar("https://a.example/x"), "https://a.example/x");
        assert_eq!(scalar("Image|endswith"), "Image|endswith");
        assert_eq!(scalar("a\u{2028}b"), "\"a\\u2028b\"");
    }

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("'".to_owned()),
            Just("\"".to_owned()),
            Just("\\".to_owned()),
            Just("*".to_owned()),
            Just("?".to_owned()),
            Just("\n".to_owned()),
            Just("\r\n".to_owned()),
            Just(": ".to_owned()),
            Just(" #".to_owned()),
            Just("---".to_owned()),
            Just("\u{85}".to_owned()),
            Just("\u{2028}".to_owned()),
            Just("\u{feff}".to_owned()),
            Just("é".to_owned()),
            Just("\n    condition: not selection".to_owned()),
            Just("%a%".to_owned()),
            Just("{}[]&!|>@`".to_owned()),
            ".{0,3}",
        ];
        proptest::collection::vec(pieces, 0..8).prop_map(|list| list.concat())
    }

    fn pattern() -> impl Strategy<Value = Pattern> {
        let part = prop_oneof![3 => hostile().prop_map(Part::Literal), 1 => Just(Part::Run), 1 => Just(Part::One)];
        proptest::collection::vec(part, 1..5).prop_map(Pattern::new)
    }

    proptest! {
        #[test]
        fn scalars_read_back(text in hostile()) {
            for printed in [scalar(&text), quoted(&text)] {
                prop_assert!(!printed.contains('\n'));
                let read: serde_yaml::Value = serde_yaml::from_str(&format!("{printed}: {printed}\n")).expect("printed YAML is YAML");
                let (key, value) = read.as_mapping().and_then(|map| map.iter().next()).expect("it is a map");
                prop_assert_eq!(key.as_str(), Some(text.as_str()));
                prop_assert_eq!(value.as_str(), Some(text.as_str()));
            }
        }

        #[test]
        fn patterns_read_back(pattern in pattern()) {
            let printed = quoted(&sigma_string(&pattern));
            let read: String = serde_yaml::from_str(&printed).expect("printed YAML is YAML");
            prop_assert_eq!(read_sigma_string(&read), pattern);
        }

        #[test]
        fn literal_characters_of_expressions_read_back(text in hostile()) {
            let printed: String = text.chars().map(|char| regex(&Re::Char(char, false))).collect();
            let class = Re::Class { negated: false, insensitive: false, members: text.chars().map(|char| Member::Range(char, char)).collect() };
            let reader = |text: &str| ir::Regex::parse(text, ir::Case::Sensitive);
            let whole = reader(&format!("^{printed}$")).expect("it parses");
            prop_assert!(whole.is_match(text.as_bytes()));
            let longer = format!("{text}x");
            prop_assert!(!whole.is_match(longer.as_bytes()));
            if !text.is_empty() {
                let each = reader(&format!("^{}+$", regex(&class))).expect("it parses");
                prop_assert!(each.is_match(text.as_bytes()));
            }
        }
    }
}
