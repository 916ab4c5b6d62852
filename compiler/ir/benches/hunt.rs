//! How fast do thousands of rules find their events? Run with `cargo bench -p ir`.

use divan::counter::ItemsCount;
use ir::{Case, EventClass, EventRule, EventSelector, Field, FieldValue, Index, Op, Pattern, Predicate, Record, eval};
use source::{Sources, Span};

fn main() {
    divan::main();
}

const RULES: u32 = 3000;
const EVENTS: u32 = 2000;

/// A program and a few words of its command line, with an exception: what most rules look like.
fn rules() -> Vec<EventRule> {
    let span = Span::new(Sources::default().add("bench", ""), 0, 0);
    let words = |field: Field, patterns: Vec<Pattern>| Predicate::test(field, Op::Text { patterns, case: Case::Insensitive }, span);
    (0..RULES)
        .map(|number| EventRule {
            event: EventSelector::of(EventClass::ProcessStart),
            predicate: Predicate::All(vec![
                words(Field::ProcessPath, vec![Pattern::ends(format!(r"\tool{}.exe", number % 50)), Pattern::ends(r"\cmd.exe")]),
                words(Field::ProcessCommandLine, vec![Pattern::contains(format!(" -option{number} ")), Pattern::contains(format!("/o{number}:"))]),
                Predicate::Not(Box::new(words(Field::ParentPath, vec![Pattern::starts(r"C:\Program Files\")]))),
            ]),
        })
        .collect()
}

fn events() -> Vec<Record> {
    let text = |text: String| FieldValue::Text(text);
    (0..EVENTS)
        .map(|number| {
            let mut record = Record::new(EventSelector::of(EventClass::ProcessStart));
            record.fields.insert(Field::ProcessPath.into(), text(format!(r"C:\Windows\System32\tool{}.exe", number % 60)));
            let command = format!(r#""C:\Windows\System32\tool.exe" -option{number} /quiet --path "C:\Users\analyst\Documents\report {number}.txt""#);
            record.fields.insert(Field::ProcessCommandLine.into(), text(command));
            record.fields.insert(Field::ParentPath.into(), text(r"C:\Windows\explorer.exe".to_owned()));
            record
        })
        .collect()
}

/// The index over all rules.
#[divan::bench]
fn indexed(bencher: divan::Bencher) {
    let (rules, events) = (rules(), events());
    let index = Index::new(&rules);
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| events.iter().map(|event| index.matches(event).len()).sum::<usize>());
}

/// Each rule asked about each event; a tenth of the events.
#[divan::bench]
fn one_by_one(bencher: divan::Bencher) {
    let (rules, events) = (rules(), events());
    let some: Vec<&Record> = events.iter().step_by(10).collect();
    bencher
        .counter(ItemsCount::new(EVENTS / 10))
        .bench_local(|| some.iter().map(|event| rules.iter().filter(|rule| eval::matches(rule, event)).count()).sum::<usize>());
}

/// Making the index.
#[divan::bench]
fn made(bencher: divan::Bencher) {
    let rules = rules();
    bencher.counter(ItemsCount::new(RULES)).bench_local(|| Index::new(&rules));
}
