//! Texts that want to break the reader: bounded, located, never a panic.

use std::fmt::Write as _;

use proptest::prelude::*;
use source::Sources;

use super::{read, rule, slugs};
use crate::{condition, looks_like, yaml};

#[test]
fn yaml_with_two_readings_is_refused() {
    let good = rule("s:\n    f: x\ncondition: s");
    assert_eq!(slugs(&[&format!("title: again\n{good}")]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&[&rule("s:\n    f: x\n    f: y\ncondition: s")]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&[&rule("s: &a\n    f: x\nt:\n    <<: *a\ncondition: s or t")]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&["? [a, b]\n: c\n"]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&["title: 'open\n"]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&["a: *b\n"]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&["a: &b [*b]\n"]), ["sigma-in.yaml"]);
    assert_eq!(slugs(&["a:\n\tb: c\n"]), ["sigma-in.yaml"]);
    let many: String = (0..40).map(|at| format!("k{at}: x\n")).collect();
    assert_eq!(slugs(&[&format!("{many}k7: y\n")]), ["sigma-in.yaml"]);
}

#[test]
fn what_stands_before_a_break_is_read() {
    let good = rule("s:\n    f: x\ncondition: s");
    let (_, advisories, said) = read(&[&format!("{good}---\ntitle: 'open\n")]);
    assert_eq!((advisories.len(), said.len()), (1, 1));
}

#[test]
fn anchors_and_aliases_are_followed() {
    let text = rule("s:\n    f: &values\n        - x\n        - y\nt:\n    g: *values\ncondition: s and t");
    assert_eq!(slugs(&[&text]), [] as [&str; 0]);
    assert_eq!(read(&[&text]).1[0].behaviors[0].facets[0].predicate.tests().len(), 2);
}

#[test]
fn bombs_do_not_go_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let row = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{row}]");
    }
    assert_eq!(slugs(&[&bomb]), ["sigma-in.too-large"]);
    assert_eq!(slugs(&[&"[".repeat(100_000)]), ["sigma-in.too-large"]);
    assert_eq!(slugs(&[&format!("a: {}", "{a: ".repeat(10_000))]), ["sigma-in.too-large"]);
    assert_eq!(slugs(&[&(0..10_000).map(|depth| format!("{}a:\n", " ".repeat(depth.min(500)))).collect::<String>()]).len(), 1);
    assert_eq!(slugs(&[&format!("a: {}", "x".repeat(yaml::MAX_SCALAR + 1))]), ["sigma-in.too-large"]);
    assert_eq!(slugs(&[&"a: b\n".repeat(yaml::MAX_FILE / 5 + 1)]), ["sigma-in.too-large"]);
    let global = format!("action: global\nx: [{}]\n", "y, ".repeat(1000));
    assert!(slugs(&[&format!("{global}{}", "---\ntitle: T\n".repeat(1000))]).contains(&"sigma-in.too-large"));
    let wide = format!("s:\n    f|windash: '{}'\ncondition: s", "-a ".repeat(1000));
    assert_eq!(slugs(&[&rule(&wide)]), ["sigma-in.value"]);
    let many: String = (0..60).map(|at| format!("s{at}:\n    f: {at}\n")).collect();
    assert_eq!(slugs(&[&rule(&format!("{many}condition: 30 of them"))]), ["sigma-in.condition"]);
    assert_eq!(slugs(&[&rule(&format!("s:\n    f: x\ncondition: {}s", "not ".repeat(1000)))]), ["sigma-in.condition"]);
    let values = "        - '-a -b -c -d'\n".repeat(2000);
    assert_eq!(slugs(&[&rule(&format!("s:\n    f|windash:\n{values}condition: s"))]), ["sigma-in.too-large"]);
    let values = "        - x\n".repeat(5000);
    assert_eq!(slugs(&[&rule(&format!("s:\n    f:\n{values}condition: s{}", " or s".repeat(1000)))]), ["sigma-in.too-large"]);
    let selections: String = (0..1001).map(|at| format!("s{at}:\n    f: x\n")).collect();
    assert_eq!(slugs(&[&rule(&format!("{selections}condition: 1 of them"))]), ["sigma-in.too-large"]);
    let fields: String = (0..20_000).map(|at| format!("    f{at}: x\n")).collect();
    assert_eq!(slugs(&[&rule(&format!("s:\n{fields}condition: s"))]), [] as [&str; 0]);
    let words = "        - x\n".repeat(20_000);
    assert_eq!(slugs(&[&rule(&format!("s:\n    f|contains|all:\n{words}condition: s"))]), [] as [&str; 0]);
    assert_eq!(slugs(&[&rule(&format!("s:\n    f|re: '{}'\ncondition: s", "(a{1,999}){1,999}"))]), ["sigma-in.regex"]);
}

/// Pieces of rules, so that random texts get past the first checks.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "title: T\n",
        "logsource:\n    product: p\n",
        "detection:\n",
        "    s:\n",
        "        f: x\n",
        "        f|re: '[a'\n",
        "        '|all': [a, '']\n",
        "    condition: s\n",
        "    condition: 1 of s*\n",
        "---\n",
        "filter:\n",
        "    rules: any\n",
        "correlation:\n",
        "    type: temporal\n",
        "        - *a\n",
        "        - &a b\n",
        "\u{e9}: \u{2603}\n",
        "action: global\n",
        "        f|windash|base64offset|contains: '-a -b'\n",
        "  ",
        "\t",
        "\"",
        "'",
        "{",
        "[",
        "|\n",
        ">",
        "%",
        "!!str ",
        "~",
        "*",
        "? ",
        ": ",
    ];
    prop_oneof![4 => proptest::sample::select(words.to_vec()).prop_map(ToOwned::to_owned), 1 => "[\\PC\n]{0,6}"]
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall_over(pieces in proptest::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let mut sources = Sources::default();
        let file = sources.add("a.yml", text.as_str());
        let mut collection = crate::Collection::default();
        collection.add(&sources, file);
        let parsed = collection.finish();
        for said in &parsed.diagnostics {
            let (span, _) = said.label.as_ref().expect("everything that is said has a place");
            prop_assert!(text.get(span.range()).is_some(), "{said:?}");
            let _ = source::draw(said, &sources, false);
        }
        let _ = looks_like(&text);
    }

    #[test]
    fn no_condition_makes_the_grammar_fall_over(text in "[ ()*|a-c_1-3]{0,60}|((and|or|not|1 of|all of|them|a|b_\\*|\\(|\\)) ){0,30}") {
        if let Err(fault) = condition::parse(&text) {
            prop_assert!(text.ends_with(fault.at));
        }
    }
}
