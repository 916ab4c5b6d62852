//! Do detections get the cases that tell a right rule from a wrong one?

use ir::{Case, Domain, EventClass, EventRule, EventSelector, Field, Op, Pattern, Platform, Predicate, Regex, Tree};
use source::{Sources, Span};

use super::*;

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

fn rule(class: EventClass, predicate: Predicate) -> EventRule {
    EventRule { event: EventSelector { platform: Some(Platform::Windows), ..EventSelector::of(class) }, predicate }
}

fn misses(cases: &Cases) -> Vec<&str> {
    cases.list.iter().filter(|case| !case.fires).map(|case| case.what.as_str()).collect()
}

fn hits(cases: &Cases) -> usize {
    cases.list.iter().filter(|case| case.fires).count()
}

#[test]
fn a_name_has_neighbours() {
    let cases =
        single(&rule(EventClass::DnsQuery, Predicate::test(Field::DnsName, Op::Domain(vec![Domain::parse("evil.example").unwrap()]), span())));
    for wanted in [
        "`dns.name`: a label that only ends so",
        "`dns.name`: a name that goes on",
        "`dns.name`: another character for a dot",
        "`dns.name` is not there",
    ] {
        assert!(misses(&cases).contains(&wanted), "{wanted} is among {:?}", misses(&cases));
    }
    assert!(hits(&cases) >= 3, "itself, a name below it, capitals");
    assert!(cases.uncovered.is_empty());
}

#[test]
fn every_branch_is_taken_and_every_test_is_missed() {
    let name = |text: &str| Predicate::is(Field::ProcessName, text, span());
    let predicate = Predicate::All(vec![
        Predicate::Any(vec![
            name("cmd.exe"),
            Predicate::All(vec![
                name("powershell.exe"),
                Predicate::text(Field::ProcessCommandLine, vec![Pattern::contains("-enc")], Case::Insensitive, span()),
            ]),
        ]),
        Predicate::text(Field::ParentPath, vec![Pattern::ends("\\w3wp.exe")], Case::Insensitive, span()),
        Predicate::test(Field::ProcessPath, Op::Under(vec![Tree::parse("C:\\Windows\\SysWOW64").unwrap()]), span()).negate(),
    ]);
    let cases = single(&rule(EventClass::ProcessStart, predicate));
    let first = |wanted: &str| {
        cases
            .list
            .iter()
            .any(|case| case.fires && whole::text(&case.events[0].1, &Field::ProcessPath.into()).is_some_and(|path| path.ends_with(wanted)))
    };
    assert!(first("\\cmd.exe") && first("\\powershell.exe"), "{:?}", cases.list);
    assert!(misses(&cases).contains(&"what is excluded is so"), "{:?}", misses(&cases));
    // Nothing on Linux has such paths, so no log holds the event there.
    assert!(!misses(&cases).contains(&"the event is one of linux"));
    assert!(misses(&cases).iter().any(|what| what.contains("process.parent.path")));
    assert!(cases.list.len() <= MOST && cases.uncovered.is_empty(), "{:?}", cases.uncovered);
}

#[test]
fn texts_that_hold_together_are_found() {
    let test = |field: Field, pattern: Pattern| Predicate::text(field, vec![pattern], Case::Insensitive, span());
    let predicate = Predicate::All(vec![
        test(Field::UrlPath, Pattern::starts("/aspnet_client/")),
        test(Field::UrlPath, Pattern::ends(".aspx")),
        Predicate::test(Field::UrlQuery, Op::Regex(vec![Regex::parse(r"^id=[0-9a-f]{8}(&|$)", Case::Sensitive).unwrap()]), span()),
        Predicate::test(Field::UrlHost, Op::Domain(vec![Domain::parse("mail.example").unwrap()]), span()),
    ]);
    let cases = single(&rule(EventClass::HttpRequest, predicate));
    assert!(hits(&cases) > 2, "{:?}", cases.uncovered);
    let url = whole::text(&cases.list[0].events[0].1, &Field::UrlFull.into()).unwrap();
    assert!(url.starts_with("http://mail.example/aspnet_client/") && url.contains(".aspx?id="), "{url}");
}

#[test]
fn what_contradicts_itself_is_said() {
    let is = |text: &str| Predicate::is(Field::HttpMethod, text, span());
    let cases = single(&rule(EventClass::HttpRequest, Predicate::All(vec![is("GET"), is("POST")])));
    assert!(cases.list.is_empty() && cases.uncovered.len() == 1, "{cases:?}");
}
