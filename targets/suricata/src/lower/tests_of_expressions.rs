//! Do printed expressions fit, by PCRE2 itself, what their trees fit?

use ir::regex::Node;
use ir::{Case, Regex};
use proptest::prelude::*;

use super::dialect::{Alphabet, Written, written};
use crate::ast::{Pcre, Sign};
use crate::print::pcre;
use crate::verify::reader;

fn expression() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(vec!["a", "b", "B", "é", "É", "ab", "aB1", "/", "\\?", "\\.", "1", "\"", ";", "|", "-", "k", "€"]);
    let sets = prop::sample::select(vec![
        ".",
        "[a-b]",
        "[^a]",
        "[A-Z]",
        "\\d",
        "\\w",
        "\\s",
        "\\S",
        "\\W",
        "[^/?]",
        "[é-ü]",
        "[^é]",
        "(?s:.)",
        "[^A-Z]",
        "[^a€]",
        "\\p{Greek}",
        "[-\\]^\\\\]",
    ]);
    let rest = prop::sample::select(vec![
        "^",
        "$",
        "\\b",
        "\\B",
        "(?m:^)",
        "(?m:$)",
        "",
        "(?i)",
        "(?-i)",
        "\\b{start}",
        "\\b{end}",
        "\\b{start-half}",
        "\\b{end-half}",
        "(?Rm:^)",
        "(?Rm:$)",
    ]);
    let leaf = prop_oneof![5 => letters.prop_map(str::to_owned), 4 => sets.prop_map(str::to_owned), 1 => rest.prop_map(str::to_owned)];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..5).prop_map(|list| list.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|list| format!("(?:{})", list.join("|"))),
            2 => (inner.clone(), prop::sample::select(vec!["*", "+", "?", "{2}", "{1,2}", "*?", "{2,}", "{0,3}"]))
                .prop_map(|(inner, times)| format!("(?:{inner}){times}")),
            1 => inner.clone().prop_map(|inner| format!("(?i:{inner})")),
            1 => inner.prop_map(|inner| format!("(?-i:{inner})")),
        ]
        .prop_filter("it is an expression", |text| Regex::parse(text, Case::Sensitive).is_ok())
    })
}

fn text() -> impl Strategy<Value = String> {
    let bits =
        vec!["a", "A", "b", "B", "é", "É", "1", "/", "?", ".", " ", "\n", "\r", "ü", "ab", "aB1", "€", "α", "\"", ";", "|", "-", "k", "\u{2003}"];
    prop::collection::vec(prop::sample::select(bits), 0..8).prop_map(|list| list.concat())
}

fn case() -> impl Strategy<Value = Case> {
    prop::sample::select(vec![Case::Sensitive, Case::Insensitive])
}

/// The option as it stands in a rule, taken apart as the engine does, and compiled by PCRE2.
fn compiled(written: &Written) -> pcre2::bytes::Regex {
    let option = pcre::option(&Pcre { sign: Sign::Is, expression: written.expression.clone(), nocase: written.nocase, lines: false });
    assert!(option.is_ascii() && !option.contains('\n'), "{option}");
    let value = option.strip_prefix("pcre:").and_then(|rest| rest.strip_suffix(';')).unwrap_or_else(|| panic!("{option}"));
    let (expression, flags) = reader::pattern(value).unwrap_or_else(|why| panic!("{option}: {why}"));
    assert!(flags.chars().all(|flag| "is".contains(flag)), "{option}");
    let mut builder = pcre2::bytes::RegexBuilder::new();
    builder.caseless(flags.contains('i')).dotall(flags.contains('s'));
    builder.build(&expression).unwrap_or_else(|why| panic!("{option}: {why}"))
}

fn fits(compiled: &pcre2::bytes::Regex, text: &str) -> bool {
    compiled.is_match(text.as_bytes()).unwrap_or_else(|why| panic!("{text:?}: {why}"))
}

fn node(text: &str, case: Case) -> Node {
    Regex::parse(text, case).and_then(|regex| regex.node()).unwrap_or_else(|why| panic!("{text}: {why}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn on_text_it_fits_what_the_expression_fits(expression in expression(), texts in prop::collection::vec(text(), 12), case in case()) {
        let regex = Regex::parse(&expression, case).unwrap();
        let Ok(written) = written(&regex.node().unwrap(), Alphabet::Text) else { return Ok(()) };
        let compiled = compiled(&written);
        for text in texts {
            let (wanted, is) = (regex.is_match(text.as_bytes()), fits(&compiled, &text));
            prop_assert!(wanted || !is || written.wider, "`{}` as {:?} fits {:?}", expression, compiled.as_str(), text);
            prop_assert!(!wanted || is || written.narrower, "`{}` as {:?} does not fit {:?}", expression, compiled.as_str(), text);
        }
    }

    #[test]
    fn on_ascii_nothing_is_lost(expression in expression(), texts in prop::collection::vec(text(), 12), case in case()) {
        let regex = Regex::parse(&expression, case).unwrap();
        let Ok(written) = written(&regex.node().unwrap(), Alphabet::Ascii) else { return Ok(()) };
        prop_assert!(!written.wider && !written.narrower);
        let compiled = compiled(&written);
        for text in texts.into_iter().filter(|text| text.is_ascii()) {
            prop_assert_eq!(regex.is_match(text.as_bytes()), fits(&compiled, &text), "{} as {:?} on {:?}", expression, compiled.as_str(), text);
        }
    }

    #[test]
    fn in_lower_case_no_capital_is_printed(expression in expression(), texts in prop::collection::vec(text(), 12), case in case()) {
        let tree = node(&expression, case);
        let Ok(written) = written(&tree.lower_cased(), Alphabet::Lower) else { return Ok(()) };
        prop_assert!(!written.nocase);
        let compiled = compiled(&written);
        prop_assert!(!has_capital(compiled.as_str()), "{}", compiled.as_str());
        let regex = Regex::parse(&expression, case).unwrap();
        for text in texts.into_iter().filter(|text| text.is_ascii()) {
            let (wanted, is) = (regex.is_match(text.as_bytes()), fits(&compiled, &text.to_lowercase()));
            prop_assert!(is || !wanted, "{} as {:?} on {:?}", expression, compiled.as_str(), text);
            prop_assert!(wanted == is || tree.asks_for_case(), "{} as {:?} on {:?}", expression, compiled.as_str(), text);
        }
    }

    #[test]
    fn over_bytes_it_fits_what_is_searched_in_files(expression in expression(), texts in prop::collection::vec(prop::collection::vec(prop::sample::select(b"abABk1\n\xC3\xA9\xFF.\0".to_vec()), 0..8), 8), nocase in any::<bool>()) {
        let regex = Regex::parse(&expression, Case::Sensitive).unwrap();
        let (Ok(tree), Some(searched)) = (regex.node_of_bytes(nocase), regex.over_bytes(nocase)) else { return Ok(()) };
        let Ok(written) = written(&tree, Alphabet::Text) else { return Ok(()) };
        let compiled = compiled(&written);
        for text in texts {
            prop_assert_eq!(searched.is_match(&text), compiled.is_match(&text).unwrap(), "{} as {:?} on {:?}", expression, compiled.as_str(), text);
        }
    }

    #[test]
    fn what_is_not_too_large_compiles(piece in expression(), times in prop::collection::vec(1_u32..300, 1..3), case in case()) {
        let text = times.iter().fold(piece, |piece, times| format!("(?:{piece}){{1,{times}}}"));
        let Ok(regex) = Regex::parse(&text, case) else { return Ok(()) };
        for alphabet in [Alphabet::Text, Alphabet::Ascii] {
            if let Ok(written) = written(&regex.node().unwrap(), alphabet) {
                compiled(&written);
            }
        }
    }
}

/// How the engine finds a capital where it wants none: outside what a backslash escapes.
fn has_capital(expression: &str) -> bool {
    let mut rest = expression.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escaped = match (byte, after.first()) {
            (b'\\', Some(b'x')) => 3,
            (b'\\', _) => 1,
            (byte, _) if byte.is_ascii_uppercase() => return true,
            _ => 0,
        };
        rest = after.get(escaped..).unwrap_or_default();
    }
    false
}

#[test]
fn expressions_read_well() {
    let of = |text: &str, case, alphabet| {
        let written = written(&node(text, case), alphabet).unwrap_or_else(|why| panic!("{text}: {why}"));
        format!("/{}/{}", pcre::expression(&written.expression, written.nocase), if written.nocase { "i" } else { "" })
    };
    let (cased, nocase) = (Case::Sensitive, Case::Insensitive);
    let text = Alphabet::Text;
    assert_eq!(of(r"^\/o\/[0-9a-f]{32}\.(gif|png)$", nocase, text), r"/\A\/o\/[0-9a-f]{32}\.(?:gif|png)\z/i");
    assert_eq!(of("^Evil(?i:bot)-A", cased, text), r"/\AEvil(?i:bot-)A/");
    assert_eq!(of("(?i)^evil(?-i:Bot)-a", cased, text), r"/\Aevil(?-i:Bot-)a/i");
    assert_eq!(of("[^/]+/[^a-c]*x", cased, text), r"/[^\/]+\/[^a-c]*x/");
    assert_eq!(of("a.{2}b", cased, text), r"/a(?>[\xC2-\xF4][\x80-\xBF]+|[^\n\x80-\xBF]){2}b/");
    assert_eq!(of("a.{2}b", cased, Alphabet::Ascii), r"/a[^\n]{2}b/");
    assert_eq!(of("é", nocase, text), r"/\xC3[\x89\xA9]/");
}
