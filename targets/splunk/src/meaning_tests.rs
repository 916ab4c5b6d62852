//! Does a search find exactly the events that the detection means? Searches are judged as they were printed, against the
//! IR's evaluator.

use std::time::Duration;

use ir::EventClass as E;
use ir::Field as F;
use ir::{
    Bounds, Case, Comparison, Correlation, CorrelationKind, Domain, EventRule, EventSelector, FieldRef, FieldValue, Figure, Happening, Kind,
    LogSource, Needs, NumberTest, Op, Part, Pattern, Predicate, Record, Regex, Step, TimePart, Times, Tree, Url,
};
use proptest::prelude::*;

use crate::ast::{Matching, RegexPart};
use crate::meaning::{Meaning, Row, Site, Table};
use crate::profiles::{Stream, cim, raw};
use crate::tests::{compile, detection, rule, span};

/// The event as the log of a profile holds it.
fn logged(profile: &str, record: &Record) -> Row {
    let class = record.event.class().expect("a class of the catalogue");
    let mut streams: Box<dyn Iterator<Item = &'static Stream>> =
        if profile == "cim" { Box::new(cim::STREAMS.iter()) } else { Box::new(raw::streams()) };
    let stream = streams.find(|stream| stream.class == class).expect("a log");
    let prefix = if profile == "cim" { format!("{}.", stream.sources[0].name.rsplit('.').next().expect("a dataset")) } else { String::new() };
    let mut row = Row::new();
    for (name, words) in stream.told() {
        row.insert(format!("{prefix}{name}"), vec![words[0].clone()]);
    }
    for (name, words) in stream.sources[0].told {
        row.entry((*name).to_owned()).or_default().push(words[0].to_owned());
    }
    for (field, name, encoding) in stream.rows() {
        let Some(values) = logs::write::texts(record, &(field, name, encoding)) else { continue };
        row.insert(format!("{prefix}{name}"), values);
    }
    // The models fill what an event does not have.
    for (_, name, _) in stream.rows().filter(|(_, name, _)| cim::is_filled(prefix.trim_end_matches('.'), name)) {
        let values = row.entry(format!("{prefix}{name}")).or_default();
        if values.iter().all(String::is_empty) {
            *values = vec![cim::FILL.to_owned()];
        }
    }
    let raw: String = row.values().flatten().map(|value| format!("<Data>{value}</Data>")).collect();
    row.insert("_raw".to_owned(), vec![raw]);
    row
}

fn check(profile: &str, class: ir::EventClass, predicate: &Predicate, record: &Record) {
    let compiled = compile(profile, &[detection("x", Kind::Event(rule(class, predicate.clone())))]);
    // Only rules that claim to be exact are held to it.
    if compiled.entries[0].outcome != backend::Outcome::Exact {
        return;
    }
    let text = &compiled.rules[0].text;
    let meaning = Meaning::read(text).expect("reads");
    let tables = compiled
        .artefacts
        .iter()
        .filter(|artefact| artefact.path.ends_with("transforms.conf"))
        .flat_map(|artefact| crate::verify::conf(&artefact.text).expect("reads"))
        .map(|(name, settings)| {
            let matching = match settings.get("match_type").map(|kind| &**kind) {
                Some("WILDCARD(value)") => Matching::Wildcard,
                Some("CIDR(value)") => Matching::Network,
                _ => Matching::Exact,
            };
            let path = format!("TEST-1/lookups/{}", settings["filename"]);
            let file = compiled.artefacts.iter().find(|artefact| artefact.path == path).expect("a table");
            let rows = csv::Reader::from_reader(file.text.as_bytes()).records().map(|row| row.expect("a row")[0].to_owned()).collect();
            (name.to_owned(), Table { matching, cased: settings["case_sensitive_match"] == "true", rows })
        })
        .collect();
    let row = logged(profile, record);
    let wanted = ir::eval::holds(predicate, record);
    let site = Site { tables, ..Site::default() };
    assert_eq!(meaning.finds(row.clone(), &site), Ok(wanted), "{text}\n{row:?}\n{predicate:?}");
}

fn record(class: ir::EventClass, fields: Vec<(F, Option<FieldValue>)>) -> Record {
    let mut record = Record::new(EventSelector::of(class));
    record.fields = fields.into_iter().filter_map(|(field, value)| Some((FieldRef::Known(field), value?))).collect();
    record
}

/// Short texts out of characters that mean something somewhere.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a", "A", "b", "é", "É", "\\", "*", "?", "\"", ".", "`", "$", "|", "[", "]", "(", "^", "\n", "/", " ", "%", "_", "'", "AND", "{",
        ]),
        0..5,
    )
    .prop_map(|list| list.concat())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    prop::collection::vec(prop_oneof![3 => text().prop_map(Part::Literal), 1 => Just(Part::Run), 1 => Just(Part::One)], 1..4).prop_map(Pattern::new)
}

fn case() -> impl Strategy<Value = Case> {
    prop_oneof![3 => Just(Case::Insensitive), 1 => Just(Case::Sensitive)]
}

fn test_on(field: F) -> impl Strategy<Value = Predicate> {
    prop_oneof![
        6 => (prop::collection::vec(pattern(), 1..4), case()).prop_map(move |(patterns, case)| Predicate::test(field, Op::Text { patterns, case }, span())),
        1 => (prop::collection::vec(pattern(), 101..104), case()).prop_map(move |(patterns, case)| Predicate::test(field, Op::Text { patterns, case }, span())),
        1 => Just(Predicate::test(field, Op::Exists, span())),
        1 => text().prop_filter_map("a tree", move |text| Some(Predicate::test(field, Op::Under(vec![Tree::parse(&text)?]), span()))),
        1 => text().prop_filter_map("a regex", move |text| Some(Predicate::test(field, Op::Regex(vec![Regex::parse(&text, Case::Insensitive).ok()?]), span()))),
    ]
}

fn tree(leaf: BoxedStrategy<Predicate>) -> impl Strategy<Value = Predicate> {
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Predicate::Any),
            inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
        ]
    })
}

fn value() -> impl Strategy<Value = Option<FieldValue>> {
    prop::option::weighted(0.8, text().prop_filter("not empty", |text| !text.is_empty()).prop_map(FieldValue::Text))
}

/// A rule on a log source without a class of its own, judged by the search and by the evaluator.
fn check_open(words: [&str; 3], told: (&str, &str), predicate: &Predicate, fields: Vec<(&str, Option<String>)>, message: Option<&str>) {
    let own = |word: &str| (!word.is_empty()).then(|| word.to_owned());
    let [category, product, service] = words.map(own);
    let event = EventSelector { source: LogSource::Open { category, product, service }, platform: None, flow: None, sensor: None };
    let mut record = Record::new(event.clone());
    record.message = message.map(Into::into);
    let mut row = Row::new();
    row.insert(told.0.to_owned(), vec![told.1.to_owned()]);
    row.extend(message.map(|text| ("_raw".to_owned(), vec![text.to_owned()])));
    for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        record.fields.insert(FieldRef::Open(name.into()), FieldValue::Text(value.clone()));
        row.insert(name.to_owned(), vec![value]);
    }
    let compiled = compile("raw", &[detection("x", Kind::Event(EventRule { event, predicate: predicate.clone() }))]);
    if compiled.entries[0].outcome != backend::Outcome::Exact {
        return;
    }
    let text = &compiled.rules[0].text;
    let found = Meaning::read(text).expect("reads").finds(row.clone(), &Site::default());
    assert_eq!(found, Ok(ir::eval::holds(predicate, &record)), "{text}\n{row:?}\n{predicate:?}");
}

/// A correlation over events at whole seconds, judged by the search and by the evaluator.
fn check_correlation(correlation: &Correlation, events: &[(u64, Record)]) {
    let detection = detection("x", Kind::Correlation(correlation.clone()));
    let compiled = compile("raw", std::slice::from_ref(&detection));
    assert_eq!(compiled.entries[0].outcome, backend::Outcome::Exact);
    let meaning = Meaning::read(&compiled.rules[0].text).expect("reads");
    let rows = events
        .iter()
        .map(|(time, record)| {
            let mut row = logged("raw", record);
            row.insert("_time".to_owned(), vec![time.to_string()]);
            row
        })
        .collect();
    let timed: Vec<ir::eval::Timed<'_>> = events.iter().map(|(time, record)| (Duration::from_secs(*time), record)).collect();
    let found = !meaning.run(rows, &Site::default()).expect("runs").is_empty();
    assert_eq!(found, ir::eval::fires(&detection, &timed), "{}\n{events:#?}", compiled.rules[0].text);
}

/// Events at rising times: two kinds of connection and a name asked for, from two machines or from nowhere.
fn events() -> impl Strategy<Value = Vec<(u64, Record)>> {
    prop::collection::vec(
        (
            prop::sample::select(vec![0_u64, 1, 1, 2, 2, 3, 4, 5]),
            0..4_usize,
            prop::option::weighted(0.9, prop::sample::select(vec!["10.0.0.1", "10.0.0.2"])),
            0..3_u32,
        ),
        0..14,
    )
    .prop_map(|list| {
        let mut now = 0;
        list.into_iter()
            .map(|(gap, kind, from, to)| {
                now += gap;
                let text = |text: String| Some(FieldValue::Text(text));
                let mut fields = vec![(F::SourceIp, from.and_then(|from| text(from.to_owned())))];
                let class = if kind == 3 { E::DnsQuery } else { E::NetworkFlow };
                if kind == 3 {
                    fields.push((F::DnsName, text("evil.example".to_owned())));
                } else {
                    fields.push((F::DestinationPort, Some(FieldValue::Number([80, 443, 8080][kind]))));
                    fields.push((F::DestinationIp, text(format!("198.51.100.{to}"))));
                }
                (now, record(class, fields))
            })
            .collect()
    })
}

fn port(ports: &[i64]) -> Predicate {
    Predicate::test(F::DestinationPort, Op::Number(NumberTest::In(ports.to_vec())), span())
}

fn one_step(class: ir::EventClass, predicate: Predicate, min: u32, max: Option<u32>) -> Step {
    Step::new("s", rule(class, predicate), Times { min, max, except: None }, span())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_means_the_same(
        predicate in tree(prop_oneof![test_on(F::ProcessCommandLine), test_on(F::ProcessPath), test_on(F::ParentCommandLine)].boxed()),
        (line, path, parent) in (value(), value(), value()),
    ) {
        let record = record(E::ProcessStart, vec![(F::ProcessCommandLine, line), (F::ProcessPath, path), (F::ParentCommandLine, parent)]);
        check("raw", E::ProcessStart, &predicate, &record);
        check("cim", E::ProcessStart, &predicate, &record);
    }

    #[test]
    fn many_values_mean_the_same(
        predicate in tree(prop_oneof![test_on(F::EmailTo), test_on(F::EmailAttachmentName), test_on(F::EmailSubject)].boxed()),
        (to, names, subject) in (prop::collection::vec(text().prop_map(FieldValue::Text), 1..4), prop::collection::vec(text().prop_map(FieldValue::Text), 1..3), value()),
    ) {
        let full = |list: Vec<FieldValue>| Some(FieldValue::List(list)).filter(|list| !list.any(&mut |value| *value == FieldValue::Text(String::new())));
        let record = record(E::EmailMessage, vec![(F::EmailTo, full(to)), (F::EmailAttachmentName, full(names)), (F::EmailSubject, subject)]);
        check("raw", E::EmailMessage, &predicate, &record);
    }

    #[test]
    fn accounts_and_digests_mean_the_same(
        predicate in tree(prop_oneof![
            prop::sample::select(vec!["alice", "ALICE", "bob", "lab"]).prop_map(|name| Predicate::is(F::UserName, name, span())),
            prop::sample::select(vec!["lab", "LAB", "alice"]).prop_map(|name| Predicate::is(F::UserDomain, name, span())),
            Just(Predicate::text(F::UserName, vec![Pattern::contains("li"), Pattern::starts("b")], Case::Insensitive, span())),
            prop::sample::select(vec!['a', 'b']).prop_map(|digit| Predicate::is(F::ProcessSha256, digit.to_string().repeat(64), span())),
        ].boxed()),
        (user, domain, hash) in (prop::sample::select(vec!["alice", "Bob", "lab"]), prop::option::of(Just("LAB")), prop::option::of(prop::sample::select(vec!["A", "b", "c"]))),
    ) {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let record = record(E::ProcessStart, vec![(F::UserName, text(user)), (F::UserDomain, domain.and_then(text)), (F::ProcessSha256, hash.and_then(|digit| text(&digit.repeat(64))))]);
        check("raw", E::ProcessStart, &predicate, &record);
    }

    #[test]
    fn registry_keys_mean_the_same(
        predicate in tree(prop_oneof![
            prop::sample::select(vec![r"HKLM\Software\X", r"HKCU\Software\X", r"HKCU\Software"]).prop_map(|key| Predicate::is(F::RegistryKey, key, span())),
            prop::sample::select(vec![r"HKLM\Software", r"HKCU\Software\X", r"HKCU"]).prop_filter_map("a tree", |key| Some(Predicate::test(F::RegistryKey, Op::Under(vec![Tree::parse(key)?]), span()))),
            prop::sample::select(vec!["Run", "X", "(Default)"]).prop_map(|name| Predicate::is(F::RegistryValueName, name, span())),
            Just(Predicate::text(F::RegistryKey, vec![Pattern::contains(r"\software"), Pattern::ends("X")], Case::Insensitive, span())),
            Just(Predicate::All(vec![Predicate::is(F::RegistryKey, r"HKCU\Software\X", span()), Predicate::is(F::RegistryValueName, "run", span())])),
        ].boxed()),
        key in prop::sample::select(vec![r"HKLM\SOFTWARE\X", r"HKLM\Software\X\Y", r"HKCU\Software\X", r"HKCU\Software", r"HKCU\Software\X\Software\X"]),
        name in prop::sample::select(vec!["Run", "X"]),
    ) {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let record = record(E::RegistrySet, vec![(F::RegistryKey, text(key)), (F::RegistryValueName, text(name))]);
        check("raw", E::RegistrySet, &predicate, &record);
        check("cim", E::RegistrySet, &predicate, &record);
    }

    #[test]
    fn networks_and_numbers_mean_the_same(
        predicate in tree(prop_oneof![
            prop::collection::vec(prop::sample::select(vec!["198.51.100.23/32", "203.0.113.0/28", "203.0.112.0/23", "2001:db8::/64", "2001:db8::1/128"]), 1..4)
                .prop_map(|list| Predicate::test(F::DestinationIp, Op::Address(list.iter().map(|net| net.parse().expect("a network")).collect()), span())),
            (0_u32..3).prop_map(|start| Predicate::test(F::SourceIp, Op::Address((0..120).map(|at| format!("10.{start}.0.{at}/{}", 31 + (at % 2)).parse().expect("a network")).collect()), span())),
            prop::sample::select(vec![NumberTest::In(vec![80, 443]), NumberTest::Less(100), NumberTest::AtLeast(443)]).prop_map(|test| Predicate::test(F::DestinationPort, Op::Number(test), span())),
            Just(Predicate::test(F::DestinationPort, Op::Number(NumberTest::In((0..300).collect())), span())),
        ].boxed()),
        to in prop::option::of(prop::sample::select(vec!["198.51.100.23", "203.0.113.15", "203.0.113.16", "2001:DB8:0:0::1", "2001:db8:1::"])),
        from in prop::option::of(prop::sample::select(vec!["10.0.0.2", "10.1.0.3", "10.2.0.119", "10.2.0.121"])),
        port in prop::option::of(prop::sample::select(vec![80_i64, 443, 8443])),
    ) {
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let fields = vec![(F::DestinationIp, to.and_then(text)), (F::SourceIp, from.and_then(text)), (F::DestinationPort, port.map(FieldValue::Number))];
        let record = record(E::NetworkFlow, fields);
        check("raw", E::NetworkFlow, &predicate, &record);
        check("cim", E::NetworkFlow, &predicate, &record);
    }

    #[test]
    fn names_and_urls_mean_the_same(
        (count, negated) in (prop::sample::select(vec![1_u32, 3, 120]), any::<bool>()),
        name in prop::sample::select(vec!["d1.example", "A.D1.example.", "xd1.example", "d1.example.test", "d0.example", "D2.EXAMPLE"]),
        url in prop::sample::select(vec![
            "http://d1.example/x?y", "https://D1.example:443/x?y", "d1.example/x?y", "http://u@d1.example./X?Y#z", "http://d1.example:8080/x?y", "http://d1.example/x",
            "http://d1.example:8081/x?y", "http://d0.example", "http://d0.example/", "http://d0.example:81?", "http://[2001:db8::1]:80/a", "http://a/d1.example/x?y",
        ]),
    ) {
        let domains = Op::Domain((0..count).map(|at| Domain::parse(&format!("d{at}.example")).expect("a domain")).collect());
        let urls: Vec<Url> = (0..count)
            .flat_map(|at| [format!("http://d{at}.example/x?y"), format!("http://d{at}.example:8081/x"), format!("https://d{at}.example/"), "http://[2001:db8::1]/a".to_owned()])
            .map(|url| Url::parse(&url).expect("a url"))
            .collect();
        let turn = |predicate: Predicate| if negated { predicate.negate() } else { predicate };
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let query = record(E::DnsQuery, vec![(F::DnsName, text(name))]);
        let request = record(E::HttpRequest, vec![(F::UrlFull, text(url))]);
        let mail = record(E::EmailMessage, vec![(F::EmailUrl, Some(FieldValue::List(vec![FieldValue::Text("http://ordinary.example/".to_owned()), FieldValue::Text(url.to_owned())])))]);
        for profile in ["raw", "cim"] {
            check(profile, E::DnsQuery, &turn(Predicate::test(F::DnsName, domains.clone(), span())), &query);
            check(profile, E::HttpRequest, &turn(Predicate::test(F::UrlFull, Op::Url(urls.clone()), span())), &request);
        }
        check("raw", E::EmailMessage, &turn(Predicate::test(F::EmailUrl, Op::Url(urls), span())), &mail);
        check("raw", E::EmailMessage, &turn(Predicate::test(F::EmailUrlHost, domains, span())), &mail);
    }

    #[test]
    fn correlations_mean_the_same(
        events in events(),
        (kind, first, second) in (0..6_u8, 1_u32..4, 1_u32..3),
        (grouped, jitter, within) in (any::<bool>(), prop::option::of(0_u32..60), 1_u64..15),
    ) {
        // Two logs have no common order within one instant.
        let ordered = events.windows(2).all(|pair| pair[0].0 < pair[1].0);
        prop_assume!(kind < 5 || ordered);
        let flow = |ports: &[i64], least, most| one_step(E::NetworkFlow, port(ports), least, most);
        let kind = match kind {
            0 => CorrelationKind::Count(flow(&[80, 443], first, None)),
            1 => CorrelationKind::Count(flow(&[80, 443], first, Some(first + 1))),
            2 => CorrelationKind::Distinct { step: flow(&[80, 443], first.min(3), None), fields: [F::DestinationIp, F::DestinationPort].into_iter().take(second.min(2) as usize).map(Into::into).collect() },
            3 => CorrelationKind::Sequence(vec![flow(&[80], first, None), flow(&[443, 80], second, None)]),
            4 => CorrelationKind::Sequence(vec![flow(&[80], first, None), flow(&[443], 1, None), flow(&[80, 8080], second, None)]),
            _ => CorrelationKind::Sequence(vec![one_step(E::DnsQuery, Predicate::is(F::DnsName, "evil.example", span()), first.min(2), None), flow(&[80, 443], second, None)]),
        };
        let jitter = jitter.filter(|_| matches!(kind, CorrelationKind::Count(_)));
        let by = if grouped { vec![F::SourceIp.into()] } else { Vec::new() };
        check_correlation(&Correlation { kind, by, within: Duration::from_secs(within), jitter }, &events);
    }

    #[test]
    fn figures_alternatives_and_correlations_inside_mean_the_same(
        events in events(),
        (kind, first, second) in (0..13_u8, 1_u32..4, 1_i64..6),
        (grouped, within) in (any::<bool>(), 1_u64..15),
    ) {
        prop_assume!(events.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let ask = || one_step(E::DnsQuery, Predicate::is(F::DnsName, "evil.example", span()), 1, None);
        let flow = |ports: &[i64], least| one_step(E::NetworkFlow, port(ports), least, None);
        let measure = |figure, list: &[(Comparison, i64)]| CorrelationKind::Measure {
            step: flow(&[80, 443, 8080], 1), field: F::DestinationPort.into(), figure, bounds: Bounds::whole(list.iter().copied()),
        };
        let either = |times| Step { streams: flow(&[80], 1).streams.into_iter().chain(ask().streams).collect(), times, ..ask() };
        let inner = |kind| Correlation { kind, by: vec![F::SourceIp.into()], within: Duration::from_secs(within.min(5)), jitter: None };
        let inside = |inner: Correlation| {
            let mut step = ask();
            step.streams[0].what = Happening::Correlation(Box::new(inner));
            step
        };
        let renamed = |ports: &[i64], own: F| {
            let mut step = flow(ports, 1);
            step.streams[0].aliases = vec![(F::SourceIp.into(), own.into())];
            step
        };
        let bound = 80 * second;
        let counted = [F::DestinationIp, F::DestinationPort].into_iter().take(usize::from(first > 1) + 1).map(Into::into).collect();
        let kind = match kind {
            0 => CorrelationKind::Count(either(Times { min: first, max: Some(first + 3), except: Some(first + 1) })),
            1 => measure(Figure::Sum, &[(Comparison::AtLeast, bound * 4), (Comparison::Less, 10_000)]),
            2 => measure(Figure::Average, &[(Comparison::More, bound)]),
            3 => measure(Figure::Median, &[(Comparison::NotEqual, 443)]),
            4 => measure(Figure::Percentile(u8::try_from(first * 30).expect("small")), &[(Comparison::AtMost, 443), (Comparison::More, 80)]),
            5 => CorrelationKind::Together { steps: vec![ask(), flow(&[80], first), flow(&[443], 1)], needs: Needs::every(3) },
            6 => CorrelationKind::Together { steps: vec![ask(), flow(&[80], 1), flow(&[443], first)], needs: Needs::Steps(Times::between(2, 2)) },
            7 => CorrelationKind::Together {
                steps: vec![ask(), flow(&[80], 1), flow(&[443], 1)],
                needs: Needs::All(vec![Needs::Any(vec![Needs::Step(0), Needs::Step(1)]), Needs::Not(Box::new(Needs::Step(2)))]),
            },
            8 => CorrelationKind::Sequence(vec![inside(inner(CorrelationKind::Count(flow(&[80, 443], first)))), flow(&[443], 1)]),
            9 => CorrelationKind::Sequence(vec![flow(&[80, 443], 1), inside(inner(CorrelationKind::Count(flow(&[80, 443], first.min(2)))))]),
            10 => CorrelationKind::Together {
                steps: vec![inside(inner(CorrelationKind::Sequence(vec![flow(&[80], 1), flow(&[443], 1)]))), ask()], needs: Needs::every(2),
            },
            11 => CorrelationKind::Distinct {
                step: Step { times: Times::at_least(2), ..inside(inner(CorrelationKind::Count(flow(&[80, 443], 2)))) }, fields: counted,
            },
            _ => CorrelationKind::Together { steps: vec![renamed(&[80], F::SourceIp), renamed(&[443], F::DestinationIp)], needs: Needs::Steps(Times::at_least(1)) },
        };
        let by = if grouped { vec![F::SourceIp.into()] } else { Vec::new() };
        check_correlation(&Correlation { kind, by, within: Duration::from_secs(within), jitter: None }, &events);
    }

    #[test]
    fn parts_of_times_mean_the_same_wherever_the_search_runs(
        predicate in tree((
            prop::sample::select(vec![TimePart::Minute, TimePart::Hour, TimePart::Day, TimePart::Week, TimePart::Month, TimePart::Year]),
            prop_oneof![
                prop::collection::vec(0_i64..60, 1..4).prop_map(NumberTest::In),
                (0_i64..60).prop_map(NumberTest::Less),
                (0_i64..60).prop_map(NumberTest::AtLeast),
                Just(NumberTest::In(vec![2020, 2021, 2025])),
            ],
        ).prop_map(|(part, number)| Predicate::test(FieldRef::Open("eventTime".into()), Op::Time { part, number }, span())).boxed()),
        (year, month, day) in (2019_i16..2027, prop::sample::select(vec![1_i8, 2, 12, 7]), prop::sample::select(vec![1_i8, 2, 3, 28, 27])),
        (hour, minute) in (0_i8..24, 0_i8..60),
        (middle, zone) in (prop::sample::select(vec!["T", " "]), prop::sample::select(vec!["", "Z", "+02:00", "-07:30", ".250Z", "+14:00", "-12:00"])),
        odd in prop::option::weighted(0.1, prop::sample::select(vec!["yesterday", "2020"])),
    ) {
        let time = odd.map_or_else(|| format!("{year:04}-{month:02}-{day:02}{middle}{hour:02}:{minute:02}:07{zone}"), str::to_owned);
        // A blank before a zone is no ISO 8601 that every reader takes.
        prop_assume!(!(middle == " " && zone.len() > 1));
        check_open(["", "aws", "cloudtrail"], ("sourcetype", "aws:cloudtrail"), &predicate, vec![("eventTime", Some(time))], None);
    }

    #[test]
    fn a_field_in_another_means_the_same(
        predicate in tree((
            prop::sample::select(vec![ir::Place::Whole, ir::Place::Start, ir::Place::End, ir::Place::Anywhere]), case(), any::<bool>(),
        ).prop_map(|(place, case, turned)| {
            let (field, other) = if turned { ("b", "a") } else { ("a", "b") };
            Predicate::test(FieldRef::Open(field.into()), Op::Same { other: FieldRef::Open(other.into()), place, case }, span())
        }).boxed()),
        (left, right, joined) in (text(), text(), 0_u8..4),
        missing in 0_u8..6,
    ) {
        let right = match joined {
            0 => right,
            1 => format!("{left}{right}"),
            2 => format!("{right}{}", left.to_uppercase()),
            _ => format!("{right}{left}{right}"),
        };
        let fields = vec![("a", (missing != 0).then_some(left)), ("b", (missing != 1).then_some(right))];
        check_open(["", "aws", "cloudtrail"], ("sourcetype", "aws:cloudtrail"), &predicate, fields, None);
    }

    #[test]
    fn words_anywhere_mean_the_same(
        predicate in tree(prop_oneof![
            4 => (prop::collection::vec(text().prop_map(Pattern::contains), 1..3), case()).prop_map(|(patterns, case)| Predicate::test(FieldRef::Any, Op::Text { patterns, case }, span())),
            1 => text().prop_filter_map("a regex", |text| Some(Predicate::test(FieldRef::Any, Op::Regex(vec![Regex::parse(&text, Case::Insensitive).ok()?]), span()))),
        ].boxed()),
        message in text().prop_filter("not empty", |text| !text.is_empty()),
    ) {
        check_open(["", "linux", "sshd"], ("sourcetype", "linux_secure"), &predicate, Vec::new(), Some(&message));
    }

    #[test]
    fn a_literal_in_a_regular_expression_means_itself_under_any_unescaping(text in ".{0,12}", other in ".{0,12}") {
        let printed = crate::print::regex(&[RegexPart::syntax("^"), RegexPart::Literal(text.clone()), RegexPart::syntax("\\z")]);
        prop_assert!(!printed.contains(['"', '`']) && !printed.contains("\\\\") && !printed.chars().any(char::is_control));
        let regex = regex::Regex::new(&printed.replace("[[]", "\\[")).expect("a regular expression");
        prop_assert!(regex.is_match(&text));
        prop_assert_eq!(regex.is_match(&other), text == other);
    }

    #[test]
    fn a_setting_reads_back(lines in prop::collection::vec("[^\\p{C}\\p{Z}]([^\\p{C}\\p{Zl}\\p{Zp}]{0,10}[^\\p{C}\\p{Z}\\\\])?", 1..4), hostile in any::<String>()) {
        let text = lines.join("\n");
        let file = format!("[x]\na = {}\nb = {}\nc = 1\n", crate::print::conf_value(&text), crate::print::conf_value(&hostile));
        let conf = crate::verify::conf(&file).expect("reads");
        let settings = &conf["x"];
        prop_assert_eq!(conf.len(), 1);
        prop_assert_eq!(settings.len(), 3);
        prop_assert_eq!(&settings["c"], "1");
        let ends_plain = lines.iter().all(|line| !line.ends_with('\\'));
        prop_assert!(!ends_plain || settings["a"] == text);
    }

    #[test]
    fn nothing_breaks_out(value in any::<String>(), title in any::<String>(), key in "[a-z]{1,5}") {
        let mut detection = detection(&key, Kind::Event(rule(E::ProcessStart, Predicate::All(vec![
            Predicate::text(F::ProcessCommandLine, vec![Pattern::contains(value.as_str())], Case::Sensitive, span()),
            Predicate::is(F::ProcessOriginalName, value.as_str(), span()),
        ]))));
        detection.title.clone_from(&title);
        detection.description = value;
        let compiled = compile("raw", &[detection]);
        let conf = crate::verify::conf(&compiled.artefacts.iter().find(|file| file.path.ends_with("savedsearches.conf")).expect("a file").text).expect("reads");
        prop_assert_eq!(conf.len(), 1);
        let settings = conf.values().next().expect("one");
        // A search of an advisory without a day is none that Enterprise Security knows.
        prop_assert_eq!(settings.len(), 13);
        prop_assert_eq!(&settings["disabled"], "1");
        prop_assert_eq!(&settings["search"], &compiled.rules[0].text);
    }
}
