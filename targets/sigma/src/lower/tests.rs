//! Small detections, and the Sigma text that asks their question.

use std::sync::Arc;
use std::time::Duration;

use backend::{Compiled, Job, Outcome, Overlay, Section, Target as _};
use ir::{
    Case, Correlation, CorrelationKind, Detection, Domain, EventClass, EventRule, EventSelector, Field, FieldRef, Flow, Kind, Meta, NumberTest, Op,
    Pattern, Platform, Predicate, Regex, Step, Technique, Times, Tree,
};
use source::{Sources, Span};

use crate::{PROFILES, Sigma};

fn span() -> Span {
    Span::new(Sources::default().add("test", ""), 0, 0)
}

fn detection(name: &str, kind: Kind) -> Detection {
    Detection {
        key: format!("ADV-1/{name}"),
        id: ir::id::of("ADV-1", name),
        title: format!("ADV-1: {name}"),
        description: "Described in ADV-1.".to_owned(),
        meta: Arc::new(Meta {
            advisory: "ADV-1".to_owned(),
            folder: "ADV-1".to_owned(),
            techniques: Technique::parse("T1190").into_iter().collect(),
            ..Meta::default()
        }),
        kind,
        indicators: Arc::new([]),
        span: span(),
    }
}

fn compile(detections: &[Detection]) -> Compiled {
    let detections: Vec<&Detection> = detections.iter().collect();
    let overlay = Overlay::default();
    let compiled = Sigma.compile(Job {
        profile: &PROFILES[0],
        detections: &detections,
        overlay: &overlay,
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    });
    assert!(compiled.refused().next().is_none(), "{:?}\n{:?}", compiled.entries, compiled.artefacts);
    compiled
}

fn selector(class: EventClass) -> EventSelector {
    EventSelector::of(class)
}

/// From `logsource` on, what one event rule becomes; and how it differs.
fn rule(event: EventSelector, predicate: Predicate) -> (String, Outcome, Vec<&'static str>) {
    let compiled = compile(&[detection("rule.one", Kind::Event(EventRule { event, predicate }))]);
    let text = compiled.artefacts.first().map(|artefact| artefact.text.clone()).unwrap_or_default();
    let body = text.split_once("logsource:\n").and_then(|(_, rest)| rest.split_once("falsepositives:")).map_or("", |(body, _)| body).to_owned();
    let entry = &compiled.entries[0];
    (body, entry.outcome, entry.diagnostics.iter().map(|said| said.code.slug).collect())
}

fn exact(event: EventSelector, predicate: Predicate) -> String {
    let (text, outcome, codes) = rule(event, predicate);
    assert_eq!(outcome, Outcome::Exact, "{codes:?}\n{text}");
    text
}

fn has(text: &str, lines: &str) {
    assert!(text.contains(lines), "{text}\nlacks\n{lines}");
}

fn is(field: Field, text: &str) -> Predicate {
    Predicate::is(field, text, span())
}

fn texts(field: Field, patterns: Vec<Pattern>) -> Predicate {
    Predicate::text(field, patterns, Case::Insensitive, span())
}

fn test(field: Field, op: Op) -> Predicate {
    Predicate::test(field, op, span())
}

#[test]
fn a_whole_rule() {
    let under = test(Field::FilePath, Op::Under(vec![Tree::parse(r"C:\inetpub\").unwrap()]));
    let kind = Kind::Event(EventRule {
        event: selector(EventClass::FileCreate),
        predicate: Predicate::All(vec![under, is(Field::ProcessName, "w3wp.exe")]),
    });
    let compiled = compile(&[detection("shell.drop", kind)]);
    let artefact = &compiled.artefacts[0];
    assert_eq!(artefact.path, "ADV-1/shell.drop.yml");
    let id = ir::id::of("ADV-1", "shell.drop");
    let expected = format!(
        "title: 'ADV-1: shell.drop'
id: {id}
status: experimental
description: Described in ADV-1.
tags:
    - attack.initial-access
    - attack.t1190
logsource:
    category: file_event
    product: windows
detection:
    selection_image:
        Image|endswith: '\\w3wp.exe'
    selection_target_filename:
        - TargetFilename: 'C:\\inetpub'
        - TargetFilename|startswith: 'C:\\inetpub\\'
    condition: all of selection_*
falsepositives:
    - Unknown
level: medium
"
    );
    assert_eq!(artefact.text, expected);
    assert_eq!(compiled.rules[0].id, id.to_string());
}

#[test]
fn text_takes_modifiers_and_lists() {
    let event = EventSelector { platform: Some(Platform::Windows), ..selector(EventClass::ProcessStart) };
    let patterns = vec![Pattern::contains("a*b"), Pattern::ends("c?"), Pattern::exact("d"), Pattern::glob("e*f"), Pattern::contains("g")];
    let text = exact(event.clone(), texts(Field::ProcessCommandLine, patterns));
    has(&text, "    category: process_creation\n    product: windows\n");
    has(&text, "        - CommandLine|contains:\n              - 'a\\*b'\n              - 'g'\n");
    has(&text, "        - CommandLine|endswith: 'c\\?'\n");
    has(&text, "        - CommandLine:\n              - 'd'\n              - 'e*f'\n");
    has(&text, "    condition: selection\n");
    let cased = Predicate::text(Field::ProcessCommandLine, vec![Pattern::contains("aB")], Case::Sensitive, span());
    has(&exact(event.clone(), cased), "CommandLine|contains|cased: 'aB'");
    let both = Predicate::All(vec![
        texts(Field::ProcessCommandLine, vec![Pattern::contains("x")]),
        texts(Field::ProcessCommandLine, vec![Pattern::contains("y")]),
        texts(Field::ProcessCommandLine, vec![Pattern::contains("z"), Pattern::contains("w")]),
        is(Field::ProcessName, "a.exe").negate(),
        is(Field::UserName, "root").negate(),
    ]);
    let text = exact(event, both);
    has(&text, "        CommandLine|contains|all:\n            - 'x'\n            - 'y'\n");
    has(&text, "    condition: selection and not 1 of filter_*\n");
    has(&text, "    filter_user:\n        User|endswith: '\\root'\n");
}

#[test]
fn nested_alternatives_keep_their_meaning() {
    let event = selector(EventClass::ProcessStart);
    let line = |text| texts(Field::ProcessCommandLine, vec![Pattern::contains(text)]);
    let predicate = Predicate::All(vec![line("x"), Predicate::Any(vec![line("a"), Predicate::All(vec![line("b"), line("c").negate()])])]);
    let text = exact(event, predicate);
    has(&text, "    condition: selection_command_line and (selection_command_line_2 or (selection_command_line_3 and not filter_command_line))\n");
}

#[test]
fn expressions_keep_their_flags() {
    let event = selector(EventClass::ProcessStart);
    let regex = |text: &str, case| exact(event.clone(), test(Field::ProcessCommandLine, Op::Regex(vec![Regex::parse(text, case).unwrap()])));
    has(&regex(r"^a\.b{2,}?(?:c|d)$", Case::Insensitive), r"CommandLine|re|i: '^a\.b{2,}(c|d)$'");
    has(&regex("(?i)ab(?s).", Case::Sensitive), "CommandLine|re|i|s: 'ab.'");
    has(&regex("a(?i)b", Case::Sensitive), "CommandLine|re: 'a[bB]'");
    has(&regex("[a-c_](?i)[x-z]", Case::Sensitive), "CommandLine|re: '[a-c_][x-zX-Z]'");
    let (_, outcome, codes) =
        rule(event.clone(), test(Field::ProcessCommandLine, Op::Regex(vec![Regex::parse(r"\p{Greek}", Case::Sensitive).unwrap()])));
    assert_eq!((outcome, codes), (Outcome::Unsupported, vec!["sigma.regex"]));
}

#[test]
fn expressions_on_a_part_of_a_field_stay_in_their_part() {
    let key = selector(EventClass::RegistrySet);
    let on = |field, text: &str| rule(key.clone(), test(field, Op::Regex(vec![Regex::parse(text, Case::Insensitive).unwrap()])));
    let exactly = |field, text: &str| exact(key.clone(), test(field, Op::Regex(vec![Regex::parse(text, Case::Insensitive).unwrap()])));
    has(&exactly(Field::RegistryValueName, "^Run"), r"TargetObject|re|i: '\\Run[^\\]*$'");
    has(&exactly(Field::RegistryValueName, "^Run$|x.y"), r"TargetObject|re|i: '\\Run$|x[^\n\\]y[^\\]*$'");
    has(&exactly(Field::UserName, "^admin"), r"User|re|i: '(^|\\)admin[^\\]*$'");
    has(&exactly(Field::UserDomain, "CORP"), r"User|re|i: 'CORP[^\\]*\\'");
    has(&exactly(Field::RegistryKey, r"^HKLM\\X$"), r"TargetObject|re|i: '^HKLM\\X\\[^\\]*$'");
    for text in [r"^HKCU\\X$", r"^HK(?:CU|LM)\\X$", r"^HK[CL][UM]\\X$", r"CU\\X$"] {
        let (rule, outcome, codes) = on(Field::RegistryKey, text);
        has(&rule, r"|^HKU\\[^\\]+\\X\\[^\\]*$'");
        assert_eq!((outcome, codes), (Outcome::Wider, vec!["sigma.current-user"]), "{text}");
    }
    let (_, outcome, codes) = on(Field::RegistryValueName, "a^b");
    assert_eq!((outcome, codes), (Outcome::Unsupported, vec!["sigma.joined-field"]));
}

#[test]
fn digests_stand_in_the_list_of_digests() {
    let digest = "00112233445566778899aabbccddeeff";
    let text = exact(selector(EventClass::ProcessStart), is(Field::ProcessMd5, digest));
    has(&text, "Hashes|contains: 'MD5=00112233445566778899AABBCCDDEEFF'");
    let (text, outcome, codes) = rule(selector(EventClass::FileCreate), is(Field::FileMd5, digest));
    has(&text, "    category: file_executable_detected\n    product: windows\n");
    assert_eq!((outcome, codes), (Outcome::Narrower, vec!["sigma.log-source"]));
}

#[test]
fn keys_and_values_of_the_registry_are_one_path() {
    let event = || selector(EventClass::RegistrySet);
    let key = is(Field::RegistryKey, r"HKLM\Software\X");
    let value = is(Field::RegistryValueName, "Run");
    has(&exact(event(), Predicate::All(vec![key.clone(), value.clone()])), r"TargetObject: 'HKLM\Software\X\Run'");
    let under = test(Field::RegistryKey, Op::Under(vec![Tree::parse(r"HKLM\Software\X").unwrap()]));
    has(&exact(event(), under), r"TargetObject|startswith: 'HKLM\Software\X\'");
    let text = exact(event(), key);
    has(&text, r"TargetObject|startswith: 'HKLM\Software\X\'");
    has(&text, r"TargetObject|startswith: 'HKLM\Software\X\\*\'");
    has(&text, "condition: selection and not filter_target_object");
    has(&exact(event(), value), r"TargetObject|endswith: '\Run'");
    let user = Predicate::All(vec![is(Field::RegistryKey, r"HKCU\Software\X"), is(Field::RegistryValueName, "v")]);
    let (text, outcome, codes) = rule(event(), user);
    has(&text, r"TargetObject: 'HKU\\*\Software\X\v'");
    assert_eq!((outcome, codes), (Outcome::Wider, vec!["sigma.current-user"]));
    let data = test(Field::RegistryData, Op::Number(NumberTest::In(vec![1])));
    has(&exact(event(), data), "- 'DWORD (0x00000001)'\n");
}

#[test]
fn accounts_pipes_and_addresses() {
    let text = exact(selector(EventClass::ProcessStart), is(Field::UserName, "root"));
    has(&text, "        - User|endswith: '\\root'\n        - User: 'root'\n");
    has(&exact(selector(EventClass::Pipe), is(Field::PipeName, "evil")), r"PipeName: '\evil'");
    let nets = ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::1/128"].iter().map(|net| net.parse().unwrap()).collect();
    let inbound = EventSelector { flow: Some(Flow::Inbound), ..selector(EventClass::NetworkFlow) };
    let text = exact(inbound, test(Field::SourceIp, Op::Address(nets)));
    has(&text, "        - src_ip: '192.0.2.7'\n");
    has(&text, "        - src_ip|cidr:\n              - '198.51.100.0/24'\n              - '2001:db8::1/128'\n");
    let outbound = EventSelector { flow: Some(Flow::Outbound), platform: Some(Platform::Linux), ..selector(EventClass::NetworkFlow) };
    let text = exact(outbound, test(Field::DestinationPort, Op::Number(NumberTest::AtLeast(8000))));
    has(&text, "    category: network_connection\n    product: linux\n");
    has(&text, "        Initiated: 'true'\n        DestinationPort|gte: 8000\n");
}

#[test]
fn services_of_windows_have_event_numbers() {
    let text = exact(selector(EventClass::ServiceInstall), is(Field::ServiceName, "x"));
    has(&text, "        Provider_Name: 'Service Control Manager'\n        EventID: 7045\n        ServiceName: 'x'\n");
    let logon = |predicate| exact(selector(EventClass::AuthLogon), predicate);
    let source = test(Field::SourceIp, Op::Address(vec!["192.0.2.7/32".parse().unwrap()]));
    has(&logon(source.clone()), "        EventID:\n            - 4624\n            - 4625\n        IpAddress: '192.0.2.7'\n");
    has(&logon(Predicate::All(vec![is(Field::Outcome, "failure"), source])), "        EventID: 4625\n        IpAddress: '192.0.2.7'\n");
    let anybody = logon(Predicate::All(vec![is(Field::Outcome, "success"), test(Field::UserName, Op::Exists)]));
    has(&anybody, "        TargetUserName|exists: true\n");
    has(&anybody, "        TargetUserName:\n            - ''\n            - '-'\n    condition: selection and not filter_target_user_name\n");
}

#[test]
fn names_and_requests() {
    let domain = test(Field::DnsName, Op::Domain(vec![Domain::parse("evil.example").unwrap()]));
    let text = exact(selector(EventClass::DnsQuery), domain);
    has(&text, "    category: dns\n");
    has(&text, "        - query: 'evil.example'\n        - query|endswith: '.evil.example'\n");
    let url = ir::Url::parse("http://evil.example/a?b=1").unwrap();
    let text = exact(selector(EventClass::HttpRequest), test(Field::UrlFull, Op::Url(vec![url.clone()])));
    has(&text, "        c-uri:\n            - 'http://evil.example/a\\?b=1'\n            - 'https://evil.example/a\\?b=1'\n");
    let inbound = EventSelector { flow: Some(Flow::Inbound), ..selector(EventClass::HttpRequest) };
    let predicate = Predicate::All(vec![is(Field::HttpMethod, "POST"), texts(Field::UrlPath, vec![Pattern::starts("/x/")])]);
    let text = exact(inbound, predicate);
    has(&text, "    category: webserver\ndetection:\n    selection:\n        cs-method: 'POST'\n        cs-uri-stem|startswith: '/x/'\n");
    let (_, outcome, codes) = rule(selector(EventClass::EmailMessage), is(Field::EmailSubject, "x"));
    assert_eq!((outcome, codes), (Outcome::Unsupported, vec!["legalise.absent-event"]));
}

#[test]
fn the_provider_decides_the_audit_trail() {
    let operation = is(Field::CloudOperation, "CreateUser");
    let named = Predicate::All(vec![is(Field::CloudProvider, "aws"), operation.clone(), is(Field::CloudOutcome, "success")]);
    let text = exact(selector(EventClass::CloudAudit), named);
    has(&text, "    product: aws\n    service: cloudtrail\n");
    has(&text, "        eventName: 'CreateUser'\n");
    let (_, outcome, codes) = rule(selector(EventClass::CloudAudit), operation);
    assert_eq!((outcome, codes), (Outcome::Narrower, vec!["sigma.log-source"]));
}

#[test]
fn a_rule_without_conditions_is_refused() {
    let (_, outcome, codes) = rule(selector(EventClass::ProcessStart), Predicate::All(Vec::new()));
    assert_eq!((outcome, codes), (Outcome::Unsupported, vec!["sigma.nothing-to-find"]));
    let open = Predicate::is(FieldRef::Open("a|re".into()), "x", span());
    let (_, outcome, codes) = rule(selector(EventClass::ProcessStart), open);
    assert_eq!((outcome, codes), (Outcome::Unsupported, vec!["sigma.field-name"]));
}

fn step(name: &str, predicate: Predicate, class: EventClass, min: u32, max: Option<u32>) -> Step {
    Step::new(name, EventRule { event: selector(class), predicate }, Times { min, max, except: None }, span())
}

fn correlated(kind: CorrelationKind, by: &[Field], jitter: Option<u32>) -> (String, Outcome, Vec<&'static str>) {
    let by = by.iter().map(|field| FieldRef::Known(*field)).collect();
    let kind = Kind::Correlation(Correlation { kind, by, within: Duration::from_secs(600), jitter });
    let compiled = compile(&[detection("brute_then_logon", kind)]);
    let text = compiled.artefacts.first().map(|artefact| artefact.text.clone()).unwrap_or_default();
    let entry = &compiled.entries[0];
    (text, entry.outcome, entry.diagnostics.iter().map(|said| said.code.slug).collect())
}

#[test]
fn counted_steps_are_correlations_of_their_own() {
    let steps = vec![
        step("fail", is(Field::Outcome, "failure"), EventClass::AuthLogon, 10, None),
        step("ok", is(Field::Outcome, "success"), EventClass::AuthLogon, 1, None),
    ];
    let (text, outcome, codes) = correlated(CorrelationKind::Sequence(steps), &[Field::SourceIp, Field::UserName], None);
    assert_eq!((outcome, codes), (Outcome::Wider, vec!["sigma.window"]));
    assert_eq!(text.matches("\n---\n").count(), 3);
    has(&text, "name: adv_1_brute_then_logon_fail_many\ncorrelation:\n    type: event_count\n    rules:\n        - adv_1_brute_then_logon_fail\n");
    has(
        &text,
        "correlation:
    type: temporal_ordered
    rules:
        - adv_1_brute_then_logon_fail_many
        - adv_1_brute_then_logon_ok
    group-by:
        - IpAddress
        - TargetUserName
    timespan: 10m
    condition:
        gte: 2
",
    );
}

#[test]
fn fields_with_several_names_have_an_alias() {
    let steps = vec![
        step("ask", is(Field::DnsName, "a.example"), EventClass::DnsQuery, 1, None),
        step("call", is(Field::UrlHost, "a.example"), EventClass::HttpRequest, 1, None),
    ];
    let (text, outcome, codes) = correlated(CorrelationKind::Sequence(steps), &[Field::SourceIp], None);
    assert_eq!((outcome, codes.len()), (Outcome::Exact, 0));
    has(&text, "    group-by:\n        - source_ip\n");
    has(
        &text,
        "    aliases:\n        source_ip:\n            adv_1_brute_then_logon_ask: source.ip\n            adv_1_brute_then_logon_call: src_ip\n",
    );
}

#[test]
fn counts_have_bounds_and_no_rhythm() {
    let count = CorrelationKind::Count(step("call", Predicate::All(Vec::new()), EventClass::NetworkFlow, 20, Some(30)));
    let (text, outcome, codes) = correlated(count, &[Field::SourceIp, Field::DestinationIp], Some(10));
    assert_eq!((outcome, codes), (Outcome::Wider, vec!["sigma.window", "sigma.count"]));
    has(&text, "    selection:\n        src_ip|exists: true\n");
    has(&text, "    condition:\n        gte: 20\n        lte: 30\n");
    let distinct = CorrelationKind::Distinct {
        step: step("query", is(Field::DnsType, "TXT"), EventClass::DnsQuery, 6, None),
        fields: vec![Field::DnsName.into()],
    };
    let (text, outcome, _) = correlated(distinct, &[Field::SourceIp], None);
    assert_eq!(outcome, Outcome::Exact);
    has(&text, "    category: network\n    service: dns\n");
    has(&text, "    condition:\n        field: dns.question.name\n        gte: 6\n");
}

#[test]
fn names_that_meet_are_told_apart() {
    let one = |name| detection(name, Kind::Event(EventRule { event: selector(EventClass::DnsQuery), predicate: is(Field::DnsName, "a.example") }));
    let compiled = compile(&[one("a b"), one("a/b"), one("A-b")]);
    let paths: std::collections::BTreeSet<String> = compiled.artefacts.iter().map(|artefact| artefact.path.to_lowercase()).collect();
    assert_eq!(paths.len(), 3);
    let same = |name| Detection { title: "same".to_owned(), ..one(name) };
    let titles: Vec<String> = compile(&[same("a"), same("b"), one("c")]).rules.into_iter().map(|rule| rule.title).collect();
    assert_eq!(titles, ["same (ADV-1/a)", "same (ADV-1/b)", "ADV-1: c"]);
}

#[test]
fn what_does_not_read_back_is_found() {
    let good = "title: a\nid: 3ae95d54-e93e-50f5-97d7-8eb5b6bfc98c\nlogsource:\n    category: dns\ndetection:\n    selection:\n        query: 'x'\n    condition: selection\n";
    let findings = |text: String| {
        let kind = backend::ArtefactKind::Rules;
        let faults = crate::verify::verify(&[backend::Artefact { path: "a.yml".to_owned(), kind, text }]);
        faults.into_iter().map(|fault| fault.why).collect::<Vec<_>>()
    };
    assert_eq!(findings(good.to_owned()), Vec::<String>::new());
    let broken = [
        ("condition: selection", "condition: selection or other", "names `other`"),
        ("condition: selection", "condition: selection and", "ends early"),
        ("condition: selection", "condition: 1 of filter_*", "no selection is called"),
        ("query:", "query|near:", "no modifier"),
        ("query: 'x'", "query: 'a\\\\b'", "reads back differently"),
        ("query: 'x'", "query|exists: 'x'", "wrong kind"),
        ("    selection:\n        query: 'x'\n", "    selection: x\n", "neither a map"),
        ("id: 3", "id: x", "not a UUID"),
        ("title: a", "titel: a", "`title` is missing"),
        ("logsource:\n    category: dns\n", "", "a log source and a detection"),
    ];
    for (from, to, said) in broken {
        let found = findings(good.replacen(from, to, 1));
        assert!(found.iter().any(|line| line.contains(said)), "{to}: {found:?}");
    }
    let twice = findings(format!("{good}---\n{good}"));
    assert!(twice.iter().any(|line| line.contains("stands in two rules")), "{twice:?}");
}

#[test]
fn a_hostile_name_stays_a_value() {
    let text = "x'\n    condition: not selection\nid: 1 # \\";
    let printed = exact(selector(EventClass::ServiceInstall), is(Field::ServiceName, text));
    has(&printed, "        ServiceName: \"x'\\n    condition: not selection\\nid: 1 # \\\\\"\n    condition: selection\n");
}
