//! Is what is said of two detections so on events?

use std::sync::Arc;
use std::time::Duration;

use ir::{
    Case, Detection, EventClass, EventRule, EventSelector, Field, FieldRef, FieldValue, IpNet, Kind, Meta, NumberTest, Op, Pattern, Platform,
    Predicate, Record, Regex, Tree, eval,
};
use source::{Sources, Span};

use super::*;

/// Numbers that follow from a first one.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("64 bits") % sides
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())].clone()
    }
}

fn span() -> Span {
    Span::new(Sources::default().add("a", ""), 0, 0)
}

fn detection(predicate: Predicate, platform: Option<Platform>) -> Detection {
    let event = EventSelector { platform, ..EventSelector::of(EventClass::ProcessStart) };
    Detection {
        key: "A/b".to_owned(),
        id: ir::id::of("a", "b"),
        title: String::new(),
        description: String::new(),
        meta: Arc::new(Meta::default()),
        kind: Kind::Event(EventRule { event, predicate }),
        indicators: Arc::from([]),
        span: span(),
    }
}

const TEXTS: [Field; 3] = [Field::ProcessName, Field::ProcessPath, Field::ProcessCommandLine];

fn word(dice: &mut Dice) -> String {
    (0..=dice.roll(3)).map(|_| dice.pick(&['a', 'b', 'B', '.'])).collect()
}

fn pattern(dice: &mut Dice) -> Pattern {
    let word = word(dice);
    match dice.roll(5) {
        0 => Pattern::exact(word),
        1 => Pattern::starts(word),
        2 => Pattern::ends(word),
        3 => Pattern::contains(word),
        _ => Pattern::glob(&format!("{word}*?b")),
    }
}

fn test(dice: &mut Dice) -> Predicate {
    let (field, op): (FieldRef, Op) = match dice.roll(12) {
        0 => (Field::ProcessPid.into(), Op::Number(dice.pick(&[NumberTest::Less(4), NumberTest::AtLeast(4), NumberTest::In(vec![3, 9])]))),
        1 => (
            Field::SourceIp.into(),
            Op::Address(vec![dice.pick(&["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1/32"]).parse::<IpNet>().expect("a network")]),
        ),
        2 => (Field::EmailTo.into(), Op::Text { patterns: vec![pattern(dice)], case: Case::Insensitive }),
        3 => (FieldRef::Open("Own".into()), dice.pick(&[Op::Exists, Op::Empty, Op::Missing])),
        4 => (
            dice.pick(&TEXTS).into(),
            Op::Regex(vec![Regex::parse(dice.pick(&["^a", "b+$", "a.b", "(?i)^ab?$", "\\."]), Case::Sensitive).expect("it parses")]),
        ),
        5 => (Field::ProcessPath.into(), Op::Under(vec![Tree::parse(&format!("a\\{}", word(dice))).expect("a place")])),
        _ => {
            let patterns = (0..=dice.roll(3)).map(|_| pattern(dice)).collect();
            (dice.pick(&TEXTS).into(), Op::Text { patterns, case: dice.pick(&[Case::Insensitive, Case::Insensitive, Case::Sensitive]) })
        }
    };
    Predicate::test(field, op, span())
}

fn predicate(dice: &mut Dice, depth: usize) -> Predicate {
    if depth == 0 || dice.roll(3) == 0 {
        return test(dice);
    }
    let list = (0..=dice.roll(3)).map(|_| predicate(dice, depth - 1)).collect();
    match dice.roll(5) {
        0 | 1 => Predicate::All(list),
        2 | 3 => Predicate::Any(list),
        _ => Predicate::Not(Box::new(predicate(dice, depth - 1))),
    }
}

fn record(dice: &mut Dice) -> Record {
    let mut out = Record::new(EventSelector {
        platform: Some(dice.pick(&[Platform::Windows, Platform::Linux])),
        ..EventSelector::of(EventClass::ProcessStart)
    });
    let text = |dice: &mut Dice| FieldValue::Text(format!("{}{}", word(dice), word(dice)));
    let mut put = |field: FieldRef, value: FieldValue| out.fields.insert(field, value);
    match dice.roll(4) {
        0 => put(Field::ProcessName.into(), text(dice)),
        1 => None,
        _ => put(
            Field::ProcessPath.into(),
            FieldValue::Text(format!("{}{}{}", dice.pick(&["", "a\\", "a\\b\\"]), word(dice), dice.pick(&["", "b", "\\"]))),
        ),
    };
    if dice.roll(4) > 0 {
        put(Field::ProcessCommandLine.into(), text(dice));
    }
    if dice.roll(2) > 0 {
        put(Field::ProcessPid.into(), FieldValue::Number(dice.pick(&[3, 4, 5, 9])));
        put(Field::SourceIp.into(), FieldValue::Text(dice.pick(&["10.1.2.3", "10.9.9.9", "192.0.2.1", "2001:db8::1"]).to_owned()));
    }
    if dice.roll(2) > 0 {
        let list = (0..=dice.roll(2)).map(|_| text(dice)).collect();
        put(Field::EmailTo.into(), FieldValue::List(list));
        put(FieldRef::Open("Own".into()), FieldValue::Text(dice.pick(&["", "x"]).to_owned()));
    }
    out
}

/// The same question in other words: another order, other brackets, lists in parts.
fn reworded(dice: &mut Dice, predicate: &Predicate) -> Predicate {
    let list = |dice: &mut Dice, list: &[Predicate]| {
        let mut out: Vec<Predicate> = list.iter().map(|inner| reworded(dice, inner)).collect();
        for at in 0..out.len() {
            let other = dice.roll(out.len());
            out.swap(at, other);
        }
        out
    };
    let not = |list: Vec<Predicate>| list.into_iter().map(|inner| Predicate::Not(Box::new(inner))).collect();
    match predicate {
        Predicate::All(inner) => match dice.roll(2) {
            0 => Predicate::All(list(dice, inner)),
            _ => Predicate::Not(Box::new(Predicate::Any(not(list(dice, inner))))),
        },
        Predicate::Any(inner) => match dice.roll(2) {
            0 => Predicate::Any(list(dice, inner)),
            _ => Predicate::Not(Box::new(Predicate::All(not(list(dice, inner))))),
        },
        Predicate::Not(inner) => Predicate::Not(Box::new(reworded(dice, inner))),
        Predicate::Test(test) => match &test.op {
            Op::Text { patterns, case } if patterns.len() > 1 => {
                let part = |patterns: &[Pattern]| Predicate::text(test.field.clone(), patterns.to_vec(), *case, test.span);
                let (one, other) = patterns.split_at(1 + dice.roll(patterns.len() - 1));
                Predicate::Any(vec![part(other), part(one)])
            }
            Op::Number(NumberTest::Less(4)) => Predicate::test(test.field.clone(), Op::Number(NumberTest::AtMost(3)), test.span),
            Op::Regex(list) => {
                let again = Regex::of(&list[0].node().expect("of characters")).expect("it can be written");
                Predicate::test(test.field.clone(), Op::Regex(vec![again]), test.span)
            }
            _ => Predicate::Test(test.clone()),
        },
        Predicate::Bytes(test) => Predicate::Bytes(test.clone()),
    }
}

fn fires(detection: &Detection, record: &Record) -> bool {
    eval::fires(detection, &[(Duration::ZERO, record)])
}

fn judged(one: &Detection, other: &Detection, change: &Change, events: &[Record]) {
    for (side, finds, misses) in [(&change.gained, other, one), (&change.lost, one, other)] {
        match side {
            Side::Witness(witness) => {
                let [(_, record)] = witness.events.as_slice() else { panic!("{witness:?}") };
                assert!(fires(finds, record) && !fires(misses, record), "{finds:#?}\n{misses:#?}\n{record:#?}");
            }
            Side::Nothing => {
                let found = events.iter().find(|record| fires(finds, record) && !fires(misses, record));
                assert_eq!(found, None, "{:#?}\n{:#?}", finds.kind, misses.kind);
            }
            Side::Unknown => {}
        }
    }
}

#[test]
fn what_is_said_of_any_two_is_so_on_events() {
    let mut dice = Dice(88_172_645_463_325_252);
    let events: Vec<Record> = (0..400).map(|_| record(&mut dice)).collect();
    let mut verdicts = std::collections::BTreeMap::new();
    for _ in 0..250 {
        let any = |dice: &mut Dice| {
            let platform = dice.pick(&[None, None, Some(Platform::Windows)]);
            detection(predicate(dice, 2), platform)
        };
        let one = any(&mut dice);
        // Half of the pairs are close to each other.
        let other = match (dice.roll(2), &one.kind) {
            (0, Kind::Event(rule)) => {
                let more = test(&mut dice);
                let changed = if dice.roll(2) == 0 {
                    Predicate::All(vec![rule.predicate.clone(), more])
                } else {
                    Predicate::Any(vec![more, rule.predicate.clone()])
                };
                detection(reworded(&mut dice, &changed), rule.event.platform)
            }
            _ => any(&mut dice),
        };
        let change = compare(&one, &other);
        judged(&one, &other, &change, &events);
        *verdicts.entry(change.verdict()).or_insert(0) += 1;
    }
    assert!(verdicts.get(&Verdict::Undecided).copied().unwrap_or(0) <= 5, "{verdicts:?}");
    eprintln!("{verdicts:?}");
    assert!(verdicts.len() >= 4, "{verdicts:?}");
}

#[test]
fn the_same_in_other_words_is_the_same() {
    let mut dice = Dice(3_141_592_653_589_793);
    let mut undecided = 0;
    for _ in 0..500 {
        let one = predicate(&mut dice, 3);
        let other = reworded(&mut dice, &one);
        let change = compare(&detection(one.clone(), None), &detection(other.clone(), None));
        match change.verdict() {
            Verdict::Same => {}
            Verdict::Undecided => undecided += 1,
            verdict => panic!("{verdict:?}: {change:#?}\n{one:#?}\n{other:#?}"),
        }
    }
    eprintln!("undecided {undecided}");
    assert!(undecided <= 5, "{undecided} of 500");
}
