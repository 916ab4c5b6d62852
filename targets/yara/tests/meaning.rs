//! Do rules mean what the evaluator says, whatever the condition and the file?

#![expect(clippy::unwrap_used, reason = "a failed test says where")]

mod random;

use std::sync::Arc;

use backend::{Compiled, Job, Outcome, Overlay, Section, Target};
use ir::{Detection, EventClass, EventRule, EventSelector, Kind, Meta, Predicate, Record};
use proptest::prelude::*;
use random::{Sample, samples, span};
use yara::Yara;

fn compile(predicate: &Predicate, meta: Meta, title: &str) -> Compiled {
    let detection = Detection {
        key: format!("{}/block.facet", meta.advisory),
        id: ir::id::of(&meta.advisory, "block.facet"),
        title: title.to_owned(),
        description: title.repeat(2),
        meta: Arc::new(meta),
        kind: Kind::Event(EventRule { event: EventSelector::of(EventClass::FileContent), predicate: predicate.clone() }),
        indicators: Arc::from([]),
        span: span(),
    };
    let overlay = Overlay::default();
    let profile = Target::about(&Yara).profiles.first().unwrap();
    Yara.compile(Job {
        profile,
        detections: &[&detection],
        overlay: &overlay,
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    })
}

fn fires(compiled: &Compiled, bytes: &[u8]) -> bool {
    let mut compiler = yara_x::Compiler::new();
    for artefact in &compiled.artefacts {
        compiler.add_source(artefact.text.as_str()).unwrap();
    }
    let rules = compiler.build();
    let mut scanner = yara_x::Scanner::new(&rules);
    scanner.scan(bytes).unwrap().matching_rules().len() > 0
}

const HOSTILE: [&str; 14] = ["\"", "\\", "\n", "\r", "*/", "//", "}", "rule x { condition: true }", "é", "\u{202e}", "\0", "\u{85}", "☃", " "];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_fire_where_the_evaluator_does(Sample { predicate, bytes } in samples()) {
        let compiled = compile(&predicate, Meta { advisory: "A-1".to_owned(), ..Meta::default() }, "A title");
        prop_assert!(compiled.refused().next().is_none(), "{:?}\n{:?}", compiled.entries, compiled.artefacts);
        let outcome = compiled.entries[0].outcome;
        if outcome == Outcome::Unsupported {
            prop_assert!(compiled.artefacts.is_empty() && !compiled.entries[0].diagnostics.is_empty());
            return Ok(());
        }
        let mut record = Record::new(EventSelector::of(EventClass::FileContent));
        record.bytes = Some(bytes.as_slice().into());
        let (meant, is) = (ir::eval::holds(&predicate, &record), fires(&compiled, &bytes));
        let text = &compiled.artefacts[0].text;
        match outcome {
            Outcome::Exact => prop_assert_eq!(meant, is, "{}", text),
            Outcome::Wider => prop_assert!(is || !meant, "{}", text),
            // Also what is both wider and narrower counts as narrower.
            _ => {}
        }
    }

    #[test]
    fn no_text_breaks_out_of_a_meta_value(words in prop::collection::vec(prop::sample::select(HOSTILE.to_vec()), 0..12)) {
        let text = words.concat();
        let meta = Meta {
            advisory: format!("A{text}"),
            actors: vec![text.clone()],
            malware: vec![text.clone()],
            references: vec![text.clone()],
            author: Some(text.clone()),
            false_positives: vec![text.clone()],
            report: Some(text.clone()),
            ..Meta::default()
        };
        let predicate = Predicate::Bytes(ir::BytesTest { need: ir::Need::Any, patterns: vec![ir::BytePattern::text("evil")], span: span() });
        let compiled = compile(&predicate, meta, &text);
        prop_assert!(compiled.refused().next().is_none(), "{:?}", compiled.entries);
        let mut compiler = yara_x::Compiler::new();
        compiler.add_source(compiled.artefacts[0].text.as_str()).unwrap();
        let rules = compiler.build();
        prop_assert_eq!(rules.iter().len(), 1);
        let rule = rules.iter().next().unwrap();
        let line = text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let author = rule.metadata().find(|(key, _)| *key == "author").map(|(_, value)| match value {
            yara_x::MetaValue::String(text) => text.to_owned(),
            yara_x::MetaValue::Bytes(bytes) => bytes.to_string(),
            other => format!("{other:?}"),
        });
        prop_assert_eq!(author, Some(line));
    }
}
