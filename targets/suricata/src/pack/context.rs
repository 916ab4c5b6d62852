//! What does an alert of Suricata 8 say of the value that it found? A list in JSON lines has a value in each, and what is known of it, which
//! comes to stand in the alert (<https://docs.suricata.io/en/suricata-8.0.1/rules/datasets.html#datajson>).

use std::collections::BTreeMap;

use backend::{Artefact, one_line};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::{Detection, Indicator};
use serde_json::{Map, Value, json};

/// The key below `alert.context` under which an alert shows what is known.
const KEY: &str = "vigie";
/// The key of the value in each line.
const VALUE: &str = "value";

/// Lists that say more than values, by the paths that they have as plain ones.
#[derive(Debug, Default)]
pub(super) struct Contexts {
    lists: BTreeMap<String, (String, String)>,
}

impl Contexts {
    /// Every list of texts among these files. One that holds bytes which are no text stays as it is.
    pub(super) fn of<'a>(detections: impl Iterator<Item = &'a Detection>, lists: impl Iterator<Item = &'a Artefact>) -> Self {
        let mut known: BTreeMap<String, (&Detection, &Indicator)> = BTreeMap::new();
        for detection in detections {
            for indicator in detection.indicators.iter() {
                known.entry(indicator.observable.to_string().to_lowercase()).or_insert((detection, indicator));
            }
        }
        let mut out = Self::default();
        for list in lists {
            if let (Some(stem), Some(text)) = (list.path.strip_suffix(".lst"), lines(&list.text, &known)) {
                out.lists.insert(list.path.clone(), (format!("{stem}.ndjson"), text));
            }
        }
        out
    }

    /// The path and the text of a list, where it says more.
    pub(super) fn in_list(&self, path: &str) -> Option<(String, String)> {
        self.lists.get(path).cloned()
    }

    /// Rules that ask such lists: each line names one list at most.
    pub(super) fn in_rules(&self, text: &str) -> String {
        if self.lists.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() + 256);
        for line in text.split_inclusive('\n') {
            match self.option(line) {
                Some((before, path, behind)) => {
                    out.push_str(before);
                    out.push_str(path);
                    out.push_str(",format ndjson,value_key ");
                    out.push_str(VALUE);
                    out.push_str(",context_key ");
                    out.push_str(KEY);
                    out.push_str(behind);
                }
                None => out.push_str(line),
            }
        }
        out
    }

    /// The list of a rule: what stands before its path, the path that it gets, and what stands behind it.
    fn option<'l>(&'l self, line: &'l str) -> Option<(&'l str, &'l str, &'l str)> {
        const LOAD: &str = ",type string,load ";
        if line.starts_with('#') {
            return None;
        }
        let start = line.find(LOAD)? + LOAD.len();
        let (before, rest) = line.split_at(start);
        let end = rest.find(',')?;
        let (path, behind) = rest.split_at(end);
        Some((before, self.lists.get(path)?.0.as_str(), behind))
    }
}

/// A list of texts in base64 as JSON lines; `None` for one of another kind.
fn lines(text: &str, known: &BTreeMap<String, (&Detection, &Indicator)>) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 4);
    for line in text.lines() {
        let value = String::from_utf8(STANDARD.decode(line).ok()?).ok()?;
        let mut row = Map::new();
        row.insert(VALUE.to_owned(), value.as_str().into());
        if let Some((detection, indicator)) = known.get(&value.to_lowercase()) {
            about(detection, indicator, &mut row);
        }
        out.push_str(&source::legible_json(&Value::Object(row).to_string()));
        out.push('\n');
    }
    Some(out)
}

/// What is known of a value: where it comes from, in which words, who may read it, until when it holds.
fn about(detection: &Detection, indicator: &Indicator, row: &mut Map<String, Value>) {
    let meta = &detection.meta;
    row.insert("advisory".to_owned(), meta.advisory.as_str().into());
    row.insert("role".to_owned(), indicator.role.name().into());
    if let Some(note) = indicator.note.as_deref().map(one_line).filter(|note| !note.is_empty()) {
        row.insert("note".to_owned(), note.into());
    }
    if let Some(citation) = indicator.citation(meta) {
        row.insert("quote".to_owned(), one_line(&citation.quote).into());
    }
    if let Some(tlp) = indicator.tlp.or(meta.tlp) {
        row.insert("tlp".to_owned(), tlp.name().into());
    }
    if let Some(until) = indicator.valid.and_then(|valid| valid.until).or_else(|| meta.valid.and_then(|valid| valid.until)) {
        row.insert("valid_until".to_owned(), json!(until.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::ArtefactKind;

    #[test]
    fn a_list_of_texts_says_more_and_any_other_stays() {
        let list = |path: &str, text: &str| Artefact::new(path.to_owned(), ArtefactKind::List, text.to_owned());
        let texts = list("a.lst", "Yi5leGFtcGxl\nZSJ4\n");
        let bytes = list("b.lst", "/w==\n");
        let digests = list("c.lst", "0123456789abcdef0123456789abcdeg\n");
        let contexts = Contexts::of(std::iter::empty(), [&texts, &bytes, &digests].into_iter());
        assert_eq!(contexts.in_list("a.lst"), Some(("a.ndjson".to_owned(), "{\"value\":\"b.example\"}\n{\"value\":\"e\\\"x\"}\n".to_owned())));
        assert_eq!((contexts.in_list("b.lst"), contexts.in_list("c.lst")), (None, None));
        let rules = "# x,type string,load a.lst,\nalert a (dataset:isset,n,type string,load a.lst,hashsize 4096; sid:1;)\n\
                     alert b (dataset:isset,n,type string,load b.lst,hashsize 4096; sid:2;)\n";
        assert_eq!(
            contexts.in_rules(rules),
            "# x,type string,load a.lst,\n\
             alert a (dataset:isset,n,type string,load a.ndjson,format ndjson,value_key value,context_key vigie,hashsize 4096; sid:1;)\n\
             alert b (dataset:isset,n,type string,load b.lst,hashsize 4096; sid:2;)\n"
        );
    }
}
