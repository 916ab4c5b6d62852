//! Would the matrix notice? Faults are seeded into texts as a wrong table or a wrong printer would write them; each has to be caught, and the text
//! without it has to pass. No golden file takes part.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;

use backend::Outcome;
use pipeline::Output;
use pipeline::matrix::Standing;
use vigie_tests::judged::{self, Judged};
use vigie_tests::{root, tree};

/// What the shipped descriptions do not have: characters that are wildcards somewhere, letters whose case counts, long lists.
const ODD: &str = r#"vigie 1

advisory "SEEDED-2024-01" {
  title: "What tables and printers get wrong"
  tlp: clear
  published: 2024-01-10
}

correlate guesses "Many failures from one address" {
  attack: [T1110]   severity: low
  by: [source.ip]   within: 10m
  count { fail on auth.logon (windows) { outcome == "failure" } x 3.. }
}

behavior odd "Texts that are hard to write" {
  attack: [T1059.001]   severity: high
  facet stars on process.start (windows) {
    process.command_line contains 'a*b_c?d' and process.name == "tool.exe"
  }
  facet quotes on process.start (windows) {
    process.command_line contains 'say "\x" 100%'
  }
  facet cased on process.start (windows) {
    process.command_line contains "-EncodedFlag" cased and not process.parent.name in ["good.exe", "fine.exe"]
  }
  facet whole on process.start (windows) {
    process.command_line == "run me now" and process.integrity == "high"
  }
  facet absent on process.start (windows) {
    process.name == "nobody.exe" and process.company absent
  }
  facet number on network.flow (outbound) {
    destination.port >= 40000 and destination.port < 40100 and destination.ip under "203.0.113.0/24"
  }
  facet logon on auth.logon (windows) {
    outcome == "failure" and logon.type == 10 and user.name starts "svc-"
  }
  facet spoke on network.flow (windows, outbound) {
    process.name == "tool.exe" and destination.ip == "203.0.113.77"
  }
  facet asked on dns.query {
    dns.name under "tunnel.example" and dns.rcode == "NXDOMAIN"
  }
  facet sent on http.request (outbound) {
    url.path starts "/say;" and http.method == "GET" and http.user_agent ends "-odd" and not http.user_agent ends "x-odd"
  }
  facet named on tls.handshake {
    tls.sni starts "relay-"
  }
  facet beside on network.flow {
    destination.port == 47001 and not destination.ip under "203.0.113.0/24"
  }
  facet below on http.request (outbound) {
    url.host under "gate.example" and http.method == "PUT"
  }
  facet body on file.content {
    file.size < 4KB and b'MarkerOne' nocase and all of ["second string", "third string" wide]
  }
}

iocs digests : sha256 {
  role: payload
  - 132a1de059b13a95435f5557016ebf6aa54843606e45e29a3fcc56946b5f4fa7
}
"#;

/// One seeded fault.
struct Seed {
    /// What went wrong, as a table or a printer would have it.
    what: &'static str,
    /// The target's folder.
    target: &'static str,
    /// The detection.
    key: &'static str,
    /// What the text says.
    from: &'static str,
    /// What it would say then.
    to: &'static str,
}

const fn seed(what: &'static str, target: &'static str, key: &'static str, from: &'static str, to: &'static str) -> Seed {
    Seed { what, target, key, from, to }
}

const DEFENDER: &str = "kql/defender-xdr";
const SENTINEL: &str = "kql/sentinel";
const ASIM: &str = "kql/asim";
const SENSOR: &str = "suricata";
const RAW: &str = "splunk/raw";
const CIM: &str = "splunk/cim";

const SEEDS: &[Seed] = &[
    // KQL
    seed(
        "the log's sign for nothing as a value",
        SENTINEL,
        "SEEDED-2024-01/odd.absent",
        "ProcessCompany in (\"\", \"-\")",
        "isempty(ProcessCompany)",
    ),
    seed("machines of any platform", DEFENDER, "SEEDED-2024-01/guesses", "InitiatingProcessFolderPath !startswith \"/\"", "isnotempty(ActionType)"),
    seed("machines of any platform", DEFENDER, "SEEDED-2024-01/odd.quotes", "where FolderPath !startswith \"/\"", "where isnotempty(ActionType)"),
    seed("machines of any platform", ASIM, "SEEDED-2024-01/odd.quotes", "where DvcOs !in~ (", "where DvcOs !in~ (\"x\") or DvcOs in~ ("),
    seed(
        "events from nowhere as a group",
        SENTINEL,
        "SEEDED-2024-01/guesses",
        "iff(IpAddress == \"-\", \"\", tolower(IpAddress))",
        "tolower(IpAddress)",
    ),
    seed("events from nowhere as a group", RAW, "SEEDED-2024-01/guesses", "nullif(lower(IpAddress), \"-\")", "lower(IpAddress)"),
    seed("the log's sign for nothing as a value", RAW, "SEEDED-2024-01/odd.absent", " AND (NOT Company=\"-\")", ""),
    seed(
        "events from nowhere as a group",
        "sigma",
        "SEEDED-2024-01/guesses",
        "condition: selection and not filter_ip_address",
        "condition: selection",
    ),
    seed("a shown column that the table lacks", DEFENDER, "APT31-2021/exchange_webshell.spawn", "AccountUpn", "AccountUpnName"),
    seed("the wrong table", DEFENDER, "APT31-2021/exchange_webshell.spawn", "DeviceProcessEvents", "DeviceImageLoadEvents"),
    seed("the wrong word for an action", DEFENDER, "APT31-2021/exchange_webshell.drop", "\"FileCreated\"", "\"FileModified\""),
    seed(
        "`contains` for `startswith`",
        DEFENDER,
        "LINUXIMPLANT-2024-07/mimicry.start",
        "ProcessCommandLine startswith \"[kworker/\"",
        "ProcessCommandLine contains \"[kworker/\"",
    ),
    seed(
        "`==` for `=~`",
        DEFENDER,
        "APT31-2021/exchange_webshell.drop",
        "InitiatingProcessFileName =~ \"w3wp.exe\"",
        "InitiatingProcessFileName == \"w3wp.exe\"",
    ),
    seed("`in` for `in~`", DEFENDER, "APT31-2021/exchange_webshell.spawn", "FileName in~ (", "FileName in ("),
    seed(
        "a lost negation",
        DEFENDER,
        "RANSOM-2024-04/credentials.open",
        "where not(InitiatingProcessFolderPath",
        "where (InitiatingProcessFolderPath",
    ),
    seed(
        "the parent's column for the program's",
        DEFENDER,
        "APT31-2021/exchange_webshell.spawn",
        "where FileName in~",
        "where InitiatingProcessFileName in~",
    ),
    seed("the other end of a connection", DEFENDER, "APT31-2021/relays.network-flow-source", "where RemoteIP in (", "where LocalIP in ("),
    seed("the other way of a connection", DEFENDER, "SEEDED-2024-01/odd.number", "ActionType !in (", "ActionType in ("),
    seed("a network that is one bit wider", DEFENDER, "SEEDED-2024-01/odd.number", "203.0.113.0/24", "203.0.112.0/23"),
    seed(
        "a label that need not be whole",
        DEFENDER,
        "APT31-2021/tracking_link.mail",
        "endswith \".newsletter-receipts.example\"",
        "endswith \"newsletter-receipts.example\"",
    ),
    seed("`>` for `>=`", DEFENDER, "SEEDED-2024-01/odd.number", ">= 40000", "> 40000"),
    seed("another digest's column", DEFENDER, "LOADER-2024-03/files_sha256.process-start", "where SHA256 in~", "where SHA1 in~"),
    seed("a dropped escape", DEFENDER, "SEEDED-2024-01/odd.quotes", "\"\"\\x\"\"", "\"\"x\"\""),
    seed("case that does not count", DEFENDER, "SEEDED-2024-01/odd.cased", "contains_cs \"-EncodedFlag\"", "contains \"-EncodedFlag\""),
    seed("an alternative that was lost", DEFENDER, "APT31-2021/exchange_webshell.spawn", "\"powershell.exe\", ", ""),
    seed(
        "`and` for `or`",
        DEFENDER,
        "RANSOM-2024-04/no_way_back.shadow_copies",
        "\n    or (FileName =~ \"wmic.exe\"",
        "\n    and (FileName =~ \"wmic.exe\"",
    ),
    seed("the wrong number of an event", SENTINEL, "RANSOM-2024-04/credentials.open", "EventID == 10", "EventID == 8"),
    seed(
        "the wrong name in an event's data",
        SENTINEL,
        "RANSOM-2024-04/credentials.open",
        "<Data Name=\"TargetImage\">",
        "<Data Name=\"SourceImage\">",
    ),
    seed(
        "XML's escapes that stay",
        SENTINEL,
        "SEEDED-2024-01/odd.quotes",
        "extend ProcessCommandLine = unxml(extract(@'<Data Name=\"CommandLine\">([^<]*)', 1, EventData))",
        "extend ProcessCommandLine = substring(extract(@'<Data Name=\"CommandLine\">([^<]*)', 1, EventData), 1)",
    ),
    seed(
        "one event too few",
        SENTINEL,
        "GUESSING-2024-01/many_failures",
        "prev(TimeGenerated, 49), FirstKey1 = prev(Key1, 49)",
        "prev(TimeGenerated, 48), FirstKey1 = prev(Key1, 48)",
    ),
    seed("a window that is one minute longer", SENTINEL, "GUESSING-2024-01/many_failures", "<= 15m", "<= 16m"),
    seed("a window without its end", SENTINEL, "GUESSING-2024-01/many_failures", "<= 15m", "< 15m"),
    seed(
        "the sign of nothing taken for an address",
        SENTINEL,
        "GUESSING-2024-01/admin_from_outside.logon",
        "where not(IpAddress in (\"\", \"-\"))",
        "where isnotempty(IpAddress)",
    ),
    seed(
        "the wrong word of a table of words",
        ASIM,
        "SEEDED-2024-01/odd.logon",
        "EventSubType =~ \"RemoteInteractive\", 10",
        "EventSubType =~ \"RemoteInteractive\", 7",
    ),
    seed("a hive under the wrong name", ASIM, "RANSOM-2024-04/defender_off.policy", "HKEY_LOCAL_MACHINE(", "HKEY_LOCAL_MACHINES("),
    seed(
        "a number of another type",
        DEFENDER,
        "RANSOM-2024-04/defender_off.policy",
        "RegistryValueType =~ \"Dword\"",
        "RegistryValueType =~ \"Qword\"",
    ),
    // Splunk
    seed("a name that only ends so", RAW, "APT31-2021/exchange_webshell.spawn", "ParentImage=\"*\\\\w3wp.exe\"", "ParentImage=\"*w3wp.exe\""),
    seed("a start for an end", RAW, "APT31-2021/exchange_webshell.use", "uri_path=\"*.aspx\"", "uri_path=\".aspx*\""),
    seed("the wrong number of an event", RAW, "RANSOM-2024-04/credentials.open", "EventCode=\"10\"", "EventCode=\"8\""),
    seed("a lost negation", RAW, "RANSOM-2024-04/credentials.dump", "(NOT Image IN", "(Image IN"),
    seed("a place without what lies below it", RAW, "RANSOM-2024-04/defender_off.policy", "Windows Defender\\\\*", "Windows Defender"),
    seed("a hole that is any run", RAW, "RANSOM-2024-04/remote_service.pipe", "msagent_..\\z", "msagent_.*\\z"),
    seed("a dot that is any character", RAW, "BEACONING-2024-02/agent_string.request", "Mozilla/5[.]0", "Mozilla/5.0"),
    seed("the other end of a connection", RAW, "APT31-2021/relays.network-flow-source", " src_ip IN (", " dest_ip IN ("),
    seed(
        "the other way of a connection",
        RAW,
        "APT31-2021/relays.network-flow-source",
        "(NOT direction=\"outbound\")",
        "(NOT direction=\"inbound\")",
    ),
    seed("requests to us for requests of ours", RAW, "APT31-2021/exchange_webshell.use", "(NOT tag=\"proxy\")", "tag=\"proxy\""),
    seed("a term of another digest", RAW, "LOADER-2024-03/files_sha256.process-start", "TERM(SHA256=132a", "TERM(SHA1=132a"),
    seed("a term that is a part of one", RAW, "SEEDED-2024-01/odd.spoke", "TERM(203.0.113.77)", "TERM(203.0.113)"),
    seed("a term of another address", RAW, "SEEDED-2024-01/odd.spoke", "TERM(203.0.113.77)", "TERM(203.0.113.7)"),
    seed("another digest's name", RAW, "LOADER-2024-03/files_sha256.process-start", "SHA256=132a", "SHA1=132a"),
    seed("one event too few", RAW, "GUESSING-2024-01/many_failures", "vigie_count>=50", "vigie_count>=49"),
    seed("a window that is a second longer", RAW, "GUESSING-2024-01/many_failures", "<=900", "<=901"),
    seed("a window without an end", RAW, "GUESSING-2024-01/brute_then_logon", "(_time - vigie_first_time)<=600", "(_time - vigie_first_time)<=6000"),
    seed(
        "a key that is not compared",
        RAW,
        "GUESSING-2024-01/spraying",
        "min(_time) AS vigie_first_time BY vigie_by_1",
        "min(_time) AS vigie_first_time",
    ),
    seed("the words of an outcome turned round", RAW, "SEEDED-2024-01/odd.logon", "EventCode=\"4625\"", "EventCode=\"4624\""),
    seed("the wrong data model", CIM, "APT31-2021/exchange_webshell.spawn", "datamodel=Endpoint.Processes", "datamodel=Endpoint.Filesystem"),
    seed("a mark of the model that is taken for a value", CIM, "SEEDED-2024-01/odd.asked", "\"Non-Existent Domain\"", "\"NXDOMAIN\""),
    seed("a field that no row has", CIM, "LOADER-2024-03/names.process-start", "Processes.process_name", "Processes.process_file"),
    // Sigma
    seed("`contains` for `endswith`", "sigma", "APT31-2021/exchange_webshell.drop", "TargetFilename|endswith:", "TargetFilename|contains:"),
    seed(
        "one of the selections for all",
        "sigma",
        "APT31-2021/exchange_webshell.drop",
        "condition: all of selection_*",
        "condition: 1 of selection_*",
    ),
    seed(
        "`all` that was lost",
        "sigma",
        "RANSOM-2024-04/no_way_back.shadow_copies",
        "CommandLine|contains|all:\n              - 'shadowcopy'",
        "CommandLine|contains:\n              - 'shadowcopy'",
    ),
    seed("a lost negation", "sigma", "GUESSING-2024-01/admin_from_outside.logon", "selection and not 1 of filter_*", "selection and 1 of filter_*"),
    seed("a dropped escape", "sigma", "SEEDED-2024-01/odd.stars", "a\\*b_c\\?d", "a*b_c?d"),
    seed("the wrong category", "sigma", "APT31-2021/exchange_webshell.drop", "category: file_event", "category: file_delete"),
    seed("a start for an end", "sigma", "APT31-2021/exchange_webshell.spawn", "ParentImage|endswith", "ParentImage|startswith"),
    seed(
        "a label that need not be whole",
        "sigma",
        "LOADER-2024-03/control_domains.dns-query",
        "'.telemetry.sync-cdn.example'",
        "'telemetry.sync-cdn.example'",
    ),
    seed("case that counts", "sigma", "BEACONING-2024-02/agent_string.request", "c-useragent|re|i:", "c-useragent|re:"),
    seed("a timespan of seconds for minutes", "sigma", "GUESSING-2024-01/many_failures", "timespan: 15m", "timespan: 15s"),
    seed("one event too few", "sigma", "GUESSING-2024-01/many_failures", "gte: 50", "gte: 49"),
    seed("the sign of nothing taken for an address", "sigma", "GUESSING-2024-01/admin_from_outside.logon", "            - '-'\n", ""),
    // Suricata
    seed("a missing `nocase`", SENSOR, "LOADER-2024-03/control_domains.dns-query", " nocase;", ""),
    seed(
        "the other way of a connection",
        SENSOR,
        "APT31-2021/exchange_webshell.use",
        "$EXTERNAL_NET any -> $HOME_NET any",
        "$HOME_NET any -> $EXTERNAL_NET any",
    ),
    seed(
        "the ends of a connection turned round",
        SENSOR,
        "APT31-2021/relays.network-flow-source",
        "[198.51.100.7,198.51.100.23,198.51.100.61,198.51.100.188,203.0.113.0/28,203.0.113.77,203.0.113.140,2001:db8:31::5a] any -> $HOME_NET any",
        "$HOME_NET any -> [198.51.100.7,198.51.100.23,198.51.100.61,198.51.100.188,203.0.113.0/28,203.0.113.77,203.0.113.140,2001:db8:31::5a] any",
    ),
    seed("a network that is not left out", SENSOR, "SEEDED-2024-01/odd.beside", "[any,!203.0.113.0/24]", "any"),
    seed("a family that is left out", SENSOR, "SEEDED-2024-01/odd.beside", "[any,!203.0.113.0/24]", "!203.0.113.0/24"),
    seed("the wrong sticky buffer of QUIC", SENSOR, "LOADER-2024-03/control_domains.tls-handshake", "quic.sni;", "ja3.hash;"),
    seed("a host with its port", SENSOR, "SEEDED-2024-01/odd.below", "http.host;", "http.host.raw;"),
    seed("a start for an end", SENSOR, "SEEDED-2024-01/odd.below", "endswith;", "startswith;"),
    seed("a name without its end", SENSOR, "LOADER-2024-03/control_domains.dns-query", " endswith;", ""),
    seed("a name without the dot before it", SENSOR, "LOADER-2024-03/control_domains.dns-query", " dotprefix; content:\".", " content:\""),
    seed("the wrong sticky buffer", SENSOR, "LOADER-2024-03/agents.http-request", "http.user_agent;", "http.referer;"),
    seed("the path for the query", SENSOR, "SEEDED-2024-01/odd.sent", "http.uri;", "http.host;"),
    seed("a dropped escape", SENSOR, "SEEDED-2024-01/odd.sent", "say|3B|", "say3B"),
    seed("a lost negation", SENSOR, "SEEDED-2024-01/odd.sent", "pcre:!", "pcre:"),
    seed("the wrong port", SENSOR, "SEEDED-2024-01/odd.number", "40000:40099", "40001:40099"),
    seed("a network that is one bit longer", SENSOR, "SEEDED-2024-01/odd.number", "203.0.113.0/24", "203.0.113.0/25"),
    seed("a lost `startswith`", SENSOR, "SEEDED-2024-01/odd.named", " startswith;", ""),
    seed("a label that need not be whole", SENSOR, "LOADER-2024-03/control_domains.dns-query", "dotprefix; content:\".", "content:\""),
    seed("another digest's keyword", SENSOR, "LOADER-2024-03/files_md5.email-message", "filemd5:", "filesha1:"),
    seed("a size that is longer by one", SENSOR, "LOADER-2024-03/agents.http-request", "bsize:", "bsize:1"),
    // YARA
    seed("a missing `nocase`", "yara", "SEEDED-2024-01/odd.body", " nocase", ""),
    seed("a missing `wide`", "yara", "SEEDED-2024-01/odd.body", "\"third string\" wide", "\"third string\" ascii"),
    seed("a size in other units", "yara", "SEEDED-2024-01/odd.body", "filesize < 4KB", "filesize < 4MB"),
    seed("any of the strings for all", "yara", "SEEDED-2024-01/odd.body", "all of", "any of"),
    seed("another digest's function", "yara", "SEEDED-2024-01/digests.file-content", "hash.sha256(", "hash.sha1("),
];

/// The shipped descriptions and the odd ones, for every default target that judges its texts.
fn everything() -> Judged {
    let mut files = tree::read(&root().join("rules"));
    files.insert("seeded.vigie".to_owned(), ODD.as_bytes().to_vec());
    let (sources, advisories) = judged::descriptions(&files);
    judged::compile(sources, advisories, &["kql", "splunk", "sigma", "yara", "suricata"])
}

/// Puts the fault into the text of the detection's own rules; `None` when what it changes is not there.
fn seeded(mut output: Output, seed: &Seed) -> Option<Output> {
    let ids: Vec<(String, String)> = output.rules.iter().map(|rule| (rule.artefact.clone(), rule.id.clone())).collect();
    let mut changed = false;
    for artefact in &mut output.artefacts {
        for (_, id) in ids.iter().filter(|(path, _)| *path == artefact.path) {
            // Several rules stand in one file: a stanza of a configuration file, a rule of YARA.
            let start = if seed.target.starts_with("splunk") {
                artefact.text.find(&format!("[{id}]"))?
            } else if seed.target == "yara" {
                artefact.text[..artefact.text.find(id.as_str())?].rfind("rule ").unwrap_or_default()
            } else {
                0
            };
            let rest = &artefact.text[start..];
            let end = match seed.target {
                "yara" => rest.find("\n}").unwrap_or(rest.len()),
                target if target.starts_with("splunk") => rest[1..].find("\n[").map_or(rest.len(), |at| at + 1),
                _ => rest.len(),
            };
            // What stands in a configuration file is escaped once more nowhere; a line goes on behind a backslash.
            if rest[..end].contains(seed.from) {
                let own = rest[..end].replace(seed.from, seed.to);
                artefact.text = format!("{}{own}{}", &artefact.text[..start], &artefact.text[start + end..]);
                changed = true;
            }
        }
    }
    changed.then_some(output)
}

#[test]
fn every_seeded_fault_is_caught_and_nothing_else_is() {
    let judged = everything();
    let differs = |output: Vec<Output>| judged.cells_of(output).into_iter().filter(|cell| cell.standing == Standing::Differs).collect::<Vec<_>>();
    let right = differs(judged.compilation.outputs.clone());
    assert!(right.is_empty(), "the texts as they are:\n{}", right.iter().map(|cell| judged.shown(cell)).collect::<Vec<_>>().join("\n"));
    let mut wrong = Vec::new();
    let mut caught: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in SEEDS {
        let Some(output) = judged.output_of(seed.target, seed.key) else {
            wrong.push(format!("{}: {} has no rule for {}", seed.what, seed.target, seed.key));
            continue;
        };
        let row =
            judged.compilation.rows.iter().find(|row| {
                row.target == output.target && row.profile == output.profile && judged.compilation.detections[row.detection].key == seed.key
            });
        let outcome = row.map_or(Outcome::Unsupported, |row| row.outcome);
        let path = output.rules[0].artefact.clone();
        let Some(faulty) = seeded(output, seed) else {
            let text = judged
                .compilation
                .outputs
                .iter()
                .flat_map(|output| &output.artefacts)
                .find(|artefact| artefact.path == path)
                .map(|artefact| artefact.text.clone());
            let text = text.unwrap_or_default();
            wrong.push(format!(
                "{} ({} {}): `{}` is not in the text\n{}",
                seed.what,
                seed.target,
                seed.key,
                seed.from,
                if text.len() < 6_000 { text.as_str() } else { "" }
            ));
            continue;
        };
        let found = differs(vec![faulty]);
        if found.is_empty() {
            wrong.push(format!("{} ({} {}, {}): nobody noticed", seed.what, seed.target, seed.key, outcome.name()));
        } else {
            *caught.entry(seed.target).or_default() += 1;
        }
    }
    println!("{} faults, caught: {caught:?}", SEEDS.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SEEDS.len(), wrong.join("\n"));
    assert!(SEEDS.len() >= 30);
}
