//! Is an event the same, however it was shipped, and is nothing that a log can hold too much?

use ir::{EventClass, EventSelector, Field, FieldRef, FieldValue, LogSource, Platform, Record};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{MAX_LINE, Stated, document, event, is_spread, line, records};

fn classes(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.event.to_string()).collect()
}

fn of(records: &[Record], class: EventClass) -> Record {
    records.iter().find(|record| record.event.class() == Some(class)).unwrap_or_else(|| panic!("{class}: {:?}", classes(records))).clone()
}

fn known(record: &Record, field: Field) -> String {
    match record.get(&field.into()).as_deref() {
        Some(FieldValue::List(list)) => list.iter().filter_map(|value| value.text().map(|text| text.into_owned())).collect::<Vec<_>>().join("|"),
        Some(value) => value.text().map(|text| text.into_owned()).unwrap_or_default(),
        None => String::new(),
    }
}

fn open(record: &Record, name: &str) -> Option<FieldValue> {
    record.fields.get(&FieldRef::Open(name.into())).cloned()
}

fn start() -> Value {
    json!({
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Provider_Name": "Microsoft-Windows-Sysmon", "Computer": "pc.example",
        "UtcTime": "2024-03-01 12:00:00.125", "Image": r"C:\Windows\System32\cmd.exe", "CommandLine": "cmd /c whoami", "ProcessId": 77,
        "User": r"EXAMPLE\analyst", "Hashes": "MD5=0123456789ABCDEF0123456789ABCDEF,IMPHASH=FEDCBA9876543210FEDCBA9876543210",
        "ParentImage": "", "Company": null
    })
}

#[test]
fn one_event_is_the_same_in_every_envelope() {
    let flat = start();
    let data: serde_json::Map<String, Value> = flat
        .as_object()
        .expect("an object")
        .iter()
        .filter(|(key, value)| !matches!(key.as_str(), "EventID" | "Channel" | "Provider_Name" | "Computer") && !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let items: Vec<Value> = data.iter().map(|(key, value)| json!({"@Name": key, "#text": value})).collect();
    let inner: Vec<Value> = data.iter().map(|(key, value)| json!({"#attributes": {"Name": key}, "#text": value})).collect();
    let dotted: serde_json::Map<String, Value> = data.iter().map(|(key, value)| (format!("winlog.event_data.{key}"), value.clone())).collect();
    let system = json!({
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": {"#text": "1", "#attributes": {"Qualifiers": 0}},
        "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "pc.example",
    });
    let mut beats = json!({"winlog.channel": "Microsoft-Windows-Sysmon/Operational", "winlog.event_id": "1",
        "winlog.provider_name": "Microsoft-Windows-Sysmon", "winlog.computer_name": "pc.example"});
    beats.as_object_mut().expect("an object").extend(dotted);
    let shapes = [
        flat.clone(),
        json!({"Event": {"System": system, "EventData": data}}),
        json!({"Event": {"System": system, "EventData": {"Data": items}}}),
        json!({"event_record_id": 5, "data": {"Event": {"System": system, "EventData": {"Data": inner}}}}),
        json!({"System": {"Provider": {"Name": "Microsoft-Windows-Sysmon"}, "EventID": {"Value": 1},
            "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "pc.example"}, "EventData": data}),
        json!({"winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": 1, "provider_name": "Microsoft-Windows-Sysmon",
            "computer_name": "pc.example", "event_data": data}}),
        beats,
        json!({"preview": false, "result": flat}),
        json!({"time": 1709294400, "sourcetype": "XmlWinEventLog", "event": flat}),
    ];
    let wanted = records(&shapes[0]);
    assert_eq!(classes(&wanted), ["process.start (windows)", "windows/sysmon/process_creation (windows)"]);
    for shape in &shapes {
        let found = event(shape, None);
        assert_eq!(found.time.map(|time| time.to_string()).as_deref(), Some("2024-03-01T12:00:00.125Z"), "{shape}");
        assert_eq!(classes(&found.records), classes(&wanted), "{shape}");
        for (is, wanted) in found.records.iter().zip(&wanted) {
            for (field, value) in &wanted.fields {
                assert_eq!(is.fields.get(field), Some(value), "{field} of {shape}");
            }
        }
    }
}

#[test]
fn fields_of_the_catalogue_are_written_its_way() {
    let found = of(&records(&start()), EventClass::ProcessStart);
    assert_eq!(known(&found, Field::ProcessName), "cmd.exe");
    assert_eq!(known(&found, Field::ProcessMd5), "0123456789ABCDEF0123456789ABCDEF");
    assert_eq!(known(&found, Field::ProcessImphash), "FEDCBA9876543210FEDCBA9876543210");
    assert_eq!((known(&found, Field::UserName), known(&found, Field::UserDomain)), ("analyst".to_owned(), "EXAMPLE".to_owned()));
    assert_eq!(found.fields.get(&Field::ProcessPid.into()), Some(&FieldValue::Number(77)));
    assert!(open(&found, "Hashes").is_some(), "the field as written stays");
    assert_eq!(found.fields.get(&Field::ParentPath.into()), Some(&FieldValue::Text(String::new())), "empty is not missing");
    assert!(!found.fields.contains_key(&Field::ProcessCompany.into()), "null is missing");

    let pipe = json!({"EventID": 17, "Channel": "Microsoft-Windows-Sysmon/Operational", "PipeName": r"\odd", "Image": "System"});
    assert_eq!(known(&of(&records(&pipe), EventClass::Pipe), Field::PipeName), "odd");
    let set = json!({"EventID": 13, "Channel": "Microsoft-Windows-Sysmon/Operational", "EventType": "SetValue",
        "TargetObject": r"HKU\S-1-5-21-1-2-3-1001\Software\X\Start", "Details": "DWORD (0x00000001)"});
    let set = of(&records(&set), EventClass::RegistrySet);
    assert_eq!(known(&set, Field::RegistryKey), r"HKU\S-1-5-21-1-2-3-1001\Software\X|HKCU\Software\X");
    assert_eq!(known(&set, Field::RegistryValueName), "Start");
    assert_eq!(known(&set, Field::RegistryPath), r"HKU\S-1-5-21-1-2-3-1001\Software\X\Start");
}

#[test]
fn an_event_belongs_to_the_log_sources_that_sigma_names() {
    let sysmon = |id: i64, kind: &str| {
        classes(&records(&json!({"EventID": id, "Channel": "Microsoft-Windows-Sysmon/Operational", "EventType": kind, "TargetObject": "HKLM\\X"})))
    };
    let with_own = |classes: [&str; 2], own: [&str; 2]| {
        let classes = classes.map(|class| format!("{class} (windows)"));
        [classes, own.map(|name| format!("windows/sysmon/{name} (windows)"))].concat()
    };
    assert_eq!(sysmon(12, "CreateKey"), with_own(["registry.create", "registry.change"], ["registry_add", "registry_event"]));
    assert_eq!(sysmon(12, "DeleteValue"), with_own(["registry.delete", "registry.change"], ["registry_delete", "registry_event"]));
    assert_eq!(sysmon(13, "SetValue"), with_own(["registry.change", "registry.set"], ["registry_event", "registry_set"]));
    assert_eq!(sysmon(5, ""), ["windows/sysmon/process_termination (windows)"]);
    let other = json!({"EventID": "4688", "Provider_Name": "Microsoft-Windows-Security-Auditing", "NewProcessName": r"C:\a.exe",
        "NewProcessId": "0x1f", "ProcessId": "0x4", "SubjectUserName": "analyst", "SubjectDomainName": "EXAMPLE", "MandatoryLabel": "S-1-16-12288"});
    let found = records(&other);
    assert_eq!(classes(&found), ["process.start (windows)", "windows/security/process_creation (windows)"]);
    let start = of(&found, EventClass::ProcessStart);
    assert_eq!(known(&start, Field::ProcessPath), r"C:\a.exe");
    assert_eq!((known(&start, Field::ProcessPid), known(&start, Field::ParentPid)), ("31".to_owned(), "4".to_owned()));
    assert_eq!(known(&start, Field::UserAccount), r"EXAMPLE\analyst");
    assert_eq!(known(&start, Field::ProcessIntegrity), "High");
    let failed = json!({"EventID": 4625, "Channel": "Security", "TargetUserName": "analyst", "LogonType": "3", "IpAddress": "192.0.2.1"});
    let failed = of(&records(&failed), EventClass::AuthLogon);
    assert_eq!((known(&failed, Field::Outcome), known(&failed, Field::SourceIp)), ("failure".to_owned(), "192.0.2.1".to_owned()));
    assert_eq!(classes(&records(&json!({"EventID": 7, "Channel": "Some/Channel"}))), ["windows (windows)"]);
}

#[test]
fn other_logs_tell_themselves() {
    let open = |value: Value| -> Vec<String> { classes(&records(&value)) };
    let cases = [
        (json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}), "aws/cloudtrail", Some(EventClass::CloudAudit)),
        (json!({"detail-type": "x", "detail": {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}}), "aws/cloudtrail", None),
        (json!({"category": "AuditLogs", "operationName": "Add", "tenantId": "t"}), "azure/auditlogs", None),
        (json!({"category": "NonInteractiveUserSignInLogs", "operationName": "Sign-in", "tenantId": "t"}), "azure/signinlogs", None),
        (json!({"Type": "AzureActivity", "OperationNameValue": "x"}), "azure/activitylogs", None),
        (json!({"riskEventType": "x"}), "azure/riskdetection", None),
        (json!({"eventType": "a", "outcome": {"result": "SUCCESS"}, "actor": {}, "published": "x"}), "okta/okta", None),
        (json!({"action": "org.add", "actor": "a", "org": "o"}), "github/audit", None),
        (json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "get"}), "kubernetes/audit/application", None),
        (json!({"protoPayload": {"methodName": "x"}}), "gcp/gcp.audit", None),
        (json!({"Workload": "Exchange", "Operation": "New-InboxRule"}), "m365/exchange", None),
        (json!({"_path": "dns", "ts": 1, "query": "a.example"}), "zeek/dns", Some(EventClass::DnsQuery)),
        (json!({"uid": "C1", "id.orig_h": "192.0.2.1", "server_name": "a.example", "cipher": "x", "version": "y"}), "zeek/ssl", None),
        (
            json!({"event_type": "tls", "src_ip": "192.0.2.1", "proto": "TCP", "tls": {"sni": "a.example"}}),
            "suricata/tls",
            Some(EventClass::TlsHandshake),
        ),
        (json!({"type": "EXECVE", "a0": "ls"}), "linux/auditd (linux)", None),
        (json!({"MESSAGE": "Accepted", "__REALTIME_TIMESTAMP": "1", "SYSLOG_IDENTIFIER": "sshd"}), "linux/sshd (linux)", None),
        (json!({"c-uri": "http://a.example/", "cs-method": "GET"}), "proxy", Some(EventClass::HttpRequest)),
        (json!({"cs-uri-stem": "/", "s-ip": "192.0.2.1"}), "webserver", Some(EventClass::HttpRequest)),
    ];
    for (value, source, class) in cases {
        let found = open(value.clone());
        assert!(found.iter().any(|name| name == source), "{value}: {found:?}");
        assert!(class.is_none_or(|class| found.iter().any(|name| name.starts_with(class.name()))), "{value}: {found:?}");
    }
    assert!(records(&json!({"hello": "world"})).is_empty());
    // Each sensor has its own names for versions; one that nobody knows stays as it is.
    let version = |value: Value| known(&of(&records(&value), EventClass::TlsHandshake), Field::TlsVersion);
    let zeek = |version: &str| json!({"_path": "ssl", "ts": 1, "server_name": "a.example", "version": version});
    assert_eq!((version(zeek("TLSv12")), version(zeek("DTLSv12"))), ("TLS 1.2".to_owned(), "DTLSv12".to_owned()));
    let eve = json!({"event_type": "tls", "src_ip": "192.0.2.1", "proto": "TCP", "tls": {"sni": "a.example", "version": "TLSv1"}});
    assert_eq!(version(eve), "TLS 1.0");
    let ecs = json!({"event": {"category": ["process"], "type": ["start"]}, "process": {"executable": "/bin/sh", "parent": {"name": "cron"}},
        "host": {"os": {"type": "linux"}}});
    let start = of(&records(&ecs), EventClass::ProcessStart);
    assert_eq!((known(&start, Field::ProcessName), known(&start, Field::ParentName)), ("sh".to_owned(), "cron".to_owned()));
    assert_eq!(start.event.platform, Some(Platform::Linux));
}

#[test]
fn a_stated_source_counts() {
    let stated = Stated::parse("linux/process_creation").expect("a source");
    let found = event(&json!({"Image": "/bin/sh", "User": "root"}), Some(&stated)).records;
    assert_eq!(classes(&found), ["process.start (linux)", "linux/process_creation (linux)"]);
    assert_eq!(known(&found[0], Field::UserName), "root");
    assert!(Stated::parse("a/b/c/d").is_none());
}

#[test]
fn nested_values_have_dotted_names_and_lists_hold_any() {
    let value = json!({"eventSource": "s3.amazonaws.com", "eventName": "x", "a": {"b": [{"c": 1}, {"c": "two"}], "d": null, "e": []}});
    let found = records(&value);
    let trail = found.iter().find(|record| record.event.class().is_none()).expect("the trail");
    assert_eq!(open(trail, "a.b.c"), Some(FieldValue::List(vec![FieldValue::Number(1), FieldValue::Text("two".to_owned())])));
    assert_eq!(open(trail, "a.d"), None);
    assert_eq!(open(trail, "a.e"), Some(FieldValue::List(Vec::new())));
    assert!(matches!(open(trail, "a"), Some(FieldValue::Text(text)) if text.contains("two")), "an object is text to who asks for it whole");
    assert_eq!(
        trail.event,
        EventSelector {
            source: LogSource::Open { category: None, product: Some("aws".into()), service: Some("cloudtrail".into()) },
            platform: None,
            flow: None,
            sensor: None
        }
    );
}

#[test]
fn a_bad_line_costs_itself_and_says_where() {
    let bad = |text: &[u8]| line(text, 7).remove(0).event.expect_err("no event");
    let broken = bad(br#"  {"a": 1,}"#);
    assert_eq!((broken.why.as_str(), broken.column), ("trailing comma", 11));
    assert!(bad(b"{\"a\": \"\xff\"}").why.contains("unicode"));
    assert!(bad(b"{\"a\": 1e999}").why.contains("number out of range"));
    assert!(bad(b"[1]").why.contains("objects"));
    assert!(bad(b"5").why.contains("object"));
    assert!(bad("[".repeat(100_000).as_bytes()).why.contains("recursion limit"));
    assert!(bad(&vec![b'x'; MAX_LINE + 1]).why.contains("MiB"));
    assert!(line(b" \r\n", 1).is_empty());
    let twice = line(br#"{"a": 1, "a": 2}"#, 1).remove(0).event.expect("an event");
    assert_eq!(twice, json!({"a": 2}), "the last of a key counts");
    let huge = records(&json!({"eventSource": "a.amazonaws.com", "eventName": "x", "n": 18_446_744_073_709_551_615_u64, "f": 1.5}));
    assert_eq!(open(&huge[0], "n"), Some(FieldValue::Text("18446744073709551615".to_owned())));
    assert_eq!(open(&huge[0], "f"), Some(FieldValue::Text("1.5".to_owned())));
}

#[test]
fn lists_and_documents_give_their_events_with_lines() {
    let text = b"[\n {\"a\": 1},\n {\"a\":\n 2}\n]\n{\"Records\": [{\"a\": 3}, {\"a\": 4}]}\n{broken\n{\"a\": 5}";
    assert!(is_spread(text) && !is_spread(b"{\"a\": 1}\n{\"a\": 2}") && !is_spread(b"{broken}\n"));
    let found = document(text);
    let lines: Vec<(usize, Option<i64>)> =
        found.iter().map(|line| (line.line, line.event.as_ref().ok().and_then(|event| event["a"].as_i64()))).collect();
    assert_eq!(lines, [(2, Some(1)), (3, Some(2)), (6, Some(3)), (6, Some(4)), (7, None), (8, Some(5))]);
    assert_eq!(line(br#"{"Records": [{"a": 3}, {"a": 4}]}"#, 1).len(), 2);
    assert_eq!(line(br#"{"_index": "x", "_source": {"a": 3}}"#, 1)[0].event, Ok(json!({"a": 3})));
}

#[test]
fn deep_events_have_bounded_names() {
    let mut value = json!("bottom");
    for _ in 0..100 {
        value = json!({ "k".repeat(100): value });
    }
    let found = records(&json!({"eventSource": "a.amazonaws.com", "eventName": "x", "deep": value}));
    assert!(found[0].fields.keys().all(|field| field.name().len() <= 512));
    let bottom = |value: &FieldValue| value.any(&mut |value| value.text().is_some_and(|text| text == "bottom"));
    assert!(found[0].fields.values().any(bottom), "what lies deeper is still found");
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("Event"),
        Just("System"),
        Just("EventData"),
        Just("Data"),
        Just("#text"),
        Just("#attributes"),
        Just("@Name"),
        Just("Name"),
        Just("EventID"),
        Just("Channel"),
        Just("winlog"),
        Just("event_data"),
        Just("protoPayload"),
        Just("type"),
        Just("Hashes"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(Value::from("Microsoft-Windows-Sysmon/Operational")),
        (1..30_i64).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_is_too_odd(value in any_json()) {
        let _ = event(&value, None);
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(prop_oneof![Just(b'{'), Just(b'}'), Just(b'['), Just(b'"'), Just(b':'), Just(b','), Just(b'\n'), Just(b'1'), any::<u8>()], 0..60)) {
        let _ = line(&bytes, 1);
        let _ = is_spread(&bytes);
        let _ = document(&bytes);
    }
}
