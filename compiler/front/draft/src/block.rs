//! How is a list of indicators written, so that each value reads back with what was said of it?

use std::collections::{BTreeMap, BTreeSet};

use ir::{Citation, Direction, Indicator, IndicatorBlock, Observable, ObservableKind, Role, Scope, Window};

use description::quote::{self, comment, string};

/// The name in the draft of each source with a file, by its name in the advisory.
pub(crate) type Quoted<'a> = BTreeMap<&'a str, String>;

/// The names of blocks that are taken.
#[derive(Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// A name that no block has yet.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        let base = quote::name(wanted);
        let mut name = base.clone();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }
}

/// A window as the language writes it; `None` when it has no end or a year that has more than four digits.
pub(crate) fn window(window: Window) -> Option<String> {
    let short = |date: &ir::Date| (0..=9999).contains(&date.year());
    match (window.from.filter(short), window.until.filter(short)) {
        (Some(from), Some(until)) if from <= until => Some(format!("{from} .. {until}")),
        (Some(from), None) if window.until.is_none() => Some(format!("{from} .. now")),
        (None, Some(until)) if window.from.is_none() => Some(format!(".. {until}")),
        _ => None,
    }
}

/// Writes a block, one for each type that its values have.
pub(crate) fn print(out: &mut String, block: &IndicatorBlock, quoted: &Quoted<'_>, names: &mut Names) {
    let mut kinds: BTreeMap<ObservableKind, Vec<&Indicator>> = BTreeMap::new();
    let mut unwritten: Vec<(&Indicator, &str)> = Vec::new();
    for indicator in &block.indicators {
        match value(&indicator.observable) {
            Ok(_) => kinds.entry(indicator.observable.kind()).or_default().push(indicator),
            Err(why) => unwritten.push((indicator, why)),
        }
    }
    let several = kinds.len() > 1;
    for (kind, indicators) in kinds {
        let wanted = if several { format!("{}-{}", quote::name(&block.head.name), kind.name()) } else { block.head.name.clone() };
        one(out, &names.take(&wanted), kind, &indicators, block, quoted);
    }
    for (indicator, why) in unwritten {
        out.push_str(&comment(&format!("Not in this draft: {} ({why}).", quote::defanged(&indicator.observable.to_string()))));
        out.push_str("\n\n");
    }
}

/// The value as a literal; why there is none, when the language would read another value.
fn value(observable: &Observable) -> Result<String, &'static str> {
    let text = observable.to_string();
    let kind = observable.kind();
    if matches!(observable, Observable::Glob { .. }) {
        let read = Observable::glob(kind, &text);
        return if text.len() <= quote::MAX && read.as_ref() == Ok(observable) {
            Ok(format!("glob {}", string(&text)))
        } else {
            Err("the language cannot write this value")
        };
    }
    if text.len() > quote::MAX || Observable::parse(kind, &text).as_ref() != Ok(observable) {
        return Err("the language cannot write this value");
    }
    let shown = match kind {
        ObservableKind::Ip | ObservableKind::Domain | ObservableKind::Host => text.replace('.', "[.]"),
        ObservableKind::Url => match text.split_once("://") {
            Some((scheme, rest)) => {
                let scheme = scheme.replacen("tt", "xx", 1);
                let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                let (host, path) = rest.split_at_checked(host).unwrap_or((rest, ""));
                format!("{scheme}://{}{path}", host.replace('.', "[.]"))
            }
            None => text.clone(),
        },
        ObservableKind::Email => text.replace('@', "[@]").replace('.', "[.]"),
        _ => text.clone(),
    };
    // Defanged where it reads back as the same value, so that nobody follows it by a slip.
    let shown = if Observable::parse(kind, &shown).as_ref() == Ok(observable) { shown } else { text };
    let plain = |char: char| {
        char.is_ascii_alphanumeric() || matches!(char, '.' | '[' | ']' | ':' | '/' | '-' | '_' | '@' | '=' | '&' | '?' | '%' | '+' | '~')
    };
    let starts = shown.starts_with(|char: char| char.is_ascii_alphanumeric());
    let looks_like_key = shown.contains(':') && !matches!(kind, ObservableKind::Url | ObservableKind::Ip);
    Ok(if shown.chars().all(plain) && starts && !looks_like_key && shown.len() < 2000 { shown } else { string(&shown) })
}

/// What most values share.
fn common<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}

/// What all values share.
fn shared<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

fn one(out: &mut String, name: &str, kind: ObservableKind, indicators: &[&Indicator], block: &IndicatorBlock, quoted: &Quoted<'_>) {
    let mut line = |words: &str| {
        out.push_str(words);
        out.push('\n');
    };
    line(&format!("iocs {name} : {} {{", kind.name()));
    if let Some(title) = block.head.title.as_ref().filter(|title| title.len() <= quote::MAX) {
        line(&format!("  title: {}", string(title)));
    }
    let role = common(indicators.iter().map(|indicator| indicator.role)).unwrap_or(Role::Unknown);
    let direction = common(indicators.iter().map(|indicator| indicator.direction)).unwrap_or(Direction::Either);
    line(&format!("  role: {}   direction: {}", role.name(), direction.name()));
    let valid = shared(indicators.iter().map(|indicator| indicator.valid)).flatten();
    let confidence = shared(indicators.iter().map(|indicator| indicator.confidence)).flatten();
    let tlp = shared(indicators.iter().map(|indicator| indicator.tlp)).flatten();
    let techniques = shared(indicators.iter().map(|indicator| indicator.techniques.clone())).filter(|techniques| !techniques.is_empty());
    let mut keys = Vec::new();
    keys.extend(valid.and_then(window).map(|window| format!("valid: {window}")));
    keys.extend(confidence.map(|confidence| format!("confidence: {}", confidence.name())));
    keys.extend(tlp.map(|tlp| format!("tlp: {}", tlp.name())));
    keys.extend(block.head.severity.map(|severity| format!("severity: {}", severity.name())));
    match block.head.scope {
        Scope::Campaign => {}
        Scope::Actor => keys.push("scope: actor".to_owned()),
        Scope::Context => keys.push("scope: context".to_owned()),
    }
    keys.extend(techniques.as_ref().map(|techniques| format!("attack: {}", ids(techniques))));
    if !keys.is_empty() {
        line(&format!("  {}", keys.join("   ")));
    }
    let false_positives: Vec<String> =
        block.head.false_positives.iter().filter(|words| words.len() <= quote::MAX).map(|words| string(words)).collect();
    if !false_positives.is_empty() {
        line(&format!("  false_positives: [{}]", false_positives.join(", ")));
    }
    for because in &block.head.because {
        if let Some(words) = citation(&because.citation, quoted) {
            line(&format!("  {words}"));
        }
    }
    for indicator in indicators {
        let Ok(value) = value(&indicator.observable) else { continue };
        let mut beside = Vec::new();
        if indicator.role != role {
            beside.push(format!("role: {}", indicator.role.name()));
        }
        if indicator.direction != direction {
            beside.push(format!("direction: {}", indicator.direction.name()));
        }
        if valid.is_none() {
            beside.extend(indicator.valid.and_then(window).map(|window| format!("valid: {window}")));
        }
        if confidence.is_none() {
            beside.extend(indicator.confidence.map(|confidence| format!("confidence: {}", confidence.name())));
        }
        if tlp.is_none() {
            beside.extend(indicator.tlp.map(|tlp| format!("tlp: {}", tlp.name())));
        }
        if techniques.is_none() && !indicator.techniques.is_empty() {
            beside.push(format!("attack: {}", ids(&indicator.techniques)));
        }
        beside.extend(indicator.size.filter(|size| i64::try_from(*size).is_ok()).map(|size| format!("size: {size}")));
        beside.extend(indicator.note.as_ref().filter(|note| note.len() <= quote::MAX).map(|note| format!("note: {}", string(note))));
        beside.extend(indicator.citations.iter().filter_map(|cited| citation(cited, quoted)));
        match beside.is_empty() {
            true => line(&format!("  - {value}")),
            false => line(&format!("  - {value} {{ {} }}", beside.join("  "))),
        }
    }
    line("}\n");
}

fn ids(techniques: &[ir::Technique]) -> String {
    let ids: Vec<&str> = techniques.iter().map(ir::Technique::as_str).collect();
    format!("[{}]", ids.join(", "))
}

/// A citation; none when it was not found in a file, because the language looks it up there.
fn citation(citation: &Citation, quoted: &Quoted<'_>) -> Option<String> {
    let source = quoted.get(citation.source.as_str()).filter(|_| citation.line.is_some())?;
    let words = citation.quote.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty() && words.len() <= quote::MAX).then(|| format!("because {source} {}", string(&words)))
}
