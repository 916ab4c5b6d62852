//! How do values become conditions: text against patterns, addresses in networks, hosts below domains, URLs, numbers?

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ir::pattern::fold;
use ir::{Case, IpNet, NumberTest, Part, Pattern, Shape, Url};

use crate::ast::{Condition, List, Value};
use crate::lower_lists::Lists;
use crate::lower_window::operator;
use crate::print::regex_literal;
use crate::print_regex;

/// Values in one list before it gets a name of its own.
const INLINE: usize = 8;
/// Domains that are compared one by one; longer lists are looked up by parent domain.
const DOMAINS: usize = 20;

/// An expression for a name whose spaces were dropped: `NewValue` was `New Value`.
pub(crate) fn spaced(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for char in name.chars() {
        if char.is_uppercase() && before.is_lowercase() {
            out.push_str(" ?");
        }
        if char == '_' {
            out.push_str("[ _]")
        } else {
            out.push_str(&regex_literal(&char.to_string()))
        }
        before = char;
    }
    out
}

/// Any of the texts without names in an event's XML fits a pattern.
pub(crate) fn unnamed(value: &Value, patterns: &[Pattern], case: Case) -> Condition {
    let (inside, whole): (Vec<&Pattern>, Vec<&Pattern>) =
        patterns.iter().partition(|pattern| matches!(pattern.shape(), Shape::Contains(text) if !text.contains('\n')));
    let whole = whole.into_iter().map(|pattern| {
        let parts: Vec<Part> = pattern
            .parts()
            .iter()
            .map(|part| match part {
                Part::Literal(text) => Part::Literal(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
                other => other.clone(),
            })
            .collect();
        let regex = print_regex::unnamed(&parts, case);
        Condition::Compare(Value::name("EventData"), "matches regex", Value::Text(regex))
    });
    let inside: Vec<Pattern> = inside.into_iter().cloned().collect();
    let inside = if inside.is_empty() { Condition::Always(false) } else { text(value, &inside, case, &mut Lists::default()) };
    Condition::any(std::iter::once(inside).chain(whole))
}

pub(crate) fn is(function: &'static str, value: &Value) -> Condition {
    Condition::Is(Value::Call(function, vec![value.clone()]))
}

/// A condition that is false, not null, when the value is missing; only a negation can tell.
pub(crate) fn present(value: &Value, negated: bool, condition: Condition) -> Condition {
    if negated { Condition::all([is("isnotnull", value), condition]) } else { condition }
}

/// The numbers that these patterns are, when they are nothing else.
pub(crate) fn whole_numbers(patterns: &[Pattern]) -> Option<Vec<i64>> {
    patterns
        .iter()
        .map(|pattern| {
            let text = pattern.as_exact()?;
            match text.strip_prefix("0x") {
                Some(digits) => i64::from_str_radix(digits, 16).ok(),
                None => text.parse::<i64>().ok().filter(|number| number.to_string() == text),
            }
        })
        .collect()
}

/// Text against patterns.
pub(crate) fn text(value: &Value, patterns: &[Pattern], case: Case, lists: &mut Lists) -> Condition {
    let lower = |text: &str| fold(text).collect::<String>();
    let plain = |pattern: &Pattern| case == Case::Sensitive || pattern.literals().all(str::is_ascii);
    let folded = Value::Call("tolower", vec![value.clone()]);
    let (mut whole, mut others) = (Vec::new(), Vec::new());
    for pattern in patterns {
        let plain = plain(pattern);
        let mut say = |operator: [&'static str; 2], text: &str| {
            others.push(match (case, plain) {
                (Case::Sensitive, _) => Condition::Compare(value.clone(), operator[1], Value::text(text)),
                (Case::Insensitive, true) => Condition::Compare(value.clone(), operator[0], Value::text(text)),
                (Case::Insensitive, false) => Condition::Compare(folded.clone(), operator[1], Value::text(lower(text))),
            });
        };
        match pattern.shape() {
            // A missing value is an empty one, and a test on a missing value is false.
            Shape::Exact("") => {}
            Shape::Exact(text) => whole.push(text.to_owned()),
            Shape::Starts(text) => say(["startswith", "startswith_cs"], text),
            Shape::Ends(text) => say(["endswith", "endswith_cs"], text),
            Shape::Contains(text) => say(["contains", "contains_cs"], text),
            Shape::Anything => others.push(is("isnotempty", value)),
            Shape::General(parts) => {
                others.push(Condition::Compare(value.clone(), "matches regex", Value::Text(print_regex::whole(parts, case))));
            }
        }
    }
    Condition::any(std::iter::once(equals(value, case, whole, lists)).chain(others))
}

/// The whole value is one of these texts; operators without case know ASCII only, so other letters are compared in lower case.
fn equals(value: &Value, case: Case, texts: Vec<String>, lists: &mut Lists) -> Condition {
    let (plain, others): (Vec<String>, Vec<String>) = texts.into_iter().partition(|text| case == Case::Sensitive || text.is_ascii());
    let lower = others.iter().map(|text| fold(text).collect()).collect();
    let plain = one_of(value, case, plain, lists);
    Condition::any([plain, one_of(&Value::Call("tolower", vec![value.clone()]), Case::Sensitive, lower, lists)])
}

/// The value is one of these.
pub(crate) fn one_of(value: &Value, case: Case, mut list: Vec<String>, lists: &mut Lists) -> Condition {
    list.sort_unstable();
    list.dedup();
    match list.len() {
        0 => Condition::Always(false),
        1 => Condition::Compare(value.clone(), if case == Case::Insensitive { "=~" } else { "==" }, Value::Text(list.swap_remove(0))),
        2..=INLINE => Condition::In(value.clone(), case, List::Values(list.into_iter().map(Value::Text).collect())),
        _ => Condition::In(value.clone(), case, List::Named(lists.name(list, false))),
    }
}

/// What [`one_of`] asks, of another value: a list is made once.
fn same_of(value: Value, asked: &Condition) -> Condition {
    match asked {
        Condition::Compare(_, operator, text) => Condition::Compare(value, operator, text.clone()),
        Condition::In(_, case, list) => Condition::In(value, *case, list.clone()),
        other => other.clone(),
    }
}

/// Any value of several in one text fits a pattern.
pub(crate) fn joined(value: &Value, patterns: &[Pattern], case: Case) -> Condition {
    let fits = |pattern: &Pattern| {
        let regex = print_regex::among(pattern.parts(), case);
        Condition::Compare(value.clone(), "matches regex", Value::Text(regex))
    };
    Condition::any(patterns.iter().filter(|pattern| pattern.as_exact() != Some("")).map(fits))
}

/// The address without the prefix that makes IPv4 look like IPv6.
pub(crate) fn unmapped(value: &Value) -> Value {
    let prefixed = Condition::Compare(value.clone(), "startswith", Value::text("::ffff:"));
    let rest = Value::Call("substring", vec![value.clone(), Value::Number(7)]);
    Value::Call("iff", vec![Value::Condition(Box::new(prefixed)), rest, value.clone()])
}

/// The address lies in one of the networks.
pub(crate) fn addresses(value: &Value, mapped: bool, nets: &[IpNet], negated: bool, lists: &mut Lists) -> Condition {
    let mut single = Vec::new();
    let (mut four, mut six): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for net in nets {
        match net {
            IpNet::V4(net) if net.prefix_len() == 32 => single.push(net.addr().to_string()),
            IpNet::V4(net) => four.push(net.to_string()),
            IpNet::V6(net) => six.push(net.to_string()),
        }
    }
    let mut in_range = |function: &'static str, value: Value, mut list: Vec<String>| {
        list.sort_unstable();
        list.dedup();
        if list.is_empty() {
            return Condition::Always(false);
        }
        let list = if list.len() > INLINE { Value::Name(lists.name(list, true)) } else { Value::Texts(list) };
        let call = Value::Call(function, vec![value, list]);
        // On what is no address of this family the functions answer null.
        Condition::Is(if negated { Value::Call("coalesce", vec![call, Value::Flag(false)]) } else { call })
    };
    let four = in_range("ipv4_is_in_any_range", if mapped { unmapped(value) } else { value.clone() }, four);
    let six = in_range("ipv6_is_in_any_range", value.clone(), six);
    // The function for IPv6 also takes IPv4, as `::ffff:`, which would lie in `::/0`.
    let six = Condition::all([
        six.clone(),
        if six == Condition::Always(false) { six } else { Condition::Compare(value.clone(), "contains", Value::text(":")) },
    ]);
    let prefixed = mapped && !single.is_empty();
    let plain = one_of(value, Case::Sensitive, single, lists);
    let behind_prefix = if prefixed {
        let rest = Value::Call("substring", vec![value.clone(), Value::Number(7)]);
        Condition::all([Condition::Compare(value.clone(), "startswith", Value::text("::ffff:")), same_of(rest, &plain)])
    } else {
        Condition::Always(false)
    };
    Condition::any([plain, behind_prefix, four, six])
}

/// The host is one of these domains or lies below one.
pub(crate) fn below(value: &Value, mut names: Vec<String>, lists: &mut Lists) -> Condition {
    names.sort_unstable();
    names.dedup();
    if names.len() <= DOMAINS {
        let under: Vec<Condition> = names.iter().map(|name| Condition::Compare(value.clone(), "endswith", Value::Text(format!(".{name}")))).collect();
        return Condition::any(std::iter::once(one_of(value, Case::Insensitive, names, lists)).chain(under));
    }
    // A name lies below a domain of n labels exactly when its last n labels are the domain.
    let labels: BTreeSet<usize> = names.iter().map(|name| name.split('.').count()).collect();
    let list = lists.name(names, false);
    Condition::any(labels.into_iter().map(|count| {
        let parent = Value::Call("extract", vec![Value::Text(print_regex::last_labels(count)), Value::Number(1), value.clone()]);
        Condition::In(parent, Case::Insensitive, List::Named(list.clone()))
    }))
}

/// The URL asks for the same: see [`Url::same`]. The column is brought into the form of the list: no scheme, no user, no
/// fragment; the port stays where the list has one.
pub(crate) fn same_url(value: &Value, urls: &[Url], lists: &mut Lists) -> Condition {
    let mut asked = |with_port: bool| {
        let urls = urls.iter().filter(|url| url.port().is_some() == with_port);
        let mut texts = Vec::with_capacity(urls.clone().count());
        for url in urls {
            let mut whole = url.host().to_header();
            let _ = url.port().map_or(Ok(()), |port| write!(whole, ":{port}"));
            let query = url.query().map_or(0, |query| query.len() + 1);
            whole.reserve_exact(url.path().len() + query);
            // The path that no URL needs to have.
            let without = (url.path() == "/").then(|| whole.clone());
            whole.push_str(url.path());
            for mut one in without.into_iter().chain([whole]) {
                if let Some(query) = url.query() {
                    one.push('?');
                    one.push_str(query);
                }
                texts.push(one);
            }
        }
        if texts.is_empty() {
            return Condition::Always(false);
        }
        let (pattern, parts) = if with_port { (print_regex::URL_WITH_PORT, r"\1\2\3\4") } else { (print_regex::URL_WITHOUT_PORT, r"\1\2\3") };
        let value = Value::Call("replace_regex", vec![value.clone(), Value::text(pattern), Value::text(parts)]);
        equals(&value, Case::Insensitive, texts, lists)
    };
    let (without, with) = (asked(false), asked(true));
    Condition::any([without, with])
}

pub(crate) fn compare(value: &Value, test: &NumberTest) -> Condition {
    let than = |operator, number: i64| Condition::Compare(value.clone(), operator, Value::Number(number));
    match test {
        NumberTest::In(list) => match list.as_slice() {
            [] => Condition::Always(false),
            [one] => than("==", *one),
            many => Condition::In(value.clone(), Case::Sensitive, List::Values(many.iter().copied().map(Value::Number).collect())),
        },
        NumberTest::Less(number) => than("<", *number),
        NumberTest::AtMost(number) => than("<=", *number),
        NumberTest::More(number) => than(">", *number),
        NumberTest::AtLeast(number) => than(">=", *number),
        NumberTest::Decimal(comparison, number) => Condition::Compare(value.clone(), operator(*comparison), Value::Decimal(*number)),
    }
}
