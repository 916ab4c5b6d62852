//! Which events lie just beside one that is found? One thing is changed at a time: the end of a text, its case, a character that is a wildcard
//! somewhere, a label, a bound, a field that is left out.

use std::net::IpAddr;

use ir::{Case, EventRule, EventSelector, Field, FieldRef, FieldTest, FieldValue, Flow, IpNet, Op, Pattern, Platform, Predicate, Record, Url};

use super::numbers::numbers;
use super::ways::Goal;
use super::{bytes, expression, solve, whole};

/// Events beside one that fulfils the goals, for each goal in order of how much they tell. The evaluator decides which of them are misses.
pub(super) fn of_goal(rule: &EventRule, record: &Record, goal: &Goal<'_>) -> Vec<(String, Record)> {
    match goal.leaf {
        Predicate::Bytes(test) if goal.holds => bytes::near(record, test),
        Predicate::Test(test) if goal.holds => of_test(record, test),
        // What follows from the bytes of a file is not changed without them.
        Predicate::Test(_) if record.bytes.is_some() => Vec::new(),
        // What is excluded happens.
        leaf => {
            let wanted = Goal { leaf, holds: true };
            let excluded = solve::event(&EventRule { event: rule.event.clone(), predicate: leaf.clone() }, &[wanted], 0);
            let mut out = Vec::new();
            if let Some(excluded) = excluded {
                let mut changed = record.clone();
                if leaf_is_bytes(leaf) {
                    changed.bytes = excluded.bytes;
                } else {
                    for field in solve::fields(&[wanted]) {
                        let value = excluded.get(&field).map(std::borrow::Cow::into_owned);
                        if field == FieldRef::Any {
                            changed.message.clone_from(&excluded.message);
                        } else if value.is_some() {
                            whole::put(&mut changed, &field, value);
                        }
                    }
                }
                out.push(("what is excluded is so".to_owned(), changed.clone()));
                if let Predicate::Test(test) = leaf {
                    out.extend(other_family(rule, record, test));
                    out.extend(of_test(&changed, test).into_iter().take(4).map(|(what, record)| (format!("near what is excluded: {what}"), record)));
                }
            }
            out
        }
    }
}

fn leaf_is_bytes(leaf: &Predicate) -> bool {
    matches!(leaf, Predicate::Bytes(_))
}

/// Events of another platform or way. The same is asked of the other platform, whose paths are written otherwise.
pub(super) fn elsewhere(rule: &EventRule, record: &Record, way: &[Goal<'_>]) -> Vec<(String, Record)> {
    let mut out = Vec::new();
    // A log source in words of its own is one of its product; what Windows alone has happens nowhere else.
    let held = || Predicate::All(way.iter().filter(|goal| goal.holds).map(|goal| goal.leaf.clone()).collect());
    let of_windows = || EventRule { event: rule.event.clone(), predicate: held() }.tells_windows();
    let told = rule.event.class().is_none() || (rule.event.platform == Some(Platform::Windows) && of_windows());
    if let Some(platform) = rule.event.platform.filter(|_| !told) {
        let other = if platform == Platform::Windows { Platform::Linux } else { Platform::Windows };
        let there = EventRule { event: EventSelector { platform: Some(other), ..rule.event.clone() }, predicate: rule.predicate.clone() };
        out.extend(solve::event(&there, way, 0).map(|same| (format!("the event is one of {}", other.name()), same)));
    }
    if let Some(turned) = turned(rule, record) {
        out.push(("the same in the other direction".to_owned(), turned));
    }
    if let Some(flow) = rule.event.flow {
        let other = flow.opposite();
        let mut changed = record.clone();
        changed.event.flow = Some(other);
        out.push((format!("the connection is {}", other.name()), changed));
    }
    out
}

/// The event with both ends of its connection exchanged, where one of them decides.
fn turned(rule: &EventRule, record: &Record) -> Option<Record> {
    const ENDS: [(Field, Field); 2] = [(Field::SourceIp, Field::DestinationIp), (Field::SourcePort, Field::DestinationPort)];
    let asked = |wanted: Field| rule.predicate.tests().iter().any(|test| test.field == FieldRef::Known(wanted));
    let has = |wanted: Field| rule.event.class().is_some_and(|class| class.fields().any(|field| field == wanted));
    if !ENDS.iter().any(|(source, destination)| has(*source) && has(*destination) && (asked(*source) || asked(*destination))) {
        return None;
    }
    let mut out = record.clone();
    for (source, destination) in ENDS {
        let (source, destination) = (FieldRef::Known(source), FieldRef::Known(destination));
        let (from, to) = (out.fields.remove(&source), out.fields.remove(&destination));
        out.fields.extend(to.map(|to| (source, to)));
        out.fields.extend(from.map(|from| (destination, from)));
    }
    out.event.flow = out.event.flow.map(Flow::opposite);
    Some(out)
}

/// The event between two addresses of IPv6, where addresses of IPv4 are excluded.
fn other_family(rule: &EventRule, record: &Record, test: &FieldTest) -> Option<(String, Record)> {
    const ENDS: [(Field, &str); 2] = [(Field::SourceIp, "2001:db8:77::1"), (Field::DestinationIp, "2001:db8:77::2")];
    let Op::Address(nets) = &test.op else { return None };
    let tests = rule.predicate.tests();
    let alone = |field: Field| tests.iter().all(|other| other.field != FieldRef::Known(field) || other.field == test.field);
    if !ENDS.iter().any(|(field, _)| test.field == FieldRef::Known(*field)) || nets.iter().any(|net| net.network().is_ipv6()) {
        return None;
    }
    let mut out = record.clone();
    for (field, text) in ENDS {
        if !alone(field) {
            return None;
        }
        out.fields.insert(FieldRef::Known(field), FieldValue::Text(text.to_owned()));
    }
    Some(("an address of the other family".to_owned(), out))
}

/// The event without a field, and with nothing in it.
fn without(record: &Record, field: &FieldRef) -> Vec<(String, Record)> {
    let mut gone = record.clone();
    whole::put(&mut gone, field, None);
    let mut out = vec![(format!("`{field}` is not there"), gone)];
    // A log may have a field with nothing in it.
    let mut empty = record.clone();
    whole::put(&mut empty, field, None);
    empty.fields.insert(field.known().map_or_else(|| field.clone(), |known| FieldRef::Known(whole::root(known))), FieldValue::Text(String::new()));
    out.push((format!("`{field}` is empty"), empty));
    out
}

fn of_test(record: &Record, test: &FieldTest) -> Vec<(String, Record)> {
    let field = &test.field;
    if *field == FieldRef::Any {
        return around_message(record, test);
    }
    let with = |what: String, value: FieldValue| {
        let mut changed = record.clone();
        whole::put(&mut changed, field, Some(value));
        (what, changed)
    };
    let text_of = fitting(record, test);
    let mut out = Vec::new();
    let mut say = |what: &str, text: String| out.push(with(format!("`{field}`: {what}"), FieldValue::Text(text)));
    match (&test.op, text_of) {
        (Op::Text { patterns, case }, Some(text)) => {
            let literal = patterns.iter().find(|pattern| pattern.matches(&text, *case));
            texts(&text, literal, *case == Case::Sensitive, &mut say);
        }
        (Op::Regex(list), Some(text)) => texts(&text, None, list.iter().any(expression::is_cased), &mut say),
        (Op::Domain(domains), Some(text)) => {
            if let Some(domain) = domains.iter().find(|domain| domain.covers(&text)) {
                let name = domain.as_str();
                say("a label that only ends so", format!("k{name}"));
                say("a name below it", format!("k.{name}"));
                say("a name that goes on", format!("{name}.example"));
                say("in capitals", name.to_uppercase());
                if let Some((_, parent)) = name.split_once('.').filter(|(_, parent)| parent.contains('.')) {
                    say("the name above it", parent.to_owned());
                }
                if let Some(at) = name.find('.') {
                    say("another character for a dot", format!("{}-{}", name.get(..at).unwrap_or_default(), name.get(at + 1..).unwrap_or_default()));
                }
            }
        }
        (Op::Under(trees), Some(text)) => {
            let tree = trees.iter().find(|tree| tree.patterns().iter().any(|pattern| pattern.matches(&text, Case::Insensitive))).or(trees.first());
            if let Some(tree) = tree {
                say("a place beside it that begins so", format!("{}2{}plain", tree.root, tree.separator));
                say("the place itself", tree.root.clone());
                say("further below, in capitals", format!("{}A{}B", tree.below().to_uppercase(), tree.separator));
                say("the same place elsewhere", format!("{0}other{0}{1}", tree.separator, tree.below().trim_start_matches(tree.separator)));
                if let Some((parent, _)) = tree.root.rsplit_once(tree.separator) {
                    say("the place above it", format!("{parent}{}plain", tree.separator));
                }
            }
        }
        (Op::Address(nets), Some(text)) => {
            let net = ir::observable::parse_address(&text).ok().and_then(|address| nets.iter().find(|net| net.contains(&address)));
            for (what, address) in net.map(|net| addresses(*net)).unwrap_or_default() {
                say(what, address);
            }
        }
        (Op::Url(urls), Some(text)) => {
            let url = Url::parse(&text).ok().and_then(|is| urls.iter().find(|url| url.same(&is)).cloned()).or_else(|| urls.first().cloned());
            if let Some(url) = url {
                let (bare, scheme) = (url.without_scheme(), url.scheme());
                let tls = if scheme == "https" { "http" } else { "https" };
                say("a longer path", format!("{scheme}://{}k", bare));
                say("a host that only ends so", format!("{scheme}://k{bare}"));
                say("another scheme", format!("{tls}://{bare}"));
                // No request holds one.
                if record.event.class() != Some(ir::EventClass::HttpRequest) {
                    say("a fragment behind it", format!("{scheme}://{bare}#k"));
                }
                say("in capitals", format!("{scheme}://{}", bare.to_uppercase()));
                say("a query behind it", format!("{scheme}://{bare}{}k=1", if url.query().is_some() { '&' } else { '?' }));
                say("inside of another URL", format!("http://www.plain.example/?u={scheme}://{bare}"));
            }
        }
        (Op::Same { .. }, Some(text)) => {
            say("something behind it", format!("{text}k"));
            say("something before it", format!("k{text}"));
            say("another case", swapped(&text));
            say("something else", "zq".to_owned());
        }
        _ => {}
    }
    // A port stands behind a host in what is sent, and is no part of it.
    if *field == FieldRef::Known(Field::UrlHost) && record.get(&FieldRef::Known(Field::UrlPort)).is_none() {
        let mut changed = record.clone();
        whole::put(&mut changed, &FieldRef::Known(Field::UrlPort), Some(FieldValue::Number(8_080)));
        out.push((format!("`{field}` with a port behind it"), changed));
    }
    match &test.op {
        Op::Number(number) if *field == FieldRef::Known(Field::FileSize) => out.extend(bytes::sizes(record, number)),
        Op::Number(number) => {
            let mut seen = Vec::new();
            for bound in numbers(number) {
                if !seen.contains(&bound) {
                    seen.push(bound);
                    out.push(with(format!("`{field}` is {bound}"), FieldValue::Number(bound)));
                }
            }
        }
        Op::Flag(flag) => {
            let opposite = FieldValue::Text(if *flag { "false" } else { "true" }.to_owned());
            out.push(with(format!("`{field}` is the opposite"), opposite));
        }
        Op::Time { .. } => {
            for value in solve::plain(test) {
                out.push(with(format!("`{field}` is another time"), value));
            }
        }
        Op::Exists | Op::Empty | Op::Missing => {
            out.push(with(format!("`{field}` has a value"), value_of(record, field)));
        }
        _ => {}
    }
    if record.bytes.is_none() && !always_there(field) {
        out.extend(without(record, field));
    }
    out
}

/// The field's text; of several values, one that fits the test.
fn fitting(record: &Record, test: &FieldTest) -> Option<String> {
    let value = record.get(&test.field)?.into_owned();
    if let FieldValue::List(list) = &value {
        let texts: Vec<String> = list.iter().filter_map(|value| value.text().map(std::borrow::Cow::into_owned)).collect();
        let fits = |text: &&String| match &test.op {
            Op::Text { patterns, case } => patterns.iter().any(|pattern| pattern.matches(text, *case)),
            Op::Regex(list) => list.iter().any(|regex| regex.is_match(text.as_bytes())),
            _ => true,
        };
        return texts.iter().find(fits).or(texts.first()).cloned();
    }
    whole::text(record, &test.field)
}

fn value_of(record: &Record, field: &FieldRef) -> FieldValue {
    field.known().map_or_else(|| FieldValue::Text("plain".to_owned()), |known| whole::ordinary(known, record))
}

/// The whole event's text with something else in it.
fn around_message(record: &Record, test: &FieldTest) -> Vec<(String, Record)> {
    let Some(message) = record.message.as_deref() else { return Vec::new() };
    let mut out = Vec::new();
    let literal = match &test.op {
        Op::Text { patterns, case } => patterns.iter().find(|pattern| pattern.matches(message, *case)),
        _ => None,
    };
    texts(message, literal, true, &mut |what, text| {
        let mut changed = record.clone();
        changed.message = Some(text.as_str().into());
        out.push((format!("the event: {what}"), changed));
    });
    out
}

/// Texts beside one, those first that tell the most.
fn texts(text: &str, pattern: Option<&Pattern>, cased: bool, say: &mut impl FnMut(&str, String)) {
    let holes: Vec<&str> = pattern.map(|pattern| pattern.literals().collect()).unwrap_or_default();
    if pattern.is_none_or(|pattern| pattern.as_exact().is_some() || !pattern.anywhere_before().eq(pattern)) {
        say("a character more before it", format!("k{text}"));
    }
    say("a character more behind it", format!("{text}k"));
    let digest = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut middle: Vec<char> = text.chars().collect();
    // The middle of what is asked for, not of what fills a hole.
    let at = holes
        .iter()
        .max_by_key(|literal| literal.len())
        .and_then(|literal| text.to_lowercase().find(&literal.to_lowercase()).map(|at| (at, literal.chars().count())))
        .map_or(middle.len() / 2, |(at, length)| text.get(..at).map_or(0, |head| head.chars().count()) + length / 2);
    if let Some(char) = middle.get_mut(at) {
        *char = match (digest, *char) {
            (true, '0') => '1',
            (true, _) => '0',
            (false, 'q') => 'k',
            (false, _) => 'q',
        };
        say("another character in its middle", middle.iter().collect());
    }
    if swapped(text) != text {
        say("another case", swapped(text));
    }
    for (sign, other) in [('*', "zq"), ('?', "z"), ('%', "zq"), ('_', "z"), ('.', "z"), ('$', "z"), ('+', "zz"), ('"', "'"), ('\'', "\"")] {
        let asked = if holes.is_empty() { text.contains(sign) } else { holes.iter().any(|literal| literal.contains(sign)) };
        if asked {
            say(&format!("something else for `{sign}`"), text.replace(sign, other));
            if text.matches(sign).count() > 1 {
                say(&format!("something else for the first `{sign}`"), text.replacen(sign, other, 1));
            }
        }
    }
    if holes.is_empty() && text.contains('\\') || holes.iter().any(|literal| literal.contains('\\')) {
        say("each backslash twice", text.replace('\\', "\\\\"));
        say("without its last backslash", remove_last(text, '\\'));
    }
    if pattern.is_some_and(|pattern| pattern.as_exact().is_none()) {
        say("something on both sides", format!("k {text} k"));
    }
    if let Some((_, rest)) = text.char_indices().nth(1).map(|(at, _)| text.split_at(at)) {
        say("without its first character", rest.to_owned());
    }
    if cased {
        say("in capitals", text.to_uppercase());
    }
    say("a line more behind it", format!("{text}\nk"));
}

fn remove_last(text: &str, sign: char) -> String {
    let mut out = text.to_owned();
    if let Some(at) = out.rfind(sign) {
        out.remove(at);
    }
    out
}

/// A text with the case of its ASCII letters changed.
pub(super) fn swapped(text: &str) -> String {
    text.chars().map(|char| if char.is_ascii_lowercase() { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() }).collect()
}

/// Addresses at and beside the ends of a network.
fn addresses(net: IpNet) -> Vec<(&'static str, String)> {
    let (first, last) = (net.network(), net.broadcast());
    let mut out = Vec::new();
    if let Some(address) = next(last) {
        out.push(("the address behind its last one", address.to_string()));
    }
    if let Some(address) = before(first) {
        out.push(("the address before its first one", address.to_string()));
    }
    if first != last {
        out.push(("its last address", last.to_string()));
        out.push(("its first address", first.to_string()));
    }
    if let IpAddr::V4(address) = first {
        // An address that begins with the same digits.
        let text = address.to_string();
        if let Some(longer) = ["0", "1", "9"].iter().map(|digit| format!("{text}{digit}")).find(|text| text.parse::<IpAddr>().is_ok()) {
            out.push(("an address that begins so", longer));
        }
    }
    out
}

fn next(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => u32::from(address).checked_add(1).map(|next| IpAddr::V4(next.into())),
        IpAddr::V6(address) => u128::from(address).checked_add(1).map(|next| IpAddr::V6(next.into())),
    }
}

fn before(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => u32::from(address).checked_sub(1).map(|before| IpAddr::V4(before.into())),
        IpAddr::V6(address) => u128::from(address).checked_sub(1).map(|before| IpAddr::V6(before.into())),
    }
}

/// Whether every event that may have a field has it: what a log is told by, how a thing came out, what is written into a value.
fn always_there(field: &FieldRef) -> bool {
    match field {
        FieldRef::Known(field) => matches!(field, Field::Outcome | Field::CloudOutcome | Field::CloudProvider | Field::RegistryData),
        FieldRef::Open(name) => {
            let names = logs::taxonomy::CHANNEL_FIELDS.iter().chain(&logs::taxonomy::PROVIDER_FIELDS);
            names.chain(&["EventType"]).any(|known| **known == **name)
        }
        FieldRef::Any => false,
    }
}
