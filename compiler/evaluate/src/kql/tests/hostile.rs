//! Does text of any kind get an answer or a refusal, and nothing else?

use proptest::prelude::*;
use serde_json::json;

use super::super::Query;
use super::run;

#[test]
fn what_is_deep_or_long_does_no_harm() {
    for open in
        ["(", "-", "not(", "f(", "dynamic([", "dynamic({\"a\":", "x[", "(A | where ", "union (", "A | join (", "let f = (x: string) {", "iff("]
    {
        let text = format!("A | where {}", open.repeat(50_000));
        assert!(Query::read(&text).is_err(), "{open}");
        assert!(Query::read(&open.repeat(50_000)).is_err(), "{open}");
    }
    let deep = format!("print x = {}1{}", "(".repeat(35), ")".repeat(35));
    assert_eq!(run(&deep), Ok(json!([[1]])));
    for (item, between) in [("1 == 1", " or "), ("1 == 1", " and ")] {
        assert_eq!(run(&format!("print x = {}", [item; 20_000].join(between))), Ok(json!([[true]])));
    }
    assert_eq!(run(&format!("print x = {}", ["1"; 20_000].join(" + "))), Ok(json!([[20_000]])));
    assert_eq!(run(&format!("print x = isnull(parse_json(''){})", ".a".repeat(20_000))), Ok(json!([[true]])));
    assert_eq!(run(&format!("Events{} | count", " | where Id > 0".repeat(2_000))), Ok(json!([[4]])));
    let functions: String = (1..28).map(|at| format!("let f{at} = (x: string) {{ strcat(f{}(x), '-') }};", at - 1)).collect();
    assert_eq!(run(&format!("let f0 = (x: string) {{ x }};{functions} print a = f27('a')")), Ok(json!([[format!("a{}", "-".repeat(27))]])));
    let functions: String = (1..200).map(|at| format!("let f{at} = (x: string) {{ f{}(f{}(x)) }};", at - 1, at - 1)).collect();
    assert!(run(&format!("let f0 = (x: string) {{ x }};{functions} print a = f199('a')")).is_err());
}

/// Text that is nearly a query.
fn nearly() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Events",
        "|",
        "where",
        "extend",
        "project",
        "summarize",
        "by",
        "union",
        "join",
        "kind",
        "=",
        "inner",
        "on",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        "let",
        "f",
        "x",
        ":",
        "string",
        "'a'",
        "\"b\"",
        "@\"c",
        "dynamic(",
        "1",
        "1h",
        "..",
        "in~",
        "!in",
        "has_any",
        "contains",
        "matches",
        "regex",
        "'('",
        "extract(",
        "iff(",
        "not(",
        "*",
        "==",
        "=~",
        "-",
        "+",
        ".",
        "$",
        "left",
        "datetime(",
        "null",
        "mv",
        "expand",
        "to",
        "typeof(",
        "sort",
        "asc",
        "print",
        "datatable(",
        "materialize(",
        "toscalar(",
        "prev(",
        "Id",
        "File",
        "More",
        "arg_max(",
        "count()",
        "and",
        "or",
        "//",
        "\n",
        "é",
        "\u{0}",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Query::read(&text);
    }

    #[test]
    fn what_is_nearly_a_query_is_answered_or_refused(text in nearly()) {
        let _ = run(&text);
        let _ = run(&format!("Events | where {text}"));
        let _ = run(&format!("print x = {text}"));
    }

    #[test]
    fn texts_read_back(text in "[^\\p{C}]{0,20}") {
        let verbatim = format!("@\"{}\"", text.replace('"', "\"\""));
        prop_assert_eq!(run(&format!("print x = {verbatim}")), Ok(json!([[text]])));
    }
}
