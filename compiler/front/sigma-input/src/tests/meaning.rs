//! Each modifier, each form of value and each form of selection, on events that it must and must not match.

use ir::{Case, EventClass, Field, FieldRef, FieldValue, LogSource, NumberTest, Op, Pattern, Place, Platform, Predicate, TimePart};

use super::{asked, event, on, read, rule};

/// Whether a selection of one line matches an event with one field `f`.
fn hits(line: &str, value: &str) -> bool {
    ir::eval::holds(&asked(&rule(&format!("s:\n    {line}\ncondition: s"))), &event(&[("f", value), ("g", "Other")]))
}

#[test]
fn modifiers_match_what_they_say() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("f: abc", &["abc", "ABC"], &["abcd", "xabc"]),
        ("f|contains: abc", &["xABCy", "abc"], &["ab c"]),
        ("f|startswith: abc", &["abcd"], &["xabc"]),
        ("f|endswith: abc", &["xabc"], &["abcd"]),
        ("f|cased: aBc", &["aBc"], &["abc"]),
        ("f|contains|cased: aBc", &["xaBcx"], &["xabcx"]),
        ("f|neq: abc", &["abd"], &["ABC"]),
        ("f|contains|neq: [a, b]", &["xyz"], &["xaz", "xbz"]),
        ("f: [a, b]", &["a", "B"], &["ab"]),
        ("f|contains|all: [a, b]", &["xbya"], &["a", "b"]),
        ("f|endswith: 'x\\'", &["ax\\"], &["x", "x\\a"]),
        ("f: 'a*c'", &["abbc", "ac"], &["abd"]),
        ("f: 'a?c'", &["abc"], &["ac", "abbc"]),
        ("f: 'a\\*c'", &["a*c"], &["abc", "a\\*c"]),
        ("f: 'a\\\\*c'", &["a\\xyzc", "a\\c"], &["a*c", "abc"]),
        ("f: 'a\\\\\\*c'", &["a\\*c"], &["a\\xc"]),
        ("f: 'a\\b'", &["a\\b"], &["ab"]),
        ("f: 'a\\\\b'", &["a\\b"], &["a\\\\b"]),
        ("f: 'a\\\\\\\\b'", &["a\\\\b"], &["a\\b"]),
        ("f: '*'", &["x"], &[""]),
        ("f: ''", &[""], &["x"]),
        ("f|re: 'a.c$'", &["xabc"], &["xABC", "abcd"]),
        ("f|re|i: 'a.c$'", &["xABC"], &["abcd"]),
        ("f|re|m: '^b$'", &["a\nb\nc"], &["ab"]),
        ("f|re|s: 'a.b'", &["a\nb"], &["ab"]),
        ("f|re: 'a.b'", &["a-b"], &["a\nb"]),
        ("f|re: ['^a', 'z$']", &["ab", "yz"], &["ba"]),
        ("f|cidr: 192.0.2.0/24", &["192.0.2.7"], &["198.51.100.1", "x"]),
        ("f|cidr: ['2001:db8::/32', '10.0.0.1']", &["2001:db8::5", "2001:0DB8:0:0::5", "10.0.0.1"], &["2001:db9::1", "10.0.0.2"]),
        ("f|windash|contains: ' -q '", &["x /q y", "x -q y", "x \u{2013}q y", "x \u{2014}q y", "x \u{2015}q y"], &["x q y"]),
        ("f|base64: http", &["aHR0cA=="], &["http"]),
        ("f|base64offset|contains: http://", &["xxxxaHR0cDovL2", "eGh0dHA6Ly9h", "eHhodHRwOi8vYQ=="], &["http://"]),
        ("f|wide|base64offset|contains: iex", &["aQBlAHgAIAA=", "IABpAGUAeAAgAA=="], &["iex"]),
        ("f|utf16be|base64: é", &["AOk="], &["6QA="]),
        ("f|utf16|base64: a", &["//5hAA=="], &["YQA="]),
        ("f|exists: true", &["x", ""], &[]),
        ("f|exists: false", &[], &["x", ""]),
        ("h|exists: false", &["x"], &[]),
        ("h: null", &["x"], &[]),
        ("f: null", &[], &["x", ""]),
        ("f|gt: 5", &["6"], &["5", "x"]),
        ("f|gte: 5", &["5"], &["4"]),
        ("f|lt: 5", &["4", "-1"], &["5"]),
        ("f|lte: 5", &["5"], &["6"]),
        ("f: 5", &["5", "0x5"], &["50", "x"]),
        ("f: '5'", &["5"], &["0x5"]),
        ("f|contains: 5", &["x5x"], &["x"]),
        ("f: true", &["true", "True"], &["1"]),
        ("f: yes", &["yes"], &["true"]),
        ("f: 0x1410", &["0x1410"], &["5136"]),
        ("f: 1e5", &["1e5"], &["100000"]),
        ("f: 010", &["010"], &["8", "10"]),
        ("f: 1.5", &["1.5"], &["1"]),
        ("f|hour: 23", &["2024-03-01T23:30:00Z"], &["2024-03-01T22:30:00Z", "x"]),
        ("f|hour|gte: 22", &["2024-03-01 22:00:00"], &["2024-03-01 21:59:59"]),
        ("f|minute: [0, 30]", &["2024-03-01 22:30:00"], &["2024-03-01 22:31:00"]),
        ("f|day: 1", &["2024-03-01"], &["2024-03-02"]),
        ("f|week: 9", &["2024-03-01"], &["2024-03-08"]),
        ("f|month: 3", &["2024-03-01"], &["2024-04-01"]),
        ("f|year: 2024", &["2024-03-01"], &["2023-03-01"]),
        ("f|fieldref: g", &["other"], &["another"]),
        ("f|fieldref|endswith: g", &["another"], &["others"]),
        ("f|fieldref|startswith: g", &["others"], &["another"]),
        ("f|fieldref|contains: g", &["xothers"], &["x"]),
        ("f|fieldref|cased: g", &["Other"], &["other"]),
        ("f|fieldref|neq: g", &["x"], &["other"]),
        ("f|expand: 'a\\%b'", &["a%b"], &["a\\%b"]),
        ("f: '%name%'", &["%name%"], &["x"]),
    ];
    for (line, yes, no) in cases {
        for value in *yes {
            assert!(hits(line, value), "{line} should match `{value}`: {:?}", asked(&rule(&format!("s:\n    {line}\ncondition: s"))));
        }
        for value in *no {
            assert!(!hits(line, value), "{line} should not match `{value}`");
        }
    }
}

#[test]
fn a_day_without_a_time_is_a_time() {
    assert_eq!(ir::time::part_of("2024-03-01", TimePart::Day), Some(1));
}

#[test]
fn operators_are_the_catalogue_s() {
    let of = |line: &str| match asked(&rule(&format!("s:\n    {line}\ncondition: s"))) {
        Predicate::Test(test) => test.op,
        Predicate::Not(inner) => match *inner {
            Predicate::Test(test) => test.op,
            other => panic!("{line}: {other:?}"),
        },
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(of("f: 5"), Op::Number(NumberTest::In(vec![5])));
    assert_eq!(of("f: [5, 6]"), Op::Number(NumberTest::In(vec![5, 6])));
    assert_eq!(of("f: '*'"), Op::Exists);
    assert_eq!(of("f: [null, '']"), Op::Exists, "the opposite of being there");
    assert_eq!(of("f|exists: true"), Op::Missing, "negated");
    assert_eq!(of("f|hour|lt: 6"), Op::Time { part: TimePart::Hour, number: NumberTest::Less(6) });
    assert_eq!(of("f|fieldref: g"), Op::Same { other: FieldRef::Open("g".into()), place: Place::Whole, case: Case::Insensitive });
    assert_eq!(of("f: [a, b]"), Op::Text { patterns: vec![Pattern::exact("a"), Pattern::exact("b")], case: Case::Insensitive });
}

#[test]
fn the_sign_of_nothing_is_no_value() {
    let of = |source: &str, line: &str| asked(&on(source, &format!("s:\n    {line}\ncondition: s")));
    let starts = "category: process_creation\n    product: windows";
    let is_absent = |asked: &Predicate| match asked {
        Predicate::Not(inner) => {
            matches!(&**inner, Predicate::Test(test) if test.op == Op::Exists && test.field.known() == Some(Field::ProcessCompany))
        }
        _ => false,
    };
    for line in ["Company: '-'", "Company: ['-', '']", "Company: [null, '', '-']"] {
        assert!(is_absent(&of(starts, line)), "{line}: {:?}", of(starts, line));
    }
    // A pattern that the sign fits finds both; a field that always has a value, and an open one, keep the text.
    let Predicate::Any(both) = of(starts, "Company|contains: '-'") else { panic!("a text or nothing") };
    assert!(matches!(&both[0], Predicate::Test(test) if matches!(test.op, Op::Text { .. })) && is_absent(&both[1]));
    for (source, line) in [(starts, "CommandLine: '-'"), ("product: windows\n    service: security", "IpAddress: '-'"), (starts, "Company: 'a-b'")] {
        assert!(matches!(of(source, line), Predicate::Test(test) if matches!(test.op, Op::Text { .. })), "{line}");
    }
}

#[test]
fn keywords_are_looked_for_in_the_whole_event() {
    let holds = |detection: &str, fields: &[(&str, &str)]| ir::eval::holds(&asked(&rule(detection)), &event(fields));
    let list = "k:\n    - Evil\n    - 'a*b'\n    - 4625\ncondition: k";
    assert!(holds(list, &[("x", "so evil it is")]) && holds(list, &[("*", "-axxb-")]) && holds(list, &[("y", "id 4625")]));
    assert!(!holds(list, &[("x", "good")]));
    let all = "k:\n    '|all':\n        - one\n        - two\ncondition: k";
    assert!(holds(all, &[("x", "one"), ("y", "two")]) && !holds(all, &[("x", "one")]));
    let regex = "k:\n    '|re': 'ev[i1]l$'\ncondition: k";
    assert!(holds(regex, &[("x", "ev1l")]) && !holds(regex, &[("x", "EVIL")]));
    let cased = "k:\n    '|cased': Evil\ncondition: k";
    assert!(holds(cased, &[("x", "an Evil one")]) && !holds(cased, &[("x", "an evil one")]));
    let bare = "k: Evil\ncondition: k";
    assert!(holds(bare, &[("x", "evil")]));
    let mixed = "k:\n    - Evil\n    - f: x\n      g: y\ncondition: k";
    assert!(holds(mixed, &[("f", "x"), ("g", "y")]) && holds(mixed, &[("f", "evil")]) && !holds(mixed, &[("f", "x")]));
}

#[test]
fn selections_are_joined_as_the_condition_says() {
    let selections = "a:\n    f: 1\nb:\n    g: 2\nc_1:\n    h: 3\nc_2:\n    i: 4\n_d:\n    j: 5\n";
    let holds = |condition: &str, set: &str| {
        let fields: Vec<(&str, &str)> =
            [("f", "1"), ("g", "2"), ("h", "3"), ("i", "4"), ("j", "5")].into_iter().filter(|(name, _)| set.contains(name)).collect();
        ir::eval::holds(&asked(&rule(&format!("{selections}condition: {condition}"))), &event(&fields))
    };
    let cases = [
        ("a and not b", "f", "fg"),
        ("a or b and c_1", "f", "g"),
        ("(a or b) and c_1", "gh", "g"),
        ("1 of c_*", "i", "f"),
        ("all of c_*", "hi", "h"),
        ("2 of them", "fi", "f"),
        ("3 of them", "fgi", "fgj"),
        ("all of them", "fghi", "fgh"),
        ("1 of them", "f", "j"),
        ("1 of _*", "j", "f"),
        ("not 1 of c_*", "f", "h"),
        ("a and not (b or c_1)", "f", "fh"),
        ("any of c_*", "h", "g"),
        ("_d", "j", "f"),
        ("2 of them and a", "fg", "gh"),
    ];
    for (condition, yes, no) in cases {
        assert!(holds(condition, yes), "{condition} should hold for {yes}");
        assert!(!holds(condition, no), "{condition} should not hold for {no}");
    }
    let list = asked(&rule("a:\n    f: 1\nb:\n    g: 2\ncondition:\n    - a\n    - b"));
    assert!(ir::eval::holds(&list, &event(&[("g", "2")])));
    let maps = asked(&rule("a:\n    - f: 1\n      g: 2\n    - h: 3\ncondition: a"));
    assert!(ir::eval::holds(&maps, &event(&[("h", "3")])) && !ir::eval::holds(&maps, &event(&[("f", "1")])));
}

/// Fields with what is asked of them.
type Tests = Vec<(FieldRef, Op)>;

/// The tests that one line becomes on a category of the catalogue.
fn known(category: &str, line: &str) -> Tests {
    let predicate = asked(&on(&format!("category: {category}\n    product: windows"), &format!("s:\n    {line}\ncondition: s")));
    predicate.tests().into_iter().map(|test| (test.field.clone(), test.op.clone())).collect()
}

fn text(patterns: Vec<Pattern>) -> Op {
    Op::Text { patterns, case: Case::Insensitive }
}

#[test]
fn fields_of_the_catalogue_have_its_form() {
    let hex = "ABCDEF0123456789ABCDEF0123456789";
    let lower = hex.to_lowercase();
    let cases: Vec<(&str, String, Tests)> = vec![
        ("process_creation", "Image|endswith: '\\a.exe'".into(), vec![(Field::ProcessPath.into(), text(vec![Pattern::ends(r"\a.exe")]))]),
        ("process_creation", format!("Hashes|contains: 'MD5={hex}'"), vec![(Field::ProcessMd5.into(), text(vec![Pattern::exact(&lower)]))]),
        ("process_creation", format!("Hashes|contains: 'IMPHASH={hex},'"), vec![(Field::ProcessImphash.into(), text(vec![Pattern::exact(&lower)]))]),
        (
            "image_load",
            format!("Hashes|contains: {hex}"),
            vec![(Field::ImageMd5.into(), text(vec![Pattern::exact(&lower)])), (Field::ImageImphash.into(), text(vec![Pattern::exact(&lower)]))],
        ),
        ("process_creation", "Hashes|contains: 'MD5=ABC'".into(), vec![(FieldRef::Open("Hashes".into()), text(vec![Pattern::contains("MD5=ABC")]))]),
        (
            "file_event",
            format!("Hashes|contains: 'IMPHASH={hex}'"),
            vec![(FieldRef::Open("Hashes".into()), text(vec![Pattern::contains(format!("IMPHASH={hex}"))]))],
        ),
        ("process_creation", format!("md5: {hex}"), vec![(Field::ProcessMd5.into(), text(vec![Pattern::exact(&lower)]))]),
        ("network_connection", "DestinationPort: 443".into(), vec![(Field::DestinationPort.into(), Op::Number(NumberTest::In(vec![443])))]),
        (
            "network_connection",
            "DestinationPort: ['443', 80]".into(),
            vec![(Field::DestinationPort.into(), Op::Number(NumberTest::In(vec![443, 80])))],
        ),
        ("network_connection", "DestinationPort|startswith: 44".into(), vec![(Field::DestinationPort.into(), text(vec![Pattern::starts("44")]))]),
        (
            "network_connection",
            "DestinationIp: 192.0.2.1".into(),
            vec![(Field::DestinationIp.into(), Op::Address(vec!["192.0.2.1/32".parse().expect("a network")]))],
        ),
        ("network_connection", "DestinationIp: '::1'".into(), vec![(Field::DestinationIp.into(), text(vec![Pattern::exact("::1")]))]),
        ("image_load", "Signed: 'false'".into(), vec![(Field::ImageSigned.into(), Op::Flag(false))]),
        ("image_load", "Signed: true".into(), vec![(Field::ImageSigned.into(), Op::Flag(true))]),
        ("process_creation", "IntegrityLevel: 5".into(), vec![(Field::ProcessIntegrity.into(), text(vec![Pattern::exact("5")]))]),
        ("pipe_created", "PipeName|startswith: '\\foo'".into(), vec![(Field::PipeName.into(), text(vec![Pattern::starts("foo")]))]),
        (
            "pipe_created",
            "PipeName|contains: '\\foo'".into(),
            vec![(Field::PipeName.into(), text(vec![Pattern::contains(r"\foo"), Pattern::starts("foo")]))],
        ),
        ("dns_query", "QueryName|endswith: '.example'".into(), vec![(Field::DnsName.into(), text(vec![Pattern::ends(".example")]))]),
        ("process_creation", "LogonId: 5".into(), vec![(FieldRef::Open("LogonId".into()), Op::Number(NumberTest::In(vec![5])))]),
    ];
    for (category, line, want) in cases {
        assert_eq!(known(category, &line), want, "{line}");
    }
}

#[test]
fn what_a_rule_says_of_itself_is_kept() {
    let text = "title: Use of X\nid: 11111111-2222-4333-8444-555555555555\nname: use_of_x\nstatus: test\nlevel: high\nlicense: MIT\ndescription: >\n    Two\n    lines\nauthor: A, B\ndate: 2024/01/02\nmodified: 2024-02-03\nreferences:\n    - https://example.example/a\ntags:\n    - attack.t1059.001\n    - attack.execution\n    - cve.2024-12345\n    - tlp.amber-strict\nrelated:\n    - id: 21111111-2222-4333-8444-555555555555\n      type: similar\nfields: [Image]\nfalsepositives: Backups\nscope: [server]\nowner: us\nlogsource:\n    category: process_creation\n    product: windows\n    definition: with command lines\ndetection:\n    s:\n        Image: x\n    condition: s\n";
    let (_, advisories, said) = read(&[text]);
    assert_eq!(said, []);
    let advisory = &advisories[0];
    let header = &advisory.header;
    assert_eq!(header.id, "11111111-2222-4333-8444-555555555555");
    assert_eq!((header.title.as_str(), header.author.as_deref()), ("Use of X", Some("A, B")));
    assert_eq!((header.published, header.modified), ("2024-01-02".parse().ok(), "2024-02-03".parse().ok()));
    assert_eq!((header.tlp, &header.cves), (Some(ir::Tlp::AmberStrict), &vec!["CVE-2024-12345".to_owned()]));
    let head = &advisory.behaviors[0].head;
    assert_eq!((head.name.as_str(), head.description.as_deref()), ("use_of_x", Some("Two lines")));
    assert_eq!((head.severity, head.scope), (Some(ir::SeverityLevel::High), ir::Scope::Context));
    assert_eq!(head.techniques.iter().map(ToString::to_string).collect::<Vec<_>>(), ["T1059.001"]);
    assert_eq!(head.false_positives, ["Backups"]);
    let sigma = head.sigma.as_ref().expect("the rest is kept");
    assert_eq!((sigma.name.as_deref(), sigma.status.as_deref(), sigma.license.as_deref()), (Some("use_of_x"), Some("test"), Some("MIT")));
    assert_eq!(sigma.tags.len(), 4);
    assert_eq!(sigma.related, [("21111111-2222-4333-8444-555555555555".to_owned(), "similar".to_owned())]);
    assert_eq!(sigma.custom, [("owner".to_owned(), ir::Plain::Text("us".to_owned()))]);
    assert_eq!(sigma.log_source.as_ref().and_then(|source| source.definition.as_deref()), Some("with command lines"));
    let facet = &advisory.behaviors[0].facets[0];
    assert_eq!((&facet.event.source, facet.event.platform), (&LogSource::Known(EventClass::ProcessStart), Some(Platform::Windows)));
}

#[test]
fn rules_without_an_id_are_called_after_their_file() {
    let one = rule("s:\n    f: 1\ncondition: s");
    let (_, advisories, _) = read(&[&format!("{one}---\n{one}"), &one]);
    assert_eq!(advisories.iter().map(|advisory| advisory.header.id.as_str()).collect::<Vec<_>>(), ["rule-0", "rule-0-2", "rule-1"]);
}

#[test]
fn sigma_one_repeats_what_is_global() {
    let global = "action: global\ntitle: T\nlogsource:\n    product: example\ndetection:\n    condition: s\n";
    let parts = "---\ndetection:\n    s:\n        f: 1\n---\ndetection:\n    s:\n        f: 2\n---\naction: repeat\nlogsource:\n    product: other\n---\naction: reset\n";
    let (_, advisories, said) = read(&[&format!("{global}{parts}")]);
    assert_eq!(said, []);
    let facets: Vec<_> = advisories.iter().map(|advisory| &advisory.behaviors[0].facets[0]).collect();
    assert_eq!(facets.len(), 3);
    let number = |at: usize| facets[at].predicate.tests()[0].op.clone();
    assert_eq!((number(0), number(1), number(2)), (number(0), Op::Number(NumberTest::In(vec![2])), number(1)));
    assert_ne!(facets[1].event, facets[2].event);
}

#[test]
fn filters_take_away_from_the_rules_they_name() {
    let id = "11111111-2222-4333-8444-555555555555";
    let windows = format!("id: {id}\n{}", on("category: process_creation\n    product: windows", "s:\n    Image: x\ncondition: s"));
    let linux = on("category: process_creation\n    product: linux", "s:\n    Image: x\ncondition: s");
    let filter = |rules: &str| {
        format!(
            "title: Not ours\nlogsource:\n    category: process_creation\nfilter:\n    rules: {rules}\n    selection:\n        User: adm\n    condition: not selection\n"
        )
    };
    let fields = |texts: &[&str]| {
        let (_, advisories, said) = read(texts);
        assert_eq!(said, []);
        advisories
            .iter()
            .map(|advisory| advisory.behaviors[0].facets[0].predicate.tests().iter().map(|test| test.field.clone()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let (path, account, name): (FieldRef, FieldRef, FieldRef) = (Field::ProcessPath.into(), Field::UserAccount.into(), Field::UserName.into());
    assert_eq!(fields(&[&filter(&format!("[{id}]")), &windows, &linux]), [vec![path.clone(), account.clone()], vec![path.clone()]]);
    assert_eq!(fields(&[&windows, &linux, &filter("any")]), [vec![path.clone(), account], vec![path, name]]);
    let event = |user: &str| {
        let mut event = event(&[]);
        event.fields.insert(Field::ProcessPath.into(), FieldValue::Text("x".to_owned()));
        event.fields.insert(Field::UserName.into(), FieldValue::Text(user.to_owned()));
        event
    };
    let (_, advisories, _) = read(&[&linux, &filter("any")]);
    let predicate = &advisories[0].behaviors[0].facets[0].predicate;
    assert!(ir::eval::holds(predicate, &event("me")) && !ir::eval::holds(predicate, &event("adm")));
}
