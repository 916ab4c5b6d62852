//! Does an app hold what it should, and is what cannot be followed refused?

use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, ArtefactKind, Label, Packed, Packing, Part, Retired};
use ir::EventClass as E;
use ir::Field as F;
use ir::{Date, Detection, Direction, Indicator, Kind, Observable, ObservableKind, Predicate, Role, Window};
use serde_json::{Value, json};
use source::Severity;

use super::*;
use crate::tests::{compile, detection, profile as profile_of, rule, span};

/// Two detections of an advisory, dated or not.
fn detections(dated: bool) -> Vec<Detection> {
    let mut out = Vec::new();
    for name in ["one", "two"] {
        let mut made = detection(name, Kind::Event(rule(E::ProcessStart, Predicate::is(F::ProcessName, "example.exe", span()))));
        let mut meta = (*made.meta).clone();
        meta.published = dated.then(|| Date::constant(2024, 1, 10));
        meta.hunt = Some(Window { from: Some(Date::constant(2024, 1, 1)), until: Some(Date::constant(2024, 1, 31)) });
        made.meta = std::sync::Arc::new(meta);
        out.push(made);
    }
    out
}

fn label() -> Label {
    Label { name: "example".to_owned(), title: "Example".to_owned(), author: "Example".to_owned(), version: "1.0.0".to_owned() }
}

fn packed(detections: &[Detection], profiles: &[&'static str], settings: &Value, retired: &[Retired]) -> Packed {
    packed_after(detections, profiles, settings, retired, None)
}

fn packed_after(
    detections: &[Detection],
    profiles: &[&'static str],
    settings: &Value,
    retired: &[Retired],
    before: Option<&dyn backend::Before>,
) -> Packed {
    let compiled: Vec<_> = profiles.iter().map(|profile| (*profile, compile(profile, detections))).collect();
    let parts: Vec<Part<'_>> =
        compiled.iter().map(|(profile, made)| Part { profile: profile_of(profile), artefacts: &made.artefacts, rules: &made.rules }).collect();
    pack(&Packing { label: &label(), detections, withheld: &BTreeSet::new(), parts: &parts, retired, before, programs: None, settings })
}

fn codes(packed: &Packed) -> Vec<(&'static str, Severity)> {
    packed.diagnostics.iter().map(|said| (said.code.slug, said.severity)).collect()
}

/// The settings of each saved search.
fn searches(packed: &Packed) -> BTreeMap<String, BTreeMap<String, String>> {
    let file = packed.files.iter().find(|file| file.path == "example/default/savedsearches.conf").expect("it is there");
    let text = String::from_utf8(file.bytes.clone()).expect("text");
    let conf = verify::conf(&text).expect("it reads");
    let settings = |settings: &verify::Settings<'_>| settings.iter().map(|(key, value)| ((*key).to_owned(), value.to_string())).collect();
    conf.iter().map(|(name, of)| ((*name).to_owned(), settings(of))).collect()
}

#[test]
fn an_app_holds_nothing_of_the_site_and_its_archive_holds_everything() {
    let made = packed(&detections(true), &["raw", "cim"], &json!({}), &[]);
    assert_eq!(codes(&made), []);
    let (archive, files): (Vec<_>, Vec<_>) = made.files.iter().partition(|file| file.path == "example-1.0.0.tgz");
    assert_eq!(archive.len(), 1);
    assert!(files.iter().all(|file| file.path.starts_with("example/") && !file.path.contains("local")));
    let held: Vec<(&str, &[u8])> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(archive[0].bytes, archive::tgz(&held));
    assert_eq!(made.files, packed(&detections(true), &["raw", "cim"], &json!({}), &[]).files);
}

#[test]
fn searches_are_off_until_the_site_names_them_and_run_in_one_profile() {
    let off = searches(&packed(&detections(true), &["raw", "cim"], &json!({}), &[]));
    let rules = |of: &BTreeMap<String, BTreeMap<String, String>>, state: &str| {
        of.iter().filter(|(_, settings)| settings.get("disabled").is_some_and(|off| off == state)).count()
    };
    assert_eq!((rules(&off, "0"), rules(&off, "1")), (0, 4));
    let on = searches(&packed(&detections(true), &["raw", "cim"], &json!({"enable": ["TEST-1/one"], "every_minutes": 15}), &[]));
    let running: Vec<_> = on.iter().filter(|(_, settings)| settings.get("disabled").is_some_and(|off| off == "0")).collect();
    let [(name, settings)] = running.as_slice() else { panic!("{running:#?}") };
    assert!(!name.ends_with("cim"), "{name}");
    assert_eq!(settings["dispatch.earliest_time"], "-20m@m");
    assert_eq!(settings["cron_schedule"].split(',').count(), 4);
    let other = searches(&packed(&detections(true), &["raw", "cim"], &json!({"enable": ["TEST-1"], "prefer": "cim"}), &[]));
    assert!(other.iter().filter(|(_, settings)| settings.get("disabled").is_some_and(|off| off == "0")).all(|(name, _)| name.ends_with("cim")));
}

#[test]
fn a_hunt_is_not_scheduled_and_reads_the_days_of_the_advisory() {
    let all = searches(&packed(&detections(true), &["raw"], &json!({}), &[]));
    let hunts: Vec<_> = all.iter().filter(|(name, _)| name.starts_with("Hunt: ")).collect();
    assert_eq!(hunts.len(), 2);
    for (_, hunt) in hunts {
        assert_eq!(hunt["enableSched"], "0");
        assert_eq!(hunt["dispatch.earliest_time"], "2024-01-01T00:00:00.000+00:00");
        assert_eq!(hunt["dispatch.latest_time"], "2024-02-01T00:00:00.000+00:00");
        assert!(!hunt.contains_key("cron_schedule"));
    }
    assert!(!searches(&packed(&detections(true), &["raw"], &json!({"hunts": false}), &[])).keys().any(|name| name.starts_with("Hunt")));
}

#[test]
fn what_is_gone_stands_there_switched_off() {
    let gone = Retired { id: "Gone - 12345678".to_owned(), title: "Gone".to_owned(), profile: "raw".to_owned() };
    let all = searches(&packed(&detections(true), &["raw"], &json!({}), &[gone]));
    let settings = &all["Gone - 12345678"];
    assert_eq!((settings["disabled"].as_str(), settings["action.correlationsearch.enabled"].as_str()), ("1", "0"));
}

#[test]
fn what_both_profiles_look_up_stands_in_the_app_once() {
    let names: Vec<String> = (0..150).map(|at| format!("tool{at}.exe")).collect();
    let patterns = names.iter().map(|name| ir::Pattern::exact(name.as_str())).collect();
    let mut made = detections(true);
    made.truncate(1);
    made[0].kind = Kind::Event(rule(E::ProcessStart, Predicate::text(F::ProcessCommandLine, patterns, ir::Case::Insensitive, span())));
    let of = |profiles: &[&'static str]| packed(&made, profiles, &json!({}), &[]);
    let tables = |made: &Packed| made.files.iter().filter(|file| file.path.starts_with("example/lookups/")).count();
    let both = of(&["raw", "cim"]);
    assert_eq!((tables(&of(&["raw"])), tables(&of(&["cim"])), tables(&both)), (1, 1, 1));
    let table = both.files.iter().find(|file| file.path.starts_with("example/lookups/")).expect("it is there");
    assert_eq!(table.rules.len(), 2);
    let name = table.path.trim_start_matches("example/lookups/").trim_end_matches(".csv");
    assert!(searches(&both).values().all(|settings| settings["search"].contains(&format!("lookup {name} value"))));
}

#[test]
fn settings_that_cannot_be_followed_are_refused() {
    for wrong in [
        json!({"index": "main"}),
        json!({"indexes": ["*"]}),
        json!({"indexes": ["a b"]}),
        json!({"indexes": ["_*"]}),
        json!({"macros": {"no_such_macro": "index=main"}}),
        json!({"macros": {"vigie_windows": "a\nb"}}),
        json!({"prefer": "asim"}),
        json!({"every_minutes": 7}),
        json!({"findings_from": "huge"}),
        json!({"scores": {"high": 101}}),
    ] {
        let made = packed(&detections(true), &["raw"], &wrong, &[]);
        assert_eq!(codes(&made), [("splunk.setting", Severity::Error)], "{wrong}");
        assert!(made.files.is_empty(), "{wrong}");
    }
    // A slip would leave a search switched off.
    let made = packed(&detections(true), &["raw"], &json!({"enable": ["NO-SUCH"]}), &[]);
    assert_eq!(codes(&made), [("splunk.setting", Severity::Error)]);
}

#[test]
fn a_site_s_own_definitions_and_words_hold() {
    let settings = json!({"indexes": ["win-*", "main"], "macros": {"vigie_windows": "index=win"}, "enterprise_security": false});
    let made = packed(&detections(true), &["raw"], &settings, &[]);
    let macros = made.files.iter().find(|file| file.path.ends_with("macros.conf")).expect("it is there");
    let text = String::from_utf8_lossy(&macros.bytes).into_owned();
    let conf = verify::conf(&text).expect("it reads");
    assert_eq!(conf["vigie_windows"]["definition"], "index=win");
    assert_eq!(conf["vigie_indexes"]["definition"], r#"index IN ("win-*", "main")"#);
    assert!(searches(&made).values().all(|settings| !settings.keys().any(|key| key.starts_with("action."))));
}

#[test]
fn indicators_stand_in_the_tables_of_threat_intelligence_when_a_site_asks() {
    let mut made = detections(true);
    let indicator = |text: &str, note: &str| Indicator {
        observable: Observable::parse(ObservableKind::Domain, text).expect("a domain"),
        role: Role::Unknown,
        direction: Direction::Either,
        valid: None,
        confidence: None,
        tlp: None,
        techniques: Vec::new(),
        size: None,
        note: Some(note.to_owned()),
        origins: Vec::new(),
        citations: Vec::new(),
    };
    made[0].indicators = std::sync::Arc::from([indicator("one.example", "=1+1"), indicator("two.example", "two")]);
    let path = "example/lookups/vigie_domain_intel.csv";
    let without = packed(&made, &["raw"], &json!({}), &[]);
    assert!(without.files.iter().all(|file| file.path != path));
    let with = packed(&made, &["raw"], &json!({"threat_intelligence": true}), &[]);
    let table = with.files.iter().find(|file| file.path == path).expect("it is there");
    let text = String::from_utf8_lossy(&table.bytes).into_owned();
    assert_eq!(text, "description,domain,weight\nTEST-1; =1+1,one.example,40\nTEST-1; two,two.example,40\n");
}

#[test]
fn rules_stand_beside_the_app_as_content_when_a_site_asks() {
    let mut made = detections(true);
    made[0].title = "A long title: ".repeat(20);
    let with = packed(&made, &["raw", "cim"], &json!({"escu": true}), &[]);
    let of: Vec<_> = with.files.iter().filter(|file| file.path.starts_with("escu/detections/")).collect();
    assert_eq!(of.len(), 4);
    for file in of {
        let read = escu(file);
        let (name, stem) = (read["name"].as_str().expect("text"), file.path.rsplit('/').next().expect("a name").trim_end_matches(".yml"));
        assert!(name.len() <= 50 && name.replace(' ', "_").to_ascii_lowercase() == stem, "{name} {stem}");
        assert!(read["search"].as_str().expect("text").contains(&format!("`{stem}_filter`")));
        assert!(file.path.starts_with(&format!("escu/detections/{}/", read["category"].as_str().expect("text"))));
        assert_eq!(read["version"], 1);
        let kind = match (read["finding"].is_null(), read["intermediate_findings"].is_null()) {
            (false, _) => "TTP",
            (true, false) => "Anomaly",
            (true, true) => "Hunting",
        };
        assert_eq!(read["type"], kind);
    }
    assert!(with.files.iter().any(|file| file.path == "escu/macros/vigie_indexes.yml"));
    assert!(packed(&made, &["raw"], &json!({}), &[]).files.iter().all(|file| !file.path.starts_with("escu/")));
}

/// What a file of content says.
fn escu(file: &PackedFile) -> Value {
    serde_yaml::from_slice(&file.bytes).expect("it reads")
}

/// The package before, as files in memory.
#[derive(Debug)]
struct Earlier(Vec<PackedFile>);

impl backend::Before for Earlier {
    fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.0.iter().find(|file| file.path == path).map(|file| file.bytes.clone())
    }
}

#[test]
fn content_that_no_lock_remembers_follows_from_the_content_before() {
    let (macros, story) = ("escu/macros/vigie_indexes.yml", "escu/stories/test_1.yml");
    let find = |files: &[PackedFile], path: &str| escu(files.iter().find(|file| file.path == path).expect("it is there"));
    let first = packed(&detections(true), &["raw"], &json!({"escu": true}), &[]).files;
    let again = packed_after(&detections(true), &["raw"], &json!({"escu": true}), &[], Some(&Earlier(first.clone()))).files;
    assert_eq!(find(&first, macros), find(&again, macros));
    let settings = json!({"escu": true, "indexes": ["win"]});
    let next = packed_after(&detections(true), &["raw"], &settings, &[], Some(&Earlier(again))).files;
    assert_eq!((&find(&first, macros)["version"], &find(&next, macros)["version"]), (&json!(1), &json!(2)));
    assert_eq!(find(&first, story), find(&next, story));
}

#[test]
fn a_rule_of_no_day_is_none_of_enterprise_security() {
    let made = packed(&detections(false), &["raw"], &json!({}), &[]);
    assert_eq!(codes(&made), [("splunk.no-day", Severity::Note)]);
    assert!(searches(&made).values().all(|settings| !settings.keys().any(|key| key.starts_with("action."))));
    assert_eq!(codes(&packed(&detections(false), &["raw"], &json!({"enterprise_security": false}), &[])), []);
}

#[test]
fn two_of_one_name_are_refused() {
    let made = packed(&detections(true), &["raw", "raw"], &json!({}), &[]);
    assert!(codes(&made).iter().all(|code| *code == ("splunk.twice", Severity::Error)) && !made.diagnostics.is_empty());
}

#[test]
fn a_table_that_memory_does_not_hold_is_told() {
    let table = |size: usize| Artefact::new("A/lookups/vigie_a.csv".to_owned(), ArtefactKind::List, "x".repeat(size));
    for (size, told) in [(IN_MEMORY, 0), (IN_MEMORY + 1, 1)] {
        let artefacts = [table(size)];
        let parts = [Part { profile: profile_of("raw"), artefacts: &artefacts, rules: &[] }];
        let made = pack(&Packing {
            label: &label(),
            detections: &[],
            withheld: &BTreeSet::new(),
            parts: &parts,
            retired: &[],
            before: None,
            programs: None,
            settings: &json!({}),
        });
        assert_eq!(made.diagnostics.iter().filter(|said| said.code.slug == "splunk.large-table").count(), told, "{size}");
    }
}
