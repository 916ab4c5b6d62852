//! Does any text bring the extractor down, make a span lie, or take more than its share of time?

use proptest::prelude::*;
use source::Sources;

use super::{DocumentRole, extract};

/// Extracts and checks what must hold for any text; returns how many values there were.
fn try_out(text: &str) -> usize {
    let mut sources = Sources::default();
    let file = sources.add("hostile", text);
    let found = extract(&sources, file);
    for value in &found {
        let range = value.span.range();
        assert_eq!(text.get(range.clone()), Some(value.raw), "{value:?}");
        assert!(!value.reason.is_empty() && !value.value.is_empty(), "{value:?}");
        if value.role == DocumentRole::Indicator {
            let _ = value.observable();
        }
    }
    assert!(found.windows(2).all(|pair| pair[0].span.start <= pair[1].span.start || pair[0].span.end >= pair[1].span.start), "{found:?}");
    found.len()
}

const PIECES: [&str; 62] = [
    "a.",
    "[.]",
    "http://",
    "hxxp",
    "://",
    "@",
    "/",
    "[",
    "]",
    "(",
    ")",
    "{.}",
    " dot ",
    " at ",
    ".com",
    "1.2.3.4",
    ":",
    "::",
    "\\",
    "\\[",
    "&#46;",
    "&#91;",
    "&",
    ";",
    "%APPDATA%\\",
    "C:\\",
    "HKLM\\",
    "Global\\",
    "T1059.001",
    "CVE-2021-",
    "44228",
    "|",
    "\n",
    "\n\n",
    "# ",
    "```\n",
    "----\n",
    "|===\n",
    "**",
    "`",
    "\"",
    "'",
    "<h2>",
    "<pre>",
    "d41d8cd98f00b204e9800998ecf8427e",
    ".zip",
    "é",
    "。",
    "\u{200B}",
    "\u{FF0E}",
    " . ",
    " .",
    "evil",
    "-",
    "_dot_",
    "x",
    "0",
    "/24",
    "\u{A0}",
    "”",
    "IOCs:\n",
    "Mutex",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_text_is_read(text in "\\PC{0,300}|[\\[\\](){}<>\"',;:|#=/\\\\ \n\r.0-9a-f@%&_-]{0,300}") {
        try_out(&text);
    }

    #[test]
    fn any_mix_of_pieces_is_read(pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..60)) {
        try_out(&pieces.concat());
    }

    #[test]
    fn a_defanged_name_is_found_wherever_it_stands(before in "[a-z ,.\n]{0,40}", label in "[a-z]{3,12}", after in "[ ,;\n][a-z ,\n]{0,40}") {
        let text = format!("{before} {label}[.]example{after}");
        let mut sources = Sources::default();
        let file = sources.add("x", text.as_str());
        let name = format!("{label}.example");
        prop_assert!(extract(&sources, file).iter().any(|found| found.value.ends_with(&name) && found.role == DocumentRole::Indicator));
    }
}

/// Eight times the text may take at most forty times as long: linear is eight, quadratic sixty-four.
#[test]
#[allow(clippy::disallowed_methods)]
fn time_grows_with_size() {
    let time = |text: &str| {
        let start = std::time::Instant::now();
        std::hint::black_box(try_out(text));
        start.elapsed().as_secs_f64()
    };
    let nasty = [
        "a.",
        "[.]",
        "http://",
        "@",
        "/",
        "a@",
        "a@b.",
        "1.",
        "1.2.3.4/",
        "[",
        "(",
        "\\",
        "\\.",
        "&#",
        "a[.]",
        "a dot ",
        "a at ",
        " .a",
        "1 . ",
        "|",
        "|a.com",
        "::",
        "a:",
        "C:\\",
        "C:\\a ",
        "HKLM\\a ",
        "%a%\\",
        "%TEMP%\\a b",
        "/usr/a ",
        "hxxp://%",
        "http://a.com/(",
        "http://a.com/[",
        "https://a.b?",
        "\n",
        "#\n",
        "# c2\n",
        "----\n",
        "```\n",
        "IOC:\n",
        "<h1>",
        "<pre>",
        "*",
        "- a.com\n",
        "| a.com | b |\n",
        "T1059",
        "CVE-",
        "a.zip ",
        "a b.exe|",
        "0123456789abcdef",
        "Global\\\\_",
        "\u{200B}",
        "é",
        "\u{3002}",
        "a_dot_",
        "\".\"",
        ".]",
        "[://]",
        "[at]",
        "{",
        "<",
        "<a>\\",
        "mutex: a\n",
        "user agent: /\n",
    ];
    for piece in nasty {
        let short = piece.repeat(4096 / piece.len().max(1));
        let long = piece.repeat(8 * 4096 / piece.len().max(1));
        let (short, long) = (time(&short), time(&long));
        assert!(long < 0.15 || long < 40.0 * short, "{piece:?}: {short} s, then {long} s");
    }
}
