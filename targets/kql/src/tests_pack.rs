//! Are the limits of Sentinel and Defender kept, and is what a package holds what was compiled? Each limit just under and just over it.

use std::collections::BTreeSet;
use std::sync::Arc;

use backend::{Artefact, ArtefactKind, Label, Packed, Packing, Part, PrintedRule, Retired};
use ir::{
    Citation, Detection, Direction, EventClass, EventRule, EventSelector, Field, Indicator, Kind, Meta, Observable, ObservableKind, Predicate, Role,
    Tlp, Verdict, Window,
};
use jiff::civil::date;
use serde_json::{Value, json};
use source::Span;

use crate::card::Card;
use crate::pack::{PACKAGES, pack};
use crate::pack_parts::parts;
use crate::{lower_context, pack_arm, pack_words};

fn span() -> Span {
    Span::new(source::Sources::default().add("test", ""), 0, 0)
}

fn meta() -> Meta {
    Meta { advisory: "EXAMPLE-1".to_owned(), folder: "EXAMPLE-1".to_owned(), advisory_title: "Title".to_owned(), ..Meta::default() }
}

fn detection(number: usize, meta: Meta, indicators: Vec<Indicator>) -> Detection {
    let key = format!("EXAMPLE-1/block{number}");
    let predicate = Predicate::is(Field::ProcessName, "a.exe", span());
    Detection {
        id: ir::id::of("EXAMPLE-1", &key),
        title: format!("A block, number {number}"),
        description: "What it is.".to_owned(),
        meta: Arc::new(meta),
        kind: Kind::Event(EventRule { event: EventSelector::of(EventClass::ProcessStart), predicate }),
        indicators: indicators.into(),
        span: span(),
        key,
    }
}

fn indicator(text: &str) -> Indicator {
    Indicator {
        observable: Observable::parse(ObservableKind::Ip, text).unwrap(),
        role: Role::C2,
        direction: Direction::Destination,
        valid: None,
        confidence: None,
        tlp: None,
        techniques: Vec::new(),
        size: None,
        note: None,
        origins: Vec::new(),
        citations: Vec::new(),
    }
}

fn card(detection: &Detection) -> Card {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    Card {
        id: detection.id.to_string(),
        title: detection.title.clone(),
        description: detection.description.clone(),
        notes: Vec::new(),
        severity: "High".to_owned(),
        query: "DeviceProcessEvents\n| where FileName == \"a.exe\"".to_owned(),
        reach: 0,
        watchlists: Vec::new(),
        entities: vec![("Host".to_owned(), vec![("FullName".to_owned(), "Computer".to_owned())])],
        shown: texts(&["Timestamp", "DeviceId", "ReportId", "FileName"]),
        asked: texts(&["FileName"]),
        connectors: vec![("MicrosoftThreatProtection".to_owned(), texts(&["DeviceProcessEvents"]))],
        techniques: texts(&["T1059.001"]),
        tags: Vec::new(),
    }
}

/// Packs rules, each with its detection, and lists.
fn packed(product: &str, rules: &[(Detection, Card)], lists: &[(&str, String)], retired: &[Retired], settings: &Value) -> Packed {
    let package = PACKAGES.iter().find(|package| package.id == product).unwrap();
    let label = Label { name: "example".to_owned(), title: "Example".to_owned(), author: "Team".to_owned(), version: "1.2.0".to_owned() };
    let detections: Vec<Detection> = rules.iter().map(|(detection, _)| detection.clone()).collect();
    let path = |at: usize| format!("EXAMPLE-1/block{at}.json");
    let artefacts: Vec<Artefact> = rules
        .iter()
        .enumerate()
        .map(|(at, (_, card))| Artefact::new(path(at), ArtefactKind::Rules, card.text()))
        .chain(lists.iter().map(|(alias, text)| Artefact::new(format!("EXAMPLE-1/{alias}.csv"), ArtefactKind::List, text.clone())))
        .collect();
    let printed: Vec<PrintedRule> = rules
        .iter()
        .enumerate()
        .map(|(at, (_, card))| PrintedRule {
            detection: at,
            item: at,
            id: card.id.clone(),
            title: card.title.clone(),
            artefact: path(at),
            text: card.query.clone(),
            revision: None,
            carried: false,
        })
        .collect();
    let profile = crate::PROFILES.iter().find(|profile| profile.id == package.profiles[0]).unwrap();
    let part = [Part { profile, artefacts: &artefacts, rules: &printed }];
    pack(
        package,
        &Packing {
            label: &label,
            detections: &detections,
            withheld: &BTreeSet::new(),
            parts: &part,
            retired,
            before: None,
            programs: None,
            settings,
        },
    )
}

fn one(product: &str, detection: Detection, change: impl Fn(&mut Card)) -> Packed {
    let mut card = card(&detection);
    change(&mut card);
    packed(product, &[(detection, card)], &[], &[], &json!({}))
}

fn many(count: usize, settings: &Value) -> Packed {
    let rules: Vec<(Detection, Card)> = (0..count)
        .map(|number| {
            let detection = detection(number, meta(), Vec::new());
            let card = card(&detection);
            (detection, card)
        })
        .collect();
    packed("sentinel", &rules, &[], &[], settings)
}

fn codes(packed: &Packed) -> Vec<&'static str> {
    packed.diagnostics.iter().map(|said| said.code.slug).collect()
}

fn file<'p>(packed: &'p Packed, path: &str) -> &'p str {
    let found = packed.files.iter().find(|file| file.path == path);
    let file = found.unwrap_or_else(|| panic!("{path} is not among {:?}", packed.files.iter().map(|file| &file.path).collect::<Vec<_>>()));
    std::str::from_utf8(&file.bytes).unwrap()
}

fn read(packed: &Packed, path: &str) -> Value {
    serde_json::from_str(file(packed, path)).unwrap()
}

#[test]
fn a_rule_is_switched_on_by_the_site_alone() {
    let enabled = |settings: &Value| read(&many(1, settings), "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"]["enabled"].clone();
    assert_eq!(enabled(&json!({})), false);
    assert_eq!(enabled(&json!({ "enabled": true })), true);
    assert_eq!(enabled(&json!({ "enabled": ["EXAMPLE-1"] })), true);
    assert_eq!(enabled(&json!({ "enabled": ["EXAMPLE-1/block0"] })), true);
    for wrong in [json!({ "enable": true }), json!({ "enabled": ["EXAMPLE-2"] }), json!({ "near_real_time": "some" }), json!({ "enabled": 1 })] {
        assert_eq!(codes(&many(1, &wrong)), ["kql.package-setting"], "{wrong}");
    }
}

#[test]
fn a_workspace_runs_so_many_rules_at_once() {
    let on = json!({ "enabled": true });
    assert_eq!(codes(&many(512, &on)), [""; 0]);
    assert_eq!(codes(&many(513, &on)), ["kql.many-rules"]);
    assert_eq!(codes(&many(513, &json!({ "enabled": true, "dedicated_cluster": true }))), [""; 0]);
    assert_eq!(codes(&many(513, &json!({}))), [""; 0]);
    let near = json!({ "enabled": true, "near_real_time": "high" });
    assert_eq!(codes(&many(50, &near)), [""; 0]);
    assert_eq!(codes(&many(51, &near)), ["kql.many-rules"]);
}

#[test]
fn a_rule_over_one_table_can_run_every_minute() {
    let kind = |query: &str, reach: u64| {
        let detection = detection(0, meta(), Vec::new());
        let card = Card { query: query.to_owned(), reach, ..card(&detection) };
        let packed = packed("sentinel", &[(detection, card)], &[], &[], &json!({ "near_real_time": "all" }));
        let rule = read(&packed, "arm/rules/EXAMPLE-1/block0.json")["resources"][0].clone();
        assert_eq!(rule["properties"].get("queryPeriod").is_none(), rule["kind"] == "NRT");
        rule["kind"].clone()
    };
    assert_eq!(kind("DeviceProcessEvents", 0), "NRT");
    assert_eq!(kind("union isfuzzy=true\n    (A),\n    (B)", 0), "Scheduled");
    assert_eq!(kind("DeviceProcessEvents", 60), "Scheduled");
}

#[test]
fn a_resource_group_keeps_so_many_deployments() {
    let templates = |packed: &Packed| packed.files.iter().filter(|file| file.path.starts_with("arm/")).count();
    let few = many(800, &json!({}));
    assert_eq!((templates(&few), codes(&few)), (800, vec![]));
    let more = many(801, &json!({}));
    assert_eq!(codes(&more), ["kql.many-deployments"]);
    assert!(templates(&more) < 20, "{}", templates(&more));
    let rules: usize = more.files.iter().filter(|file| file.path.starts_with("arm/")).map(|file| file.rules.len()).sum();
    assert_eq!(rules, 801);
}

#[test]
fn what_a_product_does_not_keep_is_said() {
    let said = |change: fn(&mut Card, usize), size: usize| {
        let packed = one("sentinel", detection(0, meta(), Vec::new()), |card| change(card, size));
        let rule = read(&packed, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"].clone();
        assert!(rule["displayName"].as_str().unwrap().chars().count() <= 256);
        assert!(rule["description"].as_str().unwrap().chars().count() <= 5_000);
        assert!(rule["entityMappings"].as_array().unwrap().len() <= 10);
        assert!(rule["customDetails"].as_object().unwrap().len() <= 20);
        codes(&packed)
    };
    let title: fn(&mut Card, usize) = |card, size| card.title = "é".repeat(size);
    let text: fn(&mut Card, usize) = |card, size| card.description = format!("{}{}", card.title, "é".repeat(size - card.title.len()));
    let entities: fn(&mut Card, usize) = |card, size| card.entities = vec![card.entities[0].clone(); size];
    let details: fn(&mut Card, usize) = |card, size| card.asked = (0..size).map(|at| format!("Column{at}")).collect();
    for (change, most) in [(title, 256), (text, 5_000), (entities, 10), (details, 20)] {
        assert_eq!(said(change, most), [""; 0], "{most}");
        assert_eq!(said(change, most + 1), ["kql.shortened"], "{most}");
    }
}

#[test]
fn a_period_is_as_long_as_events_lie_apart() {
    let period = |reach: u64| pack_arm::iso(pack_arm::period(&Card { reach, ..card(&detection(0, meta(), Vec::new())) }));
    assert_eq!(period(0), "PT1H");
    assert_eq!(period(90), "PT62M");
    // The longest that is lowered: `kql.window` says so of longer ones.
    assert_eq!(period(14 * 86_400 - 3_600), "P14D");
}

#[test]
fn a_watchlist_stands_in_a_template_where_it_fits() {
    let list = |bytes: usize| {
        let packed =
            packed("sentinel", &[], &[("vigie-a", format!("Indicator,Advisory,Quote,Expires\n{},,,\n", "a".repeat(bytes)))], &[], &json!({}));
        assert!(!file(&packed, "watchlists/vigie-a.csv").is_empty());
        assert_eq!(read(&packed, "watchlists/vigie-a.watchlist.json")["itemsSearchKey"], "Indicator");
        (codes(&packed), packed.files.iter().any(|file| file.path == "arm/watchlists/vigie-a.json"))
    };
    assert_eq!(list(900_000), (vec![], true));
    assert_eq!(list(1_000_000), (vec!["kql.list-by-hand"], false));
}

#[test]
fn rules_that_look_for_the_same_share_a_list() {
    let text = "Indicator,Advisory,Quote,Expires\nexample.com,EXAMPLE-1,,\n".to_owned();
    let rules: Vec<(Detection, Card)> = ["vigie-long", "vigie-b"]
        .iter()
        .enumerate()
        .map(|(number, alias)| {
            let detection = detection(number, meta(), Vec::new());
            let query = format!("let indicators = _GetWatchlist(\"{alias}\") | project SearchKey;\nDnsEvents\n| where Name in (indicators)");
            let card = Card { query, watchlists: vec![(*alias).to_owned()], ..card(&detection) };
            (detection, card)
        })
        .collect();
    let packed = packed("sentinel", &rules, &[("vigie-long", text.clone()), ("vigie-b", text)], &[], &json!({}));
    let lists: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).filter(|path| path.starts_with("arm/watchlists/")).collect();
    assert_eq!(lists, ["arm/watchlists/vigie-b.json"]);
    assert!(file(&packed, "analytics-rules/EXAMPLE-1/block0.yaml").contains("_GetWatchlist(\"vigie-b\")"));
}

#[test]
fn text_of_people_is_no_formula_and_no_expression() {
    for (text, written) in [("=a", "'=a"), ("+1", "'+1"), (" -a\n b", "'-a b"), ("@a", "'@a"), ("a=b", "a=b"), ("\t=a", "'=a")] {
        assert_eq!(lower_context::free(text), written);
    }
    assert_eq!(pack_arm::plain(json!({ "a": ["[x]", "[x] y", "[[x]"] })), json!({ "a": ["[[x]", "[x] y", "[[[x]"] }));
}

#[test]
fn an_alert_names_the_value_that_was_found() {
    let listed = detection(0, meta(), vec![indicator("192.0.2.1")]);
    let packed = one("sentinel", listed.clone(), |card| card.title = "Seen: {{x}}".to_owned());
    let rule = read(&packed, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"].clone();
    assert_eq!(rule["alertDetailsOverride"]["alertDisplayNameFormat"], "Seen: { {x} }: {{FileName}}");
    assert_eq!(rule["eventGroupingSettings"]["aggregationKind"], "AlertPerResult");
    let watched = one("sentinel", listed, |card| card.asked = lower_context::columns().collect());
    let rule = read(&watched, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"].clone();
    assert_eq!(rule["alertDetailsOverride"]["alertDisplayNameFormat"], "A block, number 0: {{Indicator}}");
    assert_eq!(rule["customDetails"], json!({ "Indicator": "Indicator", "Advisory": "Advisory", "Quote": "Quote", "Expires": "Expires" }));
    let behaviour = one("sentinel", detection(0, meta(), Vec::new()), |_| {});
    assert_eq!(read(&behaviour, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"].get("alertDetailsOverride"), None);
}

#[test]
fn a_description_says_things_once() {
    let told = |detection: Detection, notes: &[&str]| {
        let packed = one("sentinel", detection, |card| card.notes = notes.iter().map(|note| (*note).to_owned()).collect());
        read(&packed, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"]["description"].as_str().unwrap().to_owned()
    };
    let mut behaviour = detection(0, meta(), Vec::new());
    behaviour.title = "EXAMPLE-1: A shell".to_owned();
    behaviour.description = "A shell. Described in EXAMPLE-1 (Title). Because: \"a shell\". Hits are reported to a@b.example.".to_owned();
    let notes =
        ["Advisory: EXAMPLE-1 Title", "Cites report: \"a shell\" (report.md, line 4)", "See https://a.example/", "Report hits to a@b.example"];
    assert_eq!(told(behaviour.clone(), &notes), format!("{}\n\nSource report: report.md, line 4\nSee https://a.example/", behaviour.description));
    assert_eq!(told(detection(0, meta(), vec![indicator("192.0.2.1")]), &["Advisory: EXAMPLE-1 Title"]), "What it is.\n\nAdvisory: EXAMPLE-1 Title");
}

#[test]
fn leads_and_the_past_are_for_people() {
    let lead = Meta { verdict: Verdict::Lead, ..meta() };
    let packed = one("sentinel", detection(0, lead, Vec::new()), |_| {});
    assert!(file(&packed, "hunting-queries/EXAMPLE-1/block0.yaml").contains("name: A block, number 0\n"));
    assert_eq!(read(&packed, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"]["incidentConfiguration"]["createIncident"], false);
    let hunt = Meta { hunt: Some(Window { from: Some(date(2024, 1, 10)), until: Some(date(2024, 1, 31)) }), ..meta() };
    let packed = one("sentinel", detection(0, hunt, Vec::new()), |_| {});
    let query = read(&packed, "arm/hunting/EXAMPLE-1/block0.json")["resources"][0]["properties"]["query"].clone();
    assert!(query.as_str().unwrap().ends_with("\n| where TimeGenerated >= datetime(2024-01-10) and TimeGenerated < datetime(2024-02-01)"), "{query}");
}

#[test]
fn retired_rules_are_switched_off_once() {
    let retired = [Retired { id: "00000000-0000-5000-8000-000000000001".to_owned(), title: "Gone".to_owned(), profile: "sentinel".to_owned() }];
    let packed = packed("sentinel", &[], &[], &retired, &json!({}));
    let rule = read(&packed, "arm/retired.json")["resources"][0].clone();
    assert_eq!((&rule["properties"]["enabled"], &rule["properties"]["displayName"]), (&json!(false), &json!("Retired: Gone")));
    assert_eq!(read(&packed, "retired.json")[0]["id"], retired[0].id);
}

#[test]
fn indicators_bear_their_marking_and_their_end() {
    let meta = Meta {
        tlp: Some(Tlp::Amber),
        published: Some(date(2024, 1, 10)),
        valid: Some(Window { from: None, until: Some(date(2024, 6, 30)) }),
        citations: vec![Citation { quote: "=a relay".to_owned(), source: "report".to_owned(), file: None, line: None, url: None }],
        ..meta()
    };
    let listed = detection(0, meta, vec![indicator("192.0.2.1"), indicator("198.51.100.0/24")]);
    let packed = one("sentinel", listed.clone(), |_| {});
    let body = read(&packed, "threat-intelligence/upload-all.json");
    let object = body["stixobjects"].as_array().unwrap().iter().find(|object| object["pattern"] == "[ipv4-addr:value = '192.0.2.1']").unwrap();
    assert_eq!(object["valid_until"], "2024-07-01T00:00:00.000Z");
    assert_eq!(object["object_marking_refs"], json!(["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]));
    let packed = one("defender", listed, |_| {});
    assert_eq!(codes(&packed), ["kql.no-indicator"]);
    let line = file(&packed, "indicators/IpAddress-all.csv").lines().nth(1).unwrap();
    assert_eq!(line, "IpAddress,192.0.2.1,2024-07-01T00:00:00.0Z,Audit,Medium,EXAMPLE-1: c2 IpAddress,'=a relay,,,CommandAndControl,,TRUE");
}

#[test]
fn a_tenant_keeps_so_many_indicators() {
    let packed = |count: usize| {
        let addresses = (0..count).map(|number| indicator(&format!("2001:db8::{number:x}"))).collect();
        one("defender", detection(0, meta(), addresses), |_| {})
    };
    let files = |packed: &Packed| packed.files.iter().filter(|file| file.path.starts_with("indicators/")).count();
    assert_eq!(files(&packed(500)), 1);
    assert_eq!(files(&packed(501)), 2);
    assert_eq!(codes(&packed(15_000)), [""; 0]);
    assert_eq!(codes(&packed(15_001)), ["kql.many-indicators"]);
}

#[test]
fn a_custom_detection_has_the_form_of_2026() {
    let packed = one("defender", detection(0, meta(), Vec::new()), |_| {});
    assert_eq!(
        read(&packed, "custom-detections/EXAMPLE-1/block0.json"),
        json!({
            "displayName": "A block, number 0",
            "status": "disabled",
            "queryCondition": { "queryText": "DeviceProcessEvents\n| where FileName == \"a.exe\"" },
            "schedule": { "frequency": "PT1H" },
            "detectionAction": { "alertTemplate": {
                "title": "A block, number 0",
                "description": "What it is.",
                "severity": "high",
                "entityMappings": { "hosts": [{ "deviceIdColumn": "DeviceId" }], "files": [{ "nameColumn": "FileName" }] },
                "tactics": [{ "tactic": "Execution", "techniques": [{ "technique": "T1059", "subTechniques": ["T1059.001"] }] }],
                "customDetails": { "FileName": "FileName" },
            } },
        })
    );
}

#[test]
fn what_people_write_names_no_column() {
    let mut hostile = detection(0, meta(), Vec::new());
    hostile.title = "A {{AccountName}}".to_owned();
    hostile.description = "As {{ user }} says.".to_owned();
    let packed = one("defender", hostile, |_| {});
    let alert = &read(&packed, "custom-detections/EXAMPLE-1/block0.json")["detectionAction"]["alertTemplate"];
    assert_eq!((&alert["title"], &alert["description"]), (&json!("A { {AccountName} }"), &json!("As { { user } } says.")));
}

#[test]
fn a_custom_detection_runs_as_often_as_it_may() {
    let frequency = |reach: u64| {
        let packed = one("defender", detection(0, meta(), Vec::new()), |card| card.reach = reach);
        read(&packed, "custom-detections/EXAMPLE-1/block0.json")["schedule"]["frequency"].as_str().unwrap().to_owned()
    };
    const HOUR: u64 = 3_600;
    for (reach, wanted) in
        [(0, "PT1H"), (4 * HOUR, "PT1H"), (4 * HOUR + 1, "PT3H"), (12 * HOUR + 1, "PT12H"), (48 * HOUR, "PT12H"), (48 * HOUR + 1, "P1D")]
    {
        assert_eq!(frequency(reach), wanted, "{reach}");
    }
}

#[test]
fn what_cannot_run_by_itself_is_for_people() {
    let there = |packed: &Packed, path: &str| packed.files.iter().any(|file| file.path == path);
    let nobody = one("defender", detection(0, meta(), Vec::new()), |card| card.shown.retain(|column| column != "DeviceId"));
    assert_eq!(codes(&nobody), ["kql.no-entity"]);
    assert!(there(&nobody, "hunting/EXAMPLE-1/block0.kql"));
    let sized = |size: usize| one("defender", detection(0, meta(), Vec::new()), |card| card.query = format!("DeviceEvents{}", " ".repeat(size - 12)));
    assert!(there(&sized(10_000), "custom-detections/EXAMPLE-1/block0.json"));
    assert!(there(&sized(10_001), "hunting/EXAMPLE-1/block0.kql"));
}

#[test]
fn a_hunt_says_how_many_days_it_sees() {
    let said = |until| {
        let hunt = Some(Window { from: Some(date(2024, 1, 1)), until });
        let packed = one("defender", detection(0, Meta { hunt, ..meta() }, Vec::new()), |_| {});
        assert!(file(&packed, "hunting/EXAMPLE-1/block0-past.kql").contains("| where Timestamp >= datetime(2024-01-01)"));
        packed.diagnostics.into_iter().map(|said| said.message).collect::<Vec<_>>()
    };
    assert_eq!(said(Some(date(2024, 1, 30))), [""; 0]);
    assert_eq!(said(Some(date(2024, 1, 31))), ["the advisory asks for 31 days, and advanced hunting keeps 30: at most 30 of them are seen"]);
    assert_eq!(said(None), ["the advisory asks for all days since 2024-01-01, and advanced hunting keeps 30: the last 30 are seen"]);
}

#[test]
fn one_indicator_more_changes_the_part_that_holds_it() {
    let items = |count: usize| (0..count).map(|number| (ir::id::of("x", &number.to_string()), number)).collect::<Vec<_>>();
    assert_eq!(parts(items(100), 100).len(), 1);
    assert_eq!(parts(items(101), 100).len(), 2);
    assert_eq!(parts(items(0), 100), []);
    let (before, after) = (parts(items(1_000), 100), parts(items(1_001), 100));
    assert_eq!(after.iter().filter(|part| !before.contains(part)).count(), 1);
    assert_eq!(after.iter().map(|(_, part)| part.len()).sum::<usize>(), 1_001);
    assert!(after.iter().all(|(_, part)| part.len() <= 100));
}

#[test]
fn long_names_keep_the_value() {
    let listed = detection(0, meta(), vec![indicator("192.0.2.1")]);
    let packed = one("sentinel", listed, |card| card.title = "a".repeat(300));
    let rule = read(&packed, "arm/rules/EXAMPLE-1/block0.json")["resources"][0]["properties"].clone();
    let name = rule["alertDetailsOverride"]["alertDisplayNameFormat"].as_str().unwrap();
    assert!(name.chars().count() <= 256 && name.ends_with("…: {{FileName}}"), "{name}");
    assert_eq!(pack_words::cut("ab", 2), "ab");
}

/// The query of a long list, run over a row that holds one of its values.
#[test]
fn a_list_tells_what_it_knows_of_the_value_that_was_found() {
    let profile = &crate::PROFILES[1];
    let address = |number: usize| format!("192.0.{}.{}", number / 250, number % 250);
    let cited = |number: usize| Indicator {
        citations: vec![Citation { quote: format!("=relay {number}"), source: "report".to_owned(), file: None, line: None, url: None }],
        valid: Some(Window { from: None, until: Some(date(2024, 6, 30)) }),
        ..indicator(&address(number))
    };
    let nets = (0..1_000).map(|number| ir::IpNet::from(address(number).parse::<std::net::IpAddr>().unwrap())).collect();
    let predicate = Predicate::test(Field::DestinationIp, ir::Op::Address(nets), span());
    let flows = Kind::Event(EventRule { event: EventSelector::of(EventClass::NetworkFlow), predicate });
    let asked = Detection { kind: flows, ..detection(0, meta(), (0..1_000).map(cited).collect()) };
    let job = backend::Job {
        profile,
        detections: &[&asked],
        overlay: &backend::Overlay::default(),
        numbers: backend::Section::default(),
        rule_texts: true,
        made_for: backend::For::Package,
        programs: None,
    };
    let compiled = backend::Target::compile(&crate::Kql, job);
    let query = evaluate::kql::Query::read(&compiled.rules[0].text).unwrap();
    let found = address(700);
    let row = |destination: &str| evaluate::kql::Row::from_iter([("DestinationIP".to_owned(), json!(destination))]);
    let table = |name: &str| {
        let all = logs::tables::columns::all(logs::tables::Product::Sentinel, name).unwrap();
        let rows = if name == "CommonSecurityLog" { vec![row(&found), row("203.0.113.9")] } else { Vec::new() };
        evaluate::kql::Table::new(all.map(|(name, holds)| (name.to_owned(), crate::judge::kind(holds))).collect(), &rows).unwrap()
    };
    let world = evaluate::kql::World {
        tables: query.tables().into_iter().map(|name| (name.to_owned(), table(name))).collect(),
        watchlists: crate::judge::watchlists(&compiled.artefacts),
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let answer = query.run(&world).unwrap();
    let told: Vec<[&Value; 4]> = answer.iter().map(|row| ["Indicator", "Advisory", "Quote", "Expires"].map(|name| &row[name])).collect();
    assert_eq!(told, [[&json!(found), &json!("EXAMPLE-1"), &json!("'=relay 700"), &json!("2024-06-30")]]);
}
