//! When values go into a file beside the rules, and how a name is looked up with its parents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ir::{Case, Domain};
use source::Span;

use super::pattern::Fold;
use super::{Choice, Lowering, Options};
use crate::ast::{Content, Item, List, Sign, Transform, Values};

impl Lowering<'_, '_> {
    /// A name for a list that no other list of the run has: the block, what is listed, and a stable id of both.
    pub(super) fn list_name(&self, what: &str, values: &Values) -> String {
        let block = self.detection.key.rsplit('/').next().unwrap_or(&self.detection.key);
        let first = match values {
            Values::Strings(values) => values.first().map(|value| String::from_utf8_lossy(value).into_owned()),
            Values::Digests(values) => values.first().cloned(),
            Values::Addresses(values) => values.first().map(ToString::to_string),
        };
        // Two lists of one detection in the same buffer differ in their values only.
        let part = format!("{what} {}", first.filter(|_| what.contains('#')).unwrap_or_default());
        let id = ir::id::part(self.detection.id, &part).simple().to_string();
        let words: String = backend::slug(block).replace('.', "-").chars().take(20).collect();
        let what = what.split('#').next().unwrap_or_default().replace('.', "-");
        format!("{words}-{what}-{}", id.get(..8).unwrap_or_default())
    }

    /// Exact values of a buffer, as a data set.
    pub(super) fn string_dataset(&self, buffer: &'static str, fold: Fold, values: &[&str], case: Case, sign: Sign) -> Vec<Item> {
        let lower = fold == Fold::AsSent && case == Case::Insensitive;
        let values: BTreeSet<Vec<u8>> =
            values.iter().map(|value| if lower { value.to_ascii_lowercase() } else { (*value).to_owned() }.into_bytes()).collect();
        let values = Values::Strings(values);
        let list = Arc::new(List { name: self.list_name(buffer, &values), values });
        let mut items = vec![Item::Buffer(buffer)];
        if lower {
            items.push(Item::Transform(Transform::ToLowercase));
        }
        items.push(Item::Dataset { sign, list, subdomains: false });
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

    /// Suricata 8 looks a name's parents up itself. Suricata 7 reads `match subdomain` and ignores it, so there the name
    /// is cut to as many labels as the listed names have: one list and one rule for each number of labels.
    fn domain_datasets(&self, buffer: &'static str, fold: Fold, names: &BTreeSet<&str>) -> Options {
        let lower = (fold == Fold::AsSent).then_some(Item::Transform(Transform::ToLowercase));
        if self.eight {
            let values = Values::Strings(names.iter().map(|name| format!(".{name}").into_bytes()).collect());
            let list = Arc::new(List { name: self.list_name(buffer, &values), values });
            let mut items = vec![Item::Buffer(buffer), Item::Transform(Transform::DotPrefix)];
            items.extend(lower);
            items.push(Item::Dataset { sign: Sign::Is, list, subdomains: true });
            return Options::one(items);
        }
        let mut by_labels: BTreeMap<usize, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for name in names {
            by_labels.entry(name.split('.').count()).or_default().insert(name.as_bytes().to_vec());
        }
        let choices = by_labels
            .into_iter()
            .map(|(count, values)| {
                let values = Values::Strings(values);
                let list = Arc::new(List { name: self.list_name(&format!("{buffer}-{count}"), &values), values });
                let mut items = vec![Item::Buffer(buffer)];
                items.extend(lower.clone());
                items.push(Item::Transform(Transform::LastLabels(count)));
                items.push(Item::Dataset { sign: Sign::Is, list, subdomains: false });
                Choice { label: format!("names of {count} labels"), items }
            })
            .collect();
        Options { choices, joined: None, to_client: false }
    }
}
