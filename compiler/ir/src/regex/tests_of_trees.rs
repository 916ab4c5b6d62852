//! Do trees mean what their expressions mean, and are the answers about them right?

use proptest::prelude::*;

use super::{Class, ClassUnicode, Node, PartOf, Regex, Required};
use crate::{Case, Place};

fn node(text: &str, case: Case) -> Node {
    Regex::parse(text, case).and_then(|regex| regex.node()).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// A tree in the syntax of the `regex` crate, without any flag but those of groups.
pub(super) fn plain(node: &Node) -> String {
    match node {
        Node::Empty => String::new(),
        Node::Literal(literal) => {
            let nocase = literal.case == Case::Insensitive;
            let char = |char: char| match char {
                char if nocase && char.is_ascii_alphabetic() => format!("[{}{}]", char.to_ascii_lowercase(), char.to_ascii_uppercase()),
                char => regex::escape(&char.to_string()),
            };
            format!("(?:{})", std::str::from_utf8(&literal.bytes).unwrap().chars().map(char).collect::<String>())
        }
        Node::Class(class) => format!("(?:{})", regex_syntax::hir::Hir::class(class.clone())),
        Node::Look(look) => regex_syntax::hir::Hir::look(*look).to_string(),
        Node::Repeat { inner, min, max, .. } => {
            format!("(?:{}){{{min},{}}}", plain(inner), max.map(|max| max.to_string()).unwrap_or_default())
        }
        Node::Concat(list) => list.iter().map(plain).collect(),
        Node::Either(list) => format!("(?:{})", list.iter().map(plain).collect::<Vec<_>>().join("|")),
    }
}

fn compiled(node: &Node) -> regex::bytes::Regex {
    let text = plain(node);
    regex::bytes::Regex::new(&text).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// Pieces of expressions that fit each other's texts.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "B", "é", "É", "ab", "aB1", "/", "\\?", "\\.", "1"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![".", "[a-b]", "[^a]", "[A-Z]", "\\d", "\\w", "\\s", "\\S", "[^/?]", "[é-ü]", "[^é]", "(?s:.)"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["^", "$", "\\b", "\\B", "(?m:^)", "(?m:$)", "", "(?i)", "(?-i)"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        let plain = Regex::parse;
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|list| list.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|list| format!("(?:{})", list.join("|"))),
            1 => (inner.clone(), prop::sample::select(vec!["*", "+", "?", "{2}", "{1,2}", "*?", "{2,}"]))
                .prop_map(|(inner, times)| format!("(?:{inner}){times}")),
            1 => inner.clone().prop_map(|inner| format!("(?i:{inner})")),
            1 => inner.prop_map(|inner| format!("(?-i:{inner})")),
        ]
        .prop_filter("it is an expression", move |text| plain(text, Case::Sensitive).is_ok())
    })
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "A", "b", "B", "é", "É", "1", "/", "?", ".", " ", "\n", "ü", "ab", "aB1"]), 0..7)
        .prop_map(|list| list.concat())
}

fn case() -> impl Strategy<Value = Case> {
    prop::sample::select(vec![Case::Sensitive, Case::Insensitive])
}

#[test]
fn what_surely_stands_together_is_counted() {
    for (text, wanted) in [
        ("sample-gate-[0-9]{3}", 6),
        ("[0-9]{1,1000}", 0),
        ("(?:name)?", 0),
        ("(?:name)+x", 4),
        ("wget|curl|nc", 2),
        (r"\\(?:powershell|cmd)\.exe$", 3),
        ("(?:abcd|[a-z]+)", 0),
        (".*", 0),
    ] {
        assert_eq!(node(text, Case::Sensitive).longest_word(), wanted, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_tree_means_what_is_written(expression in expression(), texts in prop::collection::vec(text(), 6), case in case()) {
        let regex = Regex::parse(&expression, case).unwrap();
        let compiled = compiled(&regex.node().unwrap());
        for text in texts {
            prop_assert_eq!(regex.is_match(text.as_bytes()), compiled.is_match(text.as_bytes()), "{} on {:?}", expression, text);
        }
    }

    #[test]
    fn answers_hold_for_every_match(expression in expression(), texts in prop::collection::vec(text(), 6), case in case()) {
        let tree = node(&expression, case);
        let compiled = compiled(&tree);
        for text in texts {
            if tree.matches_everything() && !text.is_empty() {
                prop_assert!(compiled.is_match(text.as_bytes()), "{} asks something of {:?}", expression, text);
            }
            let Some(found) = compiled.find(text.as_bytes()) else { continue };
            prop_assert!(!tree.anchored_start() || found.start() == 0);
            prop_assert!(!tree.anchored_end() || found.end() == text.len());
            prop_assert!(tree.longest().is_none_or(|longest| found.len() <= longest));
            prop_assert!(!found.is_empty() || tree.matches_empty());
            prop_assert!(!found.as_bytes().contains(&b'/') || tree.crosses('/'));
            for Required { literal, place } in tree.required_literals() {
                let fold = |bytes: &[u8]| if literal.case == Case::Insensitive { bytes.to_ascii_lowercase() } else { bytes.to_vec() };
                let (text, wanted) = (fold(text.as_bytes()), fold(&literal.bytes));
                let there = match place {
                    Place::Whole => text == wanted,
                    Place::Start => text.starts_with(&wanted),
                    Place::End => text.ends_with(&wanted),
                    Place::Anywhere => text.windows(wanted.len()).any(|window| window == wanted),
                };
                prop_assert!(there, "{} does not need {:?} in {:?}", expression, literal, place);
            }
        }
    }

    #[test]
    fn in_lower_case_it_fits_what_fits_in_some_spelling(expression in expression(), texts in prop::collection::vec(text(), 6), case in case()) {
        let tree = node(&expression, case);
        let (as_sent, lower) = (compiled(&tree), compiled(&tree.lower_cased()));
        for text in texts {
            let (is, in_lower) = (as_sent.is_match(text.as_bytes()), lower.is_match(text.to_ascii_lowercase().as_bytes()));
            prop_assert!(!is || in_lower, "{} on {:?}", expression, text);
            prop_assert!(is == in_lower || tree.asks_for_case(), "{} on {:?}", expression, text);
        }
    }

    #[test]
    fn on_the_last_part_it_fits_what_it_fits_alone(expression in expression(), folder in text(), name in text(), case in case()) {
        let name = name.replace('/', "");
        let tree = node(&expression, case);
        let (as_sent, path) = (compiled(&tree.confined(&PartOf::last(&['/']).inside)), tree.as_last_part(&['/']));
        let Some(path) = path.map(|path| compiled(&path)) else { return Ok(()) };
        for whole in [format!("{folder}/{name}"), name.clone()] {
            prop_assert_eq!(as_sent.is_match(name.as_bytes()), path.is_match(whole.as_bytes()), "{} on {:?}", expression, whole);
        }
    }

    #[test]
    fn numbers_of_ranges_fit_and_no_others(
        ranges in prop::collection::vec(prop_oneof![(0_u64..1200, 0_u64..1200), (0_u64..70_000, 0_u64..70_000), (any::<u64>(), any::<u64>())], 1..3),
        others in prop::collection::vec(prop_oneof![0_u64..1200, 0_u64..70_000, any::<u64>()], 20),
    ) {
        let fits = |number: u64| ranges.iter().any(|(from, to)| (*from..=*to).contains(&number));
        let tree = Node::of_numbers(ranges.iter().map(|(from, to)| *from..=*to));
        let compiled = regex::Regex::new(&format!("^(?:{})$", plain(&tree))).unwrap();
        let near = ranges.iter().flat_map(|(from, to)| [*from, *to, from.wrapping_sub(1), to.wrapping_add(1), from / 2 + to / 2]);
        for number in near.chain(others) {
            prop_assert_eq!(compiled.is_match(&number.to_string()), fits(number), "{} in {:?}", number, ranges);
        }
    }
}

#[test]
fn numbers_are_short_expressions() {
    let of = |from, to| plain(&Node::of_numbers([from..=to])).replace("(?:", "").replace([')', ' '], "");
    assert_eq!(of(500, 599), "5[0-9]{2,2}");
    assert_eq!(
        of(1024, 65_535),
        "102[4-9]|10[3-9][0-9]|1[1-9][0-9]{2,2}|[2-9][0-9]{3,3}|[1-5][0-9]{4,4}|6[0-4][0-9]{3,3}|65[0-4][0-9]{2,2}|655[0-2][0-9]|6553[0-5]"
    );
    let codes = Node::of_numbers([404..=404, 500..=502, 501..=503]);
    assert_eq!(plain(&codes), "(?:(?:404)|(?:50)(?:[0-3]))");
    assert!(Node::of_numbers([]).is_never());
}

#[test]
fn what_asks_nothing_is_told() {
    for text in ["", ".*", "^", "$", "(name)?", "x*", "a|", "(?s).+", "(?s)^.*$", "a*$", "(?s)^.", "(?:.*)+", "[\\s\\S]+$"] {
        assert!(node(text, Case::Insensitive).matches_everything(), "{text}");
    }
    for text in ["a", "^$", "^.*$", ".+", "\\b", ".{2}", "[^a]*a", "^[^a]*$", "\\w", "^.{3,}$", "[0-9]{0,3}x"] {
        assert!(!node(text, Case::Insensitive).matches_everything(), "{text}");
    }
}

#[test]
fn required_texts_stand_longest_first() {
    let of = |text: &str| -> Vec<(String, Case, Place)> {
        let list = node(text, Case::Insensitive).required_literals();
        list.into_iter().map(|found| (String::from_utf8(found.literal.bytes).unwrap(), found.literal.case, found.place)).collect()
    };
    let (nocase, cased) = (Case::Insensitive, Case::Sensitive);
    assert_eq!(
        of(r"^\/content\/kestrel-loader\/[a-z]+\.php$"),
        [("/content/kestrel-loader/".to_owned(), nocase, Place::Start), (".php".to_owned(), nocase, Place::End)]
    );
    assert_eq!(
        of("(?-i)^Evil(?i:bot)-A"),
        [
            ("Evilbot-A".to_owned(), nocase, Place::Start),
            ("Evil".to_owned(), cased, Place::Start),
            ("bot-".to_owned(), nocase, Place::Anywhere),
            ("A".to_owned(), cased, Place::Anywhere)
        ]
        .to_vec()
    );
    assert_eq!(of("(?:gate|gatx|gaty)1?").first().map(|(text, ..)| text.as_str()), Some("gat"));
    assert_eq!(of("(?:evil|bad)?x*|y"), []);
    assert_eq!(of("caf\u{e9}s").first().map(|(text, ..)| text.as_str()), Some("caf"), "letters outside ASCII have case");
}

#[test]
fn what_is_repeated_twice_is_not_lazy() {
    let regex = Regex::parse("^(?:(?:a)+)?$", Case::Sensitive).unwrap();
    assert!(regex.over_bytes(false).is_some_and(|searched| searched.is_match(b"")));
}

#[test]
fn wide_text_has_zeros_between() {
    let of = |text: &str| Regex::parse(text, Case::Sensitive).and_then(|regex| regex.node_of_bytes(false)).unwrap().widened();
    let wide = of("^a[0-9]{2}").unwrap();
    assert_eq!(wide.required_literals().first().map(|found| found.literal.bytes.clone()), Some(b"a\0".to_vec()));
    assert_eq!(wide.longest(), Some(6));
    assert_eq!((of("a$"), of(r"\ba"), of("(?u)[\u{e9}-\u{ff}]")), (None, None, None));
}

#[test]
fn single_bytes_are_no_text() {
    let regex = Regex::parse(r"(?-u:\xFF)", Case::Sensitive).unwrap();
    assert!(regex.node().is_err() && regex.node_of_bytes(false).is_ok());
    let set = node("(?i)[k-m]", Case::Sensitive);
    assert_eq!(
        set,
        Node::Class(Class::Unicode(ClassUnicode::new(match node("[K-Mk-m]", Case::Sensitive) {
            Node::Class(Class::Unicode(class)) => class.ranges().to_vec(),
            other => panic!("{other:?}"),
        })))
    );
}

proptest! {
    #[test]
    fn what_is_written_anew_finds_the_same(expression in expression(), case in prop_oneof![Just(Case::Sensitive), Just(Case::Insensitive)], text in text()) {
        let regex = Regex::parse(&expression, case).unwrap();
        let Ok(again) = Regex::of(&regex.node().unwrap()) else { return Ok(()) };
        prop_assert_eq!(again.is_match(text.as_bytes()), compiled(&regex.node().unwrap()).is_match(text.as_bytes()), "{} as {:?}", expression, again);
    }

    #[test]
    fn beginnings_are_spelled_otherwise(expression in expression(), rest in text()) {
        let regex = Regex::parse(&expression, Case::Sensitive).unwrap();
        let node = regex.node().unwrap();
        let Some(both) = node.begun("aB", &Node::literal("?1", Case::Sensitive)).and_then(|both| Regex::of(&both).ok()) else { return Ok(()) };
        let (own, other) = (compiled(&node), format!("?1{rest}"));
        let wanted = own.is_match(format!("aB{rest}").as_bytes()) || own.is_match(other.as_bytes());
        prop_assert_eq!(both.is_match(other.as_bytes()), wanted, "{} as {:?} on {:?}", expression, both, rest);
    }
}

#[test]
fn what_is_spelled_out_is_told_whatever_its_case() {
    for (text, case, wanted) in [
        (r"^hkcu\\Software", Case::Sensitive, true),
        (r"\\b(?:HKLM|HKCU)\\", Case::Insensitive, true),
        (r"(?:HK(?:CU)?)", Case::Insensitive, false),
        ("[HKCU]+", Case::Insensitive, false),
        ("HK.?CU", Case::Sensitive, false),
    ] {
        assert_eq!(node(text, case).spells("HKCU"), wanted, "{text}");
    }
}
