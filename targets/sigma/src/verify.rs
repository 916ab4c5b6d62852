//! Does each file read back as Sigma? With a YAML reader that is not ours, and the specification's rules.

use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, Fault};
use ir::{Part, Pattern};
use serde_yaml::{Mapping, Value};
use uuid::Uuid;

use crate::print::sigma_string;
use crate::read;

/// Modifiers that we write.
const MODIFIERS: [&str; 22] = [
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "contains",
    "startswith",
    "endswith",
    "all",
    "re",
    "i",
    "m",
    "s",
    "cidr",
    "cased",
    "exists",
    "lt",
    "lte",
    "gt",
    "gte",
    "fieldref",
];
const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// What is refused. A file holds the documents of one detection, so a fault is the file's.
pub(crate) fn verify(artefacts: &[Artefact]) -> Vec<Fault> {
    let mut out = Vec::new();
    let mut ids: BTreeSet<Uuid> = BTreeSet::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut wanted: Vec<(&str, String)> = Vec::new();
    for artefact in artefacts {
        let mut count = 0;
        let mut say = |what: String| out.push(Fault::of_file(&*artefact.path, what));
        let read = read::documents(&artefact.text, |root| {
            count += 1;
            match root {
                Value::Mapping(map) => {
                    if let Err(what) = document(&map, &mut ids, &mut names, &mut |rule| wanted.push((&artefact.path, rule))) {
                        say(what);
                    }
                }
                _ => say("a document is not a map".to_owned()),
            }
        });
        if let Err(error) = read {
            say(format!("it is not YAML: {error}"));
        } else if count == 0 {
            out.push(Fault::of_file(&*artefact.path, "it holds no rule"));
        }
    }
    let missing = wanted.into_iter().filter(|(_, rule)| !names.contains(rule));
    out.extend(missing.map(|(path, rule)| Fault::of_file(path, format!("the correlation refers to `{rule}`, which no rule is called"))));
    out
}

fn document(map: &Mapping, ids: &mut BTreeSet<Uuid>, names: &mut BTreeSet<String>, refer: &mut dyn FnMut(String)) -> Result<(), String> {
    for key in map.keys() {
        key.as_str().ok_or("a key is not text")?;
    }
    let title = text(map, "title")?;
    if title.is_empty() || title.chars().count() > 256 {
        return Err("the title has 1 to 256 characters".to_owned());
    }
    let id = Uuid::parse_str(text(map, "id")?).map_err(|_| "the id is not a UUID".to_owned())?;
    if !ids.insert(id) {
        return Err(format!("the id {id} stands in two rules"));
    }
    if map.contains_key("name") && !names.insert(text(map, "name")?.to_owned()) {
        return Err(format!("two rules are called `{}`", text(map, "name")?));
    }
    if map.contains_key("level") && !LEVELS.contains(&text(map, "level")?) {
        return Err(format!("`{}` is no level", text(map, "level")?));
    }
    for list in ["references", "tags", "falsepositives"] {
        if let Some(list) = map.get(list) {
            let list = list.as_sequence().ok_or("what should be a list is none")?;
            let unique: BTreeSet<&str> = list.iter().filter_map(Value::as_str).collect();
            if unique.len() != list.len() {
                return Err("a list holds something twice, or something that is not text".to_owned());
            }
        }
    }
    for tag in map.get("tags").and_then(Value::as_sequence).into_iter().flatten().filter_map(Value::as_str) {
        let fits = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char);
        if !tag.chars().all(fits) || !tag.contains('.') {
            return Err(format!("`{tag}` is no tag"));
        }
    }
    match (map.get("logsource"), map.get("detection"), map.get("correlation")) {
        (Some(Value::Mapping(source)), Some(Value::Mapping(body)), None) => {
            if !["category", "product", "service"].iter().any(|key| source.contains_key(*key)) {
                return Err("the log source is empty".to_owned());
            }
            detection(body)
        }
        (None, None, Some(Value::Mapping(body))) => correlation(body, refer),
        _ => Err("a rule has a log source and a detection, or a correlation".to_owned()),
    }
}

fn text<'a>(map: &'a Mapping, key: &str) -> Result<&'a str, String> {
    map.get(key).and_then(Value::as_str).ok_or_else(|| format!("`{key}` is missing or not text"))
}

fn detection(map: &Mapping) -> Result<(), String> {
    let mut selections: BTreeMap<&str, bool> = BTreeMap::new();
    for (name, body) in map {
        let name = name.as_str().ok_or("a selection's name is not text")?;
        if name == "condition" {
            continue;
        }
        match body {
            Value::Mapping(items) => self::items(items)?,
            Value::Sequence(maps) if !maps.is_empty() => {
                for items in maps.iter().filter(|value| !value.is_string()) {
                    self::items(items.as_mapping().ok_or_else(|| format!("`{name}` holds something that is not a map"))?)?;
                }
            }
            _ => return Err(format!("`{name}` is neither a map nor a list of maps")),
        }
        selections.insert(name, false);
    }
    condition(text(map, "condition")?, &mut selections)?;
    match selections.iter().find(|(_, used)| !**used) {
        Some((name, _)) => Err(format!("the condition does not use `{name}`")),
        None => Ok(()),
    }
}

fn items(map: &Mapping) -> Result<(), String> {
    if map.is_empty() {
        return Err("a map is empty".to_owned());
    }
    for (key, value) in map {
        let key = key.as_str().ok_or("a field's name is not text")?;
        let mut parts = key.split('|');
        let name = parts.next().unwrap_or_default();
        let modifiers: Vec<&str> = parts.collect();
        // Keywords have modifiers instead of a name.
        if name.is_empty() && modifiers.is_empty() {
            return Err("a field has no name".to_owned());
        }
        if let Some(unknown) = modifiers.iter().find(|modifier| !MODIFIERS.contains(modifier)) {
            return Err(format!("`{unknown}` is no modifier"));
        }
        let values: Vec<&Value> = match value {
            Value::Sequence(list) if !list.is_empty() => list.iter().collect(),
            Value::Sequence(_) => return Err(format!("`{key}` has no value")),
            single => vec![single],
        };
        if modifiers.contains(&"all") && values.len() < 2 {
            return Err(format!("`{key}` asks for all of one value"));
        }
        for value in values {
            let fits = match modifiers.first() {
                Some(&"lt" | &"lte" | &"gt" | &"gte") => value.is_number(),
                Some(&"minute" | &"hour" | &"day" | &"week" | &"month" | &"year") => value.is_i64() || value.is_u64(),
                Some(&"exists") => value.is_bool(),
                Some(_) => value.is_string(),
                None => value.is_null() || value.is_string() || value.is_i64() || value.is_u64() || value.is_bool(),
            };
            if !fits {
                return Err(format!("`{key}` has a value of the wrong kind"));
            }
            let pattern = modifiers.iter().all(|modifier| ["contains", "startswith", "endswith", "cased", "all"].contains(modifier));
            if let (true, Some(text)) = (pattern, value.as_str())
                // What holds no sign of the language reads back as it is.
                && memchr::memchr3(b'*', b'?', b'\\', text.as_bytes()).is_some()
                && sigma_string(&read_sigma_string(text)) != text
            {
                return Err(format!("`{key}` has a value that reads back differently: `{text}`"));
            }
        }
    }
    Ok(())
}

/// Reads a condition: `or` of `and` of `not` of names, `x of pattern` and parentheses.
fn condition(text: &str, selections: &mut BTreeMap<&str, bool>) -> Result<(), String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace();
    let mut open = 0_usize;
    // Whether an operand comes next.
    let mut operand = true;
    while let Some(word) = words.next() {
        match (operand, word) {
            (true, "not") => {}
            (true, "(") => open += 1,
            (true, "1" | "all") => {
                let pattern = match (words.next(), words.next()) {
                    (Some("of"), Some(pattern)) => pattern.strip_suffix('*').ok_or_else(|| format!("`{pattern}` is no pattern"))?,
                    _ => return Err(format!("`{word}` is not followed by `of`")),
                };
                let mut found = false;
                for (_, used) in selections.iter_mut().filter(|(name, _)| name.starts_with(pattern)) {
                    (found, *used) = (true, true);
                }
                if !found {
                    return Err(format!("no selection is called `{pattern}*`"));
                }
                operand = false;
            }
            (true, name) => {
                *selections.get_mut(name).ok_or_else(|| format!("the condition names `{name}`, which is no selection"))? = true;
                operand = false;
            }
            (false, ")") => open = open.checked_sub(1).ok_or("a parenthesis closes nothing")?,
            (false, "and" | "or") => operand = true,
            (false, other) => return Err(format!("`{other}` does not belong into the condition")),
        }
    }
    if operand || open > 0 { Err("the condition ends early".to_owned()) } else { Ok(()) }
}

/// A condition over rules names each of them.
fn condition_over<'m>(text: &'m str, names: &mut BTreeMap<&'m str, bool>) -> Result<(), String> {
    condition(text, names)?;
    match names.iter().find(|(_, used)| !**used) {
        Some((name, _)) => Err(format!("the condition does not use `{name}`")),
        None => Ok(()),
    }
}

fn correlation(map: &Mapping, refer: &mut dyn FnMut(String)) -> Result<(), String> {
    let kind = text(map, "type")?;
    let rules = map.get("rules").and_then(Value::as_sequence).ok_or("the correlation refers to no rules")?;
    for rule in rules {
        refer(rule.as_str().ok_or("a rule's name is not text")?.to_owned());
    }
    let span = text(map, "timespan")?;
    let number = span.strip_suffix(['s', 'm', 'h', 'd']).ok_or_else(|| format!("`{span}` is no time span"))?;
    if !number.parse::<u64>().is_ok_and(|number| number > 0) {
        return Err(format!("`{span}` is no time span"));
    }
    let temporal = kind.starts_with("temporal");
    let field = match map.get("condition").ok_or("the correlation has no condition")? {
        Value::String(text) if temporal => {
            let mut names: BTreeMap<&str, bool> = rules.iter().filter_map(Value::as_str).map(|name| (name, false)).collect();
            condition_over(text, &mut names)?;
            None
        }
        Value::Mapping(condition) => {
            let extra = |key: &Value| matches!(key.as_str(), Some("field" | "percentile"));
            let bounds: Vec<(&Value, &Value)> = condition.iter().filter(|(key, _)| !extra(key)).collect();
            let known = |key: &Value| key.as_str().is_some_and(|key| ir::Comparison::ALL.iter().any(|(_, word)| *word == key));
            if bounds.is_empty() || !bounds.iter().all(|(key, bound)| known(key) && bound.is_number()) {
                return Err("the correlation's condition has no bounds".to_owned());
            }
            if (kind == "value_percentile") != condition.contains_key("percentile") {
                return Err("the percentile does not fit the type".to_owned());
            }
            condition.get("field").map(|field| match field {
                Value::Sequence(list) => kind == "value_count" && list.len() > 1 && list.iter().all(Value::is_string),
                one => one.is_string(),
            })
        }
        _ => return Err("the correlation's condition is neither a map nor a text".to_owned()),
    };
    let fits = match kind {
        "event_count" => field.is_none(),
        "value_count" | "value_sum" | "value_avg" | "value_median" | "value_percentile" => field == Some(true),
        "temporal" | "temporal_ordered" => field.is_none(),
        _ => return Err(format!("`{kind}` is no type of correlation")),
    };
    if !fits || rules.is_empty() {
        return Err(format!("rules or field do not fit a correlation of type `{kind}`"));
    }
    let groups = map.get("group-by").and_then(Value::as_sequence).ok_or("the correlation does not say what it groups by")?;
    let groups: BTreeSet<&str> = groups.iter().filter_map(Value::as_str).collect();
    for (alias, fields) in map.get("aliases").and_then(Value::as_mapping).into_iter().flatten() {
        let complete = fields.as_mapping().is_some_and(|fields| rules.iter().all(|rule| fields.contains_key(rule)));
        if !alias.as_str().is_some_and(|alias| groups.contains(alias)) || !complete {
            return Err("an alias is not used, or does not name a field for each rule".to_owned());
        }
    }
    Ok(())
}

/// Reads a Sigma string as pySigma does: a backslash makes a hole or a backslash literal; before anything else it is one.
pub(crate) fn read_sigma_string(text: &str) -> Pattern {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => literal.push(chars.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
            '*' | '?' => {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
                parts.push(if char == '*' { Part::Run } else { Part::One });
            }
            other => literal.push(other),
        }
    }
    parts.push(Part::Literal(literal));
    Pattern::new(parts)
}
