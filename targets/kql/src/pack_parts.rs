//! What is a package made of: rules and lists on their way, files, and parts of what is too long for one?

use backend::{PackedFile, PackedRule, Packing};
use ir::Detection;
use serde_json::Value;

use crate::card::Card;

/// A rule on its way into a package.
#[derive(Debug)]
pub(crate) struct Packable<'a> {
    pub(crate) at: PackedRule,
    pub(crate) card: Card,
    pub(crate) detection: &'a Detection,
    /// Folder and file, without ending.
    pub(crate) stem: &'a str,
}

/// A watchlist on its way into a package.
#[derive(Debug)]
pub(crate) struct List<'a> {
    pub(crate) alias: &'a str,
    pub(crate) text: &'a str,
}

/// What was retired, for whoever takes it away; `None` when nothing was.
pub(crate) fn retired(packing: &Packing<'_>) -> Option<PackedFile> {
    let list: Vec<Value> =
        packing.retired.iter().map(|rule| serde_json::json!({ "id": rule.id, "title": rule.title, "profile": rule.profile })).collect();
    (!list.is_empty()).then(|| PackedFile::json("retired.json", &Value::Array(list), []))
}

/// Parts of something long, none longer than `most`, so that one item more changes one part: items are told apart by the digits of their keys.
pub(crate) fn parts<T>(items: Vec<(uuid::Uuid, T)>, most: usize) -> Vec<(String, Vec<T>)> {
    let mut open = vec![(String::new(), items)];
    let mut out = Vec::new();
    while let Some((name, items)) = open.pop() {
        let bit = name.len();
        if items.len() <= most || bit >= 128 {
            if !items.is_empty() {
                out.push((if name.is_empty() { "all".to_owned() } else { name }, items.into_iter().map(|(_, item)| item).collect()));
            }
            continue;
        }
        let (zero, one): (Vec<_>, Vec<_>) = items.into_iter().partition(|(key, _)| key.as_u128() >> (127 - bit) & 1 == 0);
        open.push((format!("{name}0"), zero));
        open.push((format!("{name}1"), one));
    }
    out.sort_by(|(one, _), (other, _)| one.cmp(other));
    out
}
