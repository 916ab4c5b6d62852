//! Does any text, however broken, come back with diagnostics and nothing worse?

use proptest::prelude::*;

use super::examples::{COMPLETE, read};

/// Pieces of the language, from which texts are made that get far into the grammar.
const PIECES: &[&str] = &[
    "vigie 1\n",
    "advisory \"A\" {",
    "}\n",
    "{",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    "\n",
    "#",
    "\"",
    "'",
    "b'",
    "\\",
    "/",
    "$",
    "..",
    "- ",
    "x 3",
    "%",
    "== ",
    "iocs a : ip {",
    "iocs b {",
    "behavior c \"t\" {",
    "facet d on process.start {",
    "facet e on file.content {",
    "correlate f {",
    "source s {",
    "native n yara \"advisories/orb.yar\"",
    "test c.d {",
    "accept k.l for c.d on kql because",
    "because s \"x\"",
    "load csv \"advisories/relays.txt\"",
    "role: c2",
    "direction: either",
    "valid: 2021-01-01 .. now",
    "attack: [T1190, ",
    "seq {",
    "then ",
    "count {",
    "distinct user.name {",
    "by: [source.ip",
    "within: 1h30m",
    "jitter: 10%",
    "match ",
    "no_match ",
    "bytes hex \"4d\"",
    "events { 0s ",
    "process.name",
    "file.size",
    "source.ip",
    "any of [",
    "2 of [",
    "not ",
    "and ",
    "or ",
    "in [",
    "contains ",
    "under ",
    "matches /a(b/",
    "exists",
    "cased",
    "4D 5A ?? [2-4]",
    "wide",
    "at 0",
    "198.51.100[.]23",
    "evil[.]example",
    "200KB",
    "é",
    "\u{feff}",
    "\u{0}",
    "9999999999999999999",
];

fn survives(text: &str) {
    let (sources, parsed) = read(text);
    for diagnostic in &parsed.diagnostics {
        let (span, _) = diagnostic.label.as_ref().expect("every diagnostic of the language has a place");
        let whole = &sources.file(span.file).text;
        assert!(whole.get(span.range()).is_some(), "{span:?} does not fall on characters for {}", diagnostic.code.slug);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn pieces_in_any_order_are_answered(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        survives(&pieces.join(" "));
        survives(&pieces.concat());
    }

    #[test]
    fn a_good_file_with_a_wound_is_answered(
        from in 0..COMPLETE.len(),
        length in 0..40_usize,
        piece in proptest::sample::select(PIECES),
    ) {
        let (from, to) = (COMPLETE.floor_char_boundary(from), COMPLETE.floor_char_boundary((from + length).min(COMPLETE.len())));
        survives(&format!("{}{piece}{}", &COMPLETE[..from], &COMPLETE[to..]));
        survives(&COMPLETE[..from]);
    }
}

#[test]
fn nesting_has_a_limit() {
    let too_deep = |expression: String| {
        let (_, parsed) = read(&format!("vigie 1\nadvisory \"A\" {{}}\nbehavior b {{\n facet f on file.content {{ {expression} }}\n}}\n"));
        parsed.diagnostics.iter().filter(|diagnostic| diagnostic.code.slug == "parse.too-deep").count()
    };
    assert_eq!(too_deep(format!("{}file.size > 1{}", "(".repeat(100_000), ")".repeat(100_000))), 1);
    assert_eq!(too_deep(format!("{{ 01 {}02{} }}", "(".repeat(100_000), ")".repeat(100_000))), 1);
    assert_eq!(too_deep(format!("{}file.size > 1{}", "(".repeat(60), ")".repeat(60))), 0);
    survives(&"{".repeat(1_000_000));
    survives(&format!("vigie 1 advisory \"A\" {}", "{ a: [".repeat(300_000)));
    survives(&format!("vigie 1\niocs a : ip {{\n{}", "- \"\\q\n".repeat(20_000)));
    let (_, parsed) =
        read(&format!("vigie 1\nadvisory \"A\" {{}}\nbehavior b {{\n facet f on file.content {{ {} file.size > 1 }}\n}}\n", "not ".repeat(100_000)));
    assert_eq!(parsed.diagnostics.len(), 0);
}

#[test]
fn long_lists_are_read_in_linear_time() {
    let lines: String = (0..20_000).map(|n| format!("  - 10.{}.{}.{} {{ note: \"n{n}\" }}\n", n / 65536, n / 256 % 256, n % 256)).collect();
    let (_, parsed) = read(&format!("vigie 1\nadvisory \"A\" {{}}\niocs a : ip {{\n  role: c2  direction: either\n{lines}}}\n"));
    assert_eq!(parsed.diagnostics.len(), 0);
    assert_eq!(parsed.advisories[0].indicators[0].indicators.len(), 20_000);
}
