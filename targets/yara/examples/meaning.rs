//! Writes random rules, files, and whether each rule is meant to fire, for a check with another engine: `meaning COUNT DIR`.
//!
//! `DIR` gets `N.yar` and `N.bin`, and `expected.txt` with a line `N fires|quiet OUTCOME` for each rule that could be made.

#![expect(clippy::disallowed_methods, reason = "it hands files to another engine")]

#[path = "../tests/random/mod.rs"]
mod random;

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use backend::{Job, Outcome, Overlay, Section, Target};
use ir::{Detection, EventClass, EventRule, EventSelector, Kind, Meta, Record};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use random::{samples, span};
use yara::Yara;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(count), Some(directory)) = (arguments.next(), arguments.next()) else { return Err("meaning COUNT DIR".into()) };
    let directory = Path::new(&directory);
    let (mut runner, strategy, mut expected) = (TestRunner::deterministic(), samples(), String::new());
    for number in 0..count.parse::<usize>()? {
        let sample = strategy.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let detection = Detection {
            key: format!("random/block{number}"),
            id: ir::id::of("random", &format!("block{number}")),
            title: "Random condition".to_owned(),
            description: String::new(),
            meta: Arc::new(Meta { advisory: "random".to_owned(), ..Meta::default() }),
            kind: Kind::Event(EventRule { event: EventSelector::of(EventClass::FileContent), predicate: sample.predicate.clone() }),
            indicators: Arc::from([]),
            span: span(),
        };
        let overlay = Overlay::default();
        let profile = Target::about(&Yara).profiles.first().ok_or("no profile")?;
        let compiled = Yara.compile(Job { profile, detections: &[detection], overlay: &overlay, numbers: Section::default() });
        let outcome = compiled.entries.first().map_or(Outcome::Unsupported, |entry| entry.outcome);
        if outcome == Outcome::Unsupported {
            continue;
        }
        let mut record = Record::new(EventSelector::of(EventClass::FileContent));
        record.bytes = Some(sample.bytes.as_slice().into());
        let meant = if ir::eval::holds(&sample.predicate, &record) { "fires" } else { "quiet" };
        writeln!(expected, "{number} {meant} {}", outcome.name())?;
        let text: String = compiled.artefacts.iter().map(|artefact| artefact.text.as_str()).collect();
        std::fs::write(directory.join(format!("{number}.yar")), text)?;
        std::fs::write(directory.join(format!("{number}.bin")), &sample.bytes)?;
    }
    std::fs::write(directory.join("expected.txt"), expected)?;
    Ok(())
}
