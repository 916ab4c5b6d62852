//! What is said about rules that are not in order, and where it points.

use super::{on, read, rule, slugs};

/// The only thing said about a rule with this detection, and the words it points at.
fn about(detection: &str) -> (String, String) {
    let text = rule(detection);
    let (sources, _, said) = read(&[&text]);
    let [only] = said.as_slice() else { panic!("{text}: {said:?}") };
    let words = only.label.as_ref().map(|(span, _)| sources.words(*span).to_owned()).unwrap_or_default();
    (only.code.slug.to_owned(), words)
}

#[test]
fn each_fault_has_its_code_and_place() {
    let cases = [
        ("s:\n    f|contain: x\ncondition: s", "sigma-in.unknown-modifier", "f|contain"),
        ("s:\n    f|re|cidr: x\ncondition: s", "sigma-in.modifiers", "f|re|cidr"),
        ("s:\n    f|all: x\ncondition: s", "sigma-in.idle-modifier", "f|all"),
        ("s:\n    f|base64offset: x\ncondition: s", "sigma-in.idle-modifier", "f|base64offset"),
        ("s:\n    f|cidr: x/24\ncondition: s", "sigma-in.value", "x/24"),
        ("s:\n    f|gt: x\ncondition: s", "sigma-in.value", "x"),
        ("s:\n    f|base64: 'a*'\ncondition: s", "sigma-in.value", "'a*'"),
        ("s:\n    f|exists: 5\ncondition: s", "sigma-in.value", "5"),
        ("s:\n    - ''\ncondition: s", "sigma-in.value", "''"),
        ("s:\n    f|re: '(?<=a)b'\ncondition: s", "sigma-in.regex", "'(?<=a)b'"),
        ("s:\n    f|expand: '%admins%'\ncondition: s", "sigma-in.placeholder", "'%admins%'"),
        ("s:\n    f: x\ncondition: s and", "sigma-in.condition", ""),
        ("s:\n    f: x\ncondition: s s", "sigma-in.condition", "s"),
        ("s:\n    f: x\ncondition: (s", "sigma-in.condition", ""),
        ("s:\n    f: x\ncondition: s | count() > 5", "sigma-in.aggregation", "|"),
        ("s:\n    f: x\nt:\n    f: y\ncondition: s |near t", "sigma-in.aggregation", "|near"),
        ("s:\n    f|equalsfield: x\ncondition: s", "sigma-in.unknown-modifier", "f|equalsfield"),
        ("s:\n    f: x\ncondition: t", "sigma-in.unknown-selection", "t"),
        ("s:\n    f: x\ncondition: s and all of t*", "sigma-in.unknown-selection", "t*"),
        ("s:\n    f: x\ncondition: s and not 1 of t*", "sigma-in.matches-nothing", "t*"),
        ("s:\n    f: x\nt:\n    f: y\ncondition: s", "sigma-in.unused-selection", "t"),
        ("s:\n    f: x\ntimeframe: 30d\ncondition: s", "sigma-in.unused-selection", "timeframe"),
        ("s:\n    f: x\n    f|contains: y\ncondition: s", "sigma-in.contradiction", "f|contains"),
        ("s:\n    f: []\ncondition: s", "sigma-in.wrong-type", "f"),
        ("s:\n    f:\n        a: b\ncondition: s", "sigma-in.wrong-type", "f"),
        ("s: {}\ncondition: s", "sigma-in.wrong-type", "{}"),
        ("s:\n    f: x", "sigma-in.missing-key", "detection"),
        ("s:\n    f: x\ncondition: [s, 0 of s]", "sigma-in.condition", "s"),
    ];
    for (detection, code, words) in cases {
        assert_eq!(about(detection), (code.to_owned(), words.to_owned()), "{detection}");
    }
}

#[test]
fn places_are_bytes_behind_any_text() {
    let text = format!("# \u{e9}\u{2603}\u{1f600}\nauthor: \u{e9}\n{}", rule("s:\n    \u{e9}|contain: x\ncondition: s"));
    let (sources, _, said) = read(&[&text]);
    let span = said.first().and_then(|said| said.label.as_ref()).map(|(span, _)| *span);
    assert_eq!(span.map(|span| sources.words(span)), Some("\u{e9}|contain"));
}

#[test]
fn metadata_is_checked_and_never_costs_the_rule() {
    let good = rule("s:\n    f: x\ncondition: s");
    let cases = [
        ("id: 5", "sigma-in.form"),
        ("date: yesterday", "sigma-in.form"),
        ("tags: [execution]", "sigma-in.form"),
        ("tags: [tlp.pink]", "sigma-in.form"),
        ("tags: [cve.1]", "sigma-in.form"),
        ("tags: [attack.t99]", "sigma-in.form"),
        ("tags: [attack.t1086]", "sigma-in.retired-technique"),
        ("level: bad", "sigma-in.unknown-word"),
        ("status: new", "sigma-in.unknown-word"),
        ("refrences: [x]", "sigma-in.unknown-key"),
        ("falsepositives: ['Backups', Tools: the ones of administrators]", "sigma-in.form"),
    ];
    for (line, code) in cases {
        let text = format!("{line}\n{good}");
        assert_eq!(slugs(&[&text]), [code], "{line}");
        assert_eq!(read(&[&text]).1.len(), 1, "{line}");
    }
    assert_eq!(slugs(&[&format!("owner: us\n{good}")]), [] as [&str; 0], "keys of one's own are allowed");
}

#[test]
fn what_every_rule_needs_is_asked_for() {
    assert_eq!(slugs(&["title: T\ndetection:\n    s: x\n    condition: s\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["logsource:\n    product: p\ndetection:\n    s: x\n    condition: s\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["title: T\nlogsource:\n    product: p\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["title: T\nlogsource: {}\ndetection:\n    s: x\n    condition: s\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["title: T\nlogsource: p\ndetection: x\n"]), ["sigma-in.wrong-type", "sigma-in.wrong-type"]);
    assert_eq!(slugs(&["- a\n"]), ["sigma-in.wrong-type"]);
    assert_eq!(slugs(&["name: Of another product\nquery: x\n"]), ["sigma-in.missing-key"], "said once");
    let repeats = format!("action: repeat\n{}", rule("s:\n    f: x\ncondition: s"));
    assert_eq!(slugs(&[&repeats]), ["sigma-in.unknown-word"]);
    assert_eq!(read(&[&repeats]).1.len(), 1, "the rule itself is complete");
}

#[test]
fn a_number_that_no_log_has_for_a_category_is_said() {
    let asks =
        |number: &str| on("product: windows\n    category: process_creation", &format!("s:\n    EventID: {number}\n    Image: x\ncondition: s"));
    assert_eq!(slugs(&[&asks("4624")]), ["sigma-in.contradiction"]);
    for known in ["1", "4688", "[4624, 4688]"] {
        assert_eq!(slugs(&[&asks(known)]), [] as [&str; 0], "{known}");
    }
}

#[test]
fn a_text_with_a_colon_stays_a_text() {
    let good = rule("s:\n    f: x\ncondition: s");
    let (_, advisories, _) = read(&[&format!("falsepositives:\n    - Backups\n    - Tools: the ones of administrators\n{good}")]);
    let said: Vec<&String> = advisories.iter().flat_map(|advisory| &advisory.behaviors).flat_map(|behavior| &behavior.head.false_positives).collect();
    assert_eq!(said, ["Backups", "Tools: the ones of administrators"]);
}

#[test]
fn a_rule_is_found_by_an_id_that_is_no_uuid() {
    let base = rule("s:\n    f: x\ncondition: s").replace("title: A title", "title: A title\nid: site-0001");
    let chained =
        "title: C\nid: site-0002\ncorrelation:\n    type: event_count\n    rules: [site-0001]\n    timespan: 5m\n    condition:\n        gte: 5\n";
    let whole = "title: D\ncorrelation:\n    type: event_count\n    rules: [SITE-0002]\n    timespan: 1h\n    condition:\n        gte: 2\n";
    let (_, advisories, said) = read(&[&base, chained, whole]);
    assert_eq!(said.iter().map(|said| said.code.slug).collect::<Vec<_>>(), ["sigma-in.form", "sigma-in.form"]);
    let [only] = advisories.as_slice() else { panic!("{advisories:?}") };
    assert_eq!(only.header.title, "D");
}

#[test]
fn filters_say_what_they_do_not_reach() {
    let good = format!("name: ours\n{}", rule("s:\n    f: x\ncondition: s"));
    let filter = |source: &str, rules: &str| {
        format!("title: F\nlogsource:\n    {source}\nfilter:\n    rules: {rules}\n    selection:\n        f: y\n    condition: not selection\n")
    };
    assert_eq!(slugs(&[&good, &filter("product: example", "[ours]")]), [] as [&str; 0]);
    assert_eq!(slugs(&[&good, &filter("product: example", "[theirs]")]), ["sigma-in.unknown-rule"]);
    assert_eq!(slugs(&[&good, &filter("product: other", "[ours]")]), ["sigma-in.other-source"]);
    assert_eq!(
        slugs(&[&good, "title: F\nlogsource:\n    product: p\nfilter:\n    selection:\n        f: y\n    condition: selection\n"]),
        ["sigma-in.missing-key"]
    );
}

#[test]
fn one_broken_rule_does_not_hide_the_others() {
    let (bad, good) = (rule("s:\n    f|contain: x\ncondition: s"), on("service: auth", "s:\n    f: x\ncondition: s"));
    let (_, advisories, said) = read(&[&format!("{bad}---\n{good}")]);
    assert_eq!((advisories.len(), said.len()), (1, 1));
}
