//! What is said in a build without the engine: `cargo test -p yara --no-default-features`.
#![cfg(not(feature = "engine"))]
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::sync::Arc;
use std::time::Duration;

use backend::{Compiled, Finding, Hearing, Job, Outcome, Overlay, Question, Section, Target, Trial};
use ir::{Detection, EventClass, EventRule, EventSelector, Field, Kind, Meta, NativeLanguage, NumberTest, Op, Predicate, Record};
use source::{Severity, Sources, Span};
use yara::Yara;

const WHY: &str = "this program was built without the YARA engine";

fn detection(kind: Kind) -> Detection {
    let span = Span::new(Sources::default().add("left-out", ""), 0, 0);
    Detection {
        key: "A-1/block.facet".to_owned(),
        id: ir::id::of("A-1", "block.facet"),
        title: "A title".to_owned(),
        description: String::new(),
        meta: Arc::new(Meta { advisory: "A-1".to_owned(), ..Meta::default() }),
        kind,
        indicators: Arc::from([]),
        span,
    }
}

fn compile(detection: &Detection) -> Compiled {
    let profile = Target::about(&Yara).profiles.first().unwrap();
    Yara.compile(Job {
        profile,
        detections: &[detection],
        overlay: &Overlay::default(),
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    })
}

fn sized() -> Detection {
    let span = Span::new(Sources::default().add("left-out", ""), 0, 0);
    let predicate = Predicate::test(Field::FileSize, Op::Number(NumberTest::In(vec![4711])), span);
    detection(Kind::Event(EventRule { event: EventSelector::of(EventClass::FileContent), predicate }))
}

#[test]
fn a_rule_says_that_it_was_not_compiled() {
    let compiled = compile(&sized());
    let entry = compiled.entries.first().unwrap();
    assert_eq!((compiled.artefacts.len(), entry.outcome), (1, Outcome::Exact));
    let skipped = entry.diagnostics.iter().find(|diagnostic| diagnostic.code.slug == "verify.skipped").unwrap();
    assert_eq!(skipped.severity, Severity::Warning);
    assert!(skipped.message.starts_with(&format!("verify: skipped: {WHY}")), "{}", skipped.message);
    assert!(skipped.help.as_deref().unwrap().contains("`yara-engine`"), "{:?}", skipped.help);
    assert_eq!(skipped.target.as_deref(), Some("yara/yara"));
}

#[test]
fn a_rule_is_not_judged_and_the_reason_is_given() {
    let detection = sized();
    let compiled = compile(&detection);
    let mut record = Record::new(EventSelector::of(EventClass::FileContent));
    record.bytes = Some([b'x'; 4711].as_slice().into());
    let trial: Trial = vec![(Duration::ZERO, record)];
    let hearing = Hearing {
        profile: Target::about(&Yara).profiles.first().unwrap(),
        overlay: &Overlay::default(),
        artefacts: &compiled.artefacts,
        questions: vec![Question { detection: &detection, rules: compiled.rules.iter().collect(), trials: vec![&trial] }],
        reader: None,
        captures: false,
    };
    let judgements = Target::judge(&Yara, &hearing);
    let findings: Vec<&Finding> = judgements.iter().map(|judgement| &judgement.finding).collect();
    assert!(matches!(findings.as_slice(), [Finding::Unjudged(why)] if why.starts_with(WHY)), "{findings:?}");
}

#[test]
fn the_form_of_what_travels_along_is_read() {
    let carried = |text: &str| {
        let kind = Kind::Native { language: NativeLanguage::Yara, file: "own.yar".to_owned(), text: text.into(), companions: Vec::new() };
        compile(&detection(kind)).entries.first().unwrap().outcome
    };
    assert_eq!(carried("rule own { condition: filesize < 5 }"), Outcome::Exact);
    assert_eq!(carried("rule own { condition: filesize < }"), Outcome::Withheld);
    assert_eq!(carried("include \"/etc/passwd\"\nrule own { condition: filesize < 5 }"), Outcome::Narrower);
}
