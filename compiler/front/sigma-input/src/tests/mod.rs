//! Do rules mean what their authors wrote? Rules are read, and asked about events.

mod corpora;
mod hostile;
mod meaning;
mod said;

use ir::{Advisory, FieldRef, FieldValue, Predicate, Record};
use source::{Diagnostic, Severity, Sources};

use super::Collection;

/// Reads texts as files called `rule-0.yml` and so on.
fn read(texts: &[&str]) -> (Sources, Vec<Advisory>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut collection = Collection::default();
    for (at, text) in texts.iter().enumerate() {
        let file = sources.add(format!("rule-{at}.yml"), *text);
        collection.add(&sources, file);
    }
    let parsed = collection.finish();
    (sources, parsed.advisories, parsed.diagnostics)
}

/// A rule over an open log source.
fn rule(detection: &str) -> String {
    on("product: example", detection)
}

/// A rule over a log source, with its detection indented as it should be.
fn on(source: &str, detection: &str) -> String {
    let indented: String = detection.lines().map(|line| format!("    {line}\n")).collect();
    format!("title: A title\nlogsource:\n    {source}\ndetection:\n{indented}")
}

/// What a rule that is in order asks for.
fn asked(text: &str) -> Predicate {
    let (sources, mut advisories, said) = read(&[text]);
    let errors: Vec<String> = said.iter().filter(|said| said.severity == Severity::Error).map(|said| source::draw(said, &sources, false)).collect();
    assert_eq!(errors, Vec::<String>::new(), "{text}");
    let mut behavior = advisories.remove(0).behaviors.remove(0);
    behavior.facets.remove(0).predicate
}

/// An event with open fields; a field called `*` is the whole message, the word `null` is a field that is not there.
fn event(fields: &[(&str, &str)]) -> Record {
    let mut record = Record::new(ir::EventSelector::of(ir::EventClass::CloudAudit));
    for (name, value) in fields {
        if *name == "*" {
            record.message = Some((*value).into());
        } else {
            record.fields.insert(FieldRef::Open((*name).into()), FieldValue::Text((*value).to_owned()));
        }
    }
    record
}

/// The slugs of what was said about a text, sorted.
fn slugs(texts: &[&str]) -> Vec<&'static str> {
    let (.., said) = read(texts);
    let mut slugs: Vec<&str> = said.iter().map(|said| said.code.slug).collect();
    slugs.sort_unstable();
    slugs
}
