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

const PIECES: [&str; 76] = [
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
    "<html>",
    "</p>",
    "<td>",
    "<tr>",
    "</script>",
    "<script>",
    "<a href=\"http://",
    "\">",
    "&nbsp;",
    "-\n",
    "[.]\n",
    "あ",
    "From: ",
    "commonname=",
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

/// The worst inputs that are known, long enough that work beyond a constant for each byte would never end. How long each takes
/// is the bench's to say.
#[test]
fn nasty_inputs_are_read_to_their_end() {
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
        "a-\n",
        "a[.]\n",
        "hxxp://a-\n",
        "a [.] b ",
        "あa",
        "あ.a",
        "a. B ",
        "From: a@b.example\n",
        "commonname=a.b.com ",
        "0123456789abcdef0123456789abcdef a.exe ",
        "<td>",
        "<a href=\"http://a.example/\">",
        "<a b=c ",
        "<script>",
        "<!--",
        "&nbsp;",
    ];
    for piece in nasty {
        let text = piece.repeat((1 << 16) / piece.len().max(1));
        assert!(try_out(&text) <= text.len(), "{piece:?}");
        let page = format!("<html>{text}");
        assert!(try_out(&page) <= page.len(), "{piece:?}");
    }
}
