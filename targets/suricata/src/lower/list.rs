//! When values go into a file beside the rules, and how a name is looked up with its parents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ir::{Case, Domain};
use source::Span;

use super::buffer::Fold;
use super::lowering::{Choice, Lowering, Options};
use crate::ast::{Content, Item, List, Sign, Transform, Values};

impl Lowering<'_, '_> {
    /// A list with a name that no other list of the run has: the block, what is listed, and a stable id of both. The name
    /// does not change with the values, so a site's copy is replaced, not joined by another.
    pub(super) fn list(&self, what: &str, values: Values) -> Arc<List> {
        let block = self.detection.key.rsplit('/').next().unwrap_or(&self.detection.key);
        let id = ir::id::part(self.detection.id, &format!("{} {what}", self.scope)).simple().to_string();
        let words: String = backend::slug(block).replace('.', "-").chars().take(20).collect();
        let base = format!("{}-{}-{}", words.trim_end_matches('-'), what.replace('.', "-"), id.get(..8).unwrap_or_default());
        let mut lists = self.lists.borrow_mut();
        let mut name = base.clone();
        for again in 2.. {
            match lists.iter().find(|list| list.name == name) {
                Some(list) if list.values == values => return Arc::clone(list),
                Some(_) => name = format!("{base}-{again}"),
                None => break,
            }
        }
        let list = Arc::new(List { name, values });
        lists.push(Arc::clone(&list));
        list
    }

    /// Exact values of a buffer, as a data set.
    pub(super) fn string_dataset(&self, buffer: &'static str, fold: Fold, values: &[&str], case: Case, sign: Sign) -> Vec<Item> {
        let lower = fold == Fold::AsSent && case == Case::Insensitive;
        let values: BTreeSet<Vec<u8>> =
            values.iter().map(|value| if lower { value.to_ascii_lowercase() } else { (*value).to_owned() }.into_bytes()).collect();
        let values = Values::Strings(values);
        let list = self.list(buffer, values);
        let mut items = vec![Item::Buffer(buffer)];
        if lower {
            items.push(Item::Transform(Transform::ToLowercase));
        }
        items.push(Item::Dataset { sign, list });
        items
    }

    /// Any of the domains or a name below one, in a buffer that holds a host name.
    pub(super) fn domains(&self, buffer: &'static str, fold: Fold, domains: &[Domain], _span: Span) -> Options {
        let names: BTreeSet<&str> = domains.iter().map(Domain::as_str).collect();
        if names.len() > super::pattern::DATASET {
            return self.domain_datasets(buffer, fold, &names);
        }
        let choices = names
            .iter()
            .map(|name| {
                let bytes = format!(".{name}").into_bytes();
                let content = Content { bytes, ends: true, nocase: fold == Fold::AsSent, ..Content::default() };
                Choice { label: (*name).to_owned(), items: vec![Item::Buffer(buffer), Item::Transform(Transform::DotPrefix), Item::Content(content)] }
            })
            .collect();
        let joined = (names.len() > 1).then(|| {
            let names = names.iter().map(|name| crate::ast::Re::Text((*name).to_owned())).collect();
            let expression = crate::ast::Re::Seq(vec![crate::ast::Re::Raw("(?:^|\\.)"), super::pattern::either(names), crate::ast::Re::Raw("$")]);
            vec![Item::Buffer(buffer), Item::Pcre(crate::ast::Pcre { sign: Sign::Is, expression, nocase: fold == Fold::AsSent, lines: false })]
        });
        Options { choices, joined, to_client: false }
    }

    /// A name is cut to as many labels as the listed names have: one list and one rule for each number of labels. The engine's own
    /// `match subdomain` came to the 8.0 series with 8.0.7; older releases and Suricata 7 read the word and ignore it.
    fn domain_datasets(&self, buffer: &'static str, fold: Fold, names: &BTreeSet<&str>) -> Options {
        let lower = (fold == Fold::AsSent).then_some(Item::Transform(Transform::ToLowercase));
        let mut by_labels: BTreeMap<usize, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for name in names {
            by_labels.entry(name.split('.').count()).or_default().insert(name.as_bytes().to_vec());
        }
        let choices = by_labels
            .into_iter()
            .map(|(count, values)| {
                let values = Values::Strings(values);
                let list = self.list(&format!("names-{count}"), values);
                let mut items = vec![Item::Buffer(buffer)];
                items.extend(lower.clone());
                items.push(Item::Transform(Transform::LastLabels(count)));
                items.push(Item::Dataset { sign: Sign::Is, list });
                Choice { label: format!("names of {count} labels"), items }
            })
            .collect();
        Options { choices, joined: None, to_client: false }
    }
}
