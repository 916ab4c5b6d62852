//! The only place where Sigma text is made: YAML scalars, Sigma strings, regular expressions, conditions.

mod literal;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use backend::{Artefact, ArtefactKind, Job, Lowered, Printed, PrintedRule};
use ir::{Comparison, Figure, Needs, Pattern, Place, Plain, TimePart};

use crate::ast::{
    Asked, Block, Body, Cased, Condition, Correlation, CorrelationKind, Detection, Document, File, Flags, Head, How, Item, Key, LogSource, Order,
    Value,
};
use crate::lower::about;
pub(crate) use literal::{quoted, quoted_into, regex, scalar, sigma_string};
use uuid::Uuid;

/// A file in the making. What depends on no other rule is written as soon as the rule is made, so that a run holds no long list as a tree.
#[derive(Clone, Debug)]
pub struct Draft {
    path: String,
    documents: Vec<Part>,
}

/// A document of one.
#[derive(Clone, Debug)]
struct Part {
    title: String,
    id: Uuid,
    name: Option<String>,
    taxonomy: Option<String>,
    rest: Rest,
}

/// What stands behind the names.
#[derive(Clone, Debug)]
enum Rest {
    /// Written already.
    Written(String),
    /// A correlation, which names other rules.
    Open(Box<(Option<Head>, Correlation)>),
}

impl From<File> for Draft {
    fn from(File { path, documents }: File) -> Self {
        let part = |Document { title, id, name, taxonomy, head, body }| {
            let rest = match body {
                Body::Detection(source, detection) => {
                    let mut out = Lines(String::with_capacity(room(&detection) + 1_024));
                    head.iter().for_each(|head| front(head, &mut out));
                    logsource(&source, &mut out);
                    self::detection(&detection, &mut out);
                    head.iter().for_each(|head| back(head, &mut out));
                    Rest::Written(out.0)
                }
                Body::Correlation(correlation) => Rest::Open(Box::new((head, correlation))),
            };
            Part { title, id, name, taxonomy, rest }
        };
        Self { path, documents: documents.into_iter().map(part).collect() }
    }
}

/// Writes each file. What must be unique and is not gets more words: paths, also where only case differs, and names get
/// the rule's id, titles the detection's key.
pub(crate) fn files(rules: Vec<Lowered<Draft>>, job: &Job<'_>) -> Printed {
    let paths = twice(rules.iter().map(|rule| rule.rule.path.to_lowercase()));
    // Folders are lost where rules are put side by side; rules that were read as Sigma had names of their own.
    let file = |path: &str| path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let own = |rule: &&Lowered<Draft>| job.detections.get(rule.detection).is_some_and(|asked| asked.meta.sigma.is_some());
    let files = twice(rules.iter().filter(own).map(|rule| file(&rule.rule.path)));
    let documents = || rules.iter().flat_map(|rule| &rule.rule.documents);
    let named: BTreeSet<(&str, Uuid)> = documents().filter_map(|document| Some((document.name.as_deref()?, document.id))).collect();
    let names: BTreeSet<String> = twice(named.into_iter().map(|(name, _)| name)).into_iter().map(ToOwned::to_owned).collect();
    let titled: BTreeSet<(&str, Uuid)> = documents().map(|document| (document.title.as_str(), document.id)).collect();
    let titles: BTreeSet<String> = twice(titled.into_iter().map(|(title, _)| title)).into_iter().map(ToOwned::to_owned).collect();
    // A rule that is a detection of its own, or that several correlations refer to, is written once.
    let whole: BTreeSet<Uuid> = rules.iter().filter_map(|rule| rule.rule.documents.last()).map(|document| document.id).collect();
    let mut written: BTreeSet<Uuid> = BTreeSet::new();
    let mut out = Printed::default();
    for Lowered { detection, item, rule } in rules {
        let Some(asked) = job.detections.get(detection) else { continue };
        let short: String = asked.id.simple().to_string().chars().take(8).collect();
        let name = |name: &str| if names.contains(name) { format!("{name}_{short}") } else { name.to_owned() };
        let mut path = rule.path;
        let again = asked.meta.sigma.is_some() && files.contains(&file(&path));
        if again || paths.contains(&path.to_lowercase()) {
            let _ = write!(path, "-{short}");
        }
        path.push_str(".yml");
        let title = |title: &str| if titles.contains(title) { about::told_apart(title, asked) } else { title.to_owned() };
        let last = rule.documents.len().saturating_sub(1);
        let generate = rule.documents.iter().take(last).any(|document| whole.contains(&document.id));
        let mut text = String::new();
        let mut rule_title = String::new();
        for (at, document) in rule.documents.into_iter().enumerate() {
            if at < last && (whole.contains(&document.id) || !written.insert(document.id)) {
                continue;
            }
            rule_title = title(&document.title);
            let document = self::document(document, &rule_title, &name, generate && at == last);
            if text.is_empty() {
                text = document;
            } else {
                text.push_str("---\n");
                text.push_str(&document);
            }
        }
        out.rules.push(PrintedRule {
            detection,
            item,
            id: asked.id.to_string(),
            title: rule_title,
            artefact: path.clone(),
            text: if job.rule_texts { text.clone() } else { String::new() },
            revision: None,
            carried: false,
        });
        out.artefacts.push(Artefact::new(path, ArtefactKind::Rules, text));
    }
    out
}

/// What stands in a list more than once.
fn twice<T: Ord>(list: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut all: Vec<T> = list.collect();
    all.sort_unstable();
    let again: Vec<bool> = all.windows(2).map(|pair| matches!(pair, [one, next] if one == next)).collect();
    all.into_iter().zip(again).filter(|(_, again)| *again).map(|(one, _)| one).collect()
}

/// One document; `generate` says that the rules it refers to are detections of their own too.
fn document(document: Part, title: &str, name: &dyn Fn(&str) -> String, generate: bool) -> String {
    let mut out = Lines::default();
    out.pair(0, "title", &scalar(title));
    out.pair(0, "id", &document.id.to_string());
    if let Some(own) = &document.name {
        out.pair(0, "name", &scalar(&name(own)));
    }
    if let Some(taxonomy) = &document.taxonomy {
        out.pair(0, "taxonomy", &scalar(taxonomy));
    }
    match document.rest {
        Rest::Written(mut rest) => {
            rest.insert_str(0, &out.0);
            rest
        }
        Rest::Open(open) => {
            let (head, correlation) = *open;
            head.iter().for_each(|head| front(head, &mut out));
            self::correlation(&correlation, name, &mut out);
            if generate {
                out.pair(1, "generate", "true");
            }
            head.iter().for_each(|head| back(head, &mut out));
            out.0
        }
    }
}

/// The bytes of a rule's values, roughly: a text of a hundred thousand lines is not to be moved while it grows.
fn room(detection: &Detection) -> usize {
    let of = |value: &Value| match value {
        Value::Text(pattern) => pattern.literals().map(str::len).sum(),
        _ => 40,
    };
    let items = |items: &[Item]| items.iter().flat_map(|item| &item.values).map(|value| of(value) + 18).sum::<usize>();
    let blocks = detection.blocks.iter().map(|(_, block)| match block {
        Block::Map(list) => items(list),
        Block::List(maps) => maps.iter().map(|list| items(list)).sum(),
        Block::Keywords(values) => values.iter().map(|value| of(value) + 18).sum(),
    });
    blocks.sum()
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

fn back(head: &Head, out: &mut Lines) {
    out.list(0, "fields", head.fields.iter().map(|text| scalar(text)));
    out.list(0, "falsepositives", head.false_positives.iter().map(|text| scalar(text)));
    out.pair(0, "level", head.level.name());
    head.custom.iter().for_each(|(key, value)| plain(0, &scalar(key), value, out));
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
            Block::Keywords(values) => values.iter().for_each(|value| out.value(2, "- ", value)),
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
        [] => {}
        values => {
            out.open(level, &key);
            // Two more when the key itself stands behind a dash.
            let dash = if before.is_empty() { "- " } else { "  - " };
            values.iter().for_each(|value| out.value(level + 1, dash, value));
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
    let mut out = String::new();
    value_into(value, &mut out);
    out
}

fn value_into(value: &Value, out: &mut String) {
    let _ = match value {
        Value::Text(pattern) => return quoted_into(&sigma_string(pattern), out),
        Value::Regex(re) => return quoted_into(&regex(re), out),
        Value::Net(net) => return quoted_into(&net.to_string(), out),
        Value::Number(number) => write!(out, "{number}"),
        Value::Decimal(number) => write!(out, "{number}"),
        Value::Flag(flag) => write!(out, "{flag}"),
        Value::Null => write!(out, "null"),
        Value::Field(name) => return quoted_into(&sigma_string(&Pattern::exact(name)), out),
    };
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
    let one = std::slice::from_ref;
    let (kind, fields, percentile) = match &correlation.kind {
        CorrelationKind::EventCount => ("event_count", &[][..], None),
        CorrelationKind::ValueCount(fields) => ("value_count", fields.as_slice(), None),
        CorrelationKind::Figure(Figure::Sum, field) => ("value_sum", one(field), None),
        CorrelationKind::Figure(Figure::Average, field) => ("value_avg", one(field), None),
        CorrelationKind::Figure(Figure::Median, field) => ("value_median", one(field), None),
        CorrelationKind::Figure(Figure::Percentile(percent), field) => ("value_percentile", one(field), Some(percent)),
        CorrelationKind::Temporal => ("temporal", &[][..], None),
        CorrelationKind::TemporalOrdered => ("temporal_ordered", &[][..], None),
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
    match fields {
        [field] => out.pair(2, "field", &scalar(field)),
        many => out.list(2, "field", many.iter().map(|field| scalar(field))),
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
                    None => out.line(level + 1, &format!("- {}", flow(value, level + 3))),
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

/// A nested value. A long key of it stands on a line of its own, indented to a level.
fn flow(value: &Plain, level: usize) -> String {
    match value {
        Plain::Null => "null".to_owned(),
        Plain::Flag(flag) => flag.to_string(),
        Plain::Number(number) => number.to_string(),
        Plain::Text(text) => quoted(text),
        Plain::List(list) => format!("[{}]", list.iter().map(|value| flow(value, level)).collect::<Vec<_>>().join(", ")),
        Plain::Map(map) => {
            let pair = |(key, value): &(String, Plain)| {
                let (key, value) = (quoted(key), flow(value, level));
                let indent = "    ".repeat(level);
                if literal::long_key(&key) { format!("\n{indent}? {key}\n{indent}: {value}") } else { format!("{key}: {value}") }
            };
            format!("{{{}}}", map.iter().map(pair).collect::<Vec<_>>().join(", "))
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
        self.indent(level);
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn indent(&mut self, level: usize) {
        self.0.extend(std::iter::repeat_n("    ", level));
    }

    /// A value behind a dash.
    fn value(&mut self, level: usize, dash: &str, value: &Value) {
        self.indent(level);
        self.0.push_str(dash);
        value_into(value, &mut self.0);
        self.0.push('\n');
    }

    fn open(&mut self, level: usize, key: &str) {
        self.key(level, key, "");
    }

    fn pair(&mut self, level: usize, key: &str, value: &str) {
        self.key(level, key, value);
    }

    /// A key and what stands behind it. A key longer than a reader looks ahead is said to be one
    /// (<https://yaml.org/spec/1.2.2/#742-flow-mappings>: implicit keys have at most 1,024 characters).
    fn key(&mut self, level: usize, key: &str, value: &str) {
        let gap = if value.is_empty() { "" } else { " " };
        if !literal::long_key(key) {
            return self.line(level, &format!("{key}:{gap}{value}"));
        }
        // The key of a list's first pair stands behind its dash.
        let (dash, rest) = key.strip_prefix("- ").map_or(("", key.trim_start()), |rest| ("- ", rest));
        let indent = if key.starts_with(['-', ' ']) { "  " } else { "" };
        self.line(level, &format!("{}? {rest}", if dash.is_empty() { indent } else { dash }));
        self.line(level, &format!("{indent}:{gap}{value}"));
    }

    fn list(&mut self, level: usize, key: &str, values: impl Iterator<Item = String>) {
        let mut values = values.peekable();
        if values.peek().is_some() {
            self.open(level, key);
            values.for_each(|value| self.line(level + 1, &format!("- {value}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_longer_than_readers_look_ahead_reads_back_at_every_level() {
        let key = "k".repeat(2_000);
        let inner = Plain::Map(vec![(key.clone(), Plain::Text("value".to_owned()))]);
        let mut out = Lines::default();
        out.open(0, "logsource");
        plain(1, &scalar(&key), &inner, &mut out);
        let read: serde_yaml::Value = serde_yaml::from_str(&out.0).expect("printed YAML is YAML");
        assert_eq!(read["logsource"][key.as_str()][key.as_str()].as_str(), Some("value"));
    }
}
