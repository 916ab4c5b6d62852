//! Does each operator with each kind of field become the test that it says?

use ir::{ByteKind, BytePattern, Case, Field, HexToken, NumberTest, Op, Pattern, Predicate, Tree};

use super::examples::read;

/// The predicate of a facet with this expression; what was said about it when there is none.
fn meaning(event: &str, expression: &str) -> Result<Predicate, String> {
    let text = format!("vigie 1\nadvisory \"A\" {{ }}\nbehavior b {{ facet f on {event} {{ {expression} }} }}\n");
    let (_, parsed) = read(&text);
    let facet = parsed.advisories.first().and_then(|advisory| advisory.behaviors.first()).and_then(|behavior| behavior.facets.first());
    match facet {
        Some(facet) if parsed.diagnostics.is_empty() => Ok(facet.predicate.clone()),
        _ => Err(parsed.diagnostics.iter().map(|said| said.code.slug).collect::<Vec<_>>().join(" ")),
    }
}

fn op(event: &str, expression: &str) -> Op {
    match meaning(event, expression) {
        Ok(Predicate::Test(test)) => test.op,
        other => panic!("{expression}: {other:?}"),
    }
}

fn text(patterns: Vec<Pattern>) -> Op {
    Op::Text { patterns, case: Case::Insensitive }
}

#[test]
fn operators_fit_the_kind_of_the_field() {
    let tree = |root: &str, separator| Op::Under(vec![Tree { root: root.to_owned(), separator }]);
    let nets = |list: &[&str]| Op::Address(list.iter().map(|net| net.parse().expect("a network")).collect());
    let cases = [
        ("process.start", r#"process.name == "CMD.exe""#, text(vec![Pattern::exact("CMD.exe")])),
        ("process.start", r#"process.command_line contains ["a*c", 'b\']"#, text(vec![Pattern::contains("a*c"), Pattern::contains(r"b\")])),
        ("process.start", r#"process.command_line glob "a*b?""#, text(vec![Pattern::glob("a*b?")])),
        ("process.start", r#"process.path ends '\a.exe' cased"#, Op::Text { patterns: vec![Pattern::ends(r"\a.exe")], case: Case::Sensitive }),
        (
            "process.start",
            "process.name == $process.parent.name",
            Op::Same { other: Field::ParentName.into(), place: ir::Place::Whole, case: Case::Insensitive },
        ),
        ("process.start", "process.pid in [5, 4, 5]", Op::Number(NumberTest::In(vec![4, 5]))),
        ("file.content", "file.size >= 3MB", Op::Number(NumberTest::AtLeast(3 << 20))),
        ("file.create", r"file.path under 'C:\Temp\'", tree(r"C:\Temp", '\\')),
        ("file.create", r"file.directory == 'C:\Temp\'", text(vec![Pattern::exact(r"C:\Temp")])),
        ("file.create", "file.hash.md5 == D41D8CD98F00B204E9800998ECF8427E", text(vec![Pattern::exact("d41d8cd98f00b204e9800998ecf8427e")])),
        ("registry.set", r"registry.key under 'HKEY_CURRENT_USER\Software\X\'", tree(r"HKCU\Software\X", '\\')),
        ("registry.set", r"registry.key starts 'HKEY_LOCAL_MACHINE\Soft'", text(vec![Pattern::starts(r"HKLM\Soft")])),
        ("registry.set", r"registry.key starts 'hklm\Soft\'", text(vec![Pattern::starts(r"HKLM\Soft\")])),
        ("registry.set", r"registry.key contains '\Run'", text(vec![Pattern::contains(r"\Run")])),
        ("http.request", r#"url.path under "/api/""#, tree("/api", '/')),
        ("http.request", "url.host == Evil[.]Example", text(vec![Pattern::exact("evil.example")])),
        ("http.request", "url.host under evil[.]example", Op::Domain(vec![ir::Domain::parse("evil.example").expect("a domain")])),
        ("http.request", "url.full == hxxp://evil[.]example/a", Op::Url(vec![ir::Url::parse("http://evil.example/a").expect("a URL")])),
        ("network.flow", "source.ip == 192.0.2.1", nets(&["192.0.2.1/32"])),
        ("network.flow", "source.ip under [192.0.2.0/24, 2001:db8::/32]", nets(&["192.0.2.0/24", "2001:db8::/32"])),
        ("network.flow", "network.transport == TCP", text(vec![Pattern::exact("tcp")])),
        ("image.load", "image.signed == false", Op::Flag(false)),
        ("pipe.create", r"pipe.name == '\\.\pipe\evil'", text(vec![Pattern::exact("evil")])),
        ("cloud.audit", r#""a.b" == 5"#, Op::Number(NumberTest::In(vec![5]))),
        ("cloud.audit", r#""a.b" == "5""#, text(vec![Pattern::exact("5")])),
        ("cloud.audit", r#""a.b" == true"#, Op::Flag(true)),
        ("process.start", "process.name exists", Op::Exists),
    ];
    for (event, expression, want) in cases {
        assert_eq!(op(event, expression), want, "{expression}");
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let cases = [
        ("process.start", "process.name == cmd.exe", "check.literal"),
        ("process.start", r#"process.name == "C:\\a.exe""#, "check.literal"),
        ("process.start", r#"process.pid == "5""#, "check.literal"),
        ("process.start", r#"process.pid contains "5""#, "check.operator"),
        ("process.start", "process.pid == 5 cased", "check.operator"),
        ("process.start", r#"process.name contains $process.parent.name"#, "check.literal"),
        ("process.start", r#"process.name in []"#, "check.literal"),
        ("file.create", "file.hash.md5 == d41d", "check.literal"),
        ("file.create", r#"file.extension == ".exe""#, "check.literal"),
        ("registry.set", r"registry.key under 'Software\X'", "check.literal"),
        ("http.request", r#"url.path starts "api""#, "check.literal"),
        ("http.request", r#"url.path under "/""#, "check.literal"),
        ("http.request", "url.host == http://evil.example/", "check.literal"),
        ("network.flow", "source.ip == evil.example", "check.literal"),
        ("network.flow", r#"network.transport == "tpc""#, "check.literal"),
        ("cloud.audit", r#""process.name" == "a""#, "check.unknown-field"),
        ("file.content", "{ }", "check.pattern"),
        ("file.content", "{ [2] 4D }", "check.pattern"),
        ("file.content", "{ 4D 5A } wide", "check.pattern"),
        ("file.content", r#"0 of ["a"]"#, "check.pattern"),
        ("file.content", "b''", "check.pattern"),
        ("file.content", "/é[é-ü]/", "check.regex"),
        ("process.start", "process.name", "parse.expected"),
        ("process.start", r#"process.name == "a" process.pid == 1"#, "parse.expected"),
    ];
    for (event, expression, want) in cases {
        assert_eq!(meaning(event, expression), Err(want.to_owned()), "{expression}");
    }
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    let shape = |expression: &str| match meaning("process.start", expression) {
        Ok(Predicate::Any(list)) => format!("any of {}", list.len()),
        Ok(Predicate::All(list)) => format!("all of {}", list.len()),
        Ok(Predicate::Not(_)) => "not".to_owned(),
        Ok(Predicate::Test(_)) => "test".to_owned(),
        other => panic!("{other:?}"),
    };
    let (a, b) = (r#"process.name == "a""#, "process.pid == 1");
    assert_eq!(shape(&format!("{a} and {b} or {b}")), "any of 2");
    assert_eq!(shape(&format!("{a} and ({b} or {b})")), "all of 2");
    assert_eq!(shape(&format!("not {a} and {b}")), "all of 2");
    assert_eq!(shape(&format!("not ({a} and {b})")), "not");
    assert_eq!(shape(&format!("not not {a}")), "test");
    assert_eq!(shape("process.name absent"), "not");
    assert_eq!(shape(r#"process.name != "a""#), "not");
}

#[test]
fn byte_patterns_keep_their_words() {
    let pattern = |expression: &str| match meaning("file.content", expression) {
        Ok(Predicate::Bytes(mut test)) => test.patterns.remove(0),
        other => panic!("{other:?}"),
    };
    let byte = |value, mask| HexToken::Byte { value, mask };
    let hex = vec![byte(0x4d, 0xff), byte(0, 0), byte(0x50, 0xf0), HexToken::Jump { min: 2, max: None }, byte(0x01, 0x0f)];
    assert_eq!(pattern("{ 4D ?? 5? [2-] ?1 } at 0x10"), BytePattern { kind: ByteKind::Hex(hex), at: Some(16), ..BytePattern::text("") });
    assert_eq!(pattern(r#""a" wide"#), BytePattern { ascii: false, wide: true, ..BytePattern::text("a") });
    assert_eq!(pattern(r#""a" wide ascii nocase fullword"#), BytePattern { wide: true, nocase: true, fullword: true, ..BytePattern::text("a") });
    assert_eq!(pattern(r#"any of ["a", "b"] nocase"#), BytePattern { nocase: true, ..BytePattern::text("a") });
    assert_eq!(pattern(r"b'\x00\\'").kind, ByteKind::Bytes(vec![0, b'\\']));
}
