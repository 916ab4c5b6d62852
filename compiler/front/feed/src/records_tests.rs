//! Feeds of JSON as many programs write them.

use super::Format;
use super::trial::{listed, try_out};

const SHA: &str = "3f1c0a5b7e9d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246";

#[test]
fn feeds_of_many_programs_are_read_by_their_keys() {
    let cases: [(String, &[&str]); 29] = [
        (r#"{"c2":["203.0.113.72"],"notes":["see b.example"],"hashes":{"md5":["5d7c1a9e3b2f4086c8d1e7a4b09f3265"]}}"#.into(), &["ip 203.0.113.72 c2 destination", "md5 5d7c1a9e3b2f4086c8d1e7a4b09f3265 unknown either"]),
        (r#"{"data":[{"type":"domain","id":"portal.example","attributes":{"reputation":-10}}]}"#.into(), &["domain portal.example unknown either"]),
        // A pulse of OTX, alone and in a page of results.
        (
            format!(r#"{{"id":"5f","name":"Loader","tlp":"green","references":["https://blog.example/1"],"malware_families":[{{"id":"Evil","display_name":"Evil"}}],"indicators":[{{"id":1,"indicator":"portal.example","type":"domain","is_active":1}},{{"id":2,"indicator":"{SHA}","type":"FileHash-SHA256","is_active":1}},{{"id":3,"indicator":"old.example","type":"domain","is_active":0}}]}}"#),
            &["domain portal.example unknown either", "sha256 3f1c0a5b7e9d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246 unknown either"],
        ),
        (r#"{"count":1,"results":[{"name":"P","indicators":[{"indicator":"portal.example","type":"hostname"}]}]}"#.into(), &["host portal.example unknown either"]),
        // ThreatFox: answer and export.
        (
            r#"{"query_status":"ok","data":[{"id":"1","ioc":"203.0.113.72:443","threat_type":"botnet_cc","ioc_type":"ip:port","malware_printable":"Evil","confidence_level":100,"first_seen":"2026-02-03 00:00:00 UTC","tags":["a"],"malware_samples":[]}]}"#.into(),
            &["ip 203.0.113.72:443 c2 destination"],
        ),
        (r#"{"1400":[{"ioc_value":"http://portal.example/a","ioc_type":"url","threat_type":"payload_delivery","tags":"x"}],"1401":[{"ioc_value":"b.example","ioc_type":"domain"}]}"#.into(), &["url http://portal.example/a delivery either", "domain b.example unknown either"]),
        // Feodo tracker, Spamhaus DROP.
        (r#"[{"ip_address":"203.0.113.72","port":8080,"status":"offline","hostname":null,"malware":"Evil"}]"#.into(), &["ip 203.0.113.72:8080 unknown either"]),
        ("{\"cidr\":\"198.51.100.0/24\",\"sblid\":\"SBL1\"}\n{\"cidr\":\"203.0.113.0/24\",\"sblid\":\"SBL2\"}\n{\"type\":\"metadata\",\"size\":2}\n".into(), &["ip 198.51.100.0/24 unknown either", "ip 203.0.113.0/24 unknown either"]),
        // Defender, CrowdStrike.
        (r#"{"value":[{"indicatorValue":"portal.example","indicatorType":"DomainName","action":"Block"},{"indicatorValue":"own.example","indicatorType":"DomainName","action":"Allowed"}]}"#.into(), &["domain portal.example unknown either"]),
        (r#"{"resources":[{"id":"domain_x","indicator":"portal.example","type":"domain","deleted":false,"labels":[{"name":"MaliciousConfidence/High"}],"relations":[{"indicator":"rel.example","type":"domain"}]},{"indicator":"gone.example","type":"domain","deleted":true}]}"#.into(), &["domain portal.example unknown either"]),
        // Plain lists.
        (r#"["portal.example","203.0.113.72"]"#.into(), &["domain portal.example unknown either", "ip 203.0.113.72 unknown either"]),
        (r#"{"domains":["portal.example"],"ips":["203.0.113.72"],"sources":["https://blog.example/1"]}"#.into(), &["domain portal.example unknown either", "ip 203.0.113.72 unknown either"]),
        // A digest tells the file, its name does not.
        (format!(r#"[{{"sha256_hash":"{SHA}","file_name":"invoice.exe"}}]"#), &["sha256 3f1c0a5b7e9d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246 unknown either"]),
        (r#"{"iocs":[{"ioc":{"value":"portal.example","type":"domain"},"verdict":"false positive"},{"ioc":{"value":"b.example","type":"domain"},"verdict":"malicious"}]}"#.into(), &["domain b.example unknown either"]),
        // ThreatStream, ThreatConnect, TheHive.
        (r#"{"meta":{"total":2},"objects":[{"value":"portal.example","itype":"c2_domain","status":"active"},{"value":"old.example","itype":"c2_domain","status":"falsepos"}]}"#.into(), &["domain portal.example c2 either"]),
        (r#"{"status":"Success","data":{"resultCount":2,"host":[{"id":1,"hostName":"portal.example"}],"address":[{"ip":"203.0.113.72"}],"url":[{"text":"http://b.example/a"}],"emailAddress":[{"address":"a@b.example"}]}}"#.into(), &["domain portal.example unknown either", "ip 203.0.113.72 unknown either", "url http://b.example/a unknown either", "email a@b.example unknown either"]),
        (r#"{"data":[{"type":"Host","summary":"portal.example","active":true},{"type":"Host","summary":"old.example","active":false}]}"#.into(), &["host portal.example unknown either"]),
        (r#"[{"dataType":"domain","data":"portal.example","ioc":true,"tlp":2,"pap":2},{"dataType":"domain","data":"own.example","ioc":false,"tlp":2}]"#.into(), &["domain portal.example unknown either"]),
        // Lists by key; a value as the key.
        (r#"{"domains":["portal.example"],"urls":["http://portal.example/a"],"ips":["203.0.113.72"]}"#.into(), &["domain portal.example unknown either", "url http://portal.example/a unknown either", "ip 203.0.113.72 unknown either"]),
        (r#"{"host":["portal.example"],"address":["203.0.113.72"],"victims":["own.example"]}"#.into(), &["host portal.example unknown either", "ip 203.0.113.72 unknown either"]),
        ("{\"network\":\"198.51.100.0\",\"netmask\":25}\n".into(), &["ip 198.51.100.0/25 unknown either"]),
        (r#"{"allow":["own.example"],"block":["portal.example"]}"#.into(), &["domain portal.example unknown either"]),
        (r#"{"benign":[{"value":"own.example","type":"domain"}],"malicious":[{"value":"portal.example","type":"domain"}]}"#.into(), &["domain portal.example unknown either"]),
        (r#"{"whitelist":["own.example"],"blacklist":["portal.example"]}"#.into(), &["domain portal.example unknown either"]),
        (r#"{"portal.example":{"last_seen":"2026-01-01","ip":"203.0.113.9"}}"#.into(), &["domain portal.example unknown either"]),
        (r#"{"ip":{"203.0.113.9":{"port":443}},"domain":{"portal.example":{"role":"c2"}}}"#.into(), &["ip 203.0.113.9:443 unknown either", "domain portal.example c2 either"]),
        (r#"[{"url":"http://portal.example/a","domain":"portal.example"}]"#.into(), &["url http://portal.example/a unknown either"]),
        (r#"{"203.0.113.9":{"malware":"Evil"},"portal.example":{"verdict":"malicious"},"own.example":{"verdict":"benign"}}"#.into(), &["ip 203.0.113.9 unknown either", "domain portal.example unknown either"]),
        (r#"{"name":"Allowlist of our partners","list":["own.example"]}"#.into(), &[]),
    ];
    for (text, want) in cases {
        let (lines, read) = try_out(Format::Json, &text);
        assert_eq!(lines, want, "{text}");
        assert!(read.diagnostics.iter().all(|said| said.code.slug == "feed.no-values"), "{text}: {:?}", read.diagnostics);
    }
}

#[test]
fn what_stands_around_the_list_speaks_for_it() {
    let text = r#"{"id":"5f","name":"Loader delivered by mail","adversary":"APT0","indicators":[{"indicator":"portal.example","type":"domain"},
        {"indicator":"b.example","type":"domain","tlp":"red"},{"indicator":"old.example","type":"domain","is_active":0}],
        "tlp":"amber","references":["https://blog.example/1"],"attack_ids":[{"id":"T1566","display_name":"T1566 - Phishing"}],"created":"2026-02-03T00:00:00"}"#;
    let (_, read) = try_out(Format::Json, text);
    let header = &read.header;
    assert_eq!(
        (header.title.as_deref(), header.tlp, header.actors.as_slice()),
        (Some("Loader delivered by mail"), Some(ir::Tlp::Amber), ["APT0".to_owned()].as_slice())
    );
    assert_eq!((header.references.len(), header.techniques.len(), header.published), (1, 1, "2026-02-03".parse().ok()));
    assert_eq!((read.indicators[0].tlp, read.indicators[1].tlp), (None, Some(ir::Tlp::Red)));
    assert_eq!(listed(&read), ["domain old.example: its `is_active` says `0`"]);
}

#[test]
fn numbers_are_markings_only_where_thehive_writes_them() {
    let tlp = |text: &str| try_out(Format::Json, text).1.header.tlp;
    for (number, want) in [("0", ir::Tlp::Clear), ("1", ir::Tlp::Green), ("2", ir::Tlp::Amber), ("3", ir::Tlp::Red), ("4", ir::Tlp::Red)] {
        assert_eq!(tlp(&format!(r#"[{{"dataType":"domain","data":"portal.example","tlp":{number}}}]"#)), Some(want));
        assert_eq!(
            tlp(&format!(r#"{{"title":"a","pap":2,"tlp":{number},"observables":[{{"dataType":"domain","data":"portal.example"}}]}}"#)),
            Some(want)
        );
        assert_eq!(
            tlp(&format!(r#"{{"title":"a","tlp":{number},"indicators":[{{"type":"domain","value":"portal.example"}}]}}"#)),
            Some(ir::Tlp::Red)
        );
        assert_eq!(
            tlp(r#"[{"_source":{"threat":{"indicator":{"type":"domain","domain":"portal.example","marking":{"tlp":"AMBER"}}}}}]"#),
            Some(ir::Tlp::Amber)
        );
        assert_eq!(tlp(&format!(r#"[{{"type":"domain","value":"portal.example","tlp":{number}}}]"#)), Some(ir::Tlp::Red));
    }
}

#[test]
fn what_is_no_feed_is_refused() {
    let message = |text: &str| {
        let (lines, read) = try_out(Format::Json, text);
        assert_eq!(lines, Vec::<String>::new(), "{text}");
        read.diagnostics.first().map(|said| (said.code.slug, said.message.clone())).unwrap()
    };
    let list = r#"{"name":"Office services","version":1,"description":"x","type":"hostname","matching_attributes":["domain"],"list":["a.example"]}"#;
    assert_eq!(
        message(list),
        ("feed.not-read", "the file is a MISP warning list (`Office services`), whose values are not to be alarmed on".to_owned())
    );
    assert_eq!(message(r#"{"name": 1, "text": "see portal.example"}"#).0, "feed.not-read");
    assert_eq!(message("[]").0, "feed.no-values");
    assert_eq!(message("[1, 2").0, "feed.broken");
    let catalogue = r#"{"title":"Catalogue","vulnerabilities":[{"cveID":"CVE-2024-0001","product":"G","notes":"https://vendor.example/1"}]}"#;
    let (lines, read) = try_out(Format::Json, catalogue);
    assert_eq!((lines.len(), read.header.cves.as_slice()), (0, ["CVE-2024-0001".to_owned()].as_slice()));
}
